//! An order that an HQ warehouse sends as a parcel: given to a carrier, received, lost.
//!
//! ```text
//! preparing ─ship─▶ delivering ─received, or ten days later─▶ completed
//!     │                  └──────lost─▶ refunding
//!     └──not shipped in two days─▶ refunding
//! ```

use liandian_contracts::Event;
use liandian_types::{Carrier, Code, Fulfilment, LocationId, MovementId, OrderState, Problem, StoreId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Decision, Refusable, conflict,
    decision::OrdersWrite,
    orders::order::{OrderBody, OrderHead, campaigns_back, complete, refund, sale},
    stores::profile::{Location, LocationKind},
};

/// How long the warehouse has to ship; after that the money goes back.
pub const SHIP_WITHIN: i64 = 2 * Timestamp::DAY;
/// How long after shipping an order is taken for received when its customer says nothing.
pub const TAKEN_FOR_RECEIVED: i64 = 10 * Timestamp::DAY;

/// The warehouse that sends an order, as it was when the order was placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shipper {
    /// Where the goods are reserved.
    pub location: LocationId,
    /// Its name.
    pub name: String,
    /// The store whose staff packs it.
    pub keeper: StoreId,
}

impl Shipper {
    /// This location, if it is one that sends parcels to customers.
    #[must_use]
    pub fn of(l: &Location) -> Option<Self> {
        (l.kind == LocationKind::HqWarehouse).then(|| Self { location: l.location.clone(), name: l.name.clone(), keeper: l.keeper.clone() })
    }
}

/// A parcel on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// Who brings it.
    pub carrier: Carrier,
    /// The carrier's number of it.
    pub number: String,
    /// When it was given to the carrier.
    pub shipped_at: Timestamp,
}

/// A carrier's number as a person typed or scanned it.
///
/// # Errors
/// `bad_request` unless it is 8 to 32 letters and digits.
pub fn tracking_number(text: &str) -> Refusable<String> {
    let number = liandian_types::text::code(text);
    let fits = (8..=32).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_alphanumeric());
    if fits { Ok(number) } else { Err(Problem::new(Code::BadRequest, "快递单号为 8 到 32 位字母或数字").at("number")) }
}

fn shipped(head: &OrderHead) -> bool {
    head.fulfilment == Fulfilment::HqShip && head.state == OrderState::Delivering
}

/// The parcel is with its carrier: the goods leave the warehouse. Telling the same again changes nothing; another number puts the first one right.
///
/// # Errors
/// `conflict` unless the warehouse was preparing it, or it is on its way.
pub fn ship(head: &OrderHead, body: &OrderBody, carrier: Carrier, number: String, movement: MovementId, now: Timestamp) -> Refusable<Decision> {
    let first = head.fulfilment == Fulfilment::HqShip && head.state == OrderState::Preparing;
    if !first && !shipped(head) {
        return conflict(format!("订单当前为「{}」，不能登记发货", head.state.title()));
    }
    if head.parcel.as_ref().is_some_and(|p| p.carrier == carrier && p.number == number) {
        return Ok(Decision::default());
    }
    let shipped_at = head.parcel.as_ref().map_or(now, |p| p.shipped_at);
    let parcel = Some(Parcel { carrier, number: number.clone(), shipped_at });
    let mut d = Decision::default();
    d.write(OrdersWrite::Update(Box::new(OrderHead { parcel, ..head.to(OrderState::Delivering, Some(shipped_at.plus(TAKEN_FOR_RECEIVED))) })));
    if first {
        d.movement(sale(head, body, movement, now), false);
    }
    d.order_event(&head.order, Event::OrderShipped { order: head.order.clone(), store: head.store.clone(), carrier, number });
    Ok(d)
}

/// The customer has it, or has said nothing for [`TAKEN_FOR_RECEIVED`]. Saying it again changes nothing.
///
/// # Errors
/// `conflict` unless it is on its way.
pub fn received(head: &OrderHead, now: Timestamp) -> Refusable<Decision> {
    let mut d = Decision::default();
    match head.state {
        OrderState::Completed | OrderState::Settled if head.parcel.is_some() => {}
        _ if shipped(head) => complete(head, None, now, &mut d),
        _ => return conflict(format!("订单当前为「{}」，不能确认收货", head.state.title())),
    }
    Ok(d)
}

/// The carrier has lost it: the money goes back, and what its campaigns had counted is others' to have. The goods left the warehouse as sold and do
/// not come back.
///
/// # Errors
/// `conflict` unless it is on its way. Saying it again changes nothing.
pub fn lost(head: &OrderHead, body: &OrderBody, now: Timestamp) -> Refusable<Decision> {
    match head.state {
        OrderState::Refunding | OrderState::Refunded if head.parcel.is_some() => Ok(Decision::default()),
        _ if shipped(head) => {
            let mut d = refund(head, "包裹丢失", now);
            campaigns_back(&mut d, head, body);
            Ok(d)
        }
        _ => conflict(format!("订单当前为「{}」，不能报失", head.state.title())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_tracking_numbers_when_typed_then_spaces_and_hyphens_go_and_both_limits_hold() {
        assert_eq!(tracking_number(" sf 1234 5678 ").unwrap(), "SF12345678");
        assert_eq!(tracking_number("ＳＦ-1234\u{200b}-5678").unwrap(), "SF12345678");
        assert_eq!(tracking_number("12345678").unwrap().len(), 8);
        assert_eq!(tracking_number(&"1".repeat(32)).unwrap().len(), 32);
        for bad in ["1234567", &"1".repeat(33), "SF#123456789", "单号12345678", ""] {
            assert_eq!(tracking_number(bad).unwrap_err().field.as_deref(), Some("number"), "{bad}");
        }
    }
}
