//! Every JSON route is sent malformed, oversized and wrong-typed requests: a 4xx problem document, and nothing changes.

use liandian_functions::{
    function::{Kind, Need},
    http::MAX_BODY,
    table::FUNCTIONS,
};
use liandian_tests::{World, cart, id, ordered};
use liandian_types::{Fulfilment, SkuId, StoreId, api::PlaceOrder};
use serde_json::{Value, json};

use crate::access::matrix::filled;

#[tokio::test(flavor = "multi_thread")]
async fn given_every_route_when_sent_nonsense_then_it_answers_a_4xx_problem_document_and_nothing_changes() {
    let w = World::usual().await;
    let (member, admin) = (w.customer("demo-01").await, w.staff("admin").await);
    let before = dump(&w).await;
    let bodies: Vec<(&str, Vec<u8>)> = vec![
        ("not JSON", b"{".to_vec()),
        ("an array", b"[1,2]".to_vec()),
        ("a text", b"\"x\"".to_vec()),
        (
            "wrong types",
            br#"{"code":1,"to":2,"lines":"x","store":"ord_1","username":[],"password":{},"step":"fly","fulfilment":"teleport"}"#.to_vec(),
        ),
        ("not UTF-8", vec![0xff, 0xfe, 0x00]),
        ("oversized", format!("{{\"code\":\"{}\"}}", "x".repeat(MAX_BODY)).into_bytes()),
        ("deep", "[".repeat(20_000).into_bytes()),
    ];
    for f in FUNCTIONS {
        let Kind::Http { method, path, permission, .. } = f.kind else { continue };
        // Those that read no body have nothing to refuse.
        let reads_body = method != "GET" && method != "DELETE" && !matches!(f.name, "payment-start" | "store-order-ready" | "ticket-switch");
        let token = match permission {
            Need::Member => member.as_str(),
            Need::Permission(_) => admin.as_str(),
            Need::Public | Need::Signed => "",
        };
        let url = format!("{}{}", w.stack.origin, filled(path, "sto_sh01"));
        for (what, body) in &bodies {
            if !reads_body {
                continue;
            }
            let mut r =
                w.http.request(method.parse().unwrap(), &url).header("content-type", "application/json").header("idempotency-key", "key-00000001");
            if !token.is_empty() {
                r = r.bearer_auth(token);
            }
            let answer = r.body(body.clone()).send().await.unwrap();
            let (status, kind) = (answer.status(), answer.headers().get("content-type").cloned());
            let text = answer.text().await.unwrap();
            assert!(status.is_client_error(), "{method} {path} {what}: {status} {text}");
            assert_eq!(kind.unwrap(), "application/problem+json; charset=utf-8", "{method} {path} {what}");
            let problem: Value = serde_json::from_str(&text).unwrap();
            assert!(problem["detail"].as_str().is_some_and(|d| d.chars().any(|c| c as u32 > 0x4e00)), "a sentence in Chinese: {text}");
        }
        // Ids of the wrong kind in the path are wrong addresses.
        if path.contains('{') && !path.contains("{ticket}") {
            let url = url.replace("sto_sh01", "sto_%00").replace("ord_", "sto_").replace("trf_", "ord_").replace("sku_", "x_");
            let url = url.replace("spu_", "x_").replace("imp_", "x_");
            let url = url.replace("stf_", "x_").replace("rol_", "x_");
            let mut r = w.http.request(method.parse().unwrap(), url).header("idempotency-key", "key-00000001");
            if !token.is_empty() {
                r = r.bearer_auth(token);
            }
            let status = r.json(&json!({"lines": [], "code": "1234567890", "step": "accept"})).send().await.unwrap().status();
            assert!(status.is_client_error(), "{method} {path}: {status}");
        }
    }
    assert_eq!(dump(&w).await, before, "nothing changes");
    w.stack.stop().await;
}

/// Every row of the cell table that a request must not touch. Rate limits count; login limits are rows.
pub async fn dump(w: &World) -> Vec<String> {
    let mut rows = Vec::new();
    let mut from = None;
    loop {
        let page = w.stack.app.tables.client().scan().table_name("liandian-cell").set_exclusive_start_key(from).send().await.unwrap();
        for i in page.items() {
            let pk = i["pk"].as_s().unwrap();
            // What a till says and nobody can read is remembered: HQ shall hear of it.
            if !pk.starts_with("RATE#") && !pk.starts_with("SKUSTOCK#") && !pk.starts_with("TILLS#") {
                rows.push(format!("{pk} {} {:?}", i["sk"].as_s().unwrap(), i.get("version")));
            }
        }
        from = page.last_evaluated_key;
        if from.is_none() {
            rows.sort();
            return rows;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn given_orders_at_the_edges_when_placed_then_each_limit_holds_from_both_sides() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let token = w.customer("demo-01").await;
    let many = w.skus_with(&store, 2, 500, 41).await;
    let order = |skus: &[SkuId]| {
        let lines: Vec<_> = skus.iter().cloned().map(|s| (s, 1)).collect();
        let w = &w;
        let store = store.clone();
        async move {
            let quote = w.post("/api/v1/quotes", "", &json!({"store": store, "lines": cart(&lines), "fulfilment": "pickup"})).await;
            let total = quote.json["total"].as_i64().unwrap_or_default();
            PlaceOrder {
                ship_from: None,
                store,
                lines: ordered(&lines),
                fulfilment: Fulfilment::Pickup,
                recipient: None,
                transfer_from: None,
                expect_total: liandian_types::Fen(total),
                promised: None,
                expect_prices: vec![],
                note: None,
                again: true,
                coupons: None,
                expect_gifts: None,
                quote: None,
                slot: None,
            }
        }
    };
    // What is no cart cannot even be written as one: it is sent as it is.
    let mut wrong = serde_json::to_value(order(&many[..1]).await).unwrap();
    let twice = vec![many[40].clone(), many[40].clone()];
    for (key, skus) in [("key-00000041", many.clone()), ("key-00000000", Vec::new()), ("key-0000000x", twice)] {
        let lines: Vec<_> = skus.into_iter().map(|s| (s, 1)).collect();
        wrong["lines"] = json!(cart(&lines));
        assert_eq!(w.post_once("/api/v1/orders", &token, key, &wrong).await.refused(400, "bad_request")["field"], "lines");
        let quote = json!({"store": store, "lines": cart(&lines), "fulfilment": "pickup"});
        assert_eq!(w.post("/api/v1/quotes", "", &quote).await.refused(400, "bad_request")["field"], "lines");
    }
    assert_eq!(w.place(&token, &order(&many[..40]).await, "key-00000040").await.status, 201, "40 lines fit into one transaction");
    let mut noted = order(&many[40..]).await;
    noted.note = Some("字".repeat(101));
    w.place(&token, &noted, "key-00000101").await.refused(400, "bad_request");
    noted.note = Some("字".repeat(100));
    assert_eq!(w.place(&token, &noted, "key-00000100").await.status, 201);
    for (key, fits) in [("1234567", false), ("12345678", true), (&"k".repeat(64) as &str, true), (&"k".repeat(65), false), ("white space", false)] {
        let answer = w.place(&token, &noted, key).await;
        if fits { assert!(matches!(answer.status.as_u16(), 201 | 409), "{key}") } else { drop(answer.refused(400, "bad_request")) }
    }
    let mut far = w.order_for(&store, &[(many[0].clone(), 1)], Fulfilment::Delivery).await;
    let recipient = far.recipient.as_mut().unwrap();
    recipient.point.lat += 1.0;
    w.place(&token, &far, "key-out-of-range").await.refused(409, "out_of_range");
    for (field, value) in [("phone", "1381234123"), ("phone", "138123412345"), ("phone", "23812341234"), ("name", ""), ("address", "A")] {
        let mut body = serde_json::to_value(&far).unwrap();
        body["recipient"][field] = json!(value);
        let answer = liandian_tests::call(
            &w.http,
            reqwest::Method::POST,
            &format!("{}/api/v1/orders", w.stack.origin),
            &token,
            Some(&body),
            Some("key-recipient"),
        )
        .await;
        assert_eq!(answer.refused(400, "bad_request")["field"], format!("recipient.{field}"));
    }
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_body_with_a_field_that_nobody_reads_when_sent_then_it_is_refused_by_its_name_and_nothing_happens() {
    let w = World::usual().await;
    let store: liandian_types::StoreId = liandian_tests::id("sto_sh01");
    let sku = w.sku_with(&store, 5, 500).await;
    let before = w.stock(&store.shelf(), &sku).await;
    let clerk = w.staff("sh01-clerk").await;
    // Meant for a warehouse: on the shelf it would be in silence.
    let receipt = json!({"kind": "receipt", "location_id": "loc_wh-front-sh01", "lines": [{"sku": sku, "quantity": 1}]});
    let refused = w.post_once("/api/v1/stores/sto_sh01/stock/receipts", &clerk, "unknown-0001", &receipt).await.refused(400, "bad_request");
    assert_eq!(refused["field"], "location_id");
    let deep = json!({"kind": "receipt", "lines": [{"sku": sku, "quantity": 1}, {"sku": sku, "quantity": 1, "expires": "2030-01-01"}]});
    let refused = w.post_once("/api/v1/stores/sto_sh01/stock/receipts", &clerk, "unknown-0002", &deep).await.refused(400, "bad_request");
    assert_eq!(refused["field"], "lines[1].expires");
    // Of a bridge's receipts each by itself.
    let now = w.stack.app.now();
    let line = json!([{"sku": sku, "quantity": 1}]);
    let odd = json!({"sales": [
        {"till": "1", "number": "1", "sold_at": now, "lines": line, "cashier": "7"},
        {"till": "1", "number": "2", "sold_at": now, "lines": line},
    ]});
    let told: Value = w.post("/api/v1/stores/sto_sh01/pos/sales", &w.staff("sh01-till").await, &odd).await.ok();
    assert_eq!((&told["sales"][0]["refused"]["field"], told["sales"][1]["refused"].is_null()), (&json!("sales[0].cashier"), true));
    assert_eq!(w.stock(&store.shelf(), &sku).await.on_hand, before.on_hand - 1);
    w.stack.stop().await;
}
