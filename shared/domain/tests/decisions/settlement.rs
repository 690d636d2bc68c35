use liandian_domain::{
    Write,
    decision::SettlementWrite,
    orders::order::OrderHead,
    settlement::{Account, Posting, Rule, Share, default_rule_of, default_rules, post},
};
use liandian_types::{Fen, Fulfilment, Mode, OrderState, Timestamp};

use crate::fixtures::{body, code_of, head, id};

fn done() -> OrderHead {
    OrderHead { completed_at: Some(Timestamp(5)), ..head(OrderState::Completed, Fulfilment::Delivery) }
}

fn posting(h: &OrderHead, rule: &str) -> Posting {
    let rule = default_rules().into_iter().find(|r| r.rule == rule).unwrap();
    let d = post(h, &liandian_domain::orders::order::OrderBody { rule: rule.rule.clone(), ..body() }, &rule, id("pst_1")).unwrap();
    let Write::Settlement(SettlementWrite::Posting(p)) = &d.writes[0] else { panic!("{d:?}") };
    assert_eq!(d.writes.len(), 1);
    (**p).clone()
}

#[test]
fn given_each_rule_when_an_order_of_52_80_is_posted_then_each_account_gets_this() {
    // ¥47.80 of goods, ¥5 for bringing them.
    let of = |rule| posting(&done(), rule).entries.iter().map(|e| (e.account, e.amount.0)).collect::<Vec<_>>();
    assert_eq!(of("direct/1"), [(Account::ProviderReceivable, 5_280), (Account::HqRevenue, -4_780), (Account::DeliveryClearing, -500)]);
    assert_eq!(
        of("joint-15/1"),
        [(Account::ProviderReceivable, 5_280), (Account::HqRevenue, -717), (Account::StorePayable, -4_063), (Account::DeliveryClearing, -500)]
    );
    assert_eq!(
        of("franchise-5-1/1"),
        [
            (Account::ProviderReceivable, 5_280),
            (Account::HqRoyalty, -239),
            (Account::HqPlatformFee, -48),
            (Account::StorePayable, -4_493),
            (Account::DeliveryClearing, -500),
        ]
    );
    let p = posting(&done(), "joint-15/1");
    assert_eq!(
        (p.gross(), p.store_share(), p.credited(Account::HqRevenue), p.credited(Account::HqRoyalty)),
        (Fen(5_280), Fen(4_063), Fen(717), Fen(0))
    );
    assert_eq!(
        (p.at, p.payable_from, p.rule.as_str(), p.order.as_str(), p.store.as_str()),
        (Timestamp(5), Timestamp(604_800_005), "joint-15/1", "ord_1", "sto_a")
    );
}

#[test]
fn given_an_order_of_which_a_part_went_back_when_posted_then_it_settles_for_what_was_kept() {
    let h = OrderHead { goods: Fen(2_580), total: Fen(3_080), given_back: Fen(2_200), parts: 1, ..done() };
    let p = posting(&h, "joint-15/1");
    assert_eq!(
        (p.gross(), p.store_share(), p.credited(Account::HqRevenue), p.credited(Account::DeliveryClearing)),
        (Fen(3_080), Fen(2_193), Fen(387), Fen(500))
    );
}

#[test]
fn given_nothing_to_credit_when_posted_then_there_is_no_empty_side() {
    let h = OrderHead { goods: Fen(1), delivery_fee: Fen(0), total: Fen(1), ..done() };
    assert_eq!(posting(&h, "joint-15/1").entries.len(), 2, "one fen goes to one");
    let rule = Rule {
        rule: "odd/1".into(),
        shares: vec![Share { account: Account::HqRevenue, per_mille: 0 }, Share { account: Account::StorePayable, per_mille: 1000 }],
    };
    let b = liandian_domain::orders::order::OrderBody { rule: "odd/1".into(), ..body() };
    let d = post(&done(), &b, &rule, id("pst_1")).unwrap();
    let Write::Settlement(SettlementWrite::Posting(p)) = &d.writes[0] else { panic!("{d:?}") };
    assert_eq!(p.entries.iter().map(|e| e.amount.0).collect::<Vec<_>>(), [5_280, -4_780, -500]);
}

#[test]
fn given_an_order_that_is_not_done_or_another_rule_when_posted_then_it_is_refused() {
    let rule = default_rules().remove(1);
    assert_eq!(code_of(post(&head(OrderState::Ready, Fulfilment::Pickup), &body(), &rule, id("pst_1"))), "conflict");
    assert_eq!(code_of(post(&done(), &body(), &default_rules()[0], id("pst_1"))), "conflict");
    assert_eq!(code_of(post(&done(), &body(), &rule, id("pst_1"))), "done");
}

#[test]
fn given_accounts_and_modes_when_named_then_the_names_are_these_for_ever() {
    use Account as A;
    let all = [A::ProviderReceivable, A::HqRevenue, A::HqRoyalty, A::HqPlatformFee, A::DeliveryClearing, A::StorePayable];
    assert_eq!(
        all.map(|a| a.name(&id("sto_a"))),
        ["provider:receivable", "hq:revenue", "hq:royalty", "hq:platform_fee", "hq:delivery_clearing", "store:sto_a:payable"]
    );
    assert_eq!(all.map(A::title), ["应收支付渠道款", "总部收入", "总部加盟权益金", "总部平台服务费", "代收配送费", "应付门店款"]);
    assert_eq!([Mode::Direct, Mode::Joint, Mode::Franchise].map(default_rule_of), ["direct/1", "joint-15/1", "franchise-5-1/1"]);
    for r in default_rules() {
        assert_eq!(r.shares.iter().map(|s| s.per_mille).sum::<u64>(), 1000, "{}", r.rule);
    }
}
