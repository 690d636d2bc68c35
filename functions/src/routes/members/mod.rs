//! Members: sessions, address books, names and consents.

pub mod addresses;
pub mod me;
pub mod session;
