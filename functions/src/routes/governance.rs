//! What HQ decides for the whole chain.

pub mod asks;
pub mod audit;
pub mod legal;
pub mod prices;
pub mod requests;
pub mod settings;
pub mod setup;

use liandian_domain::{
    governance::chain::{self, Policies},
    marketing::Fees,
    orders::holds::HoldPolicy,
    sourcing::matching::MatchingPolicy,
    stock::{count::CountPolicy, record::StockPolicy},
    transfers::AskPolicy,
};
use liandian_store::stock::records::MAX_LOW;
use liandian_types::{Code, Fen, Problem, Quantity, api::ChainPolicies};

use crate::{
    App,
    http::{Call, Failure, Reply},
    transact::{Plan, transact},
    views::governance::{policies_changes, policies_view},
};

/// The chain's policies.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn policies(app: App, _call: Call) -> Result<Reply, Failure> {
    Reply::json(&policies_view(&app.tables.policies_now().await?))
}

/// Who changed the chain's policies, and when, newest first.
///
/// # Errors
/// `bad_cursor`.
pub async fn policies_history(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&policies_changes(&app, call.q("cursor")).await?)
}

/// The most unpaid orders that HQ may allow a member: its row names each of them.
const MAX_UNPAID: u32 = 20;

/// The most closes without payment that HQ may let cost no wait.
const MAX_CLOSES: u32 = 8;

/// The most points of a weight: more would be as good as a filter.
const MAX_POINTS: u32 = 10_000;

/// For how many minutes of its store's hours a till may tell nothing.
const TILL_SILENT: std::ops::RangeInclusive<u32> = 30..=10_080;

/// What bringing goods costs, within what people take for a fee.
fn fees(p: &ChainPolicies) -> Result<Fees, Problem> {
    let amounts = [
        ("fee_base", p.fee_base, 10_000),
        ("fee_km", p.fee_km, 10_000),
        ("fee_kg", p.fee_kg, 10_000),
        ("fee_free_from", p.fee_free_from, 10_000_000),
    ];
    if let Some((field, _, most)) = amounts.into_iter().find(|(_, amount, most)| !(0..=*most).contains(&amount.0)) {
        return Err(Problem::new(Code::BadRequest, format!("金额为 0 到 {} 元", Fen(most).yuan())).at(field));
    }
    if p.fee_free_kg > 100 {
        return Err(Problem::new(Code::BadRequest, "免加收重量为 0 到 100 公斤").at("fee_free_kg"));
    }
    Ok(Fees { base: p.fee_base, per_km: p.fee_km, per_kg: p.fee_kg, free_kg: p.fee_free_kg, free_from: p.fee_free_from })
}

/// Sets the chain's policies; they hold everywhere within a minute.
///
/// # Errors
/// `bad_request` naming the field that is beyond its limit; `conflict` when they have been set since the version that was seen.
pub async fn set_policies(app: App, call: Call) -> Result<Reply, Failure> {
    let p: ChainPolicies = call.json()?;
    let points = [("per_km", p.per_km), ("per_minute", p.per_minute), ("per_waiting", p.per_waiting), ("per_spare", p.per_spare)];
    if let Some((field, _)) = points.iter().find(|(_, n)| *n > MAX_POINTS) {
        return Err(Problem::new(Code::BadRequest, format!("权重为 0 到 {MAX_POINTS}")).at(*field).into());
    }
    if p.count_value.0 < 0 {
        return Err(Problem::new(Code::BadRequest, "金额不能小于 0").at("count_value").into());
    }
    if p.low_at > MAX_LOW {
        return Err(Problem::new(Code::BadRequest, format!("库存预警为 0 到 {MAX_LOW} 件")).at("low_at").into());
    }
    let holds = HoldPolicy {
        orders: p.unpaid_orders,
        units: p.unpaid_units,
        sku_units: p.order_sku_units,
        order_units: p.order_units,
        shelf_percent: p.shelf_percent,
        shelf_floor: p.shelf_floor,
        free_closes: p.unpaid_closes,
        longest_wait: p.unpaid_wait,
    };
    let limits = [
        ("unpaid_orders", p.unpaid_orders, 1, MAX_UNPAID),
        ("unpaid_units", p.unpaid_units, 1, 99_999),
        ("order_sku_units", p.order_sku_units, 1, Quantity::MAX),
        ("order_units", p.order_units, 1, 99_999),
        ("shelf_percent", p.shelf_percent, 1, 100),
        ("shelf_floor", p.shelf_floor, 1, 99_999),
        ("unpaid_closes", p.unpaid_closes, 0, MAX_CLOSES),
        ("unpaid_wait", p.unpaid_wait, 0, 120),
        ("ask_percent", p.ask_percent, 0, 100),
        ("ask_units", p.ask_units, 0, 99_999),
        ("ask_day_units", p.ask_day_units, 0, 99_999),
    ];
    if let Some((field, _, least, most)) = limits.into_iter().find(|(_, n, least, most)| n < least || n > most) {
        return Err(Problem::new(Code::BadRequest, format!("请填写 {least} 到 {most}")).at(field).into());
    }
    if !TILL_SILENT.contains(&p.till_silent) {
        let (least, most) = (TILL_SILENT.start(), TILL_SILENT.end());
        return Err(Problem::new(Code::BadRequest, format!("收银台静默时长为 {least} 到 {most} 分钟")).at("till_silent").into());
    }
    let policies = Policies {
        fees: fees(&p)?,
        holds,
        asks: AskPolicy { percent: p.ask_percent, units: p.ask_units, day_units: p.ask_day_units },
        count: CountPolicy { units: p.count_units, value: p.count_value, share: p.count_share },
        matching: MatchingPolicy { per_km: p.per_km, per_minute: p.per_minute, per_waiting: p.per_waiting, per_spare: p.per_spare },
        stock: StockPolicy { low_at: p.low_at, splits: p.splits, till_silent: p.till_silent },
        version: p.version,
    };
    let (app, by, wanted) = (&app, &call.staff()?.sub, &policies);
    let set = transact(app, call.now, |_| async move {
        let old = app.tables.policies_now().await?;
        let decision = chain::set(&old, *wanted, by)?;
        let now = if decision.is_empty() { old } else { Policies { version: old.version + 1, ..*wanted } };
        Ok(Plan::new(now, decision))
    })
    .await?;
    Reply::json(&policies_view(&set))
}
