//! The ledger.

mod postings;

pub use postings::{MorePostings, Posting};
