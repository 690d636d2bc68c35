//! What an order was priced with: everything that its price depends on, in few bytes, so that the same engine can be asked again why it cost what it
//! did. Of a campaign it keeps which version it was and what was left of it; the campaign itself is kept once for all orders, by version.

use liandian_pricing::{Answer, Campaign, Cart, Coupon, Customer, Fees, Kind, Left, Level, Line, Moment, Question, Why, price};
use liandian_types::{CampaignId, CouponId, Fen, Fulfilment, Quantity, SkuId, StoreId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Refusable,
    marketing::offered::{Offered, moment},
};

/// At most so many campaigns are kept that did not apply and could not have: they only explain.
const EXPLAINED: usize = 12;

/// What was left of a campaign, and which version of it there was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Which.
    pub campaign: CampaignId,
    /// Its version.
    pub version: u64,
    /// What was left of it for this order: `cart` and `budget`.
    pub left: Left,
    /// What was left of its own stock: of a flash sale in all and for the person, of gifts each.
    pub stock: Vec<u32>,
}

/// What an order was priced with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Wire", into = "Wire")]
pub struct PricedWith {
    /// The store's clock, in minutes ahead of UTC.
    pub zone_min: i32,
    /// Day of the month there.
    pub month_day: u8,
    /// Who bought.
    pub customer: Customer,
    /// [`Answer::fingerprint`] of the answer that the order was placed with.
    pub fingerprint: u64,
    /// What the customer was to pay.
    pub total: Fen,
    /// The lines as they were placed.
    pub lines: Vec<Line>,
    /// The campaigns.
    pub terms: Vec<Term>,
    /// The coupons that were used.
    pub coupons: Vec<Coupon>,
    /// What the chain asked for bringing goods.
    pub fees: Fees,
}

/// A line: SKU, quantity, price, floor, category, brand, marks, grams.
type WireLine = (SkuId, Quantity, Fen, Fen, String, String, Vec<String>, u32);
/// A campaign: which, its version, what was left for the cart, its budget, its stock.
type WireTerm = (CampaignId, u64, Option<u32>, Option<Fen>, Vec<u32>);

/// As it is kept: lists without names. What comes later goes to the end.
#[derive(Serialize, Deserialize)]
struct Wire(i32, u8, (u8, bool, bool), u64, Fen, Vec<WireLine>, Vec<WireTerm>, Vec<(CouponId, CampaignId)>, Fees);

impl From<PricedWith> for Wire {
    fn from(p: PricedWith) -> Self {
        let line = |l: Line| (l.sku, l.quantity, l.price, l.floor, l.category, l.brand, l.marks, l.weight_g);
        let term = |t: Term| (t.campaign, t.version, t.left.cart, t.left.budget, t.stock);
        Wire(
            p.zone_min,
            p.month_day,
            (p.customer.tier, p.customer.new, p.customer.birthday),
            p.fingerprint,
            p.total,
            p.lines.into_iter().map(line).collect(),
            p.terms.into_iter().map(term).collect(),
            p.coupons.into_iter().map(|c| (c.coupon, c.campaign)).collect(),
            p.fees,
        )
    }
}

impl From<Wire> for PricedWith {
    fn from(w: Wire) -> Self {
        let Wire(zone_min, month_day, (tier, new, birthday), fingerprint, total, lines, terms, coupons, fees) = w;
        let line = |(sku, quantity, price, floor, category, brand, marks, weight_g): WireLine| Line {
            sku,
            quantity,
            price,
            floor,
            category,
            brand,
            marks,
            weight_g,
        };
        let term =
            |(campaign, version, cart, budget, stock): WireTerm| Term { campaign, version, left: Left { cart, budget, ..Left::default() }, stock };
        Self {
            zone_min,
            month_day,
            customer: Customer { tier, new, birthday },
            fingerprint,
            total,
            lines: lines.into_iter().map(line).collect(),
            terms: terms.into_iter().map(term).collect(),
            coupons: coupons.into_iter().map(|(coupon, campaign)| Coupon { coupon, campaign }).collect(),
            fees,
        }
    }
}

/// The stock that a campaign has of its own, as its rule knows it.
fn stock(kind: &Kind) -> Vec<u32> {
    match kind {
        Kind::Flash(k) => vec![k.stock, k.per_person],
        Kind::Gift(k) => k.gifts.iter().map(|g| g.stock).collect(),
        _ => Vec::new(),
    }
}

/// A campaign as it was then, for these lines.
fn then(mut c: Campaign, t: &Term, lines: &[Line], at: Timestamp) -> Campaign {
    c.left = t.left.clone();
    let keeps_floor = !(c.breaks_floor && c.level == Level::Hq);
    match &mut c.kind {
        // What is offered is what it costs: an add-on was offered for no less than its floor.
        Kind::AddOn(k) if keeps_floor => {
            for i in &mut k.items {
                let floor = lines.iter().find(|l| l.sku == i.sku).map(|l| l.floor);
                i.price = floor.map_or(i.price, |floor| i.price.max(floor));
            }
        }
        // Each coupon has days of its own, which the order was within.
        Kind::Coupon(_) => (c.schedule.from, c.schedule.until) = (c.schedule.from.min(at), c.schedule.until.max(at.plus(1))),
        Kind::Flash(k) => {
            if let [all, person] = t.stock[..] {
                (k.stock, k.per_person) = (all, person);
            }
        }
        Kind::Gift(k) => {
            for (gift, stock) in k.gifts.iter_mut().zip(&t.stock) {
                gift.stock = *stock;
            }
        }
        _ => {}
    }
    c
}

impl PricedWith {
    /// What this answer was found with.
    #[must_use]
    pub fn of(answer: &Answer, lines: Vec<Line>, offered: &Offered, zone: &str, now: Timestamp) -> Self {
        let Moment { zone_min, month_day, .. } = moment(now, zone);
        let mut explained = 0;
        let mut terms = Vec::new();
        for (c, asked) in offered.campaigns.iter().zip(offered.asked(&lines)) {
            let why = answer.not_applied.iter().find(|n| n.campaign == c.campaign.campaign).map(|n| &n.why);
            let kept = match why {
                None => true,
                // These never could apply to this cart, and nobody asks.
                Some(Why::Over | Why::OtherDay | Why::OtherStore | Why::NotForYou | Why::NoCoupon) => false,
                Some(Why::NoGoods) => lines.iter().any(|l| c.campaign.scope.holds(l)),
                // Nor could these, but somebody may ask.
                Some(Why::NotYet { .. } | Why::OtherHour { .. } | Why::UsedUp) => {
                    explained += 1;
                    explained <= EXPLAINED
                }
                Some(_) => true,
            };
            if kept {
                let left = Left { cart: c.campaign.left.cart, budget: c.campaign.left.budget, ..Left::default() };
                terms.push(Term { campaign: c.campaign.campaign.clone(), version: c.version, left, stock: stock(&asked.kind) });
            }
        }
        let used = |d: &liandian_pricing::Discount| Some(Coupon { coupon: d.coupon.as_ref()?.0.clone(), campaign: d.campaign.clone() });
        Self {
            zone_min,
            month_day,
            customer: offered.customer,
            fingerprint: answer.fingerprint(),
            total: answer.totals.total,
            lines,
            terms,
            coupons: answer.discounts.iter().filter_map(used).collect(),
            fees: offered.fees,
        }
    }

    /// Which versions of campaigns it takes to ask again.
    #[must_use]
    pub fn versions(&self) -> Vec<(CampaignId, u64)> {
        self.terms.iter().map(|t| (t.campaign.clone(), t.version)).collect()
    }

    /// Asks the engine again, with those campaigns that are still known.
    ///
    /// # Errors
    /// `bad_request` for what no order is.
    pub fn again(&self, order: &Placed<'_>, known: &[Campaign]) -> Refusable<Replay> {
        let found = |t: &Term| known.iter().find(|c| c.campaign == t.campaign).map(|c| then(c.clone(), t, &self.lines, order.at));
        let campaigns: Vec<Campaign> = self.terms.iter().filter_map(found).collect();
        let lost = self.terms.iter().filter(|t| known.iter().all(|c| c.campaign != t.campaign)).map(|t| t.campaign.clone()).collect();
        let now = Moment { at: order.at, zone_min: self.zone_min, month_day: self.month_day };
        let answer = price(&Cart {
            store: order.store,
            lines: &self.lines,
            fulfilment: order.fulfilment,
            distance_m: order.distance_m,
            customer: self.customer,
            coupons: &self.coupons,
            campaigns: &campaigns,
            now,
            points_per_yuan: 0,
            fees: self.fees,
        })?;
        let identical = answer.fingerprint() == self.fingerprint && answer.totals.total == self.total;
        Ok(Replay { answer, campaigns, lost, identical, now })
    }
}

/// What an order says of itself.
#[derive(Debug, Clone, Copy)]
pub struct Placed<'a> {
    /// Where.
    pub store: &'a StoreId,
    /// How.
    pub fulfilment: Fulfilment,
    /// Metres to the recipient.
    pub distance_m: Option<u32>,
    /// When.
    pub at: Timestamp,
}

/// An order's price, found again.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    /// What the engine answers now.
    pub answer: Answer,
    /// With these campaigns.
    pub campaigns: Vec<Campaign>,
    /// Whose versions nobody knows any more.
    pub lost: Vec<CampaignId>,
    /// Is it the same price for the same reasons?
    pub identical: bool,
    /// The moment that was asked about.
    pub now: Moment,
}

/// What a browser needs to price a cart by itself until the store answers: nothing that is not the customer's business, and no campaign that is about
/// none of these goods.
#[must_use]
pub fn question(lines: Vec<Line>, offered: &Offered, store: &StoreId, zone: &str, now: Timestamp) -> Question {
    let shown = |c: &Campaign| {
        let budget = c.left.budget.filter(|b| *b <= Fen::ZERO);
        Campaign {
            // Who bears it, how much is left of its money and where else it runs is told to nobody.
            hq_bears: liandian_pricing::HqBears(0),
            left: Left { budget, ..c.left.clone() },
            stores: Vec::new(),
            ..c.clone()
        }
    };
    let about = |c: &Campaign| lines.iter().any(|l| c.scope.holds(l));
    let campaigns = offered.asked(&lines).iter().filter(|c| about(c)).map(shown).collect();
    Question {
        store: store.clone(),
        lines,
        fulfilment: Fulfilment::Pickup,
        distance_m: None,
        customer: offered.customer,
        // The customer's own: a price without them would be another one than the store's answer has.
        coupons: offered.wallet.in_play(),
        campaigns,
        now: moment(now, zone),
        points_per_yuan: 0,
        fees: offered.fees,
    }
}
