//! Campaigns of the demo chain: HQ's that run, one of each kind that people know from a shop, and one of a store that waits for review.

use liandian_domain::{
    marketing::{
        Audience, Campaign, HqBears, Kind, Left, Level, OnLoss, Schedule, Scope,
        campaign::{Pauses, Record},
        kinds,
        results::Tally,
        used::{Limits, parts_of},
    },
    stores::hours::{CHINA, day},
};
use liandian_types::{CampaignId, CampaignState, Fen, Mode, SkuId, StoreId, Timestamp};

use crate::chain::Chain;

fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Display,
{
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn record(name: &str, title: &str, kind: Kind, now: Timestamp) -> Record {
    let campaign = Campaign {
        campaign: id(&format!("cmp_demo-{name}")),
        title: title.to_owned(),
        level: Level::Hq,
        priority: 0,
        kind,
        scope: Scope::default(),
        group: None,
        beside_hq: false,
        breaks_floor: false,
        audience: Audience::default(),
        schedule: Schedule { from: now.plus(-Timestamp::DAY), until: now.plus(60 * Timestamp::DAY), weekdays: 0, month_days: 0, minutes: None },
        stores: Vec::new(),
        fulfilments: Vec::new(),
        left: Left::default(),
        coupon: None,
        on_loss: OnLoss::Keep,
        hq_bears: HqBears(1_000),
    };
    Record { campaign, owner: None, state: CampaignState::Scheduled, limits: Limits::default(), reason: None, pauses: Pauses::default(), version: 1 }
}

fn own(mut r: Record, store: &StoreId) -> Record {
    r.campaign.level = Level::Store;
    r.campaign.stores = vec![store.clone()];
    r.campaign.hq_bears = HqBears(0);
    Record { owner: Some(store.clone()), state: CampaignState::Review, ..r }
}

/// The name of the campaign that is over.
const PAST: &str = "past";

/// For so many days it ran.
const PAST_DAYS: i64 = 14;

/// When it ran.
fn past(now: Timestamp) -> Schedule {
    let until = now.plus(-7 * Timestamp::DAY);
    Schedule { from: until.plus(-PAST_DAYS * Timestamp::DAY), until, weekdays: 0, month_days: 0, minutes: None }
}

/// What the campaign that is over brought, by store and day: other figures for each, the same ones every time.
#[must_use]
pub fn past_results(chain: &Chain, now: Timestamp) -> (CampaignId, Vec<(StoreId, String, Tally)>) {
    let mut all = Vec::new();
    for (i, store) in (0_i64..).zip(chain.stores.iter().take(12)) {
        for d in 0..PAST_DAYS {
            let orders = 1 + (i * 7 + d * 3 + i * d) % 6;
            let (new_orders, paid) = (orders / 3, 2_850 + 10 * (i + d));
            let tally = Tally {
                orders,
                units: orders * 2,
                off: Fen(orders * 500),
                paid: Fen(orders * paid),
                new_orders,
                new_off: Fen(new_orders * 500),
                new_paid: Fen(new_orders * paid),
            };
            all.push((store.store.clone(), day(past(now).from.plus(d * Timestamp::DAY), CHINA).to_string(), tally));
        }
    }
    (id(&format!("cmp_demo-{PAST}")), all)
}

/// The campaigns of a demo chain that begins now.
#[must_use]
pub fn campaigns(chain: &Chain, now: Timestamp) -> Vec<Record> {
    let mut all = made(chain, now);
    for r in &mut all {
        r.campaign.schedule.until = r.campaign.schedule.until.plus(chain.past_ms);
    }
    all
}

fn made(chain: &Chain, now: Timestamp) -> Vec<Record> {
    let mut all = Vec::new();

    let steps = vec![kinds::Step { from: Fen(30_000), off: Fen(5_000) }];
    let mut spend = record("spend", "满300减50", Kind::Steps(kinds::Steps { steps, repeat: 2 }), now);
    spend.campaign.hq_bears = HqBears(700);
    spend.limits = Limits { budget: Some(Fen(5_000_000)), ..Limits::default() };
    all.push(spend);

    let mut half = record("half", "8号会员日第2件半价", Kind::NthItem(kinds::NthItem { n: 2, off: 500 }), now);
    half.campaign.scope.categories = vec!["dairy".to_owned()];
    half.campaign.schedule.month_days = 1 << 7;
    // HQ gives it away: below the floor, too.
    half.campaign.breaks_floor = true;
    all.push(half);

    let part = |sku: &str| kinds::Part { of: vec![id::<SkuId>(sku)], units: 1 };
    let parts = vec![part("sku_baozi-soup"), part("sku_soy-drink-1")];
    all.push(record("breakfast", "早餐套餐", Kind::Combo(kinds::Combo { parts, price: Fen(1_580) }), now));

    // Flash sales of every day: HQ gives them away, below the floor, too.
    for (name, title, sku, price, stock, hours) in [
        ("flash-tomato", "小番茄秒杀", "sku_cherry-tomato", 690, 500, (480, 1_320)),
        ("flash-potato", "土豆秒杀", "sku_potato", 390, 200, (840, 960)),
    ] {
        let kind = Kind::Flash(kinds::Flash { sku: id(sku), price: Fen(price), stock, per_person: 1 });
        let mut flash = record(name, title, kind, now);
        flash.campaign.schedule.minutes = Some(hours);
        flash.campaign.breaks_floor = true;
        flash.limits = Limits { units: Some(stock), person_units: Some(1), parts: parts_of(stock), ..Limits::default() };
        all.push(flash);
    }

    let mut buns = record("buns", "包子任选3件6元", Kind::AnyOf(kinds::AnyOf { units: 3, price: Fen(600) }), now);
    buns.campaign.scope.skus = ["sku_baozi-veg", "sku_baozi-redbean", "sku_baozi-pork-1"].map(id).to_vec();
    all.push(buns);

    let item = |sku: &str, price| kinds::AddOnItem { sku: id(sku), price: Fen(price) };
    let items = vec![item("sku_tea-egg-1", 100), item("sku_corn", 390)];
    let mut more = record("add-on", "满39元加价换购", Kind::AddOn(kinds::AddOn { from: Fen(3_900), items, units: 2 }), now);
    more.campaign.breaks_floor = true;
    all.push(more);

    let gifts = vec![kinds::GiftItem { sku: id("sku_soy-drink-1"), units: 1, stock: u32::MAX }];
    all.push(record("gift", "满99元赠豆浆", Kind::Gift(kinds::Gift { from: Fen(9_900), gifts, at_pickup: true }), now));

    let fee = kinds::Delivery { from: Fen(5_900), metres: Some(3_000), grams: None, fee: Fen::ZERO };
    all.push(record("delivery", "满59免配送费", Kind::Delivery(fee), now));

    // One whose time is over: there is something to see of what campaigns bring.
    let mut over =
        record(PAST, "早餐满20减5", Kind::Steps(kinds::Steps { steps: vec![kinds::Step { from: Fen(2_000), off: Fen(500) }], repeat: 1 }), now);
    over.campaign.schedule = past(now);
    all.push(over);

    if let Some(s) = chain.stores.iter().find(|s| s.mode == Mode::Franchise) {
        let mut bakery = record("bakery", "本店烘焙九折", Kind::Percent(kinds::Percent { off: 100 }), now);
        bakery.campaign.scope.categories = vec!["bakery".to_owned()];
        bakery.campaign.beside_hq = true;
        all.push(own(bakery, &s.store));
    }
    all
}

#[cfg(test)]
mod tests {
    use liandian_domain::marketing::campaign::check;

    use super::*;

    #[test]
    fn given_the_campaign_that_is_over_when_its_results_are_made_then_they_are_of_its_days_and_it_is_over() {
        let (chain, now) = (Chain::demo(), Timestamp(1_795_420_800_000));
        let (campaign, results) = past_results(&chain, now);
        let all = campaigns(&chain, now);
        let over = all.iter().find(|r| r.campaign.campaign == campaign).unwrap();
        assert_eq!(over.state_at(now), CampaignState::Over);
        let last = day(over.campaign.schedule.until.plus(-1), CHINA).to_string();
        assert!(results.iter().all(|(_, d, t)| *d <= last && t.orders > 0 && t.new_orders <= t.orders));
    }

    #[test]
    fn given_the_demo_campaigns_when_checked_then_they_may_run_and_their_goods_are_in_the_library() {
        let chain = Chain::demo();
        let all = campaigns(&chain, Timestamp(1_795_420_800_000));
        assert_eq!(all.len(), 11);
        for r in &all {
            assert_eq!(check(&r.campaign, r.owner.as_ref(), &r.limits), Ok(()), "{}", r.campaign.title);
            if let Kind::Combo(k) = &r.campaign.kind {
                assert!(k.parts.iter().flat_map(|p| &p.of).all(|sku| chain.library.iter().any(|s| s.sku == *sku)));
            }
            let named: Vec<&SkuId> = match &r.campaign.kind {
                Kind::Flash(k) => vec![&k.sku],
                Kind::AddOn(k) => k.items.iter().map(|i| &i.sku).collect(),
                Kind::Gift(k) => k.gifts.iter().map(|g| &g.sku).collect(),
                _ => Vec::new(),
            };
            for sku in named.into_iter().chain(&r.campaign.scope.skus) {
                assert!(chain.library.iter().any(|s| s.sku == *sku && s.sold_online()), "{sku}");
            }
            for category in &r.campaign.scope.categories {
                assert!(chain.library.iter().any(|s| s.category == *category), "{category}");
            }
        }
    }
}
