//! What stores ask for, and what HQ and the regions decide about it.

use std::collections::HashMap;

use liandian_domain::{
    Decision, Refusable,
    governance::{
        fields::{FieldKey, Kind, Value},
        request::{ChangeRequest, DryRun, PastChange, Reviewer, dry_run},
        resolve::{Effective, Level, Setting},
        store_prices,
        terms::Terms,
    },
    stores::profile::StoreProfile,
};
use liandian_types::{
    Code, Permission, Problem, RequestId, RequestState, Scope, StoreId, Timestamp,
    api::{DecideRequests, DecidedRequest, DecidedRequests, DryRunAnswer, DryRunAsk, RequestComment, RequestRenewed},
};

use crate::{
    App,
    auth::Staff,
    http::{Call, Failure, Reply},
    transact::{Plan, transact},
    views::governance::{
        prices::{FindRequests, dry_run_rows, inbox, request_cards, reviewer, sees, store_requests},
        subject::subject,
    },
};

/// How many requests one call decides about.
const AT_ONCE: usize = 50;
/// How many days a dry run looks back.
const DAYS: i64 = 30;
/// How many changes it names.
const NAMED: usize = 100;

/// What the store has asked for, newest first.
///
/// # Errors
/// `bad_cursor`.
pub async fn of_store(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&store_requests(&app, &call.store()?, call.staff()?, call.q("cursor")).await?)
}

/// What waits for HQ, or for a region manager of his own region; or what is over.
///
/// # Errors
/// `bad_request` for a filter that is none; `bad_cursor`.
pub async fn of_chain(app: App, call: Call) -> Result<Reply, Failure> {
    let over = match call.q("state") {
        None | Some("open") => false,
        Some("over") => true,
        Some(_) => return Err(Problem::new(Code::BadRequest, "state 只能是 open 或 over").at("state").into()),
    };
    let ask = FindRequests {
        over,
        kind: call.q("kind").map(str::to_owned),
        store: call.typed("store")?,
        region: call.typed("region")?,
        cursor: call.q("cursor").map(str::to_owned),
    };
    Reply::json(&inbox(&app, call.staff()?, &ask).await?)
}

/// A request of the store that must be there.
async fn of(app: &App, store: &StoreId, id: &RequestId) -> Result<ChangeRequest, Failure> {
    app.tables.request(id).await?.filter(|r| r.target.store() == store).ok_or_else(|| Failure::not_found("审批单"))
}

/// Moves a request of a store on.
async fn moved(
    app: &App,
    call: &Call,
    decide: impl Fn(&ChangeRequest) -> Refusable<(ChangeRequest, Decision)> + Send + Sync,
) -> Result<ChangeRequest, Failure> {
    let (store, id): (_, RequestId) = (call.store()?, call.param("request")?);
    let (decide, store, id) = (&decide, &store, &id);
    transact(app, call.now, |_| async move {
        let (next, decision) = decide(&of(app, store, id).await?)?;
        Ok(Plan::new(next, decision))
    })
    .await
}

async fn shown(app: &App, r: ChangeRequest, staff: &Staff) -> Result<Reply, Failure> {
    let card = request_cards(app, &[r], reviewer(staff).as_ref()).await?.into_iter().next();
    Reply::json(&card.ok_or_else(|| Failure::not_found("审批单"))?)
}

/// The store no longer asks.
///
/// # Errors
/// `conflict` when it is over; `not_found`.
pub async fn withdraw(app: App, call: Call) -> Result<Reply, Failure> {
    let staff = call.staff()?;
    let next = moved(&app, &call, |r| store_prices::withdraw(r, &staff.sub, call.now)).await?;
    shown(&app, next, staff).await
}

/// Somebody of the store, or of those who decide, says something about it.
///
/// # Errors
/// `bad_request` when it is nothing or too long; `forbidden` for who neither asks nor decides; `not_found`.
pub async fn comment(app: App, call: Call) -> Result<Reply, Failure> {
    let (ask, staff): (RequestComment, _) = (call.json()?, call.staff()?);
    if ![Permission::PriceWrite, Permission::ListingWrite, Permission::RequestDecide].iter().any(|p| staff.permissions.contains(p)) {
        return Err(Failure::refuse(Code::Forbidden, "只有提交方和审批方可以留言"));
    }
    let next = moved(&app, &call, |r| store_prices::comment(r, &staff.sub, &ask.text, call.now)).await?;
    shown(&app, next, staff).await
}

/// Asks once more for what is stale, of what is there now.
///
/// # Errors
/// `conflict` when it is not stale, or nobody may let the change through by now; `not_found`.
pub async fn renew(app: App, call: Call) -> Result<Reply, Failure> {
    let (store, id, staff): (_, RequestId, _) = (call.store()?, call.param("request")?, call.staff()?);
    let new: RequestId = app.id();
    let (a, store, id, new, by, now) = (&app, &store, &id, &new, &staff.sub, call.now);
    let next = transact(a, now, |_| async move {
        let r = of(a, store, id).await?;
        let read = Box::pin(subject(a, &r.target, now)).await?;
        let (next, decision) = read.with(|s| s.renew(&r, by, new, now))?;
        Ok(Plan::new(next, decision))
    })
    .await?;
    let in_force = next.state != RequestState::Pending;
    let card = request_cards(a, &[next], reviewer(staff).as_ref()).await?.into_iter().next();
    Reply::json(&RequestRenewed { request: card.ok_or_else(|| Failure::not_found("审批单"))?, in_force })
}

/// Decides about several requests: each by itself, in the order asked, with its own answer.
///
/// # Errors
/// `bad_request` for none or too many, or to reject without a reason.
pub async fn decide(app: App, call: Call) -> Result<Reply, Failure> {
    let (ask, staff): (DecideRequests, _) = (call.json()?, call.staff()?);
    if ask.requests.is_empty() || ask.requests.len() > AT_ONCE {
        return Err(Problem::new(Code::BadRequest, format!("一次可处理 1 到 {AT_ONCE} 张审批单")).at("requests").into());
    }
    let reason = ask.reason.as_deref().unwrap_or_default().trim();
    if !ask.approve && (reason.is_empty() || reason.chars().count() > store_prices::MAX_WHY) {
        let detail = format!("请填写 1 到 {} 字的驳回原因", store_prices::MAX_WHY);
        return Err(Problem::new(Code::BadRequest, detail).at("reason").into());
    }
    let who = reviewer(staff).ok_or_else(|| Failure::refuse(Code::Forbidden, "您不能审批"))?;
    let mut decided = Vec::with_capacity(ask.requests.len());
    // One after the other: of two about one listing the first that takes effect makes the second stale.
    for id in ask.requests {
        let outcome = Box::pin(decide_one(&app, &id, staff, &who, (!ask.approve).then_some(reason), call.now)).await;
        decided.push(match outcome {
            Ok(state) => DecidedRequest { request: id, state: Some(state), note: note_of(state, ask.approve).map(str::to_owned), code: None },
            Err(f) => {
                if !matches!(f, Failure::Problem(_)) {
                    tracing::error!(error = %f, request = %id, "a request could not be decided");
                }
                let p = f.problem();
                DecidedRequest { request: id, state: None, note: Some(p.detail), code: Some(p.code) }
            }
        });
    }
    Reply::json(&DecidedRequests { decided })
}

fn note_of(state: RequestState, approve: bool) -> Option<&'static str> {
    match state {
        RequestState::Pending if approve => Some("已同意，还需另一人审批"),
        RequestState::Stale => Some("内容已被修改，请门店核对后重新提交"),
        _ => None,
    }
}

async fn decide_one(
    app: &App,
    id: &RequestId,
    staff: &Staff,
    who: &Reviewer,
    rejects: Option<&str>,
    now: Timestamp,
) -> Result<RequestState, Failure> {
    transact(app, now, |_| async move {
        let region = if let Scope::Region(r) = &staff.scope { Some(r) } else { None };
        let found = app.tables.request(id).await?.filter(|r| sees(region, r));
        let r = found.ok_or_else(|| Failure::not_found("审批单"))?;
        // What a store asked for before it went to another region is HQ's to decide.
        if let Some(region) = region
            && app.tables.store(r.target.store()).await?.is_none_or(|s| s.region != *region)
        {
            return Err(Failure::not_found("审批单"));
        }
        let (next, decision) = match rejects {
            Some(reason) => store_prices::reject(&r, who, reason, now)?,
            None => Box::pin(subject(app, &r.target, now)).await?.with(|s| s.approve(&r, who, now))?,
        };
        Ok(Plan::new(next.state, decision))
    })
    .await
}

/// What the changes of the last 30 days would have come to under another threshold.
///
/// # Errors
/// `bad_request` for a field or a value that is none.
pub async fn try_out(app: App, call: Call) -> Result<Reply, Failure> {
    let ask: DryRunAsk = call.json()?;
    let trial = trial(&ask, call.staff()?, call.now)?;
    let (tables, now) = (&app.tables, call.now);
    let ((past, more), settings, directory) = futures::try_join!(tables.past_changes(DAYS, now), tables.settings(), tables.directory())?;
    let mut rows: Vec<Setting> = settings.to_vec();
    rows.push(trial);
    let stores: HashMap<&StoreId, &StoreProfile> = directory.iter().map(|s| (&s.store, s)).collect();
    let mut policies: HashMap<StoreId, Effective> = HashMap::new();
    for p in &past {
        let store = p.target.store();
        if let Some(profile) = stores.get(store).filter(|_| !policies.contains_key(store)) {
            policies.insert(store.clone(), Terms::of(&rows, profile, now).policy().clone());
        }
    }
    // A store that is gone would have asked for nothing.
    let past: Vec<PastChange> = past.into_iter().filter(|p| policies.contains_key(p.target.store())).collect();
    let run = match policies.values().next() {
        Some(any) => dry_run(&past, |store| policies.get(store).unwrap_or(any)),
        None => DryRun::default(),
    };
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let waits = run.requests.get(..NAMED).unwrap_or(&run.requests);
    let never = run.refused.get(..NAMED).unwrap_or(&run.refused);
    let (requests, refused) = futures::try_join!(dry_run_rows(&app, waits), dry_run_rows(&app, never))?;
    Reply::json(&DryRunAnswer {
        changes: count(past.len()),
        more,
        at_once: count(run.at_once),
        waited: count(run.requests.len()),
        requests,
        impossible: count(run.refused.len()),
        refused,
    })
}

/// The setting that is tried: the newest word of its level.
fn trial(ask: &DryRunAsk, staff: &Staff, now: Timestamp) -> Result<Setting, Failure> {
    let bad = |detail: String, field: &str| Failure::from(Problem::new(Code::BadRequest, detail).at(field));
    let field = FieldKey::parse(&ask.field).ok_or_else(|| bad("没有这个规则项".to_owned(), "field"))?;
    let value = match field.field().kind {
        Kind::Switch => ask.value.parse().ok().map(Value::Switch),
        Kind::Number { .. } => ask.value.trim().parse().ok().map(Value::Number),
        Kind::Choice(_) => Some(Value::Choice(ask.value.clone())),
    };
    let value = value.ok_or_else(|| bad(format!("“{}”的值有误", field.field().label), "value"))?;
    field.field().check(&value).map_err(|p| Failure::from(p.at("value")))?;
    let level = match (ask.mode, &ask.region, &ask.store) {
        (None, None, None) => Level::Hq,
        (Some(mode), None, None) => Level::Mode(mode),
        (None, Some(region), None) => Level::Region(region.clone()),
        (None, None, Some(store)) => Level::Store(store.clone()),
        _ => return Err(bad("经营模式、区域和门店只能选一项".to_owned(), "mode")),
    };
    Ok(Setting { level, field, value: Some(value), by: staff.sub.clone(), at: now, from: now, why: "试算".to_owned(), seq: u64::MAX })
}
