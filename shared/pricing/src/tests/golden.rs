//! Cases that other systems got wrong.

use liandian_types::{CampaignId, Fen, Fulfilment, SkuId, Timestamp};

use super::{NOW, World, campaign, grouped, line};
use crate::{
    Campaign, Coupon, CouponPolicy, Customer, GroupRule, Kind, Left, Level, Line, Paid, Scope, Why,
    kinds::{
        AddOn, AddOnItem, Amount, AnyOf, Combo, CouponKind, Delivery, Flash, Gift, GiftItem, LimitedPrice, NthItem, Part, Percent, SkuPrice, Step,
        StepPercent, StepRate, Steps, TierPrice, TierRate, Worth,
    },
    repriced,
};

fn sku(name: &str) -> SkuId {
    format!("sku_{name}").parse().unwrap()
}

fn off_from(off: i64, from: i64, repeat: u32) -> Kind {
    Kind::Steps(Steps { steps: vec![Step { from: Fen(from), off: Fen(off) }], repeat })
}

fn percent(off: u16) -> Kind {
    Kind::Percent(Percent { off })
}

fn combo(parts: &[(&str, u32)], price: i64) -> Kind {
    Kind::Combo(Combo { parts: parts.iter().map(|(s, units)| Part { of: vec![sku(s)], units: *units }).collect(), price: Fen(price) })
}

#[test]
fn given_ten_yuan_off_three_equal_lines_when_any_of_them_go_back_then_they_bring_what_they_cost() {
    let w = World::of(vec![line("a", 1, 1_000), line("b", 1, 1_000), line("c", 1, 1_000)]).with(campaign("ten", off_from(1_000, 1, 1)));
    let a = w.answer();
    let totals: Vec<i64> = a.lines.iter().map(|l| l.total.0).collect();
    assert_eq!((totals, a.totals.total), (vec![666, 667, 667], Fen(2_000)));
    for chosen in 0..8_usize {
        let mut paid = Paid::of(&a);
        for (_, l) in a.lines.iter().enumerate().filter(|(i, _)| chosen & (1 << i) != 0) {
            assert_eq!(paid.give_back(&l.sku, 1).unwrap().goods, l.total);
        }
    }
}

#[test]
fn given_four_fen_off_three_units_when_shared_then_they_carry_two_one_and_one() {
    let a = World::of(vec![line("a", 3, 100)]).with(campaign("four", off_from(4, 1, 1))).answer();
    let shares: Vec<i64> = (0..3).map(|i| a.lines[0].share(i, i + 1).cuts[0].amount.0).collect();
    assert_eq!((shares, a.lines[0].total), (vec![2, 1, 1], Fen(296)));
}

#[test]
fn given_ten_yuan_off_three_units_when_shared_then_the_prices_add_up() {
    let a = World::of(vec![line("a", 3, 1_000)]).with(campaign("ten", off_from(1_000, 1, 1))).answer();
    let prices: Vec<i64> = (0..3).map(|i| a.lines[0].share(i, i + 1).goods.0).collect();
    assert_eq!(prices, [666, 667, 667]);
}

#[test]
fn given_an_order_discount_when_a_line_is_given_back_then_the_others_keep_their_shares() {
    let lines = vec![line("a", 1, 1_999), line("b", 2, 701), line("c", 1, 350), line("d", 3, 99)];
    let a = World::of(lines).with(campaign("off", off_from(777, 1, 1))).answer();
    let mut paid = Paid::of(&a);
    let before = paid.left();
    let back = paid.give_back(&sku("b"), 2).unwrap();
    assert_eq!((before, before - back.goods, back.goods), (a.totals.total, paid.left(), a.lines[1].total));
    for other in ["a", "c", "d"] {
        let l = a.lines.iter().find(|l| l.sku == sku(other)).unwrap();
        assert_eq!(paid.give_back(&l.sku, l.quantity.get()).unwrap().goods, l.total);
    }
    assert_eq!((paid.left(), paid.all_back()), (Fen::ZERO, true));
}

#[test]
fn given_forty_and_seventy_percent_off_when_priced_then_they_exclude_each_other_or_multiply() {
    let apart = |c| grouped(c, "g", GroupRule::OneOf);
    let one = World::of(vec![line("a", 1, 1_000)]).with(apart(campaign("forty", percent(400)))).with(apart(campaign("seventy", percent(700))));
    assert_eq!((one.pays(), one.why("forty")), (300, Some(Why::NotWith { title: "seventy".into() })));
    assert_eq!(one.why("forty").unwrap().text(NOW), "与 seventy 不同享");
    let both = |price| World::of(vec![line("a", 1, price)]).with(campaign("forty", percent(400))).with(campaign("seventy", percent(700))).pays();
    assert_eq!([both(1_000), both(1)], [180, 1]);
}

#[test]
fn given_an_exclusive_campaign_and_an_open_one_when_priced_then_the_better_wins_and_priority_decides_ties() {
    let world = |exclusive: u16, open: u16, priority: i32| {
        let low = Campaign { priority: 1, ..grouped(campaign("exclusive", percent(exclusive)), "g", GroupRule::Exclusive) };
        World::of(vec![line("a", 1, 1_000)]).with(low).with(Campaign { priority, ..campaign("open", percent(open)) })
    };
    let applied = |w: World| w.answer().discounts.into_iter().map(|d| d.title).collect::<Vec<_>>();
    assert_eq!(applied(world(500, 100, 9)), ["exclusive"]);
    assert_eq!(applied(world(100, 500, 0)), ["open"]);
    assert_eq!(applied(world(300, 300, 9)), ["open"]);
    assert_eq!(applied(world(300, 300, 0)), ["exclusive"]);
}

#[test]
fn given_one_free_for_one_bought_and_two_yuan_off_when_priced_then_the_larger_saving_wins_for_each_size() {
    for n in 1..=12_u32 {
        let free = grouped(campaign("free", Kind::NthItem(NthItem { n: 2, off: 1_000 })), "g", GroupRule::OneOf);
        let two = grouped(campaign("two", Kind::Amount(Amount { off: Fen(200) })), "g", GroupRule::OneOf);
        let saving = (500 * i64::from(n / 2)).max(200 * i64::from(n));
        assert_eq!(World::of(vec![line("a", n, 500)]).with(free).with(two).pays(), 500 * i64::from(n) - saving, "{n} units");
    }
}

#[test]
fn given_two_meals_and_a_deal_that_takes_both_drinks_when_the_meals_save_more_then_they_win() {
    let w = World::of(vec![line("coke", 2, 600), line("bun", 1, 400), line("roll", 1, 400)])
        .with(campaign("cokes", combo(&[("coke", 2)], 800)))
        .with(campaign("meal-a", combo(&[("coke", 1), ("bun", 1)], 700)))
        .with(campaign("meal-b", combo(&[("coke", 1), ("roll", 1)], 700)));
    assert_eq!((w.pays(), w.answer().search.exact), (1_400, true));
}

#[test]
fn given_a_repeated_meal_and_a_dear_deal_when_one_of_each_is_best_then_the_meal_leaves_the_other_its_drink() {
    // Three cokes: one meal and one pair save 300 + 500; three meals are not to be had, two save 600.
    let w = World::of(vec![line("coke", 3, 600), line("bun", 2, 400)])
        .with(campaign("a-meal", combo(&[("coke", 1), ("bun", 1)], 700)))
        .with(campaign("b-pair", combo(&[("coke", 2)], 700)));
    assert_eq!(w.pays(), 2_600 - 800);
}

#[test]
fn given_six_thousand_pieces_when_priced_then_they_cost_the_engine_what_thirty_do() {
    let work = |units: u32| {
        let lines: Vec<Line> = (0..30).map(|i| line(&format!("s{i}"), units, 100 + i)).collect();
        let w = World::of(lines).with(campaign("five", percent(50))).with(campaign("steps", off_from(500, 1_000, 3)));
        let a = w.answer();
        (a.search, a.lines.iter().map(|l| l.segments.len()).sum::<usize>())
    };
    assert_eq!(work(200), work(1));
    // A deal that could apply three thousand times is tried no more than one that could twelve times.
    let deal = |units: u32| {
        let lines: Vec<Line> = (0..30).map(|i| line(&format!("s{i}"), units, 100 + i)).collect();
        World::of(lines).with(campaign("second", Kind::NthItem(NthItem { n: 2, off: 500 }))).answer().search
    };
    assert_eq!((deal(200).evaluations, deal(200).exact), (deal(2).evaluations, false));
}

#[test]
fn given_what_has_run_out_when_priced_then_the_list_price_comes_with_the_reason() {
    let flash = Kind::Flash(Flash { sku: sku("a"), price: Fen(1), stock: 0, per_person: 1 });
    let gift = Kind::Gift(Gift { from: Fen(1), gifts: vec![GiftItem { sku: sku("g"), units: 1, stock: 0 }], at_pickup: false });
    let mut over = campaign("over", Kind::Coupon(CouponKind { from: Fen(1), worth: Worth::Amount(Fen(500)) }));
    over.coupon = Some(CouponPolicy::ComesBack);
    over.schedule.until = NOW.at;
    let w = World::of(vec![line("a", 2, 1_000)]).with(campaign("flash", flash)).with(campaign("gift", gift)).with(over);
    assert_eq!(w.pays(), 2_000);
    assert_eq!([w.why("flash"), w.why("gift"), w.why("over")], [Some(Why::SoldOut), Some(Why::SoldOut), Some(Why::Over)]);
}

#[test]
fn given_fifty_off_three_hundred_twice_at_most_when_priced_then_each_step_is_as_written() {
    let world = |price| World::of(vec![line("a", 1, price)]).with(campaign("steps", off_from(5_000, 30_000, 2)));
    let off = |price: i64| price - world(price).pays();
    assert_eq!([29_999, 30_000, 60_000, 90_000].map(off), [0, 5_000, 10_000, 10_000]);
    let why = world(29_999).why("steps").unwrap();
    assert_eq!((why.clone(), why.text(NOW).as_str()), (Why::Below { missing: Fen(1) }, "还差 0.01 元"));
}

#[test]
fn given_a_threshold_that_another_discount_takes_away_when_priced_then_what_is_missing_is_said() {
    let w = World::of(vec![line("a", 1, 31_000)]).with(campaign("half", percent(500))).with(campaign("steps", off_from(5_000, 30_000, 1)));
    assert_eq!((w.pays(), w.why("steps")), (15_500, Some(Why::Below { missing: Fen(14_500) })));
}

#[test]
fn given_the_second_at_half_price_when_five_are_bought_then_two_are_and_the_first_has_the_odd_fen() {
    let w = World::of(vec![line("a", 5, 999)]).with(campaign("second", Kind::NthItem(NthItem { n: 2, off: 500 })));
    let a = w.answer();
    let each: Vec<i64> = (0..5).map(|i| a.lines[0].share(i, i + 1).goods.0).collect();
    assert_eq!((each, a.totals.total), (vec![499, 500, 999, 999, 999], Fen(3_996)));
}

#[test]
fn given_free_delivery_from_99_when_a_discount_goes_below_then_the_fee_is_in_the_answer_and_the_cheaper_way_is_taken() {
    let world = |goods, off| {
        let w = World::of(vec![line("a", 1, goods)]).with(campaign("off", off_from(off, 1, 1)));
        World { fulfilment: Fulfilment::Delivery, distance_m: Some(800), ..w }
    };
    let a = world(10_300, 500).answer();
    assert_eq!((a.totals.goods, a.totals.delivery_fee), (Fen(9_800), Fen(400)));
    // A discount of less than the fee that it brings about is none.
    let a = world(9_900, 1).answer();
    assert_eq!((a.totals.goods, a.totals.delivery_fee, a.discounts.len()), (Fen(9_900), Fen::ZERO, 0));
}

#[test]
fn given_a_lost_threshold_when_refunded_then_keep_and_reprice_do_as_they_say() {
    let world = |lines| World::of(lines).with(campaign("steps", off_from(5_000, 30_000, 1)));
    let a = world(vec![line("a", 1, 20_000), line("b", 1, 15_000)]).answer();
    let mut paid = Paid::of(&a);
    let own = paid.give_back(&sku("b"), 1).unwrap().goods;
    assert_eq!((own, paid.left()), (Fen(12_857), Fen(17_143)));
    let rest = world(vec![line("a", 1, 20_000)]).answer().totals.total;
    assert_eq!(repriced(own, paid.left(), rest), Fen(10_000));
    assert_eq!(repriced(Fen(100), Fen(0), Fen(9_000)), Fen(0));
}

#[test]
fn given_a_floor_when_a_campaign_goes_below_then_it_is_cut_unless_hq_lets_it() {
    let world = |level, breaks_floor| {
        let l = Line { floor: Fen(800), ..line("a", 2, 1_000) };
        World::of(vec![l]).with(Campaign { level, breaks_floor, ..campaign("half", percent(500)) })
    };
    let held = world(Level::Hq, false).answer();
    assert_eq!((held.totals.total, held.discounts[0].floored), (Fen(1_600), true));
    assert_eq!([world(Level::Store, true).pays(), world(Level::Hq, true).pays()], [1_600, 1_000]);
}

#[test]
fn given_a_floor_when_a_deal_takes_one_unit_or_a_discount_spreads_then_no_unit_goes_below_it() {
    let floored = |name: &str, units, price, floor| Line { floor: Fen(floor), ..line(name, units, price) };
    let each = |w: &World, at: usize| -> Vec<i64> {
        let l = &w.answer().lines[at];
        (0..l.quantity.get()).map(|i| l.share(i, i + 1).goods.0).collect()
    };
    // Two units at their list price make no room for the third one.
    let free = World::of(vec![floored("a", 3, 1_000, 800)]).with(campaign("third", Kind::NthItem(NthItem { n: 3, off: 1_000 })));
    assert_eq!((each(&free, 0), free.answer().discounts[0].floored), (vec![800, 1_000, 1_000], true));
    let flash = Kind::Flash(Flash { sku: sku("a"), price: Fen(1), stock: 9, per_person: 1 });
    let flash = World::of(vec![floored("a", 2, 1_000, 900)]).with(campaign("flash", flash));
    assert_eq!(each(&flash, 0), [900, 1_000]);
    // What a line at its floor may not bear, the others bear, as far as they can.
    let two = || vec![floored("a", 2, 1_000, 950), floored("b", 2, 1_000, 500)];
    let spread = World::of(two()).with(campaign("off", off_from(1_000, 1, 1)));
    assert_eq!((each(&spread, 0), each(&spread, 1)), (vec![950, 950], vec![550, 550]));
    let all = World::of(two()).with(campaign("off", off_from(3_000, 1, 1)));
    assert_eq!((each(&all, 0), each(&all, 1), all.answer().discounts[0].floored), (vec![950, 950], vec![500, 500], true));
}

#[test]
fn given_a_free_line_a_fen_and_999_units_when_priced_then_nothing_is_lost() {
    let mut lines = vec![line("free", 1, 0), line("fen", 1, 1), line("many", 999, 1_999)];
    lines.extend((0..37).map(|i| line(&format!("l{i}"), 1 + i, 3 + i64::from(i))));
    let a = World::of(lines).with(campaign("half", percent(500))).with(campaign("off", off_from(1_000, 1, 1))).answer();
    assert_eq!(a.lines.iter().map(|l| l.total).sum::<Fen>(), a.totals.goods);
    assert_eq!(a.list - a.discounts.iter().map(|d| d.goods).sum::<Fen>(), a.totals.goods);
    assert!(a.lines.iter().all(|l| l.total >= Fen::ZERO && l.share(0, l.quantity.get()).goods == l.total));
}

#[test]
fn given_each_other_kind_when_it_applies_then_it_takes_off_what_it_says() {
    let pays = |kind: Kind, lines: Vec<Line>| World::of(lines).with(campaign("c", kind)).pays();
    let two = || vec![line("a", 2, 1_000), line("b", 1, 500)];
    assert_eq!(pays(Kind::LimitedPrice(LimitedPrice { prices: vec![SkuPrice { sku: sku("a"), price: Fen(900) }] }), two()), 2_300);
    assert_eq!(pays(Kind::Flash(Flash { sku: sku("a"), price: Fen(100), stock: 9, per_person: 1 }), two()), 1_600);
    assert_eq!(pays(Kind::AnyOf(AnyOf { units: 2, price: Fen(1_500) }), two()), 2_000);
    assert_eq!(pays(Kind::StepPercent(StepPercent { steps: vec![StepRate { from: Fen::ZERO, units: 3, off: 100 }] }), two()), 2_250);
    let add = AddOn { from: Fen(2_000), items: vec![AddOnItem { sku: sku("b"), price: Fen(100) }], units: 1 };
    assert_eq!(pays(Kind::AddOn(add.clone()), two()), 2_100);
    let offered = World::of(vec![line("a", 2, 1_000)]).with(campaign("c", Kind::AddOn(add))).answer();
    assert_eq!((offered.add_ons.len(), offered.totals.total, offered.points), (1, Fen(2_000), 20));
    let tier = Kind::TierPrice(TierPrice { rates: vec![TierRate { tier: 1, off: 50 }, TierRate { tier: 2, off: 100 }] });
    let member = World { customer: Customer { tier: 2, ..Customer::default() }, ..World::of(two()).with(campaign("c", tier)) };
    assert_eq!(member.pays(), 2_250);
    let gift = Kind::Gift(Gift { from: Fen(1), gifts: vec![GiftItem { sku: sku("g"), units: 1, stock: 1 }], at_pickup: true });
    let given = World::of(two()).with(campaign("c", gift)).answer();
    assert_eq!((given.gifts.len(), given.gifts[0].at_pickup, given.totals.total), (1, true, Fen(2_500)));
    let fee = Kind::Delivery(Delivery { from: Fen(2_000), metres: Some(3_000), grams: None, fee: Fen(100) });
    let brought = World { fulfilment: Fulfilment::Delivery, distance_m: Some(2_000), ..World::of(two()).with(campaign("c", fee)) };
    assert_eq!((brought.pays(), brought.answer().list_fee), (2_600, Fen(500)));
}

#[test]
fn given_a_coupon_when_it_is_held_then_it_is_named_and_when_not_then_that_is_said() {
    let mut c = campaign("coupon", Kind::Coupon(CouponKind { from: Fen(1_000), worth: Worth::Percent { off: 200, most: Fen(150) } }));
    c.coupon = Some(CouponPolicy::StaysUsed);
    let without = World::of(vec![line("a", 1, 1_000)]).with(c);
    assert_eq!(without.why("coupon"), Some(Why::NoCoupon));
    let campaign: CampaignId = "cmp_coupon".parse().unwrap();
    let with = World { coupons: vec![Coupon { coupon: "cpn_1".parse().unwrap(), campaign }], ..without };
    let a = with.answer();
    assert_eq!((a.totals.total, a.discounts[0].coupon.clone()), (Fen(850), Some(("cpn_1".parse().unwrap(), CouponPolicy::StaysUsed))));
}

#[test]
fn given_schedules_and_limits_when_they_speak_against_it_then_the_reason_says_what_is_missing() {
    let why = |change: &dyn Fn(&mut Campaign)| {
        let mut c = campaign("c", percent(100));
        change(&mut c);
        World::of(vec![line("a", 1, 1_000)]).with(c).why("c").map(|w| w.text(NOW))
    };
    assert_eq!(why(&|_| ()), None);
    // A quarter past ten and 3:45 hours.
    assert_eq!(why(&|c| c.schedule.from = NOW.at.plus(225 * Timestamp::MINUTE)).as_deref(), Some("今天 14:00 开始"));
    assert_eq!(why(&|c| c.schedule.from = NOW.at.plus(Timestamp::DAY)).as_deref(), Some("明天 10:15 开始"));
    assert_eq!(why(&|c| c.schedule.weekdays = 0b0100_0000), None);
    assert_eq!(why(&|c| c.schedule.weekdays = 0b0011_1111).as_deref(), Some("今天没有这个活动"));
    assert_eq!(why(&|c| c.schedule.month_days = 1 << 7).as_deref(), Some("今天没有这个活动"));
    assert_eq!(why(&|c| c.schedule.minutes = Some((615, 616))), None);
    assert_eq!(why(&|c| c.schedule.minutes = Some((540, 615))).as_deref(), Some("每天 09:00 开始"));
    assert_eq!(why(&|c| c.audience.new_only = true).as_deref(), Some("不符合参加条件"));
    assert_eq!(why(&|c| c.left = Left { person: Some(0), ..Left::default() }).as_deref(), Some("已达参加次数上限"));
    assert_eq!(why(&|c| c.left = Left { budget: Some(Fen(99)), ..Left::default() }).as_deref(), Some("活动名额已用完"));
    assert_eq!(why(&|c| c.left = Left { budget: Some(Fen(100)), ..Left::default() }), None);
    assert_eq!(why(&|c| c.scope = Scope { skus: vec![sku("b")], ..Scope::default() }).as_deref(), Some("没有参加活动的商品"));
}

#[test]
fn given_who_bears_a_discount_when_it_applies_then_the_parts_are_the_whole() {
    let c = Campaign { hq_bears: crate::HqBears(333), ..campaign("c", percent(100)) };
    let a = World::of(vec![line("a", 1, 1_010)]).with(c).answer();
    assert_eq!((a.discounts[0].hq, a.discounts[0].store), (Fen(34), Fen(67)));
}

#[test]
fn given_a_stores_campaign_that_stands_alone_when_hq_has_one_then_only_the_better_applies() {
    let world = |beside_hq| {
        let own = Campaign { level: Level::Store, beside_hq, ..campaign("own", percent(200)) };
        World::of(vec![line("a", 1, 1_000)]).with(own).with(campaign("hq", percent(100)))
    };
    assert_eq!([world(true).pays(), world(false).pays()], [720, 800]);
    assert_eq!(world(false).why("hq"), Some(Why::NotWith { title: "own".into() }));
}

#[test]
fn given_the_same_price_for_other_reasons_when_its_fingerprint_is_taken_then_it_is_another_and_what_is_only_told_does_not_count() {
    let world = |name: &str| World::of(vec![line("a", 2, 1_000)]).with(campaign(name, percent(100)));
    let print = |w: &World| w.answer().fingerprint();
    assert_eq!(print(&world("ten")), print(&world("ten")));
    assert_ne!(print(&world("ten")), print(&world("other")));
    assert_ne!(print(&world("ten")), print(&World::of(vec![line("a", 2, 900)])), "the same sum at another list price");
    let with_one_that_lacks = world("ten").with(campaign("far", off_from(100, 90_000, 1)));
    assert_eq!(print(&world("ten")), print(&with_one_that_lacks));
    let half = Campaign { hq_bears: crate::HqBears(500), ..campaign("ten", percent(100)) };
    assert_ne!(print(&world("ten")), print(&World::of(vec![line("a", 2, 1_000)]).with(half)), "somebody else bears it");
}

#[test]
fn given_a_cart_as_a_question_when_it_is_written_and_read_then_it_has_the_same_answer() {
    let w = World::of(vec![line("a", 3, 999), line("b", 1, 501)]).with(campaign("ten", percent(100))).with(campaign("off", off_from(100, 1_000, 2)));
    let cart = w.cart();
    let question = crate::Question {
        store: cart.store.clone(),
        lines: cart.lines.to_vec(),
        fulfilment: cart.fulfilment,
        distance_m: cart.distance_m,
        customer: cart.customer,
        coupons: cart.coupons.to_vec(),
        campaigns: cart.campaigns.to_vec(),
        now: cart.now,
        points_per_yuan: cart.points_per_yuan,
        fees: cart.fees,
    };
    let read: crate::Question = serde_json::from_str(&serde_json::to_string(&question).unwrap()).unwrap();
    assert_eq!((&read, crate::price(&read.cart()).unwrap()), (&question, w.answer()));
}

#[test]
fn given_sums_that_do_not_fit_when_priced_then_they_are_refused_and_nothing_panics() {
    let kinds = || {
        vec![
            percent(u16::MAX),
            Kind::Amount(Amount { off: Fen(i64::MAX) }),
            off_from(i64::MAX, 1, u32::MAX),
            Kind::AnyOf(AnyOf { units: u32::MAX, price: Fen(i64::MAX) }),
            Kind::NthItem(NthItem { n: 0, off: u16::MAX }),
            combo(&[("a", u32::MAX)], i64::MAX),
            Kind::LimitedPrice(LimitedPrice { prices: vec![SkuPrice { sku: sku("a"), price: Fen(i64::MIN) }] }),
            Kind::Flash(Flash { sku: sku("a"), price: Fen(i64::MIN), stock: u32::MAX, per_person: u32::MAX }),
            Kind::StepPercent(StepPercent { steps: vec![StepRate { from: Fen(i64::MIN + 1), units: u32::MAX, off: u16::MAX }] }),
            Kind::Delivery(Delivery { from: Fen(0), metres: None, grams: None, fee: Fen(i64::MIN) }),
            Kind::Coupon(CouponKind { from: Fen(0), worth: Worth::Percent { off: u16::MAX, most: Fen(i64::MAX) } }),
        ]
    };
    for kind in kinds() {
        let lines = vec![Line { floor: Fen(i64::MAX), ..line("a", 999, 1_000_000) }, line("b", 1, 0)];
        let w = World { fulfilment: Fulfilment::Delivery, distance_m: Some(u32::MAX), ..World::of(lines).with(campaign("odd", kind)) };
        let a = w.answer();
        assert!(a.totals.goods >= Fen::ZERO && a.totals.delivery_fee >= Fen::ZERO, "{:?}", a.totals);
    }
}

#[test]
fn given_a_budget_that_is_too_small_for_all_of_it_when_less_of_it_fits_then_that_much_applies() {
    let with = |budget: i64| {
        let free =
            Campaign { left: Left { budget: Some(Fen(budget)), ..Left::default() }, ..campaign("free", Kind::NthItem(NthItem { n: 2, off: 1_000 })) };
        World::of(vec![line("a", 6, 500)]).with(free)
    };
    // Three pairs would cost 15 yuan, two 10, one 5.
    assert_eq!([1_500, 1_499, 999, 500].map(|b| with(b).pays()), [1_500, 2_000, 2_500, 2_500]);
    assert_eq!((with(499).pays(), with(499).why("free")), (3_000, Some(Why::Budget)));
    // A tenth of 10 yuan is too much for a budget of 50 fen; a tenth of what half price leaves is not.
    let tenth = Campaign { left: Left { budget: Some(Fen(50)), ..Left::default() }, priority: -1, ..campaign("tenth", percent(100)) };
    let w = World::of(vec![line("a", 1, 1_000)]).with(tenth).with(campaign("half", percent(500)));
    assert_eq!(w.pays(), 450);
}
