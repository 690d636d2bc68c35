//! Rows of who may do what.

use liandian_domain::{
    access::{account::Account, key::IntegrationKey, role::RoleDef},
    decision::AccessWrite,
};
use liandian_types::Timestamp;
use serde::Serialize;

use super::Row;
use crate::{
    access::{
        integration::key_item,
        sessions::{EndedSession, TOKENS_LIVE_MS, ended_item},
        staff::{Guard, account_key, role_def_item, staff_item},
    },
    db::{Item, Key, StoreError, Table, item},
    keys,
};

pub(super) fn rows(w: &AccessWrite, now: Timestamp) -> Result<Vec<Row>, StoreError> {
    Ok(vec![match w {
        AccessWrite::NewAccount(a) => Row::create(Table::Hq, staff_item(a)?),
        AccessWrite::Account(a) => Row::replace(Table::Hq, staff_item(&Account { version: a.version + 1, ..(**a).clone() })?, a.version),
        AccessWrite::Renamed { username, version } => Row::gone_from(&account_key(username), *version),
        AccessWrite::TokensEnd { whose, before } => {
            let ended = EndedSession { session: whose.clone(), ttl: now.plus(TOKENS_LIVE_MS).seconds(), before: Some(*before) };
            Row::put(Table::Cell, ended_item(&ended, now)?)
        }
        AccessWrite::Role(r) => Row::follow(Table::Hq, role_def_item(&RoleDef { version: r.version + 1, ..(**r).clone() })?, r.version),
        AccessWrite::NewKey(k) => Row::create(Table::Hq, key_item(k)?),
        AccessWrite::Key(k) => Row::replace(Table::Hq, key_item(&IntegrationKey { version: k.version + 1, ..(**k).clone() })?, k.version),
        AccessWrite::AdministratorLess(read) => Row::follow(Table::Hq, guard(&Guard { version: read + 1 })?, *read),
    }])
}

fn guard(of: &impl Serialize) -> Result<Item, StoreError> {
    item(of, &Key::hq(keys::ADMINISTRATORS, keys::ADMINISTRATORS), [])
}
