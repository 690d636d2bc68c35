//! Places, in GCJ-02 everywhere (the datum of Chinese maps).

use serde::{Deserialize, Serialize};

/// A point in GCJ-02, in degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GeoPoint {
    /// Latitude, −90 to 90.
    pub lat: f64,
    /// Longitude, −180 to 180.
    pub lng: f64,
}

impl GeoPoint {
    /// True when both numbers are finite and on the globe.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.lat.is_finite() && self.lng.is_finite() && self.lat.abs() <= 90.0 && self.lng.abs() <= 180.0
    }

    /// Is it a place where somebody can be? A device that does not know where it is often says 0, 0, which is in the sea.
    #[must_use]
    pub fn is_a_place(&self) -> bool {
        self.is_valid() && (self.lat.abs() > 0.001 || self.lng.abs() > 0.001)
    }

    /// Great-circle distance in metres (haversine, mean radius 6,371,009 m).
    #[must_use]
    pub fn metres_to(&self, other: &GeoPoint) -> f64 {
        let (la1, la2) = (self.lat.to_radians(), other.lat.to_radians());
        let (dla, dlo) = (la2 - la1, (other.lng - self.lng).to_radians());
        let a = (dla / 2.0).sin().powi(2) + la1.cos() * la2.cos() * (dlo / 2.0).sin().powi(2);
        2.0 * 6_371_009.0 * a.sqrt().min(1.0).asin()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_no_place_when_checked_then_it_is_none() {
        let place = |lat, lng| GeoPoint { lat, lng }.is_a_place();
        assert!(place(31.2, 121.4) && place(0.0, 109.3) && place(-33.9, 0.0));
        assert!(!place(0.0, 0.0) && !place(0.000_1, -0.000_1) && !place(91.0, 0.0) && !place(f64::NAN, 1.0));
    }

    #[test]
    fn given_two_known_points_when_measured_then_the_distance_is_right() {
        let bund = GeoPoint { lat: 31.2400, lng: 121.4900 };
        let peoples_square = GeoPoint { lat: 31.2304, lng: 121.4737 };
        let d = bund.metres_to(&peoples_square);
        assert!((1_850.0..1_900.0).contains(&d), "{d}");
        assert!(bund.metres_to(&bund) < 0.001);
    }
}
