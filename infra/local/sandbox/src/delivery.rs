//! Riders, after WeChat's same-city delivery: add, query, cancel, a simulated rider, and signed call-backs.
//!
//! What must not live here: who the recipient is. Names, numbers and addresses are masked before they reach the file.
//! Codes of refusals are the sandbox's own where the documentation gives none.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use liandian_partners::{keys, sign};
use liandian_types::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Error, Inner, Pace,
    callbacks::{self, Callback},
    faults::Partner,
};

const CREATED: u32 = 10_000;
const CANCELLED_BY_MERCHANT: u32 = 20_000;
const CANCELLED_BY_CARRIER: u32 = 20_001;
const ACCEPTED: u32 = 30_000;
const AT_STORE: u32 = 40_000;
const DELIVERING: u32 = 50_000;
const WITHDRAWN: u32 = 60_000;
const DONE: u32 = 70_000;
const ABNORMAL: u32 = 90_000;

const RIDERS: [&str; 6] = ["王师傅", "李师傅", "张师傅", "刘师傅", "陈师傅", "杨师傅"];

/// A delivery as it is kept.
pub(crate) struct Delivery {
    pub(crate) store_order_id: String,
    wx_order_id: String,
    pub(crate) store_name: String,
    pub(crate) short_code: String,
    /// Masked.
    pub(crate) recipient: String,
    callback_url: String,
    pub(crate) state: u32,
    pub(crate) rider_name: Option<String>,
    pub(crate) rider_phone: Option<String>,
    next_at: Option<i64>,
    pub(crate) created: Timestamp,
}

const COLUMNS: &str =
    "store_order_id, wx_order_id, store_name, short_code, recipient, callback_url, state, rider_name, rider_phone, next_at, created";

fn row(r: &rusqlite::Row<'_>) -> Result<Delivery, rusqlite::Error> {
    Ok(Delivery {
        store_order_id: r.get(0)?,
        wx_order_id: r.get(1)?,
        store_name: r.get(2)?,
        short_code: r.get(3)?,
        recipient: r.get(4)?,
        callback_url: r.get(5)?,
        state: r.get(6)?,
        rider_name: r.get(7)?,
        rider_phone: r.get(8)?,
        next_at: r.get(9)?,
        created: Timestamp(r.get(10)?),
    })
}

fn load(tx: &Transaction<'_>, id: &str) -> Result<Option<Delivery>, rusqlite::Error> {
    tx.query_row(&format!("SELECT {COLUMNS} FROM delivery WHERE store_order_id = ?1"), [id], row).optional()
}

/// The newest ones, for the overview.
pub(crate) fn newest(tx: &Transaction<'_>, limit: i64) -> Result<Vec<Delivery>, rusqlite::Error> {
    tx.prepare(&format!("SELECT {COLUMNS} FROM delivery ORDER BY created DESC, store_order_id DESC LIMIT ?1"))?.query_map([limit], row)?.collect()
}

/// What a person calls a state; `None` for a number that is none.
pub(crate) fn state_text(state: u32) -> Option<&'static str> {
    Some(match state {
        CREATED => "待接单",
        CANCELLED_BY_MERCHANT => "商家取消",
        CANCELLED_BY_CARRIER => "运力取消",
        ACCEPTED => "骑手已接单",
        AT_STORE => "骑手已到店",
        DELIVERING => "配送中",
        WITHDRAWN => "骑手撤单",
        DONE => "已送达",
        ABNORMAL => "配送异常",
        // Numbers of the platform's shape that nobody told us the meaning of: it may send them.
        80_000 | 100_000 | 110_000 => "其他状态",
        _ => return None,
    })
}

pub(crate) fn ended(state: u32) -> bool {
    matches!(state, CANCELLED_BY_MERCHANT | CANCELLED_BY_CARRIER | DONE)
}

/// What the simulated rider does next after a state, and how many milliseconds later.
fn next_step(pace: Pace, state: u32) -> Option<(u32, i64)> {
    let Pace::Timed { accept, at_store, picked_up, done } = pace else { return None };
    let (next, gap) = match state {
        CREATED | WITHDRAWN => (ACCEPTED, accept),
        ACCEPTED => (AT_STORE, at_store.saturating_sub(accept)),
        AT_STORE => (DELIVERING, picked_up.saturating_sub(at_store)),
        DELIVERING => (DONE, done.saturating_sub(picked_up)),
        _ => return None,
    };
    Some((next, i64::try_from(gap.as_millis()).unwrap_or(i64::MAX)))
}

/// After a restart the pace may be another: manual ones stop, and those that stood still go on.
pub(crate) fn resume(inner: &Inner) -> Result<(), Error> {
    let now = inner.now();
    inner.db.tx(|tx| {
        for state in [CREATED, WITHDRAWN, ACCEPTED, AT_STORE, DELIVERING] {
            match next_step(inner.config.pace, state) {
                None => tx.execute("UPDATE delivery SET next_at = NULL WHERE state = ?1", [state])?,
                Some((_, gap)) => {
                    tx.execute("UPDATE delivery SET next_at = ?2 WHERE state = ?1 AND next_at IS NULL", params![state, now.plus(gap).0])?
                }
            };
        }
        Ok(())
    })
}

/// Why a delivery does not move.
#[derive(Debug)]
pub(crate) enum NotMoved {
    Unknown,
    NoSuchState,
    Ended,
    Broken(Error),
}

impl From<rusqlite::Error> for NotMoved {
    fn from(e: rusqlite::Error) -> Self {
        NotMoved::Broken(e.into())
    }
}

impl NotMoved {
    pub(crate) fn text(&self) -> &'static str {
        match self {
            NotMoved::Unknown => "配送单不存在",
            NotMoved::NoSuchState => "没有这个状态",
            NotMoved::Ended => "配送已经结束",
            NotMoved::Broken(e) => {
                tracing::error!(error = %e, "delivery sandbox");
                "系统繁忙，请稍后再试"
            }
        }
    }
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            NotMoved::Unknown => StatusCode::NOT_FOUND,
            NotMoved::NoSuchState => StatusCode::BAD_REQUEST,
            NotMoved::Ended => StatusCode::CONFLICT,
            NotMoved::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
    fn code(&self) -> i64 {
        match self {
            NotMoved::Unknown => 930_001,
            NotMoved::NoSuchState => 47_001,
            NotMoved::Ended => 930_002,
            NotMoved::Broken(_) => -1,
        }
    }
}

/// Moves a delivery and owes the call-back. To the state where it is: the call-back again. Steps may be left out and taken back, and riders change, as
/// at real platforms; what has ended does not move.
fn move_in(tx: &Transaction<'_>, inner: &Inner, id: &str, to: &Move, now: Timestamp) -> Result<(), NotMoved> {
    state_text(to.order_status).ok_or(NotMoved::NoSuchState)?;
    let mut d = load(tx, id)?.ok_or(NotMoved::Unknown)?;
    let rider = (d.rider_name.clone(), d.rider_phone.clone());
    if to.order_status != d.state || to.rider.is_some() {
        if ended(d.state) && !to.stale {
            return Err(NotMoved::Ended);
        }
        d.state = to.order_status;
        d.next_at = next_step(inner.config.pace, d.state).map(|(_, gap)| now.plus(gap).0);
        if matches!(d.state, CREATED | WITHDRAWN) {
            (d.rider_name, d.rider_phone) = (None, None);
        }
        let wanted = to.rider.clone().filter(|r| d.rider_name.as_ref() != Some(r));
        if wanted.is_some() || (d.rider_name.is_none() && matches!(d.state, ACCEPTED | AT_STORE | DELIVERING | DONE)) {
            // Another one each time.
            let told: i64 = tx.query_row("SELECT COUNT(*) FROM callback WHERE kind = 'delivery' AND subject = ?1", [id], |r| r.get(0))?;
            let n = id.bytes().fold(7_usize, |n, b| n.wrapping_mul(31).wrapping_add(usize::from(b))) + usize::try_from(told).unwrap_or(0);
            d.rider_name = Some(wanted.unwrap_or_else(|| RIDERS[n % RIDERS.len()].to_owned()));
            d.rider_phone = Some(keys::mask_phone(&format!("1{}0000{:04}", [38, 39, 86, 77][n / 7 % 4], n / 11 % 10_000)));
        }
        if !to.stale {
            tx.execute(
                "UPDATE delivery SET state = ?2, next_at = ?3, rider_name = ?4, rider_phone = ?5 WHERE store_order_id = ?1",
                params![id, d.state, d.next_at, d.rider_name, d.rider_phone],
            )?;
        }
    }
    if to.lost {
        return Ok(());
    }
    // One who gave it back is named once more.
    let (name, phone) = if d.state == WITHDRAWN { rider } else { (d.rider_name, d.rider_phone) };
    let mut news = BTreeMap::from([
        ("appid", inner.config.delivery_app_id.clone()),
        ("store_order_id", d.store_order_id.clone()),
        ("wx_order_id", d.wx_order_id.clone()),
        ("order_status", d.state.to_string()),
        ("status_change_time", to.at.unwrap_or_else(|| now.seconds()).to_string()),
    ]);
    if let (Some(name), Some(phone)) = (name, phone) {
        news.extend([("rider_name", name), ("rider_phone", phone)]);
    }
    callbacks::owe(tx, inner, Partner::Delivery, id, &d.callback_url, &json!(news).to_string(), now)?;
    Ok(())
}

pub(crate) fn move_to(inner: &Inner, id: &str, to: &Move) -> Result<(), NotMoved> {
    inner.db.tx(|tx| move_in(tx, inner, id, to, inner.now()))
}

/// Moves every rider whose time has come.
pub(crate) fn ride(inner: &Inner, now: Timestamp) -> Result<(), Error> {
    let moved: Result<(), NotMoved> = inner.db.tx(|tx| {
        let due: Vec<(String, u32)> = tx
            .prepare_cached("SELECT store_order_id, state FROM delivery WHERE next_at <= ?1 LIMIT 100")?
            .query_map([now.0], |r| Ok((r.get(0)?, r.get(1)?)))?
            .collect::<Result<_, _>>()?;
        for (id, state) in due {
            match next_step(inner.config.pace, state) {
                Some((to, _)) => move_in(tx, inner, &id, &Move::to(to), now)?,
                None => drop(tx.execute("UPDATE delivery SET next_at = NULL WHERE store_order_id = ?1", [&id])?),
            }
        }
        Ok(())
    });
    match moved {
        Err(NotMoved::Broken(e)) => Err(e),
        _ => Ok(()),
    }
}

/// Sends one call-back.
pub(crate) async fn send(inner: &Inner, callback: &Callback) -> Result<(), String> {
    let mut params: BTreeMap<String, String> = serde_json::from_str(callback.payload()).map_err(|e| e.to_string())?;
    params.insert("sign".into(), sign::md5_of_params(&params, &inner.config.delivery_token));
    let (status, text) = callback.post(inner, &BTreeMap::new(), json!(params).to_string()).await?;
    let code = serde_json::from_str::<Value>(&text).ok().and_then(|v| v["return_code"].as_i64());
    if (200..300).contains(&status) && code == Some(0) { Ok(()) } else { Err(format!("status {status}, return_code {code:?}")) }
}

// ------------------------------------------------------------------ what the client calls

struct Refusal(i64, String);

impl From<NotMoved> for Refusal {
    fn from(e: NotMoved) -> Self {
        Refusal(e.code(), e.text().to_owned())
    }
}
impl From<rusqlite::Error> for Refusal {
    fn from(e: rusqlite::Error) -> Self {
        NotMoved::from(e).into()
    }
}

/// As all of api.weixin.qq.com: status 200, and the code says how it went.
fn answer(reply: Result<Value, Refusal>) -> Response {
    let v = match reply {
        Ok(mut v) => {
            v["errcode"] = json!(0);
            v["errmsg"] = json!("ok");
            v
        }
        Err(Refusal(code, message)) => json!({"errcode": code, "errmsg": message}),
    };
    Json(v).into_response()
}

/// Checks the sign over the app id and the body, then reads the body.
fn believe<T: for<'a> Deserialize<'a>>(inner: &Inner, q: &BTreeMap<String, String>, body: &[u8]) -> Result<T, Refusal> {
    let field = |name: &str| q.get(name).map_or("", String::as_str);
    if field("appid") != inner.config.delivery_app_id {
        return Err(Refusal(40_013, "invalid appid".into()));
    }
    let text = std::str::from_utf8(body).map_err(|_| Refusal(47_001, "data format error".into()))?;
    let params = BTreeMap::from([("appid".to_owned(), field("appid").to_owned()), ("body".to_owned(), text.to_owned())]);
    if !sign::same(field("sign"), &sign::md5_of_params(&params, &inner.config.delivery_token)) {
        return Err(Refusal(40_001, "invalid sign".into()));
    }
    // The error names a place, not what stands there: it could be somebody's address.
    serde_json::from_str(text).map_err(|e| Refusal(47_001, format!("data format error at column {}", e.column())))
}

#[derive(Deserialize)]
struct Add {
    wx_store_id: String,
    store_order_id: String,
    callback_url: String,
    user_name: String,
    user_phone: String,
    user_address: String,
    #[serde(default)]
    order_seq: String,
    user_lat: f64,
    user_lng: f64,
    cargo: Cargo,
}

#[derive(Deserialize)]
struct Cargo {
    cargo_weight: u64,
}

#[derive(Deserialize)]
struct Which {
    store_order_id: String,
}

type Params = Query<BTreeMap<String, String>>;

pub(crate) async fn add(State(inner): State<Arc<Inner>>, Query(q): Params, body: Bytes) -> Response {
    answer(believe(&inner, &q, &body).and_then(|a| do_add(&inner, &a)))
}

fn do_add(inner: &Inner, a: &Add) -> Result<Value, Refusal> {
    let bad = |what: &str| Err(Refusal(47_001, format!("invalid {what}")));
    if a.store_order_id.is_empty() || a.store_order_id.len() > 64 {
        return bad("store_order_id");
    }
    if a.user_name.is_empty() || a.user_phone.is_empty() || a.user_address.is_empty() {
        return bad("user");
    }
    if !a.user_lat.is_finite() || !a.user_lng.is_finite() || (a.user_lat == 0.0 && a.user_lng == 0.0) {
        return bad("user_lat, user_lng");
    }
    if a.cargo.cargo_weight == 0 {
        return bad("cargo_weight");
    }
    if !a.callback_url.starts_with("http") {
        return bad("callback_url");
    }
    let now = inner.now();
    let wx_order_id = inner.db.tx(|tx| {
        if let Some(known) = load(tx, &a.store_order_id)? {
            return Ok(known.wx_order_id);
        }
        let wx_order_id = format!("{:013}{:06}", now.0, now.0.rem_euclid(999_983));
        let recipient = format!("{} {} {}", keys::mask_name(&a.user_name), keys::mask_phone(&a.user_phone), keys::mask_address(&a.user_address));
        tx.execute(
            "INSERT INTO delivery (store_order_id, wx_order_id, store_name, short_code, recipient, callback_url, state, next_at, created)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                a.store_order_id,
                wx_order_id,
                a.wx_store_id,
                a.order_seq,
                recipient,
                a.callback_url,
                CREATED,
                next_step(inner.config.pace, CREATED).map(|(_, gap)| now.plus(gap).0),
                now.0
            ],
        )?;
        Ok::<_, Refusal>(wx_order_id)
    })?;
    inner.wake.notify_one();
    Ok(json!({"wx_order_id": wx_order_id, "store_order_id": a.store_order_id, "wx_store_id": a.wx_store_id, "service_trans_id": "SANDBOX"}))
}

pub(crate) async fn query(State(inner): State<Arc<Inner>>, Query(q): Params, body: Bytes) -> Response {
    answer(believe::<Which>(&inner, &q, &body).and_then(|w| {
        let d = inner.db.tx(|tx| load(tx, &w.store_order_id))?.ok_or(NotMoved::Unknown)?;
        Ok(json!({
            "wx_order_id": d.wx_order_id, "store_order_id": d.store_order_id, "wx_store_id": d.store_name, "order_status": d.state,
            "rider_name": d.rider_name, "rider_phone": d.rider_phone, "create_time": d.created.seconds(),
        }))
    }))
}

pub(crate) async fn cancel(State(inner): State<Arc<Inner>>, Query(q): Params, body: Bytes) -> Response {
    answer(believe::<Which>(&inner, &q, &body).and_then(|w| {
        let id = w.store_order_id;
        inner.db.tx(|tx| {
            let d = load(tx, &id)?.ok_or(NotMoved::Unknown)?;
            // Cancelling again is the same cancelling; once the rider has the goods it is too late.
            match d.state {
                CANCELLED_BY_MERCHANT | CANCELLED_BY_CARRIER => Ok(()),
                DELIVERING | ABNORMAL => Err(Refusal(930_003, "骑手已取货，不能取消".into())),
                _ => Ok(move_in(tx, &inner, &id, &Move::to(CANCELLED_BY_MERCHANT), inner.now())?),
            }
        })?;
        Ok(json!({"store_order_id": id}))
    }))
}

/// How a delivery is moved, and what is told of it.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct Move {
    order_status: u32,
    /// This rider has it.
    #[serde(default)]
    rider: Option<String>,
    /// The time that the call-back names, in seconds; now by itself.
    #[serde(default)]
    at: Option<i64>,
    /// It moves, and its call-back is lost.
    #[serde(default)]
    lost: bool,
    /// It does not move: the call-back is late, or untrue.
    #[serde(default)]
    stale: bool,
}

impl Move {
    /// To a state, with its call-back.
    pub(crate) fn to(order_status: u32) -> Self {
        Self { order_status, ..Self::default() }
    }
}

/// `POST /sandbox/delivery/{id}/move` with `{"order_status": 30000}`; see [`Move`].
pub(crate) async fn move_by_machine(State(inner): State<Arc<Inner>>, Path(id): Path<String>, Json(to): Json<Move>) -> Response {
    match move_to(&inner, &id, &to) {
        Ok(()) => Json(json!({"store_order_id": id, "order_status": to.order_status})).into_response(),
        Err(e) => (e.status(), Json(json!({"message": e.text()}))).into_response(),
    }
}
