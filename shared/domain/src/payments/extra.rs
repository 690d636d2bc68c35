//! Money that came for an order which did not need it: a second payment, or one of another sum than was asked for. It goes back, once, whatever becomes
//! of the order; the customer reads it in the order's history, HQ among its exceptions.

use liandian_contracts::Event;
use liandian_types::{Fen, OrderId, StoreId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Decision, decision::PaymentsWrite};

/// How long HQ sees one that has gone back.
pub const SHOWN: i64 = 7 * Timestamp::DAY;

/// A payment that an order does not live on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtraPayment {
    /// The order that it was for.
    pub order: OrderId,
    /// The order's store.
    pub store: StoreId,
    /// The provider's transaction.
    pub transaction: String,
    /// All of it.
    pub amount: Fen,
    /// Is it of another sum than the order's, which was not paid by then?
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub wrong_sum: bool,
    /// When it was paid.
    pub paid_at: Timestamp,
    /// When it was told.
    pub told_at: Timestamp,
    /// Counts the changes.
    pub version: u64,
    /// When the money was back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned_at: Option<Timestamp>,
    /// When the sweeper shall look at it; absent when nothing is owed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

impl ExtraPayment {
    /// The provider has given it back. Told again, it changes nothing.
    #[must_use]
    pub fn returned(&self, now: Timestamp) -> Decision {
        let mut d = Decision::default();
        if self.returned_at.is_none() {
            d.write(PaymentsWrite::UpdateExtra(Box::new(Self { returned_at: Some(now), due: None, ..self.clone() })));
            let Self { order, store, amount, wrong_sum, .. } = self.clone();
            d.order_event(&self.order, Event::ExtraReturned { order, store, amount, wrong_sum });
        }
        d
    }
}
