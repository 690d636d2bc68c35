//! Rows of the library, and of what stores make of it.

use liandian_domain::decision::CatalogWrite;
use liandian_types::Timestamp;

use super::{Row, listings};
use crate::db::StoreError;

pub(super) fn rows(w: &CatalogWrite, now: Timestamp) -> Result<Vec<Row>, StoreError> {
    match w {
        CatalogWrite::Listing { store, listing, read } => listings::listing(store, listing, *read),
        CatalogWrite::ListingGone { store, sku } => Ok(listings::listing_gone(store, sku)),
        CatalogWrite::Local { product, read } => listings::local(product, *read, now),
        CatalogWrite::LocalSku(sku) => listings::local_sku(sku),
    }
}
