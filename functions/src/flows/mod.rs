//! Steps that a route and a worker share: load → decide → commit, whoever asked for it.

pub mod basket;
pub mod catalog;
pub mod coupons;
pub mod governance;
pub mod marketing;
pub mod orders;
pub mod payments;
pub mod sourcing;
pub mod stock;
pub mod transfers;
