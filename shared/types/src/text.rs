//! Text that people type: the one form in which it is compared, and what no name or note may hold.
//!
//! A keyboard in Chinese gives full-width letters and digits, a scanner drops or adds leading zeros, a copied number brings spaces, hyphens and
//! characters that nobody sees. All of them mean the same, so everything that looks for something compares texts through this module.
//! Small tables of our own instead of Unicode's: this crate is part of every page's download.

/// Characters that show nothing: zero width, fillers, variation selectors, tags.
fn invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Characters that turn the direction of what follows: a label would show something else than what was written.
fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Why a text may not be kept as a name, an address, a note or a reason, if so: it holds control characters, or such that turn its direction, or
/// it has characters and shows none.
#[must_use]
pub fn unfit(text: &str) -> Option<&'static str> {
    if text.chars().any(char::is_control) {
        Some("不能包含换行、制表符等控制字符")
    } else if text.chars().any(turns) {
        Some("不能包含改变文字方向的字符")
    } else if text.chars().any(invisible) && text.chars().all(|c| invisible(c) || c.is_whitespace()) {
        Some("只有看不见的字符，请重新填写")
    } else {
        None
    }
}

/// The half-width form of a full-width character, and one character for all that mean "times" or a hyphen.
fn plain(c: char) -> char {
    match c {
        '×' | '✕' | '✖' | '＊' | '*' | '⨯' => 'x',
        '\u{2010}'..='\u{2015}' | '−' | '﹣' | '－' => '-',
        '\u{3000}' => ' ',
        '。' | '．' | '｡' => '.',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Without what nobody sees, in half-width and lower case. Spaces stay.
#[must_use]
pub fn fold(text: &str) -> String {
    text.chars().filter(|c| !invisible(*c)).map(plain).flat_map(char::to_lowercase).collect()
}

/// Of a folded text, what makes words run together or apart without meaning anything.
fn joint(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '_' | '·' | '•' | '/' | ',' | '，' | '、' | '"' | '\'' | '(' | ')' | '[' | ']' | '【' | '】' | '《' | '》')
}

/// As [`fold`], without spaces, hyphens and brackets: what is written together and what is written apart are the same.
#[must_use]
pub fn squeeze(text: &str) -> String {
    fold(text).chars().filter(|c| !joint(*c)).collect()
}

/// A code as typed, scanned or copied (of a pickup, a parcel, a coupon): letters in upper case and digits, as they are.
#[must_use]
pub fn code(text: &str) -> String {
    squeeze(text).to_uppercase()
}

/// A barcode without its leading zeros: a scanner that reads UPC gives one digit less than EAN has.
#[must_use]
pub fn barcode(text: &str) -> String {
    let digits = code(text);
    digits.trim_start_matches('0').to_owned()
}

/// Are these the same barcode? An empty one is nobody's.
#[must_use]
pub fn same_barcode(a: &str, b: &str) -> bool {
    let (a, b) = (barcode(a), barcode(b));
    !a.is_empty() && a == b
}

/// A telephone number of the mainland as its eleven digits, when it is one: with or without `+86`, `0086`, spaces, hyphens.
#[must_use]
pub fn phone(text: &str) -> Option<String> {
    let typed = code(text);
    let digits = typed.strip_prefix("+86").or_else(|| typed.strip_prefix("0086")).unwrap_or(&typed);
    let digits = if digits.len() == 13 { digits.strip_prefix("86").unwrap_or(digits) } else { digits };
    let fits = digits.len() == 11 && digits.starts_with('1') && digits.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| digits.to_owned())
}

/// Letters and digits of which a word or a number is made: never cut in two.
fn latin(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '.'
}

/// The longest text that is looked for: every word costs a comparison with every record.
const LOOKED_FOR: usize = 64;

/// What somebody looks for: words, all of which must be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needle {
    words: Vec<Vec<char>>,
    id: String,
    barcode: String,
}

impl Needle {
    /// Out of a search field; `None` when nothing is in it that could be looked for.
    #[must_use]
    pub fn of(typed: &str) -> Option<Self> {
        let typed: String = typed.chars().take(LOOKED_FOR).collect();
        let mut words: Vec<Vec<char>> =
            fold(&typed).split_whitespace().map(|w| w.chars().filter(|c| !joint(*c)).collect()).filter(|w: &Vec<char>| !w.is_empty()).collect();
        words.sort_unstable();
        words.dedup();
        (!words.is_empty()).then(|| Self { words, id: squeeze(&typed), barcode: barcode(&typed) })
    }

    /// Is each word in one of these texts? A word may also be of pieces of two characters or more, each of which is in one of them: `静安旗舰` is in
    /// `静安寺旗舰店`, `山野集苹果` is of a brand and a name. Numbers and Latin words are not cut.
    #[must_use]
    pub fn is_in(&self, texts: &[&str]) -> bool {
        let hay: Vec<String> = texts.iter().map(|t| squeeze(t)).collect();
        let there = |piece: &[char]| {
            let piece: String = piece.iter().collect();
            hay.iter().any(|h| h.contains(&piece))
        };
        self.words.iter().all(|w| pieces(w, &there))
    }

    /// Is it this id, whole?
    #[must_use]
    pub fn is_id(&self, id: &str) -> bool {
        self.id == squeeze(id)
    }

    /// Is it this barcode?
    #[must_use]
    pub fn is_barcode(&self, of: &str) -> bool {
        !self.barcode.is_empty() && self.barcode == barcode(of)
    }
}

/// The longest word that is cut: a search field holds no sentence, and the time grows with the square of it.
const CUT_UP_TO: usize = 24;

/// Can the word be cut in pieces that are all there? The whole word is one.
fn pieces(word: &[char], there: &dyn Fn(&[char]) -> bool) -> bool {
    if there(word) {
        return true;
    }
    let n = word.len();
    if n < 4 && !word.iter().any(|c| latin(*c)) || n > CUT_UP_TO {
        return false;
    }
    // Between two characters of a number or a Latin word nothing is cut.
    let cut = |i: usize| i == 0 || i == n || !(latin(word[i - 1]) && latin(word[i]));
    let mut reached = vec![false; n + 1];
    reached[0] = true;
    for from in 0..n {
        if !reached[from] {
            continue;
        }
        for to in from + 2..=n {
            if cut(from) && cut(to) && !reached[to] && there(&word[from..to]) {
                reached[to] = true;
            }
        }
    }
    reached[n]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(typed: &str, texts: &[&str]) -> bool {
        Needle::of(typed).is_some_and(|n| n.is_in(texts))
    }

    #[test]
    fn given_the_same_typed_in_several_ways_when_squeezed_then_it_is_one_text() {
        for (a, b) in [
            ("牧场鲜牛奶９５０ｍｌ", "牧场鲜牛奶 950ML"),
            ("250ml*12", "250ml×12"),
            ("250 ml ✕ 12", "250mlx12"),
            ("南京西路1686号", "南京西路 1686 号"),
            ("鲜\u{200b}牛\u{feff}奶", "鲜牛奶"),
            ("连店·静安寺", "连店静安寺"),
            ("可口（无糖）", "可口 无糖"),
            ("1.5Ｌ", "1．5l"),
        ] {
            assert_eq!(squeeze(a), squeeze(b), "{a} {b}");
        }
        assert_ne!(squeeze("1.5L"), squeeze("15L"));
    }

    #[test]
    fn given_codes_as_people_type_them_when_read_then_they_are_what_was_printed() {
        assert_eq!(code(" ｓｆ 1234-5678\u{200b}"), "SF12345678");
        assert_eq!(code("１２３４５ 67890"), "1234567890");
        assert!(same_barcode("069 0123 456789", "69-0123456789") && same_barcode("6901234567892", "６９０１２３４５６７８９２"));
        assert!(!same_barcode("", "0") && !same_barcode("6901234567892", "6901234567893"));
        for typed in ["13812341234", "+86 138 1234 1234", "0086-138-1234-1234", "8613812341234", "１３８１２３４１２３４", "138\u{200b}12341234"]
        {
            assert_eq!(phone(typed).as_deref(), Some("13812341234"), "{typed}");
        }
        for typed in ["", "1381234123", "138123412345", "23812341234", "1381234123a", "+8513812341234"] {
            assert_eq!(phone(typed), None, "{typed}");
        }
    }

    #[test]
    fn given_what_people_look_for_when_compared_then_parts_and_pieces_are_found_and_nothing_else() {
        let jing_an = ["连店·静安寺旗舰店", "上海", "静安区南京西路 1686 号一层"];
        for typed in ["静安旗舰", "上海 静安", "南京西路1686号", "上海静安", "静安寺", "南京西路 1686", " 静安\u{200b}寺 "]
        {
            assert!(found(typed, &jing_an), "{typed}");
        }
        for typed in ["静安社区", "北京 静安", "南京西路1687号", "安静", "静旗"] {
            assert!(!found(typed, &jing_an), "{typed}");
        }
        assert!(found("山野集苹果", &["苹果 500g", "山野集"]) && found("NFC苹果汁", &["NFC 苹果汁 1L", "山野集"]));
        for (typed, name) in
            [("简单", "安装简单"), ("处理", "待处理"), ("芹菜", "马家沟芹菜"), ("包", "小化妆包"), ("小化妆", "小化妆包"), ("工具", "测试工具箱")]
        {
            assert!(found(typed, &[name]), "{typed} {name}");
        }
        assert!(!found("景点", &["经典"]) && !found("不", &["布"]) && !found("平果", &["苹果"]));
        assert!(found("250ml*12", &["鲜牛奶 250ml×12"]) && !found("1250ml", &["12x250ml"]), "no number is cut");
        assert_eq!((Needle::of(" \u{200b} - "), Needle::of("")), (None, None));
        let id = Needle::of("STO_SH01").unwrap();
        assert!(Needle::of(&"鲜奶 ".repeat(400)).is_some_and(|n| n.words.len() <= 2), "the same word is looked for once");
        assert!(Needle::of(&(0..400).map(|n| format!("w{n} ")).collect::<String>()).is_some_and(|n| n.words.len() < 32), "a page of words is cut");
        assert!(id.is_id("sto_sh01") && !id.is_id("sto_sh011") && !Needle::of("sto").unwrap().is_id("sto_sh01"));
        let n = Needle::of("0690 1234 567892").unwrap();
        assert!(n.is_barcode("690-1234567892") && !n.is_barcode("") && !n.is_barcode("6901234567893"));
    }

    #[test]
    fn given_text_that_would_reach_a_label_when_it_misleads_or_shows_nothing_then_it_is_unfit() {
        for bad in ["张\u{202e}三", "一\n二", "a\tb", "\u{0}", "\u{2066}x", "\u{200b}", " \u{feff} \u{3164}", "\u{85}"] {
            assert!(unfit(bad).is_some(), "{bad:?}");
        }
        for good in ["", " ", "张三", "👨\u{200d}👩\u{200d}👧", "阿迪力·买买提", "O'Neil", "3 号楼 2 单元（北门）", "张\u{200b}三"]
        {
            assert_eq!(unfit(good), None, "{good:?}");
        }
    }

    proptest! {
        #[test]
        fn given_any_text_when_folded_twice_then_the_second_time_changes_nothing(text in ".{0,40}") {
            prop_assert_eq!(squeeze(&squeeze(&text)), squeeze(&text));
            prop_assert_eq!(barcode(&barcode(&text)), barcode(&text));
        }

        #[test]
        fn given_any_text_when_a_part_of_it_is_looked_for_then_it_is_found(text in "[一-龥a-z0-9 ×·]{1,30}", from in 0_usize..30, long in 1_usize..30) {
            let part: String = text.chars().skip(from).take(long).collect();
            prop_assert!(Needle::of(&part).is_none_or(|n| n.is_in(&[&text])), "{part}");
        }
    }
}
