//! Where an account or a key holds, as people choose it; and what is shown once.

use leptos::prelude::*;
use liandian_types::{Code, Problem, Scope, StoreId};

use crate::browser;

/// The word of the choice of stores by their numbers.
const STORES: &str = "stores";

/// What was chosen.
#[derive(Clone, Copy)]
pub(super) struct Chosen {
    kind: RwSignal<String>,
    ids: RwSignal<String>,
}

impl Chosen {
    /// As it is now.
    pub(super) fn of(scope: Option<&Scope>, kinds: &[(String, String)]) -> Self {
        let first = kinds.first().map(|(word, _)| word.clone()).unwrap_or_else(|| STORES.to_owned());
        let (kind, ids) = match scope {
            None => (first, String::new()),
            Some(Scope::All) => ("all".to_owned(), String::new()),
            Some(Scope::Region(r)) => (r.to_string(), String::new()),
            Some(Scope::Store(s)) => (STORES.to_owned(), s.to_string()),
            Some(Scope::Stores(all)) => (STORES.to_owned(), all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")),
        };
        Self { kind: RwSignal::new(kind), ids: RwSignal::new(ids) }
    }

    /// As a scope, if it is one.
    pub(super) fn scope(self) -> Result<Scope, Problem> {
        let wrong = |why: String| Problem::new(Code::BadRequest, why).at("scope");
        match self.kind.get_untracked().as_str() {
            "all" => Ok(Scope::All),
            STORES => {
                let text = self.ids.get_untracked();
                let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、')).filter(|w| !w.is_empty());
                let ids: Result<Vec<StoreId>, Problem> =
                    words.map(|w| w.parse().map_err(|_| wrong(format!("「{w}」不是门店编码，形如 sto_sh01")))).collect();
                let mut ids = ids?;
                match ids.len() {
                    0 => Err(wrong("请填写门店编码".to_owned())),
                    1 => Ok(Scope::Store(ids.remove(0))),
                    _ => Ok(Scope::Stores(ids)),
                }
            }
            region => region.parse().map(Scope::Region).map_err(|_| wrong("请选择管辖范围".to_owned())),
        }
    }
}

/// The choice itself; `kinds` are those that may be given: `all`, regions by their ids, `stores`.
#[component]
pub(super) fn ScopeField(
    /// What is chosen.
    chosen: Chosen,
    /// What may be chosen, with its words.
    kinds: Vec<(String, String)>,
    /// A change is under way, or the page is not awake yet.
    busy: RwSignal<bool>,
) -> impl IntoView {
    let Chosen { kind, ids } = chosen;
    let options = kinds
        .into_iter()
        .map(|(word, title)| {
            let value = word.clone();
            view! { <option value=value selected=move || kind.with(|k| *k == word)>{title}</option> }
        })
        .collect_view();
    view! {
        <label class="day">
            <span>"管辖范围"</span>
            <select disabled=busy on:change=move |e| kind.set(event_target_value(&e))>{options}</select>
        </label>
        <label class="day wide" hidden=move || kind.with(|k| k != STORES)>
            <span>"门店编码（多家用空格分隔）"</span>
            <input placeholder="sto_sh01 sto_sh02" autocapitalize="off" spellcheck="false" disabled=busy prop:value=ids on:input=move |e| ids.set(event_target_value(&e)) />
        </label>
    }
}

/// What is shown once: a link, or a secret.
#[component]
pub(super) fn Once(
    /// What.
    text: RwSignal<Option<String>>,
    /// What to do with it.
    says: RwSignal<String>,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    view! {
        <div class="once" role="status" hidden=move || text.with(Option::is_none)>
            <p class="recorded">{move || says.get()}</p>
            <div class="papers">
                <input readonly aria-label="只显示这一次" prop:value=move || text.get().unwrap_or_default() on:focus=move |e| browser::select_all(&e) />
                <button
                    type="button"
                    on:click=move |_| {
                        browser::copy(&text.get_untracked().unwrap_or_default());
                        copied.set(true);
                    }
                >
                    {move || if copied.get() { "已复制" } else { "复制" }}
                </button>
            </div>
        </div>
    }
}
