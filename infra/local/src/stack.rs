//! Starting and stopping the whole stack.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use aws_sdk_sqs::types::QueueAttributeName;
use axum::{Json, Router, http::StatusCode, routing::get};
use dynoxide::Database;
use liandian_functions::{
    App, Config,
    app::{Clock, Outside},
    auth::listed,
    aws::Aws,
    parts, table,
};
use liandian_sandbox::{Pace, Sandbox};
use liandian_seed::Chain;
use liandian_server::{shop::Links, site::Site, traced::traced};
use liandian_sqs::Sqs;
use liandian_types::Timestamp;
use serde_json::json;
use tokio::{net::TcpListener, sync::watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{engine, gateway, history, invoker::Invoker, mappings::Mappings, secrets::Secrets, stream::Source, tables};

/// Where functions run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Functions {
    /// In this process.
    Here,
    /// As binaries under `cargo lambda watch` at this address.
    Watch(String),
}

/// Where tables and queues are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Engine {
    /// In this process, kept in the data folder.
    Here,
    /// In another engine of DynamoDB and SQS: a test of what of ours leans on one of them.
    At {
        /// Its address.
        url: String,
        /// Our account there: twelve digits, the access key id at the same time.
        account: String,
    },
}

/// Ports on 127.0.0.1; 0 takes any.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ports {
    /// Shop, console and API.
    pub gateway: u16,
    /// DynamoDB.
    pub dynamodb: u16,
    /// SQS.
    pub sqs: u16,
    /// S3.
    pub s3: u16,
    /// Payment, delivery, WeChat.
    pub sandbox: u16,
}

impl Ports {
    /// The ports that `cargo xtask up` uses: five in a row.
    #[must_use]
    pub fn from(first: u16) -> Self {
        Self { gateway: first, dynamodb: first + 1, sqs: first + 2, s3: first + 3, sandbox: first + 4 }
    }
}

/// How to start.
#[derive(Clone)]
pub struct Options {
    /// Everything that is kept.
    pub data: PathBuf,
    /// Where to listen.
    pub ports: Ports,
    /// The built site folder.
    pub site: PathBuf,
    /// How many stores a new chain has; 36 is the demo chain.
    pub stores: usize,
    /// Do campaigns run in a new chain?
    pub campaigns: bool,
    /// Days that a new chain has behind it, played when it was seeded; none in another engine.
    pub history: Option<history::Play>,
    /// Where functions run.
    pub functions: Functions,
    /// Where tables and queues are. (The stack's own lie idle beside another engine.)
    pub engine: Engine,
    /// The sandbox's rider.
    pub pace: Pace,
    /// How often a minute's schedule runs.
    pub minute: Duration,
    /// More variables for the functions.
    pub variables: BTreeMap<String, String>,
    /// Do the engines listen, too, for programs that know this installation's credential? (They do where functions are processes of their own.)
    pub serve_engines: bool,
    /// Do workers and schedules wait until they are resumed?
    pub paused: bool,
    /// Told what is being done.
    pub progress: Arc<dyn Fn(&str) + Send + Sync>,
}

impl Options {
    /// In this folder, with any ports, telling nobody.
    #[must_use]
    pub fn new(data: &Path) -> Self {
        Self {
            data: data.to_path_buf(),
            ports: Ports::default(),
            site: PathBuf::from("target/site"),
            stores: 36,
            campaigns: false,
            history: None,
            functions: Functions::Here,
            engine: Engine::Here,
            pace: Pace::default(),
            minute: Duration::from_secs(60),
            variables: BTreeMap::new(),
            serve_engines: false,
            paused: false,
            progress: Arc::new(|_| {}),
        }
    }
}

/// The running stack.
pub struct Stack {
    /// Shop, console and API, e.g. `http://127.0.0.1:7400`.
    pub origin: String,
    /// The sandbox partners.
    pub sandbox: String,
    /// Addresses of DynamoDB and SQS, where functions are processes of their own; in this process nothing listens.
    pub engines: Option<(String, String)>,
    /// What handlers have; for tests and benchmarks.
    pub app: App,
    /// What the functions get as their environment.
    pub variables: BTreeMap<String, String>,
    /// The engine, for tests.
    pub db: Database,
    /// A client of the queues, for bridges and tests.
    pub sqs: aws_sdk_sqs::Client,
    /// The queues, for tests.
    pub queues: Sqs,
    /// The keys.
    pub secrets: Secrets,
    /// What the days before today came to, when this start has played them.
    pub past: Option<history::Past>,
    pause: watch::Sender<bool>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

const REGION: &str = "us-east-1";

async fn listen(port: u16) -> anyhow::Result<(TcpListener, SocketAddr)> {
    let l = TcpListener::bind(("127.0.0.1", port))
        .await
        .with_context(|| format!("cannot listen on 127.0.0.1:{port}: is another Liandian running? Stop it, or choose other ports with --port"))?;
    let at = l.local_addr()?;
    Ok((l, at))
}

impl Stack {
    /// Starts everything; returns when it serves.
    ///
    /// # Errors
    /// What could not be started, and what to do about it.
    pub async fn start(o: Options) -> anyhow::Result<Self> {
        let say = o.progress.clone();
        std::fs::create_dir_all(&o.data).with_context(|| format!("cannot make the data folder {}", o.data.display()))?;
        owners_only(&o.data)?;
        history::begin_anew(&o.data)?;
        let secrets = Secrets::open(&o.data)?;
        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();

        let (gateway_l, gateway_at) = listen(o.ports.gateway).await?;
        let (s3_l, s3_at) = listen(o.ports.s3).await?;
        let (sandbox_l, sandbox_at) = listen(o.ports.sandbox).await?;
        let url = |at: SocketAddr| format!("http://{at}");
        let (origin, sandbox) = (url(gateway_at), url(sandbox_at));
        // Only other processes need ports of the engines.
        let listens = o.serve_engines || matches!(o.functions, Functions::Watch(_));
        let (dynamodb_l, sqs_l) = if listens { (Some(listen(o.ports.dynamodb).await?), Some(listen(o.ports.sqs).await?)) } else { (None, None) };
        let of = |l: &Option<(TcpListener, SocketAddr)>, nowhere: &str| l.as_ref().map_or_else(|| nowhere.to_owned(), |(_, at)| url(*at));
        // Where nothing listens an address is only a name.
        let (dynamodb, sqs) = (of(&dynamodb_l, "http://dynamodb.invalid"), of(&sqs_l, "http://sqs.invalid"));
        let engines = listens.then(|| (dynamodb.clone(), sqs.clone()));

        // DynamoDB
        let file = o.data.join("dynamodb.sqlite");
        let db = Database::new(file.to_str().context("the data folder's path is no text")?)
            .map_err(|e| anyhow::anyhow!("cannot open {}: {e}", file.display()))?;
        tables::tend_stream(&file)?;
        if let Some((listener, at)) = dynamodb_l {
            let guard = engine::Guard { credential: secrets.credential.clone(), port: at.port() };
            let (router, ended) = (engine::guard(engine::dynamodb(db.clone()), guard), stop.clone());
            tasks.spawn(async move { axum::serve(listener, router).with_graceful_shutdown(async move { ended.cancelled().await }).await });
        }
        let (engine, ended, kept) = (db.clone(), stop.clone(), file.clone());
        tasks.spawn(async move {
            loop {
                tokio::select! {
                    () = ended.cancelled() => return,
                    () = tokio::time::sleep(Duration::from_secs(60)) => {}
                }
                let engine = engine.clone();
                let file = kept.clone();
                let cleaned = tokio::task::spawn_blocking(move || {
                    engine.sweep_ttl().map_err(|e| anyhow::anyhow!("{e}"))?;
                    tables::tend_stream(&file)
                });
                if let Ok(Err(e)) = cleaned.await {
                    tracing::warn!(error = %e, "cannot clean up");
                }
            }
        });

        // SQS
        let queues = Sqs::open(&o.data.join("sqs.sqlite"), sqs.clone()).map_err(|e| anyhow::anyhow!("cannot open the queues: {e}"))?;
        if let Some((listener, at)) = sqs_l {
            let guard = engine::Guard { credential: secrets.credential.clone(), port: at.port() };
            let (router, ended) = (engine::guard(queues.router(), guard), stop.clone());
            tasks.spawn(async move { axum::serve(listener, router).with_graceful_shutdown(async move { ended.cancelled().await }).await });
        }

        // S3
        let bucket = o.data.join("s3").join("pictures");
        std::fs::create_dir_all(&bucket)?;
        let uploads = o.data.join("s3").join(UPLOADS);
        std::fs::create_dir_all(uploads.join("media"))?;
        forget_unfinished(&uploads.join("incoming"));
        let s3 = s3(&o.data.join("s3"), &secrets.files_key)?;
        let ended = stop.clone();
        tasks.spawn(serve_s3(s3_l, s3.clone(), ended));

        // Functions
        let (dynamodb, sqs, credential, stream) = match &o.engine {
            Engine::Here => (dynamodb, sqs, secrets.credential.clone(), Source::Here(db.clone())),
            Engine::At { url, account } => {
                let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).build()?;
                (url.clone(), url.clone(), account.clone(), Source::At { url: url.clone(), account: account.clone(), http })
            }
        };
        let addresses = Addresses {
            origin: &origin,
            port: gateway_at.port(),
            dynamodb: &dynamodb,
            sqs: &sqs,
            s3: &url(s3_at),
            sandbox: &sandbox,
            account: queue_account(&o.engine),
            credential: &credential,
        };
        let mut variables = variables(&secrets, &addresses, &o.site);
        variables.extend(o.variables.clone());
        let config = Config::from_vars(&variables);
        let clock = Clock::default();
        liandian_sandbox::clock::resumed(&clock.ahead_ms(), &o.data.join(liandian_sandbox::clock::FILE));
        let http = matches!(o.engine, Engine::Here).then(|| engine::in_process(db.clone(), &queues));
        let app = App::within(config.clone(), clock.clone(), parts::ALL, Outside { http: http.clone(), ..Outside::default() })?;
        let aws = Aws::new(&config, http)?;
        tables::create(app.tables.client(), tables::CELL, tables::HQ).await?;
        make_queues(&aws.sqs()).await?;

        let mut chain = if o.stores == 36 { Chain::demo() } else { Chain::scaled(o.stores) };
        chain.campaigns = o.campaigns;
        let new = !liandian_seed::is_loaded(&app.tables).await?;
        let play = o.history.filter(|p| new && p.days > 0 && o.engine == Engine::Here);
        let ends = play.and_then(|p| p.until).unwrap_or(app.now());
        let begins = play.map_or(ends, |p| p.begins(ends));
        chain.past_ms = ends.0 - begins.0;
        if play.is_some() {
            history::begun(&o.data)?;
        }
        seed(&app, &db, &chain, &bucket, begins, &*say).await?;
        for table in [tables::CELL, tables::HQ] {
            tables::enable_stream(app.tables.client(), table).await?;
        }
        let past = match play {
            Some(play) => {
                let stage = history::Stage { db: &db, file: &file, config: config.clone(), chain: &chain, begins, ends };
                Some(Box::pin(played(stage, play, &*say)).await?)
            }
            None => None,
        };

        let sandbox_server = Sandbox::open(sandbox_config(&o, &secrets, &origin, &sandbox, &chain, &clock))
            .map_err(|e| anyhow::anyhow!("cannot open the sandbox partners: {e}"))?;
        if let Some(past) = &past {
            sandbox_server.remember(&past.payments).map_err(|e| anyhow::anyhow!("the sandbox partners: {e}"))?;
            history::finished(&o.data)?;
        }
        let ended = stop.clone();
        tasks.spawn(sandbox_server.serve(sandbox_l, async move { ended.cancelled().await }));

        let invoker = match &o.functions {
            Functions::Here => {
                let (site, told) = (Site::open(&o.site), Arc::new(app.clone()));
                let links = Links { login_url: format!("{sandbox}/wechat"), ..Links::default() };
                let shop = liandian_server::shop::router(told.clone(), site.clone(), links);
                let console = liandian_server::console::router(told.clone(), &site);
                let pages = vec![("shop", traced(shop, told.clone(), &table::SHOP)), ("console", traced(console, told, &table::CONSOLE))];
                Invoker::Here { app: Box::new(app.clone()), pages }
            }
            Functions::Watch(url) => Invoker::watch(url.clone())?,
        };
        let (pause, paused) = watch::channel(o.paused);
        let mappings = Mappings {
            invoker: invoker.clone(),
            sqs: aws.sqs(),
            urls: queue_urls(&sqs, queue_account(&o.engine)),
            stream,
            folder: o.data.clone(),
            paused,
            minute: o.minute,
        };
        mappings.start(&tasks, &stop);
        let router = gateway::router(invoker, &origin, gateway::Buckets { pictures: &bucket, uploads: &uploads, s3 }, health(&app, &queues))?;
        let router = engine::own_hosts_only(router, gateway_at.port());
        let ended = stop.clone();
        tasks.spawn(async move {
            let service = router.into_make_service_with_connect_info::<SocketAddr>();
            axum::serve(gateway_l, service).with_graceful_shutdown(async move { ended.cancelled().await }).await
        });
        owners_only(&o.data)?;
        Ok(Self { origin, sandbox, engines, sqs: aws.sqs(), app, variables, db, queues, secrets, past, pause, stop, tasks })
    }

    /// Pauses or resumes all workers.
    pub fn pause_workers(&self, paused: bool) {
        self.pause.send_replace(paused);
    }

    /// Stops: what is under way is finished, for a few seconds at most.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        let _ = tokio::time::timeout(Duration::from_secs(5), self.tasks.wait()).await;
    }
}

/// Plays the days before today, and says what they came to.
async fn played(stage: history::Stage<'_>, play: history::Play, say: &(dyn Fn(&str) + Send + Sync)) -> anyhow::Result<history::Past> {
    say(&format!("正在重演开业以来的 {} 天 / playing the {} days before today", play.days, play.days));
    let begun = std::time::Instant::now();
    let past = history::play(stage, play, say).await?;
    let (orders, took): (u32, f64) = (past.orders.values().sum(), begun.elapsed().as_secs_f64());
    let what = format!("{orders} 个订单、{} 张收银小票、{} 张调拨单、{} 次盘点", past.tickets, past.transfers, past.counts);
    say(&format!("{} 天里有{what}（{took:.0} 秒，{} 次请求）", play.days, past.requests));
    // The chain is there all the same; what is odd about it is said, and `cargo xtask fsck` says more.
    for fault in past.faults.iter().take(5) {
        tracing::warn!(fault = fault.as_str(), "in the days that were played");
    }
    tracing::debug!(requests = past.requests, refused = ?past.refused, lost = past.lost, orders = ?past.orders, "days were played");
    Ok(past)
}

async fn seed(app: &App, db: &Database, chain: &Chain, bucket: &Path, begins: Timestamp, say: &(dyn Fn(&str) + Send + Sync)) -> anyhow::Result<()> {
    if liandian_seed::is_loaded(&app.tables).await? {
        return Ok(());
    }
    say("正在生成演示连锁 / seeding the demo chain");
    for (name, file) in liandian_seed::pictures() {
        std::fs::write(bucket.join(name), file)?;
    }
    for (key, bytes) in liandian_seed::documents(app.now())? {
        let file = bucket.with_file_name(UPLOADS).join(key);
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(file, bytes)?;
    }
    let keys = app.keys().map_err(|e| anyhow::anyhow!("{e}"))?;
    // A chain that is half there when the machine fails is written anew: nothing needs to be on the disk before the end.
    let engine = |e| anyhow::anyhow!("the engine: {e}");
    db.enable_bulk_loading().map_err(engine)?;
    let of = chain.stores.len();
    let told = std::sync::atomic::AtomicUsize::new(0);
    let loaded = liandian_seed::load(&app.tables, keys, chain, begins, |done| {
        // Every tenth part is told; a demo chain is done before it would be.
        let tenth = done * 10 / of.max(1);
        if of > 100 && told.fetch_max(tenth, std::sync::atomic::Ordering::Relaxed) < tenth {
            say(&format!("已写入 {done}/{of} 家门店"));
        }
    })
    .await;
    db.disable_bulk_loading().map_err(engine)?;
    loaded.map(|_| ())
}

fn queue_urls(sqs: &str, account: &str) -> BTreeMap<String, String> {
    table::QUEUES.iter().map(|q| (q.name.to_owned(), format!("{sqs}/{account}/{}", q.name))).collect()
}

async fn make_queues(sqs: &aws_sdk_sqs::Client) -> anyhow::Result<()> {
    for q in table::QUEUES {
        let dead = sqs.create_queue().queue_name(format!("{}-dlq", q.name)).send().await?.queue_url.context("no address")?;
        let attributes = sqs.get_queue_attributes().queue_url(&dead).attribute_names(QueueAttributeName::QueueArn).send().await?;
        let arn = attributes.attributes().and_then(|a| a.get(&QueueAttributeName::QueueArn)).cloned().context("no ARN")?;
        let redrive = json!({"deadLetterTargetArn": arn, "maxReceiveCount": q.max_receives}).to_string();
        sqs.create_queue()
            .queue_name(q.name)
            .attributes(QueueAttributeName::VisibilityTimeout, q.visibility.to_string())
            .attributes(QueueAttributeName::RedrivePolicy, redrive)
            .send()
            .await?;
    }
    Ok(())
}

/// What a cell's secrets and its parameters of public keys hold in the cloud, with the keys of this machine.
#[must_use]
pub fn cell_secrets(s: &Secrets) -> BTreeMap<String, String> {
    let mut v = variables(s, &Addresses::default(), Path::new(""));
    v.retain(|k, _| {
        let of_a_partner =
            ["MEMBER_TOKEN_", "STAFF_TOKEN_", "PAYMENT_", "DELIVERY_", "WECHAT_"].iter().any(|p| k.starts_with(p)) && !k.ends_with("_URL");
        of_a_partner || k == "KEYS_BLIND_INDEX"
    });
    v
}

/// What functions get as their environment when the stack runs at these ports: for `cargo lambda watch`, which starts first.
#[must_use]
pub fn variables_at(s: &Secrets, ports: Ports, site: &Path) -> BTreeMap<String, String> {
    let url = |port: u16| format!("http://127.0.0.1:{port}");
    let addresses = Addresses {
        origin: &url(ports.gateway),
        port: ports.gateway,
        dynamodb: &url(ports.dynamodb),
        sqs: &url(ports.sqs),
        s3: &url(ports.s3),
        sandbox: &url(ports.sandbox),
        account: ACCOUNT,
        credential: &s.credential,
    };
    variables(s, &addresses, site)
}

/// The bucket of what people upload.
pub(crate) const UPLOADS: &str = "uploads";

/// The id of the key that signs for it: no secret, every form has it.
const FILES_ID: &str = "liandian-files";

/// Files that were sent and never taken: as the bucket's rule in the cloud does, those of another day go.
fn forget_unfinished(incoming: &Path) {
    let old =
        |path: &Path| path.metadata().and_then(|m| m.modified()).ok().and_then(|at| at.elapsed().ok()).is_some_and(|age| age.as_secs() > 86_400);
    let folders = std::fs::read_dir(incoming).into_iter().flatten().flatten();
    for file in folders.flat_map(|f| std::fs::read_dir(f.path()).into_iter().flatten().flatten()).filter(|f| old(&f.path())) {
        // What cannot be removed today is tried again at the next start.
        let _ = std::fs::remove_file(file.path());
    }
}

/// The account in the addresses of the stack's own queues.
const ACCOUNT: &str = "000000000000";

fn queue_account(engine: &Engine) -> &str {
    match engine {
        Engine::Here => ACCOUNT,
        Engine::At { account, .. } => account,
    }
}

/// Only this user reads and writes what is kept: the folder, and the databases in it.
fn owners_only(folder: &Path) -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let only = |path: &Path, mode: u32| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode));
        only(folder, 0o700)?;
        for entry in std::fs::read_dir(folder)?.flatten() {
            let path = entry.path();
            let database = path.file_name().and_then(|n| n.to_str()).is_some_and(|n| n.contains(".sqlite"));
            // A write-ahead log may be gone the moment after it was listed.
            if database
                && let Err(e) = only(&path, 0o600)
                && e.kind() != std::io::ErrorKind::NotFound
            {
                return Err(e.into());
            }
        }
    }
    Ok(())
}

/// Where everything of the stack answers.
#[derive(Default)]
struct Addresses<'a> {
    origin: &'a str,
    port: u16,
    dynamodb: &'a str,
    sqs: &'a str,
    s3: &'a str,
    sandbox: &'a str,
    account: &'a str,
    credential: &'a str,
}

fn variables(s: &Secrets, at: &Addresses, site: &Path) -> BTreeMap<String, String> {
    let Addresses { origin, port, dynamodb, sqs, s3, sandbox, account, credential } = *at;
    let site = std::path::absolute(site).unwrap_or_else(|_| site.to_path_buf());
    let mut v: BTreeMap<String, String> = [
        ("AWS_REGION", REGION.to_owned()),
        ("AWS_ACCESS_KEY_ID", credential.into()),
        ("AWS_SECRET_ACCESS_KEY", "local".into()),
        ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb.into()),
        ("AWS_ENDPOINT_URL_SQS", sqs.into()),
        ("AWS_ENDPOINT_URL_S3", s3.into()),
        // The gateway passes these on to S3. A page may have been opened under another name of this machine, so browsers take the path alone.
        ("FILES_URL", format!("{origin}/{UPLOADS}")),
        ("FILES_FORM_URL", format!("/{UPLOADS}")),
        ("FILES_BUCKET", UPLOADS.into()),
        ("FILES_ACCESS_KEY", FILES_ID.into()),
        ("FILES_SECRET_KEY", s.files_key.clone()),
        ("CELL_TABLE", tables::CELL.into()),
        ("HQ_TABLE", tables::HQ.into()),
        ("PUBLIC_ORIGIN", format!("{origin},http://localhost:{port}")),
        ("MEMBER_TOKEN_KEYS", listed(&s.member_tokens.kid, &s.member_tokens.public)),
        ("MEMBER_TOKEN_SIGN", listed(&s.member_tokens.kid, &s.member_tokens.private)),
        ("STAFF_TOKEN_KEYS", listed(&s.staff_tokens.kid, &s.staff_tokens.public)),
        ("STAFF_TOKEN_SIGN", listed(&s.staff_tokens.kid, &s.staff_tokens.private)),
        ("KEYS_LOCAL_MASTER", s.master.clone()),
        ("KEYS_BLIND_INDEX", s.blind_index.clone()),
        ("QUOTE_SIGN_KEYS", format!("q1:{}", s.quote_key)),
        ("PAYMENT_BASE_URL", sandbox.into()),
        ("PAYMENT_PAGE_URL", format!("{sandbox}/pay")),
        ("PAYMENT_MCHID", MCHID.into()),
        ("PAYMENT_APPID", APPID.into()),
        ("PAYMENT_MERCHANT_SERIAL", MERCHANT_SERIAL.into()),
        ("PAYMENT_MERCHANT_KEY", s.merchant_private.clone()),
        ("PAYMENT_PLATFORM_SERIAL", PLATFORM_SERIAL.into()),
        ("PAYMENT_PLATFORM_KEY", s.platform_public.clone()),
        ("PAYMENT_APIV3_KEY", s.apiv3.clone()),
        ("DELIVERY_BASE_URL", sandbox.into()),
        ("DELIVERY_APP_ID", APPID.into()),
        ("DELIVERY_TOKEN", s.delivery_token.clone()),
        ("WECHAT_BASE_URL", sandbox.into()),
        ("WECHAT_APPID", APPID.into()),
        ("WECHAT_SECRET", s.app_secret.clone()),
        ("LOGIN_URL", format!("{sandbox}/wechat")),
        ("SITE_ROOT", site.display().to_string()),
    ]
    .into_iter()
    .map(|(k, v)| (k.to_owned(), v))
    .collect();
    for (name, url) in queue_urls(sqs, account) {
        v.insert(format!("QUEUE_URL_{}", name.to_uppercase().replace('-', "_")), url);
    }
    v
}

const MCHID: &str = "1900000109";
const APPID: &str = "wx0000000000000000";
const MERCHANT_SERIAL: &str = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";
const PLATFORM_SERIAL: &str = "PUB_KEY_ID_0000000000000000000000000000";

fn sandbox_config(o: &Options, s: &Secrets, origin: &str, sandbox: &str, chain: &Chain, clock: &Clock) -> liandian_sandbox::Config {
    liandian_sandbox::Config {
        db: o.data.join("sandbox.sqlite"),
        public_origin: origin.to_owned(),
        api_origin: origin.to_owned(),
        own_origin: sandbox.to_owned(),
        mchid: MCHID.into(),
        merchant_name: "连店演示商户".into(),
        merchant_serial: MERCHANT_SERIAL.into(),
        merchant_key: s.merchant_public.clone(),
        platform_serial: PLATFORM_SERIAL.into(),
        platform_key: s.platform_private.clone(),
        apiv3_key: s.apiv3.clone(),
        appid: APPID.into(),
        app_secret: s.app_secret.clone(),
        delivery_app_id: APPID.into(),
        delivery_token: s.delivery_token.clone(),
        users: liandian_seed::demo_users(chain),
        pace: o.pace,
        ahead_ms: clock.ahead_ms(),
        clock_file: (o.functions == Functions::Here).then(|| o.data.join(liandian_sandbox::clock::FILE)),
    }
}

fn health(app: &App, queues: &Sqs) -> Router {
    let (app, queues) = (app.clone(), queues.clone());
    let ready = move || {
        let (app, queues) = (app.clone(), queues.clone());
        async move {
            let tables = app.tables.client().describe_table().table_name(tables::CELL).send().await.is_ok();
            let list: BTreeMap<String, [u64; 3]> = queues.queues().into_iter().map(|q| (q.name, [q.visible, q.in_flight, q.delayed])).collect();
            let status = if tables { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
            (status, Json(json!({"tables": tables, "queues": list})))
        }
    };
    Router::new().route("/healthz", get(|| async { Json(json!({"status": "ok"})) })).route("/readyz", get(ready))
}

/// S3 over a folder; buckets are its sub-folders. It checks signatures, made with this installation's key of files.
fn s3(root: &Path, key: &str) -> anyhow::Result<s3s::service::S3Service> {
    let fs = s3s_fs::FileSystem::new(root).map_err(|e| anyhow::anyhow!("cannot open the bucket folder: {e:?}"))?;
    let mut b = s3s::service::S3ServiceBuilder::new(fs);
    b.set_auth(s3s::auth::SimpleAuth::from_single(FILES_ID, key));
    Ok(b.build())
}

async fn serve_s3(listener: TcpListener, service: s3s::service::S3Service, stop: CancellationToken) {
    let http = hyper_util::server::conn::auto::Builder::new(hyper_util::rt::TokioExecutor::new());
    loop {
        let stream = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(e) => {
                    tracing::warn!(error = %e, "s3 cannot accept");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        let (http, service, stop) = (http.clone(), service.clone(), stop.clone());
        tokio::spawn(async move {
            let connection = http.serve_connection(hyper_util::rt::TokioIo::new(stream), service);
            tokio::select! {
                () = stop.cancelled() => {}
                _ = connection => {}
            }
        });
    }
}
