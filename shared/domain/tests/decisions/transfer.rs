use liandian_domain::{
    Decision, Write,
    decision::StockWrite,
    orders::shortfall::MissingUnits,
    stock::batch::{Batch, Date, Perishable},
    stores::profile::{Location, LocationKind},
    transfers::{Arrival, Asked, Opening, Party, Perishables, Transfer, TransferLineState},
};
use liandian_types::{GeoPoint, MovementKind as K, TransferState as S, api::StepLine};
use serde_json::json;

use crate::fixtures::{MINUTE, NOW, asked_for, documents, events, id, kinds, transfer_after};

const HOUR: i64 = 60 * MINUTE;

fn place(name: &str) -> Location {
    Location {
        location: id(format!("loc_{name}")),
        name: name.into(),
        kind: LocationKind::Shelf,
        point: GeoPoint { lat: 31.2, lng: 121.4 },
        keeper: id(format!("sto_{name}")),
    }
}

fn opening() -> Opening {
    Opening {
        transfer: id("trf_1"),
        source: place("b"),
        target: place("a"),
        zone: "Asia/Shanghai".into(),
        lines: vec![TransferLineState::of(id("sku_2"), "鸡蛋".into(), 1)],
        movement: id("mov_0"),
        now: NOW,
    }
}

/// One egg from b to a, for an order.
pub fn of_order(state: S) -> Transfer {
    let t = transfer_after(&opening().for_placed(&id("ord_1"), NOW));
    Transfer { state, ..t }
}

/// Five and three to fill a shelf.
fn fills(state: S, hq: bool) -> Transfer {
    let lines = vec![TransferLineState::of(id("sku_1"), "牛奶".into(), 5), TransferLineState::of(id("sku_2"), "鸡蛋".into(), 3)];
    let asked = Asked { by: "stf_1".into(), hq, fixed: false, on_acceptance: false, note: Some("  急 ".into()) };
    let t = transfer_after(&Opening { lines, ..opening() }.for_shelf(asked).unwrap());
    Transfer { state, ..t }
}

fn store(name: &str) -> Party {
    Party::Store(id(format!("sto_{name}")))
}

fn said(sku: &str, quantity: u32) -> StepLine {
    StepLine { sku: id(sku), quantity, reason: None }
}

fn m<const N: usize>() -> [liandian_types::MovementId; N] {
    std::array::from_fn(|i| id(format!("mov_{i}")))
}

const ALL: [S; 10] = [S::Reserved, S::Requested, S::Accepted, S::Packed, S::InTransit, S::Returning, S::Received, S::Rejected, S::Cancelled, S::Lost];

#[test]
fn given_each_state_when_a_party_looks_then_its_steps_are_these_and_no_others() {
    let steps = |t: fn(S) -> Transfer, who: &Party| ALL.map(|s| t(s).steps_for(who).iter().map(|s| s.to_string()).collect::<Vec<_>>().join("+"));
    let hq = ["", "cancel", "cancel", "cancel", "recall+lose", "lose", "", "", "", ""];
    assert_eq!(steps(of_order, &Party::Hq), hq);
    assert_eq!(steps(of_order, &store("b")), ["", "accept+reject", "pack+reject", "send", "", "receive", "", "", "", ""]);
    assert_eq!(steps(of_order, &store("a")), ["", "", "", "", "receive", "", "", "", "", ""]);
    assert_eq!(steps(of_order, &store("z")), [""; 10]);
    assert_eq!(steps(|s| fills(s, false), &store("a")), ["", "cancel", "cancel", "cancel", "receive", "", "", "", "", ""]);
    assert_eq!(steps(|s| fills(s, true), &store("a")), ["", "", "", "", "receive", "", "", "", "", ""], "what HQ asked for, HQ calls off");
}

#[test]
fn given_each_state_when_asked_what_it_is_then_it_says_so() {
    let which = |f: fn(&Transfer) -> bool| ALL.iter().filter(|s| f(&of_order(**s))).map(|s| s.to_string()).collect::<Vec<_>>().join(" ");
    assert_eq!(which(Transfer::is_over), "received rejected cancelled lost");
    assert_eq!(which(Transfer::at_source), "reserved requested accepted packed");
    assert_eq!(which(Transfer::was_asked), "requested accepted packed in_transit returning received rejected lost");
    assert!(Transfer { reason: Some("不要了".into()), ..of_order(S::Cancelled) }.was_asked());
    assert!(Transfer { reminders: 2, ..of_order(S::Packed) }.is_escalated() && !Transfer { reminders: 1, ..of_order(S::Packed) }.is_escalated());
    assert!(!Transfer { reminders: 9, ..of_order(S::Lost) }.is_escalated());
    assert!(of_order(S::Requested).may_go_elsewhere() && fills(S::Requested, false).may_go_elsewhere());
    let asked = fills(S::Requested, false).asked.map(|a| Asked { fixed: true, ..a });
    assert!(!Transfer { asked, ..fills(S::Requested, false) }.may_go_elsewhere());
}

#[test]
fn given_an_opening_when_it_begins_then_goods_are_promised_and_each_kind_has_its_own_deadline() {
    let d = opening().for_placed(&id("ord_1"), NOW.plus(15 * MINUTE));
    let t = transfer_after(&d);
    assert_eq!((t.state, t.due, kinds(&d).len(), t.order), (S::Reserved, Some(NOW.plus(17 * MINUTE)), 0, Some(id("ord_1"))));
    assert_eq!((documents(&d), asked_for(&d)), (vec![(K::Reserve, "loc_b".into(), vec![("sku_2".into(), 0, 1, 0)])], vec![("sku_2".into(), 1)]));
    let t = transfer_after(&opening().for_paid(&id("ord_1")));
    assert_eq!((t.state, t.due, t.version), (S::Requested, Some(NOW.plus(10 * MINUTE)), 0));
    let t = fills(S::Requested, false);
    assert_eq!((t.due, t.asked.unwrap().note), (Some(NOW.plus(12 * HOUR)), Some("急".into())));
    let d = of_order(S::Reserved).request(NOW);
    assert_eq!((transfer_after(&d).state, transfer_after(&d).due), (S::Requested, Some(NOW.plus(10 * MINUTE))));
    assert_eq!(events(&d), [json!({"kind": "transfer.requested", "transfer": "trf_1", "source": "loc_b", "target": "loc_a"})]);
    for state in ALL.into_iter().filter(|s| *s != S::Reserved) {
        assert!(of_order(state).request(NOW).is_empty(), "{state}: asked before, or over");
    }
}

#[test]
fn given_steps_when_taken_then_units_go_where_they_are_said_to_and_deadlines_fit_who_waits() {
    let d = of_order(S::Requested).accept(&store("b"), None, None, id("mov_1"), NOW).unwrap();
    assert_eq!(
        (transfer_after(&d).state, transfer_after(&d).due, documents(&d), kinds(&d)),
        (S::Accepted, Some(NOW.plus(30 * MINUTE)), vec![], vec!["transfer.accepted".to_owned()])
    );
    let d = of_order(S::Accepted).pack(&store("b"), NOW).unwrap();
    assert_eq!((transfer_after(&d).due, kinds(&d)), (Some(NOW.plus(30 * MINUTE)), vec!["transfer.packed".to_owned()]));
    let d = of_order(S::Packed).send(&store("b"), &Perishables::new(), m(), NOW).unwrap();
    assert_eq!((transfer_after(&d).due, kinds(&d)), (Some(NOW.plus(60 * MINUTE)), vec!["transfer.sent".to_owned()]));
    assert_eq!(
        documents(&d),
        [(K::TransferOut, "loc_b".into(), vec![("sku_2".into(), -1, -1, 0)]), (K::TransferExpected, "loc_a".into(), vec![("sku_2".into(), 0, 0, 1)]),]
    );
    let shelf = fills(S::Accepted, false).pack(&store("b"), NOW).unwrap();
    assert_eq!(transfer_after(&shelf).due, Some(NOW.plus(12 * HOUR)));
    let shelf = fills(S::Packed, false).send(&store("b"), &Perishables::new(), m(), NOW).unwrap();
    assert_eq!(transfer_after(&shelf).due, Some(NOW.plus(24 * HOUR)));
    // A wrong party, or a wrong moment.
    assert!(of_order(S::Requested).accept(&store("a"), None, None, id("mov_1"), NOW).is_err());
    assert!(
        of_order(S::Requested).pack(&store("b"), NOW).is_err() && of_order(S::Accepted).send(&store("b"), &Perishables::new(), m(), NOW).is_err()
    );
}

#[test]
fn given_a_part_that_is_accepted_when_no_order_waits_then_the_rest_is_free_at_once() {
    let accept = |lines: &[StepLine]| fills(S::Requested, false).accept(&store("b"), Some(lines), Some(" 只剩这些 "), id("mov_1"), NOW);
    let d = accept(&[said("sku_1", 2)]).unwrap();
    let t = transfer_after(&d);
    assert_eq!(
        t.lines.iter().map(|l| (l.accepted, l.fewer.as_deref(), l.units())).collect::<Vec<_>>(),
        [(Some(2), Some("只剩这些"), 2), (None, None, 3)]
    );
    assert_eq!(documents(&d), [(K::Release, "loc_b".into(), vec![("sku_1".into(), 0, -3, 0)])]);
    assert_eq!(accept(&[said("sku_1", 0), said("sku_2", 0)]).unwrap_err().field.as_deref(), Some("lines"));
    assert_eq!(accept(&[said("sku_1", 6)]).unwrap_err().field.as_deref(), Some("lines[0].quantity"));
    let d = accept(&[said("sku_1", 5)]).unwrap();
    assert_eq!((transfer_after(&d).lines[0].accepted, documents(&d)), (None, vec![]), "all of it is no part");
    let long = "字".repeat(101);
    let r = fills(S::Requested, false).accept(&store("b"), Some(&[said("sku_1", 2)]), Some(&long), id("mov_1"), NOW);
    assert_eq!(r.unwrap_err().field.as_deref(), Some("reason"));
    assert!(fills(S::Requested, false).accept(&store("b"), Some(&[said("sku_1", 2)]), Some(&"字".repeat(100)), id("mov_1"), NOW).is_ok());
}

fn receive(t: &Transfer, who: &str, lines: &[StepLine], awaited: bool) -> (Vec<MissingUnits>, Decision) {
    let arrival = Arrival { lines: Some(lines), reason: Some("数量不对"), awaited, shelf: &Perishables::new() };
    let (r, d) = t.receive(&store(who), &arrival, m(), NOW).unwrap();
    (r.missing, d)
}

#[test]
fn given_an_arrival_when_an_order_waits_then_what_came_is_promised_to_it_and_nothing_else() {
    let on_way = Transfer { state: S::InTransit, ..Transfer { order: Some(id("ord_1")), asked: None, ..fills(S::InTransit, false) } };
    let (missing, d) = receive(&on_way, "a", &[said("sku_1", 3), said("sku_2", 5)], true);
    assert_eq!(missing, [MissingUnits { sku: id("sku_1"), units: 2 }]);
    assert_eq!(
        documents(&d),
        [
            (K::TransferIn, "loc_a".into(), vec![("sku_1".into(), 3, 3, -3), ("sku_2".into(), 3, 3, -3)]),
            (K::TransferSurplus, "loc_a".into(), vec![("sku_2".into(), 2, 0, 0)]),
            (K::TransferLost, "loc_a".into(), vec![("sku_1".into(), 0, 0, -2)]),
        ]
    );
    let t = transfer_after(&d);
    assert_eq!((t.state, t.due, t.reason.as_deref()), (S::Received, None, Some("数量不对")));
    assert_eq!(
        t.lines.iter().map(|l| (l.received, l.reason.as_deref())).collect::<Vec<_>>(),
        [(Some(3), Some("数量不对")), (Some(5), Some("数量不对"))]
    );
    assert_eq!(events(&d), [json!({"kind": "transfer.received", "transfer": "trf_1", "missing": 2})]);
    let (missing, d) = receive(&on_way, "a", &[], false);
    assert!(missing.is_empty());
    assert_eq!(
        documents(&d),
        [(K::TransferIn, "loc_a".into(), vec![("sku_1".into(), 5, 0, -5), ("sku_2".into(), 3, 0, -3)])],
        "nobody waits: free to sell"
    );
    let (missing, d) = receive(&on_way, "a", &[said("sku_1", 0), said("sku_2", 0)], true);
    assert_eq!(
        (missing.len(), documents(&d).iter().map(|d| d.0).collect::<Vec<_>>()),
        (2, vec![K::TransferLost]),
        "nothing came: nothing but a loss"
    );
    // Back at its source.
    let (_, d) = receive(&fills(S::Returning, false), "b", &[], false);
    assert_eq!((transfer_after(&d).state, kinds(&d)), (S::Cancelled, vec!["transfer.cancelled".to_owned()]));
    assert_eq!(documents(&d)[0].1, "loc_b");
}

#[test]
fn given_goods_with_dates_when_they_travel_then_the_dates_go_along_in_part_too() {
    let day = |n| Date::constant(2027, 1, n);
    let batch = |n, units| Batch { expires_on: day(n), units, came_on: None };
    let there = |on_hand, batches: Vec<Batch>| Perishables::from([(id("sku_1"), Perishable { on_hand, batches, ..Perishable::default() })]);
    let d = fills(S::Packed, false).send(&store("b"), &there(7, vec![batch(3, 2), batch(5, 4)]), m(), NOW).unwrap();
    let sent = transfer_after(&d);
    assert_eq!(sent.lines[0].batches, [batch(3, 2), batch(5, 2)], "one without a date goes first");
    assert!(sent.lines[1].batches.is_empty());
    let came = |quantity: u32| {
        let lines = [said("sku_1", quantity)];
        let shelf = there(4, vec![batch(5, 1), batch(9, 3)]);
        let arrival = Arrival { lines: Some(&lines), reason: Some("数量不对"), awaited: false, shelf: &shelf };
        let (_, d) = sent.receive(&store("a"), &arrival, m(), NOW).unwrap();
        let by_kind = |kind| {
            let of = |w: &Write| if let Write::Stock(StockWrite::Movement(m)) = w { Some((**m).clone()).filter(|m| m.kind == kind) } else { None };
            d.writes.iter().find_map(of).map(|m| m.lines[0].batches.clone())
        };
        let rebased = d.writes.iter().find_map(|w| {
            if let Write::Stock(StockWrite::Batches(s)) = w { Some((s.seen, s.batches.clone(), s.location.to_string())) } else { None }
        });
        (by_kind(K::TransferIn), by_kind(K::TransferSurplus), rebased)
    };
    let at_a = |batches| Some((4, batches, "loc_a".to_owned()));
    assert_eq!(came(5), (Some(vec![batch(3, 2), batch(5, 2)]), None, at_a(vec![batch(3, 2), batch(5, 3), batch(9, 3)])));
    assert_eq!(came(3), (Some(vec![batch(3, 2), batch(5, 1)]), None, at_a(vec![batch(3, 2), batch(5, 2), batch(9, 3)])));
    assert_eq!(came(7), (Some(vec![batch(3, 2), batch(5, 2)]), Some(vec![batch(3, 2)]), at_a(vec![batch(3, 4), batch(5, 3), batch(9, 3)])));
    assert_eq!(came(0).2, None, "nothing came in, nothing is rebased");
}

#[test]
fn given_a_source_that_would_not_when_the_next_is_asked_then_the_promise_moves_with_it() {
    let c = place("c");
    for state in [S::Requested, S::Accepted, S::Packed] {
        let d = of_order(state).reject("没有货", Some((&c, false)), m(), NOW).unwrap();
        let t = transfer_after(&d);
        assert_eq!(
            (t.state, t.due, t.source.as_str(), t.source_name.as_str(), t.source_keeper.as_str()),
            (S::Requested, Some(NOW.plus(10 * MINUTE)), "loc_c", "c", "sto_c")
        );
        assert_eq!((t.tried.clone(), t.reason.as_deref()), (vec![id("loc_b")], Some("没有货")));
        assert_eq!(
            documents(&d),
            [(K::Release, "loc_b".into(), vec![("sku_2".into(), 0, -1, 0)]), (K::Reserve, "loc_c".into(), vec![("sku_2".into(), 0, 1, 0)]),]
        );
        assert_eq!(asked_for(&d), [("sku_2".into(), 1)]);
        assert_eq!(kinds(&d), ["transfer.rejected", "transfer.requested"]);
        let d = of_order(state).reject("没有货", None, m(), NOW).unwrap();
        assert_eq!((transfer_after(&d).state, transfer_after(&d).due, kinds(&d).len()), (S::Rejected, None, 1));
    }
    for state in [S::Reserved, S::InTransit, S::Returning, S::Received, S::Rejected, S::Cancelled, S::Lost] {
        assert!(of_order(state).reject("没有货", None, m(), NOW).is_err(), "{state}");
    }
}

#[test]
fn given_a_step_that_is_late_when_somebody_is_told_then_it_is_counted_and_looked_at_again() {
    let t = Transfer { reminders: 1, ..of_order(S::Packed) };
    let after = transfer_after(&t.remind(NOW));
    assert_eq!((after.reminders, after.state, after.due), (2, S::Packed, Some(NOW.plus(30 * MINUTE))));
    assert_eq!(transfer_after(&fills(S::Packed, false).remind(NOW)).due, Some(NOW.plus(12 * HOUR)));
    let t = Transfer { reminders: 3, ..of_order(S::Requested) };
    assert_eq!(transfer_after(&t.accept(&store("b"), None, None, id("mov_1"), NOW).unwrap()).reminders, 0, "the next step begins anew");
}

#[test]
fn given_each_state_when_it_is_called_off_then_it_is_refused_where_it_must_be() {
    let may = |f: &dyn Fn(&Transfer) -> bool| ALL.iter().filter(|s| f(&of_order(**s))).map(|s| s.to_string()).collect::<Vec<_>>().join(" ");
    assert_eq!(may(&|t| t.order_closed(id("mov_1"), NOW).is_ok_and(|d| !d.is_empty())), "reserved");
    assert_eq!(may(&|t| t.order_closed(id("mov_1"), NOW).is_ok_and(|d| d.is_empty())), "cancelled");
    assert_eq!(may(&|t| t.cancel(&Party::Hq, "x", id("mov_1"), NOW).is_ok()), "requested accepted packed");
    assert_eq!(may(&|t| t.recall(&Party::Hq, "x", m(), NOW).is_ok()), "in_transit");
    assert_eq!(may(&|t| t.lose(&Party::Hq, "x", id("mov_1"), NOW).is_ok()), "in_transit returning");
    let d = of_order(S::InTransit).recall(&Party::Hq, "送错", m(), NOW).unwrap();
    assert_eq!(
        (transfer_after(&d).state, transfer_after(&d).due, kinds(&d)),
        (S::Returning, Some(NOW.plus(60 * MINUTE)), vec!["transfer.recalled".to_owned()])
    );
    assert_eq!(
        documents(&d),
        [
            (K::TransferExpected, "loc_a".into(), vec![("sku_2".into(), 0, 0, -1)]),
            (K::TransferExpected, "loc_b".into(), vec![("sku_2".into(), 0, 0, 1)]),
        ]
    );
    for (state, at) in [(S::InTransit, "loc_a"), (S::Returning, "loc_b")] {
        let d = of_order(state).lose(&Party::Hq, "事故", id("mov_1"), NOW).unwrap();
        assert_eq!(documents(&d), [(K::TransferLost, at.into(), vec![("sku_2".into(), 0, 0, -1)])]);
        assert_eq!(
            (events(&d), transfer_after(&d).reason.as_deref()),
            (vec![json!({"kind": "transfer.lost", "transfer": "trf_1", "missing": 1})], Some("事故"))
        );
    }
    let d = of_order(S::Packed).cancel(&Party::Hq, "不要了", id("mov_1"), NOW).unwrap();
    assert_eq!(
        (transfer_after(&d).state, transfer_after(&d).reason.as_deref(), kinds(&d)),
        (S::Cancelled, Some("不要了"), vec!["transfer.cancelled".to_owned()])
    );
}
