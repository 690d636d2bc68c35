//! Orders that a rider brings.

use std::time::Duration;

use liandian_sandbox::Pace;
use liandian_tests::{Wish, World, id};
use liandian_types::{
    DeliveryId, DeliveryState, Fulfilment, OrderId, OrderState, SkuId, StoreId, Timestamp,
    api::{Exceptions, HqSettlement, OrderView},
};
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
async fn given_a_platform_that_knows_us_no_longer_when_dispatching_then_nothing_is_given_up_and_the_rider_comes_when_it_does() {
    let w = World::usual().await;
    w.sandbox("faults", &json!({"delivery": {"deny_next": 1_000}})).await;
    let store: StoreId = id("sto_sh02");
    let sku = w.sku_with(&store, 5, 500).await;
    let token = w.customer("demo-01").await;
    let order = w.order_for(&store, &[(sku, 1)], Fulfilment::Delivery).await;
    let bought = w.bought(&token, &order, "key-00000001").await;
    w.until_order(&token, &bought, |o| o.delivery.is_some()).await;
    for _ in 0..12 {
        w.stack.app.clock.advance(3 * liandian_types::Timestamp::MINUTE);
        w.sweep().await;
    }
    let waits = w.order(&token, &bought).await;
    assert_eq!(waits.card.state, OrderState::Preparing);
    let delivery = waits.delivery.unwrap();
    assert_eq!((delivery.attempt, delivery.state), (1, DeliveryState::Pending), "its refusals say nothing about the delivery");
    w.sandbox("faults", &json!({"delivery": {}})).await;
    // A message that was on its way when the fault ended may still have met it, and its next try is minutes off again.
    let mut created = None;
    for _ in 0..20 {
        w.stack.app.clock.advance(3 * liandian_types::Timestamp::MINUTE);
        w.sweep().await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        created = w.order(&token, &bought).await.delivery.filter(|d| d.state != DeliveryState::Pending);
        if created.is_some() {
            break;
        }
    }
    assert_eq!(created.map(|d| d.attempt), Some(1), "the same delivery");
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
    liandian_functions::flows::orders::deliveries::dispatch(&w.stack.app, &bought, w.stack.app.now()).await.unwrap();
    assert!(lost(2)(&w.order(&token, &bought).await), "not before its time");
    let overdue = async || {
        let due = w.stack.app.tables.order_head(&bought).await.unwrap().unwrap().due.unwrap();
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
async fn given_a_rider_on_his_way_when_called_off_or_done_then_a_call_back_alone_changes_nothing_and_an_answer_does() {
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
    // Told and not so: the platform is asked, and the order stays with its rider.
    w.ride(delivery.as_str(), json!({"order_status": 20001, "stale": true})).await;
    w.ride(delivery.as_str(), json!({"order_status": 70000, "stale": true})).await;
    let asked = async || w.stack.app.tables.delivery(&delivery).await.unwrap().unwrap().due.is_some_and(|due| due.0 - w.stack.app.now().0 <= 60_000);
    for _ in 0..100 {
        if asked().await {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(asked().await, "it is asked again soon");
    assert_eq!(w.order(&token, &bought).await.card.state, OrderState::Delivering);
    w.rider(delivery.as_str(), 20001).await;
    w.until_order(&token, &bought, |o| o.card.state == OrderState::Refunded).await;
    w.assert_books().await;
    w.stack.stop().await;
}

/// A paid delivery of two units of a SKU, which the platform knows: order, delivery, SKU and the token of its customer.
async fn under_way(w: &World, store: &StoreId) -> (OrderId, DeliveryId, SkuId, String) {
    let sku = w.sku_with(store, 5, 500).await;
    let token = w.customer("demo-01").await;
    let order = w.order_for(store, &[(sku.clone(), 2)], Fulfilment::Delivery).await;
    let bought = w.bought(&token, &order, "key-00000001").await;
    let created = |o: &OrderView| o.delivery.as_ref().is_some_and(|d| d.state == DeliveryState::Created);
    let delivery = w.until_order(&token, &bought, created).await.delivery.unwrap().delivery;
    (bought, delivery, sku, token)
}

fn stands(state: DeliveryState) -> impl Fn(&OrderView) -> bool {
    move |o| o.delivery.as_ref().is_some_and(|d| d.state == state)
}

async fn troubles(w: &World) -> Vec<String> {
    let seen: Exceptions = w.get("/api/v1/hq/exceptions", &w.staff("admin").await).await.ok();
    seen.overdue.into_iter().filter(|o| o.what == "rider").map(|o| o.state).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn given_goods_that_a_rider_brings_back_when_told_then_the_money_goes_back_nothing_is_posted_and_hq_is_told() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh02");
    let (bought, delivery, sku, token) = under_way(&w, &store).await;
    let before = w.stock(&store.shelf(), &sku).await;
    let books: HqSettlement = w.get("/api/v1/hq/settlement", &w.staff("admin").await).await.ok();
    w.rider(delivery.as_str(), 50000).await;
    w.until_order(&token, &bought, |o| o.card.state == OrderState::Delivering).await;
    w.rider(delivery.as_str(), 90000).await;
    let odd = w.until_order(&token, &bought, stands(DeliveryState::Abnormal)).await;
    assert!(odd.delivery.unwrap().trouble.is_none(), "what the staff should do is not the customer's matter");
    assert_eq!(troubles(&w).await, ["平台报告配送异常，请联系骑手或平台"]);
    w.rider(delivery.as_str(), 70000).await;
    let back = w.until_order(&token, &bought, |o| o.card.state == OrderState::Refunded).await;
    assert_eq!(back.delivery.unwrap().state, DeliveryState::Returned);
    assert!(troubles(&w).await[0].contains("送回门店"));
    let (clerk, seen) = (w.staff("sh02-clerk").await, format!("/api/v1/stores/{store}/orders/{bought}/rider"));
    w.post(&seen, &clerk, &json!({"note": " "})).await.refused(400, "bad_request");
    let view: OrderView = w.post(&seen, &clerk, &json!({"note": "商品完好，已办退货入库"})).await.ok();
    assert!(view.delivery.unwrap().trouble.is_none() && troubles(&w).await.is_empty(), "until somebody has seen to it");
    assert_eq!(w.stock(&store.shelf(), &sku).await.on_hand, before.on_hand - 2, "whoever counts them takes them in");
    let after: HqSettlement = w.get("/api/v1/hq/settlement", &w.staff("admin").await).await.ok();
    assert_eq!(serde_json::to_value(books).unwrap(), serde_json::to_value(after).unwrap(), "nothing is posted");
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_riders_who_change_when_told_then_the_last_one_counts_and_there_is_one_delivery() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh02");
    let (bought, delivery, _, token) = under_way(&w, &store).await;
    let rides = |rider: &'static str| move |o: &OrderView| o.delivery.as_ref().is_some_and(|d| d.rider.as_deref() == Some(rider));
    for (first, second) in [(30000, 30000), (40000, 40000), (40000, 30000)] {
        for (number, rider) in [(first, "王师傅"), (second, "李师傅")] {
            w.ride(delivery.as_str(), json!({"order_status": number, "rider": rider})).await;
            w.until_order(&token, &bought, rides(rider)).await;
        }
    }
    w.rider(delivery.as_str(), 60000).await;
    let again = w.until_order(&token, &bought, stands(DeliveryState::Created)).await;
    assert!(again.delivery.unwrap().rider.is_none(), "nobody is on his way");
    w.ride(delivery.as_str(), json!({"order_status": 80000})).await;
    for _ in 0..100 {
        if !troubles(&w).await.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(troubles(&w).await, ["平台发来未知的配送状态 80000"]);
    w.ride(delivery.as_str(), json!({"order_status": 30000, "rider": "王师傅"})).await;
    w.until_order(&token, &bought, rides("王师傅")).await;
    assert!(troubles(&w).await.is_empty(), "known again");
    for (number, rider) in [(50000, "王师傅"), (50000, "李师傅")] {
        w.ride(delivery.as_str(), json!({"order_status": number, "rider": rider})).await;
        w.until_order(&token, &bought, rides(rider)).await;
    }
    w.rider(delivery.as_str(), 70000).await;
    let done = w.until_order(&token, &bought, |o| o.card.state == OrderState::Completed).await.delivery.unwrap();
    assert_eq!((done.attempt, done.rider.as_deref()), (1, Some("李师傅")), "one delivery, and nobody else on his way");
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_rider_whom_nobody_follows_when_the_platform_finds_none_then_it_is_called_off_before_the_next_is_called() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh02");
    let (bought, delivery, _, token) = under_way(&w, &store).await;
    w.rider(delivery.as_str(), 30000).await;
    w.until_order(&token, &bought, stands(DeliveryState::Accepted)).await;
    w.rider(delivery.as_str(), 60000).await;
    w.until_order(&token, &bought, stands(DeliveryState::Created)).await;
    w.stack.app.clock.advance(6 * Timestamp::MINUTE);
    w.sweep().await;
    let next = |o: &OrderView| o.delivery.as_ref().is_some_and(|d| d.attempt == 2 && d.state == DeliveryState::Created);
    for _ in 0..20 {
        w.sweep().await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    w.until_order(&token, &bought, next).await;
    let first = w.stack.app.tables.delivery(&delivery).await.unwrap().unwrap();
    assert!(first.is_closed() && first.state == DeliveryState::Cancelled, "{first:?}");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_platform_that_is_down_when_a_clerk_misses_a_unit_then_it_is_kept_and_never_charged_though_the_rider_leaves_with_the_rest() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh02");
    let (bought, delivery, sku, token) = under_way(&w, &store).await;
    let before = w.stock(&store.shelf(), &sku).await;
    w.rider(delivery.as_str(), 30000).await;
    w.until_order(&token, &bought, stands(DeliveryState::Accepted)).await;
    w.sandbox("faults", &json!({"delivery": {"fail_next": 100_000}})).await;
    let clerk = w.staff("sh02-clerk").await;
    let path = format!("/api/v1/stores/{store}/orders/{bought}/shortfall");
    let told: OrderView = w.post(&path, &clerk, &json!({"lines": [{"sku": sku, "quantity": 1}]})).await.ok();
    assert!(told.shortfall.is_some() && told.delivery.unwrap().calling_off, "kept, and the rider is to be called off");
    w.rider(delivery.as_str(), 50000).await;
    w.until_order(&token, &bought, |o| o.card.state == OrderState::Refunded).await;
    let after = w.stock(&store.shelf(), &sku).await;
    assert_eq!((after.on_hand, after.reserved), (before.on_hand - 1, before.reserved - 2), "one left, one never was there");
    assert_eq!(troubles(&w).await, ["订单因缺货退款，其余商品在骑手手中"]);
    w.sandbox("faults", &json!({"delivery": {}})).await;
    w.rider(delivery.as_str(), 70000).await;
    w.until_order(&token, &bought, stands(DeliveryState::Done)).await;
    assert_eq!(w.order(&token, &bought).await.card.state, OrderState::Refunded);
    assert_eq!(w.stock(&store.shelf(), &sku).await, after);
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_refund_chosen_while_the_platform_is_down_when_it_answers_again_then_the_rider_is_called_off_or_his_goods_are_booked() {
    for leaves in [false, true] {
        let w = World::usual().await;
        let store: StoreId = id("sto_sh02");
        let (bought, delivery, sku, token) = under_way(&w, &store).await;
        let before = w.stock(&store.shelf(), &sku).await;
        w.rider(delivery.as_str(), 30000).await;
        w.until_order(&token, &bought, stands(DeliveryState::Accepted)).await;
        w.sandbox("faults", &json!({"delivery": {"fail_next": 100_000}})).await;
        let clerk = w.staff("sh02-clerk").await;
        let path = format!("/api/v1/stores/{store}/orders/{bought}/shortfall");
        let _: OrderView = w.post(&path, &clerk, &json!({"lines": [{"sku": sku, "quantity": 1}]})).await.ok();
        let _: OrderView = w.post(&format!("/api/v1/orders/{bought}/shortfall"), &token, &json!({"choice": "refund"})).await.ok();
        w.until_order(&token, &bought, |o| o.card.state == OrderState::Refunded).await;
        if leaves {
            w.rider(delivery.as_str(), 50000).await;
            w.until_order(&token, &bought, stands(DeliveryState::Delivering)).await;
            assert_eq!(w.stock(&store.shelf(), &sku).await.on_hand, before.on_hand - 1);
            assert_eq!(troubles(&w).await, ["订单已退款，商品在骑手手中"]);
            w.sandbox("faults", &json!({"delivery": {}})).await;
            w.rider(delivery.as_str(), 70000).await;
            w.until_order(&token, &bought, stands(DeliveryState::Done)).await;
        } else {
            w.sandbox("faults", &json!({"delivery": {}})).await;
            w.stack.app.clock.advance(2 * Timestamp::MINUTE);
            w.sweep().await;
            let over = w.until_order(&token, &bought, stands(DeliveryState::Cancelled)).await.delivery.unwrap();
            assert!(over.attempt == 1 && !over.calling_off);
            assert_eq!(w.stock(&store.shelf(), &sku).await.on_hand, before.on_hand);
            assert!(troubles(&w).await.is_empty());
        }
        assert_eq!(w.order(&token, &bought).await.card.state, OrderState::Refunded);
        w.assert_books().await;
        w.stack.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_call_back_of_another_time_when_it_comes_then_it_is_refused() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh02");
    let (bought, delivery, _, token) = under_way(&w, &store).await;
    w.ride(delivery.as_str(), json!({"order_status": 30000, "at": 1_000_000_000})).await;
    w.ride(delivery.as_str(), json!({"order_status": 40000, "rider": "a&store_order_id=dlv_x-1", "stale": true})).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let seen = w.order(&token, &bought).await.delivery.unwrap();
    assert_eq!((seen.state, seen.rider), (DeliveryState::Created, None));
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_delivery_paid_as_the_store_shuts_when_it_is_promised_for_tomorrow_then_its_rider_is_called_tomorrow() {
    let w = World::usual().await;
    // Opens at six in the evening, shuts at two: ten in the morning and sixteen hours less ten minutes.
    let store: StoreId = id("sto_sh08");
    w.stack.app.clock.advance(15 * Timestamp::HOUR + 50 * Timestamp::MINUTE);
    let sku = w.sku_with(&store, 5, 500).await;
    let token = w.customer("demo-01").await;
    let order = w.order_for(&store, &[(sku, 1)], Fulfilment::Delivery).await;
    let bought = w.bought(&token, &order, "key-00000001").await;
    let promised = w.order(&token, &bought).await.promised_text.unwrap();
    assert!(promised.contains(" 18:"), "{promised}");
    let waits = async || {
        w.sweep().await;
        liandian_functions::flows::orders::deliveries::dispatch(&w.stack.app, &bought, w.stack.app.now()).await.unwrap();
        w.stack.app.tables.order_head(&bought).await.unwrap().unwrap().delivery
    };
    assert_eq!(waits().await, None, "nobody is there to give him anything");
    let due = w.stack.app.tables.order_head(&bought).await.unwrap().unwrap().due.unwrap();
    w.stack.app.clock.advance(15 * Timestamp::HOUR);
    assert_eq!(waits().await, None);
    w.stack.app.clock.advance(due.0 - w.stack.app.now().0);
    w.sweep().await;
    let token = w.customer("demo-01").await;
    w.until_order(&token, &bought, stands(DeliveryState::Created)).await;
    w.stack.stop().await;
}
