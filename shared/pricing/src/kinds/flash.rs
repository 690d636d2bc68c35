//! 秒杀: a price for few units with their own stock. They are in no other deal; units beyond it cost what they always do.

use liandian_types::{Fen, SkuId};
use serde::{Deserialize, Serialize};

use super::{Rule, Turn};
use crate::{run::Run, why::Why};

/// A flash sale of one SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// Of what.
    pub sku: SkuId,
    /// Each.
    pub price: Fen,
    /// Units left of its own stock.
    pub stock: u32,
    /// Units that this person may still have.
    pub per_person: u32,
}

impl Rule for Flash {
    fn turn(&self) -> Turn {
        Turn::Price
    }

    fn apply(&self, run: &mut Run, lines: &[usize], times: u32) -> Result<(), Why> {
        let Some(line) = lines.iter().copied().find(|l| run.line(*l).sku == self.sku) else { return Err(Why::NoGoods) };
        if self.stock == 0 {
            return Err(Why::SoldOut);
        }
        let units = run.free(line).min(self.stock).min(self.per_person).min(times);
        if units == 0 {
            return Err(Why::UsedUp);
        }
        let seg = run.claim(line, units);
        let off = run.segs[seg].net - self.price.0.max(0).saturating_mul(i64::from(units));
        run.cut(seg, off.max(0));
        run.effect.times = units;
        Ok(())
    }
}
