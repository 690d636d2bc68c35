//! Changes of HQ's library: a product with the rows of its SKUs, the tree of categories, the brands. Each is told with what it was and is.

use std::collections::{BTreeMap, BTreeSet};

use liandian_contracts::{Event, event::FieldChange};
use liandian_types::{Code, Fen, Problem, StaffId};
use serde::{Deserialize, Serialize};

use crate::{
    Decision, Refusable,
    catalog::{
        LibrarySku,
        category::{AttributeKind, Category, CategoryTree},
        product::{Brand, Brands, Product, ProductStatus, Sku},
        write::{CatalogWrite, ProductWrite, SkuWrite},
    },
    conflict,
    decision::Aggregate,
};

/// Brands of the chain: they are one row.
pub const MOST_BRANDS: usize = 2_000;
/// Rows of one product's change: with what is told of it they are a transaction.
const MOST_ROWS: usize = 96;
/// Bytes of what one change tells: it is one row.
const TOLD_BYTES: usize = 200_000;
/// Characters of a value in a history.
const TOLD: usize = 200;

/// The chain's categories.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Categories {
    /// The tree.
    pub tree: CategoryTree,
    /// How often they have been set.
    pub version: u64,
}

/// The chain's brands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BrandList {
    /// The brands.
    pub brands: Brands,
    /// How often they have been set.
    pub version: u64,
}

/// What a change of a product has to be held against.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The categories.
    pub tree: &'a CategoryTree,
    /// The brands.
    pub brands: &'a Brands,
}

/// Saves a product as somebody has edited it, who saw the version that `next` carries; 0 makes a new one. Answers the product as it is then. What
/// changes nothing is no change and no event.
///
/// # Errors
/// As [`Product::revised`]; of a new one `bad_request` with the first thing that is wrong, or `conflict` when its code is taken.
pub fn save(old: Option<&Product>, next: Product, known: Known<'_>, by: &StaffId) -> Refusable<(Product, Decision)> {
    let saved = match old {
        Some(old) if next.version == 0 => return conflict(format!("商品编码 {} 已被使用", old.spu)),
        Some(old) => old.revised(next, known.tree, known.brands)?,
        None if next.version > 0 => return Err(Problem::new(Code::NotFound, "没有找到该商品")),
        None => {
            if next.status == ProductStatus::Off {
                return Err(Problem::new(Code::BadRequest, "新商品的状态只能是草稿、在售或停用").at("status"));
            }
            if next.skus.is_empty() {
                return Err(Problem::new(Code::BadRequest, "请至少填写一个规格").at("skus"));
            }
            if let Some(wrong) = next.problems(known.tree, known.brands).into_iter().next() {
                return Err(wrong);
            }
            Product { version: 1, ..next }
        }
    };
    if saved.skus.is_empty() {
        return Err(Problem::new(Code::BadRequest, "请至少保留一个规格").at("skus"));
    }
    // A draft may give up as many SKUs as it gains.
    if written(old, &saved, known).size() > MOST_ROWS {
        return Err(Problem::new(Code::BadRequest, "一次增加和删除的规格太多，请分两次保存").at("skus"));
    }
    Ok(decided(old, saved, known, by))
}

/// How far suggested prices are moved at once, in percent.
pub const PRICE_PERCENT: std::ops::RangeInclusive<i32> = -50..=100;

/// A product whose suggested prices are so many percent higher (below zero: lower), each rounded to whole fen. Regions that have prices of their own keep
/// them, and so do SKUs that are sold no longer.
///
/// # Errors
/// `bad_request` for a percentage that is none or too large, and when a price would come below its floor.
pub fn repriced(old: &Product, percent: i32) -> Refusable<Product> {
    if percent == 0 || !PRICE_PERCENT.contains(&percent) {
        let why = format!("调价比例为 {}% 到 {}%，不能为 0", PRICE_PERCENT.start(), PRICE_PERCENT.end());
        return Err(Problem::new(Code::BadRequest, why).at("price_percent"));
    }
    let mut next = old.clone();
    for sku in next.skus.iter_mut().filter(|s| !s.retired) {
        // Prices are below a million yuan and percentages below two hundred: far from what 64 bits hold.
        let price = Fen((sku.price.0 * i64::from(100 + percent) + 50).div_euclid(100));
        if price < sku.floor {
            let spec = if sku.spec.is_empty() { old.name.as_str() } else { sku.spec.as_str() };
            let why = format!("{spec} 调价后 {price} 低于最低售价 {}", sku.floor);
            return Err(Problem::new(Code::BadRequest, why).at("price_percent"));
        }
        sku.price = price;
    }
    Ok(next)
}

/// Takes a product to another status.
///
/// # Errors
/// As [`Product::at_status`]; `conflict` when it was changed since the version that was seen.
pub fn set_status(old: &Product, next: ProductStatus, seen: u64, known: Known<'_>, by: &StaffId) -> Refusable<(Product, Decision)> {
    if seen != old.version {
        return conflict("商品已被别人修改，请刷新后重试");
    }
    let saved = old.at_status(next, known.tree)?;
    Ok(decided(Some(old), saved, known, by))
}

fn decided(old: Option<&Product>, saved: Product, known: Known<'_>, by: &StaffId) -> (Product, Decision) {
    let mut d = Decision::default();
    if old.is_some_and(|o| o.version == saved.version) {
        return (saved, d);
    }
    d.write(CatalogWrite::Product(Box::new(written(old, &saved, known))));
    let changes = within_a_row(changes(&old.map(fields).unwrap_or_default(), &fields(&saved)));
    d.event(Aggregate::Product(saved.spu.clone()), Event::ProductChanged { spu: saved.spu.clone(), by: by.clone(), changes });
    (saved, d)
}

/// A product with the rows that are others than those of `old`.
#[must_use]
pub fn written(old: Option<&Product>, saved: &Product, known: Known<'_>) -> ProductWrite {
    let rows_of =
        |p: &Product| -> BTreeMap<String, LibrarySku> { p.rows(known.tree, known.brands).into_iter().map(|r| (r.sku.to_string(), r)).collect() };
    let listed = saved.status != ProductStatus::Draft;
    // Names of categories and brands may be others by now than when the old rows were written: a row is left alone only when nothing about it moved,
    // and those are few and small.
    let before = old.map(rows_of).unwrap_or_default();
    let was_listed = old.is_some_and(|o| o.status != ProductStatus::Draft);
    let rows = saved
        .rows(known.tree, known.brands)
        .into_iter()
        .filter(|r| was_listed != listed || before.get(r.sku.as_str()) != Some(r))
        .map(|row| SkuWrite { new: !before.contains_key(row.sku.as_str()), listed, row })
        .collect();
    let kept: BTreeSet<&str> = saved.skus.iter().map(|s| s.sku.as_str()).collect();
    let gone = old.map(|o| o.skus.iter().map(|s| s.sku.clone()).filter(|s| !kept.contains(s.as_str())).collect()).unwrap_or_default();
    ProductWrite { product: saved.clone(), seen: old.map_or(0, |o| o.version), rows, gone }
}

/// Writes the rows of a product anew, because a category or a brand has another name: the product itself stays as it is, but for its version.
#[must_use]
pub fn renamed(product: &Product, known: Known<'_>) -> CatalogWrite {
    let listed = product.status != ProductStatus::Draft;
    let rows = product.rows(known.tree, known.brands).into_iter().map(|row| SkuWrite { row, new: false, listed }).collect();
    let next = Product { version: product.version + 1, ..product.clone() };
    CatalogWrite::Product(Box::new(ProductWrite { product: next, seen: product.version, rows, gone: Vec::new() }))
}

/// Sets the tree of categories. `next.version` is the version that its author saw; `in_use` are those of the keys that would go which have goods.
///
/// # Errors
/// `conflict` when they have been set since, or when a category that would go still has goods.
pub fn set_categories(old: &Categories, next: Categories, in_use: &[String], by: &StaffId) -> Refusable<Decision> {
    if next.version != old.version {
        return conflict("类目刚被其他人修改过，请刷新页面，核对后再保存");
    }
    if let Some(key) = in_use.iter().find(|key| next.tree.get(key).is_none()) {
        let name = old.tree.get(key).map_or(key.as_str(), |c| c.name.as_str());
        return Err(Problem::new(Code::Conflict, format!("类目“{name}”里还有商品，请先移走")).at("categories"));
    }
    let mut d = Decision::default();
    let changes = within_a_row(changes(&category_fields(&old.tree), &category_fields(&next.tree)));
    if !changes.is_empty() {
        d.write(CatalogWrite::Categories(Box::new(next)));
        d.event(Aggregate::Categories, Event::CategoriesChanged { by: by.clone(), changes });
    }
    Ok(d)
}

/// Sets the brands, as [`set_categories`] does.
///
/// # Errors
/// `conflict` when they have been set since, or when a brand that would go still has goods; `bad_request` for too many.
pub fn set_brands(old: &BrandList, next: BrandList, in_use: &[String], by: &StaffId) -> Refusable<Decision> {
    if next.version != old.version {
        return conflict("品牌刚被其他人修改过，请刷新页面，核对后再保存");
    }
    if next.brands.iter().count() > MOST_BRANDS {
        return Err(Problem::new(Code::BadRequest, format!("品牌最多 {MOST_BRANDS} 个")).at("brands"));
    }
    if let Some(key) = in_use.iter().find(|key| next.brands.get(key).is_none()) {
        let name = old.brands.get(key).map_or(key.as_str(), |b| b.name.as_str());
        return Err(Problem::new(Code::Conflict, format!("品牌“{name}”还有商品，请先修改这些商品")).at("brands"));
    }
    let mut d = Decision::default();
    let changes = within_a_row(changes(&brand_fields(&old.brands), &brand_fields(&next.brands)));
    if !changes.is_empty() {
        d.write(CatalogWrite::Brands(Box::new(next)));
        d.event(Aggregate::Brands, Event::BrandsChanged { by: by.clone(), changes });
    }
    Ok(d)
}

/// The keys of categories that are in `old` and not in `next`.
#[must_use]
pub fn leaving<'a>(old: &'a CategoryTree, next: &CategoryTree) -> Vec<&'a str> {
    old.iter().map(|c| c.key.as_str()).filter(|key| next.get(key).is_none()).collect()
}

/// What is another value in `next`, in the order of the names.
fn changes(old: &BTreeMap<String, String>, next: &BTreeMap<String, String>) -> Vec<FieldChange> {
    let names: BTreeSet<&String> = old.keys().chain(next.keys()).collect();
    let value = |all: &BTreeMap<String, String>, name: &String| all.get(name).cloned().unwrap_or_default();
    names
        .into_iter()
        .map(|name| FieldChange { field: name.clone(), old: value(old, name), new: value(next, name) })
        .filter(|c| c.old != c.new)
        .map(|c| FieldChange { field: c.field, old: short(&c.old), new: short(&c.new) })
        .collect()
}

/// As many of them as a row of a history holds; how many more there are is told in their stead.
fn within_a_row(changes: Vec<FieldChange>) -> Vec<FieldChange> {
    let (all, mut bytes) = (changes.len(), 0);
    let fits = |c: &FieldChange| {
        bytes += c.field.len() + c.old.len() + c.new.len() + 32;
        bytes <= TOLD_BYTES
    };
    let mut told: Vec<FieldChange> = changes.into_iter().take_while(fits).collect();
    let more = all - told.len();
    if more > 0 {
        told.push(FieldChange { field: "…".to_owned(), old: String::new(), new: format!("另有 {more} 项") });
    }
    told
}

fn short(text: &str) -> String {
    if text.chars().count() <= TOLD { text.to_owned() } else { format!("{}…", text.chars().take(TOLD).collect::<String>()) }
}

fn yes(flag: bool) -> String {
    if flag { "是" } else { "否" }.to_owned()
}

/// Each field of a product by the name that the route gives it, as people read it.
#[must_use]
pub fn fields(p: &Product) -> BTreeMap<String, String> {
    let list = |all: Vec<String>| all.join("；");
    let options = p.options.iter().map(|o| {
        let values: Vec<&str> = o.values.iter().map(|v| v.name.as_str()).collect();
        format!("{}（{}）：{}", o.name, o.kind.name(), values.join("、"))
    });
    let mut all: BTreeMap<String, String> = [
        ("name", p.name.clone()),
        ("category", p.category.clone()),
        ("brand", p.brand.clone()),
        ("description", p.description.clone()),
        ("images", list(p.images.iter().map(|i| i.file.clone()).collect())),
        ("options", list(options.collect())),
        ("flagship", yes(p.flagship)),
        ("mandatory", yes(p.mandatory)),
        ("offline_only", yes(p.offline_only)),
        ("tracks_expiry", yes(p.tracks_expiry)),
        ("storage", p.storage.name().to_owned()),
        ("origin", p.origin.clone()),
        ("shelf_life_days", p.shelf_life_days.map(|d| d.to_string()).unwrap_or_default()),
        ("ingredients", p.ingredients.clone()),
        ("keywords", list(p.keywords.clone())),
        ("status", p.status.name().to_owned()),
        ("rank", p.rank.to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    all.extend(p.attributes.iter().map(|(key, value)| (format!("attributes.{key}"), value.clone())));
    for s in &p.skus {
        all.extend(sku_fields(s).into_iter().map(|(name, value)| (format!("skus.{}.{name}", s.sku), value)));
    }
    all
}

fn sku_fields(s: &Sku) -> Vec<(&'static str, String)> {
    let regions: Vec<String> = s.region_prices.iter().map(|(region, price)| format!("{region}={}", price.yuan())).collect();
    let choice: Vec<String> = s.choice.iter().map(|(option, value)| format!("{option}={value}")).collect();
    let barcodes: Vec<&str> = s.barcodes.iter().map(super::barcode::Barcode::as_str).collect();
    vec![
        ("spec", s.spec.clone()),
        ("choice", choice.join("；")),
        ("barcodes", barcodes.join("；")),
        ("price", s.price.yuan()),
        ("floor", s.floor.yuan()),
        ("region_prices", regions.join("；")),
        ("weight_g", s.weight_g.to_string()),
        ("picture", s.picture.clone()),
        ("retired", yes(s.retired)),
    ]
}

fn category_fields(tree: &CategoryTree) -> BTreeMap<String, String> {
    let attribute = |c: &Category| {
        let each = c.attributes.iter().map(|a| {
            let kind = match &a.kind {
                AttributeKind::Text(most) => format!("文字，最多 {most} 字"),
                AttributeKind::Number(least, most) => format!("{least} 到 {most}"),
                AttributeKind::Choice(all) => all.join("/"),
                AttributeKind::Flag => "是/否".to_owned(),
            };
            format!("{}（{kind}{}）", a.name, if a.required { "，必填" } else { "" })
        });
        each.collect::<Vec<_>>().join("、")
    };
    let told = |c: &Category| {
        let path: Vec<&str> = tree.path(&c.key).iter().map(|c| c.name.as_str()).collect();
        let asked = attribute(c);
        let asked = if asked.is_empty() { asked } else { format!("，属性：{asked}") };
        let permit = match c.permit.as_deref() {
            None => String::new(),
            Some("") => "，无需证照".to_owned(),
            Some(name) => format!("，须有{name}"),
        };
        format!("{}，排序 {}{asked}{permit}", path.join(" / "), c.rank)
    };
    tree.iter().map(|c| (c.key.clone(), told(c))).collect()
}

fn brand_fields(brands: &Brands) -> BTreeMap<String, String> {
    let told = |b: &Brand| if b.logo.is_empty() { b.name.clone() } else { format!("{}（{}）", b.name, b.logo) };
    brands.iter().map(|b| (b.key.clone(), told(b))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Write,
        catalog::product::tests::{brands, milk, sku, tree},
    };

    fn by() -> StaffId {
        "stf_hq".parse().unwrap()
    }

    fn saved(old: Option<&Product>, next: Product) -> Refusable<(Product, Decision)> {
        let (tree, brands) = (tree(), brands());
        save(old, next, Known { tree: &tree, brands: &brands }, &by())
    }

    fn write(d: &Decision) -> &ProductWrite {
        let [Write::Catalog(CatalogWrite::Product(w))] = &d.writes[..] else { panic!("{:?}", d.writes) };
        w
    }

    #[test]
    fn given_a_percentage_when_prices_are_moved_then_each_is_rounded_and_none_comes_below_its_floor() {
        let mut old = milk();
        for s in &mut old.skus {
            (s.price, s.floor) = (Fen(1_295), Fen(1_000));
        }
        old.skus[1].retired = true;
        let prices = |p: &Product| p.skus.iter().map(|s| s.price.0).collect::<Vec<_>>();
        let up = repriced(&old, 10).unwrap();
        // 1424.5 is rounded up; what is sold no longer keeps its price.
        assert_eq!((prices(&up)[0], prices(&up)[1]), (1_425, 1_295));
        assert_eq!(prices(&repriced(&old, -22).unwrap())[0], 1_010);
        for wrong in [0, -51, 101, -23] {
            assert_eq!(repriced(&old, wrong).unwrap_err().field.as_deref(), Some("price_percent"), "{wrong}");
        }
        old.skus.iter_mut().for_each(|s| s.floor = Fen(1));
        assert!(repriced(&old, -50).is_ok() && repriced(&old, 100).is_ok());
    }

    #[test]
    fn given_a_new_price_when_saved_then_that_row_alone_is_written_and_history_has_both_prices() {
        let old = milk();
        let mut next = old.clone();
        next.skus[1].price = Fen(1_790);
        let (now, d) = saved(Some(&old), next).unwrap();
        let w = write(&d);
        assert_eq!((now.version, w.seen, w.product.version), (5, 4, 5));
        let rows: Vec<_> = w.rows.iter().map(|r| (r.row.sku.as_str(), r.row.price, r.new, r.listed)).collect();
        assert_eq!(rows, [("sku_milk-950", Fen(1_790), false, true)]);
        let change = FieldChange { field: "skus.sku_milk-950.price".into(), old: "16.90".into(), new: "17.90".into() };
        let event = Event::ProductChanged { spu: old.spu.clone(), by: by(), changes: vec![change] };
        assert_eq!(d.events, [(Aggregate::Product(old.spu.clone()), event)]);
        assert!(saved(Some(&old), old.clone()).unwrap().1.is_empty(), "what changes nothing is no change");
    }

    #[test]
    fn given_a_draft_when_it_goes_on_sale_then_all_rows_are_listed_and_when_off_none_can_be_bought() {
        let draft = Product { status: ProductStatus::Draft, version: 0, ..milk() };
        let (draft, d) = saved(None, draft).unwrap();
        assert!(write(&d).rows.iter().all(|r| r.new && !r.listed && r.row.off) && draft.version == 1);
        let (on, d) = saved(Some(&draft), Product { status: ProductStatus::On, ..draft.clone() }).unwrap();
        assert!(write(&d).rows.iter().all(|r| !r.new && r.listed && r.row.sold_online()) && write(&d).rows.len() == 2);
        let (tree, brands) = (tree(), brands());
        let known = Known { tree: &tree, brands: &brands };
        let (off, d) = set_status(&on, ProductStatus::Off, on.version, known, &by()).unwrap();
        assert!(write(&d).rows.iter().all(|r| r.listed && r.row.off) && off.version == 3);
        assert_eq!(set_status(&off, ProductStatus::On, on.version, known, &by()).unwrap_err().code, Code::Conflict);
    }

    #[test]
    fn given_a_draft_that_loses_a_sku_and_gains_one_when_saved_then_the_one_goes_and_the_other_must_be_nobodys() {
        let draft = Product { status: ProductStatus::Draft, ..milk() };
        let mut next = draft.clone();
        next.skus[0] = sku("sku_milk-1l", "1L", 1_890);
        let (_, d) = saved(Some(&draft), next).unwrap();
        let w = write(&d);
        assert_eq!(w.gone, ["sku_milk-250".parse().unwrap()]);
        assert_eq!(w.rows.iter().map(|r| (r.row.sku.as_str(), r.new)).collect::<Vec<_>>(), [("sku_milk-1l", true)]);
        assert_eq!(w.size(), 3);
    }

    #[test]
    fn given_a_taken_code_a_gone_product_and_no_sku_when_saved_then_each_is_refused() {
        let old = milk();
        assert_eq!(saved(Some(&old), Product { version: 0, ..old.clone() }).unwrap_err().code, Code::Conflict);
        assert_eq!(saved(None, old.clone()).unwrap_err().code, Code::NotFound);
        let none = Product { skus: Vec::new(), status: ProductStatus::Draft, version: 0, ..old };
        assert_eq!(saved(None, none).unwrap_err().field.as_deref(), Some("skus"));
    }

    #[test]
    fn given_categories_when_set_then_those_with_goods_stay_and_a_lost_update_is_a_conflict() {
        let old = Categories { tree: tree(), version: 2 };
        let fewer = Categories { tree: tree().without("tea", 0).unwrap(), version: 2 };
        assert_eq!(leaving(&old.tree, &fewer.tree), ["tea"]);
        assert_eq!(set_categories(&old, fewer.clone(), &["tea".to_owned()], &by()).unwrap_err().code, Code::Conflict);
        let d = set_categories(&old, fewer.clone(), &[], &by()).unwrap();
        assert_eq!((d.writes.len(), d.events.len()), (1, 1));
        assert_eq!(set_categories(&old, Categories { version: 1, ..fewer }, &[], &by()).unwrap_err().code, Code::Conflict);
        assert!(set_categories(&old, old.clone(), &[], &by()).unwrap().is_empty());
    }

    #[test]
    fn given_all_brands_at_once_when_set_then_the_history_is_one_row_and_says_how_many_more_there_are() {
        let brand = |i: usize| Brand { key: format!("b-{i}"), name: format!("牌子{i}"), logo: format!("/media/{}", "a".repeat(190)) };
        let next = BrandList { brands: Brands::of((0..MOST_BRANDS).map(brand)).unwrap(), version: 0 };
        let d = set_brands(&BrandList::default(), next, &[], &by()).unwrap();
        let [(_, Event::BrandsChanged { changes, .. })] = &d.events[..] else { panic!("{:?}", d.events) };
        assert!(serde_json::to_string(changes).unwrap().len() < 390_000);
        assert_eq!(changes.last().unwrap().new, format!("另有 {} 项", MOST_BRANDS - (changes.len() - 1)));
    }

    #[test]
    fn given_a_draft_whose_skus_are_all_others_when_saved_then_a_transaction_holds_it_or_it_is_refused() {
        let with = |n: usize, from: &str| -> Vec<Sku> { (0..n).map(|i| sku(&format!("sku_{from}{i}"), &format!("{i}号"), 990)).collect() };
        let draft = Product { status: ProductStatus::Draft, skus: with(48, "a"), ..milk() };
        assert!(saved(Some(&draft), Product { skus: with(47, "b"), ..draft.clone() }).is_ok());
        let beyond = saved(Some(&draft), Product { skus: with(48, "b"), ..draft.clone() });
        assert_eq!(beyond.unwrap_err().field.as_deref(), Some("skus"));
    }

    #[test]
    fn given_brands_when_set_then_those_with_goods_stay() {
        let old = BrandList { brands: brands(), version: 1 };
        let next = BrandList { brands: Brands::of([Brand { key: "lian".into(), name: "连茶".into(), logo: String::new() }]).unwrap(), version: 1 };
        assert_eq!(set_brands(&old, next.clone(), &["yunpan".to_owned()], &by()).unwrap_err().field.as_deref(), Some("brands"));
        let d = set_brands(&old, next, &[], &by()).unwrap();
        let change = FieldChange { field: "yunpan".into(), old: "云畔牧".into(), new: String::new() };
        assert_eq!(d.events, [(Aggregate::Brands, Event::BrandsChanged { by: by(), changes: vec![change] })]);
    }
}
