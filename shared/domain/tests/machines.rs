//! Random lives of orders, transfers and deliveries against a world that applies decisions as the table does: conditions and
//! versions included. After every step units are conserved, promises add up, and states have moved only as they may.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use std::collections::BTreeMap;

use liandian_domain::{
    Decision, Write,
    catalog::{LibrarySku, Listing},
    delivery::{self, Delivery, Dispatch, Heard, Scene, Told},
    extra::{self, ExtraPayment},
    holds::{Hold, HoldPolicy, Holds},
    hours::{CHINA, Hours},
    order::{self, OrderBody, OrderHead, Paid, Payment},
    parcel,
    place::{Placement, PlacementIds, Wanted, Way, place},
    settlement::{self, default_rules},
    shortfall::{self, MissingUnits},
    stock::Stock,
    store::{Location, LocationKind, StoreProfile},
    transfer::{Arrival, Asked, Opening, Party, Perishables, Transfer, TransferLineState},
};
use liandian_types::{
    Carrier, DeliveryId, DeliveryState, Fen, Fulfilment, GeoPoint, LocationId, Mode, MovementId, OrderId, OrderState, PostingId, Quantity, RiderWord,
    StoreStatus, Tier, Timestamp, TransferId, TransferState, TransferStep, api::StepLine,
};
use proptest::prelude::*;

fn id<T: std::str::FromStr>(text: impl AsRef<str>) -> T
where
    T::Err: std::fmt::Debug,
{
    text.as_ref().parse().unwrap()
}

fn store() -> StoreProfile {
    StoreProfile {
        store: id("sto_a"),
        name: "甲店".into(),
        city: "上海".into(),
        address: String::new(),
        phone: String::new(),
        region: id("reg_1"),
        mode: Mode::Joint,
        tier: Tier::Standard,
        status: StoreStatus::Open,
        point: GeoPoint { lat: 31.2, lng: 121.4 },
        hours: Hours::daily(0, 0, CHINA),
        radius_m: 3_000,
        pickup: true,
        delivery: true,
        entrance: "a".into(),
        theme: "standard".into(),
        rule: "joint-15/1".into(),
        categories: vec![],
        pause: None,
        version: 0,
    }
}

fn source(name: &str) -> Location {
    Location {
        location: id(format!("loc_{name}")),
        name: name.into(),
        kind: LocationKind::Shelf,
        point: GeoPoint { lat: 31.21, lng: 121.41 },
        keeper: id(format!("sto_{name}")),
    }
}

fn sku() -> LibrarySku {
    LibrarySku {
        sku: id("sku_1"),
        spu: id("spu_1"),
        name: "牛奶".into(),
        spec: "950ml".into(),
        brand: String::new(),
        category: "dairy".into(),
        category_name: "乳品".into(),
        description: String::new(),
        barcode: String::new(),
        price: Fen(1_290),
        floor: Fen(1_000),
        flagship: false,
        offline_only: false,
        tracks_expiry: false,
        weight_g: 980,
        picture: String::new(),
        rank: 0,
    }
}

#[derive(Debug, Clone)]
enum Step {
    Place { n: u32, way: Fulfilment, transfer: bool },
    Pay,
    PayAgain { transaction: u8, short: bool },
    ExtraReturned(u8),
    Close,
    Ready,
    HandOver,
    Ship(u8),
    Arrived { lost: bool },
    Dispatch,
    News { word: RiderWord, rider: u8, age: i64, asked: bool, newest: bool },
    Short(u32),
    GiveBack,
    Uncollected,
    GiveUp,
    Request,
    Fill { n: u32, hq: bool, large: bool },
    Accept(u32),
    Pack,
    Send,
    Receive(u32),
    Reject { next: bool },
    CallOff(TransferStep),
    Refunded,
    Settle,
}

fn steps() -> impl Strategy<Value = Vec<(Step, usize)>> {
    let word = prop_oneof![
        1 => Just(RiderWord::Looking),
        3 => Just(RiderWord::Accepted),
        2 => Just(RiderWord::AtStore),
        4 => Just(RiderWord::Delivering),
        1 => Just(RiderWord::Withdrawn),
        4 => Just(RiderWord::Done),
        3 => Just(RiderWord::Cancelled),
        1 => Just(RiderWord::Abnormal),
        1 => Just(RiderWord::Unknown(80_000)),
    ];
    let news = (word, 0u8..3, -2_000i64..=0, any::<bool>(), prop::bool::weighted(0.8));
    let step = prop_oneof![
        5 => (1u32..6, prop_oneof![Just(Fulfilment::Pickup), Just(Fulfilment::Delivery), Just(Fulfilment::HqShip)], any::<bool>())
            .prop_map(|(n, way, transfer)| Step::Place { n, way, transfer }),
        4 => Just(Step::Pay),
        2 => (0u8..3, any::<bool>()).prop_map(|(transaction, short)| Step::PayAgain { transaction, short }),
        1 => (0u8..3).prop_map(Step::ExtraReturned),
        1 => Just(Step::Close),
        2 => Just(Step::Ready),
        2 => Just(Step::HandOver),
        2 => (0u8..2).prop_map(Step::Ship),
        1 => any::<bool>().prop_map(|lost| Step::Arrived { lost }),
        2 => Just(Step::Dispatch),
        8 => news.prop_map(|(word, rider, age, asked, newest)| Step::News { word, rider, age, asked, newest }),
        1 => (1u32..4).prop_map(Step::Short),
        1 => Just(Step::GiveBack),
        1 => Just(Step::Uncollected),
        1 => Just(Step::GiveUp),
        3 => Just(Step::Request),
        1 => (1u32..6, any::<bool>(), any::<bool>()).prop_map(|(n, hq, large)| Step::Fill { n, hq, large }),
        3 => (0u32..9).prop_map(Step::Accept),
        3 => Just(Step::Pack),
        3 => Just(Step::Send),
        3 => (0u32..6).prop_map(Step::Receive),
        1 => any::<bool>().prop_map(|next| Step::Reject { next }),
        1 => prop_oneof![Just(TransferStep::Cancel), Just(TransferStep::Recall), Just(TransferStep::Lose)].prop_map(Step::CallOff),
        1 => Just(Step::Refunded),
        1 => Just(Step::Settle),
    ];
    proptest::collection::vec((step, 0usize..8), 1..80)
}

struct World {
    stock: BTreeMap<LocationId, Stock>,
    orders: Vec<(OrderHead, OrderBody)>,
    transfers: BTreeMap<TransferId, Transfer>,
    deliveries: BTreeMap<DeliveryId, Delivery>,
    posted: BTreeMap<OrderId, Fen>,
    holds: Holds,
    extra: BTreeMap<(OrderId, String), ExtraPayment>,
    /// Every payment that somebody made, by order and transaction.
    paid: BTreeMap<(OrderId, String), Fen>,
    lost: i64,
    sold: i64,
    /// Units that riders took of orders whose money had gone back.
    astray: BTreeMap<LocationId, i64>,
    ids: u32,
    now: i64,
}

impl World {
    fn new() -> Self {
        let shelf = |n| Stock { on_hand: n, safety: 1, ..Stock::default() };
        let stock = [("loc_a", 9), ("loc_b", 12), ("loc_c", 4), ("loc_w", 7)].map(|(l, n)| (id(l), shelf(n))).into();
        Self {
            stock,
            orders: Vec::new(),
            transfers: BTreeMap::new(),
            deliveries: BTreeMap::new(),
            posted: BTreeMap::new(),
            holds: Holds::none(id("mem_1")),
            extra: BTreeMap::new(),
            paid: BTreeMap::new(),
            lost: 0,
            sold: 0,
            astray: BTreeMap::new(),
            ids: 0,
            now: 0,
        }
    }

    fn next<T: std::str::FromStr>(&mut self, prefix: &str) -> T
    where
        T::Err: std::fmt::Debug,
    {
        self.ids += 1;
        id(format!("{prefix}_{:04}", self.ids))
    }

    /// As the table: every condition holds, or nothing changes.
    fn apply(&mut self, d: &Decision) -> bool {
        let mut need: BTreeMap<&LocationId, (i64, i64)> = BTreeMap::new();
        for w in &d.writes {
            match w {
                Write::Stock(c) => need.entry(&c.location).or_default().0 += c.needs_free.unwrap_or(0),
                Write::UpdateOrder(h) if self.head(&h.order).version != h.version => return false,
                Write::UpdateTransfer(t) if self.transfers[&t.transfer].version != t.version => return false,
                Write::UpdateDelivery(x) if self.deliveries[&x.delivery].version != x.version => return false,
                Write::CreateExtraPayment(x) if self.extra.contains_key(&(x.order.clone(), x.transaction.clone())) => return false,
                Write::UpdateExtraPayment(x) if self.extra[&(x.order.clone(), x.transaction.clone())].version != x.version => return false,
                Write::Posting(p) if self.posted.contains_key(&p.order) => return false,
                _ => {}
            }
        }
        if need.iter().any(|(l, (n, _))| *n > 0 && self.stock[*l].free() < *n) {
            return false;
        }
        for w in &d.writes {
            match w {
                Write::Stock(c) => {
                    let s = self.stock.get_mut(&c.location).unwrap();
                    *s = s.after(c);
                }
                Write::Holds(h) => {
                    assert_eq!(h.version, self.holds.version);
                    self.holds = Holds { version: h.version + 1, ..(**h).clone() };
                }
                Write::CreateOrder(h, b) => self.orders.push(((**h).clone(), (**b).clone())),
                Write::UpdateOrder(h) => {
                    let at = self.orders.iter().position(|(o, _)| o.order == h.order).unwrap();
                    assert_moved(self.orders[at].0.state, h.state);
                    self.orders[at].0 = OrderHead { version: h.version + 1, ..(**h).clone() };
                }
                Write::ReplaceBody(b) => {
                    let at = self.orders.iter().position(|(o, _)| o.order == b.order).unwrap();
                    self.orders[at].1 = (**b).clone();
                }
                Write::DayAsks(_)
                | Write::Batches(_)
                | Write::CreateCount(_)
                | Write::UpdateCount(_)
                | Write::PutCountLine(_)
                | Write::BeginCounting(..)
                | Write::Counted(..)
                | Write::DeliveryNote(_)
                | Write::EndCounting(_)
                | Write::CreateClaim(_)
                | Write::UpdateClaim(_)
                | Write::Alone(_) => {
                    panic!("nobody counts here, and nothing expires")
                }
                Write::CreateTransfer(t) => drop(self.transfers.insert(t.transfer.clone(), (**t).clone())),
                Write::UpdateTransfer(t) => drop(self.transfers.insert(t.transfer.clone(), Transfer { version: t.version + 1, ..(**t).clone() })),
                Write::CreateDelivery(x) => drop(self.deliveries.insert(x.delivery.clone(), (**x).clone())),
                Write::UpdateDelivery(x) => drop(self.deliveries.insert(x.delivery.clone(), Delivery { version: x.version + 1, ..(**x).clone() })),
                Write::CreateExtraPayment(x) => drop(self.extra.insert((x.order.clone(), x.transaction.clone()), (**x).clone())),
                Write::UpdateExtraPayment(x) => {
                    let next = ExtraPayment { version: x.version + 1, ..(**x).clone() };
                    self.extra.insert((x.order.clone(), x.transaction.clone()), next);
                }
                Write::Posting(p) => {
                    assert_eq!(p.entries.iter().map(|e| e.amount).sum::<Fen>(), Fen::ZERO, "a posting adds up to zero");
                    assert_eq!(p.gross(), self.head(&p.order).total);
                    self.posted.insert(p.order.clone(), p.store_share());
                }
                Write::Movement(m) => {
                    assert!(!m.lines.is_empty());
                    if m.kind == liandian_domain::stock::MovementKind::TransferLost {
                        self.lost -= m.lines.iter().map(|l| l.incoming).sum::<i64>();
                    }
                    if m.kind == liandian_domain::stock::MovementKind::Loss {
                        let gone = -m.lines.iter().map(|l| l.on_hand).sum::<i64>();
                        self.lost += gone;
                        *self.astray.entry(m.location.clone()).or_default() += gone;
                    }
                    if m.kind == liandian_domain::stock::MovementKind::Sale {
                        self.sold -= m.lines.iter().map(|l| l.on_hand).sum::<i64>();
                    }
                }
            }
        }
        true
    }

    fn head(&self, o: &OrderId) -> &OrderHead {
        &self.orders.iter().find(|(h, _)| h.order == *o).unwrap().0
    }

    fn check(&self) {
        let mut reserved: BTreeMap<&LocationId, i64> = BTreeMap::new();
        let mut incoming: BTreeMap<&LocationId, i64> = BTreeMap::new();
        let mut under_way = 0;
        for t in self.transfers.values() {
            let units: i64 = t.lines.iter().map(TransferLineState::units).sum();
            match t.state {
                TransferState::Requested if t.is_on_acceptance() => {}
                TransferState::Reserved | TransferState::Requested | TransferState::Accepted | TransferState::Packed => {
                    *reserved.entry(&t.source).or_default() += units;
                }
                TransferState::InTransit => {
                    *incoming.entry(&t.target).or_default() += units;
                    under_way += units;
                }
                TransferState::Returning => {
                    *incoming.entry(&t.source).or_default() += units;
                    under_way += units;
                }
                TransferState::Received | TransferState::Rejected | TransferState::Cancelled | TransferState::Lost => {}
            }
            assert_eq!(t.due.is_some(), !t.is_over(), "{} {:?}", t.state, t.due);
        }
        let locations: Vec<LocationId> = self.orders.iter().map(|(h, _)| h.location()).collect();
        for ((h, b), shelf) in self.orders.iter().zip(&locations) {
            let own: i64 = b.lines.iter().map(liandian_domain::order::BodyLine::own).sum();
            let whole: i64 = b.lines.iter().map(|l| l.quantity.units()).sum();
            *reserved.entry(shelf).or_default() += match h.state {
                OrderState::Placed | OrderState::AwaitingTransfer => own,
                OrderState::Preparing | OrderState::Ready => whole,
                _ => 0,
            };
            if let Some(owed) = owed(h, self) {
                assert_eq!(h.due.is_some(), owed, "{} {:?}", h.state, h.due);
            }
            let riders: Vec<&Delivery> = self.deliveries.values().filter(|d| d.order == h.order).collect();
            let comes = |d: &&&Delivery| !d.is_over() && !d.call_off && !d.has_goods();
            assert!(riders.iter().filter(comes).all(|d| h.delivery.as_ref() == Some(&d.delivery)), "two riders come for {}", h.order);
            for d in riders {
                assert_eq!(d.due.is_some(), !d.is_settled(), "{} {:?}", d.state, d.due);
                // Goods that are with a rider of no order are somebody's matter.
                let astray = d.has_goods()
                    && d.state != DeliveryState::Done
                    && !matches!(h.state, OrderState::Delivering | OrderState::Completed | OrderState::Settled);
                assert!(!astray || d.trouble.as_ref().is_some_and(|t| t.goods), "{:?} of a {} order: {d:?}", d.state, h.state);
            }
        }
        for (l, s) in &self.stock {
            assert_eq!(s.reserved, reserved.get(l).copied().unwrap_or(0), "{l}: promises");
            assert_eq!(s.incoming, incoming.get(l).copied().unwrap_or(0), "{l}: on the way");
            // Promises never take more than there is; a rider may.
            assert!(s.on_hand + self.astray.get(l).copied().unwrap_or(0) >= s.reserved && s.reserved >= 0, "{l}: {s:?}");
        }
        // Money that came is the order's, or goes back: none is forgotten and none is both.
        for ((order, transaction), amount) in &self.paid {
            let extra = self.extra.get(&(order.clone(), transaction.clone()));
            let own = self.head(order).transaction.as_ref() == Some(transaction);
            assert!(own != extra.is_some(), "{order} {transaction}: {own} {extra:?}");
            assert!(extra.is_none_or(|x| x.amount == *amount && x.due.is_some() != x.returned_at.is_some()), "{extra:?}");
        }
        let there: i64 = self.stock.values().map(|s| s.on_hand).sum();
        assert_eq!(there + under_way + self.sold + self.lost, 32, "units are conserved");
    }

    fn run(&mut self, step: &Step, pick: usize) {
        // Mostly moments, sometimes long enough for the next rider.
        self.now += if pick == 0 { delivery::again_after(delivery::MAX_ATTEMPTS) } else { 1_000 };
        let now = Timestamp(self.now);
        if let Step::Place { n, way, transfer } = step {
            let ships = *way == Fulfilment::HqShip;
            let wanted = Wanted {
                sku: id("sku_1"),
                quantity: Quantity::new(*n).unwrap(),
                library: Some(sku()),
                listing: Some(Listing { sku: id("sku_1"), category: "dairy".into(), rank: 0, price: None, featured: None }),
                stock: self.stock[&id::<LocationId>("loc_a")].into(),
                source: self.stock[&id::<LocationId>(if ships { "loc_w" } else { "loc_b" })].into(),
            };
            let s = store();
            let to = (*way != Fulfilment::Pickup).then_some(s.point);
            let warehouse = ships.then(|| (Location { kind: LocationKind::HqWarehouse, ..source("w") }, true));
            let how = Way { fulfilment: *way, store: &s, ships_from: warehouse.as_ref().map(|(l, staffed)| (l, *staffed)), to };
            let priced = liandian_domain::place::price(std::slice::from_ref(&wanted), &how).unwrap();
            let ids = PlacementIds {
                order: self.next("ord"),
                transfer: self.next("trf"),
                movement: self.next("mov"),
                source_movement: self.next("mov"),
                pickup_code: "0".into(),
            };
            let p = Placement {
                member: id("mem_1"),
                store: s,
                lines: vec![wanted],
                fulfilment: *way,
                to,
                recipient: None,
                ships_from: warehouse,
                transfer_from: transfer.then(|| (source("b"), true)),
                expect_total: priced.totals.total,
                promised: None,
                expect_prices: priced.prices.clone(),
                note: None,
                asked: String::new(),
                holds: {
                    let mut holds = self.holds.clone();
                    holds.learn(self.orders.iter().map(|(h, _)| h), now);
                    holds
                },
                // The lives are short: nobody waits in them.
                policy: HoldPolicy { longest_wait: 0, ..HoldPolicy::default() },
                again: true,
                tail: None,
            };
            if let Ok((_, d)) = place(p, ids, now) {
                assert!(self.apply(&d), "what was read is what is there: a placement that is decided is committed");
            }
            return;
        }
        if let Step::Fill { n, hq, large } = step {
            let opening = Opening {
                transfer: self.next("trf"),
                source: source("b"),
                target: Location::shelf_of(&store()),
                zone: CHINA.into(),
                lines: vec![TransferLineState::of(id("sku_1"), "牛奶".into(), *n)],
                movement: self.next("mov"),
                now,
            };
            let d = opening.for_shelf(Asked { by: "stf_1".into(), hq: *hq, fixed: false, on_acceptance: *large, note: None }).unwrap();
            let there = *large || self.stock[&id::<LocationId>("loc_b")].free() >= i64::from(*n);
            assert_eq!(self.apply(&d), there, "promised exactly when it is there");
            return;
        }
        if self.orders.is_empty() {
            return;
        }
        let (head, body) = self.orders[pick % self.orders.len()].clone();
        // Every other time the one that fills a shelf.
        let fills = self.transfers.values().filter(|t| t.order.is_none() && !t.is_over()).nth(pick % 2).filter(|_| pick.is_multiple_of(2)).cloned();
        let awaits = head.state == OrderState::AwaitingTransfer && fills.is_none();
        let own = head.transfer.as_ref().map(|t| self.transfers[t].clone());
        let transfer = fills.or_else(|| own.clone());
        let newest = head.delivery.as_ref().map(|d| self.deliveries[d].clone());
        let (a, b) = (Party::Store(id("sto_a")), Party::Store(transfer.as_ref().map_or(id("sto_b"), |t| t.source_keeper.clone())));
        let paid = Paid { transaction: "wx1".into(), amount: head.total, at: now };
        let mut twice = false;
        let decision = match step {
            Step::Place { .. } | Step::Fill { .. } => unreachable!(),
            Step::Pay | Step::PayAgain { .. } => {
                // A first payment has the order's amount; one that the order does not need may have any.
                let paid = match step {
                    Step::PayAgain { transaction, short } => {
                        let (transaction, first) = (format!("wx{}", transaction + 2), head.transaction.is_none());
                        Paid { transaction, amount: if *short && !first { Fen(1) } else { head.total }, ..paid.clone() }
                    }
                    _ => paid.clone(),
                };
                let key = (head.order.clone(), paid.transaction.clone());
                let paid = Paid { amount: *self.paid.entry(key.clone()).or_insert(paid.amount), ..paid };
                match order::pay(&head, &paid, now).unwrap() {
                    Payment::Accepted(d) => {
                        twice = true;
                        Some(d)
                    }
                    Payment::Known => None,
                    Payment::Extra if self.extra.contains_key(&key) => {
                        assert!(!self.apply(&extra::take(&head, &paid, now)), "kept once");
                        None
                    }
                    Payment::Extra => {
                        twice = true;
                        Some(extra::take(&head, &paid, now))
                    }
                    Payment::Late => {
                        let free = i64::from(self.stock[&head.location()].available());
                        let revived = if body.lines[0].own() <= free { order::revive(&head, &body, &paid, self.next("mov"), now) } else { None };
                        Some(revived.unwrap_or_else(|| order::refund_late(&head, &paid, now)))
                    }
                }
            }
            Step::ExtraReturned(transaction) => {
                twice = true;
                self.extra.get(&(head.order.clone(), format!("wx{}", transaction + 2))).map(|x| x.returned(now))
            }
            Step::Close => order::close(&head, &body, own.as_ref(), true, [self.next("mov"), self.next("mov")], now).ok(),
            Step::Ready => order::ready(&head, now).ok(),
            Step::HandOver => {
                twice = true;
                order::hand_over(&head, &body, true, None, self.next("mov"), now).ok()
            }
            Step::Ship(number) => {
                twice = true;
                parcel::ship(&head, &body, Carrier::Sf, format!("SF1234567{number}"), self.next("mov"), now).ok()
            }
            Step::Arrived { lost } => {
                twice = true;
                if *lost { parcel::lost(&head, now).ok() } else { parcel::received(&head, now).ok() }
            }
            Step::Dispatch => match delivery::dispatch(&head, newest.as_ref(), now, now) {
                Dispatch::Later(_) => panic!("the store never shuts"),
                Dispatch::Start(_, d) => Some(d),
                Dispatch::Resume(x) => Some(delivery::created(&x, now)),
                Dispatch::GiveUp => Some(order::refund_and_release(&head, &body, "没有骑手", self.next("mov"), now)),
                Dispatch::Nothing => None,
            },
            Step::News { word, rider, age, asked, newest: of_newest } => {
                let deliveries: Vec<Delivery> = self.deliveries.values().filter(|d| d.order == head.order).cloned().collect();
                let which = if *of_newest { head.delivery.clone() } else { deliveries.first().map(|d| d.delivery.clone()) };
                let rider = ["王师傅", "李师傅"].get(usize::from(*rider)).map(|r| (*r).to_owned());
                let told = Told { word: *word, rider, rider_phone: None, at: Some(now.plus(*age)), asked: *asked, doubted: false };
                let m = self.next("mov");
                which.and_then(|d| match delivery::heard(&Scene { head: &head, body: &body, deliveries: &deliveries }, &d, &told, m, now) {
                    Heard::Take(d) => Some(d),
                    Heard::Ask => {
                        assert!(!asked, "an answer is not asked about");
                        None
                    }
                    Heard::Nothing => None,
                })
            }
            Step::Short(units) => {
                let units = (*units).min(body.lines[0].quantity.get());
                shortfall::report(&head, &body, newest.as_ref(), &[MissingUnits { sku: id("sku_1"), units }], now).ok()
            }
            Step::GiveBack => shortfall::give_back(&head, &body, newest.as_ref(), self.next("mov"), now).ok(),
            // The message comes only once the order is paid.
            Step::Request => own.filter(|_| head.state == OrderState::AwaitingTransfer).map(|t| t.request(now)),
            Step::Accept(n) => {
                let m = self.next("mov");
                transfer.and_then(|t| {
                    let some = [StepLine { sku: id("sku_1"), quantity: (*n).min(t.lines[0].quantity), reason: None }];
                    // What is promised only now is looked for first.
                    let there = !t.is_on_acceptance() || self.stock[&t.source].available() >= some[0].quantity;
                    t.accept(&b, Some(&some), Some("不够"), m, now).ok().filter(|_| there)
                })
            }
            Step::Pack => transfer.and_then(|t| t.pack(&b, now).ok()),
            Step::Send => {
                twice = true;
                let movements = [self.next("mov"), self.next("mov")];
                transfer.and_then(|t| t.send(&b, &Perishables::new(), movements, now).ok())
            }
            Step::Receive(n) => {
                twice = true;
                let (m1, m2) = ([self.next("mov"), self.next("mov")], self.next("mov"));
                transfer.and_then(|t| {
                    let back = t.state == TransferState::Returning;
                    let (party, waits) = (if back { &b } else { &a }, awaits && !back);
                    let quantity = (*n).min(u32::try_from(t.lines[0].units()).unwrap());
                    let got = [StepLine { sku: id("sku_1"), quantity, reason: None }];
                    let (receipt, mut d) = t
                        .receive(party, &Arrival { lines: Some(&got), reason: Some("少了"), awaited: waits, shelf: &Perishables::new() }, m1, now)
                        .ok()?;
                    if waits {
                        d.and(if receipt.missing == 0 {
                            order::transfer_arrived(&head, now).unwrap()
                        } else {
                            order::refund_and_release(&head, &body, "少了", m2, now)
                        });
                    }
                    Some(d)
                })
            }
            Step::Reject { next } => {
                let (m, release) = ([self.next("mov"), self.next("mov")], self.next("mov"));
                let c = source("c");
                transfer.and_then(|t| {
                    let fits = *next && !t.tried.contains(&c.location) && self.stock[&c.location].available() >= t.lines[0].quantity;
                    let mut d = t.reject("没有", fits.then_some(&c), m, now).ok()?;
                    if !fits && awaits {
                        d.and(order::refund_and_release(&head, &body, "没有", release, now));
                    }
                    Some(d)
                })
            }
            Step::CallOff(what) => {
                twice = true;
                let (m, release): ([MovementId; 2], _) = ([self.next("mov"), self.next("mov")], self.next("mov"));
                transfer.and_then(|t| {
                    let mut d = match what {
                        TransferStep::Cancel => t.cancel(&Party::Hq, "不要了", m[0].clone(), now).ok()?,
                        TransferStep::Recall => t.recall(&Party::Hq, "送错", m, now).ok()?,
                        _ => t.lose(&Party::Hq, "事故", m[0].clone(), now).ok()?,
                    };
                    if awaits {
                        d.and(order::refund_and_release(&head, &body, "不要了", release, now));
                    }
                    Some(d)
                })
            }
            Step::Uncollected => order::uncollected(&head, &body, self.next("mov"), now).ok(),
            // Goods on their way for too long.
            Step::GiveUp => (head.state == OrderState::AwaitingTransfer && own.is_some_and(|t| t.state == TransferState::InTransit))
                .then(|| order::refund_and_release(&head, &body, "太久", self.next("mov"), now)),
            Step::Refunded => order::refunded(&head).ok(),
            Step::Settle => {
                if let Some(rule) = default_rules().into_iter().find(|r| r.rule == body.rule)
                    && let Ok(d) = settlement::post(&head, &body, &rule, self.next::<PostingId>("pst"))
                {
                    let _ = self.apply(&d);
                }
                order::settle(&head, now.plus(order::AFTER_SALE_WINDOW)).ok()
            }
        };
        if let Some(d) = decision {
            assert!(self.apply(&d), "{step:?}: decided on what is there");
            // The same decision again is refused by its versions: it takes effect once.
            assert!(!twice || d.is_empty() || !self.apply(&d), "{step:?} took effect twice");
        }
    }
}

/// Does an order owe something that the sweeper must see to? Nobody knows while a rider is being called off.
fn owed(h: &OrderHead, w: &World) -> Option<bool> {
    Some(match h.state {
        OrderState::Placed | OrderState::Refunding | OrderState::Completed => true,
        OrderState::Preparing | OrderState::Ready if h.shortfall.is_some() => true,
        OrderState::Preparing | OrderState::Ready if h.fulfilment == Fulfilment::Delivery => match &h.delivery {
            Some(d) if w.deliveries[d].call_off => return None,
            // The delivery carries the deadline while a rider is at it.
            Some(d) => w.deliveries[d].is_over(),
            None => true,
        },
        // A customer who does not come is owed his money, one day.
        OrderState::Preparing | OrderState::Ready => true,
        // A parcel is received, one day.
        OrderState::Delivering => h.parcel.is_some(),
        _ => false,
    })
}

fn assert_moved(from: OrderState, to: OrderState) {
    use OrderState as S;
    let may: &[S] = match from {
        S::Placed => &[S::AwaitingTransfer, S::Preparing, S::Closed],
        S::AwaitingTransfer => &[S::Ready, S::Refunding],
        S::Preparing => &[S::Ready, S::Delivering, S::Completed, S::Refunding],
        S::Ready => &[S::Delivering, S::Completed, S::Refunding],
        S::Delivering => &[S::Completed, S::Refunding],
        S::Completed => &[S::Settled],
        S::Closed => &[S::Preparing, S::Refunding],
        S::Refunding => &[S::Refunded],
        S::Settled | S::Refunded => &[],
    };
    assert!(from == to || may.contains(&to), "{from} must not become {to}");
}

fn with_source(point: GeoPoint, staffed: bool, unpaid: u32) -> Placement {
    let there = Stock { on_hand: 9, ..Stock::default() };
    Placement {
        member: id("mem_1"),
        store: store(),
        lines: vec![Wanted {
            sku: id("sku_1"),
            quantity: Quantity::new(1).unwrap(),
            library: Some(sku()),
            listing: Some(Listing { sku: id("sku_1"), category: "dairy".into(), rank: 0, price: None, featured: None }),
            stock: Stock::default().into(),
            source: there.into(),
        }],
        fulfilment: Fulfilment::Pickup,
        to: None,
        recipient: None,
        ships_from: None,
        transfer_from: Some((Location { point, ..source("b") }, staffed)),
        expect_total: Fen(1_290),
        promised: None,
        expect_prices: vec![],
        note: None,
        asked: String::new(),
        holds: Holds {
            orders: (0..unpaid)
                .map(|n| Hold { order: id(format!("ord_had{n}")), cart: String::new(), pay_by: Timestamp(1), held: BTreeMap::new() })
                .collect(),
            ..Holds::none(id("mem_1"))
        },
        policy: HoldPolicy::default(),
        again: false,
        tail: None,
    }
}

#[test]
fn given_a_source_when_it_is_closed_or_out_of_reach_then_the_order_is_refused_and_both_limits_hold_from_both_sides() {
    let near = store().point;
    // One degree of latitude is 111,195 m.
    let at = |metres: f64| GeoPoint { lat: near.lat + metres / 111_195.0, ..near };
    let code = |p: Placement| {
        let ids =
            PlacementIds { order: id("ord_1"), transfer: id("trf_1"), movement: id("mov_1"), source_movement: id("mov_2"), pickup_code: "0".into() };
        place(p, ids, Timestamp(0)).map(|_| ()).map_err(|p| p.code)
    };
    use liandian_domain::Code;
    assert_eq!(code(with_source(at(14_990.0), true, 4)), Ok(()));
    assert_eq!(code(with_source(at(15_010.0), true, 0)), Err(Code::OutOfRange));
    assert_eq!(code(with_source(near, false, 0)), Err(Code::StoreClosed));
    assert_eq!(code(with_source(near, true, 5)), Err(Code::UnpaidLimit));
}

#[test]
fn given_units_that_end_before_the_promised_day_when_placed_then_they_are_none_to_be_promised_and_prices_are_compared_line_by_line() {
    use liandian_domain::{
        Code,
        batch::{Batch, Dated},
    };
    let ids =
        || PlacementIds { order: id("ord_1"), transfer: id("trf_1"), movement: id("mov_1"), source_movement: id("mov_2"), pickup_code: "0".into() };
    let wants = |units: u32, ends: &str| {
        let batches = vec![Batch { expires_on: ends.parse().unwrap(), units: 2, came_on: None }];
        let stock = Dated { stock: Stock { on_hand: 3, ..Stock::default() }, batches };
        let mut p = with_source(store().point, true, 0);
        p.transfer_from = None;
        p.lines[0].quantity = Quantity::new(units).unwrap();
        p.lines[0].stock = stock;
        p.expect_total = Fen(1_290 * i64::from(units));
        p
    };
    let stays = |d: &Decision| d.writes.iter().find_map(|w| if let Write::Stock(c) = w { Some((c.needs_free, c.stays_free)) } else { None });
    // Two of three ended on the last day of the year before; the third has no date.
    let (_, d) = place(wants(1, "1969-12-31"), ids(), Timestamp(0)).unwrap();
    assert_eq!(stays(&d), Some((Some(1), 2)), "the two must stay beside what is promised");
    let refused = place(wants(2, "1969-12-31"), ids(), Timestamp(0)).unwrap_err();
    assert_eq!((refused.code, refused.lines[0].left), (Code::SoldOut, 1));
    let (_, d) = place(wants(3, "1970-01-02"), ids(), Timestamp(0)).unwrap();
    assert_eq!(stays(&d), Some((Some(3), 0)), "their last day is one to have them on");
    let prices = |p: Vec<Fen>| place(Placement { expect_prices: p, ..wants(1, "1970-01-02") }, ids(), Timestamp(0)).map(|_| ()).map_err(|p| p.code);
    assert_eq!((prices(vec![Fen(1_290)]), prices(vec![])), (Ok(()), Ok(())));
    assert_eq!((prices(vec![Fen(1_289)]), prices(vec![Fen(1_290), Fen(1)])), (Err(Code::PriceChanged), Err(Code::PriceChanged)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn given_any_course_of_events_when_applied_then_units_are_conserved_and_promises_add_up(steps in steps()) {
        let mut w = World::new();
        for (step, pick) in &steps {
            w.run(step, *pick);
            w.check();
        }
    }
}
