//! 赠品: a gift, packed with the order or handed over at pickup. A gift that has run out is no reason against the order.

use liandian_types::{Fen, Fulfilment, SkuId};
use serde::{Deserialize, Serialize};

use super::{Rule, Turn};
use crate::{
    run::{Given, Run},
    why::Why,
};

/// What is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GiftItem {
    /// What.
    pub sku: SkuId,
    /// How many.
    pub units: u32,
    /// How many there are.
    pub stock: u32,
}

/// Gifts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gift {
    /// From this sum of the campaign's goods on.
    pub from: Fen,
    /// All of these, as far as they are there.
    pub gifts: Vec<GiftItem>,
    /// Only handed over at pickup.
    pub at_pickup: bool,
}

impl Rule for Gift {
    fn turn(&self) -> Turn {
        Turn::Gift
    }

    fn apply(&self, run: &mut Run, lines: &[usize], _times: u32) -> Result<(), Why> {
        if self.at_pickup && run.cart.fulfilment != Fulfilment::Pickup {
            return Err(Why::OtherWay);
        }
        super::reached(run, lines, self.from.0)?;
        let there = self.gifts.iter().filter(|g| g.units > 0 && g.units <= g.stock);
        run.effect.gifts.extend(there.map(|g| Given { sku: g.sku.clone(), units: g.units, at_pickup: self.at_pickup }));
        if run.effect.gifts.is_empty() { Err(Why::SoldOut) } else { Ok(()) }
    }
}
