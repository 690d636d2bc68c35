//! Rows of the ledger: a posting, and what it adds to its store's sums.

use liandian_domain::{
    decision::SettlementWrite,
    settlement::Posting,
    stores::hours::{CHINA, day},
};

use super::{Expect, Row};
use crate::{
    commit::Failed,
    db::{Item, Key, StoreError, Table, item, n, s},
    keys,
};

pub(super) fn rows(w: &SettlementWrite) -> Result<Vec<Row>, StoreError> {
    Ok(match w {
        SettlementWrite::Posting(p) => {
            let key = Key::cell(keys::ledger(&p.store), keys::posting(p.at, &p.order));
            let day = keys::ledger_day(day(p.at, CHINA));
            vec![Row::create(Table::Cell, item(&**p, &key, [])?), sums(p, keys::LEDGER_SUMS.to_owned()), sums(p, day)]
        }
    })
}

/// What it adds to its store's sums of this partition: of all days, or of its own.
fn sums(p: &Posting, pk: String) -> Row {
    let item: Item = [
        ("pk", s(pk)),
        ("sk", s(keys::store(&p.store))),
        ("store", s(p.store.as_str())),
        ("orders", n(1)),
        ("gross", n(p.gross().0)),
        ("hq", n(p.hq_share().0)),
        ("stores", n(p.store_share().0)),
    ]
    .map(|(name, v)| (name.to_owned(), v))
    .into();
    Row { table: Table::Cell, item, expect: Expect::Adds(&["orders", "gross", "hq", "stores"]), means: Failed::Stale }
}
