//! Pages about what orders brought to whom.

use axum::{response::Response, routing::get};
use liandian_console::pages::{Section, hq, store};
use liandian_functions::views::settlement::{hq_settlement as of_chain, settlement_of};

use super::{Handler, Visit};
use crate::answer::read;

pub(super) fn pages() -> Vec<Handler> {
    vec![("/console/s/{store}/settlement", get(settlement)), ("/console/hq/settlement", get(hq_settlement))]
}

async fn settlement(visit: Visit) -> Response {
    let page = async {
        let (store, row) = visit.store().await?;
        let view = read(settlement_of(&visit.app.tables, &store, None).await)?;
        Ok(store::settlement(&visit.frame(Section::Settlement), &row, view))
    };
    visit.answer(page.await)
}

async fn hq_settlement(visit: Visit) -> Response {
    let page = async {
        let view = read(of_chain(&visit.app.tables, &visit.reach().await?).await)?;
        Ok(hq::settlement(&visit.frame(Section::Settlement), view))
    };
    visit.answer(page.await)
}
