//! Money that goes back in parts, while the order goes on with what is left of it.
//!
//! Each part is a row of its own with its own deadline: neither does it wait for the order, nor the order for it.

use liandian_contracts::Event;
use liandian_pricing::Totals;
use liandian_types::{Fen, OrderId, StoreId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Decision, Write,
    orders::order::{GRACE, OrderHead},
};

/// A part of what was paid for an order, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartRefund {
    /// The order.
    pub order: OrderId,
    /// Its store.
    pub store: StoreId,
    /// Which part, from 1: with the order it is the refund's name at the provider.
    pub number: u32,
    /// How much.
    pub amount: Fen,
    /// Of which sum.
    pub charged: Fen,
    /// Counts the changes.
    pub version: u64,
    /// When the sweeper shall look at it; absent when the money is back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

impl PartRefund {
    /// The next part of an order, and the order without it.
    pub(crate) fn of(head: OrderHead, amount: Fen, now: Timestamp) -> (Self, OrderHead) {
        let number = head.parts + 1;
        let part = Self {
            order: head.order.clone(),
            store: head.store.clone(),
            number,
            amount,
            charged: head.charged(),
            version: 0,
            due: Some(now.plus(GRACE)),
        };
        let Totals { goods, total, .. } = Totals { goods: head.goods, delivery_fee: head.delivery_fee, total: head.total }.without(amount);
        let head = OrderHead { goods, total, given_back: head.given_back + amount, parts: number, ..head };
        (part, head)
    }

    /// The provider gave it back. Saying it again changes nothing.
    #[must_use]
    pub fn done(&self) -> Decision {
        let mut d = Decision::default();
        if self.due.is_some() {
            d.write(Write::UpdatePartRefund(Box::new(Self { due: None, ..self.clone() })));
            let Self { order, store, amount, .. } = self.clone();
            d.order_event(&self.order, Event::OrderPartRefunded { order, store, amount });
        }
        d
    }
}
