//! A function that makes the same clients and does nothing: what `cargo xtask bench` compares a real one's start with.

use lambda_http::{Body, Error, Request, Response, service_fn};
use liandian_functions::{Config, aws::Aws};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let config = Config::from_env();
    let aws = Aws::new(&config, None)?;
    let clients = (aws.dynamodb(), aws.sqs(), aws.kms(), liandian_partners::http_client()?);
    let clients = &clients;
    lambda_http::run(service_fn(move |_: Request| async move {
        let _ = clients;
        Ok::<_, Error>(Response::new(Body::Empty))
    }))
    .await
}
