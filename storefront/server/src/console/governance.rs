//! Pages about what HQ decides, and what it should look at: the overview, exceptions, policies.

mod audit;
mod prices;
mod settings;

use axum::{response::Response, routing::get};
use liandian_console::pages::{Section, hq};
use liandian_functions::views::{
    governance::{
        legal::{legal_page, legal_sheet},
        policies_changes, policies_view,
    },
    orders::{order_list, store_work},
    settlement::hq_settlement,
    stock::exceptions::{ExceptionAsk, exceptions as what_to_look_at},
    stores::chain,
};
use liandian_types::{LegalKind, Permission, RegionId, Scope, StoreId};

use super::{Ask, Handler, Visit, parsed};
use crate::answer::read;

pub(super) fn pages() -> Vec<Handler> {
    let mut all: Vec<Handler> = vec![("/console/hq", get(overview)), ("/console/hq/exceptions", get(exceptions)), ("/console/hq/rules", get(rules))];
    all.push(("/console/hq/legal", get(legal)));
    all.extend(prices::pages());
    all.extend(settings::pages());
    all.extend(audit::pages());
    all
}

async fn overview(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let (reach, tables, now) = (visit.reach().await?, &visit.app.tables, visit.app.now());
        let orders = async {
            visit.need(Permission::OrderRead).await?;
            read(tables.newest_orders(&reach, now, 50, None).await).map(|(heads, next)| order_list(&heads, next))
        };
        let stores = async { read(chain(tables, &reach, now).await) };
        let settlement = async {
            visit.need(Permission::SettlementRead).await?;
            read(hq_settlement(tables, &reach, (None, None), now).await)
        };
        let work = async {
            if !matches!(visit.staff.scope, Scope::Region(_) | Scope::Stores(_)) {
                return None;
            }
            let work = async {
                visit.need(Permission::OrderRead).await?;
                read(store_work(tables, &reach, ask.get("cursor").as_deref(), now).await)
            };
            Some(work.await)
        };
        let (orders, stores, settlement, work) = tokio::join!(Box::pin(orders), Box::pin(stores), Box::pin(settlement), Box::pin(work));
        Ok(hq::overview(&visit.frame(Section::Home), hq::Overview { orders, stores, settlement, work }))
    };
    visit.answer(page.await)
}

async fn exceptions(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let (kind, region, store) = (ask.get("kind"), ask.get("region"), ask.get("store"));
        let region = region.map(|r| parsed::<RegionId>(&r)).transpose()?;
        let store = store.map(|s| parsed::<StoreId>(&s)).transpose()?;
        let asked = ExceptionAsk { kind: kind.as_deref(), region: region.as_ref(), store: store.as_ref() };
        let (reach, tables, now) = (visit.reach().await?, &visit.app.tables, visit.app.now());
        let stores = async {
            visit.need(Permission::StoreRead).await?;
            read(chain(tables, &reach, now).await)
        };
        // On the heap: together they are more than a worker thread's stack has in a debug build.
        let found = Box::pin(what_to_look_at(tables, |p| visit.may(p), &reach, asked, now));
        let (found, stores) = tokio::join!(found, Box::pin(stores));
        Ok(hq::exceptions(&visit.frame(Section::Exceptions), read(found)?, &stores.unwrap_or_default()))
    };
    visit.answer(page.await)
}

async fn rules(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let cursor = ask.get("cursor");
        let policies = read(visit.app.tables.policies_now().await)?;
        let history = read(policies_changes(&visit.app, cursor.as_deref()).await)?;
        Ok(hq::rules(&visit.frame(Section::Rules), policies_view(&policies), history, cursor.is_some()))
    };
    visit.answer(page.await)
}

async fn legal(visit: Visit) -> Response {
    let page = async {
        let (tables, now) = (&visit.app.tables, visit.app.now());
        let sheet = async { read(legal_sheet(&visit.app, &read(tables.legal_now().await)?, now).await) };
        let texts = async {
            let (agreement, privacy) =
                tokio::try_join!(legal_page(tables, LegalKind::Agreement, None, now), legal_page(tables, LegalKind::Privacy, None, now))?;
            Ok::<_, liandian_store::StoreError>(agreement.into_iter().chain(privacy).collect::<Vec<_>>())
        };
        let (sheet, texts) = tokio::join!(Box::pin(sheet), Box::pin(texts));
        Ok(hq::legal(&visit.frame(Section::Legal), sheet?, read(texts)?))
    };
    visit.answer(page.await)
}
