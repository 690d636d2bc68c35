//! Pages about what orders brought to whom.

use axum::{response::Response, routing::get};
use liandian_console::pages::{Section, hq, store};
use liandian_functions::views::settlement::{hq_settlement as of_chain, settlement_of};
use liandian_types::{
    Fen,
    api::{HqSettlement, SettlementView},
};

use super::{Ask, Handler, Visit};
use crate::answer::{listed, read};

pub(super) fn pages() -> Vec<Handler> {
    vec![("/console/s/{store}/settlement", get(settlement)), ("/console/hq/settlement", get(hq_settlement))]
}

async fn settlement(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let (store, row) = visit.store().await?;
        let (from, to) = (ask.get("from"), ask.get("to"));
        let view = read(settlement_of(&visit.app.tables, &store, (from.as_deref(), to.as_deref()), None, visit.app.now()).await);
        let (view, wrong) = listed(view, nothing())?;
        Ok(store::settlement(&visit.frame(Section::Settlement), &row, view, wrong))
    };
    visit.answer(page.await)
}

async fn hq_settlement(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let (from, to) = (ask.get("from"), ask.get("to"));
        let reach = visit.reach().await?;
        let view = read(Box::pin(of_chain(&visit.app.tables, &reach, (from.as_deref(), to.as_deref()), visit.app.now())).await);
        let (view, wrong) = listed(view, HqSettlement { total: nothing(), stores: Vec::new() })?;
        Ok(hq::settlement(&visit.frame(Section::Settlement), view, wrong))
    };
    visit.answer(page.await)
}

/// Of days that cannot be asked for.
fn nothing() -> SettlementView {
    SettlementView { orders: 0, gross: Fen::ZERO, hq: Fen::ZERO, stores: Fen::ZERO, postings: Vec::new(), next: None }
}
