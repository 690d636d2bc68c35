//! Products, categories and brands, as HQ edits them. Written by decisions ([`liandian_domain::catalog::library`]).

use liandian_contracts::Envelope;
use liandian_domain::{
    catalog::{
        LibrarySku,
        library::{BrandList, Categories},
        product::Product,
    },
    decision::Aggregate,
};
use liandian_types::{ProductStatus, SkuId, SpuId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{sku_item, sku_key};
use crate::{
    db::{Ask, Item, Key, StoreError, Table, Tables, item, n, parse},
    keys,
};

/// Of how many products at a time a list asks which fit, until it has a page: what few fit is looked for in ever larger steps.
const LOOKS: [i32; 10] = [50, 50, 100, 200, 400, 400, 400, 400, 400, 400];

fn product_key(spu: &SpuId) -> Key {
    Key::hq(keys::spu(spu), keys::PRODUCT)
}

/// The row of a product.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn product_item(p: &Product) -> Result<Item, StoreError> {
    item(p, &product_key(&p.spu), [("gsi1pk", keys::PRODUCTS.to_owned()), ("gsi1sk", keys::categorised(&p.category, p.rank, &p.spu))])
}

/// The row of the categories.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn categories_item(c: &Categories) -> Result<Item, StoreError> {
    item(c, &Key::hq(keys::CATEGORIES, keys::CATEGORIES), [])
}

/// The row of the brands.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn brands_item(b: &BrandList) -> Result<Item, StoreError> {
    item(b, &Key::hq(keys::BRANDS, keys::BRANDS), [])
}

/// Since when goods owe the names of their categories and brands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct NamesDue {
    /// Since when.
    since: Timestamp,
    /// They are written.
    done: bool,
}

/// The row that says so: written with every change of categories or brands, so that a message that is lost does not lose the names.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub(crate) fn names_due_item(since: Timestamp, done: bool) -> Result<Item, StoreError> {
    item(&NamesDue { since, done }, &Key::hq(keys::NAMES_DUE, keys::NAMES_DUE), [])
}

/// The row of a product's SKU: one that is not listed is there by its key alone.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn sku_of_product_item(sku: &LibrarySku, listed: bool) -> Result<Item, StoreError> {
    if listed { sku_item(sku) } else { item(sku, &sku_key(&sku.sku), []) }
}

/// All rows of a product: its own, and one for each SKU.
///
/// # Errors
/// [`StoreError::Shape`] when one cannot be written as an item.
pub fn product_items(p: &Product, categories: &Categories, brands: &BrandList) -> Result<Vec<Item>, StoreError> {
    let mut rows = vec![product_item(p)?];
    for sku in p.rows(&categories.tree, &brands.brands) {
        rows.push(sku_of_product_item(&sku, p.status != ProductStatus::Draft)?);
    }
    Ok(rows)
}

impl Tables {
    /// A product as it is now.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn product(&self, spu: &SpuId) -> Result<Option<Product>, StoreError> {
        self.get(&product_key(spu), true).await
    }

    /// These products as they are now, in their order. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn products_of(&self, spus: &[SpuId]) -> Result<Vec<Option<Product>>, StoreError> {
        let keys: Vec<Key> = spus.iter().map(product_key).collect();
        self.batch_get_rows(&keys, true).await?.into_iter().map(|p| p.map(parse).transpose()).collect()
    }

    /// Which product has each of these SKUs, in their order, drafts as well. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn owners_of(&self, skus: &[SkuId]) -> Result<Vec<Option<SpuId>>, StoreError> {
        let keys: Vec<Key> = skus.iter().map(sku_key).collect();
        let rows = self.batch_get_rows(&keys, true).await?;
        rows.into_iter().map(|s| s.map(|i| parse::<LibrarySku>(i).map(|row| row.spu)).transpose()).collect()
    }

    /// The next products that fit, by category and rank, and where those after them begin: of one category when it is given. A page may have fewer
    /// than there are, and still others after it: so many are looked at and no more.
    ///
    /// # Errors
    /// [`StoreError`] from the engine, or for a cursor of another list.
    pub async fn products(
        &self,
        category: Option<&str>,
        most: usize,
        cursor: Option<&str>,
        fits: impl Fn(&Product) -> bool,
    ) -> Result<(Vec<Product>, Option<String>), StoreError> {
        let begins = category.map(keys::in_category).unwrap_or_default();
        let (mut found, mut next) = (Vec::new(), cursor.map(str::to_owned));
        for look in LOOKS {
            let ask =
                Ask { index: Some(keys::GSI1), begins: &begins, limit: Some(look), cursor: next.as_deref(), ..Ask::of(Table::Hq, keys::PRODUCTS) };
            let page = self.query(ask).await?;
            for i in page.items {
                let product: Product = parse(i)?;
                if fits(&product) {
                    found.push(product);
                }
            }
            next = page.next;
            if next.is_none() || found.len() >= most {
                break;
            }
        }
        Ok((found, next))
    }

    /// Every product, by category and rank.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn all_products(&self) -> Result<Vec<Product>, StoreError> {
        let items = self.query_all(Ask { index: Some(keys::GSI1), ..Ask::of(Table::Hq, keys::PRODUCTS) }).await?;
        items.into_iter().map(parse).collect()
    }

    /// The rows of the library as they are now, whoever has them in memory.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn library_now(&self) -> Result<Vec<LibrarySku>, StoreError> {
        let items = self.query_all(Ask { index: Some(keys::GSI1), ..Ask::of(Table::Hq, keys::LIBRARY) }).await?;
        items.into_iter().map(parse).collect()
    }

    /// Has a category goods of its own?
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn has_goods(&self, category: &str) -> Result<bool, StoreError> {
        let begins = keys::in_category(category);
        let page = self.query(Ask { index: Some(keys::GSI1), begins: &begins, limit: Some(1), ..Ask::of(Table::Hq, keys::PRODUCTS) }).await?;
        Ok(!page.items.is_empty())
    }

    /// Since when goods owe the names of their categories and brands, if they do.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn names_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let due: Option<NamesDue> = self.get(&Key::hq(keys::NAMES_DUE, keys::NAMES_DUE), true).await?;
        Ok(due.filter(|d| !d.done).map(|d| d.since))
    }

    /// The names that were owed since then are written. What was changed later is still owed.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn names_done(&self, since: Timestamp) -> Result<bool, StoreError> {
        let same = ("since = :since", vec![(":since", n(since.0))]);
        self.put(Table::Hq, names_due_item(since, true)?, Some(same)).await
    }

    /// The chain's categories as they are now.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn categories_now(&self) -> Result<Categories, StoreError> {
        Ok(self.get(&Key::hq(keys::CATEGORIES, keys::CATEGORIES), true).await?.unwrap_or_default())
    }

    /// The chain's brands as they are now.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn brands_now(&self) -> Result<BrandList, StoreError> {
        Ok(self.get(&Key::hq(keys::BRANDS, keys::BRANDS), true).await?.unwrap_or_default())
    }

    /// What happened to a product, newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine, or for a cursor of another list.
    pub async fn product_history(&self, spu: &SpuId, limit: i32, cursor: Option<&str>) -> Result<(Vec<Envelope>, Option<String>), StoreError> {
        self.history_of(&Aggregate::Product(spu.clone()), limit, cursor).await
    }

    /// What happened to the categories, newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine, or for a cursor of another list.
    pub async fn categories_history(&self, limit: i32, cursor: Option<&str>) -> Result<(Vec<Envelope>, Option<String>), StoreError> {
        self.history_of(&Aggregate::Categories, limit, cursor).await
    }

    /// What happened to the brands, newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine, or for a cursor of another list.
    pub async fn brands_history(&self, limit: i32, cursor: Option<&str>) -> Result<(Vec<Envelope>, Option<String>), StoreError> {
        self.history_of(&Aggregate::Brands, limit, cursor).await
    }
}
