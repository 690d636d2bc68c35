//! Words and numbers as people read them.

use liandian_types::{Fen, OrderId, Permission, Scope, StoreId, Timestamp, path::own_path};

/// A whole number with a comma at every thousand.
#[must_use]
pub fn number(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if n < 0 {
        out.push('−');
    }
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// Yuan with thousands and two decimals, without a sign of currency: `12,345.60`.
#[must_use]
pub fn yuan(amount: Fen) -> String {
    let sign = if amount.0 < 0 { "−" } else { "" };
    let abs = amount.0.unsigned_abs();
    let whole = number(i64::try_from(abs / 100).unwrap_or(i64::MAX));
    format!("{sign}{whole}.{:02}", abs % 100)
}

/// Yuan as typed: at most two decimals.
#[must_use]
pub fn typed_yuan(text: &str) -> Option<Fen> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = part.bytes().all(|b| b.is_ascii_digit()) && part.len() <= 2;
    let fen = format!("{part:0<2}").parse::<u32>().ok().filter(|_| digits)?;
    Some(Fen(i64::from(whole.parse::<u32>().ok()?) * 100 + i64::from(fen)))
}

/// How long ago `then` was, at `now`.
#[must_use]
pub fn age(then: Timestamp, now: i64) -> String {
    let minutes = minutes_since(then, now);
    match minutes {
        0 => "刚刚".to_owned(),
        1..60 => format!("{minutes} 分钟"),
        60..1440 if minutes % 60 == 0 => format!("{} 小时", minutes / 60),
        60..1440 => format!("{} 小时 {} 分", minutes / 60, minutes % 60),
        _ => format!("{} 天", minutes / 1440),
    }
}

/// The same as something that happened: past an hour, its minutes matter to nobody.
#[must_use]
pub fn ago(then: Timestamp, now: i64) -> String {
    match minutes_since(then, now) {
        0 => "刚刚".to_owned(),
        minutes @ 60..1440 => format!("{} 小时前", minutes / 60),
        _ => format!("{}前", age(then, now)),
    }
}

/// Whole minutes from `then` to `now`, at least 0: two clocks may differ by a little.
#[must_use]
pub fn minutes_since(then: Timestamp, now: i64) -> i64 {
    (now - then.0).max(0) / Timestamp::MINUTE
}

/// The page that opens for everybody who is logged in: HQ may make a role that opens no other.
const OWN_ACCOUNT: &str = "/console/account";

/// The page that a person starts on: the first one that their permissions open.
#[must_use]
pub fn home(scope: &Scope, permissions: &[Permission]) -> String {
    match scope {
        Scope::Store(store) => store_home(store, permissions).unwrap_or_else(|| OWN_ACCOUNT.to_owned()),
        _ if permissions.contains(&Permission::StoreRead) => "/console/hq".to_owned(),
        _ => OWN_ACCOUNT.to_owned(),
    }
}

/// The first page of a store that these permissions open, if any does.
#[must_use]
pub fn store_home(store: &StoreId, permissions: &[Permission]) -> Option<String> {
    store_tail(permissions).map(|tail| format!("/console/s/{store}{tail}"))
}

/// The same of any store: what comes after its id.
#[must_use]
pub fn store_tail(permissions: &[Permission]) -> Option<&'static str> {
    let pages = [
        (Permission::OrderRead, ""),
        (Permission::StockRead, "/stock"),
        (Permission::TransferRead, "/transfers"),
        (Permission::SettlementRead, "/settlement"),
        // What a store's own staff may see of it, whatever else a role leaves out.
        (Permission::StoreRead, "/profile"),
    ];
    let opens = |(p, _): &&(Permission, &str)| permissions.contains(&Permission::StoreRead) && permissions.contains(p);
    pages.iter().find(opens).map(|(_, tail)| *tail)
}

/// A path to go to after the login: inside the console, and not the login itself.
#[must_use]
pub fn safe_target(to: Option<&str>) -> Option<String> {
    let to = to?;
    let inside = to == "/console" || to.starts_with("/console/") || to.starts_with("/console?");
    (inside && !to.starts_with("/console/login") && own_path(to)).then(|| to.to_owned())
}

/// The page of an order.
#[must_use]
pub fn order_path(store: &StoreId, order: &OrderId) -> String {
    format!("/console/s/{store}/orders/{order}")
}

/// Text for the value of a query parameter or a path segment.
#[must_use]
pub fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for b in text.bytes() {
        if b.is_ascii_alphanumeric() || b"-._~".contains(&b) {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
    }
    out
}

/// The text that such a value stands for; what is none stands for itself.
#[must_use]
pub fn unpercent(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let escaped = text.get(i + 1..i + 3).filter(|_| bytes[i] == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match escaped {
            Some(b) => {
                out.push(b);
                i += 2;
            }
            None => out.push(if bytes[i] == b'+' { b' ' } else { bytes[i] }),
        }
        i += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_amounts_when_shown_then_thousands_are_grouped_and_fen_kept() {
        assert_eq!(yuan(Fen(1_234_567_890)), "12,345,678.90");
        assert_eq!(yuan(Fen(-100_005)), "−1,000.05");
        assert_eq!(yuan(Fen(9)), "0.09");
        assert_eq!(number(-1_000), "−1,000");
        assert_eq!(number(999), "999");
    }

    #[test]
    fn given_moments_when_their_age_is_told_then_it_reads_like_speech() {
        let now = 10 * Timestamp::DAY;
        let at = |minutes: i64| Timestamp(now - minutes * Timestamp::MINUTE);
        assert_eq!(age(Timestamp(now + 5_000), now), "刚刚");
        assert_eq!(age(at(59), now), "59 分钟");
        assert_eq!(age(at(60), now), "1 小时");
        assert_eq!(age(at(65), now), "1 小时 5 分");
        assert_eq!(age(at(2_900), now), "2 天");
        assert_eq!(ago(at(0), now), "刚刚");
        assert_eq!(ago(at(3), now), "3 分钟前");
        assert_eq!(ago(at(90), now), "1 小时前");
        assert_eq!(ago(at(2_900), now), "2 天前");
    }

    #[test]
    fn given_permissions_when_a_first_page_is_chosen_then_it_is_one_that_opens() {
        let store: StoreId = "sto_sh01".parse().unwrap();
        let of = |role: liandian_types::Role| store_home(&store, &role.default_permissions());
        use liandian_types::Role;
        assert_eq!(of(Role::Clerk).as_deref(), Some("/console/s/sto_sh01"));
        assert_eq!(of(Role::Marketing).as_deref(), Some("/console/s/sto_sh01/stock"));
        assert_eq!(store_home(&store, &[Permission::StoreRead]).as_deref(), Some("/console/s/sto_sh01/profile"));
        assert_eq!(store_home(&store, &[Permission::OrderRead]), None, "a store's pages need its name in the directory");
        assert_eq!(home(&Scope::Region("reg_east".parse().unwrap()), &[Permission::StoreRead]), "/console/hq");
        for scope in [Scope::Region("reg_east".parse().unwrap()), Scope::Store(store)] {
            assert_eq!(home(&scope, &[Permission::AuditRead]), "/console/account");
        }
    }

    #[test]
    fn given_targets_when_checked_then_only_pages_of_the_console_pass() {
        for good in ["/console", "/console/hq", "/console/s/sto_sh01/stock?q=%E5%A5%B6"] {
            assert_eq!(safe_target(Some(good)).as_deref(), Some(good));
        }
        for bad in
            ["//evil.example", "https://evil.example/console/", "/consoleevil", "/", "/console/login?to=/console", "/console/\\x", "/console/\t/x"]
        {
            assert_eq!(safe_target(Some(bad)), None, "{bad}");
        }
        assert_eq!(safe_target(None), None);
    }

    #[test]
    fn given_chinese_when_escaped_then_it_fits_a_query() {
        assert_eq!(percent("牛 a-1"), "%E7%89%9B%20a-1");
    }

    #[test]
    fn given_what_a_form_or_a_link_sends_when_read_then_it_is_the_text_again() {
        assert_eq!(unpercent("%E7%89%9B+a-1%20b"), "牛 a-1 b");
        assert_eq!(unpercent("100%"), "100%");
        assert_eq!(unpercent("%zz%4"), "%zz%4");
        assert_eq!(unpercent("牛%"), "牛%");
    }
}
