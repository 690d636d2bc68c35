//! Orders: having them carried, and what their shelf cannot serve.

pub mod deliveries;
pub mod shortfalls;

use liandian_domain::{
    catalog,
    governance::terms::Terms,
    orders::{
        order::{OrderBody, OrderHead},
        place::Wanted,
        quote,
    },
    stores::hours::day,
};
use liandian_store::{
    StoreError,
    orders::{LineRead, PlacementAsk},
};
use liandian_types::{
    OrderId, SkuId, StoreId, Timestamp,
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

/// The lines with what was read for them, as this store sells them now: with its own texts, at what it asks by its terms, and without a listing where
/// it does not sell them.
pub(crate) fn wanted(lines: &[CartLine], read: Vec<LineRead>, store: &StoreId, terms: &Terms, now: Timestamp) -> Vec<Wanted> {
    let each = |(l, r): (&CartLine, LineRead)| {
        // What another store keeps for itself is unknown here, name and all.
        let named = r.library.clone().filter(|s| s.local_to.as_ref().is_none_or(|of| of == store));
        let (library, listing) = catalog::sold(store, r.library, r.listing, now).map_or((named, None), |(sku, listing)| (Some(sku), Some(listing)));
        let price = listing.as_ref().zip(library.as_ref()).and_then(|(listing, sku)| terms.price(listing, sku));
        Wanted { sku: l.sku.clone(), quantity: l.quantity, library, listing, price, stock: r.stock, source: r.source }
    };
    lines.iter().zip(read).map(each).collect()
}

/// Lines to be shown only: as the store sells them now; what it does not sell is left out. One wave.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn shown(app: &App, store: &StoreId, lines: &[CartLine]) -> Result<Vec<QuoteLine>, StoreError> {
    let skus: Vec<SkuId> = lines.iter().map(|l| l.sku.clone()).collect();
    let ask = PlacementAsk { store, member: None, skus: &skus, source: None, placed: None, strong: false };
    let (found, settings) = futures::try_join!(app.tables.placement(ask), app.tables.settings())?;
    let Some(store) = found.store else { return Ok(Vec::new()) };
    let now = app.now();
    let terms = Terms::of(settings.iter(), &store, now);
    Ok(quote::shown(&wanted(lines, found.lines, &store.store, &terms, now), day(now, &store.hours.zone)))
}
