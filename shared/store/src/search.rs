//! The library as it is searched, kept beside the library itself: an index of this process, which follows what was read last. And the chain's
//! synonyms and hot words, and what a store lists.

use std::{collections::HashMap, sync::Arc, time::Duration};

use liandian_contracts::Envelope;
use liandian_domain::{
    catalog::{
        LibrarySku, Listing,
        search::{Index, Query, SearchRow, SearchWords, sounds::Pinyin},
    },
    stock::batch::Dated,
};
use liandian_types::{SkuId, StoreId};
use tokio::{sync::Mutex, time::Instant};

use crate::{
    catalog::sku_key,
    db::{Ask, Item, Key, StoreError, Table, Tables, item, n, parse, s, text},
    keys,
    meter::{self, Access},
    stock::records::StockItem,
};

/// Stores of which a process remembers what they list.
const MOST_STORES: usize = 64;

/// Attributes beside a SKU of the library: where the words of its title begin, and the title of which that was found out. The worker `words` writes
/// them; a row that is written anew has none until then, and its pieces are found all the same.
const WORDS: &str = "words";
const WORDS_OF: &str = "words_of";

/// Is what is kept of its words that of its title? `of`: the title of which it was found out.
#[must_use]
pub fn has_words(sku: &LibrarySku, of: Option<&str>) -> bool {
    of == Some(sku.title().as_str())
}

/// The row of a SKU with where the words of its title begin, for the seeder.
#[must_use]
pub fn with_words(mut row: Item, sku: &LibrarySku, starts: u64) -> Item {
    row.insert(WORDS.into(), n(starts));
    row.insert(WORDS_OF.into(), s(sku.title()));
    row
}

/// The library as it was read: its SKUs, and where the words of their titles begin (0: not known yet).
#[derive(Debug, Default)]
pub(crate) struct LibraryRows {
    pub(crate) skus: Arc<Vec<LibrarySku>>,
    starts: Vec<u64>,
}

impl LibraryRows {
    fn of(items: Vec<Item>) -> Result<Self, StoreError> {
        let (mut skus, mut starts) = (Vec::with_capacity(items.len()), Vec::with_capacity(items.len()));
        for item in items {
            let kept: Option<u64> = item.get(WORDS).and_then(|v| v.as_n().ok()?.parse().ok());
            let of = text(&item, WORDS_OF);
            let sku: LibrarySku = parse(item)?;
            starts.push(kept.filter(|_| has_words(&sku, of.as_deref())).unwrap_or_default());
            skus.push(sku);
        }
        Ok(Self { skus: Arc::new(skus), starts })
    }
}

/// The library with an index over it.
#[derive(Debug, Clone, Default)]
pub struct Searched {
    rows: Arc<LibraryRows>,
    /// Where a SKU stands in the library.
    places: HashMap<SkuId, usize>,
    index: Index,
}

impl Searched {
    /// The index; of a row that has come from HQ, price and stock say nothing about a store.
    #[must_use]
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The library.
    #[must_use]
    pub fn skus(&self) -> &[LibrarySku] {
        &self.rows.skus
    }

    /// What the library says of a SKU.
    #[must_use]
    pub fn sku(&self, sku: &SkuId) -> Option<&LibrarySku> {
        self.rows.skus.get(*self.places.get(sku)?)
    }

    /// What fits, the best first; without a query all, in the library's order.
    #[must_use]
    pub fn ranked(&self, query: Option<&Query>) -> Vec<&LibrarySku> {
        let Some(query) = query else { return self.rows.skus.iter().collect() };
        let mut hits = self.index.fitting(Some(query));
        hits.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.row.rank.cmp(&b.row.rank)).then_with(|| a.row.sku.cmp(&b.row.sku)));
        hits.into_iter().filter_map(|h| self.sku(&h.row.sku)).collect()
    }

    /// Follows the library: what is as it was is not looked at again.
    fn follow(mut self, rows: Arc<LibraryRows>) -> Self {
        let mut places = HashMap::with_capacity(rows.skus.len());
        for (i, (sku, starts)) in rows.skus.iter().zip(&rows.starts).enumerate() {
            let known =
                self.places.get(&sku.sku).is_some_and(|was| self.rows.skus.get(*was) == Some(sku) && self.rows.starts.get(*was) == Some(starts));
            if !known {
                self.index.put_cut(SearchRow::of(sku), *starts, &Pinyin);
            }
            places.insert(sku.sku.clone(), i);
        }
        for gone in self.places.keys().filter(|sku| !places.contains_key(*sku)) {
            self.index.remove(gone);
        }
        Self { rows, places, index: self.index }
    }
}

/// The index of this process.
#[derive(Default)]
pub(crate) struct Held(Mutex<Option<Arc<Searched>>>);

/// What a store lists, with the category in which its row of each lies.
pub type StoreGoods = HashMap<SkuId, String>;

/// When a list was read, and the list.
type Kept = (Instant, Arc<StoreGoods>);

/// What stores list, as this process read it last.
#[derive(Default)]
pub(crate) struct Listed(Mutex<HashMap<StoreId, Kept>>);

impl Listed {
    /// Forgets what a store lists: it has just taken or dropped something.
    pub(crate) async fn forget(&self, store: &StoreId) {
        self.0.lock().await.remove(store);
    }
}

fn words_key() -> Key {
    Key::hq(keys::SEARCH_WORDS, keys::SEARCH_WORDS)
}

/// The row of the chain's synonyms and hot words, for the seeder.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn search_words_item(words: &SearchWords) -> Result<Item, StoreError> {
    item(words, &words_key(), [])
}

impl Tables {
    /// The library's rows, at most a minute old.
    pub(crate) async fn library_rows(&self) -> Result<Arc<LibraryRows>, StoreError> {
        let load = async { LibraryRows::of(self.query_all(Ask { index: Some(keys::GSI1), ..Ask::of(Table::Hq, keys::LIBRARY.to_owned()) }).await?) };
        self.caches.library.get(keys::LIBRARY, load).await
    }

    /// The library with its index. The index is made when somebody searches first, and then changed by what has changed.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn searched(&self) -> Result<Arc<Searched>, StoreError> {
        let rows = self.library_rows().await?;
        let mut held = self.caches.searched.0.lock().await;
        if let Some(searched) = held.as_ref()
            && Arc::ptr_eq(&searched.rows, &rows)
        {
            return Ok(searched.clone());
        }
        // Nobody else looks at it, as a rule: then it is changed where it is.
        let was = held.take().map(|s| Arc::try_unwrap(s).unwrap_or_else(|shared| (*shared).clone())).unwrap_or_default();
        let searched = Arc::new(was.follow(rows));
        *held = Some(searched.clone());
        Ok(searched)
    }

    /// Keeps where the words of a SKU's title begin; false when there is no such SKU of that title any more.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn keep_words(&self, sku: &LibrarySku, starts: u64) -> Result<bool, StoreError> {
        let update = self
            .db
            .update_item()
            .update_expression("SET #words = :words, #of = :of")
            .condition_expression("#name = :name AND #spec = :spec")
            .expression_attribute_names("#words", WORDS)
            .expression_attribute_names("#of", WORDS_OF)
            .expression_attribute_names("#name", "name")
            .expression_attribute_names("#spec", "spec")
            .expression_attribute_values(":words", n(starts))
            .expression_attribute_values(":of", s(sku.title()))
            .expression_attribute_values(":name", s(&sku.name))
            .expression_attribute_values(":spec", s(&sku.spec));
        self.update(&sku_key(&sku.sku), update).await
    }

    /// Which SKUs a store lists, and in which categories its rows of them lie, at most a minute old: for what is only offered, and to know which rows to
    /// read, not for what is shown with a price.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn listed(&self, store: &StoreId) -> Result<Arc<StoreGoods>, StoreError> {
        meter::touch(Table::Hq, Access::Read);
        meter::partition(Table::Hq, &keys::store(store));
        let mut held = self.caches.listed.0.lock().await;
        held.retain(|_, (at, _)| at.elapsed() < Duration::from_secs(60));
        if let Some((_, listed)) = held.get(store) {
            return Ok(listed.clone());
        }
        drop(held);
        let listed: Arc<StoreGoods> = Arc::new(self.all_listings(store).await?.into_iter().map(|l| (l.sku, l.category)).collect());
        let mut held = self.caches.listed.0.lock().await;
        if held.len() >= MOST_STORES {
            held.clear();
        }
        held.insert(store.clone(), (Instant::now(), listed.clone()));
        Ok(listed)
    }

    /// Everything that a store lists. One read for each megabyte.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn all_listings(&self, store: &StoreId) -> Result<Vec<Listing>, StoreError> {
        let items = self.query_all(Ask { begins: keys::LISTING, ..Ask::of(Table::Hq, keys::store(store)) }).await?;
        items.into_iter().map(parse).collect()
    }

    /// All stock of a store's shelf. One read for each megabyte, and one more when something is split.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn all_on_shelf(&self, store: &StoreId) -> Result<HashMap<SkuId, Dated>, StoreError> {
        let mut items = self.query_all(Ask { begins: keys::SKU, ..Ask::of(Table::Cell, keys::stock(&store.shelf())) }).await?;
        self.whole(&mut items, false).await?;
        let mut all = HashMap::with_capacity(items.len());
        for item in items {
            let row: StockItem = parse(item)?;
            if let Some(sku) = row.sku() {
                all.insert(sku, Dated { stock: row.stock, batches: row.batches });
            }
        }
        Ok(all)
    }

    /// The chain's synonyms and hot words, at most a minute old.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn search_words(&self) -> Result<Arc<SearchWords>, StoreError> {
        let load = async { Ok(self.get::<SearchWords>(&words_key(), false).await?.unwrap_or_default()) };
        self.caches.words.get(keys::SEARCH_WORDS, load).await
    }

    /// The chain's synonyms and hot words as they are now: for who shows or sets them.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn search_words_now(&self) -> Result<SearchWords, StoreError> {
        Ok(self.get(&words_key(), true).await?.unwrap_or_default())
    }

    /// What happened to them, newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn search_words_history(&self, limit: i32, cursor: Option<&str>) -> Result<(Vec<Envelope>, Option<String>), StoreError> {
        let ask = Ask { begins: keys::EVENT, forward: false, limit: Some(limit), cursor, ..Ask::of(Table::Hq, keys::SEARCH_WORDS) };
        let page = self.query(ask).await?;
        Ok((page.items.into_iter().map(parse).collect::<Result<_, _>>()?, page.next))
    }
}

#[cfg(test)]
mod tests {
    use liandian_domain::catalog::search::Synonyms;
    use liandian_types::Fen;

    use super::*;

    fn sku(id: &str, name: &str) -> LibrarySku {
        LibrarySku {
            sku: id.parse().unwrap(),
            spu: "spu_1".parse().unwrap(),
            name: name.into(),
            spec: String::new(),
            brand: String::new(),
            category: "all".into(),
            category_name: "百货".into(),
            description: String::new(),
            barcode: String::new(),
            price: Fen(100),
            floor: Fen(0),
            flagship: false,
            offline_only: false,
            tracks_expiry: false,
            weight_g: 0,
            picture: String::new(),
            rank: 0,
            region_prices: std::collections::BTreeMap::new(),
            off: false,
            mandatory: false,
            local_to: None,
            until: None,
        }
    }

    fn rows(all: &[(&str, &str)]) -> Arc<LibraryRows> {
        let skus: Vec<LibrarySku> = all.iter().map(|(id, name)| sku(id, name)).collect();
        Arc::new(LibraryRows { starts: vec![0; skus.len()], skus: Arc::new(skus) })
    }

    fn found<'a>(s: &'a Searched, typed: &str) -> Vec<&'a str> {
        s.ranked(Query::of(typed, &Synonyms::default()).as_ref()).into_iter().map(|s| s.sku.as_str()).collect()
    }

    #[test]
    fn given_a_library_that_changed_when_followed_then_only_what_changed_is_put_and_what_went_is_not_found() {
        let first = Searched::default().follow(rows(&[("sku_1", "苹果"), ("sku_2", "绿茶"), ("sku_3", "红茶")]));
        assert_eq!(found(&first, "茶"), ["sku_2", "sku_3"]);
        assert_eq!(found(&first, "pingguo"), ["sku_1"]);
        let was = first.index().version();
        let next = first.follow(rows(&[("sku_3", "红茶"), ("sku_1", "苹果茶"), ("sku_4", "花茶")]));
        assert_eq!(next.index().version(), was + 3, "one changed, one came, one went");
        assert_eq!(found(&next, "茶"), ["sku_1", "sku_3", "sku_4"]);
        assert_eq!(next.sku(&"sku_4".parse().unwrap()).map(|s| s.name.as_str()), Some("花茶"));
        assert!(found(&next, "绿茶").is_empty() && next.sku(&"sku_2".parse().unwrap()).is_none());
    }
}
