//! Counters of a minute: how often somebody has asked, or was wrong.

use futures::future::try_join_all;
use liandian_types::Timestamp;
use serde::Deserialize;

use crate::{
    db::{Key, StoreError, Tables, n, parse},
    keys,
};

/// A counter of the table: of what and whom, and how many a minute are too many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// Of what.
    pub what: String,
    /// Of whom.
    pub who: String,
    /// So many are let through.
    pub limit: u32,
}

fn rate_key(what: &str, who: &str, now: Timestamp) -> Key {
    Key::cell(keys::record("RATE", &format!("{what}#{who}#{}", now.0.div_euclid(Timestamp::MINUTE))), "RATE")
}

impl Tables {
    /// Until when one of these counters is full: a minute's holds for the next minute, too. `None` when all have room. Counts nothing; one wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn full_until(&self, counts: &[Count], now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        #[derive(Deserialize)]
        struct Hits {
            /// Taken back twice, when an answer was lost, it may be less than nothing.
            hits: i64,
        }
        if counts.is_empty() {
            return Ok(None);
        }
        let minutes = [now, now.plus(-Timestamp::MINUTE)];
        let keys: Vec<Key> = counts.iter().flat_map(|c| minutes.map(|at| rate_key(&c.what, &c.who, at))).collect();
        let rows = self.batch_get_rows(&keys, true).await?;
        let this = now.0.div_euclid(Timestamp::MINUTE);
        let mut until: Option<Timestamp> = None;
        for (rows, count) in rows.chunks(minutes.len()).zip(counts) {
            for (row, ends) in rows.iter().zip([this + 2, this + 1]) {
                let Some(row) = row else { continue };
                if parse::<Hits>(row.clone())?.hits >= i64::from(count.limit) {
                    until = until.max(Some(Timestamp(ends * Timestamp::MINUTE)));
                }
            }
        }
        Ok(until)
    }

    /// Counts one more for each of these, as far as they have room; false when one had none.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn count_all(&self, counts: &[Count], now: Timestamp) -> Result<bool, StoreError> {
        let room = try_join_all(counts.iter().map(|c| self.count_request(&c.what, &c.who, c.limit, now))).await?;
        Ok(room.into_iter().all(|one| one))
    }

    /// Takes back what was counted for each of these in this minute.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn uncount_all(&self, counts: &[Count], now: Timestamp) -> Result<(), StoreError> {
        for c in counts {
            self.add_to_count(&rate_key(&c.what, &c.who, now), -1, u32::MAX, now).await?;
        }
        Ok(())
    }

    /// Counts a request of `who` in this minute; false from the one on that is over `limit`.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn count_request(&self, what: &str, who: &str, limit: u32, now: Timestamp) -> Result<bool, StoreError> {
        self.add_to_count(&rate_key(what, who, now), 1, limit, now).await
    }

    /// False when so many have been counted already.
    async fn add_to_count(&self, key: &Key, by: i64, limit: u32, now: Timestamp) -> Result<bool, StoreError> {
        let update = self
            .db
            .update_item()
            .update_expression("SET #t = :ttl ADD hits :by")
            .condition_expression("attribute_not_exists(hits) OR hits < :limit")
            .expression_attribute_names("#t", "ttl")
            .expression_attribute_values(":ttl", n(now.plus(10 * Timestamp::MINUTE).seconds()))
            .expression_attribute_values(":by", n(by))
            .expression_attribute_values(":limit", n(limit));
        self.update(key, update).await
    }
}
