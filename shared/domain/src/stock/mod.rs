//! Stock: records, the documents that change them, batches that expire, counts, claims, and what tills tell.

pub mod batch;
pub mod claim;
pub mod count;
pub mod cover;
pub mod missing;
pub mod note;
pub mod record;
pub mod ticket;
pub mod till;
pub mod write;
