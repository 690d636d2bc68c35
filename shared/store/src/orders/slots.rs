//! Time slots of a store: how many orders have each, and how many it takes.

use std::collections::BTreeMap;

use liandian_domain::orders::slots::{SlotCount, SlotPlan};
use liandian_types::{Fulfilment, StoreId};

use crate::{
    db::{Ask, Item, Key, StoreError, Table, Tables, parse, text},
    keys,
    rows::orders::slot_plan_item,
};

/// The row of what a store says about a slot that nobody has yet, for who writes one without a decision.
#[must_use]
pub fn slot_said_item(p: &SlotPlan) -> Item {
    slot_plan_item(p)
}

impl Tables {
    /// What is counted of a store's slots for a way, between these two by when they begin, both included. One query.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn slots(&self, store: &StoreId, way: Fulfilment, (since, until): (String, String)) -> Result<BTreeMap<String, SlotCount>, StoreError> {
        let ask = Ask { since: Some(since), until: Some(until), ..Ask::of(Table::Cell, keys::slots(store, way)) };
        let rows = self.query_all(ask).await?;
        rows.into_iter().map(|row| Ok((text(&row, "sk").unwrap_or_default(), parse(row)?))).collect()
    }

    /// What is counted of one slot.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn slot(&self, store: &StoreId, way: Fulfilment, slot: &str, strong: bool) -> Result<SlotCount, StoreError> {
        Ok(self.get(&Key::cell(keys::slots(store, way), slot), strong).await?.unwrap_or_default())
    }
}
