//! Pages about orders: a store's work, its counter, its parcels, and what the chain sold.

use axum::{extract::Path, response::Response, routing::get};
use liandian_console::{
    islands::WorkLists,
    pages::{Section, hq, store},
};
use liandian_functions::{
    access::Look,
    views::orders::{Seen, found_orders as find, order_list, order_seen},
};
use liandian_types::{AccessAct, OrderState, StoreId, api::OrderList};

use super::{Ask, Handler, Visit, parsed};
use crate::answer::{Answer, read};

pub(super) fn pages() -> Vec<Handler> {
    vec![
        ("/console/s/{store}", get(work)),
        ("/console/s/{store}/pickup", get(pickup)),
        ("/console/s/{store}/orders", get(found_orders)),
        ("/console/s/{store}/orders/{order}", get(order)),
        ("/console/s/{store}/parcels", get(parcels)),
        ("/console/hq/orders", get(orders)),
    ]
}

/// Orders of a store in one state.
async fn in_state(visit: &Visit, store: &StoreId, state: OrderState, cursor: Option<&str>) -> Answer<OrderList> {
    let (heads, next) = read(visit.app.tables.orders_of_store(store, state, 50, cursor).await)?;
    Ok(order_list(&heads, next))
}

async fn work(visit: Visit) -> Response {
    let page = async {
        let (store, row) = visit.store().await?;
        let read = |state| in_state(&visit, &store, state, None);
        let (preparing, ready, awaiting, delivering) = tokio::try_join!(
            read(OrderState::Preparing),
            read(OrderState::Ready),
            read(OrderState::AwaitingTransfer),
            read(OrderState::Delivering),
        )?;
        Ok(store::work(&visit.frame(Section::Home), &row, WorkLists { preparing, ready, awaiting, delivering }))
    };
    visit.answer(page.await)
}

async fn pickup(visit: Visit) -> Response {
    visit.answer(visit.store().await.map(|(_, row)| store::pickup(&visit.frame(Section::Pickup), &row)))
}

async fn order(visit: Visit, Path((_, order)): Path<(String, String)>) -> Response {
    let page = async {
        let (store, row) = visit.store().await?;
        let look = Look { staff: &visit.staff, act: AccessAct::OrderRead, from: &visit.client, now: visit.app.now() };
        let order = read(order_seen(&visit.app, &parsed(&order)?, Seen::In(&store, Some(look)), look.now).await)?;
        Ok(store::order(&visit.frame(Section::Home), &row, order))
    };
    visit.answer(page.await)
}

async fn found_orders(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let (store, row) = visit.store().await?;
        let (text, date) = (ask.get("q"), ask.get("date"));
        let list = if text.is_some() || date.is_some() {
            let look = Look { staff: &visit.staff, act: AccessAct::FindByPhone, from: &visit.client, now: visit.app.now() };
            read(find(&visit.app, &store, text.as_deref(), date.as_deref(), look).await)?
        } else {
            in_state(&visit, &store, OrderState::Completed, ask.get("cursor").as_deref()).await?
        };
        Ok(store::orders(&visit.frame(Section::Orders), &row, text.as_deref(), date.as_deref(), list))
    };
    visit.answer(page.await)
}

async fn parcels(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let (store, row) = visit.store().await?;
        let (heads, next) = read(visit.app.tables.parcels_of_store(&store, 50, ask.get("cursor").as_deref()).await)?;
        Ok(store::parcels(&visit.frame(Section::Home), &row, order_list(&heads, next)))
    };
    visit.answer(page.await)
}

async fn orders(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let (reach, cursor) = (visit.reach().await?, ask.get("cursor"));
        let (heads, next) = read(visit.app.tables.newest_orders(&reach, visit.app.now(), 50, cursor.as_deref()).await)?;
        Ok(hq::orders(&visit.frame(Section::Orders), order_list(&heads, next), cursor.is_some()))
    };
    visit.answer(page.await)
}
