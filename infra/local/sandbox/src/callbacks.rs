//! Call-backs: owed in the file until the other side has said yes, and the loop that sends them and moves riders.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use liandian_types::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};
use tokio::task::JoinSet;

use crate::{Error, Inner, delivery, faults::Partner, payment};

/// Pauses after the first, second, … failure, in milliseconds; the last one repeats. The real platforms take up to hours.
const PAUSES: [i64; 8] = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000];
/// One first try and 15 more.
const MAX_TRIES: i64 = 16;
/// While one is on its way nobody else sends it; longer than the HTTP client waits.
const LEASE: i64 = 15_000;
const IN_FLIGHT: usize = 16;

pub(crate) struct Callback {
    id: i64,
    kind: String,
    url: String,
    payload: String,
    tries: i64,
    created: Timestamp,
}

fn kind(partner: Partner) -> &'static str {
    match partner {
        Partner::Payment => "payment",
        Partner::Delivery => "delivery",
        Partner::Wechat => "wechat",
    }
}

/// Owes a call-back about `subject`, within the transaction that made the news.
pub(crate) fn owe(
    tx: &Transaction<'_>,
    inner: &Inner,
    partner: Partner,
    subject: &str,
    url: &str,
    payload: &str,
    now: Timestamp,
) -> Result<(), rusqlite::Error> {
    if inner.faults.take(partner, |f| &mut f.lose_next) {
        return Ok(());
    }
    let times = if inner.faults.take(partner, |f| &mut f.duplicate_next) { 2 } else { 1 };
    for _ in 0..times {
        tx.execute(
            "INSERT INTO callback (kind, subject, url, payload, due, created) VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
            params![kind(partner), subject, url, payload, now.0],
        )?;
    }
    // Before the commit, but the loop cannot look before it: it needs the same lock.
    inner.wake.notify_one();
    Ok(())
}

/// After a restart everything owed is due at once, leases of the dead process included.
pub(crate) fn resume(inner: &Inner) -> Result<(), Error> {
    inner.db.tx(|tx| tx.execute("UPDATE callback SET due = MIN(due, ?1) WHERE due IS NOT NULL", [inner.now().0]).map_err(Error::from))?;
    Ok(())
}

fn claim(inner: &Inner, room: usize, now: Timestamp) -> Result<Vec<Callback>, Error> {
    inner.db.tx(|tx| {
        let mut find = tx.prepare_cached("SELECT id, kind, url, payload, tries, created FROM callback WHERE due <= ?1 ORDER BY due, id LIMIT ?2")?;
        let room = i64::try_from(room).unwrap_or(i64::MAX);
        let due: Vec<Callback> = find
            .query_map(params![now.0, room], |r| {
                let created = Timestamp(r.get(5)?);
                Ok(Callback { id: r.get(0)?, kind: r.get(1)?, url: r.get(2)?, payload: r.get(3)?, tries: r.get::<_, i64>(4)? + 1, created })
            })?
            .collect::<Result<_, _>>()?;
        for c in &due {
            tx.execute("UPDATE callback SET due = ?2, tries = ?3 WHERE id = ?1", params![c.id, now.0 + LEASE, c.tries])?;
        }
        Ok(due)
    })
}

async fn send(inner: Arc<Inner>, callback: Callback) {
    let refused = if callback.kind == "payment" { payment::send(&inner, &callback).await } else { delivery::send(&inner, &callback).await }.err();
    let (due, outcome) = match &refused {
        None => (None, "ok".to_owned()),
        Some(why) if callback.tries >= MAX_TRIES => (None, format!("given up: {why}")),
        Some(why) => {
            let n = usize::try_from(callback.tries - 1).unwrap_or(0).min(PAUSES.len() - 1);
            (Some(inner.now().plus(PAUSES[n]).0), why.clone())
        }
    };
    if let Some(why) = &refused {
        tracing::info!(callback = callback.id, kind = callback.kind, tries = callback.tries, why, "call-back not accepted");
    }
    let kept = inner.db.tx(|tx| tx.execute("UPDATE callback SET due = ?2, outcome = ?3 WHERE id = ?1", params![callback.id, due, outcome]));
    if let Err(error) = kept {
        tracing::error!(%error, callback = callback.id, "call-back's outcome is not kept; it will be sent again");
    }
}

impl Callback {
    pub(crate) fn payload(&self) -> &str {
        &self.payload
    }
    pub(crate) fn created(&self) -> Timestamp {
        self.created
    }
    /// The same for every try, so that the receiver can recognise it.
    pub(crate) fn event_id(&self) -> String {
        format!("EV-{:013}{:08}", self.created.0, self.id)
    }
    /// Posts a body; status and text of the answer, or why there is none. Without the address, which may carry ids.
    pub(crate) async fn post(&self, inner: &Inner, headers: &BTreeMap<&'static str, String>, body: String) -> Result<(u16, String), String> {
        let mut request = inner.http.post(&self.url).header("content-type", "application/json").body(body);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let answer = request.send().await.map_err(|e| e.without_url().to_string())?;
        let status = answer.status().as_u16();
        Ok((status, answer.text().await.map_err(|e| e.without_url().to_string())?))
    }
}

/// One look at the file; how long until the next.
fn step(inner: &Arc<Inner>, sends: &mut JoinSet<()>) -> Result<Duration, Error> {
    let now = inner.now();
    delivery::ride(inner, now)?;
    for callback in claim(inner, IN_FLIGHT.saturating_sub(sends.len()), now)? {
        sends.spawn(send(Arc::clone(inner), callback));
    }
    if sends.len() >= IN_FLIGHT {
        // The next send to end wakes the loop.
        return Ok(Duration::from_secs(1));
    }
    let next: Option<i64> = inner.db.tx(|tx| {
        tx.query_row(
            "SELECT MIN(t) FROM (SELECT MIN(due) AS t FROM callback WHERE due IS NOT NULL
             UNION ALL SELECT MIN(next_at) FROM delivery WHERE next_at IS NOT NULL)",
            [],
            |r| r.get(0),
        )
        .optional()
        .map(Option::flatten)
    })?;
    let wait = next.map_or(60_000, |t| (t - now.0).clamp(5, 60_000));
    Ok(Duration::from_millis(wait.unsigned_abs()))
}

pub(crate) async fn run(inner: Arc<Inner>) {
    let mut sends = JoinSet::new();
    loop {
        let wait = step(&inner, &mut sends).unwrap_or_else(|error| {
            tracing::error!(%error, "call-backs and riders stand still for a second");
            Duration::from_secs(1)
        });
        tokio::select! {
            () = inner.wake.notified() => {}
            () = tokio::time::sleep(wait) => {}
            Some(_) = sends.join_next() => {}
        }
    }
}

/// How many call-backs about a subject are still owed, and how many have ended, for the overview.
pub(crate) fn standing(tx: &Transaction<'_>, partner: Partner, subject: &str) -> Result<(i64, i64), rusqlite::Error> {
    tx.query_row("SELECT COUNT(due), COUNT(*) - COUNT(due) FROM callback WHERE kind = ?1 AND subject = ?2", params![kind(partner), subject], |r| {
        Ok((r.get(0)?, r.get(1)?))
    })
}
