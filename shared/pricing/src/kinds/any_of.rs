//! N 件任选: any so many for a price, the dearest first.

use liandian_types::Fen;
use serde::{Deserialize, Serialize};

use super::{
    Rule, Turn,
    combo::{bundle, take},
};
use crate::{run::Run, why::Why};

/// Any so many of the campaign's goods for a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnyOf {
    /// So many.
    pub units: u32,
    /// Together.
    pub price: Fen,
}

impl Rule for AnyOf {
    fn turn(&self) -> Turn {
        Turn::Deal
    }

    fn most(&self, run: &Run, lines: &[usize]) -> u32 {
        lines.iter().map(|l| run.free(*l)).sum::<u32>() / self.units.max(1)
    }

    fn apply(&self, run: &mut Run, lines: &[usize], times: u32) -> Result<(), Why> {
        let sets = self.most(run, lines).min(times);
        if sets == 0 {
            let free: u32 = lines.iter().map(|l| run.free(*l)).sum();
            return Err(Why::Few { missing: self.units.max(1).saturating_sub(free).max(1) });
        }
        let mut wanted = Vec::new();
        take(run, lines, self.units.max(1) * sets, &mut wanted);
        bundle(run, &wanted, sets, self.price.0)
    }
}
