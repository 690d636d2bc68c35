//! What HQ decides for the whole chain, as data.

use std::sync::Arc;

use liandian_domain::{
    orders::holds::HoldPolicy,
    sourcing::matching::MatchingPolicy,
    stock::{count::CountPolicy, record::StockPolicy},
    transfers::AskPolicy,
};
use serde::{Deserialize, Serialize};

use crate::db::{Key, StoreError, Table, Tables, item};

/// The chain's policies. What a row does not say is as a new chain has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Policies {
    /// Which differences of a count nobody is asked about.
    pub count: CountPolicy,
    /// What distance, time, queues and deep stock are worth.
    pub matching: MatchingPolicy,
    /// What counts as low.
    pub stock: StockPolicy,
    /// How much unpaid orders may hold.
    pub holds: HoldPolicy,
    /// How much a store may have promised by asking others.
    pub asks: AskPolicy,
}

fn key() -> Key {
    Key::hq("POLICIES", "POLICIES")
}

impl Tables {
    /// The chain's policies, at most a minute old.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn policies(&self) -> Result<Arc<Policies>, StoreError> {
        self.caches.policies.get("POLICIES", async { Ok(self.get::<Policies>(&key(), false).await?.unwrap_or_default()) }).await
    }

    /// Sets the chain's policies; other processes have them within a minute.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn put_policies(&self, p: &Policies) -> Result<(), StoreError> {
        self.put(Table::Hq, item(p, &key(), [])?, None).await?;
        self.caches.policies.forget().await;
        Ok(())
    }
}
