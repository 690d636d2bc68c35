//! Having an order carried: one delivery per attempt to find a rider, and what the platform's news means. `docs/riders.md` has the table.

use liandian_contracts::Event;
use liandian_types::{DeliveryId, DeliveryState, Fulfilment, MovementId, MovementKind, OrderId, OrderState, RiderWord, StoreId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Decision,
    decision::OrdersWrite,
    orders::{
        order::{self, GRACE, OrderBody, OrderHead},
        shortfall::MissingUnits,
    },
    stock::record::{Movement, MovementLine},
};

/// How long the platform may leave a delivery without news before it is asked.
pub const NEWS_WITHIN: i64 = 10 * Timestamp::MINUTE;
/// How long the platform may look for another rider when one gave a delivery back; then it is called off and we call one.
pub const ANOTHER_WITHIN: i64 = 5 * Timestamp::MINUTE;
/// How soon the platform is asked again about what it did not confirm.
pub const SOON: i64 = Timestamp::MINUTE;
/// Riders that are called, over about an hour, before the order's money goes back.
pub const MAX_ATTEMPTS: u32 = 8;

/// How often a closed store is looked at again while an order waits for its opening.
const LOOKS_AGAIN: i64 = 30 * Timestamp::MINUTE;

/// How long to wait before the next rider is called when `lost` attempts came to nothing: a rider who cancels is replaced at
/// once; a platform that refuses again and again is given time.
#[must_use]
pub fn again_after(lost: u32) -> i64 {
    match lost {
        0 | 1 => 0,
        n => Timestamp::MINUTE * (1 << (n - 2).min(4)),
    }
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its id: the order's tail and the attempt, so that a repeated dispatch finds the same one.
    pub delivery: DeliveryId,
    /// Counts the changes.
    pub version: u64,
    /// The order.
    pub order: OrderId,
    /// Its store.
    pub store: StoreId,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// Where it stands.
    pub state: DeliveryState,
    /// The rider, e.g. 王师傅.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rider: Option<String>,
    /// The rider's number, masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rider_phone: Option<String>,
    /// When the sweeper shall look at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// The platform's own time of the newest news that was taken: what is older is old news.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_at: Option<Timestamp>,
    /// Its rider gave it back, and the platform looks for another one.
    #[serde(default, skip_serializing_if = "is_false")]
    pub withdrawn: bool,
    /// It is to be called off, and the platform has not said yet that it is.
    #[serde(default, skip_serializing_if = "is_false")]
    pub call_off: bool,
    /// Its rider has, or had, the goods.
    #[serde(default, skip_serializing_if = "is_false")]
    pub took: bool,
    /// What the store did not find: its rider cannot have taken that.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<MissingUnits>,
    /// What people should look at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<Trouble>,
    /// What people have seen to, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<SeenTo>,
}

/// What somebody found who saw to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenTo {
    /// When.
    pub at: Timestamp,
    /// Who: a member of the staff.
    pub by: String,
    /// What was to be seen to.
    pub text: String,
    /// What was found, in that person's words.
    pub note: String,
}

/// Something about a delivery that people should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// Since when.
    pub since: Timestamp,
    /// What, in Chinese.
    pub text: String,
    /// Goods are to be looked for: only a person's word ends that. Anything else ends with better news.
    #[serde(default, skip_serializing_if = "is_false")]
    pub goods: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(b: &bool) -> bool {
    !*b
}

impl Delivery {
    /// Nothing more is to come of it.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.state, DeliveryState::Done | DeliveryState::Cancelled | DeliveryState::Returned)
    }

    /// Is it over, and known to be so at the platform?
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.is_over() && !self.call_off
    }

    /// Its rider has, or had, the goods.
    #[must_use]
    pub fn has_goods(&self) -> bool {
        self.took || self.state == DeliveryState::Delivering
    }

    /// To be called off, and until then what its rider cannot take is remembered. `None` when there is nothing to call off.
    #[must_use]
    pub fn called_off(&self, missing: &[MissingUnits], now: Timestamp) -> Option<Delivery> {
        let open = !self.is_over() && !self.has_goods();
        let missing = if missing.is_empty() { self.missing.clone() } else { missing.to_vec() };
        open.then(|| Delivery { call_off: true, missing, due: Some(now), ..self.clone() }).filter(|d| d != self)
    }
}

/// Writes that a delivery is to be called off, and tells those who do it; nothing when there is none, or it is over.
pub(crate) fn call_off(d: &mut Decision, delivery: Option<&Delivery>, missing: &[MissingUnits], now: Timestamp) {
    if let Some(next) = delivery.and_then(|x| x.called_off(missing, now)) {
        d.order_event(&next.order, Event::DeliveryCallOff { order: next.order.clone(), delivery: next.delivery.clone() });
        d.write(OrdersWrite::UpdateDelivery(Box::new(next)));
    }
}

/// What to do when a rider is to be called for an order.
#[derive(Debug, Clone, PartialEq)]
pub enum Dispatch {
    /// Write this, then call the platform with this delivery.
    Start(Box<Delivery>, Decision),
    /// The platform was not told yet (or we did not hear its answer): call it with this delivery.
    Resume(Box<Delivery>),
    /// Nothing to do: a rider is at it, or the order needs none, or it is too early.
    Nothing,
    /// Nobody is there to give the goods to a rider: write when one is called.
    Later(Decision),
    /// Too many riders were lost: the order cannot be served ([`crate::orders::order::refund_and_release`]).
    GiveUp,
}

/// Decides whether to call a rider. `current` is the order's newest delivery; `opens` is when the store is open next, now when it is.
#[must_use]
pub fn dispatch(head: &OrderHead, current: Option<&Delivery>, opens: Timestamp, now: Timestamp) -> Dispatch {
    // While goods are missing, a rider would wait for nothing.
    if head.shortfall.is_some() || head.fulfilment != Fulfilment::Delivery || !matches!(head.state, OrderState::Preparing | OrderState::Ready) {
        return Dispatch::Nothing;
    }
    match current {
        Some(d) if d.state == DeliveryState::Pending && !d.call_off => return Dispatch::Resume(Box::new(d.clone())),
        // Never two at once: the next one is called when this one is known to be over.
        Some(d) if !d.is_closed() || d.state == DeliveryState::Done => return Dispatch::Nothing,
        _ => {}
    }
    let attempt = head.attempt + 1;
    if head.next_rider_at.is_some_and(|at| now < at) {
        return Dispatch::Nothing;
    }
    if attempt > MAX_ATTEMPTS {
        return Dispatch::GiveUp;
    }
    if opens > now {
        let mut d = Decision::default();
        // Not kept as a promise: who closed the store by mistake opens it again, and nobody tells the orders.
        let look = opens.min(now.plus(LOOKS_AGAIN));
        if head.due.is_some_and(|due| due > now && due <= look) {
            return Dispatch::Nothing;
        }
        d.write(OrdersWrite::Update(Box::new(OrderHead { next_rider_at: None, due: Some(look), ..head.clone() })));
        return Dispatch::Later(d);
    }
    let tail = head.order.as_str().trim_start_matches("ord_");
    let Ok(id) = DeliveryId::from_tail(format_args!("{tail}-{attempt}")) else { return Dispatch::GiveUp };
    let delivery = Delivery {
        delivery: id.clone(),
        version: 0,
        order: head.order.clone(),
        store: head.store.clone(),
        attempt,
        state: DeliveryState::Pending,
        rider: None,
        rider_phone: None,
        due: Some(now.plus(GRACE)),
        told_at: None,
        withdrawn: false,
        call_off: false,
        took: false,
        missing: Vec::new(),
        trouble: None,
        seen: Vec::new(),
    };
    let mut d = Decision::default();
    d.write(OrdersWrite::CreateDelivery(Box::new(delivery.clone())));
    // From here on the delivery carries the deadline.
    d.write(OrdersWrite::Update(Box::new(OrderHead { attempt, delivery: Some(id), next_rider_at: None, due: None, ..head.clone() })));
    Dispatch::Start(Box::new(delivery), d)
}

/// The platform knows it.
#[must_use]
pub fn created(delivery: &Delivery, now: Timestamp) -> Decision {
    let mut d = Decision::default();
    if delivery.state == DeliveryState::Pending {
        let due = Some(if delivery.call_off { now } else { now.plus(NEWS_WITHIN) });
        d.write(OrdersWrite::UpdateDelivery(Box::new(Delivery { state: DeliveryState::Created, due, ..delivery.clone() })));
    }
    d
}

/// Somebody has seen to what was odd about an order's deliveries. Nothing when there is nothing (any more).
#[must_use]
pub fn see_to(deliveries: &[Delivery], by: &str, note: &str, now: Timestamp) -> Decision {
    let mut d = Decision::default();
    for x in deliveries {
        if let Some(t) = &x.trouble {
            let found = SeenTo { at: now, by: by.to_owned(), text: t.text.clone(), note: note.to_owned() };
            let seen = x.seen.iter().cloned().chain([found]).collect();
            d.write(OrdersWrite::UpdateDelivery(Box::new(Delivery { trouble: None, seen, ..x.clone() })));
        }
    }
    d
}

/// The platform is to be asked about it as soon as it answers.
#[must_use]
pub fn to_be_asked(delivery: &Delivery, now: Timestamp) -> Decision {
    let mut d = Decision::default();
    // What is over for us has no other clock: it is called off again, which tells as much.
    let call_off = delivery.call_off || (delivery.is_over() && !delivery.has_goods());
    if delivery.due.is_none_or(|due| due > now) {
        d.write(OrdersWrite::UpdateDelivery(Box::new(Delivery { call_off, due: Some(now), ..delivery.clone() })));
    }
    d
}

/// An order with all its deliveries: what news is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The order.
    pub head: &'a OrderHead,
    /// Its lines.
    pub body: &'a OrderBody,
    /// Its deliveries.
    pub deliveries: &'a [Delivery],
}

/// What the platform tells of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What.
    pub word: RiderWord,
    /// The rider, when there is one.
    pub rider: Option<String>,
    /// The rider's number, masked.
    pub rider_phone: Option<String>,
    /// When it became so, by the platform's clock.
    pub at: Option<Timestamp>,
    /// Is it the answer to our question? Call-backs come late and in any order; an answer is what is now. The caller sees to it that the delivery
    /// has not changed since it asked.
    pub asked: bool,
    /// We asked because a call-back said something else: asked again soon.
    pub doubted: bool,
}

/// What to do about news.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// Old, or known.
    Nothing,
    /// It costs money, or contradicts what is known: the platform is asked what is.
    Ask,
    /// Write this.
    Take(Decision),
}

fn rank(s: DeliveryState) -> u8 {
    match s {
        DeliveryState::Pending => 0,
        DeliveryState::Created => 1,
        DeliveryState::Accepted => 2,
        DeliveryState::AtStore => 3,
        DeliveryState::Delivering => 4,
        DeliveryState::Abnormal => 5,
        DeliveryState::Done | DeliveryState::Cancelled | DeliveryState::Returned => 6,
    }
}

/// The state that a word names; `None` for what is no state of a delivery that goes its way.
fn state_of(word: RiderWord) -> Option<DeliveryState> {
    Some(match word {
        RiderWord::Looking | RiderWord::Withdrawn => DeliveryState::Created,
        RiderWord::Accepted => DeliveryState::Accepted,
        RiderWord::AtStore => DeliveryState::AtStore,
        RiderWord::Delivering => DeliveryState::Delivering,
        RiderWord::Done => DeliveryState::Done,
        RiderWord::Cancelled => DeliveryState::Cancelled,
        RiderWord::Abnormal => DeliveryState::Abnormal,
        RiderWord::Unknown(_) => return None,
    })
}

enum Weight {
    Old,
    Doubtful,
    New,
}

/// How far a call-back is to be believed. Its time orders it; what was told in the same second as what is known, and contradicts it, is doubtful,
/// and so is what costs money.
fn weigh(d: &Delivery, told: &Told) -> Weight {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let age = match (told.at, d.told_at) {
        (Some(told), Some(known)) => told.cmp(&known),
        (Some(_), None) => Greater,
        (None, _) => Equal,
    };
    let other_rider = told.rider.is_some() && (&told.rider, &told.rider_phone) != (&d.rider, &d.rider_phone);
    match told.word {
        RiderWord::Done if matches!(d.state, DeliveryState::Done | DeliveryState::Returned) => Weight::Old,
        RiderWord::Done => Weight::Doubtful,
        // Whenever it was: what is done may not have been done well.
        RiderWord::Abnormal if d.state == DeliveryState::Done => Weight::New,
        RiderWord::Abnormal | RiderWord::Unknown(_) => match d.state {
            DeliveryState::Cancelled | DeliveryState::Returned if told.word == RiderWord::Abnormal => Weight::Old,
            _ if age == Less => Weight::Old,
            _ => Weight::New,
        },
        RiderWord::Cancelled if d.is_over() || age == Less => Weight::Old,
        RiderWord::Cancelled if d.has_goods() => Weight::Doubtful,
        RiderWord::Cancelled => Weight::New,
        RiderWord::Delivering => match d.state {
            DeliveryState::Done | DeliveryState::Returned => Weight::Old,
            DeliveryState::Cancelled if d.has_goods() => Weight::Old,
            // That goods were taken stays true, whatever came after it.
            DeliveryState::Cancelled if age == Less => Weight::New,
            DeliveryState::Cancelled => Weight::Doubtful,
            DeliveryState::Abnormal if !d.has_goods() => Weight::New,
            _ if age == Less && d.has_goods() => Weight::Old,
            _ if age == Less => Weight::Doubtful,
            DeliveryState::Delivering if !other_rider => Weight::Old,
            DeliveryState::Delivering | DeliveryState::Abnormal if age == Equal => Weight::Doubtful,
            _ => Weight::New,
        },
        RiderWord::Looking | RiderWord::Accepted | RiderWord::AtStore | RiderWord::Withdrawn => {
            let forward = state_of(told.word).is_some_and(|s| rank(s) > rank(d.state));
            match d.state {
                _ if age == Less => Weight::Old,
                DeliveryState::Done | DeliveryState::Returned => Weight::Old,
                DeliveryState::Cancelled => Weight::Doubtful,
                _ if d.has_goods() && (age == Greater || other_rider) => Weight::Doubtful,
                _ if d.has_goods() => Weight::Old,
                _ if age == Greater || forward => Weight::New,
                DeliveryState::Created if matches!(told.word, RiderWord::Looking) => Weight::Old,
                DeliveryState::Created if told.word == RiderWord::Withdrawn && d.withdrawn => Weight::Old,
                _ if other_rider || matches!(told.word, RiderWord::Looking | RiderWord::Withdrawn) => Weight::Doubtful,
                _ => Weight::Old,
            }
        }
    }
}

/// What news means, the order's own part included. `movement` is the id of a document, if one is needed.
#[must_use]
pub fn heard(scene: &Scene<'_>, which: &DeliveryId, told: &Told, movement: MovementId, now: Timestamp) -> Heard {
    let Some(was) = scene.deliveries.iter().find(|d| d.delivery == *which) else { return Heard::Nothing };
    if !told.asked {
        match weigh(was, told) {
            Weight::Old => return Heard::Nothing,
            Weight::Doubtful => return Heard::Ask,
            Weight::New => {}
        }
    }
    let mut next = was.clone();
    next.told_at = was.told_at.max(told.at);
    let mut step = Step { scene, was, next, told, d: Decision::default(), movement: Some(movement), now };
    step.take();
    step.finish()
}

/// News being taken.
struct Step<'a> {
    scene: &'a Scene<'a>,
    was: &'a Delivery,
    next: Delivery,
    told: &'a Told,
    d: Decision,
    movement: Option<MovementId>,
    now: Timestamp,
}

impl Step<'_> {
    fn take(&mut self) {
        // Lost with the goods, and its money given back: only people end that.
        if self.was.state == DeliveryState::Cancelled && self.was.has_goods() {
            if self.told.word == RiderWord::Done {
                self.trouble(true, "配送已取消并退款，平台又报告已送达，请核实");
            }
            return;
        }
        match self.told.word {
            RiderWord::Looking | RiderWord::Withdrawn => self.looks(),
            RiderWord::Accepted | RiderWord::AtStore => self.has_rider(),
            RiderWord::Delivering => self.delivering(),
            RiderWord::Done => self.done(),
            RiderWord::Cancelled => self.cancelled(),
            RiderWord::Abnormal if self.was.state == DeliveryState::Done => self.trouble(true, "平台报告过配送异常，请核实顾客是否收到商品"),
            RiderWord::Abnormal if self.was.is_over() => self.revived(),
            RiderWord::Abnormal => {
                self.next.state = DeliveryState::Abnormal;
                self.rider();
                self.trouble(false, "平台报告配送异常，请联系骑手或平台");
                self.tell();
            }
            RiderWord::Unknown(0) => self.trouble(false, "平台查不到这张配送单，请联系平台"),
            RiderWord::Unknown(n) => self.trouble(false, &format!("平台发来未知的配送状态 {n}")),
        }
    }

    fn carries(&self) -> bool {
        self.scene.head.delivery.as_ref() == Some(&self.was.delivery)
    }

    /// Does the order need a rider?
    fn owed(&self) -> bool {
        let head = self.scene.head;
        matches!(head.state, OrderState::Preparing | OrderState::Ready) && head.shortfall.is_none()
    }

    fn trouble(&mut self, goods: bool, text: &str) {
        if !self.next.trouble.as_ref().is_some_and(|t| t.text == text || (t.goods && !goods)) {
            self.next.trouble = Some(Trouble { since: self.now, text: text.to_owned(), goods });
        }
    }

    /// Good news: what was only odd is over.
    fn well(&mut self) {
        self.next.trouble = self.next.trouble.take().filter(|t| t.goods);
    }

    fn rider(&mut self) {
        if self.told.rider.is_some() {
            self.next.rider.clone_from(&self.told.rider);
            self.next.rider_phone.clone_from(&self.told.rider_phone);
        }
    }

    /// What the order's own events tell as well is not told twice.
    fn tell(&mut self) {
        let (order, delivery, state) = (self.was.order.clone(), self.was.delivery.clone(), self.next.state);
        if (state, &self.next.rider) != (self.was.state, &self.was.rider) {
            self.d.order_event(&self.was.order, Event::DeliveryMoved { order, delivery, state });
        }
    }

    fn looks(&mut self) {
        let withdrawn = self.told.word == RiderWord::Withdrawn;
        if self.was.state == DeliveryState::Cancelled {
            return self.revived();
        }
        if self.was.is_over() {
            return;
        }
        if self.was.has_goods() {
            self.next.state = DeliveryState::Abnormal;
            return self.trouble(false, "骑手取走商品后不再配送，请核实商品去向");
        }
        if withdrawn && self.was.withdrawn && self.told.asked {
            // Nobody took it meanwhile.
            self.next.call_off = true;
            return;
        }
        self.next.state = DeliveryState::Created;
        self.next.withdrawn = withdrawn || (self.was.withdrawn && self.was.state == DeliveryState::Created);
        (self.next.rider, self.next.rider_phone) = (None, None);
        self.well();
        if self.was.rider.is_some() {
            self.tell();
        }
    }

    fn has_rider(&mut self) {
        if self.was.state == DeliveryState::Cancelled {
            return self.revived();
        }
        if self.was.is_over() {
            return;
        }
        if self.was.has_goods() {
            // Another rider goes on with them.
            self.rider();
            if self.was.state == DeliveryState::Abnormal && self.next.rider != self.was.rider {
                self.next.state = DeliveryState::Delivering;
                self.well();
            }
            return;
        }
        let state = state_of(self.told.word).unwrap_or(self.was.state);
        if self.told.rider.is_none() && rank(state) < rank(self.was.state) {
            (self.next.rider, self.next.rider_phone) = (None, None);
        }
        self.next.state = state;
        self.next.withdrawn = false;
        self.rider();
        self.well();
        self.tell();
    }

    /// It was over for us and is not at the platform.
    fn revived(&mut self) {
        if self.carries() && self.owed() && !self.was.call_off {
            // No other one was called yet: it goes on.
            self.next.state = state_of(self.told.word).unwrap_or(DeliveryState::Created);
            self.rider();
            self.tell();
            self.d.write(OrdersWrite::Update(Box::new(OrderHead { next_rider_at: None, due: None, ..self.scene.head.clone() })));
        } else {
            self.next.call_off = true;
        }
    }

    fn delivering(&mut self) {
        // In the same second as trouble it is not known to be better.
        let odd = self.was.state == DeliveryState::Abnormal;
        let older = !self.told.asked && self.told.at.zip(self.was.told_at).is_some_and(|(told, known)| told < known || (odd && told == known));
        if matches!(self.was.state, DeliveryState::Done | DeliveryState::Returned) {
            return;
        }
        if self.was.state == DeliveryState::Cancelled && older {
            return self.trouble(true, "骑手取走商品后取消了配送，请核实商品去向");
        }
        if !matches!(self.scene.head.state, OrderState::AwaitingTransfer | OrderState::Placed | OrderState::Closed) {
            self.next.state = if older { self.was.state } else { DeliveryState::Delivering };
            self.next.withdrawn = false;
        }
        self.rider();
        if self.was.has_goods() {
            self.next.took = true;
            self.well();
        } else {
            if !older {
                self.well();
            }
            self.leave("在骑手手中");
        }
    }

    /// The goods are with this rider. What becomes of the order is decided by what was decided before: a customer's refund stands.
    fn leave(&mut self, where_: &str) {
        let head = self.scene.head;
        self.next.call_off = false;
        match head.state {
            OrderState::Preparing | OrderState::Ready if head.shortfall.is_none() => {
                self.next.took = true;
                let head = OrderHead { delivery: Some(self.was.delivery.clone()), next_rider_at: None, ..head.clone() };
                if let (Some(id), true) = (self.movement.take(), head.fulfilment == Fulfilment::Delivery)
                    && let Ok(d) = order::picked_up_by_rider(&head, self.scene.body, id, self.now)
                {
                    self.d.and(d);
                }
                self.call_off_others();
            }
            OrderState::Preparing | OrderState::Ready => self.short(where_),
            OrderState::Refunding | OrderState::Refunded => self.gone(where_),
            OrderState::Delivering | OrderState::Completed | OrderState::Settled if self.carries() => self.next.took = true,
            OrderState::Delivering | OrderState::Completed | OrderState::Settled => {
                self.next.took = true;
                self.trouble(true, "另一位骑手也取走了商品，请核实");
            }
            OrderState::AwaitingTransfer | OrderState::Placed | OrderState::Closed => {
                self.trouble(true, "订单没有待配送的商品，骑手却取走了，请核实")
            }
        }
    }

    fn call_off_others(&mut self) {
        for other in self.scene.deliveries.iter().filter(|d| d.delivery != self.was.delivery) {
            call_off(&mut self.d, Some(other), &[], self.now);
        }
    }

    /// The rider left with what was there while the customer was asked about the rest: the whole order's money goes back.
    fn short(&mut self, where_: &str) {
        let head = OrderHead { delivery: Some(self.was.delivery.clone()), ..self.scene.head.clone() };
        let missing = head.shortfall.as_ref().map(|s| s.lines.clone()).unwrap_or_default();
        let lines = self.scene.body.lines.iter().filter_map(|l| {
            let gone = l.quantity.units() - missing.iter().filter(|m| m.sku == l.sku).map(|m| i64::from(m.units)).sum::<i64>();
            // What a transfer did not bring is promised nowhere.
            let promised = head.promised(l);
            (gone > 0 || promised > 0).then(|| MovementLine::of(&l.sku, -gone.max(0), -promised, 0))
        });
        // He took the gifts along.
        let gifts = self.scene.body.gift_lines(-1, -i64::from(head.promises_gifts()));
        let lines = order::by_sku(lines.chain(gifts));
        self.next.took = true;
        self.d.and(order::refund(&head, "商品缺货", self.now));
        order::campaigns_back(&mut self.d, self.scene.head, self.scene.body);
        self.lost(&head, lines);
        self.trouble(true, &format!("订单因缺货退款，其余商品{where_}"));
        self.call_off_others();
    }

    /// The order's money went back, and the goods are gone all the same.
    fn gone(&mut self, where_: &str) {
        if !self.scene.deliveries.iter().any(Delivery::has_goods) {
            let missing = &self.was.missing;
            let lines = self.scene.body.lines.iter().filter_map(|l| {
                let gone = l.quantity.units() - missing.iter().filter(|m| m.sku == l.sku).map(|m| i64::from(m.units)).sum::<i64>();
                (gone > 0).then(|| MovementLine::of(&l.sku, -gone, 0, 0))
            });
            let lines = order::by_sku(lines.chain(self.scene.body.gift_lines(-1, 0)));
            self.lost(self.scene.head, lines);
        }
        self.next.took = true;
        self.trouble(true, &format!("订单已退款，商品{where_}"));
    }

    /// Goods that left without being sold: a loss, until somebody brings them back.
    fn lost(&mut self, head: &OrderHead, lines: Vec<MovementLine>) {
        if let Some(id) = self.movement.take().filter(|_| !lines.is_empty()) {
            let m = Movement::of(id, head.location(), MovementKind::Loss, Some(head.order.clone()), None, lines, self.now);
            self.d.movement(Movement { reason: Some("退款的订单被骑手取走".into()), ..m }, false);
        }
    }

    fn done(&mut self) {
        if matches!(self.was.state, DeliveryState::Done | DeliveryState::Returned) {
            return;
        }
        let head = self.scene.head;
        if self.was.state == DeliveryState::Abnormal {
            return self.back();
        }
        if matches!(head.state, OrderState::AwaitingTransfer | OrderState::Placed | OrderState::Closed) {
            return self.trouble(true, "订单没有待配送的商品，平台却报告已送达，请核实");
        }
        self.next.state = DeliveryState::Done;
        self.next.call_off = false;
        self.rider();
        self.well();
        match head.state {
            OrderState::Preparing | OrderState::Ready if head.shortfall.is_some() => self.short("已送达顾客"),
            OrderState::Refunding | OrderState::Refunded => self.gone("已送达顾客"),
            OrderState::Preparing | OrderState::Ready => {
                self.next.took = true;
                self.complete();
                self.call_off_others();
            }
            OrderState::Delivering if self.carries() => self.complete(),
            _ if self.carries() => {}
            _ => self.trouble(true, "另一张配送单也报告已送达，请核实"),
        }
    }

    fn complete(&mut self) {
        let head = OrderHead { delivery: Some(self.was.delivery.clone()), next_rider_at: None, ..self.scene.head.clone() };
        if let Some(id) = self.movement.take()
            && let Ok(d) = order::delivered(&head, self.scene.body, id, self.now)
        {
            self.d.and(d);
        }
    }

    /// It is over after something was wrong: the goods came back to the store.
    fn back(&mut self) {
        self.next.state = DeliveryState::Returned;
        self.next.call_off = false;
        self.rider();
        if self.was.has_goods() {
            self.trouble(true, "配送异常，商品应已送回门店，请清点后入库");
            self.refund("配送异常，商品已送回门店");
        } else {
            self.well();
            self.tell();
            self.next_rider();
        }
    }

    fn cancelled(&mut self) {
        if matches!(self.was.state, DeliveryState::Done | DeliveryState::Returned) {
            return;
        }
        self.next.state = DeliveryState::Cancelled;
        self.next.call_off = false;
        self.next.withdrawn = false;
        if self.was.has_goods() {
            self.trouble(true, "配送途中取消，请核实商品去向");
            self.refund("配送途中取消");
        } else {
            self.well();
            if self.was.state != DeliveryState::Cancelled || self.was.call_off {
                self.tell();
                self.next_rider();
            }
        }
    }

    fn refund(&mut self, reason: &str) {
        if self.scene.head.state == OrderState::Delivering && self.carries() {
            self.d.and(order::refund(self.scene.head, reason, self.now));
            order::campaigns_back(&mut self.d, self.scene.head, self.scene.body);
        }
    }

    /// Owed again, until the next rider is called.
    fn next_rider(&mut self) {
        let head = self.scene.head;
        if self.owed() && self.carries() {
            let at = self.now.plus(again_after(head.attempt));
            self.d.write(OrdersWrite::Update(Box::new(OrderHead { next_rider_at: Some(at), due: Some(at.plus(GRACE)), ..head.clone() })));
            self.d.order_event(&head.order, Event::DeliveryRequested { order: head.order.clone(), attempt: head.attempt + 1, not_before: Some(at) });
        }
    }

    fn finish(mut self) -> Heard {
        let (was, now) = (self.was, self.now);
        let same = Delivery { told_at: was.told_at, ..self.next.clone() } == *was;
        self.next.due = if self.next.call_off {
            match (was.call_off, self.told.asked) {
                (true, true) => Some(now.plus(SOON)),
                (true, false) => was.due,
                (false, _) => Some(now),
            }
        } else if self.next.is_over() {
            None
        } else if self.told.doubted && !self.next.withdrawn {
            Some(now.plus(SOON))
        } else if same && !self.told.asked {
            was.due
        } else {
            Some(now.plus(if self.next.withdrawn { ANOTHER_WITHIN } else { NEWS_WITHIN }))
        };
        if self.next.call_off && !was.call_off {
            self.d.order_event(&was.order, Event::DeliveryCallOff { order: was.order.clone(), delivery: was.delivery.clone() });
        }
        if (Delivery { told_at: was.told_at, ..self.next.clone() }) != *was {
            self.d.write(OrdersWrite::UpdateDelivery(Box::new(self.next)));
        }
        if self.d.is_empty() { Heard::Nothing } else { Heard::Take(self.d) }
    }
}
