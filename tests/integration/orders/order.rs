//! An order's life, and what may go wrong in it.

use std::time::Duration;

use liandian_tests::{Wish, World, fen, id, ordered};
use liandian_types::{
    Fulfilment, OrderState, StoreId, Timestamp,
    api::{Exceptions, OrderList, OrderView, PaymentCheck, PlaceOrder, PlacedOrder, SettlementView},
};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn given_a_joint_store_when_an_order_is_bought_and_picked_up_then_stock_and_shares_are_exact_and_once() {
    let w = World::usual().await;
    let stores = w.stack.app.tables.directory().await.unwrap();
    let joint = stores.iter().find(|s| s.rule == "joint-15/1" && s.status == liandian_types::StoreStatus::Open).unwrap();
    let (store, shelf) = (joint.store.clone(), joint.store.shelf());
    let skus = w.skus_with(&store, 5, 500, 3).await;
    let lines: Vec<_> = skus.iter().cloned().zip([1, 2, 3]).collect();
    let before = w.stock(&shelf, &skus[1]).await;
    let token = w.customer("demo-01").await;
    let order = w.order_for(&store, &lines, Fulfilment::Pickup).await;

    // WHEN it is placed, twice under one key
    let placed: PlacedOrder = w.place(&token, &order, "key-00000001").await.ok();
    let again: PlacedOrder = w.place(&token, &order, "key-00000001").await.ok();
    assert_eq!(placed, again);
    let other = PlaceOrder { lines: ordered(&lines[..2]), ..order.clone() };
    w.place(&token, &other, "key-00000001").await.refused(422, "idempotency_mismatch");
    assert_eq!(w.stock(&shelf, &skus[1]).await.reserved, before.reserved + 2);
    let view = w.order(&token, &placed.order).await;
    assert_eq!((view.card.state, view.pickup_code.clone()), (OrderState::Placed, None));

    // WHEN it is paid, and the provider tells it twice
    w.pay(&token, &placed.order).await;
    let view = w.until_order(&token, &placed.order, |o| o.card.state == OrderState::Preparing).await;
    let code = view.pickup_code.unwrap();
    w.sandbox(&format!("notify/{}", placed.order), &json!({})).await;

    // THEN the store sees it, and hands it over once, and only there
    let clerk = w.staff(&format!("{}-clerk", store.as_str().trim_start_matches("sto_"))).await;
    let list: OrderList = w.get(&format!("/api/v1/stores/{store}/orders"), &clerk).await.ok();
    assert!(list.orders.iter().any(|o| o.order == placed.order));
    let ready: OrderView = w.post(&format!("/api/v1/stores/{store}/orders/{}/ready", placed.order), &clerk, &json!({})).await.ok();
    assert_eq!((ready.card.state, ready.pickup_code), (OrderState::Ready, None));
    let foreign = stores.iter().find(|s| s.store != store).unwrap().store.clone();
    let foreigner = w.staff(&format!("{}-clerk", foreign.as_str().trim_start_matches("sto_"))).await;
    w.post(&format!("/api/v1/stores/{foreign}/pickups"), &foreigner, &json!({"code": code})).await.refused(404, "not_found");
    w.post(&format!("/api/v1/stores/{store}/pickups"), &foreigner, &json!({"code": code})).await.refused(404, "not_found");
    w.post(&format!("/api/v1/stores/{store}/pickups"), &clerk, &json!({"code": "0000000000"})).await.refused(404, "not_found");
    let done: OrderView =
        w.post(&format!("/api/v1/stores/{store}/pickups"), &clerk, &json!({"code": format!("LD:{}:{code}", placed.order)})).await.ok();
    assert_eq!(done.card.state, OrderState::Completed);
    let said = w.post(&format!("/api/v1/stores/{store}/pickups"), &clerk, &json!({"code": code})).await.refused(409, "conflict");
    let name = w.stack.app.tables.staff(&format!("{}-clerk", store.as_str().trim_start_matches("sto_"))).await.unwrap().unwrap().name;
    let detail = said["detail"].as_str().unwrap();
    assert!(detail.contains(&name) && detail.contains("核销"), "by whom: {detail}");

    // THEN the goods have left the shelf, and the shares add up: 15 % to HQ, 85 % to the store
    let after = w.stock(&shelf, &skus[1]).await;
    assert_eq!((after.on_hand, after.reserved), (before.on_hand - 2, before.reserved));
    w.assert_books().await;
    let manager = w.staff(&format!("{}-manager", store.as_str().trim_start_matches("sto_"))).await;
    let settled = until(|| async {
        let s: SettlementView = w.get(&format!("/api/v1/stores/{store}/settlement"), &manager).await.ok();
        (s.orders == 1).then_some(s)
    })
    .await;
    assert_eq!((settled.gross, settled.hq + settled.stores), (placed.total, placed.total));
    assert!((settled.hq.0 * 100 - placed.total.0 * 15).abs() < 100, "{settled:?}");
    assert_eq!(settled.postings[0].entries.iter().map(|e| e.amount).sum::<liandian_types::Fen>(), fen(0));
    w.sandbox(&format!("notify/{}", placed.order), &json!({})).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let once: SettlementView = w.get(&format!("/api/v1/stores/{store}/settlement"), &manager).await.ok();
    assert_eq!(once.orders, 1);
    w.stack.stop().await;
}

pub(crate) async fn until<T, F: Future<Output = Option<T>>>(mut look: impl FnMut() -> F) -> T {
    for _ in 0..400 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("did not become true within 20 s")
}

#[tokio::test(flavor = "multi_thread")]
async fn given_too_little_stock_when_placed_then_the_refusal_names_what_is_left_and_nothing_changes() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (plenty, few) = (w.sku_with(&store, 10, 500).await, w.sku_with(&store, 1, 3).await);
    let left = w.stock(&store.shelf(), &few).await;
    let token = w.customer("demo-01").await;
    let order = w.order_for(&store, &[(plenty.clone(), 2), (few.clone(), left.available() + 1)], Fulfilment::Pickup).await;
    let before = w.stock(&store.shelf(), &plenty).await;
    let problem = w.place(&token, &order, "key-00000001").await.refused(409, "sold_out");
    assert_eq!(problem["lines"], json!([{"sku": few, "wanted": left.available() + 1, "left": left.available()}]));
    assert_eq!(w.stock(&store.shelf(), &plenty).await, before);
    // A refusal is not remembered: the same key works once the cart fits.
    let order = w.order_for(&store, &[(plenty, 2), (few.clone(), left.available())], Fulfilment::Pickup).await;
    let _: PlacedOrder = w.place(&token, &order, "key-00000001").await.ok();
    assert_eq!(w.stock(&store.shelf(), &few).await.available(), 0);
    let mut dearer = order.clone();
    dearer.expect_total = fen(1);
    w.place(&token, &dearer, "key-00000002").await.refused(409, "price_changed");
    // One line dearer and another cheaper: the sum is the same, the goods are not.
    let (mut turned, prices) = (order.clone(), order.expect_prices.clone());
    turned.expect_prices = vec![fen(prices[0].0 + 1), fen(prices[1].0 - 1)];
    assert_eq!(w.place(&token, &turned, "key-00000003").await.refused(409, "price_changed")["field"], "expect_prices");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_an_unpaid_order_when_its_window_ends_then_it_is_closed_at_the_provider_first_and_its_stock_is_free() {
    let w = World::start(Wish { minute: Duration::from_millis(300), ..Wish::default() }).await;
    let store: StoreId = id("sto_sh01");
    let sku = w.sku_with(&store, 5, 500).await;
    let token = w.customer("demo-01").await;
    let before = w.stock(&store.shelf(), &sku).await;
    let order = w.order_for(&store, &[(sku.clone(), 2)], Fulfilment::Pickup).await;
    let unpaid: PlacedOrder = w.place(&token, &order, "key-00000001").await.ok();
    let paid_unheard: PlacedOrder = w.place(&token, &order, "key-00000002").await.ok();
    // One customer starts to pay and goes away; another pays, and the provider's call-backs are lost on the way.
    let _: Value = w.post(&format!("/api/v1/orders/{}/payment", unpaid.order), &token, &json!({})).await.ok();
    let prepaid: Value = w.post(&format!("/api/v1/orders/{}/payment", paid_unheard.order), &token, &json!({})).await.ok();
    w.sandbox("faults", &json!({"payment": {"lose_next": 20}})).await;
    w.sandbox("pay", &json!({"prepay_id": prepaid["prepay_id"]})).await;

    w.stack.app.clock.advance(17 * Timestamp::MINUTE);
    w.until_order(&token, &unpaid.order, |o| o.card.state == OrderState::Closed).await;
    w.until_order(&token, &paid_unheard.order, |o| o.card.state == OrderState::Preparing).await;
    assert_eq!(w.stock(&store.shelf(), &sku).await.reserved, before.reserved + 2);
    // Closed there, too: nobody can pay it any more.
    w.post(&format!("/api/v1/orders/{}/payment", unpaid.order), &token, &json!({})).await.refused(409, "conflict");
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_an_order_when_its_customer_cancels_then_stock_is_free_and_what_was_paid_goes_back_once_until_it_is_put_together() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let sku = w.sku_with(&store, 5, 500).await;
    let token = w.customer("demo-02").await;
    let before = w.stock(&store.shelf(), &sku).await;
    let order = w.order_for(&store, &[(sku.clone(), 2)], Fulfilment::Pickup).await;
    let placed: PlacedOrder = w.place(&token, &order, "key-00000001").await.ok();
    let stranger = w.customer("demo-03").await;
    w.post(&format!("/api/v1/orders/{}/cancel", placed.order), &stranger, &json!({})).await.refused(404, "not_found");
    let closed: OrderView = w.post(&format!("/api/v1/orders/{}/cancel", placed.order), &token, &json!({})).await.ok();
    assert_eq!(closed.card.state, OrderState::Closed);
    assert_eq!(w.stock(&store.shelf(), &sku).await, before);
    let bought = w.bought(&token, &order, "key-00000002").await;
    let paid = w.until_order(&token, &bought, |o| o.card.state == OrderState::Preparing).await;
    assert!(paid.may_cancel);
    let cancel = format!("/api/v1/orders/{bought}/cancel");
    let asked = w.post(&cancel, &token, &json!({})).await.refused(409, "ask_first");
    assert_eq!(asked["field"], "sure", "it may have been paid since it was shown");
    w.post(&cancel, &stranger, &json!({"sure": true})).await.refused(404, "not_found");
    // Two taps are one refund.
    let (sure, yes) = (cancel.clone(), json!({"sure": true}));
    let (one, two) = futures::join!(w.post(&sure, &token, &yes), w.post(&sure, &token, &yes));
    let (one, two): (OrderView, OrderView) = (one.ok(), two.ok());
    assert!(!one.may_cancel && !two.may_cancel && one.card.state != OrderState::Preparing);
    let back = w.until_order(&token, &bought, |o| o.card.state == OrderState::Refunded).await;
    assert_eq!(back.history.iter().filter(|h| h.text.contains("顾客已取消订单")).count(), 1, "{:?}", back.history);
    let _: OrderView = w.post(&cancel, &token, &yes).await.ok();
    assert_eq!(w.stock(&store.shelf(), &sku).await, before);
    // What the store has put together is the store's to call off.
    let bought = w.bought(&token, &order, "key-00000003").await;
    w.until_order(&token, &bought, |o| o.card.state == OrderState::Preparing).await;
    let clerk = w.staff("sh01-clerk").await;
    let ready: OrderView = w.post(&format!("/api/v1/stores/{store}/orders/{bought}/ready"), &clerk, &json!({})).await.ok();
    assert!(!ready.may_cancel);
    let late = w.post(&format!("/api/v1/orders/{bought}/cancel"), &token, &yes).await.refused(409, "conflict");
    assert!(late["detail"].as_str().is_some_and(|d| d.contains("请联系门店")), "{late}");
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_completed_order_when_the_after_sale_window_is_over_then_it_is_settled() {
    let w = World::start(Wish { minute: Duration::from_millis(300), ..Wish::default() }).await;
    let store: StoreId = id("sto_sh01");
    let sku = w.sku_with(&store, 5, 500).await;
    let token = w.customer("demo-01").await;
    let order = w.order_for(&store, &[(sku, 1)], Fulfilment::Pickup).await;
    let bought = w.bought(&token, &order, "key-00000001").await;
    let code = w.order(&token, &bought).await.pickup_code.unwrap();
    let clerk = w.staff("sh01-clerk").await;
    // Nobody has marked it ready: whoever hands it over is asked first, and nothing has happened by then.
    let path = format!("/api/v1/stores/{store}/pickups");
    let asked = w.post(&path, &clerk, &json!({"code": code})).await.refused(409, "ask_first");
    assert!(asked["field"] == "sure" && asked["detail"].as_str().is_some_and(|d| d.contains("还在备货")), "{asked}");
    assert_eq!(w.order(&token, &bought).await.card.state, OrderState::Preparing);
    let _: OrderView = w.post(&path, &clerk, &json!({"code": code, "sure": true})).await.ok();
    // What is done is found again by its short code, by its pickup code and by its day; not by what is not its own, and not in another store.
    let found = async |query: &str| {
        let list: OrderList = w.get(&format!("/api/v1/stores/{store}/orders?{query}"), &clerk).await.ok();
        list.orders.iter().any(|o| o.order == bought)
    };
    let short = &bought.as_str()[bought.as_str().len() - 4..];
    let today = liandian_domain::stores::hours::day(w.stack.app.now(), liandian_domain::stores::hours::CHINA);
    assert!(found(&format!("q={short}")).await && found(&format!("q={code}")).await && found(&format!("date={today}")).await);
    assert!(found("state=completed").await);
    assert!(!found("q=zzzz").await && !found("date=2020-01-01").await && !found(&format!("date=2020-01-01&q={short}")).await);
    w.get(&format!("/api/v1/stores/{store}/orders?date=2026-02-30"), &clerk).await.refused(400, "bad_request");
    w.stack.app.clock.advance(7 * Timestamp::DAY + Timestamp::MINUTE);
    let token = w.customer("demo-01").await;
    w.until_order(&token, &bought, |o| o.card.state == OrderState::Settled).await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_ready_order_that_nobody_collects_when_its_days_are_over_then_its_goods_are_free_and_its_money_goes_back() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let sku = w.sku_with(&store, 5, 500).await;
    let before = w.stock(&store.shelf(), &sku).await;
    let token = w.customer("demo-01").await;
    let order = w.order_for(&store, &[(sku.clone(), 2)], Fulfilment::Pickup).await;
    let bought = w.bought(&token, &order, "key-00000001").await;
    let clerk = w.staff("sh01-clerk").await;
    let _: OrderView = w.post(&format!("/api/v1/stores/{store}/orders/{bought}/ready"), &clerk, &json!({})).await.ok();
    w.stack.app.clock.advance(3 * Timestamp::DAY - Timestamp::MINUTE);
    w.sweep().await;
    let token = w.customer("demo-01").await;
    assert_eq!(w.order(&token, &bought).await.card.state, OrderState::Ready, "not before its days are over");
    w.stack.app.clock.advance(2 * Timestamp::MINUTE);
    w.sweep().await;
    let back = w.until_order(&token, &bought, |o| o.card.state == OrderState::Refunded).await;
    assert!(back.history.iter().any(|h| h.text.contains("超时未取货")), "{:?}", back.history);
    assert_eq!(w.stock(&store.shelf(), &sku).await, before);
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_unpaid_orders_when_one_more_than_five_is_placed_then_it_is_refused_until_one_is_cancelled() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let sku = w.sku_with(&store, 10, 500).await;
    let token = w.customer("demo-01").await;
    let order = w.order_for(&store, &[(sku.clone(), 1)], Fulfilment::Pickup).await;
    let mut placed = Vec::new();
    for i in 0..5 {
        let p: PlacedOrder = w.place(&token, &order, &format!("key-unpaid-{i}")).await.ok();
        placed.push(p.order);
    }
    let held = w.stock(&store.shelf(), &sku).await;
    w.place(&token, &order, "key-unpaid-5").await.refused(409, "unpaid_limit");
    assert_eq!(w.stock(&store.shelf(), &sku).await, held);
    let again: PlacedOrder = w.place(&token, &order, "key-unpaid-4").await.ok();
    assert_eq!(again.order, placed[4], "what was placed is told again, limit or not");
    let _: OrderView = w.post(&format!("/api/v1/orders/{}/cancel", placed[0]), &token, &json!({})).await.ok();
    let _: PlacedOrder = w.place(&token, &order, "key-unpaid-6").await.ok();
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_two_clerks_with_one_code_when_both_type_it_at_once_then_one_hands_over_and_the_other_is_told_by_whom_and_when() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let sku = w.sku_with(&store, 40, 900).await;
    let (clerk, manager) = (w.staff("sh01-clerk").await, w.staff("sh01-manager").await);
    let token = w.customer("demo-01").await;
    let order = w.order_for(&store, &[(sku, 1)], Fulfilment::Pickup).await;
    for n in 0..12 {
        let bought = w.bought(&token, &order, &format!("key-clerks-{n}")).await;
        let code = json!({"code": w.order(&token, &bought).await.pickup_code.unwrap(), "sure": true});
        let path = format!("/api/v1/stores/{store}/pickups");
        let (one, two) = futures::join!(w.post(&path, &clerk, &code), w.post(&path, &manager, &code));
        let (first, second) = if one.status.is_success() { (one, two) } else { (two, one) };
        let _: OrderView = first.ok();
        let said = second.refused(409, "conflict");
        let detail = said["detail"].as_str().unwrap();
        assert!(detail.contains("核销") && detail.contains(':'), "{detail}");
    }
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_paid_order_when_a_second_payment_comes_then_it_goes_back_once_and_customer_and_hq_are_told_whatever_the_order_stands_at() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let sku = w.sku_with(&store, 5, 500).await;
    let token = w.customer("demo-01").await;
    let order = w.order_for(&store, &[(sku.clone(), 1)], Fulfilment::Pickup).await;
    let bought = w.bought(&token, &order, "key-00000001").await;
    // A second transaction of another amount, whose refund takes a while and whose notify comes more than once.
    w.sandbox("faults", &json!({"payment": {"refund_processing_next": 1, "duplicate_next": 1}})).await;
    let again = w.sandbox(&format!("pay/{bought}/again?total=1234"), &json!({})).await;
    let transaction = again["transaction_id"].as_str().unwrap();
    w.until_order(&token, &bought, |o| o.history.iter().any(|h| h.text.contains("收到一笔重复付款 ¥12.34"))).await;
    w.sandbox(&format!("notify/{bought}?times=2&transaction_id={transaction}"), &json!({})).await;
    // The queue holds what failed for a minute; the sweeper does not wait for it.
    w.stack.app.clock.advance(3 * Timestamp::MINUTE);
    w.sweep().await;
    let token = w.customer("demo-01").await;
    let view = w.until_order(&token, &bought, |o| o.history.iter().any(|h| h.text == "重复付款 ¥12.34 已原路退回")).await;
    assert_eq!(view.card.state, OrderState::Preparing, "the order lives on its first payment");
    assert_eq!(view.history.iter().filter(|h| h.text.contains("重复付款")).count(), 2, "{:?}", view.history);
    let refunds: Value = w.http.get(format!("{}/sandbox/refunds/{transaction}", w.stack.sandbox)).send().await.unwrap().json().await.unwrap();
    assert_eq!(refunds, json!([{"out_refund_no": format!("rx-{transaction}"), "amount": 1234}]));
    let seen: Exceptions = w.get("/api/v1/hq/exceptions", &w.staff("admin").await).await.ok();
    let told: Vec<_> = seen.extra.iter().map(|x| (&x.order, x.amount, x.returned_at.is_some())).collect();
    assert_eq!(told, [(&bought, fen(1234), true)]);
    // Who may not see orders does not see their payments.
    let marketing: Exceptions = w.get("/api/v1/hq/exceptions", &w.staff("marketing").await).await.ok();
    assert!(marketing.extra.is_empty());

    // The same for an order that was closed, paid late, and whose money is back.
    let closed: PlacedOrder = w.place(&token, &order, "key-00000002").await.ok();
    let _: Value = w.post(&format!("/api/v1/orders/{}/payment", closed.order), &token, &json!({})).await.ok();
    let _: OrderView = w.post(&format!("/api/v1/orders/{}/cancel", closed.order), &token, &json!({})).await.ok();
    let left = w.stock(&store.shelf(), &sku).await.on_hand;
    let gone = json!({"till": "1", "number": "1", "sold_at": w.stack.app.now(), "lines": [{"sku": sku, "quantity": left}]});
    let _: Value = w.post(&format!("/api/v1/stores/{store}/pos/sales"), &w.till(&store).await, &json!({"sales": [gone]})).await.ok();
    w.sandbox(&format!("pay/{}/again", closed.order), &json!({})).await;
    w.until_order(&token, &closed.order, |o| o.card.state == OrderState::Refunded).await;
    let second = w.sandbox(&format!("pay/{}/again", closed.order), &json!({})).await;
    w.until_order(&token, &closed.order, |o| o.history.iter().any(|h| h.text.starts_with("重复付款") && h.text.ends_with("已原路退回"))).await;
    let second = second["transaction_id"].as_str().unwrap();
    let refunds: Value = w.http.get(format!("{}/sandbox/refunds/{second}", w.stack.sandbox)).send().await.unwrap().json().await.unwrap();
    assert_eq!(refunds.as_array().map(Vec::len), Some(1));
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_rightly_signed_notice_when_it_names_another_currency_merchant_or_app_then_no_order_is_paid_by_it() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let sku = w.sku_with(&store, 5, 500).await;
    let token = w.customer("demo-01").await;
    let order = w.order_for(&store, &[(sku, 1)], Fulfilment::Pickup).await;
    let placed: PlacedOrder = w.place(&token, &order, "key-00000001").await.ok();
    let start: Value = w.post(&format!("/api/v1/orders/{}/payment", placed.order), &token, &json!({})).await.ok();
    // Its own notice is lost; those that come are about somebody else's money.
    w.sandbox("faults", &json!({"payment": {"lose_next": 1}})).await;
    w.sandbox("pay", &json!({"prepay_id": start["prepay_id"]})).await;
    for foreign in ["currency=USD", "mchid=1999999999", "appid=wx0000000000000009"] {
        w.sandbox(&format!("notify/{}?{foreign}", placed.order), &json!({})).await;
    }
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert_eq!(w.order(&token, &placed.order).await.card.state, OrderState::Placed);
    w.sandbox(&format!("notify/{}", placed.order), &json!({})).await;
    w.until_order(&token, &placed.order, |o| o.card.state == OrderState::Preparing).await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_payment_whose_call_back_never_comes_when_its_customer_comes_back_then_the_provider_is_asked_and_the_order_is_paid_at_once() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh02");
    let sku = w.sku_with(&store, 5, 500).await;
    let (token, other) = (w.customer("demo-01").await, w.customer("demo-02").await);
    let order = w.order_for(&store, &[(sku, 1)], Fulfilment::Pickup).await;
    let placed: PlacedOrder = w.place(&token, &order, "key-00000001").await.ok();
    let path = format!("/api/v1/orders/{}/payment/check", placed.order);
    let before: PaymentCheck = w.post(&path, &token, &json!({})).await.ok();
    assert_eq!(before, PaymentCheck { state: OrderState::Placed, paid: false }, "the page's word counts for nothing");
    w.sandbox("faults", &json!({"payment": {"lose_next": 20}})).await;
    w.pay(&token, &placed.order).await;
    w.post(&path, &other, &json!({})).await.refused(404, "not_found");
    for _ in 0..2 {
        let after: PaymentCheck = w.post(&path, &token, &json!({})).await.ok();
        assert_eq!(after, PaymentCheck { state: OrderState::Preparing, paid: true });
    }
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_first_payment_of_another_sum_when_it_is_told_then_it_goes_back_and_the_order_is_paid_by_its_own() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let sku = w.sku_with(&store, 5, 500).await;
    let token = w.customer("demo-01").await;
    let order = w.order_for(&store, &[(sku, 1)], Fulfilment::Pickup).await;
    let placed: PlacedOrder = w.place(&token, &order, "key-00000001").await.ok();
    let start: Value = w.post(&format!("/api/v1/orders/{}/payment", placed.order), &token, &json!({})).await.ok();
    let other = w.sandbox(&format!("pay/{}/again?total=1", placed.order), &json!({})).await;
    let transaction = other["transaction_id"].as_str().unwrap();
    let told = w.until_order(&token, &placed.order, |o| o.history.iter().any(|h| h.text == "金额不符的付款 ¥0.01 已原路退回")).await;
    assert_eq!(told.card.state, OrderState::Placed, "it waits for its own");
    let refunds: Value = w.http.get(format!("{}/sandbox/refunds/{transaction}", w.stack.sandbox)).send().await.unwrap().json().await.unwrap();
    assert_eq!(refunds, json!([{"out_refund_no": format!("rx-{transaction}"), "amount": 1}]));
    let seen: Exceptions = w.get("/api/v1/hq/exceptions", &w.staff("admin").await).await.ok();
    assert_eq!(seen.extra.iter().map(|x| (&x.order, x.amount)).collect::<Vec<_>>(), [(&placed.order, fen(1))]);
    w.sandbox("pay", &json!({"prepay_id": start["prepay_id"]})).await;
    w.until_order(&token, &placed.order, |o| o.card.state == OrderState::Preparing).await;
    w.assert_books().await;
    w.stack.stop().await;
}
