//! Time is given, never taken: nothing in this crate reads a clock.

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = i64, example = 1_795_420_800_000_i64))]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// One second, in the unit of this type.
    pub const SECOND: i64 = 1_000;
    /// One minute, in the unit of this type.
    pub const MINUTE: i64 = 60 * Self::SECOND;
    /// One hour, in the unit of this type.
    pub const HOUR: i64 = 60 * Self::MINUTE;
    /// One day, in the unit of this type.
    pub const DAY: i64 = 24 * Self::HOUR;

    /// This moment and `ms` milliseconds more.
    #[must_use]
    pub fn plus(self, ms: i64) -> Timestamp {
        Timestamp(self.0.saturating_add(ms))
    }

    /// Whole seconds since the epoch, as DynamoDB's TTL and JWTs count.
    #[must_use]
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Fixed width, so that text order is time order (until the year 2286).
    #[must_use]
    pub fn sortable(self) -> String {
        format!("{:013}", self.0.max(0))
    }
}
