//! What there is to see of prices and change requests in the demo chain: decided by the same functions as everybody's, so that nothing is shown that
//! could not have come about.

use anyhow::Context;
use liandian_domain::{
    catalog::{
        LibrarySku, Listing,
        prices::{Offer, TimedPrice},
    },
    governance::{
        request::{Change, ChangeRequest, Desk, Facts, PastChange, Reviewer, Target},
        resolve::Setting,
        store_prices::{self, At, Author, Outcome},
        terms::Terms,
    },
    stores::profile::StoreProfile,
};
use liandian_store::{
    db::Item,
    requests::{past_item, request_items},
};
use liandian_types::{Fen, Mode, RequestId, Timestamp};

use crate::chain::{Chain, manager_of};

/// How many of a store's own prices a dry run finds among the changes of the last month.
const REMEMBERED: usize = 4;

/// The store whose manager has asked for something.
#[must_use]
pub fn asking_store(chain: &Chain) -> Option<usize> {
    let of = |region: Option<&str>| {
        let fits = |s: &StoreProfile| s.mode == Mode::Franchise && region.is_none_or(|r| s.region.as_str() == r);
        chain.stores.iter().position(fits)
    };
    of(Some("reg_east-sh")).or_else(|| of(None))
}

fn known<'a>(chain: &'a Chain, l: &Listing) -> Option<&'a LibrarySku> {
    chain.library.iter().find(|s| s.sku == l.sku)
}

/// The changes of the last month by which a franchise store came to its own prices.
///
/// # Errors
/// What cannot be written as a row.
pub fn past(chain: &Chain, settings: &[Setting], s: &StoreProfile, listings: &[Listing], now: Timestamp) -> anyhow::Result<Vec<Item>> {
    let mut rows = Vec::new();
    let own = listings.iter().filter_map(|l| Some((l, l.own_price.as_ref()?, known(chain, l)?)));
    for (n, (l, price, sku)) in (0_i64..).zip(own.take(REMEMBERED)) {
        let at = now.plus(-(3 + 6 * n) * Timestamp::DAY);
        let before = Listing { own_price: None, ..l.clone() };
        let past = PastChange {
            at,
            target: Target::Price { store: s.store.clone(), sku: l.sku.clone() },
            change: Change::Price { old: None, new: Some(price.set.price) },
            facts: Facts { book: Some(Terms::of(settings, s, at).book(&before, sku)), ..Facts::default() },
        };
        let tail = s.store.as_str().trim_start_matches("sto_");
        rows.push(past_item(&format!("req_past-{tail}-{n}").parse()?, &past)?);
    }
    Ok(rows)
}

/// Per cent off, and why: the first two wait, the third was rejected.
const ASKED: [(i64, &str); 3] = [(17, "临期较多，希望尽快卖完"), (18, "隔壁超市同款正在促销"), (19, "新店开业引流")];

/// One limited-time price that runs, two requests that wait and one that was rejected.
///
/// # Errors
/// What cannot be written as a row.
pub fn demo(chain: &Chain, settings: &[Setting], s: &StoreProfile, listings: &mut [Listing], now: Timestamp) -> anyhow::Result<Vec<Item>> {
    let manager = manager_of(&s.store);
    let plain: Vec<usize> = (0..listings.len())
        .filter(|i| listings.get(*i).is_some_and(|l| l.inherits_price() && known(chain, l).is_some_and(|k| !k.flagship && k.price >= Fen(800))))
        .collect();
    let begun = now.plus(-Timestamp::DAY);
    if let Some(l) = plain.first().and_then(|i| listings.get_mut(*i)) {
        l.timed.push(TimedPrice {
            offer: Offer::Off(5),
            from: begun,
            until: begun.plus(7 * Timestamp::DAY),
            by: manager.clone(),
            at: begun,
            why: "周末早市".to_owned(),
            leave: None,
        });
    }
    let listings: &[Listing] = listings;
    let mut rest = plain.iter().skip(1).filter_map(|i| listings.get(*i));
    let mut rows = Vec::new();
    for (n, (off, why)) in (1_i64..).zip(ASKED) {
        let asked_at = now.plus(-n * 5 * Timestamp::HOUR);
        let (terms, id): (Terms, RequestId) = (Terms::of(settings, s, asked_at), format!("req_demo-{n:02}").parse()?);
        let author = Author { by: &manager, why, seen: 0, id: &id };
        let waits = rest.by_ref().find_map(|listing| {
            let at = At { store: &s.store, listing, sku: known(chain, listing)?, terms: &terms };
            let price = Fen(at.sku.price.0 * (100 - off) / 100);
            match store_prices::set(&at, Some(price), author, asked_at) {
                Ok((Outcome::Waits(r), _)) => Some(*r),
                _ => None,
            }
        });
        let Some(r) = waits else { continue };
        let r = if n == 3 { rejected(chain, &r, asked_at.plus(Timestamp::HOUR))? } else { r };
        rows.extend(request_items(&r)?);
    }
    Ok(rows)
}

fn rejected(chain: &Chain, r: &ChangeRequest, at: Timestamp) -> anyhow::Result<ChangeRequest> {
    let staff = chain.hq_staff.first().map(|s| s.staff.clone()).context("nobody works at HQ")?;
    let who = Reviewer { staff, desk: Desk::Hq };
    let (r, _) = store_prices::reject(r, &who, "低于进货成本，请改用限时价", at).map_err(|p| anyhow::anyhow!(p.detail))?;
    Ok(r)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_the_demo_chain_when_made_then_each_kind_of_price_and_request_is_there() {
        let (chain, now) = (Chain::demo(), Timestamp(1_795_420_800_000));
        let settings = chain.settings(now);
        let i = asking_store(&chain).unwrap();
        let s = &chain.stores[i];
        let mut listings = chain.goods_of(i).listings;
        assert!(listings.iter().any(|l| l.own_price.is_some()), "an own price in force");
        let rows = demo(&chain, &settings, s, &mut listings, now).unwrap();
        assert_eq!(rows.len(), 6, "three requests, each with the row by which its region finds it");
        let timed: Vec<&Listing> = listings.iter().filter(|l| !l.timed.is_empty()).collect();
        let sku = known(&chain, timed[0]).unwrap();
        assert!(Terms::of(&settings, s, now).price(timed[0], sku).unwrap() < sku.price, "it runs");
        assert_eq!(past(&chain, &settings, s, &listings, now).unwrap().len(), REMEMBERED);
    }
}
