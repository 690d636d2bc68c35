//! From the stream to what campaigns have brought.

use aws_lambda_events::dynamodb::EventRecord;
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

/// Counts paid orders for the campaigns that they were priced with, and takes back what orders no longer have. Each order has a row that says what it
/// has added: it is written together with the sums, so records may come twice and in any order, and what is counted is what the order is now.
///
/// # Errors
/// The first record whose order could not be counted.
pub async fn campaign_results(app: App, records: Vec<EventRecord>) -> Result<(), (usize, Failure)> {
    for (i, record) in records.into_iter().enumerate() {
        let (new, old) = (record.change.new_image, record.change.old_image);
        let is_order = matches!(new.get("pk"), Some(serde_dynamo::AttributeValue::S(pk)) if pk.starts_with(keys::ORDER));
        if !is_order {
            continue;
        }
        let head: OrderHead = serde_dynamo::from_item(new).map_err(|e| (i, Failure::Internal(format!("a row is not what its key says: {e}"))))?;
        // Most steps of an order change nothing of what campaigns had of it.
        let before = serde_dynamo::from_item::<_, OrderHead>(old).ok();
        let had = before.as_ref().is_some_and(stands);
        let same = had == stands(&head) && (!had || before.is_some_and(|b| b.given_back == head.given_back));
        if !same {
            count(&app, &head.order).await.map_err(|e| (i, e))?;
        }
    }
    Ok(())
}

/// Brings the sums to what an order is now.
async fn count(app: &App, order: &OrderId) -> Result<(), Failure> {
    for _ in 0..ATTEMPTS {
        let Some(now) = app.tables.order_counted(order).await? else { return Ok(()) };
        let before = now.counted.as_ref();
        let Some(paid_at) = now.head.paid_at.filter(|_| before.is_some() || (stands(&now.head) && !now.body.campaigns.is_empty())) else {
            return Ok(());
        };
        // Somebody has looked at it when it was the same, or later.
        if before.is_some_and(|b| b.seen >= now.head.version) {
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
            seen: now.head.version,
            of: tallies(&now.head, &now.body, new),
            version: before.map_or(0, |b| b.version),
        };
        if app.tables.count_order(before, &after).await? {
            return Ok(());
        }
    }
    Err(Failure::Unavailable(format!("order {order} is counted by somebody else again and again")))
}
