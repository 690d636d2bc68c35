//! The engines' door while days are played: the tables are the stack's own, and what is sent to a queue waits here until its virtual time has come.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn},
    orchestrator::HttpRequest,
    result::ConnectorError,
};
use aws_smithy_types::body::SdkBody;
use dynoxide::Database;
use liandian_contracts::Message;
use liandian_types::Timestamp;
use md5::{Digest, Md5};
use serde_json::{Value, json};

use crate::engine;

/// A message that a queue holds.
pub(super) struct Sent {
    /// From when on it is received.
    pub at: Timestamp,
    /// What.
    pub message: Message,
}

/// Answers the SDK's requests.
#[derive(Clone)]
pub(super) struct Wire {
    db: Database,
    clock: Arc<AtomicI64>,
    sent: Arc<Mutex<Vec<Sent>>>,
    requests: Arc<AtomicU64>,
}

impl Wire {
    /// Over these tables, by this clock.
    pub fn new(db: Database, clock: Arc<AtomicI64>) -> Self {
        Self { db, clock, sent: Arc::default(), requests: Arc::default() }
    }

    /// The SDK's door.
    pub fn http(&self) -> SharedHttpClient {
        let wire = SharedHttpConnector::new(self.clone());
        http_client_fn(move |_, _| wire.clone())
    }

    /// What was sent since this was asked last.
    pub fn sent(&self) -> Vec<Sent> {
        std::mem::take(&mut *self.sent.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Requests so far.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    fn take(&self, body: &str) -> String {
        let v: Value = serde_json::from_str(body).unwrap_or_default();
        let now = Timestamp(self.clock.load(Ordering::Relaxed));
        let mut answers = Vec::new();
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        for e in v["Entries"].as_array().into_iter().flatten() {
            let text = e["MessageBody"].as_str().unwrap_or_default();
            let digest: String = Md5::digest(text).iter().map(|b| format!("{b:02x}")).collect();
            answers.push(json!({"Id": e["Id"], "MessageId": "m", "MD5OfMessageBody": digest}));
            if let Ok(message) = serde_json::from_str(text) {
                sent.push(Sent { at: now.plus(e["DelaySeconds"].as_i64().unwrap_or(0) * Timestamp::SECOND), message });
            }
        }
        json!({"Successful": answers, "Failed": []}).to_string()
    }
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Wire")
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
        let Some(body) = request.body().bytes().map(|b| String::from_utf8_lossy(b).into_owned()) else {
            return HttpConnectorFuture::ready(Err(ConnectorError::user("a request without a body in memory".into())));
        };
        self.requests.fetch_add(1, Ordering::Relaxed);
        let me = self.clone();
        HttpConnectorFuture::new(async move {
            tokio::task::yield_now().await;
            let (status, text) = match target.strip_prefix("DynamoDB_20120810.") {
                Some(operation) => engine::answer(&me.db, operation, &body),
                None => (200, me.take(&body)),
            };
            engine::reply(status, SdkBody::from(text))
        })
    }
}
