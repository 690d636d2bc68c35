//! The life of a transfer: requested when its order is paid, or by people who fill a shelf; accepted, sent, received; and what its end means for
//! the order that waits for it.

use liandian_domain::{
    Decision, Write,
    catalog::LibrarySku,
    decision::{StockWrite, TransfersWrite},
    orders::{
        order::{self, OrderBody, OrderHead},
        shortfall,
    },
    sourcing::{
        days::{arrival_day, had_day},
        matching,
    },
    stock::batch,
    stores::{
        hours::day,
        profile::{Location, StoreProfile},
    },
    transfers::{Arrival, Asked, MAX_REMINDERS, MAX_REMINDERS_ON_THE_WAY, Opening, Party, Perishables, Transfer, TransferLineState, askable},
};
use liandian_types::{
    Code, LocationId, OrderState, Problem, Quantity, SkuId, StoreStatus, Timestamp, TransferId, TransferState, TransferStep,
    api::{CartLine, StartTransfer, TransferStepRequest},
};

use super::{
    orders::{load, shortfalls},
    sourcing::next_source,
    stock::shelf,
};
use crate::{
    App,
    http::Failure,
    transact::{Once, Plan, transact},
};

async fn the(app: &App, transfer: &TransferId) -> Result<Transfer, Failure> {
    app.tables.transfer(transfer).await?.ok_or_else(|| Failure::not_found("调拨单"))
}

/// A location and the store whose staff works there.
async fn place(app: &App, l: &LocationId, now: Timestamp) -> Result<Option<(Location, StoreProfile)>, Failure> {
    let Some((location, _)) = app.tables.source(l, now).await? else { return Ok(None) };
    Ok(app.tables.store(&location.keeper).await?.map(|keeper| (location, keeper)))
}

/// Asks a source for goods to fill a shelf, once per idempotency key. Its stock is reserved at once, within HQ's limits.
///
/// # Errors
/// `bad_request` naming the field; `sold_out` naming the line that the source cannot spare, or when nobody in reach can spare all of them;
/// `idempotency_mismatch`.
pub async fn start(
    app: &App,
    target: &LocationId,
    r: &StartTransfer,
    by: &Party,
    staff: &str,
    once: &Once<'_>,
    now: Timestamp,
) -> Result<Transfer, Failure> {
    let bad = |field: &str, text: &str| Failure::from(Problem::new(Code::BadRequest, text).at(field));
    // An ask that is wrong by itself is refused before anything is read for it.
    askable(r.lines.iter().map(|l| (&l.sku, l.quantity.get())), r.note.as_deref())?;
    shelf::known(app, r.lines.iter().map(|l| &l.sku)).await?;
    let (goal, keeper) = &place(app, target, now).await?.ok_or_else(|| bad("target", "没有这个调入地点"))?;
    let library = app.tables.library().await?;
    let name = |l: &CartLine| library.iter().find(|s| s.sku == l.sku).map_or_else(String::new, LibrarySku::title);
    let lines: &Vec<TransferLineState> = &r.lines.iter().map(|l| TransferLineState::of(l.sku.clone(), name(l), l.quantity.get())).collect();
    let asked = &Asked { by: staff.to_owned(), hq: *by == Party::Hq, fixed: r.source.is_some(), on_acceptance: false, note: r.note.clone() };
    let policy = app.tables.policies().await?.asks;
    let policy = &policy;
    let day = &day(now, &keeper.hours.zone).to_string();
    let id: TransferId = once
        .run(app, now, |_| async move {
            let source = match &r.source {
                Some(l) => {
                    let (source, keeper) = place(app, l, now).await?.ok_or_else(|| bad("source", "没有这个调出地点"))?;
                    // HQ may clear out a store that is closed.
                    if *by != Party::Hq && keeper.status_at(now) != StoreStatus::Open {
                        return Err(bad("source", "该地点暂不营业，没有人发货，请换一处"));
                    }
                    source
                }
                None => next_source(app, goal, &r.lines, &[], true, &|w| arrival_day(w, goal.point, &keeper.hours.zone, now), now)
                    .await?
                    .ok_or_else(|| Failure::refuse(Code::SoldOut, "附近没有一处能凑齐这些商品：请减少数量，或分几张单"))?,
            };
            if *by != Party::Hq && source.location != *target && !matching::in_reach(&source, goal.point) {
                return Err(bad("source", "该地点太远，请联系总部安排"));
            }
            let opening = Opening {
                transfer: app.id(),
                source,
                target: goal.clone(),
                zone: keeper.hours.zone.clone(),
                lines: lines.clone(),
                movement: app.id(),
                now,
            };
            opening.for_shelf(asked.clone())?;
            let keys: Vec<_> = lines.iter().map(|l| (opening.source.location.clone(), l.sku.clone())).collect();
            let stock = app.tables.dated(&keys, true).await?;
            // Units that expire before they would arrive are not sent.
            let arrives = arrival_day(&opening.source, goal.point, &keeper.hours.zone, now);
            let over: Vec<i64> = stock.iter().map(|s| s.over_by(arrives)).collect();
            let stock: Vec<_> = stock.iter().map(|s| s.until(arrives)).collect();
            if let Some((i, (l, s))) = lines.iter().zip(&stock).enumerate().find(|(_, (l, s))| s.available() < l.quantity) {
                // A store does not learn from a refusal how much another one has.
                let text = match by {
                    Party::Hq => format!("「{}」在{}可调 {} 件", l.name, opening.source.name, s.available()),
                    Party::Store(_) => format!("「{}」在{}不够调 {} 件，请减少数量或换一处", l.name, opening.source.name, l.quantity),
                };
                return Err(Problem::new(Code::SoldOut, text).at(format!("lines[{i}].quantity")).into());
            }
            // Units reserved for one store cannot be sold by the other, so a store's large ask waits until its source accepts. HQ's own do not.
            let counted = match by {
                Party::Hq => None,
                Party::Store(s) => app.tables.day_asks(s, day).await?.with(lines, &stock, policy),
            };
            let on_acceptance = !asked.hq && counted.is_none();
            let mut decision = opening.for_shelf(Asked { on_acceptance, ..asked.clone() })?;
            for (l, over) in lines.iter().zip(over) {
                decision.leaving(&opening.source.location, &l.sku, over);
            }
            if let Some(c) = counted {
                decision.write(TransfersWrite::DayAsks(Box::new(c)));
            }
            Ok((opening.transfer, decision))
        })
        .await?;
    the(app, &id).await
}

/// The order is paid: the source is asked. Idempotent.
///
/// # Errors
/// `not_found`; whatever the tables say.
pub async fn request(app: &App, transfer: &TransferId, now: Timestamp) -> Result<(), Failure> {
    transact(app, now, |_| async move { Ok(Plan::new((), the(app, transfer).await?.request(now))) }).await
}

/// One step by a party. Answers the transfer as it is afterwards.
///
/// # Errors
/// `not_found` when the transfer is none of this store's; `conflict` when the step is not possible now; `ask_first` when goods may have ended since
/// they were packed; `bad_request`.
pub async fn step(app: &App, party: &Party, transfer: &TransferId, r: &TransferStepRequest, now: Timestamp) -> Result<Transfer, Failure> {
    let reason = r.reason.as_deref().map(str::trim).filter(|t| !t.is_empty());
    if reason.is_some_and(|t| t.chars().count() > 100) {
        return Err(Problem::new(Code::BadRequest, "原因最多 100 个字").at("reason").into());
    }
    let why = || reason.ok_or_else(|| Failure::from(Problem::new(Code::BadRequest, format!("请填写{}的原因", r.step.title())).at("reason")));
    transact(app, now, |_| async move {
        let t = the(app, transfer).await?;
        if let Party::Store(store) = party
            && t.source_keeper != *store
            && t.target_keeper != *store
        {
            return Err(Failure::not_found("调拨单"));
        }
        // The person was shown another source, which has been passed over since: this step is about a stale page.
        if r.source.as_ref().is_some_and(|s| *s != t.source) {
            return Err(Failure::refuse(Code::Conflict, format!("这张调拨单已改由{}发货，请重新查看", t.source_name)));
        }
        let decision = match r.step {
            TransferStep::Accept => {
                let mut d = t.accept(party, r.lines.as_deref(), reason, app.id(), now)?;
                spared(app, &t, &mut d, now).await?;
                d
            }
            TransferStep::Pack => t.pack(party, now)?,
            TransferStep::Send => {
                let shelf = perishables(app, &t, &t.source).await?;
                let mut d = t.send(party, &shelf, [app.id(), app.id()], now)?;
                // Goods packed before midnight may have expired in the box.
                let (since, today) = (day(t.created_at, &t.zone), day(now, &t.zone));
                let ended = t.lines.iter().filter_map(|l| Some((l.name.clone(), shelf.get(&l.sku)?.ended(since, today))));
                batch::handed(&mut d, &ended.filter(|(_, days)| !days.is_empty()).collect::<batch::Ended>(), r.fresh, None)?;
                d
            }
            TransferStep::Reject => {
                if !t.steps_for(party).contains(&TransferStep::Reject) {
                    return Err(Failure::refuse(Code::Conflict, format!("调拨单当前为「{}」，不能拒绝", t.state.title())));
                }
                reject(app, &t, why()?, now).await?
            }
            TransferStep::Cancel => {
                let d = t.cancel(party, why()?, app.id(), now)?;
                with_order(app, &t, d, "调货已取消", now).await?
            }
            TransferStep::Recall => {
                let d = t.recall(party, why()?, [app.id(), app.id()], now)?;
                with_order(app, &t, d, "调货已召回", now).await?
            }
            TransferStep::Lose => {
                let d = t.lose(party, why()?, app.id(), now)?;
                with_order(app, &t, d, "调货途中丢失", now).await?
            }
            TransferStep::Receive => {
                let waiting = waiting(app, &t).await?.filter(|_| t.state == TransferState::InTransit);
                let at = if t.state == TransferState::Returning { &t.source } else { &t.target };
                let shelf = perishables(app, &t, at).await?;
                let arrival = Arrival { lines: r.lines.as_deref(), reason, awaited: waiting.is_some(), shelf: &shelf };
                let (receipt, mut d) = t.receive(party, &arrival, [app.id(), app.id(), app.id()], now)?;
                shelf::rebase_undated(app, &mut d, &t.zone).await?;
                if let Some((head, _)) = waiting {
                    let missing = &receipt.missing;
                    d.and(if missing.is_empty() { order::transfer_arrived(&head, now)? } else { shortfall::fell_short(&head, missing, now)? });
                }
                d
            }
        };
        Ok(Plan::new((), decision))
    })
    .await?;
    let after = the(app, transfer).await?;
    // The step is committed; should this fail, handing the order over asks the same question.
    if let (TransferStep::Receive, Some(order)) = (r.step, &after.order)
        && let Err(e) = shortfalls::ended_meanwhile(app, order, now).await
    {
        tracing::warn!(%order, error = %e, "nobody was asked about goods that ended while their order waited");
    }
    Ok(after)
}

/// Units reserved only on acceptance must be there and must not expire on their way: otherwise the source is told how many it can accept.
async fn spared(app: &App, t: &Transfer, d: &mut Decision, now: Timestamp) -> Result<(), Failure> {
    let takes: Vec<(SkuId, i64)> = d
        .writes
        .iter()
        .filter_map(|w| if let Write::Stock(StockWrite::Counters(c)) = w { Some((c.sku.clone(), c.needs_free?)) } else { None })
        .collect();
    if takes.is_empty() {
        return Ok(());
    }
    let keys: Vec<_> = takes.iter().map(|(sku, _)| (t.source.clone(), sku.clone())).collect();
    let (stock, source, target) =
        futures::try_join!(app.tables.dated(&keys, true), app.tables.source(&t.source, now), app.tables.source(&t.target, now))?;
    let arrives = match (source, target) {
        (Some((source, _)), Some((target, _))) => arrival_day(&source, target.point, &t.zone, now),
        _ => day(now, &t.zone),
    };
    for ((sku, units), s) in takes.iter().zip(&stock) {
        let there = s.until(arrives).available();
        if i64::from(there) < *units {
            let line = t.lines.iter().position(|l| l.sku == *sku).unwrap_or(0);
            let name = t.lines.get(line).map_or("", |l| &l.name);
            let text = format!("「{name}」现在可发 {there} 件，请减少数量后接单");
            return Err(Problem::new(Code::SoldOut, text).at(format!("lines[{line}].quantity")).into());
        }
        d.leaving(&t.source, sku, s.over_by(arrives));
    }
    Ok(())
}

/// A snapshot of its goods that expire, at its source or at its target.
async fn perishables(app: &App, t: &Transfer, at: &LocationId) -> Result<Perishables, Failure> {
    let skus = shelf::expire(app, t.lines.iter().map(|l| &l.sku)).await?;
    let found = app.tables.perishables(at, &skus).await?;
    Ok(skus.into_iter().zip(found).collect())
}

/// The order that waits for this transfer now, and not for a later one that has replaced it.
async fn waiting(app: &App, t: &Transfer) -> Result<Option<(OrderHead, OrderBody)>, Failure> {
    match &t.order {
        Some(order) => {
            let found = load(app, order).await?;
            Ok(Some(found).filter(|(h, _)| h.state == OrderState::AwaitingTransfer && h.transfer.as_ref() == Some(&t.transfer)))
        }
        None => Ok(None),
    }
}

/// It will bring nothing: the customer whose order waits for it chooses what to do about the missing units, or gets the money back.
async fn with_order(app: &App, t: &Transfer, mut d: Decision, reason: &str, now: Timestamp) -> Result<Decision, Failure> {
    if let Some((head, body)) = waiting(app, t).await? {
        d.and(shortfall::comes_to_nothing(&head, &body, reason, app.id(), now)?);
    }
    Ok(d)
}

/// The source refused: the next one is asked; when none is left, the customer is.
async fn reject(app: &App, t: &Transfer, reason: &str, now: Timestamp) -> Result<Decision, Failure> {
    let lines: Vec<CartLine> =
        t.lines.iter().filter_map(|l| Some(CartLine { sku: l.sku.clone(), quantity: Quantity::new(l.quantity).ok()? })).collect();
    let mut without = t.tried.clone();
    without.push(t.source.clone());
    let mut next = None;
    if t.may_go_elsewhere() {
        let (target, keeper) = place(app, &t.target, now).await?.ok_or_else(|| Failure::Internal("a transfer to nowhere".into()))?;
        let fulfilment = match &t.order {
            Some(order) => Some(load(app, order).await?.0.fulfilment),
            None => None,
        };
        let until = |source: &Location| match fulfilment {
            Some(f) => had_day(source, &keeper, f, now),
            None => arrival_day(source, target.point, &t.zone, now),
        };
        if let Some(source) = next_source(app, &target, &lines, &without, t.order.is_none(), &until, now).await? {
            let lasts = until(&source);
            let keys: Vec<_> = lines.iter().map(|l| (source.location.clone(), l.sku.clone())).collect();
            next = Some((app.tables.dated(&keys, true).await?, lasts, source));
        }
    }
    let Some((stock, lasts, source)) = next else {
        let d = t.reject(reason, None, [app.id(), app.id()], now)?;
        return with_order(app, t, d, "附近门店均无法调货", now).await;
    };
    let there: Vec<_> = stock.iter().map(|s| s.until(lasts)).collect();
    let large = app.tables.policies().await?.asks.at_once(&t.lines, &there).is_none();
    let mut d = t.reject(reason, Some((&source, large)), [app.id(), app.id()], now)?;
    for (l, s) in lines.iter().zip(&stock) {
        d.leaving(&source.location, &l.sku, s.over_by(lasts));
    }
    Ok(d)
}

/// Drives a transfer whose deadline has passed: a source that did not answer is passed over; people are
/// reminded of their steps, and after a few reminders HQ sees it.
///
/// # Errors
/// Whatever the tables say.
pub async fn overdue(app: &App, transfer: &TransferId, now: Timestamp) -> Result<(), Failure> {
    use TransferState as S;
    transact(app, now, |_| async move {
        let t = the(app, transfer).await?;
        let patient = t.order.is_none() && t.reminders < MAX_REMINDERS;
        let decision = match t.state {
            _ if t.due.is_none_or(|due| due > now) => Decision::default(),
            S::Reserved => {
                let order = t.order.as_ref().ok_or_else(|| Failure::Internal("a promise to no order".into()))?;
                match load(app, order).await?.0.state {
                    // The order's payment window is still open or just being closed: closing the order cancels its transfer.
                    OrderState::Placed => t.remind(now),
                    OrderState::AwaitingTransfer => t.request(now),
                    _ => t.order_closed(app.id(), now)?,
                }
            }
            S::Requested if !patient => reject(app, &t, "超时未接单", now).await?,
            S::Accepted | S::Packed if t.reminders >= MAX_REMINDERS => reject(app, &t, "超时未发货", now).await?,
            S::Requested | S::Accepted | S::Packed | S::InTransit | S::Returning => {
                tracing::warn!(transfer = %t.transfer, state = %t.state, "transfer is late: somebody should look");
                let d = t.remind(now);
                if t.state == S::InTransit && t.reminders == MAX_REMINDERS_ON_THE_WAY {
                    with_order(app, &t, d, "调货途中超时", now).await?
                } else {
                    d
                }
            }
            S::Received | S::Rejected | S::Cancelled | S::Lost => Decision::default(),
        };
        Ok(Plan::new((), decision))
    })
    .await
}
