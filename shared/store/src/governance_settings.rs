//! What each level says about policy fields, as rows.

use std::sync::Arc;

use liandian_domain::governance::resolve::{Level, Setting};

use crate::{
    db::{Ask, Item, Key, StoreError, Table, Tables, item, parse},
    keys,
};

/// The row of a setting.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn setting_item(s: &Setting) -> Result<Item, StoreError> {
    let level = match &s.level {
        Level::Hq => "hq".to_owned(),
        Level::Mode(m) => format!("mode:{m}"),
        Level::Tier(t) => format!("tier:{t}"),
        Level::Region(r) => r.to_string(),
        Level::Store(store) => store.to_string(),
    };
    item(s, &Key::hq(keys::SETTINGS, format!("{}#{level}#{:08}", s.field.as_str(), s.seq)), [])
}

impl Tables {
    /// What every level says about policy fields, at most a minute old; none: as a new chain has them.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn settings(&self) -> Result<Arc<Vec<Setting>>, StoreError> {
        let load = async {
            let items = self.query_all(Ask::of(Table::Hq, keys::SETTINGS)).await?;
            items.into_iter().map(parse).collect::<Result<Vec<Setting>, StoreError>>()
        };
        self.caches.settings.get(keys::SETTINGS, load).await
    }
}
