//! Load, decide, commit — again when another transaction was faster.

use std::future::Future;

use liandian_domain::Decision;
use liandian_store::{
    Commit, CommitError, Failed, Idempotency,
    commit::{IDEMPOTENCY_DAYS, pause, worth_another_try},
    stock::shards::{MAX_SHARDS, SPLIT_FOR},
};
use liandian_types::{Code, LocationId, SkuId, Timestamp, id::TypedId};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    App,
    http::{Call, Failure},
    people::digest,
    sessions::ends_of,
};

/// How often a command may meet others before the client is told to come again.
const ATTEMPTS: u32 = 12;

/// After how many meetings in one command a record has a crowd.
const CROWD: u32 = 3;

/// Splits records that have a crowd, if HQ's policy lets it: into four, then ever further; one that is split as far as can be is evened out.
async fn widen(app: &App, crowded: &[(LocationId, SkuId)], now: Timestamp) {
    if crowded.is_empty() || !app.tables.policies().await.is_ok_and(|p| p.stock.splits) {
        return;
    }
    for (location, sku) in crowded {
        let wider = async {
            let shards = app.tables.shards(location, sku).await?.unwrap_or(0);
            app.tables.split(location, sku, (shards * 4).clamp(4, MAX_SHARDS), Some(now.plus(SPLIT_FOR))).await
        };
        match wider.await {
            Ok(()) => tracing::info!(%location, %sku, "stock record was split for its crowd"),
            Err(e) => tracing::debug!(%location, %sku, error = %e, "stock record could not be split"),
        }
    }
}

/// Waits a little before a write is tried again that met another.
pub(crate) async fn pause_before(app: &App, attempt: u32) {
    tokio::time::sleep(pause(attempt, app.chance.draw())).await;
}

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

/// A command that takes effect once under its client's key: the one way to that, for every route that needs a key.
///
/// [`Once::run`] keeps the first success as a record beside what it changed, and answers with it ever after. An order needs no such record, for its
/// own id is made of the key ([`Once::id`], [`Once::asked`]), and a receipt's is of its till: they say themselves what the first success was, by
/// [`transact_once`].
pub struct Once<'a> {
    /// Who asked.
    pub who: String,
    /// The client's key.
    pub key: &'a str,
    digest: String,
}

impl<'a> Once<'a> {
    /// Of a call.
    ///
    /// # Errors
    /// `bad_request` without a proper key.
    pub fn of(call: &'a Call, who: impl ToString) -> Result<Self, Failure> {
        Ok(Self {
            who: who.to_string(),
            key: call.idempotency_key()?,
            digest: digest([format!("{} {:?} ", call.method, call.path).as_bytes(), &call.body].concat()),
        })
    }

    /// What the first success under this key answered, if there was one.
    ///
    /// # Errors
    /// `idempotency_mismatch` when it was the answer to another request.
    pub async fn answered<T: DeserializeOwned>(&self, app: &App, now: Timestamp) -> Result<Option<T>, Failure> {
        // A record whose time is over is none: the table's own clean-up comes later.
        let record = app.tables.idempotency(&self.who, self.key).await?.filter(|r| r.ttl >= now.seconds());
        record.map(|r| self.replay(&r)).transpose()
    }

    /// An id that this caller's key stands for, the same whenever it is tried again: what it names is the record of its first success.
    #[must_use]
    pub fn id<T: TypedId>(&self) -> T {
        let hash = digest(format!("{}\n{}", self.who, self.key));
        let tail = ulid::Ulid(u128::from_str_radix(&hash[..32], 16).unwrap_or_default());
        // A ULID is 26 letters and digits, which every id takes.
        format!("{}_{tail}", T::PREFIX).parse().unwrap_or_else(|e| unreachable!("{e}"))
    }

    /// Tells the request from others under the same key. It may be kept for long: without the key, which is not, nobody guesses the body from it.
    #[must_use]
    pub fn asked(&self) -> String {
        digest(format!("{}\n{}", self.key, self.digest))
    }

    /// Is this what a first success was asked?
    ///
    /// # Errors
    /// `idempotency_mismatch`.
    pub fn same(&self, asked: &str) -> Result<(), Failure> {
        if asked == self.asked() {
            return Ok(());
        }
        Err(other_request())
    }

    fn replay<T: DeserializeOwned>(&self, record: &Idempotency) -> Result<T, Failure> {
        if record.digest != self.digest {
            return Err(other_request());
        }
        serde_json::from_str(&record.answer).map_err(|e| Failure::Internal(format!("an idempotency record holds no answer: {e}")))
    }

    fn record<T: Serialize>(&self, answer: &T, now: Timestamp) -> Result<Idempotency, Failure> {
        Ok(Idempotency {
            who: self.who.clone(),
            key: self.key.to_owned(),
            digest: self.digest.clone(),
            answer: serde_json::to_string(answer).map_err(|e| Failure::Internal(e.to_string()))?,
            ttl: now.plus(IDEMPOTENCY_DAYS * Timestamp::DAY).seconds(),
        })
    }

    /// Answers what the first success answered; else decides, and commits the decision with its answer. `decide` is told which attempt it is, as in
    /// [`transact`], and is asked only when there is no first success: what that promised is not free for the second try.
    ///
    /// # Errors
    /// What `decide` refuses; as [`transact`]; `idempotency_mismatch`.
    pub async fn run<T, Fut>(&self, app: &App, now: Timestamp, mut decide: impl FnMut(u32) -> Fut) -> Result<T, Failure>
    where
        T: Serialize + DeserializeOwned,
        Fut: Future<Output = Result<(T, Decision), Failure>>,
    {
        let plan = |attempt| {
            // On the heap: a decision's reads make a large future, and a worker thread's stack is small.
            let decided = Box::pin(decide(attempt));
            async move {
                if let Some(first) = self.answered(app, now).await? {
                    return Ok(Plan::new(first, Decision::default()));
                }
                let (answer, decision) = decided.await?;
                let record = self.record(&answer, now)?;
                Ok(Plan { answer, decision, idempotency: Some(record) })
            }
        };
        let first = || async move { self.answered(app, now).await?.ok_or(Failure::KeyUsed) };
        transact_once(app, now, plan, first).await
    }
}

fn other_request() -> Failure {
    Failure::refuse(Code::IdempotencyMismatch, "同一 Idempotency-Key 已用于另一个请求，请刷新后重试")
}

/// Runs `plan` as [`transact`] does; when its key was used by another request at the same time, answers what `first` says that the first success was.
///
/// # Errors
/// As [`transact`]; what `first` refuses.
pub async fn transact_once<T, Fut, First>(
    app: &App,
    now: Timestamp,
    plan: impl FnMut(u32) -> Fut,
    first: impl FnOnce() -> First,
) -> Result<T, Failure>
where
    Fut: Future<Output = Result<Plan<T>, Failure>>,
    First: Future<Output = Result<T, Failure>>,
{
    match transact(app, now, plan).await {
        Err(Failure::KeyUsed) => first().await,
        other => other,
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
        let p = Box::pin(plan(attempt)).await?;
        if p.decision.is_empty() && p.idempotency.is_none() {
            return Ok(p.answer);
        }
        let event_ids = p.decision.events.iter().map(|_| app.id()).collect();
        let ends = ends_of(&p.decision, now);
        match app.tables.commit(Commit { decision: p.decision, event_ids, idempotency: p.idempotency, now, luck: app.chance.draw() }).await {
            Ok(()) => {
                ends.into_iter().for_each(|e| app.ended.know(e));
                return Ok(p.answer);
            }
            Err(CommitError::Refused(f)) if f.contains(&Failed::KeyUsed) => return Err(Failure::KeyUsed),
            Err(CommitError::Refused(f)) if f == [Failed::Exists] => return Err(Failure::Exists),
            Err(e) if worth_another_try(&e) && attempt + 1 < ATTEMPTS => {
                tracing::debug!(attempt, error = %e, "met another transaction");
                if let CommitError::Conflict { at } = &e
                    && attempt == CROWD
                {
                    widen(app, at, now).await;
                }
                pause_before(app, attempt).await;
                attempt += 1;
            }
            Err(e) => return Err(e.into()),
        }
    }
}
