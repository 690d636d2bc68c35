//! Members with what is sealed of them, staff, and the small records that work once or for a minute.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;
use liandian_types::{MemberId, Role, Scope, StaffId, StoreId, Timestamp, api::CartLine};
use serde::{Deserialize, Serialize};

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;

use crate::{
    db::{Ask, Item, Key, StoreError, Table, Tables, item, n, parse, s},
    keys,
    meter::{self, Access},
};

/// A member. Everything personal is sealed with the member's own data key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its id.
    pub member: MemberId,
    /// The member's data key, wrapped by the master key.
    pub key: String,
    /// Openid, sealed.
    pub openid: String,
    /// What the member wants to be called, sealed.
    pub nickname: String,
    /// When it became one.
    pub since: Timestamp,
}

/// Which member has an openid; the openid itself is a blind index.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Openid {
    member: MemberId,
}

/// A member's cart in a store.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CartRow {
    /// The lines.
    pub lines: Vec<CartLine>,
    /// Counts the changes; 0 when there is none yet.
    #[serde(default)]
    pub version: u64,
}

/// A staff account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staff {
    /// Its id.
    pub staff: StaffId,
    /// User name.
    pub username: String,
    /// Display name.
    pub name: String,
    /// Argon2id, in PHC form.
    pub password: String,
    /// Role.
    pub role: Role,
    /// Where it holds.
    pub scope: Scope,
}

/// A member's address book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressBook {
    /// Counts the changes; a write names the one that it read.
    pub version: u64,
    /// The addresses, sealed with the member's key.
    pub book: String,
}

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
}

/// A member's session that was ended before its time: its tokens count for nothing any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndedSession {
    /// The session.
    pub session: String,
    /// When its last token would have ended, in seconds; from then on nobody needs to know.
    pub ttl: i64,
}

fn family_key(family: &str) -> Key {
    Key::cell(keys::record("REFRESH", family), "REFRESH")
}

/// The row of a staff account.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn staff_item(st: &Staff) -> Result<Item, StoreError> {
    let by_id = [("gsi2pk", keys::staff_id(st.staff.as_str())), ("gsi2sk", "STAFF".to_owned())];
    item(st, &Key::hq(keys::staff(&st.username), "STAFF"), by_id)
}

/// The rows of a member: the profile, and the way to it from the openid's blind index.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn member_items(m: &Member, openid_index: &str) -> Result<[Item; 2], StoreError> {
    Ok([
        item(m, &member_key(&m.member), [])?,
        item(&Openid { member: m.member.clone() }, &Key::cell(keys::record("OPENID", openid_index), "OPENID"), [])?,
    ])
}

/// A counter of the table: of what and whom, and how many a minute are too many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// Of what.
    pub what: String,
    /// Of whom.
    pub who: String,
    /// So many are let through.
    pub limit: u32,
}

fn rate_key(what: &str, who: &str, now: Timestamp) -> Key {
    Key::cell(keys::record("RATE", &format!("{what}#{who}#{}", now.0.div_euclid(Timestamp::MINUTE))), "RATE")
}

pub(crate) fn member_key(m: &MemberId) -> Key {
    Key::cell(keys::member(m), keys::PROFILE)
}

impl Tables {
    /// A member.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn member(&self, m: &MemberId) -> Result<Option<Member>, StoreError> {
        self.get(&member_key(m), false).await
    }

    /// A member's data key, wrapped by the master key, as it is now; `None` for one that was erased, or never was.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn wrapped_key(&self, m: &MemberId) -> Result<Option<String>, StoreError> {
        #[derive(Deserialize)]
        struct Held {
            key: String,
        }
        let row: Option<Held> = self.get(&member_key(m), true).await?;
        Ok(row.map(|r| r.key))
    }

    /// Erases a person, all or nothing: the row with the only key to what is sealed of them anywhere, the address book, and the way from the openid
    /// to the member. What orders keep is cipher text that nothing opens any more. Orders that are under way are to be ended before: no rider
    /// can be sent to nobody.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn erase_person(&self, m: &MemberId, openid_index: &str) -> Result<(), StoreError> {
        let rows = [member_key(m), Key::cell(keys::member(m), keys::ADDRESSES), Key::cell(keys::record("OPENID", openid_index), "OPENID")];
        self.delete_all(rows).await.map(|_| ())
    }

    /// Which member has this openid.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn member_of(&self, openid_index: &str) -> Result<Option<MemberId>, StoreError> {
        let row: Option<Openid> = self.get(&Key::cell(keys::record("OPENID", openid_index), "OPENID"), true).await?;
        Ok(row.map(|r| r.member))
    }

    /// Adds a member unless the openid has one meanwhile: then false.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn add_member(&self, m: &Member, openid_index: &str) -> Result<bool, StoreError> {
        self.create_all(member_items(m, openid_index)?).await
    }

    /// A staff account by user name.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn staff(&self, username: &str) -> Result<Option<Staff>, StoreError> {
        self.get(&Key::hq(keys::staff(username), "STAFF"), false).await
    }

    /// Adds a staff account unless its user name is taken: then false.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn add_staff(&self, st: &Staff) -> Result<bool, StoreError> {
        self.put(Table::Hq, staff_item(st)?, Some(("attribute_not_exists(pk)", Vec::new()))).await
    }

    /// Display names of these accounts, by id; what is no account (a till, a worker) has none. One wave, for as many as a page shows.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn staff_names<'a>(&self, ids: impl Iterator<Item = &'a str>) -> Result<BTreeMap<String, String>, StoreError> {
        let ids: BTreeSet<&str> = ids.filter(|id| id.starts_with("stf_")).collect();
        let found = try_join_all(ids.into_iter().map(|id| async move {
            let ask = Ask { index: Some(keys::GSI2), limit: Some(1), ..Ask::of(Table::Hq, keys::staff_id(id)) };
            let account: Option<Staff> = self.query(ask).await?.items.into_iter().next().map(parse).transpose()?;
            Ok::<_, StoreError>(account.map(|s| (id.to_owned(), s.name)))
        }))
        .await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// A member's cart in a store.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn cart(&self, m: &MemberId, store: &StoreId) -> Result<CartRow, StoreError> {
        let cart: Option<CartRow> = self.get(&Key::cell(keys::member(m), keys::cart(store)), true).await?;
        Ok(cart.unwrap_or_default())
    }

    /// Replaces a member's cart in a store; false when it has moved on since it was read.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn put_cart(&self, m: &MemberId, store: &StoreId, cart: &CartRow) -> Result<bool, StoreError> {
        let next = CartRow { version: cart.version + 1, ..cart.clone() };
        let row = item(&next, &Key::cell(keys::member(m), keys::cart(store)), [])?;
        let (text, values) = match cart.version {
            0 => ("attribute_not_exists(version)", vec![]),
            read => ("version = :v", vec![(":v", n(read))]),
        };
        self.put(Table::Cell, row, Some((text, values))).await
    }

    /// A member's address book.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn address_book(&self, m: &MemberId) -> Result<Option<AddressBook>, StoreError> {
        self.get(&Key::cell(keys::member(m), keys::ADDRESSES), true).await
    }

    /// Replaces a member's address book, unless it changed since `version` was read (0: there was none): then false.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn put_address_book(&self, m: &MemberId, version: u64, sealed: &str) -> Result<bool, StoreError> {
        let row = item(&AddressBook { version: version + 1, book: sealed.to_owned() }, &Key::cell(keys::member(m), keys::ADDRESSES), [])?;
        let condition = if version == 0 { ("attribute_not_exists(pk)", Vec::new()) } else { ("version = :read", vec![(":read", n(version))]) };
        self.put(Table::Cell, row, Some(condition)).await
    }

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

    /// Begins a chain of refresh tokens.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn begin_refresh(&self, family: &str, row: &RefreshFamily) -> Result<(), StoreError> {
        self.put(Table::Cell, item(row, &family_key(family), [])?, None).await.map(|_| ())
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
        self.put(Table::Cell, item(next, &family_key(family), [])?, Some(("version = :read", vec![(":read", n(read))]))).await
    }

    /// Ends a chain: none of its tokens works any more.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn end_refresh(&self, family: &str) -> Result<(), StoreError> {
        self.take::<RefreshFamily>(&family_key(family)).await.map(|_| ())
    }

    /// Keeps that a member's session was ended.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn end_session(&self, ended: &EndedSession, now: Timestamp) -> Result<(), StoreError> {
        let key = Key::cell(keys::ENDED_SESSIONS, keys::timed(now, &ended.session));
        self.put(Table::Cell, item(ended, &key, [])?, None).await.map(|_| ())
    }

    /// The members' sessions that were ended since.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn ended_sessions(&self, since: Timestamp) -> Result<Vec<EndedSession>, StoreError> {
        let ask = Ask { since: Some(since.sortable()), strong: true, ..Ask::of(Table::Cell, keys::ENDED_SESSIONS) };
        self.query_all(ask).await?.into_iter().map(parse).collect()
    }

    /// A record that works one time, without taking it; `None` when it was used, has ended, or never was.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn peek_one_time(&self, kind: &str, digest: &str, now: Timestamp) -> Result<Option<OneTime>, StoreError> {
        let record: Option<OneTime> = self.get(&Key::cell(keys::record(kind, digest), kind), true).await?;
        Ok(record.filter(|r| r.ttl > now.seconds()))
    }

    /// Until when one of these counters is full: a minute's holds for the next minute, too. `None` when all have room. Counts nothing; one wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn full_until(&self, counts: &[Count], now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        #[derive(Deserialize)]
        struct Hits {
            /// Taken back twice, when an answer was lost, it may be less than nothing.
            hits: i64,
        }
        if counts.is_empty() {
            return Ok(None);
        }
        let minutes = [now, now.plus(-Timestamp::MINUTE)];
        let keys: Vec<Key> = counts.iter().flat_map(|c| minutes.map(|at| rate_key(&c.what, &c.who, at))).collect();
        let rows = self.batch_get_rows(&keys, true).await?;
        let this = now.0.div_euclid(Timestamp::MINUTE);
        let mut until: Option<Timestamp> = None;
        for (rows, count) in rows.chunks(minutes.len()).zip(counts) {
            for (row, ends) in rows.iter().zip([this + 2, this + 1]) {
                let Some(row) = row else { continue };
                if parse::<Hits>(row.clone())?.hits >= i64::from(count.limit) {
                    until = until.max(Some(Timestamp(ends * Timestamp::MINUTE)));
                }
            }
        }
        Ok(until)
    }

    /// Counts one more for each of these, as far as they have room; false when one had none.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn count_all(&self, counts: &[Count], now: Timestamp) -> Result<bool, StoreError> {
        let room = try_join_all(counts.iter().map(|c| self.count_request(&c.what, &c.who, c.limit, now))).await?;
        Ok(room.into_iter().all(|one| one))
    }

    /// Takes back what was counted for each of these in this minute.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn uncount_all(&self, counts: &[Count], now: Timestamp) -> Result<(), StoreError> {
        for c in counts {
            self.add_to_count(&rate_key(&c.what, &c.who, now), -1, u32::MAX, now).await?;
        }
        Ok(())
    }

    /// Counts a request of `who` in this minute; false from the one on that is over `limit`.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn count_request(&self, what: &str, who: &str, limit: u32, now: Timestamp) -> Result<bool, StoreError> {
        self.add_to_count(&rate_key(what, who, now), 1, limit, now).await
    }

    /// False when so many have been counted already.
    async fn add_to_count(&self, key: &Key, by: i64, limit: u32, now: Timestamp) -> Result<bool, StoreError> {
        meter::partition(Table::Cell, &key.pk);
        let under_way = meter::begin([(Table::Cell, Access::Write)]);
        let answer = self
            .db
            .update_item()
            .table_name(self.table(Table::Cell))
            .key("pk", s(&key.pk))
            .key("sk", s(&key.sk))
            .update_expression("SET #t = :ttl ADD hits :by")
            .condition_expression("attribute_not_exists(hits) OR hits < :limit")
            .expression_attribute_names("#t", "ttl")
            .expression_attribute_values(":ttl", n(now.plus(10 * Timestamp::MINUTE).seconds()))
            .expression_attribute_values(":by", n(by))
            .expression_attribute_values(":limit", n(limit))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        drop(under_way);
        match answer {
            Ok(a) => {
                meter::wrote(a.consumed_capacity());
                Ok(true)
            }
            Err(e) if e.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => Ok(false),
            Err(e) => Err(StoreError::engine(e)),
        }
    }
}
