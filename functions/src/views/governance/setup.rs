//! Set-up by questions: the questions, and what answers lead to beside what is in force.

use std::collections::BTreeSet;

use liandian_domain::{
    governance::{
        draft::{self, SetupDraft},
        resolve::Level,
        settings::{Rulebook, show},
        setup::{Answers, Layer, Proposal, QUESTIONS, propose},
    },
    stores::{
        hours::{CHINA, local_text},
        profile::StoreProfile,
    },
};
use liandian_store::Tables;
use liandian_types::{
    Timestamp,
    api::{LevelSeen, SettingWord, SetupAnswer, SetupAnswers, SetupDraftView, SetupHint, SetupLine, SetupProposal, SetupQuestion, SetupView},
};

use super::settings::level_title;
use crate::http::Failure;

fn layer_title(layer: Layer) -> &'static str {
    match layer {
        Layer::Strategy => "企业战略",
        Layer::Headquarters => "总部管理",
        Layer::Stores => "门店运营",
    }
}

fn theme_title(theme: &str) -> &str {
    match theme {
        "standard" => "标准首页",
        "simple" => "简洁首页",
        "community" => "社区首页",
        other => other,
    }
}

/// What is proposed beside policies.
fn hints(p: &Proposal) -> Vec<SetupHint> {
    let hint = |kind: &str, title: String, text: String, why: &str| SetupHint { kind: kind.to_owned(), title, text, why: why.to_owned() };
    let share = |n: u64| if n.is_multiple_of(10) { format!("总部 {}%", n / 10) } else { format!("总部 {}.{}%", n / 10, n % 10) };
    let shares = p.shares.iter().map(|(mode, s)| hint("share", format!("{}门店分成", mode.title()), share(s.value), &s.why));
    let themes = p.themes.iter().map(|(tier, t)| hint("theme", format!("{}首页", tier.title()), theme_title(t.value).to_owned(), &t.why));
    let grants = p.grants.iter().map(|(role, g)| hint("grant", format!("{}岗位权限", role.title()), g.value.as_str().to_owned(), &g.why));
    shares.chain(themes).chain(grants).collect()
}

/// What answers lead to beside what is in force; `left` are the lines that are not taken.
///
/// # Errors
/// As [`propose`].
pub fn proposal_view(
    answers: &Answers,
    left: &BTreeSet<String>,
    book: &Rulebook,
    directory: &[StoreProfile],
    now: Timestamp,
) -> Result<SetupProposal, Failure> {
    let (lines, unchanged) = draft::lines(answers, book, now)?;
    let levels: BTreeSet<&Level> = lines.iter().map(|l| &l.proposed.level).collect();
    let versions = levels.iter().map(|l| LevelSeen { level: l.word(), version: book.version(l) }).collect();
    let line = |l: &draft::Line| {
        let p = &l.proposed;
        let name = draft::line(&p.level, p.field);
        SetupLine {
            taken: !left.contains(&name),
            line: name,
            level: p.level.word(),
            level_title: level_title(&p.level, directory),
            field: p.field.as_str().to_owned(),
            label: p.field.field().label.to_owned(),
            current: show(p.field, l.current.as_ref()),
            value: p.value.word(),
            text: p.field.field().show(&p.value),
            why: p.why.clone(),
        }
    };
    Ok(SetupProposal {
        lines: lines.iter().map(line).collect(),
        unchanged: u32::try_from(unchanged).unwrap_or(u32::MAX),
        hints: hints(&propose(answers)?),
        versions,
    })
}

/// The questions, and what was answered.
///
/// # Errors
/// [`Failure`] from the tables; as [`propose`] for answers to a question that is asked no more.
pub async fn setup_view(tables: &Tables, now: Timestamp) -> Result<SetupView, Failure> {
    let (directory, book, draft) = futures::try_join!(tables.directory(), tables.rulebook_now(), tables.setup_draft_now())?;
    let draft = match draft {
        Some(d) => Some(draft_view(tables, &d, &book, &directory, now).await?),
        None => None,
    };
    let word = |(value, title): (&str, &str)| SettingWord { value: value.to_owned(), title: title.to_owned() };
    let questions = QUESTIONS.iter().map(|q| SetupQuestion {
        id: q.id.to_owned(),
        layer: layer_title(q.layer).to_owned(),
        text: q.text.to_owned(),
        choices: q.choices.iter().map(|c| word((c.id, c.text))).collect(),
    });
    let mut regions: Vec<_> = directory.iter().map(|s| s.region.clone()).collect();
    regions.sort();
    regions.dedup();
    let regions = regions.into_iter().map(|r| {
        let title = level_title(&Level::Region(r.clone()), &directory);
        SettingWord { value: r.to_string(), title }
    });
    Ok(SetupView { questions: questions.collect(), regions: regions.collect(), draft })
}

async fn draft_view(tables: &Tables, d: &SetupDraft, book: &Rulebook, directory: &[StoreProfile], now: Timestamp) -> Result<SetupDraftView, Failure> {
    let names = tables.staff_names([d.by.as_str()].into_iter()).await?;
    let answers = d.answers.choices.iter().map(|(q, c)| SetupAnswer { question: q.clone(), choice: c.clone() }).collect();
    Ok(SetupDraftView {
        answers: SetupAnswers { answers, regions: d.answers.regions.clone() },
        proposal: proposal_view(&d.answers, &d.left, book, directory, now)?,
        version: d.version,
        by: d.by.clone(),
        by_name: names.get(d.by.as_str()).cloned(),
        at_text: local_text(d.at, CHINA),
        applied_text: d.applied.map(|at| local_text(at, CHINA)),
    })
}
