//! A till's receipt: what left the shelf by it, what came back to it, what was thrown away.
//!
//! What one receipt takes and gives back of the same goods is taken together: a line that was rung up by mistake and taken back never was. Goods
//! that are kept by date lie on the shelf again only when their date is known; nobody could say when they must leave it.

use std::collections::BTreeMap;

use liandian_types::{
    Code, LocationId, MovementId, Problem, ReturnTo, SkuId, Timestamp,
    api::{PosLine, PosSale},
};

use crate::{
    Decision, Refusable,
    stock::{
        batch::{Batch, Date, Rebased, day_of, first_of},
        record::{Fact, MAX_FACT_UNITS, Movement, MovementKind, record},
    },
};

/// The same lines under the same number within this time are the same receipt: bridges and tills do not agree on the moment.
pub const SAME_WITHIN: i64 = Timestamp::MINUTE;

/// What a receipt did to one SKU.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Moved {
    /// Units that left the shelf, without those that came back to it; below zero when more came back.
    pub sold: i64,
    /// Of goods that are kept by date and came back to the shelf: until when they may be sold.
    pub dated: Vec<Batch>,
    /// Units that came back and were thrown away.
    pub written_off: i64,
}

impl Moved {
    /// Units that lie on the shelf again.
    #[must_use]
    pub fn back(&self) -> i64 {
        (-self.sold).max(0)
    }
}

/// What is said of one SKU, before it is known what becomes of it.
#[derive(Default)]
struct Said {
    sold: i64,
    plain: i64,
    dated: BTreeMap<Date, i64>,
    written_off: i64,
}

/// Reads a receipt's lines; `today` is the store's.
///
/// # Errors
/// `bad_request` naming the field: no lines, a quantity that is none, a day that is none, what only goods that are brought back have.
pub fn read(lines: &[PosLine], today: Date, tracked: impl Fn(&SkuId) -> bool) -> Refusable<BTreeMap<SkuId, Moved>> {
    let bad = |field: String, text: String| Err(Problem::new(Code::BadRequest, text).at(field));
    if lines.is_empty() {
        return bad("lines".into(), "小票没有商品".into());
    }
    let mut all: BTreeMap<SkuId, Said> = BTreeMap::new();
    for (i, l) in lines.iter().enumerate() {
        if l.quantity == 0 || l.quantity.unsigned_abs() > MAX_FACT_UNITS.unsigned_abs() {
            return bad(format!("lines[{i}].quantity"), format!("数量需要在 1 到 {MAX_FACT_UNITS} 之间，退货为负数"));
        }
        let said = all.entry(l.sku.clone()).or_default();
        if l.quantity > 0 {
            for (field, there) in [("returned_to", l.returned_to.is_some()), ("expires_on", l.expires_on.is_some())] {
                if there {
                    return bad(format!("lines[{i}].{field}"), "只有退货（负数量）填写去向和到期日".into());
                }
            }
            said.sold += l.quantity;
            continue;
        }
        let until = match &l.expires_on {
            Some(text) => match day_of(text, today, false) {
                Ok(day) => Some(day),
                Err(text) => return bad(format!("lines[{i}].expires_on"), text),
            },
            None => None,
        };
        let units = -l.quantity;
        match (l.returned_to.unwrap_or(ReturnTo::Shelf), until) {
            (ReturnTo::WrittenOff, _) => said.written_off += units,
            // Its last day is over.
            (ReturnTo::Shelf, Some(day)) if day < today && tracked(&l.sku) => said.written_off += units,
            (ReturnTo::Shelf, Some(day)) if tracked(&l.sku) => *said.dated.entry(day).or_default() += units,
            (ReturnTo::Shelf, _) => said.plain += units,
        }
    }
    let moved = |(sku, s): (SkuId, Said)| {
        let m = s.moved(tracked(&sku), today);
        (sku, m)
    };
    Ok(all.into_iter().map(moved).collect())
}

impl Said {
    fn moved(self, tracked: bool, today: Date) -> Moved {
        // Without a date only as many as the same receipt sells: those were never gone.
        let undated = if tracked { self.plain.min(self.sold) } else { self.plain };
        let dated: Vec<Batch> = self.dated.iter().map(|(day, n)| Batch { expires_on: *day, units: *n, came_on: Some(today) }).collect();
        let sold = self.sold - undated - dated.iter().map(|b| b.units).sum::<i64>();
        Moved { sold, dated: first_of(&dated, (-sold).max(0)), written_off: self.written_off + self.plain - undated }
    }
}

/// What a receipt says, for comparing it with what was told under its number before: the order of its lines and the moment do not count.
#[must_use]
pub fn contents(lines: &[PosLine]) -> Vec<(SkuId, bool, ReturnTo, Option<String>, i64)> {
    let mut sums: BTreeMap<(SkuId, bool, ReturnTo, Option<String>), i64> = BTreeMap::new();
    for l in lines {
        let to = l.returned_to.unwrap_or(ReturnTo::Shelf);
        *sums.entry((l.sku.clone(), l.quantity < 0, to, l.expires_on.clone())).or_default() += l.quantity;
    }
    sums.into_iter().map(|((sku, back, to, day), n)| (sku, back, to, day, n)).collect()
}

/// Is what was told of `first` the same receipt as this one, of the same lines?
#[must_use]
pub fn same_moment(first: Timestamp, sale: &PosSale) -> bool {
    first.0.abs_diff(sale.sold_at.0) <= SAME_WITHIN.unsigned_abs()
}

/// Whose receipt it is, and where its goods lay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The shelf.
    pub location: LocationId,
    /// The till.
    pub till: String,
    /// Its number.
    pub number: String,
    /// When; not after now.
    pub at: Timestamp,
}

impl Receipt {
    /// What tells of the receipt without moving anything: for documents beside it.
    #[must_use]
    pub fn paper(&self, id: MovementId) -> Movement {
        let paper = Movement::of(id, self.location.clone(), MovementKind::PosSale, None, None, Vec::new(), self.at);
        Movement { document: Some(self.number.clone()), actor: Some(self.actor()), ..paper }
    }

    fn actor(&self) -> String {
        format!("till:{}", self.till)
    }

    /// The documents of a part of the receipt: what was sold, what was brought back (all of it), and what of that was thrown away. Units
    /// that came back and are not sold again never lay on the shelf: the two documents leave its counter as it is. Nothing for a part whose lines
    /// take each other back.
    ///
    /// # Errors
    /// As [`record`].
    pub fn documents(&self, part: &[(SkuId, Moved)], rebased: Vec<Rebased>, ids: [MovementId; 3]) -> Refusable<Decision> {
        let lines = |of: fn(&Moved) -> i64| -> Vec<(SkuId, i64)> { part.iter().map(|(s, m)| (s.clone(), of(m))).filter(|(_, n)| *n > 0).collect() };
        let kinds = [
            (MovementKind::PosSale, lines(|m| m.sold), None),
            (MovementKind::Return, lines(|m| m.back() + m.written_off), None),
            (MovementKind::Loss, lines(|m| m.written_off), Some("收银退货，不再销售")),
        ];
        let mut d = Decision::default();
        let mut rebased = Some(rebased);
        for ((kind, lines, reason), movement) in kinds.into_iter().zip(ids).filter(|((_, lines, _), _)| !lines.is_empty()) {
            d.and(record(Fact {
                movement,
                location: self.location.clone(),
                kind,
                at: self.at,
                document: Some(self.number.clone()),
                reason: reason.map(str::to_owned),
                actor: self.actor(),
                lines,
                rebased: if kind == MovementKind::Return { rebased.take().unwrap_or_default() } else { Vec::new() },
            })?);
        }
        Ok(d)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::decision::StockWrite;

    fn line(sku: &str, quantity: i64) -> PosLine {
        PosLine { sku: sku.parse().unwrap(), quantity, returned_to: None, expires_on: None }
    }
    fn off(sku: &str, quantity: i64) -> PosLine {
        PosLine { returned_to: Some(ReturnTo::WrittenOff), ..line(sku, quantity) }
    }
    fn until(day: &str, l: PosLine) -> PosLine {
        PosLine { expires_on: Some(day.into()), ..l }
    }
    fn day(n: i8) -> Date {
        jiff::civil::date(2026, 12, n)
    }
    /// A SKU, what was sold, what was thrown away, and until which day of the month what came back may be sold.
    type Row = (String, i64, i64, Vec<(i8, i64)>);
    fn read_all(lines: &[PosLine]) -> Refusable<Vec<Row>> {
        let dated = |m: &Moved| m.dated.iter().map(|b| (b.expires_on.day(), b.units)).collect();
        let all = read(lines, day(10), |s| s.as_str() == "sku_milk")?;
        Ok(all.into_iter().map(|(s, m)| (s.to_string(), m.sold, m.written_off, dated(&m))).collect())
    }

    #[test]
    fn given_sold_and_returned_lines_when_read_then_each_sku_says_what_left_what_came_back_and_what_is_thrown_away() {
        let of = |lines: &[PosLine]| read_all(lines).unwrap().remove(0);
        let cup = |sold, off| ("sku_cup".to_owned(), sold, off, vec![]);
        let milk = |sold, off, dated: &[(i8, i64)]| ("sku_milk".to_owned(), sold, off, dated.to_vec());
        assert_eq!(of(&[line("sku_cup", 2), line("sku_cup", 1)]), cup(3, 0), "rung up twice");
        assert_eq!(of(&[line("sku_cup", 3), line("sku_cup", -1)]), cup(2, 0), "one taken back");
        assert_eq!(of(&[line("sku_cup", 2), off("sku_cup", -1)]), cup(2, 1), "a broken one was never on the shelf");
        assert_eq!(of(&[line("sku_cup", -4), off("sku_cup", -1)]), cup(-4, 1));
        assert_eq!(of(&[until("2026-12-01", line("sku_cup", -1))]), cup(-1, 0), "goods that are not kept by date have none");
        assert_eq!(of(&[line("sku_milk", 2), line("sku_milk", -2)]), milk(0, 0, &[]));
        assert_eq!(of(&[line("sku_milk", 1), line("sku_milk", -3)]), milk(0, 2, &[]), "whose date nobody knows is not sold again");
        let dated = until("2026-12-10", line("sku_milk", -2));
        assert_eq!(of(std::slice::from_ref(&dated)), milk(-2, 0, &[(10, 2)]), "its last day is one to sell it on");
        assert_eq!(of(&[until("2026-12-09", line("sku_milk", -2))]), milk(0, 2, &[]));
        assert_eq!(of(&[line("sku_milk", 1), dated, until("2026-12-20", line("sku_milk", -1))]), milk(-2, 0, &[(10, 2)]));
    }

    #[test]
    fn given_lines_that_say_nothing_sensible_when_read_then_the_field_is_named() {
        let field = |l: PosLine| read_all(&[line("sku_cup", 1), l]).unwrap_err().field.unwrap();
        assert_eq!(field(line("sku_cup", 0)), "lines[1].quantity");
        assert_eq!(field(line("sku_cup", MAX_FACT_UNITS + 1)), "lines[1].quantity");
        assert_eq!(field(line("sku_cup", -MAX_FACT_UNITS - 1)), "lines[1].quantity");
        assert_eq!(field(line("sku_cup", i64::MIN)), "lines[1].quantity");
        assert_eq!(field(until("morgen", line("sku_cup", -1))), "lines[1].expires_on");
        assert_eq!(field(until("2026-12-01", line("sku_cup", 1))), "lines[1].expires_on");
        assert_eq!(field(off("sku_cup", 1)), "lines[1].returned_to");
        assert_eq!(read_all(&[]).unwrap_err().field.unwrap(), "lines");
        assert!(read_all(&[line("sku_cup", MAX_FACT_UNITS), line("sku_tea", -MAX_FACT_UNITS)]).is_ok());
    }

    #[test]
    fn given_a_receipt_when_told_again_then_a_minute_and_the_order_of_its_lines_do_not_count() {
        let at = |ms| PosSale { till: "1".into(), number: "7".into(), sold_at: Timestamp(ms), lines: vec![] };
        let first = Timestamp(1_000_000);
        assert!([1_000_000, 1_000_250, 1_060_000, 940_000].iter().all(|ms| same_moment(first, &at(*ms))));
        assert!(![1_060_001, 939_999].iter().any(|ms| same_moment(first, &at(*ms))));
        let (a, b) = (line("sku_cup", 1), line("sku_tea", 2));
        assert_eq!(contents(&[a.clone(), b.clone()]), contents(&[b.clone(), a.clone()]));
        assert_eq!(contents(&[a.clone(), a.clone()]), contents(&[line("sku_cup", 2)]));
        let shelf = PosLine { returned_to: Some(ReturnTo::Shelf), ..line("sku_cup", -1) };
        assert_eq!(contents(&[line("sku_cup", -1)]), contents(&[shelf]), "where they go when nothing is said");
        for other in [vec![line("sku_cup", 2)], vec![line("sku_cup", -1)], vec![a.clone(), line("sku_cup", -1)], vec![off("sku_cup", -1)]] {
            assert_ne!(contents(&other), contents(std::slice::from_ref(&a)), "{other:?}");
        }
    }

    proptest! {
        /// Whatever a receipt says: its documents move the shelf by what left it and what lies there again, and what was thrown away is told both ways.
        #[test]
        fn given_any_receipt_when_documented_then_the_shelf_moves_by_what_happened_on_it(
            lines in prop::collection::vec((0_u8..3, -5_i64..6, any::<bool>(), prop::option::of(8_i8..13)), 1..12)
        ) {
            let lines: Vec<PosLine> = lines.into_iter().filter(|(_, n, ..)| *n != 0).map(|(sku, n, thrown, d)| PosLine {
                sku: ["sku_cup", "sku_tea", "sku_milk"][usize::from(sku)].parse().unwrap(),
                quantity: n,
                returned_to: (n < 0 && thrown).then_some(ReturnTo::WrittenOff),
                expires_on: d.filter(|_| n < 0).map(|d| day(d).to_string()),
            }).collect();
            prop_assume!(!lines.is_empty());
            let milk = |s: &SkuId| s.as_str() == "sku_milk";
            let moved: Vec<(SkuId, Moved)> = read(&lines, day(10), milk).unwrap().into_iter().collect();
            let receipt = Receipt { location: "loc_a".parse().unwrap(), till: "1".into(), number: "7".into(), at: Timestamp(5) };
            let ids = ["mov_1", "mov_2", "mov_3"].map(|i| i.parse().unwrap());
            let d = receipt.documents(&moved, vec![], ids).unwrap();
            let mut by_kind: BTreeMap<(SkuId, MovementKind), i64> = BTreeMap::new();
            let mut counter: BTreeMap<SkuId, i64> = BTreeMap::new();
            for w in &d.writes {
                match w {
                    crate::Write::Stock(StockWrite::Movement(m)) => m.lines.iter().for_each(|l| *by_kind.entry((l.sku.clone(), m.kind)).or_default() += l.on_hand),
                    crate::Write::Stock(StockWrite::Counters(c)) => {
                        prop_assert_eq!(c.needs_free, None, "a fact");
                        *counter.entry(c.sku.clone()).or_default() += c.on_hand;
                    }
                    other => prop_assert!(false, "{other:?}"),
                }
            }
            for (sku, m) in &moved {
                let of = |kind| by_kind.get(&(sku.clone(), kind)).copied().unwrap_or(0);
                let said = |f: &dyn Fn(&PosLine) -> bool| lines.iter().filter(|l| l.sku == *sku && f(l)).map(|l| l.quantity).sum::<i64>();
                let (sold, back) = (said(&|l| l.quantity > 0), -said(&|l| l.quantity < 0));
                prop_assert_eq!(counter.get(sku).copied().unwrap_or(0), -m.sold, "the shelf");
                prop_assert_eq!(of(MovementKind::Loss), -m.written_off);
                prop_assert_eq!(sold - back + m.written_off, m.sold, "no unit is lost or made");
                prop_assert!(m.written_off >= -said(&|l| l.returned_to == Some(ReturnTo::WrittenOff)));
                if milk(sku) {
                    prop_assert_eq!(m.dated.iter().map(|b| b.units).sum::<i64>(), m.back(), "what lies there again has a date");
                    prop_assert!(m.dated.iter().all(|b| b.expires_on >= day(10)));
                } else {
                    prop_assert!(m.dated.is_empty());
                }
            }
        }
    }
}
