//! A small chain and the people in it, on a bad day: customers, clerks, riders, the stream, the queues, the sweeper.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, ensure};
use aws_lambda_events::{
    dynamodb::{self, EventRecord},
    sqs::{SqsBatchResponse, SqsEvent, SqsMessage},
    streams::DynamoDbEventResponse,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use liandian_contracts::{Message, Routed};
use liandian_domain::{
    catalog::{LibrarySku, Listing},
    orders::{holds::HoldPolicy, order::OrderHead, shortfall::MissingUnits},
    settlement::default_rules,
    stock::{
        count::{self, CountLine, Found, NewCount},
        record as stock,
        record::{Fact, Movement, MovementKind, MovementLine, Stock, StockPolicy},
    },
    stores::{
        hours::{self, CHINA, Hours},
        profile::{Location, LocationKind, StoreProfile},
    },
    transfers::Party,
};
use liandian_functions::{
    App, Config,
    app::{Chance, Clock, Outside},
    auth,
    flows::{
        orders::{
            deliveries,
            shortfalls::{self, Choice},
        },
        payments,
        stock::{counts, shelf},
    },
    function::{self, Kind},
    http::{Call, Caller, Failure, Reply},
    invoke, parts, routes,
    transact::{Plan, transact},
    workers,
};
use liandian_local::{mappings, stream::Source, tables};
use liandian_partners::{delivery::News, payment::Transaction};
use liandian_store::{
    CommitError, Table,
    catalog::{listing_item, sku_item},
    db::Item,
    due::Overdue,
    governance::Policies,
    members::{Member, member_items},
    stock::records::{movement_item, stock_item},
    stores::{rule_item, store_items, warehouse_item},
};
use liandian_types::{
    Code, CountId, CountKind, CountState, DeliveryId, Fen, Fulfilment, GeoPoint, LocationId, MemberId, Mode, OrderId, OrderState, RiderWord, Role,
    Scope, SkuId, StaffId, StoreId, StoreStatus, Tier, Timestamp, TransferState, TransferStep,
    api::{FactLine, Offer, PlacedOrder, PosLine, PosSale, Quote},
};
use serde_json::{Value, json};
use tokio::{
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use crate::{
    engine::{EXPIRES_SKU, Engine, Plant, Rates, explain, explained},
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
    world.settle().await?;
    world.all_told().await?;
    background.abort_all();
    while background.join_next().await.is_some() {}
    let panics = PANICS.take();
    ensure!(panics.is_empty(), "it panicked: {}", panics.join("\n  "));
    world.check(&members).await
}

fn config() -> anyhow::Result<Config> {
    use std::sync::OnceLock;
    // The same keys for all runs: nothing depends on them, and nobody logs in.
    static PUBLIC: OnceLock<[String; 2]> = OnceLock::new();
    if PUBLIC.get().is_none() {
        let new = || liandian_partners::sign::new_ec_pair().map(|(_, public)| liandian_functions::auth::listed("sim", &public));
        let _ = PUBLIC.set([new()?, new()?]);
    }
    let [of_members, of_staff] = PUBLIC.get().context("keys")?;
    let secret = STANDARD.encode([7_u8; 32]);
    let mut vars: BTreeMap<String, String> = [
        ("PUBLIC_ORIGIN", "https://sim.example"),
        ("CELL_TABLE", tables::CELL),
        ("HQ_TABLE", tables::HQ),
        ("AWS_ACCESS_KEY_ID", "sim"),
        ("AWS_SECRET_ACCESS_KEY", "sim"),
        ("AWS_ENDPOINT_URL", "http://sim.example"),
        ("MEMBER_TOKEN_KEYS", of_members),
        ("STAFF_TOKEN_KEYS", of_staff),
        ("KEYS_LOCAL_MASTER", &secret),
        ("KEYS_BLIND_INDEX", &secret),
    ]
    .into_iter()
    .map(|(k, v)| (k.to_owned(), v.to_owned()))
    .collect();
    for q in liandian_functions::table::QUEUES {
        vars.insert(format!("QUEUE_URL_{}", q.name.to_uppercase().replace('-', "_")), format!("http://sim.example/queues/{}", q.name));
    }
    Ok(Config::from_vars(&vars))
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

    // ------------------------------------------------------------------ the chain

    async fn seed(&self) -> anyhow::Result<Vec<MemberId>> {
        let db = self.app.tables.client();
        tables::create(db, tables::CELL, tables::HQ).await?;
        let (mut hq, mut cell): (Vec<Item>, Vec<Item>) = (Vec::new(), Vec::new());
        for r in default_rules() {
            hq.push(rule_item(&r)?);
        }
        let rules = default_rules();
        let point = |i: usize| GeoPoint { lat: 31.20 + 0.004 * f64::from(u32::try_from(i).unwrap_or(0)), lng: 121.40 };
        let skus: Vec<SkuId> = (0..SKUS).map(|n| id(format!("sku_{n}"))).collect();
        for (n, sku) in skus.iter().enumerate() {
            hq.push(sku_item(&LibrarySku {
                sku: sku.clone(),
                spu: id(format!("spu_{n}")),
                name: format!("商品{n}"),
                spec: String::new(),
                brand: String::new(),
                category: "all".into(),
                category_name: "全部".into(),
                description: String::new(),
                barcode: String::new(),
                price: Fen(990 + 100 * i64::try_from(n)?),
                floor: Fen(1),
                flagship: false,
                offline_only: false,
                tracks_expiry: sku.as_str() == EXPIRES_SKU,
                weight_g: 500,
                picture: String::new(),
                rank: u32::try_from(n)?,
            })?);
        }
        let mut shelves: Vec<LocationId> = Vec::new();
        for (i, (name, mode, rule)) in STORES.iter().enumerate() {
            let store = StoreProfile {
                store: id(format!("sto_{name}")),
                name: format!("{name}店"),
                city: "上海".into(),
                address: String::new(),
                phone: String::new(),
                region: id("reg_1"),
                mode: *mode,
                tier: Tier::Standard,
                status: StoreStatus::Open,
                point: point(i),
                hours: Hours::daily(0, 0, CHINA),
                radius_m: 3_000,
                pickup: true,
                delivery: true,
                entrance: (*name).into(),
                theme: "standard".into(),
                rule: rules.iter().find(|r| r.rule.starts_with(rule)).context("a rule")?.rule.clone(),
                categories: vec![],
                pause: None,
                version: 0,
            };
            hq.extend(store_items(&store)?);
            for (n, sku) in skus.iter().enumerate() {
                hq.push(listing_item(
                    &store.store,
                    &Listing { sku: sku.clone(), category: "all".into(), rank: u32::try_from(n)?, price: None, featured: None },
                )?);
            }
            shelves.push(store.store.shelf());
        }
        let warehouse =
            Location { location: id(WAREHOUSE), name: "仓库".into(), kind: LocationKind::HqWarehouse, point: point(9), keeper: id("sto_a") };
        hq.push(warehouse_item(&warehouse)?);
        shelves.push(warehouse.location.clone());
        for (i, location) in shelves.iter().enumerate() {
            let mut lines = Vec::new();
            for sku in &skus {
                // Little enough that they are fought for.
                let on_hand = i64::try_from(self.engine.pick(if i == 3 { 12 } else { 7 }))?;
                let stock = Stock { on_hand, safety: i64::try_from(self.engine.pick(2))?, ..Stock::default() };
                cell.push(stock_item(location, sku, stock)?);
                if stock != Stock::default() {
                    lines.push(MovementLine::of(sku, on_hand, 0, 0).keeping(stock.safety));
                }
            }
            if !lines.is_empty() {
                cell.push(movement_item(&Movement::of(self.app.id(), location.clone(), MovementKind::Receipt, None, None, lines, BEGIN))?);
            }
        }
        let keys = self.app.keys().map_err(|e| anyhow::anyhow!("{e}"))?;
        let mut members = Vec::new();
        for (n, name) in (0..CUSTOMERS).map(|n| format!("mem_{n}")).chain([GRABBER.to_owned()]).enumerate() {
            let (key, member) = (keys.new_data_key().await?, id::<MemberId>(name));
            let row = Member { member: member.clone(), openid: String::new(), nickname: String::new(), key: key.wrapped, since: BEGIN };
            cell.extend(member_items(&row, &format!("index-{n}"))?);
            members.push(member);
        }
        for (table, rows) in [(Table::Hq, hq), (Table::Cell, cell)] {
            for row in rows {
                db.put_item().table_name(self.app.tables.table(table)).set_item(Some(row)).send().await?;
            }
        }
        tables::enable_stream(db, tables::CELL).await?;
        Ok(members)
    }

    // ------------------------------------------------------------------ customers

    async fn customer(self: Arc<Self>, n: usize, member: MemberId) -> anyhow::Result<()> {
        for purchase in 0..4 {
            // All at once, mostly: then they meet.
            let rush = Duration::from_secs(15 * 60 * (1 + purchase));
            tokio::time::sleep_until(START.with(|s| s.get()).unwrap_or_else(Instant::now) + rush + self.engine.between(0, 400)).await;
            if self.engine.roll(0.2) {
                sleep(self.engine.between(0, 10 * 60_000)).await;
            }
            self.purchase(&member, &format!("key-{n:02}-{purchase:02}")).await?;
        }
        Ok(())
    }

    async fn purchase(self: &Arc<Self>, member: &MemberId, key: &str) -> anyhow::Result<()> {
        let e = &self.engine;
        // Half of them want the same.
        let hot = e.roll(0.5);
        let store: StoreId = id(format!("sto_{}", STORES[if hot { 0 } else { usize::try_from(e.pick(3))? }].0));
        let first = if hot { 0 } else { e.pick(SKUS as u64) };
        let mut lines = vec![json!({"sku": format!("sku_{first}"), "quantity": 1 + e.pick(3)})];
        if e.roll(0.5) {
            lines.push(json!({"sku": format!("sku_{}", (first + 1) % SKUS as u64), "quantity": 1 + e.pick(2)}));
        }
        let fulfilment = match e.pick(20) {
            0..=7 => Fulfilment::Delivery,
            8..=10 => Fulfilment::HqShip,
            _ => Fulfilment::Pickup,
        };
        let point = json!({"lat": 31.202, "lng": 121.401});
        let comes_home = fulfilment != Fulfilment::Pickup;
        let ship_from = (fulfilment == Fulfilment::HqShip).then_some(WAREHOUSE);
        let ask = json!({
            "store": store, "lines": lines, "fulfilment": fulfilment, "ship_from": ship_from, "to": comes_home.then_some(&point),
        });
        let Some(quote) =
            self.tried(4, || routes::orders::quote::create(self.app.clone(), call(Caller::Anybody, &[], Some(&ask), None, self.app.now()))).await
        else {
            return Ok(());
        };
        let quote: Quote = serde_json::from_str(&quote.body)?;
        let source = quote.offers.iter().find_map(|o| if let Offer::Transfer { source, .. } = o { Some(source.clone()) } else { None });
        sleep(e.between(0, 500)).await;
        let recipient = json!({"name": "某人", "phone": "13800000000", "address": "某路 1 号", "point": point});
        let body = json!({
            "store": store, "lines": lines, "fulfilment": fulfilment, "expect_total": quote.total, "transfer_from": source,
            "ship_from": ship_from, "recipient": comes_home.then_some(recipient),
        });
        self.book(|b| b.tried.entry(member.clone()).or_default().insert(key.to_owned()));
        let place =
            || routes::orders::place::handle(self.app.clone(), call(Caller::Member(member.clone()), &[], Some(&body), Some(key), self.app.now()));
        let (answered, placed) = self.answered(6, place).await;
        let Some(placed) = placed else {
            if answered {
                // Refused for good: this key has no order.
                self.book(|b| b.tried.entry(member.clone()).or_default().remove(key));
            }
            return Ok(());
        };
        let placed: PlacedOrder = serde_json::from_str(&placed.body)?;
        // The client asks once more, as one does whose answer came late.
        if e.roll(0.3)
            && let Some(again) = self.tried(3, place).await
        {
            let again: PlacedOrder = serde_json::from_str(&again.body)?;
            if again.order != placed.order {
                self.book(|b| b.wrong.push(format!("{key} was answered with {} and with {}", placed.order, again.order)));
            }
        }
        self.book(|b| b.keys.insert(key.to_owned(), placed.order.clone()));
        match e.pick(10) {
            0 => {
                sleep(e.between(1_000, 600_000)).await;
                let path = [("order", placed.order.as_str())];
                self.tried(3, || {
                    routes::orders::cancel::handle(
                        self.app.clone(),
                        call(Caller::Member(member.clone()), &path, Some(&json!({})), None, self.app.now()),
                    )
                })
                .await;
            }
            1 => {}
            _ => {
                // Some pay in the last moment, some a little later than that.
                sleep(if e.roll(0.2) { e.between(13 * 60_000, 17 * 60_000) } else { e.between(2_000, 300_000) }).await;
                let late = self.bank.account(&placed.order).closed;
                if let Some(t) = self.bank.pay(&placed.order, placed.total, self.app.now()) {
                    self.spawn(self.clone().told(t, late));
                    if e.roll(0.04) {
                        self.spawn(self.clone().pays_twice(placed.order.clone()));
                    }
                    if e.roll(0.08) {
                        self.spawn(self.clone().regrets(member.clone(), placed.order.clone()));
                    }
                    if fulfilment == Fulfilment::HqShip && e.roll(0.7) {
                        self.spawn(self.clone().expects(member.clone(), placed.order));
                    }
                }
            }
        }
        Ok(())
    }

    /// Places many orders at one instant, and lets those that are taken lapse: never more of them than a member may have.
    async fn grabs(self: Arc<Self>, member: MemberId) -> anyhow::Result<()> {
        sleep(self.engine.between(0, 40 * 60_000)).await;
        let mut hands = JoinSet::new();
        for n in 0..GRABS {
            let (world, member, key) = (self.clone(), member.clone(), format!("grab-{n}"));
            self.book(|b| b.tried.entry(member.clone()).or_default().insert(key.clone()));
            let ask = json!({
                "store": "sto_b", "lines": [{"sku": "sku_3", "quantity": 1}], "fulfilment": "pickup", "expect_total": 1290, "again": true,
            });
            hands.spawn(async move {
                let place = || {
                    routes::orders::place::handle(
                        world.app.clone(),
                        call(Caller::Member(member.clone()), &[], Some(&ask), Some(&key), world.app.now()),
                    )
                };
                if let (true, None) = world.answered(6, place).await {
                    world.book(|b| b.tried.entry(member.clone()).or_default().remove(&key));
                }
            });
        }
        while let Some(done) = hands.join_next().await {
            done?;
        }
        Ok(())
    }

    /// Has paid, and thinks better of it; says so twice, for not every answer is heard.
    async fn regrets(self: Arc<Self>, member: MemberId, order: OrderId) {
        sleep(self.engine.between(5_000, 20 * 60_000)).await;
        let path = [("order", order.as_str())];
        for _ in 0..2 {
            let says = || {
                let call = call(Caller::Member(member.clone()), &path, Some(&json!({"sure": true})), None, self.app.now());
                routes::orders::cancel::handle(self.app.clone(), call)
            };
            self.answered(3, says).await;
        }
    }

    /// Waits for a parcel and says that it came; those who do not are taken to have it some day.
    async fn expects(self: Arc<Self>, member: MemberId, order: OrderId) {
        let path = [("order", order.as_str())];
        for _ in 0..40 {
            sleep(self.engine.between(60_000, 15 * 60_000)).await;
            if self.app.tables.order_head(&order).await.ok().flatten().is_some_and(|h| h.state == OrderState::Delivering) {
                let says = || {
                    let call = call(Caller::Member(member.clone()), &path, Some(&json!({})), None, self.app.now());
                    routes::orders::parcel::received(self.app.clone(), call)
                };
                if self.answered(3, says).await.0 {
                    return;
                }
            }
        }
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

    /// The provider's call-backs: none, one or several, soon or late. Of a payment for an order that is closed nobody asks any more: the provider tells it
    /// until it is acknowledged.
    async fn told(self: Arc<Self>, t: Transaction, late: bool) {
        if late {
            loop {
                sleep(self.engine.between(100, 60_000)).await;
                if let Some(Ok(())) = self.seen(self.mortal(payments::take(&self.app, &t, self.app.now())).await) {
                    return;
                }
            }
        }
        let times = match self.engine.pick(10) {
            0 => 0,
            1..=7 => 1,
            _ => 3,
        };
        for _ in 0..times {
            sleep(if self.engine.roll(0.1) { self.engine.between(60_000, 1_800_000) } else { self.engine.between(100, 5_000) }).await;
            for _ in 0..4 {
                match self.seen(self.mortal(payments::take(&self.app, &t, self.app.now())).await) {
                    Some(Ok(())) => break,
                    _ => sleep(Duration::from_secs(15)).await,
                }
            }
        }
    }

    /// A payment beside the one that an order lives on, told until it is heard, and once more.
    async fn pays_twice(self: Arc<Self>, order: OrderId) {
        for _ in 0..200 {
            sleep(self.engine.between(30_000, 300_000)).await;
            if self.app.tables.order_head(&order).await.ok().flatten().is_some_and(|h| h.transaction.is_some()) {
                break;
            }
        }
        let Some(again) = self.bank.pay_again(&order, self.app.now()) else { return };
        for _ in 0..2 {
            while !matches!(self.seen(self.mortal(payments::take(&self.app, &again, self.app.now())).await), Some(Ok(()))) {
                sleep(Duration::from_secs(15)).await;
            }
        }
    }

    // ------------------------------------------------------------------ clerks

    async fn staff(self: Arc<Self>, store: StoreId) {
        loop {
            sleep(if self.is_calm() { self.engine.between(20 * 60_000, 60 * 60_000) } else { self.engine.between(60_000, 300_000) }).await;
            // What does not work this time is tried again the next.
            let _ = self.round(&store).await;
        }
    }

    /// Something of an order is not where it should be: its customer is asked, and wants a transfer, or the money, or does not answer.
    async fn lacks(self: Arc<Self>, store: StoreId, order: OrderId) {
        let (e, app) = (&self.engine, &self.app);
        let Ok(Some((_, body))) = app.tables.order(&order).await else { return };
        let line = &body.lines[usize::try_from(e.pick(body.lines.len() as u64)).unwrap_or(0)];
        let missing = [MissingUnits { sku: line.sku.clone(), units: 1 + u32::try_from(e.pick(u64::from(line.quantity.get()))).unwrap_or(0) }];
        for _ in 0..3 {
            match self.seen(self.mortal(shortfalls::report(app, &store, &order, &missing, app.now())).await) {
                Some(Ok(())) => break,
                Some(Err(Failure::Problem(_))) => return,
                _ => sleep(Duration::from_secs(5)).await,
            }
        }
        self.chooses(order).await;
    }

    /// The customer whose order lacks something takes what is there, or another source, or the money, or does not answer.
    async fn chooses(self: Arc<Self>, order: OrderId) {
        let (e, app) = (&self.engine, &self.app);
        sleep(e.between(30_000, 40 * 60_000)).await;
        let Ok(Some((head, body))) = app.tables.order(&order).await else { return };
        let offers = self.mortal(shortfalls::offers(app, &head, &body, None, app.now())).await.and_then(Result::ok).unwrap_or_default();
        let source = offers.into_iter().find_map(|o| if let Offer::Transfer { source, .. } = o { Some(source) } else { None });
        for _ in 0..3 {
            let choice = match &source {
                Some(s) if e.roll(0.5) => Choice::Transfer(s),
                _ if e.roll(0.5) => Choice::Keep,
                _ if e.roll(0.5) => Choice::Refund,
                _ => return,
            };
            match self.seen(self.mortal(shortfalls::choose(app, &order, choice, app.now())).await) {
                Some(Ok(()) | Err(Failure::Problem(_))) => return,
                _ => sleep(Duration::from_secs(5)).await,
            }
        }
    }

    async fn round(self: &Arc<Self>, store: &StoreId) -> Option<()> {
        let e = &self.engine;
        let orders = |state| self.app.tables.orders_of_store(store, state, 50, None);
        let act = |path: Vec<(&'static str, String)>, body: Value| {
            let path: Vec<(&str, &str)> = path.iter().map(|(k, v)| (*k, v.as_str())).collect();
            call(Caller::Anybody, &path, Some(&body), None, self.app.now())
        };
        // Two clerks press the same button, sometimes.
        let twice = async |one: &(dyn Fn() -> futures::future::BoxFuture<'static, Result<Reply, Failure>> + Sync)| {
            if e.roll(0.3) {
                let (a, b) = futures::join!(self.mortal(one()), self.mortal(one()));
                self.seen(a);
                self.seen(b);
            } else {
                self.seen(self.mortal(one()).await);
            }
        };
        let whose = |order: &OrderId| vec![("store", store.to_string()), ("order", order.to_string())];
        for h in orders(OrderState::Preparing).await.ok()?.0 {
            if e.roll(0.15) && !self.is_calm() {
                self.spawn(self.clone().lacks(store.clone(), h.order.clone()));
                continue;
            }
            // What a transfer did not bring.
            if h.shortfall.as_ref().is_some_and(|s| s.unpromised) && e.roll(0.3) {
                self.spawn(self.clone().chooses(h.order.clone()));
                continue;
            }
            if h.shortfall.is_some() && e.roll(0.9) {
                continue;
            }
            if h.fulfilment == Fulfilment::HqShip {
                // Some are never shipped; some numbers are put right.
                if reliable(&h.order) {
                    let parcel = json!({"carrier": "sf", "number": format!("SF{:08}", e.pick(3)), "fresh": true});
                    twice(&|| Box::pin(routes::orders::parcel::ship(self.app.clone(), act(whose(&h.order), parcel.clone())))).await;
                }
                continue;
            }
            twice(&|| Box::pin(routes::orders::ready::handle(self.app.clone(), act(whose(&h.order), json!({}))))).await;
        }
        for h in orders(OrderState::Ready).await.ok()?.0 {
            // One in eight customers never comes; the others when they have time.
            if h.fulfilment == Fulfilment::Pickup && reliable(&h.order) && e.roll(0.5) {
                let code = json!({"code": format!("LD:{}:{}", h.order, h.pickup_code), "sure": true, "fresh": true});
                twice(&|| Box::pin(routes::orders::pickup::verify(self.app.clone(), act(vec![("store", store.to_string())], code.clone())))).await;
            }
        }
        for h in self.app.tables.parcels_of_store(store, 50, None).await.ok()?.0 {
            if e.roll(0.05) && !self.is_calm() {
                twice(&|| Box::pin(routes::orders::parcel::lost(self.app.clone(), act(whose(&h.order), json!({}))))).await;
            }
        }
        // A shelf is filled up from elsewhere, whether or not there is enough.
        if e.roll(0.1) && !self.is_calm() {
            let lines: Vec<Value> = (0..=e.pick(2)).map(|n| json!({"sku": format!("sku_{n}"), "quantity": 1 + e.pick(4)})).collect();
            let from = if e.roll(0.5) { json!({"source": "loc_a", "lines": lines}) } else { json!({"lines": lines}) };
            let (path, key) = ([("store", store.to_string())], format!("fill-{}", e.pick(u64::MAX)));
            let one = || {
                let path: Vec<(&str, &str)> = path.iter().map(|(k, v)| (*k, v.as_str())).collect();
                let app = self.app.clone();
                let ask = call(clerk(app.now()), &path, Some(&from), Some(&key), app.now());
                Box::pin(routes::transfers::ask(app, ask)) as futures::future::BoxFuture<'static, Result<Reply, Failure>>
            };
            twice(&one).await;
        }
        let (out, into, _) = self.app.tables.transfers_of(store, 50, 5).await.ok()?;
        for t in out.into_iter().chain(into) {
            // HQ calls one off, or back, or gives it up, sometimes.
            if e.roll(0.03) {
                let steps = t.steps_for(&Party::Hq);
                let Some(step) = steps.get(usize::try_from(e.pick(steps.len() as u64)).ok()?).copied() else { continue };
                let (path, body) = (vec![("transfer", t.transfer.to_string())], json!({"step": step, "reason": "simulated"}));
                twice(&|| Box::pin(routes::transfers::hq_step(self.app.clone(), act(path.clone(), body.clone())))).await;
                continue;
            }
            let steps = t.steps_for(&Party::Store(store.clone()));
            let Some(step) = steps.get(usize::try_from(e.pick(steps.len() as u64)).ok()?).copied() else { continue };
            // One in eight is forgotten for ever; sources refuse sometimes, and sometimes do not look.
            let forgotten = !reliable(&t.transfer) && t.state != TransferState::Requested;
            if forgotten || e.roll(0.2) || (step == TransferStep::Reject && e.roll(0.5)) {
                continue;
            }
            let mut body = json!({"step": step, "reason": "simulated", "fresh": true});
            if matches!(step, TransferStep::Receive | TransferStep::Accept) && e.roll(0.3) {
                let sent = t.lines[0].accepted.unwrap_or(t.lines[0].quantity);
                // Nothing of it, a little less, or (where people count) one more than was sent.
                let more = u32::from(step == TransferStep::Receive);
                let quantity = [0, sent.saturating_sub(1), sent + more][usize::try_from(e.pick(3)).ok()?];
                body["lines"] = json!([{"sku": t.lines[0].sku, "quantity": quantity}]);
            }
            let path = vec![("store", store.to_string()), ("transfer", t.transfer.to_string())];
            twice(&|| Box::pin(routes::transfers::step(self.app.clone(), act(path.clone(), body.clone())))).await;
        }
        Some(())
    }

    // ------------------------------------------------------------------ the till, and what comes in

    /// Sells what lies there, whoever was promised it, and tells of it late and more than once; goods come in, too.
    async fn till(self: Arc<Self>, store: StoreId) {
        let e = &self.engine;
        let mut number = 0;
        loop {
            sleep(e.between(60_000, 900_000)).await;
            if self.is_calm() {
                return;
            }
            number += 1;
            let which = e.pick(SKUS as u64);
            let sku: SkuId = id(format!("sku_{which}"));
            if e.roll(0.1) {
                // Some breaks, and sometimes it is decided anew how much is kept back.
                self.book(|b| *b.till.entry((store.clone(), sku.clone())).or_default() += 1);
                let loss = json!({"kind": "loss", "reason": "破损", "lines": [{"sku": sku, "quantity": 1}]});
                let key = format!("loss-{}", e.pick(u64::MAX));
                let broke = call(clerk(self.app.now()), &[("store", store.as_str())], Some(&loss), Some(&key), self.app.now());
                self.seen(self.mortal(routes::stock::shelf::adjust(self.app.clone(), broke)).await);
                let path = [("store", store.as_str()), ("sku", sku.as_str())];
                let kept = call(clerk(self.app.now()), &path, Some(&json!({"safety": e.pick(3)})), None, self.app.now());
                self.seen(self.mortal(routes::stock::shelf::safety(self.app.clone(), kept)).await);
                continue;
            }
            if e.roll(0.3) {
                // Some of it is good for today only.
                let day = hours::day(self.app.now().plus(i64::try_from(e.pick(4)).unwrap_or(0) * Timestamp::DAY), CHINA);
                let dated = (sku.as_str() == EXPIRES_SKU).then(|| day.to_string());
                let line = FactLine { sku, quantity: 2, expires_on: dated };
                let body = json!({"kind": "receipt", "lines": [line]});
                let call =
                    call(clerk(self.app.now()), &[("store", store.as_str())], Some(&body), Some(&format!("in-{}", e.pick(u64::MAX))), self.app.now());
                self.seen(self.mortal(routes::stock::shelf::receive(self.app.clone(), call)).await);
                continue;
            }
            let sale = PosSale {
                till: "1".into(),
                number: number.to_string(),
                sold_at: self.app.now(),
                lines: vec![PosLine { sku: sku.clone(), quantity: 1, returned_to: None, expires_on: None }],
            };
            self.book(|b| *b.till.entry((store.clone(), sku)).or_default() += 1);
            self.spawn(self.clone().tell(store.clone(), sale));
        }
    }

    async fn tell(self: Arc<Self>, store: StoreId, sale: PosSale) {
        let times = 1 + self.engine.pick(3);
        let mut told = 0;
        // Some bridges put it into the queue, and ask again by the door.
        if self.engine.roll(0.3) {
            let message = Message::PosSaleV1 { store: store.clone(), sale: sale.clone() };
            let send = async { self.app.queues.send(&[Routed { message, delay_s: 0 }]).await.map_err(Failure::from) };
            let _ = self.mortal(send).await;
        }
        // Until it is acknowledged, and a few times more.
        while told < times {
            sleep(self.engine.between(100, 3_600_000)).await;
            if let Some(Ok(_)) = self.seen(self.mortal(shelf::sold(&self.app, &store, &sale, self.app.now())).await) {
                told += 1;
            }
        }
        self.book(|b| *b.rung.entry(store).or_default() += 1);
    }

    // ------------------------------------------------------------------ counts

    /// Counts the shelf, finds a little more or less than the record says, and hands it in; somebody else decides, if anybody.
    async fn counter(self: Arc<Self>, store: StoreId) {
        loop {
            sleep(self.engine.between(5 * 60_000, 30 * 60_000)).await;
            if self.is_calm() {
                return;
            }
            let count: CountId = self.app.id();
            self.book(|b| b.counts.push(count.clone()));
            // What dies on the way stays an open count, or is driven to its end.
            let _ = self.mortal(self.count(&store, &count)).await;
        }
    }

    async fn count(&self, store: &StoreId, which: &CountId) -> Result<(), Failure> {
        let (e, app, by) = (&self.engine, &self.app, &id::<StaffId>("stf_counter"));
        let skus: Vec<SkuId> = (0..SKUS).map(|n| id(format!("sku_{n}"))).collect();
        // A shelf has one count at a time: what an earlier one left open is ended first.
        for old in app.tables.counts_of(store, 5, None).await?.0 {
            match old.state {
                CountState::Open => counts::cancel(app, store, &old.count, app.now()).await?,
                CountState::Submitted => counts::decide(app, store, &old.count, true, None, &id("stf_boss"), app.now()).await?,
                _ => {}
            }
        }
        let new = NewCount {
            count: which.clone(),
            store: store.clone(),
            location: store.shelf(),
            zone: CHINA.into(),
            kind: CountKind::Full,
            blind: false,
            picked: false,
            title: "全店".into(),
            skus: skus.clone(),
            by: by.clone(),
        };
        let (_, lines, begun) = count::begin(new, app.now()).map_err(Failure::from)?;
        app.tables.add_count_lines(&lines, app.now()).await?;
        let begun = &begun;
        transact(app, app.now(), |_| async move { Ok(Plan::new((), begun.clone())) }).await?;
        for sku in &skus {
            sleep(e.between(1_000, 60_000)).await;
            let off = if e.roll(0.2) { -1 } else { i64::try_from(e.pick(2)).unwrap_or(0) };
            transact(app, app.now(), |_| async move {
                let head = counts::of(app, store, which).await?;
                let book = app.tables.stock(&[(store.shelf(), sku.clone())], true).await?[0].on_hand;
                let counted = u32::try_from((book + off).max(0)).unwrap_or(0);
                let lines = app.tables.some_count_lines(which, std::slice::from_ref(sku)).await?;
                let found = Found { sku: sku.clone(), counted, book, expires_on: None };
                Ok(Plan::new((), count::enter(&head, &lines, &[found], by, app.now())?.1))
            })
            .await?;
        }
        counts::submit(app, store, which, by, app.now()).await?;
        if e.roll(0.8) && app.tables.count_head(which).await?.is_some_and(|c| c.state == CountState::Submitted) {
            counts::decide(app, store, which, e.roll(0.8), Some("simulated"), &id("stf_boss"), app.now()).await?;
        }
        Ok(())
    }

    // ------------------------------------------------------------------ rows

    /// Splits records and folds them while they sell, two at once sometimes. Some stay split at the end of the day.
    async fn rows(self: Arc<Self>, shelf: LocationId) {
        let (e, store) = (&self.engine, &self.app.tables);
        loop {
            sleep(e.between(5_000, 240_000)).await;
            if self.is_calm() {
                return;
            }
            let sku: SkuId = id(format!("sku_{}", if e.roll(0.5) { 0 } else { e.pick(SKUS as u64) }));
            let until = e.roll(0.7).then(|| self.app.now().plus(10 * Timestamp::MINUTE));
            let shards = 1 + u16::try_from(e.pick(6)).unwrap_or(0);
            // What it met or lost is left half done: that must be as good as done.
            let _ = match e.pick(5) {
                0 | 1 => self.mortal(store.split(&shelf, &sku, shards, until)).await,
                2 => self.mortal(store.fold(&shelf, &sku)).await,
                3 => self.mortal(store.even_out(&shelf, &sku)).await,
                _ => {
                    let (split, fold) = futures::join!(self.mortal(store.split(&shelf, &sku, shards, until)), self.mortal(store.fold(&shelf, &sku)));
                    split.or(fold)
                }
            };
        }
    }

    // ------------------------------------------------------------------ riders

    async fn riders(self: Arc<Self>, mut born: UnboundedReceiver<DeliveryId>) {
        let mut under_way = JoinSet::new();
        while let Some(d) = born.recv().await {
            under_way.spawn(self.clone().ride(d));
        }
    }

    /// A rider's way: one in ten calls off, gives the order back to the platform, or comes back with the goods.
    async fn ride(self: Arc<Self>, d: DeliveryId) {
        let e = &self.engine;
        let mut rider = 0;
        let mut step = 0;
        while step < 4 {
            sleep(e.between(20_000, 240_000)).await;
            // Called off meanwhile.
            if self.platform.state(&d) == Some(RiderWord::Cancelled) {
                return;
            }
            let word = [RiderWord::Accepted, RiderWord::AtStore, RiderWord::Delivering, RiderWord::Done][step];
            let word = match e.pick(30) {
                0 | 1 if step > 0 => RiderWord::Cancelled,
                2 if (1..3).contains(&step) => RiderWord::Withdrawn,
                3 if step == 3 => RiderWord::Abnormal,
                _ => word,
            };
            self.platform.set(&d, word);
            let name = ["王师傅", "李师傅", "张师傅"][rider % 3];
            let news = News { delivery: d.clone(), word, rider: Some(name.into()), rider_phone: None, at: Some(self.app.now()) };
            if !e.roll(0.1) {
                self.spawn(self.clone().news(news));
            }
            match word {
                RiderWord::Cancelled => return,
                // Another one takes it, or nobody does.
                RiderWord::Withdrawn => {
                    rider += 1;
                    step = if e.roll(0.7) { 0 } else { return };
                }
                RiderWord::Abnormal => {}
                _ => step += 1,
            }
        }
    }

    async fn news(self: Arc<Self>, news: News) {
        for _ in 0..if self.engine.roll(0.1) { 2 } else { 1 } {
            sleep(if self.engine.roll(0.1) { self.engine.between(60_000, 900_000) } else { self.engine.between(50, 3_000) }).await;
            for _ in 0..3 {
                match self.seen(self.mortal(deliveries::take_news(&self.app, &news, self.app.now())).await) {
                    Some(Ok(())) => break,
                    _ => sleep(Duration::from_secs(20)).await,
                }
            }
        }
    }

    // ------------------------------------------------------------------ the machinery

    async fn sweep(&self) {
        if self.engine.plant() != Some(Plant::Sweeper) {
            self.seen(self.mortal(workers::sweeper(self.app.clone())).await);
        }
    }

    async fn stream(self: Arc<Self>, name: &'static str) {
        let f = function::find(name).expect("a function");
        let Kind::Stream { prefixes, .. } = f.kind else { return };
        let source = Source::Here(self.engine.primary.clone());
        let (mut iterator, mut pending): (Option<String>, Vec<EventRecord>) = (None, Vec::new());
        loop {
            let news = self.engine.wrote.notified();
            match source.records(tables::CELL, &mut iterator, None).await {
                Ok((more, _)) => pending.extend(more.into_iter().filter(|r| mappings::wanted(r, prefixes))),
                Err(error) => self.book(|b| b.wrong.push(format!("the stream: {error:#}"))),
            }
            if pending.is_empty() {
                news.await;
                sleep(self.engine.between(10, 400)).await;
                continue;
            }
            self.shuffle(&mut pending);
            let n = 1 + usize::try_from(self.engine.pick(pending.len() as u64)).unwrap_or(0);
            let batch: Vec<EventRecord> = pending[..n].to_vec();
            let again = self.engine.roll(self.engine.rates().twice);
            let done = match self.mortal(invoke::stream(&self.app, f, event(batch.clone()))).await {
                Some(answer) => match answer.batch_item_failures.first() {
                    None => n,
                    Some(first) => batch.iter().position(|r| r.change.sequence_number == first.item_identifier).unwrap_or(0),
                },
                None => 0,
            };
            if again {
                let _ = self.mortal(invoke::stream(&self.app, f, event(batch))).await;
            }
            if done == 0 {
                sleep(self.engine.between(100, 1_000)).await;
            }
            pending.drain(..done);
        }
    }

    /// Any order, but of one item the order in which it changed.
    fn shuffle(&self, records: &mut [EventRecord]) {
        let key = |r: &EventRecord| format!("{:?}{:?}", r.change.keys.get("pk"), r.change.keys.get("sk"));
        for _ in 0..records.len() {
            let i = usize::try_from(self.engine.pick(records.len().saturating_sub(1) as u64)).unwrap_or(0);
            if i + 1 < records.len() && key(&records[i]) != key(&records[i + 1]) {
                records.swap(i, i + 1);
            }
        }
    }

    async fn queues(self: Arc<Self>) {
        let mut work = JoinSet::new();
        loop {
            let news = self.engine.sent.notified();
            while work.try_join_next().is_some() {}
            let Some(m) = self.engine.receive() else {
                match self.engine.next_visible() {
                    Some(at) => tokio::select! {
                        biased;
                        () = tokio::time::sleep_until(at.max(Instant::now() + Duration::from_millis(1))) => {}
                        () = news => {}
                    },
                    None => news.await,
                }
                continue;
            };
            work.spawn(self.clone().work(m));
            sleep(self.engine.between(0, 50)).await;
        }
    }

    async fn work(self: Arc<Self>, m: crate::engine::Waiting) {
        let functions = liandian_functions::table::FUNCTIONS;
        let Some(f) = functions.iter().find(|f| matches!(f.kind, Kind::Queue { queue, .. } if queue == m.queue)) else { return };
        let most = liandian_functions::table::QUEUES.iter().find(|q| q.name == m.queue).map_or(6, |q| q.max_receives);
        let mut record = SqsMessage::default();
        record.message_id = Some(m.id.to_string());
        record.body = Some(m.body.clone());
        let mut e = SqsEvent::default();
        e.records = vec![record];
        let poisoned = m.poisoned;
        let work = async {
            if poisoned {
                explain();
            }
            invoke::queue(&self.app, f, e).await
        };
        let done = self.mortal(work).await.is_some_and(|a| a.batch_item_failures.is_empty());
        if done || m.receives >= most {
            self.engine.delete(m.id);
        }
    }

    // ------------------------------------------------------------------ the end

    /// Goes from deadline to deadline until nothing is owed any more.
    async fn settle(&self) -> anyhow::Result<()> {
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

    async fn check(&self, members: &[MemberId]) -> anyhow::Result<Report> {
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

/// What a crowd came to.
#[derive(Debug, Clone, Copy)]
pub struct Crowd {
    /// Units that were sold.
    pub sold: usize,
    /// Buyers who were told that nothing is left.
    pub refused: usize,
    /// Seconds, in virtual time, until all of them had an answer.
    pub seconds: f64,
    /// How often transactions met.
    pub met: u64,
    /// Requests to the tables.
    pub requests: u64,
    /// Shards at the end.
    pub shards: u16,
}

/// So many buyers come within a moment for the same `units` of one SKU, which is sold from so many `shards`; `None`: as the crowd
/// makes it.
pub async fn crowd(shards: Option<u16>, buyers: usize, units: i64) -> anyhow::Result<Crowd> {
    let (world, _) = World::new(1, None)?;
    world.seed().await?;
    let stock = StockPolicy { splits: shards.is_none(), ..StockPolicy::default() };
    world.app.tables.put_policies(&Policies { stock, ..Policies::default() }).await?;
    let (app, store, sku) = (&world.app, id::<StoreId>("sto_a"), id::<SkuId>("sku_0"));
    let before = app.tables.stock(&[(store.shelf(), sku.clone())], true).await?[0];
    let fact = Fact {
        movement: app.id(),
        location: store.shelf(),
        kind: MovementKind::Receipt,
        at: app.now(),
        document: None,
        reason: None,
        actor: "sim".into(),
        lines: vec![(sku.clone(), units - before.free())],
        settled: Vec::new(),
    };
    let decision = &stock::record(fact).map_err(|p| anyhow::anyhow!("{p:?}"))?;
    transact(app, app.now(), |_| async move { Ok(Plan::new((), decision.clone())) }).await?;
    if let Some(shards) = shards.filter(|s| *s > 0) {
        app.tables.split(&store.shelf(), &sku, shards, None).await?;
    }
    // Everybody buys one: who has other orders meets himself.
    for n in 0..buyers {
        let row = Member { member: id(format!("mem_crowd-{n}")), openid: String::new(), nickname: String::new(), key: String::new(), since: BEGIN };
        for item in member_items(&row, &format!("crowd-{n}"))? {
            app.tables.client().put_item().table_name(app.tables.table(Table::Cell)).set_item(Some(item)).send().await?;
        }
    }
    let body = Arc::new(json!({"store": store, "lines": [{"sku": sku, "quantity": 1}], "fulfilment": "pickup", "expect_total": 990}));
    let (begun, met, requests) = (Instant::now(), world.engine.met(), world.engine.requests());
    let mut people = JoinSet::new();
    for n in 0..buyers {
        let (world, body) = (world.clone(), body.clone());
        people.spawn(async move {
            sleep(world.engine.between(0, 100)).await;
            loop {
                let (who, key) = (Caller::Member(id(format!("mem_crowd-{n}"))), format!("crowd-{n:05}"));
                match routes::orders::place::handle(world.app.clone(), call(who, &[], Some(&body), Some(&key), world.app.now())).await {
                    Ok(_) => return Ok(true),
                    Err(Failure::Problem(p)) if p.code == Code::SoldOut => return Ok(false),
                    Err(Failure::Unavailable(_)) => sleep(world.engine.between(100, 1_000)).await,
                    Err(e) => return Err(anyhow::anyhow!("{e}")),
                }
            }
        });
    }
    let (mut sold, mut refused) = (0, 0);
    while let Some(answer) = people.join_next().await {
        if answer?? { sold += 1 } else { refused += 1 }
    }
    let seconds = begun.elapsed().as_secs_f64();
    let (met, requests) = (world.engine.met() - met, world.engine.requests() - requests);
    let (_, differences) = app.tables.fsck().await?;
    ensure!(differences.is_empty(), "the books do not agree: {differences:?}");
    let after = app.tables.stock(&[(store.shelf(), sku.clone())], true).await?[0];
    ensure!(i64::try_from(sold)? == units && after.free() == 0, "{sold} of {units} sold, {after:?}");
    Ok(Crowd { sold, refused, seconds, met, requests, shards: app.tables.shards(&store.shelf(), &sku).await?.unwrap_or(0) })
}

fn event(records: Vec<EventRecord>) -> dynamodb::Event {
    let mut e = dynamodb::Event::default();
    e.records = records;
    e
}
