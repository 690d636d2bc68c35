//! Tills: what is sold there whoever was promised it, and what comes in or breaks.

use std::sync::Arc;

use liandian_contracts::{Message, Routed};
use liandian_domain::stores::hours::{self, CHINA};
use liandian_functions::{flows::stock::shelf, http::Failure, routes};
use liandian_types::{
    SkuId, StoreId, Timestamp,
    api::{FactLine, PosLine, PosSale},
};
use serde_json::json;
use tokio::time::sleep;

use super::{SKUS, World, call, clerk, id};
use crate::engine::EXPIRES_SKU;

/// So often in a row no fault that ends one day keeps a sale from being acknowledged.
const MOST_FAILURES: u32 = 100;

impl World {
    /// Sells what lies there, whoever was promised it, and tells of it late and more than once; goods come in, too.
    pub(super) async fn till(self: Arc<Self>, store: StoreId) {
        let e = &self.engine;
        let mut number = 0;
        loop {
            sleep(e.between(60_000, 900_000)).await;
            if self.is_calm() {
                return;
            }
            number += 1;
            let which = e.pick(SKUS as u64);
            let sku: SkuId = id(format!("sku_{which}"));
            if e.roll(0.1) {
                // Some breaks, and sometimes it is decided anew how much is kept back.
                self.book(|b| *b.till.entry((store.clone(), sku.clone())).or_default() += 1);
                let loss = json!({"kind": "loss", "reason": "破损", "lines": [{"sku": sku, "quantity": 1}]});
                let key = format!("loss-{}", e.pick(u64::MAX));
                let broke = call(clerk(self.app.now()), &[("store", store.as_str())], Some(&loss), Some(&key), self.app.now());
                self.seen(self.mortal(routes::stock::shelf::adjust(self.app.clone(), broke)).await);
                let path = [("store", store.as_str()), ("sku", sku.as_str())];
                let kept = call(clerk(self.app.now()), &path, Some(&json!({"safety": e.pick(3)})), None, self.app.now());
                self.seen(self.mortal(routes::stock::shelf::safety(self.app.clone(), kept)).await);
                continue;
            }
            if e.roll(0.3) {
                // Some of it is good for today only.
                let day = hours::day(self.app.now().plus(i64::try_from(e.pick(4)).unwrap_or(0) * Timestamp::DAY), CHINA);
                let dated = (sku.as_str() == EXPIRES_SKU).then(|| day.to_string());
                let line = FactLine { sku, quantity: 2, expires_on: dated };
                let body = json!({"kind": "receipt", "lines": [line]});
                let call =
                    call(clerk(self.app.now()), &[("store", store.as_str())], Some(&body), Some(&format!("in-{}", e.pick(u64::MAX))), self.app.now());
                self.seen(self.mortal(routes::stock::shelf::receive(self.app.clone(), call)).await);
                continue;
            }
            let sale = PosSale {
                till: "1".into(),
                number: number.to_string(),
                sold_at: self.app.now(),
                lines: vec![PosLine { sku: sku.clone(), quantity: 1, returned_to: None, expires_on: None }],
            };
            self.book(|b| *b.till.entry((store.clone(), sku)).or_default() += 1);
            self.spawn(self.clone().tell(store.clone(), sale));
        }
    }

    async fn tell(self: Arc<Self>, store: StoreId, sale: PosSale) {
        let times = 1 + self.engine.pick(3);
        let (mut told, mut failed) = (0, 0);
        // Some bridges put it into the queue, and ask again by the door.
        if self.engine.roll(0.3) {
            let message = Message::PosSaleV1 { store: store.clone(), sale: sale.clone() };
            let send = async { self.app.queues.send(&[Routed { message, delay_s: 0 }]).await.map_err(Failure::from) };
            let _ = self.mortal(send).await;
        }
        // Until it is acknowledged, and a few times more.
        while told < times {
            sleep(self.engine.between(100, 3_600_000)).await;
            if let Some(Ok(_)) = self.seen(self.mortal(shelf::sold(&self.app, &store, &sale, self.app.now())).await) {
                (told, failed) = (told + 1, 0);
                continue;
            }
            failed += 1;
            if failed == MOST_FAILURES {
                self.book(|b| b.wrong.push(format!("the till's sale {} is never acknowledged", sale.number)));
                return;
            }
        }
        self.book(|b| *b.rung.entry(store).or_default() += 1);
    }
}
