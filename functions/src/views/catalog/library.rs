//! HQ's library as HQ sees and edits it, with its histories.

use std::collections::{BTreeMap, HashSet};

use liandian_contracts::{Envelope, Event};
use liandian_domain::{
    Refusable,
    catalog::{
        barcode::Barcode,
        category::{AttributeKind, AttributeRule, Category, CategoryTree},
        job::{Import, ImportState},
        library::{BrandList, Categories},
        product::{Brand, Brands, Image, OptionValue, Product, ProductOption, Sku},
    },
    stores::hours::{CHINA, local_text},
};
use liandian_store::StoreError;
use liandian_types::{
    Code, Fen, Problem, ProductStatus, SpuId,
    api::{
        ChangedField, ImportFault, ImportRefusal, LibraryAttribute, LibraryBrand, LibraryBrands, LibraryCategories, LibraryCategory, LibraryChange,
        LibraryHistory, LibraryImage, LibraryImport, LibraryImports, LibraryOption, LibraryOptionValue, LibraryPage, LibraryProduct, LibraryRow,
        LibrarySkuEdit,
    },
    text::Needle,
};

use super::search::searching;
use crate::{
    App,
    http::{Failure, fit},
};

/// Products on a page.
const PAGE: usize = 50;
/// Changes on a page.
const CHANGES: i32 = 20;
/// Imports on a page.
const IMPORTS: i32 = 20;

/// What a list of products is made shorter by.
#[derive(Debug, Clone, Default)]
pub struct LibraryFilter<'a> {
    /// Words of its name, its brand or its keywords, a barcode, or an id.
    pub text: Option<&'a str>,
    /// In this category, or in one below it.
    pub category: Option<&'a str>,
    /// Of this brand.
    pub brand: Option<&'a str>,
    /// At this status.
    pub status: Option<ProductStatus>,
    /// Flagship goods, or all others.
    pub flagship: Option<bool>,
}

impl LibraryFilter<'_> {
    /// `hits`: products of which search finds something, by sounds and synonyms as well; drafts it does not know.
    fn fits(&self, p: &Product, sought: Option<&Needle>, hits: &HashSet<SpuId>, known: (&CategoryTree, &Brands)) -> bool {
        let (tree, brands) = known;
        let brand = brands.get(&p.brand).map_or("", |b| b.name.as_str());
        let found = |n: &Needle| {
            let words = [p.name.as_str(), brand].into_iter().chain(p.keywords.iter().map(String::as_str)).collect::<Vec<_>>();
            n.is_in(&words)
                || n.is_id(p.spu.as_str())
                || p.skus
                    .iter()
                    .any(|s| n.is_id(s.sku.as_str()) || n.is_in(&[s.spec.as_str()]) || s.barcodes.iter().any(|b| n.is_barcode(b.as_str())))
        };
        self.category.is_none_or(|c| p.category == c || tree.is_under(&p.category, c))
            && self.brand.is_none_or(|b| p.brand == b)
            && self.status.is_none_or(|s| p.status == s)
            && self.flagship.is_none_or(|f| p.flagship == f)
            && sought.is_none_or(|n| hits.contains(&p.spu) || found(n))
    }
}

/// A page of the library.
///
/// # Errors
/// `bad_cursor`.
pub async fn library_page(app: &App, filter: &LibraryFilter<'_>, cursor: Option<&str>) -> Result<LibraryPage, Failure> {
    let searching = async {
        if filter.text.and_then(Needle::of).is_none() {
            return Ok::<_, StoreError>(HashSet::new());
        }
        let (library, query) = searching(&app.tables, filter.text).await?;
        Ok(library.ranked(query.as_ref()).into_iter().map(|s| s.spu.clone()).collect::<HashSet<SpuId>>())
    };
    let (categories, brands, hits) = futures::try_join!(app.tables.categories_now(), app.tables.brands_now(), searching)?;
    let (tree, brands) = (&categories.tree, &brands.brands);
    let sought = filter.text.and_then(Needle::of);
    // A category without others in it is a part of the index; of another one all products are looked at.
    let leaf = filter.category.filter(|c| tree.get(c).is_some() && tree.within(Some(c)).is_empty());
    let (products, next) = app.tables.products(leaf, PAGE, cursor, |p| filter.fits(p, sought.as_ref(), &hits, (tree, brands))).await?;
    Ok(LibraryPage { products: products.iter().map(|p| library_row(p, tree, brands)).collect(), next })
}

fn library_row(p: &Product, tree: &CategoryTree, brands: &Brands) -> LibraryRow {
    let sold = || p.skus.iter().filter(|s| !s.retired);
    let path: Vec<&str> = tree.path(&p.category).iter().map(|c| c.name.as_str()).collect();
    LibraryRow {
        spu: p.spu.clone(),
        name: p.name.clone(),
        category: p.category.clone(),
        category_path: if path.is_empty() { p.category.clone() } else { path.join(" / ") },
        brand: brands.get(&p.brand).map(|b| b.name.clone()).unwrap_or_default(),
        picture: p.images.first().map(|i| i.file.clone()).unwrap_or_default(),
        skus: u32::try_from(p.skus.len()).unwrap_or(u32::MAX),
        price_from: sold().map(|s| s.price).min().unwrap_or(Fen::ZERO),
        price_to: sold().map(|s| s.price).max().unwrap_or(Fen::ZERO),
        floor_from: sold().map(|s| s.floor).min().unwrap_or(Fen::ZERO),
        flagship: p.flagship,
        mandatory: p.mandatory,
        offline_only: p.offline_only,
        storage: p.storage,
        status: p.status,
        version: p.version,
    }
}

/// A product as it is edited.
#[must_use]
pub fn product_view(p: &Product) -> LibraryProduct {
    LibraryProduct {
        spu: p.spu.clone(),
        name: p.name.clone(),
        category: p.category.clone(),
        brand: p.brand.clone(),
        description: p.description.clone(),
        images: p.images.iter().map(|i| LibraryImage { file: i.file.clone(), kind: i.kind, bytes: i.bytes }).collect(),
        attributes: p.attributes.clone(),
        options: p.options.iter().map(option_view).collect(),
        skus: p.skus.iter().map(sku_view).collect(),
        flagship: p.flagship,
        mandatory: p.mandatory,
        offline_only: p.offline_only,
        tracks_expiry: p.tracks_expiry,
        storage: p.storage,
        origin: p.origin.clone(),
        shelf_life_days: p.shelf_life_days,
        ingredients: p.ingredients.clone(),
        keywords: p.keywords.clone(),
        status: p.status,
        rank: p.rank,
        version: p.version,
    }
}

fn option_view(o: &ProductOption) -> LibraryOption {
    let values = o.values.iter().map(|v| LibraryOptionValue { key: v.key.clone(), name: v.name.clone() }).collect();
    LibraryOption { key: o.key.clone(), name: o.name.clone(), kind: o.kind, values }
}

fn sku_view(s: &Sku) -> LibrarySkuEdit {
    LibrarySkuEdit {
        sku: s.sku.clone(),
        spec: s.spec.clone(),
        choice: s.choice.clone(),
        barcodes: s.barcodes.iter().map(Barcode::to_string).collect(),
        price: s.price,
        floor: s.floor,
        region_prices: s.region_prices.clone(),
        weight_g: s.weight_g,
        picture: s.picture.clone(),
        retired: s.retired,
    }
}

/// A text with nothing around it and with one kind of line end.
fn clean(text: String) -> String {
    text.trim().replace("\r\n", "\n")
}

/// A product as somebody has typed it.
///
/// # Errors
/// `bad_request` naming the barcode that is none.
pub fn product_of(p: LibraryProduct) -> Refusable<Product> {
    let mut skus = Vec::with_capacity(p.skus.len());
    for (i, s) in p.skus.into_iter().enumerate() {
        let mut barcodes = Vec::with_capacity(s.barcodes.len());
        for (j, typed) in s.barcodes.iter().enumerate() {
            let code = Barcode::read(typed).map_err(|e| Problem::from(e).at(format!("skus[{i}].barcodes[{j}]")))?;
            barcodes.push(code);
        }
        skus.push(Sku {
            sku: s.sku,
            spec: clean(s.spec),
            choice: s.choice,
            barcodes,
            price: s.price,
            floor: s.floor,
            region_prices: s.region_prices,
            weight_g: s.weight_g,
            picture: clean(s.picture),
            retired: s.retired,
        });
    }
    let value = |v: LibraryOptionValue| OptionValue { key: clean(v.key), name: clean(v.name) };
    let option =
        |o: LibraryOption| ProductOption { key: clean(o.key), name: clean(o.name), kind: o.kind, values: o.values.into_iter().map(value).collect() };
    Ok(Product {
        spu: p.spu,
        name: clean(p.name),
        category: p.category,
        brand: p.brand,
        description: clean(p.description),
        images: p.images.into_iter().map(|i| Image { file: clean(i.file), kind: i.kind, bytes: i.bytes }).collect(),
        attributes: p.attributes.into_iter().map(|(key, v)| (key, clean(v))).filter(|(_, v)| !v.is_empty()).collect(),
        options: p.options.into_iter().map(option).collect(),
        skus,
        flagship: p.flagship,
        mandatory: p.mandatory,
        offline_only: p.offline_only,
        tracks_expiry: p.tracks_expiry,
        storage: p.storage,
        origin: clean(p.origin),
        shelf_life_days: p.shelf_life_days,
        ingredients: clean(p.ingredients),
        keywords: p.keywords.into_iter().map(clean).collect(),
        status: p.status,
        rank: p.rank,
        version: p.version,
    })
}

/// The categories: parents before what is in them, neighbours in their order.
#[must_use]
pub fn categories_view(c: &Categories) -> LibraryCategories {
    fn below(tree: &CategoryTree, parent: Option<&str>, all: &mut Vec<LibraryCategory>) {
        for c in tree.within(parent) {
            all.push(category_view(c));
            below(tree, Some(&c.key), all);
        }
    }
    let mut categories = Vec::new();
    below(&c.tree, None, &mut categories);
    LibraryCategories { categories, version: c.version }
}

fn category_view(c: &Category) -> LibraryCategory {
    let attribute = |a: &AttributeRule| {
        let (kind, least, most, choices) = match &a.kind {
            AttributeKind::Text(most) => ("text", 0, i64::try_from(*most).unwrap_or(i64::MAX), Vec::new()),
            AttributeKind::Number(least, most) => ("number", *least, *most, Vec::new()),
            AttributeKind::Choice(all) => ("choice", 0, 0, all.clone()),
            AttributeKind::Flag => ("flag", 0, 0, Vec::new()),
        };
        LibraryAttribute { key: a.key.clone(), name: a.name.clone(), kind: kind.to_owned(), most, least, choices, required: a.required }
    };
    LibraryCategory {
        key: c.key.clone(),
        name: c.name.clone(),
        parent: c.parent.clone(),
        rank: c.rank,
        attributes: c.attributes.iter().map(attribute).collect(),
        permit: c.permit.clone(),
    }
}

/// The categories as somebody has typed them.
///
/// # Errors
/// `bad_request` naming what is wrong: they are no tree, or an attribute is of no kind.
pub fn categories_of(c: LibraryCategories) -> Refusable<Categories> {
    let mut all = Vec::with_capacity(c.categories.len());
    for (i, c) in c.categories.into_iter().enumerate() {
        let mut attributes = Vec::with_capacity(c.attributes.len());
        for (j, a) in c.attributes.into_iter().enumerate() {
            let bad = |what: &str, why: &str| Problem::new(Code::BadRequest, why).at(format!("categories[{i}].attributes[{j}].{what}"));
            let kind = match a.kind.as_str() {
                "text" => AttributeKind::Text(
                    usize::try_from(a.most).ok().filter(|n| (1..=200).contains(n)).ok_or_else(|| bad("most", "字数应为 1 到 200"))?,
                ),
                "number" if a.least <= a.most => AttributeKind::Number(a.least, a.most),
                "number" => return Err(bad("most", "最大值不能小于最小值")),
                "choice" if (1..=50).contains(&a.choices.len()) && a.choices.iter().all(|v| (1..=20).contains(&v.trim().chars().count())) => {
                    AttributeKind::Choice(a.choices.into_iter().map(clean).collect())
                }
                "choice" => return Err(bad("choices", "请填写 1 到 50 个选项，每个最多 20 个字")),
                "flag" => AttributeKind::Flag,
                _ => return Err(bad("kind", "属性类型只能是 text、number、choice 或 flag")),
            };
            attributes.push(AttributeRule { key: clean(a.key), name: clean(a.name), kind, required: a.required });
        }
        let parent = c.parent.filter(|p| !p.is_empty());
        all.push(Category { key: clean(c.key), name: clean(c.name), parent, rank: c.rank, attributes, permit: c.permit.map(clean) });
    }
    Ok(Categories { tree: CategoryTree::of(all)?, version: c.version })
}

/// The brands, by their keys.
#[must_use]
pub fn brands_view(b: &BrandList) -> LibraryBrands {
    let brand = |b: &Brand| LibraryBrand { key: b.key.clone(), name: b.name.clone(), logo: b.logo.clone() };
    LibraryBrands { brands: b.brands.iter().map(brand).collect(), version: b.version }
}

/// The brands as somebody has typed them.
///
/// # Errors
/// `bad_request` naming what is wrong.
pub fn brands_of(b: LibraryBrands) -> Refusable<BrandList> {
    let brand = |b: LibraryBrand| Brand { key: clean(b.key), name: clean(b.name), logo: clean(b.logo) };
    Ok(BrandList { brands: Brands::of(b.brands.into_iter().map(brand))?, version: b.version })
}

/// What happened to a product, newest first.
///
/// # Errors
/// `bad_cursor`.
pub async fn product_history(app: &App, spu: &SpuId, cursor: Option<&str>) -> Result<LibraryHistory, Failure> {
    let (events, next) = app.tables.product_history(spu, CHANGES, cursor).await?;
    history(app, events, next).await
}

/// What happened to the categories, newest first.
///
/// # Errors
/// `bad_cursor`.
pub async fn categories_history(app: &App, cursor: Option<&str>) -> Result<LibraryHistory, Failure> {
    let (events, next) = app.tables.categories_history(CHANGES, cursor).await?;
    history(app, events, next).await
}

/// What happened to the brands, newest first.
///
/// # Errors
/// `bad_cursor`.
pub async fn brands_history(app: &App, cursor: Option<&str>) -> Result<LibraryHistory, Failure> {
    let (events, next) = app.tables.brands_history(CHANGES, cursor).await?;
    history(app, events, next).await
}

pub(super) async fn history(app: &App, events: Vec<Envelope>, next: Option<String>) -> Result<LibraryHistory, Failure> {
    let mut changes = Vec::with_capacity(events.len());
    for e in events {
        let (Event::ProductChanged { by, changes: fields, .. }
        | Event::CategoriesChanged { by, changes: fields }
        | Event::BrandsChanged { by, changes: fields }
        | Event::SearchWordsChanged { by, changes: fields }) = e.event
        else {
            continue;
        };
        let fields = fields.into_iter().map(|f| ChangedField { field: f.field, old: f.old, new: f.new }).collect();
        changes.push(LibraryChange { at: e.at, at_text: local_text(e.at, CHINA), by, by_name: None, fields });
    }
    let names = app.tables.staff_names(changes.iter().map(|c| c.by.as_str())).await?;
    for c in &mut changes {
        c.by_name = names.get(c.by.as_str()).cloned();
    }
    Ok(LibraryHistory { changes, next })
}

/// An import, with its faults.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn import_view(app: &App, import: &Import) -> Result<LibraryImport, Failure> {
    let names = app.tables.staff_names([import.by.as_str()].into_iter()).await?;
    Ok(shown(import, &names))
}

/// Imports, newest first; their faults are told of each by itself.
///
/// # Errors
/// `bad_cursor`.
pub async fn imports_view(app: &App, cursor: Option<&str>) -> Result<LibraryImports, Failure> {
    let (imports, next) = app.tables.imports(IMPORTS, cursor).await?;
    let names = app.tables.staff_names(imports.iter().map(|i| i.by.as_str())).await?;
    let slim = |i: &Import| LibraryImport { faults: Vec::new(), refused: Vec::new(), ..shown(i, &names) };
    Ok(LibraryImports { imports: imports.iter().map(slim).collect(), next })
}

fn shown(i: &Import, names: &BTreeMap<String, String>) -> LibraryImport {
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let state = match i.state {
        ImportState::Checked => "checked",
        ImportState::Running => "running",
        ImportState::Done => "done",
    };
    let fault =
        |f: &liandian_domain::catalog::import::Fault| ImportFault { line: f.line, column: f.column, header: told(&f.header), text: told(&f.text) };
    LibraryImport {
        import: i.import.clone(),
        by: i.by.clone(),
        by_name: names.get(i.by.as_str()).cloned(),
        at: i.at,
        at_text: local_text(i.at, CHINA),
        state: state.to_owned(),
        rows: count(i.rows),
        products: count(i.products),
        done: count(i.done()),
        created: count(i.created),
        changed: count(i.changed),
        same: count(i.same),
        faults: i.faults.iter().map(fault).collect(),
        fault_count: count(i.fault_count),
        refused: i.refused.iter().map(|r| ImportRefusal { line: r.line, spu: r.spu.clone(), text: told(&r.text) }).collect(),
        refused_count: count(i.refused_count),
        ended: i.ended,
    }
}

/// What a file says, fit to be shown: it may quote anything.
fn told(text: &str) -> String {
    if fit(&serde_json::Value::String(text.to_owned())).is_ok() { text.to_owned() } else { "（含有不能显示的字符）".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_product_when_shown_and_typed_again_then_it_is_the_same() {
        let json = serde_json::json!({
            "spu": "spu_a", "name": "鲜牛奶", "category": "dairy", "brand": "yunpan", "storage": "chilled", "status": "on", "version": 3,
            "images": [{"file": "/pictures/a.svg", "kind": "svg", "bytes": 0}], "attributes": {"degree": "12"}, "shelf_life_days": 7,
            "options": [{"key": "cup", "name": "杯型", "kind": "stock", "values": [{"key": "m", "name": "中杯"}]}],
            "skus": [{"sku": "sku_a", "spec": "中杯", "choice": {"cup": "m"}, "barcodes": ["6901234567892"], "price": 990, "floor": 800,
                      "region_prices": {"reg_east-sh": 1090}, "weight_g": 300}],
        });
        let typed: LibraryProduct = serde_json::from_value(json).unwrap();
        let product = product_of(typed.clone()).unwrap();
        assert_eq!(product_view(&product), typed);
        assert_eq!(product_of(product_view(&product)).unwrap(), product);
    }

    #[test]
    fn given_a_barcode_that_is_none_when_typed_then_its_place_is_named() {
        let json = serde_json::json!({
            "spu": "spu_a", "name": "奶", "category": "dairy", "version": 0,
            "skus": [{"sku": "sku_a", "price": 1, "floor": 0, "barcodes": ["6901234567892", "6901234567893"]}],
        });
        let refused = product_of(serde_json::from_value(json).unwrap()).unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("skus[0].barcodes[1]"));
    }

    #[test]
    fn given_categories_when_shown_and_typed_again_then_they_are_the_same_and_parents_come_first() {
        let rule = |key: &str, kind| AttributeRule { key: key.into(), name: "甲".into(), kind, required: true };
        let category = |key: &str, parent: Option<&str>, rank, attributes| Category {
            key: key.into(),
            name: key.into(),
            parent: parent.map(str::to_owned),
            rank,
            attributes,
            permit: parent.map(|_| "食品经营许可证".to_owned()),
        };
        let kinds = vec![
            rule("a", AttributeKind::Text(9)),
            rule("b", AttributeKind::Number(-1, 5)),
            rule("c", AttributeKind::Choice(vec!["甲".into()])),
            rule("d", AttributeKind::Flag),
        ];
        let tree = CategoryTree::of(vec![category("a-low", Some("z-top"), 0, kinds), category("z-top", None, 0, Vec::new())]).unwrap();
        let categories = Categories { tree, version: 4 };
        let view = categories_view(&categories);
        assert_eq!(view.categories.iter().map(|c| c.key.as_str()).collect::<Vec<_>>(), ["z-top", "a-low"]);
        assert_eq!(categories_of(view.clone()).unwrap(), categories);
        let mut wrong = view;
        wrong.categories[1].attributes[0].most = 0;
        assert_eq!(categories_of(wrong).unwrap_err().field.as_deref(), Some("categories[1].attributes[0].most"));
    }
}
