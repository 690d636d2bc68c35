//! What every handler has at hand: the tables, the queues, the partners, tokens, a clock and ids. Built once per process.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicI64, Ordering},
};

use aws_sdk_dynamodb::config::SharedHttpClient;
use base64::{Engine, engine::general_purpose::STANDARD};
use liandian_partners::{
    delivery::{self, Delivery, Riders},
    http_client,
    keys::Keys,
    payment::{self, Payment, Provider},
    wechat::{self, Wechat},
};
use liandian_queue::Queues;
use liandian_store::Store;
use liandian_types::{Timestamp, TypedId};
use rand::{
    Rng, SeedableRng,
    distr::{Distribution, StandardUniform},
    rngs::StdRng,
};

use crate::{Config, auth::Tokens, aws::Aws, config::BadConfig, http::Failure, limits::Limits};

/// The time. Tests (and people who try the product) may set it forward; a simulation gives its own.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    ahead_ms: Arc<AtomicI64>,
    given: Option<fn() -> Timestamp>,
}

impl Clock {
    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        if let Some(given) = self.given {
            return given().plus(self.ahead_ms.load(Ordering::Relaxed));
        }
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX)).plus(self.ahead_ms.load(Ordering::Relaxed))
    }

    /// A clock that shows what `given` says.
    #[must_use]
    pub fn of(given: fn() -> Timestamp) -> Self {
        Self { given: Some(given), ..Self::default() }
    }

    /// How far it is ahead of the machine's, shared: for the sandbox partners, who live in the same time.
    #[must_use]
    pub fn ahead_ms(&self) -> Arc<AtomicI64> {
        self.ahead_ms.clone()
    }

    /// Sets the clock forward.
    pub fn advance(&self, ms: i64) {
        self.ahead_ms.fetch_add(ms, Ordering::Relaxed);
    }
}

/// Chance: the system's, or (for a simulation that must run the same way again) a seed's. Never for secrets.
#[derive(Clone, Default)]
pub struct Chance(Option<Arc<Mutex<StdRng>>>);

impl Chance {
    /// The course of this seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Some(Arc::new(Mutex::new(StdRng::seed_from_u64(seed)))))
    }

    /// A random value.
    #[must_use]
    pub fn draw<T>(&self) -> T
    where
        StandardUniform: Distribution<T>,
    {
        match self.0.as_ref().and_then(|r| r.lock().ok()) {
            Some(mut r) => r.random(),
            None => rand::random(),
        }
    }
}

/// What a simulation gives instead of the network and of chance.
#[derive(Default)]
pub struct Outside {
    /// Carries the SDK's requests.
    pub http: Option<SharedHttpClient>,
    /// The payment provider.
    pub provider: Option<Arc<dyn Provider>>,
    /// The rider platform.
    pub riders: Option<Arc<dyn Riders>>,
    /// Chance.
    pub chance: Chance,
}

/// Everything a handler needs. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The tables.
    pub store: Store,
    /// The queues that this function may send to.
    pub queues: Queues,
    /// Checks (and for some functions signs) tokens.
    pub tokens: Tokens,
    /// Configuration.
    pub config: Arc<Config>,
    /// Requests a minute.
    pub limits: Limits,
    /// The time.
    pub clock: Clock,
    /// Chance.
    pub chance: Chance,
    partners: Arc<Partners>,
}

struct Partners {
    keys: Option<Keys>,
    payment: Option<Payment>,
    delivery: Option<Delivery>,
    wechat: Option<Wechat>,
    provider: Option<Arc<dyn Provider>>,
    riders: Option<Arc<dyn Riders>>,
}

impl App {
    /// From configuration. Does no I/O.
    ///
    /// # Errors
    /// [`BadConfig`] naming what is missing or wrong. A partner that is not configured is no error until it is asked for.
    pub fn new(config: Config, clock: Clock) -> Result<Self, BadConfig> {
        Self::within(config, clock, Outside::default())
    }

    /// From configuration, within a world that a simulation makes up.
    ///
    /// # Errors
    /// As [`App::new`].
    pub fn within(config: Config, clock: Clock, outside: Outside) -> Result<Self, BadConfig> {
        config.need("PUBLIC_ORIGIN")?;
        let bad = |e: &dyn std::fmt::Display| BadConfig(e.to_string());
        let aws = Aws::new(&config, outside.http)?;
        let store = Store::new(aws.dynamodb(), config.need("CELL_TABLE")?, config.need("HQ_TABLE")?);
        let queues = Queues::new(aws.sqs(), |name| config.queue_url(name));
        let tokens = Tokens::new(config.get("TOKEN_PRIVATE_KEY"), config.need("TOKEN_PUBLIC_KEY")?).map_err(|e| bad(&e))?;
        let http = http_client().map_err(|e| bad(&e))?;
        let payment = payment_config(&config)?.map(|c| Payment::new(http.clone(), c));
        let delivery = delivery_config(&config)?.map(|c| Delivery::new(http.clone(), c));
        let partners = Partners {
            keys: keys(&config, &aws)?,
            provider: outside.provider.or_else(|| payment.clone().map(|p| Arc::new(p) as Arc<dyn Provider>)),
            riders: outside.riders.or_else(|| delivery.clone().map(|d| Arc::new(d) as Arc<dyn Riders>)),
            payment,
            delivery,
            wechat: wechat_config(&config)?.map(|c| Wechat::new(http, c)),
        };
        Ok(Self { store, queues, tokens, config: config.into(), limits: Limits::default(), clock, chance: outside.chance, partners: partners.into() })
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A new, time-ordered id.
    #[must_use]
    pub fn id<T: TypedId>(&self) -> T {
        let tail = ulid::Ulid::from_parts(u64::try_from(self.now().0).unwrap_or_default(), self.chance.draw());
        // A ULID is 26 letters and digits, which every id takes.
        format!("{}_{tail}", T::PREFIX).parse().unwrap_or_else(|e| unreachable!("{e}"))
    }

    /// The keys of personal data.
    ///
    /// # Errors
    /// [`Failure::Internal`] when this function has none.
    pub fn keys(&self) -> Result<&Keys, Failure> {
        self.partners.keys.as_ref().ok_or_else(|| missing("keys"))
    }

    /// What the steps of an order ask of the payment provider.
    ///
    /// # Errors
    /// [`Failure::Internal`] when this function does not talk to it.
    pub fn provider(&self) -> Result<&dyn Provider, Failure> {
        self.partners.provider.as_deref().ok_or_else(|| missing("payment"))
    }

    /// What the steps of a delivery ask of the rider platform.
    ///
    /// # Errors
    /// [`Failure::Internal`] when this function does not talk to it.
    pub fn riders(&self) -> Result<&dyn Riders, Failure> {
        self.partners.riders.as_deref().ok_or_else(|| missing("delivery"))
    }

    /// The payment provider, whole.
    ///
    /// # Errors
    /// [`Failure::Internal`] when this function does not talk to it.
    pub fn payment(&self) -> Result<&Payment, Failure> {
        self.partners.payment.as_ref().ok_or_else(|| missing("payment"))
    }

    /// The rider platform, whole.
    ///
    /// # Errors
    /// [`Failure::Internal`] when this function does not talk to it.
    pub fn delivery(&self) -> Result<&Delivery, Failure> {
        self.partners.delivery.as_ref().ok_or_else(|| missing("delivery"))
    }

    /// WeChat.
    ///
    /// # Errors
    /// [`Failure::Internal`] when this function does not talk to it.
    pub fn wechat(&self) -> Result<&Wechat, Failure> {
        self.partners.wechat.as_ref().ok_or_else(|| missing("wechat"))
    }
}

fn missing(partner: &str) -> Failure {
    Failure::Internal(format!("{partner} is not configured for this function"))
}

fn text(config: &Config, name: &str) -> Result<String, BadConfig> {
    config.need(name).map(str::to_owned)
}

fn keys(config: &Config, aws: &Aws<'_>) -> Result<Option<Keys>, BadConfig> {
    let Some(index) = config.get("KEYS_BLIND_INDEX") else { return Ok(None) };
    let index = STANDARD.decode(index).map_err(|e| BadConfig(format!("KEYS_BLIND_INDEX: {e}")))?;
    if let Some(id) = config.get("KEYS_KMS_KEY") {
        return Ok(Some(Keys::kms(aws.kms(), id.to_owned(), &index)));
    }
    let master = STANDARD.decode(config.need("KEYS_LOCAL_MASTER")?).map_err(|e| BadConfig(format!("KEYS_LOCAL_MASTER: {e}")))?;
    let master = master.try_into().map_err(|_| BadConfig("KEYS_LOCAL_MASTER has not 32 bytes".into()))?;
    Ok(Some(Keys::local(master, &index)))
}

fn payment_config(c: &Config) -> Result<Option<payment::Config>, BadConfig> {
    let Some(base_url) = c.get("PAYMENT_BASE_URL") else { return Ok(None) };
    Ok(Some(payment::Config {
        base_url: base_url.to_owned(),
        mchid: text(c, "PAYMENT_MCHID")?,
        appid: text(c, "PAYMENT_APPID")?,
        merchant_serial: text(c, "PAYMENT_MERCHANT_SERIAL")?,
        merchant_key: text(c, "PAYMENT_MERCHANT_KEY")?,
        platform_serial: text(c, "PAYMENT_PLATFORM_SERIAL")?,
        platform_key: text(c, "PAYMENT_PLATFORM_KEY")?,
        apiv3_key: text(c, "PAYMENT_APIV3_KEY")?,
        notify_url: format!("{}/api/v1/callbacks/payment", c.public_origin()),
    }))
}

fn delivery_config(c: &Config) -> Result<Option<delivery::Config>, BadConfig> {
    let Some(base_url) = c.get("DELIVERY_BASE_URL") else { return Ok(None) };
    Ok(Some(delivery::Config {
        base_url: base_url.to_owned(),
        app_id: text(c, "DELIVERY_APP_ID")?,
        token: text(c, "DELIVERY_TOKEN")?,
        callback_url: format!("{}/api/v1/callbacks/delivery", c.public_origin()),
    }))
}

fn wechat_config(c: &Config) -> Result<Option<wechat::Config>, BadConfig> {
    let Some(base_url) = c.get("WECHAT_BASE_URL") else { return Ok(None) };
    Ok(Some(wechat::Config { base_url: base_url.to_owned(), appid: text(c, "WECHAT_APPID")?, secret: text(c, "WECHAT_SECRET")? }))
}
