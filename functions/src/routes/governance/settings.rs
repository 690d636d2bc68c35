//! What levels say about stores: shown, changed with whom it touches told first, and what holds in one store.

use std::collections::BTreeMap;

use liandian_domain::{
    governance::{
        fields::FieldKey,
        resolve::Level,
        settings::{self, Change, What},
    },
    stores::hours::{CHINA, moment},
};
use liandian_types::{
    Code, Problem, StoreId, Timestamp,
    api::{LevelSeen, PresetWish, SettingsChange},
};

use crate::{
    App,
    http::{Call, Failure, Reply},
    transact::{Plan, transact},
    views::governance::settings::{settings_changes, settings_impact, settings_view, store_policy},
};

fn bad(detail: impl Into<String>, at: impl Into<String>) -> Failure {
    Problem::new(Code::BadRequest, detail).at(at).into()
}

/// The levels whose versions were seen.
///
/// # Errors
/// `bad_request` for what is no level.
pub(super) fn seen(versions: &[LevelSeen]) -> Result<BTreeMap<Level, u64>, Failure> {
    let level = |(i, v): (usize, &LevelSeen)| match Level::parse(&v.level) {
        Some(level) => Ok((level, v.version)),
        None => Err(bad("没有这个层级", format!("versions[{i}].level"))),
    };
    versions.iter().enumerate().map(level).collect()
}

/// What is wished, in the domain's words.
fn changes(ask: &SettingsChange) -> Result<Vec<Change>, Failure> {
    let from = match ask.from.as_deref().filter(|t| !t.trim().is_empty()) {
        Some(text) => Some(moment(text, CHINA).ok_or_else(|| bad("生效时间的格式为 2026-12-01T08:00", "from"))?),
        None => None,
    };
    let mut all = Vec::with_capacity(ask.changes.len());
    for (i, c) in ask.changes.iter().enumerate() {
        let level = Level::parse(&c.level).ok_or_else(|| bad("没有这个层级", format!("changes[{i}].level")))?;
        let field = FieldKey::parse(&c.field).ok_or_else(|| bad("没有这项规则", format!("changes[{i}].field")))?;
        let what = match (c.withdraw, &c.value) {
            (Some(_), Some(_)) => return Err(bad("撤回预约时不能同时给出新值", format!("changes[{i}].value"))),
            (Some(at), None) => What::Withdraw(at),
            (None, value) => What::Say { value: value.as_deref().map(|v| field.field().read(v)).transpose()?, from },
        };
        all.push(Change { level, field, what, why: ask.why.clone() });
    }
    Ok(all)
}

/// Are these levels there? Modes and tiers always are.
async fn known(app: &App, changes: &[Change]) -> Result<(), Failure> {
    let directory = app.tables.directory().await?;
    for (i, c) in changes.iter().enumerate() {
        let there = match &c.level {
            Level::Hq | Level::Mode(_) | Level::Tier(_) => true,
            Level::Region(r) => directory.iter().any(|s| s.region == *r),
            // A store that has just been made is not in the directory yet.
            Level::Store(id) => directory.iter().any(|s| s.store == *id) || app.tables.store(id).await?.is_some(),
        };
        if !there {
            return Err(bad("没有这家门店或这个区域", format!("changes[{i}].level")));
        }
    }
    Ok(())
}

/// What all levels say.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn list(app: App, call: Call) -> Result<Reply, Failure> {
    let book = app.tables.rulebook_now().await?;
    Reply::json(&settings_view(&app.tables, &book, call.now).await?)
}

/// Commits changes, and answers what all levels say then.
async fn commit(app: &App, call: &Call, changes: &[Change], seen: &BTreeMap<Level, u64>) -> Result<Reply, Failure> {
    let by = &call.staff()?.sub;
    transact(app, call.now, |_| async move {
        let book = app.tables.rulebook_now().await?;
        Ok(Plan::new((), settings::change(&book, changes, seen, by, call.now)?))
    })
    .await?;
    let book = app.tables.rulebook_now().await?;
    Reply::json(&settings_view(&app.tables, &book, call.now).await?)
}

/// Changes what levels say; in force everywhere within a minute of its time.
///
/// # Errors
/// `bad_request` naming the field; `conflict` when a level has been changed since the version that was seen.
pub async fn set(app: App, call: Call) -> Result<Reply, Failure> {
    let ask: SettingsChange = call.json()?;
    let (changes, seen) = (changes(&ask)?, seen(&ask.versions)?);
    known(&app, &changes).await?;
    commit(&app, &call, &changes, &seen).await
}

/// Whom changes would touch. The prices of so many stores are looked at as one call can, those behind `after`; the answer says where to go on.
///
/// # Errors
/// `bad_request` naming the field.
pub async fn impact(app: App, call: Call) -> Result<Reply, Failure> {
    let mut ask: SettingsChange = call.json()?;
    if ask.why.trim().is_empty() {
        "试算".clone_into(&mut ask.why);
    }
    let changes = changes(&ask)?;
    known(&app, &changes).await?;
    let book = app.tables.rulebook_now().await?;
    let rows = settings::drafted(&book, &changes, &call.staff()?.sub, call.now)?;
    let after: Option<StoreId> = call.typed("after")?;
    Reply::json(&settings_impact(&app.tables, &book, &rows, after.as_ref(), call.now).await?)
}

/// Who changed what levels say, newest first.
///
/// # Errors
/// `bad_cursor`.
pub async fn history(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&settings_changes(&app, call.q("cursor")).await?)
}

/// Gives a mode what a new chain says about it.
///
/// # Errors
/// `conflict` when its level has been changed since the version that was seen.
pub async fn preset(app: App, call: Call) -> Result<Reply, Failure> {
    let ask: PresetWish = call.json()?;
    let seen = BTreeMap::from([(Level::Mode(ask.mode), ask.version)]);
    commit(&app, &call, &settings::preset_changes(ask.mode), &seen).await
}

/// What holds in a store, and who says so.
///
/// # Errors
/// `not_found`.
pub async fn of_store(app: App, call: Call) -> Result<Reply, Failure> {
    let store = app.tables.store(&call.store()?).await?.ok_or_else(|| Failure::not_found("门店"))?;
    let now: Timestamp = call.now;
    Reply::json(&store_policy(&app.tables, &store, now).await?)
}
