//! A stack in a process of its own, and what its log of invocations says.

use std::{
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use liandian_functions::{App, Config, app::Clock, parts};
use serde_json::Value;

pub struct Stack {
    child: Child,
    pub origin: String,
    pub sandbox: String,
    port: u16,
    log: PathBuf,
    pub started: Duration,
}

impl Stack {
    pub fn start(data: &Path, stores: usize, workers: &str) -> anyhow::Result<Self> {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/liandian-local");
        ensure!(program.exists(), "build it first: cargo build --release --package liandian-local");
        let port = 21_000 + rand::random::<u16>() % 20_000;
        let log = data.with_extension("log");
        let begun = Instant::now();
        let child = Command::new(program)
            .args(["up", "--data"])
            .arg(data)
            .arg("--site")
            .arg(liandian_tests::site())
            .args([
                "--port",
                &port.to_string(),
                "--stores",
                &stores.to_string(),
                "--history",
                "0",
                "--rider",
                "fast",
                "--workers",
                workers,
                "--serve-engines",
            ])
            .stdout(Stdio::null())
            .stderr(File::create(&log)?)
            .spawn()?;
        let url = |p: u16| format!("http://127.0.0.1:{p}");
        let mut me = Self { child, origin: url(port), sandbox: url(port + 4), port, log, started: Duration::ZERO };
        let until = Instant::now() + Duration::from_secs(1_200);
        let http = std::net::SocketAddr::from(([127, 0, 0, 1], port));
        loop {
            use std::io::{Read, Write};
            let mut text = String::new();
            if let Ok(mut s) = std::net::TcpStream::connect(http) {
                let _ = s.write_all(format!("GET /s/sto_sh01 HTTP/1.1\r\nhost: {http}\r\nconnection: close\r\n\r\n").as_bytes());
                let _ = s.read_to_string(&mut text);
            }
            if text.starts_with("HTTP/1.1 200") {
                break;
            }
            ensure!(Instant::now() < until, "the stack did not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        me.started = begun.elapsed();
        Ok(me)
    }

    pub fn resident_mb(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let kb = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).and_then(|l| l.trim().trim_end_matches(" kB").parse::<u64>().ok());
        kb.unwrap_or(0) / 1024
    }

    /// Invocation lines from `from` bytes on.
    pub fn lines(&self, from: usize) -> anyhow::Result<Vec<Value>> {
        let text = std::fs::read_to_string(&self.log)?;
        Ok(text
            .get(from..)
            .unwrap_or_default()
            .lines()
            .filter_map(|l| serde_json::from_str(l).ok())
            .filter(|l: &Value| l["function"].is_string())
            .collect())
    }

    /// The product's own code over this stack's tables, with its keys.
    pub fn app(&self, data: &Path) -> anyhow::Result<App> {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/liandian-local");
        let out = Command::new(program).args(["env", "--port", &self.port.to_string(), "--data"]).arg(data).output()?;
        let text = String::from_utf8(out.stdout)?;
        let vars: BTreeMap<String, String> = serde_json::from_str(text.lines().last().unwrap_or_default())?;
        Ok(App::new(Config::from_vars(&vars), Clock::default(), parts::ALL)?)
    }

    pub fn mark(&self) -> usize {
        std::fs::metadata(&self.log).map_or(0, |m| usize::try_from(m.len()).unwrap_or(0))
    }

    pub fn stop(mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        // Whatever went wrong here, the stack does not stay.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn sum(lines: &[Value], what: &str) -> f64 {
    lines.iter().filter_map(|l| l[what].as_f64()).sum()
}

pub fn by_function(lines: &[Value]) -> BTreeMap<String, f64> {
    let mut all = BTreeMap::new();
    for l in lines {
        *all.entry(l["function"].as_str().unwrap_or_default().to_owned()).or_default() += l["write_units"].as_f64().unwrap_or(0.0);
    }
    all.retain(|_, units| *units > 0.0);
    all
}

pub fn one<'a>(lines: &'a [Value], function: &str) -> anyhow::Result<&'a Value> {
    lines.iter().rev().find(|l| l["function"] == function).with_context(|| format!("no line of {function}"))
}
