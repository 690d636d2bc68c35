//! Other words for the same goods, as HQ writes them down: who asks for 酱油 wants 生抽 or 老抽. One way only, since 老抽 is not any 酱油.

use std::collections::BTreeSet;

use liandian_types::{Code, Problem, text::squeeze};
use serde::{Deserialize, Serialize};

use crate::Refusable;

/// Synonyms of a chain.
pub const MOST_SYNONYMS: usize = 2_000;
/// What one word can mean.
pub const MOST_MEANINGS: usize = 10;

/// A word that customers use, and what goods call it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Synonym {
    /// What is typed.
    pub word: String,
    /// What is looked for besides.
    pub means: Vec<String>,
}

/// All of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Synonyms(Vec<Synonym>);

impl Synonyms {
    /// Out of HQ's list.
    ///
    /// # Errors
    /// `bad_request` with the field when one says nothing, too much, or is there twice.
    pub fn of(all: Vec<Synonym>) -> Refusable<Self> {
        let bad = |i: usize, field: &str, why: &str| Err(Problem::new(Code::BadRequest, why).at(format!("synonyms[{i}].{field}")));
        if all.len() > MOST_SYNONYMS {
            return Err(Problem::new(Code::BadRequest, format!("同义词最多 {MOST_SYNONYMS} 条")).at("synonyms"));
        }
        let mut words = BTreeSet::new();
        for (i, s) in all.iter().enumerate() {
            let word = squeeze(&s.word);
            if word.is_empty() || word.chars().count() > 20 {
                return bad(i, "word", "同义词应为 1 到 20 个字");
            }
            if s.means.is_empty() || s.means.len() > MOST_MEANINGS {
                return bad(i, "means", "每个词应对应 1 到 10 个商品用词");
            }
            if s.means.iter().any(|m| squeeze(m).is_empty() || squeeze(m) == word || m.chars().count() > 20) {
                return bad(i, "means", "商品用词不能为空，不能与原词相同，最多 20 个字");
            }
            if !words.insert(word) {
                return bad(i, "word", "这个词已经有同义词，请合并");
            }
        }
        Ok(Self(all.into_iter().map(|s| Synonym { word: squeeze(&s.word), means: s.means.iter().map(|m| squeeze(m)).collect() }).collect()))
    }

    /// All of them, as they are compared.
    #[must_use]
    pub fn all(&self) -> &[Synonym] {
        &self.0
    }

    /// A squeezed word with what it says put in other words. A synonym counts within a longer word too: 巷口味酱油.
    #[must_use]
    pub fn instead(&self, word: &str) -> Vec<String> {
        self.0
            .iter()
            .filter(|s| word.contains(&s.word))
            .flat_map(|s| s.means.iter().map(move |m| word.replace(&s.word, m)))
            .take(2 * MOST_MEANINGS)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(word: &str, means: &[&str]) -> Synonym {
        Synonym { word: word.into(), means: means.iter().map(|m| (*m).to_owned()).collect() }
    }

    #[test]
    fn given_synonyms_when_a_word_is_looked_up_then_its_meanings_come_and_not_the_way_back() {
        let s = Synonyms::of(vec![one("酱油", &["生抽", "老抽"]), one("泡面", &["方便面"])]).unwrap();
        assert_eq!(s.instead("酱油"), ["生抽", "老抽"]);
        assert_eq!(s.instead("巷口味酱油"), ["巷口味生抽", "巷口味老抽"]);
        assert!(s.instead("老抽").is_empty());
    }

    #[test]
    fn given_a_list_that_says_nothing_when_read_then_the_field_is_named() {
        let field = |all| Synonyms::of(all).unwrap_err().field.unwrap();
        assert_eq!(field(vec![one(" ", &["a"])]), "synonyms[0].word");
        assert_eq!(field(vec![one("a", &["b"]), one("Ａ", &["c"])]), "synonyms[1].word");
        assert_eq!(field(vec![one("a", &[])]), "synonyms[0].means");
        assert_eq!(field(vec![one("a", &["A"])]), "synonyms[0].means");
    }
}
