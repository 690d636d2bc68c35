//! What a cart costs, and why. The same code decides in a Lambda and computes in the browser.
//!
//! [`price`] takes a [`Cart`] with the campaigns in view and answers lines, discounts, gifts, fees, sums, and for each campaign that did not apply
//! [`Why`]. [`add_up`] is the part of it for goods without campaigns. A kind of campaign is a file in `kinds` and a row in its table.
//!
//! Architecture invariant: integers only; no clock (`now` is given), no randomness, no I/O. It is part of the shop's download, so it depends on the
//! types and `serde` alone.

mod answer;
mod best;
mod campaign;
mod cart;
pub mod kinds;
mod run;
mod shares;
mod sums;
#[cfg(test)]
mod tests;
mod why;

pub use answer::{Answer, Discount, NotApplied, Search, price};
pub use best::{BOUND, CHOICES, EXACT, EXACT_OF_MANY, FEW, SHORT, WORK};
pub use campaign::{Audience, Campaign, CouponPolicy, Group, GroupRule, HqBears, Left, Level, OnLoss, Schedule, Scope};
pub use cart::{Cart, Coupon, Customer, Line, Moment, Question};
pub use kinds::Kind;
pub use run::{AddOnOffer, Given};
pub use shares::{Cut, Paid, PaidLine, PricedLine, Segment, Share, repriced};
pub use sums::{FREE_DELIVERY_FROM, Fees, Item, NEAR_PARCEL_M, Totals, add_up, add_up_with, delivery_fee, line_total, parcel_fee};
pub use why::Why;
