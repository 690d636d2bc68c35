//! Amounts in goods' names in one unit: `0.5L`, `500毫升` and `500ml` are the same, and so are `1斤`, `500克` and `0.5kg`.

/// Units as they stand in a squeezed text, the longer before what they begin with; each with how many of the base unit it is.
const UNITS: [(&str, u64, &str); 13] = [
    ("毫升", 1, "ml"),
    ("公升", 1_000, "ml"),
    ("升", 1_000, "ml"),
    ("ml", 1, "ml"),
    ("l", 1_000, "ml"),
    ("千克", 1_000, "g"),
    ("公斤", 1_000, "g"),
    ("kg", 1_000, "g"),
    ("克", 1, "g"),
    ("g", 1, "g"),
    ("市斤", 500, "g"),
    ("斤", 500, "g"),
    ("两", 50, "g"),
];

/// Amounts that people write in characters; only before units that are spoken of in this way.
const SPOKEN: [(char, u64); 11] = [
    ('半', 500),
    ('一', 1_000),
    ('二', 2_000),
    ('两', 2_000),
    ('三', 3_000),
    ('四', 4_000),
    ('五', 5_000),
    ('六', 6_000),
    ('八', 8_000),
    ('九', 9_000),
    ('十', 10_000),
];

/// The longest number that is an amount: longer ones are codes.
const DIGITS: usize = 7;

fn spoken(c: char) -> bool {
    SPOKEN.iter().any(|(s, _)| *s == c)
}

/// The squeezed text with every amount in millilitres or grams, and these amounts.
#[must_use]
pub fn amounts(squeezed: &str) -> (String, Vec<String>) {
    let (mut out, mut found) = (String::with_capacity(squeezed.len()), Vec::new());
    let mut rest = squeezed;
    let mut before = None;
    while let Some(c) = rest.chars().next() {
        if let Some((thousandths, after)) = number(rest, before)
            && let Some((factor, base, after)) = unit(after, c.is_ascii_digit())
        {
            let total = thousandths * factor;
            let part = format!("{:03}", total % 1_000);
            let part = part.trim_end_matches('0');
            let point = if part.is_empty() { "" } else { "." };
            let amount = format!("{}{point}{part}{base}", total / 1_000);
            out.push_str(&amount);
            found.push(amount);
            before = base.chars().last();
            rest = after;
            continue;
        }
        // What is no amount is copied; a whole number at once, so that its end is not taken for one.
        let end = if c.is_ascii_digit() { rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len()) } else { c.len_utf8() };
        out.push_str(&rest[..end]);
        before = rest[..end].chars().last();
        rest = &rest[end..];
    }
    (out, found)
}

/// Does the text hold this amount, and not as the end of a larger number (`50ml` in `950ml`)?
#[must_use]
pub fn holds(text: &str, amount: &str) -> bool {
    text.match_indices(amount).any(|(at, _)| !text[..at].ends_with(|c: char| c.is_ascii_digit() || c == '.'))
}

/// The number at the beginning, in thousandths, and what follows it.
fn number(text: &str, before: Option<char>) -> Option<(u64, &str)> {
    let first = text.chars().next()?;
    if !first.is_ascii_digit() {
        let spoken = SPOKEN.iter().find(|(c, _)| *c == first)?.1;
        // 十二斤 and 一百升 are no two and no hundred: only a single character is an amount.
        let alone = before.is_none_or(|b| !self::spoken(b) && !"百千万第.".contains(b) && !b.is_ascii_digit());
        return alone.then(|| (spoken, &text[first.len_utf8()..]));
    }
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let (number, after) = text.split_at(end);
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let written_well = whole.len() <= DIGITS && part.len() <= 3 && !part.contains('.') && !number.ends_with('.');
    let thousandths = written_well.then(|| format!("{whole}{part:0<3}").parse::<u64>().ok())??;
    Some((thousandths, after))
}

/// The unit at the beginning: how many of the base unit it is, the base unit, and what follows.
fn unit(text: &str, digits: bool) -> Option<(u64, &'static str, &str)> {
    let (name, factor, base) = UNITS.iter().find(|(name, _, _)| text.starts_with(name))?;
    let after = &text[name.len()..];
    let spoken_of = digits || matches!(*name, "斤" | "公斤" | "市斤" | "升" | "公升");
    let mut next = after.chars();
    let ends = match next.next() {
        // `250mlx12`: the letter stands for "times".
        Some('x') => next.next().is_some_and(|c| c.is_ascii_digit() || spoken(c)),
        Some(c) => !(name.is_ascii() && c.is_ascii_alphabetic()),
        None => true,
    };
    (spoken_of && ends).then_some((*factor, *base, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use liandian_types::text::squeeze;
    use proptest::prelude::*;

    fn of(typed: &str) -> String {
        amounts(&squeeze(typed)).0
    }

    #[test]
    fn given_the_same_amount_in_several_units_when_written_in_one_then_they_are_equal() {
        for (written, same) in [
            ("0.5L", "500ml"),
            ("500毫升", "500ml"),
            ("５００ ＭＬ", "500ml"),
            ("1.25 升", "1250ml"),
            ("1斤", "500g"),
            ("一斤", "500g"),
            ("半斤", "250g"),
            ("2 两", "100g"),
            ("2.5kg 袋装", "2500g袋装"),
            ("1公斤", "1000g"),
            ("250ml*12", "250mlx12"),
            ("5L×4 箱", "5000mlx4箱"),
            ("0.0005kg", "0.0005kg"),
            ("1.5g", "1.5g"),
            ("鲜牛奶0.95L", "鲜牛奶950ml"),
        ] {
            assert_eq!(of(written), same, "{written}");
        }
    }

    #[test]
    fn given_what_only_looks_like_an_amount_when_read_then_it_stays() {
        for text in ["5led", "6901234567892l", "1.2.5l", "十二斤", "第一升", "两面针", "100抽x3包", "5gwifi", "米粉", "一克拉", "5lx"]
        {
            assert_eq!(amounts(text), (text.to_owned(), Vec::new()), "{text}");
        }
    }

    #[test]
    fn given_an_amount_when_it_is_the_end_of_a_larger_number_then_the_text_does_not_hold_it() {
        assert!(holds("牛奶250mlx12", "250ml") && holds("50ml950ml", "50ml"));
        assert!(!holds("牛奶950ml", "50ml") && !holds("1.5g", "5g"));
        assert_eq!(amounts("2升装500g").1, ["2000ml", "500g"]);
    }

    proptest! {
        #[test]
        fn given_any_text_when_its_amounts_are_written_twice_then_the_second_time_changes_nothing(text in "[0-9.毫升公斤克gkmlx一半两a]{0,14}") {
            let once = amounts(&text).0;
            prop_assert_eq!(amounts(&once).0, once);
        }
    }
}
