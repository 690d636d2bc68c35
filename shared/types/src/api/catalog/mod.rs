//! Goods as a store lists them, and, in a file of its own, the library that HQ keeps.

mod library;
mod uploads;

pub use library::*;
use serde::{Deserialize, Serialize};
pub use uploads::*;

use super::{FlashPage, StoreCard};
use crate::{CampaignId, Fen, SkuId, SpuId};

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
        /// What a search found, beside the goods of this page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        found: Option<SearchFound>,
    }

    /// One way to narrow a search.
    FacetChoice {
        /// What the route takes: a category's key, a brand, `1000-3000` for a price in fen.
        key: String,
        /// As people read it.
        name: String,
        /// How many goods it would leave, the other choices as they are.
        count: u32,
    }

    /// What a search found.
    SearchFound {
        /// How many goods.
        total: u32,
        /// Their categories, the most first.
        categories: Vec<FacetChoice>,
        /// Their brands, the most first.
        brands: Vec<FacetChoice>,
        /// Bands of their prices, from the cheapest.
        prices: Vec<FacetChoice>,
        /// When nothing was found: what sounds the same and is sold here.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        meant: Vec<String>,
    }

    /// How a word that is being typed may go on.
    Suggested {
        /// The whole text.
        text: String,
        /// What it is: `category`, `brand` or `name`.
        kind: String,
    }

    /// What a store's search field offers.
    Suggestions {
        /// How what was typed may go on, among what the store sells.
        suggestions: Vec<Suggested>,
        /// Hot words that find something in the store.
        hot: Vec<String>,
    }

    /// A word that customers use, and what goods call it.
    SynonymRow {
        /// What is typed, 1 to 20 characters.
        word: String,
        /// What is looked for besides, 1 to 10 words of 1 to 20 characters.
        means: Vec<String>,
    }

    /// The chain's synonyms and hot words.
    SearchWordsSheet {
        /// Other words for the same goods, 12,000 characters together at most.
        synonyms: Vec<SynonymRow>,
        /// What a search field offers before anything is typed, in this order; at most 20 of 1 to 20 characters.
        hot: Vec<String>,
        /// How often they have been set. Who sets them says which version was seen: when it is another by now, it is a conflict.
        version: u64,
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
        /// Its flash sales of today and tomorrow, if it has any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        flash: Option<FlashPage>,
        /// The same campaigns with what they do: each has a page below `deals/`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        deals: Vec<DealLink>,
        /// What of `featured` sells best around it, the best first; only pages ask for that.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        hot: Vec<HotGood>,
    }

    /// A good that sells around a store.
    HotGood {
        /// What.
        sku: SkuId,
        /// At least so many units were sold there lately.
        sold: u32,
    }

    /// A campaign that runs, as a home page leads to it.
    DealLink {
        /// Which.
        campaign: CampaignId,
        /// What it is called.
        title: String,
        /// What it does, in a line.
        what: String,
        /// Is it the store's own?
        own: bool,
        /// Is it goods at a price together?
        combo: bool,
    }

    /// A fact about a product, as its page names it.
    ProductFact {
        /// 产地, 保质期, 储存方式, 配料.
        name: String,
        /// Its value.
        value: String,
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
        /// Its pictures beside those of its SKUs.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        images: Vec<String>,
        /// What HQ has written down of it: 产地, 保质期, 储存方式, 配料.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        facts: Vec<ProductFact>,
        /// Telephone of the store; empty when it has none.
        #[serde(default)]
        phone: String,
        /// Address of its member group's invitation; empty when it has none.
        #[serde(default)]
        group: String,
    }
}

impl SearchWordsSheet {
    /// What people call a field of a change.
    #[must_use]
    pub fn title(field: &str) -> String {
        match field.strip_prefix("synonym:") {
            Some(word) => format!("同义词“{word}”"),
            None => "热搜词".to_owned(),
        }
    }
}
