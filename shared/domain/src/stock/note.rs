//! A delivery note: the paper that goods come with. Its number is unique per source and place; who receives it a second time is asked.

use liandian_types::{Code, LocationId, MovementId, Problem, Timestamp, text::code};
use serde::{Deserialize, Serialize};

use crate::{Refusable, Write, decision::StockWrite, stock::record::Fact, stores::hours::local_text};

/// The longest name of a source, in characters.
const MAX_SOURCE: usize = 40;

/// A delivery note that was received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryNote {
    /// Where.
    pub location: LocationId,
    /// Source and number as they are compared.
    pub key: String,
    /// The newest document of it.
    pub movement: MovementId,
    /// When.
    pub at: Timestamp,
    /// By whom, as people call them.
    pub by: String,
    /// How many units.
    pub units: i64,
    /// How often it was received before.
    pub version: u64,
}

/// A text as papers are compared by: people type a number in their own way. Nothing is left of what has nothing but blanks, hyphens and what cannot be
/// seen, so that is compared as it is.
#[must_use]
pub fn comparable(text: &str) -> String {
    let all = code(text);
    if all.is_empty() { text.trim().to_owned() } else { all }
}

/// Source and number of a paper as one key; `None` without a number.
///
/// # Errors
/// `bad_request` naming the source when it is too long.
pub fn key(source: Option<&str>, number: Option<&str>) -> Refusable<Option<String>> {
    let source = source.unwrap_or_default().trim();
    if source.chars().count() > MAX_SOURCE {
        return Err(Problem::new(Code::BadRequest, format!("供货方最多 {MAX_SOURCE} 个字")).at("source"));
    }
    let Some(number) = number.map(str::trim).filter(|n| !n.is_empty()) else { return Ok(None) };
    let source = comparable(source);
    // No source and number look like another pair.
    Ok(Some(format!("{}:{source}:{}", source.len(), comparable(number))))
}

/// Takes a note with the goods that came with it: the first time, or once more because somebody says that these are other goods.
///
/// # Errors
/// `already_received`, naming when, by whom and how many.
pub fn take(known: Option<&DeliveryNote>, key: String, fact: &Fact, by: &str, again: bool, zone: &str) -> Refusable<Write> {
    if let Some(n) = known.filter(|_| !again) {
        let (number, when) = (fact.document.as_deref().unwrap_or_default().trim(), local_text(n.at, zone));
        let text = format!("单据 {number} 已于 {when} 由{}收货 {} 件；如果是另一批货，请确认再次收货", n.by, n.units);
        return Err(Problem::new(Code::AlreadyReceived, text).at("document"));
    }
    let note = DeliveryNote {
        location: fact.location.clone(),
        key,
        movement: fact.movement.clone(),
        at: fact.at,
        by: by.to_owned(),
        units: fact.lines.iter().map(|(_, n)| n).sum(),
        version: known.map_or(0, |n| n.version + 1),
    };
    Ok(Write::Stock(StockWrite::DeliveryNote(Box::new(note))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{stock::record::MovementKind, stores::hours::CHINA};

    #[test]
    fn given_a_number_when_typed_in_another_way_then_it_is_the_same_and_sources_have_numbers_of_their_own() {
        let of = |source: &str, number: &str| key(Some(source), Some(number)).unwrap().unwrap();
        let first = of("光明乳业", "DN-2026-0042");
        for same in ["dn20260042", " DN 2026 0042 ", "ＤＮ－２０２６－００４２", "DN\u{200B}-2026–0042", "DN\u{3000}2026_0042"] {
            assert_eq!(of("光明 乳业", same), first, "{same}");
        }
        assert_ne!(of("蒙牛", "DN-2026-0042"), first);
        assert_ne!(of("光明乳业", "DN-2026-0043"), first);
        assert_ne!(of("", "DN-2026-0042"), first);
        assert_ne!(of("A", "BC"), of("AB", "C"));
        assert_ne!(of("", "--"), of("", "---"), "what is all hyphens is compared as it is");
        assert_eq!((key(None, None), key(Some("甲"), Some("  "))), (Ok(None), Ok(None)));
        assert!(key(Some(&"供".repeat(40)), Some("1")).is_ok());
        assert_eq!(key(Some(&"供".repeat(41)), None).unwrap_err().field.as_deref(), Some("source"));
    }

    #[test]
    fn given_a_note_that_was_received_when_it_comes_again_then_who_receives_it_is_asked_and_may_say_that_it_is_another() {
        let at = |text: &str| Timestamp(text.parse::<jiff::Timestamp>().unwrap().as_millisecond());
        let fact = Fact {
            movement: "mov_1".parse().unwrap(),
            location: "loc_a".parse().unwrap(),
            kind: MovementKind::Receipt,
            at: at("2026-11-28T09:20:00Z"),
            document: Some("DN-42".into()),
            reason: None,
            actor: "stf_1".into(),
            lines: vec![("sku_1".parse().unwrap(), 12), ("sku_2".parse().unwrap(), 3)],
            rebased: vec![],
        };
        let Write::Stock(StockWrite::DeliveryNote(first)) = take(None, "k".into(), &fact, "王店员", false, CHINA).unwrap() else {
            panic!("a note")
        };
        assert_eq!((first.units, first.version, first.by.as_str()), (15, 0, "王店员"));
        let asked = take(Some(&first), "k".into(), &fact, "李店员", false, CHINA).unwrap_err();
        assert_eq!((asked.code, asked.field.as_deref()), (Code::AlreadyReceived, Some("document")));
        for told in ["DN-42", "11-28 17:20", "王店员", "15 件"] {
            assert!(asked.detail.contains(told), "{told}: {}", asked.detail);
        }
        let Write::Stock(StockWrite::DeliveryNote(second)) = take(Some(&first), "k".into(), &fact, "李店员", true, CHINA).unwrap() else {
            panic!("a note")
        };
        assert_eq!((second.version, second.by.as_str()), (1, "李店员"));
    }
}
