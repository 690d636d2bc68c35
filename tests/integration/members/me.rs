//! A member's own pages and routes: name and masked phone, orders by tabs, and the ledger of consents with the versions that HQ publishes.

use liandian_tests::{World, id, percent};
use liandian_types::{
    Fulfilment, LegalKind, OrderState, OrderTab, StoreId, Timestamp,
    api::{ConsentList, LegalSheet, MemberView, OrderList, SaveAddress},
};
use reqwest::Method;
use serde_json::{Value, json};

const CONSENTS: &str = "/api/v1/me/consents";
const LEGAL: &str = "/api/v1/hq/legal";

fn session(token: &str) -> String {
    format!("ld_session={token}")
}

/// The versions that the demo chain has in force.
fn both() -> Value {
    json!({"agreed": [{"kind": "agreement", "number": 2}, {"kind": "privacy", "number": 2}]})
}

fn privacy(list: &ConsentList) -> (Option<u32>, Option<u32>, bool) {
    let c = list.consents.iter().find(|c| c.kind == LegalKind::Privacy).unwrap();
    (c.number, c.agreed, c.needed)
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_new_member_when_first_at_the_till_then_the_documents_are_asked_for_once_and_can_be_taken_back() {
    let w = World::usual().await;
    let (new, known) = (w.customer("never-seen-1").await, w.customer("demo-01").await);
    let till = "/s/sto_sh01/checkout";
    // Whoever agreed to what is in force sees nothing of it.
    assert!(!w.page(till, &session(&known)).await.text().contains("我已阅读并同意"));
    let asked = w.page(till, &session(&new)).await;
    assert!(asked.status == 200 && asked.text().contains("我已阅读并同意") && asked.text().contains("《隐私政策》"), "{}", asked.text());
    assert!(!asked.text().contains("Checkout_"), "the till itself comes afterwards");
    let before: ConsentList = w.get(CONSENTS, &new).await.ok();
    assert!(before.needed && privacy(&before) == (Some(2), None, true), "{before:?}");

    // What was not read is not agreed to: an older version, one that there is not, none at all.
    for number in [1, 3] {
        let wrong = json!({"agreed": [{"kind": "privacy", "number": number}]});
        w.post(CONSENTS, &new, &wrong).await.refused(409, "conflict");
    }
    let none = w.post(CONSENTS, &new, &json!({"agreed": []})).await.refused(400, "bad_request");
    assert_eq!(none["field"], "agreed");
    w.post(CONSENTS, &new, &json!({"agreed": [{"kind": "cookies", "number": 1}]})).await.refused(400, "bad_request");
    w.get(CONSENTS, "").await.refused(401, "unauthenticated");

    let given: ConsentList = w.post(CONSENTS, &new, &both()).await.ok();
    assert!(!given.needed && privacy(&given) == (Some(2), Some(2), false), "{given:?}");
    let again: ConsentList = w.post(CONSENTS, &new, &both()).await.ok();
    assert_eq!(again, given, "once or again");
    assert!(w.page(till, &session(&new)).await.text().contains("Checkout_"));

    let path = format!("{CONSENTS}/privacy");
    for _ in 0..2 {
        let back: ConsentList = w.call(Method::DELETE, &path, &new, None::<&()>).await.ok();
        assert!(back.needed && privacy(&back) == (Some(2), None, true), "{back:?}");
        let c = back.consents.iter().find(|c| c.kind == LegalKind::Privacy).unwrap();
        assert_eq!(c.history.iter().map(|h| h.given).collect::<Vec<_>>(), [false, true], "the history is kept, newest first");
    }
    w.call(Method::DELETE, &format!("{CONSENTS}/cookies"), &new, None::<&()>).await.refused(404, "not_found");
    assert!(w.page(till, &session(&new)).await.text().contains("我已阅读并同意"), "asked again before the next order");
    // Another member's are their own.
    let theirs: ConsentList = w.get(CONSENTS, &known).await.ok();
    assert!(!theirs.needed && theirs.consents.iter().all(|c| c.history.len() == 2), "{theirs:?}");
    let page = w.page("/me/consents", &session(&new)).await;
    assert!(page.text().contains("撤回同意第 2 版") && page.text().contains("未同意"), "{}", page.text());
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_hq_when_it_publishes_a_version_then_members_are_asked_again_once_it_is_in_force_and_older_ones_stay_readable() {
    let w = World::usual().await;
    let (admin, member) = (w.staff("admin").await, w.customer("demo-01").await);
    let seen: LegalSheet = w.get(LEGAL, &admin).await.ok();
    assert_eq!((seen.versions.len(), seen.versions.iter().filter(|v| v.in_force).count()), (4, 2), "{seen:?}");
    assert!(seen.versions.iter().all(|v| v.by_name.is_some()), "{seen:?}");
    let ask = |text: String, from: &str, version: u64| json!({"kind": "privacy", "from": from, "text": text, "version": version});
    let text = || format!("第三版的第一段。\n\n{}", "我们只收集必要的信息。".repeat(6));

    // Who may not, what is none, and who has not seen the last one.
    for user in ["merch", "marketing", "finance", "auditor", "region-east", "sh01-manager"] {
        let token = w.staff(user).await;
        w.post(LEGAL, &token, &ask(text(), "", seen.version)).await.refused(403, "forbidden");
        w.get(LEGAL, &token).await.refused(403, "forbidden");
        assert_eq!(w.page("/console/hq/legal", &format!("ld_staff={token}")).await.status, 403, "{user}");
    }
    let field = |v: Value| v["field"].as_str().unwrap_or_default().to_owned();
    let bad = [
        (ask("太短".into(), "", seen.version), "text"),
        (ask(text(), "2020-01-01", seen.version), "from"),
        (ask(text(), "明天", seen.version), "from"),
    ];
    for (wrong, at) in bad {
        assert_eq!(field(w.post(LEGAL, &admin, &wrong).await.refused(400, "bad_request")), at);
    }
    w.post(LEGAL, &admin, &ask(text(), "", seen.version + 1)).await.refused(409, "conflict");
    assert_eq!(w.get(LEGAL, &admin).await.ok::<LegalSheet>(), seen, "nothing was published");

    // Announced for a later day: nobody is asked yet.
    let day = liandian_domain::stores::hours::day(w.stack.app.now().plus(3 * Timestamp::DAY), "Asia/Shanghai").to_string();
    let next: LegalSheet = w.post(LEGAL, &admin, &ask(text(), &day, seen.version)).await.ok();
    let third = next.versions.iter().find(|v| v.kind == LegalKind::Privacy && v.number == 3).unwrap();
    assert!(third.coming && !third.in_force && third.from_text == day && next.version == seen.version + 1, "{third:?}");
    w.post(LEGAL, &admin, &ask(text(), &day, seen.version)).await.refused(409, "conflict");
    assert!(!w.get(CONSENTS, &member).await.ok::<ConsentList>().needed);
    let soon = w.page("/legal/privacy?v=3", "").await;
    assert!(soon.text().contains("第三版的第一段") && soon.text().contains("即将生效") && soon.text().contains("这不是现行版本"), "{}", soon.text());
    let now = w.page("/legal/privacy", "").await;
    assert!(now.text().contains("你有哪些权利") && now.text().contains("/legal/privacy?v=1"), "{}", now.text());
    let old = w.page("/legal/privacy?v=1", "").await;
    assert!(old.text().contains("已被新版本替代") && !old.text().contains("你有哪些权利"), "{}", old.text());
    for none in ["/legal/privacy?v=9", "/legal/privacy?v=x", "/legal/cookies"] {
        assert_eq!(w.page(none, "").await.status, 404, "{none}");
    }

    // It is in force: asked for again, and for nothing else.
    w.stack.app.clock.advance(4 * Timestamp::DAY);
    let member = w.customer("demo-01").await;
    let list: ConsentList = w.get(CONSENTS, &member).await.ok();
    assert!(list.needed && privacy(&list) == (Some(3), Some(2), true), "{list:?}");
    assert_eq!(list.consents.iter().filter(|c| c.needed).count(), 1);
    let asked = w.page("/s/sto_sh01/checkout", &session(&member)).await;
    assert!(asked.text().contains("你同意过第 2 版") && !asked.text().contains("《用户服务协议》"), "{}", asked.text());
    assert!(w.page("/me", &session(&member)).await.text().contains("请阅读并确认"));
    w.post(CONSENTS, &member, &json!({"agreed": [{"kind": "privacy", "number": 2}]})).await.refused(409, "conflict");
    let given: ConsentList = w.post(CONSENTS, &member, &json!({"agreed": [{"kind": "privacy", "number": 3}]})).await.ok();
    assert!(!given.needed);

    let admin = w.staff("admin").await;
    let page = w.page("/console/hq/legal", &format!("ld_staff={admin}")).await;
    assert!(page.status == 200 && page.text().contains("隐私政策 第 3 版") && page.text().contains("发布新版本"), "{}", page.text());
    let audit: Value = w.get("/api/v1/hq/audit?entity=legal", &admin).await.ok();
    assert_eq!(audit["lines"][0]["kind"], "legal.published", "{audit}");
    assert_eq!(audit["lines"][0]["fields"][0]["title"], "隐私政策", "{audit}");
    w.assert_chains().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_member_when_looked_at_then_the_phone_is_masked_the_name_is_theirs_to_change_and_nothing_is_anybody_elses() {
    let w = World::usual().await;
    let (mine, other) = (w.customer("demo-01").await, w.customer("demo-02").await);
    let first: MemberView = w.get("/api/v1/me", &mine).await.ok();
    assert_eq!((first.nickname.as_str(), first.phone.clone(), first.addresses), ("小林", None, 0));
    let address = SaveAddress {
        address: None,
        name: "欧阳测试".into(),
        phone: "13987650123".into(),
        district: "上海市静安区".into(),
        street: "幸福里 88 弄 7 号".into(),
        point: liandian_types::GeoPoint { lat: 31.2237, lng: 121.4462 },
    };
    let saved: liandian_types::api::AddressList = w.post("/api/v1/addresses", &mine, &address).await.ok();
    let seen: MemberView = w.get("/api/v1/me?store=sto_sh01", &mine).await.ok();
    assert_eq!((seen.phone.as_deref(), seen.addresses), (Some("139****0123"), 1));
    assert_eq!(seen.service.as_ref().map(|s| s.store.as_str()), Some("sto_sh01"));
    let theirs: MemberView = w.get("/api/v1/me", &other).await.ok();
    assert_eq!((theirs.phone, theirs.addresses, theirs.nickname.as_str()), (None, 0, "阿珍"));
    w.get("/api/v1/me", "").await.refused(401, "unauthenticated");

    let named: MemberView = w.call(Method::PUT, "/api/v1/me", &mine, Some(&json!({"nickname": " 林 <b> "}))).await.ok();
    assert_eq!(named.nickname, "林 <b>");
    for wrong in ["", "   ", &"长".repeat(21), "a\u{202e}b"] {
        let told = w.call(Method::PUT, "/api/v1/me", &mine, Some(&json!({"nickname": wrong}))).await.refused(400, "bad_request");
        assert_eq!(told["field"], "nickname", "{wrong}");
    }
    let longest: MemberView = w.call(Method::PUT, "/api/v1/me", &mine, Some(&json!({"nickname": "长".repeat(20)}))).await.ok();
    assert_eq!(longest.nickname.chars().count(), 20);

    let page = w.page("/me", &session(&mine)).await;
    assert!(page.status == 200 && page.text().contains("139****0123") && !page.text().contains("13987650123"), "{}", page.text());
    let book = w.page("/me/addresses", &session(&mine)).await;
    assert!(book.text().contains("幸福里 88 弄 7 号") && book.text().contains("默认"), "{}", book.text());
    let edit = format!("/me/addresses?edit={}", saved.addresses[0].address);
    assert!(w.page(&edit, &session(&mine)).await.text().contains("修改地址"));
    assert!(!w.page(&edit, &session(&other)).await.text().contains("幸福里"), "a foreign address is none");
    for path in ["/me", "/me/addresses", "/me/consents"] {
        let out = w.page(path, "").await;
        assert_eq!((out.status, out.header("location")), (303, format!("/login?to={}", percent(path)).as_str()));
    }
    // Larger type is the device's matter, and leads back within this shop only.
    let large = w.page("/me/type?size=large&to=https://evil.example", "").await;
    assert_eq!((large.status, large.header("location")), (303, "/me"));
    assert!(large.header("set-cookie").starts_with("type=large;"), "{}", large.header("set-cookie"));
    assert!(w.page("/s/sto_sh01", "type=large").await.text().contains(" standard large\""));
    assert!(!w.page("/s/sto_sh01", "type=plain").await.text().contains(" standard large\""));
    // A store's documents are for everybody; a store that is none has none.
    assert_eq!(w.page("/s/sto_sh01/licences", "").await.status, 200);
    assert_eq!(w.page("/s/sto_nowhere/licences", "").await.status, 404);
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_orders_in_several_states_when_listed_then_tabs_words_and_numbers_find_them_and_the_order_says_when_and_how_late() {
    let w = World::usual().await;
    let store: StoreId = id("sto_sh01");
    let (mine, other) = (w.customer("demo-01").await, w.customer("demo-02").await);
    let skus = w.skus_with(&store, 10, 500, 2).await;
    let order = w.order_for(&store, &[(skus[0].clone(), 1)], Fulfilment::Pickup).await;
    let paid = w.bought(&mine, &order, "me-key-00001").await;
    let order = w.order_for(&store, &[(skus[1].clone(), 1)], Fulfilment::Pickup).await;
    let unpaid: liandian_types::api::PlacedOrder = w.place(&mine, &order, "me-key-00002").await.ok();

    let list = async |query: &str| -> OrderList { w.get(&format!("/api/v1/orders?{query}"), &mine).await.ok() };
    let ids = |l: &OrderList| l.orders.iter().map(|o| o.order.clone()).collect::<Vec<_>>();
    let all = list("").await;
    assert_eq!(ids(&all), [unpaid.order.clone(), paid.clone()], "newest first");
    assert!(all.orders.iter().all(|o| o.pictures.len() == 1), "{all:?}");
    assert_eq!(ids(&list("tab=pay").await), std::slice::from_ref(&unpaid.order));
    assert_eq!(ids(&list("tab=pickup").await), std::slice::from_ref(&paid));
    assert!(list("tab=done").await.orders.is_empty() && list("tab=delivery").await.orders.is_empty());
    w.get("/api/v1/orders?tab=nonsense", &mine).await.refused(400, "bad_request");
    // By the name of a good, and by the end of a number; under a tab as well.
    let name = w.order(&mine, &paid).await.lines[0].name.clone();
    assert!(ids(&list(&format!("q={}", percent(&name))).await).contains(&paid));
    let tail = &paid.as_str()[paid.as_str().len() - 6..];
    assert_eq!(ids(&list(&format!("q={tail}")).await), std::slice::from_ref(&paid));
    assert!(list(&format!("q={tail}&tab=pay")).await.orders.is_empty());
    w.get(&format!("/api/v1/orders?q={}", percent(&"长".repeat(41))), &mine).await.refused(400, "bad_request");
    assert!(w.get(&format!("/api/v1/orders?q={tail}"), &other).await.ok::<OrderList>().orders.is_empty(), "nobody else's");
    let page = w.page(&format!("/orders?tab=pickup&q={tail}"), &session(&mine)).await;
    assert!(page.text().contains(&format!("/orders/{paid}")) && !page.text().contains(unpaid.order.as_str()), "{}", page.text());
    let me: MemberView = w.get("/api/v1/me", &mine).await.ok();
    let many = |tab: OrderTab| me.orders.iter().find(|t| t.tab == tab).map(|t| t.orders);
    assert_eq!((many(OrderTab::Pay), many(OrderTab::Pickup), many(OrderTab::Done)), (Some(1), Some(1), Some(0)));

    // In time nothing is said; afterwards by how much, also when it is there at last.
    let seen = w.order(&mine, &paid).await;
    assert_eq!(seen.late_text, None);
    assert_eq!(seen.times.iter().map(|t| t.state).collect::<Vec<_>>(), [OrderState::Placed, OrderState::Preparing], "{:?}", seen.times);
    let promised = w.stack.app.tables.order_head(&paid).await.unwrap().unwrap().promised_at.unwrap();
    w.stack.app.clock.advance(promised.0 - w.stack.app.now().0 + 10 * Timestamp::MINUTE - 30 * Timestamp::SECOND);
    let late = w.order(&mine, &paid).await;
    assert_eq!(late.late_text.as_deref(), Some("约 10 分钟"), "{late:?}");
    let page = w.page(&format!("/orders/{paid}"), &session(&mine)).await;
    assert!(page.text().contains("比承诺晚了约 10 分钟"), "{}", page.text());
    let clerk = w.staff("sh01-clerk").await;
    let theirs: liandian_types::api::OrderView = w.get(&format!("/api/v1/stores/{store}/orders/{paid}"), &clerk).await.ok();
    assert!(theirs.late_text.is_none() && theirs.times.is_empty(), "for its customer");
    let _: Value = w.post(&format!("/api/v1/stores/{store}/orders/{paid}/ready"), &clerk, &json!({})).await.ok();
    let ready = w.order(&mine, &paid).await;
    assert!(ready.late_text.is_some() && ready.times.last().map(|t| t.state) == Some(OrderState::Ready), "{ready:?}");
    w.stack.stop().await;
}
