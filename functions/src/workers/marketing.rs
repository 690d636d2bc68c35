//! From the stream to what campaigns have brought.

use aws_lambda_events::dynamodb::EventRecord;
use futures::future::join_all;
use liandian_domain::{
    marketing::results::Counted,
    orders::{
        order::OrderHead,
        results::{stands, tallies},
    },
    stores::hours::{CHINA, day},
};
use liandian_store::keys;
use liandian_types::OrderId;

use crate::{App, http::Failure};

/// How often an order is looked at again because somebody else counted it meanwhile.
const ATTEMPTS: u32 = 8;

/// The order of which a record tells that campaigns may have something else of it than before: it is paid, its money goes back, or a part of it does.
/// Most steps of an order change nothing of that.
pub(super) fn touched(record: &EventRecord) -> Option<OrderId> {
    let new = &record.change.new_image;
    if !matches!(new.get("pk"), Some(serde_dynamo::AttributeValue::S(pk)) if pk.starts_with(keys::ORDER)) {
        return None;
    }
    // A row that is no head is told by whoever shows it.
    let head: OrderHead = serde_dynamo::from_item(new.clone()).ok()?;
    let before: Option<OrderHead> = serde_dynamo::from_item(record.change.old_image.clone()).ok();
    let (had, has) = (before.as_ref().is_some_and(stands), stands(&head));
    let same = had == has && (!has || before.is_some_and(|b| b.given_back == head.given_back));
    (!same).then_some(head.order)
}

/// Counts these orders, each with its place in the batch. Most orders have no campaign: one wave of reads finds those that have, which are counted one
/// after the other, because they meet on the same sums.
pub(super) async fn count_all(app: &App, touched: Vec<(usize, OrderId)>) -> Result<(), (usize, Failure)> {
    let looks = join_all(touched.iter().map(|(_, order)| app.tables.order_counted(order))).await;
    for ((i, order), look) in touched.into_iter().zip(looks) {
        let look = look.map_err(|e| (i, Failure::from(e)))?;
        if let Some(l) = look.filter(|l| l.counted.is_some() || !l.body.campaigns.is_empty()) {
            count(app, &order, l.head.version).await.map_err(|e| (i, e))?;
        }
    }
    Ok(())
}

/// Brings the results of campaigns to what an order is now, or takes back what it no longer has. Each order has a row that says what it has added: it is
/// written together with the sums, so news may come twice and in any order.
///
/// The rows of an order are read side by side, not at one moment: its body may be older than its head. So what is said to have been seen is the version
/// of a look before (`seen`): no row that is read now is older than that, and news of a version that came in between is looked at once more.
async fn count(app: &App, order: &OrderId, mut seen: u64) -> Result<(), Failure> {
    for _ in 0..ATTEMPTS {
        let Some(now) = app.tables.order_counted(order).await? else { return Ok(()) };
        let before = now.counted.as_ref();
        let Some(paid_at) = now.head.paid_at.filter(|_| before.is_some() || (stands(&now.head) && !now.body.campaigns.is_empty())) else {
            return Ok(());
        };
        // Somebody has looked at it when it was the same, or later.
        if before.is_some_and(|b| b.seen >= seen) {
            return Ok(());
        }
        // Said once: what happens to orders of before does not make anybody new.
        let new = match before {
            Some(b) => b.new,
            None => !app.tables.bought_before(&now.head.member, now.head.placed_at).await?,
        };
        let after = Counted {
            order: order.clone(),
            store: now.head.store.clone(),
            day: before.map_or_else(|| day(paid_at, CHINA).to_string(), |b| b.day.clone()),
            new,
            seen,
            of: tallies(&now.head, &now.body, new),
            version: before.map_or(0, |b| b.version),
        };
        if app.tables.count_order(before, &after).await? {
            return Ok(());
        }
        seen = now.head.version;
    }
    Err(Failure::Unavailable(format!("order {order} is counted by somebody else again and again")))
}
