//! The best legal combination: the customer pays least; then more gifts; then HQ's priority decides.
//!
//! A combination says of each campaign how often it applies. Campaigns have their turns in a fixed order ([`Turn`]; then HQ's before a store's, the
//! higher priority, the id), so the order of lines and campaigns in the cart does not matter. Up to [`EXACT`] combinations all are looked at. Beyond
//! that the search starts from what simpler strategies find, so it is never worse than one of them, and improves on the best of it by adding,
//! leaving out and exchanging, up to [`BOUND`] evaluations.

use std::cmp::Ordering;

use crate::{
    Campaign, Cart, Level,
    kinds::Turn,
    run::{Effect, Run},
    why::{Why, barred},
};

/// Up to so many combinations of [`FEW`] campaigns the answer is exact: 8 with and without each other are 256, and a deal adds one for each time that
/// it may apply.
pub const EXACT: u64 = 20_000;

/// Up to so many combinations of more campaigns.
pub const EXACT_OF_MANY: u64 = 1_024;

/// A deal may apply once, twice, … up to one less than so often, or as often as it can: what a cart costs to price does not grow with its pieces.
pub const CHOICES: u32 = 12;

/// So many campaigns that could apply are few.
pub const FEW: usize = 8;

/// At most so many combinations are evaluated otherwise, each in time proportional to lines × campaigns in it.
pub const BOUND: u32 = 4_000;

/// A combination: of each candidate, how often it applies; 0: not.
pub(crate) type Plan = Vec<u32>;

/// What a combination comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Score {
    /// What the customer pays.
    pub pays: i64,
    /// Units of gifts.
    pub gifts: u32,
    /// Which candidates applied, in the order of their priority.
    pub applied: Vec<bool>,
}

impl Score {
    /// Is this the better one?
    pub fn beats(&self, other: &Score) -> bool {
        let by = other.pays.cmp(&self.pays).then(self.gifts.cmp(&other.gifts)).then_with(|| self.applied.cmp(&other.applied));
        by == Ordering::Greater
    }
}

/// A campaign that could apply.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    /// Its place in the cart's campaigns.
    pub place: usize,
    /// The lines that it is about.
    pub lines: Vec<usize>,
    /// How often it may apply.
    pub most: u32,
    /// How many choices of "how often" the search has; the others apply as often as they can.
    choices: u32,
    /// What it would take off if it were alone.
    alone: i64,
    turn: Turn,
    /// It could apply more often than the search tries one by one.
    thinned: bool,
}

/// Everything that the search needs to know of a cart.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    cart: &'a Cart<'a>,
    /// By priority.
    pub candidates: Vec<Candidate>,
    /// For each campaign of the cart why it is no candidate.
    pub barred: Vec<Option<Why>>,
    /// Candidates in the order of their turns.
    order: Vec<usize>,
    /// `conflicts[a][b]`: these two may not be combined.
    conflicts: Vec<Vec<bool>>,
    /// Evaluations so far.
    pub evaluations: u32,
}

impl<'a> Table<'a> {
    /// Looks at each campaign alone.
    pub fn of(cart: &'a Cart<'a>) -> Self {
        let mut places: Vec<usize> = (0..cart.campaigns.len()).collect();
        let rank = |c: &Campaign| (c.level == Level::Store, -i64::from(c.priority));
        places.sort_by(|a, b| {
            let (a, b) = (&cart.campaigns[*a], &cart.campaigns[*b]);
            rank(a).cmp(&rank(b)).then_with(|| a.campaign.cmp(&b.campaign))
        });
        let mut table =
            Self { cart, candidates: Vec::new(), barred: vec![None; cart.campaigns.len()], order: Vec::new(), conflicts: Vec::new(), evaluations: 0 };
        let mut bare = Run::new(cart, false);
        bare.charge();
        let before = bare.goods() + bare.fee;
        for place in places {
            match table.look(place, &bare, before) {
                Ok(candidate) => table.candidates.push(candidate),
                Err(why) => table.barred[place] = Some(why),
            }
        }
        let n = table.candidates.len();
        table.order = (0..n).collect();
        let turns: Vec<Turn> = table.candidates.iter().map(|c| c.turn).collect();
        table.order.sort_by_key(|i| (turns[*i], *i));
        let campaign = |i: usize| &cart.campaigns[table.candidates[i].place];
        table.conflicts = (0..n).map(|a| (0..n).map(|b| a != b && !campaign(a).goes_with(campaign(b))).collect()).collect();
        table
    }

    /// One campaign alone.
    fn look(&self, place: usize, bare: &Run, before: i64) -> Result<Candidate, Why> {
        let c = &self.cart.campaigns[place];
        if let Some(why) = barred(c, self.cart) {
            return Err(why);
        }
        let lines: Vec<usize> = (0..self.cart.lines.len()).filter(|l| c.scope.holds(&self.cart.lines[*l])).collect();
        if lines.is_empty() {
            return Err(Why::NoGoods);
        }
        let rule = c.kind.rule();
        let turn = rule.turn();
        let most = c.left.times();
        let could = if turn == Turn::Deal { rule.most(bare, &lines).clamp(1, most) } else { 1 };
        let (choices, thinned) = (could.min(CHOICES), could > CHOICES);
        let mut candidate = Candidate { place, lines, most, choices, alone: 0, turn, thinned };
        let mut run = Run::new(self.cart, false);
        if turn == Turn::Fee {
            run.charge();
        }
        let effect = apply(&mut run, c, &candidate, most)?;
        if turn != Turn::Fee {
            run.charge();
        }
        candidate.alone = before - run.goods() - run.fee;
        // A fee rule may be of use once a discount has taken free delivery away.
        let useful = effect.off > 0 || turn == Turn::Fee || !effect.gifts.is_empty() || !effect.add_ons.is_empty();
        if useful { Ok(candidate) } else { Err(if effect.floored { Why::AtFloor } else { Why::BetterWithout }) }
    }

    /// Applies a combination. With `told` each effect is handed over.
    pub fn run(&self, plan: &[u32], recorded: bool, mut told: impl FnMut(usize, Result<Effect, Why>)) -> Run<'a> {
        let mut run = Run::new(self.cart, recorded);
        let mut charged = false;
        for i in self.order.iter().copied().filter(|i| plan[*i] > 0) {
            let candidate = &self.candidates[i];
            if candidate.turn == Turn::Fee && !charged {
                run.charge();
                charged = true;
            }
            let result = apply(&mut run, &self.cart.campaigns[candidate.place], candidate, plan[i]);
            told(i, result);
        }
        if !charged {
            run.charge();
        }
        run
    }

    /// What a combination comes to.
    pub fn score(&mut self, plan: &[u32]) -> Score {
        self.evaluations += 1;
        let mut gifts = 0;
        let mut applied = vec![false; plan.len()];
        let run = self.run(plan, false, |i, result| {
            if let Ok(e) = result {
                gifts += e.gifts.iter().map(|g| g.units).sum::<u32>();
                applied[i] = e.off > 0 || e.fee_off > 0 || !e.gifts.is_empty() || !e.add_ons.is_empty();
            }
        });
        Score { pays: run.goods() + run.fee, gifts, applied }
    }

    /// May this candidate join the combination?
    fn fits(&self, plan: &[u32], i: usize) -> bool {
        plan.iter().zip(&self.conflicts[i]).all(|(times, conflict)| *times == 0 || !conflict)
    }

    /// Candidates in this order, each that fits.
    fn greedy(&self, order: impl Iterator<Item = usize>) -> Plan {
        let mut plan = vec![0; self.candidates.len()];
        for i in order {
            if plan[i] == 0 && self.fits(&plan, i) {
                plan[i] = self.candidates[i].most;
            }
        }
        plan
    }

    /// The best combination, and whether all were looked at.
    pub fn best(&mut self) -> (Plan, bool) {
        let n = self.candidates.len();
        let limit = if n <= FEW { EXACT } else { EXACT_OF_MANY };
        let all = self.candidates.iter().try_fold(1_u64, |all, c| all.checked_mul(u64::from(c.choices) + 1).filter(|all| *all <= limit));
        let none = vec![0; n];
        let score = self.score(&none);
        let mut best = (none.clone(), score);
        if all.is_some() {
            let mut plan = none;
            self.each(0, &mut plan, &mut best);
            return (best.0, self.candidates.iter().all(|c| !c.thinned));
        }
        for plan in self.simple() {
            self.offer(plan, &mut best);
        }
        self.marginal(&mut best);
        self.improve(&mut best);
        (best.0, false)
    }

    /// Keeps the better one.
    fn offer(&mut self, plan: Plan, best: &mut (Plan, Score)) -> bool {
        let score = self.score(&plan);
        let better = score.beats(&best.1);
        if better {
            *best = (plan, score);
        }
        better
    }

    /// Every legal combination, from the candidate `i` on.
    fn each(&mut self, i: usize, plan: &mut [u32], best: &mut (Plan, Score)) {
        let Some((choices, most)) = self.candidates.get(i).map(|c| (c.choices, c.most)) else {
            let score = self.score(plan);
            if score.beats(&best.1) {
                *best = (plan.to_vec(), score);
            }
            return;
        };
        self.each(i + 1, plan, best);
        if self.fits(plan, i) {
            for times in 1..=choices {
                plan[i] = if times == choices { most } else { times };
                self.each(i + 1, plan, best);
            }
            plan[i] = 0;
        }
    }

    /// What simpler strategies choose: each alone, the best for lines and the best for the order, three orderings, fifty sequences.
    fn simple(&self) -> Vec<Plan> {
        let n = self.candidates.len();
        let mut plans: Vec<Plan> = (0..n).map(|i| self.greedy(std::iter::once(i))).collect();
        let alone = |i: usize| self.candidates[i].alone;
        let item = |i: &usize| self.candidates[*i].turn <= Turn::Goods;
        let best_of = |items: bool| (0..n).filter(|i| item(i) == items).max_by_key(|i| (alone(*i), std::cmp::Reverse(*i)));
        plans.push(self.greedy(best_of(true).into_iter().chain(best_of(false))));
        let mut by_saving: Vec<usize> = (0..n).collect();
        by_saving.sort_by_key(|i| (-alone(*i), *i));
        plans.push(self.greedy(by_saving.iter().copied()));
        let worth = |i: usize| {
            let lines = self.candidates[i].lines.iter().map(|l| &self.cart.lines[*l]);
            lines.map(|l| l.price.0 * i64::from(l.quantity.get())).sum::<i64>().max(1)
        };
        let mut by_share: Vec<usize> = (0..n).collect();
        by_share.sort_by_key(|i| (-(i128::from(alone(*i)) * 1_000_000 / i128::from(worth(*i))), *i));
        plans.push(self.greedy(by_share.iter().copied()));
        for start in 0..n.min(50) {
            plans.push(self.greedy((start..n).chain(0..start)));
        }
        plans
    }

    /// Again and again the candidate that takes most off what is left.
    fn marginal(&mut self, best: &mut (Plan, Score)) {
        let none = vec![0; self.candidates.len()];
        let score = self.score(&none);
        let mut at = (none, score);
        loop {
            let mut next: Option<(Plan, Score)> = None;
            for (i, had) in at.0.iter().enumerate() {
                if *had > 0 || !self.fits(&at.0, i) || self.evaluations >= BOUND {
                    continue;
                }
                let mut plan = at.0.clone();
                plan[i] = self.candidates[i].most;
                let score = self.score(&plan);
                if score.pays < next.as_ref().map_or(at.1.pays, |n| n.1.pays) {
                    next = Some((plan, score));
                }
            }
            let Some(next) = next else { break };
            at = next;
        }
        if at.1.beats(&best.1) {
            *best = at;
        }
    }

    /// Adds, leaves out and exchanges while that helps and the bound allows.
    fn improve(&mut self, best: &mut (Plan, Score)) {
        let mut better = true;
        while better {
            better = false;
            for i in 0..self.candidates.len() {
                let had = best.0[i];
                let (most, choices) = (self.candidates[i].most, self.candidates[i].choices);
                // Once less and half as often leave units to another deal.
                for times in [0, most, had.min(choices).saturating_sub(1), choices / 2] {
                    if times == had || self.evaluations >= BOUND {
                        continue;
                    }
                    let mut plan = best.0.clone();
                    if times > 0 {
                        for (other, conflict) in self.conflicts[i].iter().enumerate() {
                            if *conflict {
                                plan[other] = 0;
                            }
                        }
                    }
                    plan[i] = times;
                    better |= self.offer(plan, best);
                    if best.0[i] != had {
                        break;
                    }
                }
            }
        }
    }
}

/// Applies one campaign. A refusal leaves everything as it was.
fn apply(run: &mut Run, c: &Campaign, candidate: &Candidate, times: u32) -> Result<Effect, Why> {
    // A budget is known to hold only when all is done; this is taken back when it does not.
    let before = c.left.budget.map(|budget| (budget.0, run.clone()));
    run.begin(candidate.place, c);
    c.kind.rule().apply(run, &candidate.lines, times)?;
    let mut effect = std::mem::take(&mut run.effect);
    if let Some((budget, before)) = before
        && effect.off + effect.fee_off > budget
    {
        *run = before;
        return Err(Why::Budget);
    }
    if effect.times == 0 && (effect.off > 0 || effect.fee_off > 0 || !effect.gifts.is_empty()) {
        effect.times = 1;
    }
    Ok(effect)
}
