//! Access records: who has seen personal data in clear, and who has logged in. Written once, never changed, gone after [`KEPT_DAYS`].

use liandian_types::{AccessAct, EventId, OrderId, PersonalField, Role, StoreId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    db::{Ask, Key, StoreError, Table, Tables, item, n, parse},
    keys,
};

/// For how many days a record is kept; the law asks for half a year.
pub const KEPT_DAYS: i64 = 400;

/// One look in clear, or one login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessRecord {
    /// When.
    pub at: Timestamp,
    /// Tells records of one instant apart.
    pub event: EventId,
    /// Who: the id of a staff account or of a member; absent where somebody named an account that there is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The role, of staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Why.
    pub act: AccessAct,
    /// False for a login that was refused.
    pub succeeded: bool,
    /// In which store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<StoreId>,
    /// Of which orders.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<OrderId>,
    /// What was shown in clear.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<PersonalField>,
    /// The network that it came from; empty where that is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub from: String,
}

/// Whose records of when.
#[derive(Debug, Clone, Copy, Default)]
pub struct AccessAsk<'a> {
    /// Of one account; of the whole staff when absent.
    pub actor: Option<&'a str>,
    /// From when to when. The whole staff's are asked for a day (China's).
    pub when: Option<(Timestamp, Timestamp)>,
}

impl Tables {
    /// Keeps a record: one write, and one more in the index of the day for the staff's. Members' logins, of which there are many, are found by member
    /// only, so no crowd of customers meets on one partition.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn put_access_record(&self, r: &AccessRecord) -> Result<(), StoreError> {
        let sk = keys::timed(r.at, &r.event);
        let of_day = [("gsi1pk", keys::access_of_day(r.at)), ("gsi1sk", sk.clone())];
        let staffs = r.act != AccessAct::MemberLogin;
        let mut row = item(r, &Key::cell(keys::access_of(r.actor.as_deref()), sk), of_day.into_iter().filter(|_| staffs))?;
        row.insert("ttl".into(), n(r.at.plus(KEPT_DAYS * Timestamp::DAY).seconds()));
        self.put(Table::Cell, row, None).await.map(|_| ())
    }

    /// Records, newest first, page by page.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn access_records(
        &self,
        ask: AccessAsk<'_>,
        now: Timestamp,
        limit: i32,
        cursor: Option<&str>,
    ) -> Result<(Vec<AccessRecord>, Option<String>), StoreError> {
        let (since, until) = ask.when.map(|(from, to)| (from.sortable(), to.sortable())).unzip();
        let (index, pk) = match ask.actor {
            Some(actor) => (None, keys::access_of(Some(actor))),
            None => (Some(keys::GSI1), keys::access_of_day(ask.when.map_or(now, |(from, _)| from))),
        };
        let page = self.query(Ask { index, since, until, forward: false, limit: Some(limit), cursor, ..Ask::of(Table::Cell, pk) }).await?;
        Ok((page.items.into_iter().map(parse).collect::<Result<_, _>>()?, page.next))
    }
}
