//! Access: accounts, roles and keys, sessions of the staff, who has looked at what, and what a browser tells of a page that stopped.

pub mod accounts;
pub mod keys;
pub mod own;
pub mod page_fault;
pub mod records;
pub mod roles;
pub mod staff;
