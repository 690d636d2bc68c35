//! Change requests: the values side by side, what is said about them, and the buttons of who asks and of who decides.

use std::collections::BTreeSet;

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Code, Problem, RequestId, RequestState,
    api::{DecideRequests, DecidedRequests, RequestCard, RequestComment},
};
use serde::de::IgnoredAny;

use crate::{browser, islands::kit::Refusal};

/// Requests, each as a card; those that this person decides about can be chosen and decided together.
#[island]
pub fn RequestDesk(
    /// The requests.
    requests: Vec<RequestCard>,
    /// Is this the store that asks?
    asks: bool,
    /// May this person say something?
    talks: bool,
) -> impl IntoView {
    let awake = RwSignal::new(false);
    Effect::new(move |_| awake.set(true));
    let chosen = RwSignal::new(BTreeSet::<String>::new());
    let decides = requests.iter().any(|r| r.decides);
    let all = StoredValue::new(requests.iter().filter(|r| r.decides).map(|r| r.request.clone()).collect::<Vec<RequestId>>());
    let cards = requests.into_iter().map(|card| view! { <Card card=card asks=asks talks=talks chosen=chosen awake=awake /> }).collect_view();
    view! {
        {decides.then(|| view! { <Decisions all=all chosen=chosen awake=awake /> })}
        <ul class="cards claims">{cards}</ul>
    }
}

/// Approving or rejecting what is chosen.
#[component]
fn Decisions(all: StoredValue<Vec<RequestId>>, chosen: RwSignal<BTreeSet<String>>, awake: RwSignal<bool>) -> impl IntoView {
    let (busy, why) = (RwSignal::new(false), RwSignal::new(String::new()));
    let problem = RwSignal::new(None::<Problem>);
    let told = RwSignal::new(Vec::<String>::new());
    let decide = move |approve: bool| {
        let requests: Vec<RequestId> =
            all.with_value(|all| all.iter().filter(|r| chosen.with_untracked(|c| c.contains(r.as_str()))).cloned().collect());
        if busy.get_untracked() || requests.is_empty() {
            return;
        }
        let reason = Some(why.get_untracked().trim().to_owned()).filter(|w| !approve && !w.is_empty());
        if !approve && reason.is_none() {
            problem.set(Some(Problem::new(Code::BadRequest, "请填写驳回原因")));
            return;
        }
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match browser::post::<DecidedRequests>("/api/v1/hq/requests/decisions", &DecideRequests { requests, approve, reason }).await {
                Ok(answer) => {
                    let notes: Vec<String> = answer.decided.into_iter().filter_map(|d| d.note).collect();
                    if notes.is_empty() {
                        browser::reload();
                    } else {
                        told.set(notes);
                    }
                }
                Err(p) => problem.set(Some(p)),
            }
            busy.set(false);
        });
    };
    let none = move || busy.get() || !awake.get() || chosen.with(BTreeSet::is_empty);
    let whole = move || chosen.with(BTreeSet::len) == all.with_value(Vec::len);
    let choose_all = move |_| {
        let next = if whole() { BTreeSet::new() } else { all.with_value(|all| all.iter().map(ToString::to_string).collect()) };
        chosen.set(next);
    };
    view! {
        <section class="stock-desk" aria-label="批量审批">
            <div class="papers">
                <button type="button" disabled=move || !awake.get() on:click=choose_all>{move || if whole() { "取消全选" } else { "全选" }}</button>
                <button type="button" class="primary" disabled=none on:click=move |_| decide(true)>{move || format!("批准所选（{}）", chosen.with(BTreeSet::len))}</button>
                <label class="day wide">
                    <span>"驳回原因"</span>
                    <input maxlength="200" disabled=busy prop:value=why on:input=move |e| why.set(event_target_value(&e)) />
                </label>
                <button type="button" disabled=none on:click=move |_| decide(false)>"驳回所选"</button>
            </div>
            <p class="sub">"批准后立即生效；内容已被修改的不会生效，由门店重新提交。"</p>
            <Refusal problem=problem />
            <div role="status" hidden=move || told.with(Vec::is_empty)>
                <ul>{move || told.get().into_iter().map(|t| view! { <li>{t}</li> }).collect_view()}</ul>
                <button type="button" on:click=move |_| browser::reload()>"刷新列表"</button>
            </div>
        </section>
    }
}

/// One request.
#[component]
fn Card(card: RequestCard, asks: bool, talks: bool, chosen: RwSignal<BTreeSet<String>>, awake: RwSignal<bool>) -> impl IntoView {
    let open = matches!(card.state, RequestState::Pending | RequestState::Stale);
    let base = format!("/api/v1/stores/{}/requests/{}", card.store, card.request);
    let (id, label) = (card.request.to_string(), format!("选择 {} {}", card.store_name, card.title));
    let (listed, ticked) = (id.clone(), id.clone());
    let choose = card.decides.then(|| {
        view! {
            <input
                type="checkbox"
                aria-label=label
                disabled=move || !awake.get()
                prop:checked=move || chosen.with(|c| c.contains(&listed))
                on:change=move |e| chosen.update(|c| if event_target_checked(&e) { c.insert(ticked.clone()); } else { c.remove(&ticked); })
            />
        }
    });
    let title = match card.href.clone() {
        Some(href) => view! { <a href=href>{card.title.clone()}</a> }.into_any(),
        None => view! { <b>{card.title.clone()}</b> }.into_any(),
    };
    let hq = card.hq.map(|p| view! { <div><small>"总部价"</small><b>{p.to_string()}</b></div> });
    let rule = &card.rule;
    let rule_text =
        format!("规则：{} {}（{}{}）", rule.label, rule.value, rule.level, rule.by_name.as_ref().map(|n| format!("，{n}")).unwrap_or_default());
    let needs = if card.approvals > 0 {
        format!("由{}审批，已有 {} 人同意", card.approver.title(), card.approvals)
    } else {
        format!("由{}审批", card.approver.title())
    };
    let by = format!("{} 于 {} 提交", card.by_name.clone().unwrap_or_else(|| card.by.to_string()), card.at_text);
    let words = card
        .comments
        .into_iter()
        .map(|c| view! { <li>{format!("{} {}：{}", c.at_text, c.by_name.unwrap_or_else(|| c.by.to_string()), c.text)}</li> })
        .collect_view();
    let told = match (&card.escalated_text, card.reminded) {
        (Some(at), n) => Some(format!("区域未处理，{at} 升级到总部；已提醒 {n} 次")),
        (None, 0) => None,
        (None, n) => Some(format!("已提醒 {n} 次，仍无人处理")),
    }
    .filter(|_| open);
    let documents = card
        .documents
        .into_iter()
        .map(|d| {
            if d.href.is_empty() {
                view! { <li>{d.text}</li> }.into_any()
            } else {
                view! { <li><a href=d.href target="_blank" rel="noreferrer">{d.text}</a></li> }.into_any()
            }
        })
        .collect_view();
    let tone = if card.state == RequestState::Pending { "badge warn" } else { "badge" };
    view! {
        <li class="card" id=id>
            <p class="claim-head">{choose}" "{title}<span class="badge">{card.kind_title.clone()}</span><span class=tone>{card.state.title()}</span></p>
            <p class="sub">{format!("{} · {by}", card.store_name)}</p>
            <div class="actions values">
                {hq}
                <div><small>"原值"</small><b>{card.old.clone()}</b></div>
                <div><small>"新值"</small><b>{card.new.clone()}</b></div>
            </div>
            <p>{card.reason.clone()}</p>
            <p class="sub">{format!("{rule_text} · {needs}")}</p>
            <ul class="claim-lines">{documents}</ul>
            {told.map(|t| view! { <p class="badge warn">{t}</p> })}
            {card.rejected.map(|r| view! { <p class="refusal">{format!("驳回原因：{r}")}</p> })}
            {card.ended_text.map(|t| view! { <p class="sub">{format!("处理：{t}")}</p> })}
            <ul class="claim-lines">{words}</ul>
            {open.then(|| view! { <Talk base=base asks=asks talks=talks stale={card.state == RequestState::Stale} awake=awake /> })}
        </li>
    }
}

/// What may be said and done about one that is open.
#[component]
fn Talk(base: String, asks: bool, talks: bool, stale: bool, awake: RwSignal<bool>) -> impl IntoView {
    let base = StoredValue::new(base);
    let (busy, text) = (RwSignal::new(false), RwSignal::new(String::new()));
    let problem = RwSignal::new(None::<Problem>);
    let done = move |answer: Result<IgnoredAny, Problem>| match answer {
        Ok(_) => browser::reload(),
        Err(p) => {
            problem.set(Some(p));
            busy.set(false);
        }
    };
    let step = move |what: &'static str| {
        busy.set(true);
        problem.set(None);
        spawn_local(async move { done(browser::post::<IgnoredAny>(&format!("{}/{what}", base.get_value()), &serde_json::json!({})).await) });
    };
    let say = move |_| {
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let body = RequestComment { text: text.get_untracked() };
            done(browser::post::<IgnoredAny>(&format!("{}/comments", base.get_value()), &body).await);
        });
    };
    let frozen = move || busy.get() || !awake.get();
    view! {
        <div class="lookup" hidden=!talks>
            <input aria-label="留言" placeholder="留言" maxlength="500" disabled=frozen prop:value=text on:input=move |e| text.set(event_target_value(&e)) />
            <button type="button" disabled=frozen on:click=say>"留言"</button>
        </div>
        <div class="actions" hidden=!asks>
            <button type="button" class="primary" hidden=!stale disabled=frozen on:click=move |_| step("renew")>"按最新内容重新提交"</button>
            <button type="button" disabled=frozen on:click=move |_| step("withdraw")>"撤回"</button>
        </div>
        <Refusal problem=problem />
    }
}
