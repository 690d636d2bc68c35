//! Histories that cannot be edited unseen: what is changed is a link of a chain, and whoever edits, takes out, puts in or moves one is found.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use liandian_domain::{
    decision::Aggregate,
    stores::hours::{CHINA, moment_text},
};
use liandian_store::Table;
use liandian_tests::World;
use liandian_types::{
    Fen, Role, SkuId, Timestamp,
    api::{
        AccountDone, AuditChain, AuditThen, ChainPolicies, CouponView, DroppedGoods, LevelSeen, PriceAnswer, RoleMatrix, RoleView, SaveStore,
        SettingWish, Settings, SettingsChange, StoreDraft, StoreRecord, TakenGoods, WarehouseDraft, WarehouseView,
    },
};
use reqwest::Method;
use serde_json::json;

use super::{
    POLICIES,
    audit::{SPU, list, named},
    prices,
};

type Row = HashMap<String, AttributeValue>;

fn word(row: &Row, name: &str) -> String {
    row.get(name).and_then(|v| v.as_s().ok()).cloned().unwrap_or_default()
}

fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// The place of an entry in its chain.
fn seq(row: &Row) -> u64 {
    row.get("link").and_then(|l| l.as_m().ok()).and_then(|l| l.get("seq")?.as_n().ok()?.parse().ok()).unwrap_or(0)
}

/// The entries of a history in the order of their places.
async fn entries(w: &World, pk: &str) -> Vec<Row> {
    let tables = &w.stack.app.tables;
    let ask = tables.client().query().table_name(tables.table(Table::Hq)).key_condition_expression("pk = :pk AND begins_with(sk, :sk)");
    let found = ask.expression_attribute_values(":pk", s(pk)).expression_attribute_values(":sk", s("EVENT#")).send().await.unwrap();
    let mut rows = found.items.unwrap_or_default();
    rows.sort_by_key(seq);
    rows
}

async fn row(w: &World, pk: &str, sk: &str) -> Row {
    let tables = &w.stack.app.tables;
    let ask = tables.client().get_item().table_name(tables.table(Table::Hq)).key("pk", s(pk)).key("sk", s(sk)).consistent_read(true);
    ask.send().await.unwrap().item.unwrap()
}

/// Writes a row as somebody does who has the table and not the routes.
async fn put(w: &World, row: Row) {
    let tables = &w.stack.app.tables;
    tables.client().put_item().table_name(tables.table(Table::Hq)).set_item(Some(row)).send().await.unwrap();
}

async fn delete(w: &World, row: &Row) {
    let tables = &w.stack.app.tables;
    let gone = tables.client().delete_item().table_name(tables.table(Table::Hq)).key("pk", row["pk"].clone()).key("sk", row["sk"].clone());
    gone.send().await.unwrap();
}

/// What the check of all chains finds, in sentences.
async fn flaws(w: &World) -> Vec<String> {
    let looked = w.stack.app.tables.chains().await.unwrap();
    looked.flaws.iter().map(|f| format!("{}：{}", f.of(), f.told())).collect()
}

/// The same of one product's history.
async fn flaws_of(w: &World) -> Vec<String> {
    let looked = w.stack.app.tables.chains_of(&Aggregate::Product(SPU.parse().unwrap())).await.unwrap();
    looked.flaws.iter().map(|f| format!("{}：{}", f.of(), f.told())).collect()
}

async fn chain(w: &World, auditor: &str, entity: &str) -> AuditChain {
    list(w, auditor, &format!("entity={entity}")).await.chain.unwrap()
}

async fn whole(w: &World, auditor: &str, entity: &str, least: u64) {
    let c = chain(w, auditor, entity).await;
    assert!(c.holds && c.entries >= least && c.flaws.is_empty(), "{entity}: {c:?}");
}

/// One change of a level of rules.
async fn say(w: &World, token: &str, level: &str, field: &str, value: &str) {
    let all: Settings = w.get("/api/v1/hq/settings", token).await.ok();
    let version = all.levels.iter().find(|l| l.level == level).map_or(0, |l| l.version);
    let change = SettingsChange {
        changes: vec![SettingWish { level: level.into(), field: field.into(), value: Some(value.into()), withdraw: None }],
        versions: vec![LevelSeen { level: level.into(), version }],
        why: "试行".into(),
        from: None,
    };
    let _: Settings = w.call(Method::PUT, "/api/v1/hq/settings", token, Some(&change)).await.ok();
}

async fn low_at(w: &World, token: &str, more: u32) -> ChainPolicies {
    let seen: ChainPolicies = w.get(POLICIES, token).await.ok();
    w.call(Method::PUT, POLICIES, token, Some(&ChainPolicies { low_at: seen.low_at + more, ..seen })).await.ok()
}

async fn store_named(w: &World, token: &str, store: &str, name: &str) -> StoreRecord {
    let path = format!("/api/v1/hq/stores/{store}");
    let seen: StoreRecord = w.get(&path, token).await.ok();
    let draft = StoreDraft { name: name.into(), ..seen.draft };
    w.call(Method::PUT, &path, token, Some(&SaveStore { draft, version: seen.version, why: String::new(), sure: true })).await.ok()
}

/// Goods that a store lists and may give up.
async fn free(w: &World, store: &str) -> SkuId {
    let library = w.stack.app.tables.library().await.unwrap();
    let found = w.skus_with(&store.parse().unwrap(), 5, 500, 20).await;
    found.into_iter().find(|sku| library.iter().any(|l| l.sku == *sku && !l.mandatory && !l.flagship && l.local_to.is_none())).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn given_changes_in_every_context_when_all_chains_are_checked_then_they_hold_and_each_history_says_so() {
    let w = World::usual().await;
    let tables = &w.stack.app.tables;
    let (admin, merch, auditor) = (w.staff("admin").await, w.staff("merch").await, w.staff("auditor").await);
    let before = tables.chains().await.unwrap();
    assert_eq!(before.flaws, [], "what the world begins with holds");

    for name in ["甲", "乙"] {
        named(&w, &merch, name).await;
    }
    let manager = w.staff("sh07-manager").await;
    let goods = prices::untouched(&w, &manager).await;
    let inside: PriceAnswer = prices::set(&w, &manager, &goods, Some(goods.least)).await.ok();
    let beyond: PriceAnswer = prices::set(&w, &manager, &inside.row, Some(Fen(goods.least.0 - 1))).await.ok();
    let request = beyond.request.unwrap().request;
    let decision = json!({"requests": [request], "approve": true, "reason": null});
    assert_eq!(w.post("/api/v1/hq/requests/decisions", &admin, &decision).await.status, 200);
    low_at(&w, &admin, 1).await;
    low_at(&w, &admin, 1).await;
    say(&w, &admin, "mode:franchise", "max_discount", "12").await;
    say(&w, &admin, "mode:joint", "max_discount", "3").await;
    say(&w, &admin, "mode:franchise", "max_discount", "13").await;
    let matrix: RoleMatrix = w.get("/api/v1/hq/roles", &admin).await.ok();
    let role = matrix.roles.iter().find(|r| r.role == Role::Marketing.id()).unwrap();
    let wanted = json!({"title": role.title, "permissions": role.permissions[1..], "version": role.version});
    let _: RoleView = w.call(Method::PUT, &format!("/api/v1/hq/roles/{}", role.role), &admin, Some(&wanted)).await.ok();
    store_named(&w, &admin, "sto_sh01", "一个新名字").await;
    store_named(&w, &admin, "sto_sh01", "又一个名字").await;

    // An account that gets its user name when its link is followed: its row moves, and its chain goes with it.
    let sh01 = w.staff("sh01-manager").await;
    let done: AccountDone = w.post("/api/v1/stores/sto_sh01/accounts", &sh01, &json!({"name": "小李", "role": "rol_clerk"})).await.ok();
    let link = done.link.clone().unwrap().replace("/console/invite/", "");
    let taken = json!({"token": link, "username": "xiaoli", "password": "Tea-2026-shop!"});
    assert!(w.post("/api/v1/staff/invitation", "", &taken).await.status.is_success());
    let staff = &done.account.staff;
    let step = json!({"step": "disable", "version": tables.account(staff).await.unwrap().unwrap().version});
    let _: AccountDone = w.post(&format!("/api/v1/stores/sto_sh01/accounts/{staff}/step"), &sh01, &step).await.ok();

    // Goods that a store gives up and takes again: another listing, of which the end of the first is noted.
    let cd06 = w.staff("cd06-manager").await;
    let sku = free(&w, "sto_cd06").await;
    for n in 0..2 {
        let version = tables.listings_of(&"sto_cd06".parse().unwrap(), std::slice::from_ref(&sku)).await.unwrap()[0].as_ref().unwrap().version;
        let body = json!({"name": format!("店长手选 {n}"), "version": version});
        let answer = w.call(Method::PUT, &format!("/api/v1/stores/sto_cd06/listings/{sku}/fields"), &cd06, Some(&body)).await;
        assert!(answer.status.is_success(), "{}", answer.json);
        let dropped: DroppedGoods = w.post("/api/v1/stores/sto_cd06/assortment/drop", &cd06, &json!({"skus": [sku]})).await.ok();
        assert_eq!(dropped.dropped.len(), 1);
        let taken: TakenGoods = w.post("/api/v1/stores/sto_cd06/assortment", &cd06, &json!({"skus": [sku]})).await.ok();
        assert_eq!(taken.taken.len(), 1);
    }

    let after = tables.chains().await.unwrap();
    assert_eq!(after.flaws, [], "{after:?}");
    assert!(after.entries >= before.entries + 20 && after.chains >= before.chains + 10, "{before:?} {after:?}");
    let listing = format!("sto_sh07/{}", goods.sku);
    let own = format!("sto_cd06/{sku}");
    let histories = [
        (SPU, 2),
        (listing.as_str(), 2),
        (request.as_str(), 2),
        ("policies", 2),
        ("settings", 3),
        (role.role.as_str(), 1),
        ("sto_sh01", 2),
        (staff.as_str(), 3),
        ("sto_cd06", 4),
        (own.as_str(), 2),
    ];
    for (entity, least) in histories {
        whole(&w, &auditor, entity, least).await;
    }
    let page = w.page(&format!("/console/hq/audit?entity={SPU}"), &format!("ld_staff={auditor}")).await;
    assert!(page.status == 200 && page.text().contains("链完整"), "{}", page.text());
    // The thing's own pages lead there, those who may see it.
    for path in [format!("/console/hq/products/{SPU}"), "/console/hq/stores/sto_sh01".to_owned(), "/console/hq/rules".to_owned()] {
        let (page, other) = (w.page(&path, &format!("ld_staff={admin}")).await, w.page(&path, &format!("ld_staff={merch}")).await);
        assert!(page.text().contains("核对记录是否完整"), "{path}");
        assert!(!other.text().contains("核对记录是否完整"), "{path}: merchandisers are no auditors");
    }
    // A chain is said of one thing, and once.
    assert!(list(&w, &auditor, "").await.chain.is_none());
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_warehouses_coupons_and_codes_when_changed_then_their_histories_hold_and_two_at_once_lose_nothing() {
    let w = World::usual().await;
    let (admin, marketing, auditor) = (w.staff("admin").await, w.staff("marketing").await, w.staff("auditor").await);
    let path = "/api/v1/hq/warehouses/loc_wh-front-sh01";
    for address in ["愚园路 68 号地下一层", "愚园路 68 号地下二层"] {
        let was: WarehouseView = w.get(path, &admin).await.ok();
        let next = WarehouseDraft { address: address.into(), ..was.row.draft };
        let saved = w.call(Method::PUT, path, &admin, Some(&json!({"draft": next, "version": was.row.version}))).await;
        assert!(saved.status.is_success(), "{}", saved.json);
    }
    // Where there is a row with a version, no row more is written.
    assert!(word(&row(&w, "LOCATION#loc_wh-front-sh01", "LOCATION").await, "chain").starts_with("2#"));
    let listed = list(&w, &auditor, "kind=warehouse").await;
    assert!(listed.lines.len() >= 2 && listed.lines.iter().all(|l| l.kind == "warehouse.changed"), "{listed:?}");

    let now = w.stack.app.now();
    let (from, until) = (now.plus(-Timestamp::MINUTE), now.plus(30 * Timestamp::DAY));
    let draft = json!({
        "title": "链上的券", "worth": {"kind": "amount", "off": 100}, "from": 200, "comes_back": true, "hq_bears": 1_000, "number": 1_000, "per_person": 1,
        "claim_from": from, "claim_until": until, "valid_from": from, "valid_until": until, "center": false, "codes": true, "version": 0,
    });
    let coupon = "/api/v1/hq/coupons/cmp_chained";
    let made: CouponView = w.call(Method::PUT, coupon, &marketing, Some(&draft)).await.ok();
    let step = json!({"step": "issue", "version": made.draft.version});
    let _: CouponView = w.post(&format!("{coupon}/steps"), &marketing, &step).await.ok();
    let (codes, count) = (format!("{coupon}/codes"), json!({"count": 3}));
    let (one, other) =
        futures::join!(w.post_once(&codes, &marketing, "chain-codes-0001", &count), w.post_once(&codes, &marketing, "chain-codes-0002", &count));
    assert!(one.status.is_success() && other.status.is_success(), "{} {}", one.json, other.json);
    for (entity, least) in [("loc_wh-front-sh01", 2), ("cmp_chained", 4)] {
        whole(&w, &auditor, entity, least).await;
    }
    assert!(flaws(&w).await.is_empty());
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_history_that_somebody_edits_in_the_table_when_checked_then_every_way_of_it_is_found_and_named() {
    let w = World::usual().await;
    let (merch, auditor) = (w.staff("merch").await, w.staff("auditor").await);
    for name in ["甲", "乙", "丙"] {
        named(&w, &merch, name).await;
    }
    let pk = format!("SPU#{SPU}");
    let whole = entries(&w, &pk).await;
    let last = u64::try_from(whole.len()).unwrap();
    assert!(last >= 3 && whole.iter().zip(1..).all(|(row, n)| seq(row) == n), "{whole:?}");
    let told = |what: &str| format!("{pk}：{what}");
    let second = whole[1].clone();

    // Edited: who did it.
    let mut edited = second.clone();
    edited.insert("by".into(), s("stf_somebody"));
    put(&w, edited).await;
    assert_eq!(flaws(&w).await, [told("第 2 条被改动过")]);
    let c = chain(&w, &auditor, SPU).await;
    assert_eq!((c.holds, c.flaws.as_slice()), (false, ["第 2 条被改动过".to_owned()].as_slice()));
    let page = w.page(&format!("/console/hq/audit?entity={SPU}"), &format!("ld_staff={auditor}")).await;
    assert!(page.text().contains("第 2 条被改动过") && !page.text().contains("链完整"), "{}", page.text());
    put(&w, second.clone()).await;
    assert!(chain(&w, &auditor, SPU).await.holds);

    // Moved to another day of the list of all changes.
    let mut hidden = second.clone();
    hidden.insert("gsi1pk".into(), s("AUDIT#1"));
    put(&w, hidden).await;
    assert_eq!(flaws_of(&w).await, [told("第 2 条被改动过")]);
    put(&w, second.clone()).await;

    // Missing, in the middle and at the end.
    delete(&w, &second).await;
    assert_eq!(flaws(&w).await, [told("缺少第 2 条")]);
    put(&w, second.clone()).await;
    let newest = whole.last().unwrap();
    delete(&w, newest).await;
    assert_eq!(flaws_of(&w).await, [told(&format!("缺少第 {last} 条"))]);
    put(&w, newest.clone()).await;

    // Put in: a copy under another id, and one without a place.
    let mut copy = second.clone();
    copy.insert("id".into(), s("evt_copy"));
    copy.insert("sk".into(), s("EVENT#evt_copy"));
    put(&w, copy.clone()).await;
    assert_eq!(flaws_of(&w).await, [told("多出一条自称第 2 条的记录（evt_copy）")]);
    copy.remove("link");
    put(&w, copy.clone()).await;
    assert_eq!(flaws_of(&w).await, ["evt_copy：记录 evt_copy 不在任何链上"]);
    delete(&w, &copy).await;

    // Two that changed places.
    let third = whole[2].clone();
    let (mut a, mut b) = (second.clone(), third.clone());
    a.insert("link".into(), third["link"].clone());
    b.insert("link".into(), second["link"].clone());
    put(&w, a).await;
    put(&w, b).await;
    assert_eq!(flaws_of(&w).await, [told("第 2 条被改动过"), told("第 3 条被改动过")]);
    put(&w, second).await;
    put(&w, third).await;
    assert!(flaws_of(&w).await.is_empty());

    // The row itself: an older state of it was put back, or it was made to forget.
    let product = row(&w, &pk, "PRODUCT").await;
    let mut older = product.clone();
    let end = word(&product, "chain").replacen(&format!("{last}#"), &format!("{}#", last - 1), 1);
    older.insert("chain".into(), s(&end));
    put(&w, older).await;
    let beyond = flaws_of(&w).await;
    assert!(beyond.iter().any(|f| f.contains(&format!("多出一条自称第 {last} 条"))), "{beyond:?}");
    let mut none = product.clone();
    none.remove("chain");
    put(&w, none).await;
    assert_eq!(flaws_of(&w).await, [told(&format!("第 {last} 条（最后一条）与对象上留存的校验值不符"))]);
    put(&w, product).await;
    assert!(chain(&w, &auditor, SPU).await.holds);
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_changes_at_the_same_moment_when_all_are_through_then_none_is_lost_and_the_chains_hold() {
    let w = World::usual().await;
    let (manager, admin, auditor) = (w.staff("cd06-manager").await, w.staff("admin").await, w.staff("auditor").await);
    let library = w.stack.app.tables.library().await.unwrap();
    let found = w.skus_with(&"sto_cd06".parse().unwrap(), 5, 500, 20).await;
    let free: Vec<SkuId> =
        found.into_iter().filter(|sku| library.iter().any(|l| l.sku == *sku && !l.mandatory && l.local_to.is_none())).take(4).collect();
    assert!(free.len() > 1, "goods to give up");
    // What is given up of one store has one chain, and no version that would keep two people apart: the later one comes again.
    let drop_path = "/api/v1/stores/sto_cd06/assortment/drop";
    let bodies: Vec<_> = free.iter().map(|sku| json!({"skus": [sku]})).collect();
    let answers = futures::future::join_all(bodies.iter().map(|body| w.post(drop_path, &manager, body))).await;
    assert!(answers.iter().all(|a| a.status == 200), "{:?}", answers.iter().map(|a| &a.json).collect::<Vec<_>>());
    let policies: ChainPolicies = low_at(&w, &admin, 1).await;
    let (one, other) = (ChainPolicies { low_at: policies.low_at + 1, ..policies.clone() }, ChainPolicies { low_at: policies.low_at + 2, ..policies });
    let set = async |p: &ChainPolicies| w.call(Method::PUT, POLICIES, &admin, Some(p)).await.status.as_u16();
    let (one, other) = futures::join!(set(&one), set(&other));
    let mut both = [one, other];
    both.sort_unstable();
    assert_eq!(both, [200, 409]);
    whole(&w, &auditor, "sto_cd06", u64::try_from(free.len()).unwrap()).await;
    whole(&w, &auditor, "policies", 2).await;
    assert!(flaws(&w).await.is_empty());
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_listing_rules_a_store_and_a_role_when_asked_for_a_moment_then_each_is_as_it_was() {
    let w = World::usual().await;
    let (admin, manager) = (w.staff("admin").await, w.staff("sh07-manager").await);
    let goods = prices::untouched(&w, &manager).await;
    let before: ChainPolicies = w.get(POLICIES, &admin).await.ok();
    let store: StoreRecord = w.get("/api/v1/hq/stores/sto_sh01", &admin).await.ok();
    let matrix: RoleMatrix = w.get("/api/v1/hq/roles", &admin).await.ok();
    let role = matrix.roles.iter().find(|r| r.role == Role::Marketing.id()).unwrap().clone();
    let gone = role.permissions[0];
    let at = moment_text(w.stack.app.now(), CHINA);
    w.stack.app.clock.advance(5 * Timestamp::MINUTE);

    let (admin, manager, auditor) = (w.staff("admin").await, w.staff("sh07-manager").await, w.staff("auditor").await);
    let set: PriceAnswer = prices::set(&w, &manager, &goods, Some(goods.least)).await.ok();
    assert!(set.in_force);
    low_at(&w, &admin, 3).await;
    say(&w, &admin, "mode:franchise", "max_discount", "9").await;
    store_named(&w, &admin, "sto_sh01", "改过的名字").await;
    let wanted = json!({"title": role.title, "permissions": role.permissions[1..], "version": role.version});
    let _: RoleView = w.call(Method::PUT, &format!("/api/v1/hq/roles/{}", role.role), &admin, Some(&wanted)).await.ok();

    let listing = format!("sto_sh07/{}", goods.sku);
    let then = async |entity: &str| -> AuditThen { list(&w, &auditor, &format!("entity={entity}&at={at}")).await.then.unwrap() };
    let field = |then: &AuditThen, field: &str| -> (String, String, String) {
        let found = then.fields.iter().find(|f| f.field == field).unwrap_or_else(|| panic!("no {field}: {then:?}"));
        (found.title.clone(), found.value.clone(), found.now.clone())
    };
    let of = |title: &str, value: &str, now: &str| (title.to_owned(), value.to_owned(), now.to_owned());
    let price = then(&listing).await;
    assert_eq!(field(&price, "own_price"), of("门店价", "跟随总部", &goods.least.to_string()));
    assert!(price.fields.iter().any(|f| f.field == "name" && f.value == f.now), "what nobody changed stands there, too: {price:?}");
    let low = field(&then("policies").await, "low_at");
    assert_eq!((low.1, low.2), (before.low_at.to_string(), (before.low_at + 3).to_string()));
    let level = field(&then("settings").await, "mode:franchise·max_discount");
    assert!(level.1.contains("15") && level.2.contains('9') && level.0.contains('：'), "{level:?}");
    let name = field(&then("sto_sh01").await, "name");
    assert_eq!((name.1.as_str(), name.2.as_str()), (store.draft.name.as_str(), "改过的名字"));
    let may = field(&then(role.role.as_str()).await, &gone.to_string());
    assert_eq!((may.1.as_str(), may.2.as_str()), ("有", "无"));
    let page = w.page(&format!("/console/hq/audit?entity={listing}&at={at}"), &format!("ld_staff={auditor}")).await;
    assert!(page.status == 200 && page.text().contains("datetime-local") && page.text().contains("跟随总部"), "{}", page.text());
    w.stack.stop().await;
}
