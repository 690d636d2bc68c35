//! Campaigns: HQ's, a store's own, and what a cart would cost with one.

use liandian_domain::{
    governance::terms::Terms,
    marketing::{
        Schedule,
        campaign::{self, Record, Step},
        offered::told,
    },
    orders::place::{self, Way},
};
use liandian_store::orders::PlacementAsk;
use liandian_types::{
    CampaignId, CampaignState, Code, Permission, Problem, SkuId, StoreId, Timestamp,
    api::{CampaignDraft, CampaignPreview, CampaignPreviewAsk, TakeCampaignStep},
};

use crate::{
    App,
    flows::{marketing::with_left, orders::wanted},
    http::{Call, Failure, Reply},
    transact::{Plan, transact},
    views::marketing::{campaign_cards, campaign_of, campaign_view, campaigns_of_chain},
};

/// A campaign, if it is there and may be seen: a store sees its own, HQ all but what a store still writes.
async fn seen(app: &App, id: &CampaignId, store: Option<&StoreId>) -> Result<Record, Failure> {
    let visible = |r: &Record| match store {
        Some(s) => r.owner.as_ref() == Some(s),
        None => r.owner.is_none() || r.state != CampaignState::Draft,
    };
    app.tables.campaign(id).await?.filter(visible).ok_or_else(|| Failure::not_found("活动"))
}

fn reviews(call: &Call, store: Option<&StoreId>) -> Result<bool, Failure> {
    Ok(store.is_none() && call.staff()?.permissions.contains(&Permission::CampaignReview))
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
    Reply::json(&campaign_view(&app.tables, &record, reviews(call, store)?, call.now).await?)
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
    let (id, draft): (CampaignId, CampaignDraft) = (call.param("campaign")?, call.json()?);
    let (by, draft, id) = (&call.staff()?.sub, &draft, &id);
    let saved = transact(app, call.now, |_| async move {
        let old = app.tables.campaign(id).await?;
        if old.as_ref().is_some_and(|o| o.owner.as_ref() != store) {
            return Err(Failure::not_found("活动"));
        }
        let (campaign, limits) = campaign_of(id.clone(), draft, store)?;
        let (record, decision) = campaign::draft(old.as_ref(), campaign, store.cloned(), limits, draft.version, by)?;
        Ok(Plan::new(record, decision))
    })
    .await?;
    Reply::json(&campaign_view(&app.tables, &saved, reviews(call, store)?, call.now).await?)
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
    let (by, ask, id, reviews) = (&call.staff()?.sub, &ask, &id, reviews(call, store)?);
    let moved = transact(app, call.now, |_| async move {
        let old = seen(app, id, store).await?;
        let step = Step { step: ask.step, seen: ask.version, reason: ask.reason.as_deref(), reviews, by };
        let (record, decision) = campaign::step(&old, step, app.id(), call.now)?;
        Ok(Plan::new(record, decision))
    })
    .await?;
    Reply::json(&campaign_view(&app.tables, &moved, reviews, call.now).await?)
}

/// What a cart would cost if a campaign ran now, beside those that do.
///
/// # Errors
/// `bad_request` naming the field; `not_found` for the store; `not_listed` naming the lines.
pub async fn preview(app: App, call: Call) -> Result<Reply, Failure> {
    let ask: CampaignPreviewAsk = call.json()?;
    let now = call.now;
    let (mut campaign, limits) = campaign_of(app.id(), &ask.draft, None)?;
    campaign::check(&campaign, None, &limits)?;
    // As if it ran, here and now.
    campaign.schedule = Schedule { from: now, until: now.plus(Timestamp::DAY), weekdays: 0, month_days: 0, minutes: None };
    campaign.stores = Vec::new();
    campaign.audience.new_only = false;
    let skus: Vec<SkuId> = ask.lines.iter().map(|l| l.sku.clone()).collect();
    let of = PlacementAsk { store: &ask.store, member: None, skus: &skus, source: None, placed: None, strong: false };
    let tables = &app.tables;
    let (read, mut records, settings, policies) =
        futures::try_join!(tables.placement(of), tables.campaigns_in_view(&ask.store, now), tables.settings(), tables.policies())?;
    let store = read.store.ok_or_else(|| Failure::not_found("门店"))?;
    records.push(Record { campaign, owner: None, state: CampaignState::Scheduled, limits, reason: None, version: 0 });
    let mut offered = with_left(&app, records, None, false, now).await?;
    offered.fees = policies.fees;
    let lines = wanted(&ask.lines, read.lines, &ask.store, &Terms::of(settings.iter(), &store, now), now);
    let way = Way { fulfilment: ask.fulfilment, store: &store, ships_from: None, to: None };
    let answer = place::price(&lines, &way, &offered, now)?.answer;
    let answer = answer.ok_or_else(|| Problem::new(Code::BadRequest, "没有可以试算的活动").at("draft"))?;
    Reply::json(&CampaignPreview {
        list: answer.list,
        goods: answer.totals.goods,
        delivery_fee: answer.totals.delivery_fee,
        total: answer.totals.total,
        discounts: told(&answer),
        not_applied: offered.missed(&answer, &store.hours.zone, now),
    })
}
