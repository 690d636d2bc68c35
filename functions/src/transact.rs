//! Load, decide, commit — again when another transaction was faster.

use std::future::Future;

use liandian_domain::Decision;
use liandian_store::{
    Commit, CommitError, Failed, Idempotency,
    commit::{pause, worth_another_try},
};
use liandian_types::Timestamp;

use crate::{App, http::Failure};

/// How often a command may meet others before the client is told to come again.
const ATTEMPTS: u32 = 12;

/// What to write, and what to answer when it is written.
pub struct Plan<T> {
    /// The answer.
    pub answer: T,
    /// The changes; empty for none.
    pub decision: Decision,
    /// The record of the first success.
    pub idempotency: Option<Idempotency>,
}

impl<T> Plan<T> {
    /// Without an idempotency record.
    pub fn new(answer: T, decision: Decision) -> Self {
        Self { answer, decision, idempotency: None }
    }
}

/// Runs `plan` (load and decide) and commits what it decided; runs it again with fresh reads when the commit met another
/// one. `plan` is told which attempt it is: from the second on it should read consistently.
///
/// # Errors
/// What `plan` refuses; [`Failure::KeyUsed`]; [`Failure::Exists`]; [`Failure::Unavailable`] after too many meetings.
pub async fn transact<T, Fut>(app: &App, now: Timestamp, mut plan: impl FnMut(u32) -> Fut) -> Result<T, Failure>
where
    Fut: Future<Output = Result<Plan<T>, Failure>>,
{
    let mut attempt = 0;
    loop {
        let p = plan(attempt).await?;
        if p.decision.is_empty() {
            return Ok(p.answer);
        }
        let event_ids = p.decision.events.iter().map(|_| app.id()).collect();
        match app.store.commit(Commit { decision: p.decision, event_ids, idempotency: p.idempotency, now }).await {
            Ok(()) => return Ok(p.answer),
            Err(CommitError::Refused(f)) if f.contains(&Failed::KeyUsed) => return Err(Failure::KeyUsed),
            Err(CommitError::Refused(f)) if f == [Failed::Exists] => return Err(Failure::Exists),
            Err(e) if worth_another_try(&e) && attempt + 1 < ATTEMPTS => {
                tracing::debug!(attempt, error = %e, "met another transaction");
                tokio::time::sleep(pause(attempt, app.chance.draw())).await;
                attempt += 1;
            }
            Err(e) => return Err(e.into()),
        }
    }
}
