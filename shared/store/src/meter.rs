//! What one invocation cost: waves of requests, requests, read and write units. Kept per task; printed in the log line of
//! the invocation and by `cargo xtask bench`. And which tables it touched, so that an invocation that does what its function
//! has not declared (and so would be denied by its role in the cloud) is noticed on a developer's machine.

use std::{
    future::Future,
    sync::{Arc, Mutex},
};

use aws_sdk_dynamodb::types::ConsumedCapacity;

use crate::db::Table;

/// What is done with a table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Nothing.
    #[default]
    None,
    /// Read.
    Read,
    /// Read and written.
    Write,
}

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
    /// What was done with the cell table.
    pub cell: Access,
    /// What was done with the HQ table.
    pub hq: Access,
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

/// Notes that something is done with a table.
pub(crate) fn touch(table: Table, access: Access) {
    with(|m| {
        let so_far = match table {
            Table::Cell => &mut m.usage.cell,
            Table::Hq => &mut m.usage.hq,
        };
        *so_far = access.max(*so_far);
    });
}

/// Counts a request that begins, and what it does with which tables.
pub(crate) fn begin(touches: impl IntoIterator<Item = (Table, Access)>) -> UnderWay {
    for (table, access) in touches {
        touch(table, access);
    }
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
