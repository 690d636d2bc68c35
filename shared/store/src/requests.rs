//! Change requests, and what stores have changed: rows of the HQ table. Written by decisions ([`liandian_domain::governance::store_prices`]).

use futures::future::try_join_all;
use liandian_contracts::Envelope;
use liandian_domain::{
    catalog::{LibrarySku, Listing},
    governance::request::{ChangeRequest, PastChange},
    stores::profile::StoreProfile,
};
use liandian_types::{RegionId, RequestId, RequestState, SkuId, StoreId, Timestamp};

use crate::{
    catalog::{listing_key, sku_key},
    db::{Ask, Item, Key, StoreError, Table, Tables, item, parse},
    keys,
    stores::profile_key,
};

/// How many changes of a day a dry run looks at, the newest first.
const A_DAY: i32 = 500;

fn key(r: &RequestId) -> Key {
    Key::hq(keys::request(r), keys::HEAD)
}

/// Does somebody still have to do something about it?
#[must_use]
pub fn is_open(r: &ChangeRequest) -> bool {
    matches!(r.state, RequestState::Pending | RequestState::Stale)
}

/// The rows of a request: its own, and that by which its region finds it.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn request_items(r: &ChangeRequest) -> Result<[Item; 2], StoreError> {
    let (at, over) = (keys::timed(r.at, &r.request), !is_open(r));
    let head = item(
        r,
        &key(&r.request),
        [("gsi1pk", keys::requests_of(r.target.store())), ("gsi1sk", at.clone()), ("gsi2pk", keys::requests(None, over)), ("gsi2sk", at.clone())],
    )?;
    let of_region = Key::hq(keys::request(&r.request), keys::OF_REGION);
    let mut extra = vec![("gsi1pk", keys::requests(Some(&r.region), over)), ("gsi1sk", at)];
    if let Some(due) = r.due {
        extra.push(("gsi2pk", keys::DUE_REQUESTS.to_owned()));
        extra.push(("gsi2sk", keys::timed(due, &r.request)));
    }
    Ok([head, item(r, &of_region, extra)?])
}

/// The row of a change that a store made, for dry runs.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn past_item(id: &RequestId, past: &PastChange) -> Result<Item, StoreError> {
    item(past, &Key::hq(keys::changes_of_day(past.at), keys::timed(past.at, id)), [])
}

/// A listing with what its price is judged by.
#[derive(Debug, Clone)]
pub struct PriceRead {
    /// The store.
    pub store: Option<StoreProfile>,
    /// Its listing.
    pub listing: Option<Listing>,
    /// HQ's word.
    pub sku: Option<LibrarySku>,
}

impl Tables {
    /// A change request as it is now.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn request(&self, r: &RequestId) -> Result<Option<ChangeRequest>, StoreError> {
        self.get(&key(r), true).await
    }

    /// Change requests of a store, newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn requests_of(&self, store: &StoreId, limit: i32, cursor: Option<&str>) -> Result<(Vec<ChangeRequest>, Option<String>), StoreError> {
        let ask = Ask { index: Some(keys::GSI1), forward: false, limit: Some(limit), cursor, ..Ask::of(Table::Hq, keys::requests_of(store)) };
        let page = self.query(ask).await?;
        Ok((page.items.into_iter().map(parse).collect::<Result<_, _>>()?, page.next))
    }

    /// Change requests of the chain, or of a region: those that wait, oldest first, or those that are over, newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn requests(
        &self,
        region: Option<&RegionId>,
        over: bool,
        limit: i32,
        cursor: Option<&str>,
    ) -> Result<(Vec<ChangeRequest>, Option<String>), StoreError> {
        let index = if region.is_some() { keys::GSI1 } else { keys::GSI2 };
        let ask = Ask { index: Some(index), forward: !over, limit: Some(limit), cursor, ..Ask::of(Table::Hq, keys::requests(region, over)) };
        let page = self.query(ask).await?;
        Ok((page.items.into_iter().map(parse).collect::<Result<_, _>>()?, page.next))
    }

    /// Change requests of which somebody is to be told again by then, the first first, as the index has them.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn due_requests(&self, by: Timestamp, limit: i32) -> Result<Vec<ChangeRequest>, StoreError> {
        let ask = Ask { index: Some(keys::GSI2), until: Some(keys::due_by(by)), limit: Some(limit), ..Ask::of(Table::Hq, keys::DUE_REQUESTS) };
        self.query(ask).await?.items.into_iter().map(parse).collect()
    }

    /// A listing with what its price is judged by: one wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn price_read(&self, store: &StoreId, sku: &SkuId) -> Result<PriceRead, StoreError> {
        let found = self.batch_get_rows(&[profile_key(store), listing_key(store, sku), sku_key(sku)], true).await?;
        let mut found = found.into_iter();
        let mut next = || found.next().flatten();
        let (store, listing, sku) = (next(), next(), next());
        Ok(PriceRead { store: store.map(parse).transpose()?, listing: listing.map(parse).transpose()?, sku: sku.map(parse).transpose()? })
    }

    /// What the library knows of these SKUs, in their order. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn library_skus(&self, skus: &[SkuId]) -> Result<Vec<Option<LibrarySku>>, StoreError> {
        let keys: Vec<Key> = skus.iter().map(sku_key).collect();
        self.batch_get_rows(&keys, false).await?.into_iter().map(|s| s.map(parse).transpose()).collect()
    }

    /// What happened to the prices of a listing, newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn listing_events(&self, store: &StoreId, sku: &SkuId, limit: i32) -> Result<Vec<Envelope>, StoreError> {
        let ask = Ask { begins: keys::EVENT, forward: false, limit: Some(limit), ..Ask::of(Table::Hq, keys::listing_history(store, sku)) };
        self.query(ask).await?.items.into_iter().map(parse).collect()
    }

    /// What stores changed or asked for in the last days, the newest first; true when there was more on some day than is looked at.
    /// One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn past_changes(&self, days: i64, now: Timestamp) -> Result<(Vec<PastChange>, bool), StoreError> {
        let since = now.plus(-days * Timestamp::DAY);
        let of_day = |n: i64| {
            let day = keys::changes_of_day(now.plus(-n * Timestamp::DAY));
            self.query(Ask { forward: false, limit: Some(A_DAY), ..Ask::of(Table::Hq, day) })
        };
        let pages = try_join_all((0..=days).map(of_day)).await?;
        let more = pages.iter().any(|p| p.next.is_some());
        let all = pages.into_iter().flat_map(|p| p.items).map(parse).collect::<Result<Vec<PastChange>, _>>()?;
        Ok((all.into_iter().filter(|p| p.at >= since && p.at <= now).collect(), more))
    }
}
