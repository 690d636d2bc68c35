//! What follows from `infra/routes.toml`: the binaries' mains, the table of functions, cargo-lambda's router, the paths of
//! openapi.json, the SAM resources. Written by `cargo xtask generate`, compared by `cargo xtask check`.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, bail, ensure};

use crate::routes::{self, Counts, Function, Routes};

const BEGIN: &str = "# --- generated from infra/routes.toml by `cargo xtask generate` ---";
const END: &str = "# --- end of the generated part ---";
const MARK: &str = "//! Generated from `infra/routes.toml` by `cargo xtask generate`: do not edit.";

/// Every generated file with its text, by path from the root.
fn files(root: &Path, routes: &Routes) -> anyhow::Result<BTreeMap<PathBuf, String>> {
    let mut all = BTreeMap::new();
    for f in &routes.functions {
        let (folder, run) = if f.is_page() {
            ("storefront/server/src/bin", format!("liandian_server::runtime::{}()", f.name.replace('-', "_")))
        } else {
            ("functions/src/bin", format!("liandian_functions::runtime::run(&liandian_functions::table::{})", item(f)))
        };
        let main = format!("{MARK}\n\n#[tokio::main]\nasync fn main() -> Result<(), lambda_runtime::Error> {{\n    {run}.await\n}}\n");
        all.insert(Path::new(folder).join(format!("{}.rs", f.name)), main);
    }
    all.insert("functions/src/table.rs".into(), formatted(root, &table(routes)?)?);
    all.insert("functions/src/openapi_paths.rs".into(), formatted(root, &paths(routes))?);
    all.insert("Cargo.toml".into(), workspace(root, routes)?);
    all.extend(crate::sam::files(routes)?);
    Ok(all)
}

/// Writes what differs, and removes mains of functions that are gone.
pub fn write(root: &Path) -> anyhow::Result<()> {
    let routes = routes::read(root)?;
    for (path, text) in files(root, &routes)? {
        let file = root.join(&path);
        if std::fs::read_to_string(&file).ok().as_ref() != Some(&text) {
            std::fs::create_dir_all(file.parent().unwrap_or(root))?;
            std::fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
            println!("wrote {}", path.display());
        }
    }
    for stale in stale(root, &routes)? {
        std::fs::remove_file(&stale)?;
        println!("removed {}", stale.display());
    }
    Ok(())
}

/// Names what differs from the list, and fails if anything does.
pub fn check(root: &Path) -> anyhow::Result<()> {
    let routes = routes::read(root)?;
    let mut drift: Vec<String> = Vec::new();
    for (path, text) in files(root, &routes)? {
        if std::fs::read_to_string(root.join(&path)).ok().as_ref() != Some(&text) {
            drift.push(path.display().to_string());
        }
    }
    drift.extend(stale(root, &routes)?.iter().map(|p| p.display().to_string()));
    ensure!(drift.is_empty(), "generated files differ from infra/routes.toml; run `cargo xtask generate`:\n  {}", drift.join("\n  "));
    Ok(())
}

/// As `cargo fmt` leaves it.
pub fn formatted(root: &Path, text: &str) -> anyhow::Result<String> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout", "--config-path"])
        .arg(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start rustfmt: `rustup component add rustfmt`")?;
    rustfmt.stdin.take().context("rustfmt takes no text")?.write_all(text.as_bytes())?;
    let out = rustfmt.wait_with_output()?;
    ensure!(out.status.success(), "rustfmt refused a generated file");
    Ok(String::from_utf8(out.stdout)?)
}

fn stale(root: &Path, routes: &Routes) -> anyhow::Result<Vec<PathBuf>> {
    let mut gone = Vec::new();
    for folder in ["functions/src/bin", "storefront/server/src/bin"] {
        for entry in std::fs::read_dir(root.join(folder)).into_iter().flatten() {
            let path = entry?.path();
            let name = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
            if !routes.functions.iter().any(|f| f.name == name) {
                gone.push(path);
            }
        }
    }
    Ok(gone)
}

/// A function's place in the table: a static of its own, so that its binary links no other's handler.
fn item(f: &Function) -> String {
    f.name.to_uppercase().replace('-', "_")
}

/// What it has beside the tables (keys that sign tokens are a secret only: every function checks tokens).
fn parts(f: &Function) -> String {
    let queues = (!f.sends.is_empty()).then_some("queues");
    let names = queues.into_iter().chain(f.partners.iter().map(String::as_str)).filter(|p| !p.ends_with("-tokens"));
    let all: Vec<String> = names.map(|p| format!("parts::{}", p.replace('-', "_"))).collect();
    all.join(", ")
}

fn counts(c: Counts) -> String {
    if c == Counts::default() {
        return "Counts::NONE".into();
    }
    format!("Counts {{ account: {}, store: {}, address: {}, first: {} }}", c.account, c.store, c.address, c.first)
}

fn need(f: &Function) -> anyhow::Result<String> {
    Ok(match f.permission.as_deref() {
        Some("public") => "Need::Public".into(),
        Some("member") => "Need::Member".into(),
        Some("signed") => "Need::Signed".into(),
        Some(p) => {
            // `order:read` is `Permission::OrderRead`: a permission that does not exist does not compile.
            let name: String = p.split([':', '_']).map(|w| w[..1].to_uppercase() + &w[1..]).collect();
            format!("Need::Permission(Permission::{name})")
        }
        None => bail!("{}: no permission", f.name),
    })
}

fn table(routes: &Routes) -> anyhow::Result<String> {
    let mut t = format!(
        "{MARK}\n\nuse liandian_store::meter::{{Access, Partitions}};\nuse liandian_types::Permission;\n\nuse crate::{{\n    function::{{Function, Kind, Need, NeedScope, Queue}},\n    limits::Counts,\n    parts, routes, secrets, workers,\n}};\n\n"
    );
    for f in &routes.functions {
        let kind = if let Some(path) = &f.path {
            let method = f.method.as_deref().unwrap_or("ANY");
            if f.is_page() {
                format!("Kind::Page {{ method: \"{method}\", path: \"{path}\", limit: {} }}", f.limit)
            } else {
                let scope = match f.scope() {
                    "store" => "Store",
                    "all" => "All",
                    "region" => "Region",
                    _ => "None",
                };
                format!(
                    "Kind::Http {{\n            method: \"{method}\",\n            path: \"{path}\",\n            permission: {},\n            scope: NeedScope::{scope},\n            \
                     status: {},\n            idempotent: {},\n            limit: {},\n            shared: {},\n            wrong: {},\n            handler: |app, call| Box::pin({}(app, call)),\n        }}",
                    need(f)?,
                    f.status,
                    f.idempotent,
                    f.limit,
                    counts(f.shared),
                    counts(f.wrong),
                    f.handler
                )
            }
        } else if let Some(queue) = &f.queue {
            let batch = routes.queues.iter().find(|q| q.name == *queue).map_or(10, |q| q.batch);
            format!("Kind::Queue {{ queue: \"{queue}\", batch: {batch}, handler: |app, message| Box::pin({}(app, message)) }}", f.handler)
        } else if let Some(rate) = &f.schedule {
            format!("Kind::Schedule {{ rate: \"{rate}\", handler: |app| Box::pin({}(app)) }}", f.handler)
        } else {
            format!(
                "Kind::Stream {{ prefixes: &{:?}, hq_prefixes: &{:?}, handler: |app, record| Box::pin({}(app, record)) }}",
                f.stream, f.hq_stream, f.handler
            )
        };
        writeln!(
            t,
            "/// `{}`\npub static {}: Function = Function {{\n    name: \"{}\",\n    context: \"{}\",\n    cell: Access::{:?},\n    hq: Access::{:?},\n    partitions: Partitions {{ cell: &{:?}, hq: &{:?} }},\n    parts: &[{}],\n    secrets: {},\n    kind: {kind},\n}};\n",
            f.name,
            item(f),
            f.name,
            f.context,
            f.cell,
            f.hq,
            f.partitions.cell,
            f.partitions.hq,
            parts(f),
            if crate::sam::secrets_of(f).is_empty() { "None" } else { "Some(secrets::read)" }
        )?;
    }
    t.push_str("/// Every function, in the order of the list.\npub static FUNCTIONS: &[&Function] = &[\n");
    for f in &routes.functions {
        writeln!(t, "    &{},", item(f))?;
    }
    t.push_str("];\n\n/// Every queue.\npub static QUEUES: &[Queue] = &[\n");
    for q in &routes.queues {
        writeln!(t, "    Queue {{ name: \"{}\", visibility: {}, max_receives: {} }},", q.name, q.visibility, q.max_receives)?;
    }
    t.push_str("];\n");
    Ok(t)
}

fn paths(routes: &Routes) -> String {
    let api: Vec<&Function> = routes.functions.iter().filter(|f| f.path.is_some() && !f.is_page()).collect();
    let mut dtos: Vec<&str> = api.iter().flat_map(|f| f.body.iter().chain(&f.answers)).map(String::as_str).collect();
    dtos.sort_unstable();
    dtos.dedup();
    let mut t = format!(
        "{MARK}\n\nuse liandian_types::{{Problem, api::*}};\nuse utoipa::OpenApi;\n\nuse crate::openapi::Path;\n\n\
         /// The schemas that the routes name, with all that they name in turn.\n#[derive(OpenApi)]\n#[openapi(components(schemas(Problem, {})))]\n\
         pub(crate) struct Schemas;\n\n/// The JSON routes.\npub(crate) const PATHS: &[Path] = &[\n",
        dtos.join(", ")
    );
    for f in api {
        let text = |v: &Option<String>| v.as_ref().map_or("None".to_owned(), |v| format!("Some(\"{v}\")"));
        let _ = writeln!(
            t,
            "    Path {{ name: \"{}\", tag: \"{}\", method: \"{}\", path: \"{}\", permission: \"{}\", summary: \"{}\", query: &{:?}, body: {}, answers: {}, status: {}, idempotent: {} }},",
            f.name,
            f.context,
            f.method.as_deref().unwrap_or_default().to_lowercase(),
            f.path.as_deref().unwrap_or_default(),
            f.permission.as_deref().unwrap_or_default(),
            f.summary,
            f.query,
            text(&f.body),
            text(&f.answers),
            f.status,
            f.idempotent
        );
    }
    t.push_str("];\n");
    t
}

/// cargo-lambda finds its router in the workspace's manifest only.
fn workspace(root: &Path, routes: &Routes) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(root.join("Cargo.toml"))?;
    let mut by_path: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for f in &routes.functions {
        if let (Some(path), Some(method)) = (&f.path, &f.method) {
            by_path.entry(path).or_default().push((method, &f.name));
        }
    }
    let mut router = format!("{BEGIN}\n[workspace.metadata.lambda.watch.router]\n");
    for (path, targets) in by_path {
        if let [("ANY", name)] = targets[..] {
            writeln!(router, "\"{path}\" = \"{name}\"")?;
            continue;
        }
        let list: Vec<String> = targets.iter().map(|(m, n)| format!("{{ method = \"{m}\", function = \"{n}\" }}")).collect();
        writeln!(router, "\"{path}\" = [{}]", list.join(", "))?;
    }
    writeln!(router, "{END}")?;
    let head = text.split(BEGIN).next().unwrap_or_default().trim_end();
    let tail = text.split_once(END).map_or("", |(_, t)| t).trim();
    Ok(if tail.is_empty() { format!("{head}\n\n{router}") } else { format!("{head}\n\n{router}\n{tail}\n") })
}
