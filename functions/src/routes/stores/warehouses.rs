//! Warehouses: HQ makes, edits and closes them; a store edits those that it keeps.

use liandian_domain::stores::{
    profile::Location,
    warehouse::{self, Holding, Known, Save, Warehouse},
};
use liandian_types::{
    LocationId, Permission, StoreId,
    api::{CloseWarehouse, SaveWarehouse},
};

use crate::{
    App,
    http::{Call, Failure, Reply},
    transact::{Plan, transact},
    views::stores::warehouses::{holding, people, warehouse_view, warehouses_of_chain, warehouses_of_store},
};

fn nothing() -> Failure {
    Failure::not_found("仓库")
}

/// All warehouses.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn of_chain(app: App, _call: Call) -> Result<Reply, Failure> {
    Reply::json(&warehouses_of_chain(&app.tables).await?)
}

/// The warehouses that a store keeps.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn of_store(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&warehouses_of_store(&app.tables, &call.store()?).await?)
}

/// One of the chain's.
///
/// # Errors
/// `not_found`; `bad_cursor`.
pub async fn one_hq(app: App, call: Call) -> Result<Reply, Failure> {
    answer(&app, &call, None).await
}

/// One that a store keeps.
///
/// # Errors
/// As [`one_hq`].
pub async fn one_store(app: App, call: Call) -> Result<Reply, Failure> {
    let store = call.store()?;
    answer(&app, &call, Some(&store)).await
}

async fn answer(app: &App, call: &Call, own: Option<&StoreId>) -> Result<Reply, Failure> {
    let location: LocationId = call.param("location")?;
    let edits = call.staff()?.permissions.contains(&Permission::WarehouseWrite);
    Reply::json(&warehouse_view(&app.tables, &location, own, call.q("cursor"), edits).await?.ok_or_else(nothing)?)
}

/// Makes a warehouse (version 0), or changes it.
///
/// # Errors
/// `bad_request` with the field; `conflict` when it is another by now, or would change hands while goods are promised.
pub async fn save_hq(app: App, call: Call) -> Result<Reply, Failure> {
    save(&app, &call, None).await
}

/// A store changes one that it keeps.
///
/// # Errors
/// As [`save_hq`]; `not_found` for one that it does not keep.
pub async fn save_store(app: App, call: Call) -> Result<Reply, Failure> {
    let store = call.store()?;
    save(&app, &call, Some(&store)).await
}

async fn save(app: &App, call: &Call, own: Option<&StoreId>) -> Result<Reply, Failure> {
    let (ask, location): (SaveWarehouse, LocationId) = (call.json()?, call.param("location")?);
    let (by, ask, l) = (&call.staff()?.sub, &ask, &location);
    transact(app, call.now, |_| async move {
        let tables = &app.tables;
        let named = ask.draft.keepers.get(..warehouse::MOST_KEEPERS.min(ask.draft.keepers.len())).unwrap_or_default();
        let (old, keeper, open, people) = futures::try_join!(
            tables.warehouse_now(l),
            tables.store_now(&ask.draft.keeper),
            tables.warehouses(),
            people(tables, named, &ask.draft.keeper)
        )?;
        let holding = match &old {
            Some(Warehouse { keeper, .. }) if *keeper != ask.draft.keeper => holding(tables, l, keeper).await?,
            _ => Holding::default(),
        };
        let open: &[Location] = &open;
        let known = Known { open, keeper: keeper.as_ref(), people: &people, holding };
        let wanted = Save { location: l, draft: &ask.draft, seen: ask.version, own, by };
        let (next, decision) = warehouse::save(old.as_ref(), &wanted, &known)?;
        Ok(Plan::new(next, decision))
    })
    .await?;
    answer(app, call, own).await
}

/// Closes a warehouse in which nothing lies and from which nothing is promised.
///
/// # Errors
/// `not_found`; `conflict` while there are goods or promises; `bad_request` without a reason.
pub async fn close(app: App, call: Call) -> Result<Reply, Failure> {
    let (ask, location): (CloseWarehouse, LocationId) = (call.json()?, call.param("location")?);
    let (a, by, ask, l, now) = (&app, &call.staff()?.sub, &ask, &location, call.now);
    transact(a, now, |_| async move {
        let old = a.tables.warehouse_now(l).await?.ok_or_else(nothing)?;
        let held = holding(&a.tables, l, &old.keeper).await?;
        let (next, decision) = warehouse::close(&old, ask.version, held, &ask.why, by, now)?;
        Ok(Plan::new(next, decision))
    })
    .await?;
    answer(&app, &call, None).await
}
