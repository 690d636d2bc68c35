//! What pages and lists show, composed from the aggregates: reads that answer DTOs of `types::api`, for the JSON routes and for the pages alike. What a
//! customer's page reads takes three waves at most.
//!
//! What must not live here: decisions (`domain`), keys and queries (`store`), who may see what (the caller has checked it, and gives the part of the
//! chain that may be seen as a [`liandian_store::reach::Reach`]).

pub mod access;
pub mod catalog;
pub mod coupons;
pub mod deals;
pub mod governance;
pub mod marketing;
pub mod members;
pub mod orders;
pub mod settlement;
pub mod stock;
pub mod stores;
pub mod transfers;

use liandian_domain::stores::hours::day_named;
use liandian_types::{Code, Problem, Timestamp};

/// From when and until when, of two days that are both in it; either may be missing.
///
/// # Errors
/// `bad_request` naming the day that there is not, or `to` when it lies before `from`.
pub fn days(from: Option<&str>, to: Option<&str>, zone: &str) -> Result<(Option<Timestamp>, Option<Timestamp>), Problem> {
    let bounds = |text: Option<&str>, field: &'static str| {
        let text = text.filter(|t| !t.is_empty());
        text.map(|t| day_named(t, zone).ok_or_else(|| Problem::new(Code::BadRequest, "没有这一天，日期写作 2026-11-28").at(field))).transpose()
    };
    let (from, to) = (bounds(from, "from")?, bounds(to, "to")?);
    let (since, until) = (from.map(|(begins, _)| begins), to.map(|(_, ends)| ends));
    if since.zip(until).is_some_and(|(since, until)| since >= until) {
        return Err(Problem::new(Code::BadRequest, "结束日期不能早于开始日期").at("to"));
    }
    Ok((since, until))
}

/// Leaves the first of them; were there more?
fn cut<T>(all: &mut Vec<T>, most: usize) -> bool {
    let more = all.len() > most;
    all.truncate(most);
    more
}

/// How many, as a length.
fn usize_of(n: i32) -> usize {
    usize::try_from(n).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_two_days_when_read_then_both_are_in_it_and_the_second_may_not_lie_before_the_first() {
        let days = |from: &str, to: &str| days(Some(from), Some(to), "Asia/Shanghai");
        let (since, until) = days("2026-11-28", "2026-11-28").unwrap();
        assert_eq!(until.unwrap().0 - since.unwrap().0, Timestamp::DAY);
        assert_eq!(days("", "").unwrap(), (None, None));
        assert_eq!(days("2026-11-28", "2026-11-27").unwrap_err().field.as_deref(), Some("to"));
        assert_eq!(days("28.11.", "").unwrap_err().field.as_deref(), Some("from"));
        assert_eq!(days("", "2026-11-31").unwrap_err().field.as_deref(), Some("to"));
    }
}
