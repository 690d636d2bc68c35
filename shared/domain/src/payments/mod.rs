//! Payments: money that came beside an order, and money that goes back in parts.

pub mod extra;
pub mod refund;
pub mod write;
