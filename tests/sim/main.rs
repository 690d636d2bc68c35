//! `cargo xtask sim`: the real decisions, store and workers over the embedded engine, in virtual time, on a bad day that a seed
//! decides: requests and answers lost, throttling, transactions that meet, stale reads, processes that die between any two awaits,
//! messages lost, doubled and late, partners that fail. After each the books must agree and everything must have come to its end.
//! A seed that fails does so again: `--from SEED --seeds 1`.

mod engine;
mod partners;
mod world;

use std::sync::{Arc, Mutex};

use clap::Parser;
use engine::Plant;

/// Fault-injected simulation.
#[derive(Debug, Clone, Parser)]
#[command(name = "cargo xtask sim")]
struct Args {
    /// How many seeds
    #[arg(long, default_value_t = 1_000)]
    seeds: u64,
    /// The first one
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Plant a fault and see it found
    #[arg(long)]
    plant: Option<Plant>,
    /// Plant each of the faults in turn; fails when one is not found
    #[arg(long)]
    plants: bool,
    /// 5,000 buyers of 300 units of one SKU, by the number of shards that it is sold from
    #[arg(long)]
    crowd: bool,
    /// How many seeds at once; as many as the machine has cores
    #[arg(long)]
    threads: Option<usize>,
    /// How many buyers come for 300 units
    #[arg(long, default_value_t = 5_000)]
    buyers: usize,
}

/// Measured in virtual time, by a table in which transactions that meet on an item are cancelled: what counts are the ratios.
fn crowd(buyers: usize) -> anyhow::Result<()> {
    println!("{:>8} {:>6} {:>8} {:>10} {:>10} {:>8} {:>10}", "shards", "sold", "refused", "seconds", "orders/s", "met", "requests");
    for shards in [Some(0), Some(4), Some(8), Some(16), Some(64), None] {
        fastrand::seed(1);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
        let c = runtime.block_on(world::crowd(shards, buyers, 300))?;
        let name = shards.map_or_else(|| format!("auto→{}", c.shards), |s| s.max(1).to_string());
        #[allow(clippy::cast_precision_loss, reason = "a rate for people")]
        let rate = c.sold as f64 / c.seconds;
        println!("{name:>8} {:>6} {:>8} {:>10.2} {rate:>10.0} {:>8} {:>10}", c.sold, c.refused, c.seconds, c.met, c.requests);
    }
    Ok(())
}

/// One day, on a stack as a program's first thread has it: without optimisation, a poll through all layers of a request takes more than a usual
/// thread has.
fn one(seed: u64, plant: Option<Plant>) -> anyhow::Result<world::Report> {
    let day = move || {
        // The SDK's own jitter follows from the seed, too.
        fastrand::seed(seed);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
        runtime.block_on(world::run(seed, plant))
    };
    // All actors of a day are one future of an unoptimised build.
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(day)?;
    thread.join().unwrap_or_else(|_| Err(anyhow::anyhow!("it panicked")))
}

/// Runs the seeds, each alone in its thread's own time; the reports come as they are done.
fn reports(args: &Args) -> impl Iterator<Item = (u64, anyhow::Result<world::Report>)> + use<> {
    let (seeds, plant) = (args.from..args.from + args.seeds, args.plant);
    let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let next = Arc::new(Mutex::new(seeds));
    let (tell, told) = std::sync::mpsc::channel();
    for _ in 0..args.threads.unwrap_or_else(cores).max(1) {
        let (next, tell) = (next.clone(), tell.clone());
        std::thread::spawn(move || {
            let draw = || next.lock().ok()?.next();
            while let Some(seed) = draw() {
                // Whoever listens is gone when enough is known.
                if tell.send((seed, one(seed, plant))).is_err() {
                    return;
                }
            }
        });
    }
    told.into_iter()
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    world::remember_panics();
    if args.plants {
        return plants(&args);
    }
    if args.crowd {
        return crowd(args.buyers);
    }
    let begun = std::time::Instant::now();
    let (mut failed, mut requests, mut killed) = (Vec::new(), 0, 0);
    let mut orders = std::collections::BTreeMap::<String, usize>::new();
    let mut done = 0;
    for (seed, outcome) in reports(&args) {
        match outcome {
            Ok(r) => {
                requests += r.requests;
                killed += r.killed;
                for (state, n) in r.orders {
                    *orders.entry(state).or_default() += n;
                }
                if args.seeds == 1 {
                    println!("seed {seed}: trace {:016x}", r.trace);
                }
            }
            Err(e) => {
                println!("seed {seed} FAILED:\n  {e:#}");
                failed.push(seed);
            }
        }
        done += 1;
        if done % 100 == 0 {
            println!("{done:>6} seeds, {} failed, {:.0} s", failed.len(), begun.elapsed().as_secs_f64());
        }
    }
    failed.sort_unstable();
    println!(
        "{} seeds in {:.0} s: {requests} requests, {killed} processes killed, orders {orders:?}, failed {failed:?}",
        args.seeds,
        begun.elapsed().as_secs_f64()
    );
    anyhow::ensure!(failed.is_empty(), "{} seeds failed", failed.len());
    Ok(())
}

/// Shows that the simulation can fail: every planted fault is found within so many seeds.
fn plants(args: &Args) -> anyhow::Result<()> {
    use clap::ValueEnum;
    let mut missed = Vec::new();
    for plant in Plant::value_variants() {
        let mut seeds = reports(&Args { plant: Some(*plant), ..args.clone() });
        let found = seeds.find_map(|(seed, outcome)| outcome.err().map(|e| (seed, e)));
        match found {
            Some((seed, e)) => println!(
                "without {plant:?}: found at seed {seed}: {}",
                e.to_string().lines().next().unwrap_or_default().chars().take(160).collect::<String>()
            ),
            None => missed.push(*plant),
        }
    }
    anyhow::ensure!(missed.is_empty(), "not found within {} seeds: {missed:?}", args.seeds);
    Ok(())
}
