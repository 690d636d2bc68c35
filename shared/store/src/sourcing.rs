//! Who has what somebody is short of.

use liandian_domain::{
    catalog::{LibrarySku, Listing},
    sourcing::matching::Candidate,
    stock::batch::Date,
    stores::profile::StoreProfile,
};
use liandian_types::{SkuId, StoreId};

use crate::{
    catalog::{listing_key, sku_key},
    db::{StoreError, Tables, parse},
    stock::records::{dated, stock_key},
    stores::profile_key,
};

impl Tables {
    /// Profiles of these stores, which of the SKUs they sell, and their stock of them that lasts until the `day` on which each of them could have it
    /// ready: one wave, as many requests as it takes. `sells` says whether a store has on sale what it lists.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn candidates(
        &self,
        stores: &[StoreId],
        skus: &[SkuId],
        day: impl Fn(&StoreProfile) -> Date,
        sells: impl Fn(&StoreProfile, &Listing, &LibrarySku) -> bool,
    ) -> Result<Vec<Candidate>, StoreError> {
        let mut keys = Vec::with_capacity(skus.len() + stores.len() * (1 + skus.len() * 2));
        keys.extend(skus.iter().map(sku_key));
        for s in stores {
            let shelf = s.shelf();
            keys.push(profile_key(s));
            keys.extend(skus.iter().flat_map(|sku| [listing_key(s, sku), stock_key(&shelf, sku)]));
        }
        let mut items = self.batch_get(&keys, false).await?.into_iter();
        let mut library: Vec<Option<LibrarySku>> = Vec::with_capacity(skus.len());
        for _ in skus {
            library.push(items.next().flatten().map(parse).transpose()?);
        }
        let mut out = Vec::with_capacity(stores.len());
        for _ in stores {
            let store: Option<StoreProfile> = items.next().flatten().map(parse).transpose()?;
            let (mut listings, mut shelf) = (Vec::with_capacity(skus.len()), Vec::with_capacity(skus.len()));
            for _ in skus {
                listings.push(items.next().flatten().map(parse::<Listing>).transpose()?);
                shelf.push(dated(items.next().flatten())?);
            }
            let Some(store) = store else { continue };
            let sold = |(listing, sku): (&Option<Listing>, &Option<LibrarySku>)| {
                listing.as_ref().zip(sku.as_ref()).is_some_and(|(l, s)| sells(&store, l, s))
            };
            let lists = listings.iter().zip(&library).map(sold).collect();
            let by = day(&store);
            let stock = shelf.iter().map(|s| s.until(by)).collect();
            out.push(Candidate { store, lists, waiting: 0, stock });
        }
        Ok(out)
    }
}
