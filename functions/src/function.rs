//! What a row of `infra/routes.toml` becomes. The table itself is generated: `table.rs`.

use aws_lambda_events::dynamodb::EventRecord;
use futures::future::BoxFuture;
use liandian_contracts::Message;
use liandian_store::meter::{Access, Usage};
use liandian_types::Permission;

use crate::{
    App,
    http::{Call, Failure, Reply},
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
    /// What it has beside the tables.
    pub parts: &'static [Part],
    /// Reads its secrets when it starts; a function without any has none.
    pub secrets: Option<Read>,
    /// What starts it.
    pub kind: Kind,
}

impl Function {
    /// Which table an invocation touched without its function having declared it.
    #[must_use]
    pub fn undeclared(&self, usage: &Usage) -> Option<&'static str> {
        (usage.cell > self.cell).then_some("cell").or((usage.hq > self.hq).then_some("hq"))
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
        /// Requests a minute per client.
        limit: u32,
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
    /// The cell table's stream.
    Stream {
        /// What the records' sort keys begin with.
        prefixes: &'static [&'static str],
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
