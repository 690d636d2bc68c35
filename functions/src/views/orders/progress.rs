//! How far an order came, and when: for its customer, who is told of a delay before they ask.

use liandian_contracts::{Envelope, Event};
use liandian_domain::{orders::lateness, stores::hours::local_text};
use liandian_store::orders::WholeOrder;
use liandian_types::{
    OrderState, Timestamp,
    api::{HistoryEntry, OrderTime},
};

/// When the order came to which state, in order. What happened twice (a second rider) is told of the last time.
pub(super) fn times(w: &WholeOrder) -> Vec<OrderTime> {
    let mut all: Vec<OrderTime> = Vec::new();
    for e in &w.events {
        let state = match &e.event {
            Event::OrderPlaced { .. } => OrderState::Placed,
            Event::OrderPaid { transfer: Some(_), .. } => OrderState::AwaitingTransfer,
            Event::OrderPaid { .. } => OrderState::Preparing,
            Event::OrderReady { .. } => OrderState::Ready,
            Event::OrderDelivering { .. } | Event::OrderShipped { .. } => OrderState::Delivering,
            Event::OrderCompleted { .. } => OrderState::Completed,
            _ => continue,
        };
        all.retain(|t| t.state != state);
        all.push(OrderTime { state, at: e.at, at_text: local_text(e.at, &w.head.zone) });
    }
    all.sort_by_key(|t| t.at);
    all
}

/// The steps of its transfer, in order.
pub(super) fn transfer_times(events: &[Envelope], zone: &str) -> Vec<HistoryEntry> {
    let told = |e: &Envelope| Some(HistoryEntry { at: e.at, at_text: local_text(e.at, zone), text: e.event.told()? });
    let mut all: Vec<HistoryEntry> = events.iter().filter_map(told).collect();
    all.sort_by_key(|e| e.at);
    all
}

/// By how much the goods are, or were, later than promised.
pub(super) fn late_text(w: &WholeOrder, times: &[OrderTime], now: Timestamp) -> Option<String> {
    let ready_at = times.iter().find(|t| t.state == OrderState::Ready).map(|t| t.at);
    lateness::late_by(&w.head, ready_at, now).map(lateness::told)
}
