//! Stock: records and the rows that a busy one is split into, counts, claims, tills.

pub mod claims;
pub mod counts;
pub mod low;
pub mod movements;
pub mod records;
pub mod shards;
pub mod sold;
pub mod sums;
pub mod tills;
