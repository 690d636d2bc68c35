//! Limits of guessing and of calling, from both sides: who is over one waits, and the neighbours behind the same address do not.

use liandian_tests::{World, id};
use liandian_types::{
    Fulfilment, StoreId, Timestamp,
    api::{OrderView, PlacedOrder},
};
use serde_json::{Value, json};

/// To the beginning of a minute: what a test counts lies in one.
fn begin_a_minute(w: &World) {
    w.stack.app.clock.advance(Timestamp::MINUTE - w.stack.app.now().0.rem_euclid(Timestamp::MINUTE));
}

/// What other instances have counted meanwhile.
async fn counted_elsewhere(w: &World, what: &str, who: &str, times: u32) {
    for _ in 0..times {
        assert!(w.stack.app.tables.count_request(what, who, u32::MAX, w.stack.app.now()).await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn given_wrong_pickup_codes_when_a_clerk_has_twenty_then_that_clerk_waits_and_sixty_are_enough_for_the_store() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let sku = w.sku_with(&store, 5, 500).await;
    let (clerk, manager) = (w.staff("sh01-clerk").await, w.staff("sh01-manager").await);
    let member = w.customer("demo-01").await;
    let order = w.order_for(&store, &[(sku, 1)], Fulfilment::Pickup).await;
    let bought = w.bought(&member, &order, "key-00000001").await;
    let right = json!({"code": w.order(&member, &bought).await.pickup_code.unwrap(), "sure": true});
    let path = format!("/api/v1/stores/{store}/pickups");
    let wrong = |n: u32| json!({"code": format!("LD:{bought}:x{n:09}")});

    begin_a_minute(&w);
    // What is no code at all is a slip, not a guess.
    w.post(&path, &clerk, &json!({"code": "123"})).await.refused(400, "bad_request");
    for n in 0..20 {
        w.post(&path, &clerk, &wrong(n)).await.refused(404, "not_found");
    }
    w.post(&path, &clerk, &right).await.refused(429, "rate_limited");
    // A colleague serves the customer meanwhile.
    let _: OrderView = w.post(&path, &manager, &right).await.ok();
    w.stack.app.clock.advance(2 * Timestamp::MINUTE);
    w.post(&path, &clerk, &wrong(20)).await.refused(404, "not_found");

    w.stack.app.clock.advance(2 * Timestamp::MINUTE);
    begin_a_minute(&w);
    counted_elsewhere(&w, "pickup-verify-wrong-store", store.as_str(), 59).await;
    w.post(&path, &manager, &wrong(21)).await.refused(404, "not_found");
    for token in [&clerk, &manager] {
        w.post(&path, token, &wrong(22)).await.refused(429, "rate_limited");
    }
    // Another store behind the same address goes on.
    let other = w.staff("sh02-clerk").await;
    w.post("/api/v1/stores/sto_sh02/pickups", &other, &wrong(23)).await.refused(404, "not_found");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_hundreds_of_old_links_and_tokens_from_one_address_when_the_next_is_right_then_it_works() {
    // They cannot be guessed, so counting them would only let one who sends bad ones shut others out.
    let w = World::usual().await;
    let enter = |ticket: String| w.http.get(format!("{}/enter/{ticket}", w.stack.origin)).send();
    let refresh = "/api/v1/staff/session/refresh";
    begin_a_minute(&w);
    let login = json!({"username": "sh01-clerk", "password": liandian_seed::DEMO_PASSWORD});
    let session: Value = w.post("/api/v1/staff/session", "", &login).await.ok();
    for n in 0..400 {
        let old = enter(format!("{n:064}")).await.unwrap();
        assert_eq!((old.status().as_u16(), old.headers()["location"].to_str().unwrap()), (303, "/login?expired=1"));
        w.post(refresh, "", &json!({"refresh_token": "old"})).await.refused(401, "unauthenticated");
    }
    let code = w.sandbox("code", &json!({"openid": "demo-01"})).await;
    let t: Value = w.post("/api/v1/tickets", "", &json!({"code": code["code"], "to": "/orders"})).await.ok();
    let customer = enter(t["ticket"].as_str().unwrap().to_owned()).await.unwrap();
    assert_eq!((customer.status().as_u16(), customer.headers()["location"].to_str().unwrap()), (303, "/orders"));
    let _: Value = w.post(refresh, "", &json!({"refresh_token": session["refresh_token"]})).await.ok();
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_one_password_on_many_accounts_at_once_when_tried_from_one_address_then_thirty_are_looked_at_and_who_knows_theirs_never_waits() {
    let w = World::usual().await;
    let login = |name: String, password: &str| {
        let body = json!({"username": name, "password": password});
        let w = &w;
        async move { w.post("/api/v1/staff/session", "", &body).await.status.as_u16() }
    };
    begin_a_minute(&w);
    let stores = w.stack.app.tables.directory().await.unwrap();
    assert!(stores.len() > 30);
    for s in stores.iter() {
        let clerk = format!("{}-clerk", s.store.as_str().trim_start_matches("sto_"));
        assert_eq!(login(clerk.clone(), liandian_seed::DEMO_PASSWORD).await, 200, "{clerk}");
    }
    let tries = futures::future::join_all((0..117).map(|n| login(format!("somebody-{n}"), "12345678"))).await;
    let answered = |status: u16| tries.iter().filter(|s| **s == status).count();
    assert_eq!((answered(401), answered(429)), (30, 87), "{tries:?}");
    assert_eq!(login("sh01-manager".into(), liandian_seed::DEMO_PASSWORD).await, 429);
    w.stack.app.clock.advance(2 * Timestamp::MINUTE);
    assert_eq!(login("sh01-manager".into(), liandian_seed::DEMO_PASSWORD).await, 200);
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_thirty_customers_behind_one_address_when_all_log_in_and_pay_then_all_do_and_only_the_one_who_never_stops_waits() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let sku = w.sku_with(&store, 60, 900).await;
    let order = w.order_for(&store, &[(sku, 1)], Fulfilment::Pickup).await;
    begin_a_minute(&w);
    let mut pays = Vec::new();
    for n in 0..30 {
        let code = w.sandbox("code", &json!({"openid": format!("neighbour-{n}")})).await;
        let session: Value = w.post("/api/v1/session", "", &json!({"code": code["code"]})).await.ok();
        let (token, member) = (session["token"].as_str().unwrap().to_owned(), session["member"].as_str().unwrap().to_owned());
        let placed: PlacedOrder = w.place(&token, &order, &format!("key-neighbour-{n}")).await.ok();
        let path = format!("/api/v1/orders/{}/payment", placed.order);
        let _: Value = w.post(&path, &token, &json!({})).await.ok();
        pays.push((token, member, path));
    }
    let [(token, member, path), (next, _, next_path), ..] = pays.as_slice() else { unreachable!("thirty") };
    // One call was counted above, and others by other instances: this process alone would let many more through.
    counted_elsewhere(&w, "payment-start-calls-account", member, 58).await;
    let _: Value = w.post(path, token, &json!({})).await.ok();
    w.post(path, token, &json!({})).await.refused(429, "rate_limited");
    let _: Value = w.post(next_path, next, &json!({})).await.ok();
    w.stack.app.clock.advance(Timestamp::MINUTE);
    let _: Value = w.post(path, token, &json!({})).await.ok();
    w.stack.stop().await;
}
