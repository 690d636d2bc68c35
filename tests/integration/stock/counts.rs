//! Stock counts: what people find becomes what the record says, once, and only when the policy or somebody else says so.

use liandian_tests::{Answer, World, call, id};
use liandian_types::{
    CountState, CountStep, Fen, SkuId, StoreId,
    api::{ChainPolicies, CountCard, CountEntered, CountView, Recorded},
};
use reqwest::Method;
use serde_json::{Value, json};

async fn start(w: &World, token: &str, key: &str, body: &Value) -> Answer {
    call(&w.http, Method::POST, &format!("{}/api/v1/stores/sto_sh01/counts", w.stack.origin), token, Some(body), Some(key)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_blind_count_when_it_differs_then_who_counted_sees_no_record_and_somebody_else_decides() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (clerk, manager) = (w.staff("sh01-clerk").await, w.staff("sh01-manager").await);
    let skus: Vec<SkuId> = w.skus_with(&store, 20, 900, 2).await;
    let ask = json!({"kind": "cyclic", "blind": true, "skus": skus});
    let begun: CountCard = start(&w, &clerk, "count-key-1", &ask).await.ok();
    let again: CountCard = start(&w, &clerk, "count-key-1", &ask).await.ok();
    assert_eq!((&begun.count, begun.lines), (&again.count, 2), "once per key");
    let base = format!("/api/v1/stores/sto_sh01/counts/{}", begun.count);
    let before = w.stock(&store.shelf(), &skus[0]).await;
    let other = w.stock(&store.shelf(), &skus[1]).await;

    // Twelve are missing of the first, nothing of the second.
    let found = json!({"lines": [{"sku": skus[0], "counted": before.on_hand - 12}, {"sku": skus[1], "counted": other.on_hand}]});
    let entered: CountEntered = w.post(&format!("{base}/lines"), &clerk, &found).await.ok();
    assert!(entered.lines.iter().all(|l| l.counted.is_some() && l.book.is_none() && l.difference.is_none()), "blind: {entered:?}");
    // Nor does the list of stock tell who counts; it tells who decides.
    let listed = async |token: &str| -> (i64, i64, bool) {
        let list: liandian_types::api::StockList = w.get(&format!("/api/v1/stores/sto_sh01/stock?q={}", skus[0]), token).await.ok();
        (list.rows[0].on_hand, list.rows[0].available, list.rows[0].counted_blind)
    };
    assert_eq!(listed(&clerk).await, (0, 0, true));
    assert_eq!(listed(&manager).await, (before.on_hand, i64::from(before.available()), false));
    // Sold after it was counted: that is no difference.
    let sale = json!({"sales": [{"till": "1", "number": "r-1", "sold_at": w.stack.app.now(), "lines": [{"sku": skus[0], "quantity": 3}]}]});
    assert!(w.post("/api/v1/stores/sto_sh01/pos/sales", &w.staff("sh01-till").await, &sale).await.status.is_success());

    let submitted: CountView = w.post(&format!("{base}/steps"), &clerk, &json!({"step": "submit"})).await.ok();
    assert_eq!((submitted.card.state, submitted.card.short, submitted.card.different), (CountState::Submitted, 12, 1));
    assert_eq!(submitted.steps, [CountStep::Cancel]);
    // It waits in the list of those who decide.
    assert!(w.stack.app.tables.submitted_counts(300).await.unwrap().iter().any(|c| c.count == begun.count));
    assert!(submitted.lines.iter().any(|l| l.sku == skus[0] && l.difference == Some(-12)), "open to all once it is handed in");
    w.post(&format!("{base}/lines"), &clerk, &found).await.refused(409, "conflict");
    w.post(&format!("{base}/decision"), &clerk, &json!({"step": "approve"})).await.refused(403, "forbidden");
    w.post(&format!("{base}/decision"), &manager, &json!({"step": "reject"})).await.refused(400, "bad_request");
    w.post(&format!("{base}/decision"), &manager, &json!({"step": "submit"})).await.refused(400, "bad_request");
    let back: CountView = w.post(&format!("{base}/decision"), &manager, &json!({"step": "reject", "reason": "请复盘"})).await.ok();
    assert_eq!((back.card.state, back.card.reason.as_deref()), (CountState::Open, Some("请复盘")));
    // Eleven after all; the record has moved on by the sale.
    let found = json!({"lines": [{"sku": skus[0], "counted": before.on_hand - 3 - 11}]});
    let _: CountEntered = w.post(&format!("{base}/lines"), &clerk, &found).await.ok();
    let _: CountView = w.post(&format!("{base}/steps"), &clerk, &json!({"step": "submit"})).await.ok();
    let done: CountView = w.post(&format!("{base}/decision"), &manager, &json!({"step": "approve"})).await.ok();
    assert_eq!(done.card.state, CountState::Closed);
    // People are named, not numbered.
    assert!(done.counted_by.len() == 1 && !done.counted_by[0].starts_with("stf_"), "{:?}", done.counted_by);
    assert!(done.approved_by.as_ref().is_some_and(|n| !n.starts_with("stf_") && *n != done.counted_by[0]), "{:?}", done.approved_by);
    assert_eq!(w.stock(&store.shelf(), &skus[0]).await.on_hand, before.on_hand - 3 - 11);
    assert_eq!(w.stock(&store.shelf(), &skus[1]).await.on_hand, other.on_hand);
    w.post(&format!("{base}/decision"), &manager, &json!({"step": "approve"})).await.refused(409, "conflict");
    // Another store's staff do not find it.
    let foreign = w.staff("sh02-clerk").await;
    w.get(&base, &foreign).await.refused(404, "not_found");
    w.get(&base.replace("sto_sh01", "sto_sh02"), &foreign).await.refused(404, "not_found");
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_full_count_with_small_differences_when_it_is_submitted_then_the_policy_puts_all_of_it_right_at_once() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (clerk, admin) = (w.staff("sh01-clerk").await, w.staff("admin").await);
    let policies: ChainPolicies = w.get("/api/v1/hq/policies", &admin).await.ok();
    let wide = ChainPolicies { count_units: 1, count_value: Fen(100_000_000), ..policies };
    w.call(Method::PUT, "/api/v1/hq/policies", &clerk, Some(&wide)).await.refused(403, "forbidden");
    w.call(Method::PUT, "/api/v1/hq/policies", &admin, Some(&ChainPolicies { per_km: 10_001, ..wide.clone() })).await.refused(400, "bad_request");
    let set: ChainPolicies = w.call(Method::PUT, "/api/v1/hq/policies", &admin, Some(&wide)).await.ok();
    assert_eq!(set, ChainPolicies { version: wide.version + 1, ..wide });
    start(&w, &clerk, "count-key-2", &json!({"kind": "full", "category": "dairy"})).await.refused(400, "bad_request");
    start(&w, &clerk, "count-key-3", &json!({"kind": "cyclic"})).await.refused(400, "bad_request");
    let first: CountCard = start(&w, &clerk, "count-key-1", &json!({"kind": "cyclic", "skus": w.skus_with(&store, 1, 900, 1).await})).await.ok();
    let rows = w.rows_of("COUNT#").await;
    start(&w, &clerk, "count-key-9", &json!({"kind": "full"})).await.refused(409, "conflict");
    let at_once = futures::future::join_all((0..5).map(|n| {
        let (w, clerk) = (&w, &clerk);
        async move { start(w, clerk, &format!("count-key-a{n}"), &json!({"kind": "full"})).await.status.as_u16() }
    }));
    assert_eq!((at_once.await, w.rows_of("COUNT#").await), (vec![409; 5], rows), "nothing is left of what did not begin");
    let path = format!("/api/v1/stores/sto_sh01/counts/{}/steps", first.count);
    let _: CountView = w.post(&path, &clerk, &json!({"step": "cancel"})).await.ok();
    start(&w, &clerk, "count-key-4", &json!({"kind": "cyclic", "skus": ["sku_none"]})).await.refused(400, "bad_request");
    let begun: CountCard = start(&w, &clerk, "count-key-5", &json!({"kind": "full"})).await.ok();
    let base = format!("/api/v1/stores/sto_sh01/counts/{}", begun.count);
    w.post(&format!("{base}/steps"), &clerk, &json!({"step": "submit"})).await.refused(400, "bad_request");
    let view: CountView = w.get(&base, &clerk).await.ok();
    assert!(view.lines.len() > liandian_domain::stock::count::CHUNK * 2, "the chunks are put to the test");
    let at: Vec<_> = view.lines.iter().map(|l| (store.shelf(), l.sku.clone())).collect();
    let books = w.stack.app.tables.stock(&at, true).await.unwrap();
    // One more of each than the record says.
    let found: Vec<Value> = view.lines.iter().zip(&books).map(|(l, b)| json!({"sku": l.sku, "counted": b.on_hand + 1})).collect();
    for chunk in found.chunks(25) {
        let entered: CountEntered = w.post(&format!("{base}/lines"), &clerk, &json!({"lines": chunk})).await.ok();
        assert!(entered.lines.iter().all(|l| l.difference == Some(1)), "not blind");
    }
    w.post(&format!("{base}/lines"), &clerk, &json!({"lines": found[..26]})).await.refused(400, "bad_request");
    let done: CountView = w.post(&format!("{base}/steps"), &clerk, &json!({"step": "submit"})).await.ok();
    assert_eq!((done.card.state, done.card.over), (CountState::Closed, i64::try_from(found.len()).unwrap()));
    let after = w.stack.app.tables.stock(&at, true).await.unwrap();
    assert!(books.iter().zip(&after).all(|(b, a)| a.on_hand == b.on_hand + 1 && a.reserved == b.reserved));
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_process_that_died_while_differences_were_put_right_when_the_sweeper_comes_then_the_rest_is_put_right_once() {
    use liandian_domain::stock::count;
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let clerk = w.staff("sh01-clerk").await;
    let skus: Vec<SkuId> = w.skus_with(&store, 3, 900, 60).await;
    let begun: CountCard = start(&w, &clerk, "count-key-6", &json!({"kind": "cyclic", "skus": skus})).await.ok();
    let base = format!("/api/v1/stores/sto_sh01/counts/{}", begun.count);
    let at: Vec<_> = skus.iter().map(|s| (store.shelf(), s.clone())).collect();
    let books = w.stack.app.tables.stock(&at, true).await.unwrap();
    let found: Vec<Value> = skus.iter().zip(&books).map(|(s, b)| json!({"sku": s, "counted": b.on_hand + 2})).collect();
    for chunk in found.chunks(25) {
        let _: CountEntered = w.post(&format!("{base}/lines"), &clerk, &json!({"lines": chunk})).await.ok();
    }
    let _: CountView = w.post(&format!("{base}/steps"), &clerk, &json!({"step": "submit"})).await.ok();
    let app = &w.stack.app;
    // Approved, and one chunk put right: then the process died.
    for chunk in 0..2 {
        let head = app.tables.count_head(&begun.count).await.unwrap().unwrap();
        let decision = if chunk == 0 {
            count::decide(&head, &[], true, None, &id("stf_somebody"), app.now()).unwrap()
        } else {
            count::put_right(&head, &app.tables.count_lines(&begun.count).await.unwrap(), app.id(), app.now())
        };
        let commit = liandian_store::Commit { decision, event_ids: vec![], idempotency: None, now: app.now(), luck: 0 };
        app.tables.commit(commit).await.unwrap();
    }
    let half = app.tables.stock(&at, true).await.unwrap();
    assert_eq!(books.iter().zip(&half).filter(|(b, h)| h.on_hand == b.on_hand + 2).count(), count::CHUNK);
    w.sweep().await;
    assert_eq!(app.tables.stock(&at, true).await.unwrap(), half, "not before its time");
    app.clock.advance(3 * liandian_types::Timestamp::MINUTE);
    w.sweep().await;
    w.sweep().await;
    let after = app.tables.stock(&at, true).await.unwrap();
    assert!(books.iter().zip(&after).all(|(b, a)| a.on_hand == b.on_hand + 2));
    assert_eq!(app.tables.count_head(&begun.count).await.unwrap().unwrap().state, CountState::Closed);
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_record_in_shards_when_sold_received_and_folded_then_all_see_one_record() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (admin, clerk, member) = (w.staff("admin").await, w.staff("sh01-clerk").await, w.customer("demo-01").await);
    let sku = w.sku_with(&store, 40, 900).await;
    let before = w.stock(&store.shelf(), &sku).await;
    let path = format!("/api/v1/hq/stock/{sku}/shards");
    let set = |shards: u32| json!({"location": store.shelf(), "shards": shards});
    w.call(Method::PUT, &path, &clerk, Some(&set(8))).await.refused(403, "forbidden");
    w.call(Method::PUT, &path, &admin, Some(&set(65))).await.refused(400, "bad_request");
    w.call(Method::PUT, &path, &admin, Some(&json!({"location": "loc_none", "shards": 2}))).await.refused(404, "not_found");
    for shards in [8, 64, 3] {
        let now: Value = w.call(Method::PUT, &path, &admin, Some(&set(shards))).await.ok();
        assert_eq!(now["shards"], shards);
        assert_eq!(w.stock(&store.shelf(), &sku).await, before, "the sum is the record");
    }
    // The chain's view adds the rows up as well, and tells how many there are.
    let seen = async |what: [i64; 3]| {
        let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
        loop {
            let seen: Value = w.get(&format!("/api/v1/hq/stock/{sku}"), &admin).await.ok();
            let row = seen["rows"].as_array().unwrap().iter().find(|r| r["location"] == store.shelf().as_str()).unwrap().clone();
            if ["on_hand", "available", "shards"].map(|n| row[n].as_i64().unwrap()) == what {
                break;
            }
            assert!(std::time::Instant::now() < until, "{row}");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    // More than any row holds, and all of it by one member: taken from several.
    let policies: ChainPolicies = w.get("/api/v1/hq/policies", &admin).await.ok();
    let free = ChainPolicies { unpaid_units: 999, order_sku_units: 999, order_units: 999, shelf_percent: 100, ..policies };
    let _: ChainPolicies = w.call(Method::PUT, "/api/v1/hq/policies", &admin, Some(&free)).await.ok();
    let all = before.available();
    seen([before.on_hand, i64::from(all), 3]).await;
    let order = w.order_for(&store, &[(sku.clone(), all)], liandian_types::Fulfilment::Pickup).await;
    assert!(w.place(&member, &order, "shards-key-1").await.status.is_success());
    assert_eq!(w.stock(&store.shelf(), &sku).await.free(), 0);
    let one = w
        .place(
            &w.customer("demo-02").await,
            &liandian_types::api::PlaceOrder { lines: liandian_tests::ordered(&[(sku.clone(), 1)]), expect_total: Fen(0), ..order },
            "shards-key-2",
        )
        .await;
    assert!(!one.status.is_success());
    // A till sells what is promised: facts are never refused, and the record is folded for it.
    let sale = json!({"sales": [{"till": "1", "number": "s-1", "sold_at": w.stack.app.now(), "lines": [{"sku": sku, "quantity": 5}]}]});
    assert!(w.post("/api/v1/stores/sto_sh01/pos/sales", &w.staff("sh01-till").await, &sale).await.status.is_success());
    assert_eq!(w.stock(&store.shelf(), &sku).await.free(), -5);
    let receipt = json!({"kind": "receipt", "lines": [{"sku": sku, "quantity": 6}]});
    let _: Recorded =
        call(&w.http, Method::POST, &format!("{}/api/v1/stores/sto_sh01/stock/receipts", w.stack.origin), &clerk, Some(&receipt), Some("rec-key-01"))
            .await
            .ok();
    let now: Value = w.call(Method::PUT, &path, &admin, Some(&set(0))).await.ok();
    assert_eq!(now["shards"], 0);
    assert_eq!(w.stock(&store.shelf(), &sku).await.free(), 1);
    w.assert_books().await;
    seen([before.on_hand + 1, 1, 0]).await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_sales_of_before_a_count_when_they_are_told_during_and_after_it_then_each_unit_leaves_the_record_once() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (clerk, manager) = (w.staff("sh01-clerk").await, w.staff("sh01-manager").await);
    let skus = w.skus_with(&store, 20, 900, 2).await;
    let before = w.stock(&store.shelf(), &skus[0]).await.on_hand;
    let other = w.stock(&store.shelf(), &skus[1]).await.on_hand;
    // A till without a network sells three of the first and one of the second.
    let sold_at = w.stack.app.now();
    w.stack.app.clock.advance(60_000);
    let tell = async |number: &str, at: liandian_types::Timestamp, lines: Value| {
        let body = json!({"sales": [{"till": "1", "number": number, "sold_at": at, "lines": lines}]});
        let told: liandian_types::api::PosRecorded = w.post("/api/v1/stores/sto_sh01/pos/sales", &w.staff("sh01-till").await, &body).await.ok();
        assert!(told.sales[0].refused.is_none(), "{told:?}");
    };
    let begun: CountCard = start(&w, &clerk, "count-key-1", &json!({"kind": "cyclic", "skus": skus})).await.ok();
    let base = format!("/api/v1/stores/sto_sh01/counts/{}", begun.count);
    // Somebody finds them gone, and one unit of the first beside them.
    let found = json!({"lines": [{"sku": skus[0], "counted": before - 4}, {"sku": skus[1], "counted": other - 1}]});
    let _: CountEntered = w.post(&format!("{base}/lines"), &clerk, &found).await.ok();
    tell("r-1", sold_at, json!([{"sku": skus[1], "quantity": 1}])).await;
    let submitted: CountView = w.post(&format!("{base}/steps"), &clerk, &json!({"step": "submit"})).await.ok();
    assert_eq!((submitted.card.short, submitted.card.different), (4, 1), "the sale has taken it off");
    tell("r-2", sold_at, json!([{"sku": skus[0], "quantity": 1}])).await;
    let seen: CountView = w.get(&base, &manager).await.ok();
    assert_eq!((seen.card.state, seen.card.short), (CountState::Submitted, 3), "who decides sees what is left of it");
    let done: CountView = w.post(&format!("{base}/decision"), &manager, &json!({"step": "approve"})).await.ok();
    assert_eq!(done.card.state, CountState::Closed);
    assert_eq!(w.stock(&store.shelf(), &skus[0]).await.on_hand, before - 4);
    // The rest is told when the count is long over, twice, beside one that was sold since.
    for _ in 0..2 {
        tell("r-3", sold_at, json!([{"sku": skus[0], "quantity": 2}, {"sku": skus[1], "quantity": 1}])).await;
    }
    tell("r-4", w.stack.app.now(), json!([{"sku": skus[0], "quantity": 1}])).await;
    assert_eq!(w.stock(&store.shelf(), &skus[0]).await.on_hand, before - 5);
    // The second was never told of at its count but once: another one of before is no difference of it any more.
    assert_eq!(w.stock(&store.shelf(), &skus[1]).await.on_hand, other - 1);
    let papers: liandian_types::api::MovementList = w.get("/api/v1/stores/sto_sh01/stock/movements", &clerk).await.ok();
    let back =
        papers.movements.iter().find(|m| m.kind == liandian_types::MovementKind::Count && m.actor.as_deref() == Some("till:1")).expect("a document");
    assert_eq!(back.document.as_deref(), Some(begun.count.as_str()));
    assert_eq!(back.lines.iter().map(|l| l.on_hand).sum::<i64>(), 3, "{back:?}");
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_count_that_nobody_goes_on_with_when_days_pass_then_hq_sees_it_and_in_the_end_its_shelf_may_be_counted_again() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let sku = w.sku_with(&store, 5, 900).await;
    let ask = json!({"kind": "cyclic", "skus": [sku]});
    let begun: CountCard = start(&w, &w.staff("sh01-clerk").await, "count-key-1", &ask).await.ok();
    let late = async || {
        let e: liandian_types::api::Exceptions = w.get("/api/v1/hq/exceptions", &w.staff("admin").await).await.ok();
        e.overdue.into_iter().find(|o| o.what == "count")
    };
    assert!(late().await.is_none());
    for day in 1..=3 {
        w.stack.app.clock.advance(25 * liandian_types::Timestamp::HOUR);
        w.sweep().await;
        let row = late().await.expect("HQ sees it");
        assert_eq!((row.id.as_str(), row.store.as_ref(), row.state.as_str()), (begun.count.as_str(), Some(&store), "盘点未完成"), "day {day}");
    }
    start(&w, &w.staff("sh01-clerk").await, "count-key-2", &ask).await.refused(409, "conflict");
    w.stack.app.clock.advance(25 * liandian_types::Timestamp::HOUR);
    w.sweep().await;
    assert!(late().await.is_none());
    let view: CountView = w.get(&format!("/api/v1/stores/sto_sh01/counts/{}", begun.count), &w.staff("sh01-clerk").await).await.ok();
    assert!(view.card.state == CountState::Cancelled && view.card.reason.is_some(), "{view:?}");
    let _: CountCard = start(&w, &w.staff("sh01-clerk").await, "count-key-3", &ask).await.ok();
    w.stack.stop().await;
}
