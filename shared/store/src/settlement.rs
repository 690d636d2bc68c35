//! The ledger's postings and the sums per store.

use liandian_domain::settlement::Posting;
use liandian_types::{Fen, StoreId};
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
