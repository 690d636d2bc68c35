//! Riders, and the news of them that the platform sends.

use std::{sync::Arc, time::Duration};

use liandian_functions::flows::orders::deliveries;
use liandian_partners::delivery::News;
use liandian_types::{DeliveryId, RiderWord};
use tokio::{sync::mpsc::UnboundedReceiver, task::JoinSet, time::sleep};

use super::World;

impl World {
    pub(super) async fn riders(self: Arc<Self>, mut born: UnboundedReceiver<DeliveryId>) {
        let mut under_way = JoinSet::new();
        while let Some(d) = born.recv().await {
            under_way.spawn(self.clone().ride(d));
        }
    }

    /// A rider's way: one in ten calls off, gives the order back to the platform, or comes back with the goods.
    async fn ride(self: Arc<Self>, d: DeliveryId) {
        let e = &self.engine;
        let mut rider = 0;
        let mut step = 0;
        while step < 4 {
            sleep(e.between(20_000, 240_000)).await;
            // Called off meanwhile.
            if self.platform.state(&d) == Some(RiderWord::Cancelled) {
                return;
            }
            let word = [RiderWord::Accepted, RiderWord::AtStore, RiderWord::Delivering, RiderWord::Done][step];
            let word = match e.pick(30) {
                0 | 1 if step > 0 => RiderWord::Cancelled,
                2 if (1..3).contains(&step) => RiderWord::Withdrawn,
                3 if step == 3 => RiderWord::Abnormal,
                _ => word,
            };
            self.platform.set(&d, word);
            let name = ["王师傅", "李师傅", "张师傅"][rider % 3];
            let news = News { delivery: d.clone(), word, rider: Some(name.into()), rider_phone: None, at: Some(self.app.now()) };
            if !e.roll(0.1) {
                self.spawn(self.clone().news(news));
            }
            match word {
                RiderWord::Cancelled => return,
                // Another one takes it, or nobody does.
                RiderWord::Withdrawn => {
                    rider += 1;
                    step = if e.roll(0.7) { 0 } else { return };
                }
                RiderWord::Abnormal => {}
                _ => step += 1,
            }
        }
    }

    async fn news(self: Arc<Self>, news: News) {
        for _ in 0..if self.engine.roll(0.1) { 2 } else { 1 } {
            sleep(if self.engine.roll(0.1) { self.engine.between(60_000, 900_000) } else { self.engine.between(50, 3_000) }).await;
            for _ in 0..3 {
                match self.seen(self.mortal(deliveries::take_news(&self.app, &news, self.app.now())).await) {
                    Some(Ok(())) => break,
                    _ => sleep(Duration::from_secs(20)).await,
                }
            }
        }
    }
}
