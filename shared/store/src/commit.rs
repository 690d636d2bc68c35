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
use liandian_contracts::{Envelope, Event};
use liandian_domain::{
    Decision, Write,
    decision::Aggregate,
    orders::{delivery::Delivery, holds::Holds, order::OrderHead},
    payments::{extra::ExtraPayment, refund::PartRefund},
    settlement::Posting,
    stock::{batch::Settled, claim::Claim, count::Count, record::StockChange},
    transfers::{DayAsks, Transfer},
};
use liandian_types::{EventId, LocationId, MemberId, MovementKind, OrderState, SkuId, Timestamp, TransferState};
use serde::{Deserialize, Serialize};

use crate::{
    db::{Item, Key, StoreError, Table, Tables, due_attributes, item, n, s, text},
    keys,
    meter::{self, Access},
    stock::{
        claims::{alone_item, claim_item},
        counts::{count_item, line_item},
        records::{expiry_item, note_key},
        shards::Beside,
    },
};

/// The most actions of one transaction.
const MAX_ACTIONS: usize = 100;

/// How long a key gives the first success again.
pub const IDEMPOTENCY_DAYS: i64 = 7;

/// How long a till's receipt is known, and a count remembered for those that come late.
pub const POS_KNOWN_FOR: i64 = 400 * Timestamp::DAY;

/// How long what a member's unpaid orders hold is known: longer than any of them waits for its end.
const HOLDS_KNOWN_FOR: i64 = 7 * Timestamp::DAY;

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
    pub(crate) fn row(who: &str, key: &str) -> Key {
        Key::cell(keys::record("IDEM", &format!("{who}#{key}")), "IDEM")
    }
}

/// The row that says what a member's unpaid orders hold.
pub(crate) fn holds_key(m: &MemberId) -> Key {
    Key::cell(keys::member(m), keys::HOLDS)
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
        let mut actions = Vec::new();
        let mut stock: BTreeMap<(LocationId, SkuId), StockChange> = BTreeMap::new();
        let mut batches: BTreeMap<(LocationId, SkuId), &Settled> = BTreeMap::new();
        let mut sold: HashSet<(LocationId, SkuId)> = HashSet::new();
        for w in &c.decision.writes {
            match w {
                Write::CreateOrder(head, body) => {
                    // Its id is made of its client's key: it is there when the key was used.
                    actions.push(Action { means: Failed::KeyUsed, ..self.create(Table::Cell, order_item(head)?)? });
                    let key = Key::cell(keys::order(&body.order), keys::BODY);
                    actions.push(self.create(Table::Cell, item(body, &key, [])?)?);
                }
                Write::UpdateOrder(head) => {
                    let next = OrderHead { version: head.version + 1, ..(**head).clone() };
                    actions.push(self.replace(order_item(&next)?, head.version)?);
                }
                Write::ReplaceBody(body) => {
                    let row = item(&**body, &Key::cell(keys::order(&body.order), keys::BODY), [])?;
                    let put = Put::builder().table_name(self.table(Table::Cell)).set_item(Some(row)).build().map_err(build)?;
                    actions.push(Action { write: TransactWriteItem::builder().put(put).build(), means: Failed::Stale });
                }
                Write::CreateTransfer(t) => actions.push(self.create(Table::Cell, transfer_item(t)?)?),
                Write::UpdateTransfer(t) => {
                    let next = Transfer { version: t.version + 1, ..(**t).clone() };
                    actions.push(self.replace(transfer_item(&next)?, t.version)?);
                }
                Write::CreateDelivery(d) => actions.push(self.create(Table::Cell, delivery_item(d)?)?),
                Write::UpdateDelivery(d) => {
                    let next = Delivery { version: d.version + 1, ..(**d).clone() };
                    actions.push(self.replace(delivery_item(&next)?, d.version)?);
                }
                Write::CreateExtraPayment(x) => actions.push(self.create(Table::Cell, extra_item(x)?)?),
                Write::UpdateExtraPayment(x) => {
                    let next = ExtraPayment { version: x.version + 1, ..(**x).clone() };
                    actions.push(self.replace(extra_item(&next)?, x.version)?);
                }
                Write::CreatePartRefund(p) => actions.push(self.create(Table::Cell, part_refund_item(p)?)?),
                Write::UpdatePartRefund(p) => {
                    let next = PartRefund { version: p.version + 1, ..(**p).clone() };
                    actions.push(self.replace(part_refund_item(&next)?, p.version)?);
                }
                Write::Stock(change) => merge(&mut stock, change),
                Write::Batches(settled) => {
                    batches.insert((settled.location.clone(), settled.sku.clone()), &**settled);
                    merge(&mut stock, &StockChange::none(&settled.location, &settled.sku));
                    actions.push(self.expiry(settled)?);
                }
                Write::Movement(m) => {
                    if matches!(m.kind, MovementKind::Sale | MovementKind::PosSale) {
                        sold.extend(m.lines.iter().map(|l| (m.location.clone(), l.sku.clone())));
                    }
                    let key = Key::cell(keys::stock(&m.location), keys::movement(&m.movement));
                    actions.push(self.create(Table::Cell, item(&**m, &key, [])?)?);
                }
                Write::DeliveryNote(note) => {
                    let row = item(&**note, &note_key(&note.location, &note.key), [])?;
                    // Received by somebody else meanwhile: looked at again, and asked about.
                    actions.push(match note.version.checked_sub(1) {
                        None => Action { means: Failed::Stale, ..self.create(Table::Cell, row)? },
                        Some(read) => self.replace(row, read)?,
                    });
                }
                Write::CreateCount(c) => actions.push(self.create(Table::Cell, count_item(c)?)?),
                Write::UpdateCount(c) => {
                    let next = Count { version: c.version + 1, ..(**c).clone() };
                    actions.push(self.replace(count_item(&next)?, c.version)?);
                }
                Write::PutCountLine(l) => {
                    let put = Put::builder().table_name(self.table(Table::Cell)).set_item(Some(line_item(l)?)).build().map_err(build)?;
                    actions.push(Action { write: TransactWriteItem::builder().put(put).build(), means: Failed::Stale });
                }
                Write::BeginCounting(l, c) => {
                    let key = Key::cell(keys::stock(l), keys::COUNTING);
                    let row: Item = [("pk", key.pk), ("sk", key.sk), ("count", c.to_string())].map(|(k, v)| (k.to_owned(), s(v))).into();
                    actions.push(self.create(Table::Cell, row)?);
                }
                Write::EndCounting(l) => {
                    let delete =
                        Delete::builder().table_name(self.table(Table::Cell)).key("pk", s(keys::stock(l))).key("sk", s(keys::COUNTING)).build();
                    let write = TransactWriteItem::builder().delete(delete.map_err(build)?).build();
                    actions.push(Action { write, means: Failed::Stale });
                }
                Write::Counted(l, c, at) => {
                    let key = Key::cell(keys::stock(l), keys::counted(*at, c));
                    let mut row: Item = [("pk", key.pk), ("sk", key.sk), ("count", c.to_string())].map(|(k, v)| (k.to_owned(), s(v))).into();
                    row.insert("ttl".into(), n(at.plus(POS_KNOWN_FOR).seconds()));
                    actions.push(self.create(Table::Cell, row)?);
                }
                Write::CreateClaim(c) => actions.push(self.create(Table::Cell, claim_item(c)?)?),
                Write::UpdateClaim(c) => {
                    let next = Claim { version: c.version + 1, ..(**c).clone() };
                    actions.push(self.replace(claim_item(&next)?, c.version)?);
                }
                Write::Alone(a) => {
                    let condition = if a.was.0 == 0 { "attribute_not_exists(pk) OR #value = :was" } else { "#value = :was" };
                    let put = Put::builder()
                        .table_name(self.table(Table::Cell))
                        .set_item(Some(alone_item(a, c.now)))
                        .condition_expression(condition)
                        .expression_attribute_names("#value", "value")
                        .expression_attribute_values(":was", n(a.was.0))
                        .build()
                        .map_err(build)?;
                    actions.push(Action { write: TransactWriteItem::builder().put(put).build(), means: Failed::Stale });
                }
                Write::Posting(p) => actions.extend(self.posting(p)?),
                Write::Holds(h) => {
                    let row = item(&Holds { version: h.version + 1, ..(**h).clone() }, &holds_key(&h.member), [])?;
                    actions.push(self.counted(row, h.version, c.now.plus(HOLDS_KNOWN_FOR))?);
                }
                Write::DayAsks(a) => {
                    let row = item(&DayAsks { version: a.version + 1, ..(**a).clone() }, &Key::cell(keys::asks(&a.store), &a.day), [])?;
                    actions.push(self.counted(row, a.version, c.now.plus(3 * Timestamp::DAY))?);
                }
            }
        }
        for ((aggregate, event), id) in c.decision.events.iter().zip(&c.event_ids) {
            actions.push(self.create(Table::Cell, event_item(aggregate, event, id, c.now)?)?);
        }
        if let Some(record) = &c.idempotency {
            let item = item(record, &Idempotency::row(&record.who, &record.key), [])?;
            // A record that outlived its time may lie about until the table's own clean-up takes it.
            let put = Put::builder()
                .table_name(self.table(Table::Cell))
                .set_item(Some(item))
                .condition_expression("attribute_not_exists(pk) OR #t < :now")
                .expression_attribute_names("#t", "ttl")
                .expression_attribute_values(":now", n(c.now.seconds()))
                .build()
                .map_err(build)?;
            actions.push(Action { write: TransactWriteItem::builder().put(put).build(), means: Failed::KeyUsed });
        }
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
        outcome
    }

    /// When the first batch of a record must leave the shelf.
    fn expiry(&self, settled: &Settled) -> Result<Action, StoreError> {
        let write = TransactWriteItem::builder();
        let write = match expiry_item(settled) {
            Some(row) => write.put(Put::builder().table_name(self.table(Table::Cell)).set_item(Some(row)).build().map_err(build)?),
            None => {
                let (pk, sk) = (s(keys::stock(&settled.location)), s(keys::expiry(&settled.sku)));
                write.delete(Delete::builder().table_name(self.table(Table::Cell)).key("pk", pk).key("sk", sk).build().map_err(build)?)
            }
        };
        Ok(Action { write: write.build(), means: Failed::Stale })
    }

    /// Creates all of these items of the cell table, or none; false when one exists.
    pub(crate) async fn create_all(&self, items: impl IntoIterator<Item = Item>) -> Result<bool, StoreError> {
        let items: Vec<Item> = items.into_iter().collect();
        self.settled(|| items.iter().map(|i| self.create(Table::Cell, i.clone())).collect()).await
    }

    /// Takes all of these items away; what is gone already is gone.
    pub(crate) async fn delete_all(&self, keys: impl IntoIterator<Item = Key>) -> Result<bool, StoreError> {
        let keys: Vec<Key> = keys.into_iter().collect();
        let delete = |key: &Key| {
            let delete = Delete::builder().table_name(self.table(key.table)).key("pk", s(&key.pk)).key("sk", s(&key.sk)).build().map_err(build)?;
            Ok(Action { write: TransactWriteItem::builder().delete(delete).build(), means: Failed::Stale })
        };
        self.settled(|| keys.iter().map(delete).collect()).await
    }

    /// Tries again when it meets another transaction; false when a condition does not hold.
    async fn settled(&self, actions: impl Fn() -> Result<Vec<Action>, StoreError>) -> Result<bool, StoreError> {
        for attempt in 0.. {
            match self.transact(actions()?).await {
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

    pub(crate) fn create(&self, table: Table, item: Item) -> Result<Action, StoreError> {
        let put = Put::builder()
            .table_name(self.table(table))
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .map_err(build)?;
        Ok(Action { write: TransactWriteItem::builder().put(put).build(), means: Failed::Exists })
    }

    fn replace(&self, item: Item, read: u64) -> Result<Action, StoreError> {
        let put = Put::builder()
            .table_name(self.table(Table::Cell))
            .set_item(Some(item))
            .condition_expression("version = :read")
            .expression_attribute_values(":read", n(read))
            .build()
            .map_err(build)?;
        Ok(Action { write: TransactWriteItem::builder().put(put).build(), means: Failed::Stale })
    }

    /// A row that counts and is forgotten after a time; refused when it is not the version that was read (0: there was none).
    fn counted(&self, mut row: Item, read: u64, until: Timestamp) -> Result<Action, StoreError> {
        row.insert("ttl".into(), n(until.seconds()));
        let action = if read == 0 { self.create(Table::Cell, row)? } else { self.replace(row, read)? };
        Ok(Action { means: Failed::Stale, ..action })
    }

    fn posting(&self, p: &Posting) -> Result<[Action; 2], StoreError> {
        let key = Key::cell(keys::ledger(&p.store), keys::posting(p.at, &p.order));
        let posting = self.create(Table::Cell, item(p, &key, [])?)?;
        let sums = Update::builder()
            .table_name(self.table(Table::Cell))
            .key("pk", s(keys::LEDGER_SUMS))
            .key("sk", s(keys::store(&p.store)))
            .update_expression("SET #store = :store ADD #orders :one, #gross :gross, #hq :hq, #stores :stores")
            .set_expression_attribute_names(Some(
                ["store", "orders", "gross", "hq", "stores"].map(|name| (format!("#{name}"), name.to_owned())).into(),
            ))
            .expression_attribute_values(":store", s(p.store.as_str()))
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":gross", n(p.gross().0))
            .expression_attribute_values(":hq", n(p.hq_share().0))
            .expression_attribute_values(":stores", n(p.store_share().0))
            .build()
            .map_err(build)?;
        Ok([posting, Action { write: TransactWriteItem::builder().update(sums).build(), means: Failed::Stale }])
    }

    /// Replaces a store's rows, unless its profile has been changed since this version was read; false then.
    pub(crate) async fn replace_store(&self, profile: Item, others: Vec<Item>, read: u64) -> Result<bool, StoreError> {
        let put = |item: &Item| Put::builder().table_name(self.table(Table::Hq)).set_item(Some(item.clone()));
        let action = |put: Put| Action { write: TransactWriteItem::builder().put(put).build(), means: Failed::Stale };
        let condition = if read == 0 { "attribute_exists(pk) AND (version = :read OR attribute_not_exists(version))" } else { "version = :read" };
        self.settled(|| {
            let first = put(&profile).condition_expression(condition).expression_attribute_values(":read", n(read)).build().map_err(build)?;
            let rest = others.iter().map(|i| Ok(action(put(i).build().map_err(build)?)));
            std::iter::once(Ok(action(first))).chain(rest).collect()
        })
        .await
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

fn order_item(head: &OrderHead) -> Result<Item, StoreError> {
    let key = Key::cell(keys::order(&head.order), keys::HEAD);
    let at = keys::timed(head.placed_at, &head.order);
    let under_way = head.parcel.is_some() && head.state == OrderState::Delivering;
    let worked_on = if under_way { keys::shipped(head.served_by()) } else { keys::store_orders(head.served_by(), head.state) };
    let mut extra = vec![("gsi1pk", worked_on), ("gsi1sk", at.clone()), ("gsi2pk", keys::member_orders(&head.member)), ("gsi2sk", at)];
    extra.extend(due_attributes(head.due, &key));
    item(head, &key, extra)
}

fn transfer_item(t: &Transfer) -> Result<Item, StoreError> {
    let key = Key::cell(keys::transfer(&t.transfer), keys::HEAD);
    let mut extra = Vec::new();
    if t.was_asked() {
        let at = keys::task(t);
        extra.push(("gsi1pk", keys::outgoing(&t.source_keeper, t.is_over())));
        extra.push(("gsi1sk", at.clone()));
        extra.push(("gsi2pk", keys::incoming(&t.target_keeper, t.is_over())));
        extra.push(("gsi2sk", at));
    } else if t.state == TransferState::Reserved {
        extra.push(("gsi1pk", keys::held_by_unpaid(&t.source_keeper)));
        extra.push(("gsi1sk", keys::timed(t.created_at, &t.transfer)));
    }
    extra.extend(due_attributes(t.due, &key));
    item(t, &key, extra)
}

fn delivery_item(d: &Delivery) -> Result<Item, StoreError> {
    let key = Key::cell(keys::order(&d.order), keys::delivery(d.attempt));
    let mut extra = due_attributes(d.due, &key);
    if let Some(t) = &d.trouble {
        extra.push(("gsi1pk", keys::TROUBLED.to_owned()));
        extra.push(("gsi1sk", keys::timed(t.since, &d.delivery)));
    }
    item(d, &key, extra)
}

fn extra_item(x: &ExtraPayment) -> Result<Item, StoreError> {
    let key = Key::cell(keys::order(&x.order), keys::extra(&x.transaction));
    let mut extra = vec![("gsi1pk", keys::EXTRAS.to_owned()), ("gsi1sk", keys::timed(x.told_at, &x.transaction))];
    extra.extend(due_attributes(x.due, &key));
    item(x, &key, extra)
}

fn part_refund_item(p: &PartRefund) -> Result<Item, StoreError> {
    let key = Key::cell(keys::order(&p.order), keys::back(p.number));
    let extra = due_attributes(p.due, &key);
    item(p, &key, extra)
}

fn event_item(aggregate: &Aggregate, event: &Event, id: &EventId, at: Timestamp) -> Result<Item, StoreError> {
    let pk = match aggregate {
        Aggregate::Order(o) => keys::order(o),
        Aggregate::Transfer(t) => keys::transfer(t),
        Aggregate::Claim(c) => keys::claim(c),
    };
    let key = Key::cell(pk, format!("{}{id}", keys::EVENT));
    item(&Envelope { v: 1, id: id.clone(), at, event: event.clone() }, &key, [])
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
            unique.contains(&std::mem::discriminant(&Failed::Stale)) || f.iter().any(|f| matches!(f, Failed::Stock(..)))
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
