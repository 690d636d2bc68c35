//! 直降: so much off each unit.

use liandian_types::Fen;
use serde::{Deserialize, Serialize};

use super::{Rule, Turn};
use crate::{run::Run, why::Why};

/// So much off each unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// So much.
    pub off: Fen,
}

impl Rule for Amount {
    fn turn(&self) -> Turn {
        Turn::Goods
    }

    fn apply(&self, run: &mut Run, lines: &[usize], _times: u32) -> Result<(), Why> {
        for line in lines {
            let off = self.off.0.max(0).saturating_mul(i64::from(run.line(*line).quantity.get()));
            run.cut_line(*line, off.min(run.net[*line]));
        }
        Ok(())
    }
}
