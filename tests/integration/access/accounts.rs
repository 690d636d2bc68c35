//! Staff accounts: a clerk is invited, works, is disabled; nobody gives more than he has; roles and keys.

use liandian_tests::World;
use liandian_types::{
    AccountState, Permission, Role, RoleId, Scope, Timestamp,
    api::{
        AccessHistory, AccountDone, AccountList, InvitationTaken, KeyList, MadeKey, OwnSessions, RoleMatrix, RoleView, SkuList, SkuStock, StoreRows,
    },
};
use reqwest::Method;
use serde_json::{Value, json};

const PASSWORD: &str = "Tea-2026-shop!";

/// The token of a one-time link.
fn token(done: &AccountDone) -> String {
    done.link.as_ref().expect("a link").strip_prefix("/console/invite/").expect("a path").to_owned()
}

async fn login(w: &World, username: &str, password: &str) -> liandian_tests::Answer {
    w.post("/api/v1/staff/session", "", &json!({"username": username, "password": password})).await
}

async fn invited(w: &World, by: &str, store: &str, name: &str) -> AccountDone {
    w.post(&format!("/api/v1/stores/{store}/accounts"), by, &json!({"name": name, "role": "rol_clerk"})).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_manager_when_a_clerk_is_invited_works_and_is_disabled_then_each_holds_at_once() {
    let w = World::usual().await;
    let manager = w.staff("sh01-manager").await;
    let done = invited(&w, &manager, "sto_sh01", "新来的小李").await;
    assert_eq!((done.account.state, done.account.username.as_deref(), done.account.manages), (AccountState::Invited, None, true));
    let link = token(&done);

    // The page says whose it is, to who has the link and to nobody else.
    let page = w.page(&format!("/console/invite/{link}"), "").await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("新来的小李") && page.text().contains("设置密码"));
    let half: String = link.chars().take(link.len() - 1).chain("0".chars()).collect();
    assert_eq!(w.page(&format!("/console/invite/{half}"), "").await.status == 404, half != link);

    let take = |username: &str, password: &str| json!({"token": link, "username": username, "password": password});
    let post = async |body: Value| w.post("/api/v1/staff/invitation", "", &body).await;
    assert_eq!(post(take("xiaoli", "short")).await.refused(400, "bad_request")["field"], "password");
    assert_eq!(post(take("xiaoli", "1234567890")).await.refused(400, "bad_request")["field"], "password");
    assert_eq!(post(take("Xiao Li", PASSWORD)).await.refused(400, "bad_request")["field"], "username");
    post(take("sh01-clerk", PASSWORD)).await.refused(409, "conflict");
    let taken: InvitationTaken = post(take("xiaoli", PASSWORD)).await.ok();
    assert_eq!(taken.username, "xiaoli");
    post(take("xiaoli2", PASSWORD)).await.refused(404, "not_found");
    assert_eq!(w.page(&format!("/console/invite/{link}"), "").await.status, 404, "a link works once");

    let session: Value = login(&w, "xiaoli", PASSWORD).await.ok();
    let clerk = session["access_token"].as_str().unwrap().to_owned();
    assert_eq!(w.get("/api/v1/stores/sto_sh01/stock", &clerk).await.status, 200);
    assert_eq!(w.page("/console/s/sto_sh01", &format!("ld_staff={clerk}")).await.status, 200);
    w.get("/api/v1/stores/sto_hz01/stock", &clerk).await.refused(404, "not_found");
    w.get("/api/v1/stores/sto_sh01/accounts", &clerk).await.refused(403, "forbidden");

    let list: AccountList = w.get("/api/v1/stores/sto_sh01/accounts?q=xiaoli", &manager).await.ok();
    let [account] = &list.accounts[..] else { panic!("{list:?}") };
    assert_eq!(account.state, AccountState::Active);
    let step = format!("/api/v1/stores/sto_sh01/accounts/{}/step", account.staff);
    let stale = json!({"step": "disable", "version": account.version - 1});
    w.post(&step, &manager, &stale).await.refused(409, "conflict");
    let off: AccountDone = w.post(&step, &manager, &json!({"step": "disable", "version": account.version})).await.ok();
    assert_eq!(off.account.state, AccountState::Disabled);

    // The session ends at once: its token, its pages, its refresh token; and nobody logs in.
    w.get("/api/v1/stores/sto_sh01/stock", &clerk).await.refused(401, "unauthenticated");
    assert_eq!(w.page("/console/s/sto_sh01", &format!("ld_staff={clerk}")).await.status, 303);
    let refresh = json!({"refresh_token": session["refresh_token"]});
    w.post("/api/v1/staff/session/refresh", "", &refresh).await.refused(401, "unauthenticated");
    login(&w, "xiaoli", PASSWORD).await.refused(401, "unauthenticated");

    let on: AccountDone = w.post(&step, &manager, &json!({"step": "enable", "version": off.account.version})).await.ok();
    let again: Value = login(&w, "xiaoli", PASSWORD).await.ok();
    assert_eq!(w.get("/api/v1/stores/sto_sh01/stock", again["access_token"].as_str().unwrap()).await.status, 200);
    w.get("/api/v1/stores/sto_sh01/stock", &clerk).await.refused(401, "unauthenticated");

    // A reset: the old password works until the link is followed, and no longer.
    let reset: AccountDone = w.post(&step, &manager, &json!({"step": "reset", "version": on.account.version})).await.ok();
    let _: Value = login(&w, "xiaoli", PASSWORD).await.ok();
    let _: InvitationTaken = post(json!({"token": token(&reset), "password": "Another-2026!"})).await.ok();
    login(&w, "xiaoli", PASSWORD).await.refused(401, "unauthenticated");
    let _: Value = login(&w, "xiaoli", "Another-2026!").await.ok();

    // History knows each step, and nothing that is secret or a name.
    let admin = w.staff("admin").await;
    let history: AccessHistory = w.get(&format!("/api/v1/hq/accounts/{}/history", account.staff), &admin).await.ok();
    assert_eq!(history.changes.len(), 6, "invited, activated, disabled, enabled, reset, activated: {history:?}");
    let told = format!("{history:?}");
    assert!(!told.contains("小李") && !told.contains(link.split('.').nth(1).unwrap()));
    let page = w.page(&format!("/console/hq/accounts?account={}", account.staff), &format!("ld_staff={admin}")).await;
    assert!(page.status == 200 && page.text().contains("修改记录") && page.text().contains("已停用，全部登录已结束"));
    let page = w.page("/console/s/sto_sh01/staff", &format!("ld_staff={manager}")).await;
    assert!(page.status == 200 && page.text().contains("新来的小李") && page.text().contains("邀请员工"));
    w.assert_chains().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_an_invitation_when_three_days_have_passed_then_its_link_has_ended_and_a_new_one_works() {
    let w = World::usual().await;
    let manager = w.staff("sh01-manager").await;
    let done = invited(&w, &manager, "sto_sh01", "小何").await;
    w.stack.app.clock.advance(72 * Timestamp::HOUR);
    let take = |token: String| json!({"token": token, "username": "xiaohe", "password": PASSWORD});
    w.post("/api/v1/staff/invitation", "", &take(token(&done))).await.refused(404, "not_found");
    let manager = w.staff("sh01-manager").await;
    let step = format!("/api/v1/stores/sto_sh01/accounts/{}/step", done.account.staff);
    let new: AccountDone = w.post(&step, &manager, &json!({"step": "reset", "version": done.account.version})).await.ok();
    w.post("/api/v1/staff/invitation", "", &take(token(&done))).await.refused(404, "not_found");
    let _: InvitationTaken = w.post("/api/v1/staff/invitation", "", &take(token(&new))).await.ok();
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_people_of_a_store_a_region_and_hq_when_they_give_more_than_they_have_then_they_are_refused() {
    let w = World::usual().await;
    let (manager, region, admin) = (w.staff("sh01-manager").await, w.staff("region-east").await, w.staff("admin").await);
    let at = "/api/v1/stores/sto_sh01/accounts";
    for role in ["rol_storemanager", "rol_hqadmin", "rol_integration", "rol_auditor"] {
        w.post(at, &manager, &json!({"name": "某人", "role": role})).await.refused(403, "forbidden");
    }
    assert_eq!(w.post(at, &manager, &json!({"name": "某人", "role": "rol_none"})).await.refused(400, "bad_request")["field"], "role");
    assert_eq!(w.post(at, &manager, &json!({"name": "", "role": "rol_clerk"})).await.refused(400, "bad_request")["field"], "name");
    w.post("/api/v1/stores/sto_hz01/accounts", &manager, &json!({"name": "某人", "role": "rol_clerk"})).await.refused(404, "not_found");
    // What the store's route is told of a scope counts for nothing.
    let wide = json!({"name": "某人", "role": "rol_clerk", "scope": {"kind": "all"}});
    let done: AccountDone = w.post(at, &manager, &wide).await.ok();
    assert_eq!(done.account.scope, Scope::Store("sto_sh01".parse().unwrap()));

    // A region has no right to manage accounts until HQ gives it; then only within itself.
    let clerk = |store: &str| json!({"name": "某人", "role": "rol_clerk", "scope": {"kind": "store", "id": store}});
    w.post("/api/v1/hq/accounts", &region, &clerk("sto_sh01")).await.refused(403, "forbidden");
    let matrix: RoleMatrix = w.get("/api/v1/hq/roles", &admin).await.ok();
    let of = |role: Role| matrix.roles.iter().find(|r| r.role == role.id()).unwrap().clone();
    let role = of(Role::RegionManager);
    let mut permissions = [role.permissions.clone(), Role::StoreManager.default_permissions()].concat();
    permissions.sort();
    permissions.dedup();
    let wanted = json!({"title": role.title, "permissions": permissions, "version": role.version});
    let set: RoleView = w.call(Method::PUT, &format!("/api/v1/hq/roles/{}", role.role), &admin, Some(&wanted)).await.ok();
    assert_eq!((set.version, set.permissions.len()), (role.version + 1, permissions.len()));
    // In this process at once: the holder's token is to be fetched anew.
    w.get("/api/v1/hq/accounts", &region).await.refused(401, "unauthenticated");
    let region = w.staff("region-east").await;
    let _: AccountDone = w.post("/api/v1/hq/accounts", &region, &clerk("sto_sh01")).await.ok();
    w.post("/api/v1/hq/accounts", &region, &clerk("sto_hz01")).await.refused(403, "forbidden");
    let boss = json!({"name": "某店长", "role": "rol_storemanager", "scope": {"kind": "store", "id": "sto_sh01"}});
    let _: AccountDone = w.post("/api/v1/hq/accounts", &region, &boss).await.ok();
    let own_like = json!({"name": "某人", "role": "rol_regionmanager", "scope": {"kind": "region", "id": "reg_east-sh"}});
    w.post("/api/v1/hq/accounts", &region, &own_like).await.refused(403, "forbidden");
    let list: AccountList = w.get("/api/v1/hq/accounts", &region).await.ok();
    assert!(list.accounts.iter().any(|a| a.username.as_deref() == Some("sh01-clerk")));
    assert!(!list.accounts.iter().any(|a| matches!(a.username.as_deref(), Some("admin" | "hz01-clerk"))), "a foreign scope is not shown");
    w.get("/api/v1/hq/accounts/stf_hz01-clerk/history", &region).await.refused(404, "not_found");

    // Two people with the same role before them: the second has not seen the first's change.
    w.call(Method::PUT, &format!("/api/v1/hq/roles/{}", role.role), &admin, Some(&wanted)).await.refused(409, "conflict");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_the_last_administrator_when_demoted_disabled_or_robbed_of_the_role_then_it_is_refused() {
    let w = World::usual().await;
    let admin = w.staff("admin").await;
    let find = async |name: &str| {
        let list: AccountList = w.get(&format!("/api/v1/hq/accounts?q={name}"), &admin).await.ok();
        list.accounts.into_iter().find(|a| a.username.as_deref() == Some(name)).expect("the account")
    };
    let own = find("admin").await;
    let step = |version: u64| json!({"step": "disable", "version": version});
    w.post(&format!("/api/v1/hq/accounts/{}/step", own.staff), &admin, &step(own.version)).await.refused(403, "forbidden");

    let matrix: RoleMatrix = w.get("/api/v1/hq/roles", &admin).await.ok();
    let role = matrix.roles.iter().find(|r| r.role == Role::HqAdmin.id()).unwrap();
    let less: Vec<Permission> = role.permissions.iter().copied().filter(|p| *p != Permission::RoleWrite).collect();
    let wanted = json!({"title": role.title, "permissions": less, "version": role.version});
    let path = format!("/api/v1/hq/roles/{}", role.role);
    let refused = w.call(Method::PUT, &path, &admin, Some(&wanted)).await.refused(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("管理账号"), "{refused}");

    // With another role that holds both, and somebody in it, the first may be demoted; and then the other may not.
    let permissions = role.permissions.clone();
    let deputy: RoleView =
        w.post("/api/v1/hq/roles", &admin, &json!({"title": "副管理员", "base": "hq_admin", "permissions": permissions})).await.ok();
    let all = json!({"kind": "all"});
    let asked = json!({"name": "副总", "username": "deputy", "role": deputy.role, "scope": all});
    let done: AccountDone = w.post("/api/v1/hq/accounts", &admin, &asked).await.ok();
    let _: InvitationTaken = w.post("/api/v1/staff/invitation", "", &json!({"token": token(&done), "password": PASSWORD})).await.ok();
    let session: Value = login(&w, "deputy", PASSWORD).await.ok();
    let second = session["access_token"].as_str().unwrap().to_owned();
    let demote = |version: u64| json!({"name": own.name, "role": "rol_auditor", "scope": all, "version": version});
    let change = format!("/api/v1/hq/accounts/{}", own.staff);
    w.call(Method::PUT, &change, &second, Some(&demote(own.version + 1))).await.refused(409, "conflict");
    let demoted: AccountDone = w.call(Method::PUT, &change, &second, Some(&demote(own.version))).await.ok();
    assert_eq!(demoted.account.role, Role::Auditor.id());
    // What was issued before counts for nothing; what the session fetches now is an auditor's.
    w.get("/api/v1/hq/accounts", &admin).await.refused(401, "unauthenticated");
    let less = json!({"title": deputy.title, "permissions": less, "version": deputy.version});
    w.call(Method::PUT, &format!("/api/v1/hq/roles/{}", deputy.role), &second, Some(&less)).await.refused(409, "conflict");
    w.assert_chains().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_key_when_made_used_and_revoked_then_it_may_what_it_says_for_routes_only_and_is_shown_once() {
    let w = World::usual().await;
    let admin = w.staff("admin").await;
    let scope = json!({"kind": "stores", "id": ["sto_sh02", "sto_sh01"]});
    let make = |permissions: Value| json!({"name": "对接", "scope": scope, "permissions": permissions});
    let made: MadeKey = w.post("/api/v1/hq/keys", &admin, &make(json!(["stock:read", "stock:receive"]))).await.ok();
    assert!(made.secret.starts_with("lk_") && made.key.used_text.is_none());
    let stock = async |store: &str, token: &str| w.get(&format!("/api/v1/stores/{store}/stock"), token).await.status.as_u16();
    assert_eq!(
        [stock("sto_sh01", &made.secret).await, stock("sto_sh02", &made.secret).await, stock("sto_hz01", &made.secret).await],
        [200, 200, 404]
    );
    w.get("/api/v1/stores/sto_sh01/orders", &made.secret).await.refused(403, "forbidden");
    let wrong = format!("{}{}", &made.secret[..made.secret.len() - 1], if made.secret.ends_with('0') { '1' } else { '0' });
    assert_eq!(stock("sto_sh01", &wrong).await, 401);
    // Never for pages, and not from a browser's cookie.
    let cookie = format!("ld_staff={}", made.secret);
    assert_eq!(w.page("/console/s/sto_sh01/stock", &cookie).await.status, 303);
    let by_cookie = w.http.get(format!("{}/api/v1/stores/sto_sh01/stock", w.stack.origin)).header("cookie", &cookie).send().await.unwrap();
    assert_eq!(by_cookie.status(), 401);
    w.get("/api/v1/staff/sessions", &made.secret).await.refused(401, "unauthenticated");
    // What writes notes that it was used.
    let refused = w.post("/api/v1/stores/sto_sh01/stock/receipts", &made.secret, &json!({})).await.status.as_u16();
    assert!((400..=404).contains(&refused) && refused != 401, "{refused}");

    // Nor does a program decide what another person has to look at.
    for more in [json!(["account:write"]), json!(["key:write"]), json!(["stock:read", "request:decide"]), json!(["stock:approve"])] {
        w.post("/api/v1/hq/keys", &admin, &make(more)).await.refused(403, "forbidden");
    }
    assert_eq!(w.post("/api/v1/hq/keys", &admin, &make(json!([]))).await.refused(400, "bad_request")["field"], "permissions");
    w.get("/api/v1/hq/keys", &w.staff("merch").await).await.refused(403, "forbidden");

    let list: KeyList = w.get("/api/v1/hq/keys", &admin).await.ok();
    assert!(list.keys.iter().any(|k| k.key == made.key.key && k.used_text.is_some()), "it was used: {list:?}");
    let page = w.page("/console/hq/keys", &format!("ld_staff={admin}")).await;
    assert!(page.status == 200 && page.text().contains("对接"));
    let secret = made.secret.rsplit('_').next().unwrap();
    assert!(!page.text().contains(secret) && !serde_json::to_string(&list).unwrap().contains(secret));
    let rows = w.stack.app.tables.client().scan().table_name("liandian-hq").send().await.unwrap();
    assert!(!format!("{:?}", rows.items()).contains(secret), "the secret is kept nowhere");

    let path = format!("/api/v1/hq/keys/{}", made.key.key);
    assert_eq!(w.call(Method::DELETE, &path, &admin, None::<&()>).await.status, 204);
    assert_eq!(stock("sto_sh01", &made.secret).await, 401, "from this moment on");
    w.call(Method::DELETE, &path, &admin, None::<&()>).await.refused(409, "conflict");
    // A till's own account works as before.
    let till = w.till(&"sto_sh01".parse().unwrap()).await;
    w.get("/api/v1/stores/sto_sh01/stock", &till).await.refused(403, "forbidden");
    w.assert_chains().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_ones_own_account_when_sessions_are_ended_or_the_password_is_changed_then_the_others_are_over() {
    let w = World::usual().await;
    let (one, other) = (w.staff("sh01-clerk").await, w.staff("sh01-clerk").await);
    let list: OwnSessions = w.get("/api/v1/staff/sessions", &one).await.ok();
    assert_eq!((list.sessions.len(), list.sessions.iter().filter(|s| s.here).count()), (2, 1));
    let not_here = list.sessions.iter().find(|s| !s.here).unwrap();
    let path = format!("/api/v1/staff/sessions/{}", not_here.session);
    let foreign = w.staff("sh01-manager").await;
    w.call(Method::DELETE, &path, &foreign, None::<&()>).await.refused(404, "not_found");
    assert_eq!(w.call(Method::DELETE, &path, &one, None::<&()>).await.status, 204);
    w.get("/api/v1/stores/sto_sh01/stock", &other).await.refused(401, "unauthenticated");
    assert_eq!(w.get("/api/v1/stores/sto_sh01/stock", &one).await.status, 200);
    let page = w.page("/console/account", &format!("ld_staff={one}")).await;
    assert!(page.status == 200 && page.text().contains("登录的设备") && page.text().contains("修改密码"));

    let change = |old: &str, new: &str| json!({"old": old, "new": new});
    let post = async |token: &str, body: Value| w.post("/api/v1/staff/password", token, &body).await;
    let demo = liandian_seed::DEMO_PASSWORD;
    post("", change(demo, PASSWORD)).await.refused(401, "unauthenticated");
    assert_eq!(post(&one, change(demo, "short")).await.refused(400, "bad_request")["field"], "new");
    assert_eq!(post(&one, change("wrong", PASSWORD)).await.refused(400, "bad_request")["field"], "old");
    let third = w.staff("sh01-clerk").await;
    let new: Value = post(&one, change(demo, PASSWORD)).await.ok();
    for over in [&one, &third] {
        w.get("/api/v1/stores/sto_sh01/stock", over).await.refused(401, "unauthenticated");
    }
    let new = new["access_token"].as_str().unwrap();
    assert_eq!(w.get("/api/v1/stores/sto_sh01/stock", new).await.status, 200, "this session goes on");
    login(&w, "sh01-clerk", demo).await.refused(401, "unauthenticated");
    // Wrong ones are limited as at the login.
    let mut refused = 0;
    for _ in 0..12 {
        refused += u32::from(post(new, change("wrong", "Something-2026")).await.status == 429);
    }
    assert!(refused > 0, "ten tries a minute");
    w.assert_chains().await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_the_demo_chain_when_hq_looks_then_accounts_of_every_state_a_role_matrix_and_a_key_are_there() {
    let w = World::usual().await;
    let admin = w.staff("admin").await;
    let cookie = format!("ld_staff={admin}");
    for (state, shown) in [("invited", "新来的小何"), ("disabled", "已离职的老秦"), ("active", "督导 鲁小班")] {
        let page = w.page(&format!("/console/hq/accounts?state={state}"), &cookie).await;
        assert!(page.status == 200 && page.text().contains(shown), "{state}");
    }
    let roles = w.page("/console/hq/roles", &cookie).await;
    assert!(roles.text().contains("店员") && roles.text().contains("account:write"));
    let one = w.page("/console/hq/roles?role=rol_clerk", &cookie).await;
    assert_eq!(one.status, 200);
    let keys = w.page("/console/hq/keys", &cookie).await;
    assert!(keys.text().contains("收银系统对接（示例）"));
    let id: RoleId = Role::Clerk.id();
    assert_eq!(id.as_str(), "rol_clerk");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_somebody_of_several_stores_when_looking_then_these_are_there_and_no_others() {
    let w = World::usual().await;
    let token = w.staff("area-sh").await;
    let rows: StoreRows = w.get("/api/v1/hq/stores", &token).await.ok();
    let mut seen: Vec<&str> = rows.rows.iter().map(|r| r.store.as_str()).collect();
    seen.sort_unstable();
    assert_eq!(seen, ["sto_sh01", "sto_sh02", "sto_sh03"]);
    assert_eq!(w.get("/api/v1/stores/sto_sh03/stock", &token).await.status, 200);
    w.get("/api/v1/stores/sto_sh04/stock", &token).await.refused(404, "not_found");
    w.get("/api/v1/hq/policies", &token).await.refused(403, "forbidden");
    // The list of goods adds up these stores, as the page of each of the goods does.
    let sku = w.sku_with(&"sto_sh01".parse().unwrap(), 5, 500).await;
    let skus: SkuList = w.get("/api/v1/hq/stock", &token).await.ok();
    let first = skus.rows.first().unwrap();
    let one: SkuStock = w.get(&format!("/api/v1/hq/stock/{}", first.sku), &token).await.ok();
    assert_eq!((first.on_hand, first.reserved), (one.on_hand, one.reserved));
    let known = w.stack.app.tables.library_sku(&sku).await.unwrap().unwrap();
    let found: SkuList = w.get(&format!("/api/v1/hq/stock?q={}", known.barcode), &token).await.ok();
    assert!(found.rows.iter().any(|r| r.sku == sku && r.on_hand >= 5), "{found:?}");
    let list: AccountList = w.get("/api/v1/hq/accounts", &token).await.ok();
    let own = ["sto_sh01", "sto_sh02", "sto_sh03"].map(|s| Scope::Store(s.parse().unwrap()));
    let several = Scope::Stores(["sto_sh01", "sto_sh02", "sto_sh03"].map(|s| s.parse().unwrap()).to_vec());
    assert!(list.accounts.iter().all(|a| own.contains(&a.scope) || a.scope == several), "{list:?}");
    let page = w.page("/console/hq/accounts", &format!("ld_staff={token}")).await;
    assert!(page.status == 200 && !page.text().contains("邀请员工"), "to read is not to write");
    w.stack.stop().await;
}
