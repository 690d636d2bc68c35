//! Set-up by questions: the questions, and what answers lead to beside what is in force.

use std::collections::BTreeSet;

use liandian_domain::{
    access::role::RoleDef,
    governance::{
        draft::{self, Edits, SetupDraft},
        resolve::Level,
        settings::{Rulebook, show},
        setup::{Answers, Layer, Proposal, ProposedPolicy, QUESTIONS, Reasoned, propose},
    },
    stores::{
        hours::{CHINA, local_text},
        profile::StoreProfile,
    },
};
use liandian_store::Tables;
use liandian_types::{
    Mode, Permission, Role, Tier, Timestamp,
    api::{
        LevelSeen, SettingWord, SetupAnswer, SetupAnswers, SetupDraftView, SetupHint, SetupLine, SetupProposal, SetupQuestion, SetupSame, SetupView,
    },
};

use super::settings::{field_view, level_title};
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

/// A share in per mille, as people read it.
fn per_cent(n: u64) -> String {
    if n.is_multiple_of(10) { format!("{}%", n / 10) } else { format!("{}.{}%", n / 10, n % 10) }
}

/// What is proposed beside policies, each with what is so now.
fn hints(p: &Proposal, directory: &[StoreProfile], roles: &[RoleDef]) -> Vec<SetupHint> {
    let hint = |kind: &str, title: String, text: String, why: &str| SetupHint {
        kind: kind.to_owned(),
        title,
        text,
        why: why.to_owned(),
        current: String::new(),
        in_force: false,
        tier: None,
        theme: None,
        role: None,
        permissions: Vec::new(),
        role_version: 0,
        role_title: String::new(),
    };
    let share = |(mode, s): (&Mode, &Reasoned<u64>)| {
        let of_mode = directory.iter().filter(|d| d.mode == *mode);
        let mut rules: Vec<&str> = of_mode.map(|d| d.rule.as_str()).collect();
        rules.sort_unstable();
        rules.dedup();
        let current = if rules.is_empty() { "没有这类门店".to_owned() } else { format!("现行规则 {}", rules.join("、")) };
        SetupHint { current, ..hint("share", format!("{}门店分成", mode.title()), format!("总部 {}", per_cent(s.value)), &s.why) }
    };
    let theme = |(tier, t): (&Tier, &Reasoned<&'static str>)| {
        let of_tier: Vec<&StoreProfile> = directory.iter().filter(|d| d.tier == *tier).collect();
        let already = of_tier.iter().filter(|d| d.theme == t.value).count();
        SetupHint {
            current: format!("{} 家门店中 {already} 家已是", of_tier.len()),
            in_force: already == of_tier.len(),
            tier: Some(*tier),
            theme: Some(t.value.to_owned()),
            ..hint("theme", format!("{}首页", tier.title()), theme_title(t.value).to_owned(), &t.why)
        }
    };
    let grant = |(role, g): &(Role, Reasoned<Permission>)| {
        let kept = roles.iter().find(|r| r.id() == role.id());
        let has = kept.is_some_and(|r| r.may(g.value));
        let mut permissions = kept.map(|r| r.permissions.clone()).unwrap_or_default();
        permissions.push(g.value);
        SetupHint {
            current: if has { "已有" } else { "没有" }.to_owned(),
            in_force: has,
            role: Some(role.id()),
            permissions,
            role_version: kept.map_or(0, |r| r.version),
            role_title: kept.map_or_else(|| role.title().to_owned(), |r| r.title().to_owned()),
            ..hint("grant", format!("{}岗位权限", role.title()), g.value.as_str().to_owned(), &g.why)
        }
    };
    let (shares, themes) = (p.shares.iter().map(share), p.themes.iter().map(theme));
    shares.chain(themes).chain(p.grants.iter().map(grant)).collect()
}

/// What of the chain a proposal is held against.
#[derive(Debug, Clone, Copy)]
pub struct Beside<'a> {
    /// What every level says.
    pub book: &'a Rulebook,
    /// The stores.
    pub directory: &'a [StoreProfile],
    /// The roles.
    pub roles: &'a [RoleDef],
}

/// What answers lead to beside what is in force, with what people made of it.
///
/// # Errors
/// As [`propose`].
pub fn proposal_view(answers: &Answers, edits: &Edits, beside: Beside<'_>, now: Timestamp) -> Result<SetupProposal, Failure> {
    let Beside { book, directory, roles } = beside;
    let (lines, unchanged) = draft::lines(answers, edits, book, now)?;
    let levels: BTreeSet<&Level> = lines.iter().map(|l| &l.proposed.level).collect();
    let versions = levels.iter().map(|l| LevelSeen { level: l.word(), version: book.version(l) }).collect();
    let line = |l: &draft::Line| {
        let p = &l.proposed;
        let field = p.field.field();
        let name = draft::line(&p.level, p.field);
        SetupLine {
            taken: !edits.left.contains(&name),
            left_why: edits.left_why.get(&name).cloned().unwrap_or_default(),
            line: name,
            level: p.level.word(),
            level_title: level_title(&p.level, directory),
            field: p.field.as_str().to_owned(),
            label: field.label.to_owned(),
            current: show(p.field, l.current.as_ref()),
            value: p.value.word(),
            text: field.show(&p.value),
            why: p.why.clone(),
            original: l.original.as_ref().map(|v| field.show(v)),
            form: field_view(field),
        }
    };
    let same = |p: &ProposedPolicy| SetupSame {
        level_title: level_title(&p.level, directory),
        label: p.field.field().label.to_owned(),
        text: p.field.field().show(&p.value),
    };
    Ok(SetupProposal {
        lines: lines.iter().map(line).collect(),
        unchanged: u32::try_from(unchanged).unwrap_or(u32::MAX),
        hints: hints(&propose(answers)?, directory, roles),
        same: draft::in_force(answers, edits, book, now)?.iter().map(same).collect(),
        versions,
    })
}

/// The questions, and what was answered.
///
/// # Errors
/// [`Failure`] from the tables; as [`propose`] for answers to a question that is asked no more.
pub async fn setup_view(tables: &Tables, now: Timestamp) -> Result<SetupView, Failure> {
    let (directory, book, draft, roles) =
        futures::try_join!(tables.directory(), tables.rulebook_now(), tables.setup_draft_now(), tables.role_defs())?;
    let beside = Beside { book: &book, directory: &directory, roles: &roles };
    let draft = match draft {
        Some(d) => Some(draft_view(tables, &d, beside, now).await?),
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

async fn draft_view(tables: &Tables, d: &SetupDraft, beside: Beside<'_>, now: Timestamp) -> Result<SetupDraftView, Failure> {
    let names = tables.staff_names([d.by.as_str()].into_iter()).await?;
    let answers = d.answers.choices.iter().map(|(q, c)| SetupAnswer { question: q.clone(), choice: c.clone() }).collect();
    Ok(SetupDraftView {
        answers: SetupAnswers { answers, regions: d.answers.regions.clone() },
        proposal: proposal_view(&d.answers, &d.edits(), beside, now)?,
        version: d.version,
        by: d.by.clone(),
        by_name: names.get(d.by.as_str()).cloned(),
        at_text: local_text(d.at, CHINA),
        applied_text: d.applied.map(|at| local_text(at, CHINA)),
    })
}
