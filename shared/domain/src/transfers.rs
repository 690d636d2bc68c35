//! Goods moving from one location to another: for an order, or to fill a shelf.
//!
//! ```text
//! reserved ─paid─▶ requested ─accept─▶ accepted ─pack─▶ packed ─send─▶ in_transit ─receive─▶ received
//!    │                 │  (in part when no order waits)                    ├─recall─▶ returning ─receive─▶ cancelled
//!    │                 ├─reject / too late─▶ requested at the next source, or rejected
//!    └─order closed─▶ cancelled ◀─cancel─ requested, accepted, packed      └─lose─▶ lost (returning, too)
//! ```
//! Units are conserved at each step: `source.on_hand + in transit + target.on_hand` changes only by a named loss, a document of its
//! own. Goods are promised at the source from the start, so nobody else sells them.

pub mod write;

use std::collections::{BTreeMap, BTreeSet};

use liandian_contracts::Event;
use liandian_types::{
    Code, LocationId, MovementId, OrderId, Problem, Quantity, SkuId, StoreId, Timestamp, TransferId, TransferState, TransferStep, api::StepLine,
};
use serde::{Deserialize, Serialize};

use crate::{
    Decision, Refusable, conflict,
    decision::{StockWrite, TransfersWrite},
    stock::{
        batch::{self, Batch, Perishable},
        missing::MissingUnits,
        record::{Movement, MovementKind, MovementLine, Stock},
    },
    stores::{hours::day, profile::Location},
};

/// The most lines whose batches are re-based when goods are sent: a transaction has room for so many actions beside two for each of [`MAX_LINES`],
/// the documents and the event.
const OUT_OF_TURN: usize = 14;

/// How long a source may take to answer while an order waits.
pub const ANSWER_WITHIN: i64 = 10 * Timestamp::MINUTE;
/// How long each later step may take before its store is reminded, while an order waits.
pub const STEP_WITHIN: i64 = 30 * Timestamp::MINUTE;
/// How long each step may take when no order waits: until the next shift.
pub const SHELF_STEP_WITHIN: i64 = 12 * Timestamp::HOUR;
/// After so many reminders a source that does not send is passed over.
pub const MAX_REMINDERS: u32 = 4;
/// After so many reminders HQ sees a transfer among its exceptions.
pub const ESCALATED_AFTER: u32 = 2;
/// After so many reminders goods on their way are too late for the order: its money goes back, and they are received for the shelf.
pub const MAX_REMINDERS_ON_THE_WAY: u32 = 48;
/// The most lines of a transfer: sending moves stock at two locations, and a transaction takes a hundred actions.
pub const MAX_LINES: usize = 40;
/// The most units of one line.
pub const MAX_UNITS: u32 = Quantity::MAX;

/// A transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// Its id.
    pub transfer: TransferId,
    /// Counts the changes.
    pub version: u64,
    /// Where it stands.
    pub state: TransferState,
    /// Which location sends.
    pub source: LocationId,
    /// Its name.
    pub source_name: String,
    /// The store whose staff sends it.
    pub source_keeper: StoreId,
    /// Which location receives.
    pub target: LocationId,
    /// Its name.
    pub target_name: String,
    /// The store whose staff receives it.
    pub target_keeper: StoreId,
    /// The order that waits for it; absent when it fills a shelf.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// Who asked for it, when no order did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
    /// What.
    pub lines: Vec<TransferLineState>,
    /// The deadline at which the sweeper drives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Zone of its times.
    pub zone: String,
    /// Reminders that this step is late.
    #[serde(default)]
    pub reminders: u32,
    /// Sources that have refused or did not answer; none of them is asked again.
    #[serde(default)]
    pub tried: Vec<LocationId>,
    /// Why it was rejected, called off, or came in part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Who asked for a transfer that fills a shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// A member of the staff.
    pub by: String,
    /// HQ's, rather than the target's: then the target cannot call it off.
    #[serde(default)]
    pub hq: bool,
    /// They named the source: no other is asked when it would not.
    #[serde(default)]
    pub fixed: bool,
    /// More than the policy lets one ask reserve at once ([`AskPolicy`]): nothing is reserved until the source accepts, and then what it accepts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub on_acceptance: bool,
    /// Their word to the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// HQ's limits on what a store reserves elsewhere merely by asking: what is reserved for one store, the other cannot sell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AskPolicy {
    /// The share of a source's free stock of a SKU, in percent, that one ask reserves at once.
    pub percent: u32,
    /// Units that one ask reserves at once.
    pub units: u32,
    /// Units that all asks of a store reserve at once in a day.
    pub day_units: u32,
}

impl Default for AskPolicy {
    fn default() -> Self {
        Self { percent: 50, units: 200, day_units: 500 }
    }
}

impl AskPolicy {
    /// The units that an ask for these lines reserves at once at a source with this stock; `None` when they are too many, or too large a share.
    #[must_use]
    pub fn at_once(&self, lines: &[TransferLineState], stock: &[Stock]) -> Option<u32> {
        let share = |(l, s): (&TransferLineState, &Stock)| u64::from(l.quantity) * 100 <= u64::from(s.available()) * u64::from(self.percent);
        let units = lines.iter().try_fold(0_u32, |sum, l| sum.checked_add(l.quantity))?;
        (lines.iter().zip(stock).all(share) && units <= self.units).then_some(units)
    }
}

/// What a store has reserved by asking on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayAsks {
    /// Which store.
    pub store: StoreId,
    /// The day, in the store's zone.
    pub day: String,
    /// Units.
    pub units: u32,
    /// Counts the changes; 0 when there is no row yet.
    pub version: u64,
}

impl DayAsks {
    /// Of a store that has not asked yet.
    #[must_use]
    pub fn none(store: StoreId, day: String) -> Self {
        Self { store, day, units: 0, version: 0 }
    }

    /// The day's sum with another ask added, when all of that ask may be reserved at once; `None` when its source has to accept it first. `stock` is
    /// what its source has of each line.
    #[must_use]
    pub fn with(&self, lines: &[TransferLineState], stock: &[Stock], policy: &AskPolicy) -> Option<DayAsks> {
        let units = policy.at_once(lines, stock)?;
        let day = self.units.checked_add(units).filter(|day| *day <= policy.day_units)?;
        Some(DayAsks { units: day, ..self.clone() })
    }
}

/// Who takes a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Party {
    /// The staff of a store.
    Store(StoreId),
    /// HQ.
    Hq,
}

/// A line of a transfer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferLineState {
    /// What.
    pub sku: SkuId,
    /// Name and spec.
    pub name: String,
    /// How many were asked for.
    pub quantity: u32,
    /// How many the source sends, when it is not all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<u32>,
    /// How many arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<u32>,
    /// Why the source sends fewer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fewer: Option<String>,
    /// Why fewer arrived than were sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When the units that were sent expire, first expired first; of goods that track it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub batches: Vec<Batch>,
}

impl TransferLineState {
    /// Of so many units.
    #[must_use]
    pub fn of(sku: SkuId, name: String, quantity: u32) -> Self {
        Self { sku, name, quantity, accepted: None, received: None, fewer: None, reason: None, batches: Vec::new() }
    }

    /// Units that are reserved at the source, or on their way.
    #[must_use]
    pub fn units(&self) -> i64 {
        i64::from(self.accepted.unwrap_or(self.quantity))
    }
}

/// Goods of one place that expire, by SKU.
pub type Perishables = BTreeMap<SkuId, Perishable>;

/// Goods that have come.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// What arrived, if it is not all.
    pub lines: Option<&'a [StepLine]>,
    /// Why it is not all.
    pub reason: Option<&'a str>,
    /// Does an order wait for it at this moment?
    pub awaited: bool,
    /// Snapshot of the goods there that expire.
    pub shelf: &'a Perishables,
}

/// What a receipt found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Units that did not arrive, by line.
    pub missing: Vec<MissingUnits>,
}

/// What a transfer begins with.
#[derive(Debug, Clone, PartialEq)]
pub struct Opening {
    /// Its id.
    pub transfer: TransferId,
    /// Who sends.
    pub source: Location,
    /// Who receives.
    pub target: Location,
    /// Zone of its times.
    pub zone: String,
    /// What.
    pub lines: Vec<TransferLineState>,
    /// The document that promises the goods.
    pub movement: MovementId,
    /// When.
    pub now: Timestamp,
}

impl Opening {
    fn transfer(&self, state: TransferState, order: Option<OrderId>, asked: Option<Asked>) -> Transfer {
        Transfer {
            transfer: self.transfer.clone(),
            version: 0,
            state,
            source: self.source.location.clone(),
            source_name: self.source.name.clone(),
            source_keeper: self.source.keeper.clone(),
            target: self.target.location.clone(),
            target_name: self.target.name.clone(),
            target_keeper: self.target.keeper.clone(),
            order,
            asked,
            lines: self.lines.clone(),
            due: None,
            created_at: self.now,
            zone: self.zone.clone(),
            reminders: 0,
            tried: Vec::new(),
            reason: None,
        }
    }

    /// For an order that is placed and not paid: the goods are promised, nobody is asked yet.
    #[must_use]
    pub fn for_placed(&self, order: &OrderId, pay_by: Timestamp) -> Decision {
        let t = self.transfer(TransferState::Reserved, Some(order.clone()), None);
        let mut d = Decision::default();
        d.movement(t.promise(self.movement.clone(), self.now), true);
        d.write(TransfersWrite::Create(Box::new(Transfer { due: Some(pay_by.plus(2 * Timestamp::MINUTE)), ..t })));
        d
    }

    /// For an order that is paid: its source is asked at once.
    #[must_use]
    pub fn for_paid(&self, order: &OrderId) -> Decision {
        self.transfer(TransferState::Requested, Some(order.clone()), None).begun(self.movement.clone(), self.now)
    }

    /// To fill a shelf: its source is asked at once.
    ///
    /// # Errors
    /// As [`askable`]; `bad_request` for a source that is the target.
    pub fn for_shelf(&self, asked: Asked) -> Refusable<Decision> {
        askable(self.lines.iter().map(|l| (&l.sku, l.quantity)), asked.note.as_deref())?;
        if self.source.location == self.target.location {
            return Err(Problem::new(Code::BadRequest, "调出和调入不能是同一处").at("source"));
        }
        let note = asked.note.map(|n| n.trim().to_owned()).filter(|n| !n.is_empty());
        Ok(self.transfer(TransferState::Requested, None, Some(Asked { note, ..asked })).begun(self.movement.clone(), self.now))
    }
}

/// Checks an ask by itself, before anything is read for it.
///
/// # Errors
/// `bad_request` naming the field: no lines or too many, a SKU twice, no units or too many, a note that is too long.
pub fn askable<'a>(lines: impl ExactSizeIterator<Item = (&'a SkuId, u32)>, note: Option<&str>) -> Refusable<()> {
    let bad = |field: &str, text: String| Err(Problem::new(Code::BadRequest, text).at(field));
    if lines.len() == 0 || lines.len() > MAX_LINES {
        return bad("lines", format!("一张调拨单需要 1 到 {MAX_LINES} 种商品"));
    }
    let mut seen = BTreeSet::new();
    for (i, (sku, quantity)) in lines.enumerate() {
        if !seen.insert(sku) {
            return bad(&format!("lines[{i}].sku"), format!("商品 {sku} 重复，请合并数量"));
        }
        if !(1..=MAX_UNITS).contains(&quantity) {
            return bad(&format!("lines[{i}].quantity"), format!("数量需要在 1 到 {MAX_UNITS} 之间"));
        }
    }
    if note.is_some_and(|n| n.trim().chars().count() > 100) {
        return bad("note", "备注最多 100 个字".into());
    }
    Ok(())
}

impl Transfer {
    fn begun(self, movement: MovementId, now: Timestamp) -> Decision {
        let mut d = Decision::default();
        if !self.is_on_acceptance() {
            d.movement(self.promise(movement, now), true);
        }
        d.transfer_event(&self.transfer, self.asks());
        let due = Some(now.plus(self.answer_within()));
        d.write(TransfersWrite::Create(Box::new(self.to(TransferState::Requested, due))));
        d
    }

    fn asks(&self) -> Event {
        Event::TransferRequested { transfer: self.transfer.clone(), source: self.source.clone(), target: self.target.clone() }
    }

    fn answer_within(&self) -> i64 {
        if self.order.is_some() { ANSWER_WITHIN } else { SHELF_STEP_WITHIN }
    }

    fn step_within(&self) -> i64 {
        if self.order.is_some() { STEP_WITHIN } else { SHELF_STEP_WITHIN }
    }

    /// Is it over?
    #[must_use]
    pub fn is_over(&self) -> bool {
        use TransferState as S;
        matches!(self.state, S::Received | S::Rejected | S::Cancelled | S::Lost)
    }

    /// Are its goods still promised where they lie?
    #[must_use]
    pub fn at_source(&self) -> bool {
        match self.state {
            TransferState::Requested => !self.is_on_acceptance(),
            TransferState::Reserved | TransferState::Accepted | TransferState::Packed => true,
            _ => false,
        }
    }

    /// Is nothing reserved until the source accepts?
    #[must_use]
    pub fn is_on_acceptance(&self) -> bool {
        self.asked.as_ref().is_some_and(|a| a.on_acceptance)
    }

    /// Has any store ever seen it among its tasks? Not when its order was closed before it was paid: everything else that is cancelled has a reason.
    #[must_use]
    pub fn was_asked(&self) -> bool {
        match self.state {
            TransferState::Reserved => false,
            TransferState::Cancelled => self.reason.is_some(),
            _ => true,
        }
    }

    /// Should HQ look at it?
    #[must_use]
    pub fn is_escalated(&self) -> bool {
        !self.is_over() && self.reminders >= ESCALATED_AFTER
    }

    /// May a late or unwilling source be passed over for another?
    #[must_use]
    pub fn may_go_elsewhere(&self) -> bool {
        self.asked.as_ref().is_none_or(|a| !a.fixed)
    }

    /// What a party may do next.
    #[must_use]
    pub fn steps_for(&self, party: &Party) -> Vec<TransferStep> {
        use TransferState as S;
        use TransferStep as T;
        let Party::Store(store) = party else {
            return match self.state {
                S::Requested | S::Accepted | S::Packed => vec![T::Cancel],
                S::InTransit => vec![T::Recall, T::Lose],
                S::Returning => vec![T::Lose],
                S::Reserved | S::Received | S::Rejected | S::Cancelled | S::Lost => Vec::new(),
            };
        };
        let mut steps = Vec::new();
        if self.source_keeper == *store {
            steps.extend_from_slice(match self.state {
                S::Requested => &[T::Accept, T::Reject],
                S::Accepted => &[T::Pack, T::Reject],
                S::Packed => &[T::Send],
                S::Returning => &[T::Receive],
                _ => &[],
            });
        }
        if self.target_keeper == *store {
            let own = self.asked.as_ref().is_some_and(|a| !a.hq);
            steps.extend_from_slice(match self.state {
                S::Requested | S::Accepted | S::Packed if own => &[T::Cancel],
                S::InTransit => &[T::Receive],
                _ => &[],
            });
        }
        steps
    }

    fn may(&self, party: &Party, step: TransferStep) -> Refusable<()> {
        if self.steps_for(party).contains(&step) {
            return Ok(());
        }
        let who = if *party == Party::Hq { "总部" } else { "本店" };
        conflict(format!("调拨单当前为「{}」，{who}不能{}", self.state.title(), step.title()))
    }

    fn to(&self, state: TransferState, due: Option<Timestamp>) -> Transfer {
        Transfer { state, due, reminders: 0, ..self.clone() }
    }

    fn document(
        &self,
        id: MovementId,
        at: &LocationId,
        kind: MovementKind,
        now: Timestamp,
        line: impl Fn(&TransferLineState) -> [i64; 3],
    ) -> Movement {
        let lines = self.lines.iter().map(|l| {
            let [on_hand, reserved, incoming] = line(l);
            MovementLine::of(&l.sku, on_hand, reserved, incoming)
        });
        let moved = lines.filter(|l| l.on_hand != 0 || l.reserved != 0 || l.incoming != 0).collect();
        Movement::of(id, at.clone(), kind, self.order.clone(), Some(self.transfer.clone()), moved, now)
    }

    fn promise(&self, id: MovementId, now: Timestamp) -> Movement {
        self.document(id, &self.source, MovementKind::Reserve, now, |l| [0, l.units(), 0])
    }

    fn released(&self, id: MovementId, now: Timestamp) -> Movement {
        self.document(id, &self.source, MovementKind::Release, now, |l| [0, -l.units(), 0])
    }

    /// The order is paid: it becomes a task of the source. Idempotent.
    #[must_use]
    pub fn request(&self, now: Timestamp) -> Decision {
        let mut d = Decision::default();
        if self.state == TransferState::Reserved {
            d.write(TransfersWrite::Update(Box::new(self.to(TransferState::Requested, Some(now.plus(self.answer_within()))))));
            d.transfer_event(&self.transfer, self.asks());
        }
        d
    }

    /// The source will send it: all of it or, when no order waits, what it can spare. What it does not send is released. Of an ask that reserved
    /// nothing, what it accepts is reserved now; the commit refuses that when it is not there.
    ///
    /// # Errors
    /// `conflict` when the transfer is not waiting for an answer, is not this store's, or an order needs all of it; `bad_request` for lines that are
    /// not in the transfer, more units than were asked for, no units at all, or fewer without a reason.
    pub fn accept(
        &self,
        party: &Party,
        lines: Option<&[StepLine]>,
        reason: Option<&str>,
        movement: MovementId,
        now: Timestamp,
    ) -> Refusable<Decision> {
        self.may(party, TransferStep::Accept)?;
        let mut after = self.to(TransferState::Accepted, Some(now.plus(self.step_within())));
        let told = told(&self.lines, lines, Some("接单数量不能大于申请数量"))?;
        for l in &mut after.lines {
            if let Some(t) = told.get(&l.sku).filter(|t| t.quantity < l.quantity) {
                l.accepted = Some(t.quantity);
                l.fewer = reason_of(t, reason, "接单数量少于申请时请填写原因")?;
            }
        }
        let left: i64 = after.lines.iter().map(|l| i64::from(l.quantity) - l.units()).sum();
        let mut d = Decision::default();
        if left > 0 {
            if self.order.is_some() {
                return conflict("顾客订单需要整单调货：请全部接单，或拒绝后由系统安排下一家");
            }
            if after.lines.iter().all(|l| l.units() == 0) {
                return Err(Problem::new(Code::BadRequest, "一件都不能发时请拒绝").at("lines"));
            }
        }
        if self.is_on_acceptance() {
            d.movement(after.promise(movement, now), true);
        } else if left > 0 {
            d.movement(after.document(movement, &self.source, MovementKind::Release, now, |l| [0, l.units() - i64::from(l.quantity), 0]), false);
        }
        d.write(TransfersWrite::Update(Box::new(after)));
        d.transfer_event(&self.transfer, Event::TransferAccepted { transfer: self.transfer.clone() });
        Ok(d)
    }

    /// The goods are packed.
    ///
    /// # Errors
    /// `conflict` when it is not accepted, or not this store.
    pub fn pack(&self, party: &Party, now: Timestamp) -> Refusable<Decision> {
        self.may(party, TransferStep::Pack)?;
        let mut d = Decision::default();
        d.write(TransfersWrite::Update(Box::new(self.to(TransferState::Packed, Some(now.plus(self.step_within()))))));
        d.transfer_event(&self.transfer, Event::TransferPacked { transfer: self.transfer.clone() });
        Ok(d)
    }

    /// The goods leave the source. `shelf` is a snapshot of the source's goods that expire.
    ///
    /// # Errors
    /// `conflict` when it is not packed, or not this store.
    pub fn send(&self, party: &Party, shelf: &Perishables, movements: [MovementId; 2], now: Timestamp) -> Refusable<Decision> {
        self.may(party, TransferStep::Send)?;
        let [out, expected] = movements;
        let mut after = self.to(TransferState::InTransit, Some(now.plus(2 * self.step_within())));
        let today = day(now, &self.zone);
        let mut left = self.document(out, &self.source, MovementKind::TransferOut, now, |l| [-l.units(), -l.units(), 0]);
        let mut rebased = Vec::new();
        for l in &mut after.lines {
            let Some(p) = shelf.get(&l.sku) else { continue };
            l.batches = p.next_sent(l.units(), today);
            // Where the goods sent are not those that first-expired-first-out would take, their batches are re-based, as far as the transaction has
            // room.
            let usual = p.next_out(l.units());
            if l.batches != usual && rebased.len() >= OUT_OF_TURN {
                l.batches = usual;
            } else if l.batches != usual {
                rebased.push(p.rebased(&self.source, &l.sku, &[], &l.batches, &self.zone));
                if let Some(line) = left.lines.iter_mut().find(|m| m.sku == l.sku) {
                    line.batches.clone_from(&l.batches);
                }
            }
        }
        let mut d = Decision::default();
        d.write(TransfersWrite::Update(Box::new(after)));
        d.movement(left, false);
        for s in rebased {
            d.write(StockWrite::Batches(Box::new(s)));
        }
        d.movement(self.document(expected, &self.target, MovementKind::TransferExpected, now, |l| [0, 0, l.units()]), false);
        d.transfer_event(&self.transfer, Event::TransferSent { transfer: self.transfer.clone() });
        Ok(d)
    }

    /// The goods are counted in at the target (or, when recalled, at the source). What arrived is reserved for the order at once, or free to sell
    /// when no order waits any more. Units that did not arrive are a loss, units beyond what was sent a surplus, each with a document of its own. A
    /// surplus is never refused: it is free to sell, and counts as of the batch that expires first among those that arrived.
    ///
    /// # Errors
    /// `conflict` when it is not on its way to this store; `bad_request` for lines that are not in the transfer, more units than a line can have, or
    /// a difference without a reason.
    pub fn receive(&self, party: &Party, arrival: &Arrival<'_>, movements: [MovementId; 3], now: Timestamp) -> Refusable<(Receipt, Decision)> {
        self.may(party, TransferStep::Receive)?;
        let Arrival { lines: received, reason, awaited, shelf } = *arrival;
        let back = self.state == TransferState::Returning;
        let at = if back { &self.source } else { &self.target };
        let mut after = self.to(if back { TransferState::Cancelled } else { TransferState::Received }, None);
        let told = told(&self.lines, received, None)?;
        for l in &mut after.lines {
            let sent = u32::try_from(l.units()).unwrap_or(0);
            l.received = Some(sent);
            if let Some(t) = told.get(&l.sku).filter(|t| t.quantity != sent) {
                l.received = Some(t.quantity);
                l.reason = reason_of(t, reason, "收货有差异时请填写原因")?;
            }
        }
        let got = |l: &TransferLineState| i64::from(l.received.unwrap_or(0)).min(l.units());
        let lost = |l: &TransferLineState| l.units() - got(l);
        let over = |l: &TransferLineState| i64::from(l.received.unwrap_or(0)) - got(l);
        let missing_of = |l: &TransferLineState| Some(MissingUnits { sku: l.sku.clone(), units: u32::try_from(lost(l)).ok().filter(|n| *n > 0)? });
        let receipt = Receipt { missing: after.lines.iter().filter_map(missing_of).collect() };
        after.reason = tidy(reason).or(after.reason);
        let [came, gone, more] = movements;
        let mut d = Decision::default();
        let mut arrived = after.document(came, at, MovementKind::TransferIn, now, |l| [got(l), if awaited { got(l) } else { 0 }, -got(l)]);
        let mut surplus = after.document(more, at, MovementKind::TransferSurplus, now, |l| [over(l), 0, 0]);
        surplus.reason.clone_from(&after.reason);
        let mut rebased = Vec::new();
        for l in after.lines.iter().filter(|l| !l.batches.is_empty()) {
            let Some(p) = shelf.get(&l.sku) else { continue };
            let came = batch::first_of(&l.batches, got(l));
            let beside: Vec<Batch> = l.batches.first().filter(|_| over(l) > 0).map(|b| Batch { units: over(l), ..*b }).into_iter().collect();
            for (document, batches) in [(&mut arrived, &came), (&mut surplus, &beside)] {
                if let Some(line) = document.lines.iter_mut().find(|a| a.sku == l.sku) {
                    line.batches.clone_from(batches);
                }
            }
            let all = [came, beside].concat();
            if !all.is_empty() {
                rebased.push(p.rebased(at, &l.sku, &all, &[], &self.zone));
            }
        }
        for document in [arrived, surplus] {
            if !document.lines.is_empty() {
                d.movement(document, false);
            }
        }
        if !receipt.missing.is_empty() {
            d.movement(after.lost_on_the_way(gone, at, now, lost), false);
        }
        for s in rebased {
            d.write(StockWrite::Batches(Box::new(s)));
        }
        let event = if back {
            Event::TransferCancelled { transfer: self.transfer.clone() }
        } else {
            Event::TransferReceived { transfer: self.transfer.clone(), missing: receipt.missing.iter().map(|m| m.units).sum() }
        };
        d.write(TransfersWrite::Update(Box::new(after)));
        d.transfer_event(&self.transfer, event);
        Ok((receipt, d))
    }

    fn lost_on_the_way(&self, id: MovementId, at: &LocationId, now: Timestamp, units: impl Fn(&TransferLineState) -> i64) -> Movement {
        Movement { reason: self.reason.clone(), ..self.document(id, at, MovementKind::TransferLost, now, |l| [0, 0, -units(l)]) }
    }

    /// The source refused (or did not answer): the next one is asked, or none is left. `next` says of it whether the ask exceeds what may be reserved
    /// there at once ([`AskPolicy::at_once`]).
    ///
    /// # Errors
    /// `conflict` when it has left the source already.
    pub fn reject(&self, reason: &str, next: Option<(&Location, bool)>, movements: [MovementId; 2], now: Timestamp) -> Refusable<Decision> {
        if !matches!(self.state, TransferState::Requested | TransferState::Accepted | TransferState::Packed) {
            return conflict(format!("调拨单当前为「{}」，不能拒绝", self.state.title()));
        }
        let [release, reserve_next] = movements;
        let mut d = Decision::default();
        if self.at_source() {
            d.movement(self.released(release, now), false);
        }
        let mut after = self.to(TransferState::Rejected, None);
        after.tried.push(self.source.clone());
        after.reason = Some(reason.to_owned());
        d.transfer_event(&self.transfer, Event::TransferRejected { transfer: self.transfer.clone(), reason: reason.to_owned() });
        if let Some((next, large)) = next {
            if let Some(asked) = after.asked.as_mut().filter(|a| !a.hq) {
                asked.on_acceptance |= large;
            }
            after.state = TransferState::Requested;
            after.due = Some(now.plus(self.answer_within()));
            after.source = next.location.clone();
            after.source_name = next.name.clone();
            after.source_keeper = next.keeper.clone();
            for l in &mut after.lines {
                // Another source may have all of it.
                (l.accepted, l.fewer) = (None, None);
            }
            if after.at_source() {
                d.movement(after.promise(reserve_next, now), true);
            }
            d.transfer_event(&self.transfer, after.asks());
        }
        d.write(TransfersWrite::Update(Box::new(after)));
        Ok(d)
    }

    /// A reminder has been sent: the deadline moves by the time of one more step.
    #[must_use]
    pub fn remind(&self, now: Timestamp) -> Decision {
        let mut d = Decision::default();
        let reminders = self.reminders + 1;
        d.write(TransfersWrite::Update(Box::new(Transfer { reminders, ..self.to(self.state, Some(now.plus(self.step_within()))) })));
        d
    }

    /// Its order is closed before it was paid.
    ///
    /// # Errors
    /// `conflict` once the source has been asked.
    pub fn order_closed(&self, movement: MovementId, now: Timestamp) -> Refusable<Decision> {
        match self.state {
            TransferState::Cancelled => Ok(Decision::default()),
            TransferState::Reserved => Ok(self.called_off(None, movement, now)),
            _ => conflict(format!("调拨单当前为「{}」，不能取消", self.state.title())),
        }
    }

    /// The customer no longer waits for it: what has not left its source is released there.
    ///
    /// # Errors
    /// `conflict` once it has left. Idempotent.
    pub fn order_called_off(&self, reason: &str, movement: MovementId, now: Timestamp) -> Refusable<Decision> {
        match self.state {
            TransferState::Cancelled => Ok(Decision::default()),
            // Nobody was asked yet.
            TransferState::Reserved => Ok(self.called_off(None, movement, now)),
            _ if self.at_source() => Ok(self.called_off(Some(reason), movement, now)),
            _ => conflict("调货已经发出，不能取消，请联系门店"),
        }
    }

    fn called_off(&self, reason: Option<&str>, movement: MovementId, now: Timestamp) -> Decision {
        let mut d = Decision::default();
        let reason = reason.map(str::to_owned);
        d.write(TransfersWrite::Update(Box::new(Transfer { reason, ..self.to(TransferState::Cancelled, None) })));
        if self.at_source() {
            d.movement(self.released(movement, now), false);
        }
        d.transfer_event(&self.transfer, Event::TransferCancelled { transfer: self.transfer.clone() });
        d
    }

    /// Cancelled before it has left, by whoever asked for it or by HQ.
    ///
    /// # Errors
    /// `conflict` when it has left, or this party did not ask for it.
    pub fn cancel(&self, party: &Party, reason: &str, movement: MovementId, now: Timestamp) -> Refusable<Decision> {
        self.may(party, TransferStep::Cancel)?;
        Ok(self.called_off(Some(reason), movement, now))
    }

    /// HQ recalls goods that are on their way: the source counts them in again.
    ///
    /// # Errors
    /// `conflict` when they are not on their way, or this is not HQ.
    pub fn recall(&self, party: &Party, reason: &str, movements: [MovementId; 2], now: Timestamp) -> Refusable<Decision> {
        self.may(party, TransferStep::Recall)?;
        let [not_here, back] = movements;
        let mut after = self.to(TransferState::Returning, Some(now.plus(2 * self.step_within())));
        after.reason = Some(reason.to_owned());
        let mut d = Decision::default();
        d.movement(self.document(not_here, &self.target, MovementKind::TransferExpected, now, |l| [0, 0, -l.units()]), false);
        d.movement(self.document(back, &self.source, MovementKind::TransferExpected, now, |l| [0, 0, l.units()]), false);
        d.write(TransfersWrite::Update(Box::new(after)));
        d.transfer_event(&self.transfer, Event::TransferRecalled { transfer: self.transfer.clone() });
        Ok(d)
    }

    /// HQ writes off goods that are on their way: none of them will arrive.
    ///
    /// # Errors
    /// `conflict` when they are not on their way, or this is not HQ.
    pub fn lose(&self, party: &Party, reason: &str, movement: MovementId, now: Timestamp) -> Refusable<Decision> {
        self.may(party, TransferStep::Lose)?;
        let at = if self.state == TransferState::Returning { &self.source } else { &self.target };
        let mut after = self.to(TransferState::Lost, None);
        after.reason = Some(reason.to_owned());
        let mut d = Decision::default();
        d.movement(after.lost_on_the_way(movement, at, now, TransferLineState::units), false);
        let missing = u32::try_from(after.lines.iter().map(TransferLineState::units).sum::<i64>()).unwrap_or(u32::MAX);
        d.write(TransfersWrite::Update(Box::new(after)));
        d.transfer_event(&self.transfer, Event::TransferLost { transfer: self.transfer.clone(), missing });
        Ok(d)
    }
}

fn tidy(reason: Option<&str>) -> Option<String> {
    reason.map(str::trim).filter(|r| !r.is_empty()).map(str::to_owned)
}

/// The line's own reason, or that of the whole step.
fn reason_of(line: &StepLine, all: Option<&str>, missing: &str) -> Refusable<Option<String>> {
    match tidy(line.reason.as_deref()).or_else(|| tidy(all)) {
        Some(r) if r.chars().count() > 100 => Err(Problem::new(Code::BadRequest, "原因最多 100 个字").at("reason")),
        Some(r) => Ok(Some(r)),
        None => Err(Problem::new(Code::BadRequest, missing).at("reason")),
    }
}

/// The entries for a transfer's lines by SKU. Refused: a SKU twice, a SKU that is not in the transfer and, with `too_many`, more units than its line
/// has.
fn told<'a>(lines: &[TransferLineState], said: Option<&'a [StepLine]>, too_many: Option<&str>) -> Refusable<BTreeMap<&'a SkuId, &'a StepLine>> {
    let mut all = BTreeMap::new();
    for (i, s) in said.unwrap_or_default().iter().enumerate() {
        let bad = |what: &str, text: &str| Err(Problem::new(Code::BadRequest, text).at(format!("lines[{i}].{what}")));
        let Some(line) = lines.iter().find(|l| l.sku == s.sku) else { return bad("sku", "商品不在调拨单内") };
        if let Some(too_many) = too_many.filter(|_| i64::from(s.quantity) > line.units()) {
            return bad("quantity", too_many);
        }
        if s.quantity > MAX_UNITS {
            return bad("quantity", "数量太大，请核对");
        }
        if all.insert(&s.sku, s).is_some() {
            return bad("sku", "同一商品请只填写一次");
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use liandian_types::GeoPoint;

    use super::*;
    use crate::{Write, stores::profile::LocationKind};

    fn id<T: std::str::FromStr>(text: &str) -> T
    where
        T::Err: std::fmt::Debug,
    {
        text.parse().unwrap()
    }

    fn place(name: &str) -> Location {
        Location {
            location: id(&format!("loc_{name}")),
            name: name.into(),
            kind: LocationKind::Shelf,
            point: GeoPoint { lat: 31.2, lng: 121.4 },
            keeper: id(&format!("sto_{name}")),
        }
    }

    fn opening(lines: &[(&str, u32)]) -> Opening {
        Opening {
            transfer: id("trf_1"),
            source: place("a"),
            target: place("b"),
            zone: "Asia/Shanghai".into(),
            lines: lines.iter().map(|(s, n)| TransferLineState::of(id(s), (*s).into(), *n)).collect(),
            movement: id("mov_0"),
            now: Timestamp(0),
        }
    }

    fn asked(hq: bool) -> Asked {
        Asked { by: "stf_1".into(), hq, fixed: false, on_acceptance: false, note: None }
    }

    fn after(d: &Decision) -> Transfer {
        d.writes
            .iter()
            .find_map(|w| match w {
                Write::Transfers(TransfersWrite::Create(t) | TransfersWrite::Update(t)) => Some((**t).clone()),
                _ => None,
            })
            .unwrap()
    }

    fn sum(d: &Decision, at: &str) -> [i64; 3] {
        d.writes.iter().fold([0; 3], |[o, r, n], w| match w {
            Write::Stock(StockWrite::Counters(c)) if c.location == id(at) => [o + c.on_hand, r + c.reserved, n + c.incoming],
            _ => [o, r, n],
        })
    }

    fn said(sku: &str, quantity: u32) -> StepLine {
        StepLine { sku: id(sku), quantity, reason: None }
    }

    fn store(name: &str) -> Party {
        Party::Store(id(&format!("sto_{name}")))
    }

    /// All of it, and no order waits.
    const ALL: Arrival<'static> = Arrival { lines: None, reason: None, awaited: false, shelf: &Perishables::new() };

    fn movs() -> [MovementId; 2] {
        [id("mov_1"), id("mov_2")]
    }

    fn three() -> [MovementId; 3] {
        [id("mov_1"), id("mov_2"), id("mov_3")]
    }

    /// A line's surplus in its own document, if there is one.
    fn surplus(d: &Decision) -> Option<(i64, Option<String>)> {
        d.writes.iter().find_map(|w| match w {
            Write::Stock(StockWrite::Movement(m)) if m.kind == MovementKind::TransferSurplus => Some((m.lines[0].on_hand, m.reason.clone())),
            _ => None,
        })
    }

    #[test]
    fn given_a_shelf_to_fill_when_a_part_is_accepted_sent_and_received_then_each_unit_is_somewhere_or_named_lost() {
        let d = opening(&[("sku_1", 5), ("sku_2", 3)]).for_shelf(asked(false)).unwrap();
        assert_eq!(sum(&d, "loc_a"), [0, 8, 0], "promised at the source");
        let t = after(&d);
        let less = [said("sku_1", 4), said("sku_2", 0)];
        assert_eq!(t.accept(&store("a"), Some(&less), None, id("mov_1"), Timestamp(1)).unwrap_err().field.as_deref(), Some("reason"));
        let d = t.accept(&store("a"), Some(&less), Some("只剩这些"), id("mov_1"), Timestamp(1)).unwrap();
        assert_eq!(sum(&d, "loc_a"), [0, -4, 0], "what is not sent is free again");
        let t = after(&after(&d).pack(&store("a"), Timestamp(2)).unwrap());
        let d = t.send(&store("a"), &Perishables::new(), movs(), Timestamp(3)).unwrap();
        assert_eq!((sum(&d, "loc_a"), sum(&d, "loc_b")), ([-4, -4, 0], [0, 0, 4]));
        let t = after(&d);
        let field = |r: Refusable<(Receipt, Decision)>| r.unwrap_err().field.unwrap();
        let receive = |lines: &[StepLine], reason| t.receive(&store("b"), &Arrival { lines: Some(lines), reason, ..ALL }, three(), Timestamp(4));
        assert_eq!(field(receive(&[said("sku_1", 5)], None)), "reason", "more than was sent is a difference");
        assert_eq!(field(receive(&[said("sku_1", MAX_UNITS + 1)], Some("多了"))), "lines[0].quantity");
        let (receipt, d) = receive(&[said("sku_1", 6), said("sku_2", 1)], Some("多装")).unwrap();
        assert_eq!((receipt.missing.len(), sum(&d, "loc_b")), (0, [7, 0, -4]), "a surplus comes in beside what was sent");
        assert_eq!(surplus(&d), Some((2, Some("多装".into()))));
        assert_eq!(field(receive(&[said("sku_1", 1), said("sku_1", 1)], None)), "lines[1].sku");
        assert_eq!(field(receive(&[said("sku_9", 0)], None)), "lines[0].sku");
        assert_eq!(field(receive(&[said("sku_1", 3)], Some(" "))), "reason");
        let (receipt, d) = receive(&[said("sku_1", 3)], Some("破损")).unwrap();
        assert_eq!((receipt.missing, sum(&d, "loc_b")), (vec![MissingUnits { sku: id("sku_1"), units: 1 }], [3, 0, -4]));
        assert_eq!(surplus(&d), None);
        let lost: i64 = d
            .writes
            .iter()
            .map(|w| {
                if let Write::Stock(StockWrite::Movement(m)) = w
                    && m.kind == MovementKind::TransferLost
                {
                    -m.lines[0].incoming
                } else {
                    0
                }
            })
            .sum();
        assert_eq!(lost, 1);
        assert_eq!(after(&d).state, TransferState::Received);
    }

    #[test]
    fn given_each_state_when_it_is_called_off_then_the_goods_are_where_they_were_or_named_lost() {
        let requested = after(&opening(&[("sku_1", 5)]).for_shelf(asked(false)).unwrap());
        let accepted = after(&requested.accept(&store("a"), None, None, id("mov_1"), Timestamp(1)).unwrap());
        let packed = after(&accepted.pack(&store("a"), Timestamp(2)).unwrap());
        for t in [&requested, &accepted, &packed] {
            for party in [store("b"), Party::Hq] {
                let d = t.cancel(&party, "不需要了", id("mov_1"), Timestamp(3)).unwrap();
                assert_eq!((sum(&d, "loc_a"), after(&d).state), ([0, -5, 0], TransferState::Cancelled));
            }
            assert!(t.cancel(&store("a"), "不想发", id("mov_1"), Timestamp(3)).is_err(), "a source rejects");
        }
        let sent = after(&packed.send(&store("a"), &Perishables::new(), movs(), Timestamp(3)).unwrap());
        assert!(sent.cancel(&Party::Hq, "x", id("mov_1"), Timestamp(4)).is_err() && sent.recall(&store("b"), "x", movs(), Timestamp(4)).is_err());
        let d = sent.recall(&Party::Hq, "送错", movs(), Timestamp(4)).unwrap();
        assert_eq!((sum(&d, "loc_a"), sum(&d, "loc_b")), ([0, 0, 5], [0, 0, -5]));
        let back = after(&d);
        assert!(back.receive(&store("b"), &ALL, three(), Timestamp(5)).is_err(), "it is not on its way there");
        let (_, d) = back.receive(&store("a"), &ALL, three(), Timestamp(5)).unwrap();
        assert_eq!((sum(&d, "loc_a"), after(&d).state), ([5, 0, -5], TransferState::Cancelled));
        for (t, at) in [(&sent, "loc_b"), (&back, "loc_a")] {
            let d = t.lose(&Party::Hq, "车辆事故", id("mov_1"), Timestamp(5)).unwrap();
            assert_eq!((sum(&d, at), after(&d).state), ([0, 0, -5], TransferState::Lost));
        }
        let by_hq = after(&opening(&[("sku_1", 5)]).for_shelf(asked(true)).unwrap());
        assert!(by_hq.cancel(&store("b"), "x", id("mov_1"), Timestamp(1)).is_err(), "what HQ sends, HQ calls off");
    }

    #[test]
    fn given_a_large_ask_when_it_is_asked_for_then_nothing_is_promised_before_the_source_accepts_and_then_what_it_accepts() {
        let large = Asked { on_acceptance: true, ..asked(false) };
        let d = opening(&[("sku_1", 5), ("sku_2", 3)]).for_shelf(large.clone()).unwrap();
        assert_eq!(sum(&d, "loc_a"), [0; 3]);
        let t = after(&d);
        assert!(!t.at_source());
        assert_eq!(sum(&t.cancel(&store("b"), "不需要了", id("mov_1"), Timestamp(1)).unwrap(), "loc_a"), [0; 3]);
        let d = t.reject("没有", Some((&place("c"), false)), movs(), Timestamp(1)).unwrap();
        assert_eq!((sum(&d, "loc_a"), sum(&d, "loc_c"), after(&d).source), ([0; 3], [0; 3], id("loc_c")));
        let d = t.accept(&store("a"), Some(&[said("sku_1", 4), said("sku_2", 0)]), Some("只剩这些"), id("mov_1"), Timestamp(1)).unwrap();
        assert_eq!(sum(&d, "loc_a"), [0, 4, 0], "what is accepted");
        assert!(d.writes.iter().any(|w| matches!(w, Write::Stock(StockWrite::Counters(c)) if c.needs_free == Some(4))), "and only when it is there");
        let accepted = after(&d);
        assert!(accepted.at_source());
        let d = accepted.reject("找不到", Some((&place("c"), false)), movs(), Timestamp(2)).unwrap();
        assert_eq!((sum(&d, "loc_a"), sum(&d, "loc_c")), ([0, -4, 0], [0; 3]), "the next source is asked, and has promised nothing");
        let packed = after(&accepted.pack(&store("a"), Timestamp(2)).unwrap());
        let d = packed.send(&store("a"), &Perishables::new(), movs(), Timestamp(3)).unwrap();
        assert_eq!((sum(&d, "loc_a"), sum(&d, "loc_b")), ([-4, -4, 0], [0, 0, 4]));
    }

    #[test]
    fn given_asks_of_a_day_when_they_are_counted_then_each_limit_of_what_is_promised_at_once_holds_from_both_sides() {
        assert_eq!(AskPolicy::default(), AskPolicy { percent: 50, units: 200, day_units: 500 });
        let lines = |n: u32| vec![TransferLineState::of(id("sku_1"), String::new(), n), TransferLineState::of(id("sku_2"), String::new(), 1)];
        let has = |n: i64| [Stock { on_hand: n, safety: 2, ..Stock::default() }, Stock { on_hand: 9, ..Stock::default() }];
        let day = |units| DayAsks { units, ..DayAsks::none(id("sto_b"), "2026-11-28".into()) };
        let with = |had, n, stock| day(had).with(&lines(n), &has(stock), &AskPolicy::default()).map(|d| d.units);
        assert_eq!((with(0, 5, 12), with(0, 5, 11)), (Some(6), None), "half of what is free above safety");
        assert_eq!((with(0, 199, 999), with(0, 200, 999)), (Some(200), None));
        assert_eq!((with(400, 99, 999), with(400, 100, 999)), (Some(500), None));
    }

    #[test]
    fn given_an_order_that_waits_when_a_source_has_less_then_it_must_say_so_and_the_next_is_asked_for_all() {
        let t = after(&opening(&[("sku_1", 5)]).for_paid(&id("ord_1")));
        assert!(t.accept(&store("a"), Some(&[said("sku_1", 4)]), Some("不够"), id("mov_1"), Timestamp(1)).is_err());
        let d = t.reject("不够", Some((&place("c"), false)), movs(), Timestamp(1)).unwrap();
        assert_eq!((sum(&d, "loc_a"), sum(&d, "loc_c"), after(&d).source), ([0, -5, 0], [0, 5, 0], id("loc_c")));
        let shelf = after(&opening(&[("sku_1", 5)]).for_shelf(asked(false)).unwrap());
        let part = after(&shelf.accept(&store("a"), Some(&[said("sku_1", 4)]), Some("不够"), id("mov_1"), Timestamp(1)).unwrap());
        let d = part.reject("找不到", Some((&place("c"), false)), movs(), Timestamp(2)).unwrap();
        assert_eq!((sum(&d, "loc_a"), sum(&d, "loc_c")), ([0, -4, 0], [0, 5, 0]), "what was promised is given back, what was asked for is asked for");
        let d = part.reject("找不到", Some((&place("c"), true)), movs(), Timestamp(2)).unwrap();
        assert_eq!((sum(&d, "loc_a"), sum(&d, "loc_c")), ([0, -4, 0], [0, 0, 0]), "too large a share of the next one's: it promises what it accepts");
        assert!(after(&d).is_on_acceptance());
        let hq = after(&opening(&[("sku_1", 5)]).for_shelf(asked(true)).unwrap());
        assert!(!after(&hq.reject("找不到", Some((&place("c"), true)), movs(), Timestamp(2)).unwrap()).is_on_acceptance(), "HQ decides for both");
    }

    #[test]
    fn given_an_opening_when_its_limits_are_met_then_each_holds_from_both_sides() {
        let field = |o: Opening| o.for_shelf(asked(false)).unwrap_err().field.unwrap();
        let many =
            |n: usize| Opening { lines: (0..n).map(|i| TransferLineState::of(id(&format!("sku_{i}")), String::new(), 1)).collect(), ..opening(&[]) };
        assert!(many(MAX_LINES).for_shelf(asked(false)).is_ok());
        assert_eq!(field(many(MAX_LINES + 1)), "lines");
        assert_eq!(field(opening(&[])), "lines");
        assert!(opening(&[("sku_1", MAX_UNITS)]).for_shelf(asked(false)).is_ok());
        assert_eq!(field(opening(&[("sku_1", MAX_UNITS + 1)])), "lines[0].quantity");
        assert_eq!(field(opening(&[("sku_1", 0)])), "lines[0].quantity");
        assert_eq!(field(opening(&[("sku_1", 1), ("sku_1", 1)])), "lines[1].sku");
        assert_eq!(field(Opening { target: place("a"), ..opening(&[("sku_1", 1)]) }), "source");
        let note = |n: usize| opening(&[("sku_1", 1)]).for_shelf(Asked { note: Some("字".repeat(n)), ..asked(false) });
        assert!(note(100).is_ok());
        assert_eq!(note(101).unwrap_err().field.as_deref(), Some("note"));
    }
}
