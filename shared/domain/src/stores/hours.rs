//! Opening hours, in the store's own time zone.

use std::{cmp::Ordering, fmt};

use jiff::{Timestamp as Instant, ToSpan, civil::Date, tz::TimeZone};
use liandian_types::Timestamp;
use serde::{Deserialize, Serialize};

/// Daily hours, and the days that differ. `open == close` means around the clock; `close < open` runs over midnight. What begins on a day is that
/// day's: a shop that is closed on Monday is open on Monday morning at one when Sunday's hours run until two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// Minutes after midnight, 0–1439.
    pub open: u16,
    /// Minutes after midnight, 0–1440.
    pub close: u16,
    /// IANA name of the zone, e.g. `Asia/Shanghai`.
    pub zone: String,
    /// Days that differ; no two of them hold the same day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<Exception>,
    /// Days of the week whose hours are others, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub week: Vec<WeekDay>,
}

/// A day of the week, from 1 (Monday) to 7, with its opening and closing as in [`Hours`]; closed all day when absent.
pub type WeekDay = (u8, Option<(u16, u16)>);

/// Days on which a store's hours are others: a holiday, an adjusted working day (调休), a stock-taking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// Opening and closing in minutes after midnight, as in [`Hours`]; closed all day when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<(u16, u16)>,
    /// Why, as customers read it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// Later than anything that comes.
const NEVER: Timestamp = Timestamp(i64::MAX / 2);
/// For how many days the next opening is looked for.
const AHEAD: i64 = 60;
/// Who comes later than this before closing stands before a door that is being locked: nothing is promised for then.
pub const LAST_CALL: i64 = 15 * Timestamp::MINUTE;
/// From when on before closing customers are told.
pub const CLOSING_SOON: i64 = 30 * Timestamp::MINUTE;

impl Hours {
    /// Without the words for why a day is another one.
    #[must_use]
    pub fn without_notes(&self) -> Self {
        let exceptions = self.exceptions.iter().map(|e| Exception { note: String::new(), ..e.clone() }).collect();
        Self { exceptions, ..self.clone() }
    }

    /// The same hours every day.
    #[must_use]
    pub fn daily(open: u16, close: u16, zone: &str) -> Self {
        Self { open, close, zone: zone.to_owned(), exceptions: Vec::new(), week: Vec::new() }
    }

    /// Are they the same on every day?
    fn same_every_day(&self) -> bool {
        self.exceptions.is_empty() && self.week.is_empty()
    }

    /// What its day of the week has of its own.
    fn weekly(&self, day: Date) -> Option<&WeekDay> {
        let n = day.weekday().to_monday_one_offset();
        self.week.iter().find(|(d, _)| i8::try_from(*d).is_ok_and(|d| d == n))
    }

    /// Is it closed on this day of every week?
    #[must_use]
    pub fn rests(&self, day: Date) -> bool {
        self.exception(day).is_none() && self.weekly(day).is_some_and(|(_, hours)| hours.is_none())
    }

    /// What is different on a day.
    #[must_use]
    pub fn exception(&self, day: Date) -> Option<&Exception> {
        self.exceptions.iter().find(|e| e.from <= day && day <= e.to)
    }

    /// The hours of today in words, when they differ with the reason.
    #[must_use]
    pub fn today_text(&self, now: Timestamp) -> String {
        match self.exception(day(now, &self.zone)) {
            Some(Exception { hours: Some((open, close)), note, .. }) => format!("今日 {}（{note}）", span_text(*open, *close)),
            Some(Exception { hours: None, note, .. }) => format!("今日休息（{note}）"),
            None => self.to_string(),
        }
    }

    /// From when to when the hours last that begin on a day.
    pub(crate) fn span(&self, day: Date) -> Option<(Timestamp, Timestamp)> {
        let (open, close) = match (self.exception(day), self.weekly(day)) {
            (Some(e), _) => e.hours?,
            (None, Some((_, hours))) => (*hours)?,
            (None, None) => (self.open, self.close),
        };
        let over_midnight = if close <= open { 1_440 } else { 0 };
        Some((minute(day, open, &self.zone), minute(day, close.saturating_add(over_midnight), &self.zone)))
    }

    /// The hours that a moment lies in.
    fn span_at(&self, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let today = day(now, &self.zone);
        [today, today.saturating_sub(1.day())].into_iter().filter_map(|d| self.span(d)).find(|(opens, closes)| *opens <= now && now < *closes)
    }

    /// Open at `now`?
    #[must_use]
    pub fn open_at(&self, now: Timestamp) -> bool {
        // The same every day is the usual case, asked for hundreds of stores at once: one look at the clock answers it.
        if self.same_every_day() {
            let m = minute_of_day(now, &self.zone);
            return match self.open.cmp(&self.close) {
                Ordering::Equal => true,
                Ordering::Less => (self.open..self.close).contains(&m),
                Ordering::Greater => m >= self.open || m < self.close,
            };
        }
        self.span_at(now).is_some()
    }

    /// The first moment from `at` on at which it is open.
    #[must_use]
    pub fn next_open_at(&self, at: Timestamp) -> Timestamp {
        if self.open_at(at) {
            return at;
        }
        let today = day(at, &self.zone);
        let mut days = (0..=AHEAD).map(|n| today.saturating_add(n.days()));
        days.find_map(|d| self.span(d).map(|(opens, _)| opens).filter(|opens| *opens >= at)).unwrap_or(NEVER)
    }

    /// Does it open within a day from `now`, or is it open? What is fetched may be ordered at night for the morning, not for after a holiday.
    #[must_use]
    pub fn opens_within_a_day(&self, now: Timestamp) -> bool {
        self.same_every_day() || self.next_open_at(now) <= now.plus(Timestamp::DAY)
    }

    /// When work that takes so long is done which begins at `at` and rests while it is closed; people are there then.
    #[must_use]
    pub fn worked(&self, at: Timestamp, long_ms: i64) -> Timestamp {
        let (mut at, mut left) = (self.next_open_at(at), long_ms);
        // A day at most: nobody queues for longer, and hours may be very short.
        for _ in 0..24 {
            let closes = self.closes_after(at);
            if at >= NEVER || at.0 + left < closes.0 {
                break;
            }
            left -= closes.0 - at.0;
            at = self.next_open_at(closes);
        }
        at.plus(left)
    }

    /// When somebody can fetch what is ready at a moment at which it is open: then, or as it opens next when it closes too soon for that.
    #[must_use]
    pub fn fetched(&self, ready: Timestamp) -> Timestamp {
        let closes = self.closes_after(ready);
        if closes.0 - ready.0 < LAST_CALL { self.next_open_at(closes) } else { ready }
    }

    /// When it closes next, if it is open and ever closes.
    #[must_use]
    pub fn closes_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.open_at(now).then(|| self.closes_after(now)).filter(|t| *t < NEVER)
    }

    /// When it closes next, of a moment at which it is open. Hours that follow each other without a gap are one.
    fn closes_after(&self, at: Timestamp) -> Timestamp {
        if self.same_every_day() && self.open == self.close {
            return NEVER;
        }
        let mut end = at;
        for _ in 0..AHEAD {
            match self.span_at(end) {
                Some((_, closes)) => end = closes,
                None => return end,
            }
        }
        NEVER
    }
}

/// `07:30`, of minutes after midnight.
#[must_use]
pub fn clock_text(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Minutes after midnight, of `07:30` or `24:00`.
#[must_use]
pub fn clock(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (minutes < 60 && hours <= 24 && hours * 60 + minutes <= 1_440).then_some(hours * 60 + minutes)
}

/// `07:00–23:00`, or `18:00–次日 02:00`, or `24 小时`.
#[must_use]
pub fn span_text(open: u16, close: u16) -> String {
    if open == close {
        return "24 小时".to_owned();
    }
    format!("{}–{}{}", clock_text(open), if close < open { "次日 " } else { "" }, clock_text(close))
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&span_text(self.open, self.close))?;
        // Days with the same hours are named together.
        let mut groups = Vec::<(_, Vec<&str>)>::new();
        for (day, hours) in &self.week {
            match groups.iter_mut().find(|(of, _)| of == hours) {
                Some((_, days)) => days.push(weekday_text(*day)),
                None => groups.push((*hours, vec![weekday_text(*day)])),
            }
        }
        for (hours, days) in groups {
            let hours = hours.map_or_else(|| "休息".to_owned(), |(open, close)| span_text(open, close));
            write!(f, "；{} {hours}", days.join("、"))?;
        }
        Ok(())
    }
}

/// `周一` of 1.
pub(crate) fn weekday_text(day: u8) -> &'static str {
    match day {
        1 => "周一",
        2 => "周二",
        3 => "周三",
        4 => "周四",
        5 => "周五",
        6 => "周六",
        _ => "周日",
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

/// Minutes that the zone's clock is ahead of UTC at this moment.
#[must_use]
pub fn offset_min(at: Timestamp, zone: &str) -> i32 {
    zoned(at, zone).offset().seconds() / 60
}

/// When a day begins in the zone.
#[must_use]
pub fn midnight(day: jiff::civil::Date, zone: &str) -> Timestamp {
    instant(day.at(0, 0, 0, 0), zone)
}

/// When a day that is written `2026-11-28` begins and ends in the zone; `None` for what is no day.
#[must_use]
pub fn day_named(text: &str, zone: &str) -> Option<(Timestamp, Timestamp)> {
    let day: jiff::civil::Date = text.parse().ok()?;
    Some((midnight(day, zone), midnight(day.tomorrow().ok()?, zone)))
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
    moment.to_zoned(zone).map_or(NEVER, |z| Timestamp(z.timestamp().as_millisecond()))
}

/// A moment of a zone, of `2026-12-01T08:00`.
#[must_use]
pub fn moment(text: &str, zone: &str) -> Option<Timestamp> {
    let at: jiff::civil::DateTime = text.trim().parse().ok()?;
    Some(instant(at, zone)).filter(|t| *t < NEVER)
}

/// `2026-12-01T08:00` in the zone.
#[must_use]
pub fn moment_text(at: Timestamp, zone: &str) -> String {
    zoned(at, zone).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// `11-23 16:40` in the zone.
#[must_use]
pub fn local_text(at: Timestamp, zone: &str) -> String {
    zoned(at, zone).strftime("%m-%d %H:%M").to_string()
}

/// `今天 22:48`, `明天 07:10`, or `11-27 07:10`, in the zone: for what lies ahead.
#[must_use]
pub fn soon_text(at: Timestamp, now: Timestamp, zone: &str) -> String {
    if at >= NEVER {
        return "恢复营业后".to_owned();
    }
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
        let day = Hours::daily(480, 1320, CHINA);
        assert!(!day.open_at(at("2026-11-23T07:59:59+08:00")));
        assert!(day.open_at(at("2026-11-23T08:00:00+08:00")));
        assert!(day.open_at(at("2026-11-23T21:59:59+08:00")));
        assert!(!day.open_at(at("2026-11-23T22:00:00+08:00")));
        let night = Hours::daily(1080, 120, CHINA);
        assert!(night.open_at(at("2026-11-23T01:59:00+08:00")));
        assert!(!night.open_at(at("2026-11-23T02:00:00+08:00")));
        assert!(night.open_at(at("2026-11-23T18:00:00+08:00")));
        assert_eq!(night.to_string(), "18:00–次日 02:00");
        assert!(Hours::daily(0, 0, CHINA).open_at(at("2026-11-23T03:00:00+08:00")));
    }

    #[test]
    fn given_closed_hours_when_something_is_to_be_ready_then_it_is_when_people_are_there() {
        let day = Hours::daily(480, 1320, CHINA);
        let opens = |h: &Hours, text: &str| h.next_open_at(at(text));
        assert_eq!(opens(&day, "2026-11-23T03:00:00+08:00"), at("2026-11-23T08:00:00+08:00"));
        assert_eq!(opens(&day, "2026-11-23T08:00:00+08:00"), at("2026-11-23T08:00:00+08:00"));
        assert_eq!(opens(&day, "2026-11-23T22:00:00+08:00"), at("2026-11-24T08:00:00+08:00"));
        let night = Hours::daily(1080, 120, CHINA);
        assert_eq!(opens(&night, "2026-11-23T02:00:00+08:00"), at("2026-11-23T18:00:00+08:00"));
        let half = 30 * Timestamp::MINUTE;
        let done = |h: &Hours, text: &str, long| h.worked(at(text), long);
        assert_eq!(done(&day, "2026-11-23T21:29:00+08:00", half), at("2026-11-23T21:59:00+08:00"));
        assert_eq!(done(&day, "2026-11-23T21:30:00+08:00", half), at("2026-11-24T08:00:00+08:00"), "done as it closes: had when it opens");
        assert_eq!(done(&day, "2026-11-23T21:50:00+08:00", half), at("2026-11-24T08:20:00+08:00"));
        assert_eq!(done(&day, "2026-11-23T03:00:00+08:00", half), at("2026-11-23T08:30:00+08:00"));
        assert_eq!(done(&night, "2026-11-23T01:50:00+08:00", half), at("2026-11-23T18:20:00+08:00"));
        assert_eq!(done(&Hours::daily(0, 0, CHINA), "2026-11-23T23:50:00+08:00", half), at("2026-11-24T00:20:00+08:00"));
        assert_eq!(done(&day, "2026-11-23T08:00:00+08:00", 15 * Timestamp::HOUR), at("2026-11-24T09:00:00+08:00"), "a queue of a day and an hour");
    }

    #[test]
    fn given_days_of_the_week_that_differ_when_asked_then_each_week_has_them_and_a_holiday_goes_before() {
        // 2026-11-28 is a Saturday.
        let week = vec![(6, Some((600, 1_200))), (7, None)];
        let h = Hours { week, exceptions: vec![exception("2026-12-06", "2026-12-06", Some((720, 900)))], ..Hours::daily(480, 1_320, CHINA) };
        let open = |text: &str| h.open_at(at(text));
        assert!(open("2026-11-27T21:00:00+08:00") && !open("2026-11-28T09:00:00+08:00") && open("2026-11-28T10:00:00+08:00"));
        assert!(!open("2026-11-28T20:00:00+08:00") && !open("2026-11-29T12:00:00+08:00") && open("2026-11-30T08:00:00+08:00"));
        assert!(open("2026-12-06T12:00:00+08:00"), "a Sunday that is worked");
        assert_eq!(h.next_open_at(at("2026-11-28T21:00:00+08:00")), at("2026-11-30T08:00:00+08:00"));
        assert!(!h.opens_within_a_day(at("2026-11-28T21:00:00+08:00")) && h.opens_within_a_day(at("2026-11-29T12:00:00+08:00")));
        assert!(h.rests("2026-11-29".parse().unwrap()) && !h.rests("2026-12-06".parse().unwrap()));
        assert_eq!(h.to_string(), "08:00–22:00；周六 10:00–20:00；周日 休息");
        let always = Hours { week: vec![(7, None)], ..Hours::daily(0, 0, CHINA) };
        assert_eq!(always.closes_at(at("2026-11-28T12:00:00+08:00")), Some(at("2026-11-29T00:00:00+08:00")));
    }

    fn exception(from: &str, to: &str, hours: Option<(u16, u16)>) -> Exception {
        Exception { from: from.parse().unwrap(), to: to.parse().unwrap(), hours, note: "国庆节".into() }
    }

    #[test]
    fn given_days_that_differ_when_asked_then_they_count_and_what_began_the_day_before_goes_on() {
        let night = Hours {
            exceptions: vec![exception("2026-10-01", "2026-10-03", None), exception("2026-10-10", "2026-10-10", Some((600, 960)))],
            ..Hours::daily(1080, 120, CHINA)
        };
        let open = |text: &str| night.open_at(at(text));
        assert!(open("2026-09-30T23:00:00+08:00") && open("2026-10-01T01:59:00+08:00"), "Wednesday's evening runs into the holiday");
        assert!(!open("2026-10-01T18:00:00+08:00") && !open("2026-10-04T01:00:00+08:00") && open("2026-10-04T18:00:00+08:00"));
        assert_eq!(night.next_open_at(at("2026-10-01T02:00:00+08:00")), at("2026-10-04T18:00:00+08:00"));
        assert!(open("2026-10-10T01:00:00+08:00") && !open("2026-10-10T09:59:00+08:00") && open("2026-10-10T10:00:00+08:00"));
        assert!(!open("2026-10-10T16:00:00+08:00") && !open("2026-10-10T20:00:00+08:00") && !open("2026-10-11T01:00:00+08:00"));
        assert!(!night.opens_within_a_day(at("2026-10-01T03:00:00+08:00")) && night.opens_within_a_day(at("2026-10-03T20:00:00+08:00")));

        let always = Hours { exceptions: vec![exception("2026-10-02", "2026-10-02", None)], ..Hours::daily(0, 0, CHINA) };
        assert_eq!(always.closes_at(at("2026-09-30T12:00:00+08:00")), Some(at("2026-10-02T00:00:00+08:00")), "two days without a gap");
        assert_eq!(always.next_open_at(at("2026-10-02T12:00:00+08:00")), at("2026-10-03T00:00:00+08:00"));
        assert_eq!(always.closes_at(at("2026-10-03T12:00:00+08:00")), None, "it does not close any more");
        assert_eq!(always.worked(at("2026-10-01T23:50:00+08:00"), 30 * Timestamp::MINUTE), at("2026-10-03T00:20:00+08:00"));

        let gone = Hours { exceptions: vec![exception("2026-10-02", "2027-10-02", None)], ..Hours::daily(480, 1320, CHINA) };
        assert!(gone.worked(at("2026-10-05T12:00:00+08:00"), Timestamp::HOUR) >= NEVER && !gone.opens_within_a_day(at("2026-10-05T12:00:00+08:00")));
    }

    #[test]
    fn given_a_store_that_is_about_to_close_when_something_is_ready_then_it_is_fetched_while_there_is_time_or_in_the_morning() {
        let day = Hours::daily(420, 1410, CHINA);
        let fetched = |text: &str| day.fetched(at(text));
        assert_eq!(fetched("2026-11-23T23:15:00+08:00"), at("2026-11-23T23:15:00+08:00"));
        assert_eq!(fetched("2026-11-23T23:16:00+08:00"), at("2026-11-24T07:00:00+08:00"));
        assert_eq!(fetched("2026-11-23T23:27:00+08:00"), at("2026-11-24T07:00:00+08:00"), "three minutes before the door is locked");
        assert_eq!(Hours::daily(0, 0, CHINA).fetched(at("2026-11-23T23:59:00+08:00")), at("2026-11-23T23:59:00+08:00"));
    }

    #[test]
    fn given_clocks_when_read_then_they_are_minutes_of_a_day() {
        assert_eq!((clock("07:30"), clock("24:00"), clock("0:0"), clock("00:00")), (Some(450), Some(1440), Some(0), Some(0)));
        assert_eq!((clock("24:01"), clock("7"), clock("07:60"), clock("-1:00"), clock("70:00")), (None, None, None, None, None));
        assert_eq!(moment("2026-12-01T08:00", CHINA), Some(at("2026-12-01T08:00:00+08:00")));
        assert_eq!((moment("明天八点", CHINA), moment_text(at("2026-12-01T08:00:00+08:00"), CHINA)), (None, "2026-12-01T08:00".into()));
    }

    proptest::proptest! {
        #[test]
        fn given_any_daily_hours_when_asked_by_the_clock_and_by_the_days_then_they_agree(open in 0_u16..1440, close in 0_u16..=1440, minute in 0_i64..4_320) {
            let plain = Hours::daily(open, close, CHINA);
            // A day that differs, far away: the days are looked at one by one.
            let by_days = Hours { exceptions: vec![exception("2030-01-01", "2030-01-01", None)], ..plain.clone() };
            let now = Timestamp(at("2026-11-23T00:00:00+08:00").0 + minute * Timestamp::MINUTE);
            proptest::prop_assert_eq!(plain.open_at(now), by_days.open_at(now));
            proptest::prop_assert_eq!(plain.next_open_at(now), by_days.next_open_at(now));
            proptest::prop_assert_eq!(plain.worked(now, Timestamp::HOUR), by_days.worked(now, Timestamp::HOUR));
        }
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
