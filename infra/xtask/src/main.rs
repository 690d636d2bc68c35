//! `cargo xtask …`: set-up, generate and check, build, up, watch, test, bench. Every sub-command is a module of its own.

mod generate;
mod routes;
mod sam;
mod site;
mod wasm;

fn main() -> anyhow::Result<()> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(std::path::Path::new(".")).to_path_buf();
    match std::env::args().nth(1).as_deref() {
        Some("generate") => generate::write(&root),
        Some("build-site") => site::build(&root),
        _ => anyhow::bail!("usage: cargo xtask generate | build-site"),
    }
}
