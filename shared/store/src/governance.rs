//! What HQ decides for the whole chain, as data. Written by decisions ([`liandian_domain::governance`]).

use std::sync::Arc;

use liandian_contracts::Envelope;
use liandian_domain::governance::{
    chain::Policies,
    draft::SetupDraft,
    resolve::{Effective, Place, Setting, effective},
    settings::{LevelVersion, Rulebook, told},
};
use liandian_types::Timestamp;

use crate::{
    db::{Ask, Item, Key, StoreError, Table, Tables, item, parse},
    keys, meter,
};

/// Changes of the chain's policies among which those are looked for that say who last set a number.
const TOLD: i32 = 100;

/// The row of what a level says, for who writes a chain anew.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn setting_item(s: &Setting) -> Result<Item, StoreError> {
    item(s, &Key::hq(keys::SETTINGS, keys::setting(&s.level, s.field, s.from)), [])
}

fn key() -> Key {
    Key::hq(keys::POLICIES, keys::POLICIES)
}

impl Tables {
    /// The chain's policies, at most a minute old.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn policies(&self) -> Result<Arc<Policies>, StoreError> {
        self.caches.policies.get(keys::POLICIES, async { Ok(self.get::<Policies>(&key(), false).await?.unwrap_or_default()) }).await
    }

    /// The chain's policies as they are now: for who shows or sets them.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn policies_now(&self) -> Result<Policies, StoreError> {
        Ok(self.get(&key(), true).await?.unwrap_or_default())
    }

    /// What happened to the chain's policies, newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn policies_history(&self, limit: i32, cursor: Option<&str>) -> Result<(Vec<Envelope>, Option<String>), StoreError> {
        let ask = Ask { begins: keys::EVENT, forward: false, limit: Some(limit), cursor, ..Ask::of(Table::Hq, keys::POLICIES) };
        let page = self.query(ask).await?;
        Ok((page.items.into_iter().map(parse).collect::<Result<_, _>>()?, page.next))
    }

    /// What every level says about stores, at most a minute old: with HQ's part of the chain's policies, which are kept as [`Tables::policies`]. What
    /// begins later is among them: [`effective`] is told the time.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn settings(&self) -> Result<Arc<Vec<Setting>>, StoreError> {
        // HQ's numbers lie in a partition of their own: counted on a hit as well, as the cache counts its own.
        meter::partition(Table::Hq, keys::POLICIES);
        self.caches.settings.get(keys::SETTINGS, async { Ok(Box::pin(self.rulebook(false)).await?.all()) }).await
    }

    /// What holds in a store, by settings that are at most a minute old.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn policy_of(&self, place: &Place, now: Timestamp) -> Result<Effective, StoreError> {
        Ok(effective(self.settings().await?.iter(), place, now))
    }

    /// What every level says, and how often each was changed, as it is now: for who shows or sets it. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn rulebook_now(&self) -> Result<Rulebook, StoreError> {
        Box::pin(self.rulebook(true)).await
    }

    async fn rulebook(&self, strong: bool) -> Result<Rulebook, StoreError> {
        let rows = self.query_all(Ask { begins: keys::SETTING, strong, ..Ask::of(Table::Hq, keys::SETTINGS) });
        let levels = self.query_all(Ask { begins: keys::LEVEL, strong, ..Ask::of(Table::Hq, keys::SETTINGS) });
        let at = key();
        let policies = self.get::<Policies>(&at, strong);
        let (rows, levels, policies, (history, _)) = futures::try_join!(rows, levels, policies, self.policies_history(TOLD, None))?;
        let levels: Vec<LevelVersion> = levels.into_iter().map(parse).collect::<Result<_, _>>()?;
        Ok(Rulebook {
            rows: rows.into_iter().map(parse).collect::<Result<_, _>>()?,
            versions: levels.into_iter().map(|l| (l.level, l.version)).collect(),
            policies: policies.unwrap_or_default(),
            told: told(&history),
        })
    }

    /// What happened to what levels say, newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine; [`StoreError::Cursor`].
    pub async fn settings_history(&self, limit: i32, cursor: Option<&str>) -> Result<(Vec<Envelope>, Option<String>), StoreError> {
        let ask = Ask { begins: keys::EVENT, forward: false, limit: Some(limit), cursor, ..Ask::of(Table::Hq, keys::SETTINGS) };
        let page = self.query(ask).await?;
        Ok((page.items.into_iter().map(parse).collect::<Result<_, _>>()?, page.next))
    }

    /// What the set-up questions were answered, if they were, as it is now.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn setup_draft_now(&self) -> Result<Option<SetupDraft>, StoreError> {
        self.get(&Key::hq(keys::SETUP, keys::SETUP), true).await
    }
}
