//! Finding a store, its home page, and for HQ the directory and whether a store is in business.

pub mod edit;
pub mod permits;
pub mod warehouses;

use liandian_domain::{
    stock::batch::Date,
    stores::{
        edit as decide,
        hours::{Exception, clock, moment},
        profile::Openness,
    },
};
use liandian_types::{Code, GeoPoint, Problem, api::StoreOpening};

use crate::{
    App,
    http::{Call, Failure, Reply},
    transact::{Plan, transact},
    views::stores::{FindStores, StoresAsk, differences::store_differences, find_stores, opening_view, store_home, store_rows},
};

/// Where the caller is, from `lat` and `lng`.
///
/// # Errors
/// `bad_request` when one is missing, or it is no place: off the globe, or where both are 0, which a device says that does not know where it is.
pub(crate) fn place(call: &Call) -> Result<Option<GeoPoint>, Failure> {
    let refuse = |field: &str| Err(Problem::new(Code::BadRequest, "坐标无效").at(field).into());
    match (call.typed("lat")?, call.typed("lng")?) {
        (None, None) => Ok(None),
        (Some(lat), Some(lng)) => {
            let p = GeoPoint { lat, lng };
            if p.is_a_place() { Ok(Some(p)) } else { refuse("lat") }
        }
        (Some(_), None) => refuse("lng"),
        (None, Some(_)) => refuse("lat"),
    }
}

/// Stores near a point, by name, or by an entrance's code.
///
/// # Errors
/// `bad_request`.
pub async fn find(app: App, call: Call) -> Result<Reply, Failure> {
    let near = place(&call)?;
    let ask = FindStores { near, text: call.q("q"), entrance: call.q("entrance"), cursor: call.q("cursor") };
    Reply::json(&find_stores(&app.tables, ask, call.now).await?)
}

/// A store's home page.
///
/// # Errors
/// `not_found`.
pub async fn home(app: App, call: Call) -> Result<Reply, Failure> {
    let home = store_home(&app.tables, &call.store()?, place(&call)?, call.now).await?;
    Reply::json(&home.ok_or_else(|| Failure::not_found("门店"))?)
}

/// The store directory.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn directory(app: App, call: Call) -> Result<Reply, Failure> {
    let ask = StoresAsk {
        text: call.q("q"),
        region: call.q("region"),
        mode: call.q("mode"),
        tier: call.q("tier"),
        status: call.q("status"),
        city: call.q("city"),
        cursor: call.q("cursor"),
    };
    Reply::json(&store_rows(&app.tables, &app.reach(call.staff()?).await?, ask, call.now).await?)
}

/// Whether a store is in business and on which days its hours differ.
///
/// # Errors
/// `not_found` when there is no such store.
pub async fn opening(app: App, call: Call) -> Result<Reply, Failure> {
    let store = app.tables.store(&call.store()?).await?.ok_or_else(|| Failure::not_found("门店"))?;
    Reply::json(&opening_view(&store))
}

/// Sets whether a store is in business and on which days its hours differ. It holds at once for finding stores, for quotes and orders.
///
/// # Errors
/// `bad_request` naming the field; `conflict` when somebody else has changed the store meanwhile; `not_found`.
pub async fn set_opening(app: App, call: Call) -> Result<Reply, Failure> {
    let (ask, store): (StoreOpening, _) = (call.json()?, call.store()?);
    let was = app.tables.store_now(&store).await?.ok_or_else(|| Failure::not_found("门店"))?;
    let bad = |field: String, text: &str| Failure::from(Problem::new(Code::BadRequest, text).at(field));
    let until = match ask.until.as_deref().filter(|u| !u.trim().is_empty()) {
        Some(text) => Some(moment(text, &was.hours.zone).ok_or_else(|| bad("until".into(), "恢复时间的格式为 2026-12-01T08:00"))?),
        None => None,
    };
    let mut exceptions = Vec::with_capacity(ask.exceptions.len());
    for (i, e) in ask.exceptions.into_iter().enumerate() {
        let date =
            |name: &str, text: &str| text.trim().parse::<Date>().map_err(|_| bad(format!("exceptions[{i}].{name}"), "日期的格式为 2026-12-01"));
        let time = |name: &str, text: &str| clock(text).ok_or_else(|| bad(format!("exceptions[{i}].{name}"), "时间的格式为 07:30"));
        let hours = match (e.open.as_deref().filter(|t| !t.is_empty()), e.close.as_deref().filter(|t| !t.is_empty())) {
            (None, None) => None,
            (Some(open), Some(close)) => Some((time("open", open)?, time("close", close)?)),
            (None, Some(_)) => return Err(bad(format!("exceptions[{i}].open"), "请填写开门时间，全天休息请两个时间都不填")),
            (Some(_), None) => return Err(bad(format!("exceptions[{i}].close"), "请填写关门时间，全天休息请两个时间都不填")),
        };
        exceptions.push(Exception { from: date("from", &e.from)?, to: date("to", &e.to)?, hours, note: e.note });
    }
    let set = Openness { status: ask.status, reason: ask.reason, until, exceptions, seen: ask.version };
    let (app, store, set, by, now) = (&app, &store, &set, &call.staff()?.sub, call.now);
    let next = transact(app, now, |_| async move {
        let (was, regions) = futures::try_join!(app.tables.store_now(store), app.tables.regions())?;
        let was = was.ok_or_else(|| Failure::not_found("门店"))?;
        let (next, decision) = decide::open(&was, set.clone(), &regions, by, now)?;
        Ok(Plan::new(next, decision))
    })
    .await?;
    Reply::json(&opening_view(&next))
}

/// What a store does otherwise than HQ says.
///
/// # Errors
/// `not_found`.
pub async fn differences(app: App, call: Call) -> Result<Reply, Failure> {
    let store = app.tables.store(&call.store()?).await?.ok_or_else(|| Failure::not_found("门店"))?;
    Reply::json(&store_differences(&app.tables, &store, call.now).await?)
}
