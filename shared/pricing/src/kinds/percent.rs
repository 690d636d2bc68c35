//! 折扣: thousandths off each line. Two of them multiply.

use serde::{Deserialize, Serialize};

use super::{Rule, Turn, per_mille};
use crate::{run::Run, why::Why};

/// Thousandths off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Percent {
    /// So many.
    pub off: u16,
}

impl Rule for Percent {
    fn turn(&self) -> Turn {
        Turn::Goods
    }

    fn apply(&self, run: &mut Run, lines: &[usize], _times: u32) -> Result<(), Why> {
        for line in lines {
            let off = per_mille(run.net[*line], self.off);
            run.cut_line(*line, off);
        }
        Ok(())
    }
}
