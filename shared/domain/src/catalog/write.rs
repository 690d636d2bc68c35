//! What a decision changes of the library and of what stores make of it.

use liandian_types::{SkuId, StoreId};

use crate::catalog::{LibrarySku, Listing, local::LocalProduct};

/// One change to the library, or to what a store makes of it.
#[derive(Debug, Clone, PartialEq)]
pub enum CatalogWrite {
    /// A store's listing as it shall be.
    Listing {
        /// The store.
        store: StoreId,
        /// The listing.
        listing: Box<Listing>,
        /// The version that was read; `None`: there was none.
        read: Option<u64>,
    },
    /// A store lists a SKU no longer.
    ListingGone {
        /// The store.
        store: StoreId,
        /// The SKU.
        sku: SkuId,
    },
    /// A store's own product as it shall be.
    Local {
        /// The product.
        product: Box<LocalProduct>,
        /// The version that was read; `None`: there was none.
        read: Option<u64>,
    },
    /// A SKU of a store's own product as it shall be sold.
    LocalSku(Box<LibrarySku>),
}
