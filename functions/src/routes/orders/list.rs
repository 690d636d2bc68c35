//! Lists of orders.

use liandian_types::{AccessAct, Code, Fulfilment, OrderState, Problem};

use crate::{
    App,
    access::Look,
    http::{Call, Failure, Reply},
    views::{
        members::{MemberOrders, member_orders},
        orders::{OrderAsk, chain_orders, found_orders, order_list, store_work},
    },
};

/// The member's orders, newest first: all of them, under a tab, or by the name of a good or the end of a number.
///
/// # Errors
/// `bad_request` for a tab that there is not, or a text that is too long; `bad_cursor`.
pub async fn of_member(app: App, call: Call) -> Result<Reply, Failure> {
    let ask = MemberOrders { tab: call.typed("tab")?, text: call.q("q"), cursor: call.q("cursor") };
    Reply::json(&member_orders(&app.tables, call.member()?, ask).await?)
}

/// Orders that a store serves, in one state; those to prepare when none is named. Parcels on their way are a list of their own, `shipped`. With a text,
/// a day or a way, those that are found by it, in the state if one is named.
///
/// # Errors
/// `bad_request` for a state that there is not.
pub async fn of_store(app: App, call: Call) -> Result<Reply, Failure> {
    if call.q("state") == Some("shipped") {
        let (heads, next) = app.tables.parcels_of_store(&call.store()?, 50, call.q("cursor")).await?;
        return Reply::json(&order_list(&heads, next));
    }
    let state: Option<OrderState> =
        call.q("state").map(|s| s.parse().map_err(|_| Problem::new(Code::BadRequest, "没有这个订单状态").at("state"))).transpose()?;
    let fulfilment: Option<Fulfilment> = call.typed("fulfilment")?;
    if fulfilment.is_some() || call.q("q").is_some_and(|q| !q.trim().is_empty()) || call.q("date").is_some() {
        let look = Look { staff: call.staff()?, act: AccessAct::FindByPhone, from: &call.client, now: call.now };
        let ask = OrderAsk { text: call.q("q"), date: call.q("date"), state, fulfilment, store: None, cursor: call.q("cursor") };
        return Reply::json(&found_orders(&app, &call.store()?, ask, look).await?);
    }
    let state = state.unwrap_or(OrderState::Preparing);
    let (heads, next) = app.tables.orders_of_store(&call.store()?, state, 50, call.q("cursor")).await?;
    Reply::json(&order_list(&heads, next))
}

/// The chain's orders, newest first, page by page; by number, day, store, state and way.
///
/// # Errors
/// `bad_request` naming what cannot be asked for; `not_found` for a store that is not in reach.
pub async fn of_chain(app: App, call: Call) -> Result<Reply, Failure> {
    let ask = OrderAsk {
        text: call.q("q"),
        date: call.q("date"),
        state: call.typed("state")?,
        fulfilment: call.typed("fulfilment")?,
        store: call.q("store"),
        cursor: call.q("cursor"),
    };
    Reply::json(&chain_orders(&app.tables, &app.reach(call.staff()?).await?, ask, call.now).await?)
}

/// Stores with the work that waits in them.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn work(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&store_work(&app.tables, &app.reach(call.staff()?).await?, call.q("cursor"), call.now).await?)
}
