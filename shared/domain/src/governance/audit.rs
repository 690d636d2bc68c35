//! Histories that cannot be edited unseen: each entry of an entity holds the hash of the one before it.
//!
//! Who changes, drops or inserts an entry must make every later one anew; [`verify`] finds where the chain does not hold. The
//! newest hash is worth keeping elsewhere: without it, entries cut off at the end leave no trace.

use std::collections::BTreeMap;

use liandian_contracts::event::FieldChange;
use liandian_types::{StaffId, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What the first entry of a chain holds in place of a hash.
pub const NOTHING: &str = "";

/// One change of one entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Counts the entity's entries, from 1.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who; absent: the clock or a partner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<StaffId>,
    /// What was done.
    pub action: String,
    /// What was there before, as JSON; absent: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// What is there since, as JSON; absent: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
    /// The hash of the entry before.
    pub prev_hash: String,
    /// The hash of all this, in hexadecimal.
    pub hash: String,
}

/// What an entry tells, before it has its place in a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Option<StaffId>,
    /// What was done.
    pub action: String,
    /// Before.
    pub old: Option<String>,
    /// Since.
    pub new: Option<String>,
}

/// A part of what is hashed, with its length in front: no two different entries give the same bytes.
fn part(hasher: &mut Sha256, text: Option<&str>) {
    match text {
        None => hasher.update([0_u8]),
        Some(text) => {
            hasher.update([1_u8]);
            hasher.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
            hasher.update(text.as_bytes());
        }
    }
}

impl Entry {
    /// The entry that follows `last` in the chain of `entity`.
    #[must_use]
    pub fn after(entity: &str, last: Option<&Entry>, h: Happened) -> Entry {
        let mut entry = Entry {
            seq: last.map_or(1, |l| l.seq + 1),
            at: h.at,
            by: h.by,
            action: h.action,
            old: h.old,
            new: h.new,
            prev_hash: last.map_or_else(|| NOTHING.to_owned(), |l| l.hash.clone()),
            hash: String::new(),
        };
        entry.hash = entry.digest(entity);
        entry
    }

    /// The hash that the entry should have. The entity's name is in it: an entry cannot be moved to another history.
    fn digest(&self, entity: &str) -> String {
        let mut hasher = Sha256::new();
        part(&mut hasher, Some(entity));
        hasher.update(self.seq.to_be_bytes());
        hasher.update(self.at.0.to_be_bytes());
        part(&mut hasher, self.by.as_ref().map(StaffId::as_str));
        part(&mut hasher, Some(&self.action));
        part(&mut hasher, self.old.as_deref());
        part(&mut hasher, self.new.as_deref());
        part(&mut hasher, Some(&self.prev_hash));
        hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Where a chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// An entry is not what it was when it was written.
    Edited {
        /// Which.
        seq: u64,
    },
    /// There is none with this number where it should be.
    Missing {
        /// Which.
        seq: u64,
    },
    /// An entry does not follow the one before it, which was made anew.
    Unlinked {
        /// Which.
        seq: u64,
    },
}

/// Does the chain of an entity hold, in the order of its numbers? With `newest`, the hash of its last entry as kept elsewhere,
/// entries that are missing at the end are found as well.
///
/// # Errors
/// The first [`Flaw`].
pub fn verify(entity: &str, chain: &[Entry], newest: Option<&str>) -> Result<(), Flaw> {
    let mut prev = NOTHING;
    for (entry, seq) in chain.iter().zip(1..) {
        if entry.seq != seq {
            return Err(Flaw::Missing { seq });
        }
        if entry.digest(entity) != entry.hash {
            return Err(Flaw::Edited { seq });
        }
        if entry.prev_hash != prev {
            return Err(Flaw::Unlinked { seq });
        }
        prev = &entry.hash;
    }
    if newest.is_some_and(|hash| hash != prev) {
        return Err(Flaw::Missing { seq: u64::try_from(chain.len()).unwrap_or(u64::MAX).saturating_add(1) });
    }
    Ok(())
}

/// What was there at a moment, out of a history of whole values in the order in which they were written.
#[must_use]
pub fn as_of(chain: &[Entry], at: Timestamp) -> Option<&str> {
    // The first that is later ends it, so that a clock that went back for a moment does not bring an older value up.
    chain.iter().take_while(|e| e.at <= at).last().and_then(|e| e.new.as_deref())
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

    fn chain() -> Vec<Entry> {
        let mut chain: Vec<Entry> = Vec::new();
        for (n, value) in ["a", "b", "c"].into_iter().enumerate() {
            let h = Happened {
                at: Timestamp(i64::try_from(n).unwrap() * 10),
                by: Some("stf_a".parse().unwrap()),
                action: "set".into(),
                old: chain.last().and_then(|e| e.new.clone()),
                new: Some(value.into()),
            };
            let next = Entry::after("sku_1", chain.last(), h);
            chain.push(next);
        }
        chain
    }

    #[test]
    fn given_a_chain_when_verified_then_it_holds_and_only_under_its_own_name() {
        assert_eq!(verify("sku_1", &chain(), Some(&chain()[2].hash)), Ok(()));
        assert_eq!(chain()[0].hash.len(), 64);
        assert_eq!(verify("sku_2", &chain(), None), Err(Flaw::Edited { seq: 1 }));
        assert_eq!(verify("sku_1", &[], None), Ok(()));
    }

    #[test]
    fn given_an_edited_a_missing_or_a_remade_entry_when_verified_then_it_is_named() {
        let mut edited = chain();
        edited[1].new = Some("x".into());
        assert_eq!(verify("sku_1", &edited, None), Err(Flaw::Edited { seq: 2 }));
        edited[1].hash = edited[1].digest("sku_1");
        assert_eq!(verify("sku_1", &edited, None), Err(Flaw::Unlinked { seq: 3 }));
        for gone in 0..2 {
            let mut missing = chain();
            missing.remove(gone);
            assert_eq!(verify("sku_1", &missing, None), Err(Flaw::Missing { seq: u64::try_from(gone).unwrap() + 1 }));
        }
        let whole = chain();
        assert_eq!(verify("sku_1", &whole[..2], None), Ok(()));
        assert_eq!(verify("sku_1", &whole[..2], Some(&whole[2].hash)), Err(Flaw::Missing { seq: 3 }));
    }

    #[test]
    fn given_a_history_when_asked_for_a_moment_then_it_is_as_it_was() {
        let c = chain();
        let then: Vec<Option<&str>> = [-1, 0, 9, 10, 25].map(|t| as_of(&c, Timestamp(t))).to_vec();
        assert_eq!(then, [None, Some("a"), Some("a"), Some("b"), Some("c")]);
    }
}
