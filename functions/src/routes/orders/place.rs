//! Placing an order: one wave of reads, one transaction.

use liandian_domain::{
    Problem,
    governance::{resolve::Setting, terms::Terms},
    marketing::offered::Offered,
    orders::{
        holds::{HoldPolicy, Holds},
        order::{OrderBody, OrderHead},
        place::{self, Placement, PlacementIds, Way},
        promise::Promise,
    },
    stores::profile::Location,
};
use liandian_store::orders::{PlacementAsk, PlacementRead};
use liandian_types::{
    CampaignId, Code, Fulfilment, OrderId, SkuId, Timestamp, TransferId,
    api::{PlaceOrder, PlacedOrder},
};

use super::pickup::new_code;
use crate::{
    App,
    flows::{marketing, orders::wanted, sourcing::ships_from},
    http::{Call, Failure, Reply},
    people::{check_note, check_recipient, phone_tail, seal_note, seal_recipient},
    quotes,
    transact::{Once, Plan, transact_once},
};

/// Places an order, once per idempotency key.
///
/// # Errors
/// All of [`place::place`]; `idempotency_mismatch` for the same key with another body; `not_found` for the store.
pub async fn handle(app: App, call: Call) -> Result<Reply, Failure> {
    let mut request: PlaceOrder = call.json()?;
    request.recipient = request.recipient.map(check_recipient).transpose()?;
    check_note(request.note.as_deref())?;
    let ships_from = ships_from(&app, request.fulfilment, request.ship_from.as_ref(), call.now).await?;
    let source = match &request.transfer_from {
        // The client names the source that a quote offered; whether it can send the goods is decided below.
        Some(l) if *l != request.store.shelf() && ships_from.is_none() => {
            Some(app.tables.source(l, call.now).await?.ok_or_else(|| Problem::new(Code::BadRequest, "没有这个调货来源").at("transfer_from"))?)
        }
        _ => None,
    };
    let once = Once::of(&call, call.member()?)?;
    let p = Placing { order: once.id(), once, transfer: app.id(), source, ships_from };
    let (a, c, r, p) = (&app, &call, &request, &p);
    // The same key at the same instant, and the other one was faster: the order is there.
    let there = || async move {
        let (head, body) = a.tables.order(&p.order).await?.ok_or(Failure::KeyUsed)?;
        first(p, &head, &body)
    };
    let placed = transact_once(a, call.now, |attempt| attempt_once(a, c, r, p, attempt > 0), there).await?;
    crate::telemetry::note("order", &placed.order);
    crate::telemetry::note("store", &request.store);
    Reply::json(&placed)
}

struct Placing<'a> {
    once: Once<'a>,
    /// Made of the member and the key, so the order itself remembers that the key was used.
    order: OrderId,
    transfer: TransferId,
    source: Option<(Location, bool)>,
    ships_from: Option<(Location, bool)>,
}

/// What was answered when the order was placed.
fn first(p: &Placing<'_>, head: &OrderHead, body: &OrderBody) -> Result<PlacedOrder, Failure> {
    p.once.same(&body.asked)?;
    // Whatever went back since.
    Ok(PlacedOrder { order: head.order.clone(), total: head.charged(), pay_by: head.pay_by })
}

async fn read(app: &App, call: &Call, request: &PlaceOrder, p: &Placing<'_>, strong: bool) -> Result<PlacementRead, Failure> {
    let skus: Vec<SkuId> = request.lines.iter().map(|l| l.sku.clone()).collect();
    let ask = PlacementAsk {
        store: &request.store,
        member: Some(call.member()?),
        skus: &skus,
        source: p.source.as_ref().map(|(s, _)| &s.location).or(p.ships_from.as_ref().map(|(l, _)| &l.location)),
        placed: Some(&p.order),
        strong,
    };
    Ok(app.tables.placement(ask).await?)
}

async fn attempt_once(app: &App, call: &Call, request: &PlaceOrder, p: &Placing<'_>, strong: bool) -> Result<Plan<PlacedOrder>, Failure> {
    let member = call.member()?;
    let cart: Vec<SkuId> = request.lines.iter().map(|l| l.sku.clone()).collect();
    let offered = async { Box::pin(marketing::now(app, &request.store, member, &cart, request.coupons.as_deref(), call.now)).await };
    let rules = async { Ok::<_, Failure>(futures::try_join!(app.tables.policies(), app.tables.settings())?) };
    let (read, (policies, settings), mut offered) = futures::try_join!(Box::pin(read(app, call, request, p, strong)), rules, offered)?;
    offered.fees = policies.fees;
    let rules = &Rules { holds: policies.holds, settings: &settings, offered: &offered };
    match decide(app, call, request, p, rules, read).await {
        // What was read may be a moment old: a refusal must be true now, and the record of a first success be seen. What that counted of a campaign is
        // known already, so the price looks as if it had changed.
        Err(Failure::Problem(refused)) if matches!(refused.code, Code::SoldOut | Code::PriceChanged | Code::NotListed) && !strong => {
            decide(app, call, request, p, rules, self::read(app, call, request, p, true).await?).await
        }
        // So must one for what the member holds: each of its orders is asked, not only the newest that an index knows.
        Err(Failure::Problem(refused)) if matches!(refused.code, Code::UnpaidLimit | Code::QuantityLimit | Code::AlreadyPlaced) => {
            let mut now = self::read(app, call, request, p, true).await?;
            if let Some(holds) = &now.holds {
                now.recent.extend(app.tables.order_heads(holds.orders.iter().map(|o| &o.order)).await?);
            }
            decide(app, call, request, p, rules, now).await
        }
        other => other,
    }
}

/// What HQ says that an order goes by, and what is on offer.
struct Rules<'a> {
    holds: HoldPolicy,
    settings: &'a [Setting],
    offered: &'a Offered,
}

async fn decide(
    app: &App,
    call: &Call,
    request: &PlaceOrder,
    p: &Placing<'_>,
    rules: &Rules<'_>,
    read: PlacementRead,
) -> Result<Plan<PlacedOrder>, Failure> {
    if let Some((head, body)) = &read.placed {
        return Ok(Plan::new(first(p, head, body)?, Default::default()));
    }
    let store = read.store.ok_or_else(|| Failure::not_found("门店"))?;
    let member = read.member.ok_or_else(|| Failure::refuse(Code::Unauthenticated, "请先登录"))?;
    let promise = quotes::promised(app, request)?;
    let recipient = request.recipient.as_ref().filter(|_| request.fulfilment != Fulfilment::Pickup);
    let note = check_note(request.note.as_deref())?;
    let recipient_tail = recipient.map(|r| Ok::<_, Failure>(phone_tail(app.keys()?, &request.store, &r.phone))).transpose()?.flatten();
    let (recipient, note) = if recipient.is_some() || note.is_some() {
        let key = app.keys()?.unwrap(&member.key).await?;
        (recipient.map(|r| seal_recipient(&key, &p.order, r)).transpose()?, note.map(|n| seal_note(&key, &p.order, n)).transpose()?)
    } else {
        (None, None)
    };
    let mut holds = read.holds.unwrap_or_else(|| Holds::none(member.member.clone()));
    holds.learn(&read.recent, call.now);
    let mut offered = rules.offered.clone();
    // An index may not know yet what was ordered a moment ago; the member's row does, and nobody places two orders by the same one.
    offered.customer.new &= place::is_new(&read.recent) && !holds.waits(call.now);
    let terms = Terms::of(rules.settings, &store, call.now);
    let mut lines = wanted(&request.lines, read.lines, &request.store, &terms, call.now);
    let checked = quotes::check(promise.as_ref(), &member.member, request, call.now);
    let held = promise.as_ref().filter(|_| checked.is_ok()).and_then(|promise| promise.hold(&mut lines));
    let placement = Placement {
        member: member.member,
        store,
        lines,
        fulfilment: request.fulfilment,
        to: request.recipient.as_ref().map(|r| r.point),
        recipient,
        transfer_from: p.source.clone(),
        ships_from: p.ships_from.clone(),
        promised: request.promised,
        expect_total: request.expect_total,
        expect_prices: request.expect_prices.clone(),
        note,
        asked: p.once.asked(),
        holds,
        policy: rules.holds,
        again: request.again,
        tail: recipient_tail,
        offered,
        expect_gifts: request.expect_gifts.clone(),
    };
    let ids = PlacementIds {
        order: p.order.clone(),
        transfer: p.transfer.clone(),
        movement: app.id(),
        source_movement: app.id(),
        pickup_code: new_code()?,
    };
    let placed = match checked {
        Ok(()) => place::place(placement.clone(), ids, call.now),
        Err(refused) => Err(refused),
    };
    match placed {
        Ok((answer, decision)) => Ok(Plan::new(answer, decision)),
        Err(refused) if refused.code == Code::PriceChanged => {
            let was = (promise.as_ref(), held);
            Err(with_fresh(app, refused, was, &placement, call.now)?.into())
        }
        Err(refused) => Err(refused.into()),
    }
}

/// The refusal of an order whose price is another one now: with that price, its promise, and what changed since the one that the customer was made.
/// What that one still `held` is promised as long as it was.
fn with_fresh(
    app: &App,
    refused: Problem,
    (promise, held): (Option<&Promise>, Option<Timestamp>),
    p: &Placement,
    now: Timestamp,
) -> Result<Problem, Failure> {
    let way = Way { fulfilment: p.fulfilment, store: &p.store, ships_from: p.ships_from.as_ref().map(|(l, staffed)| (l, *staffed)), to: p.to };
    let Ok(priced) = place::price(&p.lines, &way, &p.offered, now) else { return Ok(refused) };
    let fresh = Promise::of(&priced, &p.lines, &p.offered, Some(&p.member), (&p.store.store, p.fulfilment), now).no_longer_than(held);
    let name = |sku: &SkuId| {
        let sold = p.lines.iter().find(|l| l.sku == *sku).and_then(|l| l.library.as_ref());
        sold.map_or_else(|| sku.to_string(), |s| s.title())
    };
    let title = |c: &CampaignId| {
        let known = p.offered.campaigns.iter().find(|v| v.campaign.campaign == *c).map(|v| v.campaign.title.clone());
        // A coupon that is used meanwhile is beside the cart still, and no campaign in view.
        let coupon = || p.offered.wallet.coupons.iter().find(|k| k.coupon.campaign == *c).map(|k| k.title.clone());
        known.or_else(coupon).unwrap_or_else(|| "已失效的活动或优惠券".to_owned())
    };
    let changes = promise.map(|was| was.changes(&fresh, name, title)).unwrap_or_default();
    let token = quotes::signed(app, &fresh)?;
    Ok(refused.with_fresh(fresh.fresh(changes, token)))
}
