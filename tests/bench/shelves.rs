//! What a receipt, a line at the till and a transfer cost, and how long a sale takes to be seen by HQ.

use std::time::{Duration, Instant};

use anyhow::ensure;
use serde_json::{Map, Value, json};

use crate::{
    round,
    shopper::Shopper,
    stack::{Stack, by_function, one, sum},
};

pub async fn shelves(stack: &Stack, shopper: &Shopper, quick: bool, out: &mut Map<String, Value>) -> anyhow::Result<()> {
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
