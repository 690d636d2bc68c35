//! What a store lists of the library: taking, dropping, its own words, and giving them back to HQ.

use liandian_tests::{World, id, percent};
use liandian_types::{
    Code, Fulfilment, SkuId, StoreId,
    api::{Assortment, DroppedGoods, ListingPage, ListingView, ListingsReset, ProductPage, TakenGoods},
};
use reqwest::Method;
use serde_json::{Value, json};

fn store() -> StoreId {
    id("sto_cd06")
}

/// A SKU that the store lists, may give up and may name as it likes.
async fn free(w: &World) -> SkuId {
    let library = w.stack.app.tables.library().await.unwrap();
    let plain = |sku: &SkuId| library.iter().any(|s| s.sku == *sku && !s.mandatory && !s.flagship);
    let found: Vec<SkuId> = w.skus_with(&store(), 5, 500, 20).await.into_iter().filter(plain).collect();
    let listings = w.stack.app.tables.listings_of(&store(), &found).await.unwrap();
    // One of which the store has never said anything.
    listings.into_iter().flatten().find(|l| l.version == 0 && l.inherits_price()).unwrap().sku
}

async fn set(w: &World, token: &str, sku: &SkuId, body: &Value) -> liandian_tests::Answer {
    w.call(Method::PUT, &format!("/api/v1/stores/sto_cd06/listings/{sku}/fields"), token, Some(body)).await
}

async fn seen(w: &World, sku: &SkuId) -> ProductPage {
    w.get(&format!("/api/v1/stores/sto_cd06/listings/{sku}"), "").await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_name_of_the_stores_own_when_hq_edits_then_all_but_that_follow_and_after_a_reset_that_does_too() {
    let w = World::usual().await;
    let (manager, sku) = (w.staff("cd06-manager").await, free(&w).await);
    let path = format!("/api/v1/stores/sto_cd06/listings/{sku}/fields");
    let before: ListingView = w.get(&path, &manager).await.ok();
    assert!(before.taken && before.sold && before.fields.iter().all(|f| f.own.is_none()), "{before:?}");
    let own: ListingView = set(&w, &manager, &sku, &json!({"name": "店长手选好物", "version": before.set.version})).await.ok();
    let named = own.fields.iter().find(|f| f.field == "name").unwrap();
    assert_eq!((named.own.as_deref(), named.by_name.is_some()), (Some("店长手选好物"), true));
    assert_eq!(own.history.len(), 1, "{:?}", own.history);
    assert_eq!(seen(&w, &sku).await.name, "店长手选好物");
    // Customers find it by that name; the quote and the order say it too.
    let found: ListingPage = w.get(&format!("/api/v1/stores/sto_cd06/listings?q={}", percent("店长手选")), "").await.ok();
    assert!(found.items.iter().any(|i| i.sku == sku && i.name == "店长手选好物"), "{found:?}");
    let quote = w.quote(&store(), &[(sku.clone(), 1)], Fulfilment::Pickup, None).await;
    assert_eq!(quote.lines[0].name, "店长手选好物");

    // HQ edits the row of the library: no store is written to.
    let tables = &w.stack.app.tables;
    let mut library = tables.library_sku(&sku).await.unwrap().unwrap();
    let old = library.name.clone();
    (library.name, library.description) = ("总部新名".into(), "总部新描述".into());
    let item = liandian_store::catalog::sku_item(&library).unwrap();
    tables.client().put_item().table_name(tables.table(liandian_store::Table::Hq)).set_item(Some(item)).send().await.unwrap();
    let page = seen(&w, &sku).await;
    assert_eq!((page.name.as_str(), page.description.as_str()), ("店长手选好物", "总部新描述"));
    // Another store, which says nothing itself, has both at once.
    let other: ListingPage = w.get(&format!("/api/v1/stores/sto_sh02/listings?category={}", library.category), "").await.ok();
    assert!(other.items.iter().all(|i| i.name != old || i.sku != sku));

    let reset = json!({"skus": [sku], "fields": ["name"]});
    let done: ListingsReset = w.post("/api/v1/stores/sto_cd06/listings/reset", &manager, &reset).await.ok();
    assert_eq!(done.reset, std::slice::from_ref(&sku));
    assert_eq!(seen(&w, &sku).await.name, "总部新名");
    let again: ListingsReset = w.post("/api/v1/stores/sto_cd06/listings/reset", &manager, &reset).await.ok();
    assert!(again.reset.is_empty(), "nothing is the store's own any more");

    // The page of it names each value with where it is from.
    let html = w.page(&format!("/console/s/sto_cd06/listings/{sku}"), &format!("ld_staff={manager}")).await;
    assert!(html.status == 200 && html.text().contains("总部新名") && html.text().contains("跟随总部"), "{}", html.text());
    w.assert_chains().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_listing_when_two_people_set_it_or_somebody_else_does_then_the_second_and_the_foreign_are_refused() {
    let w = World::usual().await;
    let (manager, clerk, foreign) = (w.staff("cd06-manager").await, w.staff("cd06-clerk").await, w.staff("hz01-manager").await);
    let sku = free(&w).await;
    let name = |n: &str, version: u64| json!({"name": n, "version": version});
    let first: ListingView = set(&w, &manager, &sku, &name("一", 0)).await.ok();
    assert_eq!(first.set.version, 1);
    set(&w, &manager, &sku, &name("二", 0)).await.refused(409, "conflict");
    set(&w, &clerk, &sku, &name("三", 1)).await.refused(403, "forbidden");
    set(&w, &foreign, &sku, &name("三", 1)).await.refused(404, "not_found");
    w.get("/api/v1/stores/sto_cd06/assortment", &foreign).await.refused(404, "not_found");
    for (body, field) in [
        (json!({"name": " 空格", "version": 1}), "name"),
        (json!({"name": "字".repeat(61), "version": 1}), "name"),
        (json!({"picture": "javascript:alert(1)", "version": 1}), "picture"),
        (json!({"featured": 1000, "version": 1}), "featured"),
    ] {
        let refused = set(&w, &manager, &sku, &body).await.refused(400, "bad_request");
        assert_eq!(refused["field"], field, "{refused}");
    }
    set(&w, &manager, &id("sku_none"), &name("四", 0)).await.refused(404, "not_found");
    // HQ may, in any store; at the same moment one of two wins.
    let hq = w.staff("merch").await;
    let (one, other) = (name("五", 1), name("六", 1));
    let (one, other) = futures::join!(set(&w, &hq, &sku, &one), set(&w, &manager, &sku, &other));
    let mut answers = [one.status.as_u16(), other.status.as_u16()];
    answers.sort_unstable();
    assert_eq!(answers, [200, 409]);
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_goods_when_hidden_dropped_and_taken_then_customers_see_just_that_and_mandatory_ones_stay() {
    let w = World::usual().await;
    let (manager, sku) = (w.staff("cd06-manager").await, free(&w).await);
    let lines = json!({"store": "sto_cd06", "lines": [{"sku": sku, "quantity": 1}], "fulfilment": "pickup"});
    let _: ListingView = set(&w, &manager, &sku, &json!({"shown": false, "version": 0})).await.ok();
    w.post("/api/v1/quotes", "", &lines).await.refused(Code::NotListed.status(), "not_listed");
    let _: ListingView = set(&w, &manager, &sku, &json!({"version": 1})).await.ok();
    assert!(w.post("/api/v1/quotes", "", &lines).await.status.is_success());

    let dropped: DroppedGoods = w.post("/api/v1/stores/sto_cd06/assortment/drop", &manager, &json!({"skus": [sku]})).await.ok();
    assert_eq!(dropped.dropped, std::slice::from_ref(&sku));
    w.post("/api/v1/quotes", "", &lines).await.refused(Code::NotListed.status(), "not_listed");
    let taken: TakenGoods = w.post("/api/v1/stores/sto_cd06/assortment", &manager, &json!({"skus": [sku]})).await.ok();
    assert_eq!((taken.taken.len(), taken.next), (1, None));
    let again: TakenGoods = w.post("/api/v1/stores/sto_cd06/assortment", &manager, &json!({"skus": [sku]})).await.ok();
    assert!(again.taken.is_empty(), "it has it already");
    assert!(w.post("/api/v1/quotes", "", &lines).await.status.is_success());

    let library = w.stack.app.tables.library().await.unwrap();
    let must = library.iter().find(|s| s.mandatory).unwrap();
    let refused = w.post("/api/v1/stores/sto_cd06/assortment/drop", &manager, &json!({"skus": [must.sku, sku]})).await.refused(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("必上"), "{refused}");
    assert!(w.post("/api/v1/quotes", "", &lines).await.status.is_success(), "none of them went");
    let bad = [
        json!({}),
        json!({"skus": []}),
        json!({"skus": ["sku_none"]}),
        json!({"skus": [sku], "category": "dairy"}),
        json!({"category": "none"}),
        json!({"like": "sto_cd06"}),
        json!({"like": "sto_none"}),
        json!({"skus": (0..91).map(|n| format!("sku_{n}")).collect::<Vec<_>>()}),
    ];
    for body in bad {
        w.post("/api/v1/stores/sto_cd06/assortment", &manager, &body).await.refused(400, "bad_request");
    }
    w.assert_chains().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_store_whose_goods_hq_decides_when_its_manager_takes_or_drops_then_the_policy_says_no() {
    let w = World::usual().await;
    let manager = w.staff("sh01-manager").await;
    let library = w.stack.app.tables.library().await.unwrap();
    let sku = &library.iter().find(|s| !s.mandatory && s.sold_online()).unwrap().sku;
    for path in ["assortment", "assortment/drop"] {
        let refused = w.post(&format!("/api/v1/stores/sto_sh01/{path}"), &manager, &json!({"skus": [sku]})).await.refused(409, "conflict");
        assert!(refused["detail"].as_str().unwrap().contains("总部统一"), "{refused}");
    }
    // HQ may, and the store's own goods are none of this one's business either.
    let answer = w.post("/api/v1/stores/sto_sh01/assortment", &w.staff("merch").await, &json!({"skus": [sku]})).await;
    assert!(answer.status.is_success(), "{}", answer.json);
    let made = json!({"name": "自制", "category": "snacks", "description": "", "origin": "", "images": [], "skus": [], "documents": [], "on": true, "version": 0});
    let local = w.post_once("/api/v1/stores/sto_sh01/local-products", &manager, "local-direct-1", &made).await;
    local.refused(409, "conflict");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_another_store_when_goods_are_taken_like_there_then_all_of_them_are_in_steps() {
    let w = World::usual().await;
    let admin = w.staff("admin").await;
    let (mut ask, mut steps) = (json!({"like": "sto_sh01"}), 0);
    loop {
        let answer: TakenGoods = w.post("/api/v1/stores/sto_hz11/assortment", &admin, &ask).await.ok();
        steps += 1;
        assert!(answer.taken.len() <= 90 && steps < 20);
        let Some(next) = answer.next else { break };
        ask["cursor"] = json!(next);
    }
    assert!(steps > 1, "more than one step has");
    let (tables, mut cursor) = (&w.stack.app.tables, None::<String>);
    loop {
        let (listings, next) = tables.listings(&id("sto_sh01"), 90, cursor.as_deref()).await.unwrap();
        let skus: Vec<SkuId> = listings.into_iter().map(|l| l.sku).collect();
        assert!(tables.listings_of(&id("sto_hz11"), &skus).await.unwrap().iter().all(Option::is_some));
        cursor = next;
        if cursor.is_none() {
            break;
        }
    }
    let dairy: TakenGoods = w.post("/api/v1/stores/sto_hz11/assortment", &admin, &json!({"category": "dairy"})).await.ok();
    assert!(dairy.next.is_none());
    let list: Assortment = w.get("/api/v1/stores/sto_hz11/assortment?category=dairy&taken=no", &admin).await.ok();
    assert!(list.rows.is_empty() && list.categories.iter().any(|c| c.key == "dairy"), "{list:?}");
    let list: Assortment = w.get(&format!("/api/v1/stores/sto_hz11/assortment?q={}", percent("牛奶")), &admin).await.ok();
    assert!(!list.rows.is_empty() && list.rows.iter().all(|r| r.taken || r.mandatory || r.category != "dairy"));
    w.get("/api/v1/stores/sto_hz11/assortment?taken=maybe", &admin).await.refused(400, "bad_request");
    let html = w.page("/console/s/sto_hz11/assortment?q=%E7%89%9B%E5%A5%B6", &format!("ld_staff={admin}")).await;
    assert!(html.status == 200 && html.text().contains("上架所选") && html.text().contains("必上"), "{}", html.text());
    w.assert_chains().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_store_that_does_not_choose_its_goods_when_it_hides_some_or_shows_what_hq_hid_then_it_is_refused() {
    let w = World::usual().await;
    let (manager, hq, here) = (w.staff("sh01-manager").await, w.staff("merch").await, id::<StoreId>("sto_sh01"));
    let library = w.stack.app.tables.library().await.unwrap();
    let plain = |sku: &SkuId| library.iter().any(|s| s.sku == *sku && !s.mandatory);
    let sku = w.skus_with(&here, 5, 500, 20).await.into_iter().find(plain).unwrap();
    let path = format!("/api/v1/stores/sto_sh01/listings/{sku}/fields");
    let put = async |token: &str, body: Value| w.call(Method::PUT, &path, token, Some(&body)).await;
    let before: ListingView = w.get(&path, &manager).await.ok();
    let seen = before.set.version;
    put(&manager, json!({"shown": false, "version": seen})).await.refused(409, "conflict");
    let named: ListingView = put(&manager, json!({"name": "静安鲜选", "shown": true, "version": seen})).await.ok();
    let hidden: ListingView = put(&hq, json!({"name": "静安鲜选", "shown": false, "version": named.set.version})).await.ok();
    put(&manager, json!({"name": "静安鲜选", "version": hidden.set.version})).await.refused(409, "conflict");
    let reset: ListingsReset = w.post("/api/v1/stores/sto_sh01/listings/reset", &manager, &json!({"skus": [sku]})).await.ok();
    assert_eq!(reset.reset, std::slice::from_ref(&sku), "its name is HQ's again");
    let after: ListingView = w.get(&path, &manager).await.ok();
    assert_eq!((after.set.name, after.set.shown), (None, Some(false)), "what HQ hid stays hidden");
    w.stack.stop().await;
}
