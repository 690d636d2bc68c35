//! What is offered to a cart: the campaigns in view with what is left of them, and who buys.

use std::collections::BTreeMap;

use liandian_pricing::{Answer, Campaign, Cart, Customer, Line, Moment, NotApplied, Why, price};
use liandian_types::{
    Fen, Fulfilment, MemberId, SkuId, StoreId, Timestamp,
    api::{QuoteDiscount, QuoteMissed},
};
use serde::{Deserialize, Serialize};

use crate::{
    Refusable,
    marketing::used::{Applied, Limits},
    stores::hours::{CHINA, day, offset_min},
};

/// A campaign in view of a cart.
#[derive(Debug, Clone, PartialEq)]
pub struct InView {
    /// The campaign, with what is left of it.
    pub campaign: Campaign,
    /// Up to where it applies.
    pub limits: Limits,
    /// Which version of it this is.
    pub version: u64,
}

/// A gift that goes with an order, handed over at the counter. The clerk takes it from what the store has for that: no stock is reserved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gift {
    /// What.
    pub sku: SkuId,
    /// What it was called then.
    pub name: String,
    /// How many.
    pub units: u32,
}

/// What is offered to a cart. By default nothing is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Offered {
    /// The campaigns.
    pub campaigns: Vec<InView>,
    /// Who buys, as far as it is known.
    pub customer: Customer,
    /// What the goods are called that campaigns give.
    pub names: BTreeMap<SkuId, String>,
}

/// The day by which campaigns are counted: the same in all stores.
#[must_use]
pub fn counting_day(now: Timestamp) -> String {
    day(now, CHINA).to_string()
}

impl Offered {
    /// Is there nothing on offer?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.campaigns.is_empty()
    }

    /// What the lines cost with what is offered.
    ///
    /// # Errors
    /// `bad_request` for a cart whose sums do not fit.
    pub fn price(
        &self,
        store: &StoreId,
        zone: &str,
        lines: &[Line],
        fulfilment: Fulfilment,
        distance_m: Option<u32>,
        now: Timestamp,
    ) -> Refusable<Answer> {
        let campaigns: Vec<Campaign> = self.campaigns.iter().map(|c| c.campaign.clone()).collect();
        price(&Cart {
            store,
            lines,
            fulfilment,
            distance_m,
            customer: self.customer,
            coupons: &[],
            campaigns: &campaigns,
            now: moment(now, zone),
            points_per_yuan: 0,
        })
    }

    /// The campaigns of an answer as the order keeps them.
    #[must_use]
    pub fn applied(&self, answer: &Answer, member: &MemberId, now: Timestamp) -> Vec<Applied> {
        let today = counting_day(now);
        let of = |d: &liandian_pricing::Discount| {
            let c = self.campaigns.iter().find(|c| c.campaign.campaign == d.campaign)?;
            Some(Applied::of(d, &c.campaign, &c.limits, c.limits.counters(Some(member), &today)))
        };
        answer.discounts.iter().filter_map(of).collect()
    }

    /// The gifts of an answer, as the order keeps them.
    #[must_use]
    pub fn gifts(&self, answer: &Answer) -> Vec<Gift> {
        answer.gifts.iter().map(|g| Gift { sku: g.sku.clone(), name: self.gift_name(&g.sku), units: g.units }).collect()
    }

    /// What a gift is called.
    #[must_use]
    pub fn gift_name(&self, sku: &SkuId) -> String {
        self.names.get(sku).cloned().unwrap_or_else(|| sku.to_string())
    }

    /// The limits of a campaign.
    #[must_use]
    pub fn limits(&self, applied: &Applied) -> Limits {
        self.campaigns.iter().find(|c| c.campaign.campaign == applied.campaign).map(|c| c.limits).unwrap_or_default()
    }

    /// Why campaigns do not apply, for the customer: those that he could still have, and those that others shut out. What is for other people, days
    /// or stores is none of his business.
    #[must_use]
    pub fn missed(&self, answer: &Answer, zone: &str, now: Timestamp) -> Vec<QuoteMissed> {
        let moment = moment(now, zone);
        let told = |n: &NotApplied| {
            let near = n.why.is_near();
            n.why.is_told().then(|| QuoteMissed {
                campaign: n.campaign.clone(),
                title: n.title.clone(),
                why: n.why.text(moment),
                more: near.then(|| self.way_to_more(n)),
            })
        };
        answer.not_applied.iter().filter_map(told).collect()
    }

    /// That a campaign is used up, if one is: it may be why a cart costs more than its customer saw.
    #[must_use]
    pub fn used_up(answer: &Answer) -> String {
        let gone = answer.not_applied.iter().find(|n| matches!(n.why, Why::Budget | Why::UsedUp | Why::SoldOut));
        gone.map(|n| format!("「{}」名额已用完，", n.title)).unwrap_or_default()
    }

    /// Where its goods are found, below the store's own path.
    fn way_to_more(&self, n: &NotApplied) -> String {
        let scope = self.campaigns.iter().find(|c| c.campaign.campaign == n.campaign).map(|c| &c.campaign.scope);
        match scope {
            Some(s) if s.skus.len() == 1 => s.skus.first().map(|sku| format!("/p/{sku}")).unwrap_or_default(),
            Some(s) => s.categories.first().map(|c| format!("/c/{c}")).unwrap_or_default(),
            None => String::new(),
        }
    }
}

/// The campaigns of an answer as a customer reads them.
#[must_use]
pub fn told(answer: &Answer) -> Vec<QuoteDiscount> {
    let told = |d: &liandian_pricing::Discount| QuoteDiscount {
        campaign: d.campaign.clone(),
        title: d.title.clone(),
        times: d.times,
        goods: d.goods,
        delivery: d.delivery,
    };
    answer.discounts.iter().filter(|d| d.goods + d.delivery > Fen::ZERO).map(told).collect()
}

/// Now, by the clock of the store.
pub(crate) fn moment(now: Timestamp, zone: &str) -> Moment {
    Moment { at: now, zone_min: offset_min(now, zone), month_day: u8::try_from(day(now, zone).day()).unwrap_or(1) }
}
