use liandian_domain::{
    Write,
    decision::{OrdersWrite, PaymentsWrite},
    orders::{
        order::{OrderBody, OrderHead},
        shortfall::{
            MissingUnits, Shortfall, choose_by_day, comes_to_nothing, fell_short, found, give_back, keep, report, take_transfer, transferable,
            worth_of_missing,
        },
    },
    payments::refund::PartRefund,
    stores::{
        hours::{CHINA, Exception, Hours},
        profile::{Location, LocationKind, StoreProfile},
    },
};
use liandian_types::{Fen, Fulfilment, GeoPoint, MovementKind as K, OrderState as S, Timestamp};
use serde_json::json;

use crate::fixtures::{DAY, MINUTE, NOW, after, asked_for, body, documents, events, head, id, kinds, transfer_after, walk};

/// Until when a customer whom a person asks may choose.
fn later() -> Timestamp {
    NOW.plus(30 * MINUTE)
}

fn missing(lines: &[(&str, u32)]) -> Vec<MissingUnits> {
    lines.iter().map(|(sku, units)| MissingUnits { sku: id(sku), units: *units }).collect()
}

/// Short of this, promised or not.
fn short(state: S, way: Fulfilment, lines: &[(&str, u32)], unpromised: bool) -> OrderHead {
    OrderHead { shortfall: Some(Shortfall { lines: missing(lines), choose_by: NOW.plus(30 * MINUTE), unpromised }), ..head(state, way) }
}

fn source() -> Location {
    Location {
        location: id("loc_c"), name: "丙店".into(), kind: LocationKind::Shelf, point: GeoPoint { lat: 31.2, lng: 121.4 }, keeper: id("sto_c")
    }
}

fn target() -> StoreProfile {
    crate::place::store()
}

fn body_after(d: &liandian_domain::Decision) -> OrderBody {
    d.writes
        .iter()
        .find_map(|w| if let Write::Orders(OrdersWrite::ReplaceBody(b)) = w { Some((**b).clone()) } else { None })
        .expect("the body changes")
}

fn part(d: &liandian_domain::Decision) -> PartRefund {
    d.writes
        .iter()
        .find_map(|w| if let Write::Payments(PaymentsWrite::CreatePartRefund(p)) = w { Some((**p).clone()) } else { None })
        .expect("money goes back")
}

#[test]
fn given_goods_that_are_not_found_when_reported_then_the_customer_has_half_an_hour_and_lines_are_checked_from_both_sides() {
    let b = body();
    assert_eq!(walk(|h| report(h, &b, None, &missing(&[("sku_2", 2)]), later(), NOW)), ["x x preparing ready x x x x x x"; 3]);
    let h = head(S::Preparing, Fulfilment::Delivery);
    let d = report(&h, &b, None, &missing(&[("sku_1", 3), ("sku_2", 1)]), later(), NOW).unwrap();
    let a = after(&d);
    assert_eq!((a.due, a.shortfall.as_ref().unwrap().choose_by), (Some(NOW.plus(30 * MINUTE)), NOW.plus(30 * MINUTE)));
    assert!(!a.shortfall.as_ref().unwrap().unpromised && documents(&d).is_empty());
    assert_eq!(events(&d), [json!({"kind": "order.short", "order": "ord_1", "store": "sto_a", "units": 4})]);
    assert!(report(&a, &b, None, &missing(&[("sku_1", 1)]), later(), NOW).unwrap().is_empty(), "said twice is said once");
    let field = |lines: &[(&str, u32)]| report(&h, &b, None, &missing(lines), later(), NOW).unwrap_err().field.unwrap();
    assert_eq!(field(&[]), "lines");
    assert_eq!(field(&[("sku_1", 1), ("sku_2", 1), ("sku_1", 1)]), "lines");
    assert_eq!(field(&[("sku_1", 0)]), "lines[0]");
    assert_eq!(field(&[("sku_2", 1), ("sku_1", 4)]), "lines[1]");
    assert_eq!(field(&[("sku_1", 1), ("sku_1", 1)]), "lines[1]");
    assert_eq!(field(&[("sku_9", 1)]), "lines[0]");
}

#[test]
fn given_a_transfer_that_brings_less_when_it_arrives_then_the_customer_is_asked_and_what_is_missing_is_promised_nowhere() {
    let b = body();
    assert_eq!(walk(|h| fell_short(h, &missing(&[("sku_2", 1)]), NOW)), ["x preparing x x x x x x x x"; 3]);
    let a = after(&fell_short(&head(S::AwaitingTransfer, Fulfilment::Pickup), &missing(&[("sku_2", 1)]), NOW).unwrap());
    assert_eq!(b.lines.iter().map(|l| a.promised(l)).collect::<Vec<_>>(), [3, 1]);
    assert_eq!(a.due, Some(NOW.plus(30 * MINUTE)));
    assert_eq!(walk(|h| comes_to_nothing(h, &b, "没有", id("mov_1"), NOW)), ["x preparing x x x x x x x x"; 3]);
    let d = comes_to_nothing(&head(S::AwaitingTransfer, Fulfilment::Pickup), &b, "没有", id("mov_1"), NOW).unwrap();
    assert_eq!((after(&d).shortfall.unwrap().lines, documents(&d)), (missing(&[("sku_2", 1)]), vec![]));
    // Nothing of it is here: nothing to offer.
    let none = OrderBody {
        lines: b.lines.iter().cloned().map(|l| liandian_domain::orders::order::BodyLine { from_transfer: l.quantity.get(), ..l }).collect(),
        ..b
    };
    let d = comes_to_nothing(&head(S::AwaitingTransfer, Fulfilment::Pickup), &none, "没有", id("mov_1"), NOW).unwrap();
    assert_eq!((after(&d).state, events(&d)[0]["reason"].as_str()), (S::Refunding, Some("没有")));
}

#[test]
fn given_the_customer_takes_what_is_there_when_decided_then_lines_sums_promises_and_money_fit_to_the_fen() {
    for (unpromised, released) in
        [(false, vec![(K::Release, "loc_a".to_owned(), vec![("sku_1".to_owned(), 0, -1, 0), ("sku_2".to_owned(), 0, -2, 0)])]), (true, vec![])]
    {
        let h = short(S::Ready, Fulfilment::Pickup, &[("sku_1", 1), ("sku_2", 2)], unpromised);
        assert_eq!(worth_of_missing(&h, &body()), Some(Fen(2_200)), "1 × 12.90 and 2 × 4.55");
        let d = keep(&h, &body(), id("mov_1"), NOW).unwrap();
        let (a, b) = (after(&d), body_after(&d));
        assert_eq!((a.state, a.shortfall.is_none(), a.due), (S::Ready, true, Some(NOW.plus(3 * DAY))));
        assert_eq!((a.goods, a.delivery_fee, a.total, a.given_back, a.parts, a.units), (Fen(2_580), Fen(500), Fen(3_080), Fen(2_200), 1, 2));
        assert_eq!(a.summary, "牛奶 一件 ×2");
        assert_eq!(b.lines.iter().map(|l| (l.sku.as_str(), l.quantity.get())).collect::<Vec<_>>(), [("sku_1", 2)]);
        assert_eq!(
            b.withdrawn.iter().map(|w| (w.name.as_str(), w.units, w.amount)).collect::<Vec<_>>(),
            [("牛奶", 1, Fen(1_290)), ("鸡蛋", 2, Fen(910))]
        );
        let p = part(&d);
        assert_eq!((p.number, p.amount, p.charged, p.due), (1, Fen(2_200), Fen(5_280), Some(NOW.plus(2 * MINUTE))));
        assert_eq!(documents(&d), released);
        assert_eq!(events(&d), [json!({"kind": "order.reduced", "order": "ord_1", "store": "sto_a", "units": 3, "amount": 2_200})]);
        // A second time: the next number, of the same sum.
        let again = short(S::Ready, Fulfilment::Pickup, &[("sku_1", 1)], false).shortfall;
        let d = keep(&OrderHead { shortfall: again, ..a }, &b, id("mov_2"), NOW).unwrap();
        assert_eq!((part(&d).number, part(&d).amount, part(&d).charged, after(&d).total), (2, Fen(1_290), Fen(5_280), Fen(1_790)));
        assert_eq!(body_after(&d).withdrawn.len(), 3);
        let back = p.done();
        assert_eq!(events(&back), [json!({"kind": "order.part_refunded", "order": "ord_1", "store": "sto_a", "amount": 2_200})]);
        let Write::Payments(PaymentsWrite::UpdatePartRefund(done)) = &back.writes[0] else { panic!("{back:?}") };
        assert!(done.due.is_none() && done.done().is_empty());
    }
}

#[test]
fn given_the_customer_takes_what_is_there_when_it_is_brought_or_shipped_then_the_next_step_is_owed_anew() {
    let of = |way| keep(&short(S::Preparing, way, &[("sku_2", 1)], false), &body(), id("mov_1"), NOW).unwrap();
    let d = of(Fulfilment::Delivery);
    assert_eq!((after(&d).due, kinds(&d)), (Some(NOW.plus(2 * MINUTE)), vec!["order.reduced".to_owned(), "delivery.requested".to_owned()]));
    assert_eq!((after(&of(Fulfilment::HqShip)).due, kinds(&of(Fulfilment::HqShip)).len()), (Some(NOW.plus(2 * DAY)), 1));
    assert_eq!(body_after(&d).lines[1].from_transfer, 1, "of two one came by transfer, and one is left");
    // A rider who is to be called later is called then.
    let later = NOW.plus(20 * MINUTE);
    let h = OrderHead { next_rider_at: Some(later), ..short(S::Preparing, Fulfilment::Delivery, &[("sku_2", 1)], false) };
    let d = keep(&h, &body(), id("mov_1"), NOW).unwrap();
    assert_eq!((after(&d).due, events(&d)[1]["not_before"].as_i64()), (Some(later), Some(later.0)));
    // Nothing is there: nothing to take.
    let nothing = short(S::Preparing, Fulfilment::Pickup, &[("sku_1", 3), ("sku_2", 2)], false);
    assert_eq!(worth_of_missing(&nothing, &body()), None);
    assert!(keep(&nothing, &body(), id("mov_1"), NOW).is_err());
    assert_eq!(walk(|h| keep(h, &body(), id("mov_1"), NOW)), ["x x x x x x x x x x"; 3], "nothing is missing");
    let gone = short(S::Completed, Fulfilment::Pickup, &[("sku_2", 1)], false);
    assert!(keep(&gone, &body(), id("mov_1"), NOW).is_err() && give_back(&gone, &body(), None, id("mov_1"), NOW).is_err());
}

#[test]
fn given_all_of_the_money_when_wanted_then_only_what_is_promised_is_given_back() {
    let of = |unpromised| give_back(&short(S::Preparing, Fulfilment::Pickup, &[("sku_2", 2)], unpromised), &body(), None, id("mov_1"), NOW).unwrap();
    assert_eq!(documents(&of(false))[0].2, [("sku_1".to_owned(), 0, -3, 0), ("sku_2".to_owned(), 0, -2, 0)]);
    assert_eq!(documents(&of(true))[0].2, [("sku_1".to_owned(), 0, -3, 0)]);
    assert_eq!(events(&of(true))[0]["amount"], 5_280);
    assert_eq!(events(&of(true))[0]["reason"], "商品缺货");
    assert_eq!(walk(|h| give_back(h, &body(), None, id("mov_1"), NOW)), ["x x x x x x x x x x"; 3]);
}

#[test]
fn given_another_source_when_taken_then_what_is_missing_is_promised_there_and_no_longer_here() {
    let take = |h: &OrderHead| take_transfer(h, &body(), None, &source(), &target(), id("trf_2"), [id("mov_1"), id("mov_2")], NOW);
    let h = short(S::Preparing, Fulfilment::Pickup, &[("sku_1", 2)], false);
    let d = take(&h).unwrap();
    let (a, b) = (after(&d), body_after(&d));
    assert_eq!((a.state, a.due, a.transfer.clone(), a.shortfall.is_none()), (S::AwaitingTransfer, None, Some(id("trf_2")), true));
    assert_eq!(b.lines.iter().map(|l| l.from_transfer).collect::<Vec<_>>(), [2, 0], "what an earlier transfer brought is here");
    assert_eq!(
        documents(&d),
        [
            (K::Release, "loc_a".to_owned(), vec![("sku_1".to_owned(), 0, -2, 0)]),
            (K::Reserve, "loc_c".to_owned(), vec![("sku_1".to_owned(), 0, 2, 0)]),
        ]
    );
    assert_eq!(asked_for(&d), [("sku_1".to_owned(), 2)]);
    let t = transfer_after(&d);
    assert_eq!((t.source.as_str(), t.target.as_str(), t.order, t.due), ("loc_c", "loc_a", Some(id("ord_1")), Some(NOW.plus(10 * MINUTE))));
    assert_eq!((t.lines[0].name.as_str(), t.lines[0].quantity), ("牛奶 一件", 2));
    let d = take(&short(S::Preparing, Fulfilment::Pickup, &[("sku_1", 2)], true)).unwrap();
    assert_eq!(documents(&d).iter().map(|d| d.0).collect::<Vec<_>>(), [K::Reserve], "promised nowhere: nothing to release");
    assert!(take(&head(S::Preparing, Fulfilment::Pickup)).is_err(), "nothing is missing");
    let shipper = Some(liandian_domain::orders::parcel::Shipper { location: id("loc_wh-1"), name: String::new(), keeper: id("sto_a") });
    let parcel = OrderHead { shipper, ..h.clone() };
    assert!(!transferable(&parcel) && take(&parcel).is_err(), "nobody sends to a warehouse that ships");
    assert!(transferable(&OrderHead { transfer: Some(id("trf_1")), ..h }), "one at a time, not one for ever");
}

#[test]
fn given_what_a_transfer_did_not_bring_when_it_is_found_then_it_is_promised_if_the_shelf_has_it() {
    let h = short(S::Preparing, Fulfilment::Pickup, &[("sku_2", 1)], true);
    let d = found(&h, &body(), id("mov_1"), NOW).unwrap();
    assert_eq!((after(&d).state, after(&d).due, after(&d).shortfall.is_none()), (S::Ready, Some(NOW.plus(3 * DAY)), true));
    assert_eq!(documents(&d), [(K::Reserve, "loc_a".to_owned(), vec![("sku_2".to_owned(), 0, 1, 0)])]);
    assert_eq!((asked_for(&d), kinds(&d)), (vec![("sku_2".to_owned(), 1)], vec!["order.ready".to_owned()]));
    let d = found(&OrderHead { fulfilment: Fulfilment::Delivery, ..h.clone() }, &body(), id("mov_1"), NOW).unwrap();
    assert_eq!(after(&d).due, Some(NOW.plus(2 * MINUTE)));
    assert!(found(&short(S::Preparing, Fulfilment::Pickup, &[("sku_2", 1)], false), &body(), id("mov_1"), NOW).is_err());
    assert!(found(&head(S::Preparing, Fulfilment::Pickup), &body(), id("mov_1"), NOW).is_err());
    // What no shelf has is neither put together nor handed over.
    assert!(liandian_domain::orders::order::ready(&h, NOW).is_err());
    assert!(liandian_domain::orders::order::hand_over(&h, &body(), true, None, id("mov_1"), NOW).is_err());
    let lies_there = short(S::Preparing, Fulfilment::Pickup, &[("sku_2", 1)], false);
    assert!(liandian_domain::orders::order::hand_over(&lies_there, &body(), true, None, id("mov_1"), NOW).is_ok());
}

#[test]
fn given_what_the_clock_finds_when_the_customer_is_asked_then_there_is_day_to_answer() {
    let hours = Hours::daily(7 * 60, 22 * 60, CHINA);
    let at = |text: &str| Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_millisecond());
    for (now, by) in [
        // After eight o'clock, though it opens at seven.
        ("2026-11-28T00:00:00+08:00", "2026-11-28T10:00:00+08:00"),
        ("2026-11-28T15:00:00+08:00", "2026-11-28T17:00:00+08:00"),
        ("2026-11-28T23:00:00+08:00", "2026-11-29T09:00:00+08:00"),
    ] {
        assert_eq!(choose_by_day(&hours, at(now)), at(by), "{now}");
    }
    let days = Exception { from: "2026-11-01".parse().unwrap(), to: "2027-03-01".parse().unwrap(), hours: None, note: String::new() };
    let now = at("2026-11-28T00:00:00+08:00");
    assert_eq!(choose_by_day(&Hours { exceptions: vec![days], ..hours }, now), now.plus(2 * DAY), "a store that stays shut");
}
