//! The file: its tables, and transactions on it.
//!
//! What must not live here: what the rows mean; each partner's module holds its own statements.

use std::{
    path::Path,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::Error;

/// Times are milliseconds since the epoch, money is fen. Of a recipient only masked texts are kept. A refund of an extra payment has its
/// transaction in the place of the order: what one of the two gives back is not taken from the other.
const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS payment (
  out_trade_no TEXT PRIMARY KEY, description TEXT NOT NULL, total INTEGER NOT NULL, openid TEXT NOT NULL, notify_url TEXT NOT NULL,
  expires INTEGER, state TEXT NOT NULL, transaction_id TEXT NOT NULL DEFAULT '', paid_at INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS payment_created ON payment (created);
CREATE INDEX IF NOT EXISTS payment_transaction ON payment (transaction_id);
CREATE TABLE IF NOT EXISTS extra_payment (transaction_id TEXT PRIMARY KEY, out_trade_no TEXT NOT NULL, total INTEGER NOT NULL, paid_at INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS prepay (prepay_id TEXT PRIMARY KEY, out_trade_no TEXT NOT NULL, created INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS prepay_order ON prepay (out_trade_no, created);
CREATE TABLE IF NOT EXISTS refund (
  out_refund_no TEXT PRIMARY KEY, out_trade_no TEXT NOT NULL, refund_id TEXT NOT NULL, amount INTEGER NOT NULL, created INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS refund_order ON refund (out_trade_no);
CREATE TABLE IF NOT EXISTS delivery (
  store_order_id TEXT PRIMARY KEY, wx_order_id TEXT NOT NULL, store_name TEXT NOT NULL, short_code TEXT NOT NULL, recipient TEXT NOT NULL,
  callback_url TEXT NOT NULL, state INTEGER NOT NULL, rider_name TEXT, rider_phone TEXT, next_at INTEGER, created INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS delivery_next ON delivery (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS delivery_created ON delivery (created);
CREATE TABLE IF NOT EXISTS callback (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, url TEXT NOT NULL, payload TEXT NOT NULL,
  due INTEGER, tries INTEGER NOT NULL DEFAULT 0, outcome TEXT NOT NULL DEFAULT '', created INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS callback_due ON callback (due) WHERE due IS NOT NULL;
CREATE INDEX IF NOT EXISTS callback_subject ON callback (kind, subject);
CREATE TABLE IF NOT EXISTS js_code (code TEXT PRIMARY KEY, openid TEXT NOT NULL, created INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE IF NOT EXISTS phone_code (code TEXT PRIMARY KEY, country TEXT NOT NULL, phone TEXT NOT NULL, created INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS user (openid TEXT PRIMARY KEY, nickname TEXT NOT NULL, created INTEGER NOT NULL) STRICT;
";

pub(crate) struct Db(Mutex<Connection>);

impl Db {
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let conn = Connection::open(path)?;
        // The write-ahead log outlives a killed process; only a failing machine could cost the last commits.
        conn.pragma_update(None, "journal_mode", "WAL")?;
        conn.pragma_update(None, "synchronous", "NORMAL")?;
        conn.busy_timeout(Duration::from_secs(5))?;
        conn.execute_batch(SCHEMA)?;
        Ok(Self(Mutex::new(conn)))
    }

    /// All or nothing. The lock is held for the few statements of `f`, never across an await.
    pub(crate) fn tx<T, E: From<rusqlite::Error>>(&self, f: impl FnOnce(&Transaction<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut conn = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let out = f(&tx)?;
        tx.commit()?;
        Ok(out)
    }
}
