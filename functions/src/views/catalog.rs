//! Goods of a store as its customers see them.

use liandian_domain::{
    catalog::{LibrarySku, Listing},
    stock::batch::Date,
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
    match category.filter(|c| !c.is_empty()) {
        Some(c) => tables.category(store, c, PAGE, cursor).await,
        None => tables.listings(store, PAGE, cursor).await,
    }
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
    let library = tables.library().await?;
    let hits: Vec<&LibrarySku> = library.iter().filter(|s| !s.offline_only && s.matches(sought)).collect();
    let (mut at, mut listings) = (list.before(cursor)?.min(hits.len()), Vec::<Listing>::new());
    for look in LOOKS {
        let some = &hits[at..hits.len().min(at + look)];
        if some.is_empty() || listings.len() >= usize_of(PAGE) {
            break;
        }
        let skus: Vec<SkuId> = some.iter().map(|s| s.sku.clone()).collect();
        for found in tables.listings_of(store, &skus).await? {
            if listings.len() >= usize_of(PAGE) {
                break;
            }
            at += 1;
            listings.extend(found);
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
    let (profile, (listings, next)) = futures::try_join!(shown_store(tables, store), goods(tables, store, category, text, cursor))?;
    let Some(profile) = profile else { return Ok(None) };
    let items = cards(tables, store, listings, promised_day(&profile, now)).await?;
    let page = ListingPage { items: labelled(tables, store, items, false, now).await?, next };
    Ok(Some(CategoryPage {
        store: profile.card(None, now),
        categories: categories(&profile),
        current: if text.is_some() { String::new() } else { category.unwrap_or_default().to_owned() },
        page,
        query: text.map(str::to_owned),
    }))
}

/// Listings as customers see them, with what can be promised for a day: SKUs and stock in one wave.
pub(super) async fn cards(tables: &Tables, store: &StoreId, listings: Vec<Listing>, day: Date) -> Result<Vec<ListingCard>, StoreError> {
    let skus: Vec<SkuId> = listings.iter().map(|l| l.sku.clone()).collect();
    let goods = tables.skus_on_shelf(store, &skus).await?;
    Ok(listings.iter().zip(goods).filter_map(|(l, (sku, stock))| l.card(&sku?, stock.until(day).available())).collect())
}

/// A product with the SKUs that the store lists: three waves.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn product_page(tables: &Tables, store: &StoreId, sku: &SkuId, now: Timestamp) -> Result<Option<ProductPage>, StoreError> {
    let (profile, chosen) = futures::try_join!(shown_store(tables, store), tables.library_sku(sku))?;
    let (Some(profile), Some(chosen)) = (profile, chosen) else { return Ok(None) };
    let all = tables.skus_of(&chosen.spu).await?;
    let ids: Vec<SkuId> = all.iter().map(|s| s.sku.clone()).collect();
    let goods = tables.listings_on_shelf(store, &ids).await?;
    let day = promised_day(&profile, now);
    let skus: Vec<ListingCard> = all.iter().zip(goods).filter_map(|(s, (listing, stock))| listing?.card(s, stock.until(day).available())).collect();
    let skus = labelled(tables, store, skus, true, now).await?;
    // A product of which this store lists something else still shows; one that it lists nothing of does not exist here.
    let Some(first) = skus.iter().find(|c| c.sku == *sku).or(skus.first()) else { return Ok(None) };
    Ok(Some(ProductPage {
        chosen: first.sku.clone(),
        store: profile.card(None, now),
        name: chosen.name.clone(),
        description: chosen.description.clone(),
        brand: chosen.brand.clone(),
        skus,
    }))
}
