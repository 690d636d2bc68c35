//! What HQ of the demo chain says about words.

use anyhow::anyhow;
use liandian_domain::catalog::search::{SearchWords, Synonym};

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
