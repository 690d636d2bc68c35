//! The chain's policies: numbers that hold everywhere until HQ changes them.

use liandian_contracts::{Event, event::FieldChange};
use liandian_pricing::Fees;
use liandian_types::StaffId;
use serde::{Deserialize, Serialize};

use crate::{
    Decision, Refusable, conflict,
    decision::{Aggregate, GovernanceWrite},
    orders::holds::HoldPolicy,
    sourcing::matching::MatchingPolicy,
    stock::{count::CountPolicy, record::StockPolicy},
    transfers::AskPolicy,
};

/// The chain's policies. What a row does not say is as a new chain has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Policies {
    /// Which differences of a count nobody is asked about.
    pub count: CountPolicy,
    /// What distance, time, queues and deep stock are worth.
    pub matching: MatchingPolicy,
    /// What counts as low.
    pub stock: StockPolicy,
    /// How much unpaid orders may hold.
    pub holds: HoldPolicy,
    /// How much a store may have promised by asking others.
    pub asks: AskPolicy,
    /// What bringing goods costs.
    pub fees: Fees,
    /// How often they have been set; 0: as a new chain has them.
    pub version: u64,
}

impl Policies {
    /// Each number by the name that the route gives it, as people read it: money in yuan, a switch as 开 or 关.
    #[must_use]
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let (count, matching, stock, holds, asks) = (&self.count, &self.matching, &self.stock, &self.holds, &self.asks);
        vec![
            ("low_at", stock.low_at.to_string()),
            ("till_silent", stock.till_silent.to_string()),
            ("splits", if stock.splits { "开" } else { "关" }.to_owned()),
            ("unpaid_orders", holds.orders.to_string()),
            ("unpaid_units", holds.units.to_string()),
            ("order_sku_units", holds.sku_units.to_string()),
            ("order_units", holds.order_units.to_string()),
            ("shelf_percent", holds.shelf_percent.to_string()),
            ("shelf_floor", holds.shelf_floor.to_string()),
            ("unpaid_closes", holds.free_closes.to_string()),
            ("unpaid_wait", holds.longest_wait.to_string()),
            ("ask_percent", asks.percent.to_string()),
            ("ask_units", asks.units.to_string()),
            ("ask_day_units", asks.day_units.to_string()),
            ("count_units", count.units.to_string()),
            ("count_value", count.value.yuan()),
            ("count_share", count.share.to_string()),
            ("per_km", matching.per_km.to_string()),
            ("per_minute", matching.per_minute.to_string()),
            ("per_waiting", matching.per_waiting.to_string()),
            ("per_spare", matching.per_spare.to_string()),
            ("fee_base", self.fees.base.yuan()),
            ("fee_km", self.fees.per_km.yuan()),
            ("fee_kg", self.fees.per_kg.yuan()),
            ("fee_free_kg", self.fees.free_kg.to_string()),
            ("fee_free_from", self.fees.free_from.yuan()),
        ]
    }
}

/// Sets the chain's policies. `new.version` is the version that its author saw: who has not seen the last change does not undo it.
/// What changes nothing is no change and no event.
///
/// # Errors
/// `conflict` when they have been set since.
pub fn set(old: &Policies, new: Policies, by: &StaffId) -> Refusable<Decision> {
    if new.version != old.version {
        return conflict("规则刚被其他人修改过，请刷新页面，核对后再保存");
    }
    let mut d = Decision::default();
    let changes: Vec<FieldChange> = old
        .fields()
        .into_iter()
        .zip(new.fields())
        .filter(|((_, was), (_, is))| was != is)
        .map(|((field, old), (_, new))| FieldChange { field: field.to_owned(), old, new })
        .collect();
    if !changes.is_empty() {
        d.write(GovernanceWrite::Policies(Box::new(new)));
        d.event(Aggregate::Policies, Event::PoliciesChanged { by: by.clone(), changes });
    }
    Ok(d)
}

#[cfg(test)]
mod tests {
    use liandian_types::{Code, Fen};

    use super::*;
    use crate::Write;

    fn by() -> StaffId {
        "stf_hq".parse().unwrap()
    }

    #[test]
    fn given_two_changed_numbers_when_set_then_history_has_each_with_what_it_was_and_is() {
        let old = Policies { version: 3, ..Policies::default() };
        let mut new = old;
        new.stock.low_at = 5;
        new.count.value = Fen(12_050);
        let d = set(&old, new, &by()).unwrap();
        assert_eq!(d.writes, [Write::Governance(GovernanceWrite::Policies(Box::new(new)))], "with the version that was read");
        let change = |field: &str, old: &str, new: &str| FieldChange { field: field.into(), old: old.into(), new: new.into() };
        let changes = vec![change("low_at", "3", "5"), change("count_value", "50.00", "120.50")];
        assert_eq!(d.events, [(Aggregate::Policies, Event::PoliciesChanged { by: by(), changes })]);
    }

    #[test]
    fn given_somebody_was_faster_when_set_then_it_is_a_conflict() {
        let old = Policies { version: 4, ..Policies::default() };
        let mut new = Policies { version: 3, ..old };
        new.stock.low_at = 5;
        assert_eq!(set(&old, new, &by()).unwrap_err().code, Code::Conflict);
    }

    #[test]
    fn given_the_same_numbers_when_set_then_nothing_is_written() {
        let old = Policies { version: 4, ..Policies::default() };
        assert!(set(&old, old, &by()).unwrap().is_empty());
    }

    #[test]
    fn given_all_numbers_when_listed_then_none_is_missing_and_none_is_there_twice() {
        let json = serde_json::to_value(Policies::default()).unwrap();
        let numbers: usize = json.as_object().unwrap().values().filter_map(|v| v.as_object()).map(serde_json::Map::len).sum();
        let mut names: Vec<&str> = Policies::default().fields().into_iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), numbers);
    }
}
