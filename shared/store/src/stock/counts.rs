//! Stock counts: a head that moves on, and a line for each SKU.

use liandian_domain::stock::count::{Count, CountLine};
use liandian_types::{CountId, CountState, LocationId, StoreId, Timestamp};

use crate::{
    db::{Ask, Item, Key, StoreError, Table, Tables, due_attributes, item, n, parse, text},
    keys,
};

/// How many lines one transaction creates.
const CHUNK: usize = 90;

/// How long a line is kept that nobody has counted: longer than a count takes that somebody goes on with.
const UNCOUNTED: i64 = 90 * Timestamp::DAY;

pub(crate) fn count_item(c: &Count) -> Result<Item, StoreError> {
    let key = Key::cell(keys::count(&c.count), keys::HEAD);
    let mut extra = vec![("gsi1pk", keys::counts_of(&c.store)), ("gsi1sk", keys::timed(c.created_at, &c.count))];
    let waits = match c.state {
        CountState::Submitted => Some((keys::SUBMITTED_COUNTS, c.created_at)),
        _ => c.late_since().map(|since| (keys::LATE_COUNTS, since)),
    };
    extra.extend(waits.into_iter().flat_map(|(pk, since)| [("gsi2pk", pk.to_owned()), ("gsi2sk", keys::timed(since, &c.count))]));
    extra.extend(due_attributes(c.due, &key));
    item(c, &key, extra)
}

pub(crate) fn line_item(l: &CountLine) -> Result<Item, StoreError> {
    item(l, &Key::cell(keys::count(&l.count), keys::count_line(&l.sku)), [])
}

impl Tables {
    /// Writes the lines of a count that is about to begin. Those of one that never begins, and those that nobody counts, end by themselves; a
    /// line that is counted stays.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn add_count_lines(&self, lines: &[CountLine], now: Timestamp) -> Result<(), StoreError> {
        for chunk in lines.chunks(CHUNK) {
            let mut items: Vec<Item> = chunk.iter().map(line_item).collect::<Result<_, _>>()?;
            items.iter_mut().for_each(|i| drop(i.insert("ttl".into(), n(now.plus(UNCOUNTED).seconds()))));
            self.create_all(items).await?;
        }
        Ok(())
    }

    /// Takes the lines of a count away that did not begin.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn drop_count_lines(&self, lines: &[CountLine]) -> Result<(), StoreError> {
        for chunk in lines.chunks(CHUNK) {
            self.delete_all(chunk.iter().map(|l| Key::cell(keys::count(&l.count), keys::count_line(&l.sku)))).await?;
        }
        Ok(())
    }

    /// Is a count of this location under way?
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn count_under_way(&self, location: &LocationId) -> Result<Option<CountId>, StoreError> {
        #[derive(serde::Deserialize)]
        struct Row {
            count: CountId,
        }
        Ok(self.get::<Row>(&Key::cell(keys::stock(location), keys::COUNTING), true).await?.map(|r| r.count))
    }

    /// A count without its lines.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn count_head(&self, count: &CountId) -> Result<Option<Count>, StoreError> {
        self.get(&Key::cell(keys::count(count), keys::HEAD), true).await
    }

    /// The lines of a count, by SKU.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn count_lines(&self, count: &CountId) -> Result<Vec<CountLine>, StoreError> {
        let ask = Ask { begins: keys::COUNT_LINE, strong: true, ..Ask::of(Table::Cell, keys::count(count)) };
        self.query_all(ask).await?.into_iter().map(parse).collect()
    }

    /// Some lines of a count, those that there are.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn some_count_lines(&self, count: &CountId, skus: &[liandian_types::SkuId]) -> Result<Vec<CountLine>, StoreError> {
        let keys: Vec<Key> = skus.iter().map(|s| Key::cell(keys::count(count), keys::count_line(s))).collect();
        self.batch_get(&keys, true).await?.into_iter().flatten().map(parse).collect()
    }

    /// Counts of a store, newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn counts_of(&self, store: &StoreId, limit: i32, cursor: Option<&str>) -> Result<(Vec<Count>, Option<String>), StoreError> {
        let ask = Ask { index: Some(keys::GSI1), forward: false, limit: Some(limit), cursor, ..Ask::of(Table::Cell, keys::counts_of(store)) };
        let page = self.query(ask).await?;
        Ok((page.items.into_iter().map(parse).collect::<Result<_, _>>()?, page.next))
    }

    /// Counts of the chain that nobody goes on with, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn late_counts(&self, limit: i32) -> Result<Vec<Count>, StoreError> {
        let (open, submitted) = futures::try_join!(self.counts_in(keys::LATE_COUNTS, limit), self.submitted_counts(limit))?;
        let mut late: Vec<Count> = open.into_iter().chain(submitted.into_iter().filter(Count::is_late)).collect();
        late.sort_by_key(Count::late_since);
        Ok(late)
    }

    /// Counts of the chain that wait for somebody to decide, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn submitted_counts(&self, limit: i32) -> Result<Vec<Count>, StoreError> {
        self.counts_in(keys::SUBMITTED_COUNTS, limit).await
    }

    async fn counts_in(&self, pk: &str, limit: i32) -> Result<Vec<Count>, StoreError> {
        let ask = Ask { index: Some(keys::GSI2), limit: Some(limit), ..Ask::of(Table::Cell, pk.to_owned()) };
        self.query(ask).await?.items.into_iter().map(parse).collect()
    }

    /// The count of a location that is under way, and those that have put it right since a moment, newest first. One read: the one under way lies
    /// behind the others and is read first, so what ends meanwhile is seen as one of them.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn counts_since(&self, location: &LocationId, since: Timestamp) -> Result<(Option<CountId>, Vec<CountId>), StoreError> {
        let (since, until) = (Some(keys::counted_since(since)), Some(keys::COUNTING.to_owned()));
        let rows = self.query_all(Ask { since, until, forward: false, strong: true, ..Ask::of(Table::Cell, keys::stock(location)) }).await?;
        let of =
            |sk: fn(&str) -> bool| rows.iter().filter(move |r| text(r, "sk").is_some_and(|k| sk(&k))).filter_map(|r| text(r, "count")?.parse().ok());
        let (under_way, ended) = (of(|k| k == keys::COUNTING).next(), of(|k| k != keys::COUNTING).collect());
        Ok((under_way, ended))
    }

    /// Every SKU that a location has a record of.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn skus_of_location(&self, location: &LocationId) -> Result<Vec<liandian_types::SkuId>, StoreError> {
        let rows = self.query_all(Ask { begins: keys::SKU, ..Ask::of(Table::Cell, keys::stock(location)) }).await?;
        Ok(rows.iter().filter_map(|r| text(r, "sk")?.strip_prefix(keys::SKU)?.parse().ok()).collect())
    }
}
