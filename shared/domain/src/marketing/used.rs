//! How often campaigns have applied and what they have cost, counted in the transaction that places the order: nobody has one beyond its limits, however
//! many order at once.

use liandian_pricing::{Campaign, Discount, HqBears, Left};
use liandian_types::{CampaignId, Fen, MemberId};
use serde::{Deserialize, Serialize};

use crate::{decision::MarketingWrite, marketing::wallet::Spent};

/// Up to where a campaign applies. What is left out has no limit, and is not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Orders of one person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<u32>,
    /// Orders of one day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<u32>,
    /// Orders at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orders: Option<u32>,
    /// What it may cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<Fen>,
    /// Units at all: a flash sale's own stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units: Option<u32>,
    /// Units of one person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person_units: Option<u32>,
    /// In so many parts the units are counted, each in a row and a partition of its own, so that a crowd does not meet at one; 0: in the row of the
    /// whole. Fixed when the campaign is drafted: what is counted stays where it is.
    #[serde(skip_serializing_if = "in_one")]
    pub parts: u8,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn in_one(parts: &u8) -> bool {
    *parts == 0
}

/// So many units make a part worth its row: a smaller one would be empty for most who look at it while there are units in others.
pub const PART_UNITS: u32 = 50;

/// The most parts: whoever prices a cart reads all of them.
pub const MOST_PARTS: u8 = 8;

/// In how many parts so many units are counted; 0: in one row.
#[must_use]
pub fn parts_of(units: u32) -> u8 {
    let parts = u8::try_from(units / PART_UNITS).unwrap_or(MOST_PARTS).min(MOST_PARTS);
    if parts > 1 { parts } else { 0 }
}

/// What is counted: each is a row of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counter {
    /// All of the campaign.
    Whole,
    /// One day, `2026-11-28` by China's clock.
    Day(String),
    /// One person.
    Person(MemberId),
    /// A part of the units.
    Part(u8),
}

/// What a counter says. No row: nothing yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Used {
    /// Orders.
    pub orders: i64,
    /// What it has cost.
    pub spent: Fen,
    /// Units, where they are limited.
    pub units: i64,
}

/// A change of a counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counting {
    /// Of which campaign.
    pub campaign: CampaignId,
    /// Which counter.
    pub counter: Counter,
    /// So many orders more, or less.
    pub orders: i64,
    /// So much more, or less.
    pub spent: Fen,
    /// So many units more, or less.
    pub units: i64,
    /// There may be so many orders afterwards.
    pub most_orders: Option<u32>,
    /// It may have cost so much afterwards.
    pub most_spent: Option<Fen>,
    /// There may be so many units afterwards.
    pub most_units: Option<u32>,
}

impl Limits {
    /// The counters that an order of this person on this day would change.
    #[must_use]
    pub fn counters(&self, member: Option<&MemberId>, day: &str) -> Vec<Counter> {
        let parts = self.units.map_or(0, |_| self.parts);
        let whole = (self.orders.is_some() || self.budget.is_some() || (self.units.is_some() && parts == 0)).then_some(Counter::Whole);
        let day = self.day.map(|_| Counter::Day(day.to_owned()));
        let person = self.person.or(self.person_units).and(member).map(|m| Counter::Person(m.clone()));
        [whole, day, person].into_iter().flatten().chain((0..parts).map(Counter::Part)).collect()
    }

    /// The units of a part; those of all parts are all units.
    fn units_of(&self, part: u8) -> u32 {
        let (units, parts) = (self.units.unwrap_or(0), u32::from(self.parts.max(1)));
        units / parts + u32::from(u32::from(part) < units % parts)
    }

    /// What is left of each part, in their order; empty when the units are counted in one row.
    #[must_use]
    pub fn parts_left<'a>(&self, counted: impl IntoIterator<Item = (&'a Counter, &'a Used)>) -> Vec<u32> {
        let mut left: Vec<u32> = (0..self.units.map_or(0, |_| self.parts)).map(|part| self.units_of(part)).collect();
        for (counter, used) in counted {
            if let Counter::Part(part) = counter
                && let Some(left) = left.get_mut(usize::from(*part))
            {
                *left = u32::try_from((i64::from(*left) - used.units).max(0)).unwrap_or(0);
            }
        }
        left
    }

    /// Are units limited?
    #[must_use]
    pub fn counts_units(&self) -> bool {
        self.units.is_some() || self.person_units.is_some()
    }

    /// Units that are left: at all, and for this person.
    #[must_use]
    pub fn units_left<'a>(&self, counted: impl IntoIterator<Item = (&'a Counter, &'a Used)>) -> (Option<u32>, Option<u32>) {
        let rest = |most: Option<u32>, used: i64| most.map(|m| u32::try_from((i64::from(m) - used).max(0)).unwrap_or(0));
        let mut left = (self.units, self.person_units);
        let mut in_parts = 0_i64;
        for (counter, used) in counted {
            match counter {
                Counter::Whole if self.parts == 0 => left.0 = rest(self.units, used.units),
                Counter::Person(_) => left.1 = rest(self.person_units, used.units),
                Counter::Part(_) => in_parts += used.units,
                Counter::Whole | Counter::Day(_) => {}
            }
        }
        if self.parts > 0 {
            left.0 = rest(self.units, in_parts);
        }
        left
    }

    /// What is left, given what the counters say.
    #[must_use]
    pub fn left<'a>(&self, counted: impl IntoIterator<Item = (&'a Counter, &'a Used)>) -> Left {
        let rest = |most: Option<u32>, used: i64| most.map(|m| u32::try_from((i64::from(m) - used).max(0)).unwrap_or(0));
        let mut left = Left { cart: None, person: self.person, day: self.day, campaign: self.orders, budget: self.budget };
        for (counter, used) in counted {
            match counter {
                Counter::Whole => {
                    left.campaign = rest(self.orders, used.orders);
                    left.budget = self.budget.map(|b| Fen((b - used.spent).0.max(0)));
                }
                Counter::Day(_) => left.day = rest(self.day, used.orders),
                Counter::Person(_) => left.person = rest(self.person, used.orders),
                Counter::Part(_) => {}
            }
        }
        // The limits count orders; how often a deal applies within one is its rule's matter.
        let gone = [left.person, left.day, left.campaign].contains(&Some(0));
        Left { cart: gone.then_some(0), person: None, day: None, campaign: None, budget: left.budget }
    }

    /// The most that a counter may say.
    fn most(&self, counter: &Counter) -> (Option<u32>, Option<Fen>, Option<u32>) {
        match counter {
            Counter::Whole => (self.orders, self.budget, self.units.filter(|_| self.parts == 0)),
            Counter::Day(_) => (self.day, None, None),
            Counter::Person(_) => (self.person, None, self.person_units),
            Counter::Part(part) => (None, None, Some(self.units_of(*part))),
        }
    }
}

/// A campaign that an order was priced with, as the order keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// Which.
    pub campaign: CampaignId,
    /// As the customer read it.
    pub title: String,
    /// How often: sets, units or repeats.
    pub times: u32,
    /// Off the goods.
    pub goods: Fen,
    /// Off the fee for bringing them.
    pub delivery: Fen,
    /// Who bears it.
    pub hq_bears: HqBears,
    /// Where it was counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counted: Vec<Counter>,
    /// Units that were counted with it.
    #[serde(default)]
    pub units: u32,
    /// The coupon that it used up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coupon: Option<Spent>,
}

impl Applied {
    /// As the engine answered it.
    #[must_use]
    pub fn of(d: &Discount, campaign: &Campaign, limits: &Limits, counted: Vec<Counter>) -> Self {
        Self {
            campaign: d.campaign.clone(),
            title: d.title.clone(),
            times: d.times,
            goods: d.goods,
            delivery: d.delivery,
            hq_bears: campaign.hq_bears,
            counted,
            units: if limits.counts_units() { d.times } else { 0 },
            coupon: d.coupon.clone().map(|(coupon, policy)| Spent { coupon, policy }),
        }
    }

    /// What it took off in all.
    #[must_use]
    pub fn amount(&self) -> Fen {
        self.goods + self.delivery
    }

    /// Counts it, within the campaign's limits.
    #[must_use]
    pub fn count(&self, limits: &Limits) -> Vec<MarketingWrite> {
        self.counted
            .iter()
            .map(|counter| {
                let (most_orders, most_spent, most_units) = limits.most(counter);
                let whole = *counter == Counter::Whole;
                MarketingWrite::Used(Box::new(Counting {
                    campaign: self.campaign.clone(),
                    counter: counter.clone(),
                    orders: 1,
                    spent: if whole { self.amount() } else { Fen::ZERO },
                    units: self.units_in(counter),
                    most_orders,
                    most_spent,
                    most_units,
                }))
            })
            .collect()
    }

    /// The order is none any more: all that was counted is given back.
    #[must_use]
    pub fn give_back(&self) -> Vec<MarketingWrite> {
        let spent = |counter: &Counter| if *counter == Counter::Whole { self.amount() } else { Fen::ZERO };
        let back = |counter: &Counter| self.less(counter, -1, spent(counter), self.units_in(counter));
        self.counted.iter().map(back).collect()
    }

    /// The order goes on with `rest` of it, without goods that had some of it: that much is no longer spent, nor are those units had.
    #[must_use]
    pub fn no_longer(&self, rest: &Applied) -> Vec<MarketingWrite> {
        let of = |counter: &Counter| {
            let spent = if *counter == Counter::Whole { self.amount() - rest.amount() } else { Fen::ZERO };
            let units = self.units_in(counter) - rest.units_in(counter);
            (spent != Fen::ZERO || units != 0).then(|| self.less(counter, 0, spent, units))
        };
        self.counted.iter().filter_map(of).collect()
    }

    /// Units of it that a counter has.
    #[must_use]
    pub fn units_in(&self, counter: &Counter) -> i64 {
        if matches!(counter, Counter::Day(_)) { 0 } else { i64::from(self.units) }
    }

    fn less(&self, counter: &Counter, orders: i64, spent: Fen, units: i64) -> MarketingWrite {
        MarketingWrite::Used(Box::new(Counting {
            campaign: self.campaign.clone(),
            counter: counter.clone(),
            orders,
            spent: -spent,
            units: -units,
            most_orders: None,
            most_spent: None,
            most_units: None,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits { person: Some(1), orders: Some(10), budget: Some(Fen(5_000)), ..Limits::default() }
    }

    fn applied() -> Applied {
        Applied {
            campaign: "cmp_1".parse().unwrap(),
            title: "满减".into(),
            times: 2,
            goods: Fen(1_000),
            delivery: Fen(200),
            hq_bears: HqBears(700),
            counted: limits().counters(Some(&"mem_1".parse().unwrap()), "2026-11-28"),
            units: 0,
            coupon: None,
        }
    }

    fn counting(w: &MarketingWrite) -> &Counting {
        let MarketingWrite::Used(c) = w else { panic!("{w:?}") };
        c
    }

    #[test]
    fn given_limits_when_counted_then_each_has_its_row_with_what_it_may_say_and_giving_back_is_the_opposite() {
        let (counts, backs) = (applied().count(&limits()), applied().give_back());
        let told: Vec<_> = counts.iter().map(counting).map(|c| (c.counter.clone(), c.orders, c.spent.0, c.most_orders, c.most_spent)).collect();
        let person = Counter::Person("mem_1".parse().unwrap());
        assert_eq!(told, [(Counter::Whole, 1, 1_200, Some(10), Some(Fen(5_000))), (person, 1, 0, Some(1), None)]);
        for (c, b) in counts.iter().map(counting).zip(backs.iter().map(counting)) {
            assert_eq!((&c.counter, c.orders + b.orders, c.spent + b.spent, b.most_orders, b.most_spent), (&b.counter, 0, Fen::ZERO, None, None));
        }
    }

    #[test]
    fn given_a_part_that_goes_back_when_counted_then_only_its_share_is_no_longer_spent() {
        let rest = Applied { goods: Fen(700), ..applied() };
        let writes = applied().no_longer(&rest);
        let told: Vec<_> = writes.iter().map(counting).map(|c| (c.counter.clone(), c.orders, c.spent, c.units)).collect();
        assert_eq!(told, [(Counter::Whole, 0, Fen(-300), 0)]);
        assert_eq!(rest.give_back().iter().map(|w| counting(w).spent).sum::<Fen>(), Fen(-900), "and later the rest");
        assert_eq!(applied().no_longer(&applied()), Vec::new());
    }

    #[test]
    fn given_what_is_used_when_the_rest_is_told_then_a_limit_that_is_met_lets_nothing_through_and_money_is_what_is_left() {
        let used = |orders, spent| Used { orders, spent: Fen(spent), units: 0 };
        let person = Counter::Person("mem_1".parse().unwrap());
        let left = limits().left([(&Counter::Whole, &used(9, 4_000)), (&person, &used(0, 0))]);
        assert_eq!((left.times(), left.budget), (u32::MAX, Some(Fen(1_000))));
        assert_eq!(limits().left([(&Counter::Whole, &used(10, 4_000))]).times(), 0);
        assert_eq!(limits().left([(&person, &used(1, 0))]).times(), 0);
        assert_eq!(limits().left([]).budget, Some(Fen(5_000)), "nothing is used yet");
        assert_eq!(limits().left([(&Counter::Whole, &used(0, 6_000))]).budget, Some(Fen(0)));
        assert!(Limits::default().counters(None, "2026-11-28").is_empty());
    }

    #[test]
    fn given_units_that_are_limited_when_counted_then_they_are_asked_for_and_given_back_and_the_rest_is_told() {
        let limits = Limits { units: Some(5), person_units: Some(2), ..Limits::default() };
        let person = Counter::Person("mem_1".parse().unwrap());
        let counted = limits.counters(Some(&"mem_1".parse().unwrap()), "2026-11-28");
        assert_eq!(counted, [Counter::Whole, person.clone()]);
        let flash = Applied { counted, units: 2, ..applied() };
        let told: Vec<_> = flash.count(&limits).iter().map(counting).map(|c| (c.units, c.most_units)).collect();
        assert_eq!(told, [(2, Some(5)), (2, Some(2))]);
        assert_eq!(flash.give_back().iter().map(counting).map(|c| c.units).collect::<Vec<_>>(), [-2, -2]);
        let one = Applied { goods: Fen(500), units: 1, ..flash.clone() };
        let told: Vec<_> = flash.no_longer(&one).iter().map(counting).map(|c| (c.orders, c.spent, c.units)).collect();
        assert_eq!(told, [(0, Fen(-500), -1), (0, Fen(0), -1)], "a unit that was not there is the next one's");
        let used = |units| Used { units, ..Used::default() };
        assert_eq!(limits.units_left([(&Counter::Whole, &used(4)), (&person, &used(2))]), (Some(1), Some(0)));
        assert_eq!(limits.units_left([]), (Some(5), Some(2)));
    }

    #[test]
    fn given_units_in_parts_when_counted_then_the_parts_are_all_units_and_each_says_when_it_is_empty() {
        assert_eq!([0, 99, 100, 149, 150, 399, 500, u32::MAX].map(parts_of), [0, 0, 2, 2, 3, 7, 8, 8]);
        let limits = Limits { units: Some(503), person_units: Some(1), parts: parts_of(503), ..Limits::default() };
        assert_eq!((0..8).map(|part| limits.units_of(part)).collect::<Vec<_>>(), [63, 63, 63, 63, 63, 63, 63, 62]);
        let counters = limits.counters(Some(&"mem_1".parse().unwrap()), "2026-11-28");
        assert_eq!((counters.len(), counters.contains(&Counter::Whole)), (9, false), "the person and eight parts");
        let used = |units| Used { units, ..Used::default() };
        let (a, b, over) = (used(63), used(60), used(70));
        let counted = [(&Counter::Part(0), &a), (&Counter::Part(1), &b), (&Counter::Part(7), &over)];
        assert_eq!(limits.parts_left(counted), [0, 3, 63, 63, 63, 63, 63, 0]);
        assert_eq!(limits.units_left(counted).0, Some(503 - 193));
        assert_eq!(limits.left(counted).times(), u32::MAX, "parts count units, not orders");
        let flash = Applied { counted: vec![Counter::Part(7)], units: 2, ..applied() };
        let told: Vec<_> = flash.count(&limits).iter().map(counting).map(|c| (c.units, c.most_units, c.spent)).collect();
        assert_eq!(told, [(2, Some(62), Fen::ZERO)]);
        assert_eq!(flash.give_back().iter().map(counting).map(|c| (c.units, c.orders)).collect::<Vec<_>>(), [(-2, -1)]);
        let one = Limits { units: Some(60), ..Limits::default() };
        assert!(one.parts_left([]).is_empty());
    }
}
