//! Rows: what the changes of each context are in the tables. A row says what must be there for it to be written, and what it means when that is not
//! so. [`crate::commit`] sends the rows of a decision as one transaction and knows no context.

mod access;
mod catalog;
pub(crate) mod coupons;
mod governance;
mod listings;
pub(crate) mod marketing;
pub(crate) mod orders;
mod payments;
mod settlement;
mod stock;
mod stores;
mod transfers;

use aws_sdk_dynamodb::types::{AttributeValue, Delete, Put, TransactWriteItem, Update};
use liandian_contracts::Event;
use liandian_domain::{
    Write,
    decision::{Aggregate, CatalogWrite, MarketingWrite},
};
use liandian_types::{EventId, Timestamp};

use crate::{
    audit::event_item,
    chain::CHAIN,
    commit::{Failed, build},
    db::{Item, Key, StoreError, Table, Tables, n, s},
    keys,
};

/// What must be there when a row is written, and what is there afterwards: the row, but for the last two.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expect {
    /// There is none.
    New,
    /// It has this version. A row from before it had versions is of version 0.
    Version(u64),
    /// The same; and of version 0 there may be no row yet.
    Seen(u64),
    /// This attribute is this number; with 0 there may be no row yet.
    Number(&'static str, i64),
    /// There is none, or its time (`ttl`) was over by then: the table's own clean-up comes later.
    Expired(Timestamp),
    /// Whatever it is.
    Any,
    /// Whatever it is, it is taken away; of the item only the key counts.
    Gone,
    /// It has this version, and is taken away; of the item only the key counts.
    GoneFrom(u64),
    /// Whatever it is, the numbers of these attributes are added to what it has; all others are set.
    Adds(&'static [&'static str]),
    /// The same; and each of these numbers is no more than this before, or there is none yet.
    AddsWithin(&'static [&'static str], Vec<(&'static str, i64)>),
    /// What the first says; and the end of its history's chain is this, or it has none yet.
    Chained(Box<Expect>, Option<String>),
}

/// A condition in the words of the engine.
#[derive(Debug, PartialEq)]
struct Condition {
    text: &'static str,
    name: Option<(&'static str, &'static str)>,
    value: Option<(&'static str, AttributeValue)>,
}

impl Expect {
    fn condition(&self) -> Option<Condition> {
        let read = |text, version: &u64| Condition { text, name: None, value: Some((":read", n(version))) };
        Some(match self {
            Self::New => Condition { text: "attribute_not_exists(pk)", name: None, value: None },
            Self::Version(v @ 0) => read("attribute_exists(pk) AND (version = :read OR attribute_not_exists(version))", v),
            Self::Seen(v @ 0) => read("attribute_not_exists(version) OR version = :read", v),
            Self::GoneFrom(v @ 0) => read("attribute_exists(pk) AND (version = :read OR attribute_not_exists(version))", v),
            Self::Version(v) | Self::Seen(v) | Self::GoneFrom(v) => read("version = :read", v),
            Self::Number(name, was) => Condition {
                text: if *was == 0 { "attribute_not_exists(pk) OR #was = :was" } else { "#was = :was" },
                name: Some(("#was", *name)),
                value: Some((":was", n(was))),
            },
            Self::Expired(now) => {
                Condition { text: "attribute_not_exists(pk) OR #ttl < :now", name: Some(("#ttl", "ttl")), value: Some((":now", n(now.seconds()))) }
            }
            Self::Any | Self::Gone | Self::Adds(_) | Self::AddsWithin(..) => return None,
            Self::Chained(expect, _) => return expect.condition(),
        })
    }

    /// The condition in full: its text, the names and the values in it.
    fn in_full(&self) -> Option<InFull> {
        let own = self.condition();
        let (text, mut names, mut values) = match own {
            Some(c) => (Some(c.text), c.name.into_iter().collect::<Vec<_>>(), c.value.into_iter().collect::<Vec<_>>()),
            None => (None, Vec::new(), Vec::new()),
        };
        let Self::Chained(_, end) = self else { return text.map(|t| (t.to_owned(), names, values)) };
        names.push(("#chain", CHAIN));
        let ends = match end {
            None => "attribute_not_exists(#chain)",
            Some(end) => {
                values.push((":chain", s(end)));
                "#chain = :chain"
            }
        };
        Some((text.map_or_else(|| ends.to_owned(), |t| format!("({t}) AND {ends}")), names, values))
    }

    /// Is the row taken away?
    pub(crate) fn takes_away(&self) -> bool {
        match self {
            Self::Gone | Self::GoneFrom(_) => true,
            Self::Chained(expect, _) => expect.takes_away(),
            _ => false,
        }
    }
}

/// A condition's text with its names and values.
type InFull = (String, Vec<(&'static str, &'static str)>, Vec<(&'static str, AttributeValue)>);

/// A row that is to be written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    /// Into which table.
    pub(crate) table: Table,
    /// The row, with its key.
    pub(crate) item: Item,
    /// What must be there.
    pub(crate) expect: Expect,
    /// What it means when it is not.
    pub(crate) means: Failed,
}

impl Row {
    /// A row that there is none of.
    pub(crate) fn create(table: Table, item: Item) -> Self {
        Self { table, item, expect: Expect::New, means: Failed::Exists }
    }

    /// A row that moved on from this version.
    pub(crate) fn replace(table: Table, item: Item, read: u64) -> Self {
        Self { table, item, expect: Expect::Version(read), means: Failed::Stale }
    }

    /// A row that moved on from this version, or begins; refused as one that moved on in either case.
    pub(crate) fn follow(table: Table, item: Item, read: u64) -> Self {
        Self { table, item, expect: Expect::Seen(read), means: Failed::Stale }
    }

    /// A row, whatever was there.
    pub(crate) fn put(table: Table, item: Item) -> Self {
        Self { table, item, expect: Expect::Any, means: Failed::Stale }
    }

    /// No row any more.
    pub(crate) fn gone(key: &Key) -> Self {
        let item = [("pk", &key.pk), ("sk", &key.sk)].map(|(name, v)| (name.to_owned(), s(v))).into();
        Self { table: key.table, item, expect: Expect::Gone, means: Failed::Stale }
    }

    /// No row any more, if it has this version still.
    pub(crate) fn gone_from(key: &Key, read: u64) -> Self {
        Self { expect: Expect::GoneFrom(read), ..Self::gone(key) }
    }

    /// With an end after which the table forgets it.
    pub(crate) fn until(mut self, end: Timestamp) -> Self {
        self.item.insert("ttl".into(), n(end.seconds()));
        self
    }

    /// As a part of a transaction, into the table of this name.
    pub(crate) fn write(self, table: &str) -> Result<TransactWriteItem, StoreError> {
        let write = TransactWriteItem::builder();
        Ok(match self.expect {
            expect if expect.takes_away() => {
                let key = self.item.into_iter().filter(|(name, _)| is_key(name)).collect();
                let mut delete = Delete::builder().table_name(table).set_key(Some(key));
                if let Some((text, names, values)) = expect.in_full() {
                    delete = delete.condition_expression(text);
                    for (name, means) in names {
                        delete = delete.expression_attribute_names(name, means);
                    }
                    for (name, value) in values {
                        delete = delete.expression_attribute_values(name, value);
                    }
                }
                write.delete(delete.build().map_err(build)?)
            }
            Expect::Adds(names) => write.update(added(table, self.item, names, &[])?),
            Expect::AddsWithin(names, within) => write.update(added(table, self.item, names, &within)?),
            expect => {
                let mut put = Put::builder().table_name(table).set_item(Some(self.item));
                if let Some((text, names, values)) = expect.in_full() {
                    put = put.condition_expression(text);
                    for (name, means) in names {
                        put = put.expression_attribute_names(name, means);
                    }
                    for (name, value) in values {
                        put = put.expression_attribute_values(name, value);
                    }
                }
                write.put(put.build().map_err(build)?)
            }
        }
        .build())
    }
}

fn is_key(name: &str) -> bool {
    name == "pk" || name == "sk"
}

fn added(table: &str, item: Item, adds: &[&str], within: &[(&str, i64)]) -> Result<Update, StoreError> {
    let (mut key, mut rest) = (Item::new(), Vec::new());
    for (name, value) in item {
        if is_key(&name) {
            key.insert(name, value);
        } else {
            rest.push((name, value));
        }
    }
    rest.sort_by(|(a, _), (b, _)| a.cmp(b));
    let part = |word: &str, added: bool, between: &str| {
        let names = rest.iter().map(|(name, _)| name).filter(|name| adds.contains(&name.as_str()) == added);
        let each: Vec<String> = names.map(|name| format!("#{name}{between}:{name}")).collect();
        (!each.is_empty()).then(|| format!("{word} {}", each.join(", ")))
    };
    let does: Vec<String> = [part("SET", false, " = "), part("ADD", true, " ")].into_iter().flatten().collect();
    let mut update = Update::builder().table_name(table).set_key(Some(key)).update_expression(does.join(" "));
    for (name, value) in rest {
        update = update.expression_attribute_names(format!("#{name}"), name.clone()).expression_attribute_values(format!(":{name}"), value);
    }
    if !within.is_empty() {
        let each: Vec<String> = within.iter().map(|(name, _)| format!("(attribute_not_exists(#{name}) OR #{name} <= :most_{name})")).collect();
        update = update.condition_expression(each.join(" AND "));
        for (name, most) in within {
            update = update.expression_attribute_values(format!(":most_{name}"), n(most));
        }
    }
    update.build().map_err(build)
}

/// The rows of a change; none of the counters of a stock record, whose changes are merged first.
pub(crate) fn of(w: &Write, now: Timestamp) -> Result<Vec<Row>, StoreError> {
    match w {
        Write::Orders(w) => orders::rows(w, now),
        Write::Transfers(w) => transfers::rows(w, now),
        Write::Stock(w) => stock::rows(w, now),
        Write::Payments(w) => payments::rows(w),
        Write::Settlement(w) => settlement::rows(w),
        Write::Governance(w) => governance::rows(w),
        Write::Stores(w) => stores::rows(w),
        Write::Catalog(w) => catalog::rows(w, now),
        Write::Access(w) => access::rows(w, now),
        Write::Marketing(w) => marketing::rows(w),
    }
}

/// The row of an event, in the history of what it happened to.
pub(crate) fn event(aggregate: &Aggregate, event: &Event, id: &EventId, at: Timestamp) -> Result<Row, StoreError> {
    let (table, _) = keys::history(aggregate);
    Ok(Row::create(table, event_item(aggregate, event, id, at)?))
}

impl Tables {
    /// After a commit: what this process keeps of what was written is read again.
    pub(crate) async fn forget_written(&self, writes: &[Write]) {
        if writes.iter().any(|w| matches!(w, Write::Governance(_))) {
            self.caches.policies.forget().await;
            self.caches.settings.forget().await;
            self.caches.words.forget().await;
            self.caches.legal.forget().await;
        }
        if writes.iter().any(|w| matches!(w, Write::Stores(_))) {
            self.caches.directory.forget().await;
            self.caches.spots.forget().await;
            self.caches.regions.forget().await;
            self.caches.warehouses.forget().await;
        }
        if writes.iter().any(|w| matches!(w, Write::Catalog(CatalogWrite::Product(_)))) {
            self.caches.library.forget().await;
        }
        for w in writes {
            if let Write::Catalog(CatalogWrite::Listing { store, .. } | CatalogWrite::ListingGone { store, .. }) = w {
                self.caches.listed.forget(store).await;
            }
        }
        if writes.iter().any(|w| matches!(w, Write::Marketing(MarketingWrite::Campaign(_)))) {
            self.caches.campaigns.forget().await;
        }
        if writes.iter().any(|w| matches!(w, Write::Marketing(MarketingWrite::Template(_)))) {
            self.caches.coupons.forget().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use liandian_contracts::event::FieldChange;

    use super::*;

    fn row(expect: Expect) -> Row {
        let item = [("pk", s("A")), ("sk", s("B")), ("value", n(7))].map(|(k, v)| (k.to_owned(), v)).into();
        Row { table: Table::Hq, item, expect, means: Failed::Stale }
    }

    fn condition(expect: Expect) -> Option<(String, Option<AttributeValue>)> {
        let write = row(expect).write("t").unwrap();
        let put = write.put().expect("a row is put");
        assert_eq!(put.table_name(), "t");
        assert_eq!(put.item().len(), 3, "the whole row");
        let values = put.expression_attribute_values().into_iter().flatten().map(|(_, v)| v.clone());
        Some((put.condition_expression()?.to_owned(), values.into_iter().next()))
    }

    #[test]
    fn given_expectations_when_rows_are_written_then_these_are_their_conditions() {
        assert_eq!(condition(Expect::Any), None);
        assert_eq!(condition(Expect::New), Some(("attribute_not_exists(pk)".into(), None)));
        assert_eq!(condition(Expect::Version(3)), Some(("version = :read".into(), Some(n(3)))));
        assert_eq!(condition(Expect::Seen(3)), Some(("version = :read".into(), Some(n(3)))));
        let old = "attribute_exists(pk) AND (version = :read OR attribute_not_exists(version))";
        assert_eq!(condition(Expect::Version(0)), Some((old.into(), Some(n(0)))), "a row that is there, with or without a version");
        let new = "attribute_not_exists(version) OR version = :read";
        assert_eq!(condition(Expect::Seen(0)), Some((new.into(), Some(n(0)))), "or none");
        assert_eq!(condition(Expect::Number("value", 5)), Some(("#was = :was".into(), Some(n(5)))));
        assert_eq!(condition(Expect::Number("value", 0)), Some(("attribute_not_exists(pk) OR #was = :was".into(), Some(n(0)))));
        let expired = "attribute_not_exists(pk) OR #ttl < :now";
        assert_eq!(condition(Expect::Expired(Timestamp(9_000))), Some((expired.into(), Some(n(9)))));
    }

    #[test]
    fn given_a_row_that_shall_be_gone_when_written_then_its_key_is_deleted() {
        for row in [row(Expect::Gone), Row::gone(&Key::hq("A", "B"))] {
            let write = row.write("t").unwrap();
            let delete = write.delete().expect("it is deleted");
            let key: Item = [("pk", s("A")), ("sk", s("B"))].map(|(k, v)| (k.to_owned(), v)).into();
            assert_eq!(*delete.key(), key);
            assert_eq!(delete.condition_expression(), None);
        }
    }

    #[test]
    fn given_a_row_that_shall_be_gone_from_a_version_when_written_then_another_version_stays() {
        let write = row(Expect::GoneFrom(3)).write("t").unwrap();
        let delete = write.delete().expect("it is deleted");
        assert_eq!(delete.condition_expression(), Some("version = :read"));
        assert_eq!(delete.expression_attribute_values().unwrap().get(":read"), Some(&n(3)));
    }

    #[test]
    fn given_a_row_that_keeps_a_chain_when_written_or_taken_away_then_the_chain_must_end_where_it_was_seen_to() {
        let chained = |expect: Expect, end: Option<&str>| row(Expect::Chained(Box::new(expect), end.map(str::to_owned))).write("t").unwrap();
        let write = chained(Expect::Version(3), Some("2#ab#SPU#spu_1"));
        let put = write.put().expect("a row is put");
        assert_eq!(put.condition_expression(), Some("(version = :read) AND #chain = :chain"));
        assert_eq!(put.expression_attribute_names().unwrap().get("#chain").map(String::as_str), Some("chain"));
        let values = put.expression_attribute_values().unwrap();
        assert_eq!((values.get(":read"), values.get(":chain")), (Some(&n(3)), Some(&s("2#ab#SPU#spu_1"))));
        let write = chained(Expect::Any, None);
        assert_eq!(write.put().unwrap().condition_expression(), Some("attribute_not_exists(#chain)"));
        let write = chained(Expect::Gone, Some("1#ab#x"));
        let delete = write.delete().expect("it is deleted");
        assert_eq!((delete.condition_expression(), delete.key().len()), (Some("#chain = :chain"), 2));
        assert!(Expect::Chained(Box::new(Expect::GoneFrom(1)), None).takes_away() && !Expect::New.takes_away());
    }

    #[test]
    fn given_sums_when_written_then_numbers_are_added_and_the_rest_is_set() {
        let mut row = row(Expect::Adds(&["value"]));
        row.item.insert("store".into(), s("sto_a"));
        let write = row.write("t").unwrap();
        let update = write.update().expect("it is updated");
        assert_eq!(update.update_expression(), "SET #store = :store ADD #value :value");
        assert_eq!(update.expression_attribute_values().unwrap().get(":value"), Some(&n(7)));
        assert_eq!(update.expression_attribute_names().unwrap().get("#store").map(String::as_str), Some("store"));
        assert_eq!(update.key().len(), 2);
    }

    #[test]
    fn given_sums_with_limits_when_written_then_each_limit_is_a_condition_and_no_row_is_within_all_of_them() {
        let write = row(Expect::AddsWithin(&["value"], vec![("value", 3)])).write("t").unwrap();
        let update = write.update().expect("it is updated");
        assert_eq!(update.update_expression(), "ADD #value :value");
        assert_eq!(update.condition_expression(), Some("(attribute_not_exists(#value) OR #value <= :most_value)"));
        assert_eq!(update.expression_attribute_values().unwrap().get(":most_value"), Some(&n(3)));
    }

    #[test]
    fn given_a_row_with_an_end_when_written_then_it_says_so_in_seconds() {
        assert_eq!(row(Expect::Any).until(Timestamp(5_000)).item.get("ttl"), Some(&n(5)));
    }

    #[test]
    fn given_an_event_when_it_is_a_row_then_it_lies_in_the_partition_of_what_it_happened_to() {
        let changes = vec![FieldChange { field: "low_at".into(), old: "3".into(), new: "5".into() }];
        let happened = Event::PoliciesChanged { by: "stf_1".parse().unwrap(), changes };
        let row = event(&Aggregate::Policies, &happened, &"evt_1".parse().unwrap(), Timestamp(5)).unwrap();
        assert_eq!((row.table, row.expect, row.means), (Table::Hq, Expect::New, Failed::Exists));
        assert_eq!((row.item.get("pk"), row.item.get("sk")), (Some(&s("POLICIES")), Some(&s("EVENT#evt_1"))));
    }

    #[test]
    fn given_an_event_when_it_is_a_row_of_hq_then_it_is_in_the_index_of_its_day_and_an_orders_is_in_none() {
        let id: EventId = "evt_1".parse().unwrap();
        let happened = Event::BrandsChanged { by: "stf_1".parse().unwrap(), changes: Vec::new() };
        let row = event(&Aggregate::Brands, &happened, &id, Timestamp(5)).unwrap();
        assert_eq!((row.item.get("gsi1pk"), row.item.get("gsi1sk")), (Some(&s("AUDIT#0")), Some(&s("0000000000005#evt_1"))));
        assert_eq!((row.item.get("kind"), row.item.get("by")), (Some(&s("brands.changed")), Some(&s("stf_1"))), "filters read these");
        let order: liandian_types::OrderId = "ord_1".parse().unwrap();
        let settled = Event::OrderSettled { order: order.clone(), store: "sto_1".parse().unwrap() };
        let row = event(&Aggregate::Order(order), &settled, &id, Timestamp(5)).unwrap();
        assert!(row.item.keys().all(|name| !name.starts_with("gsi")), "{row:?}");
    }
}
