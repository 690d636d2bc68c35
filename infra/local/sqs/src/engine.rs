//! The writer thread: it takes all requests that wait, runs them in one transaction, and answers after the commit.
//!
//! One commit for many requests is what makes a durable queue fast. An answer is held back until its commit, so an
//! acknowledged send is in the file. Waiters of long polls sleep on a bell for each queue, rung after the commit.
//! What must not live here: SQL (`store`) and HTTP (`protocol`).

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::JoinHandle,
    time::{SystemTime, UNIX_EPOCH},
};

use tokio::sync::{Notify, oneshot};

use crate::{
    fault::{Failure, Refusal},
    store::Store,
};

/// The most requests in one transaction: more would make the first of them wait for long.
const GROUP: usize = 256;

/// Gives a caller its answer, after the commit. Dropped on a rollback, which the caller sees as an internal failure.
type Answer = Box<dyn FnOnce() + Send>;

/// One request, to run inside a transaction at a time in milliseconds.
type Job = Box<dyn FnOnce(&mut Store, i64) -> Result<Answer, rusqlite::Error> + Send>;

/// Bells by queue name. Only queues that somebody waited for have one.
#[derive(Clone, Default)]
struct Bells(Arc<Mutex<HashMap<String, Arc<Notify>>>>);

impl Bells {
    fn of(&self, name: &str) -> Arc<Notify> {
        let mut bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bell) = bells.get(name) {
            return bell.clone();
        }
        // Deleted queues leave bells behind; those that nobody holds any more go here.
        bells.retain(|_, bell| Arc::strong_count(bell) > 1);
        bells.entry(name.to_owned()).or_default().clone()
    }

    fn ring(&self, names: &[String]) {
        if names.is_empty() {
            return;
        }
        let bells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        names.iter().filter_map(|name| bells.get(name)).for_each(|bell| bell.notify_waiters());
    }
}

/// The way to the writer thread. The last one dropped waits until the file is closed.
pub(crate) struct Engine {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    bells: Bells,
}

impl Engine {
    /// Opens the file and starts the thread.
    pub(crate) fn open(path: &Path) -> Result<Self, crate::Error> {
        let store = Store::open(path)?;
        let (jobs, waiting) = mpsc::channel();
        let bells = Bells::default();
        let thread_bells = bells.clone();
        let thread = std::thread::Builder::new().name("sqs-writer".to_owned()).spawn(move || write(store, &waiting, &thread_bells))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread), bells })
    }

    /// The bell of a queue: it rings when something in it may be received sooner than was known.
    pub(crate) fn bell(&self, name: &str) -> Arc<Notify> {
        self.bells.of(name)
    }

    /// Runs something on the file and answers after its commit.
    pub(crate) async fn run<T, F>(&self, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: FnOnce(&mut Store, i64) -> Result<T, Failure> + Send + 'static,
    {
        self.submit(work).await.unwrap_or_else(|_| Err(Refusal::internal()))
    }

    /// The same for a caller that cannot await; it blocks for about a commit's time.
    pub(crate) fn run_blocking<T, F>(&self, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: FnOnce(&mut Store, i64) -> Result<T, Failure> + Send + 'static,
    {
        let (answer, answered) = mpsc::sync_channel(1);
        self.push(Box::new(move |store, now| {
            let result = settle(work(store, now))?;
            Ok(Box::new(move || drop(answer.send(result))))
        }));
        answered.recv().unwrap_or_else(|_| Err(Refusal::internal()))
    }

    fn submit<T, F>(&self, work: F) -> oneshot::Receiver<Result<T, Refusal>>
    where
        T: Send + 'static,
        F: FnOnce(&mut Store, i64) -> Result<T, Failure> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        self.push(Box::new(move |store, now| {
            // The client went away while it waited: a receive for nobody would hide messages.
            if answer.is_closed() {
                return Ok(Box::new(|| {}));
            }
            let result = settle(work(store, now))?;
            Ok(Box::new(move || drop(answer.send(result))))
        }));
        answered
    }

    fn push(&self, job: Job) {
        // When the thread is gone the job is dropped, and its caller sees an internal failure.
        if let Some(jobs) = &self.jobs {
            drop(jobs.send(job));
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.jobs = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the queue's writer thread panicked");
        }
    }
}

/// A refusal is an answer like any other; a failure of the file ends the transaction.
pub(crate) fn settle<T>(result: Result<T, Failure>) -> Result<Result<T, Refusal>, rusqlite::Error> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(Failure::Refused(refusal)) => Ok(Err(refusal)),
        Err(Failure::Disk(error)) => Err(error),
    }
}

/// The thread's loop: sleep for a first job, take what else waits, commit, answer, ring.
fn write(mut store: Store, waiting: &mpsc::Receiver<Job>, bells: &Bells) {
    while let Ok(first) = waiting.recv() {
        match group(&mut store, first, waiting) {
            Ok((answers, stirred)) => {
                answers.into_iter().for_each(|answer| answer());
                bells.ring(&stirred);
            }
            Err(error) => {
                tracing::error!(%error, "the queue's file failed; nothing of this transaction was kept");
                if let Err(error) = store.rollback() {
                    tracing::error!(%error, "the queue's file cannot be rolled back");
                }
            }
        }
    }
}

fn group(store: &mut Store, first: Job, waiting: &mpsc::Receiver<Job>) -> Result<(Vec<Answer>, Vec<String>), rusqlite::Error> {
    let now = now();
    store.begin()?;
    let mut answers = vec![first(store, now)?];
    while answers.len() < GROUP {
        let Ok(job) = waiting.try_recv() else { break };
        answers.push(job(store, now)?);
    }
    Ok((answers, store.commit()?))
}

/// Milliseconds since 1970: the store's times.
pub(crate) fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
