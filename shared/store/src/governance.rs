//! What HQ decides for the whole chain, as data. Written by decisions ([`liandian_domain::governance`]).

use std::sync::Arc;

use liandian_contracts::Envelope;
use liandian_domain::governance::chain::Policies;

use crate::{
    db::{Ask, Key, StoreError, Table, Tables, parse},
    keys,
};

fn key() -> Key {
    Key::hq(keys::POLICIES, keys::POLICIES)
}

impl Tables {
    /// The chain's policies, at most a minute old.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn policies(&self) -> Result<Arc<Policies>, StoreError> {
        self.caches.policies.get(keys::POLICIES, async { Ok(self.get::<Policies>(&key(), false).await?.unwrap_or_default()) }).await
    }

    /// The chain's policies as they are now: for who shows or sets them.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn policies_now(&self) -> Result<Policies, StoreError> {
        Ok(self.get(&key(), true).await?.unwrap_or_default())
    }

    /// What happened to the chain's policies, newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn policies_history(&self, limit: i32, cursor: Option<&str>) -> Result<(Vec<Envelope>, Option<String>), StoreError> {
        let ask = Ask { begins: keys::EVENT, forward: false, limit: Some(limit), cursor, ..Ask::of(Table::Hq, keys::POLICIES) };
        let page = self.query(ask).await?;
        Ok((page.items.into_iter().map(parse).collect::<Result<_, _>>()?, page.next))
    }
}
