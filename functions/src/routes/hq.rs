//! What HQ sees of the whole chain.

use liandian_store::read::order_list;
use liandian_types::SkuId;

use crate::{
    App,
    http::{Call, Failure, Reply},
};

/// The store directory.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn stores(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&app.store.store_rows(call.q("q"), call.q("cursor")).await?)
}

/// The newest orders of the chain.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn orders(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&order_list(&app.store.newest_orders(call.now, 50).await?, None))
}

/// Stock of one SKU across the chain.
///
/// # Errors
/// `not_found` when the library has no such SKU.
pub async fn stock(app: App, call: Call) -> Result<Reply, Failure> {
    let sku: SkuId = call.param("sku")?;
    Reply::json(&app.store.sku_stock(&sku).await?.ok_or_else(|| Failure::not_found("商品"))?)
}

/// Sums per store and the newest postings.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn settlement(app: App, _call: Call) -> Result<Reply, Failure> {
    Reply::json(&app.store.hq_settlement().await?)
}
