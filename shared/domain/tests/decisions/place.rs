use liandian_domain::{
    Decision, Refusable, Write,
    catalog::{LibrarySku, Listing},
    decision::OrdersWrite,
    marketing::offered::Offered,
    orders::{
        holds::{HoldPolicy, Holds},
        order::{OrderBody, OrderHead},
        place::{Placement, PlacementIds, Wanted, place},
    },
    stock::record::Stock,
    stores::{
        hours::Hours,
        profile::{Location, LocationKind, StoreProfile},
    },
};
use liandian_types::{Fen, Fulfilment, GeoPoint, Mode, MovementKind as K, OrderState, Quantity, StoreStatus, Tier, api::PlacedOrder};
use serde_json::json;

use crate::fixtures::{MINUTE, NOW, asked_for, code, code_of, documents, events, id, transfer_after};

/// Open day and night, everything within 3 km.
pub fn store() -> StoreProfile {
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
        hours: Hours::daily(0, 0, "Asia/Shanghai"),
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

pub fn near(metres: f64) -> GeoPoint {
    // One degree of latitude is 111,195 m.
    GeoPoint { lat: 31.2 + metres / 111_195.0, lng: 121.4 }
}

pub fn location(name: &str, kind: LocationKind, metres: f64) -> Location {
    Location { location: id(format!("loc_{name}")), name: name.into(), kind, point: near(metres), keeper: id("sto_k") }
}

pub fn wanted(n: usize, quantity: u32, here: i64, there: i64) -> Wanted {
    let sku = LibrarySku {
        sku: id(format!("sku_{n}")),
        spu: id(format!("spu_{n}")),
        name: format!("商品{n}"),
        spec: "一件".into(),
        brand: String::new(),
        category: "all".into(),
        category_name: "全部".into(),
        description: String::new(),
        barcode: String::new(),
        price: Fen(1_000),
        floor: Fen(1),
        flagship: false,
        offline_only: false,
        tracks_expiry: false,
        weight_g: 100,
        picture: "p".into(),
        rank: 0,
        region_prices: std::collections::BTreeMap::new(),
        off: false,
        mandatory: false,
        local_to: None,
        until: None,
    };
    Wanted {
        sku: sku.sku.clone(),
        quantity: Quantity::new(quantity).unwrap(),
        listing: Some(Listing::plain(sku.sku.clone(), "all", 0)),
        price: Some(sku.price),
        library: Some(sku),
        stock: Stock { on_hand: here, ..Stock::default() }.into(),
        source: Stock { on_hand: there, ..Stock::default() }.into(),
    }
}

pub fn order(lines: Vec<Wanted>, fulfilment: Fulfilment, total: i64) -> Placement {
    Placement {
        member: id("mem_1"),
        store: store(),
        lines,
        fulfilment,
        to: (fulfilment != Fulfilment::Pickup).then(|| near(900.0)),
        recipient: None,
        ships_from: (fulfilment == Fulfilment::HqShip).then(|| (location("wh-1", LocationKind::HqWarehouse, 5_000.0), true)),
        transfer_from: None,
        expect_total: Fen(total),
        promised: None,
        expect_prices: vec![],
        note: None,
        asked: String::new(),
        holds: Holds::none(id("mem_1")),
        policy: HoldPolicy::default(),
        again: false,
        tail: None,
        offered: Offered::default(),
        expect_gifts: None,
        slot: None,
    }
}

pub fn placed(p: Placement) -> Refusable<(PlacedOrder, Decision)> {
    let ids = PlacementIds {
        order: id("ord_1"),
        transfer: id("trf_1"),
        movement: id("mov_1"),
        source_movement: id("mov_2"),
        pickup_code: "0123456789".into(),
    };
    place(p, ids, NOW)
}

pub fn created(d: &Decision) -> (OrderHead, OrderBody) {
    d.writes.iter().find_map(|w| if let Write::Orders(OrdersWrite::Create(h, b)) = w { Some(((**h).clone(), (**b).clone())) } else { None }).unwrap()
}

#[test]
fn given_goods_on_the_shelf_when_placed_then_all_of_it_is_promised_and_the_order_says_what_was_sold() {
    let (answer, d) = placed(order(vec![wanted(1, 2, 2, 0), wanted(2, 1, 5, 0)], Fulfilment::Delivery, 3_400)).unwrap();
    assert_eq!((answer.order.as_str(), answer.total, answer.pay_by), ("ord_1", Fen(3_400), NOW.plus(15 * MINUTE)));
    assert_eq!(documents(&d), [(K::Reserve, "loc_a".into(), vec![("sku_1".into(), 0, 2, 0), ("sku_2".into(), 0, 1, 0)])]);
    assert_eq!(asked_for(&d), [("sku_1".into(), 2), ("sku_2".into(), 1)]);
    let (h, b) = created(&d);
    assert_eq!((h.state, h.goods, h.delivery_fee, h.total, h.units), (OrderState::Placed, Fen(3_000), Fen(400), Fen(3_400), 3));
    assert_eq!((h.placed_at, h.pay_by, h.due), (NOW, NOW.plus(15 * MINUTE), Some(NOW.plus(16 * MINUTE))));
    assert_eq!((h.summary.as_str(), h.pickup_code.as_str(), h.transfer.clone()), ("商品1 一件 ×2、商品2 一件 ×1", "0123456789", None));
    assert_eq!((h.given_back, h.parts, h.charged()), (Fen(0), 0, Fen(3_400)));
    assert_eq!(
        b.lines.iter().map(|l| (l.price, l.weight_g, l.from_transfer, l.spec.as_str())).collect::<Vec<_>>(),
        [(Fen(1_000), 100, 0, "一件"); 2]
    );
    assert_eq!((b.rule.as_str(), b.distance_m.is_some_and(|m| (895..905).contains(&m))), ("joint-15/1", true));
    let pay_by = NOW.plus(15 * MINUTE);
    assert_eq!(events(&d), [json!({"kind": "order.placed", "order": "ord_1", "store": "sto_a", "pay_by": pay_by})]);
}

#[test]
fn given_a_store_when_it_may_not_take_the_order_then_it_says_why_and_limits_hold_from_both_sides() {
    let base = |way| {
        order(
            vec![wanted(1, 1, 9, 9)],
            way,
            if way == Fulfilment::Pickup {
                1_000
            } else if way == Fulfilment::Delivery {
                1_400
            } else {
                1_800
            },
        )
    };
    let told = |p: Placement| code_of(placed(p));
    for way in [Fulfilment::Pickup, Fulfilment::Delivery, Fulfilment::HqShip] {
        assert_eq!(told(base(way)), "done");
        assert_eq!(told(Placement { store: StoreProfile { status: StoreStatus::Paused, ..store() }, ..base(way) }), "store_closed");
        assert_eq!(told(Placement { expect_total: Fen(1), ..base(way) }), "price_changed");
        if way != Fulfilment::Pickup {
            assert_eq!(told(Placement { to: None, ..base(way) }), "bad_request");
            assert_eq!(told(Placement { to: Some(GeoPoint { lat: 91.0, lng: 0.0 }), ..base(way) }), "bad_request");
        }
    }
    assert_eq!(told(Placement { store: StoreProfile { pickup: false, ..store() }, ..base(Fulfilment::Pickup) }), "bad_request");
    assert_eq!(told(Placement { store: StoreProfile { delivery: false, ..store() }, ..base(Fulfilment::Delivery) }), "bad_request");
    assert_eq!(told(Placement { to: Some(near(2_990.0)), expect_total: Fen(1_600), ..base(Fulfilment::Delivery) }), "done");
    assert_eq!(told(Placement { to: Some(near(3_010.0)), ..base(Fulfilment::Delivery) }), "out_of_range");
    assert_eq!(told(Placement { ships_from: None, ..base(Fulfilment::HqShip) }), "bad_request");
    let shelf = Some((location("b", LocationKind::Shelf, 100.0), true));
    assert_eq!(told(Placement { ships_from: shelf, ..base(Fulfilment::HqShip) }), "bad_request", "a shop's shelf ships nothing");
    let shut_down = Some((location("wh-1", LocationKind::HqWarehouse, 5_000.0), false));
    assert_eq!(told(Placement { ships_from: shut_down, ..base(Fulfilment::HqShip) }), "store_closed", "nobody works there");
    // 1970-01-01 00:16:40 UTC is 8:16 in China.
    let night = Hours::daily(22 * 60, 23 * 60, "Asia/Shanghai");
    let shut = || StoreProfile { hours: night.clone(), ..store() };
    assert_eq!(told(Placement { store: shut(), ..base(Fulfilment::Delivery) }), "store_closed");
    assert_eq!(told(Placement { store: shut(), ..base(Fulfilment::Pickup) }), "done", "fetched later");
    assert_eq!(told(Placement { store: shut(), ..base(Fulfilment::HqShip) }), "done", "a parcel waits for no opening hours");
}

#[test]
fn given_carts_when_they_are_none_then_they_are_refused_and_limits_hold_from_both_sides() {
    let many = |n: usize| order((0..n).map(|i| wanted(i, 1, 1, 0)).collect(), Fulfilment::Pickup, 1_000 * i64::try_from(n).unwrap());
    assert_eq!([code_of(placed(many(0))), code_of(placed(many(40))), code_of(placed(many(41)))], ["bad_request", "done", "bad_request"]);
    assert_eq!(code_of(placed(order(vec![wanted(1, 1, 9, 0), wanted(1, 1, 9, 0)], Fulfilment::Pickup, 2_000))), "bad_request");
    let gone = |change: &dyn Fn(&mut Wanted)| {
        let mut w = wanted(2, 3, 9, 0);
        change(&mut w);
        let p = placed(order(vec![wanted(1, 1, 9, 0), w], Fulfilment::Pickup, 4_000)).unwrap_err();
        assert_eq!(p.lines.iter().map(|l| (l.sku.as_str(), l.wanted, l.left)).collect::<Vec<_>>(), [("sku_2", 3, 0)]);
        code(&p)
    };
    assert_eq!(gone(&|w| w.library = None), "not_listed");
    assert_eq!(gone(&|w| w.listing = None), "not_listed");
    assert_eq!(gone(&|w| w.price = None), "not_listed");
    assert_eq!(gone(&|w| w.library.as_mut().unwrap().offline_only = true), "not_listed");
}

#[test]
fn given_too_little_when_no_source_is_taken_then_what_is_left_is_named() {
    let left = |p: Placement| {
        let p = placed(p).unwrap_err();
        (code(&p), p.lines.iter().map(|l| (l.sku.to_string(), l.wanted, l.left)).collect::<Vec<_>>())
    };
    let short = vec![("sku_2".to_owned(), 3, 2)];
    assert_eq!(left(order(vec![wanted(1, 1, 1, 0), wanted(2, 3, 2, 9)], Fulfilment::Pickup, 4_000)), ("sold_out".into(), short.clone()));
    // What a warehouse ships is looked for there.
    let parcel = |here, there| order(vec![wanted(1, 1, 0, 1), wanted(2, 3, here, there)], Fulfilment::HqShip, 4_800);
    assert_eq!(left(parcel(9, 2)), ("sold_out".into(), short));
    let (_, d) = placed(parcel(0, 3)).unwrap();
    assert_eq!(documents(&d), [(K::Reserve, "loc_wh-1".into(), vec![("sku_1".into(), 0, 1, 0), ("sku_2".into(), 0, 3, 0)])]);
    assert_eq!((created(&d).0.served_by().as_str(), created(&d).0.transfer), ("sto_k", None));
    let p = Placement { transfer_from: Some((location("b", LocationKind::Shelf, 100.0), true)), ..parcel(0, 2) };
    assert_eq!(left(p).0, "sold_out", "what is shipped takes no transfer");
}

#[test]
fn given_a_source_when_taken_then_only_what_is_missing_comes_from_it() {
    let from = |metres: f64, staffed| Some((location("b", LocationKind::Shelf, metres), staffed));
    let p = |there| Placement {
        transfer_from: from(100.0, true),
        ..order(vec![wanted(1, 2, 2, 9), wanted(2, 3, 1, there), wanted(3, 1, 0, 1)], Fulfilment::Pickup, 6_000)
    };
    let (_, d) = placed(p(2)).unwrap();
    let (h, b) = created(&d);
    assert_eq!((h.transfer, b.lines.iter().map(|l| l.from_transfer).collect::<Vec<_>>()), (Some(id("trf_1")), vec![0, 2, 1]));
    assert_eq!(
        documents(&d),
        [
            (K::Reserve, "loc_b".into(), vec![("sku_2".into(), 0, 2, 0), ("sku_3".into(), 0, 1, 0)]),
            (K::Reserve, "loc_a".into(), vec![("sku_1".into(), 0, 2, 0), ("sku_2".into(), 0, 1, 0)]),
        ]
    );
    let t = transfer_after(&d);
    assert_eq!((t.source.as_str(), t.target.as_str(), t.due), ("loc_b", "loc_a", Some(NOW.plus(17 * MINUTE))));
    assert_eq!(t.lines.iter().map(|l| (l.name.as_str(), l.quantity)).collect::<Vec<_>>(), [("商品2 一件", 2), ("商品3 一件", 1)]);
    let less = placed(p(1)).unwrap_err();
    assert_eq!((code(&less), less.lines[0].left, less.lines.len()), ("sold_out".into(), 2, 1), "one here and one there");
    let whole = |from| Placement { transfer_from: from, ..order(vec![wanted(1, 2, 0, 2)], Fulfilment::Pickup, 2_000) };
    assert_eq!(code_of(placed(whole(from(100.0, false)))), "store_closed");
    assert_eq!(code_of(placed(whole(from(14_990.0, true)))), "done");
    assert_eq!(code_of(placed(whole(from(15_010.0, true)))), "out_of_range");
    // Nothing is missing: the source is not asked, whatever it is.
    let here = Placement { transfer_from: from(99_000.0, false), ..order(vec![wanted(1, 2, 2, 0)], Fulfilment::Pickup, 2_000) };
    assert_eq!(created(&placed(here).unwrap().1).0.transfer, None);
}

#[test]
fn given_many_lines_when_summed_up_for_lists_then_a_head_stays_small() {
    let of = |lines: Vec<Wanted>| {
        let total = lines.iter().map(|l| 1_000 * l.quantity.units()).sum();
        created(&placed(order(lines, Fulfilment::Pickup, total)).unwrap().1).0.summary
    };
    assert_eq!(of((1..=3).map(|n| wanted(n, 1, 1, 0)).collect()), "商品1 一件 ×1、商品2 一件 ×1、商品3 一件 ×1");
    assert_eq!(of((1..=4).map(|n| wanted(n, 1, 1, 0)).collect()), "商品1 一件 ×1、商品2 一件 ×1、商品3 一件 ×1 等");
    let named = |n: usize| {
        let mut w = wanted(1, 1, 1, 0);
        w.library.as_mut().unwrap().name = "长".repeat(n);
        of(vec![w])
    };
    assert_eq!(named(42), format!("{} 一件 ×1", "长".repeat(42)), "48 fit");
    assert_eq!(named(43), format!("{} 一件 …", "长".repeat(43)), "49 are cut to 48");
}
