//! What was changed at HQ.

use crate::{
    App,
    http::{Call, Failure, Reply},
    views::governance::audit::{AuditQuery, audit_list},
};

/// What was changed at HQ, newest first: of a range of days (China's), by a person, of a kind, or of one thing; with `at`, the thing as it was at that
/// moment.
///
/// # Errors
/// `bad_request` for days, kinds and things that there are not, and for more than 31 days; `bad_cursor`.
pub async fn list(app: App, call: Call) -> Result<Reply, Failure> {
    let ask = AuditQuery {
        from: call.q("from"),
        to: call.q("to"),
        actor: call.q("actor"),
        kind: call.q("kind"),
        entity: call.q("entity"),
        at: call.q("at"),
        file: false,
    };
    Reply::json(&Box::pin(audit_list(&app, ask, call.q("cursor"), call.now)).await?)
}
