//! Every route and page × where somebody stands: of one store, of several, of a region, of another region, of the chain, of nowhere; with roles that HQ
//! made and with integration keys. The lists are those that the functions and pages are made of, so a new one is asked without being named here.

use liandian_functions::{
    function::{Kind, Need, NeedScope, PageNeed},
    table::{FUNCTIONS, PAGES},
};
use liandian_tests::World;
use liandian_types::{
    Permission, Role, Timestamp,
    api::{AccountDone, InvitationTaken, MadeKey, RoleView},
};
use reqwest::Method;
use serde_json::{Value, json};

use super::matrix::filled;

const PASSWORD: &str = "Tea-2026-shop!";

/// One's own store or the first of several, another of several, another of the same region, one of another region.
static STORES: [&str; 4] = ["sto_sh01", "sto_sh02", "sto_sh04", "sto_cd06"];

/// How far somebody's scope goes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Reach {
    Chain,
    Region,
    Several,
    One,
}

/// Somebody who asks.
struct Actor {
    name: String,
    token: String,
    /// A key is for routes, never for pages.
    is_key: bool,
    may: Vec<Permission>,
    reach: Reach,
    own: &'static [&'static str],
}

impl Actor {
    /// How a route or page of this permission and scope must refuse; `None` when it must not.
    fn refusal(&self, permission: Permission, scope: NeedScope, store: &str) -> Option<u16> {
        match scope {
            _ if !self.may.contains(&permission) => Some(403),
            NeedScope::All if self.reach != Reach::Chain => Some(403),
            NeedScope::Region if self.reach == Reach::One => Some(403),
            // A foreign store does not exist.
            NeedScope::Store if self.reach != Reach::Chain && !self.own.contains(&store) => Some(404),
            _ => None,
        }
    }
}

async fn built_in(w: &World, username: &str, role: Role, reach: Reach, own: &'static [&'static str]) -> Actor {
    Actor { name: username.to_owned(), token: w.staff(username).await, is_key: false, may: role.default_permissions(), reach, own }
}

/// Somebody in a role that HQ made, in this scope.
async fn made(w: &World, admin: &str, username: &str, may: &[Permission], scope: Value, reach: Reach, own: &'static [&'static str]) -> Actor {
    let wanted = json!({"title": format!("自定义 {username}"), "base": "region_manager", "permissions": may});
    let role: RoleView = w.post("/api/v1/hq/roles", admin, &wanted).await.ok();
    let asked = json!({"name": "某人", "username": username, "role": role.role, "scope": scope});
    let done: AccountDone = w.post("/api/v1/hq/accounts", admin, &asked).await.ok();
    let link = done.link.as_ref().unwrap().strip_prefix("/console/invite/").unwrap().to_owned();
    let _: InvitationTaken = w.post("/api/v1/staff/invitation", "", &json!({"token": link, "password": PASSWORD})).await.ok();
    let session: Value = w.post("/api/v1/staff/session", "", &json!({"username": username, "password": PASSWORD})).await.ok();
    let token = session["access_token"].as_str().unwrap().to_owned();
    Actor { name: username.to_owned(), token, is_key: false, may: may.to_vec(), reach, own }
}

async fn key(w: &World, admin: &str, name: &str, may: &[Permission], scope: Value, reach: Reach, own: &'static [&'static str]) -> Actor {
    let made: MadeKey = w.post("/api/v1/hq/keys", admin, &json!({"name": name, "scope": scope, "permissions": may})).await.ok();
    Actor { name: name.to_owned(), token: made.secret, is_key: true, may: may.to_vec(), reach, own }
}

async fn everybody(w: &World) -> Vec<Actor> {
    use Permission as P;
    let admin = w.staff("admin").await;
    let (several, east) = (json!({"kind": "stores", "id": ["sto_sh01", "sto_sh02"]}), json!({"kind": "region", "id": "reg_east-sh"}));
    let looks = [P::StoreRead, P::StockRead, P::OrderRead];
    let works = [P::StoreRead, P::StockRead, P::StockReceive];
    vec![
        built_in(w, "sh01-clerk", Role::Clerk, Reach::One, &STORES[..1]).await,
        built_in(w, "region-east", Role::RegionManager, Reach::Region, &STORES[..3]).await,
        built_in(w, "region-west", Role::RegionManager, Reach::Region, &STORES[3..]).await,
        made(w, &admin, "several-look", &looks, several.clone(), Reach::Several, &STORES[..2]).await,
        made(w, &admin, "region-look", &looks, east.clone(), Reach::Region, &STORES[..3]).await,
        made(w, &admin, "one-works", &works, json!({"kind": "store", "id": "sto_sh01"}), Reach::One, &STORES[..1]).await,
        made(w, &admin, "chain-looks", &looks, json!({"kind": "all"}), Reach::Chain, &STORES).await,
        key(w, &admin, "几家店的对接", &works, several, Reach::Several, &STORES[..2]).await,
        key(w, &admin, "一个区域的对接", &works, east, Reach::Region, &STORES[..3]).await,
        key(w, &admin, "全链的对接", &[P::StockRead], json!({"kind": "all"}), Reach::Chain, &STORES).await,
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn given_people_and_programs_of_every_reach_when_each_route_is_asked_in_each_place_then_only_what_was_given_passes() {
    let w = World::usual().await;
    let (mut allowed, mut refused) = (0_u32, 0_u32);
    for actor in everybody(&w).await {
        // What a process lets one address call in a minute is another test's.
        w.stack.app.clock.advance(2 * Timestamp::MINUTE);
        for f in FUNCTIONS {
            let Kind::Http { method, path, permission: Need::Permission(permission), scope, .. } = f.kind else { continue };
            let method: Method = method.parse().unwrap();
            let places = if scope == NeedScope::Store { &STORES[..] } else { &STORES[..1] };
            for store in places {
                let body = (method != Method::GET).then(|| json!({}));
                let answer = w.call(method.clone(), &filled(path, store), &actor.token, body.as_ref()).await;
                let status = answer.status.as_u16();
                let what = format!("{} {method} {path} in {store}: {status} {}", actor.name, answer.json["code"]);
                match actor.refusal(permission, scope, store) {
                    Some(expected) => {
                        assert_eq!(status, expected, "{what}");
                        refused += 1;
                    }
                    // Whatever it answers to an empty request, it is not for want of permission.
                    None => {
                        assert!(!matches!(status, 401 | 403 | 500..=599), "{what}");
                        allowed += 1;
                    }
                }
            }
        }
    }
    assert!(allowed > 100 && refused > 500, "{allowed} allowed, {refused} refused");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_people_and_programs_of_every_reach_when_each_page_is_asked_for_in_each_place_then_only_what_was_given_is_shown() {
    let w = World::usual().await;
    let (mut shown, mut refused) = (0_u32, 0_u32);
    for actor in everybody(&w).await {
        w.stack.app.clock.advance(2 * Timestamp::MINUTE);
        let cookie = format!("ld_staff={}", actor.token);
        for p in PAGES.iter().filter(|p| p.app == "console") {
            let PageNeed::Permission(permission) = p.permission else { continue };
            let places = if p.scope == NeedScope::Store { &STORES[..] } else { &STORES[..1] };
            for store in places {
                let page = w.page(&filled(p.path, store), &cookie).await;
                let what = format!("{} {} in {store}: {}", actor.name, p.path, page.status);
                let expected = if actor.is_key { Some(303) } else { actor.refusal(permission, p.scope, store) };
                match expected {
                    Some(status) => {
                        assert_eq!(page.status, status, "{what}");
                        refused += 1;
                    }
                    // An id of nothing is a page that says so.
                    None => {
                        assert!(matches!(page.status, 200 | 404), "{what}");
                        shown += u32::from(page.status == 200);
                    }
                }
            }
        }
    }
    assert!(shown > 40 && refused > 200, "{shown} shown, {refused} refused");
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_nobody_when_any_guarded_route_or_page_is_asked_for_then_there_is_nothing_but_the_login() {
    let w = World::usual().await;
    for f in FUNCTIONS {
        let Kind::Http { method, path, permission, .. } = f.kind else { continue };
        if !matches!(permission, Need::Permission(_) | Need::Member) {
            continue;
        }
        for store in STORES {
            let method: Method = method.parse().unwrap();
            let body = (method != Method::GET).then(|| json!({}));
            w.call(method, &filled(path, store), "", body.as_ref()).await.refused(401, "unauthenticated");
        }
    }
    for p in PAGES.iter().filter(|p| p.app == "console") {
        let PageNeed::Permission(_) = p.permission else { continue };
        let page = w.page(&filled(p.path, STORES[0]), "").await;
        assert_eq!((page.status, page.header("location").split('?').next()), (303, Some("/console/login")), "{}", p.path);
    }
    w.stack.stop().await;
}
