//! Payment after WeChat Pay v3: prepay, query, close, refund, notify. Requests are believed only under the merchant's
//! signature; answers and call-backs carry the platform's.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, Method, StatusCode, Uri, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use liandian_partners::sign::{self, BadKey};
use liandian_types::{Fen, Timestamp};
use rusqlite::{OptionalExtension, Transaction, params};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Error, Inner,
    callbacks::{self, Callback},
    faults::Partner,
};

/// How old a request's signature may be.
const MAX_AGE_S: u64 = 300;
/// How long one can pay with a prepay id.
const PREPAY_LIFE: i64 = 2 * Timestamp::HOUR;

/// An answer that is not a success, in v3's form.
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
}

fn refuse(status: StatusCode, code: &'static str, message: &str) -> Refusal {
    Refusal { status, code, message: message.to_owned() }
}

fn bad_param(message: &str) -> Refusal {
    refuse(StatusCode::BAD_REQUEST, "PARAM_ERROR", message)
}

impl From<Error> for Refusal {
    fn from(e: Error) -> Self {
        tracing::error!(error = %e, "payment sandbox");
        refuse(StatusCode::INTERNAL_SERVER_ERROR, "SYSTEM_ERROR", "系统异常")
    }
}
impl From<rusqlite::Error> for Refusal {
    fn from(e: rusqlite::Error) -> Self {
        Error::from(e).into()
    }
}
impl From<BadKey> for Refusal {
    fn from(e: BadKey) -> Self {
        Error::from(e).into()
    }
}

/// A payment as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct Payment {
    pub(crate) out_trade_no: String,
    pub(crate) description: String,
    pub(crate) total: Fen,
    openid: String,
    notify_url: String,
    pub(crate) expires: Option<Timestamp>,
    /// NOTPAY, SUCCESS, CLOSED or REFUND.
    pub(crate) state: String,
    transaction_id: String,
    paid_at: Timestamp,
    pub(crate) created: Timestamp,
}

const COLUMNS: &str = "out_trade_no, description, total, openid, notify_url, expires, state, transaction_id, paid_at, created";

fn row(r: &rusqlite::Row<'_>) -> Result<Payment, rusqlite::Error> {
    Ok(Payment {
        out_trade_no: r.get(0)?,
        description: r.get(1)?,
        total: Fen(r.get(2)?),
        openid: r.get(3)?,
        notify_url: r.get(4)?,
        expires: r.get::<_, Option<i64>>(5)?.map(Timestamp),
        state: r.get(6)?,
        transaction_id: r.get(7)?,
        paid_at: Timestamp(r.get(8)?),
        created: Timestamp(r.get(9)?),
    })
}

fn load(tx: &Transaction<'_>, out_trade_no: &str) -> Result<Option<Payment>, rusqlite::Error> {
    tx.query_row(&format!("SELECT {COLUMNS} FROM payment WHERE out_trade_no = ?1"), [out_trade_no], row).optional()
}

/// A payment beside an order's own, as if the order had been paid by it.
fn extra(tx: &Transaction<'_>, transaction: &str) -> Result<Option<Payment>, rusqlite::Error> {
    let sql = "SELECT out_trade_no, total, paid_at FROM extra_payment WHERE transaction_id = ?1";
    let found = tx.query_row(sql, [transaction], |r| Ok((r.get::<_, String>(0)?, Fen(r.get(1)?), Timestamp(r.get(2)?)))).optional()?;
    let Some((no, total, paid_at)) = found else { return Ok(None) };
    let as_paid = |p: Payment| Payment { total, paid_at, transaction_id: transaction.to_owned(), state: "SUCCESS".into(), ..p };
    Ok(load(tx, &no)?.map(as_paid))
}

/// The newest ones, for the overview.
pub(crate) fn newest(tx: &Transaction<'_>, limit: i64) -> Result<Vec<Payment>, rusqlite::Error> {
    tx.prepare(&format!("SELECT {COLUMNS} FROM payment ORDER BY created DESC, out_trade_no DESC LIMIT ?1"))?.query_map([limit], row)?.collect()
}

/// RFC 3339 in China's zone, whole seconds, as WeChat writes it.
fn china_time(t: Timestamp) -> String {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
    jiff::Timestamp::from_second(t.seconds()).map(|t| t.to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()).unwrap_or_default()
}

impl Payment {
    pub(crate) fn paid(&self) -> bool {
        matches!(self.state.as_str(), "SUCCESS" | "REFUND")
    }

    pub(crate) fn expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|e| e <= now)
    }

    fn wire(&self, inner: &Inner, state: &str) -> Value {
        let mut v = json!({
            "appid": inner.config.appid, "mchid": inner.config.mchid, "out_trade_no": self.out_trade_no, "trade_state": state,
            "trade_state_desc": match state { "SUCCESS" => "支付成功", "REFUND" => "转入退款", "CLOSED" => "已关闭", _ => "未支付" },
            "amount": {"total": self.total, "payer_total": self.total, "currency": "CNY", "payer_currency": "CNY"},
            "payer": {"openid": self.openid}, "attach": "",
        });
        if self.paid() {
            v["transaction_id"] = json!(self.transaction_id);
            v["success_time"] = json!(china_time(self.paid_at));
            v["trade_type"] = json!("JSAPI");
            v["bank_type"] = json!("OTHERS");
        }
        v
    }
}

// ------------------------------------------------------------------ signatures

/// The platform's signature over a body.
fn signature_headers(inner: &Inner, body: &str, now: Timestamp) -> Result<BTreeMap<&'static str, String>, BadKey> {
    let (ts, nonce) = (now.seconds(), sign::nonce()?);
    let signature = sign::rsa_sign(&inner.config.platform_key, &format!("{ts}\n{nonce}\n{body}\n"))?;
    Ok(BTreeMap::from([
        ("wechatpay-timestamp", ts.to_string()),
        ("wechatpay-nonce", nonce),
        ("wechatpay-signature", signature),
        ("wechatpay-serial", inner.config.platform_serial.clone()),
    ]))
}

/// Any answer, refusals included, is signed.
fn answer(inner: &Inner, reply: Result<(StatusCode, Value), Refusal>) -> Response {
    let (status, v) = reply.unwrap_or_else(|r| (r.status, json!({"code": r.code, "message": r.message})));
    let body = if v.is_null() { String::new() } else { v.to_string() };
    let Ok(headers) = signature_headers(inner, &body, inner.now()) else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let mut response = (status, [(CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response();
    for (name, value) in headers {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Checks the `Authorization` header of a request. The message is made from what arrived, not from what was parsed.
fn believe(inner: &Inner, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Result<(), Refusal> {
    let no = |why: &str| refuse(StatusCode::UNAUTHORIZED, "SIGN_ERROR", why);
    let header = headers.get("authorization").and_then(|h| h.to_str().ok()).ok_or_else(|| no("缺少 Authorization"))?;
    let fields = header.strip_prefix("WECHATPAY2-SHA256-RSA2048 ").ok_or_else(|| no("认证类型应为 WECHATPAY2-SHA256-RSA2048"))?;
    let fields: BTreeMap<&str, &str> = fields.split(',').filter_map(|f| f.trim().split_once('=')).map(|(k, v)| (k, v.trim_matches('"'))).collect();
    let field = |name: &str| fields.get(name).copied().filter(|v| !v.is_empty()).ok_or_else(|| no(&format!("Authorization 缺少 {name}")));
    let (mchid, serial, ts, nonce, signature) = (field("mchid")?, field("serial_no")?, field("timestamp")?, field("nonce_str")?, field("signature")?);
    if mchid != inner.config.mchid {
        return Err(no("商户号不存在"));
    }
    if serial != inner.config.merchant_serial {
        return Err(no("商户证书序列号有误"));
    }
    let at: i64 = ts.parse().map_err(|_| no("timestamp 不是数字"))?;
    if inner.now().seconds().abs_diff(at) > MAX_AGE_S {
        return Err(no("签名时间与服务器相差超过 5 分钟"));
    }
    let path = uri.path_and_query().map_or("/", |p| p.as_str());
    let body = std::str::from_utf8(body).map_err(|_| no("正文不是 UTF-8"))?;
    if sign::rsa_verify(&inner.config.merchant_key, &format!("{method}\n{path}\n{ts}\n{nonce}\n{body}\n"), signature) {
        Ok(())
    } else {
        Err(no("签名错误"))
    }
}

fn parse<T: for<'a> Deserialize<'a>>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|e| bad_param(&format!("正文有误：{e}")))
}

fn own_merchant(inner: &Inner, mchid: &str) -> Result<(), Refusal> {
    if mchid == inner.config.mchid { Ok(()) } else { Err(bad_param("mchid 与签名的商户号不一致")) }
}

// ------------------------------------------------------------------ what the client calls

#[derive(Deserialize)]
struct Prepay {
    appid: String,
    mchid: String,
    description: String,
    out_trade_no: String,
    #[serde(default)]
    time_expire: Option<String>,
    notify_url: String,
    amount: Amount,
    payer: Payer,
}

#[derive(Deserialize)]
struct Amount {
    total: Fen,
    #[serde(default)]
    currency: Option<String>,
}

#[derive(Deserialize)]
struct Payer {
    openid: String,
}

impl Prepay {
    /// The documented limits that can bite us.
    fn check(&self, inner: &Inner) -> Result<Option<Timestamp>, Refusal> {
        own_merchant(inner, &self.mchid)?;
        if self.appid != inner.config.appid {
            return Err(refuse(StatusCode::BAD_REQUEST, "APPID_MCHID_NOT_MATCH", "appid 与 mchid 不匹配"));
        }
        if !(6..=32).contains(&self.out_trade_no.len()) || !self.out_trade_no.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-|*".contains(&b)) {
            return Err(bad_param("out_trade_no 应为 6 到 32 个字母、数字或 _-|*"));
        }
        if self.description.is_empty() || self.description.chars().count() > 127 {
            return Err(bad_param("description 应为 1 到 127 个字"));
        }
        if self.amount.total.0 < 1 || self.amount.currency.as_deref().is_some_and(|c| c != "CNY") {
            return Err(bad_param("金额应为正数，币种应为 CNY"));
        }
        if self.payer.openid.is_empty() {
            return Err(bad_param("缺少 openid"));
        }
        if !self.notify_url.starts_with("http") || self.notify_url.contains('?') {
            return Err(bad_param("notify_url 应为不带参数的完整地址"));
        }
        let expires = self.time_expire.as_deref().filter(|t| !t.is_empty());
        let expires = expires.map(|t| t.parse::<jiff::Timestamp>().map_err(|_| bad_param("time_expire 应为 RFC 3339"))).transpose()?;
        Ok(expires.map(|t| Timestamp(t.as_millisecond())))
    }
}

pub(crate) async fn prepay(State(inner): State<Arc<Inner>>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let reply = believe(&inner, &method, &uri, &headers, &body).and_then(|()| do_prepay(&inner, &parse(&body)?));
    answer(&inner, reply)
}

fn do_prepay(inner: &Inner, p: &Prepay) -> Result<(StatusCode, Value), Refusal> {
    let expires = p.check(inner)?;
    let now = inner.now();
    let prepay_id = inner.db.tx(|tx| {
        match load(tx, &p.out_trade_no)? {
            Some(known) => match known.state.as_str() {
                "SUCCESS" | "REFUND" => return Err(refuse(StatusCode::BAD_REQUEST, "ORDERPAID", "该订单已支付")),
                "CLOSED" => return Err(refuse(StatusCode::BAD_REQUEST, "ORDER_CLOSED", "该订单已关闭")),
                _ if known.total != p.amount.total || known.openid != p.payer.openid => {
                    return Err(refuse(StatusCode::BAD_REQUEST, "INVALID_REQUEST", "商户订单号重复，且参数与之前的不一致"));
                }
                _ => {
                    let sql = "UPDATE payment SET description = ?2, notify_url = ?3, expires = ?4 WHERE out_trade_no = ?1";
                    tx.execute(sql, params![p.out_trade_no, p.description, p.notify_url, expires.map(|e| e.0)])?;
                }
            },
            None => {
                tx.execute(
                    "INSERT INTO payment (out_trade_no, description, total, openid, notify_url, expires, state, created)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'NOTPAY', ?7)",
                    params![p.out_trade_no, p.description, p.amount.total.0, p.payer.openid, p.notify_url, expires.map(|e| e.0), now.0],
                )?;
            }
        }
        // Asking again gives the same id, unless it is about to die.
        let alive = now.0 - PREPAY_LIFE / 2;
        let sql = "SELECT prepay_id FROM prepay WHERE out_trade_no = ?1 AND created > ?2 ORDER BY created DESC LIMIT 1";
        if let Some(id) = tx.query_row(sql, params![p.out_trade_no, alive], |r| r.get::<_, String>(0)).optional()? {
            return Ok(id);
        }
        let id = format!("wx{:013}{}", now.0, &sign::nonce()?[..21]);
        tx.execute("INSERT INTO prepay (prepay_id, out_trade_no, created) VALUES (?1, ?2, ?3)", params![id, p.out_trade_no, now.0])?;
        Ok(id)
    })?;
    Ok((StatusCode::OK, json!({"prepay_id": prepay_id})))
}

fn not_there() -> Refusal {
    refuse(StatusCode::NOT_FOUND, "ORDER_NOT_EXIST", "订单不存在")
}

pub(crate) async fn query(
    State(inner): State<Arc<Inner>>,
    Path(no): Path<String>,
    Query(q): Query<BTreeMap<String, String>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let reply = believe(&inner, &method, &uri, &headers, &body).and_then(|()| {
        own_merchant(&inner, q.get("mchid").map_or("", String::as_str))?;
        let p = inner.db.tx(|tx| load(tx, &no))?.ok_or_else(not_there)?;
        Ok((StatusCode::OK, p.wire(&inner, &p.state)))
    });
    answer(&inner, reply)
}

#[derive(Deserialize)]
struct Close {
    mchid: String,
}

pub(crate) async fn close(
    State(inner): State<Arc<Inner>>,
    Path(no): Path<String>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let reply = believe(&inner, &method, &uri, &headers, &body).and_then(|()| {
        own_merchant(&inner, &parse::<Close>(&body)?.mchid)?;
        inner.db.tx(|tx| match load(tx, &no)?.ok_or_else(not_there)?.state.as_str() {
            "SUCCESS" | "REFUND" => Err(refuse(StatusCode::BAD_REQUEST, "ORDERPAID", "该订单已支付")),
            "CLOSED" => Err(refuse(StatusCode::BAD_REQUEST, "ORDER_CLOSED", "该订单已关闭")),
            _ => {
                tx.execute("UPDATE payment SET state = 'CLOSED' WHERE out_trade_no = ?1", [&no])?;
                Ok((StatusCode::NO_CONTENT, Value::Null))
            }
        })
    });
    answer(&inner, reply)
}

#[derive(Deserialize)]
struct RefundRequest {
    #[serde(default)]
    out_trade_no: String,
    #[serde(default)]
    transaction_id: String,
    out_refund_no: String,
    amount: RefundAmount,
}

#[derive(Deserialize)]
struct RefundAmount {
    refund: Fen,
    total: Fen,
}

pub(crate) async fn refund(State(inner): State<Arc<Inner>>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let reply = believe(&inner, &method, &uri, &headers, &body).and_then(|()| do_refund(&inner, &parse(&body)?));
    answer(&inner, reply)
}

/// The payment that a refund names, and whose money it is: the order's, or a transaction's beside it.
fn paid_by(tx: &Transaction<'_>, r: &RefundRequest) -> Result<Option<(Payment, String)>, rusqlite::Error> {
    if r.transaction_id.is_empty() {
        return Ok(load(tx, &r.out_trade_no)?.map(|p| (p, r.out_trade_no.clone())));
    }
    if let Some(p) = extra(tx, &r.transaction_id)? {
        return Ok(Some((p, r.transaction_id.clone())));
    }
    let sql = format!("SELECT {COLUMNS} FROM payment WHERE transaction_id = ?1");
    Ok(tx.query_row(&sql, [&r.transaction_id], row).optional()?.map(|p| (p.clone(), p.out_trade_no)))
}

fn do_refund(inner: &Inner, r: &RefundRequest) -> Result<(StatusCode, Value), Refusal> {
    let invalid = |why: &str| refuse(StatusCode::BAD_REQUEST, "INVALID_REQUEST", why);
    if r.amount.refund.0 < 1 || r.out_refund_no.is_empty() || r.out_refund_no.len() > 64 {
        return Err(bad_param("退款单号或金额有误"));
    }
    let now = inner.now();
    let (p, refund_id, created, first) = inner.db.tx(|tx| {
        let (p, subject) = paid_by(tx, r)?.ok_or_else(|| refuse(StatusCode::NOT_FOUND, "RESOURCE_NOT_EXISTS", "订单不存在"))?;
        let sql = "SELECT out_trade_no, refund_id, amount, created FROM refund WHERE out_refund_no = ?1";
        let known =
            tx.query_row(sql, [&r.out_refund_no], |k| Ok((k.get::<_, String>(0)?, k.get::<_, String>(1)?, Fen(k.get(2)?), Timestamp(k.get(3)?))));
        if let Some((order, id, amount, created)) = known.optional()? {
            if order != subject || amount != r.amount.refund || p.total != r.amount.total {
                return Err(invalid("退款单号重复，且参数与之前的不一致"));
            }
            return Ok((p, id, created, false));
        }
        if !p.paid() {
            return Err(invalid("订单未支付，不能退款"));
        }
        if p.total != r.amount.total {
            return Err(invalid("订单金额与支付时的不一致"));
        }
        let sql = "SELECT COALESCE(SUM(amount), 0) FROM refund WHERE out_trade_no = ?1";
        let before: i64 = tx.query_row(sql, [&subject], |k| k.get(0))?;
        if before.saturating_add(r.amount.refund.0) > p.total.0 {
            return Err(invalid("退款金额超过可退金额"));
        }
        let id = format!("5030{:013}{}", now.0, digits(11)?);
        tx.execute(
            "INSERT INTO refund (out_refund_no, out_trade_no, refund_id, amount, created) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![r.out_refund_no, subject, id, r.amount.refund.0, now.0],
        )?;
        // Of an extra payment there is no such order: the order's own stays as it is.
        tx.execute("UPDATE payment SET state = 'REFUND' WHERE out_trade_no = ?1", [&subject])?;
        Ok((p, id, now, true))
    })?;
    let slow = first && inner.faults.take(Partner::Payment, |f| &mut f.refund_processing_next);
    let mut v = json!({
        "refund_id": refund_id, "out_refund_no": r.out_refund_no, "transaction_id": p.transaction_id, "out_trade_no": p.out_trade_no,
        "channel": "ORIGINAL", "user_received_account": "支付用户零钱", "create_time": china_time(created),
        "status": if slow { "PROCESSING" } else { "SUCCESS" },
        "amount": {"total": p.total, "refund": r.amount.refund, "payer_total": p.total, "payer_refund": r.amount.refund, "currency": "CNY"},
    });
    if !slow {
        v["success_time"] = json!(china_time(created));
    }
    Ok((StatusCode::OK, v))
}

/// A payment that was made, and perhaps given back, before the sandbox was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastPayment {
    /// The order.
    pub order: String,
    /// Who paid.
    pub openid: String,
    /// How much.
    pub total: Fen,
    /// The id of the payment.
    pub transaction: String,
    /// When.
    pub paid_at: Timestamp,
    /// What went back: the number of each refund, and how much.
    pub refunds: Vec<(String, Fen)>,
}

pub(crate) fn remember(inner: &Inner, payments: &[PastPayment]) -> Result<(), Error> {
    let notify_url = format!("{}/api/v1/callbacks/payment", inner.config.api_origin);
    inner.db.tx(|tx| {
        for p in payments {
            let state = if p.refunds.is_empty() { "SUCCESS" } else { "REFUND" };
            tx.execute(
                "INSERT OR IGNORE INTO payment (out_trade_no, description, total, openid, notify_url, state, transaction_id, paid_at, created)
                 VALUES (?1, '连店订单', ?2, ?3, ?4, ?5, ?6, ?7, ?7)",
                params![p.order, p.total.0, p.openid, notify_url, state, p.transaction, p.paid_at.0],
            )?;
            for (number, amount) in &p.refunds {
                tx.execute(
                    "INSERT OR IGNORE INTO refund (out_refund_no, out_trade_no, refund_id, amount, created) VALUES (?1, ?2, ?3, ?4, ?5)",
                    params![number, p.order, format!("5030{}", p.transaction), amount.0, p.paid_at.0],
                )?;
            }
        }
        Ok(())
    })
}

fn digits(n: usize) -> Result<String, BadKey> {
    Ok(sign::random::<16>()?.iter().take(n).map(|b| char::from(b'0' + b % 10)).collect())
}

// ------------------------------------------------------------------ paying

/// Why one cannot pay.
#[derive(Debug)]
pub(crate) enum NotPaid {
    Unknown,
    Closed,
    Expired,
    Broken(Error),
}

impl From<rusqlite::Error> for NotPaid {
    fn from(e: rusqlite::Error) -> Self {
        NotPaid::Broken(e.into())
    }
}
impl From<BadKey> for NotPaid {
    fn from(e: BadKey) -> Self {
        NotPaid::Broken(e.into())
    }
}

impl NotPaid {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            NotPaid::Unknown => StatusCode::NOT_FOUND,
            NotPaid::Closed | NotPaid::Expired => StatusCode::CONFLICT,
            NotPaid::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
    pub(crate) fn text(&self) -> &'static str {
        match self {
            NotPaid::Unknown => "订单不存在",
            NotPaid::Closed => "订单已关闭",
            NotPaid::Expired => "订单已过期",
            NotPaid::Broken(e) => {
                tracing::error!(error = %e, "payment sandbox");
                "系统繁忙，请稍后再试"
            }
        }
    }
}

/// By which id one pays.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum By {
    PrepayId(String),
    OutTradeNo(String),
}

fn find(tx: &Transaction<'_>, by: &By, now: Timestamp) -> Result<Payment, NotPaid> {
    let no = match by {
        By::OutTradeNo(no) => no.clone(),
        By::PrepayId(id) => {
            let sql = "SELECT out_trade_no, created FROM prepay WHERE prepay_id = ?1";
            let (no, created) = tx.query_row(sql, [id], |r| Ok((r.get::<_, String>(0)?, r.get::<_, i64>(1)?))).optional()?.ok_or(NotPaid::Unknown)?;
            // What is paid may be looked at for ever.
            if created + PREPAY_LIFE <= now.0 && !load(tx, &no)?.is_some_and(|p| p.paid()) {
                return Err(NotPaid::Expired);
            }
            no
        }
    };
    load(tx, &no)?.ok_or(NotPaid::Unknown)
}

/// What the cashier shows.
pub(crate) fn look(inner: &Inner, prepay_id: &str) -> Result<Payment, NotPaid> {
    inner.db.tx(|tx| find(tx, &By::PrepayId(prepay_id.to_owned()), inner.now()))
}

/// Pays. What is paid already stays as it is, and is no error.
pub(crate) fn pay(inner: &Inner, by: &By) -> Result<Payment, NotPaid> {
    let now = inner.now();
    inner.db.tx(|tx| {
        let mut p = find(tx, by, now)?;
        if p.paid() {
            return Ok(p);
        }
        if p.state == "CLOSED" {
            return Err(NotPaid::Closed);
        }
        if p.expired(now) {
            return Err(NotPaid::Expired);
        }
        p.state = "SUCCESS".into();
        p.transaction_id = format!("4200{:013}{}", now.0, digits(11)?);
        p.paid_at = now;
        tx.execute(
            "UPDATE payment SET state = ?2, transaction_id = ?3, paid_at = ?4 WHERE out_trade_no = ?1",
            params![p.out_trade_no, p.state, p.transaction_id, p.paid_at.0],
        )?;
        owe(tx, inner, &p, now)?;
        Ok(p)
    })
}

/// The news is what it was when it was paid, whatever comes later.
fn owe(tx: &Transaction<'_>, inner: &Inner, p: &Payment, now: Timestamp) -> Result<(), rusqlite::Error> {
    callbacks::owe(tx, inner, Partner::Payment, &p.out_trade_no, &p.notify_url, &p.wire(inner, "SUCCESS").to_string(), now)
}

/// Owes the notify of a paid order again, `times` times.
pub(crate) fn owe_again(inner: &Inner, no: &str, times: u32) -> Result<(), NotPaid> {
    owe_said(inner, no, times, &Said::default())
}

/// What a notify says instead of what is so: rightly signed all the same.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Said {
    times: Option<u32>,
    currency: Option<String>,
    mchid: Option<String>,
    appid: Option<String>,
    /// A payment beside the order's own.
    transaction_id: Option<String>,
}

fn owe_said(inner: &Inner, no: &str, times: u32, said: &Said) -> Result<(), NotPaid> {
    let now = inner.now();
    inner.db.tx(|tx| {
        let p = match &said.transaction_id {
            Some(transaction) => extra(tx, transaction)?.filter(|p| p.out_trade_no == no),
            None => load(tx, no)?.filter(Payment::paid),
        };
        let p = p.ok_or(NotPaid::Unknown)?;
        let mut news = p.wire(inner, "SUCCESS");
        for (field, value) in [("mchid", &said.mchid), ("appid", &said.appid)] {
            value.iter().for_each(|v| news[field] = json!(v));
        }
        said.currency.iter().for_each(|c| news["amount"]["currency"] = json!(c));
        let told = news.to_string();
        (0..times.min(20)).try_for_each(|_| callbacks::owe(tx, inner, Partner::Payment, no, &p.notify_url, &told, now)).map_err(NotPaid::from)
    })
}

/// Pays an order once more, whatever it stands at: a second transaction under the same number, which should not be and has been seen.
fn pay_again(inner: &Inner, no: &str, total: Option<Fen>) -> Result<Payment, NotPaid> {
    let now = inner.now();
    inner.db.tx(|tx| {
        let p = load(tx, no)?.ok_or(NotPaid::Unknown)?;
        let transaction = format!("4201{:013}{}", now.0, digits(11)?);
        let sql = "INSERT INTO extra_payment (transaction_id, out_trade_no, total, paid_at) VALUES (?1, ?2, ?3, ?4)";
        tx.execute(sql, params![transaction, no, total.unwrap_or(p.total).0, now.0])?;
        let p = extra(tx, &transaction)?.ok_or(NotPaid::Unknown)?;
        owe(tx, inner, &p, now)?;
        Ok(p)
    })
}

fn machine(reply: Result<Value, NotPaid>) -> Response {
    match reply {
        Ok(v) => Json(v).into_response(),
        Err(e) => (e.status(), Json(json!({"message": e.text()}))).into_response(),
    }
}

/// `POST /sandbox/pay` with `{"prepay_id": …}` or `{"out_trade_no": …}`.
pub(crate) async fn pay_by_machine(State(inner): State<Arc<Inner>>, Json(by): Json<By>) -> Response {
    machine(pay(&inner, &by).map(|p| p.wire(&inner, &p.state)))
}

#[derive(Deserialize)]
pub(crate) struct Again {
    total: Option<Fen>,
}

/// `POST /sandbox/pay/{no}/again?total=1290`: a second payment of an order.
pub(crate) async fn pay_again_by_machine(State(inner): State<Arc<Inner>>, Path(no): Path<String>, Query(q): Query<Again>) -> Response {
    machine(pay_again(&inner, &no, q.total).map(|p| p.wire(&inner, "SUCCESS")))
}

/// `POST /sandbox/notify/{no}?times=2`; `currency`, `mchid`, `appid` say something else than what is so.
pub(crate) async fn notify_again(State(inner): State<Arc<Inner>>, Path(no): Path<String>, Query(said): Query<Said>) -> Response {
    machine(owe_said(&inner, &no, said.times.unwrap_or(1), &said).map(|()| json!({"out_trade_no": no})))
}

/// `GET /sandbox/refunds/{no}`: refunds of an order, or of a transaction beside its own.
pub(crate) async fn refunds_by_machine(State(inner): State<Arc<Inner>>, Path(no): Path<String>) -> Response {
    let all = inner.db.tx(|tx| {
        let mut find = tx.prepare_cached("SELECT out_refund_no, amount FROM refund WHERE out_trade_no = ?1 ORDER BY created")?;
        let rows = find.query_map([&no], |r| Ok(json!({"out_refund_no": r.get::<_, String>(0)?, "amount": r.get::<_, i64>(1)?})))?;
        rows.collect::<Result<Vec<Value>, _>>().map_err(NotPaid::from)
    });
    machine(all.map(Value::Array))
}

/// Sends one notify: sealed and signed afresh, since a signature is believed for five minutes only.
pub(crate) async fn send(inner: &Inner, callback: &Callback) -> Result<(), String> {
    let body = notify_body(inner, callback).map_err(|e| e.to_string())?;
    let headers = signature_headers(inner, &body, inner.now()).map_err(|e| e.to_string())?;
    match callback.post(inner, &headers, body).await?.0 {
        200..=299 => Ok(()),
        status => Err(format!("status {status}")),
    }
}

fn notify_body(inner: &Inner, callback: &Callback) -> Result<String, BadKey> {
    // Twelve bytes that are text, because the nonce travels as text.
    let nonce = STANDARD.encode(sign::random::<9>()?);
    let sealed = sign::seal(inner.config.apiv3_key.as_bytes(), nonce.as_bytes(), b"transaction", callback.payload().as_bytes())?;
    let body = json!({
        "id": callback.event_id(), "create_time": china_time(callback.created()), "resource_type": "encrypt-resource",
        "event_type": "TRANSACTION.SUCCESS", "summary": "支付成功",
        "resource": {
            "original_type": "transaction", "algorithm": "AEAD_AES_256_GCM", "ciphertext": STANDARD.encode(sealed),
            "associated_data": "transaction", "nonce": nonce,
        },
    });
    Ok(body.to_string())
}
