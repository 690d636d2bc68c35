//! The file: its tables and every statement on them.
//!
//! All of this runs on the writer thread, inside the transaction that `engine` opened, and is given the time.
//! A function here refuses before it writes, never after, because other requests share its transaction.
//! What must not live here: HTTP, waiting, clocks.

use std::{collections::BTreeMap, path::Path, time::Duration};

use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, params};

use crate::{
    attributes::{Attributes, TextMap, arn, name_in_arn},
    fault::{Code, Failure, Refusal},
    message::{MessageAttributes, Receipt, new_id},
};

/// Times are milliseconds since 1970. A message's row stays the same when it moves to a dead-letter queue, so rows
/// are in the order of sending. `receipt` is null until the message is received in the queue that it is in: that
/// tells "in flight" from "delayed" while it is hidden. The index keeps ties of `visible_at` in the order of rows.
const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS queues (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, created INTEGER NOT NULL, modified INTEGER NOT NULL,
    attributes TEXT NOT NULL, tags TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, queue INTEGER NOT NULL, visible_at INTEGER NOT NULL, receipt INTEGER,
    receives INTEGER NOT NULL, receives_before INTEGER NOT NULL, first_received INTEGER, sent INTEGER NOT NULL,
    message_id TEXT NOT NULL, source TEXT, system TEXT, attributes TEXT, body TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS messages_due ON messages (queue, visible_at);
CREATE INDEX IF NOT EXISTS messages_age ON messages (queue, sent);
CREATE TABLE IF NOT EXISTS moves (
    id INTEGER PRIMARY KEY AUTOINCREMENT, handle TEXT NOT NULL UNIQUE, source TEXT NOT NULL, destination TEXT,
    started INTEGER NOT NULL, moved INTEGER NOT NULL, failure TEXT
) STRICT;
";

/// A queue, as it is kept in memory beside the file.
#[derive(Debug, Clone)]
pub(crate) struct Queue {
    id: i64,
    pub(crate) created: i64,
    pub(crate) modified: i64,
    pub(crate) attributes: Attributes,
    pub(crate) tags: TextMap,
}

/// How many messages a queue holds, by state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) visible: u64,
    pub(crate) in_flight: u64,
    pub(crate) delayed: u64,
}

/// A message to send, already checked except for what the queue limits.
#[derive(Debug)]
pub(crate) struct NewMessage {
    pub(crate) body: String,
    pub(crate) attributes: MessageAttributes,
    /// System attributes that a sender may give: the trace header and the fairness group.
    pub(crate) system: TextMap,
    pub(crate) delay: Option<u32>,
    pub(crate) bytes: usize,
}

/// A message as it is received.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) message_id: String,
    pub(crate) receipt: Receipt,
    pub(crate) body: String,
    pub(crate) attributes: MessageAttributes,
    pub(crate) system: TextMap,
}

/// What a look into a queue found.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) messages: Vec<Received>,
    /// When the next hidden message becomes visible, if nothing changes before.
    pub(crate) next: Option<i64>,
    /// The queue's own waiting time, in seconds.
    pub(crate) wait: u32,
}

/// A redrive that was run. Its handle is not shown: the service shows handles of running ones only.
#[derive(Debug)]
pub(crate) struct Move {
    pub(crate) source: String,
    pub(crate) destination: Option<String>,
    pub(crate) started: i64,
    pub(crate) moved: i64,
    pub(crate) failure: Option<String>,
}

/// The open file and the queues in it.
pub(crate) struct Store {
    db: Connection,
    queues: BTreeMap<String, Queue>,
    /// Queues in which something may be received sooner than a waiter believes. `engine` rings their bells after the commit.
    stirred: Vec<String>,
}

impl Store {
    /// Opens or creates the file. A second process is kept out: it would not hear of our sends.
    pub(crate) fn open(path: &Path) -> Result<Self, rusqlite::Error> {
        let db = Connection::open(path)?;
        // A process that was just killed, or a handle that is just closing, may hold the lock for a moment.
        db.busy_timeout(Duration::from_secs(5))?;
        db.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        // NORMAL: a commit is in the kernel's hands when it returns. It outlives the process, not a loss of power.
        db.pragma_update(None, "synchronous", "NORMAL")?;
        db.pragma_update(None, "cache_size", -32_000)?;
        db.set_prepared_statement_cache_capacity(64);
        db.execute_batch(SCHEMA)?;
        let mut store = Self { db, queues: BTreeMap::new(), stirred: Vec::new() };
        store.load()?;
        Ok(store)
    }

    /// Reads the queues again, at the start and after a rollback.
    fn load(&mut self) -> Result<(), rusqlite::Error> {
        let mut statement = self.db.prepare("SELECT name, id, created, modified, attributes, tags FROM queues")?;
        let rows = statement.query_map([], |row| {
            let attributes: TextMap = json(row, 4)?;
            // We wrote them after the same checks; limits only ever widen.
            let attributes = Attributes::default().with(&attributes).map_err(|refusal| unreadable(4, refusal))?;
            let queue = Queue { id: row.get(1)?, created: row.get(2)?, modified: row.get(3)?, attributes, tags: json(row, 5)? };
            Ok((row.get(0)?, queue))
        })?;
        self.queues = rows.collect::<Result<_, _>>()?;
        Ok(())
    }

    // --- transactions, for the engine ---

    pub(crate) fn begin(&mut self) -> Result<(), rusqlite::Error> {
        self.stirred.clear();
        self.db.execute_batch("BEGIN")
    }

    pub(crate) fn commit(&mut self) -> Result<Vec<String>, rusqlite::Error> {
        self.db.execute_batch("COMMIT")?;
        let mut stirred = std::mem::take(&mut self.stirred);
        stirred.sort_unstable();
        stirred.dedup();
        Ok(stirred)
    }

    pub(crate) fn rollback(&mut self) -> Result<(), rusqlite::Error> {
        self.stirred.clear();
        if !self.db.is_autocommit() {
            self.db.execute_batch("ROLLBACK")?;
        }
        self.load()
    }

    fn stir(&mut self, name: &str) {
        if self.stirred.last().is_none_or(|last| last != name) {
            self.stirred.push(name.to_owned());
        }
    }

    fn statement(&self, sql: &str) -> Result<CachedStatement<'_>, rusqlite::Error> {
        self.db.prepare_cached(sql)
    }

    // --- queues ---

    /// The queue of this name.
    pub(crate) fn queue(&self, name: &str) -> Result<&Queue, Refusal> {
        self.queues.get(name).ok_or_else(Refusal::no_queue)
    }

    /// Names in order, from a prefix on and after a name.
    pub(crate) fn names<'a>(&'a self, prefix: &'a str, after: Option<&'a str>) -> impl Iterator<Item = &'a str> {
        self.queues.keys().map(String::as_str).filter(move |name| name.starts_with(prefix) && after.is_none_or(|after| *name > after))
    }

    /// Names in order of the queues whose dead-letter queue is this one.
    pub(crate) fn sources<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let gives_up_to = move |queue: &Queue| queue.attributes.redrive.as_ref().is_some_and(|redrive| redrive.target_name() == name);
        self.queues.iter().filter(move |(_, queue)| gives_up_to(queue)).map(|(name, _)| name.as_str())
    }

    /// Creates a queue, or finds one that is set the same.
    pub(crate) fn create(&mut self, name: &str, given: &TextMap, tags: TextMap, now: i64) -> Result<(), Failure> {
        if let Some(queue) = self.queues.get(name) {
            if queue.attributes.with(given)? == queue.attributes {
                return Ok(());
            }
            let message = "A queue already exists with the same name and a different value for an attribute.";
            return Err(Refusal::new(Code::QueueNameExists, message).into());
        }
        let attributes = Attributes::default().with(given)?;
        self.check_redrive(name, &attributes, given)?;
        let id = {
            let mut insert = self.statement("INSERT INTO queues (name, created, modified, attributes, tags) VALUES (?, ?, ?, ?, ?)")?;
            insert.insert(params![name, now, now, text(&attributes.texts())?, text(&tags)?])?
        };
        self.queues.insert(name.to_owned(), Queue { id, created: now, modified: now, attributes, tags });
        Ok(())
    }

    /// Sets attributes; what is not given stays.
    pub(crate) fn set(&mut self, name: &str, given: &TextMap, now: i64) -> Result<(), Failure> {
        let attributes = self.queue(name)?.attributes.with(given)?;
        self.check_redrive(name, &attributes, given)?;
        let texts = text(&attributes.texts())?;
        self.statement("UPDATE queues SET attributes = ?, modified = ? WHERE name = ?")?.execute(params![texts, now, name])?;
        if let Some(queue) = self.queues.get_mut(name) {
            queue.attributes = attributes;
            queue.modified = now;
        }
        self.stir(name);
        Ok(())
    }

    /// A dead-letter queue must exist, and allow the source.
    fn check_redrive(&self, name: &str, attributes: &Attributes, given: &TextMap) -> Result<(), Refusal> {
        let Some(redrive) = attributes.redrive.as_ref().filter(|_| given.contains_key("RedrivePolicy")) else { return Ok(()) };
        let bad =
            |reason: &str| Refusal::new(Code::InvalidAttributeValue, format!("Value for parameter RedrivePolicy is invalid. Reason: {reason}."));
        let target = redrive.target_name();
        let allow = match self.queues.get(target) {
            Some(queue) => queue.attributes.redrive_allow.as_ref(),
            None => return Err(bad("Dead letter target does not exist")),
        };
        if allow.is_some_and(|allow| !allow.allows(name)) {
            return Err(bad("The dead letter target's RedriveAllowPolicy does not allow this queue"));
        }
        Ok(())
    }

    /// Replaces a queue's tags.
    pub(crate) fn tag(&mut self, name: &str, change: impl FnOnce(&mut TextMap)) -> Result<(), Failure> {
        let mut tags = self.queue(name)?.tags.clone();
        change(&mut tags);
        self.statement("UPDATE queues SET tags = ? WHERE name = ?")?.execute(params![text(&tags)?, name])?;
        if let Some(queue) = self.queues.get_mut(name) {
            queue.tags = tags;
        }
        Ok(())
    }

    /// Deletes a queue with all its messages.
    pub(crate) fn delete_queue(&mut self, name: &str) -> Result<(), Failure> {
        self.purge(name)?;
        self.statement("DELETE FROM queues WHERE name = ?")?.execute([name])?;
        self.queues.remove(name);
        self.stir(name);
        Ok(())
    }

    /// Deletes all messages of a queue.
    pub(crate) fn purge(&mut self, name: &str) -> Result<(), Failure> {
        let id = self.queue(name)?.id;
        self.statement("DELETE FROM messages WHERE queue = ?")?.execute([id])?;
        Ok(())
    }

    /// Counts a queue's messages.
    pub(crate) fn counts(&mut self, name: &str, now: i64) -> Result<Counts, Failure> {
        self.expire(name, now)?;
        let id = self.queue(name)?.id;
        let visible = self.statement("SELECT count(*) FROM messages WHERE queue = ? AND visible_at <= ?")?.query_row([id, now], count)?;
        let sql = "SELECT count(*), count(receipt) FROM messages WHERE queue = ? AND visible_at > ?";
        let (hidden, in_flight) = self.statement(sql)?.query_row([id, now], |row| Ok((count(row)?, row.get::<_, i64>(1)?.unsigned_abs())))?;
        Ok(Counts { visible, in_flight, delayed: hidden - in_flight })
    }

    /// Drops what is older than the queue keeps. Called before every look, so that an expired message is never seen.
    fn expire(&mut self, name: &str, now: i64) -> Result<(), Failure> {
        let queue = self.queue(name)?;
        let oldest = now - i64::from(queue.attributes.retention) * 1000;
        self.statement("DELETE FROM messages WHERE queue = ? AND sent <= ?")?.execute([queue.id, oldest])?;
        Ok(())
    }

    // --- messages ---

    /// Sends messages; each is taken or refused by itself. The answers are message ids.
    pub(crate) fn send(&mut self, name: &str, messages: &[NewMessage], now: i64) -> Result<Vec<Result<String, Refusal>>, Failure> {
        let queue = self.queue(name)?;
        let most = usize::try_from(queue.attributes.max_bytes).unwrap_or(usize::MAX);
        let mut answers = Vec::with_capacity(messages.len());
        {
            let mut insert = self.statement(
                "INSERT INTO messages (queue, visible_at, receives, receives_before, sent, message_id, system, attributes, body)
                 VALUES (?, ?, 0, 0, ?, ?, ?, ?, ?)",
            )?;
            for message in messages {
                if message.bytes > most {
                    let reason = format!("One or more parameters are invalid. Reason: Message must be shorter than {most} bytes.");
                    answers.push(Err(Refusal::new(Code::InvalidParameterValue, reason)));
                    continue;
                }
                let visible_at = now + i64::from(message.delay.unwrap_or(queue.attributes.delay)) * 1000;
                let system = (!message.system.is_empty()).then(|| text(&message.system)).transpose()?;
                let attributes = (!message.attributes.is_empty()).then(|| text(&message.attributes)).transpose()?;
                let message_id = new_id();
                insert.execute(params![queue.id, visible_at, now, message_id, system, attributes, message.body])?;
                answers.push(Ok(message_id));
            }
        }
        self.stir(name);
        Ok(answers)
    }

    /// Receives up to `most` messages and hides them for `visibility` seconds (or as the queue says).
    /// Messages that have been received too often go to the dead-letter queue instead.
    pub(crate) fn receive(&mut self, name: &str, most: usize, visibility: Option<u32>, now: i64) -> Result<Look, Failure> {
        self.expire(name, now)?;
        let queue = self.queue(name)?;
        let id = queue.id;
        let wait = queue.attributes.wait;
        let hidden_until = now + i64::from(visibility.unwrap_or(queue.attributes.visibility)) * 1000;
        // A dead-letter queue that was deleted gives up nothing: the messages stay receivable.
        let dead = queue.attributes.redrive.as_ref().and_then(|redrive| {
            let target = redrive.target_name();
            self.queues.get(target).map(|queue| (i64::from(redrive.max_receives), target.to_owned(), queue.id))
        });

        let mut messages = Vec::new();
        let mut given_up = Vec::new();
        {
            let mut due = self.statement(
                "SELECT id, receives, receives_before, first_received, sent, message_id, source, system, attributes, body
                 FROM messages WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, id",
            )?;
            let mut rows = due.query([id, now])?;
            while messages.len() < most {
                let Some(row) = rows.next()? else { break };
                let receives: i64 = row.get(1)?;
                if dead.as_ref().is_some_and(|(max_receives, _, _)| receives >= *max_receives) {
                    given_up.push(row.get::<_, i64>(0)?);
                } else {
                    messages.push(received(row, now)?);
                }
            }
        }
        {
            let mut hide = self.statement(
                "UPDATE messages SET visible_at = ?, receipt = ?, receives = receives + 1, first_received = coalesce(first_received, ?)
                 WHERE id = ?",
            )?;
            for message in &messages {
                hide.execute([hidden_until, message.receipt.token, now, message.receipt.row])?;
            }
        }
        if let Some((_, target, target_id)) = dead.filter(|_| !given_up.is_empty()) {
            {
                let mut give_up = self.statement(
                    "UPDATE messages SET queue = ?, visible_at = ?, receipt = NULL, receives_before = receives_before + receives,
                     receives = 0, source = ? WHERE id = ?",
                )?;
                let source = arn(name);
                for row in given_up {
                    give_up.execute(params![target_id, now, source, row])?;
                }
            }
            self.stir(&target);
        }
        let mut first = self.statement("SELECT min(visible_at) FROM messages WHERE queue = ? AND visible_at > ?")?;
        let next = if messages.is_empty() { first.query_row([id, now], |row| row.get(0))? } else { None };
        Ok(Look { messages, next, wait })
    }

    /// Deletes a message. A handle from an earlier receive deletes nothing, and says nothing, as in SQS.
    pub(crate) fn delete(&mut self, name: &str, receipts: &[Receipt]) -> Result<(), Failure> {
        let id = self.queue(name)?.id;
        let mut delete = self.statement("DELETE FROM messages WHERE id = ? AND queue = ? AND receipt = ?")?;
        for receipt in receipts {
            delete.execute([receipt.row, id, receipt.token])?;
        }
        Ok(())
    }

    /// Hides a message in flight for so many seconds from now; 0 gives it back.
    pub(crate) fn change_visibility(&mut self, name: &str, receipt: Receipt, seconds: u32, now: i64) -> Result<(), Failure> {
        let id = self.queue(name)?.id;
        let sql = "SELECT visible_at FROM messages WHERE id = ? AND queue = ? AND receipt = ?";
        let hidden_until: Option<i64> = self.statement(sql)?.query_row([receipt.row, id, receipt.token], |row| row.get(0)).optional()?;
        match hidden_until {
            None => {
                let reason = "Message does not exist or is not available for visibility timeout change";
                return Err(Refusal::parameter("ReceiptHandle", receipt.handle(), reason).into());
            }
            Some(until) if until <= now => return Err(Refusal::new(Code::MessageNotInflight, "The specified message isn't in flight.").into()),
            Some(_) => {}
        }
        let until = now + i64::from(seconds) * 1000;
        self.statement("UPDATE messages SET visible_at = ? WHERE id = ?")?.execute([until, receipt.row])?;
        self.stir(name);
        Ok(())
    }

    // --- back from a dead-letter queue ---

    /// Moves the visible messages of a dead-letter queue back to where each came from, or all to one queue.
    /// They are new messages there: new ids, no receives. It is one transaction, so a move is never half done.
    pub(crate) fn move_back(&mut self, source_arn: &str, destination_arn: Option<&str>, now: i64) -> Result<String, Failure> {
        let no_such =
            || Refusal::new(Code::ResourceNotFound, "The resource that you specified for the SourceArn or DestinationArn parameter doesn't exist.");
        let source = name_in_arn(source_arn).filter(|name| self.queues.contains_key(*name)).ok_or_else(no_such)?.to_owned();
        if self.sources(&source).next().is_none() {
            return Err(Refusal::parameter("SourceArn", source_arn, "Source queue must be configured as a Dead Letter Queue").into());
        }
        let destination = match destination_arn {
            Some(arn) => Some(name_in_arn(arn).filter(|name| self.queues.contains_key(*name)).ok_or_else(no_such)?.to_owned()),
            None => None,
        };
        self.expire(&source, now)?;
        let id = self.queue(&source)?.id;
        let waiting: Vec<(i64, Option<String>)> = self
            .statement("SELECT id, source FROM messages WHERE queue = ? AND visible_at <= ? ORDER BY id")?
            .query_map([id, now], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let mut moved = 0_i64;
        let mut stirred = Vec::new();
        let mut failure = None;
        for (row, came_from) in waiting {
            let target = destination.as_deref().or_else(|| name_in_arn(came_from.as_deref()?));
            let Some((target, target_id)) = target.and_then(|name| Some((name, self.queues.get(name)?.id))) else {
                failure = Some("CouldNotDetermineMessageSource");
                continue;
            };
            self.statement(
                "INSERT INTO messages (queue, visible_at, receives, receives_before, sent, message_id, system, attributes, body)
                 SELECT ?, ?, 0, 0, ?, ?, system, attributes, body FROM messages WHERE id = ?",
            )?
            .execute(params![target_id, now, now, new_id(), row])?;
            self.statement("DELETE FROM messages WHERE id = ?")?.execute([row])?;
            moved += 1;
            if stirred.last().is_none_or(|last| last != target) {
                stirred.push(target.to_owned());
            }
        }
        stirred.iter().for_each(|name| self.stir(name));
        let handle = new_id();
        self.statement("INSERT INTO moves (handle, source, destination, started, moved, failure) VALUES (?, ?, ?, ?, ?, ?)")?.execute(params![
            handle,
            source_arn,
            destination_arn,
            now,
            moved,
            failure
        ])?;
        Ok(handle)
    }

    /// The latest moves out of a queue, newest first.
    pub(crate) fn moves(&self, source_arn: &str, most: u32) -> Result<Vec<Move>, Failure> {
        let sql = "SELECT source, destination, started, moved, failure FROM moves WHERE source = ? ORDER BY id DESC LIMIT ?";
        let moves = self.statement(sql)?.query_map(params![source_arn, most], read_move)?.collect::<Result<_, _>>()?;
        Ok(moves)
    }

    /// Was there a move with this handle? Every move that is in the file has ended.
    pub(crate) fn has_move(&self, handle: &str) -> Result<bool, Failure> {
        Ok(self.statement("SELECT 1 FROM moves WHERE handle = ?")?.exists([handle])?)
    }
}

fn read_move(row: &Row<'_>) -> Result<Move, rusqlite::Error> {
    Ok(Move { source: row.get(0)?, destination: row.get(1)?, started: row.get(2)?, moved: row.get(3)?, failure: row.get(4)? })
}

/// A row of the look as a message that is received now.
fn received(row: &Row<'_>, now: i64) -> Result<Received, rusqlite::Error> {
    let (receives, before): (i64, i64) = (row.get(1)?, row.get(2)?);
    let first: Option<i64> = row.get(3)?;
    let mut system: TextMap = json(row, 7)?;
    system.insert("SenderId".to_owned(), crate::attributes::ACCOUNT.to_owned());
    system.insert("SentTimestamp".to_owned(), row.get::<_, i64>(4)?.to_string());
    system.insert("ApproximateReceiveCount".to_owned(), (before + receives + 1).to_string());
    system.insert("ApproximateFirstReceiveTimestamp".to_owned(), first.unwrap_or(now).to_string());
    if let Some(source) = row.get(6)? {
        system.insert("DeadLetterQueueSourceArn".to_owned(), source);
    }
    let receipt = Receipt { row: row.get(0)?, token: rand::random() };
    Ok(Received { message_id: row.get(5)?, receipt, body: row.get(9)?, attributes: json(row, 8)?, system })
}

fn count(row: &Row<'_>) -> Result<u64, rusqlite::Error> {
    row.get::<_, i64>(0).map(i64::unsigned_abs)
}

/// A column of JSON; null is the empty value.
fn json<T: serde::de::DeserializeOwned + Default>(row: &Row<'_>, column: usize) -> Result<T, rusqlite::Error> {
    match row.get::<_, Option<String>>(column)? {
        Some(text) => serde_json::from_str(&text).map_err(|error| unreadable(column, error)),
        None => Ok(T::default()),
    }
}

fn text<T: serde::Serialize>(value: &T) -> Result<String, rusqlite::Error> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

fn unreadable(column: usize, error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;

    fn store() -> Store {
        Store::open(Path::new(":memory:")).expect("memory")
    }

    fn message(body: &str) -> NewMessage {
        NewMessage { body: body.to_owned(), attributes: MessageAttributes::new(), system: TextMap::new(), delay: None, bytes: body.len() }
    }

    fn given(pairs: &[(&str, &str)]) -> TextMap {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn bodies(look: Look) -> Vec<String> {
        look.messages.into_iter().map(|message| message.body).collect()
    }

    #[test]
    fn given_a_message_when_its_retention_ends_then_it_is_gone_also_in_flight() {
        let mut store = store();
        store.create("q", &given(&[("MessageRetentionPeriod", "60")]), TextMap::new(), 0).expect("create");
        store.send("q", &[message("a"), message("b")], 1_000).expect("send");
        let look = store.receive("q", 1, None, 60_000).expect("receive");
        assert_eq!(bodies(look), ["a"]);
        assert_eq!(store.counts("q", 60_999).expect("counts"), Counts { visible: 1, in_flight: 1, delayed: 0 });
        assert_eq!(store.counts("q", 61_000).expect("counts"), Counts { visible: 0, in_flight: 0, delayed: 0 });
        assert!(bodies(store.receive("q", 10, None, 61_000).expect("receive")).is_empty());
    }

    #[test]
    fn given_a_message_that_moved_when_the_dead_letter_queue_keeps_longer_then_its_age_counts_from_the_first_send() {
        let mut store = store();
        store.create("dlq", &given(&[("MessageRetentionPeriod", "172800")]), TextMap::new(), 0).expect("create");
        let policy = format!(r#"{{"deadLetterTargetArn":"{}","maxReceiveCount":1}}"#, arn("dlq"));
        store.create("q", &given(&[("RedrivePolicy", &policy), ("MessageRetentionPeriod", "86400")]), TextMap::new(), 0).expect("create");
        store.send("q", &[message("a")], 0).expect("send");
        store.receive("q", 1, Some(0), 10).expect("first");
        assert!(bodies(store.receive("q", 1, Some(0), DAY - 1).expect("second")).is_empty());
        assert_eq!(store.counts("dlq", 2 * DAY - 1).expect("counts").visible, 1);
        assert_eq!(store.counts("dlq", 2 * DAY).expect("counts").visible, 0);
    }

    #[test]
    fn given_one_look_when_the_timeout_is_zero_then_a_message_comes_once_in_it() {
        let mut store = store();
        store.create("q", &TextMap::new(), TextMap::new(), 0).expect("create");
        store.send("q", &[message("a")], 0).expect("send");
        assert_eq!(bodies(store.receive("q", 10, Some(0), 1).expect("receive")), ["a"]);
        assert_eq!(bodies(store.receive("q", 10, Some(0), 1).expect("receive")), ["a"]);
    }

    #[test]
    fn given_hidden_messages_when_looking_then_the_next_time_is_the_earliest() {
        let mut store = store();
        store.create("q", &TextMap::new(), TextMap::new(), 0).expect("create");
        store.send("q", &[NewMessage { delay: Some(9), ..message("late") }, NewMessage { delay: Some(5), ..message("soon") }], 0).expect("send");
        assert_eq!(store.receive("q", 10, None, 1).expect("receive").next, Some(5_000));
        assert_eq!(bodies(store.receive("q", 10, None, 5_000).expect("receive")), ["soon"]);
        assert_eq!(store.counts("q", 5_000).expect("counts"), Counts { visible: 0, in_flight: 1, delayed: 1 });
    }

    #[test]
    fn given_a_policy_of_the_dead_letter_queue_when_it_denies_then_the_source_is_refused() {
        let mut store = store();
        store.create("dlq", &given(&[("RedriveAllowPolicy", r#"{"redrivePermission":"denyAll"}"#)]), TextMap::new(), 0).expect("create");
        let policy = format!(r#"{{"deadLetterTargetArn":"{}","maxReceiveCount":1}}"#, arn("dlq"));
        let refused = store.create("q", &given(&[("RedrivePolicy", &policy)]), TextMap::new(), 0).expect_err("denied");
        assert!(matches!(refused, Failure::Refused(Refusal { code: Code::InvalidAttributeValue, .. })), "{refused}");
        assert!(store.queue("q").is_err());
    }

    #[test]
    fn given_a_transaction_that_is_rolled_back_then_queues_and_messages_are_as_before() {
        let mut store = store();
        store.create("q", &TextMap::new(), TextMap::new(), 0).expect("create");
        store.begin().expect("begin");
        store.create("other", &TextMap::new(), TextMap::new(), 0).expect("create");
        store.send("q", &[message("a")], 0).expect("send");
        store.rollback().expect("rollback");
        assert!(store.queue("other").is_err());
        assert_eq!(store.counts("q", 1).expect("counts").visible, 0);
    }
}
