//! What runs low, and somebody cares for.

use std::collections::HashSet;

use liandian_domain::catalog::LibrarySku;
use liandian_types::{LocationId, SkuId, StoreId};

use super::records::{StockItem, depth};
use crate::{
    catalog::listing_key,
    db::{Key, StoreError, Tables},
    reach::Reach,
};

/// Records that a list of what runs low shows.
const LOW_SHOWN: usize = 200;

/// Places that are asked side by side.
const AT_ONCE: usize = 16;

impl Tables {
    /// What runs low in a location, or in the chain, and whether there is more of it. The view has what nobody cares for, too: read further
    /// and further until there is a list of the others.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn low(&self, location: Option<&LocationId>, low_at: u32, library: &[LibrarySku]) -> Result<(Vec<StockItem>, bool), StoreError> {
        let mut reads = [LOW_SHOWN, 4 * LOW_SHOWN, 16 * LOW_SHOWN].into_iter().peekable();
        loop {
            let limit = reads.next().and_then(|n| i32::try_from(n).ok()).unwrap_or(i32::MAX);
            let (at, unread) = match location {
                Some(l) => self.low_in(l, low_at, limit).await?,
                None => self.low_in_chain(low_at, limit).await?,
            };
            let mut low = self.really_low(&at, low_at, library).await?;
            if !unread || low.len() >= LOW_SHOWN || reads.peek().is_none() {
                let more = unread || low.len() > LOW_SHOWN;
                low.truncate(LOW_SHOWN);
                return Ok((low, more));
            }
        }
    }

    /// The same for a part of the chain: place by place.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn low_within(&self, reach: &Reach, low_at: u32, library: &[LibrarySku]) -> Result<(Vec<StockItem>, bool), StoreError> {
        let Reach::Part { places, .. } = reach else { return self.low(None, low_at, library).await };
        let (places, mut lists): (Vec<&LocationId>, _) = (places.iter().collect(), Vec::<(Vec<StockItem>, bool)>::new());
        for part in places.chunks(AT_ONCE) {
            let mut asked = Vec::with_capacity(part.len());
            for place in part {
                asked.push(self.low(Some(place), low_at, library));
            }
            lists.extend(futures::future::try_join_all(asked).await?);
        }
        let mut more = lists.iter().any(|(_, more)| *more);
        let mut all: Vec<StockItem> = lists.into_iter().flat_map(|(items, _)| items).collect();
        all.sort_by_key(|i| depth(&i.stock));
        more |= all.len() > LOW_SHOWN;
        all.truncate(LOW_SHOWN);
        Ok((all, more))
    }

    /// Those of these records that are low now and that somebody cares for, or that are short; least first. What a shelf ran out of and its
    /// store does not list any more needs nobody's care; what is sold at tills only is listed nowhere.
    async fn really_low(&self, at: &[(LocationId, SkuId)], low_at: u32, library: &[LibrarySku]) -> Result<Vec<StockItem>, StoreError> {
        let stores: Vec<Option<StoreId>> = at.iter().map(|(l, _)| l.store()).collect();
        let listings: Vec<Key> = at.iter().zip(&stores).filter_map(|((_, sku), s)| Some(listing_key(s.as_ref()?, sku))).collect();
        let (items, listed) = futures::try_join!(self.stock_items(at), self.batch_get(&listings, false))?;
        let till_only: HashSet<&SkuId> = library.iter().filter(|s| s.offline_only && !s.off).map(|s| &s.sku).collect();
        let mut listed = listed.into_iter();
        let mut low: Vec<StockItem> = Vec::new();
        for ((i, store), (_, sku)) in items.into_iter().zip(stores).zip(at) {
            let cared_for = store.is_none_or(|_| listed.next().flatten().is_some() || till_only.contains(sku));
            if depth(&i.stock) < 0 || (cared_for && depth(&i.stock) <= i64::from(low_at)) {
                low.push(i);
            }
        }
        low.sort_by_key(|i| depth(&i.stock));
        Ok(low)
    }
}
