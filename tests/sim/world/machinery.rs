//! What runs by itself: the sweeper, the streams, the queues' workers, and stock records that are split and folded while they sell.

use std::{sync::Arc, time::Duration};

use aws_lambda_events::{
    dynamodb::{self, EventRecord},
    sqs::{SqsEvent, SqsMessage},
};
use liandian_functions::{
    function::{self, Kind},
    invoke, workers,
};
use liandian_local::{mappings, stream::Source, tables};
use liandian_types::{LocationId, SkuId, Timestamp};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

use super::{SKUS, World, id};
use crate::engine::{Plant, explain};

impl World {
    /// Splits records and folds them while they sell, two at once sometimes. Some stay split at the end of the day.
    pub(super) async fn rows(self: Arc<Self>, shelf: LocationId) {
        let (e, store) = (&self.engine, &self.app.tables);
        loop {
            sleep(e.between(5_000, 240_000)).await;
            if self.is_calm() {
                return;
            }
            let sku: SkuId = id(format!("sku_{}", if e.roll(0.5) { 0 } else { e.pick(SKUS as u64) }));
            let until = e.roll(0.7).then(|| self.app.now().plus(10 * Timestamp::MINUTE));
            let shards = 1 + u16::try_from(e.pick(6)).unwrap_or(0);
            // What it met or lost is left half done: that must be as good as done.
            let _ = match e.pick(5) {
                0 | 1 => self.mortal(store.split(&shelf, &sku, shards, until)).await,
                2 => self.mortal(store.fold(&shelf, &sku)).await,
                3 => self.mortal(store.even_out(&shelf, &sku)).await,
                _ => {
                    let (split, fold) = futures::join!(self.mortal(store.split(&shelf, &sku, shards, until)), self.mortal(store.fold(&shelf, &sku)));
                    split.or(fold)
                }
            };
        }
    }

    pub(super) async fn sweep(&self) {
        if self.engine.plant() != Some(Plant::Sweeper) {
            self.seen(self.mortal(workers::sweeper(self.app.clone())).await);
        }
    }

    pub(super) async fn stream(self: Arc<Self>, name: &'static str) {
        let f = function::find(name).expect("a function");
        let Kind::Stream { prefixes, hq_prefixes, .. } = f.kind else { return };
        let source = Source::Here(self.engine.primary.clone());
        let mut followed = vec![(tables::CELL, prefixes, None), (tables::HQ, hq_prefixes, None)];
        followed.retain(|(_, prefixes, _)| !prefixes.is_empty());
        let mut pending: Vec<EventRecord> = Vec::new();
        loop {
            let news = self.engine.wrote.notified();
            for (table, prefixes, iterator) in &mut followed {
                match source.records(table, iterator, None).await {
                    Ok((more, _)) => pending.extend(more.into_iter().filter(|r| mappings::wanted(r, prefixes))),
                    Err(error) => self.book(|b| b.wrong.push(format!("the stream of {table}: {error:#}"))),
                }
            }
            if pending.is_empty() {
                news.await;
                sleep(self.engine.between(10, 400)).await;
                continue;
            }
            self.shuffle(&mut pending);
            let n = 1 + usize::try_from(self.engine.pick(pending.len() as u64)).unwrap_or(0);
            let batch: Vec<EventRecord> = pending[..n].to_vec();
            let again = self.engine.roll(self.engine.rates().twice);
            let done = match self.mortal(invoke::stream(&self.app, f, event(batch.clone()))).await {
                Some(answer) => match answer.batch_item_failures.first() {
                    None => n,
                    Some(first) => batch.iter().position(|r| r.change.sequence_number == first.item_identifier).unwrap_or(0),
                },
                None => 0,
            };
            if again {
                let _ = self.mortal(invoke::stream(&self.app, f, event(batch))).await;
            }
            if done == 0 {
                sleep(self.engine.between(100, 1_000)).await;
            }
            pending.drain(..done);
        }
    }

    /// Any order, but of one item the order in which it changed.
    fn shuffle(&self, records: &mut [EventRecord]) {
        let key = |r: &EventRecord| format!("{:?}{:?}", r.change.keys.get("pk"), r.change.keys.get("sk"));
        for _ in 0..records.len() {
            let i = usize::try_from(self.engine.pick(records.len().saturating_sub(1) as u64)).unwrap_or(0);
            if i + 1 < records.len() && key(&records[i]) != key(&records[i + 1]) {
                records.swap(i, i + 1);
            }
        }
    }

    pub(super) async fn queues(self: Arc<Self>) {
        let mut work = JoinSet::new();
        loop {
            let news = self.engine.sent.notified();
            while work.try_join_next().is_some() {}
            let Some(m) = self.engine.receive() else {
                match self.engine.next_visible() {
                    Some(at) => tokio::select! {
                        biased;
                        () = tokio::time::sleep_until(at.max(Instant::now() + Duration::from_millis(1))) => {}
                        () = news => {}
                    },
                    None => news.await,
                }
                continue;
            };
            work.spawn(self.clone().work(m));
            sleep(self.engine.between(0, 50)).await;
        }
    }

    async fn work(self: Arc<Self>, m: crate::engine::Waiting) {
        let functions = liandian_functions::table::FUNCTIONS;
        let Some(f) = functions.iter().find(|f| matches!(f.kind, Kind::Queue { queue, .. } if queue == m.queue)) else { return };
        let most = liandian_functions::table::QUEUES.iter().find(|q| q.name == m.queue).map_or(6, |q| q.max_receives);
        let mut record = SqsMessage::default();
        record.message_id = Some(m.id.to_string());
        record.body = Some(m.body.clone());
        let mut e = SqsEvent::default();
        e.records = vec![record];
        let poisoned = m.poisoned;
        let work = async {
            if poisoned {
                explain();
            }
            invoke::queue(&self.app, f, e).await
        };
        let done = self.mortal(work).await.is_some_and(|a| a.batch_item_failures.is_empty());
        if done || m.receives >= most {
            self.engine.delete(m.id);
        }
    }
}

fn event(records: Vec<EventRecord>) -> dynamodb::Event {
    let mut e = dynamodb::Event::default();
    e.records = records;
    e
}
