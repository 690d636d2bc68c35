//! Integration keys. Written by decisions ([`liandian_domain::access::key`]).

use std::collections::BTreeMap;

use liandian_domain::access::key::IntegrationKey;
use liandian_types::{KeyId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    db::{Ask, Item, Key, StoreError, Table, Tables, item, parse},
    keys,
};

/// When a key was used last.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Use {
    key: KeyId,
    at: Timestamp,
}

fn key_of(key: &KeyId) -> Key {
    Key::hq(keys::key(key), "KEY")
}

fn use_key(key: &KeyId) -> Key {
    Key::cell(keys::record("KEYUSE", key.as_str()), "KEYUSE")
}

/// The row of a key.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn key_item(k: &IntegrationKey) -> Result<Item, StoreError> {
    let indexes = [
        ("gsi1pk", keys::KEYS.to_owned()),
        ("gsi1sk", keys::timed(k.made_at, &k.key)),
        // Its name, wherever what it did is shown.
        ("gsi2pk", keys::staff_id(k.acts_as().as_str())),
        ("gsi2sk", "KEY".to_owned()),
    ];
    item(k, &key_of(&k.key), indexes)
}

impl Tables {
    /// An integration key.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn integration_key(&self, key: &KeyId) -> Result<Option<IntegrationKey>, StoreError> {
        self.get(&key_of(key), true).await
    }

    /// All integration keys, newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn integration_keys(&self) -> Result<Vec<IntegrationKey>, StoreError> {
        let ask = Ask { index: Some(keys::GSI1), forward: false, ..Ask::of(Table::Hq, keys::KEYS) };
        self.query_all(ask).await?.into_iter().map(parse).collect()
    }

    /// Keeps that a key was used.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn key_used(&self, key: &KeyId, at: Timestamp) -> Result<(), StoreError> {
        let row = item(&Use { key: key.clone(), at }, &use_key(key), [])?;
        self.put(Table::Cell, row, None).await.map(|_| ())
    }

    /// When these keys were used last; those that never were are left out.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn keys_used(&self, of: &[KeyId]) -> Result<BTreeMap<KeyId, Timestamp>, StoreError> {
        if of.is_empty() {
            return Ok(BTreeMap::new());
        }
        let keys: Vec<Key> = of.iter().map(use_key).collect();
        let rows = self.batch_get_rows(&keys, false).await?;
        let uses: Vec<Use> = rows.into_iter().flatten().map(parse).collect::<Result<_, _>>()?;
        Ok(uses.into_iter().map(|u| (u.key, u.at)).collect())
    }
}
