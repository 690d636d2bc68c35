//! Reads all that the books are made of: the one place that scans.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use futures::future::try_join_all;
use liandian_types::api::BooksReport;
use liandian_domain::{
    fsck::{Books, Difference, Looked},
    order::{OrderBody, OrderHead},
    stock::Movement,
    transfer::Transfer,
};

use crate::{
    db::{Item, Key, Store, StoreError, Table, item, parse, text},
    keys,
    meter::{self, Access},
    stock::{StockItem, row_of},
};

/// Parts of the table that are read side by side.
const SEGMENTS: i32 = 4;
/// How long a difference must last to be one: what moved while the table was read settles by then.
const AGAIN_AFTER: Duration = Duration::from_secs(2);

impl Store {
    /// What does not agree, and how much was looked at. A scan is no snapshot: what differs is looked for again, and only what
    /// differs by as much both times is told.
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
        let before: BTreeSet<_> = first.iter().map(Difference::drift).collect();
        Ok((books.looked(), second.into_iter().filter(|d| before.contains(&d.drift())).collect()))
    }

    /// Keeps what a check found, for HQ to see.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn put_books_report(&self, r: &BooksReport) -> Result<(), StoreError> {
        self.put(Table::Cell, item(r, &Key::cell(keys::FSCK, keys::FSCK), [])?, None).await.map(drop)
    }

    /// What the last check found.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn books_report(&self) -> Result<Option<BooksReport>, StoreError> {
        self.get(&Key::cell(keys::FSCK, keys::FSCK), false).await
    }

    /// Everything that the books are made of, read consistently item by item.
    ///
    /// # Errors
    /// As [`Store::fsck`].
    pub async fn books(&self) -> Result<Books, StoreError> {
        let books = Mutex::new(Books::default());
        try_join_all((0..SEGMENTS).map(|s| self.segment(s, &books))).await?;
        Ok(books.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    async fn segment(&self, segment: i32, books: &Mutex<Books>) -> Result<(), StoreError> {
        let mut start = None;
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
            // Entered and forgotten page by page: the books are sums, the rows are not kept.
            let mut held = books.lock().unwrap_or_else(PoisonError::into_inner);
            for row in page.items.unwrap_or_default() {
                enter(&mut held, row)?;
            }
            drop(held);
            start = page.last_evaluated_key.filter(|k| !k.is_empty());
            if start.is_none() {
                return Ok(());
            }
        }
    }
}

fn enter(books: &mut Books, row: Item) -> Result<(), StoreError> {
    let (pk, sk) = (text(&row, "pk").unwrap_or_default(), text(&row, "sk").unwrap_or_default());
    match (pk.split('#').next().unwrap_or_default(), sk.as_str()) {
        ("LOC", sk) if sk.starts_with(keys::SKU) => {
            let item: StockItem = parse(row)?;
            if let (Some((location, number)), Some(sku)) = (row_of(&item.pk), item.sku()) {
                books.row(location, sku, number, item.shards, item.stock, item.free);
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
