//! One order.

use liandian_types::AccessAct;

use crate::{
    App,
    access::Look,
    http::{Call, Failure, Reply},
    views::orders::{Seen, order_seen},
};

/// One order with its live state, for its member.
///
/// # Errors
/// `not_found` for an order of somebody else, too.
pub async fn of_member(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&order_seen(&app, &call.param("order")?, Seen::By(call.member()?), call.now).await?)
}

/// One order, for its store's staff.
///
/// # Errors
/// `not_found` for an order of another store, too.
pub async fn of_store(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&order_seen(&app, &call.param("order")?, Seen::In(&call.store()?, Look::of(&call, AccessAct::OrderRead)), call.now).await?)
}
