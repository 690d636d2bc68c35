//! What HQ decides for the whole chain, as people see it.

use liandian_store::governance::Policies;
use liandian_types::api::ChainPolicies;

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
    }
}
