//! HQ's library and the stores' listings. What HQ edits, and the tables of goods that it takes in, are in files of their own.

pub mod imports;
pub mod products;

use std::sync::Arc;

use liandian_domain::{
    catalog::{LibrarySku, Listing},
    stock::batch::Dated,
};
use liandian_types::{SkuId, SpuId, StoreId};
use serde::de::DeserializeOwned;

use crate::{
    db::{Ask, Item, Key, StoreError, Table, Tables, item, parse},
    keys,
    stock::records::{dated, stock_key},
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
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn category(
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
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn featured(&self, store: &StoreId, limit: i32) -> Result<Vec<Listing>, StoreError> {
        let page = self.query(Ask { index: Some(keys::GSI2), limit: Some(limit), ..Ask::of(Table::Hq, keys::store_featured(store)) }).await?;
        page.items.into_iter().map(parse).collect()
    }

    /// Every listing of a store, page by page of the table's own order.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn listings(&self, store: &StoreId, limit: i32, cursor: Option<&str>) -> Result<(Vec<Listing>, Option<String>), StoreError> {
        let page = self.query(Ask { begins: keys::LISTING, limit: Some(limit), cursor, ..Ask::of(Table::Hq, keys::store(store)) }).await?;
        Ok((page.items.into_iter().map(parse).collect::<Result<_, _>>()?, page.next))
    }

    /// All SKUs of a product.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn skus_of(&self, spu: &SpuId) -> Result<Vec<LibrarySku>, StoreError> {
        let items = self.query_all(Ask { index: Some(keys::GSI2), ..Ask::of(Table::Hq, keys::spu(spu)) }).await?;
        items.into_iter().map(parse).collect()
    }

    /// Which of these SKUs a store lists, in their order. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn listings_of(&self, store: &StoreId, skus: &[SkuId]) -> Result<Vec<Option<Listing>>, StoreError> {
        let keys: Vec<Key> = skus.iter().map(|s| listing_key(store, s)).collect();
        self.batch_get_rows(&keys, false).await?.into_iter().map(|l| l.map(parse).transpose()).collect()
    }

    /// What the library knows of these SKUs, and their stock on a store's shelf, in their order. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn skus_on_shelf(&self, store: &StoreId, skus: &[SkuId]) -> Result<Vec<(Option<LibrarySku>, Dated)>, StoreError> {
        self.on_shelf(store, skus, sku_key).await
    }

    /// Which of these SKUs a store lists, and their stock on its shelf, in their order. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn listings_on_shelf(&self, store: &StoreId, skus: &[SkuId]) -> Result<Vec<(Option<Listing>, Dated)>, StoreError> {
        self.on_shelf(store, skus, |sku| listing_key(store, sku)).await
    }

    /// Rows of these SKUs, each with the stock on a store's shelf. What is not there has no stock to be looked at.
    async fn on_shelf<T: DeserializeOwned>(
        &self,
        store: &StoreId,
        skus: &[SkuId],
        row: impl Fn(&SkuId) -> Key,
    ) -> Result<Vec<(Option<T>, Dated)>, StoreError> {
        let shelf = store.shelf();
        let keys: Vec<Key> = skus.iter().flat_map(|s| [row(s), stock_key(&shelf, s)]).collect();
        let mut items = self.batch_get(&keys, false).await?.into_iter();
        let mut found = Vec::with_capacity(skus.len());
        for _ in skus {
            let (of, stock) = (items.next().flatten(), items.next().flatten());
            found.push((of.map(parse).transpose()?, dated(stock)?));
        }
        Ok(found)
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
        Ok(self.library_rows().await?.skus.clone())
    }
}
