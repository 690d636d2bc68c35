//! What a decision changes of orders.

use crate::orders::{
    delivery::Delivery,
    holds::Holds,
    order::{OrderBody, OrderHead},
    slots::{SlotChange, SlotPlan},
};

/// One change to an order or to what belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub enum OrdersWrite {
    /// A new order.
    Create(Box<OrderHead>, Box<OrderBody>),
    /// An order that moved on; refused when its version is not the one that was read.
    Update(Box<OrderHead>),
    /// An order's body, with the head's change that guards it.
    ReplaceBody(Box<OrderBody>),
    /// A new delivery.
    CreateDelivery(Box<Delivery>),
    /// A delivery that moved on; refused when its version is not the one that was read.
    UpdateDelivery(Box<Delivery>),
    /// What a member's unpaid orders hold; refused when it is not as it was read.
    Holds(Box<Holds>),
    /// A place in a slot is taken, if one is free, or given back.
    Slot(Box<SlotChange>),
    /// How many orders a slot takes; refused when the store has said something about it since it was read.
    SlotPlan(Box<SlotPlan>),
}
