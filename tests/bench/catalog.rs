//! What governance costs: a page of listings and the reasons of a price, however many stores there are; how soon an edit of the library is seen
//! anywhere; how fast a table of goods is taken.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::{Map, Value, json};

use crate::{
    round,
    shopper::Shopper,
    stack::{Stack, one},
};

/// SKUs of the table that is imported.
const ROWS: usize = 20_000;
/// Edits of the library that are waited for.
const EDITS: usize = 100;
const SKU: &str = "sku_milk-fresh";
const SPU: &str = "spu_milk-fresh";

async fn staff(shopper: &Shopper, name: &str) -> anyhow::Result<String> {
    let login = json!({"username": name, "password": liandian_seed::DEMO_PASSWORD});
    let session = shopper.post("/api/v1/staff/session", "", &login, None).await?;
    Ok(session["access_token"].as_str().unwrap_or_default().to_owned())
}

async fn put(shopper: &Shopper, path: &str, token: &str, body: &Value) -> anyhow::Result<Value> {
    let a = liandian_tests::call(&shopper.http, reqwest::Method::PUT, &format!("{}{path}", shopper.origin), token, Some(body), None).await;
    ensure!(a.status.is_success(), "{path}: {} {}", a.status, a.json);
    Ok(a.json)
}

/// Reads and waves of the page of a store's goods and of the reasons of one price, in a chain of that many stores, when processes are warm.
pub async fn reads(stack: &Stack, shopper: &Shopper) -> anyhow::Result<Value> {
    let clerk = staff(shopper, "sh01-manager").await?;
    let (goods, why) = ("/api/v1/stores/sto_sh01/listings", format!("/api/v1/stores/sto_sh01/listings/{SKU}/why"));
    let mut out = Map::new();
    for (name, path, token, function) in [("listings", goods, "", "listings"), ("price_why", why.as_str(), clerk.as_str(), "price-why")] {
        shopper.get(path, token).await?;
        let from = stack.mark();
        let mut best = Duration::MAX;
        for _ in 0..10 {
            let begun = Instant::now();
            shopper.get(path, token).await?;
            best = best.min(begun.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        let lines = stack.lines(from)?;
        let line = one(&lines, function)?;
        out.insert(name.into(), json!({"waves": line["waves"], "read_units": line["read_units"], "best_ms": round(best.as_secs_f64() * 1_000.0)}));
    }
    Ok(Value::Object(out))
}

/// From the answer to an edit of HQ's price until a store's page has it, a hundred times.
pub async fn edits(shopper: &Shopper, out: &mut Map<String, Value>) -> anyhow::Result<()> {
    let merch = staff(shopper, "merch").await?;
    let path = format!("/api/v1/hq/products/{SPU}");
    let mut product = shopper.get(&path, &merch).await?;
    let mut waits = Vec::new();
    for _ in 0..EDITS {
        let sku = product["skus"].as_array_mut().and_then(|all| all.iter_mut().find(|s| s["sku"] == SKU)).context("the SKU is gone")?;
        let price = sku["price"].as_i64().unwrap_or(0) + 1;
        sku["price"] = json!(price);
        product = put(shopper, &path, &merch, &product).await?;
        let answered = Instant::now();
        loop {
            let seen = shopper.get(&format!("/api/v1/stores/sto_cd11/listings/{SKU}"), "").await?;
            if seen["skus"].as_array().into_iter().flatten().any(|s| s["sku"] == SKU && s["price"] == price) {
                break;
            }
            ensure!(answered.elapsed() < Duration::from_secs(10), "an edit is not seen");
        }
        waits.push(answered.elapsed());
    }
    waits.sort_unstable();
    let at = |share: usize| waits.get((waits.len() * share / 100).min(waits.len() - 1)).map_or(0.0, |w| round(w.as_secs_f64() * 1_000.0));
    out.insert("library_edit_seen_in_a_store".into(), json!({"edits": EDITS, "p50_ms": at(50), "p99_ms": at(99)}));
    Ok(())
}

/// A table of twenty thousand SKUs: checked, then taken by the worker.
pub async fn import(shopper: &Shopper, out: &mut Map<String, Value>) -> anyhow::Result<()> {
    let merch = staff(shopper, "merch").await?;
    let mut file = String::from("规格编码,商品编码,商品名称,规格,类目,品牌,条码,建议售价,最低售价\n");
    for i in 0..ROWS {
        file.push_str(&format!("bench-{i},,纯牛奶 {i},250ml,dairy,,,{}.90,1.00\n", 2 + i % 90));
    }
    let begun = Instant::now();
    let path = "/api/v1/hq/product-imports";
    let sent =
        shopper.http.post(format!("{}{path}", shopper.origin)).bearer_auth(&merch).header("content-type", "text/csv").body(file).send().await?;
    ensure!(sent.status().is_success(), "the table: {}", sent.status());
    let read: Value = sent.json().await?;
    let checked = begun.elapsed();
    ensure!(read["fault_count"] == 0, "faults: {read}");
    let id = read["import"].as_str().unwrap_or_default();
    let begun = Instant::now();
    shopper.post(&format!("{path}/{id}/apply"), &merch, &json!({}), None).await?;
    let done = loop {
        let now = shopper.get(&format!("{path}/{id}"), &merch).await?;
        if now["state"] == "done" {
            break now;
        }
        ensure!(begun.elapsed() < Duration::from_secs(600), "the import stayed {now}");
        tokio::time::sleep(Duration::from_millis(250)).await;
    };
    let (checked, taken) = (checked.as_secs_f64(), begun.elapsed().as_secs_f64());
    out.insert(
        "import_20000_skus".into(),
        json!({"checked_s": round(checked), "taken_s": round(taken), "created": done["created"], "a_second": round(f64::from(u32::try_from(ROWS)?) / taken)}),
    );
    Ok(())
}
