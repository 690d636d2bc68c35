//! Roles: what each may do, as HQ says.

use liandian_domain::access::{account::People, role};
use liandian_types::{
    RoleId,
    api::{CreateRole, SetRole},
};

use crate::{
    App,
    http::{Call, Failure, Reply},
    transact::{Plan, transact},
    views::access::{giver, role_history, role_matrix, role_view},
};

/// Roles, and what each may do.
///
/// # Errors
/// [`Failure`] from the tables.
pub async fn list(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&role_matrix(&app, call.staff()?).await?)
}

/// HQ makes a role of its own.
///
/// # Errors
/// `bad_request` for its name; `forbidden` for a permission that the caller does not have.
pub async fn create(app: App, call: Call) -> Result<Reply, Failure> {
    let wanted: CreateRole = call.json()?;
    let viewer = call.staff()?;
    let id: RoleId = app.id();
    let (now, app, wanted, id) = (call.now, &app, &wanted, &id);
    transact(app, now, |_| async move {
        let roles = app.tables.role_defs().await?;
        let decision = role::create(&giver(viewer), id.clone(), wanted.base, &wanted.title, wanted.permissions.clone(), &roles)?;
        Ok(Plan::new((), decision))
    })
    .await?;
    shown(app, &call, id).await
}

/// HQ says anew what a role may do. It holds in this process at once, elsewhere within ten seconds: its holders' tokens are fetched anew.
///
/// # Errors
/// `not_found`; `bad_request` for its name; `forbidden` for a permission that the caller does not have; `conflict` when it was set since the version
/// that was seen, or when nobody would be left who manages accounts and roles.
pub async fn set(app: App, call: Call) -> Result<Reply, Failure> {
    let wanted: SetRole = call.json()?;
    let id: RoleId = call.param("role")?;
    let viewer = call.staff()?;
    let (now, app, wanted, id) = (call.now, &app, &wanted, &id);
    transact(app, now, |_| async move {
        let (old, roles, (accounts, guard)) = futures::try_join!(app.tables.role_def(id), app.tables.role_defs(), app.tables.people_of_hq())?;
        let old = old.ok_or_else(|| Failure::not_found("角色"))?;
        let people = People { accounts: &accounts, roles: &roles, guard };
        let decision = role::set(&giver(viewer), &old, &wanted.title, wanted.permissions.clone(), wanted.version, &people, now)?;
        Ok(Plan::new((), decision))
    })
    .await?;
    shown(app, &call, id).await
}

async fn shown(app: &App, call: &Call, id: &RoleId) -> Result<Reply, Failure> {
    let role = app.tables.role_def(id).await?.ok_or_else(|| Failure::not_found("角色"))?;
    Reply::json(&role_view(&role, call.staff()?))
}

/// What happened to a role.
///
/// # Errors
/// `not_found` for a role that there is not; `bad_cursor`.
pub async fn history(app: App, call: Call) -> Result<Reply, Failure> {
    let id: RoleId = call.param("role")?;
    Reply::json(&role_history(&app, &id, call.q("cursor")).await?)
}
