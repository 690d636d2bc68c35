//! A threshold tried on what stores have changed in the last 30 days, before anybody sets it.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Mode, Problem,
    api::{DryRunAnswer, DryRunAsk, DryRunRow},
};

use crate::{browser, islands::kit::Refusal};

/// The thresholds that past changes of prices can be asked about.
const FIELDS: [(&str, &str); 3] =
    [("max_discount", "最大折扣（%）"), ("max_markup", "最大加价（%）"), ("timed_price_days", "限时折扣最长时间（天）")];

/// Asks what a threshold would have done.
#[island]
pub fn DryRun() -> impl IntoView {
    let (busy, problem) = (RwSignal::new(true), RwSignal::new(None::<Problem>));
    Effect::new(move |_| busy.set(false));
    let field = RwSignal::new("max_discount".to_owned());
    let mode = RwSignal::new("franchise".to_owned());
    let value = RwSignal::new(String::new());
    let answer = RwSignal::new(None::<DryRunAnswer>);
    let ask = move |_| {
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let body = DryRunAsk {
                field: field.get_untracked(),
                value: value.get_untracked().trim().to_owned(),
                mode: mode.get_untracked().parse::<Mode>().ok(),
                region: None,
                store: None,
            };
            match browser::post::<DryRunAnswer>("/api/v1/hq/settings/dry-run", &body).await {
                Ok(found) => answer.set(Some(found)),
                Err(p) => problem.set(Some(p)),
            }
            busy.set(false);
        });
    };
    let fields = FIELDS.iter().map(|(key, title)| view! { <option value={*key}>{*title}</option> }).collect_view();
    let modes = Mode::ALL
        .iter()
        .map(|m| view! { <option value={m.as_str()} selected={*m == Mode::Franchise}>{format!("{}门店", m.title())}</option> })
        .collect_view();
    view! {
        <section class="stock-desk" aria-label="规则试算">
            <div class="papers">
                <label class="day"><span>"规则"</span><select disabled=busy on:change=move |e| field.set(event_target_value(&e))>{fields}</select></label>
                <label class="day"><span>"适用"</span><select disabled=busy on:change=move |e| mode.set(event_target_value(&e))>{modes}</select></label>
                <label class="day"><span>"改为"</span><input inputmode="numeric" maxlength="4" disabled=busy prop:value=value on:input=move |e| value.set(event_target_value(&e)) /></label>
                <button type="button" disabled=busy on:click=ask>"试算"</button>
            </div>
            <Refusal problem=problem />
            <div role="status">{move || answer.get().map(shown)}</div>
        </section>
    }
}

fn shown(a: DryRunAnswer) -> impl IntoView {
    let more = if a.more { "（改价较多，只看了每天最近的 500 次）" } else { "" };
    let told = format!("最近 30 天改价 {} 次{more}：直接生效 {} 次，需要审批 {} 次，不受理 {} 次。", a.changes, a.at_once, a.waited, a.impossible);
    let rows = |rows: Vec<DryRunRow>, what: &'static str| {
        rows.into_iter()
            .map(move |r| view! { <li>{format!("{} {} {}：{} → {}，{what}：{}", r.at_text, r.store_name, r.title, r.old, r.new, r.reason)}</li> })
            .collect_view()
    };
    view! {
        <p class="recorded">{told}</p>
        <ul>{rows(a.requests, "需审批")}{rows(a.refused, "不受理")}</ul>
    }
}
