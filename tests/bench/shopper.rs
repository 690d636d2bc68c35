//! A customer over HTTP.

use std::time::{Duration, Instant};

use anyhow::ensure;
use liandian_tests::{call, cart, recipient};
use liandian_types::{Fulfilment, GeoPoint, SkuId, api::ListingPage};
use reqwest::Method;
use serde_json::{Value, json};

pub struct Shopper {
    pub http: reqwest::Client,
    pub origin: String,
    pub sandbox: String,
}

impl Shopper {
    pub async fn post(&self, path: &str, token: &str, body: &Value, key: Option<&str>) -> anyhow::Result<Value> {
        let a = call(&self.http, Method::POST, &format!("{}{path}", self.origin), token, Some(body), key).await;
        ensure!(a.status.is_success(), "{path}: {} {}", a.status, a.json);
        Ok(a.json)
    }

    pub async fn get(&self, path: &str, token: &str) -> anyhow::Result<Value> {
        let a = call(&self.http, Method::GET, &format!("{}{path}", self.origin), token, None::<&()>, None).await;
        ensure!(a.status.is_success(), "{path}: {} {}", a.status, a.json);
        Ok(a.json)
    }

    pub async fn login(&self, openid: &str) -> anyhow::Result<String> {
        let code = call(&self.http, Method::POST, &format!("{}/sandbox/code", self.sandbox), "", Some(&json!({"openid": openid})), None).await;
        let s = self.post("/api/v1/session", "", &json!({"code": code.json["code"]}), None).await?;
        Ok(s["token"].as_str().unwrap_or_default().to_owned())
    }

    pub async fn deep(&self, store: &str, n: usize) -> anyhow::Result<Vec<SkuId>> {
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

    pub async fn order(&self, store: &str, skus: &[SkuId], fulfilment: Fulfilment) -> anyhow::Result<Value> {
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

    pub async fn pay(&self, token: &str, order: &str) -> anyhow::Result<()> {
        let start = self.post(&format!("/api/v1/orders/{order}/payment"), token, &json!({}), None).await?;
        call(&self.http, Method::POST, &format!("{}/sandbox/pay", self.sandbox), "", Some(&json!({"prepay_id": start["prepay_id"]})), None).await;
        Ok(())
    }

    pub async fn until(&self, token: &str, order: &str, state: &str) -> anyhow::Result<Value> {
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
