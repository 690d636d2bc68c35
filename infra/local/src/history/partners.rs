//! The payment provider and the rider platform of the days that are played: they do what they are asked at once.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    future::ready,
    sync::{Mutex, PoisonError},
};

use futures::future::BoxFuture;
use liandian_partners::{
    PartnerError,
    delivery::{Job, News, Riders, UNKNOWN_DELIVERY},
    payment::{GiveBack, Provider, Refund, Status, Transaction},
};
use liandian_sandbox::PastPayment;
use liandian_types::{DeliveryId, Fen, OrderId, RiderWord, Timestamp};

fn refused(partner: &'static str, code: &str) -> PartnerError {
    PartnerError::Refused { partner, code: code.to_owned(), message: "in a day that is played".to_owned() }
}

#[derive(Default)]
struct Account {
    paid: Option<Transaction>,
    openid: String,
    closed: bool,
    /// What went back, by the number of the refund.
    back: BTreeMap<String, Fen>,
}

/// The payment provider.
#[derive(Default)]
pub(super) struct Bank(Mutex<BTreeMap<OrderId, Account>>);

impl Bank {
    fn with<T>(&self, order: &OrderId, f: impl FnOnce(&mut Account) -> T) -> T {
        f(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(order.clone()).or_default())
    }

    /// Its customer pays; nothing when it is closed.
    pub fn pay(&self, order: &OrderId, amount: Fen, openid: &str, number: u64, now: Timestamp) -> Option<Transaction> {
        self.with(order, |a| {
            if a.closed || a.paid.is_some() {
                return None;
            }
            openid.clone_into(&mut a.openid);
            let transaction = format!("4200{:013}{:011}", now.0, number % 100_000_000_000);
            a.paid = Some(Transaction { order: order.clone(), transaction, amount, at: now });
            a.paid.clone()
        })
    }

    /// All that was paid, and what went back of it.
    pub fn past(&self) -> Vec<PastPayment> {
        let accounts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let past = accounts.values().filter_map(|a| {
            let t = a.paid.as_ref()?;
            Some(PastPayment {
                order: t.order.to_string(),
                openid: a.openid.clone(),
                total: t.amount,
                transaction: t.transaction.clone(),
                paid_at: t.at,
                refunds: a.back.iter().map(|(number, amount)| (number.clone(), *amount)).collect(),
            })
        });
        past.collect()
    }
}

impl Provider for Bank {
    fn query<'a>(&'a self, order: &'a OrderId, _now: Timestamp) -> BoxFuture<'a, Result<Status, PartnerError>> {
        let status = self.with(order, |a| match &a.paid {
            Some(_) if !a.back.is_empty() => Status::Refunded,
            Some(t) => Status::Paid(t.clone()),
            None if a.closed => Status::Closed,
            None => Status::Unpaid,
        });
        Box::pin(ready(Ok(status)))
    }

    fn close<'a>(&'a self, order: &'a OrderId, _now: Timestamp) -> BoxFuture<'a, Result<(), PartnerError>> {
        let closed = self.with(order, |a| {
            if a.paid.is_some() {
                return Err(refused("payment", "ORDERPAID"));
            }
            a.closed = true;
            Ok(())
        });
        Box::pin(ready(closed))
    }

    fn refund<'a>(&'a self, money: &'a GiveBack, _now: Timestamp) -> BoxFuture<'a, Result<Refund, PartnerError>> {
        let given = self.with(&money.order, |a| {
            if a.paid.is_none() {
                return Err(refused("payment", "NOT_PAID"));
            }
            a.back.entry(money.number.clone()).or_insert(money.amount);
            Ok(Refund::Done)
        });
        Box::pin(ready(given))
    }
}

#[derive(Default)]
struct Deliveries {
    states: BTreeMap<DeliveryId, RiderWord>,
    new: Vec<DeliveryId>,
}

/// The rider platform.
#[derive(Default)]
pub(super) struct Platform(Mutex<Deliveries>);

impl Platform {
    fn with<T>(&self, f: impl FnOnce(&mut Deliveries) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Deliveries that were added since this was asked last, in the order of their ids: that does not hang on who came first.
    pub fn born(&self) -> Vec<DeliveryId> {
        let mut new = self.with(|d| std::mem::take(&mut d.new));
        new.sort_unstable();
        new
    }

    /// Where a delivery stands.
    pub fn state(&self, delivery: &DeliveryId) -> Option<RiderWord> {
        self.with(|d| d.states.get(delivery).copied())
    }

    /// Moves a delivery.
    pub fn set(&self, delivery: &DeliveryId, word: RiderWord) {
        self.with(|d| d.states.insert(delivery.clone(), word));
    }
}

impl Riders for Platform {
    fn add<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Result<(), PartnerError>> {
        self.with(|d| {
            if let Entry::Vacant(new) = d.states.entry(job.delivery.clone()) {
                new.insert(RiderWord::Looking);
                d.new.push(job.delivery.clone());
            }
        });
        Box::pin(ready(Ok(())))
    }

    fn cancel<'a>(&'a self, delivery: &'a DeliveryId) -> BoxFuture<'a, Result<(), PartnerError>> {
        let cancelled = self.with(|d| match d.states.get(delivery) {
            Some(RiderWord::Looking | RiderWord::Accepted | RiderWord::AtStore | RiderWord::Withdrawn | RiderWord::Cancelled) => {
                d.states.insert(delivery.clone(), RiderWord::Cancelled);
                Ok(())
            }
            _ => Err(refused("delivery", "too late, or unknown")),
        });
        Box::pin(ready(cancelled))
    }

    fn query<'a>(&'a self, delivery: &'a DeliveryId) -> BoxFuture<'a, Result<News, PartnerError>> {
        let word = self.state(delivery).ok_or_else(|| refused("delivery", UNKNOWN_DELIVERY));
        Box::pin(ready(word.map(|word| News { delivery: delivery.clone(), word, rider: None, rider_phone: None, at: None })))
    }
}
