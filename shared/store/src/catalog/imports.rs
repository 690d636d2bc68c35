//! Tables of goods that are taken into the library: what is known of each, and its file in pieces that fit a row.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures::future::try_join_all;
use liandian_domain::catalog::job::Import;
use liandian_types::{ImportId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    db::{Ask, Item, Key, StoreError, Table, Tables, due_attributes, item, n, parse},
    keys,
};

/// Bytes of a piece: as text it is a third more, and a row holds 400 KB.
const PIECE: usize = 256 * 1_024;
/// How long a file is kept.
const KEPT: i64 = 30 * Timestamp::DAY;

/// A piece of a file.
#[derive(Serialize, Deserialize)]
struct Piece {
    /// Its bytes, in base64.
    data: String,
}

fn head_key(i: &ImportId) -> Key {
    Key::cell(keys::import(i), keys::HEAD)
}

/// The row of an import.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn import_item(i: &Import) -> Result<Item, StoreError> {
    let key = head_key(&i.import);
    let mut extra = vec![("gsi1pk", keys::IMPORTS.to_owned()), ("gsi1sk", keys::timed(i.at, &i.import))];
    extra.extend(due_attributes(i.due, &key));
    item(i, &key, extra)
}

/// In how many pieces a file is kept.
#[must_use]
pub fn pieces_of(file: &[u8]) -> u32 {
    u32::try_from(file.len().div_ceil(PIECE)).unwrap_or(u32::MAX)
}

impl Tables {
    /// Keeps a file in pieces, which belong to nothing until the import itself is written; after a month they are forgotten.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn keep_file(&self, import: &ImportId, file: &[u8], now: Timestamp) -> Result<(), StoreError> {
        let rows = (0..).zip(file.chunks(PIECE)).map(|(number, bytes)| {
            let mut row = item(&Piece { data: STANDARD.encode(bytes) }, &Key::cell(keys::import(import), keys::piece(number)), [])?;
            row.insert("ttl".into(), n(now.plus(KEPT).seconds()));
            Ok::<_, StoreError>(row)
        });
        let rows = rows.collect::<Result<Vec<Item>, StoreError>>()?;
        try_join_all(rows.into_iter().map(|row| self.put(Table::Cell, row, None))).await.map(|_| ())
    }

    /// A file that was kept; `None` when a piece of it is gone.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn file_of(&self, import: &Import) -> Result<Option<Vec<u8>>, StoreError> {
        let read = (0..import.chunks)
            .map(|number| async move { self.get::<Piece>(&Key::cell(keys::import(&import.import), keys::piece(number)), true).await });
        let mut file = Vec::new();
        for piece in try_join_all(read).await? {
            let Some(bytes) = piece.and_then(|p| STANDARD.decode(p.data).ok()) else { return Ok(None) };
            file.extend(bytes);
        }
        Ok(Some(file))
    }

    /// An import as it is now.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn import(&self, import: &ImportId) -> Result<Option<Import>, StoreError> {
        self.get(&head_key(import), true).await
    }

    /// Imports, newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine, or for a cursor of another list.
    pub async fn imports(&self, limit: i32, cursor: Option<&str>) -> Result<(Vec<Import>, Option<String>), StoreError> {
        let ask = Ask { index: Some(keys::GSI1), forward: false, limit: Some(limit), cursor, ..Ask::of(Table::Cell, keys::IMPORTS) };
        let page = self.query(ask).await?;
        Ok((page.items.into_iter().map(parse).collect::<Result<_, _>>()?, page.next))
    }
}
