//! What a row of `infra/routes.toml` becomes. The table itself is generated: `table.rs`.

use aws_lambda_events::dynamodb::EventRecord;
use futures::future::BoxFuture;
use liandian_contracts::Message;
use liandian_store::meter::{Access, Partitions, Usage};
use liandian_types::Permission;

use crate::{
    App,
    http::{Call, Failure, Reply},
    limits::Counts,
    parts::Part,
    secrets::Read,
};

/// One function.
#[derive(Debug)]
pub struct Function {
    /// Binary and Lambda name.
    pub name: &'static str,
    /// SAM stack.
    pub context: &'static str,
    /// What it does with the cell table; its role allows no more.
    pub cell: Access,
    /// What it does with the HQ table; its role allows no more.
    pub hq: Access,
    /// Which partitions of them it touches; its role allows no others.
    pub partitions: Partitions,
    /// What it has beside the tables.
    pub parts: &'static [Part],
    /// Reads its secrets when it starts; a function without any has none.
    pub secrets: Option<Read>,
    /// What starts it.
    pub kind: Kind,
}

impl Function {
    /// Which table, or which kind of partition, an invocation touched without its function having declared it.
    #[must_use]
    pub fn undeclared(&self, usage: &Usage, strayed: Option<&str>) -> Option<String> {
        let table = (usage.cell > self.cell).then_some("cell").or((usage.hq > self.hq).then_some("hq"));
        table.map(|table| format!("the {table} table")).or(strayed.map(|kind| format!("the partition {kind}")))
    }
}

/// A queue; its dead-letter queue is `<name>-dlq`.
#[derive(Debug)]
pub struct Queue {
    /// Its name.
    pub name: &'static str,
    /// Seconds that a received message is invisible.
    pub visibility: u32,
    /// Receives before the dead-letter queue.
    pub max_receives: u32,
}

/// Answers a request.
pub type HttpHandler = fn(App, Call) -> BoxFuture<'static, Result<Reply, Failure>>;
/// Works on one queue message; an error leaves it in the queue.
pub type QueueHandler = fn(App, Message) -> BoxFuture<'static, Result<(), Failure>>;
/// Works on a batch of stream records; an error names the record, by its place in the batch, from which the stream goes on.
pub type StreamHandler = fn(App, Vec<EventRecord>) -> BoxFuture<'static, Result<(), (usize, Failure)>>;
/// Runs on a schedule.
pub type ScheduleHandler = fn(App) -> BoxFuture<'static, Result<(), Failure>>;

/// What starts a function.
#[derive(Debug)]
pub enum Kind {
    /// A request.
    Http {
        /// Method.
        method: &'static str,
        /// Path with `{parameters}`.
        path: &'static str,
        /// Who may.
        permission: Need,
        /// Where the permission must hold.
        scope: NeedScope,
        /// Status of success.
        status: u16,
        /// Must an idempotency key come with it?
        idempotent: bool,
        /// Requests a minute per client, counted in this process.
        limit: u32,
        /// Requests a minute, counted in the cell table.
        shared: Counts,
        /// Wrong answers a minute, counted in the cell table.
        wrong: Counts,
        /// The handler.
        handler: HttpHandler,
    },
    /// A queue.
    Queue {
        /// Its name.
        queue: &'static str,
        /// Messages at a time.
        batch: u32,
        /// The handler of one message.
        handler: QueueHandler,
    },
    /// The tables' streams.
    Stream {
        /// What the sort keys of records of the cell table begin with.
        prefixes: &'static [&'static str],
        /// The same of the HQ table; empty for who does not follow its stream.
        hq_prefixes: &'static [&'static str],
        /// The handler of a batch.
        handler: StreamHandler,
    },
    /// A schedule.
    Schedule {
        /// E.g. `rate(1 minute)`.
        rate: &'static str,
        /// The handler.
        handler: ScheduleHandler,
    },
    /// Pages: a Lambda of `storefront/server`.
    Page {
        /// Method, or `ANY`.
        method: &'static str,
        /// Path.
        path: &'static str,
        /// Pages a minute per address, counted in this process.
        limit: u32,
    },
}

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Anybody.
    Public,
    /// A member.
    Member,
    /// A partner; the handler checks its signature.
    Signed,
    /// Staff with this permission.
    Permission(Permission),
}

/// Where a permission must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NeedScope {
    /// No matter.
    None,
    /// In the path's store.
    Store,
    /// In the whole chain.
    All,
    /// In the whole chain, or in a region: the handler answers what lies in it.
    Region,
}

/// Finds a function by name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Function> {
    crate::table::FUNCTIONS.iter().copied().find(|f| f.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_what_an_invocation_touched_when_its_row_does_not_say_so_then_it_is_named() {
        let home = find("store-home").unwrap();
        let usage = |cell| Usage { cell, hq: Access::Read, ..Usage::default() };
        assert_eq!(home.undeclared(&usage(Access::Read), None), None);
        assert_eq!(home.undeclared(&usage(Access::Write), None).as_deref(), Some("the cell table"));
        assert_eq!(home.undeclared(&usage(Access::Read), Some("MEMBER#")).as_deref(), Some("the partition MEMBER#"));
    }
}
