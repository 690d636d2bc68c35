//! A customer calls an order off.

use liandian_domain::orders::order;
use liandian_types::{OrderId, Timestamp, api::CancelOrder};

use crate::{
    App,
    flows::{
        orders::{deliveries, load},
        payments::{self, Ended},
    },
    http::{Call, Failure, Reply},
    transact::{Plan, transact},
    views::orders::{Seen, order_seen},
};

/// Cancels an order: one that is not paid is closed at the provider first, then here; of one that is paid, and that nobody has done anything for yet,
/// all of the money goes back.
///
/// # Errors
/// `ask_first` when it is paid and nobody was asked; `conflict` when its goods are together, on their way, or gone; `not_found`; `unavailable` while
/// the provider does not answer.
pub async fn handle(app: App, call: Call) -> Result<Reply, Failure> {
    let (order, member): (OrderId, _) = (call.param("order")?, call.member()?);
    // Who says nothing has seen an order that is not paid.
    let asked: CancelOrder = if call.body.is_empty() { CancelOrder { sure: false } } else { call.json()? };
    app.tables.order_head(&order).await?.filter(|h| h.member == *member).ok_or_else(|| Failure::not_found("订单"))?;
    match payments::end_unpaid(&app, &order, true, call.now).await? {
        Ended::Closed => {}
        Ended::Paid | Ended::Known => call_off(&app, &order, asked.sure, call.now).await?,
    }
    Reply::json(&order_seen(&app, &order, Seen::By(member), call.now).await?)
}

async fn call_off(app: &App, id: &OrderId, sure: bool, now: Timestamp) -> Result<(), Failure> {
    transact(app, now, |_| async move {
        let (head, body) = load(app, id).await?;
        let transfer = match &head.transfer {
            Some(t) => app.tables.transfer(t).await?,
            None => None,
        };
        let rider = deliveries::current(app, head.delivery.as_ref()).await?;
        let movements = [app.id(), app.id()];
        Ok(Plan::new((), order::call_off(&head, &body, transfer.as_ref(), rider.as_ref(), sure, movements, now)?))
    })
    .await
}
