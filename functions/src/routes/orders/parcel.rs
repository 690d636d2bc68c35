//! Parcels from an HQ warehouse: what its keeper's staff does with them, and the customer's word that one has arrived.

use liandian_domain::{orders::parcel, stock::batch};
use liandian_types::{AccessAct, Code, OrderId, OrderState, PersonalField, api::ShipParcel};

use crate::{
    App,
    access::{Look, looked},
    flows::{orders::load_served, stock::shelf},
    http::{Call, Failure, Reply},
    people::{key_of, open_recipient},
    transact::{Plan, transact},
    views::orders::{Seen, order_seen},
};

/// Tells the carrier and its number: the goods leave the warehouse. Told again, it puts a wrong number right.
///
/// # Errors
/// `bad_request` for a number that is none; `conflict` unless the order is to be shipped or on its way; `ask_first` when goods of it may have ended
/// since they were put together; `not_found`.
pub async fn ship(app: App, call: Call) -> Result<Reply, Failure> {
    let (request, order, store): (ShipParcel, OrderId, _) = (call.json()?, call.param("order")?, call.store()?);
    let number = parcel::tracking_number(&request.number)?;
    // A process of ours that has no session names nobody.
    let who = call.staff().ok().map(|s| s.sub.to_string());
    let (a, o, s, n, who) = (&app, &order, &store, &number, who.as_deref());
    transact(a, call.now, |_| async move {
        let (head, body) = load_served(a, o, s).await?;
        let mut d = parcel::ship(&head, &body, request.carrier, n.clone(), a.id(), call.now)?;
        batch::handed(&mut d, &shelf::ended_of(a, &head, &body, call.now).await?, request.fresh, who)?;
        Ok(Plan::new((), d))
    })
    .await?;
    Reply::json(&order_seen(&app, &order, Seen::In(&store, Look::of(&call, AccessAct::OrderWork)), call.now).await?)
}

/// To whom the parcel goes, in clear, for its label; only while it is to be shipped. Who read it is on record before it is told.
///
/// # Errors
/// `conflict` when there is no label to write (any more); `not_found`.
pub async fn label(app: App, call: Call) -> Result<Reply, Failure> {
    let (order, store): (OrderId, _) = (call.param("order")?, call.store()?);
    let (head, body) = load_served(&app, &order, &store).await?;
    if head.shipper.is_none() || head.state != OrderState::Preparing {
        return Err(Failure::refuse(Code::Conflict, format!("订单当前为「{}」，没有面单", head.state.title())));
    }
    let look = Look { staff: call.staff()?, act: AccessAct::ParcelLabel, from: &call.client, now: call.now };
    let key = key_of(&app, &head.member).await?.ok_or_else(|| Failure::refuse(Code::Conflict, "顾客已注销账号，没有面单"))?;
    let recipient = open_recipient(&key, &body)?.ok_or_else(|| Failure::Internal("a parcel to nobody".into()))?;
    looked(&app, look, &store, vec![order], vec![PersonalField::Name, PersonalField::Phone, PersonalField::Address]).await?;
    Reply::json(&recipient)
}

/// The carrier has lost it: the money goes back.
///
/// # Errors
/// `conflict` unless it is on its way; `not_found`.
pub async fn lost(app: App, call: Call) -> Result<Reply, Failure> {
    let (order, store): (OrderId, _) = (call.param("order")?, call.store()?);
    let (a, o, s) = (&app, &order, &store);
    transact(a, call.now, |_| async move {
        let (head, body) = load_served(a, o, s).await?;
        Ok(Plan::new((), parcel::lost(&head, &body, call.now)?))
    })
    .await?;
    Reply::json(&order_seen(&app, &order, Seen::In(&store, Look::of(&call, AccessAct::OrderWork)), call.now).await?)
}

/// The customer has it.
///
/// # Errors
/// `conflict` unless it is on its way; `not_found`.
pub async fn received(app: App, call: Call) -> Result<Reply, Failure> {
    let (order, member): (OrderId, _) = (call.param("order")?, call.member()?);
    let (a, o, m) = (&app, &order, member);
    transact(a, call.now, |_| async move {
        let head = a.tables.order_head(o).await?.filter(|h| h.member == *m).ok_or_else(|| Failure::not_found("订单"))?;
        Ok(Plan::new((), parcel::received(&head, call.now)?))
    })
    .await?;
    Reply::json(&order_seen(&app, &order, Seen::By(member), call.now).await?)
}
