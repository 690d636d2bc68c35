//! What a member agreed to, and took back: a ledger that is only added to. Each entry names a document and its version; the newest of a document counts.

use liandian_types::{Code, LegalKind, Problem, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Refusable;

/// What a member said to a document once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// To which document.
    pub kind: LegalKind,
    /// To which version of it.
    pub number: u32,
    /// Agreed, or took it back?
    pub given: bool,
    /// When.
    pub at: Timestamp,
}

fn newest(said: &[Consent], kind: LegalKind) -> Option<&Consent> {
    said.iter().filter(|c| c.kind == kind).max_by_key(|c| c.at)
}

/// The version of a document that the member agrees to; `None` when to none, or not any more.
#[must_use]
pub fn agreed(said: &[Consent], kind: LegalKind) -> Option<u32> {
    newest(said, kind).filter(|c| c.given).map(|c| c.number)
}

/// Of the versions in force, those that the member does not agree to: to be asked for before the next order.
#[must_use]
pub fn lacking(said: &[Consent], in_force: &[(LegalKind, u32)]) -> Vec<(LegalKind, u32)> {
    in_force.iter().copied().filter(|(kind, number)| agreed(said, *kind) != Some(*number)).collect()
}

/// The moment of another entry: behind what was said before, also when two clocks differ.
fn behind(said: &[Consent], kind: LegalKind, now: Timestamp) -> Timestamp {
    newest(said, kind).map_or(now, |c| now.max(c.at.plus(1)))
}

/// Agrees to versions that were shown. Answers what is to be added: nothing for what is agreed to already.
///
/// # Errors
/// `conflict` for a version that is not in force (any more): its text was not what is agreed to now.
pub fn give(said: &[Consent], in_force: &[(LegalKind, u32)], wanted: &[(LegalKind, u32)], now: Timestamp) -> Refusable<Vec<Consent>> {
    let mut new: Vec<Consent> = Vec::with_capacity(wanted.len());
    for (kind, number) in wanted {
        if !in_force.contains(&(*kind, *number)) {
            return Err(Problem::new(Code::Conflict, format!("{}已更新，请刷新页面，重新阅读后再同意", kind.title())).at("agreed"));
        }
        if agreed(said, *kind) != Some(*number) && new.iter().all(|c| c.kind != *kind) {
            new.push(Consent { kind: *kind, number: *number, given: true, at: behind(said, *kind, now) });
        }
    }
    Ok(new)
}

/// Takes a consent back, as easily as it was given; `None` when there is none.
#[must_use]
pub fn withdraw(said: &[Consent], kind: LegalKind, now: Timestamp) -> Option<Consent> {
    agreed(said, kind).map(|number| Consent { kind, number, given: false, at: behind(said, kind, now) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [(LegalKind, u32); 2] = [(LegalKind::Agreement, 1), (LegalKind::Privacy, 2)];

    #[test]
    fn given_a_new_member_when_asked_then_what_is_given_counts_until_it_is_taken_back_or_another_version_is_in_force() {
        let now = Timestamp(5);
        assert_eq!(lacking(&[], &BOTH), BOTH);
        let mut said = give(&[], &BOTH, &BOTH, now).unwrap();
        assert_eq!((said.len(), lacking(&said, &BOTH).len()), (2, 0));
        assert!(give(&said, &BOTH, &BOTH, now).unwrap().is_empty(), "said once");
        let next = [(LegalKind::Agreement, 1), (LegalKind::Privacy, 3)];
        assert_eq!(lacking(&said, &next), [(LegalKind::Privacy, 3)], "asked again for what is new, and for nothing else");
        said.push(withdraw(&said, LegalKind::Privacy, now).unwrap());
        assert_eq!(said[2], Consent { kind: LegalKind::Privacy, number: 2, given: false, at: Timestamp(6) }, "behind what it takes back");
        assert_eq!((agreed(&said, LegalKind::Privacy), agreed(&said, LegalKind::Agreement)), (None, Some(1)));
        assert_eq!(withdraw(&said, LegalKind::Privacy, now), None, "once");
        let again = give(&said, &BOTH, &BOTH[1..], now).unwrap();
        assert_eq!(again, [Consent { kind: LegalKind::Privacy, number: 2, given: true, at: Timestamp(7) }]);
    }

    #[test]
    fn given_a_version_that_is_not_in_force_when_agreed_to_then_it_is_a_conflict_and_a_double_is_one() {
        for wrong in [(LegalKind::Privacy, 1), (LegalKind::Privacy, 3)] {
            assert_eq!(give(&[], &BOTH, &[BOTH[0], wrong], Timestamp(5)).unwrap_err().code, Code::Conflict);
        }
        assert_eq!(give(&[], &BOTH, &[BOTH[0], BOTH[0]], Timestamp(5)).unwrap().len(), 1);
        assert!(give(&[], &[], &[], Timestamp(5)).unwrap().is_empty());
    }
}
