//! Documents that customers are asked to agree to: versions that are published and never changed.

use liandian_contracts::{Event, event::FieldChange};
use liandian_types::{Code, LegalKind, Problem, StaffId, Timestamp, text::unfit};
use serde::{Deserialize, Serialize};

use crate::{
    Decision, Refusable, conflict,
    decision::{Aggregate, GovernanceWrite},
    stores::hours::{CHINA, day},
};

/// The shortest text that can be a document, in characters.
pub const LEAST_TEXT: usize = 50;
/// The longest: with its bytes a request stays below what is taken.
pub const MOST_TEXT: usize = 12_000;
/// Versions of one document: all of them are in one row.
pub const MOST_VERSIONS: usize = 200;
/// How far ahead a version may be announced.
pub const MOST_AHEAD: i64 = 366 * Timestamp::DAY;

/// A version of a document, without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalHead {
    /// Which document.
    pub kind: LegalKind,
    /// Which version of it, from 1.
    pub number: u32,
    /// From when on it is in force.
    pub from: Timestamp,
    /// Who published it.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
}

/// The text of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalText {
    /// Of which document.
    pub kind: LegalKind,
    /// Of which version.
    pub number: u32,
    /// What it says: plain text, an empty line between paragraphs.
    pub text: String,
}

/// All versions of all documents.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LegalBook {
    /// In the order in which they were published.
    pub versions: Vec<LegalHead>,
    /// How often something was published.
    pub version: u64,
}

impl LegalBook {
    /// The version of a document that is in force.
    #[must_use]
    pub fn in_force(&self, kind: LegalKind, now: Timestamp) -> Option<&LegalHead> {
        self.versions.iter().filter(|v| v.kind == kind && v.from <= now).max_by_key(|v| v.number)
    }

    /// Of each document that has one, the number of the version in force.
    #[must_use]
    pub fn all_in_force(&self, now: Timestamp) -> Vec<(LegalKind, u32)> {
        LegalKind::ALL.iter().filter_map(|kind| self.in_force(*kind, now).map(|v| (*kind, v.number))).collect()
    }

    /// A version.
    #[must_use]
    pub fn one(&self, kind: LegalKind, number: u32) -> Option<&LegalHead> {
        self.versions.iter().find(|v| v.kind == kind && v.number == number)
    }

    /// The newest version of a document, in force or announced.
    fn newest(&self, kind: LegalKind) -> Option<&LegalHead> {
        self.versions.iter().filter(|v| v.kind == kind).max_by_key(|v| v.number)
    }
}

/// What somebody wants to publish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publish {
    /// Which document.
    pub kind: LegalKind,
    /// From when on it is in force; absent for at once.
    pub from: Option<Timestamp>,
    /// What it says.
    pub text: String,
    /// The version of the book that was seen.
    pub seen: u64,
}

/// A text as it is kept: lines end in one way, and nothing stands around it.
fn kept(text: &str) -> Refusable<String> {
    let text = text.trim().lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    let bad = |why: String| Err(Problem::new(Code::BadRequest, why).at("text"));
    let long = text.chars().count();
    if !(LEAST_TEXT..=MOST_TEXT).contains(&long) {
        return bad(format!("正文应为 {LEAST_TEXT} 到 {MOST_TEXT} 个字，现在是 {long} 个字"));
    }
    if let Some(why) = text.lines().find_map(unfit) {
        return bad(format!("正文{why}"));
    }
    Ok(text)
}

/// Publishes another version of a document. What was published is never changed or taken back: it was read, and perhaps agreed to.
///
/// # Errors
/// `conflict` when something was published since the book was seen; `bad_request` naming the field.
pub fn publish(old: &LegalBook, ask: &Publish, by: &StaffId, now: Timestamp) -> Refusable<(LegalBook, Decision)> {
    if ask.seen != old.version {
        return conflict("刚有其他人发布了新版本，请刷新页面，核对后再发布");
    }
    let text = kept(&ask.text)?;
    let from = ask.from.unwrap_or(now);
    let bad = |why: String| Err(Problem::new(Code::BadRequest, why).at("from"));
    if from < now {
        return bad("生效日期不能早于今天".to_owned());
    }
    if from > now.plus(MOST_AHEAD) {
        return bad("生效日期最远为一年后".to_owned());
    }
    let newest = old.newest(ask.kind);
    if let Some(last) = newest.filter(|last| last.from >= from) {
        return bad(format!("上一版（第 {} 版）{} 生效，新版本的生效日期必须更晚", last.number, day(last.from, CHINA)));
    }
    if old.versions.iter().filter(|v| v.kind == ask.kind).count() >= MOST_VERSIONS {
        return conflict(format!("同一份文件最多 {MOST_VERSIONS} 个版本"));
    }
    let number = newest.map_or(1, |last| last.number.saturating_add(1));
    let head = LegalHead { kind: ask.kind, number, from, by: by.clone(), at: now };
    let book = LegalBook { versions: old.versions.iter().cloned().chain([head]).collect(), version: old.version };
    let change = FieldChange {
        field: ask.kind.as_str().to_owned(),
        old: newest.map_or_else(String::new, |last| format!("第 {} 版", last.number)),
        new: format!("第 {number} 版，{} 起", day(from, CHINA)),
    };
    let mut d = Decision::default();
    d.write(GovernanceWrite::Legal { book: Box::new(book.clone()), text: Box::new(LegalText { kind: ask.kind, number, text }) });
    d.event(Aggregate::Legal, Event::LegalPublished { document: ask.kind, number, from, by: by.clone(), changes: vec![change] });
    Ok((LegalBook { version: old.version + 1, ..book }, d))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_796_000_000_000);

    fn by() -> StaffId {
        "stf_hq".parse().unwrap()
    }

    fn ask(from: Option<Timestamp>, seen: u64) -> Publish {
        Publish { kind: LegalKind::Privacy, from, text: "字".repeat(LEAST_TEXT), seen }
    }

    #[test]
    fn given_a_book_when_versions_are_published_then_each_follows_the_last_and_the_one_in_force_is_the_newest_that_has_begun() {
        let (one, d) = publish(&LegalBook::default(), &ask(None, 0), &by(), NOW).unwrap();
        assert_eq!((one.version, d.writes.len(), d.events.len()), (1, 1, 1));
        let soon = NOW.plus(Timestamp::DAY);
        let (two, _) = publish(&one, &ask(Some(soon), 1), &by(), NOW).unwrap();
        assert_eq!(two.all_in_force(NOW), [(LegalKind::Privacy, 1)], "the second is announced only");
        assert_eq!(two.in_force(LegalKind::Privacy, soon.plus(-1)).map(|v| v.number), Some(1));
        assert_eq!(two.in_force(LegalKind::Privacy, soon).map(|v| v.number), Some(2));
        assert_eq!(two.in_force(LegalKind::Agreement, soon), None);
        assert_eq!(publish(&two, &ask(None, 1), &by(), NOW).unwrap_err().code, Code::Conflict, "somebody was faster");
    }

    #[test]
    fn given_days_and_texts_at_their_limits_when_published_then_those_beyond_are_refused_by_field() {
        let (one, _) = publish(&LegalBook::default(), &ask(Some(NOW.plus(Timestamp::DAY)), 0), &by(), NOW).unwrap();
        let told = |book: &LegalBook, ask: Publish| publish(book, &ask, &by(), NOW).map(|_| ()).map_err(|p| p.field.unwrap_or_default());
        let none = LegalBook::default();
        assert!(told(&none, ask(Some(NOW), 0)).is_ok());
        assert_eq!(told(&none, ask(Some(NOW.plus(-1)), 0)).unwrap_err(), "from");
        assert!(told(&none, ask(Some(NOW.plus(MOST_AHEAD)), 0)).is_ok());
        assert_eq!(told(&none, ask(Some(NOW.plus(MOST_AHEAD + 1)), 0)).unwrap_err(), "from");
        assert_eq!(told(&one, ask(Some(NOW.plus(Timestamp::DAY)), 1)).unwrap_err(), "from", "not with the one before");
        assert!(told(&one, ask(Some(NOW.plus(Timestamp::DAY + 1)), 1)).is_ok());
        let text = |n: usize| Publish { text: format!(" {}\r\n", "字".repeat(n)), ..ask(None, 0) };
        assert!(told(&none, text(LEAST_TEXT)).is_ok() && told(&none, text(MOST_TEXT)).is_ok());
        assert_eq!(told(&none, text(LEAST_TEXT - 1)).unwrap_err(), "text");
        assert_eq!(told(&none, text(MOST_TEXT + 1)).unwrap_err(), "text");
        let turned = Publish { text: format!("{}\u{202e}", "字".repeat(LEAST_TEXT)), ..ask(None, 0) };
        assert_eq!(told(&none, turned).unwrap_err(), "text");
        let lines = Publish { text: format!("{}\n\n{}", "一".repeat(30), "二".repeat(30)), ..ask(None, 0) };
        assert!(told(&none, lines).is_ok(), "paragraphs are no control characters");
    }
}
