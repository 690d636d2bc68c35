//! What is offered to a cart: the campaigns in view with what is left of them, and who buys.

use std::collections::BTreeMap;

use liandian_pricing::{Answer, Campaign, Cart, Customer, Fees, Kind, Line, Moment, NotApplied, Why, price};
use liandian_types::{
    Code, Fen, Fulfilment, MemberId, Problem, SkuId, StoreId, Timestamp,
    api::{CampaignGift, QuoteAddOn, QuoteDiscount, QuoteLine, QuoteMissed},
};
use serde::{Deserialize, Serialize};

use crate::{
    Refusable,
    marketing::{
        used::{Applied, Counter, Limits},
        wallet::Wallet,
    },
    stores::hours::{CHINA, day, offset_min},
};

/// A campaign in view of a cart.
#[derive(Debug, Clone, PartialEq)]
pub struct InView {
    /// The campaign, with what is left of it.
    pub campaign: Campaign,
    /// Up to where it applies.
    pub limits: Limits,
    /// What is left of each part of its units; empty when they are counted in one row.
    pub parts: Vec<u32>,
    /// Which version of it this is.
    pub version: u64,
}

impl InView {
    /// Where an order of this member counts so many units: each member begins to look at another part, so that a crowd spreads over all of them.
    fn part(&self, member: &MemberId, units: u32) -> Option<Counter> {
        let many = u32::try_from(self.parts.len()).ok().filter(|n| *n > 0)?;
        let hash = member.as_str().bytes().fold(0x811c_9dc5_u32, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193));
        let places = || (0..many).map(move |i| (hash % many + i) % many).filter_map(|i| usize::try_from(i).ok());
        let fits = |i: &usize| self.parts.get(*i).is_some_and(|left| *left >= units);
        // Where none has so many, the commit refuses it, and what is then is looked at.
        let at = places().find(fits).or_else(|| places().next())?;
        u8::try_from(at).ok().map(Counter::Part)
    }
}

/// A gift that goes with an order, from the store's shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gift {
    /// What.
    pub sku: SkuId,
    /// What it was called then.
    pub name: String,
    /// How many.
    pub units: u32,
    /// Is its stock promised to the order, as that of a line is? Orders of before had what the counter had for that.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub promised: bool,
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
    /// The coupons beside the cart; those that the engine is asked about are campaigns in view, too.
    pub wallet: Wallet,
    /// The goods that may be added for little, as the store sells them otherwise; what it does not sell or have is not in it.
    pub sold: BTreeMap<SkuId, QuoteLine>,
    /// What the chain asks for bringing goods.
    pub fees: Fees,
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
        let campaigns = self.asked(lines);
        price(&Cart {
            store,
            lines,
            fulfilment,
            distance_m,
            customer: self.customer,
            coupons: &self.wallet.in_play(),
            campaigns: &campaigns,
            now: moment(now, zone),
            points_per_yuan: 0,
            fees: self.fees,
        })
    }

    /// The campaigns as the engine is asked about them for these lines.
    #[must_use]
    pub fn asked(&self, lines: &[Line]) -> Vec<Campaign> {
        let mut campaigns: Vec<Campaign> = self.campaigns.iter().map(|c| c.campaign.clone()).collect();
        promise_once(&mut campaigns, lines);
        campaigns
    }

    /// The campaigns of an answer as the order keeps them.
    #[must_use]
    pub fn applied(&self, answer: &Answer, member: &MemberId, now: Timestamp) -> Vec<Applied> {
        let today = counting_day(now);
        let of = |d: &liandian_pricing::Discount| {
            let c = self.campaigns.iter().find(|c| c.campaign.campaign == d.campaign)?;
            let part = c.part(member, d.times);
            let mut counters = c.limits.counters(Some(member), &today);
            counters.retain(|k| !matches!(k, Counter::Part(_)) || Some(k) == part.as_ref());
            Some(Applied::of(d, &c.campaign, &c.limits, counters))
        };
        answer.discounts.iter().filter_map(of).collect()
    }

    /// The gifts of an answer, as the order keeps them: each SKU once.
    #[must_use]
    pub fn gifts(&self, answer: &Answer) -> Vec<Gift> {
        let mut all: Vec<Gift> = Vec::new();
        for g in &answer.gifts {
            match all.iter_mut().find(|had| had.sku == g.sku) {
                Some(had) => had.units += g.units,
                None => all.push(Gift { sku: g.sku.clone(), name: self.gift_name(&g.sku), units: g.units, promised: true }),
            }
        }
        all
    }

    /// Does the order have the gifts that its customer was told of? One that is used up meanwhile is no reason to sell without a word.
    ///
    /// # Errors
    /// `price_changed` naming the gift.
    pub fn keeps(&self, told: &[CampaignGift], gifts: &[Gift]) -> Refusable<()> {
        let mut wanted: BTreeMap<&SkuId, u32> = BTreeMap::new();
        for g in told {
            let units = wanted.entry(&g.sku).or_default();
            *units = units.saturating_add(g.units);
        }
        let has = |sku: &SkuId| gifts.iter().filter(|g| g.sku == *sku).map(|g| g.units).sum::<u32>();
        match wanted.into_iter().find(|(sku, units)| has(sku) < *units) {
            Some((sku, _)) => {
                let detail = format!("赠品「{}」已领完，请确认后重新下单", self.gift_name(sku));
                Err(Problem::new(Code::PriceChanged, detail).at("expect_gifts"))
            }
            None => Ok(()),
        }
    }

    /// What may be added to the cart for little, as far as the store sells it and has more than the lines take.
    #[must_use]
    pub fn add_ons(&self, answer: &Answer) -> Vec<QuoteAddOn> {
        let of = |o: &liandian_pricing::AddOnOffer| {
            let sold = self.sold.get(&o.sku)?;
            let bought = answer.lines.iter().find(|l| l.sku == o.sku).map_or(0, |l| l.quantity.get());
            let units = o.units.min(sold.available.saturating_sub(bought));
            let c = self.campaigns.iter().map(|c| &c.campaign).find(|c| offers(c, &o.sku, o.price))?;
            let name = format!("{} {}", sold.name, sold.spec).trim_end().to_owned();
            (units > 0 && o.price < sold.price).then(|| QuoteAddOn {
                campaign: c.campaign.clone(),
                title: c.title.clone(),
                sku: o.sku.clone(),
                name,
                picture: sold.picture.clone(),
                price: o.price,
                list: sold.price,
                units,
            })
        };
        answer.add_ons.iter().filter_map(of).collect()
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
            let gift = || self.campaigns.iter().any(|c| c.campaign.campaign == n.campaign && matches!(c.campaign.kind, Kind::Gift(_)));
            n.why.is_told().then(|| QuoteMissed {
                campaign: n.campaign.clone(),
                title: n.title.clone(),
                why: if n.why == Why::SoldOut && gift() { GIFTS_GONE.to_owned() } else { n.why.text(moment) },
                more: near.then(|| self.way_to_more(n)),
            })
        };
        let mut all: Vec<QuoteMissed> = answer.not_applied.iter().filter(|n| !self.wallet.has(&n.campaign)).filter_map(told).collect();
        // A page shows a few: first those that some more goods bring.
        all.sort_by_key(|m| m.more.is_none());
        all
    }

    /// Where its goods are found, below the store's own path: on the page of the only one, or on the campaign's own.
    fn way_to_more(&self, n: &NotApplied) -> String {
        let scope = self.campaigns.iter().find(|c| c.campaign.campaign == n.campaign).map(|c| &c.campaign.scope);
        match scope.map(|s| s.skus.as_slice()) {
            Some([sku]) => format!("/p/{sku}"),
            _ => format!("/deals/{}", n.campaign),
        }
    }

    /// That a campaign is used up, if one is: it may be why a cart costs more than its customer saw.
    #[must_use]
    pub fn used_up(answer: &Answer) -> String {
        let gone = answer.not_applied.iter().find(|n| matches!(n.why, Why::Budget | Why::UsedUp | Why::SoldOut));
        gone.map(|n| format!("「{}」名额已用完，", n.title)).unwrap_or_default()
    }
}

/// That a gift is not to be had any more.
const GIFTS_GONE: &str = "赠品已领完";

/// Does this campaign offer that for so much?
fn offers(c: &Campaign, sku: &SkuId, price: Fen) -> bool {
    matches!(&c.kind, Kind::AddOn(k) if k.items.iter().any(|i| i.sku == *sku && i.price == price))
}

/// What the lines take of a shelf, or another campaign gives, is not there to be given once more.
fn promise_once(campaigns: &mut [Campaign], lines: &[Line]) {
    let mut taken: BTreeMap<SkuId, u32> = lines.iter().map(|l| (l.sku.clone(), l.quantity.get())).collect();
    for c in campaigns {
        if let Kind::Gift(k) = &mut c.kind {
            for g in &mut k.gifts {
                let had = taken.entry(g.sku.clone()).or_default();
                g.stock = g.stock.saturating_sub(*had);
                *had = had.saturating_add(g.units);
            }
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
