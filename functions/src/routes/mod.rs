//! The JSON routes: parse → load → decide → commit → respond. One file per resource.

pub mod addresses;
pub mod cart;
pub mod claims;
pub mod counts;
pub mod delivery;
pub mod hq;
pub mod listings;
pub mod orders;
pub mod page_fault;
pub mod payment;
pub mod quote;
pub mod session;
pub mod settlement;
pub mod staff;
pub mod stock;
pub mod stores;
pub mod transfers;
