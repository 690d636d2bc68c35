//! Members' sessions that were ended before their time. A token is checked without a read; what this instance knows of ended sessions is at
//! most [`FRESH_MS`] old, and the instance that ends one knows at once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use liandian_store::{StoreError, Tables, access::sessions::EndedSession};
use liandian_types::Timestamp;

use crate::auth::{MemberSession, SESSION_MS};

/// How old this instance's knowledge may be: so long a token may still work elsewhere after its session was ended.
pub const FRESH_MS: i64 = 10_000;
/// How far the clocks of two instances may differ.
const CLOCKS_MS: i64 = Timestamp::MINUTE;

#[derive(Debug, Default)]
struct Known {
    /// When they were read last.
    read: Option<Timestamp>,
    /// When the last token of each would have ended, in seconds.
    ended: HashMap<String, i64>,
}

/// The ended sessions that this process knows. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Ended {
    known: Arc<Mutex<Known>>,
    /// One request reads, the others of that moment wait for it.
    reading: Arc<tokio::sync::Mutex<()>>,
}

impl Ended {
    /// Was this session ended? Reads at most once in [`FRESH_MS`], and only what was ended since the last time.
    ///
    /// # Errors
    /// [`StoreError`] from the engine: who cannot know lets nobody in.
    pub async fn has(&self, tables: &Tables, session: &MemberSession, now: Timestamp) -> Result<bool, StoreError> {
        if let Some(answer) = self.answer(&session.id, now) {
            return Ok(answer);
        }
        let _one = self.reading.lock().await;
        if let Some(answer) = self.answer(&session.id, now) {
            return Ok(answer);
        }
        // The first time all that a token alive may belong to.
        let since = self.with(|k| k.read).map_or(now.plus(-SESSION_MS), |read| read.plus(-CLOCKS_MS));
        let found = tables.ended_sessions(since).await?;
        Ok(self.with(|k| {
            k.ended.retain(|_, ttl| *ttl > now.seconds());
            k.ended.extend(found.into_iter().filter(|e| e.ttl > now.seconds()).map(|e| (e.session, e.ttl)));
            k.read = Some(now);
            k.ended.contains_key(&session.id)
        }))
    }

    /// Ends a session. One that was ended already costs nothing.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn end(&self, tables: &Tables, session: &MemberSession, now: Timestamp) -> Result<(), StoreError> {
        if self.with(|k| k.ended.contains_key(&session.id)) {
            return Ok(());
        }
        // Not when the shown token ends: another one of this session may have been made later.
        let ended = EndedSession { session: session.id.clone(), ttl: now.plus(SESSION_MS).seconds() };
        tables.end_session(&ended, now).await?;
        self.with(|k| k.ended.insert(ended.session, ended.ttl));
        Ok(())
    }

    /// What is known without a read: yes for ever, no for a while.
    fn answer(&self, session: &str, now: Timestamp) -> Option<bool> {
        self.with(|k| {
            let fresh = k.read.is_some_and(|read| now.0 - read.0 < FRESH_MS);
            if k.ended.contains_key(session) { Some(true) } else { fresh.then_some(false) }
        })
    }

    fn with<T>(&self, f: impl FnOnce(&mut Known) -> T) -> T {
        // Whoever panicked while holding it changed one entry at most.
        f(&mut self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}
