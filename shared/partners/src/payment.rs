//! Payment, shaped after WeChat Pay v3: prepay, notify, query, close, refund. Requests are signed with the merchant's key;
//! answers and call-backs are believed only under the platform's signature.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use futures::future::BoxFuture;
use liandian_types::{Fen, OrderId, Timestamp};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    PartnerError,
    keys::Secret,
    sign::{self, BadKey},
    unreachable,
};

const PARTNER: &str = "payment";
/// How old a signature may be.
const MAX_AGE: i64 = 5 * Timestamp::MINUTE;

/// What believing the provider takes: who we are to it, and its keys. No key of the merchant.
#[derive(Debug, Clone)]
pub struct VerifierConfig {
    /// Merchant.
    pub mchid: String,
    /// Mini-program.
    pub appid: String,
    /// Serial (or `PUB_KEY_ID_…`) of the platform's key.
    pub platform_serial: String,
    /// The platform's public key, PEM.
    pub platform_key: String,
    /// 32 bytes that open call-backs.
    pub apiv3_key: String,
}

/// Where, and what asking the provider for something takes.
#[derive(Debug, Clone)]
pub struct Config {
    /// `https://api.mch.weixin.qq.com`, or a sandbox.
    pub base_url: String,
    /// Serial of the merchant's certificate.
    pub merchant_serial: String,
    /// The merchant's private key, PKCS#8 PEM.
    pub merchant_key: String,
    /// Where the provider calls back.
    pub notify_url: String,
    /// What believing its answers takes.
    pub verifier: VerifierConfig,
}

/// Believes what the provider says, or not. Cheap to clone.
#[derive(Clone)]
pub struct Verifier {
    config: std::sync::Arc<VerifierConfig>,
}

/// The client. Cheap to clone.
#[derive(Clone)]
pub struct Payment {
    http: reqwest::Client,
    config: std::sync::Arc<Config>,
    verifier: Verifier,
}

/// What `wx.requestPayment` wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientParams {
    /// Mini-program.
    pub app_id: String,
    /// Seconds.
    pub time_stamp: String,
    /// Nonce.
    pub nonce_str: String,
    /// `prepay_id=…`
    pub package: String,
    /// Signature.
    pub pay_sign: String,
}

/// What the provider knows of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// Not paid, or not known to the provider at all.
    Unpaid,
    /// Paid.
    Paid(Transaction),
    /// Closed: can never be paid.
    Closed,
    /// Paid, and (partly) given back.
    Refunded,
}

/// A payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// Our order.
    pub order: OrderId,
    /// The provider's id.
    pub transaction: String,
    /// How much.
    pub amount: Fen,
    /// When.
    pub at: Timestamp,
}

/// Money of one payment to give back, under a number of its own, so that repeating it is the same refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiveBack {
    /// The order.
    pub order: OrderId,
    /// Which payment, where it is known: an order may have been paid twice.
    pub transaction: Option<String>,
    /// Our number of the refund.
    pub number: String,
    /// How much.
    pub amount: Fen,
    /// Of which sum: all of the payment.
    pub charged: Fen,
}

impl GiveBack {
    /// What is left of the payment that an order lived on.
    #[must_use]
    pub fn of_order(order: &OrderId, transaction: Option<&str>, left: Fen, charged: Fen) -> Self {
        Self { order: order.clone(), transaction: transaction.map(str::to_owned), number: format!("rf-{order}"), amount: left, charged }
    }

    /// A part, counted from 1, of the payment that an order lives on.
    #[must_use]
    pub fn of_part(order: &OrderId, transaction: Option<&str>, number: u32, amount: Fen, charged: Fen) -> Self {
        Self { number: format!("rf-{order}-{number}"), ..Self::of_order(order, transaction, amount, charged) }
    }

    /// A payment that an order did not need: all of it.
    #[must_use]
    pub fn of_extra(order: &OrderId, transaction: &str, amount: Fen) -> Self {
        Self { order: order.clone(), transaction: Some(transaction.to_owned()), number: format!("rx-{transaction}"), amount, charged: amount }
    }
}

/// What became of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refund {
    /// The money is back.
    Done,
    /// The provider is at it.
    Processing,
    /// It will not happen by itself.
    Failed,
}

/// What the steps of an order ask of a payment provider. [`Payment`] is the one in use; a simulation has a model of its own.
pub trait Provider: Send + Sync {
    /// As [`Payment::query`].
    fn query<'a>(&'a self, order: &'a OrderId, now: Timestamp) -> BoxFuture<'a, Result<Status, PartnerError>>;
    /// As [`Payment::close`].
    fn close<'a>(&'a self, order: &'a OrderId, now: Timestamp) -> BoxFuture<'a, Result<(), PartnerError>>;
    /// As [`Payment::refund`].
    fn refund<'a>(&'a self, money: &'a GiveBack, now: Timestamp) -> BoxFuture<'a, Result<Refund, PartnerError>>;
}

impl Provider for Payment {
    fn query<'a>(&'a self, order: &'a OrderId, now: Timestamp) -> BoxFuture<'a, Result<Status, PartnerError>> {
        Box::pin(self.query(order, now))
    }
    fn close<'a>(&'a self, order: &'a OrderId, now: Timestamp) -> BoxFuture<'a, Result<(), PartnerError>> {
        Box::pin(self.close(order, now))
    }
    fn refund<'a>(&'a self, money: &'a GiveBack, now: Timestamp) -> BoxFuture<'a, Result<Refund, PartnerError>> {
        Box::pin(self.refund(money, now))
    }
}

#[derive(Debug, Deserialize)]
struct WireTransaction {
    out_trade_no: String,
    #[serde(default)]
    appid: String,
    #[serde(default)]
    mchid: String,
    #[serde(default)]
    transaction_id: String,
    trade_state: String,
    #[serde(default)]
    success_time: String,
    #[serde(default)]
    amount: WireAmount,
}

#[derive(Debug, Deserialize, Default)]
struct WireAmount {
    #[serde(default)]
    total: i64,
    #[serde(default)]
    currency: String,
}

/// The currency of every price here.
const CURRENCY: &str = "CNY";
/// The longest id of a transaction.
const MAX_TRANSACTION: usize = 40;

fn untrusted(cause: impl ToString) -> PartnerError {
    PartnerError::Untrusted { partner: PARTNER, cause: cause.to_string() }
}

impl From<BadKey> for PartnerError {
    fn from(e: BadKey) -> Self {
        untrusted(e)
    }
}

/// RFC 3339 with the zone that WeChat writes.
fn parse_time(text: &str) -> Timestamp {
    Timestamp(text.parse::<jiff::Timestamp>().map_or(0, jiff::Timestamp::as_millisecond))
}

impl WireTransaction {
    /// Is it a transaction of this merchant's app, and where money moved, in the currency of its prices? A signature only says who vouches.
    fn ours(&self, config: &VerifierConfig) -> Result<(), PartnerError> {
        let moved = matches!(self.trade_state.as_str(), "SUCCESS" | "REFUND");
        let compared =
            [("appid", &self.appid, config.appid.as_str()), ("mchid", &self.mchid, &config.mchid), ("currency", &self.amount.currency, CURRENCY)];
        // What was never paid may be told in few words.
        match compared.into_iter().find(|(_, told, own)| told != own && (moved || !told.is_empty())) {
            Some((what, ..)) => Err(PartnerError::Foreign { partner: PARTNER, what, of: self.out_trade_no.chars().take(40).collect() }),
            None => Ok(()),
        }
    }

    fn status(self, config: &VerifierConfig) -> Result<Status, PartnerError> {
        self.ours(config)?;
        Ok(match self.trade_state.as_str() {
            "SUCCESS" => {
                let id = &self.transaction_id;
                if id.is_empty() || id.len() > MAX_TRANSACTION || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
                    return Err(untrusted("a payment without an id of its transaction"));
                }
                Status::Paid(Transaction {
                    order: self.out_trade_no.parse().map_err(untrusted)?,
                    transaction: self.transaction_id,
                    amount: Fen(self.amount.total),
                    at: parse_time(&self.success_time),
                })
            }
            "CLOSED" | "REVOKED" => Status::Closed,
            "REFUND" => Status::Refunded,
            "NOTPAY" | "USERPAYING" | "PAYERROR" => Status::Unpaid,
            other => return Err(untrusted(format!("unknown trade_state {other}"))),
        })
    }
}

impl Payment {
    /// Over an HTTP client.
    #[must_use]
    pub fn new(http: reqwest::Client, config: Config) -> Self {
        Self { http, verifier: Verifier::new(config.verifier.clone()), config: config.into() }
    }

    /// Its half that needs no key of the merchant.
    #[must_use]
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    fn us(&self) -> &VerifierConfig {
        &self.verifier.config
    }

    /// Prepays: tells the provider what will be paid. Repeating it for the same order gives a fresh id.
    ///
    /// # Errors
    /// [`PartnerError`]; the code `ORDERPAID` when it is paid, `ORDER_CLOSED` when it is closed.
    pub async fn prepay(
        &self,
        order: &OrderId,
        description: &str,
        amount: Fen,
        openid: &Secret,
        expires: Timestamp,
        now: Timestamp,
    ) -> Result<String, PartnerError> {
        let expires = jiff::Timestamp::from_millisecond(expires.0).map(|t| t.to_string()).unwrap_or_default();
        let body = json!({
            "appid": self.us().appid, "mchid": self.us().mchid, "description": description, "out_trade_no": order,
            "time_expire": expires, "notify_url": self.config.notify_url,
            "amount": {"total": amount, "currency": CURRENCY}, "payer": {"openid": openid.expose()},
        });
        let answer = self.call(Method::POST, "/v3/pay/transactions/jsapi", Some(body), now).await?;
        answer["prepay_id"].as_str().map(str::to_owned).ok_or_else(|| untrusted("no prepay_id"))
    }

    /// Signs what `wx.requestPayment` wants.
    ///
    /// # Errors
    /// [`PartnerError::Untrusted`] when the merchant's key is none.
    pub fn client_params(&self, prepay_id: &str, now: Timestamp) -> Result<ClientParams, PartnerError> {
        let (time_stamp, nonce_str, package) = (now.seconds().to_string(), sign::nonce()?, format!("prepay_id={prepay_id}"));
        let message = format!("{}\n{time_stamp}\n{nonce_str}\n{package}\n", self.us().appid);
        let pay_sign = sign::rsa_sign(&self.config.merchant_key, &message)?;
        Ok(ClientParams { app_id: self.us().appid.clone(), time_stamp, nonce_str, package, pay_sign })
    }

    /// Asks what became of an order.
    ///
    /// # Errors
    /// [`PartnerError`]; [`PartnerError::Foreign`] when the answer is about another order, merchant, app or currency.
    pub async fn query(&self, order: &OrderId, now: Timestamp) -> Result<Status, PartnerError> {
        let path = format!("/v3/pay/transactions/out-trade-no/{order}?mchid={}", self.us().mchid);
        match self.call(Method::GET, &path, None, now).await {
            Ok(v) => {
                let told: WireTransaction = serde_json::from_value(v).map_err(untrusted)?;
                if told.out_trade_no != order.as_str() {
                    return Err(PartnerError::Foreign { partner: PARTNER, what: "out_trade_no", of: order.to_string() });
                }
                told.status(self.us())
            }
            Err(e) if matches!(e.code(), Some("ORDER_NOT_EXIST" | "ORDERNOTEXIST" | "RESOURCE_NOT_EXISTS")) => Ok(Status::Unpaid),
            Err(e) => Err(e),
        }
    }

    /// Closes an order there, so that it can never be paid. Closing what the provider never heard of is fine, too: nobody
    /// can pay without a prepay.
    ///
    /// # Errors
    /// [`PartnerError`]; the code `ORDERPAID` when it is paid.
    pub async fn close(&self, order: &OrderId, now: Timestamp) -> Result<(), PartnerError> {
        let path = format!("/v3/pay/transactions/out-trade-no/{order}/close");
        match self.call(Method::POST, &path, Some(json!({"mchid": self.us().mchid})), now).await {
            Ok(_) => Ok(()),
            Err(e) if matches!(e.code(), Some("ORDER_NOT_EXIST" | "ORDERNOTEXIST" | "ORDER_CLOSED" | "RESOURCE_NOT_EXISTS")) => Ok(()),
            Err(e) => Err(e),
        }
    }

    /// Gives money of a payment back: all of it, a part, or what is left. Repeating it is the same refund.
    ///
    /// # Errors
    /// [`PartnerError`].
    pub async fn refund(&self, money: &GiveBack, now: Timestamp) -> Result<Refund, PartnerError> {
        let (of, id) = match &money.transaction {
            Some(transaction) => ("transaction_id", transaction.as_str()),
            None => ("out_trade_no", money.order.as_str()),
        };
        let body = json!({
            of: id, "out_refund_no": money.number,
            "amount": {"refund": money.amount, "total": money.charged, "currency": CURRENCY},
        });
        let answer = self.call(Method::POST, "/v3/refund/domestic/refunds", Some(body), now).await?;
        Ok(match answer["status"].as_str() {
            Some("SUCCESS") => Refund::Done,
            Some("PROCESSING") => Refund::Processing,
            _ => Refund::Failed,
        })
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>, now: Timestamp) -> Result<Value, PartnerError> {
        let body = body.map(|b| b.to_string()).unwrap_or_default();
        let authorization = authorization(&self.us().mchid, &self.config.merchant_serial, &self.config.merchant_key, &method, path, &body, now)?;
        let answer = self
            .http
            .request(method, format!("{}{path}", self.config.base_url))
            .header("authorization", authorization)
            .header("accept", "application/json")
            .header("content-type", "application/json")
            .body(body)
            .send()
            .await
            .map_err(unreachable(PARTNER))?;
        let status = answer.status();
        let headers: BTreeMap<String, String> =
            answer.headers().iter().filter_map(|(k, v)| Some((k.as_str().to_owned(), v.to_str().ok()?.to_owned()))).collect();
        let text = answer.text().await.map_err(unreachable(PARTNER))?;
        if status.is_server_error() || status.as_u16() == 429 {
            return Err(PartnerError::Unreachable { partner: PARTNER, cause: format!("status {status}") });
        }
        if status.is_client_error() {
            let v: Value = serde_json::from_str(&text).unwrap_or_default();
            let field = |name: &str| v[name].as_str().unwrap_or_default().to_owned();
            return Err(PartnerError::Refused { partner: PARTNER, code: field("code"), message: field("message") });
        }
        self.verifier.verify(&headers, &text, now)?;
        if text.is_empty() { Ok(Value::Null) } else { serde_json::from_str(&text).map_err(untrusted) }
    }
}

impl Verifier {
    /// From what it knows of the provider.
    #[must_use]
    pub fn new(config: VerifierConfig) -> Self {
        Self { config: config.into() }
    }

    fn verify(&self, headers: &BTreeMap<String, String>, body: &str, now: Timestamp) -> Result<(), PartnerError> {
        let h = |name: &str| headers.get(name).map(String::as_str).ok_or_else(|| untrusted(format!("no {name}")));
        let (ts, nonce, signature, serial) = (h("wechatpay-timestamp")?, h("wechatpay-nonce")?, h("wechatpay-signature")?, h("wechatpay-serial")?);
        let at: i64 = ts.parse().map_err(|_| untrusted("bad timestamp"))?;
        if now.seconds().abs_diff(at) > MAX_AGE.unsigned_abs() / 1000 {
            return Err(untrusted("signature is too old"));
        }
        // Probes of the platform, which must be refused.
        if signature.starts_with("WECHATPAY/SIGNTEST/") || serial != self.config.platform_serial {
            return Err(untrusted("not the platform's signature"));
        }
        if sign::rsa_verify(&self.config.platform_key, &format!("{ts}\n{nonce}\n{body}\n"), signature) {
            Ok(())
        } else {
            Err(untrusted("signature does not fit"))
        }
    }

    /// What a call-back says, once its signature holds. `None` for events that are no payment.
    ///
    /// # Errors
    /// [`PartnerError::Untrusted`] for whatever is not the platform's, is old, or cannot be opened; [`PartnerError::Foreign`] for a payment to
    /// another merchant or app, or in another currency.
    pub fn notification(&self, headers: &BTreeMap<String, String>, body: &[u8], now: Timestamp) -> Result<Option<Transaction>, PartnerError> {
        let text = std::str::from_utf8(body).map_err(untrusted)?;
        self.verify(headers, text, now)?;
        let v: Value = serde_json::from_str(text).map_err(untrusted)?;
        let r = &v["resource"];
        let part = |name: &str| r[name].as_str().unwrap_or_default();
        let sealed = STANDARD.decode(part("ciphertext")).map_err(untrusted)?;
        let plain = sign::open(self.config.apiv3_key.as_bytes(), part("nonce").as_bytes(), part("associated_data").as_bytes(), &sealed)?;
        if v["event_type"] != "TRANSACTION.SUCCESS" {
            return Ok(None);
        }
        match serde_json::from_slice::<WireTransaction>(&plain).map_err(untrusted)?.status(&self.config)? {
            Status::Paid(t) => Ok(Some(t)),
            _ => Ok(None),
        }
    }
}

/// The `Authorization` header of a request.
///
/// # Errors
/// [`BadKey`].
pub fn authorization(mchid: &str, serial: &str, key: &str, method: &Method, path: &str, body: &str, now: Timestamp) -> Result<String, BadKey> {
    let (ts, nonce) = (now.seconds(), sign::nonce()?);
    let signature = sign::rsa_sign(key, &format!("{method}\n{path}\n{ts}\n{nonce}\n{body}\n"))?;
    Ok(format!(
        "WECHATPAY2-SHA256-RSA2048 mchid=\"{mchid}\",nonce_str=\"{nonce}\",timestamp=\"{ts}\",serial_no=\"{serial}\",signature=\"{signature}\""
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> VerifierConfig {
        VerifierConfig {
            mchid: "1900000001".into(),
            appid: "wx0001".into(),
            platform_serial: String::new(),
            platform_key: String::new(),
            apiv3_key: String::new(),
        }
    }

    fn told(change: impl FnOnce(&mut Value)) -> Result<Status, PartnerError> {
        let mut v = json!({
            "out_trade_no": "ord_1", "appid": "wx0001", "mchid": "1900000001", "trade_state": "SUCCESS", "transaction_id": "4200001",
            "success_time": "2026-11-28T10:00:00+08:00", "amount": {"total": 1290, "currency": "CNY"},
        });
        change(&mut v);
        serde_json::from_value::<WireTransaction>(v).unwrap().status(&config())
    }

    #[test]
    fn given_a_payment_when_it_is_to_another_merchant_or_app_or_in_another_currency_then_it_is_not_ours_and_the_refusal_says_what_differs() {
        assert!(matches!(told(|_| {}), Ok(Status::Paid(t)) if t.amount == Fen(1290) && t.transaction == "4200001"));
        let foreign = |change: fn(&mut Value), what: &str| match told(change) {
            Err(PartnerError::Foreign { what: w, of, .. }) => assert_eq!((w, of.as_str()), (what, "ord_1")),
            other => panic!("{what}: {other:?}"),
        };
        foreign(|v| v["appid"] = json!("wx0002"), "appid");
        foreign(|v| v["mchid"] = json!("1900000002"), "mchid");
        foreign(|v| v["amount"]["currency"] = json!("USD"), "currency");
        foreign(|v| v["amount"]["currency"] = json!("cny"), "currency");
        // What is not said does not fit either.
        foreign(|v| drop(v.as_object_mut().unwrap().remove("appid")), "appid");
        foreign(|v| drop(v.as_object_mut().unwrap().remove("mchid")), "mchid");
        foreign(|v| drop(v["amount"].as_object_mut().unwrap().remove("currency")), "currency");
        foreign(|v| (v["trade_state"], v["mchid"]) = (json!("REFUND"), json!("1900000002")), "mchid");
        // An order that nobody paid is told in few words, but not in those of somebody else.
        assert!(matches!(told(|v| (v["trade_state"], v["amount"]) = (json!("NOTPAY"), json!({}))), Ok(Status::Unpaid)));
        foreign(|v| (v["trade_state"], v["appid"]) = (json!("CLOSED"), json!("wx0002")), "appid");
    }

    #[test]
    fn given_a_payment_when_its_transaction_has_no_proper_id_then_it_is_not_trusted() {
        for id in ["", "a b", "4200#1", "汉"] {
            assert!(matches!(told(|v| v["transaction_id"] = json!(id)), Err(PartnerError::Untrusted { .. })), "{id}");
        }
        assert!(told(|v| v["transaction_id"] = json!("1".repeat(40))).is_ok());
        assert!(told(|v| v["transaction_id"] = json!("1".repeat(41))).is_err());
    }
}
