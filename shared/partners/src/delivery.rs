//! Riders, after WeChat's same-city delivery (which fronts several platforms): add, query, cancel, and call-backs signed
//! with a shared token.

use std::collections::BTreeMap;

use futures::future::BoxFuture;
use liandian_types::{DeliveryId, DeliveryState, GeoPoint};
use serde_json::{Value, json};

use crate::{PartnerError, keys::Secret, sign, unreachable};

const PARTNER: &str = "delivery";

/// Where and who.
#[derive(Debug, Clone)]
pub struct Config {
    /// `https://api.weixin.qq.com`, or a sandbox.
    pub base_url: String,
    /// The mini-program's id.
    pub app_id: String,
    /// Signs both ways.
    pub token: String,
    /// Where the platform calls back.
    pub callback_url: String,
}

/// What is to be carried.
#[derive(Debug, Clone)]
pub struct Job {
    /// Our id; adding the same one again is the same delivery.
    pub delivery: DeliveryId,
    /// Which store.
    pub store_name: String,
    /// From where.
    pub from: GeoPoint,
    /// Where to.
    pub to: GeoPoint,
    /// To whom.
    pub name: Secret,
    /// Telephone.
    pub phone: Secret,
    /// Street and door.
    pub address: Secret,
    /// Grams.
    pub weight_g: u64,
    /// For the rider to call out at the counter.
    pub short_code: String,
}

/// News of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Which.
    pub delivery: DeliveryId,
    /// Where it stands.
    pub state: DeliveryState,
    /// The rider, e.g. 王师傅.
    pub rider: Option<String>,
    /// The rider's number.
    pub rider_phone: Option<String>,
}

/// The client. Cheap to clone.
#[derive(Clone)]
pub struct Delivery {
    http: reqwest::Client,
    config: std::sync::Arc<Config>,
}

/// The platform's number for a state.
#[must_use]
pub fn number_of(state: DeliveryState) -> u32 {
    match state {
        DeliveryState::Pending | DeliveryState::Created => 10000,
        DeliveryState::Accepted => 30000,
        DeliveryState::AtStore => 40000,
        DeliveryState::Delivering => 50000,
        DeliveryState::Done => 70000,
        DeliveryState::Cancelled => 20001,
    }
}

/// What the steps of a delivery ask of a rider platform. [`Delivery`] is the one in use; a simulation has a model of its own.
pub trait Riders: Send + Sync {
    /// As [`Delivery::add`].
    fn add<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Result<(), PartnerError>>;
    /// As [`Delivery::query`].
    fn query<'a>(&'a self, delivery: &'a DeliveryId) -> BoxFuture<'a, Result<Option<News>, PartnerError>>;
    /// As [`Delivery::cancel`].
    fn cancel<'a>(&'a self, delivery: &'a DeliveryId) -> BoxFuture<'a, Result<(), PartnerError>>;
}

impl Riders for Delivery {
    fn add<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Result<(), PartnerError>> {
        Box::pin(self.add(job))
    }
    fn query<'a>(&'a self, delivery: &'a DeliveryId) -> BoxFuture<'a, Result<Option<News>, PartnerError>> {
        Box::pin(self.query(delivery))
    }
    fn cancel<'a>(&'a self, delivery: &'a DeliveryId) -> BoxFuture<'a, Result<(), PartnerError>> {
        Box::pin(self.cancel(delivery))
    }
}

fn state_of(number: u32) -> Option<DeliveryState> {
    Some(match number {
        10000 => DeliveryState::Created,
        30000 => DeliveryState::Accepted,
        40000 => DeliveryState::AtStore,
        50000 => DeliveryState::Delivering,
        70000 => DeliveryState::Done,
        20000 | 20001 | 60000 => DeliveryState::Cancelled,
        _ => return None,
    })
}

fn untrusted(cause: impl ToString) -> PartnerError {
    PartnerError::Untrusted { partner: PARTNER, cause: cause.to_string() }
}

impl Delivery {
    /// Over an HTTP client.
    #[must_use]
    pub fn new(http: reqwest::Client, config: Config) -> Self {
        Self { http, config: config.into() }
    }

    /// Calls a rider. Calling again with the same id is the same delivery.
    ///
    /// # Errors
    /// [`PartnerError`].
    pub async fn add(&self, job: &Job) -> Result<(), PartnerError> {
        let body = json!({
            "wx_store_id": job.store_name, "store_order_id": job.delivery, "callback_url": self.config.callback_url,
            "user_name": job.name.expose(), "user_phone": job.phone.expose(), "user_address": job.address.expose(),
            "user_lat": job.to.lat, "user_lng": job.to.lng, "store_lat": job.from.lat, "store_lng": job.from.lng,
            "order_seq": job.short_code, "cargo": {"cargo_weight": job.weight_g, "cargo_type": 1},
        });
        self.call("addorder", body).await.map(|_| ())
    }

    /// Asks for news. `None` for a state that is of no interest.
    ///
    /// # Errors
    /// [`PartnerError`].
    pub async fn query(&self, delivery: &DeliveryId) -> Result<Option<News>, PartnerError> {
        let v = self.call("queryorder", json!({"store_order_id": delivery})).await?;
        let number = v["order_status"].as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
        let text = |name: &str| v[name].as_str().filter(|t| !t.is_empty()).map(str::to_owned);
        Ok(state_of(number).map(|state| News { delivery: delivery.clone(), state, rider: text("rider_name"), rider_phone: text("rider_phone") }))
    }

    /// Calls a delivery off.
    ///
    /// # Errors
    /// [`PartnerError::Refused`] when the rider has the goods, or the platform does not know it.
    pub async fn cancel(&self, delivery: &DeliveryId) -> Result<(), PartnerError> {
        self.call("cancelorder", json!({"store_order_id": delivery, "cancel_reason_id": 1})).await.map(|_| ())
    }

    async fn call(&self, what: &str, body: Value) -> Result<Value, PartnerError> {
        let text = body.to_string();
        let params = BTreeMap::from([("appid".to_owned(), self.config.app_id.clone()), ("body".to_owned(), text.clone())]);
        let answer = self
            .http
            .post(format!("{}/cgi-bin/express/intracity/{what}", self.config.base_url))
            .query(&[("appid", self.config.app_id.as_str()), ("sign", &sign::md5_of_params(&params, &self.config.token))])
            .header("content-type", "application/json")
            .body(text)
            .send()
            .await
            .map_err(unreachable(PARTNER))?;
        if answer.status().is_server_error() {
            return Err(PartnerError::Unreachable { partner: PARTNER, cause: format!("status {}", answer.status()) });
        }
        let v: Value = answer.json().await.map_err(unreachable(PARTNER))?;
        match v["errcode"].as_i64() {
            Some(0) => Ok(v),
            Some(-1) => Err(PartnerError::Unreachable { partner: PARTNER, cause: "busy".into() }),
            code => Err(PartnerError::Refused {
                partner: PARTNER,
                code: code.unwrap_or_default().to_string(),
                message: v["errmsg"].as_str().unwrap_or_default().to_owned(),
            }),
        }
    }

    /// What a call-back says, once its signature holds. `None` for states that are of no interest.
    ///
    /// # Errors
    /// [`PartnerError::Untrusted`].
    pub fn notification(&self, body: &[u8]) -> Result<Option<News>, PartnerError> {
        let params: BTreeMap<String, String> = serde_json::from_slice(body).map_err(|_| untrusted("not a flat object of texts"))?;
        let given = params.get("sign").ok_or_else(|| untrusted("no sign"))?;
        if !sign::same(given, &sign::md5_of_params(&params, &self.config.token)) {
            return Err(untrusted("signature does not fit"));
        }
        let delivery = params.get("store_order_id").and_then(|d| d.parse().ok()).ok_or_else(|| untrusted("no store_order_id"))?;
        let number = params.get("order_status").and_then(|s| s.parse().ok()).ok_or_else(|| untrusted("no order_status"))?;
        let some = |k: &str| params.get(k).filter(|v| !v.is_empty()).cloned();
        Ok(state_of(number).map(|state| News { delivery, state, rider: some("rider_name"), rider_phone: some("rider_phone") }))
    }
}
