//! Facts on a shelf: receipts, losses, adjustments, sales at the till. Never refused for want of stock, recorded once.

use liandian_tests::{World, call, cart, id};
use liandian_types::{
    Code, CountState, Fulfilment, LocationId, MovementKind, StoreId, Timestamp,
    api::{CountCard, CountEntered, CountView, Exceptions, MovementList, PosRecorded, Recorded, ShortList, StockList, StockSafety},
};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn given_goods_that_come_in_break_or_are_miscounted_when_told_then_the_record_follows_once_and_a_document_says_why() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    w.let_alone(liandian_types::Fen(100_000)).await;
    let sku = w.sku_with(&store, 5, 500).await;
    let before = w.stock(&store.shelf(), &sku).await;
    let (clerk, manager) = (w.staff("sh01-clerk").await, w.staff("sh01-manager").await);
    let told = async |what: &str, token: &str, key: &str, body: Value| {
        call(&w.http, Method::POST, &format!("{}/api/v1/stores/{store}/stock/{what}", w.stack.origin), token, Some(&body), Some(key)).await
    };
    let receipt = json!({"kind": "receipt", "document": "DN-2026-0042", "lines": [{"sku": sku, "quantity": 12}]});
    let first: Recorded = told("receipts", &clerk, "receipt-0001", receipt.clone()).await.ok();
    let again: Recorded = told("receipts", &clerk, "receipt-0001", receipt.clone()).await.ok();
    assert_eq!(first, again, "a key gives the first success again");
    assert_eq!(w.stock(&store.shelf(), &sku).await.on_hand, before.on_hand + 12);
    let other = json!({"kind": "receipt", "lines": [{"sku": sku, "quantity": 13}]});
    told("receipts", &clerk, "receipt-0001", other).await.refused(422, "idempotency_mismatch");

    let loss = json!({"kind": "loss", "reason": "破损", "lines": [{"sku": sku, "quantity": 2}]});
    told("adjustments", &clerk, "loss-000001", loss.clone()).await.refused(403, "forbidden");
    let _: Recorded = told("adjustments", &manager, "loss-000001", loss).await.ok();
    let bad = async |body: Value, field: &str| {
        let p = told("adjustments", &manager, "bad-00000001", body).await.refused(400, "bad_request");
        assert_eq!(p["field"], field);
    };
    bad(json!({"kind": "receipt", "lines": [{"sku": sku, "quantity": 1}]}), "kind").await;
    bad(json!({"kind": "loss", "lines": [{"sku": sku, "quantity": 1}]}), "reason").await;
    bad(json!({"kind": "loss", "reason": "x", "lines": [{"sku": "sku_nobodyknows", "quantity": 1}]}), "lines[0].sku").await;
    bad(json!({"kind": "adjustment", "reason": "x", "lines": [{"sku": sku, "quantity": 0}]}), "lines[0].quantity").await;
    // More than there is: the record is wrong, and a count says by how much.
    let gone = json!({"kind": "adjustment", "reason": "盘点", "lines": [{"sku": sku, "quantity": -(before.on_hand + 20)}]});
    let refused = told("adjustments", &manager, "count-000001", gone).await.refused(409, "conflict");
    assert!(refused["field"] == "lines[0].quantity" && refused["detail"].as_str().unwrap().contains("盘点"), "{refused}");
    let found = json!({"kind": "adjustment", "reason": "货架后找到", "lines": [{"sku": sku, "quantity": 1}]});
    let _: Recorded = told("adjustments", &manager, "count-000002", found).await.ok();
    assert_eq!(w.stock(&store.shelf(), &sku).await.on_hand, before.on_hand + 11);

    let list: MovementList = w.get(&format!("/api/v1/stores/{store}/stock/movements"), &clerk).await.ok();
    let kinds: Vec<MovementKind> = list.movements.iter().take(3).map(|m| m.kind).collect();
    assert_eq!(kinds, [MovementKind::Adjustment, MovementKind::Loss, MovementKind::Receipt], "newest first");
    let papers = &list.movements[2];
    assert_eq!((papers.document.as_deref(), papers.lines[0].on_hand), (Some("DN-2026-0042"), 12));
    assert!(papers.actor.as_ref().is_some_and(|a| a.starts_with("stf_")), "{papers:?}");
    assert!(papers.actor_name.as_ref().is_some_and(|a| !a.is_empty() && !a.starts_with("stf_")), "a person is named: {papers:?}");
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_sales_at_a_till_when_told_twice_late_and_by_queue_then_each_leaves_the_shelf_once_though_it_was_promised() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let sku = w.sku_with(&store, 3, 10).await;
    let token = w.customer("demo-01").await;
    let free = w.stock(&store.shelf(), &sku).await.available();
    // Everything is promised; then the till sells one all the same.
    let order = w.order_for(&store, &[(sku.clone(), free)], Fulfilment::Pickup).await;
    w.bought(&token, &order, "key-00000001").await;
    let before = w.stock(&store.shelf(), &sku).await;
    let clerk = w.staff("sh01-clerk").await;
    let now = w.stack.app.now();
    let sale = |number: &str, hours: i64| json!({"till": "01", "number": number, "sold_at": now.plus(-hours * 3_600_000), "lines": cart(&[(sku.clone(), 1)])});
    let path = format!("/api/v1/stores/{store}/pos/sales");
    let batch = json!({"sales": [sale("0007", 1), sale("0003", 9), sale("0007", 1)]});
    // A person who could tell sales and returns would write goods off, and into being, alone and unnamed.
    w.post(&path, &clerk, &batch).await.refused(403, "forbidden");
    let recorded: PosRecorded = w.post(&path, &w.till(&store).await, &batch).await.ok();
    assert_eq!(recorded.sales.iter().map(|s| s.known).collect::<Vec<_>>(), [false, false, true]);
    let again: PosRecorded = w.post(&path, &w.till(&store).await, &batch).await.ok();
    assert!(again.sales.iter().all(|s| s.known));
    assert_eq!(again.sales[0].movement, recorded.sales[2].movement);
    assert_eq!(w.stock(&store.shelf(), &sku).await.on_hand, before.on_hand - 2);

    // The same bridge by queue: one message twice, and one that the API has told already.
    let queue = w.stack.app.config.queue_url("pos").unwrap();
    let sqs = &w.stack.sqs;
    for number in ["0008", "0008", "0003"] {
        let hours = if number == "0003" { 9 } else { 0 };
        let message = json!({"type": "pos_sale.v1", "store": store, "sale": sale(number, hours)});
        sqs.send_message().queue_url(&queue).message_body(message.to_string()).send().await.unwrap();
    }
    for _ in 0..100 {
        if w.stock(&store.shelf(), &sku).await.on_hand <= before.on_hand - 3 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let after = w.stock(&store.shelf(), &sku).await;
    assert_eq!((after.on_hand, after.reserved), (before.on_hand - 3, before.reserved));
    // None of them is left, nor tried again: the worker may do all that it does.
    use aws_sdk_sqs::types::QueueAttributeName as Of;
    let left = sqs.get_queue_attributes().queue_url(&queue).attribute_names(Of::All).send().await.unwrap().attributes.unwrap_or_default();
    for n in [Of::ApproximateNumberOfMessages, Of::ApproximateNumberOfMessagesNotVisible] {
        assert_eq!(left.get(&n).map(String::as_str), Some("0"), "{left:?}");
    }
    let many: Vec<Value> = (0..26).map(|n| sale(&format!("{n:04}"), 1)).collect();
    w.post(&path, &w.till(&store).await, &json!({"sales": many})).await.refused(400, "bad_request");
    // One that cannot be stops none: the item that was rung up twice, and one that the library does not know, are recorded.
    let twice = json!([{"sku": sku, "quantity": 1}, {"sku": sku, "quantity": 1}, {"sku": "sku_nobodyknows", "quantity": 1}]);
    let mixed = json!({"sales": [
        {"till": "", "number": "1", "sold_at": now, "lines": []},
        {"till": "01", "number": "0007", "sold_at": now, "lines": twice},
        {"till": "02", "number": "0007", "sold_at": now, "lines": twice},
        {"till": "1", "number": "1", "sold_at": now.plus(-401 * 86_400_000), "lines": twice},
        {"till": "3", "number": "1", "sold_at": now.plus(2 * 86_400_000), "lines": [{"sku": sku, "quantity": 1000}]},
        {"till": "3", "number": "2", "sold_at": now, "lines": [{"sku": "milk", "quantity": 1}]},
        {"till": "3", "number": "3", "sold_at": now, "lines": [{"sku": sku, "quantity": 1}, {"sku": sku, "quantity": 0}]},
        {"till": "3", "number": "4", "sold_at": now, "lines": [{"sku": sku, "quantity": 100_000}]},
        {"till": "3", "number": "5"},
    ]});
    let mixed: PosRecorded = w.post(&path, &w.till(&store).await, &mixed).await.ok();
    let fields: Vec<Option<String>> = mixed.sales.iter().map(|s| s.refused.as_ref().and_then(|p| p.field.clone())).collect();
    let at = |field: &str| Some(format!("sales{field}"));
    let expected = [
        at("[0].till"),
        at("[1].number"),
        None,
        at("[3].sold_at"),
        None,
        at("[5].lines[0].sku"),
        at("[6].lines[1].quantity"),
        at("[7].lines[0].quantity"),
        at("[8]"),
    ];
    assert_eq!(fields, expected, "{mixed:?}");
    assert_eq!(w.stock(&store.shelf(), &sku).await.on_hand, before.on_hand - 5 - 1000);
    // A receipt of more goods than fit into one document is several, each of them once.
    let long: Vec<Value> =
        (0..130).map(|n| json!({"sku": format!("sku_unknown{n}"), "quantity": 1})).chain([json!({"sku": sku, "quantity": 1})]).collect();
    let long = json!({"sales": [{"till": "3", "number": "6", "sold_at": now, "lines": long}]});
    for known in [false, true] {
        let told: PosRecorded = w.post(&path, &w.till(&store).await, &long).await.ok();
        assert_eq!((told.sales[0].known, told.sales[0].refused.as_ref()), (known, None));
    }
    assert_eq!(w.stock(&store.shelf(), &sku).await.on_hand, before.on_hand - 6 - 1000);
    // Within a minute it is the same receipt. A till that counts from 1 again is told so, and HQ cannot sell where there is no store.
    for (ms, known) in [(250, true), (-60_000, true), (60_001, false)] {
        let same = json!({"sales": [{"till": "02", "number": "0007", "sold_at": now.plus(ms), "lines": twice}]});
        let same: PosRecorded = w.post(&path, &w.till(&store).await, &same).await.ok();
        assert_eq!((same.sales[0].known, same.sales[0].refused.is_none()), (known, known), "{ms}");
    }
    let again = json!({"sales": [{"till": "02", "number": "0007", "sold_at": now.plus(3_600_000), "lines": twice}]});
    let again: PosRecorded = w.post(&path, &w.till(&store).await, &again).await.ok();
    assert_eq!(again.sales[0].refused.as_ref().map(|p| p.code), Some(liandian_types::Code::Conflict));
    let nowhere = json!({"sales": [{"till": "1", "number": "1", "sold_at": now, "lines": twice}]});
    let hq = w.staff("admin").await;
    w.post("/api/v1/stores/sto_nowhere/pos/sales", &hq, &nowhere).await.refused(404, "not_found");
    let receipt = json!({"kind": "receipt", "lines": [{"sku": sku, "quantity": 1}]});
    w.post_once("/api/v1/stores/sto_nowhere/stock/receipts", &hq, "nowhere-0001", &receipt).await.refused(404, "not_found");
    assert_eq!(w.stock(&store.shelf(), &sku).await.on_hand, before.on_hand - 6 - 1000);
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_books_that_somebody_spoiled_when_checked_then_a_proposal_for_each_record_makes_them_agree_again() {
    let w = World::usual().await;
    let (store, app) = (id::<StoreId>("sto_sh01"), &w.stack.app);
    let skus = w.skus_with(&store, 5, 500, 4).await;
    let token = w.customer("demo-01").await;
    let order = w.order_for(&store, &[(skus[2].clone(), 2)], Fulfilment::Pickup).await;
    w.bought(&token, &order, "key-00000001").await;
    // Behind the product's back: units that no document names, a promise to nobody, an order's promise given away.
    let spoil = async |sku: &liandian_types::SkuId, what: &str, by: i64| {
        app.tables
            .client()
            .update_item()
            .table_name(app.tables.table(liandian_store::Table::Cell))
            .key("pk", aws_sdk_dynamodb::types::AttributeValue::S(format!("LOC#{}", store.shelf())))
            .key("sk", aws_sdk_dynamodb::types::AttributeValue::S(format!("SKU#{sku}")))
            .update_expression("ADD #what :by")
            .expression_attribute_names("#what", what)
            .expression_attribute_values(":by", aws_sdk_dynamodb::types::AttributeValue::N(by.to_string()))
            .send()
            .await
            .unwrap();
    };
    spoil(&skus[0], "on_hand", 3).await;
    spoil(&skus[1], "reserved", 4).await;
    spoil(&skus[2], "reserved", -1).await;
    spoil(&skus[3], "free", -2).await;
    let before = w.stock(&store.shelf(), &skus[0]).await;
    let (books, differences) = app.tables.audit().await.unwrap();
    let proposals = books.proposals(&differences);
    assert_eq!(proposals.len(), 4, "{differences:?}");
    assert!(proposals.iter().all(|p| p.told().contains("loc_sh01")));
    // The record moves before the person has decided: nothing is done.
    spoil(&skus[1], "incoming", 1).await;
    let moved = proposals.iter().find(|p| p.sku == skus[1]).unwrap();
    let ids = |p: &liandian_domain::fsck::Proposal| p.documents.iter().map(|_| app.id()).collect::<Vec<_>>();
    assert!(app.tables.repair(moved, "王审计", ids(moved), app.now()).await.is_err());
    spoil(&skus[1], "incoming", -1).await;
    for p in &proposals {
        app.tables.repair(p, "王审计", ids(p), app.now()).await.unwrap();
    }
    // Two people approve the same: what is free is not put right twice.
    for p in &proposals {
        assert!(app.tables.repair(p, "李审计", ids(p), app.now()).await.is_err(), "{}", p.told());
    }
    w.assert_books().await;
    let after = w.stock(&store.shelf(), &skus[0]).await;
    assert_eq!(after.on_hand, before.on_hand, "what was sold from stays, and a document explains it");
    assert_eq!((w.stock(&store.shelf(), &skus[1]).await.reserved, w.stock(&store.shelf(), &skus[2]).await.reserved), (0, 2));
    let clerk = w.staff("sh01-clerk").await;
    let list: MovementList = w.get(&format!("/api/v1/stores/{store}/stock/movements"), &clerk).await.ok();
    let told: Vec<_> = list.movements.iter().filter(|m| m.kind == MovementKind::Correction).collect();
    assert!(told.len() == 1 && told.iter().all(|m| m.actor.as_deref() == Some("王审计")), "{told:?}");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_warehouse_that_a_store_keeps_when_goods_come_break_and_are_counted_there_then_its_staff_tells_and_nobody_elses() {
    let w = World::usual().await;
    let (store, warehouse): (StoreId, LocationId) = (id("sto_sh01"), id("loc_wh-front-sh01"));
    w.let_alone(liandian_types::Fen(100_000)).await;
    let sku = w.sku_with(&store, 5, 500).await;
    let (before, shelf) = (w.stock(&warehouse, &sku).await, w.stock(&store.shelf(), &sku).await);
    let (clerk, manager) = (w.staff("sh01-clerk").await, w.staff("sh01-manager").await);
    let base = format!("/api/v1/stores/{store}/stock");
    let receipt = |at: &str| json!({"kind": "receipt", "location": at, "lines": [{"sku": sku, "quantity": 12}]});
    let _: Recorded = w.post_once(&format!("{base}/receipts"), &clerk, "receipt-0001", &receipt(warehouse.as_str())).await.ok();
    let loss = json!({"kind": "loss", "location": warehouse, "reason": "破损", "lines": [{"sku": sku, "quantity": 2}]});
    let _: Recorded = w.post_once(&format!("{base}/adjustments"), &manager, "loss-000001", &loss).await.ok();
    assert_eq!(w.stock(&warehouse, &sku).await.on_hand, before.on_hand + 10);
    let at = format!("location={warehouse}");
    let list: StockList = w.get(&format!("{base}?{at}&q={sku}"), &clerk).await.ok();
    assert_eq!((&list.rows[0].location, list.rows[0].on_hand), (&warehouse, before.on_hand + 10));
    let names: Vec<&str> = list.places.iter().map(|p| p.location.as_str()).collect();
    assert!(names[0] == store.shelf().as_str() && names.contains(&warehouse.as_str()) && names.contains(&"loc_wh-sh"), "{names:?}");
    let papers: MovementList = w.get(&format!("{base}/movements?{at}"), &clerk).await.ok();
    assert_eq!(papers.movements.iter().take(2).map(|m| m.kind).collect::<Vec<_>>(), [MovementKind::Loss, MovementKind::Receipt]);
    let _: ShortList = w.get(&format!("{base}/shortfalls?{at}"), &clerk).await.ok();

    // Counted on its own, while the shelf may be counted, too.
    let count = |at: Option<&LocationId>| json!({"kind": "cyclic", "location": at, "skus": [sku]});
    let counts = format!("/api/v1/stores/{store}/counts");
    let there: CountCard = w.post_once(&counts, &clerk, "count-000001", &count(Some(&warehouse))).await.ok();
    let _: CountCard = w.post_once(&counts, &clerk, "count-000002", &count(None)).await.ok();
    w.post_once(&counts, &clerk, "count-000003", &count(Some(&warehouse))).await.refused(409, "conflict");
    let path = format!("{counts}/{}", there.count);
    let found = json!({"lines": [{"sku": sku, "counted": 3}]});
    let _: CountEntered = w.post(&format!("{path}/lines"), &clerk, &found).await.ok();
    let _: CountView = w.post(&format!("{path}/steps"), &clerk, &json!({"step": "submit"})).await.ok();
    let done: CountView = w.post(&format!("{path}/decision"), &manager, &json!({"step": "approve"})).await.ok();
    assert_eq!(done.card.state, CountState::Closed);
    assert_eq!((w.stock(&warehouse, &sku).await.on_hand, w.stock(&store.shelf(), &sku).await), (3, shelf));

    // Another store's places are none of this one's, and this one's none of another's.
    for foreign in ["loc_wh-front-sh02", "loc_sh02", "loc_nowhere"] {
        w.post_once(&format!("{base}/receipts"), &clerk, "receipt-0002", &receipt(foreign)).await.refused(404, "not_found");
        w.get(&format!("{base}?location={foreign}"), &clerk).await.refused(404, "not_found");
        w.get(&format!("{base}/movements?location={foreign}"), &clerk).await.refused(404, "not_found");
        w.get(&format!("{base}/shortfalls?location={foreign}"), &clerk).await.refused(404, "not_found");
        w.post_once(&counts, &clerk, "count-000004", &count(Some(&id(foreign)))).await.refused(404, "not_found");
    }
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_units_to_keep_back_when_a_manager_sets_them_then_they_are_not_sold_online_also_of_a_record_in_many_rows() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let skus = w.skus_with(&store, 8, 500, 2).await;
    let (clerk, manager) = (w.staff("sh01-clerk").await, w.staff("sh01-manager").await);
    let app = &w.stack.app;
    app.tables.split(&store.shelf(), &skus[1], 6, None).await.unwrap();
    for sku in &skus {
        let path = format!("/api/v1/stores/{store}/stock/{sku}/safety");
        let set = async |token: &str, units: i64| w.call(Method::PUT, &path, token, Some(&json!({"safety": units}))).await;
        let before = w.stock(&store.shelf(), sku).await;
        set(&clerk, 1).await.refused(403, "forbidden");
        for out in [-1, 100_000] {
            assert_eq!(set(&manager, out).await.refused(400, "bad_request")["field"], "safety");
        }
        let free = i64::from(before.available());
        let most = before.safety + free - 2;
        let _: StockSafety = set(&manager, most).await.ok();
        let _: StockSafety = set(&manager, most).await.ok();
        let kept = w.stock(&store.shelf(), sku).await;
        assert_eq!((kept.safety, kept.available(), kept.on_hand), (most, 2, before.on_hand));
        let quote = w.quote(&store, &[(sku.clone(), 3)], Fulfilment::Pickup, None).await;
        assert!(quote.short && quote.lines[0].available == 2, "{quote:?}");
        let _: StockSafety = set(&manager, 0).await.ok();
        assert_eq!(w.stock(&store.shelf(), sku).await.available(), before.available() + u32::try_from(before.safety).unwrap());
        let papers: MovementList = w.get(&format!("/api/v1/stores/{store}/stock/movements"), &manager).await.ok();
        let told: Vec<i64> = papers.movements.iter().take(2).map(|m| m.lines[0].safety).collect();
        assert_eq!(told, [-most, most - before.safety]);
        assert!(papers.movements[0].kind == MovementKind::Safety && papers.movements[0].actor.is_some());
    }
    w.call(Method::PUT, &format!("/api/v1/stores/{store}/stock/sku_nobodyknows/safety"), &manager, Some(&json!({"safety": 1})))
        .await
        .refused(404, "not_found");
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_receipts_with_returns_when_a_bridge_tells_them_then_goods_lie_on_the_shelf_again_or_are_thrown_away_each_once() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let skus = w.skus_with(&store, 5, 500, 2).await;
    let library = w.stack.app.tables.library().await.unwrap();
    let listed = |s: &liandian_types::SkuId| library.iter().any(|l| l.sku == *s && l.tracks_expiry);
    let milk = w.stack.app.tables.skus_of_location(&store.shelf()).await.unwrap().into_iter().find(listed).unwrap();
    let bridge = w.staff("sh01-till").await;
    let on_hand = async || {
        let at = [&skus[0], &skus[1], &milk].map(|s| (store.shelf(), s.clone()));
        w.stack.app.tables.stock(&at, true).await.unwrap().iter().map(|s| s.on_hand).collect::<Vec<_>>()
    };
    let before = on_hand().await;
    let now = w.stack.app.now();
    let path = format!("/api/v1/stores/{store}/pos/sales");
    let until = liandian_domain::stores::hours::day(now.plus(3 * Timestamp::DAY), liandian_domain::stores::hours::CHINA).to_string();
    let over = liandian_domain::stores::hours::day(now.plus(-Timestamp::DAY), liandian_domain::stores::hours::CHINA).to_string();
    let receipt = json!({"sales": [{"till": "01", "number": "R-1", "sold_at": now, "lines": [
        {"sku": skus[0], "quantity": 3}, {"sku": skus[0], "quantity": -1},
        {"sku": skus[1], "quantity": -2}, {"sku": skus[1], "quantity": -1, "returned_to": "written_off"},
        {"sku": milk, "quantity": -2, "expires_on": until}, {"sku": milk, "quantity": -1, "expires_on": over}, {"sku": milk, "quantity": -1},
    ]}]});
    for known in [false, true, true] {
        let told: PosRecorded = w.post(&path, &bridge, &receipt).await.ok();
        assert_eq!((told.sales[0].known, told.sales[0].refused.as_ref()), (known, None));
    }
    let after = on_hand().await;
    assert_eq!(after, [before[0] - 2, before[1] + 2, before[2] + 2]);
    let milk_now = w.stack.app.tables.perishables(&store.shelf(), std::slice::from_ref(&milk)).await.unwrap().remove(0);
    assert!(milk_now.left().iter().any(|b| b.expires_on.to_string() == until && b.units >= 2), "{:?}", milk_now.left());
    let clerk = w.staff("sh01-clerk").await;
    let papers: MovementList = w.get(&format!("/api/v1/stores/{store}/stock/movements"), &clerk).await.ok();
    let of = |kind| papers.movements.iter().find(|m| m.kind == kind && m.document.as_deref() == Some("R-1")).map(|m| m.lines.len());
    assert_eq!([MovementKind::PosSale, MovementKind::Return, MovementKind::Loss].map(of), [Some(1), Some(2), Some(2)]);
    // Only a return: the till's role may tell it, and no other fact.
    let back = json!({"sales": [{"till": "01", "number": "R-2", "sold_at": now, "lines": [{"sku": skus[1], "quantity": -1}]}]});
    let told: PosRecorded = w.post(&path, &bridge, &back).await.ok();
    assert!(told.sales[0].movement.is_some());
    let fact = json!({"kind": "return", "lines": [{"sku": skus[1], "quantity": 1}]});
    w.post_once(&format!("/api/v1/stores/{store}/stock/receipts"), &bridge, "return-00001", &fact).await.refused(403, "forbidden");
    // What a return says without being one, and what nobody can read, is refused by its field; a line that takes the whole receipt back is nothing.
    let odd = json!({"sales": [
        {"till": "01", "number": "R-3", "sold_at": now, "lines": [{"sku": skus[1], "quantity": 1, "returned_to": "shelf"}]},
        {"till": "01", "number": "R-4", "sold_at": now, "lines": [{"sku": milk, "quantity": -1, "expires_on": "tomorrow"}]},
        {"till": "01", "number": "R-5", "sold_at": now, "lines": [{"sku": skus[1], "quantity": 1}, {"sku": skus[1], "quantity": -1}]},
    ]});
    let odd: PosRecorded = w.post(&path, &bridge, &odd).await.ok();
    let fields: Vec<_> = odd.sales.iter().map(|s| s.refused.as_ref().and_then(|p| p.field.as_deref())).collect();
    assert_eq!(fields, [Some("sales[0].lines[0].returned_to"), Some("sales[1].lines[0].expires_on"), None]);
    let taken_back = json!({"sales": [{"till": "01", "number": "R-5", "sold_at": now, "lines": [{"sku": skus[1], "quantity": 1}, {"sku": skus[1], "quantity": -1}]}]});
    let again: PosRecorded = w.post(&path, &bridge, &taken_back).await.ok();
    assert_eq!((again.sales[0].known, again.sales[0].movement.as_ref()), (true, None));
    assert_eq!(on_hand().await, [before[0] - 2, before[1] + 3, before[2] + 2]);
    // A return that is told after a count that found it is not counted twice.
    let manager = w.staff("sh01-manager").await;
    let start = json!({"kind": "cyclic", "skus": [skus[0]]});
    let count: CountCard = w.post_once(&format!("/api/v1/stores/{store}/counts"), &clerk, "count-000001", &start).await.ok();
    let lies = before[0] - 2 + 4;
    let entry = json!({"lines": [{"sku": skus[0], "counted": lies}]});
    w.stack.app.clock.advance(Timestamp::MINUTE);
    let _: CountEntered = w.post(&format!("/api/v1/stores/{store}/counts/{}/lines", count.count), &clerk, &entry).await.ok();
    let step = |s: &str| json!({"step": s});
    let _: CountView = w.post(&format!("/api/v1/stores/{store}/counts/{}/steps", count.count), &clerk, &step("submit")).await.ok();
    let _: CountView = w.post(&format!("/api/v1/stores/{store}/counts/{}/decision", count.count), &manager, &step("approve")).await.ok();
    assert_eq!(on_hand().await[0], lies);
    let late = json!({"sales": [{"till": "01", "number": "R-6", "sold_at": now, "lines": [{"sku": skus[0], "quantity": -4}]}]});
    let told: PosRecorded = w.post(&path, &bridge, &late).await.ok();
    assert!(told.sales[0].refused.is_none());
    assert_eq!(on_hand().await[0], lies);
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_till_that_is_refused_or_silent_when_hq_looks_then_it_is_an_exception_until_it_is_heard_again() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let sku = w.sku_with(&store, 5, 500).await;
    let bridge = w.staff("sh01-till").await;
    let path = format!("/api/v1/stores/{store}/pos/sales");
    let now = w.stack.app.now();
    let sale = |number: &str, sold_at: i64| json!({"till": "01", "number": number, "sold_at": sold_at, "lines": cart(&[(sku.clone(), 1)])});
    let tills = async || {
        let seen: Exceptions = w.get("/api/v1/hq/exceptions", &w.staff("admin").await).await.ok();
        seen.tills
    };
    let seconds = json!({"sales": [sale("1", now.seconds()), sale("2", now.0)]});
    let told: PosRecorded = w.post(&path, &bridge, &seconds).await.ok();
    let refused = told.sales[0].refused.clone().unwrap();
    assert!(refused.detail.contains("毫秒") && told.sales[1].refused.is_none(), "{refused:?}");
    let seen = tills().await;
    let row = &seen[0];
    assert_eq!((seen.len(), &row.store, row.till.as_str(), row.refused, row.silent_since), (1, &store, "01", 1, None));
    assert_eq!((row.code, row.field.as_deref(), row.refused_since), (Some(Code::BadRequest), Some("sold_at"), Some(row.heard_at)));
    // A request that nobody can read is the bridge's.
    w.post(&path, &bridge, &json!({"sales": []})).await.refused(400, "bad_request");
    assert_eq!(tills().await.iter().map(|t| t.till.as_str()).collect::<Vec<_>>(), ["01", ""]);
    // The bridge is mended and tells the same receipt.
    let _: PosRecorded = w.post(&path, &bridge, &json!({"sales": [sale("1", now.0)]})).await.ok();
    assert_eq!(tills().await.iter().map(|t| t.till.as_str()).collect::<Vec<_>>(), [""]);
    // Three hours of the day without a word; by queue it is heard as well.
    w.stack.app.clock.advance(3 * Timestamp::HOUR + 2 * Timestamp::MINUTE);
    let silent = tills().await;
    let row = silent.iter().find(|t| t.till == "01").unwrap();
    assert!(row.silent_since.is_some() && row.refused_since.is_none(), "{row:?}");
    let queue = w.stack.app.config.queue_url("pos").unwrap();
    let sqs = &w.stack.sqs;
    let message = json!({"type": "pos_sale.v1", "store": store, "sale": sale("3", w.stack.app.now().0)});
    sqs.send_message().queue_url(&queue).message_body(message.to_string()).send().await.unwrap();
    crate::orders::order::until(|| async { tills().await.iter().all(|t| t.till != "01").then_some(()) }).await;
    // HQ may wait longer or less, within limits.
    let admin = w.staff("admin").await;
    let mut policy: Value = w.get("/api/v1/hq/policies", &admin).await.ok();
    assert_eq!(policy["till_silent"], 180);
    for (minutes, fits) in [(29, false), (10_081, false), (30, true)] {
        policy["till_silent"] = json!(minutes);
        let answer = w.call(Method::PUT, "/api/v1/hq/policies", &admin, Some(&policy)).await;
        if fits { drop(answer.ok::<Value>()) } else { assert_eq!(answer.refused(400, "bad_request")["field"], "till_silent") }
    }
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_delivery_note_when_it_is_received_again_under_another_key_then_who_receives_is_asked_and_may_say_that_it_is_another() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let sku = w.sku_with(&store, 5, 500).await;
    let before = w.stock(&store.shelf(), &sku).await.on_hand;
    let (clerk, manager) = (w.staff("sh01-clerk").await, w.staff("sh01-manager").await);
    let path = format!("/api/v1/stores/{store}/stock/receipts");
    let note = |document: &str, more: Value| {
        let mut body = json!({"kind": "receipt", "document": document, "lines": [{"sku": sku, "quantity": 12}]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let _: Recorded = w.post_once(&path, &clerk, "note-0000001", &note("DN-42", json!({}))).await.ok();
    let again: Recorded = w.post_once(&path, &clerk, "note-0000001", &note("DN-42", json!({}))).await.ok();
    // Under another key, by somebody else, typed in another way.
    let asked = w.post_once(&path, &manager, "note-0000002", &note("ｄｎ 42", json!({}))).await.refused(409, "already_received");
    assert_eq!(asked["field"], "document");
    let told = asked["detail"].as_str().unwrap();
    assert!(told.contains("12 件") && told.contains("由"), "{told}");
    assert_eq!(w.stock(&store.shelf(), &sku).await.on_hand, before + 12);
    // Another source has numbers of its own, and so has another place; no number is no note.
    let _: Recorded = w.post_once(&path, &clerk, "note-0000003", &note("DN-42", json!({"source": "光明乳业"}))).await.ok();
    let _: Recorded = w.post_once(&path, &clerk, "note-0000004", &note("DN-42", json!({"location": "loc_wh-front-sh01"}))).await.ok();
    for key in ["note-0000005", "note-0000006"] {
        let _: Recorded = w.post_once(&path, &clerk, key, &note(" ", json!({}))).await.ok();
    }
    // Somebody says that these are other goods; told again under its key it is what it was.
    let more = note("DN-42", json!({"again": true}));
    let second: Recorded = w.post_once(&path, &manager, "note-0000007", &more).await.ok();
    assert_eq!(second, w.post_once(&path, &manager, "note-0000007", &more).await.ok());
    assert_ne!(second, again);
    w.post_once(&path, &manager, "note-0000008", &note("DN-42", json!({}))).await.refused(409, "already_received");
    assert_eq!(w.stock(&store.shelf(), &sku).await.on_hand, before + 12 * 5);
    // Two at the same time: one of them is asked.
    let bodies = [note("DN-43", json!({})), note("DN-43", json!({}))];
    let both =
        futures::future::join(w.post_once(&path, &clerk, "note-0000009", &bodies[0]), w.post_once(&path, &manager, "note-0000010", &bodies[1])).await;
    let mut statuses = [both.0.status.as_u16(), both.1.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    assert_eq!(w.stock(&store.shelf(), &sku).await.on_hand, before + 12 * 6);
    w.assert_books().await;
    w.stack.stop().await;
}
