//! HQ makes, edits and imports stores, and keeps the chain's regions.

use std::collections::BTreeMap;

use liandian_domain::{
    Decision,
    stores::{
        edit::{self, Save, usual_categories},
        import::{self, Part},
        region::{self, Region},
    },
};
use liandian_types::{
    Code, Problem, RegionId, StoreId, StoreImportId,
    api::{ImportStores, SaveStore, SetRegion, StoreDraft},
};
use serde::de::DeserializeOwned;

use crate::{
    App,
    http::{self, Call, Failure, Reply},
    transact::{Plan, transact},
    views::stores::edit::{
        Facts, closes, facts, import_view, imports, preview, record, region_list, rules_of, sheet_view, store_changes, store_record, stores_file,
        waiting,
    },
};

/// The largest file of stores, in bytes.
const MAX_FILE: usize = 1024 * 1024;

/// A store as HQ keeps it.
///
/// # Errors
/// `not_found`.
pub async fn read(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&store_record(&app, &call.store()?, call.now).await?.ok_or_else(|| Failure::not_found("门店"))?)
}

/// Who changed a store, and when, newest first.
///
/// # Errors
/// `bad_cursor`.
pub async fn history(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&store_changes(&app, &call.store()?, call.q("cursor")).await?)
}

/// Makes a store (version 0), or changes it. It holds at once for finding stores, for quotes and orders.
///
/// # Errors
/// `bad_request` with the first field that is wrong; `ask_first` when it closes while orders wait; `conflict` when it is another by now.
pub async fn save(app: App, call: Call) -> Result<Reply, Failure> {
    let (ask, store): (SaveStore, StoreId) = (call.json()?, call.store()?);
    let (app, by, ask, store, now) = (&app, &call.staff()?.sub, &ask, &store, call.now);
    let outcome = transact(app, now, |_| async move {
        let drafts = [&ask.draft];
        let waits = async { if closes(&ask.draft) { waiting(&app.tables, store).await } else { Ok(0) } };
        let (old, facts, waiting) = futures::try_join!(app.tables.store_now(store), facts(&app.tables, &drafts, ask.version == 0), waits)?;
        let wanted = Save { store, draft: &ask.draft, seen: ask.version, why: &ask.why, by, sure: ask.sure, waiting };
        let (next, decision) = edit::save(old.as_ref(), &wanted, &facts.known(), now)?;
        Ok(Plan::new(record(app, &next, &facts.regions, now), decision))
    })
    .await;
    // Another store has taken the code since it was looked for, or somebody has made a store of this id.
    let saved = outcome.map_err(|e| match e {
        Failure::Exists => Problem::new(Code::Conflict, "入口码或门店编码刚被使用，请刷新后重试").at("entrance").into(),
        other => other,
    })?;
    Reply::json(&saved)
}

/// What saving a store would do: every field that is wrong, what changes, and which rules are others where it goes. Nothing is kept.
///
/// # Errors
/// `bad_request` for what is no draft.
pub async fn preview_move(app: App, call: Call) -> Result<Reply, Failure> {
    let ask: SaveStore = call.json()?;
    let settings = app.tables.settings().await?;
    Reply::json(&preview(&app, &call.store()?, &ask, &settings, call.now).await?)
}

/// A body that may be larger than others, of which one text has lines.
fn large<T: DeserializeOwned>(call: &Call) -> Result<T, Failure> {
    if call.body.len() > MAX_FILE {
        return Err(Failure::refuse(Code::TooLarge, format!("文件不能超过 {} KB", MAX_FILE / 1024)));
    }
    let mut d = serde_json::Deserializer::from_slice(&call.body);
    let value = http::read(&mut d)?;
    d.end().map_err(|_| Failure::refuse(Code::BadRequest, "请求内容有误：JSON 之后还有多余内容"))?;
    Ok(value)
}

/// Reads a file of stores: says what it would do, or begins to import it. Its parts are taken one by one by [`apply`].
///
/// # Errors
/// `too_large`; `bad_request` for what is no table. Rows that are wrong are no refusal: the answer names them.
pub async fn import(app: App, call: Call) -> Result<Reply, Failure> {
    let ask: ImportStores = large(&call)?;
    let named = import::named(&ask.csv);
    let tables = &app.tables;
    let rules = rules_of(tables, named.rules.iter().map(String::as_str));
    let (directory, regions, rules) = futures::try_join!(tables.directory_now(), tables.regions(), rules)?;
    let entrances = directory.iter().map(|s| (s.entrance.clone(), s.store.clone())).collect();
    let facts = Facts { regions, rules, entrances, categories: usual_categories(&directory) };
    let stores: BTreeMap<_, _> = directory.iter().map(|s| (&s.store, s)).collect();
    let sheet = import::read(&ask.csv, &stores, &facts.known(), call.now)?;
    if ask.dry || sheet.sound.is_empty() || !(sheet.faults.is_empty() || ask.skip_bad) {
        return Reply::json(&sheet_view(&ask.file, &sheet));
    }
    let id: StoreImportId = app.id();
    let (by, id, sheet, file, now) = (&call.staff()?.sub, &id, &sheet, ask.file.as_str(), call.now);
    let head = transact(&app, now, |_| async move {
        let (head, decision) = import::begin(sheet.clone(), id.clone(), file, by, now)?;
        Ok(Plan::new(head, decision))
    })
    .await?;
    Reply::json(&import_view(&head, None))
}

/// Files of stores, newest first.
///
/// # Errors
/// `bad_cursor`.
pub async fn list_imports(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&imports(&app, call.q("cursor")).await?)
}

/// Takes the next part of a file: its stores and the mark of how far it has come, in one transaction. Called again until it is finished; whoever
/// calls at the same moment takes another part.
///
/// # Errors
/// `not_found`.
pub async fn apply(app: App, call: Call) -> Result<Reply, Failure> {
    let id: StoreImportId = call.param("import")?;
    let (app, id, now) = (&app, &id, call.now);
    let head = transact(app, now, |_| async move {
        let head = app.tables.store_import(id).await?.ok_or_else(|| Failure::not_found("导入"))?;
        if head.finished() {
            return Ok(Plan::new(head, Decision::default()));
        }
        let part = app.tables.store_import_part(id, head.next).await?;
        let part: Part = part.ok_or_else(|| Failure::Internal(format!("{id} has no part {}", head.next)))?;
        let stores: Vec<StoreId> = part.rows.iter().map(|r| r.store.clone()).collect();
        let drafts: Vec<&StoreDraft> = part.rows.iter().map(|r| &r.draft).collect();
        let (stores, facts) = futures::try_join!(app.tables.stores_now(&stores), facts(&app.tables, &drafts, true))?;
        let (next, decision) = import::take(&head, &part, &stores, &facts.known(), now);
        Ok(Plan::new(next, decision))
    })
    .await?;
    Reply::json(&import_view(&head, None))
}

/// The stores that the caller sees, as a file that can be imported again.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn export(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&stores_file(&app.tables, &app.reach(call.staff()?).await?, call.now).await?)
}

/// The chain's regions.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn regions(app: App, _call: Call) -> Result<Reply, Failure> {
    Reply::json(&region_list(&app.tables).await?)
}

/// Makes a region (version 0), or changes its name, place or who is responsible for it.
///
/// # Errors
/// `bad_request` naming the field; `conflict` when it is another by now.
pub async fn set_region(app: App, call: Call) -> Result<Reply, Failure> {
    let ask: SetRegion = call.json()?;
    let region: RegionId = call.param("region")?;
    let new = Region { region, name: ask.name, parent: ask.parent, manager: ask.manager, version: ask.version };
    let (app, by, new) = (&app, &call.staff()?.sub, &new);
    transact(app, call.now, |_| async move {
        let all = app.tables.regions_now().await?;
        Ok(Plan::new((), region::set(&all, new.clone(), by)?))
    })
    .await?;
    Reply::json(&region_list(&app.tables).await?)
}
