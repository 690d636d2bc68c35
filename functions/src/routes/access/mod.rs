//! Access: sessions of the staff, who has looked at what, and what a browser tells of a page that stopped.

pub mod page_fault;
pub mod records;
pub mod staff;
