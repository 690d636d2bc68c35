//! What HQ knows of a till: when it was heard last, and which of its receipts were refused and have not been taken since. Sales that are not told
//! are sold twice online; nobody at the till sees that.

use liandian_types::{Code, Problem, StoreId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::stores::hours::Hours;

/// How exactly the moment is kept at which a till was heard: each time would cost every sale a write.
pub const HEARD_EVERY: i64 = Timestamp::MINUTE;
/// How long a refused receipt is remembered that is not told again.
pub const REFUSED_FOR: i64 = 3 * Timestamp::DAY;
/// A till that has told nothing for so long is no more.
pub const KNOWN_FOR: i64 = 30 * Timestamp::DAY;
/// How many refused receipts are kept; the oldest ones say since when.
const MAX_REFUSED: usize = 20;

/// A till of a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Till {
    /// The store.
    pub store: StoreId,
    /// Its number; empty for the store's bridge, of whose request nobody could say which till it meant.
    pub till: String,
    /// Counts the changes.
    pub version: u64,
    /// When it was heard last, refused or not.
    pub heard_at: Timestamp,
    /// When it has been silent for too long, if nothing comes; absent for a bridge, which need not speak.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silent_at: Option<Timestamp>,
    /// Receipts that were refused, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<Refused>,
}

/// A receipt that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    /// Its number; empty when that could not be read.
    pub number: String,
    /// When it was told first.
    pub since: Timestamp,
    /// When it was told last.
    pub last_at: Timestamp,
    /// Why, the last time.
    pub code: Code,
    /// What it named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// A receipt that a till has told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Word<'a> {
    /// Its number; empty when that could not be read.
    pub number: &'a str,
    /// Why it was refused, if it was.
    pub refused: Option<&'a Problem>,
}

/// What becomes of a till's record when it is heard; `None` when nothing is worth a write. A refused receipt is over when it is taken, or is not told
/// again for [`REFUSED_FOR`].
#[must_use]
pub fn heard(known: Option<&Till>, store: &StoreId, till: &str, words: &[Word<'_>], hours: &Hours, patience: i64, now: Timestamp) -> Option<Till> {
    let mut refused = known.map(|k| k.refused.clone()).unwrap_or_default();
    for w in words {
        let held = refused.iter().position(|r| r.number == w.number);
        match (w.refused, held) {
            (None, held) => drop(held.map(|i| refused.remove(i))),
            (Some(p), Some(i)) => (refused[i].last_at, refused[i].code, refused[i].field) = (now, p.code, p.field.clone()),
            (Some(p), None) => {
                if refused.len() >= MAX_REFUSED {
                    refused.pop();
                }
                refused.push(Refused { number: w.number.to_owned(), since: now, last_at: now, code: p.code, field: p.field.clone() });
            }
        }
    }
    refused.retain(|r| r.is_alive(now));
    let what = |all: &[Refused]| -> Vec<(String, Code, Option<String>)> { all.iter().map(|r| (r.number.clone(), r.code, r.field.clone())).collect() };
    let fresh = known.is_some_and(|k| now.0 - k.heard_at.0 < HEARD_EVERY && what(&k.refused) == what(&refused));
    (!fresh).then(|| Till {
        store: store.clone(),
        till: till.to_owned(),
        version: known.map_or(0, |k| k.version + 1),
        heard_at: now,
        silent_at: (!till.is_empty()).then(|| hours.worked(now, patience)),
        refused,
    })
}

impl Refused {
    fn is_alive(&self, now: Timestamp) -> bool {
        self.last_at.plus(REFUSED_FOR) > now
    }
}

impl Till {
    /// Is it forgotten?
    #[must_use]
    pub fn is_gone(&self, now: Timestamp) -> bool {
        self.heard_at.plus(KNOWN_FOR) <= now
    }

    /// Since when it has told nothing, when that is too long.
    #[must_use]
    pub fn silent_since(&self, hours: &Hours, patience: i64, now: Timestamp) -> Option<Timestamp> {
        let waited = !self.till.is_empty() && hours.worked(self.heard_at, patience) <= now;
        waited.then_some(self.heard_at)
    }

    /// Receipts that are refused and have not been taken since: since when, how many, and the last refusal.
    #[must_use]
    pub fn refusals(&self, now: Timestamp) -> Option<(Timestamp, usize, &Refused)> {
        let alive = || self.refused.iter().filter(|r| r.is_alive(now));
        let since = alive().map(|r| r.since).min()?;
        alive().max_by_key(|r| r.last_at).map(|last| (since, alive().count(), last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stores::hours::CHINA;

    const H: i64 = Timestamp::HOUR;

    fn store() -> StoreId {
        "sto_a".parse().unwrap()
    }
    /// Eight to ten in the evening.
    fn hours() -> Hours {
        Hours::daily(480, 1320, CHINA)
    }
    fn at(text: &str) -> Timestamp {
        Timestamp(format!("{text}:00+08:00").parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }
    fn tell(known: Option<&Till>, words: &[Word<'_>], now: Timestamp) -> Option<Till> {
        heard(known, &store(), "01", words, &hours(), 3 * H, now)
    }
    fn fine(number: &str) -> Word<'_> {
        Word { number, refused: None }
    }
    fn no(field: &str) -> Problem {
        Problem::new(Code::BadRequest, "x").at(field)
    }

    #[test]
    fn given_a_till_that_tells_nothing_when_its_store_was_open_for_long_enough_then_it_is_silent_and_a_night_does_not_count() {
        let t = tell(None, &[fine("1")], at("2026-11-23T20:30")).unwrap();
        assert_eq!(t.silent_at, Some(at("2026-11-24T09:30")));
        let since = |t: &Till, now: &str, patience| t.silent_since(&hours(), patience, at(now));
        assert_eq!(since(&t, "2026-11-24T09:29", 3 * H), None);
        assert_eq!(since(&t, "2026-11-24T09:30", 3 * H), Some(at("2026-11-23T20:30")));
        assert_eq!(since(&t, "2026-11-24T09:30", 4 * H), None, "HQ waits longer now");
        let bridge = Till { till: String::new(), ..t };
        assert_eq!(since(&bridge, "2026-12-01T12:00", 3 * H), None, "a bridge need not speak");
        assert!(heard(None, &store(), "", &[], &hours(), 3 * H, at("2026-11-23T20:30")).unwrap().silent_at.is_none());
    }

    #[test]
    fn given_a_till_that_is_heard_when_nothing_else_changes_then_it_is_written_once_a_minute() {
        let now = at("2026-11-23T12:00");
        let t = tell(None, &[fine("1")], now).unwrap();
        assert_eq!(tell(Some(&t), &[fine("2")], now.plus(HEARD_EVERY - 1)), None);
        let later = tell(Some(&t), &[fine("2")], now.plus(HEARD_EVERY)).unwrap();
        assert_eq!((later.version, later.heard_at), (1, now.plus(HEARD_EVERY)));
        let p = no("sold_at");
        assert!(tell(Some(&t), &[Word { number: "2", refused: Some(&p) }], now.plus(1)).is_some(), "a refusal at once");
    }

    #[test]
    fn given_refused_receipts_when_they_are_taken_or_forgotten_then_the_till_is_refused_no_more() {
        let now = at("2026-11-23T12:00");
        let (seconds, other) = (no("sold_at"), no("lines[0].quantity"));
        let bad = |number: &'static str, p| Word { number, refused: Some(p) };
        let t = tell(None, &[bad("1", &seconds), fine("2"), bad("3", &other)], now).unwrap();
        let (since, n, last) = t.refusals(now.plus(H)).unwrap();
        assert_eq!((since, n, last.field.as_deref()), (now, 2, Some("lines[0].quantity")), "others that were taken do not hide it");
        // Told again, for another reason.
        let t = tell(Some(&t), &[bad("1", &other)], now.plus(H)).unwrap();
        assert_eq!((t.refused[0].since, t.refused[0].last_at, t.refused.len()), (now, now.plus(H), 2));
        let t = tell(Some(&t), &[fine("3")], now.plus(2 * H)).unwrap();
        assert_eq!(t.refusals(now.plus(2 * H)).map(|r| r.1), Some(1));
        assert_eq!(t.refusals(now.plus(H + REFUSED_FOR - 1)).map(|r| r.1), Some(1));
        assert_eq!(t.refusals(now.plus(H + REFUSED_FOR)), None, "nobody tells it any more");
        assert!(tell(Some(&t), &[fine("9")], now.plus(H + REFUSED_FOR)).unwrap().refused.is_empty());
        assert!(tell(Some(&t), &[fine("1")], now.plus(3 * H)).unwrap().refusals(now.plus(3 * H)).is_none());
        assert!(!t.is_gone(t.heard_at.plus(KNOWN_FOR - 1)) && t.is_gone(t.heard_at.plus(KNOWN_FOR)));
    }

    #[test]
    fn given_more_refused_receipts_than_are_kept_when_heard_then_the_oldest_still_says_since_when() {
        let now = at("2026-11-23T12:00");
        let p = no("sold_at");
        let numbers: Vec<String> = (0..30).map(|n| n.to_string()).collect();
        let mut t = None;
        for (i, number) in numbers.iter().enumerate() {
            t = tell(t.as_ref(), &[Word { number, refused: Some(&p) }], now.plus(i64::try_from(i).unwrap() * H));
        }
        let t = t.unwrap();
        let end = now.plus(30 * H);
        assert_eq!((t.refused.len(), t.refusals(end).unwrap().0, t.refusals(end).unwrap().2.number.as_str()), (20, now, "29"));
    }
}
