//! Products that are a store's own: the store writes and submits them, HQ decides.

use liandian_domain::{
    catalog::{
        Listing,
        barcode::Barcode,
        local::{Document, DocumentKind, LocalProduct},
        own::address_fits,
        product::{Image, ImageKind, Product, ProductStatus, Sku, Storage},
        review::{self, MOST_PRODUCTS, Step},
        upload::Owner,
    },
    governance::fields::FieldKey,
    stores::{hours::day_named, profile::StoreProfile},
};
use liandian_types::{
    Code, Problem, SkuId, SpuId, StoreId,
    api::{DecideLocal, LocalForm, LocalStep},
};

use super::{
    assortment::terms,
    uploads::{self, Place},
};
use crate::{
    App,
    http::{Call, Failure, Reply},
    transact::{Once, Plan, transact},
    views::catalog::local::{local_list, local_store, local_view, waiting_locals},
};

async fn profile(app: &App, store: &StoreId) -> Result<StoreProfile, Failure> {
    local_store(&app.tables, store).await?.ok_or_else(|| Failure::not_found("门店"))
}

fn bad(field: impl Into<String>, text: impl Into<String>) -> Failure {
    Problem::new(Code::BadRequest, text).at(field).into()
}

/// How many products of its own the store may have, by its policy; HQ puts them in whatever it says.
async fn most(app: &App, call: &Call, store: &StoreProfile) -> Result<usize, Failure> {
    let Some(terms) = terms(app, call, store).await? else { return Ok(MOST_PRODUCTS) };
    if !terms.policy().switch(FieldKey::MayLocal) {
        return Err(Failure::refuse(Code::Conflict, "本店没有销售本地商品的权限，请联系总部"));
    }
    Ok(usize::try_from(terms.policy().number(FieldKey::LocalProducts)).unwrap_or(0).min(MOST_PRODUCTS))
}

/// The store's own products.
///
/// # Errors
/// `not_found` when there is no such store.
pub async fn of_store(app: App, call: Call) -> Result<Reply, Failure> {
    let store = profile(&app, &call.store()?).await?;
    Reply::json(&local_list(&app.tables, &store, call.now).await?)
}

/// One of them.
///
/// # Errors
/// `not_found`.
pub async fn one(app: App, call: Call) -> Result<Reply, Failure> {
    let (store, spu) = (profile(&app, &call.store()?).await?, call.param::<SpuId>("spu")?);
    let product = app.tables.local_now(&store.store, &spu).await?.ok_or_else(|| Failure::not_found("商品"))?;
    Reply::json(&local_view(&app.tables, &store, &product, call.now).await?)
}

/// The kind of a picture, by how its address ends.
fn image_kind(file: &str) -> ImageKind {
    let ends = |with: &str| file.to_ascii_lowercase().ends_with(with);
    if ends(".png") {
        ImageKind::Png
    } else if ends(".webp") {
        ImageKind::Webp
    } else if ends(".svg") {
        ImageKind::Svg
    } else {
        ImageKind::Jpeg
    }
}

/// What was written, as the product that it means. Whether it may be one is decided later.
fn product(store: &StoreProfile, spu: SpuId, form: &LocalForm, was: Option<&LocalProduct>) -> Result<(Product, Vec<Document>), Failure> {
    let approved_before = was.is_some_and(|w| w.approved_before);
    let had: &[Sku] = was.map_or(&[], |w| w.product.skus.as_slice());
    let named: Vec<Option<SkuId>> = form.skus.iter().take(review::MOST_SKUS + 1).map(|s| s.sku.clone()).collect();
    let mut skus = Vec::with_capacity(form.skus.len());
    for (i, (s, sku)) in form.skus.iter().zip(review::numbered(&spu, had, &named)?).enumerate() {
        let barcodes = match s.barcode.trim() {
            "" => Vec::new(),
            code => vec![Barcode::read(code).map_err(|e| bad(format!("skus[{i}].barcode"), e.to_string()))?],
        };
        skus.push(Sku {
            sku,
            spec: s.spec.trim().to_owned(),
            choice: std::collections::BTreeMap::new(),
            barcodes,
            price: s.price,
            // A store that sets the price of its own goods needs nobody to keep it from selling them for less.
            floor: liandian_types::Fen::ZERO,
            region_prices: std::collections::BTreeMap::new(),
            weight_g: s.weight_g,
            picture: String::new(),
            retired: false,
        });
    }
    if let Some(was) = was {
        skus = review::with_retired(skus, was);
    }
    let mut images = Vec::new();
    for (i, file) in form.images.iter().map(|f| f.trim()).enumerate() {
        if !address_fits(file) {
            return Err(bad(format!("images[{i}]"), "图片地址应以 /pictures/、/media/ 或 https:// 开头"));
        }
        images.push(Image { file: file.to_owned(), kind: image_kind(file), bytes: 0 });
    }
    let mut documents = Vec::new();
    for (i, d) in form.documents.iter().enumerate() {
        let expires = match d.expires.trim() {
            "" => None,
            // It holds to the end of its last day where the store is.
            date => Some(day_named(date, &store.hours.zone).ok_or_else(|| bad(format!("documents[{i}].expires"), "日期的格式为 2026-12-31"))?.1),
        };
        let (number, file) = (d.number.trim().to_owned(), d.file.trim().to_owned());
        documents.push(Document { kind: DocumentKind::named(d.kind.trim()), number, expires, file, bytes: 0 });
    }
    let status = match (approved_before, form.on) {
        (false, _) => ProductStatus::Draft,
        (true, true) => ProductStatus::On,
        (true, false) => ProductStatus::Off,
    };
    let product = Product {
        spu,
        name: form.name.trim().to_owned(),
        category: form.category.clone(),
        brand: String::new(),
        description: form.description.trim().to_owned(),
        images,
        attributes: std::collections::BTreeMap::new(),
        options: Vec::new(),
        skus,
        flagship: false,
        mandatory: false,
        offline_only: false,
        tracks_expiry: false,
        storage: Storage::Normal,
        origin: form.origin.trim().to_owned(),
        shelf_life_days: None,
        ingredients: String::new(),
        keywords: Vec::new(),
        status,
        rank: 0,
        version: 0,
    };
    Ok((product, documents))
}

/// Holds the files of a form against those that the store has uploaded, and takes their sizes from there.
async fn with_files(app: &App, store: &StoreId, product: &mut Product, documents: &mut [Document]) -> Result<(), Failure> {
    let pictures = product.images.iter().enumerate().map(|(i, p)| Place { field: format!("images[{i}]"), address: p.file.clone() });
    let papers = documents.iter().enumerate().map(|(i, d)| Place { field: format!("documents[{i}].file"), address: d.file.clone() });
    let places: Vec<Place> = pictures.chain(papers).collect();
    let found = uploads::known(app, Some(&Owner::Store(store.clone())), &places).await?;
    let sizes = product.images.iter_mut().map(|p| &mut p.bytes).chain(documents.iter_mut().map(|d| &mut d.bytes));
    for (bytes, file) in sizes.zip(found) {
        if let Some(file) = file {
            *bytes = file.bytes;
        }
    }
    Ok(())
}

/// What the store says about the SKUs of a product, as far as it says anything.
async fn listed(app: &App, p: &LocalProduct) -> Result<Vec<Listing>, Failure> {
    let goods = app.tables.goods_now(&p.store, &review::skus(p)).await?;
    Ok(goods.into_iter().filter_map(|(_, l)| l).collect())
}

/// Begins a product, once per key.
///
/// # Errors
/// `bad_request` with the field; `conflict` when the store has too many.
pub async fn create(app: App, call: Call) -> Result<Reply, Failure> {
    // A description has several lines; what else no text may have is looked for in the decision.
    let form: LocalForm = call.json_as_told()?;
    let store = profile(&app, &call.store()?).await?;
    let (by, most) = (&call.staff()?.sub, most(&app, &call, &store).await?);
    let once = Once::of(&call, by)?;
    let made: SpuId = once.id();
    let tail: String = made.as_str().chars().rev().take(8).collect::<String>().to_ascii_lowercase();
    let id = SpuId::from_tail(format!("{}{tail}", review::prefix(&store.store)))
        .map_err(|_| Failure::refuse(Code::Conflict, "门店编码太长，不能添加本地商品"))?;
    let (mut product, mut documents) = product(&store, id, &LocalForm { version: 0, ..form }, None)?;
    with_files(&app, &store.store, &mut product, &mut documents).await?;
    let (a, s, product, documents, now) = (&app, &store, &product, &documents, call.now);
    let spu: SpuId = once
        .run(a, now, |_| async move {
            let there = a.tables.locals_of(&s.store).await?.len();
            if there >= most {
                return Err(Failure::refuse(Code::Conflict, format!("本地商品最多 {most} 个")));
            }
            let tree = review::tree(&s.categories);
            let step = Step { tree: &tree, listed: &[], by, now };
            let (new, decision) = review::save(None, &s.store, product.clone(), documents.clone(), 0, &step)?;
            Ok((new.product.spu, decision))
        })
        .await?;
    answer(&app, &store, &spu, &call).await
}

async fn answer(app: &App, store: &StoreProfile, spu: &SpuId, call: &Call) -> Result<Reply, Failure> {
    let product = app.tables.local_now(&store.store, spu).await?.ok_or_else(|| Failure::not_found("商品"))?;
    Reply::json(&local_view(&app.tables, store, &product, call.now).await?)
}

/// Changes a product. What HQ has approved is reviewed again, but for its price and whether the store sells it.
///
/// # Errors
/// `bad_request` with the field; `conflict` for a lost update, and while HQ looks at it; `not_found`.
pub async fn save(app: App, call: Call) -> Result<Reply, Failure> {
    let (form, spu): (LocalForm, SpuId) = (call.json_as_told()?, call.param("spu")?);
    let store = profile(&app, &call.store()?).await?;
    let (a, s, k, form, by, now) = (&app, &store, &spu, &form, &call.staff()?.sub, call.now);
    transact(a, now, |_| async move {
        let was = a.tables.local_now(&s.store, k).await?.ok_or_else(|| Failure::not_found("商品"))?;
        let (mut product, mut documents) = product(s, k.clone(), form, Some(&was))?;
        with_files(a, &s.store, &mut product, &mut documents).await?;
        let (tree, listed) = (review::tree(&s.categories), listed(a, &was).await?);
        // SKUs that were added meanwhile are listed when they are first sold.
        let step = Step { tree: &tree, listed: &listed, by, now };
        let (_, decision) = review::save(Some(&was), &s.store, product, documents, form.version, &step)?;
        Ok(Plan::new((), decision))
    })
    .await?;
    answer(&app, &store, &spu, &call).await
}

/// Asks HQ.
///
/// # Errors
/// `bad_request` with what is missing; `conflict`; `not_found`.
pub async fn submit(app: App, call: Call) -> Result<Reply, Failure> {
    step(&app, &call, true).await
}

/// Takes it back.
///
/// # Errors
/// `conflict`; `not_found`.
pub async fn withdraw(app: App, call: Call) -> Result<Reply, Failure> {
    step(&app, &call, false).await
}

async fn step(app: &App, call: &Call, asks: bool) -> Result<Reply, Failure> {
    let (ask, spu): (LocalStep, SpuId) = (call.json()?, call.param("spu")?);
    let store = profile(app, &call.store()?).await?;
    let documents = match terms(app, call, &store).await?.filter(|_| asks) {
        Some(t) if !t.policy().switch(FieldKey::MayLocal) => {
            return Err(Failure::refuse(Code::Conflict, "本店没有销售本地商品的权限，请联系总部"));
        }
        Some(t) => t.policy().switch(FieldKey::LocalDocuments),
        None => false,
    };
    let (s, k, by, now) = (&store, &spu, &call.staff()?.sub, call.now);
    transact(app, now, |_| async move {
        let was = app.tables.local_now(&s.store, k).await?.ok_or_else(|| Failure::not_found("商品"))?;
        if documents && was.documents.is_empty() {
            return Err(bad("documents", "请上传资质：本店的本地商品须有资质才能提交"));
        }
        let (listed, hq) = futures::try_join!(listed(app, &was), async { Ok::<_, Failure>(app.tables.categories_now().await?) })?;
        // What HQ asks of the category counts when HQ is asked.
        let tree = review::tree_with(&s.categories, &hq.tree);
        let step = Step { tree: &tree, listed: &listed, by, now };
        let moved = if asks { review::submit(&was, ask.version, &step) } else { review::withdraw(&was, ask.version, &step) };
        Ok(Plan::new((), moved?.1))
    })
    .await?;
    answer(app, &store, &spu, call).await
}

/// Products that wait for HQ, and those with a document that ends soon.
///
/// # Errors
/// `bad_cursor`.
pub async fn waiting(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&waiting_locals(&app.tables, call.q("cursor"), call.now).await?)
}

/// HQ says yes or no.
///
/// # Errors
/// `bad_request` for a no without a reason; `conflict` when it was changed since, or a document ended; `not_found`.
pub async fn decide(app: App, call: Call) -> Result<Reply, Failure> {
    let (ask, spu): (DecideLocal, SpuId) = (call.json()?, call.param("spu")?);
    let store = profile(&app, &ask.store).await?;
    let reason = (!ask.approve).then(|| ask.reason.clone().unwrap_or_default());
    let (a, s, k, by, reason, version, now) = (&app, &store, &spu, &call.staff()?.sub, &reason, ask.version, call.now);
    transact(a, now, |_| async move {
        let was = a.tables.local_now(&s.store, k).await?.ok_or_else(|| Failure::not_found("商品"))?;
        let (tree, listed) = (review::tree(&s.categories), listed(a, &was).await?);
        let step = Step { tree: &tree, listed: &listed, by, now };
        let (_, decision) = review::decide(&was, version, reason.as_deref(), &step)?;
        Ok(Plan::new((), decision))
    })
    .await?;
    answer(&app, &store, &spu, &call).await
}
