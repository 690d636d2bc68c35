use liandian_domain::{
    Decision, Write,
    decision::{MarketingWrite, OrdersWrite, PaymentsWrite, SettlementWrite},
    marketing::{
        Audience, Campaign, HqBears, Kind, Left, Level, OnLoss, Schedule, Scope,
        kinds::{Step, Steps},
        offered::{InView, Offered},
        used::{Counter, Limits, Used},
    },
    orders::{
        order::{OrderBody, OrderHead, Paid, close, refund_and_release, revive},
        parcel,
        place::Placement,
        shortfall::{MissingUnits, Shortfall, keep},
    },
    settlement::{Account, default_rules, post},
    stores::profile::LocationKind,
};
use liandian_types::{Fen, Fulfilment, OrderState, Timestamp};

use crate::{
    fixtures::{MINUTE, NOW, code, code_of, id},
    place::{created, location, order, placed, wanted},
};

/// 满30减10, HQ bears seven tenths.
fn offered(limits: Limits, used: Used) -> Offered {
    let campaign = Campaign {
        campaign: id("cmp_1"),
        title: "满30减10".into(),
        level: Level::Hq,
        priority: 0,
        kind: Kind::Steps(Steps { steps: vec![Step { from: Fen(3_000), off: Fen(1_000) }], repeat: 1 }),
        scope: Scope::default(),
        group: None,
        beside_hq: false,
        breaks_floor: false,
        audience: Audience::default(),
        schedule: Schedule { from: Timestamp(0), until: Timestamp(2_000_000_000), weekdays: 0, month_days: 0, minutes: None },
        stores: Vec::new(),
        fulfilments: Vec::new(),
        left: Left::default(),
        coupon: None,
        on_loss: OnLoss::Keep,
        hq_bears: HqBears(700),
    };
    let left = limits.left([(&Counter::Whole, &used)]);
    Offered { campaigns: vec![InView { campaign: Campaign { left, ..campaign }, limits, version: 1, parts: Vec::new() }], ..Offered::default() }
}

fn budget() -> Limits {
    Limits { budget: Some(Fen(5_000)), ..Limits::default() }
}

/// Three of one good and one of another, ¥10 each.
pub fn placement(used: i64, total: i64) -> Placement {
    let lines = vec![wanted(1, 3, 9, 0), wanted(2, 1, 9, 0)];
    Placement { offered: offered(budget(), Used { orders: 1, spent: Fen(used), units: 0 }), ..order(lines, Fulfilment::Pickup, total) }
}

fn ordered() -> (OrderHead, OrderBody, Decision) {
    let (_, d) = placed(placement(0, 3_000)).unwrap();
    let (head, body) = created(&d);
    (head, body, d)
}

/// What is counted: how many orders, how much, and up to how much.
fn counted(d: &Decision) -> Vec<(i64, i64, Option<i64>)> {
    let of =
        |w: &Write| if let Write::Marketing(MarketingWrite::Used(c)) = w { Some((c.orders, c.spent.0, c.most_spent.map(|m| m.0))) } else { None };
    d.writes.iter().filter_map(of).collect()
}

#[test]
fn given_a_campaign_when_an_order_is_placed_then_it_keeps_what_each_line_was_given_and_the_budget_is_asked_in_the_same_transaction() {
    let (head, body, d) = ordered();
    assert_eq!((head.goods, head.total, body.list()), (Fen(3_000), Fen(3_000), Fen(4_000)));
    assert_eq!(body.lines.iter().map(|l| (l.price.0, l.total().0, l.off().0)).collect::<Vec<_>>(), [(1_000, 3_000, 750), (1_000, 1_000, 250)]);
    let c = &body.campaigns[0];
    assert_eq!((c.title.as_str(), c.goods, c.delivery, c.counted.as_slice()), ("满30减10", Fen(1_000), Fen(0), &[Counter::Whole][..]));
    assert_eq!(counted(&d), [(1, 1_000, Some(5_000))]);
    // An order of before reads as it was.
    let mut old = serde_json::to_value(&body).unwrap();
    for gone in ["campaigns", "gifts"] {
        old.as_object_mut().unwrap().remove(gone);
    }
    for line in old["lines"].as_array_mut().unwrap() {
        line.as_object_mut().unwrap().remove("segments");
    }
    let old: OrderBody = serde_json::from_value(old).unwrap();
    assert_eq!((old.lines[0].off(), old.lines[0].share_of_first(2).goods, old.campaigns.len()), (Fen(0), Fen(2_000), 0));
}

#[test]
fn given_a_budget_that_others_have_used_when_ordered_at_the_price_that_was_seen_then_it_is_refused_and_at_the_list_price_it_is_placed() {
    assert_eq!(code_of(placed(placement(4_000, 3_000))), "done", "the last of it");
    let refused = placed(placement(4_001, 3_000)).unwrap_err();
    assert_eq!(
        (code(&refused).as_str(), refused.detail.as_str()),
        ("price_changed", "「满30减10」名额已用完，应付金额已变为 ¥40.00，请确认后重新下单")
    );
    let (_, d) = placed(placement(4_001, 4_000)).unwrap();
    assert_eq!((created(&d).1.campaigns.len(), counted(&d).len()), (0, 0));
}

#[test]
fn given_units_that_are_missing_when_the_customer_keeps_the_rest_then_exactly_their_share_goes_back_and_any_sequence_adds_up() {
    let (head, body, _) = ordered();
    let short = |head: &OrderHead, sku: &str, units: u32| OrderHead {
        state: OrderState::Preparing,
        shortfall: Some(Shortfall { lines: vec![MissingUnits { sku: id(sku), units }], choose_by: NOW.plus(30 * MINUTE), unpromised: false }),
        ..head.clone()
    };
    let step = |head: &OrderHead, body: &OrderBody, sku: &str, units: u32| {
        let d = keep(&short(head, sku, units), body, id("mov_9"), NOW).unwrap();
        let mut found = (None, None, None);
        for w in &d.writes {
            match w {
                Write::Orders(OrdersWrite::Update(h)) => found.0 = Some((**h).clone()),
                Write::Orders(OrdersWrite::ReplaceBody(b)) => found.1 = Some((**b).clone()),
                Write::Payments(PaymentsWrite::CreatePartRefund(p)) => found.2 = Some(p.amount),
                _ => {}
            }
        }
        (found.0.unwrap(), found.1.unwrap(), found.2.unwrap(), counted(&d))
    };
    let (head, body, back, used) = step(&head, &body, "sku_1", 1);
    assert_eq!((back, head.total, body.campaigns[0].goods), (Fen(750), Fen(2_250), Fen(750)));
    assert_eq!(used, [(0, -250, None)], "what it no longer gives is others' to have");
    assert_eq!(body.list() - body.campaigns[0].goods, head.goods);
    let (head, body, back, _) = step(&head, &body, "sku_2", 1);
    assert_eq!((back, head.total, body.lines.len()), (Fen(750), Fen(1_500), 1));
    let (head, body, back, _) = step(&head, &body, "sku_1", 1);
    assert_eq!((back, head.total, head.given_back), (Fen(750), Fen(750), Fen(2_250)));
    assert_eq!((head.charged(), body.campaigns[0].goods), (Fen(3_000), Fen(250)));
    // The rest goes back whole, and with it the last of what was counted.
    let d = refund_and_release(&OrderHead { shortfall: None, ..head }, &body, "缺货", id("mov_9"), NOW);
    assert_eq!(counted(&d), [(-1, -250, None)]);
}

#[test]
fn given_an_order_that_is_closed_when_it_had_a_limited_campaign_then_all_of_it_is_given_back_and_a_late_payment_does_not_take_it_again() {
    let (head, body, _) = ordered();
    let d = close(&head, &body, None, true, [id("mov_8"), id("mov_9")], NOW).unwrap();
    assert_eq!(counted(&d), [(-1, -1_000, None)]);
    let closed = OrderHead { state: OrderState::Closed, ..head };
    let paid = Paid { transaction: "t".into(), amount: Fen(3_000), at: NOW };
    assert_eq!(revive(&closed, &body, &paid, id("mov_9"), NOW), None);
}

#[test]
fn given_a_closed_order_that_was_somebodys_first_when_it_is_paid_late_then_it_is_not_taken_up_again_and_another_is() {
    let revived = |new: bool| {
        let mut of = offered(Limits::default(), Used::default());
        of.customer.new = new;
        let (head, body) = created(&placed(Placement { offered: of, ..placement(0, 3_000) }).unwrap().1);
        let closed = OrderHead { state: OrderState::Closed, ..head };
        let paid = Paid { transaction: "t".into(), amount: Fen(3_000), at: NOW };
        revive(&closed, &body, &paid, id("mov_9"), NOW).is_some()
    };
    assert_eq!((revived(false), revived(true)), (true, false));
}

#[test]
fn given_forty_lines_that_each_need_a_transfer_when_more_and_more_is_counted_then_what_no_transaction_holds_is_refused_before_it_is_tried() {
    let limits = Limits { person: Some(9), day: Some(9), orders: Some(9), ..Limits::default() };
    let with = |campaigns: i64| {
        let mut of = offered(limits, Used::default());
        let first = of.campaigns.remove(0);
        for n in 0..campaigns {
            let kind = Kind::Steps(Steps { steps: vec![Step { from: Fen(3_000), off: Fen(100) }], repeat: 1 });
            let campaign = Campaign { campaign: id(format!("cmp_{n}")), kind, ..first.campaign.clone() };
            of.campaigns.push(InView { campaign, ..first.clone() });
        }
        let lines = (1..=40).map(|n| wanted(n, 2, 1, 9)).collect();
        let transfer_from = Some((location("b", LocationKind::Shelf, 100.0), true));
        placed(Placement { offered: of, transfer_from, ..order(lines, Fulfilment::Pickup, 80_000 - 100 * campaigns) }).map(|(_, d)| d)
    };
    // Of each campaign three counters; 80 records, head and body, what is held, the transfer, two documents, one event.
    let d = with(4).unwrap();
    assert_eq!(counted(&d).len(), 12);
    let refused = with(5).unwrap_err();
    assert_eq!((code(&refused).as_str(), refused.field.as_deref()), ("bad_request", Some("lines")));
}

#[test]
fn given_a_campaign_that_takes_all_off_when_ordered_then_it_is_refused_because_nobody_could_pay_nothing_and_a_fen_is_enough() {
    let of = |off: i64, total: i64| {
        let mut p = placement(0, total);
        let c = &mut p.offered.campaigns[0];
        (c.campaign.kind, c.campaign.breaks_floor) = (Kind::Steps(Steps { steps: vec![Step { from: Fen(4_000), off: Fen(off) }], repeat: 1 }), true);
        placed(p).map(|_| ()).map_err(|p| p.field.unwrap_or_default())
    };
    assert_eq!((of(4_000, 0), of(3_999, 1)), (Err("lines".to_owned()), Ok(())));
}

#[test]
fn given_a_parcel_that_is_lost_when_its_money_goes_back_then_what_was_counted_is_given_back_once() {
    let (head, body, _) = ordered();
    let sent = OrderHead { fulfilment: Fulfilment::HqShip, state: OrderState::Delivering, ..head };
    assert_eq!(counted(&parcel::lost(&sent, &body, NOW).unwrap()), [(-1, -1_000, None)]);
    let parcel = Some(parcel::Parcel { carrier: liandian_types::Carrier::Sf, number: "SF1234567891".into(), shipped_at: NOW });
    let again = parcel::lost(&OrderHead { parcel, state: OrderState::Refunding, ..sent }, &body, NOW).unwrap();
    assert!(again.is_empty());
}

#[test]
fn given_who_bears_a_discount_when_posted_then_the_store_is_made_whole_for_hqs_part_and_pays_its_own_and_all_adds_up_to_zero() {
    let (head, body, _) = ordered();
    let of = |rule: &str| {
        let rule = default_rules().into_iter().find(|r| r.rule == rule).unwrap();
        let head = OrderHead { state: OrderState::Completed, completed_at: Some(NOW), ..head.clone() };
        let d = post(&head, &OrderBody { rule: rule.rule.clone(), ..body.clone() }, &rule, id("pst_1")).unwrap();
        let Write::Settlement(SettlementWrite::Posting(p)) = &d.writes[0] else { panic!("{d:?}") };
        assert_eq!(p.entries.iter().map(|e| e.amount).sum::<Fen>(), Fen(0));
        (p.entries.iter().map(|e| (e.account, e.amount.0)).collect::<Vec<_>>(), p.hq_share().0, p.store_share().0)
    };
    // ¥40 of goods for ¥30: of the ¥10 HQ bears 7.
    assert_eq!(
        of("joint-15/1"),
        (
            vec![(Account::ProviderReceivable, 3_000), (Account::HqRevenue, -600), (Account::StorePayable, -3_100), (Account::HqPromotion, 700)],
            -100,
            3_100
        )
    );
    assert_eq!(of("direct/1"), (vec![(Account::ProviderReceivable, 3_000), (Account::HqRevenue, -4_000), (Account::HqPromotion, 1_000)], 3_000, 0));
}
