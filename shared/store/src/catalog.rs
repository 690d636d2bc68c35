//! HQ's library and the stores' listings.

use std::sync::Arc;

use liandian_domain::catalog::{LibrarySku, Listing};
use liandian_types::{SkuId, SpuId, StoreId};

use crate::{
    db::{Ask, Item, Key, StoreError, Table, Tables, item, parse},
    keys,
};

/// The row of a SKU.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn sku_item(sku: &LibrarySku) -> Result<Item, StoreError> {
    item(
        sku,
        &sku_key(&sku.sku),
        [
            ("gsi1pk", keys::LIBRARY.to_owned()),
            ("gsi1sk", format!("{}#{}", sku.category, keys::ranked(sku.rank, &sku.sku))),
            ("gsi2pk", keys::spu(&sku.spu)),
            ("gsi2sk", keys::ranked(sku.rank, &sku.sku)),
        ],
    )
}

/// The row of a listing.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn listing_item(store: &StoreId, listing: &Listing) -> Result<Item, StoreError> {
    let mut extra = vec![("gsi1pk", keys::store_category(store, &listing.category)), ("gsi1sk", keys::ranked(listing.rank, &listing.sku))];
    if let Some(place) = listing.featured {
        extra.push(("gsi2pk", keys::store_featured(store)));
        extra.push(("gsi2sk", keys::ranked(place, &listing.sku)));
    }
    item(listing, &listing_key(store, &listing.sku), extra)
}

pub(crate) fn sku_key(sku: &SkuId) -> Key {
    Key::hq(keys::sku(sku), "SKU")
}

pub(crate) fn listing_key(store: &StoreId, sku: &SkuId) -> Key {
    Key::hq(keys::store(store), keys::listing(sku))
}

impl Tables {
    /// A page of a store's category.
    pub(crate) async fn category(
        &self,
        store: &StoreId,
        category: &str,
        limit: i32,
        cursor: Option<&str>,
    ) -> Result<(Vec<Listing>, Option<String>), StoreError> {
        if category.len() > crate::stores::MAX_CODE {
            return Ok((Vec::new(), None));
        }
        let page = self
            .query(Ask { index: Some(keys::GSI1), limit: Some(limit), cursor, ..Ask::of(Table::Hq, keys::store_category(store, category)) })
            .await?;
        Ok((page.items.into_iter().map(parse).collect::<Result<_, _>>()?, page.next))
    }

    /// What a store shows first.
    pub(crate) async fn featured(&self, store: &StoreId, limit: i32) -> Result<Vec<Listing>, StoreError> {
        let page = self.query(Ask { index: Some(keys::GSI2), limit: Some(limit), ..Ask::of(Table::Hq, keys::store_featured(store)) }).await?;
        page.items.into_iter().map(parse).collect()
    }

    /// Every listing of a store, page by page of the table's own order.
    pub(crate) async fn listings(&self, store: &StoreId, limit: i32, cursor: Option<&str>) -> Result<(Vec<Listing>, Option<String>), StoreError> {
        let page = self.query(Ask { begins: keys::LISTING, limit: Some(limit), cursor, ..Ask::of(Table::Hq, keys::store(store)) }).await?;
        Ok((page.items.into_iter().map(parse).collect::<Result<_, _>>()?, page.next))
    }

    /// All SKUs of a product.
    pub(crate) async fn skus_of(&self, spu: &SpuId) -> Result<Vec<LibrarySku>, StoreError> {
        let items = self.query_all(Ask { index: Some(keys::GSI2), ..Ask::of(Table::Hq, keys::spu(spu)) }).await?;
        items.into_iter().map(parse).collect()
    }

    /// One SKU of the library.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn library_sku(&self, sku: &SkuId) -> Result<Option<LibrarySku>, StoreError> {
        self.get(&sku_key(sku), false).await
    }

    /// The whole library, at most a minute old.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn library(&self) -> Result<Arc<Vec<LibrarySku>>, StoreError> {
        self.caches
            .library
            .get(keys::LIBRARY, async {
                let items = self.query_all(Ask { index: Some(keys::GSI1), ..Ask::of(Table::Hq, keys::LIBRARY.to_owned()) }).await?;
                items.into_iter().map(parse).collect()
            })
            .await
    }
}
