use liandian_domain::{
    marketing::{
        Campaign, Kind,
        kinds::{AddOn, AddOnItem, Step},
    },
    orders::{
        order::{OrderBody, OrderHead},
        place::{self, Way},
        priced_with::{Placed, PricedWith, Replay, question},
        promise::{HOLDS_FOR, Promise},
    },
};
use liandian_types::{Fen, Fulfilment, Quantity};

use crate::{
    campaigns::placement,
    fixtures::{NOW, id},
    place::{created, placed, wanted},
};

fn ordered() -> (OrderHead, OrderBody, Campaign) {
    let p = placement(0, 3_000);
    let campaign = p.offered.campaigns[0].campaign.clone();
    let (head, body) = created(&placed(p).unwrap().1);
    (head, body, campaign)
}

fn again(head: &OrderHead, body: &OrderBody, known: &[Campaign]) -> Replay {
    let order = Placed { store: &head.store, fulfilment: head.fulfilment, distance_m: body.distance_m, at: head.placed_at };
    body.priced.as_ref().unwrap().again(&order, known).unwrap()
}

#[test]
fn given_an_order_when_its_price_is_found_again_then_it_is_identical_with_the_campaign_of_then_and_with_no_other() {
    let (head, body, campaign) = ordered();
    let priced = body.priced.as_deref().unwrap();
    assert_eq!(priced.versions(), [(id("cmp_1"), 1)]);
    let replay = again(&head, &body, std::slice::from_ref(&campaign));
    assert_eq!((replay.identical, replay.answer.totals.total, replay.lost.len()), (true, Fen(3_000), 0));

    let mut other = campaign.clone();
    if let Kind::Steps(k) = &mut other.kind {
        k.steps = vec![Step { from: Fen(3_000), off: Fen(1_001) }];
    }
    let replay = again(&head, &body, &[other]);
    assert_eq!((replay.identical, replay.answer.totals.total), (false, Fen(2_999)));
    let replay = again(&head, &body, &[]);
    assert_eq!((replay.identical, replay.answer.totals.total, replay.lost), (false, Fen(4_000), vec![id("cmp_1")]));
    // What was left of it then counts, not what is left now.
    let spent = Campaign { left: liandian_domain::marketing::Left { cart: Some(0), ..Default::default() }, ..campaign };
    assert!(again(&head, &body, &[spent]).identical);
}

#[test]
fn given_an_add_on_that_is_offered_for_its_floor_when_the_price_is_found_again_then_the_one_that_was_cheaper_is_still_that() {
    let mut p = placement(0, 4_500);
    p.lines.push(wanted(3, 1, 9, 0));
    if let Some(sku) = &mut p.lines[1].library {
        sku.floor = Fen(1_000);
    }
    let add_on = |second: i64| {
        let items = [("sku_2", second), ("sku_3", 500)].map(|(sku, price)| AddOnItem { sku: id(sku), price: Fen(price) });
        Kind::AddOn(AddOn { from: Fen(1_000), items: items.to_vec(), units: 1 })
    };
    // As it is kept, and as it was offered.
    let kept = Campaign { kind: add_on(500), ..p.offered.campaigns[0].campaign.clone() };
    p.offered.campaigns[0].campaign.kind = add_on(1_000);
    let (head, body) = created(&placed(p).unwrap().1);
    let replay = again(&head, &body, &[kept]);
    assert_eq!((replay.identical, replay.answer.totals.total), (true, Fen(4_500)));
}

#[test]
fn given_what_an_order_was_priced_with_when_it_is_kept_then_it_is_small_and_the_same_again() {
    let (_, body, _) = ordered();
    let priced = body.priced.unwrap();
    let text = serde_json::to_string(&priced).unwrap();
    assert_eq!(serde_json::from_str::<PricedWith>(&text).unwrap(), *priced);
    assert!(text.len() < 300, "{} bytes: {text}", text.len());
    // Orders of before have none.
    let (_, body, _) = ordered();
    let mut old = serde_json::to_value(&body).unwrap();
    old.as_object_mut().unwrap().remove("priced");
    assert_eq!(serde_json::from_value::<OrderBody>(old).unwrap(), OrderBody { priced: None, ..body });
}

#[test]
fn given_a_list_price_that_moved_when_a_promise_holds_then_dearer_is_not_asked_cheaper_is_and_the_floor_stands() {
    let p = placement(0, 3_000);
    let way = Way { fulfilment: Fulfilment::Pickup, store: &p.store, ships_from: None, to: None };
    let priced = place::price(&p.lines, &way, &p.offered, NOW).unwrap();
    let promise = Promise::of(&priced, &p.lines, &p.offered, Some(&p.member), (&p.store.store, p.fulfilment), NOW);
    assert_eq!((promise.total, promise.until, promise.campaigns.clone()), (Fen(3_000), NOW.plus(HOLDS_FOR), vec![(id("cmp_1"), 1, Fen(1_000))]));
    let held = |now: Option<i64>, floor: i64| {
        let mut lines = p.lines.clone();
        lines[0].price = now.map(Fen);
        if let Some(sku) = &mut lines[0].library {
            sku.floor = Fen(floor);
        }
        promise.hold(&mut lines);
        lines[0].price.map(|p| p.0)
    };
    assert_eq!([held(Some(1_200), 0), held(Some(1_200), 1_000), held(Some(1_200), 1_001)], [Some(1_000), Some(1_000), Some(1_200)]);
    assert_eq!([held(Some(800), 0), held(None, 0)], [Some(800), None]);
}

#[test]
fn given_a_promise_that_holds_an_old_price_when_another_is_made_from_it_then_that_ends_with_the_first_and_never_later() {
    let p = placement(0, 3_000);
    let way = Way { fulfilment: Fulfilment::Pickup, store: &p.store, ships_from: None, to: None };
    let made = |lines: &[place::Wanted], at: liandian_types::Timestamp| {
        let priced = place::price(lines, &way, &p.offered, at).unwrap();
        Promise::of(&priced, lines, &p.offered, Some(&p.member), (&p.store.store, p.fulfilment), at)
    };
    let first = made(&p.lines, NOW);
    let later = NOW.plus(HOLDS_FOR - 1);
    let mut dearer = p.lines.clone();
    dearer[0].price = Some(Fen(1_200));
    let held = first.hold(&mut dearer);
    assert_eq!((held, dearer[0].price), (Some(first.until), Some(Fen(1_000))));
    let second = made(&dearer, later).no_longer_than(held);
    assert_eq!((second.until, second.total), (first.until, first.total), "an old price is not renewed");
    // Where nothing costs less than now because of it, the next one is as good as any.
    let mut same = p.lines.clone();
    let held = first.hold(&mut same);
    assert_eq!((held, made(&same, later).no_longer_than(held).until), (None, later.plus(HOLDS_FOR)));
}

#[test]
fn given_terms_for_a_page_when_a_cart_is_priced_with_them_then_it_costs_what_the_store_says_and_they_tell_no_secrets() {
    let p = placement(0, 3_000);
    let way = Way { fulfilment: Fulfilment::Pickup, store: &p.store, ships_from: None, to: None };
    let there = place::price(&p.lines, &way, &p.offered, NOW).unwrap();
    let lines =
        p.lines.iter().map(|l| liandian_domain::marketing::campaign::line(l.library.as_ref().unwrap(), l.quantity, l.price.unwrap())).collect();
    let mut q = question(lines, &p.offered, &p.store.store, &p.store.hours.zone, NOW);
    let here = liandian_pricing::price(&q.cart()).unwrap();
    assert_eq!((here.totals, here.fingerprint() != 0), (there.totals, true));
    let shown = &q.campaigns[0];
    assert_eq!((shown.hq_bears.0, shown.left.budget, shown.stores.len()), (0, None, 0));
    // Below the threshold the campaign says what is missing, without asking anybody.
    q.lines.truncate(1);
    q.lines[0].quantity = Quantity::new(1).unwrap();
    let here = liandian_pricing::price(&q.cart()).unwrap();
    assert_eq!((here.totals.total, here.not_applied.len()), (Fen(1_000), 1));
}
