//! Workers: one queue message, stream batch or tick → the same steps as a route. Messages come twice, late and in any order:
//! each looks at what is, and does nothing when it is too late.

use std::collections::HashMap;

use aws_lambda_events::dynamodb::{EventRecord, StreamRecord};
use futures::{StreamExt, future::join_all, stream};
use liandian_contracts::{Envelope, Message, Routed, message::delay_until, route};
use liandian_domain::{
    Decision,
    fsck::Difference,
    orders::{
        order::{self, OrderHead},
        parcel,
    },
    settlement,
    transfers::Transfer,
};
use liandian_store::{
    due::{Due, Overdue},
    stock::records::{StockAt, StockItem, row_of},
};
use liandian_types::{Fulfilment, OrderId, OrderState, SkuId, Timestamp, api::BooksReport};

use crate::{
    App,
    flows::{
        orders::{deliveries, load, shortfalls},
        payments,
        stock::{
            counts, shelf,
            tills::{self, Told},
        },
        transfers,
    },
    http::Failure,
    telemetry,
    transact::{Plan, transact},
};

fn not_ours(m: &Message) -> Failure {
    Failure::Internal(format!("a message of queue {} came to the wrong worker", m.queue().name()))
}

/// When the payment window ends: ask the provider, close there, release stock.
///
/// # Errors
/// Leaves the message in the queue.
pub async fn payment_window(app: App, m: Message) -> Result<(), Failure> {
    let Message::PaymentWindowV1 { order, pay_by, .. } = &m else { return Err(not_ours(&m)) };
    let now = app.now();
    if now < *pay_by {
        // A queue delays 15 minutes at most, and clocks differ.
        return Ok(app.queues.send(&[Routed { delay_s: delay_until(*pay_by, now).max(1), message: m }]).await?);
    }
    payments::end_unpaid(&app, order, false, now).await.map(|_| ())
}

/// A paid order's transfer becomes a task of its source.
///
/// # Errors
/// Leaves the message in the queue.
pub async fn transfer_request(app: App, m: Message) -> Result<(), Failure> {
    let Message::TransferDueV1 { transfer, .. } = &m else { return Err(not_ours(&m)) };
    transfers::request(&app, transfer, app.now()).await
}

/// Calls a rider for an order.
///
/// # Errors
/// Leaves the message in the queue.
pub async fn delivery_dispatch(app: App, m: Message) -> Result<(), Failure> {
    let Message::DeliveryDueV1 { order, .. } = &m else { return Err(not_ours(&m)) };
    deliveries::dispatch(&app, order, app.now()).await
}

/// Gives back the money of an order that cannot be served, the part of it for goods that its customer does without, or a payment that an order did
/// not need.
///
/// # Errors
/// Leaves the message in the queue.
pub async fn refund(app: App, m: Message) -> Result<(), Failure> {
    match &m {
        Message::RefundDueV1 { order, .. } => payments::give_back(&app, order, app.now()).await,
        Message::ExtraPaymentDueV1 { order, transaction, .. } => payments::give_back_extra(&app, order, transaction, app.now()).await,
        _ => Err(not_ours(&m)),
    }
}

/// Posts a completed order's shares to the ledger, once.
///
/// # Errors
/// Leaves the message in the queue.
pub async fn settlement_post(app: App, m: Message) -> Result<(), Failure> {
    let Message::SettlementDueV1 { order, .. } = &m else { return Err(not_ours(&m)) };
    post(&app, order).await
}

async fn post(app: &App, id: &OrderId) -> Result<(), Failure> {
    let (head, body) = load(app, id).await?;
    let rule = app.tables.rule(&body.rule).await?.ok_or_else(|| Failure::Internal(format!("there is no rule {}", body.rule)))?;
    let decision = &settlement::post(&head, &body, &rule, app.id())?;
    // Orders of one store meet on its sums: tried again like any other meeting.
    match transact(app, app.now(), |_| async move { Ok(Plan::new((), decision.clone())) }).await {
        // Posted before: a posting is never made twice nor edited.
        Ok(()) | Err(Failure::Exists) => Ok(()),
        Err(e) => Err(e),
    }
}

/// Records a till's receipt, once. HQ is told of one that is refused: it ends among the dead letters.
///
/// # Errors
/// Leaves the message in the queue.
pub async fn pos_sale(app: App, m: Message) -> Result<(), Failure> {
    let Message::PosSaleV1 { store, sale } = &m else { return Err(not_ours(&m)) };
    // A bridge with the wrong store in its settings: for people to look at, not for a shelf that is none.
    let profile = app.tables.store(store).await?.ok_or_else(|| Failure::not_found("门店"))?;
    let now = app.now();
    let outcome = shelf::sold(&app, store, sale, now).await;
    let refused = match &outcome {
        Ok(_) => None,
        Err(Failure::Problem(p)) => Some(&**p),
        Err(_) => return outcome.map(|_| ()),
    };
    let (till, number) = (shelf::number_of(&sale.till), shelf::number_of(&sale.number));
    tills::listen(&app, &profile, &[Told { till, number, refused }], now).await;
    outcome.map(|_| ())
}

/// Event rows of both tables' streams to the queues of their kinds. Beside the sweeper and a payment window that came
/// early nothing else sends to a queue: an event that is a row has happened.
///
/// # Errors
/// The record from which the stream goes on.
pub async fn relay(app: App, records: Vec<EventRecord>) -> Result<(), (usize, Failure)> {
    let now = app.now();
    let (mut messages, mut broken) = (Vec::new(), None);
    for (i, record) in records.into_iter().enumerate() {
        if record.event_name != "INSERT" {
            continue;
        }
        match serde_dynamo::from_item::<_, Envelope>(record.change.new_image) {
            Ok(envelope) => messages.extend(route(&envelope, now)),
            Err(e) => {
                broken = Some((i, Failure::Internal(format!("a row is no event: {e}"))));
                break;
            }
        }
    }
    app.queues.send(&messages).await.map_err(|e| (0, e.into()))?;
    broken.map_or(Ok(()), Err)
}

/// Views from the stream: stock of a SKU across the chain, and the chain's newest orders and open transfers. News that is older than what a view
/// has changes nothing, so records may come twice and in any order.
///
/// # Errors
/// The first record whose view could not be written.
pub async fn views(app: App, records: Vec<EventRecord>) -> Result<(), (usize, Failure)> {
    // Of many records of one item in a batch only the last matters.
    let mut newest: HashMap<(Option<String>, Option<String>), usize> = HashMap::new();
    for (i, r) in records.iter().enumerate() {
        let key = |name: &str| r.change.keys.get(name).and_then(|v| if let serde_dynamo::AttributeValue::S(s) = v { Some(s.clone()) } else { None });
        newest.insert((key("pk"), key("sk")), i);
    }
    let mut places: Vec<usize> = newest.into_values().collect();
    places.sort_unstable();
    let mut changes: Vec<Option<StreamRecord>> = records.into_iter().map(|r| Some(r.change)).collect();
    let work: Vec<(usize, StreamRecord)> = places.into_iter().filter_map(|i| Some((i, changes[i].take()?))).collect();
    let written = join_all(work.into_iter().map(|(i, change)| {
        let app = &app;
        async move { view(app, change).await.map_err(|e| (i, e)) }
    }))
    .await;
    written.into_iter().find(Result::is_err).unwrap_or(Ok(()))
}

async fn view(app: &App, change: StreamRecord) -> Result<(), Failure> {
    let key = |name: &str| change.keys.get(name).and_then(|v| if let serde_dynamo::AttributeValue::S(s) = v { Some(s.clone()) } else { None });
    let (Some(pk), Some(sk)) = (key("pk"), key("sk")) else { return Ok(()) };
    let broken = |e: serde_dynamo::Error| Failure::Internal(format!("a row is not what its key says: {e}"));
    if let Some((location, shard)) = row_of(&pk) {
        let Some(sku) = sk.strip_prefix("SKU#").and_then(|s| s.parse::<SkuId>().ok()) else { return Ok(()) };
        // A shard that is folded has nothing any more.
        let (stock, shards, sold_at) = if change.new_image.is_empty() {
            Default::default()
        } else {
            let row: StockItem = serde_dynamo::from_item(change.new_image).map_err(broken)?;
            (row.stock, row.shards, row.sold_at)
        };
        let seq = format!("{:0>40}", change.sequence_number.unwrap_or_default());
        app.tables.put_stock_at(&StockAt { location, shard, sku, stock, sold_at, shards, seq }).await?;
    } else if pk.starts_with("TRANSFER#") && !change.new_image.is_empty() {
        let transfer: Transfer = serde_dynamo::from_item(change.new_image).map_err(broken)?;
        app.tables.put_transfer_view(&transfer, app.now()).await?;
    } else if pk.starts_with("ORDER#") && !change.new_image.is_empty() {
        let head: OrderHead = serde_dynamo::from_item(change.new_image).map_err(broken)?;
        app.tables.put_order_view(&head).await?;
    }
    Ok(())
}

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
    for f in &failed {
        tracing::warn!(error = %f, "could not drive what is overdue");
    }
    failed.into_iter().next().map_or(Ok(()), Err)
}

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
                OrderState::Preparing | OrderState::Ready => return uncollected(app, id, now).await,
                OrderState::Delivering if head.parcel.is_some() => return taken_for_received(app, id, now).await,
                OrderState::Refunding => Message::RefundDueV1 { event, order },
                OrderState::Completed => return settle(app, id, now).await,
                _ => {
                    tracing::warn!(order = %id, state = %head.state, "overdue, and nothing is owed");
                    return Ok(());
                }
            }
        }
    };
    Ok(app.queues.send(&[Routed { message, delay_s: 0 }]).await?)
}

/// A parcel whose customer has said nothing for long enough.
async fn taken_for_received(app: &App, id: &OrderId, now: Timestamp) -> Result<(), Failure> {
    transact(app, now, |_| async move {
        let (head, _) = load(app, id).await?;
        let late = head.due.is_some_and(|due| due <= now);
        Ok(Plan::new((), if late { parcel::received(&head, now)? } else { Decision::default() }))
    })
    .await
}

/// A pickup order that nobody has collected in time, or one that the warehouse has not shipped.
async fn uncollected(app: &App, id: &OrderId, now: Timestamp) -> Result<(), Failure> {
    transact(app, now, |_| async move {
        let (head, body) = load(app, id).await?;
        let late = head.due.is_some_and(|due| due <= now);
        Ok(Plan::new((), if late { order::uncollected(&head, &body, app.id(), now)? } else { Decision::default() }))
    })
    .await
}

/// Do the books agree? What does not is named in the log, one line each, and in the report that HQ sees; the alarm on `fault` tells somebody.
///
/// # Errors
/// When something does not agree, or the tables do not answer.
pub async fn fsck(app: App) -> Result<(), Failure> {
    let at = app.now();
    let (looked, differences) = app.tables.fsck().await?;
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let report = BooksReport {
        at,
        records: count(looked.records),
        movements: looked.movements,
        orders: count(looked.orders),
        transfers: count(looked.transfers),
        differences: differences.iter().take(50).map(Difference::told).collect(),
        count: count(differences.len()),
    };
    app.tables.put_books_report(&report).await?;
    for d in &differences {
        let text = serde_json::to_string(d).map_err(|e| Failure::Internal(e.to_string()))?;
        telemetry::wake("the books do not agree");
        tracing::error!(difference = text, "the books do not agree");
    }
    tracing::info!(records = looked.records, movements = looked.movements, orders = looked.orders, transfers = looked.transfers, "books read");
    if differences.is_empty() { Ok(()) } else { Err(Failure::Internal(format!("{} differences in the books", differences.len()))) }
}

/// The after-sale window is over: the shares are posted (they should be, long since), and the order is settled.
async fn settle(app: &App, id: &OrderId, now: Timestamp) -> Result<(), Failure> {
    post(app, id).await?;
    transact(app, now, |_| async move {
        let (head, _) = load(app, id).await?;
        Ok(Plan::new((), order::settle(&head, now)?))
    })
    .await
}
