//! What happens to a store's own products: the store edits and submits, HQ decides, and what follows for the rows by which they are sold.
//!
//! A SKU of such a product is a row beside the library, of its store alone, with the moment at which its first document ends: whoever reads it
//! compares that with the time.

use liandian_contracts::{Event, event::FieldChange};
use liandian_types::{Code, Problem, SkuId, SpuId, StaffId, StoreId, Timestamp};

use crate::{
    Decision, Refusable,
    catalog::{
        LibrarySku, Listing,
        category::{Category, CategoryTree},
        local::{Document, DocumentKind, LocalProduct, Review, Warning},
        own::address_fits,
        product::{Brands, Product, ProductStatus, Sku},
        upload::document_fits,
        write::CatalogWrite,
    },
    conflict,
    decision::Aggregate,
};

/// SKUs of a store's own product: each is a few rows of one transaction.
pub const MOST_SKUS: usize = 20;

/// Products of its own that a store may have.
pub const MOST_PRODUCTS: usize = 200;

/// Categories whose goods are eaten or drunk.
const FOOD: [&str; 9] = ["fresh", "dairy", "bakery", "tea", "drinks", "snacks", "instant", "grocery", "frozen"];

/// The documents that goods of a category must have: what HQ says of it or of what it is in, and where HQ says nothing, what a new chain begins with.
#[must_use]
pub fn needed(tree: &CategoryTree, category: &str) -> Vec<DocumentKind> {
    if tree.says_of_permits(category) {
        return tree.permit(category).map(DocumentKind::named).into_iter().collect();
    }
    let path = tree.path(category);
    let is = |keys: &[&str]| keys.contains(&category) || path.iter().any(|c| keys.contains(&c.key.as_str()));
    if is(&FOOD) {
        vec![DocumentKind::FoodPermit]
    } else if is(&["care"]) {
        vec![DocumentKind::CosmeticsFiling]
    } else {
        Vec::new()
    }
}

/// The tail that ids of a store's own products begin with: they can be none of the library's, and none of another store's.
#[must_use]
pub fn prefix(store: &StoreId) -> String {
    format!("local-{}-", store.as_str().trim_start_matches("sto_"))
}

/// Is this an id of a product of this store?
#[must_use]
pub fn is_own(store: &StoreId, spu: &SpuId) -> bool {
    spu.as_str().strip_prefix("spu_").and_then(|tail| tail.strip_prefix(&prefix(store))).is_some_and(|rest| !rest.is_empty())
}

/// The id of a product's n-th SKU.
///
/// # Errors
/// `bad_request` when the product's own id is too long for it.
pub fn sku_id(spu: &SpuId, n: usize) -> Refusable<SkuId> {
    let tail = spu.as_str().trim_start_matches("spu_");
    SkuId::from_tail(format!("{tail}-{}", n + 1)).map_err(|_| Problem::new(Code::BadRequest, "商品编码太长").at("spu"))
}

/// The ids of a product's SKUs: those that are named stay what they are, others get numbers that none of the product ever had. What lies on the shelf
/// under an id must not become other goods.
///
/// # Errors
/// `bad_request` with the field for an id that is none of the product's.
pub fn numbered(spu: &SpuId, was: &[Sku], named: &[Option<SkuId>]) -> Refusable<Vec<SkuId>> {
    let number = |s: &Sku| s.sku.as_str().rsplit('-').next().and_then(|n| n.parse::<usize>().ok());
    let mut next = was.iter().filter_map(number).max().unwrap_or(0);
    let mut ids = Vec::with_capacity(named.len());
    for (i, named) in named.iter().enumerate() {
        ids.push(match named {
            Some(id) if was.iter().any(|s| s.sku == *id) => id.clone(),
            Some(_) => return Err(Problem::new(Code::BadRequest, "没有这个规格，请刷新后重试").at(format!("skus[{i}].sku"))),
            None => {
                next += 1;
                sku_id(spu, next - 1)?
            }
        });
    }
    Ok(ids)
}

/// With those SKUs that the product had and that are left out: they are sold no longer, and their ids stay taken.
#[must_use]
pub fn with_retired(mut skus: Vec<Sku>, was: &LocalProduct) -> Vec<Sku> {
    if was.approved_before {
        let gone: Vec<Sku> = was.product.skus.iter().filter(|s| skus.iter().all(|k| k.sku != s.sku)).cloned().collect();
        skus.extend(gone.into_iter().map(|s| Sku { retired: true, ..s }));
    }
    skus
}

/// When the first of its documents ends.
#[must_use]
pub fn ends(p: &LocalProduct) -> Option<Timestamp> {
    p.documents.iter().filter_map(|d| d.expires).min()
}

/// The same tree with what HQ says of the permits of these categories.
#[must_use]
pub fn tree_with(categories: &[(String, String)], hq: &CategoryTree) -> CategoryTree {
    let with = |c: &Category| {
        let permit = hq.says_of_permits(&c.key).then(|| hq.permit(&c.key).unwrap_or_default().to_owned());
        Category { permit, ..c.clone() }
    };
    let tree = tree(categories);
    CategoryTree::of(tree.iter().map(with).collect()).unwrap_or(tree)
}

/// A store's categories, by key and name, as the tree that its own products are checked against: one level.
#[must_use]
pub fn tree(categories: &[(String, String)]) -> CategoryTree {
    let category = |(i, (key, name)): (usize, &(String, String))| Category {
        key: key.clone(),
        name: name.clone(),
        parent: None,
        rank: u32::try_from(i).unwrap_or(u32::MAX),
        attributes: Vec::new(),
        permit: None,
    };
    // A store's categories are keys of the library; what is no tree has no category that goods could be in.
    CategoryTree::of(categories.iter().enumerate().map(category).collect()).unwrap_or_default()
}

/// The rows by which the SKUs of an approved product are sold, until its first document ends.
#[must_use]
pub fn on_sale(p: &LocalProduct, tree: &CategoryTree) -> Vec<LibrarySku> {
    rows(p, tree, ends(p))
}

/// The rows by which its SKUs are sold.
fn rows(p: &LocalProduct, tree: &CategoryTree, until: Option<Timestamp>) -> Vec<LibrarySku> {
    let all = Product { status: ProductStatus::On, ..p.product.clone() }.library(tree, &Brands::default());
    let own = |s: LibrarySku| LibrarySku { mandatory: false, flagship: false, local_to: Some(p.store.clone()), until, ..s };
    all.into_iter().map(own).collect()
}

/// What a step makes of the rows by which a product is sold: those on sale end with its first document, those that were and are no longer end now.
fn shelf(old: &LocalProduct, new: &LocalProduct, tree: &CategoryTree, now: Timestamp) -> Vec<LibrarySku> {
    let mut on = if new.is_on_sale(now) { on_sale(new, tree) } else { Vec::new() };
    if old.approved_before {
        let off = rows(old, tree, Some(now)).into_iter().filter(|s| !on.iter().any(|k| k.sku == s.sku)).collect::<Vec<_>>();
        on.extend(off);
    }
    on
}

/// The SKUs for which a step looks up what the store says about them.
#[must_use]
pub fn skus(p: &LocalProduct) -> Vec<SkuId> {
    p.product.skus.iter().map(|s| s.sku.clone()).collect()
}

/// Whoever changes a product, and what it is weighed against.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// The store's categories.
    pub tree: &'a CategoryTree,
    /// What the store says about its SKUs, as far as it says anything.
    pub listed: &'a [Listing],
    /// Who.
    pub by: &'a StaffId,
    /// When.
    pub now: Timestamp,
}

impl Step<'_> {
    /// The product moves on, and with it the rows by which it is sold.
    fn moved(&self, old: &LocalProduct, new: &LocalProduct, read: Option<u64>, event: Event) -> Decision {
        let mut d = Decision::default();
        d.write(CatalogWrite::Local { product: Box::new(new.clone()), read });
        for sku in shelf(old, new, self.tree, self.now) {
            let sold = sku.until.is_none_or(|end| self.now < end);
            match self.listed.iter().find(|l| l.sku == sku.sku) {
                None if sold => {
                    let listing = Box::new(Listing { version: 1, ..Listing::taken(&sku, self.now) });
                    d.write(CatalogWrite::Listing { store: new.store.clone(), listing, read: None });
                }
                Some(l) if l.category != sku.category => {
                    let moved = l.with(l.fields(&new.store), &sku);
                    let moved = Listing { version: l.version + 1, ..moved };
                    d.write(CatalogWrite::Listing { store: new.store.clone(), listing: Box::new(moved), read: Some(l.version) });
                }
                _ => {}
            }
            d.write(CatalogWrite::LocalSku(Box::new(sku)));
        }
        d.event(Aggregate::Local(new.store.clone(), new.product.spu.clone()), event);
        d
    }
}

/// What is wrong with what the store wrote.
fn check(p: &LocalProduct, tree: &CategoryTree) -> Refusable<()> {
    if p.product.skus.iter().all(|s| s.retired) || p.product.skus.len() > MOST_SKUS {
        return Err(Problem::new(Code::BadRequest, format!("请填写 1 到 {MOST_SKUS} 个规格（含已停用的）")).at("skus"));
    }
    if let Some(wrong) = p.product.problems(tree, &Brands::default()).into_iter().next() {
        return Err(wrong);
    }
    for (i, image) in p.product.images.iter().enumerate() {
        if !address_fits(&image.file) {
            return Err(Problem::new(Code::BadRequest, "图片地址应以 /pictures/、/media/ 或 https:// 开头").at(format!("images[{i}]")));
        }
    }
    // What has ended is told when HQ is asked: a draft may wait for a new document.
    if let Some(wrong) = p.problems(&[], Timestamp(0)).into_iter().next() {
        return Err(wrong);
    }
    for (i, d) in p.documents.iter().enumerate() {
        if !document_fits(&d.file) {
            let why = "请上传文件，或填写以 /media/ 或 https:// 开头的地址";
            return Err(Problem::new(Code::BadRequest, why).at(format!("documents[{i}].file")));
        }
    }
    Ok(())
}

/// Must HQ look again when an approved product becomes this? Prices inside the store's own limits, the order and taking it off sale are the store's.
fn needs_review(old: &LocalProduct, product: &Product, documents: &[Document]) -> bool {
    let plain = |p: &Product| {
        let mut p = Product { status: ProductStatus::On, rank: 0, version: 0, ..p.clone() };
        for s in &mut p.skus {
            (s.price, s.floor) = (liandian_types::Fen::ZERO, liandian_types::Fen::ZERO);
        }
        p
    };
    plain(&old.product) != plain(product) || old.documents != documents
}

/// A document by its name and number.
fn named(d: &Document) -> String {
    format!("{} {}", d.kind.name(), d.number)
}

/// What the store wrote, as people read it.
fn told(p: &LocalProduct) -> Vec<(&'static str, String)> {
    let skus = p.product.skus.iter().filter(|s| !s.retired).map(|s| format!("{} {}", s.spec, s.price)).collect::<Vec<_>>().join("；");
    let documents = p.documents.iter().map(named).collect::<Vec<_>>().join("；");
    let images = p.product.images.iter().map(|i| i.file.as_str()).collect::<Vec<_>>().join(" ");
    vec![
        ("name", p.product.name.clone()),
        ("category", p.product.category.clone()),
        ("description", p.product.description.clone()),
        ("images", images),
        ("skus", skus),
        ("documents", documents),
        ("status", p.product.status.name().to_owned()),
    ]
}

/// The store begins a product, or changes one. `product.spu` names it; `seen` is the version that its author saw, 0 for a new one.
///
/// # Errors
/// `bad_request` with the field; `conflict` when it was changed since, or HQ is looking at it.
pub fn save(
    was: Option<&LocalProduct>,
    store: &StoreId,
    product: Product,
    documents: Vec<Document>,
    seen: u64,
    step: &Step<'_>,
) -> Refusable<(LocalProduct, Decision)> {
    if !is_own(store, &product.spu) {
        return Err(Problem::new(Code::BadRequest, format!("本地商品的编码应以 spu_{} 开头", prefix(store))).at("spu"));
    }
    let Some(was) = was else {
        if seen != 0 {
            return conflict("商品已不存在，请刷新后重试");
        }
        let new = LocalProduct { documents, version: 1, ..LocalProduct::begin(store.clone(), product) };
        check(&new, step.tree)?;
        let empty = |(field, new): (&str, String)| FieldChange { field: field.to_owned(), old: String::new(), new };
        let changes = told(&new).into_iter().map(empty).filter(|c| !c.new.is_empty()).collect();
        let event = Event::LocalChanged { store: store.clone(), spu: new.product.spu.clone(), by: step.by.clone(), changes };
        let d = step.moved(&new, &new, None, event);
        return Ok((new, d));
    };
    if matches!(was.review, Review::Waiting { .. }) {
        return conflict("总部正在审核，请先撤回再修改");
    }
    let review = needs_review(was, &product, &documents);
    let new = was.revise(product, documents, seen, review)?;
    if new == *was {
        return Ok((new, Decision::default()));
    }
    check(&new, step.tree)?;
    let pairs = told(was).into_iter().zip(told(&new));
    let changes = pairs.filter(|(a, b)| a.1 != b.1).map(|((field, old), (_, new))| FieldChange { field: field.to_owned(), old, new }).collect();
    let event = Event::LocalChanged { store: store.clone(), spu: new.product.spu.clone(), by: step.by.clone(), changes };
    let d = step.moved(was, &new, Some(was.version), event);
    Ok((new, d))
}

fn seen(p: &LocalProduct, version: u64) -> Refusable<()> {
    if p.version == version { Ok(()) } else { conflict("商品已被别人修改，请刷新后重试") }
}

/// The store asks HQ.
///
/// # Errors
/// As [`LocalProduct::submit`]; `conflict` for another version than the one that was seen.
pub fn submit(was: &LocalProduct, version: u64, step: &Step<'_>) -> Refusable<(LocalProduct, Decision)> {
    seen(was, version)?;
    if let Some(lacks) = was.product.lacks(step.tree).into_iter().next() {
        return Err(lacks);
    }
    let new = was.submit(&needed(step.tree, &was.product.category), step.by.clone(), step.now)?;
    let event = Event::LocalSubmitted { store: new.store.clone(), spu: new.product.spu.clone(), by: step.by.clone() };
    let d = step.moved(was, &new, Some(was.version), event);
    Ok((new, d))
}

/// The store takes it back.
///
/// # Errors
/// As [`LocalProduct::withdraw`]; `conflict` for another version than the one that was seen.
pub fn withdraw(was: &LocalProduct, version: u64, step: &Step<'_>) -> Refusable<(LocalProduct, Decision)> {
    seen(was, version)?;
    let new = was.withdraw()?;
    let event = Event::LocalWithdrawn { store: new.store.clone(), spu: new.product.spu.clone(), by: step.by.clone() };
    let d = step.moved(was, &new, Some(was.version), event);
    Ok((new, d))
}

/// HQ decides; without a reason it is a yes.
///
/// # Errors
/// As [`LocalProduct::approve`] and [`LocalProduct::reject`].
pub fn decide(was: &LocalProduct, version: u64, rejected: Option<&str>, step: &Step<'_>) -> Refusable<(LocalProduct, Decision)> {
    let (store, spu, by) = (was.store.clone(), was.product.spu.clone(), step.by.clone());
    let (new, event) = match rejected {
        None => {
            let yes = was.approve(version, step.by.clone(), step.now)?;
            // HQ's yes is what puts a draft on sale: nobody has to switch it on once more.
            let product = Product { status: ProductStatus::On, ..yes.product.clone() };
            (LocalProduct { product, ..yes }, Event::LocalApproved { store, spu, by })
        }
        Some(reason) => {
            let reason = reason.trim().to_owned();
            (was.reject(version, step.by.clone(), step.now, &reason)?, Event::LocalRejected { store, spu, by, reason })
        }
    };
    let d = step.moved(was, &new, Some(was.version), event);
    Ok((new, d))
}

/// Tells what is to be told of its documents now. The goods themselves are off sale by the time alone; here is only who hears of it.
#[must_use]
pub fn remind(was: &LocalProduct, now: Timestamp) -> Decision {
    let due: Vec<Warning> = if was.approved_before { was.warnings_due(now) } else { Vec::new() };
    let mut d = Decision::default();
    // Also without anything to tell: the moment for which it waited has passed, and the next one is written.
    d.write(CatalogWrite::Local { product: Box::new(was.told(due.clone())), read: Some(was.version) });
    for w in due {
        let (store, spu) = (was.store.clone(), was.product.spu.clone());
        let document = format!("{} {}", w.kind.name(), w.number);
        let event = match w.days {
            0 => Event::LocalOffSale { store: store.clone(), spu: spu.clone(), document },
            days => Event::LocalExpiring { store: store.clone(), spu: spu.clone(), document, days },
        };
        d.event(Aggregate::Local(store, spu), event);
    }
    d
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Write,
        catalog::{
            product::tests::{milk, tree},
            sold,
        },
    };

    fn store() -> StoreId {
        "sto_sh01".parse().unwrap()
    }

    fn product() -> Product {
        let mut p = Product { spu: "spu_local-sh01-1".parse().unwrap(), brand: String::new(), status: ProductStatus::Draft, version: 0, ..milk() };
        for (i, s) in p.skus.iter_mut().enumerate() {
            s.sku = sku_id(&p.spu, i).unwrap();
        }
        p
    }

    fn permit(end: i64) -> Document {
        let expires = Some(Timestamp(end));
        Document { kind: DocumentKind::FoodPermit, number: "JY1".into(), expires, file: "/media/jy1.pdf".into(), bytes: 0 }
    }

    fn at<'a>(tree: &'a CategoryTree, by: &'a StaffId, listed: &'a [Listing], now: i64) -> Step<'a> {
        Step { tree, listed, by, now: Timestamp(now) }
    }

    fn skus_of(d: &Decision) -> Vec<LibrarySku> {
        let sku = |w: &Write| if let Write::Catalog(CatalogWrite::LocalSku(s)) = w { Some((**s).clone()) } else { None };
        d.writes.iter().filter_map(sku).collect()
    }

    #[test]
    fn given_a_new_food_category_of_hqs_when_goods_are_in_it_then_its_permit_is_needed_and_hqs_word_counts_first() {
        let category = |key: &str, parent: Option<&str>, permit: Option<&str>| Category {
            key: key.into(),
            name: key.into(),
            parent: parent.map(str::to_owned),
            rank: 0,
            attributes: Vec::new(),
            permit: permit.map(str::to_owned),
        };
        let hq = CategoryTree::of(vec![
            category("noodles", None, Some("食品经营许可证")),
            category("ramen", Some("noodles"), None),
            category("snacks", None, Some("")),
            category("tea", None, None),
            category("green-tea", Some("tea"), None),
            category("toys", None, None),
        ])
        .unwrap();
        let food = vec![DocumentKind::FoodPermit];
        for (key, wanted) in [("noodles", &food), ("ramen", &food), ("tea", &food), ("green-tea", &food), ("snacks", &vec![]), ("toys", &vec![])] {
            assert_eq!(needed(&hq, key), *wanted, "{key}");
        }
        // A store knows its categories by name alone; what HQ says of them comes beside.
        let own = tree_with(&[("noodles".to_owned(), "面馆".to_owned()), ("snacks".to_owned(), "零食".to_owned())], &hq);
        assert_eq!((needed(&own, "noodles"), needed(&own, "snacks")), (food, vec![]));
        assert_eq!(DocumentKind::named("酒类经营许可证"), DocumentKind::Other("酒类经营许可证".into()));
    }

    #[test]
    fn given_a_product_of_a_store_when_hq_says_yes_then_it_is_sold_there_alone_until_its_document_ends() {
        let (tree, by) = (tree(), "stf_a".parse().unwrap());
        let step = at(&tree, &by, &[], 10);
        let (begun, d) = save(None, &store(), product(), vec![permit(1_000)], 0, &step).unwrap();
        assert!(begun.version == 1 && skus_of(&d).is_empty());
        let (waits, d) = submit(&begun, 1, &step).unwrap();
        assert!(skus_of(&d).is_empty(), "nothing is there to be sold before HQ's yes");
        assert_eq!(decide(&waits, 1, None, &step).unwrap_err().code, Code::Conflict, "HQ saw another version");
        let (yes, d) = decide(&waits, 2, None, &step).unwrap();
        let rows = skus_of(&d);
        assert_eq!((rows.len(), rows[0].until, rows[0].local_to.clone()), (2, Some(Timestamp(1_000)), Some(store())));
        let listed: Vec<Listing> = rows.iter().map(|r| Listing::taken(r, Timestamp(10))).collect();
        let seen = |store: &str, now| sold(&store.parse().unwrap(), Some(rows[0].clone()), Some(listed[0].clone()), Timestamp(now)).is_some();
        assert_eq!((seen("sto_sh01", 999), seen("sto_sh01", 1_000), seen("sto_hz01", 10)), (true, false, false));
        // Another text is reviewed again, and meanwhile nothing is sold; another price is not.
        let step = at(&tree, &by, &listed, 20);
        let renamed = Product { name: "别的".into(), ..yes.product.clone() };
        let (draft, d) = save(Some(&yes), &store(), renamed, yes.documents.clone(), yes.version, &step).unwrap();
        assert!(!draft.is_on_sale(Timestamp(20)) && skus_of(&d).iter().all(|s| s.until == Some(Timestamp(20))));
        let mut dearer = yes.product.clone();
        dearer.skus[0].price = liandian_types::Fen(700);
        let (still, d) = save(Some(&yes), &store(), dearer, yes.documents.clone(), yes.version, &step).unwrap();
        assert!(still.is_on_sale(Timestamp(20)) && skus_of(&d)[0].price == liandian_types::Fen(700));
        assert!(d.writes.iter().all(|w| !matches!(w, Write::Catalog(CatalogWrite::Listing { .. }))), "it is listed already");
        assert_eq!(save(Some(&yes), &store(), product(), vec![], 0, &step).unwrap_err().code, Code::Conflict, "a lost update");
    }

    #[test]
    fn given_a_sku_that_is_left_out_when_another_is_added_then_its_id_is_not_used_again() {
        let (tree, by) = (tree(), "stf_a".parse().unwrap());
        let step = at(&tree, &by, &[], 10);
        let (p, _) = save(None, &store(), product(), vec![permit(1_000)], 0, &step).unwrap();
        let (p, _) = submit(&p, 1, &step).unwrap();
        let (p, _) = decide(&p, 2, None, &step).unwrap();
        let (first, second) = (p.product.skus[0].clone(), p.product.skus[1].clone());
        let ids = numbered(&p.product.spu, &p.product.skus, &[Some(second.sku.clone()), None]).unwrap();
        assert_eq!(ids, [second.sku.clone(), sku_id(&p.product.spu, 2).unwrap()]);
        let refused = numbered(&p.product.spu, &p.product.skus, &[Some("sku_milk".parse().unwrap())]).unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("skus[0].sku"));
        let kept = with_retired(vec![second], &p);
        assert!(kept.len() == 2 && kept[1].retired && kept[1].sku == first.sku);
        let fewer = Product { skus: kept, ..p.product.clone() };
        let (draft, d) = save(Some(&p), &store(), fewer, p.documents.clone(), p.version, &step).unwrap();
        assert!(!draft.is_on_sale(Timestamp(20)) && skus_of(&d).len() == 2, "both are off until HQ has looked");
    }

    #[test]
    fn given_ids_when_checked_then_a_store_names_none_of_the_librarys_and_none_of_its_neighbours_goods() {
        for (spu, own) in [("spu_local-sh01-1", true), ("spu_milk", false), ("spu_local-hz01-1", false), ("spu_local-sh01-", false)] {
            assert_eq!(is_own(&store(), &spu.parse().unwrap()), own, "{spu}");
        }
        let (tree, by) = (tree(), "stf_a".parse().unwrap());
        let foreign = Product { spu: "spu_milk".parse().unwrap(), ..product() };
        let refused = save(None, &store(), foreign, vec![], 0, &at(&tree, &by, &[], 1)).unwrap_err();
        assert_eq!((refused.code, refused.field.as_deref()), (Code::BadRequest, Some("spu")));
    }

    #[test]
    fn given_documents_that_end_when_reminded_then_the_store_is_told_and_the_next_moment_is_kept() {
        let (tree, by) = (tree(), "stf_a".parse().unwrap());
        let day = Timestamp::DAY;
        let step = at(&tree, &by, &[], day);
        let (p, _) = save(None, &store(), product(), vec![permit(100 * day)], 0, &step).unwrap();
        let (p, _) = submit(&p, 1, &step).unwrap();
        let (p, _) = decide(&p, 2, None, &step).unwrap();
        let told = |now: i64| remind(&p, Timestamp(now)).events;
        assert!(told(60 * day).is_empty());
        assert!(matches!(&told(94 * day)[..], [(_, Event::LocalExpiring { days: 7, .. })]));
        assert!(matches!(&told(100 * day)[..], [(_, Event::LocalOffSale { document, .. })] if document == "食品经营许可证 JY1"));
    }
}
