//! Stock records, and their view across the chain.

use liandian_domain::stock::{Movement, Stock};
use liandian_types::{LocationId, SkuId};
use serde::{Deserialize, Serialize};

use crate::{
    db::{Ask, Item, Key, Store, StoreError, Table, item, n, parse, s},
    keys,
};

/// A stock record with its keys and the attribute that conditions look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockItem {
    /// Partition key; a location.
    pub pk: String,
    /// Sort key; a SKU.
    pub sk: String,
    /// The counters.
    #[serde(flatten)]
    pub stock: Stock,
    /// `on_hand − reserved − safety`.
    #[serde(default)]
    pub free: i64,
    /// Rows beside this one; see [`crate::shards`].
    #[serde(default)]
    pub shards: u16,
    /// When they are folded again; absent when they are to stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<String>,
}

impl StockItem {
    /// Which SKU.
    #[must_use]
    pub fn sku(&self) -> Option<SkuId> {
        self.sk.strip_prefix(keys::SKU)?.parse().ok()
    }
    /// Which location.
    #[must_use]
    pub fn location(&self) -> Option<LocationId> {
        Some(row_of(&self.pk)?.0)
    }
}

/// The location and the shard of a stock row's partition; 0 is the record's own row.
#[must_use]
pub fn row_of(pk: &str) -> Option<(LocationId, u16)> {
    let (location, shard) = pk.strip_prefix("LOC#").map(|rest| rest.split_once('#').unwrap_or((rest, "0")))?;
    Some((location.parse().ok()?, shard.parse().ok()?))
}

/// The row of a stock record, for the seeder.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn stock_item(location: &LocationId, sku: &SkuId, stock: Stock) -> Result<Item, StoreError> {
    let mut row = item(&stock, &stock_key(location, sku), [])?;
    row.insert("free".into(), n(stock.free()));
    Ok(row)
}

/// The row of a movement document, for the seeder.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn movement_item(m: &liandian_domain::stock::Movement) -> Result<Item, StoreError> {
    item(m, &Key::cell(keys::stock(&m.location), keys::movement(&m.movement)), [])
}

pub(crate) fn stock_key(location: &LocationId, sku: &SkuId) -> Key {
    Key::cell(keys::stock(location), keys::sku(sku))
}

/// One location's row in the view of a SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockAt {
    /// Where.
    pub location: LocationId,
    /// Which row of the record; 0 is its own.
    #[serde(default, skip_serializing_if = "is_own")]
    pub shard: u16,
    /// What.
    pub sku: SkuId,
    /// The counters.
    #[serde(flatten)]
    pub stock: Stock,
    /// Sequence number of the stream record that it comes from, padded so that text order is number order.
    pub seq: String,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_own(shard: &u16) -> bool {
    *shard == 0
}

/// The row of the view, for the seeder.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn stock_at_item(v: &StockAt) -> Result<Item, StoreError> {
    item(v, &Key::cell(keys::sku_stock(&v.sku), keys::at(&v.location, v.shard)), [])
}

impl Store {
    /// Stock of SKUs at locations, in the order asked; nothing there counts as zero. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn stock(&self, at: &[(LocationId, SkuId)], strong: bool) -> Result<Vec<Stock>, StoreError> {
        let keys: Vec<Key> = at.iter().map(|(l, s)| stock_key(l, s)).collect();
        self.batch_get(&keys, strong).await?.into_iter().map(|i| i.map_or(Ok(Stock::default()), parse)).collect()
    }

    /// A page of a location's stock, by SKU.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn stock_of(&self, location: &LocationId, limit: i32, cursor: Option<&str>) -> Result<(Vec<StockItem>, Option<String>), StoreError> {
        let mut page = self.query(Ask { begins: keys::SKU, limit: Some(limit), cursor, ..Ask::of(Table::Cell, keys::stock(location)) }).await?;
        self.whole(&mut page.items, false).await?;
        Ok((page.items.into_iter().map(parse).collect::<Result<_, _>>()?, page.next))
    }

    /// A page of a location's movement documents, newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn newest_movements(
        &self,
        location: &LocationId,
        limit: i32,
        cursor: Option<&str>,
    ) -> Result<(Vec<Movement>, Option<String>), StoreError> {
        let page =
            self.query(Ask { begins: "MOV#", forward: false, limit: Some(limit), cursor, ..Ask::of(Table::Cell, keys::stock(location)) }).await?;
        Ok((page.items.into_iter().map(parse).collect::<Result<_, _>>()?, page.next))
    }

    /// All movement documents of a location, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn movements(&self, location: &LocationId) -> Result<Vec<liandian_domain::stock::Movement>, StoreError> {
        let items = self.query_all(Ask { begins: "MOV#", ..Ask::of(Table::Cell, keys::stock(location)) }).await?;
        items.into_iter().map(parse).collect()
    }

    /// A SKU across the chain, as the view has it.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn stock_across(&self, sku: &SkuId) -> Result<Vec<StockAt>, StoreError> {
        let items = self.query_all(Ask { begins: "AT#", ..Ask::of(Table::Cell, keys::sku_stock(sku)) }).await?;
        let mut all: Vec<StockAt> = Vec::with_capacity(items.len());
        // A location's rows lie side by side.
        for row in items {
            let row: StockAt = parse(row)?;
            match all.last_mut().filter(|l| l.location == row.location) {
                Some(at) => {
                    at.stock = at.stock.and(&row.stock);
                    at.seq = at.seq.clone().max(row.seq);
                }
                None => all.push(row),
            }
        }
        Ok(all)
    }

    /// Brings the view up to date; older news than what it has changes nothing.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn put_stock_at(&self, v: &StockAt) -> Result<bool, StoreError> {
        self.put(Table::Cell, stock_at_item(v)?, Some(("attribute_not_exists(pk) OR seq < :seq", vec![(":seq", s(v.seq.as_str()))]))).await
    }
}
