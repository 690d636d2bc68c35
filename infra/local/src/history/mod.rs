//! The days of a demo chain before today, played through the product's own handlers, workers and stream functions in virtual time: so that charts,
//! settlement and lists have something to show, and every book agrees, because it came about as everybody's does.
//!
//! Virtual time goes in steps of some minutes. In each the sweeper drives what has become due, then people act (those of one store one after the other,
//! stores side by side), then the stream and the queues carry on what they did. What people do follows from the seed. Nothing waits in real time.
//!
//! What must not live here: anything that the handlers decide, and faults (`tests/sim` has those).

mod customers;
mod days;
mod partners;
mod people;
mod staff;
mod wire;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use anyhow::{Context, ensure};
use aws_lambda_events::dynamodb::EventRecord;
use dynoxide::Database;
use futures::{StreamExt, stream};
use liandian_contracts::Message;
use liandian_domain::stores::hours::{CHINA, day, midnight};
use liandian_functions::{
    App, Config,
    app::{Chance, Clock, Outside},
    function::{self, Kind, StreamHandler},
    http::{Call, Caller, Failure, Reply},
    parts, table, workers,
};
use liandian_sandbox::PastPayment;
use liandian_seed::Chain;
use liandian_types::{CountId, DeliveryId, Fulfilment, MemberId, OrderId, SkuId, Timestamp, TransferId};
use serde_json::Value;
use tracing::{Dispatch, instrument::WithSubscriber};

use crate::{
    mappings,
    stream::{BATCH, Source},
    tables,
};
use partners::{Bank, Platform};
use people::{Customer, Dice, Shop};
use wire::Wire;

/// The most days that are played.
pub const MOST_DAYS: u32 = 365;
/// How far virtual time goes in a step. What is overdue by less than this is driven at once (the sweeper tries every minute of the first five).
const STEP: i64 = 5 * Timestamp::MINUTE;
/// How often it is asked what will become due.
const LOOK: i64 = Timestamp::HOUR;
/// Stores that have a past: a chain of thousands has one where people look first.
const STORES: usize = 36;
/// In a data folder while its days are being played.
const MARK: &str = "history.unfinished";
/// How often a message is tried.
const TRIES: u32 = 6;

/// Which days to play, and how busy they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Play {
    /// Days before today; 0 for none.
    pub days: u32,
    /// What people do follows from it.
    pub seed: u64,
    /// How much of a usual day's business, in per cent.
    pub percent: u32,
    /// Stores at once. With one, two runs of a seed are the same step by step; with more, only what people want is.
    pub at_once: usize,
    /// Up to when; now, unless a test says otherwise.
    pub until: Option<Timestamp>,
}

impl Play {
    /// So many days, as `up` plays them.
    #[must_use]
    pub fn days(days: u32) -> Self {
        Self { days, seed: 7, percent: 100, at_once: 8, until: None }
    }

    /// When they begin: at a midnight in China.
    #[must_use]
    pub fn begins(&self, ends: Timestamp) -> Timestamp {
        midnight(day(ends.plus(-i64::from(self.days) * Timestamp::DAY), CHINA), CHINA)
    }
}

/// Where the days are played: tables with a seeded chain, their streams on.
pub struct Stage<'a> {
    /// The tables.
    pub db: &'a Database,
    /// Their file.
    pub file: &'a Path,
    /// What functions get as their environment.
    pub config: Config,
    /// The chain.
    pub chain: &'a Chain,
    /// When it was seeded.
    pub begins: Timestamp,
    /// Up to when; the stack's clock goes on from here.
    pub ends: Timestamp,
}

/// What the days came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Past {
    /// Orders by their last state.
    pub orders: BTreeMap<String, u32>,
    /// Carts that could not be had.
    pub lost: u32,
    /// Receipts of tills.
    pub tickets: u32,
    /// Transfers, for orders and for shelves.
    pub transfers: u32,
    /// Counts.
    pub counts: u32,
    /// What a handler refused beside them: somebody came too late, or asked for what is not there.
    pub refused: BTreeMap<String, u32>,
    /// What should not have happened.
    pub faults: Vec<String>,
    /// Requests to the tables and the queues.
    pub requests: u64,
    /// What the payment provider has to remember.
    pub payments: Vec<PastPayment>,
}

/// A cart that somebody wants.
#[derive(Debug, Clone)]
struct Wish {
    customer: usize,
    fulfilment: Fulfilment,
    lines: Vec<(SkuId, u32)>,
}

/// What somebody does next.
#[derive(Debug, Clone)]
enum Act {
    /// Quotes, places and (mostly) pays.
    Buy(Wish),
    /// Calls an order off; `true` when it is paid.
    Cancel(OrderId, MemberId, bool),
    /// Puts an order together or ships it; how often it was looked at.
    Prepare(OrderId, u32),
    /// Comes for it.
    Fetch(OrderId),
    /// The carrier has lost the parcel.
    Lose(OrderId),
    /// The parcel is there.
    Receive(OrderId, MemberId),
    /// Says what shall become of an order that lacks something.
    Choose(OrderId, MemberId),
    /// Takes the next step of a transfer; how many were taken.
    Drive(TransferId, u32),
    /// A rider's next step.
    Ride(DeliveryId, usize),
    /// Tells what the till sold.
    Till,
    /// Fills the shelf.
    Fill,
    /// A supplier fills a warehouse, by its place in the chain's list.
    Restock(usize),
    /// Asks the neighbours for what the shelf does not have.
    Borrow,
    /// Counts a part of the shelf.
    Count,
    /// Decides about a count.
    Decide(CountId),
    /// Something breaks.
    Break,
    /// A message of a queue; how often it was tried.
    Hear(Box<Message>, u32),
}

/// What is to be done, and where: acts of one place are done one after the other.
#[derive(Debug, Clone)]
struct Task {
    at: Timestamp,
    place: usize,
    act: Act,
}

/// What is to come, in the order of time. Each task has a number, from which its chance follows.
#[derive(Default)]
struct Agenda {
    all: BTreeMap<(Timestamp, u64), Task>,
    numbers: u64,
}

impl Agenda {
    fn extend(&mut self, tasks: impl IntoIterator<Item = Task>) {
        for t in tasks {
            self.numbers += 1;
            self.all.insert((t.at, self.numbers), t);
        }
    }

    /// What is due, by its place.
    fn due(&mut self, now: Timestamp) -> BTreeMap<usize, Vec<(u64, Task)>> {
        let later = self.all.split_off(&(now.plus(1), 0));
        let mut places: BTreeMap<usize, Vec<(u64, Task)>> = BTreeMap::new();
        for ((_, n), task) in std::mem::replace(&mut self.all, later) {
            places.entry(task.place).or_default().push((n, task));
        }
        places
    }
}

type Done = Result<Vec<Task>, Failure>;

#[derive(Default)]
struct Book {
    past: Past,
    orders: BTreeSet<OrderId>,
}

/// The chain while its days are played.
struct World {
    app: App,
    wire: Wire,
    clock: Arc<AtomicI64>,
    /// How far the clock goes on with each act of the step.
    pace: AtomicI64,
    bank: Arc<Bank>,
    platform: Arc<Platform>,
    chain: Chain,
    shops: Vec<Shop>,
    customers: Vec<Customer>,
    play: Play,
    begins: Timestamp,
    ends: Timestamp,
    book: Mutex<Book>,
}

/// A clock that stands at 1970: all that it shows is how far it was set forward.
fn epoch() -> Timestamp {
    Timestamp(0)
}

/// Plays the days. `say` is told how far it is.
///
/// # Errors
/// What the engine says. What went wrong in the days is in [`Past::faults`].
pub async fn play(stage: Stage<'_>, play: Play, say: &(dyn Fn(&str) + Send + Sync)) -> anyhow::Result<Past> {
    ensure!(play.days <= MOST_DAYS, "{MOST_DAYS} days at most");
    let Stage { db, file, config, chain, begins, ends } = stage;
    let time = Clock::of(epoch);
    let clock = time.ahead_ms();
    clock.store(begins.0, Ordering::Relaxed);
    let (wire, bank, platform) = (Wire::new(db.clone(), clock.clone()), Arc::new(Bank::default()), Arc::new(Platform::default()));
    let outside =
        Outside { http: Some(wire.http()), provider: Some(bank.clone()), riders: Some(platform.clone()), chance: Chance::seeded(play.seed) };
    let app = App::within(config, time, parts::ALL, outside)?;
    let mut shops = people::shops(chain, STORES);
    let customers = people::customers(chain, &mut shops, play, begins);
    people::write(&app, &customers).await?;
    let world = Arc::new(World {
        app,
        wire,
        clock,
        pace: AtomicI64::new(Timestamp::SECOND),
        bank,
        platform,
        chain: chain.clone(),
        shops,
        customers,
        play,
        begins,
        ends,
        book: Mutex::default(),
    });
    // A chain that is half there when the machine fails is made anew: nothing needs to be on the disk before the end.
    let engine = |e| anyhow::anyhow!("the engine: {e}");
    db.enable_bulk_loading().map_err(engine)?;
    let played = world.run(db, file, say).await;
    db.disable_bulk_loading().map_err(engine)?;
    played?;
    world.told().await
}

impl World {
    async fn run(self: &Arc<Self>, db: &Database, file: &Path, say: &(dyn Fn(&str) + Send + Sync)) -> anyhow::Result<()> {
        let mut news = News::of(db)?;
        let mut agenda = Agenda::default();
        let (mut dues, mut stuck) = (BTreeSet::new(), false);
        let mut step = self.begins;
        while step.plus(STEP) <= self.ends {
            let since = step.0 - self.begins.0;
            if since % Timestamp::DAY == 0 {
                let today = since / Timestamp::DAY;
                self.tell(today, say);
                agenda.extend(self.day(today, step));
                tables::forget_stream(file)?;
            }
            self.clock.store(step.0, Ordering::Relaxed);
            if since % LOOK == 0 {
                let open = self.app.tables.overdue(step.plus(LOOK)).await?;
                stuck = open.iter().any(|d| d.since < step.plus(-STEP));
                dues = open.into_iter().map(|d| d.since).collect();
            }
            let later = dues.split_off(&step.plus(1));
            let swept = !std::mem::replace(&mut dues, later).is_empty() || stuck;
            if swept && let Err(e) = Box::pin(workers::sweeper(self.app.clone())).with_subscriber(Dispatch::none()).await {
                self.failed("sweeper", e);
            }
            let due = agenda.due(step);
            if swept || !due.is_empty() {
                agenda.extend(self.work(due, STEP).await?);
                agenda.extend(self.carry(&mut news).await?);
            }
            step = step.plus(STEP);
        }
        // What the last step gave rise to is done before people look.
        for _ in 0..4 {
            let heard = agenda.due(Timestamp(self.clock.load(Ordering::Relaxed)));
            if heard.is_empty() {
                break;
            }
            agenda.extend(self.work(heard, Timestamp::SECOND).await?);
            agenda.extend(self.carry(&mut news).await?);
        }
        tables::forget_stream(file)
    }

    fn tell(&self, today: i64, say: &(dyn Fn(&str) + Send + Sync)) {
        let of = i64::from(self.play.days);
        // Some lines, however many days.
        if today > 0 && today % (of / 7).max(1) == 0 {
            let placed = self.book(|b| b.orders.len());
            say(&format!("已过 {today}/{of} 天：{placed} 个订单"));
        }
    }

    fn book<T>(&self, f: impl FnOnce(&mut Book) -> T) -> T {
        f(&mut self.book.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn failed(&self, what: &str, e: impl std::fmt::Display) {
        self.book(|b| b.past.faults.push(format!("{what}: {e}")));
    }

    /// The time of the next act.
    fn next_moment(&self) -> Timestamp {
        let pace = self.pace.load(Ordering::Relaxed);
        Timestamp(self.clock.fetch_add(pace, Ordering::Relaxed) + pace)
    }

    /// Does what is due within so many milliseconds, places side by side, and answers what follows from it.
    async fn work(self: &Arc<Self>, due: BTreeMap<usize, Vec<(u64, Task)>>, span: i64) -> anyhow::Result<Vec<Task>> {
        let acts = i64::try_from(due.values().map(Vec::len).sum::<usize>()).unwrap_or(i64::MAX);
        self.pace.store((span / acts.saturating_add(1)).max(1), Ordering::Relaxed);
        let places = stream::iter(due).map(|(_, tasks)| {
            let me = self.clone();
            let one_after_the_other = async move {
                let mut later = Vec::new();
                for (number, task) in tasks {
                    later.extend(Box::pin(me.act(number, task)).await);
                }
                later
            };
            tokio::spawn(one_after_the_other.with_subscriber(Dispatch::none()))
        });
        let mut places = places.buffered(self.play.at_once.max(1));
        let mut all = Vec::new();
        while let Some(later) = places.next().await {
            all.extend(later.context("an act was lost")?);
        }
        Ok(all)
    }

    async fn act(&self, number: u64, task: Task) -> Vec<Task> {
        let now = self.next_moment();
        let mut dice = Dice::of(self.play.seed, number);
        let (at, d) = (task.place, &mut dice);
        let what = format!("{:?}", task.act);
        let done: Done = match task.act {
            Act::Buy(wish) => Box::pin(self.buy(at, &wish, number, d, now)).await,
            Act::Cancel(order, member, paid) => Box::pin(self.cancel(&order, &member, paid, now)).await,
            Act::Prepare(order, tries) => Box::pin(self.prepare(at, &order, tries, d, now)).await,
            Act::Fetch(order) => Box::pin(self.fetch(&order, now)).await,
            Act::Lose(order) => Box::pin(self.lose(&order, now)).await,
            Act::Receive(order, member) => Box::pin(self.receive(&order, &member, now)).await,
            Act::Choose(order, member) => Box::pin(self.choose(at, &order, &member, d, now)).await,
            Act::Drive(transfer, steps) => Box::pin(self.drive(at, &transfer, steps, d, now)).await,
            Act::Ride(delivery, step) => Box::pin(self.ride(at, &delivery, step, d, now)).await,
            Act::Till => Box::pin(self.till(at, number, d, now)).await,
            Act::Fill => Box::pin(self.fill(at, number, d, now)).await,
            Act::Restock(warehouse) => Box::pin(self.restock(warehouse, number, now)).await,
            Act::Borrow => Box::pin(self.borrow_goods(at, number, d, now)).await,
            Act::Count => Box::pin(self.count(at, number, d, now)).await,
            Act::Decide(count) => Box::pin(self.decide(at, &count, now)).await,
            Act::Break => Box::pin(self.break_something(at, number, d, now)).await,
            Act::Hear(message, tries) => Box::pin(self.hear(at, *message, tries, now)).await,
        };
        match done {
            Ok(later) => later,
            Err(Failure::Problem(p)) => {
                // An order placed twice a minute, a shelf that is empty: people hear it, and go on.
                let kind = what.split(['(', ' ']).next().unwrap_or_default().to_owned();
                self.book(|b| *b.past.refused.entry(format!("{kind} {:?}", p.code)).or_default() += 1);
                Vec::new()
            }
            Err(e) => {
                self.failed(&what, e);
                Vec::new()
            }
        }
    }

    /// Asks a route's handler.
    async fn ask(&self, function: &'static str, call: Call) -> Result<Reply, Failure> {
        let found = function::find(function).map(|f| &f.kind);
        let Some(Kind::Http { handler, .. }) = found else { return Err(Failure::Internal(format!("there is no route {function}"))) };
        handler(self.app.clone(), call).await
    }

    /// Works on a message of a queue.
    async fn hear(&self, place: usize, message: Message, tries: u32, now: Timestamp) -> Done {
        let name = message.queue().name();
        let worker = table::FUNCTIONS.iter().find_map(|f| match f.kind {
            Kind::Queue { queue, handler, .. } if queue == name => Some(handler),
            _ => None,
        });
        let Some(worker) = worker else { return Err(Failure::Internal(format!("nobody works on queue {name}"))) };
        match worker(self.app.clone(), message.clone()).await {
            Ok(()) => Ok(Vec::new()),
            Err(_) if tries < TRIES => Ok(vec![Task { at: now.plus(STEP), place, act: Act::Hear(Box::new(message), tries + 1) }]),
            Err(e) => Err(e),
        }
    }

    /// What was written goes to the functions that follow the stream; what was sent, and which riders were called, is to be done.
    async fn carry(&self, news: &mut News) -> anyhow::Result<Vec<Task>> {
        loop {
            let (records, last) = news.source.records(tables::CELL, &mut news.iterator, news.last.as_deref()).await?;
            let whole = records.len() < BATCH;
            news.last = last.or(news.last.take());
            for (name, prefixes, handler) in &news.followers {
                let mine: Vec<EventRecord> = records.iter().filter(|r| mappings::wanted(r, prefixes)).cloned().collect();
                if mine.is_empty() {
                    continue;
                }
                // Once more: news may come twice.
                let mut heard = handler(self.app.clone(), mine.clone()).await;
                if heard.is_err() {
                    heard = handler(self.app.clone(), mine).await;
                }
                if let Err((_, e)) = heard {
                    self.failed(name, e);
                }
            }
            if whole {
                break;
            }
        }
        let heard = self.wire.sent().into_iter().map(|s| {
            let place = LANES + lane(&s.message);
            Task { at: s.at, place, act: Act::Hear(Box::new(s.message), 1) }
        });
        let now = Timestamp(self.clock.load(Ordering::Relaxed));
        let riders = self.platform.born().into_iter().map(|d| {
            let place = 2 * LANES + usize::from(d.as_str().bytes().fold(0, u8::wrapping_add) % 4);
            Task { at: now.plus(STEP), place, act: Act::Ride(d, 0) }
        });
        Ok(heard.chain(riders).collect())
    }

    /// What it came to. The books are read, as once a day: HQ sees that they agree.
    async fn told(&self) -> anyhow::Result<Past> {
        if let Err(e) = Box::pin(workers::fsck(self.app.clone())).await {
            self.failed("books", e);
        }
        let (mut past, orders) = self.book(|b| (std::mem::take(&mut b.past), std::mem::take(&mut b.orders)));
        for head in self.app.tables.order_heads(&orders).await? {
            *past.orders.entry(head.state.as_str().to_owned()).or_default() += 1;
        }
        past.requests = self.wire.requests();
        past.payments = self.bank.past();
        Ok(past)
    }
}

/// Places of messages begin here, behind those of stores; those of riders behind them.
const LANES: usize = 10_000;

/// Messages about one thing are worked on one after the other.
fn lane(m: &Message) -> usize {
    let about = match m {
        Message::PaymentWindowV1 { order, .. }
        | Message::DeliveryDueV1 { order, .. }
        | Message::RefundDueV1 { order, .. }
        | Message::ExtraPaymentDueV1 { order, .. }
        | Message::SettlementDueV1 { order, .. } => order.as_str(),
        Message::TransferDueV1 { transfer, .. } => transfer.as_str(),
        _ => "",
    };
    usize::from(about.bytes().fold(0, u8::wrapping_add) % 4)
}

/// The cell table's stream, and who follows it. (What happens at HQ gives rise to nothing in these days.)
struct News {
    source: Source,
    iterator: Option<String>,
    last: Option<String>,
    followers: Vec<(&'static str, &'static [&'static str], StreamHandler)>,
}

impl News {
    fn of(db: &Database) -> anyhow::Result<Self> {
        let followers = table::FUNCTIONS.iter().filter_map(|f| match f.kind {
            Kind::Stream { prefixes, handler, .. } if !prefixes.is_empty() => Some((f.name, prefixes, handler)),
            _ => None,
        });
        let followers: Vec<_> = followers.collect();
        ensure!(!followers.is_empty(), "nobody follows the stream");
        Ok(Self { source: Source::Here(db.clone()), iterator: None, last: None, followers })
    }
}

/// A request of somebody.
fn call(caller: Caller, path: &[(&str, &str)], body: &Value, key: Option<String>, now: Timestamp) -> Call {
    let mut headers = BTreeMap::new();
    headers.extend(key.map(|k| ("idempotency-key".to_owned(), k)));
    Call {
        method: "POST".to_owned(),
        caller,
        path: path.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        query: BTreeMap::new(),
        headers,
        body: body.to_string().into_bytes(),
        client: "192.0.2.1".to_owned(),
        now,
    }
}

/// Marks a data folder whose days are about to be played.
///
/// # Errors
/// When the folder cannot be written to.
pub fn begun(data: &Path) -> anyhow::Result<()> {
    Ok(std::fs::write(data.join(MARK), "")?)
}

/// They have been played.
///
/// # Errors
/// When the mark cannot be removed.
pub fn finished(data: &Path) -> anyhow::Result<()> {
    Ok(std::fs::remove_file(data.join(MARK))?)
}

/// A folder whose days were interrupted has nothing that anybody wants to keep: its tables, queues and payments go, and the chain is made anew.
///
/// # Errors
/// When a file cannot be removed.
pub fn begin_anew(data: &Path) -> anyhow::Result<()> {
    if !data.join(MARK).exists() {
        return Ok(());
    }
    for entry in std::fs::read_dir(data)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.contains(".sqlite") || name.ends_with(".position") {
            std::fs::remove_file(entry.path()).with_context(|| format!("cannot remove {name}"))?;
        }
    }
    finished(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_tasks_when_their_time_has_come_then_each_place_has_its_own_in_the_order_in_which_they_came() {
        let task = |at: i64, place: usize| Task { at: Timestamp(at), place, act: Act::Till };
        let mut agenda = Agenda::default();
        agenda.extend([task(20, 1), task(10, 0), task(10, 1), task(10, 0), task(21, 0)]);
        let due = agenda.due(Timestamp(20));
        let numbers = |place: usize| due.get(&place).into_iter().flatten().map(|(n, _)| *n).collect::<Vec<_>>();
        assert_eq!((numbers(0), numbers(1)), (vec![2, 4], vec![3, 1]));
        assert_eq!(agenda.due(Timestamp(20)).len(), 0);
        assert_eq!(agenda.due(Timestamp(21)).len(), 1);
    }

    #[test]
    fn given_a_number_of_days_when_they_begin_then_it_is_a_midnight_in_china() {
        let afternoon = Timestamp(1_795_939_200_000);
        let begins = Play::days(28).begins(afternoon);
        assert_eq!(begins, afternoon.plus(-28 * Timestamp::DAY - 16 * Timestamp::HOUR));
    }
}
