//! Handing an order over against its pickup code, once.

use futures::future::try_join_all;
use liandian_domain::order::{self, OrderHead};
use liandian_store::StoreError;
use liandian_types::{Code, Fulfilment, OrderId, OrderState, Problem, StoreId, api::VerifyPickup};

use super::{Seen, view};
use crate::{
    App,
    flows::load,
    http::{Call, Failure, Reply},
    transact::{Plan, transact},
};

/// How many digits a pickup code has.
pub const DIGITS: usize = 10;
/// How many open orders of a store are read at a time when typed digits are looked for.
const OPEN: i32 = 100;

/// Digits that nobody can guess.
///
/// # Errors
/// [`Failure::Internal`] when the system has no randomness.
pub fn new_code() -> Result<String, Failure> {
    let bytes = liandian_partners::sign::random::<16>().map_err(|e| Failure::Internal(e.to_string()))?;
    Ok(format!("{:010}", u128::from_be_bytes(bytes) % 10_000_000_000))
}

/// Is the code (still) of use to its customer?
#[must_use]
pub fn is_of_use(h: &OrderHead) -> bool {
    h.fulfilment == Fulfilment::Pickup && matches!(h.state, OrderState::AwaitingTransfer | OrderState::Preparing | OrderState::Ready)
}

/// Hands an order over against its digits, or the text of its QR picture ([`liandian_types::api::OrderView::qr_text`]).
///
/// # Errors
/// `not_found` for a code that is none of this store's; `conflict` when it was used before or the order is not there yet.
pub async fn verify(app: App, call: Call) -> Result<Reply, Failure> {
    let (request, store): (VerifyPickup, _) = (call.json()?, call.store()?);
    let text: String = request.code.chars().filter(|c| !c.is_whitespace()).collect();
    let (order, code) = match text.strip_prefix("LD:").and_then(|t| t.split_once(':')) {
        Some((order, code)) => (order.parse::<OrderId>().map_err(|_| unknown())?, code.to_owned()),
        None => (by_digits(&app, &store, &text).await?, text),
    };
    crate::telemetry::note("order", &order);
    let (a, o, s, code) = (&app, &order, &store, code.as_str());
    transact(a, call.now, |_| async move {
        let (head, body) = load(a, o).await?;
        if head.store != *s || !liandian_partners::sign::same(&head.pickup_code, code) {
            return Err(unknown());
        }
        Ok(Plan::new((), order::hand_over(&head, &body, a.id(), call.now)?))
    })
    .await?;
    Reply::json(&view(&app, &order, Seen::In(&store), call.now).await?)
}

fn unknown() -> Failure {
    Problem::new(Code::NotFound, "没有找到这个取货码，请核对是否为本店订单").at("code").into()
}

/// Typed digits: looked for among the store's open orders, however many, then among the newest that were handed over, so that
/// a second use is named as such. One wave for all but the busiest stores.
async fn by_digits(app: &App, store: &StoreId, digits: &str) -> Result<OrderId, Failure> {
    if digits.len() != DIGITS || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Problem::new(Code::BadRequest, format!("取货码是 {DIGITS} 位数字")).at("code").into());
    }
    let open = [OrderState::Ready, OrderState::Preparing, OrderState::AwaitingTransfer];
    let (open, done) = futures::try_join!(
        try_join_all(open.map(|state| among(app, store, state, digits))),
        app.store.orders_of_store(store, OrderState::Completed, OPEN, None)
    )?;
    let done = done.0.into_iter().find(|h| has(h, digits)).map(|h| h.order);
    open.into_iter().flatten().next().or(done).ok_or_else(unknown)
}

fn has(h: &OrderHead, digits: &str) -> bool {
    liandian_partners::sign::same(&h.pickup_code, digits)
}

async fn among(app: &App, store: &StoreId, state: OrderState, digits: &str) -> Result<Option<OrderId>, StoreError> {
    let mut cursor = None;
    loop {
        let (heads, next) = app.store.orders_of_store(store, state, OPEN, cursor.as_deref()).await?;
        if let Some(found) = heads.into_iter().find(|h| has(h, digits)) {
            return Ok(Some(found.order));
        }
        cursor = next;
        if cursor.is_none() {
            return Ok(None);
        }
    }
}
