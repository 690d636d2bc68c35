//! Pricing a cart, and how it can be had when the chosen store lacks something.

use std::collections::{HashMap, HashSet};

use liandian_domain::{
    Refusable,
    orders::{
        holds,
        place::{self, Wanted, Way},
    },
    sourcing::matching::{self, Source, Splitting, TRANSFER_REACH_M},
    stock::{batch::Date, record::Stock},
    stores::{
        hours::{day, day_text, soon_text},
        near::Spot,
        profile::{Location, LocationKind, StoreProfile, whole_metres},
    },
};
use liandian_pricing::{delivery_fee, line_total, parcel_fee};
use liandian_store::{
    read::PlacementAsk,
    stores::{FURTHER, asked},
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
    if r.to.is_some_and(|p| !p.is_a_place()) {
        return Err(Problem::new(Code::BadRequest, "坐标无效").at("to").into());
    }
    if r.lines.is_empty() || r.lines.len() + r.besides.len() > place::MAX_LINES {
        return Err(Problem::new(Code::BadRequest, format!("购物车需要 1 到 {} 种商品", place::MAX_LINES)).at("lines").into());
    }
    let skus: Vec<SkuId> = r.lines.iter().chain(&r.besides).map(|l| l.sku.clone()).collect();
    let ships_from = ships_from(&app, r.fulfilment, r.ship_from.as_ref(), call.now).await?;
    let source = ships_from.as_ref().map(|(l, _)| &l.location);
    let ask = PlacementAsk { store: &r.store, member: None, skus: &skus, source, placed: None, strong: false };
    let (read, busy, policies) =
        futures::try_join!(app.tables.placement(ask), app.tables.waiting(std::slice::from_ref(&r.store)), app.tables.policies())?;
    let store = read.store.ok_or_else(|| Failure::not_found("门店"))?;
    let mut found = read.lines;
    let beside = found.split_off(r.lines.len().min(found.len()));
    let mut lines: Vec<Wanted> = wanted(&r.lines, found);
    if ships_from.is_some() {
        lines.iter_mut().for_each(|l| l.stock = std::mem::take(&mut l.source));
    }
    let way = Way { fulfilment: r.fulfilment, store: &store, ships_from: ships_from.as_ref().map(|(l, staffed)| (l, *staffed)), to: r.to };
    let priced = place::price(&lines, &way)?;
    // What no order may have is said before the customer fills in where it shall go.
    let mut refusal = refusal(way, call.now).or_else(|| holds::allowed(lines.iter().map(Wanted::named), &policies.holds).err());
    let waiting = busy.get(&store.store).copied().unwrap_or(0);
    let ready_here = matching::ready_by(&store, r.fulfilment, priced.distance_m, waiting, call.now);
    // No unit is promised beyond its last day.
    let lasting = |by: Timestamp| -> Vec<Stock> { lines.iter().map(|l| l.stock.until(day(by, &store.hours.zone))).collect() };
    let mut there = lasting(ready_here);
    let sender = match r.transfer_from.as_ref().filter(|_| ships_from.is_none() && !lacking(&lines, &there).is_empty()) {
        Some(l) => {
            let (from, staffed) = sender(&app, &store, l, call.now).await?;
            // What an order would be refused for.
            refusal = refusal.or(matching::may_send(&from, staffed, store.point).err());
            Some(from)
        }
        None => None,
    };
    let waits = matching::Waiting { store: &store, missing: &[], fulfilment: r.fulfilment, distance_m: priced.distance_m, ready_here };
    let ready_by = sender.as_ref().map_or(ready_here, |from| matching::ready_by_transfer(from, &waits, call.now));
    if sender.is_some() {
        there = lasting(ready_by);
    }
    let missing = lacking(&lines, &there);
    let short = !missing.is_empty();
    let grams = |part: &[CartLine]| sum_of(part, &lines, |i, n| lines[i].library.as_ref().map_or(0, |s| u64::from(s.weight_g)) * u64::from(n.get()));
    let worth = |part: &[CartLine]| sum_of(part, &lines, |i, n| priced.prices.get(i).and_then(|p| line_total(*p, n.get())).unwrap_or(Fen::ZERO));
    // What the warehouse lacks sends the customer back to the cart, where the ways are compared.
    let compared = short && ships_from.is_none();
    // A store that takes no orders sends the customer to those that do; nothing is brought to it for him either.
    let rests = store.status_at(call.now) != StoreStatus::Open || !store.hours.opens_within_a_day(call.now);
    let closed = refusal.as_ref().is_some_and(|p| p.code == Code::StoreClosed) && r.fulfilment != Fulfilment::HqShip;
    let (offers, unasked) = if compared && !rests {
        offers(&app, &store, &r, &missing, &Sums { ready_here, distance_m: priced.distance_m, grams: &grams, worth: &worth }, call.now).await?
    } else if closed {
        others(&app, &store, r.to.unwrap_or(store.point), &r.lines, r.fulfilment, call.now).await?
    } else {
        (Vec::new(), 0)
    };
    let ready_text = match r.fulfilment {
        Fulfilment::HqShip => day_text(ready_by, &store.hours.zone),
        Fulfilment::Pickup | Fulfilment::Delivery => soon_text(ready_by, call.now, &store.hours.zone),
    };
    let besides = shown(&r.besides, beside, ready_here, &store.hours.zone);
    let quoted = lines
        .iter()
        .zip(priced.prices.iter().zip(&priced.line_totals))
        .zip(&there)
        .filter_map(|((l, (price, total)), there)| {
            let sku = l.library.as_ref()?;
            Some(QuoteLine {
                sku: l.sku.clone(),
                name: sku.name.clone(),
                spec: sku.spec.clone(),
                picture: sku.picture.clone(),
                quantity: l.quantity,
                price: *price,
                total: *total,
                available: there.available(),
            })
        })
        .collect();
    Reply::json(&Quote {
        lines: quoted,
        besides,
        goods: priced.totals.goods,
        delivery_fee: priced.totals.delivery_fee,
        total: priced.totals.total,
        distance_m: priced.distance_m,
        ready_by,
        ready_text,
        short,
        offers,
        unasked,
        refusal,
    })
}

/// What of these lines is not there.
fn lacking(lines: &[Wanted], there: &[Stock]) -> Vec<CartLine> {
    let missing = lines.iter().zip(there).map(|(l, s)| (&l.sku, l.quantity.get().saturating_sub(s.available())));
    missing.filter_map(|(sku, units)| Some(CartLine { sku: sku.clone(), quantity: Quantity::new(units).ok()? })).collect()
}

/// Without a place nothing is refused while it is only priced: the form asks for it next.
fn refusal(way: Way, now: Timestamp) -> Option<Problem> {
    let checked: Refusable<()> = place::serviceable(&Way { to: way.to.or(Some(way.store.point)), ..way }, now);
    checked.err()
}

/// The HQ warehouse that shall ship an order, as the client names it, and whether somebody works there.
///
/// # Errors
/// `bad_request` when there is none such, or the order is not to be shipped.
pub(crate) async fn ships_from(
    app: &App,
    fulfilment: Fulfilment,
    named: Option<&LocationId>,
    now: Timestamp,
) -> Result<Option<(Location, bool)>, Failure> {
    let bad = |text: &str| Failure::from(Problem::new(Code::BadRequest, text).at("ship_from"));
    match (fulfilment, named) {
        (Fulfilment::HqShip, Some(l)) => match app.tables.source(l, now).await? {
            Some((found, staffed)) if found.kind == LocationKind::HqWarehouse => Ok(Some((found, staffed))),
            _ => Err(bad("没有这个总部仓")),
        },
        (Fulfilment::HqShip, None) => Err(bad("请选择发货的总部仓")),
        (_, Some(_)) => Err(bad("只有总部直发的订单由总部仓发货")),
        (_, None) => Ok(None),
    }
}

/// The location from which what is missing shall come, as the client names it, and whether somebody is there.
///
/// # Errors
/// `bad_request` when there is none such.
async fn sender(app: &App, store: &StoreProfile, named: &LocationId, now: Timestamp) -> Result<(Location, bool), Failure> {
    let found = app.tables.source(named, now).await?.filter(|(l, _)| l.location != store.store.shelf());
    found.ok_or_else(|| Problem::new(Code::BadRequest, "没有这个调货来源").at("transfer_from").into())
}

/// The lines with what was read for them.
pub(crate) fn wanted(lines: &[CartLine], read: Vec<liandian_store::read::LineRead>) -> Vec<Wanted> {
    lines
        .iter()
        .zip(read)
        .map(|(l, r)| Wanted { sku: l.sku.clone(), quantity: l.quantity, library: r.library, listing: r.listing, stock: r.stock, source: r.source })
        .collect()
}

/// Lines to be shown only: as the store sells them now, for the day of `by` in its zone; what it does not sell is left out.
pub fn shown(lines: &[CartLine], read: Vec<liandian_store::read::LineRead>, by: Timestamp, zone: &str) -> Vec<QuoteLine> {
    let day = day(by, zone);
    let line = |(l, r): (&CartLine, liandian_store::read::LineRead)| {
        let (sku, listing) = (r.library.filter(|s| !s.offline_only)?, r.listing?);
        let price = listing.price(&sku);
        Some(QuoteLine {
            sku: l.sku.clone(),
            name: sku.name,
            spec: sku.spec,
            picture: sku.picture,
            quantity: l.quantity,
            price,
            total: line_total(price, l.quantity.get())?,
            available: r.stock.until(day).available(),
        })
    };
    lines.iter().zip(read).filter_map(line).collect()
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

/// Two more waves: who is near, and what they have; two further ones when none of them can send what is missing. And how many stores that may help
/// were not asked.
async fn offers(
    app: &App,
    store: &StoreProfile,
    r: &QuoteRequest,
    missing: &[CartLine],
    sums: &Sums<'_>,
    now: Timestamp,
) -> Result<(Vec<Offer>, u32), Failure> {
    let from = r.to.unwrap_or(store.point);
    let spots = app.tables.within(&[from, store.point], TRANSFER_REACH_M).await?;
    let serves = |s: &Spot| s.takes(r.fulfilment, now) && s.metres_to(from) <= f64::from(matching::serves_within(r.fulfilment, s.radius_m));
    let sends = |s: &Spot| s.sends(now) && s.metres_to(store.point) <= f64::from(TRANSFER_REACH_M);
    let near = nearby(&spots, store, from, now, serves);
    let sources = nearby(&spots, store, store.point, now, sends);
    // Half of those that are asked may be who the customer goes to, the others whoever is next to the store.
    let most = asked(r.lines.len());
    let mut chosen: Vec<StoreId> = near.iter().take(most / 2).chain(&sources).chain(&near).map(|s| s.store.clone()).collect();
    let mut seen = HashSet::new();
    chosen.retain(|s| seen.insert(s.clone()));
    chosen.truncate(most);
    let may_help: HashSet<&StoreId> = near.iter().chain(&sources).map(|s| &s.store).collect();
    let mut unasked = may_help.len().saturating_sub(chosen.len());
    let skus: Vec<SkuId> = r.lines.iter().map(|l| l.sku.clone()).collect();
    let parcel_day = |w: &Location| day(matching::parcel_by(whole_metres(w.point.metres_to(&from)), now), &store.hours.zone);
    let ((candidates, policy), warehouses) = futures::try_join!(candidates(app, &chosen, &skus, from, r.fulfilment, now), async {
        Ok(warehouses(app, &r.lines, &[], parcel_day).await?)
    })?;
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
    let known: Vec<Source> = shelves.chain(warehouses).collect();
    let others = matching::other_stores(from, &r.lines, r.fulfilment, &candidates, &policy, now);
    let waits = matching::Waiting { store, missing, fulfilment: r.fulfilment, distance_m: sums.distance_m, ready_here: sums.ready_here };
    let lasts = |w: &Location| had_day(w, store, r.fulfilment, now);
    let transfer = match matching::transfer_offer(&waits, &known, &policy, now) {
        None => {
            let left: Vec<StoreId> = sources.iter().filter(|s| !chosen.contains(&s.store)).map(|s| s.store.clone()).collect();
            unasked = unasked.saturating_sub(left.len().min(FURTHER));
            matching::transfer_offer(&waits, &further(app, left, missing, &lasts).await?, &policy, now)
        }
        found => found,
    };
    let splitting = Splitting { store, ready_here: sums.ready_here, from, lines: &r.lines, missing, fulfilment: r.fulfilment };
    let fee = |part: &[CartLine], metres| delivery_fee(metres, (sums.grams)(part), (sums.worth)(part));
    let split = matching::split_offer(&splitting, &candidates, fee, &policy, now);
    Ok((matching::offers(others, [transfer, split, parcel], r.fulfilment, &policy, now), u32::try_from(unasked).unwrap_or(u32::MAX)))
}

/// Those of these stores that may help `here`, nearest first; those that are closed now (and may help all the same) after all that are open: they
/// must not push out one of them.
fn nearby<'a>(spots: &'a [Spot], here: &StoreProfile, from: GeoPoint, now: Timestamp, may: impl Fn(&Spot) -> bool) -> Vec<&'a Spot> {
    let mut near: Vec<&Spot> = spots.iter().filter(|s| s.store != here.store && may(s)).collect();
    near.sort_by_cached_key(|s| (!s.open_at(now), whole_metres(s.metres_to(from)), s.store.clone()));
    near
}

/// The day that goods of a source must last to: what ends before it is not there for whom they are sent.
pub(crate) type Lasts<'a> = &'a (dyn Fn(&Location) -> Date + Sync);

/// Further stores as sources, in this order: those that have the first of these lines, as many as are asked for all. Two waves.
async fn further(app: &App, mut stores: Vec<StoreId>, lines: &[CartLine], lasts: Lasts<'_>) -> Result<Vec<Source>, Failure> {
    let Some(first) = lines.first() else { return Ok(Vec::new()) };
    stores.truncate(FURTHER);
    let keys: Vec<_> = stores.iter().map(|s| (s.shelf(), first.sku.clone())).collect();
    let stock = app.tables.stock(&keys, false).await?;
    let has = stores.into_iter().zip(stock).filter(|(_, has)| has.available() >= first.quantity.get());
    let has: Vec<StoreId> = has.map(|(s, _)| s).take(asked(lines.len())).collect();
    shelves_of(app, &has, lines, lasts).await
}

/// These stores as sources of what is missing, with how many orders wait in the first of them: one wave.
async fn shelves_of(app: &App, stores: &[StoreId], lines: &[CartLine], lasts: Lasts<'_>) -> Result<Vec<Source>, Failure> {
    let keys: Vec<_> = stores.iter().flat_map(|s| lines.iter().map(|l| (s.shelf(), l.sku.clone()))).collect();
    let looked_at = &stores[..stores.len().min(LOOKED_AT)];
    let (profiles, stock, busy) = futures::try_join!(app.tables.profiles(stores), app.tables.dated(&keys, true), app.tables.waiting(looked_at))?;
    let queue = queue(&busy);
    let each = lines.len().max(1);
    let shelves = stores.iter().zip(stock.chunks(each)).filter_map(|(s, stock)| {
        let profile = profiles.iter().find(|p| p.store == *s)?;
        let location = Location::shelf_of(profile);
        let day = lasts(&location);
        Some(Source { location, staffed: true, waiting: queue(s), stock: stock.iter().map(|d| d.until(day)).collect() })
    });
    Ok(shelves.collect())
}

/// The day on which goods of a source would be at their target.
pub(crate) fn arrival_day(source: &Location, target: GeoPoint, zone: &str, now: Timestamp) -> Date {
    day(matching::transfer_by(source, target, now), zone)
}

/// The day on which somebody has goods of a source for whom they come to a store: it is open then, and a rider has his way.
pub(crate) fn had_day(source: &Location, store: &StoreProfile, fulfilment: Fulfilment, now: Timestamp) -> Date {
    let waits = matching::Waiting { store, missing: &[], fulfilment, distance_m: None, ready_here: now };
    day(matching::ready_by_transfer(source, &waits, now), &store.hours.zone)
}

/// Orders that wait in a store. One that was not looked at is no better than the worst that was.
fn queue(busy: &HashMap<StoreId, u32>) -> impl Fn(&StoreId) -> u32 {
    let worst = busy.values().copied().max().unwrap_or(0);
    move |s| busy.get(s).copied().unwrap_or(worst)
}

/// Of how many stores the queue is looked at.
const LOOKED_AT: usize = 12;

/// These stores, the nearest first, with what they have that lasts until it is had there, how many orders wait there, and the policy to rank them
/// by: one wave.
async fn candidates(
    app: &App,
    stores: &[StoreId],
    skus: &[SkuId],
    from: GeoPoint,
    fulfilment: Fulfilment,
    now: Timestamp,
) -> Result<(Vec<matching::Candidate>, matching::MatchingPolicy), Failure> {
    let looked_at = &stores[..stores.len().min(LOOKED_AT)];
    let ready = |s: &StoreProfile| matching::ready_by(s, fulfilment, Some(whole_metres(s.point.metres_to(&from))), 0, now);
    let lasting = app.tables.candidates(stores, skus, |s| day(ready(s), &s.hours.zone));
    let (mut candidates, busy, policies) = futures::try_join!(lasting, app.tables.waiting(looked_at), app.tables.policies())?;
    let queue = queue(&busy);
    for c in &mut candidates {
        c.waiting = queue(&c.store.store);
    }
    Ok((candidates, policies.matching))
}

/// Stores nearby that can serve a whole cart instead of this one, and how many that may were not asked.
pub(crate) async fn others(
    app: &App,
    store: &StoreProfile,
    from: GeoPoint,
    lines: &[CartLine],
    fulfilment: Fulfilment,
    now: Timestamp,
) -> Result<(Vec<Offer>, u32), Failure> {
    let serves = |s: &Spot| s.takes(fulfilment, now) && s.metres_to(from) <= f64::from(matching::serves_within(fulfilment, s.radius_m));
    let spots = app.tables.within(&[from], TRANSFER_REACH_M).await?;
    let near = nearby(&spots, store, from, now, serves);
    let chosen: Vec<StoreId> = near.iter().take(asked(lines.len())).map(|s| s.store.clone()).collect();
    let skus: Vec<SkuId> = lines.iter().map(|l| l.sku.clone()).collect();
    let (candidates, policy) = candidates(app, &chosen, &skus, from, fulfilment, now).await?;
    let mut offers = matching::other_stores(from, lines, fulfilment, &candidates, &policy, now);
    offers.truncate(matching::MAX_OFFERS);
    Ok((offers, u32::try_from(near.len() - chosen.len()).unwrap_or(u32::MAX)))
}

/// Warehouses with their stock of these lines that lasts until the `day` on which goods of one would be there; those whose keeper works: they work
/// around the clock, but somebody must be there.
pub(crate) async fn warehouses(
    app: &App,
    lines: &[CartLine],
    without: &[LocationId],
    day: impl Fn(&Location) -> Date,
) -> Result<Vec<Source>, liandian_store::StoreError> {
    let (all, stores) = futures::try_join!(app.tables.warehouses(), app.tables.directory())?;
    let staffed = |w: &Location| matching::staffed(stores.iter().find(|s| s.store == w.keeper), app.now());
    let all: Vec<&Location> = all.iter().filter(|w| !without.contains(&w.location) && staffed(w)).collect();
    let keys: Vec<_> = all.iter().flat_map(|w| lines.iter().map(|l| (w.location.clone(), l.sku.clone()))).collect();
    let stock = app.tables.dated(&keys, false).await?;
    Ok(all
        .into_iter()
        .zip(stock.chunks(lines.len().max(1)))
        .map(|(w, stock)| {
            let day = day(w);
            Source { location: w.clone(), staffed: true, waiting: 0, stock: stock.iter().map(|d| d.until(day)).collect() }
        })
        .collect())
}

/// The best source for a transfer to `target` that is none of `without`: shelves around it and warehouses. One that is closed now will do
/// when nobody waits (`any_time`). Of what it has, only what lasts counts.
pub(crate) async fn next_source(
    app: &App,
    target: &Location,
    lines: &[CartLine],
    without: &[LocationId],
    any_time: bool,
    lasts: Lasts<'_>,
    now: Timestamp,
) -> Result<Option<Location>, Failure> {
    let may = |s: &Spot| {
        let (shelf, sends) = (s.store.shelf(), if any_time { s.status_at(now) == StoreStatus::Open } else { s.sends(now) });
        sends && shelf != target.location && !without.contains(&shelf)
    };
    let mut near = app.tables.within(&[target.point], TRANSFER_REACH_M).await?;
    near.retain(may);
    near.sort_by_cached_key(|s| (whole_metres(s.metres_to(target.point)), s.store.clone()));
    let mut near: Vec<StoreId> = near.into_iter().map(|s| s.store).collect();
    let left = near.split_off(near.len().min(asked(lines.len())));
    let others: Vec<LocationId> = without.iter().chain([&target.location]).cloned().collect();
    let warehouses = async { Ok::<_, Failure>(warehouses(app, lines, &others, lasts).await?) };
    let policies = async { Ok::<_, Failure>(app.tables.policies().await?) };
    let (mut sources, warehouses, policies) = futures::try_join!(shelves_of(app, &near, lines, lasts), warehouses, policies)?;
    sources.extend(warehouses);
    let best = |all: &[Source]| matching::sources(target.point, lines, all, &policies.matching, now).first().map(|(s, _)| s.location.clone());
    match best(&sources) {
        None => Ok(best(&further(app, left, lines, lasts).await?)),
        found => Ok(found),
    }
}
