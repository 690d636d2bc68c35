//! One decision, one transaction.

use std::{
    collections::{BTreeMap, HashSet},
    time::Duration,
};

use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
    types::{Delete, Put, ReturnConsumedCapacity, TransactWriteItem, Update},
};
use liandian_domain::{
    Decision, Write,
    decision::StockWrite,
    stock::{batch::Rebased, record::StockChange},
};
use liandian_types::{CampaignId, EventId, LocationId, MovementKind, SkuId, Timestamp};
use serde::{Deserialize, Serialize};

pub(crate) use crate::rows::orders::holds_key;
use crate::{
    db::{Item, Key, StoreError, Table, Tables, item, text},
    keys,
    meter::{self, Access},
    rows::{self, Expect, Row},
    stock::shards::Beside,
};

/// The most actions of one transaction.
const MAX_ACTIONS: usize = 100;

/// How long a key gives the first success again.
pub const IDEMPOTENCY_DAYS: i64 = 7;

/// How long a till's receipt is known, and a count remembered for those that come late.
pub const POS_KNOWN_FOR: i64 = 400 * Timestamp::DAY;

/// The first success under an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Idempotency {
    /// Who asked.
    pub who: String,
    /// The client's key.
    pub key: String,
    /// Digest of the body that it came with.
    pub digest: String,
    /// What was answered, as JSON text.
    pub answer: String,
    /// When it is forgotten, in seconds.
    pub ttl: i64,
}

impl Idempotency {
    pub(crate) fn key(who: &str, key: &str) -> Key {
        Key::cell(keys::record("IDEM", &format!("{who}#{key}")), "IDEM")
    }

    fn row(&self, now: Timestamp) -> Result<Row, StoreError> {
        let item = item(self, &Self::key(&self.who, &self.key), [])?;
        Ok(Row { table: Table::Cell, item, expect: Expect::Expired(now), means: Failed::KeyUsed })
    }
}

/// A decision with what the transaction needs beside it.
#[derive(Debug)]
pub struct Commit {
    /// What to write.
    pub decision: Decision,
    /// An id for each of the decision's events, in order.
    pub event_ids: Vec<EventId>,
    /// The record of the first success, for routes with an idempotency key.
    pub idempotency: Option<Idempotency>,
    /// When it became true.
    pub now: Timestamp,
    /// Which of the rows of a split record are chosen.
    pub luck: u64,
}

/// Why one item was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failed {
    /// A promise found too little free stock.
    Stock(LocationId, SkuId),
    /// The aggregate has moved on since it was read.
    Stale,
    /// The item exists already.
    Exists,
    /// The idempotency key has been used.
    KeyUsed,
    /// A campaign has applied as often as it may, or has cost what it may.
    UsedUp(CampaignId),
}

/// A transaction that did not happen.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Conditions that did not hold.
    #[error("refused: {0:?}")]
    Refused(Vec<Failed>),
    /// It met another transaction; try again.
    #[error("met another transaction")]
    Conflict {
        /// On which stock records, where they are known.
        at: Vec<(LocationId, SkuId)>,
    },
    /// The engine.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a refused condition of an item means.
pub(crate) struct Action {
    pub(crate) write: TransactWriteItem,
    pub(crate) means: Failed,
}

impl Tables {
    /// Writes a decision, whole or not at all.
    ///
    /// # Errors
    /// [`CommitError::Refused`] naming what did not hold; [`CommitError::Conflict`] when it met another transaction (the SDK
    /// does not retry that, and neither does this: the caller reads again first).
    pub async fn commit(&self, c: Commit) -> Result<(), CommitError> {
        let Merged { changes: stock, batches, sold } = Merged::of(&c.decision.writes);
        let mut rows = Vec::new();
        for w in &c.decision.writes {
            rows.extend(rows::of(w, c.now)?);
        }
        let mut entries = Vec::with_capacity(c.decision.events.len());
        for ((aggregate, event), id) in c.decision.events.iter().zip(&c.event_ids) {
            entries.push(rows::event(aggregate, event, id, c.now)?);
        }
        let kept = Box::pin(self.link(&mut rows, &mut entries)).await?;
        rows.extend(entries);
        if let Some(record) = &c.idempotency {
            rows.push(record.row(c.now)?);
        }
        let mut actions = self.actions(rows)?;
        for (done, (record, change)) in stock.iter().enumerate() {
            // What is left of a transaction's hundred actions, but for one for each record that follows.
            let most = MAX_ACTIONS.saturating_sub(actions.len() + stock.len() - done - 1);
            self.make_room(change, batches.contains_key(record) || change.safety != 0, most).await?;
            let beside = Beside { batches: batches.get(record).copied(), sold_at: sold.contains(record).then_some(c.now) };
            actions.extend(self.stock_updates(change, beside, most, c.luck)?);
        }
        let mut outcome = self.transact(actions).await;
        if let Err(CommitError::Conflict { at }) = &mut outcome {
            // More rows help those who take, not those who give back.
            at.retain(|record| stock.get(record).is_some_and(|c| c.needs_free.is_some()));
        }
        if let Err(CommitError::Refused(failed)) = &outcome {
            for f in failed {
                // A fact never looked: it does now, and finds the rows next time.
                if let Failed::Stock(location, sku) = f
                    && stock.get(&(location.clone(), sku.clone())).is_some_and(|c| c.needs_free.is_none())
                {
                    self.look_at_rows(location, sku).await?;
                }
            }
        }
        if outcome.is_ok() {
            self.caches.ends.wrote(kept);
            self.forget_written(&c.decision.writes).await;
        } else {
            self.caches.ends.forget(&kept);
        }
        outcome
    }

    /// Rows as parts of a transaction.
    pub(crate) fn actions(&self, rows: impl IntoIterator<Item = Row>) -> Result<Vec<Action>, StoreError> {
        rows.into_iter()
            .map(|row| {
                let (table, means) = (self.table(row.table), row.means.clone());
                Ok(Action { write: row.write(table)?, means })
            })
            .collect()
    }

    /// Creates all of these items of the cell table, or none; false when one exists.
    pub(crate) async fn create_all(&self, items: impl IntoIterator<Item = Item>) -> Result<bool, StoreError> {
        self.write_rows(items.into_iter().map(|i| Row::create(Table::Cell, i)).collect()).await
    }

    /// Takes all of these items away; what is gone already is gone.
    pub(crate) async fn delete_all(&self, keys: impl IntoIterator<Item = Key>) -> Result<bool, StoreError> {
        self.write_rows(keys.into_iter().map(|key| Row::gone(&key)).collect()).await
    }

    /// Writes rows, all or none, outside of a decision. Tries again when it meets another transaction; false when one is not as was expected.
    pub(crate) async fn write_rows(&self, rows: Vec<Row>) -> Result<bool, StoreError> {
        for attempt in 0.. {
            match self.transact(self.actions(rows.iter().cloned())?).await {
                Ok(()) => return Ok(true),
                Err(CommitError::Refused(_)) => return Ok(false),
                Err(CommitError::Conflict { .. }) if attempt < 6 => tokio::time::sleep(pause(attempt, 0.5)).await,
                Err(CommitError::Conflict { .. }) => break,
                Err(CommitError::Store(e)) => return Err(e),
            }
        }
        Err(StoreError::Engine("met other transactions again and again".into()))
    }

    /// Does this write go to the HQ table?
    fn is_hq(&self, w: &TransactWriteItem) -> bool {
        let hq = self.table(Table::Hq);
        w.put().is_some_and(|p| p.table_name() == hq)
            || w.update().is_some_and(|u| u.table_name() == hq)
            || w.delete().is_some_and(|d| d.table_name() == hq)
    }

    pub(crate) async fn transact(&self, actions: Vec<Action>) -> Result<(), CommitError> {
        if actions.is_empty() {
            return Ok(());
        }
        let (writes, means): (Vec<_>, Vec<_>) = actions.into_iter().map(|a| (a.write, a.means)).unzip();
        let tables: std::collections::BTreeSet<bool> = writes.iter().map(|w| self.is_hq(w)).collect();
        for w in &writes {
            meter::partition(if self.is_hq(w) { Table::Hq } else { Table::Cell }, &partition_of(w));
        }
        let under_way = meter::begin(tables.into_iter().map(|hq| (if hq { Table::Hq } else { Table::Cell }, Access::Write)));
        let answer =
            self.db.transact_write_items().set_transact_items(Some(writes)).return_consumed_capacity(ReturnConsumedCapacity::Total).send().await;
        drop(under_way);
        match answer {
            Ok(a) => {
                meter::wrote(a.consumed_capacity());
                Ok(())
            }
            Err(e) => Err(refusal(e, &means)),
        }
    }
}

/// Partition of what a part of a transaction writes.
fn partition_of(w: &TransactWriteItem) -> String {
    let item = w.put().map(Put::item);
    let key = item.or(w.update().map(Update::key)).or(w.delete().map(Delete::key));
    key.and_then(|k| text(k, "pk")).unwrap_or_default()
}

fn refusal<R: std::fmt::Debug + Send + Sync + 'static>(e: SdkError<TransactWriteItemsError, R>, means: &[Failed]) -> CommitError {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) = e.as_service_error() else {
        return match e.as_service_error().and_then(ProvideErrorMetadata::code) {
            Some("TransactionInProgressException" | "TransactionConflictException") => CommitError::Conflict { at: Vec::new() },
            _ => CommitError::Store(StoreError::engine(e)),
        };
    };
    let codes: Vec<&str> = cancelled.cancellation_reasons().iter().map(|r| r.code().unwrap_or("None")).collect();
    let failed: Vec<Failed> = codes.iter().zip(means).filter(|(c, _)| **c == "ConditionalCheckFailed").map(|(_, m)| m.clone()).collect();
    if !failed.is_empty() {
        return CommitError::Refused(failed);
    }
    let met = |c: &str| matches!(c, "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded");
    if codes.iter().any(|c| met(c)) {
        let records = codes.iter().zip(means).filter_map(|(c, m)| match m {
            Failed::Stock(l, s) if met(c) => Some((l.clone(), s.clone())),
            _ => None,
        });
        return CommitError::Conflict { at: records.collect() };
    }
    CommitError::Store(StoreError::Engine(format!("transaction cancelled: {codes:?}")))
}

pub(crate) fn build(e: aws_sdk_dynamodb::error::BuildError) -> StoreError {
    StoreError::Engine(e.to_string())
}

/// What a decision changes of stock records, each record once: a transaction touches an item once.
struct Merged<'a> {
    changes: BTreeMap<(LocationId, SkuId), StockChange>,
    batches: BTreeMap<(LocationId, SkuId), &'a Rebased>,
    sold: HashSet<(LocationId, SkuId)>,
}

impl<'a> Merged<'a> {
    fn of(writes: &'a [Write]) -> Self {
        let (mut changes, mut batches, mut sold) = (BTreeMap::new(), BTreeMap::new(), HashSet::new());
        for w in writes {
            match w {
                Write::Stock(StockWrite::Counters(change)) => merge(&mut changes, change),
                Write::Stock(StockWrite::Batches(rebased)) => {
                    batches.insert((rebased.location.clone(), rebased.sku.clone()), &**rebased);
                    merge(&mut changes, &StockChange::none(&rebased.location, &rebased.sku));
                }
                Write::Stock(StockWrite::Movement(m)) if matches!(m.kind, MovementKind::Sale | MovementKind::PosSale) => {
                    sold.extend(m.lines.iter().map(|l| (m.location.clone(), l.sku.clone())));
                }
                _ => {}
            }
        }
        Self { changes, batches, sold }
    }
}

fn merge(all: &mut BTreeMap<(LocationId, SkuId), StockChange>, c: &StockChange) {
    match all.get_mut(&(c.location.clone(), c.sku.clone())) {
        None => {
            all.insert((c.location.clone(), c.sku.clone()), c.clone());
        }
        Some(m) => {
            m.on_hand += c.on_hand;
            m.reserved += c.reserved;
            m.incoming += c.incoming;
            m.safety += c.safety;
            m.seen_safety = m.seen_safety.or(c.seen_safety);
            m.stays_free = m.stays_free.max(c.stays_free);
            m.needs_free = match (m.needs_free, c.needs_free) {
                (None, None) => None,
                (a, b) => Some(a.unwrap_or(0) + b.unwrap_or(0)),
            };
        }
    }
}

/// How long to wait before the `attempt`-th retry (from 0) of a commit that met another one: 1.25 to 5 ms, twice that at each further one, up to 80 to
/// 320 ms; with the caller's randomness (`jitter` in 0..1) so that the same two do not meet again.
#[must_use]
pub fn pause(attempt: u32, jitter: f64) -> Duration {
    let shortest = Duration::from_micros(1_250) * (1 << attempt.min(6));
    shortest.mul_f64(1.0 + 3.0 * jitter.clamp(0.0, 1.0))
}

/// True when nothing else than "has moved on" or "met another" speaks against trying again with fresh reads.
#[must_use]
pub fn worth_another_try(e: &CommitError) -> bool {
    match e {
        CommitError::Conflict { .. } => true,
        CommitError::Refused(f) => {
            let unique: HashSet<_> = f.iter().map(std::mem::discriminant).collect();
            unique.contains(&std::mem::discriminant(&Failed::Stale)) || f.iter().any(|f| matches!(f, Failed::Stock(..) | Failed::UsedUp(_)))
        }
        CommitError::Store(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_attempts_when_they_met_others_then_they_wait_as_long_as_is_said() {
        let waits = |attempt, jitter| pause(attempt, jitter).as_micros();
        assert_eq!([waits(0, 0.0), waits(0, 1.0), waits(0, 0.5)], [1_250, 5_000, 3_125]);
        assert_eq!([waits(1, 0.0), waits(3, 1.0)], [2_500, 40_000]);
        assert_eq!([waits(6, 0.0), waits(6, 1.0), waits(60, 1.0)], [80_000, 320_000, 320_000], "and no longer");
        assert_eq!([waits(0, -1.0), waits(0, 7.0)], [1_250, 5_000]);
    }
}
