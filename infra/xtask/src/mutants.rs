//! `cargo xtask mutants`: changes the decisions one place at a time and asks the crate's own tests whether they notice. It takes hours and is no part of
//! the tests: run it on the files that a change touched, or in shards over a night.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::tools;

const VERSION: &str = "27.1.0";
/// Of the viable mutants of each file at least this share is to be noticed.
const GOAL: usize = 85;
/// The files that the goal holds for; of the others the score is told.
const CORE: [&str; 9] = [
    "orders/place.rs",
    "orders/order.rs",
    "transfers.rs",
    "orders/shortfall.rs",
    "orders/delivery.rs",
    "stock/batch.rs",
    "stock/record.rs",
    "settlement.rs",
    "payments/refund.rs",
];

/// What became of the mutants of one file.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Score {
    caught: usize,
    missed: Vec<String>,
}

impl Score {
    /// The share that was noticed, in per cent.
    fn percent(&self) -> usize {
        (self.caught * 100).checked_div(self.caught + self.missed.len()).unwrap_or(100)
    }
}

/// Runs over `domain`, or over the files named (`orders/place.rs`), in so many shards one after the other, and tells a score for each file.
///
/// # Errors
/// The tool cannot be had, the tests fail without a mutant, or a file is below the goal.
pub fn run(root: &Path, files: &[String], shards: usize, jobs: usize) -> anyhow::Result<()> {
    let program = program()?;
    let out = root.join("target/mutants");
    let mut scores = BTreeMap::<String, Score>::new();
    for shard in 0..shards.max(1) {
        let to = out.join(format!("{shard}"));
        let mut c = Command::new(&program);
        c.args(["mutants", "--package", "liandian-domain", "--no-shuffle", "--colors", "never", "--minimum-test-timeout", "60"]);
        c.args(["--jobs", &jobs.max(1).to_string(), "--shard", &format!("{shard}/{}", shards.max(1))]).arg("--output").arg(&to);
        for f in files {
            c.args(["--file", &format!("shared/domain/src/{f}")]);
        }
        // It fails when a mutant is missed; what it found tells more.
        let status = c.current_dir(root).status().context("cargo-mutants could not be started")?;
        let found = to.join("mutants.out/outcomes.json");
        let text = std::fs::read_to_string(&found).with_context(|| format!("cargo-mutants ended with {status} and without {}", found.display()))?;
        ensure!(!matches!(status.code(), Some(1 | 4 | 70) | None), "cargo-mutants could not test: {status}");
        count(&serde_json::from_str(&text)?, &mut scores);
    }
    let below = tell(&scores);
    ensure!(below.is_empty(), "below {GOAL} %: {}", below.join(", "));
    Ok(())
}

/// The tool in this version, where this user's tools lie.
fn program() -> anyhow::Result<PathBuf> {
    let home = tools::home().join(format!("cargo-mutants-{VERSION}"));
    let program = home.join("bin/cargo-mutants");
    if !program.exists() {
        tools::say(&format!("安装 cargo-mutants {VERSION}"), &format!("Installing cargo-mutants {VERSION}"), "2 min");
        tools::run(Command::new("cargo").args(["install", "cargo-mutants", "--version", VERSION, "--locked", "--root"]).arg(&home))?;
    }
    Ok(program)
}

/// Adds what a run found. Mutants that do not compile say nothing about the tests; those that run for ever are noticed.
fn count(outcomes: &Value, scores: &mut BTreeMap<String, Score>) {
    for o in outcomes["outcomes"].as_array().into_iter().flatten() {
        let mutant = &o["scenario"]["Mutant"];
        let Some(file) = mutant["file"].as_str().and_then(|f| f.split("/src/").nth(1)) else { continue };
        let score = scores.entry(file.to_owned()).or_default();
        match o["summary"].as_str() {
            Some("CaughtMutant" | "Timeout") => score.caught += 1,
            Some("MissedMutant") => score.missed.push(mutant["name"].as_str().unwrap_or_default().to_owned()),
            _ => {}
        }
    }
}

/// Prints the scores; answers the files that are below the goal.
fn tell(scores: &BTreeMap<String, Score>) -> Vec<String> {
    for m in scores.values().flat_map(|s| &s.missed) {
        println!("missed  {m}");
    }
    println!("\n{:<20} {:>6} {:>6} {:>5}", "file", "caught", "missed", "%");
    for (file, s) in scores {
        println!("{file:<20} {:>6} {:>6} {:>5}", s.caught, s.missed.len(), s.percent());
    }
    let below = |(file, s): (&String, &Score)| (CORE.contains(&file.as_str()) && s.percent() < GOAL).then(|| format!("{file} {} %", s.percent()));
    scores.iter().filter_map(below).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn given_what_a_run_found_when_it_is_counted_then_each_file_has_its_score_and_what_does_not_compile_says_nothing() {
        let mutant = |file: &str, name: &str, summary: &str| json!({"scenario": {"Mutant": {"file": file, "name": name}}, "summary": summary});
        let mut all = vec![json!({"scenario": "Baseline", "summary": "Success"}), mutant("shared/domain/src/orders/place.rs", "a", "Unviable")];
        all.extend((0..85).map(|_| mutant("shared/domain/src/orders/place.rs", "b", "CaughtMutant")));
        all.extend((0..15).map(|_| mutant("shared/domain/src/orders/place.rs", "c", "MissedMutant")));
        all.extend([mutant("shared/domain/src/orders/order.rs", "d", "Timeout"), mutant("shared/domain/src/orders/order.rs", "e", "MissedMutant")]);
        all.push(mutant("shared/domain/src/stores/hours.rs", "f", "MissedMutant"));
        let mut scores = BTreeMap::new();
        count(&json!({"outcomes": all}), &mut scores);
        assert_eq!(scores["orders/place.rs"].percent(), 85);
        assert_eq!(scores["orders/order.rs"], Score { caught: 1, missed: vec!["e".into()] });
        assert_eq!(tell(&scores), ["orders/order.rs 50 %"], "the goal is met at 85, and holds for the core only");
    }
}
