//! Having an order carried: one delivery per attempt to find a rider.

use liandian_contracts::Event;
use liandian_types::{DeliveryId, DeliveryState, Fulfilment, OrderId, OrderState, StoreId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Decision, Write,
    order::{GRACE, OrderHead},
};

/// How long the platform may leave a delivery without news before it is asked.
pub const NEWS_WITHIN: i64 = 10 * Timestamp::MINUTE;
/// Riders that are called, over about an hour, before the order's money goes back.
pub const MAX_ATTEMPTS: u32 = 8;

/// How long to wait before the next rider is called when `lost` attempts came to nothing: a rider who cancels is replaced at
/// once; a platform that refuses again and again is given time.
#[must_use]
pub fn again_after(lost: u32) -> i64 {
    match lost {
        0 | 1 => 0,
        n => Timestamp::MINUTE * (1 << (n - 2).min(4)),
    }
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its id: the order's tail and the attempt, so that a repeated dispatch finds the same one.
    pub delivery: DeliveryId,
    /// Counts the changes.
    pub version: u64,
    /// The order.
    pub order: OrderId,
    /// Its store.
    pub store: StoreId,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// Where it stands.
    pub state: DeliveryState,
    /// The rider, e.g. 王师傅.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rider: Option<String>,
    /// The rider's number, masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rider_phone: Option<String>,
    /// When the sweeper shall look at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

/// What to do when a rider is to be called for an order.
#[derive(Debug, Clone, PartialEq)]
pub enum Dispatch {
    /// Write this, then call the platform with this delivery.
    Start(Box<Delivery>, Decision),
    /// The platform was not told yet (or we did not hear its answer): call it with this delivery.
    Resume(Box<Delivery>),
    /// Nothing to do: a rider is at it, or the order needs none, or it is too early.
    Nothing,
    /// Too many riders were lost: the order cannot be served ([`crate::order::refund_and_release`]).
    GiveUp,
}

/// Decides whether to call a rider. `current` is the order's newest delivery.
#[must_use]
pub fn dispatch(head: &OrderHead, current: Option<&Delivery>, now: Timestamp) -> Dispatch {
    // While goods are missing, a rider would wait for nothing.
    if head.shortfall.is_some() || head.fulfilment != Fulfilment::Delivery || !matches!(head.state, OrderState::Preparing | OrderState::Ready) {
        return Dispatch::Nothing;
    }
    match current {
        Some(d) if d.state == DeliveryState::Pending => return Dispatch::Resume(Box::new(d.clone())),
        Some(d) if d.state != DeliveryState::Cancelled => return Dispatch::Nothing,
        _ => {}
    }
    let attempt = head.attempt + 1;
    if head.next_rider_at.is_some_and(|at| now < at) {
        return Dispatch::Nothing;
    }
    if attempt > MAX_ATTEMPTS {
        return Dispatch::GiveUp;
    }
    let tail = head.order.as_str().trim_start_matches("ord_");
    let Ok(id) = DeliveryId::from_tail(format_args!("{tail}-{attempt}")) else { return Dispatch::GiveUp };
    let delivery = Delivery {
        delivery: id.clone(),
        version: 0,
        order: head.order.clone(),
        store: head.store.clone(),
        attempt,
        state: DeliveryState::Pending,
        rider: None,
        rider_phone: None,
        due: Some(now.plus(GRACE)),
    };
    let mut d = Decision::default();
    d.write(Write::CreateDelivery(Box::new(delivery.clone())));
    // From here on the delivery carries the deadline.
    d.write(Write::UpdateOrder(Box::new(OrderHead { attempt, delivery: Some(id), next_rider_at: None, due: None, ..head.clone() })));
    Dispatch::Start(Box::new(delivery), d)
}

/// The platform knows it.
#[must_use]
pub fn created(delivery: &Delivery, now: Timestamp) -> Decision {
    let mut d = Decision::default();
    if delivery.state == DeliveryState::Pending {
        d.write(Write::UpdateDelivery(Box::new(Delivery { state: DeliveryState::Created, due: Some(now.plus(NEWS_WITHIN)), ..delivery.clone() })));
    }
    d
}

/// The platform was asked and has nothing new: it is asked again after as long.
#[must_use]
pub fn asked(delivery: &Delivery, now: Timestamp) -> Decision {
    let mut d = Decision::default();
    if delivery.due.is_some_and(|due| due <= now) {
        d.write(Write::UpdateDelivery(Box::new(Delivery { due: Some(now.plus(NEWS_WITHIN)), ..delivery.clone() })));
    }
    d
}

fn rank(s: DeliveryState) -> u8 {
    match s {
        DeliveryState::Pending => 0,
        DeliveryState::Created => 1,
        DeliveryState::Accepted => 2,
        DeliveryState::AtStore => 3,
        DeliveryState::Delivering => 4,
        DeliveryState::Done | DeliveryState::Cancelled => 5,
    }
}

/// What the platform tells of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Where it stands.
    pub state: DeliveryState,
    /// The rider, when there is one.
    pub rider: Option<String>,
    /// The rider's number, masked.
    pub rider_phone: Option<String>,
    /// Did we ask? Call-backs come late and in any order; an answer is what is now.
    pub asked: bool,
}

/// The platform told a state. Old news gives an empty decision. The order's own changes (`picked_up_by_rider`, `delivered`,
/// `lost_on_the_way`) are the caller's to add.
#[must_use]
pub fn moved(delivery: &Delivery, head: &OrderHead, told: Told, now: Timestamp) -> Decision {
    let mut d = Decision::default();
    let Told { state, rider, rider_phone, asked } = told;
    if rank(state) <= rank(delivery.state) {
        return d;
    }
    let lost = state == DeliveryState::Cancelled;
    if lost && delivery.state == DeliveryState::Delivering && !asked {
        // Goods that are on their way are not un-taken by a call-back that may be late: the platform is asked.
        if delivery.due.is_none_or(|due| due > now) {
            d.write(Write::UpdateDelivery(Box::new(Delivery { due: Some(now), ..delivery.clone() })));
        }
        return d;
    }
    let ended = matches!(state, DeliveryState::Done | DeliveryState::Cancelled);
    d.write(Write::UpdateDelivery(Box::new(Delivery {
        state,
        rider: rider.or_else(|| delivery.rider.clone()),
        rider_phone: rider_phone.or_else(|| delivery.rider_phone.clone()),
        due: (!ended).then(|| now.plus(NEWS_WITHIN)),
        ..delivery.clone()
    })));
    // What the order's own events tell as well is not told twice.
    if !matches!(state, DeliveryState::Delivering | DeliveryState::Done) {
        d.order_event(&head.order, Event::DeliveryMoved { order: head.order.clone(), delivery: delivery.delivery.clone(), state });
    }
    let owed = matches!(head.state, OrderState::Preparing | OrderState::Ready) && head.shortfall.is_none();
    if lost && owed && head.delivery.as_ref() == Some(&delivery.delivery) {
        // Owed again, until the next rider is called.
        let at = now.plus(again_after(head.attempt));
        d.write(Write::UpdateOrder(Box::new(OrderHead { next_rider_at: Some(at), due: Some(at.plus(GRACE)), ..head.clone() })));
        d.order_event(&head.order, Event::DeliveryRequested { order: head.order.clone(), attempt: head.attempt + 1, not_before: Some(at) });
    }
    d
}
