//! Rows of payments: money that came beside an order, and parts of it that go back.

use liandian_domain::{
    decision::PaymentsWrite,
    payments::{extra::ExtraPayment, refund::PartRefund},
};

use super::Row;
use crate::{
    db::{Item, Key, StoreError, Table, due_attributes, item},
    keys,
};

pub(super) fn rows(w: &PaymentsWrite) -> Result<Vec<Row>, StoreError> {
    Ok(vec![match w {
        PaymentsWrite::CreateExtra(x) => Row::create(Table::Cell, extra_item(x)?),
        PaymentsWrite::UpdateExtra(x) => {
            let next = ExtraPayment { version: x.version + 1, ..(**x).clone() };
            Row::replace(Table::Cell, extra_item(&next)?, x.version)
        }
        PaymentsWrite::CreatePartRefund(p) => Row::create(Table::Cell, part_refund_item(p)?),
        PaymentsWrite::UpdatePartRefund(p) => {
            let next = PartRefund { version: p.version + 1, ..(**p).clone() };
            Row::replace(Table::Cell, part_refund_item(&next)?, p.version)
        }
    }])
}

fn extra_item(x: &ExtraPayment) -> Result<Item, StoreError> {
    let key = Key::cell(keys::order(&x.order), keys::extra(&x.transaction));
    let mut extra = vec![("gsi1pk", keys::EXTRAS.to_owned()), ("gsi1sk", keys::timed(x.told_at, &x.transaction))];
    extra.extend(due_attributes(x.due, &key));
    item(x, &key, extra)
}

fn part_refund_item(p: &PartRefund) -> Result<Item, StoreError> {
    let key = Key::cell(keys::order(&p.order), keys::back(p.number));
    let extra = due_attributes(p.due, &key);
    item(p, &key, extra)
}
