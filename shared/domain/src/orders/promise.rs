//! What a quote promises: its price, for a while. It is signed by who made it, so that an order that comes with it knows what its customer was told.
//!
//! A list price that went up meanwhile is not asked for: that is the store's matter. What a campaign gave is a matter of its limits, which others use
//! up, and of its time: an order whose campaigns are not there any more is refused with what changed, and never placed dearer in silence.

use liandian_types::{
    CampaignId, Code, Fen, Fulfilment, MemberId, Problem, Quantity, SkuId, StoreId, Timestamp,
    api::{CartLine, CartLines},
    problem::{FreshPrice, PriceChange},
};
use serde::{Deserialize, Serialize};

use crate::{
    Refusable,
    marketing::offered::Offered,
    orders::place::{Priced, Wanted},
};

/// So long a quote holds: as long as somebody takes to fill in an address and to look at it once more, and shorter than an order waits for its payment.
pub const HOLDS_FOR: i64 = 10 * Timestamp::MINUTE;

/// What was promised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// To whom; absent: to whoever asked without a session.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// By which store.
    #[serde(rename = "s")]
    pub store: StoreId,
    /// How the goods get to the customer.
    #[serde(rename = "f")]
    pub fulfilment: Fulfilment,
    /// Until when.
    #[serde(rename = "u")]
    pub until: Timestamp,
    /// What, how many, each at which list price, by which version of the store's listing.
    #[serde(rename = "l")]
    pub lines: Vec<(SkuId, Quantity, Fen, u64)>,
    /// Campaigns that applied: which version, and what they took off.
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    pub campaigns: Vec<(CampaignId, u64, Fen)>,
    /// The goods.
    #[serde(rename = "g")]
    pub goods: Fen,
    /// For bringing them.
    #[serde(rename = "d")]
    pub delivery_fee: Fen,
    /// What is to be paid.
    #[serde(rename = "t")]
    pub total: Fen,
}

/// An order that comes with a promise.
#[derive(Debug, Clone, Copy)]
pub struct Comes<'a> {
    /// Who places it.
    pub member: &'a MemberId,
    /// Where.
    pub store: &'a StoreId,
    /// What.
    pub lines: &'a CartLines,
    /// How.
    pub fulfilment: Fulfilment,
    /// What its customer saw.
    pub expect_total: Fen,
}

impl Promise {
    /// What is promised for a cart that is priced.
    #[must_use]
    pub fn of(
        priced: &Priced,
        lines: &[Wanted],
        offered: &Offered,
        member: Option<&MemberId>,
        (store, fulfilment): (&StoreId, Fulfilment),
        now: Timestamp,
    ) -> Self {
        let version = |l: &Wanted| l.listing.as_ref().map_or(0, |listing| listing.version);
        let of = |c: &CampaignId| offered.campaigns.iter().find(|v| v.campaign.campaign == *c).map_or(0, |v| v.version);
        let applied = priced.answer.iter().flat_map(|a| &a.discounts);
        Self {
            member: member.cloned(),
            store: store.clone(),
            fulfilment,
            until: now.plus(HOLDS_FOR),
            lines: lines.iter().zip(&priced.prices).map(|(l, price)| (l.sku.clone(), l.quantity, *price, version(l))).collect(),
            campaigns: applied.map(|d| (d.campaign.clone(), of(&d.campaign), d.goods + d.delivery)).collect(),
            goods: priced.totals.goods,
            delivery_fee: priced.totals.delivery_fee,
            total: priced.totals.total,
        }
    }

    /// Is it this order that it was made for, and does it hold still?
    ///
    /// # Errors
    /// `forbidden` for somebody else's, `bad_request` for another store's, another cart's or another sum, `price_changed` when its time is over.
    pub fn check(&self, order: &Comes<'_>, now: Timestamp) -> Refusable<()> {
        let refuse = |code, detail: &str| Err(Problem::new(code, detail).at("quote"));
        if self.member.as_ref().is_some_and(|m| m != order.member) {
            return refuse(Code::Forbidden, "这份报价属于其他会员，请重新获取报价");
        }
        if self.store != *order.store {
            return refuse(Code::BadRequest, "这份报价属于其他门店，请重新获取报价");
        }
        let same = |l: &CartLine| self.lines.iter().any(|(sku, quantity, ..)| *sku == l.sku && *quantity == l.quantity);
        if self.lines.len() != order.lines.len() || !order.lines.iter().all(same) || self.fulfilment != order.fulfilment {
            return refuse(Code::BadRequest, "这份报价与所下订单的商品或取货方式不一致，请重新获取报价");
        }
        if self.total != order.expect_total {
            return refuse(Code::BadRequest, "应付金额与报价不一致，请重新获取报价");
        }
        if now >= self.until {
            return refuse(Code::PriceChanged, "报价已过期，请确认最新价格后重新下单");
        }
        Ok(())
    }

    /// Lines cost no more than was promised while it holds: a price that went up since is not asked for, unless it would be below HQ's floor now.
    /// Answers until when, if one of them costs less than now because of it.
    pub fn hold(&self, lines: &mut [Wanted]) -> Option<Timestamp> {
        let mut held = None;
        for l in lines {
            let promised = self.lines.iter().find(|(sku, ..)| *sku == l.sku).map(|(_, _, price, _)| *price);
            let floor = l.library.as_ref().map_or(Fen::ZERO, |s| s.floor);
            if let (Some(now), Some(promised)) = (l.price, promised)
                && promised < now
                && promised >= floor
            {
                l.price = Some(promised);
                held = Some(self.until);
            }
        }
        held
    }

    /// A promise with prices that an earlier one holds is good as long as that one and no longer: else whoever has it renewed in time keeps an old
    /// price for ever.
    #[must_use]
    pub fn no_longer_than(self, held: Option<Timestamp>) -> Self {
        Self { until: held.map_or(self.until, |until| until.min(self.until)), ..self }
    }

    /// What is otherwise now, for who was promised this: each line's price, each campaign that came, went, or takes off something else, the fee.
    #[must_use]
    pub fn changes(&self, now: &Promise, name: impl Fn(&SkuId) -> String, title: impl Fn(&CampaignId) -> String) -> Vec<PriceChange> {
        let mut all = Vec::new();
        let mut told = |what: String, was: Fen, is: Fen| {
            if was != is {
                all.push(PriceChange { what, was, is });
            }
        };
        for (sku, _, was, _) in &self.lines {
            if let Some((_, _, is, _)) = now.lines.iter().find(|(other, ..)| other == sku) {
                told(name(sku), *was, *is);
            }
        }
        let off = |all: &[(CampaignId, u64, Fen)], c: &CampaignId| all.iter().find(|(other, ..)| other == c).map_or(Fen::ZERO, |(_, _, off)| *off);
        for (c, _, was) in &self.campaigns {
            told(format!("优惠「{}」", title(c)), *was, off(&now.campaigns, c));
        }
        for (c, _, is) in now.campaigns.iter().filter(|(c, ..)| self.campaigns.iter().all(|(other, ..)| other != c)) {
            told(format!("优惠「{}」", title(c)), Fen::ZERO, *is);
        }
        told("配送费".to_owned(), self.delivery_fee, now.delivery_fee);
        all
    }

    /// As an answer to who was promised something else. It is signed by the caller.
    #[must_use]
    pub fn fresh(&self, changes: Vec<PriceChange>, token: Option<String>) -> FreshPrice {
        FreshPrice { goods: self.goods, delivery_fee: self.delivery_fee, total: self.total, until: self.until, token, changes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn promise() -> Promise {
        Promise {
            member: Some("mem_1".parse().unwrap()),
            store: "sto_1".parse().unwrap(),
            fulfilment: Fulfilment::Pickup,
            until: Timestamp(HOLDS_FOR),
            lines: vec![("sku_1".parse().unwrap(), Quantity::new(2).unwrap(), Fen(500), 3)],
            campaigns: vec![("cmp_1".parse().unwrap(), 4, Fen(100))],
            goods: Fen(900),
            delivery_fee: Fen::ZERO,
            total: Fen(900),
        }
    }

    fn lines(units: u32) -> CartLines {
        CartLines::try_from(vec![CartLine { sku: "sku_1".parse().unwrap(), quantity: Quantity::new(units).unwrap() }]).unwrap()
    }

    #[test]
    fn given_a_promise_when_it_comes_from_somebody_else_for_something_else_or_late_then_each_is_refused_by_name() {
        let (member, store, two) = ("mem_1".parse().unwrap(), "sto_1".parse().unwrap(), lines(2));
        let comes = Comes { member: &member, store: &store, lines: &two, fulfilment: Fulfilment::Pickup, expect_total: Fen(900) };
        let code = |c: Comes<'_>, at: i64| promise().check(&c, Timestamp(at)).err().map(|p| p.code);
        assert_eq!([code(comes, 0), code(comes, HOLDS_FOR - 1), code(comes, HOLDS_FOR)], [None, None, Some(Code::PriceChanged)]);
        let (other, elsewhere, three) = ("mem_2".parse().unwrap(), "sto_2".parse().unwrap(), lines(3));
        assert_eq!(code(Comes { member: &other, ..comes }, 0), Some(Code::Forbidden));
        assert_eq!(code(Comes { store: &elsewhere, ..comes }, 0), Some(Code::BadRequest));
        assert_eq!(code(Comes { lines: &three, ..comes }, 0), Some(Code::BadRequest));
        assert_eq!(code(Comes { fulfilment: Fulfilment::Delivery, ..comes }, 0), Some(Code::BadRequest));
        assert_eq!(code(Comes { expect_total: Fen(899), ..comes }, 0), Some(Code::BadRequest));
        let anybody = Promise { member: None, ..promise() };
        assert!(anybody.check(&Comes { member: &other, ..comes }, Timestamp(0)).is_ok());
    }

    #[test]
    fn given_another_price_when_compared_then_each_change_is_said_and_what_is_the_same_is_not() {
        let now = Promise {
            lines: vec![("sku_1".parse().unwrap(), Quantity::new(2).unwrap(), Fen(450), 4)],
            campaigns: vec![("cmp_2".parse().unwrap(), 1, Fen(30))],
            delivery_fee: Fen(400),
            ..promise()
        };
        let told = |a: &Promise, b: &Promise| {
            let changes = a.changes(b, ToString::to_string, ToString::to_string);
            changes.into_iter().map(|c| (c.what, c.was.0, c.is.0)).collect::<Vec<_>>()
        };
        assert!(told(&promise(), &promise()).is_empty());
        let expected = [("sku_1", 500, 450), ("优惠「cmp_1」", 100, 0), ("优惠「cmp_2」", 0, 30), ("配送费", 0, 400)];
        assert_eq!(told(&promise(), &now), expected.map(|(what, was, is)| (what.to_owned(), was, is)));
    }

    #[test]
    fn given_a_promise_when_it_is_kept_as_text_then_it_is_the_same_again() {
        let text = serde_json::to_string(&promise()).unwrap();
        assert_eq!(serde_json::from_str::<Promise>(&text).unwrap(), promise());
    }
}
