//! A store's profile, as HQ keeps it, and the other locations where goods lie.

use liandian_types::{GeoPoint, LocationId, Mode, RegionId, StoreId, StoreStatus, Tier, Timestamp, api::StoreCard};
use serde::{Deserialize, Serialize};

use crate::hours::Hours;

/// What HQ keeps of a store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoreProfile {
    /// Its id.
    pub store: StoreId,
    /// Its name.
    pub name: String,
    /// City.
    pub city: String,
    /// Street.
    pub address: String,
    /// Telephone of the counter.
    #[serde(default)]
    pub phone: String,
    /// Region.
    pub region: RegionId,
    /// Who owns it.
    pub mode: Mode,
    /// Class.
    pub tier: Tier,
    /// In business?
    pub status: StoreStatus,
    /// Where it is, GCJ-02.
    pub point: GeoPoint,
    /// When it is open.
    pub hours: Hours,
    /// How far it delivers, in metres.
    pub radius_m: u32,
    /// Can goods be picked up?
    pub pickup: bool,
    /// Does it deliver?
    pub delivery: bool,
    /// Code of its entrance.
    pub entrance: String,
    /// Look of its home page.
    pub theme: String,
    /// The settlement rule it sells under.
    pub rule: String,
    /// Keys of the categories it shows, in order, with their names.
    pub categories: Vec<(String, String)>,
}

impl StoreProfile {
    /// Does it take orders at `now`?
    #[must_use]
    pub fn open_at(&self, now: Timestamp) -> bool {
        self.status == StoreStatus::Open && self.hours.open_at(now)
    }

    /// The store as a customer sees it from `from`.
    #[must_use]
    pub fn card(&self, from: Option<GeoPoint>, now: Timestamp) -> StoreCard {
        let distance = from.map(|p| self.point.metres_to(&p));
        StoreCard {
            store: self.store.clone(),
            name: self.name.clone(),
            address: self.address.clone(),
            city: self.city.clone(),
            tier: self.tier,
            point: self.point,
            distance_m: distance.map(whole_metres),
            open_now: self.open_at(now),
            hours: self.hours.to_string(),
            pickup: self.pickup,
            delivery: self.delivery,
            in_range: distance.is_some_and(|d| d <= f64::from(self.radius_m)),
            radius_m: self.radius_m,
        }
    }
}

/// Rounds a distance to whole metres.
#[must_use]
pub fn whole_metres(d: f64) -> u32 {
    // Distances on Earth are below 21,000 km: the cast cannot lose anything.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 ≤ d < 2.1e7")]
    let m = d.clamp(0.0, 2.1e7).round() as u32;
    m
}

/// What kind of place goods lie at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LocationKind {
    /// A store's shelf.
    Shelf,
    /// A front warehouse (前置仓) of a store.
    FrontWarehouse,
    /// An HQ warehouse.
    HqWarehouse,
}

/// A place where goods lie and from where they can be sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// Its id.
    pub location: LocationId,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: LocationKind,
    /// Where it is.
    pub point: GeoPoint,
    /// The store whose staff works on its tasks: itself for a shelf, the owner for a front warehouse, a keeper for HQ's.
    pub keeper: StoreId,
}

impl Location {
    /// The shelf of a store.
    #[must_use]
    pub fn shelf_of(s: &StoreProfile) -> Self {
        Self { location: s.store.shelf(), name: s.name.clone(), kind: LocationKind::Shelf, point: s.point, keeper: s.store.clone() }
    }
}

/// Geohash cells of 5 characters (about 4.9 km × 4.9 km) that a circle touches.
#[must_use]
pub fn cells_covered(center: GeoPoint, radius_m: u32) -> Vec<String> {
    let mut cells = std::collections::BTreeSet::new();
    // Points on a grid finer than a cell, over the square around the circle: every touched cell holds at least one of them
    // or lies less than a step inside the circle's edge, which the extra ring of one step covers.
    let step = 1_000.0;
    let reach = f64::from(radius_m) + step;
    let n = (reach / step).ceil();
    let mut i = -n;
    while i <= n {
        let mut j = -n;
        while j <= n {
            if (i * i + j * j).sqrt() * step <= reach {
                let p = offset(center, i * step, j * step);
                if let Some(cell) = cell_of(p) {
                    cells.insert(cell);
                }
            }
            j += 1.0;
        }
        i += 1.0;
    }
    cells.into_iter().collect()
}

/// The cell of a point; `None` off the globe.
#[must_use]
pub fn cell_of(p: GeoPoint) -> Option<String> {
    geohash::encode(geohash::Coord { x: p.lng, y: p.lat }, 5).ok()
}

/// The cell of a point and the eight around it.
#[must_use]
pub fn cells_around(p: GeoPoint) -> Vec<String> {
    let Some(cell) = cell_of(p) else { return Vec::new() };
    let mut all = vec![cell.clone()];
    if let Ok(n) = geohash::neighbors(&cell) {
        all.extend([n.n, n.ne, n.e, n.se, n.s, n.sw, n.w, n.nw]);
    }
    all.sort();
    all.dedup();
    all
}

fn offset(p: GeoPoint, north_m: f64, east_m: f64) -> GeoPoint {
    let lat = p.lat + north_m / 111_195.0;
    GeoPoint { lat, lng: p.lng + east_m / (111_195.0 * lat.to_radians().cos().abs().max(0.01)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn given_any_point_inside_the_radius_when_its_cell_is_computed_then_the_store_has_a_row_for_it(
            lat in 18.0f64..50.0, lng in 75.0f64..134.0, radius in 300u32..8_000, angle in 0.0f64..std::f64::consts::TAU, part in 0.0f64..1.0
        ) {
            let center = GeoPoint { lat, lng };
            let d = f64::from(radius) * part;
            let p = offset(center, d * angle.sin(), d * angle.cos());
            prop_assert!(cells_covered(center, radius).contains(&cell_of(p).unwrap()));
        }
    }
}
