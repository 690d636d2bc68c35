//! Customers: they buy at the same time, cancel, regret, wait for parcels; one wants everything and pays for nothing.

use std::{sync::Arc, time::Duration};

use liandian_functions::{http::Caller, routes};
use liandian_types::{
    Fulfilment, MemberId, OrderId, OrderState, StoreId,
    api::{Offer, PlacedOrder, Quote},
};
use serde_json::json;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

use super::{GRABS, SKUS, START, STORES, WAREHOUSE, World, call, id};

impl World {
    pub(super) async fn customer(self: Arc<Self>, n: usize, member: MemberId) -> anyhow::Result<()> {
        for purchase in 0..4 {
            // All at once, mostly: then they meet.
            let rush = Duration::from_secs(15 * 60 * (1 + purchase));
            tokio::time::sleep_until(START.with(|s| s.get()).unwrap_or_else(Instant::now) + rush + self.engine.between(0, 400)).await;
            if self.engine.roll(0.2) {
                sleep(self.engine.between(0, 10 * 60_000)).await;
            }
            self.purchase(&member, &format!("key-{n:02}-{purchase:02}")).await?;
        }
        Ok(())
    }

    async fn purchase(self: &Arc<Self>, member: &MemberId, key: &str) -> anyhow::Result<()> {
        let e = &self.engine;
        // Half of them want the same.
        let hot = e.roll(0.5);
        let store: StoreId = id(format!("sto_{}", STORES[if hot { 0 } else { usize::try_from(e.pick(3))? }].0));
        let first = if hot { 0 } else { e.pick(SKUS as u64) };
        let mut lines = vec![json!({"sku": format!("sku_{first}"), "quantity": 1 + e.pick(3)})];
        if e.roll(0.5) {
            lines.push(json!({"sku": format!("sku_{}", (first + 1) % SKUS as u64), "quantity": 1 + e.pick(2)}));
        }
        let fulfilment = match e.pick(20) {
            0..=7 => Fulfilment::Delivery,
            8..=10 => Fulfilment::HqShip,
            _ => Fulfilment::Pickup,
        };
        let point = json!({"lat": 31.202, "lng": 121.401});
        let comes_home = fulfilment != Fulfilment::Pickup;
        let ship_from = (fulfilment == Fulfilment::HqShip).then_some(WAREHOUSE);
        let ask = json!({
            "store": store, "lines": lines, "fulfilment": fulfilment, "ship_from": ship_from, "to": comes_home.then_some(&point),
        });
        let Some(quote) =
            self.tried(4, || routes::orders::quote::create(self.app.clone(), call(Caller::Anybody, &[], Some(&ask), None, self.app.now()))).await
        else {
            return Ok(());
        };
        let quote: Quote = serde_json::from_str(&quote.body)?;
        let source = quote.offers.iter().find_map(|o| if let Offer::Transfer { source, .. } = o { Some(source.clone()) } else { None });
        sleep(e.between(0, 500)).await;
        let recipient = json!({"name": "某人", "phone": "13800000000", "address": "某路 1 号", "point": point});
        let body = json!({
            "store": store, "lines": lines, "fulfilment": fulfilment, "expect_total": quote.total, "transfer_from": source,
            "ship_from": ship_from, "recipient": comes_home.then_some(recipient),
        });
        self.book(|b| b.tried.entry(member.clone()).or_default().insert(key.to_owned()));
        let place =
            || routes::orders::place::handle(self.app.clone(), call(Caller::Member(member.clone()), &[], Some(&body), Some(key), self.app.now()));
        let (answered, placed) = self.answered(6, place).await;
        let Some(placed) = placed else {
            if answered {
                // Refused for good: this key has no order.
                self.book(|b| b.tried.entry(member.clone()).or_default().remove(key));
            }
            return Ok(());
        };
        let placed: PlacedOrder = serde_json::from_str(&placed.body)?;
        // The client asks once more, as one does whose answer came late.
        if e.roll(0.3)
            && let Some(again) = self.tried(3, place).await
        {
            let again: PlacedOrder = serde_json::from_str(&again.body)?;
            if again.order != placed.order {
                self.book(|b| b.wrong.push(format!("{key} was answered with {} and with {}", placed.order, again.order)));
            }
        }
        self.book(|b| b.keys.insert(key.to_owned(), placed.order.clone()));
        match e.pick(10) {
            0 => {
                sleep(e.between(1_000, 600_000)).await;
                let path = [("order", placed.order.as_str())];
                self.tried(3, || {
                    routes::orders::cancel::handle(
                        self.app.clone(),
                        call(Caller::Member(member.clone()), &path, Some(&json!({})), None, self.app.now()),
                    )
                })
                .await;
            }
            1 => {}
            _ => {
                // Some pay in the last moment, some a little later than that.
                sleep(if e.roll(0.2) { e.between(13 * 60_000, 17 * 60_000) } else { e.between(2_000, 300_000) }).await;
                let late = self.bank.account(&placed.order).closed;
                if let Some(t) = self.bank.pay(&placed.order, placed.total, self.app.now()) {
                    self.spawn(self.clone().told(t, late));
                    if e.roll(0.04) {
                        self.spawn(self.clone().pays_twice(placed.order.clone()));
                    }
                    if e.roll(0.08) {
                        self.spawn(self.clone().regrets(member.clone(), placed.order.clone()));
                    }
                    if fulfilment == Fulfilment::HqShip && e.roll(0.7) {
                        self.spawn(self.clone().expects(member.clone(), placed.order));
                    }
                }
            }
        }
        Ok(())
    }

    /// Places many orders at one instant, and lets those that are taken lapse: never more of them than a member may have.
    pub(super) async fn grabs(self: Arc<Self>, member: MemberId) -> anyhow::Result<()> {
        sleep(self.engine.between(0, 40 * 60_000)).await;
        let mut hands = JoinSet::new();
        for n in 0..GRABS {
            let (world, member, key) = (self.clone(), member.clone(), format!("grab-{n}"));
            self.book(|b| b.tried.entry(member.clone()).or_default().insert(key.clone()));
            let ask = json!({
                "store": "sto_b", "lines": [{"sku": "sku_3", "quantity": 1}], "fulfilment": "pickup", "expect_total": 1290, "again": true,
            });
            hands.spawn(async move {
                let place = || {
                    routes::orders::place::handle(
                        world.app.clone(),
                        call(Caller::Member(member.clone()), &[], Some(&ask), Some(&key), world.app.now()),
                    )
                };
                if let (true, None) = world.answered(6, place).await {
                    world.book(|b| b.tried.entry(member.clone()).or_default().remove(&key));
                }
            });
        }
        while let Some(done) = hands.join_next().await {
            done?;
        }
        Ok(())
    }

    /// Has paid, and thinks better of it; says so twice, for not every answer is heard.
    async fn regrets(self: Arc<Self>, member: MemberId, order: OrderId) {
        sleep(self.engine.between(5_000, 20 * 60_000)).await;
        let path = [("order", order.as_str())];
        for _ in 0..2 {
            let says = || {
                let call = call(Caller::Member(member.clone()), &path, Some(&json!({"sure": true})), None, self.app.now());
                routes::orders::cancel::handle(self.app.clone(), call)
            };
            self.answered(3, says).await;
        }
    }

    /// Waits for a parcel and says that it came; those who do not are taken to have it some day.
    async fn expects(self: Arc<Self>, member: MemberId, order: OrderId) {
        let path = [("order", order.as_str())];
        for _ in 0..40 {
            sleep(self.engine.between(60_000, 15 * 60_000)).await;
            if self.app.tables.order_head(&order).await.ok().flatten().is_some_and(|h| h.state == OrderState::Delivering) {
                let says = || {
                    let call = call(Caller::Member(member.clone()), &path, Some(&json!({})), None, self.app.now());
                    routes::orders::parcel::received(self.app.clone(), call)
                };
                if self.answered(3, says).await.0 {
                    return;
                }
            }
        }
    }
}
