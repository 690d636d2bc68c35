//! A store looks at its time slots, and says how many orders one takes.

use liandian_domain::{governance::terms::Terms, orders::slots};
use liandian_types::{StoreId, api::SetSlot};

use crate::{
    App,
    flows::orders::slots::count,
    http::{Call, Failure, Reply},
    transact::{Plan, transact},
    views::orders::slots::store_slots,
};

/// A store's slots with how full they are.
///
/// # Errors
/// `not_found` for the store.
pub async fn list(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&store_slots(&app, &call.store()?, call.now).await?)
}

/// Says how many orders a slot takes: none, fewer, more within the rules, or what the rules say.
///
/// # Errors
/// `bad_request` naming what is wrong; `conflict` when it was changed meanwhile, or has begun; `not_found` for the store.
pub async fn set(app: App, call: Call) -> Result<Reply, Failure> {
    let (ask, store): (SetSlot, StoreId) = (call.json()?, call.store()?);
    let (app, ask, store, by, now) = (&app, &ask, &store, &call.staff()?.sub, call.now);
    transact(app, now, |_| async move {
        let counted = count(app, store, ask.fulfilment, Some(&ask.slot), true);
        let (profile, settings, counted) = futures::try_join!(app.tables.store_now(store), app.tables.settings(), counted)?;
        let profile = profile.ok_or_else(|| Failure::not_found("门店"))?;
        let policy = Terms::of(settings.iter(), &profile, now).policy().slots();
        Ok(Plan::new((), slots::set(&profile, &policy, ask, &counted, by, now)?))
    })
    .await?;
    Reply::json(&store_slots(app, store, now).await?)
}
