//! The JSON routes: parse → load → decide → commit → respond. One file per resource.

pub mod access;
pub mod catalog;
pub mod hq;
pub mod members;
pub mod orders;
pub mod payments;
pub mod settlement;
pub mod stock;
pub mod stores;
pub mod transfers;
