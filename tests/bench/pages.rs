//! Bytes and round trips of the pages, and of the downloads that make them move.

use std::time::{Duration, Instant};

use anyhow::ensure;
use serde_json::{Map, Value, json};

use crate::{
    shopper::Shopper,
    stack::{Stack, one},
};

pub async fn pages(stack: &Stack, shopper: &Shopper, out: &mut Map<String, Value>) -> anyhow::Result<()> {
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
    for file in std::fs::read_dir(liandian_tests::site().join("pkg"))?.flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        if let Some(m) = name.strip_suffix(".wasm.br") {
            out.insert(format!("{m}_js_wasm_br"), json!(size(&format!("{m}.js")) + size(&format!("{m}.wasm"))));
        }
    }
    Ok(())
}
