//! A product of the library (SPU) and its units of sale (SKU), and what makes both fit to be sold.
//!
//! A product is one aggregate: its SKUs, options and pictures are changed with it, under one version.

use std::collections::{BTreeMap, BTreeSet};

pub use liandian_types::goods::{ImageKind, OptionKind, ProductStatus, Storage};
use liandian_types::{Code, Fen, Problem, RegionId, SkuId, SpuId, text};
use serde::{Deserialize, Serialize};

use crate::{
    Refusable,
    catalog::{
        LibrarySku,
        barcode::Barcode,
        category::{CategoryTree, key_fits},
    },
    conflict,
};

/// SKUs of one product: with the product and what is told of it they are rows of one transaction, which takes a hundred.
pub const MOST_SKUS: usize = 90;
/// Pictures of one product.
pub const MOST_IMAGES: usize = 10;
/// Bytes of one picture.
pub const LARGEST_IMAGE: u32 = 5_000_000;
/// Barcodes of one SKU.
pub const MOST_BARCODES: usize = 20;
/// Regions in which a SKU has another price: a product is one row, which holds 400 KB with all that its SKUs say.
pub const MOST_REGION_PRICES: usize = 50;
/// No price is above a million yuan.
pub const HIGHEST_PRICE: Fen = Fen(100_000_000);
/// Characters of a name.
pub const LONGEST_NAME: usize = 60;
/// Characters of a description or of the ingredients.
pub const LONGEST_TEXT: usize = 2_000;

/// A picture: where it lies, and what was checked when it was uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Its address within the chain's files.
    pub file: String,
    /// Kind of file.
    pub kind: ImageKind,
    /// Bytes.
    pub bytes: u32,
}

/// One value of an option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionValue {
    /// Its key within the option.
    pub key: String,
    /// Its name.
    pub name: String,
}

/// 规格: something to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductOption {
    /// Its key within the product.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Stock or wish.
    pub kind: OptionKind,
    /// What can be chosen; of a wish the first is what is made when nobody chooses.
    pub values: Vec<OptionValue>,
}

/// A unit that has price, barcodes and stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sku {
    /// Its id.
    pub sku: SkuId,
    /// Which of its kind, as shown.
    pub spec: String,
    /// For each stock option the value that it stands for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub choice: BTreeMap<String, String>,
    /// Its barcodes; the first is the one that labels show.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub barcodes: Vec<Barcode>,
    /// 建议零售价: HQ's price.
    pub price: Fen,
    /// 最低售价: nobody sells below it.
    pub floor: Fen,
    /// HQ's price in regions where it is another.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub region_prices: BTreeMap<RegionId, Fen>,
    /// Grams, packed.
    pub weight_g: u32,
    /// Its own picture; the product's first when empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub picture: String,
    /// Sold no longer, while its neighbours are.
    #[serde(default)]
    pub retired: bool,
}

/// A brand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brand {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// Address of its logo.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub logo: String,
}

/// All brands by key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brands(BTreeMap<String, Brand>);

impl Brands {
    /// Out of its brands.
    ///
    /// # Errors
    /// `bad_request` with the field when two share a key or a name, or one is misformed.
    pub fn of(all: impl IntoIterator<Item = Brand>) -> Refusable<Self> {
        let (mut brands, mut names) = (BTreeMap::new(), BTreeSet::new());
        for b in all {
            if !key_fits(&b.key) {
                return Err(bad("key", "品牌编码只能用小写字母、数字和连字符，最多 40 位"));
            }
            if b.logo.len() > 200 {
                return Err(bad("logo", "品牌标志的地址最多 200 个字符"));
            }
            if b.name.trim() != b.name || b.name.is_empty() || b.name.chars().count() > 30 || text::unfit(&b.name).is_some() {
                return Err(bad("name", "品牌名称应为 1 到 30 个字"));
            }
            if !names.insert(text::squeeze(&b.name)) {
                return Err(bad("name", format!("已有品牌“{}”", b.name)));
            }
            let key = b.key.clone();
            if brands.insert(key, b).is_some() {
                return Err(bad("key", "品牌编码重复"));
            }
        }
        Ok(Self(brands))
    }

    /// All of them, by key.
    pub fn iter(&self) -> impl Iterator<Item = &Brand> {
        self.0.values()
    }

    /// A brand by its key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Brand> {
        self.0.get(key)
    }

    /// By its key or its name.
    #[must_use]
    pub fn find(&self, written: &str) -> Option<&Brand> {
        self.0.get(written).or_else(|| {
            let name = text::squeeze(written);
            self.0.values().find(|b| text::squeeze(&b.name) == name)
        })
    }
}

/// A product of HQ's library, or of one store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Its id.
    pub spu: SpuId,
    /// Its name.
    pub name: String,
    /// Key of its category.
    pub category: String,
    /// Key of its brand; empty for goods without one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub brand: String,
    /// What it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Its pictures, the first first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<Image>,
    /// What its category asks, by key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// What there is to choose.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<ProductOption>,
    /// Its units of sale.
    pub skus: Vec<Sku>,
    /// 品牌主推: stores change neither its price nor its place.
    #[serde(default)]
    pub flagship: bool,
    /// 必上: every store that may sell it has it.
    #[serde(default)]
    pub mandatory: bool,
    /// Sold at the till only.
    #[serde(default)]
    pub offline_only: bool,
    /// Its batches are told apart by the day on which they expire.
    #[serde(default)]
    pub tracks_expiry: bool,
    /// How it is kept.
    #[serde(default)]
    pub storage: Storage,
    /// 产地
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub origin: String,
    /// 保质期, in days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shelf_life_days: Option<u32>,
    /// 配料
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ingredients: String,
    /// Words under which it is found besides its name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// How far it has come.
    #[serde(default)]
    pub status: ProductStatus,
    /// Order within its category.
    #[serde(default)]
    pub rank: u32,
    /// Counts the changes.
    #[serde(default)]
    pub version: u64,
}

fn bad(field: impl Into<String>, detail: impl Into<String>) -> Problem {
    Problem::new(Code::BadRequest, detail).at(field)
}

/// A line of text without spaces around it.
fn line(found: &mut Vec<Problem>, field: &str, what: &str, value: &str, longest: usize) {
    if value.trim() != value {
        found.push(bad(field, format!("{what}前后不能有空格")));
    } else if value.chars().count() > longest {
        found.push(bad(field, format!("{what}最多 {longest} 个字")));
    } else if let Some(why) = text::unfit(value) {
        found.push(bad(field, format!("{what}{why}")));
    }
}

/// A text of several lines.
fn lines(found: &mut Vec<Problem>, field: &str, what: &str, value: &str) {
    if value.trim() != value {
        found.push(bad(field, format!("{what}前后不能有空格或空行")));
    } else if value.chars().count() > LONGEST_TEXT {
        found.push(bad(field, format!("{what}最多 {LONGEST_TEXT} 个字")));
    } else if let Some(why) = value.split('\n').find_map(text::unfit) {
        found.push(bad(field, format!("{what}{why}")));
    }
}

fn price(found: &mut Vec<Problem>, field: String, what: &str, value: Fen) {
    if !(Fen::ZERO..=HIGHEST_PRICE).contains(&value) {
        found.push(bad(field, format!("{what}应在 0 到 {HIGHEST_PRICE} 之间")));
    }
}

impl Product {
    /// Everything that is wrong with it, each with its field (`name`, `skus[1].floor`); what a draft may lack is told only of what is on sale.
    #[must_use]
    pub fn problems(&self, tree: &CategoryTree, brands: &Brands) -> Vec<Problem> {
        let mut found = Vec::new();
        if self.name.is_empty() {
            found.push(bad("name", "请填写商品名称"));
        }
        line(&mut found, "name", "商品名称", &self.name, LONGEST_NAME);
        line(&mut found, "origin", "产地", &self.origin, 30);
        lines(&mut found, "description", "商品描述", &self.description);
        lines(&mut found, "ingredients", "配料", &self.ingredients);
        if tree.get(&self.category).is_none() {
            found.push(bad("category", "请选择类目"));
        }
        if !self.brand.is_empty() && brands.get(&self.brand).is_none() {
            found.push(bad("brand", "没有这个品牌"));
        }
        if self.shelf_life_days.is_some_and(|d| !(1..=36_500).contains(&d)) {
            found.push(bad("shelf_life_days", "保质期应为 1 到 36500 天"));
        }
        if self.keywords.len() > 20 {
            found.push(bad("keywords", "搜索词最多 20 个"));
        }
        for (i, word) in self.keywords.iter().enumerate() {
            line(&mut found, &format!("keywords[{i}]"), "搜索词", word, 20);
            if word.is_empty() {
                found.push(bad(format!("keywords[{i}]"), "搜索词不能为空"));
            }
        }
        self.check_images(&mut found);
        self.check_attributes(tree, &mut found);
        self.check_options(&mut found);
        self.check_skus(&mut found);
        if self.status == ProductStatus::On {
            found.extend(self.lacks(tree));
        }
        found
    }

    /// What it still needs before it can be sold.
    #[must_use]
    pub fn lacks(&self, tree: &CategoryTree) -> Vec<Problem> {
        let mut found = Vec::new();
        if self.images.is_empty() && !self.offline_only {
            found.push(bad("images", "上架前请至少放一张图片"));
        }
        if self.skus.iter().all(|s| s.retired) {
            found.push(bad("skus", "上架前请至少有一个在售规格"));
        }
        for (i, s) in self.skus.iter().enumerate().filter(|(_, s)| !s.retired) {
            if s.price <= Fen::ZERO {
                found.push(bad(format!("skus[{i}].price"), "上架前请填写建议售价"));
            }
        }
        for rule in tree.attributes(&self.category) {
            if rule.required && !self.attributes.contains_key(&rule.key) {
                found.push(bad(format!("attributes.{}", rule.key), format!("上架前请填写{}", rule.name)));
            }
        }
        found
    }

    fn check_images(&self, found: &mut Vec<Problem>) {
        if self.images.len() > MOST_IMAGES {
            found.push(bad("images", format!("图片最多 {MOST_IMAGES} 张")));
        }
        for (i, image) in self.images.iter().enumerate() {
            let field = format!("images[{i}]");
            if image.file.is_empty() || image.file.len() > 200 || image.file.contains("..") || !image.file.bytes().all(|b| b.is_ascii_graphic()) {
                found.push(bad(field.clone(), "图片地址有误"));
            }
            if image.bytes > LARGEST_IMAGE {
                found.push(bad(field, format!("图片不能超过 {} MB", LARGEST_IMAGE / 1_000_000)));
            }
        }
    }

    fn check_attributes(&self, tree: &CategoryTree, found: &mut Vec<Problem>) {
        let rules = tree.attributes(&self.category);
        for (key, value) in &self.attributes {
            let field = format!("attributes.{key}");
            match rules.iter().find(|r| r.key == *key) {
                None => found.push(bad(field, "这个类目没有该属性")),
                Some(_) if value.is_empty() || value.trim() != value => found.push(bad(field, "属性值不能为空，前后不能有空格")),
                Some(rule) => found.extend(rule.objection(value).map(|why| bad(field, why))),
            }
        }
    }

    fn check_options(&self, found: &mut Vec<Problem>) {
        if self.options.len() > 6 {
            found.push(bad("options", "规格项最多 6 个"));
        }
        let mut keys = BTreeSet::new();
        for (i, option) in self.options.iter().enumerate() {
            let field = format!("options[{i}]");
            if !key_fits(&option.key) || !keys.insert(&option.key) {
                found.push(bad(format!("{field}.key"), "规格项编码重复或不合规"));
            }
            line(found, &format!("{field}.name"), "规格项名称", &option.name, 10);
            if option.name.is_empty() {
                found.push(bad(format!("{field}.name"), "请填写规格项名称"));
            }
            let mut values = BTreeSet::new();
            if option.values.is_empty() || option.values.len() > 30 {
                found.push(bad(format!("{field}.values"), "每个规格项应有 1 到 30 个值"));
            }
            for (j, value) in option.values.iter().enumerate() {
                let field = format!("{field}.values[{j}]");
                if !key_fits(&value.key) || !values.insert(&value.key) {
                    found.push(bad(format!("{field}.key"), "规格值编码重复或不合规"));
                }
                line(found, &format!("{field}.name"), "规格值", &value.name, 20);
                if value.name.is_empty() {
                    found.push(bad(format!("{field}.name"), "请填写规格值"));
                }
            }
        }
    }

    fn check_skus(&self, found: &mut Vec<Problem>) {
        if self.skus.len() > MOST_SKUS {
            found.push(bad("skus", format!("规格最多 {MOST_SKUS} 个")));
        }
        let (mut ids, mut choices, mut specs, mut codes) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        let stock: Vec<&ProductOption> = self.options.iter().filter(|o| o.kind == OptionKind::Stock).collect();
        for (i, s) in self.skus.iter().enumerate() {
            let field = |name: &str| format!("skus[{i}].{name}");
            if !ids.insert(&s.sku) {
                found.push(bad(field("sku"), "规格编码重复"));
            }
            line(found, &field("spec"), "规格名称", &s.spec, 40);
            if !s.retired && !specs.insert(text::squeeze(&s.spec)) {
                found.push(bad(field("spec"), "规格名称重复"));
            }
            let chosen = stock.len() == s.choice.len()
                && stock.iter().all(|o| s.choice.get(&o.key).is_some_and(|v| o.values.iter().any(|known| known.key == *v)));
            if !chosen {
                found.push(bad(field("choice"), "请为每个库存规格项选择一个值"));
            } else if !stock.is_empty() && !s.retired && !choices.insert(&s.choice) {
                found.push(bad(field("choice"), "规格组合重复"));
            }
            price(found, field("price"), "建议售价", s.price);
            price(found, field("floor"), "最低售价", s.floor);
            if s.floor > s.price && s.price > Fen::ZERO {
                found.push(bad(field("floor"), "最低售价不能高于建议售价"));
            }
            if s.region_prices.len() > MOST_REGION_PRICES {
                found.push(bad(field("region_prices"), format!("区域价最多 {MOST_REGION_PRICES} 个")));
            }
            for (region, p) in &s.region_prices {
                price(found, field(&format!("region_prices.{region}")), "区域价", *p);
                if *p < s.floor {
                    found.push(bad(field(&format!("region_prices.{region}")), "区域价不能低于最低售价"));
                }
            }
            if s.barcodes.len() > MOST_BARCODES {
                found.push(bad(field("barcodes"), format!("条码最多 {MOST_BARCODES} 个")));
            }
            for (j, b) in s.barcodes.iter().enumerate() {
                if !codes.insert(b.normal()) {
                    found.push(bad(field(&format!("barcodes[{j}]")), format!("条码 {b} 重复")));
                }
            }
            line(found, &field("picture"), "图片地址", &s.picture, 200);
        }
    }

    /// HQ's price of a SKU in a region.
    #[must_use]
    pub fn price_in(sku: &Sku, region: Option<&RegionId>) -> Fen {
        region.and_then(|r| sku.region_prices.get(r)).copied().unwrap_or(sku.price)
    }

    /// The wishes that a customer may have.
    pub fn wishes(&self) -> impl Iterator<Item = &ProductOption> {
        self.options.iter().filter(|o| o.kind == OptionKind::Wish)
    }

    /// At another status.
    ///
    /// # Errors
    /// `conflict` when it may not follow; `bad_request` with the field when something is lacking for the sale.
    pub fn at_status(&self, next: ProductStatus, tree: &CategoryTree) -> Refusable<Self> {
        if !self.status.may_become(next) {
            return conflict(format!("{}的商品不能改为{}", self.status.name(), next.name()));
        }
        if next == ProductStatus::On
            && let Some(lack) = self.lacks(tree).into_iter().next()
        {
            return Err(lack);
        }
        let changed = u64::from(next != self.status);
        Ok(Self { status: next, version: self.version + changed, ..self.clone() })
    }

    /// As somebody has edited it, who saw the version that `next` carries.
    ///
    /// # Errors
    /// `conflict` when it was changed since, when the status may not follow, or when a SKU is left out that orders may name; `bad_request` with
    /// the first thing that is wrong.
    pub fn revised(&self, next: Self, tree: &CategoryTree, brands: &Brands) -> Refusable<Self> {
        if next.spu != self.spu {
            return Err(bad("spu", "商品编码不能修改"));
        }
        if next.version != self.version {
            return conflict("商品已被别人修改，请刷新后重试");
        }
        if !self.status.may_become(next.status) {
            return conflict(format!("{}的商品不能改为{}", self.status.name(), next.status.name()));
        }
        if self.status != ProductStatus::Draft
            && let Some(gone) = self.skus.iter().find(|s| next.skus.iter().all(|n| n.sku != s.sku))
        {
            return conflict(format!("规格“{}”已经卖过，只能停用，不能删除", gone.spec));
        }
        if let Some(wrong) = next.problems(tree, brands).into_iter().next() {
            return Err(wrong);
        }
        if next == *self {
            return Ok(next);
        }
        Ok(Self { version: self.version + 1, ..next })
    }

    /// The rows that stores list and sell, of what is on sale.
    #[must_use]
    pub fn library(&self, tree: &CategoryTree, brands: &Brands) -> Vec<LibrarySku> {
        self.rows(tree, brands).into_iter().filter(|r| !r.off).collect()
    }

    /// A row for each of its SKUs. Those that are not on sale say so, and nobody can buy them; what lies on shelves still has its name by them.
    #[must_use]
    pub fn rows(&self, tree: &CategoryTree, brands: &Brands) -> Vec<LibrarySku> {
        let picture = self.images.first().map(|i| i.file.clone()).unwrap_or_default();
        self.skus
            .iter()
            .map(|s| LibrarySku {
                sku: s.sku.clone(),
                spu: self.spu.clone(),
                name: self.name.clone(),
                spec: s.spec.clone(),
                brand: brands.get(&self.brand).map(|b| b.name.clone()).unwrap_or_default(),
                category: self.category.clone(),
                category_name: tree.get(&self.category).map(|c| c.name.clone()).unwrap_or_default(),
                description: self.description.clone(),
                barcode: s.barcodes.first().map(Barcode::to_string).unwrap_or_default(),
                price: s.price,
                floor: s.floor,
                flagship: self.flagship,
                offline_only: self.offline_only,
                tracks_expiry: self.tracks_expiry,
                weight_g: s.weight_g,
                picture: if s.picture.is_empty() { picture.clone() } else { s.picture.clone() },
                rank: self.rank,
                region_prices: s.region_prices.clone(),
                off: self.status != ProductStatus::On || s.retired,
                mandatory: self.mandatory,
                local_to: None,
                until: None,
            })
            .collect()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::catalog::category::{AttributeKind, AttributeRule, Category};

    pub(crate) fn tree() -> CategoryTree {
        let category =
            |key: &str, name: &str| Category { key: key.into(), name: name.into(), parent: None, rank: 0, attributes: Vec::new(), permit: None };
        let degree = AttributeRule { key: "degree".into(), name: "酒精度".into(), kind: AttributeKind::Number(0, 70), required: true };
        CategoryTree::of(vec![
            category("dairy", "乳品冷饮"),
            category("tea", "现制茶饮"),
            Category { attributes: vec![degree], ..category("wine", "酒") },
        ])
        .unwrap()
    }

    pub(crate) fn brands() -> Brands {
        Brands::of([("yunpan", "云畔牧"), ("lian", "连茶")].map(|(k, n)| Brand { key: k.into(), name: n.into(), logo: String::new() })).unwrap()
    }

    pub(crate) fn sku(id: &str, spec: &str, price: i64) -> Sku {
        Sku {
            sku: id.parse().unwrap(),
            spec: spec.into(),
            choice: BTreeMap::new(),
            barcodes: Vec::new(),
            price: Fen(price),
            floor: Fen(price / 2),
            region_prices: BTreeMap::new(),
            weight_g: 300,
            picture: String::new(),
            retired: false,
        }
    }

    pub(crate) fn milk() -> Product {
        Product {
            spu: "spu_milk".parse().unwrap(),
            name: "牧场鲜牛奶".into(),
            category: "dairy".into(),
            brand: "yunpan".into(),
            description: "低温巴氏杀菌。".into(),
            images: vec![Image { file: "/pictures/milk.jpg".into(), kind: ImageKind::Jpeg, bytes: 80_000 }],
            attributes: BTreeMap::new(),
            options: Vec::new(),
            skus: vec![sku("sku_milk-250", "250ml", 590), sku("sku_milk-950", "950ml", 1690)],
            flagship: false,
            mandatory: false,
            offline_only: false,
            tracks_expiry: true,
            storage: Storage::Chilled,
            origin: "内蒙古".into(),
            shelf_life_days: Some(7),
            ingredients: "生牛乳".into(),
            keywords: vec!["鲜奶".into()],
            status: ProductStatus::On,
            rank: 3,
            version: 4,
        }
    }

    fn fields(p: &Product) -> Vec<String> {
        p.problems(&tree(), &brands()).into_iter().filter_map(|p| p.field).collect()
    }

    #[test]
    fn given_a_good_product_when_checked_then_nothing_is_said_and_its_rows_are_what_stores_list() {
        let p = milk();
        assert_eq!(fields(&p), Vec::<String>::new());
        let rows = p.library(&tree(), &brands());
        assert_eq!(rows.iter().map(LibrarySku::title).collect::<Vec<_>>(), ["牧场鲜牛奶 250ml", "牧场鲜牛奶 950ml"]);
        assert_eq!((rows[0].brand.as_str(), rows[0].category_name.as_str(), rows[0].tracks_expiry), ("云畔牧", "乳品冷饮", true));
        let off = Product { status: ProductStatus::Off, ..p.clone() };
        assert!(off.library(&tree(), &brands()).is_empty());
        assert!(off.rows(&tree(), &brands()).iter().all(|r| r.off && !r.sold_online()), "kept by name, sold by nobody");
        let json = serde_json::to_string(&p).unwrap();
        assert_eq!(serde_json::from_str::<Product>(&json).unwrap(), p);
    }

    #[test]
    fn given_prices_of_regions_when_there_are_too_many_then_it_is_said() {
        let mut p = milk();
        let region = |i: usize| format!("reg_{i}").parse::<RegionId>().unwrap();
        let price = p.skus[0].price;
        p.skus[0].region_prices = (0..MOST_REGION_PRICES).map(|i| (region(i), price)).collect();
        assert_eq!(fields(&p), Vec::<String>::new());
        p.skus[0].region_prices.insert(region(MOST_REGION_PRICES), price);
        assert_eq!(fields(&p), ["skus[0].region_prices"]);
    }

    #[test]
    fn given_mistakes_when_checked_then_each_is_named_with_its_field() {
        let one = |change: &dyn Fn(&mut Product)| {
            let mut p = milk();
            change(&mut p);
            fields(&p)
        };
        assert_eq!(one(&|p| p.name.clear()), ["name"]);
        assert_eq!(one(&|p| p.name = " 牛奶".into()), ["name"]);
        assert_eq!(one(&|p| p.name = "牛\u{202e}奶".into()), ["name"]);
        assert_eq!(one(&|p| p.category = "none".into()), ["category"]);
        assert_eq!(one(&|p| p.brand = "none".into()), ["brand"]);
        assert_eq!(one(&|p| p.images.clear()), ["images"]);
        assert_eq!(one(&|p| p.images[0].bytes = LARGEST_IMAGE + 1), ["images[0]"]);
        assert_eq!(one(&|p| p.skus[1].floor = Fen(1_691)), ["skus[1].floor"]);
        assert_eq!(one(&|p| p.skus[1].price = Fen(-1)), ["skus[1].price", "skus[1].price"]);
        assert_eq!(one(&|p| p.skus[1].sku = p.skus[0].sku.clone()), ["skus[1].sku"]);
        assert_eq!(one(&|p| p.skus[1].spec = "250ML".into()), ["skus[1].spec"]);
        assert_eq!(one(&|p| p.skus.iter_mut().for_each(|s| s.barcodes = vec![Barcode::read("6901234567892").unwrap()])), ["skus[1].barcodes[0]"]);
        assert_eq!(
            one(&|p| {
                p.skus[0].region_prices.insert("reg_east".parse().unwrap(), Fen(1));
            }),
            ["skus[0].region_prices.reg_east"]
        );
        assert_eq!(one(&|p| p.category = "wine".into()), ["attributes.degree"]);
        assert_eq!(
            one(&|p| {
                p.attributes.insert("degree".into(), "12".into());
            }),
            ["attributes.degree"]
        );
        assert_eq!(one(&|p| p.shelf_life_days = Some(0)), ["shelf_life_days"]);
        assert_eq!(one(&|p| p.description = "一\u{0}".into()), ["description"]);
    }

    #[test]
    fn given_options_when_checked_then_stock_makes_skus_and_a_wish_does_not() {
        let value = |k: &str, n: &str| OptionValue { key: k.into(), name: n.into() };
        let cup =
            ProductOption {
                key: "cup".into(), name: "杯型".into(), kind: OptionKind::Stock, values: vec![value("m", "中杯"), value("l", "大杯")]
            };
        let sugar = ProductOption {
            key: "sugar".into(),
            name: "糖度".into(),
            kind: OptionKind::Wish,
            values: vec![value("full", "正常糖"), value("half", "半糖")],
        };
        let mut p = Product { options: vec![cup, sugar], ..milk() };
        assert_eq!(fields(&p), ["skus[0].choice", "skus[1].choice"]);
        p.skus[0].choice.insert("cup".into(), "m".into());
        p.skus[1].choice.insert("cup".into(), "m".into());
        assert_eq!(fields(&p), ["skus[1].choice"], "the same twice");
        p.skus[1].choice.insert("cup".into(), "l".into());
        assert!(fields(&p).is_empty());
        assert_eq!(p.wishes().map(|o| o.name.as_str()).collect::<Vec<_>>(), ["糖度"]);
        p.skus[1].choice.insert("sugar".into(), "half".into());
        assert_eq!(fields(&p), ["skus[1].choice"], "a wish is no stock");
    }

    #[test]
    fn given_a_status_when_changed_then_only_the_ways_that_exist_are_open() {
        use ProductStatus::{Draft, Off, On, Retired};
        let open: Vec<_> =
            ProductStatus::ALL.into_iter().flat_map(|a| ProductStatus::ALL.map(|b| (a, b))).filter(|(a, b)| a != b && a.may_become(*b)).collect();
        assert_eq!(open, [(Draft, On), (Draft, Retired), (On, Off), (Off, On), (Off, Retired)]);
        let draft = Product { status: Draft, images: Vec::new(), ..milk() };
        assert!(fields(&draft).is_empty(), "a draft may lack a picture");
        assert_eq!(draft.at_status(On, &tree()).unwrap_err().field.as_deref(), Some("images"));
        assert_eq!(milk().at_status(Retired, &tree()).unwrap_err().code, Code::Conflict);
        let off = milk().at_status(Off, &tree()).unwrap();
        assert_eq!((off.status, off.version), (Off, 5));
    }

    #[test]
    fn given_two_editors_when_both_save_then_the_second_is_told() {
        let p = milk();
        let first = p.revised(Product { name: "牧场牛奶".into(), ..p.clone() }, &tree(), &brands()).unwrap();
        assert_eq!(first.version, 5);
        assert_eq!(first.revised(Product { rank: 9, ..p.clone() }, &tree(), &brands()).unwrap_err().code, Code::Conflict);
        assert_eq!(p.revised(p.clone(), &tree(), &brands()).unwrap().version, 4, "nothing changed");
        let fewer = Product { skus: vec![p.skus[0].clone()], ..p.clone() };
        assert_eq!(p.revised(fewer, &tree(), &brands()).unwrap_err().code, Code::Conflict);
        let mut retired = p.clone();
        retired.skus[1].retired = true;
        assert_eq!(p.revised(retired, &tree(), &brands()).unwrap().library(&tree(), &brands()).len(), 1);
    }

    #[test]
    fn given_a_region_price_when_asked_then_it_is_the_regions() {
        let mut s = sku("sku_a", "", 100);
        s.region_prices.insert("reg_east".parse().unwrap(), Fen(90));
        assert_eq!(Product::price_in(&s, Some(&"reg_east".parse().unwrap())), Fen(90));
        assert_eq!((Product::price_in(&s, Some(&"reg_west".parse().unwrap())), Product::price_in(&s, None)), (Fen(100), Fen(100)));
    }
}
