//! Warehouses: places beside the stores' shelves where goods lie and from where they are sent. HQ makes and closes them; the store that keeps a front
//! warehouse edits what it knows best: its name, its address and who works there.

use liandian_contracts::{Event, event::FieldChange};
use liandian_types::{Code, GeoPoint, LocationId, Problem, StaffId, StoreId, Timestamp, api::WarehouseDraft, text::unfit};
use serde::{Deserialize, Serialize};

use crate::{
    Decision, Refusable, conflict,
    decision::{Aggregate, StoresWrite},
    stores::profile::{Location, LocationKind, StoreProfile},
};

/// The longest name, in characters.
pub const MAX_NAME: usize = 20;
/// The longest address, in characters.
pub const MAX_ADDRESS: usize = 100;
/// The longest reason, in characters.
pub const MAX_WHY: usize = 200;
/// People who keep one warehouse.
pub const MOST_KEEPERS: usize = 10;
/// Warehouses of a chain: all of them are read at once.
pub const MOST_WAREHOUSES: usize = 2_000;
/// The mainland with its islands, in degrees.
const CHINA: [std::ops::RangeInclusive<f64>; 2] = [3.8..=53.6, 73.4..=135.1];

/// A warehouse as HQ keeps it. Its row is read as a [`Location`] by who only wants to know where goods lie.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Warehouse {
    /// Its id, `loc_wh-…`.
    pub location: LocationId,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: LocationKind,
    /// Where it is.
    pub point: GeoPoint,
    /// The store whose staff works on its tasks.
    pub keeper: StoreId,
    /// Its address; empty of those that were made before there were addresses.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
    /// Who keeps it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keepers: Vec<StaffId>,
    /// Since when it is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// How often it was changed.
    #[serde(default)]
    pub version: u64,
}

/// What lies there, or is promised.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Holding {
    /// Records that are not at zero.
    pub skus: u32,
    /// Units that are there.
    pub on_hand: i64,
    /// Units promised to orders and transfers.
    pub reserved: i64,
    /// Units on their way there.
    pub incoming: i64,
    /// Transfers from there and to there that are not over. One to there that is not sent yet is seen in no record of the place.
    pub transfers: u32,
}

impl Holding {
    /// Does somebody wait for goods of this place, or does it wait for some?
    #[must_use]
    pub fn promises(&self) -> bool {
        self.reserved != 0 || self.incoming != 0 || self.transfers != 0
    }

    /// What is promised, for people.
    fn promised(&self) -> String {
        format!("还有 {} 件预占、{} 件在途、{} 张未完成的调拨单", self.reserved, self.incoming, self.transfers)
    }
}

/// A member of the staff who shall keep a warehouse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub staff: StaffId,
    /// The account works, and reaches the store that keeps the warehouse.
    pub fits: bool,
}

/// What of the chain a warehouse is checked against.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The warehouses that are open.
    pub open: &'a [Location],
    /// The store that shall keep it, if there is such a store.
    pub keeper: Option<&'a StoreProfile>,
    /// The accounts among those that shall keep it.
    pub people: &'a [Person],
    /// What lies there.
    pub holding: Holding,
}

/// How a warehouse shall be.
#[derive(Debug, Clone, Copy)]
pub struct Save<'a> {
    /// Which.
    pub location: &'a LocationId,
    /// How.
    pub draft: &'a WarehouseDraft,
    /// The version that was seen; 0 for a new one.
    pub seen: u64,
    /// A store that edits its own; absent for HQ.
    pub own: Option<&'a StoreId>,
    /// Who says so.
    pub by: &'a StaffId,
}

/// A kind by its word in a form.
#[must_use]
pub fn kind_of(word: &str) -> Option<LocationKind> {
    match word {
        "front" => Some(LocationKind::FrontWarehouse),
        "hq" => Some(LocationKind::HqWarehouse),
        _ => None,
    }
}

/// The word of a kind in a form.
#[must_use]
pub fn word_of(kind: LocationKind) -> &'static str {
    match kind {
        LocationKind::Shelf => "shelf",
        LocationKind::FrontWarehouse => "front",
        LocationKind::HqWarehouse => "hq",
    }
}

/// A kind's name.
#[must_use]
pub fn kind_name(kind: LocationKind) -> &'static str {
    match kind {
        LocationKind::Shelf => "门店货架",
        LocationKind::FrontWarehouse => "前置仓",
        LocationKind::HqWarehouse => "总部仓",
    }
}

/// Titles of the fields.
#[must_use]
pub fn title(field: &str) -> &str {
    match field {
        "name" => "名称",
        "kind" => "类型",
        "address" => "地址",
        "point" => "坐标",
        "keeper" => "负责门店",
        "keepers" => "库管",
        "closed" => "状态",
        other => other,
    }
}

impl Warehouse {
    /// A place that was made before there were addresses.
    #[must_use]
    pub fn of(l: &Location) -> Self {
        Self {
            location: l.location.clone(),
            name: l.name.clone(),
            kind: l.kind,
            point: l.point,
            keeper: l.keeper.clone(),
            address: String::new(),
            keepers: Vec::new(),
            closed_at: None,
            version: 0,
        }
    }

    /// As a form has it.
    #[must_use]
    pub fn draft(&self) -> WarehouseDraft {
        WarehouseDraft {
            name: self.name.clone(),
            kind: word_of(self.kind).to_owned(),
            address: self.address.clone(),
            lat: self.point.lat.to_string(),
            lng: self.point.lng.to_string(),
            keeper: self.keeper.clone(),
            keepers: self.keepers.clone(),
        }
    }

    fn fields(&self) -> [(&'static str, String); 7] {
        let keepers: Vec<&str> = self.keepers.iter().map(StaffId::as_str).collect();
        [
            ("name", self.name.clone()),
            ("kind", kind_name(self.kind).to_owned()),
            ("address", self.address.clone()),
            ("point", format!("{}, {}", self.point.lat, self.point.lng)),
            ("keeper", self.keeper.to_string()),
            ("keepers", keepers.join(" ")),
            ("closed", if self.closed_at.is_some() { "已关闭" } else { "使用中" }.to_owned()),
        ]
    }
}

fn bad<T>(field: &str, why: impl Into<String>) -> Refusable<T> {
    Err(Problem::new(Code::BadRequest, why).at(field))
}

fn changes(old: Option<&Warehouse>, next: &Warehouse) -> Vec<FieldChange> {
    let was: Vec<String> = old.map_or_else(|| vec![String::new(); 7], |o| o.fields().into_iter().map(|(_, v)| v).collect());
    let pairs = next.fields().into_iter().zip(was);
    pairs.filter(|((_, new), old)| new != old).map(|((field, new), old)| FieldChange { field: field.to_owned(), old, new }).collect()
}

fn seen_now(old: Option<&Warehouse>, seen: u64) -> Refusable<()> {
    if seen != old.map_or(0, |o| o.version) {
        return conflict("仓库资料刚被别人修改，请刷新后再保存");
    }
    if old.is_some_and(|o| o.closed_at.is_some()) {
        return conflict("仓库已关闭，不能再修改");
    }
    Ok(())
}

fn degrees(typed: &str, within: &std::ops::RangeInclusive<f64>) -> Option<f64> {
    typed.trim().parse::<f64>().ok().filter(|d| within.contains(d))
}

/// The keepers of a draft, each once and each somebody who can work there.
fn keepers(draft: &WarehouseDraft, people: &[Person]) -> Refusable<Vec<StaffId>> {
    if draft.keepers.len() > MOST_KEEPERS {
        return bad("keepers", format!("库管最多 {MOST_KEEPERS} 人"));
    }
    let mut all: Vec<StaffId> = Vec::with_capacity(draft.keepers.len());
    for who in &draft.keepers {
        match people.iter().find(|p| p.staff == *who) {
            None => return bad("keepers", format!("没有员工账号 {who}")),
            Some(p) if !p.fits => return bad("keepers", format!("账号 {who} 已停用，或不属于负责门店")),
            Some(_) if all.contains(who) => {}
            Some(_) => all.push(who.clone()),
        }
    }
    Ok(all)
}

/// What becomes of a warehouse that is saved, and the decision; an empty one when nothing is another.
///
/// # Errors
/// `not_found` for a store that does not keep it; `conflict` when it is another by now, is closed, or would change hands while goods are promised;
/// `bad_request` with the field.
pub fn save(old: Option<&Warehouse>, ask: &Save<'_>, known: &Known<'_>) -> Refusable<(Warehouse, Decision)> {
    let draft = ask.draft;
    if ask.own.is_some_and(|own| old.is_none_or(|o| o.keeper != *own || o.kind != LocationKind::FrontWarehouse)) {
        return Err(Problem::new(Code::NotFound, "没有找到该仓库"));
    }
    seen_now(old, ask.seen)?;
    if ask.location.store().is_some() {
        return bad("location", "仓库编码以 wh- 开头");
    }
    if old.is_none() && known.open.len() >= MOST_WAREHOUSES {
        return bad("location", format!("最多 {MOST_WAREHOUSES} 个仓库"));
    }
    let (name, address) = (draft.name.trim().to_owned(), draft.address.trim().to_owned());
    if name.is_empty() || name.chars().count() > MAX_NAME || unfit(&name).is_some() {
        return bad("name", format!("仓库名称为 1 到 {MAX_NAME} 个字"));
    }
    if known.open.iter().any(|l| l.name == name && l.location != *ask.location) {
        return bad("name", format!("已有仓库“{name}”"));
    }
    if address.is_empty() || address.chars().count() > MAX_ADDRESS || unfit(&address).is_some() {
        return bad("address", format!("请填写地址，最多 {MAX_ADDRESS} 个字"));
    }
    let Some(kind) = kind_of(&draft.kind) else { return bad("kind", "请选择前置仓或总部仓") };
    let Some(lat) = degrees(&draft.lat, &CHINA[0]) else { return bad("lat", "请填写中国境内的纬度，例如 31.2304") };
    let Some(lng) = degrees(&draft.lng, &CHINA[1]) else { return bad("lng", "请填写中国境内的经度，例如 121.4737") };
    let Some(keeper) = known.keeper.filter(|k| k.store == draft.keeper) else { return bad("keeper", "没有这家门店") };
    if keeper.status == liandian_types::StoreStatus::Closed {
        return bad("keeper", format!("{}已关店，不能负责仓库", keeper.name));
    }
    if let Some(old) = old {
        if kind != old.kind {
            return bad("kind", "仓库类型建好后不能修改");
        }
        let moves = keeper.store != old.keeper;
        if ask.own.is_some() && (moves || GeoPoint { lat, lng } != old.point) {
            return bad("keeper", "负责门店和坐标由总部修改");
        }
        if moves && known.holding.promises() {
            return conflict(format!("{}，完成后才能更换负责门店", known.holding.promised()));
        }
    }
    let next = Warehouse {
        location: ask.location.clone(),
        name,
        kind,
        point: GeoPoint { lat, lng },
        keeper: keeper.store.clone(),
        address,
        keepers: keepers(draft, known.people)?,
        closed_at: None,
        version: old.map_or(0, |o| o.version),
    };
    let changes = changes(old, &next);
    let mut d = Decision::default();
    if !changes.is_empty() {
        written(&mut d, &next, old.is_none(), "", ask.by, changes);
    }
    Ok((next, d))
}

/// Closes a warehouse.
///
/// # Errors
/// `conflict` when it is another by now or closed, and while goods lie there or are promised; `bad_request` without a reason.
pub fn close(old: &Warehouse, seen: u64, holding: Holding, why: &str, by: &StaffId, now: Timestamp) -> Refusable<(Warehouse, Decision)> {
    seen_now(Some(old), seen)?;
    let why = why.trim();
    if why.is_empty() || why.chars().count() > MAX_WHY || unfit(why).is_some() {
        return bad("why", format!("请填写关闭的原因（最多 {MAX_WHY} 个字）"));
    }
    if holding.promises() {
        return conflict(format!("{}，完成后才能关闭", holding.promised()));
    }
    if holding.skus > 0 {
        return conflict(format!("还有 {} 种商品、{} 件库存，请先调出或盘清", holding.skus, holding.on_hand));
    }
    let next = Warehouse { closed_at: Some(now), ..old.clone() };
    let mut d = Decision::default();
    written(&mut d, &next, false, why, by, changes(Some(old), &next));
    Ok((next, d))
}

fn written(d: &mut Decision, next: &Warehouse, created: bool, why: &str, by: &StaffId, changes: Vec<FieldChange>) {
    let (location, keeper, by, why, closed) = (next.location.clone(), next.keeper.clone(), by.clone(), why.to_owned(), next.closed_at.is_some());
    d.write(StoresWrite::Warehouse(Box::new(next.clone())));
    d.event(Aggregate::Warehouse(location.clone()), Event::WarehouseChanged { location, keeper, by, created, closed, why, changes });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stores::{
        hours::{CHINA as CHINA_ZONE, Hours},
        profile::Details,
    };
    use liandian_types::{Mode, StoreStatus, Tier};

    fn by() -> StaffId {
        "stf_hq".parse().unwrap()
    }

    fn id() -> LocationId {
        "loc_wh-front-sh01".parse().unwrap()
    }

    fn store(name: &str) -> StoreProfile {
        StoreProfile {
            store: format!("sto_{name}").parse().unwrap(),
            name: name.into(),
            city: "上海".into(),
            address: String::new(),
            phone: String::new(),
            region: "reg_1".parse().unwrap(),
            mode: Mode::Direct,
            tier: Tier::Standard,
            status: StoreStatus::Open,
            point: GeoPoint { lat: 31.2, lng: 121.4 },
            hours: Hours::daily(420, 1410, CHINA_ZONE),
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

    fn draft() -> WarehouseDraft {
        WarehouseDraft {
            name: " 静安寺前置仓 ".into(),
            kind: "front".into(),
            address: "愚园路 1 号".into(),
            lat: "31.22".into(),
            lng: "121.44".into(),
            keeper: "sto_sh01".parse().unwrap(),
            keepers: vec!["stf_a".parse().unwrap(), "stf_a".parse().unwrap()],
        }
    }

    fn attempt(old: Option<&Warehouse>, draft: &WarehouseDraft, seen: u64, own: Option<&str>, holding: Holding) -> Refusable<(Warehouse, Decision)> {
        let keeper = store(draft.keeper.as_str().trim_start_matches("sto_"));
        let people = [Person { staff: "stf_a".parse().unwrap(), fits: true }, Person { staff: "stf_gone".parse().unwrap(), fits: false }];
        let open = [Location {
            location: "loc_wh-x".parse().unwrap(),
            name: "别的仓".into(),
            kind: LocationKind::HqWarehouse,
            point: keeper.point,
            keeper: keeper.store.clone(),
        }];
        let own: Option<StoreId> = own.map(|o| o.parse().unwrap());
        let known = Known { open: &open, keeper: Some(&keeper), people: &people, holding };
        save(old, &Save { location: &id(), draft, seen, own: own.as_ref(), by: &by() }, &known)
    }

    fn kept() -> Warehouse {
        Warehouse { version: 3, ..attempt(None, &draft(), 0, None, Holding::default()).unwrap().0 }
    }

    #[test]
    fn given_a_draft_when_saved_then_its_history_says_what_became_of_it() {
        let (made, d) = attempt(None, &draft(), 0, None, Holding::default()).unwrap();
        assert_eq!((made.name.as_str(), made.keepers.len()), ("静安寺前置仓", 1));
        let [(Aggregate::Warehouse(of), Event::WarehouseChanged { created: true, closed: false, changes, .. })] = &d.events[..] else {
            panic!("{d:?}")
        };
        assert!(*of == id() && changes.iter().any(|c| c.field == "address" && c.old.is_empty()));
        let same = attempt(Some(&kept()), &draft(), 3, None, Holding::default()).unwrap();
        assert!(same.1.is_empty());
        assert_eq!(attempt(Some(&kept()), &draft(), 2, None, Holding::default()).unwrap_err().code, Code::Conflict);
    }

    #[test]
    fn given_what_is_wrong_when_saved_then_its_field_is_named() {
        let field = |change: &dyn Fn(&mut WarehouseDraft)| {
            let mut d = draft();
            change(&mut d);
            attempt(None, &d, 0, None, Holding::default()).unwrap_err().field.unwrap()
        };
        assert_eq!(field(&|d| d.name = " ".into()), "name");
        assert_eq!(field(&|d| d.name = "仓".repeat(21)), "name");
        assert_eq!(field(&|d| d.name = "别的仓".into()), "name");
        assert_eq!(field(&|d| d.address = String::new()), "address");
        assert_eq!(field(&|d| d.address = "路".repeat(101)), "address");
        assert_eq!(field(&|d| d.kind = "shelf".into()), "kind");
        assert_eq!(field(&|d| d.lat = "121.4".into()), "lat");
        assert_eq!(field(&|d| d.lng = "NaN".into()), "lng");
        assert_eq!(field(&|d| d.keepers = vec!["stf_nobody".parse().unwrap()]), "keepers");
        assert_eq!(field(&|d| d.keepers = vec!["stf_gone".parse().unwrap()]), "keepers");
        assert_eq!(field(&|d| d.keepers = vec!["stf_a".parse().unwrap(); 11]), "keepers");
        let mut most = draft();
        (most.name, most.address, most.keepers) = ("仓".repeat(20), "路".repeat(100), vec!["stf_a".parse().unwrap(); 10]);
        assert!(attempt(None, &most, 0, None, Holding::default()).is_ok());
        let mut kind = draft();
        kind.kind = "hq".into();
        assert_eq!(attempt(Some(&kept()), &kind, 3, None, Holding::default()).unwrap_err().field.as_deref(), Some("kind"));
    }

    #[test]
    fn given_a_store_when_it_edits_then_only_its_own_and_only_what_it_knows() {
        let mut d = draft();
        d.address = "愚园路 2 号".into();
        assert!(attempt(Some(&kept()), &d, 3, Some("sto_sh01"), Holding::default()).is_ok());
        assert_eq!(attempt(Some(&kept()), &d, 3, Some("sto_sh02"), Holding::default()).unwrap_err().code, Code::NotFound);
        assert_eq!(attempt(None, &d, 0, Some("sto_sh01"), Holding::default()).unwrap_err().code, Code::NotFound);
        d.keeper = "sto_sh02".parse().unwrap();
        assert_eq!(attempt(Some(&kept()), &d, 3, Some("sto_sh01"), Holding::default()).unwrap_err().field.as_deref(), Some("keeper"));
        // HQ gives it to another store, unless somebody waits for its goods.
        let promised = Holding { skus: 1, on_hand: 5, reserved: 2, ..Holding::default() };
        assert_eq!(attempt(Some(&kept()), &d, 3, None, promised).unwrap_err().code, Code::Conflict);
        assert!(attempt(Some(&kept()), &d, 3, None, Holding { reserved: 0, ..promised }).is_ok());
        assert_eq!(attempt(Some(&kept()), &d, 3, None, Holding { reserved: 0, transfers: 1, ..promised }).unwrap_err().code, Code::Conflict);
    }

    #[test]
    fn given_goods_or_promises_when_closed_then_it_stays_open() {
        let shut = |h: Holding| close(&kept(), 3, h, "租约到期", &by(), Timestamp(9));
        for h in [
            Holding { skus: 1, on_hand: 1, ..Holding::default() },
            Holding { reserved: 1, ..Holding::default() },
            Holding { incoming: 1, ..Holding::default() },
            Holding { transfers: 1, ..Holding::default() },
        ] {
            assert_eq!(shut(h).unwrap_err().code, Code::Conflict);
        }
        assert_eq!(close(&kept(), 3, Holding::default(), " ", &by(), Timestamp(9)).unwrap_err().field.as_deref(), Some("why"));
        assert_eq!(close(&kept(), 2, Holding::default(), "租约到期", &by(), Timestamp(9)).unwrap_err().code, Code::Conflict);
        let (closed, d) = shut(Holding::default()).unwrap();
        assert!(closed.closed_at == Some(Timestamp(9)) && matches!(&d.events[0].1, Event::WarehouseChanged { closed: true, .. }));
        assert_eq!(close(&closed, 3, Holding::default(), "再关", &by(), Timestamp(9)).unwrap_err().code, Code::Conflict);
    }
}
