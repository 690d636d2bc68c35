//! Pages about stores: the directory, and whether one is in business.

use axum::{response::Response, routing::get};
use liandian_console::pages::{Section, hq};
use liandian_functions::views::stores::{opening_view, store_row, store_rows};

use super::{Ask, Handler, Visit, nothing_here};
use crate::answer::{found, read};

pub(super) fn pages() -> Vec<Handler> {
    vec![("/console/hq/stores", get(stores)), ("/console/hq/stores/{store}", get(opening))]
}

async fn stores(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let text = ask.get("q");
        let reach = visit.reach().await?;
        let list = read(store_rows(&visit.app.tables, &reach, text.as_deref(), ask.get("cursor").as_deref(), visit.app.now()).await)?;
        Ok(hq::stores(&visit.frame(Section::Stores), text.as_deref(), list))
    };
    visit.answer(page.await)
}

async fn opening(visit: Visit) -> Response {
    let page = async {
        let store = visit.at.as_ref().ok_or_else(nothing_here)?;
        let profile = found(visit.app.tables.store(store).await, "门店")?;
        Ok(hq::opening(&visit.frame(Section::Stores), &store_row(&profile, visit.app.now()), opening_view(&profile)))
    };
    visit.answer(page.await)
}
