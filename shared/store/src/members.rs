//! Members with what is sealed of them, their address books and their carts.

use liandian_domain::members::consent::Consent;
use liandian_types::{CartLine, MemberId, StoreId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    db::{Ask, Item, Key, StoreError, Table, Tables, item, n, parse, s},
    keys,
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

/// A member's address book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressBook {
    /// Counts the changes; a write names the one that it read.
    pub version: u64,
    /// The addresses, sealed with the member's key.
    pub book: String,
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

/// The row of what a member said to a document.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn consent_item(m: &MemberId, c: &Consent) -> Result<Item, StoreError> {
    item(c, &Key::cell(keys::member(m), keys::consent(c.kind, c.at)), [])
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

    /// What a member agreed to, and took back, document by document, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn consents(&self, m: &MemberId) -> Result<Vec<Consent>, StoreError> {
        let rows = self.query_all(Ask { begins: keys::CONSENT, strong: true, ..Ask::of(Table::Cell, keys::member(m)) }).await?;
        rows.into_iter().map(parse).collect()
    }

    /// Adds to it, all of these or none; false when something was said at the same moment.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn add_consents(&self, m: &MemberId, said: &[Consent]) -> Result<bool, StoreError> {
        self.create_all(said.iter().map(|c| consent_item(m, c)).collect::<Result<Vec<_>, _>>()?).await
    }

    /// Gives a member another name, which is sealed, unless there is no such member (any more): then false.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn rename_member(&self, m: &MemberId, sealed: &str) -> Result<bool, StoreError> {
        let key = member_key(m);
        let update = self.db.update_item().update_expression("SET nickname = :name").condition_expression("attribute_exists(pk)");
        self.update(&key, update.expression_attribute_values(":name", s(sealed))).await
    }
}
