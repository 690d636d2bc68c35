//! The best legal combination: the customer pays least; then more gifts; then HQ's priority decides.
//!
//! A combination says of each campaign how often it applies. Campaigns have their turns in a fixed order ([`Turn`]; then HQ's before a store's, the
//! higher priority, the id), so the order of lines and campaigns in the cart does not matter. Up to [`EXACT`] combinations all are looked at. Beyond
//! that the search starts from what simpler strategies find, so it is never worse than one of them, and improves on the best of it by adding,
//! leaving out and exchanging, up to [`BOUND`] evaluations and [`WORK`] steps. The last of the simpler strategies (again and again what takes most off
//! what is left) costs most: where there is more to look at than that, it goes as far as its steps allow.

use std::{cmp::Ordering, collections::BTreeSet};

use crate::{
    Campaign, Cart, GroupRule, Level,
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

/// Carts of so many lines are small: all combinations are looked at, whatever each costs.
pub const SHORT: usize = 8;

/// At most so many combinations are evaluated otherwise, each in time proportional to lines × campaigns in it.
pub const BOUND: u32 = 4_000;

/// So many steps they may take together; a step is a campaign applied to a line, or a line begun with. A long cart with many campaigns is looked at
/// less often than a short one, and takes no longer.
pub const WORK: u64 = 30_000;

/// So many steps more are left for improving on what was found.
const IMPROVING: u64 = 8_000;

/// So many steps the reasons of what did not apply may take.
pub(crate) const TELLING: u64 = 6_000;

/// Carts of the shop have no more lines.
const LONG: usize = 40;

/// So many simple strategies are looked at in any case: those that stand alone, the best for lines and for the order, three orderings.
const FIRST: usize = 8;

/// So many candidates are compared in each round of the costliest strategy: those that take most off.
const COMPARED: usize = 64;

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
    stacks: Stacks,
}

/// How a candidate goes together with others, in figures: [`Campaign::goes_with`] without comparing names.
#[derive(Debug, Clone, Copy)]
struct Stacks {
    /// The number of its group's name.
    group: Option<usize>,
    exclusive: bool,
    one_of: bool,
    hq: bool,
    /// A store's that stands beside none of HQ's.
    apart: bool,
}

impl Stacks {
    fn goes_with(self, other: Stacks) -> bool {
        let same = self.group.is_some() && self.group == other.group;
        let apart = (self.apart && other.hq) || (other.apart && self.hq);
        !self.exclusive && !other.exclusive && !(same && (self.one_of || other.one_of)) && !apart
    }
}

/// What a combination that grows has of each kind: whether another may join it is known without asking each of its members.
#[derive(Debug, Default)]
struct Joined {
    any: bool,
    exclusive: bool,
    hq: bool,
    apart: bool,
    /// Of each group: one is in it; one that suffers no other of it is.
    groups: Vec<(bool, bool)>,
}

impl Joined {
    fn takes(&self, s: Stacks) -> bool {
        let (some, alone) = s.group.and_then(|g| self.groups.get(g)).copied().unwrap_or_default();
        let full = (self.any && s.exclusive) || self.exclusive || (s.one_of && some) || alone;
        !(full || s.apart && self.hq || s.hq && self.apart)
    }

    fn join(&mut self, s: Stacks) {
        self.any = true;
        self.exclusive |= s.exclusive;
        self.hq |= s.hq;
        self.apart |= s.apart;
        if let Some(g) = s.group {
            if self.groups.len() <= g {
                self.groups.resize(g + 1, (false, false));
            }
            self.groups[g].0 = true;
            self.groups[g].1 |= s.one_of;
        }
    }
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
    /// Names of groups; a candidate knows the number of its own.
    groups: Vec<&'a str>,
    /// Evaluations so far.
    pub evaluations: u32,
    /// Steps so far.
    pub work: u64,
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
        let mut table = Self {
            cart,
            candidates: Vec::new(),
            barred: vec![None; cart.campaigns.len()],
            order: Vec::new(),
            groups: Vec::new(),
            evaluations: 0,
            work: 0,
        };
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
        table
    }

    /// One campaign alone.
    fn look(&mut self, place: usize, bare: &Run, before: i64) -> Result<Candidate, Why> {
        let cart = self.cart;
        let c = &cart.campaigns[place];
        if let Some(why) = barred(c, cart) {
            return Err(why);
        }
        let lines: Vec<usize> = (0..cart.lines.len()).filter(|l| c.scope.holds(&cart.lines[*l])).collect();
        if lines.is_empty() {
            return Err(Why::NoGoods);
        }
        let rule = c.kind.rule();
        let turn = rule.turn();
        let most = c.left.times();
        let could = if turn == Turn::Deal { rule.most(bare, &lines).clamp(1, most) } else { 1 };
        let (choices, thinned) = (could.min(CHOICES), could > CHOICES);
        let stacks = self.stacks(c);
        let mut candidate = Candidate { place, lines, most, choices, alone: 0, turn, thinned, stacks };
        let mut run = Run::new(cart, false);
        if turn == Turn::Fee {
            run.charge();
        }
        let effect = match apply(&mut run, c, &candidate, most) {
            // Less often, or after another discount, it may cost no more than is left.
            Err(Why::Budget) => return Ok(candidate),
            other => other?,
        };
        if turn != Turn::Fee {
            run.charge();
        }
        candidate.alone = before - run.goods() - run.fee;
        // A fee rule may be of use once a discount has taken free delivery away.
        let useful = effect.off > 0 || turn == Turn::Fee || !effect.gifts.is_empty() || !effect.add_ons.is_empty();
        if useful { Ok(candidate) } else { Err(if effect.floored { Why::AtFloor } else { Why::BetterWithout }) }
    }

    fn stacks(&mut self, c: &'a Campaign) -> Stacks {
        let group = c.group.as_ref().map(|g| {
            self.groups.iter().position(|name| *name == g.name).unwrap_or_else(|| {
                self.groups.push(&g.name);
                self.groups.len() - 1
            })
        });
        let rule = c.group.as_ref().map(|g| g.rule);
        Stacks {
            group,
            exclusive: rule == Some(GroupRule::Exclusive),
            one_of: rule == Some(GroupRule::OneOf),
            hq: c.level == Level::Hq,
            apart: c.level == Level::Store && !c.beside_hq,
        }
    }

    /// The steps that a combination takes.
    pub fn steps(&self, plan: &[u32]) -> u64 {
        let of = |lines: usize| u64::try_from(lines).unwrap_or(u64::MAX);
        let applied = self.candidates.iter().zip(plan).filter(|(_, times)| **times > 0);
        of(self.cart.lines.len().max(1)) + applied.map(|(c, _)| of(c.lines.len())).sum::<u64>()
    }

    /// Is there room for another evaluation within so many steps?
    fn may(&self, work: u64) -> bool {
        self.evaluations < BOUND && self.work < work
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
        self.work += self.steps(plan);
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

    /// May these two be combined, in both ways of finding out?
    #[cfg(test)]
    pub fn together(&self, a: usize, b: usize) -> bool {
        let (one, other) = (self.candidates[a].stacks, self.candidates[b].stacks);
        let mut joined = Joined::default();
        joined.join(one);
        assert_eq!(joined.takes(other), one.goes_with(other), "{one:?} {other:?}");
        one.goes_with(other)
    }

    /// May this candidate join the combination?
    fn fits(&self, plan: &[u32], i: usize) -> bool {
        let own = self.candidates[i].stacks;
        plan.iter().zip(&self.candidates).enumerate().all(|(at, (times, c))| *times == 0 || at == i || own.goes_with(c.stacks))
    }

    /// Candidates in this order, each that fits.
    fn greedy(&self, order: impl Iterator<Item = usize>) -> Plan {
        let mut plan = vec![0; self.candidates.len()];
        let mut joined = Joined::default();
        for i in order {
            let c = &self.candidates[i];
            if plan[i] == 0 && joined.takes(c.stacks) {
                plan[i] = c.most;
                joined.join(c.stacks);
            }
        }
        plan
    }

    /// The best combination, and whether all were looked at.
    pub fn best(&mut self) -> (Plan, bool) {
        let n = self.candidates.len();
        let limit = if n <= FEW { EXACT } else { EXACT_OF_MANY };
        // Of a long cart only as many as its steps allow.
        let limit = if self.cart.lines.len() <= SHORT { limit } else { limit.min(WORK / self.steps(&vec![1; n])) };
        let few = self.legal() <= limit;
        let none = vec![0; n];
        let score = self.score(&none);
        let mut best = (none.clone(), score);
        if few {
            let mut plan = none;
            self.each(0, &mut plan, &mut best);
            return (best.0, self.candidates.iter().all(|c| !c.thinned));
        }
        for (n, plan) in self.simple().into_iter().enumerate() {
            // The first ones are looked at whatever they take; of the many sequences as many as half of the steps allow.
            if n < FIRST || self.may(WORK / 2) {
                self.offer(plan, &mut best);
            }
        }
        // The costliest of them goes to its end in any cart that people have, and as far as it comes in longer ones.
        let marginal = if self.cart.lines.len() <= LONG { WORK + WORK / 3 } else { WORK };
        self.marginal(&mut best, marginal);
        let until = self.work.max(WORK) + IMPROVING;
        self.improve(&mut best, until);
        (best.0, false)
    }

    /// How many legal combinations there are at most: of a group that suffers one, one; one that stands alone, alone; all others freely.
    fn legal(&self) -> u64 {
        let mut groups = vec![1_u64; self.groups.len()];
        let (mut free, mut alone) = (1_u64, 0_u64);
        for c in &self.candidates {
            let choices = u64::from(c.choices);
            match (c.stacks.exclusive, c.stacks.one_of, c.stacks.group) {
                (true, ..) => alone += choices,
                (false, true, Some(g)) => groups[g] += choices,
                _ => free = free.saturating_mul(choices + 1),
            }
        }
        groups.into_iter().fold(free, u64::saturating_mul).saturating_add(alone)
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
        let alone = |i: usize| self.candidates[i].alone;
        // Of those that stand alone the best is known already, but for gifts, which cost nothing.
        let most = (0..n).map(alone).max().unwrap_or(0);
        let best_alone = (0..n).filter(|i| alone(*i) == most).take(FIRST / 2).map(|i| self.greedy(std::iter::once(i)));
        let mut plans: Vec<Plan> = best_alone.collect();
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
        // Most of them come to the same combination.
        let mut seen = BTreeSet::new();
        plans.retain(|plan| seen.insert(plan.clone()));
        plans
    }

    /// Again and again the candidate that takes most off what is left.
    fn marginal(&mut self, best: &mut (Plan, Score), until: u64) {
        let n = self.candidates.len();
        let mut compared: Vec<usize> = (0..n).collect();
        if n > COMPARED {
            compared.sort_by_key(|i| (-self.candidates[*i].alone, *i));
            compared.truncate(COMPARED);
            compared.sort_unstable();
        }
        let none = vec![0; n];
        let score = self.score(&none);
        let mut at = (none, score);
        loop {
            let mut next: Option<(Plan, Score)> = None;
            for i in compared.iter().copied() {
                if at.0[i] > 0 || !self.fits(&at.0, i) || !self.may(until) {
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
    fn improve(&mut self, best: &mut (Plan, Score), until: u64) {
        let mut better = true;
        while better {
            better = false;
            for i in 0..self.candidates.len() {
                let had = best.0[i];
                let (most, choices) = (self.candidates[i].most, self.candidates[i].choices);
                // Once less and half as often leave units to another deal.
                for times in [0, most, had.min(choices).saturating_sub(1), choices / 2] {
                    if times == had || !self.may(until) {
                        continue;
                    }
                    let mut plan = best.0.clone();
                    if times > 0 {
                        let own = self.candidates[i].stacks;
                        for (other, c) in self.candidates.iter().enumerate() {
                            if other != i && !own.goes_with(c.stacks) {
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
