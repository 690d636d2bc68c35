//! The tables and the queues inside the process: the SDK's requests are answered by the embedded engine, in virtual time, with
//! faults that a seed decides. Reads that need not be consistent (and all indexes) come from a replica that lags behind.

use std::{
    collections::{BTreeMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_runtime_api::{
    client::{
        http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn},
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use dynoxide::Database;
use liandian_local::{engine as local, tables};
use md5::{Digest, Md5};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use tokio::{
    sync::Notify,
    time::{Instant, sleep},
};

/// The SKU that tracks the day on which it expires.
pub const EXPIRES_SKU: &str = "sku_1";

/// How often what goes wrong, of 1.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rates {
    /// A request that never arrives.
    pub lost_request: f64,
    /// An answer that never arrives: the write has happened.
    pub lost_answer: f64,
    /// The table throttles.
    pub throttled: f64,
    /// A transaction meets another one.
    pub conflict: f64,
    /// A request that takes seconds.
    pub slow: f64,
    /// A process that dies while it works.
    pub killed: f64,
    /// A message that a queue took and never gives.
    pub lost_message: f64,
    /// A message (or a stream batch) that comes twice.
    pub twice: f64,
    /// A message that nobody can read, beside the one that was sent.
    pub poisoned: f64,
    /// A partner that does not answer, before or after it did what was asked.
    pub partner: f64,
}

impl Rates {
    /// A bad day.
    pub const BAD: Rates = Rates {
        lost_request: 0.01,
        lost_answer: 0.02,
        throttled: 0.01,
        conflict: 0.03,
        slow: 0.01,
        killed: 0.08,
        lost_message: 0.05,
        twice: 0.10,
        poisoned: 0.02,
        partner: 0.08,
    };
}

/// A fault of ours that the simulation must find: what a faulty program leaves out. (A message that is done before its work is no such fault: what is owed is driven
/// by its due time.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Plant {
    /// That a reservation asks for what it takes.
    StockCondition,
    /// That an aggregate is the version that was read.
    VersionCondition,
    /// The record of an idempotency key, and an order's id that is made of it.
    IdempotencyRecord,
    /// Movement documents.
    Movements,
    /// The time at which what is owed is driven.
    DueTime,
    /// Driving it.
    Sweeper,
    /// Closing at the provider before stock is released.
    CloseAtProvider,
    /// That a posting is the first of its order.
    PostingCondition,
    /// That a shard that is folded holds what was read of it.
    FoldCondition,
    /// The batches that a document brings in.
    Batches,
    /// What becomes of a payment that came after its order was closed.
    LatePayment,
    /// That the transfer of an order whose money goes back is called off.
    TransferOfRefund,
    /// That only what arrived is promised to the order that waited for it: what was sent is.
    ArrivedOnly,
    /// The days of goods that another location sent, when they arrive.
    DatesOfTransfer,
}

tokio::task_local! {
    /// Did something go wrong in this piece of work that an answer of 5xx may be told for?
    static EXPLAINED: std::cell::Cell<bool>;
}

/// Something goes wrong in the work that is under way.
pub fn explain() {
    let _ = EXPLAINED.try_with(|e| e.set(true));
}

/// Does some work, and tells whether something went wrong in it that was injected, or came of meeting others.
pub async fn explained<T>(work: impl Future<Output = T>) -> (T, bool) {
    let work = async {
        let out = work.await;
        (out, EXPLAINED.with(std::cell::Cell::get))
    };
    EXPLAINED.scope(std::cell::Cell::new(false), work).await
}

/// Days with units.
type ByDate = Vec<(String, i64)>;

/// A shelf of the goods that expire, unit by unit, as the documents say in the order in which they were committed. `None`: without a date.
#[derive(Default)]
struct Shelf {
    units: Vec<Option<String>>,
    /// Units that were sold and were not there.
    short: i64,
    /// Nobody can say: the record was split, where units may go to the neighbouring batch.
    blurred: bool,
}

impl Shelf {
    fn moves(&mut self, on_hand: i64, by_date: &[(String, i64)]) {
        let dated = by_date.iter().flat_map(|(day, n)| (0..*n).map(|_| Some(day.clone())));
        if on_hand > 0 {
            let came: Vec<_> = dated.collect();
            let undated = usize::try_from(on_hand).unwrap_or(0).saturating_sub(came.len());
            self.units.extend(came);
            self.units.extend((0..undated).map(|_| None));
            let owed = self.short.min(on_hand);
            self.short -= owed;
            self.first_out(owed);
        } else {
            let mut gone = -on_hand;
            for unit in dated {
                if let Some(at) = self.units.iter().position(|u| *u == unit) {
                    self.units.remove(at);
                    gone -= 1;
                }
            }
            self.first_out(gone);
        }
    }

    /// The earliest go first, and before them those without a date.
    fn first_out(&mut self, n: i64) {
        self.units.sort_unstable();
        let n = usize::try_from(n).unwrap_or(0);
        let there = n.min(self.units.len());
        self.units.drain(..there);
        self.short += i64::try_from(n - there).unwrap_or(0);
    }
}

/// A message that waits.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Its id.
    pub id: u64,
    /// Name of its queue.
    pub queue: String,
    /// Its text.
    pub body: String,
    /// From when on it can be received.
    pub visible_at: Instant,
    /// How often it was.
    pub receives: u32,
    /// Nobody can read it.
    pub poisoned: bool,
}

/// Both services.
pub struct Engine {
    /// What is.
    pub primary: Database,
    replica: Database,
    behind: Mutex<VecDeque<(Instant, String, String)>>,
    chance: Mutex<StdRng>,
    rates: Mutex<Rates>,
    plant: Option<Plant>,
    waiting: Mutex<Vec<Waiting>>,
    ids: Mutex<u64>,
    trace: Mutex<u64>,
    requests: Mutex<u64>,
    held: Mutex<HashSet<String>>,
    met: Mutex<u64>,
    oversold: Mutex<Vec<String>>,
    shelves: Mutex<BTreeMap<String, Shelf>>,
    /// The tokens of the transactions that were committed.
    committed: Mutex<HashSet<String>>,
    misdated: Mutex<Vec<String>>,
    left_open: Mutex<Vec<String>>,
    /// Something was written.
    pub wrote: Notify,
    /// A message was sent.
    pub sent: Notify,
}

/// The items of a transaction that is under way.
struct Held<'a> {
    engine: &'a Engine,
    keys: Vec<String>,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let mut held = lock(&self.engine.held);
        for k in &self.keys {
            held.remove(k);
        }
    }
}

/// The keys of a transaction's items, in order.
fn touched(body: &str) -> Vec<String> {
    let v: Value = serde_json::from_str(body).unwrap_or_default();
    let key = |i: &Value| {
        let keys = [&i["Put"]["Item"], &i["Update"]["Key"], &i["Delete"]["Key"], &i["ConditionCheck"]["Key"]].into_iter().find(|k| k.is_object());
        keys.map(|k| format!("{} {}", k["pk"]["S"], k["sk"]["S"])).unwrap_or_default()
    };
    v["TransactItems"].as_array().into_iter().flatten().map(key).collect()
}

/// A transaction that met another one on these of its items.
fn cancelled(met: &[bool]) -> String {
    let reasons: Vec<Value> = met.iter().map(|m| json!({"Code": if *m { "TransactionConflict" } else { "None" }})).collect();
    let kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
    json!({"__type": kind, "Message": "cancelled", "CancellationReasons": reasons}).to_string()
}

fn lock<T>(m: &Mutex<T>) -> MutexGuard<'_, T> {
    m.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Engine {
    /// Empty tables; everything that is left to chance follows from the seed.
    pub fn new(seed: u64, plant: Option<Plant>) -> anyhow::Result<Arc<Self>> {
        let memory = || Database::memory().map_err(|e| anyhow::anyhow!("no engine: {e}"));
        Ok(Arc::new(Self {
            primary: memory()?,
            replica: memory()?,
            behind: Mutex::default(),
            chance: Mutex::new(StdRng::seed_from_u64(seed ^ 0x5eed)),
            rates: Mutex::default(),
            plant,
            waiting: Mutex::default(),
            ids: Mutex::default(),
            trace: Mutex::new(0xcbf2_9ce4_8422_2325),
            requests: Mutex::default(),
            held: Mutex::default(),
            met: Mutex::default(),
            oversold: Mutex::default(),
            shelves: Mutex::default(),
            committed: Mutex::default(),
            misdated: Mutex::default(),
            left_open: Mutex::default(),
            wrote: Notify::new(),
            sent: Notify::new(),
        }))
    }

    /// The planted fault.
    pub fn plant(&self) -> Option<Plant> {
        self.plant
    }

    /// How often things go wrong from now on.
    pub fn set_rates(&self, rates: Rates) {
        *lock(&self.rates) = rates;
    }

    /// How often things go wrong now.
    pub fn rates(&self) -> Rates {
        *lock(&self.rates)
    }

    /// True so often, of 1.
    pub fn roll(&self, rate: f64) -> bool {
        rate > 0.0 && lock(&self.chance).random_bool(rate)
    }

    /// A number below `n`.
    pub fn pick(&self, n: u64) -> u64 {
        lock(&self.chance).random_range(0..n.max(1))
    }

    /// A duration between two, in milliseconds.
    pub fn between(&self, from: u64, to: u64) -> Duration {
        Duration::from_millis(from + self.pick(to.saturating_sub(from)))
    }

    /// What happened so far, as one number: two runs of a seed have the same.
    pub fn trace(&self) -> u64 {
        *lock(&self.trace)
    }

    /// Requests so far.
    pub fn requests(&self) -> u64 {
        *lock(&self.requests)
    }

    /// Notes that something happened.
    pub fn note(&self, what: &str) {
        let mut t = lock(&self.trace);
        for b in what.bytes() {
            *t = (*t ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    /// The SDK's door to it.
    pub fn http(self: &Arc<Self>) -> SharedHttpClient {
        let wire = SharedHttpConnector::new(Wire(self.clone()));
        http_client_fn(move |_, _| wire.clone())
    }

    async fn answer(&self, target: &str, body: String) -> Result<HttpResponse, ConnectorError> {
        let rates = self.rates();
        let op = target.rsplit('.').next().unwrap_or_default().to_owned();
        let io = |what: &str| ConnectorError::io(std::io::Error::other(what.to_owned()).into());
        let reply = |status: u16, text: String| {
            let status = StatusCode::try_from(status).unwrap_or_else(|_| unreachable!("a status"));
            Ok(HttpResponse::new(status, SdkBody::from(text)))
        };
        sleep(if self.roll(rates.slow) { self.between(1_000, 5_000) } else { self.between(1, 15) }).await;
        *lock(&self.requests) += 1;
        if self.roll(rates.lost_request) {
            self.note("lost request");
            explain();
            return Err(io("the request was lost"));
        }
        if target.starts_with("AmazonSQS.") {
            let text = self.send(&body);
            sleep(self.between(1, 10)).await;
            if self.roll(rates.lost_answer) {
                explain();
                return Err(io("the answer was lost"));
            }
            return reply(200, text);
        }
        if self.roll(rates.throttled) {
            self.note("throttled");
            explain();
            return reply(400, json!({"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException", "message": "slow down"}).to_string());
        }
        if op == "TransactWriteItems" && self.roll(rates.conflict) {
            self.note("conflict");
            explain();
            let n = touched(&body).len();
            let hit = usize::try_from(self.pick(n as u64)).unwrap_or(0);
            return reply(400, cancelled(&(0..n).map(|i| i == hit).collect::<Vec<_>>()));
        }
        let body = self.planted(&op, body);
        if op == "TransactWriteItems" && self.plant == Some(Plant::LatePayment) && body.contains("付款时商品已售完") {
            return reply(200, "{}".to_owned());
        }
        // Held until it is answered: another transaction that comes to one of its items meanwhile is cancelled.
        let _held = if op == "TransactWriteItems" {
            match self.hold(&body) {
                Ok(held) => Some(held),
                Err(codes) => {
                    self.note("met");
                    explain();
                    *lock(&self.met) += 1;
                    sleep(self.between(1, 5)).await;
                    return reply(400, cancelled(&codes));
                }
            }
        } else {
            None
        };
        let (status, text) = self.execute(&op, body);
        self.note(&format!("{op} {status}"));
        sleep(self.between(1, 15)).await;
        if self.roll(rates.lost_answer) {
            self.note("lost answer");
            explain();
            return Err(io("the answer was lost"));
        }
        reply(status, text)
    }

    /// Takes a transaction's items, or tells which of them another transaction has.
    fn hold(&self, body: &str) -> Result<Held<'_>, Vec<bool>> {
        let keys = touched(body);
        let mut held = lock(&self.held);
        let met: Vec<bool> = keys.iter().map(|k| held.contains(k)).collect();
        if met.contains(&true) {
            return Err(met);
        }
        held.extend(keys.iter().cloned());
        Ok(Held { engine: self, keys })
    }

    /// How often transactions met.
    pub fn met(&self) -> u64 {
        *lock(&self.met)
    }

    /// What a faulty program would have sent.
    fn planted(&self, op: &str, body: String) -> String {
        if op != "TransactWriteItems" {
            return body;
        }
        let Some(plant) = self.plant else { return body };
        let Ok(mut v) = serde_json::from_str::<Value>(&body) else { return body };
        let Some(items) = v["TransactItems"].as_array_mut() else { return body };
        let sk = |put: &Value| put["Item"]["sk"]["S"].as_str().unwrap_or_default().to_owned();
        let unconditional = |write: &mut Value, names: &[&str], values: &[&str]| {
            if let Some(w) = write.as_object_mut() {
                w.remove("ConditionExpression");
            }
            for (field, gone) in [("ExpressionAttributeNames", names), ("ExpressionAttributeValues", values)] {
                let empty = write[field].as_object_mut().is_some_and(|m| {
                    for g in gone {
                        m.remove(*g);
                    }
                    m.is_empty()
                });
                if let Some(w) = write.as_object_mut().filter(|_| empty) {
                    w.remove(field);
                }
            }
        };
        match plant {
            Plant::StockCondition => {
                for i in items.iter_mut().filter(|i| i["Update"]["ConditionExpression"].as_str().is_some_and(|c| c == "#free >= :need")) {
                    unconditional(&mut i["Update"], &[], &[":need"]);
                }
            }
            Plant::VersionCondition => {
                for i in items.iter_mut().filter(|i| i["Put"]["ExpressionAttributeValues"][":read"].is_object()) {
                    unconditional(&mut i["Put"], &["#version", "#v"], &[":read"]);
                }
            }
            Plant::IdempotencyRecord => {
                items.retain(|i| sk(&i["Put"]) != "IDEM");
                // An order that does not get its id from its key is another one each time.
                let new = items.iter().map(|i| &i["Put"]).find(|p| sk(p) == "BODY" && p["ConditionExpression"].is_string());
                if let Some(order) = new.and_then(|p| p["Item"]["order"]["S"].as_str()) {
                    let (order, other) = (order.to_owned(), format!("{}{:06}", &order[..order.len() - 6], self.pick(999_999)));
                    return v.to_string().replace(&order, &other);
                }
            }
            Plant::Movements => items.retain(|i| !sk(&i["Put"]).starts_with("MOV#")),
            Plant::PostingCondition => {
                for i in items.iter_mut().filter(|i| sk(&i["Put"]).starts_with("POST#")) {
                    unconditional(&mut i["Put"], &[], &[]);
                }
            }
            Plant::FoldCondition => {
                for delete in items
                    .iter_mut()
                    .filter_map(|i| i["Delete"].as_object_mut())
                    .filter(|d| d["Key"]["sk"]["S"].as_str().is_some_and(|s| s.starts_with("SKU#")))
                {
                    for field in ["ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues"] {
                        delete.remove(field);
                    }
                }
            }
            Plant::DueTime => {
                for i in items.iter_mut().filter_map(|i| i.pointer_mut("/Put/Item")?.as_object_mut()) {
                    i.remove("due_pk");
                    i.remove("due_at");
                }
            }
            Plant::Batches => {
                for batches in items.iter_mut().filter_map(|i| i.pointer_mut("/Update/ExpressionAttributeValues/:batches")) {
                    *batches = json!({"L": []});
                }
            }
            Plant::TransferOfRefund => {
                let state = |i: &Value| i["Put"]["Item"]["state"]["S"].as_str().unwrap_or_default().to_owned();
                let of =
                    |i: &Value, kind: &str| i["Put"]["Item"]["pk"]["S"].as_str().is_some_and(|pk| pk.starts_with(kind)) && sk(&i["Put"]) == "HEAD";
                if items.iter().any(|i| of(i, "ORDER#") && state(i) == "refunding") {
                    items.retain(|i| !(of(i, "TRANSFER#") && matches!(state(i).as_str(), "cancelled" | "rejected")));
                }
            }
            Plant::ArrivedOnly => arrived_only(items),
            Plant::DatesOfTransfer => lose_dates(items),
            Plant::Sweeper | Plant::CloseAtProvider | Plant::LatePayment => return body,
        }
        v.to_string()
    }

    fn execute(&self, op: &str, body: String) -> (u16, String) {
        let writes = matches!(op, "PutItem" | "UpdateItem" | "DeleteItem" | "BatchWriteItem" | "TransactWriteItems");
        let tables = matches!(op, "CreateTable" | "UpdateTable" | "UpdateTimeToLive" | "ListTables" | "DescribeTable");
        if !writes && !tables && !body.contains("\"ConsistentRead\":true") {
            self.catch_up(Instant::now());
            return local::answer(&self.replica, op, &body);
        }
        let answer = local::answer(&self.primary, op, &body);
        if tables {
            let _ = local::answer(&self.replica, op, &body);
        } else if writes && answer.0 == 200 {
            if op == "TransactWriteItems" {
                let v: Value = serde_json::from_str(&body).unwrap_or_default();
                // Asked for again after its answer was lost it changes nothing, and what others did meanwhile is not its doing.
                if lock(&self.committed).insert(v["ClientRequestToken"].as_str().unwrap_or_default().to_owned()) {
                    self.see_promises(&v);
                    self.see_shelves(&v);
                    self.see_refunds(&v);
                    self.see_dates(&v);
                }
            }
            let now = Instant::now();
            let lag = if self.rates().slow > 0.0 { self.between(0, 400) } else { Duration::ZERO };
            let mut behind = lock(&self.behind);
            let at = behind.back().map_or(now, |(at, ..)| *at).max(now + lag);
            behind.push_back((at, op.to_owned(), body));
            drop(behind);
            self.wrote.notify_waiters();
        }
        answer
    }

    /// A promise never takes what is not free, whatever comes in or goes out later: looked at right after it was made.
    fn see_promises(&self, v: &Value) {
        for u in v["TransactItems"].as_array().into_iter().flatten().map(|i| &i["Update"]) {
            let values = &u["ExpressionAttributeValues"];
            if number(&values[":reserved"]) <= 0 || number(&values[":free"]) >= 0 {
                continue;
            }
            let ask = json!({"TableName": u["TableName"], "Key": u["Key"], "ConsistentRead": true}).to_string();
            let row: Value = serde_json::from_str(&local::answer(&self.primary, "GetItem", &ask).1).unwrap_or_default();
            let free = number(&row["Item"]["free"]);
            if free < 0 {
                lock(&self.oversold).push(format!("promised what is not free: {} {} has {free}", u["Key"]["pk"]["S"], u["Key"]["sk"]["S"]));
            }
        }
    }

    /// Replays a transaction's documents of the goods that expire on their shelves, and compares with the batches that the record then says
    /// are left.
    fn see_shelves(&self, v: &Value) {
        let mut moved: BTreeMap<String, Vec<(i64, ByDate)>> = BTreeMap::new();
        for doc in v["TransactItems"].as_array().into_iter().flatten().map(|i| &i["Put"]["Item"]) {
            if !doc["sk"]["S"].as_str().unwrap_or_default().starts_with("MOV#") {
                continue;
            }
            for line in doc["lines"]["L"].as_array().into_iter().flatten().map(|l| &l["M"]) {
                if line["sku"]["S"] == EXPIRES_SKU && number(&line["on_hand"]) != 0 {
                    let at = doc["pk"]["S"].as_str().unwrap_or_default().to_owned();
                    moved.entry(at).or_default().push((number(&line["on_hand"]), by_date(&line["batches"])));
                }
            }
        }
        for (location, changes) in moved {
            let key = json!({"pk": {"S": location}, "sk": {"S": format!("SKU#{EXPIRES_SKU}")}});
            let ask = json!({"TableName": tables::CELL, "Key": key, "ConsistentRead": true}).to_string();
            let row: Value = serde_json::from_str(&local::answer(&self.primary, "GetItem", &ask).1).unwrap_or_default();
            let row = &row["Item"];
            let on_hand = number(&row["on_hand"]);
            let mut shelves = lock(&self.shelves);
            let shelf = shelves.entry(location.clone()).or_insert_with(|| {
                let before = on_hand - changes.iter().map(|(n, _)| n).sum::<i64>();
                let mut shelf = Shelf::default();
                shelf.moves(before, &[]);
                shelf
            });
            for (n, by_date) in &changes {
                shelf.moves(*n, by_date);
            }
            let left = left(on_hand, &by_date(&row["batches"]));
            shelf.units.sort_unstable();
            if number(&row["shards"]) > 0 {
                shelf.blurred = true;
            } else if shelf.blurred {
                (shelf.units, shelf.short, shelf.blurred) = (left, -on_hand.min(0), false);
            } else if shelf.units != left {
                lock(&self.misdated).push(format!("on {location} lies {:?}, and the record says {left:?}", shelf.units));
                (shelf.units, shelf.short) = (left, -on_hand.min(0));
            }
        }
    }

    /// An order whose money goes back, or that is closed, has no transfer for which goods are still kept back at a source: looked at right after it
    /// was decided.
    fn see_refunds(&self, v: &Value) {
        for head in v["TransactItems"].as_array().into_iter().flatten().map(|i| &i["Put"]["Item"]) {
            let text = |name: &str| head[name]["S"].as_str().unwrap_or_default();
            if text("sk") != "HEAD" || !text("pk").starts_with("ORDER#") || !matches!(text("state"), "refunding" | "refunded" | "closed") {
                continue;
            }
            let key = json!({"pk": {"S": format!("TRANSFER#{}", text("transfer"))}, "sk": {"S": "HEAD"}});
            let ask = json!({"TableName": tables::CELL, "Key": key, "ConsistentRead": true}).to_string();
            let row: Value = serde_json::from_str(&local::answer(&self.primary, "GetItem", &ask).1).unwrap_or_default();
            let state = row["Item"]["state"]["S"].as_str().unwrap_or_default();
            if matches!(state, "reserved" | "requested" | "accepted" | "packed") {
                lock(&self.left_open).push(format!("{} is {} and its transfer is {state}", text("order"), text("state")));
            }
        }
    }

    /// Goods arrive with the days with which they were sent: the document says of each line what the transfer says, earliest first.
    fn see_dates(&self, v: &Value) {
        let all = || v["TransactItems"].as_array().into_iter().flatten().map(|i| &i["Put"]["Item"]);
        let Some(transfer) = all().find(|i| i["pk"]["S"].as_str().is_some_and(|pk| pk.starts_with("TRANSFER#")) && i["sk"]["S"] == "HEAD") else {
            return;
        };
        for line in all().filter(|d| d["kind"]["S"] == "transfer_in").flat_map(|d| d["lines"]["L"].as_array().into_iter().flatten().map(|l| &l["M"]))
        {
            let sent = transfer["lines"]["L"].as_array().into_iter().flatten().map(|l| &l["M"]).find(|l| l["sku"] == line["sku"]);
            let sent = sent.map(|l| by_date(&l["batches"])).unwrap_or_default();
            let mut left = number(&line["on_hand"]);
            let mut due = ByDate::new();
            for (day, n) in sent {
                let part = n.min(left);
                left -= part;
                if part > 0 {
                    due.push((day, part));
                }
            }
            let told = by_date(&line["batches"]);
            if told != due {
                lock(&self.misdated).push(format!("{} brought {due:?}, and what came in is {told:?}", transfer["pk"]["S"]));
            }
        }
    }

    /// Orders that ended while goods were kept back for them elsewhere.
    pub fn left_open(&self) -> Vec<String> {
        lock(&self.left_open).clone()
    }

    /// Shelves on which other batches lie than their record says.
    pub fn misdated(&self) -> Vec<String> {
        lock(&self.misdated).clone()
    }

    /// Promises of what was not free.
    pub fn oversold(&self) -> Vec<String> {
        lock(&self.oversold).clone()
    }

    fn catch_up(&self, now: Instant) {
        let mut behind = lock(&self.behind);
        while behind.front().is_some_and(|(at, ..)| *at <= now) {
            if let Some((_, op, body)) = behind.pop_front() {
                let _ = local::answer(&self.replica, &op, &body);
            }
        }
    }

    fn send(&self, body: &str) -> String {
        let v: Value = serde_json::from_str(body).unwrap_or_default();
        let queue = v["QueueUrl"].as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned();
        let rates = self.rates();
        let mut sent = Vec::new();
        for e in v["Entries"].as_array().into_iter().flatten() {
            let text = e["MessageBody"].as_str().unwrap_or_default().to_owned();
            let delay = Duration::from_secs(e["DelaySeconds"].as_u64().unwrap_or(0));
            sent.push(json!({"Id": e["Id"], "MessageId": "m", "MD5OfMessageBody": hex::encode(Md5::digest(&text))}));
            if self.roll(rates.lost_message) {
                self.note("lost message");
                continue;
            }
            if self.roll(rates.poisoned) {
                self.note("poisoned message");
                let half = text.chars().take(text.chars().count() / 2).collect();
                let id = {
                    let mut ids = lock(&self.ids);
                    *ids += 1;
                    *ids
                };
                lock(&self.waiting).push(Waiting {
                    id,
                    queue: queue.clone(),
                    body: half,
                    visible_at: Instant::now() + delay,
                    receives: 0,
                    poisoned: true,
                });
            }
            for _ in 0..if self.roll(rates.twice) { 2 } else { 1 } {
                let id = {
                    let mut ids = lock(&self.ids);
                    *ids += 1;
                    *ids
                };
                let visible_at = Instant::now() + delay + self.between(0, 2_000);
                lock(&self.waiting).push(Waiting { id, queue: queue.clone(), body: text.clone(), visible_at, receives: 0, poisoned: false });
            }
        }
        self.sent.notify_waiters();
        json!({"Successful": sent, "Failed": []}).to_string()
    }

    /// Any of the messages that can be received now; it is invisible for a minute.
    pub fn receive(&self) -> Option<Waiting> {
        let now = Instant::now();
        let mut waiting = lock(&self.waiting);
        let ready: Vec<usize> = (0..waiting.len()).filter(|i| waiting[*i].visible_at <= now).collect();
        let chosen = *ready.get(usize::try_from(self.pick(ready.len() as u64)).unwrap_or(0))?;
        let m = &mut waiting[chosen];
        m.receives += 1;
        m.visible_at = now + Duration::from_secs(60);
        Some(m.clone())
    }

    /// The message is done.
    pub fn delete(&self, id: u64) {
        lock(&self.waiting).retain(|m| m.id != id);
    }

    /// When the next message can be received; `None` for none.
    pub fn next_visible(&self) -> Option<Instant> {
        lock(&self.waiting).iter().map(|m| m.visible_at).min()
    }
}

fn number(v: &Value) -> i64 {
    v["N"].as_str().and_then(|n| n.parse::<i64>().ok()).unwrap_or(0)
}

/// Batches as an attribute has them.
fn by_date(v: &Value) -> ByDate {
    let all = v["L"].as_array().into_iter().flatten();
    all.map(|b| (b["M"]["expires_on"]["S"].as_str().unwrap_or_default().to_owned(), number(&b["M"]["units"]))).collect()
}

/// The lines of a transaction's documents of one kind.
fn lines_of<'a>(items: &'a mut [Value], kind: &'a str) -> impl Iterator<Item = (String, &'a mut Value)> {
    items.iter_mut().filter(move |i| i["Put"]["Item"]["kind"]["S"] == kind).flat_map(|i| {
        let at = i["Put"]["Item"]["pk"]["S"].as_str().unwrap_or_default().to_owned();
        i["Put"]["Item"]["lines"]["L"].as_array_mut().into_iter().flatten().map(move |l| (at.clone(), &mut l["M"]))
    })
}

/// Promises to the order what was sent to it, in the document and in the record: what did not come as well.
fn arrived_only(items: &mut [Value]) {
    let lost: Vec<(String, String, i64)> = lines_of(items, "transfer_lost")
        .map(|(at, l)| (at, l["sku"]["S"].as_str().unwrap_or_default().to_owned(), -number(&l["incoming"])))
        .collect();
    let mut more = Vec::new();
    for (at, line) in lines_of(items, "transfer_in") {
        let found = lost.iter().find(|(l, sku, _)| *l == at && line["sku"]["S"] == **sku);
        if let Some((_, sku, n)) = found.filter(|_| number(&line["reserved"]) > 0) {
            line["reserved"] = json!({"N": (number(&line["reserved"]) + n).to_string()});
            more.push((at, format!("SKU#{sku}"), *n));
        }
    }
    for (at, sk, n) in more {
        let record = items.iter_mut().filter_map(|i| i.get_mut("Update")).find(|u| u["Key"]["pk"]["S"] == *at && u["Key"]["sk"]["S"] == *sk);
        let Some(u) = record else { continue };
        let reserved = number(&u["ExpressionAttributeValues"][":reserved"]) + n;
        u["ExpressionAttributeValues"][":reserved"] = json!({"N": reserved.to_string()});
        let free = number(&u["ExpressionAttributeValues"][":free"]) - n;
        u["ExpressionAttributeValues"][":free"] = json!({"N": free.to_string()});
        let expression = u["UpdateExpression"].as_str().unwrap_or_default().to_owned();
        if !expression.contains("#free") {
            u["UpdateExpression"] = json!(format!("{expression}, #free :free"));
            u["ExpressionAttributeNames"]["#free"] = json!("free");
        }
    }
}

/// Takes what another location sent in as if nobody knew when it expires, in the document and in the record.
fn lose_dates(items: &mut [Value]) {
    let mut lost = Vec::new();
    for (at, line) in lines_of(items, "transfer_in") {
        let dated = by_date(&line["batches"]);
        if let Some(l) = line.as_object_mut().filter(|_| !dated.is_empty()) {
            l.remove("batches");
            lost.push((at, dated));
        }
    }
    for (at, dated) in lost {
        let record = items
            .iter_mut()
            .filter_map(|i| i.get_mut("Update"))
            .find(|u| u["Key"]["pk"]["S"] == *at && u["Key"]["sk"]["S"] == *format!("SKU#{EXPIRES_SKU}"));
        let Some(batches) = record.and_then(|u| u.pointer_mut("/ExpressionAttributeValues/:batches/L")?.as_array_mut()) else { continue };
        for (day, n) in dated {
            for b in batches.iter_mut().filter(|b| b["M"]["expires_on"]["S"] == *day) {
                b["M"]["units"] = json!({"N": (number(&b["M"]["units"]) - n).to_string()});
            }
        }
        batches.retain(|b| number(&b["M"]["units"]) > 0);
    }
}

/// The units that a record says are left, earliest first: those on hand that expire last, and the rest without a date.
fn left(on_hand: i64, batches: &[(String, i64)]) -> Vec<Option<String>> {
    let there = usize::try_from(on_hand).unwrap_or(0);
    let mut units: Vec<Option<String>> = batches.iter().flat_map(|(day, n)| (0..*n).map(|_| Some(day.clone()))).collect();
    units.sort_unstable();
    let over = units.len().saturating_sub(there);
    units.drain(..over);
    let undated = there - units.len();
    units.extend((0..undated).map(|_| None));
    units.sort_unstable();
    units
}

struct Wire(Arc<Engine>);

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Wire")
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let engine = self.0.clone();
        let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
        let body = request.body().bytes().map(|b| String::from_utf8_lossy(b).into_owned()).unwrap_or_default();
        HttpConnectorFuture::new(async move { engine.answer(&target, body).await })
    }
}
