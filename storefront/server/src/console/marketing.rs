//! Pages about campaigns: HQ's, and a store's own.

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
    response::Response,
    routing::get,
};
use liandian_console::pages::{Section, hq, store};
use liandian_functions::{
    http::Failure,
    views::marketing::{
        CampaignSide, Whose, blank, campaign_calendar, campaign_cards, campaign_choices, campaign_results, campaign_view, campaigns_in_review,
        campaigns_of_chain, hqs_in_store, runs_in,
    },
};
use liandian_types::{CampaignId, CampaignState, Permission};

use super::{Ask, Handler, Visit, nothing_here, parsed, see};
use crate::answer::{Answer, found, read};

pub(super) fn pages() -> Vec<Handler> {
    vec![
        ("/console/hq/campaigns", get(of_chain)),
        ("/console/hq/campaigns/new", get(new)),
        ("/console/hq/campaigns/{campaign}", get(one)),
        ("/console/s/{store}/campaigns", get(of_store)),
        ("/console/s/{store}/campaigns/new", get(new_own)),
        ("/console/s/{store}/campaigns/{campaign}", get(one_own)),
        ("/console/hq/campaigns/calendar", get(calendar)),
        ("/console/hq/campaigns/review", get(review)),
        ("/console/hq/campaigns/{campaign}/results", get(results)),
        ("/console/s/{store}/campaigns/calendar", get(calendar_own)),
        ("/console/s/{store}/campaigns/{campaign}/results", get(results_own)),
    ]
}

/// The campaign of the path, or the coupon, which is called as a campaign is.
pub(super) struct Named(Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        Ok(Self(params.ok().and_then(|p| p.iter().find(|(name, _)| *name == "campaign").map(|(_, id)| id.to_owned()))))
    }
}

impl Named {
    pub(super) fn id(&self) -> Answer<CampaignId> {
        parsed(self.0.as_deref().ok_or_else(nothing_here)?)
    }
}

async fn of_chain(visit: Visit, ask: Ask) -> Response {
    let page = async {
        // A state that there is not asks for none.
        let state: Option<CampaignState> = ask.get("state").and_then(|s| s.parse().ok());
        let list = read(campaigns_of_chain(&visit.app.tables, state, visit.app.now()).await)?;
        Ok(hq::campaigns(&visit.frame(Section::Campaigns), list))
    };
    visit.answer(page.await)
}

async fn one(visit: Visit, named: Named) -> Response {
    let campaign = async { read(visit.app.tables.campaign(&named.id()?).await) };
    let campaign: Answer<_> = campaign.await;
    // In the history of what HQ changes a coupon is called as a campaign is.
    if let (Ok(None), Ok(id)) = (&campaign, named.id())
        && matches!(visit.app.tables.coupon_template(&id).await, Ok(Some(_)))
    {
        return see(&format!("/console/hq/coupons/{id}"));
    }
    let page = async {
        let found = found(Ok::<_, Failure>(campaign?), "活动")?;
        // What a store still writes is its own business.
        if found.owner.is_some() && found.state == CampaignState::Draft {
            return Err(nothing_here());
        }
        let side = CampaignSide { hq: true, reviews: visit.may(Permission::CampaignReview) };
        let view = read(Box::pin(campaign_view(&visit.app.tables, &found, side, visit.app.now())).await)?;
        Ok(hq::campaign(&visit.frame(Section::Campaigns), None, view, read(campaign_choices(&visit.app.tables, true).await)?))
    };
    visit.answer(page.await)
}

async fn new(visit: Visit) -> Response {
    let page = async {
        let choices = read(campaign_choices(&visit.app.tables, true).await)?;
        Ok(hq::new_campaign(&visit.frame(Section::Campaigns), None, visit.app.id(), blank(false, visit.app.now()), choices))
    };
    visit.answer(page.await)
}

async fn of_store(visit: Visit) -> Response {
    let page = async {
        let (id, row) = visit.store().await?;
        let records = read(visit.app.tables.campaigns_of(&id).await)?;
        let (tables, now) = (&visit.app.tables, visit.app.now());
        let (own, hqs) = tokio::join!(campaign_cards(tables, &records, now), hqs_in_store(tables, &id, now));
        Ok(store::campaigns(&visit.frame(Section::Campaigns), &row, read(own)?, read(hqs)?))
    };
    visit.answer(page.await)
}

async fn one_own(visit: Visit, named: Named) -> Response {
    let page = async {
        let (id, row) = visit.store().await?;
        let found = found(visit.app.tables.campaign(&named.id()?).await, "活动")?;
        if found.owner.as_ref() != Some(&id) {
            return Err(nothing_here());
        }
        let view = read(Box::pin(campaign_view(&visit.app.tables, &found, CampaignSide::STORE, visit.app.now())).await)?;
        Ok(hq::campaign(&visit.frame(Section::Campaigns), Some(&row), view, read(campaign_choices(&visit.app.tables, false).await)?))
    };
    visit.answer(page.await)
}

async fn new_own(visit: Visit) -> Response {
    let page = async {
        let (_, row) = visit.store().await?;
        let choices = read(campaign_choices(&visit.app.tables, false).await)?;
        Ok(hq::new_campaign(&visit.frame(Section::Campaigns), Some(&row), visit.app.id(), blank(true, visit.app.now()), choices))
    };
    visit.answer(page.await)
}

async fn calendar(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let reach = visit.reach().await?;
        let month = ask.get("month");
        let shown = Box::pin(campaign_calendar(&visit.app.tables, month.as_deref(), Whose::Chain(&reach), visit.app.now())).await;
        Ok(hq::campaign_calendar(&visit.frame(Section::CampaignCalendar), None, read(shown)?))
    };
    visit.answer(page.await)
}

async fn calendar_own(visit: Visit, ask: Ask) -> Response {
    let page = async {
        let (id, row) = visit.store().await?;
        let month = ask.get("month");
        let shown = Box::pin(campaign_calendar(&visit.app.tables, month.as_deref(), Whose::Store(&id), visit.app.now())).await;
        Ok(hq::campaign_calendar(&visit.frame(Section::CampaignCalendar), Some(&row), read(shown)?))
    };
    visit.answer(page.await)
}

async fn review(visit: Visit) -> Response {
    let page = async {
        let waits = read(Box::pin(campaigns_in_review(&visit.app.tables, visit.app.now())).await)?;
        Ok(hq::campaign_review(&visit.frame(Section::CampaignReview), waits))
    };
    visit.answer(page.await)
}

async fn results(visit: Visit, named: Named) -> Response {
    let page = async {
        let found = found(visit.app.tables.campaign(&named.id()?).await, "活动")?;
        if found.owner.is_some() && found.state == CampaignState::Draft {
            return Err(nothing_here());
        }
        let shown = read(Box::pin(campaign_results(&visit.app.tables, &found, None, visit.app.now())).await)?;
        Ok(hq::campaign_results(&visit.frame(Section::Campaigns), None, shown))
    };
    visit.answer(page.await)
}

async fn results_own(visit: Visit, named: Named) -> Response {
    let page = async {
        let (id, row) = visit.store().await?;
        let found = found(visit.app.tables.campaign(&named.id()?).await, "活动")?;
        if !runs_in(&found, &id) {
            return Err(nothing_here());
        }
        let shown = read(Box::pin(campaign_results(&visit.app.tables, &found, Some(&id), visit.app.now())).await)?;
        Ok(hq::campaign_results(&visit.frame(Section::Campaigns), Some(&row), shown))
    };
    visit.answer(page.await)
}
