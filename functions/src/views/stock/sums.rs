//! SKUs of the library with what the chain, or a region, has of them.

use std::collections::{BTreeMap, HashMap};

use liandian_domain::{catalog::LibrarySku, stock::cover, stores::profile::StoreProfile};
use liandian_store::{
    Tables,
    cursor::List,
    reach::Reach,
    stock::{
        records::StockAt,
        sold::SoldOf,
        sums::{KeptSums, Sums},
    },
};
use liandian_types::{
    LocationId, Scope, SkuId, StoreId, Timestamp,
    api::{SkuList, SkuSums},
};

use crate::{http::Failure, views::catalog::search::searching};

/// SKUs of a page.
const PAGE: usize = 20;

/// The lowest records of the chain by which SKUs are put in order: up to 150 read units, only when somebody asks for that order.
const LOW_READ: i32 = 1_000;

/// The longest that sums are believed.
const BELIEVED: i64 = 10 * Timestamp::MINUTE;

/// Places whose sums are added up anew each time: one read unit or three.
const FEW: u32 = 100;

/// Which SKUs are asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct SkuAsk<'a> {
    /// With these words, or this barcode.
    pub text: Option<&'a str>,
    /// Those first that run low in the most places.
    pub low: bool,
    /// Those first that last the shortest at the pace of the last days; those of which that is not known last.
    pub cover: bool,
    /// Where the page begins.
    pub cursor: Option<&'a str>,
}

/// For how long sums of so many places are believed: a minute for each hundred.
fn believed(places: u32) -> i64 {
    (i64::from(places / FEW) * Timestamp::MINUTE).min(BELIEVED)
}

/// What is kept of a SKU, of its rows in the chain's view. A place belongs to the region of the store whose staff works there.
fn added_up(sku: &SkuId, rows: &[StockAt], region: impl Fn(&LocationId) -> Option<String>, now: Timestamp) -> KeptSums {
    let places = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let mut kept = KeptSums { sku: sku.clone(), added_at: now, places, all: Sums::default(), regions: BTreeMap::new() };
    for row in rows {
        let region = region(&row.location);
        let sums = region.map(|r| kept.regions.entry(r).or_default());
        for sums in sums.into_iter().chain([&mut kept.all]) {
            let available = i64::from(row.stock.available());
            sums.on_hand += row.stock.on_hand;
            sums.reserved += row.stock.reserved;
            sums.available += available;
            sums.incoming += row.stock.incoming;
            if row.location.store().is_some() {
                let of = if available > 0 { &mut sums.stores_with } else { &mut sums.stores_without };
                *of = of.saturating_add(1);
            }
        }
    }
    kept
}

/// A page of SKUs with their sums over what of the chain a scope holds. What was added up a while ago is taken as it is; all else is added up now.
///
/// # Errors
/// [`Failure`] from the tables, and for a cursor of another list.
pub async fn sku_list(tables: &Tables, reach: &Reach, scope: &Scope, ask: SkuAsk<'_>, now: Timestamp) -> Result<SkuList, Failure> {
    let ((library, query), directory, warehouses) = futures::try_join!(searching(tables, ask.text), tables.directory(), tables.warehouses())?;
    let mut hits: Vec<&LibrarySku> = library.ranked(query.as_ref());
    if ask.low {
        let places = low_places(tables, reach).await?;
        // In the order before among those that run low in as many places.
        hits.sort_by_key(|s| std::cmp::Reverse(places.get(&s.sku).copied().unwrap_or(0)));
    }
    if ask.cover {
        let order: HashMap<SkuId, usize> = tables.shortest_cover().await?.into_iter().zip(0..).collect();
        hits.sort_by_key(|s| order.get(&s.sku).copied().unwrap_or(usize::MAX));
    }
    let order = if ask.low {
        "low"
    } else if ask.cover {
        "cover"
    } else {
        ""
    };
    let list = List::of(["skus", ask.text.unwrap_or_default(), order]);
    let from = list.before(ask.cursor)?;
    let next = (hits.len() > from.saturating_add(PAGE)).then(|| list.behind_first(from.saturating_add(PAGE)));
    let page: Vec<&LibrarySku> = hits.into_iter().skip(from).take(PAGE).collect();
    let skus: Vec<SkuId> = page.iter().map(|s| s.sku.clone()).collect();
    let stores: HashMap<&StoreId, &StoreProfile> = directory.iter().map(|s| (&s.store, s)).collect();
    let region = |l: &LocationId| {
        let keeper = l.store().or_else(|| warehouses.iter().find(|w| w.location == *l).map(|w| w.keeper.clone()))?;
        stores.get(&keeper).map(|s| s.region.to_string())
    };
    let region = &region;
    // Of stores by name nothing is kept: there are few of them, and only they are added up.
    let by_name = matches!(scope, Scope::Store(_) | Scope::Stores(_));
    let kept = if by_name { vec![None; skus.len()] } else { tables.kept_sums(&skus).await? };
    let sums = skus.iter().zip(kept).map(|(sku, kept)| async move {
        if by_name {
            let mut rows = tables.stock_across(sku).await?;
            rows.retain(|r| reach.place(&r.location));
            return Ok::<_, Failure>(added_up(sku, &rows, region, now));
        }
        let fresh = kept.filter(|k| k.places >= FEW && now.0 - k.added_at.0 < believed(k.places));
        match fresh {
            Some(kept) => Ok::<_, Failure>(kept),
            None => {
                let sums = added_up(sku, &tables.stock_across(sku).await?, region, now);
                if sums.places >= FEW {
                    tables.keep_sums(&sums).await?;
                }
                Ok(sums)
            }
        }
    });
    let sold = async { Ok::<_, Failure>(tables.sold_of(&skus, now).await?) };
    let (sums, sold) = futures::try_join!(futures::future::try_join_all(sums), sold)?;
    let row = |((known, kept), sold): ((&LibrarySku, KeptSums), Option<SoldOf>)| {
        let row = sku_sums(known, &kept, scope);
        let cover_days = sold.and_then(|s| cover::days(row.available, s.within(|l| reach.place(l))));
        SkuSums { cover_days, ..row }
    };
    let mut rows: Vec<SkuSums> = page.into_iter().zip(sums).zip(sold).map(row).collect();
    if ask.cover {
        // The order of the whole chain is that of the last check; a page says what is true now, and of the places that somebody sees.
        rows.sort_by_key(|r| r.cover_days.unwrap_or(u32::MAX));
    }
    Ok(SkuList { rows, next })
}

fn sku_sums(known: &LibrarySku, kept: &KeptSums, scope: &Scope) -> SkuSums {
    let s = match scope {
        // What was added up for stores by name is of them alone.
        Scope::All | Scope::Store(_) | Scope::Stores(_) => kept.all,
        Scope::Region(r) => kept.regions.get(r.as_str()).copied().unwrap_or_default(),
    };
    SkuSums {
        sku: known.sku.clone(),
        name: known.title(),
        barcode: known.barcode.clone(),
        picture: known.picture.clone(),
        price: known.price,
        on_hand: s.on_hand,
        reserved: s.reserved,
        available: s.available,
        incoming: s.incoming,
        stores_with: s.stores_with,
        stores_without: s.stores_without,
        at: kept.added_at,
        cover_days: None,
    }
}

/// In how many places each SKU runs low or is short, of the lowest records of the chain.
async fn low_places(tables: &Tables, reach: &Reach) -> Result<HashMap<SkuId, u32>, Failure> {
    let low_at = tables.policies().await?.stock.low_at;
    let (at, _) = tables.low_in_chain(low_at, LOW_READ).await?;
    let mut places: HashMap<SkuId, u32> = HashMap::new();
    for (_, sku) in at.into_iter().filter(|(location, _)| reach.place(location)) {
        *places.entry(sku).or_default() += 1;
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use liandian_domain::stock::record::Stock;

    use super::*;

    #[test]
    fn given_rows_of_two_regions_when_added_up_then_each_has_its_own_and_the_chain_has_all() {
        let row = |location: &str, on_hand: i64, reserved: i64| StockAt {
            location: location.parse().unwrap(),
            shard: 0,
            sku: "sku_1".parse().unwrap(),
            stock: Stock { on_hand, reserved, ..Stock::default() },
            sold_at: None,
            shards: 0,
            seq: String::new(),
            changed_at: None,
        };
        let rows = [row("loc_a", 5, 1), row("loc_b", 2, 2), row("loc_wh-1", 9, 0)];
        let region = |l: &LocationId| Some(if l.as_str() == "loc_b" { "reg_b".to_owned() } else { "reg_a".to_owned() });
        let kept = added_up(&"sku_1".parse().unwrap(), &rows, region, Timestamp(7));
        assert_eq!(kept.all, Sums { on_hand: 16, reserved: 3, available: 13, incoming: 0, stores_with: 1, stores_without: 1 });
        let b = Sums { on_hand: 2, reserved: 2, available: 0, incoming: 0, stores_with: 0, stores_without: 1 };
        assert_eq!((kept.regions.get("reg_b"), kept.places), (Some(&b), 3));
        assert_eq!(kept.regions.get("reg_a").map(|s| (s.on_hand, s.stores_with)), Some((14, 1)), "a warehouse is no store");
    }

    #[test]
    fn given_a_sku_in_many_places_when_added_up_then_it_is_believed_longer_and_never_for_more_than_ten_minutes() {
        assert_eq!([0, 99, 100, 950, 1_500].map(believed), [0, 0, 60_000, 540_000, 600_000]);
    }
}
