//! Goods that come from another location: units are conserved at every step.

use std::time::Duration;

use liandian_tests::{Wish, World, cart, id};
use liandian_types::{
    Fulfilment, LocationId, OrderState, SkuId, StoreId, Timestamp, TransferState,
    api::{Offer, OrderView, PlaceOrder, PlacedOrder, ShortList, StockList, TransferCard, TransferList},
};
use serde_json::{Value, json};

use crate::orders::until;

/// An order that needs a transfer, as a quote offers it: the order, the source, the SKU.
async fn needs_transfer(w: &World, store: &StoreId, skip: usize) -> (PlaceOrder, LocationId, SkuId) {
    let own = w.sku_with(store, 5, 500).await;
    for sku in w.skus_with(store, 0, 0, 4).await.into_iter().skip(skip) {
        let quote = w.quote(store, &[(own.clone(), 1), (sku.clone(), 2)], Fulfilment::Pickup, None).await;
        assert!(quote.short);
        let offered = quote.offers.iter().find_map(|o| match o {
            Offer::Transfer { source, .. } => Some(source.clone()),
            Offer::OtherStore { .. } | Offer::Split { .. } | Offer::HqShip { .. } => None,
        });
        if let Some(source) = offered {
            let order = PlaceOrder {
                ship_from: None,
                store: store.clone(),
                lines: cart(&[(own, 1), (sku.clone(), 2)]),
                fulfilment: Fulfilment::Pickup,
                recipient: None,
                transfer_from: Some(source.clone()),
                expect_total: quote.total,
                promised: None,
                expect_prices: quote.lines.iter().map(|l| l.price).collect(),
                note: None,
                again: true,
            };
            return (order, source, sku);
        }
    }
    panic!("the demo chain offers no transfer to {store}")
}

struct Units {
    source: i64,
    target: i64,
}

async fn on_hand(w: &World, source: &LocationId, target: &LocationId, sku: &SkuId) -> Units {
    Units { source: w.stock(source, sku).await.on_hand, target: w.stock(target, sku).await.on_hand }
}

/// The staff that works on a location's tasks.
async fn keeper(w: &World, location: &LocationId) -> (StoreId, String) {
    let store = w.stack.app.store.source(location, w.stack.app.now()).await.unwrap().unwrap().0.keeper;
    let token = w.staff(&format!("{}-clerk", store.as_str().trim_start_matches("sto_"))).await;
    (store, token)
}

async fn step(w: &World, store: &StoreId, token: &str, transfer: &str, body: Value) -> TransferCard {
    w.post(&format!("/api/v1/stores/{store}/transfers/{transfer}/steps"), token, &body).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_source_in_another_city_when_an_order_names_it_then_it_is_refused() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh02");
    let (mut order, _, _) = needs_transfer(&w, &store, 0).await;
    let token = w.customer("demo-01").await;
    let directory = w.stack.app.store.directory().await.unwrap();
    let city = &directory.iter().find(|s| s.store == store).unwrap().city;
    order.transfer_from = directory.iter().find(|s| s.city != *city).map(|s| s.store.shelf());
    w.place(&token, &order, "key-far-away").await.refused(409, "out_of_range");
    order.transfer_from = Some(id("loc_nowhere"));
    w.place(&token, &order, "key-nowhere").await.refused(400, "bad_request");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_line_that_the_store_lacks_when_bought_with_a_transfer_then_every_step_conserves_units_and_the_order_becomes_ready() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (order, source, sku) = needs_transfer(&w, &store, 0).await;
    let (before, free) = (on_hand(&w, &source, &store.shelf(), &sku).await, w.stock(&source, &sku).await.available());
    let token = w.customer("demo-01").await;
    let placed: PlacedOrder = w.place(&token, &order, "key-00000001").await.ok();
    assert_eq!(w.stock(&source, &sku).await.available(), free - 2, "reserved at the source by the placing transaction");
    let (sender, sender_token) = keeper(&w, &source).await;
    let path = format!("/api/v1/stores/{sender}/transfers");
    let unpaid: TransferList = w.get(&path, &sender_token).await.ok();
    assert!(unpaid.outgoing.iter().all(|t| t.order.as_ref() != Some(&placed.order)), "nobody sees a task before it is paid for");
    // But the source sees for what and until when its goods wait.
    let held = unpaid.held.iter().find(|h| h.source == source && h.lines.iter().any(|l| l.sku == sku && l.quantity == 2)).expect("goods that wait");
    assert!(held.until == placed.pay_by && !held.until_text.is_empty() && !held.target_name.is_empty(), "{held:?}");

    w.pay(&token, &placed.order).await;
    w.until_order(&token, &placed.order, |o| o.card.state == OrderState::AwaitingTransfer).await;
    let task: TransferCard = until(|| async {
        let list: TransferList = w.get(&path, &sender_token).await.ok();
        list.outgoing.into_iter().find(|t| t.order.as_ref() == Some(&placed.order))
    })
    .await;
    assert_eq!(task.state, TransferState::Requested);
    let t = task.transfer.as_str();
    let stranger = w.staff("cd01-clerk").await;
    w.post(&format!("/api/v1/stores/sto_cd01/transfers/{t}/steps"), &stranger, &json!({"step": "accept"})).await.refused(404, "not_found");
    w.post(&format!("/api/v1/stores/{sender}/transfers/{t}/steps"), &sender_token, &json!({"step": "send"})).await.refused(409, "conflict");
    for (what, state) in [("accept", TransferState::Accepted), ("pack", TransferState::Packed), ("send", TransferState::InTransit)] {
        assert_eq!(step(&w, &sender, &sender_token, t, json!({"step": what})).await.state, state);
    }
    let under_way = on_hand(&w, &source, &store.shelf(), &sku).await;
    let incoming = w.stock(&store.shelf(), &sku).await.incoming;
    assert_eq!((under_way.source, under_way.target, incoming), (before.source - 2, before.target, 2));

    let clerk = w.staff("sh01-clerk").await;
    let got = step(&w, &store, &clerk, t, json!({"step": "receive"})).await;
    assert_eq!((got.state, got.lines[0].received), (TransferState::Received, Some(2)));
    let arrived = w.stock(&store.shelf(), &sku).await;
    assert_eq!((arrived.on_hand, arrived.incoming), (before.target + 2, 0));
    assert_eq!(arrived.reserved, 2, "reserved for the order at once");
    let ready = w.until_order(&token, &placed.order, |o| o.card.state == OrderState::Ready).await;
    let done: OrderView = w.post(&format!("/api/v1/stores/{store}/pickups"), &clerk, &json!({"code": ready.pickup_code})).await.ok();
    assert_eq!(done.card.state, OrderState::Completed);
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_sources_that_would_not_or_do_not_answer_when_rejected_then_the_next_is_asked_and_at_last_the_money_goes_back() {
    let w = World::start(Wish { minute: Duration::from_millis(300), ..Wish::default() }).await;
    let store: StoreId = id("sto_sh01");
    let (order, first, sku) = needs_transfer(&w, &store, 0).await;
    let token = w.customer("demo-01").await;
    let bought = w.bought(&token, &order, "key-00000001").await;
    let mut source = first.clone();
    let mut asked = vec![];
    let ended = loop {
        let view = until(|| async {
            let v = w.order(&token, &bought).await;
            let t = v.transfer.as_ref()?;
            (t.state == TransferState::Rejected || (t.state == TransferState::Requested && !asked.contains(&t.source))).then_some(v)
        })
        .await;
        let t = view.transfer.unwrap();
        if t.state == TransferState::Rejected {
            break w.until_order(&token, &bought, |o| o.card.state == OrderState::Refunded).await;
        }
        source = t.source.clone();
        asked.push(source.clone());
        if asked.len() == 1 {
            let (keeper, clerk) = keeper(&w, &source).await;
            w.post(&format!("/api/v1/stores/{keeper}/transfers/{}/steps", t.transfer), &clerk, &json!({"step": "reject"}))
                .await
                .refused(400, "bad_request");
            let _: TransferCard = step(&w, &keeper, &clerk, t.transfer.as_str(), json!({"step": "reject", "reason": "破损"})).await;
        } else {
            // The others do not answer: the sweeper passes them over.
            w.stack.app.clock.advance(11 * Timestamp::MINUTE);
        }
        assert!(asked.len() < 40, "sources without end: {asked:?}");
    };
    assert!(asked.len() > 1, "another source was asked");
    assert!(ended.history.iter().any(|h| h.text.contains("退回")), "{:?}", ended.history);
    for l in asked.iter().chain([&source, &store.shelf()]) {
        assert_eq!(w.stock(l, &sku).await.reserved, 0, "{l} keeps nothing promised");
    }
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_goods_lost_on_the_way_when_received_in_part_then_a_reason_is_asked_for_and_the_order_is_refunded() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (order, source, sku) = needs_transfer(&w, &store, 0).await;
    let token = w.customer("demo-01").await;
    let bought = w.bought(&token, &order, "key-00000001").await;
    let view = w.until_order(&token, &bought, |o| o.transfer.as_ref().is_some_and(|t| t.state == TransferState::Requested)).await;
    let t = view.transfer.unwrap().transfer;
    let (sender, sender_token) = keeper(&w, &source).await;
    for what in ["accept", "pack", "send"] {
        step(&w, &sender, &sender_token, t.as_str(), json!({"step": what})).await;
    }
    let clerk = w.staff("sh01-clerk").await;
    let path = format!("/api/v1/stores/{store}/transfers/{t}/steps");
    let part = |n: u32, reason: Option<&str>| json!({"step": "receive", "lines": [{"sku": sku, "quantity": n}], "reason": reason});
    w.post(&path, &clerk, &part(1, None)).await.refused(400, "bad_request");
    w.post(&path, &clerk, &part(3, Some("多了"))).await.refused(400, "bad_request");
    let before = w.stock(&store.shelf(), &sku).await;
    let got: TransferCard = w.post(&path, &clerk, &part(1, Some("途中破损一件"))).await.ok();
    assert_eq!(got.lines[0].received, Some(1));
    let after = w.stock(&store.shelf(), &sku).await;
    assert_eq!((after.on_hand, after.incoming, after.reserved), (before.on_hand + 1, 0, before.reserved));
    w.until_order(&token, &bought, |o| o.card.state == OrderState::Refunded).await;
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_goods_that_an_unpaid_order_of_another_store_waits_for_when_the_till_sells_them_then_the_shortfall_names_that_promise() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let mut of_a_shelf = None;
    for skip in 0..4 {
        let (order, source, sku) = needs_transfer(&w, &store, skip).await;
        if source.store().is_some() {
            of_a_shelf = Some((order, source, sku));
            break;
        }
    }
    let (order, source, sku) = of_a_shelf.expect("goods that another shop sends");
    let token = w.customer("demo-01").await;
    let placed: PlacedOrder = w.place(&token, &order, "key-00000001").await.ok();
    let (sender, clerk) = keeper(&w, &source).await;
    let all = w.stock(&source, &sku).await.on_hand;
    let sale = json!({"sales": [{"till": "1", "number": "1", "sold_at": w.stack.app.now(), "lines": [{"sku": sku, "quantity": all}]}]});
    let _: Value = w.post(&format!("/api/v1/stores/{sender}/pos/sales"), &clerk, &sale).await.ok();
    let short = until(|| async {
        let list: ShortList = w.get(&format!("/api/v1/stores/{sender}/stock/shortfalls"), &clerk).await.ok();
        list.goods.into_iter().find(|g| g.row.sku == sku)
    })
    .await;
    assert_eq!((short.missing, short.transfers.len(), short.transfers[0].units), (2, 1, 2));
    assert!(short.transfers[0].state_text.contains("待付款，至 "), "until when: {:?}", short.transfers[0]);
    let stock: StockList = w.get(&format!("/api/v1/stores/{sender}/stock?q={sku}"), &clerk).await.ok();
    assert!(stock.held.len() == 1 && stock.held[0].until == placed.pay_by, "{:?}", stock.held);
    // Called off, it waits for nothing any more.
    let _: OrderView = w.post(&format!("/api/v1/orders/{}/cancel", placed.order), &token, &json!({})).await.ok();
    let stock: StockList = w.get(&format!("/api/v1/stores/{sender}/stock?q={sku}"), &clerk).await.ok();
    assert!(stock.held.is_empty(), "{:?}", stock.held);
    w.stack.stop().await;
}
