//! What each unit costs and what each campaign gave it: frozen in an order, and given back unit by unit.
//!
//! The units of a segment share its cuts so that what is taken off up to any cut differs by a fen at most, the first units having more. A unit's
//! share of one cut is the difference of two such sums: never negative, and all shares add up to the cut.

use liandian_types::{CampaignId, Fen, Quantity, SkuId};
use serde::{Deserialize, Serialize};

use crate::Answer;

/// What a campaign took off a segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// Which campaign.
    pub campaign: CampaignId,
    /// Off all units of the segment together.
    pub amount: Fen,
}

/// Units of a line that the same was done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// How many.
    pub units: u32,
    /// Each, before any campaign.
    pub price: Fen,
    /// What was taken off, in this order.
    pub cuts: Vec<Cut>,
}

impl Segment {
    /// What the units before the `n`th have of an amount that all of them share.
    fn before(&self, amount: i64, n: u32) -> i64 {
        if self.units == 0 {
            return 0;
        }
        let (units, n) = (i64::from(self.units), i64::from(n.min(self.units)));
        n * (amount / units) + n.min(amount % units)
    }

    /// What the units `from..until` have of each cut.
    fn shares(&self, from: u32, until: u32) -> Vec<Cut> {
        let (mut all, mut had) = (0, 0);
        self.cuts
            .iter()
            .map(|c| {
                all += c.amount.0;
                let upto = self.before(all, until) - self.before(all, from);
                let share = upto - had;
                had = upto;
                Cut { campaign: c.campaign.clone(), amount: Fen(share) }
            })
            .collect()
    }
}

/// A line with what it costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricedLine {
    /// What.
    pub sku: SkuId,
    /// How many.
    pub quantity: Quantity,
    /// Each, before any campaign.
    pub price: Fen,
    /// What the line costs.
    pub total: Fen,
    /// Its units; together they are the quantity.
    pub segments: Vec<Segment>,
}

/// What units of a line cost.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// What was paid for the goods.
    pub goods: Fen,
    /// Their part of the fee.
    pub fee: Fen,
    /// What each campaign had taken off.
    pub cuts: Vec<Cut>,
}

impl PricedLine {
    /// Its segments when something was taken off one of them; none where each unit costs its list price.
    #[must_use]
    pub fn reduced(&self) -> Vec<Segment> {
        if self.segments.iter().any(|s| !s.cuts.is_empty()) { self.segments.clone() } else { Vec::new() }
    }

    /// What is left of its segments without the first so many units: each unit that is left costs what it cost before.
    #[must_use]
    pub fn without_first(&self, units: u32) -> Vec<Segment> {
        let mut left = units;
        let mut rest = Vec::with_capacity(self.segments.len());
        for s in &self.segments {
            let gone = left.min(s.units);
            left -= gone;
            if gone < s.units {
                rest.push(Segment { units: s.units - gone, price: s.price, cuts: s.shares(gone, s.units) });
            }
        }
        rest
    }

    /// What the units `from..until` cost, without a fee.
    #[must_use]
    pub fn share(&self, from: u32, until: u32) -> Share {
        let mut share = Share::default();
        let mut begin = 0;
        for s in &self.segments {
            let (a, b) = (from.clamp(begin, begin + s.units) - begin, until.clamp(begin, begin + s.units) - begin);
            begin += s.units;
            if a >= b {
                continue;
            }
            share.goods += Fen(s.price.0 * i64::from(b - a));
            for c in s.shares(a, b) {
                share.goods -= c.amount;
                match share.cuts.iter_mut().find(|had| had.campaign == c.campaign) {
                    Some(had) => had.amount += c.amount,
                    None => share.cuts.push(c),
                }
            }
        }
        share
    }
}

/// One line of an order, with what of it was given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaidLine {
    /// The line.
    pub line: PricedLine,
    /// Its part of the fee.
    pub fee: Fen,
    /// Units given back, from the first on.
    pub back: u32,
}

/// What an order was paid with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paid {
    /// The lines.
    pub lines: Vec<PaidLine>,
}

impl Paid {
    /// Freezes an answer: the fee goes to the lines by what they cost.
    #[must_use]
    pub fn of(answer: &Answer) -> Self {
        let weights: Vec<u64> = answer.lines.iter().map(|l| l.total.0.unsigned_abs()).collect();
        let fees = answer.totals.delivery_fee.split(&weights);
        Self { lines: answer.lines.iter().zip(fees).map(|(line, fee)| PaidLine { line: line.clone(), fee, back: 0 }).collect() }
    }

    /// What has not been given back.
    #[must_use]
    pub fn left(&self) -> Fen {
        let of = |l: &PaidLine| {
            let share = l.share(l.back, l.line.quantity.get());
            share.goods + share.fee
        };
        self.lines.iter().map(of).sum()
    }

    /// Gives units of a line back: exactly what they cost. `None` when there are not so many, or no such line.
    pub fn give_back(&mut self, sku: &SkuId, units: u32) -> Option<Share> {
        let l = self.lines.iter_mut().find(|l| l.line.sku == *sku)?;
        let until = l.back.checked_add(units).filter(|until| *until <= l.line.quantity.get())?;
        let share = l.share(l.back, until);
        l.back = until;
        Some(share)
    }

    /// Is all of it given back? Then a coupon that comes back is held again.
    #[must_use]
    pub fn all_back(&self) -> bool {
        self.lines.iter().all(|l| l.back == l.line.quantity.get())
    }
}

impl PaidLine {
    fn share(&self, from: u32, until: u32) -> Share {
        let whole = Segment { units: self.line.quantity.get(), price: Fen::ZERO, cuts: Vec::new() };
        let fee = whole.before(self.fee.0, until) - whole.before(self.fee.0, from);
        Share { fee: Fen(fee), ..self.line.share(from, until) }
    }
}

/// The refund under [`crate::OnLoss::Reprice`]: the units' own share less what the rest lost, and never less than nothing. `left_as_paid` is what was
/// paid for the rest, `left_repriced` what it costs without them.
#[must_use]
pub fn repriced(own: Fen, left_as_paid: Fen, left_repriced: Fen) -> Fen {
    let lost = (left_repriced - left_as_paid).0.clamp(0, own.0.max(0));
    own - Fen(lost)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(segments: Vec<Segment>) -> PricedLine {
        let units = segments.iter().map(|s| s.units).sum();
        let mut line =
            PricedLine { sku: "sku_1".parse().unwrap(), quantity: Quantity::new(units).unwrap(), price: Fen(999), total: Fen::ZERO, segments };
        line.total = line.share(0, units).goods;
        line
    }

    #[test]
    fn given_cuts_that_leave_odd_fen_when_units_go_in_any_steps_then_each_costs_its_own_share_and_all_add_up() {
        let cut = |n: usize, amount: i64| Cut { campaign: CampaignId::from_tail(n).unwrap(), amount: Fen(amount) };
        let whole = line(vec![
            Segment { units: 2, price: Fen(999), cuts: vec![cut(1, 999), cut(2, 101)] },
            Segment { units: 5, price: Fen(999), cuts: vec![cut(2, 317), cut(3, 4)] },
        ]);
        for a in 0..=7 {
            let rest = whole.without_first(a);
            if a == 7 {
                assert!(rest.is_empty());
                continue;
            }
            let rest = line(rest);
            assert_eq!(whole.share(0, a).goods + rest.total, whole.total, "{a}");
            for b in 0..=7 - a {
                assert_eq!(rest.share(0, b).goods, whole.share(a, a + b).goods, "{a} then {b}");
                assert_eq!(
                    rest.share(0, b).cuts.iter().map(|c| c.amount).sum::<Fen>(),
                    whole.share(a, a + b).cuts.iter().map(|c| c.amount).sum::<Fen>()
                );
            }
        }
    }
}
