//! Pricing a cart, and how it can be had when the chosen store lacks something.

use std::collections::HashMap;

use liandian_domain::{
    Refusable, holds,
    hours::{day_text, soon_text},
    matching::{self, Source, Splitting},
    place::{self, Wanted, Way},
    pricing::{delivery_fee, parcel_fee},
    stock::Stock,
    store::{Location, LocationKind, StoreProfile, whole_metres},
};
use liandian_store::{
    locations::{FURTHER, SOURCES},
    read::PlacementAsk,
};
use liandian_types::{
    Code, Fen, Fulfilment, GeoPoint, LocationId, Problem, Quantity, SkuId, StoreId, StoreStatus, Timestamp,
    api::{CartLine, Offer, Quote, QuoteLine, QuoteRequest},
};

use crate::{
    App,
    http::{Call, Failure, Reply},
};

/// Prices a cart.
///
/// # Errors
/// `bad_request`, `not_found` for the store, `not_listed` naming the lines. Whatever else speaks against ordering it is in
/// the quote's `refusal`.
pub async fn create(app: App, call: Call) -> Result<Reply, Failure> {
    let r: QuoteRequest = call.json()?;
    if r.to.is_some_and(|p| !p.is_valid()) {
        return Err(Problem::new(Code::BadRequest, "坐标无效").at("to").into());
    }
    if r.lines.is_empty() || r.lines.len() > place::MAX_LINES {
        return Err(Problem::new(Code::BadRequest, format!("购物车需要 1 到 {} 种商品", place::MAX_LINES)).at("lines").into());
    }
    let skus: Vec<SkuId> = r.lines.iter().map(|l| l.sku.clone()).collect();
    let ships_from = ships_from(&app, r.fulfilment, r.ship_from.as_ref(), call.now).await?;
    let source = ships_from.as_ref().map(|l| &l.location);
    let ask = PlacementAsk { store: &r.store, member: None, skus: &skus, source, placed: None, strong: false };
    let (read, busy, policies) =
        futures::try_join!(app.store.placement(ask), app.store.waiting(std::slice::from_ref(&r.store)), app.store.policies())?;
    let store = read.store.ok_or_else(|| Failure::not_found("门店"))?;
    let mut lines: Vec<Wanted> = wanted(&r.lines, read.lines);
    if ships_from.is_some() {
        lines.iter_mut().for_each(|l| l.stock = l.source);
    }
    let way = Way { fulfilment: r.fulfilment, store: &store, ships_from: ships_from.as_ref(), to: r.to };
    let priced = place::price(&lines, &way)?;
    // What no order may have is said before the customer fills in where it shall go.
    let refusal = refusal(way, call.now).or_else(|| holds::allowed(lines.iter().map(Wanted::named), &policies.holds).err());
    let missing: Vec<CartLine> = lines
        .iter()
        .filter_map(|l| Some(CartLine { sku: l.sku.clone(), quantity: Quantity::new(l.quantity.get().saturating_sub(l.stock.available())).ok()? }))
        .collect();
    let short = !missing.is_empty();
    let waiting = busy.get(&store.store).copied().unwrap_or(0);
    let sender = match r.transfer_from.as_ref().filter(|_| short && ships_from.is_none()) {
        Some(l) => Some(sender(&app, &store, l, call.now).await?),
        None => None,
    };
    let ready_here = matching::ready_by(&store, r.fulfilment, priced.distance_m, waiting, call.now);
    let waits = matching::Waiting { store: &store, missing: &missing, fulfilment: r.fulfilment, distance_m: priced.distance_m, ready_here };
    let ready_by = sender.as_ref().map_or(ready_here, |from| matching::ready_by_transfer(from, &waits, call.now));
    let grams = |part: &[CartLine]| sum_of(part, &lines, |i, n| lines[i].library.as_ref().map_or(0, |s| u64::from(s.weight_g)) * u64::from(n.get()));
    let worth = |part: &[CartLine]| sum_of(part, &lines, |i, n| priced.prices.get(i).and_then(|p| p.times(n)).unwrap_or(Fen::ZERO));
    // What the warehouse lacks sends the customer back to the cart, where the ways are compared.
    let compared = short && ships_from.is_none();
    let offers = if compared {
        offers(&app, &store, &r, &missing, &Sums { ready_here, distance_m: priced.distance_m, grams: &grams, worth: &worth }, call.now).await?
    } else {
        Vec::new()
    };
    let ready_text = match r.fulfilment {
        Fulfilment::HqShip => day_text(ready_by, &store.hours.zone),
        Fulfilment::Pickup | Fulfilment::Delivery => soon_text(ready_by, call.now, &store.hours.zone),
    };
    let quoted = lines
        .iter()
        .zip(&priced.prices)
        .filter_map(|(l, price)| {
            let sku = l.library.as_ref()?;
            Some(QuoteLine {
                sku: l.sku.clone(),
                name: sku.name.clone(),
                spec: sku.spec.clone(),
                picture: sku.picture.clone(),
                quantity: l.quantity,
                price: *price,
                total: price.times(l.quantity)?,
                available: l.stock.available(),
            })
        })
        .collect();
    Reply::json(&Quote {
        lines: quoted,
        goods: priced.totals.goods,
        delivery_fee: priced.totals.delivery_fee,
        total: priced.totals.total,
        distance_m: priced.distance_m,
        ready_by,
        ready_text,
        short,
        offers,
        refusal,
    })
}

/// Without a place nothing is refused while it is only priced: the form asks for it next.
fn refusal(way: Way, now: Timestamp) -> Option<Problem> {
    let checked: Refusable<()> = place::serviceable(&Way { to: way.to.or(Some(way.store.point)), ..way }, now);
    checked.err()
}

/// The HQ warehouse that shall ship an order, as the client names it.
///
/// # Errors
/// `bad_request` when there is none such, or the order is not to be shipped.
pub(crate) async fn ships_from(app: &App, fulfilment: Fulfilment, named: Option<&LocationId>, now: Timestamp) -> Result<Option<Location>, Failure> {
    let bad = |text: &str| Failure::from(Problem::new(Code::BadRequest, text).at("ship_from"));
    match (fulfilment, named) {
        (Fulfilment::HqShip, Some(l)) => match app.store.source(l, now).await? {
            Some((found, _)) if found.kind == LocationKind::HqWarehouse => Ok(Some(found)),
            _ => Err(bad("没有这个总部仓")),
        },
        (Fulfilment::HqShip, None) => Err(bad("请选择发货的总部仓")),
        (_, Some(_)) => Err(bad("只有总部直发的订单由总部仓发货")),
        (_, None) => Ok(None),
    }
}

/// The location from which what is missing shall come, as the client names it.
///
/// # Errors
/// `bad_request` when there is none such.
async fn sender(app: &App, store: &StoreProfile, named: &LocationId, now: Timestamp) -> Result<Location, Failure> {
    let found = app.store.source(named, now).await?.filter(|(l, _)| l.location != store.store.shelf());
    Ok(found.ok_or_else(|| Problem::new(Code::BadRequest, "没有这个调货来源").at("transfer_from"))?.0)
}

/// The lines with what was read for them.
pub(crate) fn wanted(lines: &[CartLine], read: Vec<liandian_store::read::LineRead>) -> Vec<Wanted> {
    lines
        .iter()
        .zip(read)
        .map(|(l, r)| Wanted { sku: l.sku.clone(), quantity: l.quantity, library: r.library, listing: r.listing, stock: r.stock, source: r.source })
        .collect()
}

/// What the lines of a part of the cart come to together.
fn sum_of<T: std::iter::Sum>(part: &[CartLine], cart: &[Wanted], each: impl Fn(usize, Quantity) -> T) -> T {
    part.iter().filter_map(|l| Some(each(cart.iter().position(|w| w.sku == l.sku)?, l.quantity))).sum()
}

/// What the ways out of a shortage are priced by.
struct Sums<'a> {
    /// When what the store has would be ready.
    ready_here: Timestamp,
    /// Metres to the customer of a delivery.
    distance_m: Option<u32>,
    /// Weight of a part of the cart.
    grams: &'a (dyn Fn(&[CartLine]) -> u64 + Sync),
    /// Worth of a part of the cart.
    worth: &'a (dyn Fn(&[CartLine]) -> Fen + Sync),
}

/// Two more waves, three where stores are far between: who is near, and what they have; three further ones when none of them can send what is
/// missing.
async fn offers(
    app: &App,
    store: &StoreProfile,
    r: &QuoteRequest,
    missing: &[CartLine],
    sums: &Sums<'_>,
    now: Timestamp,
) -> Result<Vec<Offer>, Failure> {
    let from = r.to.unwrap_or(store.point);
    let (near, sources) = futures::try_join!(app.store.stores_near(from), app.store.sources_near(store.point))?;
    let mut near = nearby(near, store, from, now, |s| matching::takes(s, r.fulfilment, now));
    near.truncate(SOURCES);
    let mut sources = nearby(sources, store, store.point, now, |s| matching::sends(s, now));
    sources.truncate(SOURCES);
    let known: Vec<StoreId> = sources.iter().map(|s| s.store.clone()).collect();
    near.extend(sources);
    near.sort_by(|a, b| a.store.cmp(&b.store));
    near.dedup_by(|a, b| a.store == b.store);
    let skus: Vec<SkuId> = r.lines.iter().map(|l| l.sku.clone()).collect();
    let ((candidates, policy), warehouses) =
        futures::try_join!(candidates(app, near, from, &skus), async { Ok(warehouses(app, &r.lines, &[]).await?) })?;
    // A parcel is of the whole cart, a transfer of what is missing.
    let parcel_fee = |metres| parcel_fee(metres, (sums.grams)(&r.lines), (sums.worth)(&r.lines));
    let parcel = matching::ship_offer(from, &r.lines, &warehouses, &store.hours.zone, parcel_fee, &policy, now);
    let lacked = |stock: &[Stock]| r.lines.iter().zip(stock).filter(|(l, _)| missing.iter().any(|m| m.sku == l.sku)).map(|(_, s)| *s).collect();
    let shelves = candidates.iter().map(|c| Source {
        location: Location::shelf_of(&c.store),
        staffed: matching::sends(&c.store, now),
        waiting: c.waiting,
        stock: lacked(&c.stock),
    });
    let warehouses = warehouses.iter().map(|w| Source { stock: lacked(&w.stock), ..w.clone() });
    let sources: Vec<Source> = shelves.chain(warehouses).collect();
    let others = matching::other_stores(from, &r.lines, r.fulfilment, &candidates, &policy, now);
    let waits = matching::Waiting { store, missing, fulfilment: r.fulfilment, distance_m: sums.distance_m, ready_here: sums.ready_here };
    let transfer = match matching::transfer_offer(&waits, &sources, &policy, now) {
        None => {
            let further = further(app, store.point, missing, |s| s.store != store.store && !known.contains(&s.store) && matching::sends(s, now));
            matching::transfer_offer(&waits, &further.await?, &policy, now)
        }
        found => found,
    };
    let splitting = Splitting { store, ready_here: sums.ready_here, from, lines: &r.lines, missing, fulfilment: r.fulfilment };
    let fee = |part: &[CartLine], metres| delivery_fee(metres, (sums.grams)(part), (sums.worth)(part));
    let split = matching::split_offer(&splitting, &candidates, fee, &policy, now);
    Ok(matching::offers(others, [transfer, split, parcel], r.fulfilment, &policy, now))
}

/// Those of these stores that may help `here`, nearest first; those that are closed now (and may help all the same) after all that are open: they
/// must not push out one of them.
fn nearby(
    mut near: Vec<StoreProfile>,
    here: &StoreProfile,
    from: GeoPoint,
    now: Timestamp,
    may: impl Fn(&StoreProfile) -> bool,
) -> Vec<StoreProfile> {
    near.retain(|s| s.store != here.store && may(s));
    near.sort_by_key(|s| (!s.open_at(now), whole_metres(s.point.metres_to(&from))));
    near
}

/// Further stores as sources, all within a transfer's reach that `may`: those that have the first of these lines, at most [`SOURCES`]. Three waves.
async fn further(app: &App, target: GeoPoint, lines: &[CartLine], may: impl Fn(&StoreProfile) -> bool) -> Result<Vec<Source>, Failure> {
    let Some(first) = lines.first() else { return Ok(Vec::new()) };
    let mut stores = app.store.sources_within_reach(target).await?;
    stores.retain(may);
    stores.truncate(FURTHER);
    let keys: Vec<_> = stores.iter().map(|s| (s.store.shelf(), first.sku.clone())).collect();
    let stock = app.store.stock(&keys, false).await?;
    let has = stores.into_iter().zip(stock).filter(|(_, has)| has.available() >= first.quantity.get());
    shelves_of(app, has.map(|(s, _)| s).take(SOURCES).collect(), target, lines).await
}

/// These stores as sources of what is missing, with how many orders wait there: one wave.
async fn shelves_of(app: &App, stores: Vec<StoreProfile>, target: GeoPoint, lines: &[CartLine]) -> Result<Vec<Source>, Failure> {
    let keys: Vec<_> = stores.iter().flat_map(|s| lines.iter().map(|l| (s.store.shelf(), l.sku.clone()))).collect();
    let nearest = nearest(&stores, target);
    let (stock, busy) = futures::try_join!(app.store.stock(&keys, true), app.store.waiting(&nearest))?;
    let queue = queue(&busy);
    let shelves = stores.iter().zip(stock.chunks(lines.len().max(1))).map(|(s, stock)| Source {
        location: Location::shelf_of(s),
        staffed: true,
        waiting: queue(&s.store),
        stock: stock.to_vec(),
    });
    Ok(shelves.collect())
}

/// The nearest of these stores: whose queues are worth a look.
fn nearest(stores: &[StoreProfile], from: GeoPoint) -> Vec<StoreId> {
    let mut by: Vec<(u32, &StoreId)> = stores.iter().map(|s| (whole_metres(s.point.metres_to(&from)), &s.store)).collect();
    by.sort_unstable();
    by.into_iter().take(LOOKED_AT).map(|(_, s)| s.clone()).collect()
}

/// Orders that wait in a store. One that was not looked at is no better than the worst that was.
fn queue(busy: &HashMap<StoreId, u32>) -> impl Fn(&StoreId) -> u32 {
    let worst = busy.values().copied().max().unwrap_or(0);
    move |s| busy.get(s).copied().unwrap_or(worst)
}

/// Of how many stores the queue is looked at.
const LOOKED_AT: usize = 12;

/// These stores with what they have, how many orders wait there, and the policy to rank them by: one wave.
async fn candidates(
    app: &App,
    near: Vec<StoreProfile>,
    from: GeoPoint,
    skus: &[SkuId],
) -> Result<(Vec<matching::Candidate>, matching::MatchingPolicy), Failure> {
    let nearest = nearest(&near, from);
    let (mut candidates, busy, policies) = futures::try_join!(app.store.candidates(near, skus), app.store.waiting(&nearest), app.store.policies())?;
    let queue = queue(&busy);
    for c in &mut candidates {
        c.waiting = queue(&c.store.store);
    }
    Ok((candidates, policies.matching))
}

/// Stores nearby that can serve a whole cart instead of this one.
pub(crate) async fn others(
    app: &App,
    store: &StoreProfile,
    from: GeoPoint,
    lines: &[CartLine],
    fulfilment: Fulfilment,
    now: Timestamp,
) -> Result<Vec<Offer>, Failure> {
    let mut near = nearby(app.store.stores_near(from).await?, store, from, now, |s| matching::takes(s, fulfilment, now));
    near.truncate(SOURCES);
    let skus: Vec<SkuId> = lines.iter().map(|l| l.sku.clone()).collect();
    let (candidates, policy) = candidates(app, near, from, &skus).await?;
    Ok(matching::other_stores(from, lines, fulfilment, &candidates, &policy, now))
}

/// Warehouses with their stock of these lines, those whose keeper works: they work around the clock, but somebody must be there.
pub(crate) async fn warehouses(app: &App, lines: &[CartLine], without: &[LocationId]) -> Result<Vec<Source>, liandian_store::StoreError> {
    let (all, stores) = futures::try_join!(app.store.warehouses(), app.store.directory())?;
    let staffed = |w: &Location| stores.iter().any(|s| s.store == w.keeper && s.status == StoreStatus::Open);
    let all: Vec<&Location> = all.iter().filter(|w| !without.contains(&w.location) && staffed(w)).collect();
    let keys: Vec<_> = all.iter().flat_map(|w| lines.iter().map(|l| (w.location.clone(), l.sku.clone()))).collect();
    let stock = app.store.stock(&keys, false).await?;
    Ok(all
        .into_iter()
        .zip(stock.chunks(lines.len().max(1)))
        .map(|(w, stock)| Source { location: w.clone(), staffed: true, waiting: 0, stock: stock.to_vec() })
        .collect())
}

/// The best source for a transfer to `target` that is none of `without`: shelves around it and warehouses. One that is closed now will do
/// when nobody waits (`any_time`).
pub(crate) async fn next_source(
    app: &App,
    target: &Location,
    lines: &[CartLine],
    without: &[LocationId],
    any_time: bool,
    now: Timestamp,
) -> Result<Option<Location>, Failure> {
    let may = |s: &StoreProfile| {
        let (shelf, sends) = (s.store.shelf(), if any_time { s.status == StoreStatus::Open } else { matching::sends(s, now) });
        sends && shelf != target.location && !without.contains(&shelf)
    };
    let mut near = app.store.sources_near(target.point).await?;
    near.retain(may);
    near.truncate(SOURCES);
    let known: Vec<StoreId> = near.iter().map(|s| s.store.clone()).collect();
    let others: Vec<LocationId> = without.iter().chain([&target.location]).cloned().collect();
    let warehouses = async { Ok::<_, Failure>(warehouses(app, lines, &others).await?) };
    let policies = async { Ok::<_, Failure>(app.store.policies().await?) };
    let (mut sources, warehouses, policies) = futures::try_join!(shelves_of(app, near, target.point, lines), warehouses, policies)?;
    sources.extend(warehouses);
    let best = |all: &[Source]| matching::sources(target.point, lines, all, &policies.matching, now).first().map(|(s, _)| s.location.clone());
    match best(&sources) {
        None => Ok(best(&further(app, target.point, lines, |s| may(s) && !known.contains(&s.store)).await?)),
        found => Ok(found),
    }
}
