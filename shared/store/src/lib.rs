//! The tables: every key, one file per aggregate, and the commit that turns one decision into one transaction.
//!
//! What must not live here: decisions (`domain`), HTTP, partners. Nothing outside this crate names a key or an attribute.

pub mod access;
pub mod catalog;
pub mod claims;
pub mod commit;
pub mod counts;
mod cursor;
pub mod db;
pub mod due;
pub mod fsck;
pub mod keys;
pub mod ledger;
pub mod locations;
pub mod meter;
pub mod orders;
pub mod people;
pub mod policies;
pub mod reach;
pub mod read;
pub mod shards;
pub mod stock;
pub mod tills;

pub use commit::{Commit, CommitError, Failed, Idempotency};
pub use db::{Key, Store, StoreError, Table};
pub use meter::Usage;
