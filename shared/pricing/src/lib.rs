//! What a cart costs, and why. The same code decides in a Lambda and computes in the browser.
//!
//! Architecture invariant: integers only; no clock (`now` is given), no randomness, no I/O. It is part of the shop's download, so it depends on the
//! types and `serde` alone.

mod sums;

pub use sums::{FREE_DELIVERY_FROM, Item, NEAR_PARCEL_M, Totals, add_up, delivery_fee, line_total, parcel_fee};
