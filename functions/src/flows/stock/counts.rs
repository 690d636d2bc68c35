//! Counts: submitting, deciding, and putting right what differs.

use liandian_domain::{
    Decision,
    catalog::LibrarySku,
    governance::resolve::Place,
    stock::count::{self, Count},
};
use liandian_types::{CountId, CountState, Fen, LocationId, Permission, SkuId, StaffId, StoreId, Timestamp};

use super::shelf;
use crate::{
    App,
    auth::Staff,
    http::Failure,
    transact::{Plan, transact},
};

/// A count of this store.
///
/// # Errors
/// `not_found`.
pub async fn of(app: &App, store: &StoreId, id: &CountId) -> Result<Count, Failure> {
    app.tables.count_head(id).await?.filter(|c| c.store == *store).ok_or_else(|| Failure::not_found("盘点单"))
}

/// Those of these SKUs whose record this person must not see: they are being counted blindly, and he or she counts. Who decides and has entered
/// nothing does not count.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn blind_to(app: &App, location: &LocationId, skus: &[SkuId], staff: &Staff) -> Result<Vec<SkuId>, Failure> {
    let may = |p| staff.permissions.contains(&p);
    let counts = may(Permission::StockCount);
    let Some(id) = (if counts && !skus.is_empty() { app.tables.count_under_way(location).await? } else { None }) else { return Ok(Vec::new()) };
    let blind = app.tables.count_head(&id).await?.is_some_and(|c| c.blind && c.state == CountState::Open);
    if !blind {
        return Ok(Vec::new());
    }
    let decides = may(Permission::StockApprove) && !app.tables.count_lines(&id).await?.iter().any(|l| l.by.as_ref() == Some(&staff.sub));
    if decides {
        return Ok(Vec::new());
    }
    Ok(app.tables.some_count_lines(&id, skus).await?.into_iter().map(|l| l.sku).collect())
}

/// What differences are valued at; what the library does not know is worth nothing.
pub fn list_price(library: &[LibrarySku], sku: &SkuId) -> Fen {
    library.iter().find(|s| s.sku == *sku).map_or(Fen::ZERO, |s| s.price)
}

/// The counters are done; what the policy approves is put right at once.
///
/// # Errors
/// As [`count::submit`]; `not_found`.
pub async fn submit(app: &App, store: &StoreId, id: &CountId, by: &StaffId, now: Timestamp) -> Result<(), Failure> {
    let (library, profile) = futures::try_join!(app.tables.library_of(store), app.tables.store(store))?;
    let standing = &Place::from(&profile.ok_or_else(|| Failure::not_found("门店"))?);
    let price = &|sku: &SkuId| list_price(&library, sku);
    transact(app, now, |_| async move {
        let count = of(app, store, id).await?;
        let (lines, policy) = futures::try_join!(app.tables.count_lines(id), app.tables.policy_of(standing, now))?;
        Ok(Plan::new((), count::submit(&count, count::tally(&lines, price), &policy.count(), by, now)?))
    })
    .await?;
    begin_to_put_right(app, id, now).await;
    Ok(())
}

/// What was said is kept; what is not put right now, the sweeper does.
async fn begin_to_put_right(app: &App, id: &CountId, now: Timestamp) {
    if let Err(e) = put_right(app, id, now).await {
        tracing::warn!(count = %id, error = %e, "differences are put right later");
    }
}

/// Somebody decides; what is approved is put right at once.
///
/// # Errors
/// As [`count::decide`]; `not_found`.
pub async fn decide(
    app: &App,
    store: &StoreId,
    id: &CountId,
    approve: bool,
    reason: Option<&str>,
    by: &StaffId,
    now: Timestamp,
) -> Result<(), Failure> {
    transact(app, now, |_| async move {
        let count = of(app, store, id).await?;
        let lines = app.tables.count_lines(id).await?;
        Ok(Plan::new((), count::decide(&count, &lines, approve, reason, by, now)?))
    })
    .await?;
    begin_to_put_right(app, id, now).await;
    Ok(())
}

/// Calls a count off.
///
/// # Errors
/// `conflict` when it is too late; `not_found`.
pub async fn cancel(app: &App, store: &StoreId, id: &CountId, now: Timestamp) -> Result<(), Failure> {
    transact(app, now, |_| async move { Ok(Plan::new((), count::cancel(&of(app, store, id).await?, now)?)) }).await
}

/// The time of a count has come: what is approved is put right, of what nobody goes on with HQ is told.
///
/// # Errors
/// Whatever the tables say.
pub async fn overdue(app: &App, id: &CountId, now: Timestamp) -> Result<(), Failure> {
    put_right(app, id, now).await?;
    transact(app, now, |_| async move {
        let head = app.tables.count_head(id).await?;
        Ok(Plan::new((), head.map(|c| count::remind(&c, now)).unwrap_or_default()))
    })
    .await
}

/// Puts the differences of an approved count right, chunk by chunk. However often this is told; the sweeper tells it again when
/// whoever began has died.
///
/// # Errors
/// [`Failure::Unavailable`] when the tables do not answer.
pub async fn put_right(app: &App, id: &CountId, now: Timestamp) -> Result<(), Failure> {
    loop {
        let more = transact(app, now, |_| async move {
            let Some(count) = app.tables.count_head(id).await?.filter(|c| c.state == CountState::Approved) else {
                return Ok(Plan::new(false, Decision::default()));
            };
            let lines = app.tables.count_lines(id).await?;
            let mut d = count::put_right(&count, &lines, app.id(), now);
            let more: Vec<SkuId> = d.undated().into_iter().map(|(_, sku)| sku).collect();
            let dated = shelf::expire(app, more.iter()).await?;
            if !dated.is_empty() {
                let found = app.tables.perishables(&count.location, &dated).await?;
                count::date_surplus(&mut d, &count, &lines, &dated.into_iter().zip(found).collect::<Vec<_>>());
            }
            shelf::rebase_undated(app, &mut d, &count.zone).await?;
            Ok(Plan::new(true, d))
        })
        .await?;
        if !more {
            return Ok(());
        }
    }
}
