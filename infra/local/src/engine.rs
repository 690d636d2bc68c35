//! DynamoDB and SQS of this machine, as the SDK sees them. Where functions run in this process their requests are answered in it, and nothing
//! listens: a port without a signature check would let every web page of this browser, and every other user of this machine, read and write
//! the whole database. Where functions are processes of their own (`cargo xtask watch`) the same answers are served on ports behind [`guard`].

use std::{io, sync::Arc};

use aws_sdk_dynamodb::config::SharedHttpClient;
use aws_smithy_runtime_api::{
    client::{
        http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn},
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
    },
    http::StatusCode as SdkStatus,
};
use aws_smithy_types::body::SdkBody;
use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::post,
};
use dynoxide::{
    Database,
    actions::{
        batch_get_item, batch_write_item, create_table, delete_item, delete_table, describe_table, get_item, list_tables, put_item, query, scan,
        transact_get_items, transact_write_items, update_item, update_table, update_time_to_live,
    },
};
use liandian_sqs::Sqs;
use serde_json::json;
use tower::ServiceExt;

/// DynamoDB takes 16 MB.
const MAX_BODY: usize = 16 * 1024 * 1024;
const JSON: &str = "application/x-amz-json-1.0";

/// What the engine answers to one operation of DynamoDB's JSON API: status and body.
#[must_use]
pub fn answer(db: &Database, operation: &str, body: &str) -> (u16, String) {
    macro_rules! run {
        ($request:ty, $call:ident) => {
            match serde_json::from_str::<$request>(body) {
                Err(e) => (400, json!({"__type": "com.amazon.coral.validate#ValidationException", "message": e.to_string()}).to_string()),
                Ok(request) => match db.$call(request) {
                    Ok(answer) => (200, serde_json::to_string(&answer).unwrap_or_default()),
                    Err(e) => (e.status_code(), e.to_json()),
                },
            }
        };
    }
    match operation {
        "PutItem" => run!(put_item::PutItemRequest, put_item),
        "GetItem" => run!(get_item::GetItemRequest, get_item),
        "DeleteItem" => run!(delete_item::DeleteItemRequest, delete_item),
        "UpdateItem" => run!(update_item::UpdateItemRequest, update_item),
        "BatchGetItem" => run!(batch_get_item::BatchGetItemRequest, batch_get_item),
        "BatchWriteItem" => run!(batch_write_item::BatchWriteItemRequest, batch_write_item),
        "Query" => run!(query::QueryRequest, query),
        "Scan" => run!(scan::ScanRequest, scan),
        "TransactWriteItems" => run!(transact_write_items::TransactWriteItemsRequest, transact_write_items),
        "TransactGetItems" => run!(transact_get_items::TransactGetItemsRequest, transact_get_items),
        "CreateTable" => run!(create_table::CreateTableRequest, create_table),
        "DeleteTable" => run!(delete_table::DeleteTableRequest, delete_table),
        "UpdateTable" => run!(update_table::UpdateTableRequest, update_table),
        "UpdateTimeToLive" => run!(update_time_to_live::UpdateTimeToLiveRequest, update_time_to_live),
        "DescribeTable" => run!(describe_table::DescribeTableRequest, describe_table),
        "ListTables" => run!(list_tables::ListTablesRequest, list_tables),
        other => (400, json!({"__type": "com.amazon.coral.service#UnknownOperationException", "message": other}).to_string()),
    }
}

/// The SDK's door to the engines of this process.
#[must_use]
pub fn in_process(db: Database, queues: &Sqs) -> SharedHttpClient {
    let wire = SharedHttpConnector::new(Wire { db, queues: queues.router() });
    http_client_fn(move |_, _| wire.clone())
}

struct Wire {
    db: Database,
    queues: Router,
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Wire")
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
        let Some(body) = request.body().bytes().map(Bytes::copy_from_slice) else {
            return HttpConnectorFuture::ready(Err(ConnectorError::user("a request without a body in memory".into())));
        };
        let (db, queues) = (self.db.clone(), self.queues.clone());
        HttpConnectorFuture::new(async move {
            // It takes one turn at least: what is asked side by side is under way side by side, as over a network.
            tokio::task::yield_now().await;
            // A task of its own: requests of one wave run side by side, as they do over a network.
            let answered = if let Some(operation) = target.strip_prefix("DynamoDB_20120810.").map(str::to_owned) {
                tokio::spawn(async move {
                    let (status, text) = answer(&db, &operation, &String::from_utf8_lossy(&body));
                    reply(status, SdkBody::from(text))
                })
            } else {
                tokio::spawn(async move { queue(queues, &target, body).await })
            };
            answered.await.unwrap_or_else(|e| Err(ConnectorError::io(io::Error::other(e).into())))
        })
    }
}

pub(crate) fn reply(status: u16, body: SdkBody) -> Result<HttpResponse, ConnectorError> {
    let status = SdkStatus::try_from(status).map_err(|e| ConnectorError::other(e.into(), None))?;
    Ok(HttpResponse::new(status, body))
}

async fn queue(queues: Router, target: &str, body: Bytes) -> Result<HttpResponse, ConnectorError> {
    let other = |e: axum::http::Error| ConnectorError::other(e.into(), None);
    let request = Request::post("/").header("x-amz-target", target).header(header::CONTENT_TYPE, JSON).body(Body::from(body)).map_err(other)?;
    let response = queues.oneshot(request).await.unwrap_or_else(|never| match never {});
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(|e| ConnectorError::io(e.into()))?;
    let mut answer = reply(parts.status.as_u16(), SdkBody::from(body))?;
    for (name, value) in &parts.headers {
        if let Ok(value) = value.to_str() {
            answer.headers_mut().insert(name.as_str().to_owned(), value.to_owned());
        }
    }
    Ok(answer)
}

/// The engine over HTTP, for functions that are processes of their own.
pub fn dynamodb(db: Database) -> Router {
    let handle = |State(db): State<Database>, headers: HeaderMap, body: String| async move {
        let target = headers.get("x-amz-target").and_then(|v| v.to_str().ok()).unwrap_or_default();
        let (status, text) = answer(&db, target.strip_prefix("DynamoDB_20120810.").unwrap_or_default(), &body);
        (StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), [(header::CONTENT_TYPE, JSON)], text)
    };
    Router::new().route("/", post(handle)).layer(DefaultBodyLimit::max(MAX_BODY)).with_state(db)
}

/// Who may ask an engine of this machine: programs that know this installation's credential, never a web page.
#[derive(Debug, Clone)]
pub struct Guard {
    /// The access key id that only this installation's functions have.
    pub credential: String,
    /// Its port.
    pub port: u16,
}

/// Puts the guard before a router.
pub fn guard(router: Router, guard: Guard) -> Router {
    router.layer(from_fn_with_state(Arc::new(guard), |State(g): State<Arc<Guard>>, request: Request, next: Next| async move {
        if g.lets_in(request.headers()) { next.run(request).await } else { StatusCode::FORBIDDEN.into_response() }
    }))
}

impl Guard {
    fn lets_in(&self, headers: &HeaderMap) -> bool {
        let signed = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let credential = signed.split("Credential=").nth(1).and_then(|c| c.split('/').next()).unwrap_or_default();
        !headers.contains_key(header::ORIGIN) && own_host(headers, self.port) && same(credential, &self.credential)
    }
}

/// Takes as long wherever they differ.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

/// Was this machine asked by a name of its own? A name that somebody else lets lead here (DNS rebinding) makes a foreign page same-origin.
#[must_use]
pub fn own_host(headers: &HeaderMap, port: u16) -> bool {
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let (name, at) = host.rsplit_once(':').unwrap_or((host, "80"));
    matches!(name, "127.0.0.1" | "localhost") && at == port.to_string()
}

/// Refuses what was asked for by a foreign name.
pub fn own_hosts_only(router: Router, port: u16) -> Router {
    router.layer(from_fn_with_state(port, |State(port): State<u16>, request: Request, next: Next| async move {
        // HTTP/2 carries the name in the address instead.
        let by_address = request.uri().host().is_some_and(|h| matches!(h, "127.0.0.1" | "localhost"));
        if by_address || own_host(request.headers(), port) {
            next.run(request).await
        } else {
            (StatusCode::MISDIRECTED_REQUEST, "this machine answers to 127.0.0.1 and localhost only").into_response() as Response
        }
    }))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(all: &[(&'static str, &'static str)]) -> HeaderMap {
        all.iter().map(|(k, v)| (header::HeaderName::from_static(k), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn given_a_guarded_port_when_asked_then_only_a_program_with_the_credential_is_let_in() {
        let g = Guard { credential: "LKabc".into(), port: 7401 };
        let signed = ("authorization", "AWS4-HMAC-SHA256 Credential=LKabc/20260101/us-east-1/dynamodb/aws4_request, Signature=0");
        let foreign = ("authorization", "AWS4-HMAC-SHA256 Credential=000000000000/20260101/us-east-1/dynamodb/aws4_request, Signature=0");
        let host = ("host", "127.0.0.1:7401");
        assert!(g.lets_in(&headers(&[host, signed])));
        assert!(g.lets_in(&headers(&[("host", "localhost:7401"), signed])));
        assert!(!g.lets_in(&headers(&[host])), "no credential");
        assert!(!g.lets_in(&headers(&[host, foreign])), "another credential");
        assert!(!g.lets_in(&headers(&[host, signed, ("origin", "http://127.0.0.1:7401")])), "a page");
        assert!(!g.lets_in(&headers(&[("host", "evil.example:7401"), signed])), "another name that leads here");
        assert!(!g.lets_in(&headers(&[("host", "127.0.0.1:7400"), signed])), "another port");
    }
}
