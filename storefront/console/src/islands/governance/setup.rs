//! Set-up by questions: answers, what they lead to, and what of it is applied.

use std::collections::BTreeSet;

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Problem, RegionId,
    api::{SetupAnswer, SetupApply, SetupDraftView, SetupHint, SetupLine, SetupQuestion, SetupSave, SetupView},
};
use serde::de::IgnoredAny;

use crate::{browser, islands::kit::Refusal};

const DRAFT: &str = "/api/v1/hq/setup/draft";

/// The questions as a form, and what was answered as a list to choose from.
#[island]
pub fn SetupDesk(
    /// The questions, and what was answered.
    setup: SetupView,
    /// May this person save and apply?
    sets: bool,
) -> impl IntoView {
    let SetupView { questions, regions, draft } = setup;
    let (busy, problem) = (RwSignal::new(true), RwSignal::new(None::<Problem>));
    Effect::new(move |_| busy.set(!sets));
    let saved = draft.as_ref().map(|d| d.answers.clone());
    let answered = |id: &str| {
        let all = saved.iter().flat_map(|a| &a.answers);
        all.filter(|a| a.question == id).map(|a| a.choice.clone()).next().unwrap_or_default()
    };
    let chosen: Vec<(String, RwSignal<String>)> = questions.iter().map(|q| (q.id.clone(), RwSignal::new(answered(&q.id)))).collect();
    let named = RwSignal::new(saved.iter().flat_map(|a| &a.regions).map(ToString::to_string).collect::<BTreeSet<String>>());
    let version = draft.as_ref().map_or(0, |d| d.version);
    let held = StoredValue::new(chosen.clone());
    let save = move |_| {
        let given: Vec<SetupAnswer> = held.with_value(|all| {
            let answers = all.iter().map(|(question, choice)| SetupAnswer { question: question.clone(), choice: choice.get_untracked() });
            answers.filter(|a| !a.choice.is_empty()).collect()
        });
        let regions: Vec<RegionId> = named.with_untracked(|all| all.iter().filter_map(|r| r.parse::<RegionId>().ok()).collect());
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match browser::put::<IgnoredAny>(DRAFT, &SetupSave { answers: given, regions, left: Vec::new(), version }).await {
                Ok(_) => browser::reload(),
                Err(p) => {
                    problem.set(Some(p));
                    busy.set(false);
                }
            }
        });
    };
    let mut layer = String::new();
    let mut asked = Vec::with_capacity(questions.len() + 3);
    for (q, (_, choice)) in questions.into_iter().zip(chosen) {
        if q.layer != layer {
            layer.clone_from(&q.layer);
            asked.push(view! { <h2>{layer.clone()}</h2> }.into_any());
        }
        asked.push(question(q, choice, busy));
    }
    let regions = regions.into_iter().map(|r| {
        let (value, checked) = (r.value.clone(), named.with_untracked(|n| n.contains(&r.value)));
        let toggle = move |e: web_sys::Event| {
            let on = event_target_checked(&e);
            named.update(|n| {
                if on {
                    n.insert(value.clone());
                } else {
                    n.remove(&value);
                }
            });
        };
        view! { <label class="check"><input type="checkbox" checked=checked disabled=busy on:change=toggle />{r.title}</label> }
    });
    let regions = regions.collect_view();
    view! {
        {draft.map(|d| proposed(d, sets, busy, problem))}
        <section class="stock-desk rules" aria-label="问题">
            {asked}
            <h2>"可自主推出季节限定商品的区域"</h2>
            <div class="papers">{regions}</div>
            <div class="papers" hidden=!sets>
                <button type="button" class="primary" disabled=busy on:click=save>"保存回答并生成方案"</button>
            </div>
            <Refusal problem=problem />
        </section>
    }
}

fn question(q: SetupQuestion, choice: RwSignal<String>, busy: RwSignal<bool>) -> AnyView {
    let now = choice.get_untracked();
    let none = now.is_empty();
    let options = q.choices.into_iter().map(|c| {
        let chosen = c.value == now;
        view! { <option value=c.value selected=chosen>{c.title}</option> }
    });
    let options = options.collect_view();
    view! {
        <label class="rule">
            <span>{q.text}</span>
            <select disabled=busy on:change=move |e| choice.set(event_target_value(&e))>
                <option value="" selected=none>"未回答"</option>
                {options}
            </select>
        </label>
    }
    .into_any()
}

/// What the saved answers lead to.
fn proposed(d: SetupDraftView, sets: bool, busy: RwSignal<bool>, problem: RwSignal<Option<Problem>>) -> AnyView {
    let left = RwSignal::new(d.proposal.lines.iter().filter(|l| !l.taken).map(|l| l.line.clone()).collect::<BTreeSet<String>>());
    let none = d.proposal.lines.is_empty();
    let by = d.by_name.clone().unwrap_or_else(|| d.by.to_string());
    let applied = d.applied_text.as_ref().map(|t| format!("；{t} 已应用")).unwrap_or_default();
    let sub = format!("{by} 于 {} 保存{applied}。{} 项已按方案生效，不再列出。", d.at_text, d.proposal.unchanged);
    let lines = d.proposal.lines.iter().cloned().map(|l| line(l, left, busy)).collect_view();
    let no_hints = d.proposal.hints.is_empty();
    let hints = d.proposal.hints.iter().cloned().map(hint).collect_view();
    let held = StoredValue::new(d);
    let apply = move |_| {
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match applied_now(&held.get_value(), left.get_untracked()).await {
                Ok(()) => browser::reload(),
                Err(p) => {
                    problem.set(Some(p));
                    busy.set(false);
                }
            }
        });
    };
    view! {
        <section class="stock-desk rules" aria-label="方案">
            <h2>"方案"</h2>
            <p class="sub">{sub}</p>
            <p class="empty" hidden=!none>"所答内容已全部生效，没有需要修改的规则。"</p>
            <ul>{lines}</ul>
            <div class="papers" hidden={none || !sets}>
                <button type="button" class="primary" disabled=busy on:click=apply>"应用所选"</button>
            </div>
            <Refusal problem=problem />
            <h2 hidden=no_hints>"另外建议"</h2>
            <ul>{hints}</ul>
        </section>
    }
    .into_any()
}

fn line(l: SetupLine, left: RwSignal<BTreeSet<String>>, busy: RwSignal<bool>) -> impl IntoView {
    let (name, taken) = (l.line, l.taken);
    let toggle = move |e: web_sys::Event| {
        let on = event_target_checked(&e);
        left.update(|all| {
            if on {
                all.remove(&name);
            } else {
                all.insert(name.clone());
            }
        });
    };
    view! {
        <li>
            <label class="check">
                <input type="checkbox" checked=taken disabled=busy on:change=toggle />
                <span>{format!("{} · {}：{} → {}", l.level_title, l.label, l.current, l.text)}<small>{format!(" {}", l.why)}</small></span>
            </label>
        </li>
    }
}

fn hint(h: SetupHint) -> impl IntoView {
    view! { <li>{format!("{}：{}", h.title, h.text)}<small>{format!(" {}", h.why)}</small></li> }
}

/// Keeps which lines are left, and applies the others: from the versions that the page shows.
async fn applied_now(d: &SetupDraftView, left: BTreeSet<String>) -> Result<(), Problem> {
    let answers = d.answers.clone();
    let save = SetupSave { answers: answers.answers, regions: answers.regions, left: left.into_iter().collect(), version: d.version };
    let now: SetupView = browser::put(DRAFT, &save).await?;
    let version = now.draft.map_or(d.version, |n| n.version);
    let apply = SetupApply { version, versions: d.proposal.versions.clone() };
    browser::post::<IgnoredAny>("/api/v1/hq/setup/apply", &apply).await.map(|_| ())
}
