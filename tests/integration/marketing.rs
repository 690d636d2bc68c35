//! Campaigns from a draft to the order that was charged with one.

mod console;

use futures::{StreamExt, stream};
use liandian_tests::{World, id};
use liandian_types::{
    CampaignId, CampaignState, CampaignStep, Fen, Fulfilment, OrderState, SkuId, StoreId, Timestamp,
    api::{CampaignList, CampaignPreview, CampaignView, OrderView, PlaceOrder, PlacedOrder, Quote},
};
use reqwest::Method;
use serde_json::{Value, json};

const HQ: &str = "/api/v1/hq/campaigns";

/// A draft that runs from now on.
fn draft(w: &World, title: &str, rule: &Value, sku: &SkuId) -> Value {
    let now = w.stack.app.now();
    json!({
        "title": title, "rule": rule, "skus": [sku], "from": now.plus(-Timestamp::MINUTE), "until": now.plus(30 * Timestamp::DAY),
        "hq_bears": 1_000, "version": 0,
    })
}

fn with(mut draft: Value, field: &str, value: Value) -> Value {
    draft[field] = value;
    draft
}

async fn saved(w: &World, path: &str, token: &str, draft: &Value) -> CampaignView {
    w.call(Method::PUT, path, token, Some(draft)).await.ok()
}

async fn step(w: &World, path: &str, token: &str, step: &str, version: u64) -> CampaignView {
    w.post(&format!("{path}/steps"), token, &json!({"step": step, "version": version})).await.ok()
}

/// A campaign of HQ that runs.
async fn live(w: &World, hq: &str, name: &str, draft: &Value) -> (String, CampaignView) {
    let path = format!("{HQ}/cmp_{name}");
    let view = saved(w, &path, hq, draft).await;
    let view = step(w, &path, hq, "schedule", view.draft.version).await;
    assert_eq!(view.card.state, CampaignState::Running);
    (path, view)
}

/// A SKU of which there are enough, that costs at least ¥12 and may cost a sixth less, and what it costs.
async fn dear(w: &World, store: &StoreId) -> (SkuId, Fen) {
    let library = w.stack.app.tables.library().await.unwrap();
    for sku in w.skus_with(store, 25, 9_000, 20).await {
        let price = w.quote(store, &[(sku.clone(), 1)], Fulfilment::Pickup, None).await.goods;
        let floor = library.iter().find(|s| s.sku == sku).unwrap().floor;
        if price >= Fen(1_200) && floor.0 * 6 <= price.0 * 5 {
            return (sku, price);
        }
    }
    panic!("the demo chain has no dear goods in {store}");
}

async fn quoted(w: &World, token: &str, store: &StoreId, sku: &SkuId, units: u32) -> Quote {
    let ask = json!({"store": store, "lines": [{"sku": sku, "quantity": units}], "fulfilment": "pickup"});
    w.post("/api/v1/quotes", token, &ask).await.ok()
}

fn percent(off: u16) -> Value {
    json!({"kind": "percent", "off": off})
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_campaign_when_a_cart_is_quoted_placed_and_paid_then_all_three_agree_and_pages_say_what_was_taken_off() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (hq, token) = (w.staff("marketing").await, w.customer("demo-01").await);
    let (sku, price) = dear(&w, &store).await;
    let (_, view) = live(&w, &hq, "ten", &draft(&w, "测试九折", &percent(100), &sku)).await;
    assert_eq!(view.card.what, "9 折");

    let quote = w.quote(&store, &[(sku.clone(), 3)], Fulfilment::Pickup, None).await;
    let (list, off) = (Fen(price.0 * 3), Fen(price.0 * 3 / 10));
    assert_eq!((quote.list, quote.goods, quote.total), (Some(list), list - off, list - off));
    assert_eq!(quote.discounts.iter().map(|d| (d.title.as_str(), d.goods)).collect::<Vec<_>>(), [("测试九折", off)]);
    assert_eq!((quote.lines[0].price, quote.lines[0].total, quote.lines[0].off), (price, list, Some(off)));

    let order = w.order_for(&store, &[(sku.clone(), 3)], Fulfilment::Pickup).await;
    assert_eq!(order.expect_total, list - off);
    let bought = w.bought(&token, &order, "key-00000001").await;
    let seen = w.order(&token, &bought).await;
    assert_eq!((seen.card.total, seen.list, seen.lines[0].off), (list - off, Some(list), Some(off)));
    assert_eq!((seen.discounts[0].title.as_str(), seen.discounts[0].goods), ("测试九折", off));

    let page = w.page(&format!("/orders/{bought}"), &format!("ld_session={token}")).await;
    assert!(page.text().contains("测试九折") && page.text().contains(&format!("−{off}")), "{}", page.text());
    let page = w.page(&format!("/s/{store}/p/{sku}"), "").await;
    assert!(page.text().contains("测试九折"), "the product says so");
    let cookie = format!("ld_staff={}", w.staff("sh01-clerk").await);
    let page = w.page(&format!("/console/s/{store}/orders/{bought}"), &cookie).await;
    assert!(page.text().contains("测试九折"), "the clerk sees it, too");
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_campaign_that_ends_between_quote_and_order_when_placed_then_it_is_refused_and_the_next_quote_can_be_ordered() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (hq, token) = (w.staff("marketing").await, w.customer("demo-01").await);
    let (sku, price) = dear(&w, &store).await;
    let (path, view) = live(&w, &hq, "ends", &draft(&w, "测试九折", &percent(100), &sku)).await;
    let order = w.order_for(&store, &[(sku.clone(), 2)], Fulfilment::Pickup).await;
    assert!(order.expect_total < Fen(price.0 * 2));
    let view = step(&w, &path, &hq, "end", view.draft.version).await;
    assert_eq!((view.card.state, view.steps.as_slice()), (CampaignState::Over, &[CampaignStep::Copy][..]));
    let told = w.place(&token, &order, "key-00000001").await.refused(409, "price_changed");
    assert!(told["detail"].as_str().unwrap().contains(&Fen(price.0 * 2).to_string()), "{told}");
    let fresh = w.order_for(&store, &[(sku, 2)], Fulfilment::Pickup).await;
    let placed: PlacedOrder = w.place(&token, &fresh, "key-00000002").await.ok();
    assert_eq!(placed.total, Fen(price.0 * 2));
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn given_a_budget_for_ten_when_fifty_order_at_once_then_exactly_ten_have_it_and_who_calls_off_gives_it_back() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let hq = w.staff("marketing").await;
    let (sku, price) = dear(&w, &store).await;
    let rule = json!({"kind": "amount", "off": 100});
    let (path, _) = live(&w, &hq, "budget", &with(draft(&w, "每件减1元", &rule, &sku), "budget", json!(1_000))).await;
    let order = w.order_for(&store, &[(sku.clone(), 1)], Fulfilment::Pickup).await;
    assert_eq!(order.expect_total, price - Fen(100));
    let tokens = w.members(50).await;
    let (w_, order_, tokens_) = (&w, &order, &tokens);
    let outcomes: Vec<(usize, u16, String)> = stream::iter(0..50)
        .map(|i| async move {
            loop {
                let a = w_.place(&tokens_[i], order_, &format!("buyer-{i:05}")).await;
                if a.status.as_u16() != 503 {
                    let what = if a.status.is_success() { &a.json["order"] } else { &a.json["code"] };
                    return (i, a.status.as_u16(), what.as_str().unwrap_or_default().to_owned());
                }
            }
        })
        .buffer_unordered(50)
        .collect()
        .await;
    let had: Vec<&(usize, u16, String)> = outcomes.iter().filter(|o| o.1 == 201).collect();
    let refused = outcomes.iter().filter(|o| o.1 == 409 && o.2 == "price_changed").count();
    assert_eq!((had.len(), refused), (10, 40), "{outcomes:?}");
    let counted = async || {
        let view: CampaignView = w.get(&path, &hq).await.ok();
        (view.card.used, view.card.spent)
    };
    assert_eq!(counted().await, (Some(10), Some(Fen(1_000))));

    let (first, bought) = (had[0].0, &had[0].2);
    let _: OrderView = w.post(&format!("/api/v1/orders/{bought}/cancel"), &tokens[first], &json!({})).await.ok();
    assert_eq!(counted().await, (Some(9), Some(Fen(900))));
    let next = outcomes.iter().find(|o| o.1 == 409).unwrap().0;
    let _: PlacedOrder = w.place(&tokens[next], &order, "buyer-second").await.ok();
    assert_eq!(counted().await, (Some(10), Some(Fen(1_000))));
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_once_a_person_when_somebody_has_had_it_then_his_quote_says_so_and_others_still_have_it() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (hq, token, other) = (w.staff("marketing").await, w.customer("demo-01").await, w.customer("demo-02").await);
    let (sku, price) = dear(&w, &store).await;
    live(&w, &hq, "once", &with(draft(&w, "每人一单", &percent(100), &sku), "person_limit", json!(1))).await;
    let order = w.order_for(&store, &[(sku.clone(), 1)], Fulfilment::Pickup).await;
    let first: PlacedOrder = w.place(&token, &order, "key-00000001").await.ok();
    w.place(&token, &PlaceOrder { again: true, ..order.clone() }, "key-00000002").await.refused(409, "price_changed");
    let mine = quoted(&w, &token, &store, &sku, 1).await;
    assert_eq!((mine.total, mine.discounts.len()), (price, 0));
    assert_eq!(mine.not_applied.iter().map(|m| (m.title.as_str(), m.why.as_str())).collect::<Vec<_>>(), [("每人一单", "已达参加次数上限")]);
    assert!(quoted(&w, &other, &store, &sku, 1).await.total < price);
    let _: PlacedOrder = w.place(&other, &order, "key-00000003").await.ok();
    // Who lets it go may have it again.
    let _: OrderView = w.post(&format!("/api/v1/orders/{}/cancel", first.order), &token, &json!({})).await.ok();
    let _: PlacedOrder = w.place(&token, &order, "key-00000004").await.ok();
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn given_a_price_for_new_customers_when_one_orders_twice_at_once_then_one_order_has_it() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let hq = w.staff("marketing").await;
    let (sku, price) = dear(&w, &store).await;
    live(&w, &hq, "new", &with(draft(&w, "新客九折", &percent(100), &sku), "new_only", json!(true))).await;
    let token = w.members(1).await.remove(0);
    let total = quoted(&w, &token, &store, &sku, 1).await.total;
    assert!(total < price);
    let order = PlaceOrder { expect_total: total, again: true, ..w.order_for(&store, &[(sku.clone(), 1)], Fulfilment::Pickup).await };
    let both = futures::join!(w.place(&token, &order, "key-new-00001"), w.place(&token, &order, "key-new-00002"));
    let mut statuses = [both.0.status.as_u16(), both.1.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409], "{} {}", both.0.json, both.1.json);
    assert_eq!(quoted(&w, &token, &store, &sku, 1).await.total, price, "an order that waits is one that was had");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_threshold_when_a_cart_is_below_it_then_the_quote_says_how_much_is_missing_and_where_to_find_it() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let hq = w.staff("marketing").await;
    let (sku, price) = dear(&w, &store).await;
    let rule = json!({"kind": "steps", "steps": [{"from": price.0 * 2, "off": 100}], "repeat": 1});
    live(&w, &hq, "steps", &draft(&w, "满减", &rule, &sku)).await;
    let quote = w.quote(&store, &[(sku.clone(), 1)], Fulfilment::Pickup, None).await;
    let missed = &quote.not_applied[0];
    assert_eq!((missed.why.clone(), missed.more.clone()), (format!("还差 {} 元", price.yuan()), Some(format!("/p/{sku}"))));
    assert_eq!((quote.list, quote.total), (None, price));
    let quote = w.quote(&store, &[(sku.clone(), 2)], Fulfilment::Pickup, None).await;
    assert_eq!((quote.total, quote.not_applied.len()), (Fen(price.0 * 2 - 100), 0));
    // HQ can try another one on the same cart before it runs.
    let ask = json!({"draft": draft(&w, "再减", &percent(50), &sku), "store": store, "lines": [{"sku": sku, "quantity": 2}], "fulfilment": "pickup"});
    let preview: CampaignPreview = w.post(&format!("{HQ}/preview"), &hq, &ask).await.ok();
    assert_eq!(preview.list, Fen(price.0 * 2));
    assert!(preview.total < quote.total && preview.discounts.iter().any(|d| d.title == "再减"), "{preview:?}");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_paid_order_with_a_discount_when_units_are_missing_and_the_rest_is_taken_then_exactly_their_share_goes_back() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (hq, clerk, token) = (w.staff("marketing").await, w.staff("sh01-clerk").await, w.customer("demo-01").await);
    let (sku, price) = dear(&w, &store).await;
    live(&w, &hq, "part", &with(draft(&w, "测试九折", &percent(100), &sku), "budget", json!(1_000_000))).await;
    let order = w.order_for(&store, &[(sku.clone(), 3)], Fulfilment::Pickup).await;
    let bought = w.bought(&token, &order, "key-00000001").await;
    let off = price.0 * 3 / 10;
    // The first units carry the odd fen.
    let share = |units: i64| price.0 * units - (units * (off / 3) + units.min(off % 3));
    let path = format!("/api/v1/stores/{store}/orders/{bought}/shortfall");
    let _: OrderView = w.post(&path, &clerk, &json!({"lines": [{"sku": sku, "quantity": 2}]})).await.ok();
    assert_eq!(w.order(&token, &bought).await.shortfall.unwrap().keep_refund, Some(Fen(share(2))));
    let _: OrderView = w.post(&format!("/api/v1/orders/{bought}/shortfall"), &token, &json!({"choice": "keep"})).await.ok();
    let kept = w.order(&token, &bought).await;
    assert_eq!((kept.given_back, kept.card.total), (Some(Fen(share(2))), Fen(share(3) - share(2))));
    assert_eq!(kept.discounts[0].goods, Fen(price.0) - kept.card.total, "what is left of the discount");
    let view: CampaignView = w.get(&format!("{HQ}/cmp_part"), &hq).await.ok();
    assert_eq!((view.card.used, view.card.spent), (Some(1), Some(kept.discounts[0].goods)));
    w.until_order(&token, &bought, |o| o.history.iter().any(|h| h.text.contains("已原路退回"))).await;
    // The rest is collected and posted: all sides add up.
    let _: OrderView = w.post(&format!("/api/v1/stores/{store}/orders/{bought}/ready"), &clerk, &json!({})).await.ok();
    let code = w.until_order(&token, &bought, |o| o.card.state == OrderState::Ready).await.pickup_code;
    let _: OrderView = w.post(&format!("/api/v1/stores/{store}/pickups"), &clerk, &json!({"code": code})).await.ok();
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let posting = loop {
        if let Some(p) = w.stack.app.tables.postings(&store, 5, None).await.unwrap().0.into_iter().find(|p| p.order == bought) {
            break p;
        }
        assert!(std::time::Instant::now() < until, "the order was not posted");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    assert_eq!(posting.entries.iter().map(|e| e.amount).sum::<Fen>(), Fen::ZERO);
    assert_eq!(posting.gross(), kept.card.total);
    assert!(posting.entries.iter().any(|e| e.account == liandian_domain::settlement::Account::HqPromotion && e.amount == kept.discounts[0].goods));
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_stores_own_campaign_when_hq_has_not_looked_at_it_then_nobody_has_it_and_afterwards_that_store_alone() {
    let w = World::usual().await;
    let (store, other): (StoreId, StoreId) = (id("sto_sh01"), id("sto_sh02"));
    let (hq, manager, clerk) = (w.staff("marketing").await, w.staff("sh01-manager").await, w.staff("sh01-clerk").await);
    let (sku, price) = dear(&w, &store).await;
    let path = format!("/api/v1/stores/{store}/campaigns/cmp_own");
    let own = with(draft(&w, "本店九折", &percent(100), &sku), "hq_bears", json!(0));
    let put = async |path: &str, token: &str, draft: &Value| w.call(Method::PUT, path, token, Some(draft)).await;

    put(&path, &clerk, &own).await.refused(403, "forbidden");
    put(&path.replace("sto_sh01", "sto_sh02"), &manager, &own).await.refused(404, "not_found");
    let bad = put(&path, &manager, &with(own.clone(), "title", json!("折"))).await.refused(400, "bad_request");
    assert_eq!(bad["field"], "title");
    let bad = put(&path, &manager, &with(own.clone(), "hq_bears", json!(500))).await.refused(400, "bad_request");
    assert_eq!(bad["field"], "hq_bears", "HQ bears nothing of it");
    let view = saved(&w, &path, &manager, &own).await;
    assert_eq!((view.card.state, view.draft.version, view.steps[0]), (CampaignState::Draft, 1, CampaignStep::Submit));
    // Lost updates are told.
    put(&path, &manager, &own).await.refused(409, "conflict");
    // Another store has no such campaign, and HQ none that is still written.
    let foreign = w.staff("sh02-manager").await;
    w.get(&path.replace("sto_sh01", "sto_sh02"), &foreign).await.refused(404, "not_found");
    w.get(&format!("{HQ}/cmp_own"), &hq).await.refused(404, "not_found");

    let view = step(&w, &path, &manager, "submit", 1).await;
    assert_eq!(view.card.state, CampaignState::Review);
    let steps = format!("{path}/steps");
    w.post(&steps, &manager, &json!({"step": "approve", "version": 2})).await.refused(403, "forbidden");
    assert_eq!(quoted(&w, "", &store, &sku, 1).await.total, price, "nothing unapproved is charged");
    let waiting: CampaignList = w.get(&format!("{HQ}?state=review"), &hq).await.ok();
    assert!(waiting.campaigns.iter().any(|c| c.title == "本店九折" && c.owner.as_ref() == Some(&store)), "{waiting:?}");
    let page = w.page("/console/hq/campaigns?state=review", &format!("ld_staff={hq}")).await;
    assert!(page.text().contains("本店九折") && page.text().contains("待审核"), "{}", page.text());

    let approved = format!("{HQ}/cmp_own");
    w.post(&format!("{approved}/steps"), &hq, &json!({"step": "approve", "version": 1})).await.refused(409, "conflict");
    w.post(&format!("{approved}/steps"), &hq, &json!({"step": "reject", "version": 2})).await.refused(400, "bad_request");
    let live = step(&w, &approved, &hq, "approve", 2).await;
    assert_eq!(live.card.state, CampaignState::Running);
    assert!(quoted(&w, "", &store, &sku, 1).await.total < price);
    let there = quoted(&w, "", &other, &sku, 1).await;
    assert!(there.discounts.is_empty(), "that store alone");
    let history: Vec<_> = live.history.iter().flat_map(|h| &h.fields).filter(|f| f.field == "state").map(|f| f.new.as_str()).collect();
    assert_eq!(history, ["待开始", "待审核", "草稿"]);

    // Its manager may stop it, and copy it.
    let paused = step(&w, &path, &manager, "pause", 3).await;
    assert_eq!(paused.card.state, CampaignState::Paused);
    assert_eq!(quoted(&w, "", &store, &sku, 1).await.total, price);
    let copy = step(&w, &path, &manager, "copy", 4).await;
    assert_eq!((copy.card.state, copy.draft.version), (CampaignState::Draft, 1));
    assert_ne!(copy.card.campaign, id::<CampaignId>("cmp_own"));
    let cookie = format!("ld_staff={manager}");
    for page in ["campaigns", "campaigns/new", "campaigns/cmp_own"] {
        let page = w.page(&format!("/console/s/{store}/{page}"), &cookie).await;
        assert_eq!(page.status, 200);
    }
    let page = w.page(&format!("/console/s/{store}/campaigns"), &cookie).await;
    assert!(page.text().contains("本店九折") && page.text().contains("已暂停"), "{}", page.text());
    w.assert_chains().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_the_demo_campaigns_when_a_breakfast_is_quoted_then_it_costs_what_the_combo_says_and_stores_wait_for_review() {
    let w = World::usual().await;
    w.campaigns().await;
    let (bun, drink): (SkuId, SkuId) = (id("sku_baozi-soup"), id("sku_soy-drink-1"));
    let mut tried = 0;
    for store in ["sto_sh01", "sto_sh02", "sto_sh03", "sto_hz01", "sto_hz02"] {
        let listed = async |sku: &SkuId| w.get(&format!("/api/v1/stores/{store}/listings/{sku}"), "").await.status.is_success();
        if !listed(&bun).await || !listed(&drink).await {
            continue;
        }
        let quote = w.quote(&id(store), &[(bun.clone(), 1), (drink.clone(), 1)], Fulfilment::Pickup, None).await;
        let combo = quote.discounts.iter().find(|d| d.title == "早餐套餐").unwrap();
        assert_eq!(Some(quote.total + combo.goods), quote.list, "{quote:?}");
        // A store's own price may be nearer to the floor.
        assert!(combo.goods > Fen(0) && quote.total < Fen(1_640), "{quote:?}");
        // One alone says what is missing.
        let quote = w.quote(&id(store), &[(bun.clone(), 1)], Fulfilment::Pickup, None).await;
        assert!(quote.not_applied.iter().any(|m| m.title == "早餐套餐" && m.why == "还差 1 件"), "{quote:?}");
        let home = w.page(&format!("/s/{store}"), "").await;
        assert!(home.text().contains("早餐套餐") && home.text().contains("满300减50"));
        tried += 1;
    }
    assert!(tried > 0, "no store lists a breakfast");
    let waiting: CampaignList = w.get(&format!("{HQ}?state=review"), &w.staff("marketing").await).await.ok();
    assert_eq!(waiting.campaigns.iter().map(|c| c.title.as_str()).collect::<Vec<_>>(), ["本店烘焙九折"]);
    w.get(&format!("{HQ}?state=nonsense"), &w.staff("marketing").await).await.refused(400, "bad_request");
    w.get(HQ, &w.staff("sh01-manager").await).await.refused(403, "forbidden");
    w.get(HQ, &w.staff("merch").await).await.refused(403, "forbidden");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn given_five_units_of_a_flash_sale_when_thirty_buyers_come_at_once_then_exactly_five_have_one_and_nobody_two() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let hq = w.staff("marketing").await;
    let (sku, price) = dear(&w, &store).await;
    let flash = Fen(price.0 * 9 / 10);
    let rule = json!({"kind": "flash", "sku": sku, "price": flash, "stock": 5, "per_person": 1});
    live(&w, &hq, "flash", &draft(&w, "秒杀", &rule, &sku)).await;
    // Of two one is at the flash price.
    let two = w.quote(&store, &[(sku.clone(), 2)], Fulfilment::Pickup, None).await;
    assert_eq!(two.total, price + flash);
    let order = w.order_for(&store, &[(sku.clone(), 1)], Fulfilment::Pickup).await;
    assert_eq!(order.expect_total, flash);
    let tokens = w.members(30).await;
    let (w_, order_, tokens_) = (&w, &order, &tokens);
    let statuses: Vec<(usize, u16)> = stream::iter(0..30)
        .map(|i| async move {
            loop {
                let a = w_.place(&tokens_[i], order_, &format!("buyer-{i:05}")).await;
                if a.status.as_u16() != 503 {
                    return (i, a.status.as_u16());
                }
            }
        })
        .buffer_unordered(30)
        .collect()
        .await;
    let had: Vec<usize> = statuses.iter().filter(|(_, s)| *s == 201).map(|(i, _)| *i).collect();
    assert_eq!((had.len(), statuses.iter().filter(|(_, s)| *s == 409).count()), (5, 25), "{statuses:?}");
    // Nobody has it twice, and nobody pays the list price by surprise.
    w.place(&tokens[had[0]], &order, "buyer-again").await.refused(409, "price_changed");
    let gone = w.quote(&store, &[(sku.clone(), 1)], Fulfilment::Pickup, None).await;
    assert_eq!((gone.total, gone.not_applied[0].why.as_str()), (price, "活动商品已抢完"));
    w.assert_books().await;
    w.stack.stop().await;
}
