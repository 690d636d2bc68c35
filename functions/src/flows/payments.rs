//! Money in and out: a payment that the provider vouches for, the end of a payment window, and giving money back.

use liandian_domain::{
    Decision,
    orders::order::{self, BodyLine, OrderBody, OrderHead, Paid, Payment},
    payments::refund::PartRefund,
    sourcing::matching,
    stores::hours::day,
};
use liandian_partners::payment::{GiveBack, Refund, Status, Transaction};
use liandian_types::{Fen, LocationId, OrderId, OrderState, SkuId, Timestamp};

use super::orders::{load, shortfalls, slots};
use crate::{
    App,
    http::Failure,
    transact::{Plan, transact},
};

/// Takes a payment, once, however often it is told. One that the order does not need, or that is not its sum, is kept to be given back.
///
/// # Errors
/// `conflict` when what the order lives on is told with another amount; `not_found` when there is no such order.
pub async fn take(app: &App, t: &Transaction, now: Timestamp) -> Result<(), Failure> {
    let paid = &Paid { transaction: t.transaction.clone(), amount: t.amount, at: t.at };
    let taken = transact(app, now, |_| async move {
        let (head, body) = load(app, &t.order).await?;
        Ok(match order::pay(&head, paid, now)? {
            Payment::Accepted(d) => Plan::new(true, d),
            Payment::Known => Plan::new(true, Decision::default()),
            Payment::Late => Plan::new(false, late(app, &head, &body, paid, now).await?),
            Payment::Extra => {
                let known = app.tables.extra_payment(&head.order, &paid.transaction).await?.is_some();
                Plan::new(false, if known { Decision::default() } else { order::take_extra(&head, paid, now) })
            }
        })
    })
    .await;
    match taken {
        // Told again when that fails: the payment is known by then.
        Ok(true) => shortfalls::ended_meanwhile(app, &t.order, now).await,
        // Told twice at the same time: one of the two has kept it.
        Ok(false) | Err(Failure::Exists) => Ok(()),
        Err(e) => Err(e),
    }
}

/// A closed order whose payment came all the same takes its stock again, or its money goes back.
async fn late(app: &App, head: &OrderHead, body: &OrderBody, paid: &Paid, now: Timestamp) -> Result<Decision, Failure> {
    // Its gifts were promised with its goods: without them it is another order than was paid for.
    let gifts = || body.gifts.iter().filter(|g| g.promised);
    let own: Vec<(LocationId, SkuId)> =
        body.lines.iter().map(|l| &l.sku).chain(gifts().map(|g| &g.sku)).map(|sku| (head.location(), sku.clone())).collect();
    let stock = app.tables.dated(&own, true).await?;
    // What ends before the customer could have it is none to be promised again.
    let by = if head.shipper.is_some() { matching::parcel_by(body.distance_m.unwrap_or(0), now) } else { now.plus(matching::TOGETHER) };
    let day = day(by.max(head.promised_at.unwrap_or(by)), &head.zone);
    let bought = |sku: &SkuId| body.lines.iter().filter(|l| l.sku == *sku).map(BodyLine::own).sum::<i64>();
    let there = body.lines.iter().zip(&stock).all(|(l, s)| i64::from(s.until(day).available()) >= l.own())
        && gifts().zip(stock.iter().skip(body.lines.len())).all(|(g, s)| i64::from(s.until(day).available()) >= bought(&g.sku) + i64::from(g.units));
    // A place in its slot may be another's by now: then it is had as soon as possible.
    let (again, place) = slots::again(app, head, now).await?;
    let revived = if there { order::revive(&again, body, paid, app.id(), now) } else { None };
    let revived = revived.map(|mut d| {
        d.and(place);
        for (l, s) in body.lines.iter().zip(&stock) {
            d.leaving(&head.location(), &l.sku, s.over_by(day));
        }
        d
    });
    let lapsed = there && head.transfer.is_none();
    Ok(revived.unwrap_or_else(|| if lapsed { order::refund_lapsed(head, paid, now) } else { order::refund_late(head, paid, now) }))
}

/// What became of an order whose window has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was not paid, and can never be: closed there and here.
    Closed,
    /// It was paid.
    Paid,
    /// It had moved on before.
    Known,
}

/// Ends an unpaid order: the provider is asked, closes it on its side, and only then stock is released.
///
/// # Errors
/// [`Failure::Unavailable`] while the provider does not answer: stock stays reserved.
pub async fn end_unpaid(app: &App, order: &OrderId, by_customer: bool, now: Timestamp) -> Result<Ended, Failure> {
    let (head, _) = load(app, order).await?;
    if head.state != OrderState::Placed {
        return Ok(Ended::Known);
    }
    let payment = app.provider()?;
    match payment.query(order, now).await? {
        Status::Paid(t) => {
            take(app, &t, now).await?;
            return paid_or_over(app, order, by_customer, now).await;
        }
        // Over at the provider: nobody can pay it any more.
        Status::Refunded | Status::Closed => return release(app, order, by_customer, now).await,
        Status::Unpaid => {}
    }
    match payment.close(order, now).await {
        Ok(()) => {}
        // Paid between the question and the closing.
        Err(e) if e.code() == Some("ORDERPAID") => {
            if let Status::Paid(t) = payment.query(order, now).await? {
                take(app, &t, now).await?;
                return paid_or_over(app, order, by_customer, now).await;
            }
            return Err(Failure::Unavailable(e.to_string()));
        }
        Err(e) => return Err(e.into()),
    }
    release(app, order, by_customer, now).await
}

/// What the provider took has been taken here. When it was not this order's sum, and so goes back, nobody can pay the order any more.
async fn paid_or_over(app: &App, order: &OrderId, by_customer: bool, now: Timestamp) -> Result<Ended, Failure> {
    match load(app, order).await?.0.state {
        OrderState::Placed => release(app, order, by_customer, now).await,
        _ => Ok(Ended::Paid),
    }
}

/// Closes an order here that is closed at the provider.
async fn release(app: &App, order: &OrderId, by_customer: bool, now: Timestamp) -> Result<Ended, Failure> {
    transact(app, now, |_| async move {
        let (head, body) = load(app, order).await?;
        if !matches!(head.state, OrderState::Placed | OrderState::Closed) {
            return Ok(Plan::new(Ended::Known, Decision::default()));
        }
        let transfer = match &head.transfer {
            Some(t) => app.tables.transfer(t).await?,
            None => None,
        };
        Ok(Plan::new(Ended::Closed, order::close(&head, &body, transfer.as_ref(), by_customer, [app.id(), app.id()], now)?))
    })
    .await
}

/// Gives back what an order's customer is owed, each sum once: parts of the money, and all that is left of it when the order cannot be served.
///
/// # Errors
/// [`Failure::Unavailable`] while the provider does not answer or is still at it.
pub async fn give_back(app: &App, order: &OrderId, now: Timestamp) -> Result<(), Failure> {
    let (head, _) = load(app, order).await?;
    // No sum waits for another one: what the provider cannot give back now does not hold the rest.
    let mut failed = None;
    if head.parts > 0 {
        for part in app.tables.part_refunds(order).await?.into_iter().filter(|p| p.due.is_some()) {
            failed = give_back_part(app, &head, part, now).await.err().or(failed);
        }
    }
    if head.state == OrderState::Refunding {
        if head.total > Fen::ZERO {
            refunded(app, &GiveBack::of_order(order, head.transaction.as_deref(), head.total, head.charged()), now).await?;
        }
        transact(app, now, |_| async move {
            let (head, _) = load(app, order).await?;
            Ok(Plan::new((), order::refunded(&head)?))
        })
        .await?;
    }
    failed.map_or(Ok(()), Err)
}

async fn give_back_part(app: &App, head: &OrderHead, part: PartRefund, now: Timestamp) -> Result<(), Failure> {
    let order = &head.order;
    // A line that was free owes nothing, and a provider takes no refund of nothing.
    if part.amount > Fen::ZERO {
        refunded(app, &GiveBack::of_part(order, head.transaction.as_deref(), part.number, part.amount, part.charged), now).await?;
    }
    transact(app, now, |_| async move {
        let all = app.tables.part_refunds(order).await?;
        Ok(Plan::new((), all.iter().find(|p| p.number == part.number).map(PartRefund::done).unwrap_or_default()))
    })
    .await
}

/// Gives back a payment that an order did not need, once: under a number of its own, so that repeating it is the same refund.
///
/// # Errors
/// [`Failure::Unavailable`] while the provider does not answer or is still at it.
pub async fn give_back_extra(app: &App, order: &OrderId, transaction: &str, now: Timestamp) -> Result<(), Failure> {
    let held = || async { app.tables.extra_payment(order, transaction).await?.ok_or_else(|| Failure::Internal("there is no such payment".into())) };
    let extra = held().await?;
    if extra.returned_at.is_some() {
        return Ok(());
    }
    refunded(app, &GiveBack::of_extra(order, transaction, extra.amount), now).await?;
    transact(app, now, |_| async { Ok(Plan::new((), held().await?.returned(now))) }).await
}

/// Has the provider given the money back?
async fn refunded(app: &App, money: &GiveBack, now: Timestamp) -> Result<(), Failure> {
    match app.provider()?.refund(money, now).await? {
        Refund::Done => Ok(()),
        Refund::Processing => Err(Failure::Unavailable("the provider is still at the refund".into())),
        Refund::Failed => Err(Failure::Internal("the provider could not give the money back".into())),
    }
}
