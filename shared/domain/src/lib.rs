//! Decisions, and nothing else: `(state, command, now, ids) → decision | refusal`.
//!
//! Architecture invariant: no AWS, no HTTP, no clock, no randomness. What happened is told as [`Decision`]: the aggregates
//! as they shall be, the stock changes with their conditions, the movement documents, and the events. The store crate turns
//! one decision into one transaction.

pub mod access;
pub mod catalog;
pub mod decision;
pub mod fsck;
pub mod governance;
pub mod marketing;
pub mod members;
pub mod orders;
pub mod payments;
pub mod settlement;
pub mod sourcing;
pub mod stock;
pub mod stores;
pub mod transfers;

pub use decision::{Decision, Write};
pub use liandian_types::{Code, Problem};

/// A decision, or why not.
pub type Refusable<T> = Result<T, Problem>;

/// Refuses with `conflict`.
pub(crate) fn conflict<T>(detail: impl Into<String>) -> Refusable<T> {
    Err(Problem::new(Code::Conflict, detail))
}
