//! HQ publishes the documents that customers are asked to agree to.

use liandian_domain::{
    governance::legal::{self, Publish},
    stores::hours::{CHINA, day, day_named},
};
use liandian_types::{Code, Problem, api::PublishLegal};

use crate::{
    App,
    http::{Call, Failure, Reply},
    transact::{Plan, transact},
    views::governance::legal::legal_sheet,
};

/// All versions of the documents.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn sheet(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&legal_sheet(&app, &app.tables.legal_now().await?, call.now).await?)
}

/// Publishes another version; all versions come back. Customers are asked to agree to it once it is in force.
///
/// # Errors
/// `bad_request` naming the field; `conflict` when something was published since the version that was seen.
pub async fn publish(app: App, call: Call) -> Result<Reply, Failure> {
    // A document has paragraphs: its text is looked at line by line where it is decided.
    let ask: PublishLegal = call.json_as_told()?;
    let from = match ask.from.trim() {
        "" => None,
        // Today is at once: its beginning is over.
        text if text == day(call.now, CHINA).to_string() => None,
        text => {
            let wrong = || Problem::new(Code::BadRequest, "没有这一天，日期写作 2026-12-01").at("from");
            Some(day_named(text, CHINA).ok_or_else(wrong)?.0)
        }
    };
    let wanted = Publish { kind: ask.kind, from, text: ask.text, seen: ask.version };
    let (a, by, wanted, now) = (&app, &call.staff()?.sub, &wanted, call.now);
    let book = transact(a, now, |_| async move {
        let old = a.tables.legal_now().await?;
        let (book, decision) = legal::publish(&old, wanted, by, now)?;
        Ok(Plan::new(book, decision))
    })
    .await?;
    Reply::json(&legal_sheet(&app, &book, call.now).await?)
}
