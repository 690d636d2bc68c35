//! Counting a shelf: what people find there against what the record says.
//!
//! A line keeps a snapshot of the record from the moment it was counted, and what is posted is the difference to it, not the number that was counted:
//! goods sold between counting and approval change nothing. Small differences are approved by policy, larger ones by a person who did not count.

use liandian_types::{Code, CountId, CountKind, CountState, CountStep, Fen, LocationId, MovementId, Problem, SkuId, StaffId, StoreId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Decision, Refusable, Write,
    decision::StockWrite,
    stock::{
        batch::{Date, Perishable},
        record::{MAX_FACT_UNITS, Movement, MovementKind, MovementLine},
    },
};

/// The most SKUs of one count.
pub const MAX_COUNT_LINES: usize = 2_000;
/// The most lines that are entered at once.
pub const MAX_ENTRIES: usize = 25;
/// How many differences one transaction posts: each updates a stock record and a line of the count.
pub const CHUNK: usize = 30;
/// After how long the sweeper resumes posting a count's differences, should the process have died.
const AGAIN: i64 = 2 * Timestamp::MINUTE;
/// After how long without an entry or a decision HQ is shown the count: until it ends, its location cannot be counted again.
const WAITS: i64 = Timestamp::DAY;
/// After how many such periods it is cancelled.
const MAX_REMINDERS: u32 = 3;

/// Up to which differences no second person has to approve: of a count, and of what one person writes off, adjusts or takes back
/// (see [`crate::stock::claim`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CountPolicy {
    /// The most units of one line that differ.
    pub units: u32,
    /// The most that all differences together are worth, whichever way they go, at the list price.
    pub value: Fen,
    /// The most of a record that one line takes away, in per cent. A single unit is no share: the last of three bottles may break.
    pub share: u32,
}

impl Default for CountPolicy {
    fn default() -> Self {
        Self { units: 2, value: Fen(5_000), share: 50 }
    }
}

impl CountPolicy {
    /// Does this need no second person?
    #[must_use]
    pub fn lets(&self, largest: i64, value: Fen, share: u32) -> bool {
        largest <= i64::from(self.units) && value <= self.value && share <= self.share
    }
}

/// How much of a record `gone` units are, in per cent, rounded up; nothing for one unit or for what comes in.
#[must_use]
pub fn share_of(gone: i64, on_hand: i64) -> u32 {
    match (gone, on_hand) {
        (..=1, _) => 0,
        (_, ..=0) => u32::MAX,
        (gone, there) => u32::try_from(gone.saturating_mul(100).saturating_add(there - 1) / there).unwrap_or(u32::MAX),
    }
}

/// What was found, added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Lines that were counted.
    pub counted: u32,
    /// Lines that differ.
    pub different: u32,
    /// Units more than the record says.
    pub over: i64,
    /// Units fewer than the record says.
    pub short: i64,
    /// What all differences are worth, whichever way they go, at the list price.
    pub value: Fen,
    /// The most units of one line that differ.
    pub largest: i64,
    /// The most of a record that is missing, in per cent; see [`share_of`].
    #[serde(default)]
    pub share: u32,
}

/// A count of a location, or of a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Its id.
    pub count: CountId,
    /// Whose staff counts.
    pub store: StoreId,
    /// What is counted: the store's shelf, or a warehouse that it keeps.
    pub location: LocationId,
    /// All of it, or a part.
    pub kind: CountKind,
    /// A blind count: who counts does not see the record's figure.
    pub blind: bool,
    /// Were its SKUs picked by hand? Then a person always decides, or small differences of chosen SKUs would be a way to write goods off.
    #[serde(default)]
    pub picked: bool,
    /// What is counted, for people.
    pub title: String,
    /// Where it stands.
    pub state: CountState,
    /// How many lines there are.
    pub lines: u32,
    /// Who began it.
    pub by: StaffId,
    /// When.
    pub created_at: Timestamp,
    /// The store's time zone.
    pub zone: String,
    /// Who said that it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted_by: Option<StaffId>,
    /// Who approved it; the policy where it is nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<StaffId>,
    /// Why it was sent back, in a person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What was found when it was submitted.
    #[serde(default)]
    pub tally: Tally,
    /// The deadline for the next entry or decision; once approved, for posting all differences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// How many deadlines have passed without an entry or a decision; HQ sees it then.
    #[serde(default)]
    pub reminders: u32,
    /// Grows with every change.
    pub version: u64,
}

impl Count {
    /// Should HQ look at it?
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.reminders > 0 && matches!(self.state, CountState::Open | CountState::Submitted)
    }

    /// Since when an entry or a decision is overdue.
    #[must_use]
    pub fn late_since(&self) -> Option<Timestamp> {
        self.due.filter(|_| self.is_late()).map(|due| due.plus(-WAITS * i64::from(self.reminders)))
    }
}

/// One SKU of a count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountLine {
    /// Of which count.
    pub count: CountId,
    /// What.
    pub sku: SkuId,
    /// What was found; `None` until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<u32>,
    /// Snapshot of the record's `on_hand` at that moment.
    #[serde(default)]
    pub book: i64,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<StaffId>,
    /// Of goods that expire, the day printed on them: for units that the record does not know of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<Date>,
    /// The document that posted the difference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub movement: Option<MovementId>,
}

impl CountLine {
    /// Units more (or fewer, below zero) than the record said; `None` until it is counted.
    #[must_use]
    pub fn difference(&self) -> Option<i64> {
        self.counted.map(|c| i64::from(c) - self.book)
    }
}

/// What a person found of one SKU, with what the record says at that moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What.
    pub sku: SkuId,
    /// How many.
    pub counted: u32,
    /// What the record says.
    pub book: i64,
    /// The day printed on it, if it was read.
    pub expires_on: Option<Date>,
}

/// What is to be counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCount {
    /// Its id.
    pub count: CountId,
    /// Whose staff counts.
    pub store: StoreId,
    /// What is counted.
    pub location: LocationId,
    /// The store's time zone.
    pub zone: String,
    /// All of it, or a part.
    pub kind: CountKind,
    /// A blind count: who counts does not see the record's figure.
    pub blind: bool,
    /// Were its SKUs picked by hand?
    pub picked: bool,
    /// What is counted, for people.
    pub title: String,
    /// The SKUs, each once.
    pub skus: Vec<SkuId>,
    /// Who begins it.
    pub by: StaffId,
}

fn conflict(c: &Count, verb: &str) -> Problem {
    Problem::new(Code::Conflict, format!("盘点单当前为「{}」，不能{verb}", c.state.title()))
}

/// Begins a count. Its lines are written first; without the count they mean nothing. A shelf has one count at a time: two of the same goods would
/// post the same difference twice.
///
/// # Errors
/// `bad_request` when there is nothing to count, or too much.
pub fn begin(n: NewCount, now: Timestamp) -> Refusable<(Count, Vec<CountLine>, Decision)> {
    if n.skus.is_empty() || n.skus.len() > MAX_COUNT_LINES {
        return Err(Problem::new(Code::BadRequest, format!("一张盘点单需要 1 到 {MAX_COUNT_LINES} 种商品")).at("skus"));
    }
    let line = |sku| CountLine { count: n.count.clone(), sku, counted: None, book: 0, at: None, by: None, expires_on: None, movement: None };
    let lines: Vec<CountLine> = n.skus.into_iter().map(line).collect();
    let count = Count {
        count: n.count,
        store: n.store,
        location: n.location,
        kind: n.kind,
        blind: n.blind,
        picked: n.picked,
        title: n.title,
        state: CountState::Open,
        lines: u32::try_from(lines.len()).unwrap_or(u32::MAX),
        by: n.by,
        created_at: now,
        zone: n.zone,
        submitted_by: None,
        approved_by: None,
        reason: None,
        tally: Tally::default(),
        due: Some(now.plus(WAITS)),
        reminders: 0,
        version: 0,
    };
    let mut d = Decision::default();
    d.write(StockWrite::BeginCounting(count.location.clone(), count.count.clone()));
    d.write(StockWrite::CreateCount(Box::new(count.clone())));
    Ok((count, lines, d))
}

/// Notes what was found. Counted again, a line has the later number.
///
/// # Errors
/// `conflict` when the count is not open; `bad_request` for no entries or too many, a SKU that is not to be counted, more than anybody
/// can count.
pub fn enter(c: &Count, lines: &[CountLine], found: &[Found], by: &StaffId, now: Timestamp) -> Refusable<(Vec<CountLine>, Decision)> {
    if c.state != CountState::Open {
        return Err(conflict(c, "录入"));
    }
    if found.is_empty() || found.len() > MAX_ENTRIES {
        return Err(Problem::new(Code::BadRequest, format!("一次录入 1 到 {MAX_ENTRIES} 种商品")).at("lines"));
    }
    let mut d = Decision::default();
    let mut seen = std::collections::BTreeSet::new();
    let mut entered = Vec::with_capacity(found.len());
    for (i, f) in found.iter().enumerate() {
        let line = lines.iter().find(|l| l.sku == f.sku).filter(|_| seen.insert(&f.sku));
        let Some(line) = line else {
            return Err(Problem::new(Code::BadRequest, format!("商品 {} 不在本次盘点范围内，或重复", f.sku)).at(format!("lines[{i}].sku")));
        };
        if i64::from(f.counted) > MAX_FACT_UNITS {
            return Err(Problem::new(Code::BadRequest, format!("数量需要在 0 到 {MAX_FACT_UNITS} 之间")).at(format!("lines[{i}].counted")));
        }
        let line =
            CountLine { counted: Some(f.counted), book: f.book, at: Some(now), by: Some(by.clone()), expires_on: f.expires_on, ..line.clone() };
        d.write(StockWrite::PutCountLine(Box::new(line.clone())));
        entered.push(line);
    }
    // A submit at the same time loses the race on the version, and reads the lines again.
    d.and(update(waiting(c.clone(), now), now));
    Ok((entered, d))
}

/// Adds up what was found; `price` is the list price of a SKU.
#[must_use]
pub fn tally(lines: &[CountLine], price: impl Fn(&SkuId) -> Fen) -> Tally {
    let mut t = Tally::default();
    for l in lines {
        let Some(difference) = l.difference() else { continue };
        t.counted += 1;
        t.different += u32::from(difference != 0);
        t.over += difference.max(0);
        t.short += (-difference).max(0);
        t.largest = t.largest.max(difference.abs());
        t.share = t.share.max(share_of(-difference, l.book));
        t.value = Fen(t.value.0.saturating_add(price(&l.sku).0.saturating_mul(difference.abs())));
    }
    t
}

/// Counting is done. Small differences are approved at once.
///
/// # Errors
/// `conflict` when it is not open; `bad_request` when nothing was counted, or not everything in a full count.
pub fn submit(c: &Count, tally: Tally, policy: &CountPolicy, by: &StaffId, now: Timestamp) -> Refusable<Decision> {
    if c.state != CountState::Open {
        return Err(conflict(c, "提交"));
    }
    let left = c.lines.saturating_sub(tally.counted);
    if tally.counted == 0 || (c.kind == CountKind::Full && left > 0) {
        return Err(Problem::new(Code::BadRequest, format!("还有 {left} 种商品没有盘点")).at("lines"));
    }
    let small = !c.picked && policy.lets(tally.largest, tally.value, tally.share);
    let mut next = Count { tally, submitted_by: Some(by.clone()), reason: None, state: CountState::Submitted, ..waiting(c.clone(), now) };
    if small {
        next = approved(next, None, now);
    }
    Ok(update(next, now))
}

/// An entry or a decision: the deadline starts anew.
fn waiting(c: Count, now: Timestamp) -> Count {
    Count { due: Some(now.plus(WAITS)), reminders: 0, ..c }
}

fn approved(c: Count, by: Option<StaffId>, now: Timestamp) -> Count {
    let state = if c.tally.different == 0 { CountState::Closed } else { CountState::Approved };
    Count { approved_by: by, due: (state == CountState::Approved).then(|| now.plus(AGAIN)), state, ..c }
}

fn update(c: Count, now: Timestamp) -> Decision {
    let mut d = Decision::default();
    if matches!(c.state, CountState::Closed | CountState::Cancelled) {
        d.write(StockWrite::EndCounting(c.location.clone()));
    }
    if c.state == CountState::Closed {
        d.write(StockWrite::Counted(c.location.clone(), c.count.clone(), now));
    }
    d.write(StockWrite::UpdateCount(Box::new(c)));
    d
}

/// Somebody who neither counted nor submitted.
fn uninvolved(c: &Count, lines: &[CountLine], by: &StaffId) -> bool {
    c.submitted_by.as_ref() != Some(by) && !lines.iter().any(|l| l.by.as_ref() == Some(by))
}

/// A person decides about a count that was submitted.
///
/// # Errors
/// `conflict` when there is nothing to decide; `forbidden` for whoever counted or submitted it; `bad_request` when it is sent back without a reason.
pub fn decide(c: &Count, lines: &[CountLine], approve: bool, reason: Option<&str>, by: &StaffId, now: Timestamp) -> Refusable<Decision> {
    if c.state != CountState::Submitted {
        return Err(conflict(c, if approve { "批准" } else { "驳回" }));
    }
    if !uninvolved(c, lines, by) {
        return Err(Problem::new(Code::Forbidden, "参与盘点或提交的人不能审批，请由其他有权限的人审批"));
    }
    if approve {
        return Ok(update(approved(c.clone(), Some(by.clone()), now), now));
    }
    let reason = reason.map(str::trim).filter(|r| !r.is_empty() && r.chars().count() <= 100);
    let Some(reason) = reason else { return Err(Problem::new(Code::BadRequest, "请填写驳回原因，最多 100 个字").at("reason")) };
    Ok(update(Count { state: CountState::Open, reason: Some(reason.to_owned()), tally: Tally::default(), ..waiting(c.clone(), now) }, now))
}

/// Cancels a count before any difference was posted.
///
/// # Errors
/// `conflict` afterwards.
pub fn cancel(c: &Count, now: Timestamp) -> Refusable<Decision> {
    if !matches!(c.state, CountState::Open | CountState::Submitted) {
        return Err(conflict(c, "取消"));
    }
    Ok(update(Count { state: CountState::Cancelled, due: None, ..c.clone() }, now))
}

/// The deadline has passed without an entry or a decision: HQ is shown the count, and in the end it is cancelled, so that its location can be counted
/// again. Changes nothing before the deadline.
#[must_use]
pub fn remind(c: &Count, now: Timestamp) -> Decision {
    if !matches!(c.state, CountState::Open | CountState::Submitted) || c.due.is_none_or(|due| due > now) {
        return Decision::default();
    }
    if c.reminders >= MAX_REMINDERS {
        return update(Count { state: CountState::Cancelled, due: None, reason: Some("多日无人处理，自动取消".into()), ..c.clone() }, now);
    }
    update(Count { reminders: c.reminders + 1, due: Some(now.plus(WAITS)), ..c.clone() }, now)
}

/// Posts the next differences of an approved count; the last ones close it. Empty when there is nothing (more) to do.
#[must_use]
pub fn put_right(c: &Count, lines: &[CountLine], movement: MovementId, now: Timestamp) -> Decision {
    if c.state != CountState::Approved {
        return Decision::default();
    }
    let open: Vec<(&CountLine, i64)> =
        lines.iter().filter(|l| l.movement.is_none()).filter_map(|l| Some((l, l.difference().filter(|d| *d != 0)?))).collect();
    let chunk = &open[..open.len().min(CHUNK)];
    let mut d = Decision::default();
    if !chunk.is_empty() {
        let mut document = Movement::of(
            movement.clone(),
            c.location.clone(),
            MovementKind::Count,
            None,
            None,
            chunk.iter().map(|(l, n)| MovementLine::of(&l.sku, *n, 0, 0)).collect(),
            now,
        );
        document.document = Some(c.count.to_string());
        document.actor = c.approved_by.as_ref().or(c.submitted_by.as_ref()).map(ToString::to_string);
        d.movement(document, false);
        for (line, _) in chunk {
            d.write(StockWrite::PutCountLine(Box::new(CountLine { movement: Some(movement.clone()), ..(*line).clone() })));
        }
    }
    let done = chunk.len() == open.len();
    let next = Count { state: if done { CountState::Closed } else { c.state }, due: (!done).then(|| now.plus(AGAIN)), ..c.clone() };
    d.and(update(next, now));
    d
}

/// Units that a count adds to goods that expire get an expiry day ([`Perishable::surplus`]). `shelf` has the records of such goods that this decision
/// of [`put_right`] adds to.
pub fn date_surplus(d: &mut Decision, c: &Count, lines: &[CountLine], shelf: &[(SkuId, Perishable)]) {
    let mut rebased = Vec::new();
    for w in &mut d.writes {
        let Write::Stock(StockWrite::Movement(m)) = w else { continue };
        for l in m.lines.iter_mut().filter(|l| l.on_hand > 0) {
            let Some((_, there)) = shelf.iter().find(|(sku, _)| *sku == l.sku) else { continue };
            let read = lines.iter().find(|n| n.sku == l.sku).and_then(|n| n.expires_on);
            if let Some(b) = there.surplus(l.on_hand, read) {
                l.batches = vec![b];
                rebased.push(there.rebased(&c.location, &l.sku, &[b], &[], &c.zone));
            }
        }
    }
    for s in rebased {
        d.write(StockWrite::Batches(Box::new(s)));
    }
}

/// Which of these units, sold at a moment, a count had already missed: the SKUs whose line was entered after that moment.
#[must_use]
pub fn found_gone(lines: &[CountLine], sold: &[(SkuId, i64)], sold_at: Timestamp) -> Vec<(SkuId, i64)> {
    let gone = |sku: &SkuId| lines.iter().any(|l| l.sku == *sku && l.counted.is_some() && l.at.is_some_and(|at| at > sold_at));
    sold.iter().filter(|(sku, _)| gone(sku)).cloned().collect()
}

/// A till reports a sale late, while a count that began after the sale is under way: the lines' snapshots are corrected, so that the units are not
/// taken off twice, as a sale and as a difference. `lines` are all of the count's once it was submitted (the sums are made anew with `price`), before
/// that at least those of the SKUs.
#[must_use]
pub fn told_meanwhile(c: &Count, lines: &[CountLine], gone: &[(SkuId, i64)], price: impl Fn(&SkuId) -> Fen, now: Timestamp) -> Decision {
    let mut d = Decision::default();
    let mut lines = lines.to_vec();
    for (sku, units) in gone {
        for l in lines.iter_mut().filter(|l| l.sku == *sku) {
            l.book -= units;
            d.write(StockWrite::PutCountLine(Box::new(l.clone())));
        }
    }
    let tally = if c.state == CountState::Open { c.tally } else { tally(&lines, price) };
    // A decision at the same time loses the race on the version, and reads the lines again.
    d.and(update(Count { tally, ..c.clone() }, now));
    d
}

/// A till reports a sale late, after a closed count has already posted its missing units as a difference: they are given back by a document beside
/// the sale's.
#[must_use]
pub fn given_back(count: &CountId, sale: &Movement, movement: MovementId, gone: &[(SkuId, i64)], now: Timestamp) -> Movement {
    let lines = gone.iter().map(|(sku, units)| MovementLine::of(sku, *units, 0, 0)).collect();
    Movement {
        document: Some(count.to_string()),
        reason: Some(format!("小票 {} 在盘点前售出，盘点已扣减", sale.document.as_deref().unwrap_or_default())),
        actor: sale.actor.clone(),
        ..Movement::of(movement, sale.location.clone(), MovementKind::Count, None, None, lines, now)
    }
}

/// What this person may do with it now.
#[must_use]
pub fn steps(c: &Count, lines: &[CountLine], counts: bool, approves: bool, by: &StaffId) -> Vec<CountStep> {
    let decides = approves && uninvolved(c, lines, by);
    match c.state {
        CountState::Open if counts => vec![CountStep::Submit, CountStep::Cancel],
        CountState::Submitted => {
            let mut all = if decides { vec![CountStep::Approve, CountStep::Reject] } else { vec![] };
            all.extend(counts.then_some(CountStep::Cancel));
            all
        }
        _ => vec![],
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stock::batch::Batch;

    fn person(n: u32) -> StaffId {
        format!("stf_{n}").parse().unwrap()
    }

    fn new(skus: usize, kind: CountKind) -> (Count, Vec<CountLine>) {
        let n = NewCount {
            count: "cnt_1".parse().unwrap(),
            store: "sto_a".parse().unwrap(),
            location: "loc_a".parse().unwrap(),
            zone: "Asia/Shanghai".into(),
            kind,
            blind: true,
            picked: false,
            title: "全店".into(),
            skus: (0..skus).map(|i| format!("sku_{i}").parse().unwrap()).collect(),
            by: person(1),
        };
        let (count, lines, _) = begin(n, Timestamp(1)).unwrap();
        (count, lines)
    }

    fn found(sku: usize, counted: u32, book: i64) -> Found {
        Found { sku: format!("sku_{sku}").parse().unwrap(), counted, book, expires_on: None }
    }

    fn updated(d: &Decision) -> Count {
        d.writes.iter().find_map(|w| if let Write::Stock(StockWrite::UpdateCount(c)) = w { Some((**c).clone()) } else { None }).unwrap()
    }

    #[test]
    fn given_entries_when_made_then_each_limit_holds_from_both_sides() {
        let (c, lines) = new(30, CountKind::Full);
        let field = |f: &[Found]| enter(&c, &lines, f, &person(1), Timestamp(2)).unwrap_err().field.unwrap();
        assert_eq!(field(&[]), "lines");
        assert_eq!(field(&(0..26).map(|i| found(i, 1, 1)).collect::<Vec<_>>()), "lines");
        assert!(enter(&c, &lines, &(0..25).map(|i| found(i, 1, 1)).collect::<Vec<_>>(), &person(1), Timestamp(2)).is_ok());
        assert_eq!(field(&[found(30, 1, 1)]), "lines[0].sku");
        assert_eq!(field(&[found(1, 1, 1), found(1, 1, 1)]), "lines[1].sku");
        assert_eq!(field(&[found(1, 100_000, 1)]), "lines[0].counted");
        assert!(enter(&c, &lines, &[found(1, 99_999, 1)], &person(1), Timestamp(2)).is_ok());
        let over = Count { state: CountState::Submitted, ..c.clone() };
        assert_eq!(enter(&over, &lines, &[found(1, 1, 1)], &person(1), Timestamp(2)).unwrap_err().code, Code::Conflict);
        let ids = |n: usize| (0..n).map(|i| format!("sku_{i}").parse().unwrap()).collect::<Vec<SkuId>>();
        let whole = |skus| {
            let n = NewCount {
                skus,
                count: c.count.clone(),
                store: c.store.clone(),
                location: c.location.clone(),
                zone: String::new(),
                kind: c.kind,
                blind: false,
                picked: false,
                title: String::new(),
                by: person(1),
            };
            begin(n, Timestamp(1)).is_ok()
        };
        assert!(whole(ids(MAX_COUNT_LINES)) && !whole(ids(MAX_COUNT_LINES + 1)) && !whole(vec![]));
    }

    #[test]
    fn given_more_goods_that_are_kept_by_date_when_put_right_then_they_come_in_with_a_day() {
        let (c, lines) = new(3, CountKind::Full);
        let day = |n: i8| jiff::civil::date(2026, 12, n);
        let read = Found { expires_on: Some(day(20)), ..found(1, 8, 5) };
        let (lines, _) = enter(&c, &lines, &[found(0, 8, 5), read, found(2, 3, 5)], &person(1), Timestamp(2)).unwrap();
        let c = Count { state: CountState::Approved, ..c };
        let mut d = put_right(&c, &lines, "mov_1".parse().unwrap(), Timestamp(3));
        let there = |batches: &[(i8, i64)]| Perishable {
            on_hand: 5,
            batches: batches.iter().map(|(n, units)| Batch { expires_on: day(*n), units: *units, came_on: None }).collect(),
            ..Perishable::default()
        };
        let shelf: Vec<(SkuId, Perishable)> = (0..3).map(|i| (format!("sku_{i}").parse().unwrap(), there(&[(9, 2), (4, 3)]))).collect();
        date_surplus(&mut d, &c, &lines, &shelf);
        let of_line = |l: &MovementLine| (l.on_hand, l.batches.iter().map(|b| b.expires_on).collect::<Vec<_>>());
        let days: Vec<_> = d.document().unwrap().lines.iter().map(of_line).collect();
        assert_eq!(days, [(3, vec![day(4)]), (3, vec![day(20)]), (-2, vec![])], "what is missing has no say");
        assert!(d.undated().is_empty());
        let rebased = |sku: &str| {
            let of = |w: &Write| if let Write::Stock(StockWrite::Batches(s)) = w { (s.sku.as_str() == sku).then(|| s.batches.clone()) } else { None };
            d.writes.iter().find_map(of).map(|all| all.iter().map(|b| (b.expires_on, b.units)).collect::<Vec<_>>())
        };
        assert_eq!(rebased("sku_0"), Some(vec![(day(4), 6), (day(9), 2)]));
        assert_eq!(rebased("sku_1"), Some(vec![(day(4), 3), (day(9), 2), (day(20), 3)]));
        assert_eq!(rebased("sku_2"), None);
    }

    #[test]
    fn given_differences_when_submitted_then_the_policy_approves_up_to_its_limits_and_a_person_who_did_not_count_the_rest() {
        let (c, mut lines) = new(1, CountKind::Full);
        let policy = CountPolicy { units: 2, value: Fen(500), share: 50 };
        let t = |largest, value| Tally { counted: 1, different: 1, short: largest, largest, value: Fen(value), ..Tally::default() };
        let state = |t| updated(&submit(&c, t, &policy, &person(1), Timestamp(2)).unwrap()).state;
        assert_eq!(state(t(2, 500)), CountState::Approved);
        assert_eq!(state(t(3, 500)), CountState::Submitted);
        assert_eq!(state(t(2, 501)), CountState::Submitted);
        assert_eq!(state(Tally { share: 50, ..t(2, 500) }), CountState::Approved);
        assert_eq!(state(Tally { share: 51, ..t(2, 500) }), CountState::Submitted, "most of what was there");
        assert_eq!((share_of(1, 1), share_of(2, 4), share_of(2, 3), share_of(2, 0), share_of(-5, 1)), (0, 50, 67, u32::MAX, 0));
        assert_eq!(state(Tally { counted: 1, ..Tally::default() }), CountState::Closed, "nothing differs");
        assert!(submit(&c, Tally::default(), &policy, &person(1), Timestamp(2)).is_err(), "nothing was counted");

        let waiting = updated(&submit(&c, t(9, 900), &policy, &person(1), Timestamp(2)).unwrap());
        assert_eq!(decide(&waiting, &lines, true, None, &person(1), Timestamp(3)).unwrap_err().code, Code::Forbidden);
        lines[0].by = Some(person(3));
        assert_eq!(decide(&waiting, &lines, true, None, &person(3), Timestamp(3)).unwrap_err().code, Code::Forbidden, "who counted");
        assert_eq!(steps(&waiting, &lines, false, true, &person(3)), []);
        assert_eq!(steps(&waiting, &lines, false, true, &person(2)), [CountStep::Approve, CountStep::Reject]);
        assert_eq!(updated(&decide(&waiting, &lines, true, None, &person(2), Timestamp(3)).unwrap()).state, CountState::Approved);
        assert_eq!(decide(&waiting, &lines, false, Some(" "), &person(2), Timestamp(3)).unwrap_err().field.unwrap(), "reason");
        let back = updated(&decide(&waiting, &lines, false, Some("请复盘"), &person(2), Timestamp(3)).unwrap());
        assert_eq!((back.state, back.reason.as_deref(), back.tally), (CountState::Open, Some("请复盘"), Tally::default()));
        let picked = Count { picked: true, ..c.clone() };
        assert_eq!(updated(&submit(&picked, t(1, 1), &policy, &person(1), Timestamp(2)).unwrap()).state, CountState::Submitted, "picked by hand");
        assert!(
            cancel(&waiting, Timestamp(3)).is_ok()
                && cancel(&updated(&decide(&waiting, &lines, true, None, &person(2), Timestamp(3)).unwrap()), Timestamp(3)).is_err()
        );
    }

    #[test]
    fn given_a_count_that_nobody_goes_on_with_when_its_time_comes_then_hq_sees_it_and_in_the_end_it_lets_go_of_its_shelf() {
        let (mut c, lines) = new(1, CountKind::Full);
        assert!(remind(&c, Timestamp(WAITS)).is_empty(), "a millisecond early");
        let mut now = Timestamp(1);
        for n in 1..=MAX_REMINDERS {
            now = now.plus(WAITS);
            c = updated(&remind(&c, now));
            assert_eq!((c.reminders, c.is_late(), c.late_since()), (n, true, Some(Timestamp(1 + WAITS))));
        }
        assert!(!updated(&enter(&c, &lines, &[found(0, 1, 1)], &person(1), now).unwrap().1).is_late(), "somebody goes on with it");
        let d = remind(&c, now.plus(WAITS));
        assert_eq!((updated(&d).state, updated(&d).due), (CountState::Cancelled, None));
        assert!(
            d.writes.contains(&Write::Stock(StockWrite::EndCounting(c.location.clone())))
                && !d.writes.iter().any(|w| matches!(w, Write::Stock(StockWrite::Counted(..))))
        );
    }

    #[test]
    fn given_sales_of_before_a_count_when_told_during_or_after_it_then_their_units_are_taken_off_once() {
        let (c, mut lines) = new(2, CountKind::Full);
        // Ten on record; three were sold at 5 and not told; at 10 somebody finds seven.
        for l in &mut lines {
            (l.counted, l.book, l.at, l.by) = (Some(7), 10, Some(Timestamp(10)), Some(person(1)));
        }
        let sold = [("sku_0".parse().unwrap(), 3_i64)];
        assert_eq!(found_gone(&lines, &sold, Timestamp(5)), sold);
        assert_eq!(found_gone(&lines, &sold, Timestamp(10)), [], "sold as it was counted: it lay there");
        assert_eq!(found_gone(&[CountLine { counted: None, ..lines[0].clone() }], &sold, Timestamp(5)), [], "nobody has counted it");

        let submitted =
            updated(&submit(&c, tally(&lines, |_| Fen(100)), &CountPolicy { units: 0, value: Fen(0), share: 0 }, &person(1), Timestamp(11)).unwrap());
        assert_eq!((submitted.tally.short, submitted.tally.value), (6, Fen(600)));
        let d = told_meanwhile(&submitted, &lines, &sold, |_| Fen(100), Timestamp(12));
        let Write::Stock(StockWrite::PutCountLine(line)) = &d.writes[0] else { panic!("its line") };
        assert_eq!(line.difference(), Some(0), "the sale has taken them off");
        assert_eq!((updated(&d).tally.short, updated(&d).tally.value), (3, Fen(300)), "who decides sees what is left");
        let open = updated(&told_meanwhile(&c, &lines[..1], &sold, |_| Fen(100), Timestamp(12)));
        assert_eq!(open.tally, Tally::default(), "nothing is added up before it is submitted");

        let sale = Movement {
            document: Some("no-7".into()),
            ..Movement::of("mov_s".parse().unwrap(), c.location.clone(), MovementKind::PosSale, None, None, vec![], Timestamp(5))
        };
        let back = given_back(&c.count, &sale, "mov_b".parse().unwrap(), &sold, Timestamp(13));
        assert_eq!((back.lines[0].on_hand, back.at, back.document.as_deref()), (3, Timestamp(13), Some("cnt_1")));
        let closed = Count { state: CountState::Approved, ..c };
        let d = put_right(&closed, &[], "mov_1".parse().unwrap(), Timestamp(20));
        assert!(d.writes.contains(&Write::Stock(StockWrite::Counted(closed.location.clone(), closed.count.clone(), Timestamp(20)))));
    }

    #[derive(Debug, Clone)]
    enum Step {
        Sell(i64),
        TakeBack(i64),
        Tell(usize),
        Receive(i64),
        Begin,
        Enter,
        Submit,
        PutRight,
        Cancel,
    }

    proptest! {
        /// A shelf beside its record: what a till sells and takes back is told some time later, what is counted is what lies there. Once everything
        /// is told, and no count is under way, the record is the shelf, in whatever order all of it happened.
        #[test]
        fn given_sales_that_are_told_late_when_the_shelf_is_counted_meanwhile_then_the_record_ends_as_the_shelf(
            steps in prop::collection::vec(prop_oneof![
                4 => (1_i64..4).prop_map(Step::Sell),
                2 => (1_i64..4).prop_map(Step::TakeBack),
                3 => (0_usize..5).prop_map(Step::Tell),
                1 => (1_i64..4).prop_map(Step::Receive),
                2 => Just(Step::Begin),
                3 => Just(Step::Enter),
                2 => Just(Step::Submit),
                2 => Just(Step::PutRight),
                1 => Just(Step::Cancel),
            ], 1..80)
        ) {
            let sku: SkuId = "sku_0".parse().unwrap();
            let (mut real, mut record, mut now) = (20_i64, 20_i64, Timestamp(0));
            let mut untold: Vec<(Timestamp, i64)> = Vec::new();
            let mut ended: Vec<CountLine> = Vec::new();
            let mut open: Option<(Count, Vec<CountLine>)> = None;
            let apply = |c: &mut Count, lines: &mut Vec<CountLine>, d: &Decision, record: &mut i64| for w in &d.writes {
                match w {
                    Write::Stock(StockWrite::Counters(s)) => *record += s.on_hand,
                    Write::Stock(StockWrite::PutCountLine(l)) => lines[0] = (**l).clone(),
                    Write::Stock(StockWrite::UpdateCount(next)) => *c = (**next).clone(),
                    _ => {}
                }
            };
            let tell = |(at, units): (Timestamp, i64), record: &mut i64, open: &mut Option<(Count, Vec<CountLine>)>, ended: &[CountLine], now| {
                let sold = [(sku.clone(), units)];
                *record -= units;
                if !found_gone(ended, &sold, at).is_empty() {
                    *record += units;
                } else if let Some((c, lines)) = open.as_mut().filter(|(_, lines)| !found_gone(lines, &sold, at).is_empty()) {
                    if lines[0].movement.is_some() {
                        *record += units;
                    } else {
                        let d = told_meanwhile(c, lines, &sold, |_| Fen(1), now);
                        apply(c, lines, &d, record);
                    }
                }
            };
            let finish = |open: &mut Option<(Count, Vec<CountLine>)>, ended: &mut Vec<CountLine>| {
                if let Some((c, lines)) = open.take_if(|(c, _)| matches!(c.state, CountState::Closed | CountState::Cancelled)) {
                    ended.extend(lines.into_iter().filter(|_| c.state == CountState::Closed));
                }
            };
            for (turn, step) in steps.into_iter().enumerate() {
                now = now.plus(1);
                match step {
                    Step::Sell(n) if real >= n => {
                        real -= n;
                        untold.push((now, n));
                    }
                    // A receipt that brings goods back is a sale below zero.
                    Step::TakeBack(n) => {
                        real += n;
                        untold.push((now, -n));
                    }
                    Step::Tell(n) if !untold.is_empty() => {
                        let sale = untold.remove(n % untold.len());
                        tell(sale, &mut record, &mut open, &ended, now);
                    }
                    Step::Receive(n) => (real, record) = (real + n, record + n),
                    Step::Begin if open.is_none() => open = Some(new(1, CountKind::Full)),
                    Step::Enter => if let Some((c, lines)) = open.as_mut().filter(|(c, _)| c.state == CountState::Open) {
                        let d = enter(c, lines, &[found(0, u32::try_from(real).unwrap(), record)], &person(1), now).unwrap().1;
                        apply(c, lines, &d, &mut record);
                    },
                    Step::Submit => if let Some((c, lines)) = open.as_mut().filter(|(c, l)| c.state == CountState::Open && l[0].counted.is_some()) {
                        let d = submit(c, tally(lines, |_| Fen(1)), &CountPolicy { units: u32::MAX, value: Fen(i64::MAX), share: u32::MAX }, &person(1), now).unwrap();
                        apply(c, lines, &d, &mut record);
                    },
                    Step::PutRight => if let Some((c, lines)) = &mut open {
                        let d = put_right(c, lines, format!("mov_{turn}").parse().unwrap(), now);
                        apply(c, lines, &d, &mut record);
                    },
                    Step::Cancel => if let Some((c, lines)) = &mut open
                        && let Ok(d) = cancel(c, now)
                    {
                        apply(c, lines, &d, &mut record);
                    },
                    _ => {}
                }
                finish(&mut open, &mut ended);
            }
            for sale in untold {
                tell(sale, &mut record, &mut open, &ended, now.plus(1));
            }
            if let Some((c, lines)) = &mut open {
                let d = if c.state == CountState::Approved {
                    put_right(c, lines, "mov_end".parse().unwrap(), now.plus(2))
                } else {
                    cancel(c, now.plus(2)).unwrap()
                };
                apply(c, lines, &d, &mut record);
            }
            prop_assert_eq!(record, real);
        }

        /// However many lines differ, in whatever chunks they are put right and however often, each difference moves its units once.
        #[test]
        fn given_an_approved_count_when_it_is_put_right_then_the_shelf_is_as_it_was_found(counts in prop::collection::vec((0_u32..50, -5_i64..50), 1..130)) {
            let (c, mut lines) = new(counts.len(), CountKind::Full);
            let mut shelf: Vec<i64> = counts.iter().map(|(_, book)| *book).collect();
            for (line, (counted, book)) in lines.iter_mut().zip(&counts) {
                (line.counted, line.book) = (Some(*counted), *book);
            }
            let t = tally(&lines, |_| Fen(100));
            let mut c = updated(&submit(&c, t, &CountPolicy { units: u32::MAX, value: Fen(i64::MAX), share: u32::MAX }, &person(1), Timestamp(2)).unwrap());
            for round in 0..10 {
                let d = put_right(&c, &lines, format!("mov_{round}").parse().unwrap(), Timestamp(3));
                if d.is_empty() { break }
                for w in &d.writes {
                    match w {
                        Write::Stock(StockWrite::Counters(s)) => shelf[s.sku.as_str()[4..].parse::<usize>().unwrap()] += s.on_hand,
                        Write::Stock(StockWrite::PutCountLine(l)) => { let at = lines.iter().position(|x| x.sku == l.sku).unwrap(); lines[at] = (**l).clone(); }
                        _ => {}
                    }
                }
                prop_assert!(d.writes.len() <= 2 * CHUNK + 4);
                c = updated(&d);
            }
            prop_assert_eq!(c.state, CountState::Closed);
            prop_assert_eq!(c.due, None);
            prop_assert_eq!(shelf, counts.iter().map(|(counted, _)| i64::from(*counted)).collect::<Vec<_>>());
        }
    }
}
