//! Orders that their shelf cannot serve: the store says so, the customer chooses, the clock chooses for who does not.

use liandian_domain::{
    Decision,
    orders::{
        delivery::Delivery,
        order::{OrderBody, OrderHead},
        shortfall::{self, MissingUnits},
    },
    sourcing::{days::had_day, matching},
    stores::{
        hours::day,
        profile::{Location, whole_metres},
    },
};
use liandian_types::{
    Code, Fulfilment, GeoPoint, LocationId, OrderId, OrderState, Problem, Quantity, SkuId, StoreId, Timestamp,
    api::{CartLine, Offer},
};

use super::{deliveries, load, load_served};
use crate::{
    App,
    flows::sourcing::{next_source, others},
    http::Failure,
    transact::{Plan, transact},
};

/// The store says what of an order is not there. That is kept first; then a rider who is on the way for it is called off, so that nobody waits: now,
/// or when the platform answers again.
///
/// # Errors
/// As [`shortfall::report`]; `not_found`.
pub async fn report(app: &App, store: &StoreId, id: &OrderId, lines: &[MissingUnits], now: Timestamp) -> Result<(), Failure> {
    short(app, store, id, lines, now.plus(shortfall::CHOOSE_WITHIN), now).await
}

/// The clock has found what an order lacks, and not a person: its customer may be asleep.
async fn found_by_clock(app: &App, store: &StoreId, id: &OrderId, lines: &[MissingUnits], now: Timestamp) -> Result<(), Failure> {
    let keeper = app.tables.store(store).await?.ok_or_else(|| Failure::Internal("an order of no store".into()))?;
    short(app, store, id, lines, shortfall::choose_by_day(&keeper.hours, now), now).await
}

async fn short(app: &App, store: &StoreId, id: &OrderId, lines: &[MissingUnits], by: Timestamp, now: Timestamp) -> Result<(), Failure> {
    transact(app, now, |_| async move {
        let (head, body) = load_served(app, id, store).await?;
        let rider = deliveries::current(app, head.delivery.as_ref()).await?;
        Ok(Plan::new((), shortfall::report(&head, &body, rider.as_ref(), lines, by, now)?))
    })
    .await?;
    deliveries::try_to_call_off(app, id, now).await;
    Ok(())
}

/// Of what is promised of a SKU at a location, `missing` units are past their day: the customers who would get them are asked. What was put together
/// first has the units that ended first; of what is not put together yet, those who ordered last may be told before others.
///
/// # Errors
/// Whatever the tables say.
pub async fn day_is_over(app: &App, keeper: &StoreId, location: &LocationId, sku: &SkuId, missing: i64, now: Timestamp) -> Result<(), Failure> {
    let (ready, preparing) = futures::try_join!(
        app.tables.newest_of_store(keeper, OrderState::Ready, LOOKED_AT),
        app.tables.newest_of_store(keeper, OrderState::Preparing, LOOKED_AT)
    )?;
    let mut left = missing;
    let mut asked = Vec::new();
    for head in ready.into_iter().rev().chain(preparing).filter(|h| h.location() == *location) {
        if left <= 0 {
            break;
        }
        let Some((head, body)) = app.tables.order(&head.order).await? else { continue };
        let promised: i64 = body.lines.iter().filter(|l| l.sku == *sku).map(|l| head.promised(l)).sum();
        match &head.shortfall {
            // Its customer is asked already.
            Some(s) if !s.unpromised => left -= s.lines.iter().filter(|l| l.sku == *sku).map(|l| i64::from(l.units)).sum::<i64>(),
            // What a transfer was to bring is promised nowhere.
            Some(_) => {}
            None if promised > 0 => {
                let units = u32::try_from(promised.min(left)).unwrap_or(u32::MAX);
                left -= i64::from(units);
                asked.push((head.order, MissingUnits { sku: sku.clone(), units }));
            }
            None => {}
        }
    }
    for (order, line) in asked {
        match found_by_clock(app, keeper, &order, std::slice::from_ref(&line), now).await {
            Ok(()) => {}
            // It was handed over, or given up, meanwhile.
            Err(Failure::Problem(p)) => tracing::info!(%order, code = ?p.code, "nobody is asked about goods whose day is over"),
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// An order that its store serves from now on, because it was paid or its transfer has arrived: the day of what was kept back for it may have ended
/// before, when nobody was to be asked yet. Its customer is asked now, about what the shelf lacks and others are not asked about already.
///
/// # Errors
/// Whatever the tables say.
pub async fn ended_meanwhile(app: &App, id: &OrderId, now: Timestamp) -> Result<(), Failure> {
    let (head, body) = load(app, id).await?;
    let (placed, today) = (day(head.placed_at, &head.zone), day(now, &head.zone));
    if placed == today || head.shortfall.is_some() || !matches!(head.state, OrderState::Preparing | OrderState::Ready) {
        return Ok(());
    }
    let skus: Vec<SkuId> = body.lines.iter().map(|l| l.sku.clone()).collect();
    let found = app.tables.perishables(&head.location(), &skus).await?;
    let ended: Vec<SkuId> = skus.into_iter().zip(found).filter(|(_, p)| !p.ended(placed, today).is_empty()).map(|(sku, _)| sku).collect();
    if ended.is_empty() {
        return Ok(());
    }
    let at: Vec<_> = ended.iter().map(|sku| (head.location(), sku.clone())).collect();
    let (stock, ready, preparing) = futures::try_join!(
        app.tables.dated(&at, true),
        app.tables.newest_of_store(head.served_by(), OrderState::Ready, LOOKED_AT),
        app.tables.newest_of_store(head.served_by(), OrderState::Preparing, LOOKED_AT)
    )?;
    let others: Vec<&OrderHead> = ready.iter().chain(&preparing).filter(|h| h.order != *id && h.location() == head.location()).collect();
    let mut missing = Vec::new();
    for (sku, s) in ended.into_iter().zip(&stock) {
        let left = s.until(today);
        let told = others
            .iter()
            .flat_map(|h| &h.shortfall)
            .filter(|s| !s.unpromised)
            .flat_map(|s| &s.lines)
            .filter(|l| l.sku == sku)
            .map(|l| i64::from(l.units))
            .sum::<i64>();
        let promised: i64 = body.lines.iter().filter(|l| l.sku == sku).map(|l| head.promised(l)).sum();
        let units = (left.reserved - left.on_hand - told).min(promised);
        if let Ok(units) = u32::try_from(units)
            && units > 0
        {
            missing.push(MissingUnits { sku, units });
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    match found_by_clock(app, head.served_by(), id, &missing, now).await {
        // It was handed over, or given up, meanwhile.
        Err(Failure::Problem(p)) => {
            tracing::info!(order = %id, code = ?p.code, "nobody is asked about goods whose day is over");
            Ok(())
        }
        other => other,
    }
}

/// Orders in a state that are looked at for goods whose day is over.
const LOOKED_AT: i32 = 300;

fn missing_lines(head: &OrderHead) -> Vec<CartLine> {
    let lines = head.shortfall.iter().flat_map(|s| &s.lines);
    lines.filter_map(|l| Some(CartLine { sku: l.sku.clone(), quantity: Quantity::new(l.units).ok()? })).collect()
}

/// The customer's choices beside the money: a transfer of what is missing, and stores that have all of it: near the customer to whom it was to be
/// brought (`to`), else near the store.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn offers(app: &App, head: &OrderHead, body: &OrderBody, to: Option<GeoPoint>, now: Timestamp) -> Result<Vec<Offer>, Failure> {
    let Some(store) = app.tables.store(&head.store).await? else { return Ok(Vec::new()) };
    let missing = missing_lines(head);
    let mut all = Vec::new();
    // Whoever was asked before would not, or sent less than was asked for.
    let asked = match &head.transfer {
        Some(t) => app.tables.transfer(t).await?.map(|t| [t.tried, vec![t.source]].concat()).unwrap_or_default(),
        None => Vec::new(),
    };
    if shortfall::transferable(head)
        && let Some(source) =
            next_source(app, &Location::shelf_of(&store), &missing, &asked, false, &|w| had_day(w, &store, head.fulfilment, now), now).await?
    {
        let reason = format!("{}有货，缺的商品调到本店后再通知您", source.name);
        let distance_m = to.map(|to| whole_metres(store.point.metres_to(&to)));
        let waits = matching::Waiting { store: &store, missing: &missing, fulfilment: head.fulfilment, distance_m, ready_here: now };
        all.push(matching::transfer_from(&source, &waits, reason, now));
    }
    let whole: Vec<CartLine> = body.lines.iter().map(|l| CartLine { sku: l.sku.clone(), quantity: l.quantity }).collect();
    let from = to.unwrap_or(store.point);
    // Nobody else ships parcels: they can be fetched.
    let way = if head.fulfilment == Fulfilment::HqShip { Fulfilment::Pickup } else { head.fulfilment };
    all.extend(others(app, &store, from, &whole, way, now).await?.0.into_iter().take(2));
    Ok(all)
}

/// What the customer wants.
pub enum Choice<'a> {
    /// What is missing comes from here.
    Transfer(&'a LocationId),
    /// What is there, and the money for the rest.
    Keep,
    /// The money.
    Refund,
}

/// The customer chooses.
///
/// # Errors
/// `conflict` when there is nothing to choose (any more); `sold_out` when the source has it no longer; `bad_request` for a source that
/// is none.
pub async fn choose(app: &App, id: &OrderId, choice: Choice<'_>, now: Timestamp) -> Result<(), Failure> {
    let choice = &choice;
    transact(app, now, |_| async move {
        let (head, body) = load(app, id).await?;
        let rider = deliveries::current(app, head.delivery.as_ref()).await?;
        Ok(Plan::new(
            (),
            match choice {
                Choice::Refund => shortfall::give_back(&head, &body, rider.as_ref(), app.id(), now)?,
                Choice::Keep => shortfall::keep(&head, &body, app.id(), now)?,
                Choice::Transfer(from) => take_transfer(app, &head, &body, rider.as_ref(), from, now).await?,
            },
        ))
    })
    .await
}

async fn take_transfer(
    app: &App,
    head: &OrderHead,
    body: &OrderBody,
    rider: Option<&Delivery>,
    from: &LocationId,
    now: Timestamp,
) -> Result<Decision, Failure> {
    let bad = |text: &str| Failure::from(Problem::new(Code::BadRequest, text).at("source"));
    let target = app.tables.store(&head.store).await?.ok_or_else(|| Failure::Internal("an order of no store".into()))?;
    let (source, staffed): (Location, bool) =
        app.tables.source(from, now).await?.filter(|(l, _)| l.location != target.store.shelf()).ok_or_else(|| bad("没有这个调货来源"))?;
    if !staffed || !matching::in_reach(&source, target.point) {
        return Err(bad("该门店现在不能发货，请重新选择"));
    }
    let missing = missing_lines(head);
    let at: Vec<_> = missing.iter().map(|l| (from.clone(), l.sku.clone())).collect();
    let stock = app.tables.dated(&at, true).await?;
    let day = had_day(&source, &target, head.fulfilment, now);
    if missing.iter().zip(&stock).any(|(l, s)| s.until(day).available() < l.quantity.get()) {
        return Err(Failure::refuse(Code::SoldOut, "该门店的库存刚刚卖完，请重新选择"));
    }
    let mut d = shortfall::take_transfer(head, body, rider, &source, &target, app.id(), [app.id(), app.id()], now)?;
    for (l, s) in missing.iter().zip(&stock) {
        d.leaving(from, &l.sku, s.over_by(day));
    }
    Ok(d)
}

/// Nobody has chosen in time: the money goes back.
///
/// # Errors
/// Whatever the tables say.
pub async fn overdue(app: &App, id: &OrderId, now: Timestamp) -> Result<(), Failure> {
    transact(app, now, |_| async move {
        let (head, body) = load(app, id).await?;
        let late = head.shortfall.as_ref().is_some_and(|s| s.choose_by <= now);
        let rider = deliveries::current(app, head.delivery.as_ref()).await?;
        Ok(Plan::new((), if late { shortfall::give_back(&head, &body, rider.as_ref(), app.id(), now)? } else { Decision::default() }))
    })
    .await
}
