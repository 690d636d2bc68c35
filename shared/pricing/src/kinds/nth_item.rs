//! 第N件折扣: of every n units of a SKU one costs less. All n are taken: none of them is in another deal.

use serde::{Deserialize, Serialize};

use super::{Rule, Turn, per_mille};
use crate::{run::Run, why::Why};

/// Every nth unit for less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NthItem {
    /// Of so many units of one SKU one is cheaper; 2 or more.
    pub n: u32,
    /// Thousandths off that one; 1000: it is free.
    pub off: u16,
}

impl Rule for NthItem {
    fn turn(&self) -> Turn {
        Turn::Deal
    }

    fn most(&self, run: &Run, lines: &[usize]) -> u32 {
        lines.iter().map(|l| run.free(*l) / self.n.max(2)).sum()
    }

    fn apply(&self, run: &mut Run, lines: &[usize], times: u32) -> Result<(), Why> {
        let n = self.n.max(2);
        let mut left = times;
        for line in super::dearest(run, lines) {
            let sets = (run.free(line) / n).min(left);
            if sets == 0 {
                continue;
            }
            left -= sets;
            let cheaper = run.claim(line, sets);
            run.claim(line, sets * (n - 1));
            // Of all cheaper units together: the odd fen is the first one's.
            let worth = run.segs[cheaper].net;
            run.cut(cheaper, per_mille(worth, self.off));
            run.effect.times += sets;
        }
        if run.effect.times > 0 {
            return Ok(());
        }
        let free = lines.iter().map(|l| run.free(*l)).max().unwrap_or(0);
        Err(if free == 0 { Why::NoGoods } else { Why::Few { missing: n.saturating_sub(free).max(1) } })
    }
}
