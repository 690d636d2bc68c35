//! What the chain has of a SKU, added up and kept for a while: a SKU in 1,500 places is 46 read units, and a page of a list has twenty SKUs.
//!
//! Nothing that changes stock writes here: a counter of the chain in every sale would be paid for by every sale. Who looks adds up, and keeps the sums
//! for those who look next.

use std::collections::BTreeMap;

use liandian_types::{SkuId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    db::{Key, StoreError, Table, Tables, item, n, parse},
    keys,
};

/// Sums over places.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// What is there.
    pub on_hand: i64,
    /// What is promised.
    pub reserved: i64,
    /// What can be promised.
    pub available: i64,
    /// What is on its way.
    pub incoming: i64,
    /// Stores that can promise some.
    pub stores_with: u32,
    /// Stores that can promise none.
    pub stores_without: u32,
}

/// Sums of a SKU, kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptSums {
    /// What.
    pub sku: SkuId,
    /// When they were added up.
    pub added_at: Timestamp,
    /// Of how many places.
    pub places: u32,
    /// Of the whole chain.
    pub all: Sums,
    /// Of each region, by its id.
    pub regions: BTreeMap<String, Sums>,
}

fn sums_key(sku: &SkuId) -> Key {
    Key::cell(keys::sku_stock(sku), keys::SUMS)
}

impl Tables {
    /// Sums that were kept of these SKUs, in their order. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn kept_sums(&self, skus: &[SkuId]) -> Result<Vec<Option<KeptSums>>, StoreError> {
        let rows: Vec<Key> = skus.iter().map(sums_key).collect();
        self.batch_get(&rows, false).await?.into_iter().map(|row| row.map(parse).transpose()).collect()
    }

    /// Keeps sums for a day, unless newer ones are kept.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn keep_sums(&self, sums: &KeptSums) -> Result<bool, StoreError> {
        let mut row = item(sums, &sums_key(&sums.sku), [])?;
        row.insert("ttl".into(), n(sums.added_at.plus(Timestamp::DAY).seconds()));
        let older = ("attribute_not_exists(pk) OR added_at < :at", vec![(":at", n(sums.added_at.0))]);
        self.put(Table::Cell, row, Some(older)).await
    }
}
