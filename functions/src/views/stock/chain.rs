//! One SKU across the chain.

use std::collections::HashMap;

use liandian_domain::stores::profile::{Location, StoreProfile};
use liandian_store::{StoreError, Tables, reach::Reach};
use liandian_types::{
    LocationId, SkuId, StoreId,
    api::{SkuStock, StockPlace, StockRow},
};

use super::shelf::row_of;

/// One SKU across the chain, or a part of it, least available first.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn sku_stock(tables: &Tables, sku: &SkuId, reach: &Reach) -> Result<Option<SkuStock>, StoreError> {
    let (library, directory, warehouses, at) =
        futures::try_join!(tables.library(), tables.directory(), tables.warehouses(), tables.stock_across(sku))?;
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
            StockRow { shards: a.shards, sold_at: a.sold_at, at, ..row_of(known, a.location.clone(), &name, &a.stock) }
        })
        .collect();
    rows.sort_by(|a, b| a.available.cmp(&b.available).then_with(|| a.location.cmp(&b.location)));
    let sum = |f: fn(&StockRow) -> i64| rows.iter().map(f).sum();
    Ok(Some(SkuStock {
        sku: sku.clone(),
        name: known.title(),
        on_hand: sum(|r| r.on_hand),
        reserved: sum(|r| r.reserved),
        available: sum(|r| r.available),
        incoming: sum(|r| r.incoming),
        rows,
    }))
}
