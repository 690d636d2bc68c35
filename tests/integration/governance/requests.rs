//! What a store asks for beside prices, how whoever decides is told again, and what of it waits for whom.

use liandian_functions::flows::governance::remind;
use liandian_tests::{World, id};
use liandian_types::{
    Approver, Code, RequestState, SkuId, StoreId, Timestamp,
    api::{
        AskedGoods, AskedProfile, Assortment, DecidedRequests, DroppedGoods, Exceptions, HqWaiting, LibraryCategories, RequestCard, RequestList,
        RequestRenewed, StorePermits, StoreRecord, TakenGoods,
    },
};
use reqwest::Method;
use serde_json::{Value as Json, json};

/// HQ's own store: what it lists, and what its profile says, is not its own to change.
const DIRECT: &str = "sto_sh01";
/// A franchise store, which chooses its goods.
const FRANCHISE: &str = "sto_sh07";

fn goods_path(store: &str) -> String {
    format!("/api/v1/stores/{store}/assortment/requests")
}

fn profile_path(store: &str) -> String {
    format!("/api/v1/stores/{store}/profile/requests")
}

/// A SKU of the library that the store lists and may give up.
async fn listed(w: &World, store: &str, token: &str) -> SkuId {
    let page: Assortment = w.get(&format!("/api/v1/stores/{store}/assortment?taken=yes"), token).await.ok();
    page.rows.into_iter().find(|r| !r.mandatory && !r.hidden).expect("goods that may go").sku
}

async fn lists(w: &World, store: &str, sku: &SkuId) -> bool {
    w.stack.app.tables.listings_of(&id(store), std::slice::from_ref(sku)).await.unwrap().pop().flatten().is_some()
}

async fn ask_goods(w: &World, store: &str, token: &str, sku: &SkuId, list: bool) -> AskedGoods {
    w.post(&goods_path(store), token, &json!({"skus": [sku], "list": list, "why": "顾客常问"})).await.ok()
}

async fn record(w: &World, store: &str) -> StoreRecord {
    w.get(&format!("/api/v1/hq/stores/{store}"), &w.staff("admin").await).await.ok()
}

async fn decide(w: &World, token: &str, card: &RequestCard, approve: bool) -> (Option<RequestState>, Option<Code>) {
    let body = json!({"requests": [card.request], "approve": approve, "reason": (!approve).then_some("暂不需要")});
    let decided: DecidedRequests = w.post("/api/v1/hq/requests/decisions", token, &body).await.ok();
    (decided.decided[0].state, decided.decided[0].code)
}

async fn waiting(w: &World, token: &str) -> u32 {
    w.get("/api/v1/hq/waiting", token).await.ok::<HqWaiting>().requests
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_store_that_does_not_choose_its_goods_when_it_asks_then_they_go_and_come_with_hqs_approval_and_not_before() {
    let w = World::usual().await;
    let (manager, admin) = (w.staff("sh01-manager").await, w.staff("admin").await);
    let sku = listed(&w, DIRECT, &manager).await;
    // It cannot do it by itself; it can ask.
    w.post(&format!("/api/v1/stores/{DIRECT}/assortment/drop"), &manager, &json!({"skus": [sku]})).await.refused(409, "conflict");
    let before = waiting(&w, &admin).await;
    let asked = ask_goods(&w, DIRECT, &manager, &sku, false).await;
    let card = asked.requests.first().cloned().expect("it waits");
    assert!(asked.in_force.is_empty() && card.kind == "listed" && card.state == RequestState::Pending, "{card:?}");
    assert_eq!((card.old.as_str(), card.new.as_str(), card.comments[0].text.as_str()), ("上架", "下架", "顾客常问"));
    assert!(lists(&w, DIRECT, &sku).await, "nothing happens before the approval");
    assert_eq!(waiting(&w, &admin).await, before + 1);
    // The same once more is nothing to ask for.
    let again = ask_goods(&w, DIRECT, &manager, &sku, false).await;
    assert!(again.requests.is_empty() && again.left_out == [sku.clone()]);
    let inbox: RequestList = w.get("/api/v1/hq/requests?kind=listed", &admin).await.ok();
    assert!(inbox.requests.iter().all(|r| r.kind == "listed") && inbox.requests.iter().any(|r| r.request == card.request && r.waits));
    assert_eq!(decide(&w, &admin, &card, true).await, (Some(RequestState::Approved), None));
    assert!(!lists(&w, DIRECT, &sku).await);
    assert_eq!(waiting(&w, &admin).await, before);
    assert_eq!(decide(&w, &admin, &card, true).await, (None, Some(Code::Conflict)), "once");

    // And back: HQ puts it there itself meanwhile, so the request is stale, and one click ends it.
    let card = ask_goods(&w, DIRECT, &manager, &sku, true).await.requests.first().cloned().unwrap();
    let taken: TakenGoods = w.post(&format!("/api/v1/stores/{DIRECT}/assortment"), &admin, &json!({"skus": [sku]})).await.ok();
    assert_eq!(taken.taken, std::slice::from_ref(&sku));
    assert_eq!(decide(&w, &admin, &card, true).await, (Some(RequestState::Stale), None));
    let base = format!("/api/v1/stores/{DIRECT}/requests/{}", card.request);
    let renewed: RequestRenewed = w.post(&format!("{base}/renew"), &manager, &json!({})).await.ok();
    assert!(renewed.in_force && renewed.request.state == RequestState::Renewed, "{renewed:?}");
    w.post(&format!("{base}/renew"), &manager, &json!({})).await.refused(409, "conflict");

    let page = w.page("/console/hq/requests?kind=listed&state=over", &format!("ld_staff={admin}")).await;
    assert!(page.status == 200 && page.text().contains("上下架") && page.text().contains("已批准"), "{}", page.text());
    let page = w.page(&format!("/console/s/{DIRECT}/assortment"), &format!("ld_staff={manager}")).await;
    assert!(page.status == 200 && page.text().contains("申请上架所选"));
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_who_may_not_or_bad_input_when_goods_or_a_profile_are_asked_for_then_it_is_refused_by_field() {
    let w = World::usual().await;
    let (manager, clerk, other) = (w.staff("sh01-manager").await, w.staff("sh01-clerk").await, w.staff("sh10-manager").await);
    let sku = listed(&w, DIRECT, &manager).await;
    let body = |skus: Json, why: &str| json!({"skus": skus, "list": false, "why": why});
    w.post(&goods_path(DIRECT), &clerk, &body(json!([sku]), "好")).await.refused(403, "forbidden");
    w.post(&goods_path(DIRECT), &other, &body(json!([sku]), "好")).await.refused(404, "not_found");
    w.post(&profile_path(DIRECT), &clerk, &json!({"field": "phone", "value": "1", "why": "好", "version": 0})).await.refused(403, "forbidden");
    w.post(&profile_path(DIRECT), &other, &json!({"field": "phone", "value": "1", "why": "好", "version": 0})).await.refused(404, "not_found");
    let (long, longer) = ("字".repeat(101), "字".repeat(201));
    let many: Vec<String> = (0..21).map(|n| format!("sku_{n}")).collect();
    for (skus, why, field) in [
        (json!([]), "好", "skus"),
        (json!(many), "好", "skus"),
        (json!(["sku_none"]), "好", "skus"),
        (json!([sku]), " ", "why"),
        (json!([sku]), longer.as_str(), "why"),
    ] {
        let refused = w.post(&goods_path(DIRECT), &manager, &body(skus, why)).await.refused(400, "bad_request");
        assert_eq!(refused["field"], field, "{refused}");
    }
    // Mandatory goods stay: nobody may let them go.
    let page: Assortment = w.get(&format!("/api/v1/stores/{DIRECT}/assortment?taken=yes"), &manager).await.ok();
    if let Some(must) = page.rows.iter().find(|r| r.mandatory) {
        let refused = w.post(&goods_path(DIRECT), &manager, &body(json!([must.sku]), "好")).await.refused(400, "bad_request");
        assert!(refused["detail"].as_str().unwrap().contains("必售"), "{refused}");
    }
    let version = record(&w, DIRECT).await.version;
    for (field, value, why, at) in [
        ("rule", "x", "好", "field"),
        ("hours", "早到晚", "好", "value"),
        ("phone", "一二三", "好", "value"),
        ("status", "closed", "好", "value"),
        ("phone", "021-62345678", "", "why"),
        ("phone", "021-62345678", long.as_str(), "why"),
    ] {
        let ask = json!({"field": field, "value": value, "why": why, "version": version});
        let refused = w.post(&profile_path(DIRECT), &manager, &ask).await.refused(400, "bad_request");
        assert_eq!(refused["field"], at, "{field} {refused}");
    }
    let stale = json!({"field": "phone", "value": "021-62345678", "why": "好", "version": version + 1});
    w.post(&profile_path(DIRECT), &manager, &stale).await.refused(409, "conflict");
    assert_eq!(record(&w, DIRECT).await.version, version, "nothing has changed");
    let list: RequestList = w.get(&format!("/api/v1/stores/{DIRECT}/requests"), &manager).await.ok();
    assert!(list.requests.is_empty(), "{list:?}");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_store_that_asks_for_other_hours_when_its_region_approves_then_they_hold_and_inside_the_policy_they_hold_at_once() {
    let w = World::usual().await;
    let (manager, region, admin) = (w.staff("sh07-manager").await, w.staff("region-east").await, w.staff("admin").await);
    let before = record(&w, FRANCHISE).await;
    let ask = |field: &str, value: &str, version: u64| json!({"field": field, "value": value, "why": "冬季调整", "version": version});
    let asked: AskedProfile = w.post(&profile_path(FRANCHISE), &manager, &ask("hours", "09:30-20:30", before.version)).await.ok();
    let card = asked.request.clone().unwrap();
    assert!(!asked.in_force && card.kind == "profile" && card.title == "营业时间" && card.approver == Approver::Region, "{card:?}");
    assert!(card.new.contains("09:30") && card.old == before.draft.hours, "{card:?}");
    assert_eq!(record(&w, FRANCHISE).await.draft.hours, before.draft.hours);
    // One of a field at a time; another field is another matter.
    w.post(&profile_path(FRANCHISE), &manager, &ask("hours", "09:00-20:00", before.version)).await.refused(409, "conflict");
    // The region is awaited, HQ may.
    let mine: RequestList = w.get("/api/v1/hq/requests?kind=profile", &region).await.ok();
    assert!(mine.requests.iter().any(|r| r.request == card.request && r.waits), "{mine:?}");
    let hq: RequestList = w.get("/api/v1/hq/requests?kind=profile", &admin).await.ok();
    assert!(hq.requests.iter().any(|r| r.request == card.request && r.decides && !r.waits), "{hq:?}");
    assert_eq!(decide(&w, &w.staff("region-east-hz").await, &card, true).await, (None, Some(Code::NotFound)));
    assert_eq!(decide(&w, &region, &card, true).await, (Some(RequestState::Approved), None));
    let now = record(&w, FRANCHISE).await;
    assert!(now.draft.hours.contains("09:30") && now.version == before.version + 1, "{}", now.draft.hours);

    // HQ lets its stores do that themselves.
    let change = json!({
        "changes": [{"level": format!("store:{FRANCHISE}"), "field": "may_profile", "value": "on"}],
        "versions": [{"level": format!("store:{FRANCHISE}"), "version": 0}], "why": "试行",
    });
    let _: Json = w.call(Method::PUT, "/api/v1/hq/settings", &admin, Some(&change)).await.ok();
    let done: AskedProfile = w.post(&profile_path(FRANCHISE), &manager, &ask("phone", "021-62345678", now.version)).await.ok();
    assert!(done.in_force && done.request.is_none() && done.version == now.version + 1, "{done:?}");
    assert_eq!(record(&w, FRANCHISE).await.draft.phone, "021-62345678");
    let page = w.page(&format!("/console/s/{FRANCHISE}/profile"), &format!("ld_staff={manager}")).await;
    assert!(page.status == 200 && page.text().contains("修改资料") && page.text().contains("证照"), "{}", page.text());
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_region_that_does_not_answer_when_its_time_is_over_then_it_is_told_again_and_then_hq_is_each_once() {
    let w = World::usual().await;
    let app = &w.stack.app;
    let manager = w.staff("sh07-manager").await;
    let version = record(&w, FRANCHISE).await.version;
    let ask = json!({"field": "phone", "value": "021-62345678", "why": "换号", "version": version});
    let card = w.post(&profile_path(FRANCHISE), &manager, &ask).await.ok::<AskedProfile>().request.unwrap();
    let before = waiting(&w, &w.staff("admin").await).await;
    let seen = async || app.tables.request(&card.request).await.unwrap().unwrap();
    let events = async || {
        let of = liandian_domain::decision::Aggregate::Request(card.request.clone());
        let (all, _) = app.tables.history_of(&of, 50, None).await.unwrap();
        all.into_iter().filter_map(|e| e.event.told()).filter(|t| t.contains("提醒") || t.contains("升级")).collect::<Vec<_>>()
    };
    remind(app, app.now()).await.unwrap();
    assert_eq!((seen().await.reminded, events().await.len()), (0, 0), "it is not time yet");
    app.clock.advance(24 * Timestamp::HOUR + Timestamp::MINUTE);
    // However often and side by side it is looked at, it is told once.
    let now = app.now();
    let (a, b, c) = tokio::join!(remind(app, now), remind(app, now), remind(app, now));
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    remind(app, now).await.unwrap();
    let told = seen().await;
    assert_eq!((told.reminded, told.escalated, events().await.len()), (1, None, 1));
    assert_eq!(waiting(&w, &w.staff("admin").await).await, before, "it is the region's still");
    app.clock.advance(24 * Timestamp::HOUR);
    let now = app.now();
    let (a, b) = tokio::join!(remind(app, now), remind(app, now));
    assert!(a.is_ok() && b.is_ok());
    let told = seen().await;
    assert!(told.reminded == 2 && told.escalated.is_some(), "{told:?}");
    let said = events().await;
    assert!(said.len() == 2 && said.iter().any(|t| t.contains("升级到总部")), "{said:?}");
    // HQ is awaited now, and sees why.
    let admin = w.staff("admin").await;
    assert_eq!(waiting(&w, &admin).await, before + 1);
    let page = w.page("/console/hq/requests?kind=profile", &format!("ld_staff={admin}")).await;
    assert!(page.status == 200 && page.text().contains("升级到总部"), "{}", page.text());
    let late: Exceptions = w.get("/api/v1/hq/exceptions?kind=overdue", &admin).await.ok();
    assert!(late.overdue.iter().any(|o| o.what == "request" && o.id == card.request.as_str() && o.state.contains("升级")), "{:?}", late.overdue);
    // What is answered is nothing that anybody is told of again.
    assert_eq!(decide(&w, &admin, &card, false).await, (Some(RequestState::Rejected), None));
    app.clock.advance(30 * 24 * Timestamp::HOUR);
    remind(app, app.now()).await.unwrap();
    assert_eq!((seen().await.reminded, events().await.len()), (2, 2));
    assert!(app.tables.due_requests(app.now(), 50).await.unwrap().iter().all(|r| r.request != card.request));
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_category_that_needs_a_permit_when_a_store_without_it_takes_its_goods_then_it_has_to_ask_until_hq_has_seen_the_permit() {
    const KIND: &str = "食品经营许可证";
    let w = World::usual().await;
    let (manager, merch, admin) = (w.staff("sh07-manager").await, w.staff("merch").await, w.staff("admin").await);
    let sku = listed(&w, FRANCHISE, &manager).await;
    let gone: DroppedGoods = w.post(&format!("/api/v1/stores/{FRANCHISE}/assortment/drop"), &manager, &json!({"skus": [sku]})).await.ok();
    assert_eq!(gone.dropped, std::slice::from_ref(&sku));
    let category = w.stack.app.tables.library_sku(&sku).await.unwrap().unwrap().category;
    let mut tree: LibraryCategories = w.get("/api/v1/hq/categories", &merch).await.ok();
    tree.categories.iter_mut().find(|c| c.key == category).unwrap().permit = Some(KIND.into());
    let set: LibraryCategories = w.call(Method::PUT, "/api/v1/hq/categories", &merch, Some(&tree)).await.ok();
    assert_eq!(set.categories.iter().find(|c| c.key == category).unwrap().permit.as_deref(), Some(KIND));

    let take = json!({"skus": [sku]});
    let refused = w.post(&format!("/api/v1/stores/{FRANCHISE}/assortment"), &manager, &take).await.refused(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains(KIND), "{refused}");
    let document = |expires: &str| json!({"kind": KIND, "number": "JY1", "expires": expires, "file": "/media/jy1.pdf"});
    let with = |expires: &str| json!({"skus": [sku], "list": true, "why": "已取得许可", "documents": [document(expires)]});
    for bad in ["明年", "2020-01-01"] {
        let refused = w.post(&goods_path(FRANCHISE), &manager, &with(bad)).await.refused(400, "bad_request");
        assert_eq!(refused["field"], "documents[0].expires", "{refused}");
    }
    // Another store's document, and one that was never taken, are none of this store's.
    for file in ["private/sto_sh01/a.pdf", "private/sto_sh07/never.pdf"] {
        let mut wrong = with("2099-12-31");
        wrong["documents"][0]["file"] = json!(file);
        assert_eq!(w.post(&goods_path(FRANCHISE), &manager, &wrong).await.refused(400, "bad_request")["field"], "documents[0].file", "{file}");
    }
    let asked: AskedGoods = w.post(&goods_path(FRANCHISE), &manager, &with("2099-12-31")).await.ok();
    let card = asked.requests.first().cloned().unwrap();
    assert!(card.documents.iter().any(|d| d.text.contains("JY1") && d.text.contains("2099-12-31") && d.href == "/media/jy1.pdf"), "{card:?}");
    assert!(card.reason.contains(KIND) && card.approver == Approver::Hq, "{card:?}");
    let withdrawn: RequestCard = w.post(&format!("/api/v1/stores/{FRANCHISE}/requests/{}/withdraw", card.request), &manager, &json!({})).await.ok();
    assert_eq!(withdrawn.state, RequestState::Withdrawn);

    let path = format!("/api/v1/hq/stores/{FRANCHISE}/permits");
    let version = record(&w, FRANCHISE).await.version;
    let permits =
        |number: &str, expires: &str, version: u64| json!({"permits": [{"kind": KIND, "number": number, "expires": expires}], "version": version});
    w.call(Method::PUT, &path, &manager, Some(&permits("JY1", "", version))).await.refused(403, "forbidden");
    let bad = w.call(Method::PUT, &path, &admin, Some(&permits("", "", version))).await.refused(400, "bad_request");
    assert_eq!(bad["field"], "permits[0].number");
    let bad = w.call(Method::PUT, &path, &admin, Some(&permits("JY1", "明年", version))).await.refused(400, "bad_request");
    assert_eq!(bad["field"], "permits[0].expires");
    w.call(Method::PUT, &path, &admin, Some(&permits("JY1", "", version + 1))).await.refused(409, "conflict");
    // One that has ended is none.
    let old: StorePermits = w.call(Method::PUT, &path, &admin, Some(&permits("JY1", "2020-01-01", version))).await.ok();
    assert!(!old.permits[0].holds && old.permits[0].expires == "2020-01-01", "{old:?}");
    w.post(&format!("/api/v1/stores/{FRANCHISE}/assortment"), &manager, &take).await.refused(409, "conflict");
    let new: StorePermits = w.call(Method::PUT, &path, &admin, Some(&permits("JY1", "", old.version))).await.ok();
    assert!(new.permits[0].holds);
    let taken: TakenGoods = w.post(&format!("/api/v1/stores/{FRANCHISE}/assortment"), &manager, &take).await.ok();
    assert_eq!(taken.taken, std::slice::from_ref(&sku));
    let page = w.page(&format!("/console/hq/stores/{FRANCHISE}"), &format!("ld_staff={admin}")).await;
    assert!(page.status == 200 && page.text().contains("登记证照") && page.text().contains("JY1"), "{}", page.text());
    // What HQ edits of the profile leaves the permits as they are.
    let kept = record(&w, FRANCHISE).await;
    let mut draft = kept.draft.clone();
    draft.service = "客服微信 ld-sh07".into();
    let save = json!({"draft": draft, "version": kept.version, "why": "", "sure": false});
    let saved: StoreRecord = w.call(Method::PUT, &format!("/api/v1/hq/stores/{FRANCHISE}"), &admin, Some(&save)).await.ok();
    assert_eq!(saved.permits, kept.permits);
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_what_is_reviewed_on_pages_of_its_own_when_the_inbox_is_opened_then_it_leads_there_and_regions_see_none_of_it() {
    let w = World::usual().await;
    let (admin, region) = (w.staff("admin").await, w.staff("region-east").await);
    let inbox: RequestList = w.get("/api/v1/hq/requests", &admin).await.ok();
    let (locals, _) = w.stack.app.tables.waiting_locals(50, None).await.unwrap();
    assert_eq!(inbox.elsewhere.iter().filter(|e| e.kind == "local").count(), locals.len());
    assert!(inbox.elsewhere.iter().all(|e| e.href.starts_with("/console/hq/") && !e.store_name.is_empty()), "{:?}", inbox.elsewhere);
    let only: RequestList = w.get("/api/v1/hq/requests?kind=local", &admin).await.ok();
    assert!(only.requests.is_empty() && only.elsewhere.len() == locals.len());
    if let Some(one) = locals.first() {
        let of_store: RequestList = w.get(&format!("/api/v1/hq/requests?kind=local&store={}", one.store), &admin).await.ok();
        let store: &StoreId = &one.store;
        assert!(!of_store.elsewhere.is_empty() && of_store.elsewhere.iter().all(|e| e.store == *store));
    }
    assert!(w.get("/api/v1/hq/requests", &region).await.ok::<RequestList>().elsewhere.is_empty());
    assert!(w.get("/api/v1/hq/requests?state=over", &admin).await.ok::<RequestList>().elsewhere.is_empty());
    let page = w.page("/console/hq/requests", &format!("ld_staff={admin}")).await;
    assert!(page.status == 200 && page.text().contains("全部类型") && page.text().contains("门店资料"), "{}", page.text());
    w.stack.stop().await;
}
