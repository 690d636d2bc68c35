//! `cargo xtask bench`: the figures of ARCHITECTURE.md's budget table, from the invocation lines of a stack in a process of its
//! own (consumed units, round trips), from bytes, and from rates that are compared within one run. Figures, not tests.

use std::{
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use futures::future::join_all;
use liandian_domain::orders::{
    holds::{HoldPolicy, Holds},
    place::{Placement, PlacementIds, Wanted, place},
};
use liandian_functions::{App, Config, app::Clock, parts};
use liandian_store::{Commit, read::PlacementAsk};
use liandian_tests::{call, cart, client, copy, recipient};
use liandian_types::{Fen, Fulfilment, GeoPoint, MemberId, OrderId, SkuId, StoreId, api::ListingPage};
use reqwest::Method;
use serde_json::{Map, Value, json};

struct Stack {
    child: Child,
    origin: String,
    sandbox: String,
    port: u16,
    log: PathBuf,
    started: Duration,
}

impl Stack {
    fn start(data: &Path, stores: usize, workers: &str) -> anyhow::Result<Self> {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/liandian-local");
        ensure!(program.exists(), "build it first: cargo build --release --package liandian-local");
        let port = 21_000 + rand::random::<u16>() % 20_000;
        let log = data.with_extension("log");
        let begun = Instant::now();
        let child = Command::new(program)
            .args(["up", "--data"])
            .arg(data)
            .arg("--site")
            .arg(liandian_tests::site())
            .args(["--port", &port.to_string(), "--stores", &stores.to_string(), "--rider", "fast", "--workers", workers, "--serve-engines"])
            .stdout(Stdio::null())
            .stderr(File::create(&log)?)
            .spawn()?;
        let url = |p: u16| format!("http://127.0.0.1:{p}");
        let mut me = Self { child, origin: url(port), sandbox: url(port + 4), port, log, started: Duration::ZERO };
        let until = Instant::now() + Duration::from_secs(1_200);
        let http = std::net::SocketAddr::from(([127, 0, 0, 1], port));
        loop {
            use std::io::{Read, Write};
            let mut text = String::new();
            if let Ok(mut s) = std::net::TcpStream::connect(http) {
                let _ = s.write_all(format!("GET /s/sto_sh01 HTTP/1.1\r\nhost: {http}\r\nconnection: close\r\n\r\n").as_bytes());
                let _ = s.read_to_string(&mut text);
            }
            if text.starts_with("HTTP/1.1 200") {
                break;
            }
            ensure!(Instant::now() < until, "the stack did not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        me.started = begun.elapsed();
        Ok(me)
    }

    fn resident_mb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let kb = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).and_then(|l| l.trim().trim_end_matches(" kB").parse::<u64>().ok());
        kb.unwrap_or(0) / 1024
    }

    /// Invocation lines from `from` bytes on.
    fn lines(&self, from: usize) -> anyhow::Result<Vec<Value>> {
        let text = std::fs::read_to_string(&self.log)?;
        Ok(text
            .get(from..)
            .unwrap_or_default()
            .lines()
            .filter_map(|l| serde_json::from_str(l).ok())
            .filter(|l: &Value| l["function"].is_string())
            .collect())
    }

    /// The product's own code over this stack's tables, with its keys.
    fn app(&self, data: &Path) -> anyhow::Result<App> {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/liandian-local");
        let out = Command::new(program).args(["env", "--port", &self.port.to_string(), "--data"]).arg(data).output()?;
        let text = String::from_utf8(out.stdout)?;
        let vars: BTreeMap<String, String> = serde_json::from_str(text.lines().last().unwrap_or_default())?;
        Ok(App::new(Config::from_vars(&vars), Clock::default(), parts::ALL)?)
    }

    fn mark(&self) -> usize {
        std::fs::metadata(&self.log).map_or(0, |m| usize::try_from(m.len()).unwrap_or(0))
    }

    fn stop(mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // Whatever went wrong here, the stack does not stay.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Shopper {
    http: reqwest::Client,
    origin: String,
    sandbox: String,
}

impl Shopper {
    async fn post(&self, path: &str, token: &str, body: &Value, key: Option<&str>) -> anyhow::Result<Value> {
        let a = call(&self.http, Method::POST, &format!("{}{path}", self.origin), token, Some(body), key).await;
        ensure!(a.status.is_success(), "{path}: {} {}", a.status, a.json);
        Ok(a.json)
    }

    async fn get(&self, path: &str, token: &str) -> anyhow::Result<Value> {
        let a = call(&self.http, Method::GET, &format!("{}{path}", self.origin), token, None::<&()>, None).await;
        ensure!(a.status.is_success(), "{path}: {} {}", a.status, a.json);
        Ok(a.json)
    }

    async fn login(&self, openid: &str) -> anyhow::Result<String> {
        let code = call(&self.http, Method::POST, &format!("{}/sandbox/code", self.sandbox), "", Some(&json!({"openid": openid})), None).await;
        let s = self.post("/api/v1/session", "", &json!({"code": code.json["code"]}), None).await?;
        Ok(s["token"].as_str().unwrap_or_default().to_owned())
    }

    async fn deep(&self, store: &str, n: usize) -> anyhow::Result<Vec<SkuId>> {
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let page: ListingPage = serde_json::from_value(self.get(&format!("/api/v1/stores/{store}/listings{cursor}"), "").await?)?;
            all.extend(page.items);
            match page.next {
                Some(c) => cursor = format!("?cursor={c}"),
                None => break,
            }
        }
        all.sort_by_key(|i| std::cmp::Reverse(i.available));
        Ok(all.into_iter().take(n).map(|i| i.sku).collect())
    }

    async fn order(&self, store: &str, skus: &[SkuId], fulfilment: Fulfilment) -> anyhow::Result<Value> {
        let lines = cart(&skus.iter().cloned().map(|s| (s, 1)).collect::<Vec<_>>());
        let home = self.get(&format!("/api/v1/stores/{store}/home"), "").await?;
        let point = GeoPoint {
            lat: home["store"]["point"]["lat"].as_f64().unwrap_or(0.0) + 0.003,
            lng: home["store"]["point"]["lng"].as_f64().unwrap_or(0.0),
        };
        let to = (fulfilment == Fulfilment::Delivery).then(|| recipient(point));
        let quote = self
            .post("/api/v1/quotes", "", &json!({"store": store, "lines": lines, "fulfilment": fulfilment, "to": to.as_ref().map(|r| r.point)}), None)
            .await?;
        Ok(json!({"store": store, "lines": lines, "fulfilment": fulfilment, "recipient": to, "expect_total": quote["total"], "again": true}))
    }

    async fn pay(&self, token: &str, order: &str) -> anyhow::Result<()> {
        let start = self.post(&format!("/api/v1/orders/{order}/payment"), token, &json!({}), None).await?;
        call(&self.http, Method::POST, &format!("{}/sandbox/pay", self.sandbox), "", Some(&json!({"prepay_id": start["prepay_id"]})), None).await;
        Ok(())
    }

    async fn until(&self, token: &str, order: &str, state: &str) -> anyhow::Result<Value> {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let v = self.get(&format!("/api/v1/orders/{order}"), token).await?;
            if v["card"]["state"] == state {
                return Ok(v);
            }
            ensure!(Instant::now() < until, "{order} stayed {}", v["card"]["state"]);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

fn sum(lines: &[Value], what: &str) -> f64 {
    lines.iter().filter_map(|l| l[what].as_f64()).sum()
}

fn by_function(lines: &[Value]) -> BTreeMap<String, f64> {
    let mut all = BTreeMap::new();
    for l in lines {
        *all.entry(l["function"].as_str().unwrap_or_default().to_owned()).or_default() += l["write_units"].as_f64().unwrap_or(0.0);
    }
    all.retain(|_, units| *units > 0.0);
    all
}

fn one<'a>(lines: &'a [Value], function: &str) -> anyhow::Result<&'a Value> {
    lines.iter().rev().find(|l| l["function"] == function).with_context(|| format!("no line of {function}"))
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let quick = args.iter().any(|a| a == "--quick");
    let json_file = args.iter().position(|a| a == "--json").and_then(|i| args.get(i + 1));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let mut out: Map<String, Value> = Map::new();

    // ---- start, pages, capacity, the life of an order
    let first = Stack::start(&data, 36, "on")?;
    out.insert("seed_and_start_s".into(), json!(first.started.as_secs_f64()));
    first.stop();
    let seeded = folder.path().join("seeded");
    copy(&data, &seeded);
    let stack = Stack::start(&data, 36, "on")?;
    out.insert("second_start_s".into(), json!(stack.started.as_secs_f64()));
    out.insert("resident_mb".into(), json!(stack.resident_mb()));
    let shopper = Shopper { http: client(), origin: stack.origin.clone(), sandbox: stack.sandbox.clone() };
    capacity(&stack, &shopper, &mut out).await?;
    shelves(&stack, &shopper, quick, &mut out).await?;
    pages(&stack, &shopper, &mut out).await?;
    stack.stop();
    rates(&seeded, folder.path(), quick, &mut out).await?;
    if !quick {
        for stores in [1_500, 5_000] {
            let data = folder.path().join(format!("data-{stores}"));
            let stack = Stack::start(&data, stores, "off")?;
            let shopper = Shopper { http: client(), origin: stack.origin.clone(), sandbox: stack.sandbox.clone() };
            let line = shortage(&stack, &shopper).await?;
            out.insert(format!("find_stores_{stores}"), json!({"waves": line["waves"], "requests": line["requests"], "read_units": line["read_units"], "ms": line["ms"], "seed_s": stack.started.as_secs_f64()}));
            stack.stop();
        }
    }
    binaries(&root, &mut out);
    let value = Value::Object(out);
    if let Some(file) = json_file {
        std::fs::write(file, serde_json::to_string_pretty(&value)? + "\n")?;
    }
    println!("\n{:<44} value", "figure");
    for (k, v) in value.as_object().into_iter().flatten() {
        println!("{k:<44} {v}");
    }
    Ok(())
}

async fn capacity(stack: &Stack, shopper: &Shopper, out: &mut Map<String, Value>) -> anyhow::Result<()> {
    let token = shopper.login("bench").await?;
    let skus = shopper.deep("sto_sh01", 3).await?;
    let clerk = shopper.post("/api/v1/staff/session", "", &json!({"username": "sh01-clerk", "password": liandian_seed::DEMO_PASSWORD}), None).await?;
    let clerk = clerk["access_token"].as_str().unwrap_or_default().to_owned();
    for (fulfilment, name) in [(Fulfilment::Pickup, "pickup"), (Fulfilment::Delivery, "delivery")] {
        let body = shopper.order("sto_sh01", &skus, fulfilment).await?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        // Once in ten seconds an instance asks which sessions were ended: not what is measured here.
        shopper.get("/api/v1/cart/sto_sh01", &token).await?;
        let from = stack.mark();
        let placed = shopper.post("/api/v1/orders", &token, &body, Some(&format!("bench-life-{name}"))).await?;
        let order = placed["order"].as_str().unwrap_or_default().to_owned();
        tokio::time::sleep(Duration::from_millis(300)).await;
        let lines = stack.lines(from)?;
        let line = one(&lines, "order-place")?;
        out.insert(
            format!("place_3_lines_{name}"),
            json!({"waves": line["waves"], "read_units": line["read_units"], "write_units": line["write_units"], "ms": line["ms"]}),
        );
        shopper.pay(&token, &order).await?;
        if fulfilment == Fulfilment::Pickup {
            let v = shopper.until(&token, &order, "preparing").await?;
            shopper.post(&format!("/api/v1/stores/sto_sh01/orders/{order}/ready"), &clerk, &json!({}), None).await?;
            shopper.post("/api/v1/stores/sto_sh01/pickups", &clerk, &json!({"code": v["pickup_code"]}), None).await?;
        }
        shopper.until(&token, &order, "completed").await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let lines = stack.lines(from)?;
        out.insert(format!("life_{name}_write_units"), json!(sum(&lines, "write_units")));
        out.insert(format!("life_{name}_read_units"), json!(sum(&lines, "read_units")));
        out.insert(format!("life_{name}_by_function"), json!(by_function(&lines)));
        // On-demand, us-east-1: 0.625 USD a million write units, 0.125 a million read units.
        let usd = sum(&lines, "write_units") * 0.625 + sum(&lines, "read_units") * 0.125;
        out.insert(format!("life_{name}_usd_per_million_orders_dynamodb"), json!((usd * 100.0).round() / 100.0));
    }
    let line = shortage(stack, shopper).await?;
    out.insert(
        "find_stores_36".into(),
        json!({"waves": line["waves"], "requests": line["requests"], "read_units": line["read_units"], "ms": line["ms"]}),
    );
    Ok(())
}

/// What a receipt, a line at the till and a transfer cost, and how long a sale takes to be seen by HQ.
async fn shelves(stack: &Stack, shopper: &Shopper, quick: bool, out: &mut Map<String, Value>) -> anyhow::Result<()> {
    let staff = async |name: &str| -> anyhow::Result<String> {
        let login = json!({"username": name, "password": liandian_seed::DEMO_PASSWORD});
        let s = shopper.post("/api/v1/staff/session", "", &login, None).await?;
        Ok(s["access_token"].as_str().unwrap_or_default().to_owned())
    };
    let (clerk, sender, till) = (staff("sh01-clerk").await?, staff("sh02-clerk").await?, staff("sh01-till").await?);
    // Nobody may ask as often as this does: they take turns.
    let hq = [staff("admin").await?, staff("merch").await?, staff("auditor").await?];
    let sku = shopper.deep("sto_sh02", 1).await?.remove(0);
    let sale = |number: usize| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_millis());
        json!({"sales": [{"till": "bench", "number": number.to_string(), "sold_at": now, "lines": [{"sku": sku, "quantity": 1}]}]})
    };
    let from = stack.mark();
    shopper.post("/api/v1/stores/sto_sh01/pos/sales", &till, &sale(0), None).await?;
    let receipt = json!({"kind": "receipt", "lines": [{"sku": sku, "quantity": 999, "expires_on": Value::Null}]});
    // Goods that expire want a day: both kinds are tried.
    let dated = json!({"kind": "receipt", "lines": [{"sku": sku, "quantity": 999, "expires_on": "2035-01-01"}]});
    if shopper.post("/api/v1/stores/sto_sh01/stock/receipts", &clerk, &receipt, Some("bench-receipt-1")).await.is_err() {
        shopper.post("/api/v1/stores/sto_sh01/stock/receipts", &clerk, &dated, Some("bench-receipt-2")).await?;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let lines = stack.lines(from)?;
    out.insert("pos_line_write_units".into(), one(&lines, "pos-sales")?["write_units"].clone());
    out.insert("receipt_line_write_units".into(), one(&lines, "stock-receive")?["write_units"].clone());
    let from = stack.mark();
    let ask = json!({"source": "loc_sh02", "lines": [{"sku": sku, "quantity": 1}]});
    let t = shopper.post("/api/v1/stores/sto_sh01/transfers", &clerk, &ask, Some("bench-fill-1")).await?;
    let id = t["transfer"].as_str().unwrap_or_default().to_owned();
    for (store, token, step) in
        [("sto_sh02", &sender, "accept"), ("sto_sh02", &sender, "pack"), ("sto_sh02", &sender, "send"), ("sto_sh01", &clerk, "receive")]
    {
        shopper.post(&format!("/api/v1/stores/{store}/transfers/{id}/steps"), token, &json!({"step": step}), None).await?;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let lines = stack.lines(from)?;
    out.insert("transfer_1_line_write_units".into(), json!(sum(&lines, "write_units")));
    out.insert("transfer_1_line_by_function".into(), json!(by_function(&lines)));

    // A sale is told; from its answer until HQ's page of the SKU says so.
    let seen = async |n: usize| -> anyhow::Result<i64> {
        let all = shopper.get(&format!("/api/v1/hq/stock/{sku}"), &hq[n % hq.len()]).await?;
        Ok(all["rows"].as_array().into_iter().flatten().find(|r| r["location"] == "loc_sh01").and_then(|r| r["on_hand"].as_i64()).unwrap_or(0))
    };
    let mut waits = Vec::new();
    let mut there = seen(0).await?;
    for n in 1..=if quick { 50 } else { 200 } {
        shopper.post("/api/v1/stores/sto_sh01/pos/sales", &till, &sale(n), None).await?;
        let told = Instant::now();
        there -= 1;
        while seen(n).await? != there {
            ensure!(told.elapsed() < Duration::from_secs(30), "a sale is not seen");
            tokio::time::sleep(Duration::from_millis(4)).await;
        }
        waits.push(told.elapsed().as_secs_f64() * 1000.0);
    }
    waits.sort_by(f64::total_cmp);
    let at = |part: usize| waits.get((waits.len() * part / 100).min(waits.len() - 1)).copied().map(round);
    out.insert("sale_seen_everywhere_ms".into(), json!({"p50": at(50), "p99": at(99), "most": waits.last().copied().map(round), "of": waits.len()}));
    Ok(())
}

/// A quote that the store cannot serve: who can?
async fn shortage(stack: &Stack, shopper: &Shopper) -> anyhow::Result<Value> {
    let skus = shopper.deep("sto_sh01", 3).await?;
    let lines: Vec<Value> = skus.iter().map(|s| json!({"sku": s, "quantity": 900})).collect();
    let body = json!({"store": "sto_sh01", "lines": lines, "fulfilment": "pickup"});
    // Twice: the second finds the warehouses in the cache, as all but the first of an instance do.
    for _ in 0..2 {
        shopper.post("/api/v1/quotes", "", &body, None).await?;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    Ok(one(&stack.lines(0)?, "quote")?.clone())
}

async fn pages(stack: &Stack, shopper: &Shopper, out: &mut Map<String, Value>) -> anyhow::Result<()> {
    let get = async |path: &str| -> anyhow::Result<(usize, Duration)> {
        let begun = Instant::now();
        let a = shopper.http.get(format!("{}{path}", stack.origin)).header("accept-encoding", "gzip").send().await?;
        ensure!(a.status().is_success(), "{path}: {}", a.status());
        Ok((a.bytes().await?.len(), begun.elapsed()))
    };
    get("/s/sto_sh01").await?;
    let mut best = Duration::MAX;
    let mut bytes = 0;
    for _ in 0..20 {
        let (b, t) = get("/s/sto_sh01").await?;
        best = best.min(t);
        bytes = b;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let lines = stack.lines(0)?;
    let home = one(&lines, "shop")?;
    out.insert(
        "home_page".into(),
        json!({"html_bytes": bytes, "best_ms": best.as_secs_f64() * 1000.0, "waves": home["waves"], "read_units": home["read_units"]}),
    );
    let page = shopper.http.get(format!("{}/api/v1/stores/sto_sh01/listings", stack.origin)).send().await?;
    let listing_bytes = page.bytes().await?.len();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let lines = stack.lines(0)?;
    let listings = one(&lines, "listings")?;
    out.insert("page_of_20_goods_json".into(), json!({"bytes": listing_bytes, "waves": listings["waves"], "ms": listings["ms"]}));
    let size = |name: &str| std::fs::metadata(liandian_tests::site().join("pkg").join(format!("{name}.br"))).map_or(0, |m| m.len());
    out.insert("shop_css_br".into(), json!(size("shop.css")));
    let shop = ["browse", "cart", "checkout", "order"].map(|m| format!("shop-{m}"));
    let console = ["board", "orders", "stock", "transfers", "hq", "office"].map(|m| format!("console-{m}"));
    for m in shop.iter().chain(&console) {
        out.insert(format!("{m}_js_wasm_br"), json!(size(&format!("{m}.js")) + size(&format!("{m}.wasm"))));
    }
    Ok(())
}

/// Orders a second through the gateway beside the bare engine's rate for the same reads and the same transaction.
async fn rates(seeded: &Path, folder: &Path, quick: bool, out: &mut Map<String, Value>) -> anyhow::Result<()> {
    let span = Duration::from_secs(if quick { 2 } else { 6 });
    let mut rate: BTreeMap<String, f64> = BTreeMap::new();
    for workers in ["off", "on"] {
        let data = folder.join(format!("rates-{workers}"));
        copy(seeded, &data);
        let stack = Stack::start(&data, 36, workers)?;
        let shopper = Shopper { http: client(), origin: stack.origin.clone(), sandbox: stack.sandbox.clone() };
        let found = shopper.get("/api/v1/stores", "").await?;
        let open = found["stores"].as_array().into_iter().flatten().filter(|s| s["pickup"] == true);
        let stores: Vec<String> = open.filter_map(|s| s["store"].as_str().map(str::to_owned)).collect();
        // Many members, for each may have few unpaid orders.
        let app = stack.app(&data)?;
        let tokens = liandian_tests::members(&app, 4_000).await;
        // Many baskets, so that orders do not all meet on one record.
        let mut bodies = Vec::new();
        for s in &stores {
            let skus = shopper.deep(s, 60).await?;
            for three in skus.chunks_exact(3) {
                if let Ok(b) = shopper.order(s, three, Fulfilment::Pickup).await {
                    bodies.push(b);
                }
            }
        }
        let shared = Arc::new((tokens, bodies, AtomicUsize::new(0)));
        for clients in [1_usize, 8, 32] {
            let (begun, n) = (Instant::now(), Arc::new(AtomicUsize::new(0)));
            join_all((0..clients).map(|_| {
                let (shared, n, origin, http) = (shared.clone(), n.clone(), stack.origin.clone(), client());
                async move {
                    while begun.elapsed() < span {
                        let i = shared.2.fetch_add(1, Ordering::Relaxed);
                        let (token, body) = (&shared.0[i % shared.0.len()], &shared.1[i % shared.1.len()]);
                        let a = call(&http, Method::POST, &format!("{origin}/api/v1/orders"), token, Some(body), Some(&format!("rate-{i:08}"))).await;
                        // A shelf that is empty by now answers so, as cheaply; only orders count.
                        if a.status.is_success() {
                            n.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                }
            }))
            .await;
            rate.insert(format!("gateway_workers_{workers}_{clients}"), per_second(&n, begun));
            if workers == "off" {
                let r = bare(&app, &shared.1, clients, span, &shared.2).await?;
                rate.insert(format!("bare_{clients}"), r);
            }
        }
        stack.stop();
    }
    for clients in [1, 8, 32] {
        let bare = rate[&format!("bare_{clients}")];
        for workers in ["off", "on"] {
            out.insert(
                format!("ratio_gateway_to_bare_workers_{workers}_{clients}"),
                json!(round(rate[&format!("gateway_workers_{workers}_{clients}")] / bare)),
            );
        }
    }
    out.insert("orders_per_second".into(), json!(rate.into_iter().map(|(k, v)| (k, round(v))).collect::<BTreeMap<_, _>>()));
    Ok(())
}

#[allow(clippy::cast_precision_loss, reason = "a rate for people")]
fn per_second(n: &AtomicUsize, begun: Instant) -> f64 {
    n.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64()
}

fn round(v: f64) -> f64 {
    (v * 100.0).round() / 100.0
}

/// The same read wave and the same transaction, straight at the engine over HTTP.
async fn bare(app: &App, bodies: &[Value], clients: usize, span: Duration, count: &AtomicUsize) -> anyhow::Result<f64> {
    let (begun, n) = (Instant::now(), AtomicUsize::new(0));
    let failures = join_all((0..clients).map(|_| async {
        while begun.elapsed() < span {
            let i = count.fetch_add(1, Ordering::Relaxed);
            if bare_order(app, &bodies[i % bodies.len()]).await? {
                n.fetch_add(1, Ordering::Relaxed);
            }
        }
        Ok::<_, anyhow::Error>(())
    }))
    .await;
    failures.into_iter().collect::<anyhow::Result<Vec<()>>>()?;
    Ok(per_second(&n, begun))
}

async fn bare_order(app: &App, body: &Value) -> anyhow::Result<bool> {
    // Somebody else each time, as at the gateway: a member may have few unpaid orders.
    let member: MemberId = app.id();
    let member = &member;
    let store: StoreId = serde_json::from_value(body["store"].clone())?;
    let lines: Vec<liandian_types::api::CartLine> = serde_json::from_value(body["lines"].clone())?;
    let skus: Vec<SkuId> = lines.iter().map(|l| l.sku.clone()).collect();
    let order: OrderId = app.id();
    let read = app
        .tables
        .placement(PlacementAsk { store: &store, member: Some(member), skus: &skus, source: None, placed: Some(&order), strong: false })
        .await?;
    let wanted = lines
        .iter()
        .zip(read.lines)
        .map(|(l, r)| Wanted { sku: l.sku.clone(), quantity: l.quantity, library: r.library, listing: r.listing, stock: r.stock, source: r.source })
        .collect();
    let placement = Placement {
        ships_from: None,
        member: member.clone(),
        store: read.store.context("no store")?,
        lines: wanted,
        fulfilment: Fulfilment::Pickup,
        to: None,
        recipient: None,
        transfer_from: None,
        expect_total: Fen(body["expect_total"].as_i64().unwrap_or_default()),
        promised: None,
        expect_prices: vec![],
        note: None,
        asked: "0".repeat(64),
        holds: read.holds.unwrap_or_else(|| Holds::none(member.clone())),
        policy: HoldPolicy::default(),
        again: true,
        tail: None,
    };
    let ids = PlacementIds { order, transfer: app.id(), movement: app.id(), source_movement: app.id(), pickup_code: "0".repeat(10) };
    let Ok((_, decision)) = place(placement, ids, app.now()) else { return Ok(false) };
    let event_ids = decision.events.iter().map(|_| app.id()).collect();
    Ok(app.tables.commit(Commit { decision, event_ids, idempotency: None, now: app.now(), luck: app.chance.draw() }).await.is_ok())
}

/// Sizes of the bootstraps, and how long each takes from exec to its first question to the runtime, beside a function that does
/// nothing but make the same clients. Only when they are built (`cargo xtask build-lambda`).
fn binaries(root: &Path, out: &mut Map<String, Value>) {
    let mut sizes = BTreeMap::new();
    for e in std::fs::read_dir(root.join("target/lambda")).into_iter().flatten().flatten() {
        if let Ok(m) = std::fs::metadata(e.path().join("bootstrap")) {
            sizes.insert(e.file_name().to_string_lossy().into_owned(), m.len());
        }
    }
    if let Some((name, bytes)) = sizes.iter().max_by_key(|(_, b)| **b) {
        out.insert("largest_bootstrap".into(), json!({"name": name, "bytes": bytes, "of": sizes.len()}));
        let time = |name: &str| first_poll(&root.join("target/lambda").join(name).join("bootstrap"));
        if let (Some(hello), Some(place)) = (first_poll(&root.join("target/function/examples/hello")), time("order-place")) {
            out.insert("exec_to_first_poll".into(), json!({"order_place_ms": place, "hello_ms": hello, "ratio": round(place / hello)}));
        }
    }
}

/// Milliseconds from exec to the first poll of the runtime API; the best of ten.
fn first_poll(program: &Path) -> Option<f64> {
    if !program.exists() {
        return None;
    }
    let key = || liandian_partners::sign::new_ec_pair().ok().map(|(_, public)| liandian_functions::auth::listed("bench", &public));
    let (of_members, of_staff) = (key()?, key()?);
    (0..10)
        .filter_map(|_| {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").ok()?;
            let begun = Instant::now();
            let mut child = Command::new(program)
                .env_clear()
                .envs([
                    ("AWS_LAMBDA_RUNTIME_API", listener.local_addr().ok()?.to_string().as_str()),
                    ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
                    ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
                    ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
                    ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
                    ("AWS_LAMBDA_LOG_GROUP_NAME", "bench"),
                    ("AWS_ACCESS_KEY_ID", "x"),
                    ("AWS_SECRET_ACCESS_KEY", "x"),
                    ("AWS_REGION", "us-east-1"),
                    ("CELL_TABLE", "liandian-cell"),
                    ("HQ_TABLE", "liandian-hq"),
                    ("PUBLIC_ORIGIN", "https://shop.example"),
                    ("MEMBER_TOKEN_KEYS", &of_members),
                    ("STAFF_TOKEN_KEYS", &of_staff),
                    ("KEYS_BLIND_INDEX", "AAAA"),
                    ("KEYS_KMS_KEY", "alias/x"),
                ])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .ok()?;
            let polled = listener.accept().ok().map(|_| begun.elapsed().as_secs_f64() * 1000.0);
            let _ = child.kill();
            let _ = child.wait();
            polled
        })
        .reduce(f64::min)
        .map(round)
}
