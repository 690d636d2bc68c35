use std::collections::BTreeMap;

use liandian_domain::{
    marketing::{Customer, offered::Offered, wallet::Wallet},
    orders::{
        holds::HoldPolicy,
        place::{Wanted, Way},
        quote::{Elsewhere, Quoting, shown},
        slots::{Booking, SlotTime},
    },
    stores::{
        hours::{CHINA, Hours, moment},
        profile::{LocationKind, StoreProfile},
    },
};
use liandian_types::{Code, Fen, Fulfilment, Quantity, StoreStatus, api::CartLine};

use crate::{
    fixtures::{DAY, MINUTE, NOW, id},
    place::{location, near, store, wanted},
};

fn pickup(store: &StoreProfile) -> Way<'_> {
    Way { fulfilment: Fulfilment::Pickup, store, ships_from: None, to: None }
}

static NOTHING: Offered = Offered {
    campaigns: Vec::new(),
    customer: Customer { tier: 0, new: false, birthday: false },
    names: BTreeMap::new(),
    wallet: Wallet { coupons: Vec::new() },
    sold: BTreeMap::new(),
    fees: liandian_pricing::Fees::USUAL,
};

fn quoting<'a>(lines: &'a [Wanted], way: Way<'a>) -> Quoting<'a> {
    Quoting::of(lines, way, &NOTHING, &HoldPolicy::default(), 3, NOW).unwrap()
}

fn line(n: usize, quantity: u32) -> CartLine {
    CartLine { sku: id(format!("sku_{n}")), quantity: Quantity::new(quantity).unwrap() }
}

#[test]
fn given_a_cart_of_which_units_are_missing_when_quoted_then_they_are_named_and_a_transfer_makes_all_of_it_later() {
    let (store, lines) = (store(), [wanted(1, 2, 5, 0), wanted(2, 3, 1, 9)]);
    let q = quoting(&lines, pickup(&store));
    assert_eq!((q.missing(), q.elsewhere()), (vec![line(2, 2)], Elsewhere::Short(vec![line(2, 2)])));
    assert_eq!((q.from(), q.ready_here), (store.point, NOW.plus(26 * MINUTE)), "three orders wait, two minutes each, and twenty for this one");
    let quote = q.clone().quote(&[wanted(3, 1, 7, 0)], (vec![], 4));
    assert_eq!((quote.goods, quote.delivery_fee, quote.total), (Fen(5_000), Fen(0), Fen(5_000)));
    assert_eq!(quote.lines.iter().map(|l| (l.total.0, l.available)).collect::<Vec<_>>(), [(2_000, 5), (3_000, 1)]);
    assert_eq!((quote.short, quote.unasked, quote.besides.len(), quote.besides[0].available, quote.refusal), (true, 4, 1, 7, None));
    assert_eq!(quote.ready_by, NOW.plus(26 * MINUTE));

    // Answered and packed within half an hour, and a kilometre at 15 km/h.
    let source = location("b", LocationKind::Shelf, 1_000.0);
    let with = q.clone().with_transfer(&source, true).quote(&[], (vec![], 0));
    assert_eq!((with.ready_by, with.refusal), (NOW.plus(34 * MINUTE), None));
    let closed = q.with_transfer(&source, false).quote(&[], (vec![], 0)).refusal.unwrap();
    assert_eq!((closed.code, closed.field.as_deref()), (Code::StoreClosed, Some("transfer_from")));
}

#[test]
fn given_a_store_that_pauses_when_quoted_then_others_are_named_and_nothing_is_brought_to_it() {
    let store = StoreProfile { status: StoreStatus::Paused, ..store() };
    for here in [0, 5] {
        let lines = [wanted(1, 2, here, 0)];
        let q = quoting(&lines, pickup(&store));
        assert_eq!(q.elsewhere(), Elsewhere::OtherStores);
        assert_eq!(q.quote(&[], (vec![], 0)).refusal.unwrap().code, Code::StoreClosed);
    }
}

#[test]
fn given_a_parcel_when_quoted_then_what_the_warehouse_has_counts_and_nobody_else_is_asked() {
    let (store, warehouse) = (store(), location("wh-1", LocationKind::HqWarehouse, 5_000.0));
    let lines = [wanted(1, 2, 0, 9), wanted(2, 3, 9, 1)];
    let way = Way { fulfilment: Fulfilment::HqShip, store: &store, ships_from: Some((&warehouse, true)), to: Some(near(900.0)) };
    let q = quoting(&lines, way);
    assert_eq!((q.missing(), q.elsewhere(), q.distance_m()), (vec![line(2, 2)], Elsewhere::Nowhere, Some(4_100)));
    assert_eq!(q.ready_here, NOW.plus(2 * DAY));
    // A kilogram begun: all of it weighs half of one.
    assert_eq!((q.parcel_fee(&[line(1, 2), line(2, 3)], 4_100), q.delivery_fee(&[line(1, 2)], 1_001)), (Fen(800), Fen(500)));
    let quote = q.quote(&[], (vec![], 0));
    assert_eq!((quote.delivery_fee, quote.total, quote.short), (Fen(800), Fen(5_800), true));
}

#[test]
fn given_lines_that_are_only_shown_when_the_store_does_not_sell_one_then_it_is_left_out() {
    let mut lines = [wanted(1, 1, 4, 0), wanted(2, 1, 4, 0), wanted(3, 1, 4, 0)];
    lines[0].listing = None;
    lines[1].library.as_mut().unwrap().offline_only = true;
    let day = "1970-01-01".parse().unwrap();
    assert_eq!(shown(&lines, day).iter().map(|l| (l.sku.as_str(), l.price, l.available)).collect::<Vec<_>>(), [("sku_3", Fen(1_000), 4)]);
}

#[test]
fn given_a_shop_that_is_shut_when_quoted_for_a_slot_then_it_brings_the_goods_then_and_what_else_speaks_against_it_stays() {
    let evening = StoreProfile { hours: Hours::daily(1_200, 1_260, CHINA), ..store() };
    let lines = [wanted(1, 2, 5, 0)];
    let way = |to: f64| Way { fulfilment: Fulfilment::Delivery, store: &evening, ships_from: None, to: Some(near(to)) };
    let from = moment("1970-01-01T20:00", CHINA).unwrap();
    let until = from.plus(30 * MINUTE);
    let slot = Booking { time: SlotTime { slot: "1970-01-01T20:00".into(), from, until, most: 5 }, plan: 0 };
    let refused = |q: Quoting<'_>| q.quote(&[], (vec![], 0)).refusal.map(|p| p.code);
    assert_eq!(refused(quoting(&lines, way(900.0))), Some(Code::StoreClosed));
    let then = quoting(&lines, way(900.0)).with_slot(&slot);
    assert_eq!((then.ready_by(), refused(then)), (until, None));
    assert_eq!(refused(quoting(&lines, way(9_000.0)).with_slot(&slot)), Some(Code::OutOfRange));
    // Nobody sends what is missing, slot or not.
    let open = store();
    let short = [wanted(2, 3, 1, 9)];
    let source = location("b", LocationKind::Shelf, 1_000.0);
    let waits = quoting(&short, pickup(&open)).with_transfer(&source, false).with_slot(&slot);
    assert_eq!(refused(waits), Some(Code::StoreClosed));
    let full = liandian_types::Problem::new(Code::SlotFull, "约满");
    assert_eq!(refused(quoting(&lines, way(900.0)).without_slot(full.clone())), Some(Code::StoreClosed));
    assert_eq!(refused(quoting(&lines, pickup(&open)).without_slot(full)), Some(Code::SlotFull));
}
