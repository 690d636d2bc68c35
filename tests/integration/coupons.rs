//! Coupons from a draft of HQ's to the order that used one, and back.

use futures::{StreamExt, stream};
use liandian_functions::{
    http::{Call, Caller},
    routes::orders::place,
};
use liandian_store::meter::measured;
use liandian_tests::{World, cart, id, second_engine};
use liandian_types::{
    CouponState, CouponStatus, Fen, Fulfilment, OfferState, SkuId, StoreId, Timestamp,
    api::{
        ClaimedCoupon, CodeBatch, CodeFile, CouponCentre, CouponTemplates, CouponView, CouponWallet, OrderView, PlaceOrder, PlacedOrder, Quote,
        SettlementView,
    },
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::orders::order::until;

const HQ: &str = "/api/v1/hq/coupons";

/// A draft of ¥1 off from ¥2 on, for everybody, from now on.
fn draft(w: &World, title: &str) -> Value {
    let now = w.stack.app.now();
    let (from, until) = (now.plus(-Timestamp::MINUTE), now.plus(30 * Timestamp::DAY));
    json!({
        "title": title, "worth": {"kind": "amount", "off": 100}, "from": 200, "comes_back": true, "hq_bears": 1_000, "number": 1_000, "per_person": 1,
        "claim_from": from, "claim_until": until, "valid_from": from, "valid_until": until, "center": true, "version": 0,
    })
}

fn with(mut draft: Value, field: &str, value: Value) -> Value {
    draft[field] = value;
    draft
}

async fn step(w: &World, path: &str, token: &str, step: &str, version: u64) -> CouponView {
    w.post(&format!("{path}/steps"), token, &json!({"step": step, "version": version})).await.ok()
}

/// A coupon that is given out; answers where it is.
async fn issuing(w: &World, hq: &str, name: &str, draft: &Value) -> String {
    let path = format!("{HQ}/cmp_{name}");
    let view: CouponView = w.call(Method::PUT, &path, hq, Some(draft)).await.ok();
    assert_eq!(view.card.state, CouponState::Draft);
    let view = step(w, &path, hq, "issue", view.draft.version).await;
    assert_eq!(view.card.state, CouponState::Issuing);
    path
}

async fn claim(w: &World, token: &str, name: &str) -> ClaimedCoupon {
    w.post(&format!("/api/v1/coupons/cmp_{name}/claims"), token, &json!({"had": 0})).await.ok()
}

async fn wallet(w: &World, token: &str) -> Vec<CouponStatus> {
    let wallet: CouponWallet = w.get("/api/v1/coupons", token).await.ok();
    wallet.coupons.into_iter().map(|c| c.status).collect()
}

async fn quoted(w: &World, token: &str, store: &StoreId, sku: &SkuId, coupons: Option<&[&str]>) -> Quote {
    let mut ask = json!({"store": store, "lines": [{"sku": sku, "quantity": 1}], "fulfilment": "pickup"});
    if let Some(chosen) = coupons {
        ask["coupons"] = json!(chosen);
    }
    w.post("/api/v1/quotes", token, &ask).await.ok()
}

/// A SKU that costs at least ¥5 and may cost ¥2 less, and what it costs.
async fn dear(w: &World, store: &StoreId) -> (SkuId, Fen) {
    let library = w.stack.app.tables.library().await.unwrap();
    for sku in w.skus_with(store, 25, 9_000, 20).await {
        let price = w.quote(store, &[(sku.clone(), 1)], Fulfilment::Pickup, None).await.goods;
        let floor = library.iter().find(|s| s.sku == sku).unwrap().floor;
        if price >= Fen(500) && floor.0 + 200 <= price.0 {
            return (sku, price);
        }
    }
    panic!("the demo chain has no such goods in {store}");
}

/// An order of one of it at this total.
async fn order_at(w: &World, store: &StoreId, sku: &SkuId, total: Fen) -> PlaceOrder {
    PlaceOrder { expect_total: total, ..w.order_for(store, &[(sku.clone(), 1)], Fulfilment::Pickup).await }
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_coupon_when_claimed_used_and_its_order_is_called_off_then_it_is_held_again_and_pages_say_so() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (hq, token) = (w.staff("marketing").await, w.customer("demo-01").await);
    let (sku, price) = dear(&w, &store).await;
    let path = issuing(&w, &hq, "one", &draft(&w, "测试减一元")).await;

    let centre: CouponCentre = w.get(&format!("/api/v1/stores/{store}/coupons"), &token).await.ok();
    let offer = &centre.coupons[0];
    assert_eq!((offer.title.as_str(), offer.what.as_str(), offer.state, offer.had), ("测试减一元", "满 2 减 1", OfferState::Open, 0));
    let first = claim(&w, &token, "one").await;
    assert!(first.new);
    let again = claim(&w, &token, "one").await;
    assert!(!again.new && again.coupon.coupon == first.coupon.coupon, "sent twice");
    w.post("/api/v1/coupons/cmp_one/claims", &token, &json!({"had": 1})).await.refused(409, "conflict");

    let quote = quoted(&w, &token, &store, &sku, None).await;
    assert_eq!((quote.total, quote.coupons.len(), quote.coupons[0].used, quote.coupons[0].off), (price - Fen(100), 1, true, Some(Fen(100))));
    assert!(quote.discounts.iter().any(|d| d.title == "测试减一元") && quote.not_applied.is_empty(), "{quote:?}");
    let without = quoted(&w, &token, &store, &sku, Some(&[])).await;
    assert_eq!((without.total, without.coupons[0].why.as_deref()), (price, Some("未选用")));
    assert!(quoted(&w, "", &store, &sku, None).await.coupons.is_empty(), "nobody's");

    let order = order_at(&w, &store, &sku, quote.total).await;
    let placed: PlacedOrder = w.place(&token, &order, "key-00000001").await.ok();
    assert_eq!(placed.total, price - Fen(100));
    assert_eq!(wallet(&w, &token).await, [CouponStatus::Used]);
    let replay: PlacedOrder = w.place(&token, &order, "key-00000001").await.ok();
    assert_eq!(replay.order, placed.order, "its own coupon does not stand in its way");
    w.place(&token, &order, "key-00000002").await.refused(409, "price_changed");

    let cookie = format!("ld_session={token}");
    for (page, said) in [
        (format!("/s/{store}/coupons"), "已领取"),
        ("/coupons?tab=used".to_owned(), "测试减一元"),
        (format!("/s/{store}/coupons/cmp_one"), "测试减一元"),
        (format!("/orders/{}", placed.order), "测试减一元"),
    ] {
        let shown = w.page(&page, &cookie).await;
        assert!(shown.status == 200 && shown.text().contains(said), "{page}: {}", shown.text());
    }
    let _: OrderView = w.post(&format!("/api/v1/orders/{}/cancel", placed.order), &token, &json!({})).await.ok();
    assert_eq!(wallet(&w, &token).await, [CouponStatus::Usable]);
    let _: OrderView = w.post(&format!("/api/v1/orders/{}/cancel", placed.order), &token, &json!({})).await.ok();
    let placed: PlacedOrder = w.place(&token, &order, "key-00000003").await.ok();
    assert_eq!((placed.total, wallet(&w, &token).await), (price - Fen(100), vec![CouponStatus::Used]));

    let view: CouponView = w.get(&path, &hq).await.ok();
    assert_eq!((view.card.issued, view.card.claimed, view.card.promised), (1, 1, Fen(100)));
    let page = w.page("/console/hq/coupons", &format!("ld_staff={hq}")).await;
    assert!(page.text().contains("测试减一元") && page.text().contains("发放中"), "{}", page.text());
    let clerk = w.staff("sh01-manager").await;
    let list: CouponTemplates = w.get(&format!("/api/v1/stores/{store}/coupon-list"), &clerk).await.ok();
    assert_eq!(list.coupons.len(), 1);
    w.get("/api/v1/stores/sto_hz01/coupon-list", &clerk).await.refused(404, "not_found");
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn given_one_coupon_when_two_tabs_order_with_it_at_once_then_exactly_one_order_has_it() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (hq, token) = (w.staff("marketing").await, w.customer("demo-01").await);
    let (sku, price) = dear(&w, &store).await;
    issuing(&w, &hq, "tabs", &draft(&w, "测试减一元")).await;
    claim(&w, &token, "tabs").await;
    let order = order_at(&w, &store, &sku, price - Fen(100)).await;
    let both = futures::join!(w.place(&token, &order, "key-tab-00001"), w.place(&token, &order, "key-tab-00002"));
    let mut statuses = [both.0.status.as_u16(), both.1.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409], "{} {}", both.0.json, both.1.json);
    assert_eq!(wallet(&w, &token).await, [CouponStatus::Used]);
    assert_eq!(quoted(&w, &token, &store, &sku, None).await.total, price);
    w.assert_books().await;
    w.stack.stop().await;
}

/// How many of so many members get one when all of them want it at once.
async fn rush(w: &World, name: &str, buyers: usize) -> usize {
    let tokens = w.members(buyers).await;
    let (w_, tokens_) = (w, &tokens);
    let outcomes: Vec<u16> = stream::iter(0..buyers)
        .map(|i| async move {
            loop {
                let a = w_.post(&format!("/api/v1/coupons/cmp_{name}/claims"), &tokens_[i], &json!({"had": 0})).await;
                if a.status.as_u16() != 503 {
                    return a.status.as_u16();
                }
            }
        })
        .buffer_unordered(buyers)
        .collect()
        .await;
    let had = outcomes.iter().filter(|s| **s == 200).count();
    assert_eq!(outcomes.iter().filter(|s| **s == 409).count(), buyers - had, "{outcomes:?}");
    had
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn given_the_last_coupon_and_a_budget_when_many_claim_at_once_then_no_more_are_out_than_there_may_be() {
    let w = World::usual().await;
    let hq = w.staff("marketing").await;
    let last = issuing(&w, &hq, "last", &with(draft(&w, "最后一张"), "number", json!(1))).await;
    assert_eq!(rush(&w, "last", 30).await, 1);
    let view: CouponView = w.get(&last, &hq).await.ok();
    assert_eq!((view.card.issued, view.card.claimed), (1, 1));

    let budget = issuing(&w, &hq, "budget", &with(draft(&w, "预算五张"), "budget", json!(599))).await;
    assert_eq!(rush(&w, "budget", 20).await, 5);
    let view: CouponView = w.get(&budget, &hq).await.ok();
    assert_eq!((view.card.issued, view.card.promised), (5, Fen(500)));
    let token = w.members(1).await.remove(0);
    let refused = w.post("/api/v1/coupons/cmp_budget/claims", &token, &json!({"had": 0})).await.refused(409, "conflict");
    assert_eq!(refused["detail"], "已抢光");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_printed_codes_when_taken_typed_wrong_and_used_twice_then_each_is_one_coupon_and_refusals_say_why() {
    let w = World::usual().await;
    let (hq, token, other) = (w.staff("marketing").await, w.customer("demo-01").await, w.customer("demo-02").await);
    let wanted = with(with(draft(&w, "印出来的券"), "codes", json!(true)), "center", json!(false));
    let path = issuing(&w, &hq, "codes", &wanted).await;
    // What is printed only nobody claims by himself.
    w.post("/api/v1/coupons/cmp_codes/claims", &token, &json!({"had": 0})).await.refused(404, "not_found");
    let codes = format!("{path}/codes");
    let made: CodeBatch = w.post_once(&codes, &hq, "key-codes-0001", &json!({"count": 3})).await.ok();
    let again: CodeBatch = w.post_once(&codes, &hq, "key-codes-0001", &json!({"count": 3})).await.ok();
    assert_eq!((again.batch.as_str(), again.count), (made.batch.as_str(), 3), "sent twice");
    for count in [0, 2_001] {
        let refused = w.post_once(&codes, &hq, &format!("key-codes-{count:04}"), &json!({"count": count})).await.refused(400, "bad_request");
        assert_eq!(refused["field"], "count");
    }
    let file: CodeFile = w.post(&format!("{codes}/{}/file", made.batch), &hq, &json!({})).await.ok();
    w.post(&format!("{codes}/{}/file", made.batch), &hq, &json!({})).await.refused(409, "conflict");
    let printed: Vec<&str> = file.csv.lines().skip(1).collect();
    assert_eq!(printed.len(), 3);

    let wrong: String = printed[0].char_indices().map(|(i, c)| if i == 10 { if c == '7' { '8' } else { '7' } } else { c }).collect();
    let refused = w.post("/api/v1/coupons/codes", &token, &json!({"code": wrong})).await.refused(400, "bad_request");
    assert_eq!(refused["field"], "code");
    let redeem = async |token: &str, code: &str| w.post("/api/v1/coupons/codes", token, &json!({"code": code})).await;
    let first: ClaimedCoupon = redeem(&token, &printed[0].to_lowercase()).await.ok();
    let again: ClaimedCoupon = redeem(&token, printed[0]).await.ok();
    assert!(first.new && !again.new && first.coupon.coupon == again.coupon.coupon);
    redeem(&other, printed[0]).await.refused(409, "conflict");
    redeem(&token, printed[1]).await.refused(409, "conflict");
    let both = futures::join!(redeem(&other, printed[2]), redeem(&other, printed[2]));
    assert!(both.0.status == 200 && both.1.status == 200, "{} {}", both.0.json, both.1.json);
    assert_eq!(wallet(&w, &other).await.len(), 1);
    let view: CouponView = w.get(&path, &hq).await.ok();
    assert_eq!((view.card.issued, view.card.claimed, view.card.promised, view.batches[0].taken), (3, 2, Fen(300), true));
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_paid_order_when_all_of_it_is_given_back_then_its_coupon_comes_back_only_if_it_says_so() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (hq, comes, stays) = (w.staff("marketing").await, w.customer("demo-01").await, w.customer("demo-02").await);
    let (sku, price) = dear(&w, &store).await;
    issuing(&w, &hq, "comes", &draft(&w, "会退回")).await;
    issuing(&w, &hq, "stays", &with(draft(&w, "不退回"), "comes_back", json!(false))).await;
    for (token, name, after) in [(&comes, "comes", CouponStatus::Usable), (&stays, "stays", CouponStatus::Used)] {
        claim(&w, token, name).await;
        let order = order_at(&w, &store, &sku, price - Fen(100)).await;
        let bought = w.bought(token, &order, &format!("key-{name}-001")).await;
        let _: OrderView = w.post(&format!("/api/v1/orders/{bought}/cancel"), token, &json!({"sure": true})).await.ok();
        assert_eq!(wallet(&w, token).await, [after], "{name}");
    }
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_drafts_when_others_edit_them_or_fields_are_wrong_then_they_are_refused_and_clerks_may_not_at_all() {
    let w = World::usual().await;
    let hq = w.staff("marketing").await;
    let path = format!("{HQ}/cmp_draft");
    let first: CouponView = w.call(Method::PUT, &path, &hq, Some(&draft(&w, "草稿"))).await.ok();
    w.call(Method::PUT, &path, &hq, Some(&draft(&w, "同时改的"))).await.refused(409, "conflict");
    w.post(&format!("{path}/steps"), &hq, &json!({"step": "issue", "version": 0})).await.refused(409, "conflict");
    let new = format!("{HQ}/cmp_wrong");
    for (field, value) in [("number", json!(0)), ("per_person", json!(100)), ("hq_bears", json!(1_001)), ("days", json!(366)), ("budget", json!(99))]
    {
        let refused = w.call(Method::PUT, &new, &hq, Some(&with(draft(&w, "写错的"), field, value))).await.refused(400, "bad_request");
        assert_eq!(refused["field"], field);
    }
    w.get(&new, &hq).await.refused(404, "not_found");
    let clerk = w.staff("sh01-clerk").await;
    w.call(Method::PUT, &new, &clerk, Some(&draft(&w, "店员的"))).await.refused(403, "forbidden");
    w.post(&format!("{path}/steps"), &clerk, &json!({"step": "issue", "version": 1})).await.refused(403, "forbidden");
    // A draft is nobody's to claim, and what is given out does not change.
    let token = w.customer("demo-01").await;
    w.post("/api/v1/coupons/cmp_draft/claims", &token, &json!({"had": 0})).await.refused(404, "not_found");
    let issuing = step(&w, &path, &hq, "issue", first.draft.version).await;
    let changed = with(draft(&w, "改不了"), "version", json!(issuing.draft.version));
    w.call(Method::PUT, &path, &hq, Some(&changed)).await.refused(409, "conflict");
    let stopped = step(&w, &path, &hq, "stop", issuing.draft.version).await;
    assert_eq!(stopped.card.state, CouponState::Stopped);
    w.post("/api/v1/coupons/cmp_draft/claims", &token, &json!({"had": 0})).await.refused(409, "conflict");
    let page = w.page("/console/hq/coupons/cmp_draft", &format!("ld_staff={hq}")).await;
    assert!(page.text().contains("已停发") && page.text().contains("修改记录"), "{}", page.text());
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_coupons_when_a_home_is_opened_then_a_strip_leads_to_them_and_one_is_laid_over_it_once_a_day() {
    let w = World::usual().await;
    let hq = w.staff("marketing").await;
    issuing(&w, &hq, "pop", &with(draft(&w, "弹出来的券"), "popup", json!(true))).await;
    let away = with(with(draft(&w, "别家的券"), "stores", json!(["sto_hz01"])), "link", json!(true));
    issuing(&w, &hq, "away", &away).await;
    let first = w.page("/s/sto_sh01", "").await;
    assert!(first.text().contains("/s/sto_sh01/coupons/cmp_pop") && first.text().contains("去领取"), "{}", first.text());
    let seen = first.headers.get_all("set-cookie").iter().filter_map(|v| v.to_str().ok()).find(|v| v.starts_with("ld_pop=")).map(str::to_owned);
    let seen = seen.expect("it is remembered");
    let again = w.page("/s/sto_sh01", seen.split(';').next().unwrap()).await;
    assert!(!again.text().contains("class=\"popup\"") && again.text().contains("去领取"), "once a day");
    let centre = w.page("/s/sto_sh01/coupons", "").await;
    assert!(centre.text().contains("弹出来的券") && !centre.text().contains("别家的券"), "{}", centre.text());
    let elsewhere = w.page("/s/sto_hz01/coupons", "").await;
    assert!(elsewhere.text().contains("别家的券"), "{}", elsewhere.text());
    w.get("/api/v1/stores/sto_none/coupons", "").await.refused(404, "not_found");
    // The short link of a coupon leads to its page, and that asks who it is.
    let link = w.page("/s/sto_sh01/coupons/cmp_pop", "").await;
    assert_eq!((link.status, link.header("location")), (303, "/login?to=%2Fs%2Fsto_sh01%2Fcoupons%2Fcmp_pop"));
    let token = w.customer("demo-01").await;
    let short = w.page("/s/sto_sh01/c/cmp_pop", "").await;
    assert_eq!((short.status, short.header("location")), (303, "/s/sto_sh01/coupons/cmp_pop"));
    let link = w.page("/s/sto_sh01/coupons/cmp_pop", &format!("ld_session={token}")).await;
    assert!(link.text().contains("弹出来的券"), "{}", link.text());
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_choice_when_a_chosen_coupon_is_used_elsewhere_then_quote_and_order_say_so() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (hq, token) = (w.staff("marketing").await, w.customer("demo-01").await);
    let (sku, price) = dear(&w, &store).await;
    issuing(&w, &hq, "small", &draft(&w, "减一元")).await;
    let better = with(draft(&w, "减两元"), "worth", json!({"kind": "amount", "off": 150}));
    issuing(&w, &hq, "great", &better).await;
    let (small, great) = (claim(&w, &token, "small").await.coupon.coupon, claim(&w, &token, "great").await.coupon.coupon);
    let best = quoted(&w, &token, &store, &sku, None).await;
    let used: Vec<_> = best.coupons.iter().filter(|c| c.used).map(|c| c.coupon.clone()).collect();
    assert_eq!((used, best.coupons.len()), (vec![great], 2), "the best one, and one on the goods of a cart");
    assert!(best.coupons.iter().any(|c| c.coupon == small && c.why.is_some()), "{:?}", best.coupons);
    let chosen = quoted(&w, &token, &store, &sku, Some(&[small.as_str()])).await;
    assert_eq!(chosen.total, price - Fen(100));
    let order = PlaceOrder { coupons: Some(vec![small.clone()]), ..order_at(&w, &store, &sku, chosen.total).await };
    let _: PlacedOrder = w.place(&token, &order, "key-chosen-01").await.ok();
    let refused = w.place(&token, &order, "key-chosen-02").await.refused(409, "price_changed");
    assert!(refused["detail"].as_str().unwrap().contains("优惠券「减一元」已使用"), "{refused}");
    let gone = quoted(&w, &token, &store, &sku, Some(&[small.as_str()])).await;
    assert_eq!((gone.total, gone.coupons.iter().find(|c| c.coupon == small).and_then(|c| c.why.as_deref())), (price, Some("已使用")));
    // Somebody else's coupon is nobody's here.
    let other = w.customer("demo-02").await;
    let theirs = quoted(&w, &other, &store, &sku, Some(&[small.as_str()])).await;
    assert_eq!((theirs.total, theirs.coupons.len()), (price, 0));
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_three_lines_and_a_coupon_when_an_order_is_placed_then_it_stays_within_its_budget() {
    // What a request costs is the embedded engine's word.
    if second_engine().is_some() {
        return;
    }
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (hq, token) = (w.staff("marketing").await, w.customer("demo-01").await);
    issuing(&w, &hq, "cost", &draft(&w, "测试减一元")).await;
    claim(&w, &token, "cost").await;
    let lines: Vec<_> = w.skus_with(&store, 20, 900, 3).await.into_iter().map(|s| (s, 1)).collect();
    let ask = json!({"store": store, "lines": cart(&lines), "fulfilment": "pickup"});
    let quote: Quote = w.post("/api/v1/quotes", &token, &ask).await.ok();
    assert!(quote.coupons[0].used, "{quote:?}");
    let order = PlaceOrder { expect_total: quote.total, ..w.order_for(&store, &lines, Fulfilment::Pickup).await };
    let call = Call {
        method: "POST".into(),
        caller: Caller::Member(id("mem_demo-01")),
        path: Default::default(),
        query: Default::default(),
        headers: [("idempotency-key".to_owned(), "key-cost-coupon".to_owned())].into(),
        body: serde_json::to_vec(&order).unwrap(),
        client: "192.0.2.1".into(),
        now: w.stack.app.now(),
    };
    let (done, usage) = measured(place::handle(w.stack.app.clone(), call)).await;
    done.unwrap();
    assert!(usage.write_units <= 26.0, "{usage:?}");
    assert_eq!(wallet(&w, &token).await, [CouponStatus::Used]);
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_an_order_with_a_coupon_when_it_is_handed_over_then_its_figures_count_it_once_and_the_posting_has_who_bears_it() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (hq, token, clerk) = (w.staff("marketing").await, w.customer("demo-01").await, w.staff("sh01-clerk").await);
    let (sku, price) = dear(&w, &store).await;
    let path = issuing(&w, &hq, "done", &draft(&w, "测试减一元")).await;
    claim(&w, &token, "done").await;
    let order = order_at(&w, &store, &sku, price - Fen(100)).await;
    let bought = w.bought(&token, &order, "key-00000001").await;
    let view: CouponView = w.get(&path, &hq).await.ok();
    assert_eq!((view.card.claimed, view.card.used, view.card.spent), (1, 0, Fen::ZERO), "counted when it is completed");
    let code = w.order(&token, &bought).await.pickup_code.unwrap();
    let _: OrderView = w.post(&format!("/api/v1/stores/{store}/pickups"), &clerk, &json!({"code": code, "sure": true})).await.ok();
    let done = until(|| async {
        let view: CouponView = w.get(&path, &hq).await.ok();
        (view.card.used == 1).then_some(view)
    })
    .await;
    assert_eq!(done.card.spent, Fen(100));
    // The store is made whole for what HQ gave away: its gross is what was paid, the shares are of the list price.
    let manager = w.staff("sh01-manager").await;
    let s: SettlementView = w.get(&format!("/api/v1/stores/{store}/settlement"), &manager).await.ok();
    assert_eq!((s.orders, s.gross), (1, price - Fen(100)));
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_coupon_when_somebody_drafts_a_campaign_under_its_id_then_neither_takes_the_others() {
    let w = World::usual().await;
    let (hq, manager) = (w.staff("marketing").await, w.staff("sh07-manager").await);
    let made: CouponView = w.call(Method::PUT, &format!("{HQ}/cmp_same"), &hq, Some(&draft(&w, "同号的券"))).await.ok();
    let now = w.stack.app.now();
    let campaign = json!({
        "title": "同号的活动", "rule": {"kind": "percent", "off": 100}, "skus": [], "from": now, "until": now.plus(Timestamp::DAY), "hq_bears": 1_000, "version": 0,
    });
    for (path, token) in [("/api/v1/hq/campaigns", &hq), ("/api/v1/stores/sto_sh07/campaigns", &manager)] {
        w.call(Method::PUT, &format!("{path}/cmp_same"), token, Some(&campaign)).await.refused(409, "conflict");
    }
    let path = "/api/v1/hq/campaigns/cmp_other";
    assert!(w.call(Method::PUT, path, &hq, Some(&campaign)).await.status.is_success());
    w.call(Method::PUT, &format!("{HQ}/cmp_other"), &hq, Some(&draft(&w, "同号的券"))).await.refused(409, "conflict");
    let kept: CouponView = w.get(&format!("{HQ}/cmp_same"), &hq).await.ok();
    assert_eq!((kept.draft.version, kept.history.len()), (made.draft.version, made.history.len()));
    w.stack.stop().await;
}
