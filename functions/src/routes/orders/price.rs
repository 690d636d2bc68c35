//! Why an order cost what it did.

use crate::{
    App,
    http::{Call, Failure, Reply},
    views::orders::order_price,
};

/// An order's price, found again from what it was priced with, for its store's staff.
///
/// # Errors
/// `not_found` for an order of another store, too.
pub async fn of_store(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&Box::pin(order_price(&app, &call.store()?, &call.param("order")?)).await?)
}
