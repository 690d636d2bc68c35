//! What was changed at HQ: of a range of days, of a person, of a kind, or of one thing. The rows are the histories themselves, which lie beside what
//! they tell of; an index has them by day.

use liandian_contracts::{Envelope, Event};
use liandian_domain::decision::Aggregate;
use liandian_types::{EventId, StaffId, Timestamp};

use crate::{
    cursor::List,
    db::{Ask, Item, Key, StoreError, Table, Tables, item, parse, text},
    keys,
};

/// Rows that one query reads.
const READ: i32 = 100;
/// Queries that a page takes at most: a month of days, and some for days with much in them. A page that few rows fit ends early and leads on.
const QUERIES: usize = 40;
/// Queries that a page of one thing's history takes at most.
const QUERIES_OF_ONE: usize = 10;

/// Which changes somebody asks for.
#[derive(Debug, Clone, Copy)]
pub struct AuditAsk<'a> {
    /// From this moment on …
    pub from: Timestamp,
    /// … and before this one.
    pub until: Timestamp,
    /// Made by this person.
    pub by: Option<&'a StaffId>,
    /// Whose kind begins so; empty for all.
    pub kind: &'a str,
}

/// A change, and of what.
#[derive(Debug, Clone, PartialEq)]
pub struct Audited {
    /// What was changed.
    pub of: Aggregate,
    /// The event's kind, as it is kept: `product.changed`.
    pub kind: String,
    /// Who; absent: the clock.
    pub by: Option<StaffId>,
    /// The event.
    pub event: Envelope,
}

/// The row of an event, in the history of what it happened to. Those of the HQ table stand in the index of their day (China's) as well: who looks for
/// what was changed need not know of what.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn event_item(of: &Aggregate, event: &Event, id: &EventId, at: Timestamp) -> Result<Item, StoreError> {
    let (table, pk) = keys::history(of);
    let key = Key { table, pk, sk: format!("{}{id}", keys::EVENT) };
    let of_day = [("gsi1pk", keys::audit_of_day(at)), ("gsi1sk", keys::timed(at, id))];
    let indexed = of_day.into_iter().filter(|_| table == Table::Hq);
    item(&Envelope { v: 1, id: id.clone(), at, event: event.clone() }, &key, indexed)
}

impl AuditAsk<'_> {
    /// Without a read of the whole row: most rows of a day may be others than those that are asked for.
    fn fits(&self, row: &Item) -> bool {
        let is = |name: &str| text(row, name).unwrap_or_default();
        is("kind").starts_with(self.kind) && self.by.is_none_or(|by| actor(row).as_deref() == Some(by.as_str()))
    }

    /// The list that its cursors are valid for. The days are no part of it: who names none asks for other days after midnight, and goes on all the same.
    fn list(&self) -> List {
        List::of(["audit", self.kind, self.by.map_or("", StaffId::as_str)])
    }
}

/// Who did it; absent: the clock. Who follows the link of an account is the person of the account.
fn actor(row: &Item) -> Option<String> {
    text(row, "by").or_else(|| text(row, "staff").filter(|_| text(row, "kind").as_deref() == Some("account.activated")))
}

/// A row as a change; `None` for one that is no history of the HQ table.
fn audited(row: Item) -> Result<Option<Audited>, StoreError> {
    let Some(of) = text(&row, "pk").and_then(|pk| keys::audited(&pk)) else { return Ok(None) };
    let kind = text(&row, "kind").unwrap_or_default();
    let by = actor(&row).and_then(|by| by.parse().ok());
    Ok(Some(Audited { of, kind, by, event: parse(row)? }))
}

/// The moment that an index sort key begins with.
fn moment_of(place: &str) -> Result<Timestamp, StoreError> {
    let digits = place.split('#').next().unwrap_or_default();
    digits.parse().map(Timestamp).map_err(|_| StoreError::Cursor)
}

impl Tables {
    /// What was changed at HQ, newest first, `most` a page: day after day backwards, with as few reads as the days have rows. Changes from before there
    /// was the index are found by what they are of alone ([`Tables::audit_of`]).
    ///
    /// # Errors
    /// [`StoreError`] from the engine; [`StoreError::Cursor`].
    pub async fn audited(&self, ask: AuditAsk<'_>, most: usize, cursor: Option<&str>) -> Result<(Vec<Audited>, Option<String>), StoreError> {
        let list = ask.list();
        // Only what is below this is still to be told.
        let mut below = ask.until.sortable();
        if let Some(cursor) = cursor {
            let place = list.place(cursor)?;
            below = place.into_iter().next().ok_or(StoreError::Cursor)?.min(below);
        }
        let floor = ask.from.sortable();
        // A sort key is of its own day; a bare moment is the end of the day before it.
        let mut at = moment_of(&below)?.plus(if below.contains('#') { 0 } else { -1 });
        let mut found = Vec::new();
        for _ in 0..QUERIES {
            let day = keys::audit_of_day(at);
            let of_day = Ask { index: Some(keys::GSI1), until: Some(below.clone()), forward: false, limit: Some(READ), ..Ask::of(Table::Hq, day) };
            let (rows, _, last) = self.query_from(&of_day, None).await?;
            for row in rows {
                let place = text(&row, "gsi1sk").unwrap_or_default();
                if place < floor {
                    return Ok((found, None));
                }
                if ask.fits(&row) {
                    if found.len() >= most {
                        return Ok((found, Some(list.behind(&[below.as_str()]))));
                    }
                    found.extend(audited(row)?);
                }
                below = place;
            }
            if last.is_none() {
                let begins = keys::audit_day_begins(at);
                if begins <= ask.from {
                    return Ok((found, None));
                }
                (at, below) = (begins.plus(-1), begins.sortable());
            }
        }
        Ok((found, Some(list.behind(&[below.as_str()]))))
    }

    /// What was changed of one thing of HQ's, newest first, `most` a page and at times some more.
    ///
    /// # Errors
    /// [`StoreError`] from the engine; [`StoreError::Cursor`].
    pub async fn audit_of(
        &self,
        of: &Aggregate,
        ask: AuditAsk<'_>,
        most: usize,
        cursor: Option<&str>,
    ) -> Result<(Vec<Audited>, Option<String>), StoreError> {
        let (table, pk) = keys::history(of);
        if table != Table::Hq {
            return Ok((Vec::new(), None));
        }
        let (mut found, mut next) = (Vec::new(), cursor.map(str::to_owned));
        for _ in 0..QUERIES_OF_ONE {
            let of_one = Ask { begins: keys::EVENT, forward: false, limit: Some(READ), cursor: next.as_deref(), ..Ask::of(table, pk.clone()) };
            let page = self.query(of_one).await?;
            for row in page.items.into_iter().filter(|row| ask.fits(row)) {
                found.extend(audited(row)?.filter(|a| (ask.from..ask.until).contains(&a.event.at)));
            }
            next = page.next;
            if next.is_none() || found.len() >= most {
                break;
            }
        }
        Ok((found, next))
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;

    use super::*;
    use crate::db::{n, s};

    #[test]
    fn given_rows_when_asked_for_by_kind_and_person_then_others_do_not_fit_and_each_ask_has_cursors_of_its_own() {
        let row: Item = [("kind", s("price.changed")), ("by", s("stf_1"))].map(|(name, v)| (name.to_owned(), v)).into();
        let (one, other): (StaffId, StaffId) = ("stf_1".parse().unwrap(), "stf_2".parse().unwrap());
        let ask = AuditAsk { from: Timestamp(1), until: Timestamp(9), by: None, kind: "" };
        assert!(ask.fits(&row));
        assert!(AuditAsk { kind: "price", by: Some(&one), ..ask }.fits(&row));
        assert!(!AuditAsk { kind: "product", ..ask }.fits(&row));
        assert!(!AuditAsk { by: Some(&other), ..ask }.fits(&row));
        assert_ne!(ask.list(), AuditAsk { by: Some(&other), ..ask }.list());
        assert_ne!(ask.list(), AuditAsk { kind: "price", ..ask }.list());
        assert_eq!(ask.list(), AuditAsk { until: Timestamp(10), ..ask }.list(), "midnight passes");
    }

    #[test]
    fn given_somebody_who_follows_the_link_of_an_account_when_asked_for_by_person_then_that_is_the_person() {
        let row = |kind: &str| -> Item { [("kind", s(kind)), ("staff", s("stf_1"))].map(|(name, v)| (name.to_owned(), v)).into() };
        assert_eq!(actor(&row("account.activated")).as_deref(), Some("stf_1"));
        assert_eq!(actor(&row("account.disabled")), None, "the account is not who did it");
    }

    #[test]
    fn given_a_row_when_read_then_its_partition_says_of_what_it_is() {
        let row = |pk: &str| -> Item {
            let words = [("pk", s(pk)), ("sk", s("EVENT#evt_1")), ("id", s("evt_1")), ("kind", s("brands.changed")), ("by", s("stf_1"))];
            let rest = [("changes", AttributeValue::L(Vec::new())), ("v", n(1)), ("at", n(5))];
            words.into_iter().chain(rest).map(|(name, v)| (name.to_owned(), v)).collect()
        };
        let read = audited(row("BRANDS")).unwrap().unwrap();
        assert_eq!((read.of, read.kind.as_str(), read.event.at), (Aggregate::Brands, "brands.changed", Timestamp(5)));
        assert_eq!(audited(row("ORDER#ord_1")).unwrap(), None);
        assert!(moment_of("0000000000005#evt_1").is_ok_and(|at| at == Timestamp(5)) && moment_of("x").is_err());
    }
}
