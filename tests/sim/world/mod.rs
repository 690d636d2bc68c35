//! A small chain and the people in it, on a bad day: customers, clerks, riders, the stream, the queues, the sweeper.

mod chain;
mod checks;
mod clerks;
mod counters;
mod crowd;
mod customers;
mod machinery;
mod provider;
mod riders;
mod tills;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, ensure};
use aws_lambda_events::{sqs::SqsBatchResponse, streams::DynamoDbEventResponse};
use chain::config;
pub use crowd::crowd;
use liandian_functions::{
    App,
    app::{Chance, Clock, Outside},
    auth,
    http::{Call, Caller, Failure, Reply},
    parts,
};
use liandian_store::CommitError;
use liandian_types::{CountId, DeliveryId, MemberId, Mode, OrderId, Role, Scope, SkuId, StoreId, Timestamp};
use serde_json::Value;
use tokio::{
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use crate::{
    engine::{Engine, Plant, Rates, explained},
    partners::{Bank, Platform},
};

/// When every simulated day begins: ten in the morning in China.
const BEGIN: Timestamp = Timestamp(1_795_658_400_000);
/// How long customers come and things go wrong.
const BAD_DAY: Duration = Duration::from_secs(2 * 3600);
const CUSTOMERS: usize = 6;
/// A member who wants to have everything and pays for nothing.
const GRABBER: &str = "mem_grabber";
/// Orders that this member places at once.
const GRABS: usize = 9;
const STORES: [(&str, Mode, &str); 3] = [("a", Mode::Direct, "direct"), ("b", Mode::Joint, "joint"), ("c", Mode::Franchise, "franchise")];
const SKUS: usize = 4;
/// Of the chain's HQ; kept by the first store.
const WAREHOUSE: &str = "loc_wh-1";

thread_local! {
    static START: std::cell::Cell<Option<Instant>> = const { std::cell::Cell::new(None) };
    /// What panicked in this thread, which is one seed's: the runtime hides the panics of tasks that nobody waits for.
    static PANICS: std::cell::RefCell<Vec<String>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// From here on every panic of a thread is remembered for its seed.
pub fn remember_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        PANICS.with_borrow_mut(|all| all.push(info.to_string().replace('\n', " ")));
        before(info);
    }));
}

fn virtual_now() -> Timestamp {
    let elapsed = START.with(|s| s.get().map_or(Duration::ZERO, |s| s.elapsed()));
    BEGIN.plus(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
}

fn id<T: std::str::FromStr>(text: impl AsRef<str>) -> T
where
    T::Err: std::fmt::Debug,
{
    text.as_ref().parse().expect("an id")
}

/// What one seed's run was.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Orders by their last state.
    pub orders: BTreeMap<String, usize>,
    /// Requests to the tables and queues.
    pub requests: u64,
    /// Work that was killed.
    pub killed: u64,
    /// The same for two runs of one seed.
    pub trace: u64,
}

#[derive(Default)]
struct Book {
    /// The order that each key was answered with.
    keys: BTreeMap<String, OrderId>,
    /// Keys of each member that may have an order: answered with one, or not answered.
    tried: BTreeMap<MemberId, BTreeSet<String>>,
    /// Units that tills have sold.
    till: BTreeMap<(StoreId, SkuId), i64>,
    /// Sales that were told to the end.
    rung: BTreeMap<StoreId, i64>,
    /// Counts that were begun, or tried to.
    counts: Vec<CountId>,
    wrong: Vec<String>,
    killed: u64,
}

/// A running world.
pub struct World {
    app: App,
    engine: Arc<Engine>,
    bank: Arc<Bank>,
    platform: Arc<Platform>,
    book: Mutex<Book>,
    calm: std::sync::atomic::AtomicBool,
    /// Work that nobody waits for before the end of the day.
    loose: Mutex<JoinSet<()>>,
}

/// Runs one seed; what is wrong is the error.
pub async fn run(seed: u64, plant: Option<Plant>) -> anyhow::Result<Report> {
    let (world, born) = World::new(seed, plant)?;
    let members = world.seed().await?;

    let mut background = JoinSet::new();
    background.spawn(world.clone().stream("relay"));
    background.spawn(world.clone().stream("views"));
    background.spawn(world.clone().queues());
    background.spawn(world.clone().riders(born));
    for (s, ..) in STORES {
        background.spawn(world.clone().staff(id(format!("sto_{s}"))));
        background.spawn(world.clone().till(id(format!("sto_{s}"))));
        background.spawn(world.clone().counter(id(format!("sto_{s}"))));
        background.spawn(world.clone().rows(id(format!("loc_{s}"))));
    }
    let mut people = JoinSet::new();
    for (n, m) in members.iter().filter(|m| m.as_str() != GRABBER).enumerate() {
        people.spawn(world.clone().customer(n, m.clone()));
    }
    people.spawn(world.clone().grabs(id(GRABBER)));
    world.engine.set_rates(Rates::BAD);
    let begun = Instant::now();
    while begun.elapsed() < BAD_DAY || !people.is_empty() {
        sleep(Duration::from_secs(60)).await;
        world.sweep().await;
        // Clocks jump, too.
        if world.engine.roll(0.01) {
            world.app.clock.advance(i64::try_from(world.engine.pick(30_000)).unwrap_or(0));
        }
        while let Some(done) = people.try_join_next() {
            done??;
        }
        ensure!(background.try_join_next().is_none(), "a part of the world has stopped: {:?}", PANICS.take());
    }
    // The bad day is over: everything must come to its end.
    world.engine.set_rates(Rates::default());
    world.calm.store(true, std::sync::atomic::Ordering::Relaxed);
    world.drain().await?;
    world.all_told().await?;
    background.abort_all();
    while background.join_next().await.is_some() {}
    let panics = PANICS.take();
    ensure!(panics.is_empty(), "it panicked: {}", panics.join("\n  "));
    world.check(&members).await
}

fn call(caller: Caller, path: &[(&str, &str)], body: Option<&Value>, key: Option<&str>, now: Timestamp) -> Call {
    let mut headers = BTreeMap::new();
    headers.extend(key.map(|k| ("idempotency-key".to_owned(), k.to_owned())));
    Call {
        method: if body.is_some() { "POST" } else { "GET" }.into(),
        caller,
        path: path.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        query: BTreeMap::new(),
        headers,
        body: body.map(|b| b.to_string().into_bytes()).unwrap_or_default(),
        client: "192.0.2.1".into(),
        now,
    }
}

/// What a piece of work comes to.
trait Answer {
    /// What went wrong in it, when that is not the caller's fault.
    fn failed(&self) -> Option<String>;
}

impl<T> Answer for Result<T, Failure> {
    fn failed(&self) -> Option<String> {
        self.as_ref().err().filter(|e| e.problem().status >= 500).map(ToString::to_string)
    }
}

impl Answer for SqsBatchResponse {
    fn failed(&self) -> Option<String> {
        (!self.batch_item_failures.is_empty()).then(|| "a message was not done".to_owned())
    }
}

impl Answer for DynamoDbEventResponse {
    fn failed(&self) -> Option<String> {
        (!self.batch_item_failures.is_empty()).then(|| "a stream batch was not done".to_owned())
    }
}

/// Of the store itself: splitting and folding meet others all the time.
impl<T> Answer for Result<T, CommitError> {
    fn failed(&self) -> Option<String> {
        None
    }
}

/// Seven of eight are.
fn reliable(id: impl std::fmt::Display) -> bool {
    id.to_string().bytes().map(u64::from).sum::<u64>() % 8 != 0
}

fn clerk(now: Timestamp) -> Caller {
    Caller::Staff(Box::new(auth::Staff::begin(id("stf_clerk"), "店员".into(), Role::Clerk, Scope::All, Role::Clerk.default_permissions(), now)))
}

impl World {
    /// An empty world, and where the platform tells of new deliveries.
    fn new(seed: u64, plant: Option<Plant>) -> anyhow::Result<(Arc<World>, UnboundedReceiver<DeliveryId>)> {
        START.with(|s| s.set(Some(Instant::now())));
        let engine = Engine::new(seed, plant)?;
        let (new, born) = unbounded_channel();
        let (bank, platform) = (Bank::new(engine.clone()), Platform::new(engine.clone(), new));
        let outside =
            Outside { http: Some(engine.http()), provider: Some(bank.clone()), riders: Some(platform.clone()), chance: Chance::seeded(seed) };
        let app = App::within(config()?, Clock::of(virtual_now), parts::ALL, outside)?;
        PANICS.take();
        Ok((Arc::new(World { app, engine, bank, platform, book: Mutex::default(), calm: false.into(), loose: Mutex::default() }), born))
    }

    /// Starts work that nobody waits for before the end of the day.
    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.loose.lock().unwrap_or_else(PoisonError::into_inner).spawn(work);
    }

    /// Waits for all such work: none of it may be lost.
    async fn all_told(&self) -> anyhow::Result<()> {
        loop {
            let mut some = std::mem::take(&mut *self.loose.lock().unwrap_or_else(PoisonError::into_inner));
            if some.is_empty() {
                return Ok(());
            }
            while let Some(done) = timeout(Duration::from_secs(30 * 86_400), some.join_next()).await.context("work that never ends")? {
                done.context("work was lost")?;
            }
        }
    }

    fn book<T>(&self, f: impl FnOnce(&mut Book) -> T) -> T {
        f(&mut self.book.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn is_calm(&self) -> bool {
        self.calm.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Runs work as a process does that may die at any of its awaits: `None` when it did. An answer of 5xx must have an injected fault (or a meeting with
    /// others) in the same piece of work to explain it.
    async fn mortal<T: Answer>(&self, work: impl Future<Output = T>) -> Option<T> {
        let (out, explained) = explained(self.dying(work)).await;
        if let Some(failed) = out.as_ref().and_then(Answer::failed).filter(|_| !explained) {
            self.book(|b| b.wrong.push(format!("nothing explains: {failed}")));
        }
        out
    }

    async fn dying<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        if !self.engine.roll(self.engine.rates().killed) {
            return Some(work.await);
        }
        // Some die at once, some after a partner has done its part.
        let lives = if self.engine.roll(0.5) { self.engine.between(0, 120) } else { self.engine.between(0, 900) };
        let out = timeout(lives, work).await.ok();
        if out.is_none() {
            self.engine.note("killed");
            self.book(|b| b.killed += 1);
        }
        out
    }

    /// Tries until there is an answer that trying again does not change; `None` for a refusal, and for giving up.
    async fn tried<Fut>(&self, times: u32, f: impl FnMut() -> Fut) -> Option<Reply>
    where
        Fut: Future<Output = Result<Reply, Failure>>,
    {
        self.answered(times, f).await.1
    }

    /// Whether there was an answer, and it when it was a success.
    async fn answered<Fut>(&self, times: u32, mut f: impl FnMut() -> Fut) -> (bool, Option<Reply>)
    where
        Fut: Future<Output = Result<Reply, Failure>>,
    {
        for _ in 0..times {
            match self.seen(self.mortal(f()).await) {
                Some(Ok(reply)) => return (true, Some(reply)),
                Some(Err(Failure::Problem(_))) => return (true, None),
                Some(Err(_)) | None => sleep(self.engine.between(200, 3_000)).await,
            }
        }
        (false, None)
    }

    /// A fault of ours is one wherever it is met.
    fn seen<T>(&self, outcome: Option<Result<T, Failure>>) -> Option<Result<T, Failure>> {
        if let Some(Err(Failure::Internal(text))) = &outcome {
            self.book(|b| b.wrong.push(format!("internal: {text}")));
        }
        outcome
    }
}
