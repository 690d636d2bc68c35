//! The directory of stores, who serves a point, and the warehouses.

use std::sync::Arc;

use futures::future::try_join_all;
use liandian_contracts::Envelope;
use liandian_domain::{
    settlement::Rule,
    sourcing::matching::{TRANSFER_REACH_M, in_reach, staffed},
    stores::{
        import::{Import, Part},
        near::{CELLS, Spot, cell_of, cells_around, certain, sorted, sure_m},
        profile::{Location, StoreProfile, whole_metres},
        region::Region,
        warehouse::Warehouse,
    },
};
use liandian_types::{GeoPoint, LocationId, RegionId, Role, StoreId, StoreImportId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    chain::CHAIN,
    db::{Ask, Item, Key, StoreError, Table, Tables, item, parse},
    keys,
    rows::Row,
};

/// Of how many stores the stock of a whole cart is looked at, when the cart is short; see [`asked`].
pub const SOURCES: usize = 40;
/// Of how many further ones the stock of one SKU is, when none of those can send what is missing.
pub const FURTHER: usize = 200;
/// How many records may be read to find out who has a cart: anybody may ask.
const RECORDS: usize = 400;

/// Of how many stores so many SKUs are looked at: of each SKU a listing and a stock record, and the store's profile.
#[must_use]
pub fn asked(skus: usize) -> usize {
    (RECORDS / (1 + 2 * skus)).clamp(4, SOURCES)
}

/// The longest key of a category or code of an entrance, in bytes; a longer one does not exist.
pub(crate) const MAX_CODE: usize = 64;

/// All rows of a store: its profile, and what a search knows of it, in its cells and among all.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn store_items(s: &StoreProfile) -> Result<Vec<Item>, StoreError> {
    let mut rows = vec![profile_item(s)?];
    rows.extend(spot_items(s)?);
    Ok(rows)
}

pub(crate) fn profile_item(s: &StoreProfile) -> Result<Item, StoreError> {
    item(
        s,
        &profile_key(&s.store),
        [
            ("gsi1pk", keys::STORES.to_owned()),
            ("gsi1sk", format!("{}#{}", s.city, s.store)),
            ("gsi2pk", keys::entrance(&s.entrance)),
            ("gsi2sk", "STORE".to_owned()),
        ],
    )
}

pub(crate) fn spot_items(s: &StoreProfile) -> Result<Vec<Item>, StoreError> {
    spot_keys(s).iter().map(|key| item(&Spot::of(s), key, [])).collect()
}

/// Where a search finds a store: in its cells, and among all.
pub(crate) fn spot_keys(s: &StoreProfile) -> Vec<Key> {
    let cells = CELLS.iter().filter_map(|chars| cell_of(s.point, *chars)).chain([String::new()]);
    cells.map(|cell| Key::hq(keys::near(&cell), keys::store(&s.store))).collect()
}

pub(crate) fn region_key(r: &RegionId) -> Key {
    Key::hq(keys::REGIONS, keys::region(r))
}

pub(crate) fn import_key(i: &StoreImportId) -> Key {
    Key::hq(keys::store_import(i), keys::HEAD)
}

pub(crate) fn part_key(i: &StoreImportId, part: u32) -> Key {
    Key::hq(keys::store_import(i), keys::import_part(part))
}

/// The row of a region.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn region_item(r: &Region) -> Result<Item, StoreError> {
    item(r, &region_key(&r.region), [])
}

/// The row of a warehouse.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn warehouse_item(l: &Location) -> Result<Item, StoreError> {
    item(l, &Key::hq(keys::location(&l.location), "LOCATION"), [("gsi1pk", keys::WAREHOUSES.to_owned()), ("gsi1sk", l.location.to_string())])
}

fn warehouse_key(l: &LocationId) -> Key {
    Key::hq(keys::location(l), "LOCATION")
}

/// The row of a warehouse as HQ keeps it: what is closed is in no list of those that send.
///
/// # Errors
/// [`StoreError::Shape`] when it cannot be written as an item.
pub fn kept_warehouse_item(w: &Warehouse) -> Result<Item, StoreError> {
    let list = if w.closed_at.is_some() { keys::WAREHOUSES_CLOSED } else { keys::WAREHOUSES };
    item(w, &warehouse_key(&w.location), [("gsi1pk", list.to_owned()), ("gsi1sk", w.location.to_string())])
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
    item(r, &role_key(r.role), [("gsi1pk", keys::ROLES.to_owned()), ("gsi1sk", r.role.id().to_string())])
}

fn role_key(role: Role) -> Key {
    let name = format!("{role:?}").to_lowercase();
    Key::hq(keys::role(&name), "ROLE")
}

pub(crate) fn profile_key(store: &StoreId) -> Key {
    Key::hq(keys::store(store), keys::PROFILE)
}

impl Tables {
    /// A store.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn store(&self, store: &StoreId) -> Result<Option<StoreProfile>, StoreError> {
        self.get(&profile_key(store), false).await
    }

    /// A store as it is now, rather than as it was a moment ago.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn store_now(&self, store: &StoreId) -> Result<Option<StoreProfile>, StoreError> {
        self.get(&profile_key(store), true).await
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
            .get(keys::STORES, async {
                let items = self.query_all(Ask { index: Some(keys::GSI1), ..Ask::of(Table::Hq, keys::STORES.to_owned()) }).await?;
                items.into_iter().map(parse).collect()
            })
            .await
    }

    /// The whole directory as the index has it now: for who compares files with it.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn directory_now(&self) -> Result<Arc<Vec<StoreProfile>>, StoreError> {
        self.caches.directory.forget().await;
        self.directory().await
    }

    /// Replaces a store's profile and what searches know of it, in one transaction; false when it has been changed since it was read. Of this process
    /// every list is new at once, of others the directory within a minute; profiles and what is near are never kept.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn put_store(&self, next: &StoreProfile, read: u64) -> Result<bool, StoreError> {
        // No change of HQ's, and no entry of its history: where the chain of that ends stays on the row.
        let kept = self.batch_get_rows(&[profile_key(&next.store)], true).await?.pop().flatten();
        let mut profile = profile_item(next)?;
        if let Some(end) = kept.and_then(|row| row.get(CHAIN).cloned()) {
            profile.insert(CHAIN.into(), end);
        }
        let mut rows = vec![Row::replace(Table::Hq, profile, read)];
        rows.extend(spot_items(next)?.into_iter().map(|spot| Row::put(Table::Hq, spot)));
        let put = self.write_rows(rows).await?;
        self.caches.directory.forget().await;
        self.caches.spots.forget().await;
        Ok(put)
    }

    /// Stores as they are now, in this order. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn stores_now(&self, stores: &[StoreId]) -> Result<Vec<Option<StoreProfile>>, StoreError> {
        let keys: Vec<Key> = stores.iter().map(profile_key).collect();
        self.batch_get_rows(&keys, true).await?.into_iter().map(|found| found.map(parse).transpose()).collect()
    }

    /// What happened to a store as HQ keeps it, newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn store_history(&self, store: &StoreId, limit: i32, cursor: Option<&str>) -> Result<(Vec<Envelope>, Option<String>), StoreError> {
        let ask = Ask { begins: keys::EVENT, forward: false, limit: Some(limit), cursor, ..Ask::of(Table::Hq, keys::store(store)) };
        let page = self.query(ask).await?;
        Ok((page.items.into_iter().map(parse).collect::<Result<_, _>>()?, page.next))
    }

    /// The chain's regions, at most a minute old.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn regions(&self) -> Result<Arc<Vec<Region>>, StoreError> {
        self.caches.regions.get(keys::REGIONS, self.read_regions(false)).await
    }

    /// The chain's regions as they are now: for who changes them.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn regions_now(&self) -> Result<Vec<Region>, StoreError> {
        self.read_regions(true).await
    }

    async fn read_regions(&self, strong: bool) -> Result<Vec<Region>, StoreError> {
        let ask = Ask { begins: keys::REGION, strong, ..Ask::of(Table::Hq, keys::REGIONS) };
        self.query_all(ask).await?.into_iter().map(parse).collect()
    }

    /// A file of stores, as far as it has come.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn store_import(&self, import: &StoreImportId) -> Result<Option<Import>, StoreError> {
        self.get(&import_key(import), true).await
    }

    /// A part of such a file.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn store_import_part(&self, import: &StoreImportId, part: u32) -> Result<Option<Part>, StoreError> {
        self.get(&part_key(import, part), true).await
    }

    /// Files of stores, newest first.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn store_imports(&self, limit: i32, cursor: Option<&str>) -> Result<(Vec<Import>, Option<String>), StoreError> {
        let ask = Ask { index: Some(keys::GSI1), forward: false, limit: Some(limit), cursor, ..Ask::of(Table::Hq, keys::STORE_IMPORTS) };
        let page = self.query(ask).await?;
        Ok((page.items.into_iter().map(parse).collect::<Result<_, _>>()?, page.next))
    }

    /// What searches know of the stores in these cells, each once. One wave, whatever the number of stores.
    async fn spots_in(&self, cells: &[String]) -> Result<Vec<Spot>, StoreError> {
        let pages = try_join_all(cells.iter().map(|cell| self.query_all(Ask::of(Table::Hq, keys::near(cell))))).await?;
        let mut spots: Vec<Spot> = pages.into_iter().flatten().map(parse).collect::<Result<_, _>>()?;
        spots.sort_by(|a, b| a.store.cmp(&b.store));
        spots.dedup_by(|a, b| a.store == b.store);
        Ok(spots)
    }

    /// The same of all stores, at most a minute old.
    async fn all_spots(&self) -> Result<Arc<Vec<Spot>>, StoreError> {
        self.caches.spots.get(&keys::near(""), self.spots_in(&[String::new()])).await
    }

    /// The first stores of the chain from a point, those that pause after all that do not: exactly, however far they are. One wave where there are so
    /// many in the cells around, three at most.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn nearest(&self, p: GeoPoint, wanted: usize, now: Timestamp) -> Result<Vec<Spot>, StoreError> {
        for chars in CELLS {
            let sure = sure_m(p, chars);
            if sure <= 0.0 {
                continue;
            }
            let mut found = sorted(self.spots_in(&cells_around(p, chars)).await?, p, now);
            if certain(&found, wanted, p, sure, now) {
                found.truncate(wanted);
                return Ok(found);
            }
        }
        let mut all = sorted(self.all_spots().await?.to_vec(), p, now);
        all.truncate(wanted);
        Ok(all)
    }

    /// All stores within so many metres of any of these points. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn within(&self, points: &[GeoPoint], metres: u32) -> Result<Vec<Spot>, StoreError> {
        let reach = f64::from(metres);
        let fine = CELLS.into_iter().find(|chars| points.iter().all(|p| sure_m(*p, *chars) >= reach));
        let mut found = match fine {
            Some(chars) => {
                let mut cells: Vec<String> = points.iter().flat_map(|p| cells_around(*p, chars)).collect();
                cells.sort();
                cells.dedup();
                self.spots_in(&cells).await?
            }
            None => self.all_spots().await?.to_vec(),
        };
        found.retain(|s| points.iter().any(|p| s.metres_to(*p) <= reach));
        Ok(found)
    }

    /// Profiles of these stores, in this order; one that is gone is left out. One wave.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn profiles(&self, stores: &[StoreId]) -> Result<Vec<StoreProfile>, StoreError> {
        let keys: Vec<Key> = stores.iter().map(profile_key).collect();
        self.batch_get_rows(&keys, false).await?.into_iter().flatten().map(parse).collect()
    }

    /// All warehouses, at most a minute old.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn warehouses(&self) -> Result<Arc<Vec<Location>>, StoreError> {
        self.caches
            .warehouses
            .get(keys::WAREHOUSES, async {
                let items = self.query_all(Ask { index: Some(keys::GSI1), ..Ask::of(Table::Hq, keys::WAREHOUSES.to_owned()) }).await?;
                items.into_iter().map(parse).collect()
            })
            .await
    }

    /// A warehouse as HQ keeps it, as it is now.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn warehouse_now(&self, l: &LocationId) -> Result<Option<Warehouse>, StoreError> {
        self.get(&warehouse_key(l), true).await
    }

    /// All warehouses as HQ keeps them: those that are open, or those that are closed.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn kept_warehouses(&self, closed: bool) -> Result<Vec<Warehouse>, StoreError> {
        let list = if closed { keys::WAREHOUSES_CLOSED } else { keys::WAREHOUSES };
        let items = self.query_all(Ask { index: Some(keys::GSI1), ..Ask::of(Table::Hq, list) }).await?;
        items.into_iter().map(parse).collect()
    }

    /// Changes of a warehouse, newest first, page by page.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn warehouse_history(&self, l: &LocationId, limit: i32, cursor: Option<&str>) -> Result<(Vec<Envelope>, Option<String>), StoreError> {
        let ask = Ask { begins: keys::EVENT, forward: false, limit: Some(limit), cursor, ..Ask::of(Table::Hq, keys::location(l)) };
        let page = self.query(ask).await?;
        Ok((page.items.into_iter().map(parse).collect::<Result<_, _>>()?, page.next))
    }

    /// Where a store's staff works on stock: its shelf, and the warehouses that it keeps.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn places_of(&self, s: &StoreProfile) -> Result<Vec<Location>, StoreError> {
        let warehouses = self.warehouses().await?;
        Ok(std::iter::once(Location::shelf_of(s)).chain(warehouses.iter().filter(|w| w.keeper == s.store).cloned()).collect())
    }

    /// A location that may send goods, and whether somebody is there now: a warehouse (around the clock, while its keeper is in business), or a store's
    /// shelf.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn source(&self, l: &LocationId, now: Timestamp) -> Result<Option<(Location, bool)>, StoreError> {
        if let Some(w) = self.warehouses().await?.iter().find(|w| w.location == *l) {
            let keeper = self.store(&w.keeper).await?;
            return Ok(Some((w.clone(), staffed(keeper.as_ref(), now))));
        }
        match l.store() {
            Some(store) => Ok(self.store(&store).await?.map(|s| (Location::shelf_of(&s), s.open_at(now)))),
            None => Ok(None),
        }
    }

    /// Where a store may ask for goods, warehouses first and then the nearest: id and name.
    ///
    /// # Errors
    /// [`StoreError`] from the engine.
    pub async fn sources_of(&self, store: &StoreId) -> Result<Vec<(LocationId, String)>, StoreError> {
        let Some(profile) = self.store(store).await? else { return Ok(Vec::new()) };
        let here = profile.point;
        let around = [here];
        let (mut near, warehouses) = futures::try_join!(self.within(&around, TRANSFER_REACH_M), self.warehouses())?;
        near.retain(|s| s.store != *store);
        near.sort_by_cached_key(|s| (whole_metres(s.metres_to(here)), s.store.clone()));
        near.truncate(SOURCES);
        let near: Vec<StoreId> = near.into_iter().map(|s| s.store).collect();
        let shelves = self.profiles(&near).await?;
        let all = warehouses.iter().cloned().chain(shelves.iter().map(Location::shelf_of)).filter(|l| in_reach(l, here));
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
