//! Rows of what a store makes of the library: its listings and its own products.

use liandian_domain::catalog::{LibrarySku, Listing, local::LocalProduct};
use liandian_types::{SkuId, StoreId, Timestamp};

use super::Row;
use crate::{
    catalog::{listing_item, listing_key, local_item, named_item, named_key, sku_item},
    commit::Failed,
    db::{StoreError, Table},
};

/// A listing as it shall be.
pub(super) fn listing(store: &StoreId, listing: &Listing, read: Option<u64>) -> Result<Vec<Row>, StoreError> {
    let item = listing_item(store, listing)?;
    // Taken by somebody else meanwhile: looked at again, not refused.
    let Some(read) = read else { return Ok(vec![Row { means: Failed::Stale, ..Row::create(Table::Hq, item) }]) };
    // The name by which the store's search finds it lies beside it.
    let name = match listing.name.own() {
        Some(name) => Row::put(Table::Hq, named_item(store, &listing.sku, name)?),
        None => Row::gone(&named_key(store, &listing.sku)),
    };
    Ok(vec![Row::replace(Table::Hq, item, read), name])
}

/// No listing any more.
pub(super) fn listing_gone(store: &StoreId, sku: &SkuId, read: u64) -> Vec<Row> {
    vec![Row::gone_from(&listing_key(store, sku), read), Row::gone(&named_key(store, sku))]
}

/// A store's own product as it shall be.
pub(super) fn local(product: &LocalProduct, read: Option<u64>, now: Timestamp) -> Result<Vec<Row>, StoreError> {
    let item = local_item(product, now)?;
    Ok(vec![match read {
        None => Row { means: Failed::Stale, ..Row::create(Table::Hq, item) },
        Some(read) => Row::replace(Table::Hq, item, read),
    }])
}

/// A SKU of such a product as it shall be sold.
pub(super) fn local_sku(sku: &LibrarySku) -> Result<Vec<Row>, StoreError> {
    Ok(vec![Row::put(Table::Hq, sku_item(sku)?)])
}
