//! What HQ, or a region, should look at.

use std::collections::HashSet;

use liandian_domain::{
    fsck::Report,
    governance::request::ChangeRequest,
    orders::{delivery::Delivery, order::OrderHead},
    payments::extra::{self, ExtraPayment},
    stock::{count::Count, record::StockPolicy, till::Till},
    stores::{
        hours::{CHINA, day},
        profile::StoreProfile,
    },
    transfers::{Party, Transfer},
};
use liandian_store::{
    StoreError, Tables,
    due::{Due, Overdue},
    reach::Reach,
    stock::records::StockItem,
};
use liandian_types::{
    Approver, Code, CountState, OrderState, Permission, Problem, RegionId, RequestState, StoreId, StoreStatus, Timestamp,
    api::{BooksReport, Exceptions, ExtraPaymentRow, HqWaiting, OverdueRow, StockRow, TillRow, TransferCard, UnacceptedRow},
};

use super::{claims::claim_card, shelf::item_row};
use crate::{
    http::Failure,
    views::{
        cut,
        stores::place_name,
        transfers::{touches, transfer_card},
    },
};

/// Overdue things that are shown.
const OVERDUE_SHOWN: usize = 100;

/// Kinds of exceptions, by their words in an address.
const KINDS: [&str; 9] = ["claims", "short", "late", "overdue", "tills", "extra", "unaccepted", "low", "books"];

/// Which exceptions somebody looks for. What is not looked for is not read.
#[derive(Debug, Clone, Copy, Default)]
pub struct ExceptionAsk<'a> {
    /// Of one kind.
    pub kind: Option<&'a str>,
    /// Of the stores of a region, and of what they keep.
    pub region: Option<&'a RegionId>,
    /// Of one store, and of what it keeps.
    pub store: Option<&'a StoreId>,
}

impl ExceptionAsk<'_> {
    fn wants(&self, kind: &str) -> bool {
        self.kind.is_none_or(|k| k == kind)
    }

    /// What of a reach it leaves.
    async fn narrow(&self, tables: &Tables, reach: &Reach) -> Result<Reach, Failure> {
        if self.region.is_none() && self.store.is_none() {
            return Ok(reach.clone());
        }
        let (directory, warehouses) = futures::try_join!(tables.directory(), tables.warehouses())?;
        let of =
            |s: &&StoreProfile| self.region.is_none_or(|r| s.region == *r) && self.store.is_none_or(|id| s.store == *id) && reach.store(&s.store);
        let stores: HashSet<StoreId> = directory.iter().filter(of).map(|s| s.store.clone()).collect();
        if stores.is_empty() {
            return Err(Failure::not_found(if self.store.is_some() { "门店" } else { "区域" }));
        }
        let kept = warehouses.iter().filter(|w| stores.contains(&w.keeper)).map(|w| w.location.clone());
        let places = stores.iter().map(StoreId::shelf).chain(kept).collect();
        Ok(Reach::Part { stores, places })
    }
}

/// What HQ, or a region, should look at, as far as the caller `may` see it: orders and transfers have permissions of their own, the books are HQ's.
///
/// # Errors
/// `bad_request` for a kind that there is not; `not_found` for a store or a region that is not in reach; else [`Failure`] from the tables.
pub async fn exceptions(
    tables: &Tables,
    may: impl Fn(Permission) -> bool,
    reach: &Reach,
    ask: ExceptionAsk<'_>,
    now: Timestamp,
) -> Result<Exceptions, Failure> {
    if ask.kind.is_some_and(|k| !KINDS.contains(&k)) {
        return Err(Problem::new(Code::BadRequest, "没有这种异常").at("kind").into());
    }
    let chain = reach.is_all();
    let reach = &ask.narrow(tables, reach).await?;
    let (orders, transfers) = (may(Permission::OrderRead), may(Permission::TransferRead));
    let policy = tables.policies().await?.stock;
    let low_at = policy.low_at;
    let library = tables.library().await?;
    // Those of a part of the chain are looked for among more. One more than is shown tells whether there are others.
    let most = if reach.is_all() { OVERDUE_SHOWN } else { 10 * OVERDUE_SHOWN };
    let read = i32::try_from(most).map_or(i32::MAX, |n| n.saturating_add(1));
    let low =
        async { if ask.wants("low") || ask.wants("short") { tables.low_within(reach, low_at, &library).await } else { Ok((Vec::new(), false)) } };
    let approves = may(Permission::StockApprove) && ask.wants("claims");
    let claims = async { if approves { tables.waiting_claims(read).await } else { Ok(Vec::new()) } };
    let counts = async { if ask.wants("overdue") { tables.late_counts(read).await } else { Ok(Vec::new()) } };
    let troubled = async { if ask.wants("overdue") { tables.troubled_deliveries(read).await } else { Ok(Vec::new()) } };
    let since = now.plus(-2 * Timestamp::MINUTE);
    let overdue = async { if ask.wants("overdue") { tables.oldest_overdue(since, most.saturating_add(1)).await } else { Ok(Vec::new()) } };
    let tills = async { if ask.wants("tills") { tables.troubled_tills(now).await } else { Ok((Vec::new(), false)) } };
    let books = async { if chain && ask.wants("books") { tables.books_report().await } else { Ok(None) } };
    let unaccepted =
        async { if orders && ask.wants("unaccepted") { tables.unaccepted_orders(now, UNACCEPTED_READ).await } else { Ok((Vec::new(), false)) } };
    let decides = may(Permission::RequestDecide) && ask.wants("overdue");
    let unanswered = async { if decides { tables.requests(None, false, read, None).await } else { Ok((Vec::new(), None)) } };
    // On the heap, each by itself: together they are more than a worker thread's stack has in a debug build.
    let ((directory, warehouses, (items, more), late, mut counts), (mut troubled, mut overdue, mut extra), rest) = futures::try_join!(
        Box::pin(async {
            futures::try_join!(
                tables.directory(),
                tables.warehouses(),
                Box::pin(low),
                Box::pin(late_transfers(tables, transfers && ask.wants("late"), reach)),
                Box::pin(counts)
            )
        }),
        Box::pin(async {
            futures::try_join!(Box::pin(troubled), Box::pin(overdue), Box::pin(extra_payments(tables, orders && ask.wants("extra"), read, now)))
        }),
        Box::pin(async { futures::try_join!(Box::pin(tills), Box::pin(books), Box::pin(claims), Box::pin(unaccepted), Box::pin(unanswered)) })
    )?;
    let ((tills, tills_more), books, mut claims, (unaccepted, unaccepted_more), (unanswered, _)) = rest;
    let (extra_more, claims_more) = (cut(&mut extra, most), cut(&mut claims, most));
    let overdue_more = [cut(&mut overdue, most), cut(&mut counts, most), cut(&mut troubled, most)].contains(&true);
    let today = day(now, CHINA);
    let row = |i: &StockItem| item_row(i, &place_name(&i.location()?, &directory, &warehouses), &library, today);
    let (mut short, mut low): (Vec<StockRow>, Vec<StockRow>) = items.iter().filter_map(row).partition(|r| r.on_hand < r.reserved);
    // Both are of one list.
    if !ask.wants("short") {
        short.clear();
    }
    if !ask.wants("low") {
        low.clear();
    }
    let seen = overdue.into_iter().filter(|d| match d.what {
        Overdue::Order(_) | Overdue::Delivery(_) | Overdue::ExtraPayment(..) | Overdue::PartRefund(_) => orders,
        Overdue::Transfer(_) => transfers,
        Overdue::Count(_) | Overdue::Split(..) | Overdue::Expiry(..) | Overdue::Import(_) => true,
    });
    let mut overdue = Box::pin(overdue_rows(tables, seen.collect())).await?;
    also_overdue(&mut overdue, counts, if orders { troubled } else { Vec::new() });
    overdue.extend(unanswered.iter().filter(|r| r.state == RequestState::Pending && r.reminded > 0).map(unanswered_row));
    overdue.retain(|o| reach.is_all() || o.store.as_ref().is_some_and(|s| reach.store(s)));
    overdue.sort_by_key(|o| o.since);
    extra.retain(|x| reach.store(&x.store));
    let tills = tills.into_iter().filter(|t| reach.store(&t.store)).collect();
    let tills = till_rows(tills, &directory, &policy, now);
    // Decided on the store's own page.
    let claims = claims.iter().filter(|c| reach.store(&c.store)).map(|c| claim_card(c, None)).collect();
    let unaccepted = unaccepted.into_iter().filter(|(h, _)| reach.store(&h.store)).map(|(h, t)| unaccepted_row(&h, t)).collect();
    let books = books.map(books_report);
    Ok(Exceptions {
        short,
        low,
        more,
        low_at,
        late,
        overdue,
        overdue_more,
        extra,
        extra_more,
        tills,
        tills_more,
        books,
        claims,
        claims_more,
        unaccepted,
        unaccepted_more,
    })
}

/// Orders with a transfer whose money goes back, among which those are looked for whose transfer nobody took on.
const UNACCEPTED_READ: i32 = 300;

fn unaccepted_row(h: &OrderHead, t: Transfer) -> UnacceptedRow {
    UnacceptedRow {
        order: h.order.clone(),
        store: h.store.clone(),
        amount: h.total,
        returned: h.state == OrderState::Refunded,
        placed_at: h.placed_at,
        asked: u32::try_from(t.tried.len()).unwrap_or(u32::MAX).saturating_add(u32::from(!t.tried.contains(&t.source))),
        transfer: t.transfer,
        source_name: t.source_name,
        reason: t.reason,
    }
}

/// Adds counts that nobody goes on with and riders that are odd, unless they are told already.
fn also_overdue(overdue: &mut Vec<OverdueRow>, counts: Vec<Count>, troubled: Vec<Delivery>) {
    let told: HashSet<String> = overdue.iter().map(|o| o.id.clone()).collect();
    overdue.extend(counts.into_iter().filter(|c| !told.contains(c.count.as_str())).filter_map(|c| {
        let (since, state) = (c.late_since()?, late_count(&c).to_owned());
        Some(OverdueRow { what: "count".to_owned(), id: c.count.to_string(), state, store: Some(c.store), since })
    }));
    overdue.extend(troubled.into_iter().filter_map(|d| {
        let t = d.trouble?;
        Some(OverdueRow { what: "rider".to_owned(), id: d.order.to_string(), state: t.text, store: Some(d.store), since: t.since })
    }));
}

/// A change request of which its reviewers had to be told again.
fn unanswered_row(r: &ChangeRequest) -> OverdueRow {
    let state = if r.escalated.is_some() {
        "区域未处理，已升级到总部".to_owned()
    } else {
        format!("已提醒 {} 次，无人处理", r.reminded)
    };
    OverdueRow { what: "request".to_owned(), id: r.request.to_string(), state, store: Some(r.target.store().clone()), since: r.at }
}

/// Of each kind so many are counted.
const COUNTED: i32 = 100;

/// Among so many of the chain a region's are looked for, and among so many open transfers those that nobody moves.
const LOOKED_AT: i32 = 300;

/// How much waits for somebody, for the figures beside the names of the sections: queries of indexes that hold what waits and nothing else, one wave,
/// and no look at the records behind them. Of a part of the chain it counts what is among the oldest of all.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn waiting(tables: &Tables, may: impl Fn(Permission) -> bool, reach: &Reach, now: Timestamp) -> Result<HqWaiting, StoreError> {
    let (orders, transfers, stock) = (may(Permission::OrderRead), may(Permission::TransferRead), may(Permission::StockRead));
    let approves = may(Permission::StockApprove);
    let read = if reach.is_all() { COUNTED } else { LOOKED_AT };
    let counts = async { if approves { tables.submitted_counts(read).await } else { Ok(Vec::new()) } };
    let claims = async { if approves { tables.waiting_claims(read).await } else { Ok(Vec::new()) } };
    let short = async { if stock { tables.short_in_chain(read).await } else { Ok(Vec::new()) } };
    let late = async { if transfers { tables.oldest_open_transfers(LOOKED_AT).await } else { Ok(Vec::new()) } };
    let tills = async {
        let policy = tables.policies().await?.stock;
        let (directory, (tills, _)) = futures::try_join!(tables.directory(), tables.troubled_tills(now))?;
        let tills = tills.into_iter().filter(|t| stock && reach.store(&t.store)).collect();
        Ok::<_, StoreError>(till_rows(tills, &directory, &policy, now).len())
    };
    let unaccepted = async { if orders { tables.unaccepted_orders(now, read).await } else { Ok((Vec::new(), false)) } };
    let chain = stock && reach.is_all();
    let most = usize::try_from(COUNTED).unwrap_or(0);
    let overdue = async { if chain { tables.oldest_overdue(now.plus(-2 * Timestamp::MINUTE), most).await } else { Ok(Vec::new()) } };
    let requests = async {
        if may(Permission::RequestDecide) {
            let (all, _) = tables.requests(None, false, read, None).await?;
            Ok::<_, StoreError>(all)
        } else {
            Ok(Vec::new())
        }
    };
    let reviews = may(Permission::CampaignReview) && reach.is_all();
    let campaigns = async { if reviews { tables.campaigns_waiting().await } else { Ok(0) } };
    let (counts, claims, short, late, overdue, (tills, extra, (unaccepted, _), campaigns), requests) = futures::try_join!(
        Box::pin(counts),
        Box::pin(claims),
        Box::pin(short),
        Box::pin(late),
        Box::pin(overdue),
        Box::pin(async {
            futures::try_join!(Box::pin(tills), Box::pin(extra_payments(tables, orders, read, now)), Box::pin(unaccepted), Box::pin(campaigns))
        }),
        Box::pin(requests)
    )?;
    // What HQ may decide and a region shall is the region's, until it does not answer.
    let mine = |r: &ChangeRequest| {
        let of_here = if reach.is_all() { r.waits_for_hq() } else { r.hit.approver == Approver::Region };
        r.state == RequestState::Pending && of_here && reach.store(r.target.store())
    };
    let many = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let mut waiting = HqWaiting {
        approvals: many(counts.iter().filter(|c| reach.store(&c.store)).count()),
        claims: many(claims.iter().filter(|c| reach.store(&c.store)).count()),
        short: many(short.into_iter().filter(|(l, _)| reach.place(l)).collect::<HashSet<_>>().len()),
        overdue: many(overdue.len()),
        late: many(late.iter().filter(|t| t.is_escalated() && touches(reach, t)).count()),
        tills: many(tills),
        extra: many(extra.iter().filter(|x| x.returned_at.is_none() && reach.store(&x.store)).count()),
        unaccepted: many(unaccepted.iter().filter(|(h, _)| reach.store(&h.store)).count()),
        requests: many(requests.iter().filter(|r| mine(r)).count()),
        campaigns,
        exceptions: 0,
    };
    let HqWaiting { claims, short, late, overdue, tills, extra, unaccepted, .. } = waiting;
    waiting.exceptions = [claims, short, late, overdue, tills, extra, unaccepted].into_iter().fold(0, u32::saturating_add);
    Ok(waiting)
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
