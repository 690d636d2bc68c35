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
    /// The pages.
    #[serde(rename = "page", default)]
    pub pages: Vec<Page>,
}

/// A page of one of the two renderers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Its name.
    pub name: String,
    /// Which renderer serves it.
    pub app: String,
    /// Path as its router has it.
    pub path: String,
    /// Who may see it.
    pub permission: String,
    /// Where the permission must hold.
    pub scope: Option<String>,
    /// One line.
    pub summary: String,
}

impl Page {
    /// Where a staff permission must hold: `none`, `store`, `region` or `all`.
    #[must_use]
    pub fn scope(&self) -> &str {
        match &self.scope {
            Some(s) => s,
            None if self.path.contains("{store}") && self.permission.contains(':') => "store",
            None => "none",
        }
    }

    /// What is wrong with the row.
    fn check(&self) -> anyhow::Result<()> {
        let staff = self.permission.contains(':');
        let known = match self.app.as_str() {
            "shop" => matches!(self.permission.as_str(), "public" | "member"),
            "console" => staff || matches!(self.permission.as_str(), "public" | "staff"),
            _ => bail!("page {}: app is shop or console", self.name),
        };
        ensure!(known, "page {}: permission {} is none of a {} page", self.name, self.permission, self.app);
        let scope = self.scope();
        ensure!(
            staff == (scope != "none"),
            "page {}: a staff permission, and nothing else, says where it holds (scope, or {{store}} in the path)",
            self.name
        );
        ensure!(matches!(scope, "none" | "store" | "region" | "all"), "page {}: scope is store, region or all", self.name);
        ensure!(scope != "store" || self.path.contains("{store}"), "page {}: a store's page has {{store}} in its path", self.name);
        Ok(())
    }
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
    /// Workers at a time.
    #[serde(default = "concurrency")]
    pub concurrency: u32,
}

/// How many a minute the cell table allows; 0: not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Counts {
    /// To the member or the member of the staff who calls.
    pub account: u32,
    /// To the store of the path.
    pub store: u32,
    /// To the client's address.
    pub address: u32,
    /// Counted before the handler, and taken back when the answer is not wrong.
    pub first: bool,
}

/// Partitions of the tables and their indexes: patterns in which `*` stands for anything.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Partitions {
    /// Of the cell table.
    pub cell: Vec<String>,
    /// Of the HQ table.
    pub hq: Vec<String>,
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
    /// Requests a minute per client, in one process.
    #[serde(default = "limit")]
    pub limit: u32,
    /// Requests a minute, counted in the cell table.
    #[serde(default)]
    pub shared: Counts,
    /// Wrong answers a minute, counted in the cell table.
    #[serde(default)]
    pub wrong: Counts,
    /// Requests a second that all clients together may send.
    pub rate: Option<u32>,
    /// Concurrent executions that are kept for it.
    pub reserved: Option<u32>,
    /// Access to the cell table.
    #[serde(default)]
    pub cell: Access,
    /// Access to the HQ table.
    #[serde(default)]
    pub hq: Access,
    /// Which partitions of them; empty lists confine nothing.
    #[serde(default)]
    pub partitions: Partitions,
    /// May it scan the cell table?
    #[serde(default)]
    pub scans: bool,
    /// Queue it consumes.
    pub queue: Option<String>,
    /// Queues it sends to.
    #[serde(default)]
    pub sends: Vec<String>,
    /// Records of the cell table's stream that it consumes: prefixes of sort keys.
    #[serde(default)]
    pub stream: Vec<String>,
    /// The same of the HQ table's stream.
    #[serde(default)]
    pub hq_stream: Vec<String>,
    /// Rate.
    pub schedule: Option<String>,
    /// Partners it talks to.
    #[serde(default)]
    pub partners: Vec<String>,
    /// Does it make the data keys of new persons?
    #[serde(default)]
    pub makes_persons: bool,
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
fn concurrency() -> u32 {
    20
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

    /// The streams that it consumes, by the name of their table, with the prefixes of sort keys.
    pub fn streams(&self) -> impl Iterator<Item = (&'static str, &[String])> {
        [("cell", self.stream.as_slice()), ("hq", self.hq_stream.as_slice())].into_iter().filter(|(_, prefixes)| !prefixes.is_empty())
    }

    /// Does it consume a stream?
    #[must_use]
    pub fn follows(&self) -> bool {
        self.streams().next().is_some()
    }

    /// Does it count anything in the cell table before its handler does?
    #[must_use]
    pub fn counts(&self) -> bool {
        self.shared != Counts::default() || self.wrong != Counts::default()
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

    /// Whoever needs a staff permission reads whether the session was ended, and a program's key: no row has to say so.
    fn checks_staff(&mut self) {
        for (access, partitions, own) in
            [(&mut self.cell, &mut self.partitions.cell, "ENDEDSESSIONS"), (&mut self.hq, &mut self.partitions.hq, "KEY#*")]
        {
            if *access == Access::None {
                *access = Access::Read;
            } else if !partitions.is_empty() && !partitions.iter().any(|p| p == own) {
                partitions.push(own.to_owned());
            }
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

/// The list in this text, checked.
pub fn parse(text: &str) -> anyhow::Result<Routes> {
    let mut routes: Routes = toml::from_str(text).context("infra/routes.toml")?;
    routes.functions.iter_mut().filter(|f| f.needs_staff()).for_each(Function::checks_staff);
    let mut names = std::collections::BTreeSet::new();
    for f in &routes.functions {
        ensure!(names.insert(&f.name), "function {} is there twice", f.name);
        ensure!(
            f.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
            "function {}: lower-case words joined by -",
            f.name
        );
        let starts = [f.path.is_some(), f.queue.is_some(), f.follows(), f.schedule.is_some()].iter().filter(|s| **s).count();
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
            let session = f.needs_staff() || p == "member";
            let account = f.shared.account > 0 || f.wrong.account > 0;
            ensure!(session || !account, "function {}: only who has a session has an account to count", f.name);
            let store = f.shared.store > 0 || f.wrong.store > 0;
            ensure!(!store || f.scope() == "store", "function {}: only a route of one store's staff counts per store", f.name);
            let reaches = [(f.cell, &f.partitions.cell), (f.hq, &f.partitions.hq)];
            ensure!(
                p != "public" || f.is_page() || reaches.iter().all(|(access, names)| *access == Access::None || !names.is_empty()),
                "function {}: a public route names the partitions of each table that it touches",
                f.name
            );
        }
        for q in f.queue.iter().chain(&f.sends) {
            ensure!(routes.queues.iter().any(|known| known.name == *q), "function {}: there is no queue {q}", f.name);
        }
    }
    for q in &routes.queues {
        ensure!((2..=1000).contains(&q.concurrency), "queue {}: a source takes 2 to 1,000 workers at a time", q.name);
        ensure!(routes.functions.iter().any(|f| f.queue.as_ref() == Some(&q.name)), "nobody consumes queue {}", q.name);
    }
    let mut paths = std::collections::BTreeSet::new();
    let mut named = std::collections::BTreeSet::new();
    for p in &routes.pages {
        ensure!(named.insert((&p.app, &p.name)), "page {} is there twice", p.name);
        ensure!(paths.insert(&p.path), "page {}: its path is there twice", p.name);
        p.check()?;
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

    #[test]
    fn given_a_staff_route_when_read_then_it_may_look_who_comes_in() {
        let head =
            "queue = []\n[[function]]\nname = \"a\"\ncontext = \"c\"\nhandler = \"routes::a\"\nsummary = \"s\"\nmethod = \"GET\"\npath = \"/a\"";
        let read = |more: &str| parse(&format!("{head}\n{more}")).unwrap().functions.remove(0);
        let staff = read("permission = \"order:read\"\nscope = \"all\"\ncell = \"write\"\npartitions = { cell = [\"LOC#*\"] }");
        assert_eq!((staff.cell, staff.hq), (Access::Write, Access::Read));
        assert_eq!((staff.partitions.cell, staff.partitions.hq), (vec!["LOC#*".to_owned(), "ENDEDSESSIONS".to_owned()], Vec::new()));
        let member = read("permission = \"member\"");
        assert_eq!((member.cell, member.hq), (Access::None, Access::None));
    }

    #[test]
    fn given_a_page_when_its_permission_or_its_place_says_nothing_then_it_is_refused() {
        let row = |app: &str, path: &str, more: &str| {
            parse(&format!("queue = []\nfunction = []\n[[page]]\nname = \"p\"\napp = \"{app}\"\npath = \"{path}\"\nsummary = \"t\"\n{more}"))
                .map_err(|e| format!("{e:#}"))
        };
        assert!(row("console", "/c/{store}", "permission = \"order:read\"").is_ok());
        assert!(row("console", "/c", "permission = \"order:read\"\nscope = \"region\"").is_ok());
        assert!(row("console", "/c", "permission = \"staff\"").is_ok());
        assert!(row("shop", "/c", "permission = \"member\"").is_ok());
        assert!(row("console", "/c", "").is_err());
        assert!(row("console", "/c", "permission = \"order:read\"").unwrap_err().contains("says where it holds"));
        assert!(row("console", "/c", "permission = \"order:read\"\nscope = \"store\"").unwrap_err().contains("{store}"));
        assert!(row("console", "/c", "permission = \"order:read\"\nscope = \"town\"").unwrap_err().contains("scope is"));
        assert!(row("console", "/c", "permission = \"member\"").unwrap_err().contains("none of a console page"));
        assert!(row("shop", "/c", "permission = \"order:read\"").unwrap_err().contains("none of a shop page"));
        assert!(row("till", "/c", "permission = \"public\"").unwrap_err().contains("app is"));
    }

    #[test]
    fn given_a_row_whose_limits_or_partitions_say_nothing_when_read_then_it_is_refused() {
        let row = |more: &str| {
            let head = "name = \"a\"\ncontext = \"c\"\nhandler = \"routes::a\"\nsummary = \"s\"\nmethod = \"POST\"";
            parse(&format!("queue = []\n[[function]]\n{head}\n{more}")).map_err(|e| format!("{e:#}"))
        };
        let public = "path = \"/a\"\npermission = \"public\"";
        assert!(row(&format!("{public}\nshared = {{ account = 5 }}")).unwrap_err().contains("an account to count"));
        assert!(row(&format!("{public}\nwrong = {{ store = 5 }}")).unwrap_err().contains("per store"));
        assert!(row(&format!("{public}\nwrong = {{ addres = 5 }}")).is_err());
        assert!(row(&format!("{public}\nhq = \"read\"")).unwrap_err().contains("names the partitions"));
        assert!(row(&format!("{public}\nhq = \"read\"\npartitions = {{ hq = [\"STORE#*\"] }}")).is_ok());
        let staff = "path = \"/a/{store}\"\npermission = \"order:read\"\nwrong = { account = 5, store = 10, address = 20 }";
        assert!(row(staff).is_ok());
    }
}
