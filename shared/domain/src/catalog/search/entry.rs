//! A row made ready to be compared.

use std::collections::BTreeMap;

use liandian_types::text::{barcode, fold, squeeze};

use super::{SearchRow, Words, quantity::amounts};

/// Which characters occur, in 256 bits: when a bit of the query is missing here, the query is not in here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Signature([u64; 4]);

impl Signature {
    pub(super) fn add(&mut self, text: &str) {
        for c in text.chars() {
            let bit = u32::from(c).wrapping_mul(0x9e37_79b1) >> 24;
            self.0[(bit / 64) as usize] |= 1 << (bit % 64);
        }
    }

    pub(super) fn of(text: &str) -> Self {
        let mut s = Self::default();
        s.add(text);
        s
    }

    pub(super) fn holds(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(mine, theirs)| mine & theirs == *theirs)
    }
}

/// A row and the forms of its texts in which queries are compared with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) row: SearchRow,
    /// Bit `i` is set when a word begins at character `i` of the title.
    pub(super) words: u64,
    /// Name and spec, squeezed.
    pub(super) title: String,
    /// Characters of the name within the title.
    pub(super) name_long: usize,
    /// Characters of the title.
    pub(super) title_long: usize,
    pub(super) brand: String,
    pub(super) category: String,
    pub(super) rest: String,
    /// Title with its amounts in one unit.
    pub(super) title_amounts: String,
    /// The rest with its amounts in one unit.
    pub(super) rest_amounts: String,
    /// First letter of each character's sound in the title; `-` where there is none. One byte a character.
    pub(super) initials: String,
    pub(super) signature: Signature,
}

/// The sound of a character in an index: of a Latin letter or a digit it is itself.
pub(super) fn sound<'a>(sounds: &'a BTreeMap<char, String>, c: char, own: &'a mut [u8; 4]) -> Option<&'a [u8]> {
    if c.is_ascii_alphanumeric() { Some(c.encode_utf8(own).as_bytes()) } else { sounds.get(&c).map(String::as_bytes) }
}

/// Where words begin in the squeezed title.
pub(super) fn word_starts(row: &SearchRow, words: &dyn Words) -> u64 {
    let folded = fold(&row.title());
    let (mut bits, mut at) = (0_u64, 0_u32);
    for part in folded.split_whitespace() {
        for word in words.cut(part) {
            let long = squeeze(word).chars().count();
            if long > 0 {
                bits |= 1_u64.checked_shl(at).unwrap_or(0);
                at = at.saturating_add(u32::try_from(long).unwrap_or(u32::MAX));
            }
        }
    }
    bits
}

impl Entry {
    pub(super) fn new(mut row: SearchRow, words: u64, sounds: &BTreeMap<char, String>) -> Self {
        for b in &mut row.barcodes {
            *b = barcode(b);
        }
        let name = squeeze(&row.name);
        let title = format!("{name}{}", squeeze(&row.spec));
        let brand = squeeze(&row.brand);
        let category: String = row.categories.iter().map(|(_, name)| squeeze(name)).collect::<Vec<_>>().join(" ");
        let rest: String = row.attributes.iter().map(|a| squeeze(a)).collect::<Vec<_>>().join(" ");
        let (title_amounts, rest_amounts) = (amounts(&title).0, amounts(&rest).0);
        let initials = title
            .chars()
            .map(|c| {
                let mut own = [0; 4];
                sound(sounds, c, &mut own).and_then(|s| s.first()).map_or('-', |b| char::from(*b))
            })
            .collect();
        let mut signature = Signature::default();
        for text in [&title, &brand, &category, &rest, &title_amounts, &rest_amounts] {
            signature.add(text);
        }
        Self {
            words,
            name_long: name.chars().count(),
            title_long: title.chars().count(),
            title,
            brand,
            category,
            rest,
            title_amounts,
            rest_amounts,
            initials,
            signature,
            row,
        }
    }

    /// Does a word begin, or the title end, at this character?
    pub(super) fn is_edge(&self, at: usize) -> bool {
        at == self.title_long || u32::try_from(at).ok().and_then(|at| self.words.checked_shr(at)).is_some_and(|w| w & 1 == 1)
    }
}
