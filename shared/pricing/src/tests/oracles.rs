//! Seven strategies of other systems, each in a few lines, on the same random carts: the engine is never worse than one of them.

use super::{World, properties::world};
use crate::best::Table;

/// A combination without those that may not join it, in this order.
fn in_order(w: &World, t: &Table, order: &[usize]) -> Vec<u32> {
    let mut plan = vec![0; t.candidates.len()];
    for i in order {
        let c = &w.campaigns[t.candidates[*i].place];
        let mut taken = (0..plan.len()).filter(|j| plan[*j] > 0).map(|j| &w.campaigns[t.candidates[j].place]);
        if taken.all(|other| c.goes_with(other)) {
            plan[*i] = t.candidates[*i].most;
        }
    }
    plan
}

fn pays(t: &mut Table, plan: &[u32]) -> i64 {
    t.score(plan).pays
}

/// What a candidate takes off when it is alone.
fn alone(t: &mut Table, i: usize) -> i64 {
    let mut plan = vec![0; t.candidates.len()];
    let none = pays(t, &plan);
    plan[i] = t.candidates[i].most;
    none - pays(t, &plan)
}

/// What each strategy lets the customer pay.
fn oracles(w: &World, t: &mut Table) -> [i64; 6] {
    let n = t.candidates.len();
    let by_priority: Vec<usize> = (0..n).collect();
    let savings: Vec<i64> = (0..n).map(|i| alone(t, i)).collect();
    let sorted = |key: &dyn Fn(usize) -> i64| {
        let mut order = by_priority.clone();
        order.sort_by_key(|i| (-key(*i), *i));
        order
    };
    let by_saving = sorted(&|i| savings[i]);
    let weight = |i: usize| t.candidates[i].lines.iter().map(|l| w.lines[*l].price.0 * w.lines[*l].quantity.units()).sum::<i64>().max(1);
    let shares: Vec<i64> = (0..n).map(|i| savings[i] * 1_000_000 / weight(i)).collect();
    let by_share = sorted(&|i| shares[i]);
    let item = |i: &usize| {
        use crate::Kind::{AddOn, Amount, AnyOf, Combo, Flash, LimitedPrice, NthItem, Percent, TierPrice};
        let kind = &w.campaigns[t.candidates[*i].place].kind;
        matches!(kind, AddOn(_) | Amount(_) | AnyOf(_) | Combo(_) | Flash(_) | LimitedPrice(_) | NthItem(_) | Percent(_) | TierPrice(_))
    };
    let two: Vec<usize> = [true, false].iter().filter_map(|items| by_saving.iter().copied().find(|i| item(i) == *items)).collect();
    let plans = [in_order(w, t, &by_priority), in_order(w, t, &by_saving), in_order(w, t, &by_share)];
    let priority_greedy = pays(t, &plans[0]);
    let largest_alone = savings.iter().copied().max().unwrap_or(0).max(0);
    let largest_alone = pays(t, &vec![0; n]) - largest_alone;
    let plan = in_order(w, t, &two);
    let item_and_order = pays(t, &plan);
    let three_orderings = plans.iter().map(|p| pays(t, p)).min().unwrap_or(i64::MAX);
    let mut fifty_sequences = priority_greedy;
    for start in 0..n.min(50) {
        let order: Vec<usize> = (start..n).chain(0..start).collect();
        let plan = in_order(w, t, &order);
        fifty_sequences = fifty_sequences.min(pays(t, &plan));
    }
    // The one that takes most off what is left, again and again.
    let mut chosen: Vec<usize> = Vec::new();
    let mut marginal = pays(t, &vec![0; n]);
    loop {
        let mut better: Option<(i64, usize)> = None;
        for i in (0..n).filter(|i| !chosen.contains(i)) {
            let order: Vec<usize> = chosen.iter().copied().chain([i]).collect();
            let plan = in_order(w, t, &order);
            let costs = if plan[i] > 0 { pays(t, &plan) } else { i64::MAX };
            if costs < better.map_or(marginal, |(least, _)| least) {
                better = Some((costs, i));
            }
        }
        let Some((costs, i)) = better else { break };
        marginal = costs;
        chosen.push(i);
    }
    [priority_greedy, largest_alone, item_and_order, three_orderings, fifty_sequences, marginal]
}

/// All subsets and counts (a deal up to so often), with nothing left out before it is complete.
fn exhaustive(w: &World, t: &mut Table, deals: u32) -> i64 {
    use crate::Kind::{AnyOf, Combo, NthItem};
    let n = t.candidates.len();
    let deal: Vec<bool> = t.candidates.iter().map(|c| matches!(w.campaigns[c.place].kind, AnyOf(_) | Combo(_) | NthItem(_))).collect();
    let mut counts: Vec<u32> = vec![0; n];
    let mut least = i64::MAX;
    loop {
        let of = |i: usize| &w.campaigns[t.candidates[i].place];
        let legal = (0..n).all(|a| (0..a).all(|b| counts[a] == 0 || counts[b] == 0 || of(a).goes_with(of(b))));
        if legal {
            // What takes no units away applies as often as it can.
            let plan: Vec<u32> = (0..n).map(|i| if counts[i] > 0 && !deal[i] { u32::MAX } else { counts[i] }).collect();
            least = least.min(pays(t, &plan));
        }
        // The next one.
        let Some(i) = (0..n).find(|i| counts[*i] < if deal[*i] { deals } else { 1 }) else { return least };
        counts[i] += 1;
        counts[..i].fill(0);
    }
}

#[test]
fn given_random_carts_when_priced_then_no_strategy_of_others_costs_less() {
    let names = ["priority greedy", "largest alone", "item and order", "three orderings", "fifty sequences", "marginal value"];
    let mut wins = [0_u32; 6];
    let (mut carts, mut most) = (0, 0);
    for (lines, campaigns, seeds) in [(3, 6, 150), (8, 12, 60), (20, 40, 10)] {
        for seed in 0..seeds {
            let w = world(seed, lines, campaigns);
            let cart = w.cart();
            let mut t = Table::of(&cart);
            let theirs = oracles(&w, &mut t);
            let a = w.answer();
            most = most.max(a.search.evaluations);
            carts += 1;
            for (i, costs) in theirs.into_iter().enumerate() {
                assert!(a.totals.total.0 <= costs, "{} costs {costs}, we ask {} (seed {seed}, {lines} × {campaigns})", names[i], a.totals.total);
                wins[i] += u32::from(a.totals.total.0 < costs);
            }
        }
    }
    for (name, wins) in names.iter().zip(wins) {
        println!("{name}: strictly dearer in {wins} of {carts} carts");
    }
    println!("evaluations: {most} at most, bound {}, exact up to {} combinations", crate::BOUND, crate::EXACT);
    assert!(most <= crate::BOUND.max(u32::try_from(crate::EXACT).unwrap()) + 1);
    assert!(wins.iter().sum::<u32>() > 0, "the carts are too simple to tell");
}

#[test]
fn given_small_carts_when_priced_then_no_legal_combination_costs_less() {
    let mut exact = 0;
    for seed in 1_000..1_150 {
        let w = world(seed, 4, 5);
        let cart = w.cart();
        let mut t = Table::of(&cart);
        let a = w.answer();
        // Five deals of ten times each are more than the engine looks at.
        if a.search.exact {
            exact += 1;
            // Four lines of five units are ten pairs.
            assert_eq!(a.totals.total.0, exhaustive(&w, &mut t, 10), "seed {seed}");
        }
    }
    assert!(exact > 140, "{exact} of 150");
}

#[test]
fn given_eight_lines_and_eight_campaigns_when_priced_then_no_legal_combination_costs_less() {
    use crate::Kind::{AnyOf, Combo, NthItem};
    let (mut compared, mut exact, mut all) = (0, 0, 0);
    for seed in 5_000..5_200 {
        let w = world(seed, 8, 8);
        let a = w.answer();
        all += 1;
        exact += u32::from(a.search.exact);
        let cart = w.cart();
        let mut t = Table::of(&cart);
        // Each deal has up to twelve choices: of more than one the slow search has too many to look at in a test.
        let deals = t.candidates.iter().filter(|c| matches!(w.campaigns[c.place].kind, AnyOf(_) | Combo(_) | NthItem(_))).count();
        if a.search.exact && deals <= 1 && compared < 25 {
            compared += 1;
            assert_eq!(a.totals.total.0, exhaustive(&w, &mut t, crate::CHOICES), "seed {seed}");
        }
    }
    println!("8 × 8: {exact} of {all} carts exact, {compared} compared with every combination");
    assert!(compared >= 15 && exact * 4 > all, "{compared} compared, {exact} of {all} exact");
}

#[test]
fn given_long_carts_and_many_campaigns_when_priced_then_the_steps_stay_below_their_bound() {
    for (lines, campaigns) in [(40, 100), (40, 1_000), (200, 25)] {
        for seed in 0..3 {
            let w = world(seed, lines, campaigns);
            let cart = w.cart();
            let mut t = Table::of(&cart);
            let (plan, _) = t.best();
            let most = crate::WORK + crate::WORK / 2;
            // The orderings are looked at in any case, and what is begun is ended.
            assert!(t.work <= most + 6 * t.steps(&vec![1; t.candidates.len()]), "{lines} × {campaigns}: {} steps", t.work);
            assert!(t.evaluations <= crate::BOUND + 1, "{lines} × {campaigns}: {}", t.evaluations);
            let none = t.score(&vec![0; plan.len()]);
            assert!(!none.beats(&t.score(&plan)));
        }
    }
}

#[test]
fn given_campaigns_when_one_asks_which_go_together_then_figures_say_what_names_do() {
    for seed in 0..60 {
        let w = world(seed, 6, 12);
        let cart = w.cart();
        let t = Table::of(&cart);
        for (i, a) in t.candidates.iter().enumerate() {
            for (j, b) in t.candidates.iter().enumerate().filter(|(j, _)| *j != i) {
                let named = w.campaigns[a.place].goes_with(&w.campaigns[b.place]);
                assert_eq!(t.together(i, j), named, "seed {seed}: {} and {}", w.campaigns[a.place].title, w.campaigns[b.place].title);
            }
        }
    }
}
