//! What campaigns bring: orders, units, money, by day and by store, with what new customers had of it. Sums that the stream keeps; each order says once
//! what it adds, and what is said again changes nothing.

use liandian_types::{CampaignId, Fen, OrderId, StoreId};
use serde::{Deserialize, Serialize};

/// What paid orders had of a campaign.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    /// Orders.
    pub orders: i64,
    /// Units that it took something off.
    pub units: i64,
    /// What it took off.
    pub off: Fen,
    /// What was paid for these orders.
    pub paid: Fen,
    /// Orders of who had bought nothing before.
    pub new_orders: i64,
    /// What was taken off these.
    pub new_off: Fen,
    /// What was paid for these.
    pub new_paid: Fen,
}

impl Tally {
    /// With another one.
    #[must_use]
    pub fn plus(self, o: Self) -> Self {
        Self {
            orders: self.orders + o.orders,
            units: self.units + o.units,
            off: self.off + o.off,
            paid: self.paid + o.paid,
            new_orders: self.new_orders + o.new_orders,
            new_off: self.new_off + o.new_off,
            new_paid: self.new_paid + o.new_paid,
        }
    }

    /// Without another one.
    #[must_use]
    pub fn less(self, o: Self) -> Self {
        Self {
            orders: self.orders - o.orders,
            units: self.units - o.units,
            off: self.off - o.off,
            paid: self.paid - o.paid,
            new_orders: self.new_orders - o.new_orders,
            new_off: self.new_off - o.new_off,
            new_paid: self.new_paid - o.new_paid,
        }
    }

    /// Of one order.
    #[must_use]
    pub fn of_order(units: i64, off: Fen, paid: Fen, new: bool) -> Self {
        let of_new = |f: Fen| if new { f } else { Fen::ZERO };
        Self { orders: 1, units, off, paid, new_orders: i64::from(new), new_off: of_new(off), new_paid: of_new(paid) }
    }
}

/// What an order has added to the results of campaigns: the row by which nothing is counted twice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Counted {
    /// The order.
    pub order: OrderId,
    /// Its store.
    pub store: StoreId,
    /// The day on which it was paid, by China's clock: `2026-11-28`.
    pub day: String,
    /// Was it the first of its customer? Said once, when it is counted first.
    pub new: bool,
    /// The version of the order that was looked at.
    pub seen: u64,
    /// What it has added to which campaign; nothing any more when its money goes back.
    pub of: Vec<(CampaignId, Tally)>,
    /// Counts the changes.
    pub version: u64,
}

impl Counted {
    /// What this says more than was said before, of each campaign of which there is news.
    #[must_use]
    pub fn news(&self, before: Option<&Counted>) -> Vec<(CampaignId, Tally)> {
        let was = before.map(|b| b.of.as_slice()).unwrap_or_default();
        let of =
            |all: &[(CampaignId, Tally)], c: &CampaignId| all.iter().filter(|(id, _)| id == c).fold(Tally::default(), |sum, (_, t)| sum.plus(*t));
        let mut campaigns: Vec<&CampaignId> = self.of.iter().chain(was).map(|(c, _)| c).collect();
        campaigns.sort_unstable();
        campaigns.dedup();
        let news = |c: &CampaignId| (c.clone(), of(&self.of, c).less(of(was, c)));
        campaigns.into_iter().map(news).filter(|(_, t)| *t != Tally::default()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(of: &[(&str, Tally)]) -> Counted {
        Counted {
            order: "ord_1".parse().unwrap(),
            store: "sto_1".parse().unwrap(),
            day: "2026-11-28".into(),
            new: true,
            seen: 2,
            of: of.iter().map(|(c, t)| (c.parse().unwrap(), *t)).collect(),
            version: 0,
        }
    }

    #[test]
    fn given_what_an_order_has_said_when_it_says_it_again_then_there_is_no_news_and_less_is_taken_back() {
        let whole = Tally::of_order(3, Fen(900), Fen(8_100), true);
        let first = counted(&[("cmp_1", whole), ("cmp_2", Tally::of_order(0, Fen(500), Fen(8_100), true))]);
        assert_eq!(first.news(None), first.of);
        assert_eq!(first.news(Some(&first)), Vec::new());
        let part = Tally::of_order(1, Fen(300), Fen(2_700), true);
        let reduced = counted(&[("cmp_1", part)]);
        let news = reduced.news(Some(&first));
        assert_eq!(news.len(), 2);
        assert_eq!(
            news[0].1,
            Tally { orders: 0, units: -2, off: Fen(-600), paid: Fen(-5_400), new_orders: 0, new_off: Fen(-600), new_paid: Fen(-5_400) }
        );
        assert_eq!(news[1].1.orders, -1, "a campaign that it has no more");
        let gone = counted(&[]).news(Some(&reduced));
        assert_eq!(gone[0].1.plus(part), Tally::default(), "money that goes back takes all of it back");
    }

    #[test]
    fn given_an_order_of_somebody_known_when_it_is_counted_then_new_customers_had_nothing_of_it() {
        let t = Tally::of_order(2, Fen(100), Fen(1_000), false);
        assert_eq!((t.orders, t.new_orders, t.new_off, t.new_paid), (1, 0, Fen::ZERO, Fen::ZERO));
    }
}
