//! What was changed at HQ, by whom, and what it was before.

use serde::{Deserialize, Serialize};

use crate::{StaffId, StoreId, Timestamp};

bodies! {
    /// A field of a change.
    AuditField {
        /// Its name, as the route has it that changes it.
        field: String,
        /// As people call it.
        title: String,
        /// What it was; empty: nothing.
        old: String,
        /// What it is since; empty: nothing.
        new: String,
    }

    /// A change of something that HQ keeps.
    AuditLine {
        /// When.
        at: Timestamp,
        /// The same as people read it, in China's time.
        at_text: String,
        /// Who; absent: the clock.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<StaffId>,
        /// Who, by name; absent when the account is gone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_name: Option<String>,
        /// What kind of change: `product.changed`, `price.changed`, `role.changed` …
        kind: String,
        /// What happened, in a sentence.
        text: String,
        /// Why, where somebody said so.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        why: String,
        /// Of what: its id, a store's and a SKU's or product's id with `/` between, or the word of what there is one of. Asks for its whole history.
        entity: String,
        /// What kind of thing that is, as people call it.
        entity_kind: String,
        /// The thing by name, where it has one; else its id.
        entity_title: String,
        /// The store that it is of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        store: Option<StoreId>,
        /// What was changed.
        fields: Vec<AuditField>,
    }

    /// A field as it was at a moment.
    AuditFieldThen {
        /// Its name.
        field: String,
        /// As people call it.
        title: String,
        /// What it was; empty: nothing.
        value: String,
        /// What it is now; empty: nothing.
        now: String,
        /// Since when it had been so; absent: since before the history begins.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since_text: Option<String>,
    }

    /// A thing as it was at a moment: derived from its history.
    AuditThen {
        /// When, as people read it, in China's time.
        at_text: String,
        /// Its fields.
        fields: Vec<AuditFieldThen>,
        /// Was the whole history read? Else fields whose last change is long ago may be missing.
        whole: bool,
    }

    /// Does a thing's history hold? Each change has the hash of the one before it, and the thing keeps the hash of the last.
    AuditChain {
        /// Nothing was edited, taken out, put in or moved.
        holds: bool,
        /// Changes that were looked at.
        entries: u64,
        /// The hashes of the newest changes, the longest chain's first: who writes them down elsewhere can tell later that the whole history was made anew.
        newest: Vec<String>,
        /// What does not fit, each in a sentence.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        flaws: Vec<String>,
    }

    /// What was changed at HQ, newest first.
    AuditList {
        /// The changes.
        lines: Vec<AuditLine>,
        /// For the next page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<String>,
        /// The thing as it was, when one thing and a moment are asked for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        then: Option<AuditThen>,
        /// Whether the history holds, on the first page of one thing's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        chain: Option<AuditChain>,
    }
}
