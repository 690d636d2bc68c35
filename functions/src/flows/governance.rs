//! Change requests that nobody answered: who decides about them is told again, and HQ where a region did not.

use liandian_domain::{Decision, governance::store_prices};
use liandian_types::Timestamp;

use crate::{
    App,
    http::Failure,
    transact::{Plan, transact},
};

/// Requests that one sweep tells of; the rest waits a minute.
const AT_ONCE: i32 = 50;

/// Tells again of requests that nobody answered in the time of their store's policy. Each step once: the request moves on in the transaction that tells.
///
/// # Errors
/// The first that could not be told; the others are.
pub async fn remind(app: &App, now: Timestamp) -> Result<(), Failure> {
    let due = app.tables.due_requests(now, AT_ONCE).await?;
    if due.is_empty() {
        return Ok(());
    }
    let settings = app.tables.settings().await?;
    let settings = &settings;
    let mut failed = None;
    for found in due {
        let id = &found.request;
        let told = transact(app, now, |_| async move {
            // The index may be a moment old: what is there now says what is still to be told.
            let Some(r) = app.tables.request(id).await? else { return Ok(Plan::new((), Decision::default())) };
            let Some(store) = app.tables.store(r.target.store()).await? else { return Ok(Plan::new((), Decision::default())) };
            let terms = liandian_domain::governance::terms::Terms::of(settings.iter(), &store, now);
            let decision = store_prices::remind(&r, terms.policy(), now).map(|(_, d)| d).unwrap_or_default();
            Ok(Plan::new((), decision))
        })
        .await;
        if let Err(e) = told {
            tracing::warn!(request = %id, error = %e, "nobody was told of a request that waits");
            failed = failed.or(Some(e));
        }
    }
    failed.map_or(Ok(()), Err)
}
