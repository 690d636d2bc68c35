//! A campaign from its first draft to its end. A store's own goes live only after HQ has looked at it.
//!
//! ```text
//! draft ─submit─▶ review ─approve─▶ scheduled ─its time─▶ running ─its end─▶ over
//!   ▲ └───────────schedule (HQ's own)──▲ │ ▲                │
//!   └───reject──────┘                    ▼ └resume── paused ◀┘ pause      end: ─▶ over
//! ```
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
    stores::hours::{CHINA, clock_text, day, local_text, offset_min},
};

/// The mark of a brand's flagship goods.
pub const FLAGSHIP: &str = "flagship";

/// The most entries of a campaign's lists.
pub const MOST_LISTED: usize = 200;

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
    /// Counts the changes.
    pub version: u64,
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

    /// Which steps may follow for somebody of HQ who reviews, or for its author.
    #[must_use]
    pub fn steps(&self, reviews: bool, now: Timestamp) -> Vec<CampaignStep> {
        use CampaignStep as S;
        let mut all = match self.state_at(now) {
            CampaignState::Draft if reviews && self.owner.is_none() => vec![S::Schedule, S::Submit],
            CampaignState::Draft => vec![S::Submit],
            CampaignState::Review if reviews => vec![S::Approve, S::Reject],
            CampaignState::Scheduled | CampaignState::Running => vec![S::Pause, S::End],
            CampaignState::Paused => vec![S::Resume, S::End],
            CampaignState::Review | CampaignState::Over => Vec::new(),
        };
        if self.copied_by(reviews) {
            all.push(S::Copy);
        }
        all
    }

    /// May it be copied? A store copies its own: the copy is its draft, which HQ does not see.
    fn copied_by(&self, reviews: bool) -> bool {
        self.owner.is_none() || !reviews
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
            ("state", self.state.title().to_owned()),
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
            ("hq_bears", format!("{}‰", c.hq_bears.0)),
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
fn rate(off: u16) -> String {
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

fn bad<T>(field: &str, detail: impl Into<String>) -> Refusable<T> {
    Err(Problem::new(Code::BadRequest, detail).at(field))
}

fn between(field: &str, n: u32, least: u32, most: u32) -> Refusable<()> {
    if (least..=most).contains(&n) { Ok(()) } else { bad(field, format!("请填写 {least} 到 {most}")) }
}

fn money(field: &str, amount: Fen, least: i64) -> Refusable<()> {
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
    let lists = [
        ("skus", scope.skus.len()),
        ("categories", scope.categories.len()),
        ("brands", scope.brands.len()),
        ("without", scope.without.len()),
        ("stores", c.stores.len()),
    ];
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
    Ok(written(old, Record { campaign, owner, state: CampaignState::Draft, limits, reason, version }, by))
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
    /// May decide what goes live.
    pub reviews: bool,
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
    if matches!(s.step, S::Approve | S::Reject | S::Schedule) && !s.reviews {
        return Err(Problem::new(Code::Forbidden, "活动上线由总部审核决定"));
    }
    if s.step == S::Copy && old.copied_by(s.reviews) {
        let campaign = Campaign { campaign: copy, ..old.campaign.clone() };
        let new = Record { campaign, state: CampaignState::Draft, reason: None, version: 0, ..old.clone() };
        return Ok(written(None, new, s.by));
    }
    if !old.steps(s.reviews, now).contains(&s.step) {
        return conflict(format!("活动当前为「{}」，不能{}", old.state_at(now).title(), s.step.title()));
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
            let state = if s.step == S::Submit { CampaignState::Review } else { CampaignState::Scheduled };
            Record { state, reason: None, ..old.clone() }
        }
        S::Pause => Record { state: CampaignState::Paused, ..old.clone() },
        S::End => Record { state: CampaignState::Over, ..old.clone() },
        S::Copy => old.clone(),
    };
    Ok(written(Some(old), new, s.by))
}

/// What the author of a campaign should know before it goes live: which of the others it shuts out, and beside which it applies.
#[must_use]
pub fn warnings(new: &Record, others: &[Record], now: Timestamp) -> Vec<String> {
    let c = &new.campaign;
    let meets = |o: &Campaign| {
        let times = c.schedule.from < o.schedule.until && o.schedule.from < c.schedule.until;
        times && (c.stores.is_empty() || o.stores.is_empty() || c.stores.iter().any(|s| o.stores.contains(s)))
    };
    let live = |o: &&Record| {
        o.campaign.campaign != c.campaign && matches!(o.state_at(now), CampaignState::Scheduled | CampaignState::Running) && meets(&o.campaign)
    };
    let mut all = Vec::new();
    for o in others.iter().filter(live) {
        let title = &o.campaign.title;
        if !c.goes_with(&o.campaign) {
            all.push(format!("与「{title}」不同享：顾客得到更优惠的一个"));
        } else if std::mem::discriminant(&c.kind) == std::mem::discriminant(&o.campaign.kind) {
            all.push(format!("与「{title}」同类，会叠加在一起"));
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
        Record { campaign: campaign(level), owner, state, limits: Limits::default(), reason: None, version: 3 }
    }

    fn go(r: &Record, what: CampaignStep, reviews: bool, now: Timestamp) -> Refusable<Record> {
        let by = by();
        let s = Step { step: what, seen: r.version, reason: Some("折扣太大"), reviews, by: &by };
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
