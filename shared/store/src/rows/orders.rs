//! Rows of orders: head, body, deliveries, and what a member's unpaid orders hold.

use liandian_domain::{
    decision::OrdersWrite,
    orders::{
        delivery::Delivery,
        holds::Holds,
        order::{OrderBody, OrderHead},
    },
};
use liandian_types::{MemberId, OrderState, Timestamp};

use super::Row;
use crate::{
    commit::Failed,
    db::{Item, Key, StoreError, Table, due_attributes, item},
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
    })
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
