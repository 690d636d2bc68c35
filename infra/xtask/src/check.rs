//! What a tool can check, a tool checks.

use std::{collections::BTreeMap, path::Path, process::Command};

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::{
    generate,
    tools::{cargo_tool, run, say},
};

/// Which package may depend on which of ours: dependencies point one way (ARCHITECTURE.md).
const LAYERS: &[(&str, &[&str])] = &[
    ("liandian-types", &[]),
    ("liandian-contracts", &["types"]),
    ("liandian-domain", &["types", "contracts"]),
    ("liandian-store", &["types", "contracts", "domain"]),
    ("liandian-queue", &["types", "contracts"]),
    ("liandian-partners", &["types"]),
    ("liandian-functions", &["types", "contracts", "domain", "store", "queue", "partners"]),
    ("liandian-shop", &["types", "domain"]),
    ("liandian-console", &["types", "domain"]),
    ("liandian-server", &["types", "store", "functions", "shop", "console"]),
    ("liandian-sqs", &[]),
    ("liandian-sandbox", &["types", "partners"]),
    ("liandian-seed", &["types", "domain", "store", "partners"]),
    ("liandian-local", &["types", "store", "partners", "functions", "server", "sqs", "sandbox", "seed"]),
    ("liandian-tests", &["types", "contracts", "domain", "store", "queue", "partners", "functions", "local", "seed", "sandbox", "sqs"]),
    ("xtask", &[]),
];

/// Runs every check.
///
/// # Errors
/// The first that fails.
pub fn all(root: &Path) -> anyhow::Result<()> {
    say("检查生成文件与依赖方向", "几秒");
    generate::check(root)?;
    layers(root)?;
    words(root)?;
    say("检查格式 cargo fmt", "几秒");
    run(Command::new("cargo").args(["fmt", "--all", "--check"]).current_dir(root))?;
    say("检查 clippy（警告即错误）", "首次 5 分钟，之后几秒");
    run(Command::new("cargo")
        .args(["clippy", "--quiet", "--workspace", "--lib", "--bins", "--tests", "--examples", "--", "-D", "warnings"])
        .current_dir(root))?;
    say("检查文档链接 cargo doc", "首次 1 分钟");
    run(Command::new("cargo").args(["doc", "--quiet", "--workspace", "--lib", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings").current_dir(root))?;
    let machete = cargo_tool(root, "cargo-machete", "0.9.1", "1 分钟")?;
    say("检查未使用的依赖 cargo machete", "几秒");
    run(Command::new(machete).arg("--skip-target-dir").current_dir(root))?;
    deny(root)?;
    crate::sam::lint(root)
}

/// Licences, bans and sources always; advisories where their database can be had.
fn deny(root: &Path) -> anyhow::Result<()> {
    let deny = cargo_tool(root, "cargo-deny", "0.18.9", "4 分钟")?;
    say("检查许可证与来源 cargo deny", "几秒");
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

fn files(folder: &Path) -> anyhow::Result<Vec<std::path::PathBuf>> {
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
