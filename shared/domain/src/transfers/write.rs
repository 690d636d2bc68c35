//! What a decision changes of transfers.

use super::{DayAsks, Transfer};

/// One change to a transfer, or to what a store has been promised by asking.
#[derive(Debug, Clone, PartialEq)]
pub enum TransfersWrite {
    /// A new transfer.
    Create(Box<Transfer>),
    /// A transfer that moved on; refused when its version is not the one that was read.
    Update(Box<Transfer>),
    /// What a store has had promised today by asking; refused when it is not as it was read.
    DayAsks(Box<DayAsks>),
}
