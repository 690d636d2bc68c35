//! Programs that the checks and tests need, fetched when they are needed and not before. Each says what is missing and how to
//! get it when it cannot be fetched.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};

/// Is this program on the PATH?
#[must_use]
pub fn has(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
}

/// Runs a command and shows what it prints.
///
/// # Errors
/// When it cannot be started, or fails.
pub fn run(c: &mut Command) -> anyhow::Result<()> {
    let shown = format!("{} {}", c.get_program().display(), c.get_args().map(|a| a.to_string_lossy()).collect::<Vec<_>>().join(" "));
    let status = c.status().with_context(|| format!("cannot start: {shown}"))?;
    ensure!(status.success(), "failed ({status}): {shown}");
    Ok(())
}

/// Asks a process to end with this signal; after five seconds it is killed.
pub fn end(child: &mut Child, signal: &str) {
    let _ = Command::new("kill").args([signal, &child.id().to_string()]).status();
    let until = Instant::now() + Duration::from_secs(5);
    while Instant::now() < until {
        if matches!(child.try_wait(), Ok(Some(_))) {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// Tells what begins, and how long that usually takes.
pub fn say(what: &str, usually: &str) {
    println!("\n▸ {what}（通常 {usually}）");
}

/// A cargo sub-command of this version below target/tools.
///
/// # Errors
/// When it cannot be built.
pub fn cargo_tool(root: &Path, name: &str, version: &str, usually: &str) -> anyhow::Result<PathBuf> {
    let home = root.join("target/tools/cargo");
    let (program, mark) = (home.join("bin").join(name), home.join(format!("{name}-{version}")));
    if mark.exists() && program.exists() {
        return Ok(program);
    }
    say(&format!("安装 {name} {version}"), usually);
    run(Command::new("cargo").args(["install", name, "--version", version, "--locked", "--force", "--root"]).arg(&home))
        .with_context(|| format!("{name} could not be installed; `cargo install {name}` by hand shows why"))?;
    std::fs::write(mark, "")?;
    Ok(program)
}

/// Debian packages, when apt is here and they are not.
///
/// # Errors
/// Names the packages when they cannot be installed.
fn debian(packages: &[&str], usually: &str) -> anyhow::Result<()> {
    if !has("apt-get") {
        bail!("install these by your system's means, then run this again: {}", packages.join(" "));
    }
    let root = Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout.starts_with(b"0"));
    if !root {
        bail!("run as root: apt-get install -y --no-install-recommends {}", packages.join(" "));
    }
    say(&format!("安装 {}", packages.join("、")), usually);
    let quiet = |c: &mut Command| run(c.env("DEBIAN_FRONTEND", "noninteractive").stdout(Stdio::null()));
    quiet(Command::new("apt-get").arg("update"))?;
    quiet(Command::new("apt-get").args(["install", "-y", "--no-install-recommends"]).args(packages))
}

/// A Chromium for the browser journeys, and Chinese glyphs for what it draws.
///
/// # Errors
/// What is missing and how to get it.
pub fn chromium() -> anyhow::Result<String> {
    let find = || ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|p| has(p)).map(str::to_owned);
    let glyphs = || Command::new("fc-list").arg(":lang=zh").output().is_ok_and(|o| !o.stdout.is_empty());
    if let Some(found) = find()
        && (glyphs() || !has("apt-get"))
    {
        return Ok(found);
    }
    debian(&["chromium", "fonts-noto-cjk", "fontconfig"], "1–3 分钟")?;
    find().context("no Chromium on the PATH after installing it")
}

/// The journeys' npm packages.
///
/// # Errors
/// What is missing and how to get it.
pub fn node_modules(root: &Path) -> anyhow::Result<()> {
    if !has("node") || !has("npm") {
        bail!("the browser journeys need Node.js 20 or newer with npm: https://nodejs.org, or `apt-get install nodejs npm`");
    }
    let folder = root.join("tests/e2e");
    if !folder.join("node_modules/playwright-core").exists() {
        say("安装浏览器测试依赖（npm）", "10 秒");
        run(Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--silent"]).current_dir(&folder))?;
    }
    Ok(())
}
