//! What may be a password and a user name.

use liandian_types::{Code, Problem};

use crate::Refusable;

/// The shortest password, in characters.
pub const MIN_PASSWORD: usize = 10;
/// The longest password, in bytes: more only costs time to hash.
pub const MAX_PASSWORD: usize = 256;
/// The longest user name that somebody may choose.
pub const MAX_CHOSEN: usize = 32;

/// Passwords that are tried first, and are long enough to pass otherwise.
const COMMON: &[&str] = &[
    "0123456789",
    "1234567890",
    "12345678910",
    "0987654321",
    "9876543210",
    "123456789a",
    "a123456789",
    "1234567890a",
    "qwertyuiop",
    "qwerty123456",
    "1q2w3e4r5t",
    "1qaz2wsx3edc",
    "password12",
    "password123",
    "password1234",
    "passw0rd123",
    "administrator",
    "admin123456",
    "admin12345",
    "admin88888",
    "woaini1314",
    "woaini520520",
    "5201314520",
    "1314520520",
    "abcdefghij",
    "abc1234567",
    "abcd123456",
    "iloveyou123",
    "welcome123",
    "letmein123",
    "liandian123",
    "liandian2026",
    "changeme123",
    "qazwsxedcr",
    "asdfghjkl1",
    "zxcvbnm123",
    "1122334455",
    "1212121212",
    "1231231231",
    "123123123123",
];

/// Checks a new password.
///
/// # Errors
/// `bad_request` saying what is wrong with it.
pub fn check(password: &str, username: &str) -> Refusable<()> {
    let refuse = |why: &str| Err(Problem::new(Code::BadRequest, why).at("password"));
    if password.chars().count() < MIN_PASSWORD {
        return refuse("密码至少 10 个字符");
    }
    if password.len() > MAX_PASSWORD {
        return refuse("密码过长");
    }
    let folded = password.trim().to_lowercase();
    if folded == username.to_lowercase() {
        return refuse("密码不能与用户名相同");
    }
    let first = folded.chars().next();
    if COMMON.contains(&folded.as_str()) || folded.chars().all(|c| Some(c) == first) {
        return refuse("这个密码太常见，请换一个");
    }
    Ok(())
}

/// Checks a user name that somebody chooses: 3 to 32 of a–z, 0–9, `-`, `_` and `.`, a letter first.
///
/// # Errors
/// `bad_request` naming the field.
pub fn check_username(name: &str) -> Refusable<()> {
    let of = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.');
    let fits = (3..=MAX_CHOSEN).contains(&name.len()) && name.bytes().all(of) && name.starts_with(|c: char| c.is_ascii_lowercase());
    // What an account is called before its person has chosen a name.
    if fits && !name.starts_with("stf_") {
        return Ok(());
    }
    Err(Problem::new(Code::BadRequest, "用户名为 3 到 32 位小写字母、数字、- _ 或 .，以字母开头").at("username"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_passwords_when_checked_then_short_long_common_ones_and_the_user_name_are_refused() {
        for fine in ["十个汉字也可以作密码", "correct horse", "Tea-2026-shop!", &"ab".repeat(128)] {
            assert_eq!(check(fine, "wangmin"), Ok(()), "{fine}");
        }
        for bad in ["", "123456789", "九个汉字不能作密码", "1234567890", "Password123", "aaaaaaaaaaaa", "WangMinWang", &"ab".repeat(129)] {
            assert_eq!(check(bad, "wangminwang").unwrap_err().field.as_deref(), Some("password"), "{bad}");
        }
    }

    #[test]
    fn given_user_names_when_checked_then_only_plain_ones_pass() {
        for fine in ["abc", "wang.min", "sh01-clerk", "a_1", &"a".repeat(32)] {
            assert_eq!(check_username(fine), Ok(()), "{fine}");
        }
        for bad in ["", "ab", "Wang", "1abc", "王敏", "a b c", "-abc", "stf_abc", &"a".repeat(33)] {
            assert!(check_username(bad).is_err(), "{bad}");
        }
    }
}
