//! Goods moving from one location to another for an order.
//!
//! ```text
//! reserved ─paid─▶ requested ─accept─▶ accepted ─pack─▶ packed ─send─▶ in_transit ─receive─▶ received
//!    │                 └─reject / too late─▶ requested at the next source, or rejected
//!    └─order closed─▶ cancelled
//! ```
//! Units are conserved at each step: `source.on_hand + in transit + target.on_hand` changes only by a named loss.

use liandian_contracts::Event;
use liandian_types::{
    Code, LocationId, MovementId, OrderId, Problem, SkuId, StoreId, Timestamp, TransferId, TransferState, TransferStep, api::ReceivedLine,
};
use serde::{Deserialize, Serialize};

use crate::{
    Decision, Refusable, Write, conflict,
    stock::{Movement, MovementKind, MovementLine},
    store::{Location, StoreProfile},
};

/// How long a source may take to answer.
pub const ANSWER_WITHIN: i64 = 10 * Timestamp::MINUTE;
/// How long each later step may take before somebody should look.
pub const STEP_WITHIN: i64 = 30 * Timestamp::MINUTE;
/// After so many reminders a source that does not send is passed over.
pub const MAX_REMINDERS: u32 = 4;
/// After so many reminders goods on their way are late beyond use to the order: its money goes back; they come in for the shelf.
pub const MAX_REMINDERS_ON_THE_WAY: u32 = 48;

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
    /// The order that waits for it.
    pub order: OrderId,
    /// What.
    pub lines: Vec<TransferLineState>,
    /// When the sweeper shall look at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Zone of its times.
    pub zone: String,
    /// How often somebody was told that this step is late.
    #[serde(default)]
    pub reminders: u32,
    /// Sources that would not.
    #[serde(default)]
    pub tried: Vec<LocationId>,
    /// Why it was rejected, or came in part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
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
    /// How many arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<u32>,
}

/// The document that reserves a transfer's goods at a source.
#[must_use]
pub fn reserve(
    transfer: &TransferId,
    order: &OrderId,
    source: &Location,
    lines: &[TransferLineState],
    movement: MovementId,
    now: Timestamp,
) -> Movement {
    let lines = lines.iter().map(|l| MovementLine { sku: l.sku.clone(), on_hand: 0, reserved: i64::from(l.quantity), incoming: 0 }).collect();
    Movement::of(movement, source.location.clone(), MovementKind::Reserve, Some(order.clone()), Some(transfer.clone()), lines, now)
}

/// What a receipt found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Units that did not arrive, over all lines.
    pub missing: u32,
}

impl Transfer {
    /// A transfer whose goods are reserved and whose order is not paid yet.
    #[must_use]
    pub fn reserved(
        transfer: TransferId,
        source: &Location,
        target: &StoreProfile,
        order: OrderId,
        lines: Vec<TransferLineState>,
        pay_by: Timestamp,
        now: Timestamp,
    ) -> Self {
        Self {
            transfer,
            version: 0,
            state: TransferState::Reserved,
            source: source.location.clone(),
            source_name: source.name.clone(),
            source_keeper: source.keeper.clone(),
            target: target.store.shelf(),
            target_name: target.name.clone(),
            target_keeper: target.store.clone(),
            order,
            lines,
            due: Some(pay_by.plus(2 * Timestamp::MINUTE)),
            created_at: now,
            zone: target.hours.zone.clone(),
            reminders: 0,
            tried: Vec::new(),
            reason: None,
        }
    }

    /// What the staff of `store` may do next.
    #[must_use]
    pub fn steps_for(&self, store: &StoreId) -> Vec<TransferStep> {
        let (source, target) = (&self.source_keeper == store, &self.target_keeper == store);
        match self.state {
            TransferState::Requested if source => vec![TransferStep::Accept, TransferStep::Reject],
            TransferState::Accepted if source => vec![TransferStep::Pack, TransferStep::Reject],
            TransferState::Packed if source => vec![TransferStep::Send],
            TransferState::InTransit if target => vec![TransferStep::Receive],
            _ => Vec::new(),
        }
    }

    fn may(&self, store: &StoreId, step: TransferStep) -> Refusable<()> {
        if self.steps_for(store).contains(&step) {
            return Ok(());
        }
        conflict(format!("调拨单当前为「{}」，本店不能{}", self.state.title(), step.title()))
    }

    fn to(&self, state: TransferState, due: Option<Timestamp>) -> Transfer {
        Transfer { state, due, reminders: 0, ..self.clone() }
    }

    fn document(
        &self,
        id: MovementId,
        at_source: bool,
        kind: MovementKind,
        now: Timestamp,
        line: impl Fn(&TransferLineState) -> [i64; 3],
    ) -> Movement {
        let location = if at_source { self.source.clone() } else { self.target.clone() };
        let lines = self.lines.iter().map(|l| {
            let [on_hand, reserved, incoming] = line(l);
            MovementLine { sku: l.sku.clone(), on_hand, reserved, incoming }
        });
        Movement::of(id, location, kind, Some(self.order.clone()), Some(self.transfer.clone()), lines.collect(), now)
    }

    fn released(&self, id: MovementId, now: Timestamp) -> Movement {
        self.document(id, true, MovementKind::Release, now, |l| [0, -i64::from(l.quantity), 0])
    }

    /// The order is paid: it becomes a task of the source. A second call changes nothing.
    #[must_use]
    pub fn request(&self, now: Timestamp) -> Decision {
        let mut d = Decision::default();
        if self.state == TransferState::Reserved {
            d.write(Write::UpdateTransfer(Box::new(self.to(TransferState::Requested, Some(now.plus(ANSWER_WITHIN))))));
            d.transfer_event(
                &self.transfer,
                Event::TransferRequested { transfer: self.transfer.clone(), source: self.source.clone(), target: self.target.clone() },
            );
        }
        d
    }

    /// A new transfer for an order that is paid already: its source is asked at once.
    #[must_use]
    pub fn begun_requested(self, now: Timestamp) -> Decision {
        let mut d = Decision::default();
        let event = Event::TransferRequested { transfer: self.transfer.clone(), source: self.source.clone(), target: self.target.clone() };
        d.transfer_event(&self.transfer, event);
        d.write(Write::CreateTransfer(Box::new(self.to(TransferState::Requested, Some(now.plus(ANSWER_WITHIN))))));
        d
    }

    /// The source will send it.
    ///
    /// # Errors
    /// `conflict` when it is not asked, or not this store.
    pub fn accept(&self, store: &StoreId, now: Timestamp) -> Refusable<Decision> {
        self.may(store, TransferStep::Accept)?;
        let mut d = Decision::default();
        d.write(Write::UpdateTransfer(Box::new(self.to(TransferState::Accepted, Some(now.plus(STEP_WITHIN))))));
        d.transfer_event(&self.transfer, Event::TransferAccepted { transfer: self.transfer.clone() });
        Ok(d)
    }

    /// The goods are packed.
    ///
    /// # Errors
    /// `conflict` when it is not accepted, or not this store.
    pub fn pack(&self, store: &StoreId, now: Timestamp) -> Refusable<Decision> {
        self.may(store, TransferStep::Pack)?;
        let mut d = Decision::default();
        d.write(Write::UpdateTransfer(Box::new(self.to(TransferState::Packed, Some(now.plus(STEP_WITHIN))))));
        d.transfer_event(&self.transfer, Event::TransferPacked { transfer: self.transfer.clone() });
        Ok(d)
    }

    /// The goods leave the source.
    ///
    /// # Errors
    /// `conflict` when it is not packed, or not this store.
    pub fn send(&self, store: &StoreId, movements: [MovementId; 2], now: Timestamp) -> Refusable<Decision> {
        self.may(store, TransferStep::Send)?;
        let [out, expected] = movements;
        let mut d = Decision::default();
        d.write(Write::UpdateTransfer(Box::new(self.to(TransferState::InTransit, Some(now.plus(2 * STEP_WITHIN))))));
        d.movement(self.document(out, true, MovementKind::TransferOut, now, |l| [-i64::from(l.quantity), -i64::from(l.quantity), 0]), false);
        d.movement(self.document(expected, false, MovementKind::TransferExpected, now, |l| [0, 0, i64::from(l.quantity)]), false);
        d.transfer_event(&self.transfer, Event::TransferSent { transfer: self.transfer.clone() });
        Ok(d)
    }

    /// The goods are counted at the target. What arrived for the order is reserved for it at once, unless something is
    /// missing, or the order does not wait any more (`awaited`): then what arrived is free to sell.
    ///
    /// # Errors
    /// `conflict` when it is not in transit, or not this store; `bad_request` for lines that it has not, more than were
    /// sent, or a difference without a reason.
    pub fn receive(
        &self,
        store: &StoreId,
        received: Option<&[ReceivedLine]>,
        reason: Option<&str>,
        awaited: bool,
        movement: MovementId,
        now: Timestamp,
    ) -> Refusable<(Receipt, Decision)> {
        self.may(store, TransferStep::Receive)?;
        let bad = |text: &str| Err(Problem::new(Code::BadRequest, text).at("received"));
        let mut after = self.to(TransferState::Received, None);
        for l in &mut after.lines {
            l.received = Some(l.quantity);
        }
        for (i, r) in received.unwrap_or_default().iter().enumerate() {
            if received.unwrap_or_default()[..i].iter().any(|earlier| earlier.sku == r.sku) {
                return bad("同一商品请只填写一次");
            }
            match after.lines.iter_mut().find(|l| l.sku == r.sku) {
                None => return bad("收货商品不在调拨单内"),
                Some(l) if r.quantity > l.quantity => return bad("收货数量不能大于发出数量"),
                Some(l) => l.received = Some(r.quantity),
            }
        }
        let missing = after.lines.iter().map(|l| l.quantity - l.received.unwrap_or(0)).sum();
        let reason = reason.map(str::trim).filter(|r| !r.is_empty());
        if missing > 0 && reason.is_none() {
            return Err(Problem::new(Code::BadRequest, "收货有差异时请填写原因").at("reason"));
        }
        after.reason = reason.map(str::to_owned).or(after.reason);
        let whole = missing == 0;
        let mut d = Decision::default();
        d.movement(
            after.document(movement, false, MovementKind::TransferIn, now, |l| {
                let got = i64::from(l.received.unwrap_or(0));
                [got, if whole && awaited { got } else { 0 }, -i64::from(l.quantity)]
            }),
            false,
        );
        d.write(Write::UpdateTransfer(Box::new(after)));
        d.transfer_event(&self.transfer, Event::TransferReceived { transfer: self.transfer.clone(), missing });
        Ok((Receipt { missing }, d))
    }

    /// The source would not (or did not answer): the next one is asked, or none is left.
    ///
    /// # Errors
    /// `conflict` when it has left the source already.
    pub fn reject(&self, reason: &str, next: Option<&Location>, movements: [MovementId; 2], now: Timestamp) -> Refusable<Decision> {
        if !matches!(self.state, TransferState::Requested | TransferState::Accepted | TransferState::Packed) {
            return conflict(format!("调拨单当前为「{}」，不能拒绝", self.state.title()));
        }
        let [release, reserve_next] = movements;
        let mut d = Decision::default();
        d.movement(self.released(release, now), false);
        let mut after = self.to(TransferState::Rejected, None);
        after.tried.push(self.source.clone());
        after.reason = Some(reason.to_owned());
        d.transfer_event(&self.transfer, Event::TransferRejected { transfer: self.transfer.clone(), reason: reason.to_owned() });
        if let Some(next) = next {
            d.movement(reserve(&self.transfer, &self.order, next, &self.lines, reserve_next, now), true);
            after.state = TransferState::Requested;
            after.due = Some(now.plus(ANSWER_WITHIN));
            after.source = next.location.clone();
            after.source_name = next.name.clone();
            after.source_keeper = next.keeper.clone();
            d.transfer_event(
                &self.transfer,
                Event::TransferRequested { transfer: self.transfer.clone(), source: after.source.clone(), target: self.target.clone() },
            );
        }
        d.write(Write::UpdateTransfer(Box::new(after)));
        Ok(d)
    }

    /// It is late and somebody has been told: looked at again after another step's time.
    #[must_use]
    pub fn remind(&self, now: Timestamp) -> Decision {
        let mut d = Decision::default();
        let reminders = self.reminders + 1;
        d.write(Write::UpdateTransfer(Box::new(Transfer { reminders, ..self.to(self.state, Some(now.plus(STEP_WITHIN))) })));
        d
    }

    /// Its order is closed before it was paid.
    ///
    /// # Errors
    /// `conflict` once the source has been asked.
    pub fn cancel(&self, movement: MovementId, now: Timestamp) -> Refusable<Decision> {
        match self.state {
            TransferState::Cancelled => Ok(Decision::default()),
            TransferState::Reserved => {
                let mut d = Decision::default();
                d.write(Write::UpdateTransfer(Box::new(self.to(TransferState::Cancelled, None))));
                d.movement(self.released(movement, now), false);
                d.transfer_event(&self.transfer, Event::TransferCancelled { transfer: self.transfer.clone() });
                Ok(d)
            }
            _ => conflict(format!("调拨单当前为「{}」，不能取消", self.state.title())),
        }
    }
}
