//! What a day is like: how busy, at which hours, and what people want.

use std::collections::BTreeMap;

use liandian_domain::stores::profile::LocationKind;
use liandian_types::{Fulfilment, SkuId, Timestamp};

use super::{
    Act, Task, Wish, World,
    people::{Dice, Shop, Ware},
};

/// Orders of a standard store on a usual day, in thousandths: as many as a minute has room for, at four weeks and some seventy requests an order.
const ORDERS: i64 = 1_800;
/// Receipts of its tills that are told one by one.
const TICKETS: i64 = 1;
/// How much busier each day of the week is, from Monday on, in per cent.
const WEEK: [i64; 7] = [92, 90, 93, 97, 112, 132, 124];
/// How many of a day's orders come in each hour: breakfast, lunch, and the way home.
const HOURS: [u64; 24] = [1, 1, 0, 0, 0, 1, 3, 8, 9, 5, 5, 9, 12, 8, 5, 5, 6, 9, 12, 11, 8, 6, 4, 2];
/// Business grows from this share of the last day's …
const FROM_PERCENT: i64 = 75;
/// … to all of it, and the last day's is so much of a usual one's.
const TO_PERCENT: i64 = 115;
/// Nobody buys in the last minutes: what is not paid then would be left to the stack's own time.
const LAST_CALL: i64 = 30 * Timestamp::MINUTE;
/// Who orders a rider orders early enough to have the goods before the end: the stack's own platform does not know riders of before.
const LAST_RIDER: i64 = 2 * Timestamp::HOUR;
/// Carts from which on a campaign of HQ takes something off, in fen.
const LARGE: i64 = 30_000;
/// What HQ's breakfast campaign is made of.
const BREAKFAST: [&str; 2] = ["sku_baozi-soup", "sku_soy-drink-1"];

impl World {
    /// What people want to do on a day, which begins at `midnight`.
    pub(super) fn day(&self, today: i64, midnight: Timestamp) -> Vec<Task> {
        let mut tasks = Vec::new();
        // The first day of 1970 was a Thursday.
        let weekday = usize::try_from(((midnight.0 + 8 * Timestamp::HOUR).div_euclid(Timestamp::DAY) + 3).rem_euclid(7)).unwrap_or(0);
        let busy = WEEK.get(weekday).copied().unwrap_or(100) * self.growth(today) / 100 * i64::from(self.play.percent) / 100;
        for (place, shop) in self.shops.iter().enumerate() {
            let number = u64::try_from(today).unwrap_or(0) * 10_000 + u64::try_from(place).unwrap_or(0);
            let mut dice = Dice::of(self.play.seed ^ 0x00da_5000, number);
            self.orders(place, shop, midnight, busy, &mut dice, &mut tasks);
            self.chores(place, shop, today, midnight, &mut dice, &mut tasks);
        }
        for (i, w) in self.chain.warehouses.iter().enumerate() {
            let Some(keeper) = self.shops.iter().position(|s| s.profile.store == w.keeper) else { continue };
            if today % 7 == 2 && w.kind == LocationKind::HqWarehouse {
                let number = i64::try_from(i).unwrap_or(0);
                tasks.push(Task { at: midnight.plus(9 * Timestamp::HOUR + number * 20 * Timestamp::MINUTE), place: keeper, act: Act::Restock(i) });
            }
        }
        tasks
    }

    fn growth(&self, today: i64) -> i64 {
        let of = i64::from(self.play.days).max(1);
        FROM_PERCENT + (TO_PERCENT - FROM_PERCENT) * today / of
    }

    fn orders(&self, place: usize, shop: &Shop, midnight: Timestamp, busy: i64, dice: &mut Dice, tasks: &mut Vec<Task>) {
        // No two days are alike.
        let mean = ORDERS * shop.busy() / 100 * busy / 100 * dice.between(75, 126) / 100;
        let more = i64::from(dice.of_thousand(u64::try_from(mean % 1_000).unwrap_or(0)));
        for _ in 0..mean / 1_000 + more {
            let Some(at) = opening(shop, midnight, dice) else { continue };
            if at > self.ends.plus(-LAST_CALL) {
                continue;
            }
            let here: Vec<usize> = shop.regulars.iter().copied().filter(|c| self.customers.get(*c).is_some_and(|c| c.since <= at)).collect();
            // Some come again and again.
            let first = dice.one_of(&here).copied();
            let loyal = here.get(dice.place(here.len().min(3))).copied();
            let Some(customer) = (if dice.of_thousand(450) { loyal } else { first }) else { continue };
            let morning = (at.0 - midnight.0) / Timestamp::HOUR < 10;
            let wish = self.wish(shop, customer, morning, at, dice);
            if !wish.lines.is_empty() {
                tasks.push(Task { at, place, act: Act::Buy(wish) });
            }
        }
    }

    fn wish(&self, shop: &Shop, customer: usize, morning: bool, at: Timestamp, dice: &mut Dice) -> Wish {
        let ride = shop.profile.delivery && at < self.ends.plus(-LAST_RIDER);
        let way = dice.below(100);
        let (fulfilment, lines) = match way {
            0..54 => (Fulfilment::Pickup, cart(shop, morning, dice)),
            54..84 if ride => (Fulfilment::Delivery, cart(shop, morning, dice)),
            84..92 => match &shop.parcels {
                Some((_, wares)) => (Fulfilment::HqShip, parcel(wares, dice)),
                None => (Fulfilment::Pickup, cart(shop, morning, dice)),
            },
            // What the shelf does not have comes from elsewhere.
            92.. => match dice.one_of(&shop.absent) {
                Some(w) => (Fulfilment::Pickup, vec![(w.sku.clone(), 1)]),
                None => (Fulfilment::Pickup, cart(shop, morning, dice)),
            },
            _ => (Fulfilment::Pickup, cart(shop, morning, dice)),
        };
        Wish { customer, fulfilment, lines }
    }

    /// What staff does on a day, whoever comes.
    fn chores(&self, place: usize, shop: &Shop, today: i64, midnight: Timestamp, dice: &mut Dice, tasks: &mut Vec<Task>) {
        let turn = i64::try_from(place).unwrap_or(0);
        let hours = &shop.profile.hours;
        let mut at = |from: i64, to: i64, act: Act, dice: &mut Dice| {
            let at = hours.next_open_at(midnight.plus(dice.minutes(from, to)));
            if at < midnight.plus(Timestamp::DAY) {
                tasks.push(Task { at, place, act });
            }
        };
        at(8 * 60, 10 * 60, Act::Fill, dice);
        at(13 * 60, 15 * 60, Act::Till, dice);
        at(20 * 60, 22 * 60, Act::Till, dice);
        if (today + turn) % 7 == 3 {
            at(14 * 60, 17 * 60, Act::Count, dice);
        }
        if dice.of_thousand(120) {
            at(9 * 60, 20 * 60, Act::Break, dice);
        }
        if dice.of_thousand(90) {
            at(9 * 60, 16 * 60, Act::Borrow, dice);
        }
    }

    /// How many receipts a till tells at once.
    pub(super) fn tickets(&self, shop: &Shop, dice: &mut Dice) -> i64 {
        let mean = TICKETS * 1_000 * shop.busy() / 100 * i64::from(self.play.percent) / 100;
        mean / 1_000 + i64::from(dice.of_thousand(u64::try_from(mean % 1_000).unwrap_or(0)))
    }
}

/// A moment of the day at which people come and the store is open; `None` when it hardly is.
fn opening(shop: &Shop, midnight: Timestamp, dice: &mut Dice) -> Option<Timestamp> {
    let all: u64 = HOURS.iter().sum();
    (0..8).find_map(|_| {
        let mut ticket = dice.below(all);
        let hour = HOURS.iter().position(|n| {
            let mine = ticket < *n;
            ticket = ticket.saturating_sub(*n);
            mine
        });
        let hour = i64::try_from(hour.unwrap_or(12)).unwrap_or(12);
        let at = midnight.plus(hour * Timestamp::HOUR + dice.between(0, Timestamp::HOUR));
        shop.profile.hours.open_at(at).then_some(at)
    })
}

/// One to four kinds of goods, a large cart sometimes, and in the morning often a breakfast.
fn cart(shop: &Shop, morning: bool, dice: &mut Dice) -> Vec<(SkuId, u32)> {
    let breakfast: Vec<&Ware> = BREAKFAST.iter().filter_map(|sku| shop.wares.iter().find(|w| w.sku.as_str() == *sku)).collect();
    if morning && breakfast.len() == BREAKFAST.len() && dice.of_thousand(250) {
        return breakfast.iter().map(|w| (w.sku.clone(), 1)).collect();
    }
    let mut lines: BTreeMap<SkuId, u32> = BTreeMap::new();
    if dice.of_thousand(70) {
        let mut sum = 0;
        while sum < LARGE && lines.len() < 12 {
            let Some(w) = shop.ware(dice) else { break };
            let units = 2 + u32::try_from(dice.below(2)).unwrap_or(0);
            sum += w.price.0 * i64::from(units);
            *lines.entry(w.sku.clone()).or_default() += units;
        }
        return lines.into_iter().collect();
    }
    for _ in 0..=dice.below(4) {
        let Some(w) = shop.ware(dice) else { break };
        *lines.entry(w.sku.clone()).or_default() += if dice.of_thousand(230) { 2 } else { 1 };
    }
    lines.into_iter().collect()
}

/// More of less: what is worth a parcel.
fn parcel(wares: &[Ware], dice: &mut Dice) -> Vec<(SkuId, u32)> {
    let mut lines: BTreeMap<SkuId, u32> = BTreeMap::new();
    for _ in 0..=dice.below(3) {
        if let Some(w) = dice.one_of(wares) {
            *lines.entry(w.sku.clone()).or_default() += 1 + u32::try_from(dice.below(4)).unwrap_or(0);
        }
    }
    lines.into_iter().collect()
}
