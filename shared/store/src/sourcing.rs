//! Who has what somebody is short of.

use liandian_domain::{catalog::Listing, sourcing::matching::Candidate, stock::batch::Date, stores::profile::StoreProfile};
use liandian_types::{SkuId, StoreId};

use crate::{
    catalog::listing_key,
    db::{StoreError, Tables, parse},
    stock::records::{dated, stock_key},
    stores::profile_key,
};

impl Tables {
    /// Profiles of these stores, which of the SKUs they list, and their stock of them that lasts until the `day` on which each of them could have it
    /// ready: one wave, as many requests as it takes.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn candidates(&self, stores: &[StoreId], skus: &[SkuId], day: impl Fn(&StoreProfile) -> Date) -> Result<Vec<Candidate>, StoreError> {
        let mut keys = Vec::with_capacity(stores.len() * (1 + skus.len() * 2));
        for s in stores {
            let shelf = s.shelf();
            keys.push(profile_key(s));
            keys.extend(skus.iter().flat_map(|sku| [listing_key(s, sku), stock_key(&shelf, sku)]));
        }
        let mut items = self.batch_get(&keys, false).await?.into_iter();
        let mut out = Vec::with_capacity(stores.len());
        for _ in stores {
            let store: Option<StoreProfile> = items.next().flatten().map(parse).transpose()?;
            let (mut lists, mut shelf) = (Vec::with_capacity(skus.len()), Vec::with_capacity(skus.len()));
            for _ in skus {
                // What a store hides is not offered from it either.
                let listing: Option<Listing> = items.next().flatten().map(parse).transpose()?;
                lists.push(listing.is_some_and(|l| l.is_shown(false)));
                shelf.push(dated(items.next().flatten())?);
            }
            let Some(store) = store else { continue };
            let by = day(&store);
            let stock = shelf.iter().map(|s| s.until(by)).collect();
            out.push(Candidate { store, lists, waiting: 0, stock });
        }
        Ok(out)
    }
}
