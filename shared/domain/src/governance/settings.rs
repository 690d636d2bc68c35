//! How a level's word is changed. A level has a version, so that nobody undoes what he has not seen; a change holds from a moment on.
//!
//! HQ's numbers that are in force everywhere ([`super::chain`]) are kept there and nowhere else: said by HQ's level, they change the chain's policies.

use std::collections::{BTreeMap, BTreeSet};

use liandian_contracts::{Envelope, Event, event::SettingChange};
use liandian_types::{Code, Fen, Mode, Problem, StaffId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    chain::{self, Policies},
    fields::{FIELDS, Field, FieldKey, Kind, Value},
    resolve::{Level, Setting, preset},
};
use crate::{
    Decision, Refusable, conflict,
    decision::{Aggregate, GovernanceWrite},
};

/// The most fields that one change may have: each is a row of its transaction.
pub const MOST: usize = 60;
/// For how long ahead something may be said.
const AHEAD: i64 = 400 * Timestamp::DAY;
/// The longest reason, in characters.
const MAX_WHY: usize = 200;
/// Rows of a transaction for changes and for the rows that they put an end to. The rest is for what is beside them.
const ROOM: usize = 88;
/// What is said of a field of which a level says nothing.
pub const INHERITED: &str = "沿用上级";
/// Why HQ's level says what the chain's policies have.
const CHAIN_WHY: &str = "在“全链规则”中设置";

impl Level {
    /// The level's word in API, address and table.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Level::Hq => "hq".to_owned(),
            Level::Mode(m) => format!("mode:{}", m.as_str()),
            Level::Tier(t) => format!("tier:{}", t.as_str()),
            Level::Region(r) => format!("region:{r}"),
            Level::Store(s) => format!("store:{s}"),
        }
    }

    /// The level with this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Level> {
        match word.split_once(':') {
            None => (word == "hq").then_some(Level::Hq),
            Some(("mode", m)) => m.parse().ok().map(Level::Mode),
            Some(("tier", t)) => t.parse().ok().map(Level::Tier),
            Some(("region", r)) => r.parse().ok().map(Level::Region),
            Some(("store", s)) => s.parse().ok().map(Level::Store),
            Some(_) => None,
        }
    }
}

impl Value {
    /// The value's word in API and form: `on` or `off`, a number in the field's unit (money: fen), or one of the field's words.
    #[must_use]
    pub fn word(&self) -> String {
        match self {
            Value::Switch(true) => "on".to_owned(),
            Value::Switch(false) => "off".to_owned(),
            Value::Number(n) => n.to_string(),
            Value::Choice(word) => word.clone(),
        }
    }
}

impl Field {
    /// The value of a word.
    ///
    /// # Errors
    /// As [`Field::check`].
    pub fn read(&self, word: &str) -> Refusable<Value> {
        let word = word.trim();
        // What is none of its kind stays a word, and the check says what the field takes.
        let value = match (self.kind, word) {
            (Kind::Switch, "on") => Value::Switch(true),
            (Kind::Switch, "off") => Value::Switch(false),
            (Kind::Number { .. }, _) => word.parse().map_or_else(|_| Value::Choice(word.to_owned()), Value::Number),
            _ => Value::Choice(word.to_owned()),
        };
        self.check(&value)?;
        Ok(value)
    }
}

/// What the chain's policies say about a field; `None` for one that they do not have.
#[must_use]
pub fn in_chain(p: &Policies, field: FieldKey) -> Option<Value> {
    use FieldKey as F;
    let n = match field {
        F::Splits => return Some(Value::Switch(p.stock.splits)),
        F::CountValue => return Some(Value::Number(p.count.value.0)),
        F::FeeBase => return Some(Value::Number(p.fees.base.0)),
        F::FeeKm => return Some(Value::Number(p.fees.per_km.0)),
        F::FeeKg => return Some(Value::Number(p.fees.per_kg.0)),
        F::FeeFreeFrom => return Some(Value::Number(p.fees.free_from.0)),
        F::FeeFreeKg => p.fees.free_kg,
        F::LowAt => p.stock.low_at,
        F::TillSilent => p.stock.till_silent,
        F::CountUnits => p.count.units,
        F::CountShare => p.count.share,
        F::PerKm => p.matching.per_km,
        F::PerMinute => p.matching.per_minute,
        F::PerWaiting => p.matching.per_waiting,
        F::PerSpare => p.matching.per_spare,
        F::UnpaidOrders => p.holds.orders,
        F::UnpaidUnits => p.holds.units,
        F::OrderSkuUnits => p.holds.sku_units,
        F::OrderUnits => p.holds.order_units,
        F::ShelfPercent => p.holds.shelf_percent,
        F::ShelfFloor => p.holds.shelf_floor,
        F::UnpaidCloses => p.holds.free_closes,
        F::UnpaidWait => p.holds.longest_wait,
        F::AskPercent => p.asks.percent,
        F::AskUnits => p.asks.units,
        F::AskDayUnits => p.asks.day_units,
        _ => return None,
    };
    Some(Value::Number(i64::from(n)))
}

/// Puts a value into the chain's policies. A value of another kind than the field's has been refused before.
fn into_chain(p: &mut Policies, field: FieldKey, value: &Value) {
    use FieldKey as F;
    let number = if let Value::Number(n) = value { *n } else { 0 };
    let n = u32::try_from(number).unwrap_or(0);
    match field {
        F::Splits => p.stock.splits = *value == Value::Switch(true),
        F::CountValue => p.count.value = Fen(number),
        F::FeeBase => p.fees.base = Fen(number),
        F::FeeKm => p.fees.per_km = Fen(number),
        F::FeeKg => p.fees.per_kg = Fen(number),
        F::FeeFreeFrom => p.fees.free_from = Fen(number),
        F::FeeFreeKg => p.fees.free_kg = n,
        F::LowAt => p.stock.low_at = n,
        F::TillSilent => p.stock.till_silent = n,
        F::CountUnits => p.count.units = n,
        F::CountShare => p.count.share = n,
        F::PerKm => p.matching.per_km = n,
        F::PerMinute => p.matching.per_minute = n,
        F::PerWaiting => p.matching.per_waiting = n,
        F::PerSpare => p.matching.per_spare = n,
        F::UnpaidOrders => p.holds.orders = n,
        F::UnpaidUnits => p.holds.units = n,
        F::OrderSkuUnits => p.holds.sku_units = n,
        F::OrderUnits => p.holds.order_units = n,
        F::ShelfPercent => p.holds.shelf_percent = n,
        F::ShelfFloor => p.holds.shelf_floor = n,
        F::UnpaidCloses => p.holds.free_closes = n,
        F::UnpaidWait => p.holds.longest_wait = n,
        F::AskPercent => p.asks.percent = n,
        F::AskUnits => p.asks.units = n,
        F::AskDayUnits => p.asks.day_units = n,
        _ => {}
    }
}

/// How often a level was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelVersion {
    /// Which.
    pub level: Level,
    /// How often.
    pub version: u64,
}

/// Who last set each number of the chain's policies, by their history, the newest first.
#[must_use]
pub fn told(history: &[Envelope]) -> BTreeMap<FieldKey, (StaffId, Timestamp)> {
    let mut last = BTreeMap::new();
    for e in history {
        if let Event::PoliciesChanged { by, changes } = &e.event {
            for field in changes.iter().filter_map(|c| FieldKey::parse(&c.field)) {
                last.entry(field).or_insert_with(|| (by.clone(), e.at));
            }
        }
    }
    last
}

/// Everything that levels say, and how often each was changed.
#[derive(Debug, Clone, Default)]
pub struct Rulebook {
    /// What they say, but for what HQ says in the chain's policies.
    pub rows: Vec<Setting>,
    /// How often each was changed, of those that were.
    pub versions: BTreeMap<Level, u64>,
    /// The chain's policies.
    pub policies: Policies,
    /// Who last set which of their numbers.
    pub told: BTreeMap<FieldKey, (StaffId, Timestamp)>,
}

impl Rulebook {
    /// The version of a level. HQ's counts the chain's policies as well: both only rise, so an equal sum is nothing changed.
    #[must_use]
    pub fn version(&self, level: &Level) -> u64 {
        let own = self.versions.get(level).copied().unwrap_or(0);
        if *level == Level::Hq { own + self.policies.version } else { own }
    }

    /// All that is said, what HQ says in the chain's policies among it.
    #[must_use]
    pub fn all(&self) -> Vec<Setting> {
        let chain = FIELDS.iter().filter_map(|f| self.of_chain(f));
        self.rows.iter().cloned().chain(chain).collect()
    }

    /// What HQ says about a field in the chain's policies; nothing while it is as a new chain has it and nobody has set it.
    fn of_chain(&self, field: &Field) -> Option<Setting> {
        let said = in_chain(&self.policies, field.key)?;
        let last = self.told.get(&field.key);
        if last.is_none() && said == field.key.default_value() {
            return None;
        }
        // What was set before the field had bounds is as much of it as the field takes: nothing else holds.
        let value = match (field.kind, said) {
            (Kind::Number { min, max, .. }, Value::Number(n)) => Value::Number(n.clamp(min, max)),
            (_, other) => other,
        };
        let (by, at) = last.cloned().unwrap_or_else(|| (nobody(), Timestamp(0)));
        let (level, why) = (Level::Hq, CHAIN_WHY.to_owned());
        Some(Setting { level, field: field.key, value: Some(value), by, at, from: at, why, seq: 0 })
    }

    /// What a level says about a field at a moment.
    #[must_use]
    pub fn said(&self, level: &Level, field: FieldKey, at: Timestamp) -> Option<Value> {
        if *level == Level::Hq && in_chain(&self.policies, field).is_some() {
            return self.of_chain(field.field()).and_then(|s| s.value);
        }
        self.row_at(level, field, at).and_then(|s| s.value.clone())
    }

    /// The row of a level and field that holds at a moment.
    fn row_at(&self, level: &Level, field: FieldKey, at: Timestamp) -> Option<&Setting> {
        self.of(level, field).filter(|s| s.from <= at).max_by_key(|s| (s.from, s.seq, s.at))
    }

    fn of<'a, 'l>(&'a self, level: &'l Level, field: FieldKey) -> impl Iterator<Item = &'a Setting> + use<'a, 'l> {
        self.rows.iter().filter(move |s| s.level == *level && s.field == field)
    }

    /// What this level says now, and what it will say, each in the order of the registry.
    #[must_use]
    pub fn of_level(&self, level: &Level, now: Timestamp) -> (Vec<Setting>, Vec<Setting>) {
        let (mut said, mut planned) = (Vec::new(), Vec::new());
        for f in FIELDS {
            let chain = if *level == Level::Hq { self.of_chain(f) } else { None };
            said.extend(chain.or_else(|| self.row_at(level, f.key, now).filter(|s| s.value.is_some()).cloned()));
            let mut later: Vec<Setting> = self.of(level, f.key).filter(|s| s.from > now).cloned().collect();
            later.sort_by_key(|s| s.from);
            planned.extend(later);
        }
        (said, planned)
    }
}

/// The author of what was set before histories were kept.
fn nobody() -> StaffId {
    "stf_unknown".parse().unwrap_or_else(|e| unreachable!("{e}"))
}

/// What becomes of what a level says about a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// It says this.
    Say {
        /// The value; `None`: what is inherited holds again.
        value: Option<Value>,
        /// From when on; at once when absent.
        from: Option<Timestamp>,
    },
    /// What it would have said from this moment on, it will not say.
    Withdraw(Timestamp),
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Of which level.
    pub level: Level,
    /// About what.
    pub field: FieldKey,
    /// What becomes of it.
    pub what: What,
    /// Why.
    pub why: String,
}

fn bad<T>(detail: impl Into<String>, at: &str) -> Refusable<T> {
    Err(Problem::new(Code::BadRequest, detail).at(at))
}

/// The row that a change would write; none for what is withdrawn.
fn row(book: &Rulebook, c: &Change, by: &StaffId, now: Timestamp) -> Refusable<Option<Setting>> {
    let What::Say { value, from } = &c.what else { return Ok(None) };
    let from = from.unwrap_or(now);
    let why = c.why.trim().to_owned();
    if why.chars().count() > MAX_WHY {
        return bad(format!("修改原因最多 {MAX_WHY} 个字"), "why");
    }
    let seq = book.version(&c.level) + 1;
    let row = Setting { level: c.level.clone(), field: c.field, value: value.clone(), by: by.clone(), at: now, from, why, seq };
    row.check()?;
    if from > now.plus(AHEAD) {
        return bad("生效时间需要在 400 天之内", "from");
    }
    if c.level == Level::Hq && in_chain(&book.policies, c.field).is_some() && from > now {
        return bad(format!("“{}”的总部值保存后立即生效，不能预约", c.field.field().label), "from");
    }
    Ok(Some(row))
}

/// The rows that changes would write: for who asks what they would do.
///
/// # Errors
/// As [`change`], but for versions.
pub fn drafted(book: &Rulebook, changes: &[Change], by: &StaffId, now: Timestamp) -> Refusable<Vec<Setting>> {
    fit(changes)?;
    let mut rows = Vec::with_capacity(changes.len());
    for c in changes {
        if let Some(mut r) = row(book, c, by, now)? {
            // The chain's policies have a number for each of their fields: reset is the number of a new chain.
            if r.value.is_none() && r.level == Level::Hq && in_chain(&book.policies, r.field).is_some() {
                r.value = Some(r.field.default_value());
            }
            rows.push(r);
        }
    }
    Ok(rows)
}

fn fit(changes: &[Change]) -> Refusable<()> {
    if changes.is_empty() || changes.len() > MOST {
        return bad(format!("一次可修改 1 到 {MOST} 项"), "changes");
    }
    let mut seen = BTreeSet::new();
    for c in changes {
        if !seen.insert((&c.level, c.field)) {
            return bad(format!("“{}”在{}中出现了两次", c.field.field().label, c.level.title()), "changes");
        }
    }
    Ok(())
}

/// Changes what levels say. `seen` is the version of each level that its author saw. What changes nothing is no change and no event.
///
/// # Errors
/// `bad_request` as [`Setting::check`], for too many fields, a field twice, or a level whose version is not told; `conflict` when a level has been
/// changed since, and when what is to be withdrawn is in force already.
pub fn change(book: &Rulebook, changes: &[Change], seen: &BTreeMap<Level, u64>, by: &StaffId, now: Timestamp) -> Refusable<Decision> {
    fit(changes)?;
    for level in changes.iter().map(|c| &c.level) {
        match seen.get(level) {
            None => return bad(format!("请说明看到的是{}的哪个版本", level.title()), "versions"),
            Some(v) if *v != book.version(level) => {
                return conflict(format!("{}的设置刚被其他人修改过，请刷新页面，核对后再保存", level.title()));
            }
            Some(_) => {}
        }
    }
    let mut d = Decision::default();
    let mut told = Vec::new();
    let mut policies = book.policies;
    let (mut touched, mut over) = (BTreeSet::new(), Vec::new());
    for c in changes {
        let Some(new) = row(book, c, by, now)? else {
            told.push(withdrawn(book, c, now, &mut d)?);
            touched.insert(&c.level);
            continue;
        };
        if let Some(was) = in_chain(&policies, c.field).filter(|_| c.level == Level::Hq) {
            let is = new.value.clone().unwrap_or_else(|| c.field.default_value());
            if is != was {
                told.push(event(&new, Some(&was)));
                into_chain(&mut policies, c.field, &is);
            }
            continue;
        }
        let old = book.said(&c.level, c.field, new.from);
        if old == new.value {
            continue;
        }
        told.push(event(&new, old.as_ref()));
        touched.insert(&c.level);
        over.extend(ended(book, &new, now));
        d.write(GovernanceWrite::Setting(Box::new(new)));
    }
    for level in &touched {
        let read = book.versions.get(*level).copied().unwrap_or(0);
        d.write(GovernanceWrite::SettingLevel { level: (*level).clone(), read });
    }
    // Each level that is touched is a row as well.
    if d.writes.len() > ROOM {
        return bad("一次修改涉及的层级太多，请分几次保存", "changes");
    }
    // What is over says nothing any more: a transaction that has no room for it leaves it to the next one.
    let room = ROOM.saturating_sub(d.writes.len());
    for gone in over.into_iter().take(room) {
        d.write(gone);
    }
    if !told.is_empty() {
        d.event(Aggregate::Settings, Event::SettingChanged { by: by.clone(), changes: told });
    }
    d.and(chain::set(&book.policies, policies, by)?);
    Ok(d)
}

/// Takes away what a level would have said.
fn withdrawn(book: &Rulebook, c: &Change, now: Timestamp, d: &mut Decision) -> Refusable<SettingChange> {
    let What::Withdraw(from) = c.what else { return bad("没有要撤回的预约", "changes") };
    let Some(planned) = book.of(&c.level, c.field).find(|s| s.from == from && s.from > now) else {
        return conflict("这项预约已生效或已撤回，请刷新页面");
    };
    if c.why.trim().is_empty() || c.why.trim().chars().count() > MAX_WHY {
        return bad(format!("请用 1 到 {MAX_WHY} 个字填写修改原因"), "why");
    }
    d.write(GovernanceWrite::SettingGone { level: c.level.clone(), field: c.field, from });
    let old = show(c.field, planned.value.as_ref());
    let (level, field, why) = (c.level.word(), c.field.as_str().to_owned(), c.why.trim().to_owned());
    Ok(SettingChange { level, field, new: format!("撤回预约（{old}）"), old, from, why })
}

/// What a level says, as people read it.
#[must_use]
pub fn show(field: FieldKey, value: Option<&Value>) -> String {
    value.map_or_else(|| INHERITED.to_owned(), |v| field.field().show(v))
}

fn event(new: &Setting, old: Option<&Value>) -> SettingChange {
    SettingChange {
        level: new.level.word(),
        field: new.field.as_str().to_owned(),
        old: show(new.field, old),
        new: show(new.field, new.value.as_ref()),
        from: new.from,
        why: new.why.clone(),
    }
}

/// The rows that say nothing any more once this one is written: those before the one that holds, and that one, too, when the new row holds at once.
fn ended(book: &Rulebook, new: &Setting, now: Timestamp) -> Vec<GovernanceWrite> {
    let holds = book.row_at(&new.level, new.field, now).map(|s| s.from).filter(|_| new.from > now);
    let over = book.of(&new.level, new.field).filter(|s| s.from <= now && s.from != new.from && Some(s.from) != holds);
    over.map(|s| GovernanceWrite::SettingGone { level: s.level.clone(), field: s.field, from: s.from }).collect()
}

/// The changes that give a mode what a new chain says about it.
#[must_use]
pub fn preset_changes(mode: Mode) -> Vec<Change> {
    let change = |(field, value, why): &(FieldKey, super::fields::Preset, &str)| Change {
        level: Level::Mode(mode),
        field: *field,
        what: What::Say { value: Some((*value).into()), from: None },
        why: (*why).to_owned(),
    };
    preset(mode).iter().map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Write;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn by() -> StaffId {
        "stf_hq".parse().unwrap()
    }

    fn franchise() -> Level {
        Level::Mode(Mode::Franchise)
    }

    fn say(level: Level, field: FieldKey, value: Option<Value>, from: Option<i64>) -> Change {
        Change { level, field, what: What::Say { value, from: from.map(Timestamp) }, why: "试行".into() }
    }

    fn discount(n: i64) -> Change {
        say(franchise(), FieldKey::MaxDiscount, Some(Value::Number(n)), None)
    }

    fn seen(book: &Rulebook, changes: &[Change]) -> BTreeMap<Level, u64> {
        changes.iter().map(|c| (c.level.clone(), book.version(&c.level))).collect()
    }

    /// Decides by what is there, and makes it so.
    fn done(book: &mut Rulebook, changes: &[Change], now: Timestamp) -> Decision {
        let d = change(book, changes, &seen(book, changes), &by(), now).unwrap();
        for w in &d.writes {
            let Write::Governance(w) = w else { continue };
            match w {
                GovernanceWrite::Policies(p) => book.policies = Policies { version: p.version + 1, ..**p },
                GovernanceWrite::Setting(s) => {
                    book.rows.retain(|r| (&r.level, r.field, r.from) != (&s.level, s.field, s.from));
                    book.rows.push((**s).clone());
                }
                GovernanceWrite::SettingGone { level, field, from } => book.rows.retain(|r| (&r.level, r.field, r.from) != (level, *field, *from)),
                GovernanceWrite::SettingLevel { level, read } => {
                    assert_eq!(book.versions.insert(level.clone(), read + 1).unwrap_or(0), *read);
                }
                GovernanceWrite::SetupDraft(_)
                | GovernanceWrite::Request(_)
                | GovernanceWrite::Listing { .. }
                | GovernanceWrite::Past { .. }
                | GovernanceWrite::SearchWords(_)
                | GovernanceWrite::Legal { .. } => {}
            }
        }
        d
    }

    #[test]
    fn given_levels_and_values_when_written_as_words_then_they_are_read_again() {
        for word in ["hq", "mode:joint", "tier:community", "region:reg_1", "store:sto_1"] {
            assert_eq!(Level::parse(word).unwrap().word(), word);
        }
        for word in ["", "HQ", "mode:none", "store:reg_1", "store", "city:sh"] {
            assert_eq!(Level::parse(word), None, "{word}");
        }
        for f in FIELDS {
            let value = f.key.default_value();
            assert_eq!(f.read(&value.word()).unwrap(), value);
        }
        let field = FieldKey::MaxDiscount.field();
        assert!(field.read("0").is_ok() && field.read(" 100 ").is_ok());
        assert!(field.read("101").is_err() && field.read("-1").is_err() && field.read("1.5").is_err() && field.read("").is_err());
        assert!(FieldKey::MayPrice.field().read("true").is_err());
    }

    #[test]
    fn given_a_change_when_it_is_saved_then_the_next_one_needs_its_version_and_what_is_over_goes() {
        let mut book = Rulebook::default();
        let first = done(&mut book, &[discount(15)], NOW);
        assert_eq!((book.version(&franchise()), book.rows.len(), first.events.len()), (1, 1, 1));
        let stale: BTreeMap<_, _> = [(franchise(), 0)].into();
        assert_eq!(change(&book, &[discount(10)], &stale, &by(), NOW).unwrap_err().code, Code::Conflict);
        assert_eq!(change(&book, &[discount(10)], &BTreeMap::new(), &by(), NOW).unwrap_err().field.as_deref(), Some("versions"));
        let later = NOW.plus(10);
        done(&mut book, &[discount(10)], later);
        assert_eq!((book.rows.len(), book.said(&franchise(), FieldKey::MaxDiscount, later)), (1, Some(Value::Number(10))));
        // The same again is no change.
        assert!(done(&mut book, &[discount(10)], later.plus(1)).is_empty());
        let reset = say(franchise(), FieldKey::MaxDiscount, None, None);
        done(&mut book, &[reset], later.plus(2));
        assert_eq!(book.said(&franchise(), FieldKey::MaxDiscount, later.plus(2)), None);
        assert!(book.of_level(&franchise(), later.plus(2)).0.is_empty());
    }

    #[test]
    fn given_a_dated_change_when_its_time_comes_then_it_holds_and_until_then_it_can_be_withdrawn() {
        let mut book = Rulebook::default();
        done(&mut book, &[discount(15)], NOW);
        let at = NOW.plus(Timestamp::DAY);
        let planned = say(franchise(), FieldKey::MaxDiscount, Some(Value::Number(20)), Some(at.0));
        done(&mut book, std::slice::from_ref(&planned), NOW.plus(1));
        let said = |book: &Rulebook, t| book.said(&franchise(), FieldKey::MaxDiscount, t);
        assert_eq!((said(&book, at.plus(-1)), said(&book, at)), (Some(Value::Number(15)), Some(Value::Number(20))));
        assert_eq!(book.of_level(&franchise(), NOW.plus(1)).1.len(), 1);
        let withdraw = Change { what: What::Withdraw(at), ..planned };
        let late = change(&book, std::slice::from_ref(&withdraw), &seen(&book, std::slice::from_ref(&withdraw)), &by(), at);
        assert_eq!(late.unwrap_err().code, Code::Conflict, "it is in force");
        done(&mut book, &[withdraw], NOW.plus(2));
        assert_eq!(said(&book, at), Some(Value::Number(15)));
    }

    #[test]
    fn given_bounds_when_a_change_is_beyond_one_then_it_is_refused() {
        let book = Rulebook::default();
        let field =
            |c: Change| change(&book, std::slice::from_ref(&c), &seen(&book, std::slice::from_ref(&c)), &by(), NOW).err().map(|p| p.field.unwrap());
        assert_eq!(field(discount(0)), None);
        assert_eq!(field(discount(100)), None);
        assert_eq!(field(discount(101)).as_deref(), Some("max_discount"));
        assert_eq!(field(say(franchise(), FieldKey::PerKm, Some(Value::Number(1)), None)).as_deref(), Some("level"));
        let dated = |from| say(franchise(), FieldKey::MaxDiscount, Some(Value::Number(1)), Some(from));
        assert_eq!(field(dated(NOW.0)), None);
        assert_eq!(field(dated(NOW.0 - 1)).as_deref(), Some("from"));
        assert_eq!(field(dated(NOW.0 + AHEAD)), None);
        assert_eq!(field(dated(NOW.0 + AHEAD + 1)).as_deref(), Some("from"));
        assert_eq!(field(Change { why: " ".into(), ..discount(1) }).as_deref(), Some("why"));
        assert_eq!(field(Change { why: "长".repeat(MAX_WHY), ..discount(1) }), None);
        assert_eq!(field(Change { why: "长".repeat(MAX_WHY + 1), ..discount(1) }).as_deref(), Some("why"));
        let two = [discount(1), discount(2)];
        assert_eq!(change(&book, &two, &seen(&book, &two), &by(), NOW).unwrap_err().field.as_deref(), Some("changes"));
        assert_eq!(change(&book, &[], &BTreeMap::new(), &by(), NOW).unwrap_err().field.as_deref(), Some("changes"));
    }

    #[test]
    fn given_a_number_of_the_chain_when_hq_says_it_then_it_is_the_chains_policy_and_one_truth() {
        let mut book = Rulebook::default();
        assert!(book.all().is_empty());
        let low = |n| say(Level::Hq, FieldKey::LowAt, Some(Value::Number(n)), None);
        let d = done(&mut book, &[low(5)], NOW);
        assert_eq!((book.policies.stock.low_at, book.rows.len()), (5, 0));
        assert_eq!(d.events.len(), 2, "both histories tell it");
        assert_eq!(book.said(&Level::Hq, FieldKey::LowAt, NOW), Some(Value::Number(5)));
        // Whoever sets it on the page of rules changes the level's version.
        let read = book.version(&Level::Hq);
        book.policies.version += 1;
        let stale: BTreeMap<_, _> = [(Level::Hq, read)].into();
        assert_eq!(change(&book, &[low(6)], &stale, &by(), NOW).unwrap_err().code, Code::Conflict);
        let dated = say(Level::Hq, FieldKey::LowAt, Some(Value::Number(7)), Some(NOW.0 + 1));
        let refused = change(&book, std::slice::from_ref(&dated), &seen(&book, std::slice::from_ref(&dated)), &by(), NOW);
        assert_eq!(refused.unwrap_err().field.as_deref(), Some("from"));
        done(&mut book, &[say(Level::Hq, FieldKey::LowAt, None, None)], NOW);
        assert_eq!(book.policies.stock.low_at, 3, "as a new chain has it");
    }

    #[test]
    fn given_every_field_of_the_chains_policies_when_put_then_it_is_read_again() {
        let mut count = 0;
        for f in FIELDS {
            let mut p = Policies::default();
            let Some(was) = in_chain(&p, f.key) else { continue };
            assert_eq!(was, f.key.default_value(), "{}", f.key.as_str());
            let other = match (f.kind, was) {
                (Kind::Number { max, .. }, _) => Value::Number(max),
                (_, Value::Switch(on)) => Value::Switch(!on),
                (_, other) => other,
            };
            into_chain(&mut p, f.key, &other);
            assert_eq!(in_chain(&p, f.key), Some(other));
            count += 1;
        }
        assert_eq!(count, Policies::default().fields().len());
    }

    #[test]
    fn given_changes_of_many_levels_when_saved_then_a_transaction_holds_them_or_they_are_refused() {
        let of_stores = |n: usize| -> Vec<Change> {
            (0..n).map(|i| say(Level::Store(format!("sto_{i}").parse().unwrap()), FieldKey::MayList, Some(Value::Switch(true)), None)).collect()
        };
        let book = Rulebook::default();
        let (fits, beyond) = (of_stores(ROOM / 2), of_stores(ROOM / 2 + 1));
        assert_eq!(change(&book, &fits, &seen(&book, &fits), &by(), NOW).unwrap().writes.len(), ROOM);
        assert_eq!(change(&book, &beyond, &seen(&book, &beyond), &by(), NOW).unwrap_err().field.as_deref(), Some("changes"));
    }

    #[test]
    fn given_a_preset_when_applied_twice_then_the_second_changes_nothing() {
        let mut book = Rulebook::default();
        for mode in Mode::ALL {
            assert!(!done(&mut book, &preset_changes(*mode), NOW).is_empty());
            assert!(done(&mut book, &preset_changes(*mode), NOW.plus(1)).is_empty());
        }
    }
}
