//! Orders that a rider brings.

use std::time::Duration;

use liandian_sandbox::Pace;
use liandian_tests::{Wish, World, id};
use liandian_types::{DeliveryState, Fulfilment, OrderState, StoreId, api::OrderView};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn given_a_paid_delivery_order_when_the_rider_goes_his_way_then_the_order_follows_and_is_completed() {
    let s = Duration::from_millis;
    let w = World::start(Wish { pace: Pace::Timed { accept: s(200), at_store: s(400), picked_up: s(600), done: s(900) }, ..Wish::default() }).await;
    let store: StoreId = id("sto_sh02");
    let sku = w.sku_with(&store, 5, 500).await;
    let token = w.customer("demo-01").await;
    let before = w.stock(&store.shelf(), &sku).await;
    let order = w.order_for(&store, &[(sku.clone(), 2)], Fulfilment::Delivery).await;
    let bought = w.bought(&token, &order, "key-00000001").await;
    let done = w.until_order(&token, &bought, |o| o.card.state == OrderState::Completed).await;
    let delivery = done.delivery.unwrap();
    assert_eq!((delivery.state, delivery.attempt), (DeliveryState::Done, 1));
    assert!(delivery.rider.is_some());
    assert!(delivery.rider_phone.is_some_and(|p| p.contains("****")));
    let to = done.recipient.unwrap();
    assert_eq!((to.name.as_str(), to.phone.as_str()), ("欧阳测试", "13987650123"), "his own name and number in clear");
    assert!(to.address.contains("1201"));
    assert_eq!(w.stock(&store.shelf(), &sku).await.on_hand, before.on_hand - 2);
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_rider_who_cancels_when_told_then_another_is_called_and_old_news_changes_nothing() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh02");
    let sku = w.sku_with(&store, 5, 500).await;
    let token = w.customer("demo-01").await;
    let order = w.order_for(&store, &[(sku.clone(), 1)], Fulfilment::Delivery).await;
    let bought = w.bought(&token, &order, "key-00000001").await;
    let created = |n: u32| move |o: &OrderView| o.delivery.as_ref().is_some_and(|d| d.attempt == n && d.state == DeliveryState::Created);
    let first = w.until_order(&token, &bought, created(1)).await.delivery.unwrap().delivery;
    w.rider(first.as_str(), 30000).await;
    w.until_order(&token, &bought, |o| o.delivery.as_ref().is_some_and(|d| d.state == DeliveryState::Accepted)).await;
    w.rider(first.as_str(), 20001).await;
    let second = w.until_order(&token, &bought, created(2)).await.delivery.unwrap().delivery;
    assert_ne!(first, second);
    for status in [30000, 40000, 50000] {
        w.rider(second.as_str(), status).await;
    }
    w.until_order(&token, &bought, |o| o.card.state == OrderState::Delivering).await;
    w.rider(second.as_str(), 70000).await;
    let done = w.until_order(&token, &bought, |o| o.card.state == OrderState::Completed).await;
    assert!(done.history.iter().any(|h| h.text.contains("重新呼叫")), "{:?}", done.history);
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_platform_that_fails_when_dispatching_then_the_rider_is_called_all_the_same_and_forged_news_is_refused() {
    let w = World::usual().await;
    w.sandbox("faults", &json!({"delivery": {"drop_next": 1}})).await;
    let store: StoreId = id("sto_sh02");
    let sku = w.sku_with(&store, 5, 500).await;
    let token = w.customer("demo-01").await;
    let order = w.order_for(&store, &[(sku, 1)], Fulfilment::Delivery).await;
    let bought = w.bought(&token, &order, "key-00000001").await;
    // The answer was lost after the platform had done it: the message stays in the queue for its minute, or the order's own
    // deadline drives it; here a person presses the sweeper's button.
    let pending = w.until_order(&token, &bought, |o| o.delivery.is_some()).await.delivery.unwrap();
    assert_eq!((pending.state, pending.attempt), (DeliveryState::Pending, 1));
    w.stack.app.clock.advance(3 * liandian_types::Timestamp::MINUTE);
    liandian_functions::workers::sweeper(w.stack.app.clone()).await.unwrap();
    let created = w.until_order(&token, &bought, |o| o.delivery.as_ref().is_some_and(|d| d.state == DeliveryState::Created)).await;
    assert_eq!(created.delivery.unwrap().attempt, 1, "the same delivery, not a second one");
    let forged = json!({"store_order_id": pending.delivery, "order_status": "70000", "sign": "0".repeat(32)});
    w.post("/api/v1/callbacks/delivery", "", &forged).await.refused(401, "bad_signature");
    assert_eq!(w.order(&token, &bought).await.card.state, OrderState::Preparing);
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_platform_that_takes_nothing_when_dispatching_then_it_is_given_time_and_at_last_the_money_goes_back() {
    let w = World::usual().await;
    w.sandbox("faults", &json!({"delivery": {"refuse_next": 100}})).await;
    let store: StoreId = id("sto_sh02");
    let sku = w.sku_with(&store, 5, 500).await;
    let before = w.stock(&store.shelf(), &sku).await;
    let token = w.customer("demo-01").await;
    let order = w.order_for(&store, &[(sku.clone(), 1)], Fulfilment::Delivery).await;
    let bought = w.bought(&token, &order, "key-00000001").await;
    let lost = |n: u32| move |o: &OrderView| o.delivery.as_ref().is_some_and(|d| d.attempt == n && d.state == DeliveryState::Cancelled);
    // The second follows the first at once, the third waits.
    w.until_order(&token, &bought, lost(2)).await;
    w.sweep().await;
    liandian_functions::flows::deliveries::dispatch(&w.stack.app, &bought, w.stack.app.now()).await.unwrap();
    assert!(lost(2)(&w.order(&token, &bought).await), "not before its time");
    let overdue = async || {
        let due = w.stack.app.store.order_head(&bought).await.unwrap().unwrap().due.unwrap();
        w.stack.app.clock.advance(due.0 - w.stack.app.now().0);
        w.sweep().await;
    };
    for attempt in 3..=8 {
        overdue().await;
        w.until_order(&token, &bought, lost(attempt)).await;
    }
    overdue().await;
    let back = w.until_order(&token, &bought, |o| o.card.state == OrderState::Refunded).await;
    assert!(back.history.iter().any(|h| h.text.contains("暂无骑手")), "{:?}", back.history);
    assert_eq!(w.stock(&store.shelf(), &sku).await, before);
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_rider_on_his_way_when_called_off_then_a_call_back_alone_changes_nothing_and_an_answer_refunds() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh02");
    let sku = w.sku_with(&store, 5, 500).await;
    let token = w.customer("demo-01").await;
    let order = w.order_for(&store, &[(sku, 1)], Fulfilment::Delivery).await;
    let bought = w.bought(&token, &order, "key-00000001").await;
    let created = |o: &OrderView| o.delivery.as_ref().is_some_and(|d| d.state == DeliveryState::Created);
    let delivery = w.until_order(&token, &bought, created).await.delivery.unwrap().delivery;
    for status in [30000, 40000, 50000] {
        w.rider(delivery.as_str(), status).await;
    }
    w.until_order(&token, &bought, |o| o.card.state == OrderState::Delivering).await;
    w.rider(delivery.as_str(), 20001).await;
    let asked_next = async || w.stack.app.store.delivery(&delivery).await.unwrap().unwrap().due.is_some_and(|due| due <= w.stack.app.now());
    for _ in 0..100 {
        if asked_next().await {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(asked_next().await, "the call-back makes us ask");
    assert_eq!(w.order(&token, &bought).await.card.state, OrderState::Delivering);
    w.sweep().await;
    w.until_order(&token, &bought, |o| o.card.state == OrderState::Refunded).await;
    w.assert_books().await;
    w.stack.stop().await;
}
