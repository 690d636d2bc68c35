//! Time slots: when a customer comes for the goods, or wants them brought. How many orders a slot takes is exact, however many want it at once: each
//! slot of a store, day and way is a counter, and an order takes its place in the transaction that places it.

use std::collections::{BTreeMap, BTreeSet};

use liandian_contracts::{Event, event::FieldChange};
use liandian_types::{
    Code, Fulfilment, OrderState, Problem, StaffId, StoreId, Timestamp,
    api::{SetSlot, SlotDay, SlotFill, SlotLimits, SlotState, SlotView, StoreSlot, StoreSlotDay, StoreSlots},
};
use serde::{Deserialize, Serialize};

use crate::{
    Decision, Refusable, conflict,
    decision::{Aggregate, OrdersWrite},
    orders::{
        order::{EARLY, OrderHead, PICKUP_WITHIN},
        place::{self, Way},
    },
    sourcing::matching,
    stock::batch::Date,
    stores::{
        hours::{self, Hours},
        profile::StoreProfile,
    },
};

/// A slot of which no more than this part is left is nearly full.
const FEW: u32 = 5;

/// What the rules say about a store's slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotPolicy {
    /// How long a slot is, in minutes.
    pub minutes: u32,
    /// Orders of a slot for pickup; 0: there are no slots.
    pub pickup: u32,
    /// The same for delivery.
    pub delivery: u32,
    /// So many minutes before it begins a slot is no longer booked.
    pub cutoff: u32,
    /// So many days are offered, this one included.
    pub days: u32,
    /// By so many hundredths a store may let a slot take more.
    pub raise: u32,
}

impl SlotPolicy {
    /// Orders of a slot for this way.
    #[must_use]
    pub fn capacity(&self, way: Fulfilment) -> u32 {
        match way {
            Fulfilment::Pickup => self.pickup,
            Fulfilment::Delivery => self.delivery,
            // A parcel comes when its carrier does.
            Fulfilment::HqShip => 0,
        }
    }

    /// The most that a store may let a slot take.
    #[must_use]
    pub fn most(&self, way: Fulfilment) -> u32 {
        let capacity = u64::from(self.capacity(way));
        u32::try_from(capacity + capacity * u64::from(self.raise) / 100).unwrap_or(u32::MAX)
    }

    /// What a slot takes, given what its store has said about it: never more than the rules let it say now.
    #[must_use]
    pub fn takes(&self, way: Fulfilment, count: &SlotCount) -> u32 {
        count.own().map_or(self.capacity(way), |own| own.min(self.most(way)))
    }

    /// The same for a page.
    fn limits(&self, way: Fulfilment) -> SlotLimits {
        SlotLimits { capacity: self.capacity(way), most: self.most(way) }
    }
}

/// What a slot's counter says. No row: nothing yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SlotCount {
    /// Orders that have it.
    pub booked: i64,
    /// Orders that it takes, as the store has said; less than nothing: the store says nothing.
    pub most: i64,
    /// How often the store has said something.
    pub plan: u64,
}

/// The store says nothing about a slot.
pub const NOTHING_SAID: i64 = -1;

impl Default for SlotCount {
    fn default() -> Self {
        Self { booked: 0, most: NOTHING_SAID, plan: 0 }
    }
}

impl SlotCount {
    /// What the store has said about it.
    #[must_use]
    pub fn own(&self) -> Option<u32> {
        u32::try_from(self.most).ok()
    }

    /// Orders that have it.
    #[must_use]
    pub fn taken(&self) -> u32 {
        u32::try_from(self.booked).unwrap_or(0)
    }
}

/// The slot that an order has, as its head keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotTime {
    /// When it begins, by the clock of the store then: `2026-11-29T10:00`.
    pub slot: String,
    /// When it begins.
    pub from: Timestamp,
    /// When it ends.
    pub until: Timestamp,
    /// Orders that it took when this one was placed.
    pub most: u32,
}

impl SlotTime {
    /// For when the goods are promised: what is fetched is there as the slot begins, what is brought has come when it ends.
    #[must_use]
    pub fn promised(&self, way: Fulfilment) -> Timestamp {
        if way == Fulfilment::Pickup { self.from } else { self.until }
    }

    /// When a rider shall be there: in the middle, so that he is neither early nor late.
    #[must_use]
    pub fn met(&self) -> Timestamp {
        self.from.plus((self.until.0 - self.from.0) / 2)
    }

    /// `11-29 10:00–10:30`
    #[must_use]
    pub fn text(&self, zone: &str) -> String {
        format!("{}–{}", hours::local_text(self.from, zone), clock(self.until, zone))
    }

    /// `今天 10:00–10:30`
    #[must_use]
    pub fn soon_text(&self, now: Timestamp, zone: &str) -> String {
        format!("{}–{}", hours::soon_text(self.from, now, zone), clock(self.until, zone))
    }
}

/// A place in a slot that an order is about to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// The slot.
    pub time: SlotTime,
    /// How often the store had said something about it when that was read.
    pub plan: u64,
}

/// A change of a slot's counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotChange {
    /// Whose slot.
    pub store: StoreId,
    /// For which way.
    pub way: Fulfilment,
    /// Which.
    pub slot: String,
    /// So many orders more, or less.
    pub orders: i64,
    /// There may be so many afterwards, if the store has not said something else since it had said so much; absent for what is given back.
    pub within: Option<(u32, u64)>,
}

/// What a store says about a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotPlan {
    /// Whose slot.
    pub store: StoreId,
    /// For which way.
    pub way: Fulfilment,
    /// Which.
    pub slot: String,
    /// Orders that it takes; absent: as the rules say.
    pub most: Option<u32>,
    /// How often the store had said something before: refused when it has again.
    pub seen: u64,
}

/// `10:30` in the zone.
fn clock(at: Timestamp, zone: &str) -> String {
    let text = hours::moment_text(at, zone);
    text.split_once('T').map_or(text.clone(), |(_, clock)| clock.to_owned())
}

/// The slots that begin on a day: each lies whole within the hours, and begins at a multiple of its length.
#[must_use]
pub fn on_day(hours: &Hours, minutes: u32, day: Date) -> Vec<(Timestamp, Timestamp)> {
    let long = i64::from(minutes.max(1)) * Timestamp::MINUTE;
    let mut all = BTreeSet::new();
    // Hours that began the evening before may run into this day.
    for (opens, closes) in [day.yesterday().ok(), Some(day)].into_iter().flatten().filter_map(|d| hours.span(d)) {
        let midnight = hours::midnight(hours::day(opens, &hours.zone), &hours.zone);
        let past = (opens.0 - midnight.0).rem_euclid(long);
        let mut from = if past == 0 { opens } else { opens.plus(long - past) };
        // Hours last a day at most, but for what lies beyond the calendar's end.
        let closes = closes.min(opens.plus(2 * Timestamp::DAY));
        while from.plus(long) <= closes {
            if hours::day(from, &hours.zone) == day {
                all.insert((from, from.plus(long)));
            }
            from = from.plus(long);
        }
    }
    all.into_iter().collect()
}

/// The days that are offered now, this one first.
fn offered_days(zone: &str, policy: &SlotPolicy, now: Timestamp) -> Vec<Date> {
    let mut all = vec![hours::day(now, zone)];
    for _ in 1..policy.days {
        let Some(next) = all.last().and_then(|d| d.tomorrow().ok()) else { break };
        all.push(next);
    }
    all
}

/// The names between which all slots lie that are offered now.
#[must_use]
pub fn range(zone: &str, policy: &SlotPolicy, now: Timestamp) -> (String, String) {
    let days = offered_days(zone, policy, now);
    let name = |d: Option<&Date>, clock: &str| d.map_or_else(String::new, |d| format!("{d}T{clock}"));
    (name(days.first(), "00:00"), name(days.last(), "23:59"))
}

/// How full a slot is at a moment, for goods that are there by then.
fn state(policy: &SlotPolicy, from: Timestamp, most: u32, taken: u32, ready: Timestamp, now: Timestamp) -> SlotState {
    let left = most.saturating_sub(taken);
    if now >= from.plus(-i64::from(policy.cutoff) * Timestamp::MINUTE) || from < ready {
        SlotState::Over
    } else if most == 0 {
        SlotState::Closed
    } else if left == 0 {
        SlotState::Full
    } else if left <= (most / FEW).max(1) {
        SlotState::Few
    } else {
        SlotState::Open
    }
}

fn day_title(day: Date, today: Date) -> String {
    if day == today {
        "今天".to_owned()
    } else if today.tomorrow().is_ok_and(|t| t == day) {
        "明天".to_owned()
    } else {
        let weekday = u8::try_from(day.weekday().to_monday_one_offset()).unwrap_or(7);
        format!("{} {}", day.strftime("%m-%d"), hours::weekday_text(weekday))
    }
}

/// What a customer may book, day by day: what has begun, and days without slots, are left out. `ready`: no earlier than this the goods are there, for
/// what is fetched from elsewhere first.
#[must_use]
pub fn days(
    store: &StoreProfile,
    policy: &SlotPolicy,
    way: Fulfilment,
    counts: &BTreeMap<String, SlotCount>,
    ready: Timestamp,
    now: Timestamp,
) -> Vec<SlotDay> {
    if policy.capacity(way) == 0 {
        return Vec::new();
    }
    let zone = &store.hours.zone;
    let today = hours::day(now, zone);
    let of_day = |day: &Date| {
        let of = |(from, until): (Timestamp, Timestamp)| {
            let slot = hours::moment_text(from, zone);
            let count = counts.get(&slot).copied().unwrap_or_default();
            let most = policy.takes(way, &count);
            let state = state(policy, from, most, count.taken(), ready, now);
            let left = if state.bookable() { most.saturating_sub(count.taken()) } else { 0 };
            SlotView { slot, text: format!("{}–{}", clock(from, zone), clock(until, zone)), state, left }
        };
        let slots = on_day(&store.hours, policy.minutes, *day).into_iter().filter(|(from, _)| *from > now).map(of);
        SlotDay { day: day.to_string(), title: day_title(*day, today), slots: slots.collect() }
    };
    offered_days(zone, policy, now).iter().map(of_day).filter(|d| !d.slots.is_empty()).collect()
}

/// When a slot of this name begins, if that is a name at all.
fn named(slot: &str, zone: &str) -> Option<Timestamp> {
    hours::moment(slot, zone).filter(|at| hours::moment_text(*at, zone) == slot)
}

/// The slot that begins then, if the store has it.
fn begins(store: &StoreProfile, policy: &SlotPolicy, from: Timestamp) -> Option<(Timestamp, Timestamp)> {
    on_day(&store.hours, policy.minutes, hours::day(from, &store.hours.zone)).into_iter().find(|(begins, _)| *begins == from)
}

fn full(detail: impl Into<String>) -> Problem {
    Problem::new(Code::SlotFull, detail).at("slot")
}

/// The place that an order wants, with what was read of its slot.
///
/// # Errors
/// `bad_request` for a slot that the store does not have; `slot_full` for one that is full, closed, or not booked (any more, or yet).
pub fn choose(
    store: &StoreProfile,
    policy: &SlotPolicy,
    way: Fulfilment,
    slot: &str,
    count: &SlotCount,
    ready: Timestamp,
    now: Timestamp,
) -> Refusable<Booking> {
    let unknown = |what: &str| Err(Problem::new(Code::BadRequest, what).at("slot"));
    if policy.capacity(way) == 0 {
        return unknown(&format!("{}的{}不分时段，请选择尽快", store.name, way.title()));
    }
    let zone = &store.hours.zone;
    let Some(from) = named(slot, zone) else { return unknown("没有这个时段，请重新选择") };
    if !offered_days(zone, policy, now).contains(&hours::day(from, zone)) {
        return Err(full("这个时段现在还不能预约，或已经过去，请重新选择"));
    }
    let Some((from, until)) = begins(store, policy, from) else { return unknown("没有这个时段，请重新选择") };
    let most = policy.takes(way, count);
    let time = SlotTime { slot: slot.to_owned(), from, until, most };
    let text = time.soon_text(now, zone);
    match state(policy, from, most, count.taken(), ready, now) {
        SlotState::Open | SlotState::Few => Ok(Booking { time, plan: count.plan }),
        SlotState::Full => Err(full(format!("{text} 刚刚约满，请选择其他时段"))),
        SlotState::Closed => Err(full(format!("{text} 暂停预约，请选择其他时段"))),
        SlotState::Over if from < ready => Err(full(format!("{text} 之前商品还到不齐，请选择更晚的时段"))),
        SlotState::Over => Err(full(format!("{text} 已截止预约，请选择其他时段"))),
    }
}

/// May the store take such an order? What is for a slot is asked about when that begins: a shop that is shut at night takes orders for the morning.
///
/// # Errors
/// As [`place::serviceable`].
pub fn serviceable(way: &Way, slot: Option<&Booking>, now: Timestamp) -> Refusable<()> {
    place::serviceable(way, slot.map_or(now, |b| b.time.from.max(now)))
}

/// Does what comes from elsewhere first come in time?
///
/// # Errors
/// `slot_full`, saying so.
pub fn in_time(slot: Option<&Booking>, ready: Timestamp, now: Timestamp, zone: &str) -> Refusable<()> {
    match slot.filter(|b| b.time.from < ready) {
        Some(b) => Err(full(format!("{} 之前商品还到不齐，请选择更晚的时段", b.time.soon_text(now, zone)))),
        None => Ok(()),
    }
}

/// When a rider is to be called: for the slot, if the order has one, else for the promise.
pub(crate) fn rider_at(store: &StoreProfile, slot: Option<&Booking>, distance_m: Option<u32>, promised: Timestamp) -> Timestamp {
    matching::rider_at(store, distance_m, slot.map_or(promised, |b| b.time.met()))
}

/// An order takes its place: refused when the slot is full by then, or the store has said something about it since.
pub(crate) fn book(d: &mut Decision, store: &StoreId, way: Fulfilment, b: &Booking) {
    d.write(OrdersWrite::Slot(Box::new(SlotChange {
        store: store.clone(),
        way,
        slot: b.time.slot.clone(),
        orders: 1,
        within: Some((b.time.most, b.plan)),
    })));
}

/// Does an order that stands so have its place? One whose money goes back, or that was never paid, has none; one that is done has had it.
#[must_use]
pub fn has_place(state: OrderState) -> bool {
    !matches!(state, OrderState::Closed | OrderState::Refunding | OrderState::Refunded)
}

/// The order is none any more: its place is others' to have. Once, for the order's own change is refused when it has moved on.
pub(crate) fn give_back(d: &mut Decision, head: &OrderHead) {
    if let Some(s) = head.slot.as_ref().filter(|_| has_place(head.state)) {
        let (store, way, slot) = (head.store.clone(), head.fulfilment, s.slot.clone());
        d.write(OrdersWrite::Slot(Box::new(SlotChange { store, way, slot, orders: -1, within: None })));
    }
}

/// A closed order whose payment came all the same: with a place in its slot as before, if one is free and the slot has not begun; else it is had as
/// soon as possible, and says so by promising no time.
#[must_use]
pub fn again(head: &OrderHead, count: &SlotCount, now: Timestamp) -> (OrderHead, Decision) {
    let mut d = Decision::default();
    let Some(s) = &head.slot else { return (head.clone(), d) };
    let most = count.own().unwrap_or(s.most);
    if s.from > now && count.taken() < most {
        let within = Some((most, count.plan));
        let change = SlotChange { store: head.store.clone(), way: head.fulfilment, slot: s.slot.clone(), orders: 1, within };
        d.write(OrdersWrite::Slot(Box::new(change)));
        return (head.clone(), d);
    }
    let (order, store, slot) = (head.order.clone(), head.store.clone(), s.slot.clone());
    d.order_event(&head.order, Event::OrderSlotLost { order, store, slot });
    (OrderHead { slot: None, promised_at: None, rider_at: None, ..head.clone() }, d)
}

/// Until when a pickup order waits for its customer that can be had from now on: its days begin with its slot.
pub(crate) fn waits_until(head: &OrderHead, now: Timestamp) -> Timestamp {
    head.slot.as_ref().map_or(now, |s| s.until.max(now)).plus(PICKUP_WITHIN)
}

/// How long before his time a rider is called for goods that are ready: a customer who chose a slot is not there before it.
pub(crate) fn early(head: &OrderHead) -> i64 {
    if head.slot.is_some() { 0 } else { EARLY }
}

/// A store's slots with how full they are, for itself.
#[must_use]
pub fn of_store(
    store: &StoreProfile,
    policy: &SlotPolicy,
    pickup: &BTreeMap<String, SlotCount>,
    delivery: &BTreeMap<String, SlotCount>,
    now: Timestamp,
) -> StoreSlots {
    let zone = &store.hours.zone;
    let today = hours::day(now, zone);
    let fill = |way: Fulfilment, counts: &BTreeMap<String, SlotCount>, slot: &str| {
        let count = counts.get(slot).copied().unwrap_or_default();
        SlotFill { booked: count.taken(), capacity: policy.takes(way, &count), own: count.own().is_some(), version: count.plan }
    };
    let of_day = |day: Date| {
        let of = |(from, until): (Timestamp, Timestamp)| {
            let slot = hours::moment_text(from, zone);
            StoreSlot {
                text: format!("{}–{}", clock(from, zone), clock(until, zone)),
                over: now >= from.plus(-i64::from(policy.cutoff) * Timestamp::MINUTE),
                pickup: fill(Fulfilment::Pickup, pickup, &slot),
                delivery: fill(Fulfilment::Delivery, delivery, &slot),
                slot,
            }
        };
        let slots = on_day(&store.hours, policy.minutes, day).into_iter().map(of).collect();
        StoreSlotDay { day: day.to_string(), title: day_title(day, today), slots }
    };
    let any = policy.pickup > 0 || policy.delivery > 0;
    StoreSlots {
        store: store.store.clone(),
        minutes: policy.minutes,
        cutoff: policy.cutoff,
        pickup: policy.limits(Fulfilment::Pickup),
        delivery: policy.limits(Fulfilment::Delivery),
        days: offered_days(zone, policy, now).into_iter().filter(|_| any).map(of_day).collect(),
    }
}

/// A store says how many orders a slot takes. Orders that have it keep it, also where it takes fewer from now on.
///
/// # Errors
/// `bad_request` for a slot that there is not, more than the rules let it say, or no reason; `conflict` when it is over, or was changed meanwhile.
pub fn set(store: &StoreProfile, policy: &SlotPolicy, ask: &SetSlot, count: &SlotCount, by: &StaffId, now: Timestamp) -> Refusable<Decision> {
    let bad = |at: &str, what: String| Err(Problem::new(Code::BadRequest, what).at(at));
    let (way, zone) = (ask.fulfilment, &store.hours.zone);
    if policy.capacity(way) == 0 {
        return bad("fulfilment", format!("本店的{}没有预约时段", way.title()));
    }
    let offered = named(&ask.slot, zone).filter(|from| offered_days(zone, policy, now).contains(&hours::day(*from, zone)));
    let Some((from, until)) = offered.and_then(|from| begins(store, policy, from)) else { return bad("slot", "没有这个时段".to_owned()) };
    let most = policy.most(way);
    if ask.capacity.is_some_and(|c| c > most) {
        return bad("capacity", format!("一个时段最多 {most} 单，需要更多请联系总部调整规则"));
    }
    let why = ask.why.trim();
    if why.is_empty() || why.chars().count() > 100 {
        return bad("why", "请填写原因，100 字以内".to_owned());
    }
    if ask.version != count.plan {
        return conflict("这个时段刚刚被修改过，请刷新后重试");
    }
    if now >= from {
        return conflict("这个时段已经开始，不能再调整");
    }
    let mut d = Decision::default();
    if ask.capacity == count.own() {
        return Ok(d);
    }
    let (slot, id) = (ask.slot.clone(), store.store.clone());
    d.write(OrdersWrite::SlotPlan(Box::new(SlotPlan { store: id.clone(), way, slot: slot.clone(), most: ask.capacity, seen: ask.version })));
    let told = |own: Option<u32>| match own {
        Some(0) => "暂停预约".to_owned(),
        Some(n) => format!("{n} 单"),
        None => format!("按规则 {} 单", policy.capacity(way)),
    };
    let time = SlotTime { slot, from, until, most };
    let field = format!("{}时段 {}", way.title(), time.text(zone));
    let changes = vec![FieldChange { field, old: told(count.own()), new: told(ask.capacity) }];
    d.event(Aggregate::Store(id.clone()), Event::SlotSet { store: id, by: by.clone(), why: why.to_owned(), changes });
    Ok(d)
}
