//! A toolchain that can compile to wasm32: rustup's where it can be had, else Debian's.
//!
//! A laptop gets the target's standard library from rustup's servers in seconds. A machine that reaches only package mirrors
//! gets it from Debian: a second compiler with its source, from which the library is built once. Both ways end in the same
//! place: a `cargo` that compiles to `wasm32-unknown-unknown`. No compiler version is written here; Debian's moves.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, bail};

/// The target of the pages' islands.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's packages: a current compiler, its cargo, the library's source, the linker.
const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";

/// How to call cargo for the wasm32 target.
#[derive(Debug, Clone)]
pub struct Toolchain {
    /// In front of all other arguments, e.g. `+debian`.
    args: Vec<String>,
    /// Environment, e.g. the linker.
    env: Vec<(String, String)>,
    /// For the log: which one it is.
    pub name: String,
}

impl Toolchain {
    /// A cargo command in `root` that compiles for wasm32.
    pub fn cargo(&self, root: &Path) -> Command {
        // Not `env!("CARGO")`: that is the toolchain which runs this tool, and `+name` is only understood by rustup's proxy.
        let mut command = Command::new("cargo");
        for inherited in ["RUSTUP_TOOLCHAIN", "RUSTC", "RUSTC_WRAPPER", "RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_TARGET_DIR"] {
            command.env_remove(inherited);
        }
        command.args(&self.args).current_dir(root).envs(crate::tools::Cache::variables()).envs(self.env.iter().map(|(k, v)| (k, v)));
        command
    }
}

/// Finds such a toolchain, or makes one. Every step is skipped when its result is there.
///
/// # Errors
/// A sentence in Chinese and English when neither way works.
pub fn ensure(root: &Path) -> anyhow::Result<Toolchain> {
    if let Some(found) = ordinary(root) {
        return Ok(found);
    }
    if let Some(found) = debian(root) {
        return Ok(found);
    }
    println!("wasm32: 当前工具链缺少 {TARGET} 标准库，尝试 rustup target add（通常 10 秒）… / asking rustup for the target");
    if quietly(Command::new("rustup").args(["target", "add", TARGET]).current_dir(root).env("RUSTUP_MAX_RETRIES", "0"))
        && let Some(found) = ordinary(root)
    {
        return Ok(found);
    }
    println!("wasm32: rustup 的服务器不可用，改用 Debian 的编译器自行构建 / rustup's servers are out of reach, building with Debian's compiler");
    match make_debian(root) {
        Ok(()) => {}
        Err(e) => bail!(
            "没有可用的 wasm32 工具链。请执行 `rustup target add {TARGET}`，或在 Debian 上以 root 运行本命令。\n\
             No toolchain can compile to wasm32. Run `rustup target add {TARGET}`, or run this as root on Debian.\n原因 / cause: {e:#}"
        ),
    }
    ordinary(root).or_else(|| debian(root)).context("构建完成，但仍找不到 wasm32 标准库 / built, yet the wasm32 standard library is not found")
}

/// Builds the pricing engine as WASM, with the settings of the shop's modules; where it is.
///
/// # Errors
/// When there is no toolchain, or it does not compile.
pub fn pricing(root: &Path) -> anyhow::Result<PathBuf> {
    let toolchain = ensure(root)?;
    let target = root.join("target/wasm");
    let mut cargo = toolchain.cargo(root);
    cargo.args(["rustc", "--quiet", "--lib", "--crate-type", "cdylib", "--profile", "wasm-release", "--target", TARGET]);
    cargo.args(["--package", "liandian-pricing-wasm", "--target-dir"]).arg(&target);
    loudly(&mut cargo)?;
    Ok(target.join(TARGET).join("wasm-release/liandian_pricing_wasm.wasm"))
}

/// The workspace's own toolchain, if it has the target.
fn ordinary(root: &Path) -> Option<Toolchain> {
    let rustc = || {
        let mut rustc = Command::new("rustc");
        rustc.current_dir(root).env_remove("RUSTUP_TOOLCHAIN");
        rustc
    };
    works(&mut rustc(), root).then(|| Toolchain { args: Vec::new(), env: linker(&mut rustc()), name: "默认 / default".to_owned() })
}

/// Debian's toolchain, if it has the target and rustup can name it.
fn debian(root: &Path) -> Option<Toolchain> {
    if !works(&mut Command::new(DEBIAN_RUSTC), root) {
        return None;
    }
    let linked = output(Command::new("rustup").args(["run", "debian", "rustc", "--version"]));
    if linked.is_none() && !quietly(Command::new("rustup").args(["toolchain", "link", "debian", "/usr"])) {
        return None;
    }
    Some(Toolchain { args: vec!["+debian".to_owned()], env: linker(&mut Command::new(DEBIAN_RUSTC)), name: "Debian".to_owned() })
}

/// The linker to name, if any: Debian splits it off its compiler, rustup's toolchains carry their own.
fn linker(rustc: &mut Command) -> Vec<(String, String)> {
    if output(rustc.args(["--print", "sysroot"])).is_none_or(|root| root.trim() != "/usr") {
        return Vec::new();
    }
    let found = ["wasm-ld-22", "wasm-ld"].into_iter().find(|name| Path::new("/usr/bin").join(name).exists());
    found.map(|name| ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER".to_owned(), name.to_owned())).into_iter().collect()
}

/// Can this compiler compile to wasm32? Tried on an empty library: a standard library left over from an older compiler is there, yet of no use.
fn works(rustc: &mut Command, root: &Path) -> bool {
    let scratch = root.join("target/tools/probe");
    if fs::create_dir_all(&scratch).is_err() {
        return false;
    }
    // An empty standard input is an empty library.
    quietly(rustc.args(["--crate-name", "probe", "--crate-type", "lib", "--emit", "metadata", "--target", TARGET, "-", "--out-dir"]).arg(scratch))
}

/// Installs Debian's compiler and builds the library from its source.
fn make_debian(root: &Path) -> anyhow::Result<()> {
    if !Path::new("/etc/debian_version").exists() {
        bail!("这台机器不是 Debian / this machine is not Debian");
    }
    let missing: Vec<_> = PACKAGES.iter().filter(|p| !quietly(Command::new("dpkg").args(["-s", p]))).collect();
    if !missing.is_empty() {
        println!("wasm32: apt-get install {PACKAGES:?}（通常 1–2 分钟 / usually 1–2 minutes）");
        // An old index names files that the mirror no longer has; an update that fails may still leave one that works.
        let _ = quietly(Command::new("apt-get").arg("update"));
        let mut install = Command::new("apt-get");
        install.args(["install", "-y", "--no-install-recommends"]).args(PACKAGES).env("DEBIAN_FRONTEND", "noninteractive");
        loudly(&mut install)?;
    }
    let source = library_source()?;
    let scratch = root.join("target/tools/wasm-std");
    println!("wasm32: 从 {} 构建标准库（通常 30–60 秒 / usually 30–60 s）", source.display());
    let mut build = Command::new(DEBIAN_CARGO);
    build
        .args(["build", "--release", "--target", TARGET, "-p", "std", "-p", "panic_abort", "-p", "proc_macro"])
        .arg("--manifest-path")
        .arg(source.join("library/Cargo.toml"))
        .arg("--target-dir")
        .arg(&scratch)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", "-Zforce-unstable-if-unmarked -Cembed-bitcode=yes")
        .env("CARGO_PROFILE_RELEASE_PANIC", "abort")
        .env("PATH", format!("/usr/bin:{}", std::env::var("PATH").unwrap_or_default()));
    for inherited in ["RUSTUP_TOOLCHAIN", "RUSTC", "RUSTC_WRAPPER", "CARGO_TARGET_DIR", "CARGO_ENCODED_RUSTFLAGS"] {
        build.env_remove(inherited);
    }
    // What an older compiler left would lie beside the new files, and be taken for them.
    let _ = fs::remove_dir_all(&scratch);
    loudly(&mut build)?;
    let to = output(Command::new(DEBIAN_RUSTC).args(["--print", "target-libdir", "--target", TARGET]))
        .map(|dir| PathBuf::from(dir.trim()))
        .context("rustc --print target-libdir")?;
    fs::create_dir_all(&to).with_context(|| format!("无法写入 / cannot write {}", to.display()))?;
    for old in fs::read_dir(&to)?.flatten().filter(|e| e.path().extension().is_some_and(|x| x == "rlib")) {
        fs::remove_file(old.path())?;
    }
    let from = scratch.join(TARGET).join("release/deps");
    for entry in fs::read_dir(&from)?.flatten().filter(|e| e.path().extension().is_some_and(|x| x == "rlib")) {
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

/// The newest `/usr/src/rustc-*`.
fn library_source() -> anyhow::Result<PathBuf> {
    let mut found: Vec<PathBuf> =
        fs::read_dir("/usr/src").context("/usr/src")?.flatten().map(|e| e.path()).filter(|p| p.join("library/Cargo.toml").exists()).collect();
    found.sort();
    found.pop().context("/usr/src 下没有标准库源码 / no library source under /usr/src")
}

/// Runs a command and takes what it says; `None` when it fails or is not there.
fn output(command: &mut Command) -> Option<String> {
    let done = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    done.status.success().then(|| String::from_utf8_lossy(&done.stdout).into_owned())
}

fn quietly(command: &mut Command) -> bool {
    output(command).is_some()
}

/// Runs a command whose words the person shall see.
pub fn loudly(command: &mut Command) -> anyhow::Result<()> {
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("无法启动 / cannot start {command:?}"))?;
    if !status.success() {
        bail!("失败 / failed ({status}): {command:?}");
    }
    Ok(())
}
