//! What a decision changes of payments.

use crate::payments::{extra::ExtraPayment, refund::PartRefund};

/// One change to money that came beside an order or goes back in parts.
#[derive(Debug, Clone, PartialEq)]
pub enum PaymentsWrite {
    /// A payment that an order did not need; refused when it is known.
    CreateExtra(Box<ExtraPayment>),
    /// Such a payment that moved on; refused when its version is not the one that was read.
    UpdateExtra(Box<ExtraPayment>),
    /// A part of an order's money that is to go back.
    CreatePartRefund(Box<PartRefund>),
    /// It went back; refused when its version is not the one that was read.
    UpdatePartRefund(Box<PartRefund>),
}
