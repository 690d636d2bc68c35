//! Whether a store is in business, and the days on which its hours differ.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Problem, StoreId, StoreStatus,
    api::{OpeningException, StoreOpening},
};

use crate::{browser, islands::kit::Refusal, text};

/// A text field of some days.
type Field = fn(&mut OpeningException) -> &mut String;

/// Opening and closing are both empty when the store is closed all day.
fn optional(text: &mut Option<String>) -> &mut String {
    text.get_or_insert_with(String::new)
}

/// A store's opening as a form.
#[island]
pub fn OpeningForm(
    /// Which store.
    store: StoreId,
    /// As it is.
    opening: StoreOpening,
    /// May this person set it?
    sets: bool,
) -> impl IntoView {
    // A store is closed for good in its profile, where its orders are counted.
    let closed = opening.status == StoreStatus::Closed;
    let held = RwSignal::new(opening);
    let (busy, saved) = (RwSignal::new(true), RwSignal::new(false));
    let problem = RwSignal::new(None::<Problem>);
    Effect::new(move |_| busy.set(!sets));
    let store = StoredValue::new(store);
    let change = move |with: &dyn Fn(&mut StoreOpening)| {
        held.update(|h| with(h));
        saved.set(false);
    };
    let paused = move || held.with(|h| h.status == StoreStatus::Paused);
    let days = Memo::new(move |_| held.with(|h| h.exceptions.len()));
    let save = move |_| {
        busy.set(true);
        problem.set(None);
        saved.set(false);
        spawn_local(async move {
            let path = format!("/api/v1/hq/stores/{}/opening", text::percent(store.get_value().as_str()));
            let mut body = held.get_untracked();
            if body.status != StoreStatus::Paused {
                (body.reason, body.until) = (None, None);
            }
            match browser::put::<StoreOpening>(&path, &body).await {
                Ok(now) => {
                    held.set(now);
                    saved.set(true);
                }
                Err(p) => problem.set(Some(p)),
            }
            busy.set(false);
        });
    };
    let at_fault = move |name: String| problem.with(|p| p.as_ref().is_some_and(|p| p.field.as_deref() == Some(name.as_str()))).then_some("true");
    let day = move |i: usize, title: &'static str, name: &'static str, kind: &'static str, field: Field| {
        view! {
            <label class="day">
                <span>{title}</span>
                <input
                    type=kind
                    disabled=busy
                    aria-invalid=move || at_fault(format!("exceptions[{i}].{name}"))
                    prop:value=move || held.with(|h| h.exceptions.get(i).cloned()).map(|mut e| field(&mut e).clone()).unwrap_or_default()
                    on:input=move |e| change(&|h| if let Some(d) = h.exceptions.get_mut(i) { *field(d) = event_target_value(&e) })
                />
            </label>
        }
    };
    let status = move |s: StoreStatus| {
        view! {
            <button type="button" class:on=move || held.with(|h| h.status == s) aria-pressed=move || held.with(|h| h.status == s).to_string() disabled=busy on:click=move |_| change(&|h| h.status = s)>
                {s.title()}
            </button>
        }
    };
    view! {
        <section class="stock-desk opening" aria-label="营业安排">
            <h2>"营业状态"</h2>
            <div class="kinds" role="group" aria-label="营业状态">{StoreStatus::ALL.iter().filter(|s| closed || **s != StoreStatus::Closed).map(|s| status(*s)).collect_view()}</div>
            <div class="papers" hidden=move || !paused()>
                <label class="day wide">
                    <span>"原因（顾客可见）"</span>
                    <input maxlength="40" disabled=busy aria-invalid=move || at_fault("reason".to_owned()) prop:value=move || held.with(|h| h.reason.clone().unwrap_or_default()) on:input=move |e| change(&|h| h.reason = Some(event_target_value(&e))) />
                </label>
                <label class="day">
                    <span>"恢复时间（可不填）"</span>
                    <input type="datetime-local" disabled=busy aria-invalid=move || at_fault("until".to_owned()) prop:value=move || held.with(|h| h.until.clone().unwrap_or_default()) on:input=move |e| change(&|h| h.until = Some(event_target_value(&e)).filter(|t| !t.is_empty())) />
                </label>
            </div>
            <h2>"特殊营业日"</h2>
            <p class="sub">{move || held.with(|h| format!("节假日、调休、盘点等。其余日子 {}。全天休息请不填时间。", h.hours))}</p>
            <ul>
                {move || (0..days.get()).map(|i| view! {
                    <li class="papers">
                        {day(i, "从", "from", "date", |e| &mut e.from)}
                        {day(i, "到", "to", "date", |e| &mut e.to)}
                        {day(i, "开门", "open", "time", |e| optional(&mut e.open))}
                        {day(i, "关门", "close", "time", |e| optional(&mut e.close))}
                        {day(i, "说明", "note", "text", |e| &mut e.note)}
                        <button type="button" disabled=busy aria-label="删除这一段" on:click=move |_| change(&|h| if i < h.exceptions.len() { h.exceptions.remove(i); })>"删除"</button>
                    </li>
                }).collect_view()}
            </ul>
            <div class="papers" hidden=!sets>
                <button type="button" disabled=busy on:click=move |_| change(&|h| h.exceptions.push(OpeningException { from: String::new(), to: String::new(), open: None, close: None, note: String::new() }))>"添加一段"</button>
                <button type="button" class="primary" disabled=busy on:click=save>"保存"</button>
            </div>
            <Refusal problem=problem />
            <p class="recorded" role="status" hidden=move || !saved.get()>"已保存，找店、试算和下单立即按此执行。"</p>
        </section>
    }
}
