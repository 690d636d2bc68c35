use liandian_domain::orders::{lateness::late_by, order::OrderHead};
use liandian_types::{Fulfilment, OrderState as S, Timestamp};

use crate::fixtures::{MINUTE, NOW, STATES, head};

/// An order that was promised for an hour ago.
fn promised(state: S, way: Fulfilment) -> OrderHead {
    OrderHead { promised_at: Some(NOW.plus(-60 * MINUTE)), ..head(state, way) }
}

#[test]
fn given_each_state_and_way_when_the_promise_is_over_then_only_what_is_to_come_or_came_late_is_late() {
    for way in [Fulfilment::Pickup, Fulfilment::Delivery, Fulfilment::HqShip] {
        for state in STATES {
            let waits = matches!(state, S::AwaitingTransfer | S::Preparing | S::Ready | S::Delivering);
            assert_eq!(late_by(&promised(state, way), None, NOW), waits.then_some(60 * MINUTE), "{state} {way:?}");
            assert_eq!(late_by(&head(state, way), None, NOW), None, "nothing was promised: {state} {way:?}");
        }
    }
}

#[test]
fn given_goods_that_are_there_when_asked_later_then_they_are_as_late_as_they_came() {
    let at = |minutes: i64| Some(NOW.plus((minutes - 60) * MINUTE));
    let fetched = |state, ready_at| late_by(&promised(state, Fulfilment::Pickup), ready_at, NOW);
    assert_eq!((fetched(S::Ready, at(10)), fetched(S::Ready, at(-10)), fetched(S::Completed, at(10))), (Some(10 * MINUTE), None, Some(10 * MINUTE)));
    let brought = |completed_at| late_by(&OrderHead { completed_at, ..promised(S::Completed, Fulfilment::Delivery) }, at(-30), NOW);
    assert_eq!((brought(at(20)), brought(at(0))), (Some(20 * MINUTE), None), "who waits at home does not count when it was put together");
    // What nobody would call late is not told.
    assert_eq!((brought(at(3)), brought(Some(NOW.plus(-57 * MINUTE - 1)))), (Some(3 * MINUTE), None));
    assert_eq!(late_by(&promised(S::Preparing, Fulfilment::Pickup), None, Timestamp(NOW.0 - 61 * MINUTE)), None, "in time");
}
