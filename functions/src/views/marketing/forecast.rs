//! What a campaign would have cost on orders of last month: of a few stores, so that it is read in a moment, and said to be of these.

use std::collections::HashMap;

use futures::future::try_join_all;
use liandian_domain::{
    catalog::LibrarySku,
    marketing::{
        Campaign, Fees,
        campaign::line,
        forecast::{Outcome, Past, daily, replay},
    },
    orders::order::{OrderBody, OrderHead},
    stores::profile::StoreProfile,
};
use liandian_store::Tables;
use liandian_types::{CampaignState, Fen, OrderState, SkuId, StoreId, StoreStatus, Timestamp, api::CampaignForecast};

use crate::http::Failure;

/// Orders of so long ago are looked at.
const MONTH_DAYS: i64 = 30;

/// In so many stores.
const STORES: usize = 6;

/// So many of each, the newest.
const ORDERS: i32 = 50;

/// Stores for a sample: spread over all of them, the same ones every time.
fn sample<T>(all: &[T], most: usize) -> Vec<&T> {
    let many = all.len().min(most);
    (0..many).filter_map(|i| all.get(i * all.len() / many.max(1))).collect()
}

/// The newest orders of a store that are done, of last month, with their bodies.
async fn done(tables: &Tables, store: &StoreId, now: Timestamp) -> Result<Vec<(OrderHead, OrderBody)>, Failure> {
    let of = |state| tables.newest_of_store(store, state, ORDERS);
    let (completed, settled) = futures::try_join!(of(OrderState::Completed), of(OrderState::Settled))?;
    let since = now.plus(-MONTH_DAYS * Timestamp::DAY);
    // An index of who serves an order has those of other stores as well.
    let mut heads: Vec<OrderHead> = completed.into_iter().chain(settled).filter(|h| h.placed_at >= since && h.store == *store).collect();
    heads.sort_by_key(|h| std::cmp::Reverse(h.placed_at));
    heads.truncate(usize::try_from(ORDERS).unwrap_or(0));
    let ids: Vec<_> = heads.iter().map(|h| h.order.clone()).collect();
    let bodies = tables.order_bodies(&ids).await?;
    Ok(heads.into_iter().zip(bodies).filter_map(|(h, b)| Some((h, b?))).collect())
}

/// An order as prices go by it; none when goods of it are unknown by now.
fn past<'a>(store: &'a StoreProfile, (h, b): &(OrderHead, OrderBody), library: &HashMap<&SkuId, &LibrarySku>, fees: Fees) -> Option<Past<'a>> {
    let lines = b.lines.iter().map(|l| library.get(&l.sku).map(|sku| line(sku, l.quantity, l.price))).collect::<Option<Vec<_>>>()?;
    let at = h.placed_at;
    (!lines.is_empty()).then_some(Past {
        store: &store.store,
        zone: &store.hours.zone,
        lines,
        fulfilment: h.fulfilment,
        distance_m: b.distance_m,
        at,
        fees,
    })
}

/// What a campaign would have cost on orders of last month, of a sample of the stores in which it would run.
///
/// # Errors
/// [`Failure`] from the tables, and for orders whose sums do not fit.
pub async fn campaign_forecast(tables: &Tables, campaign: &Campaign, now: Timestamp) -> Result<CampaignForecast, Failure> {
    let (directory, library, live, policies) =
        futures::try_join!(tables.directory(), tables.library(), tables.live_campaigns(now), tables.policies())?;
    let meant = |s: &&StoreProfile| {
        matches!(s.status, StoreStatus::Open | StoreStatus::Paused) && (campaign.stores.is_empty() || campaign.stores.contains(&s.store))
    };
    let mut stores: Vec<&StoreProfile> = directory.iter().filter(meant).collect();
    stores.sort_by(|a, b| a.store.cmp(&b.store));
    let chosen: Vec<&StoreProfile> = sample(&stores, STORES).into_iter().copied().collect();
    let orders = try_join_all(chosen.iter().map(|s| done(tables, &s.store, now))).await?;
    let known: HashMap<&SkuId, &LibrarySku> = library.iter().map(|s| (&s.sku, s)).collect();
    let (mut whole, mut by_store, mut days) = (Outcome::default(), Vec::with_capacity(chosen.len()), 0_i64);
    for (store, orders) in chosen.iter().zip(&orders) {
        let beside: Vec<Campaign> = live
            .iter()
            .filter(|r| r.state == CampaignState::Scheduled && (r.campaign.stores.is_empty() || r.campaign.stores.contains(&store.store)))
            .map(|r| r.campaign.clone())
            .collect();
        let mut of_store = Outcome::default();
        for p in orders.iter().filter_map(|order| past(store, order, &known, policies.fees)) {
            of_store = of_store.plus(replay(&p, campaign, &beside)?);
        }
        // As many as are looked at reach back as far as they do; fewer are all of the month.
        let full = orders.len() >= usize::try_from(ORDERS).unwrap_or(0);
        let oldest = orders.last().filter(|_| full).map_or(MONTH_DAYS, |(h, _)| (now.0 - h.placed_at.0) / Timestamp::DAY + 1);
        days = days.max(oldest);
        by_store.push((of_store.cost, oldest));
        whole = whole.plus(of_store);
    }
    let many = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let Outcome { orders, hits, cost, sales, near, missing } = whole;
    let unknown = if campaign.audience.new_only { "；不知道谁是新客，按所有顾客都可参加计算" } else { "" };
    Ok(CampaignForecast {
        stores: many(chosen.len()),
        of_stores: many(stores.len()),
        orders,
        days: u32::try_from(days).unwrap_or(0),
        hits,
        cost,
        sales,
        near,
        missing,
        daily_cost: if orders == 0 { Fen::ZERO } else { daily(&by_store, stores.len()) },
        sample: format!(
            "抽样：{} 家门店中的 {} 家，近 {days} 天内最近完成的 {orders} 单，按当时的原价重新计算，限额不计{unknown}。",
            stores.len(),
            chosen.len()
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_many_stores_when_some_are_chosen_then_they_are_spread_over_all_and_of_few_all_are() {
        let all: Vec<usize> = (0..36).collect();
        assert_eq!(sample(&all, 6), [&0, &6, &12, &18, &24, &30]);
        assert_eq!(sample(&all[..3], 6), [&0, &1, &2]);
        assert!(sample::<usize>(&[], 6).is_empty());
    }
}
