//! Queue messages, one tagged, versioned enum per queue, and which event goes to which queue.

use liandian_types::{EventId, Fulfilment, ImportId, OrderId, StoreId, Timestamp, TransferId, api::PosSale};
use serde::{Deserialize, Serialize};

use crate::event::{Envelope, Event};

/// The queues of a cell, as in `infra/routes.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Queue {
    /// Ends of payment windows.
    PaymentWindow,
    /// Transfers that became due.
    Transfer,
    /// Riders to call.
    Delivery,
    /// Money to give back.
    Refund,
    /// Shares to post.
    Settlement,
    /// Sales of tills, from a store's bridge.
    Pos,
    /// Tables of goods that are taken into the library.
    LibraryImport,
}

impl Queue {
    /// All of them.
    pub const ALL: &'static [Queue] =
        &[Queue::PaymentWindow, Queue::Transfer, Queue::Delivery, Queue::Refund, Queue::Settlement, Queue::Pos, Queue::LibraryImport];

    /// The queue's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Queue::PaymentWindow => "payment-window",
            Queue::Transfer => "transfer",
            Queue::Delivery => "delivery",
            Queue::Refund => "refund",
            Queue::Settlement => "settlement",
            Queue::Pos => "pos",
            Queue::LibraryImport => "library-import",
        }
    }
}

/// A message of any queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Message {
    /// The payment window of an order ends at `pay_by`.
    #[serde(rename = "payment_window.v1")]
    PaymentWindowV1 {
        /// The event that asked for it.
        event: EventId,
        /// The order.
        order: OrderId,
        /// When the window ends.
        pay_by: Timestamp,
    },
    /// The order of a transfer is paid: ask the source.
    #[serde(rename = "transfer_due.v1")]
    TransferDueV1 {
        /// The event that asked for it.
        event: EventId,
        /// The transfer.
        transfer: TransferId,
    },
    /// See to an order's riders: call one, call one off, ask about one.
    #[serde(rename = "delivery_due.v1")]
    DeliveryDueV1 {
        /// The event that asked for it.
        event: EventId,
        /// The order.
        order: OrderId,
    },
    /// Give the money back.
    #[serde(rename = "refund_due.v1")]
    RefundDueV1 {
        /// The event that asked for it.
        event: EventId,
        /// The order.
        order: OrderId,
    },
    /// Give back a payment that an order did not need.
    #[serde(rename = "extra_payment_due.v1")]
    ExtraPaymentDueV1 {
        /// The event that asked for it.
        event: EventId,
        /// The order.
        order: OrderId,
        /// The provider's transaction.
        transaction: String,
    },
    /// Post the shares.
    #[serde(rename = "settlement_due.v1")]
    SettlementDueV1 {
        /// The event that asked for it.
        event: EventId,
        /// The order.
        order: OrderId,
    },
    /// A sale at a till of a store. Comes from outside, in any order, however late, and as often as it likes.
    #[serde(rename = "pos_sale.v1")]
    PosSaleV1 {
        /// The store.
        store: StoreId,
        /// The sale.
        sale: PosSale,
    },
    /// Take the next part of a table of goods into the library.
    #[serde(rename = "import_due.v1")]
    ImportDueV1 {
        /// The event that asked for it.
        event: EventId,
        /// The import.
        import: ImportId,
    },
    /// Categories or brands have other names: the rows of their goods shall have them, too.
    #[serde(rename = "library_names_due.v1")]
    LibraryNamesDueV1 {
        /// The event that asked for it.
        event: EventId,
    },
}

impl Message {
    /// The queue that this message belongs to.
    #[must_use]
    pub fn queue(&self) -> Queue {
        match self {
            Message::PaymentWindowV1 { .. } => Queue::PaymentWindow,
            Message::TransferDueV1 { .. } => Queue::Transfer,
            Message::DeliveryDueV1 { .. } => Queue::Delivery,
            Message::RefundDueV1 { .. } | Message::ExtraPaymentDueV1 { .. } => Queue::Refund,
            Message::SettlementDueV1 { .. } => Queue::Settlement,
            Message::PosSaleV1 { .. } => Queue::Pos,
            Message::ImportDueV1 { .. } | Message::LibraryNamesDueV1 { .. } => Queue::LibraryImport,
        }
    }
}

/// A message on its way, and how long the queue shall hold it back (0–900 s).
#[derive(Debug, Clone, PartialEq)]
pub struct Routed {
    /// What.
    pub message: Message,
    /// Seconds.
    pub delay_s: i32,
}

/// Which messages an event gives rise to.
#[must_use]
pub fn route(envelope: &Envelope, now: Timestamp) -> Vec<Routed> {
    let event = envelope.id.clone();
    let at_once = |message| vec![Routed { message, delay_s: 0 }];
    match &envelope.event {
        Event::OrderPlaced { order, pay_by, .. } => {
            vec![Routed { delay_s: delay_until(*pay_by, now), message: Message::PaymentWindowV1 { event, order: order.clone(), pay_by: *pay_by } }]
        }
        Event::OrderPaid { transfer: Some(transfer), .. } => at_once(Message::TransferDueV1 { event, transfer: transfer.clone() }),
        Event::OrderPaid { order, fulfilment: Fulfilment::Delivery, .. } => at_once(Message::DeliveryDueV1 { event, order: order.clone() }),
        Event::DeliveryRequested { order, not_before, .. } => {
            let delay_s = not_before.map_or(0, |at| delay_until(at, now));
            vec![Routed { delay_s, message: Message::DeliveryDueV1 { event, order: order.clone() } }]
        }
        Event::DeliveryCallOff { order, .. } => at_once(Message::DeliveryDueV1 { event, order: order.clone() }),
        Event::RefundRequested { order, .. } | Event::OrderReduced { order, .. } => at_once(Message::RefundDueV1 { event, order: order.clone() }),
        Event::ExtraPaid { order, transaction, .. } => {
            at_once(Message::ExtraPaymentDueV1 { event, order: order.clone(), transaction: transaction.clone() })
        }
        Event::OrderCompleted { order, .. } => at_once(Message::SettlementDueV1 { event, order: order.clone() }),
        Event::ImportDue { import } => at_once(Message::ImportDueV1 { event, import: import.clone() }),
        Event::CategoriesChanged { .. } | Event::BrandsChanged { .. } => at_once(Message::LibraryNamesDueV1 { event }),
        _ => Vec::new(),
    }
}

/// Whole seconds until `due`, within what a queue can delay.
#[must_use]
pub fn delay_until(due: Timestamp, now: Timestamp) -> i32 {
    let ms = due.0.saturating_sub(now.0);
    i32::try_from(ms.max(0).saturating_add(999) / 1000).unwrap_or(900).min(900)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope(event: Event) -> Envelope {
        Envelope { v: 1, id: "evt_1".parse().unwrap(), at: Timestamp(0), event }
    }

    #[test]
    fn given_a_placed_order_when_routed_then_the_message_is_held_until_the_window_ends_and_no_longer_than_a_queue_can() {
        let placed =
            |pay_by| envelope(Event::OrderPlaced { order: "ord_1".parse().unwrap(), store: "sto_1".parse().unwrap(), pay_by: Timestamp(pay_by) });
        let delay = |pay_by| route(&placed(pay_by), Timestamp(1_000))[0].delay_s;
        assert_eq!(delay(500), 0);
        assert_eq!(delay(1_001), 1);
        assert_eq!(delay(901_000), 900);
        assert_eq!(delay(901_001), 900);
    }

    #[test]
    fn given_a_paid_order_when_routed_then_a_transfer_goes_before_a_rider() {
        let paid = |fulfilment, transfer| {
            route(
                &envelope(Event::OrderPaid { order: "ord_1".parse().unwrap(), store: "sto_1".parse().unwrap(), fulfilment, transfer }),
                Timestamp(0),
            )
            .into_iter()
            .map(|r| r.message.queue())
            .collect::<Vec<_>>()
        };
        let again = |not_before| {
            let event = Event::DeliveryRequested { order: "ord_1".parse().unwrap(), attempt: 2, not_before };
            route(&envelope(event), Timestamp(0))[0].delay_s
        };
        assert_eq!([again(None), again(Some(Timestamp(60_000))), again(Some(Timestamp(-1)))], [0, 60, 0]);
        assert_eq!(paid(Fulfilment::Pickup, None), vec![]);
        assert_eq!(paid(Fulfilment::Delivery, None), vec![Queue::Delivery]);
        assert_eq!(paid(Fulfilment::Delivery, Some("trf_1".parse().unwrap())), vec![Queue::Transfer]);
    }
}
