//! Stores as HQ keeps and edits them, their history, files of them, and the chain's regions.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use futures::future::try_join_all;
use liandian_contracts::{Event, event::FieldChange};
use liandian_domain::{
    governance::{impact::moved, resolve::Setting},
    settlement::{default_rule_of, default_rules},
    stores::{
        edit::{Known, blank, changes, check, draft_of, moves, title, usual_categories},
        hours::{CHINA, local_text},
        import::{Import, Sheet, export},
        profile::StoreProfile,
        region::{Region, name_of, tree},
    },
};
use liandian_store::{StoreError, Tables, reach::Reach};
use liandian_types::{
    OrderState, StoreId, StoreStatus, Timestamp,
    api::{
        ChangedField, RegionList, RegionRow, SaveStore, StoreChange, StoreDraft, StoreHistory, StoreImport, StoreImports, StorePreview, StoreRecord,
        StoresFile,
    },
};

use super::store_row;
use crate::{App, http::Failure};

/// Changes of a store on a page.
const CHANGES: i32 = 20;
/// Files of stores on a page.
const IMPORTS: i32 = 20;
/// The longest key of a rule or code of an entrance that is looked up, in bytes.
const LONGEST: usize = 64;
/// How many different rules of a file are looked up.
pub const RULES: usize = 30;
/// States of an order in which somebody still has to do something for it.
const WAITING: [OrderState; 5] = [OrderState::Placed, OrderState::AwaitingTransfer, OrderState::Preparing, OrderState::Ready, OrderState::Delivering];

/// What of the chain stores are checked against.
pub struct Facts {
    /// The regions.
    pub regions: Arc<Vec<Region>>,
    /// Rules that there are, of those that were asked for.
    pub rules: Vec<String>,
    /// Whose the entrances are.
    pub entrances: BTreeMap<String, StoreId>,
    /// What a new store shows.
    pub categories: Vec<(String, String)>,
}

impl Facts {
    /// For a decision.
    #[must_use]
    pub fn known(&self) -> Known<'_> {
        Known { regions: &self.regions, rules: &self.rules, entrances: &self.entrances, categories: &self.categories, default_rule: default_rule_of }
    }
}

/// What a new store begins with.
#[must_use]
pub fn new_draft() -> StoreDraft {
    blank()
}

/// The usual settlement rules, as a person chooses among them.
#[must_use]
pub fn rule_names() -> Vec<String> {
    default_rules().into_iter().map(|r| r.rule).collect()
}

/// Those of these rules that there are. One wave.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn rules_of<'a>(tables: &Tables, asked: impl Iterator<Item = &'a str>) -> Result<Vec<String>, StoreError> {
    let asked: BTreeSet<&str> = asked.map(str::trim).filter(|r| (1..=LONGEST).contains(&r.len())).collect();
    let found = try_join_all(asked.into_iter().take(RULES).map(|r| tables.rule(r))).await?;
    Ok(found.into_iter().flatten().map(|r| r.rule).collect())
}

/// What these drafts are checked against; `makes`: one of them is a new store. One wave.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn facts(tables: &Tables, drafts: &[&StoreDraft], makes: bool) -> Result<Facts, StoreError> {
    let codes: BTreeSet<&str> = drafts.iter().map(|d| d.entrance.trim()).filter(|c| (1..=LONGEST).contains(&c.len())).collect();
    let entrances = try_join_all(codes.into_iter().map(|code| tables.store_by_entrance(code)));
    let categories = async {
        if makes {
            let directory = tables.directory().await?;
            Ok(usual_categories(&directory))
        } else {
            Ok::<_, StoreError>(Vec::new())
        }
    };
    let rules = rules_of(tables, drafts.iter().map(|d| d.rule.as_str()));
    let (regions, rules, entrances, categories) = futures::try_join!(tables.regions(), rules, entrances, categories)?;
    let entrances = entrances.into_iter().flatten().map(|s| (s.entrance, s.store)).collect();
    Ok(Facts { regions, rules, entrances, categories })
}

/// How many orders wait in a store, a hundred in each state being many. One wave.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn waiting(tables: &Tables, store: &StoreId) -> Result<u32, StoreError> {
    let stores = std::slice::from_ref(store);
    let counts = try_join_all(WAITING.iter().map(|state| tables.orders_in(stores, *state))).await?;
    Ok(counts.iter().flat_map(|c| c.values()).sum())
}

/// Does this draft ask for a store to be closed?
#[must_use]
pub fn closes(d: &StoreDraft) -> bool {
    let status = d.status.trim();
    status == StoreStatus::Closed.as_str() || status == StoreStatus::Closed.title()
}

/// A store as HQ keeps it.
#[must_use]
pub fn record(app: &App, s: &StoreProfile, regions: &[Region], now: Timestamp) -> StoreRecord {
    StoreRecord {
        row: store_row(s, now),
        draft: draft_of(s, now),
        version: s.version,
        region_name: name_of(regions, &s.region),
        entrance_link: format!("{}/e/{}", app.config.public_origin(), s.entrance),
        notice: s.notice(now),
        permits: super::permits::permit_rows(s, now),
    }
}

/// The same of a store that is read for it.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn store_record(app: &App, store: &StoreId, now: Timestamp) -> Result<Option<StoreRecord>, Failure> {
    let (profile, regions) = futures::try_join!(app.tables.store_now(store), app.tables.regions())?;
    Ok(profile.map(|p| record(app, &p, &regions, now)))
}

fn by_title(all: Vec<FieldChange>) -> Vec<ChangedField> {
    all.into_iter().map(|f| ChangedField { field: title(&f.field).to_owned(), old: f.old, new: f.new }).collect()
}

/// Who changed a store, and when, newest first.
///
/// # Errors
/// `bad_cursor`.
pub async fn store_changes(app: &App, store: &StoreId, cursor: Option<&str>) -> Result<StoreHistory, Failure> {
    let (events, next) = app.tables.store_history(store, CHANGES, cursor).await?;
    let mut changes: Vec<StoreChange> = Vec::with_capacity(events.len());
    for e in events {
        let (created, by, why, fields) = match e.event {
            Event::StoreCreated { by, why, changes, .. } => (true, by, why, changes),
            Event::StoreChanged { by, why, changes, .. } | Event::SlotSet { by, why, changes, .. } => (false, by, why, changes),
            _ => continue,
        };
        changes.push(StoreChange { at: e.at, at_text: local_text(e.at, CHINA), by, by_name: None, created, why, fields: by_title(fields) });
    }
    let people: Vec<&str> = changes.iter().map(|c| c.by.as_str()).collect();
    let names = app.tables.staff_names(people.into_iter()).await?;
    for c in &mut changes {
        c.by_name = names.get(c.by.as_str()).cloned();
    }
    Ok(StoreHistory { changes, next })
}

/// Which policies are others for a store that comes to another mode, class or region, with both values as people read them.
#[must_use]
pub fn policies_moved(settings: &[Setting], old: &StoreProfile, next: &StoreProfile, now: Timestamp) -> Vec<ChangedField> {
    let (fields, _) = moved(settings, &old.into(), &next.into(), &[], now);
    fields
        .into_iter()
        .map(|f| {
            let field = f.field.field();
            ChangedField { field: field.label.to_owned(), old: field.show(&f.old), new: field.show(&f.new) }
        })
        .collect()
}

/// What saving a store would do; nothing is kept.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn preview(app: &App, store: &StoreId, ask: &SaveStore, settings: &[Setting], now: Timestamp) -> Result<StorePreview, Failure> {
    let drafts = [&ask.draft];
    let waits = async { if closes(&ask.draft) { waiting(&app.tables, store).await } else { Ok(0) } };
    let (old, facts, waits) = futures::try_join!(app.tables.store_now(store), facts(&app.tables, &drafts, ask.version == 0), waits)?;
    let old = old.as_ref();
    let next = match check(store, old, &ask.draft, &facts.known(), now) {
        Ok(next) => next,
        Err(faults) => return Ok(StorePreview { faults, changes: Vec::new(), policies: Vec::new(), notes: Vec::new() }),
    };
    let fields = changes(old, &next, &facts.regions, now);
    let policies = old.map(|o| policies_moved(settings, o, &next, now)).unwrap_or_default();
    let mut notes = Vec::new();
    if old.is_some_and(|o| o.version != ask.version) {
        notes.push("门店资料刚被别人修改，请刷新后再保存。".to_owned());
    }
    if let Some(old) = old {
        if moves(old, &next) && policies.is_empty() {
            notes.push("生效规则不变。".to_owned());
        }
        if old.region != next.region {
            notes.push(format!("归 {} 管理，原区域的经理不再看到这家门店。", name_of(&facts.regions, &next.region)));
        }
        if old.mode != next.mode && old.rule == next.rule {
            notes.push(format!("分账规则仍为 {}，新订单照此分账。", next.rule));
        }
        if old.point != next.point {
            notes.push("保存后，附近门店立即按新位置计算。".to_owned());
        }
        if old.entrance != next.entrance {
            notes.push("旧的入口链接和二维码将失效，请重新张贴。".to_owned());
        }
    } else {
        notes.push("新门店没有上架商品和库存，需要另行上架、收货。".to_owned());
    }
    match next.status_at(now) {
        StoreStatus::Preparing => notes.push("筹备中：顾客看不到这家门店。".to_owned()),
        StoreStatus::Closed if waits > 0 => notes.push(format!("还有 {waits} 张订单没有完成，关店后仍需处理。")),
        _ => {}
    }
    Ok(StorePreview { faults: Vec::new(), changes: by_title(fields), policies, notes })
}

/// What a file would do.
#[must_use]
pub fn sheet_view(file: &str, s: &Sheet) -> StoreImport {
    StoreImport {
        import: None,
        file: file.to_owned(),
        rows: s.rows,
        created: s.created,
        changed: s.changed,
        same: s.same,
        faults: s.faults.iter().take(liandian_domain::stores::import::MOST_FAULTS).cloned().collect(),
        bad: u32::try_from(s.faults.len()).unwrap_or(u32::MAX),
        done: 0,
        parts: 0,
        finished: s.sound.is_empty(),
        at_text: String::new(),
        by_name: None,
    }
}

/// How far a file has come.
#[must_use]
pub fn import_view(i: &Import, by_name: Option<String>) -> StoreImport {
    StoreImport {
        import: Some(i.import.clone()),
        file: i.file.clone(),
        rows: i.rows,
        created: i.created,
        changed: i.changed,
        same: i.same,
        faults: i.faults.clone(),
        bad: i.bad,
        done: i.next,
        parts: i.parts,
        finished: i.finished(),
        at_text: local_text(i.at, CHINA),
        by_name,
    }
}

/// Files of stores, newest first.
///
/// # Errors
/// `bad_cursor`.
pub async fn imports(app: &App, cursor: Option<&str>) -> Result<StoreImports, Failure> {
    let (found, next) = app.tables.store_imports(IMPORTS, cursor).await?;
    let names = app.tables.staff_names(found.iter().map(|i| i.by.as_str())).await?;
    let imports = found.iter().map(|i| import_view(i, names.get(i.by.as_str()).cloned())).collect();
    Ok(StoreImports { imports, next })
}

/// The stores that somebody sees, as a file.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn stores_file(tables: &Tables, reach: &Reach, now: Timestamp) -> Result<StoresFile, Failure> {
    let (directory, regions) = futures::try_join!(tables.directory(), tables.regions())?;
    let csv = export(directory.iter().filter(|s| reach.store(&s.store)), &regions, now)?;
    Ok(StoresFile { file: "stores.csv".to_owned(), csv })
}

/// The chain's regions, each behind the one that it is a part of; also those that stores lie in and nobody has named.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn region_list(tables: &Tables) -> Result<RegionList, StoreError> {
    let (mut regions, directory) = futures::try_join!(tables.regions_now(), tables.directory())?;
    let mut stores: BTreeMap<&str, u32> = BTreeMap::new();
    for s in directory.iter() {
        *stores.entry(s.region.as_str()).or_default() += 1;
        if !regions.iter().any(|r| r.region == s.region) {
            let name = s.region.to_string();
            regions.push(Region { region: s.region.clone(), name, parent: None, manager: String::new(), version: 0 });
        }
    }
    let rows = tree(&regions).into_iter().map(|(r, _)| RegionRow {
        region: r.region.clone(),
        name: r.name.clone(),
        parent: r.parent.clone(),
        manager: r.manager.clone(),
        stores: stores.get(r.region.as_str()).copied().unwrap_or(0),
        version: r.version,
    });
    Ok(RegionList { regions: rows.collect() })
}
