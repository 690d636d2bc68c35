//! What some goods of a campaign would cost with it: for who decides about it.

use liandian_domain::{
    catalog::LibrarySku,
    marketing::{
        Campaign, Fees, Kind, Schedule,
        campaign::{Record, concerns, line},
        forecast::{Past, replay},
    },
    stores::hours::CHINA,
};
use liandian_types::{Fen, Fulfilment, Quantity, StoreId, Timestamp, api::CampaignSample};

/// So many goods are shown.
const SHOWN: usize = 5;

/// The first goods of a campaign that it makes cheaper by themselves, at HQ's prices. A sum of a whole cart makes none of them cheaper.
pub(super) fn samples(r: &Record, library: &[LibrarySku], now: Timestamp) -> Vec<CampaignSample> {
    // Any store does where all are meant.
    let place: Option<StoreId> = r.owner.clone().or_else(|| r.campaign.stores.first().cloned()).or_else(|| "sto_any".parse().ok());
    let units = match &r.campaign.kind {
        Kind::NthItem(k) => k.n,
        _ => 1,
    };
    let (Some(store), Ok(quantity)) = (place, Quantity::new(units)) else { return Vec::new() };
    // Whatever the day, the hour and the way to get them.
    let schedule = Schedule { weekdays: 0, month_days: 0, minutes: None, ..r.campaign.schedule.clone() };
    let campaign = Campaign { schedule, fulfilments: Vec::new(), ..r.campaign.clone() };
    let each = |s: &LibrarySku| {
        let of = line(s, quantity, s.price);
        if s.off || !concerns(&campaign, &of) {
            return None;
        }
        let lines = vec![of];
        let past = Past { store: &store, zone: CHINA, lines, fulfilment: Fulfilment::Pickup, distance_m: None, at: now, fees: Fees::USUAL };
        let cost = replay(&past, &campaign, &[]).ok()?.cost;
        let times = |f: Fen| Fen(f.0.saturating_mul(quantity.units()));
        (cost > Fen::ZERO).then(|| CampaignSample {
            name: s.title(),
            units,
            list: times(s.price),
            with: times(s.price) - cost,
            floor: times(s.floor),
        })
    };
    library.iter().filter_map(each).take(SHOWN).collect()
}
