//! Payments that nobody waits for any more, and money that goes back.

use liandian_contracts::{Message, Routed, message::delay_until};

use super::not_ours;
use crate::{App, flows::payments, http::Failure};

/// When the payment window ends: ask the provider, close there, release stock.
///
/// # Errors
/// Leaves the message in the queue.
pub async fn payment_window(app: App, m: Message) -> Result<(), Failure> {
    let Message::PaymentWindowV1 { order, pay_by, .. } = &m else { return Err(not_ours(&m)) };
    let now = app.now();
    if now < *pay_by {
        // A queue delays 15 minutes at most, and clocks differ.
        return Ok(app.queues.send(&[Routed { delay_s: delay_until(*pay_by, now).max(1), message: m }]).await?);
    }
    payments::end_unpaid(&app, order, false, now).await.map(|_| ())
}

/// Gives back the money of an order that cannot be served, the part of it for goods that its customer does without, or a payment that an order did
/// not need.
///
/// # Errors
/// Leaves the message in the queue.
pub async fn refund(app: App, m: Message) -> Result<(), Failure> {
    match &m {
        Message::RefundDueV1 { order, .. } => payments::give_back(&app, order, app.now()).await,
        Message::ExtraPaymentDueV1 { order, transaction, .. } => payments::give_back_extra(&app, order, transaction, app.now()).await,
        _ => Err(not_ours(&m)),
    }
}
