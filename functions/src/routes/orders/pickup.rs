//! Handing an order over against its pickup code, once.

use std::time::Duration;

use futures::future::try_join_all;
use liandian_contracts::Event;
use liandian_domain::{
    orders::order::{self, OrderHead},
    stock::batch,
    stores::hours::local_text,
};
use liandian_store::StoreError;
use liandian_types::{AccessAct, Code, OrderId, OrderState, Problem, StoreId, Timestamp, api::VerifyPickup};

use crate::{
    App,
    access::Look,
    flows::{orders::load, stock::shelf},
    http::{Call, Failure, Reply},
    transact::{Plan, transact},
    views::orders::{Seen, order_seen},
};

/// How many digits a pickup code has.
pub const DIGITS: usize = 10;
/// How many open orders of a store are read at a time when typed digits are looked for.
const OPEN: i32 = 100;
/// How long after it was placed an order that was handed over is still told from a wrong code: a pickup waits for three days at most.
const KNOWN_FOR: i64 = 5 * Timestamp::DAY;
/// How many pages of orders that were handed over are read for a code that is not open.
const OVER_PAGES: u32 = 10;
/// How long an order may take from one list to another.
const MOVING: Duration = Duration::from_millis(200);

/// Digits that nobody can guess.
///
/// # Errors
/// [`Failure::Internal`] when the system has no randomness.
pub fn new_code() -> Result<String, Failure> {
    let bytes = liandian_partners::sign::random::<16>().map_err(|e| Failure::Internal(e.to_string()))?;
    Ok(format!("{:010}", u128::from_be_bytes(bytes) % 10_000_000_000))
}

/// Hands an order over against its digits, or the text of its QR picture ([`liandian_types::api::OrderView::qr_text`]).
///
/// # Errors
/// `not_found` for a code that is none of this store's; `conflict` when it was used before (saying by whom and when) or the order is not there
/// yet; `ask_first` for one that is still being prepared, lacks goods, or has goods that may have ended since they were put together.
pub async fn verify(app: App, call: Call) -> Result<Reply, Failure> {
    let (request, store): (VerifyPickup, _) = (call.json()?, call.store()?);
    let scanned: String = request.code.chars().filter(|c| !c.is_whitespace()).collect();
    let text = liandian_types::text::code(&request.code);
    let (order, code) = match scanned.strip_prefix("LD:").and_then(|t| t.split_once(':')) {
        Some((order, code)) => (order.parse::<OrderId>().map_err(|_| unknown())?, code.to_owned()),
        None => (by_digits(&app, &store, &text, call.now).await?, text),
    };
    crate::telemetry::note("order", &order);
    // A process of ours that has no session names nobody.
    let clerk = call.staff().ok().map(|s| s.name.clone());
    let who = call.staff().ok().map(|s| s.sub.to_string());
    let (a, o, s, code, by, who, sure) = (&app, &order, &store, code.as_str(), clerk.as_deref(), who.as_deref(), request.sure);
    let handed = transact(a, call.now, |_| async move {
        let (head, body) = load(a, o).await?;
        if head.store != *s || !liandian_partners::sign::same(&head.pickup_code, code) {
            return Err(unknown());
        }
        if matches!(head.state, OrderState::Completed | OrderState::Settled) {
            return Err(used(a, o, &head).await?);
        }
        let mut d = order::hand_over(&head, &body, sure, by, a.id(), call.now)?;
        batch::handed(&mut d, &shelf::ended_of(a, &head, &body, call.now).await?, request.fresh, who)?;
        Ok(Plan::new((), d))
    });
    handed.await?;
    Reply::json(&order_seen(&app, &order, Seen::In(&store, Look::of(&call, AccessAct::OrderWork)), call.now).await?)
}

/// The code was used: by whom and when, so that the second clerk knows whom to ask.
async fn used(app: &App, order: &OrderId, head: &OrderHead) -> Result<Failure, Failure> {
    let events = app.tables.whole_order(order).await?.map(|w| w.events).unwrap_or_default();
    let by = events.into_iter().find_map(|e| if let Event::OrderCompleted { by, .. } = e.event { by } else { None });
    let at = head.completed_at.map(|at| local_text(at, &head.zone)).unwrap_or_default();
    let text = match by {
        Some(by) => format!("该取货码已由{by}于 {at} 核销，不能重复取货"),
        None => format!("该取货码已于 {at} 核销，不能重复取货"),
    };
    Ok(Problem::new(Code::Conflict, text).at("code").into())
}

fn unknown() -> Failure {
    Problem::new(Code::NotFound, "没有找到这个取货码，请核对是否为本店订单").at("code").into()
}

/// Typed digits: looked for among the store's open orders, however many, then among those that were handed over, so that a second use is
/// named as such. An order that another clerk hands over at this instant moves from the one list to the other, and an index may show it in
/// neither for a moment: whoever is not found is looked for once more.
async fn by_digits(app: &App, store: &StoreId, digits: &str, now: Timestamp) -> Result<OrderId, Failure> {
    if digits.len() != DIGITS || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Problem::new(Code::BadRequest, format!("取货码是 {DIGITS} 位数字")).at("code").into());
    }
    for pause in [None, Some(MOVING)] {
        if let Some(pause) = pause {
            tokio::time::sleep(pause).await;
        }
        let open = [OrderState::Ready, OrderState::Preparing, OrderState::AwaitingTransfer];
        let open = try_join_all(open.map(|state| among(app, store, state, digits, None))).await?;
        let found = match open.into_iter().flatten().next() {
            Some(order) => Some(order),
            None => among(app, store, OrderState::Completed, digits, Some(now.plus(-KNOWN_FOR))).await?,
        };
        if let Some(order) = found {
            return Ok(order);
        }
    }
    Err(unknown())
}

fn has(h: &OrderHead, digits: &str) -> bool {
    liandian_partners::sign::same(&h.pickup_code, digits)
}

/// Among the orders of a state, page by page; of those that are over, no further back than `since`.
async fn among(app: &App, store: &StoreId, state: OrderState, digits: &str, since: Option<Timestamp>) -> Result<Option<OrderId>, StoreError> {
    let mut cursor = None;
    for page in 0.. {
        let (heads, next) = app.tables.orders_of_store(store, state, OPEN, cursor.as_deref()).await?;
        let oldest = heads.last().map(|h| h.placed_at);
        if let Some(found) = heads.into_iter().find(|h| has(h, digits)) {
            return Ok(Some(found.order));
        }
        cursor = next;
        if cursor.is_none() || since.is_some_and(|since| page + 1 == OVER_PAGES || oldest.is_some_and(|at| at < since)) {
            break;
        }
    }
    Ok(None)
}
