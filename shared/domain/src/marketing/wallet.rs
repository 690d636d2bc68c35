//! The coupons that a member has: when one is good, what a cart makes of them, and how one is used and comes back.

use liandian_pricing::{Answer, Campaign, CouponPolicy, NotApplied, Schedule};
use liandian_types::{CampaignId, CouponId, CouponStatus, MemberId, OrderId, OrderState, Timestamp, api::QuoteCoupon};
use serde::{Deserialize, Serialize};

use crate::{
    decision::MarketingWrite,
    marketing::{
        coupon::{Issued, Issuing, Template},
        offered::{InView, Offered, moment},
        used::{Applied, Limits},
    },
    stores::hours::local_text,
};

/// A coupon that a member has, or had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coupon {
    /// Its id: the member's own; another member's may be called the same.
    pub coupon: CouponId,
    /// Whose.
    pub member: MemberId,
    /// Of which template.
    pub campaign: CampaignId,
    /// When it was claimed.
    pub claimed_at: Timestamp,
    /// Good from this moment on.
    pub from: Timestamp,
    /// Good before this moment.
    pub until: Timestamp,
    /// No order has it.
    pub held: bool,
    /// The order that has it, or had it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// Counts the changes.
    pub version: u64,
}

impl Coupon {
    /// Where it stands. That its time is over nobody writes down: who reads it sees it.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> CouponStatus {
        if !self.held {
            CouponStatus::Used
        } else if now >= self.until {
            CouponStatus::Expired
        } else if now < self.from {
            CouponStatus::Waiting
        } else {
            CouponStatus::Usable
        }
    }
}

/// The coupon that an order was priced with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// Which.
    pub coupon: CouponId,
    /// What becomes of it when all of the order is given back.
    pub policy: CouponPolicy,
}

/// A coupon beside a cart.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// The coupon.
    pub coupon: Coupon,
    /// As the customer reads it.
    pub title: String,
    /// What it is worth.
    pub what: String,
    /// Why the engine is not asked about it; absent when it is.
    pub aside: Option<&'static str>,
}

/// The coupons beside a cart. By default there are none.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wallet {
    /// The coupons.
    pub coupons: Vec<Kept>,
}

impl Wallet {
    /// Those that the engine is asked about: one of each template.
    #[must_use]
    pub fn in_play(&self) -> Vec<liandian_pricing::Coupon> {
        let of = |k: &Kept| liandian_pricing::Coupon { coupon: k.coupon.coupon.clone(), campaign: k.coupon.campaign.clone() };
        self.coupons.iter().filter(|k| k.aside.is_none()).map(of).collect()
    }

    /// Is this campaign one of a coupon's?
    #[must_use]
    pub fn has(&self, campaign: &CampaignId) -> bool {
        self.coupons.iter().any(|k| k.coupon.campaign == *campaign)
    }
}

/// The version under which what a coupon is good for is kept: it never changes once it is given out.
pub const TERMS: u64 = 0;

/// Not more than so many coupons of a member are beside a cart: those that end first.
pub const MOST_BESIDE: usize = 50;

impl Offered {
    /// Puts a member's coupons beside the cart: those that are good or will be, and those that are `chosen`. Without a choice all of them may be
    /// used, of each template the one that ends first.
    pub fn hold(&mut self, templates: &[Template], coupons: Vec<Coupon>, chosen: Option<&[CouponId]>, now: Timestamp) {
        let wanted = |c: &Coupon| chosen.is_none_or(|all| all.contains(&c.coupon));
        let good = |c: &Coupon| matches!(c.status(now), CouponStatus::Usable | CouponStatus::Waiting);
        let mut beside: Vec<Coupon> = coupons.into_iter().filter(|c| good(c) || (chosen.is_some() && wanted(c))).collect();
        beside.sort_by(|a, b| (a.status(now), a.until, &a.coupon).cmp(&(b.status(now), b.until, &b.coupon)));
        beside.truncate(MOST_BESIDE);
        for coupon in beside {
            let Some(t) = templates.iter().find(|t| t.campaign.campaign == coupon.campaign) else { continue };
            let another = self.wallet.coupons.iter().any(|k| k.aside.is_none() && k.coupon.campaign == coupon.campaign);
            let aside = match coupon.status(now) {
                CouponStatus::Used => Some("已使用"),
                CouponStatus::Expired => Some("已过期"),
                _ if !wanted(&coupon) => Some("未选用"),
                _ if another => Some("同一种券一单限用一张"),
                CouponStatus::Usable | CouponStatus::Waiting => None,
            };
            if aside.is_none() {
                let schedule = Schedule { from: coupon.from, until: coupon.until, ..t.campaign.schedule.clone() };
                self.campaigns.push(InView {
                    campaign: Campaign { schedule, ..t.campaign.clone() },
                    limits: Limits::default(),
                    version: TERMS,
                    parts: Vec::new(),
                });
            }
            self.wallet.coupons.push(Kept { title: t.campaign.title.clone(), what: t.what(), aside, coupon });
        }
    }

    /// The coupons as a customer reads them beside the cart that this is the answer to.
    #[must_use]
    pub fn coupons(&self, answer: Option<&Answer>, zone: &str, now: Timestamp) -> Vec<QuoteCoupon> {
        let moment = moment(now, zone);
        let of = |k: &Kept| {
            let id = &k.coupon.coupon;
            let with = |d: &&liandian_pricing::Discount| d.coupon.as_ref().is_some_and(|(c, _)| c == id);
            let used = answer.and_then(|a| a.discounts.iter().find(with));
            let not = |n: &&NotApplied| n.campaign == k.coupon.campaign;
            let why = match (used, k.aside) {
                (Some(_), _) => None,
                (None, Some(aside)) => Some(aside.to_owned()),
                (None, None) => {
                    Some(answer.and_then(|a| a.not_applied.iter().find(not)).map_or_else(|| "这次用不上".to_owned(), |n| n.why.text(moment)))
                }
            };
            QuoteCoupon {
                coupon: id.clone(),
                campaign: k.coupon.campaign.clone(),
                title: k.title.clone(),
                what: k.what.clone(),
                until_text: local_text(k.coupon.until, zone),
                used: used.is_some(),
                off: used.map(|d| d.goods + d.delivery),
                why,
            }
        };
        self.wallet.coupons.iter().map(of).collect()
    }

    /// The coupons that an order uses up, in the transaction that places it: each is the order's, if it is as it was read.
    #[must_use]
    pub fn spend(&self, applied: &[Applied], order: &OrderId) -> Vec<MarketingWrite> {
        let of = |a: &Applied| {
            let spent = a.coupon.as_ref()?;
            let kept = self.wallet.coupons.iter().find(|k| k.aside.is_none() && k.coupon.coupon == spent.coupon)?;
            let used = Coupon { held: false, order: Some(order.clone()), ..kept.coupon.clone() };
            Some(MarketingWrite::Coupon(Box::new(used)))
        };
        applied.iter().filter_map(of).collect()
    }

    /// Why a cart may cost more than its customer saw: a coupon that he chose is gone.
    #[must_use]
    pub fn lost(&self) -> String {
        let gone = self.wallet.coupons.iter().find(|k| matches!(k.aside, Some("已使用" | "已过期")));
        gone.map(|k| format!("优惠券「{}」{}，", k.title, k.aside.unwrap_or_default())).unwrap_or_default()
    }
}

/// What an order gives back that is none any more: its coupon is held again when it was not paid, or when its template says so. One whose time is over
/// meanwhile stays over.
#[must_use]
pub fn back(campaigns: &[Applied], member: &MemberId, unpaid: bool) -> Vec<MarketingWrite> {
    let of = |a: &Applied| {
        let spent = a.coupon.as_ref()?;
        (unpaid || spent.policy == CouponPolicy::ComesBack)
            .then(|| MarketingWrite::CouponBack { member: member.clone(), coupon: spent.coupon.clone() })
    };
    campaigns.iter().filter_map(of).collect()
}

/// Does an order that stands there still have its coupon? One that was closed unpaid has given it back, whatever became of it later; of those that were
/// given back whole, those keep it whose template says so.
#[must_use]
pub fn has(spent: &Spent, state: OrderState, closed_at: Option<Timestamp>) -> bool {
    let given_back = matches!(state, OrderState::Closed | OrderState::Refunding | OrderState::Refunded);
    closed_at.is_none() && (!given_back || spent.policy == CouponPolicy::StaysUsed)
}

/// What a completed order adds to the figures of its coupons: counted with the posting, once, so that placing an order counts nothing.
#[must_use]
pub fn completed(campaigns: &[Applied]) -> Vec<MarketingWrite> {
    let of = |a: &Applied| {
        a.coupon.as_ref()?;
        let more = Issued { used: 1, spent: a.amount(), ..Issued::default() };
        let issuing = Issuing { campaign: a.campaign.clone(), more, most_issued: None, most_promised: None };
        Some(MarketingWrite::Issued(Box::new(issuing)))
    };
    campaigns.iter().filter_map(of).collect()
}

/// Is there something else of the order's price that others may have had since it gave it back?
#[must_use]
pub fn spent_any(campaigns: &[Applied]) -> bool {
    campaigns.iter().any(|a| a.coupon.is_some())
}

/// What a member's coupons come to of one template.
#[must_use]
pub fn had(coupons: &[Coupon], campaign: &CampaignId) -> u32 {
    u32::try_from(coupons.iter().filter(|c| c.campaign == *campaign).count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use liandian_pricing::{HqBears, Line};
    use liandian_types::{Fen, Fulfilment, Quantity, SkuId, StoreId};

    use super::*;
    use crate::marketing::coupon::tests::{NOW, template};

    fn coupon(n: u32, until: Timestamp) -> Coupon {
        Coupon {
            coupon: format!("cpn_1-{n}").parse().unwrap(),
            member: "mem_1".parse().unwrap(),
            campaign: "cmp_1".parse().unwrap(),
            claimed_at: NOW,
            from: NOW,
            until,
            held: true,
            order: None,
            version: 1,
        }
    }

    fn line(price: i64) -> Line {
        Line {
            sku: "sku_1".parse::<SkuId>().unwrap(),
            quantity: Quantity::new(1).unwrap(),
            price: Fen(price),
            floor: Fen::ZERO,
            category: "dairy".into(),
            brand: String::new(),
            marks: Vec::new(),
            weight_g: 100,
        }
    }

    fn priced(o: &Offered, price: i64) -> Answer {
        let store: StoreId = "sto_1".parse().unwrap();
        o.price(&store, "Asia/Shanghai", &[line(price)], Fulfilment::Pickup, None, NOW).unwrap()
    }

    fn applied(policy: CouponPolicy) -> Applied {
        Applied {
            campaign: "cmp_1".parse().unwrap(),
            title: "全国券".into(),
            times: 1,
            goods: Fen(1_000),
            delivery: Fen::ZERO,
            hq_bears: HqBears(1_000),
            counted: Vec::new(),
            units: 0,
            coupon: Some(Spent { coupon: "cpn_1-1".parse().unwrap(), policy }),
        }
    }

    #[test]
    fn given_a_coupon_when_read_at_each_edge_of_its_time_then_it_is_good_from_the_first_moment_to_before_the_last() {
        let c = coupon(1, NOW.plus(10));
        let at = |ms| c.status(NOW.plus(ms));
        assert_eq!((at(-1), at(0), at(9), at(10)), (CouponStatus::Waiting, CouponStatus::Usable, CouponStatus::Usable, CouponStatus::Expired));
        let used = Coupon { held: false, order: Some("ord_1".parse().unwrap()), ..c };
        assert_eq!(used.status(NOW.plus(100)), CouponStatus::Used, "who used it in time used it");
    }

    #[test]
    fn given_two_of_a_kind_when_a_cart_is_priced_then_the_one_that_ends_first_is_used_and_the_order_takes_it() {
        let (t, end) = (template(), NOW.plus(Timestamp::DAY));
        let mut o = Offered::default();
        o.hold(&[t], vec![coupon(1, end.plus(1)), coupon(2, end)], None, NOW);
        let answer = priced(&o, 10_000);
        assert_eq!(answer.totals.total, Fen(9_000));
        let told: Vec<_> = o.coupons(Some(&answer), "Asia/Shanghai", NOW).into_iter().map(|c| (c.coupon.to_string(), c.used, c.why)).collect();
        assert_eq!(told, [(String::from("cpn_1-2"), true, None), (String::from("cpn_1-1"), false, Some(String::from("同一种券一单限用一张")))]);
        let kept = o.applied(&answer, &"mem_1".parse().unwrap(), NOW);
        let order: OrderId = "ord_1".parse().unwrap();
        let writes = o.spend(&kept, &order);
        let [MarketingWrite::Coupon(c)] = writes.as_slice() else { panic!("{writes:?}") };
        assert_eq!((c.coupon.as_str(), c.held, c.order.as_ref(), c.version), ("cpn_1-2", false, Some(&order), 1));
    }

    #[test]
    fn given_a_choice_when_a_cart_is_priced_then_only_what_was_chosen_is_used_and_the_rest_says_why() {
        let (t, end) = (template(), NOW.plus(Timestamp::DAY));
        let hold = |chosen: &[CouponId]| {
            let mut o = Offered::default();
            o.hold(std::slice::from_ref(&t), vec![coupon(1, end), Coupon { held: false, ..coupon(2, end) }], Some(chosen), NOW);
            o
        };
        let none = hold(&[]);
        assert!(none.is_empty(), "nothing is on offer");
        assert_eq!(none.coupons(None, "Asia/Shanghai", NOW)[0].why.as_deref(), Some("未选用"));
        let one = hold(&["cpn_1-1".parse().unwrap()]);
        assert_eq!(priced(&one, 10_000).totals.total, Fen(9_000));
        let below = priced(&one, 9_999);
        assert_eq!(one.coupons(Some(&below), "Asia/Shanghai", NOW)[0].why.as_deref(), Some("还差 0.01 元"));
        let gone = hold(&["cpn_1-2".parse().unwrap()]);
        assert_eq!(gone.lost(), "优惠券「全国券」已使用，");
        assert!(gone.spend(&[applied(CouponPolicy::ComesBack)], &"ord_1".parse().unwrap()).is_empty(), "what is not beside the cart is not taken");
    }

    #[test]
    fn given_an_order_that_is_none_any_more_when_it_was_unpaid_or_refunded_then_the_coupon_comes_back_as_its_template_says() {
        let member: MemberId = "mem_1".parse().unwrap();
        let comes = |policy, unpaid| back(&[applied(policy)], &member, unpaid).len();
        assert_eq!((comes(CouponPolicy::StaysUsed, true), comes(CouponPolicy::StaysUsed, false)), (1, 0));
        assert_eq!((comes(CouponPolicy::ComesBack, true), comes(CouponPolicy::ComesBack, false)), (1, 1));
        let spent = |policy| Spent { coupon: "cpn_1-1".parse().unwrap(), policy };
        let kept = |policy, state, closed_at| has(&spent(policy), state, closed_at);
        assert!(kept(CouponPolicy::ComesBack, OrderState::Completed, None) && kept(CouponPolicy::ComesBack, OrderState::Placed, None));
        assert!(!kept(CouponPolicy::ComesBack, OrderState::Refunding, None) && kept(CouponPolicy::StaysUsed, OrderState::Refunded, None));
        assert!(!kept(CouponPolicy::StaysUsed, OrderState::Closed, Some(NOW)) && !kept(CouponPolicy::StaysUsed, OrderState::Refunded, Some(NOW)));
        assert!(back(&[Applied { coupon: None, ..applied(CouponPolicy::ComesBack) }], &member, true).is_empty());
        assert_eq!((completed(&[applied(CouponPolicy::ComesBack)]).len(), spent_any(&[applied(CouponPolicy::ComesBack)])), (1, true));
    }
}
