//! HQ's library and a store's listings. A listing inherits from the library whatever it does not override.
//!
//! [`product`] is what HQ edits: a product with its SKUs, its place in the tree of [`category`] and its [`barcode`]s, also as a table
//! ([`import`], taken by a [`job`]); [`library`] decides about its changes. [`LibrarySku`] is what comes of it, one row a SKU. [`listing`] is what a
//! store makes of such a row ([`own`] what it takes, drops and sets), [`local`] what a store adds itself ([`review`] how HQ looks at it), and
//! [`search`] finds both. [`upload`] says which files are fit to be kept.

pub mod barcode;
pub mod category;
pub mod charset;
pub mod departments;
pub mod import;
pub mod job;
pub mod library;
pub mod listing;
pub mod local;
pub mod own;
pub mod prices;
pub mod product;
pub mod review;
pub mod search;
pub mod upload;
pub mod write;

use std::collections::BTreeMap;

use liandian_types::{Fen, RegionId, SkuId, SpuId, StoreId, Timestamp, api::ListingCard};
use serde::{Deserialize, Serialize};

use crate::catalog::{
    listing::{Own, StoreListing},
    prices::{StorePrice, TimedPrice},
};

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
    /// 必上: every store that may sell it has it.
    #[serde(default)]
    pub mandatory: bool,
    /// 本地商品: the one store whose own it is; absent for what all stores may list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_to: Option<StoreId>,
    /// From here on it is not sold: a document that it needs ends. Compared with the time by whoever reads it, so nobody has to be awake for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl LibrarySku {
    /// May customers order it?
    #[must_use]
    pub fn sold_online(&self) -> bool {
        !self.offline_only && !self.off
    }

    /// May this store sell it now? Another store's own goods do not exist for it, and what has ended is sold by nobody.
    #[must_use]
    pub fn is_for(&self, store: &StoreId, now: Timestamp) -> bool {
        self.local_to.as_ref().is_none_or(|s| s == store) && self.until.is_none_or(|end| now < end)
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
    /// The store's own name of it.
    #[serde(default, skip_serializing_if = "Own::is_inherited")]
    pub name: Own<String>,
    /// The store's own words about it.
    #[serde(default, skip_serializing_if = "Own::is_inherited")]
    pub description: Own<String>,
    /// The store's own picture of it.
    #[serde(default, skip_serializing_if = "Own::is_inherited")]
    pub picture: Own<String>,
    /// The store's own order within the category; [`Listing::rank`] is what counts.
    #[serde(default, skip_serializing_if = "Own::is_inherited")]
    pub own_rank: Own<u32>,
    /// Whether the store shows it; what is inherited is that it does.
    #[serde(default, skip_serializing_if = "Own::is_inherited")]
    pub shown: Own<bool>,
    /// When the store took it; 0 for what it has had from the beginning.
    #[serde(default)]
    pub taken_at: Timestamp,
    /// Counts the changes.
    #[serde(default)]
    pub version: u64,
}

/// Goods as one store sells them: the library's word with the store's own texts, and the store's word.
#[must_use]
pub fn sold(store: &StoreId, library: Option<LibrarySku>, listing: Option<Listing>, now: Timestamp) -> Option<(LibrarySku, Listing)> {
    let sku = library.filter(|s| s.is_for(store, now))?;
    // Mandatory goods are there even where the store never took them.
    let listing = listing.or_else(|| sku.mandatory.then(|| Listing::plain(sku.sku.clone(), sku.category.clone(), sku.rank)))?;
    listing.is_shown(sku.mandatory).then(|| (listing.over(sku), listing))
}

impl Listing {
    /// A listing in which nothing is the store's own.
    #[must_use]
    pub fn plain(sku: SkuId, category: impl Into<String>, rank: u32) -> Self {
        Self {
            sku,
            category: category.into(),
            rank,
            own_price: None,
            timed: Vec::new(),
            featured: None,
            name: Own::Inherit,
            description: Own::Inherit,
            picture: Own::Inherit,
            own_rank: Own::Inherit,
            shown: Own::Inherit,
            taken_at: Timestamp(0),
            version: 0,
        }
    }

    /// The store takes a SKU as HQ has it.
    #[must_use]
    pub fn taken(sku: &LibrarySku, now: Timestamp) -> Self {
        Self { taken_at: now, ..Self::plain(sku.sku.clone(), sku.category.clone(), sku.rank) }
    }

    /// Do customers see it? Mandatory goods are not hidden.
    #[must_use]
    pub fn is_shown(&self, mandatory: bool) -> bool {
        mandatory || *self.shown.or(&true)
    }

    /// The library's row with the store's own texts.
    #[must_use]
    pub fn over(&self, sku: LibrarySku) -> LibrarySku {
        let own = |own: &Own<String>, of: String| own.own().cloned().unwrap_or(of);
        LibrarySku {
            name: own(&self.name, sku.name),
            description: own(&self.description, sku.description),
            picture: own(&self.picture, sku.picture),
            rank: *self.own_rank.or(&sku.rank),
            ..sku
        }
    }

    /// What the store says, field by field; prices are left out.
    #[must_use]
    pub fn fields(&self, store: &StoreId) -> StoreListing {
        StoreListing {
            name: self.name.clone(),
            description: self.description.clone(),
            picture: self.picture.clone(),
            rank: self.own_rank.clone(),
            shown: self.shown.clone(),
            featured: self.featured,
            version: self.version,
            ..StoreListing::take(store.clone(), self.sku.clone(), self.taken_at)
        }
    }

    /// The same with these fields; its prices stay as they are. Category and rank are the library's of now.
    #[must_use]
    pub fn with(&self, fields: StoreListing, library: &LibrarySku) -> Self {
        Self {
            category: library.category.clone(),
            rank: *fields.rank.or(&library.rank),
            featured: fields.featured,
            name: fields.name,
            description: fields.description,
            picture: fields.picture,
            own_rank: fields.rank,
            shown: fields.shown,
            version: fields.version,
            ..self.clone()
        }
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
            labels: Vec::new(),
        })
    }
}
