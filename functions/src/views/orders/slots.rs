//! A store's time slots with how full they are, for its staff.

use liandian_domain::{governance::terms::Terms, orders::slots};
use liandian_types::{Fulfilment, StoreId, Timestamp, api::StoreSlots};

use crate::{App, http::Failure};

/// The slots of the days that customers may book: one query for each way.
///
/// # Errors
/// `not_found` for the store.
pub async fn store_slots(app: &App, store: &StoreId, now: Timestamp) -> Result<StoreSlots, Failure> {
    let (profile, settings) = futures::try_join!(app.tables.store(store), app.tables.settings())?;
    let profile = profile.ok_or_else(|| Failure::not_found("门店"))?;
    let policy = Terms::of(settings.iter(), &profile, now).policy().slots();
    let range = slots::range(&profile.hours.zone, &policy, now);
    let of = |way| app.tables.slots(store, way, range.clone());
    let (pickup, delivery) = futures::try_join!(of(Fulfilment::Pickup), of(Fulfilment::Delivery))?;
    Ok(slots::of_store(&profile, &policy, &pickup, &delivery, now))
}
