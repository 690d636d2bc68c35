//! What levels say about stores: provenance, dates, lost updates, bounds, whom a change touches, and who may look.

use liandian_domain::governance::{fields::FieldKey, resolve::Place};
use liandian_tests::{Answer, World};
use liandian_types::{
    Mode, StoreId, Timestamp,
    api::{
        ChainPolicies, LevelSeen, LevelSettings, PolicyLine, PresetWish, SettingWish, Settings, SettingsChange, SettingsHistory, SettingsImpact,
        StorePolicy,
    },
};
use reqwest::Method;
use serde_json::json;

const SETTINGS: &str = "/api/v1/hq/settings";

fn level<'a>(s: &'a Settings, word: &str) -> &'a LevelSettings {
    s.levels.iter().find(|l| l.level == word).unwrap()
}

fn said(s: &Settings, word: &str, field: &str) -> Option<String> {
    level(s, word).said.iter().find(|r| r.field == field).and_then(|r| r.value.clone())
}

fn line<'a>(p: &'a StorePolicy, field: &str) -> &'a PolicyLine {
    p.lines.iter().find(|l| l.field == field).unwrap()
}

/// One change of a level, from this version.
fn one(level: &str, version: u64, field: &str, value: Option<&str>) -> SettingsChange {
    SettingsChange {
        changes: vec![SettingWish { level: level.into(), field: field.into(), value: value.map(Into::into), withdraw: None }],
        versions: vec![LevelSeen { level: level.into(), version }],
        why: "试行".into(),
        from: None,
    }
}

async fn put(w: &World, token: &str, change: &SettingsChange) -> Answer {
    w.call(Method::PUT, SETTINGS, token, Some(change)).await
}

async fn policy(w: &World, token: &str, store: &str) -> StorePolicy {
    w.get(&format!("/api/v1/stores/{store}/policy"), token).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn given_the_demo_chain_when_a_store_asks_for_its_policy_then_every_value_says_where_it_comes_from() {
    let w = World::usual().await;
    let admin = w.staff("admin").await;
    let all: Settings = w.get(SETTINGS, &admin).await.ok();
    assert_eq!(said(&all, "mode:franchise", "max_discount").as_deref(), Some("15"));
    assert!(all.levels.iter().any(|l| l.level == "store:sto_hz05" && l.stores == 1), "a store that something is said about is a level");
    assert_eq!(level(&all, "mode:franchise").planned.len(), 1, "one is dated");
    let p = policy(&w, &admin, "sto_hz05").await;
    let discount = line(&p, "max_discount");
    let from = discount.said.as_ref().unwrap();
    assert_eq!((discount.value.as_str(), from.level.as_str(), discount.differs), ("20", "store:sto_hz05", true));
    assert!(from.by_name.is_some() && !from.why.is_empty());
    assert_eq!(discount.overruled.iter().map(|s| s.level.as_str()).collect::<Vec<_>>(), ["mode:franchise"]);
    assert!(line(&p, "may_profile").said.is_none() && p.next_text.is_some());
    assert_eq!(line(&p, "timed_price_days").planned.iter().map(|s| s.text.as_str()).collect::<Vec<_>>(), ["7 天"]);
    // The dated one holds from its time on.
    let profile = w.stack.app.tables.store(&"sto_hz05".parse::<StoreId>().unwrap()).await.unwrap().unwrap();
    let (place, now) = (Place::from(&profile), w.stack.app.now());
    let days = async |at: Timestamp| w.stack.app.tables.policy_of(&place, at).await.unwrap().number(FieldKey::TimedPriceDays);
    assert_eq!((days(now).await, days(now.plus(8 * Timestamp::DAY)).await), (14, 7));
    for path in
        ["/console/hq/settings", "/console/hq/settings?level=mode:franchise", "/console/hq/settings/history", "/console/hq/stores/sto_hz05/policy"]
    {
        let page = w.page(path, &format!("ld_staff={admin}")).await;
        assert_eq!(page.status, 200, "{path}");
    }
    let page = w.page("/console/s/sto_hz05/policy", &format!("ld_staff={admin}")).await;
    assert!(page.text().contains("文三路店周边竞争激烈") && page.text().contains("与总部不同"), "{}", page.text());
    let page = w.page("/console/hq/settings?level=mode:franchise", &format!("ld_staff={admin}")).await;
    assert!(page.text().contains("折扣超过 15% 时须经总部同意") && page.text().contains("缩短限时折扣"), "{}", page.text());
    let page = w.page("/console/hq/settings?q=%E5%A4%A7%E5%AD%A6%E8%B7%AF", &format!("ld_staff={admin}")).await;
    assert!(page.text().contains("level=store%3Asto_sh08"), "a store is found by its name: {}", page.text());
    assert_eq!(w.page("/console/hq/settings?level=store:sto_none", &format!("ld_staff={admin}")).await.status, 404);
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_two_people_with_the_same_level_before_them_when_both_save_then_the_second_is_refused_and_history_tells_the_first() {
    let w = World::usual().await;
    let admin = w.staff("admin").await;
    let seen: Settings = w.get(SETTINGS, &admin).await.ok();
    let version = level(&seen, "mode:franchise").version;
    let set: Settings = put(&w, &admin, &one("mode:franchise", version, "max_discount", Some("12"))).await.ok();
    assert_eq!(said(&set, "mode:franchise", "max_discount").as_deref(), Some("12"));
    let refused = put(&w, &admin, &one("mode:franchise", version, "max_markup", Some("5"))).await.refused(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("刷新"), "{refused}");
    // Another level is another version; and of two at the same moment one is refused.
    let joint = level(&set, "mode:joint").version;
    let (a, b) = (one("mode:joint", joint, "max_discount", Some("1")), one("mode:joint", joint, "max_discount", Some("2")));
    let (a, b) = futures::join!(put(&w, &admin, &a), put(&w, &admin, &b));
    let mut answers = [a.status.as_u16(), b.status.as_u16()];
    answers.sort_unstable();
    assert_eq!(answers, [200, 409]);
    assert_eq!(line(&policy(&w, &admin, "sto_sh07").await, "max_discount").value, "12", "what decisions read is new as well");
    // Inherited again.
    let now: Settings = w.get(SETTINGS, &admin).await.ok();
    let reset = one("store:sto_hz05", level(&now, "store:sto_hz05").version, "max_discount", None);
    let now: Settings = put(&w, &admin, &reset).await.ok();
    assert!(now.levels.iter().filter(|l| l.level == "store:sto_hz05").all(|l| l.said.is_empty()));
    let p = policy(&w, &admin, "sto_hz05").await;
    assert_eq!((line(&p, "max_discount").value.as_str(), line(&p, "max_discount").said.as_ref().unwrap().level.as_str()), ("12", "mode:franchise"));
    let history: SettingsHistory = w.get("/api/v1/hq/settings/history", &admin).await.ok();
    assert_eq!(history.changes.len(), 3, "{history:?}");
    let first = &history.changes[2];
    assert!(first.by_name.is_some());
    let l = &first.lines[0];
    assert_eq!((l.label.as_str(), l.old.as_str(), l.new.as_str(), l.why.as_str()), ("最大折扣", "15%", "12%", "试行"));
    assert_eq!(history.changes[0].lines[0].new, "沿用上级");
    let page = w.page("/console/hq/settings/history", &format!("ld_staff={admin}")).await;
    assert!(page.text().contains("最大折扣：15% → 12%"), "{}", page.text());
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_what_cannot_be_meant_when_it_is_sent_then_the_field_is_named_and_nothing_changes() {
    let w = World::usual().await;
    let admin = w.staff("admin").await;
    let before: Settings = w.get(SETTINGS, &admin).await.ok();
    let version = |word: &str| before.levels.iter().find(|l| l.level == word).map_or(0, |l| l.version);
    let field =
        async |change: &SettingsChange| put(&w, &admin, change).await.refused(400, "bad_request")["field"].as_str().unwrap_or_default().to_owned();
    let of = |level: &str, field: &str, value: &str| one(level, version(level), field, Some(value));
    assert_eq!(field(&of("mode:franchise", "max_discount", "101")).await, "max_discount");
    assert_eq!(field(&of("mode:franchise", "max_discount", "-1")).await, "max_discount");
    assert_eq!(field(&of("mode:franchise", "max_discount", "on")).await, "max_discount");
    assert_eq!(field(&of("mode:franchise", "may_price", "1")).await, "may_price");
    assert_eq!(field(&of("mode:franchise", "approve_local", "region")).await, "approve_local");
    assert_eq!(field(&of("mode:franchise", "per_km", "10")).await, "level");
    assert_eq!(field(&of("mode:franchise", "no_such", "10")).await, "changes[0].field");
    assert_eq!(field(&of("mode:other", "max_discount", "10")).await, "changes[0].level");
    assert_eq!(field(&of("store:sto_none", "max_discount", "10")).await, "changes[0].level");
    assert_eq!(field(&of("region:reg_none", "max_discount", "10")).await, "changes[0].level");
    assert_eq!(field(&SettingsChange { why: " ".into(), ..of("mode:franchise", "max_discount", "10") }).await, "why");
    assert_eq!(field(&SettingsChange { versions: vec![], ..of("mode:franchise", "max_discount", "10") }).await, "versions");
    assert_eq!(field(&SettingsChange { changes: vec![], ..of("mode:franchise", "max_discount", "10") }).await, "changes");
    assert_eq!(field(&SettingsChange { from: Some("2020-01-01T08:00".into()), ..of("mode:franchise", "max_discount", "10") }).await, "from");
    assert_eq!(field(&SettingsChange { from: Some("tomorrow".into()), ..of("mode:franchise", "max_discount", "10") }).await, "from");
    // A number of the whole chain holds at once.
    assert_eq!(field(&SettingsChange { from: Some("2099-01-01T08:00".into()), ..of("hq", "low_at", "5") }).await, "from");
    assert_eq!(field(&of("hq", "low_at", "21")).await, "low_at");
    assert_eq!(w.get(SETTINGS, &admin).await.ok::<Settings>(), before);
    // The bounds themselves hold.
    let mut now = before;
    for value in ["0", "100"] {
        now = put(&w, &admin, &one("mode:franchise", level(&now, "mode:franchise").version, "max_discount", Some(value))).await.ok();
        assert_eq!(said(&now, "mode:franchise", "max_discount").as_deref(), Some(value));
    }
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_each_role_when_it_looks_or_sets_then_a_store_sees_its_own_policy_and_only_hq_sets() {
    let w = World::usual().await;
    let change = one("mode:franchise", 0, "max_discount", Some("10"));
    for user in ["sh01-clerk", "sh01-manager", "region-east", "merch", "auditor"] {
        let token = w.staff(user).await;
        put(&w, &token, &change).await.refused(403, "forbidden");
        w.post("/api/v1/hq/settings/impact", &token, &change).await.refused(403, "forbidden");
        w.post("/api/v1/hq/settings/preset", &token, &json!({"mode": "direct", "version": 0})).await.refused(403, "forbidden");
    }
    let (clerk, region) = (w.staff("sh01-clerk").await, w.staff("region-east").await);
    w.get(SETTINGS, &clerk).await.refused(403, "forbidden");
    w.get(SETTINGS, &region).await.refused(403, "forbidden");
    assert_eq!(policy(&w, &clerk, "sto_sh01").await.store.as_str(), "sto_sh01");
    w.get("/api/v1/stores/sto_sh02/policy", &clerk).await.refused(404, "not_found");
    assert_eq!(policy(&w, &region, "sto_sh02").await.store.as_str(), "sto_sh02");
    w.get("/api/v1/stores/sto_cd01/policy", &region).await.refused(404, "not_found");
    let cookie = format!("ld_staff={clerk}");
    assert!(w.page("/console/s/sto_sh01/policy", &cookie).await.text().contains("本店规则"));
    assert_eq!(w.page("/console/s/sto_sh02/policy", &cookie).await.status, 404);
    assert_eq!(w.page("/console/hq/settings", &cookie).await.status, 403);
    let cookie = format!("ld_staff={region}");
    assert_eq!(w.page("/console/s/sto_sh02/policy", &cookie).await.status, 200);
    assert_eq!(w.page("/console/s/sto_cd01/policy", &cookie).await.status, 404);
    assert_eq!(w.page("/console/hq/stores/sto_sh02/policy", &cookie).await.status, 403, "a region sees it among the store's pages");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_stricter_threshold_when_asked_for_its_impact_then_stores_and_prices_are_named_and_nothing_is_saved() {
    let w = World::usual().await;
    let admin = w.staff("admin").await;
    let directory = w.stack.app.tables.directory().await.unwrap();
    // One of them has a word of its own.
    let franchise = directory.iter().filter(|s| s.mode == Mode::Franchise && s.store.as_str() != "sto_hz05").count();
    let ask = |value: &str| SettingsChange { versions: vec![], why: String::new(), ..one("mode:franchise", 0, "max_discount", Some(value)) };
    let impact = async |value: &str| w.post("/api/v1/hq/settings/impact", &admin, &ask(value)).await.ok::<SettingsImpact>();
    let i = impact("5").await;
    assert_eq!(i.stores as usize, franchise);
    assert!(i.prices > 0 && i.looked == i.stores, "{}", i.sentence);
    assert_eq!(i.sentence, format!("{franchise} 家门店受影响；{} 个现行价格将不合规", i.prices));
    assert!(i.touched.iter().all(|s| s.fields.len() == 1 && s.fields[0].old == "15%" && s.fields[0].new == "5%" && !s.name.is_empty()));
    assert!(i.illegal.iter().all(|p| p.old < p.new && !p.title.is_empty() && !p.why.is_empty()));
    assert_eq!(impact("30").await.prices, 0, "more freedom makes no price illegal");
    assert_eq!(impact("15").await.sentence, "不影响任何门店");
    // Whoever goes on behind the last store finds no more prices; behind the first, all but its own.
    let behind = async |after: &str| w.post(&format!("/api/v1/hq/settings/impact?after={after}"), &admin, &ask("5")).await;
    let last: SettingsImpact = behind("sto_zzzz").await.ok();
    assert!(last.stores == i.stores && last.looked == 0 && last.prices == 0 && last.next.is_none(), "{last:?}");
    let rest: SettingsImpact = behind(i.touched.iter().map(|t| t.store.as_str()).min().unwrap()).await.ok();
    assert!(rest.looked == i.looked - 1 && rest.prices <= i.prices, "{rest:?}");
    behind("nonsense").await.refused(400, "bad_request");
    let all: Settings = w.get(SETTINGS, &admin).await.ok();
    assert_eq!(said(&all, "mode:franchise", "max_discount").as_deref(), Some("15"));
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_number_of_the_whole_chain_when_hq_says_it_on_either_page_then_there_is_one_truth_and_a_store_may_differ() {
    let w = World::usual().await;
    let admin = w.staff("admin").await;
    let seen: Settings = w.get(SETTINGS, &admin).await.ok();
    let hq = level(&seen, "hq").version;
    let set: Settings = put(&w, &admin, &one("hq", hq, "low_at", Some("5"))).await.ok();
    let policies: ChainPolicies = w.get("/api/v1/hq/policies", &admin).await.ok();
    assert_eq!((policies.low_at, policies.version), (5, 1));
    let _: ChainPolicies = w.call(Method::PUT, "/api/v1/hq/policies", &admin, Some(&ChainPolicies { low_at: 6, ..policies.clone() })).await.ok();
    let now: Settings = w.get(SETTINGS, &admin).await.ok();
    assert_eq!(said(&now, "hq", "low_at").as_deref(), Some("6"));
    put(&w, &admin, &one("hq", level(&set, "hq").version, "low_at", Some("7"))).await.refused(409, "conflict");
    let row = level(&now, "hq").said.iter().find(|r| r.field == "low_at").unwrap();
    assert!(row.by_name.is_some(), "who set it on the page of rules is told: {row:?}");
    // A store's own word goes before it, where its stock is looked at.
    let _: Settings = put(&w, &admin, &one("store:sto_sh01", 0, "low_at", Some("2"))).await.ok();
    let value = async |store: &str| {
        let profile = w.stack.app.tables.store(&store.parse::<StoreId>().unwrap()).await.unwrap().unwrap();
        w.stack.app.tables.policy_of(&Place::from(&profile), w.stack.app.now()).await.unwrap().stock().low_at
    };
    assert_eq!((value("sto_sh01").await, value("sto_sh02").await), (2, 6));
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_dated_change_when_it_is_withdrawn_then_it_never_holds_and_a_preset_brings_a_mode_back() {
    let w = World::usual().await;
    let admin = w.staff("admin").await;
    let seen: Settings = w.get(SETTINGS, &admin).await.ok();
    let mode = level(&seen, "mode:franchise");
    let mut withdraw = one("mode:franchise", mode.version, "timed_price_days", None);
    withdraw.changes[0].withdraw = Some(mode.planned[0].from);
    let now: Settings = put(&w, &admin, &withdraw).await.ok();
    assert!(level(&now, "mode:franchise").planned.is_empty());
    let again = SettingsChange { versions: vec![LevelSeen { level: "mode:franchise".into(), version: mode.version + 1 }], ..withdraw };
    put(&w, &admin, &again).await.refused(409, "conflict");
    let loose = one("mode:franchise", level(&now, "mode:franchise").version, "max_discount", Some("50"));
    let now: Settings = put(&w, &admin, &loose).await.ok();
    let version = level(&now, "mode:franchise").version;
    let wish = |version| PresetWish { mode: Mode::Franchise, version };
    w.post("/api/v1/hq/settings/preset", &admin, &wish(version - 1)).await.refused(409, "conflict");
    let now: Settings = w.post("/api/v1/hq/settings/preset", &admin, &wish(version)).await.ok();
    assert_eq!(said(&now, "mode:franchise", "max_discount").as_deref(), Some("15"));
    w.stack.stop().await;
}
