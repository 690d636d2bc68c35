//! What a decision changes of what HQ decides for the chain.

use liandian_types::Timestamp;

use crate::governance::{
    chain::Policies,
    draft::SetupDraft,
    fields::FieldKey,
    resolve::{Level, Setting},
};

/// One change to what HQ decides for the chain.
#[derive(Debug, Clone, PartialEq)]
pub enum GovernanceWrite {
    /// The chain's policies, with the version that was read; refused when it is another by now.
    Policies(Box<Policies>),
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
}
