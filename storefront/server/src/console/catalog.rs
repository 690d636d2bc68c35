//! Pages about goods as HQ keeps them: the library, categories, brands, imports.

use axum::{extract::Path, response::Response, routing::get};
use liandian_console::pages::{Section, hq};
use liandian_functions::views::catalog::library::{
    LibraryFilter, brands_history, brands_view, categories_history, categories_view, import_view, imports_view, library_page, product_history,
    product_view,
};
use liandian_functions::views::catalog::search::{words_changes, words_view};
use liandian_types::{
    Fen, ImportId, ProductStatus, SkuId, SpuId, Storage,
    api::{LibraryProduct, LibrarySkuEdit},
};

use super::{Ask, Handler, Visit, parsed};
use crate::answer::{found, read};

pub(super) fn pages() -> Vec<Handler> {
    vec![
        ("/console/hq/products", get(products)),
        ("/console/hq/products/new", get(new_product)),
        ("/console/hq/products/{spu}", get(product)),
        ("/console/hq/categories", get(categories)),
        ("/console/hq/brands", get(brands)),
        ("/console/hq/search-words", get(search_words)),
        ("/console/hq/product-imports", get(imports)),
        ("/console/hq/product-imports/{import}", get(import)),
    ]
}

async fn products(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let tables = &visit.app.tables;
        let (text, category, brand) = (ask.get("q"), ask.get("category"), ask.get("brand"));
        // A filter that is none asks for nothing.
        let filter = LibraryFilter {
            text: text.as_deref(),
            category: category.as_deref(),
            brand: brand.as_deref(),
            status: ask.get("status").and_then(|s| s.parse().ok()),
            flagship: ask.get("flagship").and_then(|f| f.parse().ok()),
        };
        let cursor = ask.get("cursor");
        let list = read(library_page(&visit.app, &filter, cursor.as_deref()).await)?;
        let (categories, brands) = tokio::join!(tables.categories_now(), tables.brands_now());
        let (categories, brands) = (categories_view(&read(categories)?), brands_view(&read(brands)?));
        Ok(hq::products(&visit.frame(Section::Products), list, &categories, &brands))
    };
    visit.answer(page.await)
}

async fn new_product(visit: Visit) -> Response {
    let page = async {
        let tables = &visit.app.tables;
        let (categories, brands) = tokio::join!(tables.categories_now(), tables.brands_now());
        let (categories, brands) = (categories_view(&read(categories)?), brands_view(&read(brands)?));
        let (spu, sku): (SpuId, SkuId) = (visit.app.id(), visit.app.id());
        let frame = visit.frame(Section::Products);
        Ok(hq::product(&frame, empty(spu, sku), true, categories, &brands, None))
    };
    visit.answer(page.await)
}

/// A product of which nothing is said yet.
fn empty(spu: SpuId, sku: SkuId) -> LibraryProduct {
    LibraryProduct {
        spu,
        name: String::new(),
        category: String::new(),
        brand: String::new(),
        description: String::new(),
        images: Vec::new(),
        attributes: std::collections::BTreeMap::new(),
        options: Vec::new(),
        skus: vec![LibrarySkuEdit {
            sku,
            spec: String::new(),
            choice: std::collections::BTreeMap::new(),
            barcodes: Vec::new(),
            price: Fen::ZERO,
            floor: Fen::ZERO,
            region_prices: std::collections::BTreeMap::new(),
            weight_g: 0,
            picture: String::new(),
            retired: false,
        }],
        flagship: false,
        mandatory: false,
        offline_only: false,
        tracks_expiry: false,
        storage: Storage::Normal,
        origin: String::new(),
        shelf_life_days: None,
        ingredients: String::new(),
        keywords: Vec::new(),
        status: ProductStatus::Draft,
        rank: 0,
        version: 0,
    }
}

async fn product(visit: Visit, Path(spu): Path<String>, ask: Ask) -> Response {
    let page = async {
        let spu: SpuId = parsed(&spu)?;
        let tables = &visit.app.tables;
        let product = found(tables.product(&spu).await, "商品")?;
        let cursor = ask.get("cursor");
        let (categories, brands, history) =
            tokio::join!(tables.categories_now(), tables.brands_now(), product_history(&visit.app, &spu, cursor.as_deref()));
        let (categories, brands) = (categories_view(&read(categories)?), brands_view(&read(brands)?));
        let frame = visit.frame(Section::Products);
        Ok(hq::product(&frame, product_view(&product), false, categories, &brands, Some(read(history)?)))
    };
    visit.answer(page.await)
}

async fn categories(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let cursor = ask.get("cursor");
        let (categories, history) = tokio::join!(visit.app.tables.categories_now(), categories_history(&visit.app, cursor.as_deref()));
        Ok(hq::categories(&visit.frame(Section::Categories), categories_view(&read(categories)?), read(history)?))
    };
    visit.answer(page.await)
}

async fn brands(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let cursor = ask.get("cursor");
        let (brands, history) = tokio::join!(visit.app.tables.brands_now(), brands_history(&visit.app, cursor.as_deref()));
        Ok(hq::brands(&visit.frame(Section::Brands), brands_view(&read(brands)?), read(history)?))
    };
    visit.answer(page.await)
}

async fn search_words(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let cursor = ask.get("cursor");
        let (words, history) = tokio::join!(visit.app.tables.search_words_now(), words_changes(&visit.app, cursor.as_deref()));
        Ok(hq::search_words(&visit.frame(Section::Words), words_view(&read(words)?), read(history)?))
    };
    visit.answer(page.await)
}

async fn imports(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let list = read(imports_view(&visit.app, ask.get("cursor").as_deref()).await)?;
        Ok(hq::imports(&visit.frame(Section::Imports), list))
    };
    visit.answer(page.await)
}

async fn import(visit: Visit, Path(import): Path<String>) -> Response {
    let page = async {
        let import: ImportId = parsed(&import)?;
        let import = found(visit.app.tables.import(&import).await, "导入")?;
        Ok(hq::import(&visit.frame(Section::Imports), read(import_view(&visit.app, &import).await)?))
    };
    visit.answer(page.await)
}
