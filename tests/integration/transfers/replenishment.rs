//! Shelves that are filled from elsewhere, goods that expire, and what HQ sees of both.

use std::time::Duration;

use liandian_tests::{Wish, World, id};
use liandian_types::{
    Fen, Fulfilment, MovementKind, OrderId, OrderState, SkuId, StoreId, Timestamp, TransferState,
    api::{
        Exceptions, ListingCard, ListingPage, MovementList, OrderView, PlacedOrder, ProductPage, ShortList, StockList, StockRow, TransferCard,
        TransferList, TransfersInFlight,
    },
};
use serde_json::{Value, json};

use crate::orders::order::until;

/// Two stores of one city with a SKU that both have.
struct Two {
    asks: StoreId,
    sends: StoreId,
    clerk: String,
    sender: String,
    hq: String,
    sku: SkuId,
}

impl Two {
    async fn of(w: &World) -> Two {
        let (asks, sends): (StoreId, StoreId) = (id("sto_sh01"), id("sto_sh02"));
        let mut found = None;
        for sku in w.skus_with(&sends, 14, 500, 20).await {
            if w.stock(&asks.shelf(), &sku).await.available() > 0 {
                found = Some(sku);
                break;
            }
        }
        let (clerk, sender, hq) = (w.staff("sh01-clerk").await, w.staff("sh02-clerk").await, w.staff("admin").await);
        Two { asks, sends, clerk, sender, hq, sku: found.expect("a SKU that both have") }
    }

    async fn ask(&self, w: &World, key: &str, quantity: u32) -> TransferCard {
        let body = json!({"source": self.sends.shelf(), "lines": [{"sku": self.sku, "quantity": quantity}], "note": "周末促销"});
        w.post_once(&format!("/api/v1/stores/{}/transfers", self.asks), &self.clerk, key, &body).await.ok()
    }

    async fn step(&self, w: &World, source: bool, t: &TransferCard, body: Value) -> TransferCard {
        let (store, token) = if source { (&self.sends, &self.sender) } else { (&self.asks, &self.clerk) };
        w.post(&format!("/api/v1/stores/{store}/transfers/{}/steps", t.transfer), token, &body).await.ok()
    }

    async fn hq_step(&self, w: &World, t: &TransferCard, step: &str) -> TransferCard {
        let body = json!({"step": step, "reason": "总部决定"});
        w.post(&format!("/api/v1/hq/transfers/{}/steps", t.transfer), &self.hq, &body).await.ok()
    }

    /// On hand, promised and on the way: where it is sent from, and where it goes.
    async fn units(&self, w: &World) -> [[i64; 3]; 2] {
        let (a, b) = (w.stock(&self.sends.shelf(), &self.sku).await, w.stock(&self.asks.shelf(), &self.sku).await);
        [a, b].map(|s| [s.on_hand, s.reserved, s.incoming])
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_shelf_to_fill_when_asked_for_then_a_part_may_be_sent_and_a_part_may_arrive_and_each_unit_is_accounted_for() {
    let w = World::usual().await;
    let two = Two::of(&w).await;
    let before = two.units(&w).await;
    let t = two.ask(&w, "fill-0000001", 6).await;
    let again = two.ask(&w, "fill-0000001", 6).await;
    assert_eq!((t.transfer.clone(), t.state, t.order.clone()), (again.transfer, TransferState::Requested, None), "asked once");
    let promised = two.units(&w).await;
    assert_eq!(promised[0], [before[0][0], before[0][1] + 6, before[0][2]], "promised at the source at once");
    let list: TransferList = w.get(&format!("/api/v1/stores/{}/transfers", two.sends), &two.sender).await.ok();
    assert!(list.outgoing.iter().any(|o| o.transfer == t.transfer && o.note.as_deref() == Some("周末促销")));

    let path = format!("/api/v1/stores/{}/transfers/{}/steps", two.sends, t.transfer);
    let some = |n: u32, reason: Option<&str>| json!({"step": "accept", "lines": [{"sku": two.sku, "quantity": n}], "reason": reason});
    assert_eq!(w.post(&path, &two.sender, &some(7, Some("多"))).await.refused(400, "bad_request")["field"], "lines[0].quantity");
    assert_eq!(w.post(&path, &two.sender, &some(4, None)).await.refused(400, "bad_request")["field"], "reason");
    w.post(&path, &two.sender, &some(0, Some("没有"))).await.refused(400, "bad_request");
    let taken: TransferCard = w.post(&path, &two.sender, &some(4, Some("只剩这些"))).await.ok();
    assert_eq!((taken.state, taken.lines[0].accepted, taken.lines[0].fewer.as_deref()), (TransferState::Accepted, Some(4), Some("只剩这些")));
    for what in ["pack", "send"] {
        two.step(&w, true, &t, json!({"step": what})).await;
    }
    let sent = two.units(&w).await;
    assert_eq!((sent[0], sent[1][2]), ([before[0][0] - 4, before[0][1], before[0][2]], before[1][2] + 4));
    let flights: TransfersInFlight = until(|| async {
        let f: TransfersInFlight = w.get("/api/v1/hq/transfers", &two.hq).await.ok();
        f.transfers.iter().any(|f| f.transfer == t.transfer && f.state == TransferState::InTransit).then_some(f)
    })
    .await;
    assert!(flights.units == 4 && flights.value.0 > 0, "{flights:?}");
    let got = two.step(&w, false, &t, json!({"step": "receive", "lines": [{"sku": two.sku, "quantity": 3, "reason": "破了一件"}]})).await;
    assert_eq!((got.state, got.lines[0].received, got.lines[0].reason.as_deref()), (TransferState::Received, Some(3), Some("破了一件")));
    assert_eq!(got.lines[0].fewer.as_deref(), Some("只剩这些"), "one difference does not hide the other");
    assert_eq!(two.units(&w).await[1], [before[1][0] + 3, before[1][1], before[1][2]], "what came in is free to sell");
    let movements: MovementList = w.get(&format!("/api/v1/stores/{}/stock/movements", two.asks), &two.clerk).await.ok();
    let lost = movements.movements.iter().find(|m| m.kind == MovementKind::TransferLost).expect("a document names the loss");
    assert_eq!((lost.lines[0].incoming, lost.transfer.as_ref()), (-1, Some(&t.transfer)));
    until(|| async {
        let f: TransfersInFlight = w.get("/api/v1/hq/transfers", &two.hq).await.ok();
        f.transfers.iter().all(|f| f.transfer != t.transfer).then_some(())
    })
    .await;
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_each_state_of_a_transfer_when_it_is_called_off_then_the_goods_are_back_or_named_lost() {
    let w = World::usual().await;
    let two = Two::of(&w).await;
    let before = two.units(&w).await;
    let t = two.ask(&w, "fill-0000001", 2).await;
    w.post(&format!("/api/v1/stores/{}/transfers/{}/steps", two.asks, t.transfer), &two.clerk, &json!({"step": "cancel"}))
        .await
        .refused(400, "bad_request");
    assert_eq!(two.step(&w, false, &t, json!({"step": "cancel", "reason": "数量填错"})).await.state, TransferState::Cancelled);
    assert_eq!(two.units(&w).await, before);

    let sent = async |key: &str| {
        let t = two.ask(&w, key, 2).await;
        for what in ["accept", "pack", "send"] {
            two.step(&w, true, &t, json!({"step": what})).await;
        }
        t
    };
    let t = sent("fill-0000002").await;
    w.post(&format!("/api/v1/hq/transfers/{}/steps", t.transfer), &two.clerk, &json!({"step": "recall", "reason": "x"}))
        .await
        .refused(403, "forbidden");
    assert_eq!(two.hq_step(&w, &t, "recall").await.state, TransferState::Returning);
    let back = two.units(&w).await;
    assert_eq!((back[0][2], back[1][2]), (before[0][2] + 2, before[1][2]), "on its way back");
    assert_eq!(two.step(&w, true, &t, json!({"step": "receive"})).await.state, TransferState::Cancelled);
    assert_eq!(two.units(&w).await, before);

    let t = sent("fill-0000003").await;
    assert_eq!(two.hq_step(&w, &t, "lose").await.state, TransferState::Lost);
    let after = two.units(&w).await;
    assert_eq!((after[0][0], after[1]), (before[0][0] - 2, before[1]));
    w.post(&format!("/api/v1/hq/transfers/{}/steps", t.transfer), &two.hq, &json!({"step": "lose", "reason": "again"}))
        .await
        .refused(409, "conflict");
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_sources_that_have_too_little_or_are_not_named_when_asked_then_the_refusal_says_so_or_the_best_is_found() {
    let w = World::usual().await;
    let two = Two::of(&w).await;
    let path = format!("/api/v1/stores/{}/transfers", two.asks);
    let far = json!({"source": "loc_cd01", "lines": [{"sku": two.sku, "quantity": 1}]});
    assert_eq!(w.post_once(&path, &two.clerk, "far-00000001", &far).await.refused(400, "bad_request")["field"], "source");
    let other = json!({"target": "loc_sh02", "lines": [{"sku": two.sku, "quantity": 1}]});
    assert_eq!(w.post_once(&path, &two.clerk, "other-000001", &other).await.refused(400, "bad_request")["field"], "target");
    let many = json!({"source": two.sends.shelf(), "lines": [{"sku": two.sku, "quantity": 999}]});
    let refused = w.post_once(&path, &two.clerk, "many-0000001", &many).await.refused(409, "sold_out");
    let has = w.stock(&two.sends.shelf(), &two.sku).await.available();
    assert_eq!(refused["field"], "lines[0].quantity");
    assert!(!refused["detail"].as_str().unwrap().contains(&format!(" {has} 件")), "what a neighbour has is not told: {refused}");
    // What is wrong with the asking itself is told first.
    let line = |n: usize| json!({"sku": format!("sku_{n}"), "quantity": 1});
    let too_many: Vec<Value> = (0..41).map(line).collect();
    assert_eq!(w.post_once(&path, &two.clerk, "long-0000001", &json!({"lines": too_many})).await.refused(400, "bad_request")["field"], "lines");
    let wordy = json!({"lines": [{"sku": two.sku, "quantity": 1}], "note": "字".repeat(101)});
    assert_eq!(w.post_once(&path, &two.clerk, "word-0000001", &wordy).await.refused(400, "bad_request")["field"], "note");
    let any = json!({"lines": [{"sku": two.sku, "quantity": 1}]});
    let t: TransferCard = w.post_once(&path, &two.clerk, "any-00000001", &any).await.ok();
    assert_ne!(t.source, two.asks.shelf());
    // It would not: the next one is asked.
    let keeper = w.stack.app.tables.source(&t.source, w.stack.app.now()).await.unwrap().unwrap().0.keeper;
    let token = w.staff(&format!("{}-clerk", keeper.as_str().trim_start_matches("sto_"))).await;
    let next: TransferCard = w
        .post(&format!("/api/v1/stores/{keeper}/transfers/{}/steps", t.transfer), &token, &json!({"step": "reject", "reason": "要留给顾客"}))
        .await
        .ok();
    assert!(next.state == TransferState::Requested && next.source != t.source, "{next:?}");
    assert_eq!(w.stock(&t.source, &two.sku).await.reserved, 0);
    // HQ moves goods wherever it likes: here from the shop to a warehouse.
    let warehouse = w.stack.app.tables.warehouses().await.unwrap()[0].location.clone();
    let direct = json!({"source": two.sends.shelf(), "target": warehouse, "lines": [{"sku": two.sku, "quantity": 1}]});
    w.post_once("/api/v1/hq/transfers", &two.clerk, "direct-00001", &direct).await.refused(403, "forbidden");
    let moved: TransferCard = w.post_once("/api/v1/hq/transfers", &two.hq, "direct-00001", &direct).await.ok();
    assert!(moved.by_hq && moved.target == warehouse, "{moved:?}");
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_task_that_nobody_takes_when_reminded_twice_then_hq_sees_it_among_its_exceptions() {
    let w = World::usual().await;
    let two = Two::of(&w).await;
    let t = two.ask(&w, "fill-0000001", 2).await;
    for told in 0..2 {
        let hq = w.staff("admin").await;
        let seen: Exceptions = w.get("/api/v1/hq/exceptions", &hq).await.ok();
        assert!(seen.late.iter().all(|l| l.transfer != t.transfer), "told {told} times");
        w.stack.app.clock.advance(12 * Timestamp::HOUR + Timestamp::MINUTE);
        w.sweep().await;
    }
    let hq = w.staff("admin").await;
    let late = until(|| async {
        let seen: Exceptions = w.get("/api/v1/hq/exceptions", &hq).await.ok();
        seen.late.into_iter().find(|l| l.transfer == t.transfer)
    })
    .await;
    assert_eq!((late.reminders, late.state), (2, TransferState::Requested));
    // Who may see stock, but no transfers, is told of none.
    let marketing = w.staff("marketing").await;
    let seen: Exceptions = w.get("/api/v1/hq/exceptions", &marketing).await.ok();
    assert!(seen.late.is_empty() && seen.overdue.iter().all(|o| !["order", "delivery", "transfer"].contains(&o.what.as_str())), "{:?}", seen.overdue);
    // What was decided about another source than the one that has it now is no decision.
    let stale = json!({"step": "reject", "reason": "x", "source": two.asks.shelf()});
    let path = format!("/api/v1/stores/{}/transfers/{}/steps", two.sends, t.transfer);
    w.post(&path, &w.staff("sh02-clerk").await, &stale).await.refused(409, "conflict");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_goods_that_expire_when_some_come_back_without_a_date_or_after_it_then_they_are_documented_and_never_sold() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let row = perishable(&w, &store).await;
    let (clerk, manager) = (w.staff("sh01-clerk").await, w.staff("sh01-manager").await);
    w.let_alone(Fen(100_000)).await;
    let path = format!("/api/v1/stores/{store}/stock");
    let there = w.stock(&store.shelf(), &row.sku).await.on_hand;
    let sale = json!({"sales": [{"till": "1", "number": "1", "sold_at": w.stack.app.now(), "lines": [{"sku": row.sku, "quantity": there}]}]});
    let _: Value = w.post(&format!("/api/v1/stores/{store}/pos/sales"), &w.till(&store).await, &sale).await.ok();
    let today = liandian_domain::stores::hours::day(w.stack.app.now(), "Asia/Shanghai");
    let yesterday = today.yesterday().unwrap().to_string();
    let back = async |key: &str, quantity: i64, day: Option<&str>| -> Value {
        let back = json!({"kind": "return", "reason": "顾客退货", "lines": [{"sku": row.sku, "quantity": quantity, "expires_on": day}]});
        w.post_once(&format!("{path}/receipts"), &clerk, key, &back).await.ok()
    };
    let _ = back("return-00001", 1, None).await;
    let _ = back("return-00002", 1, Some(&yesterday)).await;
    let shown = async || -> StockRow {
        let list: StockList = w.get(&format!("{path}?q={}", row.sku), &w.staff("sh01-clerk").await).await.ok();
        list.rows.into_iter().next().unwrap()
    };
    let now = shown().await;
    assert!(now.on_hand == 0 && now.available == 0 && now.batches.is_empty(), "{now:?}");
    let papers: MovementList = w.get(&format!("{path}/movements"), &clerk).await.ok();
    let told: Vec<(MovementKind, i64)> = papers.movements.iter().take(4).map(|m| (m.kind, m.lines[0].on_hand)).collect();
    let ways = |kind, n| told.iter().filter(|t| **t == (kind, n)).count();
    assert_eq!((ways(MovementKind::Return, 1), ways(MovementKind::Expired, -1)), (2, 2), "{told:?}");
    let dated = papers.movements.iter().find(|m| m.kind == MovementKind::Expired && !m.lines[0].batches.is_empty()).unwrap();
    assert!(dated.lines[0].batches[0].expires_on == yesterday && dated.reason.as_ref().unwrap().contains(&yesterday), "{dated:?}");

    // What is found says its day; after it, it is taken in and off as well. Before it, it is sold like any other of that day.
    let adjust = async |key: &str, quantity: i64, day: Option<&str>| {
        let adjust = json!({"kind": "adjustment", "reason": "货架后找到", "lines": [{"sku": row.sku, "quantity": quantity, "expires_on": day}]});
        w.post_once(&format!("{path}/adjustments"), &manager, key, &adjust).await
    };
    assert_eq!(adjust("adjust-00001", 1, None).await.refused(400, "bad_request")["field"], "lines[0].expires_on");
    let _: Value = adjust("adjust-00002", 1, Some(&yesterday)).await.ok();
    assert_eq!(shown().await.on_hand, 0);
    let _: Value = adjust("adjust-00003", 1, Some(&today.to_string())).await.ok();
    let _ = back("return-00003", 1, Some(&today.to_string())).await;
    let now = shown().await;
    assert!(now.on_hand == 2 && now.batches.len() == 1 && now.batches[0].units == 2 && now.batches[0].days_left == 0, "{now:?}");
    for (n, day) in [(1, "2020-01-01"), (2, "2099-01-01")] {
        let receipt = json!({"kind": "receipt", "lines": [{"sku": row.sku, "quantity": 1, "expires_on": day}]});
        let refused = w.post_once(&format!("{path}/receipts"), &clerk, &format!("receipt-000{n}"), &receipt).await.refused(400, "bad_request");
        assert_eq!(refused["field"], "lines[0].expires_on");
    }
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_units_that_end_today_when_the_promised_time_is_tomorrow_then_nobody_is_promised_them_and_who_has_them_promised_is_asked() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let row = perishable(&w, &store).await;
    let (clerk, member) = (w.staff("sh01-clerk").await, w.customer("demo-01").await);
    let path = format!("/api/v1/stores/{store}/stock");
    let there = w.stock(&store.shelf(), &row.sku).await;
    let sale = json!({"sales": [{"till": "1", "number": "1", "sold_at": w.stack.app.now(), "lines": [{"sku": row.sku, "quantity": there.on_hand}]}]});
    let _: Value = w.post(&format!("/api/v1/stores/{store}/pos/sales"), &w.till(&store).await, &sale).await.ok();
    let safety: Value =
        w.call(reqwest::Method::PUT, &format!("{path}/{}/safety", row.sku), &w.staff("sh01-manager").await, Some(&json!({"safety": 0}))).await.ok();
    assert_eq!(safety["safety"], 0);
    // Five that end today, six that last.
    let today = liandian_domain::stores::hours::day(w.stack.app.now(), "Asia/Shanghai");
    let later = liandian_domain::stores::hours::day(w.stack.app.now().plus(9 * Timestamp::DAY), "Asia/Shanghai").to_string();
    for (n, units, day) in [(1, 5, today.to_string()), (2, 6, later)] {
        let receipt = json!({"kind": "receipt", "lines": [{"sku": row.sku, "quantity": units, "expires_on": day}]});
        let _: Value = w.post_once(&format!("{path}/receipts"), &clerk, &format!("receipt-000{n}"), &receipt).await.ok();
    }
    // At ten in the morning all of them can be had: one takes three, another five, and neither comes.
    let quote = w.quote(&store, &[(row.sku.clone(), 3)], Fulfilment::Pickup, None).await;
    assert!(!quote.short && quote.lines[0].available == 11, "{quote:?}");
    let order = w.order_for(&store, &[(row.sku.clone(), 3)], Fulfilment::Pickup).await;
    let first = w.bought(&member, &order, "key-00000001").await;
    let five = w.order_for(&store, &[(row.sku.clone(), 5)], Fulfilment::Pickup).await;
    let second = w.bought(&w.customer("demo-02").await, &five, "key-00000002").await;
    // At ten to midnight a pickup is ready tomorrow: what ends today is none to be promised, nor is it sent to another store.
    w.stack.app.clock.advance(13 * Timestamp::HOUR + 50 * Timestamp::MINUTE);
    let member = w.customer("demo-02").await;
    let quote = w.quote(&store, &[(row.sku.clone(), 1)], Fulfilment::Pickup, None).await;
    assert!(quote.short && quote.lines[0].available == 0, "five end before, what lasts is promised: {quote:?}");
    // Who looks around reads the same.
    let page: ProductPage = w.get(&format!("/api/v1/stores/{store}/listings/{}", row.sku), "").await.ok();
    let found: ListingPage = w.get(&format!("/api/v1/stores/{store}/listings?q={}", page.name), "").await.ok();
    let shown = |all: &[ListingCard]| all.iter().find(|c| c.sku == row.sku).map(|c| c.available);
    assert_eq!(shown(&page.skus), Some(0));
    assert!(shown(&found.items).is_none_or(|n| n == 0), "if it is on the first page: {found:?}");
    let more = liandian_types::api::PlaceOrder { expect_total: quote.total, lines: liandian_tests::ordered(&[(row.sku.clone(), 1)]), ..order };
    w.place(&member, &more, "key-00000003").await.refused(409, "sold_out");
    let ask = json!({"source": store.shelf(), "lines": [{"sku": row.sku, "quantity": 1}]});
    let other = w.staff("sh02-clerk").await;
    w.post_once("/api/v1/stores/sto_sh02/transfers", &other, "fill-0000001", &ask).await.refused(409, "sold_out");

    // After midnight they are off the shelf, and who ordered last is asked: eight are promised, six are left.
    w.stack.app.clock.advance(13 * Timestamp::MINUTE);
    w.sweep().await;
    w.sweep().await;
    let (one, two) = (w.customer("demo-01").await, w.customer("demo-02").await);
    assert!(w.order(&one, &first).await.shortfall.is_none(), "there is enough for who came first");
    let short = w.order(&two, &second).await.shortfall.expect("the customer is asked");
    assert_eq!((short.lines[0].quantity, w.stock(&store.shelf(), &row.sku).await.on_hand), (2, 6));
    let back: OrderView = w.post(&format!("/api/v1/orders/{second}/shortfall"), &two, &json!({"choice": "refund"})).await.ok();
    assert_eq!(back.card.state, OrderState::Refunding);
    w.assert_books().await;
    w.stack.stop().await;
}

/// A SKU of the store that tracks its expiry.
async fn perishable(w: &World, store: &StoreId) -> StockRow {
    let token = w.staff("sh01-clerk").await;
    let list: StockList = w.get(&format!("/api/v1/stores/{store}/stock?show=expiring"), &token).await.ok();
    list.rows.into_iter().find(|r| r.available > 6 && r.batches.len() == 2).expect("goods that expire")
}

#[tokio::test(flavor = "multi_thread")]
async fn given_goods_that_expire_when_received_sold_and_sent_then_the_first_expired_go_first_and_what_is_over_leaves_the_shelf_by_itself() {
    let w = World::start(Wish { minute: Duration::from_millis(300), ..Wish::default() }).await;
    let store: StoreId = id("sto_sh01");
    let row = perishable(&w, &store).await;
    let (clerk, other) = (w.staff("sh01-clerk").await, w.staff("sh02-clerk").await);
    let path = format!("/api/v1/stores/{store}/stock");
    let receipt = |day: Option<&str>| json!({"kind": "receipt", "lines": [{"sku": row.sku, "quantity": 5, "expires_on": day}]});
    let refused = async |key: &str, body: Value| {
        let p = w.post_once(&format!("{path}/receipts"), &clerk, key, &body).await.refused(400, "bad_request");
        assert_eq!(p["field"], "lines[0].expires_on");
    };
    refused("receipt-0001", receipt(None)).await;
    refused("receipt-0002", receipt(Some("tomorrow"))).await;
    let keeps = w.sku_with(&store, 1, 500).await;
    refused("receipt-0003", json!({"kind": "receipt", "lines": [{"sku": keeps, "quantity": 1, "expires_on": "2030-01-01"}]})).await;
    // Five that are good for two days.
    let soon = liandian_domain::stores::hours::day(w.stack.app.now().plus(2 * Timestamp::DAY), "Asia/Shanghai").to_string();
    let _: Value = w.post_once(&format!("{path}/receipts"), &clerk, "receipt-0004", &receipt(Some(&soon))).await.ok();
    let shown = async |token: &str, store: &StoreId| -> StockRow {
        let list: StockList = w.get(&format!("/api/v1/stores/{store}/stock?q={}", row.sku), token).await.ok();
        list.rows.into_iter().next().unwrap()
    };
    let first = &shown(&clerk, &store).await.batches[0];
    assert_eq!((first.expires_on.as_str(), first.units, first.days_left), (soon.as_str(), 5, 2));
    let list: StockList = w.get(&format!("{path}?show=expiring"), &clerk).await.ok();
    assert_eq!(list.rows[0].sku, row.sku, "the first to expire comes first");
    // Two are sold at the till, one goes to another store: they are the first to expire, and keep their date there.
    let sale = json!({"sales": [{"till": "1", "number": "1", "sold_at": w.stack.app.now(), "lines": [{"sku": row.sku, "quantity": 2}]}]});
    let _: Value = w.post(&format!("/api/v1/stores/{store}/pos/sales"), &w.till(&store).await, &sale).await.ok();
    assert_eq!(shown(&clerk, &store).await.batches[0].units, 3);
    let ask = json!({"source": store.shelf(), "lines": [{"sku": row.sku, "quantity": 1}]});
    let t: TransferCard = w.post_once("/api/v1/stores/sto_sh02/transfers", &other, "fill-0000001", &ask).await.ok();
    for what in ["accept", "pack", "send"] {
        let _: TransferCard = w.post(&format!("/api/v1/stores/{store}/transfers/{}/steps", t.transfer), &clerk, &json!({"step": what})).await.ok();
    }
    let _: TransferCard = w.post(&format!("/api/v1/stores/sto_sh02/transfers/{}/steps", t.transfer), &other, &json!({"step": "receive"})).await.ok();
    let there = shown(&other, &id("sto_sh02")).await;
    assert_eq!((there.batches[0].expires_on.as_str(), there.batches[0].units), (soon.as_str(), 1), "the date travels with the goods");
    assert_eq!(shown(&clerk, &store).await.batches[0].units, 2);
    // Three days later the rest is over, and gone from both shelves.
    let before = w.stock(&store.shelf(), &row.sku).await;
    w.stack.app.clock.advance(3 * Timestamp::DAY);
    until(|| async { (w.stock(&store.shelf(), &row.sku).await.on_hand == before.on_hand - 2).then_some(()) }).await;
    let clerk = w.staff("sh01-clerk").await;
    let left = shown(&clerk, &store).await;
    assert!(left.batches.iter().all(|b| b.days_left >= 0), "{left:?}");
    let movements: MovementList = w.get(&format!("{path}/movements"), &clerk).await.ok();
    let gone = movements.movements.iter().find(|m| m.kind == MovementKind::Expired).expect("a document says why");
    assert!(gone.reason.as_ref().is_some_and(|r| r.contains(&soon)) && gone.lines[0].on_hand == -2, "{gone:?}");
    // A till tells only now that it sold one of the two on their last day, and one of another batch today: the first is not taken off twice.
    let there = w.stock(&store.shelf(), &row.sku).await.on_hand;
    let now = w.stack.app.now();
    let late = |number: &str, days: i64| json!({"till": "1", "number": number, "sold_at": now.plus(-days * Timestamp::DAY), "lines": [{"sku": row.sku, "quantity": 1}]});
    let tills = json!({"sales": [late("2", 2), late("3", 0), late("2", 2)]});
    let _: Value = w.post(&format!("/api/v1/stores/{store}/pos/sales"), &w.till(&store).await, &tills).await.ok();
    assert_eq!(w.stock(&store.shelf(), &row.sku).await.on_hand, there - 1);
    let movements: MovementList = w.get(&format!("{path}/movements"), &clerk).await.ok();
    let back: Vec<i64> = movements.movements.iter().filter(|m| m.kind == MovementKind::Expired).map(|m| m.lines[0].on_hand).collect();
    assert_eq!(back, [1, -2], "newest first");
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_shelf_sold_short_when_looked_at_then_the_store_sees_which_orders_wait_and_hq_sees_it_among_its_exceptions() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let sku = w.sku_with(&store, 3, 10).await;
    let token = w.customer("demo-01").await;
    let free = w.stock(&store.shelf(), &sku).await.available();
    let order = w.order_for(&store, &[(sku.clone(), free)], Fulfilment::Pickup).await;
    let bought = w.bought(&token, &order, "key-00000001").await;
    let (clerk, hq) = (w.staff("sh01-clerk").await, w.staff("admin").await);
    let nothing: ShortList = w.get(&format!("/api/v1/stores/{store}/stock/shortfalls"), &clerk).await.ok();
    assert!(nothing.goods.iter().all(|g| g.row.sku != sku));
    // The till sells two more than there are.
    let there = u32::try_from(w.stock(&store.shelf(), &sku).await.on_hand).unwrap();
    let sale = json!({"sales": [{"till": "1", "number": "1", "sold_at": w.stack.app.now(), "lines": [{"sku": sku, "quantity": there - free + 2}]}]});
    let _: Value = w.post(&format!("/api/v1/stores/{store}/pos/sales"), &w.till(&store).await, &sale).await.ok();
    let short = until(|| async {
        let list: ShortList = w.get(&format!("/api/v1/stores/{store}/stock/shortfalls"), &clerk).await.ok();
        list.goods.into_iter().find(|g| g.row.sku == sku)
    })
    .await;
    assert_eq!((short.missing, short.orders.len()), (2, 1));
    assert_eq!((&short.orders[0].order, short.orders[0].units), (&bought, i64::from(free)));
    // Who may see stock and no orders reads what is missing, and not for whom: neither here nor in the documents.
    let marketing = w.staff("marketing").await;
    let list: ShortList = w.get(&format!("/api/v1/stores/{store}/stock/shortfalls"), &marketing).await.ok();
    assert!(
        list.goods.iter().any(|g| g.row.sku == sku && g.missing == 2) && list.goods.iter().all(|g| g.orders.is_empty() && g.transfers.is_empty())
    );
    let documents = async |token: &str| -> MovementList { w.get(&format!("/api/v1/stores/{store}/stock/movements"), token).await.ok() };
    assert!(documents(&clerk).await.movements.iter().any(|m| m.order.as_ref() == Some(&bought)));
    assert!(documents(&marketing).await.movements.iter().all(|m| m.order.is_none() && m.transfer.is_none()));
    let low: StockList = w.get(&format!("/api/v1/stores/{store}/stock?show=low"), &clerk).await.ok();
    assert_eq!(low.rows[0].sku, sku, "what is promised and not there comes first");
    assert!(low.rows.iter().all(|r| r.available <= 3), "{low:?}");
    w.get(&format!("/api/v1/stores/{store}/stock?show=nonsense"), &clerk).await.refused(400, "bad_request");
    let here = |r: &StockRow| r.sku == sku && r.location == store.shelf();
    // Of what is low in the chain HQ reads the worst; until the view follows, this one is not among them.
    let seen = until(|| async {
        let seen: Exceptions = w.get("/api/v1/hq/exceptions", &hq).await.ok();
        seen.short.iter().any(here).then_some(seen)
    })
    .await;
    assert!(!seen.low.iter().any(here), "{:?}", seen.low);
    assert!(!seen.low.is_empty() && seen.books.is_none());
    let mut policies: Value = w.get("/api/v1/hq/policies", &hq).await.ok();
    for (low_at, ok) in [(20, true), (21, false)] {
        policies["low_at"] = json!(low_at);
        let answer = w.call(reqwest::Method::PUT, "/api/v1/hq/policies", &hq, Some(&policies)).await;
        if ok { drop(answer.ok::<Value>()) } else { assert_eq!(answer.refused(400, "bad_request")["field"], "low_at") }
    }
    // The books are looked at, and HQ reads what was found.
    liandian_functions::workers::fsck(w.stack.app.clone()).await.unwrap();
    let seen: Exceptions = w.get("/api/v1/hq/exceptions", &hq).await.ok();
    let books = seen.books.expect("a report");
    assert!(books.count == 0 && books.orders == 1 && books.records > 100, "{books:?}");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_store_that_asks_for_more_than_its_share_when_it_asks_then_nothing_is_held_before_the_source_accepts_and_then_what_it_accepts() {
    let w = World::usual().await;
    let two = Two::of(&w).await;
    let before = two.units(&w).await;
    let free = w.stock(&two.sends.shelf(), &two.sku).await.available();
    let all = free.min(999);
    let t = two.ask(&w, "large-000001", all).await;
    assert!(t.on_acceptance);
    assert_eq!(two.units(&w).await, before, "the source goes on selling");
    w.assert_books().await;
    // A customer buys one meanwhile: the source is told how much it can send, and accepts that.
    let token = w.customer("demo-01").await;
    let order = w.order_for(&two.sends, &[(two.sku.clone(), 1)], Fulfilment::Pickup).await;
    let _ = w.bought(&token, &order, "key-00000001").await;
    let path = format!("/api/v1/stores/{}/transfers/{}/steps", two.sends, t.transfer);
    if all == free {
        let said = w.post(&path, &two.sender, &json!({"step": "accept"})).await.refused(409, "sold_out");
        assert!(said["detail"].as_str().unwrap().contains(&format!(" {} 件", free - 1)), "{said}");
    }
    let accepted: TransferCard =
        w.post(&path, &two.sender, &json!({"step": "accept", "lines": [{"sku": two.sku, "quantity": 3}], "reason": "其余留给本店"})).await.ok();
    assert_eq!(accepted.state, TransferState::Accepted);
    assert_eq!(two.units(&w).await[0], [before[0][0], before[0][1] + 4, before[0][2]], "three for the neighbour, one for the customer");
    let cancelled = two.step(&w, false, &t, json!({"step": "cancel", "reason": "不需要了"})).await;
    assert_eq!((cancelled.state, two.units(&w).await[0][1]), (TransferState::Cancelled, before[0][1] + 1));

    // HQ decides how much a store has promised at once, in one ask and in a day.
    let mut policies: Value = w.get("/api/v1/hq/policies", &two.hq).await.ok();
    policies["ask_day_units"] = json!(3);
    let _: Value = w.call(reqwest::Method::PUT, "/api/v1/hq/policies", &two.hq, Some(&policies)).await.ok();
    let asks = [two.ask(&w, "small-000001", 2).await, two.ask(&w, "small-000002", 2).await, two.ask(&w, "small-000003", 1).await];
    assert_eq!(asks.each_ref().map(|t| t.on_acceptance), [false, true, false]);
    let direct = json!({"source": two.sends.shelf(), "target": two.asks.shelf(), "lines": [{"sku": two.sku, "quantity": 5}]});
    let moved: TransferCard = w.post_once("/api/v1/hq/transfers", &two.hq, "direct-00001", &direct).await.ok();
    assert!(!moved.on_acceptance, "what HQ moves is promised at once");
    assert_eq!(two.units(&w).await[0][1], before[0][1] + 1 + 3 + 5);
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_goods_that_expire_when_a_count_finds_more_then_they_come_in_with_the_earliest_day_or_the_one_that_was_read() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let row = perishable(&w, &store).await;
    let (clerk, manager) = (w.staff("sh01-clerk").await, w.staff("sh01-manager").await);
    let shown = async || -> StockRow {
        let list: StockList = w.get(&format!("/api/v1/stores/{store}/stock?q={}", row.sku), &clerk).await.ok();
        list.rows.into_iter().next().unwrap()
    };
    let counts = format!("/api/v1/stores/{store}/counts");
    let found = async |key: &str, more: i64, day: Option<&str>| {
        let start = json!({"kind": "cyclic", "blind": false, "skus": [row.sku]});
        let count: Value = w.post_once(&counts, &clerk, key, &start).await.ok();
        let path = format!("{counts}/{}", count["count"].as_str().unwrap());
        let entry = json!({"lines": [{"sku": row.sku, "counted": shown().await.on_hand + more, "expires_on": day}]});
        let entered: Value = w.post(&format!("{path}/lines"), &clerk, &entry).await.ok();
        assert_eq!((&entered["lines"][0]["dated"], entered["lines"][0]["expires_on"].as_str()), (&json!(true), day));
        let _: Value = w.post(&format!("{path}/steps"), &clerk, &json!({"step": "submit"})).await.ok();
        let _: Value = w.post(&format!("{path}/decision"), &manager, &json!({"step": "approve"})).await.ok();
    };
    let before = shown().await;
    found("count-000001", 2, None).await;
    let after = shown().await;
    assert_eq!((after.on_hand, after.batches.len()), (before.on_hand + 2, before.batches.len()), "{after:?}");
    let (first, was) = (&after.batches[0], &before.batches[0]);
    assert_eq!((&first.expires_on, first.units), (&was.expires_on, was.units + 2), "the cautious day");
    let read = liandian_domain::stores::hours::day(w.stack.app.now().plus(400 * Timestamp::DAY), "Asia/Shanghai").to_string();
    found("count-000002", 1, Some(&read)).await;
    let last = shown().await.batches.pop().unwrap();
    assert_eq!((last.expires_on, last.units), (read, 1));
    // Only what is kept by date has one, and no day is none.
    let keeps = w.sku_with(&store, 1, 500).await;
    let count: Value = w.post_once(&counts, &clerk, "count-000003", &json!({"kind": "cyclic", "skus": [row.sku, keeps]})).await.ok();
    let path = format!("{counts}/{}/lines", count["count"].as_str().unwrap());
    for (sku, day) in [(&keeps, "2030-01-01"), (&row.sku, "tomorrow")] {
        let entry = json!({"lines": [{"sku": sku, "counted": 1, "expires_on": day}]});
        assert_eq!(w.post(&path, &clerk, &entry).await.refused(400, "bad_request")["field"], "lines[0].expires_on");
    }
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_an_order_put_together_before_its_goods_ended_when_handed_over_then_the_clerk_is_asked_and_the_answer_stands_in_the_books() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let row = perishable(&w, &store).await;
    let (clerk, member) = (w.staff("sh01-clerk").await, w.customer("demo-01").await);
    let path = format!("/api/v1/stores/{store}/stock");
    let there = w.stock(&store.shelf(), &row.sku).await;
    let sale = json!({"sales": [{"till": "1", "number": "1", "sold_at": w.stack.app.now(), "lines": [{"sku": row.sku, "quantity": there.on_hand}]}]});
    let _: Value = w.post(&format!("/api/v1/stores/{store}/pos/sales"), &w.till(&store).await, &sale).await.ok();
    let manager = w.staff("sh01-manager").await;
    let _: Value = w.call(reqwest::Method::PUT, &format!("{path}/{}/safety", row.sku), &manager, Some(&json!({"safety": 0}))).await.ok();
    // Three that end today, six that last: there is enough for everybody whatever day it is.
    let today = liandian_domain::stores::hours::day(w.stack.app.now(), "Asia/Shanghai").to_string();
    let later = liandian_domain::stores::hours::day(w.stack.app.now().plus(9 * Timestamp::DAY), "Asia/Shanghai").to_string();
    for (n, units, day) in [(1, 3, &today), (2, 6, &later)] {
        let receipt = json!({"kind": "receipt", "lines": [{"sku": row.sku, "quantity": units, "expires_on": day}]});
        let _: Value = w.post_once(&format!("{path}/receipts"), &clerk, &format!("receipt-000{n}"), &receipt).await.ok();
    }
    let order = w.order_for(&store, &[(row.sku.clone(), 2)], Fulfilment::Pickup).await;
    let first = w.bought(&member, &order, "key-00000001").await;
    let second = w.bought(&w.customer("demo-02").await, &order, "key-00000002").await;
    for bought in [&first, &second] {
        let ready: OrderView = w.post(&format!("/api/v1/stores/{store}/orders/{bought}/ready"), &clerk, &json!({})).await.ok();
        assert_eq!((ready.card.state, ready.ended_text), (OrderState::Ready, None));
    }
    let code = async |member: &str, bought: &OrderId| json!({"code": w.order(member, bought).await.pickup_code.unwrap()});
    let pickups = format!("/api/v1/stores/{store}/pickups");
    // On the day itself nobody is asked anything.
    let handed: OrderView = w.post(&pickups, &clerk, &code(&w.customer("demo-02").await, &second).await).await.ok();
    assert_eq!(handed.card.state, OrderState::Completed);
    // After midnight the books say that the bag has units that last; what is in it only the clerk can see.
    w.stack.app.clock.advance(14 * Timestamp::HOUR + 5 * Timestamp::MINUTE);
    w.sweep().await;
    w.sweep().await;
    let (clerk, member) = (w.staff("sh01-clerk").await, w.customer("demo-01").await);
    assert!(w.order(&member, &first).await.shortfall.is_none());
    let shown: OrderView = w.get(&format!("/api/v1/stores/{store}/orders/{first}"), &clerk).await.ok();
    assert!(shown.ended_text.is_some_and(|text| text.contains(&today)), "whoever gives it to a rider reads it, too");
    let mut ask = code(&member, &first).await;
    for sure in [false, true] {
        ask["sure"] = json!(sure);
        let asked = w.post(&pickups, &clerk, &ask).await.refused(409, "ask_first");
        assert!(asked["field"] == "fresh" && asked["detail"].as_str().is_some_and(|d| d.contains(&today)), "{asked}");
    }
    assert_eq!(w.order(&member, &first).await.card.state, OrderState::Ready);
    ask["fresh"] = json!(true);
    let handed: OrderView = w.post(&pickups, &clerk, &ask).await.ok();
    assert_eq!((handed.card.state, handed.ended_text), (OrderState::Completed, None));
    let papers = w.stack.app.tables.movements(&store.shelf()).await.unwrap();
    let sale = papers.iter().find(|m| m.kind == MovementKind::Sale && m.order.as_ref() == Some(&first)).unwrap();
    assert!(sale.reason.is_some() && sale.actor.is_some(), "{sale:?}");
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_an_unpaid_order_whose_goods_ended_when_its_payment_is_told_late_then_its_customer_is_asked_once() {
    let w = World::start(Wish { minute: Duration::from_secs(3_600), ..Wish::default() }).await;
    let store: StoreId = id("sto_sh01");
    let row = perishable(&w, &store).await;
    let (clerk, member) = (w.staff("sh01-clerk").await, w.customer("demo-01").await);
    let path = format!("/api/v1/stores/{store}/stock");
    let there = w.stock(&store.shelf(), &row.sku).await;
    let sale = json!({"sales": [{"till": "1", "number": "1", "sold_at": w.stack.app.now(), "lines": [{"sku": row.sku, "quantity": there.on_hand}]}]});
    let _: Value = w.post(&format!("/api/v1/stores/{store}/pos/sales"), &w.till(&store).await, &sale).await.ok();
    let manager = w.staff("sh01-manager").await;
    let _: Value = w.call(reqwest::Method::PUT, &format!("{path}/{}/safety", row.sku), &manager, Some(&json!({"safety": 0}))).await.ok();
    let today = liandian_domain::stores::hours::day(w.stack.app.now(), "Asia/Shanghai").to_string();
    let receipt = json!({"kind": "receipt", "lines": [{"sku": row.sku, "quantity": 3, "expires_on": today}]});
    let _: Value = w.post_once(&format!("{path}/receipts"), &clerk, "receipt-0001", &receipt).await.ok();
    let order = w.order_for(&store, &[(row.sku.clone(), 2)], Fulfilment::Pickup).await;
    let placed: PlacedOrder = w.place(&member, &order, "key-00000001").await.ok();
    let paid = liandian_partners::payment::Transaction {
        order: placed.order.clone(),
        transaction: "4200000000000000000000000001".into(),
        amount: placed.total,
        at: w.stack.app.now(),
    };
    w.stack.app.clock.advance(14 * Timestamp::HOUR + 5 * Timestamp::MINUTE);
    for _ in 0..2 {
        liandian_functions::flows::payments::take(&w.stack.app, &paid, w.stack.app.now()).await.unwrap();
    }
    let asked = w.order(&w.customer("demo-01").await, &placed.order).await;
    assert_eq!((asked.card.state, asked.shortfall.map(|s| s.lines[0].quantity)), (OrderState::Preparing, Some(2)));
    assert_eq!(asked.history.iter().filter(|h| h.text.contains("缺货")).count(), 1, "{:?}", asked.history);
    w.assert_books().await;
    w.stack.stop().await;
}
