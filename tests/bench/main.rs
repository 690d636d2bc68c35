//! `cargo xtask bench`: the figures of docs/budgets.md, from the invocation lines of a stack in a process of its
//! own (consumed units, round trips), from bytes, and from rates that are compared within one run. Figures, not tests.

mod binaries;
mod catalog;
mod flash;
mod orders;
mod pages;
mod prices;
mod rates;
mod search;
mod shelves;
mod shopper;
mod stack;

use std::path::Path;

use liandian_tests::{client, copy};
use serde_json::{Map, Value, json};

use crate::{
    binaries::binaries,
    flash::flash,
    orders::{capacity, shortage},
    pages::pages,
    prices::{prices, same},
    rates::rates,
    search::search,
    shelves::shelves,
    shopper::Shopper,
    stack::Stack,
};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let quick = args.iter().any(|a| a == "--quick");
    let json_file = args.iter().position(|a| a == "--json").and_then(|i| args.get(i + 1));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let mut out: Map<String, Value> = Map::new();

    if args.iter().any(|a| a == "same-prices") {
        return same(&mut out);
    }
    if args.iter().any(|a| a == "prices") {
        prices(&mut out)?;
        return written(&out, json_file);
    }
    search(&mut out)?;
    if args.iter().any(|a| a == "search") {
        println!("{}", Value::Object(out));
        return Ok(());
    }

    // ---- ten thousand buyers of one good
    if args.iter().any(|a| a == "flash") {
        flash(&data, quick, &mut out).await?;
        println!("{}", serde_json::to_string_pretty(&Value::Object(out))?);
        return Ok(());
    }

    prices(&mut out)?;

    // ---- start, pages, capacity, the life of an order
    let first = Stack::start(&data, 36, "on")?;
    out.insert("seed_and_start_s".into(), json!(first.started.as_secs_f64()));
    first.stop();
    let seeded = folder.path().join("seeded");
    copy(&data, &seeded);
    let stack = Stack::start(&data, 36, "on")?;
    out.insert("second_start_s".into(), json!(stack.started.as_secs_f64()));
    out.insert("resident_mb".into(), json!(stack.resident_mb()));
    let shopper = Shopper { http: client(), origin: stack.origin.clone(), sandbox: stack.sandbox.clone() };
    capacity(&stack, &shopper, &mut out).await?;
    shelves(&stack, &shopper, quick, &mut out).await?;
    pages(&stack, &shopper, &mut out).await?;
    out.insert("governed_reads_36".into(), catalog::reads(&stack, &shopper).await?);
    catalog::edits(&shopper, &mut out).await?;
    if !quick {
        catalog::import(&shopper, &mut out).await?;
    }
    stack.stop();
    rates(&seeded, folder.path(), quick, &mut out).await?;
    if !quick {
        for stores in [1_500, 5_000] {
            let data = folder.path().join(format!("data-{stores}"));
            let stack = Stack::start(&data, stores, "off")?;
            let shopper = Shopper { http: client(), origin: stack.origin.clone(), sandbox: stack.sandbox.clone() };
            let line = shortage(&stack, &shopper).await?;
            out.insert(format!("find_stores_{stores}"), json!({"waves": line["waves"], "requests": line["requests"], "read_units": line["read_units"], "ms": line["ms"], "seed_s": stack.started.as_secs_f64()}));
            out.insert(format!("governed_reads_{stores}"), catalog::reads(&stack, &shopper).await?);
            stack.stop();
        }
    }
    binaries(&root, &mut out);
    written(&out, json_file)
}

/// The figures as a table, and in a file where one was named.
fn written(out: &Map<String, Value>, json_file: Option<&String>) -> anyhow::Result<()> {
    if let Some(file) = json_file {
        std::fs::write(file, serde_json::to_string_pretty(out)? + "\n")?;
    }
    println!("\n{:<44} value", "figure");
    for (k, v) in out {
        println!("{k:<44} {v}");
    }
    Ok(())
}

fn round(v: f64) -> f64 {
    (v * 100.0).round() / 100.0
}
