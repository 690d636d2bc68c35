//! What was sold of a SKU in the last days, by place: the daily check of the books reads all documents anyway and leaves this behind. So a page reads one
//! small row a SKU, and no sale pays for it.

use std::collections::BTreeMap;

use futures::{TryStreamExt, stream};
use liandian_domain::{fsck::Books, stock::cover};
use liandian_types::{LocationId, SkuId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    db::{Item, Key, StoreError, Table, Tables, item, n, parse},
    keys,
};

/// Rows that are written side by side.
const AT_ONCE: usize = 8;
/// SKUs that are remembered as those that last the shortest.
const WORST: usize = 1_000;
/// For how long what was added up is believed: the check runs daily.
const BELIEVED: i64 = 36 * Timestamp::HOUR;

/// What was sold of a SKU in the last [`cover::DAYS`] days before it was added up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoldOf {
    /// What.
    pub sku: SkuId,
    /// When it was added up.
    pub sold_until: Timestamp,
    /// Units, by place; places that sold nothing are left out.
    pub places: BTreeMap<String, i64>,
}

impl SoldOf {
    /// Units that were sold in a place.
    #[must_use]
    pub fn at(&self, location: &LocationId) -> i64 {
        self.places.get(location.as_str()).copied().unwrap_or(0)
    }

    /// Units that were sold in the places that somebody sees.
    #[must_use]
    pub fn within(&self, sees: impl Fn(&LocationId) -> bool) -> i64 {
        let seen = |(place, units): (&String, &i64)| place.parse::<LocationId>().ok().filter(|l| sees(l)).map(|_| *units);
        self.places.iter().filter_map(seen).sum()
    }
}

/// SKUs that last the shortest in the whole chain, the shortest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Worst {
    skus: Vec<SkuId>,
    sold_until: Timestamp,
}

fn sold_key(sku: &SkuId) -> Key {
    Key::cell(keys::sku_stock(sku), keys::SOLD)
}

impl Tables {
    /// Keeps what the books say was sold, for a while.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn keep_sold(&self, books: &Books, now: Timestamp) -> Result<(), StoreError> {
        let mut all: BTreeMap<&SkuId, BTreeMap<String, i64>> = BTreeMap::new();
        for (location, sku, units) in books.sold() {
            all.entry(sku).or_default().insert(location.to_string(), units);
        }
        let available = books.available();
        let lasts = |sku: &SkuId, places: &BTreeMap<String, i64>| {
            let (units, sold) = (available.get(sku).copied().unwrap_or(0), places.values().sum::<i64>());
            cover::days(units, sold).unwrap_or(u32::MAX)
        };
        let mut worst: Vec<(u32, &SkuId)> = all.iter().map(|(sku, places)| (lasts(sku, places), *sku)).collect();
        worst.sort();
        let worst = Worst { skus: worst.into_iter().take(WORST).map(|(_, sku)| sku.clone()).collect(), sold_until: now };
        let ttl = now.plus(BELIEVED).seconds();
        let rows: Vec<SoldOf> = all.into_iter().map(|(sku, places)| SoldOf { sku: sku.clone(), sold_until: now, places }).collect();
        stream::iter(rows.into_iter().map(Ok::<_, StoreError>))
            .try_for_each_concurrent(AT_ONCE, |row| async move {
                let mut kept = item(&row, &sold_key(&row.sku), [])?;
                kept.insert("ttl".into(), n(ttl));
                self.put(Table::Cell, kept, None).await.map(drop)
            })
            .await?;
        let mut row = item(&worst, &Key::cell(keys::COVER, keys::COVER), [])?;
        row.insert("ttl".into(), n(ttl));
        self.put(Table::Cell, row, None).await.map(drop)
    }

    /// What was sold of these SKUs, in their order; absent where nobody has added it up lately. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn sold_of(&self, skus: &[SkuId], now: Timestamp) -> Result<Vec<Option<SoldOf>>, StoreError> {
        let rows: Vec<Key> = skus.iter().map(sold_key).collect();
        let found = self.batch_get_rows(&rows, false).await?;
        let believed = |s: &SoldOf| now < s.sold_until.plus(BELIEVED);
        let read = |row: Option<Item>| -> Result<Option<SoldOf>, StoreError> { Ok(row.map(parse::<SoldOf>).transpose()?.filter(believed)) };
        found.into_iter().map(read).collect()
    }

    /// SKUs that last the shortest in the whole chain, the shortest first, by the last check of the books.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn shortest_cover(&self) -> Result<Vec<SkuId>, StoreError> {
        Ok(self.get::<Worst>(&Key::cell(keys::COVER, keys::COVER), false).await?.unwrap_or_default().skus)
    }
}
