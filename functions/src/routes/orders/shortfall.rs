//! What of a paid order is not there, and what its customer wants instead.

use liandian_domain::orders::{order::OrderHead, shortfall::MissingUnits};
use liandian_types::{
    AccessAct, Code, OrderId, Problem, ShortfallChoice,
    api::{ChooseShortfall, ReportShortfall},
};

use crate::{
    App,
    access::Look,
    flows::orders::shortfalls::{self, Choice},
    http::{Call, Failure, Reply},
    views::orders::{Seen, order_seen},
};

/// The store says what is missing.
///
/// # Errors
/// `conflict` when the goods have left; `bad_request` for lines that the order has not; `not_found`.
pub async fn report(app: App, call: Call) -> Result<Reply, Failure> {
    let (ask, order, store): (ReportShortfall, OrderId, _) = (call.json()?, call.param("order")?, call.store()?);
    let lines: Vec<MissingUnits> = ask.lines.into_iter().map(|l| MissingUnits { sku: l.sku, units: l.quantity.get() }).collect();
    shortfalls::report(&app, &store, &order, &lines, call.now).await?;
    Reply::json(&order_seen(&app, &order, Seen::In(&store, Look::of(&call, AccessAct::OrderWork)), call.now).await?)
}

/// The customer chooses: a transfer of what is missing, what is there and the money for the rest, or all of the money.
///
/// # Errors
/// `conflict` when there is nothing to choose (any more); `sold_out`; `bad_request`; `not_found`.
pub async fn choose(app: App, call: Call) -> Result<Reply, Failure> {
    let (ask, order, member): (ChooseShortfall, OrderId, _) = (call.json()?, call.param("order")?, call.member()?);
    let own = app.tables.order_head(&order).await?.is_some_and(|h: OrderHead| h.member == *member);
    if !own {
        return Err(Failure::not_found("订单"));
    }
    let choice = match (ask.choice, &ask.source) {
        (ShortfallChoice::Refund, _) => Choice::Refund,
        (ShortfallChoice::Keep, _) => Choice::Keep,
        (ShortfallChoice::Transfer, Some(source)) => Choice::Transfer(source),
        (ShortfallChoice::Transfer, None) => return Err(Problem::new(Code::BadRequest, "请选择调货来源").at("source").into()),
    };
    shortfalls::choose(&app, &order, choice, call.now).await?;
    Reply::json(&order_seen(&app, &order, Seen::By(member), call.now).await?)
}
