//! The steps that every invocation has in common, for the Lambda runtime and for the local stack alike: permission, scope,
//! limits and origin before a route's handler; the partial-batch loop around a worker's.

use std::{collections::BTreeMap, future::Future, time::Instant};

use aws_lambda_events::{
    dynamodb,
    sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent},
    streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse},
};
use lambda_http::http::{Extensions, HeaderValue, header::STRICT_TRANSPORT_SECURITY as STRICT_TRANSPORT};
use lambda_http::{Body, Request, RequestExt, Response, request::RequestContext};
use liandian_contracts::Message;
use liandian_domain::{Problem, access::key};
use liandian_store::{
    limits::Count,
    meter::{self, Access},
};
use liandian_types::{Code, Scope, StoreId, Timestamp};

use crate::{
    App,
    auth::{SESSION_COOKIE, STAFF_COOKIE, Staff},
    function::{Function, Kind, Need, NeedScope},
    http::{Call, Caller, Failure, Reply},
    limits::{Counts, network},
    telemetry,
};

/// Answers a request. Never fails: what goes wrong becomes a problem document.
pub async fn http(app: &App, function: &'static Function, request: Request) -> Response<Body> {
    let Kind::Http { permission, scope, status, idempotent, limit, shared, wrong, handler, .. } = &function.kind else {
        return respond(Err(Failure::Internal(format!("{} is no route", function.name))), 500, "");
    };
    let started = Instant::now();
    let request_id = request_id(&request);
    let run = async {
        let mut call = call(app, request)?;
        for name in ["store", "order", "transfer", "count", "claim", "sku", "spu", "import", "campaign"] {
            if let Some(id) = call.path.get(name) {
                telemetry::note(name, id);
            }
        }
        admit(app, function, *permission, *scope, &mut call).await?;
        within_limits(app, function.name, *limit, *shared, &call).await?;
        let (guesses, now) = (counted(function.name, "wrong", *wrong, &call), call.now);
        let refused = |ms: i64| Failure::from(Problem::new(Code::RateLimited, "错误次数过多，请稍后再试").after(ms));
        if let Some(until) = app.tables.full_until(&guesses, now).await? {
            return Err(refused(until.0 - now.0));
        }
        if *idempotent {
            call.idempotency_key()?;
        }
        if wrong.first && !app.tables.count_all(&guesses, now).await? {
            return Err(refused(Timestamp::MINUTE));
        }
        let outcome = handler(app.clone(), call).await;
        match (is_wrong(&outcome), wrong.first) {
            (true, false) => app.tables.count_all(&guesses, now).await.map(|_| ())?,
            // Who was right is in, whatever becomes of the count: it ends with its minute.
            (false, true) => {
                if let Err(e) = app.tables.uncount_all(&guesses, now).await {
                    tracing::warn!(error = %e, "a right answer stays counted as a wrong one");
                }
            }
            _ => {}
        }
        outcome
    };
    let ((outcome, usage, strayed), ids) = telemetry::noting(meter::confined(function.partitions, run)).await;
    let outcome = declared(function, usage, strayed.as_deref(), outcome);
    let status = match &outcome {
        Ok(r) => r.status.unwrap_or(*status),
        Err(f) => f.problem().status,
    };
    telemetry::invocation(function, &request_id, status, outcome.as_ref().err(), started.elapsed(), usage, app.now().0, ids);
    let mut response = respond(outcome, status, &request_id);
    if app.config.secure_cookies() {
        response.headers_mut().insert(STRICT_TRANSPORT, HeaderValue::from_static(HSTS));
    }
    response
}

/// A browser that was here once by HTTPS never comes by HTTP again.
pub const HSTS: &str = "max-age=31536000; includeSubDomains";

/// The id that the log line and the answer carry: the runtime's, or the gateway's where there is no runtime.
#[must_use]
pub fn request_id<B>(request: &lambda_http::http::Request<B>) -> String {
    let context = request.lambda_context_ref().map(|c| c.request_id.clone()).filter(|id| !id.is_empty());
    context
        .or_else(|| match request.request_context_ref() {
            Some(RequestContext::ApiGatewayV2(c)) => c.request_id.clone(),
            _ => None,
        })
        .unwrap_or_default()
}

/// The address that a request comes from; empty where nothing says so.
#[must_use]
pub fn client(of: &Extensions) -> String {
    match of.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(c)) => c.http.source_ip.clone().unwrap_or_default(),
        _ => String::new(),
    }
}

/// On a developer's machine, what a role would deny in the cloud fails as loudly.
fn declared<T>(function: &'static Function, usage: meter::Usage, strayed: Option<&str>, outcome: Result<T, Failure>) -> Result<T, Failure> {
    match function.undeclared(&usage, strayed) {
        Some(what) if cfg!(debug_assertions) => {
            Err(Failure::Internal(format!("{} touched {what} without declaring it in infra/routes.toml", function.name)))
        }
        _ => outcome,
    }
}

fn call(app: &App, request: Request) -> Result<Call, Failure> {
    let client = client(request.extensions());
    let pairs = |m: lambda_http::aws_lambda_events::query_map::QueryMap| {
        m.iter().fold(BTreeMap::new(), |mut all: BTreeMap<String, String>, (k, v)| {
            all.entry(k.to_owned()).or_insert_with(|| v.to_owned());
            all
        })
    };
    let mut path = pairs(request.path_parameters());
    for v in path.values_mut() {
        if v.contains('%') {
            *v = percent_encoding::percent_decode_str(v).decode_utf8_lossy().into_owned();
        }
    }
    let query = pairs(request.query_string_parameters());
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    for (k, v) in request.headers() {
        let Ok(v) = v.to_str() else { continue };
        headers
            .entry(k.as_str().to_owned())
            .and_modify(|all| {
                all.push_str(if k == "cookie" { "; " } else { ", " });
                all.push_str(v);
            })
            .or_insert_with(|| v.to_owned());
    }
    let method = request.method().as_str().to_owned();
    let body = request.into_body().to_vec();
    Ok(Call { method, caller: Caller::Anybody, path, query, headers, body, client, now: app.now() })
}

async fn admit(app: &App, function: &'static Function, need: Need, scope: NeedScope, call: &mut Call) -> Result<(), Failure> {
    let cookies = call.headers.get("cookie").cloned().unwrap_or_default();
    let bearer = call.headers.get("authorization").and_then(|h| h.strip_prefix("Bearer ")).map(str::to_owned);
    let by_cookie = bearer.is_none();
    match need {
        Need::Public | Need::Signed => {}
        Need::Member => {
            let session = match bearer.as_deref().or_else(|| app.cookie(&cookies, SESSION_COOKIE)) {
                Some(token) => app.member(token, call.now).await?,
                None => None,
            };
            call.caller = Caller::Member(session.ok_or_else(|| Failure::refuse(Code::Unauthenticated, "请先登录"))?.member);
        }
        Need::Permission(permission) => {
            let staff = match bearer.as_deref() {
                // A program's key is none of a browser's: it comes by hand, or not at all.
                Some(sent) if sent.starts_with(key::PREFIX) => program(app, function, sent, call.now).await?,
                token => match token.or_else(|| app.cookie(&cookies, STAFF_COOKIE)) {
                    Some(token) => app.staff(token, call.now).await?,
                    None => None,
                },
            };
            let staff = staff.ok_or_else(|| Failure::refuse(Code::Unauthenticated, "登录已过期，请重新登录"))?;
            let store = match scope {
                NeedScope::Store => Some(call.store()?),
                NeedScope::None | NeedScope::All | NeedScope::Region => None,
            };
            permit(app, &staff, permission, scope, store.as_ref()).await?;
            call.caller = Caller::Staff(Box::new(staff));
        }
    }
    // A page of another site can neither use the browser's cookies for a write nor log somebody in under a name of its choice. (Programs and the
    // mini-program send no origin; who shows a token by hand is no browser's victim.)
    let writes = need != Need::Signed && call.method != "GET";
    if writes && by_cookie && call.headers.get("origin").is_some_and(|o| !app.config.is_own_origin(o)) {
        return Err(Failure::refuse(Code::Forbidden, "请求来源不被允许"));
    }
    // What a form of another site can send without asking first is neither JSON nor a table.
    if writes && by_cookie && !call.body.is_empty() {
        let kind = call.headers.get("content-type").map(|t| t.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
        if !matches!(kind.as_deref(), Some("application/json" | "text/csv")) {
            return Err(Problem::new(Code::BadRequest, "请求内容必须是 JSON（Content-Type: application/json）").at("Content-Type").into());
        }
    }
    match &call.caller {
        Caller::Member(m) => telemetry::note("actor", m),
        Caller::Staff(s) => telemetry::note("actor", &s.sub),
        Caller::Anybody => {}
    }
    Ok(())
}

/// The program that sends an integration key; that it came is noted where the function may write to the cell table.
async fn program(app: &App, function: &'static Function, sent: &str, now: Timestamp) -> Result<Option<Staff>, Failure> {
    let Some((id, staff)) = app.program(sent, now).await? else { return Ok(None) };
    if function.cell == Access::Write
        && app.keys_noted.due(&id, now)
        && let Err(e) = app.tables.key_used(&id, now).await
    {
        // Whoever has a right to come in is not sent away because the note could not be made.
        tracing::warn!(error = %e, "the use of a key was not noted");
    }
    Ok(Some(staff))
}

/// The id of the account that calls; none of a request without a session.
fn account(call: &Call) -> Option<String> {
    match &call.caller {
        Caller::Anybody => None,
        Caller::Member(m) => Some(m.to_string()),
        Caller::Staff(s) => Some(s.sub.to_string()),
    }
}

/// Whom a call counts for in the table, and how much is too much.
fn counted(name: &str, what: &str, counts: Counts, call: &Call) -> Vec<Count> {
    let store = call.path.get("store").filter(|_| matches!(call.caller, Caller::Staff(_))).cloned();
    [("account", counts.account, account(call)), ("store", counts.store, store), ("address", counts.address, Some(network(&call.client)))]
        .into_iter()
        .filter(|(_, limit, _)| *limit > 0)
        .filter_map(|(of, limit, who)| Some(Count { what: format!("{name}-{what}-{of}"), who: who?, limit }))
        .collect()
}

async fn within_limits(app: &App, name: &'static str, limit: u32, shared: Counts, call: &Call) -> Result<(), Failure> {
    let who = account(call).unwrap_or_else(|| network(&call.client));
    let mut allowed = app.limits.allow(name, &who, limit, call.now);
    for c in counted(name, "calls", shared, call) {
        // What an account has too many of does not count against its neighbours at the address.
        allowed = allowed && app.tables.count_request(&c.what, &c.who, c.limit, call.now).await?;
    }
    if allowed { Ok(()) } else { Err(Failure::refuse(Code::RateLimited, "操作太频繁，请一分钟后再试")) }
}

/// Was what the client showed (a password, a token, a code, an id) none of ours?
fn is_wrong(outcome: &Result<Reply, Failure>) -> bool {
    matches!(outcome, Err(Failure::Problem(p)) if matches!(p.code, Code::Unauthenticated | Code::NotFound))
}

/// Does the staff member have the permission where it is needed? A store outside of the scope does not exist for the caller.
///
/// # Errors
/// `forbidden`, or `not_found` for a foreign store.
pub async fn permit(
    app: &App,
    staff: &Staff,
    permission: liandian_types::Permission,
    scope: NeedScope,
    store: Option<&StoreId>,
) -> Result<(), Failure> {
    if !staff.permissions.contains(&permission) {
        return Err(Failure::refuse(Code::Forbidden, format!("您的角色「{}」没有此操作的权限", staff.role.title())));
    }
    match (scope, store) {
        (NeedScope::Region, _) if matches!(staff.scope, Scope::Store(_)) => Err(Failure::refuse(Code::Forbidden, "此功能仅限总部和区域使用")),
        (NeedScope::All, _) if staff.scope != Scope::All => Err(Failure::refuse(Code::Forbidden, "此功能仅限总部使用")),
        (NeedScope::Store, Some(store)) => {
            let region = match &staff.scope {
                Scope::Region(_) => app.tables.store(store).await?.map(|s| s.region),
                _ => None,
            };
            if staff.scope.covers(store, region.as_ref()) { Ok(()) } else { Err(Failure::not_found("门店")) }
        }
        _ => Ok(()),
    }
}

fn respond(outcome: Result<Reply, Failure>, status: u16, request_id: &str) -> Response<Body> {
    let mut r = Response::builder()
        .status(status)
        .header("x-request-id", request_id)
        .header("cache-control", "no-store")
        .header("x-content-type-options", "nosniff");
    let body = match outcome {
        Ok(reply) => {
            for (k, v) in &reply.headers {
                r = r.header(*k, v);
            }
            if !reply.body.is_empty() && !reply.headers.iter().any(|(k, _)| *k == "content-type") {
                r = r.header("content-type", "application/json; charset=utf-8");
            }
            reply.body
        }
        Err(f) => {
            r = r.header("content-type", "application/problem+json; charset=utf-8");
            let problem = f.problem();
            if let Some(seconds) = problem.retry_after_s.or((status == 429).then_some(60)) {
                r = r.header("retry-after", seconds.to_string());
            }
            serde_json::to_string(&problem).unwrap_or_default()
        }
    };
    let body = if body.is_empty() { Body::Empty } else { Body::Text(body) };
    r.body(body).unwrap_or_else(|_| Response::new(Body::Empty))
}

/// A problem document for what is no route at all.
#[must_use]
pub fn no_route(code: Code) -> Response<Body> {
    let f: Failure = Problem::new(code, "没有这个地址，或不支持这个方法").into();
    respond(Err(f), code.status(), "")
}

/// Works on a batch of messages, side by side: those that fail stay in the queue, the others do not suffer for it.
pub async fn queue(app: &App, function: &'static Function, event: SqsEvent) -> SqsBatchResponse {
    let mut failed = SqsBatchResponse::default();
    let Kind::Queue { handler, .. } = &function.kind else { return failed };
    let work = event.records.into_iter().map(|record| async move {
        let id = record.message_id.clone().unwrap_or_default();
        let run = async {
            let text = record.body.as_deref().unwrap_or_default();
            // Nobody can repair a message that is none: it fails until it lies in the dead-letter queue.
            let message: Message = serde_json::from_str(text).map_err(|e| Failure::Internal(format!("not a message of ours: {e}")))?;
            telemetry::note_message(&message);
            handler(app.clone(), message).await
        };
        worked(app, function, &id, run).await.is_err().then_some(id)
    });
    for id in futures::future::join_all(work).await.into_iter().flatten() {
        let mut f = BatchItemFailure::default();
        f.item_identifier = id;
        failed.batch_item_failures.push(f);
    }
    failed
}

/// Works on a batch of stream records; where it fails is where the stream goes on.
pub async fn stream(app: &App, function: &'static Function, event: dynamodb::Event) -> DynamoDbEventResponse {
    let mut failed = DynamoDbEventResponse::default();
    let Kind::Stream { handler, .. } = &function.kind else { return failed };
    let places: Vec<Option<String>> = event.records.iter().map(|r| r.change.sequence_number.clone()).collect();
    let first = event.records.first().map(|r| r.event_id.clone()).unwrap_or_default();
    let mut at = 0;
    let run = async {
        handler(app.clone(), event.records).await.map_err(|(place, failure)| {
            at = place;
            failure
        })
    };
    if worked(app, function, &first, run).await.is_err() {
        let mut f = DynamoDbBatchItemFailure::default();
        f.item_identifier = places.get(at).cloned().flatten();
        failed.batch_item_failures.push(f);
    }
    failed
}

/// Runs a scheduled function.
///
/// # Errors
/// What the function failed with; the schedule comes again.
pub async fn schedule(app: &App, function: &'static Function) -> Result<(), Failure> {
    let Kind::Schedule { handler, .. } = &function.kind else { return Ok(()) };
    worked(app, function, "", handler(app.clone())).await
}

async fn worked(app: &App, function: &'static Function, id: &str, work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    let started = Instant::now();
    let ((outcome, usage, strayed), ids) = telemetry::noting(meter::confined(function.partitions, work)).await;
    let outcome = declared(function, usage, strayed.as_deref(), outcome);
    telemetry::invocation(function, id, 0, outcome.as_ref().err(), started.elapsed(), usage, app.now().0, ids);
    outcome
}
