//! The one-machine stack as a program: `liandian-local up`. People start it with `cargo xtask up`.

use std::{
    io::IsTerminal,
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use anyhow::Context;
use clap::{Parser, Subcommand};
use liandian_functions::{App, Config, app::Clock, aws::Aws, parts, secrets};
use liandian_local::{Functions, Options, Stack, admin, history::Play, secrets::Secrets, stack::Ports};
use liandian_sandbox::Pace;
use liandian_seed::Chain;
use liandian_store::{Tables, commit::CommitError};

/// With the C library's the stack holds a third more memory, and does not give it back when nobody buys any more.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(name = "liandian-local")]
struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Start the stack in this terminal; Ctrl-C ends it
    Up {
        /// Everything that is kept
        #[arg(long, default_value = "data")]
        data: PathBuf,
        /// The built site
        #[arg(long, default_value = "target/site")]
        site: PathBuf,
        /// Gateway's port; the next four are taken too
        #[arg(long, default_value_t = 7400)]
        port: u16,
        /// Stores of a new chain: 36 (the demo chain) or more, for benchmarks
        #[arg(long, default_value_t = 36)]
        stores: usize,
        /// Days that a new chain has behind it: orders, transfers and counts of before today, played in virtual time; 0 for none
        #[arg(long, default_value_t = 28, value_parser = clap::value_parser!(u32).range(0..=i64::from(liandian_local::history::MOST_DAYS)))]
        history: u32,
        /// The sandbox's rider: demo (minutes), fast (seconds), manual (only when told)
        #[arg(long, default_value = "demo")]
        rider: String,
        /// Run the workers: on, or off (benchmarks measure the gateway alone)
        #[arg(long, default_value = "on")]
        workers: String,
        /// Serve DynamoDB and SQS on ports as well, for programs that know this installation's credential (`liandian-local env` prints it)
        #[arg(long)]
        serve_engines: bool,
        /// JSON lines on standard error, as in the cloud, also at a terminal
        #[arg(long)]
        json: bool,
        /// Call functions at this address of `cargo lambda watch` instead of in this process
        #[arg(long)]
        functions: Option<String>,
    },
    /// Print what functions get as their environment when the stack runs at this port, as JSON
    Env {
        /// Where the keys are kept
        #[arg(long, default_value = "data")]
        data: PathBuf,
        /// The built site
        #[arg(long, default_value = "target/site")]
        site: PathBuf,
        /// Gateway's port
        #[arg(long, default_value_t = 7400)]
        port: u16,
    },
    /// Print the keys of this machine as the variables that a cell's secrets and parameters hold, as JSON
    Keys {
        /// Where they are kept
        #[arg(long, default_value = "data")]
        data: PathBuf,
    },
    /// Prove that stock, movements, orders and transfers agree and that every history is whole, in the tables that the environment names or in the folder
    Fsck {
        /// Folder of the local stack
        #[arg(long, default_value = "data")]
        data: PathBuf,
        /// Propose what would make them agree, and do what is approved at the keyboard
        #[arg(long, requires = "by")]
        repair: bool,
        /// Who approves; stands in the documents
        #[arg(long)]
        by: Option<String>,
    },
    /// Print the OpenAPI document that follows from the types and the list of routes
    Openapi,
    /// Make an administrator of HQ in the table that HQ_TABLE names, e.g. a new deployment's first; prints the password, once
    Admin {
        /// With which the administrator logs in: a-z, 0-9, - _ .
        #[arg(long)]
        username: String,
        /// Shown in the console and in documents
        #[arg(long, default_value = "总部管理员")]
        name: String,
    },
    /// Write the demo chain into the tables that the environment names, of an engine on this machine; prints a store and a demo member's session,
    /// as JSON
    Seed {
        /// Not used: the environment says everything
        #[arg(long, default_value = "data")]
        data: PathBuf,
    },
}

async fn fsck(data: &Path, repair: Option<&str>) -> anyhow::Result<()> {
    // The tables that the environment names (a deployed cell, or a stack that runs), else those of the folder.
    let (app, stack) = if std::env::var_os("CELL_TABLE").is_some() {
        (App::new(secrets::read(Config::from_env()).await?, Clock::default(), parts::ALL)?, None)
    } else {
        anyhow::ensure!(data.join("dynamodb.sqlite").exists(), "{} is no data folder; start once with `cargo xtask up`", data.display());
        let stack = Stack::start(Options { paused: true, ..Options::new(data) }).await?;
        (stack.app.clone(), Some(stack))
    };
    let (mut books, mut differences) = app.tables.audit().await?;
    if let Some(by) = repair.filter(|_| !differences.is_empty()) {
        let proposals = books.proposals(&differences);
        for (i, p) in proposals.iter().enumerate() {
            eprint!("{}/{} {}\n    批准？[y/N] ", i + 1, proposals.len(), p.told());
            let mut answer = String::new();
            std::io::stdin().read_line(&mut answer)?;
            if !matches!(answer.trim(), "y" | "Y") {
                eprintln!("    略过");
                continue;
            }
            let ids = p.documents.iter().map(|_| app.id()).collect();
            match app.tables.repair(p, by, ids, app.now()).await {
                Ok(()) => eprintln!("    已更正"),
                Err(CommitError::Refused(_)) => eprintln!("    库存刚刚有变动，未更正：请再核对一次"),
                Err(e) => return Err(e.into()),
            }
        }
        (books, differences) = app.tables.audit().await?;
    }
    let looked = books.looked();
    let chains = app.tables.chains().await?;
    if let Some(stack) = stack {
        stack.stop().await;
    }
    for d in &differences {
        println!("{}", serde_json::to_string(d)?);
    }
    println!(
        "库存记录 {}、变动单 {}、订单 {}、调拨单 {}：{}",
        looked.records,
        looked.movements,
        looked.orders,
        looked.transfers,
        if differences.is_empty() { "账实一致".to_owned() } else { format!("{} 处不一致", differences.len()) }
    );
    for f in &chains.flaws {
        println!("{}：{}", f.of(), f.told());
    }
    println!(
        "修改记录 {} 条、{} 条链：{}",
        chains.entries,
        chains.chains,
        if chains.flaws.is_empty() { "链完整".to_owned() } else { format!("{} 处不符", chains.flaws.len()) }
    );
    anyhow::ensure!(differences.is_empty(), "the books do not agree");
    anyhow::ensure!(chains.flaws.is_empty(), "the histories do not hold");
    Ok(())
}

async fn make_admin(username: &str, name: &str) -> anyhow::Result<()> {
    let config = Config::from_env();
    let hq = config.need("HQ_TABLE")?;
    // Accounts are HQ's; the cell table is not asked.
    let tables = Tables::new(Aws::new(&config, None)?.dynamodb(), config.get("CELL_TABLE").unwrap_or_default(), hq);
    let password = admin::create(&tables, username, name).await?;
    eprintln!("已在 {hq} 建立总部管理员 {username}。下面的密码只显示这一次，请立即保存：");
    println!("{password}");
    Ok(())
}

async fn seed() -> anyhow::Result<()> {
    let config = Config::from_env();
    admin::on_this_machine(&config)?;
    let app = App::new(config, Clock::default(), parts::ALL)?;
    let chain = Chain::demo();
    let keys = app.keys().map_err(|e| anyhow::anyhow!("{e}"))?;
    if !liandian_seed::is_loaded(&app.tables).await? {
        liandian_seed::load(&app.tables, keys, &chain, app.now(), |done| eprintln!("{done}/{}", chain.stores.len())).await?;
    }
    let member = &chain.members.first().context("the demo chain has members")?.member;
    let (token, _) = app.tokens.member(member, app.now()).map_err(|e| anyhow::anyhow!(e))?;
    println!("{}", serde_json::json!({"store": chain.stores.first().map(|s| &s.store), "token": token}));
    Ok(())
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let what = Args::parse().what;
    // At a terminal somebody reads: one short line a request; the JSON lines go to a file.
    let _kept = match &what {
        What::Up { data, json: false, .. } if std::io::stderr().is_terminal() => Some(liandian_local::log::for_people(data)?),
        _ => {
            liandian_functions::telemetry::init();
            None
        }
    };
    let (data, site, port, stores, history, rider, workers, functions, serve_engines) = match what {
        What::Up { data, site, port, stores, history, rider, workers, functions, serve_engines, json: _ } => {
            (data, site, port, stores, history, rider, workers, functions, serve_engines)
        }
        What::Keys { data } => {
            std::fs::create_dir_all(&data)?;
            println!("{}", serde_json::to_string(&liandian_local::stack::cell_secrets(&Secrets::open(&data)?))?);
            return Ok(());
        }
        What::Env { data, site, port } => {
            std::fs::create_dir_all(&data)?;
            let variables = liandian_local::stack::variables_at(&Secrets::open(&data)?, Ports::from(port), &site);
            println!("{}", serde_json::to_string(&variables)?);
            return Ok(());
        }
        What::Openapi => {
            println!("{}", serde_json::to_string_pretty(&liandian_functions::openapi::document())?);
            return Ok(());
        }
        What::Admin { username, name } => return make_admin(&username, &name).await,
        What::Seed { .. } => return seed().await,
        What::Fsck { data, repair, by } => return fsck(&data, by.as_deref().filter(|_| repair)).await,
    };
    let started = Instant::now();
    let mut o = Options::new(&data);
    o.site = site;
    o.ports = Ports::from(port);
    o.stores = stores;
    o.campaigns = true;
    o.history = Some(Play::days(history));
    o.serve_engines = serve_engines;
    o.functions = functions.map_or(Functions::Here, Functions::Watch);
    o.pace = match rider.as_str() {
        "manual" => Pace::Manual,
        "fast" => {
            let s = std::time::Duration::from_secs;
            Pace::Timed { accept: s(1), at_store: s(2), picked_up: s(3), done: s(5) }
        }
        "demo" => Pace::default(),
        other => anyhow::bail!("--rider is demo, fast or manual, not {other}"),
    };
    o.progress = Arc::new(|what| println!("▸ {what}"));
    let stack = Stack::start(o).await?;
    stack.pause_workers(workers == "off");
    greet(&stack, stores, started);
    ended().await;
    println!("\n正在停止…");
    stack.stop().await;
    Ok(())
}

fn greet(stack: &Stack, stores: usize, started: Instant) {
    let chain = if stores == 36 { Chain::demo() } else { Chain::scaled(stores) };
    println!("\n连店已启动（{:.1} 秒）", started.elapsed().as_secs_f64());
    println!("  顾客商城    {}/            （例：{}/s/sto_sh01）", stack.origin, stack.origin);
    println!("  管理后台    {}/console", stack.origin);
    println!("  接口文档    {}/docs", stack.origin);
    println!("  沙箱伙伴    {}/sandbox     （支付、骑手、微信）", stack.sandbox);
    if let Some((dynamodb, sqs)) = &stack.engines {
        println!("  DynamoDB    {dynamodb}   SQS {sqs}     （只认本机的凭证）");
    }
    println!("\n演示账号（密码均为 {}）：", liandian_seed::DEMO_PASSWORD);
    for l in liandian_seed::demo_logins(&chain).into_iter().take(9) {
        println!("  {:<16} {}", l.username, l.what);
    }
    println!("  顾客：在商城点「登录」，选择一个演示用户\n\nCtrl-C 停止；数据保留在数据目录，下次启动继续。");
}

async fn ended() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        if let Ok(mut term) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            tokio::select! { _ = interrupt => {}, _ = term.recv() => {} }
            return;
        }
    }
    let _ = interrupt.await;
}
