//! The operations: what each request asks of the store, and what it answers.
//!
//! Shapes and checks are those of the SQS API reference, JSON protocol. SQL is in `store`, HTTP in `protocol`.

use std::{collections::BTreeSet, time::Duration};

use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep_until};

use crate::{
    Sqs,
    attributes::{self, ACCOUNT, COMPUTED, TextMap, arn},
    fault::{Code, Refusal},
    message::{self, MAX_BYTES, MessageAttributes, Receipt, digest, digest_of_attributes, wants},
    store::{Look, NewMessage, Received},
};

// --- shapes ---

/// `CreateQueue`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreateQueue {
    queue_name: String,
    #[serde(default)]
    attributes: TextMap,
    // The one field that the model spells small.
    #[serde(default, rename = "tags", alias = "Tags")]
    tags: TextMap,
}

/// `GetQueueUrl`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct NamedQueue {
    queue_name: String,
}

/// `DeleteQueue`, `PurgeQueue`, `ListQueueTags`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct OneQueue {
    queue_url: String,
}

/// `ListQueues`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListQueues {
    #[serde(default)]
    queue_name_prefix: String,
    max_results: Option<i64>,
    next_token: Option<String>,
}

/// `ListDeadLetterSourceQueues`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListSources {
    queue_url: String,
    max_results: Option<i64>,
    next_token: Option<String>,
}

/// `GetQueueAttributes`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GetAttributes {
    queue_url: String,
    #[serde(default)]
    attribute_names: Vec<String>,
}

/// `SetQueueAttributes`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SetAttributes {
    queue_url: String,
    attributes: TextMap,
}

/// `TagQueue`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TagQueue {
    queue_url: String,
    tags: TextMap,
}

/// `UntagQueue`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UntagQueue {
    queue_url: String,
    tag_keys: Vec<String>,
}

/// The part of a message that `SendMessage` and an entry of `SendMessageBatch` share.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Outgoing {
    #[serde(default)]
    message_body: String,
    delay_seconds: Option<i64>,
    #[serde(default)]
    message_attributes: MessageAttributes,
    #[serde(default)]
    message_system_attributes: MessageAttributes,
    message_group_id: Option<String>,
    message_deduplication_id: Option<String>,
}

/// `SendMessage`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SendMessage {
    queue_url: String,
    #[serde(flatten)]
    message: Outgoing,
}

/// An entry of a batch: its id, and what the operation alone would take.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Entry<T> {
    id: String,
    #[serde(flatten)]
    item: T,
}

/// A batch of anything.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Batch<T> {
    queue_url: String,
    #[serde(default = "Vec::new")]
    entries: Vec<Entry<T>>,
}

/// What a send answers.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Sent {
    message_id: String,
    #[serde(rename = "MD5OfMessageBody")]
    md5_of_body: String,
    #[serde(rename = "MD5OfMessageAttributes", skip_serializing_if = "Option::is_none")]
    md5_of_attributes: Option<String>,
    #[serde(rename = "MD5OfMessageSystemAttributes", skip_serializing_if = "Option::is_none")]
    md5_of_system: Option<String>,
}

/// What a batch answers.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct BatchAnswer<T> {
    successful: Vec<Done<T>>,
    failed: Vec<NotDone>,
}

/// An entry that was done.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Done<T> {
    id: String,
    #[serde(flatten)]
    answer: T,
}

/// An entry that was refused.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct NotDone {
    id: String,
    sender_fault: bool,
    code: &'static str,
    message: String,
}

/// `ReceiveMessage`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ReceiveMessage {
    queue_url: String,
    #[serde(default)]
    attribute_names: Vec<String>,
    #[serde(default)]
    message_system_attribute_names: Vec<String>,
    #[serde(default)]
    message_attribute_names: Vec<String>,
    max_number_of_messages: Option<i64>,
    visibility_timeout: Option<i64>,
    wait_time_seconds: Option<i64>,
}

/// What a receive answers. Without messages the field is left out, as in SQS.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Messages {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    messages: Vec<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Message {
    message_id: String,
    receipt_handle: String,
    #[serde(rename = "MD5OfBody")]
    md5_of_body: String,
    body: String,
    #[serde(skip_serializing_if = "TextMap::is_empty")]
    attributes: TextMap,
    #[serde(rename = "MD5OfMessageAttributes", skip_serializing_if = "Option::is_none")]
    md5_of_attributes: Option<String>,
    #[serde(skip_serializing_if = "MessageAttributes::is_empty")]
    message_attributes: MessageAttributes,
}

/// What `DeleteMessage` and its batch share.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Handle {
    receipt_handle: String,
}

/// `DeleteMessage`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DeleteMessage {
    queue_url: String,
    receipt_handle: String,
}

/// What `ChangeMessageVisibility` and its batch share.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Hide {
    receipt_handle: String,
    visibility_timeout: Option<i64>,
}

/// `ChangeMessageVisibility`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ChangeVisibility {
    queue_url: String,
    #[serde(flatten)]
    hide: Hide,
}

/// `StartMessageMoveTask`. The rate is accepted and not needed: a move is one transaction.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct StartMove {
    source_arn: String,
    destination_arn: Option<String>,
}

/// `ListMessageMoveTasks`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ListMoves {
    source_arn: String,
    max_results: Option<i64>,
}

/// `CancelMessageMoveTask`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct MoveHandle {
    task_handle: String,
}

/// A move as `ListMessageMoveTasks` shows it.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct MoveTask {
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_reason: Option<String>,
    status: &'static str,
    source_arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    destination_arn: Option<String>,
    approximate_number_of_messages_moved: i64,
    started_timestamp: i64,
}

/// `{}`.
#[derive(Serialize)]
pub(crate) struct Nothing {}

/// `{"QueueUrl": …}`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct QueueUrl {
    queue_url: String,
}

/// `{"QueueUrls": […]}`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct QueueUrls {
    queue_urls: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// `{"queueUrls": […]}`: this one answer is spelt small in the model.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SourceUrls {
    #[serde(rename = "queueUrls")]
    queue_urls: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

/// `{"Attributes": {…}}`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AttributesAnswer {
    #[serde(skip_serializing_if = "TextMap::is_empty")]
    attributes: TextMap,
}

/// `{"Tags": {…}}`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TagsAnswer {
    #[serde(skip_serializing_if = "TextMap::is_empty")]
    tags: TextMap,
}

/// `{"TaskHandle": …}`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TaskHandle {
    task_handle: String,
}

/// `{"Results": […]}`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct MoveTasks {
    results: Vec<MoveTask>,
}

// --- checks ---

/// A queue's name is the last segment of its URL, whatever host the client reached us by.
fn name_in(url: &str) -> Result<String, Refusal> {
    let name = url.rsplit('/').next().unwrap_or_default();
    if name.is_empty() { Err(Refusal::missing("QueueUrl")) } else { Ok(name.to_owned()) }
}

/// An optional number within its limits.
fn within(name: &str, value: Option<i64>, least: u32, most: u32) -> Result<Option<u32>, Refusal> {
    let Some(value) = value else { return Ok(None) };
    match u32::try_from(value) {
        Ok(number) if (least..=most).contains(&number) => Ok(Some(number)),
        _ => Err(Refusal::parameter(name, value, &format!("Must be between {least} and {most}, if provided"))),
    }
}

/// The rules that every batch shares.
fn check_batch<T>(entries: &[Entry<T>]) -> Result<(), Refusal> {
    if entries.is_empty() {
        return Err(Refusal::new(Code::EmptyBatchRequest, "There should be at least one entry in the request."));
    }
    if entries.len() > 10 {
        let message = format!("Maximum number of entries per request are 10. You have sent {}.", entries.len());
        return Err(Refusal::new(Code::TooManyEntriesInBatchRequest, message));
    }
    let mut ids = BTreeSet::new();
    for Entry { id, .. } in entries {
        if id.is_empty() || id.len() > 80 || !id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) {
            let message = "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.";
            return Err(Refusal::new(Code::InvalidBatchEntryId, message));
        }
        if !ids.insert(id) {
            return Err(Refusal::new(Code::BatchEntryIdsNotDistinct, format!("Id {id} repeated.")));
        }
    }
    Ok(())
}

fn check_name(name: &str) -> Result<(), Refusal> {
    if name.ends_with(".fifo") {
        return Err(Refusal::new(Code::UnsupportedOperation, "This endpoint has standard queues only."));
    }
    if name.is_empty() || name.len() > 80 || !name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')) {
        let message = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.";
        return Err(Refusal::new(Code::InvalidParameterValue, message));
    }
    Ok(())
}

/// A page of names, and the token for the next one. Without a size the page holds 1,000, as in SQS.
fn page<'a>(mut names: impl Iterator<Item = &'a str>, most: Option<u32>) -> (Vec<String>, Option<String>) {
    let most = usize::try_from(most.unwrap_or(1000)).unwrap_or(1000);
    let page: Vec<String> = names.by_ref().take(most).map(str::to_owned).collect();
    let token = names.next().and(page.last().cloned());
    (page, token)
}

impl Outgoing {
    /// Checks the message; the store checks what the queue limits.
    fn check(self) -> Result<NewMessage, Refusal> {
        let bytes = message::check(&self.message_body, &self.message_attributes)?;
        let delay = within("DelaySeconds", self.delay_seconds, 0, 900)?;
        if let Some(id) = self.message_deduplication_id {
            return Err(Refusal::parameter("MessageDeduplicationId", id, "The request include parameter that is not valid for this queue type"));
        }
        let mut system = TextMap::new();
        for (name, attribute) in self.message_system_attributes {
            match (name.as_str(), attribute.string_value) {
                ("AWSTraceHeader", Some(value)) => system.insert(name, value),
                _ => return Err(Refusal::parameter("MessageSystemAttributes", name, "Only AWSTraceHeader of type String is allowed")),
            };
        }
        system.extend(self.message_group_id.map(|group| ("MessageGroupId".to_owned(), group)));
        Ok(NewMessage { body: self.message_body, attributes: self.message_attributes, system, delay, bytes })
    }
}

/// The digests of a message, computed before the store takes it.
struct Digests {
    body: String,
    attributes: Option<String>,
    system: Option<String>,
}

impl Digests {
    fn of(outgoing: &Outgoing) -> Self {
        Self {
            body: digest(&outgoing.message_body),
            attributes: digest_of_attributes(&outgoing.message_attributes),
            system: digest_of_attributes(&outgoing.message_system_attributes),
        }
    }

    fn answer(self, message_id: String) -> Sent {
        Sent { message_id, md5_of_body: self.body, md5_of_attributes: self.attributes, md5_of_system: self.system }
    }
}

impl<T> BatchAnswer<T> {
    fn of(results: Vec<(String, Result<T, Refusal>)>) -> Self {
        let mut answer = Self { successful: Vec::new(), failed: Vec::new() };
        for (id, result) in results {
            match result {
                Ok(done) => answer.successful.push(Done { id, answer: done }),
                Err(Refusal { code, message }) => {
                    answer.failed.push(NotDone { id, sender_fault: code.sender(), code: code.query(), message });
                }
            }
        }
        answer
    }
}

// --- operations ---

impl Sqs {
    fn url(&self, name: &str) -> String {
        format!("{}/{ACCOUNT}/{name}", self.public_url())
    }

    pub(crate) async fn create_queue(&self, input: CreateQueue) -> Result<QueueUrl, Refusal> {
        let CreateQueue { queue_name, attributes, tags } = input;
        check_name(&queue_name)?;
        let queue_url = self.url(&queue_name);
        self.engine().run(move |store, now| store.create(&queue_name, &attributes, tags, now)).await?;
        Ok(QueueUrl { queue_url })
    }

    pub(crate) async fn get_queue_url(&self, input: NamedQueue) -> Result<QueueUrl, Refusal> {
        let queue_url = self.url(&input.queue_name);
        self.engine().run(move |store, _| Ok(store.queue(&input.queue_name).map(drop)?)).await?;
        Ok(QueueUrl { queue_url })
    }

    pub(crate) async fn list_queues(&self, input: ListQueues) -> Result<QueueUrls, Refusal> {
        let most = within("MaxResults", input.max_results, 1, 1000)?;
        let work = move |store: &mut crate::store::Store, _| Ok(page(store.names(&input.queue_name_prefix, input.next_token.as_deref()), most));
        let (names, next_token) = self.engine().run(work).await?;
        // Only a caller that pages gets a token, as in SQS.
        Ok(QueueUrls { queue_urls: names.iter().map(|name| self.url(name)).collect(), next_token: most.and(next_token) })
    }

    pub(crate) async fn list_sources(&self, input: ListSources) -> Result<SourceUrls, Refusal> {
        let most = within("MaxResults", input.max_results, 1, 1000)?;
        let name = name_in(&input.queue_url)?;
        let after = input.next_token;
        let work = move |store: &mut crate::store::Store, _| {
            store.queue(&name)?;
            let sources = store.sources(&name).filter(|source| after.as_deref().is_none_or(|after| *source > after));
            Ok(page(sources, most))
        };
        let (names, next_token) = self.engine().run(work).await?;
        Ok(SourceUrls { queue_urls: names.iter().map(|name| self.url(name)).collect(), next_token: most.and(next_token) })
    }

    pub(crate) async fn get_attributes(&self, input: GetAttributes) -> Result<AttributesAnswer, Refusal> {
        let name = name_in(&input.queue_url)?;
        let wanted = input.attribute_names;
        if let Some(unknown) = wanted.iter().find(|name| !attributes::is_known(name)) {
            return Err(Refusal::new(Code::InvalidAttributeName, format!("Unknown Attribute {unknown}.")));
        }
        let wants = |name: &str| wanted.iter().any(|wanted| wanted == "All" || wanted == name);
        let counting = COMPUTED.iter().any(|computed| computed.starts_with("Approximate") && wants(computed));
        let queue_arn = arn(&name);
        let (queue, counts) = self
            .engine()
            .run(move |store, now| {
                let queue = store.queue(&name)?.clone();
                let counts = if counting { Some(store.counts(&name, now)?) } else { None };
                Ok((queue, counts))
            })
            .await?;
        let mut texts = queue.attributes.texts();
        texts.insert("QueueArn".to_owned(), queue_arn);
        texts.insert("CreatedTimestamp".to_owned(), (queue.created / 1000).to_string());
        texts.insert("LastModifiedTimestamp".to_owned(), (queue.modified / 1000).to_string());
        if let Some(counts) = counts {
            texts.insert("ApproximateNumberOfMessages".to_owned(), counts.visible.to_string());
            texts.insert("ApproximateNumberOfMessagesNotVisible".to_owned(), counts.in_flight.to_string());
            texts.insert("ApproximateNumberOfMessagesDelayed".to_owned(), counts.delayed.to_string());
        }
        texts.retain(|name, _| wants(name));
        Ok(AttributesAnswer { attributes: texts })
    }

    pub(crate) async fn set_attributes(&self, input: SetAttributes) -> Result<Nothing, Refusal> {
        let name = name_in(&input.queue_url)?;
        self.engine().run(move |store, now| store.set(&name, &input.attributes, now)).await?;
        Ok(Nothing {})
    }

    pub(crate) async fn tag_queue(&self, input: TagQueue) -> Result<Nothing, Refusal> {
        let name = name_in(&input.queue_url)?;
        self.engine().run(move |store, _| store.tag(&name, |tags| tags.extend(input.tags))).await?;
        Ok(Nothing {})
    }

    pub(crate) async fn untag_queue(&self, input: UntagQueue) -> Result<Nothing, Refusal> {
        let name = name_in(&input.queue_url)?;
        self.engine().run(move |store, _| store.tag(&name, |tags| tags.retain(|key, _| !input.tag_keys.contains(key)))).await?;
        Ok(Nothing {})
    }

    pub(crate) async fn list_tags(&self, input: OneQueue) -> Result<TagsAnswer, Refusal> {
        let name = name_in(&input.queue_url)?;
        let tags = self.engine().run(move |store, _| Ok(store.queue(&name)?.tags.clone())).await?;
        Ok(TagsAnswer { tags })
    }

    pub(crate) async fn delete_queue(&self, input: OneQueue) -> Result<Nothing, Refusal> {
        let name = name_in(&input.queue_url)?;
        self.engine().run(move |store, _| store.delete_queue(&name)).await?;
        Ok(Nothing {})
    }

    pub(crate) async fn purge_queue(&self, input: OneQueue) -> Result<Nothing, Refusal> {
        let name = name_in(&input.queue_url)?;
        self.engine().run(move |store, _| store.purge(&name)).await?;
        Ok(Nothing {})
    }

    pub(crate) async fn send_message(&self, input: SendMessage) -> Result<Sent, Refusal> {
        let name = name_in(&input.queue_url)?;
        let digests = Digests::of(&input.message);
        let message = input.message.check()?;
        let sent = self.engine().run(move |store, now| store.send(&name, &[message], now)).await?;
        let message_id = sent.into_iter().next().unwrap_or_else(|| Err(Refusal::internal()))?;
        Ok(digests.answer(message_id))
    }

    pub(crate) async fn send_batch(&self, input: Batch<Outgoing>) -> Result<BatchAnswer<Sent>, Refusal> {
        let name = name_in(&input.queue_url)?;
        check_batch(&input.entries)?;
        let mut results = Vec::new();
        let mut good = Vec::new();
        let mut messages = Vec::new();
        for Entry { id, item } in input.entries {
            let digests = Digests::of(&item);
            match item.check() {
                Ok(message) => {
                    good.push((id, digests));
                    messages.push(message);
                }
                Err(refusal) => results.push((id, Err(refusal))),
            }
        }
        let bytes: usize = messages.iter().map(|message| message.bytes).sum();
        if bytes > MAX_BYTES {
            let message = format!("Batch requests cannot be longer than {MAX_BYTES} bytes. You have sent {bytes} bytes.");
            return Err(Refusal::new(Code::BatchRequestTooLong, message));
        }
        let sent = self.engine().run(move |store, now| store.send(&name, &messages, now)).await?;
        results.extend(good.into_iter().zip(sent).map(|((id, digests), sent)| (id, sent.map(|message_id| digests.answer(message_id)))));
        Ok(BatchAnswer::of(results))
    }

    pub(crate) async fn receive_message(&self, input: ReceiveMessage) -> Result<Messages, Refusal> {
        let name = name_in(&input.queue_url)?;
        let most = within("MaxNumberOfMessages", input.max_number_of_messages, 1, 10)?.unwrap_or(1);
        let most = usize::try_from(most).unwrap_or(1);
        let visibility = within("VisibilityTimeout", input.visibility_timeout, 0, 43_200)?;
        let wait = within("WaitTimeSeconds", input.wait_time_seconds, 0, 20)?;
        let started = Instant::now();

        let mut look = self.look(&name, most, visibility).await?;
        let deadline = started + Duration::from_secs(u64::from(wait.unwrap_or(look.wait)));
        while look.messages.is_empty() && Instant::now() < deadline {
            let bell = self.engine().bell(&name);
            let mut rung = std::pin::pin!(bell.notified());
            // Listen before looking again: a send between the look and the wait must not be missed.
            rung.as_mut().enable();
            look = self.look(&name, most, visibility).await?;
            if !look.messages.is_empty() {
                break;
            }
            let due = look.next.map(|at| Instant::now() + Duration::from_millis(until(at)));
            tokio::select! {
                () = rung => {}
                () = sleep_until(due.map_or(deadline, |due| due.min(deadline))) => {}
                () = self.stopped() => break,
            }
        }

        let wanted_system: Vec<String> = input.attribute_names.into_iter().chain(input.message_system_attribute_names).collect();
        let message = |received: Received| Message::of(received, &wanted_system, &input.message_attribute_names);
        Ok(Messages { messages: look.messages.into_iter().map(message).collect() })
    }

    async fn look(&self, name: &str, most: usize, visibility: Option<u32>) -> Result<Look, Refusal> {
        let name = name.to_owned();
        self.engine().run(move |store, now| store.receive(&name, most, visibility, now)).await
    }

    pub(crate) async fn delete_message(&self, input: DeleteMessage) -> Result<Nothing, Refusal> {
        let name = name_in(&input.queue_url)?;
        let receipt = Receipt::read(&input.receipt_handle)?;
        self.engine().run(move |store, _| store.delete(&name, &[receipt])).await?;
        Ok(Nothing {})
    }

    pub(crate) async fn delete_batch(&self, input: Batch<Handle>) -> Result<BatchAnswer<Nothing>, Refusal> {
        let name = name_in(&input.queue_url)?;
        check_batch(&input.entries)?;
        let read = |entry: Entry<Handle>| (entry.id, Receipt::read(&entry.item.receipt_handle));
        let entries: Vec<_> = input.entries.into_iter().map(read).collect();
        let receipts: Vec<Receipt> = entries.iter().filter_map(|(_, receipt)| receipt.as_ref().ok().copied()).collect();
        self.engine().run(move |store, _| store.delete(&name, &receipts)).await?;
        Ok(BatchAnswer::of(entries.into_iter().map(|(id, receipt)| (id, receipt.map(|_| Nothing {}))).collect()))
    }

    pub(crate) async fn change_visibility(&self, input: ChangeVisibility) -> Result<Nothing, Refusal> {
        let name = name_in(&input.queue_url)?;
        let (receipt, seconds) = input.hide.check()?;
        self.engine().run(move |store, now| store.change_visibility(&name, receipt, seconds, now)).await?;
        Ok(Nothing {})
    }

    pub(crate) async fn change_visibility_batch(&self, input: Batch<Hide>) -> Result<BatchAnswer<Nothing>, Refusal> {
        let name = name_in(&input.queue_url)?;
        check_batch(&input.entries)?;
        let entries: Vec<_> = input.entries.into_iter().map(|entry| (entry.id, entry.item.check())).collect();
        let results = self
            .engine()
            .run(move |store, now| {
                store.queue(&name)?;
                let mut results = Vec::with_capacity(entries.len());
                for (id, checked) in entries {
                    let result = match checked {
                        Ok((receipt, seconds)) => store.change_visibility(&name, receipt, seconds, now),
                        Err(refusal) => Err(refusal.into()),
                    };
                    results.push((id, crate::engine::settle(result)?.map(|()| Nothing {})));
                }
                Ok(results)
            })
            .await?;
        Ok(BatchAnswer::of(results))
    }

    pub(crate) async fn start_move(&self, input: StartMove) -> Result<TaskHandle, Refusal> {
        let StartMove { source_arn, destination_arn } = input;
        let task_handle = self.engine().run(move |store, now| store.move_back(&source_arn, destination_arn.as_deref(), now)).await?;
        Ok(TaskHandle { task_handle })
    }

    pub(crate) async fn list_moves(&self, input: ListMoves) -> Result<MoveTasks, Refusal> {
        let most = within("MaxResults", input.max_results, 1, 10)?.unwrap_or(1);
        let moves = self.engine().run(move |store, _| store.moves(&input.source_arn, most)).await?;
        let show = |task: crate::store::Move| MoveTask {
            status: if task.failure.is_some() { "FAILED" } else { "COMPLETED" },
            failure_reason: task.failure,
            source_arn: task.source,
            destination_arn: task.destination,
            approximate_number_of_messages_moved: task.moved,
            started_timestamp: task.started,
        };
        Ok(MoveTasks { results: moves.into_iter().map(show).collect() })
    }

    /// A move is over before its handle is known, so there is never one to cancel.
    pub(crate) async fn cancel_move(&self, input: MoveHandle) -> Result<Nothing, Refusal> {
        let ended = self.engine().run(move |store, _| store.has_move(&input.task_handle)).await?;
        Err(if ended {
            Refusal::new(Code::UnsupportedOperation, "Only active tasks can be cancelled.")
        } else {
            Refusal::new(Code::ResourceNotFound, "Task does not exist.")
        })
    }
}

impl Hide {
    fn check(self) -> Result<(Receipt, u32), Refusal> {
        let receipt = Receipt::read(&self.receipt_handle)?;
        let seconds = within("VisibilityTimeout", self.visibility_timeout, 0, 43_200)?.ok_or_else(|| Refusal::missing("VisibilityTimeout"))?;
        Ok((receipt, seconds))
    }
}

impl Message {
    fn of(received: Received, wanted_system: &[String], wanted: &[String]) -> Self {
        let Received { message_id, receipt, body, mut attributes, mut system } = received;
        system.retain(|name, _| wanted_system.iter().any(|wanted| wanted == "All" || wanted == name));
        attributes.retain(|name, _| wants(wanted, name));
        Self {
            message_id,
            receipt_handle: receipt.handle(),
            md5_of_body: digest(&body),
            body,
            attributes: system,
            md5_of_attributes: digest_of_attributes(&attributes),
            message_attributes: attributes,
        }
    }
}

/// Milliseconds from now to a time of the store.
fn until(at: i64) -> u64 {
    u64::try_from(at - crate::engine::now()).unwrap_or(0)
}
