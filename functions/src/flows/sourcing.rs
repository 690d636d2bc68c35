//! Where goods are looked for that a store lacks: whose stock is read, and the ways out for its customer. Who may be asked and which way is the best
//! is decided in `liandian_domain::sourcing`.

use std::collections::HashMap;

use liandian_domain::{
    catalog::{LibrarySku, Listing},
    governance::terms::Terms,
    sourcing::{
        ask,
        days::{had_day, parcel_day},
        matching::{self, Candidate, MatchingPolicy, Source, TRANSFER_REACH_M},
        ways::Shortage,
    },
    stock::batch::Date,
    stores::{
        hours::day,
        profile::{Location, LocationKind, StoreProfile, whole_metres},
    },
};
use liandian_store::{
    StoreError,
    stores::{FURTHER, asked},
};
use liandian_types::{
    Code, Fulfilment, GeoPoint, LocationId, Problem, SkuId, StoreId, Timestamp,
    api::{CartLine, Offer},
};

use crate::{App, http::Failure};

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
pub(crate) async fn sender(app: &App, store: &StoreProfile, named: &LocationId, now: Timestamp) -> Result<(Location, bool), Failure> {
    let found = app.tables.source(named, now).await?.filter(|(l, _)| l.location != store.store.shelf());
    found.ok_or_else(|| Problem::new(Code::BadRequest, "没有这个调货来源").at("transfer_from").into())
}

/// The ways out of a shortage, and how many stores that may help were not asked. Two waves: who is near, and what they have; two further ones when
/// none of them can send what is missing.
///
/// # Errors
/// [`Failure`] from the tables only.
pub(crate) async fn ways_out(app: &App, s: &Shortage<'_>, now: Timestamp) -> Result<(Vec<Offer>, u32), Failure> {
    let spots = app.tables.within(&[s.from, s.store.point], TRANSFER_REACH_M).await?;
    let ask::Asked { chosen, left, mut unasked } = ask::whom(&spots, s.store, s.from, s.fulfilment, asked(s.lines.len()), now);
    let skus: Vec<SkuId> = s.lines.iter().map(|l| l.sku.clone()).collect();
    let parcel_lasts = |w: &Location| parcel_day(w, s.from, &s.store.hours.zone, now);
    let ((candidates, policy), warehouses) = futures::try_join!(candidates(app, &chosen, &skus, s.from, s.fulfilment, now), async {
        Ok(warehouses(app, s.lines, &[], parcel_lasts).await?)
    })?;
    let lasts = |w: &Location| had_day(w, s.store, s.fulfilment, now);
    let transfer = match s.transfer(&candidates, &warehouses, &policy, now) {
        None => {
            unasked = unasked.saturating_sub(left.len().min(FURTHER));
            s.transfer_of(&further(app, left, s.missing, &lasts).await?, &policy, now)
        }
        found => found,
    };
    Ok((s.offers(&candidates, &warehouses, transfer, &policy, now), u32::try_from(unasked).unwrap_or(u32::MAX)))
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
) -> Result<(Vec<Candidate>, MatchingPolicy), Failure> {
    let looked_at = &stores[..stores.len().min(LOOKED_AT)];
    let ready = |s: &StoreProfile| matching::ready_by(s, fulfilment, Some(whole_metres(s.point.metres_to(&from))), 0, now);
    let lasting = async {
        // Kept by this process: no wave of its own.
        let settings = app.tables.settings().await?;
        let on_sale = |s: &StoreProfile, l: &Listing, sku: &LibrarySku| Terms::of(settings.iter(), s, now).price(l, sku).is_some();
        // What a store hides, and what is another one's own, is not offered from it either.
        let shows = |s: &StoreProfile, l: &Listing, sku: &LibrarySku| sku.sold_online() && sku.is_for(&s.store, now) && l.is_shown(sku.mandatory);
        let sells = |s: &StoreProfile, l: &Listing, sku: &LibrarySku| shows(s, l, sku) && (l.inherits_price() || on_sale(s, l, sku));
        app.tables.candidates(stores, skus, |s| day(ready(s), &s.hours.zone), sells).await
    };
    let (mut candidates, busy, policies) = futures::try_join!(lasting, app.tables.waiting(looked_at), app.tables.policies())?;
    let queue = queue(&busy);
    for c in &mut candidates {
        c.waiting = queue(&c.store.store);
    }
    Ok((candidates, policies.matching))
}

/// Stores nearby that can serve a whole cart instead of this one, and how many that may were not asked.
///
/// # Errors
/// [`Failure`] from the tables only.
pub(crate) async fn others(
    app: &App,
    store: &StoreProfile,
    from: GeoPoint,
    lines: &[CartLine],
    fulfilment: Fulfilment,
    now: Timestamp,
) -> Result<(Vec<Offer>, u32), Failure> {
    let spots = app.tables.within(&[from], TRANSFER_REACH_M).await?;
    let (chosen, unasked) = ask::instead(&spots, store, from, fulfilment, asked(lines.len()), now);
    let skus: Vec<SkuId> = lines.iter().map(|l| l.sku.clone()).collect();
    let (candidates, policy) = candidates(app, &chosen, &skus, from, fulfilment, now).await?;
    let mut offers = matching::other_stores(from, lines, fulfilment, &candidates, &policy, now);
    offers.truncate(matching::MAX_OFFERS);
    Ok((offers, u32::try_from(unasked).unwrap_or(u32::MAX)))
}

/// Warehouses with their stock of these lines that lasts until the `day` on which goods of one would be there; those whose keeper works: they work
/// around the clock, but somebody must be there.
async fn warehouses(app: &App, lines: &[CartLine], without: &[LocationId], day: impl Fn(&Location) -> Date) -> Result<Vec<Source>, StoreError> {
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
///
/// # Errors
/// [`Failure`] from the tables only.
pub(crate) async fn next_source(
    app: &App,
    target: &Location,
    lines: &[CartLine],
    without: &[LocationId],
    any_time: bool,
    lasts: Lasts<'_>,
    now: Timestamp,
) -> Result<Option<Location>, Failure> {
    let spots = app.tables.within(&[target.point], TRANSFER_REACH_M).await?;
    let mut near = ask::senders(spots, target, without, any_time, now);
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
