//! The HTTP gateway: matches the routes of `infra/routes.toml`, makes API Gateway v2 payloads, invokes. As the edge does, it
//! also serves pictures from the bucket; for people who develop it serves the API document and health.

use std::{net::SocketAddr, path::Path, sync::Arc};

use anyhow::Context;
use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use axum::{
    Json, Router,
    body::{Body, Bytes, to_bytes},
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::map_response,
    response::Response,
    routing::{any, get},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use liandian_functions::{
    function::{Function, Kind},
    openapi,
    table::FUNCTIONS,
};
use liandian_types::Code;
use serde_json::{Value, json};
use tower_http::{
    compression::CompressionLayer,
    services::{ServeDir, fs::ServeFileSystemResponseBody},
    set_header::SetResponseHeaderLayer,
};
use utoipa_swagger_ui::SwaggerUi;

use crate::invoker::{Invoker, problem};

/// What Lambda takes at most.
const MAX_BODY: usize = 6 * 1024 * 1024;

struct Gateway {
    paths: matchit::Router<Vec<(&'static str, &'static Function)>>,
    invoker: Invoker,
    origin: String,
}

/// The buckets that it stands before.
pub struct Buckets<'a> {
    /// The folder of the chain's own pictures.
    pub pictures: &'a Path,
    /// The folder of what people upload, of which `media` is everybody's.
    pub uploads: &'a Path,
    /// The service over both: it looks at signatures.
    pub s3: s3s::service::S3Service,
}

/// The gateway's router; `health` answers readiness.
///
/// # Errors
/// When two routes contradict each other.
pub fn router(invoker: Invoker, origin: &str, buckets: Buckets<'_>, health: Router) -> anyhow::Result<Router> {
    let mut grouped: std::collections::BTreeMap<&str, Vec<(&'static str, &'static Function)>> = std::collections::BTreeMap::new();
    for f in FUNCTIONS {
        if let Kind::Http { method, path, .. } | Kind::Page { method, path, .. } = f.kind {
            grouped.entry(path).or_default().push((method, f));
            // A catch-all takes the bare path as well, as `$default` and `{proxy+}` routes do together in the cloud.
            if let Some(bare) = path.strip_suffix("/{*rest}") {
                grouped.entry(if bare.is_empty() { "/" } else { bare }).or_default().push((method, f));
            }
        }
    }
    let mut paths = matchit::Router::new();
    for (path, functions) in grouped {
        paths.insert(path, functions).with_context(|| format!("route {path}"))?;
    }
    // A picture that changes has another name, or is seen a month later at the latest; of what is not there nothing is to be kept.
    let cached = SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, |answer: &axum::http::Response<ServeFileSystemResponseBody>| {
        let kept = answer.status().is_success() || answer.status() == axum::http::StatusCode::NOT_MODIFIED;
        kept.then(|| HeaderValue::from_static("public, max-age=2592000, stale-while-revalidate=86400"))
    });
    let state = Arc::new(Gateway { paths, invoker, origin: origin.to_owned() });
    Ok(Router::new()
        .fallback(handle)
        .with_state(state)
        .route("/openapi.json", get(|| async { Json(openapi::document()) }))
        .merge(SwaggerUi::new("/docs").config(utoipa_swagger_ui::Config::from("/openapi.json")))
        .merge(health)
        // As the edge does in the cloud.
        .layer(CompressionLayer::new().gzip(true))
        .nest_service("/pictures", tower::ServiceBuilder::new().layer(cached).service(ServeDir::new(buckets.pictures)))
        .nest_service(
            "/media",
            Router::<()>::new()
                .fallback_service(ServeDir::new(buckets.uploads.join("media")).append_index_html_on_directories(false))
                .layer(map_response(for_good)),
        )
        .merge(signed(buckets.s3)))
}

/// A picture is named by the hash of what is in it, so whoever has it keeps it; of what is not there nothing is to be kept.
async fn for_good(mut answer: Response) -> Response {
    if answer.status().is_success() {
        answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    }
    plain_file(answer)
}

/// A file of somebody's is that, and no page of ours.
fn plain_file(mut answer: Response) -> Response {
    answer.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    answer
}

/// The bucket of uploads under the gateway's own name, so that a page may send there. Every request is signed, or refused by the service.
fn signed(s3: s3s::service::S3Service) -> Router {
    let at = format!("/{}", crate::stack::UPLOADS);
    Router::new().route(&at, any(pass_on)).route(&format!("{at}/{{*key}}"), any(pass_on)).with_state(s3)
}

async fn pass_on(State(s3): State<s3s::service::S3Service>, request: Request) -> Response {
    match s3.call(request.map(s3s::Body::http_body_unsync)).await {
        Ok(answer) => plain_file(answer.map(Body::new)),
        Err(e) => {
            tracing::error!(error = ?e, "s3 did not answer");
            problem(Code::Unavailable)
        }
    }
}

async fn handle(State(g): State<Arc<Gateway>>, ConnectInfo(client): ConnectInfo<SocketAddr>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    let Ok(matched) = g.paths.at(path) else { return problem(Code::NotFound) };
    let method = parts.method.as_str();
    let Some((_, function)) = matched.value.iter().find(|(m, _)| *m == method || *m == "ANY") else {
        let mut refused = problem(Code::MethodNotAllowed);
        let methods = matched.value.iter().map(|(m, _)| *m).collect::<Vec<_>>().join(", ");
        if let Ok(methods) = HeaderValue::from_str(&methods) {
            refused.headers_mut().insert(header::ALLOW, methods);
        }
        return refused;
    };
    if let Kind::Page { .. } = function.kind
        && path.starts_with("/api/")
    {
        // Not an address of the API: a program is asking, a page would be no answer.
        return problem(Code::NotFound);
    }
    let Ok(bytes) = to_bytes(body, MAX_BODY).await else { return problem(Code::TooLarge) };
    let parameters: Vec<(String, String)> = matched.params.iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    match payload(&g.origin, method, path, parts.uri.query().unwrap_or_default(), &parts.headers, client, &bytes, parameters) {
        Ok(event) => g.invoker.http(function, event).await,
        Err(e) => {
            tracing::error!(error = %e, "no payload could be made of a request");
            problem(Code::BadRequest)
        }
    }
}

/// API Gateway's HTTP API payload, version 2.0.
#[allow(clippy::too_many_arguments, reason = "the parts of a request, used once")]
fn payload(
    origin: &str,
    method: &str,
    path: &str,
    query: &str,
    headers: &HeaderMap,
    client: SocketAddr,
    body: &Bytes,
    parameters: Vec<(String, String)>,
) -> anyhow::Result<ApiGatewayV2httpRequest> {
    let mut plain: serde_json::Map<String, Value> = serde_json::Map::new();
    let mut cookies: Vec<&str> = Vec::new();
    for (k, v) in headers {
        let Ok(v) = v.to_str() else { continue };
        if k == header::COOKIE {
            cookies.extend(v.split(';').map(str::trim));
            continue;
        }
        // Several headers of one name are joined by commas, as API Gateway does.
        plain.entry(k.as_str()).and_modify(|held| *held = json!(format!("{},{v}", held.as_str().unwrap_or_default()))).or_insert_with(|| json!(v));
    }
    plain.insert("x-forwarded-for".into(), json!(client.ip().to_string()));
    let pairs: serde_json::Map<String, Value> = query
        .split('&')
        .filter(|p| !p.is_empty())
        .map(|p| {
            let (k, v) = p.split_once('=').unwrap_or((p, ""));
            (decode(k), json!(decode(v)))
        })
        .collect();
    let text = std::str::from_utf8(body).ok();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "cookies": cookies,
        "headers": plain,
        "queryStringParameters": pairs,
        "pathParameters": parameters.into_iter().collect::<std::collections::BTreeMap<_, _>>(),
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": origin.trim_start_matches("http://"),
            "domainPrefix": "local",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": client.ip().to_string(),
                     "userAgent": headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default()},
            "requestId": format!("local-{:x}", now.as_nanos()),
            "routeKey": "$default",
            "stage": "$default",
            "time": "",
            "timeEpoch": i64::try_from(now.as_millis()).unwrap_or_default()
        },
        "body": if body.is_empty() { Value::Null } else { text.map_or_else(|| json!(STANDARD.encode(body)), |t| json!(t)) },
        "isBase64Encoded": text.is_none()
    });
    Ok(serde_json::from_value(event)?)
}

fn decode(text: &str) -> String {
    percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}
