//! Pricing a cart, and how it can be had when the chosen store lacks something.

use std::collections::HashMap;

use liandian_domain::{
    Refusable,
    hours::soon_text,
    matching::{self, Source, Splitting},
    place::{self, Wanted},
    pricing::delivery_fee,
    store::{Location, StoreProfile, whole_metres},
};
use liandian_store::{locations::SOURCES, read::PlacementAsk};
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
    let ask = PlacementAsk { store: &r.store, member: None, now: None, skus: &skus, source: None, idempotency: None, strong: false };
    let (read, busy) = futures::try_join!(app.store.placement(ask), app.store.waiting(std::slice::from_ref(&r.store)))?;
    let store = read.store.ok_or_else(|| Failure::not_found("门店"))?;
    let lines: Vec<Wanted> = wanted(&r.lines, read.lines);
    let priced = place::price(&store, &lines, r.fulfilment, r.to)?;
    let refusal = refusal(&store, r.fulfilment, r.to, call.now);
    let missing: Vec<CartLine> = lines
        .iter()
        .filter_map(|l| Some(CartLine { sku: l.sku.clone(), quantity: Quantity::new(l.quantity.get().saturating_sub(l.stock.available())).ok()? }))
        .collect();
    let short = !missing.is_empty();
    let waiting = busy.get(&store.store).copied().unwrap_or(0);
    let ready_by = matching::ready_by(&store, r.fulfilment, priced.distance_m, waiting, call.now);
    let weight = |sku: &SkuId| lines.iter().find(|l| l.sku == *sku).and_then(|l| l.library.as_ref()).map_or(0, |s| u64::from(s.weight_g));
    let offers = if short { offers(&app, &store, &r, &missing, (ready_by, &weight), call.now).await? } else { Vec::new() };
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
        ready_text: soon_text(ready_by, call.now, &store.hours.zone),
        short,
        offers,
        refusal,
    })
}

/// A delivery without a place is not refused while it is only priced: the form asks for it next.
fn refusal(store: &StoreProfile, fulfilment: Fulfilment, to: Option<GeoPoint>, now: Timestamp) -> Option<Problem> {
    let to = to.or(Some(store.point));
    let checked: Refusable<()> = place::serviceable(store, fulfilment, to, now);
    checked.err()
}

/// The lines with what was read for them.
pub(crate) fn wanted(lines: &[CartLine], read: Vec<liandian_store::read::LineRead>) -> Vec<Wanted> {
    lines
        .iter()
        .zip(read)
        .map(|(l, r)| Wanted { sku: l.sku.clone(), quantity: l.quantity, library: r.library, listing: r.listing, stock: r.stock, source: r.source })
        .collect()
}

/// Two more waves, three where stores are far between: who is near, and what they have.
async fn offers(
    app: &App,
    store: &StoreProfile,
    r: &QuoteRequest,
    missing: &[CartLine],
    (ready_here, weight): (Timestamp, &(dyn Fn(&SkuId) -> u64 + Sync)),
    now: Timestamp,
) -> Result<Vec<Offer>, Failure> {
    let from = r.to.unwrap_or(store.point);
    let (mut near, sources) = futures::try_join!(app.store.stores_near(from), app.store.sources_near(store.point))?;
    let metres = |s: &StoreProfile| whole_metres(s.point.metres_to(&from));
    near.sort_by_key(metres);
    near.truncate(SOURCES);
    near.extend(sources);
    near.sort_by(|a, b| a.store.cmp(&b.store));
    near.dedup_by(|a, b| a.store == b.store);
    near.retain(|s| s.store != store.store && s.open_at(now));
    let skus: Vec<SkuId> = r.lines.iter().map(|l| l.sku.clone()).collect();
    let ((candidates, policy), warehouses) =
        futures::try_join!(candidates(app, near, from, &skus), async { Ok(warehouses(app, missing, &[]).await?) })?;
    let shelves = candidates.iter().map(|c| Source {
        location: Location::shelf_of(&c.store),
        staffed: true,
        waiting: c.waiting,
        stock: r.lines.iter().zip(&c.stock).filter(|(l, _)| missing.iter().any(|m| m.sku == l.sku)).map(|(_, s)| *s).collect(),
    });
    let sources: Vec<Source> = shelves.chain(warehouses).collect();
    let others = matching::other_stores(from, &r.lines, r.fulfilment, &candidates, &policy, now);
    let transfer = matching::transfer_offer(store, missing, &sources, &policy, now);
    let splitting = Splitting { store, ready_here, from, lines: &r.lines, missing, fulfilment: r.fulfilment };
    let grams: u64 = missing.iter().map(|m| weight(&m.sku) * u64::from(m.quantity.get())).sum();
    // The second order's goods are fewer than what makes a delivery free, so its fee is what the distance and the weight make it.
    let split = matching::split_offer(&splitting, &candidates, |metres| delivery_fee(metres, grams, Fen::ZERO), &policy, now);
    Ok(matching::offers(others, transfer, split, r.fulfilment, &policy, now))
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
    let mut near = app.store.stores_near(from).await?;
    near.sort_by_key(|s| whole_metres(s.point.metres_to(&from)));
    near.truncate(SOURCES);
    near.retain(|s| s.store != store.store && s.open_at(now));
    let skus: Vec<SkuId> = lines.iter().map(|l| l.sku.clone()).collect();
    let (candidates, policy) = candidates(app, near, from, &skus).await?;
    Ok(matching::other_stores(from, lines, fulfilment, &candidates, &policy, now))
}

/// Warehouses with their stock of these lines. They work around the clock.
pub(crate) async fn warehouses(app: &App, lines: &[CartLine], without: &[LocationId]) -> Result<Vec<Source>, liandian_store::StoreError> {
    let all = app.store.warehouses().await?;
    let all: Vec<&Location> = all.iter().filter(|w| !without.contains(&w.location)).collect();
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
    let near = app.store.sources_near(target.point).await?;
    let near: Vec<StoreProfile> = near
        .into_iter()
        .filter(|s: &StoreProfile| {
            let (shelf, sends) = (s.store.shelf(), if any_time { s.status == StoreStatus::Open } else { s.open_at(now) });
            sends && shelf != target.location && !without.contains(&shelf)
        })
        .collect();
    let keys: Vec<_> = near.iter().flat_map(|s| lines.iter().map(|l| (s.store.shelf(), l.sku.clone()))).collect();
    let nearest = nearest(&near, target.point);
    let without: Vec<LocationId> = without.iter().chain([&target.location]).cloned().collect();
    let (stock, warehouses, busy, policies) =
        futures::try_join!(app.store.stock(&keys, true), warehouses(app, lines, &without), app.store.waiting(&nearest), app.store.policies())?;
    let queue = queue(&busy);
    let shelves = near.iter().zip(stock.chunks(lines.len().max(1))).map(|(s, stock)| Source {
        location: Location::shelf_of(s),
        staffed: true,
        waiting: queue(&s.store),
        stock: stock.to_vec(),
    });
    let sources: Vec<Source> = shelves.chain(warehouses).collect();
    Ok(matching::sources(target.point, lines, &sources, &policies.matching, now).first().map(|(s, _)| s.location.clone()))
}
