//! Stock: what lies on a shelf and in the chain, counts, documents that wait for a second person, and what somebody should look at.

pub mod chain;
pub mod claims;
pub mod counts;
pub mod exceptions;
pub mod shelf;
pub mod sums;
