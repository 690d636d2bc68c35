//! What every handler has at hand: the tables, the queues, the partners, tokens, a clock and ids. Built once per process.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicI64, Ordering},
};

use aws_sdk_dynamodb::config::SharedHttpClient;
use liandian_domain::access::key;
use liandian_partners::{
    delivery::{Delivery, Riders},
    files::Files,
    keys::Keys,
    payment::{Payment, Provider, Verifier},
    wechat::Wechat,
};
use liandian_queue::Queues;
use liandian_store::{Tables, reach::Reach};
use liandian_types::{KeyId, Role, Timestamp, TypedId};
use rand::{
    Rng, SeedableRng,
    distr::{Distribution, StandardUniform},
    rngs::StdRng,
};

use crate::{
    Config,
    auth::{MemberSession, Staff, Tokens, cookie_name},
    aws::Aws,
    config::BadConfig,
    http::{Failure, cookie},
    limits::Limits,
    parts::{Making, Part},
    people::digest,
    quotes::QuoteKeys,
    sessions::{Ended, KeysNoted},
};

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
    pub tables: Tables,
    /// The queues that this function may send to.
    pub queues: Queues,
    /// Checks (and for some functions signs) tokens.
    pub tokens: Tokens,
    /// Sessions that were ended before their time.
    pub ended: Ended,
    /// When this process noted the use of integration keys.
    pub keys_noted: KeysNoted,
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

/// The partners that a function has; made by its parts.
#[derive(Default)]
pub(crate) struct Partners {
    pub(crate) keys: Option<Keys>,
    pub(crate) payment: Option<Payment>,
    pub(crate) notices: Option<Verifier>,
    pub(crate) delivery: Option<Delivery>,
    pub(crate) wechat: Option<Wechat>,
    pub(crate) provider: Option<Arc<dyn Provider>>,
    pub(crate) riders: Option<Arc<dyn Riders>>,
    pub(crate) quotes: Option<QuoteKeys>,
    pub(crate) files: Option<Files>,
}

impl App {
    /// From configuration, with these parts. Does no I/O.
    ///
    /// # Errors
    /// [`BadConfig`] naming what is missing or wrong. A partner that is not configured is no error until it is asked for.
    pub fn new(config: Config, clock: Clock, parts: &[Part]) -> Result<Self, BadConfig> {
        Self::within(config, clock, parts, Outside::default())
    }

    /// From configuration, within a world that a simulation makes up: its partners go before the real ones.
    ///
    /// # Errors
    /// As [`App::new`].
    pub fn within(config: Config, clock: Clock, parts: &[Part], outside: Outside) -> Result<Self, BadConfig> {
        config.need("PUBLIC_ORIGIN")?;
        let aws = Aws::new(&config, outside.http)?;
        let tables = Tables::new(aws.dynamodb(), config.need("CELL_TABLE")?, config.need("HQ_TABLE")?);
        let tokens = Tokens::new(&config)?;
        let mut making = Making::new(&config, &aws);
        for part in parts {
            part(&mut making)?;
        }
        let (queues, mut partners) = making.made();
        partners.provider = outside.provider.or(partners.provider);
        partners.riders = outside.riders.or(partners.riders);
        Ok(Self {
            tables,
            queues,
            tokens,
            ended: Ended::default(),
            keys_noted: KeysNoted::default(),
            config: config.into(),
            limits: Limits::default(),
            clock,
            chance: outside.chance,
            partners: partners.into(),
        })
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

    /// A cookie of ours in a `Cookie` header, under the name that it has here.
    #[must_use]
    pub fn cookie<'a>(&self, header: &'a str, name: &str) -> Option<&'a str> {
        cookie(header, &cookie_name(name, self.config.secure_cookies()))
    }

    /// The session of a member's token, if it is valid and nobody has ended it.
    ///
    /// # Errors
    /// [`Failure`] from the tables.
    pub async fn member(&self, token: &str, now: Timestamp) -> Result<Option<MemberSession>, Failure> {
        let Some(session) = self.tokens.check_member(token, now) else { return Ok(None) };
        let ended = self.ended.has(&self.tables, &session, now).await?;
        Ok((!ended).then_some(session))
    }

    /// The staff of a token, if it is valid and nobody has ended it: its session, its account's sessions, or what its role may do.
    ///
    /// # Errors
    /// [`Failure`] from the tables.
    pub async fn staff(&self, token: &str, now: Timestamp) -> Result<Option<Staff>, Failure> {
        let Some(staff) = self.tokens.check_staff(token, now) else { return Ok(None) };
        let role = staff.role_id();
        let names = [staff.sid.as_str(), staff.sub.as_str(), role.as_str()];
        let ended = self.ended.any(&self.tables, &names, staff.issued(), now).await?;
        Ok((!ended).then_some(staff))
    }

    /// What a program may do that sends this integration key, if the key is valid and nobody has revoked it.
    ///
    /// # Errors
    /// [`Failure`] from the tables.
    pub async fn program(&self, sent: &str, now: Timestamp) -> Result<Option<(KeyId, Staff)>, Failure> {
        let Some((id, secret)) = key::parts(sent) else { return Ok(None) };
        let known = self.tables.integration_key(&id).await?;
        let Some(k) = known.filter(|k| k.revoked_at.is_none() && k.digest == digest(secret)) else { return Ok(None) };
        let staff = Staff::begin(k.acts_as(), k.name, Role::Integration, k.scope, k.permissions, now);
        Ok(Some((id, staff)))
    }

    /// What of the chain somebody of the staff sees.
    ///
    /// # Errors
    /// [`Failure`] from the tables.
    pub async fn reach(&self, staff: &Staff) -> Result<Reach, Failure> {
        Ok(self.tables.reach(&staff.scope).await?)
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

    /// Who believes the payment provider's call-backs, or not.
    ///
    /// # Errors
    /// [`Failure::Internal`] when this function hears none.
    pub fn notices(&self) -> Result<&Verifier, Failure> {
        self.partners.notices.as_ref().ok_or_else(|| missing("payment-verify"))
    }

    /// The rider platform, whole.
    ///
    /// # Errors
    /// [`Failure::Internal`] when this function does not talk to it.
    pub fn delivery(&self) -> Result<&Delivery, Failure> {
        self.partners.delivery.as_ref().ok_or_else(|| missing("delivery"))
    }

    /// The keys of quotes, where quotes are signed.
    #[must_use]
    pub fn quote_keys(&self) -> Option<&QuoteKeys> {
        self.partners.quotes.as_ref()
    }

    /// The chain's files.
    ///
    /// # Errors
    /// [`Failure::Internal`] when this function does not talk to the bucket.
    pub fn files(&self) -> Result<&Files, Failure> {
        self.partners.files.as_ref().ok_or_else(|| missing("files"))
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
