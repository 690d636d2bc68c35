//! Permits of a store, as HQ has seen them.

use liandian_domain::stores::{
    hours::{CHINA, day_named},
    permits,
    profile::Permit,
};
use liandian_types::{Code, Problem, StoreId, api::StorePermits};

use crate::{
    App,
    http::{Call, Failure, Reply},
    transact::{Plan, transact},
    views::stores::permits::permits_view,
};

/// Says which permits a store has: all of them.
///
/// # Errors
/// `bad_request` naming the field; `conflict` when the profile has been changed since the version that was seen; `not_found`.
pub async fn set(app: App, call: Call) -> Result<Reply, Failure> {
    let (ask, store): (StorePermits, StoreId) = (call.json()?, call.store()?);
    let mut all = Vec::with_capacity(ask.permits.len());
    for (i, p) in ask.permits.into_iter().enumerate() {
        let expires = match p.expires.trim() {
            "" => None,
            // It holds to the end of its last day.
            date => {
                let wrong = || Problem::new(Code::BadRequest, "日期的格式为 2026-12-31").at(format!("permits[{i}].expires"));
                Some(day_named(date, CHINA).ok_or_else(wrong)?.1)
            }
        };
        all.push(Permit { kind: p.kind.trim().to_owned(), number: p.number.trim().to_owned(), expires });
    }
    let (a, by, store, all, version) = (&app, &call.staff()?.sub, &store, &all, ask.version);
    let next = transact(a, call.now, |_| async move {
        let old = a.tables.store_now(store).await?.ok_or_else(|| Failure::not_found("门店"))?;
        let (next, decision) = permits::set(&old, all.clone(), version, by)?;
        Ok(Plan::new(next, decision))
    })
    .await?;
    Reply::json(&permits_view(&next, call.now))
}
