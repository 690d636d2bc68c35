//! Rows of transfers, and of what a store was promised by asking on a day.

use liandian_domain::{
    decision::TransfersWrite,
    transfers::{DayAsks, Transfer},
};
use liandian_types::{Timestamp, TransferState};

use super::Row;
use crate::{
    db::{Item, Key, StoreError, Table, due_attributes, item},
    keys,
};

/// How long what a store was promised on a day is known: until that day is over everywhere.
const ASKS_KNOWN_FOR: i64 = 3 * Timestamp::DAY;

pub(super) fn rows(w: &TransfersWrite, now: Timestamp) -> Result<Vec<Row>, StoreError> {
    Ok(vec![match w {
        TransfersWrite::Create(t) => Row::create(Table::Cell, transfer_item(t)?),
        TransfersWrite::Update(t) => {
            let next = Transfer { version: t.version + 1, ..(**t).clone() };
            Row::replace(Table::Cell, transfer_item(&next)?, t.version)
        }
        TransfersWrite::DayAsks(a) => {
            let row = item(&DayAsks { version: a.version + 1, ..(**a).clone() }, &Key::cell(keys::asks(&a.store), &a.day), [])?;
            Row::follow(Table::Cell, row, a.version).until(now.plus(ASKS_KNOWN_FOR))
        }
    }])
}

fn transfer_item(t: &Transfer) -> Result<Item, StoreError> {
    let key = Key::cell(keys::transfer(&t.transfer), keys::HEAD);
    let mut extra = Vec::new();
    if t.was_asked() {
        let at = keys::task(t);
        extra.push(("gsi1pk", keys::outgoing(&t.source_keeper, t.is_over())));
        extra.push(("gsi1sk", at.clone()));
        extra.push(("gsi2pk", keys::incoming(&t.target_keeper, t.is_over())));
        extra.push(("gsi2sk", at));
    } else if t.state == TransferState::Reserved {
        extra.push(("gsi1pk", keys::held_by_unpaid(&t.source_keeper)));
        extra.push(("gsi1sk", keys::timed(t.created_at, &t.transfer)));
    }
    extra.extend(due_attributes(t.due, &key));
    item(t, &key, extra)
}
