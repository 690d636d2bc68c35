//! The payment provider's word: call-backs that are lost, late or doubled, and payments that no order needed.

use std::{sync::Arc, time::Duration};

use liandian_functions::flows::payments;
use liandian_partners::payment::Transaction;
use liandian_types::OrderId;
use tokio::time::sleep;

use super::World;

impl World {
    /// The provider's call-backs: none, one or several, soon or late. Of a payment for an order that is closed nobody asks any more: the provider tells it
    /// until it is acknowledged.
    pub(super) async fn told(self: Arc<Self>, t: Transaction, late: bool) {
        if late {
            loop {
                sleep(self.engine.between(100, 60_000)).await;
                if let Some(Ok(())) = self.seen(self.mortal(payments::take(&self.app, &t, self.app.now())).await) {
                    return;
                }
            }
        }
        let times = match self.engine.pick(10) {
            0 => 0,
            1..=7 => 1,
            _ => 3,
        };
        for _ in 0..times {
            sleep(if self.engine.roll(0.1) { self.engine.between(60_000, 1_800_000) } else { self.engine.between(100, 5_000) }).await;
            for _ in 0..4 {
                match self.seen(self.mortal(payments::take(&self.app, &t, self.app.now())).await) {
                    Some(Ok(())) => break,
                    _ => sleep(Duration::from_secs(15)).await,
                }
            }
        }
    }

    /// A payment beside the one that an order lives on, told until it is heard, and once more.
    pub(super) async fn pays_twice(self: Arc<Self>, order: OrderId) {
        for _ in 0..200 {
            sleep(self.engine.between(30_000, 300_000)).await;
            if self.app.tables.order_head(&order).await.ok().flatten().is_some_and(|h| h.transaction.is_some()) {
                break;
            }
        }
        let Some(again) = self.bank.pay_again(&order, self.app.now()) else { return };
        for _ in 0..2 {
            while !matches!(self.seen(self.mortal(payments::take(&self.app, &again, self.app.now())).await), Some(Ok(()))) {
                sleep(Duration::from_secs(15)).await;
            }
        }
    }
}
