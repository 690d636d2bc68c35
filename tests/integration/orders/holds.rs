//! What a member's unpaid orders may hold back from others.

use liandian_functions::{
    http::{Call, Caller},
    routes::orders::place,
};
use liandian_store::meter::measured;
use liandian_tests::{World, cart, id, second_engine};
use liandian_types::{
    Fulfilment, OrderState, StoreId, Timestamp,
    api::{ChainPolicies, OrderView, PlaceOrder, PlacedOrder, Quote},
};
use reqwest::Method;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn given_fifty_orders_of_one_member_at_one_instant_when_placed_then_exactly_five_stand_and_the_others_are_told_why() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let sku = w.sku_with(&store, 60, 900).await;
    let before = w.stock(&store.shelf(), &sku).await;
    let token = w.customer("demo-01").await;
    let order = w.order_for(&store, &[(sku.clone(), 1)], Fulfilment::Pickup).await;
    let answers = futures::future::join_all((0..50).map(|n| {
        let (w, token, order) = (&w, &token, &order);
        async move { w.place(token, order, &format!("key-at-once-{n:02}")).await }
    }))
    .await;
    let (stand, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|a| a.status.is_success());
    assert_eq!(stand.len(), 5);
    for r in refused {
        let p = r.refused(409, "unpaid_limit");
        assert!(p["detail"].as_str().unwrap().contains("5 笔"), "{p}");
    }
    assert_eq!(w.stock(&store.shelf(), &sku).await.reserved, before.reserved + 5);
    w.assert_books().await;
    // One that is paid holds nothing any more, whatever an index says; one that is placed again under its key is the same.
    let first: PlacedOrder = stand.into_iter().next().unwrap().ok();
    w.pay(&token, &first.order).await;
    w.until_order(&token, &first.order, |o| o.card.state == OrderState::Preparing).await;
    let _: PlacedOrder = w.place(&token, &order, "key-after-1").await.ok();
    w.place(&token, &order, "key-after-2").await.refused(409, "unpaid_limit");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_orders_that_are_never_paid_when_more_are_placed_then_the_wait_grows_and_says_how_long() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let sku = w.sku_with(&store, 5, 500).await;
    let token = w.customer("demo-01").await;
    let order = w.order_for(&store, &[(sku.clone(), 1)], Fulfilment::Pickup).await;
    let place_and_cancel = async |n: u32| {
        let placed: PlacedOrder = w.place(&token, &order, &format!("key-lapse-{n}")).await.ok();
        let closed: OrderView = w.post(&format!("/api/v1/orders/{}/cancel", placed.order), &token, &json!({})).await.ok();
        assert_eq!(closed.card.state, OrderState::Closed);
    };
    for n in 0..3 {
        place_and_cancel(n).await;
    }
    let said = w.place(&token, &order, "key-too-soon").await.refused(409, "unpaid_limit");
    let wait = said["retry_after_s"].as_i64().unwrap();
    assert!((1..=60).contains(&wait), "{said}");
    assert!(said["detail"].as_str().unwrap().contains("3 笔"), "{said}");
    let other = w.customer("demo-02").await;
    let _: PlacedOrder = w.place(&other, &order, "key-of-another").await.ok();
    w.stack.app.clock.advance(Timestamp::MINUTE);
    place_and_cancel(3).await;
    let said = w.place(&token, &order, "key-too-soon-2").await.refused(409, "unpaid_limit");
    assert!((240..=300).contains(&said["retry_after_s"].as_i64().unwrap()), "the second wait is five minutes: {said}");
    // HQ decides whether anybody waits.
    let admin = w.staff("admin").await;
    let policies: ChainPolicies = w.get("/api/v1/hq/policies", &admin).await.ok();
    let kind = ChainPolicies { unpaid_wait: 0, ..policies };
    let _: ChainPolicies = w.call(Method::PUT, "/api/v1/hq/policies", &admin, Some(&kind)).await.ok();
    let _: PlacedOrder = w.place(&token, &order, "key-no-wait").await.ok();
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_two_tabs_of_one_cart_when_both_place_it_then_the_second_is_led_to_the_first_order_unless_it_means_another() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (a, b) = (w.sku_with(&store, 10, 500).await, w.sku_with(&store, 40, 900).await);
    let token = w.customer("demo-01").await;
    let lines = if a == b { vec![(a.clone(), 1)] } else { vec![(a.clone(), 1), (b, 2)] };
    let order = PlaceOrder { again: false, ..w.order_for(&store, &lines, Fulfilment::Pickup).await };
    let before = w.stock(&store.shelf(), &a).await;
    let (one, two) = futures::join!(w.place(&token, &order, "key-tab-one"), w.place(&token, &order, "key-tab-two"));
    let (first, second) = if one.status.is_success() { (one, two) } else { (two, one) };
    let first: PlacedOrder = first.ok();
    let said = second.refused(409, "already_placed");
    assert_eq!(said["order"], json!(first.order));
    assert_eq!(w.stock(&store.shelf(), &a).await.reserved, before.reserved + 1);
    let meant = PlaceOrder { again: true, ..order.clone() };
    let again: PlacedOrder = w.place(&token, &meant, "key-on-purpose").await.ok();
    assert_ne!(again.order, first.order);
    // What is paid is nobody's second tab any more.
    for placed in [&first, &again] {
        w.pay(&token, &placed.order).await;
        w.until_order(&token, &placed.order, |o| o.card.state == OrderState::Preparing).await;
    }
    let _: PlacedOrder = w.place(&token, &order, "key-next-day").await.ok();
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_shelf_when_one_member_wants_most_of_it_then_hq_decides_how_much_may_wait_for_payment() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let sku = w.sku_with(&store, 24, 300).await;
    let token = w.customer("demo-01").await;
    let free = w.stock(&store.shelf(), &sku).await.available();
    let order = async |n: u32| w.order_for(&store, &[(sku.clone(), n)], Fulfilment::Pickup).await;
    let policies: ChainPolicies = w.get("/api/v1/hq/policies", &w.staff("admin").await).await.ok();
    let half = free * policies.shelf_percent / 100;
    let said = w.place(&token, &order(half + 1).await, "key-too-much").await.refused(409, "quantity_limit");
    assert!(said["detail"].as_str().unwrap().contains(&format!("{half} 件")), "{said}");
    let _: PlacedOrder = w.place(&token, &order(half - 1).await, "key-nearly-half").await.ok();
    let _: PlacedOrder = w.place(&token, &order(1).await, "key-half").await.ok();
    w.place(&token, &order(1).await, "key-one-more").await.refused(409, "quantity_limit");
    let _: PlacedOrder = w.place(&w.customer("demo-02").await, &order(1).await, "key-of-another").await.ok();
    // What no order may have is said by the quote already.
    let most = policies.order_sku_units;
    let ask = json!({"store": store, "lines": cart(&[(sku.clone(), most + 1)]), "fulfilment": "pickup"});
    let quote: Quote = w.post("/api/v1/quotes", "", &ask).await.ok();
    let refusal = quote.refusal.unwrap();
    assert_eq!((refusal.code, refusal.field.as_deref()), (liandian_types::Code::QuantityLimit, Some("lines[0].quantity")));
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_three_lines_when_one_order_after_the_other_is_placed_then_each_stays_within_its_budget() {
    // What a request costs is the embedded engine's word.
    if second_engine().is_some() {
        return;
    }
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let lines: Vec<_> = w.skus_with(&store, 20, 900, 3).await.into_iter().map(|s| (s, 1)).collect();
    let order = w.order_for(&store, &lines, Fulfilment::Pickup).await;
    let _ = w.customer("demo-01").await;
    for n in 0..5 {
        let call = Call {
            method: "POST".into(),
            caller: Caller::Member(id("mem_demo-01")),
            path: Default::default(),
            query: Default::default(),
            headers: [("idempotency-key".to_owned(), format!("key-cost-{n}"))].into(),
            body: serde_json::to_vec(&order).unwrap(),
            client: "192.0.2.1".into(),
            now: w.stack.app.now(),
        };
        let (done, usage) = measured(place::handle(w.stack.app.clone(), call)).await;
        done.unwrap();
        println!("order {n} of one member: {usage:?}");
        assert_eq!(usage.requests, 3, "two reads side by side, one transaction: {usage:?}");
        assert!(usage.read_units <= 8.0 && usage.write_units <= 24.0, "order {n} of one member: {usage:?}");
    }
    w.stack.stop().await;
}
