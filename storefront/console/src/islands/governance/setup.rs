//! Set-up by questions: answers, what they lead to, and what of it is applied.

use std::collections::BTreeSet;

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Problem, RegionId,
    api::{
        SetRole, SetupAnswer, SetupApply, SetupDraftView, SetupEdit, SetupHint, SetupLeft, SetupLine, SetupQuestion, SetupSave, SetupTheme,
        SetupThemed, SetupView,
    },
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
            match browser::put::<IgnoredAny>(
                DRAFT,
                &SetupSave { answers: given, regions, left: Vec::new(), left_why: Vec::new(), edits: Vec::new(), version },
            )
            .await
            {
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

/// What somebody makes of a line.
#[derive(Clone)]
struct Choice {
    line: String,
    /// The value that is proposed, as the field has it.
    proposed: String,
    taken: RwSignal<bool>,
    value: RwSignal<String>,
    /// Why it is left, or has another value.
    why: RwSignal<String>,
    /// It had another value already when the page came.
    edited: bool,
}

impl Choice {
    fn of(l: &SetupLine) -> Self {
        let edited = l.original.is_some();
        let why = if edited { l.why.clone() } else { l.left_why.clone() };
        Self {
            line: l.line.clone(),
            proposed: l.value.clone(),
            taken: RwSignal::new(l.taken),
            value: RwSignal::new(l.value.clone()),
            why: RwSignal::new(why),
            edited,
        }
    }

    /// Another value than the proposed one; one that was edited before stays edited.
    fn edit(&self) -> Option<SetupEdit> {
        let (value, why) = (self.value.get_untracked(), self.why.get_untracked());
        let value = value.trim().to_owned();
        (self.edited || value != self.proposed).then(|| SetupEdit { line: self.line.clone(), value, why: why.trim().to_owned() })
    }
}

/// What the saved answers lead to.
fn proposed(d: SetupDraftView, sets: bool, busy: RwSignal<bool>, problem: RwSignal<Option<Problem>>) -> AnyView {
    let choices: Vec<Choice> = d.proposal.lines.iter().map(Choice::of).collect();
    let none = d.proposal.lines.is_empty();
    let by = d.by_name.clone().unwrap_or_else(|| d.by.to_string());
    let applied = d.applied_text.as_ref().map(|t| format!("；{t} 已应用")).unwrap_or_default();
    let sub = format!("{by} 于 {} 保存{applied}。{} 项已按方案生效。", d.at_text, d.proposal.unchanged);
    let lines = d.proposal.lines.iter().cloned().zip(choices.clone()).map(|(l, c)| line(l, c, busy)).collect_view();
    let no_same = d.proposal.same.is_empty();
    let same = d
        .proposal
        .same
        .iter()
        .cloned()
        .map(|s| view! { <tr><td>{s.level_title}</td><td class="what">{s.label}</td><td>{s.text}</td></tr> })
        .collect_view();
    let no_hints = d.proposal.hints.is_empty();
    let hints = d.proposal.hints.iter().cloned().map(|h| hint(h, sets, busy, problem)).collect_view();
    let held = StoredValue::new((d, choices));
    let send = move |apply: bool| {
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let (d, choices) = held.get_value();
            match kept_now(&d, &choices, apply).await {
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
                <button type="button" disabled=busy on:click=move |_| send(false)>"保存修改"</button>
                <button type="button" class="primary" disabled=busy on:click=move |_| send(true)>"应用所选"</button>
            </div>
            <Refusal problem=problem />
            <details class="fold" hidden=no_same>
                <summary>"已按方案生效的规则"</summary>
                <table class="stock">
                    <thead><tr><th scope="col">"层级"</th><th scope="col">"规则"</th><th scope="col">"现行值"</th></tr></thead>
                    <tbody>{same}</tbody>
                </table>
            </details>
            <h2 hidden=no_hints>"另外建议"</h2>
            <ul>{hints}</ul>
        </section>
    }
    .into_any()
}

/// A line: what is there beside what is proposed, whether it is taken, another value, and why.
fn line(l: SetupLine, c: Choice, busy: RwSignal<bool>) -> impl IntoView {
    let Choice { taken, value, why, .. } = c;
    let compared = format!("{} · {}：{} → {}", l.level_title, l.label, l.current, l.text);
    let original = l.original.clone().map(|o| view! { <small>{format!(" 原方案：{o}")}</small> });
    let label = format!("{} {}的新值", l.level_title, l.label);
    let control = if l.form.kind == "number" {
        view! {
            <input inputmode="numeric" aria-label=label disabled=busy prop:value=value on:input=move |e| value.set(event_target_value(&e)) />
            <small>{format!(" {}", l.form.unit)}</small>
        }
        .into_any()
    } else {
        let now = l.value.clone();
        let options = l.form.words.into_iter().map(|w| {
            let chosen = w.value == now;
            view! { <option value=w.value selected=chosen>{w.title}</option> }
        });
        let options = options.collect_view();
        view! { <select aria-label=label disabled=busy on:change=move |e| value.set(event_target_value(&e))>{options}</select> }.into_any()
    };
    view! {
        <li>
            <label class="check">
                <input type="checkbox" checked=l.taken disabled=busy on:change=move |e| taken.set(event_target_checked(&e)) />
                <span>{compared}{original}<small>{format!(" {}", l.why)}</small></span>
            </label>
            <details class="fold">
                <summary>"改值或填写原因"</summary>
                <div class="papers">
                    <span>{control}</span>
                    <label class="day wide">
                        <span>"原因（改值必填）"</span>
                        <input maxlength="200" disabled=busy prop:value=why on:input=move |e| why.set(event_target_value(&e)) />
                    </label>
                </div>
            </details>
        </li>
    }
}

/// What is applied by itself, or seen to by people.
fn hint(h: SetupHint, sets: bool, busy: RwSignal<bool>, problem: RwSignal<Option<Problem>>) -> impl IntoView {
    let can = sets && !h.in_force && h.kind != "share";
    let state = match (h.in_force, h.kind.as_str()) {
        (_, "share") => "请在门店资料中选择分账规则",
        (true, _) => "已生效",
        (false, _) => "未生效",
    };
    let text = format!("{}：{}（{}）", h.title, h.text, h.current);
    let why = h.why.clone();
    let done = RwSignal::new(String::new());
    let held = StoredValue::new(h);
    let apply = move |_| {
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match hint_now(&held.get_value(), done).await {
                Ok(()) => browser::reload(),
                Err(p) => {
                    problem.set(Some(p));
                    busy.set(false);
                }
            }
        });
    };
    view! {
        <li>
            {text}<small>{format!(" {why} · {state}")}</small>" "
            <button type="button" class="small" hidden=!can disabled=busy on:click=apply>"应用"</button>
            <span class="sub" role="status">{move || done.get()}</span>
        </li>
    }
}

/// Applies a home page in all stores of its class, some dozens at a time with the progress told; or gives a role its permission.
async fn hint_now(h: &SetupHint, done: RwSignal<String>) -> Result<(), Problem> {
    if let (Some(tier), Some(theme)) = (h.tier, h.theme.clone()) {
        let (mut after, mut looked) = (None, 0_u32);
        loop {
            let body = SetupTheme { tier, theme: theme.clone(), why: h.why.clone(), after };
            let answer: SetupThemed = browser::post("/api/v1/hq/setup/themes", &body).await?;
            looked = looked.saturating_add(answer.looked);
            done.set(format!("已处理 {looked} 家门店…"));
            after = answer.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }
    if let Some(role) = &h.role {
        let body = SetRole { title: h.role_title.clone(), permissions: h.permissions.clone(), version: h.role_version };
        return browser::put::<IgnoredAny>(&format!("/api/v1/hq/roles/{role}"), &body).await.map(|_| ());
    }
    Ok(())
}

/// Keeps which lines are left and which have another value, and applies the taken ones if that is wished: from the versions that the page shows.
async fn kept_now(d: &SetupDraftView, choices: &[Choice], apply: bool) -> Result<(), Problem> {
    let answers = d.answers.clone();
    let left: Vec<&Choice> = choices.iter().filter(|c| !c.taken.get_untracked()).collect();
    let why = |c: &&Choice| SetupLeft { line: c.line.clone(), why: c.why.get_untracked().trim().to_owned() };
    let save = SetupSave {
        answers: answers.answers,
        regions: answers.regions,
        left: left.iter().map(|c| c.line.clone()).collect(),
        left_why: left.iter().map(why).collect(),
        edits: choices.iter().filter_map(Choice::edit).collect(),
        version: d.version,
    };
    let now: SetupView = browser::put(DRAFT, &save).await?;
    let Some(now) = now.draft.filter(|_| apply) else { return Ok(()) };
    // The levels as the page showed them: what somebody has set since then is not overwritten.
    let body = SetupApply { version: now.version, versions: d.proposal.versions.clone() };
    browser::post::<IgnoredAny>("/api/v1/hq/setup/apply", &body).await.map(|_| ())
}
