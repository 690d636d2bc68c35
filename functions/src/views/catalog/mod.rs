//! Goods of a store as its customers see them; in [`library`], the goods that HQ keeps.

pub mod library;

pub mod assortment;
pub mod local;

use liandian_domain::{
    catalog::{self, LibrarySku, Listing},
    governance::terms::Terms,
    stock::batch::{Date, Dated},
};
use liandian_store::{StoreError, Tables, cursor::List};
use liandian_types::{
    SkuId, StoreId, Timestamp,
    api::{CategoryPage, ListingCard, ListingPage, ProductPage},
    text::Needle,
};

use super::{
    marketing::labelled,
    stores::{categories, promised_day, shown_store},
    usize_of,
};

/// Goods on one page.
pub const PAGE: i32 = 20;

/// Of how many hits at a time a search asks whether the store lists them, until it has a page.
const LOOKS: [usize; 4] = [60, 100, 200, 400];

/// SKUs on a page of a search in the library.
const FOUND: usize = 60;

/// A page of what is sought in the library (everything, when nothing is), and where the next one begins.
pub(super) fn found_in<'a>(
    library: &'a [LibrarySku],
    sought: Option<&Needle>,
    list: List,
    cursor: Option<&str>,
) -> Result<(Vec<&'a LibrarySku>, Option<String>), StoreError> {
    let from = list.before(cursor)?;
    let mut hits = library.iter().filter(|s| sought.is_none_or(|t| s.matches(t))).skip(from);
    let page: Vec<&LibrarySku> = hits.by_ref().take(FOUND).collect();
    let next = hits.next().map(|_| list.behind_first(from.saturating_add(FOUND)));
    Ok((page, next))
}

/// What a store lists, by category or by text, and where the next page begins.
async fn goods(
    tables: &Tables,
    store: &StoreId,
    category: Option<&str>,
    text: Option<&str>,
    cursor: Option<&str>,
) -> Result<(Vec<Listing>, Option<String>), StoreError> {
    if let Some((text, sought)) = text.and_then(|t| Some((t, Needle::of(t)?))) {
        return search_goods(tables, store, &sought, List::of(["goods", store.as_str(), text]), cursor).await;
    }
    let category = category.filter(|c| !c.is_empty());
    let library = tables.library().await?;
    // Mandatory goods that the store never took stand before the first page: no row of the store says so.
    let here = |s: &&LibrarySku| cursor.is_none() && s.mandatory && s.sold_online() && category.is_none_or(|c| s.category == c);
    let must: Vec<&LibrarySku> = library.iter().filter(here).collect();
    let skus: Vec<SkuId> = must.iter().map(|s| s.sku.clone()).collect();
    let page = async {
        match category {
            Some(c) => tables.category(store, c, PAGE, cursor).await,
            None => tables.listings(store, PAGE, cursor).await,
        }
    };
    let ((listings, next), listed) = futures::try_join!(page, tables.listings_of(store, &skus))?;
    let missing = must.into_iter().zip(listed).filter(|(_, l)| l.is_none());
    let mut all: Vec<Listing> = missing.map(|(s, _)| Listing::plain(s.sku.clone(), s.category.clone(), s.rank)).collect();
    all.extend(listings);
    Ok((all, next))
}

/// What a store lists of what is sought, in the library's order. The place where a page begins is among the library's hits: which of them the
/// store lists is asked until the page is full. One wave where it lists most of them.
async fn search_goods(
    tables: &Tables,
    store: &StoreId,
    sought: &Needle,
    list: List,
    cursor: Option<&str>,
) -> Result<(Vec<Listing>, Option<String>), StoreError> {
    let (library, own, named) = futures::try_join!(tables.library(), tables.local_skus(store), tables.named_skus(store))?;
    // Found by the name that the store has given it, as well as by HQ's.
    let by_name = |s: &LibrarySku| named.iter().any(|n| n.sku == s.sku && sought.is_in(&[&n.name, &s.spec, &s.brand, &s.category_name]));
    let hits: Vec<&LibrarySku> = own.iter().chain(library.iter()).filter(|s| s.sold_online() && (s.matches(sought) || by_name(s))).collect();
    let (mut at, mut listings) = (list.before(cursor)?.min(hits.len()), Vec::<Listing>::new());
    for look in LOOKS {
        let some = &hits[at..hits.len().min(at + look)];
        if some.is_empty() || listings.len() >= usize_of(PAGE) {
            break;
        }
        let skus: Vec<SkuId> = some.iter().map(|s| s.sku.clone()).collect();
        for (sku, found) in some.iter().zip(tables.listings_of(store, &skus).await?) {
            if listings.len() >= usize_of(PAGE) {
                break;
            }
            at += 1;
            let mandatory = || sku.mandatory.then(|| Listing::plain(sku.sku.clone(), sku.category.clone(), sku.rank));
            listings.extend(found.or_else(mandatory));
        }
    }
    Ok((listings, (at < hits.len()).then(|| list.behind_first(at))))
}

/// A category page, its store included: two waves.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn category_page(
    tables: &Tables,
    store: &StoreId,
    category: Option<&str>,
    text: Option<&str>,
    cursor: Option<&str>,
    now: Timestamp,
) -> Result<Option<CategoryPage>, StoreError> {
    let text = text.map(str::trim).filter(|t| !t.is_empty());
    let goods = goods(tables, store, category, text, cursor);
    let (profile, (listings, next), settings) = futures::try_join!(shown_store(tables, store), goods, tables.settings())?;
    let Some(profile) = profile else { return Ok(None) };
    let terms = Terms::of(settings.iter(), &profile, now);
    let items = cards(tables, store, listings, &terms, promised_day(&profile, now), now).await?;
    let page = ListingPage { items: labelled(tables, store, items, false, now).await?, next };
    Ok(Some(CategoryPage {
        store: profile.card(None, now),
        categories: categories(&profile),
        current: if text.is_some() { String::new() } else { category.unwrap_or_default().to_owned() },
        page,
        query: text.map(str::to_owned),
    }))
}

/// Listings as customers see them, at what the store asks, with what can be promised for a day: SKUs and stock in one wave. What the store hides,
/// what has ended and what is not on sale is left out.
pub(super) async fn cards(
    tables: &Tables,
    store: &StoreId,
    listings: Vec<Listing>,
    terms: &Terms,
    day: Date,
    now: Timestamp,
) -> Result<Vec<ListingCard>, StoreError> {
    let skus: Vec<SkuId> = listings.iter().map(|l| l.sku.clone()).collect();
    let goods = tables.skus_on_shelf(store, &skus).await?;
    let card = |(l, (sku, stock)): (Listing, (Option<LibrarySku>, Dated))| {
        let (sku, listing) = catalog::sold(store, sku, Some(l), now)?;
        listing.card(&sku, terms.price(&listing, &sku)?, stock.until(day).available())
    };
    Ok(listings.into_iter().zip(goods).filter_map(card).collect())
}

/// A product with the SKUs that the store lists: three waves.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn product_page(tables: &Tables, store: &StoreId, sku: &SkuId, now: Timestamp) -> Result<Option<ProductPage>, StoreError> {
    let (profile, chosen, settings) = futures::try_join!(shown_store(tables, store), tables.library_sku(sku), tables.settings())?;
    let (Some(profile), Some(chosen)) = (profile, chosen) else { return Ok(None) };
    let all = tables.skus_of(&chosen.spu).await?;
    let ids: Vec<SkuId> = all.iter().map(|s| s.sku.clone()).collect();
    let goods = tables.listings_on_shelf(store, &ids).await?;
    let (day, terms) = (promised_day(&profile, now), Terms::of(settings.iter(), &profile, now));
    let card = |(s, (listing, stock)): (LibrarySku, (Option<Listing>, Dated))| {
        let (sku, listing) = catalog::sold(store, Some(s), listing, now)?;
        let card = listing.card(&sku, terms.price(&listing, &sku)?, stock.until(day).available())?;
        Some((sku, card))
    };
    let (sold, cards): (Vec<LibrarySku>, Vec<ListingCard>) = all.into_iter().zip(goods).filter_map(card).unzip();
    let sold: Vec<(LibrarySku, ListingCard)> = sold.into_iter().zip(labelled(tables, store, cards, true, now).await?).collect();
    // A product of which this store lists something else still shows; one that it lists nothing of does not exist here.
    let Some((first, _)) = sold.iter().find(|(s, _)| s.sku == *sku).or(sold.first()) else { return Ok(None) };
    Ok(Some(ProductPage {
        chosen: first.sku.clone(),
        store: profile.card(None, now),
        name: first.name.clone(),
        description: first.description.clone(),
        brand: first.brand.clone(),
        skus: sold.into_iter().map(|(_, card)| card).collect(),
    }))
}
