//! Orders: having them carried, and what their shelf cannot serve.

pub mod deliveries;
pub mod shortfalls;

use liandian_domain::orders::order::{OrderBody, OrderHead};
use liandian_types::{OrderId, StoreId};

use crate::{App, http::Failure};

/// Head and body of an order that must be there.
pub(crate) async fn load(app: &App, order: &OrderId) -> Result<(OrderHead, OrderBody), Failure> {
    app.tables.order(order).await?.ok_or_else(|| Failure::not_found("订单"))
}

/// Head and body of an order, if this store's staff works on it.
pub(crate) async fn load_served(app: &App, order: &OrderId, store: &StoreId) -> Result<(OrderHead, OrderBody), Failure> {
    app.tables.order(order).await?.filter(|(h, _)| h.served_by() == store).ok_or_else(|| Failure::not_found("订单"))
}
