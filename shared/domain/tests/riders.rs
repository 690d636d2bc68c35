//! What a rider platform tells, in whatever order: the table of `docs/riders.md`, row by row, and random orders of news against what is true at the
//! platform.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use liandian_domain::{
    Decision, Write,
    decision::{OrdersWrite, PaymentsWrite, StockWrite},
    orders::{
        delivery::{self, Delivery, Dispatch, Heard, Scene, Told},
        order::{BodyLine, OrderBody, OrderHead},
        shortfall::{self, MissingUnits},
    },
    stock::record::MovementKind,
};
use liandian_types::{DeliveryId, DeliveryState, Fen, Fulfilment, OrderState, Quantity, RiderWord, Timestamp};
use proptest::prelude::*;

const NOW: Timestamp = Timestamp(1_795_420_800_000);
const WANTED: u32 = 2;

fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}

/// A paid order of two units, its deliveries, and what the books say.
struct World {
    head: OrderHead,
    body: OrderBody,
    deliveries: Vec<Delivery>,
    on_hand: i64,
    reserved: i64,
    sold: i64,
    lost: i64,
    completed: u32,
    refunds: u32,
    call_offs: u32,
    now: Timestamp,
    /// What the platform says when it is asked: word and rider.
    truth: (RiderWord, Option<&'static str>),
    asked: u32,
}

impl World {
    /// A rider is looked for.
    fn new() -> Self {
        let head = OrderHead {
            order: id("ord_1"),
            version: 0,
            state: OrderState::Preparing,
            store: id("sto_a"),
            store_name: "甲店".into(),
            zone: "Asia/Shanghai".into(),
            member: id("mem_1"),
            fulfilment: Fulfilment::Delivery,
            shipper: None,
            goods: Fen(2_000),
            delivery_fee: Fen(500),
            total: Fen(2_500),
            units: WANTED,
            summary: String::new(),
            noted: false,
            tail: None,
            placed_at: NOW,
            pay_by: NOW,
            due: Some(NOW),
            pickup_code: String::new(),
            transfer: None,
            delivery: None,
            attempt: 0,
            next_rider_at: None,
            promised_at: None,
            slot: None,
            rider_at: None,
            transaction: Some("wx1".into()),
            paid_at: Some(NOW),
            completed_at: None,
            closed_at: None,
            shortfall: None,
            parcel: None,
            given_back: Fen(0),
            parts: 0,
        };
        let line = BodyLine {
            sku: id("sku_1"),
            name: "牛奶".into(),
            spec: String::new(),
            picture: String::new(),
            quantity: Quantity::new(WANTED).unwrap(),
            price: Fen(1_000),
            weight_g: 500,
            from_transfer: 0,
            segments: Vec::new(),
        };
        let body = OrderBody {
            order: id("ord_1"),
            lines: vec![line],
            recipient: None,
            note: None,
            rule: "direct/1".into(),
            asked: String::new(),
            distance_m: None,
            withdrawn: Vec::new(),
            campaigns: Vec::new(),
            gifts: Vec::new(),
            priced: None,
        };
        let mut w = World {
            head,
            body,
            deliveries: Vec::new(),
            on_hand: 10,
            reserved: i64::from(WANTED),
            sold: 0,
            lost: 0,
            completed: 0,
            refunds: 0,
            call_offs: 0,
            now: NOW,
            truth: (RiderWord::Looking, None),
            asked: 0,
        };
        w.dispatch();
        w
    }

    fn apply(&mut self, d: Decision) {
        for w in d.writes {
            match w {
                Write::Orders(OrdersWrite::Update(h)) => {
                    assert_eq!(h.version, self.head.version);
                    self.completed += u32::from(h.state == OrderState::Completed && self.head.state != OrderState::Completed);
                    self.refunds += u32::from(h.state == OrderState::Refunding && self.head.state != OrderState::Refunding);
                    self.head = OrderHead { version: h.version + 1, ..*h };
                }
                Write::Orders(OrdersWrite::ReplaceBody(b)) => self.body = *b,
                Write::Payments(PaymentsWrite::CreatePartRefund(p)) => assert_eq!((p.number, p.charged), (self.head.parts, self.head.charged())),
                Write::Orders(OrdersWrite::CreateDelivery(x)) => self.deliveries.push(*x),
                Write::Orders(OrdersWrite::UpdateDelivery(x)) => {
                    let at = self.deliveries.iter_mut().find(|d| d.delivery == x.delivery).unwrap();
                    assert_eq!(at.version, x.version);
                    self.call_offs += u32::from(x.call_off && !at.call_off);
                    *at = Delivery { version: x.version + 1, ..*x };
                }
                Write::Stock(StockWrite::Counters(c)) => {
                    self.on_hand += c.on_hand;
                    self.reserved += c.reserved;
                }
                Write::Stock(StockWrite::Movement(m)) => {
                    let left = -m.lines.iter().map(|l| l.on_hand).sum::<i64>();
                    match m.kind {
                        MovementKind::Sale => self.sold += left,
                        MovementKind::Loss => self.lost += left,
                        MovementKind::Release => assert_eq!(left, 0),
                        other => panic!("{other:?}"),
                    }
                }
                other => panic!("{other:?}"),
            }
        }
    }

    /// Calls the next rider; the platform takes the job.
    fn dispatch(&mut self) {
        let newest = self.head.delivery.clone().and_then(|d| self.deliveries.iter().find(|x| x.delivery == d).cloned());
        match delivery::dispatch(&self.head, newest.as_ref(), self.now, self.now) {
            Dispatch::Start(x, d) => {
                self.apply(d);
                let x = self.of(&x.delivery).clone();
                self.apply(delivery::created(&x, self.now));
            }
            Dispatch::Nothing => {}
            other => panic!("{other:?}"),
        }
    }

    fn of(&self, which: &DeliveryId) -> &Delivery {
        self.deliveries.iter().find(|x| x.delivery == *which).unwrap()
    }

    fn nth(&self, n: usize) -> &Delivery {
        &self.deliveries[n]
    }

    fn tell(&mut self, n: usize, told: &Told) -> bool {
        let which = self.deliveries[n].delivery.clone();
        let scene = Scene { head: &self.head, body: &self.body, deliveries: &self.deliveries };
        match delivery::heard(&scene, &which, told, id("mov_1"), self.now) {
            Heard::Take(d) => self.apply(d),
            Heard::Nothing => {}
            Heard::Ask => return true,
        }
        false
    }

    /// Asks the platform about a delivery.
    fn ask(&mut self, n: usize, doubted: bool) {
        let (word, rider) = self.truth;
        self.asked += 1;
        let told = Told { word, rider: rider.map(str::to_owned), rider_phone: None, at: None, asked: true, doubted };
        assert!(!self.tell(n, &told));
    }

    /// A call-back of so many seconds after the beginning, of what is true at the platform.
    fn news(&mut self, n: usize, word: RiderWord, rider: Option<&'static str>, at: i64) {
        self.truth = (word, rider);
        self.hint(n, word, rider, at);
    }

    /// A call-back, whatever is true.
    fn hint(&mut self, n: usize, word: RiderWord, rider: Option<&'static str>, at: i64) {
        self.now = self.now.plus(1_000);
        let told = Told { word, rider: rider.map(str::to_owned), rider_phone: None, at: Some(NOW.plus(at * 1_000)), asked: false, doubted: false };
        if self.tell(n, &told) {
            self.ask(n, true);
        }
    }

    fn numbers(&mut self, all: &[(u32, Option<&'static str>)]) {
        for (at, (number, rider)) in (0i64..).zip(all) {
            self.news(0, word(*number), *rider, at);
        }
    }

    fn short(&mut self, units: u32) {
        let rider = self.head.delivery.clone().map(|d| self.of(&d).clone());
        let d = shortfall::report(
            &self.head,
            &self.body,
            rider.as_ref(),
            &[MissingUnits { sku: id("sku_1"), units }],
            self.now.plus(shortfall::CHOOSE_WITHIN),
            self.now,
        )
        .unwrap();
        self.apply(d);
    }

    fn refund(&mut self) {
        let rider = self.head.delivery.clone().map(|d| self.of(&d).clone());
        let d = shortfall::give_back(&self.head, &self.body, rider.as_ref(), id("mov_2"), self.now).unwrap();
        self.apply(d);
    }

    #[track_caller]
    fn books(&self, state: OrderState, on_hand: i64, sold: i64, lost: i64) {
        assert_eq!((self.head.state, self.on_hand, self.sold, self.lost), (state, on_hand, sold, lost), "{:?}", self.deliveries);
        assert_eq!(self.reserved, if matches!(state, OrderState::Preparing | OrderState::Ready) { i64::from(WANTED) } else { 0 });
    }

    fn trouble(&self, n: usize) -> &str {
        self.nth(n).trouble.as_ref().map_or("", |t| t.text.as_str())
    }
}

fn word(number: u32) -> RiderWord {
    match number {
        10000 => RiderWord::Looking,
        20000 | 20001 => RiderWord::Cancelled,
        30000 => RiderWord::Accepted,
        40000 => RiderWord::AtStore,
        50000 => RiderWord::Delivering,
        60000 => RiderWord::Withdrawn,
        70000 => RiderWord::Done,
        90000 => RiderWord::Abnormal,
        n => RiderWord::Unknown(n),
    }
}

const WANG: Option<&str> = Some("王师傅");
const LI: Option<&str> = Some("李师傅");

#[test]
fn given_a_delivery_that_goes_its_way_when_told_then_the_order_follows_and_is_paid_for_once() {
    let mut w = World::new();
    w.numbers(&[(30000, WANG), (40000, WANG), (50000, WANG)]);
    w.books(OrderState::Delivering, 8, 2, 0);
    assert_eq!(w.asked, 0, "what costs nothing is believed");
    w.news(0, RiderWord::Done, WANG, 3);
    assert_eq!(w.asked, 1, "what is delivered is asked about");
    w.books(OrderState::Completed, 8, 2, 0);
    assert!(w.nth(0).trouble.is_none());
}

#[test]
fn given_goods_that_come_back_to_the_store_when_told_then_the_order_is_not_completed_and_people_are_told() {
    let mut w = World::new();
    w.numbers(&[(50000, WANG), (90000, WANG)]);
    w.books(OrderState::Delivering, 8, 2, 0);
    assert_eq!(w.nth(0).state, DeliveryState::Abnormal);
    assert!(w.trouble(0).contains("异常"));
    w.news(0, RiderWord::Done, WANG, 2);
    w.books(OrderState::Refunding, 8, 2, 0);
    assert_eq!((w.nth(0).state, w.completed, w.refunds), (DeliveryState::Returned, 0, 1));
    assert!(w.nth(0).trouble.as_ref().unwrap().goods);
    // Told again, it is what it is.
    w.news(0, RiderWord::Done, WANG, 3);
    assert_eq!((w.refunds, w.completed), (1, 0));
}

#[test]
fn given_trouble_that_passes_when_told_then_the_goods_are_delivered() {
    let mut w = World::new();
    w.numbers(&[(50000, WANG), (90000, WANG), (50000, WANG), (70000, WANG)]);
    w.books(OrderState::Completed, 8, 2, 0);
    assert!(w.nth(0).trouble.is_none());
}

#[test]
fn given_another_rider_when_told_then_he_is_the_rider() {
    let pairs: [&[(u32, Option<&'static str>)]; 5] = [
        &[(30000, WANG), (30000, LI)],
        &[(40000, WANG), (40000, LI)],
        &[(40000, WANG), (30000, LI)],
        &[(30000, WANG), (10000, None), (30000, LI)],
        &[(50000, WANG), (50000, LI)],
    ];
    for news in pairs {
        let mut w = World::new();
        w.numbers(news);
        assert_eq!(w.nth(0).rider.as_deref(), LI, "{news:?}");
        assert_eq!((w.deliveries.len(), w.asked), (1, 0));
        // In the same second nobody knows by the time alone: the platform is asked.
        let mut w = World::new();
        for (number, rider) in news {
            w.news(0, word(*number), *rider, 0);
        }
        assert_eq!(w.nth(0).rider.as_deref(), LI, "{news:?} within a second");
        // And what came late is old.
        let (last, earlier) = news.split_last().unwrap();
        let mut w = World::new();
        w.news(0, word(last.0), last.1, 9);
        for (number, rider) in earlier {
            w.hint(0, word(*number), *rider, 1);
        }
        assert_eq!(w.nth(0).rider.as_deref(), LI, "{news:?} the other way round");
    }
    let mut w = World::new();
    w.numbers(&[(30000, WANG), (10000, None)]);
    assert_eq!((w.nth(0).state, w.nth(0).rider.as_deref()), (DeliveryState::Created, None), "nobody is on his way");
}

#[test]
fn given_a_rider_who_gives_it_back_when_another_takes_it_then_there_is_one_delivery_and_his_news_counts() {
    let mut w = World::new();
    w.numbers(&[(30000, WANG), (60000, None)]);
    w.dispatch();
    assert_eq!((w.deliveries.len(), w.nth(0).state, w.nth(0).rider.as_deref()), (1, DeliveryState::Created, None));
    w.news(0, RiderWord::Accepted, LI, 2);
    w.news(0, RiderWord::Delivering, LI, 3);
    w.news(0, RiderWord::Done, LI, 4);
    w.books(OrderState::Completed, 8, 2, 0);
    assert_eq!(w.deliveries.len(), 1);
}

#[test]
fn given_a_rider_who_gives_it_back_when_nobody_takes_it_then_it_is_called_off_before_the_next_is_called() {
    let mut w = World::new();
    w.numbers(&[(30000, WANG), (60000, None)]);
    let due = w.nth(0).due.unwrap();
    assert_eq!(due.0 - w.now.0, delivery::ANOTHER_WITHIN);
    w.now = due;
    w.ask(0, false);
    assert!(w.nth(0).call_off);
    w.dispatch();
    assert_eq!(w.deliveries.len(), 1, "not before the platform knows");
    w.truth = (RiderWord::Cancelled, None);
    w.ask(0, false);
    w.now = w.head.next_rider_at.unwrap();
    w.dispatch();
    assert_eq!((w.deliveries.len(), w.nth(0).state), (2, DeliveryState::Cancelled));
    // It lives again all the same: it is called off, and the order stays with the second.
    w.news(0, RiderWord::Accepted, WANG, 90);
    assert!(w.nth(0).call_off && !w.nth(1).call_off);
    // Its rider was faster: who has the goods carries the order.
    w.news(0, RiderWord::Delivering, WANG, 91);
    w.books(OrderState::Delivering, 8, 2, 0);
    assert_eq!(w.head.delivery, Some(w.nth(0).delivery.clone()));
    assert!(w.nth(1).call_off, "nobody comes for nothing");
    w.news(0, RiderWord::Done, WANG, 92);
    w.books(OrderState::Completed, 8, 2, 0);
}

#[test]
fn given_a_delivery_that_lives_again_before_another_was_called_when_told_then_it_goes_on() {
    let mut w = World::new();
    w.numbers(&[(30000, WANG), (20001, None)]);
    assert!(w.head.next_rider_at.is_some());
    w.news(0, RiderWord::Accepted, LI, 2);
    w.dispatch();
    assert_eq!((w.deliveries.len(), w.nth(0).state, w.nth(0).rider.as_deref()), (1, DeliveryState::Accepted, LI));
    w.news(0, RiderWord::Delivering, LI, 3);
    w.books(OrderState::Delivering, 8, 2, 0);
}

#[test]
fn given_a_unit_that_is_missing_when_the_rider_leaves_with_the_rest_then_it_is_not_charged_and_the_report_stands() {
    let mut w = World::new();
    w.numbers(&[(30000, WANG)]);
    w.short(1);
    assert!(w.nth(0).call_off, "kept with the report, before the platform is asked");
    w.news(0, RiderWord::Delivering, WANG, 1);
    w.books(OrderState::Refunding, 9, 0, 1);
    assert!(w.trouble(0).contains("骑手"));
    w.news(0, RiderWord::Done, WANG, 2);
    w.books(OrderState::Refunding, 9, 0, 1);
    assert_eq!((w.refunds, w.completed), (1, 0));
}

#[test]
fn given_a_refund_that_the_customer_chose_when_the_rider_takes_the_goods_all_the_same_then_it_stands_and_the_books_know() {
    for words in [&[RiderWord::Delivering, RiderWord::Done][..], &[RiderWord::Done], &[RiderWord::Delivering, RiderWord::Cancelled]] {
        let mut w = World::new();
        w.numbers(&[(30000, WANG)]);
        w.short(1);
        w.refund();
        assert!(w.nth(0).call_off && w.nth(0).due.is_some(), "called off until it is known");
        w.books(OrderState::Refunding, 10, 0, 0);
        for (at, word) in (1i64..).zip(words) {
            w.news(0, *word, WANG, at);
        }
        w.books(OrderState::Refunding, 9, 0, 1);
        assert_eq!((w.refunds, w.completed), (1, 0));
        assert!(w.nth(0).trouble.as_ref().unwrap().goods && w.nth(0).due.is_none(), "{words:?}");
    }
    // The platform answers at last.
    let mut w = World::new();
    w.numbers(&[(30000, WANG)]);
    w.short(1);
    w.refund();
    w.truth = (RiderWord::Cancelled, None);
    w.ask(0, false);
    w.books(OrderState::Refunding, 10, 0, 0);
    assert!(w.nth(0).is_closed() && w.nth(0).trouble.is_none() && w.head.next_rider_at.is_none());
}

#[test]
fn given_the_rest_that_the_customer_chose_when_the_rider_leaves_with_it_then_it_is_sold_and_only_what_is_missing_goes_back() {
    let mut w = World::new();
    w.numbers(&[(30000, WANG)]);
    w.short(1);
    let d = shortfall::keep(&w.head, &w.body, id("mov_2"), w.now).unwrap();
    w.apply(d);
    assert_eq!((w.head.total, w.head.given_back, w.reserved), (Fen(1_500), Fen(1_000), 1));
    w.news(0, RiderWord::Delivering, WANG, 1);
    w.books(OrderState::Delivering, 9, 1, 0);
    w.news(0, RiderWord::Done, WANG, 2);
    w.books(OrderState::Completed, 9, 1, 0);
    assert_eq!((w.refunds, w.completed, w.head.total), (0, 1, Fen(1_500)));
}

#[test]
fn given_an_order_that_its_customer_calls_off_when_the_rider_takes_the_goods_all_the_same_then_the_refund_stands_and_the_books_know() {
    let called_off = || {
        let mut w = World::new();
        w.numbers(&[(30000, WANG), (40000, WANG)]);
        let d = liandian_domain::orders::order::call_off(&w.head, &w.body, None, Some(w.nth(0)), true, [id("mov_2"), id("mov_3")], w.now).unwrap();
        w.apply(d);
        assert!(w.nth(0).call_off && w.nth(0).due.is_some(), "called off until it is known");
        w.books(OrderState::Refunding, 10, 0, 0);
        w
    };
    let mut w = called_off();
    w.news(0, RiderWord::Delivering, WANG, 2);
    w.books(OrderState::Refunding, 8, 0, 2);
    assert!(w.nth(0).trouble.as_ref().unwrap().goods && (w.refunds, w.completed) == (1, 0));
    let mut w = called_off();
    w.truth = (RiderWord::Cancelled, None);
    w.ask(0, false);
    w.books(OrderState::Refunding, 10, 0, 0);
    assert!(w.nth(0).is_closed() && w.nth(0).trouble.is_none() && w.head.next_rider_at.is_none(), "nobody else is called");
    // Who has the goods has them.
    let mut w = World::new();
    w.numbers(&[(50000, WANG)]);
    assert!(liandian_domain::orders::order::may_call_off(&w.head, None, Some(w.nth(0))).is_err());
}

#[test]
fn given_goods_that_are_found_when_the_rider_was_called_off_then_the_next_one_comes() {
    let mut w = World::new();
    w.numbers(&[(30000, WANG)]);
    w.short(1);
    let d = liandian_domain::orders::order::ready(&w.head, w.now).unwrap();
    w.apply(d);
    w.dispatch();
    assert_eq!(w.deliveries.len(), 1, "the first is not known to be called off");
    w.truth = (RiderWord::Cancelled, None);
    w.ask(0, false);
    w.now = w.head.next_rider_at.unwrap();
    w.dispatch();
    assert_eq!(w.deliveries.len(), 2);
}

#[test]
fn given_a_transfer_when_a_rider_is_not_known_to_be_called_off_then_it_is_refused_and_the_money_is_not() {
    use liandian_domain::stores::profile::{Location, LocationKind};
    let mut w = World::new();
    w.numbers(&[(30000, WANG)]);
    w.short(1);
    let point = liandian_types::GeoPoint { lat: 31.2, lng: 121.4 };
    let source = Location { location: id("loc_b"), name: "乙店".into(), kind: LocationKind::Shelf, point, keeper: id("sto_b") };
    let target = liandian_domain::stores::profile::StoreProfile {
        store: id("sto_a"),
        name: "甲店".into(),
        city: "上海".into(),
        address: String::new(),
        phone: String::new(),
        region: id("reg_1"),
        mode: liandian_types::Mode::Direct,
        tier: liandian_types::Tier::Standard,
        status: liandian_types::StoreStatus::Open,
        pause: None,
        version: 0,
        details: liandian_domain::stores::profile::Details::default(),
        point,
        hours: liandian_domain::stores::hours::Hours::daily(0, 0, "Asia/Shanghai"),
        radius_m: 3_000,
        pickup: true,
        delivery: true,
        entrance: "a".into(),
        theme: "standard".into(),
        rule: "direct/1".into(),
        categories: vec![],
    };
    let take = |w: &World| {
        shortfall::take_transfer(&w.head, &w.body, Some(w.nth(0)), &source, &target, id("trf_1"), [id("mov_1"), id("mov_2")], w.now).map(|_| ())
    };
    assert_eq!(take(&w).unwrap_err().code, liandian_domain::Code::Conflict);
    w.truth = (RiderWord::Cancelled, None);
    w.ask(0, false);
    take(&w).unwrap();
}

#[test]
fn given_a_delivery_called_off_after_pickup_when_told_then_the_platform_is_asked_and_only_its_answer_costs_money() {
    let mut w = World::new();
    w.numbers(&[(50000, WANG)]);
    w.hint(0, RiderWord::Cancelled, WANG, 5);
    w.books(OrderState::Delivering, 8, 2, 0);
    assert_eq!(w.asked, 1);
    w.news(0, RiderWord::Cancelled, WANG, 6);
    w.books(OrderState::Refunding, 8, 2, 0);
    assert!(w.nth(0).trouble.as_ref().unwrap().goods);
    // A forged "delivered" completes nothing either.
    let mut w = World::new();
    w.numbers(&[(30000, WANG)]);
    w.hint(0, RiderWord::Done, WANG, 5);
    w.books(OrderState::Preparing, 10, 0, 0);
    assert_eq!(w.nth(0).due.unwrap().0 - w.now.0, delivery::SOON, "asked again soon: it may only be ahead");
}

#[test]
fn given_news_that_nobody_knows_when_told_then_it_is_kept_and_shown_and_nothing_is_guessed() {
    let mut w = World::new();
    w.numbers(&[(30000, WANG), (80000, WANG)]);
    assert_eq!((w.nth(0).state, w.trouble(0)), (DeliveryState::Accepted, "平台发来未知的配送状态 80000"));
    w.books(OrderState::Preparing, 10, 0, 0);
    w.news(0, RiderWord::AtStore, WANG, 3);
    assert!(w.nth(0).trouble.is_none(), "known again");
    // News of goods taken that came after the cancelling: for people.
    let mut w = World::new();
    w.news(0, RiderWord::Cancelled, None, 9);
    w.hint(0, RiderWord::Delivering, WANG, 8);
    assert!(w.nth(0).trouble.as_ref().unwrap().goods);
    w.books(OrderState::Preparing, 10, 0, 0);
}

#[test]
fn given_a_store_that_is_shut_when_a_rider_is_due_then_he_is_called_when_it_opens() {
    let w = World::new();
    let head = OrderHead { delivery: None, attempt: 0, ..w.head.clone() };
    let opens = NOW.plus(6 * Timestamp::HOUR);
    let Dispatch::Later(d) = delivery::dispatch(&head, None, opens, NOW) else { panic!() };
    let Write::Orders(OrdersWrite::Update(later)) = &d.writes[0] else { panic!() };
    let half = NOW.plus(30 * Timestamp::MINUTE);
    assert_eq!((later.next_rider_at, later.due), (None, Some(half)), "the store is looked at again");
    assert_eq!(delivery::dispatch(later, None, opens, NOW), Dispatch::Nothing, "and nothing is written twice");
    assert!(matches!(delivery::dispatch(later, None, opens, half), Dispatch::Later(_)));
    assert!(matches!(delivery::dispatch(later, None, half, half), Dispatch::Start(..)), "who shut it by mistake has opened it again");
    assert!(matches!(delivery::dispatch(later, None, opens, opens), Dispatch::Start(..)));
}

/// What happens at a platform, step by step, and who rides.
fn history() -> impl Strategy<Value = Vec<(RiderWord, Option<&'static str>)>> {
    proptest::collection::vec((0u8..12, any::<bool>()), 1..9).prop_map(|draws| {
        let (mut all, mut rider, mut at) = (Vec::new(), None, RiderWord::Looking);
        for (draw, other) in draws {
            let next = match at {
                RiderWord::Done | RiderWord::Cancelled => break,
                RiderWord::Looking | RiderWord::Withdrawn if draw == 0 => RiderWord::Cancelled,
                RiderWord::Looking | RiderWord::Withdrawn => RiderWord::Accepted,
                RiderWord::Accepted | RiderWord::AtStore => match draw {
                    0 => RiderWord::Cancelled,
                    1 | 2 => RiderWord::Withdrawn,
                    3 => RiderWord::Looking,
                    4 => RiderWord::Accepted,
                    5 | 6 => RiderWord::AtStore,
                    _ => RiderWord::Delivering,
                },
                RiderWord::Delivering => match draw {
                    0 => RiderWord::Cancelled,
                    1 | 2 => RiderWord::Abnormal,
                    3 => RiderWord::Delivering,
                    _ => RiderWord::Done,
                },
                RiderWord::Abnormal if draw < 4 => RiderWord::Delivering,
                RiderWord::Abnormal | RiderWord::Unknown(_) => RiderWord::Done,
            };
            rider = match next {
                RiderWord::Looking | RiderWord::Withdrawn => None,
                RiderWord::Accepted => Some(if other { "王师傅" } else { "李师傅" }),
                RiderWord::Delivering if at == RiderWord::Delivering => Some(if other { "王师傅" } else { "李师傅" }),
                _ => rider,
            };
            at = next;
            all.push((next, rider));
        }
        all
    })
}

/// What must be true whatever was told.
fn sound(w: &World) {
    assert!(w.completed <= 1 && w.refunds <= 1 && w.completed + w.refunds <= 1, "one end");
    assert_eq!(w.on_hand + w.sold + w.lost, 10, "units are conserved");
    assert!(w.sold == 0 || w.sold == i64::from(WANTED));
    assert!(w.sold + w.lost <= i64::from(WANTED), "goods leave once");
    assert!(w.reserved >= 0);
    // Never two at once: who is still to come for the goods is the one that the order waits for.
    let comes = |d: &&Delivery| !d.is_over() && !d.call_off && !d.has_goods();
    assert!(w.deliveries.iter().filter(comes).all(|d| w.head.delivery.as_ref() == Some(&d.delivery)), "{:?} {:?}", w.head, w.deliveries);
    assert!(w.deliveries.iter().all(|d| d.due.is_some() != d.is_closed()), "what is open has a clock");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// Call-backs of one delivery come late, twice, in any order and not at all. Once the platform was asked, we agree with it, or people are told.
    #[test]
    fn given_a_platforms_call_backs_in_any_order_when_it_was_asked_at_last_then_we_agree_or_people_are_told(
        history in history(),
        order in proptest::collection::vec((any::<prop::sample::Index>(), 0i64..2), 0..14),
        same_second in any::<bool>(),
        short in proptest::option::weighted(0.2, (1u32..=WANTED, any::<bool>())),
    ) {
        let mut w = World::new();
        w.truth = *history.last().unwrap();
        let half = order.len() / 2;
        for (i, (which, _)) in order.iter().enumerate() {
            if i == half && let Some((units, refund)) = short && matches!(w.head.state, OrderState::Preparing | OrderState::Ready) {
                w.short(units);
                if refund {
                    w.refund();
                }
            }
            let at = which.index(history.len());
            let (word, rider) = history[at];
            w.hint(0, word, rider, if same_second { 0 } else { i64::try_from(at).unwrap() });
            sound(&w);
        }
        // Its clock comes.
        if !w.nth(0).is_closed() {
            w.ask(0, false);
            sound(&w);
        }
        let d = w.nth(0);
        let told = d.trouble.as_ref().is_some_and(|t| t.goods);
        let (word, rider) = w.truth;
        let taken = history.iter().any(|(word, _)| *word == RiderWord::Delivering);
        match word {
            // Whoever was called off stays so.
            _ if d.call_off => prop_assert!(!d.has_goods()),
            RiderWord::Done if history.iter().any(|(w, _)| *w == RiderWord::Abnormal) => {
                prop_assert!(w.head.state == OrderState::Completed || d.state == DeliveryState::Returned || told, "{:?} {:?}", w.head.state, d);
                // It was the last before the end, and it was told: not completed in silence.
                let last = history.len() - 2;
                let heard = history[last].0 == RiderWord::Abnormal && order.iter().any(|(which, _)| which.index(history.len()) == last);
                prop_assert!(!heard || told || w.completed == 0, "{:?}", d);
            }
            RiderWord::Done => {
                prop_assert!(w.head.state == OrderState::Completed || told, "{:?} {:?}", w.head.state, d);
            }
            RiderWord::Delivering => {
                prop_assert!(w.head.state == OrderState::Delivering || told, "{:?} {:?}", w.head.state, d);
                prop_assert_eq!(d.rider.as_deref(), rider);
            }
            RiderWord::Cancelled => {
                prop_assert!(d.state == DeliveryState::Cancelled);
                prop_assert!(w.sold + w.lost == 0 || told, "goods that nobody has");
                prop_assert!(taken || w.sold + w.lost == 0);
            }
            RiderWord::Accepted | RiderWord::AtStore if !d.has_goods() => prop_assert_eq!(d.rider.as_deref(), rider),
            _ => {}
        }
        // Asked again, nothing changes any more but its clock.
        let (head, books) = (w.head.clone(), (w.on_hand, w.reserved, w.sold, w.lost));
        w.ask(0, false);
        prop_assert_eq!(books, (w.on_hand, w.reserved, w.sold, w.lost));
        if !w.nth(0).call_off {
            prop_assert_eq!(head, w.head);
        }
    }

    /// Whatever anybody sends about any of the order's deliveries, true or not, the books stay sound.
    #[test]
    fn given_any_news_of_two_deliveries_when_taken_then_the_books_stay_sound(
        steps in proptest::collection::vec((0u8..10, 0u8..3, 0i64..5, 0u8..10, any::<bool>()), 1..40),
    ) {
        let mut w = World::new();
        let numbers = [10000, 20001, 30000, 40000, 50000, 60000, 70000, 90000, 80000, 50000];
        for (number, rider, at, act, first) in steps {
            match act {
                0 => w.dispatch(),
                1 if w.head.shortfall.is_none() && matches!(w.head.state, OrderState::Preparing | OrderState::Ready) => w.short(1),
                2 if w.head.shortfall.is_some() => w.refund(),
                3 if w.head.shortfall.is_some() => {
                    let d = liandian_domain::orders::order::ready(&w.head, w.now).unwrap();
                    w.apply(d);
                }
                _ => {
                    let n = if first { 0 } else { w.deliveries.len() - 1 };
                    w.truth = (word(numbers[usize::from(act)]), [None, WANG, LI][usize::from(rider)]);
                    w.hint(n, word(numbers[usize::from(number)]), [None, WANG, LI][usize::from(rider)], at);
                }
            }
            w.now = w.now.plus(if act == 4 { delivery::again_after(8) } else { 1_000 });
            sound(&w);
        }
    }
}
