//! Rows of what HQ decides for the chain.

use liandian_domain::{decision::GovernanceWrite, governance::chain::Policies};

use super::Row;
use crate::{
    db::{Key, StoreError, Table, item},
    keys,
};

pub(super) fn rows(w: &GovernanceWrite) -> Result<Vec<Row>, StoreError> {
    Ok(vec![match w {
        GovernanceWrite::Policies(p) => {
            let next = Policies { version: p.version + 1, ..**p };
            Row::follow(Table::Hq, item(&next, &Key::hq(keys::POLICIES, keys::POLICIES), [])?, p.version)
        }
    }])
}
