//! Who can serve a cart instead, or send what is missing.

use liandian_types::{
    Fen, Fulfilment, GeoPoint, Timestamp,
    api::{CartLine, Offer},
};

use crate::{
    hours::soon_text,
    stock::Stock,
    store::{Location, LocationKind, StoreProfile, whole_metres},
};

/// How many offers a customer is shown.
pub const MAX_OFFERS: usize = 4;
/// From how far a cross-store transfer may come.
pub const TRANSFER_REACH_M: u32 = 15_000;
/// From how far an HQ warehouse sends: a city's edge to its other one.
pub const WAREHOUSE_REACH_M: u32 = 60_000;
/// How far a customer is sent to another store.
pub const OTHER_STORE_REACH_M: u32 = 5_000;

/// A store that may have the cart, with its stock in the order of the lines.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The store.
    pub store: StoreProfile,
    /// Does it list every line?
    pub lists_all: bool,
    /// Its stock.
    pub stock: Vec<Stock>,
}

/// A location that may send what is missing, with its stock in the order of the missing lines.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// The location.
    pub location: Location,
    /// Is somebody there to send it now?
    pub staffed: bool,
    /// Its stock.
    pub stock: Vec<Stock>,
}

/// When an order would be ready, from now: 20 minutes to put it together, and a rider's way.
#[must_use]
pub fn ready_by(store: &StoreProfile, fulfilment: Fulfilment, distance_m: Option<u32>, now: Timestamp) -> Timestamp {
    let together = now.plus(20 * Timestamp::MINUTE);
    match fulfilment {
        Fulfilment::Delivery => together.plus(10 * Timestamp::MINUTE + travel_ms(distance_m.unwrap_or(store.radius_m))),
        Fulfilment::Pickup | Fulfilment::HqShip => together,
    }
}

/// At 15 km/h, as city traffic goes.
fn travel_ms(metres: u32) -> i64 {
    i64::from(metres) * 240
}

/// When a transfer would be at its target: answered, packed, driven, put away.
#[must_use]
pub fn transfer_by(source: &Location, target: GeoPoint, now: Timestamp) -> Timestamp {
    now.plus(30 * Timestamp::MINUTE + travel_ms(whole_metres(source.point.metres_to(&target))))
}

fn km(metres: u32) -> String {
    if metres < 1_000 { format!("{metres} 米") } else { format!("{:.1} 公里", f64::from(metres) / 1_000.0) }
}

/// Stores that can serve the whole cart: open, capable, in range, with everything; nearest first, then the one with the
/// deeper stock, then by id, so that the answer never depends on the order of reading.
#[must_use]
pub fn other_stores(from: GeoPoint, lines: &[CartLine], fulfilment: Fulfilment, candidates: &[Candidate], now: Timestamp) -> Vec<Offer> {
    let mut fit: Vec<(u32, u32, &Candidate)> = candidates
        .iter()
        .filter(|c| {
            c.lists_all
                && c.store.open_at(now)
                && match fulfilment {
                    Fulfilment::Pickup => c.store.pickup,
                    Fulfilment::Delivery => c.store.delivery,
                    Fulfilment::HqShip => false,
                }
                && lines.iter().zip(&c.stock).all(|(l, s)| s.available() >= l.quantity.get())
        })
        .map(|c| {
            let distance = whole_metres(c.store.point.metres_to(&from));
            // How much would be left of the scarcest line.
            let depth = lines.iter().zip(&c.stock).map(|(l, s)| s.available() - l.quantity.get()).min().unwrap_or(0);
            (distance, depth, c)
        })
        .filter(|(d, _, c)| *d <= if fulfilment == Fulfilment::Delivery { c.store.radius_m } else { OTHER_STORE_REACH_M })
        .collect();
    fit.sort_by(|a, b| (a.0 / 100).cmp(&(b.0 / 100)).then(b.1.cmp(&a.1)).then(a.2.store.store.cmp(&b.2.store.store)));
    fit.into_iter()
        .map(|(distance, depth, c)| {
            let at = ready_by(&c.store, fulfilment, Some(distance), now);
            Offer::OtherStore {
                ready_by: at,
                ready_text: soon_text(at, now, &c.store.hours.zone),
                store: c.store.card(Some(from), now),
                reason: format!("全部有货，距离 {}{}", km(distance), if depth >= 5 { "，库存充足" } else { "" }),
            }
        })
        .collect()
}

/// May goods be sent from here to there?
#[must_use]
pub fn in_reach(source: &Location, target: GeoPoint) -> bool {
    let reach = if source.kind == LocationKind::HqWarehouse { WAREHOUSE_REACH_M } else { TRANSFER_REACH_M };
    source.point.metres_to(&target) <= f64::from(reach)
}

/// Sources that have all of what is missing above their safety level: soonest first, then deeper stock, then by id.
#[must_use]
pub fn sources<'a>(target: GeoPoint, missing: &[CartLine], all: &'a [Source], now: Timestamp) -> Vec<(&'a Source, Timestamp)> {
    let mut fit: Vec<(Timestamp, u32, &Source)> = all
        .iter()
        .filter(|s| s.staffed && missing.iter().zip(&s.stock).all(|(l, st)| st.available() >= l.quantity.get()))
        .filter(|s| in_reach(&s.location, target))
        .map(|s| {
            let depth = missing.iter().zip(&s.stock).map(|(l, st)| st.available() - l.quantity.get()).min().unwrap_or(0);
            (transfer_by(&s.location, target, now), depth, s)
        })
        .collect();
    fit.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(&a.1)).then(a.2.location.location.cmp(&b.2.location.location)));
    fit.into_iter().map(|(at, _, s)| (s, at)).collect()
}

/// The best source as an offer.
#[must_use]
pub fn transfer_offer(target: &StoreProfile, missing: &[CartLine], all: &[Source], now: Timestamp) -> Option<Offer> {
    let (source, at) = sources(target.point, missing, all, now).into_iter().next()?;
    let distance = whole_metres(source.location.point.metres_to(&target.point));
    Some(Offer::Transfer {
        source: source.location.location.clone(),
        source_name: source.location.name.clone(),
        lines: missing.to_vec(),
        ready_by: at,
        ready_text: soon_text(at, now, &target.hours.zone),
        cost: Fen::ZERO,
        reason: format!("{}有货，距本店 {}，调货到店后再通知您", source.location.name, km(distance)),
    })
}

/// Puts the offers together: the nearest other store, the transfer, then further stores.
#[must_use]
pub fn offers(others: Vec<Offer>, transfer: Option<Offer>) -> Vec<Offer> {
    let mut others = others.into_iter();
    let mut all: Vec<Offer> = others.next().into_iter().collect();
    all.extend(transfer);
    all.extend(others);
    all.truncate(MAX_OFFERS);
    all
}
