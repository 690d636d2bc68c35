//! A paid order that cannot be served whole: a till sold what was promised, a count did not find it, or its transfer brought less than it was to.
//! The customer chooses: what is missing comes from (another) location, what is there is taken and the money for the rest goes back, or all of the
//! money goes back. Who does not answer gets all of it back.

use liandian_contracts::Event;
use liandian_pricing::{Share, Totals};
use liandian_types::{Code, Fen, Fulfilment, MovementId, OrderState, Problem, Quantity, SkuId, Timestamp, TransferId};
use serde::{Deserialize, Serialize};

use crate::{
    Decision, Refusable, Write, conflict,
    decision::{OrdersWrite, PaymentsWrite},
    orders::{
        delivery::{Delivery, call_off},
        order::{BodyLine, GRACE, OrderBody, OrderHead, WAITS_FOR_CHOICE, Withdrawn, order_movement, refund_and_release},
        parcel::SHIP_WITHIN,
        place::summary,
        slots,
    },
    payments::refund::PartRefund,
    stock::record::{MovementKind, MovementLine},
    stores::{
        hours::{Hours, day, midnight},
        profile::{Location, StoreProfile},
    },
    transfers::{Opening, TransferLineState},
};

pub use crate::stock::missing::MissingUnits;

/// How long the customer may take to choose.
pub const CHOOSE_WITHIN: i64 = 30 * Timestamp::MINUTE;

/// Until when the customer may choose whom the clock asks: two hours in which it is day and people are in the store, whom they can ask.
#[must_use]
pub fn choose_by_day(hours: &Hours, now: Timestamp) -> Timestamp {
    let morning = midnight(day(now, &hours.zone), &hours.zone).plus(8 * Timestamp::HOUR);
    let opens = hours.next_open_at(now.max(morning));
    // A store that stays shut cannot say more than that.
    opens.plus(2 * Timestamp::HOUR).min(now.plus(2 * Timestamp::DAY))
}

/// What an order lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shortfall {
    /// What, and how many units of it.
    pub lines: Vec<MissingUnits>,
    /// When the money goes back by itself.
    pub choose_by: Timestamp,
    /// They are promised nowhere: a transfer was to bring them. Else they are promised where the order's goods lie, whatever is found there.
    #[serde(default)]
    pub unpromised: bool,
}

impl Shortfall {
    fn units(&self, sku: &SkuId) -> u32 {
        self.lines.iter().filter(|m| m.sku == *sku).map(|m| m.units).sum()
    }

    /// Units of a line that are promised nowhere.
    #[must_use]
    pub fn promised_nowhere(&self, sku: &SkuId) -> i64 {
        if self.unpromised { i64::from(self.units(sku)) } else { 0 }
    }
}

/// The store says what of an order is not there, and its customer may choose until `by`. Saying it again changes nothing. A rider (`delivery`) who is on the way for it is called off, and
/// what is missing is kept with the delivery: whatever the platform answers, and however late, nothing that was not there leaves with him.
///
/// # Errors
/// `conflict` when the goods have left or never were to be there; `bad_request` for lines that the order has not.
pub fn report(
    head: &OrderHead,
    body: &OrderBody,
    delivery: Option<&Delivery>,
    lines: &[MissingUnits],
    by: Timestamp,
    now: Timestamp,
) -> Refusable<Decision> {
    if head.shortfall.is_some() {
        return Ok(Decision::default());
    }
    if !matches!(head.state, OrderState::Preparing | OrderState::Ready) {
        return conflict(format!("订单当前为「{}」，不能登记缺货", head.state.title()));
    }
    if lines.is_empty() || lines.len() > body.lines.len() {
        return Err(Problem::new(Code::BadRequest, "请选择缺货的商品").at("lines"));
    }
    for (i, l) in lines.iter().enumerate() {
        let line = body.lines.iter().find(|b| b.sku == l.sku).filter(|_| !lines[..i].iter().any(|e| e.sku == l.sku));
        if line.is_none_or(|b| l.units == 0 || l.units > b.quantity.get()) {
            return Err(Problem::new(Code::BadRequest, "缺货数量应在 1 到订单数量之间").at(format!("lines[{i}]")));
        }
    }
    let mut d = asked(head, lines.to_vec(), false, by);
    call_off(&mut d, delivery, lines, now);
    Ok(d)
}

fn asked(head: &OrderHead, lines: Vec<MissingUnits>, unpromised: bool, choose_by: Timestamp) -> Decision {
    let units = lines.iter().map(|l| l.units).sum();
    let mut d = Decision::default();
    d.write(OrdersWrite::Update(Box::new(OrderHead {
        shortfall: Some(Shortfall { lines, choose_by, unpromised }),
        due: Some(choose_by),
        ..head.clone()
    })));
    d.order_event(&head.order, Event::OrderShort { order: head.order.clone(), store: head.store.clone(), units });
    d
}

/// The transfer that an order waits for brought less than it was to. What came is promised to the order by the caller's decision; the customer is
/// asked about the rest.
///
/// # Errors
/// `conflict` unless the order waits for its transfer.
pub fn fell_short(head: &OrderHead, missing: &[MissingUnits], now: Timestamp) -> Refusable<Decision> {
    if head.state != OrderState::AwaitingTransfer {
        return conflict(format!("订单当前为「{}」，不在等调货", head.state.title()));
    }
    Ok(asked(&head.to(OrderState::Preparing, None), missing.to_vec(), true, now.plus(CHOOSE_WITHIN)))
}

/// The transfer that an order waits for will bring nothing. When the store has a part of the order the customer is asked; else there is nothing to
/// offer, and the money goes back.
///
/// # Errors
/// `conflict` unless the order waits for its transfer.
pub fn comes_to_nothing(head: &OrderHead, body: &OrderBody, reason: &str, movement: MovementId, now: Timestamp) -> Refusable<Decision> {
    let from_transfer = |l: &BodyLine| (l.from_transfer > 0).then(|| MissingUnits { sku: l.sku.clone(), units: l.from_transfer });
    let short = fell_short(head, &body.lines.iter().filter_map(from_transfer).collect::<Vec<_>>(), now)?;
    let some = body.lines.iter().any(|l| l.own() > 0);
    Ok(if some { short } else { refund_and_release(head, body, reason, movement, now) })
}

fn missing<'a>(head: &'a OrderHead, verb: &str) -> Refusable<&'a Shortfall> {
    match &head.shortfall {
        Some(s) if matches!(head.state, OrderState::Preparing | OrderState::Ready) => Ok(s),
        _ => conflict(format!("订单没有缺货待处理，不能{verb}")),
    }
}

/// The customer (or the clock) wants the money back. A rider who is not called off yet is called off: the choice stands whatever he does.
///
/// # Errors
/// `conflict` when nothing is missing (any more).
pub fn give_back(head: &OrderHead, body: &OrderBody, delivery: Option<&Delivery>, movement: MovementId, now: Timestamp) -> Refusable<Decision> {
    let lines = &missing(head, "退款")?.lines;
    let mut d = refund_and_release(head, body, "商品缺货", movement, now);
    call_off(&mut d, delivery, lines, now);
    Ok(d)
}

/// May what is missing come by transfer? Not to a warehouse that ships parcels. An order that took a transfer before may take another: it waits for
/// one at a time.
#[must_use]
pub fn transferable(head: &OrderHead) -> bool {
    head.shipper.is_none()
}

/// What goes back when the customer takes what is there; `None` when nothing is missing, or nothing is there.
#[must_use]
pub fn worth_of_missing(head: &OrderHead, body: &OrderBody) -> Option<Fen> {
    let s = head.shortfall.as_ref()?;
    let some = body.lines.iter().any(|l| s.units(&l.sku) < l.quantity.get());
    let worth = |l: &BodyLine| l.share_of_first(s.units(&l.sku)).goods;
    some.then(|| body.lines.iter().map(worth).sum())
}

/// The customer takes what is there. What is not is no longer a part of the order, nor promised to it, and the money for it goes back; what was paid
/// for bringing the goods was paid for bringing these.
///
/// # Errors
/// `conflict` when nothing is missing (any more), or nothing is there.
pub fn keep(head: &OrderHead, body: &OrderBody, movement: MovementId, now: Timestamp) -> Refusable<Decision> {
    let shortfall = missing(head, "收下其余商品")?;
    let Some(amount) = worth_of_missing(head, body) else { return conflict("没有可以收下的商品，请选择等调货或全额退款") };
    let (mut after, mut gone) = (OrderBody { lines: Vec::new(), ..body.clone() }, Vec::new());
    for l in &body.lines {
        let units = shortfall.units(&l.sku);
        let share = l.share_of_first(units);
        if let Ok(quantity) = Quantity::new(l.quantity.get() - units) {
            let segments = l.segments_without_first(units);
            after.lines.push(BodyLine { quantity, from_transfer: l.from_transfer.min(quantity.get()), segments, ..l.clone() });
        }
        if units > 0 {
            after.withdrawn.push(Withdrawn { sku: l.sku.clone(), name: l.name.clone(), units, amount: share.goods });
        }
        less(&mut after, l, units, &share);
        let released = i64::from(units) - shortfall.promised_nowhere(&l.sku);
        gone.extend((released > 0).then(|| MovementLine::of(&l.sku, 0, -released, 0)));
    }
    // The rider was called off, or is to be, or was never called: the next one comes when his time is. A rider who is not known to be called off may
    // leave with the rest, which is what the customer takes. Who collects, or ships, has the usual time from here on.
    let later = head.next_rider_at.filter(|at| *at > now);
    let due = match head.fulfilment {
        Fulfilment::Delivery => later.unwrap_or(now.plus(GRACE)),
        Fulfilment::HqShip => now.plus(SHIP_WITHIN),
        Fulfilment::Pickup => slots::waits_until(head, now),
    };
    let units = shortfall.lines.iter().map(|m| m.units).sum();
    let (part, rest) = part_refund(head.to(head.state, Some(due)), amount, now);
    let mut d = Decision::default();
    less_counted(&mut d, body, &after);
    d.write(OrdersWrite::Update(Box::new(OrderHead { units: head.units - units, summary: summary(&after.lines), ..rest })));
    d.write(OrdersWrite::ReplaceBody(Box::new(after)));
    d.write(PaymentsWrite::CreatePartRefund(Box::new(part)));
    if !gone.is_empty() {
        d.movement(order_movement(movement, head, MovementKind::Release, gone, now), false);
    }
    d.order_event(&head.order, Event::OrderReduced { order: head.order.clone(), store: head.store.clone(), units, amount });
    if head.fulfilment == Fulfilment::Delivery {
        d.order_event(&head.order, Event::DeliveryRequested { order: head.order.clone(), attempt: head.attempt + 1, not_before: later });
    }
    Ok(d)
}

/// What campaigns had taken off goods that the customer does without, they have not taken off the order.
fn less(after: &mut OrderBody, line: &BodyLine, units: u32, share: &Share) {
    for cut in &share.cuts {
        if let Some(c) = after.campaigns.iter_mut().find(|c| c.campaign == cut.campaign) {
            c.goods -= cut.amount;
            // Where units are not counted there are none to take away.
            c.units = c.units.saturating_sub(line.reduced_of_first(units, &cut.campaign));
        }
    }
}

/// Nor have they spent it, nor are those units had.
fn less_counted(d: &mut Decision, body: &OrderBody, after: &OrderBody) {
    for w in body.campaigns.iter().zip(&after.campaigns).flat_map(|(was, is)| was.no_longer(is)) {
        d.write(w);
    }
}

/// The next part of an order's money, and the order without it.
fn part_refund(head: OrderHead, amount: Fen, now: Timestamp) -> (PartRefund, OrderHead) {
    let number = head.parts + 1;
    let part = PartRefund {
        order: head.order.clone(),
        store: head.store.clone(),
        number,
        amount,
        charged: head.charged(),
        version: 0,
        due: Some(now.plus(GRACE)),
    };
    let Totals { goods, total, .. } = Totals { goods: head.goods, delivery_fee: head.delivery_fee, total: head.total }.without(amount);
    let head = OrderHead { goods, total, given_back: head.given_back + amount, parts: number, ..head };
    (part, head)
}

/// What a transfer did not bring was found after all, and is put together: promised to the order now. The commit refuses it when the shelf's record has
/// no units to promise (what was found is entered first).
///
/// # Errors
/// `conflict` when nothing is missing (any more) that a transfer was to bring.
pub fn found(head: &OrderHead, body: &OrderBody, movement: MovementId, now: Timestamp) -> Refusable<Decision> {
    let shortfall = missing(head, "备货")?;
    if !shortfall.unpromised {
        return conflict(WAITS_FOR_CHOICE);
    }
    let there = OrderHead { shortfall: None, ..head.clone() };
    let mut d = crate::orders::order::ready(&there, now)?;
    for w in &mut d.writes {
        if let Write::Orders(OrdersWrite::Update(h)) = w {
            h.due = Some(match head.fulfilment {
                Fulfilment::Delivery => h.next_rider_at.filter(|at| *at > now).unwrap_or(now.plus(GRACE)),
                _ => slots::waits_until(head, now),
            });
        }
    }
    let lines = body.lines.iter().map(|l| (l, shortfall.promised_nowhere(&l.sku))).filter(|(_, n)| *n > 0);
    let lines = lines.map(|(l, n)| MovementLine::of(&l.sku, 0, n, 0)).collect();
    d.movement(order_movement(movement, head, MovementKind::Reserve, lines, now), true);
    Ok(d)
}

/// The customer waits until what is missing comes from another location: reserved there and asked for at once, and no longer
/// promised here.
///
/// # Errors
/// `conflict` when nothing is missing (any more), a warehouse ships it, or a rider is not known to be called off: he may leave with the rest at any
/// moment.
#[allow(clippy::too_many_arguments, reason = "a step takes what it decides on")]
pub fn take_transfer(
    head: &OrderHead,
    body: &OrderBody,
    delivery: Option<&Delivery>,
    source: &Location,
    target: &StoreProfile,
    id: TransferId,
    movements: [MovementId; 2],
    now: Timestamp,
) -> Refusable<Decision> {
    let shortfall = missing(head, "调货")?;
    if !transferable(head) {
        return conflict("总部直发的订单不能调货");
    }
    if delivery.is_some_and(|d| !d.is_closed()) {
        return conflict("骑手尚未确认取消，请稍后再选调货，或选择退款");
    }
    let [released, reserved] = movements;
    let mut body = body.clone();
    let (mut lines, mut gone) = (Vec::new(), Vec::new());
    for line in &mut body.lines {
        // What an earlier transfer brought is here.
        line.from_transfer = shortfall.units(&line.sku);
        if line.from_transfer > 0 {
            let name = format!("{} {}", line.name, line.spec).trim().to_owned();
            lines.push(TransferLineState::of(line.sku.clone(), name, line.from_transfer));
            let promised = i64::from(line.from_transfer) - shortfall.promised_nowhere(&line.sku);
            gone.extend((promised > 0).then(|| MovementLine::of(&line.sku, 0, -promised, 0)));
        }
    }
    let mut d = Decision::default();
    if !gone.is_empty() {
        d.movement(order_movement(released, head, MovementKind::Release, gone, now), false);
    }
    d.write(OrdersWrite::Update(Box::new(OrderHead { transfer: Some(id.clone()), ..head.to(OrderState::AwaitingTransfer, None) })));
    d.write(OrdersWrite::ReplaceBody(Box::new(body)));
    let opening = Opening {
        transfer: id,
        source: source.clone(),
        target: Location::shelf_of(target),
        zone: target.hours.zone.clone(),
        lines,
        movement: reserved,
        now,
    };
    d.and(opening.for_paid(&head.order));
    Ok(d)
}
