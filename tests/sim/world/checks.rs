//! The end of a day: everything comes to its end, and then everything must agree.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

use anyhow::ensure;
use liandian_domain::{
    orders::{holds::HoldPolicy, order::OrderHead},
    stock::{
        count::CountLine,
        record::{Movement, MovementKind},
    },
    stores::hours::{self, CHINA},
};
use liandian_store::due::Overdue;
use liandian_types::{CountState, Fen, MemberId, OrderId, OrderState, SkuId, StoreId, Timestamp};
use tokio::time::sleep;

use super::{BEGIN, GRABBER, Report, SKUS, STORES, World, id};
use crate::engine::{EXPIRES_SKU, Plant};

impl World {
    /// Goes from deadline to deadline until nothing is owed any more.
    pub(super) async fn drain(&self) -> anyhow::Result<()> {
        sleep(Duration::from_secs(600)).await;
        for _ in 0..2_000 {
            let far = self.app.now().plus(60 * Timestamp::DAY);
            let open = self.app.tables.overdue(far).await?;
            let Some(next) = open.iter().map(|d| d.since).min() else { return Ok(()) };
            if self.engine.plant() == Some(Plant::Sweeper) {
                ensure!(self.app.now() < BEGIN.plus(20 * Timestamp::DAY), "owed for ever: {open:?}");
            }
            let wait = u64::try_from((next.0 - self.app.now().0).max(0)).unwrap_or(0) + 30_000;
            sleep(Duration::from_millis(wait)).await;
            self.sweep().await;
            sleep(Duration::from_secs(45)).await;
        }
        let open = self.app.tables.overdue(self.app.now().plus(60 * Timestamp::DAY)).await?;
        let mut told = String::new();
        for d in open.iter().take(5) {
            if let Overdue::Order(o) | Overdue::Delivery(o) = &d.what {
                told += &format!("\n  {:?}", self.app.tables.order_head(o).await?);
            }
        }
        anyhow::bail!("these never end: {open:?}{told}")
    }

    pub(super) async fn check(&self, members: &[MemberId]) -> anyhow::Result<Report> {
        let mut wrong = self.book(|b| b.wrong.clone());
        wrong.extend(self.engine.oversold().into_iter().take(5));
        wrong.extend(self.engine.misdated().into_iter().take(5));
        wrong.extend(self.engine.left_open().into_iter().take(5));
        let (_, differences) = self.app.tables.fsck().await?;
        wrong.extend(differences.iter().map(|d| format!("books: {d:?}")));
        let mut heads: HashMap<OrderId, OrderHead> = HashMap::new();
        for m in members {
            let mut cursor = None;
            let mut mine = 0;
            loop {
                let (more, next) = self.app.tables.orders_of_member(m, 50, cursor.as_deref()).await?;
                mine += more.len();
                heads.extend(more.into_iter().map(|h| (h.order.clone(), h)));
                cursor = next;
                if cursor.is_none() {
                    break;
                }
            }
            // All were placed at one instant, long before the first lapsed.
            let may = usize::try_from(HoldPolicy::default().orders).unwrap_or(0);
            if m.as_str() == GRABBER && mine > may {
                wrong.push(format!("{m} held {mine} unpaid orders at once, and {may} are allowed"));
            }
            let tried = self.book(|b| b.tried.get(m).map_or(0, BTreeSet::len));
            if mine > tried {
                wrong.push(format!("{m} has {mine} orders, and {tried} keys that may have one"));
            }
        }
        for o in self.book(|b| b.keys.values().cloned().collect::<Vec<_>>()) {
            if !heads.contains_key(&o) {
                wrong.push(format!("{o} was acknowledged and is not there"));
            }
        }
        for c in self.book(|b| b.counts.clone()) {
            let Some(head) = self.app.tables.count_head(&c).await? else { continue };
            let lines = self.app.tables.count_lines(&c).await?;
            let due: i64 = if head.state == CountState::Closed { lines.iter().filter_map(CountLine::difference).sum() } else { 0 };
            let all = self.app.tables.movements(&head.store.shelf()).await?;
            let moved: i64 =
                all.iter().filter(|m| m.document.as_deref() == Some(c.as_str()) && !of_a_till(m)).flat_map(|m| &m.lines).map(|l| l.on_hand).sum();
            // Units that were not found are gone, whoever was promised them.
            for l in lines.iter().filter(|l| l.movement.is_some()) {
                let gone = -l.difference().unwrap_or(0).min(0);
                self.book(|b| *b.till.entry((head.store.clone(), l.sku.clone())).or_default() += gone);
            }
            if due != moved || head.state == CountState::Approved {
                wrong.push(format!("{c} is {}: it found {due} and moved {moved}", head.state));
            }
        }
        let mut gross: BTreeMap<StoreId, (u32, Fen)> = BTreeMap::new();
        let mut orders = BTreeMap::new();
        for h in heads.values() {
            *orders.entry(h.state.to_string()).or_insert(0) += 1;
            let a = self.bank.account(&h.order);
            let fits = match h.state {
                OrderState::Settled => a.paid.is_some() && a.kept() == h.total && a.back.len() == usize::try_from(h.parts)?,
                OrderState::Refunded => a.paid.is_some() && a.kept() == Fen::ZERO && a.back.contains_key(&format!("rf-{}", h.order)),
                OrderState::Closed => a.paid.is_none() && a.closed,
                _ => false,
            };
            if !fits || a.extra.iter().any(|(_, returned)| !returned) {
                wrong.push(format!("{} is {} and the provider says {a:?}", h.order, h.state));
            }
            if h.state == OrderState::Settled {
                let sum = gross.entry(h.store.clone()).or_insert((0, Fen::ZERO));
                *sum = (sum.0 + 1, Fen(sum.1.0 + h.total.0));
            }
        }
        for (name, ..) in STORES {
            let store: StoreId = id(format!("sto_{name}"));
            let (postings, _) = self.app.tables.postings(&store, 500, None).await?;
            let posted = (u32::try_from(postings.len())?, postings.iter().map(liandian_domain::settlement::Posting::gross).sum::<Fen>());
            let kept = self.app.tables.ledger_sum(&store).await?.map_or((0, Fen::ZERO), |s| (s.orders, s.gross));
            let due = gross.get(&store).copied().unwrap_or((0, Fen::ZERO));
            if posted != due || kept != due {
                wrong.push(format!("{store}: settled {due:?}, posted {posted:?}, sums {kept:?}"));
            }
            let all = self.app.tables.movements(&store.shelf()).await?;
            let rung = all.iter().filter(|m| m.kind == MovementKind::PosSale).count();
            // What the clock took off the shelf was gone, whoever was promised it; and so was what a rider took of an order whose money went back.
            let gone = |m: &&Movement| m.kind == MovementKind::Expired || (m.kind == MovementKind::Loss && m.order.is_some());
            for l in all.iter().filter(gone).flat_map(|m| &m.lines) {
                self.book(|b| *b.till.entry((store.clone(), l.sku.clone())).or_default() -= l.on_hand);
            }
            let sku: SkuId = id(EXPIRES_SKU);
            let kept = self.app.tables.perishables(&store.shelf(), std::slice::from_ref(&sku)).await?.remove(0);
            let old = kept.expired(hours::day(self.app.now(), CHINA));
            if !old.is_empty() {
                wrong.push(format!("{store} still sells what is over: {old:?}"));
            }
            let told = self.book(|b| b.rung.get(&store).copied().unwrap_or(0));
            if i64::try_from(rung)? != told {
                wrong.push(format!("{store}: tills sold {told} times, {rung} are recorded"));
            }
            for sku in 0..SKUS {
                let sku: SkuId = id(format!("sku_{sku}"));
                let record = self.app.tables.stock(&[(store.shelf(), sku.clone())], true).await?[0];
                let seen = self.app.tables.stock_across(&sku).await?.into_iter().find(|a| a.location == store.shelf()).map(|a| a.stock);
                // Promises alone never take more than there is; a till may.
                let till = self.book(|b| b.till.get(&(store.clone(), sku.clone())).copied().unwrap_or(0));
                if record.free() + record.safety + till < 0 {
                    wrong.push(format!("{} {sku} is oversold: {record:?}", store.shelf()));
                }
                if seen.is_some_and(|s| s != record) {
                    wrong.push(format!("the view of {} {sku} says {seen:?}, the record {record:?}", store.shelf()));
                }
            }
        }
        if !orders.contains_key("settled") {
            wrong.push("nothing was sold".into());
        }
        ensure!(wrong.is_empty(), "{}", wrong.join("\n  "));
        Ok(Report { orders, requests: self.engine.requests(), killed: self.book(|b| b.killed), trace: self.engine.trace() })
    }
}

/// Units that a till sold before a count and told after it are given back beside the count's own documents.
fn of_a_till(m: &Movement) -> bool {
    m.actor.as_ref().is_some_and(|a| a.starts_with("till:"))
}
