//! HQ's library as HQ edits it: products, categories, brands, and tables of goods that are taken into it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::ChangedField;
use crate::{Fen, ImageKind, ImportId, OptionKind, ProductStatus, RegionId, SkuId, SpuId, StaffId, Storage, Timestamp};

bodies! {
    /// A picture of a product.
    LibraryImage {
        /// Its address.
        file: String,
        /// Kind of file.
        kind: ImageKind,
        /// Bytes; 0 when they are not known.
        #[serde(default)]
        bytes: u32,
    }

    /// One value of an option.
    LibraryOptionValue {
        /// Its key within the option.
        key: String,
        /// Its name.
        name: String,
    }

    /// 规格: something to choose.
    LibraryOption {
        /// Its key within the product.
        key: String,
        /// Its name.
        name: String,
        /// Is each value stock of its own, or a wish?
        kind: OptionKind,
        /// What can be chosen.
        values: Vec<LibraryOptionValue>,
    }

    /// A unit that has price, barcodes and stock.
    LibrarySkuEdit {
        /// Its id.
        sku: SkuId,
        /// Which of its kind, as shown.
        #[serde(default)]
        spec: String,
        /// For each stock option the value that it stands for.
        #[serde(default)]
        choice: BTreeMap<String, String>,
        /// Its barcodes; the first is the one that labels show.
        #[serde(default)]
        barcodes: Vec<String>,
        /// 建议零售价: HQ's price.
        price: Fen,
        /// 最低售价: nobody sells below it.
        floor: Fen,
        /// HQ's price in regions where it is another.
        #[serde(default)]
        region_prices: BTreeMap<RegionId, Fen>,
        /// Grams, packed.
        #[serde(default)]
        weight_g: u32,
        /// Its own picture; the product's first when empty.
        #[serde(default)]
        picture: String,
        /// Sold no longer, while its neighbours are.
        #[serde(default)]
        retired: bool,
    }

    /// A product of the library, whole. Who saves it says which version was seen: when it is another by now, it is a conflict; 0 makes a new product.
    LibraryProduct {
        /// Its id.
        spu: SpuId,
        /// Its name.
        name: String,
        /// Key of its category.
        category: String,
        /// Key of its brand; empty for goods without one.
        #[serde(default)]
        brand: String,
        /// What it is.
        #[serde(default)]
        description: String,
        /// Its pictures, the first first.
        #[serde(default)]
        images: Vec<LibraryImage>,
        /// What its category asks, by key.
        #[serde(default)]
        attributes: BTreeMap<String, String>,
        /// What there is to choose.
        #[serde(default)]
        options: Vec<LibraryOption>,
        /// Its units of sale, at least one.
        skus: Vec<LibrarySkuEdit>,
        /// 品牌主推: stores change neither its price nor its place.
        #[serde(default)]
        flagship: bool,
        /// 必上: every store that may sell it has it.
        #[serde(default)]
        mandatory: bool,
        /// Sold at the till only.
        #[serde(default)]
        offline_only: bool,
        /// Its batches are told apart by the day on which they expire.
        #[serde(default)]
        tracks_expiry: bool,
        /// How it is kept.
        #[serde(default)]
        storage: Storage,
        /// 产地
        #[serde(default)]
        origin: String,
        /// 保质期, in days.
        #[serde(default)]
        shelf_life_days: Option<u32>,
        /// 配料
        #[serde(default)]
        ingredients: String,
        /// Words under which it is found besides its name.
        #[serde(default)]
        keywords: Vec<String>,
        /// How far it has come.
        #[serde(default)]
        status: ProductStatus,
        /// Order within its category.
        #[serde(default)]
        rank: u32,
        /// Counts the changes.
        version: u64,
    }

    /// A product in a list.
    LibraryRow {
        /// Its id.
        spu: SpuId,
        /// Its name.
        name: String,
        /// Key of its category.
        category: String,
        /// Its category with those above it.
        category_path: String,
        /// Name of its brand.
        brand: String,
        /// Address of its picture; empty when it has none.
        picture: String,
        /// How many SKUs it has.
        skus: u32,
        /// The lowest of their prices.
        price_from: Fen,
        /// The highest.
        price_to: Fen,
        /// The lowest of their floors.
        floor_from: Fen,
        /// 品牌主推
        flagship: bool,
        /// 必上
        mandatory: bool,
        /// Sold at the till only.
        offline_only: bool,
        /// How it is kept.
        storage: Storage,
        /// How far it has come.
        status: ProductStatus,
        /// Counts the changes.
        version: u64,
    }

    /// A page of the library, by category and rank.
    LibraryPage {
        /// The products.
        products: Vec<LibraryRow>,
        /// For the next page; a page may be short, or empty, and still have one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }

    /// Take a product to another status.
    SetProductStatus {
        /// Which.
        status: ProductStatus,
        /// The version that was seen.
        version: u64,
    }

    /// Change one thing of many products: exactly one of `status`, `flagship`, `category` and `price_percent` is said.
    ProductsBulk {
        /// Which products, at most fifty.
        products: Vec<SpuId>,
        /// Their status.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<ProductStatus>,
        /// Whether they are flagship goods.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        flagship: Option<bool>,
        /// The key of their category.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        category: Option<String>,
        /// By how many percent their suggested prices rise, or fall below zero.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        price_percent: Option<i32>,
        /// Say what would become of them, and change nothing.
        #[serde(default)]
        dry: bool,
        /// The version of each that was seen, in their order, as `dry` has said: what was changed since is left. A price by percent is changed with
        /// them only, for the same once more would be more.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        seen: Vec<u64>,
    }

    /// What became of one of them.
    ProductBulkResult {
        /// Which.
        spu: SpuId,
        /// Is it as was asked?
        done: bool,
        /// Why not, in a sentence.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
        /// What of it is another, or would be.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        changes: Vec<ChangedField>,
        /// Its version now; absent of what could not be done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<u64>,
    }

    /// What became of all of them.
    ProductsBulkDone {
        /// One for each, in their order.
        results: Vec<ProductBulkResult>,
    }

    /// One change of a product, of the categories or of the brands.
    LibraryChange {
        /// When.
        at: Timestamp,
        /// The same as people read it, in China's time.
        at_text: String,
        /// Who.
        by: StaffId,
        /// Who, by name; absent when the account is gone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_name: Option<String>,
        /// What was changed.
        fields: Vec<ChangedField>,
    }

    /// Changes, newest first.
    LibraryHistory {
        /// The changes.
        changes: Vec<LibraryChange>,
        /// For the next page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }

    /// An attribute that goods of a category have.
    LibraryAttribute {
        /// Its key.
        key: String,
        /// Its name.
        name: String,
        /// What a value looks like: `text`, `number`, `choice` or `flag`.
        kind: String,
        /// Of a text: the most characters. Of a number: the largest.
        #[serde(default)]
        most: i64,
        /// Of a number: the smallest.
        #[serde(default)]
        least: i64,
        /// Of a choice: what there is to choose.
        #[serde(default)]
        choices: Vec<String>,
        /// Goods are not sold before it is filled in.
        #[serde(default)]
        required: bool,
    }

    /// A category of the library.
    LibraryCategory {
        /// Its key; never changes.
        key: String,
        /// Its name.
        name: String,
        /// The key of the category that it is in; absent at the top.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<String>,
        /// Order among its neighbours.
        #[serde(default)]
        rank: u32,
        /// What is asked of its goods, besides what its parents ask.
        #[serde(default)]
        attributes: Vec<LibraryAttribute>,
        /// The permit without which nobody sells its goods, by the name of its document; absent: as what it is in; empty: none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        permit: Option<String>,
    }

    /// The tree of categories, whole: parents before what is in them, neighbours in their order.
    LibraryCategories {
        /// The categories.
        categories: Vec<LibraryCategory>,
        /// How often they have been set. Who sets them says which version was seen.
        version: u64,
    }

    /// A brand.
    LibraryBrand {
        /// Its key; never changes.
        key: String,
        /// Its name.
        name: String,
        /// Address of its logo.
        #[serde(default)]
        logo: String,
    }

    /// The brands, whole.
    LibraryBrands {
        /// The brands.
        brands: Vec<LibraryBrand>,
        /// How often they have been set. Who sets them says which version was seen.
        version: u64,
    }

    /// A fault of a table of goods.
    ImportFault {
        /// Line of the file, from 1.
        line: u64,
        /// Number of the column, from 1; 0 for the row as a whole.
        column: u32,
        /// What the column is called in the file.
        header: String,
        /// A sentence about it.
        text: String,
    }

    /// A product of a table that could not be taken.
    ImportRefusal {
        /// Line of its first row.
        line: u64,
        /// The product.
        spu: SpuId,
        /// Why.
        text: String,
    }

    /// A table of goods, what is wrong with it, and how far it is taken.
    LibraryImport {
        /// Its id.
        import: ImportId,
        /// Who brought it.
        by: StaffId,
        /// Who, by name; absent when the account is gone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_name: Option<String>,
        /// When.
        at: Timestamp,
        /// The same as people read it, in China's time.
        at_text: String,
        /// `checked`, `running` or `done`.
        state: String,
        /// Rows of the file.
        rows: u64,
        /// Products that can be taken.
        products: u64,
        /// Products that are done with.
        done: u64,
        /// Of these: new ones.
        created: u64,
        /// Of these: changed ones.
        changed: u64,
        /// Of these: such as were as the file has them.
        same: u64,
        /// The first faults of the file, by line and column.
        faults: Vec<ImportFault>,
        /// How many there are.
        fault_count: u64,
        /// The first products that could not be taken.
        refused: Vec<ImportRefusal>,
        /// How many there are.
        refused_count: u64,
        /// When it was done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ended: Option<Timestamp>,
    }

    /// Tables of goods, newest first; without their faults.
    LibraryImports {
        /// The imports.
        imports: Vec<LibraryImport>,
        /// For the next page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }
}

impl LibraryProduct {
    /// What people call a field, as histories and refusals name it; of a SKU's field with the SKU's id. A field that there is no more is called by its
    /// name.
    #[must_use]
    pub fn title(field: &str) -> String {
        if let Some((sku, name)) = field.strip_prefix("skus.").and_then(|rest| rest.split_once('.')) {
            return format!("{}（{sku}）", Self::sku_title(name));
        }
        if let Some(key) = field.strip_prefix("attributes.") {
            return format!("属性 {key}");
        }
        match field {
            "name" => "商品名称",
            "category" => "类目",
            "brand" => "品牌",
            "description" => "描述",
            "images" => "图片",
            "options" => "规格项",
            "skus" => "规格",
            "flagship" => "品牌主推",
            "mandatory" => "必上",
            "offline_only" => "仅线下",
            "tracks_expiry" => "管理效期",
            "storage" => "储存方式",
            "origin" => "产地",
            "shelf_life_days" => "保质期（天）",
            "ingredients" => "配料",
            "keywords" => "搜索词",
            "status" => "状态",
            "rank" => "排序",
            other => other,
        }
        .to_owned()
    }

    fn sku_title(name: &str) -> &str {
        match name {
            "spec" => "规格名称",
            "choice" => "规格选择",
            "barcodes" => "条码",
            "price" => "建议售价",
            "floor" => "最低售价",
            "region_prices" => "区域价",
            "weight_g" => "重量（克）",
            "picture" => "规格图片",
            "retired" => "停用",
            other => other,
        }
    }
}
