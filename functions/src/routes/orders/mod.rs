//! Orders, of the member who placed them and of the store that serves them.

pub mod cancel;
pub mod cart;
pub mod delivery;
pub mod list;
pub mod parcel;
pub mod pickup;
pub mod place;
pub mod price;
pub mod quote;
pub mod read;
pub mod ready;
pub mod rider;
pub mod shortfall;
pub mod slots;

use liandian_domain::orders::order::OrderHead;
use liandian_types::{OrderId, StoreId};

use crate::{App, http::Failure};

/// The order's head, if this store's staff works on it.
async fn of_store(app: &App, order: &OrderId, store: &StoreId) -> Result<OrderHead, Failure> {
    app.tables.order_head(order).await?.filter(|h| h.served_by() == store).ok_or_else(|| Failure::not_found("订单"))
}
