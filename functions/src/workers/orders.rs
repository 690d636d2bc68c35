//! Riders who are called, and orders that nobody has fetched or confirmed in time.

use liandian_contracts::Message;
use liandian_domain::{
    Decision,
    orders::{order, parcel},
};
use liandian_types::{OrderId, Timestamp};

use super::not_ours;
use crate::{
    App,
    flows::orders::{deliveries, load},
    http::Failure,
    transact::{Plan, transact},
};

/// Calls a rider for an order.
///
/// # Errors
/// Leaves the message in the queue.
pub async fn delivery_dispatch(app: App, m: Message) -> Result<(), Failure> {
    let Message::DeliveryDueV1 { order, .. } = &m else { return Err(not_ours(&m)) };
    deliveries::dispatch(&app, order, app.now()).await
}

/// A parcel whose customer has said nothing for long enough.
pub(super) async fn taken_for_received(app: &App, id: &OrderId, now: Timestamp) -> Result<(), Failure> {
    transact(app, now, |_| async move {
        let (head, _) = load(app, id).await?;
        let late = head.due.is_some_and(|due| due <= now);
        Ok(Plan::new((), if late { parcel::received(&head, now)? } else { Decision::default() }))
    })
    .await
}

/// A pickup order that nobody has collected in time, or one that the warehouse has not shipped.
pub(super) async fn uncollected(app: &App, id: &OrderId, now: Timestamp) -> Result<(), Failure> {
    transact(app, now, |_| async move {
        let (head, body) = load(app, id).await?;
        let late = head.due.is_some_and(|due| due <= now);
        Ok(Plan::new((), if late { order::uncollected(&head, &body, app.id(), now)? } else { Decision::default() }))
    })
    .await
}
