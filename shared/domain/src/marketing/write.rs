//! What a decision changes of campaigns.

use crate::marketing::{campaign::Record, used::Counting};

/// One change to campaigns.
#[derive(Debug, Clone, PartialEq)]
pub enum MarketingWrite {
    /// A campaign, with the version that was read (0: there is none); refused when it is another by now.
    Campaign(Box<Record>),
    /// How often a campaign has applied, and what it has cost; refused when that would be more than there may be.
    Used(Box<Counting>),
}
