//! What is overdue: the one net under lost messages, dead relays and stuck partners.

use futures::future::try_join_all;
use liandian_types::{CountId, ImportId, LocationId, OrderId, SkuId, Timestamp, TransferId};

use crate::{
    db::{Ask, Item, StoreError, Table, Tables, text},
    keys,
    stock::records::row_of,
};

/// An open obligation whose time has come, and when it had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// What.
    pub what: Overdue,
    /// Since when.
    pub since: Timestamp,
}

/// Something with an open obligation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overdue {
    /// An order: unpaid, without a rider, unrefunded, or past its after-sale window.
    Order(OrderId),
    /// A payment that an order did not need, and that is not back.
    ExtraPayment(OrderId, String),
    /// A transfer that nobody asked for or answered.
    Transfer(TransferId),
    /// A delivery of this order without news.
    Delivery(OrderId),
    /// A part of this order's money that has not gone back.
    PartRefund(OrderId),
    /// A count whose differences are being put right.
    Count(CountId),
    /// A stock record that was split for its crowd.
    Split(LocationId, SkuId),
    /// A batch whose last day is over.
    Expiry(LocationId, SkuId),
    /// A table of goods that is being taken into the library.
    Import(ImportId),
}

impl Tables {
    /// All that was due by `now`, oldest first within each of the index's partitions: what cannot be driven does not hide what
    /// came after it.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn overdue(&self, now: Timestamp) -> Result<Vec<Due>, StoreError> {
        let pages = try_join_all((0..keys::DUE_SHARDS).map(|shard| {
            self.query_all(Ask { index: Some(keys::DUE), until: Some(keys::due_by(now)), ..Ask::of(Table::Cell, keys::due_partition(shard)) })
        }))
        .await?;
        Ok(pages.into_iter().flatten().filter_map(|item| due_of(&item)).collect())
    }

    /// The `limit` oldest of them: for somebody who looks, however much there is.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn oldest_overdue(&self, now: Timestamp, limit: usize) -> Result<Vec<Due>, StoreError> {
        let most = i32::try_from(limit).ok();
        let pages = try_join_all((0..keys::DUE_SHARDS).map(|shard| {
            self.query(Ask {
                index: Some(keys::DUE),
                until: Some(keys::due_by(now)),
                limit: most,
                ..Ask::of(Table::Cell, keys::due_partition(shard))
            })
        }))
        .await?;
        let mut all: Vec<Due> = pages.into_iter().flat_map(|p| p.items).filter_map(|item| due_of(&item)).collect();
        all.sort_by_key(|d| d.since);
        all.truncate(limit);
        Ok(all)
    }
}

fn due_of(item: &Item) -> Option<Due> {
    let (at, pk, sk) = (text(item, "due_at")?, text(item, "pk")?, text(item, "sk")?);
    let what = if let Some(t) = pk.strip_prefix(keys::TRANSFER).and_then(|t| t.parse().ok()) {
        Overdue::Transfer(t)
    } else if let Some(o) = pk.strip_prefix(keys::ORDER).and_then(|o| o.parse().ok()) {
        match sk.strip_prefix(keys::EXTRA) {
            Some(transaction) => Overdue::ExtraPayment(o, transaction.to_owned()),
            None if sk.starts_with(keys::DELIVERY) => Overdue::Delivery(o),
            None if sk.starts_with(keys::BACK) => Overdue::PartRefund(o),
            None => Overdue::Order(o),
        }
    } else if let Some(c) = pk.strip_prefix(keys::COUNT).and_then(|c| c.parse().ok()) {
        Overdue::Count(c)
    } else if let Some(i) = pk.strip_prefix(keys::IMPORT).and_then(|i| i.parse().ok()) {
        Overdue::Import(i)
    } else if let (Some((location, 0)), Some(sku)) = (row_of(&pk), sk.strip_prefix(keys::EXPIRY).and_then(|s| s.parse().ok())) {
        Overdue::Expiry(location, sku)
    } else if let (Some((location, 0)), Some(sku)) = (row_of(&pk), sk.strip_prefix(keys::SKU).and_then(|s| s.parse().ok())) {
        Overdue::Split(location, sku)
    } else {
        return None;
    };
    let since = at.split('#').next().and_then(|t| t.parse().ok()).unwrap_or_default();
    Some(Due { what, since: Timestamp(since) })
}
