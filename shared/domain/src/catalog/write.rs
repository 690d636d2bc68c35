//! What a decision changes of HQ's library, and of what stores make of it.

use liandian_types::{SkuId, StoreId};

use crate::catalog::{
    LibrarySku, Listing,
    job::Import,
    library::{BrandList, Categories},
    local::LocalProduct,
    product::Product,
};

/// One change to HQ's library, or to what a store makes of it.
#[derive(Debug, Clone, PartialEq)]
pub enum CatalogWrite {
    /// A product with the rows of its SKUs.
    Product(Box<ProductWrite>),
    /// The tree of categories, with the version that was read; refused when it is another by now.
    Categories(Box<Categories>),
    /// The brands, with the version that was read; refused when it is another by now.
    Brands(Box<BrandList>),
    /// An import that is new.
    BeginImport(Box<Import>),
    /// An import that has moved on, with the version that was read; refused when it is another by now.
    Import(Box<Import>),
    /// A store's listing as it shall be.
    Listing {
        /// The store.
        store: StoreId,
        /// The listing.
        listing: Box<Listing>,
        /// The version that was read; `None`: there was none.
        read: Option<u64>,
    },
    /// A store lists a SKU no longer; refused when the listing is another by now.
    ListingGone {
        /// The store.
        store: StoreId,
        /// The SKU.
        sku: SkuId,
        /// The version that was read.
        read: u64,
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

/// A product as it shall be, and what follows from it.
#[derive(Debug, Clone, PartialEq)]
pub struct ProductWrite {
    /// The product, with the version that it will have.
    pub product: Product,
    /// The version that was read; 0 when there was none.
    pub seen: u64,
    /// The rows of its SKUs that are others now.
    pub rows: Vec<SkuWrite>,
    /// SKUs that a draft has no more.
    pub gone: Vec<SkuId>,
}

/// The row of a SKU.
#[derive(Debug, Clone, PartialEq)]
pub struct SkuWrite {
    /// The row.
    pub row: LibrarySku,
    /// The product had no such SKU before: refused when another one has it.
    pub new: bool,
    /// Is it a part of the library that stores look through? Not while the product is a draft.
    pub listed: bool,
}

impl ProductWrite {
    /// How many rows it is.
    #[must_use]
    pub fn size(&self) -> usize {
        1 + self.rows.len() + self.gone.len()
    }
}
