//! Stock documents that wait for a second person: what it is about, what it costs, and the two buttons.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Problem, StoreId,
    api::{ClaimCard, ClaimDecision},
};
use serde::de::IgnoredAny;

use crate::{browser, islands::kit::Refusal, text};

/// The documents of a store that wait, oldest first.
#[island]
pub fn ClaimBoard(
    /// Whose.
    store: StoreId,
    /// Those that wait.
    claims: Vec<ClaimCard>,
) -> impl IntoView {
    let awake = RwSignal::new(false);
    Effect::new(move |_| awake.set(true));
    view! { <ul class="cards claims">{claims.into_iter().map(|c| view! { <Waiting store=store.clone() claim=c awake=awake /> }).collect_view()}</ul> }
}

/// One of them.
#[component]
fn Waiting(store: StoreId, claim: ClaimCard, awake: RwSignal<bool>) -> impl IntoView {
    let path = StoredValue::new(format!("/api/v1/stores/{store}/stock/claims/{}/decision", claim.claim));
    let (busy, rejects, why) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(String::new()));
    let problem = RwSignal::new(None::<Problem>);
    let decide = move |approve: bool| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        let ask = ClaimDecision { approve, reason: Some(why.get_untracked()).filter(|_| !approve) };
        spawn_local(async move {
            match browser::post::<IgnoredAny>(&path.get_value(), &ask).await {
                Ok(_) => browser::reload(),
                Err(p) => {
                    problem.set(Some(p));
                    busy.set(false);
                }
            }
        });
    };
    let frozen = move || busy.get() || !awake.get();
    let decides = claim.decides;
    let costs = format!("{} 件，按零售价 ¥ {}", text::number(claim.units), text::yuan(claim.value));
    let paper = claim.document.map(|d| format!("单据 {d} · ")).unwrap_or_default();
    view! {
        <li class="card">
            <p class="claim-head"><b>{claim.kind.title()}</b>" "{costs}<span class="badge warn">{claim.state.title()}</span></p>
            <p>{format!("原因：{}", claim.reason.unwrap_or_else(|| "未填写".to_owned()))}</p>
            <p class="sub">{format!("{paper}{} 于 {} 提交 · {}", claim.by_name, claim.at_text, claim.location_name)}</p>
            <ul class="claim-lines">
                {claim
                    .lines
                    .into_iter()
                    .map(|l| {
                        let day = l.expires_on.map(|d| format!("，{d} 到期")).unwrap_or_default();
                        view! { <li>{format!("{} × {}（提交时账面 {} 件{day}，¥ {}）", l.name, text::number(l.quantity), text::number(l.on_hand), text::yuan(l.value))}</li> }
                    })
                    .collect_view()}
            </ul>
            {if decides {
                view! {
                    <div class="actions">
                        <button type="button" class="primary" disabled=frozen on:click=move |_| decide(true)>"批准并登记"</button>
                        <button type="button" disabled=frozen hidden=rejects on:click=move |_| rejects.set(true)>"驳回"</button>
                    </div>
                    <div class="lookup" hidden=move || !rejects.get()>
                        <input
                            aria-label="驳回原因"
                            placeholder="驳回原因（必填）"
                            maxlength="100"
                            disabled=frozen
                            prop:value=why
                            on:input=move |e| why.set(event_target_value(&e))
                        />
                        <button type="button" disabled=frozen on:click=move |_| decide(false)>"确认驳回"</button>
                    </div>
                }
                .into_any()
            } else {
                view! { <p class="sub">"需由提交人以外、有审批权限的人处理。"</p> }.into_any()
            }}
            <Refusal problem=problem />
        </li>
    }
}
