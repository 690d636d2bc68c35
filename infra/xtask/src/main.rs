//! `cargo xtask …`: set-up, generate and check, build, up, watch, test, bench. Every sub-command is a module of its own.

mod check;
mod contexts;
mod deploy_check;
mod generate;
mod lambda;
mod layout;
mod mutants;
mod new_event;
mod new_page;
mod new_route;
mod parts;
mod routes;
mod run;
mod sam;
mod scaffold;
mod site;
mod tools;
mod wasm;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

/// 连店 Liandian: everything a developer runs.
#[derive(Parser)]
#[command(name = "cargo xtask", disable_help_subcommand = true)]
struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Start the whole product on this machine (the first time it sets everything up and seeds the demo chain)
    Up {
        /// Passed on: --stores N, --history DAYS, --port P, --data FOLDER, --rider fast|demo|manual
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        more: Vec<String>,
    },
    /// The same with every function as a binary of its own under `cargo lambda watch`
    Watch {
        /// Passed on, as for `up`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        more: Vec<String>,
    },
    /// Every check and test; or one part: check, unit, prices, integration, second-engine, api, sim, e2e, miniprogram; and apart from these: watch (the journeys under `cargo lambda watch`)
    Test {
        /// Only this part
        part: Option<String>,
        /// The whole suite on the second engine, not the third of it that everybody runs
        #[arg(long)]
        whole: bool,
    },
    /// Formatting, clippy, generated files, dependencies, licences, templates
    Check,
    /// Write what follows from infra/routes.toml and the types
    Generate,
    /// Build the pages' downloads into target/site
    BuildSite,
    /// Build every function's bootstrap, stripped, into target/lambda (or only those named)
    BuildLambda {
        /// Functions by name
        names: Vec<String>,
    },
    /// Prove that stock, movements, orders and transfers agree and that every history is whole, in a data folder (default: data)
    Fsck {
        /// Passed on: --data FOLDER, --repair --by NAME
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        more: Vec<String>,
    },
    /// Run the product in virtual time with faults by seed: 1,000 seeds, or --seeds N, --from SEED, --plants
    Sim {
        /// Passed on
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        more: Vec<String>,
    },
    /// Change the decisions one place at a time and tell how many changes the domain's own tests notice, by file (hours: no part of `test`)
    Mutants {
        /// Only these files of shared/domain/src, e.g. place.rs
        files: Vec<String>,
        /// One after the other
        #[arg(long, default_value_t = 1)]
        shards: usize,
        /// Side by side
        #[arg(long, default_value_t = 1)]
        jobs: usize,
    },
    /// Deploy the stacks with those bootstraps into a second, independent engine, and place an order there
    DeployCheck,
    /// Measure the budgets of docs/budgets.md
    Bench {
        /// Passed on: --json FILE, --quick, --only PART
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        more: Vec<String>,
    },
    /// Add a JSON route: a row in infra/routes.toml and a handler to fill in, in its context's folder
    NewRoute {
        /// Binary and Lambda name, e.g. store-greeting
        name: String,
        /// GET, POST, PUT, DELETE
        #[arg(long, default_value = "GET")]
        method: String,
        /// E.g. /api/v1/stores/{store}/greeting
        #[arg(long)]
        path: String,
        /// public, member, signed or resource:action
        #[arg(long)]
        permission: String,
        /// The context's word: stores, catalog, governance, stock, transfers, sourcing, orders, payments, settlement, members, marketing, access
        #[arg(long)]
        context: String,
        /// SAM stack, when it is not that of the context's other routes: shop, orders, stock, catalog, staff, governance, settlement, events
        #[arg(long)]
        stack: Option<String>,
    },
    /// Add a page: a row in infra/routes.toml, a page function and its handler to fill in
    NewPage {
        /// Lower-case words joined by -, e.g. gift-notes
        name: String,
        /// shop or console
        #[arg(long)]
        app: String,
        /// E.g. /console/{store}/gift-notes
        #[arg(long)]
        path: String,
        /// public, member (shop), staff (console: any session) or resource:action
        #[arg(long)]
        permission: String,
        /// Where the permission must hold: store, region or all; follows from the path where it says nothing
        #[arg(long)]
        scope: Option<String>,
        /// The context's word
        #[arg(long)]
        context: String,
    },
    /// Add an event: a variant in the contracts, its sentence, its sample; with --worker a message, its queue and a worker as well
    NewEvent {
        /// <aggregate>.<what became true>, e.g. order.gift_noted
        kind: String,
        /// What the history that people read says, in Chinese; without it, it says nothing
        #[arg(long)]
        sentence: Option<String>,
        /// Name of the queue and its worker, when somebody must act on it
        #[arg(long)]
        worker: Option<String>,
        /// The worker's context
        #[arg(long, requires = "worker")]
        context: Option<String>,
        /// The worker's SAM stack, when it is not that of the context's other workers
        #[arg(long, requires = "worker")]
        stack: Option<String>,
    },
}

fn main() -> ExitCode {
    match wanted() {
        Ok(()) => ExitCode::SUCCESS,
        // What failed and why; where in this program is of no use to whoever reads it.
        Err(e) => {
            eprintln!("\nError: {e:#}");
            ExitCode::FAILURE
        }
    }
}

fn wanted() -> anyhow::Result<()> {
    let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new(".")).to_path_buf();
    match Args::parse().what {
        What::Up { more } => run::up(&root, &more),
        What::Watch { more } => run::watch(&root, &more),
        What::Test { part, whole } => run::test(&root, part.as_deref(), whole),
        What::Check => {
            let cache = tools::Cache::start();
            let mut parts = parts::Parts::begin();
            let outcome = check::all(&root, &mut parts);
            parts.table();
            drop(cache);
            outcome
        }
        What::Generate => {
            generate::write(&root)?;
            run::openapi(&root)?;
            tools::run(tools::cargo(&root).args(["fmt", "--all"]))
        }
        What::BuildSite => site::build(&root),
        What::BuildLambda { names } => lambda::build(&root, &names),
        What::Fsck { more } => run::fsck(&root, &more),
        What::Sim { more } => run::sim(&root, &more),
        What::Mutants { files, shards, jobs } => mutants::run(&root, &files, shards, jobs),
        What::DeployCheck => deploy_check::run(&root),
        What::Bench { more } => run::bench(&root, &more),
        What::NewRoute { name, method, path, permission, context, stack } => new_route::add(
            &root,
            &new_route::Wish { name: &name, method: &method, path: &path, permission: &permission, context: &context, stack: stack.as_deref() },
        ),
        What::NewPage { name, app, path, permission, scope, context } => new_page::add(
            &root,
            &new_page::Wish { name: &name, app: &app, path: &path, permission: &permission, scope: scope.as_deref(), context: &context },
        ),
        What::NewEvent { kind, sentence, worker, context, stack } => new_event::add(
            &root,
            &new_event::Wish {
                kind: &kind,
                sentence: sentence.as_deref(),
                worker: worker.as_deref(),
                context: context.as_deref(),
                stack: stack.as_deref(),
            },
        ),
    }
}
