//! Rows of orders: head, body, deliveries, and what a member's unpaid orders hold.

use aws_sdk_dynamodb::types::AttributeValue;
use liandian_domain::{
    decision::OrdersWrite,
    orders::{
        delivery::Delivery,
        holds::Holds,
        order::{OrderBody, OrderHead},
        slots::{NOTHING_SAID, SlotChange, SlotPlan},
    },
};
use liandian_types::{Fulfilment, MemberId, OrderState, StoreId, Timestamp};

use super::{Expect, Row};
use crate::{
    commit::Failed,
    db::{Item, Key, StoreError, Table, due_attributes, item, n, s},
    keys,
};

/// How long what a member's unpaid orders hold is known: longer than any of them waits for its end.
const HOLDS_KNOWN_FOR: i64 = 7 * Timestamp::DAY;

pub(super) fn rows(w: &OrdersWrite, now: Timestamp) -> Result<Vec<Row>, StoreError> {
    Ok(match w {
        // Its id is made of its client's key: it is there when the key was used.
        OrdersWrite::Create(head, body) => {
            vec![Row { means: Failed::KeyUsed, ..Row::create(Table::Cell, order_item(head)?) }, Row::create(Table::Cell, body_item(body)?)]
        }
        OrdersWrite::Update(head) => {
            let next = OrderHead { version: head.version + 1, ..(**head).clone() };
            vec![Row::replace(Table::Cell, order_item(&next)?, head.version)]
        }
        OrdersWrite::ReplaceBody(body) => vec![Row::put(Table::Cell, body_item(body)?)],
        OrdersWrite::CreateDelivery(d) => vec![Row::create(Table::Cell, delivery_item(d)?)],
        OrdersWrite::UpdateDelivery(d) => {
            let next = Delivery { version: d.version + 1, ..(**d).clone() };
            vec![Row::replace(Table::Cell, delivery_item(&next)?, d.version)]
        }
        OrdersWrite::Holds(h) => {
            let row = item(&Holds { version: h.version + 1, ..(**h).clone() }, &holds_key(&h.member), [])?;
            vec![Row::follow(Table::Cell, row, h.version).until(now.plus(HOLDS_KNOWN_FOR))]
        }
        OrdersWrite::Slot(c) => vec![slot(c)],
        OrdersWrite::SlotPlan(p) => vec![slot_plan(p)],
    })
}

/// A place in a slot: refused when the slot is full, or takes another number of orders than was read. What is given back is never refused. The row
/// stays when the slot is over: there are never more of them than orders, and the books are checked by them.
fn slot(c: &SlotChange) -> Row {
    let numbers = [("booked", n(c.orders)), ("plan", n(0))];
    let item = slot_item(&c.store, c.way, &c.slot, numbers);
    let expect = match c.within {
        // No row is within all limits: who places an order has seen that the slot takes one.
        Some((most, plan)) => {
            Expect::AddsWithin(&["booked", "plan"], vec![("booked", i64::from(most) - c.orders), ("plan", i64::try_from(plan).unwrap_or(i64::MAX))])
        }
        None => Expect::Adds(&["booked", "plan"]),
    };
    Row { table: Table::Cell, item, expect, means: Failed::Stale }
}

/// What a store says about a slot: refused when it has said something else since.
fn slot_plan(p: &SlotPlan) -> Row {
    let item = slot_plan_item(p);
    let expect = Expect::AddsWithin(&["plan"], vec![("plan", i64::try_from(p.seen).unwrap_or(i64::MAX))]);
    Row { table: Table::Cell, item, expect, means: Failed::Stale }
}

/// The row of what a store says about a slot, if it is the first that is said.
pub(crate) fn slot_plan_item(p: &SlotPlan) -> Item {
    let most = p.most.map_or(NOTHING_SAID, i64::from);
    slot_item(&p.store, p.way, &p.slot, [("most", n(most)), ("plan", n(1))])
}

fn slot_item(store: &StoreId, way: Fulfilment, slot: &str, numbers: [(&str, AttributeValue); 2]) -> Item {
    let key = [("pk", s(keys::slots(store, way))), ("sk", s(slot))];
    key.into_iter().chain(numbers).map(|(name, v)| (name.to_owned(), v)).collect()
}

/// The row that says what a member's unpaid orders hold.
pub(crate) fn holds_key(m: &MemberId) -> Key {
    Key::cell(keys::member(m), keys::HOLDS)
}

fn body_item(body: &OrderBody) -> Result<Item, StoreError> {
    item(body, &Key::cell(keys::order(&body.order), keys::BODY), [])
}

fn order_item(head: &OrderHead) -> Result<Item, StoreError> {
    let key = Key::cell(keys::order(&head.order), keys::HEAD);
    let at = keys::timed(head.placed_at, &head.order);
    let under_way = head.parcel.is_some() && head.state == OrderState::Delivering;
    let worked_on = if under_way { keys::shipped(head.served_by()) } else { keys::store_orders(head.served_by(), head.state) };
    let mut extra = vec![("gsi1pk", worked_on), ("gsi1sk", at.clone()), ("gsi2pk", keys::member_orders(&head.member)), ("gsi2sk", at)];
    extra.extend(due_attributes(head.due, &key));
    item(head, &key, extra)
}

fn delivery_item(d: &Delivery) -> Result<Item, StoreError> {
    let key = Key::cell(keys::order(&d.order), keys::delivery(d.attempt));
    let mut extra = due_attributes(d.due, &key);
    if let Some(t) = &d.trouble {
        extra.push(("gsi1pk", keys::TROUBLED.to_owned()));
        extra.push(("gsi1sk", keys::timed(t.since, &d.delivery)));
    }
    item(d, &key, extra)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_place_in_a_slot_when_taken_or_given_back_then_only_taking_asks_whether_one_is_free_and_nothing_was_said_since() {
        let taken = SlotChange {
            store: "sto_1".parse().unwrap(),
            way: Fulfilment::Pickup,
            slot: "2026-11-29T10:00".into(),
            orders: 1,
            within: Some((50, 3)),
        };
        let write = slot(&taken).write("t").unwrap();
        let update = write.update().expect("it is updated");
        assert_eq!(update.update_expression(), "ADD #booked :booked, #plan :plan");
        let condition = "(attribute_not_exists(#booked) OR #booked <= :most_booked) AND (attribute_not_exists(#plan) OR #plan <= :most_plan)";
        assert_eq!(update.condition_expression(), Some(condition));
        let values = update.expression_attribute_values().unwrap();
        assert_eq!((values.get(":most_booked"), values.get(":most_plan"), values.get(":plan")), (Some(&n(49)), Some(&n(3)), Some(&n(0))));
        let write = slot(&SlotChange { orders: -1, within: None, ..taken }).write("t").unwrap();
        assert_eq!(write.update().expect("it is updated").condition_expression(), None);
    }

    #[test]
    fn given_what_a_store_says_about_a_slot_when_written_then_it_is_set_once_and_orders_stay_counted() {
        let said = SlotPlan { store: "sto_1".parse().unwrap(), way: Fulfilment::Delivery, slot: "2026-11-29T10:00".into(), most: None, seen: 2 };
        let write = slot_plan(&said).write("t").unwrap();
        let update = write.update().expect("it is updated");
        assert_eq!(update.update_expression(), "SET #most = :most ADD #plan :plan");
        assert_eq!(update.condition_expression(), Some("(attribute_not_exists(#plan) OR #plan <= :most_plan)"));
        assert_eq!(update.expression_attribute_values().unwrap().get(":most"), Some(&n(-1)));
    }
}
