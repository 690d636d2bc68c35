//! Stock: what happens on a shelf, claims that wait for a second person, counts, and the chain as a whole.

pub mod chain;
pub mod claims;
pub mod counts;
pub mod shelf;
