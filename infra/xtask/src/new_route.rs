//! `cargo xtask new-route`: a row in routes.toml and a handler to fill in; everything else is generated.

use std::path::Path;

use anyhow::{Context, ensure};

use crate::{generate, routes};

/// Adds a JSON route.
///
/// # Errors
/// When the name is taken, or the list does not hold with it.
pub fn add(root: &Path, name: &str, method: &str, path: &str, permission: &str, context: &str) -> anyhow::Result<()> {
    let list = root.join("infra/routes.toml");
    let before = std::fs::read_to_string(&list)?;
    ensure!(!routes::read(root)?.functions.iter().any(|f| f.name == name), "there is a function {name} already");
    let module = name.replace('-', "_");
    let file = root.join(format!("functions/src/routes/{module}.rs"));
    ensure!(!file.exists(), "{} is there already", file.display());
    let scope = if permission.contains(':') && !path.contains("{store}") { "scope = \"all\"\n" } else { "" };
    // What a store's page reads; say what this one does.
    let reach = if permission == "public" { "partitions = { cell = [\"LOC#*\"], hq = [\"STORE#*\"] }\n" } else { "" };
    let row = format!(
        "[[function]]\nname = \"{name}\"\ncontext = \"{context}\"\nhandler = \"routes::{module}::handle\"\nmethod = \"{}\"\npath = \"{path}\"\n\
         permission = \"{permission}\"\n{scope}summary = \"{name}: say in one line what it does\"\ncell = \"read\"\nhq = \"read\"\n{reach}\n",
        method.to_uppercase()
    );
    // Before the pages: the list ends with them.
    let at = before.find("# ------------------------------------------------------------------ pages").unwrap_or(before.len());
    std::fs::write(&list, format!("{}{row}{}", &before[..at], &before[at..]))?;
    if let Err(e) = routes::read(root) {
        std::fs::write(&list, before)?;
        return Err(e);
    }
    std::fs::write(
        &file,
        format!(
            "//! {name}.\n\nuse crate::{{\n    App,\n    http::{{Call, Failure, Reply}},\n}};\n\n/// Parse → load → decide → commit → respond.\n///\n\
             /// # Errors\n/// Name the codes that a client may meet.\npub async fn handle(_app: App, call: Call) -> Result<Reply, Failure> {{\n    \
             Reply::json(&call.path)\n}}\n"
        ),
    )?;
    let mods = root.join("functions/src/routes/mod.rs");
    let text = std::fs::read_to_string(&mods)?;
    let mut lines: Vec<String> = text.lines().filter(|l| l.starts_with("pub mod ")).map(str::to_owned).collect();
    lines.push(format!("pub mod {module};"));
    lines.sort();
    let head = text.split("pub mod ").next().unwrap_or_default();
    std::fs::write(&mods, format!("{head}{}\n", lines.join("\n"))).with_context(|| format!("cannot write {}", mods.display()))?;
    generate::write(root)?;
    println!("now fill in {}, name its DTOs in infra/routes.toml (body, answers), and run `cargo xtask generate`", file.display());
    Ok(())
}
