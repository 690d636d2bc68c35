//! Members: their address books, and the districts that addresses are in.

pub mod addresses;
pub mod district;
