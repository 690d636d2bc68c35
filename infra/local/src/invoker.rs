//! Calling a function: in this process, or over the Lambda runtime API of `cargo lambda watch`. The payloads are the same.

use std::time::Duration;

use aws_lambda_events::{
    apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse},
    dynamodb,
    sqs::{SqsBatchResponse, SqsEvent},
    streams::DynamoDbEventResponse,
};
use axum::{Router, body::Body as PageBody, response::Response};
use base64::{Engine, engine::general_purpose::STANDARD};
use lambda_http::{Body, request::LambdaRequest};
use liandian_functions::{
    App,
    function::{Function, Kind},
    http::Failure,
    invoke,
};
use liandian_types::Code;
use serde::{Serialize, de::DeserializeOwned};
use tower::ServiceExt;

/// Where functions run.
#[derive(Clone)]
pub enum Invoker {
    /// Here.
    Here {
        /// What handlers need.
        app: Box<App>,
        /// The two page renderers by function name.
        pages: Vec<(&'static str, Router)>,
    },
    /// As binaries under `cargo lambda watch` at this address.
    Watch {
        /// E.g. `http://127.0.0.1:9000`.
        url: String,
        /// Calls it.
        http: reqwest::Client,
    },
}

impl Invoker {
    /// Binaries under `cargo lambda watch`. A function's first call may have to compile it: patience.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn watch(url: String) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(900)).build()?;
        Ok(Invoker::Watch { url, http })
    }

    /// Answers a request.
    pub async fn http(&self, function: &'static Function, event: ApiGatewayV2httpRequest) -> Response {
        match self {
            Invoker::Here { app, pages } => {
                let request: lambda_http::Request = LambdaRequest::ApiGatewayV2(event).into();
                if let Kind::Page { .. } = function.kind {
                    let Some((_, page)) = pages.iter().find(|(name, _)| *name == function.name) else { return problem(Code::NotFound) };
                    let request = request.map(|b| PageBody::from(b.to_vec()));
                    return page.clone().oneshot(request).await.unwrap_or_else(|never| match never {});
                }
                invoke::http(app, function, request).await.map(from_lambda)
            }
            Invoker::Watch { .. } => match self.remote::<_, ApiGatewayV2httpResponse>(function, &event).await {
                Ok(answer) => from_api_gateway(answer),
                Err(e) => {
                    tracing::error!(function = function.name, error = %e, "could not be invoked");
                    problem(Code::Unavailable)
                }
            },
        }
    }

    /// Works on a batch of messages.
    ///
    /// # Errors
    /// The whole batch failed.
    pub async fn queue(&self, function: &'static Function, event: SqsEvent) -> anyhow::Result<SqsBatchResponse> {
        match self {
            Invoker::Here { app, .. } => Ok(invoke::queue(app, function, event).await),
            Invoker::Watch { .. } => self.remote(function, &event).await,
        }
    }

    /// Works on a batch of stream records.
    ///
    /// # Errors
    /// The whole batch failed.
    pub async fn stream(&self, function: &'static Function, event: dynamodb::Event) -> anyhow::Result<DynamoDbEventResponse> {
        match self {
            Invoker::Here { app, .. } => Ok(invoke::stream(app, function, event).await),
            Invoker::Watch { .. } => self.remote(function, &event).await,
        }
    }

    /// Runs a scheduled function.
    ///
    /// # Errors
    /// What it failed with.
    pub async fn schedule(&self, function: &'static Function) -> anyhow::Result<()> {
        match self {
            Invoker::Here { app, .. } => invoke::schedule(app, function).await.map_err(|e: Failure| anyhow::anyhow!("{e}")),
            Invoker::Watch { .. } => {
                self.remote::<_, serde_json::Value>(function, &serde_json::json!({"detail-type": "Scheduled Event"})).await.map(|_| ())
            }
        }
    }

    async fn remote<E: Serialize, A: DeserializeOwned>(&self, function: &'static Function, event: &E) -> anyhow::Result<A> {
        let Invoker::Watch { url, http } = self else { anyhow::bail!("not remote") };
        let answer = http.post(format!("{url}/2015-03-31/functions/{}/invocations", function.name)).json(event).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        anyhow::ensure!(status.is_success(), "{}: {status} {text}", function.name);
        Ok(serde_json::from_str(&text)?)
    }
}

fn from_lambda(body: Body) -> PageBody {
    match body {
        Body::Text(t) => PageBody::from(t),
        Body::Binary(b) => PageBody::from(b),
        _ => PageBody::empty(),
    }
}

/// A problem document of the gateway itself.
#[must_use]
pub fn problem(code: Code) -> Response {
    invoke::no_route(code).map(from_lambda)
}

fn from_api_gateway(a: ApiGatewayV2httpResponse) -> Response {
    let body = match a.body {
        Some(Body::Text(t)) if a.is_base64_encoded => STANDARD.decode(&t).map(PageBody::from).unwrap_or_default(),
        Some(b) => from_lambda(b),
        None => PageBody::empty(),
    };
    let mut r = Response::builder().status(u16::try_from(a.status_code).unwrap_or(502));
    for (k, v) in a.headers.iter().chain(a.multi_value_headers.iter()) {
        if k != "set-cookie" || a.cookies.is_empty() {
            r = r.header(k, v);
        }
    }
    for cookie in &a.cookies {
        r = r.header("set-cookie", cookie);
    }
    r.body(body).unwrap_or_else(|_| problem(Code::Internal))
}
