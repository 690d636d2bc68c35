//! Pages about what a store lists, and its own products.

use axum::{extract::Path, response::Response, routing::get};
use liandian_console::pages::{Section, hq, store};
use liandian_functions::views::{
    catalog::{
        assortment::{AssortmentAsk, assortment as assortment_of, listing_view},
        local::{local_categories, local_list, local_store, local_view, waiting_locals},
    },
    stores::store_row,
};
use liandian_types::{SkuId, SpuId};

use super::{Ask, Handler, Visit, nothing_here, parsed};
use crate::answer::{found, read};

pub(super) fn pages() -> Vec<Handler> {
    vec![
        ("/console/s/{store}/assortment", get(assortment)),
        ("/console/s/{store}/listings/{sku}", get(listing)),
        ("/console/s/{store}/local-products", get(locals)),
        ("/console/s/{store}/local-products/{spu}", get(local)),
        ("/console/hq/local-products", get(hq_locals)),
    ]
}

async fn assortment(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let profile = found(visit.app.tables.store(visit.at.as_ref().ok_or_else(nothing_here)?).await, "门店")?;
        let (text, category, cursor) = (ask.get("q"), ask.get("category"), ask.get("cursor"));
        let taken = match ask.get("taken").as_deref() {
            Some("yes") => Some(true),
            Some("no") => Some(false),
            _ => None,
        };
        let asked = AssortmentAsk { text: text.as_deref(), category: category.as_deref(), taken, cursor: cursor.as_deref() };
        let list = read(assortment_of(&visit.app.tables, &profile.store, asked).await)?;
        Ok(store::assortment(&visit.frame(Section::Assortment), &store_row(&profile, visit.app.now()), list))
    };
    visit.answer(page.await)
}

async fn listing(visit: Visit, Path((_, sku)): Path<(String, String)>) -> Response {
    let page = async {
        let profile = found(visit.app.tables.store(visit.at.as_ref().ok_or_else(nothing_here)?).await, "门店")?;
        let sku: SkuId = parsed(&sku)?;
        let (zone, now) = (&profile.hours.zone, visit.app.now());
        let view = found(listing_view(&visit.app.tables, &profile.store, &sku, zone, now).await, "商品")?;
        Ok(store::listing(&visit.frame(Section::Assortment), &store_row(&profile, now), view))
    };
    visit.answer(page.await)
}

async fn locals(visit: Visit) -> Response {
    let page = async {
        let profile = found(local_store(&visit.app.tables, visit.at.as_ref().ok_or_else(nothing_here)?).await, "门店")?;
        let now = visit.app.now();
        let list = read(local_list(&visit.app.tables, &profile, now).await)?;
        Ok(store::locals(&visit.frame(Section::Locals), &store_row(&profile, now), list, local_categories(&profile)))
    };
    visit.answer(page.await)
}

async fn local(visit: Visit, Path((_, spu)): Path<(String, String)>) -> Response {
    let page = async {
        let profile = found(local_store(&visit.app.tables, visit.at.as_ref().ok_or_else(nothing_here)?).await, "门店")?;
        let (spu, now): (SpuId, _) = (parsed(&spu)?, visit.app.now());
        let tables = &visit.app.tables;
        let product = found(tables.local_now(&profile.store, &spu).await, "商品")?;
        let view = read(local_view(tables, &profile, &product, now).await)?;
        Ok(store::local(&visit.frame(Section::Locals), &store_row(&profile, now), view, local_categories(&profile)))
    };
    visit.answer(page.await)
}

async fn hq_locals(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let cursor = ask.get("cursor");
        let list = read(waiting_locals(&visit.app.tables, cursor.as_deref(), visit.app.now()).await)?;
        Ok(hq::locals(&visit.frame(Section::LocalReview), list))
    };
    visit.answer(page.await)
}
