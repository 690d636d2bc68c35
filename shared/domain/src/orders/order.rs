//! An order's states and the only ways between them.
//!
//! ```text
//! placed ─pay─▶ awaiting_transfer ─received─▶ ready ─┐
//!   │    └pay─▶ preparing ─────────ready────▶ ready ─┼─hand over─▶ completed ─after-sale window─▶ settled
//!   │                        └──rider takes it──▶ delivering ──────────┘
//!   └close─▶ closed ─late payment─▶ preparing | refunding
//!            awaiting_transfer ─no source left─▶ refunding ─▶ refunded
//!            preparing, ready ─not collected, no rider, not shipped─▶ refunding
//!            delivering ─lost on the way, or brought back─▶ refunding
//!            awaiting_transfer (not sent yet), preparing ─its customer calls it off─▶ refunding
//!            preparing, ready ─goods are missing─▶ the customer chooses: awaiting_transfer | refunding | goes on without them
//!            awaiting_transfer ─fewer came, or none─▶ preparing, and the customer chooses as above
//! ```
//!
//! What an HQ warehouse ships goes its own way from `preparing` on: [`crate::orders::parcel`].

use liandian_contracts::Event;
use liandian_pricing::{PricedLine, Segment, Share};
use liandian_types::{
    CampaignId, Code, DeliveryId, Fen, Fulfilment, LocationId, MemberId, MovementId, OrderId, OrderState, Problem, Quantity, SkuId, StoreId,
    Timestamp, TransferId,
};
use serde::{Deserialize, Serialize};

use crate::{
    Decision, Refusable, conflict,
    decision::{OrdersWrite, PaymentsWrite},
    marketing::{offered::Gift, used::Applied, wallet},
    orders::{
        delivery::{self, Delivery},
        parcel::{Parcel, SHIP_WITHIN, Shipper},
        priced_with::PricedWith,
        shortfall::{self, Shortfall},
    },
    payments::extra::ExtraPayment,
    stock::record::{Movement, MovementKind, MovementLine},
    transfers::Transfer,
};

/// How long a customer has to pay.
pub const PAYMENT_WINDOW: i64 = 15 * Timestamp::MINUTE;
/// How long after completion an order may be returned; its shares are payable after that.
pub const AFTER_SALE_WINDOW: i64 = 7 * Timestamp::DAY;
/// How long after its payment (or the arrival of its transfer) an order waits for its customer; after that its money goes back
/// and its goods are free.
pub const PICKUP_WITHIN: i64 = 3 * Timestamp::DAY;
/// How long before his time a rider is called for goods that are ready: what was promised for later keeps its time.
pub const EARLY: i64 = 2 * Timestamp::HOUR;
/// How long the usual messages may take before the sweeper drives an order again.
pub const GRACE: i64 = 2 * Timestamp::MINUTE;

/// Goods that no shelf has cannot be put together or handed over: the customer, who may stand at the counter, chooses first.
pub(crate) const WAITS_FOR_CHOICE: &str = "有商品没有调到货，请顾客先在订单页选择：收下有货的、等调货或全额退款";

/// Why the money of an order goes back that its customer called off.
const CALLED_OFF: &str = "顾客取消订单";

/// The mutable head of an order, at most 1 KB.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderHead {
    /// Its id.
    pub order: OrderId,
    /// Counts the changes; every write names the one it read.
    pub version: u64,
    /// Where it stands.
    pub state: OrderState,
    /// From which store.
    pub store: StoreId,
    /// Its name, when the order was placed.
    pub store_name: String,
    /// Zone of its times.
    pub zone: String,
    /// By whom.
    pub member: MemberId,
    /// How the customer gets the goods.
    pub fulfilment: Fulfilment,
    /// The warehouse that ships it; absent when the store serves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipper: Option<Shipper>,
    /// Sum of the lines.
    pub goods: Fen,
    /// For bringing them.
    pub delivery_fee: Fen,
    /// What is paid.
    pub total: Fen,
    /// Units of all lines.
    pub units: u32,
    /// The first lines, for lists.
    pub summary: String,
    /// Did the customer leave a word? Only the body has it, sealed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub noted: bool,
    /// Blind index of the last four digits of the recipient's phone: staff finds the order by what the customer says, and nobody reads it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tail: Option<String>,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// End of the payment window.
    pub pay_by: Timestamp,
    /// When the sweeper shall look at it; absent when nothing is owed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// What the customer shows at the counter: digits that nobody can guess.
    pub pickup_code: String,
    /// The transfer it needs, if it needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<TransferId>,
    /// The newest delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<DeliveryId>,
    /// Riders called so far.
    #[serde(default)]
    pub attempt: u32,
    /// The next rider is not called before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_rider_at: Option<Timestamp>,
    /// When its customer was told that the goods would be there, or could be fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_at: Option<Timestamp>,
    /// When a rider is to be called, so that the goods are there when they were promised; absent for at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rider_at: Option<Timestamp>,
    /// The provider's transaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction: Option<String>,
    /// When it was paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_at: Option<Timestamp>,
    /// When the customer had the goods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    /// When it was closed without payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// What is not there, while the customer chooses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortfall: Option<Shortfall>,
    /// The parcel, once it is with its carrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcel: Option<Parcel>,
    /// What went back of what was paid, or is to, for goods that the customer does without: the sums above are without it.
    #[serde(default, skip_serializing_if = "none_of_it")]
    pub given_back: Fen,
    /// In how many parts.
    #[serde(default, skip_serializing_if = "no_parts")]
    pub parts: u32,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn none_of_it(f: &Fen) -> bool {
    *f == Fen::ZERO
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn no_parts(n: &u32) -> bool {
    *n == 0
}

/// Personal data, sealed with the data key of the order's member: only `partners::keys` opens it. The key itself lies with the member and nowhere
/// else, so that a person whose key is erased is erased from every order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// Nonce and cipher text, base64.
    pub data: String,
}

/// What hardly ever changes after an order is placed: only which units come by transfer, and what the customer does without, when goods
/// turned out to be missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderBody {
    /// The order.
    pub order: OrderId,
    /// The lines.
    pub lines: Vec<BodyLine>,
    /// Recipient of a delivery, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Sealed>,
    /// The customer's word to the store, sealed: people write names and numbers into it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Sealed>,
    /// The settlement rule it was sold under.
    pub rule: String,
    /// Digest of the request that placed it: its key gives this order again to the same request only.
    #[serde(default)]
    pub asked: String,
    /// Metres to the recipient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<u32>,
    /// What was bought, was not there, and is not waited for: its money went back. The lines are without it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withdrawn: Vec<Withdrawn>,
    /// The campaigns that it was priced with, less what went back with what the customer does without.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub campaigns: Vec<Applied>,
    /// Gifts that go with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gifts: Vec<Gift>,
    /// What it was priced with; absent where nothing was on offer, and in orders of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priced: Option<Box<PricedWith>>,
}

impl OrderBody {
    /// What its lines come to at their list prices.
    #[must_use]
    pub fn list(&self) -> Fen {
        self.lines.iter().map(BodyLine::total).sum()
    }

    /// Its gifts as a movement has them, where they were promised: so often their units on hand and reserved.
    pub(crate) fn gift_lines(&self, on_hand: i64, reserved: i64) -> Vec<MovementLine> {
        let of = |g: &Gift| MovementLine::of(&g.sku, on_hand * i64::from(g.units), reserved * i64::from(g.units), 0);
        self.gifts.iter().filter(|g| g.promised).map(of).collect()
    }
}

/// Lines of a movement with one for each SKU: what is bought may be given as well.
pub(crate) fn by_sku(lines: impl IntoIterator<Item = MovementLine>) -> Vec<MovementLine> {
    let mut all: Vec<MovementLine> = Vec::new();
    for l in lines {
        match all.iter_mut().find(|had| had.sku == l.sku) {
            Some(had) => {
                had.on_hand += l.on_hand;
                had.reserved += l.reserved;
                had.incoming += l.incoming;
                had.safety += l.safety;
            }
            None => all.push(l),
        }
    }
    all
}

/// Units that a customer does without.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawn {
    /// What.
    pub sku: SkuId,
    /// Its name then.
    pub name: String,
    /// How many.
    pub units: u32,
    /// What was paid for them.
    pub amount: Fen,
}

/// A line, as it was sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyLine {
    /// What.
    pub sku: SkuId,
    /// Its name then.
    pub name: String,
    /// Its spec then.
    pub spec: String,
    /// Its picture then.
    pub picture: String,
    /// How many.
    pub quantity: Quantity,
    /// Each, at the list price.
    pub price: Fen,
    /// Grams each.
    pub weight_g: u32,
    /// Units of it that come by transfer; the rest is reserved at the store.
    #[serde(default)]
    pub from_transfer: u32,
    /// What campaigns took off which units; empty where each costs the list price.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<Segment>,
}

impl BodyLine {
    /// Units that the store itself reserved.
    #[must_use]
    pub fn own(&self) -> i64 {
        self.quantity.units() - i64::from(self.from_transfer)
    }

    /// What the line comes to at the list price.
    #[must_use]
    pub fn total(&self) -> Fen {
        liandian_pricing::line_total(self.price, self.quantity.get()).unwrap_or(Fen::ZERO)
    }

    /// As the engine priced it.
    fn priced(&self) -> PricedLine {
        let (sku, quantity, price) = (self.sku.clone(), self.quantity, self.price);
        PricedLine { sku, quantity, price, total: Fen::ZERO, segments: self.segments.clone() }
    }

    /// What was paid for the first so many units of it, and what each campaign had taken off them. Units that go back are the first of those that are
    /// left: so each goes back with its own share, in whatever steps.
    #[must_use]
    pub fn share_of_first(&self, units: u32) -> Share {
        if self.segments.is_empty() {
            let goods = liandian_pricing::line_total(self.price, units.min(self.quantity.get())).unwrap_or(Fen::ZERO);
            return Share { goods, ..Share::default() };
        }
        self.priced().share(0, units)
    }

    /// Of the first so many units, how many this campaign took something off.
    #[must_use]
    pub fn reduced_of_first(&self, units: u32, campaign: &CampaignId) -> u32 {
        let mut left = units;
        let of = |s: &Segment| {
            let n = left.min(s.units);
            left -= n;
            if s.cuts.iter().any(|c| c.campaign == *campaign) { n } else { 0 }
        };
        self.segments.iter().map(of).sum()
    }

    /// The segments of what is left without the first so many units.
    #[must_use]
    pub fn segments_without_first(&self, units: u32) -> Vec<Segment> {
        self.priced().without_first(units)
    }

    /// What campaigns took off it.
    #[must_use]
    pub fn off(&self) -> Fen {
        self.segments.iter().flat_map(|s| &s.cuts).map(|c| c.amount).sum()
    }
}

impl OrderHead {
    /// Where its goods are reserved and leave from.
    #[must_use]
    pub fn location(&self) -> LocationId {
        self.shipper.as_ref().map_or_else(|| self.store.shelf(), |s| s.location.clone())
    }

    /// Units of a line that are promised at its [`OrderHead::location`] now: what a transfer brings is promised elsewhere until it is there.
    #[must_use]
    pub fn promised(&self, line: &BodyLine) -> i64 {
        match self.state {
            OrderState::Placed | OrderState::AwaitingTransfer => line.own(),
            OrderState::Preparing | OrderState::Ready => line.quantity.units() - self.shortfall.as_ref().map_or(0, |s| s.promised_nowhere(&line.sku)),
            _ => 0,
        }
    }

    /// Are its gifts promised to it now? They come from the store's own shelf, whatever else is waited for.
    #[must_use]
    pub fn promises_gifts(&self) -> bool {
        matches!(self.state, OrderState::Placed | OrderState::AwaitingTransfer | OrderState::Preparing | OrderState::Ready)
    }

    /// All that was paid for it: what the provider knows as its sum, whatever went back since.
    #[must_use]
    pub fn charged(&self) -> Fen {
        self.total + self.given_back
    }

    /// The store whose staff works on it: the one that sold it, or the keeper of the warehouse that ships it.
    #[must_use]
    pub fn served_by(&self) -> &StoreId {
        self.shipper.as_ref().map_or(&self.store, |s| &s.keeper)
    }

    /// When its goods are to be there, while they are not.
    #[must_use]
    pub fn promised_by(&self) -> Option<Timestamp> {
        let open = matches!(self.state, OrderState::AwaitingTransfer | OrderState::Preparing | OrderState::Ready | OrderState::Delivering);
        self.promised_at.filter(|_| open && self.shortfall.is_none())
    }

    /// Until when it waits for its customer at the counter.
    #[must_use]
    pub fn pick_up_by(&self) -> Option<Timestamp> {
        let waits = matches!(self.state, OrderState::Preparing | OrderState::Ready) && self.shortfall.is_none();
        self.due.filter(|_| waits && self.fulfilment == Fulfilment::Pickup)
    }

    /// In another state: whatever was missing is no longer asked about.
    pub(crate) fn to(&self, state: OrderState, due: Option<Timestamp>) -> OrderHead {
        OrderHead { state, due, shortfall: None, ..self.clone() }
    }

    fn refuse<T>(&self, what: &str) -> Refusable<T> {
        conflict(format!("订单当前为「{}」，不能{what}", self.state.title()))
    }
}

/// A payment as the provider vouches for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paid {
    /// The provider's transaction.
    pub transaction: String,
    /// How much.
    pub amount: Fen,
    /// When.
    pub at: Timestamp,
}

/// What a payment that the provider vouches for means to an order.
#[derive(Debug, Clone, PartialEq)]
pub enum Payment {
    /// The order goes on.
    Accepted(Decision),
    /// It is known already: nothing to do.
    Known,
    /// It came after the order was closed: [`revive`] it, or [`refund_late`].
    Late,
    /// The order lives on another payment (or has given that one back), or waits for another sum: this one goes back, [`take_extra`].
    Extra,
}

/// Takes a payment.
///
/// # Errors
/// `conflict` when the payment that the order lives on is told with another amount.
pub fn pay(head: &OrderHead, paid: &Paid, now: Timestamp) -> Refusable<Payment> {
    if head.transaction.as_ref().is_some_and(|first| *first != paid.transaction) {
        return Ok(Payment::Extra);
    }
    if paid.amount != head.charged() {
        // Money that came is a fact: it goes back, and the order waits for its own.
        let waits = head.transaction.is_none() && matches!(head.state, OrderState::Placed | OrderState::Closed);
        return if waits { Ok(Payment::Extra) } else { conflict("支付金额与订单金额不一致") };
    }
    Ok(match head.state {
        OrderState::Placed => Payment::Accepted(paid_decision(head, paid, now)),
        OrderState::Closed => Payment::Late,
        _ => Payment::Known,
    })
}

/// Keeps a payment that the order does not need, to give it back. Creating it is refused when it is known.
#[must_use]
pub fn take_extra(head: &OrderHead, paid: &Paid, now: Timestamp) -> Decision {
    let wrong_sum = head.transaction.is_none();
    let mut d = Decision::default();
    d.write(PaymentsWrite::CreateExtra(Box::new(ExtraPayment {
        order: head.order.clone(),
        store: head.store.clone(),
        transaction: paid.transaction.clone(),
        amount: paid.amount,
        wrong_sum,
        paid_at: paid.at,
        told_at: now,
        version: 0,
        returned_at: None,
        due: Some(now.plus(GRACE)),
    })));
    let (order, store, transaction) = (head.order.clone(), head.store.clone(), paid.transaction.clone());
    d.order_event(&head.order, Event::ExtraPaid { order, store, transaction, amount: paid.amount, wrong_sum });
    d
}

fn paid_decision(head: &OrderHead, paid: &Paid, now: Timestamp) -> Decision {
    // A rider is called for the promised time: until then the order waits for that.
    let next_rider_at = head.rider_at.filter(|at| head.transfer.is_none() && *at > now);
    let (state, due) = match (&head.transfer, head.fulfilment) {
        // The transfer carries its own deadline.
        (Some(_), _) => (OrderState::AwaitingTransfer, None),
        (None, Fulfilment::Delivery) => (OrderState::Preparing, next_rider_at.or(Some(now.plus(GRACE)))),
        (None, Fulfilment::HqShip) => (OrderState::Preparing, Some(now.plus(SHIP_WITHIN))),
        (None, Fulfilment::Pickup) => (OrderState::Preparing, Some(now.plus(PICKUP_WITHIN))),
    };
    let mut d = Decision::default();
    d.write(OrdersWrite::Update(Box::new(OrderHead {
        transaction: Some(paid.transaction.clone()),
        paid_at: Some(paid.at),
        next_rider_at,
        ..head.to(state, due)
    })));
    d.order_event(
        &head.order,
        Event::OrderPaid { order: head.order.clone(), store: head.store.clone(), fulfilment: head.fulfilment, transfer: head.transfer.clone() },
    );
    d
}

fn own_lines(body: &OrderBody, on_hand: i64, reserved: i64) -> Vec<MovementLine> {
    let own = body.lines.iter().filter(|l| l.own() > 0).map(|l| MovementLine::of(&l.sku, on_hand * l.own(), reserved * l.own(), 0));
    by_sku(own.chain(body.gift_lines(on_hand, reserved)))
}

/// What is promised to an order where it lies, given back.
pub(crate) fn promised_lines(head: &OrderHead, body: &OrderBody) -> Vec<MovementLine> {
    let lines = body.lines.iter().map(|l| (l, head.promised(l))).filter(|(_, n)| *n > 0).map(|(l, n)| MovementLine::of(&l.sku, 0, -n, 0));
    let gifts = if head.promises_gifts() { body.gift_lines(0, -1) } else { Vec::new() };
    by_sku(lines.chain(gifts))
}

pub(crate) fn order_movement(id: MovementId, head: &OrderHead, kind: MovementKind, lines: Vec<MovementLine>, now: Timestamp) -> Movement {
    Movement::of(id, head.location(), kind, Some(head.order.clone()), None, lines, now)
}

/// A closed order whose payment came all the same takes its stock again. The commit refuses it when stock has gone meanwhile;
/// then [`refund_late`]. An order that needed a transfer is never revived: its source may have sold the goods. Neither is one whose campaign has
/// limits, or that used a coupon: what it gave back may be had by others since. Nor is one with campaigns that was placed as somebody's first: while it
/// was closed the next one was his first, too.
#[must_use]
pub fn revive(head: &OrderHead, body: &OrderBody, paid: &Paid, movement: MovementId, now: Timestamp) -> Option<Decision> {
    let as_first = !body.campaigns.is_empty() && body.priced.as_ref().is_some_and(|with| with.customer.new);
    let had_since = as_first || body.campaigns.iter().any(|c| !c.counted.is_empty()) || wallet::spent_any(&body.campaigns);
    if head.transfer.is_some() || had_since {
        return None;
    }
    let mut d = paid_decision(head, paid, now);
    d.movement(order_movement(movement, head, MovementKind::Reserve, own_lines(body, 0, 1), now), true);
    Some(d)
}

/// The same for an order whose stock is there, and whose price others may have had since.
#[must_use]
pub fn refund_lapsed(head: &OrderHead, paid: &Paid, now: Timestamp) -> Decision {
    let head = OrderHead { transaction: Some(paid.transaction.clone()), paid_at: Some(paid.at), ..head.clone() };
    refund(&head, "付款超时，活动优惠已释放", now)
}

/// A closed order whose payment came all the same and whose stock is gone: the money goes back.
#[must_use]
pub fn refund_late(head: &OrderHead, paid: &Paid, now: Timestamp) -> Decision {
    let head = OrderHead { transaction: Some(paid.transaction.clone()), paid_at: Some(paid.at), ..head.clone() };
    refund(&head, "付款时商品已售完", now)
}

/// The order cannot be served; its stock has been given back by the caller's decision.
#[must_use]
pub fn refund(head: &OrderHead, reason: &str, now: Timestamp) -> Decision {
    money_back(head, reason, false, now)
}

fn money_back(head: &OrderHead, reason: &str, by_customer: bool, now: Timestamp) -> Decision {
    let mut d = Decision::default();
    d.write(OrdersWrite::Update(Box::new(head.to(OrderState::Refunding, Some(now.plus(GRACE))))));
    let (order, store) = (head.order.clone(), head.store.clone());
    d.order_event(&head.order, Event::RefundRequested { order, store, amount: head.total, reason: reason.to_owned(), by_customer });
    d
}

/// A paid order whose goods are still here gets its money back and gives back what is promised to it ([`OrderHead::promised`]).
#[must_use]
pub fn refund_and_release(head: &OrderHead, body: &OrderBody, reason: &str, movement: MovementId, now: Timestamp) -> Decision {
    let mut d = refund(head, reason, now);
    release(&mut d, head, body, movement, now);
    d
}

fn release(d: &mut Decision, head: &OrderHead, body: &OrderBody, movement: MovementId, now: Timestamp) {
    campaigns_back(d, head, body);
    let lines = promised_lines(head, body);
    if !lines.is_empty() {
        d.movement(order_movement(movement, head, MovementKind::Release, lines, now), false);
    }
}

/// The order is none any more: what its campaigns had counted is others' to have, and its coupons are its member's again.
pub(crate) fn campaigns_back(d: &mut Decision, head: &OrderHead, body: &OrderBody) {
    for w in body.campaigns.iter().flat_map(Applied::give_back) {
        d.write(w);
    }
    for w in wallet::back(&body.campaigns, &head.member, head.state == OrderState::Placed) {
        d.write(w);
    }
}

/// May its customer call a paid order off by himself? Until somebody has done something for it that has to be undone: put the goods together, sent
/// what comes from elsewhere, taken them along, shipped them.
///
/// # Errors
/// `conflict`, saying what to do instead.
pub fn may_call_off(head: &OrderHead, transfer: Option<&Transfer>, rider: Option<&Delivery>) -> Refusable<()> {
    match (head.state, transfer) {
        _ if rider.is_some_and(Delivery::has_goods) => conflict("骑手已取走商品，不能取消，请联系门店"),
        (OrderState::Preparing, _) => Ok(()),
        (OrderState::AwaitingTransfer, Some(t)) if t.at_source() => Ok(()),
        (OrderState::AwaitingTransfer, _) => conflict("调货已经发出，不能取消，请联系门店"),
        (OrderState::Ready, _) if head.shortfall.is_some() => Ok(()),
        (OrderState::Ready, _) => conflict("商品已备好，请联系门店取消"),
        (OrderState::Delivering, _) => conflict("商品已在路上，请联系门店"),
        _ => head.refuse("取消"),
    }
}

/// Its customer calls a paid order off: all of the money goes back, fees included, what is promised to it is free again here and at its transfer's
/// source, and a rider on the way is called off. `sure` is the answer to the question whether the customer means it, for the order may have been
/// paid since it was shown. Whatever lacks goods is given back as in any shortfall.
///
/// # Errors
/// `ask_first`; as [`may_call_off`]. Calling off what is called off, or closed, changes nothing.
pub fn call_off(
    head: &OrderHead,
    body: &OrderBody,
    transfer: Option<&Transfer>,
    rider: Option<&Delivery>,
    sure: bool,
    movements: [MovementId; 2],
    now: Timestamp,
) -> Refusable<Decision> {
    if matches!(head.state, OrderState::Closed | OrderState::Refunding | OrderState::Refunded) {
        return Ok(Decision::default());
    }
    let transfer = transfer.filter(|_| head.state == OrderState::AwaitingTransfer);
    may_call_off(head, transfer, rider)?;
    if !sure {
        return Err(Problem::new(Code::AskFirst, "订单已经付款。确定取消，并把全部款项原路退回吗？").at("sure"));
    }
    let [own, source] = movements;
    if head.shortfall.is_some() {
        return shortfall::give_back(head, body, rider, own, now);
    }
    let mut d = money_back(head, CALLED_OFF, true, now);
    release(&mut d, head, body, own, now);
    if let Some(t) = transfer {
        d.and(t.order_called_off(CALLED_OFF, source, now)?);
    }
    delivery::call_off(&mut d, rider, &[], now);
    Ok(d)
}

/// Nobody has collected the goods in time (or the store never put them together, the warehouse never shipped them): the money goes back.
///
/// # Errors
/// `conflict` unless it is a pickup order that waits at the counter, or one that the warehouse has to ship.
pub fn uncollected(head: &OrderHead, body: &OrderBody, movement: MovementId, now: Timestamp) -> Refusable<Decision> {
    match (head.fulfilment, head.state) {
        (Fulfilment::Pickup, OrderState::Ready) => Ok(refund_and_release(head, body, "超时未取货", movement, now)),
        (Fulfilment::Pickup, OrderState::Preparing) => Ok(refund_and_release(head, body, "门店未能及时备货", movement, now)),
        (Fulfilment::HqShip, OrderState::Preparing) => Ok(refund_and_release(head, body, "仓库未能及时发货", movement, now)),
        _ => head.refuse("退回"),
    }
}

/// The provider gave the money back.
///
/// # Errors
/// `conflict` unless the order is being refunded.
pub fn refunded(head: &OrderHead) -> Refusable<Decision> {
    match head.state {
        OrderState::Refunding => {
            let mut d = Decision::default();
            d.write(OrdersWrite::Update(Box::new(head.to(OrderState::Refunded, None))));
            d.order_event(&head.order, Event::OrderRefunded { order: head.order.clone(), store: head.store.clone() });
            Ok(d)
        }
        OrderState::Refunded => Ok(Decision::default()),
        _ => head.refuse("退款"),
    }
}

/// Closes an unpaid order and frees its stock, here and at the transfer's source. Only after the provider has closed it too.
///
/// # Errors
/// `conflict` when the order is paid or done. Closing a closed order changes nothing.
pub fn close(
    head: &OrderHead,
    body: &OrderBody,
    transfer: Option<&Transfer>,
    by_customer: bool,
    movements: [MovementId; 2],
    now: Timestamp,
) -> Refusable<Decision> {
    match head.state {
        OrderState::Closed => Ok(Decision::default()),
        OrderState::Placed => {
            let [own, source] = movements;
            let mut d = Decision::default();
            d.write(OrdersWrite::Update(Box::new(OrderHead { closed_at: Some(now), ..head.to(OrderState::Closed, None) })));
            let lines = own_lines(body, 0, -1);
            if !lines.is_empty() {
                d.movement(order_movement(own, head, MovementKind::Release, lines, now), false);
            }
            if let Some(t) = transfer {
                d.and(t.order_closed(source, now)?);
            }
            campaigns_back(&mut d, head, body);
            d.order_event(&head.order, Event::OrderClosed { order: head.order.clone(), store: head.store.clone(), by_customer });
            Ok(d)
        }
        _ => head.refuse("取消"),
    }
}

/// The store has put the goods together.
///
/// # Errors
/// `conflict` unless it was preparing, or for what is shipped: that has no counter to wait at. Marking a ready order again changes nothing.
pub fn ready(head: &OrderHead, now: Timestamp) -> Refusable<Decision> {
    if head.fulfilment == Fulfilment::HqShip {
        return conflict("总部直发的订单请登记快递单号");
    }
    match head.state {
        OrderState::Ready | OrderState::Delivering if head.shortfall.is_none() => Ok(Decision::default()),
        OrderState::Preparing | OrderState::Ready if head.shortfall.as_ref().is_some_and(|s| s.unpromised) => conflict(WAITS_FOR_CHOICE),
        // Found after all.
        OrderState::Preparing | OrderState::Ready => {
            let mut d = Decision::default();
            // What is ready does not wait for the time at which a rider was to be called.
            // What was promised for hours later (the store shuts, the customer is out until then) keeps its time.
            let early = head.attempt == 0 && head.next_rider_at.is_some_and(|at| at <= now.plus(EARLY)) && head.shortfall.is_none();
            let due = match (&head.shortfall, head.fulfilment) {
                (None, _) if early => Some(now.plus(GRACE)),
                // A rider who is not called yet stays owed, and so does the end of the customer's days.
                (None, _) => head.due,
                // Both begin anew: the rider was called off, and the days were the customer's to choose.
                (Some(_), Fulfilment::Delivery) => Some(head.next_rider_at.filter(|at| *at > now).unwrap_or(now.plus(GRACE))),
                (Some(_), _) => Some(now.plus(PICKUP_WITHIN)),
            };
            let next_rider_at = head.next_rider_at.filter(|_| !early);
            d.write(OrdersWrite::Update(Box::new(OrderHead { next_rider_at, ..head.to(OrderState::Ready, due) })));
            d.order_event(&head.order, ready_event(head));
            if early {
                d.order_event(&head.order, Event::DeliveryRequested { order: head.order.clone(), attempt: 1, not_before: None });
            }
            Ok(d)
        }
        _ => head.refuse("备货"),
    }
}

fn ready_event(head: &OrderHead) -> Event {
    Event::OrderReady { order: head.order.clone(), store: head.store.clone(), fulfilment: head.fulfilment }
}

/// The transfer has arrived whole: ready for the customer, or time to call a rider.
///
/// # Errors
/// `conflict` unless the order waited for it.
pub fn transfer_arrived(head: &OrderHead, now: Timestamp) -> Refusable<Decision> {
    if head.state != OrderState::AwaitingTransfer {
        return head.refuse("收货");
    }
    let mut d = Decision::default();
    let rider = head.fulfilment == Fulfilment::Delivery;
    // Goods that came in the evening for tomorrow are not brought at night.
    let later = head.rider_at.filter(|at| rider && *at > now.plus(EARLY));
    let due = later.unwrap_or(now.plus(if rider { GRACE } else { PICKUP_WITHIN }));
    d.write(OrdersWrite::Update(Box::new(OrderHead { next_rider_at: later, ..head.to(OrderState::Ready, Some(due)) })));
    d.order_event(&head.order, ready_event(head));
    if rider && later.is_none() {
        d.order_event(&head.order, Event::DeliveryRequested { order: head.order.clone(), attempt: head.attempt + 1, not_before: None });
    }
    Ok(d)
}

pub(crate) fn sale(head: &OrderHead, body: &OrderBody, movement: MovementId, now: Timestamp) -> Movement {
    let line = |l: &BodyLine| MovementLine::of(&l.sku, -l.quantity.units(), -head.promised(l), 0);
    let gifts = body.gift_lines(-1, -i64::from(head.promises_gifts()));
    order_movement(movement, head, MovementKind::Sale, by_sku(body.lines.iter().map(line).chain(gifts)), now)
}

pub(crate) fn complete(head: &OrderHead, by: Option<&str>, now: Timestamp, d: &mut Decision) {
    d.write(OrdersWrite::Update(Box::new(OrderHead {
        completed_at: Some(now),
        ..head.to(OrderState::Completed, Some(now.plus(AFTER_SALE_WINDOW)))
    })));
    d.order_event(&head.order, Event::OrderCompleted { order: head.order.clone(), store: head.store.clone(), by: by.map(str::to_owned) });
}

/// Hands a pickup order over at the counter, once; `by` is the clerk's name. Whoever does it with one that nobody marked ready, or that lacks goods, is
/// asked first; `sure` is the answer.
///
/// # Errors
/// `conflict` when it is no pickup, was handed over before, or is not here yet; `ask_first`.
pub fn hand_over(head: &OrderHead, body: &OrderBody, sure: bool, by: Option<&str>, movement: MovementId, now: Timestamp) -> Refusable<Decision> {
    if head.fulfilment != Fulfilment::Pickup {
        return conflict("该订单不是自提订单");
    }
    let ask = |text: String| Err(Problem::new(Code::AskFirst, text).at("sure"));
    match (head.state, &head.shortfall) {
        // What no shelf has cannot be handed over, however sure somebody is.
        (OrderState::Ready | OrderState::Preparing, Some(s)) if s.unpromised => conflict(WAITS_FOR_CHOICE),
        (OrderState::Ready | OrderState::Preparing, Some(s)) if !sure => {
            let units: u32 = s.lines.iter().map(|l| l.units).sum();
            ask(format!("这单已登记缺货 {units} 件，顾客还没有选择。商品已经找齐，全部交给顾客吗？"))
        }
        (OrderState::Preparing, None) if !sure => ask("这单还在备货。商品已经备齐，现在交给顾客吗？".to_owned()),
        // A customer at the counter is not sent away because nobody pressed the button before.
        (OrderState::Ready | OrderState::Preparing, _) => {
            let mut d = Decision::default();
            complete(head, by, now, &mut d);
            d.movement(sale(head, body, movement, now), false);
            Ok(d)
        }
        (OrderState::Completed | OrderState::Settled, _) => conflict("该取货码已核销，不能重复取货"),
        _ => head.refuse("取货"),
    }
}

/// The rider has taken the goods.
///
/// # Errors
/// `conflict` when there was nothing to take. A second telling changes nothing.
pub fn picked_up_by_rider(head: &OrderHead, body: &OrderBody, movement: MovementId, now: Timestamp) -> Refusable<Decision> {
    match head.state {
        OrderState::Delivering | OrderState::Completed | OrderState::Settled => Ok(Decision::default()),
        OrderState::Ready | OrderState::Preparing if head.fulfilment == Fulfilment::Delivery => {
            let mut d = Decision::default();
            d.write(OrdersWrite::Update(Box::new(head.to(OrderState::Delivering, None))));
            d.movement(sale(head, body, movement, now), false);
            d.order_event(&head.order, Event::OrderDelivering { order: head.order.clone(), store: head.store.clone() });
            Ok(d)
        }
        _ => head.refuse("配送"),
    }
}

/// The rider has handed the goods over. Call-backs come in any order: when the one before was lost, the goods leave the
/// shelf now.
///
/// # Errors
/// `conflict` when the order is not under way. A second telling changes nothing.
pub fn delivered(head: &OrderHead, body: &OrderBody, movement: MovementId, now: Timestamp) -> Refusable<Decision> {
    match head.state {
        OrderState::Completed | OrderState::Settled => Ok(Decision::default()),
        OrderState::Delivering | OrderState::Ready | OrderState::Preparing if head.fulfilment == Fulfilment::Delivery => {
            let mut d = Decision::default();
            complete(head, None, now, &mut d);
            if head.state != OrderState::Delivering {
                d.movement(sale(head, body, movement, now), false);
            }
            Ok(d)
        }
        _ => head.refuse("完成"),
    }
}

/// The after-sale window is over.
///
/// # Errors
/// `conflict` when the order is not completed or the window is still open. Settling a settled order changes nothing.
pub fn settle(head: &OrderHead, now: Timestamp) -> Refusable<Decision> {
    match (head.state, head.completed_at) {
        (OrderState::Settled, _) => Ok(Decision::default()),
        (OrderState::Completed, Some(at)) if now >= at.plus(AFTER_SALE_WINDOW) => {
            let mut d = Decision::default();
            d.write(OrdersWrite::Update(Box::new(head.to(OrderState::Settled, None))));
            d.order_event(&head.order, Event::OrderSettled { order: head.order.clone(), store: head.store.clone() });
            Ok(d)
        }
        (OrderState::Completed, _) => conflict("售后期未结束"),
        _ => head.refuse("结算"),
    }
}
