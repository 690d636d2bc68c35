//! What can be done with a campaign.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    CampaignId, CampaignStep, Problem, StoreId,
    api::{CampaignView, TakeCampaignStep},
};

use crate::{browser, islands::kit::Refusal};

/// The steps that a campaign may take, a button each.
#[island]
pub fn CampaignSteps(
    /// Which campaign.
    campaign: CampaignId,
    /// The store whose own page it is; none on HQ's.
    store: Option<StoreId>,
    /// The steps.
    steps: Vec<CampaignStep>,
    /// The version that is shown.
    version: u64,
) -> impl IntoView {
    let busy = RwSignal::new(true);
    let problem = RwSignal::new(None::<Problem>);
    let reason = RwSignal::new(String::new());
    Effect::new(move |_| busy.set(false));
    let (path, page) = match &store {
        Some(s) => (format!("/api/v1/stores/{s}/campaigns/{campaign}/steps"), format!("/console/s/{s}/campaigns")),
        None => (format!("/api/v1/hq/campaigns/{campaign}/steps"), "/console/hq/campaigns".to_owned()),
    };
    let (path, page) = (StoredValue::new(path), StoredValue::new(page));
    let take = move |step: CampaignStep| {
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let reason = Some(reason.get_untracked()).filter(|r| !r.trim().is_empty());
            match browser::post::<CampaignView>(&path.get_value(), &TakeCampaignStep { step, version, reason }).await {
                // A copy has its own page.
                Ok(v) => browser::go(&format!("{}/{}", page.get_value(), v.card.campaign)),
                Err(p) => {
                    problem.set(Some(p));
                    busy.set(false);
                }
            }
        });
    };
    // What is over never runs again: ending is asked twice.
    let sure = RwSignal::new(false);
    let press = move |step: CampaignStep| {
        if step == CampaignStep::End && !sure.get_untracked() {
            sure.set(true);
        } else {
            take(step);
        }
    };
    let says = move |step: CampaignStep| if step == CampaignStep::End && sure.get() { "确认结束，不能恢复" } else { step.title() };
    let rejects = steps.contains(&CampaignStep::Reject);
    let buttons = steps
        .into_iter()
        .map(|s| {
            let first = matches!(s, CampaignStep::Submit | CampaignStep::Approve | CampaignStep::Schedule | CampaignStep::Resume);
            view! { <button type="button" class=if first { "primary" } else { "" } disabled=busy on:click=move |_| press(s)>{move || says(s)}</button> }
        })
        .collect_view();
    view! {
        <section class="stock-desk" aria-label="操作">
            {rejects.then(|| view! {
                <label class="rule"><span>"驳回原因"</span><input maxlength="100" disabled=busy prop:value=reason on:input=move |e| reason.set(event_target_value(&e)) /></label>
            })}
            <div class="papers">
                {buttons}
                <button type="button" disabled=busy hidden=move || !sure.get() on:click=move |_| sure.set(false)>"取消"</button>
            </div>
            <Refusal problem=problem />
        </section>
    }
}
