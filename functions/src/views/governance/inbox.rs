//! What waits for HQ and is decided on pages of its own, beside the change requests: one inbox leads to all of it.

use liandian_domain::{
    catalog::local::{LocalProduct, Review},
    marketing::campaign::Record,
    stores::{
        hours::{CHINA, local_text},
        profile::StoreProfile,
    },
};
use liandian_types::{CampaignState, Permission, Scope, StoreId, api::WaitsElsewhere};

use super::prices::{FindRequests, kind_title};
use crate::{App, auth::Staff, http::Failure};

/// Products of stores that are named.
const LOCALS: i32 = 50;

/// Products and campaigns of stores that wait for HQ, as far as this person may see them and asks for them. One wave; nothing for regions, which decide about
/// neither.
///
/// # Errors
/// [`Failure`] from the tables only.
pub async fn elsewhere(app: &App, staff: &Staff, ask: &FindRequests) -> Result<Vec<WaitsElsewhere>, Failure> {
    if ask.over || ask.cursor.is_some() || staff.scope != Scope::All {
        return Ok(Vec::new());
    }
    let wants = |kind: &str, permission| ask.kind.as_deref().is_none_or(|k| k == kind) && staff.permissions.contains(&permission);
    let (locals, campaigns) = (wants("local", Permission::LocalReview), wants("campaign", Permission::CampaignRead));
    if !locals && !campaigns {
        return Ok(Vec::new());
    }
    let tables = &app.tables;
    let products = async { if locals { tables.waiting_locals(LOCALS, None).await } else { Ok((Vec::new(), None)) } };
    let records = async { if campaigns { tables.campaigns(CampaignState::Review).await } else { Ok(Vec::new()) } };
    let ((products, _), records, directory) = futures::try_join!(Box::pin(products), Box::pin(records), tables.directory())?;
    let mut all: Vec<WaitsElsewhere> = products.iter().map(|p| of_product(p, &directory)).collect();
    all.extend(records.iter().filter_map(|r| of_campaign(r, &directory)));
    let region = |store: &StoreId| directory.iter().find(|s| s.store == *store).map(|s| &s.region);
    all.retain(|w| {
        let of_store = ask.store.as_ref().is_none_or(|s| *s == w.store);
        of_store && ask.region.as_ref().is_none_or(|r| region(&w.store) == Some(r))
    });
    Ok(all)
}

fn name(store: &StoreId, directory: &[StoreProfile]) -> String {
    directory.iter().find(|s| s.store == *store).map_or_else(|| store.to_string(), |s| s.name.clone())
}

fn of_product(p: &LocalProduct, directory: &[StoreProfile]) -> WaitsElsewhere {
    let when_text = if let Review::Waiting { at, .. } = &p.review { format!("{} 提交", local_text(*at, CHINA)) } else { String::new() };
    WaitsElsewhere {
        kind: "local".to_owned(),
        kind_title: kind_title("local").to_owned(),
        store: p.store.clone(),
        store_name: name(&p.store, directory),
        title: p.product.name.clone(),
        when_text,
        href: "/console/hq/local-products".to_owned(),
    }
}

/// A campaign of a store; HQ's own are no store's.
fn of_campaign(r: &Record, directory: &[StoreProfile]) -> Option<WaitsElsewhere> {
    let store = r.owner.as_ref()?;
    let c = &r.campaign;
    Some(WaitsElsewhere {
        kind: "campaign".to_owned(),
        kind_title: kind_title("campaign").to_owned(),
        store: store.clone(),
        store_name: name(store, directory),
        title: c.title.clone(),
        when_text: format!("拟 {} 开始", local_text(c.schedule.from, CHINA)),
        href: format!("/console/hq/campaigns/{}", c.campaign),
    })
}
