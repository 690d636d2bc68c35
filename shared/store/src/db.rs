//! The client with both tables, and the few request shapes that everything else is made of.

use std::{collections::HashMap, fmt::Debug, sync::Arc, time::Duration};

use aws_sdk_dynamodb::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    operation::{
        put_item::{PutItemError, PutItemOutput},
        update_item::{UpdateItemError, UpdateItemOutput, builders::UpdateItemFluentBuilder},
    },
    types::{AttributeValue, ConsumedCapacity, KeysAndAttributes, ReturnConsumedCapacity, Select},
};
use futures::future::try_join_all;
use serde::{Serialize, de::DeserializeOwned};
use tokio::{sync::Mutex, time::Instant};

use crate::{
    cursor::List,
    meter::{self, Access},
};

/// An item as the SDK has it.
pub type Item = HashMap<String, AttributeValue>;

/// Which table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Table {
    /// Regional: stock, orders, members, ledgers.
    Cell,
    /// Global: library, directory, staff, rules.
    Hq,
}

/// A primary key with its table.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// Which table.
    pub table: Table,
    /// Partition key.
    pub pk: String,
    /// Sort key.
    pub sk: String,
}

impl Key {
    /// A key of the cell table.
    pub fn cell(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { table: Table::Cell, pk: pk.into(), sk: sk.into() }
    }
    /// A key of the HQ table.
    pub fn hq(pk: impl Into<String>, sk: impl Into<String>) -> Self {
        Self { table: Table::Hq, pk: pk.into(), sk: sk.into() }
    }
}

/// The table did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The engine refused, or did not answer after the SDK's retries. The text is for the log.
    #[error("dynamodb: {0}")]
    Engine(String),
    /// The cursor is none of the list's.
    #[error("not a cursor of this list")]
    Cursor,
    /// An item is not what its key says. Never a caller's fault.
    #[error("item {key}: {error}")]
    Shape {
        /// Which item.
        key: String,
        /// What does not fit.
        error: String,
    },
}

impl StoreError {
    pub(crate) fn engine<E, R>(e: SdkError<E, R>) -> Self
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
        R: Debug + Send + Sync + 'static,
    {
        StoreError::Engine(DisplayErrorContext(e).to_string())
    }
}

/// A cache of this process: the library or the directory, at most a minute old (by the runtime's clock, which tests move).
#[derive(Default)]
pub(crate) struct Cached<T>(Mutex<Option<(Instant, Arc<T>)>>);

impl<T> Cached<T> {
    /// The cached value, or what `load` answers when that is older than a minute.
    /// The meter counts it as a read of this partition of the HQ table on a hit as well: what a function reads must not depend on who asked before.
    pub(crate) async fn get(&self, partition: &str, load: impl Future<Output = Result<T, StoreError>>) -> Result<Arc<T>, StoreError> {
        self.get_for(partition, Duration::from_secs(60), load).await
    }

    /// The same, for a value that is good for so long.
    pub(crate) async fn get_for(
        &self,
        partition: &str,
        good_for: Duration,
        load: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<Arc<T>, StoreError> {
        meter::touch(Table::Hq, Access::Read);
        meter::partition(Table::Hq, partition);
        let mut held = self.0.lock().await;
        if let Some((at, value)) = &*held
            && at.elapsed() < good_for
        {
            return Ok(value.clone());
        }
        let value = Arc::new(load.await?);
        *held = Some((Instant::now(), value.clone()));
        Ok(value)
    }

    /// Invalidates it: the next one who asks loads it anew.
    pub(crate) async fn forget(&self) {
        *self.0.lock().await = None;
    }
}

#[derive(Default)]
pub(crate) struct Caches {
    pub(crate) library: Cached<crate::search::LibraryRows>,
    pub(crate) directory: Cached<Vec<liandian_domain::stores::profile::StoreProfile>>,
    pub(crate) spots: Cached<Vec<liandian_domain::stores::near::Spot>>,
    pub(crate) warehouses: Cached<Vec<liandian_domain::stores::profile::Location>>,
    pub(crate) policies: Cached<liandian_domain::governance::chain::Policies>,
    pub(crate) settings: Cached<Vec<liandian_domain::governance::resolve::Setting>>,
    pub(crate) regions: Cached<Vec<liandian_domain::stores::region::Region>>,
    pub(crate) campaigns: Cached<Vec<liandian_domain::marketing::campaign::Record>>,
    pub(crate) coupons: Cached<Vec<liandian_domain::marketing::coupon::Template>>,
    pub(crate) words: Cached<liandian_domain::catalog::search::SearchWords>,
    pub(crate) legal: Cached<liandian_domain::governance::legal::LegalBook>,
    pub(crate) searched: crate::search::Held,
    pub(crate) listed: crate::search::Listed,
    pub(crate) ends: crate::chain::Seen,
}

/// Both tables. Cheap to clone.
#[derive(Clone)]
pub struct Tables {
    pub(crate) db: Client,
    cell: Arc<str>,
    hq: Arc<str>,
    pub(crate) caches: Arc<Caches>,
    pub(crate) layouts: Arc<crate::stock::shards::Layouts>,
}

/// A page of a query.
pub(crate) struct Page {
    pub(crate) items: Vec<Item>,
    /// The number of rows.
    pub(crate) count: u32,
    /// Where the next page starts, as text for a client.
    pub(crate) next: Option<String>,
}

/// A query on a partition.
pub(crate) struct Ask<'a> {
    pub(crate) table: Table,
    pub(crate) index: Option<&'a str>,
    pub(crate) pk: String,
    /// Sort keys that begin so; empty for all.
    pub(crate) begins: &'a str,
    pub(crate) forward: bool,
    pub(crate) limit: Option<i32>,
    pub(crate) cursor: Option<&'a str>,
    /// Sort keys below this; instead of `begins`.
    pub(crate) until: Option<String>,
    /// Sort keys from this on; instead of `begins`. With `until`, that one is in.
    pub(crate) since: Option<String>,
    /// A consistent read; an index has none.
    pub(crate) strong: bool,
    /// Count the rows only.
    pub(crate) count: bool,
}

impl Ask<'_> {
    /// All of a partition, in order.
    pub(crate) fn of(table: Table, pk: impl Into<String>) -> Self {
        Self {
            table,
            index: None,
            pk: pk.into(),
            begins: "",
            forward: true,
            limit: None,
            cursor: None,
            until: None,
            since: None,
            strong: false,
            count: false,
        }
    }

    /// The list that its cursors are valid for.
    fn list(&self) -> List {
        let table = match self.table {
            Table::Cell => "cell",
            Table::Hq => "hq",
        };
        List::of([table, self.index.unwrap_or_default(), &self.pk, self.begins, if self.forward { "up" } else { "down" }])
    }

    /// Does this key lie within what is asked for?
    fn holds(&self, key: &Item) -> bool {
        let sk = text(key, &key_names(self.index).1).unwrap_or_default();
        match (&self.until, &self.since) {
            (Some(until), Some(since)) => sk >= *since && sk <= *until,
            (Some(until), None) => sk < *until,
            (None, Some(since)) => sk >= *since,
            (None, None) => sk.starts_with(self.begins),
        }
    }
}

/// What became of a write under a condition: false when the condition failed.
fn written<T, E>(answer: Result<T, SdkError<E>>, capacity: fn(&T) -> Option<&ConsumedCapacity>, failed: fn(&E) -> bool) -> Result<bool, StoreError>
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    match answer {
        Ok(a) => {
            meter::wrote(capacity(&a));
            Ok(true)
        }
        Err(e) if e.as_service_error().is_some_and(failed) => Ok(false),
        Err(e) => Err(StoreError::engine(e)),
    }
}

impl Tables {
    /// Over a configured client.
    #[must_use]
    pub fn new(db: Client, cell_table: &str, hq_table: &str) -> Self {
        Self { db, cell: cell_table.into(), hq: hq_table.into(), caches: Arc::default(), layouts: Arc::default() }
    }

    /// The SDK's client, for the seeder and for tests.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.db
    }

    /// A table's name.
    #[must_use]
    pub fn table(&self, t: Table) -> &str {
        match t {
            Table::Cell => &self.cell,
            Table::Hq => &self.hq,
        }
    }

    /// Reads items of both tables in one wave, in the order of the keys. Eventually consistent unless `strong`. Stock records come
    /// whole: of those that are split, a second wave reads the shards.
    pub(crate) async fn batch_get(&self, keys: &[Key], strong: bool) -> Result<Vec<Option<Item>>, StoreError> {
        let found = self.batch_get_rows(keys, strong).await?;
        let (places, mut items): (Vec<usize>, Vec<Item>) = found.into_iter().enumerate().filter_map(|(i, item)| Some((i, item?))).unzip();
        self.whole(&mut items, strong).await?;
        let mut all = vec![None; keys.len()];
        for (i, item) in places.into_iter().zip(items) {
            all[i] = Some(item);
        }
        Ok(all)
    }

    /// As [`Tables::batch_get`], but rows as they are stored: shards are not added up.
    pub(crate) async fn batch_get_rows(&self, keys: &[Key], strong: bool) -> Result<Vec<Option<Item>>, StoreError> {
        let mut unique: Vec<&Key> = Vec::with_capacity(keys.len());
        let mut seen = std::collections::HashSet::new();
        for k in keys {
            if seen.insert(k) {
                unique.push(k);
            }
        }
        let chunks = try_join_all(unique.chunks(100).map(|chunk| self.batch_get_chunk(chunk, strong))).await?;
        let mut found: HashMap<(Table, String, String), Item> = HashMap::new();
        for (table, item) in chunks.into_iter().flatten() {
            let (Some(pk), Some(sk)) = (text(&item, "pk"), text(&item, "sk")) else { continue };
            found.insert((table, pk, sk), item);
        }
        Ok(keys.iter().map(|k| found.get(&(k.table, k.pk.clone(), k.sk.clone())).cloned()).collect())
    }

    async fn batch_get_chunk(&self, keys: &[&Key], strong: bool) -> Result<Vec<(Table, Item)>, StoreError> {
        keys.iter().for_each(|k| meter::partition(k.table, &k.pk));
        let mut request: HashMap<String, KeysAndAttributes> = HashMap::new();
        let mut tables = Vec::new();
        for table in [Table::Cell, Table::Hq] {
            let of: Vec<Item> =
                keys.iter().filter(|k| k.table == table).map(|k| HashMap::from([("pk".to_owned(), s(&k.pk)), ("sk".to_owned(), s(&k.sk))])).collect();
            if !of.is_empty() {
                tables.push(table);
                let k = KeysAndAttributes::builder().set_keys(Some(of)).consistent_read(strong).build();
                request.insert(self.table(table).to_owned(), k.map_err(|e| StoreError::Engine(e.to_string()))?);
            }
        }
        let mut out = Vec::new();
        let mut pause = 10;
        while !request.is_empty() {
            let under_way = meter::begin(tables.iter().map(|t| (*t, Access::Read)));
            let answer = self
                .db
                .batch_get_item()
                .set_request_items(Some(request))
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(StoreError::engine)?;
            drop(under_way);
            meter::read(answer.consumed_capacity());
            for (name, items) in answer.responses.unwrap_or_default() {
                let table = if name == *self.cell { Table::Cell } else { Table::Hq };
                if table == Table::Hq {
                    items.iter().for_each(|i| self.caches.ends.row(i, false));
                }
                out.extend(items.into_iter().map(|i| (table, i)));
            }
            request = answer.unprocessed_keys.unwrap_or_default();
            if !request.is_empty() {
                if pause > 1_000 {
                    return Err(StoreError::Engine("batch get: keys stayed unprocessed".into()));
                }
                tokio::time::sleep(Duration::from_millis(pause)).await;
                pause *= 2;
            }
        }
        Ok(out)
    }

    /// Reads one item.
    pub(crate) async fn get<T: DeserializeOwned>(&self, key: &Key, strong: bool) -> Result<Option<T>, StoreError> {
        meter::partition(key.table, &key.pk);
        let under_way = meter::begin([(key.table, Access::Read)]);
        let answer = self
            .db
            .get_item()
            .table_name(self.table(key.table))
            .key("pk", s(&key.pk))
            .key("sk", s(&key.sk))
            .consistent_read(strong)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(StoreError::engine)?;
        drop(under_way);
        meter::read(answer.consumed_capacity());
        if let (Some(item), Table::Hq) = (&answer.item, key.table) {
            self.caches.ends.row(item, false);
        }
        answer.item.map(parse).transpose()
    }

    /// Reads one page of a partition.
    pub(crate) async fn query(&self, ask: Ask<'_>) -> Result<Page, StoreError> {
        let start = ask.cursor.map(|c| start_of(&ask, c)).transpose()?;
        let (items, count, last) = self.query_from(&ask, start).await?;
        Ok(Page { items, count, next: last.map(|k| cursor_behind(&ask, &k)) })
    }

    pub(crate) async fn query_from(&self, ask: &Ask<'_>, start: Option<Item>) -> Result<(Vec<Item>, u32, Option<Item>), StoreError> {
        let (pk, sk) = key_names(ask.index);
        let mut q = self
            .db
            .query()
            .table_name(self.table(ask.table))
            .set_index_name(ask.index.map(str::to_owned))
            .expression_attribute_values(":pk", s(&ask.pk))
            .set_consistent_read(ask.strong.then_some(true))
            .scan_index_forward(ask.forward)
            .set_limit(ask.limit)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        q = if let Some((since, until)) = ask.since.as_ref().zip(ask.until.as_ref()) {
            q.key_condition_expression(format!("{pk} = :pk AND {sk} BETWEEN :since AND :until"))
                .expression_attribute_values(":since", s(since))
                .expression_attribute_values(":until", s(until))
        } else if let Some(until) = &ask.until {
            q.key_condition_expression(format!("{pk} = :pk AND {sk} < :until")).expression_attribute_values(":until", s(until))
        } else if let Some(since) = &ask.since {
            q.key_condition_expression(format!("{pk} = :pk AND {sk} >= :since")).expression_attribute_values(":since", s(since))
        } else if ask.begins.is_empty() {
            q.key_condition_expression(format!("{pk} = :pk"))
        } else {
            q.key_condition_expression(format!("{pk} = :pk AND begins_with({sk}, :begins)")).expression_attribute_values(":begins", s(ask.begins))
        };
        q = q.set_exclusive_start_key(start);
        if ask.index == Some(crate::keys::DUE) {
            q = q.select(Select::AllProjectedAttributes);
        }
        if ask.count {
            q = q.select(Select::Count);
        }
        meter::partition(ask.table, &ask.pk);
        let under_way = meter::begin([(ask.table, Access::Read)]);
        let answer = q.send().await.map_err(StoreError::engine)?;
        drop(under_way);
        meter::read(answer.consumed_capacity());
        let count = u32::try_from(answer.count).unwrap_or(0);
        if ask.table == Table::Hq {
            answer.items().iter().for_each(|i| self.caches.ends.row(i, true));
        }
        Ok((answer.items.unwrap_or_default(), count, answer.last_evaluated_key.filter(|k| !k.is_empty())))
    }

    /// Reads a whole partition, page after page.
    pub(crate) async fn query_all(&self, ask: Ask<'_>) -> Result<Vec<Item>, StoreError> {
        let (mut all, mut start) = (Vec::new(), None);
        loop {
            let (items, _, last) = self.query_from(&ask, start).await?;
            all.extend(items);
            if last.is_none() {
                return Ok(all);
            }
            start = last;
        }
    }

    /// Writes an item, unconditionally or under a condition on its own attributes; false when the condition failed.
    pub(crate) async fn put(&self, table: Table, item: Item, condition: Option<(&str, Vec<(&str, AttributeValue)>)>) -> Result<bool, StoreError> {
        meter::partition(table, &text(&item, "pk").unwrap_or_default());
        let mut put = self.db.put_item().table_name(self.table(table)).set_item(Some(item)).return_consumed_capacity(ReturnConsumedCapacity::Total);
        if let Some((text, values)) = condition {
            put = put.condition_expression(text);
            for (k, v) in values {
                put = put.expression_attribute_values(k, v);
            }
        }
        let under_way = meter::begin([(table, Access::Write)]);
        let answer = put.send().await;
        drop(under_way);
        written(answer, PutItemOutput::consumed_capacity, PutItemError::is_conditional_check_failed_exception)
    }

    /// Updates the item of this key under the update's own condition; false when the condition failed.
    pub(crate) async fn update(&self, key: &Key, update: UpdateItemFluentBuilder) -> Result<bool, StoreError> {
        meter::partition(key.table, &key.pk);
        let update = update.table_name(self.table(key.table)).key("pk", s(&key.pk)).key("sk", s(&key.sk));
        let under_way = meter::begin([(key.table, Access::Write)]);
        let answer = update.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await;
        drop(under_way);
        written(answer, UpdateItemOutput::consumed_capacity, UpdateItemError::is_conditional_check_failed_exception)
    }

    /// Deletes a record and answers it: of several callers exactly one gets it. `None` when it is not there (any more).
    pub(crate) async fn take<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<T>, StoreError> {
        meter::partition(key.table, &key.pk);
        let under_way = meter::begin([(key.table, Access::Write)]);
        let answer = self
            .db
            .delete_item()
            .table_name(self.table(key.table))
            .key("pk", s(&key.pk))
            .key("sk", s(&key.sk))
            .return_values(aws_sdk_dynamodb::types::ReturnValue::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(StoreError::engine)?;
        drop(under_way);
        meter::wrote(answer.consumed_capacity());
        answer.attributes.filter(|a| !a.is_empty()).map(parse).transpose()
    }
}

/// A text attribute.
pub(crate) fn s(v: impl Into<String>) -> AttributeValue {
    AttributeValue::S(v.into())
}

/// A number attribute.
pub(crate) fn n(v: impl ToString) -> AttributeValue {
    AttributeValue::N(v.to_string())
}

pub(crate) fn text(item: &Item, name: &str) -> Option<String> {
    item.get(name)?.as_s().ok().cloned()
}

/// An item's struct.
pub(crate) fn parse<T: DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    let key = format!("{} {}", text(&item, "pk").unwrap_or_default(), text(&item, "sk").unwrap_or_default());
    serde_dynamo::from_item(item).map_err(|e| StoreError::Shape { key, error: e.to_string() })
}

/// A struct's item, with its keys.
pub(crate) fn item<T: Serialize>(value: &T, key: &Key, extra: impl IntoIterator<Item = (&'static str, String)>) -> Result<Item, StoreError> {
    let mut item: Item =
        serde_dynamo::to_item(value).map_err(|e| StoreError::Shape { key: format!("{} {}", key.pk, key.sk), error: e.to_string() })?;
    item.insert("pk".into(), s(&key.pk));
    item.insert("sk".into(), s(&key.sk));
    for (k, v) in extra {
        item.insert(k.into(), s(v));
    }
    Ok(item)
}

/// The deadline attributes, when there is a deadline.
pub(crate) fn due_attributes(due: Option<liandian_types::Timestamp>, key: &Key) -> Vec<(&'static str, String)> {
    due.map(|at| {
        let (pk, sk) = crate::keys::due(at, &key.pk, &key.sk);
        vec![("due_pk", pk), ("due_at", sk)]
    })
    .unwrap_or_default()
}

/// Names of the partition and sort key of a table or an index.
fn key_names(index: Option<&str>) -> (String, String) {
    match index {
        None => ("pk".to_owned(), "sk".to_owned()),
        Some(i) if i == crate::keys::DUE => ("due_pk".to_owned(), "due_at".to_owned()),
        Some(i) => (format!("{i}pk"), format!("{i}sk")),
    }
}

/// The cursor of the page that begins behind a key.
fn cursor_behind(ask: &Ask<'_>, key: &Item) -> String {
    let (_, index_sk) = key_names(ask.index);
    let names = if ask.index.is_some() { vec!["pk", "sk", index_sk.as_str()] } else { vec!["sk"] };
    let place: Vec<String> = names.into_iter().map(|name| text(key, name).unwrap_or_default()).collect();
    ask.list().behind(&place.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The exclusive start key of a cursor. Its partition is the query's own, never the cursor's.
fn start_of(ask: &Ask<'_>, cursor: &str) -> Result<Item, StoreError> {
    let (index_pk, index_sk) = key_names(ask.index);
    let key: Item = match (ask.index, ask.list().place(cursor)?.as_slice()) {
        (None, [sk]) => HashMap::from([("pk".to_owned(), s(&ask.pk)), ("sk".to_owned(), s(sk))]),
        (Some(_), [pk, sk, in_index]) => {
            HashMap::from([("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk)), (index_pk, s(&ask.pk)), (index_sk, s(in_index))])
        }
        _ => return Err(StoreError::Cursor),
    };
    // A start key outside of the queried range is refused here as a bad cursor; refused by the engine it would count as our fault.
    if ask.holds(&key) { Ok(key) } else { Err(StoreError::Cursor) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(pairs: &[(&str, &str)]) -> Item {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), s(*v))).collect()
    }

    #[test]
    fn given_a_key_when_a_page_ends_there_then_its_cursor_leads_back_to_it_within_the_querys_own_partition() {
        let of_table = Ask { begins: "SKU#", ..Ask::of(Table::Cell, "LOC#1") };
        let last = key(&[("pk", "LOC#1"), ("sk", "SKU#1")]);
        assert_eq!(start_of(&of_table, &cursor_behind(&of_table, &last)).unwrap(), last);
        // Of another partition's key, the place is kept and the partition is not.
        let foreign = key(&[("pk", "LOC#2"), ("sk", "SKU#1")]);
        assert_eq!(start_of(&of_table, &cursor_behind(&of_table, &foreign)).unwrap(), last);
        let of_index = Ask { index: Some("gsi1"), ..Ask::of(Table::Cell, "C") };
        let last = key(&[("pk", "A"), ("sk", "B"), ("gsi1pk", "C"), ("gsi1sk", "D")]);
        assert_eq!(start_of(&of_index, &cursor_behind(&of_index, &last)).unwrap(), last);
    }

    #[test]
    fn given_a_cursor_of_another_query_when_a_page_is_asked_for_then_it_is_refused() {
        let ask = |begins: &'static str, forward: bool, pk: &str| Ask { begins, forward, ..Ask::of(Table::Cell, pk) };
        let cursor = cursor_behind(&ask("SKU#", true, "LOC#1"), &key(&[("pk", "LOC#1"), ("sk", "SKU#1")]));
        for other in [ask("MOV#", true, "LOC#1"), ask("SKU#", false, "LOC#1"), ask("SKU#", true, "LOC#2"), Ask::of(Table::Hq, "LOC#1")] {
            assert!(matches!(start_of(&other, &cursor), Err(StoreError::Cursor)), "{} {}", other.pk, other.begins);
        }
    }

    #[test]
    fn given_a_place_outside_of_what_is_asked_for_when_a_page_is_asked_for_then_it_is_refused() {
        let holds = |a: &Ask<'_>, sk: &str| start_of(a, &a.list().behind(&[sk])).is_ok();
        let all = || Ask::of(Table::Cell, "p");
        let ask = Ask { begins: "SKU#", ..all() };
        assert!(holds(&ask, "SKU#1") && !holds(&ask, "MOV#1"));
        let until = Ask { until: Some("b".into()), ..all() };
        assert!(holds(&until, "a") && !holds(&until, "b"));
        let since = Ask { since: Some("b".into()), ..all() };
        assert!(holds(&since, "b") && !holds(&since, "a"));
        let between = Ask { since: Some("b".into()), until: Some("d".into()), ..all() };
        assert_eq!(["a", "b", "d", "e"].map(|sk| holds(&between, sk)), [false, true, true, false]);
        // A place of an index is none of a table.
        assert!(start_of(&all(), &all().list().behind(&["a", "b", "c"])).is_err());
    }
}
