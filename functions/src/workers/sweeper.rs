//! What is overdue is driven again.

use futures::{StreamExt, stream};
use liandian_contracts::{Message, Routed};
use liandian_store::due::{Due, Overdue};
use liandian_types::{Fulfilment, OrderState, Timestamp};

use super::{orders, settlement};
use crate::{
    App,
    flows::{
        catalog, governance,
        orders::shortfalls,
        stock::{counts, shelf},
        transfers,
    },
    http::Failure,
};

/// Drives again whatever is overdue: the one net under lost messages, a dead relay and stuck partners.
///
/// # Errors
/// The first that could not be driven; the others are.
pub async fn sweeper(app: App) -> Result<(), Failure> {
    let now = app.now();
    let mut due = app.tables.overdue(now).await?;
    // The newest first: what nobody has tried yet does not wait behind what fails again and again.
    due.sort_by_key(|d| std::cmp::Reverse(d.since));
    let app = &app;
    let failed: Vec<Failure> = stream::iter(due)
        .map(|d| async move { drive(app, &d, now).await })
        .buffer_unordered(8)
        .filter_map(|r| async move { r.err() })
        .collect()
        .await;
    if let Some(since) = app.tables.names_due().await?.map(|since| since.plus(NAMES_WAIT)).filter(|due| *due <= now && its_turn(*due, now)) {
        tracing::info!(since = since.0, "goods still owe the names of their categories and brands");
        let message = Message::LibraryNamesDueV1 { event: app.id() };
        app.queues.send(&[Routed { message, delay_s: 0 }]).await?;
    }
    let reminded = catalog::remind(app, now).await;
    // Whoever could not be told of goods is no reason to tell nobody of requests.
    let asked_again = governance::remind(app, now).await;
    let reminded = reminded.and(asked_again);
    for f in &failed {
        tracing::warn!(error = %f, "could not drive what is overdue");
    }
    failed.into_iter().next().map_or(reminded, Err)
}

/// For how long the message about other names of categories and brands is waited for.
const NAMES_WAIT: i64 = 2 * Timestamp::MINUTE;

/// Every minute at first, then ever more rarely: a partner that is down for hours must not fill the queues.
fn its_turn(since: Timestamp, now: Timestamp) -> bool {
    let minutes = (now.0 - since.0) / Timestamp::MINUTE;
    minutes < 5 || minutes.count_ones() == 1 || minutes % 30 == 0
}

async fn drive(app: &App, due: &Due, now: Timestamp) -> Result<(), Failure> {
    if !its_turn(due.since, now) {
        return Ok(());
    }
    let event = app.id();
    let message = match &due.what {
        Overdue::Transfer(t) => return transfers::overdue(app, t, now).await,
        Overdue::Count(count) => return counts::overdue(app, count, now).await,
        Overdue::Expiry(location, sku) => return shelf::expired(app, location, sku, now).await,
        Overdue::Split(location, sku) => return app.tables.fold_when_due(location, sku, now).await.map_err(Failure::from),
        Overdue::ExtraPayment(order, transaction) => Message::ExtraPaymentDueV1 { event, order: order.clone(), transaction: transaction.clone() },
        Overdue::PartRefund(order) => Message::RefundDueV1 { event, order: order.clone() },
        Overdue::Delivery(order) => Message::DeliveryDueV1 { event, order: order.clone() },
        Overdue::Import(import) => Message::ImportDueV1 { event, import: import.clone() },
        Overdue::Order(id) => {
            let Some(head) = app.tables.order_head(id).await? else { return Ok(()) };
            if head.due.is_none_or(|at| at > now) {
                return Ok(());
            }
            let order = id.clone();
            if head.shortfall.is_some() {
                return shortfalls::overdue(app, id, now).await;
            }
            match head.state {
                OrderState::Placed => Message::PaymentWindowV1 { event, order, pay_by: head.pay_by },
                OrderState::Preparing | OrderState::Ready if head.fulfilment == Fulfilment::Delivery => Message::DeliveryDueV1 { event, order },
                OrderState::Preparing | OrderState::Ready => return orders::uncollected(app, id, now).await,
                OrderState::Delivering if head.parcel.is_some() => return orders::taken_for_received(app, id, now).await,
                OrderState::Refunding => Message::RefundDueV1 { event, order },
                OrderState::Completed => return settlement::settle(app, id, now).await,
                _ => {
                    tracing::warn!(order = %id, state = %head.state, "overdue, and nothing is owed");
                    return Ok(());
                }
            }
        }
    };
    Ok(app.queues.send(&[Routed { message, delay_s: 0 }]).await?)
}
