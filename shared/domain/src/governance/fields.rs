//! The registry of policy fields: what HQ can say about a store, with type, unit, bounds, default and a sentence for people.
//!
//! A new rule is one row here. What a field is worth in a store is [`super::resolve`]'s matter.

use liandian_types::{Approver, Code, Fen, Problem};
use serde::{Deserialize, Serialize};

use crate::Refusable;

/// What a field is worth. Which unit a number has, the field says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "value")]
pub enum Value {
    /// Yes or no.
    Switch(bool),
    /// A number in the field's unit.
    Number(i64),
    /// One of the field's words.
    Choice(String),
}

/// A value that can stand in a constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Preset {
    /// Yes or no.
    Switch(bool),
    /// A number in the field's unit.
    Number(i64),
    /// One of the field's words.
    Choice(&'static str),
}

impl From<Preset> for Value {
    fn from(p: Preset) -> Value {
        match p {
            Preset::Switch(on) => Value::Switch(on),
            Preset::Number(n) => Value::Number(n),
            Preset::Choice(word) => Value::Choice(word.to_owned()),
        }
    }
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Things: units, orders, products.
    Count,
    /// Hundredths.
    Percent,
    /// Thousandths.
    PerMille,
    /// Money.
    Fen,
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
    /// Days.
    Days,
    /// Points of the matching.
    Points,
}

impl Unit {
    /// As it stands behind a number on a page; money has its sign in front.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Unit::Count | Unit::Fen => "",
            Unit::Percent => "%",
            Unit::PerMille => "‰",
            Unit::Minutes => " 分钟",
            Unit::Hours => " 小时",
            Unit::Days => " 天",
            Unit::Points => " 分",
        }
    }
}

/// What may stand in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Yes or no.
    Switch,
    /// A number within bounds, both included.
    Number {
        /// What it counts.
        unit: Unit,
        /// The least.
        min: i64,
        /// The most.
        max: i64,
    },
    /// One of these words, each with its title.
    Choice(&'static [(&'static str, &'static str)]),
}

/// Who may say something about a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Every level, down to the single store.
    Store,
    /// HQ for the whole chain: it counts across stores.
    Chain,
}

/// What a field is about, for the order on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// What a store sells.
    Listing,
    /// At what price.
    Price,
    /// Products and campaigns of its own.
    Local,
    /// Who is asked.
    Approval,
    /// Counting, stock, tills.
    Stock,
    /// Which store serves an order.
    Matching,
    /// What unpaid orders hold.
    Holds,
    /// What stores ask of each other.
    Asks,
    /// When customers come, or have it brought.
    Slots,
}

impl Group {
    /// The group's heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Group::Listing => "上架",
            Group::Price => "价格",
            Group::Local => "本地商品与活动",
            Group::Approval => "审批",
            Group::Stock => "库存与盘点",
            Group::Matching => "门店匹配",
            Group::Holds => "未付款订单",
            Group::Asks => "调货",
            Group::Slots => "预约时段",
        }
    }
}

/// One policy field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Which.
    pub key: FieldKey,
    /// What it is about.
    pub group: Group,
    /// Its name on a page.
    pub label: &'static str,
    /// What it means, in a sentence.
    pub explanation: &'static str,
    /// What may stand in it.
    pub kind: Kind,
    /// Who may say something about it.
    pub reach: Reach,
    /// What holds when nobody says anything.
    pub default: Preset,
}

impl Field {
    /// May this value stand in the field?
    ///
    /// # Errors
    /// `bad_request` with a sentence that names the field, its unit and its bounds.
    pub fn check(&self, value: &Value) -> Refusable<()> {
        let refuse = |why: String| Err(Problem::new(Code::BadRequest, format!("“{}”{why}", self.label)).at(self.key.as_str()));
        match (self.kind, value) {
            (Kind::Switch, Value::Switch(_)) => Ok(()),
            (Kind::Number { unit, min, max }, Value::Number(n)) => {
                if (min..=max).contains(n) {
                    Ok(())
                } else {
                    refuse(format!("应在 {} 到 {} 之间", number(unit, min), number(unit, max)))
                }
            }
            (Kind::Choice(words), Value::Choice(word)) => {
                if words.iter().any(|(w, _)| w == word) {
                    Ok(())
                } else {
                    let titles: Vec<&str> = words.iter().map(|(_, title)| *title).collect();
                    refuse(format!("只能是：{}", titles.join("、")))
                }
            }
            (Kind::Switch, _) => refuse("只能是开或关".into()),
            (Kind::Number { .. }, _) => refuse("应是数字".into()),
            (Kind::Choice(_), _) => refuse("应是选项之一".into()),
        }
    }

    /// The value as people read it.
    #[must_use]
    pub fn show(&self, value: &Value) -> String {
        match (self.kind, value) {
            (_, Value::Switch(true)) => "开".to_owned(),
            (_, Value::Switch(false)) => "关".to_owned(),
            (Kind::Number { unit, .. }, Value::Number(n)) => number(unit, *n),
            (_, Value::Number(n)) => n.to_string(),
            (Kind::Choice(words), Value::Choice(word)) => {
                words.iter().find(|(w, _)| w == word).map_or_else(|| word.clone(), |(_, title)| (*title).to_owned())
            }
            (_, Value::Choice(word)) => word.clone(),
        }
    }
}

fn number(unit: Unit, n: i64) -> String {
    match unit {
        Unit::Fen => Fen(n).to_string(),
        other => format!("{n}{}", other.title()),
    }
}

/// Money of one delivery.
const fn fee(max: i64) -> Kind {
    Kind::Number { unit: Unit::Fen, min: 0, max }
}

const fn count(max: i64) -> Kind {
    Kind::Number { unit: Unit::Count, min: 0, max }
}
const fn between(min: i64, max: i64) -> Kind {
    Kind::Number { unit: Unit::Count, min, max }
}
const fn percent(max: i64) -> Kind {
    Kind::Number { unit: Unit::Percent, min: 0, max }
}
const fn points() -> Kind {
    Kind::Number { unit: Unit::Points, min: 0, max: 10_000 }
}

/// What becomes of a store's price that a new floor is above.
const FLOOR_RULES: &[(&str, &str)] = &[("raise", "按最低售价销售"), ("take_off", "下架")];
/// What becomes of a running discount that a new rule would not let begin.
const RUNNING_RULES: &[(&str, &str)] = &[("end", "立即结束"), ("keep", "保留到原定结束时间")];
/// Who may be asked.
const APPROVERS: &[(&str, &str)] = &[("region", "区域经理"), ("hq", "总部"), ("two_hq", "总部两人"), ("nobody", "不受理")];
/// How long a slot is.
const SLOT_LENGTHS: &[(&str, &str)] = &[("30", "30 分钟"), ("60", "60 分钟")];
/// HQ reviews in any case.
const HQ_APPROVERS: &[(&str, &str)] = &[("hq", "总部"), ("two_hq", "总部两人")];

macro_rules! fields {
    ($($name:ident = $key:literal, $group:ident, $reach:ident, $label:literal, $kind:expr, $preset:ident($default:expr), $why:literal;)*) => {
        /// The registered fields.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum FieldKey { $(#[doc = $why] #[serde(rename = $key)] $name,)* }

        /// Every field, in the order of a page and of [`FieldKey`].
        pub const FIELDS: &[Field] = &[$(Field {
            key: FieldKey::$name,
            group: Group::$group,
            label: $label,
            explanation: $why,
            kind: $kind,
            reach: Reach::$reach,
            default: Preset::$preset($default),
        }),*];

        impl FieldKey {
            /// The word in API and table.
            #[must_use]
            pub fn as_str(self) -> &'static str { match self { $(FieldKey::$name => $key),* } }
        }
    };
}

fields! {
    MayList = "may_list", Listing, Store, "自主选品", Kind::Switch, Switch(false), "门店可否自己从总部商品库选择商品上架或下架；必售商品不能下架。";
    MayPrice = "may_price", Price, Store, "自主定价", Kind::Switch, Switch(false), "门店可否在允许的幅度内自己定价。";
    MaxDiscount = "max_discount", Price, Store, "最大折扣", percent(100), Number(0), "门店价格比总部价格最多低多少；始终与总部价格相比，不与上一次价格相比。";
    MaxMarkup = "max_markup", Price, Store, "最大加价", percent(500), Number(0), "门店价格比总部价格最多高多少。";
    FloorRule = "floor_rule", Price, Store, "低于最低售价时", Kind::Choice(FLOOR_RULES), Choice("raise"), "总部提高最低售价后，门店原价格低于它时怎样处理。";
    FlagshipLocked = "flagship_locked", Price, Store, "主推商品锁价", Kind::Switch, Switch(true), "品牌主推商品的价格只由总部决定。";
    MayTimedPrice = "may_timed_price", Price, Store, "限时折扣", Kind::Switch, Switch(false), "门店可否自己设置限时价格；折扣幅度同样受最大折扣限制。";
    TimedPriceDays = "timed_price_days", Price, Store, "限时折扣最长时间", Kind::Number { unit: Unit::Days, min: 1, max: 366 }, Number(14), "一次限时价格最长持续多久。";
    RunningDiscounts = "running_discounts", Price, Store, "规则收紧后的限时折扣", Kind::Choice(RUNNING_RULES), Choice("end"), "规则或总部价格变化后，正在进行的限时折扣不再合规时怎样处理。";
    FeeBase = "fee_base", Price, Chain, "配送起步费", fee(10_000), Number(400), "骑手配送第一公里的费用。";
    FeeKm = "fee_km", Price, Chain, "每公里加收", fee(10_000), Number(100), "第一公里以后，每满或不满一公里加收多少。";
    FeeKg = "fee_kg", Price, Chain, "每公斤加收", fee(10_000), Number(100), "超过免加收重量后，每满或不满一公斤加收多少；满额也不免。";
    FeeFreeKg = "fee_free_kg", Price, Chain, "免加收重量", count(1_000), Number(5), "多少公斤以内不加收重量费。";
    FeeFreeFrom = "fee_free_from", Price, Chain, "满额免运费", fee(100_000_000), Number(9_900), "商品金额满多少免配送起步费和里程费，包裹免首公斤。";
    MayLocal = "may_local", Local, Store, "本地商品", Kind::Switch, Switch(false), "门店可否上传自己的本地商品；首次上架始终由总部审核。";
    LocalProducts = "local_products", Local, Store, "本地商品数量", count(2_000), Number(0), "一家门店最多可有多少个本地商品。";
    LocalDocuments = "local_documents", Local, Store, "本地商品须有资质", Kind::Switch, Switch(true), "本地商品首次上架时必须附有未到期的资质文件。";
    MayCampaign = "may_campaign", Local, Store, "门店活动", Kind::Switch, Switch(false), "门店可否发起自己的促销活动。";
    CampaignDiscount = "campaign_discount", Local, Store, "门店活动最大优惠", percent(100), Number(0), "门店活动的优惠不超过多少时不必审批。";
    MayProfile = "may_profile", Local, Store, "自行修改门店资料", Kind::Switch, Switch(false), "门店可否不经审批修改自己的电话、营业时间等资料。";
    ApproveListing = "approve_listing", Approval, Store, "选品由谁审批", Kind::Choice(APPROVERS), Choice("hq"), "门店超出选品权限时由谁审批。";
    ApprovePrice = "approve_price", Approval, Store, "价格由谁审批", Kind::Choice(APPROVERS), Choice("hq"), "门店价格或限时折扣超出幅度时由谁审批；低于最低售价的一律不受理。";
    ApproveLocal = "approve_local", Approval, Store, "本地商品由谁审核", Kind::Choice(HQ_APPROVERS), Choice("hq"), "本地商品首次上架由总部几人审核。";
    ApproveCampaign = "approve_campaign", Approval, Store, "门店活动由谁审批", Kind::Choice(APPROVERS), Choice("hq"), "门店活动超出权限时由谁审批。";
    ApproveProfile = "approve_profile", Approval, Store, "门店资料由谁审批", Kind::Choice(APPROVERS), Choice("region"), "门店修改资料需要审批时由谁审批。";
    RemindAfter = "remind_after", Approval, Store, "审批提醒间隔", Kind::Number { unit: Unit::Hours, min: 1, max: 720 }, Number(24), "审批单无人处理时，每隔多久提醒一次。";
    LowAt = "low_at", Stock, Store, "低库存线", count(20), Number(3), "可售数量不多于它时算作低库存。";
    TillSilent = "till_silent", Stock, Store, "收银无数据时限", Kind::Number { unit: Unit::Minutes, min: 30, max: 10_080 }, Number(180), "营业时间内收银系统多久没有数据就提示异常。";
    Splits = "splits", Stock, Chain, "热门库存自动分片", Kind::Switch, Switch(true), "抢购时自动把库存记录分片；关闭后只由总部手动分片。";
    CountUnits = "count_units", Stock, Store, "盘点免审件数", count(10_000), Number(2), "盘点或报损单行差异不超过多少件时不必审批。";
    CountValue = "count_value", Stock, Store, "盘点免审金额", Kind::Number { unit: Unit::Fen, min: 0, max: 100_000_000 }, Number(5_000), "盘点或报损差异合计不超过多少金额时不必审批。";
    CountShare = "count_share", Stock, Store, "盘点免审比例", percent(100), Number(50), "单行减少不超过原库存多少比例时不必审批。";
    PerKm = "per_km", Matching, Chain, "每公里", points(), Number(100), "匹配门店时每公里距离的扣分。";
    PerMinute = "per_minute", Matching, Chain, "每分钟", points(), Number(4), "匹配门店时每多等一分钟的扣分。";
    PerWaiting = "per_waiting", Matching, Chain, "每个待处理订单", points(), Number(15), "匹配门店时每个待处理订单的扣分。";
    PerSpare = "per_spare", Matching, Chain, "每件富余库存", points(), Number(5), "匹配门店时每件富余库存的加分，最多计十件。";
    UnpaidOrders = "unpaid_orders", Holds, Chain, "未付款订单数", between(1, 20), Number(5), "一位会员同时最多有多少个未付款订单。";
    UnpaidUnits = "unpaid_units", Holds, Chain, "未付款件数", between(1, 99_999), Number(300), "一位会员的未付款订单合计最多占用多少件。";
    OrderSkuUnits = "order_sku_units", Holds, Chain, "单品限购", between(1, 999), Number(200), "一个订单中同一规格最多多少件。";
    OrderUnits = "order_units", Holds, Chain, "单笔限购", between(1, 99_999), Number(300), "一个订单最多多少件。";
    ShelfPercent = "shelf_percent", Holds, Chain, "占用库存比例", Kind::Number { unit: Unit::Percent, min: 1, max: 100 }, Number(50), "一位会员的未付款订单最多占用可售库存的多少比例。";
    ShelfFloor = "shelf_floor", Holds, Chain, "占用库存下限", between(1, 99_999), Number(10), "不论比例如何，一位会员至少可占用这么多件。";
    UnpaidCloses = "unpaid_closes", Holds, Chain, "免等待的未付款关闭次数", count(8), Number(2), "一天内未付款关闭多少次以内不必等待。";
    UnpaidWait = "unpaid_wait", Holds, Chain, "最长等待", Kind::Number { unit: Unit::Minutes, min: 0, max: 120 }, Number(30), "多次未付款后再次下单前最长等待多久；0 为不等待。";
    AskPercent = "ask_percent", Asks, Chain, "一次调货比例", percent(100), Number(50), "一次调货最多可立即占用调出方可售库存的多少比例。";
    AskUnits = "ask_units", Asks, Chain, "一次调货件数", count(99_999), Number(200), "一次调货最多可立即占用多少件。";
    AskDayUnits = "ask_day_units", Asks, Chain, "一天调货件数", count(99_999), Number(500), "一家门店一天内最多可立即占用多少件。";
    SlotMinutes = "slot_minutes", Slots, Store, "时段长度", Kind::Choice(SLOT_LENGTHS), Choice("30"), "自提和配送的一个预约时段有多长。";
    SlotPickup = "slot_pickup", Slots, Store, "自提时段容量", count(2_000), Number(0), "一个时段最多接多少单自提；0 为不分时段，只有尽快。";
    SlotDelivery = "slot_delivery", Slots, Store, "配送时段容量", count(2_000), Number(0), "一个时段最多接多少单配送；0 为不分时段，只有尽快。";
    SlotCutoff = "slot_cutoff", Slots, Store, "预约截止", Kind::Number { unit: Unit::Minutes, min: 0, max: 1_440 }, Number(60), "时段开始前多久停止预约。";
    SlotDays = "slot_days", Slots, Store, "可预约天数", Kind::Number { unit: Unit::Days, min: 1, max: 7 }, Number(3), "顾客可以预约几天内的时段，含今天。";
    SlotRaise = "slot_raise", Slots, Store, "门店可上调容量", percent(500), Number(0), "门店自己最多可把一个时段的容量上调多少；调低和暂停不受限制。";
}

impl FieldKey {
    /// Its entry in the registry.
    #[must_use]
    pub fn field(self) -> &'static Field {
        // The registry and the enum come from the same rows, in the same order.
        &FIELDS[self as usize]
    }

    /// The field with this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<FieldKey> {
        FIELDS.iter().map(|f| f.key).find(|k| k.as_str() == word)
    }

    /// What holds when nobody says anything.
    #[must_use]
    pub fn default_value(self) -> Value {
        self.field().default.into()
    }
}

impl From<Approver> for Value {
    fn from(a: Approver) -> Value {
        Value::Choice(a.as_str().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn given_the_registry_when_read_then_every_default_fits_and_every_key_finds_its_own_row() {
        let mut keys = BTreeSet::new();
        for f in FIELDS {
            assert_eq!(f.key.field().key, f.key);
            assert_eq!(FieldKey::parse(f.key.as_str()), Some(f.key));
            assert!(keys.insert(f.key.as_str()), "{} is there twice", f.key.as_str());
            f.check(&f.default.into()).unwrap();
            assert!(f.explanation.ends_with('。') && !f.label.is_empty());
            let text = serde_json::to_string(&f.key).unwrap();
            assert_eq!(text, format!("\"{}\"", f.key.as_str()));
            if let Kind::Number { unit: Unit::Percent, max, .. } = f.kind {
                assert!(max >= 100);
            }
        }
        assert_eq!(FieldKey::parse("no_such"), None);
    }

    #[test]
    fn given_values_out_of_bounds_or_of_another_type_when_checked_then_the_refusal_names_field_and_bounds() {
        let discount = FieldKey::MaxDiscount.field();
        assert!(discount.check(&Value::Number(0)).is_ok() && discount.check(&Value::Number(100)).is_ok());
        let p = discount.check(&Value::Number(101)).unwrap_err();
        assert_eq!((p.code, p.field.as_deref(), p.detail.as_str()), (Code::BadRequest, Some("max_discount"), "“最大折扣”应在 0% 到 100% 之间"));
        assert!(discount.check(&Value::Number(-1)).is_err());
        assert!(discount.check(&Value::Switch(true)).is_err());
        assert!(FieldKey::MayList.field().check(&Value::Number(1)).is_err());
        // HQ reviews a local product in any case.
        assert!(FieldKey::ApproveLocal.field().check(&Approver::Region.into()).is_err());
        assert!(FieldKey::ApproveLocal.field().check(&Approver::TwoHq.into()).is_ok());
        assert_eq!(FieldKey::CountValue.field().show(&Value::Number(5_000)), "¥50.00");
        assert_eq!(FieldKey::ApprovePrice.field().show(&Approver::TwoHq.into()), "总部两人");
    }

    #[test]
    fn given_every_approver_when_offered_then_word_and_title_are_the_type_s() {
        let all: Vec<(&str, &str)> = Approver::ALL.iter().map(|a| (a.as_str(), a.title())).collect();
        assert_eq!(all, APPROVERS);
    }
}
