//! What happens to a change of a store that a policy does not let through: it waits as a change request until whom the policy
//! names has decided. [`decide_change`] is the one place that says whether it has to; a dry run asks it about past changes.

use std::collections::BTreeMap;

use liandian_types::{Approver, Code, Fen, Problem, RegionId, RequestId, RequestState, SkuId, StaffId, StoreId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    fields::FieldKey,
    price::{PriceBook, PriceLeave, SetPrice, StorePrice, TimedPrice},
    resolve::{Effective, Resolved},
};
use crate::{Refusable, conflict};

/// What a change is about. Two changes of the same target are in each other's way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Target {
    /// The prices of a SKU in a store.
    Price {
        /// The store.
        store: StoreId,
        /// The SKU.
        sku: SkuId,
    },
    /// Whether a store lists a SKU.
    Listing {
        /// The store.
        store: StoreId,
        /// The SKU.
        sku: SkuId,
    },
    /// A store's own product.
    Local {
        /// The store.
        store: StoreId,
        /// The SKU.
        sku: SkuId,
    },
    /// A store's campaign.
    Campaign {
        /// The store.
        store: StoreId,
        /// Which.
        campaign: String,
    },
    /// A field of a store's profile.
    Profile {
        /// The store.
        store: StoreId,
        /// Which.
        field: String,
    },
}

impl Target {
    /// Whose it is.
    #[must_use]
    pub fn store(&self) -> &StoreId {
        match self {
            Target::Price { store, .. }
            | Target::Listing { store, .. }
            | Target::Local { store, .. }
            | Target::Campaign { store, .. }
            | Target::Profile { store, .. } => store,
        }
    }
}

/// A document that shows what a product may be sold as (资质).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Its type, e.g. 食品经营许可证.
    pub kind: String,
    /// Its number.
    pub number: String,
    /// From this moment on it is worth nothing.
    pub expires: Timestamp,
    /// Where the file is.
    pub file: String,
}

/// The old and the new value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Change {
    /// A store's own price; `None`: HQ's.
    Price {
        /// What it was.
        old: Option<Fen>,
        /// What it shall be.
        new: Option<Fen>,
    },
    /// A limited-time price more.
    Timed {
        /// The offer.
        new: TimedPrice,
    },
    /// A SKU is listed, or no longer.
    List {
        /// Was it?
        old: bool,
        /// Shall it be?
        new: bool,
    },
    /// A local product is shown for the first time.
    ShowLocal {
        /// Its documents.
        documents: Vec<Document>,
    },
    /// A campaign begins.
    Campaign {
        /// The most that it takes off, in per cent.
        percent: u32,
    },
    /// A field of the profile.
    Profile {
        /// What it said.
        old: String,
        /// What it shall say.
        new: String,
    },
}

/// What must be known of the target to judge a change.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Facts {
    /// All that is said about the SKU's price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub book: Option<PriceBook>,
    /// HQ wants every store to have it.
    #[serde(default)]
    pub mandatory: bool,
    /// How many local products the store shows already.
    #[serde(default)]
    pub locals: u32,
    /// The permit that goods of its category need and the store has not, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permit: Option<String>,
}

/// The rule that did not let a change through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleHit {
    /// The field with its value and where that comes from.
    pub rule: Resolved,
    /// Who may let it through.
    pub approver: Approver,
    /// Why, in a sentence.
    pub reason: String,
}

/// What a change does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "effect", content = "hit")]
pub enum Effect {
    /// It takes effect at once.
    Now,
    /// It waits for somebody.
    Ask(RuleHit),
    /// Nobody may let it through.
    Refuse(RuleHit),
}

impl Effect {
    /// The rule that was hit.
    #[must_use]
    pub fn hit(&self) -> Option<&RuleHit> {
        match self {
            Effect::Now => None,
            Effect::Ask(hit) | Effect::Refuse(hit) => Some(hit),
        }
    }
}

/// The strictest of what was hit; of equally strict ones the first.
fn strictest(hits: Vec<RuleHit>) -> Effect {
    let first = hits.into_iter().reduce(|worst, hit| if hit.approver > worst.approver { hit } else { worst });
    match first {
        None => Effect::Now,
        Some(hit) if hit.approver == Approver::Nobody => Effect::Refuse(hit),
        Some(hit) => Effect::Ask(hit),
    }
}

/// Does the policy let a change through? The same for live changes and for a dry run over past ones.
#[must_use]
pub fn decide_change(policy: &Effective, change: &Change, facts: &Facts, now: Timestamp) -> Effect {
    use FieldKey as F;
    let hit = |field: F, approver: Approver, reason: String| RuleHit { rule: policy.get(field).clone(), approver, reason };
    let never = |field, reason: &str| hit(field, Approver::Nobody, reason.to_owned());
    let mut hits = Vec::new();
    match change {
        Change::Price { new: None, .. } => {}
        Change::Price { new: Some(price), .. } => match &facts.book {
            None => hits.push(never(F::MayPrice, "门店没有上架该商品")),
            Some(book) => price_hits(policy, book, F::MayPrice, (*price, *price), &mut hits),
        },
        Change::Timed { new } => match &facts.book {
            None => hits.push(never(F::MayTimedPrice, "门店没有上架该商品")),
            Some(_) if new.until <= new.from || new.until <= now => hits.push(never(F::MayTimedPrice, "限时价的结束时间应晚于开始时间和现在")),
            Some(book) => {
                // Judged together with those that overlap: two small ones may make a great one.
                let mut with = book.clone();
                with.timed.push(TimedPrice { leave: None, ..new.clone() });
                price_hits(policy, book, F::MayTimedPrice, with.range(policy, new.from, new.until), &mut hits);
                if new.until.0.saturating_sub(new.from.0) > policy.number(F::TimedPriceDays).saturating_mul(Timestamp::DAY) {
                    let reason = format!("限时价超过 {} 天", policy.number(F::TimedPriceDays));
                    hits.push(hit(F::TimedPriceDays, policy.approver(F::ApprovePrice), reason));
                }
            }
        },
        Change::List { new: false, .. } if facts.mandatory => hits.push(never(F::MayList, "必售商品不能下架")),
        Change::List { old, new } => {
            if old != new && !facts.mandatory && !policy.switch(F::MayList) {
                hits.push(hit(F::MayList, policy.approver(F::ApproveListing), "门店没有自主选品的权限".into()));
            }
            // Who looks at a permit is HQ, whatever a row says.
            if let Some(permit) = facts.permit.as_ref().filter(|_| *new && !*old) {
                let approver = policy.approver(F::ApproveListing).max(Approver::Hq);
                hits.push(hit(F::ApproveListing, approver, format!("该类目的商品须有{permit}，本店没有登记有效的证照")));
            }
        }
        Change::ShowLocal { documents } => {
            let most = policy.number(F::LocalProducts);
            if !policy.switch(F::MayLocal) {
                hits.push(never(F::MayLocal, "门店不能有本地商品"));
            } else if i64::from(facts.locals) >= most {
                hits.push(hit(F::LocalProducts, Approver::Nobody, format!("本地商品已达上限 {most} 个")));
            } else if policy.switch(F::LocalDocuments) && !documents.iter().any(|d| d.expires > now) {
                hits.push(never(F::LocalDocuments, "本地商品须附有未到期的资质文件"));
            }
            if documents.iter().any(|d| d.expires <= now) {
                hits.push(never(F::LocalDocuments, "资质文件已到期"));
            }
            // The first showing is reviewed in any case, and by HQ, whatever a row says.
            hits.push(hit(F::ApproveLocal, policy.approver(F::ApproveLocal).max(Approver::Hq), "本地商品首次上架由总部审核".into()));
        }
        Change::Campaign { percent } => {
            let most = policy.number(F::CampaignDiscount);
            let approver = policy.approver(F::ApproveCampaign);
            if !policy.switch(F::MayCampaign) {
                hits.push(hit(F::MayCampaign, approver, "门店没有自办活动的权限".into()));
            } else if i64::from(*percent) > most {
                hits.push(hit(F::CampaignDiscount, approver, format!("活动优惠 {percent}%，超过 {most}%")));
            }
        }
        Change::Profile { old, new } => {
            if old != new && !policy.switch(F::MayProfile) {
                hits.push(hit(F::MayProfile, policy.approver(F::ApproveProfile), "修改门店资料须经审批".into()));
            }
        }
    }
    strictest(hits)
}

/// What a lowest and a highest price hit.
fn price_hits(policy: &Effective, book: &PriceBook, right: FieldKey, (low, high): (Fen, Fen), hits: &mut Vec<RuleHit>) {
    if low < book.floor.price {
        let reason = format!("价格 {low} 低于最低售价 {}", book.floor.price);
        hits.push(RuleHit { rule: policy.get(FieldKey::FloorRule).clone(), approver: Approver::Nobody, reason });
    }
    let broken = book.breaks(policy, right, low).or_else(|| book.breaks(policy, right, high));
    if let Some(broken) = broken {
        let hq = book.reference();
        let reason = match broken.field {
            FieldKey::MaxDiscount => format!("比总部价格 {hq} 低 {}%，超过 {}%", broken.percent, policy.number(FieldKey::MaxDiscount)),
            FieldKey::MaxMarkup => format!("比总部价格 {hq} 高 {}%，超过 {}%", broken.percent, policy.number(FieldKey::MaxMarkup)),
            FieldKey::FlagshipLocked => "品牌主推商品的价格由总部决定".to_owned(),
            FieldKey::MayTimedPrice => "门店没有设置限时价的权限".to_owned(),
            _ => "门店没有自主定价的权限".to_owned(),
        };
        hits.push(RuleHit { rule: policy.get(broken.field).clone(), approver: policy.approver(FieldKey::ApprovePrice), reason });
    }
}

/// A change of the past, with what was known then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastChange {
    /// When.
    pub at: Timestamp,
    /// What it was about.
    pub target: Target,
    /// What was changed.
    pub change: Change,
    /// What was known.
    pub facts: Facts,
}

/// What past changes would have come to under another policy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DryRun<'a> {
    /// How many would have taken effect at once.
    pub at_once: usize,
    /// Which would have waited, and by which rule.
    pub requests: Vec<(&'a PastChange, RuleHit)>,
    /// Which nobody could have let through.
    pub refused: Vec<(&'a PastChange, RuleHit)>,
}

/// "With this threshold the changes of the last month would have made so many requests: these." `policy` says what would have
/// held in a store.
pub fn dry_run<'a, 'p>(past: impl IntoIterator<Item = &'a PastChange>, policy: impl Fn(&StoreId) -> &'p Effective) -> DryRun<'a> {
    let mut run = DryRun::default();
    for p in past {
        match decide_change(policy(p.target.store()), &p.change, &p.facts, p.at) {
            Effect::Now => run.at_once += 1,
            Effect::Ask(hit) => run.requests.push((p, hit)),
            Effect::Refuse(hit) => run.refused.push((p, hit)),
        }
    }
    run
}

/// What somebody says to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Who.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub text: String,
}

/// That somebody agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who.
    pub by: StaffId,
    /// When.
    pub at: Timestamp,
}

/// For whom somebody decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum Desk {
    /// A region.
    Region(RegionId),
    /// HQ.
    Hq,
}

/// Who decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewer {
    /// The person.
    pub staff: StaffId,
    /// For whom.
    pub desk: Desk,
}

/// A change request (审批单).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeRequest {
    /// Its id.
    pub request: RequestId,
    /// What it is about.
    pub target: Target,
    /// The store's region when it was asked.
    pub region: RegionId,
    /// The old and the new value.
    pub change: Change,
    /// The rule that did not let it through.
    pub hit: RuleHit,
    /// Where it stands.
    pub state: RequestState,
    /// Who asks.
    pub by: StaffId,
    /// Since when.
    pub at: Timestamp,
    /// The version of the target that its author saw.
    pub seen: u64,
    /// What was said about it.
    #[serde(default)]
    pub comments: Vec<Comment>,
    /// What its author shows beside it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<Document>,
    /// Who agreed.
    #[serde(default)]
    pub approvals: Vec<Approval>,
    /// Why it was rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who ended it, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Approval>,
    /// When its reviewers were last told of it.
    pub told: Timestamp,
    /// How often they were told again.
    #[serde(default)]
    pub reminded: u32,
    /// Since when it is HQ's to answer, because its region did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalated: Option<Timestamp>,
    /// When somebody has to be told again; absent when it no longer waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// The request that it asks again for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renews: Option<RequestId>,
    /// How often it was changed.
    #[serde(default)]
    pub version: u64,
}

/// Who asks for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// The new request's id.
    pub request: RequestId,
    /// What it is about.
    pub target: Target,
    /// The store's region.
    pub region: RegionId,
    /// The change.
    pub change: Change,
    /// Who asks.
    pub by: StaffId,
    /// The version of the target that its author saw.
    pub seen: u64,
}

/// What a reminder comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Nobody is told yet: the policy waits longer by now.
    Later,
    /// Its reviewers are told again.
    Again,
    /// Its region did not answer: HQ is told.
    Escalated,
}

/// What became of an approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Approved {
    /// The change takes effect, with this request's leave.
    InForce(ChangeRequest),
    /// Somebody else has to agree as well.
    OneMore(ChangeRequest),
    /// The target was changed since: nothing takes effect.
    Stale(ChangeRequest),
}

impl Approved {
    /// The request as it stands now.
    #[must_use]
    pub fn request(&self) -> &ChangeRequest {
        match self {
            Approved::InForce(r) | Approved::OneMore(r) | Approved::Stale(r) => r,
        }
    }
}

impl ChangeRequest {
    /// A request that waits, for a change that hit a rule.
    #[must_use]
    pub fn ask(a: Asking, hit: RuleHit, now: Timestamp) -> Self {
        Self {
            request: a.request,
            target: a.target,
            region: a.region,
            change: a.change,
            hit,
            state: RequestState::Pending,
            by: a.by,
            at: now,
            seen: a.seen,
            comments: Vec::new(),
            documents: Vec::new(),
            approvals: Vec::new(),
            reason: None,
            ended: None,
            told: now,
            reminded: 0,
            escalated: None,
            due: None,
            renews: None,
            version: 0,
        }
    }

    /// The same, with the moment at which its reviewers are told again as the store's policy has it now.
    #[must_use]
    pub fn due_by(self, policy: &Effective) -> Self {
        Self { due: self.remind_at(policy), ..self }
    }

    fn pending(&self) -> Refusable<()> {
        if self.state == RequestState::Pending { Ok(()) } else { conflict(format!("审批单{}，不能再处理", self.state.title())) }
    }

    fn step(&self, state: RequestState) -> Self {
        // What no longer waits is nothing that anybody is told of again.
        let due = self.due.filter(|_| state == RequestState::Pending);
        Self { state, due, version: self.version + 1, ..self.clone() }
    }

    fn end(&self, state: RequestState, by: &StaffId, now: Timestamp) -> Self {
        Self { ended: Some(Approval { by: by.clone(), at: now }), ..self.step(state) }
    }

    /// May this person decide on it?
    ///
    /// # Errors
    /// `forbidden` when it is the person who asks, or the request is not for the person's desk.
    pub fn may_review(&self, who: &Reviewer, needed: Approver) -> Refusable<()> {
        let no = |why: &str| Err(Problem::new(Code::Forbidden, why));
        if who.staff == self.by {
            return no("不能审批自己提交的审批单");
        }
        match (&who.desk, needed) {
            (_, Approver::Nobody) => no("该修改不受理"),
            (Desk::Hq, _) => Ok(()),
            (Desk::Region(r), Approver::Region) if *r == self.region => Ok(()),
            (Desk::Region(_), Approver::Region) => no("不是本区域的审批单"),
            (Desk::Region(_), Approver::Hq | Approver::TwoHq) => no("该审批单须由总部审批"),
        }
    }

    /// Whom it needs: what was said when it was asked, or what the policy says now, whichever is stricter.
    fn needed(&self, today: &Effect) -> Approver {
        today.hit().map_or(self.hit.approver, |hit| hit.approver.max(self.hit.approver))
    }

    /// Agrees. `version` is the target's, `today` what [`decide_change`] says of the change now: what nobody may let through by
    /// now, a price below a new floor for one, is refused with that reason.
    ///
    /// # Errors
    /// `conflict` when it no longer waits, or is refused by now, or the same person has agreed already; `forbidden` as
    /// [`ChangeRequest::may_review`] says.
    pub fn approve(&self, who: &Reviewer, version: u64, today: &Effect, now: Timestamp) -> Refusable<Approved> {
        self.pending()?;
        if let Effect::Refuse(hit) = today {
            return conflict(format!("不能批准：{}", hit.reason));
        }
        let needed = self.needed(today);
        self.may_review(who, needed)?;
        if version != self.seen {
            return Ok(Approved::Stale(self.step(RequestState::Stale)));
        }
        if self.approvals.iter().any(|a| a.by == who.staff) {
            return conflict("你已经同意过，须由另一人审批");
        }
        let mut next = self.clone();
        next.version += 1;
        next.approvals.push(Approval { by: who.staff.clone(), at: now });
        if needed == Approver::TwoHq && next.approvals.len() < 2 {
            return Ok(Approved::OneMore(next));
        }
        next.state = RequestState::Approved;
        next.due = None;
        next.ended = Some(Approval { by: who.staff.clone(), at: now });
        Ok(Approved::InForce(next))
    }

    /// Does not let it through.
    ///
    /// # Errors
    /// `bad_request` without a reason; `conflict` when it no longer waits; `forbidden` as [`ChangeRequest::may_review`] says.
    pub fn reject(&self, who: &Reviewer, reason: &str, now: Timestamp) -> Refusable<Self> {
        self.pending()?;
        self.may_review(who, self.hit.approver)?;
        if reason.trim().is_empty() {
            return Err(Problem::new(Code::BadRequest, "请填写驳回原因").at("reason"));
        }
        Ok(Self { reason: Some(reason.trim().to_owned()), ..self.end(RequestState::Rejected, &who.staff, now) })
    }

    /// Its store no longer asks. Whoever works there may say so.
    ///
    /// # Errors
    /// `conflict` when it is over.
    pub fn withdraw(&self, by: &StaffId, now: Timestamp) -> Refusable<Self> {
        if self.state != RequestState::Stale {
            self.pending()?;
        }
        Ok(self.end(RequestState::Withdrawn, by, now))
    }

    /// Notices that the target was changed. `None` when it was not, or the request does not wait.
    #[must_use]
    pub fn noticed(&self, version: u64) -> Option<Self> {
        (self.state == RequestState::Pending && version != self.seen).then(|| self.step(RequestState::Stale))
    }

    /// Asks again for the same new value, of the target as it is now: the old request, over, and the new one, which waits unless
    /// `today` lets the change through. `change` is the old one with the value that is there now.
    ///
    /// # Errors
    /// `conflict` when it is not stale or nobody may let the change through by now.
    pub fn renew(&self, a: Asking, today: Effect, now: Timestamp) -> Refusable<(Self, Option<Self>)> {
        if self.state != RequestState::Stale {
            return conflict("审批单没有过期，不必重新提交");
        }
        if a.target != self.target {
            return conflict("重新提交的不是同一项内容");
        }
        let old = self.end(RequestState::Renewed, &a.by, now);
        match today {
            Effect::Now => Ok((old, None)),
            Effect::Refuse(hit) => conflict(format!("不能重新提交：{}", hit.reason)),
            Effect::Ask(hit) => Ok((old, Some(Self { renews: Some(self.request.clone()), ..Self::ask(a, hit, now) }))),
        }
    }

    /// Says something.
    ///
    /// # Errors
    /// `bad_request` when it is nothing or more than 500 characters.
    pub fn comment(&self, by: &StaffId, text: &str, now: Timestamp) -> Refusable<Self> {
        let text = text.trim();
        if text.is_empty() || text.chars().count() > 500 {
            return Err(Problem::new(Code::BadRequest, "留言应为 1 到 500 字").at("text"));
        }
        let mut next = self.step(self.state);
        next.comments.push(Comment { by: by.clone(), at: now, text: text.to_owned() });
        Ok(next)
    }

    /// When its reviewers are told again; `None` when it no longer waits.
    #[must_use]
    pub fn remind_at(&self, policy: &Effective) -> Option<Timestamp> {
        let wait = policy.number(FieldKey::RemindAfter).saturating_mul(Timestamp::HOUR);
        (self.state == RequestState::Pending).then(|| self.told.plus(wait))
    }

    /// Tells its reviewers again, if it is time: each time once, since what is due moves on with it. After twice that time without a word of the region it
    /// becomes HQ's as well. `None` when there is nothing to be done; a wait that the policy has made longer since only moves on.
    #[must_use]
    pub fn remind(&self, policy: &Effective, now: Timestamp) -> Option<(Self, Told)> {
        let wait = policy.number(FieldKey::RemindAfter).max(1).saturating_mul(Timestamp::HOUR);
        if self.state != RequestState::Pending || self.due.is_some_and(|due| due > now) {
            return None;
        }
        let at = self.told.plus(wait);
        if at > now {
            return Some((Self { due: Some(at), ..self.step(self.state) }, Told::Later));
        }
        let next = Self { told: now, reminded: self.reminded.saturating_add(1), due: Some(now.plus(wait)), ..self.step(self.state) };
        let unheard = self.at.plus(wait.saturating_mul(2)) <= now;
        if self.hit.approver == Approver::Region && self.escalated.is_none() && unheard {
            return Some((Self { escalated: Some(now), ..next }, Told::Escalated));
        }
        Some((next, Told::Again))
    }

    /// Does it wait for HQ: by its rule, or because its region did not answer?
    #[must_use]
    pub fn waits_for_hq(&self) -> bool {
        self.hit.approver != Approver::Region || self.escalated.is_some()
    }

    /// The leave that an approved request gives a price; `None` for one that is not approved or about no price. `book` is what
    /// is said about the price without this change.
    #[must_use]
    pub fn price_leave(&self, policy: &Effective, book: &PriceBook) -> Option<PriceLeave> {
        let ended = self.ended.as_ref().filter(|_| self.state == RequestState::Approved)?;
        let (lowest, highest) = match &self.change {
            Change::Price { new: Some(price), .. } => (*price, *price),
            Change::Timed { new } => {
                let mut with = book.clone();
                with.timed.push(TimedPrice { leave: None, ..new.clone() });
                with.range(policy, new.from, new.until)
            }
            _ => return None,
        };
        Some(PriceLeave { request: self.request.clone(), lowest, highest, at: ended.at })
    }
}

/// Approves several at once, in order: each by itself, with its own outcome. Of two about one target the first that takes effect
/// makes the second stale.
pub fn approve_several<'r>(
    requests: impl IntoIterator<Item = &'r ChangeRequest>,
    who: &Reviewer,
    version: impl Fn(&Target) -> u64,
    today: impl Fn(&ChangeRequest) -> Effect,
    now: Timestamp,
) -> Vec<(RequestId, Refusable<Approved>)> {
    let mut moved: BTreeMap<&Target, u64> = BTreeMap::new();
    let mut outcomes = Vec::new();
    for r in requests {
        let at = version(&r.target) + moved.get(&r.target).copied().unwrap_or(0);
        let outcome = r.approve(who, at, &today(r), now);
        if matches!(outcome, Ok(Approved::InForce(_))) {
            *moved.entry(&r.target).or_default() += 1;
        }
        outcomes.push((r.request.clone(), outcome));
    }
    outcomes
}

/// Puts a change of a price into a book: what is in force afterwards. Changes of other kinds leave it as it is.
pub fn apply_price(book: &mut PriceBook, change: &Change, leave: Option<PriceLeave>, by: &StaffId, why: &str, now: Timestamp) {
    match change {
        Change::Price { new, .. } => {
            let set = |price| SetPrice { price, by: by.clone(), at: now, why: why.to_owned() };
            book.store = new.map(|price| StorePrice { set: set(price), leave });
        }
        Change::Timed { new } => book.timed.push(TimedPrice { leave, at: now, by: by.clone(), ..new.clone() }),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use liandian_types::{Mode, Tier};

    use super::*;
    use crate::governance::{
        fields::Value,
        price::Offer,
        resolve::{Level, Place, Setting, effective, preset_settings},
    };

    const NOW: Timestamp = Timestamp(1_000);

    fn staff(name: &str) -> StaffId {
        format!("stf_{name}").parse().unwrap()
    }

    fn policy(mode: Mode, more: &[(FieldKey, Value)]) -> Effective {
        let place = Place { store: "sto_1".parse().unwrap(), mode, tier: Tier::Standard, region: "reg_1".parse().unwrap() };
        let mut rows = preset_settings(mode, &staff("hq"), Timestamp(0));
        rows.extend(more.iter().map(|(field, value)| Setting {
            level: Level::Store("sto_1".parse().unwrap()),
            field: *field,
            value: Some(value.clone()),
            by: staff("hq"),
            at: Timestamp(0),
            from: Timestamp(0),
            why: "试".into(),
            seq: 1,
        }));
        effective(&rows, &place, NOW)
    }

    fn facts(floor: i64) -> Facts {
        let set = |price| SetPrice { price: Fen(price), by: staff("hq"), at: Timestamp(0), why: "定价".into() };
        let book =
            PriceBook { sku: "sku_1".parse().unwrap(), flagship: false, hq: set(1_000), region: None, store: None, timed: vec![], floor: set(floor) };
        Facts { book: Some(book), ..Facts::default() }
    }

    fn price(new: i64) -> Change {
        Change::Price { old: None, new: Some(Fen(new)) }
    }

    fn target() -> Target {
        Target::Price { store: "sto_1".parse().unwrap(), sku: "sku_1".parse().unwrap() }
    }

    fn asking(id: &str, change: Change, seen: u64) -> Asking {
        let (request, region) = (id.parse().unwrap(), "reg_1".parse().unwrap());
        Asking { request, target: target(), region, change, by: staff("manager"), seen }
    }

    fn ask(policy: &Effective, id: &str) -> ChangeRequest {
        let Effect::Ask(hit) = decide_change(policy, &price(800), &facts(500), NOW) else { panic!("it has to wait") };
        ChangeRequest::ask(asking(id, price(800), 3), hit, NOW)
    }

    fn hq(name: &str) -> Reviewer {
        Reviewer { staff: staff(name), desk: Desk::Hq }
    }

    #[test]
    fn given_a_franchise_store_when_it_changes_prices_then_the_limit_is_against_hqs_price() {
        let p = policy(Mode::Franchise, &[]);
        assert_eq!(decide_change(&p, &price(850), &facts(500), NOW), Effect::Now);
        let ask = decide_change(&p, &price(849), &facts(500), NOW);
        assert_eq!(ask.hit().unwrap().reason, "比总部价格 ¥10.00 低 16%，超过 15%");
        // It makes no difference how low the store was before.
        let mut small = facts(500);
        apply_price(small.book.as_mut().unwrap(), &price(850), None, &staff("manager"), "降价", NOW);
        assert_eq!(decide_change(&p, &Change::Price { old: Some(Fen(850)), new: Some(Fen(849)) }, &small, NOW), ask);
        assert!(matches!(decide_change(&p, &price(499), &facts(500), NOW), Effect::Refuse(_)));
        assert!(matches!(decide_change(&policy(Mode::Direct, &[]), &price(999), &facts(500), NOW), Effect::Ask(_)));
        assert_eq!(decide_change(&p, &Change::Price { old: Some(Fen(1)), new: None }, &facts(500), NOW), Effect::Now);
    }

    #[test]
    fn given_two_limited_time_prices_that_overlap_when_the_second_is_asked_then_both_are_judged_together() {
        let p = policy(Mode::Franchise, &[]);
        let timed = |from: i64, until: i64| Change::Timed {
            new: TimedPrice {
                offer: Offer::Off(10),
                from: Timestamp(from),
                until: Timestamp(until),
                by: staff("manager"),
                at: NOW,
                why: "周末".into(),
                leave: None,
            },
        };
        let mut f = facts(500);
        assert_eq!(decide_change(&p, &timed(2_000, 4_000), &f, NOW), Effect::Now);
        apply_price(f.book.as_mut().unwrap(), &timed(2_000, 4_000), None, &staff("manager"), "周末", NOW);
        assert!(matches!(decide_change(&p, &timed(1_000, 2_001), &f, NOW), Effect::Ask(_)));
        assert_eq!(decide_change(&p, &timed(1_000, 2_000), &f, NOW), Effect::Now);
        assert!(matches!(decide_change(&p, &timed(5_000, 5_000), &f, NOW), Effect::Refuse(_)));
        assert!(matches!(decide_change(&p, &timed(5_000, 15 * Timestamp::DAY), &f, NOW), Effect::Ask(_)));
    }

    #[test]
    fn given_mandatory_goods_when_dropped_then_nobody_may_let_it_through() {
        let facts = Facts { mandatory: true, ..Facts::default() };
        let drop = Change::List { old: true, new: false };
        assert!(matches!(decide_change(&policy(Mode::Franchise, &[]), &drop, &facts, NOW), Effect::Refuse(_)));
        assert_eq!(decide_change(&policy(Mode::Franchise, &[]), &drop, &Facts::default(), NOW), Effect::Now);
        assert!(matches!(decide_change(&policy(Mode::Direct, &[]), &drop, &Facts::default(), NOW), Effect::Ask(_)));
    }

    #[test]
    fn given_goods_that_need_a_permit_when_a_store_without_it_lists_them_then_hq_is_asked_and_giving_them_up_is_free() {
        let p = policy(Mode::Franchise, &[(FieldKey::MayList, Value::Switch(true)), (FieldKey::ApproveListing, Approver::Region.into())]);
        let facts = Facts { permit: Some("食品经营许可证".into()), ..Facts::default() };
        let Effect::Ask(hit) = decide_change(&p, &Change::List { old: false, new: true }, &facts, NOW) else { panic!("it is asked") };
        assert!(hit.approver == Approver::Hq && hit.reason.contains("食品经营许可证"), "{}", hit.reason);
        assert_eq!(decide_change(&p, &Change::List { old: true, new: false }, &facts, NOW), Effect::Now);
        assert_eq!(decide_change(&p, &Change::List { old: false, new: true }, &Facts::default(), NOW), Effect::Now);
    }

    #[test]
    fn given_a_local_product_when_first_shown_then_hq_reviews_it_with_documents_that_hold() {
        let p = policy(Mode::Franchise, &[]);
        let document =
            |expires| Document { kind: "食品经营许可证".into(), number: "JY1".into(), expires: Timestamp(expires), file: "f".into() };
        let show = |documents| decide_change(&p, &Change::ShowLocal { documents }, &Facts::default(), NOW);
        assert_eq!(show(vec![document(1_001)]).hit().unwrap().approver, Approver::Hq);
        assert!(matches!(show(vec![document(1_001)]), Effect::Ask(_)));
        assert!(matches!(show(vec![]), Effect::Refuse(_)));
        assert!(matches!(show(vec![document(1_001), document(1_000)]), Effect::Refuse(_)));
        let full = Facts { locals: 20, ..Facts::default() };
        assert!(matches!(decide_change(&p, &Change::ShowLocal { documents: vec![document(1_001)] }, &full, NOW), Effect::Refuse(_)));
    }

    #[test]
    fn given_a_rule_for_two_people_when_approved_then_the_same_person_counts_once_and_the_author_never() {
        let p = policy(Mode::Franchise, &[(FieldKey::ApprovePrice, Approver::TwoHq.into())]);
        let r = ask(&p, "req_1");
        let today = decide_change(&p, &price(800), &facts(500), NOW);
        assert_eq!(r.approve(&hq("manager"), 3, &today, NOW).unwrap_err().code, Code::Forbidden);
        let region = Reviewer { staff: staff("r"), desk: Desk::Region("reg_1".parse().unwrap()) };
        assert_eq!(r.approve(&region, 3, &today, NOW).unwrap_err().code, Code::Forbidden);
        let Approved::OneMore(once) = r.approve(&hq("a"), 3, &today, NOW).unwrap() else { panic!("one is not two") };
        assert_eq!((once.state, once.price_leave(&p, facts(500).book.as_ref().unwrap())), (RequestState::Pending, None));
        assert_eq!(once.approve(&hq("a"), 3, &today, NOW).unwrap_err().code, Code::Conflict);
        let Approved::InForce(done) = once.approve(&hq("b"), 3, &today, NOW).unwrap() else { panic!("two are enough") };
        assert_eq!(done.price_leave(&p, facts(500).book.as_ref().unwrap()).unwrap().lowest, Fen(800));
        assert!(done.approve(&hq("c"), 3, &today, NOW).is_err() && done.withdraw(&staff("manager"), NOW).is_err());
    }

    #[test]
    fn given_a_floor_that_rose_when_approved_then_it_is_refused_with_that_reason() {
        let p = policy(Mode::Franchise, &[]);
        let today = decide_change(&p, &price(800), &facts(900), NOW);
        let problem = ask(&p, "req_1").approve(&hq("a"), 3, &today, NOW).unwrap_err();
        assert_eq!(problem.detail, "不能批准：价格 ¥8.00 低于最低售价 ¥9.00");
    }

    #[test]
    fn given_two_requests_for_one_target_when_both_are_approved_then_the_second_is_stale_and_is_renewed() {
        let p = policy(Mode::Franchise, &[]);
        let both = [ask(&p, "req_1"), ask(&p, "req_2")];
        let today = |_: &ChangeRequest| decide_change(&p, &price(800), &facts(500), NOW);
        let outcomes = approve_several(&both, &hq("a"), |_| 3, today, NOW);
        assert!(matches!(outcomes[0].1, Ok(Approved::InForce(_))));
        let Ok(Approved::Stale(stale)) = &outcomes[1].1 else { panic!("the target was changed") };
        assert!(stale.approve(&hq("a"), 4, &today(stale), NOW).is_err());
        let (old, new) = stale.renew(asking("req_3", price(800), 4), today(stale), NOW).unwrap();
        let new = new.unwrap();
        assert_eq!((old.state, new.state, new.seen, new.renews.as_ref()), (RequestState::Renewed, RequestState::Pending, 4, Some(&old.request)));
        assert!(old.renew(asking("req_4", price(800), 4), today(&old), NOW).is_err());
        assert_eq!(both[0].noticed(3), None);
        assert_eq!(both[0].noticed(4).unwrap().state, RequestState::Stale);
    }

    #[test]
    fn given_a_request_that_nobody_answers_when_time_goes_by_then_its_reviewers_are_told_again() {
        let p = policy(Mode::Franchise, &[(FieldKey::RemindAfter, Value::Number(2))]);
        let r = ask(&p, "req_1").due_by(&p);
        let due = NOW.plus(2 * Timestamp::HOUR);
        assert_eq!((r.due, r.remind(&p, due.plus(-1))), (Some(due), None));
        let (told, what) = r.remind(&p, due).unwrap();
        assert_eq!((told.due, told.reminded, what), (Some(due.plus(2 * Timestamp::HOUR)), 1, Told::Again));
        assert_eq!(told.remind(&p, due), None, "a message that comes twice tells nobody twice");
        // HQ's own is nobody's above it.
        let (again, what) = told.remind(&p, due.plus(9 * Timestamp::HOUR)).unwrap();
        assert_eq!((again.escalated, what, again.waits_for_hq()), (None, Told::Again, true));
        assert_eq!(r.reject(&hq("a"), " ", due).unwrap_err().code, Code::BadRequest);
        let over = r.reject(&hq("a"), "利润太低", due).unwrap();
        assert_eq!((over.state, over.remind_at(&p)), (RequestState::Rejected, None));
        assert_eq!(r.comment(&staff("a"), "为什么？", due).unwrap().comments.len(), 1);
    }

    #[test]
    fn given_a_region_that_does_not_answer_when_twice_the_time_is_over_then_hq_is_told_once() {
        let p = policy(Mode::Franchise, &[(FieldKey::RemindAfter, Value::Number(2)), (FieldKey::ApprovePrice, Approver::Region.into())]);
        let r = ask(&p, "req_1").due_by(&p);
        assert!(!r.waits_for_hq());
        let (first, second) = (NOW.plus(2 * Timestamp::HOUR), NOW.plus(4 * Timestamp::HOUR));
        let (once, what) = r.remind(&p, first).unwrap();
        assert_eq!((what, once.escalated), (Told::Again, None));
        assert_eq!(once.remind(&p, second.plus(-1)), None);
        let (twice, what) = once.remind(&p, second).unwrap();
        assert_eq!((what, twice.escalated, twice.waits_for_hq()), (Told::Escalated, Some(second), true));
        let (third, what) = twice.remind(&p, second.plus(2 * Timestamp::HOUR)).unwrap();
        assert_eq!((what, third.escalated, third.reminded), (Told::Again, Some(second), 3));
        // A sweeper that slept over both steps escalates at once.
        assert_eq!(r.remind(&p, second).unwrap().1, Told::Escalated);
        // A policy that waits longer by now puts it off, and tells nobody.
        let longer = policy(Mode::Franchise, &[(FieldKey::RemindAfter, Value::Number(9))]);
        let (later, what) = r.remind(&longer, first).unwrap();
        assert_eq!((what, later.due, later.reminded), (Told::Later, Some(NOW.plus(9 * Timestamp::HOUR)), 0));
        // Both desks may still answer; then it is over for all.
        let region = Reviewer { staff: staff("r"), desk: Desk::Region("reg_1".parse().unwrap()) };
        let over = twice.reject(&region, "利润太低", second).unwrap();
        assert_eq!((over.due, over.remind(&p, second.plus(Timestamp::DAY))), (None, None));
    }

    #[test]
    fn given_last_months_changes_when_a_threshold_is_tried_then_it_names_what_would_have_waited() {
        let past: Vec<PastChange> =
            [950, 900, 870, 400].map(|n| PastChange { at: NOW, target: target(), change: price(n), facts: facts(500) }).into();
        let at = |percent| policy(Mode::Franchise, &[(FieldKey::MaxDiscount, Value::Number(percent))]);
        let (mild, strict) = (at(15), at(8));
        let run = dry_run(&past, |_| &mild);
        assert_eq!((run.at_once, run.requests.len(), run.refused.len()), (3, 0, 1));
        let run = dry_run(&past, |_| &strict);
        let named: Vec<&Change> = run.requests.iter().map(|(p, _)| &p.change).collect();
        assert_eq!((run.at_once, named), (1, vec![&price(900), &price(870)]));
    }
}
