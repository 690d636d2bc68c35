//! Goods of a store as its customers see them; in [`library`], the goods that HQ keeps.

pub mod assortment;
pub mod library;
pub mod local;
pub mod search;

use std::collections::HashSet;

use liandian_domain::{
    catalog::{self, LibrarySku, Listing, product::Product},
    governance::terms::Terms,
    stock::batch::{Date, Dated},
};
use liandian_store::{StoreError, Tables};
use liandian_types::{
    SkuId, Storage, StoreId, Timestamp,
    api::{CategoryPage, ListingCard, ListingPage, ProductFact, ProductPage},
    text::Needle,
};

use self::search::{PriceBand, Sort};
use super::{
    marketing::labelled,
    stores::{card_now, categories, promised_day, shown_store},
};

/// Goods on one page.
pub const PAGE: i32 = 20;

/// Which goods of a store.
#[derive(Debug, Clone, Copy, Default)]
pub struct FindGoods<'a> {
    /// By words, a barcode, an id.
    pub text: Option<&'a str>,
    /// Of this category; of a search, only those of it.
    pub category: Option<&'a str>,
    /// Of a search, only those of this brand.
    pub brand: Option<&'a str>,
    /// Of a search, only those at this price.
    pub price: Option<PriceBand>,
    /// How the results of a search are sorted.
    pub sort: Sort,
    /// Where the page begins.
    pub cursor: Option<&'a str>,
}

/// What a store lists, of one category or all of it, and where the next page begins. The row of a listing lies in the category that its goods had when it
/// was written; which they are in now, the library says: what has moved here since stands before the first page, what has moved away is left out.
async fn goods(tables: &Tables, store: &StoreId, category: Option<&str>, cursor: Option<&str>) -> Result<(Vec<Listing>, Option<String>), StoreError> {
    let category = category.filter(|c| !c.is_empty());
    let library = tables.library().await?;
    let listed = match category.filter(|_| cursor.is_none()) {
        Some(_) => Some(tables.listed(store).await?),
        None => None,
    };
    let moved = |s: &LibrarySku| listed.as_ref().and_then(|l| l.get(&s.sku)).is_some_and(|was| *was != s.category);
    // Mandatory goods that the store never took stand before the first page as well: no row of the store says so.
    let missing = |s: &LibrarySku| s.mandatory && listed.as_ref().is_none_or(|l| !l.contains_key(&s.sku));
    let here = |s: &&LibrarySku| cursor.is_none() && s.sold_online() && category.is_none_or(|c| s.category == c) && (missing(s) || moved(s));
    let before: Vec<&LibrarySku> = library.iter().filter(here).collect();
    let skus: Vec<SkuId> = before.iter().map(|s| s.sku.clone()).collect();
    let page = async {
        match category {
            Some(c) => tables.category(store, c, PAGE, cursor).await,
            None => tables.listings(store, PAGE, cursor).await,
        }
    };
    let ((listings, next), said) = futures::try_join!(page, tables.listings_of(store, &skus))?;
    let mut all: Vec<Listing> = Vec::new();
    for (s, listing) in before.into_iter().zip(said) {
        match listing {
            None if s.mandatory => all.push(Listing::plain(s.sku.clone(), s.category.clone(), s.rank)),
            Some(l) if category.is_some() && l.category != s.category => all.push(l),
            _ => {}
        }
    }
    let of_page: HashSet<&SkuId> = listings.iter().map(|l| &l.sku).collect();
    let away = |s: &&LibrarySku| category.is_some_and(|c| s.category != c) && of_page.contains(&s.sku);
    let away: HashSet<SkuId> = library.iter().filter(away).map(|s| s.sku.clone()).collect();
    all.extend(listings.into_iter().filter(|l| !away.contains(&l.sku)));
    Ok((all, next))
}

/// A category page or what is found by text, its store included: two waves.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn category_page(tables: &Tables, store: &StoreId, find: FindGoods<'_>, now: Timestamp) -> Result<Option<CategoryPage>, StoreError> {
    let text = find.text.map(str::trim).filter(|t| !t.is_empty());
    if let Some(text) = text.filter(|t| Needle::of(t).is_some()) {
        return Box::pin(search::results(tables, store, text, find, now)).await;
    }
    let goods = Box::pin(goods(tables, store, find.category, find.cursor));
    let (profile, (listings, next), settings, library) = futures::try_join!(shown_store(tables, store), goods, tables.settings(), tables.library())?;
    let Some(profile) = profile else { return Ok(None) };
    let terms = Terms::of(settings.iter(), &profile, now);
    let items = cards(tables, store, listings, &terms, promised_day(&profile, now), now).await?;
    let page = ListingPage { items: labelled(tables, store, items, false, now).await?, next, found: None };
    Ok(Some(CategoryPage {
        store: card_now(&profile, None, now),
        categories: categories(&profile, &library),
        current: if text.is_some() { String::new() } else { find.category.unwrap_or_default().to_owned() },
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
    let (all, product) = futures::try_join!(tables.skus_of(&chosen.spu), tables.product(&chosen.spu))?;
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
        store: card_now(&profile, None, now),
        name: first.name.clone(),
        description: first.description.clone(),
        brand: first.brand.clone(),
        skus: sold.into_iter().map(|(_, card)| card).collect(),
        images: product.iter().flat_map(|p| &p.images).map(|i| i.file.clone()).collect(),
        facts: product.as_ref().map(facts).unwrap_or_default(),
        phone: profile.phone.clone(),
        group: profile.details.group.clone(),
    }))
}

/// What HQ has written down of a product that a customer wants to know; what is not known is not named.
fn facts(p: &Product) -> Vec<ProductFact> {
    let life = p.shelf_life_days.map(|days| format!("{days} 天")).unwrap_or_default();
    // How large it is says nothing of how it is kept.
    let kept = if p.storage == Storage::Large { String::new() } else { p.storage.name().to_owned() };
    let all = [("产地", p.origin.clone()), ("保质期", life), ("储存方式", kept), ("配料", p.ingredients.clone())];
    all.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| ProductFact { name: name.to_owned(), value }).collect()
}
