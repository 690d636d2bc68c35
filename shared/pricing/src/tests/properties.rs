//! What holds for every cart.

use liandian_types::{Fen, Fulfilment, Quantity, SkuId};
use proptest::prelude::*;

use super::{World, campaign, grouped, line};
use crate::{
    Campaign, Customer, GroupRule, Kind, Left, Level, Line, Paid, Scope,
    kinds::{
        Amount, AnyOf, Combo, CouponKind, Delivery, Flash, Gift, GiftItem, LimitedPrice, NthItem, Part, Percent, SkuPrice, Step, StepPercent,
        StepRate, Steps, TierPrice, TierRate, Worth,
    },
};

/// Numbers from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.0 >> 33) % u64::from(n.max(1))).unwrap()
    }

    fn fen(&mut self, from: u32, until: u32) -> i64 {
        i64::from(from + self.below(until - from))
    }
}

/// What looks only at single lines: nothing of it gets cheaper when the cart gets larger.
fn plain(d: &mut Dice, sku: SkuId) -> Kind {
    match d.below(4) {
        0 => Kind::Percent(Percent { off: u16::try_from(d.below(600)).unwrap() }),
        1 => Kind::Amount(Amount { off: Fen(d.fen(1, 300)) }),
        2 => Kind::LimitedPrice(LimitedPrice { prices: vec![SkuPrice { sku, price: Fen(d.fen(1, 2_000)) }] }),
        _ => Kind::Flash(Flash { sku, price: Fen(d.fen(1, 500)), stock: d.below(4), per_person: 2 }),
    }
}

fn any(d: &mut Dice, one: SkuId, other: SkuId) -> Kind {
    match d.below(12) {
        0 => Kind::NthItem(NthItem { n: 2 + d.below(2), off: u16::try_from(100 + d.below(901)).unwrap() }),
        1 => Kind::AnyOf(AnyOf { units: 2 + d.below(2), price: Fen(d.fen(100, 4_000)) }),
        2 if one != other => {
            let part = |sku| Part { of: vec![sku], units: 1 };
            Kind::Combo(Combo { parts: vec![part(one), part(other)], price: Fen(d.fen(100, 3_000)) })
        }
        3 => {
            let step = Step { from: Fen(d.fen(500, 9_000)), off: Fen(d.fen(10, 900)) };
            Kind::Steps(Steps { steps: vec![step], repeat: 1 + d.below(3) })
        }
        4 => {
            let step = StepRate { from: Fen(d.fen(1, 6_000)), units: d.below(5), off: u16::try_from(d.below(400)).unwrap() };
            Kind::StepPercent(StepPercent { steps: vec![step] })
        }
        5 => Kind::Delivery(Delivery { from: Fen(d.fen(1, 6_000)), metres: None, grams: None, fee: Fen(d.fen(0, 300)) }),
        6 => Kind::TierPrice(TierPrice { rates: vec![TierRate { tier: 1, off: u16::try_from(d.below(300)).unwrap() }] }),
        7 => {
            let gifts = vec![GiftItem { sku: other, units: 1 + d.below(2), stock: d.below(4) }];
            Kind::Gift(Gift { from: Fen(d.fen(1, 6_000)), gifts, at_pickup: d.below(2) == 0 })
        }
        8 => {
            let worth = match d.below(3) {
                0 => Worth::Amount(Fen(d.fen(10, 900))),
                1 => Worth::Percent { off: u16::try_from(d.below(400)).unwrap(), most: Fen(d.fen(10, 900)) },
                _ => Worth::Delivery(Fen(d.fen(10, 600))),
            };
            Kind::Coupon(CouponKind { from: Fen(d.fen(1, 6_000)), worth })
        }
        _ => plain(d, one),
    }
}

fn built(seed: u64, lines: u32, campaigns: u32, only_plain: bool) -> World {
    let mut d = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    d.below(1);
    let made: Vec<Line> = (0..lines)
        .map(|i| {
            let price = d.fen(1, 3_000);
            let floor = Fen(price * d.fen(0, 90) / 100);
            Line { floor, category: format!("c{}", d.below(3)), ..line(&format!("s{i:02}"), 1 + d.below(5), price) }
        })
        .collect();
    let mut w = World::of(made);
    for i in 0..campaigns {
        let sku = |n: u32| w.lines[usize::try_from(n).unwrap()].sku.clone();
        let (one, other) = (d.below(lines), d.below(lines));
        let (one, other) = (sku(one), sku(other));
        let kind = if only_plain { plain(&mut d, one) } else { any(&mut d, one, other) };
        let mut c = campaign(&format!("k{i}"), kind);
        c.priority = i32::try_from(d.below(4)).unwrap();
        if d.below(3) == 0 {
            c.scope = Scope { categories: vec![format!("c{}", d.below(3))], ..Scope::default() };
        }
        if !only_plain && d.below(6) == 0 {
            c.left = Left { budget: Some(Fen(d.fen(1, 2_000))), ..Left::default() };
        }
        if d.below(4) == 0 {
            c.level = Level::Store;
            c.beside_hq = d.below(2) == 0;
        }
        c = match d.below(8) {
            0 | 1 => grouped(c, "one", GroupRule::OneOf),
            2 => grouped(c, "other", GroupRule::OneOf),
            3 => grouped(c, "alone", GroupRule::Exclusive),
            4 => grouped(c, "all", GroupRule::AllOf),
            _ => c,
        };
        w.campaigns.push(c);
    }
    w.customer = Customer { tier: 1, ..Customer::default() };
    if !only_plain && d.below(2) == 0 {
        w.fulfilment = Fulfilment::Delivery;
        w.distance_m = Some(d.below(5_000));
    }
    w
}

/// A random cart with random campaigns of any kind.
pub fn world(seed: u64, lines: u32, campaigns: u32) -> World {
    built(seed, lines, campaigns, false)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn given_any_cart_when_priced_then_nothing_is_negative_or_below_the_floor_and_the_sums_agree(seed: u64, lines in 1_u32..7, n in 0_u32..9) {
        let w = world(seed, lines, n);
        let a = w.answer();
        for (l, was) in a.lines.iter().zip(&w.lines) {
            prop_assert!(l.total.0 >= 0);
            prop_assert!(l.total.0 >= was.floor.0 * was.quantity.units());
            prop_assert_eq!(l.segments.iter().map(|s| s.units).sum::<u32>(), l.quantity.get());
            let each: Vec<Fen> = (0..l.quantity.get()).map(|i| l.share(i, i + 1).goods).collect();
            // The floor is each unit's own, however a discount was spread over the lines.
            prop_assert!(each.iter().all(|p| p.0 >= was.floor.0));
            prop_assert_eq!(each.into_iter().sum::<Fen>(), l.total);
        }
        prop_assert_eq!(a.lines.iter().map(|l| l.total).sum::<Fen>(), a.totals.goods);
        prop_assert_eq!(a.list - a.discounts.iter().map(|d| d.goods).sum::<Fen>(), a.totals.goods);
        prop_assert_eq!(a.list_fee - a.discounts.iter().map(|d| d.delivery).sum::<Fen>(), a.totals.delivery_fee);
        prop_assert_eq!(a.totals.goods + a.totals.delivery_fee, a.totals.total);
        prop_assert!(a.discounts.iter().all(|d| d.hq + d.store == d.goods + d.delivery));
        // Every campaign applied or says why not.
        for c in &w.campaigns {
            let applied = a.discounts.iter().any(|d| d.campaign == c.campaign);
            prop_assert_ne!(applied, a.not_applied.iter().any(|n| n.campaign == c.campaign));
        }
    }

    #[test]
    fn given_any_cart_when_lines_and_campaigns_change_places_then_everything_costs_the_same(seed: u64, lines in 1_u32..7, n in 0_u32..9) {
        let w = world(seed, lines, n);
        let mut turned = w.clone();
        turned.lines.reverse();
        turned.campaigns.reverse();
        let (a, mut b) = (w.answer(), turned.answer());
        b.lines.reverse();
        prop_assert_eq!(a, b);
    }

    #[test]
    fn given_rules_for_single_lines_when_more_is_bought_then_it_never_costs_less(seed: u64, lines in 2_u32..7, n in 0_u32..8) {
        let more = built(seed, lines, n, true);
        let mut fewer = more.clone();
        fewer.lines.pop();
        prop_assert!(fewer.pays() <= more.pays());
    }

    #[test]
    fn given_any_order_when_it_goes_back_in_any_parts_then_each_unit_brings_its_share_and_all_bring_what_was_paid(
        seed: u64, lines in 1_u32..6, n in 0_u32..7, parts in proptest::collection::vec((0_usize..6, 1_u32..4), 0..20)
    ) {
        let w = world(seed, lines, n);
        let a = w.answer();
        let mut paid = Paid::of(&a);
        prop_assert_eq!(paid.left(), a.totals.total);
        let mut back = Fen::ZERO;
        let rest = w.lines.iter().map(|l| (l.sku.clone(), 1)).cycle().take(w.lines.len() * 6);
        let chosen = parts.into_iter().filter_map(|(at, units)| Some((w.lines.get(at)?.sku.clone(), units)));
        for (sku, units) in chosen.chain(rest) {
            let before = paid.left();
            if let Some(share) = paid.give_back(&sku, units) {
                prop_assert!(share.goods.0 >= 0 && share.fee.0 >= 0);
                prop_assert!(share.cuts.iter().all(|c| c.amount.0 >= 0));
                prop_assert_eq!(before - paid.left(), share.goods + share.fee);
                back += share.goods + share.fee;
            }
        }
        prop_assert!(paid.all_back());
        prop_assert_eq!((back, paid.left()), (a.totals.total, Fen::ZERO));
    }

    #[test]
    fn given_any_frozen_order_when_it_is_kept_as_text_then_it_is_the_same_again(seed: u64) {
        let w = world(seed, 4, 6);
        let paid = Paid::of(&w.answer());
        let text = serde_json::to_string(&paid).unwrap();
        prop_assert_eq!(serde_json::from_str::<Paid>(&text).unwrap(), paid);
        let campaigns = serde_json::to_string(&w.campaigns).unwrap();
        prop_assert_eq!(serde_json::from_str::<Vec<Campaign>>(&campaigns).unwrap(), w.campaigns);
    }
}

#[test]
fn given_the_same_sku_twice_or_a_price_below_nothing_when_priced_then_it_is_refused() {
    let twice = World::of(vec![line("a", 1, 1), line("a", 2, 1)]);
    let negative = World::of(vec![line("a", 1, -1)]);
    let absurd = World::of(vec![Line { quantity: Quantity::new(999).unwrap(), ..line("a", 1, i64::MAX / 2) }]);
    for w in [twice, negative, absurd] {
        assert_eq!(crate::price(&w.cart()).unwrap_err().code, liandian_types::Code::BadRequest);
    }
}
