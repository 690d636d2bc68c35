//! Campaigns: HQ's, a store's own, and what a cart would cost with one.

use liandian_domain::{
    catalog::LibrarySku,
    governance::terms::Terms,
    marketing::{
        Schedule,
        campaign::{self, Pauses, Record, Side, Step},
        offered::told,
    },
    orders::place::{self, Way},
};
use liandian_store::orders::PlacementAsk;
use liandian_types::{
    CampaignId, CampaignState, Code, Fen, Permission, Problem, SkuId, StoreId, Timestamp,
    api::{
        CampaignCut, CampaignDraft, CampaignForecastAsk, CampaignPreview, CampaignPreviewAsk, CampaignPreviewLine, CartLines, QuoteGift,
        TakeCampaignStep,
    },
};

use crate::{
    App,
    flows::{marketing::with_left, orders::wanted},
    http::{Call, Failure, Reply},
    transact::{Plan, transact},
    views::marketing::{campaign_cards, campaign_forecast, campaign_of, campaign_results, campaign_view, campaigns_of_chain, goods_of, runs_in},
};

/// A draft may name many stores: so many bytes.
const MOST_DRAFT: usize = 128 * 1024;

/// A campaign, if it is there and may be seen: a store sees its own, HQ all but what a store still writes.
async fn seen(app: &App, id: &CampaignId, store: Option<&StoreId>) -> Result<Record, Failure> {
    let visible = |r: &Record| match store {
        Some(s) => r.owner.as_ref() == Some(s),
        None => r.owner.is_none() || r.state != CampaignState::Draft,
    };
    app.tables.campaign(id).await?.filter(visible).ok_or_else(|| Failure::not_found("活动"))
}

/// For whom the caller acts: HQ on its own paths, the store on a store's.
fn side(call: &Call, store: Option<&StoreId>) -> Result<Side, Failure> {
    let hq = store.is_none();
    Ok(Side { hq, reviews: hq && call.staff()?.permissions.contains(&Permission::CampaignReview) })
}

/// Campaigns of the chain, of a state or all that are not over.
///
/// # Errors
/// `bad_request` for a state that there is not.
pub async fn of_chain(app: App, call: Call) -> Result<Reply, Failure> {
    Reply::json(&campaigns_of_chain(&app.tables, call.typed("state")?, call.now).await?)
}

/// A store's own campaigns.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn of_store(app: App, call: Call) -> Result<Reply, Failure> {
    let records = app.tables.campaigns_of(&call.store()?).await?;
    Reply::json(&campaign_cards(&app.tables, &records, call.now).await?)
}

/// One campaign.
///
/// # Errors
/// `not_found`.
pub async fn read(app: App, call: Call) -> Result<Reply, Failure> {
    one(&app, &call, None).await
}

/// One of a store's own campaigns.
///
/// # Errors
/// `not_found`, also for another store's and HQ's.
pub async fn read_own(app: App, call: Call) -> Result<Reply, Failure> {
    one(&app, &call, Some(&call.store()?)).await
}

async fn one(app: &App, call: &Call, store: Option<&StoreId>) -> Result<Reply, Failure> {
    let record = seen(app, &call.param("campaign")?, store).await?;
    Reply::json(&campaign_view(&app.tables, &record, side(call, store)?, call.now).await?)
}

/// Drafts a campaign of HQ under an id of the caller's choice, or edits a draft.
///
/// # Errors
/// `bad_request` naming the field; `conflict` when it was changed since the version that was seen, or is no draft any more; `not_found` for a store's.
pub async fn save(app: App, call: Call) -> Result<Reply, Failure> {
    put(&app, &call, None).await
}

/// The same for a store's own.
///
/// # Errors
/// As [`save`].
pub async fn save_own(app: App, call: Call) -> Result<Reply, Failure> {
    put(&app, &call, Some(&call.store()?)).await
}

async fn put(app: &App, call: &Call, store: Option<&StoreId>) -> Result<Reply, Failure> {
    let (id, draft): (CampaignId, CampaignDraft) = (call.param("campaign")?, call.json_within(MOST_DRAFT)?);
    let (by, draft, id) = (&call.staff()?.sub, &draft, &id);
    let saved = transact(app, call.now, |_| async move {
        let old = app.tables.campaign(id).await?;
        if old.as_ref().is_some_and(|o| o.owner.as_ref() != store) {
            return Err(Failure::not_found("活动"));
        }
        // Carts and orders know both by their ids: a campaign that is called as a coupon is would pass for it.
        if old.is_none() && app.tables.coupon_template(id).await?.is_some() {
            return Err(Failure::refuse(Code::Conflict, "这个编号已被优惠券使用，请换一个"));
        }
        let (campaign, limits) = campaign_of(id.clone(), draft, store)?;
        let (record, decision) = campaign::draft(old.as_ref(), campaign, store.cloned(), limits, draft.version, by)?;
        Ok(Plan::new(record, decision))
    })
    .await?;
    Reply::json(&campaign_view(&app.tables, &saved, side(call, store)?, call.now).await?)
}

/// Moves a campaign on.
///
/// # Errors
/// As [`campaign::step`]; `not_found`.
pub async fn take_step(app: App, call: Call) -> Result<Reply, Failure> {
    stepped(&app, &call, None).await
}

/// The same for a store's own.
///
/// # Errors
/// As [`take_step`].
pub async fn take_step_own(app: App, call: Call) -> Result<Reply, Failure> {
    stepped(&app, &call, Some(&call.store()?)).await
}

async fn stepped(app: &App, call: &Call, store: Option<&StoreId>) -> Result<Reply, Failure> {
    let (id, ask): (CampaignId, TakeCampaignStep) = (call.param("campaign")?, call.json()?);
    let (by, ask, id, side) = (&call.staff()?.sub, &ask, &id, side(call, store)?);
    let moved = transact(app, call.now, |_| async move {
        let old = seen(app, id, store).await?;
        let step = Step { step: ask.step, seen: ask.version, reason: ask.reason.as_deref(), side, by };
        let (record, decision) = campaign::step(&old, step, app.id(), call.now)?;
        Ok(Plan::new(record, decision))
    })
    .await?;
    Reply::json(&campaign_view(&app.tables, &moved, side, call.now).await?)
}

/// What a cart would cost if a campaign ran now, beside those that do, and which of them it clashes with.
///
/// # Errors
/// `bad_request` naming the field; `not_found` for the store; `not_listed` naming the lines.
pub async fn preview(app: App, call: Call) -> Result<Reply, Failure> {
    tried(&app, &call, None).await
}

/// The same for a store's own campaign, in that store.
///
/// # Errors
/// As [`preview`].
pub async fn preview_own(app: App, call: Call) -> Result<Reply, Failure> {
    tried(&app, &call, Some(&call.store()?)).await
}

/// A campaign that is not saved, as it would be.
fn drafted(app: &App, id: Option<CampaignId>, draft: &CampaignDraft, owner: Option<&StoreId>) -> Result<Record, Failure> {
    let (campaign, limits) = campaign_of(id.unwrap_or_else(|| app.id()), draft, owner)?;
    campaign::check(&campaign, owner, &limits)?;
    Ok(Record { campaign, owner: owner.cloned(), state: CampaignState::Draft, limits, reason: None, pauses: Pauses::default(), version: 0 })
}

/// The store whose own a campaign is that is tried: HQ tries a store's as what it is.
async fn owner_of(app: &App, id: Option<&CampaignId>, owner: Option<&StoreId>) -> Result<Option<StoreId>, Failure> {
    match (owner, id) {
        (Some(own), _) => Ok(Some(own.clone())),
        (None, Some(id)) => Ok(app.tables.campaign(id).await?.and_then(|r| r.owner)),
        (None, None) => Ok(None),
    }
}

async fn tried(app: &App, call: &Call, owner: Option<&StoreId>) -> Result<Reply, Failure> {
    let ask: CampaignPreviewAsk = call.json_within(MOST_DRAFT)?;
    if owner.is_some_and(|o| *o != ask.store) {
        return Err(Failure::not_found("门店"));
    }
    let whose = owner_of(app, ask.campaign.as_ref(), owner).await?;
    let record = drafted(app, ask.campaign.clone(), &ask.draft, whose.as_ref())?;
    let (live, library) = futures::try_join!(app.tables.live_campaigns(call.now), app.tables.library())?;
    let warnings = campaign::warnings(&record, &live, &goods_of(&library), call.now);
    let preview = match &ask.lines {
        Some(lines) => Box::pin(priced(app, record, &ask, lines, call.now)).await?,
        None => CampaignPreview {
            list: Fen::ZERO,
            goods: Fen::ZERO,
            delivery_fee: Fen::ZERO,
            total: Fen::ZERO,
            discounts: Vec::new(),
            not_applied: Vec::new(),
            lines: Vec::new(),
            gifts: Vec::new(),
            warnings: Vec::new(),
        },
    };
    Reply::json(&CampaignPreview { warnings, ..preview })
}

/// What a cart would cost with a campaign that runs here and now.
async fn priced(app: &App, mut record: Record, ask: &CampaignPreviewAsk, lines: &CartLines, now: Timestamp) -> Result<CampaignPreview, Failure> {
    record.campaign.schedule = Schedule { from: now, until: now.plus(Timestamp::DAY), weekdays: 0, month_days: 0, minutes: None };
    record.campaign.stores = Vec::new();
    record.campaign.audience.new_only = false;
    record.state = CampaignState::Scheduled;
    let id = record.campaign.campaign.clone();
    let skus: Vec<SkuId> = lines.iter().map(|l| l.sku.clone()).collect();
    let of = PlacementAsk { store: &ask.store, member: None, skus: &skus, source: None, placed: None, strong: false };
    let tables = &app.tables;
    let (read, mut records, settings, policies) =
        futures::try_join!(tables.placement(of), tables.campaigns_in_view(&ask.store, now), tables.settings(), tables.policies())?;
    let store = read.store.ok_or_else(|| Failure::not_found("门店"))?;
    // One that runs already is tried as it is drafted.
    records.retain(|r| r.campaign.campaign != id);
    records.push(record);
    let mut offered = with_left(app, records, None, false, now).await?;
    offered.fees = policies.fees;
    let lines = wanted(lines, read.lines, &ask.store, &Terms::of(settings.iter(), &store, now), now);
    let way = Way { fulfilment: ask.fulfilment, store: &store, ships_from: None, to: None };
    let answer = place::price(&lines, &way, &offered, now)?.answer;
    let answer = answer.ok_or_else(|| Problem::new(Code::BadRequest, "没有可以试算的活动").at("draft"))?;
    let name = |sku: &SkuId| lines.iter().find(|l| l.sku == *sku).and_then(|l| l.library.as_ref()).map_or_else(|| sku.to_string(), LibrarySku::title);
    let title = |c: &CampaignId| answer.discounts.iter().find(|d| d.campaign == *c).map_or_else(|| c.to_string(), |d| d.title.clone());
    let mut shown = Vec::with_capacity(answer.lines.len());
    for l in &answer.lines {
        let mut cuts: Vec<(&CampaignId, Fen)> = Vec::new();
        for cut in l.segments.iter().flat_map(|s| &s.cuts) {
            match cuts.iter_mut().find(|(c, _)| **c == cut.campaign) {
                Some((_, sum)) => *sum += cut.amount,
                None => cuts.push((&cut.campaign, cut.amount)),
            }
        }
        let list = Fen(l.price.0.saturating_mul(l.quantity.units()));
        let off: Fen = cuts.iter().map(|(_, amount)| *amount).sum();
        let cuts = cuts.into_iter().map(|(c, amount)| CampaignCut { title: title(c), amount }).collect();
        let (sku, quantity) = (l.sku.clone(), l.quantity.get());
        shown.push(CampaignPreviewLine { name: name(&sku), sku, quantity, price: l.price, list, total: list - off, cuts });
    }
    Ok(CampaignPreview {
        list: answer.list,
        goods: answer.totals.goods,
        delivery_fee: answer.totals.delivery_fee,
        total: answer.totals.total,
        discounts: told(&answer),
        not_applied: offered.missed(&answer, &store.hours.zone, now),
        lines: shown,
        gifts: offered.gifts(&answer).into_iter().map(|g| QuoteGift { sku: g.sku, name: g.name, units: g.units }).collect(),
        warnings: Vec::new(),
    })
}

/// What a campaign has brought in all stores.
///
/// # Errors
/// `not_found`.
pub async fn results(app: App, call: Call) -> Result<Reply, Failure> {
    let record = seen(&app, &call.param("campaign")?, None).await?;
    Reply::json(&campaign_results(&app.tables, &record, None, call.now).await?)
}

/// What a store's own campaign, or one of HQ's that runs in it, has brought there.
///
/// # Errors
/// `not_found`, also for another store's.
pub async fn results_own(app: App, call: Call) -> Result<Reply, Failure> {
    let (store, id): (StoreId, CampaignId) = (call.store()?, call.param("campaign")?);
    let record = app.tables.campaign(&id).await?.filter(|r| runs_in(r, &store)).ok_or_else(|| Failure::not_found("活动"))?;
    Reply::json(&campaign_results(&app.tables, &record, Some(&store), call.now).await?)
}

/// What a campaign would have cost on orders of last month, of some stores.
///
/// # Errors
/// `bad_request` naming the field.
pub async fn forecast(app: App, call: Call) -> Result<Reply, Failure> {
    foretold(&app, &call, None).await
}

/// The same for a store's own campaign, on its own orders.
///
/// # Errors
/// As [`forecast`].
pub async fn forecast_own(app: App, call: Call) -> Result<Reply, Failure> {
    foretold(&app, &call, Some(&call.store()?)).await
}

async fn foretold(app: &App, call: &Call, owner: Option<&StoreId>) -> Result<Reply, Failure> {
    let ask: CampaignForecastAsk = call.json_within(MOST_DRAFT)?;
    let whose = owner_of(app, ask.campaign.as_ref(), owner).await?;
    let record = drafted(app, ask.campaign, &ask.draft, whose.as_ref())?;
    Reply::json(&Box::pin(campaign_forecast(&app.tables, &record.campaign, call.now)).await?)
}
