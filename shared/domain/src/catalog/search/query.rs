//! What somebody looks for, and how well a row fits it.

use std::collections::BTreeMap;

use liandian_types::text::{Needle, barcode, code, fold, squeeze};

use super::{
    Synonyms,
    entry::{Entry, Signature, sound},
    quantity::{amounts, holds},
};

/// The longest text that is looked for.
const LONGEST: usize = 64;
/// Digits from which on a part of a barcode is looked for anywhere in it, and at its end: people read out the last four.
const PART: usize = 5;
const END: usize = 4;

/// Scores of one word. Fields come in the order name, brand, category, attributes; the steps between them are larger than what sales can add.
mod worth {
    pub(super) const ID: u32 = 5_000;
    pub(super) const BARCODE: u32 = 5_000;
    pub(super) const BARCODE_PART: u32 = 60;
    pub(super) const TITLE: u32 = 400;
    pub(super) const BRAND: u32 = 300;
    pub(super) const CATEGORY: u32 = 200;
    pub(super) const REST: u32 = 100;
    /// Pieces in several fields, as in 山野集苹果.
    pub(super) const PIECES: u32 = 350;
    pub(super) const SOUND: u32 = 250;
    pub(super) const INITIALS: u32 = 150;
    /// A piece of a number: `50` in `950ml`.
    pub(super) const IN_A_NUMBER: u32 = 40;
    pub(super) const WHOLE_WORDS: u32 = 200;
    pub(super) const ONE_EDGE: u32 = 60;
    /// The name ends with it: 苹果 is what 红苹果 is, and not what 苹果汁 is.
    pub(super) const HEAD: u32 = 150;
    pub(super) const WHOLE_NAME: u32 = 300;
    pub(super) const WHOLE_FIELD: u32 = 50;
}

/// A word in one form, and what it takes to compare it quickly.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Form {
    text: String,
    long: usize,
    needle: Option<Needle>,
    signature: Signature,
    /// The amounts in it, when its text is that in which amounts are written in one unit.
    amounts: Vec<String>,
}

impl Form {
    fn of(text: String, amounts: Vec<String>) -> Self {
        Self { long: text.chars().count(), needle: Needle::of(&text), signature: Signature::of(&text), amounts, text }
    }

    fn score(&self, e: &Entry) -> Option<u32> {
        if !e.signature.holds(&self.signature) {
            return None;
        }
        if !self.amounts.is_empty() {
            let there = self.amounts.iter().all(|a| holds(&e.title_amounts, a) || holds(&e.rest_amounts, a));
            let fits = there && self.needle.as_ref().is_some_and(|n| n.is_in(&[&e.title_amounts, &e.brand, &e.category, &e.rest_amounts]));
            return fits.then_some(worth::TITLE + worth::ONE_EDGE);
        }
        let field = |text: &str, worth: u32| text.contains(&self.text).then(|| worth + if text == self.text { worth::WHOLE_FIELD } else { 0 });
        self.in_title(e)
            .max(field(&e.brand, worth::BRAND))
            .max(field(&e.category, worth::CATEGORY))
            .max(field(&e.rest, worth::REST))
            .or_else(|| self.needle.as_ref()?.is_in(&[&e.title, &e.brand, &e.category, &e.rest]).then_some(worth::PIECES))
    }

    /// The best place in the title.
    fn in_title(&self, e: &Entry) -> Option<u32> {
        let number = self.text.starts_with(|c: char| c.is_ascii_digit());
        e.title
            .match_indices(self.text.as_str())
            .map(|(byte, _)| {
                let before = &e.title[..byte];
                if number && before.ends_with(|c: char| c.is_ascii_digit() || c == '.') {
                    return worth::IN_A_NUMBER;
                }
                let from = before.chars().count();
                worth::TITLE + place(e, from, from + self.long)
            })
            .max()
    }
}

/// What it adds to lie here in the title.
fn place(e: &Entry, from: usize, to: usize) -> u32 {
    let mut worth = match (e.is_edge(from), e.is_edge(to)) {
        (true, true) => worth::WHOLE_WORDS,
        (true, false) | (false, true) => worth::ONE_EDGE,
        (false, false) => 0,
    };
    if to == e.name_long {
        worth += worth::HEAD;
        if from == 0 {
            worth += worth::WHOLE_NAME;
        }
    }
    worth
}

/// One word that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    /// As typed, and with its amounts in one unit where it has some.
    forms: Vec<Form>,
    /// In other words.
    instead: Vec<Form>,
    /// Its letters, when it is of Latin letters alone.
    letters: Option<String>,
}

impl Word {
    fn of(text: &str, synonyms: &Synonyms) -> Self {
        let mut forms = vec![Form::of(text.to_owned(), Vec::new())];
        let (in_one_unit, found) = amounts(text);
        if !found.is_empty() {
            forms.push(Form::of(in_one_unit, found));
        }
        let instead = synonyms.instead(text).into_iter().map(|t| Form::of(t, Vec::new())).collect();
        let letters = (text.len() >= 2 && text.bytes().all(|b| b.is_ascii_lowercase())).then(|| text.to_owned());
        Self { forms, instead, letters }
    }

    fn score(&self, e: &Entry, sounds: &BTreeMap<char, String>, initials: bool) -> Option<u32> {
        let as_typed = self.forms.iter().filter_map(|f| f.score(e)).max();
        let otherwise = || self.instead.iter().filter_map(|f| f.score(e)).max().map(|s| s * 3 / 5);
        let by_sound = || self.letters.as_deref().and_then(|letters| heard(e, letters, sounds, initials));
        as_typed.or_else(otherwise).or_else(by_sound)
    }
}

/// How well the title or the brand sounds like these letters: whole syllables, of which the last may be unfinished, or first letters.
fn heard(e: &Entry, letters: &str, sounds: &BTreeMap<char, String>, initials: bool) -> Option<u32> {
    let first = letters.chars().next()?;
    let mut best: Option<u32> = None;
    if e.initials.contains(first) {
        let title: Vec<char> = e.title.chars().collect();
        for from in e.initials.match_indices(first).map(|(at, _)| at) {
            if let Some(to) = syllables(&title, from, letters.as_bytes(), sounds) {
                best = best.max(Some(worth::SOUND + place(e, from, to) / 2));
            }
        }
    }
    let brand: Vec<char> = e.brand.chars().collect();
    if (0..brand.len()).any(|from| syllables(&brand, from, letters.as_bytes(), sounds).is_some()) {
        best = best.max(Some(worth::SOUND));
    }
    if best.is_none() && initials {
        best = e.initials.match_indices(letters).map(|(from, _)| worth::INITIALS + place(e, from, from + letters.len()) / 2).max();
    }
    best
}

/// Where the letters end, when from here on they are the sounds of one character after the other.
fn syllables(text: &[char], from: usize, letters: &[u8], sounds: &BTreeMap<char, String>) -> Option<usize> {
    let (mut at, mut left) = (from, letters);
    while !left.is_empty() {
        let mut own = [0; 4];
        let sound = sound(sounds, *text.get(at)?, &mut own)?;
        if begins(left, sound) {
            left = &left[sound.len()..];
        } else if at > from && left.len() < sound.len() && begins(sound, left) {
            left = &[];
        } else {
            return None;
        }
        at += 1;
    }
    Some(at)
}

/// ü is `v` in an index, and typed as `v` or `u`.
fn begins(text: &[u8], with: &[u8]) -> bool {
    let same = |a: u8, b: u8| a == b || matches!((a, b), (b'u', b'v') | (b'v', b'u'));
    text.len() >= with.len() && text.iter().zip(with).all(|(a, b)| same(*a, *b))
}

/// What somebody looks for: words, each of which must be found, or a barcode, or an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    words: Vec<Word>,
    id: String,
    barcode: Option<Digits>,
}

/// A number that may be a barcode or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Digits {
    /// As typed: a part may begin with zeros.
    typed: String,
    /// In the form in which whole barcodes are compared.
    whole: String,
}

impl Digits {
    fn of(typed: &str) -> Option<Self> {
        let digits = code(typed);
        let may_be = digits.len() >= END && digits.bytes().all(|b| b.is_ascii_digit());
        may_be.then(|| Self { whole: barcode(&digits), typed: digits })
    }

    fn score(&self, of: &str) -> Option<u32> {
        if of == self.whole {
            return Some(worth::BARCODE);
        }
        let within = self.typed.len() >= PART && of.contains(&self.typed);
        (within || of.ends_with(&self.typed)).then_some(worth::BARCODE_PART)
    }
}

impl Query {
    /// Out of a search field; `None` when nothing is in it that could be looked for.
    #[must_use]
    pub fn of(typed: &str, synonyms: &Synonyms) -> Option<Self> {
        let typed: String = typed.chars().take(LONGEST).collect();
        let mut words: Vec<String> = fold(&typed).split_whitespace().map(squeeze).filter(|w| !w.is_empty()).collect();
        words.sort_unstable();
        words.dedup();
        (!words.is_empty()).then(|| Self {
            words: words.iter().map(|w| Word::of(w, synonyms)).collect(),
            id: squeeze(&typed),
            barcode: Digits::of(&typed),
        })
    }

    /// Could it be the first letters of what is sought? Only then are these tried, and only when nothing else was found.
    pub(super) fn has_letters(&self) -> bool {
        self.words.iter().any(|w| w.letters.is_some())
    }

    /// How well the row fits; `None` when it does not.
    pub(super) fn score(&self, e: &Entry, sounds: &BTreeMap<char, String>, initials: bool) -> Option<u32> {
        let id = (squeeze(e.row.sku.as_str()) == self.id).then_some(worth::ID);
        let code = self.barcode.as_ref().and_then(|digits| e.row.barcodes.iter().filter_map(|b| digits.score(b)).max());
        let words = self.words.iter().try_fold(0_u32, |sum, w| Some(sum + w.score(e, sounds, initials)?));
        id.max(code).max(words)
    }
}
