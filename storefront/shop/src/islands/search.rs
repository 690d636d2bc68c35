//! Islands of a search: how a word may go on, and what was looked for on this device before.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use liandian_types::api::{Suggested, Suggestions};

use crate::browser;

/// What is typed is asked about when nobody has typed for so long.
const PAUSE: Duration = Duration::from_millis(180);

/// Searches that a device remembers.
const REMEMBERED: usize = 10;

/// The address of a search.
fn found_at(store: &str, text: &str) -> String {
    format!("/s/{store}/search?q={}", js_sys::encode_uri_component(text))
}

/// A search inside one store, with suggestions while one types. Without WASM it is a form.
#[island]
pub fn SearchField(
    /// The store.
    store: String,
    /// What was looked for.
    query: String,
) -> impl IntoView {
    let offers = RwSignal::new(Vec::<Suggested>::new());
    // Which of the questions is the last: an answer to another one is too late.
    let turn = StoredValue::new(0_u32);
    let (action, of) = (format!("/s/{store}/search"), store.clone());
    let typed = move |text: String| {
        let asked = turn.get_value() + 1;
        turn.set_value(asked);
        if text.trim().is_empty() {
            offers.set(Vec::new());
            return;
        }
        let path = format!("/api/v1/stores/{of}/suggestions?q={}", js_sys::encode_uri_component(&text));
        let ask = move || {
            if turn.get_value() != asked {
                return;
            }
            spawn_local(async move {
                let Some(answer) = browser::get_text(&path).await else { return };
                let Ok(answer) = serde_json::from_str::<Suggestions>(&answer) else { return };
                if turn.get_value() == asked {
                    offers.set(answer.suggestions);
                }
            });
        };
        set_timeout(ask, PAUSE);
    };
    let rows = move || {
        let row = |s: Suggested| {
            let kind = match s.kind.as_str() {
                "brand" => "品牌",
                "category" => "分类",
                _ => "",
            };
            let href = found_at(&store, &s.text);
            view! { <li><a href=href>{s.text}<small>{kind}</small></a></li> }
        };
        offers.get().into_iter().map(row).collect_view()
    };
    view! {
        <div class="seek">
            <form class="search" role="search" action=action method="get">
                <input type="search" name="q" value=query placeholder="搜商品、品牌、条码" aria-label="在本店搜索" enterkeyhint="search" autocomplete="off" on:input=move |e| typed(event_target_value(&e))/>
                <button type="submit">"搜索"</button>
            </form>
            <ul class="hints" aria-label="搜索建议" hidden=move || offers.with(Vec::is_empty)>{rows}</ul>
        </div>
    }
}

/// What was looked for on this device before; it takes in what is looked for now. Nobody else learns of it.
#[island]
pub fn SearchHistory(
    /// The store.
    store: String,
    /// What is looked for now; then nothing is shown.
    query: String,
) -> impl IntoView {
    let sought = RwSignal::new(Vec::<String>::new());
    let asks = query.is_empty();
    Effect::new(move |_| {
        let mut all = browser::sought();
        if !query.is_empty() {
            all.retain(|w| *w != query);
            all.insert(0, query.clone());
            all.truncate(REMEMBERED);
            browser::keep_sought(&all);
        }
        sought.set(all);
    });
    let forget = move |_| {
        browser::keep_sought(&[]);
        sought.set(Vec::new());
    };
    let words = move || {
        let word = |w: String| {
            let href = found_at(&store, &w);
            view! { <a class="chip" href=href>{w}</a> }
        };
        sought.get().into_iter().map(word).collect_view()
    };
    view! {
        <section class="sought" hidden=move || !asks || sought.with(Vec::is_empty)>
            <h2 class="title">"搜索记录 "<button class="link" type="button" on:click=forget>"清空"</button></h2>
            <p class="chips">{words}</p>
        </section>
    }
}
