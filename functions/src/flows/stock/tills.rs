//! Whether a store's tills are heard, for HQ. Beside the sales, never in their way: a sale is not lost because this could not be kept.

use std::collections::BTreeMap;

use liandian_domain::{
    Problem,
    governance::resolve::Place,
    stock::till::{Word, heard},
    stores::profile::StoreProfile,
};
use liandian_types::Timestamp;

use crate::{App, http::Failure, transact::pause_before};

/// How often somebody else may have been faster.
const ATTEMPTS: u32 = 4;

/// A receipt that was told: of which till, its number, and why it was refused, if it was.
pub struct Told<'a> {
    /// The till; empty when it could not be read.
    pub till: &'a str,
    /// The receipt's number; empty when it could not be read.
    pub number: &'a str,
    /// Why it was refused.
    pub refused: Option<&'a Problem>,
}

/// Keeps that these receipts were told.
pub async fn listen(app: &App, store: &StoreProfile, told: &[Told<'_>], now: Timestamp) {
    let mut tills: BTreeMap<&str, Vec<Word<'_>>> = BTreeMap::new();
    for t in told {
        tills.entry(t.till).or_default().push(Word { number: t.number, refused: t.refused });
    }
    for (till, words) in tills {
        if let Err(e) = keep(app, store, till, &words, now).await {
            tracing::warn!(store = %store.store, error = %e, "that a till was heard is not kept");
        }
    }
}

async fn keep(app: &App, store: &StoreProfile, till: &str, words: &[Word<'_>], now: Timestamp) -> Result<(), Failure> {
    let policy = app.tables.policy_of(&Place::from(store), now).await?;
    let patience = i64::from(policy.stock().till_silent) * Timestamp::MINUTE;
    for attempt in 0..ATTEMPTS {
        let known = app.tables.till(&store.store, till, attempt > 0).await?;
        let Some(next) = heard(known.as_ref(), &store.store, till, words, &store.hours, patience, now) else { return Ok(()) };
        if app.tables.put_till(&next).await? {
            return Ok(());
        }
        pause_before(app, attempt).await;
    }
    Err(Failure::Unavailable("met others again and again".into()))
}
