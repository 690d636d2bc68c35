//! `kill -9` at any moment: nothing that was acknowledged is lost, nothing that was promised is forgotten.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use liandian_tests::{Answer, call, cart, client, recipient};
use liandian_types::{
    GeoPoint, OrderState,
    api::{ListingPage, OrderView, StoreHome},
};
use reqwest::Method;
use serde_json::{Value, json};

/// The stack as a process of its own.
pub struct Running {
    pub process: Child,
    pub origin: String,
    pub sandbox: String,
}

fn program() -> PathBuf {
    let mut exe = std::env::current_exe().unwrap();
    exe.pop();
    if exe.ends_with("deps") {
        exe.pop();
    }
    let program = exe.join("liandian-local");
    assert!(program.exists(), "build it first: cargo build --package liandian-local ({})", program.display());
    program
}

/// Five free ports in a row.
fn ports() -> u16 {
    (0..200)
        .map(|_| 20_000 + rand::random::<u16>() % 20_000)
        .find(|p| (0..5).all(|i| TcpListener::bind(("127.0.0.1", p + i)).is_ok()))
        .expect("five free ports")
}

/// Starts it in this folder; ready when this returns.
pub fn child(folder: &Path, log: Stdio) -> Running {
    child_at(folder, log, ports())
}

fn child_at(folder: &Path, log: Stdio, port: u16) -> Running {
    let process = Command::new(program())
        .args(["up", "--data"])
        .arg(folder)
        .arg("--site")
        .arg(liandian_tests::site())
        .args(["--port", &port.to_string(), "--history", "0", "--rider", "fast"])
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap();
    let until = Instant::now() + Duration::from_secs(60);
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() || !http_ok(port) {
        assert!(Instant::now() < until, "the stack did not start");
        std::thread::sleep(Duration::from_millis(50));
    }
    Running { process, origin: format!("http://127.0.0.1:{port}"), sandbox: format!("http://127.0.0.1:{}", port + 4) }
}

fn http_ok(port: u16) -> bool {
    use std::io::{Read, Write};
    let Ok(mut s) = std::net::TcpStream::connect(("127.0.0.1", port)) else { return false };
    let _ = s.set_read_timeout(Some(Duration::from_secs(2)));
    let _ = s.write_all(format!("GET /readyz HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n").as_bytes());
    let mut text = String::new();
    let _ = s.read_to_string(&mut text);
    text.starts_with("HTTP/1.1 200")
}

/// A customer of a stack in another process.
pub struct Remote {
    pub origin: String,
    pub sandbox: String,
    pub http: reqwest::Client,
}

impl Remote {
    async fn try_call(&self, method: Method, path: &str, token: &str, body: Option<&Value>, key: Option<&str>) -> Option<Answer> {
        let mut r = self.http.request(method, format!("{}{path}", self.origin));
        if !token.is_empty() {
            r = r.bearer_auth(token);
        }
        if let Some(b) = body {
            r = r.json(b);
        }
        if let Some(k) = key {
            r = r.header("idempotency-key", k);
        }
        let a = r.send().await.ok()?;
        let status = a.status();
        let json = a.json().await.ok()?;
        Some(Answer { status, json })
    }

    pub async fn login(&self, openid: &str) -> String {
        let code: Value =
            call(&self.http, Method::POST, &format!("{}/sandbox/code", self.sandbox), "", Some(&json!({"openid": openid})), None).await.ok();
        let s: Value =
            call(&self.http, Method::POST, &format!("{}/api/v1/session", self.origin), "", Some(&json!({"code": code["code"]})), None).await.ok();
        s["token"].as_str().unwrap().to_owned()
    }

    async fn order_body(&self) -> Value {
        let page: ListingPage =
            call(&self.http, Method::GET, &format!("{}/api/v1/stores/sto_sh01/listings", self.origin), "", None::<&()>, None).await.ok();
        let sku = page.items.iter().max_by_key(|i| i.available).unwrap().sku.clone();
        let home: StoreHome =
            call(&self.http, Method::GET, &format!("{}/api/v1/stores/sto_sh01/home", self.origin), "", None::<&()>, None).await.ok();
        let to = recipient(GeoPoint { lat: home.store.point.lat + 0.003, lng: home.store.point.lng });
        let mut body = json!({"store": "sto_sh01", "lines": cart(&[(sku, 1)]), "fulfilment": "delivery", "recipient": to});
        let quote: Value = call(
            &self.http,
            Method::POST,
            &format!("{}/api/v1/quotes", self.origin),
            "",
            Some(&json!({"store": "sto_sh01", "lines": body["lines"], "fulfilment": "delivery", "to": to.point})),
            None,
        )
        .await
        .ok();
        body["expect_total"] = quote["total"].clone();
        // Again and again the same goods, on purpose.
        body["again"] = json!(true);
        body
    }

    async fn pay(&self, token: &str, order: &str) -> Option<()> {
        let start = self.try_call(Method::POST, &format!("/api/v1/orders/{order}/payment"), token, Some(&json!({})), None).await?;
        let pay = json!({"prepay_id": start.json["prepay_id"]});
        let a = self.http.post(format!("{}/sandbox/pay", self.sandbox)).json(&pay).send().await.ok()?;
        a.status().is_success().then_some(())
    }

    async fn until_completed(&self, token: &str, order: &str) {
        let until = Instant::now() + Duration::from_secs(100);
        loop {
            let v: OrderView = call(&self.http, Method::GET, &format!("{}/api/v1/orders/{order}", self.origin), token, None::<&()>, None).await.ok();
            if v.card.state == OrderState::Completed {
                return;
            }
            assert!(Instant::now() < until, "{order} stayed {} {:?}", v.card.state, v.history);
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }

    /// One order, delivered; its id.
    pub async fn delivery_order(&self) -> String {
        let token = self.login("remote-openid-1").await;
        let body = self.order_body().await;
        let placed: Value =
            call(&self.http, Method::POST, &format!("{}/api/v1/orders", self.origin), &token, Some(&body), Some("key-00000001")).await.ok();
        let order = placed["order"].as_str().unwrap().to_owned();
        self.pay(&token, &order).await.unwrap();
        self.until_completed(&token, &order).await;
        order
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn given_orders_under_way_when_the_process_is_killed_again_and_again_then_every_acknowledged_order_arrives() {
    let folder = tempfile::tempdir().unwrap();
    let port = ports();
    let mut running = child_at(folder.path(), Stdio::null(), port);
    let remote = Remote { origin: running.origin.clone(), sandbox: running.sandbox.clone(), http: client() };
    let token = remote.login("durable").await;
    let body = remote.order_body().await;
    let (mut acknowledged, mut paid): (Vec<String>, Vec<String>) = (vec![], vec![]);
    for round in 0..3 {
        let killer = running.process.id();
        let kill = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(900 + 200 * round)).await;
            Command::new("kill").args(["-9", &killer.to_string()]).status().unwrap();
        });
        for i in 0.. {
            let key = format!("round-{round}-{i:04}");
            let Some(answer) = remote.try_call(Method::POST, "/api/v1/orders", &token, Some(&body), Some(&key)).await else { break };
            if answer.json["code"] == "sold_out" || answer.json["code"] == "rate_limited" {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
            let placed: Value = answer.ok();
            acknowledged.push(placed["order"].as_str().unwrap().to_owned());
            if remote.pay(&token, acknowledged.last().unwrap()).await.is_none() {
                break;
            }
            paid.push(acknowledged.last().unwrap().clone());
        }
        kill.await.unwrap();
        running.process.wait().unwrap();
        running = child_at(folder.path(), Stdio::null(), port);
    }
    assert!(paid.len() > 5, "the test paid for {} orders only", paid.len());
    for order in &acknowledged {
        let view: OrderView =
            call(&remote.http, Method::GET, &format!("{}/api/v1/orders/{order}", remote.origin), &token, None::<&()>, None).await.ok();
        assert_eq!(view.card.order.as_str(), order);
    }
    // A paid order needs the call-back, the stream, the queue and the rider: all of them go on where they were.
    for order in &paid {
        remote.until_completed(&token, order).await;
    }
    running.process.kill().unwrap();
    running.process.wait().unwrap();
}
