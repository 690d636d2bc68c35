//! The only wiring of a Lambda: configuration, App, and the loop that its kind needs.

use std::sync::Arc;

use aws_lambda_events::{dynamodb, sqs::SqsEvent};
use lambda_http::{Request, service_fn};
use lambda_runtime::{Error, LambdaEvent};
use serde_json::Value;

use crate::{
    App, Config,
    app::Clock,
    function::{Function, Kind},
    invoke, telemetry,
};

/// Runs a function until the runtime ends it. Its binary names no other, so it links no other's handler.
///
/// # Errors
/// What is wrong with the configuration, or what the runtime said.
pub async fn run(function: &'static Function) -> Result<(), Error> {
    telemetry::init();
    let app = app(function).await?;
    let app = &app;
    match &function.kind {
        Kind::Http { .. } => {
            lambda_http::run(service_fn(move |r: Request| async move { Ok::<_, Error>(invoke::http(app, function, r).await) })).await
        }
        Kind::Queue { .. } => {
            lambda_runtime::run(service_fn(
                move |e: LambdaEvent<SqsEvent>| async move { Ok::<_, Error>(invoke::queue(app, function, e.payload).await) },
            ))
            .await
        }
        Kind::Stream { .. } => {
            let work = move |e: LambdaEvent<dynamodb::Event>| async move { Ok::<_, Error>(invoke::stream(app, function, e.payload).await) };
            lambda_runtime::run(service_fn(work)).await
        }
        Kind::Schedule { .. } => {
            let work = move |_: LambdaEvent<Value>| async move { invoke::schedule(app, function).await.map_err(|e| Error::from(e.to_string())) };
            lambda_runtime::run(service_fn(work)).await
        }
        Kind::Page { .. } => Err(format!("{} is a page, not a route", function.name).into()),
    }
}

/// The App of a page's Lambda.
///
/// # Errors
/// What is wrong with the configuration, or what the store of secrets said.
pub async fn page_app(function: &Function) -> Result<Arc<App>, Error> {
    telemetry::init();
    Ok(Arc::new(app(function).await?))
}

async fn app(function: &Function) -> Result<App, Error> {
    let config = match function.secrets {
        Some(read) => read(Config::from_env()).await?,
        None => Config::from_env(),
    };
    Ok(App::new(config, Clock::default(), function.parts)?)
}
