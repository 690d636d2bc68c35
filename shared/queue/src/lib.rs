//! Sending to the queues. Receiving is the runtime's matter (event source mappings), so it is not here.

use std::{collections::BTreeMap, sync::Arc};

use aws_sdk_sqs::{Client, error::DisplayErrorContext, types::SendMessageBatchRequestEntry};
use liandian_contracts::{Queue, Routed};

/// A message was not taken. The text is for the log.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// There is no address for the queue in this function's configuration.
    #[error("queue {0} is not configured for this function")]
    Unknown(&'static str),
    /// The service refused, or did not answer.
    #[error("sqs: {0}")]
    Service(String),
}

/// The queues that a function may send to; none by default. Cheap to clone.
#[derive(Clone, Default)]
pub struct Queues {
    client: Option<Client>,
    urls: Arc<BTreeMap<&'static str, String>>,
}

impl Queues {
    /// Over a configured client, with the addresses by queue name.
    #[must_use]
    pub fn new(client: Client, urls: impl Fn(&str) -> Option<String>) -> Self {
        let urls = Queue::ALL.iter().filter_map(|q| Some((q.name(), urls(q.name())?))).collect();
        Self { client: Some(client), urls: Arc::new(urls) }
    }

    /// Sends messages, ten at a time. Stops at the first that is not taken: the caller gets its record again and sends all of
    /// them once more, which workers bear.
    ///
    /// # Errors
    /// [`QueueError`].
    pub async fn send(&self, messages: &[Routed]) -> Result<(), QueueError> {
        let mut by_queue: BTreeMap<Queue, Vec<&Routed>> = BTreeMap::new();
        for m in messages {
            by_queue.entry(m.message.queue()).or_default().push(m);
        }
        for (queue, messages) in by_queue {
            let (Some(client), Some(url)) = (&self.client, self.urls.get(queue.name())) else {
                return Err(QueueError::Unknown(queue.name()));
            };
            for chunk in messages.chunks(10) {
                let mut batch = client.send_message_batch().queue_url(url);
                for (i, m) in chunk.iter().enumerate() {
                    let entry = SendMessageBatchRequestEntry::builder()
                        .id(i.to_string())
                        .message_body(serde_json::to_string(&m.message).map_err(|e| QueueError::Service(e.to_string()))?)
                        .delay_seconds(m.delay_s)
                        .build()
                        .map_err(|e| QueueError::Service(e.to_string()))?;
                    batch = batch.entries(entry);
                }
                let sent = batch.send().await.map_err(|e| QueueError::Service(DisplayErrorContext(e).to_string()))?;
                if let Some(f) = sent.failed().first() {
                    return Err(QueueError::Service(format!("{}: {}", f.code(), f.message().unwrap_or_default())));
                }
            }
        }
        Ok(())
    }
}
