//! The sessions (场次) of flash sales: from when until when one runs, today or on the next day on which it does.

use liandian_pricing::Campaign;
use liandian_types::{Timestamp, api::FlashState};

use crate::{
    marketing::campaign::runs_at,
    stores::hours::{clock_text, day, midnight, offset_min, soon_text},
};

/// The session that a store's page shows of a campaign: the one that runs, or the next one of today and tomorrow, or else the one of today that is
/// over.
#[must_use]
pub fn of(c: &Campaign, now: Timestamp, zone: &str) -> Option<(Timestamp, Timestamp)> {
    let s = &c.schedule;
    if s.minutes.is_none() && s.weekdays == 0 && s.month_days == 0 {
        return Some((s.from, s.until));
    }
    let today = midnight(day(now, zone), zone);
    let tomorrow = midnight(day(today.plus(Timestamp::DAY), zone), zone);
    let on = |begins: Timestamp| {
        let (first, last) = s.minutes.map_or((0, 1_440), |(first, last)| (i64::from(first), i64::from(last)));
        let from = begins.plus(first * Timestamp::MINUTE).max(s.from);
        let until = begins.plus(last * Timestamp::MINUTE).min(s.until);
        (from < until && runs_at(c, from, zone)).then_some((from, until))
    };
    let (first, second) = (on(today), on(tomorrow));
    first.filter(|(_, until)| now < *until).or(second).or(first)
}

/// Where a session stands.
#[must_use]
pub fn state((from, until): (Timestamp, Timestamp), now: Timestamp) -> FlashState {
    if now < from {
        FlashState::Coming
    } else if now < until {
        FlashState::Running
    } else {
        FlashState::Over
    }
}

/// What a session is called: `14:00`, `明天 10:00`; `正在抢` for one that began before today.
#[must_use]
pub fn title(from: Timestamp, now: Timestamp, zone: &str) -> String {
    if day(from, zone) == day(now, zone) {
        let into = from.plus(i64::from(offset_min(from, zone)) * Timestamp::MINUTE).0.rem_euclid(Timestamp::DAY) / Timestamp::MINUTE;
        clock_text(u16::try_from(into).unwrap_or(0))
    } else if from < now {
        "正在抢".to_owned()
    } else {
        soon_text(from, now, zone)
    }
}

#[cfg(test)]
mod tests {
    use liandian_pricing::{Audience, HqBears, Kind, Left, Level, OnLoss, Schedule, Scope, kinds::Flash};
    use liandian_types::Fen;

    use super::*;
    use crate::stores::hours::CHINA;

    /// Monday, the 23rd of November 2026, 16:00 in China.
    const NOW: Timestamp = Timestamp(1_795_420_800_000);

    fn sale(weekdays: u8, minutes: Option<(u16, u16)>, until: Timestamp) -> Campaign {
        Campaign {
            campaign: "cmp_1".parse().unwrap(),
            title: "秒杀".into(),
            level: Level::Hq,
            priority: 0,
            kind: Kind::Flash(Flash { sku: "sku_1".parse().unwrap(), price: Fen(99), stock: 500, per_person: 1 }),
            scope: Scope::default(),
            group: None,
            beside_hq: true,
            breaks_floor: false,
            audience: Audience::default(),
            schedule: Schedule { from: NOW.plus(-Timestamp::DAY), until, weekdays, month_days: 0, minutes },
            stores: Vec::new(),
            fulfilments: Vec::new(),
            left: Left::default(),
            coupon: None,
            on_loss: OnLoss::Keep,
            hq_bears: HqBears(1_000),
        }
    }

    #[test]
    fn given_daily_hours_when_asked_then_the_session_that_runs_or_comes_next_is_told() {
        let later = NOW.plus(9 * Timestamp::DAY);
        let hours = |from, until| of(&sale(0, Some((from, until)), later), NOW, CHINA);
        let at = |minute: i64| NOW.plus((minute - 960) * Timestamp::MINUTE);
        assert_eq!(hours(960, 1_020), Some((at(960), at(1_020))));
        assert_eq!(hours(1_080, 1_140), Some((at(1_080), at(1_140))));
        assert_eq!(hours(840, 960), Some((at(840 + 1_440), at(960 + 1_440))), "today's is over, tomorrow's comes");
        assert_eq!(state(hours(960, 1_020).unwrap(), NOW), FlashState::Running);
        assert_eq!(state(hours(1_080, 1_140).unwrap(), NOW), FlashState::Coming);
        let last = of(&sale(0, Some((840, 960)), NOW.plus(Timestamp::HOUR)), NOW, CHINA).unwrap();
        assert_eq!((last, state(last, NOW)), ((at(840), at(960)), FlashState::Over), "there is no other");
        // Only on Tuesdays, and only on Wednesdays.
        assert_eq!(of(&sale(0b10, Some((600, 660)), later), NOW, CHINA), Some((at(600 + 1_440), at(660 + 1_440))));
        assert_eq!(of(&sale(0b100, Some((600, 660)), later), NOW, CHINA), None);
        assert_eq!(of(&sale(0, None, later), NOW, CHINA), Some((NOW.plus(-Timestamp::DAY), later)));
        assert_eq!([title(at(1_080), NOW, CHINA), title(at(600 + 1_440), NOW, CHINA), title(at(-9), NOW, CHINA)], ["18:00", "明天 10:00", "正在抢"]);
    }
}
