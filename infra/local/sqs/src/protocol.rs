//! AWS JSON 1.0 over HTTP: one POST, the operation in `X-Amz-Target`, errors with both of their spellings.
//!
//! What must not live here: what an operation does (`operations`).

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, HeaderValue, Response, StatusCode, header::CONTENT_TYPE},
    routing::post,
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Sqs,
    fault::{Code, Refusal},
    message::new_id,
};

/// Bytes of a request: 1 MiB of text may grow to six times that when a client escapes every character.
const MAX_REQUEST: usize = 8 * 1024 * 1024;

/// Clients post to `/`; older ones post to the queue's URL.
pub(crate) fn router(sqs: Sqs) -> Router {
    Router::new().route("/", post(handle)).route("/{account}/{queue}", post(handle)).layer(DefaultBodyLimit::max(MAX_REQUEST)).with_state(sqs)
}

async fn handle(State(sqs): State<Sqs>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let operation = target.strip_prefix("AmazonSQS.").unwrap_or_default();
    match dispatch(&sqs, operation, &body).await {
        Ok(answer) => respond(StatusCode::OK, answer, None),
        Err(refusal) => {
            tracing::debug!(operation, code = refusal.code.query(), message = refusal.message, "refused");
            refuse(&refusal)
        }
    }
}

async fn dispatch(sqs: &Sqs, operation: &str, body: &[u8]) -> Result<Vec<u8>, Refusal> {
    match operation {
        "SendMessage" => write(&sqs.send_message(read(body)?).await?),
        "SendMessageBatch" => write(&sqs.send_batch(read(body)?).await?),
        "ReceiveMessage" => write(&sqs.receive_message(read(body)?).await?),
        "DeleteMessage" => write(&sqs.delete_message(read(body)?).await?),
        "DeleteMessageBatch" => write(&sqs.delete_batch(read(body)?).await?),
        "ChangeMessageVisibility" => write(&sqs.change_visibility(read(body)?).await?),
        "ChangeMessageVisibilityBatch" => write(&sqs.change_visibility_batch(read(body)?).await?),
        "CreateQueue" => write(&sqs.create_queue(read(body)?).await?),
        "GetQueueUrl" => write(&sqs.get_queue_url(read(body)?).await?),
        "ListQueues" => write(&sqs.list_queues(read(body)?).await?),
        "GetQueueAttributes" => write(&sqs.get_attributes(read(body)?).await?),
        "SetQueueAttributes" => write(&sqs.set_attributes(read(body)?).await?),
        "PurgeQueue" => write(&sqs.purge_queue(read(body)?).await?),
        "DeleteQueue" => write(&sqs.delete_queue(read(body)?).await?),
        "ListDeadLetterSourceQueues" => write(&sqs.list_sources(read(body)?).await?),
        "StartMessageMoveTask" => write(&sqs.start_move(read(body)?).await?),
        "ListMessageMoveTasks" => write(&sqs.list_moves(read(body)?).await?),
        "CancelMessageMoveTask" => write(&sqs.cancel_move(read(body)?).await?),
        "TagQueue" => write(&sqs.tag_queue(read(body)?).await?),
        "UntagQueue" => write(&sqs.untag_queue(read(body)?).await?),
        "ListQueueTags" => write(&sqs.list_tags(read(body)?).await?),
        "AddPermission" | "RemovePermission" => {
            Err(Refusal::new(Code::UnsupportedOperation, format!("{operation} is not implemented: one machine has no permissions.")))
        }
        _ => Err(Refusal::new(Code::InvalidAction, format!("The action {operation} is not valid for this endpoint."))),
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| {
        let text = error.to_string();
        let missing = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        missing.map_or_else(|| Refusal::new(Code::Serialization, &text), Refusal::missing)
    })
}

fn write<T: Serialize>(answer: &T) -> Result<Vec<u8>, Refusal> {
    serde_json::to_vec(answer).map_err(|error| {
        tracing::error!(%error, "an answer cannot be written as JSON");
        Refusal::internal()
    })
}

fn refuse(refusal: &Refusal) -> Response<Body> {
    let body = serde_json::json!({ "__type": refusal.code.shape(), "message": refusal.message });
    let (status, side) = if refusal.code.sender() { (StatusCode::BAD_REQUEST, "Sender") } else { (StatusCode::INTERNAL_SERVER_ERROR, "Receiver") };
    respond(status, body.to_string().into_bytes(), Some(format!("{};{side}", refusal.code.query())))
}

fn respond(status: StatusCode, body: Vec<u8>, query_error: Option<String>) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.0"));
    // Both texts are made here of letters, digits, dots and dashes, so that they are always valid headers.
    for (name, value) in [("x-amzn-requestid", Some(new_id())), ("x-amzn-query-error", query_error)] {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            headers.insert(name, value);
        }
    }
    response
}
