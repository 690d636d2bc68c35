//! Phrases that pages and islands share, so that both say the same.

use serde::Deserialize;

/// From how many units on the rest is named: fewer are worth hurrying for, more would tell competitors the stock.
pub const FEW: u32 = 10;

/// 有货 / 仅剩 n 件 / 已售罄
#[must_use]
pub fn stock(available: u32) -> String {
    match available {
        0 => "已售罄".to_owned(),
        n if n <= FEW => format!("仅剩 {n} 件"),
        _ => "有货".to_owned(),
    }
}

/// `320 m`, `1.8 km`
#[must_use]
pub fn distance(metres: u32) -> String {
    // Whole numbers only: no formatting of floats in the download.
    let tenths = (metres + 50) / 100;
    if metres < 1_000 { format!("{metres} m") } else { format!("{}.{} km", tenths / 10, tenths % 10) }
}

/// `09:05:03`, `2 天 09:05:03`; below nothing is nothing.
#[must_use]
pub fn countdown(seconds: i64) -> String {
    let two = |n: i64| if n < 10 { ["0", &n.to_string()].concat() } else { n.to_string() };
    let s = seconds.max(0);
    let clock = [two(s / 3_600 % 24), two(s / 60 % 60), two(s % 60)].join(":");
    match s / 86_400 {
        0 => clock,
        days => [&days.to_string(), " 天 ", &clock].concat(),
    }
}

/// What of an order tells whether its page is out of date. A part of [`liandian_types::api::OrderView`], for the whole of it would be a
/// twentieth of the download.
#[derive(Debug, Deserialize)]
pub struct Mark {
    card: Stated,
    #[serde(default)]
    delivery: Option<Stated>,
    #[serde(default)]
    transfer: Option<Stated>,
    history: Vec<serde::de::IgnoredAny>,
}

#[derive(Debug, Deserialize)]
struct Stated {
    state: String,
}

impl Mark {
    /// The mark as a word: when it changes, the page is out of date.
    #[must_use]
    pub fn word(&self) -> String {
        let state = |part: &Option<Stated>| part.as_ref().map(|p| p.state.clone()).unwrap_or_default();
        [self.card.state.clone(), state(&self.delivery), state(&self.transfer), self.history.len().to_string()].join(" ")
    }
}

/// The mark of an order, from its JSON.
#[must_use]
pub fn mark(order: &str) -> Option<String> {
    serde_json::from_str::<Mark>(order).ok().map(|mark| mark.word())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_seconds_when_counted_down_then_hours_have_two_digits_and_days_are_named() {
        assert_eq!([0, -5, 59, 3_661, 86_399].map(countdown), ["00:00:00", "00:00:00", "00:00:59", "01:01:01", "23:59:59"]);
        assert_eq!(countdown(2 * 86_400 + 5), "2 天 00:00:05");
    }

    #[test]
    fn given_stock_and_distances_when_said_then_the_words_are_these() {
        assert_eq!([stock(0), stock(3), stock(11)], ["已售罄", "仅剩 3 件", "有货"]);
        assert_eq!([distance(320), distance(1_849), distance(1_850), distance(12_000)], ["320 m", "1.8 km", "1.9 km", "12.0 km"]);
    }
}
