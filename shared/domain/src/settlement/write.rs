//! What a decision changes of the ledger.

use super::Posting;

/// One change to the ledger.
#[derive(Debug, Clone, PartialEq)]
pub enum SettlementWrite {
    /// Shares of an order; refused when they are posted already.
    Posting(Box<Posting>),
}
