//! Riders, after WeChat's same-city delivery (which fronts several platforms): add, query, cancel, and call-backs signed
//! with a shared token.

use std::collections::BTreeMap;

use futures::future::BoxFuture;
use liandian_types::{DeliveryId, GeoPoint, RiderWord, Timestamp};
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
    /// What.
    pub word: RiderWord,
    /// The rider, e.g. 王师傅.
    pub rider: Option<String>,
    /// The rider's number.
    pub rider_phone: Option<String>,
    /// When it became so, by the platform's clock.
    pub at: Option<Timestamp>,
}

/// The client. Cheap to clone.
#[derive(Clone)]
pub struct Delivery {
    http: reqwest::Client,
    config: std::sync::Arc<Config>,
}

/// The platform's number for a word.
#[must_use]
pub fn number_of(word: RiderWord) -> u32 {
    match word {
        RiderWord::Looking => 10000,
        RiderWord::Cancelled => 20001,
        RiderWord::Accepted => 30000,
        RiderWord::AtStore => 40000,
        RiderWord::Delivering => 50000,
        RiderWord::Withdrawn => 60000,
        RiderWord::Done => 70000,
        RiderWord::Abnormal => 90000,
        RiderWord::Unknown(n) => n,
    }
}

/// How old a call-back may be: the platform repeats one that was not taken for some hours.
pub const STALE_AFTER: i64 = Timestamp::DAY;
/// How far the platform's clock may be ahead of ours.
const AHEAD: i64 = 5 * Timestamp::MINUTE;

/// All that a call-back may hold. The signature joins names and values by `=` and `&`: what has a name that nobody knows, or one of these in a value,
/// can be read as another message with the same signature.
pub const CALLBACK_NAMES: [(&str, &str); 11] = [
    ("appid", "whose delivery"),
    ("store_order_id", "our delivery's id"),
    ("wx_order_id", "the platform's number of it"),
    ("wx_store_id", "the platform's number of the store"),
    ("service_trans_id", "which rider company carries it"),
    ("service_order_id", "that company's number of it"),
    ("order_status", "what became of it, a number"),
    ("status_change_time", "when, in seconds since 1970-01-01T00:00:00Z"),
    ("rider_name", "the rider"),
    ("rider_phone", "the rider's number"),
    ("sign", "MD5 over names and values in the order of the names, and the token"),
];

/// The platform's code for a delivery that it has never heard of. Every other refusal says nothing about the delivery: after a token was changed all
/// are refused.
pub const UNKNOWN_DELIVERY: &str = "930001";

/// What the steps of a delivery ask of a rider platform. [`Delivery`] is the one in use; a simulation has a model of its own.
pub trait Riders: Send + Sync {
    /// As [`Delivery::add`].
    fn add<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Result<(), PartnerError>>;
    /// As [`Delivery::query`].
    fn query<'a>(&'a self, delivery: &'a DeliveryId) -> BoxFuture<'a, Result<News, PartnerError>>;
    /// As [`Delivery::cancel`].
    fn cancel<'a>(&'a self, delivery: &'a DeliveryId) -> BoxFuture<'a, Result<(), PartnerError>>;
}

impl Riders for Delivery {
    fn add<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Result<(), PartnerError>> {
        Box::pin(self.add(job))
    }
    fn query<'a>(&'a self, delivery: &'a DeliveryId) -> BoxFuture<'a, Result<News, PartnerError>> {
        Box::pin(self.query(delivery))
    }
    fn cancel<'a>(&'a self, delivery: &'a DeliveryId) -> BoxFuture<'a, Result<(), PartnerError>> {
        Box::pin(self.cancel(delivery))
    }
}

fn word_of(number: u32) -> RiderWord {
    match number {
        10000 => RiderWord::Looking,
        20000 | 20001 => RiderWord::Cancelled,
        30000 => RiderWord::Accepted,
        40000 => RiderWord::AtStore,
        50000 => RiderWord::Delivering,
        60000 => RiderWord::Withdrawn,
        70000 => RiderWord::Done,
        90000 => RiderWord::Abnormal,
        other => RiderWord::Unknown(other),
    }
}

/// Seconds since 1970, as the platform writes times.
fn seconds(n: i64) -> Option<Timestamp> {
    (0..=100_000_000_000).contains(&n).then(|| Timestamp(n * 1000))
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

    /// Asks for news.
    ///
    /// # Errors
    /// [`PartnerError`].
    pub async fn query(&self, delivery: &DeliveryId) -> Result<News, PartnerError> {
        let v = self.call("queryorder", json!({"store_order_id": delivery})).await?;
        let number = v["order_status"].as_u64().and_then(|n| u32::try_from(n).ok()).ok_or_else(|| untrusted("no order_status"))?;
        let text = |name: &str| v[name].as_str().filter(|t| !t.is_empty()).map(str::to_owned);
        Ok(News {
            delivery: delivery.clone(),
            word: word_of(number),
            rider: text("rider_name"),
            rider_phone: text("rider_phone"),
            at: v["status_change_time"].as_i64().and_then(seconds),
        })
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

    /// What a call-back says, once it is known to be the platform's, whole, ours, and of these days.
    ///
    /// # Errors
    /// [`PartnerError::Untrusted`].
    pub fn notification(&self, body: &[u8], now: Timestamp) -> Result<News, PartnerError> {
        let params: BTreeMap<String, String> = serde_json::from_slice(body).map_err(|_| untrusted("not a flat object of texts"))?;
        let given = params.get("sign").ok_or_else(|| untrusted("no sign"))?;
        if !sign::same(given, &sign::md5_of_params(&params, &self.config.token)) {
            return Err(untrusted("signature does not fit"));
        }
        if params.keys().any(|k| CALLBACK_NAMES.iter().all(|(name, _)| name != k)) {
            return Err(untrusted("a name that nobody knows"));
        }
        if params.values().any(|v| v.contains(['&', '=']) || v.chars().any(char::is_control)) {
            return Err(untrusted("a value that can be read as two"));
        }
        if params.get("appid") != Some(&self.config.app_id) {
            return Err(untrusted("for another app"));
        }
        let delivery = params.get("store_order_id").and_then(|d| d.parse().ok()).ok_or_else(|| untrusted("no store_order_id"))?;
        let number = params.get("order_status").and_then(|s| s.parse().ok()).ok_or_else(|| untrusted("no order_status"))?;
        let at = params.get("status_change_time").and_then(|s| s.parse().ok()).and_then(seconds).ok_or_else(|| untrusted("no status_change_time"))?;
        if at < now.plus(-STALE_AFTER) || at > now.plus(AHEAD) {
            return Err(untrusted("its time is not now"));
        }
        let some = |k: &str| params.get(k).filter(|v| !v.is_empty()).cloned();
        Ok(News { delivery, word: word_of(number), rider: some("rider_name"), rider_phone: some("rider_phone"), at: Some(at) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_420_800_000);

    fn platform() -> Delivery {
        let config = Config {
            base_url: "http://127.0.0.1:1".into(),
            app_id: "wx1".into(),
            token: "token".into(),
            callback_url: "http://127.0.0.1:1/rider".into(),
        };
        Delivery::new(reqwest::Client::new(), config)
    }

    fn usual() -> Vec<(&'static str, String)> {
        vec![
            ("appid", "wx1".into()),
            ("store_order_id", "dlv_1-1".into()),
            ("wx_order_id", "9".into()),
            ("order_status", "30000".into()),
            ("status_change_time", NOW.seconds().to_string()),
            ("rider_name", "王师傅".into()),
        ]
    }

    fn signed(pairs: &[(&str, String)]) -> BTreeMap<String, String> {
        let mut params: BTreeMap<String, String> = pairs.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
        params.insert("sign".into(), sign::md5_of_params(&params, "token"));
        params
    }

    fn with(name: &'static str, value: &str) -> Vec<(&'static str, String)> {
        let mut all = usual();
        all.retain(|(k, _)| *k != name);
        all.push((name, value.to_owned()));
        all
    }

    fn taken(params: &BTreeMap<String, String>) -> Result<News, String> {
        platform().notification(json!(params).to_string().as_bytes(), NOW).map_err(|e| e.to_string())
    }

    #[test]
    fn given_a_signed_call_back_when_read_then_it_is_news_and_every_number_has_a_meaning_of_its_own() {
        let news = taken(&signed(&usual())).unwrap();
        assert_eq!((news.delivery.as_str(), news.word, news.rider.as_deref(), news.at), ("dlv_1-1", RiderWord::Accepted, Some("王师傅"), Some(NOW)));
        for number in [10000, 20001, 30000, 40000, 50000, 60000, 70000, 90000, 80000, 1] {
            let word = taken(&signed(&with("order_status", &number.to_string()))).unwrap().word;
            assert_eq!(number_of(word), number);
        }
        assert_eq!(taken(&signed(&with("order_status", "20000"))).unwrap().word, RiderWord::Cancelled);
    }

    #[test]
    fn given_a_signature_over_a_chosen_riders_name_when_the_text_is_cut_elsewhere_then_it_is_no_other_message() {
        // Signed: news about his own delivery, with a name of his choice.
        let name = format!("x&status_change_time={}&store_order_id=dlv_victim-1&wx_order_id=1", NOW.seconds());
        let sample = signed(&[with("rider_name", &name), vec![("order_status", "70000".into())]].concat());
        assert!(taken(&sample).is_err(), "the sample itself is refused");
        // The same signed text, cut into news about somebody else's.
        let tail = format!("1&status_change_time={}&store_order_id=dlv_1-1&wx_order_id=9", NOW.seconds());
        let mut cut = sample.clone();
        cut.insert("rider_name".into(), "x".into());
        cut.insert("store_order_id".into(), "dlv_victim-1".into());
        cut.insert("wx_order_id".into(), tail);
        assert_eq!(sign::md5_of_params(&cut, "token"), sample["sign"], "the signature alone does not tell them apart");
        assert!(taken(&cut).is_err());
        for (name, value) in [("rider_name", "a=b"), ("rider_name", "a&b"), ("wx_order_id", "9&x=1"), ("rider_name", "a\u{0}b"), ("colour", "red")] {
            assert!(taken(&signed(&with(name, value))).is_err(), "{name} {value}");
        }
    }

    #[test]
    fn given_a_call_back_of_another_app_or_another_time_when_read_then_it_is_refused() {
        assert!(taken(&signed(&with("appid", "wx2"))).is_err());
        let at = |by: i64| taken(&signed(&with("status_change_time", &NOW.plus(by).seconds().to_string())));
        assert!(at(-STALE_AFTER).is_ok());
        assert!(at(-STALE_AFTER - 1_000).is_err());
        assert!(at(AHEAD).is_ok());
        assert!(at(AHEAD + 1_000).is_err());
        assert!(taken(&signed(&with("status_change_time", "1000000000"))).is_err(), "2001");
        assert!(taken(&signed(&with("status_change_time", "yesterday"))).is_err());
        let without: Vec<_> = usual().into_iter().filter(|(k, _)| *k != "status_change_time").collect();
        assert!(taken(&signed(&without)).is_err());
        let mut tampered = signed(&usual());
        tampered.insert("order_status".into(), "70000".into());
        assert!(taken(&tampered).is_err());
    }
}
