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

/// Adds a cart up: what each line comes to, in order, and the sums.
///
/// # Errors
/// `bad_request` when a sum does not fit (no real cart).
pub fn add_up(lines: &[Item], fulfilment: Fulfilment, distance_m: Option<u32>) -> Result<(Vec<Fen>, Totals), Problem> {
    let mut goods = Fen::ZERO;
    let mut weight_g: u64 = 0;
    let mut each = Vec::with_capacity(lines.len());
    for l in lines {
        let line = line_total(l.price, l.quantity.get()).ok_or_else(too_much)?;
        goods = goods.0.checked_add(line.0).map(Fen).ok_or_else(too_much)?;
        weight_g += u64::from(l.weight_g) * u64::from(l.quantity.get());
        each.push(line);
    }
    let delivery_fee = fee(fulfilment, distance_m, weight_g, goods);
    Ok((each, Totals { goods, delivery_fee, total: goods + delivery_fee }))
}

/// The refusal of a sum that does not fit.
pub(crate) fn too_much() -> Problem {
    Problem::new(Code::BadRequest, "订单金额过大").at("lines")
}

/// What bringing the goods costs by the chain's own rule.
pub(crate) fn fee(fulfilment: Fulfilment, distance_m: Option<u32>, weight_g: u64, goods: Fen) -> Fen {
    match fulfilment {
        Fulfilment::Delivery => delivery_fee(distance_m.unwrap_or(0), weight_g, goods),
        Fulfilment::HqShip => parcel_fee(distance_m.unwrap_or(0), weight_g, goods),
        Fulfilment::Pickup => Fen::ZERO,
    }
}

/// ¥4 for the first kilometre, ¥1 for each further one begun, ¥1 for each kilogram begun above 5. The base and the distance
/// are free from [`FREE_DELIVERY_FROM`] on; weight never is.
#[must_use]
pub fn delivery_fee(distance_m: u32, weight_g: u64, goods: Fen) -> Fen {
    let heavy = i64::try_from(weight_g.saturating_sub(5_000).div_ceil(1_000)).unwrap_or(i64::MAX / 1_000) * 100;
    let way = 400 + i64::from(distance_m.saturating_sub(1_000).div_ceil(1_000)) * 100;
    Fen(heavy + if goods >= FREE_DELIVERY_FROM { 0 } else { way })
}

/// Up to here a parcel goes at the near price.
pub const NEAR_PARCEL_M: u32 = 500_000;

/// A parcel's first kilogram costs ¥8, or ¥12 from 500 km on, and each further one begun ¥2, or ¥5. The first is free from
/// [`FREE_DELIVERY_FROM`] on; weight never is.
#[must_use]
pub fn parcel_fee(distance_m: u32, weight_g: u64, goods: Fen) -> Fen {
    let (first, each) = if distance_m <= NEAR_PARCEL_M { (800, 200) } else { (1_200, 500) };
    let heavy = i64::try_from(weight_g.saturating_sub(1_000).div_ceil(1_000)).unwrap_or(i64::MAX / 1_000) * each;
    Fen(heavy + if goods >= FREE_DELIVERY_FROM { 0 } else { first })
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
    fn given_an_absurd_price_when_added_up_then_it_is_refused_rather_than_wrong() {
        let line = Item { quantity: Quantity::new(999).unwrap(), price: Fen(i64::MAX / 2), weight_g: 1 };
        assert_eq!(add_up(&[line], Fulfilment::Pickup, None).unwrap_err().code, Code::BadRequest);
    }
}
