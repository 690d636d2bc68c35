//! Shares of an order, in a double-entry ledger: every posting adds up to zero.

pub mod write;

use liandian_types::{Fen, Mode, OrderId, PostingId, StoreId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Decision, Refusable, conflict,
    decision::SettlementWrite,
    marketing::wallet,
    orders::order::{AFTER_SALE_WINDOW, OrderBody, OrderHead},
};

/// How the sum of goods is shared. Versioned: an order keeps the rule that it was sold under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Name and version, e.g. `joint-15/1`.
    pub rule: String,
    /// Shares of the goods in per mille; they add up to 1000.
    pub shares: Vec<Share>,
}

/// One share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Whose.
    pub account: Account,
    /// Per mille of the goods.
    pub per_mille: u64,
}

/// What a share is credited to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// Money that the payment provider holds for us.
    ProviderReceivable,
    /// HQ's sales (direct), or its share (joint).
    HqRevenue,
    /// HQ's royalties (franchise).
    HqRoyalty,
    /// HQ's fee for the platform (franchise).
    HqPlatformFee,
    /// What customers pay for riders, until the platform's bill.
    DeliveryClearing,
    /// What HQ owes the store.
    StorePayable,
    /// What HQ bears of campaigns.
    HqPromotion,
}

impl Account {
    /// The account's name in the ledger.
    #[must_use]
    pub fn name(self, store: &StoreId) -> String {
        match self {
            Account::ProviderReceivable => "provider:receivable".into(),
            Account::HqRevenue => "hq:revenue".into(),
            Account::HqRoyalty => "hq:royalty".into(),
            Account::HqPlatformFee => "hq:platform_fee".into(),
            Account::DeliveryClearing => "hq:delivery_clearing".into(),
            Account::StorePayable => format!("store:{store}:payable"),
            Account::HqPromotion => "hq:promotion".into(),
        }
    }

    /// The account's name in Chinese.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Account::ProviderReceivable => "应收支付渠道款",
            Account::HqRevenue => "总部收入",
            Account::HqRoyalty => "总部加盟权益金",
            Account::HqPlatformFee => "总部平台服务费",
            Account::DeliveryClearing => "代收配送费",
            Account::StorePayable => "应付门店款",
            Account::HqPromotion => "总部营销费用",
        }
    }
}

/// The rules that a new chain starts with.
#[must_use]
pub fn default_rules() -> Vec<Rule> {
    let share = |account, per_mille| Share { account, per_mille };
    vec![
        Rule { rule: "direct/1".into(), shares: vec![share(Account::HqRevenue, 1000)] },
        Rule { rule: "joint-15/1".into(), shares: vec![share(Account::HqRevenue, 150), share(Account::StorePayable, 850)] },
        Rule {
            rule: "franchise-5-1/1".into(),
            shares: vec![share(Account::HqRoyalty, 50), share(Account::HqPlatformFee, 10), share(Account::StorePayable, 940)],
        },
    ]
}

/// The rule that a store of this mode sells under unless HQ says otherwise.
#[must_use]
pub fn default_rule_of(mode: Mode) -> &'static str {
    match mode {
        Mode::Direct => "direct/1",
        Mode::Joint => "joint-15/1",
        Mode::Franchise => "franchise-5-1/1",
    }
}

/// One side of a posting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Which account.
    pub account: Account,
    /// Positive: debit; negative: credit.
    pub amount: Fen,
}

/// What one order brought to whom. Never edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// Its id.
    pub posting: PostingId,
    /// The order.
    pub order: OrderId,
    /// The store that sold.
    pub store: StoreId,
    /// When the order was completed.
    pub at: Timestamp,
    /// The rule it was sold under.
    pub rule: String,
    /// When the store's share may be paid out.
    pub payable_from: Timestamp,
    /// The sides.
    pub entries: Vec<Entry>,
}

impl Posting {
    /// Sum of the credits to one account, as a positive amount.
    #[must_use]
    pub fn credited(&self, account: Account) -> Fen {
        -self.entries.iter().filter(|e| e.account == account).map(|e| e.amount).sum::<Fen>()
    }

    /// What customers paid.
    #[must_use]
    pub fn gross(&self) -> Fen {
        -self.credited(Account::ProviderReceivable)
    }

    /// The store's share.
    #[must_use]
    pub fn store_share(&self) -> Fen {
        self.credited(Account::StorePayable)
    }

    /// HQ's share: what is neither the store's nor passes through. A rider's fee is the platform's money.
    #[must_use]
    pub fn hq_share(&self) -> Fen {
        self.gross() - self.store_share() - self.credited(Account::DeliveryClearing)
    }
}

/// Posts the shares of a completed order. The rule shares what the goods come to at their list prices, and the rider's platform has its whole fee: of
/// what campaigns took off either, HQ and the store each bear their part. So a store is made whole for what HQ gave away, and pays for what it gave
/// away itself. Where the rule has no share of a store, all of it is HQ's.
///
/// # Errors
/// `conflict` when the order is not completed, or the rule is not the order's.
pub fn post(head: &OrderHead, body: &OrderBody, rule: &Rule, posting: PostingId) -> Refusable<Decision> {
    let Some(at) = head.completed_at else { return conflict("订单未完成，不能分账") };
    if rule.rule != body.rule {
        return conflict(format!("订单适用分账规则 {}，不是 {}", body.rule, rule.rule));
    }
    let mut entries = vec![Entry { account: Account::ProviderReceivable, amount: head.total }];
    let weights: Vec<u64> = rule.shares.iter().map(|s| s.per_mille).collect();
    let (mut hq, mut store) = (Fen::ZERO, Fen::ZERO);
    for c in &body.campaigns {
        let (of_hq, of_store) = c.hq_bears.split(c.amount());
        hq += of_hq;
        store += of_store;
    }
    let of_store = rule.shares.iter().any(|s| s.account == Account::StorePayable);
    if !of_store {
        (hq, store) = (hq + store, Fen::ZERO);
    }
    let list = head.goods + body.campaigns.iter().map(|c| c.goods).sum::<Fen>();
    for (share, amount) in rule.shares.iter().zip(list.split(&weights)) {
        // A rule may name an account twice: what the store bears is taken off once.
        let borne = if share.account == Account::StorePayable { std::mem::take(&mut store) } else { Fen::ZERO };
        entries.push(Entry { account: share.account, amount: borne - amount });
    }
    entries.push(Entry { account: Account::HqPromotion, amount: hq });
    let fee = head.delivery_fee + body.campaigns.iter().map(|c| c.delivery).sum::<Fen>();
    entries.push(Entry { account: Account::DeliveryClearing, amount: -fee });
    entries.retain(|e| e.amount != Fen::ZERO);
    let mut d = Decision::default();
    d.write(SettlementWrite::Posting(Box::new(Posting {
        posting,
        order: head.order.clone(),
        store: head.store.clone(),
        at,
        rule: rule.rule.clone(),
        payable_from: at.plus(AFTER_SALE_WINDOW),
        entries,
    })));
    for w in wallet::completed(&body.campaigns) {
        d.write(w);
    }
    Ok(d)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_delivery_when_posted_then_the_riders_fee_passes_through_and_is_nobodys_share() {
        let entry = |account, amount| Entry { account, amount: Fen(amount) };
        let posting = Posting {
            posting: "pst_1".parse().unwrap(),
            order: "ord_1".parse().unwrap(),
            store: "sto_1".parse().unwrap(),
            at: Timestamp(1),
            rule: "joint-15/1".into(),
            payable_from: Timestamp(1),
            entries: vec![
                entry(Account::ProviderReceivable, 10_600),
                entry(Account::HqRevenue, -1_500),
                entry(Account::StorePayable, -8_500),
                entry(Account::DeliveryClearing, -600),
            ],
        };
        assert_eq!(posting.entries.iter().map(|e| e.amount).sum::<Fen>(), Fen::ZERO);
        assert_eq!((posting.gross(), posting.hq_share(), posting.store_share()), (Fen(10_600), Fen(1_500), Fen(8_500)));
        assert_eq!(posting.credited(Account::DeliveryClearing), Fen(600));
    }
}
