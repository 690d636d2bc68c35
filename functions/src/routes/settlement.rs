//! What orders brought to whom.

use crate::{
    App,
    http::{Call, Failure, Reply},
    views::settlement::{hq_settlement, settlement_of},
};

/// Postings of a store and their sums, of all days or of some.
///
/// # Errors
/// `bad_request` naming the day that cannot be asked for.
pub async fn of_store(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&settlement_of(&app.tables, &call.store()?, (call.q("from"), call.q("to")), call.q("cursor"), call.now).await?)
}

/// Sums per store and the newest postings, of all days or of some.
///
/// # Errors
/// `bad_request` naming the day that cannot be asked for.
pub async fn of_chain(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&hq_settlement(&app.tables, &app.reach(call.staff()?).await?, (call.q("from"), call.q("to")), call.now).await?)
}
