//! Staff sessions: a short-lived access token and a refresh token that works once.

use liandian_store::people::{Once, Staff};
use liandian_types::{
    Code, Problem,
    api::{StaffLogin, StaffRefresh, StaffSession},
};

use crate::{
    App,
    auth::{self, ACCESS_MS, REFRESH_COOKIE, REFRESH_MS, STAFF_COOKIE, set_cookie},
    http::{Call, Failure, Reply, cookie},
    people::digest,
    routes::session::random_token,
};

const REFRESH: &str = "REFRESH";
const REFRESH_PATH: &str = "/api/v1/staff/session";
/// Tries a minute per user name and address.
const TRIES: u32 = 10;
/// Tries a minute per user name, from wherever they come: more than one who wants to lock somebody out reaches from a few places,
/// far less than guessing needs.
const TRIES_EVERYWHERE: u32 = 100;

/// Logs in.
///
/// # Errors
/// `unauthenticated`, the same for an unknown name and a wrong password; `rate_limited`.
pub async fn login(app: App, call: Call) -> Result<Reply, Failure> {
    let request: StaffLogin = call.json()?;
    if request.username.len() > 64 || request.password.len() > 256 {
        return Err(Problem::new(Code::BadRequest, "用户名或密码过长").at("username").into());
    }
    let here = format!("{}@{}", request.username, call.client);
    // Counted before the password is looked at: many tries at once do not slip through. What one place has too many of does not
    // count against the account.
    if !app.store.count_request("staff-login-at", &here, TRIES, call.now).await?
        || !app.store.count_request("staff-login-name", &request.username, TRIES_EVERYWHERE, call.now).await?
    {
        return Err(Failure::refuse(Code::RateLimited, "该账号尝试次数过多，请一分钟后再试"));
    }
    let staff = app.store.staff(&request.username).await?;
    let (password, hash) = (request.password, staff.as_ref().map(|s| s.password.clone()));
    // Argon2 takes tens of milliseconds of a core: not on a thread that serves others.
    let fits =
        tokio::task::spawn_blocking(move || auth::password_is(&password, hash.as_deref())).await.map_err(|e| Failure::Internal(e.to_string()))?;
    match staff {
        Some(staff) if fits => session(&app, &call, staff, None).await,
        _ => Err(Failure::refuse(Code::Unauthenticated, "用户名或密码不正确")),
    }
}

/// A new pair of tokens for a refresh token, once.
///
/// # Errors
/// `unauthenticated`.
pub async fn refresh(app: App, call: Call) -> Result<Reply, Failure> {
    let request: StaffRefresh = if call.body.is_empty() { StaffRefresh { refresh_token: None } } else { call.json()? };
    let expired = || Failure::refuse(Code::Unauthenticated, "登录已过期，请重新登录");
    let token = request.refresh_token.or_else(|| refresh_cookie(&call)).ok_or_else(expired)?;
    let used = digest(&token);
    let record = app.store.peek_once(REFRESH, &used, call.now).await?.ok_or_else(expired)?;
    let staff = app.store.staff(&record.subject).await?.ok_or_else(expired)?;
    session(&app, &call, staff, Some(&used)).await
}

/// Ends the session.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn logout(app: App, call: Call) -> Result<Reply, Failure> {
    if let Some(token) = refresh_cookie(&call) {
        app.store.take_once(REFRESH, &digest(&token), call.now).await?;
    }
    let secure = app.config.secure_cookies();
    Ok(Reply::empty()
        .header("set-cookie", set_cookie(STAFF_COOKIE, "", "/", 0, secure))
        .header("set-cookie", set_cookie(REFRESH_COOKIE, "", REFRESH_PATH, 0, secure)))
}

fn refresh_cookie(call: &Call) -> Option<String> {
    call.headers.get("cookie").and_then(|c| cookie(c, REFRESH_COOKIE)).map(str::to_owned)
}

/// A new session; in exchange for the refresh token with digest `used`, when there is one.
async fn session(app: &App, call: &Call, staff: Staff, used: Option<&str>) -> Result<Reply, Failure> {
    let permissions = app.store.role(staff.role).await?.map_or_else(|| staff.role.default_permissions(), |r| r.permissions);
    let claims = auth::Staff::begin(staff.staff.clone(), staff.name.clone(), staff.role, staff.scope.clone(), permissions, call.now);
    let access_token = app.tokens.staff(&claims).map_err(Failure::Internal)?;
    let refresh_token = random_token()?;
    let record = Once { subject: staff.username, to: String::new(), ttl: call.now.plus(REFRESH_MS).seconds() };
    let next = digest(&refresh_token);
    match used {
        None => app.store.put_once(REFRESH, &next, &record).await?,
        Some(used) if app.store.replace_once(REFRESH, used, &next, &record, call.now).await? => {}
        Some(_) => return Err(Failure::refuse(Code::Unauthenticated, "登录已过期，请重新登录")),
    }
    let secure = app.config.secure_cookies();
    let cookies = [
        set_cookie(STAFF_COOKIE, &access_token, "/", ACCESS_MS, secure),
        set_cookie(REFRESH_COOKIE, &refresh_token, REFRESH_PATH, REFRESH_MS, secure),
    ];
    let answer = StaffSession {
        staff: staff.staff,
        name: staff.name,
        role: staff.role,
        scope: staff.scope,
        access_token,
        expires: claims.expires(),
        refresh_token,
    };
    let [access, refresh] = cookies;
    Ok(Reply::json(&answer)?.header("set-cookie", access).header("set-cookie", refresh))
}
