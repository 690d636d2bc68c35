//! 配送费: what bringing the goods costs at most, by distance, weight and sum of goods.

use liandian_types::{Fen, Fulfilment};
use serde::{Deserialize, Serialize};

use super::{Rule, Turn};
use crate::{run::Run, why::Why};

/// A fee that takes the place of a dearer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// From this sum of the campaign's goods on.
    pub from: Fen,
    /// Up to so many metres.
    pub metres: Option<u32>,
    /// Up to this weight of the cart.
    pub grams: Option<u64>,
    /// The fee; 0: free.
    pub fee: Fen,
}

impl Rule for Delivery {
    fn turn(&self) -> Turn {
        Turn::Fee
    }

    fn apply(&self, run: &mut Run, lines: &[usize], _times: u32) -> Result<(), Why> {
        let cart = run.cart;
        let weight: u64 = cart.lines.iter().map(|l| u64::from(l.weight_g) * u64::from(l.quantity.get())).sum();
        let far = self.metres.is_some_and(|m| cart.distance_m.unwrap_or(0) > m);
        if cart.fulfilment == Fulfilment::Pickup || far || self.grams.is_some_and(|g| weight > g) {
            return Err(Why::OtherWay);
        }
        super::reached(run, lines, self.from.0)?;
        run.cut_fee(run.fee - self.fee.0.max(0));
        Ok(())
    }
}
