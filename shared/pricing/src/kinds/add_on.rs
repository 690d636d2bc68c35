//! 加价购: who buys for so much may have something more for little.

use liandian_types::{Fen, SkuId};
use serde::{Deserialize, Serialize};

use super::{Rule, Turn};
use crate::{
    run::{AddOnOffer, Run},
    why::Why,
};

/// What may be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddOnItem {
    /// What.
    pub sku: SkuId,
    /// For how much.
    pub price: Fen,
}

/// Add-ons. They do not count for their own threshold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddOn {
    /// From this sum of the campaign's goods on.
    pub from: Fen,
    /// Any of these.
    pub items: Vec<AddOnItem>,
    /// So many units of them in all.
    pub units: u32,
}

impl Rule for AddOn {
    fn turn(&self) -> Turn {
        Turn::Deal
    }

    fn most(&self, _run: &Run, _lines: &[usize]) -> u32 {
        self.units
    }

    fn apply(&self, run: &mut Run, lines: &[usize], times: u32) -> Result<(), Why> {
        let own = |run: &Run, line: usize| self.items.iter().find(|i| i.sku == run.line(line).sku).map(|i| i.price.0);
        let others: Vec<usize> = lines.iter().copied().filter(|l| own(run, *l).is_none()).collect();
        super::reached(run, &others, self.from.0.max(1))?;
        let mut left = self.units.min(times);
        for line in 0..run.cart.lines.len() {
            let Some(price) = own(run, line) else { continue };
            let units = run.free(line).min(left);
            if units == 0 || run.each(line) <= price {
                continue;
            }
            left -= units;
            let seg = run.claim(line, units);
            let off = run.segs[seg].net - price.max(0).saturating_mul(i64::from(units));
            run.cut(seg, off.max(0));
            run.effect.times += units;
        }
        if left > 0 {
            let offers = self.items.iter().map(|i| AddOnOffer { sku: i.sku.clone(), price: i.price, units: left });
            run.effect.add_ons.extend(offers);
        }
        Ok(())
    }
}
