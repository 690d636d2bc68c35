//! HQ makes, edits and imports stores, and keeps its regions.

use std::fmt::Write as _;

use liandian_tests::{World, id};
use liandian_types::{
    StoreId, StoreStatus,
    api::{
        ChangedField, RegionList, SaveStore, SetRegion, StoreDraft, StoreHistory, StoreHome, StoreImport, StoreImports, StoreList, StoreOpening,
        StorePreview, StoreRecord, StoreRows, StoresFile,
    },
};
use reqwest::Method;
use serde_json::{Value, json};

const NEW: &str = "/api/v1/hq/stores/sto_new01";

fn draft() -> StoreDraft {
    serde_json::from_value(json!({
        "name": "连店·新天地二店", "city": "上海", "district": "黄浦区", "address": "马当路 245 号", "phone": "021-5550-0199",
        "lat": "31.2190", "lng": "121.4740", "region": "reg_east-sh", "mode": "direct", "tier": "standard", "status": "open",
        "hours": "07:00–23:00", "radius_m": "3000", "pickup": true, "delivery": true, "entrance": "new-01-xtd", "theme": "standard",
    }))
    .unwrap()
}

fn saves(draft: StoreDraft, version: u64) -> SaveStore {
    SaveStore { draft, version, why: String::new(), sure: false }
}

async fn put(w: &World, path: &str, token: &str, body: &SaveStore) -> liandian_tests::Answer {
    w.call(Method::PUT, path, token, Some(body)).await
}

async fn near(w: &World, lat: &str, lng: &str) -> Vec<String> {
    let list: StoreList = w.get(&format!("/api/v1/stores?lat={lat}&lng={lng}"), "").await.ok();
    list.stores.into_iter().map(|s| s.store.to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn given_hq_makes_a_store_when_it_is_open_then_it_is_found_and_its_shop_opens_and_one_that_prepares_is_not() {
    let w = World::usual().await;
    let admin = w.staff("admin").await;
    let preparing = StoreDraft { status: "preparing".into(), ..draft() };
    let made: StoreRecord = put(&w, NEW, &admin, &saves(preparing.clone(), 0)).await.ok();
    assert_eq!((made.version, made.row.status, made.region_name.as_str()), (1, StoreStatus::Preparing, "上海"));
    assert!(made.entrance_link.ends_with("/e/new-01-xtd"), "{}", made.entrance_link);
    assert!(!near(&w, "31.2190", "121.4740").await.contains(&"sto_new01".to_owned()));
    w.get("/api/v1/stores/sto_new01/home", "").await.refused(404, "not_found");

    // The same again is another one's: nobody makes a store twice.
    put(&w, NEW, &admin, &saves(preparing, 0)).await.refused(409, "conflict");
    let open: StoreRecord = put(&w, NEW, &admin, &saves(draft(), 1)).await.ok();
    assert_eq!((open.version, open.row.status), (2, StoreStatus::Open));
    assert_eq!(near(&w, "31.2190", "121.4740").await[0], "sto_new01");
    let home: StoreHome = w.get("/api/v1/stores/sto_new01/home", "").await.ok();
    assert!(home.store.open_now && !home.categories.is_empty(), "{:?}", home.store);
    let by_code: StoreList = w.get("/api/v1/stores?entrance=new-01-xtd", "").await.ok();
    assert_eq!(by_code.stores[0].store.as_str(), "sto_new01");
    let shop = w.page("/s/sto_new01", "").await;
    assert!(shop.status == 200 && shop.text().contains("新天地二店"), "{}", shop.status);

    // WHEN its point moves THEN it is near there and no longer here
    let moved = StoreDraft { lat: "30.2741".into(), lng: "120.1551".into(), ..open.draft.clone() };
    let _: StoreRecord = put(&w, NEW, &admin, &saves(moved, 2)).await.ok();
    assert_eq!(near(&w, "30.2741", "120.1551").await[0], "sto_new01");
    assert!(!near(&w, "31.2190", "121.4740").await.iter().take(10).any(|s| s == "sto_new01"));
    let cells = w.stack.app.tables.within(&[liandian_types::GeoPoint { lat: 31.2190, lng: 121.4740 }], 3_000).await.unwrap();
    assert!(cells.iter().all(|s| s.store.as_str() != "sto_new01"), "the old cells have forgotten it");

    let history: StoreHistory = w.get(&format!("{NEW}/history"), &admin).await.ok();
    assert_eq!(history.changes.iter().map(|c| c.created).collect::<Vec<_>>(), [false, false, true]);
    let field = |f: &str, old: &str, new: &str| ChangedField { field: f.into(), old: old.into(), new: new.into() };
    assert_eq!(history.changes[1].fields, [field("状态", "筹备中", "营业")]);
    assert!(history.changes[0].by_name.is_some());
    w.assert_chains().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_two_people_or_bad_input_or_the_wrong_role_when_a_store_is_saved_then_each_is_refused_and_nothing_changes() {
    let w = World::usual().await;
    let (admin, path) = (w.staff("admin").await, "/api/v1/hq/stores/sto_sh04");
    let was: StoreRecord = w.get(path, &admin).await.ok();
    let named = |name: &str| saves(StoreDraft { name: name.into(), ..was.draft.clone() }, was.version);
    let (one, other) = (named("连店·人民广场一店"), named("连店·人民广场二店"));
    let (one, other) = futures::join!(put(&w, path, &admin, &one), put(&w, path, &admin, &other));
    let mut answers = [one.status.as_u16(), other.status.as_u16()];
    answers.sort_unstable();
    assert_eq!(answers, [200, 409]);
    let now: StoreRecord = w.get(path, &admin).await.ok();
    assert_eq!(now.version, was.version + 1);

    // The opening and the profile are one version.
    let opening: StoreOpening = w.get(&format!("{path}/opening"), &admin).await.ok();
    assert_eq!(opening.version, now.version);
    let pause = json!({"status": "paused", "reason": "设备检修", "version": opening.version});
    let _: StoreOpening = w.call(Method::PUT, &format!("{path}/opening"), &admin, Some(&pause)).await.ok();
    put(&w, path, &admin, &saves(now.draft.clone(), now.version)).await.refused(409, "conflict");
    let now: StoreRecord = w.get(path, &admin).await.ok();
    assert_eq!((now.draft.status.as_str(), now.draft.reason.as_str()), ("paused", "设备检修"));

    let field = async |change: &dyn Fn(&mut StoreDraft)| {
        let mut d = now.draft.clone();
        change(&mut d);
        let refused: Value = put(&w, path, &admin, &saves(d, now.version)).await.refused(400, "bad_request");
        refused["field"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(field(&|d| d.name = " ".into()).await, "name");
    assert_eq!(field(&|d| d.lat = "0".into()).await, "lat");
    assert_eq!(field(&|d| d.entrance = "8fKq2Zt7Lw".into()).await, "entrance", "another store's");
    assert_eq!(field(&|d| d.region = "reg_mars".into()).await, "region");
    assert_eq!(field(&|d| d.cell = "north".into()).await, "cell");
    assert_eq!(field(&|d| d.tier = "flagship".into()).await, "why", "a move has a reason");
    assert_eq!(w.get(path, &admin).await.ok::<StoreRecord>().version, now.version);

    for user in ["merch", "region-east", "sh04-manager", "sh04-clerk"] {
        put(&w, path, &w.staff(user).await, &saves(now.draft.clone(), now.version)).await.refused(403, "forbidden");
    }
    w.get("/api/v1/hq/stores/sto_nowhere", &admin).await.refused(404, "not_found");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_store_that_moves_or_closes_when_looked_at_before_then_what_changes_for_it_is_told() {
    let w = World::usual().await;
    let (admin, path) = (w.staff("admin").await, "/api/v1/hq/stores/sto_sh05");
    let was: StoreRecord = w.get(path, &admin).await.ok();
    let preview = async |d: StoreDraft| -> StorePreview { w.post(&format!("{path}/move-preview"), &admin, &saves(d, was.version)).await.ok() };
    let franchise = StoreDraft { mode: "franchise".into(), ..was.draft.clone() };
    let told = preview(franchise.clone()).await;
    assert_eq!(told.changes, [ChangedField { field: "经营模式".into(), old: "直营".into(), new: "加盟".into() }]);
    assert!(!told.policies.is_empty() && told.notes.iter().any(|n| n.contains("分账规则")), "{told:?}");
    let wrong = preview(StoreDraft { name: String::new(), hours: "早".into(), radius_m: "1".into(), ..was.draft.clone() }).await;
    assert_eq!(wrong.faults.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["hours", "name", "radius_m"]);
    assert_eq!(w.get(path, &admin).await.ok::<StoreRecord>(), was, "nothing is kept");

    // WHEN an order waits THEN closing asks first
    let store: StoreId = id("sto_sh05");
    let sku = w.sku_with(&store, 3, 500).await;
    let order = w.order_for(&store, &[(sku, 1)], liandian_types::Fulfilment::Pickup).await;
    let _: Value = w.place(&w.customer("demo-01").await, &order, "close-key-1").await.ok();
    let closing = SaveStore { why: "租约到期".into(), ..saves(StoreDraft { status: "closed".into(), ..was.draft.clone() }, was.version) };
    let asked = put(&w, path, &admin, &closing).await.refused(409, "ask_first");
    assert!(asked["detail"].as_str().unwrap().contains("1 张"), "{asked}");
    let closed: StoreRecord = put(&w, path, &admin, &SaveStore { sure: true, ..closing }).await.ok();
    assert_eq!(closed.row.status, StoreStatus::Closed);
    w.get("/api/v1/stores/sto_sh05/home", "").await.refused(404, "not_found");
    w.assert_chains().await;
    w.stack.stop().await;
}

/// A file of so many new stores, some of them wrong.
fn file(rows: u32) -> String {
    let mut csv = String::from("\u{feff}门店编码,店名,城市,地址,纬度,经度,区域,入口码,状态,自提,配送\n");
    for n in 0..rows {
        let lat = if n % 100 == 7 { "91".to_owned() } else { format!("31.{:04}", 1_000 + n) };
        let region = if n % 100 == 9 { "火星" } else { "上海" };
        let _ = writeln!(csv, "imp{n},连店·导入{n}店,上海,导入路 {n} 号,{lat},121.4,{region},imp-code-{n},营业,是,是");
    }
    csv
}

async fn import(w: &World, token: &str, csv: &str, dry: bool, skip_bad: bool) -> StoreImport {
    w.post("/api/v1/hq/store-imports", token, &json!({"file": "stores.csv", "csv": csv, "dry": dry, "skip_bad": skip_bad})).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn given_three_hundred_rows_with_bad_ones_when_imported_then_each_bad_row_is_named_and_every_other_store_is_made_once() {
    let w = World::usual().await;
    let (admin, csv) = (w.staff("admin").await, file(300));
    let dry = import(&w, &admin, &csv, true, false).await;
    assert_eq!((dry.rows, dry.created, dry.bad, dry.import.is_none()), (300, 294, 6, true), "{:?}", dry.faults);
    let places: Vec<(u64, u32)> = dry.faults.iter().map(|f| (f.line, f.column)).collect();
    assert_eq!(places, [(9, 5), (11, 7), (109, 5), (111, 7), (209, 5), (211, 7)]);
    assert_eq!(import(&w, &admin, &csv, false, false).await.import, None, "not with bad rows, unless they are to be passed over");
    assert_eq!(w.get("/api/v1/hq/stores", &admin).await.ok::<StoreRows>().total, 36);

    let begun = import(&w, &admin, &csv, false, true).await;
    let path = format!("/api/v1/hq/store-imports/{}/apply", begun.import.clone().unwrap());
    // Two people press the button at the same time; each part is taken once.
    let mut last = begun;
    while !last.finished {
        let empty = json!({});
        let (one, other) = futures::join!(w.post(&path, &admin, &empty), w.post(&path, &admin, &empty));
        let (one, other): (StoreImport, StoreImport) = (one.ok(), other.ok());
        last = if one.done > other.done { one } else { other };
    }
    assert_eq!((last.created, last.changed, last.parts, last.done), (294, 0, 30, 30), "{last:?}");
    assert_eq!(w.post(&path, &admin, &json!({})).await.ok::<StoreImport>().created, 294, "what is done stays done");
    assert_eq!(w.get("/api/v1/hq/stores", &admin).await.ok::<StoreRows>().total, 330);
    let list: StoreImports = w.get("/api/v1/hq/store-imports", &admin).await.ok();
    assert!(list.imports.len() == 1 && list.imports[0].finished && list.imports[0].by_name.is_some(), "{list:?}");

    // The same file again changes nothing; neither does what is exported.
    let again = import(&w, &admin, &csv, false, true).await;
    assert_eq!((again.same, again.created, again.changed, again.import), (294, 0, 0, None));
    let exported: StoresFile = w.get("/api/v1/hq/store-export", &admin).await.ok();
    let same = import(&w, &admin, &exported.csv, false, false).await;
    assert_eq!((same.rows, same.same, same.bad, same.import), (330, 330, 0, None), "{:?}", same.faults);

    // What somebody changes between reading and writing is left alone.
    let renamed = exported.csv.replace("连店·导入1店", "连店·改名店");
    let begun = import(&w, &admin, &renamed, false, false).await;
    let path = "/api/v1/hq/stores/sto_imp1";
    let now: StoreRecord = w.get(path, &admin).await.ok();
    let _: StoreRecord = put(&w, path, &admin, &saves(StoreDraft { phone: "021-1".into(), ..now.draft }, now.version)).await.ok();
    let path = format!("/api/v1/hq/store-imports/{}/apply", begun.import.unwrap());
    let done: StoreImport = w.post(&path, &admin, &json!({})).await.ok();
    assert!(done.finished && done.changed == 0 && done.bad == 1, "{done:?}");

    w.post("/api/v1/hq/store-imports", &w.staff("merch").await, &json!({"file": "a.csv", "csv": csv})).await.refused(403, "forbidden");
    let large = json!({"file": "a.csv", "csv": "x".repeat(1_100_000)});
    w.post("/api/v1/hq/store-imports", &admin, &large).await.refused(413, "too_large");
    w.post("/api/v1/hq/store-imports", &admin, &json!({"file": "a.csv", "csv": ""})).await.refused(400, "bad_request");
    w.assert_chains().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_regions_when_changed_then_they_are_a_tree_and_who_saw_an_old_one_is_refused() {
    let w = World::usual().await;
    let admin = w.staff("admin").await;
    let list: RegionList = w.get("/api/v1/hq/regions", &admin).await.ok();
    let sh = list.regions.iter().find(|r| r.region.as_str() == "reg_east-sh").unwrap();
    assert_eq!((sh.name.as_str(), sh.parent.as_ref().map(ToString::to_string).as_deref(), sh.stores), ("上海", Some("reg_east"), 14));
    let set = |name: &str, version| SetRegion { name: name.into(), parent: sh.parent.clone(), manager: "陆遥".into(), version };
    let path = "/api/v1/hq/regions/reg_east-sh";
    let named: RegionList = w.call(Method::PUT, path, &admin, Some(&set("上海大区", sh.version))).await.ok();
    assert!(named.regions.iter().any(|r| r.name == "上海大区" && r.version == sh.version + 1));
    w.call(Method::PUT, path, &admin, Some(&set("申城", sh.version))).await.refused(409, "conflict");
    let own = SetRegion { parent: Some(sh.region.clone()), ..set("上海", sh.version + 1) };
    assert_eq!(w.call(Method::PUT, path, &admin, Some(&own)).await.refused(400, "bad_request")["field"], "parent");
    w.call(Method::PUT, path, &w.staff("region-east").await, Some(&set("上海", sh.version + 1))).await.refused(403, "forbidden");

    // By the larger region the directory finds the stores of its parts.
    let east: StoreRows = w.get("/api/v1/hq/stores?region=reg_east", &admin).await.ok();
    assert_eq!(east.total, 25);
    let paused: StoreRows = w.get("/api/v1/hq/stores?status=paused&city=%E4%B8%8A%E6%B5%B7&mode=joint", &admin).await.ok();
    assert_eq!((paused.total, paused.rows[0].store.as_str()), (1, "sto_sh13"));
    w.assert_chains().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_pages_of_stores_when_opened_then_they_show_profile_entrance_history_and_forms() {
    let w = World::usual().await;
    let admin = format!("ld_staff={}", w.staff("admin").await);
    let page = w.page("/console/hq/stores/sto_sh13", &admin).await;
    for said in ["编辑资料", "分账规则", "入口二维码", "<svg", "scene", "修改记录", "设备检修", "/console/s/sto_sh13/stock"] {
        assert!(page.text().contains(said), "{said} in {}", page.text());
    }
    let list = w.page("/console/hq/stores?mode=franchise&city=%E6%9D%AD%E5%B7%9E", &admin).await;
    assert!(list.text().contains("新建门店") && list.text().contains("找到 4 家") && list.text().contains("全部区域"), "{}", list.text());
    let all = w.page("/console/hq/stores", &admin).await;
    assert!(all.text().contains("一个圆是一个城市"), "one map of the whole chain");
    let regions = w.page("/console/hq/regions", &admin).await;
    assert!(regions.text().contains("华东区") && regions.text().contains("reg_east-sh"), "{}", regions.text());
    for (path, said) in [
        ("/console/hq/stores/new", "新建门店"),
        ("/console/hq/stores/sto_sh01/edit", "编辑门店资料"),
        ("/console/hq/store-imports", "还没有导入过文件"),
        ("/console/s/sto_sh01/profile", "门店资料"),
    ] {
        let page = w.page(path, &admin).await;
        assert!(page.status == 200 && page.text().contains(said), "{path} {}", page.status);
    }
    let file = w.page("/console/hq/store-export", &admin).await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(file.text().contains("门店编码") && file.text().contains("sto_cd11"));

    // A store's own staff reads its profile and not another's; a region has the file of its own stores.
    let manager = format!("ld_staff={}", w.staff("sh01-manager").await);
    let own = w.page("/console/s/sto_sh01/profile", &manager).await;
    assert!(own.status == 200 && !own.text().contains("编辑资料"), "{}", own.status);
    assert_eq!(w.page("/console/s/sto_hz01/profile", &manager).await.status, 404);
    assert_eq!(w.page("/console/hq/stores/sto_sh01/edit", &manager).await.status, 403);
    let east = format!("ld_staff={}", w.staff("region-east").await);
    let file = w.page("/console/hq/store-export", &east).await;
    assert!(file.text().contains("sto_sh01") && !file.text().contains("sto_cd11"));
    w.stack.stop().await;
}
