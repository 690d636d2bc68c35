//! Chains of histories: each entry of HQ's table is linked to the one before it, and the row that it tells of keeps the hash of the last.
//!
//! A row that has a version is written under the condition of that version already, so its changes come one after the other: the end of its chain is
//! an attribute of it (`chain`), which whoever changes it has read with it. A link costs no read, no item and no meeting that there was not before. What is
//! written beside no such row (a store's goods that were taken or given up) ends in a row of its own beside the history ([`keys::CHAIN_END`]).

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use liandian_domain::{
    decision::Aggregate,
    governance::audit::{Flaw, Found, Head, Link, verify},
};

use crate::{
    commit::Failed,
    db::{Ask, Item, Key, StoreError, Table, Tables, s, text},
    keys,
    meter::{self, Access},
    rows::{Expect, Row},
};

/// Attribute of a row: the end of its history's chain.
pub(crate) const CHAIN: &str = "chain";
/// Attribute of an entry: its place in its chain.
const LINK: &str = "link";
/// Attribute of an entry: ends of chains whose rows were taken away with it.
const ENDS: &str = "ends";
/// Rows of which the ends are known to a process at most; beyond that it reads anew.
const KNOWN: usize = 10_000;
/// How long a flaw must last to be one: a scan is no snapshot, and what was written meanwhile agrees by then.
const AGAIN_AFTER: Duration = Duration::from_secs(2);

/// The ends of chains on rows that this process has read: of which version, and how the chain ended there. Whether that is still so is a condition of
/// what is written, so an old one does no harm but a second try.
#[derive(Default)]
pub(crate) struct Seen(Mutex<Ends>);

/// By partition and sort key of a row its version, and how its chain ended.
type Ends = HashMap<(String, String), (u64, Option<String>)>;

impl Seen {
    fn held(&self) -> MutexGuard<'_, Ends> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A row of HQ's table was read. Of lists only those are noted that have a chain: most of a store's goods never change.
    pub(crate) fn row(&self, item: &Item, in_list: bool) {
        let (Some(pk), Some(sk)) = (word(item, "pk"), word(item, "sk")) else { return };
        if !keys::keeps_chain(pk, sk) || (in_list && !item.contains_key(CHAIN)) {
            return;
        }
        self.note(pk, sk, version_of(item), text(item, CHAIN));
    }

    fn note(&self, pk: &str, sk: &str, version: u64, end: Option<String>) {
        let mut held = self.held();
        if held.len() >= KNOWN {
            held.clear();
        }
        held.insert((pk.to_owned(), sk.to_owned()), (version, end));
    }

    fn end(&self, pk: &str, sk: &str, version: u64) -> Option<Option<String>> {
        self.held().get(&(pk.to_owned(), sk.to_owned())).filter(|(v, _)| *v == version).map(|(_, end)| end.clone())
    }

    /// What was written was refused: what is known of these rows may be old.
    pub(crate) fn forget(&self, rows: &[Kept]) {
        let mut held = self.held();
        for row in rows {
            held.remove(&row.key);
        }
    }

    /// What was written is so: how these chains end is known without a read.
    pub(crate) fn wrote(&self, rows: Vec<Kept>) {
        for Kept { key: (pk, sk), now } in rows {
            match now {
                Some((version, end)) => self.note(&pk, &sk, version, end),
                None => drop(self.held().remove(&(pk, sk))),
            }
        }
    }
}

/// A row of a transaction that keeps a chain, and what of it is known when it is written: its version and the chain's end, or that it is gone.
pub(crate) struct Kept {
    key: (String, String),
    now: Option<(u64, Option<String>)>,
}

/// A text attribute, where it lies: every row of HQ's table that is read is asked for its key here.
fn word<'i>(item: &'i Item, name: &str) -> Option<&'i str> {
    item.get(name).and_then(|v| v.as_s().ok()).map(String::as_str)
}

fn version_of(item: &Item) -> u64 {
    item.get("version").and_then(|v| v.as_n().ok()).and_then(|v| v.parse().ok()).unwrap_or(0)
}

fn key_of(item: &Item) -> (String, String) {
    (text(item, "pk").unwrap_or_default(), text(item, "sk").unwrap_or_default())
}

fn part(out: &mut Vec<u8>, kind: u8, bytes: &[u8]) {
    out.push(kind);
    out.extend(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
    out.extend(bytes);
}

fn value(out: &mut Vec<u8>, v: &AttributeValue) {
    match v {
        AttributeValue::S(text) => part(out, b's', text.as_bytes()),
        AttributeValue::N(number) => part(out, b'n', number.as_bytes()),
        AttributeValue::Bool(yes) => part(out, b'b', &[u8::from(*yes)]),
        AttributeValue::Null(_) => part(out, b'0', &[]),
        AttributeValue::L(all) => {
            part(out, b'l', &u64::try_from(all.len()).unwrap_or(u64::MAX).to_be_bytes());
            all.iter().for_each(|one| value(out, one));
        }
        AttributeValue::M(all) => {
            part(out, b'm', &u64::try_from(all.len()).unwrap_or(u64::MAX).to_be_bytes());
            attributes(out, all, "");
        }
        // No event has any of these.
        other => part(out, b'?', format!("{other:?}").as_bytes()),
    }
}

fn attributes(out: &mut Vec<u8>, item: &Item, without: &str) {
    let mut all: Vec<_> = item.iter().filter(|(name, _)| name.as_str() != without).collect();
    all.sort_by_key(|(name, _)| name.as_str());
    for (name, v) in all {
        part(out, b'a', name.as_bytes());
        value(out, v);
    }
}

/// An entry's bytes: all that its row has but its place in the chain, in an order of its own. Keys and indexes are in it: an entry cannot be moved, and
/// cannot be taken out of the list of its day.
fn content(item: &Item) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    attributes(&mut out, item, LINK);
    out
}

fn linked(link: &Link) -> Result<AttributeValue, StoreError> {
    serde_dynamo::to_attribute_value(link).map_err(|e| StoreError::Shape { key: link.of.clone(), error: e.to_string() })
}

fn link_of(item: &Item) -> Option<Link> {
    serde_dynamo::from_attribute_value(item.get(LINK)?.clone()).ok()
}

fn found(item: &Item) -> Found {
    let link = link_of(item);
    let holds = link.as_ref().is_some_and(|l| l.holds(&content(item)));
    Found { id: text(item, "id").unwrap_or_default(), link, holds }
}

/// The ends that an entry or a row keeps.
fn ends_of(item: &Item) -> impl Iterator<Item = Head> {
    let on_row = text(item, CHAIN);
    let noted: Vec<String> = match item.get(ENDS) {
        Some(AttributeValue::L(all)) => all.iter().filter_map(|v| v.as_s().ok().cloned()).collect(),
        _ => Vec::new(),
    };
    on_row.into_iter().chain(noted).filter_map(|end| Head::parse(&end))
}

fn is_entry(item: &Item) -> bool {
    word(item, "sk").is_some_and(|sk| sk.starts_with(keys::EVENT))
}

/// What of its history an entry is about: a region, a level of stores.
fn part_of(entry: &Item) -> Option<String> {
    if let Some(region) = text(entry, "region") {
        return Some(region);
    }
    let AttributeValue::L(changes) = entry.get("changes")? else { return None };
    let AttributeValue::M(first) = changes.first()? else { return None };
    first.get("level")?.as_s().ok().cloned()
}

/// Where an entry's chain ends: the key of the row that is to keep it, unless none of that key is written.
fn end_of(entry: &Item) -> (String, String) {
    let (history, _) = key_of(entry);
    keys::chain_end(&history, &text(entry, "kind").unwrap_or_default(), part_of(entry).as_deref())
}

/// Is this the row of the account whose history this is?
fn is_account_of(row: &Item, history: &str) -> bool {
    word(row, "sk") == Some("STAFF") && word(row, "staff").is_some_and(|id| keys::staff_id(id) == history)
}

/// Puts an entry behind the last one of its chain, which ends on the row of this key.
fn put_behind(entry: &mut Item, last: Option<&Head>, end: (&str, &str)) -> Result<Head, StoreError> {
    let (history, _) = key_of(entry);
    let name = keys::chain_name(&history, end, &text(entry, "id").unwrap_or_default());
    let link = Link::after(last, &name, &content(entry));
    entry.insert(LINK.into(), linked(&link)?);
    Ok(link.head())
}

/// Links entries that are written beside the rows that they tell of, as a seeder writes them: oldest first, each chain ending on its row. All entries of a
/// chain come in one call, with its row: what a later call brings begins anew.
///
/// # Errors
/// [`StoreError::Shape`] when a link cannot be written.
pub fn link_items(items: &mut Vec<Item>) -> Result<(), StoreError> {
    let at = |item: &Item| item.get("at").and_then(|v| v.as_n().ok()).and_then(|v| v.parse::<i64>().ok()).unwrap_or(0);
    let mut order: Vec<usize> = (0..items.len()).filter(|i| is_entry(&items[*i]) && !items[*i].contains_key(LINK)).collect();
    if order.is_empty() {
        return Ok(());
    }
    order.sort_by_key(|i| (at(&items[*i]), key_of(&items[*i])));
    let mut rows: HashMap<(String, String), usize> = items.iter().enumerate().map(|(i, item)| (key_of(item), i)).collect();
    for i in order {
        let (history, _) = key_of(&items[i]);
        let account = items.iter().position(|row| is_account_of(row, &history));
        let mut end = account.map_or_else(|| end_of(&items[i]), |row| key_of(&items[row]));
        let mut row = rows.get(&end).copied();
        if row.is_none() && end.1 != keys::CHAIN_END {
            end = (history, keys::CHAIN_END.to_owned());
            row = rows.get(&end).copied();
        }
        let row = row.unwrap_or_else(|| {
            items.push([("pk", &end.0), ("sk", &end.1)].map(|(name, v)| (name.to_owned(), s(v))).into());
            rows.insert(end.clone(), items.len() - 1);
            items.len() - 1
        });
        let last = text(&items[row], CHAIN).and_then(|end| Head::parse(&end));
        let head = put_behind(&mut items[i], last.as_ref(), (end.0.as_str(), end.1.as_str()))?;
        items[row].insert(CHAIN.into(), s(head.to_string()));
    }
    Ok(())
}

/// A row of a transaction that keeps a chain.
struct Keeper {
    /// Which of the rows.
    row: usize,
    /// How the chain ended when the row was read.
    was: Option<String>,
    /// How it ends now.
    head: Option<Head>,
}

impl Tables {
    /// Links a transaction's entries of HQ's table, and puts the ends of their chains on the rows that keep them, which it answers: each is written
    /// only if the chain still ends there as it was seen to. Rows that were not read by this process, and those that are taken away, are read here, all
    /// in one wave.
    pub(crate) async fn link(&self, rows: &mut Vec<Row>, entries: &mut [Row]) -> Result<Vec<Kept>, StoreError> {
        let hq: Vec<usize> = (0..entries.len()).filter(|i| entries[*i].table == Table::Hq).collect();
        // An entry whose row is not written has a row of its own for the end of its chain.
        let mut targets: Vec<usize> = Vec::with_capacity(hq.len());
        for i in &hq {
            let entry = &entries[*i].item;
            let (history, _) = key_of(entry);
            let (pk, sk) = end_of(entry);
            let own = rows.iter().position(|r| r.table == Table::Hq && !r.expect.takes_away() && is_account_of(&r.item, &history));
            let of =
                |pk: &str, sk: &str, rows: &[Row]| rows.iter().position(|r| r.table == Table::Hq && !r.expect.takes_away() && is_at(&r.item, pk, sk));
            let target = own.or_else(|| of(&pk, &sk, &rows[..])).or_else(|| of(&history, keys::CHAIN_END, &rows[..]));
            targets.push(target.unwrap_or_else(|| {
                let key = Key::hq(history, keys::CHAIN_END);
                let item = [("pk", &key.pk), ("sk", &key.sk)].map(|(name, v)| (name.to_owned(), s(v))).into();
                rows.push(Row { table: Table::Hq, item, expect: Expect::Any, means: Failed::Stale });
                rows.len() - 1
            }));
        }
        let mut keepers = self.keepers(rows).await?;
        // Chains whose rows go: an account's goes on with its new name, others are noted where it is told that they went.
        let gone: Vec<Head> = keepers.iter().filter(|k| rows[k.row].expect.takes_away()).filter_map(|k| k.head.clone()).collect();
        let moves = |head: &Head| targets.iter().any(|t| is_account_of(&rows[*t].item, &head.of));
        let ended: Vec<AttributeValue> = gone.iter().filter(|h| !moves(h)).map(|h| s(h.to_string())).collect();
        if let (Some(first), false) = (hq.first(), ended.is_empty()) {
            entries[*first].item.insert(ENDS.into(), AttributeValue::L(ended));
        }
        for (i, target) in hq.iter().zip(&targets) {
            let (pk, sk) = key_of(&rows[*target].item);
            let (history, _) = key_of(&entries[*i].item);
            let keeper = keepers.iter_mut().find(|k| k.row == *target);
            let last = keeper.as_ref().and_then(|k| k.head.clone()).or_else(|| gone.iter().find(|h| h.of == history && sk == "STAFF").cloned());
            let head = put_behind(&mut entries[*i].item, last.as_ref(), (pk.as_str(), sk.as_str()))?;
            match keeper {
                Some(k) => k.head = Some(head),
                None => keepers.push(Keeper { row: *target, was: None, head: Some(head) }),
            }
        }
        let mut kept = Vec::with_capacity(keepers.len());
        for k in keepers {
            let Some(row) = rows.get_mut(k.row) else { continue };
            let gone = row.expect.takes_away();
            let end = k.head.map(|h| h.to_string());
            if let (Some(end), false) = (&end, gone) {
                row.item.insert(CHAIN.into(), s(end));
            }
            kept.push(Kept { key: key_of(&row.item), now: (!gone).then(|| (version_of(&row.item), end)) });
            // What begins has no chain: that there is no row is its condition already.
            if row.expect != Expect::New {
                let expect = std::mem::replace(&mut row.expect, Expect::Any);
                row.expect = Expect::Chained(Box::new(expect), k.was);
            }
        }
        Ok(kept)
    }

    /// The rows that keep chains, each with how it ended when it was read.
    async fn keepers(&self, rows: &[Row]) -> Result<Vec<Keeper>, StoreError> {
        let (mut keepers, mut unknown) = (Vec::new(), Vec::new());
        for (i, row) in rows.iter().enumerate().filter(|(_, r)| r.table == Table::Hq) {
            let (pk, sk) = key_of(&row.item);
            if !keys::keeps_chain(&pk, &sk) {
                continue;
            }
            let known = match row.expect {
                Expect::New => Some(None),
                // There is none, or who decided has read one without a version: a new one costs no read.
                Expect::Seen(0) => self.caches.ends.end(&pk, &sk, 0).or(Some(None)),
                Expect::Version(v) | Expect::Seen(v) | Expect::GoneFrom(v) => self.caches.ends.end(&pk, &sk, v),
                Expect::Any if sk == keys::CHAIN_END => self.caches.ends.end(&pk, &sk, 0),
                _ => None,
            };
            if known.is_none() {
                unknown.push((keepers.len(), Key::hq(pk, sk)));
            }
            let was = known.flatten();
            keepers.push(Keeper { row: i, head: was.as_deref().and_then(Head::parse), was });
        }
        if unknown.is_empty() {
            return Ok(keepers);
        }
        let wanted: Vec<Key> = unknown.iter().map(|(_, key)| key.clone()).collect();
        for ((k, _), item) in unknown.into_iter().zip(self.batch_get_rows(&wanted, true).await?) {
            if let Some(keeper) = keepers.get_mut(k) {
                keeper.was = item.and_then(|i| text(&i, CHAIN));
                keeper.head = keeper.was.as_deref().and_then(Head::parse);
            }
        }
        Ok(keepers)
    }
}

fn is_at(item: &Item, pk: &str, sk: &str) -> bool {
    word(item, "pk") == Some(pk) && word(item, "sk") == Some(sk)
}

/// What a look at chains found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chains {
    /// Entries that were read.
    pub entries: usize,
    /// Chains that they are of.
    pub chains: usize,
    /// The newest hashes, of the chain with the most entries first: worth writing down elsewhere.
    pub newest: Vec<Head>,
    /// Where they do not hold.
    pub flaws: Vec<Flaw>,
}

impl Chains {
    fn of(entries: &[Found], mut heads: Vec<Head>, ended: bool) -> Chains {
        let named: BTreeSet<&str> = entries.iter().filter_map(|e| e.link.as_ref()).map(|l| l.of.as_str()).collect();
        let chains = named.len();
        let flaws = verify(entries, &heads, ended);
        heads.sort_by(|a, b| (b.seq, &a.of).cmp(&(a.seq, &b.of)));
        Chains { entries: entries.len(), chains, newest: heads, flaws }
    }
}

impl Tables {
    /// Do all chains of HQ's table hold? Reads the whole table; what does not agree is looked for again, and only what differs both times is told. No
    /// newest hashes: there are as many as things.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn chains(&self) -> Result<Chains, StoreError> {
        let first = self.all_chains().await?;
        if first.flaws.is_empty() {
            return Ok(first);
        }
        tokio::time::sleep(AGAIN_AFTER).await;
        let mut second = self.all_chains().await?;
        second.flaws.retain(|f| first.flaws.contains(f));
        Ok(second)
    }

    async fn all_chains(&self) -> Result<Chains, StoreError> {
        let (mut entries, mut heads, mut start) = (Vec::new(), Vec::new(), None);
        loop {
            let under_way = meter::begin([(Table::Hq, Access::Read)]);
            let page = self
                .db
                .scan()
                .table_name(self.table(Table::Hq))
                .consistent_read(true)
                .filter_expression("begins_with(sk, :event) OR attribute_exists(#chain)")
                .expression_attribute_names("#chain", CHAIN)
                .expression_attribute_values(":event", s(keys::EVENT))
                .set_exclusive_start_key(start)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(StoreError::engine)?;
            drop(under_way);
            meter::read(page.consumed_capacity());
            for row in page.items.unwrap_or_default() {
                heads.extend(ends_of(&row));
                if is_entry(&row) {
                    entries.push(found(&row));
                }
            }
            start = page.last_evaluated_key.filter(|k| !k.is_empty());
            if start.is_none() {
                break;
            }
        }
        Ok(Chains { newest: Vec::new(), ..Chains::of(&entries, heads, false) })
    }

    /// Do the chains of one thing's history hold? A listing that was given up has its end noted in its store's history, which is not read here.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn chains_of(&self, of: &Aggregate) -> Result<Chains, StoreError> {
        let (table, history) = keys::history(of);
        if table != Table::Hq {
            return Ok(Chains::default());
        }
        let mut looked = self.look_at(of, &history).await?;
        if !looked.flaws.is_empty() {
            // Something may have been written between the two reads.
            let again = self.look_at(of, &history).await?;
            let flaws = again.flaws.iter().filter(|f| looked.flaws.contains(f)).cloned().collect();
            looked = Chains { flaws, ..again };
        }
        Ok(looked)
    }

    async fn look_at(&self, of: &Aggregate, history: &str) -> Result<Chains, StoreError> {
        let entries = self.query_all(Ask { begins: keys::EVENT, strong: true, ..Ask::of(Table::Hq, history) });
        let keep = async {
            let parts = match of {
                Aggregate::Regions => Some(keys::REGION),
                Aggregate::Settings => Some(keys::LEVEL),
                _ => None,
            };
            let mut wanted = vec![Key::hq(history, keys::CHAIN_END)];
            let mut rows = Vec::new();
            match (parts, of) {
                (Some(begins), _) => rows = self.query_all(Ask { begins, strong: true, ..Ask::of(Table::Hq, history) }).await?,
                (None, Aggregate::Staff(_)) => {
                    let named = self.query_all(Ask { index: Some(keys::GSI2), begins: "STAFF", ..Ask::of(Table::Hq, history) }).await?;
                    wanted.extend(named.iter().map(key_of).map(|(pk, sk)| Key::hq(pk, sk)));
                }
                // A store's profile keeps the chain of what is changed of itself.
                (None, Aggregate::Store(_)) => wanted.push(Key::hq(history, keys::PROFILE)),
                (None, _) => {
                    let (pk, sk) = keys::chain_end(history, "", None);
                    wanted.push(Key::hq(pk, sk));
                }
            }
            rows.extend(self.batch_get_rows(&wanted, true).await?.into_iter().flatten());
            Ok::<_, StoreError>(rows)
        };
        let (entries, rows) = futures::try_join!(entries, keep)?;
        let here = |head: &Head| head.of == history || head.of.strip_prefix(history).is_some_and(|rest| rest.starts_with('#'));
        let heads = rows.iter().flat_map(ends_of).filter(here).collect();
        let entries: Vec<Found> = entries.iter().map(found).collect();
        Ok(Chains::of(&entries, heads, matches!(of, Aggregate::Listing(..))))
    }
}

#[cfg(test)]
mod tests {
    use liandian_contracts::{Event, event::FieldChange};
    use liandian_types::Timestamp;

    use super::*;
    use crate::{audit::event_item, db::n};

    fn row(pairs: &[(&str, &str)]) -> Item {
        pairs.iter().map(|(name, v)| ((*name).to_owned(), s(*v))).collect()
    }

    fn brands(new: &str, id: &str, at: i64) -> Item {
        let changes = vec![FieldChange { field: "x".into(), old: String::new(), new: new.into() }];
        let event = Event::BrandsChanged { by: "stf_1".parse().unwrap(), changes };
        event_item(&Aggregate::Brands, &event, &id.parse().unwrap(), Timestamp(at)).unwrap()
    }

    #[test]
    fn given_entries_beside_their_row_when_linked_then_the_chain_holds_and_ends_on_the_row() {
        let own = row(&[("pk", "BRANDS"), ("sk", "BRANDS")]);
        // The newer one comes first: the order is that of the times.
        let mut items = vec![brands("b", "evt_2", 20), own, brands("a", "evt_1", 10), row(&[("pk", "SKU#s"), ("sk", "SKU")])];
        link_items(&mut items).unwrap();
        assert_eq!(items.len(), 4, "no row of its own where there is one");
        let look = |items: &[Item]| {
            let entries: Vec<Found> = items.iter().filter(|i| is_entry(i)).map(found).collect();
            Chains::of(&entries, items.iter().flat_map(ends_of).collect(), false)
        };
        let looked = look(&items);
        assert_eq!((looked.entries, looked.chains, looked.newest[0].seq), (2, 1, 2));
        assert_eq!(looked.flaws, []);
        assert_eq!(link_of(&items[0]).map(|l| l.seq), Some(2));
        // Whatever of an entry's row is another, it is noticed: its day in the index as well.
        for (name, v) in [("gsi1pk", s("AUDIT#1")), ("by", s("stf_2")), ("at", n(11)), ("more", AttributeValue::Bool(true))] {
            let mut edited = items.clone();
            edited[2].insert(name.into(), v);
            assert_eq!(look(&edited).flaws, [Flaw::Edited { of: "BRANDS".into(), seq: 1 }], "{name}");
        }
        let mut without = items.clone();
        without[2].remove(LINK);
        assert!(look(&without).flaws.contains(&Flaw::Loose { id: "evt_1".into() }));
        // Linked once is linked for ever.
        let again = items.clone();
        link_items(&mut items).unwrap();
        assert_eq!(items, again);
    }

    #[test]
    fn given_an_entry_without_its_row_when_linked_then_its_chain_ends_in_a_row_beside_the_history() {
        let mut items = vec![brands("a", "evt_1", 10)];
        link_items(&mut items).unwrap();
        assert_eq!(key_of(&items[1]), ("BRANDS".to_owned(), "CHAIN".to_owned()));
        assert_eq!(ends_of(&items[1]).next().map(|h| (h.of, h.seq)), Some(("BRANDS#CHAIN".to_owned(), 1)));
        assert!(keys::keeps_chain("BRANDS", "CHAIN"));
    }

    #[test]
    fn given_rows_that_were_read_when_asked_for_then_only_of_their_version_and_of_lists_only_those_with_a_chain() {
        let seen = Seen::default();
        let mut profile = row(&[("pk", "STORE#sto_1"), ("sk", "PROFILE"), (CHAIN, "1#ab#STORE#sto_1")]);
        profile.insert("version".into(), n(4));
        seen.row(&profile, true);
        assert_eq!(seen.end("STORE#sto_1", "PROFILE", 4), Some(Some("1#ab#STORE#sto_1".to_owned())));
        assert_eq!(seen.end("STORE#sto_1", "PROFILE", 5), None);
        let plain = row(&[("pk", "STORE#sto_1"), ("sk", "LISTING#sku_1")]);
        seen.row(&plain, true);
        assert_eq!(seen.end("STORE#sto_1", "LISTING#sku_1", 0), None);
        seen.row(&plain, false);
        assert_eq!(seen.end("STORE#sto_1", "LISTING#sku_1", 0), Some(None), "there is no chain, and that is known");
        let of = |now: Option<(u64, Option<String>)>| Kept { key: ("STORE#sto_1".to_owned(), "PROFILE".to_owned()), now };
        seen.wrote(vec![of(Some((5, Some("2#cd#STORE#sto_1".to_owned()))))]);
        assert_eq!(seen.end("STORE#sto_1", "PROFILE", 5), Some(Some("2#cd#STORE#sto_1".to_owned())));
        seen.forget(&[of(None)]);
        assert_eq!(seen.end("STORE#sto_1", "PROFILE", 5), None);
    }

    #[test]
    fn given_contents_when_hashed_then_no_two_different_ones_give_the_same_bytes() {
        let one = row(&[("a", "bc"), ("d", "e")]);
        let other = row(&[("a", "b"), ("d", "ce")]);
        assert_ne!(content(&one), content(&other));
        let mut number = one.clone();
        number.insert("d".into(), n("e"));
        assert_ne!(content(&one), content(&number));
        let list = |all: &[&str]| -> Item { [("l".to_owned(), AttributeValue::L(all.iter().map(|v| s(*v)).collect()))].into() };
        assert_ne!(content(&list(&["ab"])), content(&list(&["a", "b"])));
    }
}
