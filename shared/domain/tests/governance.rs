//! Random sequences of what HQ, regions and stores do to prices and rules: whatever their order, the floor is never broken, what
//! nobody approved is never charged, the same rows give the same answer, and every value names the row that it comes from.

#![allow(clippy::unwrap_used, reason = "a test says so by failing")]

use liandian_domain::governance::{
    audit::{Flaw, Found, Head, Link, verify},
    fields::{FIELDS, FieldKey, Value},
    price::{Offer, PriceBook, PriceLevel, SetPrice, TimedPrice, Verdict, effective_price},
    request::{Approved, Asking, Change, ChangeRequest, Desk, Effect, Facts, Reviewer, Target, apply_price, decide_change},
    resolve::{Effective, Level, Place, Setting, effective, preset_settings},
};
use liandian_types::{Approver, Fen, Mode, RequestState, StaffId, Tier, Timestamp};
use proptest::prelude::*;

fn staff(name: &str) -> StaffId {
    format!("stf_{name}").parse().unwrap()
}

fn place(mode: Mode) -> Place {
    Place { store: "sto_1".parse().unwrap(), mode, tier: Tier::Standard, region: "reg_1".parse().unwrap() }
}

fn set(price: i64, at: Timestamp) -> SetPrice {
    SetPrice { price: Fen(price), by: staff("hq"), at, why: "定价".into() }
}

fn book() -> PriceBook {
    PriceBook {
        sku: "sku_1".parse().unwrap(),
        flagship: false,
        hq: set(1_000, Timestamp(0)),
        region: None,
        store: None,
        timed: Vec::new(),
        floor: set(600, Timestamp(0)),
    }
}

/// What somebody does.
#[derive(Debug, Clone)]
enum Act {
    HqPrice(i64),
    RegionPrice(Option<i64>),
    Floor(i64),
    Flagship(bool),
    StorePrice(Option<i64>),
    Timed(u32, i64, i64),
    MaxDiscount(usize, i64),
    Keep(bool),
    Mode(usize),
    Tier(usize),
    Region(bool),
    /// A level says something about what a store may do, at once or from a later moment on; `None` takes back what it said.
    Say(usize, FieldKey, Option<bool>, i64),
    /// Two people have to agree from now on, or one is enough again.
    TwoPeople(bool),
    /// Somebody of two at HQ agrees.
    Approve(usize, bool),
    Wait(i64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (500_i64..2_000).prop_map(Act::HqPrice),
        proptest::option::of(500_i64..2_000).prop_map(Act::RegionPrice),
        (100_i64..1_500).prop_map(Act::Floor),
        any::<bool>().prop_map(Act::Flagship),
        proptest::option::of(50_i64..2_500).prop_map(Act::StorePrice),
        (0_u32..60, 0_i64..50, 1_i64..100).prop_map(|(percent, from, length)| Act::Timed(percent, from, length)),
        (0_usize..5, 0_i64..50).prop_map(|(level, percent)| Act::MaxDiscount(level, percent)),
        any::<bool>().prop_map(Act::Keep),
        (0_usize..3).prop_map(Act::Mode),
        (0_usize..3).prop_map(Act::Tier),
        any::<bool>().prop_map(Act::Region),
        (0_usize..5, prop_oneof![Just(FieldKey::MayPrice), Just(FieldKey::MayTimedPrice)], proptest::option::of(any::<bool>()), 0_i64..40)
            .prop_map(|(level, field, says, later)| Act::Say(level, field, says, later)),
        any::<bool>().prop_map(Act::TwoPeople),
        (0_usize..8, any::<bool>()).prop_map(|(n, second)| Act::Approve(n, second)),
        (1_i64..60).prop_map(Act::Wait),
    ]
}

/// A store, its prices, the chain's rules, and requests that wait.
struct World {
    now: Timestamp,
    place: Place,
    rows: Vec<Setting>,
    book: PriceBook,
    waiting: Vec<ChangeRequest>,
    version: u64,
}

impl World {
    fn new() -> Self {
        let rows = Mode::ALL.iter().flat_map(|m| preset_settings(*m, &staff("hq"), Timestamp(0))).collect();
        World { now: Timestamp(1), place: place(Mode::Franchise), rows, book: book(), waiting: Vec::new(), version: 0 }
    }

    fn policy(&self) -> Effective {
        effective(&self.rows, &self.place, self.now)
    }

    fn say(&mut self, level: Level, field: FieldKey, value: Value) {
        self.say_from(level, field, Some(value), self.now);
    }

    fn say_from(&mut self, level: Level, field: FieldKey, value: Option<Value>, from: Timestamp) {
        let seq = u64::try_from(self.rows.len()).unwrap() + 100;
        self.rows.push(Setting { level, field, value, by: staff("hq"), at: self.now, from, why: "试".into(), seq });
    }

    fn level(&self, n: usize) -> Level {
        let p = &self.place;
        let levels = [Level::Hq, Level::Mode(p.mode), Level::Tier(p.tier), Level::Region(p.region.clone()), Level::Store(p.store.clone())];
        levels[n].clone()
    }

    fn facts(&self) -> Facts {
        Facts { book: Some(self.book.clone()), ..Facts::default() }
    }

    /// A store's change, as the system does it: at once or by a request.
    fn change(&mut self, change: Change) {
        match decide_change(&self.policy(), &change, &self.facts(), self.now) {
            Effect::Now => {
                apply_price(&mut self.book, &change, None, &staff("manager"), "门店", self.now);
                self.version += 1;
            }
            Effect::Ask(hit) => {
                let asking = Asking {
                    request: format!("req_{}", self.waiting.len()).parse().unwrap(),
                    target: Target::Price { store: self.place.store.clone(), sku: self.book.sku.clone() },
                    region: self.place.region.clone(),
                    change,
                    by: staff("manager"),
                    seen: self.version,
                };
                self.waiting.push(ChangeRequest::ask(asking, hit, self.now));
            }
            Effect::Refuse(_) => {}
        }
    }

    fn approve(&mut self, n: usize, second: bool) {
        let Some(request) = self.waiting.get(n).cloned() else { return };
        let policy = self.policy();
        let today = decide_change(&policy, &request.change, &self.facts(), self.now);
        let hq = Reviewer { staff: staff(if second { "hq2" } else { "hq" }), desk: Desk::Hq };
        if let Ok(outcome) = request.approve(&hq, self.version, &today, self.now) {
            self.waiting[n] = outcome.request().clone();
            if let Approved::InForce(done) = outcome {
                let leave = done.price_leave(&policy, &self.book);
                assert!(leave.is_some(), "an approved price has leave");
                apply_price(&mut self.book, &done.change, leave, &done.by, "已批准", self.now);
                self.version += 1;
            }
        }
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::HqPrice(p) => self.book.hq = set(p, self.now),
            Act::RegionPrice(p) => self.book.region = p.map(|p| set(p, self.now)),
            Act::Floor(p) => self.book.floor = set(p, self.now),
            Act::Flagship(on) => self.book.flagship = on,
            Act::StorePrice(p) => self.change(Change::Price { old: self.book.store.as_ref().map(|s| s.set.price), new: p.map(Fen) }),
            Act::Timed(percent, from, length) => {
                let from = self.now.plus(from);
                let (until, by, at) = (from.plus(length), staff("manager"), self.now);
                self.change(Change::Timed { new: TimedPrice { offer: Offer::Off(percent), from, until, by, at, why: "限时".into(), leave: None } });
            }
            Act::MaxDiscount(level, percent) => {
                self.say(self.level(level), FieldKey::MaxDiscount, Value::Number(percent));
            }
            Act::Keep(on) => self.say(Level::Hq, FieldKey::RunningDiscounts, Value::Choice(if on { "keep" } else { "end" }.into())),
            Act::Mode(n) => self.place.mode = Mode::ALL[n],
            Act::Tier(n) => self.place.tier = Tier::ALL[n % Tier::ALL.len()],
            Act::Region(east) => self.place.region = if east { "reg_1" } else { "reg_2" }.parse().unwrap(),
            Act::Say(level, field, says, later) => self.say_from(self.level(level), field, says.map(Value::Switch), self.now.plus(later)),
            Act::TwoPeople(two) => self.say(Level::Hq, FieldKey::ApprovePrice, if two { Approver::TwoHq } else { Approver::Hq }.into()),
            Act::Approve(n, second) => self.approve(n, second),
            Act::Wait(ms) => self.now = self.now.plus(ms),
        }
    }

    fn check(&self) -> Result<(), TestCaseError> {
        let policy = self.policy();
        let priced = effective_price(&self.book, &policy, self.now);
        prop_assert!(priced.price >= self.book.floor.price, "below the floor");
        prop_assert_eq!(priced.steps.iter().filter(|s| s.verdict == Verdict::Won).count(), 1);
        let won = priced.winner().unwrap();
        prop_assert_eq!(won.price, priced.price);
        if !matches!(won.level, PriceLevel::Store | PriceLevel::Timed) {
            return Ok(());
        }
        let right = if won.level == PriceLevel::Store { FieldKey::MayPrice } else { FieldKey::MayTimedPrice };
        let approved = |s: &&liandian_domain::governance::price::Step| {
            s.request.as_ref().is_some_and(|id| self.waiting.iter().any(|r| r.request == *id && r.state == RequestState::Approved))
        };
        // What a store charges is inside the limits of now, or approved, or was inside them when it began and is let run.
        let inside = self.book.breaks(&policy, right, priced.price).is_none();
        let kept = won.level == PriceLevel::Timed && policy.choice(FieldKey::RunningDiscounts) == "keep";
        prop_assert!(inside || kept || approved(&won), "{won:?} is charged, and nobody approved it");
        Ok(())
    }
}

fn a_setting() -> impl Strategy<Value = Setting> {
    (0_usize..7, 0_i64..60, 0_i64..100, proptest::bool::weighted(0.8)).prop_map(|(level, value, from, says)| {
        let levels = [
            Level::Hq,
            Level::Mode(Mode::Joint),
            Level::Mode(Mode::Direct),
            Level::Tier(Tier::Standard),
            Level::Region("reg_1".parse().unwrap()),
            Level::Region("reg_2".parse().unwrap()),
            Level::Store("sto_1".parse().unwrap()),
        ];
        Setting {
            level: levels[level].clone(),
            field: FieldKey::MaxDiscount,
            value: says.then_some(Value::Number(value)),
            by: staff("hq"),
            at: Timestamp(0),
            from: Timestamp(from),
            why: "试".into(),
            seq: 0,
        }
    })
}

proptest! {
    #[test]
    fn given_any_sequence_of_edits_when_priced_then_the_floor_holds_and_nothing_unapproved_is_charged(
        acts in proptest::collection::vec(act(), 1..60)
    ) {
        let mut w = World::new();
        for a in acts {
            w.act(a);
            w.check()?;
        }
    }

    #[test]
    fn given_a_discount_in_ten_small_ones_of_both_kinds_when_nobody_approves_then_together_they_stay_inside_the_limit(
        steps in proptest::collection::vec((any::<bool>(), 1_i64..20, 0_i64..30, 1_i64..60), 10..30)
    ) {
        let mut w = World::new();
        let mut price = 1_000;
        for (timed, step, from, length) in steps {
            if timed {
                w.act(Act::Timed(u32::try_from(step).unwrap(), from, length));
            } else {
                price -= step;
                w.act(Act::StorePrice(Some(price)));
            }
            w.act(Act::Wait(7));
            // Now and at each moment at which a limited-time price begins or ends: one on top of the other is no way around.
            let moments = w.book.timed.iter().flat_map(|t| [t.from, t.until]).chain([w.now]).collect::<Vec<_>>();
            for at in moments.into_iter().filter(|at| *at >= w.now) {
                prop_assert!(effective_price(&w.book, &effective(&w.rows, &w.place, at), at).price >= Fen(850), "at {at:?}");
            }
        }
    }

    #[test]
    fn given_many_small_steps_when_a_store_lowers_its_price_then_no_order_of_them_gets_below_the_limit(
        steps in proptest::collection::vec(1_i64..120, 1..40)
    ) {
        let mut w = World::new();
        let mut price = 1_000;
        for s in steps {
            price -= s;
            w.change(Change::Price { old: w.book.store.as_ref().map(|s| s.set.price), new: Some(Fen(price)) });
            // The preset of franchise stores: at most 15 % off HQ's price.
            prop_assert!(effective_price(&w.book, &w.policy(), w.now).price >= Fen(850));
        }
    }

    #[test]
    fn given_rows_in_any_order_when_resolved_then_the_answer_is_the_same_and_names_its_row(
        (rows, shuffled) in proptest::collection::vec(a_setting(), 0..12).prop_map(|mut rows| {
            for (row, seq) in rows.iter_mut().zip(1..) {
                row.seq = seq;
            }
            rows
        }).prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
        now in 0_i64..120
    ) {
        let here = place(Mode::Joint);
        let e = effective(&rows, &here, Timestamp(now));
        prop_assert_eq!(&e, &effective(&shuffled, &here, Timestamp(now)));
        let r = e.get(FieldKey::MaxDiscount);
        match &r.said {
            None => prop_assert_eq!(&r.value, &FieldKey::MaxDiscount.default_value()),
            Some(said) => {
                prop_assert_eq!(&r.value, &said.value);
                prop_assert!(said.from <= Timestamp(now) && said.level.covers(&here));
                prop_assert!(rows.iter().any(|s| s.level == said.level && s.value.as_ref() == Some(&said.value) && s.from == said.from));
                prop_assert!(r.overruled.iter().all(|o| o.level < said.level), "a more special level goes before");
            }
        }
        prop_assert_eq!(e.fields().len(), FIELDS.len());
    }

    #[test]
    fn given_any_history_when_one_entry_is_edited_taken_out_doubled_or_swapped_then_it_is_found(
        values in proptest::collection::vec("[a-z]{0,6}", 2..20), at in any::<prop::sample::Index>(), how in 0_u8..5
    ) {
        let mut rows: Vec<(Link, String)> = Vec::new();
        for value in &values {
            let last = rows.last().map(|(link, _)| link.head());
            rows.push((Link::after(last.as_ref(), "SPU#spu_1", value.as_bytes()), value.clone()));
        }
        let head = rows.last().unwrap().0.head();
        let flaws = |rows: &[(Link, String)], head: &Head| -> Vec<Flaw> {
            let found = |(n, (link, value)): (usize, &(Link, String))| Found {
                id: format!("evt_{n}"),
                link: Some(link.clone()),
                holds: link.holds(value.as_bytes()),
            };
            verify(&rows.iter().enumerate().map(found).collect::<Vec<_>>(), std::slice::from_ref(head), false)
        };
        prop_assert_eq!(flaws(&rows, &head), Vec::new());
        let n = at.index(rows.len());
        match how {
            0 => drop(rows.remove(n)),
            1 => rows[n].1 = "EDITED".into(),
            // Edited, and its hash made anew.
            2 => {
                let before = n.checked_sub(1).map(|b| rows[b].0.head());
                rows[n] = (Link::after(before.as_ref(), "SPU#spu_1", b"EDITED"), "EDITED".into());
            }
            3 => {
                let twice = (rows[n].0.clone(), "ANOTHER".to_owned());
                rows.push(twice);
            }
            _ => {
                let other = (n + 1) % rows.len();
                let (a, b) = (rows[n].0.clone(), rows[other].0.clone());
                rows[n].0 = b;
                rows[other].0 = a;
                // Two that say the same can change places, and nothing is another than before.
                prop_assume!(rows[n].1 != rows[other].1);
            }
        }
        prop_assert!(!flaws(&rows, &head).is_empty());
    }
}
