//! Set-up by questions: the questions, what answers lead to, a draft of it, and its application.

use std::collections::BTreeMap;

use liandian_domain::{
    Decision,
    governance::{
        draft::{self, Edited, Edits},
        fields::FieldKey,
        setup::Answers,
    },
    stores::themes,
};
use liandian_types::{
    Code, Problem, RegionId, StoreId,
    api::{SetupAnswer, SetupAnswers, SetupApply, SetupEdit, SetupLeft, SetupSave, SetupTheme, SetupThemed},
};

use super::settings::seen;
use crate::{
    App,
    http::{Call, Failure, Reply},
    transact::{Plan, transact},
    views::governance::setup::{Beside, proposal_view, setup_view},
};

/// What was answered, in the domain's words; regions that the chain has not are refused.
async fn answers(app: &App, given: Vec<SetupAnswer>, regions: Vec<RegionId>) -> Result<Answers, Failure> {
    let mut all = Answers { choices: std::collections::BTreeMap::new(), regions };
    for (i, a) in given.into_iter().enumerate() {
        if all.choices.insert(a.question, a.choice).is_some() {
            return Err(Problem::new(Code::BadRequest, "同一个问题只能回答一次").at(format!("answers[{i}].question")).into());
        }
    }
    let directory = app.tables.directory().await?;
    if let Some(i) = all.regions.iter().position(|r| directory.iter().all(|s| s.region != *r)) {
        return Err(Problem::new(Code::BadRequest, "没有这个区域").at(format!("regions[{i}]")).into());
    }
    Ok(all)
}

/// The questions, and what was answered.
///
/// # Errors
/// [`Failure`] from the tables.
pub async fn read(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&setup_view(&app.tables, call.now).await?)
}

/// What answers lead to beside what is in force. Nothing is kept.
///
/// # Errors
/// `bad_request` for a question or choice that there is not.
pub async fn proposal(app: App, call: Call) -> Result<Reply, Failure> {
    let ask: SetupAnswers = call.json()?;
    let answers = answers(&app, ask.answers, ask.regions).await?;
    let (book, directory, roles) = futures::try_join!(app.tables.rulebook_now(), app.tables.directory(), app.tables.role_defs())?;
    let beside = Beside { book: &book, directory: &directory, roles: &roles };
    Reply::json(&proposal_view(&answers, &Edits::default(), beside, call.now)?)
}

/// What somebody has made of the proposed lines.
fn edits(left: Vec<String>, left_why: Vec<SetupLeft>, given: Vec<SetupEdit>) -> Result<Edits, Failure> {
    let bad = |i: usize, why: &str| Failure::from(Problem::new(Code::BadRequest, why).at(format!("edits[{i}].line")));
    let mut values = BTreeMap::new();
    for (i, e) in given.into_iter().enumerate() {
        // A line is its level and its field.
        let field = e.line.rsplit_once('/').and_then(|(_, field)| FieldKey::parse(field)).ok_or_else(|| bad(i, "方案中没有这一项"))?;
        let value = field.field().read(&e.value).map_err(|p| Failure::from(p.at(format!("edits[{i}].value"))))?;
        if values.insert(e.line, Edited { value, why: e.why }).is_some() {
            return Err(bad(i, "同一项只能修改一次"));
        }
    }
    let left_why = left_why.into_iter().map(|l| (l.line, l.why)).collect();
    Ok(Edits { left: left.into_iter().collect(), left_why, values })
}

/// Keeps answers, which lines of what they lead to are left, and which have another value.
///
/// # Errors
/// As [`proposal`]; `conflict` when the draft has been saved since the version that was seen.
pub async fn save(app: App, call: Call) -> Result<Reply, Failure> {
    let ask: SetupSave = call.json()?;
    let answers = answers(&app, ask.answers, ask.regions).await?;
    let edits = edits(ask.left, ask.left_why, ask.edits)?;
    let (app, by, answers, edits) = (&app, &call.staff()?.sub, &answers, &edits);
    transact(app, call.now, |_| async move {
        let old = app.tables.setup_draft_now().await?;
        let next = draft::save(old.as_ref(), ask.version, answers.clone(), edits.clone(), by, call.now)?;
        Ok(Plan::new((), draft::kept(&next)))
    })
    .await?;
    Reply::json(&setup_view(&app.tables, call.now).await?)
}

/// Applies what is taken of the draft, in one transaction.
///
/// # Errors
/// `conflict` when the draft or a level has been changed since; `bad_request` when there is nothing to be applied; `not_found` without a draft.
pub async fn apply(app: App, call: Call) -> Result<Reply, Failure> {
    let ask: SetupApply = call.json()?;
    let versions = seen(&ask.versions)?;
    let (app, by, versions) = (&app, &call.staff()?.sub, &versions);
    transact(app, call.now, |_| async move {
        let (book, kept) = futures::try_join!(app.tables.rulebook_now(), app.tables.setup_draft_now())?;
        let kept = kept.ok_or_else(|| Failure::not_found("诊断草稿"))?;
        let (_, decision) = draft::apply(&kept, ask.version, &book, versions, by, call.now)?;
        Ok(Plan::new((), decision))
    })
    .await?;
    Reply::json(&setup_view(&app.tables, call.now).await?)
}

/// Stores of one transaction: each is its profile, the rows by which it is found, and an event.
const THEMED: usize = 8;
/// Transactions of one call: the answer says where to go on.
const STEPS: usize = 10;
/// The longest reason, in characters.
const MAX_WHY: usize = 100;

/// Gives the stores of a class a home page, so many a call; each change stands in its store's history. Stores that have it already are left alone, so that a
/// call that is repeated does nothing twice.
///
/// # Errors
/// `bad_request` for a home page that there is not, or without a reason.
pub async fn theme(app: App, call: Call) -> Result<Reply, Failure> {
    let ask: SetupTheme = call.json()?;
    themes::known(&ask.theme)?;
    let why = ask.why.trim();
    if why.is_empty() || why.chars().count() > MAX_WHY {
        return Err(Problem::new(Code::BadRequest, format!("请填写 1 到 {MAX_WHY} 字的原因")).at("why").into());
    }
    let directory = app.tables.directory_now().await?;
    let mut of_tier: Vec<StoreId> = directory.iter().filter(|s| s.tier == ask.tier).map(|s| s.store.clone()).collect();
    // By their ids: a store that comes or goes between two calls makes nobody miss another.
    of_tier.sort();
    let begins = ask.after.as_ref().map_or(0, |after| of_tier.partition_point(|s| s <= after));
    let part: Vec<StoreId> = of_tier.iter().skip(begins).take(THEMED * STEPS).cloned().collect();
    let (app, by, theme, now) = (&app, &call.staff()?.sub, ask.theme.as_str(), call.now);
    let regions = app.tables.regions().await?;
    let regions = &regions;
    let mut changed = 0_usize;
    for stores in part.chunks(THEMED) {
        changed += transact(app, now, |_| async move {
            let (mut d, mut many) = (Decision::default(), 0_usize);
            for s in app.tables.stores_now(stores).await?.into_iter().flatten() {
                let one = themes::set(&s, theme, regions, by, why, now)?;
                many += usize::from(!one.is_empty());
                d.and(one);
            }
            Ok(Plan::new(many, d))
        })
        .await?;
    }
    let done = begins.saturating_add(part.len());
    let next = if done < of_tier.len() { part.last().cloned() } else { None };
    let many = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Reply::json(&SetupThemed { changed: many(changed), looked: many(part.len()), next })
}
