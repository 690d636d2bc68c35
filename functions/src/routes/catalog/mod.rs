//! Goods of a store, with its prices and live stock; in [`library`] and [`imports`], the goods that HQ keeps.

pub mod imports;
pub mod library;
pub mod words;

pub mod assortment;
pub mod local;
pub mod uploads;

use liandian_types::SkuId;

use crate::{
    App,
    http::{Call, Failure, Reply},
    views::catalog::{
        FindGoods, category_page, product_page,
        search::{self, PriceBand, sort_of},
    },
};

/// A page of goods, by category or by text.
///
/// # Errors
/// `not_found` when there is no such store; `bad_request` for a price or an order that is none; `bad_cursor`.
pub async fn list(app: App, call: Call) -> Result<Reply, Failure> {
    let find = FindGoods {
        text: call.q("q"),
        category: call.q("category"),
        brand: call.q("brand"),
        price: call.q("price").map(PriceBand::of).transpose()?,
        sort: sort_of(call.q("sort"))?,
        cursor: call.q("cursor"),
    };
    let page = category_page(&app.tables, &call.store()?, find, call.now).await?;
    Reply::json(&page.ok_or_else(|| Failure::not_found("门店"))?.page)
}

/// What a store's search field offers for what was typed so far.
///
/// # Errors
/// `not_found` when there is no such store.
pub async fn suggestions(app: App, call: Call) -> Result<Reply, Failure> {
    let offered = search::suggestions(&app.tables, &call.store()?, call.q("q"), call.now).await?;
    Reply::json(&offered.ok_or_else(|| Failure::not_found("门店"))?)
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
