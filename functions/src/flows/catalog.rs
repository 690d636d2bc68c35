//! Products of stores: whose documents end.

use liandian_domain::catalog::review;
use liandian_types::Timestamp;

use crate::{
    App,
    http::Failure,
    transact::{Plan, transact},
};

/// Products that one sweep tells of; the rest waits a minute.
const AT_ONCE: i32 = 50;

/// Tells of documents that end soon or have ended. The goods are off sale by the time alone: this is only who hears of it.
///
/// # Errors
/// The first that could not be told; the others are.
pub async fn remind(app: &App, now: Timestamp) -> Result<(), Failure> {
    let due = app.tables.due_locals(now, AT_ONCE).await?;
    let mut failed = None;
    for found in due {
        let (store, spu) = (&found.store, &found.product.spu);
        let told = transact(app, now, |_| async move {
            // The index may be a moment old: whoever was told is told once.
            let Some(p) = app.tables.local_now(store, spu).await? else { return Ok(Plan::new((), liandian_domain::Decision::default())) };
            Ok(Plan::new((), review::remind(&p, now)))
        })
        .await;
        if let Err(e) = told {
            tracing::warn!(%store, %spu, error = %e, "nobody was told of a document that ends");
            failed = failed.or(Some(e));
        }
    }
    failed.map_or(Ok(()), Err)
}
