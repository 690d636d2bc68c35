//! What levels say about stores, what holds in one and why, and whom a change would touch.

use std::collections::{BTreeMap, HashMap};

use futures::future::try_join_all;
use liandian_contracts::Event;
use liandian_domain::{
    catalog::LibrarySku,
    governance::{
        fields::{FIELDS, Field, FieldKey, Group, Kind, Reach, Unit},
        impact::{StoreGoods, impact},
        price::PriceBook,
        resolve::{Level, Place, Said, Setting, effective, next_change},
        settings::{Rulebook, show},
        terms::Terms,
    },
    stores::{
        hours::{CHINA, local_text},
        profile::StoreProfile,
    },
};
use liandian_store::{StoreError, Tables};
use liandian_types::{
    Mode, StaffId, StoreId, Tier, Timestamp,
    api::{
        ChangedField, ImpactPrice, ImpactStore, LevelSettings, PolicyLine, SaidSetting, SettingChangeLine, SettingEditor, SettingField, SettingLine,
        SettingWord, Settings, SettingsChanged, SettingsHistory, SettingsImpact, StorePolicy,
    },
};

use crate::{App, http::Failure};

/// Changes on a page of the history.
const CHANGES: i32 = 20;
/// Stores and prices that an impact names.
const NAMED: usize = 50;
/// Stores whose prices one call looks at: some seconds where each lists thousands. Whoever asks goes on from there, and shows how far it has come.
const LOOKED: usize = 200;
/// Stores whose listings are read side by side.
const AT_ONCE: usize = 16;
/// Listings of a page.
const LISTINGS: i32 = 500;

/// A level as people read it: stores by name, regions by their cities.
pub(super) fn level_title(level: &Level, directory: &[StoreProfile]) -> String {
    match level {
        Level::Region(r) => {
            let mut cities: Vec<&str> = directory.iter().filter(|s| s.region == *r).map(|s| s.city.as_str()).collect();
            cities.sort_unstable();
            cities.dedup();
            if cities.is_empty() { level.title() } else { format!("区域 {}", cities.join("、")) }
        }
        Level::Store(s) => directory.iter().find(|d| d.store == *s).map_or_else(|| level.title(), |d| d.name.clone()),
        other => other.title(),
    }
}

/// A field, as the registry has it.
pub(super) fn field_view(f: &Field) -> SettingField {
    let word = |value: &str, title: &str| SettingWord { value: value.to_owned(), title: title.to_owned() };
    let (kind, unit, min, max, words) = match f.kind {
        Kind::Switch => ("switch", "", None, None, vec![word("on", "开"), word("off", "关")]),
        Kind::Number { unit, min, max } => ("number", if unit == Unit::Fen { "分" } else { unit.title().trim() }, Some(min), Some(max), Vec::new()),
        Kind::Choice(words) => ("choice", "", None, None, words.iter().map(|&(value, title)| word(value, title)).collect()),
    };
    SettingField {
        key: f.key.as_str().to_owned(),
        group: f.group.title().to_owned(),
        label: f.label.to_owned(),
        explanation: f.explanation.to_owned(),
        kind: kind.to_owned(),
        unit: unit.to_owned(),
        min,
        max,
        words,
        chain: f.reach == Reach::Chain,
        initial: f.show(&f.key.default_value()),
    }
}

/// What words on a page need: names of stores and people.
struct Names<'a> {
    directory: &'a [StoreProfile],
    people: BTreeMap<String, String>,
}

impl Names<'_> {
    fn person(&self, by: &StaffId) -> Option<String> {
        self.people.get(by.as_str()).cloned()
    }

    fn said(&self, s: &Setting) -> SaidSetting {
        SaidSetting {
            level: s.level.word(),
            level_title: level_title(&s.level, self.directory),
            field: s.field.as_str().to_owned(),
            label: s.field.field().label.to_owned(),
            value: s.value.as_ref().map(liandian_domain::governance::fields::Value::word),
            text: show(s.field, s.value.as_ref()),
            by: s.by.clone(),
            by_name: self.person(&s.by),
            at_text: local_text(s.at, CHINA),
            from: s.from,
            from_text: local_text(s.from, CHINA),
            why: s.why.clone(),
        }
    }

    fn of(&self, field: FieldKey, said: &Said) -> SaidSetting {
        self.said(&Setting {
            level: said.level.clone(),
            field,
            value: Some(said.value.clone()),
            by: said.by.clone(),
            at: said.at,
            from: said.from,
            why: said.why.clone(),
            seq: 0,
        })
    }
}

async fn names<'a>(tables: &Tables, directory: &'a [StoreProfile], settings: &[Setting]) -> Result<Names<'a>, StoreError> {
    let people: Vec<&str> = settings.iter().map(|s| s.by.as_str()).collect();
    Ok(Names { directory, people: tables.staff_names(people.into_iter()).await? })
}

/// How many stores a level holds.
fn held(level: &Level, directory: &[StoreProfile]) -> u32 {
    let many = directory.iter().filter(|s| level.covers(&Place::from(*s))).count();
    u32::try_from(many).unwrap_or(u32::MAX)
}

/// Every level but the stores', the general ones first.
fn general_levels(directory: &[StoreProfile]) -> Vec<Level> {
    let mut regions: Vec<_> = directory.iter().map(|s| s.region.clone()).collect();
    regions.sort();
    regions.dedup();
    let modes = Mode::ALL.iter().copied().map(Level::Mode);
    let tiers = Tier::ALL.iter().copied().map(Level::Tier);
    [Level::Hq].into_iter().chain(modes).chain(tiers).chain(regions.into_iter().map(Level::Region)).collect()
}

/// The stores that something is said about.
fn stores_said(book: &Rulebook) -> Vec<Level> {
    let mut stores: Vec<Level> = book.rows.iter().filter(|s| matches!(s.level, Level::Store(_))).map(|s| s.level.clone()).collect();
    stores.sort();
    stores.dedup();
    stores
}

/// What all levels say.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn settings_view(tables: &Tables, book: &Rulebook, now: Timestamp) -> Result<Settings, StoreError> {
    let directory = tables.directory().await?;
    let names = names(tables, &directory, &book.all()).await?;
    let level = |level: Level| {
        let (said, planned) = book.of_level(&level, now);
        LevelSettings {
            level: level.word(),
            title: level_title(&level, &directory),
            version: book.version(&level),
            stores: held(&level, &directory),
            said: said.iter().map(|s| names.said(s)).collect(),
            planned: planned.iter().map(|s| names.said(s)).collect(),
        }
    };
    let levels = general_levels(&directory).into_iter().chain(stores_said(book)).map(level).collect();
    Ok(Settings { fields: FIELDS.iter().map(field_view).collect(), levels })
}

/// A level, by its word, with every field that it may say something about; none for what is no level of this chain.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn setting_editor(tables: &Tables, word: &str, now: Timestamp) -> Result<Option<SettingEditor>, StoreError> {
    let Some(level) = Level::parse(word) else { return Ok(None) };
    let level = &level;
    let (directory, book) = futures::try_join!(tables.directory(), tables.rulebook_now())?;
    if matches!(level, Level::Region(_) | Level::Store(_)) && held(level, &directory) == 0 {
        return Ok(None);
    }
    let all = book.all();
    let names = names(tables, &directory, &all).await?;
    let (said, planned) = book.of_level(level, now);
    // Without the level's own word: in a store what its other levels say, elsewhere what HQ says.
    let without: Vec<&Setting> = all.iter().filter(|s| s.level != *level).collect();
    let place = match level {
        Level::Store(id) => directory.iter().find(|s| s.store == *id).map(Place::from),
        _ => None,
    };
    let above = place.map(|p| effective(without.iter().copied(), &p, now));
    let line = |f: &Field| {
        let (value, from) = match (&above, level) {
            (Some(e), _) => {
                let r = e.get(f.key);
                (r.value.clone(), r.said.as_ref().map_or_else(|| "初始值".to_owned(), |s| level_title(&s.level, &directory)))
            }
            (None, Level::Hq) => (f.key.default_value(), "初始值".to_owned()),
            (None, _) => match book.said(&Level::Hq, f.key, now) {
                Some(v) => (v, "总部".to_owned()),
                None => (f.key.default_value(), "初始值".to_owned()),
            },
        };
        SettingLine {
            field: field_view(f),
            own: said.iter().find(|s| s.field == f.key).map(|s| names.said(s)),
            inherited: value.word(),
            inherited_text: format!("{from}：{}", f.show(&value)),
            planned: planned.iter().filter(|s| s.field == f.key).map(|s| names.said(s)).collect(),
        }
    };
    let may = |f: &&Field| f.reach == Reach::Store || *level == Level::Hq;
    let word = |l: Level| SettingWord { value: l.word(), title: level_title(&l, &directory) };
    Ok(Some(SettingEditor {
        level: level.word(),
        title: level_title(level, &directory),
        version: book.version(level),
        stores: held(level, &directory),
        mode: if let Level::Mode(m) = level { Some(*m) } else { None },
        lines: FIELDS.iter().filter(may).map(line).collect(),
        levels: general_levels(&directory).into_iter().map(word).collect(),
        stores_said: stores_said(&book).into_iter().map(word).collect(),
    }))
}

/// Who changed what levels say, newest first.
///
/// # Errors
/// `bad_cursor`.
pub async fn settings_changes(app: &App, cursor: Option<&str>) -> Result<SettingsHistory, Failure> {
    let ((events, next), directory) = futures::try_join!(app.tables.settings_history(CHANGES, cursor), app.tables.directory())?;
    let mut changes = Vec::with_capacity(events.len());
    for e in events {
        let Event::SettingChanged { by, changes: all } = e.event else { continue };
        let line = |c: liandian_contracts::event::SettingChange| SettingChangeLine {
            level_title: Level::parse(&c.level).map_or_else(|| c.level.clone(), |l| level_title(&l, &directory)),
            label: FieldKey::parse(&c.field).map_or_else(|| c.field.clone(), |f| f.field().label.to_owned()),
            from_text: (c.from > e.at).then(|| local_text(c.from, CHINA)),
            level: c.level,
            field: c.field,
            old: c.old,
            new: c.new,
            why: c.why,
        };
        let lines = all.into_iter().map(line).collect();
        changes.push(SettingsChanged { at: e.at, at_text: local_text(e.at, CHINA), by, by_name: None, lines });
    }
    let people: Vec<&str> = changes.iter().map(|c: &SettingsChanged| c.by.as_str()).collect();
    let people = app.tables.staff_names(people.into_iter()).await?;
    for c in &mut changes {
        c.by_name = people.get(c.by.as_str()).cloned();
    }
    Ok(SettingsHistory { changes, next })
}

/// A store's policy: every field, what it is worth, who says so and what other levels say.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn store_policy(tables: &Tables, store: &StoreProfile, now: Timestamp) -> Result<StorePolicy, StoreError> {
    let (directory, settings) = futures::try_join!(tables.directory(), tables.settings())?;
    let place = Place::from(store);
    let policy = effective(settings.iter(), &place, now);
    let spoken: Vec<Setting> = settings.iter().filter(|s| s.level.covers(&place)).cloned().collect();
    let names = names(tables, &directory, &spoken).await?;
    let lines: Vec<PolicyLine> = policy
        .fields()
        .iter()
        .map(|r| {
            let f = r.field.field();
            let hq = r.said.iter().chain(&r.overruled).find(|s| s.level == Level::Hq).map_or_else(|| r.field.default_value(), |s| s.value.clone());
            let mut planned: Vec<&Setting> = spoken.iter().filter(|s| s.field == r.field && s.from > now).collect();
            planned.sort_by_key(|s| s.from);
            PolicyLine {
                planned: planned.into_iter().map(|s| names.said(s)).collect(),
                field: r.field.as_str().to_owned(),
                group: f.group.title().to_owned(),
                label: f.label.to_owned(),
                explanation: f.explanation.to_owned(),
                value: r.value.word(),
                text: f.show(&r.value),
                said: r.said.as_ref().map(|s| names.of(r.field, s)),
                overruled: r.overruled.iter().map(|s| names.of(r.field, s)).collect(),
                hq_text: f.show(&hq),
                differs: hq != r.value,
            }
        })
        .collect();
    Ok(StorePolicy {
        store: store.store.clone(),
        name: store.name.clone(),
        mode: store.mode,
        tier: store.tier,
        region: store.region.clone(),
        differs: u32::try_from(lines.iter().filter(|l| l.differs).count()).unwrap_or(u32::MAX),
        next_text: next_change(settings.iter(), &place, now).map(|at| local_text(at, CHINA)),
        lines,
    })
}

/// The prices of its own that a store has.
async fn own_prices(
    tables: &Tables,
    store: &StoreProfile,
    settings: &[Setting],
    library: &HashMap<&str, &LibrarySku>,
    now: Timestamp,
) -> Result<Vec<PriceBook>, StoreError> {
    let terms = Terms::of(settings, store, now);
    let (mut found, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let (page, next) = tables.listings(&store.store, LISTINGS, cursor.as_deref()).await?;
        let priced = page.iter().filter(|l| !l.inherits_price());
        found.extend(priced.filter_map(|l| Some(terms.book(l, library.get(l.sku.as_str())?))));
        cursor = next;
        if cursor.is_none() {
            return Ok(found);
        }
    }
}

/// Whom these rows would touch: which stores get another policy, and which prices of those behind `after` would no longer count.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn settings_impact(
    tables: &Tables,
    book: &Rulebook,
    new: &[Setting],
    after: Option<&StoreId>,
    now: Timestamp,
) -> Result<SettingsImpact, StoreError> {
    let (directory, library) = futures::try_join!(tables.directory(), tables.library())?;
    let current = book.all();
    let places: Vec<Place> = directory.iter().map(Place::from).collect();
    // First whom it touches at all: only their listings are read.
    let bare = places.iter().map(|place| StoreGoods { place, prices: &[], locals: 0 });
    let mut touched: Vec<StoreId> = impact(&current, new, bare, now).stores.into_iter().map(|s| s.store).collect();
    // By their ids: a store that comes or goes between two calls makes nobody miss another.
    touched.sort();
    let priced = new.iter().any(|s| s.field.field().group == Group::Price);
    let begins = after.map_or(0, |after| touched.partition_point(|s| s <= after));
    let looked: Vec<StoreId> = if priced { touched.iter().skip(begins).take(LOOKED).cloned().collect() } else { Vec::new() };
    let done = begins.saturating_add(looked.len());
    let next = if priced && done < touched.len() { looked.last().cloned() } else { None };
    let skus: HashMap<&str, &LibrarySku> = library.iter().map(|s| (s.sku.as_str(), s)).collect();
    let mut books: HashMap<&str, Vec<PriceBook>> = HashMap::new();
    for part in looked.chunks(AT_ONCE) {
        let profiles = directory.iter().filter(|s| part.contains(&s.store));
        let reads: Vec<_> = profiles.clone().map(|store| own_prices(tables, store, &current, &skus, now)).collect();
        let read = try_join_all(reads).await?;
        books.extend(profiles.map(|s| s.store.as_str()).zip(read));
    }
    let goods = places.iter().map(|place| {
        let prices = books.get(place.store.as_str()).map_or(&[][..], Vec::as_slice);
        StoreGoods { place, prices, locals: 0 }
    });
    let found = impact(&current, new, goods, now);
    let name = |store: &StoreId| directory.iter().find(|s| s.store == *store).map_or_else(|| store.to_string(), |s| s.name.clone());
    let many = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let mut sentence = found.sentence();
    if looked.len() < touched.len() && priced {
        sentence += &format!("（已核对第 {} 至 {done} 家门店的价格，共 {} 家）", begins.saturating_add(1), touched.len());
    }
    let field = |c: &liandian_domain::governance::resolve::FieldChange| {
        let f = c.field.field();
        ChangedField { field: f.label.to_owned(), old: f.show(&c.old), new: f.show(&c.new) }
    };
    Ok(SettingsImpact {
        sentence,
        stores: many(found.stores.len()),
        prices: many(found.prices.len()),
        looked: many(looked.len()),
        next,
        touched: found
            .stores
            .iter()
            .take(NAMED)
            .map(|s| ImpactStore { store: s.store.clone(), name: name(&s.store), fields: s.fields.iter().map(field).collect() })
            .collect(),
        illegal: found
            .prices
            .into_iter()
            .take(NAMED)
            .map(|p| ImpactPrice {
                name: name(&p.store),
                title: skus.get(p.sku.as_str()).map_or_else(|| p.sku.to_string(), |s| s.title()),
                store: p.store,
                sku: p.sku,
                old: p.old,
                new: p.new,
                off_sale: p.off_sale,
                why: p.why,
            })
            .collect(),
    })
}
