//! Members: sessions, address books, and the number that WeChat knows.

pub mod addresses;
pub mod phone;
pub mod session;
