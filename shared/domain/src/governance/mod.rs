//! Governance: what HQ decides for the chain, what a store may do by itself, and how one asks for more.
//!
//! Policies are data: [`fields`] registers what can be said, [`resolve`] says what holds in a store and who said so,
//! [`impact`] whom a change touches. [`price`] is what a store may ask for a SKU, [`request`] what happens to a change that a
//! policy stops, [`setup`] how a new chain comes to its policies, and [`audit`] how histories are kept from being edited.
//! [`subjects`] is what a request can be about beside a price.
//! [`chain`] is what HQ decides for all stores alike in numbers; [`settings`] is how a level's word is changed, and [`draft`] how what
//! the questions lead to is kept and applied. [`legal`] is what customers are asked to agree to, version by version.

pub mod audit;
pub mod chain;
pub mod draft;
pub mod fields;
pub mod impact;
pub mod legal;
pub mod price;
pub mod request;
pub mod resolve;
pub mod settings;
pub mod setup;
pub mod store_prices;
pub mod subjects;
pub mod terms;
pub mod write;
