//! Stock counts as people see them.

use std::collections::BTreeSet;

use liandian_domain::{
    catalog::LibrarySku,
    stock::count::{self, Count, CountLine},
    stores::hours::local_text,
};
use liandian_store::{StoreError, Tables, reach::Reach};
use liandian_types::{
    CountState, Permission, StaffId, StoreId,
    api::{CountCard, CountLineView, CountList, CountToDecide, CountView, CountsToDecide},
};

use crate::{
    App,
    auth::Staff,
    http::Failure,
    views::{
        cut,
        stores::{categories, place_names},
        usize_of,
    },
};

/// Counts that wait for a decision, in the whole chain, among which somebody's are looked for.
pub(crate) const DECISIONS_READ: i32 = 300;

/// A count in a list.
#[must_use]
pub fn count_card(c: &Count) -> CountCard {
    CountCard {
        count: c.count.clone(),
        kind: c.kind,
        blind: c.blind,
        title: c.title.clone(),
        state: c.state,
        created_text: local_text(c.created_at, &c.zone),
        lines: c.lines,
        counted: c.tally.counted,
        different: c.tally.different,
        over: c.tally.over,
        short: c.tally.short,
        value: c.tally.value,
        reason: c.reason.clone(),
    }
}

/// Counts of a store, newest first.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn count_list(tables: &Tables, store: &StoreId, cursor: Option<&str>) -> Result<CountList, StoreError> {
    let ((counts, next), profile, library) = futures::try_join!(tables.counts_of(store, 30, cursor), tables.store(store), tables.library())?;
    let (categories, places) = match &profile {
        Some(p) => (categories(p, &library), place_names(&tables.places_of(p).await?)),
        None => Default::default(),
    };
    Ok(CountList { counts: counts.iter().map(count_card).collect(), categories, places, next })
}

/// Lines of a count as people see them, by name.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn count_line_views(tables: &Tables, count: &Count, lines: &[CountLine]) -> Result<Vec<CountLineView>, StoreError> {
    let library = tables.library_of(&count.store).await?;
    let hidden = count.blind && matches!(count.state, CountState::Open | CountState::Cancelled);
    let mut views: Vec<CountLineView> = lines
        .iter()
        .map(|l| {
            let known = library.iter().find(|s| s.sku == l.sku);
            CountLineView {
                name: known.map_or_else(|| l.sku.to_string(), LibrarySku::title),
                barcode: known.map(|s| s.barcode.clone()).unwrap_or_default(),
                picture: known.map(|s| s.picture.clone()).unwrap_or_default(),
                sku: l.sku.clone(),
                counted: l.counted,
                book: l.counted.filter(|_| !hidden).map(|_| l.book),
                difference: l.difference().filter(|_| !hidden),
                dated: known.is_some_and(|s| s.tracks_expiry),
                expires_on: l.expires_on.map(|d| d.to_string()),
            }
        })
        .collect();
    views.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.sku.cmp(&b.sku)));
    Ok(views)
}

/// A count as this person sees it.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn count_view(app: &App, c: &Count, lines: &[CountLine], staff: &Staff) -> Result<CountView, Failure> {
    let may = |p| staff.permissions.contains(&p);
    let mut card = count_card(c);
    // Until it is submitted nothing is added up but how far they are.
    card.counted = u32::try_from(lines.iter().filter(|l| l.counted.is_some()).count()).unwrap_or(u32::MAX);
    let steps = count::steps(c, lines, may(Permission::StockCount), may(Permission::StockApprove), &staff.sub);
    let who: Vec<&StaffId> = lines.iter().filter_map(|l| l.by.as_ref()).chain(&c.submitted_by).collect();
    let names = app.tables.staff_names(who.iter().copied().chain(&c.approved_by).map(StaffId::as_str)).await?;
    let counted_by: BTreeSet<String> = who.iter().filter_map(|s| names.get(s.as_str()).cloned()).collect();
    let approved_by = c.approved_by.as_ref().and_then(|s| names.get(s.as_str()).cloned());
    Ok(CountView { card, steps, lines: count_line_views(&app.tables, c, lines).await?, counted_by: counted_by.into_iter().collect(), approved_by })
}

/// Counts that wait for somebody to decide, the oldest first.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn counts_to_decide(tables: &Tables, reach: &Reach) -> Result<CountsToDecide, StoreError> {
    let (mut counts, directory) = futures::try_join!(tables.submitted_counts(DECISIONS_READ + 1), tables.directory())?;
    let more = cut(&mut counts, usize_of(DECISIONS_READ));
    let name = |s: &StoreId| directory.iter().find(|d| d.store == *s).map_or_else(|| s.to_string(), |d| d.name.clone());
    let seen = counts.iter().filter(|c| reach.store(&c.store));
    let counts = seen.map(|c| CountToDecide { store: c.store.clone(), store_name: name(&c.store), card: count_card(c) }).collect();
    Ok(CountsToDecide { counts, more })
}
