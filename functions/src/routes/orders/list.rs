//! Lists of orders.

use liandian_types::{AccessAct, Code, OrderState, Problem};

use crate::{
    App,
    access::Look,
    http::{Call, Failure, Reply},
    views::orders::{found_orders, order_list, store_work},
};

/// The member's orders, newest first.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn of_member(app: App, call: Call) -> Result<Reply, Failure> {
    let (heads, next) = app.tables.orders_of_member(call.member()?, 20, call.q("cursor")).await?;
    Reply::json(&order_list(&heads, next))
}

/// Orders that a store serves, in one state; those to prepare when none is named. Parcels on their way are a list of their own, `shipped`.
///
/// # Errors
/// `bad_request` for a state that there is not.
pub async fn of_store(app: App, call: Call) -> Result<Reply, Failure> {
    if call.q("state") == Some("shipped") {
        let (heads, next) = app.tables.parcels_of_store(&call.store()?, 50, call.q("cursor")).await?;
        return Reply::json(&order_list(&heads, next));
    }
    if call.q("q").is_some_and(|q| !q.trim().is_empty()) || call.q("date").is_some_and(|d| !d.is_empty()) {
        let look = Look { staff: call.staff()?, act: AccessAct::FindByPhone, from: &call.client, now: call.now };
        return Reply::json(&found_orders(&app, &call.store()?, call.q("q"), call.q("date"), look).await?);
    }
    let state: OrderState = match call.q("state") {
        None => OrderState::Preparing,
        Some(s) => s.parse().map_err(|_| Problem::new(Code::BadRequest, "没有这个订单状态").at("state"))?,
    };
    let (heads, next) = app.tables.orders_of_store(&call.store()?, state, 50, call.q("cursor")).await?;
    Reply::json(&order_list(&heads, next))
}

/// The chain's orders, newest first, page by page.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn of_chain(app: App, call: Call) -> Result<Reply, Failure> {
    let (heads, next) = app.tables.newest_orders(&app.reach(call.staff()?).await?, call.now, 50, call.q("cursor")).await?;
    Reply::json(&order_list(&heads, next))
}

/// Stores with the work that waits in them.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn work(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&store_work(&app.tables, &app.reach(call.staff()?).await?, call.q("cursor"), call.now).await?)
}
