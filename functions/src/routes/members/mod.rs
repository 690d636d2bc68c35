//! Members: sessions, address books, names and consents, and the number that WeChat knows.

pub mod addresses;
pub mod me;
pub mod phone;
pub mod session;
