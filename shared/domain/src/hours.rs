//! Opening hours, in the store's own time zone.

use jiff::{Timestamp as Instant, ToSpan, tz::TimeZone};
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

impl Hours {
    /// The first moment from `at` on at which it is open.
    #[must_use]
    pub fn next_open_at(&self, at: Timestamp) -> Timestamp {
        if self.open_at(at) {
            return at;
        }
        let today = day(at, &self.zone);
        let opens = |d: jiff::civil::Date| minute(d, self.open, &self.zone);
        [today, today.saturating_add(1.day())].map(opens).into_iter().find(|t| *t >= at).unwrap_or(at)
    }

    /// When work that takes so long is done which begins at `at` and rests while it is closed; people are there then.
    #[must_use]
    pub fn worked(&self, at: Timestamp, long_ms: i64) -> Timestamp {
        let (mut at, mut left) = (self.next_open_at(at), long_ms);
        // A day at most: nobody queues for longer, and hours may be very short.
        for _ in 0..24 {
            let closes = self.closes_after(at);
            if at.0 + left < closes.0 {
                break;
            }
            left -= closes.0 - at.0;
            at = self.next_open_at(closes);
        }
        at.plus(left)
    }

    /// When it closes next, of a moment at which it is open.
    fn closes_after(&self, at: Timestamp) -> Timestamp {
        if self.open == self.close {
            return Timestamp(i64::MAX / 2);
        }
        let today = day(at, &self.zone);
        let closes = |d: jiff::civil::Date| minute(d, self.close, &self.zone);
        [today, today.saturating_add(1.day())].map(closes).into_iter().find(|t| *t > at).unwrap_or(at.plus(Timestamp::DAY))
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
    instant(day.at(0, 0, 0, 0), zone)
}

/// When the clock shows so many minutes after midnight on a day; 1440 is the next midnight.
fn minute(day: jiff::civil::Date, minutes: u16, zone: &str) -> Timestamp {
    let day = day.saturating_add(i64::from(minutes / 1440).days());
    let part = |n: u16| i8::try_from(n).unwrap_or(0);
    instant(day.at(part(minutes % 1440 / 60), part(minutes % 60), 0, 0), zone)
}

fn instant(moment: jiff::civil::DateTime, zone: &str) -> Timestamp {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    // Days beyond the calendar's end never come.
    moment.to_zoned(zone).map_or(Timestamp(i64::MAX / 2), |z| Timestamp(z.timestamp().as_millisecond()))
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
    fn given_closed_hours_when_something_is_to_be_ready_then_it_is_when_people_are_there() {
        let day = Hours { open: 480, close: 1320, zone: CHINA.into() };
        let opens = |h: &Hours, text: &str| h.next_open_at(at(text));
        assert_eq!(opens(&day, "2026-11-23T03:00:00+08:00"), at("2026-11-23T08:00:00+08:00"));
        assert_eq!(opens(&day, "2026-11-23T08:00:00+08:00"), at("2026-11-23T08:00:00+08:00"));
        assert_eq!(opens(&day, "2026-11-23T22:00:00+08:00"), at("2026-11-24T08:00:00+08:00"));
        let night = Hours { open: 1080, close: 120, zone: CHINA.into() };
        assert_eq!(opens(&night, "2026-11-23T02:00:00+08:00"), at("2026-11-23T18:00:00+08:00"));
        let half = 30 * Timestamp::MINUTE;
        let done = |h: &Hours, text: &str, long| h.worked(at(text), long);
        assert_eq!(done(&day, "2026-11-23T21:29:00+08:00", half), at("2026-11-23T21:59:00+08:00"));
        assert_eq!(done(&day, "2026-11-23T21:30:00+08:00", half), at("2026-11-24T08:00:00+08:00"), "done as it closes: had when it opens");
        assert_eq!(done(&day, "2026-11-23T21:50:00+08:00", half), at("2026-11-24T08:20:00+08:00"));
        assert_eq!(done(&day, "2026-11-23T03:00:00+08:00", half), at("2026-11-23T08:30:00+08:00"));
        assert_eq!(done(&night, "2026-11-23T01:50:00+08:00", half), at("2026-11-23T18:20:00+08:00"));
        assert_eq!(done(&Hours { open: 0, close: 0, zone: CHINA.into() }, "2026-11-23T23:50:00+08:00", half), at("2026-11-24T00:20:00+08:00"));
        assert_eq!(done(&day, "2026-11-23T08:00:00+08:00", 15 * Timestamp::HOUR), at("2026-11-24T09:00:00+08:00"), "a queue of a day and an hour");
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
