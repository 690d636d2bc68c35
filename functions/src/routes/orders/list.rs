//! Lists of orders.

use liandian_store::read::order_list;
use liandian_types::{Code, OrderState, Problem};

use crate::{
    App,
    http::{Call, Failure, Reply},
};

/// The member's orders, newest first.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn of_member(app: App, call: Call) -> Result<Reply, Failure> {
    let (heads, next) = app.store.orders_of_member(call.member()?, 20, call.q("cursor")).await?;
    Reply::json(&order_list(&heads, next))
}

/// Orders that a store serves, in one state; those to prepare when none is named. Parcels on their way are a list of their own, `shipped`.
///
/// # Errors
/// `bad_request` for a state that there is not.
pub async fn of_store(app: App, call: Call) -> Result<Reply, Failure> {
    if call.q("state") == Some("shipped") {
        let (heads, next) = app.store.parcels_of_store(&call.store()?, 50, call.q("cursor")).await?;
        return Reply::json(&order_list(&heads, next));
    }
    let state: OrderState = match call.q("state") {
        None => OrderState::Preparing,
        Some(s) => s.parse().map_err(|_| Problem::new(Code::BadRequest, "没有这个订单状态").at("state"))?,
    };
    let (heads, next) = app.store.orders_of_store(&call.store()?, state, 50, call.q("cursor")).await?;
    Reply::json(&order_list(&heads, next))
}
