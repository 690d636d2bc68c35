//! Rows of what HQ decides for the chain.

use liandian_domain::{
    decision::GovernanceWrite,
    governance::{chain::Policies, draft::SetupDraft, settings::LevelVersion},
};

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
        GovernanceWrite::Setting(s) => Row::put(Table::Hq, item(&**s, &Key::hq(keys::SETTINGS, keys::setting(&s.level, s.field, s.from)), [])?),
        GovernanceWrite::SettingGone { level, field, from } => Row::gone(&Key::hq(keys::SETTINGS, keys::setting(level, *field, *from))),
        GovernanceWrite::SettingLevel { level, read } => {
            let next = LevelVersion { level: level.clone(), version: read + 1 };
            Row::follow(Table::Hq, item(&next, &Key::hq(keys::SETTINGS, keys::level(level)), [])?, *read)
        }
        GovernanceWrite::SetupDraft(d) => {
            let next = SetupDraft { version: d.version + 1, ..(**d).clone() };
            Row::follow(Table::Hq, item(&next, &Key::hq(keys::SETUP, keys::SETUP), [])?, d.version)
        }
    }])
}
