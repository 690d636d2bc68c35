//! Stock of a shelf: what happens on it, claims that wait for a second person, and counts.

pub mod claims;
pub mod counts;
pub mod shelf;
