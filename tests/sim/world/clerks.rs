//! Clerks and the people who answer them: orders are put together, parcels shipped, transfers driven on, shortfalls told.

use std::{sync::Arc, time::Duration};

use liandian_domain::{orders::shortfall::MissingUnits, transfers::Party};
use liandian_functions::{
    flows::orders::shortfalls::{self, Choice},
    http::{Caller, Failure, Reply},
    routes,
};
use liandian_types::{Fulfilment, OrderId, OrderState, StoreId, TransferState, TransferStep, api::Offer};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{World, call, clerk, reliable};

impl World {
    pub(super) async fn staff(self: Arc<Self>, store: StoreId) {
        loop {
            sleep(if self.is_calm() { self.engine.between(20 * 60_000, 60 * 60_000) } else { self.engine.between(60_000, 300_000) }).await;
            // What does not work this time is tried again the next.
            let _ = self.round(&store).await;
        }
    }

    /// Something of an order is not where it should be: its customer is asked, and wants a transfer, or the money, or does not answer.
    async fn lacks(self: Arc<Self>, store: StoreId, order: OrderId) {
        let (e, app) = (&self.engine, &self.app);
        let Ok(Some((_, body))) = app.tables.order(&order).await else { return };
        let line = &body.lines[usize::try_from(e.pick(body.lines.len() as u64)).unwrap_or(0)];
        let missing = [MissingUnits { sku: line.sku.clone(), units: 1 + u32::try_from(e.pick(u64::from(line.quantity.get()))).unwrap_or(0) }];
        for _ in 0..3 {
            match self.seen(self.mortal(shortfalls::report(app, &store, &order, &missing, app.now())).await) {
                Some(Ok(())) => break,
                Some(Err(Failure::Problem(_))) => return,
                _ => sleep(Duration::from_secs(5)).await,
            }
        }
        self.chooses(order).await;
    }

    /// The customer whose order lacks something takes what is there, or another source, or the money, or does not answer.
    async fn chooses(self: Arc<Self>, order: OrderId) {
        let (e, app) = (&self.engine, &self.app);
        sleep(e.between(30_000, 40 * 60_000)).await;
        let Ok(Some((head, body))) = app.tables.order(&order).await else { return };
        let offers = self.mortal(shortfalls::offers(app, &head, &body, None, app.now())).await.and_then(Result::ok).unwrap_or_default();
        let source = offers.into_iter().find_map(|o| if let Offer::Transfer { source, .. } = o { Some(source) } else { None });
        for _ in 0..3 {
            let choice = match &source {
                Some(s) if e.roll(0.5) => Choice::Transfer(s),
                _ if e.roll(0.5) => Choice::Keep,
                _ if e.roll(0.5) => Choice::Refund,
                _ => return,
            };
            match self.seen(self.mortal(shortfalls::choose(app, &order, choice, app.now())).await) {
                Some(Ok(()) | Err(Failure::Problem(_))) => return,
                _ => sleep(Duration::from_secs(5)).await,
            }
        }
    }

    async fn round(self: &Arc<Self>, store: &StoreId) -> Option<()> {
        let e = &self.engine;
        let orders = |state| self.app.tables.orders_of_store(store, state, 50, None);
        let act = |path: Vec<(&'static str, String)>, body: Value| {
            let path: Vec<(&str, &str)> = path.iter().map(|(k, v)| (*k, v.as_str())).collect();
            call(Caller::Anybody, &path, Some(&body), None, self.app.now())
        };
        // Two clerks press the same button, sometimes.
        let twice = async |one: &(dyn Fn() -> futures::future::BoxFuture<'static, Result<Reply, Failure>> + Sync)| {
            if e.roll(0.3) {
                let (a, b) = futures::join!(self.mortal(one()), self.mortal(one()));
                self.seen(a);
                self.seen(b);
            } else {
                self.seen(self.mortal(one()).await);
            }
        };
        let whose = |order: &OrderId| vec![("store", store.to_string()), ("order", order.to_string())];
        for h in orders(OrderState::Preparing).await.ok()?.0 {
            if e.roll(0.15) && !self.is_calm() {
                self.spawn(self.clone().lacks(store.clone(), h.order.clone()));
                continue;
            }
            // What a transfer did not bring.
            if h.shortfall.as_ref().is_some_and(|s| s.unpromised) && e.roll(0.3) {
                self.spawn(self.clone().chooses(h.order.clone()));
                continue;
            }
            if h.shortfall.is_some() && e.roll(0.9) {
                continue;
            }
            if h.fulfilment == Fulfilment::HqShip {
                // Some are never shipped; some numbers are put right.
                if reliable(&h.order) {
                    let parcel = json!({"carrier": "sf", "number": format!("SF{:08}", e.pick(3)), "fresh": true});
                    twice(&|| Box::pin(routes::orders::parcel::ship(self.app.clone(), act(whose(&h.order), parcel.clone())))).await;
                }
                continue;
            }
            twice(&|| Box::pin(routes::orders::ready::handle(self.app.clone(), act(whose(&h.order), json!({}))))).await;
        }
        for h in orders(OrderState::Ready).await.ok()?.0 {
            // One in eight customers never comes; the others when they have time.
            if h.fulfilment == Fulfilment::Pickup && reliable(&h.order) && e.roll(0.5) {
                let code = json!({"code": format!("LD:{}:{}", h.order, h.pickup_code), "sure": true, "fresh": true});
                twice(&|| Box::pin(routes::orders::pickup::verify(self.app.clone(), act(vec![("store", store.to_string())], code.clone())))).await;
            }
        }
        for h in self.app.tables.parcels_of_store(store, 50, None).await.ok()?.0 {
            if e.roll(0.05) && !self.is_calm() {
                twice(&|| Box::pin(routes::orders::parcel::lost(self.app.clone(), act(whose(&h.order), json!({}))))).await;
            }
        }
        // A shelf is filled up from elsewhere, whether or not there is enough.
        if e.roll(0.1) && !self.is_calm() {
            let lines: Vec<Value> = (0..=e.pick(2)).map(|n| json!({"sku": format!("sku_{n}"), "quantity": 1 + e.pick(4)})).collect();
            let from = if e.roll(0.5) { json!({"source": "loc_a", "lines": lines}) } else { json!({"lines": lines}) };
            let (path, key) = ([("store", store.to_string())], format!("fill-{}", e.pick(u64::MAX)));
            let one = || {
                let path: Vec<(&str, &str)> = path.iter().map(|(k, v)| (*k, v.as_str())).collect();
                let app = self.app.clone();
                let ask = call(clerk(app.now()), &path, Some(&from), Some(&key), app.now());
                Box::pin(routes::transfers::ask(app, ask)) as futures::future::BoxFuture<'static, Result<Reply, Failure>>
            };
            twice(&one).await;
        }
        let (out, into, _) = self.app.tables.transfers_of(store, 50, 5).await.ok()?;
        for t in out.into_iter().chain(into) {
            // HQ calls one off, or back, or gives it up, sometimes.
            if e.roll(0.03) {
                let steps = t.steps_for(&Party::Hq);
                let Some(step) = steps.get(usize::try_from(e.pick(steps.len() as u64)).ok()?).copied() else { continue };
                let (path, body) = (vec![("transfer", t.transfer.to_string())], json!({"step": step, "reason": "simulated"}));
                twice(&|| Box::pin(routes::transfers::hq_step(self.app.clone(), act(path.clone(), body.clone())))).await;
                continue;
            }
            let steps = t.steps_for(&Party::Store(store.clone()));
            let Some(step) = steps.get(usize::try_from(e.pick(steps.len() as u64)).ok()?).copied() else { continue };
            // One in eight is forgotten for ever; sources refuse sometimes, and sometimes do not look.
            let forgotten = !reliable(&t.transfer) && t.state != TransferState::Requested;
            if forgotten || e.roll(0.2) || (step == TransferStep::Reject && e.roll(0.5)) {
                continue;
            }
            let mut body = json!({"step": step, "reason": "simulated", "fresh": true});
            if matches!(step, TransferStep::Receive | TransferStep::Accept) && e.roll(0.3) {
                let sent = t.lines[0].accepted.unwrap_or(t.lines[0].quantity);
                // Nothing of it, a little less, or (where people count) one more than was sent.
                let more = u32::from(step == TransferStep::Receive);
                let quantity = [0, sent.saturating_sub(1), sent + more][usize::try_from(e.pick(3)).ok()?];
                body["lines"] = json!([{"sku": t.lines[0].sku, "quantity": quantity}]);
            }
            let path = vec![("store", store.to_string()), ("transfer", t.transfer.to_string())];
            twice(&|| Box::pin(routes::transfers::step(self.app.clone(), act(path.clone(), body.clone())))).await;
        }
        Some(())
    }
}
