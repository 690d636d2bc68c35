//! From the stream to what is read of the whole chain.

use std::collections::HashMap;

use aws_lambda_events::dynamodb::{EventRecord, StreamRecord};
use futures::future::join_all;
use liandian_domain::{orders::order::OrderHead, transfers::Transfer};
use liandian_store::{
    keys,
    stock::records::{StockAt, StockItem, row_of},
};
use liandian_types::{OrderId, SkuId};

use super::marketing;
use crate::{App, http::Failure};

/// Views from the stream: stock of a SKU across the chain, the chain's newest orders and open transfers, and what campaigns have brought. News that is
/// older than what a view has changes nothing, so records may come twice and in any order.
///
/// # Errors
/// The first record whose view could not be written.
pub async fn views(app: App, records: Vec<EventRecord>) -> Result<(), (usize, Failure)> {
    // What campaigns have of an order is compared record by record: a step that changes it may not be the last one of a batch.
    let mut touched: Vec<(usize, OrderId)> = Vec::new();
    for (i, order) in records.iter().enumerate().filter_map(|(i, r)| Some((i, marketing::touched(r)?))) {
        if touched.iter().all(|(_, known)| *known != order) {
            touched.push((i, order));
        }
    }
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
    written.into_iter().find(Result::is_err).unwrap_or(Ok(()))?;
    marketing::count_all(&app, touched).await
}

async fn view(app: &App, change: StreamRecord) -> Result<(), Failure> {
    let key = |name: &str| change.keys.get(name).and_then(|v| if let serde_dynamo::AttributeValue::S(s) = v { Some(s.clone()) } else { None });
    let (Some(pk), Some(sk)) = (key("pk"), key("sk")) else { return Ok(()) };
    let broken = |e: serde_dynamo::Error| Failure::Internal(format!("a row is not what its key says: {e}"));
    if let Some((location, shard)) = row_of(&pk) {
        let Some(sku) = sk.strip_prefix(keys::SKU).and_then(|s| s.parse::<SkuId>().ok()) else { return Ok(()) };
        // A shard that is folded has nothing any more.
        let (stock, shards, sold_at) = if change.new_image.is_empty() {
            Default::default()
        } else {
            let row: StockItem = serde_dynamo::from_item(change.new_image).map_err(broken)?;
            (row.stock, row.shards, row.sold_at)
        };
        let seq = format!("{:0>40}", change.sequence_number.unwrap_or_default());
        let changed_at = Some(app.now());
        app.tables.put_stock_at(&StockAt { location, shard, sku, stock, sold_at, shards, seq, changed_at }).await?;
    } else if pk.starts_with(keys::TRANSFER) && !change.new_image.is_empty() {
        let transfer: Transfer = serde_dynamo::from_item(change.new_image).map_err(broken)?;
        app.tables.put_transfer_view(&transfer, app.now()).await?;
    } else if pk.starts_with(keys::ORDER) && !change.new_image.is_empty() {
        let head: OrderHead = serde_dynamo::from_item(change.new_image).map_err(broken)?;
        app.tables.put_order_view(&head).await?;
    }
    Ok(())
}
