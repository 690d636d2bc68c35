//! Governance: what HQ decides for the chain, what a store may do by itself, and how one asks for more.
//!
//! Policies are data: [`fields`] registers what can be said, [`resolve`] says what holds in a store and who said so,
//! [`impact`] whom a change touches. [`price`] is what a store may ask for a SKU, [`request`] what happens to a change that a
//! policy stops, [`setup`] how a new chain comes to its policies, and [`audit`] how histories are kept from being edited.
//! [`chain`] is the part of it that is in force today: what HQ decides for all stores alike.

pub mod audit;
pub mod chain;
pub mod fields;
pub mod impact;
pub mod price;
pub mod request;
pub mod resolve;
pub mod setup;
pub mod store_prices;
pub mod terms;
pub mod write;
