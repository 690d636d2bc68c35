//! What a campaign is about, by name: goods are looked for, categories, brands and stores are chosen. What is kept are the ids.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::Problem;
use serde::{Deserialize, Serialize};

use super::raw::words;
use crate::{
    browser::{self, items, word},
    islands::kit::Refusal,
    text,
};

/// Goods that one word is answered with.
const FOUND: usize = 8;

/// An id, and what it is called.
pub type Named = (String, String);

/// What there is to choose from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Choices {
    /// Categories.
    pub categories: Vec<Named>,
    /// Brands, which have no other id than their name, escaped: there may be spaces in it.
    pub brands: Vec<Named>,
    /// Stores; none at a store.
    pub stores: Vec<Named>,
    /// Stores that are chosen together: of a region, of a mode, of a tier.
    pub groups: Vec<(String, Vec<String>)>,
    /// What ids are called that are in the campaign already.
    pub names: Vec<Named>,
}

/// The name of an id; the id where nobody knows one.
pub fn name_of(names: &[Named], id: &str) -> String {
    names.iter().find(|(i, _)| i == id).map_or_else(|| id.to_owned(), |(_, name)| name.clone())
}

/// A text of ids with one more; one that is there already stays once.
pub fn with(text: &str, id: &str) -> String {
    if words(text).any(|w| w == id) {
        return text.to_owned();
    }
    words(text).chain([id]).collect::<Vec<_>>().join(" ")
}

/// A text of ids without one.
pub fn without(text: &str, id: &str) -> String {
    words(text).filter(|w| *w != id).collect::<Vec<_>>().join(" ")
}

/// The id of a name: the whole name, or a part of it that can mean one only.
pub fn named(all: &[Named], name: &str) -> Option<String> {
    let name = name.trim();
    let whole = all.iter().find(|(id, n)| n == name || id == name);
    let mut parts = all.iter().filter(|(_, n)| !name.is_empty() && n.contains(name));
    let only = parts.next().filter(|_| parts.next().is_none());
    whole.or(only).map(|(id, _)| id.clone())
}

/// What is chosen, each with a button that takes it away.
#[component]
pub fn Chips(
    /// The ids.
    #[prop(into)]
    ids: Signal<String>,
    /// Names.
    names: RwSignal<Vec<Named>>,
    /// Takes one away.
    drop: Callback<String>,
    /// No change now?
    #[prop(into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let chip = move |id: &str| {
        let (gone, name) = (id.to_owned(), names.with(|n| name_of(n, id)));
        let label = format!("移除 {name}");
        view! { <button type="button" aria-label=label disabled=disabled on:click=move |_| drop.run(gone.clone())>{name}" ✕"</button> }
    };
    view! { <div class="chips">{move || ids.with(|t| words(t).map(chip).collect_view())}</div> }
}

/// Looks goods up by a word and hands over the one that is chosen.
#[component]
pub fn GoodsFinder(
    /// What the field is for.
    label: &'static str,
    /// Where goods are looked for, up to and with the `q=`.
    path: StoredValue<String>,
    /// Names, which learn those that are chosen.
    names: RwSignal<Vec<Named>>,
    /// Takes the id of what is chosen.
    add: Callback<String>,
    /// No change now?
    #[prop(into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let (typed, found) = (RwSignal::new(String::new()), RwSignal::new(None::<Vec<Named>>));
    let (busy, problem) = (RwSignal::new(false), RwSignal::new(None::<Problem>));
    let look = move || {
        let q = typed.get_untracked().trim().to_owned();
        if q.is_empty() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match browser::get_js(&format!("{}{}", path.get_value(), text::percent(&q))).await {
                Ok(list) => found.set(Some(items(&list, "rows").iter().map(|r| (word(r, "sku"), word(r, "name"))).take(FOUND).collect())),
                Err(p) => problem.set(Some(p)),
            }
            busy.set(false);
        });
    };
    let choose = move |(id, name): Named| {
        names.update(|n| {
            if !n.iter().any(|(i, _)| *i == id) {
                n.push((id.clone(), name));
            }
        });
        add.run(id);
        found.set(None);
        typed.set(String::new());
    };
    let buttons = move || {
        let row = |n: Named| {
            let said = n.1.clone();
            view! { <button type="button" on:click=move |_| choose(n.clone())>{said}</button> }
        };
        found.get().map(|all| {
            if all.is_empty() {
                view! { <p class="sub">"没有找到商品"</p> }.into_any()
            } else {
                all.into_iter().map(row).collect_view().into_any()
            }
        })
    };
    view! {
        <div class="lookup">
            <input
                type="search"
                aria-label=label
                placeholder="商品名或条码"
                disabled=disabled
                prop:value=typed
                on:input=move |e| typed.set(event_target_value(&e))
                on:keydown=move |e| {
                    if e.key() == "Enter" {
                        e.prevent_default();
                        look();
                    }
                }
            />
            <button type="button" disabled=move || disabled.get() || busy.get() on:click=move |_| look()>"查找"</button>
        </div>
        <div class="found" role="status">{buttons}</div>
        <Refusal problem=problem />
    }
}

/// Some of a list that is not long: typed by name, with the whole list offered.
#[component]
pub fn ChoiceField(
    /// What the field is for.
    label: &'static str,
    /// A name for the list that no other field of the page has.
    list: &'static str,
    /// The list.
    all: StoredValue<Vec<Named>>,
    /// Takes the id of what is chosen.
    add: Callback<String>,
    /// No change now?
    #[prop(into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let (typed, unknown) = (RwSignal::new(String::new()), RwSignal::new(false));
    let take = move || {
        let name = typed.get_untracked();
        match all.with_value(|a| named(a, &name)) {
            Some(id) => {
                add.run(id);
                typed.set(String::new());
                unknown.set(false);
            }
            None => unknown.set(!name.trim().is_empty()),
        }
    };
    let options = all.with_value(|a| a.iter().map(|(_, name)| view! { <option value=name.clone()></option> }).collect_view());
    view! {
        <div class="lookup">
            <input
                list=list
                autocomplete="off"
                aria-label=label
                placeholder="输入名称，从列表中选"
                disabled=disabled
                prop:value=typed
                on:input=move |e| typed.set(event_target_value(&e))
                on:change=move |_| take()
            />
            <datalist id=list>{options}</datalist>
        </div>
        <p class="refusal" role="alert" hidden=move || !unknown.get()>"没有这个名称，请从列表中选"</p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_ids_when_one_is_added_or_taken_away_then_each_is_there_once() {
        assert_eq!((with("", "sku_1").as_str(), with("sku_1，sku_2", "sku_2").as_str()), ("sku_1", "sku_1，sku_2"));
        assert_eq!((with("sku_1 sku_2", "sku_3").as_str(), without("sku_1 sku_2 sku_3", "sku_2").as_str()), ("sku_1 sku_2 sku_3", "sku_1 sku_3"));
        assert_eq!(without("sku_1", "sku_1"), "");
    }

    #[test]
    fn given_names_when_one_is_typed_then_a_part_that_can_mean_two_means_none() {
        let all: Vec<Named> = [("dairy", "乳品"), ("drink", "饮品"), ("bakery", "烘焙")].map(|(i, n)| (i.to_owned(), n.to_owned())).into();
        assert_eq!([named(&all, "乳品"), named(&all, "烘"), named(&all, "dairy")].map(|n| n.unwrap_or_default()), ["dairy", "bakery", "dairy"]);
        assert_eq!([named(&all, "品"), named(&all, ""), named(&all, "茶")], [None, None, None]);
        assert_eq!((name_of(&all, "dairy").as_str(), name_of(&all, "tea").as_str()), ("乳品", "tea"));
    }
}
