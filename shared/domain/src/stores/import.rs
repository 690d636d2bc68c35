//! Stores by the hundred, out of a CSV file: what of it can be taken and every fault by line and column; then in parts, each of which is one
//! transaction with the mark of how far the file has come. A part that is tried again finds that mark and is the next one.

use std::collections::BTreeMap;

use liandian_types::{
    Code, Problem, StaffId, StoreId, StoreImportId, StoreStatus, Timestamp,
    api::{StoreDraft, StoreImportFault},
    text::unfit,
};
use serde::{Deserialize, Serialize};

use crate::{
    Decision, Refusable,
    decision::StoresWrite,
    stores::{
        edit::{FIELDS, Known, blank, changes, check, days_of, draft_of, shown, title, written},
        profile::StoreProfile,
        region::Region,
    },
};

/// The most rows of a file.
pub const MOST_ROWS: usize = 800;
/// Stores of a part: a store that moves takes nine rows, and a transaction has a hundred.
pub const PART: usize = 10;
/// The most faults that are told one by one.
pub const MOST_FAULTS: usize = 200;
/// Characters of a fault that are kept.
const FAULT_TEXT: usize = 200;
/// The column of the id.
const ID: &str = "门店编码";

/// A file that is being imported.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Import {
    /// Its id.
    pub import: StoreImportId,
    /// The file's name.
    pub file: String,
    /// Who began it.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
    /// Rows of the file.
    pub rows: u32,
    /// Stores that were as the file says already.
    pub same: u32,
    /// Stores that have been made.
    pub created: u32,
    /// Stores that have been changed.
    pub changed: u32,
    /// What was wrong with the file, and what could not be taken since; at most [`MOST_FAULTS`].
    #[serde(default)]
    pub faults: Vec<StoreImportFault>,
    /// How much was wrong.
    pub bad: u32,
    /// Parts there are.
    pub parts: u32,
    /// The part that comes next; as many as there are: done.
    pub next: u32,
    /// How often it was changed.
    pub version: u64,
}

impl Import {
    /// Is nothing left to do?
    #[must_use]
    pub fn finished(&self) -> bool {
        self.next >= self.parts
    }

    fn fault(&mut self, line: u64, detail: &str) {
        self.bad += 1;
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(StoreImportFault { line, column: 0, header: String::new(), detail: short(detail) });
        }
    }
}

/// The beginning of a text that may quote a whole cell: an import is one row, which holds 400 KB.
fn short(text: &str) -> String {
    if text.chars().count() <= FAULT_TEXT { text.to_owned() } else { format!("{}…", text.chars().take(FAULT_TEXT).collect::<String>()) }
}

/// A store out of a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportRow {
    /// The line of the file.
    pub line: u64,
    /// Which store.
    pub store: StoreId,
    /// The version that was there when the file was read; 0: there was no such store, or one that nobody had changed.
    pub seen: u64,
    /// What it shall be.
    pub draft: StoreDraft,
}

/// Stores that are written together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Of which file.
    pub import: StoreImportId,
    /// Which part, from 0.
    pub part: u32,
    /// Its rows.
    pub rows: Vec<ImportRow>,
}

/// What a file says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    /// Its rows.
    pub rows: u32,
    /// Stores that shall be made or changed.
    pub sound: Vec<ImportRow>,
    /// How many of them shall be made.
    pub created: u32,
    /// How many of them shall be changed.
    pub changed: u32,
    /// Stores that are so already.
    pub same: u32,
    /// What is wrong.
    pub faults: Vec<StoreImportFault>,
}

/// Which column holds what.
struct Columns {
    headers: Vec<String>,
    id: usize,
    fields: BTreeMap<&'static str, usize>,
}

impl Columns {
    fn fault(&self, line: u64, field: &str, detail: impl Into<String>) -> StoreImportFault {
        let head = field.split(['[', '.']).next().unwrap_or(field);
        let at = self.fields.get(head).copied();
        let column = at.and_then(|i| u32::try_from(i + 1).ok()).unwrap_or(0);
        StoreImportFault { line, column, header: title(head).to_owned(), detail: detail.into() }
    }
}

fn columns(record: &csv::StringRecord, faults: &mut Vec<StoreImportFault>) -> Option<Columns> {
    let headers: Vec<String> = record.iter().map(|h| h.trim().trim_start_matches('\u{feff}').to_owned()).collect();
    let (mut id, mut fields) = (None, BTreeMap::new());
    for (i, header) in headers.iter().enumerate() {
        let mut wrong = |detail: String| {
            let column = u32::try_from(i + 1).unwrap_or(0);
            faults.push(StoreImportFault { line: 1, column, header: header.clone(), detail });
        };
        let field = FIELDS.iter().find(|(name, title)| name == header || title == header).map(|(name, _)| *name);
        match field {
            _ if header == ID || header == "store" => {
                if id.replace(i).is_some() {
                    wrong(format!("列“{header}”出现了两次"));
                }
            }
            Some(name) => {
                if fields.insert(name, i).is_some() {
                    wrong(format!("列“{header}”出现了两次"));
                }
            }
            None if header.is_empty() => {}
            None => wrong(format!("不认识的列“{header}”")),
        }
    }
    if id.is_none() {
        let detail = format!("缺少列“{ID}”；文件须为 UTF-8 编码的 CSV，第一行是列名");
        faults.push(StoreImportFault { line: 1, column: 0, header: ID.to_owned(), detail });
    }
    faults.is_empty().then(|| Columns { headers, id: id.unwrap_or(0), fields })
}

/// The draft that a row means: what it does not name stays as it is, or begins as usual.
fn draft(
    record: &csv::StringRecord,
    columns: &Columns,
    old: Option<&StoreProfile>,
    line: u64,
    now: Timestamp,
) -> (StoreDraft, Vec<StoreImportFault>) {
    let mut d = old.map_or_else(blank, |o| draft_of(o, now));
    let mut faults = Vec::new();
    for (name, at) in &columns.fields {
        let cell = record.get(*at).unwrap_or_default().trim();
        let mut flag = || match cell {
            "是" | "true" | "yes" | "1" | "y" => true,
            "否" | "false" | "no" | "0" | "n" | "" => false,
            _ => {
                faults.push(columns.fault(line, name, format!("{}填“是”或“否”", title(name))));
                false
            }
        };
        let text = cell.to_owned();
        match *name {
            "name" => d.name = text,
            "city" => d.city = text,
            "district" => d.district = text,
            "address" => d.address = text,
            "phone" => d.phone = text,
            "lat" => d.lat = text,
            "lng" => d.lng = text,
            "region" => d.region = text,
            "mode" => d.mode = text,
            "tier" => d.tier = text,
            "status" => d.status = text,
            "reason" => d.reason = text,
            "until" => d.until = text,
            "hours" => d.hours = text,
            "exceptions" => d.exceptions = days_of(cell),
            "radius_m" => d.radius_m = text,
            "pickup" => d.pickup = flag(),
            "delivery" => d.delivery = flag(),
            "front_warehouse" => d.front_warehouse = flag(),
            "entrance" => d.entrance = text,
            "theme" => d.theme = text,
            "rule" => d.rule = text,
            "service" => d.service = text,
            "group" => d.group = text,
            _ => d.cell = text,
        }
    }
    (d, faults)
}

/// What of the chain a file names: it must be known before the file is read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Named {
    /// Settlement rules.
    pub rules: Vec<String>,
}

/// Looks for what a file names.
#[must_use]
pub fn named(text: &str) -> Named {
    let mut faults = Vec::new();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut records = reader.records().map_while(Result::ok);
    let Some(at) = records.next().and_then(|head| columns(&head, &mut faults)).and_then(|c| c.fields.get("rule").copied()) else {
        return Named::default();
    };
    let mut rules: Vec<String> = records.take(MOST_ROWS).filter_map(|r| r.get(at).map(|c| c.trim().to_owned())).filter(|r| !r.is_empty()).collect();
    rules.sort_unstable();
    rules.dedup();
    Named { rules }
}

/// An id with or without its prefix.
fn store_of(text: &str) -> Option<StoreId> {
    if text.starts_with("sto_") { text.parse().ok() } else { StoreId::from_tail(text).ok() }
}

/// Reads a file and takes nothing: what of it could be taken, and every fault.
///
/// # Errors
/// `too_large` for more than [`MOST_ROWS`] rows; `bad_request` for what is empty.
pub fn read(text: &str, stores: &BTreeMap<&StoreId, &StoreProfile>, known: &Known<'_>, now: Timestamp) -> Refusable<Sheet> {
    let mut sheet = Sheet::default();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let mut records = reader.records();
    let Some(Ok(head)) = records.next() else {
        return Err(Problem::new(Code::BadRequest, "文件是空的").at("csv"));
    };
    let Some(columns) = columns(&head, &mut sheet.faults) else { return Ok(sheet) };
    let (mut ids, mut codes): (BTreeMap<StoreId, u64>, BTreeMap<String, u64>) = (BTreeMap::new(), BTreeMap::new());
    for record in records {
        let Ok(record) = record else {
            return Err(Problem::new(Code::BadRequest, "文件不是完整的 CSV").at("csv"));
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        sheet.rows += 1;
        if usize::try_from(sheet.rows).is_ok_and(|n| n > MOST_ROWS) {
            return Err(Problem::new(Code::TooLarge, format!("一个文件最多 {MOST_ROWS} 家门店，请分成几个文件")).at("csv"));
        }
        let line = record.position().map_or(0, csv::Position::line);
        let of_id = |detail: String| StoreImportFault { line, column: u32::try_from(columns.id + 1).unwrap_or(0), header: ID.to_owned(), detail };
        if record.iter().skip(columns.headers.len()).any(|cell| !cell.trim().is_empty()) {
            let detail = format!("这一行比列名多：应为 {} 列", columns.headers.len());
            sheet.faults.push(StoreImportFault { line, column: 0, header: String::new(), detail });
            continue;
        }
        let typed = record.get(columns.id).unwrap_or_default().trim();
        let Some(store) = store_of(typed) else {
            sheet.faults.push(of_id(format!("“{typed}”不是门店编码：字母、数字和连字符，最多 40 位，不以 wh- 开头")));
            continue;
        };
        if let Some(before) = ids.insert(store.clone(), line) {
            sheet.faults.push(of_id(format!("门店编码与第 {before} 行重复")));
            continue;
        }
        let old = stores.get(&store).copied();
        let (draft, mut faults) = draft(&record, &columns, old, line, now);
        let next = match check(&store, old, &draft, known, now) {
            Ok(next) => Some(next),
            Err(found) => {
                faults.extend(found.into_iter().map(|f| columns.fault(line, &f.field, f.detail)));
                None
            }
        };
        if let Some(before) = codes.insert(draft.entrance.clone(), line).filter(|_| !draft.entrance.is_empty()) {
            faults.push(columns.fault(line, "entrance", format!("入口码与第 {before} 行重复")));
        }
        if closes(old, next.as_ref()) {
            faults.push(columns.fault(line, "status", "关店请在门店页面单独操作，系统会提示未完成的订单"));
        }
        let Some(next) = next.filter(|_| faults.is_empty()) else {
            sheet.faults.append(&mut faults);
            continue;
        };
        match old {
            Some(old) if changes(Some(old), &next, known.regions, now).is_empty() => {
                sheet.same += 1;
                continue;
            }
            Some(_) => sheet.changed += 1,
            None => sheet.created += 1,
        }
        sheet.sound.push(ImportRow { line, store, seen: old.map_or(0, |o| o.version), draft });
    }
    Ok(sheet)
}

fn closes(old: Option<&StoreProfile>, next: Option<&StoreProfile>) -> bool {
    next.is_some_and(|n| n.status == StoreStatus::Closed) && old.is_some_and(|o| o.status != StoreStatus::Closed)
}

/// Begins to import what of a file is sound.
///
/// # Errors
/// `bad_request` for a name that is none.
pub fn begin(sheet: Sheet, import: StoreImportId, file: &str, by: &StaffId, now: Timestamp) -> Refusable<(Import, Decision)> {
    let file = file.trim();
    if file.is_empty() || file.chars().count() > 100 || unfit(file).is_some() {
        return Err(Problem::new(Code::BadRequest, "文件名为 1 到 100 个字").at("file"));
    }
    let parts: Vec<Part> = sheet.sound.chunks(PART).zip(0..).map(|(rows, part)| Part { import: import.clone(), part, rows: rows.to_vec() }).collect();
    let bad = u32::try_from(sheet.faults.len()).unwrap_or(u32::MAX);
    let kept = |f: StoreImportFault| StoreImportFault { header: short(&f.header), detail: short(&f.detail), ..f };
    let faults = sheet.faults.into_iter().take(MOST_FAULTS).map(kept).collect();
    let head = Import {
        import,
        file: file.to_owned(),
        by: by.clone(),
        at: now,
        rows: sheet.rows,
        same: sheet.same,
        created: 0,
        changed: 0,
        faults,
        bad,
        parts: u32::try_from(parts.len()).unwrap_or(u32::MAX),
        next: 0,
        version: 0,
    };
    let mut d = Decision::default();
    d.write(StoresWrite::Begin(Box::new(head.clone()), parts));
    Ok((head, d))
}

/// Takes the next part. `stores` are those of its rows as they are, in their order. A store that somebody has changed since the file was read is left
/// alone, and told.
#[must_use]
pub fn take(head: &Import, part: &Part, stores: &[Option<StoreProfile>], known: &Known<'_>, now: Timestamp) -> (Import, Decision) {
    let (mut next, mut d) = (head.clone(), Decision::default());
    let why = format!("导入 {}", head.file);
    for (row, old) in part.rows.iter().zip(stores) {
        let old = old.as_ref();
        let profile = match check(&row.store, old, &row.draft, known, now) {
            Ok(profile) => profile,
            Err(faults) => {
                let why: Vec<String> = faults.into_iter().map(|f| format!("{}：{}", title(&f.field), f.detail)).collect();
                next.fault(row.line, &format!("{}：{}", row.store, why.join("；")));
                continue;
            }
        };
        let changes = changes(old, &profile, known.regions, now);
        if changes.is_empty() {
            next.same += 1;
        } else if old.map_or(0, |o| o.version) != row.seen || closes(old, Some(&profile)) {
            next.fault(row.line, &format!("{}：门店在导入期间被别人修改，未导入", row.store));
        } else {
            match old {
                Some(_) => next.changed += 1,
                None => next.created += 1,
            }
            let one = written(old, &profile, &head.by, &why, changes);
            d.writes.extend(one.writes);
            d.events.extend(one.events);
        }
    }
    next.next += 1;
    // First, so that whoever meets another who has taken this part learns just that.
    d.writes.insert(0, StoresWrite::Import(Box::new(next.clone())).into());
    (next, d)
}

/// A cell that no program for tables takes for a formula; reading it trims that away.
fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@']) { format!("\t{text}") } else { text.to_owned() }
}

/// All these stores as a file that can be imported again and changes nothing.
///
/// # Errors
/// `internal` when it cannot be written, which nothing leads to.
pub fn export<'a>(stores: impl IntoIterator<Item = &'a StoreProfile>, regions: &[Region], now: Timestamp) -> Refusable<String> {
    let broken = || Problem::new(Code::Internal, "文件无法生成");
    let mut writer = csv::Writer::from_writer(Vec::new());
    let heads: Vec<&str> = std::iter::once(ID).chain(FIELDS.iter().map(|(_, title)| *title)).collect();
    writer.write_record(&heads).map_err(|_| broken())?;
    for s in stores {
        let draft = draft_of(s, now);
        // Two regions may share a name: the id is the one.
        let fields = shown(&draft, regions).into_iter().map(|(name, value)| if name == "region" { draft.region.clone() } else { value });
        let row: Vec<String> = std::iter::once(s.store.to_string()).chain(fields).map(|v| cell(&v)).collect();
        writer.write_record(&row).map_err(|_| broken())?;
    }
    let bytes = writer.into_inner().map_err(|_| broken())?;
    let text = String::from_utf8(bytes).map_err(|_| broken())?;
    // Programs for tables take a file for UTF-8 when it begins so.
    Ok(format!("\u{feff}{text}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stores::hours::{CHINA, moment};
    use liandian_types::Mode;

    fn now() -> Timestamp {
        moment("2026-11-28T12:00", CHINA).unwrap()
    }

    fn rule_of(_: Mode) -> &'static str {
        "direct/1"
    }

    fn with<T>(f: impl FnOnce(&Known<'_>) -> T) -> T {
        let regions = [Region { region: "reg_sh".parse().unwrap(), name: "上海".into(), parent: None, manager: String::new(), version: 1 }];
        f(&Known { regions: &regions, rules: &[], entrances: &BTreeMap::new(), categories: &[], default_rule: rule_of })
    }

    fn file(rows: &[&str]) -> String {
        format!("\u{feff}门店编码,店名,城市,地址,纬度,经度,区域,入口码,状态\n{}\n", rows.join("\n"))
    }

    fn sheet(text: &str, stores: &[StoreProfile]) -> Sheet {
        let by_id = stores.iter().map(|s| (&s.store, s)).collect();
        with(|k| read(text, &by_id, k, now())).unwrap()
    }

    fn good(n: u32) -> String {
        format!("n{n},第{n}店,上海,路 {n} 号,31.2,121.4,上海,code-{n},营业中")
    }

    /// All stores of a file, made.
    fn made(text: &str) -> Vec<StoreProfile> {
        let mut all = Vec::new();
        for row in sheet(text, &[]).sound {
            all.push(with(|k| check(&row.store, None, &row.draft, k, now())).unwrap());
        }
        all
    }

    #[test]
    fn given_a_file_with_bad_rows_when_read_then_each_is_told_by_line_and_column_and_the_others_are_sound() {
        let open = StoreStatus::Open.title();
        let good = |n| good(n).replace("营业中", open);
        let rows = [
            good(1),
            good(1),
            "a b,店,上海,路,31.2,121.4,上海,code-x,".to_owned() + open,
            "n2,,上海,路,121.4,31.2,火星,code-2,".to_owned() + open,
            good(3).replace("code-3", "code-1"),
            good(4),
        ];
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let s = sheet(&file(&rows), &[]);
        assert_eq!((s.rows, s.created, s.changed, s.same), (6, 2, 0, 0));
        let told: Vec<(u64, u32)> = s.faults.iter().map(|f| (f.line, f.column)).collect();
        for place in [(3, 1), (4, 1), (5, 2), (5, 5), (5, 7), (6, 8)] {
            assert!(told.contains(&place), "{place:?} in {told:?}");
        }
        let no_id = sheet("店名\n甲\n", &[]);
        assert!(no_id.faults.len() == 1 && no_id.faults[0].detail.contains(ID), "{no_id:?}");
        let twice = sheet("门店编码,店名,店名,什么\n", &[]);
        assert_eq!(twice.faults.iter().map(|f| f.column).collect::<Vec<_>>(), [3, 4]);
        assert!(with(|k| read("", &BTreeMap::new(), k, now())).is_err());
    }

    #[test]
    fn given_an_export_when_imported_again_then_nothing_changes_and_one_cell_changes_one_store() {
        let open = StoreStatus::Open.title();
        let rows: Vec<String> = (1..=12).map(|n| good(n).replace("营业中", open)).collect();
        let text = file(&rows.iter().map(String::as_str).collect::<Vec<_>>());
        let mut stores = made(&text);
        stores[0].details.service = "=1+1".into();
        let regions = with(|k| k.regions.to_vec());
        let exported = export(&stores, &regions, now()).unwrap();
        assert!(exported.contains("\t=1+1"), "{exported}");
        let again = sheet(&exported, &stores);
        assert_eq!((again.rows, again.same, again.sound.len(), again.faults.len()), (12, 12, 0, 0), "{:?}", again.faults);
        assert_eq!(sheet(&text, &stores).same, 12, "the same file again");
        let one = sheet(&exported.replace("第7店", "第七店"), &stores);
        assert_eq!((one.changed, one.same), (1, 11));
    }

    #[test]
    fn given_parts_when_taken_then_each_store_is_made_once_and_what_was_changed_meanwhile_is_left_alone() {
        let open = StoreStatus::Open.title();
        let rows: Vec<String> = (1..=12).map(|n| good(n).replace("营业中", open)).collect();
        let text = file(&rows.iter().map(String::as_str).collect::<Vec<_>>());
        let (by, id) = ("stf_1".parse().unwrap(), "sti_1".parse().unwrap());
        let (head, d) = begin(sheet(&text, &[]), id, "stores.csv", &by, now()).unwrap();
        let [crate::Write::Stores(StoresWrite::Begin(_, parts))] = d.writes.as_slice() else { panic!("{d:?}") };
        assert_eq!((head.parts, parts[0].rows.len(), parts[1].rows.len()), (2, 10, 2));
        let none = vec![None; 10];
        let (head, d) = with(|k| take(&head, &parts[0], &none, k, now()));
        assert_eq!((head.created, head.next, head.finished(), d.writes.len(), d.events.len()), (10, 1, false, 11, 10));
        // Somebody has made one of the rest, and another one as the file says.
        let mut there = made(&text).split_off(10);
        there[0].name = "别的店".into();
        let there: Vec<Option<StoreProfile>> = there.into_iter().map(Some).collect();
        let (head, d) = with(|k| take(&head, &parts[1], &there, k, now()));
        assert_eq!((head.created, head.same, head.bad, head.finished(), d.writes.len()), (10, 1, 1, true, 1), "{:?}", head.faults);
    }
}
