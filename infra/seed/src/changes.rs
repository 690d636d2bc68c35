//! What there is to see of HQ's record of changes in the demo chain for people: decided by the same functions as everybody's, so that nothing is shown
//! that could not have come about. Only the histories are kept: the rows themselves are as the chain has them.

use liandian_domain::{
    Decision,
    catalog::{
        library::{self, BrandList, Known},
        product::{Brand, Brands, Product},
    },
    stores::region::{self, Region},
};
use liandian_store::{audit::event_item, db::Item};
use liandian_types::{StaffId, Timestamp};

use crate::chain::Chain;

/// Products that were edited.
const EDITED: usize = 6;
/// Between one change and the next.
const BETWEEN: i64 = 7 * Timestamp::HOUR;

/// The changes of the last days, each in its history.
///
/// # Errors
/// What cannot be written as a row.
pub fn past(chain: &Chain, now: Timestamp) -> anyhow::Result<Vec<Item>> {
    let Some(admin) = chain.hq_staff.first().map(|s| s.staff.clone()) else { return Ok(Vec::new()) };
    let merch: StaffId = "stf_merch".parse()?;
    // Oldest first. What is refused did not come about.
    let mut decided: Vec<Decision> = regions(chain, &admin);
    decided.extend(newest_brand(chain, &merch));
    decided.extend(edited(chain, &merch));
    let events: Vec<_> = decided.into_iter().flat_map(|d| d.events).collect();
    let mut rows = Vec::with_capacity(events.len());
    let mut at = now.plus(-Timestamp::HOUR);
    for (n, (of, event)) in events.iter().enumerate().rev() {
        // In a history the order is that of the ids: these come before all that happens later.
        rows.push(event_item(of, event, &format!("evt_00DEMO-{n:03}").parse()?, at)?);
        at = at.plus(-BETWEEN);
    }
    Ok(rows)
}

/// Regions came one after the other, those above first.
fn regions(chain: &Chain, by: &StaffId) -> Vec<Decision> {
    let made =
        chain.regions.iter().enumerate().filter_map(|(n, r)| region::set(chain.regions.get(..n)?, Region { version: 0, ..r.clone() }, by).ok());
    made.take(EDITED).collect()
}

/// One brand came after the others.
fn newest_brand(chain: &Chain, by: &StaffId) -> Option<Decision> {
    let all: Vec<Brand> = chain.brands.brands.iter().cloned().collect();
    let (_, others) = all.split_last()?;
    let before = BrandList { brands: Brands::of(others.iter().cloned()).ok()?, version: chain.brands.version };
    library::set_brands(&before, chain.brands.clone(), &[], by).ok()
}

/// Products had no words for the search before, and stood elsewhere.
fn edited(chain: &Chain, by: &StaffId) -> Vec<Decision> {
    let known = Known { tree: &chain.categories.tree, brands: &chain.brands.brands };
    let edit = |p: &Product| {
        let before = Product { keywords: Vec::new(), rank: p.rank.saturating_add(1), ..p.clone() };
        library::save(Some(&before), p.clone(), known, by).ok().map(|(_, decision)| decision)
    };
    chain.products.iter().take(EDITED).filter_map(edit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_the_demo_chain_when_made_then_its_histories_say_how_it_came_to_be_so() {
        let chain = Chain::demo();
        let by: StaffId = "stf_merch".parse().unwrap();
        assert_eq!(edited(&chain, &by).len(), EDITED);
        assert!(!regions(&chain, &by).is_empty() && newest_brand(&chain, &by).is_some());
        let now = Timestamp(1_795_420_800_000);
        let rows = past(&chain, now).unwrap();
        assert!(rows.len() > EDITED, "{}", rows.len());
        assert!(rows.iter().all(|r| r.contains_key("gsi1pk")), "each is found by its day");
    }
}
