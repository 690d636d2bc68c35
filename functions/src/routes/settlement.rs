//! What orders brought to whom.

use crate::{
    App,
    http::{Call, Failure, Reply},
    views::settlement::{hq_settlement, settlement_of},
};

/// Postings of a store and their sums.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn of_store(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&settlement_of(&app.tables, &call.store()?, call.q("cursor")).await?)
}

/// Sums per store and the newest postings.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn of_chain(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&hq_settlement(&app.tables, &app.reach(call.staff()?).await?).await?)
}
