//! Reads all that the books are made of: the one place that scans.

use std::{collections::BTreeSet, time::Duration};

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use futures::future::try_join_all;
use liandian_domain::{
    fsck::{Books, Difference, Looked},
    order::{OrderBody, OrderHead},
    stock::Movement,
    transfer::Transfer,
};

use crate::{
    db::{Item, Store, StoreError, Table, parse, text},
    keys,
    meter::{self, Access},
    stock::StockItem,
};

/// Parts of the table that are read side by side.
const SEGMENTS: i32 = 4;
/// How long a difference must last to be one: what moved while the table was read settles by then.
const AGAIN_AFTER: Duration = Duration::from_secs(2);

impl Store {
    /// What does not agree, and how much was looked at. A scan is no snapshot: what differs is looked for again, and only what
    /// differs in the same way both times is told.
    ///
    /// # Errors
    /// [`StoreError`] from the engine, or a row that is not what its key says.
    pub async fn fsck(&self) -> Result<(Looked, BTreeSet<Difference>), StoreError> {
        let books = self.books().await?;
        let first = books.differences();
        if first.is_empty() {
            return Ok((books.looked(), first));
        }
        tokio::time::sleep(AGAIN_AFTER).await;
        let books = self.books().await?;
        let second = books.differences();
        Ok((books.looked(), first.intersection(&second).cloned().collect()))
    }

    /// Everything that the books are made of, read consistently item by item.
    ///
    /// # Errors
    /// As [`Store::fsck`].
    pub async fn books(&self) -> Result<Books, StoreError> {
        let segments = try_join_all((0..SEGMENTS).map(|s| self.segment(s))).await?;
        let mut books = Books::default();
        for i in segments.into_iter().flatten() {
            enter(&mut books, i)?;
        }
        Ok(books)
    }

    async fn segment(&self, segment: i32) -> Result<Vec<Item>, StoreError> {
        let (mut rows, mut start) = (Vec::new(), None);
        loop {
            let under_way = meter::begin([(Table::Cell, Access::Read)]);
            let page = self
                .db
                .scan()
                .table_name(self.table(Table::Cell))
                .segment(segment)
                .total_segments(SEGMENTS)
                .consistent_read(true)
                .filter_expression("begins_with(pk, :l) OR begins_with(pk, :t) OR (begins_with(pk, :o) AND sk IN (:head, :body))")
                .expression_attribute_values(":l", crate::db::s("LOC#"))
                .expression_attribute_values(":t", crate::db::s("TRANSFER#"))
                .expression_attribute_values(":o", crate::db::s("ORDER#"))
                .expression_attribute_values(":head", crate::db::s(keys::HEAD))
                .expression_attribute_values(":body", crate::db::s(keys::BODY))
                .set_exclusive_start_key(start)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(StoreError::engine)?;
            drop(under_way);
            meter::read(page.consumed_capacity());
            rows.extend(page.items.unwrap_or_default());
            start = page.last_evaluated_key.filter(|k| !k.is_empty());
            if start.is_none() {
                return Ok(rows);
            }
        }
    }
}

fn enter(books: &mut Books, row: Item) -> Result<(), StoreError> {
    let (pk, sk) = (text(&row, "pk").unwrap_or_default(), text(&row, "sk").unwrap_or_default());
    match (pk.split('#').next().unwrap_or_default(), sk.as_str()) {
        ("LOC", sk) if sk.starts_with(keys::SKU) => {
            let item: StockItem = parse(row)?;
            if let (Some(location), Some(sku)) = (item.location(), item.sku()) {
                books.record(location, sku, item.stock, item.free);
            }
        }
        ("LOC", sk) if sk.starts_with("MOV#") => books.movement(&parse::<Movement>(row)?),
        ("ORDER", keys::HEAD) => books.head(parse::<OrderHead>(row)?),
        ("ORDER", keys::BODY) => books.body(parse::<OrderBody>(row)?),
        ("TRANSFER", keys::HEAD) => books.transfer(parse::<Transfer>(row)?),
        _ => {}
    }
    Ok(())
}
