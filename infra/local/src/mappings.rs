//! Event source mappings and schedules: queue → worker with partial batch failure, stream → function with bisection, ticks.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;
use aws_lambda_events::{
    dynamodb::{self, EventRecord},
    sqs::{SqsEvent, SqsMessage},
};
use aws_sdk_sqs::{
    Client as Sqs,
    config::timeout::TimeoutConfig,
    types::{DeleteMessageBatchRequestEntry, Message, MessageSystemAttributeName},
};
use liandian_functions::{
    function::{Function, Kind},
    table::FUNCTIONS,
};
use tokio::sync::{Semaphore, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    invoker::Invoker,
    stream::{self, Source},
    tables,
};

/// Seconds that a receive waits for the first message.
const WAIT_S: i32 = 10;

/// Batches of one queue that are worked on side by side.
const CONCURRENCY: usize = 4;
/// How often the cell table's stream is looked at while nothing happens.
const STREAM_EVERY: Duration = Duration::from_millis(25);
/// The same of the HQ table's, where next to nothing happens: each look costs the engine a query.
const HQ_STREAM_EVERY: Duration = Duration::from_millis(100);
/// How often a batch that cannot be worked on is tried before its bad record is put aside.
const STREAM_TRIES: u32 = 3;

/// What runs the workers.
#[derive(Clone)]
pub struct Mappings {
    /// Calls functions.
    pub invoker: Invoker,
    /// The queues.
    pub sqs: Sqs,
    /// Addresses by queue name.
    pub urls: BTreeMap<String, String>,
    /// The engine's streams.
    pub stream: Source,
    /// Where the stream positions are kept.
    pub folder: PathBuf,
    /// Paused while this says so (benchmarks measure with and without workers).
    pub paused: watch::Receiver<bool>,
    /// How often a minute's schedule runs; a minute outside of tests.
    pub minute: Duration,
}

impl Mappings {
    /// Starts every mapping; they end with `stop`.
    pub fn start(self, tasks: &TaskTracker, stop: &CancellationToken) {
        let me = Arc::new(self);
        for f in FUNCTIONS {
            let (me, stop) = (me.clone(), stop.clone());
            match f.kind {
                Kind::Queue { queue, batch, .. } => drop(tasks.spawn(async move { me.poll(f, queue, batch, stop).await })),
                Kind::Stream { prefixes, hq_prefixes, .. } => {
                    if !hq_prefixes.is_empty() {
                        let hq = Followed { table: tables::HQ, prefixes: hq_prefixes, every: HQ_STREAM_EVERY, position: format!("{}-hq", f.name) };
                        let (me, stop) = (me.clone(), stop.clone());
                        drop(tasks.spawn(async move { me.follow(f, hq, stop).await }));
                    }
                    if !prefixes.is_empty() {
                        let cell = Followed { table: tables::CELL, prefixes, every: STREAM_EVERY, position: f.name.to_owned() };
                        drop(tasks.spawn(async move { me.follow(f, cell, stop).await }));
                    }
                }
                Kind::Schedule { rate, .. } => drop(tasks.spawn(async move { me.tick(f, rate, stop).await })),
                Kind::Http { .. } | Kind::Page { .. } => {}
            }
        }
    }

    async fn unpaused(&self) {
        // An error means that nobody can pause any more.
        let _ = self.paused.clone().wait_for(|paused| !paused).await;
    }

    async fn poll(self: Arc<Self>, f: &'static Function, queue: &'static str, batch: u32, stop: CancellationToken) {
        let Some(url) = self.urls.get(queue).cloned() else { return };
        let room = Arc::new(Semaphore::new(CONCURRENCY));
        let patient = TimeoutConfig::builder().operation_attempt_timeout(Duration::from_secs(u64::from(WAIT_S.unsigned_abs()) + 5)).build();
        loop {
            self.unpaused().await;
            let Ok(permit) = room.clone().acquire_owned().await else { return };
            let receive = self
                .sqs
                .receive_message()
                .queue_url(&url)
                .max_number_of_messages(i32::try_from(batch.min(10)).unwrap_or(10))
                .wait_time_seconds(WAIT_S)
                .message_system_attribute_names(MessageSystemAttributeName::All)
                .customize()
                // A function's own calls may take three seconds; this one is meant to wait.
                .config_override(aws_sdk_sqs::config::Builder::new().timeout_config(patient.clone()))
                .send();
            let messages = tokio::select! {
                () = stop.cancelled() => return,
                received = receive => match received {
                    Ok(r) => r.messages.unwrap_or_default(),
                    Err(e) => {
                        tracing::warn!(queue, error = %aws_sdk_sqs::error::DisplayErrorContext(e), "cannot receive");
                        tokio::time::sleep(Duration::from_millis(500)).await;
                        continue;
                    }
                },
            };
            if messages.is_empty() {
                continue;
            }
            let (me, url) = (self.clone(), url.clone());
            tokio::spawn(async move {
                if let Err(e) = me.work(f, &url, messages).await {
                    tracing::warn!(queue, error = %e, "a batch failed; its messages come again");
                }
                drop(permit);
            });
        }
    }

    async fn work(&self, f: &'static Function, url: &str, messages: Vec<Message>) -> anyhow::Result<()> {
        let mut event = SqsEvent::default();
        event.records = messages.iter().map(record).collect();
        let answer = self.invoker.queue(f, event).await?;
        let failed: Vec<&str> = answer.batch_item_failures.iter().map(|f| f.item_identifier.as_str()).collect();
        let done = messages
            .iter()
            .filter(|m| !failed.contains(&m.message_id().unwrap_or_default()))
            .enumerate()
            .map(|(i, m)| DeleteMessageBatchRequestEntry::builder().id(i.to_string()).receipt_handle(m.receipt_handle().unwrap_or_default()).build())
            .collect::<Result<Vec<_>, _>>()?;
        if !done.is_empty() {
            self.sqs.delete_message_batch().queue_url(url).set_entries(Some(done)).send().await.context("cannot delete")?;
        }
        Ok(())
    }

    async fn follow(self: Arc<Self>, f: &'static Function, of: Followed, stop: CancellationToken) {
        let mut position = Position::open(self.folder.join(format!("stream-{}.position", of.position)));
        let mut iterator: Option<String> = None;
        while !stop.is_cancelled() {
            self.unpaused().await;
            match self.stream.records(of.table, &mut iterator, position.last.as_deref()).await {
                Ok((records, last)) => {
                    let full = records.len() >= stream::BATCH;
                    let mine: Vec<EventRecord> = records.into_iter().filter(|r| wanted(r, of.prefixes)).collect();
                    if !mine.is_empty() {
                        self.deliver(f, mine).await;
                    }
                    if let Some(last) = last {
                        position.keep(&last);
                    }
                    if !full {
                        tokio::time::sleep(of.every).await;
                    }
                }
                Err(e) => {
                    tracing::warn!(function = f.name, error = %e, "cannot read the stream");
                    iterator = None;
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
            }
        }
    }

    /// Until every record is worked on or put aside: one bad record must not stop the chain.
    async fn deliver(&self, f: &'static Function, mut records: Vec<EventRecord>) {
        let mut tries = 0;
        while !records.is_empty() {
            let mut event = dynamodb::Event::default();
            event.records.clone_from(&records);
            let failed_at = match self.invoker.stream(f, event).await {
                Ok(answer) => match answer.batch_item_failures.first() {
                    None => return,
                    Some(first) => records.iter().position(|r| r.change.sequence_number == first.item_identifier).unwrap_or(0),
                },
                Err(e) => {
                    tracing::warn!(function = f.name, error = %e, "a stream batch failed");
                    0
                }
            };
            if failed_at > 0 {
                tries = 0;
                records.drain(..failed_at);
            }
            tries += 1;
            if tries > STREAM_TRIES {
                if records.len() > 1 {
                    // Bisect: the first half alone, then the rest.
                    let rest = records.split_off(records.len() / 2);
                    Box::pin(self.deliver(f, records)).await;
                    records = rest;
                    tries = 0;
                } else {
                    let at = records.first().and_then(|r| r.change.sequence_number.clone());
                    tracing::error!(function = f.name, at, "a stream record was put aside: the deadline index drives what it should have");
                    return;
                }
            }
            if tries > 0 {
                tokio::time::sleep(Duration::from_millis(100 * u64::from(tries))).await;
            }
        }
    }

    async fn tick(self: Arc<Self>, f: &'static Function, rate: &'static str, stop: CancellationToken) {
        let every = self.minute.saturating_mul(minutes(rate));
        // What runs every minute begins at once; what runs once a day need not run at every start.
        let first = if every > self.minute { every } else { Duration::ZERO };
        let mut clock = tokio::time::interval_at(tokio::time::Instant::now() + first, every);
        clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = clock.tick() => {}
            }
            self.unpaused().await;
            if let Err(e) = self.invoker.schedule(f).await {
                tracing::warn!(function = f.name, error = %e, "a scheduled run failed");
            }
        }
    }
}

/// Minutes of `rate(n minutes|hours|days)`, as EventBridge writes it; one for what it does not know.
fn minutes(rate: &str) -> u32 {
    let inside = rate.trim_start_matches("rate(").trim_end_matches(')');
    let Some((n, unit)) = inside.split_once(' ') else { return 1 };
    let each = match unit.trim_end_matches('s') {
        "hour" => 60,
        "day" => 24 * 60,
        _ => 1,
    };
    n.parse().unwrap_or(1_u32).max(1).saturating_mul(each)
}

/// Which stream a function follows, and how.
struct Followed {
    table: &'static str,
    /// What the sort keys of its records begin with.
    prefixes: &'static [&'static str],
    /// How often it is looked at while nothing happens.
    every: Duration,
    /// Under which name its position is kept.
    position: String,
}

/// Does the function want this record? As the filter of the mapping says in the cloud.
#[must_use]
pub fn wanted(r: &EventRecord, prefixes: &[&str]) -> bool {
    match r.change.keys.get("sk") {
        Some(serde_dynamo::AttributeValue::S(sk)) => prefixes.iter().any(|p| sk.starts_with(p)),
        _ => false,
    }
}

fn record(m: &Message) -> SqsMessage {
    let mut r = SqsMessage::default();
    r.message_id = m.message_id.clone();
    r.receipt_handle = m.receipt_handle.clone();
    r.body = m.body.clone();
    r.attributes = m.attributes.iter().flatten().map(|(k, v)| (k.as_str().to_owned(), v.clone())).collect();
    r.event_source = Some("aws:sqs".into());
    r
}

/// How far a function has come in the stream. Kept after the work is done: a killed process works again on what it had in
/// hand, which functions bear.
struct Position {
    file: PathBuf,
    last: Option<String>,
}

impl Position {
    fn open(file: PathBuf) -> Self {
        let last = std::fs::read_to_string(&file).ok().map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
        Self { file, last }
    }

    fn keep(&mut self, last: &str) {
        self.last = Some(last.to_owned());
        let half = self.file.with_extension("new");
        // Losing a position repeats work, which is harmless.
        if let Err(e) = std::fs::write(&half, last).and_then(|()| std::fs::rename(&half, &self.file)) {
            tracing::warn!(error = %e, "cannot keep a stream position");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::minutes;

    #[test]
    fn given_rates_when_read_then_they_are_minutes() {
        assert_eq!(["rate(1 minute)", "rate(5 minutes)", "rate(2 hours)", "rate(1 day)", "?"].map(minutes), [1, 5, 120, 1_440, 1]);
    }
}
