//! The tables: every key, one file per aggregate, and the commit that turns one decision into one transaction.
//!
//! What must not live here: decisions (`domain`), HTTP, partners. Nothing outside this crate names a key or an attribute.

pub mod access;
pub mod audit;
pub mod catalog;
pub mod chain;
pub mod commit;
pub mod coupons;
pub mod cursor;
pub mod db;
pub mod due;
pub mod fsck;
pub mod governance;
pub mod keys;
pub mod legal;
pub mod limits;
pub mod marketing;
pub mod members;
pub mod meter;
pub mod orders;
pub mod payments;
pub mod reach;
pub mod requests;
mod rows;
pub mod search;
pub mod settlement;
pub mod sourcing;
pub mod stock;
pub mod stores;
pub mod transfers;

pub use commit::{Commit, CommitError, Failed, Idempotency};
pub use db::{Key, StoreError, Table, Tables};
pub use meter::Usage;
