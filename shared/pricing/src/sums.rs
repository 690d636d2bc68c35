//! Sums and fees. Nobody else adds a cart up.

use liandian_types::{Code, Fen, Fulfilment, Problem, Quantity};
use serde::{Deserialize, Serialize};

/// A line to add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// How many.
    pub quantity: Quantity,
    /// Each.
    pub price: Fen,
    /// Grams each.
    pub weight_g: u32,
}

/// The sums of a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Sum of the lines.
    pub goods: Fen,
    /// For bringing them.
    pub delivery_fee: Fen,
    /// What the customer pays.
    pub total: Fen,
}

impl Totals {
    /// The sums when so much of the goods is given back; what was paid for bringing them stays.
    #[must_use]
    pub fn without(self, amount: Fen) -> Self {
        Self { goods: self.goods - amount, total: self.total - amount, ..self }
    }
}

/// Free delivery from this sum of goods on.
pub const FREE_DELIVERY_FROM: Fen = Fen(9_900);

/// What so many units come to; `None` when it does not fit.
#[must_use]
pub fn line_total(price: Fen, units: u32) -> Option<Fen> {
    price.0.checked_mul(i64::from(units)).map(Fen)
}

/// Adds a cart up with the usual fees: what each line comes to, in order, and the sums.
///
/// # Errors
/// `bad_request` when a sum does not fit (no real cart).
pub fn add_up(lines: &[Item], fulfilment: Fulfilment, distance_m: Option<u32>) -> Result<(Vec<Fen>, Totals), Problem> {
    add_up_with(&Fees::USUAL, lines, fulfilment, distance_m)
}

/// The same with the chain's fees.
///
/// # Errors
/// As [`add_up`].
pub fn add_up_with(fees: &Fees, lines: &[Item], fulfilment: Fulfilment, distance_m: Option<u32>) -> Result<(Vec<Fen>, Totals), Problem> {
    let mut goods = Fen::ZERO;
    let mut weight_g: u64 = 0;
    let mut each = Vec::with_capacity(lines.len());
    for l in lines {
        let line = line_total(l.price, l.quantity.get()).ok_or_else(too_much)?;
        goods = goods.0.checked_add(line.0).map(Fen).ok_or_else(too_much)?;
        weight_g += u64::from(l.weight_g) * u64::from(l.quantity.get());
        each.push(line);
    }
    let delivery_fee = fees.of(fulfilment, distance_m, weight_g, goods);
    Ok((each, Totals { goods, delivery_fee, total: goods + delivery_fee }))
}

/// The refusal of a sum that does not fit.
pub(crate) fn too_much() -> Problem {
    Problem::new(Code::BadRequest, "订单金额过大").at("lines")
}

/// What the chain asks for bringing goods: a rider's way by distance and weight, and from which sum on it is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fees {
    /// For the first kilometre of a rider's way.
    pub base: Fen,
    /// For each further kilometre begun.
    pub per_km: Fen,
    /// For each kilogram begun above [`Fees::free_kg`].
    pub per_kg: Fen,
    /// So many kilograms cost nothing more.
    pub free_kg: u32,
    /// From this sum of goods on way and first kilogram are free; weight never is.
    pub free_from: Fen,
}

impl Default for Fees {
    fn default() -> Self {
        Self::USUAL
    }
}

impl Fees {
    /// As a new chain has them: ¥4 for the first kilometre, ¥1 for each further one, ¥1 for each kilogram above 5, free from [`FREE_DELIVERY_FROM`] on.
    pub const USUAL: Fees = Fees { base: Fen(400), per_km: Fen(100), per_kg: Fen(100), free_kg: 5, free_from: FREE_DELIVERY_FROM };

    /// What bringing the goods costs.
    #[must_use]
    pub fn of(&self, fulfilment: Fulfilment, distance_m: Option<u32>, weight_g: u64, goods: Fen) -> Fen {
        match fulfilment {
            Fulfilment::Delivery => self.delivery(distance_m.unwrap_or(0), weight_g, goods),
            Fulfilment::HqShip => self.parcel(distance_m.unwrap_or(0), weight_g, goods),
            Fulfilment::Pickup => Fen::ZERO,
        }
    }

    /// What a rider's way costs. The base and the distance are free from [`Fees::free_from`] on; weight never is.
    #[must_use]
    pub fn delivery(&self, distance_m: u32, weight_g: u64, goods: Fen) -> Fen {
        let heavy = begun(weight_g.saturating_sub(u64::from(self.free_kg) * 1_000)).saturating_mul(self.per_kg.0.max(0));
        let further = i64::from(distance_m.saturating_sub(1_000).div_ceil(1_000)).saturating_mul(self.per_km.0.max(0));
        let way = self.base.0.max(0).saturating_add(further);
        Fen(heavy.saturating_add(if goods >= self.free_from { 0 } else { way }))
    }

    /// What a parcel costs: its first kilogram ¥8, or ¥12 from 500 km on, each further one begun ¥2, or ¥5. The first is free from
    /// [`Fees::free_from`] on; weight never is.
    #[must_use]
    pub fn parcel(&self, distance_m: u32, weight_g: u64, goods: Fen) -> Fen {
        let (first, each) = if distance_m <= NEAR_PARCEL_M { (800, 200) } else { (1_200, 500) };
        Fen(begun(weight_g.saturating_sub(1_000)) * each + if goods >= self.free_from { 0 } else { first })
    }
}

/// Kilograms begun.
fn begun(grams: u64) -> i64 {
    i64::try_from(grams.div_ceil(1_000)).unwrap_or(i64::MAX).min(i64::MAX / 1_000_000)
}

/// What a rider's way costs by the usual fees.
#[must_use]
pub fn delivery_fee(distance_m: u32, weight_g: u64, goods: Fen) -> Fen {
    Fees::USUAL.delivery(distance_m, weight_g, goods)
}

/// Up to here a parcel goes at the near price.
pub const NEAR_PARCEL_M: u32 = 500_000;

/// What a parcel costs by the usual fees.
#[must_use]
pub fn parcel_fee(distance_m: u32, weight_g: u64, goods: Fen) -> Fen {
    Fees::USUAL.parcel(distance_m, weight_g, goods)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_distances_and_weights_when_priced_then_each_step_costs_what_it_says() {
        let cheap = Fen(1_000);
        assert_eq!(delivery_fee(0, 0, cheap), Fen(400));
        assert_eq!(delivery_fee(1_000, 5_000, cheap), Fen(400));
        assert_eq!(delivery_fee(1_001, 5_000, cheap), Fen(500));
        assert_eq!(delivery_fee(3_000, 5_001, cheap), Fen(700));
        assert_eq!(delivery_fee(3_000, 0, Fen(9_899)), Fen(600));
        assert_eq!(delivery_fee(3_000, 0, Fen(9_900)), Fen(0));
    }

    #[test]
    fn given_parcels_when_priced_then_each_step_costs_what_it_says() {
        let cheap = Fen(1_000);
        assert_eq!(parcel_fee(500_000, 1_000, cheap), Fen(800));
        assert_eq!(parcel_fee(500_001, 1_000, cheap), Fen(1_200));
        assert_eq!(parcel_fee(0, 1_001, cheap), Fen(1_000));
        assert_eq!(parcel_fee(900_000, 3_000, Fen(9_899)), Fen(2_200));
        assert_eq!(parcel_fee(900_000, 3_000, Fen(9_900)), Fen(1_000));
    }

    #[test]
    fn given_a_chains_own_fees_when_priced_then_each_number_counts_and_absurd_ones_fit() {
        let fees = Fees { base: Fen(300), per_km: Fen(50), per_kg: Fen(200), free_kg: 3, free_from: Fen(5_900) };
        assert_eq!(fees.delivery(1_000, 3_000, Fen(5_899)), Fen(300));
        assert_eq!(fees.delivery(2_001, 3_001, Fen(5_899)), Fen(300 + 100 + 200));
        assert_eq!(fees.delivery(2_001, 3_001, Fen(5_900)), Fen(200), "weight is never free");
        assert_eq!((fees.parcel(1, 1_000, Fen(5_899)), fees.parcel(1, 1_000, Fen(5_900))), (Fen(800), Fen(0)));
        assert_eq!(fees.of(Fulfilment::Pickup, Some(9_000), 9_000, Fen(1)), Fen(0));
        assert!(fees.delivery(u32::MAX, u64::MAX, Fen(0)) > Fen(0));
        let read: Fees = serde_json::from_str("{\"base\":500}").unwrap();
        assert_eq!(read, Fees { base: Fen(500), ..Fees::USUAL }, "what a row does not say is as a new chain has it");
    }

    #[test]
    fn given_an_absurd_price_when_added_up_then_it_is_refused_rather_than_wrong() {
        let line = Item { quantity: Quantity::new(999).unwrap(), price: Fen(i64::MAX / 2), weight_g: 1 };
        assert_eq!(add_up(&[line], Fulfilment::Pickup, None).unwrap_err().code, Code::BadRequest);
    }
}
