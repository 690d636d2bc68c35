//! Rows of stores, regions, and files of stores.

use liandian_domain::{
    decision::StoresWrite,
    stores::{import::Import, profile::StoreProfile, region::Region, warehouse::Warehouse},
};
use liandian_types::StoreId;
use serde::{Deserialize, Serialize};

use super::Row;
use crate::{
    db::{Key, StoreError, Table, item},
    keys,
    stores::{import_key, kept_warehouse_item, part_key, profile_item, region_key, spot_items, spot_keys},
};

/// Whose an entrance is: no two stores take the same code, not even at the same moment.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Held {
    store: StoreId,
}

fn held(code: &str) -> Key {
    Key::hq(keys::entrance(code), keys::HELD)
}

fn hold(s: &StoreProfile) -> Result<Row, StoreError> {
    Ok(Row::create(Table::Hq, item(&Held { store: s.store.clone() }, &held(&s.entrance), [])?))
}

fn spots(s: &StoreProfile) -> Result<impl Iterator<Item = Row>, StoreError> {
    Ok(spot_items(s)?.into_iter().map(|spot| Row::put(Table::Hq, spot)))
}

pub(super) fn rows(w: &StoresWrite) -> Result<Vec<Row>, StoreError> {
    Ok(match w {
        StoresWrite::Create(s) => {
            let mut rows = vec![Row::create(Table::Hq, profile_item(s)?), hold(s)?];
            rows.extend(spots(s)?);
            rows
        }
        StoresWrite::Replace { was, next } => {
            let mut rows = vec![Row::replace(Table::Hq, profile_item(next)?, was.version)];
            // Where it is no longer, nobody finds it.
            let there = spot_keys(next);
            rows.extend(spot_keys(was).iter().filter(|k| !there.contains(k)).map(Row::gone));
            rows.extend(spots(next)?);
            if was.entrance != next.entrance {
                rows.push(Row::gone(&held(&was.entrance)));
                rows.push(hold(next)?);
            }
            rows
        }
        StoresWrite::Region(r) => {
            let next = Region { version: r.version + 1, ..r.clone() };
            vec![Row::follow(Table::Hq, item(&next, &region_key(&r.region), [])?, r.version)]
        }
        StoresWrite::Begin(head, parts) => {
            let mut rows = vec![Row::create(Table::Hq, head_item(head)?)];
            for p in parts {
                rows.push(Row::create(Table::Hq, item(p, &part_key(&p.import, p.part), [])?));
            }
            rows
        }
        StoresWrite::Import(head) => {
            let next = Import { version: head.version + 1, ..(**head).clone() };
            vec![Row::replace(Table::Hq, head_item(&next)?, head.version)]
        }
        StoresWrite::Warehouse(w) => {
            let next = Warehouse { version: w.version + 1, ..(**w).clone() };
            vec![Row::follow(Table::Hq, kept_warehouse_item(&next)?, w.version)]
        }
    })
}

fn head_item(head: &Import) -> Result<crate::db::Item, StoreError> {
    item(head, &import_key(&head.import), [("gsi1pk", keys::STORE_IMPORTS.to_owned()), ("gsi1sk", keys::timed(head.at, &head.import))])
}
