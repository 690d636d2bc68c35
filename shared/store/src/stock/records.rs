//! Stock records, and their view across the chain.

use futures::future::try_join_all;
use liandian_domain::stock::{
    batch::{Batch, Dated, Perishable, Rebased},
    note::DeliveryNote,
    record::{Movement, Stock},
};
use liandian_types::{LocationId, SkuId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    db::{Ask, Item, Key, StoreError, Table, Tables, due_attributes, item, n, parse, s, text},
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
    /// Rows beside this one; see [`crate::stock::shards`].
    #[serde(default)]
    pub shards: u16,
    /// When they are folded again; absent when they are to stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<String>,
    /// Batches as they were re-based last; of goods that track their expiry.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub batches: Vec<Batch>,
    /// When units of it were last told to be sold, online or at a till.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sold_at: Option<Timestamp>,
    /// What the clock took off the shelf; see [`Perishable::lapsed`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lapsed: Vec<Batch>,
    /// Counts how often they were re-based.
    #[serde(default)]
    pub batch_version: u64,
}

impl StockItem {
    /// A record that is not there: nothing of it ever was.
    #[must_use]
    pub fn never(location: &LocationId, sku: &SkuId) -> Self {
        Self {
            pk: keys::stock(location),
            sk: keys::sku(sku),
            stock: Stock::default(),
            free: 0,
            shards: 0,
            due_at: None,
            sold_at: None,
            batches: Vec::new(),
            lapsed: Vec::new(),
            batch_version: 0,
        }
    }

    /// With its batches.
    #[must_use]
    pub fn perishable(&self) -> Perishable {
        Perishable { on_hand: self.stock.on_hand, batches: self.batches.clone(), lapsed: self.lapsed.clone(), version: self.batch_version }
    }

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
    let (location, shard) = pk.strip_prefix(keys::STOCK).map(|rest| rest.split_once('#').unwrap_or((rest, "0")))?;
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

/// The rows of a stock record with its batches, for the seeder.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn perishable_items(stock: Stock, rebased: &Rebased) -> Result<Vec<Item>, StoreError> {
    let mut row = stock_item(&rebased.location, &rebased.sku, stock)?;
    row.insert("batches".into(), batches_value(&rebased.batches)?);
    row.insert("batch_version".into(), n(rebased.version + 1));
    if !rebased.lapsed.is_empty() {
        row.insert("lapsed".into(), batches_value(&rebased.lapsed)?);
    }
    Ok(std::iter::once(row).chain(expiry_item(rebased)).collect())
}

/// The batches as an attribute.
pub(crate) fn batches_value(batches: &[Batch]) -> Result<aws_sdk_dynamodb::types::AttributeValue, StoreError> {
    serde_dynamo::to_attribute_value(batches).map_err(|e| StoreError::Shape { key: "batches".into(), error: e.to_string() })
}

/// The row that says when the first batch must leave the shelf, while there is one.
pub(crate) fn expiry_item(rebased: &Rebased) -> Option<Item> {
    let (first, due) = rebased.batches.first().zip(rebased.due)?;
    let key = Key::cell(keys::stock(&rebased.location), keys::expiry(&rebased.sku));
    let mut row: Item =
        [("pk", key.pk.clone()), ("sk", key.sk.clone()), ("expires_on", first.expires_on.to_string())].map(|(k, v)| (k.to_owned(), s(v))).into();
    row.extend(due_attributes(Some(due), &key).into_iter().map(|(k, v)| (k.to_owned(), s(v))));
    Some(row)
}

/// The row of a movement document, for the seeder.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn movement_item(m: &liandian_domain::stock::record::Movement) -> Result<Item, StoreError> {
    item(m, &Key::cell(keys::stock(&m.location), keys::movement(&m.movement)), [])
}

pub(crate) fn stock_key(location: &LocationId, sku: &SkuId) -> Key {
    Key::cell(keys::stock(location), keys::sku(sku))
}

pub(crate) fn note_key(location: &LocationId, key: &str) -> Key {
    Key::cell(keys::stock(location), keys::note(key))
}

/// One location's row in the view of a SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockAt {
    /// Where.
    pub location: LocationId,
    /// Which row of the record; 0 is its own.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub shard: u16,
    /// What.
    pub sku: SkuId,
    /// The counters.
    #[serde(flatten)]
    pub stock: Stock,
    /// When units of it were last told to be sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sold_at: Option<Timestamp>,
    /// Rows beside the record's own, as that says.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub shards: u16,
    /// Sequence number of the stream record that it comes from, padded so that text order is number order.
    pub seq: String,
    /// When it was written here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Timestamp>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(number: &u16) -> bool {
    *number == 0
}

/// The row of the view, for the seeder.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn stock_at_item(v: &StockAt) -> Result<Item, StoreError> {
    let depth = v.depth();
    let low = [
        ("gsi1pk", keys::low(keys::low_shard(&v.location))),
        ("gsi1sk", format!("{}#{}#{}", keys::depth(depth), v.location, v.sku)),
        ("gsi2pk", keys::low_in(&v.location)),
        ("gsi2sk", format!("{}#{}", keys::depth(depth), v.sku)),
    ];
    let shown = low.into_iter().filter(|_| depth <= i64::from(MAX_LOW) && (v.shard == 0 || v.stock != Stock::default()));
    item(v, &Key::cell(keys::sku_stock(&v.sku), keys::at(&v.location, v.shard)), shown)
}

/// Up to how many units that can be promised a record is in the lists of what runs low; a policy may ask for fewer.
pub const MAX_LOW: u32 = 20;

impl StockAt {
    /// Units that can be promised, or, below zero, units that are promised and not there.
    #[must_use]
    pub fn depth(&self) -> i64 {
        depth(&self.stock)
    }
}

/// Units that can be promised, or, below zero, units that are promised and not there.
#[must_use]
pub fn depth(s: &Stock) -> i64 {
    if s.on_hand < s.reserved { s.on_hand - s.reserved } else { i64::from(s.available()) }
}

/// A record's counters with its batches; nothing there counts as zero.
pub(crate) fn dated(row: Option<Item>) -> Result<Dated, StoreError> {
    let Some(row) = row else { return Ok(Dated::default()) };
    let row: StockItem = parse(row)?;
    Ok(Dated { stock: row.stock, batches: row.batches })
}

impl Tables {
    /// Stock of SKUs at locations, in the order asked; nothing there counts as zero. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn stock(&self, at: &[(LocationId, SkuId)], strong: bool) -> Result<Vec<Stock>, StoreError> {
        let keys: Vec<Key> = at.iter().map(|(l, s)| stock_key(l, s)).collect();
        self.batch_get(&keys, strong).await?.into_iter().map(|i| i.map_or(Ok(Stock::default()), parse)).collect()
    }

    /// The same with their batches, for promises of a later day.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn dated(&self, at: &[(LocationId, SkuId)], strong: bool) -> Result<Vec<Dated>, StoreError> {
        let keys: Vec<Key> = at.iter().map(|(l, s)| stock_key(l, s)).collect();
        self.batch_get(&keys, strong).await?.into_iter().map(dated).collect()
    }

    /// Records at these places, what is not there as empty.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn stock_items(&self, at: &[(LocationId, SkuId)]) -> Result<Vec<StockItem>, StoreError> {
        let keys: Vec<Key> = at.iter().map(|(l, s)| stock_key(l, s)).collect();
        let found = self.batch_get(&keys, false).await?;
        found.into_iter().zip(at).map(|(i, (l, s))| i.map_or_else(|| Ok(StockItem::never(l, s)), parse)).collect()
    }

    /// Goods that expire at one location, as they are now; what never was there has no batches. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn perishables(&self, location: &LocationId, skus: &[SkuId]) -> Result<Vec<Perishable>, StoreError> {
        let keys: Vec<Key> = skus.iter().map(|s| stock_key(location, s)).collect();
        let found = self.batch_get(&keys, true).await?;
        found.into_iter().map(|i| i.map_or(Ok(Perishable::default()), |i| Ok(parse::<StockItem>(i)?.perishable()))).collect()
    }

    /// A delivery note that was received at a location.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn delivery_note(&self, location: &LocationId, key: &str) -> Result<Option<DeliveryNote>, StoreError> {
        self.get(&note_key(location, key), true).await
    }

    /// Goods of a location that expire, the first ones first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn expiring(&self, location: &LocationId) -> Result<Vec<SkuId>, StoreError> {
        let rows = self.query_all(Ask { begins: keys::EXPIRY, ..Ask::of(Table::Cell, keys::stock(location)) }).await?;
        let mut all: Vec<(String, SkuId)> =
            rows.iter().filter_map(|r| Some((text(r, "expires_on")?, text(r, "sk")?.strip_prefix(keys::EXPIRY)?.parse().ok()?))).collect();
        all.sort_unstable();
        Ok(all.into_iter().map(|(_, sku)| sku).collect())
    }

    /// What runs low in a location, least first: records with at most `most` units to promise, those with more promised than is there before
    /// all others. The view may be a moment old, and of a split record it knows only the rows: the caller looks at the records.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn low_in(&self, location: &LocationId, most: u32, limit: i32) -> Result<(Vec<(LocationId, SkuId)>, bool), StoreError> {
        let until = keys::depth(i64::from(most.min(MAX_LOW)) + 1);
        let ask = Ask { index: Some(keys::GSI2), until: Some(until), limit: Some(limit), ..Ask::of(Table::Cell, keys::low_in(location)) };
        let page = self.query(ask).await?;
        let mut all: Vec<(LocationId, SkuId)> =
            page.items.into_iter().map(|i| parse::<StockAt>(i).map(|a| (a.location, a.sku))).collect::<Result<_, StoreError>>()?;
        let mut seen = std::collections::HashSet::new();
        all.retain(|at| seen.insert(at.clone()));
        Ok((all, page.next.is_some()))
    }

    /// Where more is promised than is there, in the chain, as the view has it: so many of each part of its index at most.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn short_in_chain(&self, limit: i32) -> Result<Vec<(LocationId, SkuId)>, StoreError> {
        let until = Some(keys::depth(0));
        let pages = try_join_all((0..keys::LOW_SHARDS).map(|shard| {
            self.query(Ask { index: Some(keys::GSI1), until: until.clone(), limit: Some(limit), ..Ask::of(Table::Cell, keys::low(shard)) })
        }))
        .await?;
        let rows = pages.into_iter().flat_map(|p| p.items).map(|i| parse::<StockAt>(i).map(|a| (a.location, a.sku)));
        rows.collect()
    }

    /// What runs low in the chain, least first, as [`Tables::low_in`].
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn low_in_chain(&self, most: u32, limit: i32) -> Result<(Vec<(LocationId, SkuId)>, bool), StoreError> {
        let until = keys::depth(i64::from(most.min(MAX_LOW)) + 1);
        let pages = try_join_all((0..keys::LOW_SHARDS).map(|shard| {
            self.query(Ask { index: Some(keys::GSI1), until: Some(until.clone()), limit: Some(limit), ..Ask::of(Table::Cell, keys::low(shard)) })
        }))
        .await?;
        let more = pages.iter().any(|p| p.next.is_some());
        let mut all: Vec<(i64, LocationId, SkuId)> =
            pages.into_iter().flat_map(|p| p.items).map(|i| parse::<StockAt>(i).map(|a| (a.depth(), a.location, a.sku))).collect::<Result<_, _>>()?;
        all.sort_unstable();
        let mut seen = std::collections::HashSet::new();
        let mut all: Vec<_> = all.into_iter().map(|(_, l, s)| (l, s)).filter(|at| seen.insert(at.clone())).collect();
        let most = usize::try_from(limit).unwrap_or(0);
        let more = more || all.len() > most;
        all.truncate(most);
        Ok((all, more))
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
        let page = self
            .query(Ask { begins: keys::MOVEMENT, forward: false, limit: Some(limit), cursor, ..Ask::of(Table::Cell, keys::stock(location)) })
            .await?;
        Ok((page.items.into_iter().map(parse).collect::<Result<_, _>>()?, page.next))
    }

    /// All movement documents of a location, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn movements(&self, location: &LocationId) -> Result<Vec<liandian_domain::stock::record::Movement>, StoreError> {
        let items = self.query_all(Ask { begins: keys::MOVEMENT, ..Ask::of(Table::Cell, keys::stock(location)) }).await?;
        items.into_iter().map(parse).collect()
    }

    /// A SKU across the chain, as the view has it.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn stock_across(&self, sku: &SkuId) -> Result<Vec<StockAt>, StoreError> {
        let items = self.query_all(Ask { begins: keys::AT, ..Ask::of(Table::Cell, keys::sku_stock(sku)) }).await?;
        let mut all: Vec<StockAt> = Vec::with_capacity(items.len());
        // A location's rows lie side by side.
        for row in items {
            let row: StockAt = parse(row)?;
            match all.last_mut().filter(|l| l.location == row.location) {
                Some(at) => {
                    at.stock = at.stock.and(&row.stock);
                    at.sold_at = at.sold_at.max(row.sold_at);
                    at.seq = at.seq.clone().max(row.seq);
                    at.changed_at = at.changed_at.max(row.changed_at);
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
