//! Stock of one SKU at one location, and the documents that change it.
//!
//! `free = on_hand − reserved − safety` is kept as an attribute of its own, because a condition cannot do arithmetic. It may
//! be negative after physical facts; what can be promised is `available = max(0, free)`.

pub use liandian_types::MovementKind;
use liandian_types::{Code, LocationId, MovementId, OrderId, Problem, SkuId, Timestamp, TransferId};
use serde::{Deserialize, Serialize};

use crate::{
    Decision, Refusable,
    decision::StockWrite,
    stock::batch::{Batch, Date, Rebased},
};

/// The counters of one stock record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Stock {
    /// Units that are there.
    #[serde(default)]
    pub on_hand: i64,
    /// Units promised to orders and transfers.
    #[serde(default)]
    pub reserved: i64,
    /// Units kept back.
    #[serde(default)]
    pub safety: i64,
    /// Units on their way here.
    #[serde(default)]
    pub incoming: i64,
}

impl Stock {
    /// What is left after promises and safety; negative when physical facts took more.
    #[must_use]
    pub fn free(&self) -> i64 {
        self.on_hand - self.reserved - self.safety
    }

    /// Units that can be promised.
    #[must_use]
    pub fn available(&self) -> u32 {
        u32::try_from(self.free().max(0)).unwrap_or(u32::MAX)
    }

    /// As a promise for a later day sees it: without the `over` units whose last day is before it.
    #[must_use]
    pub fn without(&self, over: i64) -> Stock {
        Stock { on_hand: self.on_hand - over, ..*self }
    }

    /// Both together.
    #[must_use]
    pub fn and(&self, other: &Stock) -> Stock {
        Stock {
            on_hand: self.on_hand + other.on_hand,
            reserved: self.reserved + other.reserved,
            safety: self.safety + other.safety,
            incoming: self.incoming + other.incoming,
        }
    }

    /// The counters after a change.
    #[must_use]
    pub fn after(&self, c: &StockChange) -> Stock {
        Stock {
            on_hand: self.on_hand + c.on_hand,
            reserved: self.reserved + c.reserved,
            safety: self.safety + c.safety,
            incoming: self.incoming + c.incoming,
        }
    }
}

/// What a command does to one stock record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockChange {
    /// Where.
    pub location: LocationId,
    /// What.
    pub sku: SkuId,
    /// Added to what is there.
    pub on_hand: i64,
    /// Added to what is promised.
    pub reserved: i64,
    /// Added to what is on its way here.
    pub incoming: i64,
    /// Added to what is kept back.
    pub safety: i64,
    /// What was kept back when that was decided: refused when it is not any more.
    pub seen_safety: Option<i64>,
    /// For a promise: how much must be free. `None`: a fact, never refused.
    pub needs_free: Option<i64>,
    /// For a promise for a later day: units that must stay free beside it, because they end before.
    pub stays_free: i64,
}

/// What HQ decides about stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StockPolicy {
    /// A record with at most so many units to promise is low.
    pub low_at: u32,
    /// Are records split by themselves when a crowd meets on them? Else only where HQ says so.
    pub splits: bool,
    /// For how many minutes of its store's hours a till may tell nothing.
    pub till_silent: u32,
}

impl Default for StockPolicy {
    fn default() -> Self {
        Self { low_at: 3, splits: true, till_silent: 180 }
    }
}

impl StockChange {
    /// Nothing.
    #[must_use]
    pub fn none(location: &LocationId, sku: &SkuId) -> Self {
        Self {
            location: location.clone(),
            sku: sku.clone(),
            on_hand: 0,
            reserved: 0,
            incoming: 0,
            safety: 0,
            seen_safety: None,
            needs_free: None,
            stays_free: 0,
        }
    }
}

/// One line of a movement document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovementLine {
    /// What.
    pub sku: SkuId,
    /// Added to what is there.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub on_hand: i64,
    /// Added to what is promised.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reserved: i64,
    /// Added to what is on its way here.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub incoming: i64,
    /// Added to what is kept back.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub safety: i64,
    /// What of it came in or left by its date, of goods that track it; the rest goes first expired first out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub batches: Vec<Batch>,
}

impl MovementLine {
    /// Without a date.
    #[must_use]
    pub fn of(sku: &SkuId, on_hand: i64, reserved: i64, incoming: i64) -> Self {
        Self { sku: sku.clone(), on_hand, reserved, incoming, safety: 0, batches: Vec::new() }
    }

    /// With so much more kept back.
    #[must_use]
    pub fn keeping(self, safety: i64) -> Self {
        Self { safety, ..self }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(n: &i64) -> bool {
    *n == 0
}

/// A movement document: one command's changes at one location. The counters equal the sum of all documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    /// Its id.
    pub movement: MovementId,
    /// Where.
    pub location: LocationId,
    /// Why.
    pub kind: MovementKind,
    /// When.
    pub at: Timestamp,
    /// For which order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// For which transfer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<TransferId>,
    /// The paper that it stands on: a delivery note, a till's receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// Why, in a person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who: a member of the staff, a till. Absent for what an order or a transfer moved by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The second person, for what one may not record alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    /// What.
    pub lines: Vec<MovementLine>,
}

impl Movement {
    /// A document of what an order or a transfer moved.
    #[must_use]
    pub fn of(
        movement: MovementId,
        location: LocationId,
        kind: MovementKind,
        order: Option<OrderId>,
        transfer: Option<TransferId>,
        lines: Vec<MovementLine>,
        at: Timestamp,
    ) -> Self {
        Self { movement, location, kind, at, order, transfer, document: None, reason: None, actor: None, approved_by: None, lines }
    }
}

/// The most lines that one document may have: its transaction has an action for each, and DynamoDB takes a hundred.
pub const MAX_FACT_LINES: usize = 90;
/// The most units of one line.
pub const MAX_FACT_UNITS: i64 = 99_999;

/// Something that has happened on a shelf, as a person or a till tells it. Facts are never refused for want of stock: the goods
/// are gone (or there) whatever the record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The document's id.
    pub movement: MovementId,
    /// Where.
    pub location: LocationId,
    /// What happened.
    pub kind: MovementKind,
    /// When it happened.
    pub at: Timestamp,
    /// The paper.
    pub document: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Who tells it.
    pub actor: String,
    /// What, and how many: above zero, for an adjustment also below.
    pub lines: Vec<(SkuId, i64)>,
    /// Batches that it re-bases, each of a SKU of its lines.
    pub rebased: Vec<Rebased>,
}

/// Which way a fact moves units: 1 in, −1 out, 0 either. `None` for what only orders and transfers do.
#[must_use]
pub fn way(kind: MovementKind) -> Option<i64> {
    match kind {
        MovementKind::Receipt | MovementKind::Return => Some(1),
        MovementKind::PosSale | MovementKind::Loss => Some(-1),
        MovementKind::Adjustment => Some(0),
        _ => None,
    }
}

/// Records a fact.
///
/// # Errors
/// `bad_request` naming the field: a kind that people do not record, no lines or too many, a SKU twice, no units or too many, a reason that is missing (loss,
/// adjustment), a text that is too long.
pub fn record(f: Fact) -> Refusable<Decision> {
    let bad = |field: &str, text: String| Err(Problem::new(Code::BadRequest, text).at(field));
    let Some(way) = way(f.kind) else { return bad("kind", format!("「{}」不能手工登记", f.kind.title())) };
    if f.lines.is_empty() || f.lines.len() > MAX_FACT_LINES {
        return bad("lines", format!("一张单据需要 1 到 {MAX_FACT_LINES} 种商品"));
    }
    // Each batch has a deadline of its own beside the counters.
    if f.lines.len() + f.rebased.len() > MAX_FACT_LINES {
        return bad("lines", format!("一张单据最多 {MAX_FACT_LINES} 行，按到期日管理的商品每种算两行"));
    }
    let mut seen = std::collections::BTreeSet::new();
    for (i, (sku, n)) in f.lines.iter().enumerate() {
        if !seen.insert(sku) {
            return bad(&format!("lines[{i}].sku"), format!("商品 {sku} 重复，请合并数量"));
        }
        let fits = if way == 0 { *n != 0 } else { *n > 0 };
        if !fits || n.abs() > MAX_FACT_UNITS {
            return bad(&format!("lines[{i}].quantity"), format!("数量需要在 1 到 {MAX_FACT_UNITS} 之间"));
        }
    }
    let tidy = |t: Option<String>| t.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
    let (document, reason) = (tidy(f.document), tidy(f.reason));
    if document.as_ref().is_some_and(|d| d.chars().count() > 40) {
        return bad("document", "单据号最多 40 个字".into());
    }
    if reason.as_ref().is_some_and(|r| r.chars().count() > 100) {
        return bad("reason", "原因最多 100 个字".into());
    }
    if matches!(f.kind, MovementKind::Loss | MovementKind::Adjustment) && reason.is_none() {
        return bad("reason", "请填写原因".into());
    }
    let sign = if way == 0 { 1 } else { way };
    let dated = |sku: &SkuId| f.rebased.iter().find(|s| s.sku == *sku).map(|s| s.by_date.clone()).unwrap_or_default();
    let mut d = Decision::default();
    d.movement(
        Movement {
            movement: f.movement,
            location: f.location,
            kind: f.kind,
            at: f.at,
            order: None,
            transfer: None,
            document,
            reason,
            actor: Some(f.actor),
            approved_by: None,
            lines: f.lines.iter().map(|(sku, n)| MovementLine { batches: dated(sku), ..MovementLine::of(sku, sign * n, 0, 0) }).collect(),
        },
        false,
    );
    for s in f.rebased {
        d.write(StockWrite::Batches(Box::new(s)));
    }
    Ok(d)
}

/// What comes back after its last day, or without one though its kind has one: how many, and the day if it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsellable {
    /// What.
    pub sku: SkuId,
    /// How many.
    pub units: i64,
    /// Their last day.
    pub expires_on: Option<Date>,
}

/// Takes what came in with a document and must not be sold off the shelf again, in the same transaction: it is documented, and nobody can
/// buy it for a moment. The books have it as an expiry loss.
#[must_use]
pub fn taken_out(movement: MovementId, came: &Movement, what: &[Unsellable], now: Timestamp) -> Movement {
    let line = |u: &Unsellable| MovementLine {
        batches: u.expires_on.map(|expires_on| Batch { expires_on, units: u.units, came_on: None }).into_iter().collect(),
        ..MovementLine::of(&u.sku, -u.units, 0, 0)
    };
    let days: Vec<String> = what.iter().map(|u| u.expires_on.map_or_else(|| "无到期日".to_owned(), |d| format!("{d} 到期"))).collect();
    Movement {
        document: Some(came.movement.to_string()),
        reason: Some(format!("收回时不可再售（{}）", days.join("、")).chars().take(100).collect()),
        actor: came.actor.clone(),
        ..Movement::of(movement, came.location.clone(), MovementKind::Expired, None, None, what.iter().map(line).collect(), now)
    }
}

/// Says how many units of a SKU a location keeps back: not promised online, left for the till and for what counts get wrong. `was` is what it keeps now;
/// nothing is written when that is the same.
///
/// # Errors
/// `bad_request` for more units than a record can have.
pub fn keep_back(
    location: &LocationId,
    sku: &SkuId,
    was: i64,
    units: i64,
    actor: String,
    movement: MovementId,
    now: Timestamp,
) -> Refusable<Decision> {
    if !(0..=MAX_FACT_UNITS).contains(&units) {
        return Err(Problem::new(Code::BadRequest, format!("安全库存为 0 到 {MAX_FACT_UNITS} 件")).at("safety"));
    }
    let mut d = Decision::default();
    let more = units - was;
    if more != 0 {
        let line = MovementLine::of(sku, 0, 0, 0).keeping(more);
        d.write(StockWrite::Counters(StockChange { safety: more, seen_safety: Some(was), ..StockChange::none(location, sku) }));
        let document = Movement::of(movement, location.clone(), MovementKind::Safety, None, None, vec![line], now);
        d.write(StockWrite::Movement(Box::new(Movement { actor: Some(actor), ..document })));
    }
    Ok(d)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(kind: MovementKind, lines: &[(&str, i64)], reason: Option<&str>) -> Fact {
        Fact {
            movement: "mov_1".parse().unwrap(),
            location: "loc_a".parse().unwrap(),
            kind,
            at: Timestamp(1),
            document: Some("  ".into()),
            reason: reason.map(str::to_owned),
            actor: "stf_1".into(),
            lines: lines.iter().map(|(s, n)| (s.parse().unwrap(), *n)).collect(),
            rebased: vec![],
        }
    }

    fn moved(f: Fact) -> i64 {
        let d = record(f).unwrap();
        let crate::Write::Stock(StockWrite::Counters(c)) = &d.writes[0] else { panic!("a counter first") };
        assert_eq!(c.needs_free, None, "facts ask for nothing");
        c.on_hand
    }

    #[test]
    fn given_units_to_keep_back_when_set_then_the_difference_moves_and_both_limits_hold() {
        let (location, sku) = ("loc_a".parse().unwrap(), "sku_1".parse().unwrap());
        let set = |was, units| keep_back(&location, &sku, was, units, "stf_1".into(), "mov_1".parse().unwrap(), Timestamp(1));
        let d = set(5, 2).unwrap();
        let crate::Write::Stock(StockWrite::Counters(c)) = &d.writes[0] else { panic!("a counter first") };
        assert_eq!((c.safety, c.seen_safety, d.document().unwrap().lines[0].safety), (-3, Some(5), -3));
        let stock = Stock { on_hand: 9, safety: 5, ..Stock::default() };
        assert_eq!((stock.free(), stock.after(c).free()), (4, 7));
        assert!(set(2, 2).unwrap().is_empty(), "told again it is what it was");
        assert!(set(0, MAX_FACT_UNITS).is_ok());
        assert_eq!(set(0, MAX_FACT_UNITS + 1).unwrap_err().field.as_deref(), Some("safety"));
        assert_eq!(set(0, -1).unwrap_err().field.as_deref(), Some("safety"));
    }

    #[test]
    fn given_facts_when_recorded_then_units_go_their_way_and_each_limit_holds_from_both_sides() {
        use MovementKind as K;
        assert_eq!(moved(fact(K::Receipt, &[("sku_1", 3)], None)), 3);
        assert_eq!(moved(fact(K::PosSale, &[("sku_1", 3)], None)), -3);
        assert_eq!(moved(fact(K::Loss, &[("sku_1", 3)], Some("破损"))), -3);
        assert_eq!(moved(fact(K::Adjustment, &[("sku_1", -2)], Some("盘点"))), -2);
        assert_eq!(moved(fact(K::Receipt, &[("sku_1", MAX_FACT_UNITS)], None)), MAX_FACT_UNITS);
        let field = |f: Fact| record(f).unwrap_err().field.unwrap();
        assert_eq!(field(fact(K::Receipt, &[("sku_1", MAX_FACT_UNITS + 1)], None)), "lines[0].quantity");
        assert_eq!(field(fact(K::Receipt, &[("sku_1", -1)], None)), "lines[0].quantity");
        assert_eq!(field(fact(K::Adjustment, &[("sku_1", 0)], Some("盘点"))), "lines[0].quantity");
        assert_eq!(field(fact(K::Receipt, &[("sku_1", 1), ("sku_1", 1)], None)), "lines[1].sku");
        assert_eq!(field(fact(K::Loss, &[("sku_1", 1)], Some(" "))), "reason");
        assert_eq!(field(fact(K::Loss, &[("sku_1", 1)], Some(&"字".repeat(101)))), "reason");
        assert_eq!(field(fact(K::Sale, &[("sku_1", 1)], None)), "kind");
        assert_eq!(field(fact(K::Receipt, &[], None)), "lines");
        let many = |n: usize| Fact { lines: (0..n).map(|i| (format!("sku_{i}").parse().unwrap(), 1)).collect(), ..fact(K::Receipt, &[], None) };
        assert!(record(many(MAX_FACT_LINES)).is_ok());
        assert_eq!(field(many(MAX_FACT_LINES + 1)), "lines");
    }
}
