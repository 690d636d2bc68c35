//! Finding a store and goods: nearest, by text, page by page; and when a store is open.

use liandian_store::{meter::measured, read::FindStores};
use liandian_tests::{World, id, recipient};
use liandian_types::{
    Code, Fulfilment, GeoPoint, StoreId, StoreStatus, Timestamp,
    api::{ListingPage, Offer, OrderList, StockList, StoreHome, StoreList, StoreOpening, StoreRows},
};
use reqwest::Method;
use serde_json::json;

async fn found(w: &World, query: &str) -> StoreList {
    w.get(&format!("/api/v1/stores?{query}"), "").await.ok()
}

fn ids(list: &StoreList) -> Vec<&str> {
    list.stores.iter().map(|s| s.store.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_point_when_stores_are_looked_for_then_the_nearest_come_first_however_far_and_those_that_pause_last() {
    let w = World::usual().await;
    let south = found(&w, "lat=30.500&lng=104.151").await;
    assert_eq!((south.stores[0].store.as_str(), south.stores[0].distance_m), ("sto_cd11", Some(8_437)));
    let east = found(&w, "lat=31.238&lng=121.598").await;
    let sh05 = east.stores.iter().position(|s| s.store.as_str() == "sto_sh05").unwrap();
    assert_eq!((east.stores[sh05].distance_m, east.stores[sh05].paused), (Some(9_146), false));
    w.get("/api/v1/stores?lat=0&lng=0", "").await.refused(400, "bad_request");

    // Page after page from the far north: every store of the chain that is shown, once, in the order of brute force.
    let from = GeoPoint { lat: 53.48, lng: 122.37 };
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = found(&w, &format!("lat={}&lng={}{cursor}", from.lat, from.lng)).await;
        all.extend(page.stores.iter().map(|s| s.store.clone()));
        let Some(next) = page.next else { break };
        cursor = format!("&cursor={next}");
    }
    let directory = w.stack.app.tables.directory().await.unwrap();
    let mut expected: Vec<_> = directory.iter().filter(|s| matches!(s.status, StoreStatus::Open | StoreStatus::Paused)).collect();
    expected.sort_by_key(|s| (s.status == StoreStatus::Paused, s.point.metres_to(&from).round() as i64, s.store.clone()));
    assert_eq!(all, expected.iter().map(|s| s.store.clone()).collect::<Vec<_>>());

    // What it costs: the cells around, then the list of all, then the profiles of a page.
    let ask = FindStores { near: Some(GeoPoint { lat: 31.2304, lng: 121.4737 }), ..FindStores::default() };
    let (list, cost) = measured(w.stack.app.tables.find_stores(ask, w.stack.app.now())).await;
    assert_eq!(list.unwrap().stores.len(), 30);
    assert!(cost.waves <= 4 && cost.read_units <= 30.0, "{cost:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn given_texts_as_people_type_them_when_looked_for_then_shop_and_staff_find_the_same_and_all_of_it() {
    let w = World::usual().await;
    let admin = w.staff("admin").await;
    for typed in ["静安旗舰", "上海 静安", "南京西路1686号", "上海静安", "静安%E2%80%8B寺"] {
        assert_eq!(found(&w, &format!("q={typed}")).await.stores[0].store.as_str(), "sto_sh01", "{typed}");
        let rows: StoreRows = w.get(&format!("/api/v1/hq/stores?q={typed}"), &admin).await.ok();
        assert_eq!((rows.rows[0].store.as_str(), rows.total), ("sto_sh01", 1), "{typed}");
    }
    let all: StoreRows = w.get("/api/v1/hq/stores", &admin).await.ok();
    assert_eq!((all.rows.len(), all.total, all.next), (36, 36, None));

    // Every hit of a common character, page by page: none twice, and what the store's staff finds of what it lists.
    let (store, clerk): (StoreId, _) = (id("sto_sh01"), w.staff("sh01-clerk").await);
    let (mut shop, mut cursor) = (Vec::new(), String::new());
    loop {
        let page: ListingPage = w.get(&format!("/api/v1/stores/{store}/listings?q=g{cursor}"), "").await.ok();
        assert!(page.items.len() <= 20);
        shop.extend(page.items.into_iter().map(|i| i.sku));
        let Some(next) = page.next else { break };
        cursor = format!("&cursor={next}");
    }
    let (mut staff, mut cursor) = (Vec::new(), String::new());
    loop {
        let page: StockList = w.get(&format!("/api/v1/stores/{store}/stock?q=g{cursor}"), &clerk).await.ok();
        staff.extend(page.rows.into_iter().map(|r| r.sku));
        let Some(next) = page.next else { break };
        cursor = format!("&cursor={next}");
    }
    assert!(shop.len() > 40 && staff.len() > 60, "{} {}", shop.len(), staff.len());
    let unique: std::collections::BTreeSet<_> = shop.iter().collect();
    assert_eq!(unique.len(), shop.len());
    assert!(shop.iter().all(|s| staff.contains(s)));
    let library = w.stack.app.tables.library().await.unwrap();
    let listed: ListingPage = w.get(&format!("/api/v1/stores/{store}/listings?cursor="), "").await.ok();
    let one = library.iter().find(|s| s.sku == listed.items[0].sku).unwrap();
    // A barcode with spaces and a zero before it; brand and name without a space.
    let barcode = format!("0{} {}", &one.barcode[..6], &one.barcode[6..]);
    for typed in [barcode, format!("{}{}", one.brand, one.name), format!("{} {}", one.name.to_uppercase(), one.spec.to_uppercase())] {
        let page: ListingPage = w.get(&format!("/api/v1/stores/{store}/listings?q={typed}"), "").await.ok();
        assert!(page.items.iter().any(|i| i.sku == one.sku), "{typed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn given_text_that_reaches_labels_when_it_misleads_then_it_is_refused_and_a_number_is_taken_as_people_write_it() {
    let w = World::usual().await;
    let (store, token): (StoreId, _) = (id("sto_sh01"), w.customer("demo-01").await);
    let sku = w.sku_with(&store, 5, 500).await;
    let mut order = w.order_for(&store, &[(sku, 1)], Fulfilment::Delivery).await;
    let good = recipient(order.recipient.as_ref().unwrap().point);
    for (name, key) in [("欧阳\u{202e}测试", "text-key-1"), ("\u{200b}\u{200b}", "text-key-2"), ("欧\u{7}阳", "text-key-3")] {
        order.recipient = Some(liandian_types::api::Recipient { name: name.into(), ..good.clone() });
        let refused = w.place(&token, &order, key).await.refused(400, "bad_request");
        assert_eq!(refused["field"], "recipient.name");
    }
    order.recipient = Some(liandian_types::api::Recipient { phone: "+86 139-8765 0123".into(), ..good });
    w.place(&token, &order, "text-key-4").await.ok::<serde_json::Value>();
}

#[tokio::test(flavor = "multi_thread")]
async fn given_hq_sets_a_stores_opening_when_looked_at_then_finding_quote_and_order_know_it_at_once() {
    let w = World::usual().await;
    let (store, admin, token): (StoreId, _, _) = (id("sto_sh04"), w.staff("admin").await, w.customer("demo-01").await);
    let path = format!("/api/v1/hq/stores/{store}/opening");
    let was: StoreOpening = w.get(&path, &admin).await.ok();
    assert_eq!((was.status, was.hours.as_str(), was.exceptions.len()), (StoreStatus::Open, "07:00–23:30", 0));
    let clerk = w.staff("sh04-clerk").await;
    w.call(Method::PUT, &path, &clerk, Some(&was)).await.refused(403, "forbidden");

    let skus = w.skus_with(&store, 3, 500, 1).await;
    let order = w.order_for(&store, &[(skus[0].clone(), 1)], Fulfilment::Pickup).await;
    let here = order_point(&w, &store).await;
    let near = format!("lat={}&lng={}", here.lat, here.lng);
    assert_eq!(ids(&found(&w, &near).await)[0], store.as_str());

    // WHEN it pauses for two hours
    let pause =
        json!({"status": "paused", "reason": "设备检修", "until": text_of(w.stack.app.now().plus(2 * Timestamp::HOUR)), "version": was.version});
    let paused: StoreOpening = w.call(Method::PUT, &path, &admin, Some(&pause)).await.ok();
    w.call(Method::PUT, &path, &admin, Some(&pause)).await.refused(409, "conflict");
    assert_eq!((paused.status, paused.version), (StoreStatus::Paused, was.version + 1));

    // THEN it is found after those that take orders, its page says why and who does instead, and nothing is promised
    let home: StoreHome = w.get(&format!("/api/v1/stores/{store}/home"), "").await.ok();
    assert!(home.store.paused && !home.store.open_now && home.store.notice.as_deref().is_some_and(|n| n.contains("设备检修")), "{home:?}");
    let instead = home.instead.unwrap();
    assert!(!instead.paused && instead.store != store && instead.distance_m.is_some_and(|m| m < 2_000));
    assert_ne!(ids(&found(&w, &near).await)[0], store.as_str());
    let quote = w.quote(&store, &[(skus[0].clone(), 1)], Fulfilment::Pickup, None).await;
    let refusal = quote.refusal.unwrap();
    assert!(refusal.code == Code::StoreClosed && refusal.detail.contains("设备检修"), "{refusal:?}");
    assert!(quote.offers.iter().all(|o| matches!(o, Offer::OtherStore { store: s, .. } if s.store != store)));
    w.place(&token, &order, "opening-key-1").await.refused(409, "store_closed");

    // AND goes on by itself when the time has come
    w.stack.app.clock.advance(2 * Timestamp::HOUR);
    let (admin, token) = (w.staff("admin").await, w.customer("demo-01").await);
    let home: StoreHome = w.get(&format!("/api/v1/stores/{store}/home"), "").await.ok();
    assert!(home.store.open_now && !home.store.paused && home.instead.is_none());
    w.place(&token, &order, "opening-key-2").await.ok::<serde_json::Value>();

    // WHEN it is closed for three days from today: no pickup is taken that nobody can fetch for days
    let today = &text_of(w.stack.app.now())[..10];
    let last = &text_of(w.stack.app.now().plus(2 * Timestamp::DAY))[..10];
    let holiday = json!({"status": "open", "exceptions": [{"from": today, "to": last, "note": "国庆节"}], "version": paused.version});
    let set: StoreOpening = w.call(Method::PUT, &path, &admin, Some(&holiday)).await.ok();
    let quote = w.quote(&store, &[(skus[0].clone(), 1)], Fulfilment::Pickup, None).await;
    assert!(quote.refusal.is_some_and(|p| p.code == Code::StoreClosed && p.detail.contains("国庆节")));
    let half = json!({"status": "open", "exceptions": [{"from": today, "to": today, "open": "10:00", "note": "调休"}], "version": set.version});
    assert_eq!(w.call(Method::PUT, &path, &admin, Some(&half)).await.refused(400, "bad_request")["field"], "exceptions[0].close");
    let usual: StoreOpening = w.call(Method::PUT, &path, &admin, Some(&json!({"status": "open", "version": set.version}))).await.ok();
    assert_eq!(usual.exceptions.len(), 0);

    // WHEN it is about to close: what would be ready three minutes before is there in the morning
    let now = w.stack.app.now();
    let then = now.0.div_euclid(Timestamp::DAY) * Timestamp::DAY + 15 * Timestamp::HOUR + 7 * Timestamp::MINUTE;
    w.stack.app.clock.advance((then - now.0).rem_euclid(Timestamp::DAY));
    let home: StoreHome = w.get(&format!("/api/v1/stores/{store}/home"), "").await.ok();
    assert!(home.store.closing_soon && home.store.notice.as_deref() == Some("即将打烊（今天 23:30）"), "{:?}", home.store);
    let quote = w.quote(&store, &[(skus[0].clone(), 1)], Fulfilment::Pickup, None).await;
    assert_eq!(quote.ready_text, "明天 07:00");
}

#[tokio::test(flavor = "multi_thread")]
async fn given_more_orders_than_a_page_when_hq_reads_them_then_the_next_page_begins_where_this_one_ended() {
    let w = World::usual().await;
    let (store, admin): (StoreId, _) = (id("sto_sh01"), w.staff("admin").await);
    let mut orders = Vec::new();
    for sku in w.skus_with(&store, 20, 500, 3).await {
        orders.push(w.order_for(&store, &[(sku, 1)], Fulfilment::Pickup).await);
    }
    for (i, token) in w.members(55).await.iter().enumerate() {
        w.place(token, &orders[i % 3], &format!("page-key-{i:03}")).await.ok::<serde_json::Value>();
    }
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..100 {
        let first: OrderList = w.get("/api/v1/hq/orders", &admin).await.ok();
        seen.clear();
        seen.extend(first.orders.iter().map(|o| o.order.clone()));
        if let Some(next) = first.next {
            let second: OrderList = w.get(&format!("/api/v1/hq/orders?cursor={next}"), &admin).await.ok();
            assert_eq!(first.orders.len(), 50);
            assert!(second.orders.iter().all(|o| o.placed_at <= first.orders[49].placed_at));
            seen.extend(second.orders.iter().map(|o| o.order.clone()));
            if seen.len() == 55 && second.next.is_none() {
                return;
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{} of 55 orders were listed", seen.len());
}

async fn order_point(w: &World, store: &StoreId) -> GeoPoint {
    w.get(&format!("/api/v1/stores/{store}/home"), "").await.ok::<StoreHome>().store.point
}

fn text_of(at: Timestamp) -> String {
    liandian_domain::stores::hours::moment_text(at, liandian_domain::stores::hours::CHINA)
}
