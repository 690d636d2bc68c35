//! An endpoint on a free port over a file in a folder of its own, and the real client for it.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use aws_sdk_sqs::{
    Client,
    config::{BehaviorVersion, Credentials, Region, retry::RetryConfig},
    error::{ProvideErrorMetadata, SdkError},
    types::{Message, MessageSystemAttributeName, QueueAttributeName, SendMessageBatchRequestEntry},
};
use liandian_sqs::Sqs;
use tokio::{sync::oneshot, task::JoinHandle};

/// A folder that goes when it is dropped.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("liandian-sqs-{:032x}", rand::random::<u128>()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub fn file(&self) -> PathBuf {
        self.0.join("queues.db")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

/// A running endpoint.
pub struct Endpoint {
    pub sqs: Sqs,
    pub client: Client,
    stop: oneshot::Sender<()>,
    server: JoinHandle<std::io::Result<()>>,
}

impl Endpoint {
    pub async fn start(file: &Path) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let sqs = Sqs::open(file, url.clone()).unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(sqs.clone().serve(listener, async { drop(stopped.await) }));
        Self { sqs, client: client(&url), stop, server }
    }

    /// Stops serving and closes the file.
    pub async fn stop(self) {
        let Self { sqs, client, stop, server } = self;
        // Its idle connections would otherwise hold the router, and with it the file, for a moment longer.
        drop(client);
        stop.send(()).expect("the server still runs");
        server.await.unwrap().unwrap();
        drop(sqs);
    }
}

/// The real client, without retries: a test wants to see the first answer.
pub fn client(url: &str) -> Client {
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .endpoint_url(url)
        .build();
    Client::from_conf(config)
}

pub type Pairs<'a> = &'a [(QueueAttributeName, &'a str)];

pub async fn create(client: &Client, name: &str, attributes: Pairs<'_>) -> String {
    let attributes = attributes.iter().map(|(name, value)| (name.clone(), (*value).to_owned())).collect::<HashMap<_, _>>();
    let made = client.create_queue().queue_name(name).set_attributes(Some(attributes)).send().await.unwrap();
    made.queue_url.unwrap()
}

pub async fn arn(client: &Client, url: &str) -> String {
    let answer = client.get_queue_attributes().queue_url(url).attribute_names(QueueAttributeName::QueueArn).send().await.unwrap();
    answer.attributes.unwrap()[&QueueAttributeName::QueueArn].clone()
}

pub async fn redrive(client: &Client, dead: &str, max_receives: u32) -> String {
    format!(r#"{{"deadLetterTargetArn":"{}","maxReceiveCount":{max_receives}}}"#, arn(client, dead).await)
}

/// Visible, in flight, delayed.
pub async fn counts(client: &Client, url: &str) -> [u32; 3] {
    let answer = client.get_queue_attributes().queue_url(url).attribute_names(QueueAttributeName::All).send().await.unwrap();
    let attributes = answer.attributes.unwrap();
    [
        QueueAttributeName::ApproximateNumberOfMessages,
        QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        QueueAttributeName::ApproximateNumberOfMessagesDelayed,
    ]
    .map(|name| attributes[&name].parse().unwrap())
}

pub async fn send(client: &Client, url: &str, body: &str) {
    client.send_message().queue_url(url).message_body(body).send().await.unwrap();
}

pub async fn receive(client: &Client, url: &str, wait: i32) -> Vec<Message> {
    let request = client.receive_message().queue_url(url).max_number_of_messages(10).wait_time_seconds(wait);
    let request = request.message_system_attribute_names(MessageSystemAttributeName::All).message_attribute_names("All");
    request.send().await.unwrap().messages.unwrap_or_default()
}

pub async fn delete(client: &Client, url: &str, message: &Message) {
    client.delete_message().queue_url(url).receipt_handle(message.receipt_handle().unwrap()).send().await.unwrap();
}

pub fn entry(id: impl ToString, body: impl ToString) -> SendMessageBatchRequestEntry {
    SendMessageBatchRequestEntry::builder().id(id.to_string()).message_body(body.to_string()).build().unwrap()
}

pub fn bodies(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| message.body().unwrap()).collect()
}

pub fn system(message: &Message, name: MessageSystemAttributeName) -> Option<&str> {
    message.attributes().unwrap().get(&name).map(String::as_str)
}

/// The code of a refusal, as the SDK reads it from the answer.
pub fn code<T: std::fmt::Debug, E: ProvideErrorMetadata + std::fmt::Debug, R: std::fmt::Debug>(result: Result<T, SdkError<E, R>>) -> String {
    match result.expect_err("refused") {
        SdkError::ServiceError(error) => error.err().code().expect("a code").to_owned(),
        other => panic!("not an answer of the service: {other:?}"),
    }
}
