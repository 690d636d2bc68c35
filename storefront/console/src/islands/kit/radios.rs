//! One of a few, chosen by tap or by arrow keys.

use leptos::{ev::KeyboardEvent, prelude::*};

use crate::browser;

/// Buttons of which one is chosen: Tab reaches that one, arrows go on to the others.
#[component]
pub(crate) fn Radios<T: Copy + PartialEq + Send + Sync + 'static>(
    /// What is chosen among.
    label: &'static str,
    /// Values and their words.
    options: Vec<(T, &'static str)>,
    /// The one that is chosen.
    value: RwSignal<T>,
    /// No change now?
    #[prop(into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let all = StoredValue::new(options.iter().map(|(v, _)| *v).collect::<Vec<_>>());
    let step = move |e: KeyboardEvent| {
        let by = match e.key().as_str() {
            "ArrowRight" | "ArrowDown" => 1,
            "ArrowLeft" | "ArrowUp" => usize::MAX,
            _ => return,
        };
        e.prevent_default();
        all.with_value(|all| {
            let here = all.iter().position(|v| *v == value.get_untracked()).unwrap_or(0);
            let next = if by == 1 { (here + 1) % all.len() } else { (here + all.len() - 1) % all.len() };
            value.set(all[next]);
            browser::focus_to(vec![format!("[role=radiogroup][aria-label='{label}'] [aria-checked=true]")]);
        });
    };
    view! {
        <div class="kinds" role="radiogroup" aria-label=label on:keydown=step>
            {options
                .into_iter()
                .map(|(v, title)| view! {
                    <button
                        type="button"
                        role="radio"
                        aria-checked=move || (value.get() == v).to_string()
                        tabindex=move || if value.get() == v { "0" } else { "-1" }
                        class:on=move || value.get() == v
                        disabled=disabled
                        on:click=move |_| value.set(v)
                    >{title}</button>
                })
                .collect_view()}
        </div>
    }
}
