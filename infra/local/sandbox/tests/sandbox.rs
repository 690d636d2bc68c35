//! The sandbox, driven over HTTP by the clients that production uses.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Command, Stdio},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use liandian_partners::{
    PartnerError,
    delivery::{self, Delivery, Job, News},
    keys::Secret,
    payment::{self, GiveBack, Payment, Refund, Status, authorization},
    sign,
    wechat::{self, Wechat},
};
use liandian_sandbox::{Config, Pace, Sandbox};
use liandian_types::{DeliveryId, Fen, GeoPoint, OrderId, RiderWord, Timestamp};
use reqwest::{Client, Method, redirect::Policy};
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

const APIV3: &str = "0123456789abcdef0123456789abcdef";
const TOKEN: &str = "delivery-token";

fn now() -> Timestamp {
    Timestamp(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64)
}

/// Merchant's and platform's pairs: (private, public). Making them is slow, so once.
fn pairs() -> &'static [(String, String); 2] {
    static PAIRS: OnceLock<[(String, String); 2]> = OnceLock::new();
    PAIRS.get_or_init(|| [sign::new_rsa_pair().unwrap(), sign::new_rsa_pair().unwrap()])
}

fn order(tail: &str) -> OrderId {
    OrderId::from_tail(tail).unwrap()
}
fn dlv(tail: &str) -> DeliveryId {
    DeliveryId::from_tail(tail).unwrap()
}

/// A folder of its own, gone at the end.
struct Folder(PathBuf);
impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("liandian-sandbox-{}", sign::nonce().unwrap()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }
}
impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn config(db: PathBuf, shop: &str, own: &str, keys: &[(String, String); 2], pace: Pace) -> Config {
    Config {
        db,
        public_origin: shop.into(),
        api_origin: shop.into(),
        own_origin: own.into(),
        mchid: "1900000001".into(),
        merchant_name: "鲜到家<超市>".into(),
        merchant_serial: "MERCHANT01".into(),
        merchant_key: keys[0].1.clone(),
        platform_serial: "PUB_KEY_ID_01".into(),
        platform_key: keys[1].0.clone(),
        apiv3_key: APIV3.into(),
        appid: "wx0001".into(),
        app_secret: "secret".into(),
        delivery_app_id: "wx0001".into(),
        delivery_token: TOKEN.into(),
        users: vec![("o-lin".into(), "小林".into())],
        pace,
        ahead_ms: Default::default(),
        clock_file: None,
    }
}

type Heard = (String, BTreeMap<String, String>, Bytes);

/// Our side of the call-backs and of `/api/v1/tickets`: tells the test what came; refuses the next `refuse` call-backs.
struct Shop {
    origin: String,
    heard: mpsc::UnboundedReceiver<Heard>,
    refuse: Arc<AtomicU32>,
    _task: JoinHandle<()>,
}

type Ears = (mpsc::UnboundedSender<Heard>, Arc<AtomicU32>);

async fn hear(state: Ears, what: &str, headers: HeaderMap, body: Bytes, yes: &'static str) -> (StatusCode, String) {
    let headers = headers.iter().map(|(k, v)| (k.to_string(), v.to_str().unwrap().to_owned())).collect();
    state.0.send((what.to_owned(), headers, body)).unwrap();
    let refused = state.1.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok();
    if refused { (StatusCode::INTERNAL_SERVER_ERROR, String::new()) } else { (StatusCode::OK, yes.to_owned()) }
}

impl Shop {
    async fn start() -> Self {
        let (tx, heard) = mpsc::unbounded_channel();
        let refuse = Arc::new(AtomicU32::new(0));
        let app = Router::new()
            .route("/notify", post(|State(s): State<Ears>, h: HeaderMap, b: Bytes| async move { hear(s, "notify", h, b, "").await }))
            .route("/rider", post(|State(s): State<Ears>, h: HeaderMap, b: Bytes| async move { hear(s, "rider", h, b, "{\"return_code\":0}").await }))
            .route(
                "/api/v1/tickets",
                post(|State(s): State<Ears>, h: HeaderMap, b: Bytes| async move {
                    hear(s, "ticket", h, b, "{\"ticket\":\"t1\",\"path\":\"/enter/t1\"}").await
                }),
            )
            .with_state((tx, Arc::clone(&refuse)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { origin, heard, refuse, _task: task }
    }

    async fn next(&mut self) -> Heard {
        tokio::time::timeout(Duration::from_secs(4), self.heard.recv()).await.expect("a call-back within 4 s").unwrap()
    }

    async fn silent(&mut self, ms: u64) {
        let heard = tokio::time::timeout(Duration::from_millis(ms), self.heard.recv()).await;
        assert!(heard.is_err(), "nothing more was to come, but {heard:?}");
    }
}

/// Our clients, pointed at a sandbox.
struct Clients {
    base: String,
    http: Client,
    payment: Payment,
    delivery: Delivery,
    wechat: Wechat,
}

impl Clients {
    fn new(base: &str, shop: &str, keys: &[(String, String); 2]) -> Self {
        let http = liandian_partners::http_client().unwrap();
        let payment = payment::Config {
            base_url: base.into(),
            merchant_serial: "MERCHANT01".into(),
            merchant_key: keys[0].0.clone(),
            notify_url: format!("{shop}/notify"),
            verifier: payment::VerifierConfig {
                mchid: "1900000001".into(),
                appid: "wx0001".into(),
                platform_serial: "PUB_KEY_ID_01".into(),
                platform_key: keys[1].1.clone(),
                apiv3_key: APIV3.into(),
            },
        };
        Self {
            base: base.into(),
            payment: Payment::new(http.clone(), payment),
            delivery: Self::delivery(&http, base, shop, TOKEN),
            wechat: Wechat::new(http, wechat::Config { base_url: base.into(), appid: "wx0001".into(), secret: "secret".into() }),
            http: Client::builder().redirect(Policy::none()).build().unwrap(),
        }
    }

    fn delivery(http: &Client, base: &str, shop: &str, token: &str) -> Delivery {
        let config = delivery::Config { base_url: base.into(), app_id: "wx0001".into(), token: token.into(), callback_url: format!("{shop}/rider") };
        Delivery::new(http.clone(), config)
    }

    async fn prepay(&self, o: &OrderId, fen: i64) -> Result<String, PartnerError> {
        let now = now();
        self.payment.prepay(o, "鲜牛奶 等 2 件", Fen(fen), &Secret::new("o-lin".into()), now.plus(15 * Timestamp::MINUTE), now).await
    }

    async fn add(&self, d: &DeliveryId) -> Result<(), PartnerError> {
        let secret = |t: &str| Secret::new(t.into());
        self.delivery
            .add(&Job {
                delivery: d.clone(),
                store_name: "人民广场店".into(),
                from: GeoPoint { lat: 31.23, lng: 121.47 },
                to: GeoPoint { lat: 31.24, lng: 121.48 },
                name: secret("欧阳小明"),
                phone: secret("13912345678"),
                address: secret("南京西路一百号三单元五零二室"),
                weight_g: 1200,
                short_code: "A12".into(),
            })
            .await
    }

    async fn machine(&self, path: &str, body: Value) -> (u16, Value) {
        let answer = self.http.post(format!("{}{path}", self.base)).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn page(&self, path: &str) -> (u16, String) {
        let answer = self.http.get(format!("{}{path}", self.base)).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Status, where it leads, text.
    async fn form(&self, path: &str, form: &[(&str, &str)]) -> (u16, String, String) {
        let answer = self.http.post(format!("{}{path}", self.base)).form(form).send().await.unwrap();
        let to = answer.headers().get("location").map(|l| l.to_str().unwrap().to_owned()).unwrap_or_default();
        (answer.status().as_u16(), to, answer.text().await.unwrap())
    }

    /// A payment request with a header of one's own; the code of the refusal.
    async fn raw(&self, authorization: Option<String>, body: &str) -> (u16, Value) {
        let mut request = self.http.post(format!("{}/v3/pay/transactions/jsapi", self.base)).body(body.to_owned());
        if let Some(a) = authorization {
            request = request.header("authorization", a);
        }
        let answer = request.send().await.unwrap();
        assert!(answer.headers().contains_key("wechatpay-signature"), "every answer is signed");
        (answer.status().as_u16(), answer.json().await.unwrap())
    }
}

/// A sandbox in this process.
struct World {
    shop: Shop,
    c: Clients,
    db: PathBuf,
    _stop: oneshot::Sender<()>,
    _folder: Folder,
}

async fn world(pace: Pace) -> World {
    let folder = Folder::new();
    let db = folder.0.join("sandbox.db");
    let shop = Shop::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let sandbox = Sandbox::open(config(db.clone(), &shop.origin, &base, pairs(), pace)).unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(sandbox.serve(listener, async move { drop(stopped.await) }));
    let c = Clients::new(&base, &shop.origin, pairs());
    World { shop, c, db, _stop: stop, _folder: folder }
}

fn code(e: &PartnerError) -> &str {
    e.code().unwrap_or_else(|| panic!("a refusal, but {e}"))
}

#[tokio::test]
async fn given_a_prepaid_order_when_paid_then_a_signed_notify_tells_it_until_it_is_heard() {
    let mut w = world(Pace::Manual).await;
    let o = order("01PAY");
    let prepay = w.c.prepay(&o, 2580).await.unwrap();
    assert_eq!(w.c.prepay(&o, 2580).await.unwrap(), prepay);
    assert_eq!(code(&w.c.prepay(&o, 2581).await.unwrap_err()), "INVALID_REQUEST");
    assert_eq!(w.c.payment.query(&o, now()).await.unwrap(), Status::Unpaid);

    w.shop.refuse.store(1, Ordering::SeqCst);
    let (status, paid) = w.c.machine("/sandbox/pay", json!({"prepay_id": prepay})).await;
    assert_eq!((status, paid["trade_state"].as_str()), (200, Some("SUCCESS")));
    let Status::Paid(known) = w.c.payment.query(&o, now()).await.unwrap() else { panic!("paid") };
    assert_eq!((known.order.clone(), known.amount), (o.clone(), Fen(2580)));
    assert!(now().0 - known.at.0 < 5_000);

    let mut ids = Vec::new();
    for _ in 0..2 {
        let (_, headers, body) = w.shop.next().await;
        assert_eq!(w.c.payment.verifier().notification(&headers, &body, now()).unwrap(), Some(known.clone()));
        assert!(!String::from_utf8_lossy(&body).contains("01PAY"), "sealed");
        let mut forged = body.to_vec();
        forged[10] ^= 1;
        assert!(w.c.payment.verifier().notification(&headers, &forged, now()).is_err());
        ids.push(serde_json::from_slice::<Value>(&body).unwrap()["id"].clone());
    }
    assert_eq!(ids[0], ids[1], "the same event");
    w.shop.silent(700).await;

    // Paying again is no second payment; the notify can be had again.
    let again = w.c.machine("/sandbox/pay", json!({"out_trade_no": o})).await.1;
    assert_eq!(again["transaction_id"].as_str(), Some(known.transaction.as_str()));
    assert_eq!(w.c.machine("/sandbox/notify/ord_01PAY?times=2", json!({})).await.0, 200);
    w.shop.next().await;
    w.shop.next().await;
    w.shop.silent(200).await;
    assert_eq!(w.c.machine("/sandbox/notify/ord_none", json!({})).await.0, 404);
    assert_eq!(code(&w.c.prepay(&o, 2580).await.unwrap_err()), "ORDERPAID");
    assert_eq!(code(&w.c.payment.close(&o, now()).await.unwrap_err()), "ORDERPAID");
}

#[tokio::test]
async fn given_orders_when_closed_or_refunded_then_no_money_moves_twice() {
    let w = world(Pace::Manual).await;
    let o = order("01CLOSE");
    w.c.payment.close(&o, now()).await.unwrap();
    let prepay = w.c.prepay(&o, 100).await.unwrap();
    w.c.payment.close(&o, now()).await.unwrap();
    w.c.payment.close(&o, now()).await.unwrap();
    assert_eq!(w.c.payment.query(&o, now()).await.unwrap(), Status::Closed);
    assert_eq!(code(&w.c.prepay(&o, 100).await.unwrap_err()), "ORDER_CLOSED");
    assert_eq!(w.c.machine("/sandbox/pay", json!({"prepay_id": prepay})).await.0, 409);

    let o = order("01REFUND");
    assert_eq!(code(&w.c.payment.refund(&GiveBack::of_order(&o, None, Fen(100), Fen(100)), now()).await.unwrap_err()), "RESOURCE_NOT_EXISTS");
    w.c.prepay(&o, 100).await.unwrap();
    assert_eq!(code(&w.c.payment.refund(&GiveBack::of_order(&o, None, Fen(100), Fen(100)), now()).await.unwrap_err()), "INVALID_REQUEST");
    w.c.machine("/sandbox/pay", json!({"out_trade_no": o})).await;
    assert_eq!(code(&w.c.payment.refund(&GiveBack::of_order(&o, None, Fen(101), Fen(101)), now()).await.unwrap_err()), "INVALID_REQUEST");
    w.c.machine("/sandbox/faults", json!({"payment": {"refund_processing_next": 1}})).await;
    assert_eq!(w.c.payment.refund(&GiveBack::of_order(&o, None, Fen(100), Fen(100)), now()).await.unwrap(), Refund::Processing);
    assert_eq!(w.c.payment.refund(&GiveBack::of_order(&o, None, Fen(100), Fen(100)), now()).await.unwrap(), Refund::Done);
    assert_eq!(w.c.payment.query(&o, now()).await.unwrap(), Status::Refunded);

    // In parts: each once, and no more than was paid.
    let o = order("01PARTS");
    w.c.prepay(&o, 100).await.unwrap();
    w.c.machine("/sandbox/pay", json!({"out_trade_no": o})).await;
    let part = |number, amount| GiveBack::of_part(&o, None, number, Fen(amount), Fen(100));
    let rest = GiveBack::of_order(&o, None, Fen(60), Fen(100));
    for back in [part(1, 30), part(1, 30), part(2, 10), rest.clone(), rest] {
        assert_eq!(w.c.payment.refund(&back, now()).await.unwrap(), Refund::Done, "{back:?}");
    }
    assert_eq!(code(&w.c.payment.refund(&part(3, 1), now()).await.unwrap_err()), "INVALID_REQUEST");

    // Another refund number finds nothing left to give back.
    let o = order("01REFUND");
    let body = json!({"out_trade_no": o, "out_refund_no": "second", "amount": {"refund": 1, "total": 100, "currency": "CNY"}}).to_string();
    let path = "/v3/refund/domestic/refunds";
    let a = authorization("1900000001", "MERCHANT01", &pairs()[0].0, &Method::POST, path, &body, now()).unwrap();
    let answer = w.c.http.post(format!("{}{path}", w.c.base)).header("authorization", a).body(body).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 400);
    assert_eq!(answer.json::<Value>().await.unwrap()["code"], "INVALID_REQUEST");
}

#[tokio::test]
async fn given_a_second_payment_of_an_order_when_given_back_then_its_own_money_moves_once_and_the_orders_stays() {
    let mut w = world(Pace::Manual).await;
    let o = order("01TWICE");
    w.c.prepay(&o, 100).await.unwrap();
    w.c.machine("/sandbox/pay", json!({"out_trade_no": o})).await;
    w.shop.next().await;
    let (status, again) = w.c.machine("/sandbox/pay/ord_01TWICE/again?total=130", json!({})).await;
    assert_eq!((status, again["amount"]["total"].as_i64()), (200, Some(130)));
    let (_, headers, body) = w.shop.next().await;
    let told = w.c.payment.verifier().notification(&headers, &body, now()).unwrap().unwrap();
    assert_eq!((told.order.clone(), told.amount, Some(told.transaction.as_str())), (o.clone(), Fen(130), again["transaction_id"].as_str()));
    let Status::Paid(first) = w.c.payment.query(&o, now()).await.unwrap() else { panic!("paid") };
    assert_ne!(first.transaction, told.transaction);
    let back = GiveBack::of_extra(&o, &told.transaction, Fen(130));
    for _ in 0..2 {
        assert_eq!(w.c.payment.refund(&back, now()).await.unwrap(), Refund::Done);
    }
    assert_eq!(w.c.payment.query(&o, now()).await.unwrap(), Status::Paid(first.clone()), "the order's own is not touched");
    let more = GiveBack { number: "rx-more".into(), ..back };
    assert_eq!(code(&w.c.payment.refund(&more, now()).await.unwrap_err()), "INVALID_REQUEST");
    assert_eq!(w.c.payment.refund(&GiveBack::of_order(&o, Some(&first.transaction), Fen(100), Fen(100)), now()).await.unwrap(), Refund::Done);
    assert_eq!(w.c.payment.query(&o, now()).await.unwrap(), Status::Refunded);
}

#[tokio::test]
async fn given_a_rightly_signed_notify_when_it_names_another_currency_merchant_or_app_then_it_is_refused_and_so_is_an_answer() {
    let mut w = world(Pace::Manual).await;
    let o = order("01FOREIGN");
    w.c.prepay(&o, 100).await.unwrap();
    w.c.machine("/sandbox/pay", json!({"out_trade_no": o})).await;
    w.shop.next().await;
    for (what, query) in [("currency", "currency=USD"), ("mchid", "mchid=1900000009"), ("appid", "appid=wx0009")] {
        w.c.machine(&format!("/sandbox/notify/ord_01FOREIGN?{query}"), json!({})).await;
        let (_, headers, body) = w.shop.next().await;
        let refused = w.c.payment.verifier().notification(&headers, &body, now()).unwrap_err();
        assert!(matches!(&refused, PartnerError::Foreign { what: w, .. } if *w == what), "{refused}");
    }
    // A client of another app asks under the same merchant's key.
    let other = payment::Config {
        base_url: w.c.base.clone(),
        merchant_serial: "MERCHANT01".into(),
        merchant_key: pairs()[0].0.clone(),
        notify_url: String::new(),
        verifier: payment::VerifierConfig {
            mchid: "1900000001".into(),
            appid: "wx0009".into(),
            platform_serial: "PUB_KEY_ID_01".into(),
            platform_key: pairs()[1].1.clone(),
            apiv3_key: APIV3.into(),
        },
    };
    let refused = Payment::new(liandian_partners::http_client().unwrap(), other).query(&o, now()).await.unwrap_err();
    assert!(matches!(&refused, PartnerError::Foreign { what: "appid", .. }), "{refused}");
}

#[tokio::test]
async fn given_requests_that_are_not_the_merchants_when_sent_then_nothing_is_done() {
    let w = world(Pace::Manual).await;
    let body = json!({
        "appid": "wx0001", "mchid": "1900000001", "description": "牛奶", "out_trade_no": "ord_01SIG", "notify_url": "http://127.0.0.1:1/n",
        "amount": {"total": 1, "currency": "CNY"}, "payer": {"openid": "o-lin"},
    })
    .to_string();
    let path = "/v3/pay/transactions/jsapi";
    let make = |mchid: &str, serial: &str, key: &str, body: &str, at: Timestamp| {
        Some(authorization(mchid, serial, key, &Method::POST, path, body, at).unwrap())
    };
    let (good, bad) = (pairs()[0].0.as_str(), pairs()[1].0.as_str());
    let old = now().plus(-301_000);
    let wrong = [
        None,
        Some("Bearer x".to_owned()),
        make("1900000001", "MERCHANT01", bad, &body, now()),
        make("1900000001", "MERCHANT01", good, &body.replace("\"total\":1", "\"total\":2"), now()),
        make("1900000001", "MERCHANT02", good, &body, now()),
        make("1900000002", "MERCHANT01", good, &body, now()),
        make("1900000001", "MERCHANT01", good, &body, old),
        make("1900000001", "MERCHANT01", good, &body, now().plus(310_000)),
    ];
    for (i, a) in wrong.into_iter().enumerate() {
        let (status, v) = w.c.raw(a, &body).await;
        assert_eq!((status, v["code"].as_str()), (401, Some("SIGN_ERROR")), "case {i}");
    }
    // Signed well, but for another merchant, or malformed.
    let other = body.replace("1900000001", "1900000009");
    for b in [other.as_str(), "{}", "no json", &body.replace("ord_01SIG", "ord_1")] {
        let (status, v) = w.c.raw(make("1900000001", "MERCHANT01", good, b, now()), b).await;
        assert_eq!((status, v["code"].as_str()), (400, Some("PARAM_ERROR")), "{b}");
    }
    assert_eq!(w.c.machine("/sandbox/pay", json!({"out_trade_no": "ord_01SIG"})).await.0, 404);
    assert_eq!(w.c.raw(make("1900000001", "MERCHANT01", good, &body, now()), &body).await.0, 200);
    // Our client, with a clock that is late: refused as well.
    let late = w.c.payment.query(&order("01SIG"), old).await.unwrap_err();
    assert_eq!(code(&late), "SIGN_ERROR");
}

#[tokio::test]
async fn given_a_delivery_when_added_twice_then_it_is_one_and_its_call_backs_verify() {
    let mut w = world(Pace::Manual).await;
    let d = dlv("01ONE");
    w.c.add(&d).await.unwrap();
    w.c.add(&d).await.unwrap();
    assert_eq!(w.c.page("/sandbox").await.1.matches("<small>dlv_01ONE").count(), 1);
    let news = w.c.delivery.query(&d).await.unwrap();
    assert_eq!((news.word, news.rider), (RiderWord::Looking, None));

    w.shop.refuse.store(1, Ordering::SeqCst);
    assert_eq!(w.c.machine("/sandbox/delivery/dlv_01ONE/move", json!({"order_status": 30000})).await.0, 200);
    for _ in 0..2 {
        let (what, _, body) = w.shop.next().await;
        assert_eq!(what, "rider");
        let news = w.c.delivery.notification(&body, now()).unwrap();
        assert_eq!((&news.delivery, news.word), (&d, RiderWord::Accepted));
        assert!(news.rider.as_deref().unwrap().ends_with("师傅"));
        assert!(news.rider_phone.as_deref().unwrap().contains("****"));
        let forged = String::from_utf8(body.to_vec()).unwrap().replace("30000", "70000");
        assert!(w.c.delivery.notification(forged.as_bytes(), now()).is_err());
        assert_eq!(News { at: news.at, ..w.c.delivery.query(&d).await.unwrap() }, news);
    }
    w.shop.silent(700).await;

    assert_eq!(w.c.machine("/sandbox/delivery/dlv_01ONE/move", json!({"order_status": 12345})).await.0, 400);
    assert_eq!(w.c.machine("/sandbox/delivery/dlv_none/move", json!({"order_status": 30000})).await.0, 404);
    assert_eq!(w.c.machine("/sandbox/delivery/dlv_01ONE/move", json!({"order_status": 20001})).await.0, 200);
    assert_eq!(w.c.delivery.notification(&w.shop.next().await.2, now()).unwrap().word, RiderWord::Cancelled);
    assert_eq!(w.c.machine("/sandbox/delivery/dlv_01ONE/move", json!({"order_status": 30000})).await.0, 409);

    // A forged request, one that is known to nobody, and cancelling as the merchant.
    let forger = Clients::delivery(&w.c.http, &w.c.base, &w.shop.origin, "another token");
    assert_eq!(code(&forger.query(&d).await.unwrap_err()), "40001");
    assert_eq!(code(&w.c.delivery.query(&dlv("none")).await.unwrap_err()), "930001");
    w.c.add(&dlv("02TWO")).await.unwrap();
    let body = json!({"store_order_id": "dlv_02TWO"}).to_string();
    let params = BTreeMap::from([("appid".to_owned(), "wx0001".to_owned()), ("body".to_owned(), body.clone())]);
    let url = format!("{}/cgi-bin/express/intracity/cancelorder", w.c.base);
    let query = [("appid", "wx0001".to_owned()), ("sign", sign::md5_of_params(&params, TOKEN))];
    let answer: Value = w.c.http.post(url).query(&query).body(body).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["errcode"], 0);
    assert_eq!(w.c.delivery.query(&dlv("02TWO")).await.unwrap().word, RiderWord::Cancelled);
}

#[tokio::test]
async fn given_riders_who_change_when_moved_then_the_platform_and_its_call_backs_name_the_one_who_has_it() {
    let mut w = world(Pace::Manual).await;
    let d = dlv("01CHANGE");
    w.c.add(&d).await.unwrap();
    let path = "/sandbox/delivery/dlv_01CHANGE/move";
    for (number, rider, word) in [
        (30000, Some("王师傅"), RiderWord::Accepted),
        (30000, Some("李师傅"), RiderWord::Accepted),
        (60000, None, RiderWord::Withdrawn),
        (30000, Some("张师傅"), RiderWord::Accepted),
        (80000, None, RiderWord::Unknown(80_000)),
        (50000, None, RiderWord::Delivering),
        (90000, None, RiderWord::Abnormal),
    ] {
        assert_eq!(w.c.machine(path, json!({"order_status": number, "rider": rider})).await.0, 200);
        let told = w.c.delivery.notification(&w.shop.next().await.2, now()).unwrap();
        let known = w.c.delivery.query(&d).await.unwrap();
        assert_eq!((told.word, known.word), (word, word));
        if word != RiderWord::Withdrawn {
            assert_eq!(known.rider, told.rider);
        }
        if rider.is_some() {
            assert_eq!(known.rider.as_deref(), rider);
        }
    }
    assert!(w.c.delivery.cancel(&d).await.is_err(), "the goods are on their way, or back");
    // A call-back that is late or untrue moves nothing; one that is lost is not sent.
    assert_eq!(w.c.machine(path, json!({"order_status": 20001, "stale": true})).await.0, 200);
    assert_eq!(w.c.delivery.notification(&w.shop.next().await.2, now()).unwrap().word, RiderWord::Cancelled);
    assert_eq!(w.c.delivery.query(&d).await.unwrap().word, RiderWord::Abnormal);
    assert_eq!(w.c.machine(path, json!({"order_status": 70000, "lost": true})).await.0, 200);
    w.shop.silent(300).await;
    assert_eq!(w.c.delivery.query(&d).await.unwrap().word, RiderWord::Done);
}

#[tokio::test]
async fn given_a_rider_by_the_clock_when_time_passes_then_he_goes_all_the_way() {
    let ms = Duration::from_millis;
    let mut w = world(Pace::Timed { accept: ms(100), at_store: ms(300), picked_up: ms(500), done: ms(700) }).await;
    let d = dlv("01CLOCK");
    w.c.add(&d).await.unwrap();
    let mut states = Vec::new();
    for _ in 0..4 {
        states.push(w.c.delivery.notification(&w.shop.next().await.2, now()).unwrap().word);
    }
    assert_eq!(states, [RiderWord::Accepted, RiderWord::AtStore, RiderWord::Delivering, RiderWord::Done]);
    w.shop.silent(400).await;
}

#[tokio::test]
async fn given_a_login_code_when_used_then_it_works_once() {
    let w = world(Pace::Manual).await;
    let (_, v) = w.c.machine("/sandbox/code", json!({"openid": "o-lin"})).await;
    let login = v["code"].as_str().unwrap();
    assert_eq!(w.c.wechat.code_to_session(login).await.unwrap().expose(), "o-lin");
    assert_eq!(code(&w.c.wechat.code_to_session(login).await.unwrap_err()), "40029");
    assert_eq!(code(&w.c.wechat.code_to_session("made up").await.unwrap_err()), "40029");
    let config = wechat::Config { base_url: w.c.base.clone(), appid: "wx0001".into(), secret: "wrong".into() };
    let wrong = Wechat::new(w.c.http.clone(), config);
    assert_eq!(code(&wrong.code_to_session("any").await.unwrap_err()), "40125");
}

#[tokio::test]
async fn given_a_phone_code_when_used_then_it_names_the_number_once_and_only_to_the_apps_own_secret() {
    let w = world(Pace::Manual).await;
    let (_, v) = w.c.machine("/sandbox/phone-code", json!({"phone": "13800138000"})).await;
    let number = v["code"].as_str().unwrap();
    let config = wechat::Config { base_url: w.c.base.clone(), appid: "wx0001".into(), secret: "wrong".into() };
    assert_eq!(code(&Wechat::new(w.c.http.clone(), config).phone_of(number).await.unwrap_err()), "40125");
    assert_eq!(w.c.wechat.phone_of(number).await.unwrap().expose(), "13800138000");
    assert_eq!(code(&w.c.wechat.phone_of(number).await.unwrap_err()), "40029");
    let (_, v) = w.c.machine("/sandbox/phone-code", json!({"phone": "5551234", "country": "1"})).await;
    assert_eq!(w.c.wechat.phone_of(v["code"].as_str().unwrap()).await.unwrap().expose(), "+15551234");
}

#[tokio::test]
async fn given_ordered_faults_when_called_then_they_happen_as_often_as_ordered() {
    let mut w = world(Pace::Manual).await;
    let faults = json!({
        "payment": {"fail_next": 1, "drop_next": 1, "duplicate_next": 1}, "delivery": {"drop_next": 1, "lose_next": 1}, "wechat": {"fail_next": 1},
    });
    assert_eq!(w.c.machine("/sandbox/faults", faults).await.0, 200);
    let o = order("01FAULT");
    assert!(w.c.prepay(&o, 100).await.unwrap_err().retryable());
    assert_eq!(w.c.machine("/sandbox/pay", json!({"out_trade_no": o})).await.0, 404, "failed: not done");
    assert!(w.c.prepay(&o, 100).await.unwrap_err().retryable());
    assert_eq!(w.c.machine("/sandbox/pay", json!({"out_trade_no": o})).await.0, 200, "dropped: done");
    let (first, second) = (w.shop.next().await, w.shop.next().await);
    let opened = |h: &Heard| w.c.payment.verifier().notification(&h.1, &h.2, now()).unwrap().unwrap();
    assert_eq!(opened(&first), opened(&second));

    let d = dlv("01FAULT");
    assert!(w.c.add(&d).await.unwrap_err().retryable());
    assert_eq!(w.c.delivery.query(&d).await.unwrap().word, RiderWord::Looking);
    w.c.machine("/sandbox/delivery/dlv_01FAULT/move", json!({"order_status": 30000})).await;
    w.shop.silent(300).await;
    assert_eq!(w.c.delivery.query(&d).await.unwrap().word, RiderWord::Accepted);

    let (_, v) = w.c.machine("/sandbox/code", json!({"openid": "o-lin"})).await;
    let login = v["code"].as_str().unwrap();
    assert!(w.c.wechat.code_to_session(login).await.unwrap_err().retryable());
    assert_eq!(w.c.wechat.code_to_session(login).await.unwrap().expose(), "o-lin");
}

#[tokio::test]
async fn given_a_person_at_the_cashier_when_confirming_then_it_is_paid_and_they_return_to_the_shop_only() {
    let mut w = world(Pace::Manual).await;
    let (o, shop) = (order("01PERSON"), w.shop.origin.clone());
    let prepay = w.c.prepay(&o, 1290).await.unwrap();
    let back = format!("{shop}/o/ord_01PERSON");
    let (status, html) = w.c.page(&format!("/pay?prepay_id={prepay}&back=/o/ord_01PERSON")).await;
    assert_eq!(status, 200);
    for text in ["¥12.90", "鲜到家&lt;超市&gt;", "鲜牛奶 等 2 件", "确认支付", "取消", &format!("value=\"{back}\"")] {
        assert!(html.contains(text), "{text} in {html}");
    }
    for evil in ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example", &shop.replace("http://", "http://a@")] {
        let form = [("prepay_id", prepay.as_str()), ("back", evil), ("action", "confirm")];
        assert_eq!(w.c.form("/pay", &form).await.0, 400, "{evil}");
    }
    let form = |action| [("prepay_id", prepay.clone()), ("back", back.clone()), ("action", action)];
    let as_text = |f: &[(&'static str, String); 3]| f.clone();
    let send = async |action: &str| {
        let f = as_text(&form(action.to_owned()));
        let f: Vec<(&str, &str)> = f.iter().map(|(k, v)| (*k, v.as_str())).collect();
        w.c.form("/pay", &f).await
    };
    assert_eq!(send("cancel").await.0, 303);
    assert_eq!(w.c.payment.query(&o, now()).await.unwrap(), Status::Unpaid);
    // A page of another site cannot pay.
    let foreign = w.c.http.post(format!("{}/pay", w.c.base)).header("origin", "https://evil.example");
    let foreign = foreign.form(&[("prepay_id", prepay.as_str()), ("action", "confirm")]).send().await.unwrap();
    assert_eq!(foreign.status().as_u16(), 403);
    let (status, to, _) = send("confirm").await;
    assert_eq!((status, to.as_str()), (303, back.as_str()));
    assert!(matches!(w.c.payment.query(&o, now()).await.unwrap(), Status::Paid(_)));
    assert_eq!(w.shop.next().await.0, "notify");
    assert!(w.c.page(&format!("/pay?prepay_id={prepay}")).await.1.contains("支付成功"));
    assert_eq!(w.c.page("/pay?prepay_id=none").await.0, 404);
}

#[tokio::test]
async fn given_the_shell_when_a_user_is_chosen_then_our_api_gives_the_way_in() {
    let mut w = world(Pace::Manual).await;
    let (status, html) = w.c.page("/wechat?to=/s/sto_sh01").await;
    assert_eq!(status, 200);
    for text in ["选择一个演示用户", "小林", "新用户", "value=\"/s/sto_sh01\""] {
        assert!(html.contains(text), "{text}");
    }
    for evil in ["//evil.example", "https://evil.example", "/\\evil.example", ""] {
        assert_eq!(w.c.form("/wechat", &[("to", evil), ("openid", "o-lin")]).await.0, 400, "{evil}");
    }
    let mut openids = Vec::new();
    for chosen in ["o-lin", ""] {
        let (status, to, _) = w.c.form("/wechat", &[("to", "/s/sto_sh01"), ("openid", chosen)]).await;
        assert_eq!((status, to), (303, format!("{}/enter/t1", w.shop.origin)));
        let (what, _, body) = w.shop.next().await;
        let v: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((what.as_str(), v["to"].as_str()), ("ticket", Some("/s/sto_sh01")));
        openids.push(w.c.wechat.code_to_session(v["code"].as_str().unwrap()).await.unwrap().expose().to_owned());
    }
    assert_eq!(openids[0], "o-lin");
    assert_ne!(openids[1], "o-lin");
    assert!(w.c.page("/wechat").await.1.contains(&openids[1]), "a new user can come back");
    w.shop.refuse.store(1, Ordering::SeqCst);
    assert_eq!(w.c.form("/wechat", &[("to", "/"), ("openid", "o-lin")]).await.0, 502);
}

#[tokio::test]
async fn given_the_overview_when_its_buttons_are_pressed_then_they_work_and_no_recipient_is_readable() {
    let mut w = world(Pace::Manual).await;
    w.c.prepay(&order("01VIEW"), 500).await.unwrap();
    w.c.add(&dlv("01VIEW")).await.unwrap();
    let html = w.c.page("/sandbox").await.1;
    for text in ["¥5.00", "待支付", "ord_01VIEW", "待接单", "A12", "139****5678", "骑手接单"] {
        assert!(html.contains(text), "{text}");
    }
    let press = async |kind: &str, id: &str, action: &str| w.c.form("/sandbox/do", &[("kind", kind), ("id", id), ("action", action)]).await;
    for action in ["pay", "notify"] {
        let (status, to, _) = press("payment", "ord_01VIEW", action).await;
        assert_eq!((status, to.as_str()), (303, "/sandbox"));
        assert_eq!(w.shop.next().await.0, "notify");
    }
    for action in ["30000", "40000", "50000", "70000"] {
        assert_eq!(press("delivery", "dlv_01VIEW", action).await.0, 303);
        assert_eq!(w.shop.next().await.0, "rider");
    }
    assert_eq!(press("delivery", "dlv_01VIEW", "20001").await.0, 409);
    assert_eq!(press("delivery", "dlv_01VIEW", "x").await.0, 400);
    let html = w.c.page("/sandbox").await.1;
    assert!(html.contains("已支付") && html.contains("已送达"));
    let files: Vec<u8> = ["", "-wal"].iter().flat_map(|s| std::fs::read(format!("{}{s}", w.db.display())).unwrap_or_default()).collect();
    for clear in ["欧阳小明", "13912345678", "五零二室"] {
        assert!(!html.contains(clear), "{clear} on the page");
        assert!(!files.windows(clear.len()).any(|f| f == clear.as_bytes()), "{clear} in the file");
    }
    assert!(files.windows(10).any(|f| f == b"dlv_01VIEW"), "the search would have found it");
}

/// The process that the next test kills: this very test binary, told by its environment where to serve.
#[tokio::test]
#[ignore = "started by the test below"]
async fn serve_in_a_process_of_its_own() {
    let Ok(folder) = std::env::var("SANDBOX_TEST_FOLDER") else { return };
    let folder = PathBuf::from(folder);
    let key = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let keys = [(String::new(), key("merchant")), (key("platform"), String::new())];
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let sandbox = Sandbox::open(config(folder.join("sandbox.db"), &key("shop"), &base, &keys, Pace::Manual)).unwrap();
    println!("\nlistens {base}");
    sandbox.serve(listener, std::future::pending()).await.unwrap();
}

#[tokio::test]
async fn given_a_killed_sandbox_when_started_again_then_it_knows_all_and_still_owes_its_call_backs() {
    let folder = Folder::new();
    let mut shop = Shop::start().await;
    for (name, text) in [("merchant", &pairs()[0].1), ("platform", &pairs()[1].0), ("shop", &shop.origin)] {
        std::fs::write(folder.0.join(name), text).unwrap();
    }
    let start = || {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "--nocapture", "serve_in_a_process_of_its_own"])
            .env("SANDBOX_TEST_FOLDER", &folder.0)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let base = lines.into_iter().find_map(|l| l.strip_prefix("listens ").map(str::to_owned)).expect("it listens");
        (child, Clients::new(&base, &shop.origin, pairs()))
    };
    let (mut child, c) = start();
    let (o, d) = (order("01KILL"), dlv("01KILL"));
    // No try is accepted, so everything stays owed.
    shop.refuse.store(1_000, Ordering::SeqCst);
    c.prepay(&o, 990).await.unwrap();
    c.add(&d).await.unwrap();
    c.machine("/sandbox/delivery/dlv_01KILL/move", json!({"order_status": 30000})).await;
    let (_, v) = c.machine("/sandbox/code", json!({"openid": "o-lin"})).await;
    assert_eq!(c.machine("/sandbox/pay", json!({"out_trade_no": o})).await.0, 200);
    child.kill().unwrap();
    child.wait().unwrap();
    while shop.heard.try_recv().is_ok() {}
    shop.refuse.store(0, Ordering::SeqCst);

    let (mut child, c) = start();
    let mut heard = BTreeMap::new();
    while heard.len() < 2 {
        let (what, headers, body) = shop.next().await;
        heard.insert(what, (headers, body));
    }
    let (headers, body) = &heard["notify"];
    assert_eq!(c.payment.verifier().notification(headers, body, now()).unwrap().unwrap().order, o);
    assert_eq!(c.delivery.notification(&heard["rider"].1, now()).unwrap().delivery, d);
    assert!(matches!(c.payment.query(&o, now()).await.unwrap(), Status::Paid(_)));
    assert_eq!(c.delivery.query(&d).await.unwrap().word, RiderWord::Accepted);
    assert_eq!(c.wechat.code_to_session(v["code"].as_str().unwrap()).await.unwrap().expose(), "o-lin");
    child.kill().unwrap();
    child.wait().unwrap();
}
