//! 限时价: other prices for a while.

use liandian_types::{Fen, SkuId};
use serde::{Deserialize, Serialize};

use super::{Rule, Turn};
use crate::{run::Run, why::Why};

/// A price for a SKU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkuPrice {
    /// Of what.
    pub sku: SkuId,
    /// Each.
    pub price: Fen,
}

/// Other prices for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitedPrice {
    /// Which.
    pub prices: Vec<SkuPrice>,
}

impl Rule for LimitedPrice {
    fn turn(&self) -> Turn {
        Turn::Price
    }

    fn apply(&self, run: &mut Run, lines: &[usize], _times: u32) -> Result<(), Why> {
        let mut found = false;
        for line in lines {
            if let Some(p) = self.prices.iter().find(|p| p.sku == run.line(*line).sku) {
                found = true;
                reprice(run, *line, p.price.0);
            }
        }
        if found { Ok(()) } else { Err(Why::NoGoods) }
    }
}

/// Gives the free units of a line another price, if that is a lower one.
pub(super) fn reprice(run: &mut Run, line: usize, price: i64) {
    let now = run.segs[line].net;
    let then = price.max(0).saturating_mul(i64::from(run.free(line)));
    if then < now {
        run.cut(line, now - then);
    }
}
