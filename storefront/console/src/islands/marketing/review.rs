//! Deciding about campaigns that wait: those that are ticked on the page, one or several at once.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    CampaignId, CampaignStep, Code, Problem,
    api::{CampaignView, TakeCampaignStep},
};

use crate::{browser, islands::kit::Refusal};

/// The class of the boxes on the page.
const TICK: &str = "review-tick";

/// What a box stands for: the campaign, the version that was seen, its title.
fn meant(value: &str) -> Option<(CampaignId, u64, String)> {
    let mut parts = value.splitn(3, ' ');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next().unwrap_or_default().to_owned()))
}

/// Approving or rejecting the campaigns whose boxes are ticked. Each is decided by itself: what another person was faster with is told by its name.
#[island]
pub fn CampaignReviewDesk() -> impl IntoView {
    let (busy, why) = (RwSignal::new(true), RwSignal::new(String::new()));
    let problem = RwSignal::new(None::<Problem>);
    let told = RwSignal::new(Vec::<String>::new());
    Effect::new(move |_| busy.set(false));
    let decide = move |step: CampaignStep| {
        let chosen: Vec<_> = browser::ticked(TICK).iter().filter_map(|v| meant(v)).collect();
        let reason = Some(why.get_untracked().trim().to_owned()).filter(|w| step == CampaignStep::Reject && !w.is_empty());
        let lacks = match (chosen.is_empty(), step, &reason) {
            (true, ..) => Some("请先勾选活动"),
            (false, CampaignStep::Reject, None) => Some("请填写驳回原因"),
            _ => None,
        };
        problem.set(lacks.map(|what| Problem::new(Code::BadRequest, what)));
        if lacks.is_some() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        told.set(Vec::new());
        spawn_local(async move {
            let mut failed = Vec::new();
            for (id, version, title) in chosen {
                let ask = TakeCampaignStep { step, version, reason: reason.clone() };
                if let Err(p) = browser::post::<CampaignView>(&format!("/api/v1/hq/campaigns/{id}/steps"), &ask).await {
                    failed.push(format!("「{title}」：{}", p.detail));
                }
            }
            if failed.is_empty() {
                browser::reload();
            } else {
                told.set(failed);
                busy.set(false);
            }
        });
    };
    view! {
        <section class="stock-desk" aria-label="批量审核">
            <div class="papers">
                <button type="button" class="primary" disabled=busy on:click=move |_| decide(CampaignStep::Approve)>"批准所选"</button>
                <label class="day wide">
                    <span>"驳回原因"</span>
                    <input maxlength="100" disabled=busy prop:value=why on:input=move |e| why.set(event_target_value(&e)) />
                </label>
                <button type="button" disabled=busy on:click=move |_| decide(CampaignStep::Reject)>"驳回所选"</button>
            </div>
            <p class="sub">"批准后到开始时间自动上线；审核期间被修改或撤回的不会生效。"</p>
            <Refusal problem=problem />
            <div role="status" hidden=move || told.with(Vec::is_empty)>
                <ul>{move || told.get().into_iter().map(|t| view! { <li>{t}</li> }).collect_view()}</ul>
                <button type="button" on:click=move |_| browser::reload()>"刷新列表"</button>
            </div>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_a_box_when_read_then_it_names_a_campaign_with_the_version_that_was_seen() {
        assert_eq!(meant("cmp_1 3 本店 九折"), Some(("cmp_1".parse().unwrap(), 3, "本店 九折".to_owned())));
        assert_eq!([meant(""), meant("cmp_1"), meant("cmp_1 x y"), meant("sku_1 3 y")], [None, None, None, None]);
    }
}
