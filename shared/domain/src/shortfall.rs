//! A paid order that its shelf cannot serve: a till sold what was promised, or a count did not find it. The customer chooses: what is
//! missing comes from another location, or the money goes back. Who does not answer gets the money back.

use liandian_contracts::Event;
use liandian_types::{Code, MovementId, OrderState, Problem, SkuId, Timestamp, TransferId};
use serde::{Deserialize, Serialize};

use crate::{
    Decision, Refusable, Write, conflict,
    delivery::{Delivery, call_off},
    order::{OrderBody, OrderHead, refund_and_release},
    stock::{Movement, MovementKind, MovementLine},
    store::{Location, StoreProfile},
    transfer::{Opening, TransferLineState},
};

/// How long the customer may take to choose.
pub const CHOOSE_WITHIN: i64 = 30 * Timestamp::MINUTE;

/// What an order lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shortfall {
    /// What, and how many units of it.
    pub lines: Vec<MissingUnits>,
    /// When the money goes back by itself.
    pub choose_by: Timestamp,
}

/// Units of a line that are not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingUnits {
    /// What.
    pub sku: SkuId,
    /// How many.
    pub units: u32,
}

/// The store says what of an order is not there. Saying it again changes nothing. A rider (`delivery`) who is on the way for it is called off, and
/// what is missing is kept with the delivery: whatever the platform answers, and however late, nothing that was not there leaves with him.
///
/// # Errors
/// `conflict` when the goods have left or never were to be there; `bad_request` for lines that the order has not.
pub fn report(head: &OrderHead, body: &OrderBody, delivery: Option<&Delivery>, lines: &[MissingUnits], now: Timestamp) -> Refusable<Decision> {
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
    let choose_by = now.plus(CHOOSE_WITHIN);
    let shortfall = Some(Shortfall { lines: lines.to_vec(), choose_by });
    let mut d = Decision::default();
    d.write(Write::UpdateOrder(Box::new(OrderHead { shortfall, due: Some(choose_by), ..head.clone() })));
    d.order_event(
        &head.order,
        Event::OrderShort { order: head.order.clone(), store: head.store.clone(), units: lines.iter().map(|l| l.units).sum() },
    );
    call_off(&mut d, delivery, lines, now);
    Ok(d)
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

/// May what is missing come by transfer? Not when the order took a transfer before (it has one at most), and not to a warehouse.
#[must_use]
pub fn transferable(head: &OrderHead) -> bool {
    head.transfer.is_none() && head.shipper.is_none()
}

/// The customer waits until what is missing comes from another location: reserved there and asked for at once, and no longer
/// promised here.
///
/// # Errors
/// `conflict` when nothing is missing (any more), the order took a transfer before, a warehouse ships it, or a rider is not known to be called off:
/// he may leave with the rest at any moment.
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
        return conflict(if head.shipper.is_some() {
            "总部直发的订单不能调货，只能退款"
        } else {
            "订单已经调过货，只能退款"
        });
    }
    if delivery.is_some_and(|d| !d.is_settled()) {
        return conflict("骑手尚未确认取消，请稍后再选调货，或选择退款");
    }
    let [released, reserved] = movements;
    let mut body = body.clone();
    let (mut lines, mut gone) = (Vec::new(), Vec::new());
    for m in &shortfall.lines {
        let Some(line) = body.lines.iter_mut().find(|l| l.sku == m.sku) else { continue };
        line.from_transfer = m.units;
        lines.push(TransferLineState::of(m.sku.clone(), format!("{} {}", line.name, line.spec).trim().to_owned(), m.units));
        gone.push(MovementLine::of(&m.sku, 0, -i64::from(m.units), 0));
    }
    let mut d = Decision::default();
    d.movement(Movement::of(released, head.location(), MovementKind::Release, Some(head.order.clone()), None, gone, now), false);
    d.write(Write::UpdateOrder(Box::new(OrderHead { transfer: Some(id.clone()), ..head.to(OrderState::AwaitingTransfer, None) })));
    d.write(Write::ReplaceBody(Box::new(body)));
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
