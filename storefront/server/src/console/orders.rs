//! Pages about orders: a store's work, its counter, its parcels, and what the chain sold.

use axum::{extract::Path, response::Response, routing::get};
use liandian_console::{
    islands::WorkLists,
    pages::{Section, hq, store},
};
use liandian_functions::{
    access::Look,
    views::orders::{OrderAsk, Seen, chain_orders, found_orders as find, order_list, order_price, order_seen, slots::store_slots},
};
use liandian_types::{AccessAct, OrderState, StoreId, api::OrderList};

use super::{Ask, Handler, Visit, parsed};
use crate::answer::{Answer, listed, read};

pub(super) fn pages() -> Vec<Handler> {
    vec![
        ("/console/s/{store}", get(work)),
        ("/console/s/{store}/pickup", get(pickup)),
        ("/console/s/{store}/orders", get(found_orders)),
        ("/console/s/{store}/orders/{order}", get(order)),
        ("/console/s/{store}/orders/{order}/price", get(order_why)),
        ("/console/s/{store}/parcels", get(parcels)),
        ("/console/hq/orders", get(orders)),
        ("/console/s/{store}/slots", get(slots)),
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

async fn order_why(visit: Visit, Path((_, order)): Path<(String, String)>) -> Response {
    let page = async {
        let (store, row) = visit.store().await?;
        let why = read(order_price(&visit.app, &store, &parsed(&order)?).await)?;
        Ok(store::order_why(&visit.frame(Section::Orders), &row, why))
    };
    visit.answer(Box::pin(page).await)
}

async fn found_orders(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let (store, row) = visit.store().await?;
        let (text, date, cursor) = (ask.get("q"), ask.get("date"), ask.get("cursor"));
        let (state, fulfilment) = (chosen(&ask, "state")?, chosen(&ask, "fulfilment")?);
        let list = if text.is_some() || date.is_some() || fulfilment.is_some() {
            let look = Look { staff: &visit.staff, act: AccessAct::FindByPhone, from: &visit.client, now: visit.app.now() };
            let ask = OrderAsk { text: text.as_deref(), date: date.as_deref(), state, fulfilment, store: None, cursor: cursor.as_deref() };
            read(Box::pin(find(&visit.app, &store, ask, look)).await)
        } else {
            in_state(&visit, &store, state.unwrap_or(OrderState::Completed), cursor.as_deref()).await
        };
        let (list, wrong) = listed(list, order_list(&[], None))?;
        Ok(store::orders(&visit.frame(Section::Orders), &row, list, wrong))
    };
    visit.answer(page.await)
}

/// What was chosen of a filter; a word that is none of its choices names a page that there is not.
fn chosen<T: std::str::FromStr>(ask: &Ask, name: &str) -> Answer<Option<T>> {
    ask.get(name).map(|v| parsed(&v)).transpose()
}

async fn parcels(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let (store, row) = visit.store().await?;
        let (heads, next) = read(visit.app.tables.parcels_of_store(&store, 50, ask.get("cursor").as_deref()).await)?;
        Ok(store::parcels(&visit.frame(Section::Home), &row, order_list(&heads, next)))
    };
    visit.answer(page.await)
}

async fn slots(visit: Visit) -> Response {
    let page = async {
        let (store, row) = visit.store().await?;
        let found = read(store_slots(&visit.app, &store, visit.app.now()).await)?;
        Ok(store::slots(&visit.frame(Section::Slots), &row, found))
    };
    visit.answer(Box::pin(page).await)
}

async fn orders(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let reach = visit.reach().await?;
        let (text, date, store, cursor) = (ask.get("q"), ask.get("date"), ask.get("store"), ask.get("cursor"));
        let asked = OrderAsk {
            text: text.as_deref(),
            date: date.as_deref(),
            state: chosen(&ask, "state")?,
            fulfilment: chosen(&ask, "fulfilment")?,
            store: store.as_deref(),
            cursor: cursor.as_deref(),
        };
        let live = asked.is_all() && cursor.is_none();
        let found = read(Box::pin(chain_orders(&visit.app.tables, &reach, asked, visit.app.now())).await);
        let (list, wrong) = listed(found, order_list(&[], None))?;
        Ok(hq::orders(&visit.frame(Section::Orders), list, wrong, live))
    };
    visit.answer(page.await)
}
