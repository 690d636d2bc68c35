//! Goods as a store lists them, and, in a file of its own, the library that HQ keeps.

mod library;

pub use library::*;
use serde::{Deserialize, Serialize};

use super::StoreCard;
use crate::{Fen, SkuId, SpuId};

bodies! {
    /// A SKU as listed in one store, with that store's price and stock.
    ListingCard {
        /// The SKU.
        sku: SkuId,
        /// Its product.
        spu: SpuId,
        /// Name of the product, e.g. 鲜牛奶.
        name: String,
        /// Which of its kind, e.g. 950ml.
        spec: String,
        /// Category key, e.g. `dairy`.
        category: String,
        /// Address of its picture.
        picture: String,
        /// What this store asks for it.
        price: Fen,
        /// HQ's suggested price, when it is higher than `price`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<Fen>,
        /// Units that can be promised now.
        available: u32,
        /// 品牌主推
        flagship: bool,
        /// Campaigns that this store runs on it now, as a label says it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        labels: Vec<String>,
    }

    /// A page of goods.
    ListingPage {
        /// The goods.
        items: Vec<ListingCard>,
        /// Give this back as `cursor` for the next page; absent on the last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }

    /// A category of a store's shop.
    Category {
        /// Key, e.g. `dairy`.
        key: String,
        /// Name, e.g. 乳品.
        name: String,
    }

    /// A store's home page.
    StoreHome {
        /// The store.
        store: StoreCard,
        /// Its theme: `standard`, `simple` or `community`.
        theme: String,
        /// Categories in the order of the shop.
        categories: Vec<Category>,
        /// What is shown first: recommended goods of this store.
        featured: Vec<ListingCard>,
        /// While it takes no orders: the nearest store that does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instead: Option<StoreCard>,
        /// Campaigns that it runs now, as a label says it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        campaigns: Vec<String>,
    }

    /// A category page.
    CategoryPage {
        /// The store.
        store: StoreCard,
        /// All categories.
        categories: Vec<Category>,
        /// The one shown; empty for a search.
        current: String,
        /// The goods.
        page: ListingPage,
        /// The text searched for, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        query: Option<String>,
    }

    /// A product page.
    ProductPage {
        /// The store.
        store: StoreCard,
        /// Name of the product.
        name: String,
        /// What it is.
        description: String,
        /// Brand.
        brand: String,
        /// Every SKU of it that this store lists, in the library's order.
        skus: Vec<ListingCard>,
        /// Which of them was asked for.
        chosen: SkuId,
    }
}
