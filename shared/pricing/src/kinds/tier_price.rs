//! 会员价: by the member's tier.

use serde::{Deserialize, Serialize};

use super::{Rule, Turn, limited_price::reprice, per_mille};
use crate::{run::Run, why::Why};

/// What a tier has off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierRate {
    /// From this tier on.
    pub tier: u8,
    /// Thousandths off the list price.
    pub off: u16,
}

/// Prices by tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TierPrice {
    /// The best that the member's tier reaches counts.
    pub rates: Vec<TierRate>,
}

impl Rule for TierPrice {
    fn turn(&self) -> Turn {
        Turn::Price
    }

    fn apply(&self, run: &mut Run, lines: &[usize], _times: u32) -> Result<(), Why> {
        let tier = run.cart.customer.tier;
        let Some(off) = self.rates.iter().filter(|r| r.tier <= tier).map(|r| r.off).max() else { return Err(Why::NotForYou) };
        for line in lines {
            let list = run.line(*line).price.0;
            reprice(run, *line, list - per_mille(list, off));
        }
        Ok(())
    }
}
