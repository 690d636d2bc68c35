//! What the customers of the demo chain are asked to agree to, and what its members have agreed to.

use liandian_domain::{
    governance::legal::{LegalBook, LegalHead, LegalText},
    members::consent::Consent,
    stores::profile::Permit,
};
use liandian_store::{
    db::{Item, StoreError},
    legal::{legal_book_item, legal_text_item},
    members::consent_item,
};
use liandian_types::{LegalKind, MemberId, StaffId, Timestamp};

/// Each version: of which document, which, in force since how many days, and what it says.
const VERSIONS: [(LegalKind, u32, i64, &str); 4] = [
    (LegalKind::Agreement, 1, 300, include_str!("../data/legal/agreement-1.txt")),
    (LegalKind::Privacy, 1, 300, include_str!("../data/legal/privacy-1.txt")),
    (LegalKind::Agreement, 2, 40, include_str!("../data/legal/agreement-2.txt")),
    (LegalKind::Privacy, 2, 40, include_str!("../data/legal/privacy-2.txt")),
];

/// Days before a version was in force on which it was published.
const ANNOUNCED: i64 = 7;

fn days_ago(now: Timestamp, days: i64) -> Timestamp {
    now.plus(-days * Timestamp::DAY)
}

/// The documents, with their texts.
pub(crate) fn documents(by: &StaffId, now: Timestamp) -> Result<Vec<Item>, StoreError> {
    let head = |(kind, number, days, _): &(LegalKind, u32, i64, &str)| LegalHead {
        kind: *kind,
        number: *number,
        from: days_ago(now, *days),
        by: by.clone(),
        at: days_ago(now, days + ANNOUNCED),
    };
    let book = LegalBook { versions: VERSIONS.iter().map(head).collect(), version: 4 };
    let texts =
        VERSIONS.iter().map(|(kind, number, _, text)| legal_text_item(&LegalText { kind: *kind, number: *number, text: text.trim().to_owned() }));
    std::iter::once(legal_book_item(&book)).chain(texts).collect()
}

/// What a member of the demo chain has agreed to: every version, some days after it was in force.
pub(crate) fn consents(member: &MemberId, now: Timestamp) -> Result<Vec<Item>, StoreError> {
    let said =
        |(kind, number, days, _): &(LegalKind, u32, i64, &str)| Consent { kind: *kind, number: *number, given: true, at: days_ago(now, days - 5) };
    VERSIONS.iter().map(|v| consent_item(member, &said(v))).collect()
}

/// The permits of a store; without the one for food for whoever asks HQ about it.
pub(crate) fn permits(place: usize, food: bool, now: Timestamp) -> Vec<Permit> {
    let business = Permit { kind: "营业执照".to_owned(), number: format!("91310000DEMO{place:06}"), expires: None };
    let permit = Permit {
        kind: "食品经营许可证".to_owned(),
        number: format!("JY1310000{place:07}"),
        expires: Some(now.plus((400 + i64::try_from(place).unwrap_or(0) * 9) * Timestamp::DAY)),
    };
    [business].into_iter().chain(food.then_some(permit)).collect()
}
