//! A store's own prices inside its limits, and change requests outside them.

use liandian_domain::governance::{
    fields::{FieldKey, Value},
    resolve::{Level, Setting},
};
use liandian_store::{Table, governance::setting_item};
use liandian_tests::{Answer, World, id};
use liandian_types::{
    Approver, Code, Fen, Fulfilment, RequestState, SkuId, Timestamp,
    api::{
        DecidedRequests, DryRunAnswer, PlacedOrder, PriceAnswer, PriceWhy, ProductPage, RequestCard, RequestList, RequestRenewed, StorePriceRow,
        StorePrices, StoreRecord,
    },
};
use reqwest::Method;
use serde_json::{Value as Json, json};

pub(crate) const STORE: &str = "sto_sh07";

pub(super) fn path(sku: &SkuId, tail: &str) -> String {
    format!("/api/v1/stores/{STORE}/listings/{sku}{tail}")
}

pub(crate) async fn set(w: &World, token: &str, row: &StorePriceRow, price: Option<Fen>) -> Answer {
    let body = json!({"price": price, "why": "周边同款售价较低", "version": row.version});
    w.call(Method::PUT, &path(&row.sku, "/price"), token, Some(&body)).await
}

pub(super) async fn row_of(w: &World, token: &str, sku: &SkuId) -> StorePriceRow {
    w.get(&path(sku, "/why"), token).await.ok::<PriceWhy>().row
}

/// Goods on the shelf of which the store says nothing about the price yet, with room between its limit and the floor.
pub(crate) async fn untouched(w: &World, token: &str) -> StorePriceRow {
    for sku in w.skus_with(&id(STORE), 3, 500, 12).await {
        let row = row_of(w, token, &sku).await;
        let plain = row.own.is_none() && row.timed.is_empty() && row.waiting.is_none() && !row.flagship;
        if plain && row.floor < Fen(row.least.0 - 2) {
            return row;
        }
    }
    panic!("the demo store has no such goods");
}

/// What the shop shows.
pub(super) async fn shown(w: &World, sku: &SkuId) -> Fen {
    let page: ProductPage = w.get(&path(sku, ""), "").await.ok();
    page.skus.iter().find(|c| c.sku == *sku).unwrap().price
}

pub(super) async fn quoted(w: &World, sku: &SkuId) -> Fen {
    w.quote(&id(STORE), &[(sku.clone(), 1)], Fulfilment::Pickup, None).await.lines[0].price
}

pub(super) async fn decide(w: &World, token: &str, card: &RequestCard, approve: bool) -> (Option<RequestState>, Option<Code>) {
    let body = json!({"requests": [card.request], "approve": approve, "reason": (!approve).then_some("低于成本")});
    let decided: DecidedRequests = w.post("/api/v1/hq/requests/decisions", token, &body).await.ok();
    (decided.decided[0].state, decided.decided[0].code)
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_franchise_store_when_it_discounts_then_inside_its_limit_at_once_and_beyond_only_after_approval() {
    let w = World::usual().await;
    let (manager, admin) = (w.staff("sh07-manager").await, w.staff("admin").await);
    let row = untouched(&w, &manager).await;
    let sku = row.sku.clone();
    assert_eq!((shown(&w, &sku).await, row.price), (row.hq, Some(row.hq)));

    // Inside: at once, for whoever looks, prices a cart or orders.
    let now: PriceAnswer = set(&w, &manager, &row, Some(row.least)).await.ok();
    assert!(now.in_force && now.request.is_none());
    assert_eq!((now.row.own, now.row.price, now.row.by_level.as_str()), (Some(row.least), Some(row.least), "门店价"));
    assert_eq!((shown(&w, &sku).await, quoted(&w, &sku).await), (row.least, row.least));
    let member = w.customer("demo-01").await;
    let order = w.order_for(&id(STORE), &[(sku.clone(), 1)], Fulfilment::Pickup).await;
    let placed: PlacedOrder = w.place(&member, &order, "own-price-0001").await.ok();
    assert_eq!(placed.total, row.least);

    // Beyond: nothing changes until somebody approves it.
    let beyond = Fen(row.least.0 - 1);
    let asked: PriceAnswer = set(&w, &manager, &now.row, Some(beyond)).await.ok();
    let card = asked.request.unwrap();
    assert!(!asked.in_force && card.state == RequestState::Pending && card.approver == Approver::Hq, "{card:?}");
    assert_eq!((card.old.clone(), card.new.clone()), (row.least.to_string(), beyond.to_string()));
    assert_eq!((shown(&w, &sku).await, quoted(&w, &sku).await), (row.least, row.least));
    let before = w.order_for(&id(STORE), &[(sku.clone(), 1)], Fulfilment::Pickup).await;
    let list: RequestList = w.get("/api/v1/hq/requests", &admin).await.ok();
    assert!(list.requests.iter().any(|r| r.request == card.request && r.decides && r.title == row.title), "{list:?}");
    assert_eq!(decide(&w, &admin, &card, true).await, (Some(RequestState::Approved), None));
    assert_eq!((shown(&w, &sku).await, quoted(&w, &sku).await), (beyond, beyond));
    w.place(&member, &before, "own-price-0002").await.refused(409, "price_changed");
    let after = w.order_for(&id(STORE), &[(sku.clone(), 1)], Fulfilment::Pickup).await;
    assert_eq!(w.place(&member, &after, "own-price-0003").await.ok::<PlacedOrder>().total, beyond);
    assert_eq!(decide(&w, &admin, &card, true).await, (None, Some(Code::Conflict)), "once");

    // A small step further is one beyond HQ's price all the same.
    let step: PriceAnswer = set(&w, &manager, &row_of(&w, &manager, &sku).await, Some(Fen(beyond.0 - 1))).await.ok();
    assert!(!step.in_force && shown(&w, &sku).await == beyond);
    // Below the floor there is nothing to ask.
    let below = set(&w, &manager, &row_of(&w, &manager, &sku).await, Some(Fen(row.floor.0 - 1))).await.refused(400, "bad_request");
    assert_eq!(below["field"], "price");
    // Back to HQ's: always.
    let back: PriceAnswer = set(&w, &manager, &row_of(&w, &manager, &sku).await, None).await.ok();
    assert!(back.in_force && shown(&w, &sku).await == row.hq);

    let why: PriceWhy = w.get(&path(&sku, "/why"), &manager).await.ok();
    assert_eq!(why.history.len(), 3, "{:?}", why.history);
    assert!(why.history.iter().all(|e| e.by_name.is_some()) && why.history[0].text.contains("跟随总部"), "{:?}", why.history);
    let page = w.page(&format!("/console/s/{STORE}/listings/{sku}/why"), &format!("ld_staff={manager}")).await;
    assert!(page.status == 200 && page.text().contains("为什么卖") && page.text().contains("总部建议价") && page.text().contains("最低售价"));
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_listing_that_moved_on_when_its_request_is_approved_then_it_is_stale_until_it_is_renewed() {
    let w = World::usual().await;
    let (manager, admin) = (w.staff("sh07-manager").await, w.staff("admin").await);
    let row = untouched(&w, &manager).await;
    let beyond = Fen(row.least.0 - 1);
    let card = set(&w, &manager, &row, Some(beyond)).await.ok::<PriceAnswer>().request.unwrap();
    let base = format!("/api/v1/stores/{STORE}/requests/{}", card.request);
    w.post(&format!("{base}/renew"), &manager, &json!({})).await.refused(409, "conflict");
    let said: RequestCard = w.post(&format!("{base}/comments"), &admin, &json!({"text": "请附进货单"})).await.ok();
    assert_eq!(said.comments.iter().map(|c| c.text.as_str()).collect::<Vec<_>>(), ["周边同款售价较低", "请附进货单"]);
    w.post(&format!("{base}/comments"), &admin, &json!({"text": " "})).await.refused(400, "bad_request");
    let _: PriceAnswer = set(&w, &manager, &row, Some(row.least)).await.ok();
    // Who has not seen that does not undo it.
    set(&w, &manager, &row, Some(row.most)).await.refused(409, "conflict");
    assert_eq!(decide(&w, &admin, &card, true).await, (Some(RequestState::Stale), None));
    assert_eq!(shown(&w, &row.sku).await, row.least);
    let renewed: RequestRenewed = w.post(&format!("{base}/renew"), &manager, &json!({})).await.ok();
    assert!(!renewed.in_force && renewed.request.renews.as_ref() == Some(&card.request));
    assert_eq!(decide(&w, &admin, &renewed.request, true).await, (Some(RequestState::Approved), None));
    assert_eq!(shown(&w, &row.sku).await, beyond);

    let list: RequestList = w.get(&format!("/api/v1/stores/{STORE}/requests"), &manager).await.ok();
    let states: Vec<RequestState> = list.requests.iter().take(2).map(|r| r.state).collect();
    assert_eq!(states, [RequestState::Approved, RequestState::Renewed]);
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_policy_that_wants_two_people_when_one_approves_then_it_waits_for_the_other_and_not_for_a_region() {
    let w = World::usual().await;
    let tables = &w.stack.app.tables;
    let two = Setting {
        level: Level::Store(id(STORE)),
        field: FieldKey::ApprovePrice,
        value: Some(Value::from(Approver::TwoHq)),
        by: id("stf_admin"),
        at: Timestamp(0),
        from: Timestamp(0),
        why: "试行".into(),
        seq: 1,
    };
    let row = setting_item(&two).unwrap();
    tables.client().put_item().table_name(tables.table(Table::Hq)).set_item(Some(row)).send().await.unwrap();
    // A commit of governance makes this process read settings anew.
    w.let_alone(Fen(5_000)).await;
    let (manager, admin, merch) = (w.staff("sh07-manager").await, w.staff("admin").await, w.staff("merch").await);
    let row = untouched(&w, &manager).await;
    let card = set(&w, &manager, &row, Some(Fen(row.least.0 - 1))).await.ok::<PriceAnswer>().request.unwrap();
    assert_eq!(card.approver, Approver::TwoHq);
    assert_eq!(decide(&w, &w.staff("region-east").await, &card, true).await, (None, Some(Code::Forbidden)));
    assert_eq!(decide(&w, &w.staff("region-east-hz").await, &card, true).await, (None, Some(Code::NotFound)), "another region's");
    assert_eq!(decide(&w, &admin, &card, true).await, (Some(RequestState::Pending), None));
    assert_eq!(decide(&w, &admin, &card, true).await, (None, Some(Code::Conflict)), "the same person counts once");
    assert_eq!(shown(&w, &row.sku).await, row.hq);
    assert_eq!(decide(&w, &merch, &card, true).await, (Some(RequestState::Approved), None));
    assert_eq!(shown(&w, &row.sku).await, Fen(row.least.0 - 1));
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_who_may_not_or_bad_input_when_asked_then_it_is_refused_and_nothing_changes() {
    let w = World::usual().await;
    let (manager, clerk, other, admin) =
        (w.staff("sh07-manager").await, w.staff("sh07-clerk").await, w.staff("sh10-manager").await, w.staff("admin").await);
    let row = untouched(&w, &manager).await;
    set(&w, &clerk, &row, Some(row.least)).await.refused(403, "forbidden");
    set(&w, &other, &row, Some(row.least)).await.refused(404, "not_found");
    w.get(&path(&row.sku, "/why"), &other).await.refused(404, "not_found");
    w.get(&format!("/api/v1/stores/{STORE}/requests"), &other).await.refused(404, "not_found");
    w.get("/api/v1/hq/requests", &manager).await.refused(403, "forbidden");
    let price = path(&row.sku, "/price");
    for (body, field) in [
        (json!({"price": 0, "why": "好", "version": row.version}), "price"),
        (json!({"price": row.least, "why": "", "version": row.version}), "why"),
        (json!({"price": row.least, "why": "字".repeat(201), "version": row.version}), "why"),
        (json!({"price": row.least, "why": "好", "version": row.version, "floor": 1}), "floor"),
    ] {
        let refused = w.call(Method::PUT, &price, &manager, Some(&body)).await.refused(400, "bad_request");
        assert_eq!(refused["field"], field, "{refused}");
    }
    let unknown = format!("/api/v1/stores/{STORE}/listings/sku_none/price");
    w.call(Method::PUT, &unknown, &manager, Some(&json!({"why": "好", "version": 0}))).await.refused(404, "not_found");
    w.post("/api/v1/hq/requests/decisions", &admin, &json!({"requests": [], "approve": true})).await.refused(400, "bad_request");
    let none = json!({"requests": ["req_none"], "approve": false});
    assert_eq!(w.post("/api/v1/hq/requests/decisions", &admin, &none).await.refused(400, "bad_request")["field"], "reason");
    assert_eq!(row_of(&w, &manager, &row.sku).await, row);

    // A request of this store is none of another's.
    let card = set(&w, &manager, &row, Some(Fen(row.least.0 - 1))).await.ok::<PriceAnswer>().request.unwrap();
    let foreign = format!("/api/v1/stores/sto_sh10/requests/{}/withdraw", card.request);
    w.post(&foreign, &other, &json!({})).await.refused(404, "not_found");
    let own = format!("/api/v1/stores/{STORE}/requests/{}/withdraw", card.request);
    w.post(&own, &clerk, &json!({})).await.refused(403, "forbidden");
    let gone: RequestCard = w.post(&own, &manager, &json!({})).await.ok();
    assert_eq!(gone.state, RequestState::Withdrawn);
    w.post(&own, &manager, &json!({})).await.refused(409, "conflict");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_limited_time_prices_when_their_time_comes_and_goes_then_they_are_charged_and_no_longer() {
    let w = World::usual().await;
    let manager = w.staff("sh07-manager").await;
    let row = untouched(&w, &manager).await;
    let now = w.stack.app.now();
    let limited = path(&row.sku, "/limited");
    let body = |off: u32, until: Timestamp, version: u64| json!({"off": off, "until": until, "why": "周末", "version": version});
    let on: PriceAnswer = w.post(&limited, &manager, &body(10, now.plus(Timestamp::HOUR), row.version)).await.ok();
    assert!(on.in_force && on.row.timed.len() == 1 && on.row.timed[0].counts, "{on:?}");
    let price = shown(&w, &row.sku).await;
    assert!(price < row.hq && price >= row.least && quoted(&w, &row.sku).await == price);
    // Two that overlap are judged together: the second waits.
    let two: PriceAnswer = w.post(&limited, &manager, &body(6, now.plus(Timestamp::HOUR), on.row.version)).await.ok();
    assert!(!two.in_force && shown(&w, &row.sku).await == price);
    // Too long a time waits as well; one that is over is none.
    let long: PriceAnswer = w.post(&limited, &manager, &body(1, now.plus(15 * Timestamp::DAY), on.row.version)).await.ok();
    assert!(!long.in_force);
    w.post(&limited, &manager, &body(1, now, on.row.version)).await.refused(400, "bad_request");
    w.post(&limited, &manager, &body(100, now.plus(Timestamp::HOUR), on.row.version)).await.refused(400, "bad_request");
    w.post(&limited, &manager, &body(1, now.plus(Timestamp::HOUR), row.version)).await.refused(409, "conflict");
    let end = json!({"number": 0, "why": "卖完了", "version": on.row.version});
    let off: PriceAnswer = w.post(&path(&row.sku, "/limited/end"), &manager, &end).await.ok();
    assert!(off.row.timed.is_empty() && shown(&w, &row.sku).await == row.hq);
    // And by the clock alone.
    let on: PriceAnswer = w.post(&limited, &manager, &body(10, now.plus(Timestamp::HOUR), off.row.version)).await.ok();
    assert!(on.in_force && shown(&w, &row.sku).await == price);
    w.stack.app.clock.advance(2 * Timestamp::HOUR);
    assert_eq!(shown(&w, &row.sku).await, row.hq);
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_the_demo_chain_when_its_pages_are_opened_then_prices_requests_and_a_dry_run_have_something_to_show() {
    let w = World::usual().await;
    let (manager, admin, region) = (w.staff("sh07-manager").await, w.staff("admin").await, w.staff("region-east").await);
    let mut prices: StorePrices = w.get(&format!("/api/v1/stores/{STORE}/prices"), &manager).await.ok();
    let mut rows = prices.rows;
    while let Some(next) = prices.next {
        prices = w.get(&format!("/api/v1/stores/{STORE}/prices?cursor={next}"), &manager).await.ok();
        rows.append(&mut prices.rows);
    }
    assert!(rows.iter().any(|r| r.own.is_some() && r.price == r.own), "an own price in force");
    assert!(rows.iter().any(|r| r.timed.iter().any(|t| t.counts)), "a limited-time price");
    assert_eq!(rows.iter().filter(|r| r.waiting.is_some()).count(), 2);
    let list: RequestList = w.get(&format!("/api/v1/stores/{STORE}/requests"), &manager).await.ok();
    let of = |state| list.requests.iter().filter(|r| r.state == state).count();
    assert_eq!((of(RequestState::Pending), of(RequestState::Rejected)), (2, 1));
    assert!(list.requests.iter().all(|r| !r.decides), "not one's own store's");
    let inbox: RequestList = w.get("/api/v1/hq/requests", &region).await.ok();
    assert!(inbox.requests.len() == 2 && inbox.requests.iter().all(|r| r.store.as_str() == STORE), "{inbox:?}");
    let over: RequestList = w.get("/api/v1/hq/requests?state=over", &admin).await.ok();
    assert_eq!(over.requests.len(), 1);
    let elsewhere: RequestList = w.get("/api/v1/hq/requests", &w.staff("region-east-hz").await).await.ok();
    assert!(elsewhere.requests.is_empty());
    w.get("/api/v1/hq/requests?state=none", &admin).await.refused(400, "bad_request");

    let cookie = |token: &str| format!("ld_staff={token}");
    let page = w.page("/console/hq/requests", &cookie(&admin)).await;
    assert!(page.status == 200 && page.text().contains("批准所选") && page.text().contains("原值") && page.text().contains("新值"));
    let page = w.page(&format!("/console/s/{STORE}/prices"), &cookie(&manager)).await;
    assert!(page.status == 200 && page.text().contains("跟随总部") && page.text().contains("改价"));
    let page = w.page(&format!("/console/s/{STORE}/requests"), &cookie(&manager)).await;
    assert!(page.status == 200 && page.text().contains("撤回") && page.text().contains("驳回原因"));
    assert_eq!(w.page(&format!("/console/s/{STORE}/prices"), &cookie(&w.staff("sh10-manager").await)).await.status, 404);

    let tried = async |value: &str| -> DryRunAnswer {
        let body: Json = json!({"field": "max_discount", "value": value, "mode": "franchise"});
        w.post("/api/v1/hq/settings/dry-run", &admin, &body).await.ok()
    };
    let (strict, loose) = (tried("1").await, tried("60").await);
    assert!(strict.changes > 0 && strict.waited > loose.waited, "{strict:?}");
    assert!(!strict.requests.is_empty() && strict.requests.iter().all(|r| !r.reason.is_empty()));
    for bad in [json!({"field": "none", "value": "1"}), json!({"field": "max_discount", "value": "101"}), json!({"field": "may_price", "value": "1"})]
    {
        w.post("/api/v1/hq/settings/dry-run", &admin, &bad).await.refused(400, "bad_request");
    }
    w.get("/api/v1/hq/requests", &w.staff("auditor").await).await.refused(403, "forbidden");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_store_that_went_to_another_region_when_its_old_one_decides_then_what_it_asked_for_does_not_exist_there() {
    let w = World::usual().await;
    let (manager, admin, region) = (w.staff("sh07-manager").await, w.staff("admin").await, w.staff("region-east").await);
    let row = untouched(&w, &manager).await;
    let asked: PriceAnswer = set(&w, &manager, &row, Some(Fen(row.least.0 - 1))).await.ok();
    let card = asked.request.unwrap();
    let path = format!("/api/v1/hq/stores/{STORE}");
    let mut kept: StoreRecord = w.get(&path, &admin).await.ok();
    kept.draft.region = "reg_east-hz".to_owned();
    let moved = json!({"draft": kept.draft, "version": kept.version, "why": "划归杭州", "sure": false});
    let _: StoreRecord = w.call(Method::PUT, &path, &admin, Some(&moved)).await.ok();
    assert_eq!(decide(&w, &region, &card, false).await, (None, Some(Code::NotFound)));
    assert_eq!(decide(&w, &admin, &card, false).await, (Some(RequestState::Rejected), None), "HQ decides");
    w.stack.stop().await;
}
