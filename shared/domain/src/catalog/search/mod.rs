//! Search in a store's listings and in HQ's library: in memory, pure, and fed row by row.
//!
//! [`Index`] keeps a row for each SKU. A query is a pass over all rows: each carries a signature of the characters in it, so that all but a few
//! are passed over with four comparisons of words, and only those few are compared as texts. At 2,000 listings and at 20,000 SKUs this is faster
//! than what a list for each pair of characters costs to load and to keep, and a change of one product is the exchange of one row.
//!
//! What makes a hit is never guessed: every word that was typed is in the name, brand, category or attributes as it stands, as the same amount in
//! another unit, as a synonym that HQ has written down, or, when it was typed in Latin letters, by its sound. Words of a segmenter only rank.
//!
//! The segmenter and the table of sounds are needed where rows are added, and a query needs neither: the words' beginnings and the sounds of the
//! characters that occur are part of the index. The dictionary is behind the feature `search`: where words begin is kept beside a SKU ([`words_of`]),
//! so a function that answers queries loads none. The table of sounds is small, and behind the feature `sounds`.
//!
//! What must not live here: where an index is kept, and who may see which listing.

pub mod blob;
#[cfg(feature = "search")]
pub mod chinese;
mod entry;
pub mod index;
pub mod quantity;
pub mod query;
pub mod row;
#[cfg(feature = "sounds")]
pub mod sounds;
pub mod suggest;
pub mod synonyms;
pub mod words;

pub use index::{Ask, Facets, Filter, Found, Hit, Index, Sort, arrange};
pub use query::Query;
pub use row::SearchRow;
pub use suggest::{HotWord, Suggestion};
pub use synonyms::{Synonym, Synonyms};
pub use words::SearchWords;

use crate::catalog::LibrarySku;

/// Where the words of a SKU's title begin, to be kept beside its row: bit `i` stands for character `i`.
#[must_use]
pub fn words_of(sku: &LibrarySku, words: &dyn Words) -> u64 {
    entry::word_starts(&SearchRow::of(sku), words)
}

/// Cuts Chinese text into words.
pub trait Words {
    /// The words, one after the other; together they are the text.
    fn cut<'a>(&self, text: &'a str) -> Vec<&'a str>;
}

/// Knows how characters sound.
pub trait Sounds {
    /// Pinyin without tones, `lü` or `lv` for 绿; `None` for what is no Chinese character.
    fn sound(&self, c: char) -> Option<&'static str>;
}

/// Knows no words and no sounds: every piece is still found, and ranked by its place alone.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plain;

impl Words for Plain {
    fn cut<'a>(&self, text: &'a str) -> Vec<&'a str> {
        vec![text]
    }
}

impl Sounds for Plain {
    fn sound(&self, _: char) -> Option<&'static str> {
        None
    }
}
