//! Tables of goods become the library.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use liandian_contracts::Message;
use liandian_domain::{
    Decision,
    catalog::{
        LibrarySku,
        import::{self, Sheet},
        job::{self, Import, ImportState, Present},
        library::{BrandList, Categories, Known, renamed},
        product::Product,
    },
};
use liandian_types::{ImportId, SkuId, SpuId};

use super::not_ours;
use crate::{
    App,
    http::Failure,
    transact::{Plan, transact},
};

/// For how long one message works; then the import asks for the next one.
const WORKS_FOR: Duration = Duration::from_secs(20);

/// Takes the next part of a table of goods, or gives goods the names that their categories and brands have now.
///
/// Each step of an import is a transaction of some products with the place up to which the file is taken: a step that was lost is done again, and one
/// that is told twice finds that the place has moved on.
///
/// # Errors
/// Leaves the message in the queue.
pub async fn library_import(app: App, m: Message) -> Result<(), Failure> {
    match &m {
        Message::ImportDueV1 { import, .. } => take(&app, import).await,
        Message::LibraryNamesDueV1 { .. } => names(&app).await,
        _ => Err(not_ours(&m)),
    }
}

/// Gives the rows of goods the names that their categories and brands have now. Rows that have them already are left alone, so it goes on where it was
/// stopped. Of two that work at a time the one with the older names might write last: so it looks once more whether they are still those.
async fn names(app: &App) -> Result<(), Failure> {
    let tables = &app.tables;
    // Since when they are owed is read before the names: what is changed after that is still owed.
    let mut due = tables.names_due().await?;
    let (mut categories, mut brands) = futures::try_join!(tables.categories_now(), tables.brands_now())?;
    loop {
        Box::pin(rename(app, &categories, &brands)).await?;
        let owed = tables.names_due().await?;
        let now = futures::try_join!(tables.categories_now(), tables.brands_now())?;
        if (now.0.version, now.1.version) == (categories.version, brands.version) {
            if let Some(since) = due {
                tables.names_done(since).await?;
            }
            return Ok(());
        }
        due = owed;
        (categories, brands) = now;
    }
}

/// Writes those rows of goods anew that have other names than these.
async fn rename(app: &App, categories: &Categories, brands: &BrandList) -> Result<(), Failure> {
    let tables = &app.tables;
    let (products, rows) = futures::try_join!(tables.all_products(), tables.library_now())?;
    let rows: BTreeMap<SkuId, LibrarySku> = rows.into_iter().map(|r| (r.sku.clone(), r)).collect();
    let known = Known { tree: &categories.tree, brands: &brands.brands };
    let stale = |p: &Product| {
        p.rows(known.tree, known.brands)
            .iter()
            .any(|r| rows.get(&r.sku).is_some_and(|now| now.category_name != r.category_name || now.brand != r.brand))
    };
    for p in products.iter().filter(|p| stale(p)) {
        let spu = &p.spu;
        transact(app, app.now(), |_| async move {
            let mut decision = Decision::default();
            if let Some(product) = app.tables.product(spu).await? {
                decision.write(renamed(&product, known));
            }
            Ok(Plan::new((), decision))
        })
        .await?;
    }
    Ok(())
}

/// Takes the next part of an import.
async fn take(app: &App, id: &ImportId) -> Result<(), Failure> {
    let began = Instant::now();
    let (import, categories, brands) = futures::try_join!(app.tables.import(id), app.tables.categories_now(), app.tables.brands_now())?;
    let Some(import) = import.filter(|i| i.state == ImportState::Running) else { return Ok(()) };
    let Some(file) = app.tables.file_of(&import).await? else {
        return transact(app, app.now(), |_| give_up(app, id)).await;
    };
    let sheet = import::read(&file, &categories.tree, &brands.brands)?;
    let held = Held { sheet: &sheet, categories: &categories, brands: &brands };
    loop {
        let pause = began.elapsed() > WORKS_FOR;
        match Box::pin(step(app, id, &held, pause)).await? {
            Some(now) if now.state == ImportState::Running && !pause => {}
            _ => return Ok(()),
        }
    }
}

/// Ends an import whose file is not kept any more.
async fn give_up(app: &App, id: &ImportId) -> Result<Plan<()>, Failure> {
    let import = app.tables.import(id).await?.filter(|i| i.state == ImportState::Running);
    Ok(Plan::new((), import.map(|i| job::give_up(&i, app.now())).unwrap_or_default()))
}

/// What one message reads once.
struct Held<'a> {
    sheet: &'a Sheet,
    categories: &'a Categories,
    brands: &'a BrandList,
}

/// One step; `None` when there is none to take any more.
async fn step(app: &App, id: &ImportId, held: &Held<'_>, pause: bool) -> Result<Option<Import>, Failure> {
    let now = app.now();
    let outcome = transact(app, now, |_| async move {
        let Some(import) = app.tables.import(id).await?.filter(|i| i.state == ImportState::Running) else {
            return Ok(Plan::new(None, Decision::default()));
        };
        let drafts = job::window(&import, held.sheet)?;
        let spus: Vec<SpuId> = drafts.iter().map(|d| d.product.spu.clone()).collect();
        let skus: Vec<SkuId> = drafts.iter().flat_map(|d| d.product.skus.iter().map(|s| s.sku.clone())).collect();
        let (products, owners) = futures::try_join!(app.tables.products_of(&spus), app.tables.owners_of(&skus))?;
        let products: BTreeMap<SpuId, Product> = spus.into_iter().zip(products).filter_map(|(spu, p)| Some((spu, p?))).collect();
        let owners: BTreeMap<SkuId, SpuId> = skus.into_iter().zip(owners).filter_map(|(sku, spu)| Some((sku, spu?))).collect();
        let known = Known { tree: &held.categories.tree, brands: &held.brands.brands };
        let (next, decision) = job::step(&import, held.sheet, Present { products: &products, owners: &owners }, known, now, pause)?;
        Ok(Plan::new(Some(next), decision))
    })
    .await;
    match outcome {
        // Somebody has just taken the code of a SKU: the message comes again, and then that is seen.
        Err(Failure::Exists) => Err(Failure::Unavailable("a code was taken while its product was".into())),
        other => other,
    }
}
