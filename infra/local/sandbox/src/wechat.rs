//! WeChat's login: codes that work once, demo users, telephone numbers by code, and the call that the native shell makes to our API.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use liandian_partners::sign;
use liandian_types::Timestamp;
use rusqlite::params;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Error, Inner};

/// How long a code may be used.
const CODE_LIFE: i64 = 5 * Timestamp::MINUTE;

/// A code for an openid, as `wx.login` gives it.
pub(crate) fn mint(inner: &Inner, openid: &str) -> Result<String, Error> {
    let code = format!("0{}", sign::nonce()?);
    let now = inner.now();
    inner.db.tx(|tx| {
        tx.execute("DELETE FROM js_code WHERE created < ?1", [now.0 - CODE_LIFE])?;
        tx.execute("INSERT INTO js_code (code, openid, created) VALUES (?1, ?2, ?3)", params![code, openid, now.0])
    })?;
    Ok(code)
}

/// Someone who has never been here; kept, so that they can come back.
pub(crate) fn new_user(inner: &Inner) -> Result<String, Error> {
    let openid = format!("o{}", &sign::nonce()?[..27]);
    let nickname = format!("新用户{}", &openid[24..].to_uppercase());
    let sql = "INSERT INTO user (openid, nickname, created) VALUES (?1, ?2, ?3)";
    inner.db.tx(|tx| tx.execute(sql, params![openid, nickname, inner.now().0]))?;
    Ok(openid)
}

/// The configured users, then the newest of those made here.
pub(crate) fn users(inner: &Inner) -> Result<Vec<(String, String)>, Error> {
    let made: Vec<(String, String)> = inner.db.tx(|tx| {
        tx.prepare("SELECT openid, nickname FROM user ORDER BY created DESC LIMIT 8")?
            .query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?
            .collect::<Result<_, _>>()
    })?;
    Ok(inner.config.users.iter().cloned().chain(made).collect())
}

/// `GET /sns/jscode2session`.
pub(crate) async fn code_to_session(State(inner): State<Arc<Inner>>, Query(q): Query<BTreeMap<String, String>>) -> Response {
    let field = |name: &str| q.get(name).map_or("", String::as_str);
    let refuse = |code: i64, message: &str| Json(json!({"errcode": code, "errmsg": message})).into_response();
    if field("appid") != inner.config.appid {
        return refuse(40_013, "invalid appid");
    }
    if !sign::same(field("secret"), &inner.config.app_secret) {
        return refuse(40_125, "invalid appsecret");
    }
    if field("grant_type") != "authorization_code" {
        return refuse(40_002, "invalid grant_type");
    }
    // One statement finds and uses it, so that of two who come at once only one is served.
    let used: Result<Vec<String>, Error> = inner.db.tx(|tx| {
        Ok(tx
            .prepare_cached("UPDATE js_code SET used = 1 WHERE code = ?1 AND used = 0 AND created >= ?2 RETURNING openid")?
            .query_map(params![field("js_code"), inner.now().0 - CODE_LIFE], |r| r.get(0))?
            .collect::<Result<_, _>>()?)
    });
    let session_key = sign::random::<16>().map(|k| STANDARD.encode(k));
    match (used, session_key) {
        (Ok(mut openids), Ok(session_key)) => match openids.pop() {
            Some(openid) => Json(json!({"openid": openid, "session_key": session_key})).into_response(),
            None => refuse(40_029, "invalid code"),
        },
        (Err(error), _) => {
            tracing::error!(%error, "wechat sandbox");
            refuse(-1, "system error")
        }
        (_, Err(error)) => {
            tracing::error!(%error, "wechat sandbox");
            refuse(-1, "system error")
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct WhoseCode {
    openid: String,
}

/// `POST /sandbox/code` with `{"openid": …}`.
pub(crate) async fn code_by_machine(State(inner): State<Arc<Inner>>, Json(w): Json<WhoseCode>) -> Response {
    match mint(&inner, &w.openid) {
        Ok(code) => Json(json!({"code": code})).into_response(),
        Err(error) => {
            tracing::error!(%error, "wechat sandbox");
            (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({"message": "系统繁忙"}))).into_response()
        }
    }
}

/// A path on the same site and nothing else: browsers read `//x` and `/\x` as another host.
pub(crate) fn is_path(to: &str) -> bool {
    to.starts_with('/') && !to.starts_with("//") && !to.contains(|c: char| c == '\\' || c.is_control())
}

/// What the native shell does: log in with a code, get a ticket, and know where to point the web-view.
pub(crate) async fn ticket(inner: &Inner, openid: &str, to: &str) -> Result<String, String> {
    let code = mint(inner, openid).map_err(|e| e.to_string())?;
    let url = format!("{}/api/v1/tickets", inner.config.api_origin);
    let answer = inner.http.post(url).json(&json!({"code": code, "to": to})).send().await.map_err(|e| e.without_url().to_string())?;
    let status = answer.status();
    if !status.is_success() {
        return Err(format!("status {status}"));
    }
    let v: Value = answer.json().await.map_err(|e| e.without_url().to_string())?;
    match v["path"].as_str() {
        Some(path) if is_path(path) => Ok(format!("{}{path}", inner.config.public_origin)),
        _ => Err("no path in the answer".into()),
    }
}

// ------------------------------------------------------------------ telephone numbers

/// The token of calls from server to server: the same for as long as the sandbox lives.
fn access_token(inner: &Inner) -> String {
    format!("stable-{}", inner.config.appid)
}

fn refuse(code: i64, message: &str) -> Response {
    Json(json!({"errcode": code, "errmsg": message})).into_response()
}

#[derive(Deserialize)]
pub(crate) struct WhoAsks {
    #[serde(default)]
    grant_type: String,
    #[serde(default)]
    appid: String,
    #[serde(default)]
    secret: String,
}

/// `POST /cgi-bin/stable_token`.
pub(crate) async fn stable_token(State(inner): State<Arc<Inner>>, Json(w): Json<WhoAsks>) -> Response {
    if w.grant_type != "client_credential" {
        return refuse(40_002, "invalid grant_type");
    }
    if w.appid != inner.config.appid {
        return refuse(40_013, "invalid appid");
    }
    if !sign::same(&w.secret, &inner.config.app_secret) {
        return refuse(40_125, "invalid appsecret");
    }
    Json(json!({"access_token": access_token(&inner), "expires_in": 7200})).into_response()
}

#[derive(Deserialize)]
pub(crate) struct ByCode {
    #[serde(default)]
    code: String,
}

/// `POST /wxa/business/getuserphonenumber`.
pub(crate) async fn phone_of_code(State(inner): State<Arc<Inner>>, Query(q): Query<BTreeMap<String, String>>, Json(b): Json<ByCode>) -> Response {
    if !q.get("access_token").is_some_and(|t| sign::same(t, &access_token(&inner))) {
        return refuse(40_001, "invalid credential, access_token is invalid or not latest");
    }
    let used: Result<Vec<(String, String)>, Error> = inner.db.tx(|tx| {
        Ok(tx
            .prepare_cached("DELETE FROM phone_code WHERE code = ?1 AND created >= ?2 RETURNING country, phone")?
            .query_map(params![b.code, inner.now().0 - CODE_LIFE], |r| Ok((r.get(0)?, r.get(1)?)))?
            .collect::<Result<_, _>>()?)
    });
    match used.map(|mut found| found.pop()) {
        Ok(Some((country, phone))) => Json(json!({
            "errcode": 0,
            "errmsg": "ok",
            "phone_info": {"phoneNumber": format!("+{country}{phone}"), "purePhoneNumber": phone, "countryCode": country},
        }))
        .into_response(),
        Ok(None) => refuse(40_029, "invalid code"),
        Err(error) => {
            tracing::error!(%error, "wechat sandbox");
            refuse(-1, "system error")
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct WhoseNumber {
    phone: String,
    #[serde(default = "china")]
    country: String,
}

fn china() -> String {
    "86".to_owned()
}

/// `POST /sandbox/phone-code` with `{"phone": …}`: what WeChat's button would give to the page.
pub(crate) async fn phone_code_by_machine(State(inner): State<Arc<Inner>>, Json(w): Json<WhoseNumber>) -> Response {
    let made: Result<String, Error> = sign::nonce().map_err(Error::from).and_then(|code| {
        let (sql, now) = ("INSERT INTO phone_code (code, country, phone, created) VALUES (?1, ?2, ?3, ?4)", inner.now());
        inner.db.tx(|tx| {
            tx.execute("DELETE FROM phone_code WHERE created < ?1", [now.0 - CODE_LIFE])?;
            tx.execute(sql, params![code, w.country, w.phone, now.0])
        })?;
        Ok(code)
    });
    match made {
        Ok(code) => Json(json!({"code": code})).into_response(),
        Err(error) => {
            tracing::error!(%error, "wechat sandbox");
            (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({"message": "系统繁忙"}))).into_response()
        }
    }
}
