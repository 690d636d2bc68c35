//! A whole stack for a test, and the people who use it: customers, clerks, HQ, through real HTTP.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use liandian_domain::stock::record::Stock;
use liandian_local::{Engine, Options, Stack};
use liandian_sandbox::Pace;
use liandian_types::{
    Fen, Fulfilment, GeoPoint, LocationId, OrderId, Quantity, SkuId, StoreId, Timestamp,
    api::{CampaignGift, CartLine, CartLines, OrderView, PlaceOrder, PlacedOrder, Quote, QuoteRequest, Recipient},
};
use reqwest::{Method, StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::sync::OnceCell;

/// A running stack in a folder of its own, over the demo chain.
pub struct World {
    /// The stack.
    pub stack: Stack,
    /// Calls it, keeping no cookies.
    pub http: reqwest::Client,
    _folder: tempfile::TempDir,
}

/// How a test wants its stack.
#[derive(Clone)]
pub struct Wish {
    /// The rider.
    pub pace: Pace,
    /// How often the sweeper runs.
    pub minute: Duration,
}

impl Default for Wish {
    fn default() -> Self {
        Self { pace: Pace::Manual, minute: Duration::from_secs(60) }
    }
}

/// A request's answer: status, and the body as JSON (null when it is none).
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Body.
    pub json: Value,
}

impl Answer {
    /// The body of a success.
    #[track_caller]
    pub fn ok<T: DeserializeOwned>(self) -> T {
        assert!(self.status.is_success(), "{}: {}", self.status, self.json);
        serde_json::from_value(self.json).expect("the DTO that the route promises")
    }

    /// Asserts a refusal with this status and code; gives the problem document.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        assert_eq!((self.status.as_u16(), self.json["code"].as_str().unwrap_or_default()), (status, code), "{}", self.json);
        self.json
    }
}

/// A page as a browser gets it.
pub struct Page {
    /// Status.
    pub status: u16,
    /// Headers.
    pub headers: reqwest::header::HeaderMap,
    /// Body.
    pub body: Vec<u8>,
}

impl Page {
    /// A header; empty when there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap_or_default())
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("text")
    }
}

/// A value as part of a query: everything but what is surely harmless is escaped.
#[must_use]
pub fn percent(text: &str) -> String {
    let harmless = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    text.bytes().map(|b| if harmless(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

static TEMPLATE: OnceCell<PathBuf> = OnceCell::const_new();

/// Where the built site lies, if it is built.
#[must_use]
pub fn site() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/site")
}

/// The engine that tests are to run on instead of the embedded one, in an account of its own.
#[must_use]
pub fn second_engine() -> Option<Engine> {
    let url = std::env::var("LIANDIAN_ENGINE").ok()?;
    Some(Engine::At { url, account: format!("{:012}", rand::random::<u64>() % 1_000_000_000_000) })
}

async fn template() -> &'static PathBuf {
    TEMPLATE
        .get_or_init(|| async {
            // Seeded once; every world begins with a copy.
            let folder = tempfile::tempdir().expect("a folder").keep();
            let stack = Stack::start(Options::new(&folder)).await.expect("the stack starts");
            stack.stop().await;
            folder
        })
        .await
}

/// Copies a data folder.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for e in std::fs::read_dir(from).expect("a folder") {
        let e = e.expect("an entry");
        let target = to.join(e.file_name());
        if e.path().is_dir() {
            copy(&e.path(), &target);
        } else {
            // Pictures are many and nobody writes to them: worlds share them.
            let shared = target.extension().is_some_and(|x| x == "webp") && std::fs::hard_link(e.path(), &target).is_ok();
            if !shared {
                std::fs::copy(e.path(), target).expect("a copy");
            }
        }
    }
}

impl World {
    /// A stack as a test wishes it.
    pub async fn start(wish: Wish) -> World {
        let folder = tempfile::tempdir().expect("a folder");
        let mut o = Options::new(folder.path());
        match second_engine() {
            // Volatile, and with an account for each world: everything is made and seeded there.
            Some(at) => o.engine = at,
            None => copy(template().await, folder.path()),
        }
        o.site = site();
        o.pace = wish.pace;
        o.minute = wish.minute;
        let stack = Stack::start(o).await.expect("the stack starts");
        // Ten in the morning in China, whenever the test runs: shops are open.
        let now = stack.app.now().0 + 8 * Timestamp::HOUR;
        stack.app.clock.advance((10 * Timestamp::HOUR - now).rem_euclid(Timestamp::DAY));
        World { stack, http: client(), _folder: folder }
    }

    /// A stack as most tests want it: the rider waits to be told.
    pub async fn usual() -> World {
        World::start(Wish::default()).await
    }

    /// A request with a bearer token (empty for none).
    pub async fn call(&self, method: Method, path: &str, token: &str, body: Option<&impl Serialize>) -> Answer {
        call(&self.http, method, &format!("{}{path}", self.stack.origin), token, body, None).await
    }

    /// GET.
    pub async fn get(&self, path: &str, token: &str) -> Answer {
        self.call(Method::GET, path, token, None::<&()>).await
    }

    /// A page, with a cookie (empty for none).
    pub async fn page(&self, path: &str, cookie: &str) -> Page {
        self.page_with(path, &[("cookie", cookie)]).await
    }

    /// A page, with these headers.
    pub async fn page_with(&self, path: &str, headers: &[(&str, &str)]) -> Page {
        let ask =
            headers.iter().filter(|(_, v)| !v.is_empty()).fold(self.http.get(format!("{}{path}", self.stack.origin)), |r, (k, v)| r.header(*k, *v));
        let answer = ask.send().await.expect("an answer");
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Page { status, headers, body: answer.bytes().await.expect("a body").to_vec() }
    }

    /// POST with an idempotency key.
    pub async fn post_once(&self, path: &str, token: &str, key: &str, body: &impl Serialize) -> Answer {
        call(&self.http, Method::POST, &format!("{}{path}", self.stack.origin), token, Some(body), Some(key)).await
    }

    /// POST.
    pub async fn post(&self, path: &str, token: &str, body: &impl Serialize) -> Answer {
        self.call(Method::POST, path, token, Some(body)).await
    }

    /// A customer who logs in as a mini-program user does.
    pub async fn customer(&self, openid: &str) -> String {
        let code = self.sandbox("code", &json!({"openid": openid})).await;
        let session: Value = self.post("/api/v1/session", "", &json!({"code": code["code"]})).await.ok();
        session["token"].as_str().expect("a token").to_owned()
    }

    /// Tokens of so many members, each of their own.
    pub async fn members(&self, n: usize) -> Vec<String> {
        members(&self.stack.app, n).await
    }

    /// The sweeper's minute, now.
    pub async fn sweep(&self) {
        liandian_functions::workers::sweeper(self.stack.app.clone()).await.expect("a sweep");
    }

    /// A store's till.
    pub async fn till(&self, store: &StoreId) -> String {
        self.staff(&format!("{}-till", store.as_str().trim_start_matches("sto_"))).await
    }

    /// A member of the staff.
    pub async fn staff(&self, username: &str) -> String {
        let session: Value =
            self.post("/api/v1/staff/session", "", &json!({"username": username, "password": liandian_seed::DEMO_PASSWORD})).await.ok();
        session["access_token"].as_str().expect("a token").to_owned()
    }

    /// Stock of a SKU on a location.
    pub async fn stock(&self, location: &LocationId, sku: &SkuId) -> Stock {
        self.stack.app.tables.stock(&[(location.clone(), sku.clone())], true).await.expect("stock")[0]
    }

    /// A SKU that the store lists, may sell online, that does not expire, and has at least `least` and at most `most` free units of.
    pub async fn sku_with(&self, store: &StoreId, least: u32, most: u32) -> SkuId {
        self.skus_with(store, least, most, 1).await.remove(0)
    }

    /// Several such SKUs.
    pub async fn skus_with(&self, store: &StoreId, least: u32, most: u32, how_many: usize) -> Vec<SkuId> {
        let library = self.stack.app.tables.library().await.expect("the library");
        let keeps = |sku: &SkuId| library.iter().any(|s| s.sku == *sku && !s.tracks_expiry);
        let (mut found, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let more = cursor.map(|c| format!("?cursor={c}")).unwrap_or_default();
            let page: liandian_types::api::ListingPage = self.get(&format!("/api/v1/stores/{store}/listings{more}"), "").await.ok();
            found.extend(page.items.iter().filter(|i| (least..=most).contains(&i.available) && keeps(&i.sku)).map(|i| i.sku.clone()));
            cursor = page.next;
            if found.len() >= how_many {
                found.truncate(how_many);
                return found;
            }
            assert!(cursor.is_some(), "the demo chain has {} of {how_many} SKUs with {least} to {most} units in {store}", found.len());
        }
    }

    /// Prices a cart.
    pub async fn quote(&self, store: &StoreId, lines: &[(SkuId, u32)], fulfilment: Fulfilment, to: Option<GeoPoint>) -> Quote {
        self.post(
            "/api/v1/quotes",
            "",
            &QuoteRequest {
                store: store.clone(),
                lines: ordered(lines),
                besides: Vec::new(),
                fulfilment,
                to,
                transfer_from: None,
                ship_from: None,
                coupons: None,
                slots: false,
                slot: None,
            },
        )
        .await
        .ok()
    }

    /// What to send for an order at the quoted price; meant, even when one like it waits for its payment.
    pub async fn order_for(&self, store: &StoreId, lines: &[(SkuId, u32)], fulfilment: Fulfilment) -> PlaceOrder {
        let recipient = match fulfilment {
            Fulfilment::Delivery => {
                let home: liandian_types::api::StoreHome = self.get(&format!("/api/v1/stores/{store}/home"), "").await.ok();
                Some(recipient(GeoPoint { lat: home.store.point.lat + 0.004, lng: home.store.point.lng + 0.004 }))
            }
            _ => None,
        };
        let quote = self.quote(store, lines, fulfilment, recipient.as_ref().map(|r| r.point)).await;
        PlaceOrder {
            store: store.clone(),
            lines: ordered(lines),
            fulfilment,
            recipient,
            transfer_from: None,
            ship_from: None,
            expect_total: quote.total,
            promised: Some(quote.ready_by),
            expect_prices: quote.lines.iter().map(|l| l.price).collect(),
            note: None,
            again: true,
            coupons: None,
            expect_gifts: Some(quote.gifts.iter().map(|g| CampaignGift { sku: g.sku.clone(), units: g.units }).collect()),
            quote: None,
            slot: None,
        }
    }

    /// Places an order under a key.
    pub async fn place(&self, token: &str, order: &PlaceOrder, key: &str) -> Answer {
        call(&self.http, Method::POST, &format!("{}/api/v1/orders", self.stack.origin), token, Some(order), Some(key)).await
    }

    /// Places and pays an order; waits until it is paid.
    pub async fn bought(&self, token: &str, order: &PlaceOrder, key: &str) -> OrderId {
        let placed: PlacedOrder = self.place(token, order, key).await.ok();
        self.pay(token, &placed.order).await;
        self.until_order(token, &placed.order, |o| o.card.state != liandian_types::OrderState::Placed).await;
        placed.order
    }

    /// Pays at the sandbox, as a person on its page does.
    pub async fn pay(&self, token: &str, order: &OrderId) {
        let start: Value = self.post(&format!("/api/v1/orders/{order}/payment"), token, &json!({})).await.ok();
        self.sandbox("pay", &json!({"prepay_id": start["prepay_id"]})).await;
    }

    /// Tells the sandbox partners something, as a person does on their page.
    pub async fn sandbox(&self, what: &str, body: &Value) -> Value {
        call(&self.http, Method::POST, &format!("{}/sandbox/{what}", self.stack.sandbox), "", Some(body), None).await.ok()
    }

    /// Moves a delivery at the sandbox.
    pub async fn rider(&self, delivery: &str, status: u32) {
        self.sandbox(&format!("delivery/{delivery}/move"), &json!({"order_status": status})).await;
    }

    /// Moves a delivery at the sandbox in its own way: another rider, a lost or a late call-back.
    pub async fn ride(&self, delivery: &str, how: Value) {
        self.sandbox(&format!("delivery/{delivery}/move"), &how).await;
    }

    /// The customer's view of an order.
    pub async fn order(&self, token: &str, order: &OrderId) -> OrderView {
        self.get(&format!("/api/v1/orders/{order}"), token).await.ok()
    }

    /// Looks at an order until it is as expected, for ten seconds at most.
    #[track_caller]
    pub fn until_order<'a>(
        &'a self,
        token: &'a str,
        order: &'a OrderId,
        fits: impl Fn(&OrderView) -> bool + 'a,
    ) -> impl Future<Output = OrderView> + 'a {
        let caller = std::panic::Location::caller();
        async move {
            let until = Instant::now() + Duration::from_secs(20);
            loop {
                let view = self.order(token, order).await;
                if fits(&view) {
                    return view;
                }
                assert!(Instant::now() < until, "{caller}: {order} stayed {} ({:?})", view.card.state, view.history);
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }

    /// What one person may record alone on a day.
    pub async fn let_alone(&self, value: Fen) {
        let store = &self.stack.app.tables;
        let policies = store.policies_now().await.expect("policies");
        let count = liandian_domain::stock::count::CountPolicy { value, ..policies.count };
        let mut decision = liandian_domain::Decision::default();
        let next = liandian_domain::governance::chain::Policies { count, ..policies };
        decision.write(liandian_domain::decision::GovernanceWrite::Policies(Box::new(next)));
        let commit = liandian_store::Commit { decision, event_ids: vec![], idempotency: None, now: self.stack.app.now(), luck: 0 };
        store.commit(commit).await.expect("set");
    }

    /// Lets the demo chain's campaigns run: a test's world begins without.
    pub async fn campaigns(&self) {
        let tables = &self.stack.app.tables;
        for r in liandian_seed::campaigns(&liandian_seed::Chain::demo(), self.stack.app.now()) {
            let row = liandian_store::marketing::campaign_item(&r).expect("a row");
            let put = tables.client().put_item().table_name(tables.table(liandian_store::Table::Hq)).set_item(Some(row));
            put.send().await.expect("written");
        }
    }

    /// How far the relay has come in the HQ table's stream.
    #[must_use]
    pub fn relayed_of_hq(&self) -> Option<String> {
        std::fs::read_to_string(self._folder.path().join("stream-relay-hq.position")).ok()
    }

    /// How many rows of the cell table lie in partitions that begin so.
    pub async fn rows_of(&self, prefix: &str) -> usize {
        let store = &self.stack.app.tables;
        let (mut rows, mut from) = (0, None);
        loop {
            let scan = store.client().scan().table_name(store.table(liandian_store::Table::Cell)).set_exclusive_start_key(from);
            let page = scan.send().await.expect("a scan");
            let fits = |i: &&std::collections::HashMap<String, aws_sdk_dynamodb::types::AttributeValue>| {
                i.get("pk").and_then(|v| v.as_s().ok()).is_some_and(|pk| pk.starts_with(prefix))
            };
            rows += page.items().iter().filter(fits).count();
            from = page.last_evaluated_key().cloned();
            if from.is_none() {
                return rows;
            }
        }
    }

    /// Every history is whole: nothing of HQ's was written past its chain.
    pub async fn assert_chains(&self) {
        let chains = self.stack.app.tables.chains().await.expect("the histories are read");
        assert!(chains.flaws.is_empty(), "histories that do not hold: {:#?}", chains.flaws);
    }

    /// The books agree: records with movements, promises with orders and transfers.
    pub async fn assert_books(&self) {
        let (_, differences) = self.stack.app.tables.fsck().await.expect("the books are read");
        assert!(differences.is_empty(), "the books do not agree: {differences:#?}");
    }
}

/// Adds members, as a login would, and signs their tokens.
pub async fn members(app: &liandian_functions::App, n: usize) -> Vec<String> {
    let keys = app.keys().expect("keys");
    let key = keys.new_data_key().await.expect("a key");
    let mut tokens = Vec::with_capacity(n);
    for _ in 0..n {
        let member: liandian_types::MemberId = app.id();
        let seal = |field: &str| key.seal(&liandian_functions::people::member_place(&member, field), member.as_str()).expect("sealed");
        let row = liandian_store::members::Member {
            openid: seal("openid"),
            nickname: seal("nickname"),
            key: key.wrapped.clone(),
            since: app.now(),
            member: member.clone(),
        };
        assert!(app.tables.add_member(&row, &keys.blind_index(member.as_str())).await.expect("added"));
        tokens.push(app.tokens.member(&member, app.now()).expect("a token").0);
    }
    tokens
}

/// A client that keeps no cookies and follows no redirects.
#[must_use]
pub fn client() -> reqwest::Client {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(Duration::from_secs(60)).build().expect("a client")
}

/// A JSON request.
pub async fn call(http: &reqwest::Client, method: Method, url: &str, token: &str, body: Option<&impl Serialize>, key: Option<&str>) -> Answer {
    let mut r = http.request(method, url);
    if !token.is_empty() {
        r = r.bearer_auth(token);
    }
    if let Some(b) = body {
        r = r.json(b);
    }
    if let Some(k) = key {
        r = r.header("idempotency-key", k);
    }
    let answer = r.send().await.expect("an answer");
    let status = answer.status();
    let text = answer.text().await.expect("a body");
    Answer { status, json: serde_json::from_str(&text).unwrap_or(Value::Null) }
}

/// Lines of a cart.
#[must_use]
pub fn cart(lines: &[(SkuId, u32)]) -> Vec<CartLine> {
    lines.iter().map(|(sku, n)| CartLine { sku: sku.clone(), quantity: Quantity::new(*n).expect("1 to 999") }).collect()
}

/// The lines of a cart that is priced or ordered.
#[must_use]
pub fn ordered(lines: &[(SkuId, u32)]) -> CartLines {
    cart(lines).try_into().expect("1 to 40 lines, each SKU once")
}

/// A recipient whose name, phone and address are found again nowhere.
#[must_use]
pub fn recipient(point: GeoPoint) -> Recipient {
    Recipient { name: "欧阳测试".into(), phone: "13987650123".into(), address: "幸福里 88 弄 7 号 1201 室".into(), point }
}

/// An id.
#[must_use]
pub fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().expect("an id")
}

/// Fen.
#[must_use]
pub fn fen(n: i64) -> Fen {
    Fen(n)
}
