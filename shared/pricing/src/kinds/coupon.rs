//! 优惠券: what a coupon is worth. For which goods, stores and persons it is, is the campaign's scope, stores and audience.

use liandian_types::{Fen, Fulfilment};
use serde::{Deserialize, Serialize};

use super::{Rule, Turn, per_mille};
use crate::{run::Run, why::Why};

/// What a coupon takes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Worth {
    /// So much off the goods.
    Amount(Fen),
    /// Thousandths off the goods, so much at most.
    Percent {
        /// So many.
        off: u16,
        /// So much at most.
        most: Fen,
    },
    /// So much off the fee for bringing them.
    Delivery(Fen),
}

/// A coupon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coupon {
    /// From this sum of the campaign's goods on.
    pub from: Fen,
    /// What it takes off.
    pub worth: Worth,
}

impl Rule for Coupon {
    fn turn(&self) -> Turn {
        if matches!(self.worth, Worth::Delivery(_)) { Turn::Fee } else { Turn::Coupon }
    }

    fn apply(&self, run: &mut Run, lines: &[usize], _times: u32) -> Result<(), Why> {
        super::reached(run, lines, self.from.0)?;
        match self.worth {
            Worth::Amount(off) => run.spread(lines, off.0.clamp(0, run.worth(lines))),
            Worth::Percent { off, most } => run.spread(lines, per_mille(run.worth(lines), off).min(most.0.max(0))),
            Worth::Delivery(_) if run.cart.fulfilment == Fulfilment::Pickup => return Err(Why::OtherWay),
            Worth::Delivery(off) => run.cut_fee(off.0),
        }
        Ok(())
    }
}
