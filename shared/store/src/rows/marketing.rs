//! Rows of campaigns, and of how often they have applied.

use liandian_domain::{
    decision::MarketingWrite,
    marketing::{Campaign, campaign::Record, used::Counting},
};
use liandian_types::CampaignState;

use super::{Expect, Row, coupons};
use crate::{
    commit::Failed,
    db::{Item, Key, StoreError, Table, item, n, s},
    keys,
};

pub(super) fn rows(w: &MarketingWrite) -> Result<Vec<Row>, StoreError> {
    Ok(match w {
        MarketingWrite::Campaign(r) => {
            let next = Record { version: r.version + 1, ..(**r).clone() };
            let mut rows = vec![Row::follow(Table::Hq, campaign_item(&next)?, r.version)];
            // Carts are priced with it from now on, and orders name the version.
            if next.state == CampaignState::Scheduled {
                rows.push(Row::put(Table::Hq, terms_item(&next)?));
            }
            rows
        }
        MarketingWrite::Used(c) => vec![used(c)],
        MarketingWrite::Template(t) => coupons::template(t)?,
        MarketingWrite::Coupon(c) => vec![coupons::coupon(c)?],
        MarketingWrite::CouponBack { member, coupon } => vec![coupons::back(member, coupon)],
        MarketingWrite::Issued(i) => vec![coupons::issued(i)],
        MarketingWrite::Batch(b) => vec![coupons::batch(b)?],
        MarketingWrite::CodeUsed(u) => vec![coupons::code(u)?],
    })
}

/// The row of a campaign's version, which nobody changes any more.
pub(crate) fn terms_item(r: &Record) -> Result<Item, StoreError> {
    version_item(&r.campaign, r.version)
}

/// The row of what carts are priced with under that version.
pub(super) fn version_item(c: &Campaign, version: u64) -> Result<Item, StoreError> {
    item(c, &Key::hq(keys::campaign(&c.campaign), keys::terms(version)), [])
}

/// The row of a campaign.
pub(crate) fn campaign_item(r: &Record) -> Result<Item, StoreError> {
    let (id, at) = (&r.campaign.campaign, keys::timed(r.campaign.schedule.until, &r.campaign.campaign));
    let mut extra = vec![("gsi1pk", keys::campaigns(r.state)), ("gsi1sk", at.clone())];
    if let Some(store) = &r.owner {
        extra.extend([("gsi2pk", keys::campaigns_of(store)), ("gsi2sk", at)]);
    }
    item(r, &Key::hq(keys::campaign(id), keys::HEAD), extra)
}

/// A counter that is added to: refused when it would say more than it may. What a first order brings is within the limits, or the campaign would not
/// have applied to it.
fn used(c: &Counting) -> Row {
    let item: Item = [
        ("pk", s(keys::counter_of(&c.campaign, &c.counter))),
        ("sk", s(keys::used(&c.counter))),
        ("orders", n(c.orders)),
        ("spent", n(c.spent.0)),
        ("units", n(c.units)),
    ]
    .map(|(name, v)| (name.to_owned(), v))
    .into();
    let orders = c.most_orders.map(|most| ("orders", i64::from(most) - c.orders));
    let spent = c.most_spent.map(|most| ("spent", (most - c.spent).0));
    let units = c.most_units.map(|most| ("units", i64::from(most) - c.units));
    let within: Vec<_> = orders.into_iter().chain(spent).chain(units).collect();
    Row { table: Table::Cell, item, expect: Expect::AddsWithin(&["orders", "spent", "units"], within), means: Failed::UsedUp(c.campaign.clone()) }
}

#[cfg(test)]
mod tests {
    use liandian_domain::marketing::used::Counter;
    use liandian_types::Fen;

    use super::*;

    #[test]
    fn given_a_counter_when_it_is_counted_or_given_back_then_only_counting_asks_whether_there_is_any_left() {
        let counting = Counting {
            campaign: "cmp_1".parse().unwrap(),
            counter: Counter::Whole,
            orders: 1,
            spent: Fen(700),
            units: 0,
            most_orders: Some(10),
            most_spent: Some(Fen(5_000)),
            most_units: None,
        };
        let write = used(&counting).write("t").unwrap();
        let update = write.update().expect("it is updated");
        assert_eq!(update.update_expression(), "ADD #orders :orders, #spent :spent, #units :units");
        let condition = "(attribute_not_exists(#orders) OR #orders <= :most_orders) AND (attribute_not_exists(#spent) OR #spent <= :most_spent)";
        assert_eq!(update.condition_expression(), Some(condition));
        let values = update.expression_attribute_values().unwrap();
        assert_eq!((values.get(":most_orders"), values.get(":most_spent")), (Some(&n(9)), Some(&n(4_300))));
        assert_eq!(used(&counting).means, Failed::UsedUp("cmp_1".parse().unwrap()));
        let back = Counting { orders: -1, spent: Fen(-700), most_orders: None, most_spent: None, ..counting };
        let write = used(&back).write("t").unwrap();
        assert_eq!(write.update().expect("it is updated").condition_expression(), None);
    }
}
