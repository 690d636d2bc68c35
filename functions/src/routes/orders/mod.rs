//! Orders, of the member who placed them and of the store that serves them.

pub mod cancel;
pub mod cart;
pub mod delivery;
pub mod list;
pub mod parcel;
pub mod pickup;
pub mod place;
pub mod quote;
pub mod read;
pub mod ready;
pub mod rider;
pub mod shortfall;

use liandian_domain::{
    orders::{
        order::OrderHead,
        shortfall::{MissingUnits, Shortfall, worth_of_missing},
    },
    stock::batch::ended_text,
    stores::{
        hours::{local_text, soon_text},
        profile::StoreProfile,
    },
    transfers::Party,
};
use liandian_store::{orders::WholeOrder, read::for_customer};
use liandian_types::{
    AccessAct, Fulfilment, OrderId, OrderState, Permission, PersonalField, StoreId, StoreStatus, Timestamp,
    api::{Counter, DeliveryView, MissingLine, Offer, ShortfallView},
};

use crate::{
    App,
    access::{self, Look},
    flows::{orders::shortfalls, stock::shelf},
    http::Failure,
    people::{clear, key_of, mask, open_note, open_recipient},
};

/// Who looks at an order.
pub enum Seen<'a> {
    /// Its member; sees the pickup code.
    By(&'a liandian_types::MemberId),
    /// Staff of a store: of the one that sold it, or of the one that serves it. Without somebody to name nothing is shown in clear.
    In(&'a StoreId, Option<Look<'a>>),
}

/// An order as one who may see it sees it; it does not exist for others.
///
/// # Errors
/// `not_found`.
pub async fn view(app: &App, order: &OrderId, seen: Seen<'_>, now: Timestamp) -> Result<liandian_types::api::OrderView, Failure> {
    let whole = app.tables.whole_order(order).await?.filter(|w| match seen {
        Seen::By(m) => w.head.member == *m,
        Seen::In(s, _) => w.head.served_by() == s || w.head.store == *s,
    });
    let whole = whole.ok_or_else(|| Failure::not_found("订单"))?;
    let transfer = async {
        match &whole.head.transfer {
            Some(t) => futures::try_join!(app.tables.transfer(t), app.tables.transfer_events(t)),
            None => Ok((None, Vec::new())),
        }
    };
    let store_of = async {
        match seen {
            Seen::By(_) => app.tables.store(&whole.head.store).await,
            Seen::In(..) => Ok(None),
        }
    };
    let read = async { Ok::<_, Failure>(futures::try_join!(transfer, store_of)?) };
    let key = async {
        let sealed = whole.body.recipient.is_some() || whole.body.note.is_some();
        if sealed { key_of(app, &whole.head.member).await } else { Ok(None) }
    };
    let (((transfer, events), store_of), key) = futures::try_join!(read, key)?;
    let store = Party::Store(whole.head.store.clone());
    let mut view = liandian_store::read::order_view(&whole, transfer.as_ref().map(|t| (t, &store)), &events);
    let mut to = None;
    // An order whose member was erased is shown without its person.
    if let Some(key) = &key {
        let recipient = open_recipient(key, &whole.body)?;
        to = recipient.as_ref().map(|r| r.point).filter(|_| whole.head.fulfilment == Fulfilment::Delivery);
        view.recipient = match seen {
            Seen::By(_) => recipient.map(clear),
            Seen::In(..) => recipient.as_ref().map(mask),
        };
        let note = open_note(key, &whole.body)?;
        view.note = match seen {
            Seen::By(_) => note,
            Seen::In(store, look) => note_for(app, note, look, store, order).await?,
        };
    }
    if let Some(s) = &whole.head.shortfall {
        let offers = if matches!(seen, Seen::By(_)) { shortfalls::offers(app, &whole.head, &whole.body, to, now).await? } else { Vec::new() };
        view.shortfall = Some(shortfall_view(s, &whole, offers));
    }
    if matches!(seen, Seen::In(..)) && matches!(whole.head.state, OrderState::Preparing | OrderState::Ready) {
        let ended = shelf::ended_of(app, &whole.head, &whole.body, now).await?;
        view.ended_text = (!ended.is_empty()).then(|| ended_text(&ended));
    }
    if matches!(seen, Seen::By(_)) {
        view.transfer = view.transfer.map(for_customer);
        view.promise_over = whole.head.promised_by().is_some_and(|at| at < now);
        view.counter = store_of.map(|s| counter(s, now));
        view.delivery = view.delivery.map(|d| DeliveryView { trouble: None, ..d });
    }
    if matches!(seen, Seen::By(_)) && pickup::is_of_use(&whole.head) {
        view.pickup_code = Some(whole.head.pickup_code.clone());
    }
    Ok(view)
}

/// A customer's word, for staff who prepare orders: people write names and numbers into it. That it was read is on record before it is shown; what
/// was done to an order is answered all the same, without the word, when the record cannot be written.
async fn note_for(app: &App, note: Option<String>, look: Option<Look<'_>>, store: &StoreId, order: &OrderId) -> Result<Option<String>, Failure> {
    let Some((note, look)) = note.zip(look).filter(|(_, l)| l.staff.permissions.contains(&Permission::OrderPrepare)) else { return Ok(None) };
    match access::looked(app, look, store, vec![order.clone()], vec![PersonalField::Note]).await {
        Ok(()) => Ok(Some(note)),
        Err(e) if look.act == AccessAct::OrderWork => {
            tracing::warn!(error = %e, "a look could not be recorded, and was not given");
            Ok(None)
        }
        Err(e) => Err(e),
    }
}

/// The counter of a store, with what to know while nobody is there.
fn counter(s: StoreProfile, now: Timestamp) -> Counter {
    let resting = match s.status_at(now) {
        _ if s.open_at(now) => None,
        StoreStatus::Open => Some(format!("现在休息，{} 开门", soon_text(s.hours.next_open_at(now), now, &s.hours.zone))),
        _ => Some(s.notice(now).unwrap_or_else(|| "暂停营业".to_owned())),
    };
    Counter { hours: s.hours.to_string(), phone: s.phone, address: s.address, point: s.point, resting }
}

fn shortfall_view(s: &Shortfall, whole: &WholeOrder, offers: Vec<Offer>) -> ShortfallView {
    let name = |m: &MissingUnits| whole.body.lines.iter().find(|l| l.sku == m.sku).map_or_else(String::new, |l| l.name.clone());
    ShortfallView {
        lines: s.lines.iter().map(|m| MissingLine { sku: m.sku.clone(), name: name(m), quantity: m.units }).collect(),
        choose_by: s.choose_by,
        choose_by_text: local_text(s.choose_by, &whole.head.zone),
        keep_refund: worth_of_missing(&whole.head, &whole.body),
        offers,
    }
}

/// The order's head, if this store's staff works on it.
async fn of_store(app: &App, order: &OrderId, store: &StoreId) -> Result<OrderHead, Failure> {
    app.tables.order_head(order).await?.filter(|h| h.served_by() == store).ok_or_else(|| Failure::not_found("订单"))
}
