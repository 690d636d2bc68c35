//! Staff accounts.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;
use liandian_types::{Role, Scope, StaffId};
use serde::{Deserialize, Serialize};

use crate::{
    db::{Ask, Item, Key, StoreError, Table, Tables, item, parse},
    keys,
};

/// A staff account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staff {
    /// Its id.
    pub staff: StaffId,
    /// User name.
    pub username: String,
    /// Display name.
    pub name: String,
    /// Argon2id, in PHC form.
    pub password: String,
    /// Role.
    pub role: Role,
    /// Where it holds.
    pub scope: Scope,
}

/// The row of a staff account.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn staff_item(st: &Staff) -> Result<Item, StoreError> {
    let by_id = [("gsi2pk", keys::staff_id(st.staff.as_str())), ("gsi2sk", "STAFF".to_owned())];
    item(st, &Key::hq(keys::staff(&st.username), "STAFF"), by_id)
}

impl Tables {
    /// A staff account by user name.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn staff(&self, username: &str) -> Result<Option<Staff>, StoreError> {
        self.get(&Key::hq(keys::staff(username), "STAFF"), false).await
    }

    /// Adds a staff account unless its user name is taken: then false.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn add_staff(&self, st: &Staff) -> Result<bool, StoreError> {
        self.put(Table::Hq, staff_item(st)?, Some(("attribute_not_exists(pk)", Vec::new()))).await
    }

    /// Display names of these accounts, by id; what is no account (a till, a worker) has none. One wave, for as many as a page shows.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn staff_names<'a>(&self, ids: impl Iterator<Item = &'a str>) -> Result<BTreeMap<String, String>, StoreError> {
        let ids: BTreeSet<&str> = ids.filter(|id| id.starts_with("stf_")).collect();
        let found = try_join_all(ids.into_iter().map(|id| async move {
            let ask = Ask { index: Some(keys::GSI2), limit: Some(1), ..Ask::of(Table::Hq, keys::staff_id(id)) };
            let account: Option<Staff> = self.query(ask).await?.items.into_iter().next().map(parse).transpose()?;
            Ok::<_, StoreError>(account.map(|s| (id.to_owned(), s.name)))
        }))
        .await?;
        Ok(found.into_iter().flatten().collect())
    }
}
