//! One's own account: the one-time link, the password, the sessions. Whoever asks shows a session, whatever the role.

use liandian_domain::access::{account, password};
use liandian_partners::sign;
use liandian_store::access::sessions::{EndedSession, TOKENS_LIVE_MS};
use liandian_types::{
    Code, Problem,
    api::{ChangePassword, InvitationTaken, TakeInvitation},
};

use super::staff::{TRIES, TRIES_EVERYWHERE, begun, password_fits};
use crate::{
    App,
    auth::{STAFF_COOKIE, Staff, hash_password},
    http::{Call, Failure, Reply},
    limits::network,
    people::digest,
    telemetry,
    transact::{Plan, transact},
    views::access::{link_parts, own_sessions},
};

/// The member of the staff whose session a call shows; no program's key is one.
async fn who(app: &App, call: &Call) -> Result<Staff, Failure> {
    let bearer = call.headers.get("authorization").and_then(|h| h.strip_prefix("Bearer "));
    let cookie = || call.headers.get("cookie").and_then(|c| app.cookie(c, STAFF_COOKIE));
    let staff = match bearer.or_else(cookie) {
        Some(token) => app.staff(token, call.now).await?,
        None => None,
    };
    let staff = staff.ok_or_else(|| Failure::refuse(Code::Unauthenticated, "登录已过期，请重新登录"))?;
    telemetry::note("actor", &staff.sub);
    Ok(staff)
}

/// Argon2id of a password, on a thread that serves nobody.
async fn hashed(password: String) -> Result<String, Failure> {
    let salt = sign::random::<16>().map_err(|e| Failure::Internal(e.to_string()))?;
    let hash = tokio::task::spawn_blocking(move || hash_password(&password, &salt)).await.map_err(|e| Failure::Internal(e.to_string()))?;
    hash.map_err(Failure::Internal)
}

fn no_link() -> Failure {
    Failure::refuse(Code::NotFound, "链接无效、已经用过，或已过期")
}

/// Somebody follows a one-time link and chooses a password (and a user name, where none was given). It works once.
///
/// # Errors
/// `not_found` for a link that was used, has ended, or never was; `bad_request` naming the field; `conflict` for a user name that is taken.
pub async fn take_invitation(app: App, call: Call) -> Result<Reply, Failure> {
    let taken: TakeInvitation = call.json()?;
    let (staff, digest) = link_parts(&taken.token).ok_or_else(no_link)?;
    let known = app.tables.account(&staff).await?.ok_or_else(no_link)?;
    // Before anything is hashed: that costs tens of milliseconds, and is done for who has the link.
    let chosen = taken.username.as_deref().map(str::trim).filter(|n| !n.is_empty() && known.is_unnamed());
    account::take(&known, &digest, chosen, String::new(), call.now)?;
    password::check(&taken.password, chosen.unwrap_or(&known.username))?;
    let hash = hashed(taken.password.clone()).await?;
    let (now, app, staff, digest, hash) = (call.now, &app, &staff, &digest, &hash);
    let done = transact(app, now, |_| async move {
        let account = app.tables.account(staff).await?.ok_or_else(no_link)?;
        let (next, decision) = account::take(&account, digest, chosen, hash.clone(), now)?;
        Ok(Plan::new(next.username, decision))
    })
    .await;
    telemetry::note("actor", staff);
    match done {
        Err(Failure::Exists) => Err(Problem::new(Code::Conflict, "这个用户名已经有人使用").at("username").into()),
        done => Reply::json(&InvitationTaken { username: done? }),
    }
}

/// Changes one's own password: all sessions end, and this one begins anew. Wrong old ones count as wrong passwords at the login do.
///
/// # Errors
/// `bad_request` naming the field; `rate_limited`; `unauthenticated`.
pub async fn change_password(app: App, call: Call) -> Result<Reply, Failure> {
    let asked: ChangePassword = call.json()?;
    let viewer = who(&app, &call).await?;
    let gone = || Failure::refuse(Code::Unauthenticated, "登录已过期，请重新登录");
    let known = app.tables.account(&viewer.sub).await?.ok_or_else(gone)?;
    let refuse = |field: &str, why: &str| Err(Problem::new(Code::BadRequest, why).at(field).into());
    if asked.old.len() > password::MAX_PASSWORD {
        return refuse("old", "原密码不正确");
    }
    password::check(&asked.new, &known.username).map_err(|p| p.at("new"))?;
    let name = digest(&known.username);
    let here = format!("{name}@{}", network(&call.client));
    if !app.tables.count_request("staff-login-at", &here, TRIES, call.now).await?
        || !app.tables.count_request("staff-login-name", &name, TRIES_EVERYWHERE, call.now).await?
    {
        return Err(Failure::refuse(Code::RateLimited, "密码尝试次数过多，请一分钟后再试"));
    }
    if !password_fits(asked.old.clone(), Some(known.password.clone()).filter(|h| !h.is_empty())).await? {
        return refuse("old", "原密码不正确");
    }
    if asked.new == asked.old {
        return refuse("new", "新密码不能与原密码相同");
    }
    let hash = hashed(asked.new.clone()).await?;
    let (now, hash, seen, sub, tables) = (call.now, &hash, &known.password, &viewer.sub, &app.tables);
    let account = transact(&app, now, |_| async move {
        let account = tables.account(sub).await?.ok_or_else(gone)?;
        if account.password != *seen {
            return Err(Failure::refuse(Code::Conflict, "密码刚被修改过，请重新登录"));
        }
        let (next, decision) = account::set_password(&account, hash.clone(), now)?;
        Ok(Plan::new(next, decision))
    })
    .await?;
    begun(&app, &call, account).await
}

/// One's own sessions.
///
/// # Errors
/// `unauthenticated`.
pub async fn sessions(app: App, call: Call) -> Result<Reply, Failure> {
    let viewer = who(&app, &call).await?;
    Reply::json(&own_sessions(&app, &viewer, call.now).await?)
}

/// Ends one of one's own sessions.
///
/// # Errors
/// `unauthenticated`; `not_found` for one that is none of one's own.
pub async fn end_session(app: App, call: Call) -> Result<Reply, Failure> {
    let viewer = who(&app, &call).await?;
    let wanted = call.path.get("session").map(String::as_str).unwrap_or_default();
    let found = app.tables.staff_sessions(&viewer.sub, call.now).await?.into_iter().find(|s| s.row.session == wanted);
    let found = found.ok_or_else(|| Failure::not_found("登录"))?;
    let ended = EndedSession { session: found.row.session, ttl: call.now.plus(TOKENS_LIVE_MS).seconds(), before: None };
    app.tables.end_staff_session(&found.family, &ended, call.now).await?;
    app.ended.know(ended);
    Ok(Reply::empty())
}
