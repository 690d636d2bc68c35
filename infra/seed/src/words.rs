//! What HQ of the demo chain says about words, and where the words of its goods' names begin.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use anyhow::anyhow;
use liandian_domain::catalog::search::{SearchWords, Synonym, chinese::Chinese, words_of};

use crate::chain::Chain;

/// What was found out in this process: chains share their goods, and the dictionary takes a moment to read.
static KNOWN: Mutex<Option<HashMap<String, u64>>> = Mutex::new(None);

/// Where the words of titles begin.
pub(crate) struct Starts(HashMap<String, u64>);

impl Starts {
    /// Of everything in a chain's library. The dictionary is let go afterwards.
    pub(crate) fn of(chain: &Chain) -> Self {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.get_or_insert_default();
        let all = || chain.products.iter().flat_map(|p| p.rows(&chain.categories.tree, &chain.brands.brands));
        if all().any(|s| !known.contains_key(&s.title())) {
            let chinese = Chinese::new([]);
            known.extend(all().map(|s| (s.title(), words_of(&s, &chinese))));
        }
        Self(known.clone())
    }

    /// Of one title.
    pub(crate) fn of_title(&self, title: &str) -> u64 {
        self.0.get(title).copied().unwrap_or_default()
    }
}

/// What customers say, and what the demo chain's goods are called.
const SYNONYMS: [(&str, &[&str]); 6] = [
    ("酱油", &["生抽", "老抽"]),
    ("泡面", &["方便面", "牛肉面", "酸菜面"]),
    ("西红柿", &["番茄"]),
    ("洋芋", &["土豆"]),
    ("尿不湿", &["纸尿裤", "拉拉裤"]),
    ("手纸", &["卷纸", "抽纸"]),
];

/// What a search field offers.
const HOT: [&str; 6] = ["鲜牛奶", "苹果", "鸡蛋", "酸奶", "抽纸", "泡面"];

/// What HQ of the demo chain says about words, as set once.
///
/// # Errors
/// When the words of this file are beyond a limit.
pub fn words() -> anyhow::Result<SearchWords> {
    let own = |(word, means): (&str, &[&str])| Synonym { word: word.to_owned(), means: means.iter().map(|m| (*m).to_owned()).collect() };
    let hot = HOT.map(str::to_owned).to_vec();
    SearchWords::of(SYNONYMS.map(own).to_vec(), hot, 1).map_err(|p| anyhow!("the demo chain's words: {p:?}"))
}
