//! What a decision consists of.

use std::collections::BTreeSet;

use liandian_contracts::Event;
use liandian_types::{ClaimId, CountId, LocationId, OrderId, SkuId, Timestamp, TransferId};

use crate::{
    orders::{
        delivery::Delivery,
        holds::Holds,
        order::{OrderBody, OrderHead},
    },
    payments::{extra::ExtraPayment, refund::PartRefund},
    settlement::Posting,
    stock::{
        batch::Settled,
        claim::{Alone, Claim},
        count::{Count, CountLine},
        note::DeliveryNote,
        record::{Movement, StockChange},
    },
    transfers::{DayAsks, Transfer},
};

/// One change to the world.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    /// A new order.
    CreateOrder(Box<OrderHead>, Box<OrderBody>),
    /// An order that moved on; refused when its version is not the one that was read.
    UpdateOrder(Box<OrderHead>),
    /// An order's body, with the head's change that guards it.
    ReplaceBody(Box<OrderBody>),
    /// A new transfer.
    CreateTransfer(Box<Transfer>),
    /// A transfer that moved on; refused when its version is not the one that was read.
    UpdateTransfer(Box<Transfer>),
    /// A new delivery.
    CreateDelivery(Box<Delivery>),
    /// A delivery that moved on; refused when its version is not the one that was read.
    UpdateDelivery(Box<Delivery>),
    /// A payment that an order did not need; refused when it is known.
    CreateExtraPayment(Box<ExtraPayment>),
    /// Such a payment that moved on; refused when its version is not the one that was read.
    UpdateExtraPayment(Box<ExtraPayment>),
    /// A part of an order's money that is to go back.
    CreatePartRefund(Box<PartRefund>),
    /// It went back; refused when its version is not the one that was read.
    UpdatePartRefund(Box<PartRefund>),
    /// Counters of one stock record.
    Stock(StockChange),
    /// Why counters changed.
    Movement(Box<Movement>),
    /// Batches of a stock record, settled anew; refused when it is not as it was read.
    Batches(Box<Settled>),
    /// A new count.
    CreateCount(Box<Count>),
    /// A count that moved on; refused when its version is not the one that was read.
    UpdateCount(Box<Count>),
    /// A line of a count, whatever it was before.
    PutCountLine(Box<CountLine>),
    /// This count is the one of its shelf; refused when there is another.
    BeginCounting(LocationId, CountId),
    /// The shelf may be counted again.
    EndCounting(LocationId),
    /// A count has put its shelf right: what was sold before and is told later is not taken off twice.
    Counted(LocationId, CountId, Timestamp),
    /// What a member's unpaid orders hold; refused when it is not as it was read.
    Holds(Box<Holds>),
    /// What a store has had promised today by asking; refused when it is not as it was read.
    DayAsks(Box<DayAsks>),
    /// A delivery note that goods came with; refused when it was received meanwhile.
    DeliveryNote(Box<DeliveryNote>),
    /// A new claim.
    CreateClaim(Box<Claim>),
    /// A claim that was decided; refused when its version is not the one that was read.
    UpdateClaim(Box<Claim>),
    /// What a person has recorded alone on a day; refused when it is not what was read.
    Alone(Box<Alone>),
    /// Shares of an order; refused when they are posted already.
    Posting(Box<Posting>),
}

/// Everything that one command changes. All of it happens, or none.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Decision {
    /// The changes.
    pub writes: Vec<Write>,
    /// What became true by it, each with the aggregate whose history it belongs to.
    pub events: Vec<(Aggregate, Event)>,
}

/// Whose history an event belongs to.
#[derive(Debug, Clone, PartialEq)]
pub enum Aggregate {
    /// An order.
    Order(OrderId),
    /// A transfer.
    Transfer(TransferId),
    /// A claim.
    Claim(ClaimId),
}

impl Decision {
    /// Is there nothing to do?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty() && self.events.is_empty()
    }

    /// Adds a change.
    pub fn write(&mut self, w: Write) -> &mut Self {
        self.writes.push(w);
        self
    }

    /// Adds a movement document together with the counter changes that it explains.
    pub fn movement(&mut self, m: Movement, promise: bool) -> &mut Self {
        for line in &m.lines {
            self.writes.push(Write::Stock(StockChange {
                location: m.location.clone(),
                sku: line.sku.clone(),
                on_hand: line.on_hand,
                reserved: line.reserved,
                incoming: line.incoming,
                safety: line.safety,
                seen_safety: None,
                // Only a promise may be refused; it asks for what it takes.
                needs_free: promise.then_some(line.reserved - line.on_hand).filter(|n| *n > 0),
                stays_free: 0,
            }));
        }
        self.writes.push(Write::Movement(Box::new(m)));
        self
    }

    /// A promise for a day before which these units of a record end: they are none to be promised.
    pub fn leaving(&mut self, location: &LocationId, sku: &SkuId, units: i64) -> &mut Self {
        for w in &mut self.writes {
            if let Write::Stock(c) = w
                && c.location == *location
                && c.sku == *sku
                && c.needs_free.is_some()
            {
                c.stays_free = units;
            }
        }
        self
    }

    /// Its first movement document.
    #[must_use]
    pub fn document(&self) -> Option<&Movement> {
        self.writes.iter().find_map(|w| if let Write::Movement(m) = w { Some(&**m) } else { None })
    }

    /// Units that come in to these records by it without a date; each record once, however many documents say so.
    #[must_use]
    pub fn undated(&self) -> Vec<(LocationId, SkuId)> {
        let settled = |l: &LocationId, s: &SkuId| self.writes.iter().any(|w| matches!(w, Write::Batches(b) if b.location == *l && b.sku == *s));
        let rises = self.writes.iter().filter_map(|w| match w {
            Write::Stock(c) if c.on_hand > 0 && !settled(&c.location, &c.sku) => Some((c.location.clone(), c.sku.clone())),
            _ => None,
        });
        rises.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Adds an event to an order's history.
    pub fn order_event(&mut self, order: &OrderId, e: Event) -> &mut Self {
        self.events.push((Aggregate::Order(order.clone()), e));
        self
    }

    /// Adds an event to a transfer's history.
    pub fn transfer_event(&mut self, transfer: &TransferId, e: Event) -> &mut Self {
        self.events.push((Aggregate::Transfer(transfer.clone()), e));
        self
    }

    /// Adds an event to a claim's history.
    pub fn claim_event(&mut self, claim: &ClaimId, e: Event) -> &mut Self {
        self.events.push((Aggregate::Claim(claim.clone()), e));
        self
    }

    /// Adds all of another decision. Counter changes of the same record are merged later, by the store.
    pub fn and(&mut self, other: Decision) -> &mut Self {
        self.writes.extend(other.writes);
        self.events.extend(other.events);
        self
    }
}
