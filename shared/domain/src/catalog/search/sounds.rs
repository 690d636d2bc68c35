//! Sounds by pinyin: a table in the program, nothing to load.

use pinyin::ToPinyin;

use super::Sounds;

/// Knows how characters sound.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pinyin;

impl Sounds for Pinyin {
    fn sound(&self, c: char) -> Option<&'static str> {
        c.to_pinyin().map(pinyin::Pinyin::plain)
    }
}
