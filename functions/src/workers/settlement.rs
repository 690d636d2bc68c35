//! What an order brought to whom.

use liandian_contracts::Message;
use liandian_domain::{orders::order, settlement};
use liandian_types::{OrderId, Timestamp};

use super::not_ours;
use crate::{
    App,
    flows::orders::load,
    http::Failure,
    transact::{Plan, transact},
};

/// Posts a completed order's shares to the ledger, once.
///
/// # Errors
/// Leaves the message in the queue.
pub async fn settlement_post(app: App, m: Message) -> Result<(), Failure> {
    let Message::SettlementDueV1 { order, .. } = &m else { return Err(not_ours(&m)) };
    post(&app, order).await
}

async fn post(app: &App, id: &OrderId) -> Result<(), Failure> {
    let (head, body) = load(app, id).await?;
    let rule = app.tables.rule(&body.rule).await?.ok_or_else(|| Failure::Internal(format!("there is no rule {}", body.rule)))?;
    let decision = &settlement::post(&head, &body, &rule, app.id())?;
    // Orders of one store meet on its sums: tried again like any other meeting.
    match transact(app, app.now(), |_| async move { Ok(Plan::new((), decision.clone())) }).await {
        // Posted before: a posting is never made twice nor edited.
        Ok(()) | Err(Failure::Exists) => Ok(()),
        Err(e) => Err(e),
    }
}

/// The after-sale window is over: the shares are posted (they should be, long since), and the order is settled.
pub(super) async fn settle(app: &App, id: &OrderId, now: Timestamp) -> Result<(), Failure> {
    post(app, id).await?;
    transact(app, now, |_| async move {
        let (head, _) = load(app, id).await?;
        Ok(Plan::new((), order::settle(&head, now)?))
    })
    .await
}
