//! Members: sessions and address books.

pub mod addresses;
pub mod session;
