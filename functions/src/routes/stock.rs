//! Stock of a store's shelf, for its staff.

use crate::{
    App,
    http::{Call, Failure, Reply},
};

/// Stock by text, or page by page.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn of_store(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&app.store.stock_list(&call.store()?, call.q("q"), call.q("cursor")).await?)
}
