//! Orders: having them carried, and what their shelf cannot serve.

pub mod deliveries;
pub mod shortfalls;

use liandian_domain::{
    catalog,
    orders::{
        order::{OrderBody, OrderHead},
        place::Wanted,
        quote,
    },
    stores::hours::day,
};
use liandian_store::orders::LineRead;
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

/// The lines with what was read for them, as this store sells them now: with its own texts, and without a listing where it does not.
pub(crate) fn wanted(lines: &[CartLine], read: Vec<LineRead>, store: &StoreId, now: Timestamp) -> Vec<Wanted> {
    let line = |(l, r): (&CartLine, LineRead)| {
        // What another store keeps for itself is unknown here, name and all.
        let named = r.library.clone().filter(|s| s.local_to.as_ref().is_none_or(|of| of == store));
        let (library, listing) = catalog::sold(store, r.library, r.listing, now).map_or((named, None), |(sku, listing)| (Some(sku), Some(listing)));
        Wanted { sku: l.sku.clone(), quantity: l.quantity, library, listing, stock: r.stock, source: r.source }
    };
    lines.iter().zip(read).map(line).collect()
}

/// Lines to be shown only: as the store sells them now, for the day of `by` in its zone; what it does not sell is left out.
pub fn shown(lines: &[CartLine], read: Vec<LineRead>, store: &StoreId, by: Timestamp, zone: &str) -> Vec<QuoteLine> {
    quote::shown(&wanted(lines, read, store, by), day(by, zone))
}
