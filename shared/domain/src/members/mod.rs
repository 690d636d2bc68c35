//! Members: their address books, the districts that addresses are in, and what they agreed to.

pub mod addresses;
pub mod consent;
pub mod district;
