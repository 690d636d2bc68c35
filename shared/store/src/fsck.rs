//! Reads all that the books are made of: the one place that scans.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, TransactWriteItem, Update};
use futures::future::try_join_all;
use liandian_domain::{
    fsck::{Books, Difference, Looked, Owner, Proposal, Report},
    marketing::{used::Used, wallet::Coupon},
    orders::{
        holds::Holds,
        order::{OrderBody, OrderHead},
        slots::SlotCount,
    },
    stock::record::{Movement, MovementKind, MovementLine, Stock},
    transfers::Transfer,
};
use liandian_types::{MovementId, Timestamp};

use crate::{
    commit::{Action, CommitError, Failed, build, holds_key},
    db::{Ask, Item, Key, StoreError, Table, Tables, item, n, parse, s, text},
    keys,
    meter::{self, Access},
    rows::Row,
    stock::records::{StockItem, movement_item, row_of},
};

/// Parts of the table that are read side by side.
const SEGMENTS: i32 = 4;
/// How long a difference must last to be one: what moved while the table was read agrees by then.
const AGAIN_AFTER: Duration = Duration::from_secs(2);

fn plus(a: [i64; 4], b: [i64; 4]) -> [i64; 4] {
    std::array::from_fn(|i| a[i] + b[i])
}

impl Tables {
    /// What does not agree, and how much was looked at. A scan is no snapshot: what differs is looked for again, and only what
    /// differs by as much both times is told.
    ///
    /// # Errors
    /// [`StoreError`] from the engine, or a row that is not what its key says.
    pub async fn fsck(&self) -> Result<(Looked, BTreeSet<Difference>), StoreError> {
        let (books, differences) = self.audit().await?;
        Ok((books.looked(), differences))
    }

    /// The same with the books, from which [`Books::proposals`] says what would help.
    ///
    /// # Errors
    /// As [`Tables::fsck`].
    pub async fn audit(&self) -> Result<(Books, BTreeSet<Difference>), StoreError> {
        self.audit_from(Books::default).await
    }

    /// The same with what was sold since then added up in the books.
    ///
    /// # Errors
    /// As [`Tables::fsck`].
    pub async fn audit_with_sales(&self, since: Timestamp) -> Result<(Books, BTreeSet<Difference>), StoreError> {
        self.audit_from(|| Books::counting_sales(since)).await
    }

    async fn audit_from(&self, empty: impl Fn() -> Books) -> Result<(Books, BTreeSet<Difference>), StoreError> {
        let books = self.books_into(empty()).await?;
        let policy = self.policies().await?.holds;
        let first = books.differences(&policy);
        if first.is_empty() {
            return Ok((books, first));
        }
        tokio::time::sleep(AGAIN_AFTER).await;
        let books = self.books_into(empty()).await?;
        let second = books.differences(&policy);
        let before: BTreeSet<_> = first.iter().map(Difference::drift).collect();
        Ok((books, second.into_iter().filter(|d| before.contains(&d.drift())).collect()))
    }

    /// Does what a person approved: documents and counters in one transaction, unless the record has changed since it was seen.
    ///
    /// # Errors
    /// [`CommitError::Refused`] when it has changed; else as a commit.
    pub async fn repair(&self, p: &Proposal, by: &str, ids: Vec<MovementId>, now: Timestamp) -> Result<(), CommitError> {
        // A split record is mended in one row.
        self.fold(&p.location, &p.sku).await?;
        if !self.still_differs(p).await? {
            return Err(CommitError::Refused(vec![Failed::Stale]));
        }
        let mut actions = vec![self.correct(p)?];
        for ((owner, c), id) in p.documents.iter().zip(ids) {
            let (order, transfer) = match owner {
                Some(Owner::Order(o)) => (Some(o.clone()), None),
                Some(Owner::Transfer(t)) => (None, Some(t.clone())),
                None => (None, None),
            };
            let line = MovementLine::of(&p.sku, c.on_hand, c.reserved, c.incoming).keeping(c.safety);
            let m = Movement {
                reason: Some("账实核对更正".into()),
                actor: Some(by.to_owned()),
                ..Movement::of(id, p.location.clone(), MovementKind::Correction, order, transfer, vec![line], now)
            };
            actions.extend(self.actions([Row::create(Table::Cell, movement_item(&m)?)])?);
        }
        self.transact(actions).await
    }

    /// Is the record what was seen, and would it be the sum of all documents with those that are proposed? A scan is no snapshot, so the
    /// documents are summed again, between two reads of the record that say the same.
    async fn still_differs(&self, p: &Proposal) -> Result<bool, StoreError> {
        let at = [(p.location.clone(), p.sku.clone())];
        let before = self.stock(&at, true).await?;
        let documents = self.query_all(Ask { begins: keys::MOVEMENT, strong: true, ..Ask::of(Table::Cell, keys::stock(&p.location)) }).await?;
        let after = self.stock(&at, true).await?;
        let mut due = p.documents.iter().map(|(_, c)| [c.on_hand, c.reserved, c.incoming, c.safety]).fold([0; 4], plus);
        for m in documents {
            let lines = parse::<Movement>(m)?.lines;
            due = lines.iter().filter(|l| l.sku == p.sku).map(|l| [l.on_hand, l.reserved, l.incoming, l.safety]).fold(due, plus);
        }
        let (seen, change) = (&p.seen, &p.change);
        let corrected =
            plus([seen.on_hand, seen.reserved, seen.incoming, seen.safety], [change.on_hand, change.reserved, change.incoming, change.safety]);
        let is_seen = |s: &Stock| [s.on_hand, s.reserved, s.incoming, s.safety] == [seen.on_hand, seen.reserved, seen.incoming, seen.safety];
        Ok(before == after && before.iter().all(is_seen) && due == corrected)
    }

    fn correct(&self, p: &Proposal) -> Result<Action, StoreError> {
        let mut u = Update::builder()
            .table_name(self.table(Table::Cell))
            .key("pk", s(keys::stock(&p.location)))
            .key("sk", s(keys::sku(&p.sku)))
            .update_expression("ADD on_hand :add_on_hand, reserved :add_reserved, incoming :add_incoming, safety :add_safety, #free :add_free")
            .expression_attribute_names("#free", "free")
            .expression_attribute_values(":add_free", n(p.free + p.change.on_hand - p.change.reserved - p.change.safety));
        // `free` is a part of what was seen: a second person who approves the same would else add to it again.
        let is = |name: &str, value: &str, seen: i64| {
            if seen == 0 { format!("(attribute_not_exists({name}) OR {name} = {value})") } else { format!("{name} = {value}") }
        };
        u = u.expression_attribute_values(":free", n(p.seen_free));
        let mut conditions = vec![is("#free", ":free", p.seen_free)];
        for (name, seen, add) in [
            ("on_hand", p.seen.on_hand, p.change.on_hand),
            ("reserved", p.seen.reserved, p.change.reserved),
            ("incoming", p.seen.incoming, p.change.incoming),
            ("safety", p.seen.safety, p.change.safety),
        ] {
            conditions.push(is(name, &format!(":{name}"), seen));
            u = u.expression_attribute_values(format!(":{name}"), n(seen)).expression_attribute_values(format!(":add_{name}"), n(add));
        }
        let u = u.condition_expression(conditions.join(" AND ")).build().map_err(build)?;
        Ok(Action { write: TransactWriteItem::builder().update(u).build(), means: Failed::Stale })
    }

    /// Keeps what a check found, for HQ to see.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn put_books_report(&self, r: &Report) -> Result<(), StoreError> {
        self.put(Table::Cell, item(r, &Key::cell(keys::FSCK, keys::FSCK), [])?, None).await.map(drop)
    }

    /// What the last check found.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn books_report(&self) -> Result<Option<Report>, StoreError> {
        self.get(&Key::cell(keys::FSCK, keys::FSCK), false).await
    }

    /// Everything that the books are made of, read consistently item by item.
    ///
    /// # Errors
    /// As [`Tables::fsck`].
    pub async fn books(&self) -> Result<Books, StoreError> {
        self.books_into(Books::default()).await
    }

    async fn books_into(&self, empty: Books) -> Result<Books, StoreError> {
        let books = Mutex::new(empty);
        try_join_all((0..SEGMENTS).map(|s| self.segment(s, &books))).await?;
        let mut books = books.into_inner().unwrap_or_else(PoisonError::into_inner);
        // Only the rows of members who have an unpaid order at the moment: the rows of all are many.
        let rows: Vec<Key> = books.waiting().map(holds_key).collect();
        for row in self.batch_get(&rows, true).await?.into_iter().flatten() {
            books.holds(&parse::<Holds>(row)?);
        }
        Ok(books)
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
                .filter_expression(
                    "begins_with(pk, :l) OR begins_with(pk, :t) OR begins_with(pk, :c) OR begins_with(sk, :h) OR begins_with(pk, :s) OR (begins_with(pk, :o) AND sk IN (:head, :body))",
                )
                .expression_attribute_values(":l", crate::db::s(keys::STOCK))
                .expression_attribute_values(":t", crate::db::s(keys::TRANSFER))
                .expression_attribute_values(":o", crate::db::s(keys::ORDER))
                .expression_attribute_values(":c", crate::db::s(keys::CAMPAIGN))
                .expression_attribute_values(":h", crate::db::s(keys::MY_COUPON))
                .expression_attribute_values(":s", crate::db::s(keys::SLOTS))
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
    match (pk.split_inclusive('#').next().unwrap_or_default(), sk.as_str()) {
        (keys::STOCK, sk) if sk.starts_with(keys::SKU) => {
            let item: StockItem = parse(row)?;
            if let (Some((location, number)), Some(sku)) = (row_of(&item.pk), item.sku()) {
                books.row(location, sku, number, item.shards, item.stock, item.free);
            }
        }
        (keys::STOCK, sk) if sk.starts_with(keys::MOVEMENT) => books.movement(&parse::<Movement>(row)?),
        (keys::ORDER, keys::HEAD) => books.head(parse::<OrderHead>(row)?),
        (keys::ORDER, keys::BODY) => books.body(parse::<OrderBody>(row)?),
        (keys::CAMPAIGN, sk) => {
            if let Some((campaign, counter)) = keys::counted_at(&pk, sk) {
                books.used(&campaign, &counter, parse::<Used>(row)?);
            }
        }
        (keys::SLOTS, slot) => {
            if let Some((store, way)) = keys::slots_at(&pk) {
                let slot = slot.to_owned();
                books.slot(store, way, slot, parse::<SlotCount>(row)?);
            }
        }
        (keys::MEMBER, sk) if sk.starts_with(keys::MY_COUPON) => books.coupon(&parse::<Coupon>(row)?),
        (keys::TRANSFER, keys::HEAD) => books.transfer(&parse::<Transfer>(row)?),
        _ => {}
    }
    Ok(())
}
