//! A transfer's way: asked for when its order is paid, answered, sent, received; and what its end means to the order.

use liandian_domain::{
    Decision, order,
    order::OrderBody,
    transfer::{MAX_REMINDERS, MAX_REMINDERS_ON_THE_WAY, Transfer},
};
use liandian_types::{
    Code, OrderState, Problem, Quantity, StoreId, Timestamp, TransferId, TransferState, TransferStep,
    api::{CartLine, TransferStepRequest},
};

use super::load;
use crate::{
    App,
    http::Failure,
    routes::quote::next_source,
    transact::{Plan, transact},
};

async fn the(app: &App, transfer: &TransferId) -> Result<Transfer, Failure> {
    app.store.transfer(transfer).await?.ok_or_else(|| Failure::not_found("调拨单"))
}

/// The order is paid: the source is asked. However often this is told.
///
/// # Errors
/// `not_found`; whatever the tables say.
pub async fn request(app: &App, transfer: &TransferId, now: Timestamp) -> Result<(), Failure> {
    transact(app, now, |_| async move { Ok(Plan::new((), the(app, transfer).await?.request(now))) }).await
}

/// One step by the staff of `store`. Answers the transfer as it is then.
///
/// # Errors
/// `not_found` when the transfer is none of this store's; `conflict` when the step is not possible now; `bad_request`.
pub async fn step(app: &App, store: &StoreId, transfer: &TransferId, r: &TransferStepRequest, now: Timestamp) -> Result<Transfer, Failure> {
    let reason = r.reason.as_deref().map(str::trim).filter(|t| !t.is_empty());
    if reason.is_some_and(|t| t.chars().count() > 100) {
        return Err(Problem::new(Code::BadRequest, "原因最多 100 个字").at("reason").into());
    }
    transact(app, now, |_| async move {
        let t = the(app, transfer).await?;
        if t.source_keeper != *store && t.target_keeper != *store {
            return Err(Failure::not_found("调拨单"));
        }
        let decision = match r.step {
            TransferStep::Accept => t.accept(store, now)?,
            TransferStep::Pack => t.pack(store, now)?,
            TransferStep::Send => t.send(store, [app.id(), app.id()], now)?,
            TransferStep::Reject => {
                if !t.steps_for(store).contains(&TransferStep::Reject) {
                    return Err(Failure::refuse(Code::Conflict, format!("调拨单当前为「{}」，本店不能拒绝", t.state.title())));
                }
                let Some(reason) = reason else {
                    return Err(Problem::new(Code::BadRequest, "请填写拒绝原因").at("reason").into());
                };
                reject(app, &t, reason, now).await?
            }
            TransferStep::Receive => {
                let (head, body) = load(app, &t.order).await?;
                let awaited = head.state == OrderState::AwaitingTransfer;
                let (receipt, mut d) = t.receive(store, r.received.as_deref(), reason, awaited, app.id(), now)?;
                match (awaited, receipt.missing) {
                    (false, _) => {}
                    (true, 0) => {
                        d.and(order::transfer_arrived(&head, now)?);
                    }
                    (true, _) => {
                        d.and(order::refund_and_release(&head, &body, "调货到店数量不足", app.id(), now));
                    }
                }
                d
            }
        };
        Ok(Plan::new((), decision))
    })
    .await?;
    the(app, transfer).await
}

/// The source would not: the next one is asked, or the order's money goes back.
async fn reject(app: &App, t: &Transfer, reason: &str, now: Timestamp) -> Result<Decision, Failure> {
    let target = app.store.store(&t.target_keeper).await?.ok_or_else(|| Failure::Internal("a transfer to no store".into()))?;
    let lines: Vec<CartLine> =
        t.lines.iter().filter_map(|l| Some(CartLine { sku: l.sku.clone(), quantity: Quantity::new(l.quantity).ok()? })).collect();
    let mut without = t.tried.clone();
    without.push(t.source.clone());
    let next = next_source(app, &target, &lines, &without, now).await?;
    let mut d = t.reject(reason, next.as_ref(), [app.id(), app.id()], now)?;
    if next.is_none() {
        let (head, body): (_, OrderBody) = load(app, &t.order).await?;
        d.and(order::refund_and_release(&head, &body, "附近门店均无法调货", app.id(), now));
    }
    Ok(d)
}

/// Drives a transfer whose deadline has passed: a source that did not answer is passed over; what waits for people is told
/// again later.
///
/// # Errors
/// Whatever the tables say.
pub async fn overdue(app: &App, transfer: &TransferId, now: Timestamp) -> Result<(), Failure> {
    transact(app, now, |_| async move {
        let t = the(app, transfer).await?;
        let decision = match t.state {
            _ if t.due.is_none_or(|due| due > now) => Decision::default(),
            TransferState::Reserved => {
                let (head, _) = load(app, &t.order).await?;
                match head.state {
                    // Its own window is not over yet, or is being ended: that cancels the transfer with it.
                    OrderState::Placed => t.remind(now),
                    OrderState::AwaitingTransfer => t.request(now),
                    _ => t.cancel(app.id(), now)?,
                }
            }
            TransferState::Requested => reject(app, &t, "超时未接单", now).await?,
            TransferState::Accepted | TransferState::Packed if t.reminders >= MAX_REMINDERS => reject(app, &t, "超时未发货", now).await?,
            TransferState::Accepted | TransferState::Packed | TransferState::InTransit => {
                tracing::warn!(transfer = %t.transfer, state = %t.state, "transfer is late: somebody should look");
                let mut d = t.remind(now);
                if t.state == TransferState::InTransit && t.reminders == MAX_REMINDERS_ON_THE_WAY {
                    let (head, body) = load(app, &t.order).await?;
                    if head.state == OrderState::AwaitingTransfer {
                        d.and(order::refund_and_release(&head, &body, "调货途中超时", app.id(), now));
                    }
                }
                d
            }
            TransferState::Received | TransferState::Rejected | TransferState::Cancelled => Decision::default(),
        };
        Ok(Plan::new((), decision))
    })
    .await
}
