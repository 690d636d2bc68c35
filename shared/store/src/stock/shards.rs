//! A stock record that many buy from at once, spread over several rows.
//!
//! Under contention on one item DynamoDB cancels transactions instead of queueing them, so one row sells a few dozen units a second. A record
//! may therefore be split into shards: the record's own row says how many `shards` it has, and each shard is a row with counters of its own, in a
//! partition of its own. The record is the **sum** of its rows, and nothing else. A promise is a conditional update of rows that have enough
//! free, so the last unit is sold once. What gives units back or moves them goes to the record's own row, so no document needs to know from
//! which row its units came.
//!
//! Readers see sums (`Tables::batch_get` adds them up). A record is split, rebalanced and folded back into one row while it sells.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem, Update};
use liandian_domain::stock::{batch::Rebased, record::StockChange};
use liandian_types::{LocationId, SkuId, Timestamp};

use crate::{
    commit::{Action, CommitError, Failed, build, pause},
    db::{Item, Key, StoreError, Table, Tables, due_attributes, n, s, text},
    keys,
    stock::records::{StockItem, batches_value, stock_key},
};

/// The most shards that a record may have.
pub const MAX_SHARDS: u16 = 64;
/// How long a record that was split because of contention stays split.
pub const SPLIT_FOR: i64 = 30 * Timestamp::MINUTE;
/// The counters of a row.
const COUNTERS: [&str; 4] = ["on_hand", "reserved", "incoming", "free"];
/// When units of a row were last sold.
const SOLD_AT: &str = "sold_at";
/// How often a read that raced a rebalance is retried.
const TORN: u32 = 8;
/// How often a step of splitting or folding is retried under contention before it is left for later.
const TRIES: u32 = 24;

type Record = (LocationId, SkuId);

/// What the rows of split records had free when this process last read them: the record's own row first. A cache for choosing rows, never for
/// deciding: whether there is enough is a condition of the transaction.
#[derive(Default)]
pub(crate) struct Layouts(Mutex<HashMap<Record, Arc<[i64]>>>);

impl Layouts {
    fn note(&self, record: Record, free: Option<Vec<i64>>) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match free {
            Some(free) => drop(held.insert(record, free.into())),
            None => drop(held.remove(&record)),
        }
    }

    pub(crate) fn get(&self, record: &Record) -> Option<Arc<[i64]>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(record).cloned()
    }
}

fn number(item: &Item, name: &str) -> i64 {
    item.get(name).and_then(|v| v.as_n().ok()).and_then(|v| v.parse().ok()).unwrap_or(0)
}

/// What is written to a record's row beside its counters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Beside<'a> {
    /// Its batches, re-based.
    pub(crate) batches: Option<&'a Rebased>,
    /// When units of it are sold.
    pub(crate) sold_at: Option<Timestamp>,
}

/// The version of how units are spread over the rows: changes with every rebalance, and with nothing else.
fn layout_of(item: &Item) -> (i64, i64) {
    (number(item, "shards"), number(item, "moves"))
}

fn shards_of(item: &Item) -> u16 {
    u16::try_from(number(item, "shards")).unwrap_or(0).min(MAX_SHARDS)
}

/// From which rows `need` units are taken: from one that has them all, chosen by `luck`, else from as few as possible, the fullest
/// first. `None` when all of them together have too little, or when it would take more than `most` rows.
#[must_use]
pub fn allot(free: &[i64], need: i64, most: usize, luck: u64) -> Option<Vec<(usize, i64)>> {
    // The record's own row is busy with all that only one row can do: it comes last.
    let whole: Vec<usize> = (1..free.len()).filter(|r| free[*r] >= need).collect();
    if let Some(r) = usize::try_from(luck).ok().and_then(|l| whole.get(l.checked_rem(whole.len())?)) {
        return Some(vec![(*r, need)]);
    }
    if free.first().is_some_and(|f| *f >= need) {
        return Some(vec![(0, need)]);
    }
    let mut rows: Vec<usize> = (0..free.len()).filter(|r| free[*r] > 0).collect();
    rows.sort_by_key(|r| std::cmp::Reverse(free[*r]));
    let (mut left, mut parts) = (need, Vec::new());
    for r in rows {
        let part = free[r].min(left);
        parts.push((r, part));
        left -= part;
        if left == 0 {
            return (parts.len() <= most).then_some(parts);
        }
    }
    None
}

/// Units that a promise or a fact takes from what is free, if it is nothing else than that.
fn takes(c: &StockChange) -> Option<i64> {
    let takes = c.reserved + c.safety - c.on_hand;
    let one = [c.on_hand, c.reserved, c.safety].iter().filter(|n| **n != 0).count() == 1;
    let simple = takes > 0 && one && c.incoming == 0 && c.needs_free.is_none_or(|need| need == takes);
    simple.then_some(takes)
}

/// Equal shares of `units` for `rows` rows; the first ones have the odd units.
fn shares(units: i64, rows: u16) -> Vec<i64> {
    let rows = i64::from(rows);
    (0..rows).map(|r| units / rows + i64::from(r < units % rows)).collect()
}

impl Tables {
    /// Adds to every split stock record among `items` what its shards hold: one more wave of reads, when there is one. Units move between rows at
    /// any time; a consistent read that raced such a move is retried.
    pub(crate) async fn whole(&self, items: &mut [Item], strong: bool) -> Result<(), StoreError> {
        let mut split: Vec<(usize, Record)> = Vec::new();
        for (i, item) in items.iter().enumerate() {
            let Some(record) = record_of(item) else { continue };
            match shards_of(item) {
                0 => self.layouts.note(record, None),
                _ => split.push((i, record)),
            }
        }
        for attempt in 0.. {
            if split.is_empty() {
                return Ok(());
            }
            let rows_of = |(i, (l, s)): &(usize, Record)| (1..=shards_of(&items[*i])).map(|no| shard_key(l, s, no)).collect::<Vec<_>>();
            let keys: Vec<Key> = split.iter().flat_map(rows_of).collect();
            let mut rows = self.batch_get_rows(&keys, strong).await?.into_iter();
            let shards: Vec<Vec<Option<Item>>> =
                split.iter().map(|(i, _)| rows.by_ref().take(usize::from(shards_of(&items[*i]))).collect()).collect();
            // Were the rows of a record rebalanced between the two reads?
            let own: Vec<Key> = if strong { split.iter().map(|(_, (l, s))| stock_key(l, s)).collect() } else { Vec::new() };
            let after = self.batch_get_rows(&own, true).await?;
            let mut crossed = Vec::new();
            for (at, (i, record)) in std::mem::take(&mut split).into_iter().enumerate() {
                let fresh = after.get(at).cloned().flatten().filter(|fresh| attempt < TORN && layout_of(fresh) != layout_of(&items[i]));
                if let Some(fresh) = fresh {
                    items[i] = fresh;
                    match shards_of(&items[i]) {
                        0 => self.layouts.note(record, None),
                        _ => crossed.push((i, record)),
                    }
                    continue;
                }
                let item = &mut items[i];
                let mut free = vec![number(item, "free")];
                for row in &shards[at] {
                    free.push(row.as_ref().map_or(0, |r| number(r, "free")));
                    for name in COUNTERS {
                        let sum = number(item, name) + row.as_ref().map_or(0, |r| number(r, name));
                        item.insert(name.to_owned(), n(sum));
                    }
                    if let Some(at) = row.as_ref().map(|r| number(r, SOLD_AT)).filter(|at| *at > number(item, SOLD_AT)) {
                        item.insert(SOLD_AT.to_owned(), n(at));
                    }
                }
                self.layouts.note(record, Some(free));
            }
            split = crossed;
        }
        Ok(())
    }

    /// The updates that a change of a record becomes, one for each row that it touches. `most` is how many it may be.
    /// Batches lie in the record's own row.
    pub(crate) fn stock_updates(&self, c: &StockChange, beside: Beside<'_>, most: usize, luck: u64) -> Result<Vec<Action>, StoreError> {
        let free = self.layouts.get(&(c.location.clone(), c.sku.clone()));
        // Re-basing batches has its condition on the record's own row, and `safety` is written there: such a change goes there as a whole.
        let Some(parts) =
            free.filter(|_| beside.batches.is_none() && c.safety == 0).zip(takes(c)).and_then(|(free, takes)| allot(&free, takes, most, luck))
        else {
            return Ok(self.stock_update(c, beside, 0)?.into_iter().collect());
        };
        let mut all = Vec::with_capacity(parts.len());
        // Units that must stay free beside it may lie in any of the rows, which one row's condition cannot see: for a split record the snapshot
        // decides.
        for (row, part) in parts {
            let sign = |n: i64| if n == 0 { 0 } else { n.signum() * part };
            let part = StockChange { on_hand: sign(c.on_hand), reserved: sign(c.reserved), needs_free: Some(part), stays_free: 0, ..c.clone() };
            all.extend(self.stock_update(&part, beside, row)?);
        }
        Ok(all)
    }

    /// A change of one row of a record.
    fn stock_update(&self, c: &StockChange, beside: Beside<'_>, row: usize) -> Result<Option<Action>, StoreError> {
        let batches = beside.batches;
        let free = c.on_hand - c.reserved - c.safety;
        let parts: Vec<(&str, i64)> =
            [("on_hand", c.on_hand), ("reserved", c.reserved), ("incoming", c.incoming), ("safety", c.safety), ("free", free)]
                .into_iter()
                .filter(|(_, v)| *v != 0)
                .collect();
        if parts.is_empty() && batches.is_none() {
            return Ok(None);
        }
        // Behind `#`, for `free` is a word of the expression language.
        let adds = parts.iter().map(|(name, _)| format!("#{name} :{name}")).collect::<Vec<_>>().join(", ");
        let mut u =
            Update::builder().table_name(self.table(Table::Cell)).key("pk", s(keys::stock_row(&c.location, row))).key("sk", s(keys::sku(&c.sku)));
        let (mut does, mut conditions) = (Vec::new(), Vec::new());
        let mut sets = Vec::new();
        if let Some(at) = beside.sold_at {
            sets.push(format!("{SOLD_AT} = :sold_at"));
            u = u.expression_attribute_values(":sold_at", n(at.0));
        }
        if let Some(b) = batches {
            sets.push("batches = :batches, batch_version = :next_version".to_owned());
            if b.lapsed.is_empty() {
                does.push("REMOVE lapsed".to_owned());
            } else {
                sets.push("lapsed = :lapsed".to_owned());
            }
            if !b.lapsed.is_empty() {
                u = u.expression_attribute_values(":lapsed", batches_value(&b.lapsed)?);
            }
            u = u.expression_attribute_values(":batches", batches_value(&b.batches)?).expression_attribute_values(":next_version", n(b.version + 1));
            if b.version == 0 {
                conditions.push("attribute_not_exists(batch_version)");
            } else {
                conditions.push("batch_version = :version");
                u = u.expression_attribute_values(":version", n(b.version));
            }
            // Units sold since the snapshot came from its batches, so `on_hand` must not have moved. The own row of a split record also changes
            // by rebalancing: there the version alone decides.
            conditions.push(match b.seen {
                0 => "(shards > :zero OR on_hand = :seen OR attribute_not_exists(on_hand))",
                _ => "(shards > :zero OR on_hand = :seen)",
            });
            u = u.expression_attribute_values(":seen", n(b.seen)).expression_attribute_values(":zero", n(0));
        }
        if !sets.is_empty() {
            does.push(format!("SET {}", sets.join(", ")));
        }
        if !parts.is_empty() {
            does.push(format!("ADD {adds}"));
        }
        u = u.update_expression(does.join(" "));
        for (name, v) in parts {
            u = u.expression_attribute_names(format!("#{name}"), name).expression_attribute_values(format!(":{name}"), n(v));
        }
        if let Some(seen) = c.seen_safety {
            conditions.push(if seen == 0 { "(attribute_not_exists(#safety) OR #safety = :seen_safety)" } else { "#safety = :seen_safety" });
            u = u.expression_attribute_names("#safety", "safety").expression_attribute_values(":seen_safety", n(seen));
        }
        // A fact is never refused. But of a split record it must take what is free in other rows before those sell it.
        let (condition, need) = match c.needs_free {
            Some(need) => ("#free >= :need", need + c.stays_free),
            None if free < 0 => ("(attribute_not_exists(shards) OR shards = :none OR #free >= :need)", -free),
            None => ("", 0),
        };
        if !condition.is_empty() {
            conditions.push(condition);
            u = u.expression_attribute_names("#free", "free").expression_attribute_values(":need", n(need));
            if c.needs_free.is_none() {
                u = u.expression_attribute_values(":none", n(0));
            }
        }
        if !conditions.is_empty() {
            u = u.condition_expression(conditions.join(" AND "));
        }
        Ok(Some(Action {
            write: TransactWriteItem::builder().update(u.build().map_err(build)?).build(),
            means: Failed::Stock(c.location.clone(), c.sku.clone()),
        }))
    }

    /// Before a transaction: when the cached rows of a split record cannot cover a change, the rows are read again; when they still cannot, the
    /// record is folded. Then either a fact takes more than there is, and shards are of no use, or what is left is spread over more rows than the
    /// transaction has room for. A record whose units must come from its `own_row` is folded as well.
    pub(crate) async fn make_room(&self, c: &StockChange, own_row: bool, most: usize) -> Result<(), CommitError> {
        let record = (c.location.clone(), c.sku.clone());
        let Some(takes) = takes(c) else { return Ok(()) };
        if own_row && self.layouts.get(&record).is_some() {
            return self.fold(&c.location, &c.sku).await;
        }
        let fits = || self.layouts.get(&record).map(|free| (allot(&free, takes, most, 0).is_some(), free.iter().sum::<i64>() >= takes));
        if fits().is_none_or(|(fits, _)| fits) {
            return Ok(());
        }
        self.look_at_rows(&c.location, &c.sku).await?;
        match fits() {
            Some((false, enough)) if enough || c.needs_free.is_none() => self.fold(&c.location, &c.sku).await,
            _ => Ok(()),
        }
    }

    /// The record as it is now; the cache of its rows is refreshed.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn look_at_rows(&self, location: &LocationId, sku: &SkuId) -> Result<(), StoreError> {
        self.batch_get(&[stock_key(location, sku)], true).await.map(drop)
    }

    /// How many shards a record has; `None` when there is no such record.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn shards(&self, location: &LocationId, sku: &SkuId) -> Result<Option<u16>, StoreError> {
        let rows = self.batch_get_rows(&[stock_key(location, sku)], true).await?;
        Ok(rows.first().and_then(Option::as_ref).map(shards_of))
    }

    /// How many shards a record has that are to stay until somebody says otherwise.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn lasting_shards(&self, location: &LocationId, sku: &SkuId) -> Result<u16, StoreError> {
        let row = self.get::<StockItem>(&stock_key(location, sku), true).await?;
        Ok(row.filter(|r| r.due_at.is_none()).map_or(0, |r| r.shards))
    }

    /// Gives a record at least this many shards, and each its share of what is free; a record that has as many is rebalanced. `until` is
    /// when it is folded again; without it, it stays split until somebody folds it, and a later split under contention does not shorten that.
    /// Idempotent, and safe at any time.
    ///
    /// # Errors
    /// [`CommitError`]; [`CommitError::Conflict`] when contention did not end.
    pub async fn split(&self, location: &LocationId, sku: &SkuId, shards: u16, until: Option<Timestamp>) -> Result<(), CommitError> {
        let had = self.retried(|| self.split_once(location, sku, shards.min(MAX_SHARDS), until)).await?;
        if had > 0 { self.even_out(location, sku).await } else { Ok(()) }
    }

    /// Splits a record; gives how many shards it had.
    async fn split_once(&self, location: &LocationId, sku: &SkuId, shards: u16, until: Option<Timestamp>) -> Result<u16, CommitError> {
        let key = stock_key(location, sku);
        let Some(row) = self.get::<StockItem>(&key, true).await? else { return Ok(0) };
        let lasting = row.shards > 0 && row.due_at.is_none();
        let until = until.filter(|_| !lasting);
        if row.shards >= shards && (until.is_some() || lasting) {
            return Ok(row.shards);
        }
        let shards = row.shards.max(shards);
        let mut parts = shares(row.free.max(0), shards - row.shards + 1);
        // The record's own row keeps the smallest.
        parts.pop();
        let moved: i64 = parts.iter().sum();
        let mut set = "shards = :shards".to_owned();
        let mut u = Update::builder().table_name(self.table(Table::Cell)).key("pk", s(&key.pk)).key("sk", s(&key.sk));
        for (name, value) in due_attributes(until, &key) {
            set += &format!(", {name} = :{name}");
            u = u.expression_attribute_values(format!(":{name}"), s(value));
        }
        let remove = if until.is_none() { " REMOVE due_pk, due_at" } else { "" };
        let had = if row.shards == 0 { "(attribute_not_exists(shards) OR shards = :had)" } else { "shards = :had" };
        let u = u
            .update_expression(format!("SET {set}{remove} ADD on_hand :moved, #free :moved, moves :one"))
            .condition_expression(format!("#free >= :need AND {had}"))
            .expression_attribute_names("#free", "free")
            .expression_attribute_values(":shards", n(shards))
            .expression_attribute_values(":had", n(row.shards))
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":moved", n(-moved))
            .expression_attribute_values(":need", n(if moved > 0 { moved } else { row.free.min(0) }));
        let mut actions = vec![Action { write: TransactWriteItem::builder().update(u.build().map_err(build)?).build(), means: Failed::Stale }];
        for (no, part) in (row.shards + 1..=shards).zip(parts) {
            actions.push(self.new_shard(location, sku, no, part)?);
        }
        self.transact(actions).await?;
        Ok(row.shards)
    }

    fn new_shard(&self, location: &LocationId, sku: &SkuId, no: u16, units: i64) -> Result<Action, StoreError> {
        let key = shard_key(location, sku, no);
        let mut row: Item = [("pk", s(&key.pk)), ("sk", s(&key.sk))].map(|(k, v)| (k.to_owned(), v)).into();
        for (name, v) in COUNTERS.into_iter().zip([units, 0, 0, units]) {
            row.insert(name.into(), n(v));
        }
        let put = Put::builder().table_name(self.table(Table::Cell)).set_item(Some(row)).condition_expression("attribute_not_exists(pk)");
        Ok(Action { write: TransactWriteItem::builder().put(put.build().map_err(build)?).build(), means: Failed::Stale })
    }

    /// Rebalances: moves free units from full rows to empty ones, two rows at a time; gives up under contention.
    ///
    /// # Errors
    /// [`CommitError`].
    pub async fn even_out(&self, location: &LocationId, sku: &SkuId) -> Result<(), CommitError> {
        let mut met = 0;
        for round in 0..MAX_SHARDS {
            self.look_at_rows(location, sku).await?;
            let Some(free) = self.layouts.get(&(location.clone(), sku.clone())) else { return Ok(()) };
            let rows = || free.iter().copied().enumerate();
            let (Some((from, most)), Some((to, least))) = (rows().max_by_key(|r| r.1), rows().min_by_key(|r| r.1)) else { return Ok(()) };
            let units = (most - least.max(0)) / 2;
            if units < 1 {
                return Ok(());
            }
            match self.transact(self.move_units(location, sku, from, to, units)?).await {
                Ok(()) => met = 0,
                Err(CommitError::Conflict { .. } | CommitError::Refused(_)) if met < 3 => {
                    met += 1;
                    tokio::time::sleep(pause(met, f64::from(round % 3) / 2.0)).await;
                }
                Err(CommitError::Conflict { .. } | CommitError::Refused(_)) => return Ok(()),
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    /// Every move of units increments a version in the record's own row, so that a reader who adds up the rows notices the race.
    fn move_units(&self, location: &LocationId, sku: &SkuId, from: usize, to: usize, units: i64) -> Result<Vec<Action>, StoreError> {
        let mut rows = vec![(from, -units), (to, units)];
        if from != 0 && to != 0 {
            rows.push((0, 0));
        }
        let mut actions = Vec::with_capacity(rows.len());
        for (row, units) in rows {
            let mut adds = Vec::new();
            let mut u = Update::builder()
                .table_name(self.table(Table::Cell))
                .key("pk", s(keys::stock_row(location, row)))
                .key("sk", s(keys::sku(sku)))
                .condition_expression(if units < 0 { "#free >= :need" } else { "attribute_exists(pk)" });
            if units != 0 {
                adds.push("on_hand :units, #free :units");
                u = u.expression_attribute_names("#free", "free").expression_attribute_values(":units", n(units));
            }
            if units < 0 {
                u = u.expression_attribute_values(":need", n(-units));
            }
            if row == 0 {
                adds.push("moves :one");
                u = u.expression_attribute_values(":one", n(1));
            }
            let u = u.update_expression(format!("ADD {}", adds.join(", "))).build().map_err(build)?;
            actions.push(Action { write: TransactWriteItem::builder().update(u).build(), means: Failed::Stale });
        }
        Ok(actions)
    }

    /// Folds all shards of a record back into its own row, the last one first. Idempotent, and safe at any time.
    ///
    /// # Errors
    /// [`CommitError`]; [`CommitError::Conflict`] when contention did not end: what is folded by then stays folded.
    pub async fn fold(&self, location: &LocationId, sku: &SkuId) -> Result<(), CommitError> {
        self.fold_to(location, sku, 0).await
    }

    /// Folds a record down to so many shards.
    ///
    /// # Errors
    /// As [`Tables::fold`].
    pub async fn fold_to(&self, location: &LocationId, sku: &SkuId, shards: u16) -> Result<(), CommitError> {
        // Another process may split it at the same time; after so many rounds this one gives up.
        for _ in 0..2 * MAX_SHARDS {
            if !self.retried(|| self.fold_one(location, sku, shards)).await? {
                return Ok(self.look_at_rows(location, sku).await?);
            }
        }
        Err(CommitError::Conflict { at: Vec::new() })
    }

    /// Folds a record whose time has come; one that is to stay split, or was split again since, is left as it is.
    ///
    /// # Errors
    /// As [`Tables::fold`].
    pub async fn fold_when_due(&self, location: &LocationId, sku: &SkuId, now: Timestamp) -> Result<(), CommitError> {
        let row = self.get::<StockItem>(&stock_key(location, sku), true).await?;
        let due = row.and_then(|r| r.due_at?.split('#').next()?.parse::<i64>().ok());
        if due.is_some_and(|due| due <= now.0) { self.fold(location, sku).await } else { Ok(()) }
    }

    /// Folds the last shard; false when there are no more than `left`.
    async fn fold_one(&self, location: &LocationId, sku: &SkuId, left: u16) -> Result<bool, CommitError> {
        let last = self.shards(location, sku).await?.unwrap_or(0);
        if last <= left {
            return Ok(false);
        }
        let (key, shard) = (stock_key(location, sku), shard_key(location, sku, last));
        let row = self.batch_get_rows(std::slice::from_ref(&shard), true).await?.pop().flatten();
        // Another process has folded it since.
        let Some(row) = row else { return Err(CommitError::Conflict { at: Vec::new() }) };
        let mut delete = Delete::builder().table_name(self.table(Table::Cell)).key("pk", s(&shard.pk)).key("sk", s(&shard.sk));
        let mut update = Update::builder().table_name(self.table(Table::Cell)).key("pk", s(&key.pk)).key("sk", s(&key.sk));
        for name in COUNTERS {
            let (place, value) = (format!(":{name}"), n(number(&row, name)));
            delete = delete.expression_attribute_names(format!("#{name}"), name).expression_attribute_values(&place, value.clone());
            update = update.expression_attribute_names(format!("#{name}"), name).expression_attribute_values(place, value);
        }
        let all = |each: fn(&str) -> String, between: &str| COUNTERS.map(each).join(between);
        let delete = delete.condition_expression(all(|c| format!("#{c} = :{c}"), " AND ")).build().map_err(build)?;
        let end = if last == 1 { " REMOVE due_pk, due_at" } else { "" };
        let sold = if let Some(at) = row.get(SOLD_AT) {
            update = update.expression_attribute_values(":sold_at", at.clone());
            ", sold_at = :sold_at"
        } else {
            ""
        };
        let update = update
            .update_expression(format!("SET shards = :left{sold}{end} ADD moves :one, {}", all(|c| format!("#{c} :{c}"), ", ")))
            .condition_expression("shards = :last")
            .expression_attribute_values(":left", n(last - 1))
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":last", n(last))
            .build()
            .map_err(build)?;
        let stale = |write| Action { write, means: Failed::Stale };
        let writes = [TransactWriteItem::builder().delete(delete).build(), TransactWriteItem::builder().update(update).build()];
        self.transact(writes.map(stale).into()).await?;
        Ok(true)
    }

    /// Retries a step under contention.
    async fn retried<T, Fut: Future<Output = Result<T, CommitError>>>(&self, step: impl Fn() -> Fut) -> Result<T, CommitError> {
        let mut attempt = 0;
        loop {
            match step().await {
                Err(CommitError::Conflict { .. } | CommitError::Refused(_)) if attempt + 1 < TRIES => {
                    tokio::time::sleep(pause(attempt.min(4), f64::from(attempt % 3) / 2.0)).await;
                    attempt += 1;
                }
                Err(CommitError::Refused(_)) => return Err(CommitError::Conflict { at: Vec::new() }),
                other => return other,
            }
        }
    }
}

fn shard_key(location: &LocationId, sku: &SkuId, no: u16) -> Key {
    Key::cell(keys::stock_row(location, usize::from(no)), keys::sku(sku))
}

/// Which record a row is, if it is a record's own row.
fn record_of(item: &Item) -> Option<Record> {
    let location = text(item, "pk")?.strip_prefix(keys::STOCK)?.parse().ok()?;
    Some((location, text(item, "sk")?.strip_prefix(keys::SKU)?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_rows_when_units_are_allotted_then_all_of_them_come_from_what_is_free() {
        assert_eq!(allot(&[5, 2, 3], 2, 9, 0), Some(vec![(1, 2)]));
        assert_eq!(allot(&[5, 2, 3], 2, 9, 1), Some(vec![(2, 2)]), "luck chooses");
        assert_eq!(allot(&[5, 2, 3], 4, 9, 7), Some(vec![(0, 4)]), "the record's own row last");
        assert_eq!(allot(&[1, 2, 3], 6, 3, 0), Some(vec![(2, 3), (1, 2), (0, 1)]), "the last unit of each");
        assert_eq!(allot(&[1, 2, 3], 6, 2, 0), None, "more rows than the transaction takes");
        assert_eq!(allot(&[1, 2, 3], 7, 9, 0), None);
        assert_eq!(allot(&[-4, 2, 0], 2, 9, 0), Some(vec![(1, 2)]));
        assert_eq!(allot(&[-4, 2, 1], 3, 9, 0), Some(vec![(1, 2), (2, 1)]), "a row below zero gives nothing");
    }

    #[test]
    fn given_units_when_shared_then_none_is_lost_and_no_two_rows_differ_by_more_than_one() {
        for units in [0, 1, 7, 64, 65, 300] {
            for rows in [1, 2, 9, 65] {
                let all = shares(units, rows);
                assert_eq!(all.iter().sum::<i64>(), units);
                assert!(all.iter().max().unwrap() - all.iter().min().unwrap() <= 1);
            }
        }
    }
}
