//! Movement documents of a location that somebody looks for: of some goods, of a kind, of some days.
//!
//! Documents lie in the order in which they were recorded. What is looked for is not in their keys, so pages are read until one is full or enough
//! was read for a request; the cursor leads on from there.

use std::collections::HashSet;

use liandian_domain::stock::record::Movement;
use liandian_types::{LocationId, MovementId, MovementKind, SkuId, Timestamp};

use crate::{
    cursor::List,
    db::{Ask, StoreError, Table, Tables, parse, text},
    keys,
};

/// Documents of one read, and how many reads a request may take: fifty read units of usual documents.
const READ: i32 = 200;
/// See [`READ`].
const READS: usize = 5;

/// A till may tell late. What it tells later than this belongs to the day on which it was told: else every question about last month would begin
/// today.
const TOLD_LATE: i64 = 7 * Timestamp::DAY;

/// Behind every id.
const LAST: &str = "~";

/// What is looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MovementsWanted {
    /// Documents with a line of one of these; `None` for any.
    pub skus: Option<HashSet<SkuId>>,
    /// Of this kind.
    pub kind: Option<MovementKind>,
    /// From then on.
    pub since: Option<Timestamp>,
    /// Before then.
    pub until: Option<Timestamp>,
}

impl MovementsWanted {
    /// Is it what is looked for?
    #[must_use]
    pub fn fits(&self, m: &Movement) -> bool {
        self.kind.is_none_or(|k| m.kind == k)
            && self.since.is_none_or(|since| filed_at(m) >= since)
            && self.until.is_none_or(|until| filed_at(m) < until)
            && self.skus.as_ref().is_none_or(|skus| m.lines.iter().any(|l| skus.contains(&l.sku)))
    }

    /// Was it recorded before all that is looked for? Then so was all that comes after it: nothing is recorded before it happens.
    fn is_over(&self, m: &Movement) -> bool {
        self.since.zip(recorded_at(&m.movement)).is_some_and(|(since, at)| at < since)
    }

    /// The sort key at which the looking begins.
    fn begins(&self) -> String {
        let last = self.until.map_or_else(|| LAST.to_owned(), |until| format!("mov_{}{LAST}", letters(until.plus(TOLD_LATE))));
        format!("{}{last}", keys::MOVEMENT)
    }
}

/// Letters of a time-ordered id, each five bits.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How many of them are its time.
const OF_TIME: usize = 10;
/// How many it has.
const OF_ID: usize = 26;

/// The first letters of an id that is made then.
fn letters(at: Timestamp) -> String {
    let mut rest = at.0.max(0).unsigned_abs();
    let mut all = [b'0'; OF_TIME];
    for letter in all.iter_mut().rev() {
        let place = usize::try_from(rest % 32).unwrap_or(0);
        *letter = LETTERS.get(place).copied().unwrap_or(b'0');
        rest /= 32;
    }
    all.iter().map(|b| char::from(*b)).collect()
}

/// When a document was recorded: its id says so. Those of a new chain's first goods have other ids.
fn recorded_at(m: &MovementId) -> Option<Timestamp> {
    let tail = m.as_str().split_once('_')?.1;
    if tail.len() != OF_ID {
        return None;
    }
    let place = |b: u8| LETTERS.iter().position(|l| *l == b).and_then(|p| i64::try_from(p).ok());
    let ms = tail.bytes().take(OF_TIME).try_fold(0_i64, |ms, b| Some(ms * 32 + place(b)?))?;
    Some(Timestamp(ms))
}

/// The moment by which a document is looked for: when it happened, or, of what was told much later, when that was.
fn filed_at(m: &Movement) -> Timestamp {
    recorded_at(&m.movement).filter(|recorded| recorded.0 - m.at.0 > TOLD_LATE).unwrap_or(m.at)
}

impl Tables {
    /// Documents of a location that are looked for, newest first, and where the next page begins: also when so many others lie between that this one
    /// is not full. `list` says what is looked for: its cursors are of no use elsewhere.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn find_movements(
        &self,
        location: &LocationId,
        wanted: &MovementsWanted,
        list: List,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<(Vec<Movement>, Option<String>), StoreError> {
        // The sort key of the last document that was looked at.
        let behind = match cursor {
            None => None,
            Some(cursor) => match list.place(cursor)?.as_slice() {
                [key] if key.starts_with(keys::MOVEMENT) => Some(key.clone()),
                _ => return Err(StoreError::Cursor),
            },
        };
        let ask = Ask {
            forward: false,
            limit: Some(READ),
            since: Some(keys::MOVEMENT.to_owned()),
            until: Some(behind.clone().unwrap_or_else(|| wanted.begins())),
            ..Ask::of(Table::Cell, keys::stock(location))
        };
        let mut found: Vec<Movement> = Vec::new();
        let (mut start, mut seen) = (None, None);
        for _ in 0..READS {
            let (items, _, last) = self.query_from(&ask, start).await?;
            for item in items {
                let key = text(&item, "sk");
                if key == behind {
                    continue;
                }
                let m: Movement = parse(item)?;
                if wanted.is_over(&m) {
                    return Ok((found, None));
                }
                seen = key;
                if wanted.fits(&m) {
                    found.push(m);
                }
                if found.len() > limit {
                    found.truncate(limit);
                    let next = found.last().map(|m| list.behind(&[keys::movement(&m.movement).as_str()]));
                    return Ok((found, next));
                }
            }
            if last.is_none() {
                return Ok((found, None));
            }
            start = last;
        }
        Ok((found, seen.map(|key| list.behind(&[key.as_str()]))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_moment_when_written_as_letters_then_ids_of_it_begin_so_and_say_when() {
        // Of the specification of ULIDs.
        assert_eq!(letters(Timestamp(1_469_918_176_385)), "01ARYZ6S41");
        let id = |tail: &str| format!("mov_{tail}").parse::<MovementId>().unwrap();
        assert_eq!(recorded_at(&id("01ARYZ6S41TSV4RRFFQ69G5FAV")), Some(Timestamp(1_469_918_176_385)));
        assert_eq!(recorded_at(&id("00seed01sh01")), None);
        assert_eq!(recorded_at(&id("01aryz6s41TSV4RRFFQ69G5FAV")), None, "none of ours has small letters");
        assert_eq!(letters(Timestamp(0)), "0000000000");
    }

    #[test]
    fn given_days_when_looked_for_then_the_looking_begins_a_week_behind_them_and_ends_before_them() {
        let wanted = MovementsWanted { since: Some(Timestamp(1_469_918_176_385)), until: Some(Timestamp(0)), ..MovementsWanted::default() };
        assert_eq!(wanted.begins(), format!("MOV#mov_{}~", letters(Timestamp(7 * Timestamp::DAY))));
        assert_eq!(MovementsWanted::default().begins(), "MOV#~");
        let m = |tail: &str, at: i64| {
            Movement::of(format!("mov_{tail}").parse().unwrap(), "loc_a".parse().unwrap(), MovementKind::Sale, None, None, vec![], Timestamp(at))
        };
        assert!(!wanted.is_over(&m("01ARYZ6S41TSV4RRFFQ69G5FAV", 0)));
        assert!(wanted.is_over(&m("01ARYZ6S40TSV4RRFFQ69G5FAV", 0)));
        let of_day = MovementsWanted { since: Some(Timestamp(10)), until: Some(Timestamp(20)), ..MovementsWanted::default() };
        assert_eq!([9, 10, 19, 20].map(|at| of_day.fits(&m("x", at))), [false, true, true, false]);
        // Of a moment in 2016, and told then or a month later.
        let of_then =
            MovementsWanted { since: Some(Timestamp(1_469_918_176_385)), until: Some(Timestamp(1_469_918_176_386)), ..MovementsWanted::default() };
        assert!(of_then.fits(&m("01ARYZ6S41TSV4RRFFQ69G5FAV", 1_469_918_176_385)));
        assert!(of_then.fits(&m("01ARYZ6S41TSV4RRFFQ69G5FAV", 1_469_918_176_385 - 30 * Timestamp::DAY)), "told late");
        assert!(!of_then.fits(&m("01ARYZ6S41TSV4RRFFQ69G5FAV", 1_469_918_176_385 - 7 * Timestamp::DAY)), "told late, and not too late");
        let of_kind = MovementsWanted { kind: Some(MovementKind::Loss), ..MovementsWanted::default() };
        assert!(!of_kind.fits(&m("x", 0)));
        let of_goods = MovementsWanted { skus: Some(HashSet::new()), ..MovementsWanted::default() };
        assert!(!of_goods.fits(&m("x", 0)), "goods that there are not have no documents");
    }
}
