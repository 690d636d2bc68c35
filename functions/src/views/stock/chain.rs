//! One SKU across the chain, and the library to choose it from.

use std::collections::HashMap;

use liandian_domain::stores::profile::{Location, StoreProfile};
use liandian_store::{StoreError, Tables, cursor::List, reach::Reach};
use liandian_types::{
    LocationId, SkuId, StoreId,
    api::{SkuStock, StockList, StockPlace, StockRow},
};

use super::shelf::{row_of, stock_row};
use crate::views::catalog::search::{found_in, searching};

/// SKUs of the library by text, for choosing one: without a location, so without counters.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn find_skus(tables: &Tables, text: Option<&str>, cursor: Option<&str>) -> Result<StockList, StoreError> {
    let (library, (searched, query)) = futures::try_join!(tables.library(), searching(tables, text))?;
    let list = List::of(["library", text.unwrap_or_default()]);
    let (hits, next) = found_in(&searched, query.as_ref(), list, cursor)?;
    let rows = hits
        .into_iter()
        .filter_map(|s| stock_row(s.sku.clone(), s.sku.as_str().replacen("sku_", "loc_", 1).parse().ok()?, "", &Default::default(), &library))
        .collect();
    Ok(StockList { rows, more: false, next, places: Vec::new(), held: Vec::new() })
}

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
