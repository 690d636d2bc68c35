//! What a decision changes of what HQ decides for the chain.

use liandian_types::{RequestId, StoreId};

use crate::{
    catalog::{Listing, search::SearchWords},
    governance::{
        chain::Policies,
        request::{ChangeRequest, PastChange},
    },
};

/// One change to what HQ decides for the chain.
#[derive(Debug, Clone, PartialEq)]
pub enum GovernanceWrite {
    /// The chain's policies, with the version that was read; refused when it is another by now.
    Policies(Box<Policies>),
    /// A change request, as it is now; new at version 0, else one step on from what was read.
    Request(Box<ChangeRequest>),
    /// A store's listing with other prices, with the version that was read; refused when it is another by now.
    Listing {
        /// Whose.
        store: StoreId,
        /// The listing.
        listing: Box<Listing>,
    },
    /// A change that a store made or asked for, with what was known then: a dry run asks about it.
    Past {
        /// Which.
        id: RequestId,
        /// The change.
        past: Box<PastChange>,
    },
    /// The chain's synonyms and hot words, with the version that was read; refused when it is another by now.
    SearchWords(Box<SearchWords>),
}
