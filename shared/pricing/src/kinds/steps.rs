//! 满减: so much off from so much on, in steps, repeated up to a cap.

use liandian_types::Fen;
use serde::{Deserialize, Serialize};

use super::{Rule, Turn};
use crate::{run::Run, why::Why};

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// From this sum of the campaign's goods on.
    pub from: Fen,
    /// So much off.
    pub off: Fen,
}

/// Steps; the one that takes most off counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steps {
    /// The steps.
    pub steps: Vec<Step>,
    /// Each step counts so many times at most; 1: once.
    pub repeat: u32,
}

impl Rule for Steps {
    fn turn(&self) -> Turn {
        Turn::Order
    }

    fn apply(&self, run: &mut Run, lines: &[usize], times: u32) -> Result<(), Why> {
        let base = run.worth(lines);
        let most = i64::from(self.repeat.max(1).min(times));
        let count = |s: &Step| (base / s.from.0.max(1)).clamp(0, most);
        let best = self.steps.iter().map(|s| (s.off.0.max(0).saturating_mul(count(s)), count(s))).max().unwrap_or((0, 0));
        if best.0 == 0 {
            let missing = self.steps.iter().map(|s| s.from.0.saturating_sub(base)).filter(|m| *m > 0).min();
            return Err(missing.map_or(Why::NoGoods, |m| Why::Below { missing: Fen(m) }));
        }
        run.spread(lines, best.0);
        run.effect.times = u32::try_from(best.1).unwrap_or(1);
        Ok(())
    }
}
