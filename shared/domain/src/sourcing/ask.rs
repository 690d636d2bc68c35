//! Whose stock is looked at for a cart that its store cannot serve alone: there may be hundreds of stores around, and anybody may ask.

use std::collections::HashSet;

use liandian_types::{Fulfilment, GeoPoint, LocationId, StoreId, StoreStatus, Timestamp};

use crate::{
    sourcing::matching::{self, TRANSFER_REACH_M},
    stores::{
        near::Spot,
        profile::{Location, StoreProfile, whole_metres},
    },
};

/// Whom to ask about a cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Stores to ask about all of it.
    pub chosen: Vec<StoreId>,
    /// Stores that could send what is missing and are none of these, the nearest first.
    pub left: Vec<StoreId>,
    /// How many that may help are not asked.
    pub unasked: usize,
}

/// Of the stores around, those that may serve a cart instead of this store or send it what is missing: at most so many.
#[must_use]
pub fn whom(spots: &[Spot], store: &StoreProfile, from: GeoPoint, fulfilment: Fulfilment, most: usize, now: Timestamp) -> Asked {
    let sends = |s: &Spot| s.sends(now) && s.metres_to(store.point) <= f64::from(TRANSFER_REACH_M);
    let near = nearby(spots, store, from, now, |s| serves(s, from, fulfilment, now));
    let sources = nearby(spots, store, store.point, now, sends);
    // Half of those that are asked may be who the customer goes to, the others whoever is next to the store.
    let mut chosen: Vec<StoreId> = near.iter().take(most / 2).chain(&sources).chain(&near).map(|s| s.store.clone()).collect();
    let mut seen = HashSet::new();
    chosen.retain(|s| seen.insert(s.clone()));
    chosen.truncate(most);
    let may_help: HashSet<&StoreId> = near.iter().chain(&sources).map(|s| &s.store).collect();
    let unasked = may_help.len().saturating_sub(chosen.len());
    let left = sources.iter().filter(|s| !chosen.contains(&s.store)).map(|s| s.store.clone()).collect();
    Asked { chosen, left, unasked }
}

/// Of the stores around, those that may serve a cart instead of this store: at most so many, and how many more there are.
#[must_use]
pub fn instead(spots: &[Spot], store: &StoreProfile, from: GeoPoint, fulfilment: Fulfilment, most: usize, now: Timestamp) -> (Vec<StoreId>, usize) {
    let near = nearby(spots, store, from, now, |s| serves(s, from, fulfilment, now));
    let chosen: Vec<StoreId> = near.iter().take(most).map(|s| s.store.clone()).collect();
    let unasked = near.len() - chosen.len();
    (chosen, unasked)
}

/// The stores around a target that may send to it and are none of `without`, the nearest first. One that is closed now will do when nobody waits
/// (`any_time`).
#[must_use]
pub fn senders(mut spots: Vec<Spot>, target: &Location, without: &[LocationId], any_time: bool, now: Timestamp) -> Vec<StoreId> {
    let may = |s: &Spot| {
        let (shelf, sends) = (s.store.shelf(), if any_time { s.status_at(now) == StoreStatus::Open } else { s.sends(now) });
        sends && shelf != target.location && !without.contains(&shelf)
    };
    spots.retain(may);
    spots.sort_by_cached_key(|s| (whole_metres(s.metres_to(target.point)), s.store.clone()));
    spots.into_iter().map(|s| s.store).collect()
}

fn serves(s: &Spot, from: GeoPoint, fulfilment: Fulfilment, now: Timestamp) -> bool {
    s.takes(fulfilment, now) && s.metres_to(from) <= f64::from(matching::serves_within(fulfilment, s.radius_m))
}

/// Those of these stores that may help `here`, nearest first; those that are closed now (and may help all the same) after all that are open: they
/// must not push out one of them.
fn nearby<'a>(spots: &'a [Spot], here: &StoreProfile, from: GeoPoint, now: Timestamp, may: impl Fn(&Spot) -> bool) -> Vec<&'a Spot> {
    let mut near: Vec<&Spot> = spots.iter().filter(|s| s.store != here.store && may(s)).collect();
    near.sort_by_cached_key(|s| (!s.open_at(now), whole_metres(s.metres_to(from)), s.store.clone()));
    near
}

#[cfg(test)]
mod tests {
    use liandian_types::{Mode, Tier};

    use super::*;
    use crate::stores::{
        hours::{CHINA, Hours},
        near::{CELLS, sure_m},
    };

    /// Ten in the morning in China.
    const NOW: Timestamp = Timestamp(1_795_658_400_000);
    const HERE: GeoPoint = GeoPoint { lat: 31.2, lng: 121.4 };

    /// A store so many metres to the north.
    fn store(n: u32, metres: u32) -> StoreProfile {
        StoreProfile {
            store: format!("sto_{n}").parse().unwrap(),
            name: String::new(),
            city: "上海".into(),
            address: String::new(),
            phone: String::new(),
            region: "reg_1".parse().unwrap(),
            mode: Mode::Direct,
            tier: Tier::Standard,
            status: StoreStatus::Open,
            point: GeoPoint { lat: HERE.lat + f64::from(metres) / 111_195.0, lng: HERE.lng },
            hours: Hours::daily(0, 0, CHINA),
            radius_m: 3_000,
            pickup: true,
            delivery: true,
            entrance: String::new(),
            theme: String::new(),
            rule: String::new(),
            categories: vec![],
            pause: None,
            version: 0,
            details: crate::stores::profile::Details::default(),
        }
    }

    fn spots(metres: &[u32]) -> Vec<Spot> {
        metres.iter().zip(1..).map(|(m, n)| Spot::of(&store(n, *m))).collect()
    }

    fn names(stores: &[StoreId]) -> Vec<&str> {
        stores.iter().map(StoreId::as_str).collect()
    }

    #[test]
    fn given_a_place_in_china_when_the_finest_cells_are_read_then_a_transfers_reach_is_among_them() {
        for (lat, lng) in [(18.2, 109.5), (31.2304, 121.4737), (39.9, 116.4), (53.4, 122.3), (30.5, 104.151)] {
            let sure = sure_m(GeoPoint { lat, lng }, CELLS[0]);
            assert!(sure >= f64::from(TRANSFER_REACH_M), "{lat} {lng}: {sure}");
        }
        assert_eq!(sure_m(GeoPoint { lat: 89.9, lng: 0.0 }, 4), 0.0);
    }

    #[test]
    fn given_more_stores_than_are_asked_when_chosen_then_half_are_near_the_customer_and_the_others_near_the_store() {
        let here = store(9, 4_000);
        // The customer is four kilometres to the south of the store: 1 and 2 are at hand for him, 4 and 5 for the store.
        let asked = whom(&spots(&[100, 200, 300, 4_100, 4_200, 14_000]), &here, HERE, Fulfilment::Pickup, 4, NOW);
        assert_eq!(names(&asked.chosen), ["sto_1", "sto_2", "sto_4", "sto_5"]);
        assert_eq!((names(&asked.left), asked.unasked), (vec!["sto_3", "sto_6"], 2));
        let (chosen, unasked) = instead(&spots(&[300, 100, 4_100, 5_200]), &here, HERE, Fulfilment::Pickup, 2, NOW);
        assert_eq!((names(&chosen), unasked), (vec!["sto_2", "sto_1"], 1), "nobody is sent further than five kilometres");
    }

    #[test]
    fn given_stores_that_are_closed_or_left_out_when_a_sender_is_sought_then_only_who_may_send_is_asked_the_nearest_first() {
        let target = Location::shelf_of(&store(1, 0));
        let mut around = spots(&[0, 900, 300, 600]);
        around[3].hours = Hours::daily(0, 9 * 60, CHINA);
        let without = [around[2].store.shelf()];
        let found = |any_time| senders(around.clone(), &target, &without, any_time, NOW);
        assert_eq!(names(&found(false)), ["sto_2"], "not to itself, not of whom it had asked, and nobody packs after hours");
        assert_eq!(names(&found(true)), ["sto_4", "sto_2"], "what nobody waits for may be sent tomorrow");
    }
}
