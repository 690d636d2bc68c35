//! Orders: having them carried, and what their shelf cannot serve.

pub mod deliveries;
pub mod shortfalls;

use liandian_domain::{
    orders::{
        order::{OrderBody, OrderHead},
        place::Wanted,
        quote,
    },
    stores::hours::day,
};
use liandian_store::read::LineRead;
use liandian_types::{
    OrderId, StoreId, Timestamp,
    api::{CartLine, QuoteLine},
};

use crate::{App, http::Failure};

/// Head and body of an order that must be there.
pub(crate) async fn load(app: &App, order: &OrderId) -> Result<(OrderHead, OrderBody), Failure> {
    app.tables.order(order).await?.ok_or_else(|| Failure::not_found("订单"))
}

/// Head and body of an order, if this store's staff works on it.
pub(crate) async fn load_served(app: &App, order: &OrderId, store: &StoreId) -> Result<(OrderHead, OrderBody), Failure> {
    app.tables.order(order).await?.filter(|(h, _)| h.served_by() == store).ok_or_else(|| Failure::not_found("订单"))
}

/// The lines with what was read for them.
pub(crate) fn wanted(lines: &[CartLine], read: Vec<LineRead>) -> Vec<Wanted> {
    lines
        .iter()
        .zip(read)
        .map(|(l, r)| Wanted { sku: l.sku.clone(), quantity: l.quantity, library: r.library, listing: r.listing, stock: r.stock, source: r.source })
        .collect()
}

/// Lines to be shown only: as the store sells them now, for the day of `by` in its zone; what it does not sell is left out.
pub fn shown(lines: &[CartLine], read: Vec<LineRead>, by: Timestamp, zone: &str) -> Vec<QuoteLine> {
    quote::shown(&wanted(lines, read), day(by, zone))
}
