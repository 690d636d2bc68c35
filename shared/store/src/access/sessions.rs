//! Sessions: records that work one time, chains of refresh tokens, and sessions that were ended before their time.

use liandian_types::{StaffId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    db::{Ask, Item, Key, StoreError, Table, Tables, item, n, parse, text},
    keys,
    rows::Row,
};

/// A record that works one time: a login ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneTime {
    /// For whom: a member's or a staff account's id (or user name).
    pub subject: String,
    /// What goes with it, e.g. where a ticket leads.
    #[serde(default)]
    pub to: String,
    /// When it ends, in seconds; the table cleans it up later.
    pub ttl: i64,
}

/// A chain of refresh tokens: each works once and gives the next. A token that comes again after it was spent was copied by somebody, and nobody
/// can say by whom: then the whole chain ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshFamily {
    /// User name.
    pub username: String,
    /// Counts the tokens.
    pub version: u64,
    /// Digest of the one that works.
    pub newest: String,
    /// Digest of the one before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spent: Option<String>,
    /// When that was spent.
    pub at: Timestamp,
    /// When somebody logged in.
    pub since: Timestamp,
    /// When it ends, in seconds.
    pub ttl: i64,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<StaffId>,
    /// The session, as its tokens name it.
    #[serde(default)]
    pub session: String,
    /// The device that it was begun on, as it says.
    #[serde(default)]
    pub device: String,
    /// The network that it was begun from.
    #[serde(default)]
    pub from: String,
}

/// For how long, in milliseconds, it must be known that tokens of the staff count for nothing: as long as they live, and some minutes more.
pub const TOKENS_LIVE_MS: i64 = 20 * Timestamp::MINUTE;

/// A session that was ended before its time (a member's, one of the staff, or all of an account's or a role's holders): its tokens count for nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndedSession {
    /// The session; or the id of a staff account or of a role.
    pub session: String,
    /// When its last token would have ended, in seconds; from then on nobody needs to know.
    pub ttl: i64,
    /// Only tokens that were issued before then; all of them when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Timestamp>,
}

/// The row of an ended session.
pub(crate) fn ended_item(ended: &EndedSession, now: Timestamp) -> Result<Item, StoreError> {
    item(ended, &Key::cell(keys::ENDED_SESSIONS, keys::timed(now, &ended.session)), [])
}

/// A session of the staff, in the list of its account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffSessionRow {
    /// Its chain.
    pub family: String,
    /// What the chain knows of it.
    pub row: RefreshFamily,
}

fn family_item(family: &str, row: &RefreshFamily) -> Result<Item, StoreError> {
    let of_staff = row.staff.as_ref().map(|s| [("gsi1pk", keys::staff_sessions(s)), ("gsi1sk", keys::timed(row.since, &row.session))]);
    item(row, &family_key(family), of_staff.into_iter().flatten())
}

fn family_key(family: &str) -> Key {
    Key::cell(keys::record("REFRESH", family), "REFRESH")
}

impl Tables {
    /// Keeps a record that works one time, under a digest of its secret.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn put_one_time(&self, kind: &str, digest: &str, record: &OneTime) -> Result<(), StoreError> {
        self.put(Table::Cell, item(record, &Key::cell(keys::record(kind, digest), kind), [])?, None).await.map(|_| ())
    }

    /// Takes such a record out; `None` when it was used, has ended, or never was.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn take_one_time(&self, kind: &str, digest: &str, now: Timestamp) -> Result<Option<OneTime>, StoreError> {
        let record: Option<OneTime> = self.take(&Key::cell(keys::record(kind, digest), kind)).await?;
        Ok(record.filter(|r| r.ttl > now.seconds()))
    }

    /// A record that works one time, without taking it; `None` when it was used, has ended, or never was.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn peek_one_time(&self, kind: &str, digest: &str, now: Timestamp) -> Result<Option<OneTime>, StoreError> {
        let record: Option<OneTime> = self.get(&Key::cell(keys::record(kind, digest), kind), true).await?;
        Ok(record.filter(|r| r.ttl > now.seconds()))
    }

    /// Begins a chain of refresh tokens.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn begin_refresh(&self, family: &str, row: &RefreshFamily) -> Result<(), StoreError> {
        self.put(Table::Cell, family_item(family, row)?, None).await.map(|_| ())
    }

    /// A chain of refresh tokens; `None` when it was ended, or never was.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn refresh_family(&self, family: &str, now: Timestamp) -> Result<Option<RefreshFamily>, StoreError> {
        let row: Option<RefreshFamily> = self.get(&family_key(family), true).await?;
        Ok(row.filter(|r| r.ttl > now.seconds()))
    }

    /// Its next token; false when another request has made one meanwhile, or ended the chain.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn next_refresh(&self, family: &str, next: &RefreshFamily) -> Result<bool, StoreError> {
        let read = next.version.saturating_sub(1);
        self.put(Table::Cell, family_item(family, next)?, Some(("version = :read", vec![(":read", n(read))]))).await
    }

    /// Ends a chain: none of its tokens works any more.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn end_refresh(&self, family: &str) -> Result<(), StoreError> {
        self.take::<RefreshFamily>(&family_key(family)).await.map(|_| ())
    }

    /// Ends a chain and its tokens, in one.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn end_staff_session(&self, family: &str, ended: &EndedSession, now: Timestamp) -> Result<(), StoreError> {
        let rows = vec![Row::gone(&family_key(family)), Row::put(Table::Cell, ended_item(ended, now)?)];
        self.write_rows(rows).await.map(|_| ())
    }

    /// The sessions of a staff account that go on, newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn staff_sessions(&self, staff: &StaffId, now: Timestamp) -> Result<Vec<StaffSessionRow>, StoreError> {
        let ask = Ask { index: Some(keys::GSI1), forward: false, ..Ask::of(Table::Cell, keys::staff_sessions(staff)) };
        let mut found = Vec::new();
        for row in self.query_all(ask).await? {
            let family = keys::refresh_family(&text(&row, "pk").unwrap_or_default()).to_owned();
            found.push(StaffSessionRow { family, row: parse(row)? });
        }
        found.retain(|s| s.row.ttl > now.seconds());
        Ok(found)
    }

    /// Keeps that a session was ended.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn end_session(&self, ended: &EndedSession, now: Timestamp) -> Result<(), StoreError> {
        self.put(Table::Cell, ended_item(ended, now)?, None).await.map(|_| ())
    }

    /// The sessions that were ended since.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn ended_sessions(&self, since: Timestamp) -> Result<Vec<EndedSession>, StoreError> {
        let ask = Ask { since: Some(since.sortable()), strong: true, ..Ask::of(Table::Cell, keys::ENDED_SESSIONS) };
        self.query_all(ask).await?.into_iter().map(parse).collect()
    }
}
