//! HQ's library: products, categories, brands.

use liandian_contracts::Event;
use liandian_domain::{
    Decision,
    catalog::{
        import,
        library::{BrandList, Categories, Known, leaving, repriced, save, set_brands, set_categories, set_status},
        product::Product,
    },
};
use liandian_store::StoreError;
use liandian_types::{
    Code, Problem, SkuId, SpuId, StaffId,
    api::{ChangedField, LibraryBrands, LibraryCategories, LibraryProduct, ProductBulkResult, ProductsBulk, ProductsBulkDone, SetProductStatus},
};

use super::uploads::{self, Place};
use crate::{
    App,
    http::{Call, Failure, Reply},
    transact::{Plan, transact},
    views::catalog::library::{
        LibraryFilter, brands_history, brands_of, brands_view, categories_history, categories_of, categories_view, library_page, product_history,
        product_of, product_view,
    },
};

/// Bytes of all categories, or of all brands: they are saved whole, and are one row, which holds 400 KB.
const LARGEST_LIST: usize = 320 * 1024;
/// Products that are changed together.
const MOST_TOGETHER: usize = 50;

/// A page of the library.
///
/// # Errors
/// `bad_request` for a status that is none; `bad_cursor`.
pub async fn list(app: App, call: Call) -> Result<Reply, Failure> {
    let filter = LibraryFilter {
        text: call.q("q"),
        category: call.q("category"),
        brand: call.q("brand"),
        status: call.typed("status")?,
        flagship: call.typed("flagship")?,
    };
    Reply::json(&library_page(&app, &filter, call.q("cursor")).await?)
}

/// A product.
///
/// # Errors
/// `not_found`.
pub async fn read(app: App, call: Call) -> Result<Reply, Failure> {
    let spu: SpuId = call.param("spu")?;
    let product = app.tables.product(&spu).await?.ok_or_else(|| Failure::not_found("商品"))?;
    Reply::json(&product_view(&product))
}

/// Who changed a product, and when, newest first.
///
/// # Errors
/// `not_found`; `bad_cursor`.
pub async fn history(app: App, call: Call) -> Result<Reply, Failure> {
    let spu: SpuId = call.param("spu")?;
    app.tables.product(&spu).await?.ok_or_else(|| Failure::not_found("商品"))?;
    Reply::json(&product_history(&app, &spu, call.q("cursor")).await?)
}

/// Saves a product whole, from the version that was seen, or makes it.
///
/// # Errors
/// `bad_request` naming the field; `conflict` when it was changed since, or when one of its codes is another product's.
pub async fn write(app: App, call: Call) -> Result<Reply, Failure> {
    let spu: SpuId = call.param("spu")?;
    // Descriptions have lines; each text is looked at by the domain.
    let body: LibraryProduct = call.json_as_told()?;
    if body.spu != spu {
        return Err(Problem::new(Code::BadRequest, "商品编码与地址不一致").at("spu").into());
    }
    let (mut next, by) = (product_of(body)?, call.staff()?.sub.clone());
    let places: Vec<Place> = next.images.iter().enumerate().map(|(i, p)| Place { field: format!("images[{i}]"), address: p.file.clone() }).collect();
    let found = uploads::known(&app, None, &places).await?;
    for (image, file) in next.images.iter_mut().zip(found) {
        image.bytes = file.map_or(image.bytes, |f| f.bytes);
    }
    let saved = change(&app, &call, &spu, |old, known| save(old, next.clone(), known, &by).map_err(Failure::from)).await?;
    Reply::json(&product_view(&saved))
}

/// Takes a product to another status, from the version that was seen.
///
/// # Errors
/// `not_found`; `conflict` when it may not follow or the product was changed since; `bad_request` naming what is lacking for the sale.
pub async fn status(app: App, call: Call) -> Result<Reply, Failure> {
    let spu: SpuId = call.param("spu")?;
    let (body, by): (SetProductStatus, StaffId) = (call.json()?, call.staff()?.sub.clone());
    let saved = change(&app, &call, &spu, |old, known| {
        let old = old.ok_or_else(|| Failure::not_found("商品"))?;
        Ok(set_status(old, body.status, body.version, known, &by)?)
    })
    .await?;
    Reply::json(&product_view(&saved))
}

/// Changes one thing of many products, each by itself: what cannot be done of one does not hold up the others. `dry` says what would become of each.
///
/// # Errors
/// `bad_request` for none or too many products, and unless exactly one thing is to be changed.
pub async fn bulk(app: App, call: Call) -> Result<Reply, Failure> {
    let (body, by): (ProductsBulk, StaffId) = (call.json()?, call.staff()?.sub.clone());
    if !(1..=MOST_TOGETHER).contains(&body.products.len()) {
        return Err(Problem::new(Code::BadRequest, format!("一次可以修改 1 到 {MOST_TOGETHER} 个商品")).at("products").into());
    }
    let said = [body.status.is_some(), body.flagship.is_some(), body.category.is_some(), body.price_percent.is_some()];
    if said.into_iter().filter(|said| *said).count() != 1 {
        return Err(Problem::new(Code::BadRequest, "请只选择一项修改：状态、品牌主推、类目或调价").at("status").into());
    }
    // By percent twice is more than once: who did not hear the answer and asks again says what was seen.
    let blind = body.price_percent.is_some() && !body.dry && body.seen.is_empty();
    if blind || !(body.seen.is_empty() || body.seen.len() == body.products.len()) {
        return Err(Problem::new(Code::BadRequest, "请先预览，再按预览的版本确认").at("seen").into());
    }
    let decide = |seen: Option<u64>, old: Option<&Product>, known: Known<'_>| -> Result<(Product, Decision), Failure> {
        let old = old.ok_or_else(|| Failure::not_found("商品"))?;
        if seen.is_some_and(|v| v != old.version) {
            return Err(Failure::refuse(Code::Conflict, "预览之后商品已被修改，请重新预览"));
        }
        if let Some(status) = body.status {
            return Ok(set_status(old, status, old.version, known, &by)?);
        }
        let next = match body.price_percent {
            Some(percent) => repriced(old, percent)?,
            None => Product {
                flagship: body.flagship.unwrap_or(old.flagship),
                category: body.category.clone().unwrap_or_else(|| old.category.clone()),
                ..old.clone()
            },
        };
        Ok(save(Some(old), next, known, &by)?)
    };
    let mut results = Vec::with_capacity(body.products.len());
    for (i, spu) in body.products.iter().enumerate() {
        let seen = body.seen.get(i).copied();
        let decide = |old: Option<&Product>, known: Known<'_>| decide(seen, old, known);
        let outcome = async {
            if body.dry {
                return would_change(&app, spu, &decide).await;
            }
            change(&app, &call, spu, &decide).await.map(|saved| (Vec::new(), saved.version))
        };
        let (why, changes, version) = match Box::pin(outcome).await {
            Ok((changes, version)) => (None, changes, Some(version)),
            Err(Failure::Problem(p)) => (Some(p.detail), Vec::new(), None),
            Err(e) => return Err(e),
        };
        results.push(ProductBulkResult { spu: spu.clone(), done: why.is_none(), why, changes, version });
    }
    Reply::json(&ProductsBulkDone { results })
}

/// What a change would make another of a product, and the version that it would change; nothing is written.
async fn would_change(
    app: &App,
    spu: &SpuId,
    decide: impl Fn(Option<&Product>, Known<'_>) -> Result<(Product, Decision), Failure>,
) -> Result<(Vec<ChangedField>, u64), Failure> {
    let tables = &app.tables;
    let (old, categories, brands) = futures::try_join!(tables.product(spu), tables.categories_now(), tables.brands_now())?;
    let (_, decision) = decide(old.as_ref(), Known { tree: &categories.tree, brands: &brands.brands })?;
    let told = decision.events.into_iter().filter_map(|(_, e)| if let Event::ProductChanged { changes, .. } = e { Some(changes) } else { None });
    let changes = told.flatten().map(|c| ChangedField { field: LibraryProduct::title(&c.field), old: c.old, new: c.new }).collect();
    Ok((changes, old.map_or(0, |p| p.version)))
}

/// Loads a product with what it is held against, decides, and commits.
async fn change(
    app: &App,
    call: &Call,
    spu: &SpuId,
    decide: impl Fn(Option<&Product>, Known<'_>) -> Result<(Product, Decision), Failure>,
) -> Result<Product, Failure> {
    let decide = &decide;
    let outcome = transact(app, call.now, |_| async move {
        let tables = &app.tables;
        let (old, categories, brands) = futures::try_join!(tables.product(spu), tables.categories_now(), tables.brands_now())?;
        let known = Known { tree: &categories.tree, brands: &brands.brands };
        let (saved, decision) = decide(old.as_ref(), known)?;
        let had = |sku: &SkuId| old.as_ref().is_some_and(|o| o.skus.iter().any(|s| s.sku == *sku));
        let gained: Vec<SkuId> = saved.skus.iter().map(|s| s.sku.clone()).filter(|s| !had(s)).collect();
        if !gained.is_empty() {
            let owners = tables.owners_of(&gained).await?;
            if let Some((taken, owner)) = gained.iter().zip(owners).find_map(|(sku, owner)| Some((sku, owner?))) {
                let at = saved.skus.iter().position(|s| s.sku == *taken).unwrap_or(0);
                let why = format!("规格编码 {taken} 已被商品 {owner} 使用");
                return Err(Problem::new(Code::Conflict, why).at(format!("skus[{at}].sku")).into());
            }
        }
        Ok(Plan::new(saved, decision))
    })
    .await;
    // Somebody has taken the code of a SKU since it was looked for.
    outcome.map_err(|e| match e {
        Failure::Exists => Problem::new(Code::Conflict, "规格编码刚被别的商品使用，请换一个").at("skus").into(),
        other => other,
    })
}

/// The whole library as a table that can be imported again.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn export(app: App, _call: Call) -> Result<Reply, Failure> {
    let products = app.tables.all_products().await?;
    let file = String::from_utf8(import::export(&products)?).map_err(|e| Failure::Internal(e.to_string()))?;
    let reply = Reply { body: file, ..Reply::default() };
    Ok(reply
        .header("content-type", "text/csv; charset=utf-8".to_owned())
        .header("content-disposition", "attachment; filename=\"goods.csv\"".to_owned()))
}

/// The categories.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn categories(app: App, _call: Call) -> Result<Reply, Failure> {
    Reply::json(&categories_view(&app.tables.categories_now().await?))
}

/// Sets the categories, whole, from the version that was seen.
///
/// # Errors
/// `bad_request` naming what is wrong; `conflict` when they have been set since, or when a category that would go has goods.
pub async fn set_all_categories(app: App, call: Call) -> Result<Reply, Failure> {
    let (wanted, by) = (categories_of(call.json_within::<LibraryCategories>(LARGEST_LIST)?)?, call.staff()?.sub.clone());
    let (app, wanted, by) = (&app, &wanted, &by);
    let set = transact(app, call.now, |_| async move {
        let old = app.tables.categories_now().await?;
        let gone: Vec<String> = leaving(&old.tree, &wanted.tree).into_iter().map(str::to_owned).collect();
        let with_goods = gone.into_iter().map(|key| async move {
            let has = app.tables.has_goods(&key).await?;
            Ok::<_, StoreError>(has.then_some(key))
        });
        let in_use: Vec<String> = futures::future::try_join_all(with_goods).await?.into_iter().flatten().collect();
        let decision = set_categories(&old, wanted.clone(), &in_use, by)?;
        let now = if decision.is_empty() { old } else { Categories { version: old.version + 1, ..wanted.clone() } };
        Ok(Plan::new(now, decision))
    })
    .await?;
    Reply::json(&categories_view(&set))
}

/// Who changed the categories, and when, newest first.
///
/// # Errors
/// `bad_cursor`.
pub async fn history_of_categories(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&categories_history(&app, call.q("cursor")).await?)
}

/// The brands.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn brands(app: App, _call: Call) -> Result<Reply, Failure> {
    Reply::json(&brands_view(&app.tables.brands_now().await?))
}

/// Sets the brands, whole, from the version that was seen.
///
/// # Errors
/// `bad_request` naming what is wrong; `conflict` when they have been set since, or when a brand that would go has goods.
pub async fn set_all_brands(app: App, call: Call) -> Result<Reply, Failure> {
    let (wanted, by) = (brands_of(call.json_within::<LibraryBrands>(LARGEST_LIST)?)?, call.staff()?.sub.clone());
    let (app, wanted, by) = (&app, &wanted, &by);
    let set = transact(app, call.now, |_| async move {
        let old = app.tables.brands_now().await?;
        let gone: Vec<&str> = old.brands.iter().map(|b| b.key.as_str()).filter(|key| wanted.brands.get(key).is_none()).collect();
        let mut in_use = Vec::new();
        if !gone.is_empty() {
            // No index knows goods by their brand, and brands go rarely.
            in_use = app.tables.all_products().await?.into_iter().map(|p| p.brand).filter(|b| gone.contains(&b.as_str())).collect();
        }
        let decision = set_brands(&old, wanted.clone(), &in_use, by)?;
        let now = if decision.is_empty() { old.clone() } else { BrandList { version: old.version + 1, ..wanted.clone() } };
        Ok(Plan::new(now, decision))
    })
    .await?;
    Reply::json(&brands_view(&set))
}

/// Who changed the brands, and when, newest first.
///
/// # Errors
/// `bad_cursor`.
pub async fn history_of_brands(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&brands_history(&app, call.q("cursor")).await?)
}
