//! Pages about a store's own prices and about change requests.

use std::collections::BTreeSet;

use axum::{extract::Path, response::Response, routing::get};
use liandian_console::pages::{Section, hq, store};
use liandian_functions::views::{
    governance::prices::{FindPrices, FindRequests, inbox, price_why, store_prices, store_requests},
    stores::edit::region_list,
};
use liandian_types::{RegionId, SkuId, StoreId};

use crate::{
    answer::read,
    console::{Ask, Handler, Visit, parsed},
};

pub(super) fn pages() -> Vec<Handler> {
    vec![
        ("/console/s/{store}/prices", get(prices)),
        ("/console/s/{store}/listings/{sku}/why", get(why)),
        ("/console/s/{store}/requests", get(asked)),
        ("/console/hq/requests", get(requests)),
    ]
}

async fn prices(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let (id, row) = visit.store().await?;
        let (text, cursor) = (ask.get("q"), ask.get("cursor"));
        let find = FindPrices { text: text.as_deref(), cursor: cursor.as_deref() };
        let list = read(store_prices(&visit.app, &id, find, visit.app.now()).await)?;
        Ok(store::prices(&visit.frame(Section::Prices), &row, list))
    };
    visit.answer(Box::pin(page).await)
}

async fn why(visit: Visit, Path((_, sku)): Path<(String, String)>) -> Response {
    let page = async {
        let (id, row) = visit.store().await?;
        let sku: SkuId = parsed(&sku)?;
        let why = read(price_why(&visit.app, &id, &sku, visit.app.now()).await)?;
        Ok(store::price_why(&visit.frame(Section::Prices), &row, why))
    };
    visit.answer(Box::pin(page).await)
}

async fn asked(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let (id, row) = visit.store().await?;
        let list = read(store_requests(&visit.app, &id, &visit.staff, ask.get("cursor").as_deref()).await)?;
        Ok(store::requests(&visit.frame(Section::Requests), &row, list))
    };
    visit.answer(Box::pin(page).await)
}

async fn requests(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let find = FindRequests {
            over: ask.get("state").as_deref() == Some("over"),
            kind: ask.get("kind"),
            // What is no id names nothing: such a list would be empty, and the whole one is of more use.
            store: ask.get("store").and_then(|s| s.parse::<StoreId>().ok()),
            region: ask.get("region").and_then(|r| r.parse::<RegionId>().ok()),
            cursor: ask.get("cursor"),
        };
        let (reach, directory) = (visit.reach().await?, read(visit.app.tables.directory().await)?);
        let named = read(region_list(&visit.app.tables).await)?.regions;
        let list = read(inbox(&visit.app, &visit.staff, &find).await)?;
        let within: Vec<_> = directory.iter().filter(|s| reach.store(&s.store)).collect();
        let seen: BTreeSet<&RegionId> = within.iter().map(|s| &s.region).collect();
        let regions = named.into_iter().filter(|r| seen.contains(&r.region)).map(|r| (r.region.to_string(), r.name)).collect();
        let stores = within.iter().map(|s| (s.store.to_string(), s.name.clone())).collect();
        Ok(hq::requests(&visit.frame(Section::Requests), list, regions, stores))
    };
    visit.answer(Box::pin(page).await)
}
