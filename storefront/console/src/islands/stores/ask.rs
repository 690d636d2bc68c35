//! A store changes a field of its own profile: at once where its policy lets it, else as a change request.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Problem, StoreId,
    api::{AskProfile, AskedProfile},
};

use crate::{browser, islands::kit::Refusal};

/// One field, its new value and why.
#[island]
pub fn ProfileAskForm(
    /// Whose.
    store: StoreId,
    /// Fields that may be asked for: word, name, and what it says now.
    fields: Vec<(String, String, String)>,
    /// The version of the profile that the page shows.
    version: u64,
) -> impl IntoView {
    let path = StoredValue::new(format!("/api/v1/stores/{store}/profile/requests"));
    let requests = format!("/console/s/{store}/requests");
    let now_says = StoredValue::new(fields.clone());
    let first = fields.first().cloned().unwrap_or_default();
    let (field, value, why) = (RwSignal::new(first.0), RwSignal::new(first.2), RwSignal::new(String::new()));
    let (busy, waits) = (RwSignal::new(true), RwSignal::new(false));
    let problem = RwSignal::new(None::<Problem>);
    Effect::new(move |_| busy.set(false));
    let choose = move |e: web_sys::Event| {
        let chosen = event_target_value(&e);
        let says = now_says.with_value(|all| all.iter().find(|(word, ..)| *word == chosen).map(|(_, _, says)| says.clone()));
        value.set(says.unwrap_or_default());
        field.set(chosen);
    };
    let send = move |_| {
        busy.set(true);
        problem.set(None);
        let body = AskProfile { field: field.get_untracked(), value: value.get_untracked(), why: why.get_untracked(), version };
        spawn_local(async move {
            match browser::post::<AskedProfile>(&path.get_value(), &body).await {
                Ok(answer) if answer.in_force => browser::reload(),
                Ok(_) => waits.set(true),
                Err(p) => problem.set(Some(p)),
            }
            busy.set(false);
        });
    };
    let hint = move || match field.get().as_str() {
        "hours" => "如 07:00–23:00；周六、周日 09:00–22:00；周三 休息",
        "exceptions" => "如 2026-10-01~2026-10-03 休息 国庆节；2026-12-24 10:00-16:00 平安夜",
        "status" => "营业 或 暂停接单；暂停时原因会给顾客看，最多 40 字",
        _ => "",
    };
    let choices = fields.into_iter().map(|(word, title, _)| view! { <option value=word>{title}</option> }).collect_view();
    view! {
        <section class="stock-desk" aria-label="修改资料">
            <h2>"修改资料"</h2>
            <p class="sub">"规则允许时立即生效，否则提交审批，批准之前保持原样。"</p>
            <div class="papers">
                <label class="day">
                    <span>"项目"</span>
                    <select disabled=busy on:change=choose>{choices}</select>
                </label>
                <label class="day wide">
                    <span>"新内容"</span>
                    <input disabled=busy placeholder=hint prop:value=value on:input=move |e| value.set(event_target_value(&e)) />
                </label>
                <label class="day wide">
                    <span>"原因"</span>
                    <input maxlength="100" disabled=busy prop:value=why on:input=move |e| why.set(event_target_value(&e)) />
                </label>
                <button type="button" class="primary" disabled=busy on:click=send>"提交"</button>
            </div>
            <p class="sub">{hint}</p>
            <p class="recorded" role="status" hidden=move || !waits.get()>"已提交审批。"<a href=requests>"查看审批单"</a></p>
            <Refusal problem=problem />
        </section>
    }
}
