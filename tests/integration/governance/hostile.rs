//! What people write into the chain's books, sent by those who may not and in shapes that nobody means: a clear 4xx with its code, and nothing changes.
//! The bodies follow from openapi.json, so that a route that is added is asked as well. (What is no JSON at all, and every route with an empty body:
//! `bad_input.rs` and `access/matrix.rs`.)

use std::sync::LazyLock;

use liandian_functions::{
    function::{Kind, Need},
    table::FUNCTIONS,
};
use liandian_tests::World;
use liandian_types::Timestamp;
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::{access::matrix::filled, bad_input::dump};

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(include_str!("../../../openapi.json")).unwrap());

/// Orders, shelves and what moves between them: other people's tests.
const ELSEWHERE: [&str; 7] = ["/orders", "/stock", "/counts", "/transfers", "/pickups", "/pos/", "/parcels"];

/// Routes that only answer a question, that keep a table with its faults as it came, or that answer each of several by itself: a text that is too long
/// is refused there in the answer, or by nobody.
const ANSWERS: [&str; 7] = ["preview", "impact", "dry-run", "preset", "proposal", "import", "requests/decisions"];

/// Longer than any text that anybody may write, and still a body that is read.
const LONG: usize = 13_000;

/// A version that nothing has: whatever else a body says, it is not taken.
const NEVER: u64 = 999_999;

/// A route that changes something of the chain, with a body as its document describes it.
struct Route {
    method: Method,
    path: &'static str,
    /// Its path for something of one store.
    url: String,
    body: Value,
}

/// All of them.
fn routes() -> Vec<Route> {
    let mut all = Vec::new();
    for f in FUNCTIONS {
        let Kind::Http { method, path, permission: Need::Permission(_), .. } = f.kind else { continue };
        let asks = &DOCUMENT["paths"][path][method.to_lowercase()]["requestBody"]["content"]["application/json"]["schema"];
        if method == "GET" || !asks.is_object() || ELSEWHERE.iter().any(|e| path.contains(e)) {
            continue;
        }
        let url = filled(path, "sto_sh01").replace("{region}", "reg_none");
        all.push(Route { method: method.parse().unwrap(), path, url, body: sample(asks, "", 0) });
    }
    assert!(all.len() > 40, "{} routes", all.len());
    all
}

/// Something that has the shape of a schema. `name` is what it is called where it stands.
fn sample(schema: &Value, name: &str, depth: usize) -> Value {
    if depth > 9 {
        return Value::Null;
    }
    if let Some(to) = schema["$ref"].as_str() {
        let to = to.rsplit('/').next().unwrap_or_default();
        let id = match to {
            "StoreId" => "sto_sh01",
            "SkuId" => "sku_none",
            "SpuId" => "spu_none",
            "RegionId" => "reg_east-sh",
            "RoleId" => "rol_clerk",
            "RequestId" => "req_01JD0000000000000000000000",
            "CampaignId" => "cmp_01JD0000000000000000000000",
            _ => return sample(&DOCUMENT["components"]["schemas"][to], name, depth + 1),
        };
        return json!(id);
    }
    if let Some(one) = schema["oneOf"].as_array() {
        let some = one.iter().find(|s| s["type"] != "null").unwrap_or(&Value::Null);
        return sample(some, name, depth + 1);
    }
    if let Some(word) = schema["enum"].as_array().and_then(|all| all.first()) {
        return word.clone();
    }
    let kinds = &schema["type"];
    let kind = kinds.as_str().or_else(|| kinds.as_array()?.iter().filter_map(Value::as_str).find(|k| *k != "null")).unwrap_or_default();
    match kind {
        "object" => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            Value::Object(fields.map(|(name, of)| (name.clone(), sample(of, name, depth + 1))).collect::<Map<_, _>>())
        }
        "array" => json!([sample(&schema["items"], name, depth + 1)]),
        "boolean" => json!(true),
        "integer" if name == "version" => json!(NEVER),
        "integer" => json!(1),
        "number" => json!(1.0),
        _ => json!("样例"),
    }
}

/// Every place of a value, the whole of it not counted, as pointers.
fn places(value: &Value, at: &str, all: &mut Vec<String>) {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(k, v)| (k.replace('~', "~0").replace('/', "~1"), v)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(i, v)| (i.to_string(), v)).collect(),
        _ => Vec::new(),
    };
    for (name, v) in inner {
        let at = format!("{at}/{name}");
        places(v, &at, all);
        all.push(at);
    }
}

/// The body with another value at a place.
fn with(body: &Value, at: &str, value: Value) -> Value {
    let mut other = body.clone();
    *other.pointer_mut(at).unwrap() = value;
    other
}

/// What was answered: status, code, and whether it is a problem document.
struct Said {
    status: u16,
    code: String,
    problem: bool,
    text: String,
}

impl Said {
    /// A clear refusal: which is whose fault it is, in words that a program can tell apart.
    fn refuses(&self) -> bool {
        (400..500).contains(&self.status) && self.problem && !self.code.is_empty()
    }
}

/// Sends it as somebody; a minute's limit is waited for, by the world's clock.
async fn send(w: &World, r: &Route, token: &str, body: &Value) -> Said {
    let url = format!("{}{}", w.stack.origin, r.url);
    loop {
        let mut ask = w.http.request(r.method.clone(), &url).header("idempotency-key", "hostile-0000001").json(body);
        if !token.is_empty() {
            ask = ask.bearer_auth(token);
        }
        let answer = ask.send().await.unwrap();
        let status = answer.status().as_u16();
        if status == 429 {
            w.stack.app.clock.advance(Timestamp::MINUTE);
            continue;
        }
        let problem = answer.headers().get("content-type").is_some_and(|t| t == "application/problem+json; charset=utf-8");
        let text = answer.text().await.unwrap();
        let json: Value = serde_json::from_str(&text).unwrap_or_default();
        return Said { status, code: json["code"].as_str().unwrap_or_default().to_owned(), problem, text };
    }
}

/// What HQ sees of its books: each list with its versions.
async fn books(w: &World, admin: &str) -> Vec<(&'static str, Value)> {
    let of_hq = ["policies", "brands", "categories", "search-words", "regions", "roles", "accounts", "requests", "campaigns", "products"];
    let more = ["product-imports", "store-imports", "local-products", "coupons"];
    let mut all = Vec::new();
    for f in FUNCTIONS {
        let Kind::Http { method: "GET", path, permission: Need::Permission(_), .. } = f.kind else { continue };
        let asked = path.strip_prefix("/api/v1/hq/").is_some_and(|p| of_hq.iter().chain(&more).any(|o| *o == p));
        let own = ["campaigns", "requests", "local-products", "accounts"].iter().any(|o| path == format!("/api/v1/stores/{{store}}/{o}"));
        if asked || own {
            let answer = w.get(&filled(path, "sto_sh01"), admin).await;
            assert!(answer.status.is_success(), "{path}: {} {}", answer.status, answer.json);
            all.push((path, answer.json));
        }
    }
    assert!(all.len() >= 10, "{} lists", all.len());
    all
}

async fn assert_as_before(w: &World, admin: &str, before: (Vec<String>, Vec<(&'static str, Value)>)) {
    let (rows, lists) = before;
    let (rows_now, lists_now) = (dump(w).await, books(w, admin).await);
    for ((path, was), (_, is)) in lists.iter().zip(&lists_now) {
        assert_eq!(was, is, "{path} is another than before");
    }
    let fresh: Vec<&String> = rows_now.iter().filter(|r| rows.binary_search(r).is_err()).collect();
    let gone: Vec<&String> = rows.iter().filter(|r| rows_now.binary_search(r).is_err()).collect();
    assert!(fresh.is_empty() && gone.is_empty(), "new: {fresh:?}; gone: {gone:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn given_every_change_of_the_chain_in_its_own_shape_when_nobody_a_customer_or_a_foreign_manager_sends_it_then_it_is_refused_unread() {
    let w = World::usual().await;
    let (admin, member, foreign) = (w.staff("admin").await, w.customer("demo-01").await, w.staff("hz01-manager").await);
    let before = (dump(&w).await, books(&w, &admin).await);
    let mut wrong = Vec::new();
    for r in routes() {
        for (who, token) in [("nobody", ""), ("a customer", member.as_str()), ("the manager of another store", foreign.as_str())] {
            let said = send(&w, &r, token, &r.body).await;
            let expected = match (said.status, said.code.as_str()) {
                (401, "unauthenticated") => token != foreign,
                (403, "forbidden") | (404, "not_found") => token == foreign,
                _ => false,
            };
            if !expected || !said.refuses() {
                wrong.push(format!("{who} {} {}: {} {}", r.method, r.path, said.status, said.text));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_as_before(&w, &admin, before).await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_every_field_of_every_change_when_it_is_of_another_type_then_it_is_a_bad_request_and_nothing_changes() {
    let w = World::usual().await;
    let admin = w.staff("admin").await;
    let before = (dump(&w).await, books(&w, &admin).await);
    let (mut wrong, mut tried) = (Vec::new(), 0_usize);
    for r in routes() {
        let mut all = Vec::new();
        places(&r.body, "", &mut all);
        for at in all {
            let is = r.body.pointer(&at).unwrap();
            let others = match is {
                Value::Object(_) | Value::Array(_) => vec![json!(7)],
                // Neither parts of one nor more than a register holds.
                Value::Number(n) if !n.is_f64() => vec![json!({"no": "such"}), json!(1.5), json!(1e30)],
                Value::Null => continue,
                _ => vec![json!({"no": "such"})],
            };
            for other in others {
                let said = send(&w, &r, &admin, &with(&r.body, &at, other.clone())).await;
                tried += 1;
                // What is asked for something that is not there may be told so before it is read.
                if !said.refuses() || !matches!((said.status, said.code.as_str()), (400, _) | (404, "not_found") | (409 | 422, _)) {
                    wrong.push(format!("{} {} {at} = {other}: {} {}", r.method, r.path, said.status, said.text));
                }
            }
        }
        for body in [json!("样例"), json!(null), json!([r.body])] {
            let said = send(&w, &r, &admin, &body).await;
            if !said.refuses() {
                wrong.push(format!("{} {} {body}: {} {}", r.method, r.path, said.status, said.text));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried > 300, "{tried} fields");
    assert_as_before(&w, &admin, before).await;
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_every_text_of_every_change_when_it_is_longer_than_anybody_may_write_then_it_is_refused_and_nothing_changes() {
    let w = World::usual().await;
    let admin = w.staff("admin").await;
    let before = books(&w, &admin).await;
    let (long, mut wrong) = ("长".repeat(LONG), Vec::new());
    for r in routes() {
        let mut all = Vec::new();
        places(&r.body, "", &mut all);
        for at in all.iter().filter(|at| r.body.pointer(at).is_some_and(Value::is_string)) {
            let said = send(&w, &r, &admin, &with(&r.body, at, json!(long))).await;
            let answers = ANSWERS.iter().any(|a| r.path.contains(a)) && said.status < 500;
            if !answers && !said.refuses() {
                wrong.push(format!("{} {} {at}: {} {}", r.method, r.path, said.status, said.text.chars().take(300).collect::<String>()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // A table that is none may have been kept with its faults: that is what its page is for. All else is as it was.
    let same = |(path, _): &(&'static str, Value)| !path.contains("import");
    let lists: Vec<_> = before.into_iter().filter(same).collect();
    let now: Vec<_> = books(&w, &admin).await.into_iter().filter(same).collect();
    assert_eq!(lists, now);
    w.stack.stop().await;
}

/// What is kept as a whole with a version: where it is read and written, and what is changed of it.
type Body = fn() -> Value;

const KEPT: [(&str, &str, Body); 5] = [
    ("/api/v1/hq/policies", "/low_at", || json!(7)),
    ("/api/v1/hq/brands", "/brands/0/name", || json!("别的品牌名")),
    ("/api/v1/hq/categories", "/categories/0/name", || json!("别的类目名")),
    ("/api/v1/hq/search-words", "/hot/0", || json!("别的热词")),
    ("/api/v1/hq/products/spu_milk-fresh", "/name", || json!("别的商品名")),
];

#[tokio::test(flavor = "multi_thread")]
async fn given_a_change_when_it_is_sent_twice_or_for_a_version_that_nobody_saw_then_it_counts_once() {
    let w = World::usual().await;
    let admin = w.staff("admin").await;
    for (path, field, value) in KEPT {
        let seen: Value = w.get(path, &admin).await.ok();
        assert!(seen.pointer(field).is_some(), "{path} has {field}: {seen}");
        let put = async |body: &Value| w.call(Method::PUT, path, &admin, Some(body)).await;
        // A version of the future.
        let mut ahead = with(&seen, field, value());
        ahead["version"] = json!(NEVER);
        put(&ahead).await.refused(409, "conflict");
        assert_eq!(w.get(path, &admin).await.ok::<Value>(), seen, "{path}: nothing has changed");
        // A field that nobody knows is refused by its name.
        let mut more = seen.clone();
        more["no_such_field"] = json!({"a": [1]});
        assert_eq!(put(&more).await.refused(400, "bad_request")["field"], "no_such_field");
        let same: Value = put(&seen).await.ok();
        assert_eq!(same["version"], seen["version"], "{path}: what changes nothing is no change");
        // The same change twice: the second is about what is no more.
        let change = with(&seen, field, value());
        let set: Value = put(&change).await.ok();
        assert_eq!((set.pointer(field), set["version"].as_u64()), (Some(&value()), seen["version"].as_u64().map(|v| v + 1)), "{path}");
        put(&change).await.refused(409, "conflict");
        let now: Value = w.get(path, &admin).await.ok();
        assert_eq!((now.pointer(field), &now["version"]), (Some(&value()), &set["version"]), "{path}: counted once");
    }
    w.stack.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn given_another_store_s_own_product_when_it_is_named_in_a_body_then_it_stays_with_its_store() {
    let w = World::usual().await;
    let (merch, theirs, ours) = (w.staff("merch").await, w.staff("hz05-manager").await, w.staff("sh07-manager").await);
    let list: Value = w.get("/api/v1/stores/sto_hz05/local-products", &theirs).await.ok();
    let spu = list["products"][0]["spu"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/stores/sto_hz05/local-products/{spu}");
    let before: Value = w.get(&path, &theirs).await.ok();
    assert_eq!(before["card"]["state"], "waiting", "{before}");
    let version = before["card"]["version"].clone();

    // HQ decides about it as if it were another store's.
    let decision = format!("/api/v1/hq/local-products/{spu}/decision");
    let as_ours = json!({"store": "sto_sh07", "approve": true, "reason": null, "version": version});
    let said = w.post(&decision, &merch, &as_ours).await;
    assert!(said.status.is_client_error() && said.json["code"].is_string(), "{} {}", said.status, said.json);
    // Another store submits, withdraws, edits it, below its own path and below the other's.
    for store in ["sto_sh07", "sto_hz05"] {
        let at = format!("/api/v1/stores/{store}/local-products/{spu}");
        for step in ["submit", "withdraw"] {
            w.post(&format!("{at}/{step}"), &ours, &json!({"version": version})).await.refused(404, "not_found");
        }
        let said = w.call(Method::PUT, &at, &ours, Some(&before["form"])).await;
        assert!(said.status.is_client_error() && said.json["code"].is_string(), "{store}: {} {}", said.status, said.json);
    }
    // Nor is it among the goods that a store takes of the library.
    let sku = before["form"]["skus"][0]["sku"].as_str().unwrap().to_owned();
    let said = w.post("/api/v1/stores/sto_sh07/assortment", &ours, &json!({"skus": [sku]})).await;
    let none = said.json["taken"].as_array().is_some_and(Vec::is_empty);
    assert!(said.status.is_client_error() || none, "{} {}", said.status, said.json);
    assert_eq!(w.get(&path, &theirs).await.ok::<Value>(), before, "nothing has happened to it");
    w.stack.stop().await;
}
