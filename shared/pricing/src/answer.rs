//! What the engine answers, and the engine.

use liandian_types::{CampaignId, Code, CouponId, Fen, Problem};
use serde::{Deserialize, Serialize};

use crate::{
    AddOnOffer, Cart, CouponPolicy, Given, OnLoss, Totals,
    best::{TELLING, Table},
    run::Effect,
    shares::{Cut, PricedLine, Segment},
    sums::too_much,
    why::Why,
};

/// A campaign that applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    /// Which.
    pub campaign: CampaignId,
    /// As the customer reads it.
    pub title: String,
    /// How often: sets, units or repeats.
    pub times: u32,
    /// Off the goods.
    pub goods: Fen,
    /// Off the fee.
    pub delivery: Fen,
    /// Of both, what HQ bears.
    pub hq: Fen,
    /// Of both, what the store bears.
    pub store: Fen,
    /// The floor did not let it take off all that it says.
    pub floored: bool,
    /// The coupon that it uses, and what becomes of it at a refund.
    pub coupon: Option<(CouponId, CouponPolicy)>,
    /// What happens when a refund takes the rest below a threshold.
    pub on_loss: OnLoss,
}

/// A campaign that did not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotApplied {
    /// Which.
    pub campaign: CampaignId,
    /// As the customer reads it.
    pub title: String,
    /// Why not.
    pub why: Why,
}

/// How the combination was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Search {
    /// All combinations were looked at: none costs less.
    pub exact: bool,
    /// How many were evaluated.
    pub evaluations: u32,
}

/// What a cart costs, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The lines, in the cart's order.
    pub lines: Vec<PricedLine>,
    /// What the lines come to before any campaign.
    pub list: Fen,
    /// What applied, in the order in which it was applied.
    pub discounts: Vec<Discount>,
    /// What did not.
    pub not_applied: Vec<NotApplied>,
    /// Gifts.
    pub gifts: Vec<Given>,
    /// What may be added for little.
    pub add_ons: Vec<AddOnOffer>,
    /// The fee for these goods before any campaign on the fee.
    pub list_fee: Fen,
    /// The sums.
    pub totals: Totals,
    /// Points to earn.
    pub points: u64,
    /// How it was found.
    pub search: Search,
}

impl Answer {
    /// What decides of an answer, as a number: what each line costs and who took what off its units, the fee, gifts, and who bears it. Two answers
    /// of the same number are the same price for the same reasons; how many combinations were looked at, and what did not apply, is no part of it.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mut print = Print(0xcbf2_9ce4_8422_2325);
        print.number(self.totals.delivery_fee.0);
        print.number(self.list_fee.0);
        for l in &self.lines {
            print.text(l.sku.as_str());
            print.number(i64::from(l.quantity.get()));
            print.number(l.price.0);
            print.number(l.total.0);
            for s in &l.segments {
                print.number(i64::from(s.units));
                for c in &s.cuts {
                    print.text(c.campaign.as_str());
                    print.number(c.amount.0);
                }
            }
        }
        for d in &self.discounts {
            print.text(d.campaign.as_str());
            for n in [i64::from(d.times), d.goods.0, d.delivery.0, d.hq.0, d.store.0] {
                print.number(n);
            }
        }
        for g in &self.gifts {
            print.text(g.sku.as_str());
            print.number(i64::from(g.units));
        }
        print.0
    }
}

/// FNV-1a: a number for a text, the same on every machine. It guards against slips, not against people.
struct Print(u64);

impl Print {
    fn bytes(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.0 = (self.0 ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn number(&mut self, n: i64) {
        self.bytes(&n.to_le_bytes());
    }

    fn text(&mut self, t: &str) {
        self.bytes(t.as_bytes());
        self.bytes(&[0xff]);
    }
}

/// No cart is worth more: all intermediate sums fit.
const MOST: i64 = 1_000_000_000_000;

/// Prices a cart.
///
/// # Errors
/// `bad_request` when a SKU is there twice, a price is negative, or a sum does not fit (no real cart).
pub fn price(cart: &Cart) -> Result<Answer, Problem> {
    let mut list = 0_i64;
    for l in cart.lines {
        let line = l.price.0.checked_mul(i64::from(l.quantity.get())).filter(|n| (0..=MOST).contains(n)).ok_or_else(too_much)?;
        list += line;
    }
    if list > MOST {
        return Err(too_much());
    }
    // In an order of its own, so that odd fen go to the same lines whatever order the cart has.
    let mut places: Vec<usize> = (0..cart.lines.len()).collect();
    places.sort_by(|a, b| cart.lines[*a].sku.cmp(&cart.lines[*b].sku));
    let lines: Vec<_> = places.iter().map(|p| cart.lines[*p].clone()).collect();
    if lines.windows(2).any(|two| two[0].sku == two[1].sku) {
        return Err(Problem::new(Code::BadRequest, "商品重复，请合并数量").at("lines"));
    }
    let sorted = Cart { lines: &lines, ..*cart };

    let mut table = Table::of(&sorted);
    let (plan, exact) = table.best();
    let search = Search { exact, evaluations: table.evaluations };
    let mut effects: Vec<(usize, Result<Effect, Why>)> = Vec::new();
    let run = table.run(&plan, true, |i, result| effects.push((i, result)));

    let mut not_applied: Vec<Option<Why>> = table.barred.clone();
    for c in &table.candidates {
        not_applied[c.place] = Some(Why::BetterWithout);
    }
    let (mut discounts, mut gifts, mut add_ons) = (Vec::new(), Vec::new(), Vec::new());
    for (i, result) in effects {
        let place = table.candidates[i].place;
        let c = &cart.campaigns[place];
        match result {
            Err(why) => not_applied[place] = Some(why),
            Ok(e) => {
                let bare = e.off == 0 && e.fee_off == 0 && e.gifts.is_empty();
                if bare && e.add_ons.is_empty() {
                    if e.floored {
                        not_applied[place] = Some(Why::AtFloor);
                    }
                    continue;
                }
                add_ons.extend(e.add_ons);
                gifts.extend(e.gifts);
                not_applied[place] = None;
                if bare {
                    continue;
                }
                let (hq, store) = c.hq_bears.split(Fen(e.off + e.fee_off));
                let held = cart.coupons.iter().filter(|k| k.campaign == c.campaign).map(|k| &k.coupon).min();
                discounts.push(Discount {
                    campaign: c.campaign.clone(),
                    title: c.title.clone(),
                    times: e.times,
                    goods: Fen(e.off),
                    delivery: Fen(e.fee_off),
                    hq,
                    store,
                    floored: e.floored,
                    coupon: c.coupon.and_then(|policy| Some((held?.clone(), policy))),
                    on_loss: c.on_loss,
                });
            }
        }
    }
    // What one that applied shuts out says so; what could join it says what it lacks then.
    let applied: Vec<usize> = table.candidates.iter().map(|c| c.place).filter(|p| not_applied[*p].is_none()).collect();
    let mut told = 0;
    for (i, candidate) in table.candidates.iter().enumerate() {
        let place = candidate.place;
        if not_applied[place] != Some(Why::BetterWithout) {
            continue;
        }
        let c = &cart.campaigns[place];
        if let Some(other) = applied.iter().map(|p| &cart.campaigns[*p]).find(|other| !c.goes_with(other)) {
            not_applied[place] = Some(Why::NotWith { title: other.title.clone() });
            continue;
        }
        // Of very many only the first are asked what they lack: the others lose to a better combination, which is true of each.
        if told >= TELLING {
            continue;
        }
        let mut joined = plan.clone();
        joined[i] = candidate.most;
        told += table.steps(&joined);
        table.run(&joined, false, |at, result| match result {
            Err(why) if at == i => not_applied[place] = Some(why),
            Ok(e) if at == i && e.floored && e.off == 0 => not_applied[place] = Some(Why::AtFloor),
            _ => {}
        });
    }
    let mut not_applied: Vec<NotApplied> = cart
        .campaigns
        .iter()
        .zip(not_applied)
        .filter_map(|(c, why)| Some(NotApplied { campaign: c.campaign.clone(), title: c.title.clone(), why: why? }))
        .collect();
    not_applied.sort_by(|a, b| a.campaign.cmp(&b.campaign));

    let mut sorted_at = vec![0; places.len()];
    for (at, place) in places.iter().enumerate() {
        sorted_at[*place] = at;
    }
    let mut answered: Vec<PricedLine> = Vec::with_capacity(lines.len());
    for (l, at) in cart.lines.iter().zip(sorted_at) {
        let mut segments = Vec::new();
        // What deals took comes first, what is left of the line last.
        for s in run.segs[lines.len()..].iter().chain(&run.segs[at..=at]).filter(|s| s.line == at && s.units > 0) {
            let cut = |(place, amount): &(usize, i64)| Cut { campaign: cart.campaigns[*place].campaign.clone(), amount: Fen(*amount) };
            segments.push(Segment { units: s.units, price: l.price, cuts: s.cuts.iter().filter(|c| c.1 > 0).map(cut).collect() });
        }
        answered.push(PricedLine { sku: l.sku.clone(), quantity: l.quantity, price: l.price, total: Fen(run.net[at]), segments });
    }
    let weight = lines.iter().map(|l| u64::from(l.weight_g) * u64::from(l.quantity.get())).sum();
    let goods = Fen(run.goods());
    let delivery_fee = Fen(run.fee);
    Ok(Answer {
        lines: answered,
        list: Fen(list),
        discounts,
        not_applied,
        gifts,
        add_ons,
        list_fee: cart.fees.of(cart.fulfilment, cart.distance_m, weight, goods),
        totals: Totals { goods, delivery_fee, total: goods + delivery_fee },
        points: u64::try_from(goods.0 / 100).unwrap_or(0).saturating_mul(u64::from(cart.points_per_yuan)),
        search,
    })
}
