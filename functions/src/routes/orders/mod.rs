//! Orders, of the member who placed them and of the store that serves them.

pub mod cancel;
pub mod list;
pub mod pickup;
pub mod place;
pub mod read;
pub mod ready;

use liandian_domain::order::OrderHead;
use liandian_types::{OrderId, StoreId};

use crate::{App, http::Failure};

/// Who looks at an order.
pub enum Seen<'a> {
    /// Its member; sees the pickup code.
    By(&'a liandian_types::MemberId),
    /// Staff of a store.
    In(&'a StoreId),
}

/// An order as one who may see it sees it; it does not exist for others.
///
/// # Errors
/// `not_found`.
pub async fn view(app: &App, order: &OrderId, seen: Seen<'_>) -> Result<liandian_types::api::OrderView, Failure> {
    let whole = app.store.whole_order(order).await?.filter(|w| match seen {
        Seen::By(m) => w.head.member == *m,
        Seen::In(s) => w.head.store == *s,
    });
    let whole = whole.ok_or_else(|| Failure::not_found("订单"))?;
    let (transfer, events) = match &whole.head.transfer {
        Some(t) => futures::try_join!(app.store.transfer(t), app.store.transfer_events(t))?,
        None => (None, Vec::new()),
    };
    let mut view = liandian_store::read::order_view(&whole, transfer.as_ref().map(|t| (t, &whole.head.store)), &events);
    if whole.body.recipient.is_some() {
        view.recipient = crate::people::open_recipient(app.keys()?, &whole.body).await?.as_ref().map(crate::people::mask);
    }
    if whole.body.note.is_some() {
        view.note = crate::people::open_note(app.keys()?, &whole.body).await?;
    }
    if matches!(seen, Seen::By(_)) && pickup::is_of_use(&whole.head) {
        view.pickup_code = Some(whole.head.pickup_code.clone());
    }
    Ok(view)
}

/// The order's head, if it is one of this store.
async fn of_store(app: &App, order: &OrderId, store: &StoreId) -> Result<OrderHead, Failure> {
    app.store.order_head(order).await?.filter(|h| h.store == *store).ok_or_else(|| Failure::not_found("订单"))
}
