//! `infra/routes.toml`, typed and checked: the single list of functions and queues.

use std::path::Path;

use anyhow::{Context, bail, ensure};
use serde::Deserialize;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Routes {
    /// The queues.
    #[serde(rename = "queue")]
    pub queues: Vec<Queue>,
    /// The functions.
    #[serde(rename = "function")]
    pub functions: Vec<Function>,
}

/// A queue; its dead-letter queue is `<name>-dlq`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// Its name.
    pub name: String,
    /// Seconds that a received message is invisible.
    pub visibility: u32,
    /// Receives before the dead-letter queue.
    pub max_receives: u32,
    /// Messages a worker gets at a time.
    pub batch: u32,
}

/// Access to a table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Not at all.
    #[default]
    None,
    /// Reads.
    Read,
    /// Reads and writes.
    Write,
}

/// A function.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// Binary and Lambda name.
    pub name: String,
    /// SAM stack.
    pub context: String,
    /// Package of the binary, when it is not `liandian-functions`.
    pub package: Option<String>,
    /// Rust path of the handler.
    pub handler: String,
    /// HTTP method.
    pub method: Option<String>,
    /// HTTP path.
    pub path: Option<String>,
    /// Who may call it.
    pub permission: Option<String>,
    /// Where the permission must hold.
    pub scope: Option<String>,
    /// Request DTO.
    pub body: Option<String>,
    /// Response DTO.
    pub answers: Option<String>,
    /// Names of query parameters.
    #[serde(default)]
    pub query: Vec<String>,
    /// Success status.
    #[serde(default = "ok")]
    pub status: u16,
    /// One line.
    pub summary: String,
    /// Needs an idempotency key?
    #[serde(default)]
    pub idempotent: bool,
    /// Requests a minute per client.
    #[serde(default = "limit")]
    pub limit: u32,
    /// Access to the cell table.
    #[serde(default)]
    pub cell: Access,
    /// Access to the HQ table.
    #[serde(default)]
    pub hq: Access,
    /// May it scan the cell table?
    #[serde(default)]
    pub scans: bool,
    /// Queue it consumes.
    pub queue: Option<String>,
    /// Queues it sends to.
    #[serde(default)]
    pub sends: Vec<String>,
    /// Stream records it consumes: prefixes of sort keys.
    #[serde(default)]
    pub stream: Vec<String>,
    /// Rate.
    pub schedule: Option<String>,
    /// Partners it talks to.
    #[serde(default)]
    pub partners: Vec<String>,
    /// MB.
    #[serde(default = "memory")]
    pub memory: u32,
    /// Seconds.
    #[serde(default = "timeout")]
    pub timeout: u32,
}

fn ok() -> u16 {
    200
}
fn limit() -> u32 {
    600
}
fn memory() -> u32 {
    256
}
fn timeout() -> u32 {
    10
}

impl Function {
    /// Is it one of the two page renderers?
    #[must_use]
    pub fn is_page(&self) -> bool {
        self.package.is_some()
    }

    /// Package of its binary.
    #[must_use]
    pub fn package(&self) -> &str {
        self.package.as_deref().unwrap_or("liandian-functions")
    }

    /// Where a staff permission must hold: `none`, `store`, `region` or `all`.
    #[must_use]
    pub fn scope(&self) -> &str {
        match &self.scope {
            Some(s) => s,
            None if self.path.as_deref().is_some_and(|p| p.contains("{store}")) && self.needs_staff() => "store",
            None => "none",
        }
    }

    /// Does the route need a staff permission?
    #[must_use]
    pub fn needs_staff(&self) -> bool {
        self.permission.as_deref().is_some_and(|p| p.contains(':'))
    }
}

/// Reads and checks the list.
pub fn read(root: &Path) -> anyhow::Result<Routes> {
    let file = root.join("infra/routes.toml");
    let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    parse(&text)
}

fn parse(text: &str) -> anyhow::Result<Routes> {
    let routes: Routes = toml::from_str(text).context("infra/routes.toml")?;
    let mut names = std::collections::BTreeSet::new();
    for f in &routes.functions {
        ensure!(names.insert(&f.name), "function {} is there twice", f.name);
        ensure!(
            f.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
            "function {}: lower-case words joined by -",
            f.name
        );
        let starts = [f.path.is_some(), f.queue.is_some(), !f.stream.is_empty(), f.schedule.is_some()].iter().filter(|s| **s).count();
        ensure!(starts == 1, "function {} needs exactly one of path, queue, stream, schedule", f.name);
        if f.path.is_some() {
            ensure!(f.method.is_some(), "function {}: a path needs a method", f.name);
            let Some(p) = &f.permission else { bail!("function {}: a route names its permission", f.name) };
            ensure!(
                matches!(p.as_str(), "public" | "member" | "signed") || p.split_once(':').is_some_and(|(a, b)| !a.is_empty() && !b.is_empty()),
                "function {}: permission is public, member, signed or resource:action, not {p}",
                f.name
            );
            ensure!(
                !f.needs_staff() || f.scope() != "none",
                "function {}: a staff route says where its permission holds (scope, or {{store}} in the path)",
                f.name
            );
        }
        for q in f.queue.iter().chain(&f.sends) {
            ensure!(routes.queues.iter().any(|known| known.name == *q), "function {}: there is no queue {q}", f.name);
        }
    }
    for q in &routes.queues {
        ensure!(routes.functions.iter().any(|f| f.queue.as_ref() == Some(&q.name)), "nobody consumes queue {}", q.name);
    }
    Ok(routes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_route_without_a_permission_when_read_then_it_is_refused() {
        let row = |more: &str| {
            parse(&format!(
                "queue = []\n[[function]]\nname = \"a\"\ncontext = \"c\"\nhandler = \"routes::a\"\nsummary = \"s\"\nmethod = \"GET\"\npath = \"/a\"\n{more}"
            ))
        };
        assert!(row("").unwrap_err().to_string().contains("names its permission"));
        assert!(row("permission = \"anything\"").is_err());
        assert!(row("permission = \"order:read\"").unwrap_err().to_string().contains("where its permission holds"));
        assert!(row("permission = \"order:read\"\nscope = \"all\"").is_ok());
        assert!(row("permission = \"public\"\nqueue = \"q\"").is_err());
    }
}
