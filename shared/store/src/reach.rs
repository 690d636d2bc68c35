//! What of the chain somebody may see: all of it, or the stores of one region with the warehouses that they keep.

use std::collections::HashSet;

use liandian_types::{LocationId, Scope, StoreId};

use crate::db::{StoreError, Tables};

/// A part of the chain, or all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// The whole chain.
    All,
    /// These stores, their shelves, and the warehouses that they keep.
    Part {
        /// The stores.
        stores: HashSet<StoreId>,
        /// Where their goods lie.
        places: HashSet<LocationId>,
    },
}

impl Reach {
    /// Is it the whole chain?
    #[must_use]
    pub fn is_all(&self) -> bool {
        matches!(self, Reach::All)
    }

    /// Does it hold this store?
    #[must_use]
    pub fn store(&self, store: &StoreId) -> bool {
        match self {
            Reach::All => true,
            Reach::Part { stores, .. } => stores.contains(store),
        }
    }

    /// Does it hold this place?
    #[must_use]
    pub fn place(&self, place: &LocationId) -> bool {
        match self {
            Reach::All => true,
            Reach::Part { places, .. } => places.contains(place),
        }
    }
}

impl Tables {
    /// What a scope reaches.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn reach(&self, scope: &Scope) -> Result<Reach, StoreError> {
        if *scope == Scope::All {
            return Ok(Reach::All);
        }
        let (directory, warehouses) = futures::try_join!(self.directory(), self.warehouses())?;
        let stores: HashSet<StoreId> = directory.iter().filter(|s| scope.covers(&s.store, Some(&s.region))).map(|s| s.store.clone()).collect();
        let shelves = stores.iter().map(StoreId::shelf);
        let kept = warehouses.iter().filter(|w| stores.contains(&w.keeper)).map(|w| w.location.clone());
        let places = shelves.chain(kept).collect();
        Ok(Reach::Part { stores, places })
    }
}
