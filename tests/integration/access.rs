//! Every route × who asks: a route names its permission, a store sees only its own.

use liandian_functions::{
    function::{Kind, Need, NeedScope},
    table::FUNCTIONS,
};
use liandian_tests::World;
use liandian_types::{Role, Timestamp};
use reqwest::Method;
use serde_json::json;

/// The path with parameters filled in.
pub fn filled(path: &str, store: &str) -> String {
    path.replace("{store}", store)
        .replace("{order}", "ord_01JD0000000000000000000000")
        .replace("{transfer}", "trf_01JD0000000000000000000000")
        .replace("{count}", "cnt_01JD0000000000000000000000")
        .replace("{sku}", "sku_none")
        .replace("{ticket}", "none")
}

fn role_of(username: &str) -> Role {
    match username {
        "admin" => Role::HqAdmin,
        "merch" => Role::Merchandiser,
        "marketing" => Role::Marketing,
        "finance" => Role::Finance,
        "auditor" => Role::Auditor,
        u if u.ends_with("-manager") => Role::StoreManager,
        _ => Role::Clerk,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn given_every_staff_route_when_every_role_asks_for_its_own_and_for_a_foreign_store_then_only_the_permitted_pass() {
    let w = World::usual().await;
    let member = w.customer("demo-01").await;
    let mut tried = 0;
    for user in ["admin", "merch", "marketing", "finance", "auditor", "sh01-manager", "sh01-clerk"] {
        let token = w.staff(user).await;
        let role = role_of(user);
        let chain_wide = !user.contains('-');
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
async fn given_a_refresh_token_when_used_twice_then_only_the_first_works_and_ten_wrong_passwords_are_enough() {
    let w = World::usual().await;
    let login = |password: &str| json!({"username": "sh01-clerk", "password": password});
    let session: serde_json::Value = w.post("/api/v1/staff/session", "", &login(liandian_seed::DEMO_PASSWORD)).await.ok();
    let refresh = json!({"refresh_token": session["refresh_token"]});
    let _: serde_json::Value = w.post("/api/v1/staff/session/refresh", "", &refresh).await.ok();
    w.post("/api/v1/staff/session/refresh", "", &refresh).await.refused(401, "unauthenticated");
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
