//! Rows of the library, and of what stores make of it.

use liandian_domain::decision::CatalogWrite;
use liandian_types::Timestamp;

use super::Row;
use crate::{
    catalog::{listing_item, listing_key, local_item, named_item, named_key, sku_item},
    commit::Failed,
    db::{StoreError, Table},
};

pub(super) fn rows(w: &CatalogWrite, now: Timestamp) -> Result<Vec<Row>, StoreError> {
    Ok(match w {
        CatalogWrite::Listing { store, listing, read } => {
            let item = listing_item(store, listing)?;
            match read {
                // Taken by somebody else meanwhile: looked at again, not refused.
                None => vec![Row { means: Failed::Stale, ..Row::create(Table::Hq, item) }],
                Some(read) => {
                    // The name by which the store's search finds it lies beside it.
                    let name = match listing.name.own() {
                        Some(name) => Row::put(Table::Hq, named_item(store, &listing.sku, name)?),
                        None => Row::gone(&named_key(store, &listing.sku)),
                    };
                    vec![Row::replace(Table::Hq, item, *read), name]
                }
            }
        }
        CatalogWrite::ListingGone { store, sku } => vec![Row::gone(&listing_key(store, sku)), Row::gone(&named_key(store, sku))],
        CatalogWrite::Local { product, read } => {
            let item = local_item(product, now)?;
            vec![match read {
                None => Row { means: Failed::Stale, ..Row::create(Table::Hq, item) },
                Some(read) => Row::replace(Table::Hq, item, *read),
            }]
        }
        CatalogWrite::LocalSku(sku) => vec![Row::put(Table::Hq, sku_item(sku)?)],
    })
}
