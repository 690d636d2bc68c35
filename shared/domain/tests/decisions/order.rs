use liandian_domain::{
    Decision, Write,
    decision::OrdersWrite,
    orders::{
        delivery::Delivery,
        order::{
            BodyLine, OrderBody, OrderHead, Paid, Payment, call_off, close, delivered, hand_over, may_call_off, pay, picked_up_by_rider, ready,
            refund, refund_and_release, refund_late, refunded, revive, settle, transfer_arrived, uncollected,
        },
        parcel::Shipper,
        shortfall::{MissingUnits, Shortfall},
    },
};
use liandian_types::{DeliveryState as D, Fen, Fulfilment, MovementKind as K, OrderState as S, Timestamp, TransferState as T};
use serde_json::json;

use crate::{
    fixtures::{DAY, MINUTE, NOW, after, asked_for, body, code_of, documents, events, head, id, kinds, transfer_after, walk},
    transfer::of_order,
};

fn paid(amount: i64) -> Paid {
    Paid { transaction: "wx42".into(), amount: Fen(amount), at: Timestamp(999_000) }
}

fn accepted(p: Payment) -> Decision {
    let Payment::Accepted(d) = p else { panic!("{p:?}") };
    d
}

#[test]
fn given_a_payment_when_it_is_taken_then_the_amount_is_the_orders_to_the_fen_and_each_way_has_its_own_deadline() {
    for (way, due) in [(Fulfilment::Pickup, 3 * DAY), (Fulfilment::Delivery, 2 * MINUTE), (Fulfilment::HqShip, 2 * DAY)] {
        let h = head(S::Placed, way);
        // Another sum does not pay it, and goes back.
        assert_eq!([5_279, 5_281].map(|sum| pay(&h, &paid(sum), NOW).unwrap()), [Payment::Extra, Payment::Extra]);
        let d = accepted(pay(&h, &paid(5_280), NOW).unwrap());
        let a = after(&d);
        assert_eq!((a.state, a.due, a.version), (S::Preparing, Some(NOW.plus(due)), 7), "{way:?}");
        assert_eq!((a.transaction.as_deref(), a.paid_at), (Some("wx42"), Some(Timestamp(999_000))));
        assert_eq!(events(&d), [json!({"kind": "order.paid", "order": "ord_1", "store": "sto_a", "fulfilment": way})]);
        assert_eq!(documents(&d), [], "what is promised stays promised");
        // The transfer carries its own deadline.
        let waits = OrderHead { transfer: Some(id("trf_1")), ..h };
        let d = accepted(pay(&waits, &paid(5_280), NOW).unwrap());
        assert_eq!((after(&d).state, after(&d).due), (S::AwaitingTransfer, None));
        assert_eq!(events(&d)[0]["transfer"], "trf_1");
    }
}

#[test]
fn given_a_payment_when_the_order_moved_on_then_it_is_known_or_late() {
    for state in crate::fixtures::STATES.into_iter().filter(|s| *s != S::Placed) {
        let p = pay(&head(state, Fulfilment::Pickup), &paid(5_280), NOW).unwrap();
        assert_eq!(p, if state == S::Closed { Payment::Late } else { Payment::Known }, "{state}");
    }
    // A part of it went back since: it is the same payment.
    let reduced = OrderHead { total: Fen(5_000), given_back: Fen(280), parts: 1, ..head(S::Ready, Fulfilment::Pickup) };
    assert_eq!(reduced.charged(), Fen(5_280));
    assert_eq!(pay(&reduced, &paid(5_280), NOW).unwrap(), Payment::Known);
    assert!(pay(&reduced, &paid(5_000), NOW).is_err());
}

#[test]
fn given_a_late_payment_when_the_goods_are_there_then_they_are_promised_again_and_else_the_money_goes_back() {
    let closed = head(S::Closed, Fulfilment::Pickup);
    let whole = OrderBody { lines: body().lines.into_iter().map(|l| BodyLine { from_transfer: 0, ..l }).collect(), ..body() };
    let d = revive(&closed, &whole, &paid(5_280), id("mov_1"), NOW).unwrap();
    assert_eq!((after(&d).state, after(&d).due), (S::Preparing, Some(NOW.plus(3 * DAY))));
    assert_eq!(documents(&d), [(K::Reserve, "loc_a".into(), vec![("sku_1".into(), 0, 3, 0), ("sku_2".into(), 0, 2, 0)])]);
    assert_eq!(asked_for(&d), [("sku_1".into(), 3), ("sku_2".into(), 2)], "a promise, refused when the goods have gone");
    let with_transfer = OrderHead { transfer: Some(id("trf_1")), ..closed.clone() };
    assert_eq!(revive(&with_transfer, &body(), &paid(5_280), id("mov_1"), NOW), None, "its source may have sold the goods");
    let d = refund_late(&closed, &paid(5_280), NOW);
    let a = after(&d);
    assert_eq!((a.state, a.due), (S::Refunding, Some(NOW.plus(2 * MINUTE))));
    assert_eq!((a.transaction.as_deref(), a.paid_at), (Some("wx42"), Some(Timestamp(999_000))));
    assert_eq!(
        events(&d),
        [json!({"kind": "order.refund_requested", "order": "ord_1", "store": "sto_a", "amount": 5_280, "reason": "付款时商品已售完"})]
    );
}

#[test]
fn given_a_refund_when_goods_are_promised_then_exactly_those_are_given_back() {
    let of = |state, way| refund_and_release(&head(state, way), &body(), "缺货", id("mov_1"), NOW);
    let own = vec![("sku_1".into(), 0, -3, 0), ("sku_2".into(), 0, -1, 0)];
    let all = vec![("sku_1".into(), 0, -3, 0), ("sku_2".into(), 0, -2, 0)];
    assert_eq!(documents(&of(S::AwaitingTransfer, Fulfilment::Pickup)), [(K::Release, "loc_a".into(), own)]);
    for state in [S::Preparing, S::Ready] {
        let d = of(state, Fulfilment::Delivery);
        assert_eq!(documents(&d), [(K::Release, "loc_a".into(), all.clone())]);
        assert_eq!((asked_for(&d), after(&d).state), (vec![], S::Refunding));
        assert_eq!(events(&d)[0]["reason"], "缺货");
    }
    assert_eq!(documents(&of(S::Delivering, Fulfilment::Delivery)), [], "what has left is not given back");
    let none = OrderBody { lines: body().lines.into_iter().map(|l| BodyLine { from_transfer: l.quantity.get(), ..l }).collect(), ..body() };
    assert_eq!(
        documents(&refund_and_release(&head(S::AwaitingTransfer, Fulfilment::Pickup), &none, "缺货", id("mov_1"), NOW)),
        [],
        "no document without a line"
    );
    // What a warehouse ships is promised there.
    let shipper = Some(Shipper { location: id("loc_wh-1"), name: "总仓".into(), keeper: id("sto_k") });
    let h = OrderHead { shipper, ..head(S::Preparing, Fulfilment::HqShip) };
    assert_eq!((h.location(), h.served_by().as_str()), (id("loc_wh-1"), "sto_k"));
    assert_eq!(documents(&refund_and_release(&h, &body(), "x", id("mov_1"), NOW))[0].1, "loc_wh-1");
    assert_eq!(head(S::Preparing, Fulfilment::Pickup).served_by().as_str(), "sto_a");
    assert_eq!(kinds(&refund(&h, "x", NOW)), ["order.refund_requested"]);
}

#[test]
fn given_each_state_when_a_command_comes_then_it_moves_on_is_known_or_is_refused() {
    let (b, m) = (body(), || id("mov_1"));
    //  placed awaiting preparing ready delivering completed settled closed refunding refunded
    assert_eq!(walk(|h| uncollected(h, &b, m(), NOW)), ["x x refunding refunding x x x x x x", "x x x x x x x x x x", "x x refunding x x x x x x x"]);
    assert_eq!(walk(refunded), ["x x x x x x x x refunded ="; 3]);
    assert_eq!(walk(|h| close(h, &b, None, true, [m(), m()], NOW)), ["closed x x x x x x = x x"; 3]);
    assert_eq!(walk(|h| ready(h, NOW)), ["x x ready = = x x x x x", "x x ready = = x x x x x", "x x x x x x x x x x"]);
    assert_eq!(walk(|h| transfer_arrived(h, NOW)), ["x ready x x x x x x x x"; 3]);
    assert_eq!(
        walk(|h| hand_over(h, &b, true, None, m(), NOW)),
        ["x x completed completed x x x x x x", "x x x x x x x x x x", "x x x x x x x x x x"]
    );
    assert_eq!(
        walk(|h| picked_up_by_rider(h, &b, m(), NOW)),
        ["x x x x = = = x x x", "x x delivering delivering = = = x x x", "x x x x = = = x x x"]
    );
    assert_eq!(walk(|h| delivered(h, &b, m(), NOW)), ["x x x x x = = x x x", "x x completed completed completed = = x x x", "x x x x x = = x x x"]);
}

#[test]
fn given_reasons_when_nobody_comes_then_each_is_named() {
    let reason = |state, way| events(&uncollected(&head(state, way), &body(), id("mov_1"), NOW).unwrap())[0]["reason"].as_str().unwrap().to_owned();
    assert_eq!(reason(S::Ready, Fulfilment::Pickup), "超时未取货");
    assert_eq!(reason(S::Preparing, Fulfilment::Pickup), "门店未能及时备货");
    assert_eq!(reason(S::Preparing, Fulfilment::HqShip), "仓库未能及时发货");
    let used = |state| hand_over(&head(state, Fulfilment::Pickup), &body(), true, None, id("mov_1"), NOW).unwrap_err().detail;
    assert_eq!([used(S::Completed), used(S::Settled)], ["该取货码已核销，不能重复取货"; 2]);
    assert!(used(S::Closed).contains("已关闭"), "{}", used(S::Closed));
    // One that nobody marked ready is asked about first.
    let ask = |state| hand_over(&head(state, Fulfilment::Pickup), &body(), false, None, id("mov_1"), NOW).err().map(|p| (p.code, p.field));
    assert_eq!([ask(S::Preparing), ask(S::Ready)], [Some((liandian_types::Code::AskFirst, Some("sure".to_owned()))), None]);
}

#[test]
fn given_an_unpaid_order_when_it_is_closed_then_what_it_kept_back_is_free_here_and_at_its_source() {
    let d = close(&head(S::Placed, Fulfilment::Pickup), &body(), None, false, [id("mov_1"), id("mov_2")], NOW).unwrap();
    assert_eq!(documents(&d), [(K::Release, "loc_a".into(), vec![("sku_1".into(), 0, -3, 0), ("sku_2".into(), 0, -1, 0)])]);
    assert_eq!((after(&d).due, events(&d)), (None, vec![json!({"kind": "order.closed", "order": "ord_1", "store": "sto_a", "by_customer": false})]));
    let reserved = crate::transfer::of_order(liandian_types::TransferState::Reserved);
    let d = close(&head(S::Placed, Fulfilment::Pickup), &body(), Some(&reserved), true, [id("mov_1"), id("mov_2")], NOW).unwrap();
    assert_eq!(documents(&d)[1], (K::Release, "loc_b".into(), vec![("sku_2".into(), 0, -1, 0)]));
    assert_eq!(kinds(&d), ["transfer.cancelled", "order.closed"]);
    let asked = crate::transfer::of_order(liandian_types::TransferState::Requested);
    assert!(close(&head(S::Placed, Fulfilment::Pickup), &body(), Some(&asked), true, [id("mov_1"), id("mov_2")], NOW).is_err());
}

#[test]
fn given_goods_that_are_together_when_marked_then_deadlines_stay_unless_something_was_missing() {
    let d = ready(&head(S::Preparing, Fulfilment::Pickup), NOW).unwrap();
    assert_eq!((after(&d).due, kinds(&d)), (Some(Timestamp(777)), vec!["order.ready".to_owned()]));
    let short = |way| {
        let shortfall = Some(Shortfall { lines: vec![MissingUnits { sku: id("sku_1"), units: 1 }], choose_by: NOW, unpromised: false });
        OrderHead { shortfall, ..head(S::Ready, way) }
    };
    let d = ready(&short(Fulfilment::Pickup), NOW).unwrap();
    assert_eq!((after(&d).due, after(&d).shortfall), (Some(NOW.plus(3 * DAY)), None));
    let d = ready(&short(Fulfilment::Delivery), NOW).unwrap();
    assert_eq!(after(&d).due, Some(NOW.plus(2 * MINUTE)));
    let h = short(Fulfilment::Pickup);
    assert_eq!(h.pick_up_by(), None, "who has to choose has nothing to collect");
    assert_eq!(head(S::Ready, Fulfilment::Pickup).pick_up_by(), Some(Timestamp(777)));
    assert_eq!(head(S::Preparing, Fulfilment::Pickup).pick_up_by(), Some(Timestamp(777)));
    assert_eq!(head(S::Ready, Fulfilment::Delivery).pick_up_by(), None);
    assert_eq!(head(S::Completed, Fulfilment::Pickup).pick_up_by(), None);
}

#[test]
fn given_a_transfer_that_arrived_when_the_order_is_told_then_its_customer_or_a_rider_is() {
    let d = transfer_arrived(&head(S::AwaitingTransfer, Fulfilment::Pickup), NOW).unwrap();
    assert_eq!((after(&d).due, kinds(&d)), (Some(NOW.plus(3 * DAY)), vec!["order.ready".to_owned()]));
    let h = OrderHead { attempt: 2, ..head(S::AwaitingTransfer, Fulfilment::Delivery) };
    let d = transfer_arrived(&h, NOW).unwrap();
    assert_eq!(
        (after(&d).due, events(&d)[1].clone()),
        (Some(NOW.plus(2 * MINUTE)), json!({"kind": "delivery.requested", "order": "ord_1", "attempt": 3}))
    );
}

#[test]
fn given_goods_that_are_there_hours_before_their_time_when_the_order_is_ready_then_its_rider_keeps_the_time() {
    for (wait, now) in [(120 * MINUTE, true), (120 * MINUTE + 1, false)] {
        let at = NOW.plus(wait);
        let due = Some(if now { NOW.plus(2 * MINUTE) } else { at });
        let next = Some(at).filter(|_| !now);
        let h = OrderHead { rider_at: Some(at), ..head(S::AwaitingTransfer, Fulfilment::Delivery) };
        let d = transfer_arrived(&h, NOW).unwrap();
        assert_eq!((after(&d).due, after(&d).next_rider_at, kinds(&d).len()), (due, next, 1 + usize::from(now)), "{wait}");
        let h = OrderHead { rider_at: Some(at), next_rider_at: Some(at), due: Some(at), ..head(S::Preparing, Fulfilment::Delivery) };
        let d = ready(&h, NOW).unwrap();
        assert_eq!((after(&d).due, after(&d).next_rider_at, kinds(&d).len()), (due, next, 1 + usize::from(now)), "{wait}");
    }
}

#[test]
fn given_goods_that_leave_when_handed_over_or_taken_then_they_are_sold_once_and_the_order_completes() {
    let sold = vec![("sku_1".to_owned(), -3, -3, 0), ("sku_2".to_owned(), -2, -2, 0)];
    let d = hand_over(&head(S::Ready, Fulfilment::Pickup), &body(), true, None, id("mov_1"), NOW).unwrap();
    let a = after(&d);
    assert_eq!((a.completed_at, a.due), (Some(NOW), Some(NOW.plus(7 * DAY))));
    assert_eq!((documents(&d), kinds(&d)), (vec![(K::Sale, "loc_a".into(), sold.clone())], vec!["order.completed".to_owned()]));
    assert!(asked_for(&d).is_empty(), "a fact");
    let d = picked_up_by_rider(&head(S::Preparing, Fulfilment::Delivery), &body(), id("mov_1"), NOW).unwrap();
    assert_eq!((documents(&d), after(&d).due, kinds(&d)), (vec![(K::Sale, "loc_a".into(), sold.clone())], None, vec!["order.delivering".to_owned()]));
    let d = delivered(&head(S::Delivering, Fulfilment::Delivery), &body(), id("mov_1"), NOW).unwrap();
    assert_eq!((documents(&d), after(&d).completed_at), (vec![], Some(NOW)), "they left when the rider took them");
    let d = delivered(&head(S::Ready, Fulfilment::Delivery), &body(), id("mov_1"), NOW).unwrap();
    assert_eq!(documents(&d), [(K::Sale, "loc_a".into(), sold)], "the call-back before was lost");
}

#[test]
fn given_a_completed_order_when_the_after_sale_window_ends_then_it_is_settled_and_not_a_moment_before() {
    let h = |state, at: Option<i64>| OrderHead { completed_at: at.map(Timestamp), ..head(state, Fulfilment::Pickup) };
    let done = h(S::Completed, Some(5));
    assert!(settle(&done, Timestamp(5 + 604_800_000 - 1)).is_err());
    let d = settle(&done, Timestamp(5 + 604_800_000)).unwrap();
    assert_eq!((after(&d).state, after(&d).due, kinds(&d)), (S::Settled, None, vec!["order.settled".to_owned()]));
    assert!(settle(&h(S::Settled, None), NOW).unwrap().is_empty());
    assert!(settle(&h(S::Completed, None), Timestamp(i64::MAX)).is_err());
    assert!(settle(&h(S::Ready, Some(5)), Timestamp(i64::MAX)).is_err());
    assert!(done.shipper.is_none() && matches!(d.writes[0], Write::Orders(OrdersWrite::Update(_))));
}

#[test]
fn given_lines_when_units_are_promised_then_it_is_by_the_state() {
    let b = body();
    let promised = |state| b.lines.iter().map(|l| head(state, Fulfilment::Pickup).promised(l)).collect::<Vec<_>>();
    assert_eq!([promised(S::Placed), promised(S::AwaitingTransfer)], [[3, 1], [3, 1]]);
    assert_eq!([promised(S::Preparing), promised(S::Ready)], [[3, 2], [3, 2]]);
    for state in [S::Delivering, S::Completed, S::Settled, S::Closed, S::Refunding, S::Refunded] {
        assert_eq!(promised(state), [0, 0], "{state}");
    }
    assert_eq!(b.lines.iter().map(BodyLine::own).collect::<Vec<_>>(), [3, 1]);
}

fn rider(state: D) -> Delivery {
    let fields = json!({"delivery": "dlv_1-1", "version": 3, "order": "ord_1", "store": "sto_a", "attempt": 1, "state": state});
    serde_json::from_value(fields).unwrap()
}

#[test]
fn given_a_paid_order_when_its_customer_calls_it_off_then_it_is_until_somebody_did_something_for_it() {
    let (b, m, at_source) = (body(), || [id("mov_1"), id("mov_2")], of_order(T::Requested));
    //  placed awaiting preparing ready delivering completed settled closed refunding refunded
    assert_eq!(
        walk(|h| call_off(h, &b, Some(&at_source), None, true, m(), NOW)),
        ["x refunding refunding x x x x = = ="; 3],
        "and once: what is called off is called off"
    );
    assert_eq!(code_of(call_off(&head(S::Preparing, Fulfilment::Pickup), &b, None, None, false, m(), NOW)), "ask_first");
    let late = call_off(&head(S::Ready, Fulfilment::Pickup), &b, None, None, true, m(), NOW).unwrap_err();
    assert_eq!(late.detail, "商品已备好，请联系门店取消");
    let d = call_off(&head(S::Preparing, Fulfilment::Pickup), &b, None, None, true, m(), NOW).unwrap();
    assert_eq!(documents(&d), [(K::Release, "loc_a".into(), vec![("sku_1".into(), 0, -3, 0), ("sku_2".into(), 0, -2, 0)])]);
    assert_eq!((after(&d).state, after(&d).due), (S::Refunding, Some(NOW.plus(2 * MINUTE))));
    let told = &events(&d)[0];
    assert_eq!((&told["kind"], &told["amount"]), (&json!("order.refund_requested"), &json!(5_280)), "fees included");
    assert_eq!((&told["reason"], &told["by_customer"]), (&json!("顾客取消订单"), &json!(true)));
}

#[test]
fn given_a_transfer_when_its_order_is_called_off_then_what_has_not_left_its_source_is_free_there_and_what_has_cannot_be() {
    let (h, m) = (head(S::AwaitingTransfer, Fulfilment::Pickup), || [id("mov_1"), id("mov_2")]);
    let why = Some("顾客取消订单");
    for (state, reason) in [(T::Reserved, None), (T::Requested, why), (T::Accepted, why), (T::Packed, why)] {
        let t = of_order(state);
        let d = call_off(&h, &body(), Some(&t), None, true, m(), NOW).unwrap();
        assert_eq!(
            documents(&d),
            [
                (K::Release, "loc_a".into(), vec![("sku_1".into(), 0, -3, 0), ("sku_2".into(), 0, -1, 0)]),
                (K::Release, "loc_b".into(), vec![("sku_2".into(), 0, -1, 0)]),
            ],
            "{state}"
        );
        assert_eq!((transfer_after(&d).state, transfer_after(&d).reason.as_deref()), (T::Cancelled, reason), "whoever was asked is told why");
        assert_eq!(kinds(&d), ["order.refund_requested", "transfer.cancelled"]);
    }
    for state in [T::InTransit, T::Returning] {
        assert!(may_call_off(&h, Some(&of_order(state)), None).is_err(), "{state}");
        assert_eq!(code_of(call_off(&h, &body(), Some(&of_order(state)), None, true, m(), NOW)), "conflict", "{state}");
    }
    // A transfer that has come to an end before is none of its matter.
    let d = call_off(&head(S::Preparing, Fulfilment::Pickup), &body(), Some(&of_order(T::Received)), None, true, m(), NOW).unwrap();
    assert_eq!(kinds(&d), ["order.refund_requested"]);
}

#[test]
fn given_a_rider_when_his_order_is_called_off_then_so_is_he_unless_he_has_the_goods() {
    let (h, m) = (head(S::Preparing, Fulfilment::Delivery), || [id("mov_1"), id("mov_2")]);
    for state in [D::Pending, D::Created, D::Accepted, D::AtStore] {
        let d = call_off(&h, &body(), None, Some(&rider(state)), true, m(), NOW).unwrap();
        assert_eq!(kinds(&d), ["order.refund_requested", "delivery.call_off"], "{state}");
        assert!(d.writes.iter().any(|w| matches!(w, Write::Orders(OrdersWrite::UpdateDelivery(x)) if x.call_off && x.due == Some(NOW))));
    }
    assert_eq!(kinds(&call_off(&h, &body(), None, Some(&rider(D::Cancelled)), true, m(), NOW).unwrap()), ["order.refund_requested"]);
    assert!(call_off(&h, &body(), None, Some(&rider(D::Delivering)), true, m(), NOW).is_err());
    // What lacks goods goes back as in any shortfall.
    let shortfall = Some(Shortfall { lines: vec![MissingUnits { sku: id("sku_1"), units: 1 }], choose_by: NOW, unpromised: false });
    let d = call_off(&OrderHead { shortfall, ..head(S::Ready, Fulfilment::Pickup) }, &body(), None, None, true, m(), NOW).unwrap();
    assert_eq!((after(&d).state, events(&d)[0]["reason"].as_str()), (S::Refunding, Some("商品缺货")));
}

#[test]
fn given_a_first_payment_of_another_sum_when_it_comes_then_it_is_kept_to_go_back_and_the_order_waits_for_its_own() {
    for state in [S::Placed, S::Closed] {
        assert_eq!(pay(&head(state, Fulfilment::Pickup), &paid(1), NOW).unwrap(), Payment::Extra, "{state}");
    }
    let lives_on = OrderHead { transaction: Some("wx42".into()), ..head(S::Preparing, Fulfilment::Pickup) };
    assert!(pay(&lives_on, &paid(1), NOW).is_err(), "one transaction has one sum");
    let told = |h: &OrderHead| events(&liandian_domain::orders::order::take_extra(h, &paid(1), NOW));
    assert_eq!(told(&head(S::Placed, Fulfilment::Pickup))[0]["wrong_sum"], true);
    let second = OrderHead { transaction: Some("wx1".into()), ..lives_on };
    assert_eq!(told(&second)[0]["wrong_sum"], serde_json::Value::Null, "a second payment is one, whatever its sum");
}
