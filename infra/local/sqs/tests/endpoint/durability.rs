//! What is in the file: everything after a restart, and every acknowledged message after `kill -9`.

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use crate::common::{Endpoint, Folder, bodies, client, counts, create, delete, entry, receive, redrive, send, system};
use aws_sdk_sqs::types::{MessageSystemAttributeName as System, QueueAttributeName as Name};
use tokio::time::sleep;

#[tokio::test]
async fn given_queues_and_messages_when_the_file_is_opened_again_then_everything_is_as_it_was() {
    let folder = Folder::new();
    let at = Endpoint::start(&folder.file()).await;
    let dead = create(&at.client, "dlq", &[]).await;
    let policy = redrive(&at.client, &dead, 2).await;
    let url = create(&at.client, "q", &[(Name::VisibilityTimeout, "2"), (Name::RedrivePolicy, &policy)]).await;
    send(&at.client, &url, "in flight").await;
    let before = receive(&at.client, &url, 0).await;
    send(&at.client, &url, "visible").await;
    at.client.send_message().queue_url(&url).message_body("delayed").delay_seconds(900).send().await.unwrap();
    send(&at.client, &url, "deleted").await;
    let all = at.sqs.queues();
    let attributes = at.client.get_queue_attributes().queue_url(&url).attribute_names(Name::RedrivePolicy).send().await.unwrap().attributes;
    at.stop().await;

    // The port is another one now, and the old URLs still name the queues.
    let at = Endpoint::start(&folder.file()).await;
    assert_eq!(at.sqs.queues(), all);
    let again = at.client.get_queue_attributes().queue_url(&url).attribute_names(Name::RedrivePolicy).send().await.unwrap().attributes;
    assert_eq!(again, attributes);
    let visible = receive(&at.client, &url, 0).await;
    assert_eq!(bodies(&visible), ["visible", "deleted"]);
    delete(&at.client, &url, &visible[1]).await;
    at.stop().await;

    let at = Endpoint::start(&folder.file()).await;
    let mut back = receive(&at.client, &url, 5).await;
    if back.len() < 2 {
        back.extend(receive(&at.client, &url, 5).await);
    }
    assert_eq!(bodies(&back), ["in flight", "visible"]);
    assert_eq!(back[0].message_id(), before[0].message_id());
    assert_eq!(system(&back[0], System::ApproximateReceiveCount), Some("2"));
    assert_eq!(system(&back[0], System::ApproximateFirstReceiveTimestamp), system(&before[0], System::ApproximateFirstReceiveTimestamp));
    // Handles outlive a restart too.
    delete(&at.client, &url, &back[0]).await;
    assert_eq!(counts(&at.client, &url).await, [0, 1, 1]);
}

#[tokio::test]
async fn given_a_file_that_is_no_database_when_opened_then_it_is_refused_and_left_alone() {
    let folder = Folder::new();
    std::fs::write(folder.file(), "not a database, but a text of somebody".repeat(100)).unwrap();
    assert!(liandian_sqs::Sqs::open(&folder.file(), "http://127.0.0.1:1".to_owned()).is_err());
    assert!(std::fs::read_to_string(folder.file()).unwrap().starts_with("not a database"));
}

/// The endpoint as a process of its own, killed when it is dropped.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(file: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_liandian-sqs")).arg(file).arg("0").stdout(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
        Self { child, url: url.trim().to_owned() }
    }

    /// `kill -9`.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What the clients were told.
#[derive(Default)]
struct Log {
    tried: BTreeSet<String>,
    sent: BTreeSet<String>,
    tried_to_delete: BTreeSet<String>,
    deleted: BTreeSet<String>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn given_a_load_when_the_process_is_killed_then_no_acknowledged_message_is_lost_and_no_deleted_one_returns() {
    let folder = Folder::new();
    let log = Arc::new(Mutex::new(Log::default()));
    for round in 0..3 {
        let server = Server::start(&folder.file());
        let at = client(&server.url);
        let url = create(&at, "q", &[(Name::VisibilityTimeout, "1")]).await;
        let mut tasks = Vec::new();
        for sender in 0..4 {
            let (at, url, log) = (at.clone(), url.clone(), log.clone());
            tasks.push(tokio::spawn(async move {
                for batch in 0.. {
                    let texts: Vec<String> = (0..10).map(|i| format!("{round}-{sender}-{batch}-{i}")).collect();
                    log.lock().unwrap().tried.extend(texts.clone());
                    let entries = texts.iter().enumerate().map(|(i, text)| entry(i, text)).collect();
                    let Ok(answer) = at.send_message_batch().queue_url(&url).set_entries(Some(entries)).send().await else { return };
                    assert_eq!(answer.successful().len(), 10);
                    log.lock().unwrap().sent.extend(texts);
                }
            }));
        }
        {
            let (at, url, log) = (at.clone(), url.clone(), log.clone());
            tasks.push(tokio::spawn(async move {
                loop {
                    let Ok(answer) = at.receive_message().queue_url(&url).max_number_of_messages(3).send().await else { return };
                    for message in answer.messages.unwrap_or_default() {
                        let text = message.body.unwrap();
                        log.lock().unwrap().tried_to_delete.insert(text.clone());
                        let gone = at.delete_message().queue_url(&url).receipt_handle(message.receipt_handle.unwrap()).send().await;
                        if gone.is_err() {
                            return;
                        }
                        log.lock().unwrap().deleted.insert(text);
                    }
                }
            }));
        }
        sleep(Duration::from_millis(500 + 130 * round)).await;
        server.kill();
        for task in tasks {
            task.await.unwrap();
        }
    }

    let server = Server::start(&folder.file());
    let at = client(&server.url);
    let url = at.get_queue_url().queue_name("q").send().await.unwrap().queue_url.unwrap();
    let mut found = Vec::new();
    // The last look waits longer than the visibility timeout of what was in flight at the kill.
    loop {
        let request = at.receive_message().queue_url(&url).max_number_of_messages(10).visibility_timeout(600).wait_time_seconds(2);
        let messages = request.send().await.unwrap().messages.unwrap_or_default();
        if messages.is_empty() {
            break;
        }
        found.extend(messages.into_iter().map(|message| message.body.unwrap()));
    }
    let log = log.lock().unwrap();
    let once: BTreeSet<String> = found.iter().cloned().collect();
    assert!(log.sent.len() > 100 && log.deleted.len() > 10, "no load: {} sent, {} deleted", log.sent.len(), log.deleted.len());
    assert_eq!(once.len(), found.len(), "a message is there twice");
    let lost: Vec<_> = log.sent.iter().filter(|text| !once.contains(*text) && !log.tried_to_delete.contains(*text)).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    let returned: Vec<_> = once.intersection(&log.deleted).collect();
    assert!(returned.is_empty(), "deleted and back: {returned:?}");
    assert!(once.is_subset(&log.tried), "a message that nobody sent");
}

/// `cargo test -p liandian-sqs --release -- --ignored --nocapture` prints the figures.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, not a check"]
async fn given_sixteen_clients_when_they_send_and_receive_in_batches_then_the_rate_is_printed() {
    let folder = Folder::new();
    let server = Server::start(&folder.file());
    let at = client(&server.url);
    let url = create(&at, "q", &[]).await;
    let body = "x".repeat(500);
    let start = Instant::now();
    let senders: Vec<_> = (0..16)
        .map(|_| {
            let (at, url, body) = (at.clone(), url.clone(), body.clone());
            tokio::spawn(async move {
                for _ in 0..100 {
                    let entries = (0..10).map(|i| entry(i, &body)).collect();
                    at.send_message_batch().queue_url(&url).set_entries(Some(entries)).send().await.unwrap();
                }
            })
        })
        .collect();
    for sender in senders {
        sender.await.unwrap();
    }
    println!("{:.0} sends/s", 16_000.0 / start.elapsed().as_secs_f64());
    let start = Instant::now();
    let receivers: Vec<_> = (0..16)
        .map(|_| {
            let (at, url) = (at.clone(), url.clone());
            tokio::spawn(async move {
                let mut got = 0;
                loop {
                    match receive(&at, &url, 0).await.len() {
                        0 => return got,
                        some => got += some,
                    }
                }
            })
        })
        .collect();
    let mut got = 0;
    for receiver in receivers {
        got += receiver.await.unwrap();
    }
    assert_eq!(got, 16_000);
    println!("{:.0} receives/s", 16_000.0 / start.elapsed().as_secs_f64());
}
