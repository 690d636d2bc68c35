//! What one invocation cost: waves of requests, requests, read and write units. Kept per task; printed in the log line of
//! the invocation and by `cargo xtask bench`. And which tables and partitions it touched, so that an invocation that does what its
//! function has not declared (and so would be denied by its role in the cloud) is noticed on a developer's machine.

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

/// Which partitions of the tables and their indexes a function touches: patterns in which `*` stands for anything, as in its role. An empty list
/// confines nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Partitions {
    /// Of the cell table.
    pub cell: &'static [&'static str],
    /// Of the HQ table.
    pub hq: &'static [&'static str],
}

#[derive(Default)]
struct Meter {
    usage: Usage,
    under_way: u32,
    partitions: Partitions,
    strayed: Option<String>,
}

tokio::task_local! {
    static METER: Arc<Mutex<Meter>>;
}

/// Runs `f` and tells what it used.
pub async fn measured<F: Future>(f: F) -> (F::Output, Usage) {
    let (out, usage, _) = confined(Partitions::default(), f).await;
    (out, usage)
}

/// Runs `f` and tells what it used, and (in a developer's build) the first kind of partition that it touched outside of these.
pub async fn confined<F: Future>(partitions: Partitions, f: F) -> (F::Output, Usage, Option<String>) {
    let meter = Arc::new(Mutex::new(Meter { partitions, ..Meter::default() }));
    let out = METER.scope(meter.clone(), f).await;
    let (usage, strayed) = meter.lock().map(|m| (m.usage, m.strayed.clone())).unwrap_or_default();
    (out, usage, strayed)
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

/// Notes which partition of a table, or of one of its indexes, is touched.
pub(crate) fn partition(table: Table, pk: &str) {
    if !cfg!(debug_assertions) {
        return;
    }
    with(|m| {
        let allowed = match table {
            Table::Cell => m.partitions.cell,
            Table::Hq => m.partitions.hq,
        };
        if m.strayed.is_none() && !allowed.is_empty() && !allowed.iter().any(|pattern| fits(pattern, pk)) {
            // What follows its first word may be somebody's name.
            m.strayed = Some(pk.split_inclusive('#').next().unwrap_or_default().to_owned());
        }
    });
}

/// Does a text fit a pattern in which `*` stands for anything?
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, rest)) => {
            text.strip_prefix(head).is_some_and(|tail| tail.char_indices().any(|(at, _)| fits(rest, &tail[at..])) || fits(rest, ""))
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_patterns_when_partitions_are_looked_at_then_only_what_they_name_fits() {
        assert!(fits("STORE#*", "STORE#sto_sh01") && fits("STORE#*", "STORE#") && fits("STORES", "STORES") && fits("*", "anything"));
        assert!(!fits("STORE#*", "STORES") && !fits("STORES", "STORES#1") && !fits("STORE#*", "LOC#STORE#1"));
        assert!(fits("STORE#*#ORDER#*", "STORE#sto_sh01#ORDER#preparing") && !fits("STORE#*#ORDER#*", "STORE#sto_sh01#OUT"));
        assert!(fits("A*B", "A*B") && fits("A*B", "AB") && !fits("A*B", "ABC"));
    }

    #[tokio::test]
    async fn given_partitions_when_another_is_touched_then_its_kind_is_told_and_no_more_of_it() {
        let partitions = Partitions { cell: &["LOC#*"], hq: &[] };
        let (_, _, strayed) = confined(partitions, async {
            partition(Table::Cell, "LOC#loc_sh01");
            partition(Table::Hq, "STAFF#zhang");
        })
        .await;
        assert_eq!(strayed, None);
        let (_, _, strayed) = confined(partitions, async { partition(Table::Cell, "MEMBER#mem_1") }).await;
        assert_eq!(strayed.as_deref(), Some("MEMBER#"));
    }
}
