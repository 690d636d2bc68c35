//! Time slots: which there are, what may be booked of them, what an order takes and gives back, and what a store may say.

use std::collections::BTreeMap;

use liandian_domain::{
    Decision, Write,
    decision::OrdersWrite,
    orders::{
        order::{Paid, Payment, close, pay, ready, refund_and_release, revive},
        place::Placement,
        slots::{Booking, SlotCount, SlotPlan, SlotPolicy, SlotTime, again, choose, days, of_store, on_day, set},
    },
    stores::{
        hours::{CHINA, Exception, Hours, moment},
        profile::StoreProfile,
    },
};
use liandian_types::{
    Fen, Fulfilment, OrderState, Timestamp,
    api::{SetSlot, SlotState},
};

use crate::{
    fixtures::{DAY, MINUTE, NOW, after, body, code_of, head, id, kinds},
    place::{created, order, placed, store, wanted},
};

const POLICY: SlotPolicy = SlotPolicy { minutes: 30, pickup: 50, delivery: 10, cutoff: 60, days: 2, raise: 50 };

fn at(text: &str) -> Timestamp {
    moment(text, CHINA).unwrap()
}

/// Open from eight to ten in the evening.
fn shop() -> StoreProfile {
    StoreProfile { hours: Hours::daily(480, 1_320, CHINA), ..store() }
}

fn count(booked: i64) -> SlotCount {
    SlotCount { booked, ..SlotCount::default() }
}

/// A slot, by how much, and what must hold.
type Counted = (String, i64, Option<(u32, u64)>);

/// The places that a decision takes (1) or gives back (-1), and within what.
fn places(d: &Decision) -> Vec<Counted> {
    let of = |w: &Write| if let Write::Orders(OrdersWrite::Slot(c)) = w { Some((c.slot.clone(), c.orders, c.within)) } else { None };
    d.writes.iter().filter_map(of).collect()
}

fn booking(slot: &str, minutes: i64) -> Booking {
    let from = at(slot);
    Booking { time: SlotTime { slot: slot.to_owned(), from, until: from.plus(minutes * MINUTE), most: 50 }, plan: 3 }
}

#[test]
fn given_hours_when_cut_into_slots_then_each_lies_whole_within_them_and_begins_at_a_multiple_of_its_length() {
    let cut = |hours: &Hours, minutes: u32, day: &str| {
        let slots = on_day(hours, minutes, day.parse().unwrap());
        let text = |t: Timestamp| liandian_domain::stores::hours::moment_text(t, &hours.zone);
        (slots.len(), slots.first().map(|s| text(s.0)), slots.last().map(|s| text(s.1)))
    };
    let some = |n: usize, first: &str, last: &str| (n, Some(first.to_owned()), Some(last.to_owned()));
    let day = Hours::daily(480, 1_320, CHINA);
    assert_eq!(cut(&day, 30, "2026-11-29"), some(28, "2026-11-29T08:00", "2026-11-29T22:00"));
    assert_eq!(cut(&day, 60, "2026-11-29"), some(14, "2026-11-29T08:00", "2026-11-29T22:00"));
    let odd = Hours::daily(435, 1_310, CHINA);
    assert_eq!(cut(&odd, 30, "2026-11-29"), some(28, "2026-11-29T07:30", "2026-11-29T21:30"));
    assert_eq!(cut(&odd, 60, "2026-11-29"), some(13, "2026-11-29T08:00", "2026-11-29T21:00"));
    // Of the night before, and of this evening until midnight.
    let night = Hours::daily(1_080, 120, CHINA);
    assert_eq!(cut(&night, 30, "2026-11-29"), some(16, "2026-11-29T00:00", "2026-11-30T00:00"));
    assert_eq!(cut(&Hours::daily(0, 0, CHINA), 60, "2026-11-29"), some(24, "2026-11-29T00:00", "2026-11-30T00:00"));
    assert_eq!(cut(&Hours::daily(0, 0, "America/New_York"), 60, "2026-11-29"), some(24, "2026-11-29T00:00", "2026-11-30T00:00"));
    // Closed that day: what began the evening before is that evening's.
    let off =
        |hours: Option<(u16, u16)>| Exception { from: "2026-11-29".parse().unwrap(), to: "2026-11-29".parse().unwrap(), hours, note: String::new() };
    let rests = Hours { exceptions: vec![off(None)], ..night };
    assert_eq!(cut(&rests, 30, "2026-11-29"), some(4, "2026-11-29T00:00", "2026-11-29T02:00"));
    let closed = Hours { exceptions: vec![off(None)], ..day.clone() };
    assert_eq!(cut(&closed, 30, "2026-11-29"), (0, None, None));
    let short = Hours { exceptions: vec![off(Some((600, 660)))], ..day };
    assert_eq!(cut(&short, 30, "2026-11-29"), some(2, "2026-11-29T10:00", "2026-11-29T11:00"));
}

#[test]
fn given_a_slot_when_it_is_wanted_then_each_limit_holds_from_both_sides() {
    let shop = shop();
    let ask = |policy: &SlotPolicy, slot: &str, count: SlotCount, ready: i64, now: Timestamp| {
        code_of(choose(&shop, policy, Fulfilment::Pickup, slot, &count, Timestamp(ready), now))
    };
    let ten = "2026-11-29T10:00";
    let early = at("2026-11-29T08:00");
    // The cut-off minute.
    let nine = at("2026-11-29T09:00");
    assert_eq!([ask(&POLICY, ten, count(0), 0, nine.plus(-1)), ask(&POLICY, ten, count(0), 0, nine)], ["done", "slot_full"]);
    let none = SlotPolicy { cutoff: 0, ..POLICY };
    assert_eq!([ask(&none, ten, count(0), 0, at(ten).plus(-1)), ask(&none, ten, count(0), 0, at(ten))], ["done", "slot_full"]);
    // The last place.
    assert_eq!([ask(&POLICY, ten, count(49), 0, early), ask(&POLICY, ten, count(50), 0, early)], ["done", "slot_full"]);
    // What the store said, within what the rules let it say now.
    let said = |most: i64, booked: i64| SlotCount { booked, most, plan: 1 };
    assert_eq!([ask(&POLICY, ten, said(0, 0), 0, early), ask(&POLICY, ten, said(3, 2), 0, early)], ["slot_full", "done"]);
    assert_eq!([ask(&POLICY, ten, said(3, 3), 0, early), ask(&POLICY, ten, said(999, 74), 0, early)], ["slot_full", "done"]);
    assert_eq!(ask(&POLICY, ten, said(999, 75), 0, early), "slot_full");
    // What comes from elsewhere first.
    assert_eq!([ask(&POLICY, ten, count(0), at(ten).0, early), ask(&POLICY, ten, count(0), at(ten).0 + 1, early)], ["done", "slot_full"]);
    // The days that are offered, to the last moment before midnight.
    let midnight = at("2026-11-30T00:00");
    let day_after = "2026-12-01T10:00";
    assert_eq!([ask(&POLICY, day_after, count(0), 0, midnight.plus(-1)), ask(&POLICY, day_after, count(0), 0, midnight)], ["slot_full", "done"]);
    assert_eq!(ask(&POLICY, "2026-11-28T10:00", count(0), 0, early), "slot_full", "yesterday's");
    // What is none.
    for wrong in
        ["", "10:00", "2026-11-29T10:15", "2026-11-29T07:30", "2026-11-29T22:00", "2026-11-29 10:00", "2026-11-29T10:00:00", "2026-13-01T10:00"]
    {
        assert_eq!(ask(&POLICY, wrong, count(0), 0, early), "bad_request", "{wrong}");
    }
    assert_eq!(ask(&POLICY, "9999-01-01T10:00", count(0), 0, early), "slot_full");
    assert_eq!(ask(&SlotPolicy { pickup: 0, ..POLICY }, ten, count(0), 0, early), "bad_request", "without slots there is only as soon as possible");
    let parcel = choose(&shop, &POLICY, Fulfilment::HqShip, ten, &count(0), Timestamp(0), early);
    assert_eq!(code_of(parcel), "bad_request");
}

#[test]
fn given_slots_when_offered_then_fullness_is_told_and_what_has_begun_or_has_no_slots_is_left_out() {
    let counts: BTreeMap<String, SlotCount> = [
        ("2026-11-29T11:00", count(39)),
        ("2026-11-29T11:30", count(40)),
        ("2026-11-29T12:00", count(50)),
        ("2026-11-29T12:30", SlotCount { booked: 2, most: 0, plan: 1 }),
    ]
    .into_iter()
    .map(|(slot, c)| (slot.to_owned(), c))
    .collect();
    let now = at("2026-11-29T10:00");
    let all = days(&shop(), &POLICY, Fulfilment::Pickup, &counts, Timestamp(0), now);
    assert_eq!(all.iter().map(|d| (d.day.as_str(), d.title.as_str())).collect::<Vec<_>>(), [("2026-11-29", "今天"), ("2026-11-30", "明天")]);
    let told: Vec<_> = all[0].slots.iter().take(6).map(|s| (s.text.as_str(), s.state, s.left)).collect();
    assert_eq!(
        told,
        [
            ("10:30–11:00", SlotState::Over, 0),
            ("11:00–11:30", SlotState::Over, 0),
            ("11:30–12:00", SlotState::Few, 10),
            ("12:00–12:30", SlotState::Full, 0),
            ("12:30–13:00", SlotState::Closed, 0),
            ("13:00–13:30", SlotState::Open, 50),
        ]
    );
    let earlier = days(&shop(), &POLICY, Fulfilment::Pickup, &counts, Timestamp(0), at("2026-11-29T09:59"));
    assert_eq!(earlier[0].slots.iter().find(|s| s.text == "11:00–11:30").map(|s| (s.state, s.left)), Some((SlotState::Open, 11)));
    assert!(days(&shop(), &POLICY, Fulfilment::HqShip, &counts, Timestamp(0), now).is_empty());
    let third = days(&shop(), &SlotPolicy { days: 3, ..POLICY }, Fulfilment::Delivery, &BTreeMap::new(), Timestamp(0), at("2026-11-29T22:00"));
    assert_eq!(third.iter().map(|d| d.title.as_str()).collect::<Vec<_>>(), ["明天", "12-01 周二"], "nothing is left of today");
}

#[test]
fn given_a_slot_when_an_order_is_placed_for_it_then_it_takes_one_place_and_is_promised_for_then() {
    let day = hours_later(NOW, 1);
    let slot = booking(&day, 30);
    let from = slot.time.from;
    let p = |way: Fulfilment, total| Placement { slot: Some(slot.clone()), ..order(vec![wanted(1, 2, 2, 0)], way, total) };
    let (_, d) = placed(p(Fulfilment::Pickup, 2_000)).unwrap();
    assert_eq!(places(&d), [(day.clone(), 1, Some((50, 3)))]);
    let (h, _) = created(&d);
    assert_eq!((h.slot.as_ref().map(|s| s.slot.as_str()), h.promised_at, h.rider_at), (Some(day.as_str()), Some(from), None));
    let (_, d) = placed(p(Fulfilment::Delivery, 2_400)).unwrap();
    let (h, _) = created(&d);
    assert_eq!(h.promised_at, Some(from.plus(30 * MINUTE)), "brought until its end");
    let at = h.rider_at.expect("a rider is called for the slot");
    assert!(at > NOW && at < from.plus(15 * MINUTE), "{at:?}");
    // A shop that is shut now takes orders for when it is not.
    let shut = StoreProfile { hours: Hours::daily(1_200, 1_260, CHINA), ..store() };
    let later = booking("1970-01-01T20:00", 30);
    let for_evening = Placement { store: shut.clone(), slot: Some(later), ..order(vec![wanted(1, 2, 2, 0)], Fulfilment::Delivery, 2_400) };
    assert!(placed(for_evening).is_ok());
    let at_once = Placement { store: shut, ..order(vec![wanted(1, 2, 2, 0)], Fulfilment::Delivery, 2_400) };
    assert_eq!(code_of(placed(at_once)), "store_closed");
}

/// The slot that begins on the full hour so many hours after the next one.
fn hours_later(now: Timestamp, hours: i64) -> String {
    let hour = 60 * MINUTE;
    let from = Timestamp((now.0 / hour + 1 + hours) * hour);
    liandian_domain::stores::hours::moment_text(from, CHINA)
}

#[test]
fn given_an_order_with_a_slot_when_it_ends_then_its_place_is_given_back_once_and_kept_when_it_is_done() {
    let time = booking(&hours_later(NOW, 1), 30).time;
    let with = |state: OrderState| liandian_domain::orders::order::OrderHead { slot: Some(time.clone()), ..head(state, Fulfilment::Pickup) };
    let m = || [id("mov_1"), id("mov_2")];
    let back = [(time.slot.clone(), -1, None)];
    let d = close(&with(OrderState::Placed), &body(), None, true, m(), NOW).unwrap();
    assert_eq!(places(&d), back);
    assert!(places(&close(&after(&d), &body(), None, true, m(), NOW).unwrap()).is_empty(), "once");
    let d = refund_and_release(&with(OrderState::Ready), &body(), "缺货", id("mov_1"), NOW);
    assert_eq!(places(&d), back);
    assert!(places(&ready(&with(OrderState::Preparing), NOW).unwrap()).is_empty());
    // A customer's days at the counter begin with the slot.
    let paid = Paid { transaction: "wx1".into(), amount: Fen(5_280), at: NOW };
    let Payment::Accepted(d) = pay(&with(OrderState::Placed), &paid, NOW).unwrap() else { panic!("it is paid") };
    assert_eq!(after(&d).due, Some(time.until.plus(3 * DAY)));
    assert!(places(&d).is_empty());
}

#[test]
fn given_a_closed_order_when_it_is_paid_all_the_same_then_it_has_its_place_again_or_is_had_as_soon_as_possible() {
    let time = booking(&hours_later(NOW, 1), 30).time;
    let closed = liandian_domain::orders::order::OrderHead {
        slot: Some(time.clone()),
        promised_at: Some(time.from),
        ..head(OrderState::Closed, Fulfilment::Pickup)
    };
    let (same, d) = again(&closed, &SlotCount { booked: 49, most: -1, plan: 7 }, NOW);
    assert_eq!((same, places(&d)), (closed.clone(), vec![(time.slot.clone(), 1, Some((50, 7)))]));
    for (count, now) in [(count(50), NOW), (SlotCount { booked: 2, most: 2, plan: 1 }, NOW), (count(0), time.from)] {
        let (free, d) = again(&closed, &count, now);
        assert_eq!((free.slot.as_ref(), free.promised_at, places(&d).len(), kinds(&d)), (None, None, 0, vec!["order.slot_lost".to_owned()]));
        let paid = Paid { transaction: "wx1".into(), amount: Fen(5_280), at: now };
        let revived = revive(&free, &body(), &paid, id("mov_1"), now).map(|d| after(&d));
        let revived = revived.expect("its goods are there");
        assert_eq!((revived.state, revived.slot, revived.due), (OrderState::Preparing, None, Some(now.plus(3 * DAY))));
    }
    let plain = head(OrderState::Closed, Fulfilment::Pickup);
    assert_eq!(again(&plain, &count(0), NOW), (plain.clone(), Decision::default()));
}

#[test]
fn given_a_slot_when_its_store_says_how_many_it_takes_then_the_rules_and_what_was_seen_hold() {
    let now = at("2026-11-29T09:30");
    let ask = |capacity: Option<u32>, version: u64| SetSlot {
        slot: "2026-11-29T10:00".into(),
        fulfilment: Fulfilment::Pickup,
        capacity,
        version,
        why: "人手不足".into(),
    };
    let seen = SlotCount { booked: 20, most: -1, plan: 2 };
    let by = id("stf_1");
    let says = |a: &SetSlot, now: Timestamp| set(&shop(), &POLICY, a, &seen, &by, now);
    let d = says(&ask(Some(0), 2), now).unwrap();
    let plan = d.writes.iter().find_map(|w| if let Write::Orders(OrdersWrite::SlotPlan(p)) = w { Some((**p).clone()) } else { None });
    let wanted = SlotPlan { store: id("sto_a"), way: Fulfilment::Pickup, slot: "2026-11-29T10:00".into(), most: Some(0), seen: 2 };
    assert_eq!((plan, kinds(&d)), (Some(wanted), vec!["slot.set".to_owned()]));
    // Half more than the rules say, and no more.
    assert_eq!([code_of(says(&ask(Some(75), 2), now)), code_of(says(&ask(Some(76), 2), now))], ["done", "bad_request"]);
    assert_eq!([code_of(says(&ask(Some(5), 1), now)), code_of(says(&ask(Some(5), 3), now))], ["conflict", "conflict"], "another was seen");
    let ten = at("2026-11-29T10:00");
    assert_eq!([code_of(says(&ask(Some(5), 2), ten.plus(-1))), code_of(says(&ask(Some(5), 2), ten))], ["done", "conflict"]);
    assert!(says(&ask(None, 2), now).unwrap().is_empty(), "it says nothing already");
    let long = |n: usize| SetSlot { why: "长".repeat(n), ..ask(Some(5), 2) };
    assert_eq!([0, 1, 100, 101].map(|n| code_of(says(&long(n), now))), ["bad_request", "done", "done", "bad_request"]);
    for slot in ["2026-11-29T10:10", "2026-12-05T10:00", "x"] {
        assert_eq!(code_of(says(&SetSlot { slot: slot.into(), ..ask(Some(5), 2) }, now)), "bad_request", "{slot}");
    }
    assert_eq!(code_of(says(&SetSlot { fulfilment: Fulfilment::HqShip, ..ask(Some(5), 2) }, now)), "bad_request");
    // As the store's page has it.
    let counts = [("2026-11-29T10:00".to_owned(), SlotCount { booked: 20, most: 0, plan: 3 })].into();
    let page = of_store(&shop(), &POLICY, &counts, &BTreeMap::new(), now);
    let slot = page.days[0].slots.iter().find(|s| s.text == "10:00–10:30").unwrap();
    assert_eq!((slot.over, slot.pickup.booked, slot.pickup.capacity, slot.pickup.own, slot.pickup.version), (true, 20, 0, true, 3));
    assert_eq!((page.pickup.capacity, page.pickup.most, page.delivery.most, page.days.len()), (50, 75, 15, 2));
    let without = SlotPolicy { pickup: 0, delivery: 0, ..POLICY };
    assert!(of_store(&shop(), &without, &counts, &BTreeMap::new(), now).days.is_empty());
}
