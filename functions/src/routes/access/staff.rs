//! Staff sessions: a short-lived access token and a refresh token that works once.

use liandian_domain::access::device;
use liandian_store::access::{
    sessions::{EndedSession, RefreshFamily, TOKENS_LIVE_MS},
    staff::Staff,
};
use liandian_types::{
    AccountState, Code, Problem,
    api::{StaffLogin, StaffRefresh, StaffSession},
};

use crate::{
    App, access,
    auth::{self, ACCESS_MS, LOGGED_IN_MS, REFRESH_COOKIE, REFRESH_MS, STAFF_COOKIE, set_cookie},
    http::{Call, Failure, Reply},
    limits::network,
    people::digest,
    routes::members::session::random_token,
    telemetry,
};

/// The longest user name, in bytes.
pub const MAX_USERNAME: usize = 64;
/// Within this time a spent token is that of a second tab, not of a thief.
const TABS_MS: i64 = 10_000;
const REFRESH_PATH: &str = "/api/v1/staff/session";
/// Tries a minute per user name and address.
pub(super) const TRIES: u32 = 10;
/// Tries a minute per user name, from wherever they come: more than one who wants to lock somebody out reaches from a few places,
/// far less than guessing needs.
pub(super) const TRIES_EVERYWHERE: u32 = 100;

/// Logs in. Whether it succeeds or not, it is on record before it is answered.
/// (Who tries one password on many accounts is stopped by the row's limit of wrong answers per address.)
///
/// # Errors
/// `unauthenticated`, the same for an unknown name and a wrong password; `rate_limited`.
pub async fn login(app: App, call: Call) -> Result<Reply, Failure> {
    let request: StaffLogin = call.json()?;
    if request.username.len() > MAX_USERNAME || request.password.len() > 256 {
        return Err(Problem::new(Code::BadRequest, "用户名或密码过长").at("username").into());
    }
    // People type passwords into the wrong field: the counters' keys hold no text of theirs.
    let name = digest(&request.username);
    let here = format!("{name}@{}", network(&call.client));
    // Counted before the password is looked at: many tries at once do not slip through. What one place has too many of does not
    // count against the account.
    if !app.tables.count_request("staff-login-at", &here, TRIES, call.now).await?
        || !app.tables.count_request("staff-login-name", &name, TRIES_EVERYWHERE, call.now).await?
    {
        return Err(Failure::refuse(Code::RateLimited, "该账号尝试次数过多，请一分钟后再试"));
    }
    let staff = app.tables.staff(&request.username).await?;
    // Who was invited has no password yet: that takes as long as a wrong one.
    let hash = staff.as_ref().map(|s| s.password.clone()).filter(|h| !h.is_empty());
    let fits = password_fits(request.password, hash).await? && staff.as_ref().is_some_and(|s| s.state == AccountState::Active);
    access::staff_login(&app, &call, staff.as_ref().map(|s| (&s.staff, s.role)), fits).await?;
    match staff {
        Some(staff) if fits => session(&app, &call, staff, None).await?.ok_or_else(|| Failure::Internal("a new session met another".into())),
        _ => Err(Failure::refuse(Code::Unauthenticated, "用户名或密码不正确")),
    }
}

/// Is it the password? Argon2 takes tens of milliseconds of a core: not on a thread that serves others.
pub(super) async fn password_fits(password: String, hash: Option<String>) -> Result<bool, Failure> {
    tokio::task::spawn_blocking(move || auth::password_is(&password, hash.as_deref())).await.map_err(|e| Failure::Internal(e.to_string()))
}

/// A new pair of tokens for a refresh token, once. One that comes a second time ends the session: it was copied.
///
/// # Errors
/// `unauthenticated`.
pub async fn refresh(app: App, call: Call) -> Result<Reply, Failure> {
    let expired = || Failure::refuse(Code::Unauthenticated, "登录已过期，请重新登录");
    let (token, by_cookie) = sent(&app, &call)?.ok_or_else(expired)?;
    let (family, digest) = parts(&token).ok_or_else(expired)?;
    let row = app.tables.refresh_family(family, call.now).await?.ok_or_else(expired)?;
    let staff = app.tables.staff(&row.username).await?.filter(|s| s.goes_on(row.since));
    let Some(staff) = staff else {
        // Disabled, or the password is another: the chain is of no more use.
        app.tables.end_refresh(family).await?;
        return Err(expired());
    };
    if row.newest == digest {
        return session(&app, &call, staff, Some((family, row))).await?.ok_or_else(expired);
    }
    // Two tabs of one browser may ask in the same moment; the other's answer has set the cookie that goes on.
    if by_cookie && row.spent.as_ref() == Some(&digest) && call.now.0 - row.at.0 < TABS_MS {
        let claims = claims(&app, &call, &staff, family).await?;
        let access = app.tokens.staff(&claims).map_err(Failure::Internal)?;
        let cookie = set_cookie(STAFF_COOKIE, &access, "/", ACCESS_MS, app.config.secure_cookies());
        return Ok(Reply::json(&answer(staff, access, &claims, String::new()))?.header("set-cookie", cookie));
    }
    app.tables.end_refresh(family).await?;
    telemetry::wake("a spent refresh token came again");
    Err(expired())
}

/// Ends the session, whichever way its refresh token is sent.
///
/// # Errors
/// `bad_request` for a body that is none; [`Failure`] from the tables.
pub async fn logout(app: App, call: Call) -> Result<Reply, Failure> {
    for token in [sent(&app, &call)?.map(|(token, _)| token), refresh_cookie(&app, &call)].into_iter().flatten() {
        let Some((family, _)) = parts(&token) else { continue };
        // Only what was begun can be ended: nobody fills the list of ends with names that he made up.
        if app.tables.refresh_family(family, call.now).await?.is_some() {
            let ended = EndedSession { session: session_of(family), ttl: call.now.plus(TOKENS_LIVE_MS).seconds(), before: None };
            app.tables.end_staff_session(family, &ended, call.now).await?;
            app.ended.know(ended);
        }
    }
    let secure = app.config.secure_cookies();
    Ok(Reply::empty()
        .header("set-cookie", set_cookie(STAFF_COOKIE, "", "/", 0, secure))
        .header("set-cookie", set_cookie(REFRESH_COOKIE, "", REFRESH_PATH, 0, secure)))
}

fn refresh_cookie(app: &App, call: &Call) -> Option<String> {
    call.headers.get("cookie").and_then(|c| app.cookie(c, REFRESH_COOKIE)).map(str::to_owned)
}

/// The refresh token that a call sends, and whether it is the browser's cookie.
fn sent(app: &App, call: &Call) -> Result<Option<(String, bool)>, Failure> {
    let request: StaffRefresh = if call.body.is_empty() { StaffRefresh { refresh_token: None } } else { call.json()? };
    Ok(match request.refresh_token {
        Some(token) => Some((token, false)),
        None => refresh_cookie(app, call).map(|token| (token, true)),
    })
}

/// The chain that a refresh token belongs to, and its digest.
fn parts(token: &str) -> Option<(&str, String)> {
    let (family, secret) = token.split_once('.')?;
    let plausible = |part: &str| part.len() == 64 && part.bytes().all(|b| b.is_ascii_hexdigit());
    (plausible(family) && plausible(secret)).then(|| (family, digest(secret)))
}

/// A session as its tokens name it: made of its chain, and nobody makes the chain of it.
pub(super) fn session_of(family: &str) -> String {
    digest(family).chars().take(32).collect()
}

async fn claims(app: &App, call: &Call, staff: &Staff, family: &str) -> Result<auth::Staff, Failure> {
    // A role that is gone lets nobody do anything.
    let permissions = app.tables.role_def(&staff.role_id()).await?.map(|r| r.permissions).unwrap_or_default();
    let claims = auth::Staff::begin(staff.staff.clone(), staff.name.clone(), staff.role, staff.scope.clone(), permissions, call.now);
    Ok(claims.within(session_of(family), staff.custom.clone()))
}

fn answer(staff: Staff, access_token: String, claims: &auth::Staff, refresh_token: String) -> StaffSession {
    StaffSession {
        staff: staff.staff,
        name: staff.name,
        role: staff.role,
        scope: staff.scope,
        permissions: claims.permissions.clone(),
        access_token,
        expires: claims.expires(),
        refresh_token,
    }
}

/// The newest tokens of a session that begins now.
pub(super) async fn begun(app: &App, call: &Call, staff: Staff) -> Result<Reply, Failure> {
    session(app, call, staff, None).await?.ok_or_else(|| Failure::Internal("a new session met another".into()))
}

/// A new session, or the next tokens of a chain; `None` when another request was faster.
async fn session(app: &App, call: &Call, staff: Staff, chain: Option<(&str, RefreshFamily)>) -> Result<Option<Reply>, Failure> {
    let family = match &chain {
        Some((family, _)) => (*family).to_owned(),
        None => random_token()?,
    };
    let claims = claims(app, call, &staff, &family).await?;
    let access_token = app.tokens.staff(&claims).map_err(Failure::Internal)?;
    let secret = random_token()?;
    let since = chain.as_ref().map_or(call.now, |(_, row)| row.since);
    let ends = call.now.plus(REFRESH_MS).min(since.plus(LOGGED_IN_MS));
    let begun_on = chain.as_ref().map(|(_, row)| (row.device.clone(), row.from.clone()));
    let (device, from) = begun_on.unwrap_or_else(|| {
        let says = call.headers.get("user-agent").map(String::as_str).unwrap_or_default();
        (device::named(says), access::network(&call.client))
    });
    let row = |version: u64, spent: Option<String>| RefreshFamily {
        username: staff.username.clone(),
        version,
        newest: digest(&secret),
        spent,
        at: call.now,
        since,
        ttl: ends.seconds(),
        staff: Some(staff.staff.clone()),
        session: claims.sid.clone(),
        device: device.clone(),
        from: from.clone(),
    };
    match chain {
        None => app.tables.begin_refresh(&family, &row(1, None)).await?,
        Some((_, read)) if app.tables.next_refresh(&family, &row(read.version + 1, Some(read.newest.clone()))).await? => {}
        Some(_) => return Ok(None),
    }
    let refresh_token = format!("{family}.{secret}");
    let secure = app.config.secure_cookies();
    let access = set_cookie(STAFF_COOKIE, &access_token, "/", ACCESS_MS, secure);
    let refresh = set_cookie(REFRESH_COOKIE, &refresh_token, REFRESH_PATH, ends.0 - call.now.0, secure);
    let answer = answer(staff, access_token, &claims, refresh_token);
    Ok(Some(Reply::json(&answer)?.header("set-cookie", access).header("set-cookie", refresh)))
}
