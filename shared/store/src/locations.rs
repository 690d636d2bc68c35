//! The directory of stores, who serves a point, and the warehouses.

use std::sync::Arc;

use futures::future::try_join_all;
use liandian_domain::{
    matching::{TRANSFER_REACH_M, in_reach},
    settlement::Rule,
    store::{Location, StoreProfile, cells_covered, whole_metres},
};
use liandian_types::{GeoPoint, LocationId, Role, StoreId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    db::{Ask, Item, Key, Store, StoreError, Table, item, parse},
    keys,
};

/// Of how many stores the stock of a whole cart is looked at.
pub const SOURCES: usize = 40;
/// Of how many further ones the stock of one SKU is, when none of those can send what is missing.
pub const FURTHER: usize = 400;

/// The longest key of a category or code of an entrance, in bytes; a longer one does not exist.
pub(crate) const MAX_CODE: usize = 64;

/// All rows of a store: its profile, and one per geohash cell that its radius covers.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn store_items(s: &StoreProfile) -> Result<Vec<Item>, StoreError> {
    let mut rows = vec![item(
        s,
        &profile_key(&s.store),
        [
            ("gsi1pk", keys::STORES.to_owned()),
            ("gsi1sk", format!("{}#{}", s.city, s.store)),
            ("gsi2pk", keys::entrance(&s.entrance)),
            ("gsi2sk", "STORE".to_owned()),
        ],
    )?];
    for cell in cells_covered(s.point, s.radius_m) {
        rows.push(item(s, &Key::hq(keys::geo(&cell), keys::store(&s.store)), [])?);
    }
    Ok(rows)
}

/// The row of a warehouse.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn warehouse_item(l: &Location) -> Result<Item, StoreError> {
    item(l, &Key::hq(keys::location(&l.location), "LOCATION"), [("gsi1pk", keys::WAREHOUSES.to_owned()), ("gsi1sk", l.location.to_string())])
}

/// The row of a settlement rule.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn rule_item(r: &Rule) -> Result<Item, StoreError> {
    item(r, &Key::hq(keys::rule(&r.rule), "RULE"), [])
}

/// A role as the chain has it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RoleRow {
    /// Which.
    pub role: Role,
    /// What it may do.
    pub permissions: Vec<liandian_types::Permission>,
}

/// The row of a role.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn role_item(r: &RoleRow) -> Result<Item, StoreError> {
    item(r, &role_key(r.role), [])
}

fn role_key(role: Role) -> Key {
    let name = format!("{role:?}").to_lowercase();
    Key::hq(keys::role(&name), "ROLE")
}

fn nearest_first(mut stores: Vec<StoreProfile>, p: GeoPoint) -> Vec<StoreProfile> {
    let metres = |s: &StoreProfile| whole_metres(s.point.metres_to(&p));
    stores.sort_by(|a, b| metres(a).cmp(&metres(b)).then_with(|| a.store.cmp(&b.store)));
    stores
}

pub(crate) fn profile_key(store: &StoreId) -> Key {
    Key::hq(keys::store(store), keys::PROFILE)
}

impl Store {
    /// A store.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn store(&self, store: &StoreId) -> Result<Option<StoreProfile>, StoreError> {
        self.get(&profile_key(store), false).await
    }

    /// A store by the code of its entrance.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn store_by_entrance(&self, code: &str) -> Result<Option<StoreProfile>, StoreError> {
        if code.len() > MAX_CODE {
            return Ok(None);
        }
        let page = self.query(Ask { index: Some(keys::GSI2), limit: Some(1), ..Ask::of(Table::Hq, keys::entrance(code)) }).await?;
        page.items.into_iter().next().map(parse).transpose()
    }

    /// The whole directory, at most a minute old, by city.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn directory(&self) -> Result<Arc<Vec<StoreProfile>>, StoreError> {
        self.caches
            .directory
            .get(async {
                let items = self.query_all(Ask { index: Some(keys::GSI1), ..Ask::of(Table::Hq, keys::STORES.to_owned()) }).await?;
                items.into_iter().map(parse).collect()
            })
            .await
    }

    /// Stores that have a row in one of the cells, each once. One wave, whatever the number of stores.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn stores_in(&self, cells: &[String]) -> Result<Vec<StoreProfile>, StoreError> {
        let pages = try_join_all(cells.iter().map(|cell| self.query_all(Ask { begins: "STORE#", ..Ask::of(Table::Hq, keys::geo(cell)) }))).await?;
        let mut stores: Vec<StoreProfile> = pages.into_iter().flatten().map(parse).collect::<Result<_, _>>()?;
        stores.sort_by(|a, b| a.store.cmp(&b.store));
        stores.dedup_by(|a, b| a.store == b.store);
        Ok(stores)
    }

    /// Stores near a point: those serving it and those in the cells around it.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn stores_near(&self, p: GeoPoint) -> Result<Vec<StoreProfile>, StoreError> {
        self.stores_in(&liandian_domain::store::cells_around(p)).await
    }

    /// All warehouses, at most a minute old.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn warehouses(&self) -> Result<Arc<Vec<Location>>, StoreError> {
        self.caches
            .warehouses
            .get(async {
                let items = self.query_all(Ask { index: Some(keys::GSI1), ..Ask::of(Table::Hq, keys::WAREHOUSES.to_owned()) }).await?;
                items.into_iter().map(parse).collect()
            })
            .await
    }

    /// Where a store's staff works on stock: its shelf, and the warehouses that it keeps.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn places_of(&self, s: &StoreProfile) -> Result<Vec<Location>, StoreError> {
        let warehouses = self.warehouses().await?;
        Ok(std::iter::once(Location::shelf_of(s)).chain(warehouses.iter().filter(|w| w.keeper == s.store).cloned()).collect())
    }

    /// A location that may send goods, and whether somebody is there now: a warehouse (around the clock), or a store's shelf.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn source(&self, l: &LocationId, now: Timestamp) -> Result<Option<(Location, bool)>, StoreError> {
        if let Some(w) = self.warehouses().await?.iter().find(|w| w.location == *l) {
            return Ok(Some((w.clone(), true)));
        }
        match l.store() {
            Some(store) => Ok(self.store(&store).await?.map(|s| (Location::shelf_of(&s), s.open_at(now)))),
            None => Ok(None),
        }
    }

    /// Stores that may send goods to a point, nearest first: those around it, and when they are fewer than [`SOURCES`], all within a transfer's reach.
    /// One wave where stores are dense, two where they are not.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn sources_near(&self, p: GeoPoint) -> Result<Vec<StoreProfile>, StoreError> {
        let near = self.stores_near(p).await?;
        if near.len() < SOURCES { self.sources_within_reach(p).await } else { Ok(nearest_first(near, p)) }
    }

    /// All stores within a transfer's reach of a point, nearest first. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn sources_within_reach(&self, p: GeoPoint) -> Result<Vec<StoreProfile>, StoreError> {
        Ok(nearest_first(self.stores_in(&cells_covered(p, TRANSFER_REACH_M)).await?, p))
    }

    /// Where a store may ask for goods, warehouses first and then the nearest: id and name.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn sources_of(&self, store: &StoreId) -> Result<Vec<(LocationId, String)>, StoreError> {
        let Some(profile) = self.store(store).await? else { return Ok(Vec::new()) };
        let (near, warehouses) = futures::try_join!(self.sources_near(profile.point), self.warehouses())?;
        let shelves = near.iter().filter(|s| s.store != *store).take(SOURCES).map(Location::shelf_of);
        let all = warehouses.iter().cloned().chain(shelves).filter(|l| in_reach(l, profile.point));
        Ok(all.map(|l| (l.location, l.name)).collect())
    }

    /// All places of the chain, warehouses first: id and name.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn places(&self) -> Result<Vec<(LocationId, String)>, StoreError> {
        let (stores, warehouses) = futures::try_join!(self.directory(), self.warehouses())?;
        let all = warehouses.iter().cloned().chain(stores.iter().map(Location::shelf_of));
        Ok(all.map(|l| (l.location, l.name)).collect())
    }

    /// A settlement rule.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn rule(&self, rule: &str) -> Result<Option<Rule>, StoreError> {
        self.get(&Key::hq(keys::rule(rule), "RULE"), false).await
    }

    /// What a role may do in this chain.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn role(&self, role: Role) -> Result<Option<RoleRow>, StoreError> {
        self.get(&role_key(role), false).await
    }
}
