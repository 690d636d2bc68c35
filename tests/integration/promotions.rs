//! Kinds of campaigns that have something of their own: gifts with stock, add-ons with an offer, flash sales with a page and units in parts.

use futures::{StreamExt, stream};
use liandian_tests::{World, id};
use liandian_types::{
    CampaignState, Fen, Fulfilment, OrderState, SkuId, StoreId, Timestamp,
    api::{CampaignGift, CampaignView, OrderView, PlaceOrder, PlacedOrder, Quote},
};
use reqwest::Method;
use serde_json::{Value, json};

const HQ: &str = "/api/v1/hq/campaigns";
const STORE: &str = "sto_sh01";

/// A draft that runs from now on.
fn draft(w: &World, title: &str, rule: &Value, skus: &[&SkuId]) -> Value {
    let now = w.stack.app.now();
    json!({
        "title": title, "rule": rule, "skus": skus, "from": now.plus(-Timestamp::MINUTE), "until": now.plus(30 * Timestamp::DAY),
        "hq_bears": 1_000, "breaks_floor": true, "version": 0,
    })
}

fn with(mut draft: Value, field: &str, value: Value) -> Value {
    draft[field] = value;
    draft
}

/// A campaign of HQ that may run.
async fn scheduled(w: &World, hq: &str, name: &str, draft: &Value) -> CampaignView {
    let path = format!("{HQ}/cmp_{name}");
    let view: CampaignView = w.call(Method::PUT, &path, hq, Some(draft)).await.ok();
    w.post(&format!("{path}/steps"), hq, &json!({"step": "schedule", "version": view.draft.version})).await.ok()
}

/// Goods of which there are enough, with what they cost.
async fn goods<const N: usize>(w: &World, store: &StoreId) -> [(SkuId, Fen); N] {
    let mut all = Vec::new();
    for sku in w.skus_with(store, 20, 9_000, N).await {
        let price = w.quote(store, &[(sku.clone(), 1)], Fulfilment::Pickup, None).await.total;
        all.push((sku, price));
    }
    all.try_into().unwrap()
}

async fn quoted(w: &World, store: &StoreId, lines: &[(&SkuId, u32)]) -> Quote {
    let lines: Vec<(SkuId, u32)> = lines.iter().map(|(sku, n)| ((*sku).clone(), *n)).collect();
    w.quote(store, &lines, Fulfilment::Pickup, None).await
}

#[tokio::test(flavor = "multi_thread")]
async fn given_add_ons_when_a_cart_is_large_enough_then_they_are_offered_charged_and_given_back_at_their_price() {
    let w = World::usual().await;
    let store: StoreId = id(STORE);
    let (hq, clerk, token) = (w.staff("marketing").await, w.staff("sh01-clerk").await, w.customer("demo-01").await);
    let [(sku, price), (extra, list)] = goods(&w, &store).await;
    let little = Fen(list.0 / 2);
    let rule = json!({"kind": "add_on", "from": price.0 * 2, "items": [{"sku": extra, "price": little}], "units": 1});
    scheduled(&w, &hq, "extra", &draft(&w, "加价换购", &rule, &[&sku])).await;

    let few = quoted(&w, &store, &[(&sku, 1)]).await;
    assert!(few.add_ons.is_empty());
    assert_eq!(few.not_applied.iter().map(|m| m.why.clone()).collect::<Vec<_>>(), [format!("还差 {} 元", price.yuan())]);
    let enough = quoted(&w, &store, &[(&sku, 2)]).await;
    assert_eq!(enough.add_ons.iter().map(|a| (&a.sku, a.price, a.list, a.units)).collect::<Vec<_>>(), [(&extra, little, list, 1)]);
    assert_eq!((enough.total, enough.discounts.len()), (Fen(price.0 * 2), 0), "an offer costs nothing");
    // One at its price, another as always; what was bought for little makes nothing else cheap.
    let two = quoted(&w, &store, &[(&sku, 2), (&extra, 2)]).await;
    assert_eq!((two.total, two.add_ons.len()), (Fen(price.0 * 2) + little + list, 0));
    assert_eq!(two.discounts.iter().map(|d| (d.title.as_str(), d.goods)).collect::<Vec<_>>(), [("加价换购", list - little)]);
    assert_eq!(quoted(&w, &store, &[(&extra, 1)]).await.total, list);

    let order = w.order_for(&store, &[(sku.clone(), 2), (extra.clone(), 2)], Fulfilment::Pickup).await;
    let bought = w.bought(&token, &order, "key-00000001").await;
    let path = format!("/api/v1/stores/{store}/orders/{bought}/shortfall");
    let _: OrderView = w.post(&path, &clerk, &json!({"lines": [{"sku": extra, "quantity": 1}]})).await.ok();
    let _: OrderView = w.post(&format!("/api/v1/orders/{bought}/shortfall"), &token, &json!({"choice": "keep"})).await.ok();
    let kept = w.order(&token, &bought).await;
    assert_eq!((kept.given_back, kept.card.total), (Some(little), Fen(price.0 * 2) + list), "its own share, not the list price");
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_gifts_from_the_shelf_when_orders_take_them_then_they_are_promised_once_told_when_gone_and_free_again_when_an_order_is() {
    let w = World::usual().await;
    let store: StoreId = id(STORE);
    let (hq, clerk) = (w.staff("marketing").await, w.staff("sh01-clerk").await);
    let [(sku, price)] = goods(&w, &store).await;
    let gift = w.sku_with(&store, 1, 4).await;
    let before = w.stock(&store.shelf(), &gift).await;
    let there = quoted(&w, &store, &[(&gift, 1)]).await.lines[0].available;
    let rule = json!({"kind": "gift", "from": 1, "gifts": [{"sku": gift, "units": 1}]});
    scheduled(&w, &hq, "gift", &draft(&w, "满额赠礼", &rule, &[&sku])).await;

    let order = w.order_for(&store, &[(sku.clone(), 1)], Fulfilment::Pickup).await;
    assert_eq!((order.expect_total, order.expect_gifts.clone()), (price, Some(vec![CampaignGift { sku: gift.clone(), units: 1 }])));
    let tokens = w.members(usize::try_from(there).unwrap() + 2).await;
    let first = w.bought(&tokens[0], &order, "gift-00000000").await;
    let mut placed = Vec::new();
    for (n, token) in tokens.iter().enumerate().take(usize::try_from(there).unwrap()).skip(1) {
        placed.push(w.place(token, &order, &format!("gift-{n:08}")).await.ok::<PlacedOrder>());
    }
    assert_eq!(w.stock(&store.shelf(), &gift).await.reserved, before.reserved + i64::from(there), "each is promised");
    w.assert_books().await;

    // It is used up: whoever was told of it hears so, and decides.
    let late = tokens.len() - 1;
    let told = w.place(&tokens[late], &order, "gift-late-0001").await.refused(409, "price_changed");
    assert_eq!((told["field"].as_str(), told["detail"].as_str().map(|d| d.contains("已领完"))), (Some("expect_gifts"), Some(true)));
    let fresh = quoted(&w, &store, &[(&sku, 1)]).await;
    assert!(fresh.gifts.is_empty() && fresh.not_applied.iter().any(|m| m.title == "满额赠礼" && m.why == "赠品已领完"), "{fresh:?}");
    let _: PlacedOrder = w.place(&tokens[late], &PlaceOrder { expect_gifts: Some(Vec::new()), ..order.clone() }, "gift-late-0002").await.ok();
    // What is also bought is not there to be given.
    let other = quoted(&w, &store, &[(&gift, 1)]).await;
    assert_eq!(other.lines[0].available, 0);

    // The counter: it is on the list, leaves the shelf with the order, and an order that is called off leaves it there.
    let page = w.page(&format!("/console/s/{store}/orders/{first}"), &format!("ld_staff={clerk}")).await;
    assert!(page.text().contains("赠品"), "{}", page.text());
    let seen = w.order(&tokens[0], &first).await;
    assert_eq!(seen.gifts.iter().map(|g| (&g.sku, g.units)).collect::<Vec<_>>(), [(&gift, 1)]);
    let _: OrderView = w.post(&format!("/api/v1/stores/{store}/orders/{first}/ready"), &clerk, &json!({})).await.ok();
    let code = w.until_order(&tokens[0], &first, |o| o.card.state == OrderState::Ready).await.pickup_code;
    let _: OrderView = w.post(&format!("/api/v1/stores/{store}/pickups"), &clerk, &json!({"code": code})).await.ok();
    let now = w.stock(&store.shelf(), &gift).await;
    assert_eq!((now.on_hand, now.reserved), (before.on_hand - 1, before.reserved + i64::from(there) - 1));
    if let Some(open) = placed.first() {
        let _: OrderView = w.post(&format!("/api/v1/orders/{}/cancel", open.order), &tokens[1], &json!({})).await.ok();
        assert_eq!(quoted(&w, &store, &[(&sku, 1)]).await.gifts.len(), 1, "free again");
    }
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_gift_that_is_bought_as_well_when_ordered_then_both_are_promised_and_leave_together() {
    let w = World::usual().await;
    let store: StoreId = id(STORE);
    let (hq, token) = (w.staff("marketing").await, w.customer("demo-01").await);
    let [(sku, price)] = goods(&w, &store).await;
    let before = w.stock(&store.shelf(), &sku).await;
    let rule = json!({"kind": "gift", "from": 1, "gifts": [{"sku": sku, "units": 2}], "with_order": true});
    let view = scheduled(&w, &hq, "same", &draft(&w, "买一赠二", &rule, &[&sku])).await;
    assert_eq!(view.draft.fulfilments, [Fulfilment::Pickup, Fulfilment::Delivery], "no warehouse packs it");
    let ship = with(draft(&w, "直发赠品", &rule, &[&sku]), "fulfilments", json!(["hq_ship"]));
    let refused = w.call(Method::PUT, &format!("{HQ}/cmp_ship"), &hq, Some(&ship)).await.refused(400, "bad_request");
    assert_eq!(refused["field"], "fulfilments");

    let order = w.order_for(&store, &[(sku.clone(), 1)], Fulfilment::Pickup).await;
    let placed: PlacedOrder = w.place(&token, &order, "key-00000001").await.ok();
    assert_eq!(placed.total, price);
    assert_eq!(w.stock(&store.shelf(), &sku).await.reserved, before.reserved + 3);
    w.assert_books().await;
    let _: OrderView = w.post(&format!("/api/v1/orders/{}/cancel", placed.order), &token, &json!({})).await.ok();
    assert_eq!(w.stock(&store.shelf(), &sku).await.reserved, before.reserved);
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn given_a_hundred_units_in_parts_when_two_hundred_buyers_come_at_once_then_exactly_a_hundred_have_one() {
    const UNITS: usize = 100;
    const BUYERS: usize = 200;
    let w = World::usual().await;
    let store: StoreId = id(STORE);
    let (hq, clerk) = (w.staff("marketing").await, w.staff("sh01-clerk").await);
    let [(sku, price)] = goods(&w, &store).await;
    let receipt = json!({"kind": "receipt", "lines": [{"sku": sku, "quantity": 500}]});
    assert!(w.post_once(&format!("/api/v1/stores/{store}/stock/receipts"), &clerk, "flash-receipt-1", &receipt).await.status.is_success());
    let flash = Fen(price.0 / 2);
    let rule = json!({"kind": "flash", "sku": sku, "price": flash, "stock": UNITS, "per_person": 1});
    scheduled(&w, &hq, "crowd", &draft(&w, "百件秒杀", &rule, &[&sku])).await;
    let order = w.order_for(&store, &[(sku.clone(), 1)], Fulfilment::Pickup).await;
    assert_eq!(order.expect_total, flash);
    let tokens = w.members(BUYERS).await;
    let (w_, order_, tokens_) = (&w, &order, &tokens);
    let statuses: Vec<u16> = stream::iter(0..BUYERS)
        .map(|i| async move {
            loop {
                let a = w_.place(&tokens_[i], order_, &format!("crowd-{i:05}")).await;
                if a.status.as_u16() != 503 {
                    return a.status.as_u16();
                }
            }
        })
        .buffer_unordered(64)
        .collect()
        .await;
    let count = |status: u16| statuses.iter().filter(|s| **s == status).count();
    assert_eq!((count(201), count(409)), (UNITS, BUYERS - UNITS), "{statuses:?}");
    let gone = quoted(&w, &store, &[(&sku, 1)]).await;
    assert_eq!((gone.total, gone.not_applied[0].why.as_str()), (price, "活动商品已抢完"));
    w.assert_books().await;
    let view: CampaignView = w.get(&format!("{HQ}/cmp_crowd"), &hq).await.ok();
    assert_eq!((view.card.used, view.card.spent), (Some(100), None), "HQ sees how many orders had one");
    // The page says so, and puts nothing into a cart at another price.
    let page = w.page(&format!("/s/{store}/flash"), "").await;
    assert!(page.text().contains("已抢完") && !page.text().contains(&format!("data-add=\"{sku}\"")), "{}", page.text());
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_flash_sales_when_a_store_is_looked_at_then_each_session_says_where_it_stands_and_other_stores_have_none() {
    let w = World::usual().await;
    let (store, other): (StoreId, StoreId) = (id(STORE), id("sto_sh02"));
    let hq = w.staff("marketing").await;
    let nothing = w.page(&format!("/s/{store}/flash"), "").await;
    assert!(nothing.status == 200 && nothing.text().contains("现在没有秒杀"));
    let [(running, price), (coming, _)] = goods(&w, &store).await;
    let rule = |sku: &SkuId| json!({"kind": "flash", "sku": sku, "price": price.0 / 2, "stock": 300, "per_person": 2});
    let here = json!([store]);
    scheduled(&w, &hq, "running", &with(draft(&w, "正在秒杀", &rule(&running), &[&running]), "stores", here.clone())).await;
    let later = with(draft(&w, "稍后秒杀", &rule(&coming), &[&coming]), "from", json!(w.stack.app.now().plus(Timestamp::HOUR)));
    let view = scheduled(&w, &hq, "coming", &with(later, "stores", here)).await;
    assert_eq!(view.card.state, CampaignState::Scheduled);

    let page = w.page(&format!("/s/{store}/flash"), "").await;
    let text = page.text();
    assert!(text.contains("正在抢") && text.contains("即将开始") && text.contains("距结束") && text.contains("距开始"), "{text}");
    assert!(text.contains(&format!("data-add=\"{running}\"")), "what runs may be had");
    assert!(!text.contains(&format!("data-add=\"{coming}\"")), "what has not begun is not sold at its list price by surprise");
    let home = w.page(&format!("/s/{store}"), "").await;
    assert!(home.text().contains("限时秒杀") && home.text().contains(&format!("/s/{store}/flash")));
    let foreign = w.page(&format!("/s/{other}/flash"), "").await;
    assert!(foreign.text().contains("现在没有秒杀"));
    assert!(!w.page(&format!("/s/{other}"), "").await.text().contains("限时秒杀"));

    // A campaign has its own page where it runs, and nowhere else.
    let deal = w.page(&format!("/s/{store}/deals/cmp_running"), "").await;
    assert!(deal.status == 200 && deal.text().contains("正在秒杀") && deal.text().contains(&format!("/s/{store}/p/{running}")), "{}", deal.text());
    assert_eq!(w.page(&format!("/s/{other}/deals/cmp_running"), "").await.status, 404);
    assert_eq!(w.page(&format!("/s/{store}/deals/cmp_none"), "").await.status, 404);
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_fee_rule_by_weight_and_prices_by_tier_when_carts_are_quoted_then_only_who_they_are_for_has_them() {
    let w = World::usual().await;
    let store: StoreId = id(STORE);
    let hq = w.staff("marketing").await;
    let [(sku, price)] = goods(&w, &store).await;
    let home: liandian_types::api::StoreHome = w.get(&format!("/api/v1/stores/{store}/home"), "").await.ok();
    let to = liandian_types::GeoPoint { lat: home.store.point.lat + 0.004, lng: home.store.point.lng };
    let brought = async || w.quote(&store, &[(sku.clone(), 1)], Fulfilment::Delivery, Some(to)).await;
    let usual = brought().await.delivery_fee;
    assert!(usual > Fen(100), "{usual}");
    let rule = |grams: u64| json!({"kind": "delivery", "from": 0, "metres": 5_000, "fee": 100, "grams": grams});
    scheduled(&w, &hq, "light", &draft(&w, "轻件1元送", &rule(1), &[&sku])).await;
    assert_eq!(brought().await.delivery_fee, usual, "it weighs more");
    scheduled(&w, &hq, "heavy", &draft(&w, "重件1元送", &rule(900_000), &[&sku])).await;
    let cheap = brought().await;
    assert_eq!((cheap.delivery_fee, cheap.total), (Fen(100), price + Fen(100)));

    // HQ's own numbers come first, campaigns after them.
    let admin = w.staff("admin").await;
    let numbers: liandian_types::api::ChainPolicies = w.get("/api/v1/hq/policies", &admin).await.ok();
    let put = async |numbers: &liandian_types::api::ChainPolicies| w.call(Method::PUT, "/api/v1/hq/policies", &admin, Some(numbers)).await;
    for (wrong, field) in [
        (liandian_types::api::ChainPolicies { fee_base: Fen(10_001), ..numbers.clone() }, "fee_base"),
        (liandian_types::api::ChainPolicies { fee_km: Fen(-1), ..numbers.clone() }, "fee_km"),
        (liandian_types::api::ChainPolicies { fee_free_kg: 101, ..numbers.clone() }, "fee_free_kg"),
    ] {
        assert_eq!(put(&wrong).await.refused(400, "bad_request")["field"], field);
    }
    let cheaper = liandian_types::api::ChainPolicies { fee_base: Fen(50), fee_km: Fen(0), fee_kg: Fen(0), ..numbers };
    assert!(put(&cheaper).await.status.is_success());
    assert_eq!(brought().await.delivery_fee, Fen(50), "a campaign makes nothing dearer");

    let tiers = json!({"kind": "tier_price", "rates": [{"tier": 1, "off": 100}]});
    let view = scheduled(&w, &hq, "tier", &draft(&w, "会员九折", &tiers, &[&sku])).await;
    assert_eq!((view.card.what.as_str(), view.draft.rule.title()), ("会员价", "会员价"));
    assert_eq!(quoted(&w, &store, &[(&sku, 1)]).await.total, price, "nobody has a tier yet");
    assert!(!w.page(&format!("/s/{store}/p/{sku}"), "").await.text().contains("会员九折"), "and nobody is promised one");
    for (rule, field) in [
        (json!({"kind": "tier_price", "rates": [{"tier": 0, "off": 100}]}), "rule.rates"),
        (json!({"kind": "add_on", "from": 100, "items": [], "units": 1}), "rule.items"),
        (json!({"kind": "add_on", "from": 100, "items": [{"sku": sku, "price": 100}], "units": 21}), "rule.units"),
        (json!({"kind": "delivery", "from": 0, "metres": null, "fee": 0, "grams": 0}), "rule.grams"),
    ] {
        let refused = w.call(Method::PUT, &format!("{HQ}/cmp_bad"), &hq, Some(&draft(&w, "不合规的", &rule, &[&sku]))).await;
        assert_eq!(refused.refused(400, "bad_request")["field"], field);
    }
    w.stack.stop().await;
}
