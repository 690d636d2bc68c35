//! The library as a store decides about it, and one listing with everything that it may set.

use std::collections::HashMap;

use liandian_contracts::{Envelope, Event};
use liandian_domain::{
    catalog::{self, LibrarySku, Listing, listing::ListingField},
    decision::Aggregate,
    stores::hours::local_text,
};
use liandian_store::{StoreError, Tables, cursor::List};
use liandian_types::{
    SkuId, StoreId, Timestamp,
    api::{Assortment, AssortmentRow, Category, ChangeLine, ListingFieldView, ListingView, SetListing},
};

use super::search::searching;

/// SKUs on a page.
const SHOWN: usize = 50;

/// Changes of a listing on its page.
const CHANGES: i32 = 20;

/// What of the library is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct AssortmentAsk<'a> {
    /// By text or barcode.
    pub text: Option<&'a str>,
    /// Of this category.
    pub category: Option<&'a str>,
    /// What the store lists, or does not; absent: both.
    pub taken: Option<bool>,
    /// Where the page begins.
    pub cursor: Option<&'a str>,
}

/// The library's categories, in its order.
fn categories(library: &[LibrarySku]) -> Vec<Category> {
    let mut all: Vec<Category> = Vec::new();
    for s in library {
        if all.iter().all(|c| c.key != s.category) {
            all.push(Category { key: s.category.clone(), name: s.category_name.clone() });
        }
    }
    all
}

fn row(sku: &LibrarySku, listing: Option<&Listing>) -> AssortmentRow {
    AssortmentRow {
        sku: sku.sku.clone(),
        name: sku.title(),
        brand: sku.brand.clone(),
        category: sku.category.clone(),
        category_name: sku.category_name.clone(),
        picture: sku.picture.clone(),
        price: sku.price,
        mandatory: sku.mandatory,
        flagship: sku.flagship,
        taken: listing.is_some(),
        hidden: listing.is_some_and(|l| !l.is_shown(sku.mandatory)),
        own: listing.map(own_titles).unwrap_or_default(),
    }
}

/// What a store says itself, by title.
pub(crate) fn own_titles(l: &Listing) -> Vec<String> {
    let fields = [
        (ListingField::Price, l.inherits_price()),
        (ListingField::Name, l.name.is_inherited()),
        (ListingField::Description, l.description.is_inherited()),
        (ListingField::Picture, l.picture.is_inherited()),
        (ListingField::Rank, l.own_rank.is_inherited()),
        (ListingField::Shown, l.shown.is_inherited()),
    ];
    fields.into_iter().filter(|(_, inherited)| !inherited).map(|(f, _)| f.name().to_owned()).collect()
}

/// A page of the library as a store decides about it: two waves. Who asks for what the store lists, or does not, has all its listings read once: to look
/// for them SKU by SKU would be dearer, and pages would come short where few fit.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn assortment(tables: &Tables, store: &StoreId, ask: AssortmentAsk<'_>) -> Result<Assortment, StoreError> {
    let which = match ask.taken {
        None => "all",
        Some(true) => "taken",
        Some(false) => "free",
    };
    let list = List::of(["assortment", store.as_str(), ask.text.unwrap_or_default(), ask.category.unwrap_or_default(), which]);
    let (library, (searched, query)) = futures::try_join!(tables.library(), searching(tables, ask.text))?;
    let fits = |s: &&LibrarySku| s.sold_online() && ask.category.is_none_or(|c| s.category == c);
    let hits: Vec<&LibrarySku> = searched.ranked(query.as_ref()).into_iter().filter(fits).collect();
    let mut at = list.before(ask.cursor)?.min(hits.len());
    let mut rows = Vec::new();
    if let Some(taken) = ask.taken {
        let listed: HashMap<SkuId, Listing> = tables.all_listings(store).await?.into_iter().map(|l| (l.sku.clone(), l)).collect();
        for sku in hits.iter().skip(at) {
            if rows.len() >= SHOWN {
                break;
            }
            at += 1;
            let listing = listed.get(&sku.sku);
            if taken == listing.is_some() {
                rows.push(row(sku, listing));
            }
        }
    } else {
        let some: Vec<&LibrarySku> = hits.iter().copied().skip(at).take(SHOWN).collect();
        let skus: Vec<SkuId> = some.iter().map(|s| s.sku.clone()).collect();
        let listed = tables.listings_of(store, &skus).await?;
        rows.extend(some.iter().zip(listed).map(|(sku, listing)| row(sku, listing.as_ref())));
        at += some.len();
    }
    let next = (at < hits.len()).then(|| list.behind_first(at));
    Ok(Assortment { rows, categories: categories(&library), next })
}

/// Who did what to a listing or a product, by name.
pub(super) async fn history(tables: &Tables, of: &Aggregate, zone: &str, limit: i32) -> Result<Vec<ChangeLine>, StoreError> {
    let (events, _) = tables.history_of(of, limit, None).await?;
    let who = |e: &Event| match e {
        Event::ListingChanged { by, .. }
        | Event::ListingTaken { by, .. }
        | Event::ListingDropped { by, .. }
        | Event::LocalChanged { by, .. }
        | Event::LocalSubmitted { by, .. }
        | Event::LocalWithdrawn { by, .. }
        | Event::LocalApproved { by, .. }
        | Event::LocalRejected { by, .. }
        | Event::PriceChanged { by, .. } => Some(by.to_string()),
        _ => None,
    };
    let people: Vec<String> = events.iter().filter_map(|e| who(&e.event)).collect();
    let names = tables.staff_names(people.iter().map(String::as_str)).await?;
    let line = |e: Envelope| {
        let by = who(&e.event);
        let text = match &e.event {
            Event::ListingChanged { changes, .. } | Event::LocalChanged { changes, .. } => {
                changes.iter().map(|c| format!("{}：{} → {}", title(&c.field), shortened(&c.old), shortened(&c.new))).collect::<Vec<_>>().join("；")
            }
            other => other.told()?,
        };
        let by_name = by.map_or_else(|| "系统".to_owned(), |id| names.get(id.as_str()).cloned().unwrap_or(id));
        Some(ChangeLine { at_text: local_text(e.at, zone), by_name, text })
    };
    Ok(events.into_iter().filter_map(line).collect())
}

/// The title of a field in a history.
pub(crate) fn title(field: &str) -> &str {
    match field {
        "name" => "名称",
        "description" => "描述",
        "picture" | "images" => "图片",
        "rank" => "排序",
        "shown" => "展示",
        "featured" => "首页位置",
        "category" => "类目",
        "skus" => "规格",
        "documents" => "资质",
        "status" => "状态",
        other => other,
    }
}

/// The beginning of a long text.
fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    if text.is_empty() {
        return "（无）".to_owned();
    }
    let mut short: String = text.chars().take(MOST).collect();
    if text.chars().count() > MOST {
        short.push('…');
    }
    short
}

/// A listing with everything that its store may set; `None` for goods that do not exist for it.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn listing_view(tables: &Tables, store: &StoreId, sku: &SkuId, zone: &str, now: Timestamp) -> Result<Option<ListingView>, StoreError> {
    let of = Aggregate::Listing(store.clone(), sku.clone());
    let (mut goods, history) = futures::try_join!(tables.goods_now(store, std::slice::from_ref(sku)), history(tables, &of, zone, CHANGES))?;
    let Some((Some(library), listing)) = goods.pop() else { return Ok(None) };
    if library.local_to.as_ref().is_some_and(|s| s != store) {
        return Ok(None);
    }
    let taken = listing.is_some();
    let l = listing.clone().unwrap_or_else(|| Listing::plain(library.sku.clone(), library.category.clone(), library.rank));
    let people = [l.name.by(), l.description.by(), l.picture.by(), l.own_rank.by(), l.shown.by()];
    let names = tables.staff_names(people.iter().flatten().map(|s| s.as_str())).await?;
    let field =
        |field: ListingField, key: &str, hq: String, own: Option<String>, said: Option<(&liandian_types::StaffId, Timestamp)>| ListingFieldView {
            field: key.to_owned(),
            title: field.name().to_owned(),
            hq,
            own,
            by_name: said.map(|(by, _)| names.get(by.as_str()).cloned().unwrap_or_else(|| by.to_string())),
            at_text: said.map(|(_, at)| local_text(at, zone)),
        };
    let yes = |shown: &bool| (if *shown { "是" } else { "否" }).to_owned();
    let fields = vec![
        field(ListingField::Name, "name", library.name.clone(), l.name.own().cloned(), l.name.said()),
        field(ListingField::Description, "description", library.description.clone(), l.description.own().cloned(), l.description.said()),
        field(ListingField::Picture, "picture", library.picture.clone(), l.picture.own().cloned(), l.picture.said()),
        field(ListingField::Rank, "rank", library.rank.to_string(), l.own_rank.own().map(u32::to_string), l.own_rank.said()),
        field(ListingField::Shown, "shown", "是".to_owned(), l.shown.own().map(yes), l.shown.said()),
    ];
    let set = SetListing {
        name: l.name.own().cloned(),
        description: l.description.own().cloned(),
        picture: l.picture.own().cloned(),
        rank: l.own_rank.own().copied(),
        shown: l.shown.own().copied(),
        featured: l.featured,
        version: l.version,
    };
    Ok(Some(ListingView {
        sku: library.sku.clone(),
        title: library.title(),
        category_name: library.category_name.clone(),
        picture: l.picture.or(&library.picture).clone(),
        mandatory: library.mandatory,
        local: library.local_to.is_some(),
        taken,
        sold: catalog::sold(store, Some(library), listing, now).is_some(),
        fields,
        set,
        history,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use liandian_domain::catalog::{
        listing::Own,
        prices::{SetPrice, StorePrice},
    };

    #[test]
    fn given_texts_of_a_history_when_long_or_empty_then_they_are_shortened() {
        assert_eq!(shortened(""), "（无）");
        assert_eq!(shortened(&"字".repeat(60)).chars().count(), 60);
        assert_eq!(shortened(&"字".repeat(61)).chars().count(), 61, "sixty and an ellipsis");
        assert_eq!((title("shown"), title("other")), ("展示", "other"));
    }

    #[test]
    fn given_own_fields_when_titled_then_prices_count_too() {
        let mut l = Listing::plain("sku_1".parse().unwrap(), "dairy", 1);
        assert!(own_titles(&l).is_empty());
        let set = SetPrice { price: liandian_types::Fen(5), by: "stf_1".parse().unwrap(), at: Timestamp(1), why: String::new() };
        l.own_price = Some(StorePrice { set, leave: None });
        l.name = Own::Store { value: String::from("n"), by: "stf_1".parse().unwrap(), at: Timestamp(1) };
        assert_eq!(own_titles(&l), ["售价", "名称"]);
    }
}
