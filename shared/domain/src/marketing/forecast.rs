//! What a campaign would have cost on orders of before it: each is priced again with it and without, by the engine that prices carts.

use liandian_pricing::{Campaign, Customer, Fees, Left, Line, Schedule, Why};
use liandian_types::{Fen, Fulfilment, StoreId, Timestamp};

use crate::{
    Refusable,
    marketing::{
        offered::{InView, Offered},
        used::Limits,
    },
};

/// An order of before, as far as prices go by it.
#[derive(Debug, Clone, PartialEq)]
pub struct Past<'a> {
    /// Where.
    pub store: &'a StoreId,
    /// By whose clock.
    pub zone: &'a str,
    /// What, at the list prices of then.
    pub lines: Vec<Line>,
    /// How.
    pub fulfilment: Fulfilment,
    /// Metres to the customer.
    pub distance_m: Option<u32>,
    /// When.
    pub at: Timestamp,
    /// What the chain asks for bringing goods.
    pub fees: Fees,
}

/// What a campaign would have done to orders.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Orders that were looked at.
    pub orders: u32,
    /// Those that would have had it.
    pub hits: u32,
    /// What it would have taken off, beside the others.
    pub cost: Fen,
    /// What those would have come to.
    pub sales: Fen,
    /// Those that missed it by money or by units.
    pub near: u32,
    /// The money that these lacked.
    pub missing: Fen,
}

impl Outcome {
    /// With another one.
    #[must_use]
    pub fn plus(self, o: Self) -> Self {
        Self {
            orders: self.orders + o.orders,
            hits: self.hits + o.hits,
            cost: self.cost + o.cost,
            sales: self.sales + o.sales,
            near: self.near + o.near,
            missing: self.missing + o.missing,
        }
    }
}

/// A campaign as if its time were that of an order: on its days and at its hours, without limits, of which nobody knows what was left.
fn then(c: &Campaign, at: Timestamp) -> InView {
    let schedule = Schedule { from: at, until: at.plus(1), ..c.schedule.clone() };
    InView { campaign: Campaign { schedule, left: Left::default(), ..c.clone() }, limits: Limits::default(), version: 0, parts: Vec::new() }
}

/// What a campaign would have done to an order, beside `others` that would have run as well. Who bought is not known: what is for new customers alone
/// counts for all.
///
/// # Errors
/// `bad_request` for a cart whose sums do not fit.
pub fn replay(past: &Past<'_>, campaign: &Campaign, others: &[Campaign]) -> Refusable<Outcome> {
    let customer = Customer { new: campaign.audience.new_only, ..Customer::default() };
    // Nobody knows who held a coupon.
    let mut campaigns: Vec<InView> =
        others.iter().filter(|o| o.coupon.is_none() && o.campaign != campaign.campaign).map(|c| then(c, past.at)).collect();
    let priced = |campaigns: Vec<InView>| {
        let offered = Offered { campaigns, customer, fees: past.fees, ..Offered::default() };
        offered.price(past.store, past.zone, &past.lines, past.fulfilment, past.distance_m, past.at)
    };
    let without = priced(campaigns.clone())?;
    campaigns.push(then(campaign, past.at));
    let with = priced(campaigns)?;
    let hit = with.discounts.iter().any(|d| d.campaign == campaign.campaign) || with.gifts.len() > without.gifts.len();
    let why = with.not_applied.iter().find(|n| n.campaign == campaign.campaign).map(|n| &n.why);
    let (near, missing) = match why {
        Some(Why::Below { missing }) => (1, *missing),
        Some(Why::Few { .. }) => (1, Fen::ZERO),
        _ => (0, Fen::ZERO),
    };
    Ok(Outcome {
        orders: 1,
        hits: u32::from(hit),
        cost: without.totals.total - with.totals.total,
        sales: if hit { with.totals.total } else { Fen::ZERO },
        near,
        missing,
    })
}

/// What a campaign costs a day in `all` stores, by some of them: each with what it would have cost there, and in how many days.
#[must_use]
pub fn daily(sample: &[(Fen, i64)], all: usize) -> Fen {
    let many = i64::try_from(sample.len()).unwrap_or(i64::MAX).max(1);
    let all = i64::try_from(all).unwrap_or(i64::MAX);
    let a_day: i64 = sample.iter().map(|(cost, days)| cost.0 / (*days).max(1)).sum();
    Fen(a_day.saturating_mul(all) / many)
}

#[cfg(test)]
mod tests {
    use liandian_pricing::{
        Audience, HqBears, Kind, Level, OnLoss, Scope,
        kinds::{Delivery, Percent, Step, Steps},
    };
    use liandian_types::Quantity;

    use super::*;

    fn campaign(id: &str, kind: Kind) -> Campaign {
        Campaign {
            campaign: id.parse().unwrap(),
            title: "试".into(),
            level: Level::Hq,
            priority: 0,
            kind,
            scope: Scope::default(),
            group: None,
            beside_hq: false,
            breaks_floor: false,
            audience: Audience::default(),
            schedule: Schedule { from: Timestamp(0), until: Timestamp(1), weekdays: 0, month_days: 0, minutes: None },
            stores: Vec::new(),
            fulfilments: Vec::new(),
            left: Left { budget: Some(Fen::ZERO), ..Left::default() },
            coupon: None,
            on_loss: OnLoss::Keep,
            hq_bears: HqBears(1_000),
        }
    }

    fn steps() -> Campaign {
        campaign("cmp_new", Kind::Steps(Steps { steps: vec![Step { from: Fen(3_000), off: Fen(500) }], repeat: 1 }))
    }

    fn past(store: &StoreId, units: u32) -> Past<'_> {
        let line = Line {
            sku: "sku_1".parse().unwrap(),
            quantity: Quantity::new(units).unwrap(),
            price: Fen(1_000),
            floor: Fen::ZERO,
            category: "dairy".into(),
            brand: String::new(),
            marks: Vec::new(),
            weight_g: 0,
        };
        // Monday, the 23rd of November 2026, 16:00 in China.
        let at = Timestamp(1_795_420_800_000);
        Past { store, zone: "Asia/Shanghai", lines: vec![line], fulfilment: Fulfilment::Pickup, distance_m: None, at, fees: Fees::USUAL }
    }

    #[test]
    fn given_orders_of_before_when_priced_again_then_those_at_the_threshold_have_it_and_those_below_say_what_is_missing() {
        let store: StoreId = "sto_1".parse().unwrap();
        let at = replay(&past(&store, 3), &steps(), &[]).unwrap();
        assert_eq!(
            at,
            Outcome { orders: 1, hits: 1, cost: Fen(500), sales: Fen(2_500), near: 0, missing: Fen::ZERO },
            "whatever its time and budget"
        );
        let below = replay(&past(&store, 2), &steps(), &[]).unwrap();
        assert_eq!(below, Outcome { orders: 1, hits: 0, cost: Fen::ZERO, sales: Fen::ZERO, near: 1, missing: Fen(1_000) });
        assert_eq!(at.plus(below), Outcome { orders: 2, hits: 1, cost: Fen(500), sales: Fen(2_500), near: 1, missing: Fen(1_000) });
        // On its days alone: that was a Monday.
        let tuesday = Campaign { schedule: Schedule { weekdays: 2, ..steps().schedule }, ..steps() };
        assert_eq!(replay(&past(&store, 3), &tuesday, &[]).unwrap().hits, 0);
    }

    #[test]
    fn given_another_campaign_when_an_order_is_priced_again_then_only_what_comes_on_top_is_the_cost() {
        let store: StoreId = "sto_1".parse().unwrap();
        let half = campaign("cmp_half", Kind::Percent(Percent { off: 500 }));
        // Of 60 yuan half is left before the steps: 30 − 5.
        let both = replay(&past(&store, 6), &steps(), std::slice::from_ref(&half)).unwrap();
        assert_eq!((both.hits, both.cost, both.sales), (1, Fen(500), Fen(2_500)));
        let itself = replay(&past(&store, 3), &steps(), &[steps()]).unwrap();
        assert_eq!(itself.cost, Fen(500), "it is not beside itself");
    }

    #[test]
    fn given_the_chains_own_fees_when_a_campaign_on_the_fee_is_forecast_then_it_costs_what_they_ask() {
        let store: StoreId = "sto_1".parse().unwrap();
        let free = campaign("cmp_free", Kind::Delivery(Delivery { from: Fen::ZERO, metres: None, grams: None, fee: Fen::ZERO }));
        let cost = |fees: Fees| {
            let past = Past { fulfilment: Fulfilment::Delivery, distance_m: Some(900), fees, ..past(&store, 1) };
            replay(&past, &free, &[]).unwrap().cost
        };
        assert_eq!((cost(Fees::USUAL), cost(Fees { base: Fen(900), ..Fees::USUAL })), (Fen(400), Fen(900)));
    }

    #[test]
    fn given_a_sample_of_stores_when_the_cost_of_a_day_is_told_then_it_is_that_of_all_of_them() {
        assert_eq!(daily(&[(Fen(3_000), 30), (Fen(1_000), 10)], 10), Fen(1_000));
        assert_eq!((daily(&[], 10), daily(&[(Fen(100), 0)], 1)), (Fen(0), Fen(100)));
    }
}
