//! One price everywhere: a signed quote holds what it says, an order keeps what it was priced with, and a page has the terms to compute with.

use liandian_functions::{
    http::{Call, Caller},
    routes::orders::place,
};
use liandian_pricing::{Question, price};
use liandian_store::meter::measured;
use liandian_tests::{World, id, ordered};
use liandian_types::{
    Fen, Fulfilment, SkuId, StoreId, Timestamp,
    api::{CampaignGift, CampaignView, OrderPrice, PlaceOrder, PlacedOrder, PriceOutcome, Quote},
    problem::FreshPrice,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::governance::prices::{STORE, set, untouched};

async fn quoted(w: &World, token: &str, store: &StoreId, lines: &[(SkuId, u32)]) -> Quote {
    let ask = json!({"store": store, "lines": liandian_tests::cart(lines), "fulfilment": "pickup"});
    w.post("/api/v1/quotes", token, &ask).await.ok()
}

/// An order at a quote's price, with its promise.
async fn promised(w: &World, store: &StoreId, lines: &[(SkuId, u32)], quote: &Quote) -> PlaceOrder {
    PlaceOrder {
        expect_total: quote.total,
        expect_prices: quote.lines.iter().map(|l| l.price).collect(),
        quote: quote.token.clone(),
        ..w.order_for(store, lines, Fulfilment::Pickup).await
    }
}

/// Goods of which there are enough and that may cost a sixth less.
async fn roomy(w: &World, store: &StoreId, how_many: usize) -> Vec<SkuId> {
    let library = w.stack.app.tables.library().await.unwrap();
    let may = |sku: &SkuId| library.iter().any(|s| s.sku == *sku && s.floor.0 * 6 <= s.price.0 * 5);
    let found: Vec<SkuId> = w.skus_with(store, 8, 9_000, 20).await.into_iter().filter(may).take(how_many).collect();
    assert_eq!(found.len(), how_many, "the demo chain has too few such goods in {store}");
    found
}

async fn live(w: &World, hq: &str, name: &str, rule: Value, more: Value) -> CampaignView {
    let now = w.stack.app.now();
    let mut draft = json!({
        "title": format!("测试{name}"), "rule": rule, "from": now.plus(-Timestamp::MINUTE), "until": now.plus(30 * Timestamp::DAY),
        "hq_bears": 700, "version": 0,
    });
    for (field, value) in more.as_object().unwrap() {
        draft[field] = value.clone();
    }
    let path = format!("/api/v1/hq/campaigns/cmp_{name}");
    let view: CampaignView = w.call(Method::PUT, &path, hq, Some(&draft)).await.ok();
    w.post(&format!("{path}/steps"), hq, &json!({"step": "schedule", "version": view.draft.version})).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_signed_quote_when_the_store_asks_more_meanwhile_then_it_holds_for_ten_minutes_and_no_longer() {
    let w = World::usual().await;
    let store: StoreId = id(STORE);
    let (manager, member) = (w.staff("sh07-manager").await, w.customer("demo-01").await);
    let row = untouched(&w, &manager).await;
    let lines = [(row.sku.clone(), 1)];
    let cheap: liandian_types::api::PriceAnswer = set(&w, &manager, &row, Some(row.least)).await.ok();
    let quote = quoted(&w, &member, &store, &lines).await;
    let holds_ms = quote.valid_until.unwrap().0 - w.stack.app.now().0;
    assert!(quote.total == row.least && (9 * Timestamp::MINUTE..=10 * Timestamp::MINUTE).contains(&holds_ms), "{quote:?}");
    let order = promised(&w, &store, &lines, &quote).await;

    set(&w, &manager, &cheap.row, None).await.ok::<liandian_types::api::PriceAnswer>();
    assert_eq!(quoted(&w, &member, &store, &lines).await.total, row.hq);
    // Without the promise what was seen is compared, as ever; what it costs now is in the refusal.
    let told = w.place(&member, &PlaceOrder { quote: None, ..order.clone() }, "price-key-0001").await.refused(409, "price_changed");
    let fresh: FreshPrice = serde_json::from_value(told["fresh"].clone()).unwrap();
    assert_eq!((fresh.total, fresh.changes.len()), (row.hq, 0));
    // Refused for something else the old price is promised again, and no longer than before.
    let gift = vec![CampaignGift { sku: row.sku.clone(), units: 1 }];
    let told = w.place(&member, &PlaceOrder { expect_gifts: Some(gift), ..order.clone() }, "price-key-0005").await.refused(409, "price_changed");
    let fresh: FreshPrice = serde_json::from_value(told["fresh"].clone()).unwrap();
    assert_eq!((fresh.total, Some(fresh.until)), (row.least, quote.valid_until), "{told}");
    let placed: PlacedOrder = w.place(&member, &order, "price-key-0002").await.ok();
    assert_eq!(placed.total, row.least);
    // The same again is the same order, whatever became of its promise since.
    w.stack.app.clock.advance(11 * Timestamp::MINUTE);
    let again: PlacedOrder = w.place(&member, &order, "price-key-0002").await.ok();
    assert_eq!(again.order, placed.order);

    let late = w.place(&member, &order, "price-key-0003").await.refused(409, "price_changed");
    assert_eq!(late["field"], "quote", "{late}");
    let fresh: FreshPrice = serde_json::from_value(late["fresh"].clone()).unwrap();
    assert_eq!(fresh.changes.iter().map(|c| (c.was, c.is)).collect::<Vec<_>>(), [(row.least, row.hq)], "{late}");
    // What the refusal promises can be ordered.
    let next = PlaceOrder { expect_total: fresh.total, expect_prices: vec![row.hq], quote: fresh.token, ..order };
    let placed: PlacedOrder = w.place(&member, &next, "price-key-0004").await.ok();
    assert_eq!(placed.total, row.hq);
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_quote_that_is_forged_or_anothers_when_an_order_comes_with_it_then_it_is_refused_and_nothing_changed() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (member, other) = (w.customer("demo-01").await, w.customer("demo-02").await);
    let sku = w.sku_with(&store, 5, 500).await;
    let lines = [(sku.clone(), 2)];
    let quote = quoted(&w, &member, &store, &lines).await;
    let order = promised(&w, &store, &lines, &quote).await;
    let before = w.stock(&store.shelf(), &sku).await;
    let token = quote.token.clone().unwrap();
    let (said, signature) = token.rsplit_once('.').unwrap();
    let forged = |t: String| PlaceOrder { quote: Some(t), ..order.clone() };
    for (n, wrong) in [format!("{said}x.{signature}"), format!("{said}.{}", signature.replace('A', "B") + "A"), String::new(), "x".repeat(9_000)]
        .into_iter()
        .enumerate()
    {
        let told = w.place(&member, &forged(wrong), &format!("forged-key-{n:04}")).await.refused(400, "bad_request");
        assert_eq!(told["field"], "quote", "{told}");
    }
    w.place(&other, &order, "foreign-key-01").await.refused(403, "forbidden");
    let elsewhere = PlaceOrder { store: id("sto_sh02"), ..order.clone() };
    w.place(&member, &elsewhere, "foreign-key-02").await.refused(400, "bad_request");
    let more = PlaceOrder { lines: ordered(&[(sku.clone(), 3)]), ..order.clone() };
    w.place(&member, &more, "foreign-key-03").await.refused(400, "bad_request");
    let less = PlaceOrder { expect_total: order.expect_total - Fen(1), ..order.clone() };
    w.place(&member, &less, "foreign-key-04").await.refused(400, "bad_request");
    assert_eq!(w.stock(&store.shelf(), &sku).await, before, "nothing was reserved");
    // A quote for who has no session yet is anybody's.
    let anybody = quoted(&w, "", &store, &lines).await;
    let _: PlacedOrder = w.place(&other, &promised(&w, &store, &lines, &anybody).await, "anybody-key-1").await.ok();
    let _: PlacedOrder = w.place(&member, &order, "own-key-00001").await.ok();
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_campaign_that_is_gone_when_an_order_comes_with_its_quote_then_the_refusal_names_what_changed() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (hq, member) = (w.staff("marketing").await, w.customer("demo-01").await);
    let sku = roomy(&w, &store, 1).await.remove(0);
    let lines = [(sku.clone(), 2)];
    let view = live(&w, &hq, "gone", json!({"kind": "amount", "off": 1}), json!({"skus": [sku]})).await;
    let quote = quoted(&w, &member, &store, &lines).await;
    assert_eq!(quote.discounts.len(), 1, "{quote:?}");
    let order = promised(&w, &store, &lines, &quote).await;
    let end = json!({"step": "end", "version": view.draft.version});
    w.post("/api/v1/hq/campaigns/cmp_gone/steps", &hq, &end).await.ok::<CampaignView>();
    let told = w.place(&member, &order, "gone-key-00001").await.refused(409, "price_changed");
    let fresh: FreshPrice = serde_json::from_value(told["fresh"].clone()).unwrap();
    assert_eq!((fresh.total, fresh.changes.len()), (quote.total + Fen(2), 1), "{told}");
    assert_eq!((fresh.changes[0].was, fresh.changes[0].is), (Fen(2), Fen::ZERO));
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_an_order_with_campaigns_when_they_change_afterwards_then_its_price_is_still_found_again_to_the_fen() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (hq, member, clerk) = (w.staff("marketing").await, w.customer("demo-01").await, w.staff("sh01-clerk").await);
    let skus = roomy(&w, &store, 3).await;
    let lines: Vec<(SkuId, u32)> = skus.iter().cloned().zip([3, 1, 2]).collect();
    let view = live(&w, &hq, "first", json!({"kind": "percent", "off": 30}), json!({"skus": skus})).await;
    live(&w, &hq, "second", json!({"kind": "steps", "steps": [{"from": 100, "off": 1}], "repeat": 1}), json!({"limit": 1_000})).await;
    live(&w, &hq, "far", json!({"kind": "steps", "steps": [{"from": 90_000_000, "off": 100}], "repeat": 1}), json!({})).await;
    let order = w.order_for(&store, &lines, Fulfilment::Pickup).await;
    let bought = w.bought(&member, &order, "why-key-000001").await;
    let path = format!("/api/v1/stores/{store}/orders/{bought}/price");

    // Another rule of the same campaign afterwards, and its end.
    let ended = json!({"step": "end", "version": view.draft.version});
    w.post("/api/v1/hq/campaigns/cmp_first/steps", &hq, &ended).await.ok::<CampaignView>();
    let why: OrderPrice = w.get(&path, &clerk).await.ok();
    assert_eq!((why.outcome, why.total, why.placed_total), (PriceOutcome::Identical, order.expect_total, order.expect_total), "{why:?}");
    assert!(why.lost.is_empty() && why.lines.len() == 3 && why.discounts.len() == 2, "{why:?}");
    assert_eq!(why.lines.iter().map(|l| l.total).sum::<Fen>(), why.goods);
    assert_eq!(why.list - why.discounts.iter().map(|d| d.goods).sum::<Fen>(), why.goods);
    let cuts: Fen = why.lines.iter().flat_map(|l| &l.cuts).map(|c| c.amount).sum();
    assert_eq!(cuts, why.list - why.goods);
    assert!(why.discounts.iter().all(|d| d.hq + d.store == d.goods + d.delivery && !d.what.is_empty() && d.version > 0));
    assert!(why.missed.iter().any(|m| m.title == "测试far" && m.why.starts_with("还差")), "{why:?}");

    let page = w.page(&format!("/console/s/{store}/orders/{bought}/price"), &format!("ld_staff={clerk}")).await;
    for said in ["这单为什么是这个价", "重算一致", "测试first", "测试second", "测试far", "总部承担"] {
        assert!(page.text().contains(said), "{said}: {}", page.text());
    }
    let page = w.page(&format!("/console/s/{store}/orders/{bought}"), &format!("ld_staff={clerk}")).await;
    assert!(page.text().contains(&format!("/orders/{bought}/price")), "the order leads there");

    // Another store's staff, and its customer.
    let foreign = w.staff("sh02-clerk").await;
    w.get(&format!("/api/v1/stores/sto_sh02/orders/{bought}/price"), &foreign).await.refused(404, "not_found");
    w.get(&path, &foreign).await.refused(404, "not_found");
    assert!(!w.get(&path, &member).await.status.is_success());
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_an_order_without_campaigns_when_asked_why_then_its_list_prices_say_so() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (member, clerk) = (w.customer("demo-01").await, w.staff("sh01-clerk").await);
    let sku = w.sku_with(&store, 5, 500).await;
    let order = w.order_for(&store, &[(sku, 2)], Fulfilment::Pickup).await;
    let bought = w.bought(&member, &order, "plain-key-0001").await;
    let why: OrderPrice = w.get(&format!("/api/v1/stores/{store}/orders/{bought}/price"), &clerk).await.ok();
    assert_eq!((why.outcome, why.total, why.list), (PriceOutcome::Plain, order.expect_total, order.expect_total));
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_page_that_asks_for_the_terms_when_a_quantity_changes_then_it_finds_the_price_that_the_store_then_says() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let hq = w.staff("marketing").await;
    let skus = roomy(&w, &store, 2).await;
    let lines = [(skus[0].clone(), 1), (skus[1].clone(), 1)];
    let about = json!({"skus": skus, "budget": 5_000_000});
    live(&w, &hq, "terms", json!({"kind": "nth_item", "n": 2, "off": 100}), about).await;
    let ask = |n: u32| json!({"store": store, "lines": liandian_tests::cart(&[(skus[0].clone(), n), (skus[1].clone(), 1)]), "fulfilment": "pickup"});
    let quote: Quote = w.post("/api/v1/quotes?terms=1", "", &ask(1)).await.ok();
    let text = quote.terms.unwrap();
    assert!(!text.contains("5000000"), "how much is left of its money is nobody's business: {text}");
    let terms: Question = serde_json::from_str(&text).unwrap();
    assert_eq!(terms.campaigns.iter().map(|c| c.hq_bears.0).collect::<Vec<_>>(), vec![0; terms.campaigns.len()]);
    for n in 1..=6 {
        let mut mine = terms.clone();
        for l in &mut mine.lines {
            l.quantity = liandian_types::Quantity::new(if l.sku == skus[0] { n } else { 1 }).unwrap();
        }
        let here = price(&mine.cart()).unwrap();
        let there: Quote = w.post("/api/v1/quotes", "", &ask(n)).await.ok();
        assert_eq!((here.totals.total, here.discounts.len()), (there.total, there.discounts.len()), "{n} of them");
    }
    assert_eq!(quoted(&w, "", &store, &lines).await.terms, None, "only where they are asked for");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_three_lines_and_two_campaigns_with_limits_when_placed_then_it_costs_what_the_budget_says() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let hq = w.staff("marketing").await;
    let skus = roomy(&w, &store, 3).await;
    let lines: Vec<(SkuId, u32)> = skus.iter().cloned().zip([1, 1, 1]).collect();
    live(&w, &hq, "cost-a", json!({"kind": "percent", "off": 30}), json!({"skus": skus, "budget": 100_000})).await;
    live(&w, &hq, "cost-b", json!({"kind": "steps", "steps": [{"from": 100, "off": 1}], "repeat": 1}), json!({})).await;
    let _ = w.customer("demo-01").await;
    let order = w.order_for(&store, &lines, Fulfilment::Pickup).await;
    let call = Call {
        method: "POST".into(),
        caller: Caller::Member(id("mem_demo-01")),
        path: Default::default(),
        query: Default::default(),
        headers: [("idempotency-key".to_owned(), "key-units-0001".to_owned())].into(),
        body: serde_json::to_vec(&order).unwrap(),
        client: "192.0.2.1".into(),
        now: w.stack.app.now(),
    };
    let (done, usage) = measured(place::handle(w.stack.app.clone(), call)).await;
    done.unwrap();
    println!("three lines, two campaigns: {usage:?}");
    // A coupon takes two more.
    assert!(usage.write_units <= 24.0, "{usage:?}");
    w.stack.stop().await;
}
