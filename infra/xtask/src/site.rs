//! The pages' downloads: islands as WASM, their JavaScript, style sheets, each with a `.br` beside it.
//!
//! Everything lands in `target/site`: `pkg/*`, and `version`, which changes whenever a file of `pkg` does. Modules are built
//! one by one and only when their inputs changed, so that a second run is done at once.

use std::{
    fs,
    hash::{DefaultHasher, Hasher},
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use anyhow::Context;

use crate::wasm;

/// One download of WASM: the islands that one cargo feature of a crate selects.
struct Module {
    /// Name of its files.
    name: String,
    /// The crate it is built from, and its folder.
    package: &'static str,
    folder: &'static str,
    feature: String,
}

/// The crates that islands live in: the first part of their modules' names, package, folder.
const CRATES: [(&str, &str, &str); 2] = [("shop", "liandian-shop", "storefront/shop"), ("console", "liandian-console", "storefront/console")];

/// Folders whose files are taken as they are.
const PLAIN: [&str; 5] =
    ["storefront/shop/style", "storefront/shop/script", "storefront/shop/icons", "storefront/console/style", "storefront/console/script"];

/// What rustc itself enables. With all of wasm-opt's features on, browsers refuse the module.
const WASM_FEATURES: [&str; 8] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-multivalue",
    "--enable-call-indirect-overlong",
];

/// npm packages of the site build, pinned: the same sources give the same files.
const NPM: [&str; 2] = ["binaryen@132.0.0", "esbuild@0.28.2"];

/// Builds the site folder.
///
/// # Errors
/// When a module does not compile, or there is no toolchain for it.
pub fn build(root: &Path) -> anyhow::Result<()> {
    let site = root.join("target/site");
    let pkg = site.join("pkg");
    let stamps = root.join("target/site-stamps");
    fs::create_dir_all(&pkg)?;
    fs::create_dir_all(&stamps)?;
    let mut due = Vec::new();
    for module in modules(root)? {
        let inputs = ["Cargo.toml", "Cargo.lock", "shared/types", "shared/pricing", "infra/xtask/src/site.rs", module.folder];
        let wanted = format!("{:016x}", hash_of(&inputs.map(|path| root.join(path)))?);
        let outputs = [pkg.join(format!("{}.js.br", module.name)), pkg.join(format!("{}.wasm.br", module.name))];
        let stamp = stamps.join(&module.name);
        if !(outputs.iter().all(|o| o.exists()) && fs::read_to_string(&stamp).is_ok_and(|had| had == wanted)) {
            due.push((module, stamp, wanted));
        }
    }
    if !due.is_empty() {
        build_modules(root, &pkg, &due)?;
    }
    for file in PLAIN.iter().filter_map(|folder| fs::read_dir(root.join(folder)).ok()).flatten().flatten().map(|e| e.path()) {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        put(&pkg, &name, &minified(&file)?)?;
    }
    let version = format!("{:016x}", hash_of(std::slice::from_ref(&pkg))?);
    fs::write(site.join("version"), &version)?;
    report(&pkg, &version)
}

/// Every feature of those crates that asks for `hydrate` is a module.
fn modules(root: &Path) -> anyhow::Result<Vec<Module>> {
    let mut all = Vec::new();
    for (first, package, folder) in CRATES {
        let manifest = root.join(folder).join("Cargo.toml");
        let table: toml::Table = toml::from_str(&fs::read_to_string(&manifest)?).with_context(|| manifest.display().to_string())?;
        let features = table.get("features").and_then(toml::Value::as_table).with_context(|| format!("no features: {}", manifest.display()))?;
        for (feature, asks) in features {
            if asks.as_array().is_some_and(|a| a.iter().any(|x| x.as_str() == Some("hydrate"))) {
                all.push(Module { name: format!("{first}-{feature}"), package, folder, feature: feature.clone() });
            }
        }
    }
    Ok(all)
}

/// A module is compiled on one core; the one before it is bound and squeezed on another meanwhile.
fn build_modules(root: &Path, pkg: &Path, due: &[(Module, PathBuf, String)]) -> anyhow::Result<()> {
    let toolchain = wasm::ensure(root)?;
    // Bound here, at once: two squeezers at the same time would each install npm's tools.
    let _ = (npm_tool("wasm-opt"), npm_tool("esbuild"));
    std::thread::scope(|scope| {
        let mut before: Option<std::thread::ScopedJoinHandle<'_, anyhow::Result<()>>> = None;
        for (module, stamp, wanted) in due {
            let started = Instant::now();
            let compiled = compiled(root, module, &toolchain).with_context(|| format!("模块 / module {}", module.name))?;
            if let Some(one) = before.take() {
                one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            }
            before = Some(scope.spawn(move || {
                bound(root, pkg, module, &compiled).with_context(|| format!("模块 / module {}", module.name))?;
                fs::write(stamp, wanted)?;
                println!("{}: {:.0} s", module.name, started.elapsed().as_secs_f32());
                Ok(())
            }));
        }
        before.map_or(Ok(()), |one| one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

/// The module as the compiler makes it, kept under a name of its own: the next one is compiled to the same file.
fn compiled(root: &Path, module: &Module, toolchain: &wasm::Toolchain) -> anyhow::Result<PathBuf> {
    println!("{}: 编译 / compiling, {} 工具链（首次约 2 分钟 / about 2 minutes the first time）", module.name, toolchain.name);
    // A target folder of its own: another compiler's files would make both build again and again.
    let target = root.join("target/wasm");
    let mut cargo = toolchain.cargo(root);
    cargo
        .args(["rustc", "--quiet", "--lib", "--crate-type", "cdylib", "--profile", "wasm-release", "--no-default-features"])
        .args(["--target", wasm::TARGET, "--package", module.package, "--features", &module.feature, "--target-dir"])
        .arg(&target)
        // Stripping would take the section that tells wasm-bindgen what the module may use; it is dropped further down.
        .env("CARGO_PROFILE_WASM_RELEASE_STRIP", "none");
    wasm::loudly(&mut cargo)?;
    let made = target.join(wasm::TARGET).join("wasm-release").join(format!("{}.wasm", module.package.replace('-', "_")));
    let kept = target.join(format!("{}.wasm", module.name));
    fs::copy(&made, &kept).with_context(|| made.display().to_string())?;
    Ok(kept)
}

/// What browsers download of a compiled module: bound, squeezed, with its brotli twins.
fn bound(root: &Path, pkg: &Path, module: &Module, compiled: &Path) -> anyhow::Result<()> {
    let work = root.join("target/wasm/bindgen").join(&module.name);
    let _ = fs::remove_dir_all(&work);
    fs::create_dir_all(&work)?;
    let mut bindgen = wasm_bindgen_cli_support::Bindgen::new();
    // Names and producers are for debuggers; customers pay for them.
    bindgen.input_path(compiled).out_name(&module.name).web(true)?.typescript(false).omit_default_module_path(true);
    bindgen.remove_name_section(true).remove_producers_section(true);
    bindgen.generate(&work)?;
    let bound = work.join(format!("{}_bg.wasm", module.name));
    put(pkg, &format!("{}.wasm", module.name), &squeezed(&bound)?)?;
    put(pkg, &format!("{}.js", module.name), &minified(&work.join(format!("{}.js", module.name)))?)
}

/// The module after `wasm-opt -Oz`; as it is when npm is not there, which costs customers bytes and is said aloud.
fn squeezed(file: &Path) -> anyhow::Result<Vec<u8>> {
    let out = file.with_extension("opt.wasm");
    let Some(tool) = npm_tool("wasm-opt") else {
        println!("  没有 npm，跳过 wasm-opt，下载会大一倍 / no npm, no wasm-opt: the download doubles");
        return Ok(fs::read(file)?);
    };
    let mut run = Command::new(tool);
    run.args(["-Oz", "--strip-debug", "--strip-producers"]).args(WASM_FEATURES).arg(file).arg("-o").arg(&out);
    wasm::loudly(&mut run)?;
    Ok(fs::read(out)?)
}

/// JavaScript and style sheets without blanks and comments, where npm is there; anything else as it is.
fn minified(file: &Path) -> anyhow::Result<Vec<u8>> {
    let plain = fs::read(file).with_context(|| file.display().to_string())?;
    let text = file.extension().and_then(|x| x.to_str()).filter(|x| ["js", "css"].contains(x));
    let (Some(_), Some(tool)) = (text, npm_tool("esbuild")) else { return Ok(plain) };
    // Kept by content, so that an unchanged file costs no process.
    let kept = crate::tools::home().join("minified").join(format!("{:016x}", content_hash(&plain)));
    if let Ok(had) = fs::read(&kept) {
        return Ok(had);
    }
    let done = Command::new(tool).arg(file).args(["--minify", "--log-level=error", "--charset=utf8"]).stderr(Stdio::inherit()).output()?;
    if !done.status.success() {
        anyhow::bail!("esbuild {}", file.display());
    }
    fs::create_dir_all(crate::tools::home().join("minified"))?;
    fs::write(kept, &done.stdout)?;
    Ok(done.stdout)
}

/// The path of a tool from npm, installed for this user when it is missing.
fn npm_tool(name: &str) -> Option<PathBuf> {
    let folder = crate::tools::home().join(format!("npm-{}", NPM.join("-").replace('@', "-")));
    let tool = folder.join("node_modules/.bin").join(name);
    if tool.exists() {
        return Some(tool);
    }
    fs::create_dir_all(&folder).ok()?;
    println!("  npm install {NPM:?}（通常 10–20 秒 / usually 10–20 s）");
    let mut npm = Command::new("npm");
    npm.args(["install", "--silent", "--no-audit", "--no-fund", "--no-save", "--prefix"]).arg(&folder).args(NPM);
    let done = npm.stdin(Stdio::null()).status().ok()?;
    (done.success() && tool.exists()).then_some(tool)
}

/// Writes a file and its brotli twin, unless they are there already: touching them would cost seconds at quality 11.
fn put(pkg: &Path, name: &str, content: &[u8]) -> anyhow::Result<()> {
    let file = pkg.join(name);
    let twin = pkg.join(format!("{name}.br"));
    if twin.exists() && fs::read(&file).is_ok_and(|had| had == content) {
        return Ok(());
    }
    let mut small = Vec::new();
    {
        let mut writer = brotli::CompressorWriter::new(&mut small, 1 << 16, 11, 22);
        writer.write_all(content)?;
    }
    fs::write(twin, small)?;
    fs::write(file, content)?;
    Ok(())
}

fn report(pkg: &Path, version: &str) -> anyhow::Result<()> {
    let mut names: Vec<_> = fs::read_dir(pkg)?.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|x| x != "br")).collect();
    names.sort();
    println!("target/site {version}");
    for file in names {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let small = fs::metadata(pkg.join(format!("{name}.br")))?.len();
        println!("  {name:<20} {:>8} B   {small:>7} B brotli", fs::metadata(&file)?.len());
    }
    Ok(())
}

/// A hash over the names and contents of files, folders gone through in order.
fn hash_of(paths: &[PathBuf]) -> anyhow::Result<u64> {
    let mut hasher = DefaultHasher::new();
    for path in paths {
        add(&mut hasher, path)?;
    }
    Ok(hasher.finish())
}

fn add(hasher: &mut DefaultHasher, path: &Path) -> anyhow::Result<()> {
    if path.is_dir() {
        let mut entries: Vec<_> = fs::read_dir(path)?.flatten().map(|e| e.path()).collect();
        entries.sort();
        for entry in entries {
            add(hasher, &entry)?;
        }
    } else if path.exists() {
        hasher.write(path.file_name().unwrap_or_default().as_encoded_bytes());
        hasher.write(&fs::read(path)?);
    }
    Ok(())
}

fn content_hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}
