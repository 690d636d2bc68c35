//! Orders, their history and deliveries, and the chain's view of the newest orders.

pub mod placement;

use std::collections::HashMap;

use futures::future::try_join_all;
use liandian_contracts::Envelope;
use liandian_domain::{
    orders::{
        delivery::Delivery,
        order::{OrderBody, OrderHead},
    },
    transfers::Transfer,
};
use liandian_types::{DeliveryId, MemberId, OrderId, OrderState, StoreId, Timestamp, TransferState};
use serde::{Deserialize, Serialize};

pub use placement::{LineRead, PlacementAsk, PlacementRead};

use crate::{
    commit::Idempotency,
    cursor::List,
    db::{Ask, Key, Page, StoreError, Table, Tables, item, n, parse, text},
    keys,
    reach::Reach,
};

/// Everything in an order's partition.
#[derive(Debug, Clone, PartialEq)]
pub struct WholeOrder {
    /// The head.
    pub head: OrderHead,
    /// The body.
    pub body: OrderBody,
    /// What happened, oldest first.
    pub events: Vec<Envelope>,
    /// Deliveries, oldest first.
    pub deliveries: Vec<Delivery>,
}

/// For how many days (UTC) an order stays in the chain's view, today not counted.
const VIEWED_DAYS: i64 = 3;

/// An order's row in the chain's view, gone after three days.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderViewRow {
    /// The head as it was.
    #[serde(flatten)]
    pub head: OrderHead,
    /// When it may be cleaned up, in seconds.
    pub ttl: i64,
}

/// Orders of one state of a store that are read at once, and how often a request may.
const LOOKED_AT: i32 = 200;
/// See [`LOOKED_AT`].
const LOOKS: usize = 5;

/// Which orders of a store are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrdersWanted {
    /// In this state; in any when none is named.
    pub state: Option<OrderState>,
    /// Placed from then on.
    pub since: Timestamp,
    /// Placed before then.
    pub until: Timestamp,
    /// Orders of a page.
    pub most: usize,
}

/// The moment of a key that [`keys::timed`] made.
fn timed_key(key: &str) -> Option<Timestamp> {
    key.split_once('#').and_then(|(at, _)| at.parse().ok()).map(Timestamp)
}

/// Of which days of the chain's view, and which of their orders, are looked for.
#[derive(Debug, Clone, Copy)]
pub struct ChainOrdersWanted<'a> {
    /// Placed from then on.
    pub since: Option<Timestamp>,
    /// Placed before then.
    pub until: Option<Timestamp>,
    /// The list, for its cursors.
    pub list: List,
    /// Orders of a page.
    pub most: u32,
    /// Where the page begins.
    pub cursor: Option<&'a str>,
}

/// How many pages of the chain's orders are looked through at a time for those of a part of it.
const FURTHER: u32 = 5;

impl Tables {
    /// An order's head.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn order_head(&self, order: &OrderId) -> Result<Option<OrderHead>, StoreError> {
        self.get(&Key::cell(keys::order(order), keys::HEAD), true).await
    }

    /// Head and body. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn order(&self, order: &OrderId) -> Result<Option<(OrderHead, OrderBody)>, StoreError> {
        let pk = keys::order(order);
        let mut items = self.batch_get(&[Key::cell(&pk, keys::HEAD), Key::cell(&pk, keys::BODY)], true).await?.into_iter();
        match (items.next().flatten(), items.next().flatten()) {
            (Some(head), Some(body)) => Ok(Some((parse(head)?, parse(body)?))),
            _ => Ok(None),
        }
    }

    /// Everything about an order: one query.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn whole_order(&self, order: &OrderId) -> Result<Option<WholeOrder>, StoreError> {
        let items = self.query_all(Ask::of(Table::Cell, keys::order(order))).await?;
        let (mut head, mut body, mut events, mut deliveries) = (None, None, Vec::new(), Vec::new());
        for i in items {
            match text(&i, "sk").unwrap_or_default() {
                sk if sk == keys::HEAD => head = Some(parse(i)?),
                sk if sk == keys::BODY => body = Some(parse(i)?),
                sk if sk.starts_with(keys::EVENT) => events.push(parse(i)?),
                sk if sk.starts_with(keys::DELIVERY) => deliveries.push(parse(i)?),
                _ => {}
            }
        }
        Ok(head.zip(body).map(|(head, body)| WholeOrder { head, body, events, deliveries }))
    }

    /// Orders of a member, newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn orders_of_member(&self, m: &MemberId, limit: i32, cursor: Option<&str>) -> Result<(Vec<OrderHead>, Option<String>), StoreError> {
        self.heads(keys::GSI2, keys::member_orders(m), false, limit, cursor).await
    }

    /// The bodies of orders, in their order; `None` for one that there is not. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn order_bodies(&self, orders: &[OrderId]) -> Result<Vec<Option<OrderBody>>, StoreError> {
        let keys: Vec<Key> = orders.iter().map(|o| Key::cell(keys::order(o), keys::BODY)).collect();
        let rows = self.batch_get(&keys, false).await?;
        rows.into_iter().map(|row| row.map(parse).transpose()).collect()
    }

    /// Orders that a store serves, in one state: oldest first while there is work to do, newest first when they are done.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn orders_of_store(
        &self,
        store: &StoreId,
        state: OrderState,
        limit: i32,
        cursor: Option<&str>,
    ) -> Result<(Vec<OrderHead>, Option<String>), StoreError> {
        let done = matches!(state, OrderState::Completed | OrderState::Settled | OrderState::Closed | OrderState::Refunded);
        self.heads(keys::GSI1, keys::store_orders(store, state), !done, limit, cursor).await
    }

    /// The newest orders that a store serves in one state.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn newest_of_store(&self, store: &StoreId, state: OrderState, limit: i32) -> Result<Vec<OrderHead>, StoreError> {
        Ok(self.heads(keys::GSI1, keys::store_orders(store, state), false, limit, None).await?.0)
    }

    /// Parcels that a store's staff has shipped and nobody has received, newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn parcels_of_store(&self, store: &StoreId, limit: i32, cursor: Option<&str>) -> Result<(Vec<OrderHead>, Option<String>), StoreError> {
        self.heads(keys::GSI1, keys::shipped(store), false, limit, cursor).await
    }

    /// How many paid orders these stores put together at this moment, a hundred being many. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn waiting(&self, stores: &[StoreId]) -> Result<HashMap<StoreId, u32>, StoreError> {
        self.orders_in(stores, OrderState::Preparing).await
    }

    /// How many orders these stores have in one state, a hundred being many. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn orders_in(&self, stores: &[StoreId], state: OrderState) -> Result<HashMap<StoreId, u32>, StoreError> {
        try_join_all(stores.iter().map(|s| async move {
            let ask = Ask { index: Some(keys::GSI1), limit: Some(100), count: true, ..Ask::of(Table::Cell, keys::store_orders(s, state)) };
            Ok((s.clone(), self.query(ask).await?.count))
        }))
        .await
        .map(|all| all.into_iter().collect())
    }

    /// A page of the orders that a store serves, in a state or in any, placed between two moments, that `fit`, newest first; and where the next one
    /// begins. Of each state a thousand orders are looked at: where one was not looked at to its end, the page ends there, so that no order is passed
    /// over.
    ///
    /// # Errors
    /// [`StoreError`] from the engine; [`StoreError::Cursor`] for a cursor of another list.
    pub async fn find_orders_page(
        &self,
        store: &StoreId,
        wanted: &OrdersWanted,
        list: List,
        cursor: Option<&str>,
        fit: impl Fn(&OrderHead) -> bool + Sync,
    ) -> Result<(Vec<OrderHead>, Option<String>), StoreError> {
        let behind = match cursor {
            Some(cursor) => match list.place(cursor)?.as_slice() {
                [key] if timed_key(key).is_some() => Some(key.clone()),
                _ => return Err(StoreError::Cursor),
            },
            None => None,
        };
        let states: Vec<OrderState> = wanted.state.map_or_else(|| OrderState::ALL.to_vec(), |s| vec![s]);
        let mut partitions: Vec<String> = states.iter().map(|s| keys::store_orders(store, *s)).collect();
        // A parcel on its way is in no other list.
        partitions.extend(states.contains(&OrderState::Delivering).then(|| keys::shipped(store)));
        let until = behind.clone().unwrap_or_else(|| wanted.until.sortable());
        // Somebody turned the page after the oldest days had gone out of what is looked at.
        if until < wanted.since.sortable() {
            return Ok((Vec::new(), None));
        }
        let (fit, behind, until) = (&fit, &behind, &until);
        let looked = try_join_all(partitions.into_iter().map(|pk| async move {
            let ask = Ask {
                index: Some(keys::GSI1),
                forward: false,
                since: Some(wanted.since.sortable()),
                until: Some(until.clone()),
                limit: Some(LOOKED_AT),
                ..Ask::of(Table::Cell, pk)
            };
            let (mut found, mut start, mut seen) = (Vec::new(), None, None);
            for _ in 0..LOOKS {
                let (items, _, last) = self.query_from(&ask, start).await?;
                for i in items {
                    let head: OrderHead = parse(i)?;
                    let key = keys::timed(head.placed_at, &head.order);
                    if behind.as_ref() != Some(&key) && fit(&head) {
                        found.push((key.clone(), head));
                    }
                    seen = Some(key);
                }
                start = last;
                if start.is_none() {
                    return Ok::<_, StoreError>((found, None));
                }
                if found.len() > wanted.most {
                    break;
                }
            }
            Ok((found, seen))
        }))
        .await?;
        // Older than this not every order was looked at.
        let floor: Option<String> = looked.iter().filter_map(|(_, seen)| seen.clone()).max();
        let mut all: Vec<(String, OrderHead)> =
            looked.into_iter().flat_map(|(found, _)| found).filter(|(key, _)| floor.as_ref().is_none_or(|f| key >= f)).collect();
        all.sort_by(|a, b| b.0.cmp(&a.0));
        // It moved from one state to the next while both were read.
        all.dedup_by(|a, b| a.0 == b.0);
        let next = if all.len() > wanted.most {
            all.truncate(wanted.most);
            all.last().map(|(key, _)| key.clone())
        } else {
            floor
        };
        Ok((all.into_iter().map(|(_, head)| head).collect(), next.map(|key| list.behind(&[key.as_str()]))))
    }

    async fn heads(
        &self,
        index: &str,
        pk: String,
        forward: bool,
        limit: i32,
        cursor: Option<&str>,
    ) -> Result<(Vec<OrderHead>, Option<String>), StoreError> {
        let page: Page = self.query(Ask { index: Some(index), forward, limit: Some(limit), cursor, ..Ask::of(Table::Cell, pk) }).await?;
        Ok((page.items.into_iter().map(parse).collect::<Result<_, _>>()?, page.next))
    }

    /// Orders of the chain, or of a part of it, newest first, as far back as the view keeps them; and where the next page begins: also when so
    /// many others lie between that this one is not full.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn newest_orders(
        &self,
        reach: &Reach,
        now: Timestamp,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<(Vec<OrderHead>, Option<String>), StoreError> {
        let all = ChainOrdersWanted { since: None, until: None, list: List::of(["orders of the chain"]), most: limit, cursor };
        self.find_newest_orders(reach.is_all(), now, all, |h| reach.store(&h.store) || reach.store(h.served_by())).await
    }

    /// Those of the chain's view that `fit`, newest first, and where the next page begins: also when so many others lie between that this one is not
    /// full. `most_fit` says that nearly all of them do.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn find_newest_orders(
        &self,
        most_fit: bool,
        now: Timestamp,
        ask: ChainOrdersWanted<'_>,
        fit: impl Fn(&OrderHead) -> bool + Sync,
    ) -> Result<(Vec<OrderHead>, Option<String>), StoreError> {
        let ChainOrdersWanted { since, until: before, list, most, cursor } = ask;
        let wanted = usize::try_from(most).unwrap_or(usize::MAX);
        // Behind the sort key of the last order that was shown, or of the last day that is asked for.
        let below = match cursor {
            Some(cursor) => {
                let key = list.place(cursor)?.concat();
                let at = key.split_once('#').and_then(|(at, _)| at.parse().ok()).ok_or(StoreError::Cursor)?;
                Some((Timestamp(at), key))
            }
            None => before.map(|at| (at, at.sortable())),
        };
        let mut heads: Vec<OrderHead> = Vec::new();
        // Of a part of the chain, further pages are looked through for its own: so many beyond the first of each day.
        let (size, mut further) = if most_fit { (wanted + 1, FURTHER) } else { (10 * wanted, FURTHER) };
        let size = i32::try_from(size).unwrap_or(i32::MAX);
        // The last row that was read, when the looking was broken off there.
        let mut broken_off = None;
        'days: for back in 0..=VIEWED_DAYS {
            let day = keys::orders_of_day(now.plus(-back * Timestamp::DAY));
            let until = match &below {
                Some((at, _)) if now.0.div_euclid(Timestamp::DAY) - back > at.0.div_euclid(Timestamp::DAY) => continue,
                Some((at, key)) if keys::orders_of_day(*at) == day => Some(key.clone()),
                _ => None,
            };
            // A day that is over before the first that is asked for.
            let ends = Timestamp((now.0.div_euclid(Timestamp::DAY) - back + 1) * Timestamp::DAY);
            if since.is_some_and(|since| ends <= since) {
                break;
            }
            let ask = Ask { forward: false, limit: Some(size), until, ..Ask::of(Table::Cell, day) };
            let mut start = None;
            loop {
                let (items, _, last) = self.query_from(&ask, start).await?;
                let mut read = None;
                for i in items {
                    let head: OrderHead = parse(i)?;
                    read = Some(keys::timed(head.placed_at, &head.order));
                    if since.is_none_or(|since| head.placed_at >= since) && fit(&head) {
                        heads.push(head);
                    }
                }
                if heads.len() > wanted {
                    break 'days;
                }
                if last.is_none() {
                    break;
                }
                if further == 0 {
                    broken_off = read;
                    break 'days;
                }
                further -= 1;
                start = last;
            }
        }
        if heads.len() > wanted {
            heads.truncate(wanted);
            broken_off = heads.last().map(|h| keys::timed(h.placed_at, &h.order));
        }
        let next = broken_off.map(|key| list.behind(&[key.as_str()]));
        Ok((heads, next))
    }

    /// From when on the chain's view has all orders.
    #[must_use]
    pub fn orders_viewed_since(now: Timestamp) -> Timestamp {
        now.plus(-VIEWED_DAYS * Timestamp::DAY)
    }

    /// Brings the chain's view up to date; an older version than what it has changes nothing.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn put_order_view(&self, head: &OrderHead) -> Result<bool, StoreError> {
        let row = OrderViewRow { head: head.clone(), ttl: head.placed_at.plus(VIEWED_DAYS * Timestamp::DAY).seconds() };
        let at = keys::timed(head.placed_at, &head.order);
        let unserved = matches!(head.state, OrderState::Refunding | OrderState::Refunded) && head.transfer.is_some();
        let index = [("gsi1pk", keys::UNSERVED.to_owned()), ("gsi1sk", at.clone())];
        let view = item(&row, &Key::cell(keys::orders_of_day(head.placed_at), at), index.into_iter().filter(|_| unserved))?;
        self.put(Table::Cell, view, Some(("attribute_not_exists(pk) OR version < :v", vec![(":v", n(head.version))]))).await
    }

    /// Orders of the last days whose money goes back because nobody took on their transfer, each with it, the newest first; and whether there are more.
    /// Of `limit` orders with a transfer whose money goes back: customers call some of them off.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn unaccepted_orders(&self, now: Timestamp, limit: i32) -> Result<(Vec<(OrderHead, Transfer)>, bool), StoreError> {
        let since = Some(Self::orders_viewed_since(now).sortable());
        let ask = Ask { index: Some(keys::GSI1), forward: false, limit: Some(limit), since, ..Ask::of(Table::Cell, keys::UNSERVED.to_owned()) };
        let page = self.query(ask).await?;
        let mut heads: Vec<OrderHead> = page.items.into_iter().map(parse).collect::<Result<_, _>>()?;
        heads.retain(|h| h.transfer.is_some());
        let keys: Vec<Key> = heads.iter().filter_map(|h| Some(Key::cell(keys::transfer(h.transfer.as_ref()?), keys::HEAD))).collect();
        let transfers = self.batch_get(&keys, false).await?;
        let mut all = Vec::new();
        for (head, transfer) in heads.into_iter().zip(transfers) {
            let transfer: Option<Transfer> = transfer.map(parse).transpose()?;
            all.extend(transfer.filter(|t| t.state == TransferState::Rejected).map(|t| (head, t)));
        }
        Ok((all, page.next.is_some()))
    }

    /// A delivery by its id: `dlv_<order's tail>-<attempt>`.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn delivery(&self, d: &DeliveryId) -> Result<Option<Delivery>, StoreError> {
        let Some((tail, attempt)) = d.as_str().trim_start_matches("dlv_").rsplit_once('-') else { return Ok(None) };
        let (Ok(order), Ok(attempt)) = (OrderId::from_tail(tail), attempt.parse::<u32>()) else { return Ok(None) };
        self.get(&Key::cell(keys::order(&order), keys::delivery(attempt)), true).await
    }

    /// All deliveries of an order, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn deliveries(&self, order: &OrderId) -> Result<Vec<Delivery>, StoreError> {
        let items = self.query_all(Ask { begins: keys::DELIVERY, strong: true, ..Ask::of(Table::Cell, keys::order(order)) }).await?;
        items.into_iter().map(parse).collect()
    }

    /// Deliveries of the chain that people should look at, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn troubled_deliveries(&self, limit: i32) -> Result<Vec<Delivery>, StoreError> {
        let ask = Ask { index: Some(keys::GSI1), limit: Some(limit), ..Ask::of(Table::Cell, keys::TROUBLED.to_owned()) };
        self.query(ask).await?.items.into_iter().map(parse).collect()
    }

    /// The first success under an idempotency key.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn idempotency(&self, who: &str, key: &str) -> Result<Option<Idempotency>, StoreError> {
        self.get(&Idempotency::key(who, key), true).await
    }
}
