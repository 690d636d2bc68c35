//! Products of a store's own: HQ's review, the document that ends, and that they exist nowhere else.

use liandian_domain::decision::Aggregate;
use liandian_tests::{World, id, percent};
use liandian_types::{
    Code, SkuId, SpuId, StoreId, Timestamp,
    api::{ListingPage, LocalForm, LocalList, LocalView, WaitingLocals},
};
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/api/v1/stores/sto_cd06/local-products";

fn store() -> StoreId {
    id("sto_cd06")
}

fn form(expires: &str) -> Value {
    json!({
        "name": "巷口手作麻薯", "category": "snacks", "description": "当天现做。\n冷藏更好吃。", "origin": "上海",
        "images": ["/pictures/eggs-800.webp"],
        "skus": [{"spec": "4 个", "price": 1600, "barcode": "", "weight_g": 200}],
        "documents": [{"kind": "食品经营许可证", "number": "JY100", "expires": expires, "file": "/media/documents/jy100.pdf"}],
        "on": true, "version": 0
    })
}

/// A day so many days from now, as it is written.
fn day(w: &World, days: i64) -> String {
    liandian_domain::stores::hours::day(w.stack.app.now().plus(days * Timestamp::DAY), "Asia/Shanghai").to_string()
}

/// Units of the product on the shelf.
async fn received(w: &World, clerk: &str, sku: &SkuId) {
    let body = json!({"kind": "receipt", "lines": [{"sku": sku, "quantity": 20}]});
    let answer = w.post_once("/api/v1/stores/sto_cd06/stock/receipts", clerk, "local-receipt-1", &body).await;
    assert!(answer.status.is_success(), "{}: {}", answer.status, answer.json);
}

async fn quoted(w: &World, store: &str, sku: &SkuId) -> liandian_tests::Answer {
    w.post("/api/v1/quotes", "", &json!({"store": store, "lines": [{"sku": sku, "quantity": 1}], "fulfilment": "pickup"})).await
}

async fn found(w: &World, store: &str) -> bool {
    let page: ListingPage = w.get(&format!("/api/v1/stores/{store}/listings?q={}", percent("手作麻薯")), "").await.ok();
    page.items.iter().any(|i| i.name == "巷口手作麻薯")
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_product_of_a_store_when_hq_says_yes_then_it_is_sold_there_alone_until_its_document_ends() {
    let w = World::usual().await;
    let (manager, hq) = (w.staff("cd06-manager").await, w.staff("merch").await);
    let made: LocalView = w.post_once(PATH, &manager, "local-make-0001", &form(&day(&w, 5))).await.ok();
    let twice: LocalView = w.post_once(PATH, &manager, "local-make-0001", &form(&day(&w, 5))).await.ok();
    assert_eq!((made.card.spu.clone(), made.card.state.as_str(), made.card.version), (twice.card.spu, "draft", 1));
    let (spu, path): (SpuId, _) = (made.card.spu.clone(), format!("{PATH}/{}", made.card.spu));
    let sku: SkuId = id(&format!("sku_{}-1", spu.as_str().trim_start_matches("spu_")));
    let step = |version: u64| json!({"version": version});
    let decision = format!("/api/v1/hq/local-products/{spu}/decision");
    let decide = |approve: bool, version: u64, reason: &str| json!({"store": "sto_cd06", "approve": approve, "version": version, "reason": reason});
    // Nothing is there before HQ's yes: not on a page, not in a search, not in a quote.
    w.post(&decision, &hq, &decide(true, 1, "")).await.refused(409, "conflict");
    let waits: LocalView = w.post(&format!("{path}/submit"), &manager, &step(1)).await.ok();
    assert_eq!((waits.card.state.as_str(), waits.card.on_sale), ("waiting", false));
    assert!(!found(&w, "sto_cd06").await);
    quoted(&w, "sto_cd06", &sku).await.refused(Code::NotListed.status(), "not_listed");
    w.get(&format!("/api/v1/stores/sto_cd06/listings/{sku}"), "").await.refused(404, "not_found");
    let asked: WaitingLocals = w.get("/api/v1/hq/local-products", &hq).await.ok();
    assert!(asked.products.iter().any(|p| p.card.spu == spu && p.lacks.is_empty()), "{asked:?}");
    let page = w.page("/console/hq/local-products", &format!("ld_staff={hq}")).await;
    assert!(page.status == 200 && page.text().contains("巷口手作麻薯") && page.text().contains("JY100"), "{}", page.text());
    // While HQ looks, the store does not change it; a no has a reason; HQ's yes is to what it has seen.
    w.call(Method::PUT, &path, &manager, Some(&form(&day(&w, 9)))).await.refused(409, "conflict");
    w.post(&decision, &hq, &decide(false, 2, " ")).await.refused(400, "bad_request");
    w.post(&decision, &hq, &decide(true, 1, "")).await.refused(409, "conflict");
    w.post(&decision, &manager, &decide(true, 2, "")).await.refused(403, "forbidden");
    let yes: LocalView = w.post(&decision, &hq, &decide(true, 2, "")).await.ok();
    assert!(yes.card.on_sale && yes.card.days_left == Some(5), "{:?}", yes.card);

    assert!(found(&w, "sto_cd06").await && !found(&w, "sto_sh02").await);
    quoted(&w, "sto_sh02", &sku).await.refused(Code::NotListed.status(), "not_listed");
    w.get(&format!("/api/v1/stores/sto_sh02/listings/{sku}"), "").await.refused(404, "not_found");
    // Another store cannot take it either, and it is no part of the library.
    let admin = w.staff("admin").await;
    w.post("/api/v1/stores/sto_sh02/assortment", &admin, &json!({"skus": [sku]})).await.refused(400, "bad_request");
    assert!(w.stack.app.tables.library().await.unwrap().iter().all(|s| s.sku != sku));
    received(&w, &manager, &sku).await;
    let member = w.customer("demo-01").await;
    let order = w.order_for(&store(), &[(sku.clone(), 1)], liandian_types::Fulfilment::Pickup).await;
    w.bought(&member, &order, "local-order-01").await;

    // The store is told before the end; at the end it is off sale in that moment, by the time alone.
    w.sweep().await;
    let history = async || {
        let of = Aggregate::Local(store(), spu.clone());
        let (events, _) = w.stack.app.tables.history_of(&of, 20, None).await.unwrap();
        events.into_iter().filter_map(|e| serde_json::to_value(&e.event).unwrap()["kind"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    w.stack.app.clock.advance(5 * Timestamp::DAY - Timestamp::HOUR);
    w.sweep().await;
    assert!(history().await.contains(&"local.expiring".to_owned()), "{:?}", history().await);
    let ends = w.stack.app.tables.library_sku(&sku).await.unwrap().unwrap().until.unwrap();
    w.stack.app.clock.advance(ends.0 - w.stack.app.now().0);
    quoted(&w, "sto_cd06", &sku).await.refused(Code::NotListed.status(), "not_listed");
    assert!(!found(&w, "sto_cd06").await);
    // In the morning the store is open again.
    w.stack.app.clock.advance(10 * Timestamp::HOUR);
    let member = w.customer("demo-01").await;
    w.place(&member, &order, "local-order-02").await.refused(Code::NotListed.status(), "not_listed");
    w.sweep().await;
    assert!(history().await.contains(&"local.off_sale".to_owned()), "{:?}", history().await);
    w.assert_chains().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_products_of_stores_when_others_or_wrong_forms_come_then_they_are_refused() {
    let w = World::usual().await;
    let (manager, clerk, foreign) = (w.staff("cd06-manager").await, w.staff("cd06-clerk").await, w.staff("hz01-manager").await);
    w.post_once(PATH, &clerk, "local-make-0001", &form("")).await.refused(403, "forbidden");
    w.post_once(PATH, &foreign, "local-make-0001", &form("")).await.refused(404, "not_found");
    w.get("/api/v1/hq/local-products", &manager).await.refused(403, "forbidden");
    let wrong = |change: fn(&mut Value)| {
        let mut f = form("");
        change(&mut f);
        f
    };
    type Spoil = fn(&mut Value);
    let cases: [(Spoil, &str); 7] = [
        (|f| f["name"] = json!(""), "name"),
        (|f| f["category"] = json!("none"), "category"),
        (|f| f["skus"] = json!([]), "skus"),
        (|f| f["skus"][0]["barcode"] = json!("123"), "skus[0].barcode"),
        (|f| f["images"] = json!(["javascript:alert(1)"]), "images[0]"),
        (|f| f["documents"][0]["file"] = json!("c:\\a.pdf"), "documents[0].file"),
        (|f| f["documents"][0]["expires"] = json!("明年"), "documents[0].expires"),
    ];
    for (n, (change, field)) in cases.into_iter().enumerate() {
        let refused = w.post_once(PATH, &manager, &format!("local-wrong-{n:02}"), &wrong(change)).await.refused(400, "bad_request");
        assert_eq!(refused["field"], field, "{refused}");
    }
    // Without the document that food needs HQ is not asked; a lost update is refused.
    let made: LocalView = w.post_once(PATH, &manager, "local-make-0002", &wrong(|f| f["documents"] = json!([]))).await.ok();
    assert_eq!(made.lacks, ["食品经营许可证"]);
    let path = format!("{PATH}/{}", made.card.spu);
    w.post(&format!("{path}/submit"), &manager, &json!({"version": 1})).await.refused(400, "bad_request");
    w.post(&format!("{path}/withdraw"), &manager, &json!({"version": 1})).await.refused(409, "conflict");
    let next = LocalForm { name: "改名".into(), version: 1, ..made.form.clone() };
    let saved: LocalView = w.call(Method::PUT, &path, &manager, Some(&next)).await.ok();
    assert_eq!((saved.card.version, saved.form.name.as_str(), saved.history.len()), (2, "改名", 2));
    w.call(Method::PUT, &path, &manager, Some(&LocalForm { name: "再改".into(), ..next })).await.refused(409, "conflict");
    w.get(&path.replace("sto_cd06", "sto_hz01"), &foreign).await.refused(404, "not_found");
    let page = w.page(&format!("/console/s/sto_cd06/local-products/{}", made.card.spu), &format!("ld_staff={manager}")).await;
    assert!(page.status == 200 && page.text().contains("改名") && page.text().contains("缺少有效的食品经营许可证"), "{}", page.text());
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_the_demo_chain_when_its_pages_are_shown_then_something_is_on_sale_something_waits_and_something_ends() {
    let w = World::usual().await;
    let admin = w.staff("admin").await;
    let waiting: WaitingLocals = w.get("/api/v1/hq/local-products", &admin).await.ok();
    assert_eq!((waiting.products.len(), waiting.expiring.len()), (1, 1), "{waiting:?}");
    let list: LocalList = w.get("/api/v1/stores/sto_cd01/local-products", &admin).await.ok();
    assert!(list.products.iter().all(|p| p.on_sale) && list.products.len() == 1, "{list:?}");
    let page = w.page("/console/s/sto_sh07/local-products", &format!("ld_staff={admin}")).await;
    assert!(page.status == 200 && page.text().contains("资质到期提醒"), "{}", page.text());
    w.stack.stop().await;
}
