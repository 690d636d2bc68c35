//! Campaigns in a month: which run on which day, and which of them clash.

use liandian_domain::{
    marketing::{
        Line,
        campaign::{Record, clash, runs_on},
    },
    stock::batch::Date,
    stores::hours::{CHINA, day, midnight, span_text},
};
use liandian_store::{StoreError, Tables, reach::Reach};
use liandian_types::{
    CampaignState, StoreId, Timestamp,
    api::{CampaignCalendar, CampaignDate, CampaignEntry},
};

use super::{beside, goods_of, results::runs_in};

/// Campaigns of a day that are shown, HQ's first: a chain has more stores than a page has room.
const SHOWN: usize = 40;

/// Whose campaigns are shown.
#[derive(Debug, Clone, Copy)]
pub enum Whose<'a> {
    /// Those of the chain, or of a part of it: HQ's that run there, and those of its stores.
    Chain(&'a Reach),
    /// A store's own, and HQ's that run in it.
    Store(&'a StoreId),
}

impl Whose<'_> {
    fn holds(self, r: &Record) -> bool {
        match self {
            Whose::Store(store) => runs_in(r, store),
            Whose::Chain(reach) => match &r.owner {
                // What a store still writes is its own business.
                Some(owner) => r.state != CampaignState::Draft && reach.store(owner),
                None => {
                    let told = reach.is_all() || !matches!(r.state, CampaignState::Draft | CampaignState::Review);
                    told && (r.campaign.stores.is_empty() || r.campaign.stores.iter().any(|s| reach.store(s)))
                }
            },
        }
    }
}

/// The first day of a month that is written `2026-11`; of this one for what is none.
fn month_of(text: Option<&str>, now: Timestamp) -> Date {
    let today = day(now, CHINA);
    text.filter(|t| t.len() == 7).and_then(|t| format!("{t}-01").parse().ok()).unwrap_or_else(|| today.first_of_month())
}

/// `2026-11`.
fn month_text(date: Date) -> String {
    date.to_string().chars().take(7).collect()
}

/// The days that are shown: the weeks, from Monday to Sunday, in which the month lies.
fn weeks(first: Date) -> Vec<Date> {
    let mut at = first;
    while at.weekday().to_monday_zero_offset() != 0 {
        let Ok(before) = at.yesterday() else { break };
        at = before;
    }
    let last = first.last_of_month();
    let mut days = Vec::with_capacity(42);
    while at <= last || at.weekday().to_monday_zero_offset() != 0 {
        days.push(at);
        let Ok(next) = at.tomorrow() else { break };
        at = next;
    }
    days
}

/// Which of these stand against which others, as far as they may run.
fn clashes(all: &[Record], goods: &[Line], now: Timestamp) -> Vec<Vec<usize>> {
    let live = |r: &Record| matches!(r.state_at(now), CampaignState::Scheduled | CampaignState::Running | CampaignState::Review);
    let mut found = vec![Vec::new(); all.len()];
    for (i, a) in all.iter().enumerate().filter(|(_, a)| live(a)) {
        for (k, b) in all.iter().enumerate().skip(i + 1).filter(|(_, b)| live(b)) {
            if clash(&a.campaign, &b.campaign, goods).is_some() {
                for (one, other) in [(i, k), (k, i)] {
                    if let Some(of) = found.get_mut(one) {
                        of.push(other);
                    }
                }
            }
        }
    }
    found
}

/// The campaigns of a month, in whole weeks. What was ended by hand is shown up to today.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn campaign_calendar(tables: &Tables, month: Option<&str>, whose: Whose<'_>, now: Timestamp) -> Result<CampaignCalendar, StoreError> {
    use CampaignState as S;
    let first = month_of(month, now);
    let (days, today) = (weeks(first), day(now, CHINA));
    let begins = days.first().map_or(now, |d| midnight(*d, CHINA));
    let ends = days.last().and_then(|d| d.tomorrow().ok()).map_or(now, |d| midnight(d, CHINA));
    // One that ends when the first day begins is not on it.
    let read = |state: S| tables.all_campaigns_ending_after(state, begins);
    let (scheduled, paused, review, over, library) =
        futures::try_join!(read(S::Scheduled), read(S::Paused), read(S::Review), read(S::Over), tables.library())?;
    let shown = |r: &Record| r.campaign.schedule.from < ends && whose.holds(r);
    let mut records: Vec<Record> = [scheduled, paused, review, over].into_iter().flatten().filter(shown).collect();
    records.sort_by(|a, b| {
        let order = |r: &Record| (r.owner.is_some(), r.campaign.schedule.from, r.campaign.campaign.clone());
        order(a).cmp(&order(b))
    });
    let (owners, _) = beside(tables, &records).await?;
    let against = clashes(&records, &goods_of(&library), now);
    let on = |r: &Record, date: Date| (r.state != S::Over || date <= today) && runs_on(&r.campaign, date, CHINA);
    let entry = |i: usize, r: &Record, date: Date| {
        let s = &r.campaign.schedule;
        let others = against.get(i).into_iter().flatten().filter_map(|k| records.get(*k)).filter(|o| on(o, date));
        CampaignEntry {
            campaign: r.campaign.campaign.clone(),
            title: r.campaign.title.clone(),
            state: r.state_at(now),
            owner_name: owners.get(i).cloned().unwrap_or_default(),
            own: r.owner.is_some(),
            hours: s.minutes.map(|(from, until)| span_text(from, until)),
            begins: day(s.from, CHINA) == date,
            ends: day(s.until.plus(-1), CHINA) == date,
            clashes: others.map(|o| o.campaign.title.clone()).collect(),
        }
    };
    let dated = |date: Date| CampaignDate {
        day: date.to_string(),
        within: date.first_of_month() == first,
        today: date == today,
        entries: records.iter().enumerate().filter(|(_, r)| on(r, date)).take(SHOWN).map(|(i, r)| entry(i, r, date)).collect(),
        more: u32::try_from(records.iter().filter(|r| on(r, date)).count().saturating_sub(SHOWN)).unwrap_or(u32::MAX),
    };
    let before = first.yesterday().map_or_else(|_| month_text(first), month_text);
    let after = first.last_of_month().tomorrow().map_or_else(|_| month_text(first), month_text);
    Ok(CampaignCalendar { month: month_text(first), before, after, days: days.iter().map(|d| dated(*d)).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_month_when_its_weeks_are_made_then_they_are_whole_and_hold_all_of_it() {
        for (month, first, last, many) in [
            ("2026-11-01", "2026-10-26", "2026-12-06", 42),
            ("2027-02-01", "2027-02-01", "2027-02-28", 28),
            ("2026-12-01", "2026-11-30", "2027-01-03", 35),
        ] {
            let days = weeks(month.parse().unwrap());
            assert_eq!((days[0].to_string().as_str(), days[days.len() - 1].to_string().as_str(), days.len()), (first, last, many));
        }
    }

    #[test]
    fn given_what_is_no_month_when_asked_for_then_this_one_is_shown_by_chinas_clock() {
        // The last minute of November in UTC is December in China.
        let now = Timestamp(1_796_083_140_000);
        let this = month_of(None, now);
        for text in ["2026-13", "november", "2026-1", "", "2026-11-01"] {
            assert_eq!(month_of(Some(text), now), this, "{text}");
        }
        assert_eq!((this.to_string().as_str(), month_text(month_of(Some("2026-02"), now)).as_str()), ("2026-12-01", "2026-02"));
    }
}
