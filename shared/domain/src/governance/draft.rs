//! What the set-up questions were answered: kept, edited, and applied in one transaction. What it leads to is not kept: it follows from the answers,
//! and what of it is a difference follows from what is in force.

use std::collections::{BTreeMap, BTreeSet};

use liandian_types::{Code, Problem, StaffId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    fields::{FieldKey, Value},
    resolve::Level,
    settings::{self, Change, Rulebook, What, in_chain},
    setup::{Answers, Proposal, ProposedPolicy, propose},
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
    /// Why they are not, where somebody said so.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub left_why: BTreeMap<String, String>,
    /// Lines with another value than the proposed one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, Edited>,
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

impl SetupDraft {
    /// What people made of its lines.
    #[must_use]
    pub fn edits(&self) -> Edits {
        Edits { left: self.left.clone(), left_why: self.left_why.clone(), values: self.values.clone() }
    }
}

/// What people made of proposed lines, by [`line()`]: which are left, and which have another value, each with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Edits {
    /// Lines that are not taken.
    pub left: BTreeSet<String>,
    /// Why, where somebody said so.
    pub left_why: BTreeMap<String, String>,
    /// Lines with another value than the proposed one.
    pub values: BTreeMap<String, Edited>,
}

/// Another value for a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edited {
    /// The value.
    pub value: Value,
    /// Why: it is kept as the reason of the policy.
    pub why: String,
}

/// The longest reason, in characters.
const MAX_WHY: usize = 200;

/// The name of a proposed line: its level and its field.
#[must_use]
pub fn line(level: &Level, field: FieldKey) -> String {
    format!("{}/{}", level.word(), field.as_str())
}

/// A proposed policy beside what is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What is proposed, or what somebody has made of it.
    pub proposed: ProposedPolicy,
    /// What the level says now, if anything.
    pub current: Option<Value>,
    /// What the answers alone lead to, where somebody has made something else of it.
    pub original: Option<Value>,
}

/// What the answers lead to, with what people made of it.
fn edited(answers: &Answers, edits: &Edits) -> Refusable<(Proposal, BTreeMap<String, Value>)> {
    let mut proposal = propose(answers)?;
    let mut originals = BTreeMap::new();
    for p in &mut proposal.policies {
        let name = line(&p.level, p.field);
        if let Some(e) = edits.values.get(&name) {
            originals.insert(name, std::mem::replace(&mut p.value, e.value.clone()));
            p.why.clone_from(&e.why);
        }
    }
    Ok((proposal, originals))
}

/// What the answers lead to and what is in force already as it is proposed.
///
/// # Errors
/// As [`propose`].
pub fn in_force(answers: &Answers, edits: &Edits, book: &Rulebook, now: Timestamp) -> Refusable<Vec<ProposedPolicy>> {
    let (differs, _) = lines(answers, edits, book, now)?;
    let (proposal, _) = edited(answers, edits)?;
    let stands = |p: &ProposedPolicy| differs.iter().all(|l| l.proposed.level != p.level || l.proposed.field != p.field);
    Ok(proposal.policies.into_iter().filter(stands).collect())
}

/// What the answers lead to that is not in force, and how much of it is.
///
/// # Errors
/// As [`propose`].
pub fn lines(answers: &Answers, edits: &Edits, book: &Rulebook, now: Timestamp) -> Refusable<(Vec<Line>, usize)> {
    let (proposal, originals) = edited(answers, edits)?;
    let all = book.all();
    let differs = proposal.difference(&all, now).into_iter();
    // A number of the chain's policies is in force also when nobody has said it.
    let holds = |p: &ProposedPolicy| p.level == Level::Hq && in_chain(&book.policies, p.field).as_ref() == Some(&p.value);
    let as_line = |d: super::setup::Difference<'_>| Line {
        original: originals.get(&line(&d.proposed.level, d.proposed.field)).cloned(),
        proposed: d.proposed.clone(),
        current: d.current.cloned(),
    };
    let lines: Vec<Line> = differs.filter(|d| !holds(d.proposed)).map(as_line).collect();
    let unchanged = proposal.policies.len() - lines.len();
    Ok((lines, unchanged))
}

/// Saves the answers and what people made of what they lead to: what is left, and what has another value. `seen` is the version that its author saw; 0 when
/// there was none.
///
/// # Errors
/// As [`propose`]; `conflict` when it has been saved since; `bad_request` for a line that the answers do not lead to, for a value that its field may not
/// have, and for one without a reason.
pub fn save(old: Option<&SetupDraft>, seen: u64, answers: Answers, mut edits: Edits, by: &StaffId, now: Timestamp) -> Refusable<SetupDraft> {
    let version = old.map_or(0, |d| d.version);
    if seen != version {
        return conflict("诊断草稿刚被其他人修改过，请刷新页面，核对后再保存");
    }
    let proposal = propose(&answers)?;
    let known: BTreeSet<String> = proposal.policies.iter().map(|p| line(&p.level, p.field)).collect();
    let bad = |at: &str, detail: String| Err(Problem::new(Code::BadRequest, detail).at(at));
    if let Some(unknown) = edits.left.iter().find(|l| !known.contains(*l)) {
        return bad("left", format!("方案中没有这一项：{unknown}"));
    }
    if let Some(unknown) = edits.values.keys().find(|l| !known.contains(*l)) {
        return bad("edits", format!("方案中没有这一项：{unknown}"));
    }
    for e in edits.values.values_mut() {
        let why = e.why.trim();
        if why.is_empty() || why.chars().count() > MAX_WHY {
            return bad("edits", format!("修改方案的值时，请填写 1 到 {MAX_WHY} 字的原因"));
        }
        e.why = why.to_owned();
    }
    for p in &proposal.policies {
        if let Some(e) = edits.values.get(&line(&p.level, p.field)) {
            p.field.field().check(&e.value).map_err(|problem| problem.at("edits"))?;
        }
    }
    // A reason for what is taken is none.
    edits.left_why.retain(|l, why| edits.left.contains(l) && !why.trim().is_empty());
    if edits.left_why.values().any(|why| why.chars().count() > MAX_WHY) {
        return bad("left", format!("原因最多 {MAX_WHY} 个字"));
    }
    let Edits { left, left_why, values } = edits;
    Ok(SetupDraft { answers, left, left_why, values, by: by.clone(), at: now, applied: None, version })
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
    let (lines, _) = lines(&draft.answers, &draft.edits(), book, now)?;
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
        let draft = save(None, 0, answers(&[("profile", "yes")]), Edits::default(), &by(), NOW).unwrap();
        let stored = SetupDraft { version: 1, ..draft };
        assert_eq!(save(Some(&stored), 0, answers(&[]), Edits::default(), &by(), NOW).unwrap_err().code, Code::Conflict);
        assert_eq!(apply(&stored, 0, &book, &BTreeMap::new(), &by(), NOW).unwrap_err().code, Code::Conflict);
        assert_eq!(apply(&stored, 1, &book, &BTreeMap::new(), &by(), NOW).unwrap_err().field.as_deref(), Some("versions"));
        let versions: BTreeMap<Level, u64> = [(Level::Hq, 0)].into();
        let (applied, d) = apply(&stored, 1, &book, &versions, &by(), NOW).unwrap();
        assert_eq!((applied.applied, d.events.len()), (Some(NOW), 1));
        let unknown = Edits { left: [line(&Level::Hq, FieldKey::MayList)].into(), ..Edits::default() };
        assert_eq!(save(Some(&stored), 1, answers(&[("profile", "yes")]), unknown, &by(), NOW).unwrap_err().field.as_deref(), Some("left"));
    }

    #[test]
    fn given_a_line_that_is_left_when_applied_then_it_is_not_written() {
        let book = Rulebook::default();
        let left = Edits { left: [line(&Level::Hq, FieldKey::MayProfile)].into(), ..Edits::default() };
        let draft = save(None, 0, answers(&[("profile", "yes")]), left, &by(), NOW).unwrap();
        let versions: BTreeMap<Level, u64> = [(Level::Hq, 0)].into();
        assert_eq!(apply(&draft, 0, &book, &versions, &by(), NOW).unwrap_err().field.as_deref(), Some("left"));
    }

    #[test]
    fn given_a_number_that_a_new_chain_has_when_it_is_proposed_then_it_is_no_difference() {
        let (lines, unchanged) = lines(&answers(&[("losses", "small")]), &Edits::default(), &Rulebook::default(), NOW).unwrap();
        assert_eq!((lines.len(), unchanged), (0, 1));
    }

    #[test]
    fn given_another_value_for_a_line_when_applied_then_it_is_written_with_its_reason_and_what_the_answers_said_is_shown_beside() {
        let book = Rulebook::default();
        let name = line(&Level::Hq, FieldKey::CountValue);
        let with = |value: Value, why: &str| Edits { values: [(name.clone(), Edited { value, why: why.into() })].into(), ..Edits::default() };
        let kept = |edits: Edits| save(None, 0, answers(&[("losses", "more")]), edits, &by(), NOW);
        let draft = kept(with(Value::Number(30_000), " 门店较大 ")).unwrap();
        let (found, _) = lines(&draft.answers, &draft.edits(), &book, NOW).unwrap();
        assert_eq!((found.len(), &found[0].proposed.value, found[0].original.as_ref()), (1, &Value::Number(30_000), Some(&Value::Number(20_000))));
        assert_eq!(found[0].proposed.why, "门店较大");
        let versions: BTreeMap<Level, u64> = [(Level::Hq, 0)].into();
        let (_, d) = apply(&SetupDraft { version: 1, ..draft }, 1, &book, &versions, &by(), NOW).unwrap();
        assert!(!d.is_empty());
        // From both sides: no reason, a long one, a value that the field may not have, a line that is none.
        let told = |edits: Edits| kept(edits).map(|_| ()).map_err(|p| p.field.unwrap_or_default());
        assert_eq!(told(with(Value::Number(1), " ")).unwrap_err(), "edits");
        assert!(told(with(Value::Number(1), &"字".repeat(MAX_WHY))).is_ok());
        assert_eq!(told(with(Value::Number(1), &"字".repeat(MAX_WHY + 1))).unwrap_err(), "edits");
        assert_eq!(told(with(Value::Number(-1), "好")).unwrap_err(), "edits");
        assert_eq!(told(with(Value::Switch(true), "好")).unwrap_err(), "edits");
        let other =
            Edits { values: [("hq/may_list".to_owned(), Edited { value: Value::Switch(true), why: "好".into() })].into(), ..Edits::default() };
        assert_eq!(told(other).unwrap_err(), "edits");
        // The value that is in force already is no difference; and then nothing is left to apply.
        let same = kept(with(Value::Number(5_000), "照旧")).unwrap();
        assert!(lines(&same.answers, &same.edits(), &book, NOW).unwrap().0.is_empty());
        assert_eq!(in_force(&same.answers, &same.edits(), &book, NOW).unwrap().len(), 1);
    }

    #[test]
    fn given_a_draft_of_before_lines_could_be_edited_when_read_then_what_was_left_still_is() {
        let old = r#"{"answers":{"choices":{"profile":"yes"},"regions":[]},"left":["hq/may_profile"],"by":"stf_hq","at":5,"version":3}"#;
        let draft: SetupDraft = serde_json::from_str(old).unwrap();
        assert!(draft.left.contains("hq/may_profile") && draft.values.is_empty());
        assert_eq!(serde_json::from_str::<SetupDraft>(&serde_json::to_string(&draft).unwrap()).unwrap(), draft);
    }
}
