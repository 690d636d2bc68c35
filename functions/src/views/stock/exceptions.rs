//! What HQ, or a region, should look at.

use std::collections::HashSet;

use liandian_domain::{
    fsck::Report,
    payments::extra::{self, ExtraPayment},
    stock::{count::Count, record::StockPolicy, till::Till},
    stores::{
        hours::{CHINA, day},
        profile::StoreProfile,
    },
    transfers::Party,
};
use liandian_store::{
    StoreError, Tables,
    due::{Due, Overdue},
    reach::Reach,
    stock::records::StockItem,
};
use liandian_types::{
    CountState, Permission, StoreStatus, Timestamp,
    api::{BooksReport, Exceptions, ExtraPaymentRow, OverdueRow, StockRow, TillRow, TransferCard},
};

use super::{claims::claim_card, shelf::item_row};
use crate::views::{
    cut,
    stores::place_name,
    transfers::{touches, transfer_card},
};

/// Overdue things that are shown.
const OVERDUE_SHOWN: usize = 100;

/// What HQ, or a region, should look at, as far as the caller `may` see it: orders and transfers have permissions of their own, the books are HQ's.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn exceptions(tables: &Tables, may: impl Fn(Permission) -> bool, reach: &Reach, now: Timestamp) -> Result<Exceptions, StoreError> {
    let (orders, transfers) = (may(Permission::OrderRead), may(Permission::TransferRead));
    let policy = tables.policies().await?.stock;
    let low_at = policy.low_at;
    let library = tables.library().await?;
    // Those of a part of the chain are looked for among more. One more than is shown tells whether there are others.
    let most = if reach.is_all() { OVERDUE_SHOWN } else { 10 * OVERDUE_SHOWN };
    let read = i32::try_from(most).map_or(i32::MAX, |n| n.saturating_add(1));
    let claims = async { if may(Permission::StockApprove) { tables.waiting_claims(read).await } else { Ok(Vec::new()) } };
    let (directory, warehouses, (items, more), late, mut counts, mut troubled, mut overdue, mut extra, (tills, tills_more), books, mut claims) = futures::try_join!(
        tables.directory(),
        tables.warehouses(),
        tables.low_within(reach, low_at, &library),
        late_transfers(tables, transfers, reach),
        tables.late_counts(read),
        tables.troubled_deliveries(read),
        tables.oldest_overdue(now.plus(-2 * Timestamp::MINUTE), most.saturating_add(1)),
        extra_payments(tables, orders, read, now),
        tables.troubled_tills(now),
        async { if reach.is_all() { tables.books_report().await } else { Ok(None) } },
        claims
    )?;
    let (extra_more, claims_more) = (cut(&mut extra, most), cut(&mut claims, most));
    let overdue_more = [cut(&mut overdue, most), cut(&mut counts, most), cut(&mut troubled, most)].contains(&true);
    let today = day(now, CHINA);
    let row = |i: &StockItem| item_row(i, &place_name(&i.location()?, &directory, &warehouses), &library, today);
    let (short, low): (Vec<StockRow>, Vec<StockRow>) = items.iter().filter_map(row).partition(|r| r.on_hand < r.reserved);
    let seen = overdue.into_iter().filter(|d| match d.what {
        Overdue::Order(_) | Overdue::Delivery(_) | Overdue::ExtraPayment(..) | Overdue::PartRefund(_) => orders,
        Overdue::Transfer(_) => transfers,
        Overdue::Count(_) | Overdue::Split(..) | Overdue::Expiry(..) | Overdue::Import(_) => true,
    });
    let mut overdue = overdue_rows(tables, seen.collect()).await?;
    let told: HashSet<String> = overdue.iter().map(|o| o.id.clone()).collect();
    overdue.extend(counts.into_iter().filter(|c| !told.contains(c.count.as_str())).filter_map(|c| {
        let (since, state) = (c.late_since()?, late_count(&c).to_owned());
        Some(OverdueRow { what: "count".to_owned(), id: c.count.to_string(), state, store: Some(c.store), since })
    }));
    overdue.extend(troubled.into_iter().filter(|_| orders).filter_map(|d| {
        let t = d.trouble?;
        Some(OverdueRow { what: "rider".to_owned(), id: d.order.to_string(), state: t.text, store: Some(d.store), since: t.since })
    }));
    overdue.retain(|o| reach.is_all() || o.store.as_ref().is_some_and(|s| reach.store(s)));
    overdue.sort_by_key(|o| o.since);
    extra.retain(|x| reach.store(&x.store));
    let tills = tills.into_iter().filter(|t| reach.store(&t.store)).collect();
    let tills = till_rows(tills, &directory, &policy, now);
    // Decided on the store's own page.
    let claims = claims.iter().filter(|c| reach.store(&c.store)).map(|c| claim_card(c, None)).collect();
    let books = books.map(books_report);
    Ok(Exceptions { short, low, more, low_at, late, overdue, overdue_more, extra, extra_more, tills, tills_more, books, claims, claims_more })
}

/// What the last check of the books found.
fn books_report(r: Report) -> BooksReport {
    let Report { at, records, movements, orders, transfers, differences, count } = r;
    BooksReport { at, records, movements, orders, transfers, differences, count }
}

/// Payments that no order needed: HQ is told of each for a week, back or not; of one that is late for as long as it is.
async fn extra_payments(tables: &Tables, shown: bool, limit: i32, now: Timestamp) -> Result<Vec<ExtraPaymentRow>, StoreError> {
    if !shown {
        return Ok(Vec::new());
    }
    let all = tables.extra_payments_since(now.plus(-extra::SHOWN), limit).await?;
    let row = |x: ExtraPayment| ExtraPaymentRow { order: x.order, store: x.store, amount: x.amount, told_at: x.told_at, returned_at: x.returned_at };
    Ok(all.into_iter().map(row).collect())
}

/// Transfers that nobody moves although they were reminded of, oldest first.
async fn late_transfers(tables: &Tables, shown: bool, reach: &Reach) -> Result<Vec<TransferCard>, StoreError> {
    let mut late = Vec::new();
    if shown {
        tables.each_open_transfer(|t| late.extend((t.is_escalated() && touches(reach, &t)).then(|| transfer_card(&t, &Party::Hq)))).await?;
    }
    Ok(late)
}

async fn overdue_rows(tables: &Tables, overdue: Vec<Due>) -> Result<Vec<OverdueRow>, StoreError> {
    futures::future::try_join_all(overdue.into_iter().map(|d| async move {
        let (what, id, state, store) = match d.what {
            Overdue::Order(o) => {
                let head = tables.order_head(&o).await?;
                ("order", o.to_string(), head.as_ref().map_or("", |h| h.state.title()), head.map(|h| h.store))
            }
            Overdue::Delivery(o) => {
                let head = tables.order_head(&o).await?;
                ("delivery", o.to_string(), "没有骑手消息", head.map(|h| h.store))
            }
            Overdue::ExtraPayment(o, transaction) => {
                let extra = tables.extra_payment(&o, &transaction).await?;
                ("extra_payment", o.to_string(), "重复付款未退回", extra.map(|x| x.store))
            }
            Overdue::PartRefund(o) => {
                let head = tables.order_head(&o).await?;
                ("order", o.to_string(), "部分退款未完成", head.map(|h| h.store))
            }
            Overdue::Transfer(t) => {
                let transfer = tables.transfer(&t).await?;
                ("transfer", t.to_string(), transfer.as_ref().map_or("", |t| t.state.title()), transfer.map(|t| t.source_keeper))
            }
            Overdue::Count(c) => {
                let head = tables.count_head(&c).await?;
                ("count", c.to_string(), head.as_ref().map_or("盘点未入账", late_count), head.map(|h| h.store))
            }
            Overdue::Split(l, s) => ("split", format!("{l} {s}"), "分片未合并", l.store()),
            Overdue::Expiry(l, s) => ("expiry", format!("{l} {s}"), "到期未下架", l.store()),
            Overdue::Import(i) => ("import", i.to_string(), "商品导入没有进展", None),
        };
        Ok(OverdueRow { what: what.to_owned(), id, state: state.to_owned(), store, since: d.since })
    }))
    .await
}

/// Tills that HQ should look after; each once, the longest first. A store that is not in business (any more) has none.
fn till_rows(tills: Vec<Till>, directory: &[StoreProfile], policy: &StockPolicy, now: Timestamp) -> Vec<TillRow> {
    let patience = i64::from(policy.till_silent) * Timestamp::MINUTE;
    let mut seen = HashSet::new();
    let row = |t: Till| {
        let store = directory.iter().find(|s| s.store == t.store && matches!(s.status, StoreStatus::Open | StoreStatus::Paused))?;
        let silent_since = t.silent_since(&store.hours, patience, now);
        let refusals = t.refusals(now);
        if t.is_gone(now) || (silent_since.is_none() && refusals.is_none()) || !seen.insert((t.store.clone(), t.till.clone())) {
            return None;
        }
        Some(TillRow {
            heard_at: t.heard_at,
            silent_since,
            refused_since: refusals.map(|(since, ..)| since),
            refused: refusals.map_or(0, |(_, n, _)| u32::try_from(n).unwrap_or(u32::MAX)),
            code: refusals.map(|(_, _, last)| last.code),
            field: refusals.and_then(|(_, _, last)| last.field.clone()),
            store: t.store,
            till: t.till,
        })
    };
    let mut rows: Vec<TillRow> = tills.into_iter().filter_map(row).collect();
    rows.sort_by_key(|r| r.silent_since.into_iter().chain(r.refused_since).min());
    rows
}

/// For what a count waits.
fn late_count(c: &Count) -> &'static str {
    match c.state {
        CountState::Open => "盘点未完成",
        CountState::Submitted => "盘点待审批",
        _ => "盘点未入账",
    }
}
