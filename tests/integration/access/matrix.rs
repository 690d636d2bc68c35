//! Every route × who asks: a route names its permission, a store sees only its own.

use liandian_functions::{
    function::{Kind, Need, NeedScope, PageNeed},
    table::{FUNCTIONS, PAGES},
};
use liandian_tests::World;
use liandian_types::{
    Fulfilment, Role, Scope, Timestamp,
    api::{Exceptions, OrderList, OrderView, SkuStock, StoreRows, StoreWorkList},
};
use reqwest::Method;
use serde_json::json;

/// The path with parameters filled in.
pub fn filled(path: &str, store: &str) -> String {
    path.replace("{store}", store)
        .replace("{order}", "ord_01JD0000000000000000000000")
        .replace("{transfer}", "trf_01JD0000000000000000000000")
        .replace("{count}", "cnt_01JD0000000000000000000000")
        .replace("{claim}", "clm_01JD0000000000000000000000")
        .replace("{campaign}", "cmp_01JD0000000000000000000000")
        .replace("{sku}", "sku_none")
        .replace("{batch}", "ABC")
        .replace("{request}", "req_01JD0000000000000000000000")
        .replace("{spu}", "spu_milk-fresh")
        .replace("{import}", "imp_none")
        .replace("{ticket}", "none")
        .replace("{code}", "none")
        .replace("{category}", "none")
        .replace("{account}", "stf_sh01-clerk")
        .replace("{role}", "rol_clerk")
        .replace("{key}", "key_none")
        .replace("{session}", "none")
        .replace("{token}", "none")
        .replace("{location}", "loc_none")
        .replace("{*rest}", "nope")
}

fn role_of(username: &str) -> Role {
    match username {
        "admin" => Role::HqAdmin,
        "merch" => Role::Merchandiser,
        "marketing" => Role::Marketing,
        "finance" => Role::Finance,
        "auditor" => Role::Auditor,
        u if u.starts_with("region-") || u == "area-sh" => Role::RegionManager,
        u if u.ends_with("-manager") => Role::StoreManager,
        u if u.ends_with("-till") => Role::Integration,
        _ => Role::Clerk,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn given_every_staff_route_when_every_role_asks_for_its_own_and_for_a_foreign_store_then_only_the_permitted_pass() {
    let w = World::usual().await;
    let member = w.customer("demo-01").await;
    let mut tried = 0;
    for user in ["admin", "merch", "marketing", "finance", "auditor", "region-east", "area-sh", "sh01-manager", "sh01-clerk", "sh01-till"] {
        let token = w.staff(user).await;
        let role = role_of(user);
        let chain_wide = !user.contains('-');
        // Of several stores: what lies in them, as in a region.
        let region = user.starts_with("region-") || user == "area-sh";
        for f in FUNCTIONS {
            let Kind::Http { method, path, permission: Need::Permission(p), scope, .. } = f.kind else { continue };
            for store in ["sto_sh01", "sto_hz01"] {
                let own = chain_wide || store == "sto_sh01";
                let method: Method = method.parse().unwrap();
                let answer = w.call(method.clone(), &filled(path, store), &token, (method != Method::GET).then_some(&json!({}))).await;
                let may = role.default_permissions().contains(&p);
                let (status, code) = (answer.status.as_u16(), answer.json["code"].as_str().unwrap_or_default().to_owned());
                let what = format!("{user} {method} {path} {store}: {status} {code}");
                match (may, scope) {
                    (false, _) => assert_eq!(status, 403, "{what}"),
                    (true, NeedScope::All) if !chain_wide => assert_eq!(status, 403, "{what}"),
                    (true, NeedScope::Region) if !chain_wide && !region => assert_eq!(status, 403, "{what}"),
                    (true, NeedScope::Store) if !own => assert_eq!(status, 404, "{what}"),
                    // Permitted: whatever it answers to an empty request, it is not for want of permission.
                    _ => assert!(!matches!(status, 401 | 403 | 500..=599), "{what}"),
                }
                tried += 1;
            }
            let as_member = w.call(method.parse().unwrap(), &filled(path, "sto_sh01"), &member, None::<&()>).await;
            assert_eq!(as_member.status.as_u16(), 401, "a member's token is none of the staff's: {path}");
        }
    }
    assert!(tried > 100);
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_every_page_of_the_console_when_every_role_asks_for_its_own_and_for_a_foreign_store_then_only_the_permitted_see_it() {
    let w = World::usual().await;
    let (mut seen, mut refused) = (0, 0);
    for user in ["admin", "merch", "marketing", "finance", "auditor", "region-east", "area-sh", "sh01-manager", "sh01-clerk", "sh01-till"] {
        let cookie = format!("ld_staff={}", w.staff(user).await);
        let (permissions, chain_wide) = (role_of(user).default_permissions(), !user.contains('-'));
        let region = user.starts_with("region-") || user == "area-sh";
        for p in PAGES.iter().filter(|p| p.app == "console") {
            let PageNeed::Permission(permission) = p.permission else { continue };
            for store in ["sto_sh01", "sto_hz01"] {
                let own = chain_wide || store == "sto_sh01";
                let page = w.page(&filled(p.path, store), &cookie).await;
                let what = format!("{user} {} {store}: {}", p.path, page.status);
                let expected = match (permissions.contains(&permission), p.scope) {
                    (false, _) => Some(403),
                    (true, NeedScope::All) if !chain_wide => Some(403),
                    (true, NeedScope::Region) if !chain_wide && !region => Some(403),
                    (true, NeedScope::Store) if !own => Some(404),
                    _ => None,
                };
                match expected {
                    Some(status) => assert_eq!(page.status, status, "{what}"),
                    // Ids of nothing: such a page says that there is none.
                    None if ["{order}", "{count}", "{campaign}", "{sku}", "{import}", "{location}", "local-products/{spu}"]
                        .iter()
                        .any(|id| p.path.contains(id)) =>
                    {
                        assert_eq!(page.status, 404, "{what}")
                    }
                    None => assert_eq!(page.status, 200, "{what}"),
                }
                (seen, refused) = (seen + u32::from(page.status == 200), refused + u32::from(expected.is_some()));
            }
        }
    }
    assert!(seen > 50 && refused > 50, "{seen} seen, {refused} refused");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_every_page_when_nobody_a_member_or_staff_asks_then_each_sees_theirs_and_others_are_led_to_the_login() {
    let w = World::usual().await;
    let (member, staff) = (format!("ld_session={}", w.customer("demo-01").await), format!("ld_staff={}", w.staff("sh01-clerk").await));
    // A gateway takes a path with nothing behind its last slash for none of the console's; where one does not, the renderer knows it.
    for p in PAGES.iter().filter(|p| p.path != "/console/") {
        let path = filled(p.path, "sto_sh01");
        let asked = async |cookie: &str| {
            let page = w.page(&path, cookie).await;
            let place = page.header("location").split('?').next().unwrap_or_default().to_owned();
            (page.status, place)
        };
        let login = (303, if p.app == "console" { "/console/login" } else { "/login" }.to_owned());
        let in_vain = match (p.app, p.permission) {
            (_, PageNeed::Public) => Vec::new(),
            ("console", _) => vec!["", member.as_str()],
            _ => vec!["", staff.as_str()],
        };
        for cookie in in_vain {
            assert_eq!(asked(cookie).await, login, "{}", p.path);
        }
        let right = match p.permission {
            PageNeed::Public => "",
            PageNeed::Member => member.as_str(),
            PageNeed::Staff => staff.as_str(),
            PageNeed::Permission(_) => continue,
        };
        let (status, place) = asked(right).await;
        assert!(matches!(status, 200 | 303 | 404) && place != login.1, "{} {status} {place}", p.path);
    }
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_region_when_its_manager_looks_at_the_chain_then_it_is_its_own_stores_and_nothing_else() {
    let w = World::usual().await;
    let token = w.staff("region-east").await;
    let reach = w.stack.app.tables.reach(&Scope::Region("reg_east-sh".parse().unwrap())).await.unwrap();
    let stores: StoreRows = w.get("/api/v1/hq/stores", &token).await.ok();
    assert!(!stores.rows.is_empty() && stores.rows.iter().all(|s| s.region.as_str() == "reg_east-sh"));
    let work: StoreWorkList = w.get("/api/v1/hq/work", &token).await.ok();
    assert!(!work.stores.is_empty() && work.stores.iter().all(|s| reach.store(&s.row.store)));
    let sku = w.sku_with(&"sto_sh01".parse().unwrap(), 5, 500).await;
    let (own, all): (SkuStock, SkuStock) =
        (w.get(&format!("/api/v1/hq/stock/{sku}"), &token).await.ok(), w.get(&format!("/api/v1/hq/stock/{sku}"), &w.staff("admin").await).await.ok());
    assert!(own.rows.iter().all(|r| reach.place(&r.location)) && own.rows.len() < all.rows.len(), "{} of {}", own.rows.len(), all.rows.len());
    assert_eq!(own.on_hand, own.rows.iter().map(|r| r.on_hand).sum::<i64>(), "the sums are of what is shown");
    let order = w.order_for(&"sto_sh01".parse().unwrap(), &[(sku, 1)], Fulfilment::Pickup).await;
    let bought = w.bought(&w.customer("demo-01").await, &order, "key-00000001").await;
    let seen = crate::orders::order::until(|| async {
        let list: OrderList = w.get("/api/v1/hq/orders", &token).await.ok();
        list.orders.iter().any(|o| o.order == bought).then_some(list)
    })
    .await;
    assert!(seen.orders.iter().all(|o| reach.store(&o.store)));
    let other = w.staff("region-west").await;
    let list: OrderList = w.get("/api/v1/hq/orders", &other).await.ok();
    assert!(!list.orders.iter().any(|o| o.order == bought));
    let _: OrderView = w.get(&format!("/api/v1/stores/sto_sh01/orders/{bought}"), &token).await.ok();
    w.get(&format!("/api/v1/stores/sto_sh01/orders/{bought}"), &other).await.refused(404, "not_found");
    for path in ["transfers", "exceptions", "settlement"] {
        assert_eq!(w.get(&format!("/api/v1/hq/{path}"), &token).await.status, 200, "{path}");
    }
    let e: Exceptions = w.get("/api/v1/hq/exceptions", &token).await.ok();
    assert!(e.books.is_none() && e.low.iter().chain(&e.short).all(|r| reach.place(&r.location)));
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_page_whose_program_stopped_when_it_tells_then_anybody_may_and_nonsense_is_refused() {
    let w = World::usual().await;
    let told = json!({"page": "/console/s/sto_sh01/stock", "at": "islands/picker.rs:71:9", "version": "v1"});
    assert_eq!(w.post("/api/v1/page-faults", "", &told).await.status, 204);
    w.post("/api/v1/page-faults", "", &json!({"page": 1})).await.refused(400, "bad_request");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_expired_missing_and_foreign_tokens_when_any_guarded_route_is_called_then_401() {
    let w = World::usual().await;
    let (member, clerk) = (w.customer("demo-01").await, w.staff("sh01-clerk").await);
    w.stack.app.clock.advance(13 * Timestamp::HOUR);
    for f in FUNCTIONS {
        let Kind::Http { method, path, permission, .. } = f.kind else { continue };
        let expired = match permission {
            Need::Member => &member,
            Need::Permission(_) => &clerk,
            Need::Public | Need::Signed => continue,
        };
        for token in ["", "not.a.token", expired] {
            let body = json!({});
            let answer = w.call(method.parse().unwrap(), &filled(path, "sto_sh01"), token, (method != "GET").then_some(&body)).await;
            answer.refused(401, "unauthenticated");
        }
    }
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_refresh_token_when_used_twice_then_only_the_first_works_and_the_session_ends_and_ten_wrong_passwords_are_enough() {
    let w = World::usual().await;
    let login = |password: &str| json!({"username": "sh01-clerk", "password": password});
    let session: serde_json::Value = w.post("/api/v1/staff/session", "", &login(liandian_seed::DEMO_PASSWORD)).await.ok();
    let refresh = json!({"refresh_token": session["refresh_token"]});
    let next: serde_json::Value = w.post("/api/v1/staff/session/refresh", "", &refresh).await.ok();
    w.post("/api/v1/staff/session/refresh", "", &refresh).await.refused(401, "unauthenticated");
    // Whoever copied it may be the one who was faster: what the first use gave ends, too.
    let next = json!({"refresh_token": next["refresh_token"]});
    w.post("/api/v1/staff/session/refresh", "", &next).await.refused(401, "unauthenticated");
    for _ in 0..9 {
        w.post("/api/v1/staff/session", "", &login("wrong")).await.refused(401, "unauthenticated");
    }
    w.post("/api/v1/staff/session", "", &login(liandian_seed::DEMO_PASSWORD)).await.refused(429, "rate_limited");
    // Whoever guesses from one place locks nobody out elsewhere.
    if cfg!(target_os = "linux") {
        let elsewhere = reqwest::Client::builder().local_address(std::net::IpAddr::from([127, 0, 0, 2])).build().unwrap();
        let url = format!("{}/api/v1/staff/session", w.stack.origin);
        let answer = liandian_tests::call(&elsewhere, Method::POST, &url, "", Some(&login(liandian_seed::DEMO_PASSWORD)), None).await;
        assert_eq!(answer.status, 200);
    }
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_session_when_it_ends_then_its_refresh_token_does_whichever_way_it_is_sent_and_it_ends_by_itself_after_thirty_days() {
    let w = World::usual().await;
    let login = json!({"username": "sh01-clerk", "password": liandian_seed::DEMO_PASSWORD});
    let session: serde_json::Value = w.post("/api/v1/staff/session", "", &login).await.ok();
    let refresh = json!({"refresh_token": session["refresh_token"]});
    let answer = w.call(Method::DELETE, "/api/v1/staff/session", "", Some(&refresh)).await;
    assert!(answer.status.is_success(), "{}", answer.json);
    w.post("/api/v1/staff/session/refresh", "", &refresh).await.refused(401, "unauthenticated");

    let mut session: serde_json::Value = w.post("/api/v1/staff/session", "", &login).await.ok();
    for _ in 0..2 {
        w.stack.app.clock.advance(13 * liandian_types::Timestamp::DAY);
        let refresh = json!({"refresh_token": session["refresh_token"]});
        session = w.post("/api/v1/staff/session/refresh", "", &refresh).await.ok();
    }
    w.stack.app.clock.advance(5 * liandian_types::Timestamp::DAY);
    let refresh = json!({"refresh_token": session["refresh_token"]});
    w.post("/api/v1/staff/session/refresh", "", &refresh).await.refused(401, "unauthenticated");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_login_from_another_site_or_by_a_form_when_sent_then_it_is_refused_and_one_password_on_many_accounts_is_stopped() {
    let w = World::usual().await;
    let url = format!("{}/api/v1/staff/session", w.stack.origin);
    let login = json!({"username": "sh01-clerk", "password": liandian_seed::DEMO_PASSWORD});
    let foreign = w.http.post(&url).header("origin", "https://evil.example").json(&login).send().await.unwrap();
    assert_eq!(foreign.status(), 403);
    let form = w.http.post(&url).header("content-type", "text/plain").body(login.to_string()).send().await.unwrap();
    assert_eq!(form.status(), 400);
    let own = w.http.post(&url).header("origin", w.stack.origin.clone()).json(&login).send().await.unwrap();
    assert_eq!(own.status(), 200);

    let mut refused = 0;
    for n in 0..40 {
        let try_one = json!({"username": format!("somebody-{n}"), "password": "12345678"});
        refused += u32::from(w.post("/api/v1/staff/session", "", &try_one).await.status == 429);
    }
    assert!((10..=11).contains(&refused), "30 wrong passwords from one address, then a minute's rest: {refused} of 40 refused");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_somebody_is_logged_in_when_a_link_carries_another_members_ticket_then_the_person_is_asked_first() {
    let w = World::usual().await;
    let mine = w.customer("demo-01").await;
    let world = &w;
    let ticket = |openid: &'static str| async move {
        let w = world;
        let code = w.sandbox("code", &json!({"openid": openid})).await;
        let t: serde_json::Value = w.post("/api/v1/tickets", "", &json!({"code": code["code"], "to": "/orders"})).await.ok();
        format!("{}{}", w.stack.origin, t["path"].as_str().unwrap())
    };
    let theirs = ticket("demo-02").await;
    let enter = |method: Method, url: String| w.http.request(method, url).header("cookie", format!("ld_session={mine}")).send();
    let asked = enter(Method::GET, theirs.clone()).await.unwrap();
    assert_eq!((asked.status().as_u16(), asked.headers().contains_key("set-cookie")), (200, false));
    assert!(asked.text().await.unwrap().contains("切换到另一个账号"));
    let from_elsewhere =
        w.http.post(&theirs).header("cookie", format!("ld_session={mine}")).header("origin", "https://evil.example").send().await.unwrap();
    assert_eq!(from_elsewhere.status(), 403);
    let agreed = enter(Method::POST, theirs).await.unwrap();
    assert_eq!((agreed.status().as_u16(), agreed.headers().contains_key("set-cookie")), (303, true));
    assert_eq!(w.get("/api/v1/orders", &mine).await.status, 401, "the session that was replaced has ended");

    let own = enter(Method::GET, ticket("demo-01").await).await.unwrap();
    assert_eq!((own.status().as_u16(), own.headers()["location"].to_str().unwrap()), (303, "/orders"));
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_deployment_when_its_first_administrator_is_made_then_the_printed_password_logs_in_and_the_name_is_taken() {
    let w = World::usual().await;
    let store = &w.stack.app.tables;
    let password = liandian_local::admin::create(store, "boss", "王敏").await.unwrap();
    let world = &w;
    let login = |password: String| async move { world.post("/api/v1/staff/session", "", &json!({"username": "boss", "password": password})).await };
    let session: serde_json::Value = login(password.clone()).await.ok();
    assert_eq!((session["role"].as_str(), session["name"].as_str()), (Some("hq_admin"), Some("王敏")));
    assert_eq!(w.get("/api/v1/hq/policies", session["access_token"].as_str().unwrap()).await.status, 200);
    login(liandian_seed::DEMO_PASSWORD.to_owned()).await.refused(401, "unauthenticated");
    assert!(store.staff("boss").await.unwrap().unwrap().password.starts_with("$argon2id$"));

    let taken = liandian_local::admin::create(store, "boss", "另一个人").await.unwrap_err().to_string();
    assert!(taken.contains("already"), "{taken}");
    let still: serde_json::Value = login(password).await.ok();
    assert_eq!(still["name"], "王敏", "nothing was changed");
    for (username, name) in [("", "王敏"), ("Boss", "王敏"), ("a b", "王敏"), ("chief", " "), ("chief", "王\u{202e}敏")] {
        assert!(liandian_local::admin::create(store, username, name).await.is_err(), "{username} {name}");
    }
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_copied_token_when_its_session_is_logged_out_then_it_counts_for_nothing_and_the_members_other_session_goes_on() {
    let w = World::usual().await;
    let app = &w.stack.app;
    let (phone, browser) = (w.customer("demo-01").await, w.customer("demo-01").await);
    let page = |token: &str| w.http.get(format!("{}/orders", w.stack.origin)).header("cookie", format!("ld_session={token}")).send();
    assert_eq!((w.get("/api/v1/orders", &phone).await.status.as_u16(), page(&phone).await.unwrap().status().as_u16()), (200, 200));
    // What another instance knows, that was asked just before.
    let (elsewhere, session) = (liandian_functions::sessions::Ended::default(), app.tokens.check_member(&phone, app.now()).unwrap());
    assert!(!elsewhere.has(&app.tables, &session, app.now()).await.unwrap());

    let logout = w.http.delete(format!("{}/api/v1/session", w.stack.origin)).header("cookie", format!("ld_session={phone}")).send().await.unwrap();
    assert_eq!(logout.status(), 204);
    assert!(logout.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(w.get("/api/v1/orders", &phone).await.status, 401, "at once where it was logged out");
    let shown = page(&phone).await.unwrap();
    assert_eq!((shown.status().as_u16(), shown.headers()["location"].to_str().unwrap()), (303, "/login?to=%2Forders"));
    assert_eq!((w.get("/api/v1/orders", &browser).await.status.as_u16(), page(&browser).await.unwrap().status().as_u16()), (200, 200));
    let later = app.now().plus(liandian_functions::sessions::FRESH_MS);
    assert!(elsewhere.has(&app.tables, &session, later).await.unwrap(), "within ten seconds everywhere");
    let new = liandian_functions::sessions::Ended::default();
    assert!(new.has(&app.tables, &session, app.now()).await.unwrap(), "at once where an instance has just started");

    assert_eq!(w.call(Method::DELETE, "/api/v1/session", &browser, None::<&()>).await.status, 204, "sent by hand");
    assert_eq!(w.get("/api/v1/orders", &browser).await.status, 401);
    assert_eq!(w.call(Method::DELETE, "/api/v1/session", "", None::<&()>).await.status, 204, "who is not logged in logs out all the same");
    assert_eq!(w.rows_of("ENDEDSESSIONS").await, 2);

    // Who comes in again where they are logged in has one session: one logout ends all of its tokens.
    let first = w.customer("demo-01").await;
    let code = w.sandbox("code", &json!({"openid": "demo-01"})).await;
    let again = w.http.post(format!("{}/api/v1/session", w.stack.origin)).header("cookie", format!("ld_session={first}"));
    let again = again.json(&json!({"code": code["code"]})).send().await.unwrap().json::<serde_json::Value>().await.unwrap();
    let again = again["token"].as_str().unwrap();
    assert!(again != first && w.get("/api/v1/orders", again).await.status == 200);
    assert_eq!(w.call(Method::DELETE, "/api/v1/session", again, None::<&()>).await.status, 204);
    for token in [again, &first] {
        assert_eq!(w.get("/api/v1/orders", token).await.status, 401);
    }
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_the_stack_runs_when_asked_by_a_foreign_name_then_it_does_not_answer_and_no_engine_listens() {
    let w = World::usual().await;
    let foreign = w.http.get(format!("{}/healthz", w.stack.origin)).header("host", "evil.example").send().await.unwrap();
    assert_eq!(foreign.status(), 421);
    let sandbox = w.http.get(format!("{}/sandbox", w.stack.sandbox)).header("host", "evil.example").send().await.unwrap();
    assert_eq!(sandbox.status(), 403);
    assert!(w.stack.engines.is_none(), "functions run in this process: {:?}", w.stack.engines);
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_a_cookie_when_another_site_writes_with_it_then_it_is_refused_and_our_own_pages_may() {
    let w = World::usual().await;
    let member = w.customer("demo-01").await;
    let put = |origin: String| {
        w.http
            .put(format!("{}/api/v1/cart/sto_sh01", w.stack.origin))
            .header("cookie", format!("ld_session={member}"))
            .header("origin", origin)
            .json(&json!({"lines": []}))
            .send()
    };
    assert_eq!(put("https://evil.example".into()).await.unwrap().status(), 403);
    assert_eq!(put(w.stack.origin.clone()).await.unwrap().status(), 200);
    w.stack.stop().await;
}
