//! `up`, `watch` and `test`: the product and its proofs, each with one command.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};

use crate::{
    check,
    deploy_check::Cloud,
    routes, sam, site,
    tools::{self, run, say},
};

/// First of the five ports of the stack.
const PORT: u16 = 7400;

/// Builds what is needed and starts the stack in this terminal.
///
/// # Errors
/// What is missing and how to get it.
pub fn up(root: &Path, more: &[String]) -> anyhow::Result<()> {
    let program = prepare(root)?;
    let status = Command::new(program).args(defaults(root, more)).args(more).current_dir(root).status()?;
    // Ended by Ctrl-C is the usual end.
    ensure!(status.success() || status.code().is_none(), "the stack ended with {status}");
    Ok(())
}

/// What is passed on unless the person says otherwise.
fn defaults(root: &Path, more: &[String]) -> Vec<String> {
    let given = |flag: &str| more.iter().any(|m| m == flag || m.starts_with(&format!("{flag}=")));
    let mut all = vec!["up".to_owned()];
    for (flag, folder) in [("--data", "data"), ("--site", "target/site")] {
        if !given(flag) {
            all.extend([flag.to_owned(), root.join(folder).display().to_string()]);
        }
    }
    all
}

/// The pages' downloads and the stack's program.
fn prepare(root: &Path) -> anyhow::Result<PathBuf> {
    site::build(root)?;
    stack_program(root)
}

fn stack_program(root: &Path) -> anyhow::Result<PathBuf> {
    let program = root.join("target/debug/liandian-local");
    if !program.exists() {
        say("编译本地全栈（一个进程：DynamoDB、SQS、S3、网关、页面、沙箱伙伴）", "首次 5–8 分钟，之后几秒");
    }
    run(Command::new("cargo").args(["build", "--quiet", "--workspace", "--bin", "liandian-local"]).current_dir(root))?;
    Ok(program)
}

/// Measures the budgets of ARCHITECTURE.md.
///
/// # Errors
/// What does not build or answer.
pub fn bench(root: &Path, more: &[String]) -> anyhow::Result<()> {
    say("编译（release）", "首次 10 分钟");
    let what = ["build", "--quiet", "--release", "--workspace", "--bin", "bench", "--bin", "liandian-local"];
    run(Command::new("cargo").args(what).current_dir(root))?;
    if root.join("target/lambda").exists() {
        // What a real function's start is compared with, built as it is.
        let hello = ["build", "--quiet", "--profile", "function", "--package", "liandian-functions", "--example", "hello"];
        run(Command::new("cargo").args(hello).current_dir(root))?;
    }
    run(Command::new(root.join("target/release/bench")).args(more).current_dir(root))
}

/// The product in virtual time, with faults by seed. Optimised when it is more than CI's few seeds.
///
/// # Errors
/// The seeds that failed.
pub fn sim(root: &Path, more: &[String]) -> anyhow::Result<()> {
    say("编译（release）", "首次 10 分钟");
    run(Command::new("cargo").args(["build", "--quiet", "--release", "--workspace", "--bin", "sim"]).current_dir(root))?;
    run(Command::new(root.join("target/release/sim")).args(more).current_dir(root))
}

/// Do the books of a data folder agree?
///
/// # Errors
/// When they do not, each difference named before.
pub fn fsck(root: &Path, more: &[String]) -> anyhow::Result<()> {
    let program = stack_program(root)?;
    let mut c = Command::new(program);
    c.arg("fsck");
    if !more.iter().any(|m| m.starts_with("--data")) {
        c.arg("--data").arg(root.join("data"));
    }
    run(c.args(more).current_dir(root))
}

/// The stack with every function as a binary of its own under `cargo lambda watch`.
///
/// # Errors
/// What is missing and how to get it.
pub fn watch(root: &Path, more: &[String]) -> anyhow::Result<()> {
    let program = prepare(root)?;
    let watched = Watched::start(root, &program, &root.join("data"), PORT, PORT + 50)?;
    println!("\n函数以独立进程运行：{}（首次调用某个函数时才编译它；改动代码后自动重新编译）", watched.url);
    let status = Command::new(program).args(defaults(root, more)).args(["--functions", &watched.url]).args(more).current_dir(root).status()?;
    drop(watched);
    ensure!(status.success() || status.code().is_none(), "the stack ended with {status}");
    Ok(())
}

/// `cargo lambda watch`, ended with this value.
pub struct Watched {
    child: Child,
    /// Its address.
    pub url: String,
}

impl Watched {
    /// Starts it at `port` for a stack that will run at `stack_port` over `data`.
    ///
    /// # Errors
    /// When cargo-lambda cannot be had.
    pub fn start(root: &Path, program: &Path, data: &Path, stack_port: u16, port: u16) -> anyhow::Result<Self> {
        let tools = sam::Tools::ensure(root)?;
        let env = Command::new(program)
            .args(["env", "--port", &stack_port.to_string(), "--data"])
            .arg(data)
            .arg("--site")
            .arg(root.join("target/site"))
            .output()?;
        ensure!(env.status.success(), "no variables: {}", String::from_utf8_lossy(&env.stderr));
        let variables: BTreeMap<String, String> = serde_json::from_slice(&env.stdout).context("the stack printed no variables")?;
        let child = tools
            .cargo_lambda()
            .args(["lambda", "watch", "-A", "127.0.0.1", "-P", &port.to_string(), "--concurrency", "4"])
            .envs(variables)
            .current_dir(root)
            .stdin(Stdio::null())
            .spawn()
            .context("cannot start cargo lambda watch")?;
        Ok(Self { child, url: format!("http://127.0.0.1:{port}") })
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // Ask first: it ends the functions that it started.
        tools::end(&mut self.child, "-INT");
    }
}

/// Every check and test.
///
/// # Errors
/// The first that fails.
pub fn test(root: &Path, only: Option<&str>) -> anyhow::Result<()> {
    let started = Instant::now();
    let wanted = |part: &str| only.is_none_or(|o| o == part);
    if let Some(o) = only
        && !["check", "unit", "integration", "second-engine", "sim", "e2e", "watch"].contains(&o)
    {
        bail!("there is no part {o}: check, unit, integration, second-engine, sim, e2e, watch");
    }
    routes::read(root)?;
    if wanted("check") {
        check::all(root)?;
    }
    if wanted("unit") {
        say("单元与性质测试", "首次 5 分钟，之后半分钟");
        // Always of the whole workspace: another choice of packages has other features, and compiles everybody's code again.
        // Every test target but `integration`, which has a part of its own.
        run(Command::new("cargo").args(["test", "--quiet", "--workspace", "--lib", "--bin", "xtask", "--test", "[!i]*"]).current_dir(root))?;
    }
    if wanted("integration") || wanted("second-engine") || wanted("e2e") || only == Some("watch") {
        site::build(root)?;
    }
    if wanted("integration") {
        say("集成测试（真实 SDK 客户端，嵌入式引擎）", "首次 3 分钟，之后 2 分钟");
        stack_program(root)?;
        run(Command::new("cargo").args(["test", "--workspace", "--test", "integration"]).current_dir(root))?;
    }
    if wanted("second-engine") {
        say("集成测试，换成第二个独立的引擎（ministack）", "4 分钟");
        stack_program(root)?;
        let engine = Cloud::start(root, "second-engine")?;
        // One world at a time: it answers with one thread.
        let mut suite = Command::new("cargo");
        suite.args(["test", "--workspace", "--test", "integration", "--", "--test-threads", "1"]).env("LIANDIAN_ENGINE", engine.url());
        run(suite.current_dir(root))?;
    }
    if wanted("sim") {
        say("故障注入模拟：50 个种子，再植入每一种错误看它是否被发现，再来一群抢购的人", "10 分钟");
        run(Command::new("cargo").args(["build", "--quiet", "--workspace", "--bin", "sim"]).current_dir(root))?;
        run(Command::new(root.join("target/debug/sim")).args(["--seeds", "50"]).current_dir(root))?;
        run(Command::new(root.join("target/debug/sim")).args(["--seeds", "30", "--plants"]).current_dir(root))?;
        run(Command::new(root.join("target/debug/sim")).args(["--crowd", "--buyers", "500"]).current_dir(root))?;
    }
    if wanted("e2e") {
        e2e(root, false)?;
    }
    // Only when asked for: it compiles every function as a binary of its own.
    if only == Some("watch") {
        e2e(root, true)?;
    }
    println!("\n全部通过，用时 {} 分 {} 秒", started.elapsed().as_secs() / 60, started.elapsed().as_secs() % 60);
    Ok(())
}

/// The browser journeys against a stack of their own; with functions in its process, or each as a binary of its own.
fn e2e(root: &Path, watched: bool) -> anyhow::Result<()> {
    let chromium = tools::chromium()?;
    tools::node_modules(root)?;
    let program = prepare(root)?;
    let name = if watched { "e2e-watch" } else { "e2e" };
    let folder = root.join("target").join(name);
    let data = folder.join("data");
    let _ = std::fs::remove_dir_all(&data);
    std::fs::create_dir_all(&data)?;
    let port = PORT + if watched { 200 } else { 100 };
    let functions = if watched {
        say("编译每个函数（cargo lambda watch 之后直接运行）", "5 分钟");
        // As cargo-lambda will build them: from the workspace's root, with the features of the whole workspace.
        run(Command::new("cargo").args(["build", "--quiet", "--workspace", "--bins"]).current_dir(root))?;
        Some(Watched::start(root, &program, &data, port, port + 50)?)
    } else {
        None
    };
    say("浏览器旅程（Chromium，手机与桌面尺寸）", if watched { "4 分钟" } else { "2 分钟" });
    let mut stack = Command::new(program);
    stack.args(["up", "--data"]).arg(&data).arg("--site").arg(root.join("target/site")).args(["--port", &port.to_string(), "--rider", "fast"]);
    if let Some(w) = &functions {
        stack.args(["--functions", &w.url]);
    }
    let log = folder.join("stack.log");
    let stack = Ended(stack.current_dir(root).stdout(Stdio::null()).stderr(std::fs::File::create(&log)?).spawn()?);
    wait_for(&format!("127.0.0.1:{port}"), Duration::from_secs(60))?;
    let outcome = run(Command::new("node")
        .args(["--test", "--test-concurrency=1", "journeys.test.mjs"])
        .env("LIANDIAN_URL", format!("http://127.0.0.1:{port}"))
        .env("LIANDIAN_SANDBOX", format!("http://127.0.0.1:{}", port + 4))
        .env("LIANDIAN_CHROMIUM", chromium)
        .env("LIANDIAN_SHOTS", folder.join("screenshots"))
        // A function's first call may have to start it.
        .env("LIANDIAN_PATIENCE", if watched { "60000" } else { "20000" })
        .current_dir(root.join("tests/e2e")));
    drop(stack);
    drop(functions);
    outcome.with_context(|| format!("the stack's log: {}", log.display()))
}

struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn wait_for(address: &str, at_most: Duration) -> anyhow::Result<()> {
    let until = Instant::now() + at_most;
    while Instant::now() < until {
        if std::net::TcpStream::connect(address).is_ok() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    bail!("nothing listens on {address} after {} s", at_most.as_secs())
}
