//! HQ's library and the stores' listings. What HQ edits, and the tables of goods that it takes in, are in files of their own.

pub mod imports;
pub mod products;
pub mod uploads;

use std::sync::Arc;

use liandian_contracts::Envelope;
use liandian_domain::{
    catalog::{
        LibrarySku, Listing,
        local::{LocalProduct, Review},
    },
    decision::Aggregate,
    stock::batch::Dated,
};
use liandian_types::{LocationId, SkuId, SpuId, StoreId, Timestamp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

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
            // What is one store's own is no part of the library.
            ("gsi1pk", sku.local_to.as_ref().map_or_else(|| keys::LIBRARY.to_owned(), keys::local_skus)),
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

/// A name that a store has given to goods, for its search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedSku {
    /// The SKU.
    pub sku: SkuId,
    /// Its name there.
    pub name: String,
}

pub(crate) fn named_key(store: &StoreId, sku: &SkuId) -> Key {
    Key::hq(keys::store(store), keys::named(sku))
}

/// The row of such a name.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn named_item(store: &StoreId, sku: &SkuId, name: &str) -> Result<Item, StoreError> {
    item(&NamedSku { sku: sku.clone(), name: name.to_owned() }, &named_key(store, sku), [])
}

fn local_key(store: &StoreId, spu: &SpuId) -> Key {
    Key::hq(keys::store(store), keys::local(spu))
}

/// The row of a store's own product: among those that wait for HQ, and with the moment at which somebody is to be told of its documents.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn local_item(p: &LocalProduct, now: Timestamp) -> Result<Item, StoreError> {
    let key = local_key(&p.store, &p.product.spu);
    let mut extra = Vec::new();
    if let Review::Waiting { at, .. } = &p.review {
        extra.push(("gsi1pk", keys::LOCALS.to_owned()));
        extra.push(("gsi1sk", keys::timed(*at, &p.product.spu)));
    }
    if let Some(at) = p.timer(now).filter(|_| p.approved_before) {
        extra.push(("gsi2pk", keys::DUE_LOCALS.to_owned()));
        extra.push(("gsi2sk", keys::timed(at, &p.product.spu)));
    }
    item(p, &key, extra)
}

impl Tables {
    /// The names that a store has given to goods.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn named_skus(&self, store: &StoreId) -> Result<Vec<NamedSku>, StoreError> {
        let items = self.query_all(Ask { begins: keys::NAMED, ..Ask::of(Table::Hq, keys::store(store)) }).await?;
        items.into_iter().map(parse).collect()
    }

    /// The SKUs that are a store's own, whether they are sold now or not.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn local_skus(&self, store: &StoreId) -> Result<Vec<LibrarySku>, StoreError> {
        let items = self.query_all(Ask { index: Some(keys::GSI1), ..Ask::of(Table::Hq, keys::local_skus(store)) }).await?;
        items.into_iter().map(parse).collect()
    }

    /// The library as a store's staff knows it: with the store's own goods.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn library_of(&self, store: &StoreId) -> Result<Arc<Vec<LibrarySku>>, StoreError> {
        let (library, own) = futures::try_join!(self.library(), self.local_skus(store))?;
        Ok(if own.is_empty() { library } else { Arc::new(own.into_iter().chain(library.iter().cloned()).collect()) })
    }

    /// The same by a place: a store's shelf has the store's own goods as well, a warehouse has the library's alone.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn library_at(&self, location: &LocationId) -> Result<Arc<Vec<LibrarySku>>, StoreError> {
        match location.store() {
            Some(store) => self.library_of(&store).await,
            None => self.library().await,
        }
    }

    /// What of these SKUs a store lists, and what the library says about them, as they are now and in their order. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn goods_now(&self, store: &StoreId, skus: &[SkuId]) -> Result<Vec<(Option<LibrarySku>, Option<Listing>)>, StoreError> {
        let keys: Vec<Key> = skus.iter().flat_map(|s| [sku_key(s), listing_key(store, s)]).collect();
        let mut rows = self.batch_get_rows(&keys, true).await?.into_iter();
        let mut goods = Vec::with_capacity(skus.len());
        for _ in skus {
            let (sku, listing) = (rows.next().flatten(), rows.next().flatten());
            goods.push((sku.map(parse).transpose()?, listing.map(parse).transpose()?));
        }
        Ok(goods)
    }

    /// A store's own product, as it is now.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn local_now(&self, store: &StoreId, spu: &SpuId) -> Result<Option<LocalProduct>, StoreError> {
        self.get(&local_key(store, spu), true).await
    }

    /// All products of its own that a store has.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn locals_of(&self, store: &StoreId) -> Result<Vec<LocalProduct>, StoreError> {
        let items = self.query_all(Ask { begins: keys::LOCAL, ..Ask::of(Table::Hq, keys::store(store)) }).await?;
        items.into_iter().map(parse).collect()
    }

    /// Products of stores that wait for HQ, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn waiting_locals(&self, limit: i32, cursor: Option<&str>) -> Result<(Vec<LocalProduct>, Option<String>), StoreError> {
        let page = self.query(Ask { index: Some(keys::GSI1), limit: Some(limit), cursor, ..Ask::of(Table::Hq, keys::LOCALS) }).await?;
        Ok((page.items.into_iter().map(parse).collect::<Result<_, _>>()?, page.next))
    }

    /// Products of stores of whose documents somebody is to be told by then, the first first, as the index has them.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn due_locals(&self, by: Timestamp, limit: i32) -> Result<Vec<LocalProduct>, StoreError> {
        let ask = Ask { index: Some(keys::GSI2), until: Some(keys::due_by(by)), limit: Some(limit), ..Ask::of(Table::Hq, keys::DUE_LOCALS) };
        self.query(ask).await?.items.into_iter().map(parse).collect()
    }

    /// What happened to a listing, to a store's own product, or to a store, newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn history_of(&self, of: &Aggregate, limit: i32, cursor: Option<&str>) -> Result<(Vec<Envelope>, Option<String>), StoreError> {
        let (table, pk) = keys::history(of);
        let page = self.query(Ask { begins: keys::EVENT, forward: false, limit: Some(limit), cursor, ..Ask::of(table, pk) }).await?;
        Ok((page.items.into_iter().map(parse).collect::<Result<_, _>>()?, page.next))
    }

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
