//! What holds in a store: HQ → mode → tier → region → store, the most special level that says something wins. Every value
//! comes with who said it, when and why, and with what the other levels say.

use liandian_types::{Approver, Code, Fen, Mode, Problem, RegionId, StaffId, StoreId, Tier, Timestamp};
use serde::{Deserialize, Serialize};

use super::fields::{FIELDS, FieldKey, Preset, Reach, Value};
use crate::{
    Refusable,
    orders::{holds::HoldPolicy, slots::SlotPolicy},
    sourcing::matching::MatchingPolicy,
    stock::{count::CountPolicy, record::StockPolicy},
    stores::profile::StoreProfile,
    transfers::AskPolicy,
};

/// Where something is said. Later levels are more special.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum Level {
    /// For the whole chain.
    Hq,
    /// For the stores of an operating mode.
    Mode(Mode),
    /// For the stores of a class.
    Tier(Tier),
    /// For the stores of a region.
    Region(RegionId),
    /// For one store.
    Store(StoreId),
}

impl Level {
    /// Does the level hold this store?
    #[must_use]
    pub fn covers(&self, place: &Place) -> bool {
        match self {
            Level::Hq => true,
            Level::Mode(m) => *m == place.mode,
            Level::Tier(t) => *t == place.tier,
            Level::Region(r) => *r == place.region,
            Level::Store(s) => *s == place.store,
        }
    }

    /// The level in Chinese, without names that only the directory knows.
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            Level::Hq => "总部".to_owned(),
            Level::Mode(m) => format!("{}门店", m.title()),
            Level::Tier(t) => t.title().to_owned(),
            Level::Region(r) => format!("区域 {r}"),
            Level::Store(s) => format!("门店 {s}"),
        }
    }
}

/// What decides which levels speak about a store.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The store.
    pub store: StoreId,
    /// Who owns it.
    pub mode: Mode,
    /// Its class.
    pub tier: Tier,
    /// Its region.
    pub region: RegionId,
}

impl From<&StoreProfile> for Place {
    fn from(p: &StoreProfile) -> Place {
        Place { store: p.store.clone(), mode: p.mode, tier: p.tier, region: p.region.clone() }
    }
}

/// One row: from then on a level says this about a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// Where it is said.
    pub level: Level,
    /// About what.
    pub field: FieldKey,
    /// What; `None`: from then on the level says nothing, and what is inherited holds again.
    pub value: Option<Value>,
    /// Who said it.
    pub by: StaffId,
    /// When it was said.
    pub at: Timestamp,
    /// From when on it holds.
    pub from: Timestamp,
    /// Why.
    pub why: String,
    /// Counts the rows of a level: of two that begin at the same moment the later one holds.
    pub seq: u64,
}

impl Setting {
    /// May the row be saved?
    ///
    /// # Errors
    /// `bad_request` when the value does not fit the field, the field is the whole chain's, no reason is given, or it would
    /// hold before it was said.
    pub fn check(&self) -> Refusable<()> {
        let field = self.field.field();
        if let Some(value) = &self.value {
            field.check(value)?;
        }
        let bad = |detail: String, at: &str| Err(Problem::new(Code::BadRequest, detail).at(at));
        if field.reach == Reach::Chain && self.level != Level::Hq {
            return bad(format!("“{}”只能由总部对全部门店统一设置", field.label), "level");
        }
        if self.why.trim().is_empty() {
            return bad("请填写修改原因".into(), "why");
        }
        if self.from < self.at {
            return bad("生效时间不能早于现在".into(), "from");
        }
        Ok(())
    }

    /// Of two rows of one level about one field that are both in force, the greater one holds.
    fn age(&self) -> (Timestamp, u64, Timestamp) {
        (self.from, self.seq, self.at)
    }
}

/// What a level says, and who made it say so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Where.
    pub level: Level,
    /// What.
    pub value: Value,
    /// Who said it.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
    /// From when on it holds.
    pub from: Timestamp,
    /// Why.
    pub why: String,
}

/// What a field is worth in a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolved {
    /// Which field.
    pub field: FieldKey,
    /// What holds.
    pub value: Value,
    /// Who said so; absent: nobody, it is what a new chain has.
    pub said: Option<Said>,
    /// What more general levels say, the nearest first.
    pub overruled: Vec<Said>,
}

/// A store's policy: every field, in the order of the registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effective {
    fields: Vec<Resolved>,
}

/// What holds in a store at a moment. The order of the rows does not matter; rows that no longer fit their field say nothing.
pub fn effective<'a>(settings: impl IntoIterator<Item = &'a Setting>, place: &Place, now: Timestamp) -> Effective {
    let mut rows: Vec<Vec<&Setting>> = vec![Vec::new(); FIELDS.len()];
    for s in settings {
        let field = s.field.field();
        let fits = s.value.as_ref().is_none_or(|v| field.check(v).is_ok()) && (field.reach == Reach::Store || s.level == Level::Hq);
        if fits && s.from <= now && s.level.covers(place) {
            let of_field = &mut rows[s.field as usize];
            match of_field.iter_mut().find(|other| other.level == s.level) {
                Some(other) if other.age() < s.age() => *other = s,
                Some(_) => {}
                None => of_field.push(s),
            }
        }
    }
    let fields = FIELDS
        .iter()
        .zip(rows)
        .map(|(field, mut of_field)| {
            of_field.sort_by(|a, b| b.level.cmp(&a.level));
            let mut said = of_field.into_iter().filter_map(|s| {
                let value = s.value.clone()?;
                Some(Said { level: s.level.clone(), value, by: s.by.clone(), at: s.at, from: s.from, why: s.why.clone() })
            });
            let first = said.next();
            let value = first.as_ref().map_or_else(|| field.key.default_value(), |s| s.value.clone());
            Resolved { field: field.key, value, said: first, overruled: said.collect() }
        })
        .collect();
    Effective { fields }
}

/// When the next dated row begins to hold in this store: until then an answer of [`effective`] may be kept.
pub fn next_change<'a>(settings: impl IntoIterator<Item = &'a Setting>, place: &Place, now: Timestamp) -> Option<Timestamp> {
    settings.into_iter().filter(|s| s.from > now && s.level.covers(place)).map(|s| s.from).min()
}

impl Effective {
    /// Every field, in the order of the registry.
    #[must_use]
    pub fn fields(&self) -> &[Resolved] {
        &self.fields
    }

    /// One field.
    #[must_use]
    pub fn get(&self, field: FieldKey) -> &Resolved {
        &self.fields[field as usize]
    }

    /// A switch; off for a field of another kind.
    #[must_use]
    pub fn switch(&self, field: FieldKey) -> bool {
        self.get(field).value == Value::Switch(true)
    }

    /// A number; 0 for a field of another kind.
    #[must_use]
    pub fn number(&self, field: FieldKey) -> i64 {
        match self.get(field).value {
            Value::Number(n) => n,
            _ => 0,
        }
    }

    /// A word; empty for a field of another kind.
    #[must_use]
    pub fn choice(&self, field: FieldKey) -> &str {
        match &self.get(field).value {
            Value::Choice(word) => word,
            _ => "",
        }
    }

    /// Whom a field names; nobody for a field of another kind.
    #[must_use]
    pub fn approver(&self, field: FieldKey) -> Approver {
        self.choice(field).parse().unwrap_or(Approver::Nobody)
    }

    /// Which fields are worth something else in another policy.
    #[must_use]
    pub fn differs(&self, other: &Effective) -> Vec<FieldChange> {
        self.fields
            .iter()
            .zip(&other.fields)
            .filter(|(a, b)| a.value != b.value)
            .map(|(a, b)| FieldChange { field: a.field, old: a.value.clone(), new: b.value.clone() })
            .collect()
    }

    fn units(&self, field: FieldKey) -> u32 {
        u32::try_from(self.number(field)).unwrap_or(0)
    }

    /// Which differences of a count nobody is asked about.
    #[must_use]
    pub fn count(&self) -> CountPolicy {
        use FieldKey as F;
        CountPolicy { units: self.units(F::CountUnits), value: Fen(self.number(F::CountValue)), share: self.units(F::CountShare) }
    }

    /// What distance, time, queues and deep stock are worth.
    #[must_use]
    pub fn matching(&self) -> MatchingPolicy {
        use FieldKey as F;
        MatchingPolicy {
            per_km: self.units(F::PerKm),
            per_minute: self.units(F::PerMinute),
            per_waiting: self.units(F::PerWaiting),
            per_spare: self.units(F::PerSpare),
        }
    }

    /// What counts as low.
    #[must_use]
    pub fn stock(&self) -> StockPolicy {
        use FieldKey as F;
        StockPolicy { low_at: self.units(F::LowAt), splits: self.switch(F::Splits), till_silent: self.units(F::TillSilent) }
    }

    /// How much unpaid orders may hold.
    #[must_use]
    pub fn holds(&self) -> HoldPolicy {
        use FieldKey as F;
        HoldPolicy {
            orders: self.units(F::UnpaidOrders),
            units: self.units(F::UnpaidUnits),
            sku_units: self.units(F::OrderSkuUnits),
            order_units: self.units(F::OrderUnits),
            shelf_percent: self.units(F::ShelfPercent),
            shelf_floor: self.units(F::ShelfFloor),
            free_closes: self.units(F::UnpaidCloses),
            longest_wait: self.units(F::UnpaidWait),
        }
    }

    /// A store's time slots.
    #[must_use]
    pub fn slots(&self) -> SlotPolicy {
        use FieldKey as F;
        SlotPolicy {
            minutes: self.choice(F::SlotMinutes).parse().unwrap_or(30),
            pickup: self.units(F::SlotPickup),
            delivery: self.units(F::SlotDelivery),
            cutoff: self.units(F::SlotCutoff),
            days: self.units(F::SlotDays),
            raise: self.units(F::SlotRaise),
        }
    }

    /// How much a store may have promised by asking others.
    #[must_use]
    pub fn asks(&self) -> AskPolicy {
        use FieldKey as F;
        AskPolicy { percent: self.units(F::AskPercent), units: self.units(F::AskUnits), day_units: self.units(F::AskDayUnits) }
    }
}

/// A field that is worth something else than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Which.
    pub field: FieldKey,
    /// What it was worth.
    pub old: Value,
    /// What it is worth.
    pub new: Value,
}

/// One line of a preset: a field, its value and why.
pub type PresetLine = (FieldKey, Preset, &'static str);

/// What a new chain says about stores of a mode (product.md 2.2–2.4).
#[must_use]
pub fn preset(mode: Mode) -> &'static [PresetLine] {
    use FieldKey as F;
    match mode {
        Mode::Direct => &[
            (F::MayList, Preset::Switch(false), "直营门店的商品由总部统一上下架。"),
            (F::MayPrice, Preset::Switch(false), "直营门店的价格由总部统一决定。"),
            (F::MaxDiscount, Preset::Number(0), "直营门店不自行打折。"),
            (F::MayTimedPrice, Preset::Switch(false), "直营门店的促销由总部统一安排。"),
            (F::MayLocal, Preset::Switch(false), "直营门店只销售总部指定的商品。"),
            (F::LocalProducts, Preset::Number(0), "直营门店只销售总部指定的商品。"),
            (F::MayCampaign, Preset::Switch(false), "直营门店的促销由总部统一安排。"),
        ],
        Mode::Joint => &[
            (F::MayList, Preset::Switch(true), "联营门店按当地需求从总部商品库选品。"),
            (F::MayPrice, Preset::Switch(false), "销售额由双方分成，价格由总部决定。"),
            (F::MaxDiscount, Preset::Number(0), "销售额由双方分成，折扣须经总部同意。"),
            (F::MayTimedPrice, Preset::Switch(false), "销售额由双方分成，折扣须经总部同意。"),
            (F::MayLocal, Preset::Switch(false), "联营门店的收益按总部商品分成。"),
            (F::LocalProducts, Preset::Number(0), "联营门店的收益按总部商品分成。"),
            (F::MayCampaign, Preset::Switch(false), "活动成本由双方承担，须经总部同意。"),
        ],
        Mode::Franchise => &[
            (F::MayList, Preset::Switch(true), "加盟门店按当地需求从总部商品库选品。"),
            (F::MayPrice, Preset::Switch(true), "加盟门店可在幅度内自主定价。"),
            (F::MaxDiscount, Preset::Number(15), "折扣超过 15% 时须经总部同意。"),
            (F::MaxMarkup, Preset::Number(10), "加价超过 10% 时须经总部同意。"),
            (F::FlagshipLocked, Preset::Switch(true), "品牌主推商品全国同价。"),
            (F::MayTimedPrice, Preset::Switch(true), "加盟门店可在幅度内做限时折扣。"),
            (F::MayLocal, Preset::Switch(true), "加盟门店可有本地商品，首次上架由总部审核。"),
            (F::LocalProducts, Preset::Number(20), "本地商品不超过 20 个，保持品牌一致。"),
            (F::MayCampaign, Preset::Switch(true), "加盟门店可自办小型活动。"),
            (F::CampaignDiscount, Preset::Number(15), "与限时折扣的幅度一致。"),
        ],
    }
}

/// The rows of a mode's preset.
#[must_use]
pub fn preset_settings(mode: Mode, by: &StaffId, at: Timestamp) -> Vec<Setting> {
    preset(mode)
        .iter()
        .zip(1..)
        .map(|((field, value, why), seq)| Setting {
            level: Level::Mode(mode),
            field: *field,
            value: Some((*value).into()),
            by: by.clone(),
            at,
            from: at,
            why: (*why).to_owned(),
            seq,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(mode: Mode) -> Place {
        Place { store: "sto_1".parse().unwrap(), mode, tier: Tier::Standard, region: "reg_1".parse().unwrap() }
    }

    fn set(level: Level, value: Option<i64>, from: i64, seq: u64) -> Setting {
        Setting {
            level,
            field: FieldKey::MaxDiscount,
            value: value.map(Value::Number),
            by: "stf_hq".parse().unwrap(),
            at: Timestamp(0),
            from: Timestamp(from),
            why: "试行".into(),
            seq,
        }
    }

    #[test]
    fn given_no_rows_when_resolved_then_all_is_as_todays_policies_are() {
        let e = effective([], &place(Mode::Direct), Timestamp(0));
        assert_eq!(e.count(), CountPolicy::default());
        assert_eq!(e.matching(), MatchingPolicy::default());
        assert_eq!(e.stock(), StockPolicy::default());
        assert_eq!(e.holds(), HoldPolicy::default());
        assert_eq!(e.asks(), AskPolicy::default());
        assert!(e.fields().iter().all(|r| r.said.is_none() && r.overruled.is_empty()));
    }

    #[test]
    fn given_all_levels_when_resolved_then_the_most_special_wins_and_the_others_are_told() {
        let levels = [
            Level::Store("sto_1".parse().unwrap()),
            Level::Hq,
            Level::Region("reg_1".parse().unwrap()),
            Level::Tier(Tier::Standard),
            Level::Mode(Mode::Joint),
            Level::Region("reg_2".parse().unwrap()),
            Level::Mode(Mode::Direct),
        ];
        let rows: Vec<Setting> = levels.into_iter().zip(1..).map(|(l, n)| set(l, Some(n), 0, 1)).collect();
        let r = effective(&rows, &place(Mode::Joint), Timestamp(0)).get(FieldKey::MaxDiscount).clone();
        assert_eq!((r.value, r.said.unwrap().level), (Value::Number(1), Level::Store("sto_1".parse().unwrap())));
        let others: Vec<Value> = r.overruled.into_iter().map(|s| s.value).collect();
        assert_eq!(others, [3, 4, 5, 2].map(Value::Number));
    }

    #[test]
    fn given_a_dated_row_and_a_reset_when_time_goes_by_then_each_holds_from_its_moment_on() {
        let rows = [set(Level::Hq, Some(5), 0, 1), set(Level::Mode(Mode::Joint), Some(20), 100, 1), set(Level::Mode(Mode::Joint), None, 200, 2)];
        let at = |t| effective(&rows, &place(Mode::Joint), Timestamp(t)).number(FieldKey::MaxDiscount);
        assert_eq!([at(0), at(99), at(100), at(199), at(200)], [5, 5, 20, 20, 5]);
        assert_eq!(next_change(&rows, &place(Mode::Joint), Timestamp(100)), Some(Timestamp(200)));
        assert_eq!(next_change(&rows, &place(Mode::Direct), Timestamp(0)), None);
    }

    #[test]
    fn given_rows_that_do_not_fit_when_checked_then_they_are_refused_and_when_stored_all_the_same_they_say_nothing() {
        assert!(set(Level::Hq, Some(10), 0, 1).check().is_ok());
        let bad = set(Level::Hq, Some(101), 0, 1);
        assert_eq!(bad.check().unwrap_err().field.as_deref(), Some("max_discount"));
        assert_eq!(effective([&bad], &place(Mode::Joint), Timestamp(0)).number(FieldKey::MaxDiscount), 0);
        let chain = Setting { field: FieldKey::PerKm, ..set(Level::Mode(Mode::Joint), Some(10), 0, 1) };
        assert_eq!(chain.check().unwrap_err().field.as_deref(), Some("level"));
        assert_eq!(effective([&chain], &place(Mode::Joint), Timestamp(0)).number(FieldKey::PerKm), 100);
        assert!(set(Level::Hq, Some(10), -1, 1).check().is_err());
        assert!(Setting { why: " ".into(), ..set(Level::Hq, Some(10), 0, 1) }.check().is_err());
    }

    #[test]
    fn given_the_presets_when_a_store_changes_its_mode_then_nothing_of_the_old_one_shines_through() {
        let by: StaffId = "stf_hq".parse().unwrap();
        let rows: Vec<Setting> = Mode::ALL.iter().flat_map(|m| preset_settings(*m, &by, Timestamp(0))).collect();
        for r in &rows {
            r.check().unwrap();
        }
        let free = effective(&rows, &place(Mode::Franchise), Timestamp(0));
        assert!(free.switch(FieldKey::MayPrice) && free.number(FieldKey::MaxDiscount) == 15 && free.number(FieldKey::LocalProducts) == 20);
        let held = effective(&rows, &place(Mode::Direct), Timestamp(0));
        assert!(!held.switch(FieldKey::MayPrice) && held.number(FieldKey::MaxDiscount) == 0 && held.number(FieldKey::MaxMarkup) == 0);
        assert!(free.differs(&held).iter().any(|c| c.field == FieldKey::MayList));
    }
}
