//! The account's cart in a store. What a device holds is merged by the page.

use std::collections::BTreeSet;

use liandian_domain::place::MAX_LINES;
use liandian_types::{Code, Problem, api::Cart};

use crate::{
    App,
    http::{Call, Failure, Reply},
};

/// The cart.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn read(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&app.store.cart(call.member()?, &call.store()?).await?)
}

/// Replaces the cart.
///
/// # Errors
/// `bad_request` for too many lines or a SKU that is there twice; `not_found` when there is no such store.
pub async fn write(app: App, call: Call) -> Result<Reply, Failure> {
    let (store, cart): (_, Cart) = (call.store()?, call.json()?);
    if cart.lines.len() > MAX_LINES {
        return Err(Problem::new(Code::BadRequest, format!("购物车最多 {MAX_LINES} 种商品")).at("lines").into());
    }
    let mut seen = BTreeSet::new();
    if let Some(twice) = cart.lines.iter().find(|l| !seen.insert(&l.sku)) {
        return Err(Problem::new(Code::BadRequest, format!("商品 {} 重复，请合并数量", twice.sku)).at("lines").into());
    }
    app.store.store(&store).await?.ok_or_else(|| Failure::not_found("门店"))?;
    app.store.put_cart(call.member()?, &store, &cart).await?;
    Reply::json(&cart)
}
