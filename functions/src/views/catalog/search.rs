//! Search: in what a store sells, for its customers, and in the library, for staff. The index is the library's ([`Tables::searched`]); what of its
//! hits a store sells, at what price and whether there is any, is read for each query.

use std::{collections::HashMap, sync::Arc};

pub use liandian_domain::catalog::search::Sort;
use liandian_domain::{
    catalog::{
        self, LibrarySku, Listing,
        search::{
            Ask, Facets, Filter, Hit, Index, Query, SearchRow, SearchWords, arrange, index::PRICE_BANDS, sounds::Pinyin, suggest::SuggestionKind,
        },
    },
    governance::terms::Terms,
    stock::batch::Dated,
};
use liandian_store::{StoreError, Tables, catalog::NamedSku, cursor::List, search::Searched};
use liandian_types::{
    Code, Fen, Problem, SkuId, StoreId, Timestamp,
    api::{CategoryPage, FacetChoice, LibraryHistory, ListingPage, SearchFound, SearchWordsSheet, Suggested, Suggestions, SynonymRow},
    text::Needle,
};

use super::{FindGoods, PAGE, cards, library::history};
use crate::{
    App,
    http::Failure,
    views::{
        marketing::labelled,
        stores::{card_now, categories, promised_day, shown_store},
        usize_of,
    },
};

/// SKUs on a page of a search in the library.
const FOUND: usize = 60;

/// Up to so many hits are asked for one by one; of more, all that the store lists and has is read, which is two pages of rows and no dearer.
const ONE_BY_ONE: usize = 100;

/// Suggestions for what was typed, hot words, and words that may have been meant.
const OFFERED: usize = 10;
const MEANT: usize = 3;

/// Choices of one facet.
const CHOICES: usize = 12;

/// Characters of what is typed that count for a suggestion.
const TYPED: usize = 64;

/// Changes of the chain's words on a page.
const CHANGES: i32 = 20;

/// A price from here on, and below there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceBand {
    from: Fen,
    below: Option<Fen>,
}

impl PriceBand {
    /// As a query has it: `1000-3000`, `10000-`, in fen.
    ///
    /// # Errors
    /// `bad_request` when it is none.
    pub fn of(text: &str) -> Result<Self, Problem> {
        let fen = |text: &str| text.parse::<u32>().ok().map(|n| Fen(i64::from(n)));
        let band = || {
            let (from, below) = text.split_once('-')?;
            let below = if below.is_empty() { None } else { Some(fen(below)?) };
            Some(Self { from: fen(from)?, below })
        };
        band().ok_or_else(|| Problem::new(Code::BadRequest, "价格区间应形如 1000-3000（单位：分）").at("price"))
    }

    /// The same as text.
    fn key(self) -> String {
        format!("{}-{}", self.from.0, self.below.map(|b| b.0.to_string()).unwrap_or_default())
    }

    /// As people read it.
    fn name(self) -> String {
        let yuan = |fen: Fen| fen.0 / 100;
        match self.below {
            Some(below) if self.from.0 == 0 => format!("{} 元以下", yuan(below)),
            Some(below) => format!("{}–{} 元", yuan(self.from), yuan(below)),
            None => format!("{} 元以上", yuan(self.from)),
        }
    }
}

/// How results are sorted, as a query has it.
///
/// # Errors
/// `bad_request` when it is none of the ways.
pub fn sort_of(text: Option<&str>) -> Result<Sort, Problem> {
    match text {
        None | Some("relevance") => Ok(Sort::Relevance),
        Some("price_up") => Ok(Sort::PriceUp),
        Some("price_down") => Ok(Sort::PriceDown),
        Some("newest") => Ok(Sort::Newest),
        Some(_) => Err(Problem::new(Code::BadRequest, "排序应为 relevance、price_up、price_down 或 newest").at("sort")),
    }
}

fn name_of(sort: Sort) -> &'static str {
    match sort {
        Sort::Relevance => "relevance",
        Sort::PriceUp => "price_up",
        Sort::PriceDown => "price_down",
        Sort::Sales => "sales",
        Sort::Newest => "newest",
    }
}

/// The library's index, and what somebody typed as it is asked for there; `None` when nothing is sought.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn searching(tables: &Tables, text: Option<&str>) -> Result<(Arc<Searched>, Option<Query>), StoreError> {
    let (library, words) = futures::try_join!(tables.searched(), tables.search_words())?;
    let query = text.and_then(|t| Query::of(t, &words.synonyms));
    Ok((library, query))
}

/// SKUs of which something is found: in the library, and of a store's own goods. The best first; `None` when nothing is sought.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn sought_at(tables: &Tables, store: Option<&StoreId>, text: Option<&str>) -> Result<Option<Vec<SkuId>>, StoreError> {
    if text.and_then(Needle::of).is_none() {
        return Ok(None);
    }
    let own = async {
        match store {
            Some(store) => tables.local_skus(store).await,
            None => Ok(Vec::new()),
        }
    };
    let ((library, query), own) = futures::try_join!(searching(tables, text), own)?;
    let Some(query) = query else { return Ok(None) };
    let ours = index_of(&own);
    let mut hits: Vec<Hit<'_>> = [library.index(), &ours].into_iter().flat_map(|i| i.fitting(Some(&query))).collect();
    hits.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.row.rank.cmp(&b.row.rank)).then_with(|| a.row.sku.cmp(&b.row.sku)));
    Ok(Some(hits.into_iter().map(|h| h.row.sku.clone()).collect()))
}

/// A page of what was found, and where the next one begins.
///
/// # Errors
/// [`StoreError::Cursor`].
pub fn found_in(hits: Vec<SkuId>, list: List, cursor: Option<&str>) -> Result<(Vec<SkuId>, Option<String>), StoreError> {
    let from = list.before(cursor)?;
    let mut hits = hits.into_iter().skip(from);
    let page: Vec<SkuId> = hits.by_ref().take(FOUND).collect();
    let next = hits.next().map(|_| list.behind_first(from.saturating_add(FOUND)));
    Ok((page, next))
}

/// An index of the few goods that are a store's own.
fn index_of(own: &[LibrarySku]) -> Index {
    let mut index = Index::default();
    for sku in own {
        index.put_cut(SearchRow::of(sku), 0, &Pinyin);
    }
    index
}

/// What fits of the library, of a store's own goods, and by the names that the store gave to goods; and how well.
fn hits_of(library: &Searched, own: &[LibrarySku], named: &[NamedSku], query: &Query) -> HashMap<SkuId, u32> {
    let ours = index_of(own);
    let mut called = Index::default();
    for n in named {
        if let Some(sku) = known(library, own, &n.sku) {
            called.put_cut(SearchRow { name: n.name.clone(), ..SearchRow::of(sku) }, 0, &Pinyin);
        }
    }
    let mut hits: HashMap<SkuId, u32> = HashMap::new();
    for hit in [library.index(), &ours, &called].into_iter().flat_map(|i| i.fitting(Some(query))) {
        let best = hits.entry(hit.row.sku.clone()).or_default();
        *best = (*best).max(hit.score);
    }
    hits
}

/// What is known of a SKU that a store may sell.
fn known<'a>(library: &'a Searched, own: &'a [LibrarySku], sku: &SkuId) -> Option<&'a LibrarySku> {
    library.sku(sku).or_else(|| own.iter().find(|s| s.sku == *sku))
}

/// What a store says of some hits, and what of it is on its shelf. Of what it says nothing, only what is mandatory need be there.
async fn listed(
    tables: &Tables,
    store: &StoreId,
    hits: &HashMap<SkuId, u32>,
    library: &Searched,
) -> Result<Vec<(SkuId, Option<Listing>, Dated)>, StoreError> {
    if hits.len() <= ONE_BY_ONE {
        let skus: Vec<SkuId> = hits.keys().cloned().collect();
        let found = tables.listings_on_shelf(store, &skus).await?;
        return Ok(skus.into_iter().zip(found).map(|(sku, (listing, stock))| (sku, listing, stock)).collect());
    }
    let (listings, mut stock) = futures::try_join!(tables.all_listings(store), tables.all_on_shelf(store))?;
    let mut listings: HashMap<SkuId, Listing> = listings.into_iter().map(|l| (l.sku.clone(), l)).collect();
    let mut all = Vec::new();
    for sku in hits.keys() {
        let listing = listings.remove(sku);
        if listing.is_some() || library.sku(sku).is_some_and(|s| s.mandatory) {
            all.push((sku.clone(), listing, stock.remove(sku).unwrap_or_default()));
        }
    }
    Ok(all)
}

/// Where a page begins in results whose order may have changed a little since the page before: behind its last entry when that moved forward
/// (something before it sold out, and went to the end); otherwise where it was, and never further. So nothing is passed over.
fn begins(before: usize, at: Option<usize>) -> usize {
    match at {
        Some(at) if at < before => at + 1,
        // It is not where it was, so one that follows may have taken its place.
        _ => before.saturating_sub(1),
    }
}

/// What a store sells of what is sought: narrowed, sorted, counted. What is sold out comes last. Two waves.
///
/// # Errors
/// [`StoreError`] from the engine.
pub(super) async fn results(
    tables: &Tables,
    store: &StoreId,
    text: &str,
    find: FindGoods<'_>,
    now: Timestamp,
) -> Result<Option<CategoryPage>, StoreError> {
    let (category, brand) = (find.category.filter(|c| !c.is_empty()), find.brand.filter(|b| !b.is_empty()));
    let price = find.price.map(PriceBand::key).unwrap_or_default();
    let list = List::of(["search", store.as_str(), text, category.unwrap_or_default(), brand.unwrap_or_default(), &price, name_of(find.sort)]);
    let (before, last) = list.before_entry(find.cursor)?;
    let goods = async {
        let ((library, query), own, named) = futures::try_join!(searching(tables, Some(text)), tables.local_skus(store), tables.named_skus(store))?;
        let hits = query.map(|q| hits_of(&library, &own, &named, &q)).unwrap_or_default();
        let listed = listed(tables, store, &hits, &library).await?;
        Ok::<_, StoreError>((library, own, hits, listed))
    };
    let (profile, settings, (library, own, hits, listed)) = futures::try_join!(shown_store(tables, store), tables.settings(), Box::pin(goods))?;
    let Some(profile) = profile else { return Ok(None) };
    let (day, terms) = (promised_day(&profile, now), Terms::of(settings.iter(), &profile, now));
    // The goods with the store's own texts, at its prices and with its stock.
    let mut rows: Vec<(SearchRow, u32)> = Vec::new();
    let mut by_sku: HashMap<SkuId, Listing> = HashMap::new();
    for (id, listing, stock) in listed {
        let sold = catalog::sold(store, known(&library, &own, &id).cloned(), listing, now);
        let priced = sold.and_then(|(sku, listing)| Some((terms.price(&listing, &sku)?, sku, listing)));
        let Some((price, sku, listing)) = priced else { continue };
        let sold_out = stock.until(day).available() == 0;
        let score = hits.get(&id).copied().unwrap_or_default();
        rows.push((SearchRow { price, sold_out, listed_at: listing.taken_at, ..SearchRow::of(&sku) }, score));
        by_sku.insert(id, listing);
    }
    let filter = Filter {
        categories: category.map(str::to_owned).into_iter().collect(),
        brands: brand.map(str::to_owned).into_iter().collect(),
        from: find.price.map(|p| p.from),
        below: find.price.and_then(|p| p.below),
        in_stock: false,
    };
    let ask = Ask { query: None, filter, sort: find.sort, skip: 0, limit: usize::MAX };
    let found = arrange(rows.iter().map(|(row, score)| Hit { row, score: *score }), &ask);
    let start = match &last {
        None => before,
        Some(last) => match found.hits.iter().position(|h| h.row.sku.as_str() == last) {
            Some(at) if at + 1 == before => before,
            at => begins(before, at),
        },
    };
    let page: Vec<&SkuId> = found.hits.iter().skip(start).take(usize_of(PAGE)).map(|h| &h.row.sku).collect();
    let end = start.saturating_add(page.len());
    let next = page.last().filter(|_| end < found.total).map(|last| list.behind_entry(end, last.as_str()));
    let shown: Vec<Listing> = page.into_iter().filter_map(|sku| by_sku.remove(sku)).collect();
    let meant = if rows.is_empty() { meant(tables, store, &library, text).await? } else { Vec::new() };
    let what = told(found.total, &found.facets, meant);
    let items = cards(tables, store, shown, &terms, day, now).await?;
    let page = ListingPage { items: labelled(tables, store, items, false, now).await?, next, found: Some(what) };
    Ok(Some(CategoryPage {
        store: card_now(&profile, None, now),
        categories: categories(&profile, library.skus()),
        current: String::new(),
        page,
        query: Some(text.to_owned()),
    }))
}

/// What sounds as what was typed and is sold in the store.
async fn meant(tables: &Tables, store: &StoreId, library: &Searched, text: &str) -> Result<Vec<String>, StoreError> {
    let listed = tables.listed(store).await?;
    Ok(library.index().meant_of(text, &Pinyin, MEANT, |row| listed.contains_key(&row.sku)))
}

/// What was found, as people read it.
fn told(total: usize, facets: &Facets, meant: Vec<String>) -> SearchFound {
    let choice = |key: &str, name: &str, count: u32| FacetChoice { key: key.to_owned(), name: name.to_owned(), count };
    let ends = PRICE_BANDS.iter().copied();
    let bands = [Fen(0)].into_iter().chain(ends.clone()).zip(ends.map(Some).chain([None])).map(|(from, below)| PriceBand { from, below });
    let prices = bands.zip(facets.prices).filter(|(_, n)| *n > 0).map(|(band, n)| choice(&band.key(), &band.name(), n));
    SearchFound {
        total: u32::try_from(total).unwrap_or(u32::MAX),
        categories: facets.categories.iter().take(CHOICES).map(|(key, name, n)| choice(key, name, *n)).collect(),
        brands: facets.brands.iter().take(CHOICES).map(|(name, n)| choice(name, name, *n)).collect(),
        prices: prices.collect(),
        meant,
    }
}

/// What a store's search field offers for what was typed so far. One wave; what the store lists is at most a minute old.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn suggestions(tables: &Tables, store: &StoreId, typed: Option<&str>, now: Timestamp) -> Result<Option<Suggestions>, StoreError> {
    let (profile, library, words, listed, own) =
        futures::try_join!(shown_store(tables, store), tables.searched(), tables.search_words(), tables.listed(store), tables.local_skus(store))?;
    if profile.is_none() {
        return Ok(None);
    }
    let typed: String = typed.unwrap_or_default().chars().take(TYPED).collect();
    let sells = |row: &SearchRow| {
        let sku = known(&library, &own, &row.sku).filter(|s| s.sold_online() && s.is_for(store, now));
        sku.is_some_and(|s| s.mandatory || listed.contains_key(&s.sku))
    };
    let kind = |kind| match kind {
        SuggestionKind::Category => "category",
        SuggestionKind::Brand => "brand",
        SuggestionKind::Name => "name",
    };
    let mut suggested: Vec<Suggested> = Vec::new();
    for s in [&index_of(&own), library.index()].into_iter().flat_map(|i| i.suggest_of(&typed, OFFERED, sells)) {
        let one = Suggested { text: s.text, kind: kind(s.kind).to_owned() };
        if suggested.len() < OFFERED && !suggested.contains(&one) {
            suggested.push(one);
        }
    }
    let hot = library.index().hot_words_of(&words.placed(), &words.synonyms, OFFERED, sells);
    Ok(Some(Suggestions { suggestions: suggested, hot }))
}

/// The chain's synonyms and hot words as people see them.
#[must_use]
pub fn words_view(words: &SearchWords) -> SearchWordsSheet {
    SearchWordsSheet {
        synonyms: words.synonyms.all().iter().map(|s| SynonymRow { word: s.word.clone(), means: s.means.clone() }).collect(),
        hot: words.hot.clone(),
        version: words.version,
    }
}

/// Who changed them, and when, newest first.
///
/// # Errors
/// `bad_cursor`.
pub async fn words_changes(app: &App, cursor: Option<&str>) -> Result<LibraryHistory, Failure> {
    let (events, next) = app.tables.search_words_history(CHANGES, cursor).await?;
    history(app, events, next).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_price_as_a_query_has_it_when_read_then_it_is_a_band_or_the_field_is_named() {
        for (text, name) in [("0-1000", "10 元以下"), ("1000-3000", "10–30 元"), ("10000-", "100 元以上")] {
            let band = PriceBand::of(text).unwrap();
            assert_eq!((band.key().as_str(), band.name().as_str()), (text, name));
        }
        for bad in ["", "-", "1000", "a-b", "-5", "1-2-3", "1.5-2", "99999999999-"] {
            assert_eq!(PriceBand::of(bad).unwrap_err().field.as_deref(), Some("price"), "{bad}");
        }
        assert_eq!(sort_of(Some("best")).unwrap_err().field.as_deref(), Some("sort"));
        assert_eq!(sort_of(None).unwrap(), Sort::Relevance);
    }

    #[test]
    fn given_an_order_that_changed_between_two_pages_when_the_next_begins_then_nothing_is_passed_over() {
        // The last entry of a page of 20 stood at 19; two before it have sold out since.
        assert_eq!(begins(20, Some(17)), 18);
        // It has sold out itself: one more may stand in its place.
        assert_eq!(begins(20, Some(55)), 19);
        assert_eq!((begins(20, None), begins(0, None)), (19, 0));
    }
}
