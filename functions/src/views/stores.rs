//! Stores: for customers who look for one, and the directory for the console.

pub mod differences;
pub mod edit;
pub mod permits;
pub mod warehouses;

use std::collections::HashSet;

use liandian_domain::{
    catalog::{LibrarySku, departments},
    governance::terms::Terms,
    sourcing::matching,
    stock::batch::Date,
    stores::{
        hours::{self, clock_text, moment_text, soon_text},
        profile::{Location, StoreProfile},
        region::{Region, above},
    },
};
use liandian_store::{StoreError, Tables, cursor::List, reach::Reach};
use liandian_types::{
    Fulfilment, GeoPoint, LocationId, SkuId, StoreId, StoreStatus, Timestamp,
    api::{Category, HotGood, OpeningException, PlaceName, StoreCard, StoreHome, StoreList, StoreOpening, StoreRow, StoreRows},
    text::Needle,
};

use super::{
    catalog::cards,
    deals::flash_page,
    marketing::{labelled, running_deals},
};

/// Stores on a page of those around a point: their profiles are read one by one.
const STORES_NEAR: usize = 30;

/// Stores on a page of the directory.
const STORES_LISTED: usize = 60;

/// Goods that a home page shows first.
pub const FEATURED: i32 = 12;

/// Stores on a page of the directory for the console.
const STORES_SHOWN: usize = 100;

/// How a customer looks for a store.
#[derive(Debug, Clone, Copy, Default)]
pub struct FindStores<'a> {
    /// Around this point.
    pub near: Option<GeoPoint>,
    /// By name, city or street.
    pub text: Option<&'a str>,
    /// By the code of an entrance.
    pub entrance: Option<&'a str>,
    /// Where the page begins.
    pub cursor: Option<&'a str>,
}

/// Stores for a customer: near a point, by text, by an entrance's code, or all of them; page by page.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn find_stores(tables: &Tables, ask: FindStores<'_>, now: Timestamp) -> Result<StoreList, StoreError> {
    let text = ask.text.and_then(Needle::of);
    // The same walk goes on when the point moves a little.
    let list = match (ask.entrance, ask.near, &text) {
        (None, Some(_), None) => List::of(["stores near"]),
        _ => List::of(["stores", ask.entrance.unwrap_or_default(), ask.text.unwrap_or_default()]),
    };
    let from = list.before(ask.cursor)?;
    let shown = |s: &StoreProfile| matches!(s.status_at(now), StoreStatus::Open | StoreStatus::Paused);
    let mut found: Vec<StoreProfile> = match (ask.entrance, ask.near, text) {
        (Some(code), ..) => tables.store_by_entrance(code).await?.into_iter().collect(),
        (None, Some(p), None) => {
            let up_to = from.saturating_add(STORES_NEAR);
            let mut nearest = tables.nearest(p, up_to.saturating_add(1), now).await?;
            let next = (nearest.len() > up_to).then(|| list.behind_first(up_to));
            nearest.truncate(up_to);
            let page: Vec<StoreId> = nearest.into_iter().skip(from).map(|s| s.store).collect();
            let found = tables.profiles(&page).await?;
            let stores = found.iter().filter(|s| shown(s)).map(|s| card_now(s, ask.near, now)).collect();
            return Ok(StoreList { stores, next });
        }
        (None, _, text) => tables.directory().await?.iter().filter(|s| text.as_ref().is_none_or(|t| s.matches(t))).cloned().collect(),
    };
    found.retain(shown);
    let mut stores: Vec<_> = found.iter().map(|s| card_now(s, ask.near, now)).collect();
    stores.sort_by(|a, b| {
        a.paused.cmp(&b.paused).then(a.distance_m.cmp(&b.distance_m)).then_with(|| a.city.cmp(&b.city)).then_with(|| a.store.cmp(&b.store))
    });
    let up_to = from.saturating_add(STORES_LISTED);
    let next = (stores.len() > up_to).then(|| list.behind_first(up_to));
    Ok(StoreList { stores: stores.into_iter().skip(from).take(STORES_LISTED).collect(), next })
}

/// The nearest other store that takes orders.
async fn instead_of(tables: &Tables, s: &StoreProfile, now: Timestamp) -> Result<Option<StoreProfile>, StoreError> {
    let near = tables.nearest(s.point, 2, now).await?;
    let other = near.into_iter().find(|n| n.store != s.store && n.status_at(now) == StoreStatus::Open);
    match other {
        Some(other) => tables.store(&other.store).await,
        None => Ok(None),
    }
}

/// A store's home page: two waves; while the store takes no orders, the nearest one that does is looked for beside the second.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn store_home(tables: &Tables, store: &StoreId, from: Option<GeoPoint>, now: Timestamp) -> Result<Option<StoreHome>, StoreError> {
    let (profile, listings, settings, library) =
        futures::try_join!(shown_store(tables, store), tables.featured(store, FEATURED), tables.settings(), tables.library())?;
    let Some(profile) = profile else { return Ok(None) };
    let instead = async { if profile.status_at(now) == StoreStatus::Open { Ok(None) } else { instead_of(tables, &profile, now).await } };
    let terms = Terms::of(settings.iter(), &profile, now);
    let featured = async {
        let cards = cards(tables, store, listings, &terms, promised_day(&profile, now), now).await?;
        labelled(tables, store, cards, false, now).await
    };
    let flash = Box::pin(flash_page(tables, &profile, &terms, now));
    let (featured, instead, deals, flash) = futures::try_join!(featured, instead, running_deals(tables, store, now), flash)?;
    Ok(Some(StoreHome {
        store: card_now(&profile, from, now),
        theme: profile.theme.clone(),
        categories: categories(&profile, &library),
        featured,
        instead: instead.map(|s| card_now(&s, from.or(Some(profile.point)), now)),
        campaigns: deals.iter().map(|d| d.title.clone()).collect(),
        flash,
        deals,
        hot: Vec::new(),
    }))
}

/// A store as its pages show it: with when it could have something ready now. How many orders wait there is not asked: it is the earliest moment, and a
/// cart's quote says the exact one.
pub(super) fn card_now(s: &StoreProfile, from: Option<GeoPoint>, now: Timestamp) -> StoreCard {
    let takes = s.status_at(now) == StoreStatus::Open;
    let zone = &s.hours.zone;
    let by = |way| matching::ready_by(s, way, Some(0), 0, now);
    let rides = || {
        let by = by(Fulfilment::Delivery);
        match by.0.saturating_sub(now.0).saturating_add(Timestamp::MINUTE - 1) / Timestamp::MINUTE {
            minutes @ 0..=120 => format!("{minutes} 分钟"),
            _ => soon_text(by, now, zone),
        }
    };
    StoreCard {
        pickup_text: (takes && s.pickup).then(|| soon_text(by(Fulfilment::Pickup), now, zone)),
        delivery_text: (takes && s.delivery).then(rides),
        ..s.card(from, now)
    }
}

/// These stores as customers see them, in this order; what is not open (any more) is left out. One wave.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn stores_named(tables: &Tables, stores: &[StoreId], from: Option<GeoPoint>, now: Timestamp) -> Result<Vec<StoreCard>, StoreError> {
    if stores.is_empty() {
        return Ok(Vec::new());
    }
    let found = tables.profiles(stores).await?;
    let shown = |s: &&StoreProfile| matches!(s.status_at(now), StoreStatus::Open | StoreStatus::Paused);
    let named = |id: &StoreId| found.iter().filter(shown).find(|s| s.store == *id).map(|s| card_now(s, from, now));
    Ok(stores.iter().filter_map(named).collect())
}

/// How far around a store's own sales what sells there is asked about, in metres.
const AROUND_M: u32 = 3_000;
/// Fewer units than these are chance, and would tell what a few people buy.
const HOT_FROM: u32 = 20;
/// So many of them are shown.
const HOT: usize = 4;

/// Which of these goods sell best in the stores around a point, by what the daily check of the books has added up; the best first. Of what sells little,
/// and of what nobody has added up lately, nothing is said. One wave.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn sold_around(tables: &Tables, point: GeoPoint, skus: &[SkuId], now: Timestamp) -> Result<Vec<HotGood>, StoreError> {
    if skus.is_empty() {
        return Ok(Vec::new());
    }
    let points = [point];
    let (sold, spots) = futures::try_join!(tables.sold_of(skus, now), tables.within(&points, AROUND_M))?;
    let near: HashSet<LocationId> = spots.iter().map(|s| s.store.shelf()).collect();
    let units = sold.iter().flatten().map(|s| (s.sku.clone(), s.within(|l| near.contains(l))));
    Ok(hottest(units.collect()))
}

/// The goods that sell best, rounded down: nobody counts along with a competitor.
fn hottest(mut units: Vec<(SkuId, i64)>) -> Vec<HotGood> {
    units.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let said = |(sku, units): (SkuId, i64)| {
        let units = u32::try_from(units).ok().filter(|n| *n >= HOT_FROM)?;
        let step = if units >= 100 { 100 } else { 10 };
        Some(HotGood { sku, sold: units / step * step })
    };
    units.into_iter().filter_map(said).take(HOT).collect()
}

/// The cities in which the chain has stores that customers may see, those with the most stores first.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn cities(tables: &Tables, now: Timestamp) -> Result<Vec<String>, StoreError> {
    let directory = tables.directory().await?;
    let mut count: Vec<(String, usize)> = Vec::new();
    for s in directory.iter().filter(|s| matches!(s.status_at(now), StoreStatus::Open | StoreStatus::Paused)) {
        match count.iter_mut().find(|(city, _)| *city == s.city) {
            Some((_, n)) => *n += 1,
            None => count.push((s.city.clone(), 1)),
        }
    }
    count.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(count.into_iter().map(|(city, _)| city).collect())
}

/// A store as customers may see it: one that is not open yet, or not any more, does not exist for them.
pub(super) async fn shown_store(tables: &Tables, store: &StoreId) -> Result<Option<StoreProfile>, StoreError> {
    Ok(tables.store(store).await?.filter(|s| matches!(s.status, StoreStatus::Open | StoreStatus::Paused)))
}

/// The day for which what customers are shown can be promised: that of a pickup that is ordered now. What ends before is none of it.
pub(super) fn promised_day(s: &StoreProfile, now: Timestamp) -> Date {
    hours::day(matching::ready_by(s, Fulfilment::Pickup, None, 0, now), &s.hours.zone)
}

/// The categories of a store, in its order, as HQ has them now.
#[must_use]
pub fn categories(s: &StoreProfile, library: &[LibrarySku]) -> Vec<Category> {
    departments::shown(&s.categories, library).into_iter().map(|(key, name)| Category { key, name }).collect()
}

/// A store as the console shows it; a pause that is over is none.
#[must_use]
pub fn store_row(s: &StoreProfile, now: Timestamp) -> StoreRow {
    StoreRow {
        store: s.store.clone(),
        name: s.name.clone(),
        city: s.city.clone(),
        region: s.region.clone(),
        mode: s.mode,
        tier: s.tier,
        status: s.status_at(now),
        address: s.address.clone(),
        point: s.point,
        entrance: s.entrance.clone(),
        hours: s.hours.today_text(now),
        radius_m: s.radius_m,
    }
}

/// What of the directory is asked for; an empty part asks for everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct StoresAsk<'a> {
    /// Words of its name, city or street, or its id.
    pub text: Option<&'a str>,
    /// In this region, or a part of it.
    pub region: Option<&'a str>,
    /// Owned so.
    pub mode: Option<&'a str>,
    /// Of this class.
    pub tier: Option<&'a str>,
    /// In this status now.
    pub status: Option<&'a str>,
    /// In this city.
    pub city: Option<&'a str>,
    /// Where the page begins.
    pub cursor: Option<&'a str>,
}

impl StoresAsk<'_> {
    fn list(&self) -> List {
        let parts = [self.text, self.region, self.mode, self.tier, self.status, self.city];
        List::of(std::iter::once("directory").chain(parts.into_iter().map(Option::unwrap_or_default)))
    }

    /// Does a store fit?
    fn fits(&self, s: &StoreProfile, regions: &[Region], sought: Option<&Needle>, now: Timestamp) -> bool {
        let is = |asked: Option<&str>, word: &str| asked.is_none_or(|a| a == word);
        let within = |asked: &str| s.region.as_str() == asked || above(regions, &s.region).iter().any(|r| r.region.as_str() == asked);
        is(self.mode, s.mode.as_str())
            && is(self.tier, s.tier.as_str())
            && is(self.status, s.status_at(now).as_str())
            && is(self.city, &s.city)
            && self.region.is_none_or(within)
            && sought.is_none_or(|t| s.matches(t))
    }
}

/// All stores that fit what is asked for, by city.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn stores_asked(tables: &Tables, reach: &Reach, ask: StoresAsk<'_>, now: Timestamp) -> Result<Vec<StoreRow>, StoreError> {
    let (directory, regions) = futures::try_join!(tables.directory(), tables.regions())?;
    let sought = ask.text.and_then(Needle::of);
    let fits = |s: &&StoreProfile| reach.store(&s.store) && ask.fits(s, &regions, sought.as_ref(), now);
    Ok(directory.iter().filter(fits).map(|s| store_row(s, now)).collect())
}

/// The store directory for the console, as asked for, a hundred at a time.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn store_rows(tables: &Tables, reach: &Reach, ask: StoresAsk<'_>, now: Timestamp) -> Result<StoreRows, StoreError> {
    let from = ask.list().before(ask.cursor)?;
    Ok(page_of(stores_asked(tables, reach, ask, now).await?, ask, from))
}

/// A page of stores that were asked for, from so many on.
#[must_use]
pub fn page_of(hits: Vec<StoreRow>, ask: StoresAsk<'_>, from: usize) -> StoreRows {
    let up_to = from.saturating_add(STORES_SHOWN);
    let next = (hits.len() > up_to).then(|| ask.list().behind_first(up_to));
    let total = u32::try_from(hits.len()).unwrap_or(u32::MAX);
    StoreRows { total, rows: hits.into_iter().skip(from).take(STORES_SHOWN).collect(), next }
}

/// The same page, with all stores that it is one of: for a map.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn stores_mapped(tables: &Tables, reach: &Reach, ask: StoresAsk<'_>, now: Timestamp) -> Result<(StoreRows, Vec<StoreRow>), StoreError> {
    let from = ask.list().before(ask.cursor)?;
    let all = stores_asked(tables, reach, ask, now).await?;
    Ok((page_of(all.clone(), ask, from), all))
}

/// Every store of a part of the chain: for figures, which a page of the directory does not give.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn chain(tables: &Tables, reach: &Reach, now: Timestamp) -> Result<Vec<StoreRow>, StoreError> {
    let directory = tables.directory().await?;
    Ok(directory.iter().filter(|s| reach.store(&s.store)).map(|s| store_row(s, now)).collect())
}

/// Whether a store is in business and on which days its hours differ, as people see it: in the store's own time.
#[must_use]
pub fn opening_view(s: &StoreProfile) -> StoreOpening {
    let zone = &s.hours.zone;
    StoreOpening {
        status: s.status,
        reason: s.pause.as_ref().map(|p| p.reason.clone()),
        until: s.pause.as_ref().and_then(|p| p.until).map(|u| moment_text(u, zone)),
        exceptions: s
            .hours
            .exceptions
            .iter()
            .map(|e| OpeningException {
                from: e.from.to_string(),
                to: e.to.to_string(),
                open: e.hours.map(|(open, _)| clock_text(open)),
                close: e.hours.map(|(_, close)| clock_text(close)),
                note: e.note.clone(),
            })
            .collect(),
        hours: s.hours.to_string(),
        version: s.version,
    }
}

/// Places as a person chooses among them.
#[must_use]
pub fn place_names(places: &[Location]) -> Vec<PlaceName> {
    places.iter().map(|l| PlaceName { location: l.location.clone(), name: l.name.clone() }).collect()
}

/// The name of a place; its id where nobody knows one.
pub(super) fn place_name(l: &LocationId, directory: &[StoreProfile], warehouses: &[Location]) -> String {
    warehouses
        .iter()
        .find(|w| w.location == *l)
        .map(|w| w.name.clone())
        .or_else(|| l.store().and_then(|s| directory.iter().find(|d| d.store == s).map(|d| d.name.clone())))
        .unwrap_or_else(|| l.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_sales_around_a_store_when_the_best_are_named_then_chance_is_none_of_them_and_figures_are_rounded_down() {
        let sold = |n: usize, units: i64| (SkuId::from_tail(n).expect("an id"), units);
        let hot = hottest(vec![sold(1, 19), sold(2, 20), sold(3, 1_234), sold(4, 99), sold(5, -3), sold(6, 100), sold(7, 55)]);
        let said: Vec<(&str, u32)> = hot.iter().map(|h| (h.sku.as_str(), h.sold)).collect();
        assert_eq!(said, [("sku_3", 1_200), ("sku_6", 100), ("sku_4", 90), ("sku_7", 50)]);
        assert!(hottest(vec![sold(1, 19)]).is_empty() && hottest(Vec::new()).is_empty());
    }
}
