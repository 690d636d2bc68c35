//! Permits of a store, as people see them.

use liandian_domain::stores::{
    hours::{CHINA, day},
    permits::holds,
    profile::StoreProfile,
};
use liandian_store::{StoreError, Tables};
use liandian_types::{
    StoreId, Timestamp,
    api::{StoreLicences, StorePermit, StorePermits},
};

use super::shown_store;

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

/// The documents by which a store does its business, for its customers. `None` for a store that they cannot see.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn store_licences(tables: &Tables, store: &StoreId, now: Timestamp) -> Result<Option<StoreLicences>, StoreError> {
    let shown = shown_store(tables, store).await?;
    Ok(shown.map(|s| StoreLicences { permits: permit_rows(&s, now), store: s.store, name: s.name, address: s.address }))
}
