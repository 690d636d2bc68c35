//! Sessions, members' and staff's, that were ended before their time. A token is checked without a read; what this instance knows of ended sessions is at
//! most [`FRESH_MS`] old, and the instance that ends one knows at once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use liandian_domain::{Decision, Write, decision::AccessWrite};
use liandian_store::{
    StoreError, Tables,
    access::sessions::{EndedSession, TOKENS_LIVE_MS},
};
use liandian_types::{KeyId, Timestamp};

use crate::auth::{MemberSession, SESSION_MS};

/// How old this instance's knowledge may be: so long a token may still work elsewhere after its session was ended.
pub const FRESH_MS: i64 = 10_000;
/// How far the clocks of two instances may differ.
const CLOCKS_MS: i64 = Timestamp::MINUTE;

#[derive(Debug, Default)]
struct Known {
    /// When they were read last.
    read: Option<Timestamp>,
    /// What was ended, by its name.
    ended: HashMap<String, End>,
}

/// An end of tokens.
#[derive(Debug, Clone, Copy)]
struct End {
    /// When the last token would have ended, in seconds.
    ttl: i64,
    /// Only those that were issued before then; all of them when absent.
    before: Option<Timestamp>,
}

impl Known {
    /// Keeps an end; of several of one name the one that ends most.
    fn keep(&mut self, e: EndedSession) {
        let end = self.ended.entry(e.session).or_insert(End { ttl: e.ttl, before: e.before });
        end.ttl = end.ttl.max(e.ttl);
        end.before = end.before.zip(e.before).map(|(a, b)| a.max(b));
    }

    fn has(&self, names: &[&str], issued: Timestamp) -> bool {
        names.iter().filter_map(|n| self.ended.get(*n)).any(|end| end.before.is_none_or(|before| issued < before))
    }
}

/// What a decision ends: to be known here at once when it is committed.
#[must_use]
pub fn ends_of(d: &Decision, now: Timestamp) -> Vec<EndedSession> {
    let ends = d.writes.iter().filter_map(|w| match w {
        Write::Access(AccessWrite::TokensEnd { whose, before }) => {
            Some(EndedSession { session: whose.clone(), ttl: now.plus(TOKENS_LIVE_MS).seconds(), before: Some(*before) })
        }
        _ => None,
    });
    ends.collect()
}

/// At most so often a process notes that a key was used.
const NOTED_MS: i64 = 10 * Timestamp::MINUTE;

/// When this process noted the use of integration keys. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct KeysNoted(Arc<Mutex<HashMap<KeyId, Timestamp>>>);

impl KeysNoted {
    /// Shall its use be noted now?
    #[must_use]
    pub fn due(&self, key: &KeyId, now: Timestamp) -> bool {
        let mut noted = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let due = noted.get(key).is_none_or(|at| now.0 - at.0 >= NOTED_MS);
        if due {
            noted.insert(key.clone(), now);
        }
        due
    }
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
        // A member's session ends whole, whenever a token of it was issued.
        self.any(tables, &[&session.id], Timestamp::default(), now).await
    }

    /// Was a token of this moment ended, that goes by any of these names: its session, its account, its role? Reads as [`Ended::has`] does.
    ///
    /// # Errors
    /// [`StoreError`] from the engine: who cannot know lets nobody in.
    pub async fn any(&self, tables: &Tables, names: &[&str], issued: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
        if let Some(answer) = self.answer(names, issued, now) {
            return Ok(answer);
        }
        let _one = self.reading.lock().await;
        if let Some(answer) = self.answer(names, issued, now) {
            return Ok(answer);
        }
        // The first time all that a token alive may belong to.
        let since = self.with(|k| k.read).map_or(now.plus(-SESSION_MS), |read| read.plus(-CLOCKS_MS));
        let found = tables.ended_sessions(since).await?;
        Ok(self.with(|k| {
            k.ended.retain(|_, end| end.ttl > now.seconds());
            for e in found.into_iter().filter(|e| e.ttl > now.seconds()) {
                k.keep(e);
            }
            k.read = Some(now);
            k.has(names, issued)
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
        let ended = EndedSession { session: session.id.clone(), ttl: now.plus(SESSION_MS).seconds(), before: None };
        tables.end_session(&ended, now).await?;
        self.know(ended);
        Ok(())
    }

    /// What this instance has just written: it holds here at once.
    pub fn know(&self, ended: EndedSession) {
        self.with(|k| k.keep(ended));
    }

    /// What is known without a read: yes for ever, no for a while.
    fn answer(&self, names: &[&str], issued: Timestamp, now: Timestamp) -> Option<bool> {
        self.with(|k| {
            let fresh = k.read.is_some_and(|read| now.0 - read.0 < FRESH_MS);
            if k.has(names, issued) { Some(true) } else { fresh.then_some(false) }
        })
    }

    fn with<T>(&self, f: impl FnOnce(&mut Known) -> T) -> T {
        // Whoever panicked while holding it changed one entry at most.
        f(&mut self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(of: &str, before: Option<i64>) -> EndedSession {
        EndedSession { session: of.into(), ttl: 1_000, before: before.map(Timestamp) }
    }

    #[test]
    fn given_ends_of_a_session_an_account_and_a_role_when_asked_then_tokens_of_before_are_over_and_later_ones_are_not() {
        let mut k = Known::default();
        k.keep(end("s1", None));
        k.keep(end("stf_1", Some(50)));
        assert!(k.has(&["s1", "stf_2", "rol_a"], Timestamp(90)), "a session ends whole");
        assert!(k.has(&["s2", "stf_1", "rol_a"], Timestamp(49)));
        assert!(!k.has(&["s2", "stf_1", "rol_a"], Timestamp(50)), "what is fetched afterwards goes on");
        // Read again, and ended again.
        k.keep(end("stf_1", Some(50)));
        k.keep(end("stf_1", Some(80)));
        k.keep(end("stf_1", Some(60)));
        assert!(k.has(&["", "stf_1"], Timestamp(79)) && !k.has(&["", "stf_1"], Timestamp(80)));
        k.keep(end("stf_1", None));
        assert!(k.has(&["stf_1"], Timestamp(80)));
    }

    #[test]
    fn given_a_key_when_used_again_and_again_then_it_is_noted_once_in_ten_minutes() {
        let (noted, key) = (KeysNoted::default(), "key_1".parse().unwrap());
        assert!(noted.due(&key, Timestamp(0)));
        assert!(!noted.due(&key, Timestamp(NOTED_MS - 1)));
        assert!(noted.due(&key, Timestamp(NOTED_MS)) && noted.due(&"key_2".parse().unwrap(), Timestamp(NOTED_MS)));
    }
}
