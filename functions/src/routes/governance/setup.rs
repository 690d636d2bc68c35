//! Set-up by questions: the questions, what answers lead to, a draft of it, and its application.

use std::collections::BTreeSet;

use liandian_domain::governance::{draft, setup::Answers};
use liandian_types::{
    Code, Problem, RegionId,
    api::{SetupAnswer, SetupAnswers, SetupApply, SetupSave},
};

use super::settings::seen;
use crate::{
    App,
    http::{Call, Failure, Reply},
    transact::{Plan, transact},
    views::governance::setup::{proposal_view, setup_view},
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
    let (book, directory) = futures::try_join!(app.tables.rulebook_now(), app.tables.directory())?;
    Reply::json(&proposal_view(&answers, &BTreeSet::new(), &book, &directory, call.now)?)
}

/// Keeps answers, and which lines of what they lead to are left.
///
/// # Errors
/// As [`proposal`]; `conflict` when the draft has been saved since the version that was seen.
pub async fn save(app: App, call: Call) -> Result<Reply, Failure> {
    let ask: SetupSave = call.json()?;
    let answers = answers(&app, ask.answers, ask.regions).await?;
    let left: BTreeSet<String> = ask.left.into_iter().collect();
    let (app, by, answers, left) = (&app, &call.staff()?.sub, &answers, &left);
    transact(app, call.now, |_| async move {
        let old = app.tables.setup_draft_now().await?;
        let next = draft::save(old.as_ref(), ask.version, answers.clone(), left.clone(), by, call.now)?;
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
