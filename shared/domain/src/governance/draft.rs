//! What the set-up questions were answered: kept, edited, and applied in one transaction. What it leads to is not kept: it follows from the answers,
//! and what of it is a difference follows from what is in force.

use std::collections::{BTreeMap, BTreeSet};

use liandian_types::{Code, Problem, StaffId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    fields::{FieldKey, Value},
    resolve::Level,
    settings::{self, Change, Rulebook, What, in_chain},
    setup::{Answers, ProposedPolicy, propose},
};
use crate::{Decision, Refusable, conflict, decision::GovernanceWrite};

/// The answers, and which lines of what they lead to are left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupDraft {
    /// What was answered.
    pub answers: Answers,
    /// Lines that are not taken, by [`line()`].
    #[serde(default)]
    pub left: BTreeSet<String>,
    /// Who saved it last.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
    /// When what it leads to was last applied, if it was since the answers were changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applied: Option<Timestamp>,
    /// How often it was saved.
    pub version: u64,
}

/// The name of a proposed line: its level and its field.
#[must_use]
pub fn line(level: &Level, field: FieldKey) -> String {
    format!("{}/{}", level.word(), field.as_str())
}

/// A proposed policy beside what is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What is proposed.
    pub proposed: ProposedPolicy,
    /// What the level says now, if anything.
    pub current: Option<Value>,
}

/// What the answers lead to that is not in force, and how much of it is.
///
/// # Errors
/// As [`propose`].
pub fn lines(answers: &Answers, book: &Rulebook, now: Timestamp) -> Refusable<(Vec<Line>, usize)> {
    let proposal = propose(answers)?;
    let all = book.all();
    let differs = proposal.difference(&all, now).into_iter();
    // A number of the chain's policies is in force also when nobody has said it.
    let holds = |p: &ProposedPolicy| p.level == Level::Hq && in_chain(&book.policies, p.field).as_ref() == Some(&p.value);
    let lines: Vec<Line> =
        differs.filter(|d| !holds(d.proposed)).map(|d| Line { proposed: d.proposed.clone(), current: d.current.cloned() }).collect();
    let unchanged = proposal.policies.len() - lines.len();
    Ok((lines, unchanged))
}

/// Saves the answers and what of them is left. `seen` is the version that its author saw; 0 when there was none.
///
/// # Errors
/// As [`propose`]; `conflict` when it has been saved since; `bad_request` for a line that the answers do not lead to.
pub fn save(old: Option<&SetupDraft>, seen: u64, answers: Answers, left: BTreeSet<String>, by: &StaffId, now: Timestamp) -> Refusable<SetupDraft> {
    let version = old.map_or(0, |d| d.version);
    if seen != version {
        return conflict("诊断草稿刚被其他人修改过，请刷新页面，核对后再保存");
    }
    let proposal = propose(&answers)?;
    let known: BTreeSet<String> = proposal.policies.iter().map(|p| line(&p.level, p.field)).collect();
    if let Some(unknown) = left.iter().find(|l| !known.contains(*l)) {
        return Err(Problem::new(Code::BadRequest, format!("方案中没有这一项：{unknown}")).at("left"));
    }
    Ok(SetupDraft { answers, left, by: by.clone(), at: now, applied: None, version })
}

/// The decision that keeps a draft.
#[must_use]
pub fn kept(draft: &SetupDraft) -> Decision {
    let mut d = Decision::default();
    d.write(GovernanceWrite::SetupDraft(Box::new(draft.clone())));
    d
}

/// Applies what is taken of a draft, in one transaction. `seen` is the version of the draft, `versions` those of the levels that its author saw.
///
/// # Errors
/// `conflict` when either has been changed since; `bad_request` when nothing is left to be applied; as [`settings::change`].
pub fn apply(
    draft: &SetupDraft,
    seen: u64,
    book: &Rulebook,
    versions: &BTreeMap<Level, u64>,
    by: &StaffId,
    now: Timestamp,
) -> Refusable<(SetupDraft, Decision)> {
    if seen != draft.version {
        return conflict("诊断草稿刚被其他人修改过，请刷新页面，核对后再应用");
    }
    let (lines, _) = lines(&draft.answers, book, now)?;
    let taken = lines.into_iter().map(|l| l.proposed).filter(|p| !draft.left.contains(&line(&p.level, p.field)));
    let changes: Vec<Change> =
        taken.map(|p| Change { level: p.level, field: p.field, what: What::Say { value: Some(p.value), from: None }, why: p.why }).collect();
    if changes.is_empty() {
        return Err(Problem::new(Code::BadRequest, "没有需要应用的改动：所选项已全部生效").at("left"));
    }
    let mut d = settings::change(book, &changes, versions, by, now)?;
    let applied = SetupDraft { applied: Some(now), by: by.clone(), at: now, ..draft.clone() };
    d.and(kept(&applied));
    Ok((applied, d))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000);

    fn by() -> StaffId {
        "stf_hq".parse().unwrap()
    }

    fn answers(choices: &[(&str, &str)]) -> Answers {
        Answers { choices: choices.iter().map(|(q, c)| ((*q).to_owned(), (*c).to_owned())).collect(), regions: vec![] }
    }

    #[test]
    fn given_a_draft_when_somebody_else_has_saved_it_then_neither_saving_nor_applying_undoes_that() {
        let book = Rulebook::default();
        let draft = save(None, 0, answers(&[("profile", "yes")]), BTreeSet::new(), &by(), NOW).unwrap();
        let stored = SetupDraft { version: 1, ..draft };
        assert_eq!(save(Some(&stored), 0, answers(&[]), BTreeSet::new(), &by(), NOW).unwrap_err().code, Code::Conflict);
        assert_eq!(apply(&stored, 0, &book, &BTreeMap::new(), &by(), NOW).unwrap_err().code, Code::Conflict);
        assert_eq!(apply(&stored, 1, &book, &BTreeMap::new(), &by(), NOW).unwrap_err().field.as_deref(), Some("versions"));
        let versions: BTreeMap<Level, u64> = [(Level::Hq, 0)].into();
        let (applied, d) = apply(&stored, 1, &book, &versions, &by(), NOW).unwrap();
        assert_eq!((applied.applied, d.events.len()), (Some(NOW), 1));
        let unknown = [line(&Level::Hq, FieldKey::MayList)].into();
        assert_eq!(save(Some(&stored), 1, answers(&[("profile", "yes")]), unknown, &by(), NOW).unwrap_err().field.as_deref(), Some("left"));
    }

    #[test]
    fn given_a_line_that_is_left_when_applied_then_it_is_not_written() {
        let book = Rulebook::default();
        let left = [line(&Level::Hq, FieldKey::MayProfile)].into();
        let draft = save(None, 0, answers(&[("profile", "yes")]), left, &by(), NOW).unwrap();
        let versions: BTreeMap<Level, u64> = [(Level::Hq, 0)].into();
        assert_eq!(apply(&draft, 0, &book, &versions, &by(), NOW).unwrap_err().field.as_deref(), Some("left"));
    }

    #[test]
    fn given_a_number_that_a_new_chain_has_when_it_is_proposed_then_it_is_no_difference() {
        let (lines, unchanged) = lines(&answers(&[("losses", "small")]), &Rulebook::default(), NOW).unwrap();
        assert_eq!((lines.len(), unchanged), (0, 1));
    }
}
