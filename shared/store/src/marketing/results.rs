//! What campaigns have brought, as the stream keeps it.

use std::collections::BTreeMap;

use liandian_domain::{
    marketing::results::{Counted, Tally},
    orders::order::{OrderBody, OrderHead},
};
use liandian_types::{CampaignId, MemberId, OrderId, OrderState, StoreId, Timestamp};

use crate::{
    commit::Failed,
    db::{Ask, Item, Key, StoreError, Table, Tables, item, n, parse, s, text},
    keys,
    rows::{Expect, Row},
};

/// Orders of before that are looked at for one that was not closed unpaid: who has more of those has looked around for long.
const BEFORE: i32 = 50;

/// What is added up.
const ADDED: &[&str] = &["orders", "units", "off", "paid", "new_orders", "new_off", "new_paid"];

/// An order, and what it has added to the results of campaigns so far.
#[derive(Debug, Clone)]
pub struct OrderCounted {
    /// Its head.
    pub head: OrderHead,
    /// Its body.
    pub body: OrderBody,
    /// What it has added.
    pub counted: Option<Counted>,
}

/// What a campaign has brought, in all or in one store.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Results {
    /// By day, `2026-11-28`, the first one first.
    pub days: Vec<(String, Tally)>,
    /// By store; of one store alone nothing.
    pub stores: Vec<(StoreId, Tally)>,
}

fn sums(pk: &str, sk: String, t: &Tally) -> Row {
    let item: Item = [
        ("pk", s(pk)),
        ("sk", s(sk)),
        ("orders", n(t.orders)),
        ("units", n(t.units)),
        ("off", n(t.off.0)),
        ("paid", n(t.paid.0)),
        ("new_orders", n(t.new_orders)),
        ("new_off", n(t.new_off.0)),
        ("new_paid", n(t.new_paid.0)),
    ]
    .map(|(name, v)| (name.to_owned(), v))
    .into();
    Row { table: Table::Cell, item, expect: Expect::Adds(ADDED), means: Failed::Stale }
}

/// The rows that an order's news is added to.
fn sums_of(c: &Counted, campaign: &CampaignId, t: &Tally) -> [Row; 3] {
    let pk = keys::campaign_results(campaign);
    [
        sums(&pk, keys::result_day(&c.day, &c.order), t),
        sums(&pk, format!("{}{}", keys::RESULT_STORE, c.store), t),
        sums(&pk, keys::result_day_of(&c.store, &c.day), t),
    ]
}

/// The rows of results that are known already: for a chain that begins with some.
///
/// # Errors
/// [`StoreError::Shape`] when one cannot be written as an item.
pub fn result_items(campaign: &CampaignId, of: &[(StoreId, String, Tally)]) -> Result<Vec<Item>, StoreError> {
    let mut all: BTreeMap<String, Tally> = BTreeMap::new();
    for (store, day, t) in of {
        for sk in [format!("{}{day}#0", keys::RESULT_DAY), format!("{}{store}", keys::RESULT_STORE), keys::result_day_of(store, day)] {
            let sum = all.entry(sk).or_default();
            *sum = sum.plus(*t);
        }
    }
    let pk = keys::campaign_results(campaign);
    all.into_iter().map(|(sk, t)| item(&t, &Key::cell(&pk, sk), [])).collect()
}

fn sorted(items: Vec<Item>, name: impl Fn(&str) -> Option<String>) -> Result<Vec<(String, Tally)>, StoreError> {
    let mut all: BTreeMap<String, Tally> = BTreeMap::new();
    for row in items {
        let Some(name) = text(&row, "sk").and_then(|sk| name(&sk)) else { continue };
        let sum = all.entry(name).or_default();
        *sum = sum.plus(parse(row)?);
    }
    // What has been taken back whole is no result.
    Ok(all.into_iter().filter(|(_, t)| *t != Tally::default()).collect())
}

impl Tables {
    /// An order as it is now, with what it has added to the results of campaigns. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn order_counted(&self, o: &OrderId) -> Result<Option<OrderCounted>, StoreError> {
        let pk = keys::order(o);
        let wanted = [Key::cell(&pk, keys::HEAD), Key::cell(&pk, keys::BODY), Key::cell(keys::campaign_order(o), keys::ADDED)];
        let mut found = self.batch_get_rows(&wanted, true).await?.into_iter();
        let (head, body, counted) = (found.next().flatten(), found.next().flatten(), found.next().flatten());
        let (Some(head), Some(body)) = (head, body) else { return Ok(None) };
        Ok(Some(OrderCounted { head: parse(head)?, body: parse(body)?, counted: counted.map(parse).transpose()? }))
    }

    /// The bodies of orders, in their order; of one that is gone none. A hundred are one wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn order_bodies(&self, orders: &[OrderId]) -> Result<Vec<Option<OrderBody>>, StoreError> {
        let wanted: Vec<Key> = orders.iter().map(|o| Key::cell(keys::order(o), keys::BODY)).collect();
        self.batch_get_rows(&wanted, false).await?.into_iter().map(|row| row.map(parse).transpose()).collect()
    }

    /// Has this member bought something before this moment? An order that was never paid is no purchase.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn bought_before(&self, m: &MemberId, at: Timestamp) -> Result<bool, StoreError> {
        let ask = Ask {
            index: Some(keys::GSI2),
            forward: false,
            limit: Some(BEFORE),
            until: Some(at.sortable()),
            ..Ask::of(Table::Cell, keys::member_orders(m))
        };
        let heads: Vec<OrderHead> = self.query(ask).await?.items.into_iter().map(parse).collect::<Result<_, _>>()?;
        Ok(heads.iter().any(|h| h.state != OrderState::Closed))
    }

    /// Keeps what an order adds to the results of campaigns, and adds what is news of it: both, or neither. False when somebody else has counted it
    /// meanwhile.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn count_order(&self, before: Option<&Counted>, after: &Counted) -> Result<bool, StoreError> {
        let read = before.map_or(0, |b| b.version);
        let next = Counted { version: read + 1, ..after.clone() };
        let mark = item(&next, &Key::cell(keys::campaign_order(&after.order), keys::ADDED), [])?;
        let mut rows = vec![Row::follow(Table::Cell, mark, read)];
        rows.extend(after.news(before).iter().flat_map(|(campaign, t)| sums_of(after, campaign, t)));
        self.write_rows(rows).await
    }

    /// What a campaign has brought in all stores, by day and by store. One wave; of 1,500 stores forty read units.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn campaign_results(&self, c: &CampaignId) -> Result<Results, StoreError> {
        let of = |begins: &'static str| Ask { begins, ..Ask::of(Table::Cell, keys::campaign_results(c)) };
        let (days, stores) = futures::try_join!(self.query_all(of(keys::RESULT_DAY)), self.query_all(of(keys::RESULT_STORE)))?;
        let day = |sk: &str| sk.strip_prefix(keys::RESULT_DAY)?.split('#').next().map(str::to_owned);
        let stores = sorted(stores, |sk| sk.strip_prefix(keys::RESULT_STORE).map(str::to_owned))?;
        Ok(Results { days: sorted(days, day)?, stores: stores.into_iter().filter_map(|(id, t)| Some((id.parse().ok()?, t))).collect() })
    }

    /// What it has brought in one store, by day.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn campaign_results_of(&self, c: &CampaignId, store: &StoreId) -> Result<Results, StoreError> {
        let begins = keys::result_days_of(store);
        let rows = self.query_all(Ask { begins: &begins, ..Ask::of(Table::Cell, keys::campaign_results(c)) }).await?;
        Ok(Results { days: sorted(rows, |sk| sk.strip_prefix(begins.as_str()).map(str::to_owned))?, stores: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use liandian_types::Fen;

    use super::*;

    #[test]
    fn given_results_of_stores_and_days_when_written_then_each_day_and_each_store_is_their_sum() {
        let (a, b): (StoreId, StoreId) = ("sto_a".parse().unwrap(), "sto_b".parse().unwrap());
        let t = |orders| Tally { orders, off: Fen(orders * 100), ..Tally::default() };
        let day = || "2026-11-28".to_owned();
        let of = [(a.clone(), day(), t(1)), (b, day(), t(2)), (a, "2026-11-29".to_owned(), t(4))];
        let items = result_items(&"cmp_1".parse().unwrap(), &of).unwrap();
        let orders = |sk: &str| {
            let row = items.iter().find(|i| text(i, "sk").as_deref() == Some(sk)).cloned().expect("the row");
            parse::<Tally>(row).unwrap().orders
        };
        assert_eq!((orders("DAY#2026-11-28#0"), orders("DAY#2026-11-29#0")), (3, 4));
        assert_eq!((orders("STORE#sto_a"), orders("STORE#sto_b"), orders("OF#sto_a#2026-11-29")), (5, 2, 4));
        let days: Vec<Item> = items.into_iter().filter(|i| text(i, "sk").is_some_and(|sk| sk.starts_with(keys::RESULT_DAY))).collect();
        let read = sorted(days, |sk| sk.strip_prefix(keys::RESULT_DAY)?.split('#').next().map(str::to_owned)).unwrap();
        assert_eq!(read.iter().map(|(d, t)| (d.as_str(), t.orders)).collect::<Vec<_>>(), [("2026-11-28", 3), ("2026-11-29", 4)]);
    }

    #[test]
    fn given_an_order_that_has_been_counted_when_its_row_is_written_then_another_who_counts_it_is_refused() {
        let c = Counted {
            order: "ord_1".parse().unwrap(),
            store: "sto_a".parse().unwrap(),
            day: "2026-11-28".into(),
            new: false,
            seen: 3,
            of: vec![("cmp_1".parse().unwrap(), Tally::of_order(2, Fen(300), Fen(2_700), false))],
            version: 0,
        };
        let rows = sums_of(&c, &c.of[0].0, &c.of[0].1);
        assert!(rows.iter().all(|r| r.expect == Expect::Adds(ADDED)));
        let update = rows[1].clone().write("t").unwrap();
        let update = update.update().expect("it is added to");
        assert!(update.update_expression().starts_with("ADD #new_off :new_off"), "{}", update.update_expression());
        assert_eq!(update.expression_attribute_values().unwrap().get(":orders"), Some(&n(1)));
    }
}
