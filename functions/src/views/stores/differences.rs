//! What a store does otherwise than HQ says: the rules that are others there, and the goods of which it says something itself.

use liandian_domain::stores::profile::StoreProfile;
use liandian_store::{StoreError, Tables};
use liandian_types::{
    SkuId, Timestamp,
    api::{ListingDifference, RuleDifference, StoreDifferences},
};

use crate::views::{catalog::assortment::own_titles, governance::settings::store_policy};

/// Goods on the list; more are counted.
const NAMED: usize = 200;

/// What is other in this store: three reads in one wave, and the listings whole.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn store_differences(tables: &Tables, store: &StoreProfile, now: Timestamp) -> Result<StoreDifferences, StoreError> {
    let (policy, listings, library, locals) =
        futures::try_join!(store_policy(tables, store, now), tables.all_listings(&store.store), tables.library(), tables.locals_of(&store.store))?;
    let rules = policy.lines.into_iter().filter(|l| l.differs).map(|l| RuleDifference {
        label: l.label,
        hq: l.hq_text,
        here: l.text,
        level: l.said.as_ref().map(|s| s.level_title.clone()).unwrap_or_default(),
        why: l.said.map(|s| s.why).unwrap_or_default(),
    });
    let by_sku: std::collections::HashMap<&SkuId, _> = library.iter().map(|s| (&s.sku, s)).collect();
    let mut goods: Vec<ListingDifference> = Vec::new();
    for l in &listings {
        let fields = own_titles(l);
        let timed = l.timed.iter().any(|t| t.until > now);
        if fields.is_empty() && !timed {
            continue;
        }
        // What is the store's own product is no other word than HQ's.
        let Some(sku) = by_sku.get(&l.sku).filter(|s| s.local_to.is_none()) else { continue };
        let fields = fields.into_iter().chain(timed.then(|| "限时价".to_owned())).collect();
        goods.push(ListingDifference {
            sku: l.sku.clone(),
            name: sku.title(),
            category_name: sku.category_name.clone(),
            hq_price: sku.price,
            fields,
        });
    }
    goods.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.sku.cmp(&b.sku)));
    let total = u32::try_from(goods.len()).unwrap_or(u32::MAX);
    goods.truncate(NAMED);
    Ok(StoreDifferences {
        store: store.store.clone(),
        name: store.name.clone(),
        rules: rules.collect(),
        goods,
        total,
        locals: u32::try_from(locals.len()).unwrap_or(u32::MAX),
    })
}
