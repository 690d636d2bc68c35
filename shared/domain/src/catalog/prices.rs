//! What a listing row keeps about a store's own prices. What they are worth is governance's matter, which knows the rules: nothing here says that a
//! price may be shown.

use liandian_types::{Fen, RequestId, StaffId, Timestamp};
use serde::{Deserialize, Serialize};

/// A price and who set it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetPrice {
    /// How much.
    pub price: Fen,
    /// Who set it.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub why: String,
}

/// That HQ or a region let a price pass which the policy does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceLeave {
    /// The change request.
    pub request: RequestId,
    /// The lowest price that was asked for.
    pub lowest: Fen,
    /// The highest price that was asked for.
    pub highest: Fen,
    /// When it was approved.
    pub at: Timestamp,
}

impl PriceLeave {
    /// Is this price one that was asked for?
    #[must_use]
    pub fn holds(&self, price: Fen) -> bool {
        (self.lowest..=self.highest).contains(&price)
    }
}

/// A store's own price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorePrice {
    /// The price.
    pub set: SetPrice,
    /// Who let it pass, if the policy does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leave: Option<PriceLeave>,
}

/// How a limited-time price is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "value")]
pub enum Offer {
    /// This price.
    Price(Fen),
    /// So many per cent off what holds otherwise.
    Off(u32),
}

impl Offer {
    /// What is left of a price. Rounded up, so that rounding breaks no limit.
    #[must_use]
    pub fn of(self, price: Fen) -> Fen {
        match self {
            Offer::Price(p) => p.min(price),
            Offer::Off(percent) => part(price, 100 - i64::from(percent.min(100))),
        }
    }
}

/// A limited-time price of a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimedPrice {
    /// What is offered.
    pub offer: Offer,
    /// From when on.
    pub from: Timestamp,
    /// Until before this moment.
    pub until: Timestamp,
    /// Who set it.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub why: String,
    /// Who let it pass, if the policy does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leave: Option<PriceLeave>,
}

impl TimedPrice {
    /// Is this its time?
    #[must_use]
    pub fn runs(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.until
    }
}

/// `percent` hundredths of a price, rounded up.
fn part(price: Fen, percent: i64) -> Fen {
    let exact = i128::from(price.0) * i128::from(percent);
    Fen(i64::try_from((exact + 99).div_euclid(100)).unwrap_or(i64::MAX))
}
