//! The JSON routes: parse → load → decide → commit → respond. One folder or file a context.

pub mod access;
pub mod catalog;
pub mod coupons;
pub mod governance;
pub mod marketing;
pub mod members;
pub mod orders;
pub mod payments;
pub mod settlement;
pub mod stock;
pub mod stores;
pub mod transfers;
