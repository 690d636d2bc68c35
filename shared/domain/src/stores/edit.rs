//! HQ makes a store or changes what it keeps of one: texts as people type them in, a whole profile or every fault by its field out. A row of a file
//! and a form go the same way.

use std::collections::BTreeMap;

use liandian_contracts::{Event, event::FieldChange};
use liandian_types::{
    Code, GeoPoint, Mode, Problem, RegionId, StaffId, StoreId, StoreStatus, Tier, Timestamp,
    api::{OpeningException, StoreDraft, StoreFault},
    text::unfit,
};

use crate::{
    Decision, Refusable, conflict,
    decision::{Aggregate, StoresWrite},
    stores::{
        hours::{CHINA, Exception, Hours, WeekDay, clock, clock_text, moment, moment_text},
        profile::{Details, Openness, StoreProfile, set_openness},
        region::Region,
    },
};

/// Fields of a draft with their names in Chinese, in the order in which they are shown and stand in files.
pub const FIELDS: [(&str, &str); 25] = [
    ("name", "店名"),
    ("city", "城市"),
    ("district", "区县"),
    ("address", "地址"),
    ("phone", "电话"),
    ("lat", "纬度"),
    ("lng", "经度"),
    ("region", "区域"),
    ("mode", "经营模式"),
    ("tier", "等级"),
    ("status", "状态"),
    ("reason", "暂停原因"),
    ("until", "恢复时间"),
    ("hours", "营业时间"),
    ("exceptions", "特殊营业日"),
    ("radius_m", "配送半径"),
    ("pickup", "自提"),
    ("delivery", "配送"),
    ("front_warehouse", "前置仓"),
    ("entrance", "入口码"),
    ("theme", "主页风格"),
    ("rule", "分账规则"),
    ("service", "客服"),
    ("group", "会员群"),
    ("cell", "部署单元"),
];

/// The looks of a home page.
pub const THEMES: [(&str, &str); 3] = [("standard", "标准"), ("simple", "简洁"), ("community", "社区")];

/// The cell of stores that say nothing else.
pub const FIRST_CELL: &str = "main";

/// The mainland with its islands, in degrees: latitudes and longitudes.
const CHINA_LAT: std::ops::RangeInclusive<f64> = 3.8..=53.6;
const CHINA_LNG: std::ops::RangeInclusive<f64> = 73.4..=135.1;
/// How far a store delivers at most, in metres.
pub const MAX_RADIUS: u32 = 50_000;
/// How far it delivers at least, when it does.
const MIN_RADIUS: u32 = 100;

/// The name of a field in Chinese.
#[must_use]
pub fn title(field: &str) -> &str {
    let head = field.split(['[', '.']).next().unwrap_or(field);
    if head == super::permits::FIELD {
        return super::permits::TITLE;
    }
    FIELDS.iter().find(|(name, _)| *name == head).map_or(field, |(_, title)| *title)
}

/// What of the chain a store is checked against.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The chain's regions.
    pub regions: &'a [Region],
    /// Settlement rules that there are, of those that are asked for.
    pub rules: &'a [String],
    /// Whose the entrances are, of those that are asked for.
    pub entrances: &'a BTreeMap<String, StoreId>,
    /// What a new store shows, in order.
    pub categories: &'a [(String, String)],
    /// The usual rule of a mode.
    pub default_rule: fn(Mode) -> &'static str,
}

/// What somebody asks for.
#[derive(Debug, Clone, Copy)]
pub struct Save<'a> {
    /// Which store.
    pub store: &'a StoreId,
    /// What it shall be.
    pub draft: &'a StoreDraft,
    /// The version that was looked at.
    pub seen: u64,
    /// Why.
    pub why: &'a str,
    /// Who.
    pub by: &'a StaffId,
    /// Close it although orders wait?
    pub sure: bool,
    /// How many orders wait there.
    pub waiting: u32,
}

/// The longest reason, in characters.
const MAX_WHY: usize = 100;

/// Hours of a day, `07:00–23:00`, `18:00-次日02:00` or `24 小时`.
#[must_use]
pub fn hours_of(text: &str) -> Option<(u16, u16)> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| if c == '：' { ':' } else { c }).collect();
    if matches!(plain.as_str(), "24小时" | "全天") {
        return Some((0, 0));
    }
    let (open, close) = plain.split_once(['-', '–', '—', '~', '～', '至'])?;
    let (open, close) = (clock(open)?, clock(close.trim_start_matches("次日"))?);
    (open <= 1_439).then_some((open, close))
}

/// Hours of all days, and of days of the week that differ: `07:00–23:00；周六、周日 09:00–22:00；周三 休息`.
#[must_use]
pub fn weekly_of(text: &str) -> Option<((u16, u16), Vec<WeekDay>)> {
    let mut parts = text.split(['；', ';']).map(str::trim).filter(|part| !part.is_empty());
    let daily = hours_of(parts.next()?)?;
    let mut week: Vec<WeekDay> = Vec::new();
    for part in parts {
        let (days, hours) = weekdays_of(part)?;
        for day in days {
            if week.iter().any(|(other, _)| *other == day) {
                return None;
            }
            week.push((day, hours));
        }
    }
    week.sort_unstable_by_key(|(day, _)| *day);
    // A day that is as all others are is none of its own.
    week.retain(|(_, hours)| *hours != Some(daily));
    Some((daily, week))
}

/// From when to when, in minutes of the day; closed without.
type Span = Option<(u16, u16)>;

/// Days of the week with their hours: `周一至周三 08:00–20:00`, `周日 休息`.
fn weekdays_of(part: &str) -> Option<(Vec<u8>, Span)> {
    let (mut days, mut to, mut rest): (Vec<u8>, bool, &str) = (Vec::new(), false, part);
    while let Some(c) = rest.chars().next() {
        let day = match c {
            '一' => Some(1),
            '二' => Some(2),
            '三' => Some(3),
            '四' => Some(4),
            '五' => Some(5),
            '六' => Some(6),
            '日' | '天' => Some(7),
            _ => None,
        };
        match (day, c) {
            (Some(day), _) if to => {
                let from = days.last().copied().filter(|from| *from < day)?;
                days.extend(from + 1..=day);
                to = false;
            }
            (Some(day), _) => days.push(day),
            (None, '周' | '星' | '期' | '、' | '，' | ',') => {}
            (None, '至' | '-' | '–' | '~') => to = true,
            _ => break,
        }
        rest = rest.get(c.len_utf8()..)?;
    }
    let rest = rest.trim();
    if days.is_empty() || to {
        return None;
    }
    let hours = if rest == "休息" { None } else { Some(hours_of(rest)?) };
    Some((days, hours))
}

/// A store as it can be edited. A pause that is over is none, and days that are over are gone.
#[must_use]
pub fn draft_of(p: &StoreProfile, now: Timestamp) -> StoreDraft {
    let status = p.status_at(now);
    let pause = p.pause.as_ref().filter(|_| status == StoreStatus::Paused);
    let yesterday = crate::stores::hours::day(now.plus(-Timestamp::DAY), &p.hours.zone);
    let days = p.hours.exceptions.iter().filter(|e| e.to >= yesterday).map(|e| OpeningException {
        from: e.from.to_string(),
        to: e.to.to_string(),
        open: e.hours.map(|(open, _)| clock_text(open)),
        close: e.hours.map(|(_, close)| clock_text(close)),
        note: e.note.clone(),
    });
    StoreDraft {
        name: p.name.clone(),
        city: p.city.clone(),
        district: p.details.district.clone(),
        address: p.address.clone(),
        phone: p.phone.clone(),
        lat: p.point.lat.to_string(),
        lng: p.point.lng.to_string(),
        region: p.region.to_string(),
        mode: p.mode.to_string(),
        tier: p.tier.to_string(),
        status: status.to_string(),
        reason: pause.map(|p| p.reason.clone()).unwrap_or_default(),
        until: pause.and_then(|p| p.until).map(|u| moment_text(u, &p.hours.zone)).unwrap_or_default(),
        hours: p.hours.to_string(),
        exceptions: days.collect(),
        radius_m: p.radius_m.to_string(),
        pickup: p.pickup,
        delivery: p.delivery,
        front_warehouse: p.details.front_warehouse,
        entrance: p.entrance.clone(),
        theme: p.theme.clone(),
        rule: p.rule.clone(),
        service: p.details.service.clone(),
        group: p.details.group.clone(),
        cell: cell_of(p).to_owned(),
    }
}

fn cell_of(p: &StoreProfile) -> &str {
    if p.details.cell.is_empty() { FIRST_CELL } else { &p.details.cell }
}

/// What a new store begins with.
#[must_use]
pub fn blank() -> StoreDraft {
    StoreDraft {
        name: String::new(),
        city: String::new(),
        district: String::new(),
        address: String::new(),
        phone: String::new(),
        lat: String::new(),
        lng: String::new(),
        region: String::new(),
        mode: Mode::Direct.to_string(),
        tier: Tier::Standard.to_string(),
        status: StoreStatus::Preparing.to_string(),
        reason: String::new(),
        until: String::new(),
        hours: "08:00–22:00".to_owned(),
        exceptions: Vec::new(),
        radius_m: "3000".to_owned(),
        pickup: true,
        delivery: true,
        front_warehouse: false,
        entrance: String::new(),
        theme: "standard".to_owned(),
        rule: String::new(),
        service: String::new(),
        group: String::new(),
        cell: FIRST_CELL.to_owned(),
    }
}

/// Special days in one line, as a file has them: `2026-10-01~2026-10-03 休息 国庆节；2026-12-24 10:00-16:00 平安夜`.
#[must_use]
pub fn days_text(days: &[OpeningException]) -> String {
    let one = |e: &OpeningException| {
        let span = if e.from == e.to { e.from.clone() } else { format!("{}~{}", e.from, e.to) };
        let hours = match (&e.open, &e.close) {
            (Some(open), Some(close)) => format!("{open}-{close}"),
            _ => "休息".to_owned(),
        };
        format!("{span} {hours} {}", e.note.replace(['；', ';'], "，"))
    };
    days.iter().map(one).collect::<Vec<_>>().join("；")
}

/// The same read back; what cannot be read stands in the first day's fields, where it is found to be wrong.
#[must_use]
pub fn days_of(text: &str) -> Vec<OpeningException> {
    let one = |part: &str| {
        let mut words = part.trim().splitn(3, char::is_whitespace);
        let (span, hours, note) = (words.next().unwrap_or_default(), words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let (from, to) = span.split_once(['~', '～', '至']).unwrap_or((span, span));
        let (open, close) = match hours.split_once(['-', '–', '—']) {
            Some((open, close)) => (Some(open.to_owned()), Some(close.to_owned())),
            None if hours == "休息" => (None, None),
            None => (Some(hours.to_owned()), Some(hours.to_owned())),
        };
        OpeningException { from: from.to_owned(), to: to.to_owned(), open, close, note: note.trim().to_owned() }
    };
    text.split(['；', ';']).filter(|part| !part.trim().is_empty()).map(one).collect()
}

/// Each field as people read it, in the order of [`FIELDS`].
#[must_use]
pub fn shown(d: &StoreDraft, regions: &[Region]) -> Vec<(&'static str, String)> {
    let flag = |on: bool| if on { "是" } else { "否" }.to_owned();
    let region = regions.iter().find(|r| r.region.as_str() == d.region).map_or_else(|| d.region.clone(), |r| r.name.clone());
    let theme = THEMES.iter().find(|(word, _)| *word == d.theme).map_or_else(|| d.theme.clone(), |(_, title)| (*title).to_owned());
    let values = [
        d.name.clone(),
        d.city.clone(),
        d.district.clone(),
        d.address.clone(),
        d.phone.clone(),
        d.lat.clone(),
        d.lng.clone(),
        region,
        d.mode.parse::<Mode>().map_or_else(|_| d.mode.clone(), |m| m.title().to_owned()),
        d.tier.parse::<Tier>().map_or_else(|_| d.tier.clone(), |t| t.title().to_owned()),
        d.status.parse::<StoreStatus>().map_or_else(|_| d.status.clone(), |s| s.title().to_owned()),
        d.reason.clone(),
        d.until.clone(),
        d.hours.clone(),
        days_text(&d.exceptions),
        d.radius_m.clone(),
        flag(d.pickup),
        flag(d.delivery),
        flag(d.front_warehouse),
        d.entrance.clone(),
        theme,
        d.rule.clone(),
        d.service.clone(),
        d.group.clone(),
        d.cell.clone(),
    ];
    FIELDS.iter().map(|(name, _)| *name).zip(values).collect()
}

/// What is another value in `new`, as people read it.
#[must_use]
pub fn changes(old: Option<&StoreProfile>, new: &StoreProfile, regions: &[Region], now: Timestamp) -> Vec<FieldChange> {
    let is = shown(&draft_of(new, now), regions);
    let was: Vec<String> = match old {
        Some(old) => shown(&draft_of(old, now), regions).into_iter().map(|(_, v)| v).collect(),
        None => vec![String::new(); is.len()],
    };
    let pairs = was.into_iter().zip(is);
    pairs.filter(|(old, (_, new))| old != new).map(|(old, (field, new))| FieldChange { field: field.to_owned(), old, new }).collect()
}

/// Collects faults.
struct Checks<'a> {
    draft: &'a StoreDraft,
    faults: Vec<StoreFault>,
}

impl Checks<'_> {
    fn fault(&mut self, field: impl Into<String>, detail: impl Into<String>) {
        self.faults.push(StoreFault { field: field.into(), detail: detail.into() });
    }

    /// A text of so many characters.
    fn text(&mut self, field: &'static str, typed: &str, least: usize, most: usize) -> String {
        let text = typed.trim();
        let many = text.chars().count();
        if let Some(why) = unfit(text) {
            self.fault(field, format!("{}{why}", title(field)));
        } else if many < least {
            self.fault(field, format!("请填写{}", title(field)));
        } else if many > most {
            self.fault(field, format!("{}最多 {most} 个字", title(field)));
        }
        text.to_owned()
    }

    /// One of these words, in code or in Chinese.
    fn word<T: Copy>(&mut self, field: &'static str, typed: &str, all: &[(T, &str, &str)]) -> Option<T> {
        let typed = typed.trim();
        let found = all.iter().find(|(_, word, title)| *word == typed || *title == typed).map(|(v, _, _)| *v);
        if found.is_none() {
            let titles: Vec<&str> = all.iter().map(|(_, _, title)| *title).collect();
            self.fault(field, format!("{}为：{}", title(field), titles.join("、")));
        }
        found
    }

    fn degrees(&mut self, field: &'static str, typed: &str, within: &std::ops::RangeInclusive<f64>) -> f64 {
        let (least, most) = (within.start(), within.end());
        match typed.trim().parse::<f64>() {
            Ok(n) if within.contains(&n) => n,
            _ => {
                self.fault(field, format!("{}为 {least} 到 {most} 之间的度数（GCJ-02，中国境内）", title(field)));
                0.0
            }
        }
    }

    fn point(&mut self) -> GeoPoint {
        let d = self.draft;
        let (lat, lng) = (d.lat.trim().parse::<f64>(), d.lng.trim().parse::<f64>());
        if let (Ok(lat), Ok(lng)) = (lat, lng)
            && !(CHINA_LAT.contains(&lat) && CHINA_LNG.contains(&lng))
            && CHINA_LAT.contains(&lng)
            && CHINA_LNG.contains(&lat)
        {
            self.fault("lat", "纬度和经度可能填反了");
            return GeoPoint { lat, lng };
        }
        GeoPoint { lat: self.degrees("lat", &d.lat, &CHINA_LAT), lng: self.degrees("lng", &d.lng, &CHINA_LNG) }
    }

    fn region(&mut self, known: &Known<'_>, old: Option<&StoreProfile>) -> Option<RegionId> {
        let typed = self.draft.region.trim();
        let found = known.regions.iter().find(|r| r.region.as_str() == typed || r.name == typed).map(|r| r.region.clone());
        // A region that nobody has named yet stays where it is.
        let found = found.or_else(|| old.map(|o| o.region.clone()).filter(|r| r.as_str() == typed));
        if found.is_none() {
            self.fault("region", if typed.is_empty() { "请选择区域".to_owned() } else { format!("没有区域“{typed}”，请先在区域页添加") });
        }
        found
    }

    fn hours(&mut self, old: Option<&StoreProfile>) -> Hours {
        let was = old.map(|o| o.hours.clone());
        match weekly_of(&self.draft.hours) {
            Some(((open, close), week)) => {
                let base = was.unwrap_or_else(|| Hours::daily(open, close, CHINA));
                // Around the clock is written in one way, and kept in the way it was.
                let same = open == close && base.open == base.close;
                let (open, close) = if same { (base.open, base.close) } else { (open, close) };
                Hours { open, close, week, ..base }
            }
            None => {
                self.fault("hours", "营业时间写作 07:00–23:00、18:00–次日 02:00 或 24 小时；每周不同的日子写在后面，如 07:00–23:00；周六、周日 09:00–22:00；周三 休息");
                was.unwrap_or_else(|| Hours::daily(0, 0, CHINA))
            }
        }
    }

    fn radius(&mut self) -> u32 {
        match self.draft.radius_m.trim().parse::<u32>() {
            Ok(n) if n <= MAX_RADIUS && (!self.draft.delivery || n >= MIN_RADIUS) => n,
            _ => {
                self.fault("radius_m", format!("配送半径为 {MIN_RADIUS} 到 {MAX_RADIUS} 米的整数；不配送可填 0"));
                0
            }
        }
    }

    fn entrance(&mut self, store: &StoreId, known: &Known<'_>) -> String {
        let code = self.draft.entrance.trim().to_owned();
        // What a mini program's code carries as its scene is 32 characters at most; of those that it may hold, these go into an address as they are.
        let fits = (4..=32).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !fits {
            self.fault("entrance", "入口码为 4 到 32 位字母、数字、- 或 _（小程序码的 scene 最多 32 位）");
        } else if let Some(other) = known.entrances.get(&code).filter(|s| *s != store) {
            self.fault("entrance", format!("入口码已被门店 {other} 使用"));
        }
        code
    }

    fn phone(&mut self) -> String {
        let phone = self.draft.phone.trim().to_owned();
        if phone.len() > 24 || !phone.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b' ' | b'+' | b'(' | b')')) {
            self.fault("phone", "电话只能有数字、空格、+、- 和括号，最多 24 位");
        }
        phone
    }

    fn group(&mut self) -> String {
        let group = self.text("group", &self.draft.group.clone(), 0, 300);
        // A link, or a picture that was uploaded.
        let begins = |with: &str| group.starts_with(with) && group.len() > with.len();
        if !group.is_empty() && (!(begins("https://") || begins("/media/")) || group.contains(char::is_whitespace)) {
            self.fault("group", "会员群为 https:// 开头的邀请链接，或上传的二维码图片");
        }
        group
    }

    fn cell(&mut self, old: Option<&StoreProfile>) -> String {
        let typed = self.draft.cell.trim();
        let cell = if typed.is_empty() { old.map_or(FIRST_CELL, cell_of) } else { typed };
        if old.is_some_and(|o| cell_of(o) != cell) {
            self.fault("cell", "部署单元在建店后不能更改");
        } else if cell.len() > 20 || !cell.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            self.fault("cell", "部署单元为最多 20 位小写字母、数字或 -");
        }
        if cell == FIRST_CELL { String::new() } else { cell.to_owned() }
    }

    fn rule(&mut self, known: &Known<'_>, mode: Mode, old: Option<&StoreProfile>) -> String {
        let typed = self.draft.rule.trim();
        if typed.is_empty() {
            return (known.default_rule)(mode).to_owned();
        }
        if !known.rules.iter().any(|r| r == typed) && old.is_none_or(|o| o.rule != typed) {
            self.fault("rule", format!("没有分账规则“{typed}”"));
        }
        typed.to_owned()
    }

    /// Status with reason and end, and days that differ.
    fn openness(&mut self, zone: &str, seen: u64) -> Openness {
        let d = self.draft;
        let words: Vec<_> = StoreStatus::ALL.iter().map(|s| (*s, s.as_str(), s.title())).collect();
        let status = self.word("status", &d.status, &words).unwrap_or(StoreStatus::Preparing);
        if let Some(why) = unfit(d.reason.trim()) {
            self.fault("reason", format!("暂停原因{why}"));
        }
        let mut until = None;
        if status == StoreStatus::Paused && !d.until.trim().is_empty() {
            until = moment(&d.until, zone);
            if until.is_none() {
                self.fault("until", "恢复时间的格式为 2026-12-01T08:00");
            }
        }
        let mut exceptions = Vec::with_capacity(d.exceptions.len());
        for (i, e) in d.exceptions.iter().enumerate() {
            let (from, to) = (e.from.trim().parse::<jiff::civil::Date>(), e.to.trim().parse::<jiff::civil::Date>());
            if let Some(why) = unfit(e.note.trim()) {
                self.fault(format!("exceptions[{i}].note"), format!("说明{why}"));
            }
            let time = |t: &Option<String>| t.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(clock);
            let hours = match (time(&e.open), time(&e.close)) {
                (None, None) => Some(None),
                (Some(Some(open)), Some(Some(close))) => Some(Some((open, close))),
                _ => None,
            };
            match (from, to, hours) {
                (Ok(from), Ok(to), Some(hours)) => exceptions.push(Exception { from, to, hours, note: e.note.clone() }),
                (Err(_), ..) => self.fault(format!("exceptions[{i}].from"), "日期的格式为 2026-12-01"),
                (_, Err(_), _) => self.fault(format!("exceptions[{i}].to"), "日期的格式为 2026-12-01"),
                (_, _, None) => self.fault(format!("exceptions[{i}].open"), "开门、关门时间的格式为 07:30，全天休息请两个都不填"),
            }
        }
        Openness { status, reason: Some(d.reason.clone()), until, exceptions, seen }
    }
}

/// The profile that a draft means, beside the one that is there.
///
/// # Errors
/// Every fault, by field.
pub fn check(
    store: &StoreId,
    old: Option<&StoreProfile>,
    draft: &StoreDraft,
    known: &Known<'_>,
    now: Timestamp,
) -> Result<StoreProfile, Vec<StoreFault>> {
    let mut c = Checks { draft, faults: Vec::new() };
    let modes: Vec<_> = Mode::ALL.iter().map(|m| (*m, m.as_str(), m.title())).collect();
    let tiers: Vec<_> = Tier::ALL.iter().map(|t| (*t, t.as_str(), t.title())).collect();
    let themes: Vec<_> = THEMES.iter().map(|(word, title)| (*word, *word, *title)).collect();
    let mode = c.word("mode", &draft.mode, &modes).unwrap_or(Mode::Direct);
    let theme = if draft.theme.trim().is_empty() { Some("standard") } else { c.word("theme", &draft.theme, &themes) };
    let region = c.region(known, old);
    let hours = c.hours(old);
    let version = old.map_or(0, |o| o.version);
    let details = Details {
        district: c.text("district", &draft.district, 0, 20),
        front_warehouse: draft.front_warehouse,
        service: c.text("service", &draft.service, 0, 100),
        group: c.group(),
        cell: c.cell(old),
        // They have a form of their own.
        permits: old.map(|o| o.details.permits.clone()).unwrap_or_default(),
    };
    let base = StoreProfile {
        store: store.clone(),
        name: c.text("name", &draft.name, 1, 40),
        city: c.text("city", &draft.city, 1, 20),
        address: c.text("address", &draft.address, 1, 80),
        phone: c.phone(),
        region: region.unwrap_or_else(|| old.map_or_else(nowhere, |o| o.region.clone())),
        mode,
        tier: c.word("tier", &draft.tier, &tiers).unwrap_or(Tier::Standard),
        status: old.map_or(StoreStatus::Preparing, |o| o.status),
        point: c.point(),
        hours,
        radius_m: c.radius(),
        pickup: draft.pickup,
        delivery: draft.delivery,
        entrance: c.entrance(store, known),
        theme: theme.unwrap_or("standard").to_owned(),
        rule: c.rule(known, mode, old),
        categories: old.map_or_else(|| known.categories.to_vec(), |o| o.categories.clone()),
        pause: None,
        version,
        details,
    };
    if !draft.pickup && !draft.delivery {
        c.fault("pickup", "自提和配送至少开一项");
    }
    let openness = c.openness(&base.hours.zone, version);
    match set_openness(&base, openness, now) {
        Ok(next) if c.faults.is_empty() => Ok(next),
        Ok(_) => Err(c.faults),
        Err(p) => {
            // A field is told of once.
            let field = p.field.unwrap_or_else(|| "status".to_owned());
            if !c.faults.iter().any(|f| f.field == field) {
                c.faults.push(StoreFault { field, detail: p.detail });
            }
            Err(c.faults)
        }
    }
}

/// A region for a profile that is not kept.
fn nowhere() -> RegionId {
    // The prefix and a letter are an id.
    RegionId::from_tail("none").unwrap_or_else(|e| unreachable!("{e}"))
}

/// Does a store come to another mode, class or region?
#[must_use]
pub fn moves(old: &StoreProfile, new: &StoreProfile) -> bool {
    old.mode != new.mode || old.tier != new.tier || old.region != new.region
}

/// What becomes of a store that is saved: its profile and the decision; an empty one when nothing is another.
///
/// # Errors
/// `conflict` when it is another by now, or its id is taken; `bad_request` with the first fault; `ask_first` when it closes while orders wait.
pub fn save(old: Option<&StoreProfile>, ask: &Save<'_>, known: &Known<'_>, now: Timestamp) -> Refusable<(StoreProfile, Decision)> {
    if ask.seen != old.map_or(0, |o| o.version) {
        return conflict("门店资料刚被别人修改，请刷新后再保存");
    }
    let next = check(ask.store, old, ask.draft, known, now).map_err(|faults| first_of(&faults))?;
    let changes = changes(old, &next, known.regions, now);
    if let Some(old) = old.filter(|_| changes.is_empty()) {
        return Ok((old.clone(), Decision::default()));
    }
    let why = ask.why.trim();
    if why.chars().count() > MAX_WHY || unfit(why).is_some() {
        return Err(Problem::new(Code::BadRequest, format!("原因最多 {MAX_WHY} 个字")).at("why"));
    }
    let closes = next.status == StoreStatus::Closed && old.is_some_and(|o| o.status != StoreStatus::Closed);
    if why.is_empty() && (closes || old.is_some_and(|o| moves(o, &next))) {
        return Err(Problem::new(Code::BadRequest, "请说明更换经营模式、等级、区域或关店的原因").at("why"));
    }
    if closes && ask.waiting > 0 && !ask.sure {
        let detail = format!("还有 {} 张订单没有完成，关店后仍需处理。确认关店吗？", ask.waiting);
        return Err(Problem::new(Code::AskFirst, detail).at("status"));
    }
    let d = written(old, &next, ask.by, why, changes);
    Ok((next, d))
}

/// The first fault as a refusal, which says how many more there are.
#[must_use]
pub fn first_of(faults: &[StoreFault]) -> Problem {
    let Some(first) = faults.first() else { return Problem::new(Code::BadRequest, "资料有误") };
    let more = faults.len() - 1;
    let detail = if more == 0 { first.detail.clone() } else { format!("{}（另有 {more} 处需要修改）", first.detail) };
    Problem::new(Code::BadRequest, detail).at(first.field.clone())
}

/// The decision that makes `next` true.
#[must_use]
pub fn written(old: Option<&StoreProfile>, next: &StoreProfile, by: &StaffId, why: &str, changes: Vec<FieldChange>) -> Decision {
    let mut d = Decision::default();
    let (store, by, why) = (next.store.clone(), by.clone(), why.to_owned());
    let about = Aggregate::Store(store.clone());
    match old {
        None => {
            d.write(StoresWrite::Create(Box::new(next.clone())));
            d.event(about, Event::StoreCreated { store, by, why, changes });
        }
        Some(old) => {
            d.write(StoresWrite::Replace { was: Box::new(old.clone()), next: Box::new(next.clone()) });
            d.event(about, Event::StoreChanged { store, by, why, changes });
        }
    }
    d
}

/// Sets whether a store is in business and which days differ, with its history.
///
/// # Errors
/// As [`set_openness`]; `bad_request` when it shall close: that is done where orders that wait are counted and a reason is given.
pub fn open(old: &StoreProfile, set: Openness, regions: &[Region], by: &StaffId, now: Timestamp) -> Refusable<(StoreProfile, Decision)> {
    if set.status == StoreStatus::Closed && old.status != StoreStatus::Closed {
        return Err(Problem::new(Code::BadRequest, "关店请在“编辑资料”里操作，需要填写原因并确认未完成的订单").at("status"));
    }
    let next = set_openness(old, set, now)?;
    let changes = changes(Some(old), &next, regions, now);
    let d = written(Some(old), &next, by, "", changes);
    Ok((next, d))
}

/// What a new store shows: as the store that shows most.
#[must_use]
pub fn usual_categories(stores: &[StoreProfile]) -> Vec<(String, String)> {
    stores.iter().map(|s| &s.categories).max_by_key(|c| c.len()).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        moment("2026-11-28T12:00", CHINA).unwrap()
    }

    fn rule_of(mode: Mode) -> &'static str {
        match mode {
            Mode::Direct => "direct/1",
            Mode::Joint => "joint/1",
            Mode::Franchise => "franchise/1",
        }
    }

    fn draft() -> StoreDraft {
        StoreDraft {
            name: " 徐汇新店 ".into(),
            city: "上海".into(),
            address: "漕溪北路 1 号".into(),
            lat: "31.19".into(),
            lng: "121.43".into(),
            region: "上海".into(),
            entrance: "xh-new-01".into(),
            ..blank()
        }
    }

    fn with<T>(f: impl FnOnce(&Known<'_>) -> T) -> T {
        let regions = [Region { region: "reg_east-sh".parse().unwrap(), name: "上海".into(), parent: None, manager: String::new(), version: 1 }];
        let entrances = BTreeMap::from([("taken-1".to_owned(), "sto_other".parse().unwrap())]);
        let rules = ["joint/1".to_owned()];
        f(&Known { regions: &regions, rules: &rules, entrances: &entrances, categories: &[("tea".into(), "茶饮".into())], default_rule: rule_of })
    }

    fn store() -> StoreId {
        "sto_new1".parse().unwrap()
    }

    fn made() -> StoreProfile {
        with(|k| check(&store(), None, &draft(), k, now())).unwrap()
    }

    fn faults(change: impl FnOnce(&mut StoreDraft)) -> Vec<String> {
        let mut d = draft();
        change(&mut d);
        with(|k| check(&store(), None, &d, k, now())).unwrap_err().into_iter().map(|f| f.field).collect()
    }

    fn ask<'a>(store: &'a StoreId, draft: &'a StoreDraft, by: &'a StaffId, seen: u64) -> Save<'a> {
        Save { store, draft, seen, why: "", by, sure: false, waiting: 0 }
    }

    #[test]
    fn given_a_draft_when_checked_then_it_is_a_profile_with_what_is_usual_where_nothing_is_said() {
        let p = made();
        assert_eq!((p.name.as_str(), p.region.as_str(), p.rule.as_str(), p.version), ("徐汇新店", "reg_east-sh", "direct/1", 1));
        assert_eq!((p.hours.open, p.hours.close, p.status, p.categories.len()), (480, 1_320, StoreStatus::Preparing, 1));
        // What it can be edited as means the same again.
        let again = with(|k| check(&store(), Some(&p), &draft_of(&p, now()), k, now())).unwrap();
        assert!(with(|k| changes(Some(&p), &again, k.regions, now())).is_empty());
    }

    #[test]
    fn given_many_faults_when_checked_then_each_is_told_by_its_field() {
        let all = faults(|d| {
            *d = StoreDraft { lat: "121.4".into(), lng: "31.2".into(), hours: "早到晚".into(), region: "火星".into(), ..blank() };
            d.radius_m = "50001".into();
            d.mode = "租".into();
        });
        for field in ["mode", "region", "hours", "name", "city", "address", "lat", "radius_m", "entrance"] {
            assert!(all.iter().any(|f| f == field), "{field} in {all:?}");
        }
        assert_eq!(faults(|d| d.entrance = "taken-1".into()), ["entrance"]);
        assert_eq!(faults(|d| d.entrance = "a".repeat(33)), ["entrance"]);
        assert_eq!(faults(|d| d.group = "http://x".into()), ["group"]);
        assert_eq!(faults(|d| d.group = "/media/".into()), ["group"]);
        assert_eq!(faults(|d| (d.pickup, d.delivery) = (false, false)), ["pickup"]);
        assert_eq!(faults(|d| d.status = "paused".into()), ["reason"]);
        assert_eq!(faults(|d| d.exceptions = days_of("2026-12-01 什么 盘点")), ["exceptions[0].open"]);
        assert_eq!(faults(|d| d.lat = "60".into()), ["lat"]);
        assert_eq!(faults(|d| d.rule = "none/1".into()), ["rule"]);
        assert_eq!(faults(|d| d.name = "长".repeat(41)), ["name"]);
        assert_eq!(faults(|d| d.radius_m = "99".into()), ["radius_m"]);
        let fine = |change: fn(&mut StoreDraft)| {
            let mut d = draft();
            change(&mut d);
            with(|k| check(&store(), None, &d, k, now())).is_ok()
        };
        assert!(fine(|d| d.name = "长".repeat(40)) && fine(|d| d.radius_m = "100".into()) && fine(|d| d.radius_m = "50000".into()));
        assert!(
            fine(|d| d.group = "/media/hq/a.png".into())
                && fine(|d| d.entrance = "a".repeat(32))
                && fine(|d| d.mode = "加盟".into())
                && fine(|d| d.rule = "joint/1".into())
        );
    }

    #[test]
    fn given_hours_as_people_write_them_when_read_then_they_are_minutes() {
        assert_eq!(hours_of("07:00-23:00"), Some((420, 1_380)));
        assert_eq!(hours_of("18:00–次日 02:00"), Some((1_080, 120)));
        assert_eq!(hours_of("8：00～24：00"), Some((480, 1_440)));
        assert_eq!((hours_of("24 小时"), hours_of("24:00-08:00"), hours_of("")), (Some((0, 0)), None, None));
        let (daily, week) = weekly_of("08:00-22:00；周六、周日 09:00-20:00; 周三 休息；周一至周二 08:00-22:00").unwrap();
        assert_eq!((daily, &week[..]), ((480, 1_320), &[(3, None), (6, Some((540, 1_200))), (7, Some((540, 1_200)))][..]));
        let hours = Hours { week, ..Hours::daily(480, 1_320, CHINA) };
        assert_eq!(hours.to_string(), "08:00–22:00；周三 休息；周六、周日 09:00–20:00");
        assert_eq!(weekly_of(&hours.to_string()), Some((daily, hours.week.clone())), "it is read as it is written");
        for bad in ["08:00-22:00；周八 休息", "08:00-22:00；周日 休息；周日 09:00-10:00", "周日 休息", "08:00-22:00；周一至", "08:00-22:00；休息"]
        {
            assert_eq!(weekly_of(bad), None, "{bad}");
        }
        let days = days_of("2026-10-01~2026-10-03 休息 国庆节；2026-12-24 10:00-16:00 平安夜");
        assert_eq!(days_text(&days), "2026-10-01~2026-10-03 休息 国庆节；2026-12-24 10:00-16:00 平安夜");
    }

    #[test]
    fn given_a_store_when_saved_then_only_what_changed_is_told_and_who_saw_an_old_one_is_refused() {
        let (id, by) = (store(), "stf_1".parse().unwrap());
        let new = draft();
        let (p, d) = with(|k| save(None, &ask(&id, &new, &by, 0), k, now())).unwrap();
        assert!(matches!(d.events.as_slice(), [(Aggregate::Store(_), Event::StoreCreated { .. })]), "{d:?}");
        let mut next = draft_of(&p, now());
        assert!(with(|k| save(Some(&p), &ask(&id, &next, &by, 1), k, now())).unwrap().1.is_empty(), "nothing changed");
        next.name = "徐汇店".into();
        let (_, d) = with(|k| save(Some(&p), &ask(&id, &next, &by, 1), k, now())).unwrap();
        let [(_, Event::StoreChanged { changes, .. })] = d.events.as_slice() else { panic!("{d:?}") };
        assert_eq!(*changes, [FieldChange { field: "name".into(), old: "徐汇新店".into(), new: "徐汇店".into() }]);
        for seen in [0, 2] {
            assert_eq!(with(|k| save(Some(&p), &ask(&id, &next, &by, seen), k, now())).unwrap_err().code, Code::Conflict);
        }
        next.cell = "north".into();
        assert_eq!(with(|k| save(Some(&p), &ask(&id, &next, &by, 1), k, now())).unwrap_err().field.as_deref(), Some("cell"));
    }

    #[test]
    fn given_a_store_that_moves_or_closes_when_saved_then_it_needs_a_reason_and_says_how_many_orders_wait() {
        let (id, by, p) = (store(), "stf_1".parse().unwrap(), made());
        let mut next = draft_of(&p, now());
        next.tier = "flagship".into();
        assert_eq!(with(|k| save(Some(&p), &ask(&id, &next, &by, 1), k, now())).unwrap_err().field.as_deref(), Some("why"));
        let told = Save { why: "升级", ..ask(&id, &next, &by, 1) };
        assert!(with(|k| save(Some(&p), &told, k, now())).is_ok());
        next.tier = "standard".into();
        next.status = "closed".into();
        let closing = Save { why: "租约到期", waiting: 3, ..ask(&id, &next, &by, 1) };
        let asked = with(|k| save(Some(&p), &closing, k, now())).unwrap_err();
        assert!(asked.code == Code::AskFirst && asked.detail.contains("3 张"), "{asked:?}");
        let (closed, _) = with(|k| save(Some(&p), &Save { sure: true, ..closing }, k, now())).unwrap();
        assert_eq!(closed.status, StoreStatus::Closed);
        // Nor is there a way around it.
        let shut = |seen| Openness { status: StoreStatus::Closed, reason: None, until: None, exceptions: Vec::new(), seen };
        assert_eq!(open(&p, shut(1), &[], &by, now()).unwrap_err().field.as_deref(), Some("status"));
        assert!(open(&closed, shut(closed.version), &[], &by, now()).is_ok());
    }
}
