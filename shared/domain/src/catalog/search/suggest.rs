//! What a search field offers: how a word may go on, what others look for, and what was meant when nothing was found.

use std::collections::BTreeMap;

use liandian_types::text::squeeze;
use serde::{Deserialize, Serialize};

use super::{Index, Query, SearchRow, Sounds, Synonyms, index::kept};

/// What a suggestion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuggestionKind {
    /// A category.
    Category,
    /// A brand.
    Brand,
    /// A product's name.
    Name,
}

/// How a word that is being typed may go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The whole text.
    pub text: String,
    /// What it is.
    pub kind: SuggestionKind,
    /// How many rows have it.
    pub rows: u32,
}

/// A word that HQ shows, or that many look for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HotWord {
    /// The word.
    pub word: String,
    /// How often it was looked for of late.
    pub asked: u32,
    /// Place at the front that HQ gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned: Option<u32>,
}

/// What is known of a text that could be suggested.
#[derive(Default)]
struct Weight {
    begins: bool,
    rows: u32,
    sold: u64,
}

/// Does the text begin with what was typed (`true`), or one of its words (`false`)? `words` tells where words begin.
fn begins(text: &str, typed: &str, words: u64) -> Option<bool> {
    if text.starts_with(typed) {
        return Some(true);
    }
    let at_a_word = text.match_indices(typed).any(|(byte, _)| {
        let at = text[..byte].chars().count();
        u32::try_from(at).ok().and_then(|at| words.checked_shr(at)).is_some_and(|w| w & 1 == 1)
    });
    at_a_word.then_some(false)
}

impl Index {
    /// How what was typed may go on: names, brands and categories that begin with it, then names in which one of their words does; among these
    /// what sells best. Latin letters may be the first letters of the name's sounds. What is sold out is not suggested.
    #[must_use]
    pub fn suggest(&self, typed: &str, limit: usize) -> Vec<Suggestion> {
        self.suggest_of(typed, limit, |_| true)
    }

    /// The same of those rows alone that a store sells.
    #[must_use]
    pub fn suggest_of(&self, typed: &str, limit: usize, sells: impl Fn(&SearchRow) -> bool) -> Vec<Suggestion> {
        let typed = squeeze(typed);
        let mut all: BTreeMap<(&str, SuggestionKind), Weight> = BTreeMap::new();
        if typed.is_empty() {
            return Vec::new();
        }
        for e in self.entries.values().filter(|e| !e.row.sold_out && sells(&e.row)) {
            let row = &e.row;
            let mut texts = Vec::new();
            let by_letters = typed.len() > 1 && e.initials.starts_with(&typed);
            texts.push((row.name.as_str(), SuggestionKind::Name, begins(&e.title, &typed, e.words).or(by_letters.then_some(true))));
            texts.push((row.brand.as_str(), SuggestionKind::Brand, begins(&e.brand, &typed, 0)));
            for (_, name) in &row.categories {
                texts.push((name.as_str(), SuggestionKind::Category, begins(&squeeze(name), &typed, 0)));
            }
            for (text, kind, first) in texts {
                if let Some(first) = first {
                    let weight = all.entry((text, kind)).or_default();
                    weight.begins |= first;
                    weight.rows += 1;
                    weight.sold += u64::from(row.sold);
                }
            }
        }
        let mut sorted: Vec<((&str, SuggestionKind), Weight)> = all.into_iter().collect();
        // Stable: what is equal stays in the order of its text.
        sorted.sort_by(|(_, a), (_, b)| b.begins.cmp(&a.begins).then_with(|| b.sold.cmp(&a.sold)).then_with(|| b.rows.cmp(&a.rows)));
        sorted.into_iter().take(limit).map(|((text, kind), w)| Suggestion { text: text.to_owned(), kind, rows: w.rows }).collect()
    }

    /// The hot words that find something here that is not sold out: those that HQ placed, then those asked for most.
    #[must_use]
    pub fn hot_words(&self, words: &[HotWord], synonyms: &Synonyms, limit: usize) -> Vec<String> {
        self.hot_words_of(words, synonyms, limit, |_| true)
    }

    /// The same, where only those rows count that a store sells.
    #[must_use]
    pub fn hot_words_of(&self, words: &[HotWord], synonyms: &Synonyms, limit: usize, sells: impl Fn(&SearchRow) -> bool) -> Vec<String> {
        let mut sorted: Vec<&HotWord> = words.iter().collect();
        sorted.sort_by(|a, b| {
            let place = |w: &HotWord| w.pinned.unwrap_or(u32::MAX);
            place(a).cmp(&place(b)).then_with(|| b.asked.cmp(&a.asked)).then_with(|| a.word.cmp(&b.word))
        });
        sorted
            .into_iter()
            .filter(|w| Query::of(&w.word, synonyms).is_some_and(|q| self.fitting(Some(&q)).iter().any(|h| !h.row.sold_out && sells(h.row))))
            .take(limit)
            .map(|w| w.word.clone())
            .collect()
    }

    /// Pieces of names that sound as what was typed and are written otherwise (平果: 苹果), those of the most rows first. To be offered when
    /// nothing was found; never shown as if it had been asked for.
    #[must_use]
    pub fn meant(&self, typed: &str, sounds: &dyn Sounds, limit: usize) -> Vec<String> {
        self.meant_of(typed, sounds, limit, |_| true)
    }

    /// The same of those rows alone that a store sells.
    #[must_use]
    pub fn meant_of(&self, typed: &str, sounds: &dyn Sounds, limit: usize, sells: impl Fn(&SearchRow) -> bool) -> Vec<String> {
        let typed: Vec<char> = squeeze(typed).chars().collect();
        let heard: Vec<Option<String>> = typed.iter().map(|c| sounds.sound(*c).and_then(kept)).collect();
        if !(2..=12).contains(&typed.len()) {
            return Vec::new();
        }
        let mut pieces: BTreeMap<String, u32> = BTreeMap::new();
        for e in self.entries.values().filter(|e| sells(&e.row)) {
            let title: Vec<char> = e.title.chars().collect();
            for piece in title.windows(typed.len()) {
                let alike = piece
                    .iter()
                    .zip(&typed)
                    .zip(&heard)
                    .all(|((is, wanted), sound)| is == wanted || sound.as_ref().is_some_and(|sound| self.sounds.get(is) == Some(sound)));
                if alike && piece != typed.as_slice() {
                    *pieces.entry(piece.iter().collect()).or_default() += 1;
                }
            }
        }
        let mut sorted: Vec<(String, u32)> = pieces.into_iter().collect();
        sorted.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
        sorted.into_iter().take(limit).map(|(piece, _)| piece).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::search::{
        SearchRow, Words,
        index::tests::{index, row},
    };

    /// Knows the few sounds of these tests.
    struct Few;

    impl Words for Few {
        fn cut<'a>(&self, text: &'a str) -> Vec<&'a str> {
            vec![text]
        }
    }

    impl Sounds for Few {
        fn sound(&self, c: char) -> Option<&'static str> {
            [('苹', "ping"), ('平', "ping"), ('果', "guo"), ('红', "hong"), ('绿', "lü"), ('茶', "cha")]
                .iter()
                .find(|(k, _)| *k == c)
                .map(|(_, s)| *s)
        }
    }

    fn heard(names: &[&str]) -> Index {
        let mut all = Index::default();
        for (i, name) in names.iter().enumerate() {
            all.put(row(i, name, "", ""), &Few, &Few);
        }
        all
    }

    fn hits(all: &Index, typed: &str) -> Vec<String> {
        all.fitting(Query::of(typed, &Synonyms::default()).as_ref()).iter().map(|h| h.row.name.clone()).collect()
    }

    #[test]
    fn given_letters_when_sought_then_sounds_count_and_for_chinese_they_do_not() {
        let all = heard(&["红苹果", "绿茶", "平板"]);
        for (typed, found) in [
            ("pingguo", vec!["红苹果"]),
            ("pinggu", vec!["红苹果"]),
            ("PING GUO", vec!["红苹果"]),
            ("pg", vec!["红苹果"]),
            ("hpg", vec!["红苹果"]),
            ("lvcha", vec!["绿茶"]),
            ("lucha", vec!["绿茶"]),
            ("guoping", vec![]),
            ("平果", vec![]),
            ("pingcha", vec![]),
        ] {
            assert_eq!(hits(&all, typed), found, "{typed}");
        }
        assert_eq!(all.meant("平果", &Few, 3), ["苹果"]);
        assert!(all.meant("苹果", &Few, 3).is_empty() && all.meant("果", &Few, 3).is_empty());
    }

    #[test]
    fn given_a_beginning_when_typed_then_what_begins_with_it_and_sells_comes_first() {
        let sold = |sold: u32, r: SearchRow| SearchRow { sold, ..r };
        let gone = SearchRow { sold_out: true, ..row(4, "苹果干", "", "苹果园") };
        let all = index([
            sold(1, row(0, "苹果汁", "1L", "苹果园")),
            sold(2, row(1, "苹果汁", "300ml", "苹果园")),
            sold(9, row(2, "苹果", "500g", "山野集")),
            sold(99, row(3, "NFC 苹果酒", "", "山野集")),
            gone,
        ]);
        let texts: Vec<_> = all.suggest("苹果", 9).into_iter().map(|s| (s.text, s.kind, s.rows)).collect();
        let expected = [
            ("苹果", SuggestionKind::Name, 1),
            ("苹果园", SuggestionKind::Brand, 2),
            ("苹果汁", SuggestionKind::Name, 2),
            ("NFC 苹果酒", SuggestionKind::Name, 1),
        ];
        assert_eq!(texts, expected.map(|(t, k, n)| (t.to_owned(), k, n)));
        assert!(all.suggest(" ", 9).is_empty() && all.suggest("果", 9).is_empty());
    }

    #[test]
    fn given_hot_words_when_shown_then_only_those_that_find_something_are() {
        let all = index([row(0, "苹果汁", "", ""), SearchRow { sold_out: true, ..row(1, "绿茶", "", "") }, row(2, "红茶", "", "")]);
        let hot = |word: &str, asked, pinned| HotWord { word: word.into(), asked, pinned };
        let words = [hot("绿茶", 99, None), hot("红茶", 5, None), hot("果汁", 1, Some(0)), hot("咖啡", 50, None), hot("苹果", 7, None)];
        assert_eq!(all.hot_words(&words, &Synonyms::default(), 9), ["果汁", "苹果", "红茶"]);
    }
}
