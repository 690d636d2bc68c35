//! Set-up by questions: what answers lead to, kept, edited, applied, and asked again.

use liandian_tests::World;
use liandian_types::{
    Tier,
    api::{
        ChainPolicies, SetRole, SettingsHistory, SetupAnswer, SetupAnswers, SetupApply, SetupDraftView, SetupEdit, SetupLeft, SetupProposal,
        SetupSave, SetupThemed, SetupView, StoreHistory, StorePolicy,
    },
};
use reqwest::Method;
use serde_json::json;

const SETUP: &str = "/api/v1/hq/setup";

fn answers(given: &[(&str, &str)], regions: &[&str]) -> SetupAnswers {
    let answers = given.iter().map(|(q, c)| SetupAnswer { question: (*q).into(), choice: (*c).into() }).collect();
    SetupAnswers { answers, regions: regions.iter().map(|r| r.parse().unwrap()).collect() }
}

fn save(a: &SetupAnswers, left: &[&str], version: u64) -> SetupSave {
    SetupSave {
        answers: a.answers.clone(),
        regions: a.regions.clone(),
        left: left.iter().map(|l| (*l).to_owned()).collect(),
        left_why: vec![],
        edits: vec![],
        version,
    }
}

async fn saved(w: &World, admin: &str, s: &SetupSave) -> SetupDraftView {
    w.call(Method::PUT, "/api/v1/hq/setup/draft", admin, Some(s)).await.ok::<SetupView>().draft.unwrap()
}

fn apply(d: &SetupDraftView) -> SetupApply {
    SetupApply { version: d.version, versions: d.proposal.versions.clone() }
}

async fn value(w: &World, admin: &str, store: &str, field: &str) -> String {
    let p: StorePolicy = w.get(&format!("/api/v1/stores/{store}/policy"), admin).await.ok();
    p.lines.into_iter().find(|l| l.field == field).unwrap().value
}

#[tokio::test(flavor = "multi_thread")]
async fn given_the_tea_chain_when_it_answers_and_applies_then_one_image_holds_and_named_cities_have_drinks_of_their_own() {
    let w = World::usual().await;
    let admin = w.staff("admin").await;
    let seen: SetupView = w.get(SETUP, &admin).await.ok();
    assert!(seen.draft.is_none() && seen.questions.len() == 20 && seen.regions.iter().any(|r| r.value == "reg_east-sh"));
    let given = [("ownership", "direct"), ("image", "same"), ("seasonal", "named"), ("prices", "strict")];
    let tea = answers(&given, &["reg_east-sh"]);
    let p: SetupProposal = w.post("/api/v1/hq/setup/proposal", &admin, &tea).await.ok();
    let line = p.lines.iter().find(|l| l.level == "region:reg_east-sh" && l.field == "may_local").unwrap();
    assert!(line.why.contains("季节限定") && line.taken && line.current == "沿用上级" && line.text == "开");
    assert!(p.hints.iter().filter(|h| h.kind == "theme").all(|h| h.text == "标准首页"));
    assert!(p.unchanged > 0, "the demo chain has the modes' presets already");
    // A proposal keeps nothing; a draft does, with what is left of it.
    assert!(w.get(SETUP, &admin).await.ok::<SetupView>().draft.is_none());
    let left = ["mode:franchise/max_markup"];
    let draft = saved(&w, &admin, &save(&tea, &left, 0)).await;
    assert_eq!(draft.version, 1);
    assert!(draft.proposal.lines.iter().any(|l| l.line == left[0] && !l.taken));
    w.call(Method::PUT, "/api/v1/hq/setup/draft", &admin, Some(&save(&tea, &[], 0))).await.refused(409, "conflict");
    let page = w.page("/console/hq/setup", &format!("ld_staff={admin}")).await;
    assert!(page.text().contains("品牌形象与核心商品是否全国统一") && page.text().contains("季节限定款数量有限"), "{}", page.text());
    w.post("/api/v1/hq/setup/apply", &admin, &SetupApply { version: 0, ..apply(&draft) }).await.refused(409, "conflict");
    let done: SetupView = w.post("/api/v1/hq/setup/apply", &admin, &apply(&draft)).await.ok();
    let done = done.draft.unwrap();
    assert!(done.applied_text.is_some());
    assert_eq!(done.proposal.lines.iter().map(|l| l.line.as_str()).collect::<Vec<_>>(), left, "what was left is the only difference");
    for (store, field, wanted) in [
        ("sto_sh01", "may_local", "on"),
        ("sto_sh07", "may_local", "on"),
        ("sto_sh01", "local_products", "10"),
        ("sto_hz02", "may_local", "off"),
        ("sto_sh07", "may_price", "off"),
        ("sto_sh07", "flagship_locked", "on"),
        ("sto_hz08", "max_discount", "5"),
        ("sto_hz08", "max_markup", "10"),
    ] {
        assert_eq!(value(&w, &admin, store, field).await, wanted, "{store} {field}");
    }
    let history: SettingsHistory = w.get("/api/v1/hq/settings/history", &admin).await.ok();
    assert_eq!(history.changes.len(), 1, "one transaction, one event");
    w.post("/api/v1/hq/setup/apply", &admin, &apply(&done)).await.refused(400, "bad_request");
    w.assert_chains().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_the_regional_supermarket_when_it_answers_then_pickup_comes_first_and_asked_again_only_the_difference_is_proposed() {
    let w = World::usual().await;
    let admin = w.staff("admin").await;
    let given = [("ownership", "franchise"), ("tiers", "yes"), ("members", "all"), ("first", "pickup")];
    let draft = saved(&w, &admin, &save(&answers(&given, &[]), &[], 0)).await;
    let p = &draft.proposal;
    let near = p.lines.iter().find(|l| l.field == "per_km").unwrap();
    assert_eq!((near.level.as_str(), near.value.as_str(), near.current.as_str()), ("hq", "150", "沿用上级"));
    assert!(p.hints.iter().any(|h| h.kind == "theme" && h.title == "社区店首页" && h.text == "社区首页" && h.why.contains("自提")), "{p:?}");
    assert!(p.hints.iter().any(|h| h.kind == "grant" && h.text == "order:read" && h.why.contains("偏好")), "{p:?}");
    let done: SetupView = w.post("/api/v1/hq/setup/apply", &admin, &apply(&draft)).await.ok();
    let done = done.draft.unwrap();
    assert!(done.proposal.lines.is_empty(), "{:?}", done.proposal.lines);
    assert_eq!(w.get("/api/v1/hq/policies", &admin).await.ok::<ChainPolicies>().per_km, 150, "one truth with the page of rules");
    // A year later delivery counts more.
    let given = [("ownership", "franchise"), ("tiers", "yes"), ("members", "all"), ("first", "delivery")];
    let again = saved(&w, &admin, &save(&answers(&given, &[]), &[], done.version)).await;
    assert_eq!(again.proposal.lines.iter().map(|l| l.line.as_str()).collect::<Vec<_>>(), ["hq/per_minute"]);
    assert!(again.applied_text.is_none());
    // Somebody sets HQ's level meanwhile: what the page showed is applied no more.
    let policies: ChainPolicies = w.get("/api/v1/hq/policies", &admin).await.ok();
    let _: ChainPolicies = w.call(Method::PUT, "/api/v1/hq/policies", &admin, Some(&ChainPolicies { low_at: 4, ..policies })).await.ok();
    w.post("/api/v1/hq/setup/apply", &admin, &apply(&again)).await.refused(409, "conflict");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_wrong_answers_or_the_wrong_role_when_sent_then_they_are_refused() {
    let w = World::usual().await;
    let admin = w.staff("admin").await;
    let field = async |a: &SetupAnswers| {
        let refused = w.post("/api/v1/hq/setup/proposal", &admin, a).await.refused(400, "bad_request");
        refused["field"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(field(&answers(&[("no_such", "x")], &[])).await, "no_such");
    assert_eq!(field(&answers(&[("losses", "x")], &[])).await, "losses");
    assert_eq!(field(&answers(&[("seasonal", "named")], &[])).await, "regions");
    assert_eq!(field(&answers(&[("seasonal", "named")], &["reg_none"])).await, "regions[0]");
    assert_eq!(field(&answers(&[("losses", "small"), ("losses", "more")], &[])).await, "answers[1].question");
    let wrong = save(&answers(&[("losses", "small")], &[]), &["hq/may_list"], 0);
    let refused = w.call(Method::PUT, "/api/v1/hq/setup/draft", &admin, Some(&wrong)).await.refused(400, "bad_request");
    assert_eq!(refused["field"], "left");
    w.post("/api/v1/hq/setup/apply", &admin, &json!({"version": 0, "versions": []})).await.refused(404, "not_found");
    for user in ["merch", "region-east", "sh01-manager"] {
        let token = w.staff(user).await;
        w.get(SETUP, &token).await.refused(403, "forbidden");
        w.post("/api/v1/hq/setup/proposal", &token, &answers(&[], &[])).await.refused(403, "forbidden");
        assert_eq!(w.page("/console/hq/setup", &format!("ld_staff={token}")).await.status, 403);
    }
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_proposal_when_a_value_is_changed_and_a_line_left_with_reasons_then_that_is_applied_and_kept() {
    let w = World::usual().await;
    let admin = w.staff("admin").await;
    let given = answers(&[("losses", "more"), ("profile", "yes")], &[]);
    let draft = saved(&w, &admin, &save(&given, &[], 0)).await;
    let line = draft.proposal.lines.iter().find(|l| l.field == "count_value").unwrap();
    assert_eq!((line.value.as_str(), line.form.kind.as_str(), line.original.clone()), ("20000", "number", None));
    let with = |value: &str, why: &str, version: u64| SetupSave {
        edits: vec![SetupEdit { line: "hq/count_value".into(), value: value.into(), why: why.into() }],
        left_why: vec![SetupLeft { line: "hq/may_profile".into(), why: "先由总部管".into() }],
        ..save(&given, &["hq/may_profile"], version)
    };
    for (value, why) in [("30000", " "), ("x", "好"), ("-1", "好")] {
        w.call(Method::PUT, "/api/v1/hq/setup/draft", &admin, Some(&with(value, why, draft.version))).await.refused(400, "bad_request");
    }
    let edited = saved(&w, &admin, &with("30000", "门店客单价更高", draft.version)).await;
    let line = edited.proposal.lines.iter().find(|l| l.field == "count_value").unwrap();
    assert_eq!((line.text.as_str(), line.original.as_deref(), line.why.as_str()), ("¥300.00", Some("¥200.00"), "门店客单价更高"));
    let left = edited.proposal.lines.iter().find(|l| l.field == "may_profile").unwrap();
    assert!(!left.taken && left.left_why == "先由总部管", "{left:?}");
    let page = w.page("/console/hq/setup", &format!("ld_staff={admin}")).await;
    assert!(page.text().contains("原方案：¥200.00") && page.text().contains("改值或填写原因"), "{}", page.text());
    let done = w.post("/api/v1/hq/setup/apply", &admin, &apply(&edited)).await.ok::<SetupView>().draft.unwrap();
    assert_eq!(done.proposal.lines.iter().map(|l| l.line.as_str()).collect::<Vec<_>>(), ["hq/may_profile"]);
    assert!(done.proposal.same.iter().any(|s| s.text == "¥300.00"), "{:?}", done.proposal.same);
    assert_eq!(value(&w, &admin, "sto_sh01", "count_value").await, "30000");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_proposed_home_pages_and_permissions_when_applied_then_stores_and_roles_have_them_and_again_nothing_changes() {
    let w = World::usual().await;
    let admin = w.staff("admin").await;
    let draft = saved(&w, &admin, &save(&answers(&[("image", "same"), ("members", "all")], &[]), &[], 0)).await;
    let hint = draft.proposal.hints.iter().find(|h| h.kind == "theme" && h.tier == Some(Tier::Community)).unwrap().clone();
    assert!(!hint.in_force && hint.theme.as_deref() == Some("standard"), "{hint:?}");
    let ask = json!({"tier": "community", "theme": "standard", "why": hint.why});
    let path = "/api/v1/hq/setup/themes";
    w.post(path, &w.staff("merch").await, &ask).await.refused(403, "forbidden");
    assert_eq!(w.post(path, &admin, &json!({"tier": "community", "theme": "none", "why": "好"})).await.refused(400, "bad_request")["field"], "theme");
    assert_eq!(
        w.post(path, &admin, &json!({"tier": "community", "theme": "standard", "why": " "})).await.refused(400, "bad_request")["field"],
        "why"
    );
    let done: SetupThemed = w.post(path, &admin, &ask).await.ok();
    assert!(done.changed > 0 && done.next.is_none(), "{done:?}");
    let directory = w.stack.app.tables.directory_now().await.unwrap();
    let community: Vec<_> = directory.iter().filter(|s| s.tier == Tier::Community).collect();
    assert!(community.len() == done.looked as usize && community.iter().all(|s| s.theme == "standard"));
    assert_eq!(w.post(path, &admin, &ask).await.ok::<SetupThemed>().changed, 0, "twice is once");
    let history: StoreHistory = w.get(&format!("/api/v1/hq/stores/{}/history", community[0].store), &admin).await.ok();
    assert!(history.changes.iter().any(|c| c.why == hint.why), "{history:?}");

    let grant = draft.proposal.hints.iter().find(|h| h.kind == "grant" && !h.in_force).unwrap().clone();
    let role = grant.role.clone().unwrap();
    let set = SetRole { title: grant.role_title.clone(), permissions: grant.permissions.clone(), version: grant.role_version };
    let _: serde_json::Value = w.call(Method::PUT, &format!("/api/v1/hq/roles/{role}"), &admin, Some(&set)).await.ok();
    w.call(Method::PUT, &format!("/api/v1/hq/roles/{role}"), &admin, Some(&set)).await.refused(409, "conflict");
    let now = w.get(SETUP, &admin).await.ok::<SetupView>().draft.unwrap();
    let is = |kind: &str| now.proposal.hints.iter().filter(|h| h.kind == kind).cloned().collect::<Vec<_>>();
    assert!(is("grant").iter().any(|h| h.role.as_ref() == Some(&role) && h.in_force), "{:?}", is("grant"));
    assert!(is("theme").iter().any(|h| h.tier == Some(Tier::Community) && h.in_force), "{:?}", is("theme"));
    w.stack.stop().await;
}
