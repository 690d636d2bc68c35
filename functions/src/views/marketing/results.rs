//! What a campaign has brought: to HQ of all stores, to a store of itself.

use std::collections::{BTreeMap, BTreeSet};

use liandian_domain::{
    marketing::{campaign::Record, results::Tally, used::Counter},
    stock::batch::Date,
    stores::hours::{CHINA, day},
};
use liandian_store::{StoreError, Tables};
use liandian_types::{
    CampaignState, Fen, StoreId, StoreStatus, Timestamp,
    api::{CampaignCard, CampaignDay, CampaignResults, CampaignStore, CampaignTally},
};

use super::{beside, card};

/// The most days that are shown one by one; sums are of all.
const SHOWN: usize = 62;

fn tally(t: Tally) -> CampaignTally {
    let Tally { orders, units, off, paid, new_orders, new_off, new_paid } = t;
    CampaignTally { orders, units, off, paid, new_orders, new_off, new_paid }
}

/// Days with what they brought, and those between them and up to today that brought nothing.
fn filled(r: &Record, days: Vec<(String, Tally)>, now: Timestamp) -> Vec<CampaignDay> {
    let known: BTreeMap<Date, Tally> = days.into_iter().filter_map(|(d, t)| Some((d.parse().ok()?, t))).collect();
    let s = &r.campaign.schedule;
    let (begins, ends) = (day(s.from, CHINA), day(s.until.plus(-1), CHINA).min(day(now, CHINA)));
    let first = known.keys().next().copied().map_or(begins, |d| d.min(begins));
    let last = known.keys().next_back().copied().map_or(ends, |d| d.max(ends));
    let mut all = Vec::new();
    let mut at = first;
    while at <= last {
        all.push(CampaignDay { day: at.to_string(), tally: tally(known.get(&at).copied().unwrap_or_default()) });
        let Ok(next) = at.tomorrow() else { break };
        at = next;
    }
    let too_many = all.len().saturating_sub(SHOWN);
    all.split_off(too_many)
}

/// May a store see what a campaign brought to it: its own, and HQ's that runs, or ran, in it?
#[must_use]
pub fn runs_in(r: &Record, store: &StoreId) -> bool {
    match &r.owner {
        Some(owner) => owner == store,
        None => {
            let told = !matches!(r.state, CampaignState::Draft | CampaignState::Review);
            told && (r.campaign.stores.is_empty() || r.campaign.stores.contains(store))
        }
    }
}

/// What a campaign has brought in all stores, or in one.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn campaign_results(tables: &Tables, r: &Record, store: Option<&StoreId>, now: Timestamp) -> Result<CampaignResults, StoreError> {
    let id = &r.campaign.campaign;
    let read = async {
        match store {
            Some(s) => tables.campaign_results_of(id, s).await,
            None => tables.campaign_results(id).await,
        }
    };
    let whole = [(id.clone(), Counter::Whole)];
    let counters: &[_] = if r.limits.orders.is_some() || r.limits.budget.is_some() { &whole[..] } else { &[] };
    let (found, directory, used, (mut owners, mut counted)) =
        futures::try_join!(read, tables.directory(), tables.used(counters, false), beside(tables, std::slice::from_ref(r)))?;
    // Of HQ's campaigns a store sees its own figures and no others.
    let all = store.is_none() || r.owner.as_ref() == store;
    let used = used.first().copied().unwrap_or_default();
    let shown = card(r, owners.pop().unwrap_or_default(), counted.pop().flatten(), now);
    let shown = if all { shown } else { CampaignCard { used: None, spent: None, budget: None, ..shown } };
    let sum = found.days.iter().fold(Tally::default(), |sum, (_, t)| sum.plus(*t));
    let name = |s: &StoreId| directory.iter().find(|d| d.store == *s).map_or_else(|| s.to_string(), |d| d.name.clone());
    let mut stores: Vec<CampaignStore> = found.stores.into_iter().map(|(s, t)| CampaignStore { name: name(&s), store: s, tally: tally(t) }).collect();
    stores.sort_by(|a, b| b.tally.paid.cmp(&a.tally.paid).then_with(|| a.store.cmp(&b.store)));
    let without = if store.is_some() {
        0
    } else {
        let had: BTreeSet<&StoreId> = stores.iter().map(|s| &s.store).collect();
        let open = directory.iter().filter(|d| matches!(d.status, StoreStatus::Open | StoreStatus::Paused));
        let meant = |s: &StoreId| r.campaign.stores.is_empty() || r.campaign.stores.contains(s);
        open.filter(|d| meant(&d.store) && !had.contains(&d.store)).count()
    };
    let orders_left = r.limits.orders.map(|most| u32::try_from((i64::from(most) - used.orders).max(0)).unwrap_or(0));
    Ok(CampaignResults {
        card: shown,
        whole: tally(sum),
        budget_left: r.limits.budget.filter(|_| all).map(|b| (b - used.spent).max(Fen::ZERO)),
        orders_left: orders_left.filter(|_| all),
        days: filled(r, found.days, now),
        stores,
        without: u32::try_from(without).unwrap_or(u32::MAX),
    })
}
