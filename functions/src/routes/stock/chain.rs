//! Stock across the chain, for HQ and for a region: one SKU, what somebody should look at, and records that are split for a crowd.

use liandian_store::stock::shards::MAX_SHARDS;
use liandian_types::{Code, Permission, Problem, RegionId, SkuId, StoreId, Timestamp, api::StockShards};

use crate::{
    App,
    http::{Call, Failure, Reply},
    views::{
        governance::prices::reviewer,
        stock::{
            chain::sku_stock,
            exceptions::{self, ExceptionAsk},
            sums::{SkuAsk, sku_list},
        },
    },
};

/// SKUs of the library with their sums over the chain, or the caller's region; by text, or those first that run low in the most places, or that last
/// the shortest.
///
/// # Errors
/// `bad_request` for a list that there is not.
pub async fn list(app: App, call: Call) -> Result<Reply, Failure> {
    let (low, cover) = match call.q("show") {
        None => (false, false),
        Some("low") => (true, false),
        Some("cover") => (false, true),
        Some(_) => return Err(Problem::new(Code::BadRequest, "没有这种列表").at("show").into()),
    };
    let (staff, ask) = (call.staff()?, SkuAsk { text: call.q("q"), low, cover, cursor: call.q("cursor") });
    Reply::json(&sku_list(&app.tables, &app.reach(staff).await?, &staff.scope, ask, call.now).await?)
}

/// Stock of one SKU across the chain; with `since`, only the places that changed since then, and the sums of all.
///
/// # Errors
/// `not_found` when the library has no such SKU; `bad_request` for a moment that is none.
pub async fn sku(app: App, call: Call) -> Result<Reply, Failure> {
    let sku: SkuId = call.param("sku")?;
    let since = call.typed::<i64>("since")?.map(Timestamp);
    let reach = app.reach(call.staff()?).await?;
    let found = sku_stock(&app.tables, &sku, &reach, since, call.now).await?;
    let (mut stock, changed) = found.ok_or_else(|| Failure::not_found("商品"))?;
    if since.is_some() {
        stock.rows.retain(|r| changed.contains(&r.location));
    }
    Reply::json(&stock)
}

/// What HQ should look at: shortfalls, what runs low, late transfers and what else is overdue (as far as the caller may see it), and what the last
/// check of the books found; of one kind, of a region, of a store.
///
/// # Errors
/// `bad_request` naming what cannot be asked for; `not_found` for a store or a region that is not in reach.
pub async fn exceptions(app: App, call: Call) -> Result<Reply, Failure> {
    let staff = call.staff()?;
    let (region, store) = (call.typed::<RegionId>("region")?, call.typed::<StoreId>("store")?);
    let ask = ExceptionAsk { kind: call.q("kind"), region: region.as_ref(), store: store.as_ref() };
    let reach = app.reach(staff).await?;
    Reply::json(&Box::pin(exceptions::exceptions(&app.tables, |p| staff.permissions.contains(&p), &reach, ask, call.now)).await?)
}

/// How much waits for whoever asks.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn waiting(app: App, call: Call) -> Result<Reply, Failure> {
    let staff = call.staff()?;
    let reach = app.reach(staff).await?;
    // Stores by name have no desk of their own: what waits for HQ or a region waits for nobody there.
    let decides = reviewer(staff).is_some();
    let may = |p: Permission| staff.permissions.contains(&p) && (decides || p != Permission::RequestDecide);
    Reply::json(&Box::pin(exceptions::waiting(&app.tables, may, &reach, call.now)).await?)
}

/// Splits a stock record for a crowd that HQ expects, or folds it. Selling goes on meanwhile.
///
/// # Errors
/// `bad_request` for more shards than there may be; `not_found` when the record is not there.
pub async fn shards(app: App, call: Call) -> Result<Reply, Failure> {
    let (sku, ask): (SkuId, StockShards) = (call.param("sku")?, call.json()?);
    if ask.shards > MAX_SHARDS {
        return Err(Problem::new(Code::BadRequest, format!("分片数为 0 到 {MAX_SHARDS}")).at("shards").into());
    }
    app.tables.shards(&ask.location, &sku).await?.ok_or_else(|| Failure::not_found("库存"))?;
    app.tables.fold_to(&ask.location, &sku, ask.shards).await?;
    if ask.shards > 0 {
        app.tables.split(&ask.location, &sku, ask.shards, None).await?;
    }
    Reply::json(&StockShards { shards: app.tables.shards(&ask.location, &sku).await?.unwrap_or(0), location: ask.location })
}
