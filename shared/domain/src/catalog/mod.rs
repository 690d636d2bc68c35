//! HQ's library and a store's listings. A listing inherits from the library whatever it does not override.
//!
//! [`product`] is what HQ edits: a product with its SKUs, its place in the tree of [`category`] and its [`barcode`]s, also as a table
//! ([`import`]). [`LibrarySku`] is what comes of it, one row a SKU. [`listing`] is what a store makes of such a row, [`local`] what a store
//! adds itself, and [`search`] finds both.

pub mod barcode;
pub mod category;
pub mod import;
pub mod listing;
pub mod local;
pub mod product;
pub mod search;

use liandian_types::{Fen, SkuId, SpuId, api::ListingCard, text::Needle};
use serde::{Deserialize, Serialize};

/// A SKU of HQ's library, with what its product says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LibrarySku {
    /// Its id.
    pub sku: SkuId,
    /// Its product.
    pub spu: SpuId,
    /// Name of the product.
    pub name: String,
    /// Which of its kind.
    pub spec: String,
    /// Brand.
    pub brand: String,
    /// Category key.
    pub category: String,
    /// Name of the category.
    pub category_name: String,
    /// What it is.
    pub description: String,
    /// EAN-13.
    pub barcode: String,
    /// HQ's price.
    pub price: Fen,
    /// Nobody sells below it.
    pub floor: Fen,
    /// 品牌主推
    pub flagship: bool,
    /// Sold at the till only.
    pub offline_only: bool,
    /// Its batches are told apart by the day on which they expire.
    #[serde(default)]
    pub tracks_expiry: bool,
    /// Grams.
    pub weight_g: u32,
    /// Address of its picture.
    pub picture: String,
    /// Order within its category.
    pub rank: u32,
}

impl LibrarySku {
    /// Is it what somebody looks for: words of its title, brand and category, or its barcode? Customers and staff find the same.
    #[must_use]
    pub fn matches(&self, sought: &Needle) -> bool {
        sought.is_barcode(&self.barcode) || sought.is_id(self.sku.as_str()) || sought.is_in(&[&self.title(), &self.brand, &self.category_name])
    }

    /// Name and spec in one.
    #[must_use]
    pub fn title(&self) -> String {
        if self.spec.is_empty() { self.name.clone() } else { format!("{} {}", self.name, self.spec) }
    }
}

/// What one store says about one SKU of the library.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Listing {
    /// The SKU.
    pub sku: SkuId,
    /// Its category, copied for the order of pages.
    pub category: String,
    /// Order within the category.
    pub rank: u32,
    /// The store's own price; inherited when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Fen>,
    /// Place among what the home page shows first; absent for the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub featured: Option<u32>,
}

impl Listing {
    /// What this store asks: its own price or HQ's, never below the floor.
    #[must_use]
    pub fn price(&self, sku: &LibrarySku) -> Fen {
        self.price.unwrap_or(sku.price).max(sku.floor)
    }

    /// The listing as a customer sees it; `None` for what may not be sold online.
    #[must_use]
    pub fn card(&self, sku: &LibrarySku, available: u32) -> Option<ListingCard> {
        let price = self.price(sku);
        (!sku.offline_only).then(|| ListingCard {
            sku: sku.sku.clone(),
            spu: sku.spu.clone(),
            name: sku.name.clone(),
            spec: sku.spec.clone(),
            category: sku.category.clone(),
            picture: sku.picture.clone(),
            price,
            was: (sku.price > price).then_some(sku.price),
            available,
            flagship: sku.flagship,
            labels: Vec::new(),
        })
    }
}
