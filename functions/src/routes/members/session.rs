//! Members: the mini-program's code becomes a session; a web-view gets it by a single-use ticket in its URL.

use liandian_partners::sign;
use liandian_store::{access::sessions::OneTime, members::Member};
use liandian_types::{
    Code, MemberId, Problem, Timestamp,
    api::{LoginRequest, Session, Ticket, TicketRequest},
    path,
};

use crate::{
    App, access,
    auth::{MemberSession, SESSION_COOKIE, SESSION_MS, set_cookie},
    http::{Call, Failure, Reply},
    people::{digest, member_place},
};

const TICKET: &str = "TICKET";
const TICKET_MS: i64 = 5 * Timestamp::MINUTE;
/// What a member is called until they say otherwise.
const NICKNAME: &str = "微信用户";

/// Logs in with the code that `wx.login` gave.
///
/// # Errors
/// `unauthenticated` when WeChat does not know the code (any more).
pub async fn create(app: App, call: Call) -> Result<Reply, Failure> {
    let request: LoginRequest = call.json()?;
    let (member, nickname) = log_in(&app, &request.code, call.now).await?;
    access::member_login(&app, &call, &member).await?;
    let (token, expires) = token(&app, &call, &member).await?;
    let cookie = session_cookie(&app, &token);
    Ok(Reply::json(&Session { member, nickname, expires, token })?.header("set-cookie", cookie))
}

/// Logs out: the session's tokens count for nothing any more, whichever way one is sent. The member's other sessions go on.
///
/// # Errors
/// [`Failure`] from the tables.
pub async fn end(app: App, call: Call) -> Result<Reply, Failure> {
    let bearer = call.headers.get("authorization").and_then(|h| h.strip_prefix("Bearer "));
    for session in bearer.and_then(|t| app.tokens.check_member(t, call.now)).into_iter().chain(here(&app, &call)) {
        app.ended.end(&app.tables, &session, call.now).await?;
    }
    Ok(Reply::empty().header("set-cookie", set_cookie(SESSION_COOKIE, "", "/", 0, app.config.secure_cookies())))
}

/// Gives a ticket for the web-view's URL.
///
/// # Errors
/// As [`create`]; `bad_request` for a path that leads out of this shop.
pub async fn ticket_create(app: App, call: Call) -> Result<Reply, Failure> {
    let request: TicketRequest = call.json()?;
    if !path::own_path(&request.to) {
        return Err(Problem::new(Code::BadRequest, "to 必须是本站内的路径").at("to").into());
    }
    let (member, _) = log_in(&app, &request.code, call.now).await?;
    access::member_login(&app, &call, &member).await?;
    let ticket = random_token()?;
    let record = OneTime { subject: member.to_string(), to: request.to, ttl: call.now.plus(TICKET_MS).seconds() };
    app.tables.put_one_time(TICKET, &digest(&ticket), &record).await?;
    Reply::json(&Ticket { path: format!("/enter/{ticket}"), ticket })
}

/// Exchanges the ticket for the session cookie and goes on without it. A person is looking at this: a bad ticket leads to
/// the login page, and one of somebody else than who is logged in asks first: a link must not make a customer order under another's name.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn ticket_exchange(app: App, call: Call) -> Result<Reply, Failure> {
    let ticket: String = call.param("ticket")?;
    if let Some(here) = here(&app, &call)
        && !app.ended.has(&app.tables, &here, call.now).await?
        && let Some(record) = app.tables.peek_one_time(TICKET, &digest(&ticket), call.now).await?
        && record.subject != here.member.to_string()
    {
        return Ok(ask_to_switch(&ticket));
    }
    exchange(&app, &call, &ticket).await
}

/// The same, after the person has said that the session may be replaced.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn ticket_switch(app: App, call: Call) -> Result<Reply, Failure> {
    let ticket: String = call.param("ticket")?;
    exchange(&app, &call, &ticket).await
}

async fn exchange(app: &App, call: &Call, ticket: &str) -> Result<Reply, Failure> {
    let record = app.tables.take_one_time(TICKET, &digest(ticket), call.now).await?;
    let Some((to, member)) = record.and_then(|r| Some((r.to, r.subject.parse::<MemberId>().ok()?))) else {
        return Ok(Reply::empty().header("location", "/login?expired=1".into()));
    };
    let (token, _) = self::token(app, call, &member).await?;
    Ok(Reply::empty().header("set-cookie", session_cookie(app, &token)).header("location", to))
}

/// The session of this browser's cookie.
fn here(app: &App, call: &Call) -> Option<MemberSession> {
    call.headers.get("cookie").and_then(|c| app.cookie(c, SESSION_COOKIE)).and_then(|t| app.tokens.check_member(t, call.now))
}

/// A token for this browser, whose session becomes this member's: one of another member ends, one of the same goes on.
async fn token(app: &App, call: &Call, member: &MemberId) -> Result<(String, Timestamp), Failure> {
    let made = match here(app, call) {
        Some(session) if session.member != *member => {
            app.ended.end(&app.tables, &session, call.now).await?;
            app.tokens.member(member, call.now)
        }
        Some(session) if !app.ended.has(&app.tables, &session, call.now).await? => app.tokens.member_in(session.id, member, call.now),
        _ => app.tokens.member(member, call.now),
    };
    made.map_err(Failure::Internal)
}

/// A page of two buttons. It needs nothing of the shop, and no script.
fn ask_to_switch(ticket: &str) -> Reply {
    // A ticket is ours: hexadecimal digits. Anything else is not written into a page.
    let ticket: String = ticket.chars().filter(char::is_ascii_hexdigit).collect();
    let page = format!(
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <title>切换账号</title><style>body{{font:17px/1.6 system-ui;max-width:26em;margin:15vh auto;padding:0 24px;text-align:center}}\
         button,a{{display:block;width:100%;min-height:48px;margin-top:16px;border:0;border-radius:8px;font:inherit;line-height:48px;\
         text-decoration:none;box-sizing:border-box}}button{{background:#067c3f;color:#fff}}a{{background:#f2f2f2;color:#1a1a1a}}</style>\
         <h1>切换到另一个账号？</h1><p>您已登录另一个账号。继续后，这个浏览器将换成链接中的账号。</p>\
         <form method=\"post\" action=\"/enter/{ticket}\"><button>换成链接中的账号</button></form><a href=\"/\">保持现在的账号</a></html>"
    );
    Reply { body: page, status: Some(200), ..Reply::default() }
        .header("content-type", "text/html; charset=utf-8".into())
        .header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'".into())
}

fn session_cookie(app: &App, token: &str) -> String {
    set_cookie(SESSION_COOKIE, token, "/", SESSION_MS, app.config.secure_cookies())
}

pub(crate) fn random_token() -> Result<String, Failure> {
    Ok(hex::encode(sign::random::<32>().map_err(|e| Failure::Internal(e.to_string()))?))
}

/// The member behind a code, made when there is none yet.
async fn log_in(app: &App, code: &str, now: Timestamp) -> Result<(MemberId, String), Failure> {
    if code.is_empty() || code.len() > 128 {
        return Err(Problem::new(Code::BadRequest, "登录凭证无效").at("code").into());
    }
    let openid = match app.wechat()?.code_to_session(code).await {
        Ok(openid) => openid,
        Err(e) if e.retryable() => return Err(Failure::Unavailable(e.to_string())),
        Err(e) => {
            tracing::info!(error = %e, "login refused");
            return Err(Failure::refuse(Code::Unauthenticated, "登录凭证无效或已过期，请重新登录"));
        }
    };
    let keys = app.keys()?;
    let index = keys.blind_index(openid.expose());
    // Twice at most: the second time somebody else has just added the same person.
    for _ in 0..2 {
        if let Some(member) = app.tables.member_of(&index).await? {
            let nickname = match app.tables.member(&member).await? {
                Some(m) => keys.unwrap(&m.key).await?.open(&member_place(&member, "nickname"), &m.nickname)?.expose().to_owned(),
                None => NICKNAME.to_owned(),
            };
            return Ok((member, nickname));
        }
        let key = keys.new_data_key().await?;
        let member: MemberId = app.id();
        let row = Member {
            openid: key.seal(&member_place(&member, "openid"), openid.expose())?,
            nickname: key.seal(&member_place(&member, "nickname"), NICKNAME)?,
            member,
            key: key.wrapped,
            since: now,
        };
        if app.tables.add_member(&row, &index).await? {
            return Ok((row.member, NICKNAME.to_owned()));
        }
    }
    Err(Failure::Unavailable("a member was added and not found".into()))
}
