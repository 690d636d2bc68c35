//! Transfers: a store's tasks, what it asks others for, and HQ's hand in all of them.

use liandian_domain::transfers::{Party, Transfer};
use liandian_types::{
    Code, Problem, TransferId,
    api::{StartTransfer, TransferStepRequest},
};

use crate::{
    App,
    flows::transfers,
    http::{Call, Failure, Reply},
    transact::Once,
    views::transfers::{transfer_card, transfer_list, transfers_in_flight},
};

/// The store's transfers.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn list(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&transfer_list(&app.tables, &call.store()?).await?)
}

/// Asks another location for goods for this store's shelf, once per key.
///
/// # Errors
/// As [`transfers::start`].
pub async fn ask(app: App, call: Call) -> Result<Reply, Failure> {
    let (request, store): (StartTransfer, _) = (call.json()?, call.store()?);
    if request.target.as_ref().is_some_and(|t| *t != store.shelf()) {
        return Err(Problem::new(Code::BadRequest, "门店只能调货到自己的货架").at("target").into());
    }
    start(&app, &call, &request, &store.shelf(), Party::Store(store.clone())).await
}

/// HQ moves goods between any two locations, once per key.
///
/// # Errors
/// As [`transfers::start`]; `bad_request` without a target.
pub async fn direct(app: App, call: Call) -> Result<Reply, Failure> {
    let request: StartTransfer = call.json()?;
    let target = request.target.clone().ok_or_else(|| Problem::new(Code::BadRequest, "请选择调入地点").at("target"))?;
    start(&app, &call, &request, &target, Party::Hq).await
}

async fn start(app: &App, call: &Call, request: &StartTransfer, target: &liandian_types::LocationId, party: Party) -> Result<Reply, Failure> {
    let staff = call.staff()?.sub.to_string();
    let once = Once::of(call, &staff)?;
    let t = transfers::start(app, target, request, &party, &staff, &once, call.now).await?;
    Reply::json(&transfer_card(&t, &party))
}

/// Accept, reject, pack, send, receive, or call off what this store has asked for.
///
/// # Errors
/// As [`transfers::step`].
pub async fn step(app: App, call: Call) -> Result<Reply, Failure> {
    let party = Party::Store(call.store()?);
    take(&app, &call, &party).await
}

/// Calls off, calls back or gives up.
///
/// # Errors
/// As [`transfers::step`].
pub async fn hq_step(app: App, call: Call) -> Result<Reply, Failure> {
    take(&app, &call, &Party::Hq).await
}

async fn take(app: &App, call: &Call, party: &Party) -> Result<Reply, Failure> {
    let (request, transfer): (TransferStepRequest, TransferId) = (call.json()?, call.param("transfer")?);
    let after: Transfer = transfers::step(app, party, &transfer, &request, call.now).await?;
    if let Some(order) = &after.order {
        crate::telemetry::note("order", order);
    }
    Reply::json(&transfer_card(&after, party))
}

/// Open transfers of the chain, with what is on its way and its worth.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn in_flight(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&transfers_in_flight(&app.tables, &app.reach(call.staff()?).await?).await?)
}
