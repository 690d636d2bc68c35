//! What was odd about an order's rider, once somebody has seen to it.

use liandian_domain::{Problem, orders::delivery};
use liandian_types::{AccessAct, Code, OrderId, api::SeeToRider};

use super::{Seen, of_store, view};
use crate::{
    App,
    access::Look,
    http::{Call, Failure, Reply},
    people::check_note,
    transact::{Plan, transact},
};

/// Somebody has found out what became of the goods, or why the platform told what it told: it is no longer shown.
///
/// # Errors
/// `bad_request` without a word on what was found; `not_found`.
pub async fn see_to(app: App, call: Call) -> Result<Reply, Failure> {
    let (ask, order, store): (SeeToRider, OrderId, _) = (call.json()?, call.param("order")?, call.store()?);
    let by = call.staff()?.sub.to_string();
    let note = check_note(Some(&ask.note))?.ok_or_else(|| Problem::new(Code::BadRequest, "请写明查实的情况").at("note"))?;
    let (a, o, s, by) = (&app, &order, &store, &by);
    transact(a, call.now, |_| async move {
        of_store(a, o, s).await?;
        Ok(Plan::new((), delivery::see_to(&a.tables.deliveries(o).await?, by, note, call.now)))
    })
    .await?;
    Reply::json(&view(&app, &order, Seen::In(&store, Look::of(&call, AccessAct::OrderWork)), call.now).await?)
}
