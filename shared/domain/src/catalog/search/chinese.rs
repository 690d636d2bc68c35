//! Words by jieba and sounds by pinyin. Only what adds rows to an index needs this.

use jieba_rs::Jieba;

pub use super::sounds::Pinyin;
use super::{Sounds, Words};

/// Chinese words and sounds. Making one reads a dictionary of 350,000 words, which takes about half a second: make it once.
pub struct Chinese {
    jieba: Jieba,
}

impl Chinese {
    /// With the dictionary of jieba and names that it cuts apart.
    #[must_use]
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut jieba = Jieba::new();
        for name in names {
            jieba.add_word(name, None, None);
        }
        Self { jieba }
    }
}

impl Words for Chinese {
    fn cut<'a>(&self, text: &'a str) -> Vec<&'a str> {
        self.jieba.cut(text, true).into_iter().map(|token| token.word).collect()
    }
}

impl Sounds for Chinese {
    fn sound(&self, c: char) -> Option<&'static str> {
        Pinyin.sound(c)
    }
}
