//! Transfers that a store sends or waits for.

use liandian_store::read::transfer_card;
use liandian_types::{TransferId, api::TransferStepRequest};

use crate::{
    App,
    flows::transfers,
    http::{Call, Failure, Reply},
};

/// The store's transfers.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn list(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&app.store.transfer_list(&call.store()?).await?)
}

/// Accept, reject, pack, send or receive.
///
/// # Errors
/// As [`transfers::step`].
pub async fn step(app: App, call: Call) -> Result<Reply, Failure> {
    let (request, store, transfer): (TransferStepRequest, _, TransferId) = (call.json()?, call.store()?, call.param("transfer")?);
    let after = transfers::step(&app, &store, &transfer, &request, call.now).await?;
    crate::telemetry::note("order", &after.order);
    Reply::json(&transfer_card(&after, &store))
}
