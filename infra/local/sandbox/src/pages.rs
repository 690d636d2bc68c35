//! Pages for people: the cashier, the mini-program's shell, and the overview. Plain forms, no script, phone size.
//!
//! What must not live here: what the buttons do; that is in the partners' modules.

use std::{fmt::Write, sync::Arc};

use axum::{
    Form,
    extract::{Query, Request, State},
    http::{
        HeaderMap, HeaderValue, Method, StatusCode,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
    },
    middleware::Next,
    response::{Html, IntoResponse, Redirect, Response},
};
use liandian_types::Timestamp;
use serde::Deserialize;

use crate::{
    Inner, Pace, callbacks,
    delivery::{self, Delivery},
    faults::Partner,
    payment::{self, By, Payment},
    wechat,
};

/// How many rows the overview shows.
const SHOWN: i64 = 50;

const STYLE: &str = "
*{box-sizing:border-box}body{margin:0 auto;max-width:480px;background:#ededed;color:rgba(0,0,0,.9);font:17px/1.4 -apple-system,'PingFang SC','Noto Sans CJK SC',sans-serif}
main{padding:16px}h1{font-size:20px;font-weight:500;margin:8px 0 16px}h2{font-size:14px;font-weight:400;color:rgba(0,0,0,.5);margin:24px 16px 8px}
.cell{background:#fff;padding:14px 16px;display:flex;justify-content:space-between;gap:12px;border-bottom:1px solid rgba(0,0,0,.06)}
.cells{border-radius:8px;overflow:hidden;margin:0 0 16px}.cell span:first-child{color:rgba(0,0,0,.5);flex:none}.cell span:last-child{text-align:right;overflow-wrap:anywhere}
.sum{text-align:center;padding:32px 0 24px}.sum b{font-size:40px;font-weight:600}.sum p{margin:0;color:rgba(0,0,0,.5)}
.btn{display:block;width:100%;min-height:48px;margin:0 0 12px;border:0;border-radius:8px;font:inherit;font-weight:500;text-align:center;text-decoration:none;line-height:48px;background:#fff;color:#06ae56}
.main{background:#07c160;color:#fff}.note{font-size:14px;color:rgba(0,0,0,.5);text-align:center}
.row{background:#fff;border-radius:8px;padding:12px 16px;margin:0 0 10px}.row p{margin:0 0 4px;overflow-wrap:anywhere}.row small{color:rgba(0,0,0,.5)}.row form{display:flex;flex-wrap:wrap;gap:8px;margin-top:8px}
.row button{min-height:44px;padding:0 14px;border:0;border-radius:6px;background:#f2f2f2;color:#06ae56;font:inherit;font-size:15px}
:focus-visible{outline:3px solid #10aeff;outline-offset:2px}
@media(prefers-color-scheme:dark){body{background:#111;color:rgba(255,255,255,.8)}.cell,.row,.btn{background:#191919}.main{background:#07c160}.row button{background:#2c2c2c}
.cell{border-color:rgba(255,255,255,.05)}h2,.note,.sum p,.row small,.cell span:first-child{color:rgba(255,255,255,.5)}}";

fn esc(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

fn page(status: StatusCode, title: &str, head: &str, body: &str) -> Response {
    let title = esc(title);
    let html = format!(
        "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         {head}<title>{title}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    );
    (status, Html(html)).into_response()
}

fn message(status: StatusCode, title: &str, text: &str, back: Option<&str>) -> Response {
    let link = back.map(|b| format!("<a class=\"btn main\" href=\"{}\">返回商家</a>", esc(b))).unwrap_or_default();
    page(status, title, "", &format!("<div class=\"sum\"><h1>{}</h1><p>{}</p></div>{link}", esc(title), esc(text)))
}

/// No script, no framing, no cache, no guessing of types.
pub(crate) async fn safe_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let csp = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
    response.headers_mut().extend([
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(csp)),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    ]);
    response
}

fn origin_of(url: &str) -> Option<String> {
    Some(reqwest::Url::parse(url).ok()?.origin().ascii_serialization())
}

/// A write from a page of another site is refused. Programs send no Origin.
pub(crate) async fn same_site(State(inner): State<Arc<Inner>>, headers: HeaderMap, request: Request, next: Next) -> Response {
    let text = |name| headers.get(name).and_then(|v: &HeaderValue| v.to_str().ok());
    // A name that somebody lets lead to this machine makes a foreign page same-origin: only names of its own count.
    let name = text(HOST).map(|h| h.rsplit_once(':').map_or(h, |(name, _)| name));
    if name.is_some_and(|n| !matches!(n, "127.0.0.1" | "localhost")) {
        return message(StatusCode::FORBIDDEN, "不能这样访问", "请用 127.0.0.1 或 localhost 打开", None);
    }
    if let Some(origin) = headers.get(ORIGIN)
        && request.method() != Method::GET
    {
        let origin = origin.to_str().unwrap_or_default();
        let known = [&inner.config.own_origin, &inner.config.public_origin].iter().any(|o| origin_of(o).as_deref() == Some(origin));
        let own_host = text(HOST).is_some_and(|h| origin.split_once("://").is_some_and(|(_, o)| o == h));
        if !known && !own_host {
            return message(StatusCode::FORBIDDEN, "不能这样提交", "请求来自其他网站", None);
        }
    }
    next.run(request).await
}

pub(crate) async fn home() -> Redirect {
    Redirect::to("/sandbox")
}

// ------------------------------------------------------------------ cashier

#[derive(Deserialize)]
pub(crate) struct Cashier {
    #[serde(default)]
    prepay_id: String,
    /// Where to go afterwards: within the shop only.
    #[serde(default)]
    back: Option<String>,
    #[serde(default)]
    action: String,
}

impl Cashier {
    /// `Err` when it would lead out of the shop. A path is one of the shop's.
    fn back(&self, inner: &Inner) -> Result<Option<String>, Box<Response>> {
        let Some(back) = self.back.as_deref().filter(|b| !b.is_empty()) else { return Ok(None) };
        let url = reqwest::Url::parse(&inner.config.public_origin).and_then(|shop| shop.join(back)).ok();
        let url = url.filter(|u| u.username().is_empty() && Some(u.origin().ascii_serialization()) == origin_of(&inner.config.public_origin));
        url.map(|u| Some(u.to_string())).ok_or_else(|| Box::new(message(StatusCode::BAD_REQUEST, "链接有误", "返回地址不属于商家", None)))
    }
}

pub(crate) async fn cashier(State(inner): State<Arc<Inner>>, Query(c): Query<Cashier>) -> Response {
    let back = match c.back(&inner) {
        Ok(back) => back,
        Err(response) => return *response,
    };
    let p = match payment::look(&inner, &c.prepay_id) {
        Ok(p) => p,
        Err(e) => return message(e.status(), e.text(), "请返回商家重新下单", back.as_deref()),
    };
    let hindrance = match p.state.as_str() {
        "SUCCESS" => Some("支付成功"),
        "REFUND" => Some("已退款"),
        "CLOSED" => Some("订单已关闭"),
        _ if p.expired(inner.now()) => Some("订单已过期"),
        _ => None,
    };
    let yuan = p.total.yuan();
    if let Some(text) = hindrance {
        return message(StatusCode::OK, text, &format!("{} ¥{yuan}", inner.config.merchant_name), back.as_deref());
    }
    let body = format!(
        "<div class=\"sum\"><p>{merchant}</p><b>¥{yuan}</b></div>\
         <div class=\"cells\"><div class=\"cell\"><span>收款方</span><span>{merchant}</span></div>\
         <div class=\"cell\"><span>商品</span><span>{description}</span></div><div class=\"cell\"><span>订单号</span><span>{no}</span></div></div>\
         <form method=\"post\" action=\"/pay\"><input type=\"hidden\" name=\"prepay_id\" value=\"{prepay}\">\
         <input type=\"hidden\" name=\"back\" value=\"{back}\">\
         <button class=\"btn main\" name=\"action\" value=\"confirm\">确认支付</button>\
         <button class=\"btn\" name=\"action\" value=\"cancel\">取消</button></form>\
         <p class=\"note\">支付沙箱：不会真的扣款</p>",
        merchant = esc(&inner.config.merchant_name),
        description = esc(&p.description),
        no = esc(&p.out_trade_no),
        prepay = esc(&c.prepay_id),
        back = esc(back.as_deref().unwrap_or_default()),
    );
    page(StatusCode::OK, "收银台", "", &body)
}

pub(crate) async fn cashier_post(State(inner): State<Arc<Inner>>, Form(c): Form<Cashier>) -> Response {
    let back = match c.back(&inner) {
        Ok(back) => back,
        Err(response) => return *response,
    };
    if c.action != "confirm" {
        return match back {
            Some(back) => Redirect::to(&back).into_response(),
            None => message(StatusCode::OK, "已取消", "没有付款", None),
        };
    }
    match (payment::pay(&inner, &By::PrepayId(c.prepay_id)), back) {
        (Ok(_), Some(back)) => Redirect::to(&back).into_response(),
        (Ok(p), None) => message(StatusCode::OK, "支付成功", &format!("¥{}", p.total.yuan()), None),
        (Err(e), back) => message(e.status(), e.text(), "没有付款，请返回商家重新下单", back.as_deref()),
    }
}

// ------------------------------------------------------------------ the mini-program's shell

#[derive(Deserialize)]
pub(crate) struct Shell {
    #[serde(default)]
    to: Option<String>,
    /// Empty: someone new.
    #[serde(default)]
    openid: String,
}

impl Shell {
    fn to(&self) -> Result<&str, Box<Response>> {
        let to = self.to.as_deref().unwrap_or("/");
        if wechat::is_path(to) {
            Ok(to)
        } else {
            Err(Box::new(message(StatusCode::BAD_REQUEST, "链接有误", "to 应为以一个 / 开头的路径", None)))
        }
    }
}

fn broken(error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "sandbox page");
    message(StatusCode::INTERNAL_SERVER_ERROR, "系统繁忙", "请稍后再试", None)
}

pub(crate) async fn shell(State(inner): State<Arc<Inner>>, Query(s): Query<Shell>) -> Response {
    let to = match s.to() {
        Ok(to) => to,
        Err(response) => return *response,
    };
    let users = match wechat::users(&inner) {
        Ok(users) => users,
        Err(error) => return broken(&error),
    };
    let mut body =
        format!("<h1>选择一个演示用户</h1><form method=\"post\" action=\"/wechat\"><input type=\"hidden\" name=\"to\" value=\"{}\">", esc(to));
    for (openid, nickname) in users {
        let _ = write!(body, "<button class=\"btn\" name=\"openid\" value=\"{}\">{}</button>", esc(&openid), esc(&nickname));
    }
    body.push_str("<button class=\"btn main\" name=\"openid\" value=\"\">新用户</button></form><p class=\"note\">微信沙箱：代替小程序里的登录</p>");
    page(StatusCode::OK, "微信登录", "", &body)
}

pub(crate) async fn shell_post(State(inner): State<Arc<Inner>>, Form(s): Form<Shell>) -> Response {
    let to = match s.to() {
        Ok(to) => to,
        Err(response) => return *response,
    };
    let openid = if s.openid.is_empty() { wechat::new_user(&inner) } else { Ok(s.openid.clone()) };
    let openid = match openid {
        Ok(openid) => openid,
        Err(error) => return broken(&error),
    };
    match wechat::ticket(&inner, &openid, to).await {
        Ok(url) => Redirect::to(&url).into_response(),
        Err(why) => {
            tracing::warn!(why, "the shop gave no ticket");
            message(StatusCode::BAD_GATEWAY, "登录没有成功", "商城没有应答，请返回后再试一次", None)
        }
    }
}

// ------------------------------------------------------------------ overview

fn clock(t: Timestamp) -> String {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
    jiff::Timestamp::from_millisecond(t.0).map(|t| t.to_zoned(zone).strftime("%m-%d %H:%M:%S").to_string()).unwrap_or_default()
}

fn buttons(kind: &str, id: &str, choices: &[(&str, &str)]) -> String {
    let mut form = format!(
        "<form method=\"post\" action=\"/sandbox/do\"><input type=\"hidden\" name=\"kind\" value=\"{kind}\">\
         <input type=\"hidden\" name=\"id\" value=\"{}\">",
        esc(id)
    );
    for (value, text) in choices {
        let _ = write!(form, "<button name=\"action\" value=\"{value}\">{text}</button>");
    }
    form + "</form>"
}

fn standing((owed, ended): (i64, i64)) -> String {
    format!("回调：已结束 {ended}，待发送 {owed}")
}

fn payment_row(p: &Payment, calls: (i64, i64), now: Timestamp) -> String {
    let state = match p.state.as_str() {
        "SUCCESS" => "已支付",
        "REFUND" => "已退款",
        "CLOSED" => "已关闭",
        _ if p.expired(now) => "已过期",
        _ => "待支付",
    };
    let form = match state {
        "待支付" => buttons("payment", &p.out_trade_no, &[("pay", "支付")]),
        "已支付" | "已退款" => buttons("payment", &p.out_trade_no, &[("notify", "再发一次通知")]),
        _ => String::new(),
    };
    let (no, what, yuan, at, calls) = (esc(&p.out_trade_no), esc(&p.description), p.total.yuan(), clock(p.created), standing(calls));
    format!("<div class=\"row\"><p><b>¥{yuan}</b> {state}</p><p>{what}</p><p><small>{no}<br>{at} · {calls}</small></p>{form}</div>")
}

fn delivery_row(d: &Delivery, calls: (i64, i64)) -> String {
    let state = delivery::state_text(d.state).unwrap_or_default();
    let choices: &[(&str, &str)] = match d.state {
        _ if delivery::ended(d.state) => &[],
        10_000 | 60_000 => &[("30000", "骑手接单"), ("20001", "取消")],
        30_000 => &[("40000", "骑手到店"), ("60000", "骑手撤单"), ("20001", "取消")],
        40_000 => &[("50000", "骑手取货"), ("60000", "骑手撤单"), ("20001", "取消")],
        50_000 => &[("70000", "已送达"), ("90000", "配送异常"), ("20001", "取消")],
        90_000 => &[("50000", "继续配送"), ("70000", "送回门店"), ("20001", "取消")],
        _ => &[("30000", "骑手接单"), ("50000", "骑手取货"), ("20001", "取消")],
    };
    let form = if choices.is_empty() { String::new() } else { buttons("delivery", &d.store_order_id, choices) };
    let rider = format!("{} {}", d.rider_name.as_deref().unwrap_or("还没有骑手"), d.rider_phone.as_deref().unwrap_or_default());
    let (id, store, code, to, rider) = (esc(&d.store_order_id), esc(&d.store_name), esc(&d.short_code), esc(&d.recipient), esc(&rider));
    let (at, calls) = (clock(d.created), standing(calls));
    format!(
        "<div class=\"row\"><p><b>{state}</b> {store} {code}</p><p>{rider}</p><p>收货人 {to}</p><p><small>{id}<br>{at} · {calls}</small></p>{form}</div>"
    )
}

/// `GET /sandbox`: everything, newest first; looks again by itself.
pub(crate) async fn overview(State(inner): State<Arc<Inner>>) -> Response {
    let rows: Result<(String, String), rusqlite::Error> = inner.db.tx(|tx| {
        let (mut payments, mut deliveries) = (String::new(), String::new());
        for p in payment::newest(tx, SHOWN)? {
            payments += &payment_row(&p, callbacks::standing(tx, Partner::Payment, &p.out_trade_no)?, inner.now());
        }
        for d in delivery::newest(tx, SHOWN)? {
            deliveries += &delivery_row(&d, callbacks::standing(tx, Partner::Delivery, &d.store_order_id)?);
        }
        Ok((payments, deliveries))
    });
    let (payments, deliveries) = match rows {
        Ok(rows) => rows,
        Err(error) => return broken(&error),
    };
    let none = |rows: String| if rows.is_empty() { "<p class=\"note\">还没有</p>".to_owned() } else { rows };
    let pace = if inner.config.pace == Pace::Manual { "骑手：手动" } else { "骑手：自动" };
    let forward = [("20", "+20 分钟"), ("60", "+1 小时"), ("480", "+8 小时"), ("1440", "+1 天"), ("10080", "+7 天")];
    let time = format!("<h2>时钟 {}</h2>{}", clock(inner.now()), buttons("clock", "stack", &forward));
    let body = format!(
        "<h1>伙伴沙箱</h1><a class=\"btn\" href=\"/wechat\">以微信用户进入商城</a><p class=\"note\">每 5 秒刷新 · {pace}</p>{time}\
         <h2>支付</h2>{}<h2>配送</h2>{}",
        none(payments),
        none(deliveries)
    );
    page(StatusCode::OK, "伙伴沙箱", "<meta http-equiv=\"refresh\" content=\"5\">", &body)
}

#[derive(Deserialize)]
pub(crate) struct Do {
    kind: String,
    id: String,
    action: String,
}

/// A button of the overview.
pub(crate) async fn overview_post(State(inner): State<Arc<Inner>>, Form(d): Form<Do>) -> Response {
    let refusal = match (d.kind.as_str(), d.action.as_str()) {
        ("payment", "pay") => payment::pay(&inner, &By::OutTradeNo(d.id)).err().map(|e| (e.status(), e.text())),
        ("payment", "notify") => payment::owe_again(&inner, &d.id, 1).err().map(|e| (e.status(), e.text())),
        ("clock", minutes) => crate::clock::forward(&inner, minutes.parse().unwrap_or(0)).err(),
        ("delivery", state) => {
            delivery::move_to(&inner, &d.id, &delivery::Move::to(state.parse().unwrap_or(0))).err().map(|e| (e.status(), e.text()))
        }
        _ => Some((StatusCode::BAD_REQUEST, "没有这个操作")),
    };
    match refusal {
        None => Redirect::to("/sandbox").into_response(),
        Some((status, text)) => message(status, text, "请返回刷新后再试", None),
    }
}
