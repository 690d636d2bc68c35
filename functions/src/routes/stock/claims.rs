//! Stock documents that wait for a second person.

use liandian_types::{ClaimId, api::ClaimDecision};

use crate::{
    App,
    flows::stock::claims,
    http::{Call, Failure, Reply},
    views::stock::claims::{claim_card, claim_list},
};

/// Documents of the store that wait, and those that were decided.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn list(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&claim_list(&app, &call.store()?, call.staff()?, call.q("cursor")).await?)
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
