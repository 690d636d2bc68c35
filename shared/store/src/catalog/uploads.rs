//! Files that were uploaded, looked at and kept. A row is written once: its name is the hash of the file.

use liandian_domain::catalog::upload::{self, KeptFile};

use crate::{
    db::{Item, Key, StoreError, Table, Tables, item},
    keys,
};

fn file_key(owner: &str, name: &str) -> Key {
    Key::hq(keys::files(owner), name.to_owned())
}

/// The row of a file.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn upload_item(f: &KeptFile) -> Result<Item, StoreError> {
    item(f, &file_key(f.owner.word(), &f.name), [])
}

impl Tables {
    /// Keeps what is known of a file, and answers what is known of it now: of a file that was kept before, who sent it first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn keep_upload(&self, f: &KeptFile) -> Result<KeptFile, StoreError> {
        let key = file_key(f.owner.word(), &f.name);
        let fresh = self.put(Table::Hq, upload_item(f)?, Some(("attribute_not_exists(pk)", Vec::new()))).await?;
        if fresh {
            return Ok(f.clone());
        }
        Ok(self.get(&key, true).await?.unwrap_or_else(|| f.clone()))
    }

    /// What is known of the files at these addresses, in their order; nothing of addresses elsewhere, and of files that were never taken.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn kept_files(&self, addresses: &[String]) -> Result<Vec<Option<KeptFile>>, StoreError> {
        // One file may be kept as a picture and as a document: the one row says which came first, and what is in it is the same.
        let keys: Vec<Option<Key>> = addresses.iter().map(|a| upload::parts(a).map(|(_, owner, name)| file_key(owner, name))).collect();
        let wanted: Vec<Key> = keys.iter().flatten().cloned().collect();
        if wanted.is_empty() {
            return Ok(addresses.iter().map(|_| None).collect());
        }
        let mut found = self.batch_get_rows(&wanted, true).await?.into_iter();
        keys.iter().map(|k| if k.is_some() { found.next().flatten().map(crate::db::parse).transpose() } else { Ok(None) }).collect()
    }
}
