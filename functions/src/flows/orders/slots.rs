//! Time slots: which a customer may book, the one that an order wants, and who comes late.

use liandian_domain::{
    Decision, Refusable,
    governance::terms::Terms,
    orders::{
        order::OrderHead,
        slots::{self, Booking, SlotCount, SlotPolicy},
    },
    stores::profile::StoreProfile,
};
use liandian_store::StoreError;
use liandian_types::{Code, Fulfilment, Problem, StoreId, Timestamp, api::SlotDay};

use crate::{App, http::Failure};

/// A name of a slot is so long at most: a longer one is none, and no key is made of it.
const NAME: usize = 16;

/// What is counted of the slot that somebody wants, if he wants one; nothing for what cannot be the name of any.
pub(crate) async fn count(app: &App, store: &StoreId, way: Fulfilment, slot: Option<&str>, strong: bool) -> Result<SlotCount, StoreError> {
    match slot.filter(|s| s.len() == NAME && s.is_ascii()) {
        Some(slot) => app.tables.slot(store, way, slot, strong).await,
        None => Ok(SlotCount::default()),
    }
}

/// The place that an order wants in a slot, with what was counted of that.
pub(crate) fn wanted(
    store: &StoreProfile,
    policy: &SlotPolicy,
    way: Fulfilment,
    slot: Option<&str>,
    count: &SlotCount,
    now: Timestamp,
) -> Refusable<Option<Booking>> {
    // What is fetched from elsewhere first is asked about where it is decided.
    slot.map(|slot| slots::choose(store, policy, way, slot, count, Timestamp(0), now)).transpose()
}

/// The slots of a store that customers may book, day by day; none where it has none. One query.
pub(crate) async fn offered(
    app: &App,
    store: &StoreProfile,
    policy: &SlotPolicy,
    way: Fulfilment,
    ready: Timestamp,
    now: Timestamp,
) -> Result<Vec<SlotDay>, StoreError> {
    if policy.capacity(way) == 0 {
        return Ok(Vec::new());
    }
    let counts = app.tables.slots(&store.store, way, slots::range(&store.hours.zone, policy, now)).await?;
    Ok(slots::days(store, policy, way, &counts, ready, now))
}

/// A refusal for want of a place, with the slots as they are now; any other as it is.
pub(crate) async fn with_offered(app: &App, refused: Problem, store: &StoreId, way: Fulfilment, now: Timestamp) -> Result<Problem, Failure> {
    if refused.code != Code::SlotFull {
        return Ok(refused);
    }
    let (profile, settings) = futures::try_join!(app.tables.store(store), app.tables.settings())?;
    let Some(profile) = profile else { return Ok(refused) };
    let policy = Terms::of(settings.iter(), &profile, now).policy().slots();
    let days = offered(app, &profile, &policy, way, Timestamp(0), now).await?;
    Ok(refused.with_slots(days))
}

/// A closed order whose payment came all the same, with its slot if there is still a place in it, and what takes that or says that there is none.
pub(crate) async fn again(app: &App, head: &OrderHead, now: Timestamp) -> Result<(OrderHead, Decision), StoreError> {
    let Some(s) = &head.slot else { return Ok((head.clone(), Decision::default())) };
    let count = app.tables.slot(&head.store, head.fulfilment, &s.slot, true).await?;
    Ok(slots::again(head, &count, now))
}
