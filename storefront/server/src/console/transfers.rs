//! Pages about transfers: a store's, and all of the chain.

use axum::{response::Response, routing::get};
use liandian_console::pages::{Section, hq, store};
use liandian_functions::views::transfers::{transfer_list, transfers_in_flight};
use liandian_types::{Permission, Scope};

use super::{Handler, Visit};
use crate::answer::read;

pub(super) fn pages() -> Vec<Handler> {
    vec![("/console/s/{store}/transfers", get(transfers)), ("/console/hq/transfers", get(hq_transfers))]
}

async fn transfers(visit: Visit) -> Response {
    let page = async {
        let (store, row) = visit.store().await?;
        let tables = &visit.app.tables;
        let (list, places) = read(tokio::try_join!(transfer_list(tables, &store), tables.sources_of(&store)))?;
        Ok(store::transfers(&visit.frame(Section::Transfers), &row, list, places))
    };
    visit.answer(page.await)
}

async fn hq_transfers(visit: Visit) -> Response {
    let page = async {
        let (reach, tables) = (visit.reach().await?, &visit.app.tables);
        // Only who may move goods between any two places is shown all of them.
        let places = async {
            let directs = visit.staff.scope == Scope::All && visit.may(Permission::TransferDirect);
            if directs { tables.places().await } else { Ok(Vec::new()) }
        };
        let (list, places) = read(tokio::try_join!(transfers_in_flight(tables, &reach), places))?;
        Ok(hq::transfers(&visit.frame(Section::Transfers), list, places))
    };
    visit.answer(page.await)
}
