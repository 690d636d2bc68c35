//! A campaign from its first draft to its end. A store's own goes live only after HQ has looked at it.
//!
//! ```text
//! draft ─submit─▶ review ─approve─▶ scheduled ─its time─▶ running ─its end─▶ over
//!   ▲ └───────────schedule (HQ's own)──▲ │ ▲                │
//!   └───reject,─────┘                    ▼ └resume── paused ◀┘ pause      end: ─▶ over
//!       withdraw
//! ```
//!
//! A store's own is paused by its store, by HQ, or by both: it goes on when whoever paused it has resumed it, so a store never lifts HQ's pause.
//!
//! What is kept is `scheduled`; whether its time has come, or is over, the clock says.

use liandian_contracts::{Event, event::FieldChange};
use liandian_pricing::{
    Campaign, GroupRule, Kind, Level, Line,
    kinds::{Part, Worth},
};
use liandian_types::{CampaignId, CampaignState, CampaignStep, Code, Fen, Fulfilment, Problem, Quantity, StaffId, StoreId, Timestamp, text::unfit};
use serde::{Deserialize, Serialize};

use crate::{
    Decision, Refusable,
    catalog::LibrarySku,
    conflict,
    decision::{Aggregate, MarketingWrite},
    marketing::used::Limits,
    stores::hours::{CHINA, clock_text, day, local_text, midnight, offset_min},
};

/// The mark of a brand's flagship goods.
pub const FLAGSHIP: &str = "flagship";

/// The most entries of a campaign's lists.
pub const MOST_LISTED: usize = 200;

/// The most stores that a campaign names: whole regions, and stores of a mode or a tier, are named one by one.
pub const MOST_STORES: usize = 2_000;

/// The longest that a campaign runs.
pub const LONGEST: i64 = 366 * Timestamp::DAY;

/// A campaign with its way through the chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The campaign; what is left of it is counted elsewhere.
    pub campaign: Campaign,
    /// The store whose own it is; absent for HQ's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<StoreId>,
    /// Where it stands, but for the clock: [`Record::state_at`].
    pub state: CampaignState,
    /// Up to where it applies.
    #[serde(default)]
    pub limits: Limits,
    /// Why HQ sent it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who has paused it.
    #[serde(default, skip_serializing_if = "Pauses::is_none")]
    pub pauses: Pauses,
    /// Counts the changes.
    pub version: u64,
}

/// Who paused a campaign, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Who.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
}

/// The pauses of a campaign. One that was paused before it was kept who does it has none of them, and is resumed by anybody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pauses {
    /// HQ's: it holds until HQ resumes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hq: Option<Pause>,
    /// The store's, of its own campaign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<Pause>,
}

impl Pauses {
    /// Does nobody pause it?
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.hq.is_none() && self.store.is_none()
    }

    /// That of HQ, or of the store.
    fn of(&self, hq: bool) -> Option<&Pause> {
        if hq { self.hq.as_ref() } else { self.store.as_ref() }
    }

    /// With that of one side as it is now.
    fn with(&self, hq: bool, pause: Option<Pause>) -> Self {
        if hq { Self { hq: pause, ..self.clone() } } else { Self { store: pause, ..self.clone() } }
    }

    /// Who pauses it, for people.
    #[must_use]
    pub fn title(&self) -> Option<&'static str> {
        match (&self.hq, &self.store) {
            (Some(_), Some(_)) => Some("总部和门店均已暂停"),
            (Some(_), None) => Some("总部已暂停"),
            (None, Some(_)) => Some("门店已暂停"),
            (None, None) => None,
        }
    }
}

/// Who takes a step, or looks at which there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side {
    /// Somebody of HQ, and not of the store whose own it is.
    pub hq: bool,
    /// May decide what goes live.
    pub reviews: bool,
}

impl Side {
    /// The store whose own it is.
    pub const STORE: Self = Self { hq: false, reviews: false };
}

impl Record {
    /// Where it stands now.
    #[must_use]
    pub fn state_at(&self, now: Timestamp) -> CampaignState {
        let s = &self.campaign.schedule;
        match self.state {
            CampaignState::Scheduled | CampaignState::Running | CampaignState::Paused if now >= s.until => CampaignState::Over,
            CampaignState::Scheduled if now >= s.from => CampaignState::Running,
            other => other,
        }
    }

    /// Which steps may follow for somebody of HQ, or of the store whose own it is.
    #[must_use]
    pub fn steps(&self, side: Side, now: Timestamp) -> Vec<CampaignStep> {
        use CampaignStep as S;
        let mut all = match self.state_at(now) {
            CampaignState::Draft if side.reviews && self.owner.is_none() => vec![S::Schedule, S::Submit],
            CampaignState::Draft => vec![S::Submit],
            CampaignState::Review => {
                let decides: &[S] = if side.reviews { &[S::Approve, S::Reject] } else { &[] };
                let author: &[S] = if side.hq == self.owner.is_none() { &[S::Withdraw] } else { &[] };
                [decides, author].concat()
            }
            CampaignState::Scheduled | CampaignState::Running => vec![S::Pause, S::End],
            CampaignState::Paused if self.pauses.is_none() || self.pauses.of(side.hq).is_some() => vec![S::Resume, S::End],
            // The other side's pause stays: HQ may hold one that its store has paused, so that the store does not resume it.
            CampaignState::Paused if side.hq => vec![S::Pause, S::End],
            CampaignState::Paused => vec![S::End],
            CampaignState::Over => Vec::new(),
        };
        if self.copied_by(side) {
            all.push(S::Copy);
        }
        all
    }

    /// May it be copied? A store copies its own: the copy is its draft, which HQ does not see.
    fn copied_by(&self, side: Side) -> bool {
        side.hq == self.owner.is_none()
    }

    /// Its state for people: of one that is paused, by whom.
    #[must_use]
    pub fn standing(&self, now: Timestamp) -> &'static str {
        let state = self.state_at(now);
        self.pauses.title().filter(|_| state == CampaignState::Paused).unwrap_or_else(|| state.title())
    }

    /// Each thing that people decide, as people read it.
    fn fields(&self) -> Vec<(&'static str, String)> {
        let c = &self.campaign;
        let number = |n: Option<u32>| n.map_or_else(|| "不限".to_owned(), |n| n.to_string());
        let list = |all: Vec<&str>| if all.is_empty() { "不限".to_owned() } else { all.join("、") };
        let words = |all: &[String]| list(all.iter().map(String::as_str).collect());
        let yes = |on: bool| if on { "是" } else { "否" }.to_owned();
        let group = c.group.as_ref().map_or_else(
            || "无".to_owned(),
            |g| {
                let rule = match g.rule {
                    GroupRule::OneOf => "选一",
                    GroupRule::AllOf => "同享",
                    GroupRule::Exclusive => "独享",
                };
                format!("{}（{rule}）", g.name)
            },
        );
        vec![
            ("state", self.pauses.title().filter(|_| self.state == CampaignState::Paused).unwrap_or_else(|| self.state.title()).to_owned()),
            ("title", c.title.clone()),
            ("rule", what(&c.kind)),
            ("priority", c.priority.to_string()),
            ("skus", list(c.scope.skus.iter().map(liandian_types::SkuId::as_str).collect())),
            ("categories", words(&c.scope.categories)),
            ("brands", words(&c.scope.brands)),
            ("without", list(c.scope.without.iter().map(liandian_types::SkuId::as_str).collect())),
            ("group", group),
            ("beside_hq", yes(c.beside_hq)),
            ("breaks_floor", yes(c.breaks_floor)),
            ("new_only", yes(c.audience.new_only)),
            ("when", when(c)),
            ("stores", list(c.stores.iter().map(StoreId::as_str).collect())),
            ("fulfilments", list(c.fulfilments.iter().map(|f| f.title()).collect())),
            ("person_limit", number(self.limits.person)),
            ("day_limit", number(self.limits.day)),
            ("limit", number(self.limits.orders)),
            ("budget", self.limits.budget.map_or_else(|| "不限".to_owned(), Fen::yuan)),
            ("hq_bears", format!("{}.{}%", c.hq_bears.0 / 10, c.hq_bears.0 % 10)),
            ("detail", detail(&c.kind)),
            ("tier", if c.audience.tier == 0 { "不限".to_owned() } else { format!("{} 级及以上", c.audience.tier) }),
        ]
    }
}

/// What [`what`] leaves out of a rule: which goods, at what, and how many. Empty where it leaves nothing out.
fn detail(kind: &Kind) -> String {
    let list = |all: Vec<String>| all.join("、");
    match kind {
        Kind::LimitedPrice(k) => list(k.prices.iter().map(|p| format!("{} {}", p.sku, p.price)).collect()),
        Kind::Flash(k) => format!("{}，共 {} 件，每人 {} 件", k.sku, k.stock, k.per_person),
        Kind::Combo(k) => {
            let of = |p: &Part| p.of.iter().map(liandian_types::SkuId::as_str).collect::<Vec<_>>().join("/");
            list(k.parts.iter().map(|p| format!("{} {} 件", of(p), p.units)).collect())
        }
        Kind::Gift(k) => {
            let gifts = list(k.gifts.iter().map(|g| format!("{} {} 件", g.sku, g.units)).collect());
            if k.at_pickup { format!("{gifts}，自提时领取") } else { format!("{gifts}，随订单送出") }
        }
        Kind::Delivery(k) => {
            let far = k.metres.map(|m| format!("{m} 米内"));
            list(far.into_iter().chain(k.grams.map(|g| format!("{g} 克以内"))).collect())
        }
        Kind::AddOn(k) => {
            let items = list(k.items.iter().map(|i| format!("{} {}", i.sku, i.price)).collect());
            format!("{items}，每单 {} 件", k.units)
        }
        Kind::TierPrice(k) => list(k.rates.iter().map(|r| format!("{} 级 {}", r.tier, rate(r.off))).collect()),
        _ => String::new(),
    }
}

/// Tenths of the price that are left: `8.5 折`.
pub(super) fn rate(off: u16) -> String {
    let left = 1_000 - u32::from(off.min(1_000));
    let (whole, part) = (left / 100, left % 100);
    match part {
        0 => format!("{whole} 折"),
        p if p % 10 == 0 => format!("{whole}.{} 折", p / 10),
        p => format!("{whole}.{p:02} 折"),
    }
}

/// What a campaign does, in a few words.
#[must_use]
pub fn what(kind: &Kind) -> String {
    match kind {
        Kind::LimitedPrice(k) => format!("{} 种商品限时价", k.prices.len()),
        Kind::TierPrice(_) => "会员价".to_owned(),
        Kind::Flash(k) => format!("秒杀价 {}", k.price),
        Kind::NthItem(k) if k.off >= 1_000 => format!("每 {} 件免 1 件", k.n),
        Kind::NthItem(k) => format!("第 {} 件 {}", k.n, rate(k.off)),
        Kind::Combo(k) => format!("{} 件套餐 {}", k.parts.iter().map(|p| p.units.max(1)).sum::<u32>(), k.price),
        Kind::AnyOf(k) => format!("任选 {} 件 {}", k.units, k.price),
        Kind::AddOn(k) => match k.items.iter().map(|i| i.price).min() {
            Some(price) => format!("满 {} 加 {price} 起换购", k.from.yuan()),
            None => "加价购".to_owned(),
        },
        Kind::Percent(k) => rate(k.off),
        Kind::Amount(k) => format!("每件减 {}", k.off),
        Kind::Steps(k) => {
            let steps = k.steps.iter().map(|s| format!("满 {} 减 {}", s.from.yuan(), s.off.yuan())).collect::<Vec<_>>().join("，");
            if k.repeat > 1 { format!("{steps}，可叠加 {} 次", k.repeat) } else { steps }
        }
        Kind::StepPercent(k) => {
            let step = |s: &liandian_pricing::kinds::StepRate| match (s.from, s.units) {
                (from, 0) => format!("满 {} 享 {}", from.yuan(), rate(s.off)),
                (Fen::ZERO, units) => format!("满 {units} 件享 {}", rate(s.off)),
                (from, units) => format!("满 {} 且 {units} 件享 {}", from.yuan(), rate(s.off)),
            };
            k.steps.iter().map(step).collect::<Vec<_>>().join("，")
        }
        Kind::Coupon(k) => match k.worth {
            Worth::Amount(off) => format!("优惠券 {off}"),
            Worth::Percent { off, .. } => format!("优惠券 {}", rate(off)),
            Worth::Delivery(off) => format!("配送券 {off}"),
        },
        Kind::Gift(k) => format!("满 {} 赠 {} 件", k.from.yuan(), k.gifts.iter().map(|g| g.units).sum::<u32>()),
        Kind::Delivery(k) if k.fee == Fen::ZERO => format!("满 {} 免配送费", k.from.yuan()),
        Kind::Delivery(k) => format!("满 {} 配送费 {}", k.from.yuan(), k.fee),
    }
}

/// When a campaign runs, by China's clock.
#[must_use]
pub fn when(c: &Campaign) -> String {
    let s = &c.schedule;
    let mut text = format!("{} 至 {}", local_text(s.from, CHINA), local_text(s.until, CHINA));
    let days: Vec<&str> =
        ["一", "二", "三", "四", "五", "六", "日"].into_iter().enumerate().filter(|(i, _)| s.weekdays & (1_u8 << *i) != 0).map(|(_, d)| d).collect();
    if !days.is_empty() && days.len() < 7 {
        text.push_str(&format!("，每周{}", days.join("、")));
    }
    let days: Vec<String> = (1..=31_u32).filter(|d| s.month_days & (1_u32 << (*d - 1)) != 0).map(|d| d.to_string()).collect();
    if !days.is_empty() {
        text.push_str(&format!("，每月 {} 日", days.join("、")));
    }
    if let Some((from, until)) = s.minutes {
        text.push_str(&format!("，{}–{}", clock_text(from), clock_text(until)));
    }
    text
}

/// Does a campaign run at this very moment, by this zone's clock: on this day and at this hour?
#[must_use]
pub fn runs_at(c: &Campaign, now: Timestamp, zone: &str) -> bool {
    let s = &c.schedule;
    let local = now.0 + i64::from(offset_min(now, zone)) * Timestamp::MINUTE;
    // The epoch was a Thursday; bit 0 is Monday.
    let weekday = (local.div_euclid(Timestamp::DAY) + 3).rem_euclid(7);
    let month_day = i64::from(day(now, zone).day()).max(1) - 1;
    let minute = local.rem_euclid(Timestamp::DAY) / Timestamp::MINUTE;
    s.from <= now
        && now < s.until
        && (s.weekdays == 0 || i64::from(s.weekdays) & (1_i64 << weekday) != 0)
        && (s.month_days == 0 || i64::from(s.month_days) & (1_i64 << month_day) != 0)
        && s.minutes.is_none_or(|(from, until)| (i64::from(from)..i64::from(until)).contains(&minute))
}

/// A line as campaigns see it.
#[must_use]
pub fn line(sku: &LibrarySku, quantity: Quantity, price: Fen) -> Line {
    Line {
        sku: sku.sku.clone(),
        quantity,
        price,
        floor: sku.floor,
        category: sku.category.clone(),
        brand: sku.brand.clone(),
        marks: if sku.flagship { vec![FLAGSHIP.to_owned()] } else { Vec::new() },
        weight_g: sku.weight_g,
    }
}

/// Is a campaign about goods like this one in particular, and not about all that a store has? Then a label beside them says so.
#[must_use]
pub fn labels(c: &Campaign, line: &Line) -> bool {
    let scope = &c.scope;
    let narrow = !(scope.skus.is_empty() && scope.categories.is_empty() && scope.brands.is_empty() && scope.marks.is_empty());
    let named = match &c.kind {
        Kind::LimitedPrice(k) => k.prices.iter().any(|p| p.sku == line.sku),
        Kind::Flash(k) => k.sku == line.sku,
        Kind::Combo(k) => k.parts.iter().any(|p| p.of.contains(&line.sku)),
        // What may be added is labelled; what brings it near is the cart's to tell.
        Kind::AddOn(k) => k.items.iter().any(|i| i.sku == line.sku),
        // A gift says so beside what it is given for.
        Kind::Delivery(_) | Kind::Coupon(_) | Kind::TierPrice(_) => false,
        _ => narrow,
    };
    named && (matches!(c.kind, Kind::AddOn(_)) || scope.holds(line))
}

/// Is this good one of those that a campaign is about, as its own page lists them? What may be added for little is one, too.
#[must_use]
pub fn takes_part(c: &Campaign, line: &Line) -> bool {
    let scope = c.scope.holds(line);
    match &c.kind {
        Kind::LimitedPrice(k) => scope && k.prices.iter().any(|p| p.sku == line.sku),
        Kind::Flash(k) => scope && k.sku == line.sku,
        Kind::Combo(k) => scope && k.parts.iter().any(|p| p.of.contains(&line.sku)),
        Kind::AddOn(k) => scope || k.items.iter().any(|i| i.sku == line.sku),
        _ => scope,
    }
}

pub(super) fn bad<T>(field: &str, detail: impl Into<String>) -> Refusable<T> {
    Err(Problem::new(Code::BadRequest, detail).at(field))
}

pub(super) fn between(field: &str, n: u32, least: u32, most: u32) -> Refusable<()> {
    if (least..=most).contains(&n) { Ok(()) } else { bad(field, format!("请填写 {least} 到 {most}")) }
}

pub(super) fn money(field: &str, amount: Fen, least: i64) -> Refusable<()> {
    if (least..=100_000_000).contains(&amount.0) { Ok(()) } else { bad(field, format!("金额为 {} 到 1000000.00 元", Fen(least).yuan())) }
}

/// Is this a campaign that may run?
///
/// # Errors
/// `bad_request` naming the field.
pub fn check(c: &Campaign, owner: Option<&StoreId>, limits: &Limits) -> Refusable<()> {
    let title = c.title.trim().chars().count();
    if !(2..=20).contains(&title) || unfit(&c.title).is_some() {
        return bad("title", "活动名称为 2 到 20 个字");
    }
    if !(-1_000..=1_000).contains(&c.priority) {
        return bad("priority", "优先级为 -1000 到 1000");
    }
    if c.group.as_ref().is_some_and(|g| !(1..=20).contains(&g.name.trim().chars().count()) || unfit(&g.name).is_some()) {
        return bad("group", "选一组的名称为 1 到 20 个字");
    }
    let s = &c.schedule;
    if s.until <= s.from {
        return bad("until", "结束时间要晚于开始时间");
    }
    if s.until.0.saturating_sub(s.from.0) > LONGEST {
        return bad("until", "一个活动最长一年");
    }
    if s.weekdays > 0b111_1111 {
        return bad("weekdays", "星期无效");
    }
    if s.minutes.is_some_and(|(from, until)| from >= until || until > 1_440) {
        return bad("minute_until", "每天的结束时刻要晚于开始时刻");
    }
    let scope = &c.scope;
    let lists =
        [("skus", scope.skus.len()), ("categories", scope.categories.len()), ("brands", scope.brands.len()), ("without", scope.without.len())];
    if c.stores.len() > MOST_STORES {
        return bad("stores", format!("最多 {MOST_STORES} 家门店；不填为全部"));
    }
    if let Some((field, _)) = lists.iter().find(|(_, n)| *n > MOST_LISTED) {
        return bad(field, format!("最多 {MOST_LISTED} 项"));
    }
    for (field, n) in [("person_limit", limits.person), ("day_limit", limits.day), ("limit", limits.orders)] {
        n.map_or(Ok(()), |n| between(field, n, 1, 10_000_000))?;
    }
    limits.budget.map_or(Ok(()), |b| money("budget", b, 1))?;
    if c.hq_bears.0 > 1_000 {
        return bad("hq_bears", "总部承担为 0% 到 100%");
    }
    if owner.is_some() && (c.level != Level::Store || c.hq_bears.0 != 0 || c.breaks_floor) {
        return bad("hq_bears", "门店自己的活动由门店承担，也不能低于最低售价");
    }
    if matches!(&c.kind, Kind::Gift(k) if !k.at_pickup) && (c.fulfilments.is_empty() || c.fulfilments.contains(&Fulfilment::HqShip)) {
        return bad("fulfilments", "赠品从门店货架取，总部直发的订单没有");
    }
    if c.audience.tier > 20 {
        return bad("tier", "会员等级为 0 到 20");
    }
    rule(&c.kind)
}

/// Is this a rule that gives something, and not everything?
fn rule(kind: &Kind) -> Refusable<()> {
    match kind {
        Kind::LimitedPrice(k) => {
            between("rule.prices", u32::try_from(k.prices.len()).unwrap_or(u32::MAX), 1, 200)?;
            k.prices.iter().try_for_each(|p| money("rule.prices", p.price, 1))
        }
        Kind::Percent(k) => between("rule.off", u32::from(k.off), 1, 990),
        Kind::Amount(k) => money("rule.off", k.off, 1),
        Kind::Steps(k) => {
            between("rule.steps", u32::try_from(k.steps.len()).unwrap_or(u32::MAX), 1, 5)?;
            between("rule.repeat", k.repeat, 1, 99)?;
            for s in &k.steps {
                money("rule.steps", s.from, 1)?;
                money("rule.steps", s.off, 1)?;
                if s.off >= s.from {
                    return bad("rule.steps", "减的金额要小于门槛");
                }
            }
            Ok(())
        }
        Kind::StepPercent(k) => {
            between("rule.steps", u32::try_from(k.steps.len()).unwrap_or(u32::MAX), 1, 5)?;
            for s in &k.steps {
                money("rule.steps", s.from, 0)?;
                between("rule.steps", s.units, 0, 999)?;
                between("rule.steps", u32::from(s.off), 1, 990)?;
                if s.from == Fen::ZERO && s.units == 0 {
                    return bad("rule.steps", "请填写满多少元或满几件");
                }
            }
            Ok(())
        }
        Kind::NthItem(k) => between("rule.n", k.n, 2, 10).and_then(|()| between("rule.off", u32::from(k.off), 1, 1_000)),
        Kind::Combo(k) => {
            between("rule.parts", u32::try_from(k.parts.len()).unwrap_or(u32::MAX), 1, 6)?;
            let mut seen = std::collections::BTreeSet::new();
            for p in &k.parts {
                between("rule.parts", p.units, 1, 20)?;
                between("rule.parts", u32::try_from(p.of.len()).unwrap_or(u32::MAX), 1, 50)?;
                if !p.of.iter().all(|sku| seen.insert(sku)) {
                    return bad("rule.parts", "同一商品只能在套餐的一个部分里");
                }
            }
            money("rule.price", k.price, 1)
        }
        Kind::Gift(k) => {
            between("rule.gifts", u32::try_from(k.gifts.len()).unwrap_or(u32::MAX), 1, 5)?;
            k.gifts.iter().try_for_each(|g| between("rule.gifts", g.units, 1, 20))?;
            money("rule.from", k.from, 0)
        }
        Kind::Delivery(k) => {
            k.metres.map_or(Ok(()), |m| between("rule.metres", m, 1, 100_000))?;
            let grams = k.grams.map(|g| u32::try_from(g).unwrap_or(u32::MAX));
            grams.map_or(Ok(()), |g| between("rule.grams", g, 1, 1_000_000))?;
            money("rule.from", k.from, 0).and_then(|()| money("rule.fee", k.fee, 0))
        }
        Kind::AnyOf(k) => between("rule.units", k.units, 2, 50).and_then(|()| money("rule.price", k.price, 1)),
        Kind::Flash(k) => {
            money("rule.price", k.price, 1)?;
            between("rule.stock", k.stock, 1, 1_000_000)?;
            between("rule.per_person", k.per_person, 1, 999)
        }
        Kind::AddOn(k) => {
            between("rule.items", u32::try_from(k.items.len()).unwrap_or(u32::MAX), 1, 20)?;
            between("rule.units", k.units, 1, 20)?;
            let mut seen = std::collections::BTreeSet::new();
            for i in &k.items {
                money("rule.items", i.price, 1)?;
                if !seen.insert(&i.sku) {
                    return bad("rule.items", "同一商品只能写一次");
                }
            }
            money("rule.from", k.from, 1)
        }
        Kind::TierPrice(k) => {
            between("rule.rates", u32::try_from(k.rates.len()).unwrap_or(u32::MAX), 1, 10)?;
            for r in &k.rates {
                between("rule.rates", u32::from(r.tier), 1, 20)?;
                between("rule.rates", u32::from(r.off), 1, 990)?;
            }
            Ok(())
        }
        // It needs something of its own that is counted elsewhere.
        Kind::Coupon(_) => bad("rule.kind", "暂不支持这种活动"),
    }
}

fn changes(old: Option<&Record>, new: &Record) -> Vec<FieldChange> {
    let was = old.map(Record::fields).unwrap_or_default();
    let of = |(i, (field, new)): (usize, (&'static str, String))| {
        let old = was.get(i).map(|(_, v)| v.clone()).unwrap_or_default();
        (old != new).then(|| FieldChange { field: field.to_owned(), old, new })
    };
    new.fields().into_iter().enumerate().filter_map(of).collect()
}

fn written(old: Option<&Record>, new: Record, by: &StaffId) -> (Record, Decision) {
    let mut d = Decision::default();
    // The whole of it is compared, and not what people read of it: a price of a list of prices is a change as well.
    if let Some(same) = old.filter(|o| **o == new) {
        return (same.clone(), d);
    }
    let changes = changes(old, &new);
    let (campaign, owner) = (new.campaign.campaign.clone(), new.owner.clone());
    d.write(MarketingWrite::Campaign(Box::new(new.clone())));
    d.event(Aggregate::Campaign(campaign.clone()), Event::CampaignChanged { campaign, owner, by: by.clone(), changes });
    (Record { version: new.version + 1, ..new }, d)
}

/// Drafts a campaign, or edits a draft; `seen` is the version that its author saw, 0 for a new one. Answers it as it is afterwards.
///
/// # Errors
/// `bad_request` naming the field; `conflict` when it was changed since, or is no draft any more.
pub fn draft(
    old: Option<&Record>,
    campaign: Campaign,
    owner: Option<StoreId>,
    limits: Limits,
    seen: u64,
    by: &StaffId,
) -> Refusable<(Record, Decision)> {
    let version = old.map_or(0, |o| o.version);
    if seen != version {
        return conflict("活动刚被其他人修改过，请刷新页面，核对后再保存");
    }
    if let Some(o) = old.filter(|o| o.state != CampaignState::Draft) {
        return conflict(format!("活动当前为「{}」，不能修改；可以复制一份再改", o.state.title()));
    }
    check(&campaign, owner.as_ref(), &limits)?;
    let reason = old.and_then(|o| o.reason.clone());
    Ok(written(old, Record { campaign, owner, state: CampaignState::Draft, limits, reason, pauses: Pauses::default(), version }, by))
}

/// What somebody does with a campaign.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// Which step.
    pub step: CampaignStep,
    /// The version that was seen.
    pub seen: u64,
    /// Why, when it is sent back.
    pub reason: Option<&'a str>,
    /// For whom.
    pub side: Side,
    /// Who.
    pub by: &'a StaffId,
}

/// Moves a campaign on. A copy is a draft under the id `copy`. Answers the campaign (or its copy) as it is afterwards.
///
/// # Errors
/// `conflict` when it was changed since, or the step does not follow from where it stands; `bad_request` for a rejection without a reason, or a
/// campaign that may not run; `forbidden` for who may not decide.
pub fn step(old: &Record, s: Step<'_>, copy: CampaignId, now: Timestamp) -> Refusable<(Record, Decision)> {
    use CampaignStep as S;
    if s.seen != old.version {
        return conflict("活动刚被其他人修改过，请刷新页面，核对后再操作");
    }
    if matches!(s.step, S::Approve | S::Reject | S::Schedule) && !s.side.reviews {
        return Err(Problem::new(Code::Forbidden, "活动上线由总部审核决定"));
    }
    if s.step == S::Copy && old.copied_by(s.side) {
        let campaign = Campaign { campaign: copy, ..old.campaign.clone() };
        let new = Record { campaign, state: CampaignState::Draft, reason: None, pauses: Pauses::default(), version: 0, ..old.clone() };
        return Ok(written(None, new, s.by));
    }
    if !old.steps(s.side, now).contains(&s.step) {
        let held = s.step == S::Resume && !s.side.hq && old.pauses.hq.is_some() && old.state_at(now) == CampaignState::Paused;
        let why = if held {
            "总部已暂停该活动，由总部恢复".to_owned()
        } else {
            format!("活动当前为「{}」，不能{}", old.standing(now), s.step.title())
        };
        return conflict(why);
    }
    let reason = s.reason.map(str::trim).filter(|r| !r.is_empty());
    let new = match s.step {
        S::Reject => {
            let Some(reason) = reason.filter(|r| r.chars().count() <= 100) else { return bad("reason", "请写明驳回原因，100 字以内") };
            Record { state: CampaignState::Draft, reason: Some(reason.to_owned()), ..old.clone() }
        }
        S::Submit | S::Approve | S::Schedule | S::Resume => {
            check(&old.campaign, old.owner.as_ref(), &old.limits)?;
            if now >= old.campaign.schedule.until {
                return bad("until", "活动的结束时间已过，请先修改");
            }
            let pauses = if s.step == S::Resume { old.pauses.with(s.side.hq, None) } else { Pauses::default() };
            let state = match s.step {
                S::Submit => CampaignState::Review,
                _ if pauses.is_none() => CampaignState::Scheduled,
                // The other side pauses it still.
                _ => CampaignState::Paused,
            };
            Record { state, reason: None, pauses, ..old.clone() }
        }
        S::Pause => {
            let pauses = old.pauses.with(s.side.hq, Some(Pause { by: s.by.clone(), at: now }));
            Record { state: CampaignState::Paused, pauses, ..old.clone() }
        }
        S::Withdraw => Record { state: CampaignState::Draft, ..old.clone() },
        S::End => Record { state: CampaignState::Over, pauses: Pauses::default(), ..old.clone() },
        S::Copy => old.clone(),
    };
    Ok(written(Some(old), new, s.by))
}

/// Is a campaign about this line: by its goods, and by those that its rule names?
#[must_use]
pub fn concerns(c: &Campaign, line: &Line) -> bool {
    let named = match &c.kind {
        Kind::LimitedPrice(k) => k.prices.iter().any(|p| p.sku == line.sku),
        Kind::Flash(k) => k.sku == line.sku,
        Kind::Combo(k) => k.parts.iter().any(|p| p.of.contains(&line.sku)),
        _ => true,
    };
    named && c.scope.holds(line)
}

/// Do two sets of bits meet, where none set stands for all of them?
fn meet(a: u32, b: u32) -> bool {
    a == 0 || b == 0 || a & b != 0
}

/// Can two campaigns run at the same moment, in the same store, for the same way to get the goods?
#[must_use]
pub fn run_together(a: &Campaign, b: &Campaign) -> bool {
    let (s, t) = (&a.schedule, &b.schedule);
    let hours = match (s.minutes, t.minutes) {
        (Some(m), Some(n)) => m.0 < n.1 && n.0 < m.1,
        _ => true,
    };
    s.from < t.until
        && t.from < s.until
        && meet(u32::from(s.weekdays), u32::from(t.weekdays))
        && meet(s.month_days, t.month_days)
        && hours
        && (a.stores.is_empty() || b.stores.is_empty() || a.stores.iter().any(|s| b.stores.contains(s)))
        && (a.fulfilments.is_empty() || b.fulfilments.is_empty() || a.fulfilments.iter().any(|f| b.fulfilments.contains(f)))
}

/// Does a campaign run at some moment of this day, by this zone's clock?
#[must_use]
pub fn runs_on(c: &Campaign, date: jiff::civil::Date, zone: &str) -> bool {
    let s = &c.schedule;
    let Ok(next) = date.tomorrow() else { return false };
    let (begins, ends) = (midnight(date, zone), midnight(next, zone));
    let (from, until) = s.minutes.map_or((begins, ends), |(from, until)| {
        let at = |minute: u16| begins.plus(i64::from(minute) * Timestamp::MINUTE);
        (at(from), at(until))
    });
    let weekday = u32::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
    let month_day = u32::try_from(date.day()).unwrap_or(1).max(1) - 1;
    s.from < until
        && from < s.until
        && (s.weekdays == 0 || u32::from(s.weekdays) & (1 << weekday) != 0)
        && (s.month_days == 0 || s.month_days & (1 << month_day) != 0)
}

/// How two campaigns of the same goods and the same time stand to each other, when their authors should know.
#[must_use]
pub fn clash(a: &Campaign, b: &Campaign, goods: &[Line]) -> Option<Clash> {
    if a.campaign == b.campaign || !run_together(a, b) {
        return None;
    }
    let instead = !a.goes_with(b);
    if !instead && std::mem::discriminant(&a.kind) != std::mem::discriminant(&b.kind) {
        return None;
    }
    let shared = goods.iter().filter(|l| concerns(a, l) && concerns(b, l)).count();
    // A chain without a library has no goods to go by: what may meet is told.
    if shared == 0 && !goods.is_empty() {
        return None;
    }
    Some(if instead { Clash::Instead(shared) } else { Clash::OnTop(shared) })
}

/// What [`clash`] finds, each with the number of goods that both are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clash {
    /// A cart has one of them.
    Instead(usize),
    /// Both of the same kind apply to a cart.
    OnTop(usize),
}

/// What the author of a campaign should know before it goes live: which of the others it shuts out, and beside which it applies. `goods` are those of the
/// library.
#[must_use]
pub fn warnings(new: &Record, others: &[Record], goods: &[Line], now: Timestamp) -> Vec<String> {
    let live = |o: &&Record| matches!(o.state_at(now), CampaignState::Scheduled | CampaignState::Running);
    let mut all = Vec::new();
    let of = |n: usize| if n == 0 { String::new() } else { format!("（{n} 种商品）") };
    for o in others.iter().filter(live) {
        let title = &o.campaign.title;
        match clash(&new.campaign, &o.campaign, goods) {
            Some(Clash::Instead(n)) => all.push(format!("与「{title}」同时进行且不同享{}：顾客得到更优惠的一个", of(n))),
            Some(Clash::OnTop(n)) => all.push(format!("与「{title}」同类{}，会叠加在一起", of(n))),
            None => {}
        }
        if all.len() == 10 {
            break;
        }
    }
    // A flash sale stops with its own stock.
    if new.limits.budget.is_none() && new.limits.orders.is_none() && new.limits.units.is_none() {
        all.push("没有设置预算或总次数，活动期间不会自动停止".to_owned());
    }
    all
}

#[cfg(test)]
mod tests {
    use liandian_pricing::{
        Audience, Group, HqBears, Left, OnLoss, Schedule, Scope,
        kinds::{LimitedPrice, Percent, SkuPrice},
    };

    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn by() -> StaffId {
        "stf_1".parse().unwrap()
    }

    fn campaign(level: Level) -> Campaign {
        Campaign {
            campaign: "cmp_1".parse().unwrap(),
            title: "全场九折".into(),
            level,
            priority: 0,
            kind: Kind::Percent(Percent { off: 100 }),
            scope: Scope::default(),
            group: None,
            beside_hq: false,
            breaks_floor: false,
            audience: Audience::default(),
            schedule: Schedule { from: Timestamp(2_000_000), until: Timestamp(3_000_000), weekdays: 0, month_days: 0, minutes: None },
            stores: Vec::new(),
            fulfilments: Vec::new(),
            left: Left::default(),
            coupon: None,
            on_loss: OnLoss::default(),
            hq_bears: HqBears(if level == Level::Hq { 1_000 } else { 0 }),
        }
    }

    fn record(owner: Option<&str>, state: CampaignState) -> Record {
        let level = if owner.is_some() { Level::Store } else { Level::Hq };
        let owner = owner.map(|o| o.parse().unwrap());
        Record { campaign: campaign(level), owner, state, limits: Limits::default(), reason: None, pauses: Pauses::default(), version: 3 }
    }

    fn go(r: &Record, what: CampaignStep, hq: bool, now: Timestamp) -> Refusable<Record> {
        let by = by();
        let s = Step { step: what, seen: r.version, reason: Some("折扣太大"), side: Side { hq, reviews: hq }, by: &by };
        step(r, s, "cmp_2".parse().unwrap(), now).map(|(r, _)| r)
    }

    #[test]
    fn given_a_stores_campaign_when_it_goes_its_way_then_only_hq_lets_it_go_live_and_the_clock_does_the_rest() {
        let draft = record(Some("sto_1"), CampaignState::Draft);
        assert_eq!(go(&draft, CampaignStep::Schedule, false, NOW).unwrap_err().code, Code::Forbidden);
        assert_eq!(go(&draft, CampaignStep::Schedule, true, NOW).unwrap_err().code, Code::Conflict, "HQ's shortcut is for HQ's own");
        let review = go(&draft, CampaignStep::Submit, false, NOW).unwrap();
        assert_eq!((review.state, review.version), (CampaignState::Review, 4));
        assert_eq!(go(&review, CampaignStep::Approve, false, NOW).unwrap_err().code, Code::Forbidden);
        let back = go(&review, CampaignStep::Reject, true, NOW).unwrap();
        assert_eq!((back.state, back.reason.as_deref()), (CampaignState::Draft, Some("折扣太大")));
        let live = go(&review, CampaignStep::Approve, true, NOW).unwrap();
        let at = |ms| live.state_at(Timestamp(ms));
        assert_eq!(
            [at(1_999_999), at(2_000_000), at(2_999_999), at(3_000_000)],
            [CampaignState::Scheduled, CampaignState::Running, CampaignState::Running, CampaignState::Over]
        );
        let paused = go(&live, CampaignStep::Pause, false, Timestamp(2_500_000)).unwrap();
        assert_eq!(paused.state_at(Timestamp(2_500_000)), CampaignState::Paused);
        assert_eq!(go(&paused, CampaignStep::Resume, false, Timestamp(2_600_000)).unwrap().state_at(Timestamp(2_600_000)), CampaignState::Running);
        assert_eq!(go(&paused, CampaignStep::Resume, false, Timestamp(3_000_000)).unwrap_err().code, Code::Conflict, "its time is over");
        let over = go(&paused, CampaignStep::End, false, Timestamp(2_600_000)).unwrap();
        assert_eq!(go(&over, CampaignStep::Resume, true, Timestamp(2_600_000)).unwrap_err().code, Code::Conflict);
        let copy = go(&over, CampaignStep::Copy, false, Timestamp(2_600_000)).unwrap();
        assert_eq!((copy.campaign.campaign.as_str(), copy.state, copy.version), ("cmp_2", CampaignState::Draft, 1));
        assert_eq!(go(&over, CampaignStep::Copy, true, Timestamp(2_600_000)).unwrap_err().code, Code::Conflict, "HQ would not see its copy");
    }

    #[test]
    fn given_somebody_was_faster_or_it_is_no_draft_when_edited_then_it_is_a_conflict() {
        let old = record(None, CampaignState::Draft);
        let edit = |old: &Record, seen| {
            draft(Some(old), Campaign { title: "全场八折".into(), ..old.campaign.clone() }, None, Limits::default(), seen, &by())
        };
        assert_eq!(edit(&old, 2).unwrap_err().code, Code::Conflict);
        let (new, d) = edit(&old, 3).unwrap();
        assert_eq!((new.version, d.writes.len()), (4, 1));
        let Event::CampaignChanged { changes, .. } = &d.events[0].1 else { panic!("{d:?}") };
        assert_eq!(changes, &[FieldChange { field: "title".into(), old: "全场九折".into(), new: "全场八折".into() }]);
        assert_eq!(edit(&record(None, CampaignState::Scheduled), 3).unwrap_err().code, Code::Conflict);
        let same = draft(Some(&old), old.campaign.clone(), None, Limits::default(), 3, &by()).unwrap();
        assert!(same.1.is_empty(), "what changes nothing is no change");
    }

    #[test]
    fn given_a_rule_that_reads_the_same_in_short_when_one_of_its_prices_is_edited_then_the_edit_is_kept_and_told() {
        let at = |fen| {
            let prices = vec![SkuPrice { sku: "sku_1".parse().unwrap(), price: Fen(fen) }];
            Campaign { kind: Kind::LimitedPrice(LimitedPrice { prices }), ..campaign(Level::Hq) }
        };
        let old = Record { campaign: at(1_000), ..record(None, CampaignState::Draft) };
        let (new, d) = draft(Some(&old), at(800), None, Limits::default(), 3, &by()).unwrap();
        assert_eq!((new.version, &new.campaign, d.writes.len()), (4, &at(800), 1));
        let Event::CampaignChanged { changes, .. } = &d.events[0].1 else { panic!("{d:?}") };
        assert_eq!(changes.iter().map(|c| c.field.as_str()).collect::<Vec<_>>(), ["detail"]);
        assert!(changes[0].old.starts_with("sku_1 ") && changes[0].old != changes[0].new);
    }

    #[test]
    fn given_fields_beyond_their_limits_when_checked_then_the_field_is_named_and_at_the_limit_it_is_fine() {
        let told = |c: Campaign| check(&c, None, &Limits::default()).map_err(|p| p.field.unwrap());
        let c = || campaign(Level::Hq);
        assert_eq!(told(c()), Ok(()));
        for (bad, field) in [
            (Campaign { title: "折".into(), ..c() }, "title"),
            (Campaign { priority: 1_001, ..c() }, "priority"),
            (Campaign { schedule: Schedule { until: c().schedule.from, ..c().schedule }, ..c() }, "until"),
            (Campaign { schedule: Schedule { minutes: Some((600, 600)), ..c().schedule }, ..c() }, "minute_until"),
            (Campaign { kind: Kind::Percent(Percent { off: 0 }), ..c() }, "rule.off"),
            (Campaign { kind: Kind::Percent(Percent { off: 991 }), ..c() }, "rule.off"),
            (Campaign { hq_bears: HqBears(1_001), ..c() }, "hq_bears"),
            (Campaign { group: Some(Group { name: "组".repeat(21), rule: GroupRule::OneOf }), ..c() }, "group"),
            (Campaign { group: Some(Group { name: " ".into(), rule: GroupRule::OneOf }), ..c() }, "group"),
        ] {
            assert_eq!(told(bad), Err(field.to_owned()));
        }
        assert_eq!(told(Campaign { group: Some(Group { name: "组".repeat(20), rule: GroupRule::OneOf }), ..c() }), Ok(()));
        assert_eq!(told(Campaign { priority: 1_000, kind: Kind::Percent(Percent { off: 990 }), ..c() }), Ok(()));
        let stores = check(&Campaign { hq_bears: HqBears(1), ..campaign(Level::Store) }, Some(&"sto_1".parse().unwrap()), &Limits::default());
        assert_eq!(stores.unwrap_err().field.as_deref(), Some("hq_bears"), "HQ bears nothing of a store's own campaign");
    }

    #[test]
    fn given_days_and_hours_when_asked_at_their_edges_then_a_campaign_runs_on_them_alone() {
        // Monday, the 23rd of November 2026, 16:00 in China.
        let monday = Timestamp(1_795_420_800_000);
        let with = |weekdays, month_days, minutes| {
            let schedule = Schedule { from: Timestamp(0), until: monday.plus(9 * Timestamp::DAY), weekdays, month_days, minutes };
            runs_at(&Campaign { schedule, ..campaign(Level::Hq) }, monday, CHINA)
        };
        assert!(with(0, 0, None) && with(1, 1 << 22, Some((960, 961))));
        assert!(!with(0b111_1110, 0, None) && !with(0, !(1 << 22), None));
        assert!(!with(0, 0, Some((900, 960))) && !with(0, 0, Some((961, 1_440))));
        assert!(!runs_at(&campaign(Level::Hq), monday, CHINA), "it was over long ago");
    }

    #[test]
    fn given_add_ons_tiers_gifts_and_fees_at_their_limits_when_checked_then_beyond_them_the_field_is_named() {
        use liandian_pricing::kinds::{AddOn, AddOnItem, Delivery, Gift, GiftItem, TierPrice, TierRate};
        let told = |kind: Kind| {
            let fulfilments = vec![Fulfilment::Pickup];
            check(&Campaign { kind, fulfilments, ..campaign(Level::Hq) }, None, &Limits::default()).map_err(|p| p.field.unwrap())
        };
        let sku = |n: usize| format!("sku_{n}").parse().unwrap();
        let add = |from: i64, items: usize, price: i64, units: u32| {
            let items = (0..items).map(|n| AddOnItem { sku: sku(n), price: Fen(price) }).collect();
            told(Kind::AddOn(AddOn { from: Fen(from), items, units }))
        };
        let named = |field: &str| Err(field.to_owned());
        assert_eq!([add(1, 1, 1, 1), add(1, 20, 1, 20)], [Ok(()), Ok(())]);
        assert_eq!([add(1, 0, 1, 1), add(1, 21, 1, 1), add(1, 1, 0, 1)], [named("rule.items"), named("rule.items"), named("rule.items")]);
        assert_eq!([add(1, 1, 1, 0), add(1, 1, 1, 21), add(0, 1, 1, 1)], [named("rule.units"), named("rule.units"), named("rule.from")]);
        let twice = vec![AddOnItem { sku: sku(1), price: Fen(1) }, AddOnItem { sku: sku(1), price: Fen(2) }];
        assert_eq!(told(Kind::AddOn(AddOn { from: Fen(1), items: twice, units: 1 })), named("rule.items"));
        let tier = |tier: u8, off: u16| told(Kind::TierPrice(TierPrice { rates: vec![TierRate { tier, off }] }));
        assert_eq!([tier(1, 1), tier(20, 990)], [Ok(()), Ok(())]);
        assert!([tier(0, 1), tier(21, 1), tier(1, 0), tier(1, 991)].iter().all(|t| *t == named("rule.rates")));
        assert_eq!(told(Kind::TierPrice(TierPrice { rates: Vec::new() })), named("rule.rates"));
        let fee = |metres, grams| told(Kind::Delivery(Delivery { from: Fen(0), metres, grams, fee: Fen(0) }));
        assert_eq!([fee(None, None), fee(Some(1), Some(1)), fee(Some(100_000), Some(1_000_000))], [Ok(()), Ok(()), Ok(())]);
        assert_eq!(
            [fee(Some(0), None), fee(None, Some(0)), fee(None, Some(1_000_001))],
            [named("rule.metres"), named("rule.grams"), named("rule.grams")]
        );
        // What goes with a delivery comes from a shelf.
        let gift = |fulfilments: Vec<Fulfilment>, at_pickup| {
            let kind = Kind::Gift(Gift { from: Fen(0), gifts: vec![GiftItem { sku: sku(1), units: 1, stock: 1 }], at_pickup });
            check(&Campaign { kind, fulfilments, ..campaign(Level::Hq) }, None, &Limits::default()).map_err(|p| p.field.unwrap())
        };
        assert_eq!([gift(Vec::new(), true), gift(vec![Fulfilment::Pickup, Fulfilment::Delivery], false)], [Ok(()), Ok(())]);
        assert_eq!([gift(Vec::new(), false), gift(vec![Fulfilment::HqShip], false)], [named("fulfilments"), named("fulfilments")]);
        let of = |tier| check(&Campaign { audience: Audience { tier, ..Audience::default() }, ..campaign(Level::Hq) }, None, &Limits::default());
        assert_eq!((of(20), of(21).unwrap_err().field.as_deref()), (Ok(()), Some("tier")));
    }

    #[test]
    fn given_hqs_pause_when_its_store_would_resume_then_it_holds_until_hq_resumes_it() {
        let at = Timestamp(2_500_000);
        let live = record(Some("sto_1"), CampaignState::Scheduled);
        let held = go(&live, CampaignStep::Pause, true, at).unwrap();
        assert_eq!((held.state_at(at), held.standing(at)), (CampaignState::Paused, "总部已暂停"));
        assert_eq!(held.pauses.hq, Some(Pause { by: by(), at }));
        let refused = go(&held, CampaignStep::Resume, false, at).unwrap_err();
        assert_eq!((refused.code, refused.detail.as_str()), (Code::Conflict, "总部已暂停该活动，由总部恢复"));
        assert_eq!(held.steps(Side::STORE, at), [CampaignStep::End, CampaignStep::Copy]);
        assert_eq!(held.steps(Side { hq: true, reviews: false }, at), [CampaignStep::Resume, CampaignStep::End]);
        let on = go(&held, CampaignStep::Resume, true, at).unwrap();
        assert_eq!((on.state_at(at), on.pauses.is_none()), (CampaignState::Running, true));
        let over = go(&held, CampaignStep::End, false, at).unwrap();
        assert!(over.pauses.is_none() && over.state == CampaignState::Over);
        // A copy begins without.
        let copy = go(&held, CampaignStep::Copy, false, at).unwrap();
        assert!(copy.pauses.is_none() && copy.state == CampaignState::Draft);
    }

    #[test]
    fn given_both_pauses_when_one_is_lifted_then_the_other_holds_and_each_side_lifts_its_own() {
        let at = Timestamp(2_500_000);
        let paused = go(&record(Some("sto_1"), CampaignState::Scheduled), CampaignStep::Pause, false, at).unwrap();
        assert_eq!(paused.standing(at), "门店已暂停");
        assert_eq!(go(&paused, CampaignStep::Resume, true, at).unwrap_err().code, Code::Conflict, "what its store paused is the store's");
        let both = go(&paused, CampaignStep::Pause, true, at).unwrap();
        assert_eq!(both.standing(at), "总部和门店均已暂停");
        let stores = go(&both, CampaignStep::Resume, true, at).unwrap();
        assert_eq!((stores.state_at(at), stores.standing(at)), (CampaignState::Paused, "门店已暂停"));
        assert_eq!(go(&stores, CampaignStep::Resume, false, at).unwrap().state_at(at), CampaignState::Running);
        let hqs = go(&both, CampaignStep::Resume, false, at).unwrap();
        assert_eq!(hqs.standing(at), "总部已暂停", "its store wants to go on, and waits for HQ");
        // One of before says nobody: anybody resumes it.
        let old = record(Some("sto_1"), CampaignState::Paused);
        assert_eq!((old.standing(at), go(&old, CampaignStep::Resume, false, at).unwrap().state_at(at)), ("已暂停", CampaignState::Running));
    }

    #[test]
    fn given_one_that_waits_when_its_author_takes_it_back_then_it_is_a_draft_and_nobody_else_can() {
        let review = record(Some("sto_1"), CampaignState::Review);
        assert_eq!(go(&review, CampaignStep::Withdraw, true, NOW).unwrap_err().code, Code::Conflict, "HQ rejects, and says why");
        let back = go(&review, CampaignStep::Withdraw, false, NOW).unwrap();
        assert_eq!((back.state, back.reason), (CampaignState::Draft, None));
        assert_eq!(go(&record(Some("sto_1"), CampaignState::Scheduled), CampaignStep::Withdraw, false, NOW).unwrap_err().code, Code::Conflict);
        assert_eq!(go(&record(None, CampaignState::Review), CampaignStep::Withdraw, true, NOW).unwrap().state, CampaignState::Draft);
    }

    #[test]
    fn given_a_day_when_asked_whether_a_campaign_runs_on_it_then_its_ends_its_hours_and_its_days_count() {
        let date: jiff::civil::Date = "2026-11-23".parse().unwrap();
        let begins = midnight(date, CHINA);
        let with = |from: i64, until: i64, weekdays, month_days, minutes| {
            let schedule = Schedule { from: begins.plus(from), until: begins.plus(until), weekdays, month_days, minutes };
            runs_on(&Campaign { schedule, ..campaign(Level::Hq) }, date, CHINA)
        };
        let day = Timestamp::DAY;
        assert!(with(-day, 1, 0, 0, None) && !with(-day, 0, 0, 0, None), "one that ends at midnight is not on the day that begins then");
        assert!(with(day - 1, 2 * day, 0, 0, None) && !with(day, 2 * day, 0, 0, None));
        assert!(with(0, day, 1, 1 << 22, None) && !with(0, day, 0b111_1110, 0, None) && !with(0, day, 0, !(1 << 22), None));
        let noon = 12 * Timestamp::HOUR;
        assert!(with(-day, noon, 0, 0, Some((719, 1_440))) && !with(-day, noon, 0, 0, Some((720, 1_440))), "over before its hour");
        assert!(with(noon, day, 0, 0, Some((0, 721))) && !with(noon, day, 0, 0, Some((0, 720))), "it begins behind its hour");
    }

    #[test]
    fn given_the_edges_of_its_time_when_asked_then_state_hours_and_calendar_agree() {
        let date: jiff::civil::Date = "2026-11-23".parse().unwrap();
        let (begins, ends) = (midnight(date, CHINA), midnight(date, CHINA).plus(Timestamp::DAY));
        let schedule = Schedule { from: begins, until: ends, weekdays: 0, month_days: 0, minutes: None };
        let r = Record { campaign: Campaign { schedule, ..campaign(Level::Hq) }, ..record(None, CampaignState::Scheduled) };
        for (at, state) in [
            (begins.plus(-1), CampaignState::Scheduled),
            (begins, CampaignState::Running),
            (ends.plus(-1), CampaignState::Running),
            (ends, CampaignState::Over),
        ] {
            let runs = state == CampaignState::Running;
            assert_eq!((r.state_at(at), runs_at(&r.campaign, at, CHINA)), (state, runs), "{at:?}");
            assert_eq!(runs_on(&r.campaign, day(at, CHINA), CHINA), runs, "{at:?}");
        }
    }

    #[test]
    fn given_campaigns_of_the_same_goods_and_time_when_compared_then_they_clash_and_others_do_not() {
        let sku = |n: &str| -> Line {
            let quantity = Quantity::new(1).unwrap();
            let (category, brand) = ("dairy".to_owned(), String::new());
            Line { sku: n.parse().unwrap(), quantity, price: Fen(1_000), floor: Fen::ZERO, category, brand, marks: Vec::new(), weight_g: 0 }
        };
        let goods = [sku("sku_1"), sku("sku_2")];
        let one = campaign(Level::Hq);
        let of = |c: Campaign| clash(&one, &Campaign { campaign: "cmp_9".parse().unwrap(), ..c }, &goods);
        let same = || campaign(Level::Hq);
        assert_eq!(of(same()), Some(Clash::OnTop(2)), "two of the same kind");
        assert_eq!(clash(&one, &one, &goods), None, "not with itself");
        let exclusive = Some(Group { name: "独享".into(), rule: GroupRule::Exclusive });
        assert_eq!(of(Campaign { group: exclusive, ..same() }), Some(Clash::Instead(2)));
        assert_eq!(of(Campaign { scope: Scope { skus: vec!["sku_2".parse().unwrap()], ..Scope::default() }, ..same() }), Some(Clash::OnTop(1)));
        assert_eq!(of(Campaign { scope: Scope { categories: vec!["tea".into()], ..Scope::default() }, ..same() }), None, "other goods");
        let s = || same().schedule;
        let at = |from: Timestamp, until: Timestamp| of(Campaign { schedule: Schedule { from, until, ..s() }, ..same() });
        assert_eq!(at(s().until, s().until.plus(1)), None, "it begins when the other ends");
        assert!(at(s().until.plus(-1), s().until.plus(1)).is_some());
        let monday = Campaign { schedule: Schedule { weekdays: 1, ..s() }, ..same() };
        let other = Campaign { campaign: "cmp_9".parse().unwrap(), schedule: Schedule { weekdays: 2, ..s() }, ..same() };
        assert_eq!(clash(&monday, &other, &goods), None, "other days of the week");
        let morning = Campaign { schedule: Schedule { minutes: Some((360, 600)), ..s() }, ..same() };
        let hours =
            |m| clash(&morning, &Campaign { campaign: "cmp_9".parse().unwrap(), schedule: Schedule { minutes: Some(m), ..s() }, ..same() }, &goods);
        assert!(hours((600, 700)).is_none() && hours((599, 700)).is_some());
    }

    #[test]
    fn given_kinds_when_told_then_people_understand_them() {
        use liandian_pricing::kinds::{AddOn, AddOnItem};
        let item = |price| AddOnItem { sku: "sku_1".parse().unwrap(), price: Fen(price) };
        let add = Kind::AddOn(AddOn { from: Fen(3_900), items: vec![item(500), item(100)], units: 2 });
        assert_eq!(what(&add), "满 39.00 加 ¥1.00 起换购");
        assert_eq!(detail(&add), "sku_1 ¥5.00、sku_1 ¥1.00，每单 2 件");
        assert_eq!(what(&Kind::Percent(Percent { off: 150 })), "8.5 折");
        assert_eq!(what(&Kind::Percent(Percent { off: 100 })), "9 折");
        assert_eq!(what(&Kind::Percent(Percent { off: 125 })), "8.75 折");
    }
}
