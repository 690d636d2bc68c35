//! Stock documents that wait for a second person.

use liandian_store::read::claim_card;
use liandian_types::{
    ClaimId, Permission, StoreId,
    api::{ClaimDecision, ClaimList},
};

use crate::{
    App,
    auth::Staff,
    flows::stock::claims,
    http::{Call, Failure, Reply},
};

/// Documents of the store that wait, and those that were decided.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn list(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&of_store(&app, &call.store()?, call.staff()?, call.q("cursor")).await?)
}

/// Documents of a store as this person sees them.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn of_store(app: &App, store: &StoreId, staff: &Staff, cursor: Option<&str>) -> Result<ClaimList, Failure> {
    let (waiting, decided, next) = app.tables.claims_of(store, 20, cursor).await?;
    let may = staff.permissions.contains(&Permission::StockApprove);
    let cards = |all: Vec<_>| all.iter().map(|c| claim_card(c, may.then_some(&staff.sub))).collect();
    Ok(ClaimList { waiting: cards(waiting), decided: cards(decided), next })
}

/// Approves a document, which records it, or rejects it with a reason.
///
/// # Errors
/// `conflict` when it was decided before, or more is to go than is there; `forbidden` for whoever made it; `bad_request` without a reason;
/// `not_found`.
pub async fn decide(app: App, call: Call) -> Result<Reply, Failure> {
    let (ask, store, id): (ClaimDecision, _, ClaimId) = (call.json()?, call.store()?, call.param("claim")?);
    claims::decide(&app, &store, &id, ask.approve, ask.reason.as_deref(), call.staff()?, call.now).await?;
    Reply::json(&claim_card(&claims::of(&app, &store, &id).await?, None))
}
