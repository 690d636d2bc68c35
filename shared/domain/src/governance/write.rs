//! What a decision changes of what HQ decides for the chain.

use crate::governance::chain::Policies;

/// One change to what HQ decides for the chain.
#[derive(Debug, Clone, PartialEq)]
pub enum GovernanceWrite {
    /// The chain's policies, with the version that was read; refused when it is another by now.
    Policies(Box<Policies>),
}
