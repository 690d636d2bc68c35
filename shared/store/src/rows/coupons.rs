//! Rows of coupons: HQ's, those of members, how many are out, and printed codes.

use aws_sdk_dynamodb::types::AttributeValue;
use liandian_domain::marketing::{
    code::{Batch, UsedCode},
    coupon::{Issuing, Template},
    wallet::{Coupon, TERMS},
};
use liandian_types::{CouponId, CouponState, MemberId};

use super::{Expect, Row, marketing::version_item};
use crate::{
    commit::Failed,
    db::{Item, Key, StoreError, Table, item, n, s},
    keys,
};

pub(super) fn template(t: &Template) -> Result<Vec<Row>, StoreError> {
    let next = Template { version: t.version + 1, ..t.clone() };
    let mut rows = vec![Row::follow(Table::Hq, template_item(&next)?, t.version)];
    // Orders are priced with it from now on, and name it.
    if next.state == CouponState::Issuing {
        rows.push(Row::put(Table::Hq, template_terms_item(&next)?));
    }
    Ok(rows)
}

/// The row of what a coupon is good for, which nobody changes any more.
pub(crate) fn template_terms_item(t: &Template) -> Result<Item, StoreError> {
    version_item(&t.campaign, TERMS)
}

/// The row of a coupon of HQ.
pub(crate) fn template_item(t: &Template) -> Result<Item, StoreError> {
    let id = &t.campaign.campaign;
    let extra = [("gsi1pk", keys::COUPONS.to_owned()), ("gsi1sk", keys::timed(t.campaign.schedule.until, id))];
    item(t, &Key::hq(keys::campaign(id), keys::COUPON), extra)
}

pub(super) fn coupon(c: &Coupon) -> Result<Row, StoreError> {
    let next = Coupon { version: c.version + 1, ..c.clone() };
    Ok(Row::follow(Table::Cell, coupon_item(&next)?, c.version))
}

/// The row of a member's coupon.
pub(crate) fn coupon_item(c: &Coupon) -> Result<Item, StoreError> {
    item(c, &Key::cell(keys::wallet(&c.member), keys::held(&c.coupon)), [])
}

/// Held again, whatever its version: it is its order's, which gives it back in the one transaction that ends the order.
pub(super) fn back(member: &MemberId, coupon: &CouponId) -> Row {
    let item: Item = [("pk", s(keys::wallet(member))), ("sk", s(keys::held(coupon))), ("held", AttributeValue::Bool(true)), ("version", n(1))]
        .map(|(name, v)| (name.to_owned(), v))
        .into();
    Row { table: Table::Cell, item, expect: Expect::Adds(&["version"]), means: Failed::Stale }
}

/// Added to, and refused when it would say more than there may be.
pub(super) fn issued(i: &Issuing) -> Row {
    let more = &i.more;
    let item: Item = [
        ("pk", s(keys::campaign(&i.campaign))),
        ("sk", s(keys::ISSUED)),
        ("issued", n(more.issued)),
        ("promised", n(more.promised.0)),
        ("claimed", n(more.claimed)),
        ("codes", n(more.codes)),
        ("used", n(more.used)),
        ("spent", n(more.spent.0)),
    ]
    .map(|(name, v)| (name.to_owned(), v))
    .into();
    let number = i.most_issued.map(|most| ("issued", i64::from(most) - more.issued));
    let worth = i.most_promised.map(|most| ("promised", (most - more.promised).0));
    let within = number.into_iter().chain(worth).collect();
    Row {
        table: Table::Cell,
        item,
        expect: Expect::AddsWithin(&["issued", "promised", "claimed", "codes", "used", "spent"], within),
        means: Failed::UsedUp(i.campaign.clone()),
    }
}

pub(super) fn batch(b: &Batch) -> Result<Row, StoreError> {
    let next = Batch { version: b.version + 1, ..b.clone() };
    Ok(Row::follow(Table::Hq, batch_item(&next)?, b.version))
}

/// The row of a batch of printed codes.
pub(crate) fn batch_item(b: &Batch) -> Result<Item, StoreError> {
    let extra = [("gsi1pk", keys::codes_of(&b.campaign)), ("gsi1sk", keys::timed(b.at, &b.batch))];
    item(b, &Key::hq(keys::codes(&b.batch), keys::HEAD), extra)
}

/// Written once: who comes second reads it and is told.
pub(super) fn code(u: &UsedCode) -> Result<Row, StoreError> {
    let row = Row::create(Table::Cell, item(u, &Key::cell(keys::codes(&u.batch), keys::code(u.place)), [])?);
    Ok(Row { means: Failed::Stale, ..row })
}

#[cfg(test)]
mod tests {
    use liandian_domain::marketing::coupon::Issued;
    use liandian_types::Fen;

    use super::*;

    #[test]
    fn given_a_coupon_that_comes_back_when_written_then_it_is_held_and_nothing_else_of_it_changes() {
        let row = back(&"mem_1".parse().unwrap(), &"cpn_1-1".parse().unwrap());
        let write = row.write("t").unwrap();
        let update = write.update().expect("it is updated");
        assert_eq!(update.update_expression(), "SET #held = :held ADD #version :version");
        assert_eq!(update.condition_expression(), None);
    }

    #[test]
    fn given_coupons_that_are_given_out_when_counted_then_number_and_budget_are_conditions_and_completed_orders_ask_for_none() {
        let more = Issued { issued: 1, promised: Fen(1_000), claimed: 1, ..Issued::default() };
        let issuing = Issuing { campaign: "cmp_1".parse().unwrap(), more, most_issued: Some(10), most_promised: Some(Fen(8_000)) };
        let write = issued(&issuing).write("t").unwrap();
        let update = write.update().expect("it is updated");
        let values = update.expression_attribute_values().unwrap();
        assert_eq!((values.get(":most_issued"), values.get(":most_promised")), (Some(&n(9)), Some(&n(7_000))));
        assert_eq!(issued(&issuing).means, Failed::UsedUp("cmp_1".parse().unwrap()));
        let done = Issuing { more: Issued { used: 1, ..Issued::default() }, most_issued: None, most_promised: None, ..issuing };
        let write = issued(&done).write("t").unwrap();
        assert_eq!(write.update().expect("it is updated").condition_expression(), None);
    }
}
