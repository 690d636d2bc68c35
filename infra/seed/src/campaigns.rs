//! Campaigns of the demo chain: HQ's that run, and one of a store that waits for review.

use liandian_domain::marketing::{
    Audience, Campaign, HqBears, Kind, Left, Level, OnLoss, Schedule, Scope,
    campaign::{Pauses, Record},
    kinds,
    used::Limits,
};
use liandian_types::{CampaignState, Fen, Mode, SkuId, StoreId, Timestamp};

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

/// The campaigns of a demo chain that begins now.
#[must_use]
pub fn campaigns(chain: &Chain, now: Timestamp) -> Vec<Record> {
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

    let fee = kinds::Delivery { from: Fen(5_900), metres: Some(3_000), grams: None, fee: Fen::ZERO };
    all.push(record("delivery", "满59免配送费", Kind::Delivery(fee), now));

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
    fn given_the_demo_campaigns_when_checked_then_they_may_run_and_their_goods_are_in_the_library() {
        let chain = Chain::demo();
        let all = campaigns(&chain, Timestamp(1_795_420_800_000));
        assert_eq!(all.len(), 5);
        for r in &all {
            assert_eq!(check(&r.campaign, r.owner.as_ref(), &r.limits), Ok(()), "{}", r.campaign.title);
            if let Kind::Combo(k) = &r.campaign.kind {
                assert!(k.parts.iter().flat_map(|p| &p.of).all(|sku| chain.library.iter().any(|s| s.sku == *sku)));
            }
            for category in &r.campaign.scope.categories {
                assert!(chain.library.iter().any(|s| s.category == *category), "{category}");
            }
        }
    }
}
