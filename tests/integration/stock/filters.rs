//! What HQ and stores look for in tables about stock: documents, SKUs with their sums, exceptions, what waits, and what has changed.

use std::collections::BTreeSet;

use liandian_domain::stores::hours::{CHINA, day};
use liandian_tests::{World, id};
use liandian_types::{
    Fen, LocationId, MovementKind, SkuId, StoreId,
    api::{Exceptions, HqWaiting, MovementList, PosRecorded, Recorded, SkuList, SkuStock},
};
use serde_json::{Value, json};

use crate::orders::order::until;

/// Receipts of a till, one unit of a SKU each, with numbers from `from` on.
async fn sell(w: &World, store: &StoreId, sku: &SkuId, numbers: std::ops::Range<u32>) {
    let till = w.till(store).await;
    let all: Vec<u32> = numbers.collect();
    for some in all.chunks(25) {
        let sale = |n: &u32| json!({"till": "1", "number": n.to_string(), "sold_at": w.stack.app.now(), "lines": [{"sku": sku, "quantity": 1}]});
        let sales: Vec<Value> = some.iter().map(sale).collect();
        let told: PosRecorded = w.post(&format!("/api/v1/stores/{store}/pos/sales"), &till, &json!({"sales": sales})).await.ok();
        assert!(told.sales.iter().all(|s| s.refused.is_none()), "{told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn given_documents_of_many_goods_when_looked_for_by_goods_kind_or_day_then_those_are_found_page_by_page_and_no_others() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let skus = w.skus_with(&store, 20, 500, 2).await;
    let [wanted, other] = &skus[..] else { panic!("{skus:?}") };
    sell(&w, &store, wanted, 1..21).await;
    sell(&w, &store, other, 21..41).await;
    sell(&w, &store, wanted, 41..61).await;
    let clerk = w.staff("sh01-clerk").await;
    let path = format!("/api/v1/stores/{store}/stock/movements");
    let ask = async |query: &str| -> MovementList { w.get(&format!("{path}?{query}"), &clerk).await.ok() };

    // Forty of them, thirty to a page; each once, newest first, with the lines of these goods only.
    let first = ask(&format!("sku={wanted}&kind=pos_sale")).await;
    let next = first.next.clone().expect("a second page");
    let second = ask(&format!("sku={wanted}&kind=pos_sale&cursor={next}")).await;
    assert_eq!((first.movements.len(), second.movements.len(), second.next), (30, 10, None));
    let all: Vec<_> = first.movements.iter().chain(&second.movements).collect();
    assert!(all.iter().all(|m| m.kind == MovementKind::PosSale && m.lines.len() == 1 && m.lines[0].sku == *wanted));
    assert_eq!(all.iter().map(|m| m.movement.as_str()).collect::<BTreeSet<_>>().len(), 40);
    assert!(all.windows(2).all(|two| two[0].movement > two[1].movement), "newest first");
    w.get(&format!("{path}?sku={other}&kind=pos_sale&cursor={next}"), &clerk).await.refused(400, "bad_cursor");
    w.get(&format!("{path}?cursor={next}"), &clerk).await.refused(400, "bad_cursor");

    // By the words or the barcode of the goods; of a kind; of goods that there are not.
    let library = w.stack.app.tables.library().await.unwrap();
    let barcode = &library.iter().find(|s| s.sku == *other).unwrap().barcode;
    let found = ask(&format!("q={barcode}&kind=pos_sale")).await;
    assert!(found.movements.len() == 20 && found.movements.iter().all(|m| m.lines[0].sku == *other), "{}", found.movements.len());
    assert!(ask(&format!("sku={wanted}&kind=loss")).await.movements.is_empty());
    assert!(ask("sku=sku_nobody-has").await.movements.is_empty());

    // Of some days of the store's zone, both of them in it.
    let today = day(w.stack.app.now(), CHINA);
    let (yesterday, tomorrow) = (today.yesterday().unwrap(), today.tomorrow().unwrap());
    let sold = async |from: &str, to: &str| ask(&format!("kind=pos_sale&from={from}&to={to}")).await.movements.len();
    let (y, t, m) = (yesterday.to_string(), today.to_string(), tomorrow.to_string());
    assert_eq!([sold(&t, &t).await, sold(&y, &m).await, sold(&t, "").await, sold("", &t).await], [30; 4]);
    assert_eq!([sold(&y, &y).await, sold(&m, &m).await, sold("", &y).await, sold(&m, "").await], [0; 4]);
    for (query, field) in [("kind=nonsense", "kind"), ("sku=milk", "sku"), ("from=28.11.", "from"), ("to=2026-11-31", "to")] {
        assert_eq!(w.get(&format!("{path}?{query}"), &clerk).await.refused(400, "bad_request")["field"], field, "{query}");
    }
    assert_eq!(w.get(&format!("{path}?from={t}&to={y}"), &clerk).await.refused(400, "bad_request")["field"], "to");

    // Not for who sees no stock, and of no other store.
    w.get(&format!("{path}?sku={wanted}"), &w.staff("finance").await).await.refused(403, "forbidden");
    w.get(&format!("{path}?sku={wanted}"), &w.staff("hz01-clerk").await).await.refused(404, "not_found");

    // From the stock row to the reason: one tap. And as a file.
    let cookie = format!("ld_staff={clerk}");
    let stock = w.page(&format!("/console/s/{store}/stock?q={wanted}"), &cookie).await;
    assert!(stock.text().contains(&format!("/console/s/{store}/movements?sku={wanted}")), "{}", stock.text());
    let page = w.page(&format!("/console/s/{store}/movements?sku={wanted}"), &cookie).await;
    assert!(page.text().contains("只列出") && page.text().contains("下一页") && page.text().contains("format=csv"), "{}", page.text());
    let slip = w.page(&format!("/console/s/{store}/movements?from={t}&to={y}"), &cookie).await;
    assert!(slip.status == 200 && slip.text().contains("结束日期不能早于开始日期"), "a slip leaves the page as it is: {}", slip.text());
    let file = w.page(&format!("/console/s/{store}/movements?sku={wanted}&kind=pos_sale&format=csv"), &cookie).await;
    assert_eq!((file.status, file.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert!(file.header("content-disposition").starts_with("attachment"), "{}", file.header("content-disposition"));
    assert!(file.text().starts_with("\u{feff}时间,原因,单据,商品,在架,"), "{}", file.text());
    assert_eq!(file.text().lines().count(), 31, "a heading and a line for each document of the page");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_the_library_when_hq_looks_at_its_stock_then_every_sku_has_its_sums_and_those_that_run_low_come_first_when_asked_for() {
    let w = World::usual().await;
    let (admin, region) = (w.staff("admin").await, w.staff("region-east").await);
    let list = async |token: &str, query: &str| -> SkuList { w.get(&format!("/api/v1/hq/stock?{query}"), token).await.ok() };
    let library = w.stack.app.tables.library().await.unwrap();
    let (mut seen, mut cursor) = (BTreeSet::new(), String::new());
    loop {
        let page = list(&admin, &cursor).await;
        assert!(page.rows.len() <= 20);
        seen.extend(page.rows.iter().map(|r| r.sku.clone()));
        let Some(next) = page.next else { break };
        cursor = format!("cursor={next}");
    }
    assert_eq!(seen.len(), library.len(), "each once, and all of them");

    // The sums are those of its own page, for the chain and for a region.
    let sku = w.sku_with(&id("sto_sh01"), 5, 500).await;
    for token in [&admin, &region] {
        let row = list(token, &format!("q={sku}")).await.rows.into_iter().find(|r| r.sku == sku).unwrap();
        let all: SkuStock = w.get(&format!("/api/v1/hq/stock/{sku}"), token).await.ok();
        assert_eq!((row.on_hand, row.reserved, row.available, row.incoming), (all.on_hand, all.reserved, all.available, all.incoming));
        let stores: Vec<_> = all.rows.iter().filter(|r| r.location.store().is_some()).collect();
        let with = stores.iter().filter(|r| r.available > 0).count();
        assert_eq!((row.stores_with as usize, row.stores_without as usize), (with, stores.len() - with));
    }
    let low_at = i64::from(w.stack.app.tables.policies().await.unwrap().stock.low_at);
    let first = list(&admin, "show=low").await;
    let mut places = Vec::new();
    for row in &first.rows[..3] {
        let all: SkuStock = w.get(&format!("/api/v1/hq/stock/{}", row.sku), &admin).await.ok();
        places.push(all.rows.iter().filter(|r| r.available <= low_at).count());
    }
    assert!(places.iter().all(|n| *n > 0), "{places:?}");
    assert!(list(&admin, "q=nothing-is-called-so").await.rows.is_empty());

    let next = first.next.expect("more than a page");
    w.get(&format!("/api/v1/hq/stock?cursor={next}"), &admin).await.refused(400, "bad_cursor");
    assert_eq!(w.get("/api/v1/hq/stock?show=nonsense", &admin).await.refused(400, "bad_request")["field"], "show");
    w.get("/api/v1/hq/stock", &w.staff("sh01-clerk").await).await.refused(403, "forbidden");
    w.get("/api/v1/hq/stock", &w.staff("finance").await).await.refused(403, "forbidden");

    let page = w.page("/console/hq/stock?show=low", &format!("ld_staff={admin}")).await;
    let body = page.text();
    assert!(page.status == 200 && body.contains("缺货门店") && body.contains("rel=\"next\"") && body.contains("show=low&amp;cursor="), "{body}");
    let file = w.page("/console/hq/stock?format=csv", &format!("ld_staff={admin}")).await;
    assert!(file.text().starts_with("\u{feff}商品,零售价（元）,在架,") && file.text().lines().count() == 21, "{}", file.text());
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_what_waits_in_a_store_when_looked_for_by_kind_region_or_store_then_it_is_listed_and_counted_where_it_belongs() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    w.let_alone(Fen(1)).await;
    let sku = w.sku_with(&store, 12, 500).await;
    let loss = json!({"kind": "loss", "reason": "破损", "lines": [{"sku": sku, "quantity": 9}]});
    let told = w.post_once(&format!("/api/v1/stores/{store}/stock/adjustments"), &w.staff("sh01-manager").await, "loss-000001", &loss).await;
    let claim = told.ok::<Recorded>().claim.expect("it waits for a second person");
    let (admin, east, west) = (w.staff("admin").await, w.staff("region-east").await, w.staff("region-west").await);
    let ask = async |token: &str, query: &str| -> Exceptions { w.get(&format!("/api/v1/hq/exceptions?{query}"), token).await.ok() };
    let has = |e: &Exceptions| e.claims.iter().any(|c| c.claim == claim);

    let all = ask(&admin, "").await;
    assert!(has(&all) && !all.low.is_empty());
    let of_kind = ask(&admin, "kind=claims").await;
    assert!(has(&of_kind) && of_kind.low.is_empty() && of_kind.short.is_empty() && of_kind.overdue.is_empty() && of_kind.books.is_none());
    let low = ask(&admin, "kind=low").await;
    assert!(!has(&low) && !low.low.is_empty() && low.claims.is_empty());
    let region = w.stack.app.tables.store(&store).await.unwrap().unwrap().region;
    let of_region = ask(&admin, &format!("region={region}")).await;
    let reach = w.stack.app.tables.reach(&liandian_types::Scope::Region(region.clone())).await.unwrap();
    assert!(has(&of_region) && of_region.low.iter().all(|r| reach.place(&r.location)), "{:?}", of_region.low);
    assert!(!has(&ask(&admin, "region=reg_west-cd").await));
    let of_store = ask(&admin, &format!("store={store}")).await;
    assert!(has(&of_store) && of_store.low.iter().all(|r| r.location.store().is_none_or(|s| s == store)), "{:?}", of_store.low);
    assert!(!has(&ask(&admin, "store=sto_hz01").await));
    assert!(has(&ask(&east, "").await) && !has(&ask(&west, "").await));

    assert_eq!(w.get("/api/v1/hq/exceptions?kind=nonsense", &admin).await.refused(400, "bad_request")["field"], "kind");
    assert_eq!(w.get("/api/v1/hq/exceptions?store=nonsense", &admin).await.refused(400, "bad_request")["field"], "store");
    for foreign in [format!("store={store}"), format!("region={region}"), "store=sto_nowhere".to_owned()] {
        w.get(&format!("/api/v1/hq/exceptions?{foreign}"), &west).await.refused(404, "not_found");
    }
    w.get("/api/v1/hq/exceptions?kind=claims", &w.staff("finance").await).await.refused(403, "forbidden");

    // What stands beside the names of the sections.
    let waiting = async |token: &str| -> HqWaiting { w.get("/api/v1/hq/waiting", token).await.ok() };
    let (of_hq, of_east, of_west) = (waiting(&admin).await, waiting(&east).await, waiting(&west).await);
    assert!(of_hq.claims == 1 && of_east.claims == 1 && of_west.claims == 0, "{of_hq:?} {of_east:?} {of_west:?}");
    assert!(of_hq.exceptions >= 1 && of_hq.approvals == 0, "{of_hq:?}");
    assert_eq!(waiting(&w.staff("marketing").await).await.claims, 0, "of what somebody may not decide about nothing waits for them");
    w.get("/api/v1/hq/waiting", &w.staff("sh01-clerk").await).await.refused(403, "forbidden");

    let cookie = format!("ld_staff={admin}");
    let page = w.page("/console/hq/exceptions?kind=claims", &cookie).await;
    assert!(page.status == 200 && page.text().contains("破损") && !page.text().contains("去补货"), "{}", page.text());
    assert!(w.page("/console/hq/exceptions", &cookie).await.text().contains("data-counted=\"exceptions\""));
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_sku_in_many_places_when_one_of_them_sells_then_who_asks_since_then_gets_that_place_and_the_sums_of_all() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let sku = w.sku_with(&store, 5, 500).await;
    let admin = w.staff("admin").await;
    let path = format!("/api/v1/hq/stock/{sku}");
    let all: SkuStock = w.get(&path, &admin).await.ok();
    assert!(all.rows.len() > 1);
    let since = all.until.0;
    let none: SkuStock = w.get(&format!("{path}?since={since}"), &admin).await.ok();
    assert!(none.rows.is_empty() && none.on_hand == all.on_hand && none.until >= all.until, "{none:?}");
    sell(&w, &store, &sku, 1..2).await;
    let changed = until(|| async {
        let news: SkuStock = w.get(&format!("{path}?since={since}"), &admin).await.ok();
        (news.on_hand == all.on_hand - 1).then_some(news)
    })
    .await;
    let places: Vec<LocationId> = changed.rows.iter().map(|r| r.location.clone()).collect();
    assert_eq!(places, [store.shelf()]);
    assert_eq!(w.get(&format!("{path}?since=now"), &admin).await.refused(400, "bad_request")["field"], "since");
    // The page reads the same, as HTML that replaces what it shows.
    let cookie = format!("ld_staff={admin}");
    let part = w.page(&format!("/console{}/live?since={since}", path.trim_start_matches("/api/v1")), &cookie).await;
    let html = part.text();
    assert!(part.status == 200 && html.starts_with("<!--live--><!--until:"), "{html}");
    assert!(html.contains(&format!("<!--piece:at-{}-->", store.shelf())) && html.matches("<!--piece:at-").count() == 1, "{html}");
    // A region in which nothing was sold hears of nothing.
    let west: SkuStock = w.get(&format!("{path}?since={since}"), &w.staff("region-west").await).await.ok();
    assert!(west.rows.is_empty(), "{west:?}");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_sales_of_the_last_days_when_the_books_are_read_then_days_of_cover_stand_on_hqs_pages_the_shortest_first() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let sku = w.sku_with(&store, 60, 500).await;
    let admin = w.staff("admin").await;
    let path = format!("/api/v1/hq/stock/{sku}");
    let before: SkuStock = w.get(&path, &admin).await.ok();
    assert!(before.cover_days.is_none() && before.rows.iter().all(|r| r.cover_days.is_none()), "nobody has added it up");
    sell(&w, &store, &sku, 1..29).await;
    liandian_functions::workers::fsck(w.stack.app.clone()).await.unwrap();
    let seen: SkuStock = w.get(&path, &admin).await.ok();
    let here = seen.rows.iter().find(|r| r.location == store.shelf()).unwrap();
    // Twenty-eight in fourteen days are two a day.
    assert_eq!(here.cover_days.map(i64::from), Some(here.available / 2), "{here:?}");
    assert_eq!(seen.cover_days.map(i64::from), Some(seen.available / 2));
    assert!(seen.rows.iter().filter(|r| r.location != store.shelf()).all(|r| r.cover_days.is_none()));
    let list: SkuList = w.get("/api/v1/hq/stock?show=cover", &admin).await.ok();
    let days: Vec<u32> = list.rows.iter().map(|r| r.cover_days.unwrap_or(u32::MAX)).collect();
    assert!(days.is_sorted() && list.rows.iter().any(|r| r.sku == sku && r.cover_days.is_some()), "{days:?}");
    // A region counts what it sees: nothing was sold in the west.
    let west: SkuStock = w.get(&path, &w.staff("region-west").await).await.ok();
    assert!(west.cover_days.is_none(), "{:?}", west.cover_days);
    w.get("/api/v1/hq/stock?show=nonsense", &admin).await.refused(400, "bad_request");
    let cookie = format!("ld_staff={admin}");
    let page = w.page("/console/hq/stock?show=cover", &cookie).await;
    assert!(page.status == 200 && page.text().contains("可售天数") && page.text().contains("日均销量"), "{}", page.text());
    assert!(w.page(&format!("/console/hq/stock/{sku}"), &cookie).await.text().contains("可售天数"));
    w.stack.stop().await;
}
