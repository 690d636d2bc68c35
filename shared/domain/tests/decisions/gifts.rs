//! Gifts of an order: promised with its goods, told when there are none, free again when it is none. And units of a flash sale, counted in parts.

use liandian_domain::{
    Decision, Write,
    decision::{MarketingWrite, StockWrite},
    marketing::{
        Audience, Campaign, HqBears, Kind, Left, Level, OnLoss, Schedule, Scope,
        kinds::{Flash, Gift, GiftItem},
        offered::{InView, Offered},
        used::{Counter, Limits},
    },
    orders::{
        order::{OrderHead, close, hand_over, refund_and_release},
        place::Placement,
    },
};
use liandian_types::{Fen, Fulfilment, OrderState, Timestamp, api::CampaignGift};

use crate::{
    fixtures::{NOW, code, id},
    place::{created, order, placed, wanted},
};

fn campaign(kind: Kind) -> Campaign {
    Campaign {
        campaign: id("cmp_1"),
        title: "满10赠2".into(),
        level: Level::Hq,
        priority: 0,
        kind,
        scope: Scope::default(),
        group: None,
        beside_hq: false,
        breaks_floor: true,
        audience: Audience::default(),
        schedule: Schedule { from: Timestamp(0), until: Timestamp(2_000_000_000), weekdays: 0, month_days: 0, minutes: None },
        stores: Vec::new(),
        fulfilments: Vec::new(),
        left: Left::default(),
        coupon: None,
        on_loss: OnLoss::Keep,
        hq_bears: HqBears(1_000),
    }
}

fn giving(sku: &str, units: u32, stock: u32) -> Offered {
    let gift = Kind::Gift(Gift { from: Fen(1_000), gifts: vec![GiftItem { sku: id(sku), units, stock }], at_pickup: false });
    let view = InView { campaign: campaign(gift), limits: Limits::default(), version: 1, parts: Vec::new() };
    Offered { campaigns: vec![view], ..Offered::default() }
}

/// Three of a good, ¥10 each.
fn placement(offered: Offered) -> Placement {
    Placement { offered, ..order(vec![wanted(1, 3, 9, 0)], Fulfilment::Pickup, 3_000) }
}

/// What its movements do: on hand and reserved.
fn moved(d: &Decision) -> Vec<(String, i64, i64)> {
    let lines = d.writes.iter().filter_map(|w| if let Write::Stock(StockWrite::Movement(m)) = w { Some(&m.lines) } else { None });
    lines.flatten().map(|l| (l.sku.to_string(), l.on_hand, l.reserved)).collect()
}

fn line(sku: &str, on_hand: i64, reserved: i64) -> (String, i64, i64) {
    (sku.to_owned(), on_hand, reserved)
}

#[test]
fn given_a_gift_when_an_order_goes_its_ways_then_it_is_promised_leaves_and_is_free_again_with_the_goods() {
    let (_, d) = placed(placement(giving("sku_9", 2, 5))).unwrap();
    let (head, body) = created(&d);
    assert_eq!((head.units, head.total, body.gifts.len()), (3, Fen(3_000), 1), "it is no unit that was bought");
    assert_eq!(moved(&d), [line("sku_1", 0, 3), line("sku_9", 0, 2)]);
    let back = close(&head, &body, None, true, [id("mov_8"), id("mov_9")], NOW).unwrap();
    assert_eq!(moved(&back), [line("sku_1", 0, -3), line("sku_9", 0, -2)]);
    let ready = OrderHead { state: OrderState::Ready, ..head.clone() };
    assert_eq!(moved(&hand_over(&ready, &body, true, None, id("mov_9"), NOW).unwrap()), [line("sku_1", -3, -3), line("sku_9", -2, -2)]);
    let preparing = OrderHead { state: OrderState::Preparing, ..head };
    assert_eq!(moved(&refund_and_release(&preparing, &body, "缺货", id("mov_9"), NOW)), [line("sku_1", 0, -3), line("sku_9", 0, -2)]);
    // An order of before has gifts of which no stock was promised.
    let mut old = body.clone();
    old.gifts[0].promised = false;
    assert_eq!(moved(&hand_over(&ready, &old, true, None, id("mov_9"), NOW).unwrap()), [line("sku_1", -3, -3)]);
    let text = serde_json::to_value(&old).unwrap();
    assert!(text["gifts"][0].get("promised").is_none(), "and reads as it did");
}

#[test]
fn given_a_gift_that_is_bought_as_well_when_placed_then_one_line_promises_both_and_both_must_be_there() {
    let (_, d) = placed(placement(giving("sku_1", 2, 5))).unwrap();
    assert_eq!(moved(&d), [line("sku_1", 0, 5)]);
    let (head, body) = created(&d);
    assert_eq!(moved(&close(&head, &body, None, true, [id("mov_8"), id("mov_9")], NOW).unwrap()), [line("sku_1", 0, -5)]);
    let (_, d) = placed(placement(giving("sku_1", 2, 4))).unwrap();
    assert_eq!((moved(&d), created(&d).1.gifts.len()), (vec![line("sku_1", 0, 3)], 0), "of four three are sold: two are not there to be given");
}

#[test]
fn given_a_gift_that_was_promised_when_there_are_too_few_then_the_customer_is_told_and_who_was_promised_none_is_not() {
    let told = |stock: u32, units: Option<u32>| {
        let expect = units.map(|units| vec![CampaignGift { sku: id("sku_9"), units }]);
        placed(Placement { expect_gifts: expect, ..placement(giving("sku_9", 2, stock)) })
            .map(|_| ())
            .map_err(|p| (code(&p), p.field.unwrap_or_default()))
    };
    let gone = Err(("price_changed".to_owned(), "expect_gifts".to_owned()));
    assert_eq!([told(2, Some(2)), told(1, Some(2)), told(9, Some(3)), told(1, None), told(9, Some(1))], [Ok(()), gone.clone(), gone, Ok(()), Ok(())]);
}

#[test]
fn given_flash_units_in_parts_when_ordered_then_one_part_that_has_enough_is_counted() {
    let limits = Limits { units: Some(200), person_units: Some(2), parts: 4, ..Limits::default() };
    let counted = |parts: Vec<u32>| {
        let flash = Kind::Flash(Flash { sku: id("sku_1"), price: Fen(500), stock: parts.iter().sum(), per_person: 2 });
        let offered = Offered { campaigns: vec![InView { campaign: campaign(flash), limits, version: 1, parts }], ..Offered::default() };
        let (_, d) = placed(Placement { offered, ..order(vec![wanted(1, 2, 9, 0)], Fulfilment::Pickup, 1_000) }).unwrap();
        let of = |w: &Write| if let Write::Marketing(MarketingWrite::Used(c)) = w { Some((c.counter.clone(), c.units, c.most_units)) } else { None };
        d.writes.iter().filter_map(of).collect::<Vec<_>>()
    };
    let person = || (Counter::Person(id("mem_1")), 2, Some(2));
    assert_eq!(counted(vec![0, 1, 2, 0]), [person(), (Counter::Part(2), 2, Some(50))]);
    assert_eq!(counted(vec![1, 1, 0, 9]), [person(), (Counter::Part(3), 2, Some(50))]);
    assert_eq!(counted(vec![50, 50, 50, 50]).len(), 2, "never more than one of them");
}
