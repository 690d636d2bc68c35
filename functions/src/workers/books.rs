//! The daily check of the books.

use liandian_domain::{
    fsck::{Difference, Report},
    stock::cover,
};
use liandian_types::Timestamp;

use crate::{App, http::Failure, telemetry};

/// Do the books agree? What does not is named in the log, one line each, and in the report that HQ sees; the alarm on `fault` tells somebody. And what was
/// sold in the last days, from which the pages of stock tell for how long it lasts.
///
/// # Errors
/// When something does not agree, or the tables do not answer.
pub async fn fsck(app: App) -> Result<(), Failure> {
    let at = app.now();
    let (books, differences) = app.tables.audit_with_sales(at.plus(-cover::DAYS * Timestamp::DAY)).await?;
    let looked = books.looked();
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let report = Report {
        at,
        records: count(looked.records),
        movements: looked.movements,
        orders: count(looked.orders),
        transfers: count(looked.transfers),
        differences: differences.iter().take(50).map(Difference::told).collect(),
        count: count(differences.len()),
    };
    app.tables.put_books_report(&report).await?;
    // Days of cover are told from what was sold: all documents were read just now.
    app.tables.keep_sold(&books, at).await?;
    for d in &differences {
        let text = serde_json::to_string(d).map_err(|e| Failure::Internal(e.to_string()))?;
        telemetry::wake("the books do not agree");
        tracing::error!(difference = text, "the books do not agree");
    }
    tracing::info!(records = looked.records, movements = looked.movements, orders = looked.orders, transfers = looked.transfers, "books read");
    if differences.is_empty() { Ok(()) } else { Err(Failure::Internal(format!("{} differences in the books", differences.len()))) }
}
