//! Publishing another version of a document that customers are asked to agree to.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    LegalKind, Problem,
    api::{LegalSheet, PublishLegal},
};

use crate::{browser, islands::kit::Refusal};

/// A new version as a form. What is published stays: somebody is asked before.
#[island]
pub fn LegalForm(
    /// The version of the list that the page shows.
    version: u64,
) -> impl IntoView {
    let kind = RwSignal::new(LegalKind::Agreement);
    let from = RwSignal::new(String::new());
    let text = RwSignal::new(String::new());
    let busy = RwSignal::new(true);
    let problem = RwSignal::new(None::<Problem>);
    Effect::new(move |_| busy.set(false));
    browser::ask_before_leaving(move || text.try_with_untracked(|t| !t.trim().is_empty()).unwrap_or(false));
    let choose = move |e: leptos::ev::Event| {
        if let Ok(chosen) = event_target_value(&e).parse() {
            kind.set(chosen);
        }
    };
    let publish = move |_| {
        let ask = format!("发布后不能修改或删除，确定发布《{}》的新版本吗？", kind.get_untracked().title());
        if !window().confirm_with_message(&ask).unwrap_or(false) {
            return;
        }
        busy.set(true);
        problem.set(None);
        let body = PublishLegal { kind: kind.get_untracked(), from: from.get_untracked(), text: text.get_untracked(), version };
        spawn_local(async move {
            match browser::post::<LegalSheet>("/api/v1/hq/legal", &body).await {
                Ok(_) => {
                    text.set(String::new());
                    browser::reload();
                }
                Err(p) => problem.set(Some(p)),
            }
            busy.set(false);
        });
    };
    let choices = LegalKind::ALL.iter().map(|k| view! { <option value=k.as_str()>{k.title()}</option> }).collect_view();
    view! {
        <details class="fold">
            <summary>"发布新版本"</summary>
            <section class="stock-desk opening" aria-label="发布新版本">
                <label class="day">
                    <span>"文件"</span>
                    <select disabled=busy on:change=choose>{choices}</select>
                </label>
                <label class="day">
                    <span>"生效日期（空为立即生效）"</span>
                    <input type="date" disabled=busy prop:value=from on:input=move |e| from.set(event_target_value(&e)) />
                </label>
                <label class="day wide">
                    <span>"正文（50 到 12000 字，段落之间空一行）"</span>
                    <textarea rows="16" disabled=busy prop:value=text on:input=move |e| text.set(event_target_value(&e))></textarea>
                </label>
                <div class="papers">
                    <button type="button" class="primary" disabled=busy on:click=publish>"发布"</button>
                    <span class="sub">"生效后，顾客下次下单前会看到新版本并重新确认"</span>
                </div>
                <Refusal problem=problem />
            </section>
        </details>
    }
}
