//! From the streams to the queues.

use aws_lambda_events::dynamodb::EventRecord;
use liandian_contracts::{Envelope, route};

use crate::{App, http::Failure};

/// Event rows of both tables' streams to the queues of their kinds. Beside the sweeper and a payment window that came
/// early nothing else sends to a queue: an event that is a row has happened.
///
/// # Errors
/// The record from which the stream goes on.
pub async fn relay(app: App, records: Vec<EventRecord>) -> Result<(), (usize, Failure)> {
    let now = app.now();
    let (mut messages, mut broken) = (Vec::new(), None);
    for (i, record) in records.into_iter().enumerate() {
        if record.event_name != "INSERT" {
            continue;
        }
        match serde_dynamo::from_item::<_, Envelope>(record.change.new_image) {
            Ok(envelope) => messages.extend(route(&envelope, now)),
            Err(e) => {
                broken = Some((i, Failure::Internal(format!("a row is no event: {e}"))));
                break;
            }
        }
    }
    app.queues.send(&messages).await.map_err(|e| (0, e.into()))?;
    broken.map_or(Ok(()), Err)
}
