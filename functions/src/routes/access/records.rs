//! Access records: who of the staff has seen personal data in clear, and who has logged in.

use crate::{
    App,
    http::{Call, Failure, Reply},
    views::access::access_list,
};

/// Who has seen personal data in clear, and who has logged in: of a day (China's), of a person, or both; today's when neither is named. Members are
/// named by their id, staff by id or user name.
///
/// # Errors
/// `bad_request` for a day that there is not.
pub async fn list(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&access_list(&app, call.q("date"), call.q("actor"), call.q("cursor"), call.now).await?)
}
