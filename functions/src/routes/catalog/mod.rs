//! Goods of a store, with its prices and live stock; in [`library`] and [`imports`], the goods that HQ keeps.

pub mod imports;
pub mod library;

use liandian_types::SkuId;

use crate::{
    App,
    http::{Call, Failure, Reply},
    views::catalog::{category_page, product_page},
};

/// A page of goods, by category or by text.
///
/// # Errors
/// `not_found` when there is no such store.
pub async fn list(app: App, call: Call) -> Result<Reply, Failure> {
    let store = call.store()?;
    let page = category_page(&app.tables, &store, call.q("category"), call.q("q"), call.q("cursor"), call.now).await?;
    Reply::json(&page.ok_or_else(|| Failure::not_found("门店"))?.page)
}

/// A product with the SKUs that the store lists.
///
/// # Errors
/// `not_found` when the store lists none of it.
pub async fn product(app: App, call: Call) -> Result<Reply, Failure> {
    let sku: SkuId = call.param("sku")?;
    let page = product_page(&app.tables, &call.store()?, &sku, call.now).await?;
    Reply::json(&page.ok_or_else(|| Failure::not_found("商品"))?)
}
