//! Partners in small, for one machine and for tests: payment (WeChat Pay v3), riders (WeChat same-city delivery) and
//! WeChat's login. They check our signatures and sign their call-backs by the same rules as the real ones, so that the
//! clients of `liandian-partners` need no knowledge of them. What they know is in one SQLite file and survives `kill -9`.
//!
//! | Who | Paths |
//! |---|---|
//! | our payment client | `/v3/pay/transactions/…`, `/v3/refund/domestic/refunds` |
//! | our delivery client | `/cgi-bin/express/intracity/{addorder,queryorder,cancelorder}` |
//! | our login client | `/sns/jscode2session`, `/cgi-bin/stable_token`, `/wxa/business/getuserphonenumber` |
//! | people | `/pay` (cashier), `/wechat` (the mini-program's shell), `/sandbox` (all payments and deliveries) |
//! | people and tests | `/sandbox/clock`: the stack's time, which may be set forward |
//! | tests | `POST /sandbox/{pay,pay/{no}/again,notify/{no},delivery/{id}/move,code,phone-code,faults}`, `GET /sandbox/refunds/{no}` |
//!
//! What must not live here: anything that our own code relies on in production, and recipients' data in clear (a number
//! behind a code is gone when it was told, or with the next code).

mod callbacks;
pub mod clock;
mod db;
mod delivery;
mod faults;
mod pages;
mod payment;
mod wechat;

use std::{
    future::Future,
    io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
    routing::{get, post},
};
use liandian_partners::sign;
use liandian_types::Timestamp;
use tokio::{net::TcpListener, sync::Notify};

use crate::{db::Db, faults::Partner};

pub use crate::payment::PastPayment;

/// How fast the simulated rider is. Times count from the moment the delivery was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Nothing moves by itself: `/sandbox` and `POST /sandbox/delivery/{id}/move` move it.
    Manual,
    /// By the clock.
    Timed {
        /// A rider takes the job.
        accept: Duration,
        /// Is at the store.
        at_store: Duration,
        /// Has the goods.
        picked_up: Duration,
        /// Has handed them over.
        done: Duration,
    },
}

impl Default for Pace {
    fn default() -> Self {
        let s = Duration::from_secs;
        Pace::Timed { accept: s(5), at_store: s(10), picked_up: s(20), done: s(40) }
    }
}

/// Everything the partners and we have agreed on.
#[derive(Clone)]
pub struct Config {
    /// The SQLite file; made when it is not there.
    pub db: PathBuf,
    /// Where browsers see the shop, e.g. `http://127.0.0.1:8080`. After paying they may only be sent there.
    pub public_origin: String,
    /// Where the shell calls our API; usually the same.
    pub api_origin: String,
    /// Where browsers see the sandbox.
    pub own_origin: String,
    /// Merchant.
    pub mchid: String,
    /// The merchant's name as the cashier shows it.
    pub merchant_name: String,
    /// Serial of the merchant's certificate.
    pub merchant_serial: String,
    /// The merchant's public key, PEM: checks our requests.
    pub merchant_key: String,
    /// Serial of the platform's key.
    pub platform_serial: String,
    /// The platform's private key, PKCS#8 PEM: signs answers and call-backs.
    pub platform_key: String,
    /// 32 bytes that seal call-backs.
    pub apiv3_key: String,
    /// Mini-program.
    pub appid: String,
    /// Its secret.
    pub app_secret: String,
    /// The id under which our delivery client calls.
    pub delivery_app_id: String,
    /// Signs deliveries both ways.
    pub delivery_token: String,
    /// Demo users: openid and nickname.
    pub users: Vec<(String, String)>,
    /// The rider.
    pub pace: Pace,
    /// How far the stack's clock is ahead of the machine's: partners live in the same time, or they would take each other's
    /// signatures for old ones.
    pub ahead_ms: Arc<AtomicI64>,
    /// Where the clock's place is kept; none where it cannot be moved, because functions live in processes (and times) of their own.
    pub clock_file: Option<PathBuf>,
}

/// Why the sandbox cannot do its work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration cannot work.
    #[error("sandbox configuration: {0}")]
    Config(&'static str),
    /// The file.
    #[error("sandbox database: {0}")]
    Db(#[from] rusqlite::Error),
    /// A key.
    #[error("sandbox keys: {0}")]
    Key(#[from] sign::BadKey),
    /// The HTTP client for call-backs.
    #[error("sandbox: {0}")]
    Http(#[from] liandian_partners::PartnerError),
    /// Something kept in the file is not what was put there.
    #[error("sandbox data: {0}")]
    Data(#[from] serde_json::Error),
}

pub(crate) struct Inner {
    config: Config,
    db: Db,
    http: reqwest::Client,
    faults: faults::Book,
    /// Rings when a call-back or a rider has become due.
    wake: Notify,
}

/// The partners. Cheap to clone.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
}

impl Inner {
    /// The time, as the stack has it.
    pub(crate) fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX)).plus(self.config.ahead_ms.load(Ordering::Relaxed))
    }
}

impl Sandbox {
    /// Opens the file and checks that the keys can work. Call-backs that were owed when the last process ended are due at once.
    ///
    /// # Errors
    /// [`Error`].
    pub fn open(config: Config) -> Result<Sandbox, Error> {
        if config.apiv3_key.len() != 32 {
            return Err(Error::Config("the APIv3 key has 32 bytes"));
        }
        if !config.merchant_key.contains("PUBLIC KEY") {
            return Err(Error::Config("merchant_key is the merchant's public key in PEM"));
        }
        if [&config.public_origin, &config.api_origin, &config.own_origin].iter().any(|o| reqwest::Url::parse(o).is_err()) {
            return Err(Error::Config("an origin is like http://127.0.0.1:8080"));
        }
        sign::rsa_sign(&config.platform_key, "probe")?;
        let db = Db::open(&config.db)?;
        let http = liandian_partners::http_client()?;
        let inner = Inner { config, db, http, faults: faults::Book::default(), wake: Notify::new() };
        callbacks::resume(&inner)?;
        delivery::resume(&inner)?;
        Ok(Sandbox { inner: Arc::new(inner) })
    }

    /// Takes over payments that were made elsewhere before, so that their money can be asked about and given back here. A payment that is known
    /// already stays as it is.
    ///
    /// # Errors
    /// [`Error`]; then none of them is kept.
    pub fn remember(&self, payments: &[PastPayment]) -> Result<(), Error> {
        payment::remember(&self.inner, payments)
    }

    /// All pages and interfaces. Call-backs are only sent, and riders only move, while [`Sandbox::serve`] runs.
    pub fn router(&self) -> Router {
        let faulty = |partner: Partner| from_fn_with_state((Arc::clone(&self.inner), partner), faults::inject);
        let payment = Router::new()
            .route("/v3/pay/transactions/jsapi", post(payment::prepay))
            .route("/v3/pay/transactions/out-trade-no/{no}", get(payment::query))
            .route("/v3/pay/transactions/out-trade-no/{no}/close", post(payment::close))
            .route("/v3/refund/domestic/refunds", post(payment::refund))
            .route_layer(faulty(Partner::Payment));
        let delivery = Router::new()
            .route("/cgi-bin/express/intracity/addorder", post(delivery::add))
            .route("/cgi-bin/express/intracity/queryorder", post(delivery::query))
            .route("/cgi-bin/express/intracity/cancelorder", post(delivery::cancel))
            .route_layer(faulty(Partner::Delivery));
        let wechat = Router::new()
            .route("/sns/jscode2session", get(wechat::code_to_session))
            .route("/cgi-bin/stable_token", post(wechat::stable_token))
            .route("/wxa/business/getuserphonenumber", post(wechat::phone_of_code))
            .route_layer(faulty(Partner::Wechat));
        let people = Router::new()
            .route("/", get(pages::home))
            .route("/pay", get(pages::cashier).post(pages::cashier_post))
            .route("/wechat", get(pages::shell).post(pages::shell_post))
            .route("/sandbox", get(pages::overview))
            .route("/sandbox/do", post(pages::overview_post))
            .route("/sandbox/pay", post(payment::pay_by_machine))
            .route("/sandbox/pay/{no}/again", post(payment::pay_again_by_machine))
            .route("/sandbox/refunds/{no}", get(payment::refunds_by_machine))
            .route("/sandbox/notify/{no}", post(payment::notify_again))
            .route("/sandbox/delivery/{id}/move", post(delivery::move_by_machine))
            .route("/sandbox/clock", get(clock::read).post(clock::set))
            .route("/sandbox/code", post(wechat::code_by_machine))
            .route("/sandbox/phone-code", post(wechat::phone_code_by_machine))
            .route("/sandbox/faults", post(faults::set))
            .route_layer(from_fn_with_state(Arc::clone(&self.inner), pages::same_site))
            .layer(from_fn(pages::safe_headers));
        payment.merge(delivery).merge(wechat).merge(people).with_state(Arc::clone(&self.inner))
    }

    /// Serves until `shutdown`, sends call-backs and moves riders.
    ///
    /// # Errors
    /// What the listener reports.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        let router = self.router();
        let work = tokio::spawn(callbacks::run(Arc::clone(&self.inner)));
        let served = axum::serve(listener, router).with_graceful_shutdown(shutdown).await;
        // Whatever is on its way stays owed in the file and is sent by the next process.
        work.abort();
        served
    }
}
