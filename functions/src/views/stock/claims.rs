//! Stock documents that wait for a second person.

use liandian_domain::{
    stock::claim::{self, Claim},
    stores::hours::local_text,
};
use liandian_types::{
    Permission, StaffId, StoreId,
    api::{ClaimCard, ClaimLineView, ClaimList},
};

use crate::{App, auth::Staff, http::Failure};

/// A claim as people see it; `approver` is who asks, if that person may decide about claims of others.
#[must_use]
pub fn claim_card(c: &Claim, approver: Option<&StaffId>) -> ClaimCard {
    let w = claim::weight(c.kind, &c.lines);
    ClaimCard {
        claim: c.claim.clone(),
        store: c.store.clone(),
        location_name: c.location_name.clone(),
        kind: c.kind,
        state: c.state,
        at: c.at,
        at_text: local_text(c.at, &c.zone),
        by_name: c.by.name.clone(),
        document: c.document.clone(),
        reason: c.reason.clone(),
        lines: c
            .lines
            .iter()
            .map(|l| ClaimLineView {
                sku: l.sku.clone(),
                name: l.name.clone(),
                quantity: l.quantity,
                expires_on: l.expires_on.map(|d| d.to_string()),
                on_hand: l.on_hand,
                value: claim::weight(c.kind, std::slice::from_ref(l)).value,
            })
            .collect(),
        units: w.units,
        value: w.value,
        decided_name: c.decided_by.as_ref().map(|p| p.name.clone()),
        decided_text: c.decided_at.map(|at| local_text(at, &c.zone)),
        answer: c.answer.clone(),
        decides: approver.is_some_and(|staff| claim::decides(c, true, staff)),
    }
}

/// Documents of a store as this person sees them.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn claim_list(app: &App, store: &StoreId, staff: &Staff, cursor: Option<&str>) -> Result<ClaimList, Failure> {
    let (waiting, decided, next) = app.tables.claims_of(store, 20, cursor).await?;
    let may = staff.permissions.contains(&Permission::StockApprove);
    let cards = |all: Vec<_>| all.iter().map(|c| claim_card(c, may.then_some(&staff.sub))).collect();
    Ok(ClaimList { waiting: cards(waiting), decided: cards(decided), next })
}
