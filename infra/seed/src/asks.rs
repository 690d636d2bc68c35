//! What a store of the demo chain asks for beside prices: goods that it does not choose itself, and other hours that its region has not answered. Decided by
//! the same functions as everybody's.

use std::collections::BTreeMap;

use liandian_domain::{
    catalog::Listing,
    governance::{
        request::ChangeRequest,
        resolve::Setting,
        store_prices::{Author, remind},
        subjects::{GoodsAt, ProfileAt, ask_goods, ask_profile},
        terms::Terms,
    },
    settlement::default_rule_of,
    stores::{edit::Known, profile::StoreProfile},
};
use liandian_store::{db::Item, requests::request_items};
use liandian_types::{RequestId, Timestamp};

use crate::chain::{Chain, manager_of};

/// The store that asks.
const ASKS: &str = "sto_cd02";

/// Does this store ask for something?
#[must_use]
pub fn asks(s: &StoreProfile) -> bool {
    s.store.as_str() == ASKS
}

/// Goods that wait for HQ, and hours that waited for the region until they became HQ's.
///
/// # Errors
/// What cannot be written as a row.
pub fn demo(chain: &Chain, settings: &[Setting], s: &StoreProfile, listings: &[Listing], now: Timestamp) -> anyhow::Result<Vec<Item>> {
    let mut rows = Vec::new();
    for r in goods(chain, settings, s, listings, now)?.into_iter().chain(hours(chain, settings, s, now)?) {
        rows.extend(request_items(&r)?);
    }
    Ok(rows)
}

fn goods(chain: &Chain, settings: &[Setting], s: &StoreProfile, listings: &[Listing], now: Timestamp) -> anyhow::Result<Option<ChangeRequest>> {
    let (by, id): (_, RequestId) = (manager_of(&s.store), "req_demo-goods".parse()?);
    let at = now.plus(-7 * Timestamp::HOUR);
    let terms = Terms::of(settings, s, at);
    let author = Author { by: &by, why: "附近写字楼顾客常问", seen: 0, id: &id };
    let free = chain.library.iter().filter(|k| k.sold_online() && !k.mandatory && k.local_to.is_none());
    let sku = free.clone().find(|k| listings.iter().all(|l| l.sku != k.sku));
    // A store that lists everything asks to give something up.
    let (sku, list) = match sku {
        Some(sku) => (Some(sku), true),
        None => (free.clone().find(|k| listings.iter().any(|l| l.sku == k.sku)), false),
    };
    let Some(sku) = sku else { return Ok(None) };
    let listing = listings.iter().find(|l| l.sku == sku.sku);
    let asked = ask_goods(&GoodsAt { store: &s.store, sku, listing, permit: None, documents: &[], terms: &terms }, list, author, at);
    Ok(asked.ok().and_then(|(r, _)| r))
}

fn hours(chain: &Chain, settings: &[Setting], s: &StoreProfile, now: Timestamp) -> anyhow::Result<Option<ChangeRequest>> {
    let (by, id): (_, RequestId) = (manager_of(&s.store), "req_demo-hours".parse()?);
    let at = now.plus(-50 * Timestamp::HOUR);
    let terms = Terms::of(settings, s, at);
    let (rules, entrances) = ([s.rule.clone()], BTreeMap::new());
    let known = Known { regions: &chain.regions, rules: &rules, entrances: &entrances, categories: &[], default_rule: default_rule_of };
    let author = Author { by: &by, why: "商场冬季提前闭店", seen: s.version, id: &id };
    let asked = ask_profile(&ProfileAt { profile: s, known: &known, terms: &terms }, "hours", "07:00-22:00", author, at);
    let Some(mut r) = asked.ok().and_then(|(r, _)| r) else { return Ok(None) };
    // The region was told again after a day, and HQ after two.
    for told in [at.plus(24 * Timestamp::HOUR), at.plus(48 * Timestamp::HOUR)] {
        if let Some((next, _)) = remind(&r, terms.policy(), told) {
            r = next;
        }
    }
    Ok(Some(r))
}

#[cfg(test)]
mod tests {
    use liandian_types::RequestState;

    use super::*;

    #[test]
    fn given_the_demo_chain_when_made_then_goods_wait_for_hq_and_hours_have_become_hqs() {
        let (chain, now) = (Chain::demo(), Timestamp(1_795_420_800_000));
        let settings = chain.settings(now);
        let i = chain.stores.iter().position(asks).unwrap();
        let (s, listings) = (&chain.stores[i], chain.goods_of(i).listings);
        let waits = goods(&chain, &settings, s, &listings, now).unwrap().unwrap();
        assert!(waits.state == RequestState::Pending && waits.waits_for_hq());
        let late = hours(&chain, &settings, s, now).unwrap().unwrap();
        assert!(late.escalated.is_some() && late.reminded == 2, "{late:?}");
        assert_eq!(demo(&chain, &settings, s, &listings, now).unwrap().len(), 4);
    }
}
