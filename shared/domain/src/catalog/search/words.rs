//! What HQ says about words: which mean the same goods, and which a search field offers before anything is typed. One row of the chain.

use std::collections::{BTreeMap, BTreeSet};

use liandian_contracts::{Event, event::FieldChange};
use liandian_types::{Code, Problem, StaffId, text::squeeze};
use serde::{Deserialize, Serialize};

use super::{HotWord, Synonym, Synonyms};
use crate::{
    Decision, Refusable, conflict,
    decision::{Aggregate, GovernanceWrite},
};

/// Hot words that HQ places.
pub const MOST_HOT: usize = 20;
/// Characters of a hot word.
pub const LONGEST_HOT: usize = 20;
/// Characters of all synonyms together: they are one row, read by every search.
pub const MOST_CHARACTERS: usize = 12_000;

/// The chain's words. What a row does not say is as a new chain has it: nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchWords {
    /// Other words for the same goods.
    pub synonyms: Synonyms,
    /// What a search field offers, in this order.
    pub hot: Vec<String>,
    /// How often they have been set.
    pub version: u64,
}

impl SearchWords {
    /// Out of HQ's lists, as seen at a version.
    ///
    /// # Errors
    /// `bad_request` with the field that says nothing, too much, or what another one says.
    pub fn of(synonyms: Vec<Synonym>, hot: Vec<String>, version: u64) -> Refusable<Self> {
        let bad = |field: String, why: String| Err(Problem::new(Code::BadRequest, why).at(field));
        let synonyms = Synonyms::of(synonyms)?;
        let long: usize = synonyms.all().iter().flat_map(|s| s.means.iter().chain([&s.word])).map(|w| w.chars().count()).sum();
        if long > MOST_CHARACTERS {
            return bad("synonyms".to_owned(), format!("同义词合计最多 {MOST_CHARACTERS} 个字"));
        }
        if hot.len() > MOST_HOT {
            return bad("hot".to_owned(), format!("热搜词最多 {MOST_HOT} 个"));
        }
        let hot: Vec<String> = hot.into_iter().map(|w| w.trim().to_owned()).collect();
        let mut said = BTreeSet::new();
        for (i, word) in hot.iter().enumerate() {
            if squeeze(word).is_empty() || word.chars().count() > LONGEST_HOT {
                return bad(format!("hot[{i}]"), format!("热搜词应为 1 到 {LONGEST_HOT} 个字"));
            }
            if !said.insert(squeeze(word)) {
                return bad(format!("hot[{i}]"), format!("热搜词“{word}”重复了"));
            }
        }
        Ok(Self { synonyms, hot, version })
    }

    /// The hot words as a search field weighs them: HQ's own order.
    #[must_use]
    pub fn placed(&self) -> Vec<HotWord> {
        (0_u32..).zip(&self.hot).map(|(place, word)| HotWord { word: word.clone(), asked: 0, pinned: Some(place) }).collect()
    }

    /// Each field by its name, as people read it: `hot`, and a synonym by `synonym:` and its word.
    fn fields(&self) -> BTreeMap<String, String> {
        let synonyms = self.synonyms.all().iter().map(|s| (format!("synonym:{}", s.word), s.means.join("、")));
        synonyms.chain([("hot".to_owned(), self.hot.join("、"))]).collect()
    }
}

/// Sets the chain's words. `new.version` is the version that its author saw: who has not seen the last change does not undo it.
/// What changes nothing is no change and no event.
///
/// # Errors
/// `conflict` when they have been set since.
pub fn set(old: &SearchWords, new: &SearchWords, by: &StaffId) -> Refusable<Decision> {
    if new.version != old.version {
        return conflict("搜索词刚被其他人修改过，请刷新页面，核对后再保存");
    }
    let (was, is) = (old.fields(), new.fields());
    let names: BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    let value = |of: &BTreeMap<String, String>, name: &String| of.get(name).cloned().unwrap_or_default();
    let changes: Vec<FieldChange> = names
        .into_iter()
        .map(|name| FieldChange { field: name.clone(), old: value(&was, name), new: value(&is, name) })
        .filter(|c| c.old != c.new)
        .collect();
    let mut d = Decision::default();
    if !changes.is_empty() {
        d.write(GovernanceWrite::SearchWords(Box::new(new.clone())));
        d.event(Aggregate::SearchWords, Event::SearchWordsChanged { by: by.clone(), changes });
    }
    Ok(d)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Write;

    fn by() -> StaffId {
        "stf_hq".parse().unwrap()
    }

    fn one(word: &str, means: &[&str]) -> Synonym {
        Synonym { word: word.into(), means: means.iter().map(|m| (*m).to_owned()).collect() }
    }

    fn words(synonyms: Vec<Synonym>, hot: &[&str], version: u64) -> SearchWords {
        SearchWords::of(synonyms, hot.iter().map(|w| (*w).to_owned()).collect(), version).unwrap()
    }

    #[test]
    fn given_a_word_that_changed_one_that_went_and_one_that_came_when_set_then_history_has_each() {
        let old = words(vec![one("酱油", &["生抽"]), one("泡面", &["方便面"])], &["鲜奶"], 4);
        let new = words(vec![one("酱油", &["生抽", "老抽"]), one("洋芋", &["土豆"])], &["鲜奶", "苹果"], 4);
        let d = set(&old, &new, &by()).unwrap();
        assert_eq!(d.writes, [Write::Governance(GovernanceWrite::SearchWords(Box::new(new)))], "with the version that was read");
        let change = |field: &str, old: &str, new: &str| FieldChange { field: field.into(), old: old.into(), new: new.into() };
        let changes = vec![
            change("hot", "鲜奶", "鲜奶、苹果"),
            change("synonym:泡面", "方便面", ""),
            change("synonym:洋芋", "", "土豆"),
            change("synonym:酱油", "生抽", "生抽、老抽"),
        ];
        assert_eq!(d.events, [(Aggregate::SearchWords, Event::SearchWordsChanged { by: by(), changes })]);
        assert!(set(&old, &old, &by()).unwrap().is_empty());
    }

    #[test]
    fn given_somebody_was_faster_when_set_then_it_is_a_conflict() {
        assert_eq!(set(&words(Vec::new(), &["鲜奶"], 5), &words(Vec::new(), &[], 4), &by()).unwrap_err().code, Code::Conflict);
    }

    #[test]
    fn given_lists_beyond_each_limit_when_read_then_the_field_is_named_and_at_the_limit_they_are_taken() {
        let hot = |n: usize, long: usize| (0..n).map(|i| format!("{i:0>long$}")).collect::<Vec<_>>();
        let field = |synonyms, hot| SearchWords::of(synonyms, hot, 0).unwrap_err().field.unwrap();
        assert!(SearchWords::of(Vec::new(), hot(MOST_HOT, LONGEST_HOT), 0).is_ok());
        assert_eq!(field(Vec::new(), hot(MOST_HOT + 1, 2)), "hot");
        assert_eq!(field(Vec::new(), hot(1, LONGEST_HOT + 1)), "hot[0]");
        assert_eq!(field(Vec::new(), vec!["a".into(), " Ａ".into()]), "hot[1]");
        assert_eq!(field(Vec::new(), vec!["　".into()]), "hot[0]");
        // Sixty characters each.
        let long = |n: usize| (0..n).map(|i| one(&format!("{i:0>20}"), &[&format!("a{i:0>19}"), &format!("b{i:0>19}")])).collect::<Vec<_>>();
        assert!(SearchWords::of(long(MOST_CHARACTERS / 60), Vec::new(), 0).is_ok());
        assert_eq!(field(long(MOST_CHARACTERS / 60 + 1), Vec::new()), "synonyms");
        assert_eq!(field(vec![one("a", &[])], Vec::new()), "synonyms[0].means");
    }
}
