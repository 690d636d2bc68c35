//! The days before today that a new chain has: played twice they are the same, and every book agrees.

use std::path::Path;

use liandian_local::{
    Options, Stack,
    history::{Past, Play},
};
use liandian_seed::Chain;
use liandian_tests::second_engine;
use liandian_types::Timestamp;

/// A Sunday afternoon in China.
const UNTIL: Timestamp = Timestamp(1_795_939_200_000);
const STORES: usize = 12;

fn options(folder: &Path, history: Option<Play>) -> Options {
    Options { stores: STORES, campaigns: true, paused: true, history, ..Options::new(folder) }
}

fn three_days() -> Option<Play> {
    Some(Play { percent: 200, at_once: 1, until: Some(UNTIL), ..Play::days(3) })
}

/// Plays the days in this folder, and reads the books.
async fn played(folder: &Path) -> Past {
    let stack = Stack::start(options(folder, three_days())).await.unwrap();
    let (looked, differences) = stack.app.tables.fsck().await.unwrap();
    assert!(differences.is_empty(), "{differences:?}");
    let past = stack.past.clone().unwrap();
    let orders: u32 = past.orders.values().sum();
    assert_eq!(looked.orders, usize::try_from(orders).unwrap());
    // What was completed is posted, once.
    let mut posted = 0;
    for s in Chain::scaled(STORES).stores {
        posted += stack.app.tables.ledger_sum(&s.store).await.unwrap().map_or(0, |sum| sum.orders);
    }
    let done = |state: &str| past.orders.get(state).copied().unwrap_or(0);
    assert_eq!(posted, done("completed") + done("settled"), "{:?}", past.orders);
    stack.stop().await;
    past
}

#[tokio::test(flavor = "multi_thread")]
async fn given_days_before_today_when_played_twice_then_they_are_the_same_and_every_book_agrees() {
    if second_engine().is_some() {
        // They are played in the embedded engine alone.
        return;
    }
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let past = played(one.path()).await;
    assert!(past.faults.is_empty(), "{:?}", past.faults);
    let of = |state: &str| past.orders.get(state).copied().unwrap_or(0);
    let orders: u32 = past.orders.values().sum();
    assert!(orders > 60 && of("completed") > orders / 2, "{past:?}");
    assert!(of("refunded") > 0 && of("closed") > 0, "{:?}", past.orders);
    assert!(past.transfers > 0 && past.counts > 0 && past.tickets > 20, "{past:?}");
    assert!(past.lost < orders / 4, "carts that could not be had: {past:?}");
    // What was paid the sandbox knows, and so money can be given back later.
    assert!(past.payments.len() > 50 && past.payments.iter().any(|p| !p.refunds.is_empty()));

    let again = played(other.path()).await;
    let figures = |p: &Past| (p.orders.clone(), p.lost, p.tickets, p.transfers, p.counts, p.refused.clone());
    assert_eq!(figures(&past), figures(&again));

    // The next start goes on with what is there.
    let next = Stack::start(options(one.path(), three_days())).await.unwrap();
    assert!(next.past.is_none());
    next.stop().await;

    // Days that were interrupted leave nothing: the chain begins anew.
    std::fs::write(one.path().join("history.unfinished"), "").unwrap();
    let anew = Stack::start(options(one.path(), None)).await.unwrap();
    let (looked, differences) = anew.app.tables.fsck().await.unwrap();
    assert!(differences.is_empty() && looked.orders == 0, "{differences:?}");
    assert!(!one.path().join("history.unfinished").exists());
    anew.stop().await;
}
