//! A store's profile, as HQ keeps it, and the other locations where goods lie.

use jiff::ToSpan;
use liandian_types::{Code, GeoPoint, LocationId, Mode, Problem, RegionId, StoreId, StoreStatus, Tier, Timestamp, api::StoreCard, text::Needle};
use serde::{Deserialize, Serialize};

use crate::{
    Refusable,
    stores::{
        hours::{CLOSING_SOON, Exception, Hours, soon_text, span_text},
        near::status_at,
    },
};

/// What HQ keeps of a store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoreProfile {
    /// Its id.
    pub store: StoreId,
    /// Its name.
    pub name: String,
    /// City.
    pub city: String,
    /// Street.
    pub address: String,
    /// Telephone of the counter.
    #[serde(default)]
    pub phone: String,
    /// Region.
    pub region: RegionId,
    /// Who owns it.
    pub mode: Mode,
    /// Class.
    pub tier: Tier,
    /// In business?
    pub status: StoreStatus,
    /// Where it is, GCJ-02.
    pub point: GeoPoint,
    /// When it is open.
    pub hours: Hours,
    /// How far it delivers, in metres.
    pub radius_m: u32,
    /// Can goods be picked up?
    pub pickup: bool,
    /// Does it deliver?
    pub delivery: bool,
    /// Code of its entrance.
    pub entrance: String,
    /// Look of its home page.
    pub theme: String,
    /// The settlement rule it sells under.
    pub rule: String,
    /// Keys of the categories it shows, in order, with their names.
    pub categories: Vec<(String, String)>,
    /// Why it pauses, while it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<Pause>,
    /// How often it was changed.
    #[serde(default)]
    pub version: u64,
    /// What else HQ keeps of it.
    #[serde(default)]
    pub details: Details,
}

/// What HQ keeps of a store that neither finding nor orders ask for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// District of its city.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub district: String,
    /// Has it a front warehouse?
    pub front_warehouse: bool,
    /// How customers reach its service: a telephone number, a WeChat id or an address.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub service: String,
    /// Address of its member group's invitation or QR picture.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// The cell whose stack owns its writes; empty for the first one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cell: String,
    /// Permits (证照) that HQ has seen of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub permits: Vec<Permit>,
}

/// A permit of a store, as HQ keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permit {
    /// The name of its document, e.g. 食品经营许可证.
    pub kind: String,
    /// The number on it.
    pub number: String,
    /// From this moment on it is worth nothing; absent when it has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
}

/// Why a store takes no orders for a while, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// As customers read it.
    pub reason: String,
    /// From then on it takes orders again by itself; without it somebody says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// Whether a store is in business and on which days its hours differ, as HQ sets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Openness {
    /// In business?
    pub status: StoreStatus,
    /// Why it pauses; asked for when it does.
    pub reason: Option<String>,
    /// Until when it does.
    pub until: Option<Timestamp>,
    /// Days that differ.
    pub exceptions: Vec<Exception>,
    /// The version of the profile that was looked at.
    pub seen: u64,
}

/// The most days that differ, counted by their ranges.
pub const MAX_EXCEPTIONS: usize = 40;
/// For how many days ahead they are set.
const SET_AHEAD_DAYS: i64 = 400;
/// The longest reason or note, in characters.
const MAX_WORDS: usize = 40;

/// Sets whether a store is in business and which days differ. Days that are over are dropped.
///
/// # Errors
/// `conflict` when the profile has been changed since it was looked at; `bad_request` naming the field.
pub fn set_openness(p: &StoreProfile, o: Openness, now: Timestamp) -> Refusable<StoreProfile> {
    let bad = |field: String, text: &str| Err(Problem::new(Code::BadRequest, text).at(field));
    if o.seen != p.version {
        return Err(Problem::new(Code::Conflict, "门店资料刚被别人修改，请刷新后再保存"));
    }
    let reason = o.reason.map(|r| r.trim().to_owned()).filter(|r| !r.is_empty());
    let pause = match (o.status, reason) {
        (StoreStatus::Paused, None) => return bad("reason".into(), "暂停接单需要填写原因，顾客会看到"),
        (StoreStatus::Paused, Some(reason)) if reason.chars().count() > MAX_WORDS => return bad("reason".into(), "原因最多 40 个字"),
        (StoreStatus::Paused, Some(reason)) => Some(Pause { reason, until: o.until }),
        _ => None,
    };
    if pause.as_ref().is_some_and(|p| p.until.is_some_and(|u| u <= now || u > now.plus(SET_AHEAD_DAYS * Timestamp::DAY))) {
        return bad("until".into(), "恢复时间需要在现在之后、400 天之内");
    }
    let today = crate::stores::hours::day(now, &p.hours.zone);
    let last = today.saturating_add(SET_AHEAD_DAYS.days());
    if o.exceptions.len() > MAX_EXCEPTIONS {
        return bad("exceptions".into(), "特殊营业日最多 40 段");
    }
    for (i, e) in o.exceptions.iter().enumerate() {
        if e.from > e.to || e.to > last {
            return bad(format!("exceptions[{i}].to"), "结束日期需要不早于开始日期，且在 400 天之内");
        }
        if e.hours.is_some_and(|(open, close)| open > 1_439 || close > 1_440) {
            return bad(format!("exceptions[{i}].open"), "时间为 00:00 到 24:00");
        }
        if e.note.trim().is_empty() || e.note.chars().count() > MAX_WORDS {
            return bad(format!("exceptions[{i}].note"), "请用 1 到 40 个字说明原因，如“国庆节”");
        }
        if o.exceptions[..i].iter().any(|b| b.from <= e.to && e.from <= b.to) {
            return bad(format!("exceptions[{i}].from"), "这几天与另一段重叠");
        }
    }
    // Yesterday's hours may run over midnight.
    let mut exceptions: Vec<Exception> = o.exceptions.into_iter().filter(|e| e.to >= today.saturating_sub(1.day())).collect();
    exceptions.sort_by_key(|e| e.from);
    exceptions.iter_mut().for_each(|e| e.note = e.note.trim().to_owned());
    Ok(StoreProfile { status: o.status, pause, hours: Hours { exceptions, ..p.hours.clone() }, version: p.version + 1, ..p.clone() })
}

impl StoreProfile {
    /// Its status: a pause that is over is none.
    #[must_use]
    pub fn status_at(&self, now: Timestamp) -> StoreStatus {
        status_at(self.status, self.pause.as_ref().and_then(|p| p.until), now)
    }

    /// Is it in business and open at `now`?
    #[must_use]
    pub fn open_at(&self, now: Timestamp) -> bool {
        self.status_at(now) == StoreStatus::Open && self.hours.open_at(now)
    }

    /// What a customer should know before coming or ordering: that it pauses, is closed today, has other hours today, or is about to close.
    #[must_use]
    pub fn notice(&self, now: Timestamp) -> Option<String> {
        let zone = &self.hours.zone;
        if self.status_at(now) == StoreStatus::Paused {
            let reason = self.pause.as_ref().map(|p| format!("：{}", p.reason)).unwrap_or_default();
            let until = self.pause.as_ref().and_then(|p| p.until).map(|u| format!("，预计 {} 恢复", soon_text(u, now, zone))).unwrap_or_default();
            return Some(format!("暂停接单{reason}{until}"));
        }
        if let Some(closes) = self.hours.closes_at(now).filter(|t| t.0 - now.0 <= CLOSING_SOON) {
            return Some(format!("即将打烊（{}）", soon_text(closes, now, zone)));
        }
        let today = crate::stores::hours::day(now, zone);
        if self.hours.rests(today) && !self.hours.open_at(now) {
            return Some(format!("今日休息，{} 开始营业", soon_text(self.hours.next_open_at(now), now, zone)));
        }
        let e = self.hours.exception(today)?;
        Some(match e.hours {
            Some((open, close)) => format!("今日营业 {}（{}）", span_text(open, close), e.note),
            None if self.hours.open_at(now) => format!("今日休息（{}）", e.note),
            None if self.hours.next_open_at(now).0 - now.0 > 60 * Timestamp::DAY => format!("休息中（{}）", e.note),
            None => format!("今日休息（{}），{} 开始营业", e.note, soon_text(self.hours.next_open_at(now), now, zone)),
        })
    }

    /// Is it what somebody looks for: words of its name, city, street or id? Customers and staff find the same.
    #[must_use]
    pub fn matches(&self, sought: &Needle) -> bool {
        sought.is_id(self.store.as_str()) || sought.is_in(&[&self.name, &self.city, &self.address])
    }

    /// The store as a customer sees it from `from`.
    #[must_use]
    pub fn card(&self, from: Option<GeoPoint>, now: Timestamp) -> StoreCard {
        let distance = from.map(|p| self.point.metres_to(&p));
        StoreCard {
            store: self.store.clone(),
            name: self.name.clone(),
            address: self.address.clone(),
            city: self.city.clone(),
            tier: self.tier,
            point: self.point,
            distance_m: distance.map(whole_metres),
            open_now: self.open_at(now),
            paused: self.status_at(now) == StoreStatus::Paused,
            closing_soon: self.open_at(now) && self.hours.closes_at(now).is_some_and(|t| t.0 - now.0 <= CLOSING_SOON),
            notice: self.notice(now),
            hours: self.hours.to_string(),
            pickup: self.pickup,
            delivery: self.delivery,
            in_range: distance.is_some_and(|d| d <= f64::from(self.radius_m)),
            radius_m: self.radius_m,
            theme: self.theme.clone(),
            // What can be promised is sourcing's to say: whoever shows it adds it.
            pickup_text: None,
            delivery_text: None,
        }
    }
}

/// Rounds a distance to whole metres.
#[must_use]
pub fn whole_metres(d: f64) -> u32 {
    // Distances on Earth are below 21,000 km: the cast cannot lose anything.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 ≤ d < 2.1e7")]
    let m = d.clamp(0.0, 2.1e7).round() as u32;
    m
}

/// What kind of place goods lie at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LocationKind {
    /// A store's shelf.
    Shelf,
    /// A front warehouse (前置仓) of a store.
    FrontWarehouse,
    /// An HQ warehouse.
    HqWarehouse,
}

/// A place where goods lie and from where they can be sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// Its id.
    pub location: LocationId,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: LocationKind,
    /// Where it is.
    pub point: GeoPoint,
    /// The store whose staff works on its tasks: itself for a shelf, the owner for a front warehouse, a keeper for HQ's.
    pub keeper: StoreId,
}

impl Location {
    /// The shelf of a store.
    #[must_use]
    pub fn shelf_of(s: &StoreProfile) -> Self {
        Self { location: s.store.shelf(), name: s.name.clone(), kind: LocationKind::Shelf, point: s.point, keeper: s.store.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stores::hours::CHINA;

    fn at(text: &str) -> Timestamp {
        crate::stores::hours::moment(text, CHINA).unwrap()
    }

    fn store() -> StoreProfile {
        StoreProfile {
            store: "sto_1".parse().unwrap(),
            name: "静安寺店".into(),
            city: "上海".into(),
            address: String::new(),
            phone: String::new(),
            region: "reg_1".parse().unwrap(),
            mode: Mode::Direct,
            tier: Tier::Standard,
            status: StoreStatus::Open,
            point: GeoPoint { lat: 31.2, lng: 121.4 },
            hours: Hours::daily(420, 1410, CHINA),
            radius_m: 3_000,
            pickup: true,
            delivery: true,
            entrance: "1".into(),
            theme: "standard".into(),
            rule: "direct/1".into(),
            categories: vec![],
            pause: None,
            version: 4,
            details: Details::default(),
        }
    }

    fn exception(from: &str, to: &str, hours: Option<(u16, u16)>, note: &str) -> Exception {
        Exception { from: from.parse().unwrap(), to: to.parse().unwrap(), hours, note: note.into() }
    }

    fn ask() -> Openness {
        Openness { status: StoreStatus::Open, reason: None, until: None, exceptions: vec![], seen: 4 }
    }

    #[test]
    fn given_what_hq_sets_when_it_cannot_be_meant_then_the_field_is_named() {
        let now = at("2026-11-28T12:00");
        let field = |o: Openness| set_openness(&store(), o, now).unwrap_err().field.unwrap_or_default();
        let paused = |reason: Option<&str>, until: Option<&str>| Openness {
            status: StoreStatus::Paused,
            reason: reason.map(Into::into),
            until: until.map(at),
            ..ask()
        };
        assert_eq!(set_openness(&store(), Openness { seen: 3, ..ask() }, now).unwrap_err().code, Code::Conflict);
        assert_eq!(field(paused(None, None)), "reason");
        assert_eq!(field(paused(Some("  "), None)), "reason");
        assert_eq!(field(paused(Some(&"长".repeat(41)), None)), "reason");
        assert_eq!(field(paused(Some("检修"), Some("2026-11-28T12:00"))), "until");
        assert_eq!(field(paused(Some("检修"), Some("2028-01-10T12:00"))), "until");
        let days = |all: &[Exception]| Openness { exceptions: all.to_vec(), ..ask() };
        assert_eq!(field(days(&[exception("2026-12-02", "2026-12-01", None, "元旦")])), "exceptions[0].to");
        assert_eq!(field(days(&[exception("2026-12-02", "2028-12-01", None, "元旦")])), "exceptions[0].to");
        assert_eq!(field(days(&[exception("2026-12-02", "2026-12-02", Some((1440, 1440)), "元旦")])), "exceptions[0].open");
        assert_eq!(field(days(&[exception("2026-12-02", "2026-12-02", None, " ")])), "exceptions[0].note");
        let two = [exception("2026-12-02", "2026-12-05", None, "盘点"), exception("2026-12-05", "2026-12-06", Some((600, 900)), "调休")];
        assert_eq!(field(days(&two)), "exceptions[1].from");
        assert_eq!(field(days(&vec![exception("2026-12-02", "2026-12-02", None, "x"); MAX_EXCEPTIONS + 1])), "exceptions");
    }

    #[test]
    fn given_days_and_a_pause_when_set_then_they_hold_in_order_and_what_is_over_goes() {
        let now = at("2026-11-28T12:00");
        let days = vec![
            exception("2027-01-01", "2027-01-01", Some((600, 960)), " 元旦 "),
            exception("2026-11-01", "2026-11-02", None, "过去"),
            exception("2026-12-24", "2026-12-24", None, "盘点"),
        ];
        let until = Some(at("2026-11-29T08:00"));
        let set = Openness { status: StoreStatus::Paused, reason: Some(" 设备检修 ".into()), until, exceptions: days, seen: 4 };
        let s = set_openness(&store(), set, now).unwrap();
        assert_eq!((s.version, s.status, s.pause.clone()), (5, StoreStatus::Paused, Some(Pause { reason: "设备检修".into(), until })));
        assert_eq!(s.hours.exceptions.iter().map(|e| e.note.as_str()).collect::<Vec<_>>(), ["盘点", "元旦"]);
        assert_eq!(s.notice(now).as_deref(), Some("暂停接单：设备检修，预计 明天 08:00 恢复"));
        assert!(!s.open_at(now) && s.card(None, now).paused);
        let then = at("2026-11-29T08:00");
        assert_eq!((s.status_at(then), s.open_at(then), s.notice(then)), (StoreStatus::Open, true, None), "it goes on by itself");
        assert_eq!(s.notice(at("2026-12-24T12:00")).as_deref(), Some("今日休息（盘点），明天 07:00 开始营业"));
        assert_eq!(s.notice(at("2027-01-01T12:00")).as_deref(), Some("今日营业 10:00–16:00（元旦）"));
        assert_eq!(s.notice(at("2027-01-01T15:40")).as_deref(), Some("即将打烊（今天 16:00）"));
        assert!(s.card(None, at("2027-01-01T15:40")).closing_soon && !s.card(None, at("2027-01-01T15:20")).closing_soon);
        let open = set_openness(&s, Openness { seen: 5, ..ask() }, now).unwrap();
        assert_eq!((open.status, open.pause, open.hours.exceptions.len()), (StoreStatus::Open, None, 0));
    }
}
