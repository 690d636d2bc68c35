//! The console of campaigns: who pauses, what waits, what is brought, the month, a cart beside the form.

use std::time::{Duration, Instant};

use liandian_tests::{World, id};
use liandian_types::{
    CampaignId, CampaignState, CampaignStep, Fen, Fulfilment, OrderId, OrderState, StoreId, Timestamp,
    api::{CampaignForecast, CampaignPreview, CampaignResults, CampaignView, HqWaiting, OrderView},
};
use reqwest::Method;
use serde_json::{Value, json};

use super::{HQ, dear, draft, live, percent, quoted, saved, step, with};

fn own_of(store: &StoreId, name: &str) -> String {
    format!("/api/v1/stores/{store}/campaigns/cmp_{name}")
}

/// A store's own campaign that waits for HQ.
async fn submitted(w: &World, manager: &str, store: &StoreId, name: &str, draft: &Value) -> CampaignView {
    let path = own_of(store, name);
    let view = saved(w, &path, manager, &with(draft.clone(), "hq_bears", json!(0))).await;
    step(w, &path, manager, "submit", view.draft.version).await
}

/// Asks until the stream has brought what is waited for.
async fn until_results(w: &World, path: &str, token: &str, done: impl Fn(&CampaignResults) -> bool) -> CampaignResults {
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let r: CampaignResults = w.get(&format!("{path}/results"), token).await.ok();
        if done(&r) {
            return r;
        }
        assert!(Instant::now() < end, "{r:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn given_hqs_pause_when_the_store_would_resume_then_it_holds_and_pages_say_whose_it_is() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (hq, manager) = (w.staff("marketing").await, w.staff("sh01-manager").await);
    let (sku, price) = dear(&w, &store).await;
    let waits = submitted(&w, &manager, &store, "held", &draft(&w, "本店九折", &percent(100), &sku)).await;
    let (at_hq, at_store) = (format!("{HQ}/cmp_held"), own_of(&store, "held"));
    let on = step(&w, &at_hq, &hq, "approve", waits.draft.version).await;
    assert_eq!(on.card.state, CampaignState::Running);

    let held = step(&w, &at_hq, &hq, "pause", on.draft.version).await;
    assert_eq!((held.card.paused.as_deref(), held.pauses.len()), (Some("总部已暂停"), 1));
    assert!(held.pauses[0].hq && held.pauses[0].by_name.is_some());
    let version = held.draft.version;
    let refused = w.post(&format!("{at_store}/steps"), &manager, &json!({"step": "resume", "version": version})).await.refused(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("总部已暂停"), "{refused}");
    let seen: CampaignView = w.get(&at_store, &manager).await.ok();
    assert_eq!(seen.steps, [CampaignStep::End, CampaignStep::Copy]);
    assert_eq!(quoted(&w, "", &store, &sku, 1).await.total, price);
    let cookie = format!("ld_staff={manager}");
    for page in ["campaigns", "campaigns/cmp_held"] {
        let page = w.page(&format!("/console/s/{store}/{page}"), &cookie).await;
        assert!(page.status == 200 && page.text().contains("总部已暂停"), "{}", page.text());
    }
    let on = step(&w, &at_hq, &hq, "resume", version).await;
    assert_eq!((on.card.state, on.card.paused), (CampaignState::Running, None));

    // What its store has paused is the store's.
    let stores = step(&w, &at_store, &manager, "pause", on.draft.version).await;
    assert_eq!(stores.card.paused.as_deref(), Some("门店已暂停"));
    let resume = json!({"step": "resume", "version": stores.draft.version});
    w.post(&format!("{at_hq}/steps"), &hq, &resume).await.refused(409, "conflict");
    let both = step(&w, &at_hq, &hq, "pause", stores.draft.version).await;
    assert_eq!(both.card.paused.as_deref(), Some("总部和门店均已暂停"));
    let stores = step(&w, &at_hq, &hq, "resume", both.draft.version).await;
    assert_eq!((stores.card.state, stores.card.paused.as_deref()), (CampaignState::Paused, Some("门店已暂停")));
    let on = step(&w, &at_store, &manager, "resume", stores.draft.version).await;
    assert_eq!(on.card.state, CampaignState::Running);
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_campaigns_that_wait_when_they_are_withdrawn_sent_back_and_sent_again_then_the_desk_says_what_is_another() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (hq, manager) = (w.staff("marketing").await, w.staff("sh01-manager").await);
    let (sku, _) = dear(&w, &store).await;
    let first = submitted(&w, &manager, &store, "one", &draft(&w, "本店九折", &percent(100), &sku)).await;
    submitted(&w, &manager, &store, "two", &draft(&w, "本店八折", &percent(200), &sku)).await;
    let waiting = async || -> HqWaiting { w.get("/api/v1/hq/waiting", &hq).await.ok() };
    let before = waiting().await.campaigns;
    assert!(before >= 2);

    // Its author takes one back; HQ cannot, and nobody can twice.
    assert!(first.steps.contains(&CampaignStep::Withdraw));
    let back = json!({"step": "withdraw", "version": first.draft.version});
    w.post(&format!("{HQ}/cmp_one/steps"), &hq, &back).await.refused(409, "conflict");
    let first = step(&w, &own_of(&store, "one"), &manager, "withdraw", first.draft.version).await;
    assert_eq!((first.card.state, waiting().await.campaigns), (CampaignState::Draft, before - 1));
    w.post(&format!("{}/steps", own_of(&store, "one")), &manager, &json!({"step": "withdraw", "version": first.draft.version}))
        .await
        .refused(409, "conflict");

    // The other one is sent back with a reason, changed, and sent again.
    let ask = json!({"step": "reject", "version": 2, "reason": "折扣太大"});
    let back: CampaignView = w.post(&format!("{HQ}/cmp_two/steps"), &hq, &ask).await.ok();
    assert_eq!(back.reason.as_deref(), Some("折扣太大"));
    let better = with(with(draft(&w, "本店八五折", &percent(150), &sku), "hq_bears", json!(0)), "version", json!(back.draft.version));
    let view = saved(&w, &own_of(&store, "two"), &manager, &better).await;
    step(&w, &own_of(&store, "two"), &manager, "submit", view.draft.version).await;
    let page = w.page("/console/hq/campaigns/review", &format!("ld_staff={hq}")).await;
    for said in ["本店八五折", "退回前", "本店八折", "8.5 折", "活动价", "review-tick", "批准所选"] {
        assert!(page.text().contains(said), "{said} in {}", page.text());
    }
    assert!(!page.text().contains("本店九折"), "what was taken back waits for nobody");
    for other in ["sh01-manager", "auditor"] {
        let page = w.page("/console/hq/campaigns/review", &format!("ld_staff={}", w.staff(other).await)).await;
        assert_eq!(page.status, 403, "{other}");
    }
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_orders_with_a_campaign_when_they_are_paid_and_given_back_then_results_are_exact_however_often_the_stream_says_it() {
    let w = World::usual().await;
    let (store, other): (StoreId, StoreId) = (id("sto_sh01"), id("sto_sh02"));
    let (hq, manager) = (w.staff("marketing").await, w.staff("sh01-manager").await);
    let (sku, price) = dear(&w, &store).await;
    let (path, _) = live(&w, &hq, "brings", &with(draft(&w, "测试九折", &percent(100), &sku), "budget", json!(1_000_000))).await;
    let at_store = own_of(&store, "brings");
    let none: CampaignResults = w.get(&format!("{path}/results"), &hq).await.ok();
    assert_eq!((none.whole.orders, none.budget_left, none.stores.len()), (0, Some(Fen(1_000_000)), 0));
    assert!(none.without > 10, "no store has an order yet");

    let order = w.order_for(&store, &[(sku.clone(), 2)], Fulfilment::Pickup).await;
    let tokens = w.members(2).await;
    let first = w.bought(&tokens[0], &order, "key-00000001").await;
    let off = price.0 * 2 - order.expect_total.0;
    let one = until_results(&w, &path, &hq, |r| r.whole.orders == 1).await;
    let whole = one.whole.clone();
    assert_eq!((whole.units, whole.off, whole.paid, whole.new_orders), (2, Fen(off), order.expect_total, 1));
    assert_eq!(one.stores.iter().map(|s| (s.store.clone(), s.tally.orders)).collect::<Vec<_>>(), [(store.clone(), 1)]);
    assert_eq!(one.days.iter().map(|d| d.tally.orders).sum::<i64>(), 1);
    assert_eq!(one.budget_left, Some(Fen(1_000_000 - off)));

    // Somebody who has bought before, and the same news twice.
    let again = w.bought(&tokens[0], &order, "key-00000002").await;
    let two = until_results(&w, &path, &hq, |r| r.whole.orders == 2).await;
    assert_eq!((two.whole.new_orders, two.whole.new_paid), (1, order.expect_total));
    let tables = &w.stack.app.tables;
    let counted = tables.order_counted(&again).await.unwrap().unwrap().counted.expect("it is counted");
    assert!(!tables.count_order(None, &counted).await.unwrap(), "a worker that knows of nothing yet is refused");
    assert!(tables.count_order(Some(&counted), &counted).await.unwrap(), "and one that says the same adds nothing");
    let same: CampaignResults = w.get(&format!("{path}/results"), &hq).await.ok();
    assert_eq!(same.whole, two.whole);

    // A store sees its own figures of HQ's campaign and no budget; another store has none.
    let mine = until_results(&w, &at_store, &manager, |r| r.whole.orders == 2).await;
    assert_eq!((mine.budget_left, mine.stores.len(), mine.without), (None, 0, 0));
    let theirs: CampaignResults = w.get(&format!("{}/results", own_of(&other, "brings")), &w.staff("sh02-manager").await).await.ok();
    assert_eq!(theirs.whole.orders, 0);
    w.get(&format!("{}/results", own_of(&other, "brings")), &manager).await.refused(404, "not_found");
    w.get(&format!("{path}/results"), &manager).await.refused(403, "forbidden");
    w.get(&format!("{HQ}/cmp_nobody/results"), &hq).await.refused(404, "not_found");

    for (page, cookie) in
        [("/console/hq/campaigns/cmp_brings/results".to_owned(), &hq), (format!("/console/s/{store}/campaigns/cmp_brings/results"), &manager)]
    {
        let page = w.page(&page, &format!("ld_staff={cookie}")).await;
        assert_eq!(page.status, 200);
        for said in ["测试九折", "每天订单", "<svg class=\"columns\"", "新客", "老客"] {
            assert!(page.text().contains(said), "{said} in {}", page.text());
        }
    }

    // An order that is called off is no result any more.
    let _: OrderView = w.post(&format!("/api/v1/orders/{first}/cancel"), &tokens[0], &json!({"sure": true})).await.ok();
    let left = until_results(&w, &path, &hq, |r| r.whole.orders == 1).await;
    assert_eq!((left.whole.new_orders, left.whole.off, left.whole.paid), (0, Fen(off), order.expect_total));
    w.assert_books().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_stores_own_campaign_when_others_ask_what_it_brought_then_it_is_not_there() {
    let w = World::usual().await;
    let (store, other): (StoreId, StoreId) = (id("sto_sh01"), id("sto_sh02"));
    let (hq, manager, foreign) = (w.staff("marketing").await, w.staff("sh01-manager").await, w.staff("sh02-manager").await);
    let (sku, _) = dear(&w, &store).await;
    submitted(&w, &manager, &store, "mine", &draft(&w, "本店九折", &percent(100), &sku)).await;
    let _: CampaignResults = w.get(&format!("{}/results", own_of(&store, "mine")), &manager).await.ok();
    w.get(&format!("{}/results", own_of(&other, "mine")), &foreign).await.refused(404, "not_found");
    let page = w.page(&format!("/console/s/{other}/campaigns/cmp_mine/results"), &format!("ld_staff={foreign}")).await;
    assert_eq!(page.status, 404);
    // What HQ has not let go live is nobody's at a store.
    saved(&w, &format!("{HQ}/cmp_hqdraft"), &hq, &draft(&w, "总部草稿", &percent(100), &sku)).await;
    w.get(&format!("{}/results", own_of(&store, "hqdraft")), &manager).await.refused(404, "not_found");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_month_when_shown_to_hq_a_region_and_a_store_then_each_sees_its_own_and_what_clashes_is_marked() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (hq, manager) = (w.staff("marketing").await, w.staff("sh01-manager").await);
    let (sku, _) = dear(&w, &store).await;
    live(&w, &hq, "all", &draft(&w, "全链九折", &percent(100), &sku)).await;
    let here = with(draft(&w, "上海九五折", &percent(50), &sku), "stores", json!([store]));
    live(&w, &hq, "here", &with(with(with(here, "minute_from", json!(0)), "minute_until", json!(1_440)), "exclusive", json!(true))).await;
    let elsewhere = with(draft(&w, "杭州九折", &percent(100), &sku), "stores", json!(["sto_hz01"]));
    live(&w, &hq, "elsewhere", &elsewhere).await;
    let waits = submitted(&w, &manager, &store, "mine", &draft(&w, "本店八折", &percent(200), &sku)).await;
    assert!(waits.warnings.iter().any(|t| t.contains("上海九五折") && t.contains("不同享")), "{:?}", waits.warnings);
    let shown = async |path: &str, token: &str| {
        let page = w.page(path, &format!("ld_staff={token}")).await;
        assert_eq!(page.status, 200, "{path}");
        page.text().to_owned()
    };
    let whole = shown("/console/hq/campaigns/calendar", &hq).await;
    for said in ["全链九折", "上海九五折", "杭州九折", "本店八折", "冲突", "/console/hq/campaigns/cmp_all", "00:00–24:00"] {
        assert!(whole.contains(said), "{said} in {whole}");
    }
    let west = shown("/console/hq/campaigns/calendar", &w.staff("region-west").await).await;
    assert!(west.contains("全链九折") && !west.contains("上海九五折") && !west.contains("本店八折"), "{west}");
    assert!(!west.contains("/console/hq/campaigns/cmp_all"), "its page is HQ's");
    let mine = shown(&format!("/console/s/{store}/campaigns/calendar"), &manager).await;
    assert!(mine.contains("全链九折") && mine.contains("上海九五折") && mine.contains("本店八折") && !mine.contains("杭州九折"), "{mine}");
    assert!(
        mine.contains(&format!("/console/s/{store}/campaigns/cmp_all/results")) && mine.contains(&format!("/console/s/{store}/campaigns/cmp_mine\""))
    );
    let far = shown("/console/hq/campaigns/calendar?month=2031-05", &hq).await;
    assert!(
        far.contains("2031 年 5 月") && far.contains("这个月没有活动") && far.contains("month=2031-04") && far.contains("month=2031-06"),
        "{far}"
    );
    shown("/console/hq/campaigns/calendar?month=nonsense", &hq).await;
    let page = w.page("/console/hq/campaigns/calendar", &format!("ld_staff={}", w.staff("merch").await)).await;
    assert_eq!(page.status, 403);
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_form_when_a_cart_is_tried_beside_it_then_each_line_says_why_and_clashes_are_told_before_it_is_saved() {
    let w = World::usual().await;
    let (store, other): (StoreId, StoreId) = (id("sto_sh01"), id("sto_sh02"));
    let (hq, manager) = (w.staff("marketing").await, w.staff("sh01-manager").await);
    let (sku, price) = dear(&w, &store).await;
    live(&w, &hq, "runs", &draft(&w, "正在九折", &percent(100), &sku)).await;
    let wish = draft(&w, "再打九折", &percent(100), &sku);
    let cart = json!([{"sku": sku, "quantity": 2}]);
    let ask = json!({"draft": wish, "store": store, "lines": cart, "fulfilment": "pickup"});
    let tried: CampaignPreview = w.post(&format!("{HQ}/preview"), &hq, &ask).await.ok();
    let line = &tried.lines[0];
    assert_eq!((line.quantity, line.price, line.list), (2, price, Fen(price.0 * 2)));
    assert_eq!(line.total, line.list - line.cuts.iter().map(|c| c.amount).sum::<Fen>());
    assert_eq!((line.total, tried.lines.len()), (tried.goods, 1));
    assert!(line.cuts.iter().any(|c| c.title == "再打九折") && !line.name.starts_with("sku_"), "{line:?}");
    assert!(tried.warnings.iter().any(|t| t.contains("正在九折")), "{:?}", tried.warnings);
    // Without a cart only the clashes are told; of itself there is none.
    let ask = json!({"draft": wish, "campaign": "cmp_runs", "store": store, "fulfilment": "pickup"});
    let only: CampaignPreview = w.post(&format!("{HQ}/preview"), &hq, &ask).await.ok();
    assert!(only.lines.is_empty() && only.warnings.iter().all(|t| !t.contains("正在九折")), "{:?}", only.warnings);

    let path = format!("/api/v1/stores/{store}/campaigns/preview");
    let own = with(wish.clone(), "hq_bears", json!(0));
    let tried: CampaignPreview = w.post(&path, &manager, &json!({"draft": own, "store": store, "lines": cart, "fulfilment": "pickup"})).await.ok();
    assert_eq!(tried.list, Fen(price.0 * 2));
    let foreign = json!({"draft": own, "store": other, "lines": cart, "fulfilment": "pickup"});
    w.post(&path, &manager, &foreign).await.refused(404, "not_found");
    w.post(&path.replace("sto_sh01", "sto_sh02"), &manager, &foreign).await.refused(404, "not_found");
    let bad = json!({"draft": with(own, "title", json!("折")), "store": store, "fulfilment": "pickup"});
    assert_eq!(w.post(&path, &manager, &bad).await.refused(400, "bad_request")["field"], "title");
    w.post(&path, &w.staff("sh01-clerk").await, &bad).await.refused(403, "forbidden");
    let page = w.page("/console/hq/campaigns/new", &format!("ld_staff={hq}")).await;
    for said in ["区域：", "模式：", "用近期订单估算", "campaign-categories"] {
        assert!(page.text().contains(said), "{said} in {}", page.text());
    }
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_orders_of_last_month_when_a_campaign_is_tried_on_them_then_its_cost_is_what_it_would_have_taken_off() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (hq, manager, clerk) = (w.staff("marketing").await, w.staff("sh01-manager").await, w.staff("sh01-clerk").await);
    let (sku, price) = dear(&w, &store).await;
    let ask = |draft: Value| json!({ "draft": draft });
    let own = with(draft(&w, "本店九折", &percent(100), &sku), "hq_bears", json!(0));
    let path = format!("/api/v1/stores/{store}/campaigns/forecast");
    let none: CampaignForecast = w.post(&path, &manager, &ask(own.clone())).await.ok();
    assert_eq!((none.orders, none.hits, none.cost, none.daily_cost, none.of_stores), (0, 0, Fen(0), Fen(0), 1));

    let token = w.members(1).await.remove(0);
    let order = w.order_for(&store, &[(sku.clone(), 3)], Fulfilment::Pickup).await;
    let bought: OrderId = w.bought(&token, &order, "key-00000001").await;
    let _: OrderView = w.post(&format!("/api/v1/stores/{store}/orders/{bought}/ready"), &clerk, &json!({})).await.ok();
    let code = w.until_order(&token, &bought, |o| o.card.state == OrderState::Ready).await.pickup_code;
    let _: OrderView = w.post(&format!("/api/v1/stores/{store}/pickups"), &clerk, &json!({"code": code})).await.ok();
    w.until_order(&token, &bought, |o| o.card.state == OrderState::Completed).await;

    let told: CampaignForecast = w.post(&path, &manager, &ask(own)).await.ok();
    assert_eq!((told.orders, told.hits, told.cost, told.stores), (1, 1, Fen(price.0 * 3 / 10), 1));
    assert_eq!(told.sales, Fen(price.0 * 3 - price.0 * 3 / 10));
    assert!(told.sample.contains("1 家门店中的 1 家"), "{}", told.sample);
    let far = json!({"kind": "steps", "steps": [{"from": price.0 * 4, "off": 100}], "repeat": 1});
    let near = with(draft(&w, "满减", &far, &sku), "stores", json!([store]));
    let told: CampaignForecast = w.post(&format!("{HQ}/forecast"), &hq, &ask(near)).await.ok();
    assert_eq!((told.orders, told.hits, told.near, told.missing), (1, 0, 1, price));
    w.post(&format!("{HQ}/forecast"), &manager, &ask(draft(&w, "试试", &percent(100), &sku))).await.refused(403, "forbidden");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_campaigns_at_the_edges_of_their_time_when_listed_then_lists_states_and_prices_agree() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let hq = w.staff("marketing").await;
    let (sku, price) = dear(&w, &store).await;
    let now = w.stack.app.now();
    let put = async |name: &str, from: Timestamp, until: Timestamp| {
        let wish = with(with(draft(&w, name, &percent(100), &sku), "from", json!(from)), "until", json!(until));
        let path = format!("{HQ}/cmp_{name}");
        let view = saved(&w, &path, &hq, &wish).await;
        step(&w, &path, &hq, "schedule", view.draft.version).await
    };
    let (soon, brief) = (now.plus(8_000), now.plus(16_000));
    assert_eq!(put("edge", soon, brief).await.card.state, CampaignState::Scheduled);
    let listed = async |state: &str| -> bool {
        let all: liandian_types::api::CampaignList = w.get(&format!("{HQ}?state={state}"), &hq).await.ok();
        all.campaigns.iter().any(|c| c.campaign == id::<CampaignId>("cmp_edge"))
    };
    let until = async |at: Timestamp| {
        while w.stack.app.now() < at {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(listed("scheduled").await && !listed("running").await && !listed("over").await);
    assert_eq!(quoted(&w, "", &store, &sku, 1).await.total, price);
    until(soon).await;
    assert!(!listed("scheduled").await && listed("running").await && !listed("over").await);
    assert!(quoted(&w, "", &store, &sku, 1).await.total < price);
    until(brief).await;
    assert!(!listed("scheduled").await && !listed("running").await && listed("over").await);
    assert_eq!(quoted(&w, "", &store, &sku, 1).await.total, price);
    let view: CampaignView = w.call(Method::GET, &format!("{HQ}/cmp_edge"), &hq, None::<&Value>).await.ok();
    assert_eq!((view.card.state, view.steps.as_slice()), (CampaignState::Over, &[CampaignStep::Copy][..]));
    w.stack.stop().await;
}
