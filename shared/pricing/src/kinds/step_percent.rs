//! 满折: thousandths off from so much, or so many, on.

use liandian_types::Fen;
use serde::{Deserialize, Serialize};

use super::{Rule, Turn, per_mille};
use crate::{run::Run, why::Why};

/// A step: both bounds must be reached; 0 asks for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepRate {
    /// From this sum on.
    pub from: Fen,
    /// From so many units on.
    pub units: u32,
    /// Thousandths off.
    pub off: u16,
}

/// Steps; the one that takes most off counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepPercent {
    /// The steps.
    pub steps: Vec<StepRate>,
}

impl Rule for StepPercent {
    fn turn(&self) -> Turn {
        Turn::Order
    }

    fn apply(&self, run: &mut Run, lines: &[usize], _times: u32) -> Result<(), Why> {
        let (base, units) = (run.worth(lines), run.units(lines));
        let best = self.steps.iter().filter(|s| s.from.0 <= base && s.units <= units).map(|s| s.off).max();
        let Some(off) = best else {
            let money = self.steps.iter().map(|s| s.from.0.saturating_sub(base)).filter(|m| *m > 0).min();
            let few = self.steps.iter().map(|s| s.units.saturating_sub(units)).filter(|m| *m > 0).min().unwrap_or(1);
            return Err(money.map_or(Why::Few { missing: few }, |m| Why::Below { missing: Fen(m) }));
        };
        run.spread(lines, per_mille(base, off));
        Ok(())
    }
}
