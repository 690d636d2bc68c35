//! What a store's orders brought to whom.

use crate::{
    App,
    http::{Call, Failure, Reply},
};

/// Postings of a store and their sums.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn of_store(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&app.tables.settlement_of(&call.store()?, call.q("cursor")).await?)
}
