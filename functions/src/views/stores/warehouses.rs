//! Warehouses as HQ and the stores that keep them see them.

use liandian_contracts::Event;
use liandian_domain::stores::{
    hours::{CHINA, local_text},
    warehouse::{self, Holding, Person, Warehouse},
};
use liandian_store::{StoreError, Tables};
use liandian_types::{
    AccountState, LocationId, Scope, StaffId, StoreId,
    api::{ChangedField, StoreChange, WarehouseKeeper, WarehouseList, WarehouseRow, WarehouseView},
};

/// Changes of a warehouse on a page.
const CHANGES: i32 = 20;
/// Accounts of a store that are offered as keepers.
const PEOPLE: i32 = 50;
/// Records of a place that are read at once.
const RECORDS: i32 = 1_000;

/// What lies at a place that this store keeps, and what is promised.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn holding(tables: &Tables, l: &LocationId, keeper: &StoreId) -> Result<Holding, StoreError> {
    let (mut all, transfers) = futures::try_join!(lying(tables, l), tables.open_transfers_at(keeper, l))?;
    all.transfers = u32::try_from(transfers).unwrap_or(u32::MAX);
    Ok(all)
}

/// What the records of a place say.
async fn lying(tables: &Tables, l: &LocationId) -> Result<Holding, StoreError> {
    let (mut all, mut cursor) = (Holding::default(), None::<String>);
    loop {
        let (records, next) = tables.stock_of(l, RECORDS, cursor.as_deref()).await?;
        for s in records.into_iter().map(|r| r.stock).filter(|s| s.on_hand != 0 || s.reserved != 0 || s.incoming != 0) {
            all.skus += 1;
            all.on_hand += s.on_hand;
            all.reserved += s.reserved;
            all.incoming += s.incoming;
        }
        cursor = next;
        if cursor.is_none() {
            return Ok(all);
        }
    }
}

/// Those of these accounts that there are, and whether each reaches the store.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn people(tables: &Tables, staff: &[StaffId], keeper: &StoreId) -> Result<Vec<Person>, StoreError> {
    let asked: Vec<_> = staff.iter().map(|s| tables.account(s)).collect();
    let (accounts, store) = futures::try_join!(futures::future::try_join_all(asked), tables.store(keeper))?;
    let region = store.map(|s| s.region);
    let fits = |state: AccountState, scope: &Scope| state != AccountState::Disabled && scope.covers(keeper, region.as_ref());
    Ok(accounts.into_iter().flatten().map(|a| Person { fits: fits(a.state, &a.scope), staff: a.staff }).collect())
}

async fn rows(tables: &Tables, all: Vec<Warehouse>) -> Result<Vec<WarehouseRow>, StoreError> {
    let who: Vec<String> = all.iter().flat_map(|w| &w.keepers).map(ToString::to_string).collect();
    let (directory, names) = futures::try_join!(tables.directory(), tables.staff_names(who.iter().map(String::as_str)))?;
    let store = |id: &StoreId| directory.iter().find(|s| s.store == *id).map_or_else(|| id.to_string(), |s| s.name.clone());
    let person = |id: &StaffId| names.get(id.as_str()).cloned().unwrap_or_else(|| id.to_string());
    let row = |w: Warehouse| WarehouseRow {
        draft: w.draft(),
        kind_name: warehouse::kind_name(w.kind).to_owned(),
        keeper_name: store(&w.keeper),
        keeper_names: w.keepers.iter().map(person).collect(),
        closed: w.closed_at.map(|at| local_text(at, CHINA)).unwrap_or_default(),
        version: w.version,
        location: w.location,
    };
    Ok(all.into_iter().map(row).collect())
}

/// All warehouses: those that are open by name, and then those that are closed.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn warehouses_of_chain(tables: &Tables) -> Result<WarehouseList, StoreError> {
    let (mut open, closed) = futures::try_join!(tables.kept_warehouses(false), tables.kept_warehouses(true))?;
    open.sort_by(|a, b| a.name.cmp(&b.name));
    open.extend(closed);
    Ok(WarehouseList { warehouses: rows(tables, open).await? })
}

/// The warehouses that a store keeps.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn warehouses_of_store(tables: &Tables, store: &StoreId) -> Result<WarehouseList, StoreError> {
    let mut open = tables.kept_warehouses(false).await?;
    open.retain(|w| w.keeper == *store);
    open.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(WarehouseList { warehouses: rows(tables, open).await? })
}

/// A warehouse with what lies there and its history. `own`: only when this store keeps it. `edits`: with who of the store can keep it; names of the
/// staff are for who may say so.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn warehouse_view(
    tables: &Tables,
    l: &LocationId,
    own: Option<&StoreId>,
    cursor: Option<&str>,
    edits: bool,
) -> Result<Option<WarehouseView>, StoreError> {
    let Some(w) = tables.warehouse_now(l).await?.filter(|w| own.is_none_or(|o| *o == w.keeper)) else { return Ok(None) };
    let scope = Scope::Store(w.keeper.clone());
    let offered = async { if edits { tables.accounts(Some(&scope), PEOPLE, None).await } else { Ok((Vec::new(), None)) } };
    let (held, (events, next), (accounts, _)) = futures::try_join!(lying(tables, l), tables.warehouse_history(l, CHANGES, cursor), offered)?;
    let mut changes: Vec<StoreChange> = Vec::with_capacity(events.len());
    for e in events {
        let Event::WarehouseChanged { by, created, why, changes: fields, .. } = e.event else { continue };
        let fields = fields.into_iter().map(|f| ChangedField { field: f.field, old: f.old, new: f.new }).collect();
        changes.push(StoreChange { at: e.at, at_text: local_text(e.at, CHINA), by, by_name: None, created, why, fields });
    }
    let kept = changes.iter().flat_map(|c| &c.fields).filter(|f| f.field == "keepers").flat_map(|f| [&f.old, &f.new]);
    let who = changes.iter().map(|c| c.by.to_string()).chain(kept.flat_map(|ids| ids.split(' ')).map(str::to_owned));
    let who: Vec<String> = who.collect();
    let (names, rows, directory) = futures::try_join!(tables.staff_names(who.iter().map(String::as_str)), rows(tables, vec![w]), tables.directory())?;
    // What is kept are ids; people read names.
    let store = |id: &str| directory.iter().find(|s| s.store.as_str() == id).map_or_else(|| id.to_owned(), |s| s.name.clone());
    let person = |id: &str| names.get(id).cloned().unwrap_or_else(|| id.to_owned());
    let said = |field: &str, text: &str| match field {
        "keeper" => store(text),
        "keepers" => text.split(' ').map(&person).collect::<Vec<_>>().join("、"),
        _ => text.to_owned(),
    };
    for c in &mut changes {
        c.by_name = names.get(c.by.as_str()).cloned();
        for f in &mut c.fields {
            let (old, new) = (said(&f.field, &f.old), said(&f.field, &f.new));
            *f = ChangedField { field: warehouse::title(&f.field).to_owned(), old, new };
        }
    }
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let works = accounts.into_iter().filter(|a| a.state != AccountState::Disabled);
    let mut people: Vec<WarehouseKeeper> = works.map(|a| WarehouseKeeper { staff: a.staff, name: a.name }).collect();
    // Whoever keeps it now stays to be seen, whatever became of the account.
    for (staff, name) in row.draft.keepers.iter().zip(&row.keeper_names).filter(|_| edits) {
        if people.iter().all(|p| p.staff != *staff) {
            people.push(WarehouseKeeper { staff: staff.clone(), name: name.clone() });
        }
    }
    let Holding { skus, on_hand, reserved, incoming, transfers: _ } = held;
    Ok(Some(WarehouseView { row, skus, on_hand, reserved, incoming, changes, next, people }))
}
