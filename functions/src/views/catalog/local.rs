//! Products that are a store's own, as the store and HQ see them.

use liandian_domain::{
    catalog::{
        departments,
        local::{Document, DocumentKind, LocalProduct, Review},
        product::{ProductStatus, Sku},
        review,
    },
    decision::Aggregate,
    stores::{
        hours::{CHINA, day},
        profile::StoreProfile,
    },
};
use liandian_store::{StoreError, Tables};
use liandian_types::{
    StoreId, Timestamp,
    api::{Category, LocalCard, LocalDocument, LocalForm, LocalList, LocalSku, LocalView, WaitingLocals},
};

use super::assortment::history;

/// Products that wait on a page of HQ's.
const WAITING: i32 = 20;

/// Products with a document that ends soon on HQ's page.
const EXPIRING: i32 = 100;

/// Changes of a product on its page.
const CHANGES: i32 = 20;

/// Days before the end of a document from which on it is spoken of.
const SOON: i64 = 30;

/// The last day on which something holds that ends then.
fn last_day(end: Timestamp) -> String {
    day(end.plus(-1), CHINA).to_string()
}

fn card(p: &LocalProduct, store_name: &str, categories: &[(String, String)], now: Timestamp) -> LocalCard {
    let ends = review::ends(p);
    let on_sale = p.is_on_sale(now);
    let expired = p.documents.iter().any(|d| d.is_expired(now));
    let (state, state_text) = match &p.review {
        Review::Draft => ("draft", if p.approved_before { "已修改，待提交" } else { "草稿" }.to_owned()),
        Review::Waiting { .. } => ("waiting", "等待总部审核".to_owned()),
        Review::Approved { .. } if on_sale => ("approved", "在售".to_owned()),
        Review::Approved { .. } if expired => ("approved", "资质已到期，已停售".to_owned()),
        Review::Approved { .. } => ("approved", "已下架".to_owned()),
        Review::Rejected { reason, .. } => ("rejected", format!("未通过：{reason}")),
    };
    LocalCard {
        store: p.store.clone(),
        store_name: store_name.to_owned(),
        spu: p.product.spu.clone(),
        name: p.product.name.clone(),
        category_name: categories.iter().find(|(k, _)| *k == p.product.category).map_or_else(|| p.product.category.clone(), |(_, n)| n.clone()),
        picture: p.product.images.first().map(|i| i.file.clone()).unwrap_or_default(),
        state: state.to_owned(),
        state_text,
        on_sale,
        expires: ends.map(last_day).unwrap_or_default(),
        days_left: ends.map(|end| (end.0 - now.0).div_euclid(Timestamp::DAY)),
        version: p.version,
    }
}

/// What the store wrote.
fn form(p: &LocalProduct) -> LocalForm {
    let sku = |s: &Sku| LocalSku {
        sku: Some(s.sku.clone()),
        spec: s.spec.clone(),
        price: s.price,
        barcode: s.barcodes.first().map(ToString::to_string).unwrap_or_default(),
        weight_g: s.weight_g,
    };
    let document = |d: &Document| LocalDocument {
        kind: d.kind.name().to_owned(),
        number: d.number.clone(),
        expires: d.expires.map(last_day).unwrap_or_default(),
        file: d.file.clone(),
    };
    LocalForm {
        name: p.product.name.clone(),
        category: p.product.category.clone(),
        description: p.product.description.clone(),
        origin: p.product.origin.clone(),
        images: p.product.images.iter().map(|i| i.file.clone()).collect(),
        skus: p.product.skus.iter().filter(|s| !s.retired).map(sku).collect(),
        documents: p.documents.iter().map(document).collect(),
        on: p.product.status != ProductStatus::Off,
        version: p.version,
    }
}

/// A store with the categories that its own goods can be in, as HQ has them now.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn local_store(tables: &Tables, store: &StoreId) -> Result<Option<StoreProfile>, StoreError> {
    let (found, all) = futures::try_join!(tables.store(store), tables.categories_now())?;
    Ok(found.map(|s| StoreProfile { categories: departments::to_choose(&s.categories, &all.tree), ..s }))
}

/// The same categories, to choose among.
#[must_use]
pub fn local_categories(store: &StoreProfile) -> Vec<Category> {
    store.categories.iter().map(|(key, name)| Category { key: key.clone(), name: name.clone() }).collect()
}

/// Products of its own that a store has, by name.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn local_list(tables: &Tables, store: &StoreProfile, now: Timestamp) -> Result<LocalList, StoreError> {
    let mut products: Vec<LocalCard> = tables.locals_of(&store.store).await?.iter().map(|p| card(p, &store.name, &store.categories, now)).collect();
    products.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.spu.cmp(&b.spu)));
    Ok(LocalList { products })
}

/// One of them with all that belongs to it.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn local_view(tables: &Tables, store: &StoreProfile, p: &LocalProduct, now: Timestamp) -> Result<LocalView, StoreError> {
    let of = Aggregate::Local(p.store.clone(), p.product.spu.clone());
    let (history, hq) = futures::try_join!(history(tables, &of, &store.hours.zone, CHANGES), tables.categories_now())?;
    let has = |kind: &DocumentKind| p.documents.iter().any(|d| d.kind == *kind && !d.is_expired(now));
    let lacks = review::needed(&hq.tree, &p.product.category).into_iter().filter(|k| !has(k)).map(|k| k.name().to_owned()).collect();
    Ok(LocalView { card: card(p, &store.name, &store.categories, now), form: form(p), lacks, history })
}

/// Products that wait for HQ, and those with a document that ends within 30 days.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn waiting_locals(tables: &Tables, cursor: Option<&str>, now: Timestamp) -> Result<WaitingLocals, StoreError> {
    let soon = now.plus(SOON * Timestamp::DAY);
    let ((waiting, next), due) = futures::try_join!(tables.waiting_locals(WAITING, cursor), tables.due_locals(soon, EXPIRING))?;
    let stores: Vec<StoreId> = waiting.iter().chain(&due).map(|p| p.store.clone()).collect();
    let (profiles, all) = futures::try_join!(tables.profiles(&stores), tables.categories_now())?;
    let current = |s: StoreProfile| StoreProfile { categories: departments::to_choose(&s.categories, &all.tree), ..s };
    let profiles: Vec<StoreProfile> = profiles.into_iter().map(current).collect();
    let of = |store: &StoreId| profiles.iter().find(|s| s.store == *store);
    let views = waiting.iter().filter_map(|p| Some(local_view(tables, of(&p.store)?, p, now)));
    let products = futures::future::try_join_all(views).await?;
    let ends_soon = |p: &&LocalProduct| review::ends(p).is_some_and(|end| end <= soon);
    let expiring = due.iter().filter(ends_soon).filter_map(|p| of(&p.store).map(|s| card(p, &s.name, &s.categories, now))).collect();
    Ok(WaitingLocals { products, expiring, next })
}
