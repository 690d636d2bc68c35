//! What an order costs in its life: units, round trips, money; and the search for stores that can serve a cart.

use std::time::Duration;

use liandian_types::Fulfilment;
use serde_json::{Map, Value, json};

use crate::{
    shopper::Shopper,
    stack::{Stack, by_function, one, sum},
};

pub async fn capacity(stack: &Stack, shopper: &Shopper, out: &mut Map<String, Value>) -> anyhow::Result<()> {
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

/// A quote that the store cannot serve: who can?
pub async fn shortage(stack: &Stack, shopper: &Shopper) -> anyhow::Result<Value> {
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
