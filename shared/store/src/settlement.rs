//! The ledger's postings and the sums per store.

use std::collections::BTreeMap;

use futures::future::try_join_all;
use liandian_domain::{settlement::Posting, stock::batch::Date};
use liandian_types::{Fen, StoreId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    db::{Ask, Key, StoreError, Table, Tables, parse},
    keys,
};

/// What a store's postings add up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerSum {
    /// The store.
    pub store: StoreId,
    /// Orders posted.
    pub orders: u32,
    /// What customers paid.
    pub gross: Fen,
    /// HQ's share.
    pub hq: Fen,
    /// The store's share.
    pub stores: Fen,
}

/// The last moment that a key can tell.
const LAST: Timestamp = Timestamp(9_999_999_999_999);

impl LedgerSum {
    /// Nothing yet.
    #[must_use]
    pub fn none(store: StoreId) -> Self {
        Self { store, orders: 0, gross: Fen::ZERO, hq: Fen::ZERO, stores: Fen::ZERO }
    }

    fn add(&mut self, other: &LedgerSum) {
        self.orders = self.orders.saturating_add(other.orders);
        self.gross += other.gross;
        self.hq += other.hq;
        self.stores += other.stores;
    }
}

impl Tables {
    /// Postings of a store, newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn postings(&self, store: &StoreId, limit: i32, cursor: Option<&str>) -> Result<(Vec<Posting>, Option<String>), StoreError> {
        let page = self
            .query(Ask { begins: keys::POSTING, forward: false, limit: Some(limit), cursor, ..Ask::of(Table::Cell, keys::ledger(store)) })
            .await?;
        Ok((page.items.into_iter().map(parse).collect::<Result<_, _>>()?, page.next))
    }

    /// Postings of a store between two moments, newest first; those of before a moment when only that is given, and so on.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn postings_between(
        &self,
        store: &StoreId,
        (since, until): (Option<Timestamp>, Option<Timestamp>),
        limit: i32,
        cursor: Option<&str>,
    ) -> Result<(Vec<Posting>, Option<String>), StoreError> {
        if since.is_none() && until.is_none() {
            return self.postings(store, limit, cursor).await;
        }
        // A key has an order behind its time, so the moment itself is after all that came before it. Times have a width, behind which there are none.
        let from = |at: Timestamp| keys::postings_from(at.min(LAST));
        let since = Some(since.map_or_else(|| keys::POSTING.to_owned(), from));
        let until = Some(from(until.unwrap_or(LAST)));
        let page = self.query(Ask { forward: false, limit: Some(limit), cursor, since, until, ..Ask::of(Table::Cell, keys::ledger(store)) }).await?;
        Ok((page.items.into_iter().map(parse).collect::<Result<_, _>>()?, page.next))
    }

    /// What one store's postings of these days add up to: one wave, a read unit for two of them.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn ledger_sum_of_days(&self, store: &StoreId, days: &[Date]) -> Result<LedgerSum, StoreError> {
        let rows: Vec<Key> = days.iter().map(|d| Key::cell(keys::ledger_day(*d), keys::store(store))).collect();
        let mut sum = LedgerSum::none(store.clone());
        for row in self.batch_get(&rows, false).await?.into_iter().flatten() {
            sum.add(&parse(row)?);
        }
        Ok(sum)
    }

    /// What the postings of these days add up to, of every store that sold something then. Days are read side by side; of 1,500 stores a day is twenty
    /// read units.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn ledger_sums_of_days(&self, days: &[Date]) -> Result<Vec<LedgerSum>, StoreError> {
        let pages = try_join_all(days.iter().map(|d| self.query_all(Ask::of(Table::Cell, keys::ledger_day(*d))))).await?;
        let mut sums: BTreeMap<StoreId, LedgerSum> = BTreeMap::new();
        for row in pages.into_iter().flatten() {
            let row: LedgerSum = parse(row)?;
            sums.entry(row.store.clone()).or_insert_with(|| LedgerSum::none(row.store.clone())).add(&row);
        }
        Ok(sums.into_values().collect())
    }

    /// Sums of one store.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn ledger_sum(&self, store: &StoreId) -> Result<Option<LedgerSum>, StoreError> {
        self.get(&Key::cell(keys::LEDGER_SUMS, keys::store(store)), false).await
    }

    /// Sums of every store that sold something.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn ledger_sums(&self) -> Result<Vec<LedgerSum>, StoreError> {
        let items = self.query_all(Ask::of(Table::Cell, keys::LEDGER_SUMS.to_owned())).await?;
        items.into_iter().map(parse).collect()
    }
}
