//! Tills: when they were heard, and what was refused of them.

use liandian_domain::stock::till::{KNOWN_FOR, Till};
use liandian_types::{StoreId, Timestamp};

use crate::{
    db::{Ask, Item, Key, StoreError, Table, Tables, item, n, parse},
    keys,
};

/// How many tills a list shows.
const SHOWN: i32 = 100;

fn till_item(t: &Till) -> Result<Item, StoreError> {
    let key = Key::cell(keys::tills(&t.store), keys::till(&t.till));
    let at = |when: Timestamp| keys::timed(when, format!("{}#{}", t.store, t.till));
    let silent = t.silent_at.into_iter().flat_map(|when| [("gsi1pk", keys::TILLS.to_owned()), ("gsi1sk", at(when))]);
    let refused = t.refused.first().into_iter().flat_map(|r| [("gsi2pk", keys::TILLS_REFUSED.to_owned()), ("gsi2sk", at(r.since))]);
    let mut row = item(t, &key, silent.chain(refused))?;
    row.insert("ttl".into(), n(t.heard_at.plus(KNOWN_FOR).seconds()));
    Ok(row)
}

impl Tables {
    /// A till of a store.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn till(&self, store: &StoreId, till: &str, strong: bool) -> Result<Option<Till>, StoreError> {
        self.get(&Key::cell(keys::tills(store), keys::till(till)), strong).await
    }

    /// Keeps what is known of a till now; false when somebody else was faster.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn put_till(&self, t: &Till) -> Result<bool, StoreError> {
        let condition = match t.version.checked_sub(1) {
            None => ("attribute_not_exists(pk)", vec![]),
            Some(read) => ("version = :read", vec![(":read", n(read))]),
        };
        self.put(Table::Cell, till_item(t)?, Some(condition)).await
    }

    /// Tills of the chain whose time to tell something is over, those that were heard longest ago first; then those whose receipts were
    /// refused. And whether there are more. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn troubled_tills(&self, now: Timestamp) -> Result<(Vec<Till>, bool), StoreError> {
        let until = Some(keys::due_by(now));
        let silent = Ask { index: Some(keys::GSI1), until, limit: Some(SHOWN), ..Ask::of(Table::Cell, keys::TILLS.to_owned()) };
        let refused = Ask { index: Some(keys::GSI2), limit: Some(SHOWN), ..Ask::of(Table::Cell, keys::TILLS_REFUSED.to_owned()) };
        let (silent, refused) = futures::try_join!(self.query(silent), self.query(refused))?;
        let more = silent.next.is_some() || refused.next.is_some();
        let all: Vec<Till> = silent.items.into_iter().chain(refused.items).map(parse).collect::<Result<_, _>>()?;
        Ok((all, more))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_till_when_kept_then_its_keys_are_these_and_it_is_in_the_lists_only_while_it_belongs_there() {
        let t = Till {
            store: "sto_sh01".parse().unwrap(),
            till: "01".into(),
            version: 0,
            heard_at: Timestamp(1_000),
            silent_at: Some(Timestamp(2_000)),
            refused: vec![],
        };
        let text = |row: &Item, name: &str| crate::db::text(row, name);
        let row = till_item(&t).unwrap();
        assert_eq!((text(&row, "pk"), text(&row, "sk")), (Some("TILLS#sto_sh01".into()), Some("TILL#01".into())));
        assert_eq!((text(&row, "gsi1pk"), text(&row, "gsi1sk")), (Some("TILLS".into()), Some("0000000002000#sto_sh01#01".into())));
        assert_eq!(text(&row, "gsi2pk"), None);
        assert_eq!(text(&till_item(&Till { silent_at: None, ..t }).unwrap(), "gsi1pk"), None);
    }
}
