//! Who is nearest: of each store a slim row, in cells of two sizes and in one list of all. A search reads the cells around a point, and coarser ones
//! until nothing that it has not read can be nearer than what it has found: exact, however far the nearest store is and however many there are.

use liandian_types::{Fulfilment, GeoPoint, StoreId, StoreStatus, Timestamp};
use serde::{Deserialize, Serialize};

use crate::stores::{
    hours::{CHINA, Exception, Hours, WeekDay},
    profile::{Pause, StoreProfile, whole_metres},
};

/// Characters of the geohashes of the cells, finest first: about 39 km × 20 km, and 156 km × 156 km.
pub const CELLS: [usize; 2] = [4, 3];

/// How long a store takes to answer who asks it for goods, and to pack them.
pub(crate) const PACKED_WITHIN: i64 = 30 * Timestamp::MINUTE;

/// What a search knows of a store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Packed", into = "Packed")]
pub struct Spot {
    /// Which.
    pub store: StoreId,
    /// Where.
    pub point: GeoPoint,
    /// In business?
    pub status: StoreStatus,
    /// Until when it pauses.
    pub until: Option<Timestamp>,
    /// When it is open.
    pub hours: Hours,
    /// How far it delivers, in metres.
    pub radius_m: u32,
    /// Can goods be picked up?
    pub pickup: bool,
    /// Does it deliver?
    pub delivery: bool,
}

/// As it lies in the table: hundreds are read at once, so names are short and what is usual is left out.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Packed {
    s: StoreId,
    y: f64,
    x: f64,
    #[serde(default = "open", skip_serializing_if = "is_open")]
    t: StoreStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    u: Option<Timestamp>,
    o: u16,
    c: u16,
    #[serde(default = "china", skip_serializing_if = "is_china")]
    z: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    e: Vec<Exception>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    w: Vec<WeekDay>,
    r: u32,
    /// 1: pickup, 2: delivery.
    f: u8,
}

fn open() -> StoreStatus {
    StoreStatus::Open
}
fn is_open(s: &StoreStatus) -> bool {
    *s == StoreStatus::Open
}
fn china() -> String {
    CHINA.to_owned()
}
fn is_china(z: &str) -> bool {
    z == CHINA
}

impl From<Packed> for Spot {
    fn from(p: Packed) -> Self {
        Self {
            store: p.s,
            point: GeoPoint { lat: p.y, lng: p.x },
            status: p.t,
            until: p.u,
            hours: Hours { open: p.o, close: p.c, zone: p.z, exceptions: p.e, week: p.w },
            radius_m: p.r,
            pickup: p.f & 1 != 0,
            delivery: p.f & 2 != 0,
        }
    }
}

impl From<Spot> for Packed {
    fn from(s: Spot) -> Self {
        Self {
            s: s.store,
            y: s.point.lat,
            x: s.point.lng,
            t: s.status,
            u: s.until,
            o: s.hours.open,
            c: s.hours.close,
            z: s.hours.zone,
            e: s.hours.exceptions,
            w: s.hours.week,
            r: s.radius_m,
            f: u8::from(s.pickup) | (u8::from(s.delivery) << 1),
        }
    }
}

impl Spot {
    /// Of a store.
    #[must_use]
    pub fn of(s: &StoreProfile) -> Self {
        Self {
            store: s.store.clone(),
            point: s.point,
            status: s.status,
            until: s.pause.as_ref().and_then(|p: &Pause| p.until),
            // Why a day is another one is told where the store is shown.
            hours: s.hours.without_notes(),
            radius_m: s.radius_m,
            pickup: s.pickup,
            delivery: s.delivery,
        }
    }

    /// Its status: a pause that is over is none.
    #[must_use]
    pub fn status_at(&self, now: Timestamp) -> StoreStatus {
        status_at(self.status, self.until, now)
    }

    /// Is it in business and open at `now`?
    #[must_use]
    pub fn open_at(&self, now: Timestamp) -> bool {
        self.status_at(now) == StoreStatus::Open && self.hours.open_at(now)
    }

    /// Does the store take such orders now? What is fetched may be ordered at night for the morning.
    #[must_use]
    pub fn takes(&self, fulfilment: Fulfilment, now: Timestamp) -> bool {
        match fulfilment {
            Fulfilment::Pickup => self.pickup && self.status_at(now) == StoreStatus::Open && self.hours.opens_within_a_day(now),
            Fulfilment::Delivery => self.delivery && self.open_at(now),
            Fulfilment::HqShip => false,
        }
    }

    /// May its shelf be asked to send goods now? People must be there for the half hour in which they answer and pack.
    #[must_use]
    pub fn sends(&self, now: Timestamp) -> bool {
        self.open_at(now) && self.open_at(now.plus(PACKED_WITHIN))
    }

    /// Metres to a point.
    #[must_use]
    pub fn metres_to(&self, p: GeoPoint) -> f64 {
        self.point.metres_to(&p)
    }
}

/// A status, when a pause may have an end.
#[must_use]
pub fn status_at(status: StoreStatus, until: Option<Timestamp>, now: Timestamp) -> StoreStatus {
    if status == StoreStatus::Paused && until.is_some_and(|u| u <= now) { StoreStatus::Open } else { status }
}

/// The cell of a point; `None` off the globe.
#[must_use]
pub fn cell_of(p: GeoPoint, chars: usize) -> Option<String> {
    if !p.is_valid() {
        return None;
    }
    geohash::encode(geohash::Coord { x: p.lng, y: p.lat }, chars).ok()
}

/// The cell of a point and the eight around it; empty off the globe.
#[must_use]
pub fn cells_around(p: GeoPoint, chars: usize) -> Vec<String> {
    let Some(cell) = cell_of(p, chars) else { return Vec::new() };
    let mut all = vec![cell.clone()];
    if let Ok(n) = geohash::neighbors(&cell) {
        all.extend([n.n, n.ne, n.e, n.se, n.s, n.sw, n.w, n.nw]);
    }
    all.sort();
    all.dedup();
    all
}

/// Within how many metres of a point every place lies in the cells around it. Off their edge a place is at least as far away as the parallel or the
/// meridian that is the edge.
#[must_use]
pub fn sure_m(p: GeoPoint, chars: usize) -> f64 {
    let Some((cell, wide)) = cell_of(p, chars).and_then(|c| Some((c.clone(), geohash::decode_bbox(&c).ok()?))) else { return 0.0 };
    // Near a pole cells have no neighbours to all sides.
    if geohash::neighbors(&cell).is_err() {
        return 0.0;
    }
    let (west, south, east, north) = (wide.min().x, wide.min().y, wide.max().x, wide.max().y);
    let (width, height) = (east - west, north - south);
    let to_parallel = |degrees: f64| EARTH_M * degrees.to_radians();
    let to_meridian = |degrees: f64| EARTH_M * (p.lat.to_radians().cos() * degrees.to_radians().sin()).clamp(-1.0, 1.0).asin();
    if north + height > 90.0 || south - height < -90.0 || width * 2.0 >= 90.0 {
        return 0.0;
    }
    [
        to_parallel(p.lat - (south - height)),
        to_parallel(north + height - p.lat),
        to_meridian(p.lng - (west - width)),
        to_meridian(east + width - p.lng),
    ]
    .into_iter()
    .fold(f64::INFINITY, f64::min)
    .max(0.0)
}

/// As [`GeoPoint::metres_to`] measures.
const EARTH_M: f64 = 6_371_009.0;

/// What stores are sorted by: those that take orders first, then the nearer one, then by id.
#[must_use]
pub fn place_of(s: &Spot, from: GeoPoint, now: Timestamp) -> (bool, u32, StoreId) {
    (s.status_at(now) != StoreStatus::Open, whole_metres(s.metres_to(from)), s.store.clone())
}

/// Those of them that are shown, nearest first, those that pause after all that do not.
#[must_use]
pub fn sorted(mut spots: Vec<Spot>, from: GeoPoint, now: Timestamp) -> Vec<Spot> {
    spots.retain(|s| matches!(s.status_at(now), StoreStatus::Open | StoreStatus::Paused));
    spots.sort_by_cached_key(|s| place_of(s, from, now));
    spots.dedup_by(|a, b| a.store == b.store);
    spots
}

/// Are the first `wanted` of these (sorted) the first of the whole chain, when all within `sure` metres are among them? Distances are compared in
/// whole metres, hence one to spare.
#[must_use]
pub fn certain(spots: &[Spot], wanted: usize, from: GeoPoint, sure: f64, now: Timestamp) -> bool {
    spots.iter().take_while(|s| s.status_at(now) == StoreStatus::Open && s.metres_to(from) + 1.0 <= sure).take(wanted).count() >= wanted
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp(1_780_000_000_000);

    fn spot(n: usize, lat: f64, lng: f64, status: StoreStatus, until: Option<Timestamp>) -> Spot {
        Spot {
            store: format!("sto_{n:04}").parse().unwrap(),
            point: GeoPoint { lat, lng },
            status,
            until,
            hours: Hours::daily(420, 1380, CHINA),
            radius_m: 3_000,
            pickup: true,
            delivery: !n.is_multiple_of(3),
        }
    }

    /// The search as the store makes it, over cells in memory: how many it read, and what it found.
    fn search(chain: &[Spot], from: GeoPoint, wanted: usize) -> (usize, Vec<Spot>) {
        for chars in CELLS {
            let mut cells: HashMap<String, Vec<Spot>> = HashMap::new();
            for s in chain {
                cells.entry(cell_of(s.point, chars).unwrap()).or_default().push(s.clone());
            }
            let read: Vec<Spot> = cells_around(from, chars).iter().filter_map(|c| cells.get(c)).flatten().cloned().collect();
            let found = sorted(read, from, NOW);
            if certain(&found, wanted, from, sure_m(from, chars), NOW) {
                return (chars, found.into_iter().take(wanted).collect());
            }
        }
        (0, sorted(chain.to_vec(), from, NOW).into_iter().take(wanted).collect())
    }

    fn point() -> impl Strategy<Value = GeoPoint> {
        prop_oneof![
            3 => (29.0_f64..33.0, 119.0_f64..123.0),
            2 => (18.0_f64..54.0, 74.0_f64..135.0),
            1 => (-89.9_f64..89.9, -180.0_f64..180.0),
        ]
        .prop_map(|(lat, lng)| GeoPoint { lat, lng })
    }

    fn chain() -> impl Strategy<Value = Vec<Spot>> {
        let status = prop_oneof![
            5 => Just((StoreStatus::Open, None)),
            1 => Just((StoreStatus::Paused, None)),
            1 => Just((StoreStatus::Paused, Some(NOW.plus(1)))),
            1 => Just((StoreStatus::Paused, Some(NOW))),
            1 => Just((StoreStatus::Closed, None)),
            1 => Just((StoreStatus::Preparing, None)),
        ];
        prop::collection::vec((point(), status), 0..80)
            .prop_map(|all| all.into_iter().enumerate().map(|(n, (p, (status, until)))| spot(n, p.lat, p.lng, status, until)).collect())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn given_any_chain_and_point_when_the_nearest_are_looked_for_then_they_are_those_that_brute_force_finds(
            chain in chain(), from in point(), wanted in 1_usize..30,
        ) {
            let mut all: Vec<&Spot> = chain.iter().filter(|s| !matches!(s.status, StoreStatus::Closed | StoreStatus::Preparing)).collect();
            all.sort_by_key(|s| {
                let paused = s.status == StoreStatus::Paused && s.until.is_none_or(|u| u.0 > NOW.0);
                (paused, s.point.metres_to(&from).round() as i64, s.store.clone())
            });
            let expected: Vec<StoreId> = all.iter().take(wanted).map(|s| s.store.clone()).collect();
            let found: Vec<StoreId> = search(&chain, from, wanted).1.into_iter().map(|s| s.store).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn given_any_point_when_another_is_nearer_than_what_is_sure_then_it_lies_in_the_cells_around(
            p in point(), angle in 0.0_f64..std::f64::consts::TAU, part in 0.0_f64..0.999, fine in any::<bool>(),
        ) {
            let chars = if fine { CELLS[0] } else { CELLS[1] };
            let d = sure_m(p, chars) * part;
            let lat = p.lat + d * angle.sin() / 111_195.0;
            let lng = p.lng + d * angle.cos() / (111_195.0 * p.lat.to_radians().cos().max(0.001));
            let other = GeoPoint { lat, lng };
            if other.is_valid() && p.metres_to(&other) <= sure_m(p, chars) {
                prop_assert!(cells_around(p, chars).contains(&cell_of(other, chars).unwrap()), "{p:?} {other:?}");
            }
        }
    }

    #[test]
    fn given_a_usual_store_when_packed_then_the_row_is_slim_and_comes_back_whole() {
        let mut s = spot(1, 31.2237, 121.4462, StoreStatus::Open, None);
        let text = serde_json::to_string(&s).unwrap();
        assert_eq!(text, r#"{"s":"sto_0001","y":31.2237,"x":121.4462,"o":420,"c":1380,"r":3000,"f":3}"#);
        s.hours.exceptions.push(Exception {
            from: "2026-10-01".parse().unwrap(),
            to: "2026-10-03".parse().unwrap(),
            hours: None,
            note: "国庆节".into(),
        });
        (s.status, s.until, s.hours.zone) = (StoreStatus::Paused, Some(NOW), "Asia/Urumqi".into());
        assert_eq!(serde_json::from_str::<Spot>(&serde_json::to_string(&s).unwrap()).unwrap(), s);
    }
}
