//! A small, durable SQS endpoint for standard queues, so that code on one machine uses the real `aws-sdk-sqs`.
//!
//! An acknowledged send is in one SQLite file and survives `kill -9` of the process (not a loss of power). A message
//! that was received and not deleted comes again after its visibility timeout, also after a restart; receive counts
//! and visibility are in the file too. Limits, error codes and digests are those of the SQS API reference.
//!
//! # Operations
//! `CreateQueue`, `GetQueueUrl`, `ListQueues`, `GetQueueAttributes`, `SetQueueAttributes`, `PurgeQueue`, `DeleteQueue`,
//! `TagQueue`, `UntagQueue`, `ListQueueTags`, `SendMessage`, `SendMessageBatch`, `ReceiveMessage`, `DeleteMessage`,
//! `DeleteMessageBatch`, `ChangeMessageVisibility`, `ChangeMessageVisibilityBatch`, `ListDeadLetterSourceQueues`,
//! `StartMessageMoveTask`, `ListMessageMoveTasks`, `CancelMessageMoveTask`.
//!
//! # Left out
//! - FIFO queues (refused with `UnsupportedOperation`), `AddPermission` and `RemovePermission` (likewise).
//! - Signatures, policies and encryption: attributes for them are kept and given back, and change nothing.
//! - The older query (XML) protocol.
//! - Waiting times of the service itself: a queue can be created right after its deletion, purged twice in a minute,
//!   and hold more than 120,000 messages in flight. Attributes take effect at once.
//!
//! # Where it is stricter or simpler than the service
//! - Order is nearly that of sending, nothing is delivered twice within its visibility timeout, counts are exact.
//!   Code must not rely on any of the three.
//! - A delete with the handle of an earlier receive answers well and deletes nothing; the service may do either.
//! - A move task is one transaction, over before its handle is known: its rate is ignored, and it cannot be cancelled.
//!   Messages in flight in the dead-letter queue stay.
//! - ARNs have the region `us-east-1` and the account `000000000000`; of ARNs and URLs that come in, only the
//!   queue's name counts.
//!
//! What must not live here: our own messages (`contracts`), or anything that knows what is in a body.

mod attributes;
mod engine;
mod fault;
mod message;
mod operations;
mod protocol;
mod store;

use std::{future::Future, io, path::Path, sync::Arc};

use tokio::{net::TcpListener, sync::watch};

use crate::engine::Engine;

/// The endpoint could not start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be opened: it is no database, or another process holds it.
    #[error("the queues' file: {0}")]
    File(#[from] rusqlite::Error),
    /// The writer thread cannot be started.
    #[error("the queues' writer thread: {0}")]
    Thread(#[from] io::Error),
}

/// A queue and how many messages it holds, for the stack's own pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueInfo {
    /// The queue's name.
    pub name: String,
    /// Messages that can be received now.
    pub visible: u64,
    /// Messages that were received and are neither deleted nor given back.
    pub in_flight: u64,
    /// Messages that wait for the end of their delay.
    pub delayed: u64,
}

struct Inner {
    engine: Engine,
    public_url: String,
    stopping: watch::Sender<bool>,
}

/// The endpoint. Cheap to clone; the file is closed when the last clone is dropped.
#[derive(Clone)]
pub struct Sqs(Arc<Inner>);

impl Sqs {
    /// Opens the file, or creates it. Queue URLs start with `public_url`, for example `http://127.0.0.1:7402`.
    ///
    /// # Errors
    /// When the file cannot be opened. Only one process at a time can have it open.
    pub fn open(path: &Path, public_url: String) -> Result<Self, Error> {
        let public_url = public_url.trim_end_matches('/').to_owned();
        Ok(Self(Arc::new(Inner { engine: Engine::open(path)?, public_url, stopping: watch::Sender::new(false) })))
    }

    /// The endpoint as a router, to be served at the root of a host.
    pub fn router(&self) -> axum::Router {
        protocol::router(self.clone())
    }

    /// Serves until `shutdown` is ready. Long polls are then answered at once, so that it ends quickly.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        let router = self.router();
        let stop = async move {
            shutdown.await;
            self.0.stopping.send_replace(true);
        };
        axum::serve(listener, router).with_graceful_shutdown(stop).await
    }

    /// All queues in the order of their names. It blocks for about a millisecond, while the file is looked at;
    /// when the file cannot be read the answer is empty and the cause is in the log.
    pub fn queues(&self) -> Vec<QueueInfo> {
        let queues = self.0.engine.run_blocking(|store, now| {
            let names: Vec<String> = store.names("", None).map(str::to_owned).collect();
            let mut queues = Vec::with_capacity(names.len());
            for name in names {
                let counts = store.counts(&name, now)?;
                queues.push(QueueInfo { name, visible: counts.visible, in_flight: counts.in_flight, delayed: counts.delayed });
            }
            Ok(queues)
        });
        queues.unwrap_or_else(|error| {
            tracing::error!(%error, "the queues cannot be counted");
            Vec::new()
        })
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.0.engine
    }

    pub(crate) fn public_url(&self) -> &str {
        &self.0.public_url
    }

    /// Ready when the endpoint is shutting down.
    pub(crate) async fn stopped(&self) {
        // It cannot fail while we hold the sender; if it did, a long poll would only end early.
        drop(self.0.stopping.subscribe().wait_for(|stopping| *stopping).await);
    }
}
