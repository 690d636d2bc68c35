//! What a store makes of the library, and its own products.

use serde::{Deserialize, Serialize};

use super::Category;
use crate::{Fen, SkuId, SpuId, StoreId};

bodies! {
    /// A SKU of the library as a store decides about it.
    AssortmentRow {
        /// The SKU.
        sku: SkuId,
        /// Its title with spec.
        name: String,
        /// Brand.
        brand: String,
        /// Category key.
        category: String,
        /// Name of the category.
        category_name: String,
        /// Address of its picture.
        picture: String,
        /// HQ's price.
        price: Fen,
        /// Every store has it.
        mandatory: bool,
        /// 品牌主推
        flagship: bool,
        /// This store lists it.
        taken: bool,
        /// This store hides it.
        hidden: bool,
        /// What the store says itself, by title.
        own: Vec<String>,
    }

    /// A page of the library as a store decides about it.
    Assortment {
        /// The SKUs, in the library's order.
        rows: Vec<AssortmentRow>,
        /// The library's categories.
        categories: Vec<Category>,
        /// Give this back as `cursor` for the next page; absent on the last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }

    /// Goods that a store takes: exactly one of the three ways.
    TakeGoods {
        /// These SKUs, at most 90.
        #[serde(default)]
        skus: Vec<SkuId>,
        /// All of a category.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        category: Option<String>,
        /// What that store lists.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        like: Option<StoreId>,
        /// Where to go on, from the answer before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cursor: Option<String>,
    }

    /// What became of it.
    TakenGoods {
        /// SKUs that the store has taken now; those that it had are left out.
        taken: Vec<SkuId>,
        /// Give this back to go on; absent when all is done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }

    /// Goods that a store gives up.
    DropGoods {
        /// These SKUs, at most 45.
        skus: Vec<SkuId>,
    }

    /// What became of it.
    DroppedGoods {
        /// SKUs that the store lists no longer.
        dropped: Vec<SkuId>,
    }

    /// Listings that are to be HQ's again.
    ResetListings {
        /// These SKUs, at most 30.
        skus: Vec<SkuId>,
        /// `name`, `description`, `picture`, `rank`, `shown`; none: all of them.
        #[serde(default)]
        fields: Vec<String>,
    }

    /// What became of it.
    ListingsReset {
        /// SKUs of which something was the store's own.
        reset: Vec<SkuId>,
    }

    /// A listing as its store wants it: an absent field is HQ's.
    SetListing {
        /// Name of the product.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// What it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        /// Address of the picture.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        picture: Option<String>,
        /// Order within the category.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rank: Option<u32>,
        /// Whether customers see it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shown: Option<bool>,
        /// Place among what the home page shows first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        featured: Option<u32>,
        /// The version that was seen.
        version: u64,
    }

    /// A field of a listing: what HQ says, and what the store says instead.
    ListingFieldView {
        /// Its name in the route that sets it.
        field: String,
        /// Its title.
        title: String,
        /// HQ's value.
        hq: String,
        /// The store's own, if it has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        own: Option<String>,
        /// Who set it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_name: Option<String>,
        /// When, in the store's time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_text: Option<String>,
    }

    /// A line of a history.
    ChangeLine {
        /// When, in the store's time.
        at_text: String,
        /// Who.
        by_name: String,
        /// What.
        text: String,
    }

    /// A listing with everything that its store may set.
    ListingView {
        /// The SKU.
        sku: SkuId,
        /// HQ's title.
        title: String,
        /// Name of the category.
        category_name: String,
        /// The picture that customers see.
        picture: String,
        /// Every store has it.
        mandatory: bool,
        /// It is the store's own.
        local: bool,
        /// The store lists it.
        taken: bool,
        /// Customers see it now.
        sold: bool,
        /// The fields.
        fields: Vec<ListingFieldView>,
        /// As it is set.
        set: SetListing,
        /// What was changed, newest first.
        history: Vec<ChangeLine>,
    }

    /// A SKU of a store's own product.
    LocalSku {
        /// Its id; absent for one that is new.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sku: Option<SkuId>,
        /// Which of its kind; empty for the only one.
        spec: String,
        /// What it costs.
        price: Fen,
        /// EAN-13 or EAN-8; empty for none.
        barcode: String,
        /// Grams, packed.
        weight_g: u32,
    }

    /// A document (资质) of a store's own product.
    LocalDocument {
        /// What it certifies, e.g. 食品经营许可证.
        kind: String,
        /// The number on it.
        number: String,
        /// Its last day, `2026-12-31`; empty when it has no end.
        expires: String,
        /// Address of its file.
        file: String,
    }

    /// A store's own product as the store writes it.
    LocalForm {
        /// Its name.
        name: String,
        /// Key of its category.
        category: String,
        /// What it is.
        description: String,
        /// 产地
        origin: String,
        /// Addresses of its pictures, the first first.
        images: Vec<String>,
        /// Its units of sale.
        skus: Vec<LocalSku>,
        /// Its documents.
        documents: Vec<LocalDocument>,
        /// The store wants to sell it; HQ's yes is needed besides.
        on: bool,
        /// The version that was seen; 0 for a new one.
        version: u64,
    }

    /// A store's own product in a list.
    LocalCard {
        /// Whose.
        store: StoreId,
        /// The store's name, where several are shown.
        store_name: String,
        /// The product.
        spu: SpuId,
        /// Its name.
        name: String,
        /// Name of its category.
        category_name: String,
        /// Address of its first picture; empty for none.
        picture: String,
        /// `draft`, `waiting`, `approved`, `rejected`.
        state: String,
        /// Where it stands, in Chinese.
        state_text: String,
        /// Customers can order it now.
        on_sale: bool,
        /// The last day of the document that ends first; empty for none.
        expires: String,
        /// Days until then; below zero: it is over.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        days_left: Option<i64>,
        /// Counts the changes.
        version: u64,
    }

    /// Products of its own that a store has.
    LocalList {
        /// The products.
        products: Vec<LocalCard>,
    }

    /// A store's own product with all that belongs to it.
    LocalView {
        /// Where it stands.
        card: LocalCard,
        /// What the store wrote.
        form: LocalForm,
        /// Documents that goods of its category must have and that it lacks.
        lacks: Vec<String>,
        /// What happened to it, newest first.
        history: Vec<ChangeLine>,
    }

    /// A step with a product, of the version that was seen.
    LocalStep {
        /// The version that was seen.
        version: u64,
    }

    /// Products that wait for HQ, and those of whose documents one should know.
    WaitingLocals {
        /// Those that wait, oldest first.
        products: Vec<LocalView>,
        /// Those with a document that ends within 30 days.
        expiring: Vec<LocalCard>,
        /// Give this back as `cursor` for the next page; absent on the last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }

    /// What HQ says to a product.
    DecideLocal {
        /// Whose.
        store: StoreId,
        /// Yes or no.
        approve: bool,
        /// Why not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// The version that was seen.
        version: u64,
    }
}
