//! Rows of stock: documents, counts, claims, notes, and when batches end. Counters are no rows: [`crate::commit`] merges their changes.

use liandian_domain::{
    decision::StockWrite,
    stock::{claim::Claim, count::Count},
};
use liandian_types::{CountId, LocationId, Timestamp};

use super::{Expect, Row};
use crate::{
    commit::{Failed, POS_KNOWN_FOR},
    db::{Item, Key, StoreError, Table, item, s},
    keys,
    stock::{
        claims::{alone_item, claim_item},
        counts::{count_item, line_item},
        records::{expiry_item, movement_item, note_key},
    },
};

pub(super) fn rows(w: &StockWrite, now: Timestamp) -> Result<Vec<Row>, StoreError> {
    Ok(vec![match w {
        StockWrite::Counters(_) => return Ok(Vec::new()),
        StockWrite::Movement(m) => Row::create(Table::Cell, movement_item(m)?),
        // When the first batch of the record must leave the shelf; its counters are beside it.
        StockWrite::Batches(rebased) => match expiry_item(rebased) {
            Some(row) => Row::put(Table::Cell, row),
            None => Row::gone(&Key::cell(keys::stock(&rebased.location), keys::expiry(&rebased.sku))),
        },
        StockWrite::DeliveryNote(note) => {
            let row = item(&**note, &note_key(&note.location, &note.key), [])?;
            // Received by somebody else meanwhile: looked at again, and asked about.
            match note.version.checked_sub(1) {
                None => Row { means: Failed::Stale, ..Row::create(Table::Cell, row) },
                Some(read) => Row::replace(Table::Cell, row, read),
            }
        }
        StockWrite::CreateCount(c) => Row::create(Table::Cell, count_item(c)?),
        StockWrite::UpdateCount(c) => {
            let next = Count { version: c.version + 1, ..(**c).clone() };
            Row::replace(Table::Cell, count_item(&next)?, c.version)
        }
        StockWrite::PutCountLine(l) => Row::put(Table::Cell, line_item(l)?),
        StockWrite::BeginCounting(l, c) => Row::create(Table::Cell, counting(&counting_key(l), c)),
        StockWrite::EndCounting(l) => Row::gone(&counting_key(l)),
        StockWrite::Counted(l, c, at) => {
            let key = Key::cell(keys::stock(l), keys::counted(*at, c));
            Row::create(Table::Cell, counting(&key, c)).until(at.plus(POS_KNOWN_FOR))
        }
        StockWrite::CreateClaim(c) => Row::create(Table::Cell, claim_item(c)?),
        StockWrite::UpdateClaim(c) => {
            let next = Claim { version: c.version + 1, ..(**c).clone() };
            Row::replace(Table::Cell, claim_item(&next)?, c.version)
        }
        StockWrite::Alone(a) => Row { table: Table::Cell, item: alone_item(a, now), expect: Expect::Number("value", a.was.0), means: Failed::Stale },
    }])
}

fn counting_key(l: &LocationId) -> Key {
    Key::cell(keys::stock(l), keys::COUNTING)
}

fn counting(key: &Key, c: &CountId) -> Item {
    [("pk", s(&key.pk)), ("sk", s(&key.sk)), ("count", s(c.to_string()))].map(|(k, v)| (k.to_owned(), v)).into()
}
