//! Money that came beside an order, and money that goes back in parts.

use liandian_domain::payments::{extra::ExtraPayment, refund::PartRefund};
use liandian_types::{OrderId, Timestamp};

use crate::{
    db::{Ask, Key, StoreError, Table, Tables, parse},
    keys,
};

impl Tables {
    /// A payment that an order did not need.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn extra_payment(&self, order: &OrderId, transaction: &str) -> Result<Option<ExtraPayment>, StoreError> {
        self.get(&Key::cell(keys::order(order), keys::extra(transaction)), true).await
    }

    /// Payments of the chain that no order needed and that were told since then, the newest first, so many at most.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn extra_payments_since(&self, since: Timestamp, limit: i32) -> Result<Vec<ExtraPayment>, StoreError> {
        let since = Some(since.sortable());
        let ask = Ask { index: Some(keys::GSI1), forward: false, limit: Some(limit), since, ..Ask::of(Table::Cell, keys::EXTRAS.to_owned()) };
        self.query(ask).await?.items.into_iter().map(parse).collect()
    }

    /// The parts of an order's money that went back, or are to, in the order in which they were decided.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn part_refunds(&self, order: &OrderId) -> Result<Vec<PartRefund>, StoreError> {
        let ask = Ask { begins: keys::BACK, strong: true, ..Ask::of(Table::Cell, keys::order(order)) };
        self.query_all(ask).await?.into_iter().map(parse).collect()
    }
}
