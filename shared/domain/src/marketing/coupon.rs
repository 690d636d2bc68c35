//! A coupon of HQ: what it is worth, to whom it is given, and how many of it are out.
//!
//! It is no campaign of those that run by themselves, though the engine sees one: a campaign that is stopped applies to nobody, and a coupon that is
//! given out no more is still good for who has one. So it has a life of its own, `draft → issuing ⇄ stopped`, and its terms never change once
//! somebody may have it.
//!
//! **A coupon is a promise.** Its worth is set aside from the budget when it is given out (or its code is printed), in that transaction and under the
//! budget's limit. So an order needs no counter of the chain's: it changes the coupon's own row and nothing else, and no coupon that somebody holds
//! turns out to be worth nothing because others were faster.

use liandian_contracts::{Event, event::FieldChange};
use liandian_pricing::{Campaign, CouponPolicy, Kind, Level, kinds::CouponKind, kinds::Worth};
use liandian_types::{
    CampaignId, Code, CouponId, CouponState, CouponStep, Fen, MemberId, Mode, OfferState, Problem, RegionId, StaffId, StoreId, Tier, Timestamp,
    id::TypedId, text::unfit,
};
use serde::{Deserialize, Serialize};

use crate::{
    Decision, Refusable, conflict,
    decision::{Aggregate, MarketingWrite},
    marketing::{
        campaign::{LONGEST, MOST_LISTED, bad, between, money, rate},
        wallet::Coupon,
    },
    stores::hours::{CHINA, local_text, soon_text},
};

/// The most coupons of one kind.
pub const MOST_ISSUED: u32 = 10_000_000;

/// The most of one kind that a person has in all.
pub const MOST_PER_PERSON: u32 = 99;

/// The longest that a coupon is good after it was claimed, in days.
pub const LONGEST_DAYS: u16 = 365;

/// How far back an order counts for a coupon that is given after one.
pub const AFTER_ORDER_FOR: i64 = 30 * Timestamp::DAY;

/// The group of coupons on goods: a cart has one of them.
const ON_GOODS: &str = "优惠券";

/// The group of coupons on the fee for bringing the goods: a cart has one of them beside that.
const ON_FEE: &str = "配送券";

/// Members by the store in which they ordered last. What is left empty asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Whom {
    /// In one of these regions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<RegionId>,
    /// Of one of these owners.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub modes: Vec<Mode>,
    /// Of one of these classes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<Tier>,
}

impl Whom {
    /// Is it for everybody?
    #[must_use]
    pub fn is_everybody(&self) -> bool {
        self.regions.is_empty() && self.modes.is_empty() && self.tiers.is_empty()
    }

    /// Is who ordered last in such a store meant?
    #[must_use]
    pub fn means(&self, last: Option<&LastStore>) -> bool {
        self.is_everybody()
            || last.is_some_and(|s| {
                (self.regions.is_empty() || self.regions.contains(&s.region))
                    && (self.modes.is_empty() || self.modes.contains(&s.mode))
                    && (self.tiers.is_empty() || self.tiers.contains(&s.tier))
            })
    }
}

/// The store in which a member ordered last, as far as coupons ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastStore {
    /// Its region.
    pub region: RegionId,
    /// Who owns it.
    pub mode: Mode,
    /// Its class.
    pub tier: Tier,
}

/// How a coupon is given out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(clippy::struct_excessive_bools, reason = "each is a way of its own to be given out")]
pub struct Issue {
    /// So many at all.
    pub number: u32,
    /// So many of one person.
    pub per_person: u32,
    /// What all of them may take off together.
    #[serde(default)]
    pub budget: Option<Fen>,
    /// From this moment on.
    pub from: Timestamp,
    /// Before this moment.
    pub until: Timestamp,
    /// Good for so many days after it was claimed, but never beyond the campaign's end.
    #[serde(default)]
    pub days: Option<u16>,
    /// Everybody finds it in the coupon centre.
    #[serde(default)]
    pub center: bool,
    /// A store's home shows it once a day.
    #[serde(default)]
    pub popup: bool,
    /// Who has its link may claim it.
    #[serde(default)]
    pub link: bool,
    /// Codes may be printed.
    #[serde(default)]
    pub codes: bool,
    /// Only for who has paid an order of this sum of late.
    #[serde(default)]
    pub after_order: Option<Fen>,
    /// Only for these.
    #[serde(default)]
    pub whom: Whom,
}

/// A coupon of HQ: what each of it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Template {
    /// What it takes off, on what, where, and when it is good.
    pub campaign: Campaign,
    /// How it is given out.
    pub issue: Issue,
    /// Where it stands.
    pub state: CouponState,
    /// Counts the changes.
    pub version: u64,
}

/// How many of a coupon are out, and what they cost. No row: none yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Issued {
    /// Given out or printed.
    pub issued: i64,
    /// What these may take off at most.
    pub promised: Fen,
    /// In somebody's hands, or were.
    pub claimed: i64,
    /// Printed.
    pub codes: i64,
    /// Orders that were completed with one.
    pub used: i64,
    /// What it took off these.
    pub spent: Fen,
}

/// A change of these figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuing {
    /// Of which coupon.
    pub campaign: CampaignId,
    /// So much more.
    pub more: Issued,
    /// There may be so many issued afterwards.
    pub most_issued: Option<u32>,
    /// They may be worth so much afterwards.
    pub most_promised: Option<Fen>,
}

/// Who wants a coupon, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Who {
    /// Has bought nothing before.
    pub new: bool,
    /// Where the last order was.
    pub last: Option<LastStore>,
    /// The largest order that was paid of late.
    pub paid: Fen,
}

/// An amount without the fen that are none: `100`, `9.90`.
fn short(amount: Fen) -> String {
    let yuan = amount.yuan();
    yuan.strip_suffix(".00").map_or(yuan.clone(), str::to_owned)
}

/// What a coupon is worth, in a few words: `满 100 减 10`.
#[must_use]
pub fn worth_text(k: &CouponKind) -> String {
    let from = if k.from > Fen::ZERO { format!("满 {} ", short(k.from)) } else { "无门槛".to_owned() };
    match k.worth {
        Worth::Amount(off) => format!("{from}减 {}", short(off)),
        Worth::Percent { off, most } => format!("{from}享 {}，最多减 {}", rate(off), short(most)),
        Worth::Delivery(off) => format!("{from}运费减 {}", short(off)),
    }
}

impl Template {
    /// What it is worth; `None` for what is no coupon.
    #[must_use]
    pub fn kind(&self) -> Option<&CouponKind> {
        match &self.campaign.kind {
            Kind::Coupon(k) => Some(k),
            _ => None,
        }
    }

    /// In a few words.
    #[must_use]
    pub fn what(&self) -> String {
        self.kind().map(worth_text).unwrap_or_default()
    }

    /// The most that one of it takes off: what is set aside for it.
    #[must_use]
    pub fn worth(&self) -> Fen {
        match self.kind().map(|k| k.worth) {
            Some(Worth::Amount(off) | Worth::Delivery(off)) => off,
            Some(Worth::Percent { most, .. }) => most,
            None => Fen::ZERO,
        }
    }

    /// For how long one is good that is claimed now.
    #[must_use]
    pub fn window(&self, now: Timestamp) -> (Timestamp, Timestamp) {
        let s = &self.campaign.schedule;
        match self.issue.days {
            Some(days) => {
                let from = now.max(s.from);
                (from, from.plus(i64::from(days) * Timestamp::DAY).min(s.until))
            }
            None => (s.from, s.until),
        }
    }

    /// For how long it is good, and when it is given out, by China's clock.
    #[must_use]
    pub fn when(&self) -> String {
        let s = &self.campaign.schedule;
        match self.issue.days {
            Some(days) => format!("领取后 {days} 天内有效，最迟 {}", local_text(s.until, CHINA)),
            None => format!("{} 至 {}", local_text(s.from, CHINA), local_text(s.until, CHINA)),
        }
    }

    /// Which steps may follow.
    #[must_use]
    pub fn steps(&self, now: Timestamp) -> Vec<CouponStep> {
        match self.state {
            CouponState::Draft | CouponState::Stopped if now < self.issue.until => vec![CouponStep::Issue],
            CouponState::Draft | CouponState::Stopped => Vec::new(),
            CouponState::Issuing => vec![CouponStep::Stop],
        }
    }

    /// How many are left, by what is given out and by what is set aside.
    #[must_use]
    pub fn left(&self, issued: &Issued) -> u32 {
        let by_number = i64::from(self.issue.number) - issued.issued;
        let by_budget = self.issue.budget.map_or(i64::MAX, |b| (b - issued.promised).0 / self.worth().0.max(1));
        u32::try_from(by_number.min(by_budget).max(0)).unwrap_or(u32::MAX)
    }

    /// Can this person, who has had so many of it, have one now?
    #[must_use]
    pub fn stands(&self, issued: &Issued, had: u32, who: &Who, now: Timestamp) -> OfferState {
        let i = &self.issue;
        if had >= i.per_person {
            OfferState::Claimed
        } else if self.state != CouponState::Issuing || now >= i.until || now >= self.campaign.schedule.until {
            OfferState::Over
        } else if !i.whom.means(who.last.as_ref()) || (self.campaign.audience.new_only && !who.new) {
            OfferState::NotForYou
        } else if now < i.from {
            OfferState::Soon
        } else if self.left(issued) == 0 {
            OfferState::Gone
        } else if i.after_order.is_some_and(|least| who.paid < least) {
            OfferState::AfterOrder
        } else {
            OfferState::Open
        }
    }

    /// The same in a sentence.
    #[must_use]
    pub fn stands_text(&self, state: OfferState, now: Timestamp) -> String {
        match (state, self.issue.after_order) {
            (OfferState::Soon, _) => format!("{} 开抢", soon_text(self.issue.from, now, CHINA)),
            (OfferState::AfterOrder, Some(least)) if least > Fen::ZERO => format!("近 30 天内有满 {} 元的订单后可领", short(least)),
            (OfferState::AfterOrder, _) => "近 30 天内下单付款后可领".to_owned(),
            _ => state.title().to_owned(),
        }
    }

    /// Each thing that people decide, as people read it.
    fn fields(&self) -> Vec<(&'static str, String)> {
        let (c, i) = (&self.campaign, &self.issue);
        let list = |all: Vec<&str>| if all.is_empty() { "不限".to_owned() } else { all.join("、") };
        let yes = |on: bool| if on { "是" } else { "否" }.to_owned();
        vec![
            ("state", self.state.title().to_owned()),
            ("title", c.title.clone()),
            ("rule", self.what()),
            ("skus", list(c.scope.skus.iter().map(liandian_types::SkuId::as_str).collect())),
            ("categories", list(c.scope.categories.iter().map(String::as_str).collect())),
            ("without", list(c.scope.without.iter().map(liandian_types::SkuId::as_str).collect())),
            ("stores", list(c.stores.iter().map(StoreId::as_str).collect())),
            ("fulfilments", list(c.fulfilments.iter().map(|f| f.title()).collect())),
            ("new_only", yes(c.audience.new_only)),
            ("comes_back", yes(c.coupon == Some(CouponPolicy::ComesBack))),
            ("hq_bears", format!("{}‰", c.hq_bears.0)),
            ("number", i.number.to_string()),
            ("per_person", i.per_person.to_string()),
            ("budget", i.budget.map_or_else(|| "不限".to_owned(), Fen::yuan)),
            ("claim", format!("{} 至 {}", local_text(i.from, CHINA), local_text(i.until, CHINA))),
            ("valid", self.when()),
            ("ways", self.ways()),
            ("after_order", i.after_order.map_or_else(|| "不限".to_owned(), Fen::yuan)),
            ("regions", list(i.whom.regions.iter().map(RegionId::as_str).collect())),
            ("modes", list(i.whom.modes.iter().map(|m| m.title()).collect())),
            ("tiers", list(i.whom.tiers.iter().map(|t| t.title()).collect())),
        ]
    }

    /// How it is given out, in words.
    #[must_use]
    pub fn ways(&self) -> String {
        let i = &self.issue;
        let all = [(i.center, "领券中心"), (i.popup, "首页弹窗"), (i.link, "领券链接"), (i.codes, "兑换码"), (i.after_order.is_some(), "下单后")];
        all.iter().filter(|(on, _)| *on).map(|(_, name)| *name).collect::<Vec<_>>().join("、")
    }
}

/// The group of coupons that one like this is in: a cart has one on its goods, and one on its fee beside that.
#[must_use]
pub fn group_of(worth: &Worth) -> liandian_pricing::Group {
    let name = if matches!(worth, Worth::Delivery(_)) { ON_FEE } else { ON_GOODS };
    liandian_pricing::Group { name: name.to_owned(), rule: liandian_pricing::GroupRule::OneOf }
}

/// Is this a coupon that may be given out?
///
/// # Errors
/// `bad_request` naming the field.
pub fn check(t: &Template) -> Refusable<()> {
    let (c, i) = (&t.campaign, &t.issue);
    let Some(k) = t.kind() else { return bad("worth", "请选择优惠方式") };
    if c.level != Level::Hq || c.coupon.is_none() {
        return bad("worth", "优惠券由总部发放");
    }
    // A coupon's id is its template's and a number.
    if c.campaign.as_str().len() > 40 {
        return bad("campaign", "编号过长");
    }
    if !(2..=20).contains(&c.title.trim().chars().count()) || unfit(&c.title).is_some() {
        return bad("title", "优惠券名称为 2 到 20 个字");
    }
    match k.worth {
        Worth::Amount(off) => {
            money("worth", off, 1)?;
            if off >= k.from {
                return bad("from", "使用门槛要大于减的金额");
            }
        }
        Worth::Percent { off, most } => {
            between("worth", u32::from(off), 1, 990)?;
            money("worth", most, 1)?;
        }
        Worth::Delivery(off) => money("worth", off, 1)?,
    }
    money("from", k.from, 0)?;
    let lists = [
        ("skus", c.scope.skus.len()),
        ("categories", c.scope.categories.len()),
        ("without", c.scope.without.len()),
        ("stores", c.stores.len()),
        ("regions", i.whom.regions.len()),
    ];
    if let Some((field, _)) = lists.iter().find(|(_, n)| *n > MOST_LISTED) {
        return bad(field, format!("最多 {MOST_LISTED} 项"));
    }
    if c.hq_bears.0 > 1_000 {
        return bad("hq_bears", "总部承担为 0% 到 100%");
    }
    between("number", i.number, 1, MOST_ISSUED)?;
    between("per_person", i.per_person, 1, MOST_PER_PERSON)?;
    if let Some(budget) = i.budget {
        money("budget", budget, 1)?;
        if budget < t.worth() {
            return bad("budget", "预算不够发一张券");
        }
    }
    times(t)?;
    if !(i.center || i.popup || i.link || i.codes || i.after_order.is_some()) {
        return bad("center", "请选择至少一种发放方式");
    }
    i.after_order.map_or(Ok(()), |least| money("after_order", least, 0))
}

/// Do its times fit together?
fn times(t: &Template) -> Refusable<()> {
    let (s, i) = (&t.campaign.schedule, &t.issue);
    if i.until <= i.from {
        return bad("claim_until", "领取结束时间要晚于开始时间");
    }
    if s.until <= s.from {
        return bad("valid_until", "有效期的结束要晚于开始");
    }
    if s.until < i.until {
        return bad("valid_until", "有效期不能早于领取结束时间");
    }
    if s.until.0.saturating_sub(s.from.0.min(i.from.0)) > LONGEST {
        return bad("valid_until", "一种优惠券最长一年");
    }
    match i.days {
        Some(days) if !(1..=LONGEST_DAYS).contains(&days) => bad("days", format!("领取后有效天数为 1 到 {LONGEST_DAYS}")),
        _ => Ok(()),
    }
}

fn changed(campaign: &CampaignId, changes: Vec<FieldChange>, by: &StaffId, d: &mut Decision) {
    d.event(Aggregate::Campaign(campaign.clone()), Event::CampaignChanged { campaign: campaign.clone(), owner: None, by: by.clone(), changes });
}

fn written(old: Option<&Template>, new: Template, by: &StaffId) -> (Template, Decision) {
    let mut d = Decision::default();
    if let Some(same) = old.filter(|o| **o == new) {
        return (same.clone(), d);
    }
    let was = old.map(Template::fields).unwrap_or_default();
    let of = |(i, (field, new)): (usize, (&'static str, String))| {
        let old = was.get(i).map(|(_, v)| v.clone()).unwrap_or_default();
        (old != new).then(|| FieldChange { field: field.to_owned(), old, new })
    };
    let changes = new.fields().into_iter().enumerate().filter_map(of).collect();
    d.write(MarketingWrite::Template(Box::new(new.clone())));
    changed(&new.campaign.campaign, changes, by, &mut d);
    (Template { version: new.version + 1, ..new }, d)
}

/// Drafts a coupon, or edits a draft; `seen` is the version that its author saw, 0 for a new one. Answers it as it is afterwards.
///
/// # Errors
/// `bad_request` naming the field; `conflict` when it was changed since, or is no draft any more: what somebody may have does not change.
pub fn draft(old: Option<&Template>, campaign: Campaign, issue: Issue, seen: u64, by: &StaffId) -> Refusable<(Template, Decision)> {
    let version = old.map_or(0, |o| o.version);
    if seen != version {
        return conflict("优惠券刚被其他人修改过，请刷新页面，核对后再保存");
    }
    if let Some(o) = old.filter(|o| o.state != CouponState::Draft) {
        return conflict(format!("优惠券当前为「{}」，发放过的券不能修改", o.state.title()));
    }
    let new = Template { campaign, issue, state: CouponState::Draft, version };
    check(&new)?;
    Ok(written(old, new, by))
}

/// Moves a coupon on. Answers it as it is afterwards.
///
/// # Errors
/// `conflict` when it was changed since, or the step does not follow from where it stands; `bad_request` for one that may not be given out.
pub fn step(old: &Template, step: CouponStep, seen: u64, by: &StaffId, now: Timestamp) -> Refusable<(Template, Decision)> {
    if seen != old.version {
        return conflict("优惠券刚被其他人修改过，请刷新页面，核对后再操作");
    }
    if !old.steps(now).contains(&step) {
        return conflict(format!("优惠券当前为「{}」，不能{}", old.state.title(), step.title()));
    }
    let state = match step {
        CouponStep::Issue => {
            check(old)?;
            CouponState::Issuing
        }
        CouponStep::Stop => CouponState::Stopped,
    };
    Ok(written(Some(old), Template { state, ..old.clone() }, by))
}

fn tail(campaign: &CampaignId) -> &str {
    campaign.as_str().split_once('_').map_or("", |(_, tail)| tail)
}

/// What the ids of a member's coupons of a template begin with. Others may begin so, too: `cmp_1-2` has such as `cmp_1` has.
#[must_use]
pub fn ids_begin(campaign: &CampaignId) -> String {
    format!("{}_{}-", CouponId::PREFIX, tail(campaign))
}

/// The id of a member's nth coupon of a template: his own, and not another member's. So who claims twice at once claims the same one.
fn coupon_id(t: &Template, n: u32) -> Refusable<CouponId> {
    CouponId::from_tail(format!("{}-{n}", tail(&t.campaign.campaign))).map_err(|_| Problem::new(Code::BadRequest, "编号过长").at("campaign"))
}

/// The coupon that a member has next of a template of which he has had `had`.
pub(super) fn next(t: &Template, member: &MemberId, had: u32, now: Timestamp) -> Refusable<Coupon> {
    let (from, until) = t.window(now);
    Ok(Coupon {
        coupon: coupon_id(t, had + 1)?,
        member: member.clone(),
        campaign: t.campaign.campaign.clone(),
        claimed_at: now,
        from,
        until,
        held: true,
        order: None,
        version: 0,
    })
}

/// Somebody wants a coupon.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// Who.
    pub member: &'a MemberId,
    /// What is known of him.
    pub who: &'a Who,
    /// What he has had of it.
    pub mine: &'a [Coupon],
    /// So many he had of it when it was shown to him.
    pub saw: u32,
    /// How many are out.
    pub issued: &'a Issued,
}

/// Claims a coupon: it is the member's, it is one of those that there may be, and its worth is set aside. A claim that is sent again answers the
/// coupon of the first.
///
/// # Errors
/// `conflict`, saying why he cannot have it.
pub fn claim(t: &Template, c: Claim<'_>, now: Timestamp) -> Refusable<(Coupon, Decision)> {
    let had = u32::try_from(c.mine.len()).unwrap_or(u32::MAX);
    if let Some(newest) = c.mine.iter().max_by_key(|k| (k.claimed_at, k.coupon.clone())).filter(|_| had > c.saw) {
        return Ok((newest.clone(), Decision::default()));
    }
    match t.stands(c.issued, had, c.who, now) {
        OfferState::Open => {}
        OfferState::Claimed => return conflict(format!("每人限领 {} 张，您已领过", t.issue.per_person)),
        other => return conflict(t.stands_text(other, now)),
    }
    let coupon = next(t, c.member, had, now)?;
    let mut d = Decision::default();
    d.write(MarketingWrite::Coupon(Box::new(coupon.clone())));
    d.write(MarketingWrite::Issued(Box::new(Issuing {
        campaign: coupon.campaign.clone(),
        more: Issued { issued: 1, promised: t.worth(), claimed: 1, ..Issued::default() },
        most_issued: Some(t.issue.number),
        most_promised: t.issue.budget,
    })));
    Ok((coupon, d))
}

#[cfg(test)]
pub(super) mod tests {
    use liandian_pricing::{Audience, HqBears, Left, OnLoss, Schedule, Scope};

    use super::*;

    pub(crate) const NOW: Timestamp = Timestamp(1_795_420_800_000);

    /// 满 100 减 10, ten of it, one for each, for a week; the budget is for eight.
    pub(crate) fn template() -> Template {
        let kind = CouponKind { from: Fen(10_000), worth: Worth::Amount(Fen(1_000)) };
        let campaign = Campaign {
            campaign: "cmp_1".parse().unwrap(),
            title: "全国券".into(),
            level: Level::Hq,
            priority: 0,
            kind: Kind::Coupon(kind),
            scope: Scope::default(),
            group: Some(group_of(&kind.worth)),
            beside_hq: false,
            breaks_floor: false,
            audience: Audience::default(),
            schedule: Schedule { from: NOW, until: NOW.plus(7 * Timestamp::DAY), weekdays: 0, month_days: 0, minutes: None },
            stores: Vec::new(),
            fulfilments: Vec::new(),
            left: Left::default(),
            coupon: Some(CouponPolicy::ComesBack),
            on_loss: OnLoss::Keep,
            hq_bears: HqBears(1_000),
        };
        let issue = Issue {
            number: 10,
            per_person: 1,
            budget: Some(Fen(8_000)),
            from: NOW,
            until: NOW.plus(Timestamp::DAY),
            days: None,
            center: true,
            popup: false,
            link: true,
            codes: true,
            after_order: None,
            whom: Whom::default(),
        };
        Template { campaign, issue, state: CouponState::Issuing, version: 3 }
    }

    fn by() -> StaffId {
        "stf_1".parse().unwrap()
    }

    fn field(t: &Template) -> String {
        check(t).unwrap_err().field.unwrap_or_default()
    }

    #[test]
    fn given_a_template_when_its_coupons_are_looked_for_then_what_their_ids_begin_with_is_that_of_each() {
        let t = template();
        for had in [0, 9, 98] {
            let coupon = next(&t, &"mem_1".parse().unwrap(), had, NOW).unwrap();
            assert_eq!(coupon.coupon.as_str(), format!("{}{}", ids_begin(&t.campaign.campaign), had + 1));
        }
    }

    #[test]
    fn given_a_coupon_when_each_limit_is_met_or_passed_then_it_may_be_given_out_or_not() {
        let t = template();
        assert_eq!(check(&t), Ok(()));
        let with = |change: &dyn Fn(&mut Template)| {
            let mut other = t.clone();
            change(&mut other);
            other
        };
        let worth = |worth: Worth, from: i64| with(&|t| t.campaign.kind = Kind::Coupon(CouponKind { from: Fen(from), worth }));
        assert_eq!(check(&worth(Worth::Amount(Fen(1_000)), 1_001)), Ok(()));
        assert_eq!(field(&worth(Worth::Amount(Fen(1_000)), 1_000)), "from", "nothing is given away whole");
        assert_eq!(field(&worth(Worth::Amount(Fen(0)), 1_000)), "worth");
        assert_eq!(check(&worth(Worth::Percent { off: 990, most: Fen(1) }, 0)), Ok(()));
        assert_eq!(field(&worth(Worth::Percent { off: 991, most: Fen(1) }, 0)), "worth");
        assert_eq!(field(&worth(Worth::Percent { off: 0, most: Fen(1) }, 0)), "worth");
        assert_eq!(check(&worth(Worth::Delivery(Fen(500)), 0)), Ok(()));
        for (number, fits) in [(0, false), (1, true), (MOST_ISSUED, true), (MOST_ISSUED + 1, false)] {
            assert_eq!(check(&with(&|t| t.issue.number = number)).is_ok(), fits, "{number}");
        }
        for (n, fits) in [(0, false), (1, true), (MOST_PER_PERSON, true), (MOST_PER_PERSON + 1, false)] {
            assert_eq!(check(&with(&|t| t.issue.per_person = n)).is_ok(), fits, "{n}");
        }
        for (budget, fits) in [(999, false), (1_000, true), (100_000_000, true), (100_000_001, false)] {
            assert_eq!(check(&with(&|t| t.issue.budget = Some(Fen(budget)))).is_ok(), fits, "{budget}");
        }
        for (days, fits) in [(0, false), (1, true), (LONGEST_DAYS, true), (LONGEST_DAYS + 1, false)] {
            assert_eq!(check(&with(&|t| t.issue.days = Some(days))).is_ok(), fits, "{days}");
        }
        assert_eq!(field(&with(&|t| t.issue.until = t.issue.from)), "claim_until");
        assert_eq!(field(&with(&|t| t.campaign.schedule.until = t.issue.until.plus(-1))), "valid_until");
        assert_eq!(check(&with(&|t| t.campaign.schedule.until = t.issue.until)), Ok(()));
        assert_eq!(check(&with(&|t| t.campaign.schedule.until = NOW.plus(LONGEST))), Ok(()));
        assert_eq!(field(&with(&|t| t.campaign.schedule.until = NOW.plus(LONGEST + 1))), "valid_until");
        assert_eq!(field(&with(&|t| t.campaign.hq_bears = HqBears(1_001))), "hq_bears");
        assert_eq!(field(&with(&|t| t.campaign.title = "券".into())), "title");
        let nowhere = with(&|t| t.issue = Issue { center: false, link: false, codes: false, ..t.issue.clone() });
        assert_eq!(field(&nowhere), "center");
    }

    #[test]
    fn given_a_draft_when_edited_and_given_out_then_its_terms_stay_and_it_can_be_stopped_and_go_on() {
        let t = template();
        let (first, d) = draft(None, t.campaign.clone(), t.issue.clone(), 0, &by()).unwrap();
        assert_eq!((first.state, first.version, d.events.len()), (CouponState::Draft, 1, 1));
        assert_eq!(draft(Some(&first), t.campaign.clone(), t.issue.clone(), 0, &by()).unwrap_err().code, Code::Conflict, "seen before");
        let (same, d) = draft(Some(&first), t.campaign.clone(), t.issue.clone(), 1, &by()).unwrap();
        assert!(same == first && d.is_empty());
        let (issuing, _) = step(&first, CouponStep::Issue, 1, &by(), NOW).unwrap();
        assert_eq!(issuing.state, CouponState::Issuing);
        assert_eq!(draft(Some(&issuing), t.campaign, t.issue, 2, &by()).unwrap_err().code, Code::Conflict);
        assert_eq!(step(&issuing, CouponStep::Stop, 1, &by(), NOW).unwrap_err().code, Code::Conflict, "seen before");
        let (stopped, _) = step(&issuing, CouponStep::Stop, 2, &by(), NOW).unwrap();
        assert_eq!((stopped.state, stopped.steps(NOW)), (CouponState::Stopped, vec![CouponStep::Issue]));
        assert_eq!(stopped.steps(stopped.issue.until), Vec::new(), "its time is over");
        assert_eq!(step(&stopped, CouponStep::Stop, 3, &by(), NOW).unwrap_err().code, Code::Conflict);
    }

    #[test]
    fn given_somebody_who_wants_one_when_asked_at_each_edge_then_he_can_have_it_or_is_told_why_not() {
        let (t, none, anybody) = (template(), Issued::default(), Who::default());
        let at = |now: Timestamp| t.stands(&none, 0, &anybody, now);
        assert_eq!(at(NOW.plus(-1)), OfferState::Soon);
        assert_eq!((at(NOW), at(t.issue.until.plus(-1)), at(t.issue.until)), (OfferState::Open, OfferState::Open, OfferState::Over));
        assert_eq!(t.stands(&none, 1, &anybody, NOW), OfferState::Claimed);
        let out = |issued, promised| Issued { issued, promised: Fen(promised), ..none };
        assert_eq!((t.left(&out(9, 0)), t.left(&out(10, 0)), t.left(&out(0, 7_000)), t.left(&out(0, 7_001))), (1, 0, 1, 0));
        assert_eq!(t.stands(&out(10, 0), 0, &anybody, NOW), OfferState::Gone);
        assert_eq!(Template { state: CouponState::Stopped, ..t.clone() }.stands(&none, 0, &anybody, NOW), OfferState::Over);

        let mut after = t.clone();
        after.issue.after_order = Some(Fen(5_000));
        let paid = |fen| Who { paid: Fen(fen), ..Who::default() };
        assert_eq!(after.stands(&none, 0, &paid(4_999), NOW), OfferState::AfterOrder);
        assert_eq!(after.stands(&none, 0, &paid(5_000), NOW), OfferState::Open);

        let mut new = t.clone();
        new.campaign.audience.new_only = true;
        assert_eq!(new.stands(&none, 0, &anybody, NOW), OfferState::NotForYou);
        assert_eq!(new.stands(&none, 0, &Who { new: true, ..Who::default() }, NOW), OfferState::Open);

        let mut some = t;
        some.issue.whom = Whom { modes: vec![Mode::Franchise], ..Whom::default() };
        let last = |mode| Who { last: Some(LastStore { region: "reg_1".parse().unwrap(), mode, tier: Tier::Standard }), ..Who::default() };
        assert_eq!(some.stands(&none, 0, &anybody, NOW), OfferState::NotForYou);
        assert_eq!(some.stands(&none, 0, &last(Mode::Direct), NOW), OfferState::NotForYou);
        assert_eq!(some.stands(&none, 0, &last(Mode::Franchise), NOW), OfferState::Open);
    }

    #[test]
    fn given_a_claim_when_it_is_sent_again_then_it_is_one_coupon_and_its_worth_is_set_aside_once() {
        let (t, member, who) = (template(), "mem_1".parse::<MemberId>().unwrap(), Who::default());
        let issued = Issued { issued: 7, promised: Fen(7_000), claimed: 7, ..Issued::default() };
        let first = Claim { member: &member, who: &who, mine: &[], saw: 0, issued: &issued };
        let (coupon, d) = claim(&t, first, NOW).unwrap();
        assert_eq!((coupon.coupon.as_str(), coupon.until, coupon.held), ("cpn_1-1", t.campaign.schedule.until, true));
        let told: Vec<_> = d
            .writes
            .iter()
            .filter_map(|w| {
                if let crate::Write::Marketing(MarketingWrite::Issued(i)) = w {
                    Some((i.more.issued, i.more.promised.0, i.most_issued))
                } else {
                    None
                }
            })
            .collect();
        assert_eq!(told, [(1, 1_000, Some(10))]);
        let mine = [coupon.clone()];
        let (again, d) = claim(&t, Claim { mine: &mine, ..first }, NOW).unwrap();
        assert!(again == coupon && d.is_empty());
        let refused = claim(&t, Claim { mine: &mine, saw: 1, ..first }, NOW).unwrap_err();
        assert_eq!((refused.code, refused.detail.as_str()), (Code::Conflict, "每人限领 1 张，您已领过"));
    }

    #[test]
    fn given_days_after_the_claim_when_claimed_then_it_is_good_for_these_and_never_beyond_the_end() {
        let mut t = template();
        t.issue.days = Some(3);
        assert_eq!(t.window(NOW), (NOW, NOW.plus(3 * Timestamp::DAY)));
        let late = NOW.plus(5 * Timestamp::DAY);
        assert_eq!(t.window(late), (late, t.campaign.schedule.until));
        let early = NOW.plus(-Timestamp::DAY);
        assert_eq!(t.window(early), (NOW, NOW.plus(3 * Timestamp::DAY)), "it begins with its time");
        t.issue.days = None;
        assert_eq!(t.window(late), (NOW, NOW.plus(7 * Timestamp::DAY)));
    }

    #[test]
    fn given_what_a_coupon_is_worth_when_told_then_it_is_short() {
        let text = |from, worth| worth_text(&CouponKind { from: Fen(from), worth });
        assert_eq!(text(10_000, Worth::Amount(Fen(1_050))), "满 100 减 10.50");
        assert_eq!(text(0, Worth::Percent { off: 150, most: Fen(2_000) }), "无门槛享 8.5 折，最多减 20");
        assert_eq!(text(0, Worth::Percent { off: 125, most: Fen(2_000) }), "无门槛享 8.75 折，最多减 20", "no more is said than is given");
        assert_eq!(text(2_990, Worth::Delivery(Fen(500))), "满 29.90 运费减 5");
    }
}
