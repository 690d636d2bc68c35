//! The last day that goods of a source must reach: no unit is promised beyond its own last day.

use liandian_types::{Fulfilment, GeoPoint, Timestamp};

use crate::{
    sourcing::matching::{self, Waiting},
    stock::batch::Date,
    stores::{
        hours::day,
        profile::{Location, StoreProfile, whole_metres},
    },
};

/// The day on which goods of a source would be at their target.
#[must_use]
pub fn arrival_day(source: &Location, target: GeoPoint, zone: &str, now: Timestamp) -> Date {
    day(matching::transfer_by(source, target, now), zone)
}

/// The day on which somebody has goods of a source for whom they come to a store: it is open then, and a rider has his way.
#[must_use]
pub fn had_day(source: &Location, store: &StoreProfile, fulfilment: Fulfilment, now: Timestamp) -> Date {
    let waits = Waiting { store, missing: &[], fulfilment, distance_m: None, ready_here: now };
    day(matching::ready_by_transfer(source, &waits, now), &store.hours.zone)
}

/// The day on which a parcel of this warehouse would be there, in the zone of the store that sells it.
#[must_use]
pub fn parcel_day(warehouse: &Location, to: GeoPoint, zone: &str, now: Timestamp) -> Date {
    day(matching::parcel_by(whole_metres(warehouse.point.metres_to(&to)), now), zone)
}
