//! Integration keys: what programs come in by.

use std::collections::BTreeMap;

use liandian_domain::access::{
    giving::check_scope,
    key::{self, IntegrationKey},
};
use liandian_types::{
    KeyId,
    api::{MadeKey, MakeKey},
};

use crate::{
    App,
    http::{Call, Failure, Reply},
    people::digest,
    routes::members::session::random_token,
    transact::{Plan, transact},
    views::access::{Places, giver, key_list, key_row},
};

/// The keys of the caller's scope.
///
/// # Errors
/// [`Failure`] from the tables.
pub async fn list(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&key_list(&app, call.staff()?).await?)
}

/// Makes a key. Its secret is in this answer and nowhere else.
///
/// # Errors
/// `bad_request` naming the field; `forbidden` for more than the caller has himself.
pub async fn make(app: App, call: Call) -> Result<Reply, Failure> {
    let wanted: MakeKey = call.json()?;
    let viewer = call.staff()?;
    let places = Places::of(&app).await?;
    let (id, secret): (KeyId, String) = (app.id(), random_token()?);
    let new = IntegrationKey {
        key: id,
        name: wanted.name,
        scope: check_scope(wanted.scope, &places.regions)?,
        permissions: wanted.permissions,
        digest: digest(&secret),
        made_by: viewer.sub.clone(),
        made_at: call.now,
        revoked_at: None,
        version: 1,
    };
    let (made, decision) = key::make(&giver(viewer), new, &places.regions)?;
    let decision = &decision;
    transact(&app, call.now, |_| async move { Ok(Plan::new((), decision.clone())) }).await?;
    let names = BTreeMap::from([(viewer.sub.to_string(), viewer.name.clone())]);
    Reply::json(&MadeKey { secret: key::as_sent(&made.key, &secret), key: key_row(&made, &names, None, &places) })
}

/// Revokes a key: nothing comes in by it any more, from this moment on.
///
/// # Errors
/// `not_found` outside of the caller's scope; `conflict` for one that was revoked.
pub async fn revoke(app: App, call: Call) -> Result<Reply, Failure> {
    let id: KeyId = call.param("key")?;
    let viewer = call.staff()?;
    let places = Places::of(&app).await?;
    let (now, app, places, id) = (call.now, &app, &places, &id);
    transact(app, now, |_| async move {
        let known = app.tables.integration_key(id).await?.ok_or_else(|| Failure::not_found("密钥"))?;
        let (_, decision) = key::revoke(&giver(viewer), &known, &places.regions, now)?;
        Ok(Plan::new((), decision))
    })
    .await?;
    Ok(Reply::empty())
}
