//! Transfers: their tasks, their history, and the chain's view of those that are open.

use std::collections::BTreeSet;

use liandian_contracts::Envelope;
use liandian_domain::transfers::{DayAsks, Transfer};
use liandian_types::{LocationId, StoreId, Timestamp, TransferId, TransferState};

use crate::{
    db::{Ask, Key, Page, StoreError, Table, Tables, item, n, parse},
    keys,
};

impl Tables {
    /// A transfer.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn transfer(&self, t: &TransferId) -> Result<Option<Transfer>, StoreError> {
        self.get(&Key::cell(keys::transfer(t), keys::HEAD), true).await
    }

    /// What happened to a transfer, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn transfer_events(&self, t: &TransferId) -> Result<Vec<Envelope>, StoreError> {
        let items = self.query_all(Ask { begins: keys::EVENT, ..Ask::of(Table::Cell, keys::transfer(t)) }).await?;
        items.into_iter().map(parse).collect()
    }

    /// Transfers of a store: those it sends, those it waits for; each the open ones, oldest first, and then the newest `over` that are over.
    /// And whether there are more open ones. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn transfers_of(&self, store: &StoreId, open: i32, over: i32) -> Result<(Vec<Transfer>, Vec<Transfer>, bool), StoreError> {
        let ask = |index, pk, over: Option<i32>| {
            self.query(Ask { index: Some(index), forward: over.is_none(), limit: over.or(Some(open)), ..Ask::of(Table::Cell, pk) })
        };
        let (out, sent, into, came) = futures::try_join!(
            ask(keys::GSI1, keys::outgoing(store, false), None),
            ask(keys::GSI1, keys::outgoing(store, true), Some(over)),
            ask(keys::GSI2, keys::incoming(store, false), None),
            ask(keys::GSI2, keys::incoming(store, true), Some(over)),
        )?;
        let all = |a: Page, b: Page| a.items.into_iter().chain(b.items).map(parse).collect::<Result<Vec<Transfer>, _>>();
        let more = out.next.is_some() || into.next.is_some();
        Ok((all(out, sent)?, all(into, came)?, more))
    }

    /// How many transfers from a place that a store keeps, and to it, are not over.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn open_transfers_at(&self, keeper: &StoreId, place: &LocationId) -> Result<usize, StoreError> {
        let ask = |index, pk| self.query_all(Ask { index: Some(index), ..Ask::of(Table::Cell, pk) });
        let (out, into) = futures::try_join!(ask(keys::GSI1, keys::outgoing(keeper, false)), ask(keys::GSI2, keys::incoming(keeper, false)))?;
        let all = out.into_iter().chain(into).map(parse).collect::<Result<Vec<Transfer>, StoreError>>()?;
        // Between two places of one store it is in both lists.
        let here = all.iter().filter(|t| t.source == *place || t.target == *place);
        Ok(here.map(|t| &t.transfer).collect::<BTreeSet<_>>().len())
    }

    /// Transfers that hold goods which a store keeps, for orders that are not paid yet; oldest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn held_by_unpaid(&self, store: &StoreId, limit: i32) -> Result<Vec<Transfer>, StoreError> {
        let ask = Ask { index: Some(keys::GSI1), limit: Some(limit), ..Ask::of(Table::Cell, keys::held_by_unpaid(store)) };
        self.query(ask).await?.items.into_iter().map(parse).collect()
    }

    /// What a store has had promised by asking on a day.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn day_asks(&self, store: &StoreId, day: &str) -> Result<DayAsks, StoreError> {
        let row = self.get(&Key::cell(keys::asks(store), day), true).await?;
        Ok(row.unwrap_or_else(|| DayAsks::none(store.clone(), day.to_owned())))
    }

    /// Looks at all open transfers of the chain, oldest first, page by page: none is kept for it.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn each_open_transfer(&self, mut look: impl FnMut(Transfer)) -> Result<(), StoreError> {
        let ask = Ask { index: Some(keys::GSI1), ..Ask::of(Table::Cell, keys::TRANSFERS.to_owned()) };
        let mut start = None;
        loop {
            let (items, _, last) = self.query_from(&ask, start).await?;
            for item in items {
                look(parse(item)?);
            }
            if last.is_none() {
                return Ok(());
            }
            start = last;
        }
    }

    /// The open transfers of the chain that were begun first: those that nobody moves are among them.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn oldest_open_transfers(&self, limit: i32) -> Result<Vec<Transfer>, StoreError> {
        let ask = Ask { index: Some(keys::GSI1), limit: Some(limit), ..Ask::of(Table::Cell, keys::TRANSFERS.to_owned()) };
        self.query(ask).await?.items.into_iter().map(parse).collect()
    }

    /// Brings the chain's view of a transfer up to date; an older version than what it has changes nothing. One that is over leaves the index
    /// and is forgotten after a day: news of it may still come twice.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn put_transfer_view(&self, t: &Transfer, now: Timestamp) -> Result<bool, StoreError> {
        let shown = !t.is_over() && t.state != TransferState::Reserved;
        let index = [("gsi1pk", keys::TRANSFERS.to_owned()), ("gsi1sk", keys::timed(t.created_at, &t.transfer))];
        let mut view = item(t, &Key::cell(keys::transfer_view(&t.transfer), "VIEW"), index.into_iter().filter(|_| shown))?;
        if t.is_over() {
            view.insert("ttl".into(), n(now.plus(Timestamp::DAY).seconds()));
        }
        self.put(Table::Cell, view, Some(("attribute_not_exists(pk) OR version < :v", vec![(":v", n(t.version))]))).await
    }
}
