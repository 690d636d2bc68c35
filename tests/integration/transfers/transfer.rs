//! Goods that come from another location: units are conserved at every step.

use std::time::Duration;

use liandian_tests::{Wish, World, id, ordered};
use liandian_types::{
    Fulfilment, LocationId, MovementKind, OrderId, OrderState, SkuId, StoreId, Timestamp, TransferId, TransferState,
    api::{Exceptions, HqWaiting, Offer, OrderView, PlaceOrder, PlacedOrder, ShortList, StockList, TransferCard, TransferList},
};
use serde_json::{Value, json};

use crate::orders::order::until;

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
                lines: ordered(&[(own, 1), (sku.clone(), 2)]),
                fulfilment: Fulfilment::Pickup,
                recipient: None,
                transfer_from: Some(source.clone()),
                expect_total: quote.total,
                promised: None,
                expect_prices: quote.lines.iter().map(|l| l.price).collect(),
                note: None,
                again: true,
                coupons: None,
                expect_gifts: None,
                quote: None,
                slot: None,
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
    let store = w.stack.app.tables.source(location, w.stack.app.now()).await.unwrap().unwrap().0.keeper;
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
    let directory = w.stack.app.tables.directory().await.unwrap();
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
async fn given_sources_that_would_not_or_do_not_answer_when_rejected_then_the_next_is_asked_at_last_the_customer_and_then_the_money_goes_back() {
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
            // The store has the other line: its customer is asked about this one, for half an hour.
            let short = view.shortfall.unwrap();
            assert!(short.keep_refund.is_some() && short.lines.iter().all(|l| l.sku == sku), "{short:?}");
            assert_eq!(view.card.state, OrderState::Preparing);
            w.stack.app.clock.advance(31 * Timestamp::MINUTE);
            w.sweep().await;
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
    // HQ, and the region of the store that sold it, see it among their exceptions; another region does not.
    let (hq, own, other) = (w.staff("admin").await, w.staff("region-east").await, w.staff("region-west").await);
    let told = async |token: &str| -> Exceptions { w.get("/api/v1/hq/exceptions?kind=unaccepted", token).await.ok() };
    let row = until(|| async { told(&hq).await.unaccepted.into_iter().find(|u| u.order == bought) }).await;
    assert!(row.store == store && row.asked >= 1 && row.amount.0 > 0, "{row:?}");
    assert!(told(&own).await.unaccepted.iter().any(|u| u.order == bought) && told(&other).await.unaccepted.is_empty());
    let waiting: HqWaiting = w.get("/api/v1/hq/waiting", &hq).await.ok();
    assert!(waiting.unaccepted == 1 && waiting.exceptions >= 1, "{waiting:?}");
    let page = w.page("/console/hq/exceptions?kind=unaccepted", &format!("ld_staff={hq}")).await;
    assert!(page.status == 200 && page.text().contains(bought.as_str()) && page.text().contains("调货无人接单"), "{}", page.text());
    w.stack.stop().await;
}

/// A transfer that is on its way to its order: the order, its transfer, the source.
async fn on_its_way(w: &World, token: &str, order: &PlaceOrder, source: &LocationId) -> (OrderId, TransferId) {
    let bought = w.bought(token, order, "key-00000001").await;
    let view = w.until_order(token, &bought, |o| o.transfer.as_ref().is_some_and(|t| t.state == TransferState::Requested)).await;
    let t = view.transfer.unwrap().transfer;
    let (sender, sender_token) = keeper(w, source).await;
    for what in ["accept", "pack", "send"] {
        step(w, &sender, &sender_token, t.as_str(), json!({"step": what})).await;
    }
    (bought, t)
}

#[tokio::test(flavor = "multi_thread")]
async fn given_goods_lost_on_the_way_when_received_in_part_then_the_customer_takes_what_is_there_and_the_rest_of_the_money_goes_back() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (order, source, sku) = needs_transfer(&w, &store, 0).await;
    let token = w.customer("demo-01").await;
    let (bought, t) = on_its_way(&w, &token, &order, &source).await;
    let clerk = w.staff("sh01-clerk").await;
    let path = format!("/api/v1/stores/{store}/transfers/{t}/steps");
    let part = |n: u32, reason: Option<&str>| json!({"step": "receive", "lines": [{"sku": sku, "quantity": n}], "reason": reason});
    w.post(&path, &clerk, &part(1, None)).await.refused(400, "bad_request");
    w.post(&path, &clerk, &part(3, None)).await.refused(400, "bad_request");
    let before = w.stock(&store.shelf(), &sku).await;
    let got: TransferCard = w.post(&path, &clerk, &part(1, Some("途中破损一件"))).await.ok();
    assert_eq!(got.lines[0].received, Some(1));
    let after = w.stock(&store.shelf(), &sku).await;
    assert_eq!((after.on_hand, after.incoming, after.reserved), (before.on_hand + 1, 0, before.reserved + 1), "what came is kept for the order");
    let asked = w.order(&token, &bought).await;
    let short = asked.shortfall.as_ref().unwrap();
    let line = asked.lines.iter().find(|l| l.sku == sku).unwrap();
    assert_eq!((asked.card.state, short.lines[0].quantity, short.keep_refund), (OrderState::Preparing, 1, Some(line.price)));
    assert!(short.offers.iter().all(|o| !matches!(o, Offer::Transfer { source: s, .. } if *s == source)), "who sent too little is not asked again");
    // Goods that no shelf has are neither put together nor handed over.
    w.post(&format!("/api/v1/stores/{store}/orders/{bought}/ready"), &clerk, &json!({})).await.refused(409, "conflict");
    w.post(&format!("/api/v1/stores/{store}/pickups"), &clerk, &json!({"code": asked.pickup_code})).await.refused(409, "conflict");
    w.assert_books().await;

    let choose = format!("/api/v1/orders/{bought}/shortfall");
    let kept: OrderView = w.post(&choose, &token, &json!({"choice": "keep"})).await.ok();
    assert_eq!(kept.card.total, asked.card.total - line.price);
    assert_eq!((kept.given_back, kept.withdrawn[0].quantity), (Some(line.price), 1));
    assert!(kept.shortfall.is_none() && kept.card.state == OrderState::Preparing, "it goes on with what is there");
    w.post(&choose, &token, &json!({"choice": "keep"})).await.refused(409, "conflict");
    w.until_order(&token, &bought, |o| o.history.iter().any(|h| h.text.contains("已原路退回"))).await;
    // The provider tells of the payment once more: it is the one that is known, though a part of it went back.
    w.sandbox(&format!("notify/{bought}"), &json!({})).await;
    w.assert_books().await;
    let ready: OrderView = w.post(&format!("/api/v1/stores/{store}/orders/{bought}/ready"), &clerk, &json!({})).await.ok();
    assert_eq!(ready.card.state, OrderState::Ready);
    let _: OrderView = w.post(&format!("/api/v1/stores/{store}/pickups"), &clerk, &json!({"code": asked.pickup_code})).await.ok();
    let posted = until(|| async {
        let (all, _) = w.stack.app.tables.postings(&store, 50, None).await.unwrap();
        all.into_iter().find(|p| p.order == bought)
    })
    .await;
    assert_eq!(posted.gross(), kept.card.total, "the store is owed its share of what was kept");
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_an_order_that_gave_a_part_back_when_nobody_collects_it_then_the_rest_goes_back_too_and_no_more() {
    let w = World::start(Wish { minute: Duration::from_millis(300), ..Wish::default() }).await;
    let store: StoreId = id("sto_sh01");
    let (order, source, sku) = needs_transfer(&w, &store, 0).await;
    let token = w.customer("demo-01").await;
    let (bought, t) = on_its_way(&w, &token, &order, &source).await;
    let clerk = w.staff("sh01-clerk").await;
    let path = format!("/api/v1/stores/{store}/transfers/{t}/steps");
    let none = json!({"step": "receive", "lines": [{"sku": sku, "quantity": 0}], "reason": "全部破损"});
    let _: TransferCard = w.post(&path, &clerk, &none).await.ok();
    let kept: OrderView = w.post(&format!("/api/v1/orders/{bought}/shortfall"), &token, &json!({"choice": "keep"})).await.ok();
    assert!(kept.lines.iter().all(|l| l.sku != sku), "a line of which nothing is there is gone");
    w.until_order(&token, &bought, |o| o.history.iter().any(|h| h.text.contains("已原路退回"))).await;
    w.stack.app.clock.advance(3 * Timestamp::DAY + Timestamp::MINUTE);
    w.sweep().await;
    let token = w.customer("demo-01").await;
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
    let _: Value = w.post(&format!("/api/v1/stores/{sender}/pos/sales"), &w.till(&sender).await, &sale).await.ok();
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

#[tokio::test(flavor = "multi_thread")]
async fn given_more_than_was_sent_when_it_is_received_then_it_is_a_fact_with_a_document_and_the_order_is_ready() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (order, source, sku) = needs_transfer(&w, &store, 0).await;
    let token = w.customer("demo-01").await;
    let (bought, t) = on_its_way(&w, &token, &order, &source).await;
    let clerk = w.staff("sh01-clerk").await;
    let before = w.stock(&store.shelf(), &sku).await;
    let more = json!({"step": "receive", "lines": [{"sku": sku, "quantity": 3}], "reason": "多装了一件"});
    let got: TransferCard = w.post(&format!("/api/v1/stores/{store}/transfers/{t}/steps"), &clerk, &more).await.ok();
    assert_eq!(got.lines[0].received, Some(3));
    let after = w.stock(&store.shelf(), &sku).await;
    assert_eq!((after.on_hand, after.reserved, after.incoming), (before.on_hand + 3, before.reserved + 2, 0), "the third is free to sell");
    let all = w.stack.app.tables.movements(&store.shelf()).await.unwrap();
    let surplus = all.iter().find(|m| m.kind == MovementKind::TransferSurplus).unwrap();
    assert_eq!((surplus.lines[0].on_hand, surplus.transfer.as_ref(), surplus.reason.as_deref()), (1, Some(&t), Some("多装了一件")));
    w.until_order(&token, &bought, |o| o.card.state == OrderState::Ready).await;
    w.assert_books().await;
    w.stack.stop().await;
}
