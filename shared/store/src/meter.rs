//! What one invocation cost: waves of requests, requests, read and write units. Kept per task; printed in the log line of
//! the invocation and by `cargo xtask bench`.

use std::{
    future::Future,
    sync::{Arc, Mutex},
};

use aws_sdk_dynamodb::types::ConsumedCapacity;

/// What was used.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Usage {
    /// Round trips: times that at least one request was under way after none was.
    pub waves: u32,
    /// Requests.
    pub requests: u32,
    /// Read units.
    pub read_units: f64,
    /// Write units.
    pub write_units: f64,
}

#[derive(Default)]
struct Meter {
    usage: Usage,
    under_way: u32,
}

tokio::task_local! {
    static METER: Arc<Mutex<Meter>>;
}

/// Runs `f` and tells what it used.
pub async fn measured<F: Future>(f: F) -> (F::Output, Usage) {
    let meter = Arc::new(Mutex::new(Meter::default()));
    let out = METER.scope(meter.clone(), f).await;
    let usage = meter.lock().map(|m| m.usage).unwrap_or_default();
    (out, usage)
}

fn with(f: impl FnOnce(&mut Meter)) {
    let _ = METER.try_with(|m| {
        if let Ok(mut m) = m.lock() {
            f(&mut m);
        }
    });
}

/// Held while a request is under way.
pub(crate) struct UnderWay;

/// Counts a request that begins.
pub(crate) fn begin() -> UnderWay {
    with(|m| {
        m.usage.requests += 1;
        if m.under_way == 0 {
            m.usage.waves += 1;
        }
        m.under_way += 1;
    });
    UnderWay
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        with(|m| m.under_way = m.under_way.saturating_sub(1));
    }
}

/// Adds the units of a read.
pub(crate) fn read<'a>(c: impl IntoIterator<Item = &'a ConsumedCapacity>) {
    let units: f64 = c.into_iter().filter_map(ConsumedCapacity::capacity_units).sum();
    with(|m| m.usage.read_units += units);
}

/// Adds the units of a write.
pub(crate) fn wrote<'a>(c: impl IntoIterator<Item = &'a ConsumedCapacity>) {
    let units: f64 = c.into_iter().filter_map(ConsumedCapacity::capacity_units).sum();
    with(|m| m.usage.write_units += units);
}
