//! Placing an order: one wave of reads, one transaction.

use liandian_domain::{
    Problem,
    place::{self, Placement, PlacementIds},
    store::Location,
};
use liandian_store::read::{PlacementAsk, PlacementRead};
use liandian_types::{
    Code, Fulfilment, OrderId, OrderState, SkuId, TransferId,
    api::{PlaceOrder, PlacedOrder},
};

use super::pickup::new_code;
use crate::{
    App,
    http::{Call, Failure, Reply},
    people::{check_note, check_recipient, seal_note, seal_recipient},
    routes::quote::{ships_from, wanted},
    transact::{Once, Plan},
};

/// Places an order, once per idempotency key.
///
/// # Errors
/// All of [`place::place`]; `idempotency_mismatch` for the same key with another body; `not_found` for the store.
pub async fn handle(app: App, call: Call) -> Result<Reply, Failure> {
    let request: PlaceOrder = call.json()?;
    if let Some(r) = &request.recipient {
        check_recipient(r)?;
    }
    if request.lines.is_empty() || request.lines.len() > place::MAX_LINES {
        return Err(Problem::new(Code::BadRequest, format!("一张订单需要 1 到 {} 种商品", place::MAX_LINES)).at("lines").into());
    }
    check_note(request.note.as_deref())?;
    let ships_from = ships_from(&app, request.fulfilment, request.ship_from.as_ref(), call.now).await?;
    let source = match &request.transfer_from {
        // The client names the source that a quote offered; whether it can send the goods is decided below.
        Some(l) if *l != request.store.shelf() && ships_from.is_none() => {
            Some(app.store.source(l, call.now).await?.ok_or_else(|| Problem::new(Code::BadRequest, "没有这个调货来源").at("transfer_from"))?)
        }
        _ => None,
    };
    let p = Placing { once: Once::of(&call, call.member()?)?, order: app.id(), transfer: app.id(), source, ships_from };
    let (a, c, r, p) = (&app, &call, &request, &p);
    let placed = p.once.transact(a, call.now, |attempt| attempt_once(a, c, r, p, attempt > 0)).await?;
    crate::telemetry::note("order", &placed.order);
    crate::telemetry::note("store", &request.store);
    Reply::json(&placed)
}

struct Placing<'a> {
    once: Once<'a>,
    order: OrderId,
    transfer: TransferId,
    source: Option<(Location, bool)>,
    ships_from: Option<Location>,
}

async fn read(app: &App, call: &Call, request: &PlaceOrder, p: &Placing<'_>, strong: bool) -> Result<PlacementRead, Failure> {
    let skus: Vec<SkuId> = request.lines.iter().map(|l| l.sku.clone()).collect();
    let ask = PlacementAsk {
        store: &request.store,
        member: Some(call.member()?),
        now: Some(call.now),
        skus: &skus,
        source: p.source.as_ref().map(|(s, _)| &s.location).or(p.ships_from.as_ref().map(|l| &l.location)),
        idempotency: Some((&p.once.who, p.once.key)),
        strong,
    };
    Ok(app.store.placement(ask).await?)
}

async fn attempt_once(app: &App, call: &Call, request: &PlaceOrder, p: &Placing<'_>, strong: bool) -> Result<Plan<PlacedOrder>, Failure> {
    let first = decide(app, call, request, p, read(app, call, request, p, strong).await?).await;
    match first {
        // What was read may be a moment old: a refusal must be true now, and the record of a first success be seen.
        Err(Failure::Problem(refused)) if matches!(refused.code, Code::SoldOut | Code::UnpaidLimit) && !strong => {
            decide(app, call, request, p, read(app, call, request, p, true).await?).await
        }
        other => other,
    }
}

async fn decide(app: &App, call: &Call, request: &PlaceOrder, p: &Placing<'_>, read: PlacementRead) -> Result<Plan<PlacedOrder>, Failure> {
    if let Some(record) = read.idempotency.filter(|r| r.ttl > call.now.seconds()) {
        return Ok(Plan::new(p.once.replay(&record)?, Default::default()));
    }
    let store = read.store.ok_or_else(|| Failure::not_found("门店"))?;
    let member = read.member.ok_or_else(|| Failure::refuse(Code::Unauthenticated, "请先登录"))?;
    let recipient = request.recipient.as_ref().filter(|_| request.fulfilment != Fulfilment::Pickup);
    let note = check_note(request.note.as_deref())?;
    let (recipient, note) = if recipient.is_some() || note.is_some() {
        let key = app.keys()?.unwrap(&member.key).await?;
        (recipient.map(|r| seal_recipient(&key, &p.order, r)).transpose()?, note.map(|n| seal_note(&key, &p.order, n)).transpose()?)
    } else {
        (None, None)
    };
    let unpaid = read.recent.iter().filter(|h| h.state == OrderState::Placed && h.pay_by > call.now).count();
    let placement = Placement {
        member: member.member,
        store,
        lines: wanted(&request.lines, read.lines),
        fulfilment: request.fulfilment,
        to: request.recipient.as_ref().map(|r| r.point),
        recipient,
        transfer_from: p.source.clone(),
        ships_from: p.ships_from.clone(),
        expect_total: request.expect_total,
        note,
        unpaid,
    };
    let ids = PlacementIds {
        order: p.order.clone(),
        transfer: p.transfer.clone(),
        movement: app.id(),
        source_movement: app.id(),
        pickup_code: new_code()?,
    };
    let (answer, decision) = place::place(placement, ids, call.now)?;
    let record = p.once.record(&answer, call.now)?;
    Ok(Plan { answer, decision, idempotency: Some(record) })
}
