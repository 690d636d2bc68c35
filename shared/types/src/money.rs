//! Money and counts. No floating point anywhere.

use std::{
    fmt,
    iter::Sum,
    ops::{Add, AddAssign, Neg, Sub, SubAssign},
};

use serde::{Deserialize, Serialize};

/// An amount in fen (分), a hundredth of a yuan. May be negative (a refund, a debit).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = i64, example = 1290))]
pub struct Fen(pub i64);

impl Fen {
    /// Nothing.
    pub const ZERO: Fen = Fen(0);

    /// This amount `n` times; `None` when it does not fit.
    #[must_use]
    pub fn times(self, n: Quantity) -> Option<Fen> {
        self.0.checked_mul(i64::from(n.get())).map(Fen)
    }

    /// Yuan with two decimals and no sign of currency: `12.90`.
    #[must_use]
    pub fn yuan(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let abs = self.0.unsigned_abs();
        format!("{sign}{}.{:02}", abs / 100, abs % 100)
    }

    /// Splits the amount by `weights` so that the parts add up to it exactly (largest remainder; ties go to the first).
    /// With no positive weight the first part takes all; with no parts at all the answer is empty.
    #[must_use]
    pub fn split(self, weights: &[u64]) -> Vec<Fen> {
        let total: u128 = weights.iter().map(|w| u128::from(*w)).sum();
        let mut parts = vec![Fen::ZERO; weights.len()];
        if weights.is_empty() {
            return parts;
        }
        if total == 0 {
            parts[0] = self;
            return parts;
        }
        let amount = self.0.unsigned_abs();
        // No product is greater than that of the amount and all weights together; real ones fit a word, which browsers divide by in one instruction.
        let narrow = u64::try_from(total).ok().filter(|total| amount.checked_mul(*total).is_some());
        let share = |w: u64| -> (u64, u128) {
            if let Some(total) = narrow {
                let exact = amount * w;
                return (exact / total, u128::from(exact % total));
            }
            let exact = u128::from(amount) * u128::from(w);
            // A share never exceeds the amount, so it fits again.
            (u64::try_from(exact / total).unwrap_or(u64::MAX), exact % total)
        };
        let mut left = amount;
        let mut remainders: Vec<(u128, usize)> = Vec::with_capacity(weights.len());
        for (i, w) in weights.iter().enumerate() {
            let (part, remainder) = share(*w);
            parts[i] = Fen(i64::try_from(part).unwrap_or(i64::MAX));
            left -= part;
            remainders.push((remainder, i));
        }
        remainders.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        for (_, i) in remainders.into_iter().take(usize::try_from(left).unwrap_or(0)) {
            parts[i].0 += 1;
        }
        if self.0 < 0 {
            for p in &mut parts {
                *p = -*p;
            }
        }
        parts
    }
}

impl Add for Fen {
    type Output = Fen;
    fn add(self, o: Fen) -> Fen {
        Fen(self.0 + o.0)
    }
}
impl Sub for Fen {
    type Output = Fen;
    fn sub(self, o: Fen) -> Fen {
        Fen(self.0 - o.0)
    }
}
impl Neg for Fen {
    type Output = Fen;
    fn neg(self) -> Fen {
        Fen(-self.0)
    }
}
impl AddAssign for Fen {
    fn add_assign(&mut self, o: Fen) {
        self.0 += o.0;
    }
}
impl SubAssign for Fen {
    fn sub_assign(&mut self, o: Fen) {
        self.0 -= o.0;
    }
}
impl Sum for Fen {
    fn sum<I: Iterator<Item = Fen>>(it: I) -> Fen {
        it.fold(Fen::ZERO, Add::add)
    }
}
impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let yuan = self.yuan();
        let (sign, digits) = yuan.strip_prefix('-').map_or(("", yuan.as_str()), |digits| ("-", digits));
        let (whole, rest) = digits.split_at(digits.len() - 3);
        write!(f, "¥{sign}")?;
        for (i, digit) in whole.char_indices() {
            // Groups of three, counted from the point.
            if i > 0 && (whole.len() - i).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        f.write_str(rest)
    }
}

/// How many of a SKU one line may ask for: 1 to 999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Quantity(u32);

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Quantity {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::Integer)
            .description(Some("1 to 999"))
            .minimum(Some(1))
            .maximum(Some(Self::MAX))
            .examples([2])
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Quantity {
    fn name() -> std::borrow::Cow<'static, str> {
        "Quantity".into()
    }
}

impl Quantity {
    /// The most that one line may ask for.
    pub const MAX: u32 = 999;

    /// A checked quantity.
    ///
    /// # Errors
    /// A sentence when `n` is 0 or above [`Quantity::MAX`].
    pub fn new(n: u32) -> Result<Self, &'static str> {
        if (1..=Self::MAX).contains(&n) { Ok(Self(n)) } else { Err("a quantity is 1 to 999") }
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }

    /// The number, as stock counters hold it.
    #[must_use]
    pub fn units(self) -> i64 {
        i64::from(self.0)
    }
}

impl TryFrom<u32> for Quantity {
    type Error = &'static str;
    fn try_from(n: u32) -> Result<Self, &'static str> {
        Self::new(n)
    }
}
impl From<Quantity> for u32 {
    fn from(q: Quantity) -> u32 {
        q.0
    }
}
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn given_fen_when_shown_then_yuan_has_two_decimals() {
        assert_eq!(Fen(1290).to_string(), "¥12.90");
        assert_eq!(
            [835_900, 100_000, 99_999, -123_456_789, 0].map(|n| Fen(n).to_string()),
            ["¥8,359.00", "¥1,000.00", "¥999.99", "¥-1,234,567.89", "¥0.00"]
        );
        assert_eq!(Fen(5).yuan(), "0.05");
        assert_eq!(Fen(-105).yuan(), "-1.05");
    }

    #[test]
    fn given_the_limits_when_a_quantity_is_made_then_both_sides_are_as_documented() {
        assert!(Quantity::new(0).is_err());
        assert!(Quantity::new(1).is_ok());
        assert!(Quantity::new(999).is_ok());
        assert!(Quantity::new(1000).is_err());
    }

    #[test]
    fn given_fifteen_percent_when_split_then_every_fen_is_somewhere() {
        assert_eq!(Fen(101).split(&[15, 85]), vec![Fen(15), Fen(86)]);
        assert_eq!(Fen(-101).split(&[15, 85]), vec![Fen(-15), Fen(-86)]);
        assert_eq!(Fen(7).split(&[0, 0]), vec![Fen(7), Fen(0)]);
    }

    proptest! {
        #[test]
        fn given_any_amount_and_weights_when_split_then_the_parts_add_up_and_are_within_one_fen(
            amount in -10_000_000_000i64..10_000_000_000, weights in proptest::collection::vec(0u64..100_000, 1..12)
        ) {
            let parts = Fen(amount).split(&weights);
            prop_assert_eq!(parts.iter().copied().sum::<Fen>(), Fen(amount));
            // The same shares, in figures that no word holds.
            let wide: Vec<u64> = weights.iter().map(|w| w << 44).collect();
            prop_assert_eq!(&parts, &Fen(amount).split(&wide));
            let total: u128 = weights.iter().map(|w| u128::from(*w)).sum();
            if total > 0 {
                for (p, w) in parts.iter().zip(&weights) {
                    let floor = (u128::from(amount.unsigned_abs()) * u128::from(*w)).checked_div(total).unwrap();
                    let got = u128::from(p.0.unsigned_abs());
                    prop_assert!(got == floor || got == floor + 1);
                }
            }
        }
    }
}
