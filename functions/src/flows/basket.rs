//! A cart as the foot of a store's pages shows it, and who else has a good: nothing here is promised, so no key signs it.

use std::collections::BTreeMap;

use liandian_domain::{
    catalog::LibrarySku,
    governance::terms::Terms,
    orders::{
        place::{Wanted, Way},
        quote::{self, Quoting},
    },
    stores::hours::day,
};
use liandian_store::orders::PlacementAsk;
use liandian_types::{
    Fulfilment, GeoPoint, MemberId, Quantity, SkuId, StoreId, StoreStatus, Timestamp,
    api::{CartLine, Offer, Quote, QuoteLine, StoreCard},
};

use crate::{
    App,
    flows::{marketing, orders::wanted, sourcing::others},
    http::Failure,
};

/// How somebody would have a cart.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// What is in it.
    pub lines: &'a [CartLine],
    /// What of it is not ticked.
    pub off: &'a [SkuId],
    /// Fetched or brought.
    pub way: Fulfilment,
    /// Where to, as far as is known.
    pub to: Option<GeoPoint>,
    /// Who asks, if that is known.
    pub member: Option<&'a MemberId>,
}

/// A cart with what it costs.
#[derive(Debug, Clone, PartialEq)]
pub struct Basket {
    /// What is ticked, priced as an order would be; absent when nothing is.
    pub quote: Option<Quote>,
    /// What is in it besides.
    pub besides: Vec<QuoteLine>,
    /// What this store does not sell (any more), by its name where it has one here.
    pub gone: Vec<(SkuId, String)>,
    /// Units by the key of their category.
    pub counts: BTreeMap<String, u32>,
}

/// Prices a cart for the foot of a page. `None`: there is no such store. Two waves, as a quote; nobody else is asked for what is missing.
///
/// # Errors
/// [`Failure`] from the tables, and what no cart may be (too many lines, one SKU twice).
pub async fn basket(app: &App, store: &StoreId, asked: Asked<'_>, now: Timestamp) -> Result<Option<Basket>, Failure> {
    let skus: Vec<SkuId> = asked.lines.iter().map(|l| l.sku.clone()).collect();
    let ticked: Vec<SkuId> = skus.iter().filter(|s| !asked.off.contains(s)).cloned().collect();
    let ask = PlacementAsk { store, member: None, skus: &skus, source: None, placed: None, strong: false };
    let reads = async {
        let stores = std::slice::from_ref(store);
        let tables = &app.tables;
        Ok::<_, Failure>(futures::try_join!(tables.placement(ask), tables.waiting(stores), tables.policies(), tables.settings())?)
    };
    let offered = Box::pin(marketing::shown(app, store, asked.member, &ticked, None, now));
    let ((read, busy, policies, settings), mut offered) = futures::try_join!(reads, offered)?;
    offered.fees = policies.fees;
    let Some(profile) = read.store.filter(|s| matches!(s.status, StoreStatus::Open | StoreStatus::Paused)) else { return Ok(None) };
    let terms = Terms::of(settings.iter(), &profile, now);
    let sold = |w: &Wanted| w.listing.is_some() && w.price.is_some() && w.library.as_ref().is_some_and(LibrarySku::sold_online);
    let (here, gone): (Vec<Wanted>, Vec<Wanted>) = wanted(asked.lines, read.lines, store, &terms, now).into_iter().partition(sold);
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for w in &here {
        if let Some(sku) = &w.library {
            let units = counts.entry(sku.category.clone()).or_default();
            *units = units.saturating_add(w.quantity.get());
        }
    }
    let (besides, chosen): (Vec<Wanted>, Vec<Wanted>) = here.into_iter().partition(|w| asked.off.contains(&w.sku));
    let quote = if chosen.is_empty() {
        None
    } else {
        let way = Way { fulfilment: asked.way, store: &profile, ships_from: None, to: asked.to };
        let waiting = busy.get(store).copied().unwrap_or(0);
        let quoting = Quoting::of(&chosen, way, &offered, &policies.holds, waiting, now)?;
        Some(quoting.quote(&[], (Vec::new(), 0)))
    };
    let besides = quote::shown(&besides, day(now, &profile.hours.zone));
    let gone = gone.into_iter().map(|w| (w.sku, w.library.map(|s| s.title()).unwrap_or_default())).collect();
    Ok(Some(Basket { quote, besides, gone, counts }))
}

/// The stores nearby that have this good, and when each could have it ready; those that are asked first are the nearest.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn also_at(app: &App, store: &StoreId, sku: &SkuId, now: Timestamp) -> Result<Vec<(StoreCard, String)>, Failure> {
    let (Some(profile), Ok(one)) = (app.tables.store(store).await?, Quantity::new(1)) else { return Ok(Vec::new()) };
    let line = [CartLine { sku: sku.clone(), quantity: one }];
    let (offers, _) = Box::pin(others(app, &profile, profile.point, &line, Fulfilment::Pickup, now)).await?;
    let other = |o: Offer| match o {
        Offer::OtherStore { store, ready_text, .. } => Some((store, ready_text)),
        Offer::Transfer { .. } | Offer::Split { .. } | Offer::HqShip { .. } => None,
    };
    Ok(offers.into_iter().filter_map(other).collect())
}
