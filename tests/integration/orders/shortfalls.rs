//! Goods of a paid order that are not there: the customer is asked, and gets a transfer or the money.

use std::time::Duration;

use liandian_tests::{Wish, World, id};
use liandian_types::{
    DeliveryState, Fulfilment, OrderState, StoreId, Timestamp, TransferState,
    api::{Offer, OrderView, TransferCard, TransferList},
};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn given_a_line_that_is_not_there_when_the_customer_waits_for_a_transfer_then_it_comes_and_the_order_is_collected() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (clerk, token) = (w.staff("sh01-clerk").await, w.customer("demo-01").await);
    let sku = w.sku_with(&store, 20, 900).await;
    let before = w.stock(&store.shelf(), &sku).await;
    let order = w.order_for(&store, &[(sku.clone(), 3)], Fulfilment::Pickup).await;
    let bought = w.bought(&token, &order, "key-00000001").await;
    let path = format!("/api/v1/stores/{store}/orders/{bought}/shortfall");
    let choose = format!("/api/v1/orders/{bought}/shortfall");
    w.post(&choose, &token, &json!({"choice": "refund"})).await.refused(409, "conflict");
    w.post(&path, &clerk, &json!({"lines": []})).await.refused(400, "bad_request");
    w.post(&path, &clerk, &json!({"lines": [{"sku": sku, "quantity": 4}]})).await.refused(400, "bad_request");
    w.post(&path, &clerk, &json!({"lines": [{"sku": "sku_other", "quantity": 1}]})).await.refused(400, "bad_request");
    let foreign = w.staff("sh02-clerk").await;
    w.post(&path.replace("sto_sh01", "sto_sh02"), &foreign, &json!({"lines": [{"sku": sku, "quantity": 1}]})).await.refused(404, "not_found");

    let two = json!({"lines": [{"sku": sku, "quantity": 2}]});
    let told: OrderView = w.post(&path, &clerk, &two).await.ok();
    let again: OrderView = w.post(&path, &clerk, &two).await.ok();
    assert_eq!(told.history.len(), again.history.len(), "said twice is said once");
    assert!(told.shortfall.is_some_and(|s| s.offers.is_empty() && s.lines[0].quantity == 2));
    let asked = w.order(&token, &bought).await;
    let short = asked.shortfall.unwrap();
    let source = short.offers.iter().find_map(|o| if let Offer::Transfer { source, .. } = o { Some(source.clone()) } else { None }).unwrap();
    let free = w.stock(&source, &sku).await;
    // Somebody else's order does not exist.
    let other = w.customer("demo-02").await;
    w.post(&choose, &other, &json!({"choice": "refund"})).await.refused(404, "not_found");
    w.post(&choose, &token, &json!({"choice": "transfer"})).await.refused(400, "bad_request");
    w.post(&choose, &token, &json!({"choice": "transfer", "source": "loc_nowhere"})).await.refused(400, "bad_request");
    w.post(&choose, &token, &json!({"choice": "transfer", "source": store.shelf()})).await.refused(400, "bad_request");
    let waiting: OrderView = w.post(&choose, &token, &json!({"choice": "transfer", "source": source})).await.ok();
    assert_eq!((waiting.card.state, waiting.lines[0].from_transfer), (OrderState::AwaitingTransfer, 2));
    assert!(waiting.shortfall.is_none());
    assert_eq!(w.stock(&source, &sku).await.reserved, free.reserved + 2);
    assert_eq!(w.stock(&store.shelf(), &sku).await.reserved, before.reserved + 1);
    w.post(&choose, &token, &json!({"choice": "refund"})).await.refused(409, "conflict");
    w.assert_books().await;

    // The goods come as with any other transfer.
    let keeper = match source.store() {
        Some(s) => s,
        None => w.stack.app.tables.warehouses().await.unwrap().iter().find(|l| l.location == source).unwrap().keeper.clone(),
    };
    let sender = w.staff(&format!("{}-clerk", keeper.as_str().trim_start_matches("sto_"))).await;
    let list: TransferList = w.get(&format!("/api/v1/stores/{keeper}/transfers"), &sender).await.ok();
    let t = list.outgoing.iter().find(|t| t.order.as_ref() == Some(&bought)).unwrap();
    assert_eq!(t.state, TransferState::Requested, "asked at once: it is paid");
    for step in ["accept", "pack", "send"] {
        let _: TransferCard = w.post(&format!("/api/v1/stores/{keeper}/transfers/{}/steps", t.transfer), &sender, &json!({"step": step})).await.ok();
    }
    let _: TransferCard = w.post(&format!("/api/v1/stores/{store}/transfers/{}/steps", t.transfer), &clerk, &json!({"step": "receive"})).await.ok();
    let ready = w.until_order(&token, &bought, |o| o.card.state == OrderState::Ready).await;
    // A second time another source may send it, but not the one that did.
    let _: OrderView = w.post(&path, &clerk, &json!({"lines": [{"sku": sku, "quantity": 1}]})).await.ok();
    let short = w.order(&token, &bought).await.shortfall.unwrap();
    assert!(short.offers.iter().all(|o| !matches!(o, Offer::Transfer { source: s, .. } if *s == source)));
    assert!(short.keep_refund.is_some(), "two of three are there");
    // Found after all: the clerk hands it over.
    let asked = w.post(&format!("/api/v1/stores/{store}/pickups"), &clerk, &json!({"code": ready.pickup_code})).await.refused(409, "ask_first");
    assert!(asked["detail"].as_str().is_some_and(|d| d.contains("缺货 1 件")), "{asked}");
    let done: OrderView = w.post(&format!("/api/v1/stores/{store}/pickups"), &clerk, &json!({"code": ready.pickup_code, "sure": true})).await.ok();
    assert_eq!((done.card.state, done.shortfall), (OrderState::Completed, None));
    assert_eq!(w.stock(&store.shelf(), &sku).await.on_hand, before.on_hand + 2 - 3);
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_delivery_that_lacks_goods_when_nobody_chooses_then_the_rider_is_called_off_and_the_money_goes_back() {
    let w = World::start(Wish { minute: Duration::from_millis(300), ..Wish::default() }).await;
    let store: StoreId = id("sto_sh01");
    let (clerk, token) = (w.staff("sh01-clerk").await, w.customer("demo-01").await);
    let sku = w.sku_with(&store, 20, 900).await;
    let before = w.stock(&store.shelf(), &sku).await;
    let order = w.order_for(&store, &[(sku.clone(), 2)], Fulfilment::Delivery).await;
    let bought = w.bought(&token, &order, "key-00000001").await;
    w.until_order(&token, &bought, |o| o.delivery.as_ref().is_some_and(|d| d.state == DeliveryState::Created)).await;
    let path = format!("/api/v1/stores/{store}/orders/{bought}/shortfall");
    let told: OrderView = w.post(&path, &clerk, &json!({"lines": [{"sku": sku, "quantity": 2}]})).await.ok();
    assert_eq!(told.delivery.unwrap().state, DeliveryState::Cancelled, "no rider waits for goods that are not there");
    w.stack.app.clock.advance(29 * Timestamp::MINUTE);
    w.sweep().await;
    let asked = w.order(&token, &bought).await;
    assert_eq!((asked.card.state, asked.delivery.unwrap().attempt), (OrderState::Preparing, 1), "nor is another one called");
    w.stack.app.clock.advance(2 * Timestamp::MINUTE);
    w.sweep().await;
    w.until_order(&token, &bought, |o| o.card.state == OrderState::Refunded).await;
    assert_eq!(w.stock(&store.shelf(), &sku).await, before);
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_goods_that_were_missing_when_they_are_found_then_the_customers_days_begin_anew() {
    let w = World::start(Wish { minute: Duration::from_millis(300), ..Wish::default() }).await;
    let store: StoreId = id("sto_sh01");
    let (clerk, token) = (w.staff("sh01-clerk").await, w.customer("demo-01").await);
    let sku = w.sku_with(&store, 20, 900).await;
    let order = w.order_for(&store, &[(sku.clone(), 2)], Fulfilment::Pickup).await;
    let bought = w.bought(&token, &order, "key-00000001").await;
    let path = format!("/api/v1/stores/{store}/orders/{bought}");
    let _: OrderView = w.post(&format!("{path}/shortfall"), &clerk, &json!({"lines": [{"sku": sku, "quantity": 1}]})).await.ok();
    assert!(w.order(&token, &bought).await.pick_up_by_text.is_none(), "who has to choose has nothing to collect");
    w.stack.app.clock.advance(20 * Timestamp::MINUTE);
    let clerk = w.staff("sh01-clerk").await;
    let found: OrderView = w.post(&format!("{path}/ready"), &clerk, &json!({})).await.ok();
    assert_eq!((found.card.state, found.shortfall), (OrderState::Ready, None));
    assert!(w.order(&token, &bought).await.pick_up_by_text.is_some());
    // The half hour in which the customer was to choose is long over.
    w.stack.app.clock.advance(2 * Timestamp::DAY);
    w.sweep().await;
    let token = w.customer("demo-01").await;
    let waits = w.order(&token, &bought).await;
    assert_eq!(waits.card.state, OrderState::Ready);
    let clerk = w.staff("sh01-clerk").await;
    let done: OrderView = w.post(&format!("/api/v1/stores/{store}/pickups"), &clerk, &json!({"code": waits.pickup_code})).await.ok();
    assert_eq!(done.card.state, OrderState::Completed);
    w.assert_books().await;
    w.stack.stop().await;
}
