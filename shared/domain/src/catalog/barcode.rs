//! Barcodes on goods: EAN-13, EAN-8, UPC-A and the codes that a shop prints itself, each with its check digit.
//!
//! A code is kept as it is printed. It is compared in its normal form, without leading zeros, because a scanner that reads UPC gives one digit
//! less than EAN has ([`liandian_types::text::barcode`]).

use std::{fmt, str::FromStr};

use liandian_types::{Code, Problem, text};
use serde::{Deserialize, Serialize};

/// What kind of code it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BarcodeKind {
    /// 13 digits, given out by GS1.
    Ean13,
    /// 8 digits, for small packages.
    Ean8,
    /// 12 digits, from North America.
    UpcA,
    /// 13 digits beginning with 20 to 29: printed in the shop, the same digits mean something else elsewhere.
    InStore,
}

/// Why something is no barcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadBarcode {
    /// It has characters that are no digits.
    NotDigits,
    /// It has neither 8, 12 nor 13 digits, but this many.
    Length(usize),
    /// Its last digit is not what the others demand.
    CheckDigit {
        /// What it ends with.
        is: char,
        /// What it should end with.
        should_be: char,
    },
}

impl fmt::Display for BadBarcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotDigits => f.write_str("条码只能是数字"),
            Self::Length(n) => write!(f, "条码应为 8、12 或 13 位，现在是 {n} 位"),
            Self::CheckDigit { is, should_be } => write!(f, "条码校验位不对：末位应为 {should_be}，现在是 {is}"),
        }
    }
}

impl From<BadBarcode> for Problem {
    fn from(bad: BadBarcode) -> Self {
        Problem::new(Code::BadRequest, bad.to_string())
    }
}

/// A barcode whose check digit is right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Barcode(String);

impl Barcode {
    /// Reads what was typed, scanned or copied: spaces, hyphens and full-width digits mean nothing.
    ///
    /// # Errors
    /// Why it is none.
    pub fn read(typed: &str) -> Result<Self, BadBarcode> {
        let digits = text::code(typed);
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(if digits.is_empty() { BadBarcode::Length(0) } else { BadBarcode::NotDigits });
        }
        if !matches!(digits.len(), 8 | 12 | 13) {
            return Err(BadBarcode::Length(digits.len()));
        }
        let (payload, last) = digits.split_at(digits.len() - 1);
        let should_be = check_digit(payload);
        let is = last.chars().next().unwrap_or(should_be);
        if is == should_be { Ok(Self(digits)) } else { Err(BadBarcode::CheckDigit { is, should_be }) }
    }

    /// The digits as printed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which two codes are compared.
    #[must_use]
    pub fn normal(&self) -> String {
        text::barcode(&self.0)
    }

    /// Which kind it is.
    #[must_use]
    pub fn kind(&self) -> BarcodeKind {
        match self.0.len() {
            8 => BarcodeKind::Ean8,
            12 => BarcodeKind::UpcA,
            _ if self.0.starts_with('2') => BarcodeKind::InStore,
            _ => BarcodeKind::Ean13,
        }
    }

    /// Does it mean the same goods in every shop?
    #[must_use]
    pub fn is_global(&self) -> bool {
        self.kind() != BarcodeKind::InStore
    }
}

/// The digit that follows these. Characters that are no digits count as nothing.
#[must_use]
pub fn check_digit(payload: &str) -> char {
    let sum: u32 = payload.chars().rev().filter_map(|c| c.to_digit(10)).enumerate().map(|(i, d)| d * if i.is_multiple_of(2) { 3 } else { 1 }).sum();
    char::from_digit((10 - sum % 10) % 10, 10).unwrap_or('0')
}

impl FromStr for Barcode {
    type Err = BadBarcode;
    fn from_str(s: &str) -> Result<Self, BadBarcode> {
        Self::read(s)
    }
}

impl TryFrom<String> for Barcode {
    type Error = BadBarcode;
    fn try_from(s: String) -> Result<Self, BadBarcode> {
        Self::read(&s)
    }
}

impl From<Barcode> for String {
    fn from(b: Barcode) -> String {
        b.0
    }
}

impl fmt::Display for Barcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn given_codes_of_each_kind_when_read_then_the_kind_is_known() {
        for (typed, kind) in [
            ("6901234567892", BarcodeKind::Ean13),
            ("4006381333931", BarcodeKind::Ean13),
            ("96385074", BarcodeKind::Ean8),
            ("036000291452", BarcodeKind::UpcA),
            ("2000000000015", BarcodeKind::InStore),
        ] {
            assert_eq!(Barcode::read(typed).map(|b| b.kind()), Ok(kind), "{typed}");
        }
        assert!(!Barcode::read("2000000000015").unwrap().is_global());
    }

    #[test]
    fn given_what_people_and_scanners_give_when_read_then_it_is_the_printed_code() {
        for typed in ["690 1234 567892", "690-1234-567892", "６９０１２３４５６７８９２", " 6901234567892\u{200b}"] {
            assert_eq!(Barcode::read(typed).unwrap().as_str(), "6901234567892", "{typed}");
        }
        // A code of UPC and the same code written as EAN are one.
        assert_eq!(Barcode::read("036000291452").unwrap().normal(), Barcode::read("0036000291452").unwrap().normal());
    }

    #[test]
    fn given_what_is_no_barcode_when_read_then_it_says_why() {
        assert_eq!(Barcode::read("6901234567893"), Err(BadBarcode::CheckDigit { is: '3', should_be: '2' }));
        assert_eq!(Barcode::read("690123456789"), Err(BadBarcode::CheckDigit { is: '9', should_be: check_digit("69012345678") }));
        assert_eq!(Barcode::read("69012"), Err(BadBarcode::Length(5)));
        assert_eq!(Barcode::read(""), Err(BadBarcode::Length(0)));
        assert_eq!(Barcode::read("69012345678AB"), Err(BadBarcode::NotDigits));
        assert_eq!(Problem::from(BadBarcode::NotDigits).code, Code::BadRequest);
        assert!(serde_json::from_str::<Barcode>("\"6901234567893\"").is_err() && serde_json::from_str::<Barcode>("\"6901234567892\"").is_ok());
    }

    proptest! {
        #[test]
        fn given_any_twelve_digits_when_the_thirteenth_is_added_then_only_that_one_is_right(payload in "[0-9]{12}", other in 0_u32..10) {
            let right = check_digit(&payload);
            let whole = format!("{payload}{right}");
            prop_assert!(Barcode::read(&whole).is_ok());
            let other = char::from_digit(other, 10).unwrap();
            let another = format!("{payload}{other}");
            prop_assert_eq!(Barcode::read(&another).is_ok(), other == right);
        }
    }
}
