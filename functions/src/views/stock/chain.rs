//! One SKU across the chain.

use std::collections::{HashMap, HashSet};

use liandian_domain::{
    stock::cover,
    stores::profile::{Location, StoreProfile},
};
use liandian_store::{StoreError, Tables, reach::Reach};
use liandian_types::{
    LocationId, SkuId, StoreId, Timestamp,
    api::{SkuStock, StockPlace, StockRow},
};

use super::shelf::row_of;

/// A row of the view says when it was written, and is there a moment later: what was written so long before a read may not have been seen by it, and is
/// told once more.
const UNSEEN: i64 = 10 * Timestamp::SECOND;

/// One SKU across the chain, or a part of it, least available first; and which places changed since a moment that an earlier answer named.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn sku_stock(
    tables: &Tables,
    sku: &SkuId,
    reach: &Reach,
    since: Option<Timestamp>,
    now: Timestamp,
) -> Result<Option<(SkuStock, HashSet<LocationId>)>, StoreError> {
    let of = std::slice::from_ref(sku);
    let (library, directory, warehouses, at, mut sold) =
        futures::try_join!(tables.library(), tables.directory(), tables.warehouses(), tables.stock_across(sku), tables.sold_of(of, now))?;
    let sold = sold.pop().flatten();
    let Some(known) = library.iter().find(|s| s.sku == *sku) else { return Ok(None) };
    let stores: HashMap<&StoreId, &StoreProfile> = directory.iter().map(|s| (&s.store, s)).collect();
    let place = |l: &LocationId| match warehouses.iter().find(|w| w.location == *l) {
        Some(w) => Some((w.clone(), stores.get(&w.keeper).map(|s| s.city.clone()).unwrap_or_default())),
        None => stores.get(&l.store()?).map(|s| (Location::shelf_of(s), s.city.clone())),
    };
    let mut rows: Vec<StockRow> = at
        .iter()
        .filter(|a| reach.place(&a.location))
        .map(|a| {
            let place = place(&a.location);
            let name = place.as_ref().map_or_else(|| a.location.to_string(), |(l, _)| l.name.clone());
            let at = place.map(|(l, city)| StockPlace { city, point: l.point, keeper: l.keeper });
            let cover_days = sold.as_ref().and_then(|s| cover::days(i64::from(a.stock.available()), s.at(&a.location)));
            StockRow { shards: a.shards, sold_at: a.sold_at, at, cover_days, ..row_of(known, a.location.clone(), &name, &a.stock) }
        })
        .collect();
    rows.sort_by(|a, b| a.available.cmp(&b.available).then_with(|| a.location.cmp(&b.location)));
    let since = since.map(Some);
    let changed = at.iter().filter(|a| reach.place(&a.location) && since.is_some_and(|since| a.changed_at >= since));
    let changed = changed.map(|a| a.location.clone()).collect();
    let sum = |f: fn(&StockRow) -> i64| rows.iter().map(f).sum();
    let stock = SkuStock {
        until: now.plus(-UNSEEN),
        sku: sku.clone(),
        name: known.title(),
        on_hand: sum(|r| r.on_hand),
        reserved: sum(|r| r.reserved),
        available: sum(|r| r.available),
        incoming: sum(|r| r.incoming),
        cover_days: sold.as_ref().and_then(|s| cover::days(sum(|r| r.available), s.within(|l| reach.place(l)))),
        rows,
    };
    Ok(Some((stock, changed)))
}
