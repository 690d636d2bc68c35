//! Opening hours, in the store's own time zone.

use jiff::{Timestamp as Instant, tz::TimeZone};
use liandian_types::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Daily hours. `open == close` means around the clock; `close < open` runs over midnight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// Minutes after midnight, 0–1439.
    pub open: u16,
    /// Minutes after midnight, 0–1440.
    pub close: u16,
    /// IANA name of the zone, e.g. `Asia/Shanghai`.
    pub zone: String,
}

impl Hours {
    /// Open at `now`?
    #[must_use]
    pub fn open_at(&self, now: Timestamp) -> bool {
        if self.open == self.close {
            return true;
        }
        let m = minute_of_day(now, &self.zone);
        if self.open < self.close { (self.open..self.close).contains(&m) } else { m >= self.open || m < self.close }
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.open == self.close {
            return f.write_str("24 小时");
        }
        let (o, c) = (self.open, self.close);
        write!(f, "{:02}:{:02}–{}{:02}:{:02}", o / 60, o % 60, if c < o { "次日 " } else { "" }, c / 60, c % 60)
    }
}

fn zoned(at: Timestamp, zone: &str) -> jiff::Zoned {
    let instant = Instant::from_millisecond(at.0).unwrap_or(Instant::UNIX_EPOCH);
    // A zone that nobody knows shows UTC rather than failing a page.
    instant.to_zoned(TimeZone::get(zone).unwrap_or(TimeZone::UTC))
}

fn minute_of_day(at: Timestamp, zone: &str) -> u16 {
    let z = zoned(at, zone);
    u16::try_from(i16::from(z.hour()) * 60 + i16::from(z.minute())).unwrap_or(0)
}

/// The day in the zone.
#[must_use]
pub fn day(at: Timestamp, zone: &str) -> jiff::civil::Date {
    zoned(at, zone).date()
}

/// When a day begins in the zone.
#[must_use]
pub fn midnight(day: jiff::civil::Date, zone: &str) -> Timestamp {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    // Days beyond the calendar's end never come.
    day.to_zoned(zone).map_or(Timestamp(i64::MAX / 2), |z| Timestamp(z.timestamp().as_millisecond()))
}

/// `11-23 16:40` in the zone.
#[must_use]
pub fn local_text(at: Timestamp, zone: &str) -> String {
    zoned(at, zone).strftime("%m-%d %H:%M").to_string()
}

/// `今天 22:48`, `明天 07:10`, or `11-27 07:10`, in the zone: for what lies ahead.
#[must_use]
pub fn soon_text(at: Timestamp, now: Timestamp, zone: &str) -> String {
    let (then, today) = (zoned(at, zone), zoned(now, zone).date());
    let day = if then.date() == today {
        "今天".to_owned()
    } else if today.tomorrow().is_ok_and(|t| t == then.date()) {
        "明天".to_owned()
    } else {
        then.strftime("%m-%d").to_string()
    };
    format!("{day} {}", then.strftime("%H:%M"))
}

/// `11-27` in the zone.
#[must_use]
pub fn day_text(at: Timestamp, zone: &str) -> String {
    zoned(at, zone).strftime("%m-%d").to_string()
}

/// The zone of every store that says nothing else.
pub const CHINA: &str = "Asia/Shanghai";

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp(text.parse::<Instant>().unwrap().as_millisecond())
    }

    #[test]
    fn given_hours_when_asked_at_their_edges_then_opening_is_in_and_closing_is_out() {
        let day = Hours { open: 480, close: 1320, zone: CHINA.into() };
        assert!(!day.open_at(at("2026-11-23T07:59:59+08:00")));
        assert!(day.open_at(at("2026-11-23T08:00:00+08:00")));
        assert!(day.open_at(at("2026-11-23T21:59:59+08:00")));
        assert!(!day.open_at(at("2026-11-23T22:00:00+08:00")));
        let night = Hours { open: 1080, close: 120, zone: CHINA.into() };
        assert!(night.open_at(at("2026-11-23T01:59:00+08:00")));
        assert!(!night.open_at(at("2026-11-23T02:00:00+08:00")));
        assert!(night.open_at(at("2026-11-23T18:00:00+08:00")));
        assert_eq!(night.to_string(), "18:00–次日 02:00");
        assert!(Hours { open: 0, close: 0, zone: CHINA.into() }.open_at(at("2026-11-23T03:00:00+08:00")));
    }

    #[test]
    fn given_a_moment_when_shown_then_it_is_in_the_stores_zone() {
        assert_eq!(local_text(at("2026-11-23T08:40:00Z"), CHINA), "11-23 16:40");
        let soon = |text: &str| soon_text(at(text), at("2026-11-23T15:50:00Z"), CHINA);
        assert_eq!(soon("2026-11-23T15:59:00Z"), "今天 23:59");
        assert_eq!(soon("2026-11-23T16:00:00Z"), "明天 00:00");
        assert_eq!(soon("2026-11-24T16:00:00Z"), "11-25 00:00");
    }
}
