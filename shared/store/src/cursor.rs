//! Where a page of a list begins: one form for every list.
//!
//! A cursor holds the place of the last row that was shown, and a check over that place and its list: which partition of which table, or what was
//! sought. It is opaque: clients give it back and make none, and no key shows in it. It is no secret and needs none, because it opens nothing: the
//! partition always comes from the path and the session, so whoever forged one would move about in a list that he may read anyway. A cursor of
//! another list, a cut one and a changed one are refused.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::db::StoreError;

/// The form's version: another one is none of ours.
const VERSION: u8 = 1;
/// Bytes before the place: the version and the check.
const HEAD: usize = 9;
/// Between the parts of a place, and of what a list is: no text holds this byte.
const BETWEEN: u8 = 0xff;
/// The longest key that a table takes, in bytes.
const LONGEST: usize = 1_024;

/// A list, as its cursors are bound to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct List(u64);

impl List {
    /// The list of this name, and of what else makes it the one it is.
    #[must_use]
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        Self(parts.into_iter().fold(BASIS, |h, part| hash(hash(h, part.as_bytes()), &[BETWEEN])))
    }

    /// The cursor of what comes behind a place in it.
    pub(crate) fn behind(self, place: &[&str]) -> String {
        let mut body = place.iter().map(|p| p.as_bytes()).collect::<Vec<_>>().join(&BETWEEN);
        let check = hash(self.0, &body);
        mask(check, &mut body);
        let mut bytes = vec![VERSION];
        bytes.extend(check.to_be_bytes());
        bytes.extend(body);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The place of a cursor of this list.
    ///
    /// # Errors
    /// [`StoreError::Cursor`] for whatever is none.
    pub(crate) fn place(self, cursor: &str) -> Result<Vec<String>, StoreError> {
        self.opened(cursor).ok_or(StoreError::Cursor)
    }

    /// The cursor of what comes behind the first `n` entries, for a list that is counted.
    #[must_use]
    pub fn behind_first(self, n: usize) -> String {
        self.behind(&[n.to_string().as_str()])
    }

    /// How many entries come before a page of a list that is counted.
    ///
    /// # Errors
    /// [`StoreError::Cursor`] for whatever is none.
    pub fn before(self, cursor: Option<&str>) -> Result<usize, StoreError> {
        let Some(cursor) = cursor else { return Ok(0) };
        match self.place(cursor)?.as_slice() {
            [n] => n.parse().map_err(|_| StoreError::Cursor),
            _ => Err(StoreError::Cursor),
        }
    }

    /// The cursor behind the first `n` entries, of which the last is this one, for a list whose order may change a little between two pages.
    #[must_use]
    pub fn behind_entry(self, n: usize, last: &str) -> String {
        self.behind(&[n.to_string().as_str(), last])
    }

    /// How many entries came before a page of such a list, and the last of them.
    ///
    /// # Errors
    /// [`StoreError::Cursor`] for whatever is none.
    pub fn before_entry(self, cursor: Option<&str>) -> Result<(usize, Option<String>), StoreError> {
        let Some(cursor) = cursor else { return Ok((0, None)) };
        match self.place(cursor)?.as_slice() {
            [n, last] => Ok((n.parse().map_err(|_| StoreError::Cursor)?, Some(last.clone()))),
            _ => Err(StoreError::Cursor),
        }
    }

    fn opened(self, cursor: &str) -> Option<Vec<String>> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (head, body) = bytes.split_at_checked(HEAD)?;
        let (version, check) = head.split_first()?;
        let check = u64::from_be_bytes(check.try_into().ok()?);
        let mut body = body.to_vec();
        mask(check, &mut body);
        if *version != VERSION || hash(self.0, &body) != check {
            return None;
        }
        let part = |p: &[u8]| String::from_utf8(p.to_vec()).ok().filter(|p| (1..=LONGEST).contains(&p.len()));
        body.split(|b| *b == BETWEEN).map(part).collect()
    }
}

/// What FNV-1a begins with.
const BASIS: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a: the same in every build, so that a page that was loaded before a deployment goes on after it.
fn hash(from: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(from, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// Covers bytes, or uncovers them, with the numbers that follow from the seed (`SplitMix64`).
fn mask(seed: u64, bytes: &mut [u8]) {
    let mut state = seed;
    for chunk in bytes.chunks_mut(8) {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        for (byte, with) in chunk.iter_mut().zip((mixed ^ (mixed >> 31)).to_be_bytes()) {
            *byte ^= with;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opens(list: List, cursor: &str) -> Option<Vec<String>> {
        list.place(cursor).ok()
    }

    #[test]
    fn given_a_place_when_given_back_then_it_is_the_same_and_nothing_of_it_shows() {
        let list = List::of(["cell", "gsi1", "STORE#sto_1#ORDERS#placed"]);
        let place = ["ORDER#ord_01M8HZR0Z8MRKX351HA4H9KG9C", "HEAD", "0001795899733555#ord_01M8HZR0Z8MRKX351HA4H9KG9C"];
        let cursor = list.behind(&place);
        assert_eq!(opens(list, &cursor).unwrap(), place);
        assert!(cursor.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{cursor}");
        let bytes = URL_SAFE_NO_PAD.decode(&cursor).unwrap();
        for word in ["ORDER", "ord_", "HEAD", "1795"] {
            assert!(!cursor.contains(word) && !bytes.windows(word.len()).any(|w| w == word.as_bytes()), "{word} shows");
        }
        assert_eq!(opens(list, &list.behind(&["万"])).unwrap(), ["万"]);
    }

    #[test]
    fn given_another_list_when_its_cursor_is_given_then_it_is_refused() {
        let cursor = List::of(["cell", "", "LOC#loc_sh01", "SKU#"]).behind(&["SKU#sku_1"]);
        for other in [["cell", "", "LOC#loc_sh02", "SKU#"], ["cell", "", "LOC#loc_sh01", "MOV#"], ["hq", "", "LOC#loc_sh01", "SKU#"]] {
            assert_eq!(opens(List::of(other), &cursor), None, "{other:?}");
        }
        // What divides the names belongs to them.
        assert_ne!(List::of(["a", "bc"]), List::of(["ab", "c"]));
        assert_ne!(List::of(["a"]), List::of(["a", ""]));
    }

    #[test]
    fn given_what_is_no_cursor_when_read_then_it_is_refused() {
        let list = List::of(["a list"]);
        let cursor = list.behind(&["SKU#sku_1", "HEAD"]);
        for cut in 0..cursor.len() {
            assert_eq!(opens(list, &cursor[..cut]), None, "{cut}");
        }
        for at in 0..cursor.len() {
            let other = if cursor.as_bytes()[at] == b'A' { "B" } else { "A" };
            assert_eq!(opens(list, &format!("{}{other}{}", &cursor[..at], &cursor[at + 1..])), None, "{at}");
        }
        for bad in ["", "A~B", "~", "%00", "0", "20", "LOC#sh02~SKU#sku_1", "ä", &format!("{cursor}A"), &format!("{cursor}="), &cursor.repeat(40)] {
            assert_eq!(opens(list, bad), None, "{bad}");
        }
        // Well made, and no place that a table has.
        let long = "x".repeat(1_025);
        for place in [&[""][..], &["a", ""], &[long.as_str()]] {
            assert_eq!(opens(list, &list.behind(place)), None);
        }
        assert!(opens(list, &list.behind(&[&long[1..]])).is_some());
    }

    #[test]
    fn given_a_list_that_is_counted_when_paged_then_its_cursor_says_how_many_came_before() {
        let list = List::of(["counted"]);
        assert_eq!(list.before(None).unwrap(), 0);
        assert_eq!(list.before(Some(&list.behind_first(60))).unwrap(), 60);
        for place in [&["-1"][..], &["6O"], &["1", "2"]] {
            assert!(matches!(list.before(Some(&list.behind(place))), Err(StoreError::Cursor)), "{place:?}");
        }
    }
}
