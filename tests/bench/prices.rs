//! Prices: the same carts natively and in WASM, and what pricing them costs. The WASM is the crate that the shop's cart has, compiled as it is for the
//! browser and run by an interpreter that counts instructions; a browser's own compiler is several times as fast as the interpreter.

use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, ensure};
use liandian_pricing::{
    Audience, Campaign, Coupon, CouponPolicy, Customer, Fees, Group, GroupRule, HqBears, Kind, Left, Level, Line, Moment, OnLoss, Question, Schedule,
    Scope,
    kinds::{
        AddOn, AddOnItem, Amount, AnyOf, Combo, CouponKind, Delivery, Flash, Gift, GiftItem, LimitedPrice, NthItem, Part, Percent, SkuPrice, Step,
        StepPercent, StepRate, Steps, TierPrice, TierRate, Worth,
    },
    price,
};
use liandian_types::{CampaignId, CouponId, Fen, Fulfilment, Quantity, SkuId, StoreId, Timestamp};
use serde_json::{Map, Value, json};
use wasmi::{CompilationMode, Config, Engine, Linker, Memory, Module, Store, TypedFunc};

use crate::round;

/// Random carts that must cost the same on both sides.
const CARTS: u64 = 10_000;
/// Carts of each size that are timed.
const TIMED: u64 = 40;
/// A well-known limit of the field on what a function may do to price a cart.
const INSTRUCTIONS: u64 = 11_000_000;
/// More than any cart takes.
const FUEL: u64 = 1 << 50;

/// Where `cargo xtask` put the engine's WASM.
fn engine() -> anyhow::Result<Wasm> {
    let file = std::env::var("LIANDIAN_PRICING_WASM").context("LIANDIAN_PRICING_WASM names no file: run this through `cargo xtask`")?;
    Wasm::of(&std::fs::read(&file).with_context(|| file.clone())?)
}

/// Ten thousand random carts: each natively and in WASM, every word of the answer the same.
pub fn same(out: &mut Map<String, Value>) -> anyhow::Result<()> {
    let mut wasm = engine()?;
    let (begun, mut exact, mut applied) = (Instant::now(), 0_u64, 0_usize);
    for seed in 0..CARTS {
        let q = small(seed);
        let text = serde_json::to_string(&q)?;
        // Both sides read the same text.
        let read: Question = serde_json::from_str(&text)?;
        ensure!(read == q, "cart {seed} is another one after it was written and read");
        let here = price(&q.cart()).map_err(|p| anyhow!("cart {seed}: {p:?}"))?;
        let there = wasm.price(&text).with_context(|| format!("cart {seed}"))?;
        ensure!(
            there.text == serde_json::to_string(&Some(&here))?,
            "cart {seed} costs {} here and otherwise in WASM: {}",
            here.totals.total,
            there.text
        );
        exact += u64::from(here.search.exact);
        applied += here.discounts.len();
    }
    ensure!(applied > 1_000, "the carts are too simple to tell: {applied} discounts");
    println!("{CARTS} random carts: identical natively and in WASM, {applied} discounts, {exact} exact, {:.0} s", begun.elapsed().as_secs_f64());
    out.insert("prices_identical_in_wasm".into(), json!({"carts": CARTS, "discounts": applied, "exact": exact}));
    Ok(())
}

/// What pricing costs, by size.
pub fn prices(out: &mut Map<String, Value>) -> anyhow::Result<()> {
    same(out)?;
    let mut wasm = engine()?;
    println!(
        "\n{:<16} {:>10} {:>10} {:>10} {:>10} {:>16} {:>12} {:>8}",
        "lines × offers", "native p50", "native p99", "growth", "wasm p99", "instructions", "evaluations", "exact"
    );
    let mut sizes: Vec<(usize, usize, bool)> = Vec::new();
    for lines in [3, 20, 40] {
        sizes.extend([10, 100, 1_000].map(|campaigns| (lines, campaigns, false)));
    }
    sizes.extend([(200, 25, false), (200, 25, true)]);
    let millis = |d: Duration| round(d.as_secs_f64() * 1_000.0);
    let mut smallest: Option<f64> = None;
    for (lines, campaigns, wide) in sizes {
        let (mut native, mut inside, mut fuel, mut most, mut exact) = (Vec::new(), Vec::new(), Vec::new(), 0_u32, 0_u64);
        for seed in 0..TIMED {
            let q = large(seed, lines, campaigns, wide);
            let cart = q.cart();
            // The first time is that of a cold cache.
            std::hint::black_box(price(&cart).map_err(|p| anyhow!("{p:?}"))?);
            for _ in 0..5 {
                let begun = Instant::now();
                std::hint::black_box(price(&cart).map_err(|p| anyhow!("{p:?}"))?);
                native.push(begun.elapsed());
            }
            let here = price(&cart).map_err(|p| anyhow!("{p:?}"))?;
            let there = wasm.price(&serde_json::to_string(&q)?)?;
            ensure!(there.text == serde_json::to_string(&Some(&here))?, "{lines} × {campaigns}, cart {seed}: not the same in WASM");
            most = most.max(here.search.evaluations);
            exact += u64::from(here.search.exact);
            inside.push(there.took);
            fuel.push(there.instructions);
        }
        native.sort_unstable();
        inside.sort_unstable();
        fuel.sort_unstable();
        let (p50, p99) = (millis(native[native.len() / 2]), millis(native[native.len() * 99 / 100]));
        let (wasm_p99, instructions) = (millis(inside[inside.len() * 99 / 100]), fuel[fuel.len() - 1]);
        // Against the smallest cart.
        let growth = round(p50 / *smallest.get_or_insert(p50.max(0.01)));
        let name = format!("{lines} × {campaigns}{}", if wide { " wide" } else { "" });
        println!("{name:<16} {p50:>10} {p99:>10} {growth:>10} {wasm_p99:>10} {instructions:>16} {most:>12} {exact:>5}/{TIMED}");
        out.insert(
            format!("price_{lines}x{campaigns}{}", if wide { "_wide" } else { "" }),
            json!({
                "native_ms_p50": p50, "native_ms_p99": p99, "growth": growth, "wasm_ms_p99": wasm_p99, "wasm_instructions_most": instructions,
                "evaluations_most": most, "exact": exact, "carts": TIMED,
            }),
        );
        if lines == 200 {
            let word = if instructions <= INSTRUCTIONS { "within" } else { "ABOVE" };
            println!("{:<16} {word} {INSTRUCTIONS} instructions", "");
        }
    }
    println!(
        "bounds: {} evaluations and {} steps; exact up to {} combinations of {} offers on {} lines",
        liandian_pricing::BOUND,
        liandian_pricing::WORK,
        liandian_pricing::EXACT,
        liandian_pricing::FEW,
        liandian_pricing::SHORT
    );
    Ok(())
}

// ------------------------------------------------------------------ the engine in WASM

struct Wasm {
    store: Store<()>,
    memory: Memory,
    room: TypedFunc<u32, u32>,
    read: TypedFunc<(), u32>,
    price: TypedFunc<(), u32>,
    tell: TypedFunc<(), u32>,
    told: TypedFunc<(), u32>,
}

/// What WASM answered, and what pricing took: without reading and writing.
struct Told {
    text: String,
    instructions: u64,
    took: Duration,
}

impl Wasm {
    fn of(bytes: &[u8]) -> anyhow::Result<Self> {
        let mut config = Config::default();
        // Translated at once: what that takes is no part of a price.
        config.consume_fuel(true).compilation_mode(CompilationMode::Eager);
        let engine = Engine::new(&config);
        let module = Module::new(&engine, bytes)?;
        let mut store = Store::new(&engine, ());
        store.set_fuel(FUEL)?;
        let instance = Linker::<()>::new(&engine).instantiate_and_start(&mut store, &module)?;
        let memory = instance.get_memory(&store, "memory").context("it exports no memory")?;
        Ok(Self {
            memory,
            room: instance.get_typed_func::<u32, u32>(&store, "liandian_room")?,
            read: instance.get_typed_func::<(), u32>(&store, "liandian_read")?,
            price: instance.get_typed_func::<(), u32>(&store, "liandian_price")?,
            tell: instance.get_typed_func::<(), u32>(&store, "liandian_tell")?,
            told: instance.get_typed_func::<(), u32>(&store, "liandian_told")?,
            store,
        })
    }

    fn price(&mut self, question: &str) -> anyhow::Result<Told> {
        self.store.set_fuel(FUEL)?;
        let at = usize::try_from(self.room.call(&mut self.store, u32::try_from(question.len())?)?)?;
        self.memory.write(&mut self.store, at, question.as_bytes()).map_err(|e| anyhow!("no room for the question: {e:?}"))?;
        ensure!(self.read.call(&mut self.store, ())? == 1, "the question cannot be read");
        let (before, begun) = (self.store.get_fuel()?, Instant::now());
        let priced = self.price.call(&mut self.store, ())?;
        let (took, instructions) = (begun.elapsed(), before - self.store.get_fuel()?);
        ensure!(priced == 1, "it has no price");
        let mut text = vec![0; usize::try_from(self.tell.call(&mut self.store, ())?)?];
        let at = usize::try_from(self.told.call(&mut self.store, ())?)?;
        self.memory.read(&self.store, at, &mut text).map_err(|e| anyhow!("the answer is not there: {e:?}"))?;
        Ok(Told { text: String::from_utf8(text)?, instructions, took })
    }
}

// ------------------------------------------------------------------ carts

/// Numbers from a seed.
struct Dice(u64);

impl Dice {
    fn of(seed: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        dice.below(1);
        dice
    }

    fn below(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.0 >> 33) % u64::from(n.max(1))).unwrap_or(0)
    }

    fn fen(&mut self, from: u32, until: u32) -> Fen {
        Fen(i64::from(from + self.below(until - from)))
    }

    fn thousandths(&mut self, from: u32, until: u32) -> u16 {
        u16::try_from(from + self.below(until - from)).unwrap_or(0)
    }
}

fn sku(n: u32) -> SkuId {
    SkuId::from_tail(n).unwrap_or_else(|e| unreachable!("{e}"))
}

/// Any kind of campaign, about one of these two goods where it is about single ones.
fn kind(d: &mut Dice, one: SkuId, other: SkuId) -> Kind {
    match d.below(14) {
        0 => Kind::Percent(Percent { off: d.thousandths(10, 400) }),
        1 => Kind::Amount(Amount { off: d.fen(1, 300) }),
        2 => Kind::LimitedPrice(LimitedPrice { prices: vec![SkuPrice { sku: one, price: d.fen(1, 2_000) }] }),
        3 => Kind::Flash(Flash { sku: one, price: d.fen(1, 500), stock: d.below(6), per_person: 2 }),
        4 => Kind::NthItem(NthItem { n: 2 + d.below(2), off: d.thousandths(100, 1_001) }),
        5 => Kind::AnyOf(AnyOf { units: 2 + d.below(3), price: d.fen(100, 4_000) }),
        6 if one != other => {
            let part = |sku| Part { of: vec![sku], units: 1 };
            Kind::Combo(Combo { parts: vec![part(one), part(other)], price: d.fen(100, 3_000) })
        }
        7 => Kind::Steps(Steps { steps: vec![Step { from: d.fen(500, 9_000), off: d.fen(10, 900) }], repeat: 1 + d.below(3) }),
        8 => Kind::StepPercent(StepPercent { steps: vec![StepRate { from: d.fen(1, 6_000), units: d.below(5), off: d.thousandths(1, 400) }] }),
        9 => Kind::Delivery(Delivery { from: d.fen(1, 6_000), metres: None, grams: None, fee: d.fen(0, 300) }),
        10 => Kind::TierPrice(TierPrice { rates: vec![TierRate { tier: 1, off: d.thousandths(10, 200) }] }),
        11 => Kind::AddOn(AddOn { from: d.fen(500, 6_000), items: vec![AddOnItem { sku: one, price: d.fen(1, 500) }], units: 1 + d.below(2) }),
        12 => {
            Kind::Gift(Gift { from: d.fen(1, 6_000), gifts: vec![GiftItem { sku: other, units: 1, stock: d.below(3) }], at_pickup: d.below(2) == 0 })
        }
        _ => Kind::Coupon(CouponKind {
            from: d.fen(1, 5_000),
            worth: match d.below(3) {
                0 => Worth::Amount(d.fen(10, 1_000)),
                1 => Worth::Percent { off: d.thousandths(10, 300), most: d.fen(100, 2_000) },
                _ => Worth::Delivery(d.fen(10, 800)),
            },
        }),
    }
}

fn campaign(d: &mut Dice, n: usize, kind: Kind) -> anyhow::Result<Campaign> {
    let group = |name: &str, rule| Some(Group { name: name.to_owned(), rule });
    let level = if d.below(4) == 0 { Level::Store } else { Level::Hq };
    Ok(Campaign {
        campaign: CampaignId::from_tail(n).map_err(|e| anyhow!("{e:?}"))?,
        title: format!("活动 {n}"),
        level,
        priority: i32::try_from(d.below(4))?,
        coupon: matches!(kind, Kind::Coupon(_)).then_some(CouponPolicy::ComesBack),
        kind,
        scope: Scope::default(),
        group: match d.below(8) {
            0 | 1 => group("one", GroupRule::OneOf),
            2 => group("other", GroupRule::OneOf),
            3 => group("all", GroupRule::AllOf),
            4 if d.below(3) == 0 => group("alone", GroupRule::Exclusive),
            _ => None,
        },
        beside_hq: d.below(2) == 0,
        breaks_floor: d.below(8) == 0,
        audience: Audience { tier: u8::try_from(d.below(8) / 6)?, new_only: d.below(8) == 0, birthday: false },
        schedule: Schedule {
            from: Timestamp(0),
            until: Timestamp(i64::MAX),
            weekdays: 0,
            month_days: 0,
            minutes: (d.below(10) == 0).then_some((540, 660)),
        },
        stores: Vec::new(),
        fulfilments: if d.below(10) == 0 { vec![Fulfilment::Delivery] } else { Vec::new() },
        left: Left { budget: (d.below(6) == 0).then(|| d.fen(1, 3_000)), ..Left::default() },
        on_loss: OnLoss::Keep,
        hq_bears: HqBears(d.thousandths(0, 1_001)),
    })
}

fn line(d: &mut Dice, n: u32) -> anyhow::Result<Line> {
    let price = d.fen(1, 5_000);
    Ok(Line {
        sku: sku(n),
        quantity: Quantity::new(1 + d.below(6)).map_err(|e| anyhow!("{e:?}"))?,
        price,
        floor: Fen(price.0 * i64::from(d.below(90)) / 100),
        category: format!("c{}", d.below(6)),
        brand: format!("b{}", d.below(9)),
        marks: if d.below(7) == 0 { vec!["flagship".to_owned()] } else { Vec::new() },
        weight_g: d.below(900),
    })
}

fn question(d: &mut Dice, lines: Vec<Line>, campaigns: Vec<Campaign>) -> anyhow::Result<Question> {
    let fulfilment = if d.below(2) == 0 { Fulfilment::Delivery } else { Fulfilment::Pickup };
    // Half of the coupons are held.
    let held = campaigns.iter().filter(|c| c.coupon.is_some() && d.below(2) == 0);
    let coupons = held
        .enumerate()
        .map(|(n, c)| Ok(Coupon { coupon: CouponId::from_tail(n).map_err(|e| anyhow!("{e:?}"))?, campaign: c.campaign.clone() }))
        .collect::<anyhow::Result<_>>()?;
    Ok(Question {
        store: StoreId::from_tail(1).map_err(|e| anyhow!("{e:?}"))?,
        lines,
        fulfilment,
        distance_m: (fulfilment == Fulfilment::Delivery).then(|| d.below(5_000)),
        customer: Customer { tier: u8::try_from(d.below(3))?, new: d.below(2) == 0, birthday: false },
        coupons,
        campaigns,
        // A quarter past ten in the morning in China.
        now: Moment { at: Timestamp(1_795_918_500_000), zone_min: 480, month_day: 29 },
        points_per_yuan: 1,
        fees: Fees::USUAL,
    })
}

/// A cart as people have them, with campaigns of every kind, each about a part of it or all.
fn small(seed: u64) -> Question {
    let build = || -> anyhow::Result<Question> {
        let mut d = Dice::of(seed);
        let lines = 1 + d.below(6);
        let made = (0..lines).map(|n| line(&mut d, n)).collect::<anyhow::Result<Vec<_>>>()?;
        let mut campaigns = Vec::new();
        for n in 0..usize::try_from(d.below(8))? {
            let (one, other) = (sku(d.below(lines)), sku(d.below(lines + 2)));
            let kind = kind(&mut d, one, other);
            let mut c = campaign(&mut d, n, kind)?;
            if d.below(3) == 0 {
                c.scope.categories = vec![format!("c{}", d.below(6))];
            }
            campaigns.push(c);
        }
        question(&mut d, made, campaigns)
    };
    build().unwrap_or_else(|e| unreachable!("{e}"))
}

/// A cart of this size in a chain with so many campaigns: a third of them about single goods (of five times as many as the cart has), a third about
/// a category, a sixth about a brand, the others about everything. `wide`: all are about everything, as nobody has them.
fn large(seed: u64, lines: usize, campaigns: usize, wide: bool) -> Question {
    let build = || -> anyhow::Result<Question> {
        let mut d = Dice::of(seed + 1_000_000);
        let lines = u32::try_from(lines)?;
        let made = (0..lines).map(|n| line(&mut d, n)).collect::<anyhow::Result<Vec<_>>>()?;
        let mut all = Vec::new();
        for n in 0..campaigns {
            let range = if wide { lines } else { lines * 5 };
            let (one, other) = (sku(d.below(range)), sku(d.below(range)));
            let kind = kind(&mut d, one.clone(), other);
            let mut c = campaign(&mut d, n, kind)?;
            match if wide { 5 } else { d.below(6) } {
                0 | 1 => c.scope.skus = vec![one],
                2 | 3 => c.scope.categories = vec![format!("c{}", d.below(6))],
                4 => c.scope.brands = vec![format!("b{}", d.below(9))],
                _ => {}
            }
            all.push(c);
        }
        question(&mut d, made, all)
    };
    build().unwrap_or_else(|e| unreachable!("{e}"))
}
