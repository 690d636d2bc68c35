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
    parts::Parts,
    routes, sam, site,
    tools::{self, Cache, Venv, run, say},
    wasm,
};

/// First of the five ports of the stack.
const PORT: u16 = 7400;

/// Builds what is needed and starts the stack in this terminal.
///
/// # Errors
/// What is missing and how to get it.
pub fn up(root: &Path, more: &[String]) -> anyhow::Result<()> {
    let program = {
        let _cache = Cache::start();
        prepare(root)?
    };
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

/// The pages' downloads and the stack's program: two steps of what `up` does, each with what it took.
fn prepare(root: &Path) -> anyhow::Result<PathBuf> {
    let mut steps = Steps { done: 0, of: 2 };
    steps.time("页面与脚本（WASM）", "the pages' downloads (WASM)", || site::build(root))?;
    steps.time("本地全栈程序", "the local stack's program", || stack_program(root))
}

/// Numbered steps of something that a person waits for.
struct Steps {
    done: u32,
    of: u32,
}

impl Steps {
    fn time<T>(&mut self, chinese: &str, english: &str, step: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
        self.done += 1;
        let (what, begun) = (if tools::english() { english } else { chinese }, Instant::now());
        println!("[{}/{}] {what}", self.done, self.of);
        let outcome = step()?;
        println!("[{}/{}] {what}: {:.0} s", self.done, self.of, begun.elapsed().as_secs_f64());
        Ok(outcome)
    }
}

/// Builds the stack's program; cargo shows how far it is.
fn stack_program(root: &Path) -> anyhow::Result<PathBuf> {
    let program = root.join("target/debug/liandian-local");
    if !program.exists() {
        say(
            "编译本地全栈（一个进程：DynamoDB、SQS、S3、网关、页面、沙箱伙伴）",
            "Building the local stack (one process: DynamoDB, SQS, S3, gateway, pages, sandbox partners)",
            "6 min",
        );
    }
    run(tools::cargo(root).args(["build", "--workspace", "--bin", "liandian-local"]))?;
    Ok(program)
}

/// Writes the OpenAPI document that follows from the types.
///
/// # Errors
/// What does not compile.
pub fn openapi(root: &Path) -> anyhow::Result<()> {
    let document = Command::new(stack_program(root)?).arg("openapi").output()?;
    ensure!(document.status.success(), "no document: {}", String::from_utf8_lossy(&document.stderr));
    Ok(std::fs::write(root.join("openapi.json"), document.stdout)?)
}

/// Measures the budgets of docs/budgets.md.
///
/// # Errors
/// What does not build or answer.
pub fn bench(root: &Path, more: &[String]) -> anyhow::Result<()> {
    say("编译（release）", "Building (release)", "10 min");
    let _cache = Cache::start();
    run(tools::cargo(root).args(["build", "--release", "--workspace", "--bin", "bench", "--bin", "liandian-local"]))?;
    if root.join("target/lambda").exists() {
        // What a real function's start is compared with, built as it is.
        let hello = ["build", "--quiet", "--profile", "function", "--package", "liandian-functions", "--example", "hello"];
        run(tools::cargo(root).args(hello))?;
    }
    let engine = wasm::pricing(root)?;
    run(Command::new(root.join("target/release/bench")).args(more).env("LIANDIAN_PRICING_WASM", engine).current_dir(root))
}

/// Carts cost natively what they cost in the browser: ten thousand of them, in the build that tests have.
fn same_prices(root: &Path) -> anyhow::Result<()> {
    let engine = wasm::pricing(root)?;
    run(tools::cargo(root).args(["build", "--workspace", "--bin", "bench"]))?;
    run(Command::new(root.join("target/debug/bench")).arg("same-prices").env("LIANDIAN_PRICING_WASM", engine).current_dir(root))
}

/// The product in virtual time, with faults by seed. Optimised when it is more than CI's few seeds.
///
/// # Errors
/// The seeds that failed.
pub fn sim(root: &Path, more: &[String]) -> anyhow::Result<()> {
    say("编译（release）", "Building (release)", "10 min");
    let _cache = Cache::start();
    run(tools::cargo(root).args(["build", "--release", "--workspace", "--bin", "sim"]))?;
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
        let tools = sam::Tools::ensure()?;
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

/// The integration tests that also run on the second engine when everything does: what the engines could see differently (conditions,
/// transactions that meet, streams, indexes). The whole suite runs there by `cargo xtask test second-engine --whole`.
const ON_SECOND_ENGINE: [&str; 4] = ["stock::concurrency::", "orders::order::", "transfers::transfer::", "durability::"];

/// How the parts of `cargo xtask test` are called.
const PARTS: [&str; 10] = ["check", "unit", "integration", "second-engine", "api", "sim", "e2e", "watch", "prices", "miniprogram"];

/// Every check and test, or one part.
///
/// # Errors
/// The first that fails.
pub fn test(root: &Path, only: Option<&str>, whole: bool) -> anyhow::Result<()> {
    let wanted = |part: &str| only.is_none_or(|o| o == part);
    if let Some(o) = only.filter(|o| !PARTS.contains(o)) {
        bail!("there is no part {o}: {}", PARTS.join(", "));
    }
    routes::read(root)?;
    let cache = Cache::start();
    let mut parts = Parts::begin();
    let outcome = chosen(root, only, &wanted, whole, &mut parts);
    parts.table();
    drop(cache);
    outcome
}

fn chosen(root: &Path, only: Option<&str>, wanted: &dyn Fn(&str) -> bool, whole: bool, parts: &mut Parts) -> anyhow::Result<()> {
    if wanted("check") {
        check::all(root, parts)?;
    }
    if wanted("miniprogram") {
        parts.time("the mini-program's shell", || miniprogram(root))?;
    }
    // Always of the whole workspace: another choice of packages has other features, and compiles everybody's code again. Every test target but
    // `integration`, which has a part of its own.
    let units = ["test", "--workspace", "--lib", "--bin", "xtask", "--test", "[!i]*"];
    if wanted("unit") {
        say("编译单元与性质测试", "Building unit and property tests", "8 min");
        parts.time("unit and property tests: build", || run(tools::cargo(root).args(units).arg("--no-run")))?;
    }
    // Built before anything runs, so that running it competes with no compiler. It lives in virtual time: how busy the machine is changes nothing.
    let sim = if wanted("sim") {
        say("编译故障注入模拟", "Building the fault-injected simulation", "2 min");
        parts.time("simulation: build", || run(tools::cargo(root).args(["build", "--workspace", "--bin", "sim"])))?;
        Some(Simulation::start(root)?)
    } else {
        None
    };
    if wanted("unit") {
        say("单元与性质测试", "Unit and property tests", "30 s");
        parts.time("unit and property tests", || run(tools::cargo(root).args(units).arg("--quiet")))?;
    }
    if wanted("prices") {
        say("10,000 个随机购物车：本机与浏览器（WASM）价格一致", "10,000 random carts: the same price natively and in WASM", "2 min");
        parts.time("prices natively and in WASM", || same_prices(root))?;
    }
    if wanted("integration") || wanted("second-engine") || wanted("e2e") || only == Some("watch") {
        parts.time("the pages' downloads", || site::build(root))?;
        parts.time("integration tests: build", || {
            stack_program(root)?;
            run(tools::cargo(root).args(["test", "--workspace", "--test", "integration", "--no-run"]))
        })?;
    }
    if wanted("integration") {
        say("集成测试（真实 SDK 客户端，嵌入式引擎）", "Integration tests (real SDK clients, embedded engines)", "2 min");
        parts.time("integration tests", || run(tools::cargo(root).args(["test", "--workspace", "--test", "integration"])))?;
    }
    if wanted("second-engine") {
        say("集成测试，换成第二个独立的引擎（ministack）", "Integration tests on a second, independent engine (ministack)", "3 min");
        parts.time("integration tests on the second engine", || {
            let engine = Cloud::start(root, "second-engine")?;
            let mut suite = tools::cargo(root);
            suite.args(["test", "--workspace", "--test", "integration", "--"]).args(if whole { &[][..] } else { &ON_SECOND_ENGINE });
            // One world at a time: it answers with one thread.
            run(suite.args(["--test-threads", "1"]).env("LIANDIAN_ENGINE", engine.url()))
        })?;
    }
    if wanted("api") {
        parts.time("the document against the wire", || api(root))?;
    }
    if let Some(sim) = sim {
        sim.end(parts)?;
    }
    // Alone: what people see of a busy machine is another matter.
    if wanted("e2e") {
        parts.time("browser journeys", || e2e(root, false))?;
    }
    // Only when asked for: it compiles every function as a binary of its own.
    if only == Some("watch") {
        parts.time("browser journeys, each function a binary of its own", || e2e(root, true))?;
    }
    Ok(())
}

/// The simulation, running beside the other tests with what they leave of the machine; what it says is kept until its end.
struct Simulation {
    runs: Vec<(Ended, PathBuf)>,
    begun: Instant,
}

impl Simulation {
    fn start(root: &Path) -> anyhow::Result<Self> {
        say(
            "故障注入模拟：30 个种子，再植入每一种错误看它是否被发现，再来一群抢购的人（与其他测试同时进行）",
            "Fault-injected simulation: 30 seeds, then every planted fault must be found, then a crowd (beside the other tests)",
            "7 min",
        );
        let sim = root.join("target/debug/sim");
        // Each by itself: a run has one thread, and some of the tests leave a core idle.
        let run = |name: &str, args: &[&str]| {
            let log = root.join(format!("target/sim-{name}.log"));
            let out = std::fs::File::create(&log)?;
            let mut c = Command::new("nice");
            c.args(["-n", "19"]).arg(&sim).args(args).current_dir(root).stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out);
            anyhow::Ok((Ended(c.spawn().context("cannot start the simulation")?), log))
        };
        let runs =
            vec![run("seeds", &["--seeds", "30"])?, run("plants", &["--seeds", "50", "--plants"])?, run("crowd", &["--crowd", "--buyers", "500"])?];
        Ok(Self { runs, begun: Instant::now() })
    }

    fn end(mut self, parts: &mut Parts) -> anyhow::Result<()> {
        let waited = Instant::now();
        say("等待模拟结束", "Waiting for the simulation", "1 min");
        let mut failed = Vec::new();
        for (child, log) in &mut self.runs {
            let status = child.0.wait()?;
            print!("{}", std::fs::read_to_string(&log)?);
            if !status.success() {
                failed.push(format!("{status}; its words: {}", log.display()));
            }
        }
        parts.add("simulation, beside the others", self.begun.elapsed());
        parts.add("  waited for it at the end", waited.elapsed());
        ensure!(failed.is_empty(), "the simulation failed: {}", failed.join("; "));
        Ok(())
    }
}

/// What makes a client of openapi.json, and what asks every route whether it answers as the document says.
const API: Venv = Venv { folder: "api", packages: &["openapi-python-client==0.29.1", "schemathesis==4.32.5"], bare: &[] };

/// openapi.json against the wire, on a stack of its own: a client that is generated from the document buys, then every GET route is asked, with
/// parameters that fit and that do not, by HQ, a clerk, a customer and nobody.
fn api(root: &Path) -> anyhow::Result<()> {
    let bin = API.ensure()?;
    let program = stack_program(root)?;
    say(
        "接口文档与实际接口对照：由文档生成的客户端下单，再逐一检查所有 GET 接口",
        "The document against the wire: a client generated from it buys, then every GET route is asked",
        "1 min",
    );
    let (folder, port) = (root.join("target/api"), PORT + 300);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    let (document, scripts) = (root.join("openapi.json"), root.join("tests/api"));
    let mut generate = Command::new(bin.join("openapi-python-client"));
    generate.args(["generate", "--meta", "none", "--fail-on-warning", "--path"]).arg(&document);
    generate.arg("--config").arg(scripts.join("client.yml")).arg("--output-path").arg(folder.join("liandian_client"));
    run(&mut generate)?;
    let stack = started(root, &program, &folder, port, None)?;
    let asked = |script: &str| {
        let mut c = Command::new(bin.join("python"));
        c.arg(scripts.join(script)).arg(format!("http://127.0.0.1:{port}")).arg(format!("http://127.0.0.1:{}", port + 4));
        c.env("PYTHONPATH", &folder).env("PYTHONDONTWRITEBYTECODE", "1");
        c
    };
    let outcome = run(&mut asked("buy.py")).and_then(|()| run(asked("conform.py").arg(&document).arg(folder.join("found"))));
    drop(stack);
    outcome.with_context(|| format!("the stack's log: {}", folder.join("stack.log").display()))
}

/// A stack that ends with this value: its data and its log lie in `folder`.
fn started(root: &Path, program: &Path, folder: &Path, port: u16, functions: Option<&str>) -> anyhow::Result<Ended> {
    let mut stack = Command::new(program);
    stack.args(["up", "--data"]).arg(folder.join("data")).arg("--site").arg(root.join("target/site"));
    stack.args(["--port", &port.to_string(), "--history", "0", "--rider", "fast"]);
    if let Some(url) = functions {
        stack.args(["--functions", url]);
    }
    let log = std::fs::File::create(folder.join("stack.log"))?;
    let stack = Ended(stack.current_dir(root).stdout(Stdio::null()).stderr(log).spawn()?);
    wait_for(&format!("127.0.0.1:{port}"), Duration::from_secs(60))?;
    Ok(stack)
}

/// The mini-program's shell: its types, WeChat's own compilers and schemas, its pages, and what it and the pages inside of it must agree on.
fn miniprogram(root: &Path) -> anyhow::Result<()> {
    let folder = root.join("storefront/miniprogram");
    tools::npm_packages(&folder)?;
    say(
        "小程序外壳：类型、微信官方编译器与配置校验、页面、与网页和接口的约定",
        "The mini-program's shell: types, WeChat's compilers and schemas, pages, what it agrees on with the site",
        "20 s",
    );
    run(Command::new("npm").args(["test", "--silent"]).current_dir(&folder))
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
        say("编译每个函数（cargo lambda watch 之后直接运行）", "Building every function", "5 min");
        // As cargo-lambda will build them: from the workspace's root, with the features of the whole workspace.
        run(tools::cargo(root).args(["build", "--workspace", "--bins"]))?;
        Some(Watched::start(root, &program, &data, port, port + 50)?)
    } else {
        None
    };
    let usually = if watched { "8 min" } else { "5 min" };
    say("浏览器旅程（Chromium，手机与桌面尺寸）", "Browser journeys (Chromium, phone and desk sizes)", usually);
    let stack = started(root, &program, &folder, port, functions.as_ref().map(|w| w.url.as_str()))?;
    let outcome = run(Command::new("node")
        // One after the other: they share a stack.
        .args(["--test", "--test-concurrency=1", "journeys.test.mjs", "chain.test.mjs", "prices.test.mjs", "me.test.mjs", "shop.test.mjs"])
        .env("LIANDIAN_URL", format!("http://127.0.0.1:{port}"))
        .env("LIANDIAN_SANDBOX", format!("http://127.0.0.1:{}", port + 4))
        .env("LIANDIAN_CHROMIUM", chromium)
        .env("LIANDIAN_SHOTS", folder.join("screenshots"))
        // A function's first call may have to start it.
        .env("LIANDIAN_PATIENCE", if watched { "60000" } else { "20000" })
        .current_dir(root.join("tests/e2e")));
    drop(stack);
    drop(functions);
    outcome.with_context(|| format!("the stack's log: {}", folder.join("stack.log").display()))
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
