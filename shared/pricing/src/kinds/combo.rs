//! 固定套餐: these together for a price. Its units are in no other deal.

use liandian_types::{Fen, SkuId};
use serde::{Deserialize, Serialize};

use super::{Rule, Turn};
use crate::{run::Run, why::Why};

/// A part of a combo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Any of these.
    pub of: Vec<SkuId>,
    /// So many.
    pub units: u32,
}

/// A combo; no SKU is in two of its parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Combo {
    /// Its parts.
    pub parts: Vec<Part>,
    /// For all of them together.
    pub price: Fen,
}

impl Combo {
    fn free(run: &Run, lines: &[usize], part: &Part) -> u32 {
        lines.iter().filter(|l| part.of.contains(&run.line(**l).sku)).map(|l| run.free(*l)).sum()
    }
}

impl Rule for Combo {
    fn turn(&self) -> Turn {
        Turn::Deal
    }

    fn most(&self, run: &Run, lines: &[usize]) -> u32 {
        self.parts.iter().map(|p| Self::free(run, lines, p) / p.units.max(1)).min().unwrap_or(0)
    }

    fn apply(&self, run: &mut Run, lines: &[usize], times: u32) -> Result<(), Why> {
        let sets = self.most(run, lines).min(times);
        if sets == 0 {
            let missing = self.parts.iter().map(|p| p.units.max(1).saturating_sub(Self::free(run, lines, p))).sum();
            let any = self.parts.iter().any(|p| Self::free(run, lines, p) > 0);
            return Err(if any { Why::Few { missing } } else { Why::NoGoods });
        }
        // What they would cost is known before any is taken: a combo that is no bargain takes nothing.
        let mut wanted: Vec<(usize, u32)> = Vec::new();
        for part in &self.parts {
            let of: Vec<usize> = lines.iter().copied().filter(|l| part.of.contains(&run.line(*l).sku)).collect();
            take(run, &of, part.units.max(1) * sets, &mut wanted);
        }
        bundle(run, &wanted, sets, self.price.0)
    }
}

/// Chooses so many free units of these lines, the dearest first.
pub(super) fn take(run: &Run, lines: &[usize], units: u32, into: &mut Vec<(usize, u32)>) {
    let mut left = units;
    for line in super::dearest(run, lines) {
        let n = run.free(line).min(left);
        if n > 0 {
            into.push((line, n));
            left -= n;
        }
    }
}

/// Takes these units for a price a set, if that is less than they cost.
pub(super) fn bundle(run: &mut Run, wanted: &[(usize, u32)], sets: u32, price: i64) -> Result<(), Why> {
    let worth: i64 = wanted.iter().map(|(line, n)| run.each(*line) * i64::from(*n)).sum();
    let price = price.max(0).saturating_mul(i64::from(sets));
    if worth <= price {
        return Err(Why::BetterWithout);
    }
    let segs: Vec<usize> = wanted.iter().map(|(line, n)| run.claim(*line, *n)).collect();
    let weights: Vec<u64> = segs.iter().map(|s| run.segs[*s].net.unsigned_abs()).collect();
    for (seg, part) in segs.iter().zip(Fen(worth - price).split(&weights)) {
        run.cut(*seg, part.0);
    }
    run.effect.times = sets;
    Ok(())
}
