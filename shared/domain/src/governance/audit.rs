//! Histories that cannot be edited unseen: each entry holds the hash of the one before it, and the row that it tells of keeps the hash of the last.
//!
//! Who changes, drops, inserts or moves an entry must make every later one anew, and the row beside them; [`verify`] finds where that was not done. The
//! newest hash is worth keeping elsewhere as well: who makes all of it anew leaves no trace in the tables themselves.

use std::{collections::BTreeMap, fmt};

use liandian_contracts::event::FieldChange;
use liandian_types::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What the first entry of a chain holds in place of a hash.
pub const NOTHING: &str = "";

/// Flaws of one kind in one chain that are told; what follows is of the same cause.
const TOLD: usize = 20;

/// The end of a chain, as the row keeps it that the chain tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The chain's name. It is in every hash: no entry can be moved to another history.
    pub of: String,
    /// How many entries it has.
    pub seq: u64,
    /// The hash of the last.
    pub hash: String,
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}#{}", self.seq, self.hash, self.of)
    }
}

impl Head {
    /// A head from its one line of text, as it is kept.
    #[must_use]
    pub fn parse(text: &str) -> Option<Head> {
        let mut parts = text.splitn(3, '#');
        let (seq, hash, of) = (parts.next()?.parse().ok()?, parts.next()?.to_owned(), parts.next()?.to_owned());
        Some(Head { of, seq, hash })
    }
}

/// An entry's place in its chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The chain's name.
    pub of: String,
    /// Counts the chain's entries, from 1.
    pub seq: u64,
    /// The hash of the entry before.
    pub prev: String,
    /// The hash of this entry: of its name, number, content and the hash before it, in hexadecimal.
    pub hash: String,
}

impl Link {
    /// The place behind `last` of an entry with this content. A chain goes on under the name it began with; a new one is called `of`.
    #[must_use]
    pub fn after(last: Option<&Head>, of: &str, content: &[u8]) -> Link {
        let mut link = Link {
            of: last.map_or(of, |l| l.of.as_str()).to_owned(),
            seq: last.map_or(1, |l| l.seq.saturating_add(1)),
            prev: last.map_or(NOTHING, |l| l.hash.as_str()).to_owned(),
            hash: String::new(),
        };
        link.hash = link.digest(content);
        link
    }

    /// The end of the chain when this is its last entry.
    #[must_use]
    pub fn head(&self) -> Head {
        Head { of: self.of.clone(), seq: self.seq, hash: self.hash.clone() }
    }

    /// Is this the content that it was made for?
    #[must_use]
    pub fn holds(&self, content: &[u8]) -> bool {
        self.digest(content) == self.hash
    }

    fn digest(&self, content: &[u8]) -> String {
        let mut hasher = Sha256::new();
        for part in [self.of.as_bytes(), &self.seq.to_be_bytes(), self.prev.as_bytes(), content] {
            // Each with its length in front: no two different entries give the same bytes.
            hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hasher.update(part);
        }
        hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// An entry as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The entry's own id.
    pub id: String,
    /// Its place; absent: it has none.
    pub link: Option<Link>,
    /// Is its content the one that its hash was made of?
    pub holds: bool,
}

/// Where a chain does not hold. Numbers count the chain's entries from 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "flaw", rename_all = "snake_case")]
pub enum Flaw {
    /// An entry is not what it was when it was written.
    Edited {
        /// The chain.
        of: String,
        /// Which entry.
        seq: u64,
    },
    /// There is no entry with this number.
    Missing {
        /// The chain.
        of: String,
        /// Which entry.
        seq: u64,
    },
    /// An entry that there should not be: its number is another's, or beyond the last.
    Inserted {
        /// The chain.
        of: String,
        /// The number that it claims.
        seq: u64,
        /// Which entry.
        id: String,
    },
    /// An entry does not follow the one before it: one of the two was moved, or made anew.
    Unlinked {
        /// The chain.
        of: String,
        /// Which entry.
        seq: u64,
    },
    /// The row does not have the hash of its last entry, or there is no row that would.
    Head {
        /// The chain.
        of: String,
        /// The last entry.
        seq: u64,
    },
    /// An entry without a place in any chain.
    Loose {
        /// Which entry.
        id: String,
    },
}

impl Flaw {
    /// What it is about: a chain, or for an entry without one the entry.
    #[must_use]
    pub fn of(&self) -> &str {
        match self {
            Flaw::Edited { of, .. } | Flaw::Missing { of, .. } | Flaw::Inserted { of, .. } | Flaw::Unlinked { of, .. } | Flaw::Head { of, .. } => of,
            Flaw::Loose { id } => id,
        }
    }

    /// In a sentence, without the name of the chain.
    #[must_use]
    pub fn told(&self) -> String {
        match self {
            Flaw::Edited { seq, .. } => format!("第 {seq} 条被改动过"),
            Flaw::Missing { seq, .. } => format!("缺少第 {seq} 条"),
            Flaw::Inserted { seq, id, .. } => format!("多出一条自称第 {seq} 条的记录（{id}）"),
            Flaw::Unlinked { seq, .. } => format!("第 {seq} 条与前一条接不上"),
            Flaw::Head { seq, .. } => format!("第 {seq} 条（最后一条）与对象上留存的校验值不符"),
            Flaw::Loose { id } => format!("记录 {id} 不在任何链上"),
        }
    }
}

/// Do these entries hold, each in its chain, up to the heads that are kept? Entries and heads come in any order and may be of several chains. With
/// `ended`, a chain may be without a head: what it tells of is gone, and who asks has not looked for where its end was noted.
#[must_use]
pub fn verify(entries: &[Found], heads: &[Head], ended: bool) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut chains: BTreeMap<&str, Vec<(&Link, &Found)>> = BTreeMap::new();
    for entry in entries {
        match &entry.link {
            Some(link) => chains.entry(link.of.as_str()).or_default().push((link, entry)),
            None => flaws.push(Flaw::Loose { id: entry.id.clone() }),
        }
    }
    let mut ends: BTreeMap<&str, &Head> = BTreeMap::new();
    for head in heads {
        // The end of a chain may be noted where its row was taken away, and be on a row again: the later one counts.
        let end = ends.entry(head.of.as_str()).or_insert(head);
        if head.seq > end.seq {
            *end = head;
        }
        chains.entry(head.of.as_str()).or_default();
    }
    for (of, mut links) in chains {
        // Of several with one number, the one whose content holds is the entry, the others were put beside it.
        links.sort_by(|(a, x), (b, y)| (a.seq, !x.holds, &x.id).cmp(&(b.seq, !y.holds, &y.id)));
        one_chain(of, &links, ends.get(of).copied(), ended, &mut flaws);
    }
    flaws
}

fn one_chain(of: &str, links: &[(&Link, &Found)], head: Option<&Head>, ended: bool, flaws: &mut Vec<Flaw>) {
    let last = head.map_or(u64::MAX, |h| h.seq);
    let missing = |from: u64, to: u64| (from..to).take(TOLD).map(move |seq| Flaw::Missing { of: of.to_owned(), seq });
    let (mut next, mut before, mut newest) = (1_u64, Some(NOTHING), NOTHING);
    for (link, entry) in links {
        if link.seq < next || link.seq > last {
            flaws.push(Flaw::Inserted { of: of.to_owned(), seq: link.seq, id: entry.id.clone() });
            continue;
        }
        if link.seq > next {
            flaws.extend(missing(next, link.seq));
            // What was before it is not there to compare with.
            before = None;
        }
        if !entry.holds {
            flaws.push(Flaw::Edited { of: of.to_owned(), seq: link.seq });
        } else if before.is_some_and(|hash| hash != link.prev) {
            flaws.push(Flaw::Unlinked { of: of.to_owned(), seq: link.seq });
        }
        (next, before, newest) = (link.seq.saturating_add(1), Some(link.hash.as_str()), link.hash.as_str());
    }
    match head {
        None if ended || links.is_empty() => {}
        None => flaws.push(Flaw::Head { of: of.to_owned(), seq: next.saturating_sub(1) }),
        Some(h) if next <= h.seq => flaws.extend(missing(next, h.seq.saturating_add(1))),
        Some(h) if h.hash != newest => flaws.push(Flaw::Head { of: of.to_owned(), seq: h.seq }),
        Some(_) => {}
    }
}

/// A field of something at a moment, as its history tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldThen {
    /// Which field.
    pub field: String,
    /// What it was.
    pub value: String,
    /// What it is.
    pub now: String,
    /// Since when it had been so; absent: since before the history begins.
    pub since: Option<Timestamp>,
}

/// What each field was at a moment: what it is now, with every later change undone. `now` are the fields as they are; those that are changed in the
/// history and are not among them are taken from the history. It comes newest first.
#[must_use]
pub fn fields_then(
    now: impl IntoIterator<Item = (String, String)>,
    history: impl IntoIterator<Item = (Timestamp, Vec<FieldChange>)>,
    at: Timestamp,
) -> Vec<FieldThen> {
    let then = |(field, value): (String, String)| (field.clone(), FieldThen { field, now: value.clone(), value, since: None });
    let mut fields: BTreeMap<String, FieldThen> = now.into_iter().map(then).collect();
    for (when, changes) in history {
        for c in changes {
            let known = fields.entry(c.field.clone()).or_insert_with(|| then((c.field, c.new)).1);
            if known.since.is_some() {
                continue;
            }
            if when > at {
                known.value = c.old;
            } else {
                known.since = Some(when);
            }
        }
    }
    fields.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_history_of_fields_when_asked_for_a_moment_then_later_changes_are_undone_and_what_never_changed_is_as_it_is() {
        let change = |field: &str, old: &str, new: &str| FieldChange { field: field.into(), old: old.into(), new: new.into() };
        let history = || {
            vec![
                (Timestamp(30), vec![change("name", "b", "c")]),
                (Timestamp(20), vec![change("name", "a", "b"), change("gone", "x", "")]),
                (Timestamp(10), vec![change("name", "", "a"), change("rank", "1", "2")]),
            ]
        };
        let now = || [("name", "c"), ("rank", "2"), ("brand", "z")].map(|(f, v)| (f.to_owned(), v.to_owned()));
        let at = |t: i64| -> Vec<(String, String, Option<i64>)> {
            fields_then(now(), history(), Timestamp(t)).into_iter().map(|f| (f.field, f.value, f.since.map(|s| s.0))).collect()
        };
        let row = |field: &str, value: &str, since: Option<i64>| (field.to_owned(), value.to_owned(), since);
        assert_eq!(at(20), [row("brand", "z", None), row("gone", "", Some(20)), row("name", "b", Some(20)), row("rank", "2", Some(10))]);
        assert_eq!(at(19), [row("brand", "z", None), row("gone", "x", None), row("name", "a", Some(10)), row("rank", "2", Some(10))]);
        assert_eq!(at(9), [row("brand", "z", None), row("gone", "x", None), row("name", "", None), row("rank", "1", None)]);
        assert_eq!(at(30)[2], row("name", "c", Some(30)));
    }

    const OF: &str = "SPU#spu_1";

    /// An entry with its content, as a table has it.
    #[derive(Clone)]
    struct Row {
        id: String,
        link: Link,
        content: Vec<u8>,
    }

    fn chain(values: &[&str]) -> (Vec<Row>, Head) {
        let mut rows: Vec<Row> = Vec::new();
        for (n, value) in values.iter().enumerate() {
            let last = rows.last().map(|r| r.link.head());
            rows.push(Row { id: format!("evt_{n}"), link: Link::after(last.as_ref(), OF, value.as_bytes()), content: value.as_bytes().to_vec() });
        }
        let head = rows.last().unwrap().link.head();
        (rows, head)
    }

    fn flaws(rows: &[Row], head: Option<&Head>) -> Vec<Flaw> {
        let found: Vec<Found> =
            rows.iter().map(|r| Found { id: r.id.clone(), link: Some(r.link.clone()), holds: r.link.holds(&r.content) }).collect();
        verify(&found, head.cloned().as_slice(), false)
    }

    fn of() -> String {
        OF.to_owned()
    }

    #[test]
    fn given_a_chain_when_verified_then_it_holds_in_whatever_order_its_rows_come() {
        let (mut rows, head) = chain(&["a", "b", "c"]);
        assert_eq!((head.seq, head.hash.len()), (3, 64));
        assert_eq!(Head::parse(&head.to_string()).as_ref(), Some(&head), "a name with # in it comes back");
        assert_eq!((Head::parse(""), Head::parse("1#x"), Head::parse("x#1#of")), (None, None, None));
        assert_eq!(flaws(&rows, Some(&head)), []);
        rows.reverse();
        assert_eq!(flaws(&rows, Some(&head)), []);
        assert_eq!(verify(&[], &[], false), []);
    }

    #[test]
    fn given_an_edited_entry_when_verified_then_it_is_named_and_when_its_hash_was_made_anew_the_next_one_is() {
        let (whole, head) = chain(&["a", "b", "c"]);
        let mut edited = whole.clone();
        edited[1].content = b"x".to_vec();
        assert_eq!(flaws(&edited, Some(&head)), [Flaw::Edited { of: of(), seq: 2 }]);
        edited[1].link = Link::after(Some(&whole[0].link.head()), OF, b"x");
        assert_eq!(flaws(&edited, Some(&head)), [Flaw::Unlinked { of: of(), seq: 3 }]);
        let mut last = whole.clone();
        last[2].content = b"x".to_vec();
        last[2].link = Link::after(Some(&whole[1].link.head()), OF, b"x");
        assert_eq!(flaws(&last, Some(&head)), [Flaw::Head { of: of(), seq: 3 }], "nothing follows the last: the row knows");
    }

    #[test]
    fn given_a_missing_entry_when_verified_then_its_number_is_told_wherever_it_was() {
        let (whole, head) = chain(&["a", "b", "c"]);
        for gone in 0..3 {
            let mut rows = whole.clone();
            rows.remove(gone);
            assert_eq!(flaws(&rows, Some(&head)), [Flaw::Missing { of: of(), seq: u64::try_from(gone).unwrap() + 1 }]);
        }
        let all: Vec<Flaw> = (1..=3).map(|seq| Flaw::Missing { of: of(), seq }).collect();
        assert_eq!(flaws(&[], Some(&head)), all, "the whole history");
        let far = Head { seq: 1_000_000, ..head };
        assert_eq!(flaws(&whole, Some(&far)).len(), TOLD, "not a million lines");
    }

    #[test]
    fn given_an_inserted_entry_when_verified_then_it_is_told_from_those_that_belong_there() {
        let (whole, head) = chain(&["a", "b", "c"]);
        let strange = |link: Link| Row { id: "evt_x".into(), link, content: b"x".to_vec() };
        let inserted = |seq: u64| vec![Flaw::Inserted { of: of(), seq, id: "evt_x".into() }];
        let mut beside = whole.clone();
        beside.push(strange(whole[1].link.clone()));
        assert_eq!(flaws(&beside, Some(&head)), inserted(2), "with the place of another, and another content");
        let mut behind = whole.clone();
        behind.push(strange(Link::after(Some(&head), OF, b"x")));
        assert_eq!(flaws(&behind, Some(&head)), inserted(4), "well made, and the row does not know of it");
        let loose = Found { id: "evt_x".into(), link: None, holds: false };
        assert_eq!(verify(&[loose], &[], false), [Flaw::Loose { id: "evt_x".into() }]);
    }

    #[test]
    fn given_entries_that_changed_places_when_verified_then_that_is_found() {
        let (whole, head) = chain(&["a", "b", "c"]);
        let mut swapped = whole.clone();
        (swapped[0].link, swapped[1].link) = (whole[1].link.clone(), whole[0].link.clone());
        assert_eq!(flaws(&swapped, Some(&head)), [Flaw::Edited { of: of(), seq: 1 }, Flaw::Edited { of: of(), seq: 2 }]);
        // The same with hashes that fit their contents: they follow each other no more.
        swapped[1].link = Link::after(None, OF, b"b");
        swapped[0].link = Link::after(Some(&swapped[1].link.head()), OF, b"a");
        assert_eq!(flaws(&swapped, Some(&head)), [Flaw::Unlinked { of: of(), seq: 3 }]);
    }

    #[test]
    fn given_a_row_that_does_not_know_its_history_when_verified_then_that_is_found_unless_the_thing_is_gone() {
        let (whole, head) = chain(&["a", "b"]);
        assert_eq!(flaws(&whole, None), [Flaw::Head { of: of(), seq: 2 }]);
        let found: Vec<Found> =
            whole.iter().map(|r| Found { id: r.id.clone(), link: Some(r.link.clone()), holds: r.link.holds(&r.content) }).collect();
        assert_eq!(verify(&found, &[], true), []);
        let old = whole[0].link.head();
        assert_eq!(flaws(&whole, Some(&old)), [Flaw::Inserted { of: of(), seq: 2, id: "evt_1".into() }], "an older state of the row was put back");
        let other = Head { hash: "00".into(), ..head.clone() };
        assert_eq!(flaws(&whole, Some(&other)), [Flaw::Head { of: of(), seq: 2 }]);
        assert_eq!(verify(&found, &[old, head], false), [], "the later of two that are noted counts");
    }

    #[test]
    fn given_entries_of_another_history_when_they_are_moved_then_their_hashes_do_not_fit() {
        let (mut rows, head) = chain(&["a"]);
        rows[0].link.of = "SPU#spu_2".into();
        let moved = Head { of: "SPU#spu_2".into(), ..head };
        assert_eq!(flaws(&rows, Some(&moved)), [Flaw::Edited { of: "SPU#spu_2".into(), seq: 1 }]);
        assert!(Flaw::Edited { of: of(), seq: 1 }.told().contains("第 1 条"));
    }
}
