//! Pages about campaigns: HQ's, and a store's own.

use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::request::Parts,
    response::Response,
    routing::get,
};
use liandian_console::pages::{Section, hq, store};
use liandian_functions::views::marketing::{blank, campaign_cards, campaign_view, campaigns_of_chain};
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
    ]
}

/// The campaign of the path.
struct Named(Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        Ok(Self(params.ok().and_then(|p| p.iter().find(|(name, _)| *name == "campaign").map(|(_, id)| id.to_owned()))))
    }
}

impl Named {
    fn id(&self) -> Answer<CampaignId> {
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
    // In the history of what HQ changes a coupon is called as a campaign is.
    if let Ok(id) = named.id()
        && matches!(visit.app.tables.campaign(&id).await, Ok(None))
        && matches!(visit.app.tables.coupon_template(&id).await, Ok(Some(_)))
    {
        return see(&format!("/console/hq/coupons/{id}"));
    }
    let page = async {
        let found = found(visit.app.tables.campaign(&named.id()?).await, "活动")?;
        // What a store still writes is its own business.
        if found.owner.is_some() && found.state == CampaignState::Draft {
            return Err(nothing_here());
        }
        let view = read(campaign_view(&visit.app.tables, &found, visit.may(Permission::CampaignReview), visit.app.now()).await)?;
        Ok(hq::campaign(&visit.frame(Section::Campaigns), None, view))
    };
    visit.answer(page.await)
}

async fn new(visit: Visit) -> Response {
    visit.answer(Ok(hq::new_campaign(&visit.frame(Section::Campaigns), None, visit.app.id(), blank(false, visit.app.now()))))
}

async fn of_store(visit: Visit) -> Response {
    let page = async {
        let (id, row) = visit.store().await?;
        let records = read(visit.app.tables.campaigns_of(&id).await)?;
        let list = read(campaign_cards(&visit.app.tables, &records, visit.app.now()).await)?;
        Ok(store::campaigns(&visit.frame(Section::Campaigns), &row, list))
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
        let view = read(campaign_view(&visit.app.tables, &found, false, visit.app.now()).await)?;
        Ok(hq::campaign(&visit.frame(Section::Campaigns), Some(&row), view))
    };
    visit.answer(page.await)
}

async fn new_own(visit: Visit) -> Response {
    let page = async {
        let (_, row) = visit.store().await?;
        Ok(hq::new_campaign(&visit.frame(Section::Campaigns), Some(&row), visit.app.id(), blank(true, visit.app.now())))
    };
    visit.answer(page.await)
}
