//! From what a browser measures (WGS-84) to what the system speaks (GCJ-02, the datum of Chinese maps). Unconverted, every
//! distance in China would be half a kilometre wrong.
//!
//! In a page, sines come from the browser: a library of its own would be four kilobytes of the download.

use std::f64::consts::PI;

use liandian_types::GeoPoint;

/// Semi-major axis and eccentricity of the Krasovsky ellipsoid, as the published formula has them.
const A: f64 = 6_378_245.0;
const EE: f64 = 0.006_693_421_622_965_943;
/// On the mean sphere.
const METRES_A_DEGREE: f64 = 111_195.0;

#[cfg(target_arch = "wasm32")]
fn sin(x: f64) -> f64 {
    js_sys::Math::sin(x)
}

#[cfg(not(target_arch = "wasm32"))]
fn sin(x: f64) -> f64 {
    x.sin()
}

fn cos(x: f64) -> f64 {
    sin(x + PI / 2.0)
}

/// The same place in GCJ-02. Outside of China the two are one.
#[must_use]
pub fn from_wgs84(p: GeoPoint) -> GeoPoint {
    if !(73.66..=135.05).contains(&p.lng) || !(3.86..=53.55).contains(&p.lat) {
        return p;
    }
    let (x, y) = (p.lng - 105.0, p.lat - 35.0);
    let common = (20.0 * sin(6.0 * x * PI) + 20.0 * sin(2.0 * x * PI)) * 2.0 / 3.0;
    let wave = |v: f64, a: f64, b: f64| (20.0 * sin(v * PI) + 40.0 * sin(v / 3.0 * PI) + a * sin(v / 12.0 * PI) + b * sin(v / 30.0 * PI)) * 2.0 / 3.0;
    let d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * x.abs().sqrt() + common + wave(y, 160.0, 320.0);
    let d_lng = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * x.abs().sqrt() + common + wave(x, 150.0, 300.0);
    let rad = p.lat.to_radians();
    let magic = 1.0 - EE * sin(rad).powi(2);
    let root = magic.sqrt();
    GeoPoint { lat: p.lat + d_lat * 180.0 / (A * (1.0 - EE) / (magic * root) * PI), lng: p.lng + d_lng * 180.0 / (A / root * cos(rad) * PI) }
}

/// Two numbers as a place in China, whichever of them comes first: its latitudes and longitudes do not overlap.
#[must_use]
pub fn from_pair(a: f64, b: f64) -> Option<GeoPoint> {
    let [lat, lng] = if a < b { [a, b] } else { [b, a] };
    ((3.86..=53.55).contains(&lat) && (73.66..=135.05).contains(&lng)).then_some(GeoPoint { lat, lng })
}

/// Metres between two places of one city: the earth is flat enough there.
#[must_use]
pub fn metres(a: GeoPoint, b: GeoPoint) -> u32 {
    let north = (a.lat - b.lat) * METRES_A_DEGREE;
    let east = (a.lng - b.lng) * METRES_A_DEGREE * cos(b.lat.to_radians());
    (north * north + east * east).sqrt() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_known_pair_when_converted_then_it_agrees_to_a_few_metres() {
        // Tiananmen: WGS-84 39.907333, 116.391083 → GCJ-02 39.908737, 116.397325 (as map services give it).
        let got = from_wgs84(GeoPoint { lat: 39.907_333, lng: 116.391_083 });
        assert!(got.metres_to(&GeoPoint { lat: 39.908_737, lng: 116.397_325 }) < 5.0, "{got:?}");
    }

    #[test]
    fn given_a_place_abroad_when_converted_then_nothing_changes() {
        let singapore = GeoPoint { lat: 1.29, lng: 103.85 };
        assert_eq!(from_wgs84(singapore), singapore);
    }

    #[test]
    fn given_two_points_or_two_numbers_when_read_then_the_distance_and_the_place_are_these() {
        let p = GeoPoint { lat: 31.24, lng: 121.49 };
        let there = GeoPoint { lat: 31.2427, lng: 121.4942 };
        assert!(f64::from(metres(p, there)) - p.metres_to(&there) < 2.0);
        assert_eq!((from_pair(121.49, 31.24), from_pair(31.24, 121.49)), (Some(p), Some(p)));
        assert_eq!((from_pair(12.5, 31.2), from_pair(121.4, 131.2)), (None, None));
    }
}
