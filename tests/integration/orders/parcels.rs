//! What an HQ warehouse ships: offered, placed, packed by its keeper, received, lost, or never shipped.

use liandian_sandbox::Pace;
use liandian_tests::{Wish, World, id, recipient};
use liandian_types::{
    AccessAct, Fen, Fulfilment, GeoPoint, LocationId, OrderState, SkuId, StoreId,
    api::{AccessList, Offer, OrderList, OrderView, PlaceOrder, Quote, QuoteRequest, Recipient},
};
use serde_json::{Value, json};

/// The warehouse of the demo chain's east; its keeper is `sto_sh01`.
fn warehouse() -> LocationId {
    id("loc_wh-sh")
}

/// A home far from every store.
fn home() -> Recipient {
    recipient(GeoPoint { lat: 39.908, lng: 116.397 })
}

/// An order of a SKU that the warehouse ships for `sto_hz01`, priced.
async fn parcel(w: &World, sku: &SkuId, quantity: u32) -> PlaceOrder {
    let lines = liandian_tests::ordered(&[(sku.clone(), quantity)]);
    let ask = QuoteRequest {
        store: id("sto_hz01"),
        lines: lines.clone(),
        besides: Vec::new(),
        fulfilment: Fulfilment::HqShip,
        to: Some(home().point),
        transfer_from: None,
        ship_from: Some(warehouse()),
        coupons: None,
        slots: false,
        slot: None,
    };
    let quote: Quote = w.post("/api/v1/quotes", "", &ask).await.ok();
    assert!(!quote.short && quote.refusal.is_none(), "{quote:?}");
    assert!(quote.delivery_fee > Fen::ZERO && quote.distance_m.is_some_and(|m| m > 900_000), "{quote:?}");
    PlaceOrder {
        store: ask.store,
        lines,
        fulfilment: Fulfilment::HqShip,
        recipient: Some(home()),
        transfer_from: None,
        ship_from: Some(warehouse()),
        expect_total: quote.total,
        promised: None,
        expect_prices: quote.lines.iter().map(|l| l.price).collect(),
        note: None,
        again: true,
        coupons: None,
        expect_gifts: None,
        quote: None,
        slot: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_cart_that_only_a_warehouse_has_when_quoted_then_a_parcel_is_among_the_ways_and_its_terms_are_checked() {
    let w = World::usual().await;
    let store: StoreId = id("sto_hz01");
    let sku = w.sku_with(&store, 1, 60).await;
    // More than any shelf holds.
    let lines = liandian_tests::ordered(&[(sku.clone(), 400)]);
    let ask = QuoteRequest {
        store: store.clone(),
        lines,
        besides: Vec::new(),
        fulfilment: Fulfilment::Pickup,
        to: None,
        transfer_from: None,
        ship_from: None,
        coupons: None,
        slots: false,
        slot: None,
    };
    let quote: Quote = w.post("/api/v1/quotes", "", &ask).await.ok();
    let Some(Offer::HqShip { source, cost, ready_by, .. }) = quote.offers.iter().find(|o| matches!(o, Offer::HqShip { .. })) else {
        panic!("{:?}", quote.offers)
    };
    assert_eq!(*source, warehouse());
    assert!(*cost > Fen::ZERO && *ready_by > quote.ready_by);

    let bad = |change: fn(&mut QuoteRequest)| {
        let mut q = QuoteRequest { besides: Vec::new(), fulfilment: Fulfilment::HqShip, ship_from: Some(warehouse()), ..ask.clone() };
        change(&mut q);
        q
    };
    for wrong in [
        bad(|q| q.ship_from = None),
        bad(|q| q.ship_from = Some(id("loc_nowhere"))),
        bad(|q| q.ship_from = Some(id("loc_sh02"))),
        bad(|q| q.ship_from = Some(id("loc_wh-front-sh01"))),
        bad(|q| q.fulfilment = Fulfilment::Delivery),
    ] {
        let refused = w.post("/api/v1/quotes", "", &wrong).await.refused(400, "bad_request");
        assert_eq!(refused["field"], "ship_from", "{wrong:?}");
    }
    // Without a recipient there is nobody to send it to.
    let token = w.customer("demo-01").await;
    let order = PlaceOrder { recipient: None, ..parcel(&w, &sku, 1).await };
    w.place(&token, &order, "no-recipient").await.refused(400, "bad_request");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_parcel_when_its_keeper_ships_it_then_the_goods_leave_the_warehouse_once_and_its_customer_says_when_it_came() {
    let w = World::usual().await;
    let sku = w.sku_with(&id("sto_hz01"), 1, 60).await;
    let (token, other) = (w.customer("demo-01").await, w.customer("demo-02").await);
    let (keeper, clerk, seller) = (w.staff("sh01-manager").await, w.staff("sh01-clerk").await, w.staff("hz01-clerk").await);
    let before = w.stock(&warehouse(), &sku).await;
    let order = w.bought(&token, &parcel(&w, &sku, 3).await, "parcel-1").await;
    let promised = w.stock(&warehouse(), &sku).await;
    assert_eq!((promised.on_hand, promised.reserved), (before.on_hand, before.reserved + 3));

    // The keeper has it to do; the shop that sold it sees it and does nothing with it.
    let of = |store: &str, what: &str| format!("/api/v1/stores/{store}/orders{what}");
    let list: OrderList = w.get(&of("sto_sh01", ""), &clerk).await.ok();
    assert!(list.orders.iter().any(|o| o.order == order));
    let list: OrderList = w.get(&of("sto_hz01", ""), &seller).await.ok();
    assert!(list.orders.iter().all(|o| o.order != order));
    let seen: OrderView = w.get(&of("sto_hz01", &format!("/{order}")), &seller).await.ok();
    assert_eq!((seen.served_by, seen.ships_from.as_deref()), (id("sto_sh01"), Some("上海青浦总部仓")));
    let path = |store: &str, what: &str| of(store, &format!("/{order}/{what}"));
    w.post(&path("sto_hz01", "parcel"), &seller, &json!({"carrier": "sf", "number": "SF1234567890"})).await.refused(404, "not_found");
    w.get(&path("sto_hz01", "parcel"), &seller).await.refused(404, "not_found");
    w.post(&path("sto_sh01", "ready"), &clerk, &json!({})).await.refused(409, "conflict");
    w.post(&format!("/api/v1/orders/{order}/received"), &token, &json!({})).await.refused(409, "conflict");

    // The label is in clear, for the one who packs, as long as there is one to write; everything else is masked.
    let label: Recipient = w.get(&path("sto_sh01", "parcel"), &clerk).await.ok();
    assert_eq!(label, home());
    let read: AccessList = w.get("/api/v1/hq/access-records?actor=sh01-clerk", &w.staff("auditor").await).await.ok();
    let label = read.records.iter().find(|r| r.act == AccessAct::ParcelLabel).expect("who read it is on record");
    assert_eq!((label.orders.as_slice(), label.fields.len()), (&[order.clone()][..], 3));
    let page: Value = w.get(&of("sto_sh01", &format!("/{order}")), &clerk).await.json;
    assert!(!page.to_string().contains(&home().phone) && !page.to_string().contains("1201"), "{page}");
    let number = w.post(&path("sto_sh01", "parcel"), &clerk, &json!({"carrier": "sf", "number": "1234567"})).await.refused(400, "bad_request");
    assert_eq!(number["field"], "number");
    w.post(&path("sto_sh01", "parcel"), &clerk, &json!({"carrier": "pigeon", "number": "SF1234567890"})).await.refused(400, "bad_request");

    for number in ["sf 1234 5678 90", "SF1234567890", "SF1234567891"] {
        let shipped: OrderView = w.post(&path("sto_sh01", "parcel"), &clerk, &json!({"carrier": "sf", "number": number})).await.ok();
        assert_eq!(shipped.card.state, OrderState::Delivering);
    }
    let gone = w.stock(&warehouse(), &sku).await;
    assert_eq!((gone.on_hand, gone.reserved), (before.on_hand - 3, before.reserved), "told three times, it left once");
    w.get(&path("sto_sh01", "parcel"), &clerk).await.refused(409, "conflict");
    let list: OrderList = w.get(&of("sto_sh01", "?state=shipped"), &clerk).await.ok();
    assert!(list.orders.iter().any(|o| o.order == order));
    w.post(&path("sto_sh01", "parcel/lost"), &clerk, &json!({})).await.refused(403, "forbidden");

    w.post(&format!("/api/v1/orders/{order}/received"), &other, &json!({})).await.refused(404, "not_found");
    for _ in 0..2 {
        let done: OrderView = w.post(&format!("/api/v1/orders/{order}/received"), &token, &json!({})).await.ok();
        assert_eq!(done.card.state, OrderState::Completed);
        assert_eq!(done.parcel.map(|p| p.number).as_deref(), Some("SF1234567891"), "the second number put the first one right");
    }
    w.post(&path("sto_sh01", "parcel/lost"), &keeper, &json!({})).await.refused(409, "conflict");
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_parcels_that_are_lost_never_shipped_or_never_spoken_of_when_time_passes_then_each_has_its_end() {
    let w = World::start(Wish { pace: Pace::Manual, minute: std::time::Duration::from_millis(300) }).await;
    let sku = w.sku_with(&id("sto_hz01"), 1, 60).await;
    let token = w.customer("demo-03").await;
    let keeper = w.staff("sh01-manager").await;
    let before = w.stock(&warehouse(), &sku).await;
    let mut orders = Vec::new();
    for n in 0..3 {
        orders.push(w.bought(&token, &parcel(&w, &sku, 1 + n).await, &format!("parcel-{n}")).await);
    }
    let [lost, never, silent] = &orders[..] else { panic!("three orders") };
    let path = |order: &liandian_types::OrderId, what: &str| format!("/api/v1/stores/sto_sh01/orders/{order}/parcel{what}");
    for order in [lost, silent] {
        let _: OrderView = w.post(&path(order, ""), &keeper, &json!({"carrier": "deppon", "number": "DPK100200300"})).await.ok();
    }
    let _: OrderView = w.post(&path(lost, "/lost"), &keeper, &json!({})).await.ok();
    w.until_order(&token, lost, |o| o.card.state == OrderState::Refunded).await;
    // Two days, and a moment.
    w.stack.app.clock.advance(liandian_domain::orders::parcel::SHIP_WITHIN + 1_000);
    // So long a session does not last.
    let token = w.customer("demo-03").await;
    w.until_order(&token, never, |o| o.card.state == OrderState::Refunded).await;
    assert_eq!(w.order(&token, silent).await.card.state, OrderState::Delivering);
    w.stack.app.clock.advance(liandian_domain::orders::parcel::TAKEN_FOR_RECEIVED - liandian_domain::orders::parcel::SHIP_WITHIN);
    let token = w.customer("demo-03").await;
    w.until_order(&token, silent, |o| o.card.state == OrderState::Completed).await;
    let after = w.stock(&warehouse(), &sku).await;
    assert_eq!((after.on_hand, after.reserved), (before.on_hand - 1 - 3, before.reserved), "two left, one never did");
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_warehouse_whose_keeper_is_paused_when_it_is_named_then_quote_and_order_refuse_it_alike() {
    use liandian_store::{Table, stores::store_items};
    let w = World::usual().await;
    let token = w.customer("demo-01").await;
    let sku = w.sku_with(&id("sto_hz01"), 1, 999).await;
    let order = parcel(&w, &sku, 1).await;
    let keeper = w.stack.app.tables.store(&id("sto_sh01")).await.unwrap().unwrap();
    let paused = liandian_domain::stores::profile::StoreProfile { status: liandian_types::StoreStatus::Paused, ..keeper };
    for item in store_items(&paused).unwrap() {
        w.stack.app.tables.client().put_item().table_name(w.stack.app.tables.table(Table::Hq)).set_item(Some(item)).send().await.unwrap();
    }
    let ask = QuoteRequest {
        besides: Vec::new(),
        store: order.store.clone(),
        lines: order.lines.clone(),
        fulfilment: Fulfilment::HqShip,
        to: Some(home().point),
        transfer_from: None,
        ship_from: Some(warehouse()),
        coupons: None,
        slots: false,
        slot: None,
    };
    let quote: Quote = w.post("/api/v1/quotes", "", &ask).await.ok();
    assert_eq!(quote.refusal.unwrap().code, liandian_types::Code::StoreClosed);
    let refused = w.place(&token, &order, "key-00000001").await.refused(409, "store_closed");
    assert_eq!(refused["field"], "ship_from");
    w.stack.stop().await;
}
