//! The Lambdas' binaries as the templates expect them: `target/lambda/<name>/bootstrap`, and beside the pages' the site folder.
//!
//! Built once by cargo-lambda for all stacks: `sam build` would compile every function anew.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, ensure};

use crate::{
    routes::{self, Function},
    sam, site,
    tools::{Cache, run, say},
};

/// Budget of a stripped binary, in bytes (docs/budgets.md).
const BUDGET: u64 = 9_000_000;

/// The C library of `provided.al2023`: a binary that wants a newer one does not start there.
const GLIBC: u32 = 34;

/// Where a function's binary lies.
#[must_use]
pub fn bootstrap(root: &Path, name: &str) -> PathBuf {
    root.join("target/lambda").join(name).join("bootstrap")
}

/// Builds the functions of these names, or all, and prints their sizes.
///
/// # Errors
/// A name that is not in the list; what the compiler says; a binary that would not start in the cloud.
pub fn build(root: &Path, only: &[String]) -> anyhow::Result<()> {
    let routes = routes::read(root)?;
    if let Some(unknown) = only.iter().find(|o| !routes.functions.iter().any(|f| f.name == **o)) {
        anyhow::bail!("{unknown} is not in infra/routes.toml");
    }
    let chosen: Vec<&Function> = routes.functions.iter().filter(|f| only.is_empty() || only.contains(&f.name)).collect();
    if chosen.iter().any(|f| f.is_page()) {
        site::build(root)?;
    }
    let tools = sam::Tools::ensure()?;
    let mut by_package: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for f in &chosen {
        by_package.entry(f.package()).or_default().push(&f.name);
    }
    for (package, names) in by_package {
        let n = names.len();
        say(
            &format!("编译 {n} 个函数（{package}，profile function）"),
            &format!("Building {n} functions ({package}, profile function)"),
            "10–20 min",
        );
        let started = Instant::now();
        let mut c = tools.cargo_lambda();
        c.envs(Cache::variables());
        c.args(["lambda", "build", "--profile", "function", "--compiler", "cargo", "--locked", "--package", package]);
        // Without unwinding nobody reads unwind tables; functions that compile to the same code are one.
        c.env("RUSTFLAGS", "-C force-unwind-tables=no -C link-arg=-Wl,--icf=all");
        for name in names {
            c.args(["--bin", name]);
        }
        run(c.current_dir(root))?;
        println!("  用时 {} 秒", started.elapsed().as_secs());
    }
    for page in chosen.iter().filter(|f| f.is_page()) {
        let to = root.join("target/lambda").join(&page.name).join("site");
        let _ = fs::remove_dir_all(&to);
        copy(&root.join("target/site"), &to)?;
    }
    sizes(root, &chosen)
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("no folder {}", from.display()))? {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, target)?;
        }
    }
    Ok(())
}

/// The table of sizes; the largest first.
fn sizes(root: &Path, functions: &[&Function]) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    for f in functions {
        let file = bootstrap(root, &f.name);
        let binary = fs::read(&file).with_context(|| format!("cargo-lambda made no {}", file.display()))?;
        rows.push((binary.len() as u64, newest_glibc(&binary), &f.name));
    }
    rows.sort_unstable_by(|a, b| b.cmp(a));
    println!("\n{:<24} {:>9} {:>8}   glibc", "function", "MB", "budget");
    for (bytes, glibc, name) in &rows {
        let over = if *bytes > BUDGET { "  ← over budget" } else { "" };
        println!("{name:<24} {:>9.2} {:>7}%   2.{glibc}{over}", *bytes as f64 / 1e6, bytes * 100 / BUDGET);
    }
    let (largest, over) = (rows.first().map_or(0, |r| r.0), rows.iter().filter(|r| r.0 > BUDGET).count());
    println!("{} functions, largest {:.2} MB, {over} over the budget of {:.0} MB", rows.len(), largest as f64 / 1e6, BUDGET as f64 / 1e6);
    let new: Vec<&str> = rows.iter().filter(|r| r.1 > GLIBC).map(|r| r.2.as_str()).collect();
    ensure!(
        new.is_empty(),
        "built against a newer C library than the 2.{GLIBC} of provided.al2023; build on Amazon Linux 2023 (or in a container of it): {}",
        new.join(", ")
    );
    Ok(())
}

/// The newest `GLIBC_2.x` that a binary asks for.
fn newest_glibc(binary: &[u8]) -> u32 {
    const MARK: &[u8] = b"GLIBC_2.";
    let mut newest = 0;
    for at in 0..binary.len().saturating_sub(MARK.len()) {
        if binary[at] == b'G' && binary[at..].starts_with(MARK) {
            let digits = binary[at + MARK.len()..].iter().take_while(|b| b.is_ascii_digit()).take(3);
            newest = newest.max(digits.fold(0, |n, b| n * 10 + u32::from(b - b'0')));
        }
    }
    newest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_binarys_names_when_searched_then_the_newest_c_library_is_found() {
        assert_eq!(newest_glibc(b"\0GLIBC_2.2.5\0GLIBC_2.34\0GLIBC_2.17\0"), 34);
        assert_eq!(newest_glibc(b"static"), 0);
    }
}
