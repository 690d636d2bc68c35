//! What a member's unpaid orders hold back from others, and how much that may be.
//!
//! A member has one row. It names every order that was placed and is not known to be paid or closed, with the units that it holds and where; placing
//! reads it, adds to it and is refused when it has moved meanwhile, so that orders placed at the same instant are counted one after the other.
//! Paying and closing do not touch the row: the next placing sees what became of its orders. An order that is paid or closed stays so for this
//! count, so news that comes late only errs on the strict side.

use std::collections::BTreeMap;

use liandian_types::{Code, LocationId, MemberId, OrderId, OrderState, Problem, SkuId, StoreId, Timestamp, api::CartLine};
use serde::{Deserialize, Serialize};

use crate::{
    Refusable,
    orders::order::OrderHead,
    stock::record::{Movement, Stock},
    stores::hours::local_text,
};

/// How long a close without payment is remembered.
pub const REMEMBERED: i64 = Timestamp::DAY;

/// The most closes that are remembered: after so many the wait has long stopped growing.
const MOST_CLOSES: usize = 12;

/// How the wait grows with each close beyond those that are free, in minutes.
const WAITS: [u32; 4] = [1, 5, 30, 120];

/// How much unpaid orders may hold, as HQ decides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HoldPolicy {
    /// Unpaid orders of a member.
    pub orders: u32,
    /// Units that a member's unpaid orders hold together.
    pub units: u32,
    /// Units of one SKU in one order.
    pub sku_units: u32,
    /// Units of one order.
    pub order_units: u32,
    /// Of what a shelf could promise, the share in percent that one member's unpaid orders may hold …
    pub shelf_percent: u32,
    /// … and so many units in any case, so that the last few can be bought.
    pub shelf_floor: u32,
    /// Closes without payment within a day that cost no wait.
    pub free_closes: u32,
    /// The longest wait after further ones, in minutes; 0: none.
    pub longest_wait: u32,
}

impl Default for HoldPolicy {
    fn default() -> Self {
        Self { orders: 5, units: 300, sku_units: 200, order_units: 300, shelf_percent: 50, shelf_floor: 10, free_closes: 2, longest_wait: 30 }
    }
}

impl HoldPolicy {
    /// How long a member waits after so many closes within a day.
    #[must_use]
    pub fn wait_after(&self, closes: usize) -> i64 {
        let beyond = closes.saturating_sub(usize::try_from(self.free_closes).unwrap_or(usize::MAX));
        let minutes = beyond.checked_sub(1).map_or(0, |i| WAITS.get(i).copied().unwrap_or(WAITS[WAITS.len() - 1]));
        i64::from(minutes.min(self.longest_wait)) * Timestamp::MINUTE
    }

    /// The most units of a record that one member's unpaid orders may hold, when so many could be promised to the member.
    fn share_of(&self, promisable: u64) -> u64 {
        (promisable * u64::from(self.shelf_percent) / 100).max(u64::from(self.shelf_floor))
    }
}

/// A line of an order that is to be placed, with the name that the customer knows it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named<'a> {
    /// What.
    pub sku: &'a SkuId,
    /// Its name.
    pub name: &'a str,
    /// How many.
    pub units: u32,
}

/// Is the order as large as one order may be? It needs nobody's row, so a quote says the same.
///
/// # Errors
/// `quantity_limit` naming the line.
pub fn allowed<'a>(lines: impl Iterator<Item = Named<'a>>, policy: &HoldPolicy) -> Refusable<()> {
    let mut all = 0_u64;
    for (i, l) in lines.enumerate() {
        if l.units > policy.sku_units {
            let text = format!("「{}」每单最多购买 {} 件", l.name, policy.sku_units);
            return Err(Problem::new(Code::QuantityLimit, text).at(format!("lines[{i}].quantity")));
        }
        all += u64::from(l.units);
    }
    if all > u64::from(policy.order_units) {
        let text = format!("一张订单最多 {} 件商品，请减少数量或分次购买", policy.order_units);
        return Err(Problem::new(Code::QuantityLimit, text).at("lines"));
    }
    Ok(())
}

/// What an order holds, by place and SKU.
pub type HeldUnits = BTreeMap<LocationId, BTreeMap<SkuId, u32>>;

/// One order's hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The order.
    pub order: OrderId,
    /// What tells its cart from others: the store, and what of which.
    pub cart: String,
    /// End of its payment window.
    pub pay_by: Timestamp,
    /// What it holds.
    pub held: HeldUnits,
}

impl Hold {
    /// Units of all lines.
    #[must_use]
    pub fn units(&self) -> u64 {
        self.held.values().flat_map(BTreeMap::values).map(|n| u64::from(*n)).sum()
    }

    /// Of the documents that promise its goods.
    pub fn of<'a>(order: OrderId, cart: String, pay_by: Timestamp, promised: impl Iterator<Item = &'a Movement>) -> Hold {
        let mut held = HeldUnits::new();
        for m in promised {
            let at = held.entry(m.location.clone()).or_default();
            for l in &m.lines {
                *at.entry(l.sku.clone()).or_default() += u32::try_from(l.reserved).unwrap_or(0);
            }
        }
        Hold { order, cart, pay_by, held }
    }
}

/// Tells a cart in a store from others, whatever the order of its lines.
#[must_use]
pub fn cart_of(store: &StoreId, lines: &[CartLine]) -> String {
    let mut parts: Vec<String> = lines.iter().map(|l| format!("{} {}", l.sku, l.quantity)).collect();
    parts.sort_unstable();
    let text = format!("{store} {}", parts.join(" "));
    format!("{:016x}", text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)))
}

/// The row of a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holds {
    /// Whose.
    pub member: MemberId,
    /// Counts the changes; 0 when there is no row yet.
    pub version: u64,
    /// Orders that are not known to be paid or closed, oldest first.
    pub orders: Vec<Hold>,
    /// When orders were closed without payment, within a day; oldest first.
    #[serde(default)]
    pub closes: Vec<Timestamp>,
}

impl Holds {
    /// Of a member who has no row.
    #[must_use]
    pub fn none(member: MemberId) -> Self {
        Self { member, version: 0, orders: Vec::new(), closes: Vec::new() }
    }

    /// Units of all orders.
    #[must_use]
    pub fn units(&self) -> u64 {
        self.orders.iter().map(Hold::units).sum()
    }

    /// Does an order of the member's wait for its payment, as far as is known?
    #[must_use]
    pub fn waits(&self, now: Timestamp) -> bool {
        self.orders.iter().any(|o| o.pay_by > now)
    }

    /// What is known of the member's orders: those that are paid or closed hold nothing, and a close without payment is remembered.
    pub fn learn<'a>(&mut self, heads: impl IntoIterator<Item = &'a OrderHead>, now: Timestamp) {
        for head in heads.into_iter().filter(|h| h.state != OrderState::Placed) {
            let before = self.orders.len();
            self.orders.retain(|o| o.order != head.order);
            if self.orders.len() < before && head.state == OrderState::Closed {
                self.closes.push(head.closed_at.unwrap_or(head.pay_by).min(now));
            }
        }
        self.closes.retain(|at| *at > now.plus(-REMEMBERED));
        self.closes.sort_unstable();
        let old = self.closes.len().saturating_sub(MOST_CLOSES);
        self.closes.drain(..old);
    }

    /// May the member place another order of this cart now? `again`: although one of it waits for its payment.
    ///
    /// # Errors
    /// `already_placed` naming the order; `unpaid_limit`, with the time to wait when that helps.
    pub fn another(&self, cart: &str, again: bool, policy: &HoldPolicy, zone: &str, now: Timestamp) -> Refusable<()> {
        if let Some(same) = self.orders.iter().rev().find(|o| !again && o.cart == cart && o.pay_by > now) {
            let text = "同样的商品刚刚已经下单，还没有付款，请直接去付款；需要再买一份，可以再次下单";
            return Err(Problem::new(Code::AlreadyPlaced, text).of_order(same.order.clone()));
        }
        if let Some(last) = self.closes.last() {
            let until = last.plus(policy.wait_after(self.closes.len()));
            if until > now {
                let n = self.closes.len();
                let at = local_text(until.plus(Timestamp::MINUTE - 1), zone);
                let text = format!("您 24 小时内有 {n} 笔订单没有付款就关闭了，请在 {at} 之后再下单");
                return Err(Problem::new(Code::UnpaidLimit, text).after(until.0 - now.0));
            }
        }
        if self.orders.len() >= usize::try_from(policy.orders).unwrap_or(usize::MAX) {
            return Err(Problem::new(Code::UnpaidLimit, format!("您有 {} 笔订单未付款，请先付款或取消", self.orders.len())));
        }
        Ok(())
    }

    /// The row with another order, if that holds no more than it may. `stock` says what is there of a line before the order takes it, and its name.
    ///
    /// # Errors
    /// `unpaid_limit` for the units of all unpaid orders; `quantity_limit` naming the goods of which the member would hold too large a share.
    pub fn with<'a>(mut self, hold: Hold, policy: &HoldPolicy, stock: impl Fn(&LocationId, &SkuId) -> (Stock, &'a str)) -> Refusable<Holds> {
        let (had, wants) = (self.units(), hold.units());
        if had + wants > u64::from(policy.units) {
            let text = match had {
                0 => format!("未付款的商品最多 {} 件，请减少数量或分次购买", policy.units),
                _ => format!("您未付款的订单已占 {had} 件商品，合计最多 {} 件，请先付款或取消", policy.units),
            };
            return Err(Problem::new(Code::UnpaidLimit, text).at("lines"));
        }
        for (location, skus) in &hold.held {
            for (sku, units) in skus {
                let mine: u64 = self.orders.iter().filter_map(|o| o.held.get(location)?.get(sku)).map(|n| u64::from(*n)).sum();
                let (stock, name) = stock(location, sku);
                let most = policy.share_of(u64::from(stock.available()) + mine);
                if mine + u64::from(*units) > most {
                    let rest = most.saturating_sub(mine);
                    let text = match (mine, rest) {
                        (0, _) => format!("「{name}」库存有限，未付款时每人最多占 {most} 件，请减少数量"),
                        (_, 0) => format!("「{name}」库存有限，您未付款的订单已占 {mine} 件，请先付款或取消"),
                        _ => format!("「{name}」库存有限，您未付款的订单已占 {mine} 件，还可以买 {rest} 件"),
                    };
                    return Err(Problem::new(Code::QuantityLimit, text).at("lines"));
                }
            }
        }
        self.orders.push(hold);
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id<T: std::str::FromStr>(text: &str) -> T
    where
        T::Err: std::fmt::Debug,
    {
        text.parse().unwrap()
    }

    const ZONE: &str = "Asia/Shanghai";

    fn hold(order: &str, units: u32) -> Hold {
        let held = [(id("loc_a"), [(id("sku_1"), units)].into())].into();
        Hold { order: id(order), cart: format!("cart of {order}"), pay_by: Timestamp(15 * Timestamp::MINUTE), held }
    }

    fn head(order: &str, now: Timestamp) -> OrderHead {
        OrderHead {
            order: id(order),
            version: 0,
            state: OrderState::Placed,
            store: id("sto_a"),
            store_name: String::new(),
            zone: ZONE.into(),
            member: id("mem_1"),
            fulfilment: liandian_types::Fulfilment::Pickup,
            shipper: None,
            goods: liandian_types::Fen(1),
            delivery_fee: liandian_types::Fen(0),
            total: liandian_types::Fen(1),
            units: 1,
            summary: String::new(),
            noted: false,
            tail: None,
            placed_at: now,
            pay_by: now.plus(15 * Timestamp::MINUTE),
            due: None,
            pickup_code: String::new(),
            transfer: None,
            delivery: None,
            attempt: 0,
            next_rider_at: None,
            promised_at: None,
            slot: None,
            rider_at: None,
            transaction: None,
            paid_at: None,
            completed_at: None,
            closed_at: None,
            shortfall: None,
            parcel: None,
            given_back: liandian_types::Fen(0),
            parts: 0,
        }
    }

    fn none() -> Holds {
        Holds::none(id("mem_1"))
    }

    fn shelf(free: i64) -> impl Fn(&LocationId, &SkuId) -> (Stock, &'static str) {
        move |_, _| (Stock { on_hand: free, ..Stock::default() }, "牛奶")
    }

    const POLICY: HoldPolicy =
        HoldPolicy { orders: 5, units: 300, sku_units: 200, order_units: 300, shelf_percent: 50, shelf_floor: 10, free_closes: 2, longest_wait: 30 };

    #[test]
    fn given_a_new_chain_when_nobody_decided_otherwise_then_these_are_the_limits() {
        assert_eq!(HoldPolicy::default(), POLICY);
    }

    #[test]
    fn given_closes_without_payment_when_they_add_up_then_the_wait_grows_as_said() {
        let waits: Vec<i64> = (0..8).map(|n| POLICY.wait_after(n) / Timestamp::MINUTE).collect();
        assert_eq!(waits, [0, 0, 0, 1, 5, 30, 30, 30]);
        assert_eq!(HoldPolicy { longest_wait: 500, ..POLICY }.wait_after(7), 120 * Timestamp::MINUTE);
        assert_eq!(HoldPolicy { longest_wait: 0, ..POLICY }.wait_after(7), 0);

        let minute = Timestamp::MINUTE;
        let three = Holds { closes: vec![Timestamp(0), Timestamp(minute), Timestamp(2 * minute)], ..none() };
        let asked = |h: &Holds, now: i64| h.another("c", false, &POLICY, ZONE, Timestamp(now));
        let p = asked(&three, 2 * minute + 1).unwrap_err();
        assert_eq!((p.code, p.retry_after_s), (Code::UnpaidLimit, Some(60)));
        assert!(p.detail.contains("3 笔") && p.detail.contains("01-01 08:03"), "{}", p.detail);
        assert_eq!(asked(&three, 3 * minute - 1).unwrap_err().retry_after_s, Some(1));
        assert_eq!(asked(&three, 3 * minute), Ok(()));
        let mut old = three.clone();
        old.learn([], Timestamp(Timestamp::DAY));
        assert_eq!(old.closes, [Timestamp(minute), Timestamp(2 * minute)], "a day later it is forgotten");
    }

    #[test]
    fn given_a_row_when_a_share_would_grow_too_large_then_the_goods_are_named_and_the_last_few_can_be_bought() {
        let with = |h: Holds, units, free| h.with(hold("ord_9", units), &POLICY, shelf(free)).map(|h| h.units());
        assert_eq!(with(none(), 10, 10), Ok(10), "the floor");
        assert_eq!(with(none(), 11, 12).unwrap_err().code, Code::QuantityLimit);
        assert_eq!(with(none(), 20, 40), Ok(20));
        let p = with(none(), 21, 40).unwrap_err();
        assert!(p.detail.contains("牛奶") && p.detail.contains("20 件"), "{}", p.detail);
        // Those that the member holds already are of the same shelf: 15 held of 40, 25 are left.
        let had = Holds { orders: vec![hold("ord_1", 15)], ..none() };
        assert_eq!(with(had.clone(), 5, 25), Ok(20));
        assert!(with(had.clone(), 6, 25).unwrap_err().detail.contains("还可以买 5 件"));
        assert_eq!(with(none(), 300, 10_000), Ok(300));
        assert_eq!(with(none(), 301, 10_000).unwrap_err().code, Code::UnpaidLimit);
        assert!(with(had, 286, 10_000).unwrap_err().detail.contains("已占 15 件"));
    }

    #[test]
    fn given_an_order_when_it_is_larger_than_one_may_be_then_the_line_is_named() {
        let (one, two): (SkuId, SkuId) = (id("sku_1"), id("sku_2"));
        let line = |sku, units| Named { sku, name: "牛奶", units };
        let said = |a, b| allowed([line(&one, a), line(&two, b)].into_iter(), &POLICY).map_err(|p| (p.code, p.field.unwrap()));
        assert_eq!(said(200, 100), Ok(()));
        assert_eq!(said(1, 201), Err((Code::QuantityLimit, "lines[1].quantity".into())));
        assert_eq!(said(200, 101), Err((Code::QuantityLimit, "lines".into())));
    }

    #[test]
    fn given_the_same_cart_when_it_is_placed_again_then_the_first_order_is_named_until_it_is_paid_or_late_or_it_is_meant() {
        let line = |sku, n| CartLine { sku: id(sku), quantity: liandian_types::Quantity::new(n).unwrap() };
        let cart = cart_of(&id("sto_a"), &[line("sku_1", 1), line("sku_2", 3)]);
        assert_eq!(cart, cart_of(&id("sto_a"), &[line("sku_2", 3), line("sku_1", 1)]));
        assert_ne!(cart, cart_of(&id("sto_a"), &[line("sku_1", 3), line("sku_2", 1)]));
        assert_ne!(cart, cart_of(&id("sto_b"), &[line("sku_1", 1), line("sku_2", 3)]));
        let row = Holds { orders: vec![Hold { cart: cart.clone(), ..hold("ord_1", 1) }], ..none() };
        let ask = |again, now| row.another(&cart, again, &POLICY, ZONE, Timestamp(now)).map_err(|p| (p.code, p.order.map(|o| *o)));
        assert_eq!(ask(false, 0), Err((Code::AlreadyPlaced, Some(id("ord_1")))));
        assert_eq!((ask(true, 0), ask(false, 15 * Timestamp::MINUTE)), (Ok(()), Ok(())));
    }

    #[test]
    fn given_an_order_when_it_may_still_be_paid_then_its_member_has_one_that_waits() {
        let row = Holds { orders: vec![hold("ord_1", 1)], ..none() };
        let end = 15 * Timestamp::MINUTE;
        assert_eq!([row.waits(Timestamp(end - 1)), row.waits(Timestamp(end)), none().waits(Timestamp(0))], [true, false, false]);
    }

    proptest! {
        /// However orders are placed, paid, closed and heard of late: what is not paid or closed is never more than it may be.
        #[test]
        fn given_any_course_when_placing_is_counted_then_no_member_holds_more_than_the_policy(
            steps in proptest::collection::vec((0_u8..4, 1_u32..130, any::<prop::sample::Index>()), 1..80),
        ) {
            let mut row = none();
            let mut real: Vec<(OrderHead, u32)> = Vec::new();
            let mut now = Timestamp(0);
            for (n, (kind, units, pick)) in steps.into_iter().enumerate() {
                now = now.plus(20_000);
                match kind {
                    0 | 1 => {
                        let order = format!("ord_{n}");
                        if row.another("c", true, &POLICY, ZONE, now).is_ok()
                            && let Ok(mut next) = row.clone().with(hold(&order, units), &POLICY, shelf(400))
                        {
                            next.version += 1;
                            row = next;
                            real.push((head(&order, now), units));
                        }
                    }
                    2 if !real.is_empty() => {
                        let at = pick.index(real.len());
                        let head = &mut real[at].0;
                        if head.state == OrderState::Placed {
                            *head = OrderHead {
                                state: if units % 2 == 0 { OrderState::Closed } else { OrderState::Preparing },
                                closed_at: Some(now),
                                ..head.clone()
                            };
                        }
                    }
                    3 if !real.is_empty() => row.learn([&real[pick.index(real.len())].0], now),
                    _ => {}
                }
                let open: Vec<u32> = real.iter().filter(|(h, _)| h.state == OrderState::Placed).map(|(_, n)| *n).collect();
                prop_assert!(open.len() <= 5 && open.iter().sum::<u32>() <= 300, "{open:?}");
                prop_assert!(open.len() <= row.orders.len(), "an unpaid order is in its member's row");
            }
        }
    }
}
