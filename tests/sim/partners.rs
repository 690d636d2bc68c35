//! The payment provider and the rider platform as models: what they do, and how they fail.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use futures::future::BoxFuture;
use liandian_partners::{
    PartnerError,
    delivery::{Job, News, Riders, UNKNOWN_DELIVERY},
    payment::{GiveBack, Provider, Refund, Status, Transaction},
};
use liandian_types::{DeliveryId, Fen, OrderId, RiderWord, Timestamp};
use tokio::{sync::mpsc::UnboundedSender, time::sleep};

use crate::engine::{Engine, Plant, explain};

fn unreachable(partner: &'static str) -> PartnerError {
    PartnerError::Unreachable { partner, cause: "simulated".into() }
}

fn refused(partner: &'static str, code: &str) -> PartnerError {
    explain();
    PartnerError::Refused { partner, code: code.into(), message: "simulated".into() }
}

/// What the provider knows of an order.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// The payment.
    pub paid: Option<Transaction>,
    /// It can never be paid.
    pub closed: bool,
    /// The money that went back, by the number of its refund.
    pub back: BTreeMap<String, Fen>,
    /// Payments beside it, and whether they were given back.
    pub extra: Vec<(Transaction, bool)>,
    processing: u32,
}

impl Account {
    /// What the merchant has of it.
    pub fn kept(&self) -> Fen {
        self.paid.as_ref().map_or(Fen::ZERO, |t| t.amount) - self.back.values().copied().sum::<Fen>()
    }
}

/// The payment provider.
pub struct Bank {
    engine: Arc<Engine>,
    accounts: Mutex<BTreeMap<OrderId, Account>>,
}

impl Bank {
    /// Without accounts.
    pub fn new(engine: Arc<Engine>) -> Arc<Self> {
        Arc::new(Self { engine, accounts: Mutex::default() })
    }

    fn with<T>(&self, order: &OrderId, f: impl FnOnce(&mut Account) -> T) -> T {
        f(self.accounts.lock().unwrap_or_else(PoisonError::into_inner).entry(order.clone()).or_default())
    }

    /// What it knows of an order.
    pub fn account(&self, order: &OrderId) -> Account {
        self.with(order, |a| a.clone())
    }

    /// Its customer pays; nothing when the order is paid. A payment that was under way when the order was closed may come through all the same.
    pub fn pay(&self, order: &OrderId, amount: Fen, now: Timestamp) -> Option<Transaction> {
        let late = self.engine.roll(0.5);
        self.with(order, |a| {
            if a.paid.is_some() || (a.closed && !late) {
                return None;
            }
            a.paid = Some(Transaction { order: order.clone(), transaction: format!("wx-{order}"), amount, at: now });
            a.paid.clone()
        })
    }

    /// Its customer pays once more, whatever it stands at; nothing when it was never paid.
    pub fn pay_again(&self, order: &OrderId, now: Timestamp) -> Option<Transaction> {
        self.with(order, |a| {
            let n = a.extra.len();
            let again = a.paid.as_ref().map(|t| Transaction { transaction: format!("{}-{n}", t.transaction), at: now, ..t.clone() })?;
            a.extra.push((again.clone(), false));
            Some(again)
        })
    }

    async fn asked<T>(&self, what: impl FnOnce() -> T) -> Result<T, PartnerError> {
        let rate = self.engine.rates().partner;
        sleep(self.engine.between(5, 200)).await;
        if self.engine.roll(rate / 2.0) {
            explain();
            return Err(unreachable("payment"));
        }
        let answer = what();
        sleep(self.engine.between(5, 200)).await;
        if self.engine.roll(rate / 2.0) {
            explain();
            Err(unreachable("payment"))
        } else {
            Ok(answer)
        }
    }
}

impl Provider for Bank {
    fn query<'a>(&'a self, order: &'a OrderId, _now: Timestamp) -> BoxFuture<'a, Result<Status, PartnerError>> {
        Box::pin(self.asked(|| {
            self.with(order, |a| match &a.paid {
                Some(_) if !a.back.is_empty() => Status::Refunded,
                Some(t) => Status::Paid(t.clone()),
                None if a.closed => Status::Closed,
                None => Status::Unpaid,
            })
        }))
    }

    fn close<'a>(&'a self, order: &'a OrderId, _now: Timestamp) -> BoxFuture<'a, Result<(), PartnerError>> {
        Box::pin(async move {
            let planted = self.engine.plant() == Some(Plant::CloseAtProvider);
            self.asked(|| {
                self.with(order, |a| {
                    if a.paid.is_some() {
                        return Err(refused("payment", "ORDERPAID"));
                    }
                    a.closed = !planted;
                    Ok(())
                })
            })
            .await?
        })
    }

    fn refund<'a>(&'a self, money: &'a GiveBack, _now: Timestamp) -> BoxFuture<'a, Result<Refund, PartnerError>> {
        Box::pin(async move {
            let waits = self.engine.roll(0.3);
            self.asked(|| {
                self.with(&money.order, |a| {
                    // A second payment has money of its own.
                    if let Some((second, done)) = a.extra.iter_mut().find(|(t, _)| Some(&t.transaction) == money.transaction.as_ref()) {
                        assert_eq!(second.amount, money.amount, "{}: all of it", money.order);
                        *done = true;
                        return Ok(Refund::Done);
                    }
                    let Some(paid) = &a.paid else { return Err(refused("payment", "NOT_PAID")) };
                    assert_eq!(paid.amount, money.charged, "{}: of what was paid", money.order);
                    assert_eq!(Some(&paid.transaction), money.transaction.as_ref(), "{}: the payment that it lives on", money.order);
                    if !a.back.contains_key(&money.number) && waits && a.processing < 3 {
                        a.processing += 1;
                        explain();
                        return Ok(Refund::Processing);
                    }
                    let before = *a.back.entry(money.number.clone()).or_insert(money.amount);
                    assert_eq!(before, money.amount, "{}: a refund that is asked for again is the same", money.order);
                    assert!(a.kept() >= Fen::ZERO, "{}: more goes back than was paid", money.order);
                    Ok(Refund::Done)
                })
            })
            .await?
        })
    }
}

/// The rider platform.
pub struct Platform {
    engine: Arc<Engine>,
    states: Mutex<BTreeMap<DeliveryId, RiderWord>>,
    new: UnboundedSender<DeliveryId>,
}

impl Platform {
    /// Without deliveries; tells of new ones.
    pub fn new(engine: Arc<Engine>, new: UnboundedSender<DeliveryId>) -> Arc<Self> {
        Arc::new(Self { engine, states: Mutex::default(), new })
    }

    /// Where a delivery stands.
    pub fn state(&self, d: &DeliveryId) -> Option<RiderWord> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).get(d).copied()
    }

    /// Moves a delivery.
    pub fn set(&self, d: &DeliveryId, state: RiderWord) {
        self.states.lock().unwrap_or_else(PoisonError::into_inner).insert(d.clone(), state);
    }
}

impl Riders for Platform {
    fn add<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Result<(), PartnerError>> {
        Box::pin(async move {
            let rate = self.engine.rates().partner;
            sleep(self.engine.between(5, 300)).await;
            if self.engine.roll(rate / 2.0) {
                explain();
                return Err(unreachable("delivery"));
            }
            if self.engine.roll(rate) {
                return Err(refused("delivery", "no carrier"));
            }
            let known = self.states.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&job.delivery);
            if !known {
                self.set(&job.delivery, RiderWord::Looking);
                let _ = self.new.send(job.delivery.clone());
            }
            sleep(self.engine.between(5, 300)).await;
            if self.engine.roll(rate / 2.0) {
                explain();
                Err(unreachable("delivery"))
            } else {
                Ok(())
            }
        })
    }

    fn cancel<'a>(&'a self, delivery: &'a DeliveryId) -> BoxFuture<'a, Result<(), PartnerError>> {
        Box::pin(async move {
            sleep(self.engine.between(5, 300)).await;
            if self.engine.roll(self.engine.rates().partner) {
                explain();
                return Err(unreachable("delivery"));
            }
            let state = self.states.lock().unwrap_or_else(PoisonError::into_inner).get(delivery).copied();
            match state {
                Some(RiderWord::Looking | RiderWord::Accepted | RiderWord::AtStore | RiderWord::Withdrawn) => {
                    self.set(delivery, RiderWord::Cancelled);
                    Ok(())
                }
                Some(RiderWord::Cancelled) => Ok(()),
                _ => Err(refused("delivery", "too late, or unknown")),
            }
        })
    }

    fn query<'a>(&'a self, delivery: &'a DeliveryId) -> BoxFuture<'a, Result<News, PartnerError>> {
        Box::pin(async move {
            sleep(self.engine.between(5, 300)).await;
            if self.engine.roll(self.engine.rates().partner) {
                explain();
                return Err(unreachable("delivery"));
            }
            let state = self.states.lock().unwrap_or_else(PoisonError::into_inner).get(delivery).copied();
            let word = state.ok_or_else(|| refused("delivery", UNKNOWN_DELIVERY))?;
            Ok(News { delivery: delivery.clone(), word, rider: None, rider_phone: None, at: None })
        })
    }
}
