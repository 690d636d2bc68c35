//! The goods are together.

use liandian_domain::{
    Decision,
    orders::{
        order::{self, OrderHead},
        shortfall,
    },
};
use liandian_types::{AccessAct, Code, OrderId, Timestamp};

use super::of_store;
use crate::{
    App,
    access::Look,
    flows::orders::load,
    http::{Call, Failure, Reply},
    transact::{Plan, transact},
    views::orders::{Seen, order_seen},
};

/// Marks an order ready for its customer or rider.
///
/// # Errors
/// `conflict` unless it was being prepared; `not_found`.
pub async fn handle(app: App, call: Call) -> Result<Reply, Failure> {
    let (order, store): (OrderId, _) = (call.param("order")?, call.store()?);
    let (a, o, s) = (&app, &order, &store);
    transact(a, call.now, |_| async move {
        let head = of_store(a, o, s).await?;
        let unpromised = head.shortfall.as_ref().is_some_and(|s| s.unpromised);
        Ok(Plan::new((), if unpromised { found(a, o, call.now).await? } else { order::ready(&head, call.now)? }))
    })
    .await?;
    Reply::json(&order_seen(&app, &order, Seen::In(&store, Look::of(&call, AccessAct::OrderWork)), call.now).await?)
}

/// What a transfer did not bring was found after all: it is promised to the order like anything else that is free.
async fn found(app: &App, order: &OrderId, now: Timestamp) -> Result<Decision, Failure> {
    let (head, body): (OrderHead, _) = load(app, order).await?;
    let decision = shortfall::found(&head, &body, app.id(), now)?;
    let lines = decision.document().map(|m| m.lines.clone()).unwrap_or_default();
    let at: Vec<_> = lines.iter().map(|l| (head.location(), l.sku.clone())).collect();
    let stock = app.tables.stock(&at, true).await?;
    if lines.iter().zip(&stock).any(|(l, s)| i64::from(s.available()) < l.reserved) {
        return Err(Failure::refuse(Code::Conflict, "缺的商品没有到货，账上也没有多余的：找到后请先登记入库，或等顾客选择"));
    }
    Ok(decision)
}
