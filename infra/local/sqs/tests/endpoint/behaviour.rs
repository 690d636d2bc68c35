//! The endpoint's behaviour through the real client.

use std::{
    collections::{BTreeSet, HashMap},
    time::{Duration, Instant},
};

use crate::common::{Endpoint, Folder, arn, bodies, code, counts, create, delete, entry, receive, redrive, send, system};
use aws_sdk_sqs::{
    operation::get_queue_url::GetQueueUrlError,
    primitives::Blob,
    types::{
        ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry, MessageAttributeValue, MessageSystemAttributeName as System,
        QueueAttributeName as Name,
    },
};
use tokio::time::sleep;

async fn started() -> (Folder, Endpoint) {
    let folder = Folder::new();
    let endpoint = Endpoint::start(&folder.file()).await;
    (folder, endpoint)
}

fn attribute(kind: &str, text: &str) -> MessageAttributeValue {
    MessageAttributeValue::builder().data_type(kind).string_value(text).build().unwrap()
}

#[tokio::test]
async fn given_a_message_with_attributes_when_received_then_all_of_it_is_there_and_it_is_hidden() {
    let (_folder, at) = started().await;
    let url = create(&at.client, "q", &[(Name::VisibilityTimeout, "1")]).await;
    let binary = MessageAttributeValue::builder().data_type("Binary").binary_value(Blob::new([0, 255])).build().unwrap();
    let sent = at.client.send_message().queue_url(&url).message_body("hello").message_attributes("k", attribute("String", "v"));
    let sent = sent.message_attributes("n", attribute("Number", "3")).message_attributes("b", binary.clone()).send().await.unwrap();
    assert_eq!(sent.md5_of_message_body(), Some("5d41402abc4b2a76b9719d911017c592"));

    let first = receive(&at.client, &url, 0).await;
    assert_eq!(bodies(&first), ["hello"]);
    let message = &first[0];
    assert_eq!(message.message_id(), sent.message_id());
    assert_eq!(message.md5_of_body(), sent.md5_of_message_body());
    assert_eq!(message.md5_of_message_attributes(), sent.md5_of_message_attributes());
    let expected = HashMap::from([("k".to_owned(), attribute("String", "v")), ("n".to_owned(), attribute("Number", "3")), ("b".to_owned(), binary)]);
    assert_eq!(message.message_attributes(), Some(&expected));
    assert_eq!(system(message, System::ApproximateReceiveCount), Some("1"));
    assert!(system(message, System::ApproximateFirstReceiveTimestamp).is_some());
    assert!(system(message, System::DeadLetterQueueSourceArn).is_none());
    assert_eq!(counts(&at.client, &url).await, [0, 1, 0]);
    assert!(receive(&at.client, &url, 0).await.is_empty());

    sleep(Duration::from_millis(1100)).await;
    assert_eq!(counts(&at.client, &url).await, [1, 0, 0]);
    let again = receive(&at.client, &url, 0).await;
    assert_eq!(system(&again[0], System::ApproximateReceiveCount), Some("2"));
    // The first handle is stale: it is accepted, and the message stays.
    delete(&at.client, &url, message).await;
    assert_eq!(counts(&at.client, &url).await, [0, 1, 0]);
    delete(&at.client, &url, &again[0]).await;
    assert_eq!(counts(&at.client, &url).await, [0, 0, 0]);
}

#[tokio::test]
async fn given_nothing_wanted_when_received_then_attributes_stay_away_and_a_prefix_selects() {
    let (_folder, at) = started().await;
    let url = create(&at.client, "q", &[(Name::VisibilityTimeout, "0")]).await;
    let request = at.client.send_message().queue_url(&url).message_body("x").message_attributes("a.b", attribute("String", "1"));
    request.message_attributes("c", attribute("String", "2")).send().await.unwrap();
    let bare = at.client.receive_message().queue_url(&url).send().await.unwrap().messages.unwrap();
    assert_eq!((bare[0].attributes(), bare[0].message_attributes(), bare[0].md5_of_message_attributes()), (None, None, None));
    let some = at.client.receive_message().queue_url(&url).message_attribute_names("a.*").send().await.unwrap().messages.unwrap();
    assert_eq!(some[0].message_attributes().unwrap().keys().collect::<Vec<_>>(), ["a.b"]);
}

#[tokio::test]
async fn given_a_redrive_policy_when_received_too_often_then_the_message_is_in_the_dead_letter_queue_and_can_go_back() {
    let (_folder, at) = started().await;
    let dead = create(&at.client, "dlq", &[]).await;
    let policy = redrive(&at.client, &dead, 1).await;
    let url = create(&at.client, "q", &[(Name::VisibilityTimeout, "0"), (Name::RedrivePolicy, &policy)]).await;
    let request = at.client.send_message().queue_url(&url).message_body("r").message_attributes("k", attribute("String", "v"));
    let sent = request.send().await.unwrap();
    assert_eq!(receive(&at.client, &url, 0).await.len(), 1);

    // A poll of the dead-letter queue that already waits must hear of the move.
    let (waited, moved) = tokio::join!(receive(&at.client, &dead, 10), async {
        sleep(Duration::from_millis(200)).await;
        receive(&at.client, &url, 0).await
    });
    assert!(moved.is_empty());
    assert_eq!(bodies(&waited), ["r"]);
    assert_eq!(waited[0].message_id(), sent.message_id());
    assert_eq!(waited[0].message_attributes().unwrap()["k"], attribute("String", "v"));
    let source = arn(&at.client, &url).await;
    assert_eq!(system(&waited[0], System::DeadLetterQueueSourceArn), Some(source.as_str()));
    assert_eq!(system(&waited[0], System::ApproximateReceiveCount), Some("2"));

    let sources = at.client.list_dead_letter_source_queues().queue_url(&dead).send().await.unwrap();
    assert_eq!(sources.queue_urls(), std::slice::from_ref(&url));
    let handle = waited[0].receipt_handle().unwrap();
    at.client.change_message_visibility().queue_url(&dead).receipt_handle(handle).visibility_timeout(0).send().await.unwrap();
    let from = arn(&at.client, &dead).await;
    at.client.start_message_move_task().source_arn(&from).send().await.unwrap();
    assert_eq!((counts(&at.client, &url).await, counts(&at.client, &dead).await), ([1, 0, 0], [0, 0, 0]));
    let back = receive(&at.client, &url, 0).await;
    assert_ne!(back[0].message_id(), sent.message_id());
    assert_eq!(system(&back[0], System::ApproximateReceiveCount), Some("1"));
    let tasks = at.client.list_message_move_tasks().source_arn(&from).send().await.unwrap();
    let task = &tasks.results()[0];
    assert_eq!((task.status(), task.approximate_number_of_messages_moved()), (Some("COMPLETED"), 1));

    let not_dead = at.client.start_message_move_task().source_arn(source).send().await;
    assert_eq!(code(not_dead), "InvalidParameterValue");
}

#[tokio::test]
async fn given_batches_when_sent_received_and_deleted_then_each_entry_has_its_answer() {
    let (_folder, at) = started().await;
    let url = create(&at.client, "q", &[]).await;
    let batch = |entries: Vec<_>| at.client.send_message_batch().queue_url(&url).set_entries(Some(entries)).send();
    let answer = batch((0..10).map(|i| entry(i, format!("m{i}"))).collect()).await.unwrap();
    assert_eq!((answer.successful().len(), answer.failed().len()), (10, 0));

    assert_eq!(code(batch((0..11).map(|i| entry(i, "m")).collect()).await), "AWS.SimpleQueueService.TooManyEntriesInBatchRequest");
    assert_eq!(code(batch(vec![entry(1, "m"), entry(1, "m")]).await), "AWS.SimpleQueueService.BatchEntryIdsNotDistinct");
    assert_eq!(code(batch(vec![]).await), "AWS.SimpleQueueService.EmptyBatchRequest");
    assert_eq!(code(batch(vec![entry("a b", "m")]).await), "AWS.SimpleQueueService.InvalidBatchEntryId");
    let half = "x".repeat(600 * 1024);
    assert_eq!(code(batch(vec![entry(1, &half), entry(2, &half)]).await), "AWS.SimpleQueueService.BatchRequestTooLong");
    let mixed = batch(vec![entry("good", "m10"), entry("bad", "\u{1}")]).await.unwrap();
    assert_eq!((mixed.successful()[0].id(), mixed.failed()[0].id(), mixed.failed()[0].code()), ("good", "bad", "InvalidMessageContents"));

    let mut messages = receive(&at.client, &url, 0).await;
    assert_eq!(messages.len(), 10);
    messages.extend(receive(&at.client, &url, 0).await);
    assert_eq!(bodies(&messages), (0..11).map(|i| format!("m{i}")).collect::<Vec<_>>());
    let gone = |id: String, handle: &str| DeleteMessageBatchRequestEntry::builder().id(id).receipt_handle(handle).build().unwrap();
    let mut entries: Vec<_> = messages.iter().skip(2).enumerate().map(|(i, m)| gone(i.to_string(), m.receipt_handle().unwrap())).collect();
    entries.push(gone("bad".to_owned(), "garbage"));
    let answer = at.client.delete_message_batch().queue_url(&url).set_entries(Some(entries)).send().await.unwrap();
    assert_eq!((answer.successful().len(), answer.failed()[0].id(), answer.failed()[0].code()), (9, "bad", "ReceiptHandleIsInvalid"));
    assert_eq!(counts(&at.client, &url).await, [0, 2, 0]);
}

#[tokio::test]
async fn given_a_long_poll_when_nothing_comes_then_it_waits_and_a_send_wakes_it() {
    let (_folder, at) = started().await;
    let url = create(&at.client, "q", &[]).await;
    let start = Instant::now();
    assert!(receive(&at.client, &url, 1).await.is_empty());
    assert!((0.9..1.8).contains(&start.elapsed().as_secs_f64()), "{:?}", start.elapsed());

    let start = Instant::now();
    let (messages, ()) = tokio::join!(receive(&at.client, &url, 10), async {
        sleep(Duration::from_millis(400)).await;
        send(&at.client, &url, "x").await;
    });
    assert_eq!(bodies(&messages), ["x"]);
    assert!((0.4..1.2).contains(&start.elapsed().as_secs_f64()), "{:?}", start.elapsed());
}

#[tokio::test]
async fn given_a_long_poll_when_the_endpoint_stops_then_it_does_not_hold_it_up() {
    let (_folder, at) = started().await;
    let url = create(&at.client, "q", &[(Name::ReceiveMessageWaitTimeSeconds, "20")]).await;
    let client = at.client.clone();
    let poll = tokio::spawn(async move { client.receive_message().queue_url(url).send().await });
    sleep(Duration::from_millis(300)).await;
    assert!(!poll.is_finished());
    let start = Instant::now();
    at.stop().await;
    assert!(poll.await.unwrap().unwrap().messages.is_none());
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

#[tokio::test]
async fn given_delays_of_messages_and_queues_when_received_then_they_come_when_due() {
    let (_folder, at) = started().await;
    let plain = create(&at.client, "plain", &[]).await;
    let start = Instant::now();
    at.client.send_message().queue_url(&plain).message_body("x").delay_seconds(1).send().await.unwrap();
    let slow = create(&at.client, "slow", &[(Name::DelaySeconds, "1")]).await;
    send(&at.client, &slow, "y").await;
    assert_eq!((counts(&at.client, &plain).await, counts(&at.client, &slow).await), ([0, 0, 1], [0, 0, 1]));
    assert!(receive(&at.client, &slow, 0).await.is_empty());
    assert_eq!(bodies(&receive(&at.client, &plain, 5).await), ["x"]);
    assert!((0.9..2.0).contains(&start.elapsed().as_secs_f64()), "{:?}", start.elapsed());
    assert_eq!(bodies(&receive(&at.client, &slow, 5).await), ["y"]);
}

#[tokio::test]
async fn given_a_message_in_flight_when_its_visibility_changes_then_it_comes_back_at_that_time() {
    let (_folder, at) = started().await;
    let url = create(&at.client, "q", &[]).await;
    send(&at.client, &url, "x").await;
    let hide =
        |handle: &str, seconds| at.client.change_message_visibility().queue_url(&url).receipt_handle(handle).visibility_timeout(seconds).send();
    let first = receive(&at.client, &url, 0).await;
    let handle = first[0].receipt_handle().unwrap();
    hide(handle, 0).await.unwrap();
    assert_eq!(code(hide(handle, 5).await), "AWS.SimpleQueueService.MessageNotInflight");
    let second = receive(&at.client, &url, 0).await;
    let handle = second[0].receipt_handle().unwrap();
    hide(handle, 1).await.unwrap();
    assert!(receive(&at.client, &url, 0).await.is_empty());
    let third = receive(&at.client, &url, 5).await;
    assert_eq!(system(&third[0], System::ApproximateReceiveCount), Some("3"));
    assert_eq!(code(hide(handle, 1).await), "InvalidParameterValue");
    assert_eq!(code(hide("garbage", 1).await), "ReceiptHandleIsInvalid");
    let handle = third[0].receipt_handle().unwrap();
    let give_back = ChangeMessageVisibilityBatchRequestEntry::builder().id("1").receipt_handle(handle).visibility_timeout(0).build().unwrap();
    let answer = at.client.change_message_visibility_batch().queue_url(&url).entries(give_back).send().await.unwrap();
    assert_eq!(answer.successful()[0].id(), "1");
    assert_eq!(counts(&at.client, &url).await, [1, 0, 0]);
}

#[tokio::test]
async fn given_limits_when_they_are_passed_then_the_codes_are_those_of_the_service() {
    let (_folder, at) = started().await;
    let client = &at.client;
    let url = create(client, "l", &[]).await;
    let body = |body: String| client.send_message().queue_url(&url).message_body(body);
    assert_eq!(code(body("x".repeat(1024 * 1024 + 1)).send().await), "InvalidParameterValue");
    body("x".repeat(1024 * 1024)).send().await.unwrap();
    // Three bytes a character on our side, six on the wire of some clients.
    body("店".repeat(300 * 1024)).send().await.unwrap();
    assert_eq!(code(body("x".to_owned()).delay_seconds(901).send().await), "InvalidParameterValue");
    assert_eq!(code(body("bad\u{1}".to_owned()).send().await), "InvalidMessageContents");
    assert_eq!(code(client.receive_message().queue_url(&url).max_number_of_messages(11).send().await), "InvalidParameterValue");
    assert_eq!(code(client.receive_message().queue_url(&url).wait_time_seconds(21).send().await), "InvalidParameterValue");

    let missing = client.get_queue_url().queue_name("does-not-exist").send().await.expect_err("missing").into_service_error();
    assert!(matches!(missing, GetQueueUrlError::QueueDoesNotExist(_)), "{missing:?}");
    assert_eq!(code(client.create_queue().queue_name("l").attributes(Name::VisibilityTimeout, "77").send().await), "QueueAlreadyExists");
    assert_eq!(create(client, "l", &[(Name::VisibilityTimeout, "30")]).await, url);
    assert_eq!(code(client.create_queue().queue_name("r").attributes(Name::MessageRetentionPeriod, "59").send().await), "InvalidAttributeValue");
    assert_eq!(code(client.create_queue().queue_name("a b").send().await), "InvalidParameterValue");
    assert_eq!(code(client.create_queue().queue_name("a.fifo").send().await), "AWS.SimpleQueueService.UnsupportedOperation");

    let set = client.set_queue_attributes().queue_url(&url).attributes(Name::MaximumMessageSize, "1024").attributes(Name::VisibilityTimeout, "5");
    set.send().await.unwrap();
    assert_eq!(code(body("x".repeat(1025)).send().await), "InvalidParameterValue");
    let answer = client.get_queue_attributes().queue_url(&url).attribute_names(Name::VisibilityTimeout).send().await.unwrap();
    assert_eq!(answer.attributes.unwrap(), HashMap::from([(Name::VisibilityTimeout, "5".to_owned())]));

    client.purge_queue().queue_url(&url).send().await.unwrap();
    assert_eq!(counts(client, &url).await, [0, 0, 0]);
    client.delete_queue().queue_url(&url).send().await.unwrap();
    assert_eq!(code(body("x".to_owned()).send().await), "AWS.SimpleQueueService.NonExistentQueue");
}

#[tokio::test]
async fn given_queues_when_listed_then_prefix_and_pages_work_and_the_inspector_agrees() {
    let (_folder, at) = started().await;
    for name in ["a-1", "a-2", "a-3", "b-1"] {
        create(&at.client, name, &[]).await;
    }
    let all = at.client.list_queues().queue_name_prefix("a-").send().await.unwrap();
    assert_eq!((all.queue_urls().len(), all.next_token()), (3, None));
    let first = at.client.list_queues().queue_name_prefix("a-").max_results(2).send().await.unwrap();
    assert_eq!(first.queue_urls(), &all.queue_urls()[..2]);
    let rest = at.client.list_queues().queue_name_prefix("a-").max_results(2).next_token(first.next_token().unwrap()).send().await.unwrap();
    assert_eq!((rest.queue_urls(), rest.next_token()), (&all.queue_urls()[2..], None));

    let url = at.client.get_queue_url().queue_name("b-1").send().await.unwrap().queue_url.unwrap();
    assert!(url.ends_with("/000000000000/b-1"), "{url}");
    at.client.tag_queue().queue_url(&url).tags("team", "orders").send().await.unwrap();
    let tags = at.client.list_queue_tags().queue_url(&url).send().await.unwrap().tags.unwrap();
    assert_eq!(tags, HashMap::from([("team".to_owned(), "orders".to_owned())]));

    send(&at.client, &url, "x").await;
    send(&at.client, &url, "y").await;
    at.client.receive_message().queue_url(&url).send().await.unwrap();
    let queues = at.sqs.queues();
    assert_eq!(queues.iter().map(|queue| queue.name.as_str()).collect::<Vec<_>>(), ["a-1", "a-2", "a-3", "b-1"]);
    assert_eq!((queues[3].visible, queues[3].in_flight, queues[3].delayed), (1, 1, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn given_eight_consumers_when_they_share_a_queue_then_no_message_comes_twice_and_none_stays() {
    let (_folder, at) = started().await;
    let url = create(&at.client, "q", &[]).await;
    for batch in 0..30 {
        let entries = (0..10).map(|i| entry(i, format!("{batch}-{i}"))).collect();
        at.client.send_message_batch().queue_url(&url).set_entries(Some(entries)).send().await.unwrap();
    }
    let consumers: Vec<_> = (0..8)
        .map(|_| {
            let (client, url) = (at.client.clone(), url.clone());
            tokio::spawn(async move {
                let mut got = Vec::new();
                loop {
                    let messages = receive(&client, &url, 0).await;
                    if messages.is_empty() {
                        return got;
                    }
                    for message in messages {
                        delete(&client, &url, &message).await;
                        got.push(message.body.unwrap());
                    }
                }
            })
        })
        .collect();
    let mut got = Vec::new();
    for consumer in consumers {
        got.extend(consumer.await.unwrap());
    }
    assert_eq!(got.len(), 300);
    assert_eq!(got.iter().collect::<BTreeSet<_>>().len(), 300);
    assert_eq!(counts(&at.client, &url).await, [0, 0, 0]);
}
