//! Access: sessions of the staff, and what a browser tells of a page that stopped.

pub mod page_fault;
pub mod staff;
