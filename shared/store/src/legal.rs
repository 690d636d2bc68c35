//! Documents that customers are asked to agree to: the list of their versions, and the text of each.

use std::sync::Arc;

use liandian_domain::governance::legal::{LegalBook, LegalText};
use liandian_types::LegalKind;

use crate::{
    db::{Item, Key, StoreError, Tables, item},
    keys,
};

fn book_key() -> Key {
    Key::hq(keys::LEGAL, keys::LEGAL)
}

fn text_key(kind: LegalKind, number: u32) -> Key {
    Key::hq(keys::LEGAL, keys::legal_text(kind, number))
}

/// The row of all versions.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn legal_book_item(book: &LegalBook) -> Result<Item, StoreError> {
    item(book, &book_key(), [])
}

/// The row of a version's text.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn legal_text_item(text: &LegalText) -> Result<Item, StoreError> {
    item(text, &text_key(text.kind, text.number), [])
}

impl Tables {
    /// All versions, at most a minute old.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn legal(&self) -> Result<Arc<LegalBook>, StoreError> {
        let load = async { Ok(self.get::<LegalBook>(&book_key(), false).await?.unwrap_or_default()) };
        self.caches.legal.get(keys::LEGAL, load).await
    }

    /// All versions as they are now: for who publishes, and for what is agreed to.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn legal_now(&self) -> Result<LegalBook, StoreError> {
        Ok(self.get(&book_key(), true).await?.unwrap_or_default())
    }

    /// The text of a version.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn legal_text(&self, kind: LegalKind, number: u32) -> Result<Option<LegalText>, StoreError> {
        self.get(&text_key(kind, number), false).await
    }
}
