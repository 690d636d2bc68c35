//! What a decision changes of what HQ decides for the chain.

use liandian_types::{RequestId, StoreId, Timestamp};

use crate::{
    catalog::{Listing, search::SearchWords},
    governance::{
        chain::Policies,
        draft::SetupDraft,
        fields::FieldKey,
        legal::{LegalBook, LegalText},
        request::{ChangeRequest, PastChange},
        resolve::{Level, Setting},
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
    /// What a level says about a field from a moment on; whatever it said of that moment before. The level's version guards it.
    Setting(Box<Setting>),
    /// What a level said about a field from a moment on is taken away.
    SettingGone {
        /// Which level.
        level: Level,
        /// About which field.
        field: FieldKey,
        /// From when on.
        from: Timestamp,
    },
    /// A level has been changed; refused when its version is not the one that was read.
    SettingLevel {
        /// Which.
        level: Level,
        /// The version that was read.
        read: u64,
    },
    /// What the set-up questions were answered, with the version that was read; refused when it is another by now.
    SetupDraft(Box<SetupDraft>),
    /// The chain's synonyms and hot words, with the version that was read; refused when it is another by now.
    SearchWords(Box<SearchWords>),
    /// Another version of a document that customers are asked to agree to: all versions, with the version that was read, and its text.
    Legal {
        /// All versions; refused when its version is another by now.
        book: Box<LegalBook>,
        /// The new one's text.
        text: Box<LegalText>,
    },
}
