//! Who may come in and who has: staff accounts, sessions, and the record of who has seen what.

pub mod integration;
pub mod records;
pub mod sessions;
pub mod staff;

pub use records::{AccessAsk, AccessRecord, KEPT_DAYS};
