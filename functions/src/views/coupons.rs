//! Coupons as HQ drafts and follows them, as customers may claim them, and as their members have them.

use liandian_contracts::Event;
use liandian_domain::{
    marketing::{
        Audience, Campaign, CouponPolicy, HqBears, Kind, Left, Level, OnLoss, Schedule, Scope,
        code::Batch,
        coupon::{AFTER_ORDER_FOR, Issue, Issued, LastStore, Template, Who, Whom, group_of},
        kinds::{CouponKind, Worth},
        wallet::{Coupon, had},
    },
    orders::place::is_new,
    stores::hours::{CHINA, local_text},
};
use liandian_store::{StoreError, Tables};
use liandian_types::{
    CampaignId, CouponState, Fen, MemberId, OfferState, OrderState, StoreId, Timestamp,
    api::{
        CampaignChange, ChangedField, CodeBatch, CouponCard, CouponCentre, CouponDraft, CouponOffer, CouponTemplates, CouponView, CouponWallet,
        CouponWorth, HeldCoupon,
    },
};

/// Changes that a coupon's page shows.
const CHANGES: i32 = 30;

/// From so few on, what is left is told.
const FEW: u32 = 100;

/// A draft as the chain keeps it.
#[must_use]
pub fn coupon_of(id: CampaignId, d: &CouponDraft) -> (Campaign, Issue) {
    let worth = match d.worth {
        CouponWorth::Amount { off } => Worth::Amount(off),
        CouponWorth::Percent { off, most } => Worth::Percent { off, most },
        CouponWorth::Delivery { off } => Worth::Delivery(off),
    };
    let campaign = Campaign {
        campaign: id,
        title: d.title.trim().to_owned(),
        level: Level::Hq,
        priority: 0,
        kind: Kind::Coupon(CouponKind { from: d.from, worth }),
        scope: Scope { skus: d.skus.clone(), categories: d.categories.clone(), brands: Vec::new(), marks: Vec::new(), without: d.without.clone() },
        group: Some(group_of(&worth)),
        beside_hq: false,
        breaks_floor: false,
        audience: Audience { tier: 0, new_only: d.new_only, birthday: false },
        schedule: Schedule { from: d.valid_from, until: d.valid_until, weekdays: 0, month_days: 0, minutes: None },
        stores: d.stores.clone(),
        fulfilments: d.fulfilments.clone(),
        left: Left::default(),
        coupon: Some(if d.comes_back { CouponPolicy::ComesBack } else { CouponPolicy::StaysUsed }),
        on_loss: OnLoss::Keep,
        hq_bears: HqBears(d.hq_bears),
    };
    let issue = Issue {
        number: d.number,
        per_person: d.per_person,
        budget: d.budget,
        from: d.claim_from,
        until: d.claim_until,
        days: d.days,
        center: d.center,
        popup: d.popup,
        link: d.link,
        codes: d.codes,
        after_order: d.after_order,
        whom: Whom { regions: d.regions.clone(), modes: d.modes.clone(), tiers: d.tiers.clone() },
    };
    (campaign, issue)
}

/// A new coupon as its form begins: from the next hour on, for a month.
#[must_use]
pub fn blank_coupon(now: Timestamp) -> CouponDraft {
    let from = Timestamp((now.0.div_euclid(Timestamp::HOUR) + 1) * Timestamp::HOUR);
    let until = from.plus(30 * Timestamp::DAY);
    CouponDraft {
        title: String::new(),
        worth: CouponWorth::Amount { off: Fen(1_000) },
        from: Fen(10_000),
        skus: Vec::new(),
        categories: Vec::new(),
        without: Vec::new(),
        stores: Vec::new(),
        fulfilments: Vec::new(),
        new_only: false,
        comes_back: true,
        hq_bears: 1_000,
        number: 1_000,
        per_person: 1,
        budget: None,
        claim_from: from,
        claim_until: until,
        valid_from: from,
        valid_until: until,
        days: None,
        center: true,
        popup: false,
        link: false,
        codes: false,
        after_order: None,
        regions: Vec::new(),
        modes: Vec::new(),
        tiers: Vec::new(),
        version: 0,
    }
}

/// What people decided of a coupon.
fn draft_of(t: &Template) -> CouponDraft {
    let (c, i) = (&t.campaign, &t.issue);
    let kind = t.kind().copied().unwrap_or(CouponKind { from: Fen::ZERO, worth: Worth::Amount(Fen::ZERO) });
    CouponDraft {
        title: c.title.clone(),
        worth: match kind.worth {
            Worth::Amount(off) => CouponWorth::Amount { off },
            Worth::Percent { off, most } => CouponWorth::Percent { off, most },
            Worth::Delivery(off) => CouponWorth::Delivery { off },
        },
        from: kind.from,
        skus: c.scope.skus.clone(),
        categories: c.scope.categories.clone(),
        without: c.scope.without.clone(),
        stores: c.stores.clone(),
        fulfilments: c.fulfilments.clone(),
        new_only: c.audience.new_only,
        comes_back: c.coupon == Some(CouponPolicy::ComesBack),
        hq_bears: c.hq_bears.0,
        number: i.number,
        per_person: i.per_person,
        budget: i.budget,
        claim_from: i.from,
        claim_until: i.until,
        valid_from: c.schedule.from,
        valid_until: c.schedule.until,
        days: i.days,
        center: i.center,
        popup: i.popup,
        link: i.link,
        codes: i.codes,
        after_order: i.after_order,
        regions: i.whom.regions.clone(),
        modes: i.whom.modes.clone(),
        tiers: i.whom.tiers.clone(),
        version: t.version,
    }
}

fn card(t: &Template, issued: &Issued) -> CouponCard {
    let count = |n: i64| u32::try_from(n.max(0)).unwrap_or(u32::MAX);
    CouponCard {
        campaign: t.campaign.campaign.clone(),
        title: t.campaign.title.clone(),
        what: t.what(),
        state: t.state,
        when: t.when(),
        number: t.issue.number,
        issued: count(issued.issued),
        claimed: count(issued.claimed),
        used: count(issued.used),
        spent: issued.spent,
        promised: issued.promised,
        budget: t.issue.budget,
    }
}

fn ids<'a>(all: impl IntoIterator<Item = &'a Template>) -> Vec<CampaignId> {
    all.into_iter().map(|t| t.campaign.campaign.clone()).collect()
}

/// Coupons of HQ as lists show them: all, in a state, or those that are good in a store.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn coupon_cards(tables: &Tables, state: Option<CouponState>, store: Option<&StoreId>) -> Result<CouponTemplates, StoreError> {
    let fits = |t: &Template| {
        // What HQ still writes is no store's business.
        let seen = store.is_none_or(|s| t.state != CouponState::Draft && (t.campaign.stores.is_empty() || t.campaign.stores.contains(s)));
        seen && state.is_none_or(|s| s == t.state)
    };
    let all: Vec<Template> = tables.coupon_templates().await?.into_iter().filter(fits).collect();
    let issued = tables.issued(&ids(&all), false).await?;
    Ok(CouponTemplates { coupons: all.iter().zip(&issued).map(|(t, i)| card(t, i)).collect() })
}

/// A batch as people read it.
#[must_use]
pub fn batch_of(b: &Batch) -> CodeBatch {
    CodeBatch { batch: b.batch.clone(), count: b.count, at_text: local_text(b.at, CHINA), taken: b.taken }
}

/// A coupon of HQ in full.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn coupon_view(tables: &Tables, t: &Template, now: Timestamp) -> Result<CouponView, StoreError> {
    let id = &t.campaign.campaign;
    let one = std::slice::from_ref(id);
    let (issued, batches, events) = futures::try_join!(tables.issued(one, true), tables.code_batches(id), tables.campaign_history(id, CHANGES))?;
    let mut history = Vec::with_capacity(events.len());
    for e in events {
        if let Event::CampaignChanged { by, changes, .. } = e.event {
            let fields = changes.into_iter().map(|f| ChangedField { field: f.field, old: f.old, new: f.new }).collect();
            history.push(CampaignChange { at: e.at, at_text: local_text(e.at, CHINA), by, by_name: None, fields });
        }
    }
    let people: Vec<&str> = history.iter().map(|c| c.by.as_str()).collect();
    let names = tables.staff_names(people.into_iter()).await?;
    for c in &mut history {
        c.by_name = names.get(c.by.as_str()).cloned();
    }
    Ok(CouponView {
        card: card(t, &issued.first().copied().unwrap_or_default()),
        draft: draft_of(t),
        steps: t.steps(now),
        batches: batches.iter().map(batch_of).collect(),
        history,
    })
}

/// What is known of somebody, as far as these coupons ask for it.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn who_asks(tables: &Tables, member: &MemberId, templates: &[&Template], now: Timestamp) -> Result<Who, StoreError> {
    let news = templates.iter().any(|t| t.campaign.audience.new_only);
    let last = templates.iter().any(|t| !t.issue.whom.is_everybody());
    let after = templates.iter().any(|t| t.issue.after_order.is_some());
    if !(news || last || after) {
        return Ok(Who::default());
    }
    let (mut orders, mut next) = tables.orders_of_member(member, 50, None).await?;
    // Any number of the newest may have been closed unpaid.
    let mut new = is_new(&orders);
    let newest = orders.iter().find(|o| o.state != OrderState::Closed).map(|o| o.store.clone());
    let paid = |o: &&liandian_domain::orders::order::OrderHead| {
        !matches!(o.state, OrderState::Placed | OrderState::Closed | OrderState::Refunding | OrderState::Refunded)
            && o.placed_at >= now.plus(-AFTER_ORDER_FOR)
    };
    let paid = orders.iter().filter(paid).map(|o| o.total).max().unwrap_or(Fen::ZERO);
    while news && new && next.is_some() {
        (orders, next) = tables.orders_of_member(member, 50, next.as_deref()).await?;
        new = is_new(&orders);
    }
    let last = match newest.filter(|_| last) {
        None => None,
        Some(id) => {
            tables.directory().await?.iter().find(|s| s.store == id).map(|s| LastStore { region: s.region.clone(), mode: s.mode, tier: s.tier })
        }
    };
    Ok(Who { new, last, paid })
}

fn offer(t: &Template, issued: &Issued, had: u32, who: &Who, now: Timestamp) -> CouponOffer {
    let state = t.stands(issued, had, who, now);
    let left = t.left(issued);
    CouponOffer {
        campaign: t.campaign.campaign.clone(),
        title: t.campaign.title.clone(),
        what: t.what(),
        when: t.when(),
        state,
        state_text: t.stands_text(state, now),
        had,
        left: (state == OfferState::Open && left <= FEW).then_some(left),
        popup: t.issue.popup,
    }
}

/// These coupons as somebody may claim them.
async fn offers(tables: &Tables, templates: &[&Template], member: Option<&MemberId>, now: Timestamp) -> Result<Vec<CouponOffer>, StoreError> {
    let wanted = ids(templates.iter().copied());
    let mine = async {
        match member {
            Some(m) => tables.coupons_of(m, true).await,
            None => Ok(Vec::new()),
        }
    };
    let who = async {
        match member {
            Some(m) => who_asks(tables, m, templates, now).await,
            // Who is not known yet may be new.
            None => Ok(Who { new: true, ..Who::default() }),
        }
    };
    let (issued, mine, who) = futures::try_join!(tables.issued(&wanted, false), mine, who)?;
    Ok(templates.iter().zip(&issued).map(|(t, i)| offer(t, i, had(&mine, &t.campaign.campaign), &who, now)).collect())
}

/// What a store's customer may claim, what can be claimed now first. What is for other people is none of his business.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn coupon_centre(tables: &Tables, store: &StoreId, member: Option<&MemberId>, now: Timestamp) -> Result<CouponCentre, StoreError> {
    let live = tables.live_coupons(now).await?;
    let shown = |t: &&Template| {
        let here = t.campaign.stores.is_empty() || t.campaign.stores.contains(store);
        here && t.state == CouponState::Issuing && (t.issue.center || t.issue.popup || t.issue.after_order.is_some())
    };
    let templates: Vec<&Template> = live.iter().filter(shown).collect();
    if templates.is_empty() {
        return Ok(CouponCentre { coupons: Vec::new() });
    }
    let mut coupons = offers(tables, &templates, member, now).await?;
    coupons.retain(|o| !matches!(o.state, OfferState::NotForYou | OfferState::Over));
    coupons.sort_by_key(|o| o.state);
    Ok(CouponCentre { coupons })
}

/// A coupon by its link, for who has it; `None` when there is none that is given out by links.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn coupon_by_link(tables: &Tables, id: &CampaignId, member: Option<&MemberId>, now: Timestamp) -> Result<Option<CouponOffer>, StoreError> {
    let Some(t) = tables.coupon_template(id).await?.filter(claimable) else { return Ok(None) };
    Ok(offers(tables, &[&t], member, now).await?.pop())
}

/// Can somebody claim it by himself? What is given out by printed codes only has no other way.
#[must_use]
pub fn claimable(t: &Template) -> bool {
    let i = &t.issue;
    t.state != CouponState::Draft && (i.center || i.popup || i.link || i.after_order.is_some())
}

/// For what and where a coupon is good, in words; empty when for everything.
fn only(t: &Template) -> String {
    let c = &t.campaign;
    let mut all = Vec::new();
    if !c.scope.skus.is_empty() {
        all.push(format!("限 {} 种商品", c.scope.skus.len()));
    }
    if !c.scope.categories.is_empty() {
        all.push("限指定分类".to_owned());
    }
    if !c.stores.is_empty() {
        all.push(format!("限 {} 家门店", c.stores.len()));
    }
    if !c.fulfilments.is_empty() {
        all.push(format!("限{}", c.fulfilments.iter().map(|f| f.title()).collect::<Vec<_>>().join("、")));
    }
    if c.audience.new_only {
        all.push("限新客首单".to_owned());
    }
    all.join("，")
}

/// A member's coupon as he reads it.
#[must_use]
pub fn held_coupon(t: &Template, c: &Coupon, now: Timestamp) -> HeldCoupon {
    HeldCoupon {
        coupon: c.coupon.clone(),
        campaign: c.campaign.clone(),
        title: t.campaign.title.clone(),
        what: t.what(),
        only: only(t),
        when: format!("{} 至 {}", local_text(c.from, CHINA), local_text(c.until, CHINA)),
        status: c.status(now),
        order: c.order.clone().filter(|_| !c.held),
    }
}

/// The coupons that a member has or had, those that can be used first.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn coupon_wallet(tables: &Tables, member: &MemberId, now: Timestamp) -> Result<CouponWallet, StoreError> {
    let mut mine = tables.coupons_of(member, true).await?;
    mine.sort_by(|a, b| (a.status(now), a.until, &a.coupon).cmp(&(b.status(now), b.until, &b.coupon)));
    let mut wanted: Vec<CampaignId> = mine.iter().map(|c| c.campaign.clone()).collect();
    wanted.sort();
    wanted.dedup();
    let templates = tables.coupon_templates_of(&wanted).await?;
    let of = |c: &Coupon| Some(held_coupon(templates.iter().find(|t| t.campaign.campaign == c.campaign)?, c, now));
    Ok(CouponWallet { coupons: mine.iter().filter_map(of).collect() })
}
