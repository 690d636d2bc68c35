//! Decisions, and nothing else: `(state, command, now, ids) → decision | refusal`.
//!
//! Architecture invariant: no AWS, no HTTP, no clock, no randomness. What happened is told as [`Decision`]: the aggregates
//! as they shall be, the stock changes with their conditions, the movement documents, and the events. The store crate turns
//! one decision into one transaction.

pub mod addresses;
pub mod batch;
pub mod cart;
pub mod catalog;
pub mod claim;
pub mod count;
pub mod decision;
pub mod delivery;
pub mod district;
pub mod extra;
pub mod fsck;
pub mod holds;
pub mod hours;
pub mod matching;
pub mod near;
pub mod note;
pub mod order;
pub mod parcel;
pub mod place;
pub mod pricing;
pub mod refund;
pub mod settlement;
pub mod shortfall;
pub mod stock;
pub mod store;
pub mod ticket;
pub mod till;
pub mod transfer;

pub use decision::{Decision, Write};
pub use liandian_types::{Code, Problem};

/// A decision, or why not.
pub type Refusable<T> = Result<T, Problem>;

/// Refuses with `conflict`.
pub(crate) fn conflict<T>(detail: impl Into<String>) -> Refusable<T> {
    Err(Problem::new(Code::Conflict, detail))
}
