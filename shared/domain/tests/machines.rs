//! Random lives of orders, transfers and deliveries against a world that applies decisions as the table does: conditions and
//! versions included. Commands are drawn for the state that they fit, so that lives reach their late states; now and then one that does not fit is
//! thrown in. After every step units are conserved, promises add up, and states have moved only as they may; at the end everything
//! comes to its end and the money fits. How often each transition was taken is printed, and each must have been taken often.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use std::collections::{BTreeMap, BTreeSet};

use liandian_domain::{
    Decision, Refusable, Write,
    catalog::{LibrarySku, Listing},
    decision::{OrdersWrite, PaymentsWrite, SettlementWrite, StockWrite, TransfersWrite},
    marketing::offered::Offered,
    orders::{
        delivery::{self, Delivery, Dispatch, Heard, Scene, Told},
        holds::{Hold, HoldPolicy, Holds},
        order::{self, OrderBody, OrderHead, Paid, Payment},
        parcel,
        place::{Placement, PlacementIds, Wanted, Way, place},
        shortfall::{self, MissingUnits},
    },
    payments::{extra::ExtraPayment, refund::PartRefund},
    settlement::{self, default_rules},
    stock::{
        batch::{Batch, Date, Perishable},
        record::{MovementKind, Stock},
    },
    stores::{
        hours::{CHINA, Hours},
        profile::{Location, LocationKind, StoreProfile},
    },
    transfers::{Arrival, Asked, Opening, Party, Perishables, Transfer, TransferLineState},
};
use liandian_types::{
    Carrier, Code, DeliveryId, DeliveryState, Fen, Fulfilment, GeoPoint, LocationId, Mode, MovementId, OrderId, OrderState, PostingId, Problem,
    Quantity, RiderWord, SkuId, StoreStatus, Tier, Timestamp, TransferId, TransferState, TransferStep, api::StepLine,
};
use proptest::{
    prelude::*,
    test_runner::{TestCaseError, TestRunner},
};

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
        details: liandian_domain::stores::profile::Details::default(),
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

/// Light, heavy, and one that is kept by date.
const SKUS: [(&str, i64, u32); 3] = [("sku_1", 1_290, 980), ("sku_2", 455, 3_100), ("sku_3", 990, 250)];
/// The one that is kept by date.
const DATED: &str = "sku_3";
/// Units of each SKU that the chain begins with, by location.
const SHELVES: [(&str, i64); 4] = [("loc_a", 9), ("loc_b", 14), ("loc_c", 8), ("loc_w", 9)];

fn sku_of(n: usize) -> LibrarySku {
    let (sku, price, weight_g) = SKUS[n];
    LibrarySku {
        sku: id(sku),
        spu: id(format!("spu_{n}")),
        name: format!("商品{n}"),
        spec: "一件".into(),
        brand: String::new(),
        category: "dairy".into(),
        category_name: "乳品".into(),
        description: String::new(),
        barcode: String::new(),
        price: Fen(price),
        floor: Fen(1),
        flagship: false,
        offline_only: false,
        tracks_expiry: sku == DATED,
        weight_g,
        picture: String::new(),
        rank: 0,
        region_prices: std::collections::BTreeMap::new(),
        off: false,
        mandatory: false,
        local_to: None,
        until: None,
    }
}

fn sku() -> LibrarySku {
    sku_of(0)
}

/// What is done next.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    Place(Fulfilment),
    Fill { hq: bool, large: bool },
    Pay(usize),
    PayLate(usize),
    PayAgain(usize),
    ExtraReturned(usize),
    Close(usize),
    CallOff(usize),
    Ready(usize),
    HandOver(usize),
    Ship(usize),
    Arrived { order: usize, lost: bool },
    Dispatch(usize),
    News(usize, RiderWord, bool),
    Uncollected(usize),
    Short(usize),
    Keep(usize),
    Elsewhere(usize),
    GiveBack(usize),
    Found(usize),
    TooLate(usize),
    Refunded(usize),
    PartRefunded(usize),
    Settle(usize),
    Request(TransferId),
    Transfer(TransferId, TransferStep),
    PassOver(TransferId),
}

/// A draw: which of the steps that fit, and with which figures.
type Draw = (u16, u16, u16);

#[derive(Debug, Default, Clone)]
struct Money {
    paid: Fen,
    back: Fen,
}

type Record = (LocationId, SkuId);

struct World {
    stock: BTreeMap<Record, Stock>,
    perishables: BTreeMap<LocationId, Perishable>,
    /// What lies where of the goods that are kept by date, unit by unit: those without a date first, then the earliest.
    shelves: BTreeMap<LocationId, Vec<Option<Date>>>,
    orders: Vec<(OrderHead, OrderBody)>,
    transfers: BTreeMap<TransferId, Transfer>,
    deliveries: BTreeMap<DeliveryId, Delivery>,
    parts: BTreeMap<(OrderId, u32), PartRefund>,
    posted: BTreeMap<OrderId, Fen>,
    money: BTreeMap<OrderId, Money>,
    /// Payments that an order did not need.
    extra: BTreeMap<(OrderId, String), ExtraPayment>,
    holds: Holds,
    lost: i64,
    sold: i64,
    surplus: i64,
    /// Draws of the step that is taken.
    figures: [u16; 2],
    /// Nobody makes new trouble any more.
    calm: bool,
    ids: u32,
    now: i64,
    taken: BTreeMap<String, u32>,
}

fn day(n: i8) -> Date {
    Date::constant(2027, 1, n)
}

impl World {
    fn new() -> Self {
        let (mut stock, mut perishables, mut shelves) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (l, on_hand) in SHELVES {
            for (s, ..) in SKUS {
                stock.insert((id(l), id(s)), Stock { on_hand, safety: 1, ..Stock::default() });
            }
            let batches = vec![
                Batch { expires_on: day(3), units: 2, came_on: None },
                Batch { expires_on: day(5), units: 3, came_on: None },
                Batch { expires_on: day(9), units: 2, came_on: None },
            ];
            let dated = batches.iter().flat_map(|b| (0..b.units).map(|_| Some(b.expires_on)));
            let undated = usize::try_from(on_hand).unwrap() - 7;
            shelves.insert(id(l), std::iter::repeat_n(None, undated).chain(dated).collect());
            perishables.insert(id(l), Perishable { on_hand, batches, ..Perishable::default() });
        }
        Self {
            stock,
            perishables,
            shelves,
            orders: Vec::new(),
            transfers: BTreeMap::new(),
            deliveries: BTreeMap::new(),
            parts: BTreeMap::new(),
            posted: BTreeMap::new(),
            money: BTreeMap::new(),
            extra: BTreeMap::new(),
            holds: Holds::none(id("mem_1")),
            lost: 0,
            sold: 0,
            surplus: 0,
            figures: [0; 2],
            calm: false,
            ids: 0,
            now: 0,
            taken: BTreeMap::new(),
        }
    }

    fn next<T: std::str::FromStr>(&mut self, prefix: &str) -> T
    where
        T::Err: std::fmt::Debug,
    {
        self.ids += 1;
        id(format!("{prefix}_{:04}", self.ids))
    }

    fn movements<const N: usize>(&mut self) -> [MovementId; N] {
        std::array::from_fn(|_| self.next("mov"))
    }

    fn at(&self, l: &str, s: &SkuId) -> Stock {
        self.stock[&(id::<LocationId>(l), s.clone())]
    }

    fn took(&mut self, what: impl std::fmt::Display) {
        *self.taken.entry(what.to_string()).or_default() += 1;
    }

    fn perishables(&self, l: &LocationId) -> Perishables {
        let on_hand = self.stock[&(l.clone(), id(DATED))].on_hand;
        [(id(DATED), Perishable { on_hand, ..self.perishables[l].clone() })].into()
    }

    /// What comes in without a date re-bases the batches, as the callers of the decisions see to.
    fn with_undated(&self, mut d: Decision) -> Decision {
        for (l, s) in d.undated() {
            if let Some(p) = self.perishables(&l).get(&s) {
                d.write(StockWrite::Batches(Box::new(p.rebased(&l, &s, &[], &[], CHINA))));
            }
        }
        d
    }

    /// As the table: every condition holds, or nothing changes.
    fn apply(&mut self, d: &Decision) -> bool {
        let mut need: BTreeMap<Record, i64> = BTreeMap::new();
        let mut rebased = BTreeSet::new();
        for w in &d.writes {
            match w {
                Write::Stock(StockWrite::Counters(c)) => *need.entry((c.location.clone(), c.sku.clone())).or_default() += c.needs_free.unwrap_or(0),
                Write::Orders(OrdersWrite::Update(h)) if self.head(&h.order).version != h.version => return false,
                Write::Transfers(TransfersWrite::Update(t)) if self.transfers[&t.transfer].version != t.version => return false,
                Write::Orders(OrdersWrite::UpdateDelivery(x)) if self.deliveries[&x.delivery].version != x.version => return false,
                Write::Orders(OrdersWrite::CreateDelivery(x)) if self.deliveries.contains_key(&x.delivery) => return false,
                Write::Payments(PaymentsWrite::CreatePartRefund(p)) if self.parts.contains_key(&(p.order.clone(), p.number)) => return false,
                Write::Payments(PaymentsWrite::UpdatePartRefund(p)) if self.parts[&(p.order.clone(), p.number)].version != p.version => return false,
                Write::Payments(PaymentsWrite::CreateExtra(x)) if self.extra.contains_key(&(x.order.clone(), x.transaction.clone())) => return false,
                Write::Payments(PaymentsWrite::UpdateExtra(x)) if self.extra[&(x.order.clone(), x.transaction.clone())].version != x.version => {
                    return false;
                }
                Write::Orders(OrdersWrite::Holds(h)) if self.holds.version != h.version => return false,
                Write::Settlement(SettlementWrite::Posting(p)) if self.posted.contains_key(&p.order) => return false,
                Write::Stock(StockWrite::Batches(s)) => {
                    assert!(rebased.insert((&s.location, &s.sku)), "a transaction touches an item once");
                    let seen = (self.stock[&(s.location.clone(), s.sku.clone())].on_hand, self.perishables[&s.location].version);
                    if seen != (s.seen, s.version) {
                        return false;
                    }
                }
                _ => {}
            }
        }
        if need.iter().any(|(r, n)| *n > 0 && self.stock[r].free() < *n) {
            return false;
        }
        for w in &d.writes {
            self.write(w);
        }
        true
    }

    fn write(&mut self, w: &Write) {
        match w {
            Write::Stock(StockWrite::Counters(c)) => {
                let s = self.stock.get_mut(&(c.location.clone(), c.sku.clone())).unwrap();
                *s = s.after(c);
            }
            Write::Orders(OrdersWrite::Create(h, b)) => {
                self.took(format!("order – → {}", h.state));
                self.orders.push(((**h).clone(), (**b).clone()));
            }
            Write::Orders(OrdersWrite::Update(h)) => {
                let at = self.orders.iter().position(|(o, _)| o.order == h.order).unwrap();
                let was = self.orders[at].0.state;
                assert_moved(was, h.state);
                if was != h.state {
                    self.took(format!("order {was} → {}", h.state));
                }
                assert_eq!(h.charged(), self.orders[at].0.charged(), "what was paid is what is left of it and what went back");
                self.orders[at].0 = OrderHead { version: h.version + 1, ..(**h).clone() };
            }
            Write::Orders(OrdersWrite::ReplaceBody(b)) => {
                let at = self.orders.iter().position(|(o, _)| o.order == b.order).unwrap();
                self.orders[at].1 = (**b).clone();
            }
            Write::Orders(OrdersWrite::Holds(h)) => self.holds = Holds { version: h.version + 1, ..(**h).clone() },
            Write::Transfers(TransfersWrite::DayAsks(_))
            | Write::Governance(_)
            | Write::Stores(_)
            | Write::Catalog(_)
            | Write::Access(_)
            | Write::Marketing(_)
            | Write::Orders(OrdersWrite::Slot(_) | OrdersWrite::SlotPlan(_))
            | Write::Stock(
                StockWrite::DeliveryNote(_)
                | StockWrite::CreateCount(_)
                | StockWrite::UpdateCount(_)
                | StockWrite::PutCountLine(_)
                | StockWrite::BeginCounting(..)
                | StockWrite::Counted(..)
                | StockWrite::EndCounting(_)
                | StockWrite::CreateClaim(_)
                | StockWrite::UpdateClaim(_)
                | StockWrite::Alone(_),
            ) => panic!("nobody counts here"),
            Write::Stock(StockWrite::Batches(s)) => {
                let p = self.perishables.get_mut(&s.location).unwrap();
                (p.batches, p.version) = (s.batches.clone(), s.version + 1);
            }
            Write::Transfers(TransfersWrite::Create(t)) => {
                self.took(format!("transfer – → {}", t.state));
                self.transfers.insert(t.transfer.clone(), (**t).clone());
            }
            Write::Transfers(TransfersWrite::Update(t)) => {
                let was = self.transfers[&t.transfer].clone();
                if was.state != t.state || was.source != t.source {
                    self.took(format!("transfer {} → {}", was.state, t.state));
                }
                self.transfers.insert(t.transfer.clone(), Transfer { version: t.version + 1, ..(**t).clone() });
            }
            Write::Orders(OrdersWrite::CreateDelivery(x)) => drop(self.deliveries.insert(x.delivery.clone(), (**x).clone())),
            Write::Orders(OrdersWrite::UpdateDelivery(x)) => {
                if self.deliveries[&x.delivery].state != x.state {
                    self.took(format!("delivery → {}", x.state));
                }
                self.deliveries.insert(x.delivery.clone(), Delivery { version: x.version + 1, ..(**x).clone() });
            }
            Write::Payments(PaymentsWrite::CreatePartRefund(p)) => {
                let h = self.head(&p.order);
                assert_eq!((p.charged, p.number), (h.charged(), h.parts), "a part of what was paid, each with a number of its own");
                assert!(p.amount > Fen::ZERO && p.amount < p.charged);
                self.parts.insert((p.order.clone(), p.number), (**p).clone());
            }
            Write::Payments(PaymentsWrite::UpdatePartRefund(p)) => {
                self.money.get_mut(&p.order).unwrap().back += p.amount;
                self.parts.insert((p.order.clone(), p.number), PartRefund { version: p.version + 1, ..(**p).clone() });
            }
            Write::Payments(PaymentsWrite::CreateExtra(x)) => {
                assert_ne!(self.head(&x.order).transaction.as_ref(), Some(&x.transaction), "what an order lives on is its own");
                self.extra.insert((x.order.clone(), x.transaction.clone()), (**x).clone());
            }
            Write::Payments(PaymentsWrite::UpdateExtra(x)) => {
                self.extra.insert((x.order.clone(), x.transaction.clone()), ExtraPayment { version: x.version + 1, ..(**x).clone() });
            }
            Write::Settlement(SettlementWrite::Posting(p)) => {
                assert_eq!(p.entries.iter().map(|e| e.amount).sum::<Fen>(), Fen::ZERO, "a posting adds up to zero");
                assert_eq!(p.gross(), self.head(&p.order).total, "an order settles for what was kept");
                self.posted.insert(p.order.clone(), p.store_share());
            }
            Write::Stock(StockWrite::Movement(m)) => {
                assert!(!m.lines.is_empty());
                let on_hand: i64 = m.lines.iter().map(|l| l.on_hand).sum();
                match m.kind {
                    MovementKind::TransferLost => self.lost -= m.lines.iter().map(|l| l.incoming).sum::<i64>(),
                    MovementKind::TransferSurplus => self.surplus += on_hand,
                    MovementKind::Sale => self.sold -= on_hand,
                    // A rider left with what was there while the customer was asked about the rest.
                    MovementKind::Loss => self.lost -= on_hand,
                    _ => {}
                }
                for l in m.lines.iter().filter(|l| l.sku == id(DATED) && l.on_hand != 0) {
                    let shelf = self.shelves.get_mut(&m.location).unwrap();
                    if l.on_hand < 0 {
                        shelf.drain(..usize::try_from(-l.on_hand).unwrap());
                    } else {
                        let dated: i64 = l.batches.iter().map(|b| b.units).sum();
                        assert!(dated <= l.on_hand);
                        shelf.extend((dated..l.on_hand).map(|_| None));
                        shelf.extend(l.batches.iter().flat_map(|b| (0..b.units).map(|_| Some(b.expires_on))));
                        shelf.sort_unstable();
                    }
                }
            }
        }
    }

    fn head(&self, o: &OrderId) -> &OrderHead {
        &self.orders.iter().find(|(h, _)| h.order == *o).unwrap().0
    }

    fn check(&self) {
        let mut reserved: BTreeMap<Record, i64> = BTreeMap::new();
        let mut incoming: BTreeMap<Record, i64> = BTreeMap::new();
        let mut under_way = 0;
        for t in self.transfers.values() {
            for l in &t.lines {
                let at = |x: &LocationId| (x.clone(), l.sku.clone());
                match t.state {
                    TransferState::Requested if t.is_on_acceptance() => {}
                    TransferState::Reserved | TransferState::Requested | TransferState::Accepted | TransferState::Packed => {
                        *reserved.entry(at(&t.source)).or_default() += l.units();
                    }
                    TransferState::InTransit => {
                        *incoming.entry(at(&t.target)).or_default() += l.units();
                        under_way += l.units();
                    }
                    TransferState::Returning => {
                        *incoming.entry(at(&t.source)).or_default() += l.units();
                        under_way += l.units();
                    }
                    TransferState::Received | TransferState::Rejected | TransferState::Cancelled | TransferState::Lost => {}
                }
            }
            assert_eq!(t.due.is_some(), !t.is_over(), "{} {:?}", t.state, t.due);
            if let Some(order) = t.order.as_ref().map(|o| self.head(o)) {
                let ended = matches!(order.state, OrderState::Refunding | OrderState::Refunded | OrderState::Closed);
                assert!(!(ended && t.at_source()), "{} is {} and goods are still kept back for it at a source", order.order, order.state);
            }
        }
        for (h, b) in &self.orders {
            let mut sum = Fen::ZERO;
            for l in &b.lines {
                *reserved.entry((h.location(), l.sku.clone())).or_default() += promised(h, l);
                sum += l.price.times(l.quantity).unwrap();
            }
            assert!(!b.lines.is_empty());
            assert_eq!((h.goods, h.total), (sum, sum + h.delivery_fee), "the sums are those of the lines");
            assert_eq!(h.units, b.lines.iter().map(|l| l.quantity.get()).sum::<u32>());
            assert_eq!(h.given_back, b.withdrawn.iter().map(|w| w.amount).sum::<Fen>(), "what went back is what was withdrawn");
            let parts: Vec<_> = self.parts.values().filter(|p| p.order == h.order).collect();
            assert_eq!((h.given_back, usize::try_from(h.parts).unwrap()), (parts.iter().map(|p| p.amount).sum::<Fen>(), parts.len()));
            if let Some(owed) = owed(h, self) {
                assert_eq!(h.due.is_some(), owed, "{} {:?}", h.state, h.due);
            }
            let held = h.state != OrderState::Placed || self.holds.orders.iter().any(|o| o.order == h.order);
            assert!(held, "{} waits for its payment, and its member's row does not say so", h.order);
            let riders: Vec<&Delivery> = self.deliveries.values().filter(|d| d.order == h.order).collect();
            let comes = |d: &&&Delivery| !d.is_over() && !d.call_off && !d.has_goods();
            assert!(riders.iter().filter(comes).all(|d| h.delivery.as_ref() == Some(&d.delivery)), "two riders come for {}", h.order);
            for d in riders {
                assert_eq!(d.due.is_some(), !d.is_closed(), "{} {:?}", d.state, d.due);
                // Goods that are with a rider of no order are somebody's matter.
                let astray = d.has_goods()
                    && d.state != DeliveryState::Done
                    && !matches!(h.state, OrderState::Delivering | OrderState::Completed | OrderState::Settled);
                assert!(!astray || d.trouble.as_ref().is_some_and(|t| t.goods), "{:?} of a {} order: {d:?}", d.state, h.state);
            }
        }
        assert!(self.extra.values().all(|x| x.due.is_some() != x.returned_at.is_some()), "an extra payment is owed, or is back");
        for (r, s) in &self.stock {
            assert_eq!(s.reserved, reserved.get(r).copied().unwrap_or(0), "{r:?}: promises");
            assert_eq!(s.incoming, incoming.get(r).copied().unwrap_or(0), "{r:?}: on the way");
            assert!(s.on_hand >= s.reserved && s.reserved >= 0, "{r:?}: {s:?}");
        }
        for (l, shelf) in &self.shelves {
            let p = &self.perishables(l)[&id::<SkuId>(DATED)];
            let left: Vec<Option<Date>> = p.left().iter().flat_map(|b| (0..b.units).map(|_| Some(b.expires_on))).collect();
            let undated = shelf.iter().filter(|u| u.is_none()).count();
            assert_eq!(left, shelf[undated..], "{l}: what the record says is left lies there");
        }
        let there: i64 = self.stock.values().map(|s| s.on_hand).sum();
        let begun: i64 = SHELVES.iter().map(|(_, n)| n).sum::<i64>() * i64::try_from(SKUS.len()).unwrap();
        assert_eq!(there + under_way + self.sold + self.lost - self.surplus, begun, "units are conserved");
    }

    /// What fits an order, and how likely it is.
    fn fits_order(&self, i: usize) -> Vec<(u32, Step)> {
        use OrderState as S;
        let (h, b) = &self.orders[i];
        let wild = u32::from(!self.calm);
        let transfer = h.transfer.as_ref().map(|t| &self.transfers[t]);
        let short = h.shortfall.as_ref();
        // Few think better of it: else nothing would be sent from elsewhere any more.
        let regrets = wild * u32::from(self.figures[0].is_multiple_of(4));
        let mut all = match h.state {
            S::Placed => vec![(5, Step::Pay(i)), (wild, Step::Close(i))],
            S::Closed if h.transaction.is_none() => vec![(3 * wild, Step::PayLate(i))],
            S::AwaitingTransfer => match transfer.unwrap().state {
                TransferState::Reserved => vec![(5, Step::Request(transfer.unwrap().transfer.clone())), (regrets, Step::CallOff(i))],
                TransferState::Requested | TransferState::Accepted | TransferState::Packed => vec![(regrets, Step::CallOff(i))],
                TransferState::InTransit => vec![(wild, Step::TooLate(i))],
                _ => vec![],
            },
            S::Preparing | S::Ready if short.is_some() => {
                let mut all = vec![(1, Step::GiveBack(i))];
                if shortfall::worth_of_missing(h, b).is_some() {
                    all.push((3, Step::Keep(i)));
                }
                let over = h.delivery.as_ref().is_none_or(|d| self.deliveries[d].is_closed());
                if over && shortfall::transferable(h) && self.may_come_from("loc_c", h) {
                    all.push((3, Step::Elsewhere(i)));
                }
                if short.is_some_and(|s| s.unpromised) {
                    if self.free_here(h) {
                        all.push((1, Step::Found(i)));
                    }
                } else if h.fulfilment != Fulfilment::HqShip {
                    all.push((1, Step::Ready(i)));
                }
                all
            }
            S::Preparing | S::Ready => {
                let mut all = vec![(wild, Step::Short(i))];
                match h.fulfilment {
                    Fulfilment::Pickup => all.extend([(3, Step::HandOver(i)), (wild, Step::Uncollected(i))]),
                    Fulfilment::HqShip => all.extend([(3, Step::Ship(i)), (wild, Step::Uncollected(i))]),
                    Fulfilment::Delivery => {}
                }
                if h.state == S::Preparing && h.fulfilment != Fulfilment::HqShip {
                    all.push((2, Step::Ready(i)));
                }
                if h.state == S::Preparing {
                    all.push((regrets, Step::CallOff(i)));
                }
                all
            }
            S::Delivering if h.parcel.is_some() => {
                vec![(3, Step::Arrived { order: i, lost: false }), (wild, Step::Arrived { order: i, lost: true }), (wild, Step::Ship(i))]
            }
            S::Completed => vec![(3, Step::Settle(i))],
            S::Refunding => vec![(3, Step::Refunded(i))],
            _ => vec![],
        };
        if self.parts.values().any(|p| p.order == h.order && p.due.is_some()) {
            all.push((2, Step::PartRefunded(i)));
        }
        if h.transaction.is_some() {
            match self.extra.iter().find(|((o, _), _)| *o == h.order) {
                None => all.push((wild, Step::PayAgain(i))),
                Some((_, x)) if x.due.is_some() => all.push((2, Step::ExtraReturned(i))),
                Some(_) => {}
            }
        }
        all.extend(self.fits_delivery(i));
        all
    }

    fn fits_delivery(&self, i: usize) -> Vec<(u32, Step)> {
        use {DeliveryState as D, RiderWord as R};
        let h = &self.orders[i].0;
        let wild = u32::from(!self.calm);
        let here = matches!(h.state, OrderState::Preparing | OrderState::Ready);
        let waits = here && h.shortfall.is_none() && h.fulfilment == Fulfilment::Delivery;
        let told = |weight: u32, word| (weight, Step::News(i, word, true));
        let newest = h.delivery.as_ref().map(|d| &self.deliveries[d]);
        let Some(d) = newest.filter(|d| !d.is_closed()) else {
            let time = h.next_rider_at.is_none_or(|at| at.0 <= self.now);
            return if waits && time { vec![(6, Step::Dispatch(i))] } else { vec![] };
        };
        if d.call_off {
            // He may have left all the same.
            return vec![told(6, R::Cancelled), told(if here { wild } else { 0 }, R::Delivering)];
        }
        let mut all = match d.state {
            D::Pending if waits => vec![(6, Step::Dispatch(i))],
            D::Created => vec![told(5, R::Accepted)],
            D::Accepted => vec![told(5, R::AtStore)],
            D::AtStore if waits => vec![told(5, R::Delivering)],
            D::Delivering => vec![told(5, R::Done)],
            _ => vec![],
        };
        all.push(told(wild, R::Cancelled));
        if waits {
            // The news before was lost.
            all.push(told(wild, R::Done));
        }
        all
    }

    /// What fits a transfer, and how likely it is.
    fn fits_transfer(&self, t: &Transfer) -> Vec<(u32, Step)> {
        use TransferState as S;
        use TransferStep as T;
        let step = |weight: u32, step| (weight, Step::Transfer(t.transfer.clone(), step));
        let wild = u32::from(!self.calm);
        match t.state {
            S::Requested => {
                let there = self.may_be_accepted(t);
                let pass = (if there { wild } else { 1 }, Step::PassOver(t.transfer.clone()));
                vec![step(if there { 4 } else { 0 }, T::Accept), step(wild, T::Cancel), pass]
            }
            S::Accepted => vec![step(4, T::Pack), step(wild, T::Cancel), (wild, Step::PassOver(t.transfer.clone()))],
            S::Packed => vec![step(4, T::Send), step(wild, T::Cancel), (wild, Step::PassOver(t.transfer.clone()))],
            S::InTransit => vec![step(5, T::Receive), step(wild, T::Recall), step(wild, T::Lose)],
            S::Returning => vec![step(4, T::Receive), step(2 * wild, T::Lose)],
            S::Reserved | S::Received | S::Rejected | S::Cancelled | S::Lost => vec![],
        }
    }

    fn fits(&self) -> Vec<(u32, Step)> {
        let mut all: Vec<(u32, Step)> = (0..self.orders.len()).flat_map(|i| self.fits_order(i)).collect();
        all.extend(self.transfers.values().flat_map(|t| self.fits_transfer(t)));
        if !self.calm && self.orders.len() < 9 {
            all.extend([Fulfilment::Pickup, Fulfilment::Delivery, Fulfilment::HqShip].map(|way| (4, Step::Place(way))));
            all.push((1, Step::Fill { hq: false, large: false }));
            all.push((1, Step::Fill { hq: false, large: true }));
            all.push((1, Step::Fill { hq: true, large: false }));
        }
        all.retain(|(weight, _)| *weight > 0);
        all
    }

    /// A step that may well not fit: whatever it is refused with, nothing may have changed.
    fn misfit(&self, n: u16) -> Step {
        use TransferStep as T;
        let i = usize::from(n) % self.orders.len().max(1);
        let t = self.transfers.keys().nth(usize::from(n) % self.transfers.len().max(1)).cloned();
        let order = [
            Step::Close(i),
            Step::CallOff(i),
            Step::Ready(i),
            Step::HandOver(i),
            Step::Ship(i),
            Step::Arrived { order: i, lost: n.is_multiple_of(2) },
            Step::Uncollected(i),
            Step::Short(i),
            Step::Keep(i),
            Step::GiveBack(i),
            Step::Refunded(i),
            Step::Settle(i),
            Step::News(i, RiderWord::Delivering, false),
            Step::News(i, RiderWord::Accepted, false),
        ];
        let steps = [T::Accept, T::Pack, T::Send, T::Receive, T::Cancel, T::Recall, T::Lose];
        match t.filter(|_| n.is_multiple_of(3)) {
            Some(t) => Step::Transfer(t, steps[usize::from(n / 3) % steps.len()]),
            None => order[usize::from(n / 3) % order.len()].clone(),
        }
    }

    /// What is promised only when it is accepted is looked for first.
    fn may_be_accepted(&self, t: &Transfer) -> bool {
        !t.is_on_acceptance() || t.lines.iter().all(|l| self.at(t.source.as_str(), &l.sku).available() >= l.quantity)
    }

    /// Has this location what an order lacks?
    fn may_come_from(&self, l: &str, h: &OrderHead) -> bool {
        let short = h.shortfall.as_ref().unwrap();
        short.lines.iter().all(|m| self.at(l, &m.sku).available() >= m.units)
    }

    /// Has the order's own shelf what its transfer did not bring?
    fn free_here(&self, h: &OrderHead) -> bool {
        let short = h.shortfall.as_ref().unwrap();
        short.lines.iter().all(|m| self.at(h.location().as_str(), &m.sku).available() >= m.units)
    }

    fn place(&mut self, fulfilment: Fulfilment) {
        let [a, b] = self.figures;
        let ships = fulfilment == Fulfilment::HqShip;
        let lines = 1 + usize::from(a) % SKUS.len();
        let wanted: Vec<Wanted> = (0..lines)
            .map(|n| {
                let n = (n + usize::from(b)) % SKUS.len();
                let sku = sku_of(n);
                Wanted {
                    quantity: Quantity::new(1 + u32::from(a / 7 + b / 3 + u16::try_from(n).unwrap()) % 5).unwrap(),
                    listing: Some(Listing::plain(sku.sku.clone(), "dairy", 0)),
                    price: Some(sku.price),
                    stock: self.at("loc_a", &sku.sku).into(),
                    source: self.at(if ships { "loc_w" } else { "loc_b" }, &sku.sku).into(),
                    sku: sku.sku.clone(),
                    library: Some(sku),
                }
            })
            .collect();
        let s = store();
        let to = (fulfilment != Fulfilment::Pickup).then_some(s.point);
        let warehouse = ships.then(|| (Location { kind: LocationKind::HqWarehouse, ..source("w") }, true));
        let how = Way { fulfilment, store: &s, ships_from: warehouse.as_ref().map(|(l, staffed)| (l, *staffed)), to };
        let priced = liandian_domain::orders::place::price(&wanted, &how, &Offered::default(), Timestamp(self.now)).unwrap();
        let there = wanted.iter().all(|w| if ships { &w.source } else { &w.stock }.stock.available() >= w.quantity.get());
        let reachable = !ships && wanted.iter().all(|w| w.stock.stock.available() + w.source.stock.available() >= w.quantity.get());
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
            lines: wanted,
            fulfilment,
            to,
            recipient: None,
            ships_from: warehouse,
            transfer_from: Some((source("b"), true)),
            expect_total: priced.totals.total,
            promised: None,
            expect_prices: priced.prices.clone(),
            note: None,
            asked: String::new(),
            holds: {
                let mut holds = self.holds.clone();
                holds.learn(self.orders.iter().map(|(h, _)| h), Timestamp(self.now));
                holds
            },
            // Whoever is there may have all of it: that limits hold is proven by themselves.
            policy: HoldPolicy { orders: 99, units: 9_999, shelf_percent: 100, longest_wait: 0, ..HoldPolicy::default() },
            again: true,
            tail: None,
            offered: Offered::default(),
            expect_gifts: None,
            slot: None,
        };
        let decided = place(p, ids, Timestamp(self.now));
        assert_eq!(decided.is_ok(), there || reachable, "placed exactly when it is there, or can come");
        if let Ok((answer, d)) = decided {
            assert!(self.apply(&d), "what was read is what is there: a placement that is decided is committed");
            assert_eq!(answer.total, priced.totals.total);
        }
    }

    fn fill(&mut self, hq: bool, large: bool) {
        let [a, b] = self.figures;
        let lines: Vec<TransferLineState> =
            (0..=usize::from(a % 2)).map(|n| TransferLineState::of(id(SKUS[2 - n].0), format!("商品{n}"), 1 + u32::from(b) % 4)).collect();
        let there = large || lines.iter().all(|l| self.at("loc_b", &l.sku).free() >= i64::from(l.quantity));
        let opening = Opening {
            transfer: self.next("trf"),
            source: source("b"),
            target: Location::shelf_of(&store()),
            zone: CHINA.into(),
            lines,
            movement: self.next("mov"),
            now: Timestamp(self.now),
        };
        let d = opening.for_shelf(Asked { by: "stf_1".into(), hq, fixed: false, on_acceptance: large, note: None }).unwrap();
        assert_eq!(self.apply(&d), there, "promised exactly when it is there");
    }

    /// The order that waits for this transfer.
    fn waits_for(&self, t: &Transfer) -> Option<(OrderHead, OrderBody)> {
        let order = t.order.as_ref()?;
        let found = self.orders.iter().find(|(h, _)| h.order == *order)?.clone();
        Some(found).filter(|(h, _)| h.state == OrderState::AwaitingTransfer && h.transfer.as_ref() == Some(&t.transfer))
    }

    /// What becomes of the order whose transfer will bring nothing.
    fn with_order(&mut self, t: &Transfer, mut d: Decision) -> Refusable<Decision> {
        if let Some((h, b)) = self.waits_for(t) {
            d.and(shortfall::comes_to_nothing(&h, &b, "没有", self.next("mov"), Timestamp(self.now))?);
        }
        Ok(d)
    }

    fn step_of(&mut self, t: &Transfer, step: TransferStep) -> Refusable<Decision> {
        let (now, [a, b]) = (Timestamp(self.now), self.figures);
        let (sender, receiver) = (Party::Store(t.source_keeper.clone()), Party::Store(t.target_keeper.clone()));
        match step {
            TransferStep::Accept => {
                if !self.may_be_accepted(t) {
                    return Err(Problem::new(Code::SoldOut, "没有"));
                }
                // No order waits: in part, sometimes.
                let fewer = t.order.is_none() && a % 3 == 0 && t.lines[0].quantity > 1;
                let some = [StepLine { sku: t.lines[0].sku.clone(), quantity: t.lines[0].quantity - 1, reason: None }];
                t.accept(&sender, fewer.then_some(&some), Some("不够"), self.next("mov"), now)
            }
            TransferStep::Pack => t.pack(&sender, now),
            TransferStep::Send => {
                let shelf = self.perishables(&t.source);
                t.send(&sender, &shelf, self.movements(), now)
            }
            TransferStep::Receive => {
                let back = t.state == TransferState::Returning;
                let waits = self.waits_for(t).filter(|_| !back);
                let line = &t.lines[usize::from(b) % t.lines.len()];
                let sent = u32::try_from(line.units()).unwrap();
                let quantity = match a % 5 {
                    0 | 1 if self.calm => sent,
                    0 => sent.saturating_sub(1),
                    1 => 0,
                    2 => sent + 1 + u32::from(b) % 2,
                    _ => sent,
                };
                let got = [StepLine { sku: line.sku.clone(), quantity, reason: None }];
                let shelf = self.perishables(if back { &t.source } else { &t.target });
                let arrival = Arrival { lines: Some(&got), reason: Some("数量不对"), awaited: waits.is_some(), shelf: &shelf };
                let (receipt, mut d) = t.receive(if back { &sender } else { &receiver }, &arrival, self.movements(), now)?;
                let missing: u32 = receipt.missing.iter().map(|m| m.units).sum();
                assert_eq!(missing, sent.saturating_sub(quantity), "exactly what did not arrive is missing");
                if let Some((h, _)) = waits {
                    d.and(if receipt.missing.is_empty() {
                        order::transfer_arrived(&h, now)?
                    } else {
                        self.took("shortfall: arrived short");
                        shortfall::fell_short(&h, &receipt.missing, now)?
                    });
                }
                Ok(self.with_undated(d))
            }
            TransferStep::Reject => {
                let (c, lines) = (source("c"), t.lines.clone());
                let fits = a % 2 == 0
                    && t.source != c.location
                    && !t.tried.contains(&c.location)
                    && lines.iter().all(|l| self.at("loc_c", &l.sku).available() >= l.quantity);
                let d = t.reject("没有", fits.then_some((&c, false)), self.movements(), now)?;
                if fits { Ok(d) } else { self.with_order(t, d) }
            }
            TransferStep::Cancel => {
                let d = t.cancel(&Party::Hq, "不要了", self.next("mov"), now)?;
                self.with_order(t, d)
            }
            TransferStep::Recall => {
                let d = t.recall(&Party::Hq, "送错", self.movements(), now)?;
                self.with_order(t, d)
            }
            TransferStep::Lose => {
                let d = t.lose(&Party::Hq, "事故", self.next("mov"), now)?;
                self.with_order(t, d)
            }
        }
    }

    /// What a step decides on an order.
    fn on_order(&mut self, step: &Step, i: usize) -> Refusable<Decision> {
        let (head, body) = self.orders[i].clone();
        let (now, [a, b]) = (Timestamp(self.now), self.figures);
        let newest = head.delivery.as_ref().map(|d| self.deliveries[d].clone());
        let paid = Paid { transaction: "wx1".into(), amount: head.charged(), at: now };
        match step {
            Step::Pay(_) => match order::pay(&head, &paid, now)? {
                Payment::Accepted(d) => {
                    self.money.entry(head.order.clone()).or_default().paid += paid.amount;
                    Ok(d)
                }
                Payment::Known => Ok(Decision::default()),
                Payment::Late => panic!("late is another step"),
                Payment::Extra => panic!("so is a second payment"),
            },
            Step::PayAgain(_) => {
                let amount = if a % 2 == 0 { head.charged() } else { Fen(1) };
                let second = Paid { transaction: "wx2".into(), amount, at: now };
                assert_eq!(order::pay(&head, &second, now)?, Payment::Extra, "the order lives on another one, whatever it stands at");
                Ok(order::take_extra(&head, &second, now))
            }
            Step::ExtraReturned(_) => Ok(self.extra.values().find(|x| x.order == head.order && x.due.is_some()).unwrap().returned(now)),
            Step::PayLate(_) => {
                assert_eq!(order::pay(&head, &paid, now)?, Payment::Late);
                self.money.entry(head.order.clone()).or_default().paid += paid.amount;
                let free = |l: &order::BodyLine| i64::from(self.at(head.location().as_str(), &l.sku).available()) >= l.own();
                let there = body.lines.iter().all(free);
                let revived = if there { order::revive(&head, &body, &paid, self.next("mov"), now) } else { None };
                assert_eq!(revived.is_some(), there && head.transfer.is_none(), "its goods are there: it goes on");
                Ok(revived.unwrap_or_else(|| order::refund_late(&head, &paid, now)))
            }
            Step::Close(_) => {
                let own = head.transfer.as_ref().map(|t| self.transfers[t].clone());
                order::close(&head, &body, own.as_ref(), true, self.movements(), now)
            }
            Step::CallOff(_) => {
                let own = head.transfer.as_ref().map(|t| self.transfers[t].clone());
                if head.state == OrderState::Placed || head.transaction.is_none() {
                    return Ok(Decision::default());
                }
                order::call_off(&head, &body, own.as_ref(), newest.as_ref(), true, self.movements(), now)
            }
            Step::Ready(_) => order::ready(&head, now),
            Step::HandOver(_) => order::hand_over(&head, &body, true, None, self.next("mov"), now),
            Step::Ship(_) => parcel::ship(&head, &body, Carrier::Sf, format!("SF1234567{}", a % 2), self.next("mov"), now),
            Step::Arrived { lost: true, .. } => parcel::lost(&head, &body, now),
            Step::Arrived { lost: false, .. } => parcel::received(&head, now),
            Step::Dispatch(_) => Ok(match delivery::dispatch(&head, newest.as_ref(), now, now) {
                Dispatch::Later(_) => panic!("the store never shuts"),
                Dispatch::Start(_, d) => d,
                Dispatch::Resume(x) => delivery::created(&x, now),
                Dispatch::GiveUp => order::refund_and_release(&head, &body, "没有骑手", self.next("mov"), now),
                Dispatch::Nothing => Decision::default(),
            }),
            Step::News(_, word, asked) => {
                let Some(x) = newest else { return Ok(Decision::default()) };
                // Riders who take goods whose money has gone back have tests of their own.
                if *word == RiderWord::Delivering && matches!(head.state, OrderState::Refunding | OrderState::Refunded) {
                    return Ok(Decision::default());
                }
                let deliveries: Vec<Delivery> = self.deliveries.values().filter(|d| d.order == head.order).cloned().collect();
                let told = Told { word: *word, rider: None, rider_phone: None, at: None, asked: *asked, doubted: false };
                let m = self.next("mov");
                Ok(match delivery::heard(&Scene { head: &head, body: &body, deliveries: &deliveries }, &x.delivery, &told, m, now) {
                    Heard::Take(d) => d,
                    Heard::Ask => {
                        assert!(!asked, "an answer is not asked about");
                        Decision::default()
                    }
                    Heard::Nothing => Decision::default(),
                })
            }
            Step::Uncollected(_) => order::uncollected(&head, &body, self.next("mov"), now),
            Step::Short(_) => {
                let l = &body.lines[usize::from(a) % body.lines.len()];
                let missing = [MissingUnits { sku: l.sku.clone(), units: 1 + u32::from(b) % l.quantity.get() }];
                shortfall::report(&head, &body, newest.as_ref(), &missing, now.plus(shortfall::CHOOSE_WITHIN), now)
            }
            Step::Keep(_) => shortfall::keep(&head, &body, self.next("mov"), now),
            Step::Elsewhere(_) => {
                shortfall::take_transfer(&head, &body, newest.as_ref(), &source("c"), &store(), self.next("trf"), self.movements(), now)
            }
            Step::GiveBack(_) => shortfall::give_back(&head, &body, newest.as_ref(), self.next("mov"), now),
            Step::Found(_) => shortfall::found(&head, &body, self.next("mov"), now),
            // Goods on their way for too long.
            Step::TooLate(_) => shortfall::comes_to_nothing(&head, &body, "太久", self.next("mov"), now),
            Step::Refunded(_) => {
                let d = order::refunded(&head)?;
                if !d.is_empty() {
                    self.money.get_mut(&head.order).unwrap().back += head.total;
                }
                Ok(d)
            }
            Step::PartRefunded(_) => Ok(self.parts.values().find(|p| p.order == head.order && p.due.is_some()).unwrap().done()),
            Step::Settle(_) => {
                if let Some(rule) = default_rules().into_iter().find(|r| r.rule == body.rule)
                    && let Ok(d) = settlement::post(&head, &body, &rule, self.next::<PostingId>("pst"))
                {
                    let _ = self.apply(&d);
                }
                order::settle(&head, now.plus(7 * Timestamp::DAY))
            }
            _ => unreachable!("no step of an order"),
        }
    }

    fn run(&mut self, step: &Step, fits: bool) {
        let decided = match step {
            Step::Place(way) => return self.place(*way),
            Step::Fill { hq, large } => return self.fill(*hq, *large),
            Step::Request(t) => {
                let t = self.transfers[t].clone();
                Ok(t.request(Timestamp(self.now)))
            }
            Step::Transfer(t, what) => {
                let t = self.transfers[t].clone();
                self.step_of(&t, *what)
            }
            Step::PassOver(t) => {
                let t = self.transfers[t].clone();
                self.step_of(&t, TransferStep::Reject)
            }
            Step::Pay(i)
            | Step::PayLate(i)
            | Step::PayAgain(i)
            | Step::ExtraReturned(i)
            | Step::Close(i)
            | Step::CallOff(i)
            | Step::Ready(i)
            | Step::HandOver(i)
            | Step::Ship(i)
            | Step::Arrived { order: i, .. }
            | Step::Dispatch(i)
            | Step::News(i, ..)
            | Step::Uncollected(i)
            | Step::Short(i)
            | Step::Keep(i)
            | Step::Elsewhere(i)
            | Step::GiveBack(i)
            | Step::Found(i)
            | Step::TooLate(i)
            | Step::Refunded(i)
            | Step::PartRefunded(i)
            | Step::Settle(i) => {
                if self.orders.is_empty() {
                    return;
                }
                self.on_order(step, *i)
            }
        };
        let d = match decided {
            Ok(d) => d,
            Err(refusal) => {
                assert!(!fits, "{step:?} fits, and is refused: {refusal:?}");
                return;
            }
        };
        let before: Vec<(OrderState, bool)> =
            self.orders.iter().map(|(h, _)| (h.state, h.shortfall.as_ref().is_some_and(|s| s.unpromised))).collect();
        assert!(self.apply(&d), "{step:?}: decided on what is there");
        // The same decision again is refused by its versions: it takes effect once.
        let is_versioned = |w: &Write| {
            matches!(
                w,
                Write::Orders(OrdersWrite::Update(_) | OrdersWrite::UpdateDelivery(_))
                    | Write::Transfers(TransfersWrite::Update(_))
                    | Write::Payments(PaymentsWrite::CreateExtra(_) | PaymentsWrite::UpdateExtra(_) | PaymentsWrite::UpdatePartRefund(_))
            )
        };
        let versioned = d.writes.iter().any(is_versioned);
        assert!(!versioned || !self.apply(&d), "{step:?} took effect twice");
        assert!(!fits || !d.is_empty() || matches!(step, Step::Ship(_)), "{step:?} fits, and changes nothing");
        match step {
            Step::PayLate(i) => {
                let state = self.orders[*i].0.state;
                assert!(matches!(state, OrderState::Preparing | OrderState::Refunding), "a late payment ends in {state}");
            }
            Step::CallOff(i) if !d.is_empty() => {
                assert_eq!(self.orders[*i].0.state, OrderState::Refunding, "all of the money goes back");
                self.took(format!("called off while {}", before[*i].0));
            }
            Step::Short(_) if !d.is_empty() => self.took("shortfall: found on the shelf"),
            Step::Keep(i) | Step::Elsewhere(i) | Step::GiveBack(i) | Step::Found(i) => {
                let what = match step {
                    Step::Keep(_) => "the rest is taken",
                    Step::Elsewhere(_) => "another source",
                    Step::GiveBack(_) => "all of the money",
                    _ => "found after all",
                };
                self.took(format!("shortfall {}: {what}", if before[*i].1 { "of a transfer" } else { "of the shelf" }));
            }
            Step::TooLate(_) => self.took("transfer too long on its way"),
            Step::PartRefunded(_) => self.took("part refund done"),
            Step::ExtraReturned(_) => self.took("extra payment given back"),
            Step::Transfer(_, TransferStep::Receive)
                if d.writes.iter().any(|w| matches!(w, Write::Stock(StockWrite::Movement(m)) if m.kind == MovementKind::TransferSurplus)) =>
            {
                self.took("transfer: more came than was sent");
            }
            _ => {}
        }
    }

    fn draw(&mut self, (which, a, b): Draw) {
        // Mostly moments, sometimes long enough for the next rider.
        self.now += if which % 16 == 0 { 20 * Timestamp::MINUTE } else { 1_000 };
        self.figures = [a, b];
        if which % 8 == 7 {
            let step = self.misfit(a);
            return self.run(&step, false);
        }
        let all = self.fits();
        let sum: u32 = all.iter().map(|(w, _)| w).sum();
        let mut at = u32::from(which) * 40_503 % sum.max(1);
        for (weight, step) in all {
            if at < weight {
                return self.run(&step, true);
            }
            at -= weight;
        }
    }

    /// Everything comes to its end, and the money fits.
    fn finish(&mut self) {
        self.calm = true;
        self.figures = [4, 0];
        for round in 0.. {
            assert!(round < 2_000, "these never end: {:?}", self.orders.iter().map(|(h, _)| h.state).collect::<Vec<_>>());
            self.now += 20 * Timestamp::MINUTE;
            let all = self.fits();
            let Some((_, step)) = all.iter().max_by_key(|(weight, _)| *weight).cloned() else { break };
            self.run(&step, true);
            self.check();
        }
        for (h, _) in &self.orders {
            let m = self.money.get(&h.order).cloned().unwrap_or_default();
            match h.state {
                OrderState::Settled => assert_eq!((m.paid - m.back, self.posted.contains_key(&h.order)), (h.total, true)),
                OrderState::Refunded => assert!(m.paid > Fen::ZERO && m.back == m.paid, "{m:?}"),
                OrderState::Closed => assert_eq!(m.paid, Fen::ZERO),
                other => panic!("{} ends as {other}", h.order),
            }
        }
        assert!(self.transfers.values().all(Transfer::is_over) && self.parts.values().all(|p| p.due.is_none()));
        assert!(self.extra.values().all(|x| x.returned_at.is_some()) && self.deliveries.values().all(Delivery::is_closed));
        assert!(self.stock.values().all(|s| s.reserved == 0 && s.incoming == 0), "nothing is owed, nothing is kept back");
    }
}

/// Units of a line that are promised where the order's goods lie, said once more.
fn promised(h: &OrderHead, l: &order::BodyLine) -> i64 {
    let whole = i64::from(l.quantity.get());
    match h.state {
        OrderState::Placed | OrderState::AwaitingTransfer => whole - i64::from(l.from_transfer),
        OrderState::Preparing | OrderState::Ready => {
            let missing = |s: &shortfall::Shortfall| s.lines.iter().filter(|m| m.sku == l.sku).map(|m| i64::from(m.units)).sum::<i64>();
            whole - h.shortfall.as_ref().filter(|s| s.unpromised).map_or(0, missing)
        }
        _ => 0,
    }
}

/// Does an order owe something that the sweeper must see to? Nobody knows while a rider is being called off.
fn owed(h: &OrderHead, w: &World) -> Option<bool> {
    Some(match h.state {
        OrderState::Placed | OrderState::Refunding | OrderState::Completed => true,
        // Somebody who does not choose gets the money back.
        OrderState::Preparing | OrderState::Ready if h.shortfall.is_some() => true,
        OrderState::Preparing | OrderState::Ready if h.fulfilment == Fulfilment::Delivery => match &h.delivery {
            Some(d) if w.deliveries[d].call_off => return None,
            // The delivery carries the deadline while a rider is at it.
            Some(d) => w.deliveries[d].is_over() || h.due.is_some(),
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
        S::AwaitingTransfer => &[S::Ready, S::Preparing, S::Refunding],
        S::Preparing => &[S::Ready, S::Delivering, S::Completed, S::Refunding, S::AwaitingTransfer],
        S::Ready => &[S::Delivering, S::Completed, S::Refunding, S::AwaitingTransfer],
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
            listing: Some(Listing::plain(id("sku_1"), "dairy", 0)),
            price: Some(sku().price),
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
        offered: Offered::default(),
        expect_gifts: None,
        slot: None,
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
    assert_eq!(code(with_source(at(14_990.0), true, 4)), Ok(()));
    assert_eq!(code(with_source(at(15_010.0), true, 0)), Err(Code::OutOfRange));
    assert_eq!(code(with_source(near, false, 0)), Err(Code::StoreClosed));
    assert_eq!(code(with_source(near, true, 5)), Err(Code::UnpaidLimit));
}

/// What the lives of a run must have gone through, each this often.
const OFTEN: u32 = 50;
const REACHED: &[&str] = &[
    "order – → placed",
    "order placed → awaiting_transfer",
    "order placed → preparing",
    "order placed → closed",
    "order closed → preparing",
    "order closed → refunding",
    "order awaiting_transfer → ready",
    "order awaiting_transfer → preparing",
    "order awaiting_transfer → refunding",
    "order preparing → ready",
    "order preparing → awaiting_transfer",
    "order preparing → delivering",
    "order preparing → completed",
    "order preparing → refunding",
    "order ready → awaiting_transfer",
    "order ready → delivering",
    "order ready → completed",
    "order ready → refunding",
    "order delivering → completed",
    "order delivering → refunding",
    "order completed → settled",
    "order refunding → refunded",
    "transfer – → reserved",
    "transfer – → requested",
    "transfer reserved → requested",
    "transfer reserved → cancelled",
    "transfer requested → accepted",
    "transfer requested → requested",
    "transfer requested → rejected",
    "transfer requested → cancelled",
    "transfer accepted → packed",
    "transfer accepted → requested",
    "transfer accepted → rejected",
    "transfer accepted → cancelled",
    "transfer packed → in_transit",
    "transfer packed → requested",
    "transfer packed → rejected",
    "transfer packed → cancelled",
    "transfer in_transit → received",
    "transfer in_transit → returning",
    "transfer in_transit → lost",
    "transfer returning → cancelled",
    "transfer returning → lost",
    "transfer: more came than was sent",
    "transfer too long on its way",
    "delivery → created",
    "delivery → accepted",
    "delivery → at_store",
    "delivery → delivering",
    "delivery → done",
    "delivery → cancelled",
    "called off while awaiting_transfer",
    "called off while preparing",
    "shortfall: found on the shelf",
    "shortfall: arrived short",
    "shortfall of the shelf: the rest is taken",
    "shortfall of the shelf: another source",
    "shortfall of the shelf: all of the money",
    "shortfall of a transfer: the rest is taken",
    "shortfall of a transfer: another source",
    "shortfall of a transfer: all of the money",
    "shortfall of a transfer: found after all",
    "part refund done",
    "extra payment given back",
];

#[test]
fn given_any_course_of_events_when_applied_then_units_are_conserved_promises_add_up_and_every_life_comes_to_its_end() {
    let taken = std::cell::RefCell::new(BTreeMap::<String, u32>::new());
    let mut runner = TestRunner::new(ProptestConfig { cases: 1_200, failure_persistence: None, ..ProptestConfig::default() });
    let draws = proptest::collection::vec(any::<Draw>(), 20..160);
    let outcome = runner.run(&draws, |draws| {
        let mut w = World::new();
        for d in draws {
            w.draw(d);
            w.check();
        }
        w.finish();
        let mut all = taken.borrow_mut();
        for (what, n) in w.taken {
            *all.entry(what).or_default() += n;
        }
        Ok::<(), TestCaseError>(())
    });
    if let Err(e) = outcome {
        panic!("{e}\n{runner}");
    }
    let taken = taken.into_inner();
    for (what, n) in &taken {
        println!("{n:>7}  {what}");
    }
    let rare: Vec<_> = REACHED.iter().map(|what| (*what, taken.get(*what).copied().unwrap_or(0))).filter(|(_, n)| *n < OFTEN).collect();
    assert!(rare.is_empty(), "too rarely reached: {rare:?}");
    let known: BTreeSet<&str> = REACHED.iter().copied().collect();
    let unknown: Vec<&String> = taken.keys().filter(|what| what.starts_with("order") && !known.contains(what.as_str())).collect();
    assert!(unknown.is_empty(), "transitions that nobody asks for: {unknown:?}");
}

#[test]
fn given_units_that_end_before_the_promised_day_when_placed_then_they_are_none_to_be_promised_and_prices_are_compared_line_by_line() {
    use liandian_domain::{
        Code,
        stock::batch::{Batch, Dated},
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
    let stays = |d: &Decision| {
        d.writes.iter().find_map(|w| if let Write::Stock(StockWrite::Counters(c)) = w { Some((c.needs_free, c.stays_free)) } else { None })
    };
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
