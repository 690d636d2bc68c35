//! What the editor of campaigns offers, by name.

use std::collections::{BTreeMap, BTreeSet};

use liandian_domain::stores::{profile::StoreProfile, region::above};
use liandian_store::{StoreError, Tables};
use liandian_types::{
    Mode, StoreStatus, Tier,
    api::{CampaignChoices, CampaignGroup, CampaignName},
};

/// Categories and brands of the library; for HQ's campaigns also stores, one by one and in groups.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn campaign_choices(tables: &Tables, hqs: bool) -> Result<CampaignChoices, StoreError> {
    let (library, directory, regions) = futures::try_join!(tables.library(), tables.directory(), tables.regions())?;
    let on_sale = || library.iter().filter(|s| !s.off);
    let categories: BTreeMap<&str, &str> = on_sale().map(|s| (s.category.as_str(), s.category_name.as_str())).collect();
    let brands: BTreeSet<&str> = on_sale().map(|s| s.brand.as_str()).filter(|b| !b.is_empty()).collect();
    let named = |id: &str, name: &str| CampaignName { id: id.to_owned(), name: name.to_owned() };
    let mut all = CampaignChoices {
        categories: categories.into_iter().map(|(key, name)| named(key, name)).collect(),
        brands: brands.into_iter().map(str::to_owned).collect(),
        stores: Vec::new(),
        groups: Vec::new(),
    };
    if hqs {
        let open: Vec<&StoreProfile> = directory.iter().filter(|s| s.status != StoreStatus::Closed).collect();
        let group = |name: String, fits: &dyn Fn(&StoreProfile) -> bool| CampaignGroup {
            name,
            stores: open.iter().filter(|s| fits(s)).map(|s| s.store.clone()).collect(),
        };
        all.stores = open.iter().map(|s| named(s.store.as_str(), &s.name)).collect();
        for r in regions.iter() {
            let within = |s: &StoreProfile| s.region == r.region || above(&regions, &s.region).iter().any(|up| up.region == r.region);
            all.groups.push(group(format!("区域：{}", r.name), &within));
        }
        all.groups.extend(Mode::ALL.iter().map(|m| group(format!("模式：{}", m.title()), &|s: &StoreProfile| s.mode == *m)));
        all.groups.extend(Tier::ALL.iter().map(|t| group(format!("级别：{}", t.title()), &|s: &StoreProfile| s.tier == *t)));
        all.groups.retain(|g| !g.stores.is_empty());
    }
    Ok(all)
}
