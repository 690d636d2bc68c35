//! Stock: what happens on a shelf, claims and counts, and whether tills are heard.

pub mod claims;
pub mod counts;
pub mod shelf;
pub mod tills;
