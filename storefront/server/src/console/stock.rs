//! Pages about stock: a place's, its movements and counts, one SKU across the chain, and counts that wait for a decision.

use std::collections::HashSet;

use axum::{extract::Path, response::Response, routing::get};
use liandian_console::pages::{
    Section, hq,
    store::{self, StockNeeds, StockView},
};
use liandian_functions::{
    flows::stock::counts::of,
    views::stock::{
        chain::sku_stock as across,
        claims::claim_list,
        counts::{count_list, count_view, counts_to_decide},
        shelf::{MovementAsk, movements_of_place, pick, short_of_place, stock_of_place},
        sums::{SkuAsk, sku_list},
    },
};
use liandian_types::{
    Code, LocationId, MovementKind, Permission, Problem, SkuId, Timestamp,
    api::{ClaimList, MovementList, ShortList, SkuStock},
};

use super::{Ask, Handler, Visit, parsed};
use crate::answer::{Answer, found, listed, read, told};

pub(super) fn pages() -> Vec<Handler> {
    vec![
        ("/console/s/{store}/stock", get(stock)),
        ("/console/s/{store}/movements", get(movements)),
        ("/console/s/{store}/counts", get(counts)),
        ("/console/s/{store}/counts/{count}", get(count)),
        ("/console/hq/stock", get(choose_sku)),
        ("/console/hq/stock/{sku}", get(sku_stock)),
        ("/console/hq/stock/{sku}/live", get(sku_live)),
        ("/console/hq/approvals", get(approvals)),
    ]
}

async fn stock(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let (store, row) = visit.store().await?;
        let (text, show, cursor) = (ask.get("q"), ask.get("show"), ask.get("cursor"));
        let view = match show.as_deref() {
            Some("low") => StockView::Low,
            Some("expiring") => StockView::Expiring,
            _ => StockView::All,
        };
        let (at, app, now) = (ask.location()?, &visit.app, visit.app.now());
        let picked = pick(show.as_deref(), text.as_deref(), cursor.as_deref());
        let picked = picked.ok_or_else(|| Problem::new(Code::NotFound, "没有这种列表。"))?;
        let list = read(stock_of_place(app, &store, at.as_ref(), picked, &visit.staff, now).await)?;
        // For those who record documents or decide about them.
        let claiming = [Permission::StockReceive, Permission::StockAdjust, Permission::StockApprove].iter().any(|p| visit.may(*p));
        let claims = match view {
            StockView::All if claiming => read(claim_list(app, &store, &visit.staff, None).await)?,
            _ => ClaimList::none(),
        };
        let short = match view {
            StockView::Low => read(short_of_place(app, &store, at.as_ref(), &visit.staff, now).await)?,
            StockView::All | StockView::Expiring => ShortList { goods: Vec::new(), more: false },
        };
        Ok(store::stock(&visit.frame(Section::Stock), &row, at.as_ref(), view, text.as_deref(), list, StockNeeds { short, claims }))
    };
    visit.answer(page.await)
}

async fn movements(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let (store, row) = visit.store().await?;
        let at = ask.location()?;
        let (sku, text, kind) = (ask.get("sku"), ask.get("q"), ask.get("kind"));
        let (from, to, cursor) = (ask.get("from"), ask.get("to"), ask.get("cursor"));
        let sku = sku.map(|s| parsed::<SkuId>(&s)).transpose()?;
        let kind = kind.map(|k| parsed::<MovementKind>(&k)).transpose()?;
        let asked =
            MovementAsk { sku: sku.as_ref(), text: text.as_deref(), kind, from: from.as_deref(), to: to.as_deref(), cursor: cursor.as_deref() };
        let sought = read(Box::pin(movements_of_place(&visit.app, &store, at.as_ref(), asked, &visit.staff)).await);
        let nothing = MovementList { movements: Vec::new(), next: None, places: Vec::new() };
        let (list, wrong) = listed(sought, nothing)?;
        Ok(store::movements(&visit.frame(Section::Stock), &row, at.as_ref(), list, wrong))
    };
    visit.answer(page.await)
}

async fn counts(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let (store, row) = visit.store().await?;
        let list = read(count_list(&visit.app.tables, &store, ask.get("cursor").as_deref()).await)?;
        Ok(store::counts(&visit.frame(Section::Stock), &row, list))
    };
    visit.answer(page.await)
}

async fn count(visit: Visit, Path((_, count)): Path<(String, String)>) -> Response {
    let page = async {
        let (store, row) = visit.store().await?;
        let head = of(&visit.app, &store, &parsed(&count)?).await.map_err(told)?;
        let lines = read(visit.app.tables.count_lines(&head.count).await)?;
        let view = read(count_view(&visit.app, &head, &lines, &visit.staff).await)?;
        Ok(store::count(&visit.frame(Section::Stock), &row, view))
    };
    visit.answer(page.await)
}

async fn choose_sku(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let (reach, text, cursor) = (visit.reach().await?, ask.get("q"), ask.get("cursor"));
        let shows = |what: &str| ask.get("show").as_deref() == Some(what);
        let asked = SkuAsk { text: text.as_deref(), low: shows("low"), cover: shows("cover"), cursor: cursor.as_deref() };
        let list = Box::pin(sku_list(&visit.app.tables, &reach, &visit.staff.scope, asked, visit.app.now()));
        Ok(hq::choose_sku(&visit.frame(Section::Stock), read(list.await)?))
    };
    visit.answer(page.await)
}

/// One SKU across what of the chain this person sees, and which places changed since then.
async fn one(visit: &Visit, sku: &SkuId, since: Option<Timestamp>) -> Answer<(SkuStock, HashSet<LocationId>)> {
    let reach = visit.reach().await?;
    found(Box::pin(across(&visit.app.tables, sku, &reach, since, visit.app.now())).await, "商品")
}

async fn sku_stock(visit: Visit, Path(sku): Path<String>) -> Response {
    let page = async {
        let sku = parsed::<SkuId>(&sku)?;
        Ok(hq::sku_stock(&visit.frame(Section::Stock), &sku, one(&visit, &sku, None).await?.0))
    };
    visit.answer(page.await)
}

async fn sku_live(visit: Visit, Path(sku): Path<String>, ask: Ask) -> Response {
    let part = async {
        let since = ask.get("since").map(|s| parsed::<i64>(&s)).transpose()?;
        let (stock, changed) = one(&visit, &parsed(&sku)?, since.map(Timestamp)).await?;
        Ok(hq::sku_live(&visit.frame(Section::Stock), stock, &changed))
    };
    visit.answer(part.await)
}

async fn approvals(visit: Visit) -> Response {
    let page = async {
        let counts = read(counts_to_decide(&visit.app.tables, &visit.reach().await?).await)?;
        Ok(hq::approvals(&visit.frame(Section::Approvals), counts))
    };
    visit.answer(page.await)
}
