//! Staff accounts and roles. Written by decisions ([`liandian_domain::access`]).

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;
use liandian_contracts::Envelope;
pub use liandian_domain::access::account::Account as Staff;
use liandian_domain::{access::role::RoleDef, decision::Aggregate};
use liandian_types::{Role, RoleId, Scope, StaffId};
use serde::{Deserialize, Serialize};

use crate::{
    db::{Ask, Item, Key, StoreError, Table, Tables, item, parse},
    keys,
};

/// Counts the administrators that have become less.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Guard {
    pub(crate) version: u64,
}

/// What of a row with a name is shown.
#[derive(Deserialize)]
struct Named {
    name: String,
}

pub(crate) fn account_key(username: &str) -> Key {
    Key::hq(keys::staff(username), "STAFF")
}

/// The row of a staff account.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn staff_item(st: &Staff) -> Result<Item, StoreError> {
    let indexes = [
        ("gsi1pk", keys::ACCOUNTS.to_owned()),
        ("gsi1sk", format!("{}{}", keys::accounts_of(&st.scope), st.username)),
        ("gsi2pk", keys::staff_id(st.staff.as_str())),
        ("gsi2sk", "STAFF".to_owned()),
    ];
    item(st, &account_key(&st.username), indexes)
}

fn role_key(id: &RoleId) -> Key {
    Key::hq(keys::role_of(id), "ROLE")
}

/// The row of a role.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn role_def_item(r: &RoleDef) -> Result<Item, StoreError> {
    let id = r.id();
    item(r, &role_key(&id), [("gsi1pk", keys::ROLES.to_owned()), ("gsi1sk", id.to_string())])
}

impl Tables {
    /// A staff account by user name.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn staff(&self, username: &str) -> Result<Option<Staff>, StoreError> {
        self.get(&account_key(username), true).await
    }

    /// A staff account by its id, as it is now.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn account(&self, id: &StaffId) -> Result<Option<Staff>, StoreError> {
        let ask = Ask { index: Some(keys::GSI2), begins: "STAFF", limit: Some(1), ..Ask::of(Table::Hq, keys::staff_id(id.as_str())) };
        let Some(found) = self.query(ask).await?.items.into_iter().next() else { return Ok(None) };
        let found: Staff = parse(found)?;
        // An index is behind at times: what is decided about goes by the row itself.
        Ok(self.get::<Staff>(&account_key(&found.username), true).await?.filter(|a| a.staff == *id))
    }

    /// Adds a staff account unless its user name is taken: then false.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn add_staff(&self, st: &Staff) -> Result<bool, StoreError> {
        self.put(Table::Hq, staff_item(st)?, Some(("attribute_not_exists(pk)", Vec::new()))).await
    }

    /// Staff accounts page by page: of this scope alone, or of all.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn accounts(&self, of: Option<&Scope>, limit: i32, cursor: Option<&str>) -> Result<(Vec<Staff>, Option<String>), StoreError> {
        let begins = of.map(keys::accounts_of).unwrap_or_default();
        let ask = Ask { index: Some(keys::GSI1), begins: &begins, limit: Some(limit), cursor, ..Ask::of(Table::Hq, keys::ACCOUNTS) };
        let page = self.query(ask).await?;
        Ok((page.items.into_iter().map(parse).collect::<Result<_, _>>()?, page.next))
    }

    /// The accounts whose scope is the whole chain, as they are now, and how often there has become one administrator less. That is read first: who
    /// changes anything meanwhile is noticed when a decision about the last administrator is written.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn people_of_hq(&self) -> Result<(Vec<Staff>, u64), StoreError> {
        let guard: Guard = self.get(&Key::hq(keys::ADMINISTRATORS, keys::ADMINISTRATORS), true).await?.unwrap_or_default();
        let begins = keys::accounts_of(&Scope::All);
        let ask = Ask { index: Some(keys::GSI1), begins: &begins, ..Ask::of(Table::Hq, keys::ACCOUNTS) };
        let found: Vec<Staff> = self.query_all(ask).await?.into_iter().map(parse).collect::<Result<_, _>>()?;
        let wanted: Vec<Key> = found.iter().map(|a| account_key(&a.username)).collect();
        let rows = if wanted.is_empty() { Vec::new() } else { self.batch_get_rows(&wanted, true).await? };
        let accounts = rows.into_iter().flatten().map(parse).collect::<Result<_, _>>()?;
        Ok((accounts, guard.version))
    }

    /// Display names of these accounts and integration keys, by id; what is neither (a worker) has none. One wave, for as many as a page shows.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn staff_names<'a>(&self, ids: impl Iterator<Item = &'a str>) -> Result<BTreeMap<String, String>, StoreError> {
        let ids: BTreeSet<&str> = ids.filter(|id| id.starts_with("stf_")).collect();
        let found = try_join_all(ids.into_iter().map(|id| async move {
            let ask = Ask { index: Some(keys::GSI2), limit: Some(1), ..Ask::of(Table::Hq, keys::staff_id(id)) };
            let account: Option<Named> = self.query(ask).await?.items.into_iter().next().map(parse).transpose()?;
            Ok::<_, StoreError>(account.map(|s| (id.to_owned(), s.name)))
        }))
        .await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// A role as the chain has it: a built-in one that HQ never set is as in a new chain. `None` for one that there is not.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn role_def(&self, id: &RoleId) -> Result<Option<RoleDef>, StoreError> {
        let row: Option<RoleDef> = self.get(&role_key(id), true).await?;
        Ok(row.or_else(|| Role::of_id(id).map(RoleDef::built_in)))
    }

    /// All roles: the built-in ones in their order, then those that HQ made.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn role_defs(&self) -> Result<Vec<RoleDef>, StoreError> {
        let ask = Ask { index: Some(keys::GSI1), ..Ask::of(Table::Hq, keys::ROLES) };
        let rows: Vec<RoleDef> = self.query_all(ask).await?.into_iter().map(parse).collect::<Result<_, _>>()?;
        let (made, set): (Vec<RoleDef>, Vec<RoleDef>) = rows.into_iter().partition(|r| r.custom.is_some());
        let built_in = Role::ALL.iter().map(|role| set.iter().find(|r| r.role == *role).cloned().unwrap_or_else(|| RoleDef::built_in(*role)));
        Ok(built_in.chain(made).collect())
    }

    /// What happened to an account, a role or a key, newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn access_history(&self, of: &Aggregate, limit: i32, cursor: Option<&str>) -> Result<(Vec<Envelope>, Option<String>), StoreError> {
        let (table, pk) = keys::history(of);
        let ask = Ask { begins: keys::EVENT, forward: false, limit: Some(limit), cursor, ..Ask::of(table, pk) };
        let page = self.query(ask).await?;
        Ok((page.items.into_iter().map(parse).collect::<Result<_, _>>()?, page.next))
    }
}
