//! Campaigns as people draft and see them, and what shelves say of them.

mod calendar;
mod choices;
mod forecast;
mod results;
mod samples;

use liandian_contracts::Event;
use liandian_domain::{
    catalog::LibrarySku,
    marketing::{
        Audience, Campaign, Group, GroupRule, HqBears, Kind, Left, Level, Line, OnLoss, Schedule, Scope,
        campaign::{self, Pause, Record, Side, labels, runs_at, what, when},
        kinds,
        used::{Counter, Limits, Used, parts_of},
    },
    stores::hours::{CHINA, local_text},
};
use liandian_store::{StoreError, Tables};
use liandian_types::{
    CampaignId, CampaignState, Code, Fulfilment, Problem, Quantity, SkuId, StoreId, Timestamp,
    api::{
        CampaignCard, CampaignChange, CampaignDraft, CampaignGift, CampaignList, CampaignName, CampaignPart, CampaignPause, CampaignPrice,
        CampaignRate, CampaignRule, CampaignSum, CampaignTier, CampaignView, ChangedField, DealLink, ListingCard,
    },
};

pub use calendar::{Whose, campaign_calendar};
pub use choices::campaign_choices;
pub use forecast::campaign_forecast;
pub use liandian_domain::marketing::campaign::Side as CampaignSide;
pub use results::{campaign_results, runs_in};

/// Changes that a campaign's page shows.
const CHANGES: i32 = 30;

/// The word for exclusive campaigns that are in no other group.
const EXCLUSIVE: &str = "独享";

/// A draft as the chain keeps it.
///
/// # Errors
/// `bad_request` when only one of the two minutes is given.
pub fn campaign_of(id: CampaignId, d: &CampaignDraft, owner: Option<&StoreId>) -> Result<(Campaign, Limits), Problem> {
    let minutes = match (d.minute_from, d.minute_until) {
        (None, None) => None,
        (Some(from), Some(until)) => Some((from, until)),
        _ => return Err(Problem::new(Code::BadRequest, "请同时填写每天的开始和结束时刻").at("minute_from")),
    };
    let group = match (&d.group, d.exclusive) {
        (name, true) => Some(Group { name: name.clone().unwrap_or_else(|| EXCLUSIVE.to_owned()), rule: GroupRule::Exclusive }),
        (Some(name), false) => Some(Group { name: name.clone(), rule: GroupRule::OneOf }),
        (None, false) => None,
    };
    let campaign = Campaign {
        campaign: id,
        title: d.title.trim().to_owned(),
        level: if owner.is_some() { Level::Store } else { Level::Hq },
        priority: d.priority,
        kind: kind_of(&d.rule),
        scope: Scope {
            skus: d.skus.clone(),
            categories: d.categories.clone(),
            brands: d.brands.clone(),
            marks: Vec::new(),
            without: d.without.clone(),
        },
        group,
        beside_hq: d.beside_hq,
        breaks_floor: d.breaks_floor,
        audience: Audience { tier: d.tier, new_only: d.new_only, birthday: false },
        schedule: Schedule { from: d.from, until: d.until, weekdays: d.weekdays, month_days: d.month_days, minutes },
        stores: owner.map_or_else(|| d.stores.clone(), |o| vec![o.clone()]),
        fulfilments: ways_of(d),
        left: Left::default(),
        coupon: None,
        on_loss: OnLoss::Keep,
        hq_bears: HqBears(d.hq_bears),
    };
    let (units, person_units) = match &d.rule {
        CampaignRule::Flash { stock, per_person, .. } => (Some(*stock), Some(*per_person)),
        _ => (None, None),
    };
    let parts = units.map_or(0, parts_of);
    Ok((campaign, Limits { person: d.person_limit, day: d.day_limit, orders: d.limit, budget: d.budget, units, person_units, parts }))
}

/// Gifts that go with what is delivered lie on the store's shelf: no warehouse packs them.
fn ways_of(d: &CampaignDraft) -> Vec<Fulfilment> {
    match &d.rule {
        CampaignRule::Gift { with_order: true, .. } if d.fulfilments.is_empty() => vec![Fulfilment::Pickup, Fulfilment::Delivery],
        _ => d.fulfilments.clone(),
    }
}

fn kind_of(rule: &CampaignRule) -> Kind {
    match rule {
        CampaignRule::LimitedPrice { prices } => Kind::LimitedPrice(kinds::LimitedPrice {
            prices: prices.iter().map(|p| kinds::SkuPrice { sku: p.sku.clone(), price: p.price }).collect(),
        }),
        CampaignRule::Percent { off } => Kind::Percent(kinds::Percent { off: *off }),
        CampaignRule::Amount { off } => Kind::Amount(kinds::Amount { off: *off }),
        CampaignRule::Steps { steps, repeat } => {
            Kind::Steps(kinds::Steps { steps: steps.iter().map(|s| kinds::Step { from: s.from, off: s.off }).collect(), repeat: *repeat })
        }
        CampaignRule::StepPercent { steps } => Kind::StepPercent(kinds::StepPercent {
            steps: steps.iter().map(|s| kinds::StepRate { from: s.from, units: s.units, off: s.off }).collect(),
        }),
        CampaignRule::NthItem { n, off } => Kind::NthItem(kinds::NthItem { n: *n, off: *off }),
        CampaignRule::Combo { parts, price } => {
            Kind::Combo(kinds::Combo { parts: parts.iter().map(|p| kinds::Part { of: p.of.clone(), units: p.units }).collect(), price: *price })
        }
        CampaignRule::AnyOf { units, price } => Kind::AnyOf(kinds::AnyOf { units: *units, price: *price }),
        CampaignRule::Gift { from, gifts, with_order } => Kind::Gift(kinds::Gift {
            from: *from,
            // Each store's shelf says what it has of them when a cart is priced.
            gifts: gifts.iter().map(|g| kinds::GiftItem { sku: g.sku.clone(), units: g.units, stock: u32::MAX }).collect(),
            at_pickup: !with_order,
        }),
        CampaignRule::Flash { sku, price, stock, per_person } => {
            Kind::Flash(kinds::Flash { sku: sku.clone(), price: *price, stock: *stock, per_person: *per_person })
        }
        CampaignRule::Delivery { from, metres, fee, grams } => {
            Kind::Delivery(kinds::Delivery { from: *from, metres: *metres, grams: *grams, fee: *fee })
        }
        CampaignRule::AddOn { from, items, units } => Kind::AddOn(kinds::AddOn {
            from: *from,
            items: items.iter().map(|i| kinds::AddOnItem { sku: i.sku.clone(), price: i.price }).collect(),
            units: *units,
        }),
        CampaignRule::TierPrice { rates } => {
            Kind::TierPrice(kinds::TierPrice { rates: rates.iter().map(|r| kinds::TierRate { tier: r.tier, off: r.off }).collect() })
        }
    }
}

/// A new campaign as its form begins: from the next hour on, for a month.
#[must_use]
pub fn blank(own: bool, now: Timestamp) -> CampaignDraft {
    let from = Timestamp((now.0.div_euclid(Timestamp::HOUR) + 1) * Timestamp::HOUR);
    CampaignDraft {
        title: String::new(),
        rule: CampaignRule::Steps { steps: Vec::new(), repeat: 1 },
        priority: 0,
        skus: Vec::new(),
        categories: Vec::new(),
        brands: Vec::new(),
        without: Vec::new(),
        group: None,
        exclusive: false,
        beside_hq: false,
        breaks_floor: false,
        new_only: false,
        tier: 0,
        from,
        until: from.plus(30 * Timestamp::DAY),
        weekdays: 0,
        month_days: 0,
        minute_from: None,
        minute_until: None,
        stores: Vec::new(),
        fulfilments: Vec::new(),
        person_limit: None,
        day_limit: None,
        limit: None,
        budget: None,
        hq_bears: if own { 0 } else { 1_000 },
        version: 0,
    }
}

/// What people decided of a campaign. Kinds that nobody can draft yet are none that there are.
fn draft_of(r: &Record) -> CampaignDraft {
    let (c, s) = (&r.campaign, &r.campaign.schedule);
    let exclusive = c.group.as_ref().is_some_and(|g| g.rule == GroupRule::Exclusive);
    CampaignDraft {
        title: c.title.clone(),
        rule: rule_of(&c.kind),
        priority: c.priority,
        skus: c.scope.skus.clone(),
        categories: c.scope.categories.clone(),
        brands: c.scope.brands.clone(),
        without: c.scope.without.clone(),
        group: c.group.as_ref().map(|g| g.name.clone()).filter(|name| !exclusive || name != EXCLUSIVE),
        exclusive,
        beside_hq: c.beside_hq,
        breaks_floor: c.breaks_floor,
        new_only: c.audience.new_only,
        tier: c.audience.tier,
        from: s.from,
        until: s.until,
        weekdays: s.weekdays,
        month_days: s.month_days,
        minute_from: s.minutes.map(|m| m.0),
        minute_until: s.minutes.map(|m| m.1),
        stores: if r.owner.is_some() { Vec::new() } else { c.stores.clone() },
        fulfilments: c.fulfilments.clone(),
        person_limit: r.limits.person,
        day_limit: r.limits.day,
        limit: r.limits.orders,
        budget: r.limits.budget,
        hq_bears: c.hq_bears.0,
        version: r.version,
    }
}

fn rule_of(kind: &Kind) -> CampaignRule {
    match kind {
        Kind::LimitedPrice(k) => {
            CampaignRule::LimitedPrice { prices: k.prices.iter().map(|p| CampaignPrice { sku: p.sku.clone(), price: p.price }).collect() }
        }
        Kind::Percent(k) => CampaignRule::Percent { off: k.off },
        Kind::Amount(k) => CampaignRule::Amount { off: k.off },
        Kind::Steps(k) => CampaignRule::Steps { steps: k.steps.iter().map(|s| CampaignSum { from: s.from, off: s.off }).collect(), repeat: k.repeat },
        Kind::StepPercent(k) => {
            CampaignRule::StepPercent { steps: k.steps.iter().map(|s| CampaignRate { from: s.from, units: s.units, off: s.off }).collect() }
        }
        Kind::NthItem(k) => CampaignRule::NthItem { n: k.n, off: k.off },
        Kind::Combo(k) => {
            CampaignRule::Combo { parts: k.parts.iter().map(|p| CampaignPart { of: p.of.clone(), units: p.units }).collect(), price: k.price }
        }
        Kind::Gift(k) => CampaignRule::Gift {
            from: k.from,
            gifts: k.gifts.iter().map(|g| CampaignGift { sku: g.sku.clone(), units: g.units }).collect(),
            with_order: !k.at_pickup,
        },
        Kind::Delivery(k) => CampaignRule::Delivery { from: k.from, metres: k.metres, fee: k.fee, grams: k.grams },
        Kind::Flash(k) => CampaignRule::Flash { sku: k.sku.clone(), price: k.price, stock: k.stock, per_person: k.per_person },
        Kind::AnyOf(k) => CampaignRule::AnyOf { units: k.units, price: k.price },
        Kind::AddOn(k) => CampaignRule::AddOn {
            from: k.from,
            items: k.items.iter().map(|i| CampaignPrice { sku: i.sku.clone(), price: i.price }).collect(),
            units: k.units,
        },
        Kind::TierPrice(k) => CampaignRule::TierPrice { rates: k.rates.iter().map(|r| CampaignTier { tier: r.tier, off: r.off }).collect() },
        Kind::Coupon(_) => CampaignRule::Percent { off: 0 },
    }
}

/// Names of the stores whose own these campaigns are, and what is counted of each.
async fn beside(tables: &Tables, records: &[Record]) -> Result<(Vec<String>, Vec<Option<Used>>), StoreError> {
    // Orders and money are counted in one row; where only units are, their parts say how many orders had some.
    let of = |r: &Record| {
        let whole = whole(r);
        let meant = move |k: &Counter| *k == Counter::Whole || (!whole && matches!(k, Counter::Part(_)));
        let campaign = r.campaign.campaign.clone();
        r.limits.counters(None, "").into_iter().filter(meant).map(move |k| (campaign.clone(), k))
    };
    let wanted: Vec<_> = records.iter().flat_map(of).collect();
    let (directory, used) = futures::try_join!(tables.directory(), tables.used(&wanted, false))?;
    let owner = |r: &Record| {
        r.owner
            .as_ref()
            .map_or_else(|| "总部".to_owned(), |o| directory.iter().find(|s| s.store == *o).map_or_else(|| o.to_string(), |s| s.name.clone()))
    };
    let used = |r: &Record| {
        let mine = wanted.iter().zip(&used).filter(|((c, _), _)| *c == r.campaign.campaign).map(|(_, u)| *u);
        mine.reduce(|a, b| Used { orders: a.orders + b.orders, spent: a.spent + b.spent, units: a.units + b.units })
    };
    Ok((records.iter().map(owner).collect(), records.iter().map(used).collect()))
}

/// Are its orders or its money counted, in one row?
fn whole(r: &Record) -> bool {
    r.limits.orders.is_some() || r.limits.budget.is_some()
}

fn card(r: &Record, owner_name: String, used: Option<Used>, now: Timestamp) -> CampaignCard {
    CampaignCard {
        campaign: r.campaign.campaign.clone(),
        title: r.campaign.title.clone(),
        what: what(&r.campaign.kind),
        state: r.state_at(now),
        owner: r.owner.clone(),
        owner_name,
        when: when(&r.campaign),
        used: used.and_then(|u| u32::try_from(u.orders.max(0)).ok()),
        // Parts count units, not money.
        spent: used.filter(|_| whole(r) || r.limits.parts == 0).map(|u| u.spent),
        budget: r.limits.budget,
        paused: r.pauses.title().filter(|_| r.state_at(now) == CampaignState::Paused).map(str::to_owned),
    }
}

/// Campaigns as lists show them.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn campaign_cards(tables: &Tables, records: &[Record], now: Timestamp) -> Result<CampaignList, StoreError> {
    let (owners, used) = beside(tables, records).await?;
    let cards = records.iter().zip(owners).zip(used).map(|((r, owner), used)| card(r, owner, used, now));
    Ok(CampaignList { campaigns: cards.collect() })
}

/// Campaigns of the chain in a state; all but drafts of stores and those that are over when none is asked for.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn campaigns_of_chain(tables: &Tables, state: Option<CampaignState>, now: Timestamp) -> Result<CampaignList, StoreError> {
    use CampaignState as S;
    let kept: &[S] = match state {
        None => &[S::Review, S::Scheduled, S::Paused, S::Draft],
        Some(S::Running) => &[S::Scheduled],
        Some(S::Over) => &[S::Over, S::Scheduled, S::Paused],
        Some(S::Draft) => &[S::Draft],
        Some(S::Review) => &[S::Review],
        Some(S::Scheduled) => &[S::Scheduled],
        Some(S::Paused) => &[S::Paused],
    };
    // Those whose time is over stay where they stood: what runs is read behind them, and what is over in front of it.
    let over = state == Some(S::Over);
    let read = |s: &S| {
        let s = *s;
        async move {
            match s {
                S::Scheduled | S::Paused if over => tables.campaigns_ended_by(s, now).await,
                S::Scheduled | S::Paused => tables.campaigns_ending_after(s, now).await,
                S::Draft | S::Review | S::Running | S::Over => tables.campaigns(s).await,
            }
        }
    };
    let pages = futures::future::try_join_all(kept.iter().map(read)).await?;
    let fits = |r: &Record| {
        let at = r.state_at(now);
        // What a store still writes is its own business.
        let ours = r.owner.is_none() || r.state != S::Draft;
        ours && state.map_or(at != S::Over, |s| s == at)
    };
    let records: Vec<Record> = pages.into_iter().flatten().filter(fits).collect();
    campaign_cards(tables, &records, now).await
}

/// One of each of the goods of the library, as campaigns see them.
pub(crate) fn goods_of(library: &[LibrarySku]) -> Vec<Line> {
    let one = Quantity::new(1).unwrap_or_else(|e| unreachable!("{e}"));
    library.iter().filter(|s| !s.off).map(|s| campaign::line(s, one, s.price)).collect()
}

/// What the ids in a campaign are called, as far as anybody knows.
async fn names_of(tables: &Tables, r: &Record, library: &[LibrarySku]) -> Result<Vec<CampaignName>, StoreError> {
    let (c, directory) = (&r.campaign, tables.directory().await?);
    let named: Vec<&SkuId> = match &c.kind {
        Kind::LimitedPrice(k) => k.prices.iter().map(|p| &p.sku).collect(),
        Kind::Flash(k) => vec![&k.sku],
        Kind::Combo(k) => k.parts.iter().flat_map(|p| &p.of).collect(),
        Kind::Gift(k) => k.gifts.iter().map(|g| &g.sku).collect(),
        Kind::AddOn(k) => k.items.iter().map(|i| &i.sku).collect(),
        _ => Vec::new(),
    };
    let skus: std::collections::BTreeSet<&SkuId> = named.into_iter().chain(&c.scope.skus).chain(&c.scope.without).collect();
    let of = |id: &str, name: String| CampaignName { id: id.to_owned(), name };
    let goods = library.iter().filter(|s| skus.contains(&s.sku)).map(|s| of(s.sku.as_str(), s.title()));
    let category = |key: &String| library.iter().find(|s| s.category == *key).map(|s| of(key, s.category_name.clone()));
    let stores = directory.iter().filter(|d| c.stores.contains(&d.store)).map(|d| of(d.store.as_str(), d.name.clone()));
    Ok(goods.chain(c.scope.categories.iter().filter_map(category)).chain(stores).collect())
}

/// A campaign in full, for who may take these steps.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn campaign_view(tables: &Tables, r: &Record, side: Side, now: Timestamp) -> Result<CampaignView, StoreError> {
    let one = std::slice::from_ref(r);
    let (live, library, events, (mut owners, mut used)) = futures::try_join!(
        tables.live_campaigns(now),
        tables.library(),
        tables.campaign_history(&r.campaign.campaign, CHANGES),
        beside(tables, one)
    )?;
    let mut history = Vec::with_capacity(events.len());
    for e in events {
        if let Event::CampaignChanged { by, changes, .. } = e.event {
            let fields = changes.into_iter().map(|f| ChangedField { field: f.field, old: f.old, new: f.new }).collect();
            history.push(CampaignChange { at: e.at, at_text: local_text(e.at, CHINA), by, by_name: None, fields });
        }
    }
    let pause = |hq: bool, p: &Pause| CampaignPause { hq, at: p.at, at_text: local_text(p.at, CHINA), by: p.by.clone(), by_name: None };
    let hq = r.pauses.hq.as_ref().map(|p| pause(true, p));
    let store = r.pauses.store.as_ref().map(|p| pause(false, p));
    let mut pauses: Vec<CampaignPause> = hq.into_iter().chain(store).filter(|_| r.state_at(now) == CampaignState::Paused).collect();
    let people: Vec<&str> = history.iter().map(|c| c.by.as_str()).chain(pauses.iter().map(|p| p.by.as_str())).collect();
    let (names, ids) = futures::try_join!(tables.staff_names(people.into_iter()), names_of(tables, r, &library))?;
    for c in &mut history {
        c.by_name = names.get(c.by.as_str()).cloned();
    }
    for p in &mut pauses {
        p.by_name = names.get(p.by.as_str()).cloned();
    }
    Ok(CampaignView {
        card: card(r, owners.pop().unwrap_or_default(), used.pop().flatten(), now),
        draft: draft_of(r),
        steps: r.steps(side, now),
        reason: r.reason.clone(),
        warnings: campaign::warnings(r, &live, &goods_of(&library), now),
        history,
        names: ids,
        pauses,
        samples: if r.state == CampaignState::Review { samples::samples(r, &library, now) } else { Vec::new() },
    })
}

/// Campaigns that wait for HQ, in full, those that end first first; fifty at once.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn campaigns_in_review(tables: &Tables, now: Timestamp) -> Result<Vec<CampaignView>, StoreError> {
    let waits = tables.campaigns(CampaignState::Review).await?;
    let side = Side { hq: true, reviews: true };
    futures::future::try_join_all(waits.iter().take(50).map(|r| Box::pin(campaign_view(tables, r, side, now)))).await
}

/// HQ's campaigns that run in a store, or soon will, without what they bring others.
///
/// # Errors
/// [`StoreError`] from the engine.
pub async fn hqs_in_store(tables: &Tables, store: &StoreId, now: Timestamp) -> Result<CampaignList, StoreError> {
    use CampaignState as S;
    let (live, paused) = futures::try_join!(tables.live_campaigns(now), tables.all_campaigns_ending_after(S::Paused, now))?;
    let here = live.iter().chain(&paused).filter(|r| r.owner.is_none() && runs_in(r, store));
    Ok(CampaignList { campaigns: here.map(|r| CampaignCard { budget: None, ..card(r, "总部".to_owned(), None, now) }).collect() })
}

/// The campaigns of a store that run.
async fn running(tables: &Tables, store: &StoreId, now: Timestamp) -> Result<Vec<Campaign>, StoreError> {
    let view = tables.campaigns_in_view(store, now).await?.into_iter();
    // Nobody has a tier yet: what is for tiers is shown to nobody.
    let for_all = |c: &Campaign| c.audience.tier == 0 && !matches!(c.kind, Kind::TierPrice(_));
    // On this day and at this hour; all stores are in China.
    let runs = |r: &Record| r.state == CampaignState::Scheduled && runs_at(&r.campaign, now, CHINA) && for_all(&r.campaign);
    Ok(view.filter(runs).map(|r| r.campaign).collect())
}

/// What they are called and what they do, for a strip of a few.
///
/// # Errors
/// [`StoreError`] from the engine.
pub(super) async fn running_deals(tables: &Tables, store: &StoreId, now: Timestamp) -> Result<Vec<DealLink>, StoreError> {
    let mut all = running(tables, store, now).await?;
    // Flash sales have a strip of their own.
    all.retain(|c| !matches!(c.kind, Kind::Flash(_)));
    all.sort_by_key(|c| (c.level == Level::Store, -i64::from(c.priority)));
    let link = |c: Campaign| DealLink {
        what: what(&c.kind),
        own: c.level == Level::Store,
        combo: matches!(c.kind, Kind::Combo(_) | Kind::AnyOf(_)),
        campaign: c.campaign,
        title: c.title,
    };
    Ok(all.into_iter().take(8).map(link).collect())
}

/// Goods as customers see them, with the campaigns that run on them in particular; with `all`, those on everything too.
///
/// # Errors
/// [`StoreError`] from the engine.
pub(super) async fn labelled(
    tables: &Tables,
    store: &StoreId,
    mut cards: Vec<ListingCard>,
    all: bool,
    now: Timestamp,
) -> Result<Vec<ListingCard>, StoreError> {
    let view = running(tables, store, now).await?;
    if view.is_empty() {
        return Ok(cards);
    }
    let library = if view.iter().any(|c| !c.scope.brands.is_empty()) { Some(tables.library().await?) } else { None };
    let one = Quantity::new(1).unwrap_or_else(|e| unreachable!("{e}"));
    for card in &mut cards {
        let known = library.iter().flat_map(|l| l.iter()).find(|s| s.sku == card.sku);
        let line = Line {
            sku: card.sku.clone(),
            quantity: one,
            price: card.price,
            floor: liandian_types::Fen::ZERO,
            category: card.category.clone(),
            brand: known.map(|s| s.brand.clone()).unwrap_or_default(),
            marks: if card.flagship { vec![campaign::FLAGSHIP.to_owned()] } else { Vec::new() },
            weight_g: 0,
        };
        let about = |c: &&Campaign| labels(c, &line) || (all && c.scope.holds(&line) && !matches!(c.kind, Kind::Combo(_) | Kind::LimitedPrice(_)));
        card.labels = view.iter().filter(about).take(if all { 6 } else { 2 }).map(|c| c.title.clone()).collect();
    }
    Ok(cards)
}
