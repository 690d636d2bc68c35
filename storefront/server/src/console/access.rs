//! Pages about who has looked at what.

use axum::{response::Response, routing::get};
use liandian_console::pages::{Section, hq};
use liandian_functions::views::access::access_list;

use super::{Ask, Handler, Visit};
use crate::answer::read;

pub(super) fn pages() -> Vec<Handler> {
    vec![("/console/hq/access", get(access_records))]
}

async fn access_records(visit: Visit, ask: Ask) -> Response {
    let (date, actor) = (ask.get("date"), ask.get("actor"));
    let list = access_list(&visit.app, date.as_deref(), actor.as_deref(), ask.get("cursor").as_deref(), visit.app.now()).await;
    visit.answer(read(list).map(|l| hq::access_records(&visit.frame(Section::Access), date.as_deref(), actor.as_deref(), l)))
}
