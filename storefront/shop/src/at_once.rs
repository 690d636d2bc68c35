//! What a cart costs, found here: the engine that decides in the store prices it with the terms of the store's last answer, at once. The store is asked
//! all the same, and its answer takes the place of this one: limits may be used up, prices change.

use liandian_pricing::{Answer, Line, Question, price};
use liandian_types::{
    Fen,
    api::{CartLine, Quote, QuoteCoupon, QuoteDiscount, QuoteGift, QuoteLine, QuoteMissed},
};

/// The last answer as it would be for these lines; the rest of the cart is shown besides. `None` where the terms are not known of one of them.
#[must_use]
pub fn priced(had: &Quote, chosen: &[CartLine], rest: &[CartLine]) -> Option<Quote> {
    let terms: Question = serde_json::from_str(had.terms.as_deref()?).ok()?;
    let line = |l: &CartLine| Some(Line { quantity: l.quantity, ..terms.lines.iter().find(|k| k.sku == l.sku)?.clone() });
    let lines = chosen.iter().map(line).collect::<Option<Vec<Line>>>().filter(|lines| !lines.is_empty())?;
    let question = Question { lines, ..terms.clone() };
    let answer = price(&question.cart()).ok()?;
    let shown = |l: &CartLine| {
        let known = had.lines.iter().chain(&had.besides).find(|k| k.sku == l.sku)?;
        let total = Fen(known.price.0.checked_mul(i64::from(l.quantity.get()))?);
        Some(QuoteLine { quantity: l.quantity, total, off: None, ..known.clone() })
    };
    let mut lines = chosen.iter().map(shown).collect::<Option<Vec<QuoteLine>>>()?;
    for (l, net) in lines.iter_mut().zip(&answer.lines) {
        l.off = Some(l.total - net.total).filter(|off| *off > Fen::ZERO);
    }
    let short = lines.iter().any(|l| l.available < l.quantity.get());
    Some(Quote {
        lines,
        besides: rest.iter().filter_map(shown).collect(),
        goods: answer.totals.goods,
        delivery_fee: answer.totals.delivery_fee,
        total: answer.totals.total,
        list: Some(answer.list).filter(|list| *list != answer.totals.goods),
        discounts: discounts(&answer),
        not_applied: missed(had, &question, &answer),
        gifts: gifts(had, &answer),
        coupons: coupons(had, &question, &answer),
        short,
        // Ways out of a shortage are for the cart that was asked about.
        offers: if short { had.offers.clone() } else { Vec::new() },
        token: None,
        valid_until: None,
        ..had.clone()
    })
}

fn discounts(a: &Answer) -> Vec<QuoteDiscount> {
    let told = |d: &liandian_pricing::Discount| QuoteDiscount {
        campaign: d.campaign.clone(),
        title: d.title.clone(),
        times: d.times,
        goods: d.goods,
        delivery: d.delivery,
    };
    a.discounts.iter().filter(|d| d.goods + d.delivery > Fen::ZERO).map(told).collect()
}

/// The way to more goods is the store's word; it does not change with quantities.
fn missed(had: &Quote, q: &Question, a: &Answer) -> Vec<QuoteMissed> {
    // What speaks against a coupon is said beside the coupon.
    let coupon = |n: &liandian_pricing::NotApplied| had.coupons.iter().any(|c| c.campaign == n.campaign);
    let told = a.not_applied.iter().filter(|n| n.why.is_told() && !coupon(n));
    let of = |n: &liandian_pricing::NotApplied| QuoteMissed {
        campaign: n.campaign.clone(),
        title: n.title.clone(),
        why: n.why.text(q.now),
        more: had.not_applied.iter().find(|m| m.campaign == n.campaign).and_then(|m| m.more.clone()).filter(|_| n.why.is_near()),
    };
    told.map(of).collect()
}

/// The customer's coupons: what each takes off now, or why it does not. Those that the engine was not asked about stay as they were.
fn coupons(had: &Quote, q: &Question, a: &Answer) -> Vec<QuoteCoupon> {
    let of = |c: &QuoteCoupon| {
        if q.coupons.iter().all(|k| k.coupon != c.coupon) {
            return c.clone();
        }
        let used = a.discounts.iter().find(|d| d.coupon.as_ref().is_some_and(|(id, _)| *id == c.coupon));
        let not = a.not_applied.iter().find(|n| n.campaign == c.campaign).map(|n| n.why.text(q.now));
        let why = if used.is_some() { None } else { not.or_else(|| c.why.clone()) };
        QuoteCoupon { used: used.is_some(), off: used.map(|d| d.goods + d.delivery), why, ..c.clone() }
    };
    had.coupons.iter().map(of).collect()
}

/// What a gift is called only the store knows: one that was not there before is shown with its answer.
fn gifts(had: &Quote, a: &Answer) -> Vec<QuoteGift> {
    let named = |g: &liandian_pricing::Given| {
        let known = had.gifts.iter().find(|k| k.sku == g.sku)?;
        Some(QuoteGift { units: g.units, ..known.clone() })
    };
    a.gifts.iter().filter_map(named).collect()
}

#[cfg(test)]
mod tests {
    use liandian_pricing::{
        Audience, Campaign, CouponPolicy, Customer, HqBears, Kind, Left, Level, Moment, OnLoss, Schedule, Scope,
        kinds::{CouponKind, Step, Steps, Worth},
    };
    use liandian_types::{Fulfilment, Quantity, Timestamp};

    use super::*;

    fn cart(lines: &[(&str, u32)]) -> Vec<CartLine> {
        lines.iter().map(|(sku, n)| CartLine { sku: sku.parse().unwrap(), quantity: Quantity::new(*n).unwrap() }).collect()
    }

    /// Two goods of 10 yuan, 5 yuan off from 30 on.
    fn answered() -> Quote {
        let line = |sku: &str| Line {
            sku: sku.parse().unwrap(),
            quantity: Quantity::new(1).unwrap(),
            price: Fen(1_000),
            floor: Fen::ZERO,
            category: String::new(),
            brand: String::new(),
            marks: Vec::new(),
            weight_g: 0,
        };
        let campaign = Campaign {
            campaign: "cmp_1".parse().unwrap(),
            title: "满30减5".to_owned(),
            level: Level::Hq,
            priority: 0,
            kind: Kind::Steps(Steps { steps: vec![Step { from: Fen(3_000), off: Fen(500) }], repeat: 1 }),
            scope: Scope::default(),
            group: None,
            beside_hq: true,
            breaks_floor: false,
            audience: Audience::default(),
            schedule: Schedule { from: Timestamp(0), until: Timestamp(i64::MAX), weekdays: 0, month_days: 0, minutes: None },
            stores: Vec::new(),
            fulfilments: Vec::new(),
            left: Left::default(),
            coupon: None,
            on_loss: OnLoss::Keep,
            hq_bears: HqBears(0),
        };
        let question = Question {
            store: "sto_1".parse().unwrap(),
            lines: vec![line("sku_1"), line("sku_2")],
            fulfilment: Fulfilment::Pickup,
            distance_m: None,
            customer: Customer::default(),
            coupons: Vec::new(),
            campaigns: vec![campaign],
            now: Moment { at: Timestamp(1_795_918_500_000), zone_min: 480, month_day: 29 },
            points_per_yuan: 0,
            fees: liandian_pricing::Fees::USUAL,
        };
        let shown = |sku: &str| QuoteLine {
            sku: sku.parse().unwrap(),
            name: sku.to_owned(),
            spec: String::new(),
            picture: String::new(),
            quantity: Quantity::new(1).unwrap(),
            price: Fen(1_000),
            total: Fen(1_000),
            available: 3,
            off: None,
        };
        let near = QuoteMissed {
            campaign: "cmp_1".parse().unwrap(),
            title: "满30减5".to_owned(),
            why: "还差 20.00 元".to_owned(),
            more: Some(String::new()),
        };
        Quote {
            slots: Vec::new(),
            add_ons: Vec::new(),
            coupons: Vec::new(),
            lines: vec![shown("sku_1")],
            besides: vec![shown("sku_2")],
            goods: Fen(1_000),
            delivery_fee: Fen::ZERO,
            total: Fen(1_000),
            distance_m: None,
            ready_by: Timestamp(0),
            ready_text: String::new(),
            short: false,
            offers: Vec::new(),
            unasked: 0,
            refusal: None,
            list: None,
            discounts: Vec::new(),
            not_applied: vec![near],
            gifts: Vec::new(),
            token: Some("q1.a.b".to_owned()),
            valid_until: Some(Timestamp(1)),
            terms: Some(serde_json::to_string(&question).unwrap()),
        }
    }

    #[test]
    fn given_the_stores_terms_when_a_quantity_changes_then_the_campaign_is_in_the_sum_at_once_and_the_promise_is_not() {
        let q = priced(&answered(), &cart(&[("sku_1", 3)]), &cart(&[("sku_2", 1)])).unwrap();
        assert_eq!((q.list, q.goods, q.total, q.discounts.len(), q.not_applied.len()), (Some(Fen(3_000)), Fen(2_500), Fen(2_500), 1, 0));
        assert_eq!((q.lines[0].off, q.lines[0].total, q.besides.len(), q.token.clone()), (Some(Fen(500)), Fen(3_000), 1, None));
        // Back again: what is missing is said.
        let q = priced(&q, &cart(&[("sku_1", 2)]), &cart(&[("sku_2", 1)])).unwrap();
        assert_eq!((q.total, q.list, q.not_applied[0].why.as_str()), (Fen(2_000), None, "还差 10.00 元"));
        // Ticked in addition: both are priced.
        let q = priced(&answered(), &cart(&[("sku_1", 2), ("sku_2", 2)]), &[]).unwrap();
        assert_eq!((q.total, q.lines.len(), q.besides.len(), q.short), (Fen(3_500), 2, 0, false));
        assert!(priced(&answered(), &cart(&[("sku_1", 4)]), &[]).unwrap().short);
    }

    #[test]
    fn given_a_coupon_when_a_quantity_changes_then_it_is_in_the_sum_at_once_and_says_itself_what_it_lacks() {
        let mut had = answered();
        let mut terms: Question = serde_json::from_str(had.terms.as_deref().unwrap()).unwrap();
        let (coupon, campaign) = ("cpn_2-1".parse::<liandian_types::CouponId>().unwrap(), "cmp_2".parse::<liandian_types::CampaignId>().unwrap());
        let worth = CouponKind { from: Fen(2_000), worth: Worth::Amount(Fen(100)) };
        let of =
            Campaign { campaign: campaign.clone(), kind: Kind::Coupon(worth), coupon: Some(CouponPolicy::ComesBack), ..terms.campaigns[0].clone() };
        terms.campaigns.push(of);
        terms.coupons.push(liandian_pricing::Coupon { coupon: coupon.clone(), campaign: campaign.clone() });
        had.terms = Some(serde_json::to_string(&terms).unwrap());
        let beside = |id: liandian_types::CouponId, why: &str| QuoteCoupon {
            coupon: id,
            campaign: campaign.clone(),
            title: "减一元".to_owned(),
            what: "满 20 减 1".to_owned(),
            until_text: String::new(),
            used: false,
            off: None,
            why: Some(why.to_owned()),
        };
        had.coupons = vec![beside(coupon, "还差 10.00 元"), beside("cpn_2-2".parse().unwrap(), "同一种券一单限用一张")];
        let told = |q: &Quote| q.coupons.iter().map(|c| (c.used, c.off, c.why.clone())).collect::<Vec<_>>();
        let other = (false, None, Some("同一种券一单限用一张".to_owned()));

        let q = priced(&had, &cart(&[("sku_1", 2)]), &[]).unwrap();
        assert_eq!((q.total, told(&q)), (Fen(1_900), vec![(true, Some(Fen(100)), None), other.clone()]));
        let q = priced(&q, &cart(&[("sku_1", 1)]), &[]).unwrap();
        assert_eq!((q.total, told(&q)), (Fen(1_000), vec![(false, None, Some("还差 10.00 元".to_owned())), other]));
        assert!(q.not_applied.iter().all(|m| m.campaign != campaign), "{:?}", q.not_applied);
    }

    #[test]
    fn given_goods_that_the_terms_do_not_have_when_priced_then_the_store_is_waited_for() {
        assert_eq!(priced(&answered(), &cart(&[("sku_9", 1)]), &[]), None);
        assert_eq!(priced(&answered(), &[], &[]), None);
        assert_eq!(priced(&Quote { terms: None, ..answered() }, &cart(&[("sku_1", 1)]), &[]), None);
        assert_eq!(priced(&Quote { terms: Some("{".to_owned()), ..answered() }, &cart(&[("sku_1", 1)]), &[]), None);
    }
}
