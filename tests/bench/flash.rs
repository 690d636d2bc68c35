//! `cargo xtask bench flash`: ten thousand buyers and five hundred units of a flash sale, one each. Every buyer asks twice at once, as from two tabs:
//! how many have one, whether anybody has two, what the others are told, and how fast it goes.

use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use futures::{StreamExt, future::join, stream};
use liandian_tests::{call, client, members};
use liandian_types::{SkuId, Timestamp};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::{round, shopper::Shopper, stack::Stack};

/// The store of the sale.
const STORE: &str = "sto_sh01";

/// Buyers who ask at the same time.
const AT_ONCE: usize = 128;

pub async fn flash(data: &Path, quick: bool, out: &mut Map<String, Value>) -> anyhow::Result<()> {
    let (buyers, units) = if quick { (1_000, 100) } else { (10_000, 500) };
    let stack = Stack::start(data, 36, "on")?;
    let shopper = Shopper { http: client(), origin: stack.origin.clone(), sandbox: stack.sandbox.clone() };
    let app = stack.app(data)?;
    let (sku, price) = on_sale(&shopper, units, app.now()).await?;
    let tokens = members(&app, buyers).await;
    let lines = json!([{"sku": sku, "quantity": 1}]);
    let body = json!({"store": STORE, "lines": lines, "fulfilment": "pickup", "expect_total": price, "again": true});

    let begun = Instant::now();
    let answers: Vec<[u16; 2]> = stream::iter(tokens.iter().enumerate())
        .map(|(i, token)| {
            let (origin, http, body) = (&stack.origin, &shopper.http, &body);
            async move {
                let ask = async |tab: usize| asked(http, origin, token, body, &format!("flash-{i:06}-{tab}")).await;
                let (one, two) = join(ask(1), ask(2)).await;
                [one, two]
            }
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let span = begun.elapsed();

    let sold = answers.iter().flatten().filter(|s| **s == 201).count();
    let duplicates = answers.iter().filter(|[one, two]| (*one, *two) == (201, 201)).count();
    let mut by_status: BTreeMap<String, usize> = BTreeMap::new();
    for s in answers.iter().flatten() {
        *by_status.entry(s.to_string()).or_default() += 1;
    }
    let refused = by_status.get("409").copied().unwrap_or(0);
    // What a buyer is told afterwards: no surprise, the list price and why.
    let after = shopper.post("/api/v1/quotes", "", &json!({"store": STORE, "lines": lines, "fulfilment": "pickup"}), None).await?;
    let (_, differences) = app.tables.fsck().await?;
    out.insert(
        "flash".into(),
        json!({
            "buyers": buyers, "units": units, "sold": sold, "duplicates": duplicates, "refused": refused, "by_status": by_status,
            "asked_per_second": rate(answers.len() * 2, span), "sold_out_after_s": round(span.as_secs_f64()),
            "told_afterwards": after["not_applied"], "differences": differences.len(),
        }),
    );
    stack.stop();
    ensure!(sold == usize::try_from(units)? && duplicates == 0, "{sold} of {units} were sold, {duplicates} buyers have two");
    ensure!(differences.is_empty(), "the books do not agree: {differences:#?}");
    Ok(())
}

/// A flash sale that runs, of goods that are there: the SKU and its price in the sale.
async fn on_sale(shopper: &Shopper, units: u32, now: Timestamp) -> anyhow::Result<(SkuId, i64)> {
    let staff = async |name: &str| -> anyhow::Result<String> {
        let login = json!({"username": name, "password": liandian_seed::DEMO_PASSWORD});
        let s = shopper.post("/api/v1/staff/session", "", &login, None).await?;
        Ok(s["access_token"].as_str().unwrap_or_default().to_owned())
    };
    let (hq, clerk) = (staff("marketing").await?, staff("sh01-clerk").await?);
    let sku = shopper.deep(STORE, 1).await?.remove(0);
    // Goods that expire want a day: both kinds are tried.
    let receipt = |day: Value| json!({"kind": "receipt", "lines": [{"sku": sku, "quantity": 999, "expires_on": day}]});
    let path = format!("/api/v1/stores/{STORE}/stock/receipts");
    if shopper.post(&path, &clerk, &receipt(Value::Null), Some("flash-receipt-1")).await.is_err() {
        shopper.post(&path, &clerk, &receipt(json!("2035-01-01")), Some("flash-receipt-2")).await?;
    }
    let lines = json!([{"sku": sku, "quantity": 1}]);
    let list = shopper.post("/api/v1/quotes", "", &json!({"store": STORE, "lines": lines, "fulfilment": "pickup"}), None).await?;
    let price = list["total"].as_i64().context("a total")? / 2;
    let draft = json!({
        "title": "压测秒杀", "rule": {"kind": "flash", "sku": sku, "price": price, "stock": units, "per_person": 1}, "skus": [sku],
        "exclusive": true, "breaks_floor": true, "from": now.plus(-Timestamp::MINUTE), "until": now.plus(Timestamp::DAY), "hq_bears": 1_000,
        "version": 0,
    });
    let path = "/api/v1/hq/campaigns/cmp_bench-flash";
    let a = call(&shopper.http, Method::PUT, &format!("{}{path}", shopper.origin), &hq, Some(&draft), None).await;
    ensure!(a.status.is_success(), "{path}: {} {}", a.status, a.json);
    shopper.post(&format!("{path}/steps"), &hq, &json!({"step": "schedule", "version": a.json["draft"]["version"]}), None).await?;
    // A process may go by what it knew for a few seconds.
    tokio::time::sleep(Duration::from_secs(4)).await;
    Ok((sku, price))
}

/// Places an order until it is known what became of it.
async fn asked(http: &reqwest::Client, origin: &str, token: &str, body: &Value, key: &str) -> u16 {
    loop {
        let a = call(http, Method::POST, &format!("{origin}/api/v1/orders"), token, Some(body), Some(key)).await;
        if !matches!(a.status.as_u16(), 429 | 503) {
            return a.status.as_u16();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[allow(clippy::cast_precision_loss, reason = "a rate for people")]
fn rate(n: usize, span: Duration) -> f64 {
    round(n as f64 / span.as_secs_f64())
}
