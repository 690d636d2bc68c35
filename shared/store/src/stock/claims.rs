//! Claims: stock documents that wait for a second person, and what people have recorded alone today.

use liandian_domain::stock::{
    batch::Date,
    claim::{Alone, Claim},
};
use liandian_types::{ClaimId, ClaimState, Fen, LocationId, StaffId, StoreId, Timestamp};

use crate::{
    db::{Ask, Item, Key, StoreError, Table, Tables, item, n, parse, s},
    keys,
};

/// How long what somebody has recorded alone on a day is kept: until that day is over everywhere.
const KEPT: i64 = 3 * Timestamp::DAY;

pub(crate) fn claim_item(c: &Claim) -> Result<Item, StoreError> {
    let key = Key::cell(keys::claim(&c.claim), keys::HEAD);
    let (waits, at) = (c.state == ClaimState::Waiting, keys::timed(c.at, &c.claim));
    let mut extra = vec![("gsi1pk", keys::claims_of(&c.store, !waits)), ("gsi1sk", at.clone())];
    if waits {
        extra.extend([("gsi2pk", keys::CLAIMS.to_owned()), ("gsi2sk", at)]);
    }
    item(c, &key, extra)
}

fn alone_key(location: &LocationId, staff: &StaffId, day: Date) -> Key {
    Key::cell(keys::stock(location), keys::alone(day, staff))
}

pub(crate) fn alone_item(a: &Alone, now: Timestamp) -> Item {
    let key = alone_key(&a.location, &a.staff, a.day);
    [("pk", s(key.pk)), ("sk", s(key.sk)), ("value", n(a.value.0)), ("ttl", n(now.plus(KEPT).seconds()))].map(|(k, v)| (k.to_owned(), v)).into()
}

#[derive(serde::Deserialize)]
struct AloneRow {
    value: Fen,
}

impl Tables {
    /// A claim.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn claim(&self, claim: &ClaimId) -> Result<Option<Claim>, StoreError> {
        self.get(&Key::cell(keys::claim(claim), keys::HEAD), true).await
    }

    /// Claims of a store: all that wait, the oldest first, and a page of those that are decided, newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn claims_of(&self, store: &StoreId, limit: i32, cursor: Option<&str>) -> Result<(Vec<Claim>, Vec<Claim>, Option<String>), StoreError> {
        let waiting = self.query_all(Ask { index: Some(keys::GSI1), ..Ask::of(Table::Cell, keys::claims_of(store, false)) });
        let over = Ask { index: Some(keys::GSI1), forward: false, limit: Some(limit), cursor, ..Ask::of(Table::Cell, keys::claims_of(store, true)) };
        let (waiting, over) = futures::try_join!(waiting, self.query(over))?;
        let claims = |items: Vec<Item>| items.into_iter().map(parse).collect::<Result<Vec<Claim>, StoreError>>();
        Ok((claims(waiting)?, claims(over.items)?, over.next))
    }

    /// Claims of the chain that wait, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn waiting_claims(&self, limit: i32) -> Result<Vec<Claim>, StoreError> {
        let ask = Ask { index: Some(keys::GSI2), limit: Some(limit), ..Ask::of(Table::Cell, keys::CLAIMS.to_owned()) };
        self.query(ask).await?.items.into_iter().map(parse).collect()
    }

    /// What somebody has recorded alone at a location on a day, at the list price.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn alone(&self, location: &LocationId, staff: &StaffId, day: Date) -> Result<Fen, StoreError> {
        Ok(self.get::<AloneRow>(&alone_key(location, staff, day), true).await?.map_or(Fen::ZERO, |r| r.value))
    }
}
