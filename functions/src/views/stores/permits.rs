//! Permits of a store, as people see them.

use liandian_domain::stores::{
    hours::{CHINA, day},
    permits::holds,
    profile::StoreProfile,
};
use liandian_types::{
    Timestamp,
    api::{StorePermit, StorePermits},
};

/// The permits of a store.
#[must_use]
pub fn permits_view(s: &StoreProfile, now: Timestamp) -> StorePermits {
    StorePermits { permits: permit_rows(s, now), version: s.version }
}

/// Each of them.
#[must_use]
pub fn permit_rows(s: &StoreProfile, now: Timestamp) -> Vec<StorePermit> {
    let row = |p: &liandian_domain::stores::profile::Permit| StorePermit {
        kind: p.kind.clone(),
        number: p.number.clone(),
        // The last day on which it holds is the one before its end.
        expires: p.expires.map(|end| day(end.plus(-1), CHINA).to_string()).unwrap_or_default(),
        holds: p.expires.is_none_or(|end| now < end) && holds(s, &p.kind, now),
    };
    s.details.permits.iter().map(row).collect()
}
