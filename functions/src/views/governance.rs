//! What HQ decides for the whole chain, as people see it, and how it came to be so.

pub mod audit;
pub mod inbox;
pub mod legal;
pub mod prices;
pub mod settings;
pub mod setup;
pub mod subject;

use liandian_contracts::Event;
use liandian_domain::{
    governance::chain::Policies,
    stores::hours::{CHINA, local_text},
};
use liandian_types::api::{ChainPolicies, ChangedField, PoliciesChange, PoliciesHistory};

use crate::{App, http::Failure};

/// Changes of the chain's policies on a page.
const CHANGES: i32 = 20;

/// Who changed the chain's policies, and when, newest first.
///
/// # Errors
/// `bad_cursor`.
pub async fn policies_changes(app: &App, cursor: Option<&str>) -> Result<PoliciesHistory, Failure> {
    let (events, next) = app.tables.policies_history(CHANGES, cursor).await?;
    let mut changes = Vec::with_capacity(events.len());
    for e in events {
        if let Event::PoliciesChanged { by, changes: fields } = e.event {
            let fields = fields.into_iter().map(|f| ChangedField { field: f.field, old: f.old, new: f.new }).collect();
            changes.push(PoliciesChange { at: e.at, at_text: local_text(e.at, CHINA), by, by_name: None, fields });
        }
    }
    let people: Vec<&str> = changes.iter().map(|c| c.by.as_str()).collect();
    let names = app.tables.staff_names(people.into_iter()).await?;
    for c in &mut changes {
        c.by_name = names.get(c.by.as_str()).cloned();
    }
    Ok(PoliciesHistory { changes, next })
}

/// The chain's policies as people see them.
#[must_use]
pub fn policies_view(p: &Policies) -> ChainPolicies {
    ChainPolicies {
        count_units: p.count.units,
        count_value: p.count.value,
        count_share: p.count.share,
        per_km: p.matching.per_km,
        per_minute: p.matching.per_minute,
        per_waiting: p.matching.per_waiting,
        per_spare: p.matching.per_spare,
        low_at: p.stock.low_at,
        splits: p.stock.splits,
        unpaid_orders: p.holds.orders,
        unpaid_units: p.holds.units,
        order_sku_units: p.holds.sku_units,
        order_units: p.holds.order_units,
        shelf_percent: p.holds.shelf_percent,
        shelf_floor: p.holds.shelf_floor,
        unpaid_closes: p.holds.free_closes,
        unpaid_wait: p.holds.longest_wait,
        ask_percent: p.asks.percent,
        ask_units: p.asks.units,
        ask_day_units: p.asks.day_units,
        till_silent: p.stock.till_silent,
        fee_base: p.fees.base,
        fee_km: p.fees.per_km,
        fee_kg: p.fees.per_kg,
        fee_free_kg: p.fees.free_kg,
        fee_free_from: p.fees.free_from,
        version: p.version,
    }
}
