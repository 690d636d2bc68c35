//! Batches of goods that expire, first expired first out.
//!
//! A stock record's row holds a snapshot: the units of each batch that were left **when the last batch came in**. Sales do not update it. Goods leave
//! first expired first out, so the units on hand are those that expire last, and [`Perishable::left`] derives the rest of each batch from the
//! snapshot and `on_hand`. Selling goods that expire therefore costs no write more than selling others. Only what comes in, and what is thrown away
//! by its date, *re-bases* the batches: takes a new snapshot.

use jiff::ToSpan;
pub use jiff::civil::Date;
use liandian_types::{Code, LocationId, Problem, SkuId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Decision, Refusable, Write, decision::StockWrite, stock::record::Stock, stores::hours};

/// The most batches of one record: a row stays below a kilobyte. Beyond, the two that expire first become one.
pub const MAX_BATCHES: usize = 12;

/// How many days of expiry losses a record remembers, for sales from before them that tills report late.
pub const MAX_LAPSED: usize = 3;

/// The latest day on which goods expire, in years from today: later is a slip of the finger.
pub const MAX_SHELF_LIFE: i64 = 10;

/// Units that expire on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// The last day on which they may be sold.
    pub expires_on: Date,
    /// How many.
    pub units: i64,
    /// The first day on which some of them were here; absent where nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub came_on: Option<Date>,
}

/// An expiry date as a person gives it. What is lost or brought back may have expired; what a supplier delivers (`new`) must not have.
///
/// # Errors
/// What is wrong with it, as a sentence for the person.
pub fn day_of(text: &str, today: Date, new: bool) -> Result<Date, String> {
    let day: Date = text.trim().parse().map_err(|_| "到期日的格式为 2026-12-01".to_owned())?;
    if new && day < today {
        return Err("已经过期的商品不能入库".into());
    }
    if day > today.saturating_add(MAX_SHELF_LIFE.years()) {
        return Err(format!("到期日最多在 {MAX_SHELF_LIFE} 年之内，请核对年份"));
    }
    Ok(day)
}

impl Batch {
    /// Days until its last one; below zero when that is over.
    #[must_use]
    pub fn days_left(&self, today: Date) -> i32 {
        i32::try_from((self.expires_on.duration_since(today)).as_hours() / 24).unwrap_or(i32::MAX)
    }
}

/// A stock record with its batches, as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Perishable {
    /// Units that are there.
    pub on_hand: i64,
    /// The snapshot of the batches.
    pub batches: Vec<Batch>,
    /// Expiry losses, the latest last, less what late reports of tills have shown to have been sold before.
    pub lapsed: Vec<Batch>,
    /// The snapshot's version: a new one names the one that it replaces.
    pub version: u64,
}

/// Counters of a record with its batches: what of it can be promised depends on the day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dated {
    /// The counters.
    pub stock: Stock,
    /// The snapshot of the batches.
    pub batches: Vec<Batch>,
}

impl From<Stock> for Dated {
    fn from(stock: Stock) -> Self {
        Self { stock, batches: Vec::new() }
    }
}

impl Dated {
    /// Units on hand whose last day is before this one. Other reservations count against longer-lasting units all the same: they may be fetched late.
    #[must_use]
    pub fn over_by(&self, day: Date) -> i64 {
        if self.batches.is_empty() {
            return 0;
        }
        Perishable { on_hand: self.stock.on_hand, batches: self.batches.clone(), ..Perishable::default() }.over_by(day)
    }

    /// The record as a reservation for this day sees it.
    #[must_use]
    pub fn until(&self, day: Date) -> Stock {
        self.stock.without(self.over_by(day))
    }
}

/// A new snapshot of a record's batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebased {
    /// Where.
    pub location: LocationId,
    /// What.
    pub sku: SkuId,
    /// `on_hand` as it was read: the commit refuses when it has moved.
    pub seen: i64,
    /// The version as it was read: the commit refuses when it has moved.
    pub version: u64,
    /// What came in or left by its date.
    pub by_date: Vec<Batch>,
    /// What is left of each, earliest first.
    pub batches: Vec<Batch>,
    /// Expiry losses that the record remembers.
    pub lapsed: Vec<Batch>,
    /// When the first of them must leave the shelf.
    pub due: Option<Timestamp>,
}

impl Perishable {
    /// What is left of each batch, earliest first: the units on hand are those that expire last.
    #[must_use]
    pub fn left(&self) -> Vec<Batch> {
        let mut all = self.batches.clone();
        all.sort_by_key(|b| b.expires_on);
        let mut there = self.on_hand.max(0);
        for b in all.iter_mut().rev() {
            b.units = b.units.min(there);
            there -= b.units;
        }
        all.retain(|b| b.units > 0);
        all
    }

    /// Units on hand that belong to no batch: counted over, brought back, or there before dates were kept. They go out first.
    #[must_use]
    pub fn undated(&self) -> i64 {
        self.on_hand.max(0) - self.left().iter().map(|b| b.units).sum::<i64>()
    }

    /// Which batches the next `units` come from, undated ones left out.
    #[must_use]
    pub fn next_out(&self, units: i64) -> Vec<Batch> {
        first_of(&self.left(), units - self.undated().min(units))
    }

    /// As [`Perishable::next_out`], for goods that may be on their way until tomorrow: what expires today, or has expired, is taken last.
    #[must_use]
    pub fn next_sent(&self, units: i64, today: Date) -> Vec<Batch> {
        let (first, last): (Vec<Batch>, Vec<Batch>) = self.left().into_iter().partition(|b| b.expires_on > today);
        let mut out = first_of(&[first, last].concat(), units - self.undated().min(units));
        out.sort_by_key(|b| b.expires_on);
        out
    }

    /// Units on hand whose last day is before this one: they cannot be promised for it. Undated ones are not among them.
    #[must_use]
    pub fn over_by(&self, day: Date) -> i64 {
        self.left().iter().filter(|b| b.expires_on < day).map(|b| b.units).sum()
    }

    /// Expiry days that have passed, of units that were here on `since` or later: goods put together since then may contain some of them. The record
    /// does not know which units are in a bag; the expiry loss is of what the books say is on the shelf.
    #[must_use]
    pub fn ended(&self, since: Date, today: Date) -> Vec<Date> {
        let taken = self.lapsed.iter().filter(|b| b.units > 0 && b.expires_on >= since && b.expires_on < today).map(|b| b.expires_on);
        let mut days: Vec<Date> = taken.chain(self.expired(today).iter().map(|b| b.expires_on)).collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    /// The expiry day of units that a count finds beyond the record: the one `read` off them, else the earliest day known here, which errs on the
    /// safe side. `None` where no day is known at all.
    #[must_use]
    pub fn surplus(&self, units: i64, read: Option<Date>) -> Option<Batch> {
        let first = || self.left().first().map(|b| b.expires_on).or_else(|| self.batches.iter().map(|b| b.expires_on).min());
        read.or_else(first).map(|expires_on| Batch { expires_on, units, came_on: None })
    }

    /// What must not be sold any more on this day.
    #[must_use]
    pub fn expired(&self, today: Date) -> Vec<Batch> {
        self.left().into_iter().filter(|b| b.expires_on < today).collect()
    }

    /// Re-bases: the snapshot after batches came in and others were taken away by their date. Where more is taken of a day than its batch has, the
    /// rest goes first expired first out. Units that come in without a date re-base as well, with no batch: a rise of `on_hand` alone would bring
    /// sold batches back.
    #[must_use]
    pub fn rebased(&self, location: &LocationId, sku: &SkuId, came: &[Batch], gone: &[Batch], zone: &str) -> Rebased {
        let mut all = self.left();
        let mut by_date = came.to_vec();
        for g in gone {
            for b in all.iter_mut().filter(|b| b.expires_on == g.expires_on) {
                let units = g.units.min(b.units);
                b.units -= units;
                by_date.extend((units > 0).then_some(Batch { units, ..*g }));
            }
        }
        for c in came {
            match all.iter_mut().find(|b| b.expires_on == c.expires_on) {
                Some(b) => *b = Batch { units: b.units + c.units, came_on: b.came_on.min(c.came_on), ..*b },
                None => all.push(*c),
            }
        }
        all.retain(|b| b.units > 0);
        all.sort_by_key(|b| b.expires_on);
        while all.len() > MAX_BATCHES {
            let first = all.remove(0);
            // Together they leave on the earlier day: nobody eats what is too old.
            all[0] = Batch { units: all[0].units + first.units, ..first };
        }
        let due = all.first().map(|b| leaves_at(b.expires_on, zone));
        Rebased {
            location: location.clone(),
            sku: sku.clone(),
            seen: self.on_hand,
            version: self.version,
            by_date,
            batches: all,
            lapsed: self.lapsed.clone(),
            due,
        }
    }

    /// The expiry loss at the end of a day: what expired on it, or earlier, leaves the shelf.
    #[must_use]
    pub fn lapse(&self, location: &LocationId, sku: &SkuId, today: Date, zone: &str) -> Rebased {
        let gone = self.expired(today);
        let mut s = self.rebased(location, sku, &[], &gone, zone);
        for g in gone {
            match s.lapsed.iter_mut().find(|b| b.expires_on == g.expires_on) {
                Some(b) => b.units += g.units,
                None => s.lapsed.push(g),
            }
        }
        s.lapsed.sort_by_key(|b| b.expires_on);
        s.lapsed.drain(..s.lapsed.len().saturating_sub(MAX_LAPSED));
        s
    }

    /// A till reports late that units were sold on an earlier day. Expiry losses since then, of batches that were here on that day, included those
    /// units; they must not be taken twice. Answers what is given back of each batch, and the snapshot without it, whose version guards against a
    /// race.
    #[must_use]
    pub fn sold_before(&self, location: &LocationId, sku: &SkuId, sold_on: Date, units: i64, zone: &str) -> (Vec<Batch>, Rebased) {
        let mut s = self.rebased(location, sku, &[], &[], zone);
        let mut back = Vec::new();
        let mut left = units;
        for b in s.lapsed.iter_mut().filter(|b| b.expires_on >= sold_on && b.came_on.is_none_or(|day| day <= sold_on)) {
            let part = b.units.min(left);
            left -= part;
            b.units -= part;
            back.push(Batch { units: part, ..*b });
        }
        back.retain(|b| b.units > 0);
        s.lapsed.retain(|b| b.units > 0);
        (back, s)
    }
}

/// Goods, by name, and days of theirs that have ended since they may have been put together ([`Perishable::ended`]).
pub type Ended = Vec<(String, Vec<Date>)>;

/// `「鲜牛奶」2026-12-01、「酸奶」2026-12-01`
#[must_use]
pub fn ended_text(ended: &[(String, Vec<Date>)]) -> String {
    let days = |days: &[Date]| days.iter().map(ToString::to_string).collect::<Vec<_>>().join("，");
    ended.iter().map(|(name, all)| format!("「{name}」{}", days(all))).collect::<Vec<_>>().join("、")
}

/// Who hands out goods that may have expired since they were put together has to look at them first. `fresh` is the answer; it is kept in the
/// documents, with who gave it. Where nothing leaves, nothing is asked.
///
/// # Errors
/// `ask_first`.
pub fn handed(d: &mut Decision, ended: &[(String, Vec<Date>)], fresh: bool, by: Option<&str>) -> Refusable<()> {
    if ended.is_empty() || d.document().is_none() {
        return Ok(());
    }
    if !fresh {
        let text = format!("有批次已经过期：{}。请核对每一件的到期日：都没有过期或已换好才能继续，换不到请登记缺货", ended_text(ended));
        return Err(Problem::new(Code::AskFirst, text).at("fresh"));
    }
    for w in &mut d.writes {
        if let Write::Stock(StockWrite::Movement(m)) = w {
            m.reason = Some("有批次到期，交出前已核对，均未过期".into());
            m.actor = by.map(str::to_owned);
        }
    }
    Ok(())
}

/// The first `units` of batches, earliest first, e.g. what arrived of what was sent.
#[must_use]
pub fn first_of(batches: &[Batch], units: i64) -> Vec<Batch> {
    let mut left = units;
    let mut out = Vec::new();
    for b in batches {
        let part = b.units.min(left);
        left -= part;
        if part > 0 {
            out.push(Batch { units: part, ..*b });
        }
    }
    out
}

/// The moment at which goods that expire on a day leave the shelf: the end of that day.
#[must_use]
pub fn leaves_at(day: Date, zone: &str) -> Timestamp {
    hours::midnight(day.saturating_add(1.day()), zone)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(n: i64) -> Date {
        jiff::civil::date(2026, 12, 1).saturating_add(n.days())
    }

    fn batch(n: i64, units: i64) -> Batch {
        Batch { expires_on: day(n), units, came_on: None }
    }

    fn shelf(on_hand: i64, batches: &[Batch]) -> Perishable {
        Perishable { on_hand, batches: batches.to_vec(), ..Perishable::default() }
    }

    #[test]
    fn given_batches_when_some_are_sold_then_the_first_expired_are_gone_first() {
        let s = shelf(7, &[batch(3, 4), batch(1, 4), batch(2, 2)]);
        assert_eq!(s.left(), [batch(1, 1), batch(2, 2), batch(3, 4)]);
        assert_eq!(s.next_out(2), [batch(1, 1), batch(2, 1)]);
        assert_eq!(s.next_sent(2, day(0)), s.next_out(2));
        let kept = s.next_sent(2, day(1));
        assert!(kept.iter().all(|b| b.expires_on > day(1)), "what ends today is not sent around: {kept:?}");
        assert_eq!(s.next_sent(99, day(1)), s.next_out(99), "unless it is asked for");
        assert_eq!(s.expired(day(2)), [batch(1, 1)]);
        let more = shelf(12, &s.batches);
        assert_eq!((more.undated(), more.next_out(3)), (2, vec![batch(1, 1)]));
        let lost = s.rebased(&"loc_a".parse().unwrap(), &"sku_1".parse().unwrap(), &[], &[batch(2, 5), batch(7, 1)], "UTC");
        assert_eq!(lost.by_date, [batch(2, 2)], "no more left by a date than there was of it");
        assert_eq!(shelf(-3, &s.batches).left(), []);
    }

    #[test]
    fn given_a_later_batch_that_expires_earlier_when_it_comes_in_then_what_was_sold_before_is_not_taken_from_it() {
        let sold_out = shelf(0, &[batch(9, 10)]);
        let s = sold_out.rebased(&"loc_a".parse().unwrap(), &"sku_1".parse().unwrap(), &[batch(2, 10)], &[], "Asia/Shanghai");
        assert_eq!((s.batches, s.due), (vec![batch(2, 10)], Some(Timestamp(1_796_313_600_000))));
    }

    #[test]
    fn given_more_batches_than_a_row_holds_when_rebased_then_the_first_two_leave_together_on_the_earlier_day() {
        let many: Vec<Batch> = (0..13).map(|n| batch(n, 1)).collect();
        let s = shelf(0, &[]).rebased(&"loc_a".parse().unwrap(), &"sku_1".parse().unwrap(), &many[..12], &[], "UTC");
        assert_eq!(s.batches.len(), 12);
        let s = shelf(0, &[]).rebased(&"loc_a".parse().unwrap(), &"sku_1".parse().unwrap(), &many, &[], "UTC");
        assert_eq!((s.batches.len(), s.batches[0], s.batches[1]), (12, batch(0, 2), batch(2, 1)));
    }

    #[test]
    fn given_a_day_when_somebody_says_that_goods_expire_on_it_then_both_limits_hold() {
        let today = day(0);
        assert_eq!(day_of(" 2026-12-01 ", today, true).unwrap(), today, "its last day is one to sell them on");
        assert_eq!(day_of("2036-12-01", today, true).unwrap(), today.saturating_add(10.years()));
        assert_eq!(day_of("2026-11-30", today, false).unwrap(), day(-1), "what is thrown away may be old");
        for (bad, comes) in [("2026-11-30", true), ("2036-12-02", true), ("2036-12-02", false), ("2026-02-30", true), ("", true)] {
            assert!(day_of(bad, today, comes).is_err(), "{bad}");
        }
    }

    #[test]
    fn given_goods_that_the_clock_took_when_a_till_says_that_some_were_sold_before_then_those_are_given_back_once() {
        let (location, sku) = ("loc_a".parse().unwrap(), "sku_1".parse().unwrap());
        let midnight = shelf(9, &[batch(0, 4), batch(1, 5)]).lapse(&location, &sku, day(1), "UTC");
        assert_eq!((&midnight.by_date, &midnight.lapsed), (&vec![batch(0, 4)], &vec![batch(0, 4)]));
        let after = Perishable { on_hand: 5, batches: midnight.batches, lapsed: midnight.lapsed, version: 1 };
        assert_eq!(after.sold_before(&location, &sku, day(1), 3, "UTC").0, [], "sold on the next day: not of those");
        let later = Perishable { lapsed: vec![Batch { came_on: Some(day(0)), ..batch(0, 4) }], ..after.clone() };
        assert_eq!(later.sold_before(&location, &sku, day(-1), 3, "UTC").0, [], "they were not here when it was sold");
        assert_eq!(later.sold_before(&location, &sku, day(0), 3, "UTC").0[0].units, 3);
        let (back, s) = after.sold_before(&location, &sku, day(0), 3, "UTC");
        assert_eq!((back, &s.lapsed, &s.batches), (vec![batch(0, 3)], &vec![batch(0, 1)], &vec![batch(1, 5)]));
        let (back, s) = Perishable { lapsed: s.lapsed, ..after.clone() }.sold_before(&location, &sku, day(-1), 3, "UTC");
        assert_eq!((back, s.lapsed), (vec![batch(0, 1)], vec![]), "no more than the clock took; the rest was sold from what is left");
        let many: Vec<Batch> = (0..9).map(|n| batch(n, 1)).collect();
        assert_eq!(shelf(9, &many).lapse(&location, &sku, day(8), "UTC").lapsed, (5..8).map(|n| batch(n, 1)).collect::<Vec<_>>());
    }

    #[test]
    fn given_goods_that_ended_since_they_were_put_together_when_given_away_then_somebody_looks_at_them_first() {
        let there = Perishable { lapsed: vec![batch(0, 2), batch(1, 3), batch(2, 0)], ..shelf(9, &[batch(2, 4), batch(3, 5)]) };
        assert_eq!(there.ended(day(1), day(2)), [day(1)], "what ended before they were put together is not among them");
        assert_eq!(there.ended(day(0), day(2)), [day(0), day(1)]);
        assert_eq!(there.ended(day(1), day(3)), [day(1), day(2)], "the clock has not taken all of it yet");
        assert_eq!(there.ended(day(2), day(2)), []);
        let ended = vec![("牛奶".to_owned(), vec![day(0), day(1)])];
        assert_eq!(ended_text(&ended), "「牛奶」2026-12-01，2026-12-02");
        let mut leaves = Decision::default();
        let lines = vec![crate::stock::record::MovementLine::of(&"sku_1".parse().unwrap(), -1, -1, 0)];
        let kind = crate::stock::record::MovementKind::Sale;
        leaves.movement(
            crate::stock::record::Movement::of("mov_1".parse().unwrap(), "loc_a".parse().unwrap(), kind, None, None, lines, Timestamp(1)),
            false,
        );
        let asked = handed(&mut leaves, &ended, false, Some("stf_1")).unwrap_err();
        assert_eq!((asked.code, asked.field.as_deref()), (Code::AskFirst, Some("fresh")));
        assert!(asked.detail.contains("「牛奶」2026-12-01"), "{}", asked.detail);
        handed(&mut leaves, &[], false, Some("stf_1")).unwrap();
        assert_eq!(leaves.document().unwrap().reason, None, "nobody was asked");
        handed(&mut leaves, &ended, true, Some("stf_1")).unwrap();
        let document = leaves.document().unwrap();
        assert!(document.reason.is_some() && document.actor.as_deref() == Some("stf_1"));
        handed(&mut Decision::default(), &ended, false, None).unwrap();
    }

    #[test]
    fn given_more_than_the_record_says_when_counted_then_it_has_the_day_that_was_read_or_the_earliest() {
        let there = shelf(5, &[batch(3, 4), batch(1, 4)]);
        assert_eq!(there.surplus(2, None), Some(batch(1, 2)), "one of the first batch is left");
        assert_eq!(shelf(4, &there.batches).surplus(2, None), Some(batch(3, 2)), "none of it is");
        assert_eq!(there.surplus(2, Some(day(7))), Some(batch(7, 2)));
        assert_eq!(shelf(0, &there.batches).surplus(2, None), Some(batch(1, 2)), "sold out, the record says: of any of them");
        assert_eq!(shelf(5, &[]).surplus(2, None), None);
        let s = there.rebased(&"loc_a".parse().unwrap(), &"sku_1".parse().unwrap(), &[batch(1, 2)], &[], "UTC");
        assert_eq!((s.by_date, s.batches), (vec![batch(1, 2)], vec![batch(1, 3), batch(3, 4)]));
    }

    #[test]
    fn given_units_that_end_before_the_promised_day_when_looked_at_then_they_cannot_be_promised_for_it() {
        let stock = Stock { on_hand: 9, reserved: 1, safety: 1, incoming: 0 };
        let there = Dated { stock, batches: vec![batch(0, 5), batch(1, 3)] };
        assert_eq!([0, 1, 2].map(|n| there.until(day(n)).available()), [7, 2, 0], "one has no date: it may be promised for any day");
        assert_eq!((there.over_by(day(1)), there.over_by(day(2))), (5, 8));
        // Six were sold: the first to end are gone.
        let sold = Dated { stock: Stock { on_hand: 3, ..stock }, ..there };
        assert_eq!([0, 1, 2].map(|n| sold.until(day(n)).available()), [1, 1, 0]);
        assert_eq!(Dated::from(stock).until(day(9)), stock, "goods that do not expire");
    }

    #[derive(Debug, Clone)]
    enum Step {
        In(i64, i64),
        Undated(i64),
        Out(i64),
        Gone(i64, i64),
    }

    /// The days of batches, unit by unit.
    fn unit_by_unit(batches: &[Batch]) -> Vec<Option<i64>> {
        let units = |b: &Batch| std::iter::repeat_n(Some((b.expires_on - day(0)).get_days().into()), usize::try_from(b.units).unwrap());
        batches.iter().flat_map(units).collect()
    }

    proptest! {
        /// Against a shelf on which every unit carries its date, or none, and the earliest is always handed out; those without one first.
        #[test]
        fn given_any_course_when_units_come_and_go_then_what_is_left_is_what_lies_on_a_real_shelf(
            steps in proptest::collection::vec(prop_oneof![
                (0i64..9, 1i64..6).prop_map(|(d, n)| Step::In(d, n)),
                (1i64..4).prop_map(Step::Undated),
                (1i64..7).prop_map(Step::Out),
                (0i64..9, 1i64..4).prop_map(|(d, n)| Step::Gone(d, n)),
            ], 1..60)
        ) {
            let (location, sku) = ("loc_a".parse().unwrap(), "sku_1".parse().unwrap());
            let mut real: Vec<Option<i64>> = Vec::new();
            let mut s = shelf(0, &[]);
            let times = |n: i64| usize::try_from(n).unwrap();
            for step in steps {
                match step {
                    Step::In(d, n) => {
                        s.batches = s.rebased(&location, &sku, &[batch(d, n)], &[], "UTC").batches;
                        s.on_hand += n;
                        real.extend(std::iter::repeat_n(Some(d), times(n)));
                    }
                    Step::Undated(n) => {
                        s.batches = s.rebased(&location, &sku, &[], &[], "UTC").batches;
                        s.on_hand += n;
                        real.extend(std::iter::repeat_n(None, times(n)));
                    }
                    Step::Out(n) => {
                        real.sort_unstable();
                        let n = times(n).min(real.len());
                        let dated: Vec<Option<i64>> = real[..n].iter().copied().filter(Option::is_some).collect();
                        prop_assert_eq!(unit_by_unit(&s.next_out(i64::try_from(n).unwrap())), dated);
                        real.drain(..n);
                        s.on_hand -= i64::try_from(n).unwrap();
                    }
                    Step::Gone(d, n) => {
                        let there = i64::try_from(real.iter().filter(|r| **r == Some(d)).count()).unwrap();
                        let n = n.min(there);
                        if n > 0 {
                            s.batches = s.rebased(&location, &sku, &[], &[batch(d, n)], "UTC").batches;
                            s.on_hand -= n;
                            for _ in 0..n {
                                let at = real.iter().position(|r| *r == Some(d)).unwrap();
                                real.remove(at);
                            }
                        }
                    }
                }
                real.sort_unstable();
                let undated = real.iter().filter(|r| r.is_none()).count();
                prop_assert_eq!(unit_by_unit(&s.left()), &real[undated..]);
                prop_assert_eq!(s.undated(), i64::try_from(undated).unwrap());
            }
        }
    }
}
