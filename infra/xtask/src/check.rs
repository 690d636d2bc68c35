//! What a tool can check, a tool checks.

use std::{collections::BTreeMap, path::Path, process::Command};

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::{
    contexts, generate, layout,
    parts::Parts,
    tools::{binary, cargo, run, say},
};

/// Which package may depend on which of ours: dependencies point one way (ARCHITECTURE.md, invariant 1).
const LAYERS: &[(&str, &[&str])] = &[
    ("liandian-types", &[]),
    ("liandian-contracts", &["types"]),
    ("liandian-pricing", &["types"]),
    ("liandian-pricing-wasm", &["pricing"]),
    ("liandian-domain", &["types", "contracts", "pricing"]),
    ("liandian-store", &["types", "contracts", "domain"]),
    ("liandian-queue", &["types", "contracts"]),
    ("liandian-partners", &["types"]),
    ("liandian-functions", &["types", "contracts", "pricing", "domain", "store", "queue", "partners"]),
    ("liandian-shop", &["types", "pricing", "domain"]),
    ("liandian-console", &["types", "domain"]),
    ("liandian-server", &["types", "store", "functions", "shop", "console"]),
    ("liandian-sqs", &[]),
    ("liandian-sandbox", &["types", "partners"]),
    ("liandian-seed", &["types", "domain", "store", "partners"]),
    ("liandian-local", &["types", "contracts", "domain", "store", "partners", "functions", "server", "sqs", "sandbox", "seed"]),
    ("liandian-tests", &["types", "contracts", "pricing", "domain", "store", "queue", "partners", "functions", "local", "seed", "sandbox", "sqs"]),
    ("xtask", &[]),
];

/// Runs every check.
///
/// # Errors
/// The first that fails.
pub fn all(root: &Path, parts: &mut Parts) -> anyhow::Result<()> {
    say("检查生成文件与依赖方向", "Checking generated files and the direction of dependencies", "5 s");
    generate::check(root)?;
    layers(root)?;
    contexts::check(root)?;
    words(root)?;
    layout::check(root)?;
    parts.time("formatting, unused dependencies, licences", || {
        say("检查格式 cargo fmt", "Checking the formatting", "5 s");
        run(cargo(root).args(["fmt", "--all", "--check"]))?;
        say("检查未使用的依赖 cargo shear", "Looking for unused dependencies", "5 s");
        run(Command::new(binary("cargo-shear")?).current_dir(root))?;
        deny(root)
    })?;
    parts.time("templates", || crate::sam::lint(root))?;
    parts.time("clippy", || {
        say("检查 clippy（警告即错误）", "clippy, warnings are errors", "5 min");
        run(cargo(root).args(["clippy", "--workspace", "--lib", "--bins", "--tests", "--examples", "--", "-D", "warnings"]))
    })?;
    parts.time("documentation", || {
        say("检查文档链接 cargo doc", "Checking the links in the docs", "1 min");
        run(cargo(root).args(["doc", "--quiet", "--workspace", "--lib", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))
    })
}

/// Licences, bans and sources always; advisories where their database can be had.
fn deny(root: &Path) -> anyhow::Result<()> {
    let deny = binary("cargo-deny")?;
    say("检查许可证与来源 cargo deny", "Checking licences and sources", "5 s");
    run(Command::new(&deny).args(["--log-level", "error", "check", "licenses", "bans", "sources"]).current_dir(root))?;
    let advisories = Command::new(&deny).args(["--log-level", "error", "check", "advisories"]).current_dir(root).output()?;
    if advisories.status.success() {
        return Ok(());
    }
    let told = String::from_utf8_lossy(&advisories.stderr);
    // The database lies in a git repository that not every machine reaches; a finding is a finding, no database is none.
    let unreachable = ["failed to fetch", "unable to fetch", "failed to acquire", "failed to clone", "error sending request", "failed to open"];
    ensure!(unreachable.iter().any(|w| told.contains(w)), "cargo deny check advisories:\n{told}");
    println!("  （安全公告库无法访问，已跳过；联网环境会检查）");
    Ok(())
}

fn layers(root: &Path) -> anyhow::Result<()> {
    let out = Command::new("cargo").args(["metadata", "--format-version", "1", "--no-deps", "--offline"]).current_dir(root).output()?;
    let metadata: Value = serde_json::from_slice(&out.stdout).context("cargo metadata")?;
    let allowed: BTreeMap<&str, &[&str]> = LAYERS.iter().copied().collect();
    let mut wrong = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let Some(may) = allowed.get(name) else {
            wrong.push(format!("{name} has no place in the layers of infra/xtask/src/check.rs"));
            continue;
        };
        for d in package["dependencies"].as_array().into_iter().flatten().filter(|d| d["kind"].is_null()) {
            let on = d["name"].as_str().unwrap_or_default();
            if let Some(short) = on.strip_prefix("liandian-")
                && !may.contains(&short)
            {
                wrong.push(format!("{name} must not depend on {on}"));
            }
        }
    }
    ensure!(wrong.is_empty(), "dependencies point the wrong way:\n  {}", wrong.join("\n  "));
    Ok(())
}

/// The house's words: no clock and no randomness in the domain, no keys outside of the store.
fn words(root: &Path) -> anyhow::Result<()> {
    let rules: &[(&str, &[&str], &str)] = &[
        (
            "shared/domain/src",
            &["SystemTime::now", "Instant::now", "Timestamp::now", "rand::", "tokio::", "aws_sdk"],
            "the domain knows no clock, randomness, runtime or AWS",
        ),
        (
            "shared/pricing/src",
            &["SystemTime::now", "Instant::now", "std::fs", "HashMap", "f64", "f32"],
            "pricing knows no clock, no I/O and no floats",
        ),
        ("shared/types/src", &["SystemTime::now", "std::fs", "tokio::", "aws_sdk"], "the types do no I/O"),
        ("storefront/shop/src", &["liandian_store", "aws_sdk"], "the storefront knows no store"),
        ("storefront/console/src", &["liandian_store", "aws_sdk"], "the storefront knows no store"),
    ];
    let mut wrong = Vec::new();
    for (folder, words, rule) in rules {
        for file in files(&root.join(folder))? {
            let text = std::fs::read_to_string(&file)?;
            for w in words.iter().filter(|w| text.contains(**w)) {
                wrong.push(format!("{}: `{w}`: {rule}", file.strip_prefix(root).unwrap_or(&file).display()));
            }
        }
    }
    ensure!(wrong.is_empty(), "architecture invariants:\n  {}", wrong.join("\n  "));
    Ok(())
}

/// Every Rust file below a folder.
pub fn files(folder: &Path) -> anyhow::Result<Vec<std::path::PathBuf>> {
    let mut all = Vec::new();
    for e in std::fs::read_dir(folder).with_context(|| format!("no folder {}", folder.display()))? {
        let path = e?.path();
        if path.is_dir() {
            all.extend(files(&path)?);
        } else if path.extension().is_some_and(|x| x == "rs") {
            all.push(path);
        }
    }
    Ok(all)
}
