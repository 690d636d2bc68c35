//! HQ's library and a store's listings. A listing inherits from the library whatever it does not override.
//!
//! [`product`] is what HQ edits: a product with its SKUs, its place in the tree of [`category`] and its [`barcode`]s, also as a table
//! ([`import`], taken by a [`job`]); [`library`] decides about its changes. [`LibrarySku`] is what comes of it, one row a SKU. [`listing`] is what a
//! store makes of such a row, [`local`] what a store adds itself, and [`search`] finds both.

pub mod barcode;
pub mod category;
pub mod import;
pub mod job;
pub mod library;
pub mod listing;
pub mod local;
pub mod prices;
pub mod product;
pub mod search;
pub mod write;

use std::collections::BTreeMap;

use liandian_types::{Fen, RegionId, SkuId, SpuId, api::ListingCard};
use serde::{Deserialize, Serialize};

use prices::{StorePrice, TimedPrice};

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
    /// HQ's price in regions where it is another.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub region_prices: BTreeMap<RegionId, Fen>,
    /// Not on sale (any more): nobody can buy it, and what is left of it still has a name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub off: bool,
}

impl LibrarySku {
    /// May customers order it?
    #[must_use]
    pub fn sold_online(&self) -> bool {
        !self.offline_only && !self.off
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
    /// The store's own price; inherited when absent. What of it counts, and what is charged, `governance::terms` says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_price: Option<StorePrice>,
    /// The store's limited-time prices, those to come included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timed: Vec<TimedPrice>,
    /// Place among what the home page shows first; absent for the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub featured: Option<u32>,
    /// Counts the changes.
    #[serde(default)]
    pub version: u64,
}

impl Listing {
    /// A listing that inherits everything.
    #[must_use]
    pub fn plain(sku: SkuId, category: impl Into<String>, rank: u32) -> Self {
        Self { sku, category: category.into(), rank, own_price: None, timed: Vec::new(), featured: None, version: 0 }
    }

    /// Does it say nothing about its price?
    #[must_use]
    pub fn inherits_price(&self) -> bool {
        self.own_price.is_none() && self.timed.is_empty()
    }

    /// The listing as a customer sees it at the price that is asked for it; `None` for what may not be sold online.
    #[must_use]
    pub fn card(&self, sku: &LibrarySku, price: Fen, available: u32) -> Option<ListingCard> {
        sku.sold_online().then(|| ListingCard {
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
        })
    }
}
