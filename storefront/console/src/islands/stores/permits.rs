//! Permits of a store as a form: the whole list is saved at once.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{
    Problem, StoreId,
    api::{StorePermit, StorePermits},
};

use crate::{browser, islands::kit::Refusal};

type Cell = fn(&mut StorePermit) -> &mut String;

/// The permits of a store.
#[island]
pub fn PermitForm(
    /// Whose.
    store: StoreId,
    /// As they are.
    permits: Vec<StorePermit>,
    /// The version of the profile that the page shows.
    version: u64,
) -> impl IntoView {
    let path = StoredValue::new(format!("/api/v1/hq/stores/{store}/permits"));
    let held = RwSignal::new(permits);
    let many = Memo::new(move |_| held.with(Vec::len));
    let busy = RwSignal::new(true);
    let problem = RwSignal::new(None::<Problem>);
    Effect::new(move |_| busy.set(false));
    let cell = move |i: usize, title: &'static str, kind: &'static str, of: Cell| {
        view! {
            <label class="day">
                <span>{title}</span>
                <input
                    type=kind
                    disabled=busy
                    prop:value=move || held.with(|h| h.get(i).cloned()).map(|mut p| of(&mut p).clone()).unwrap_or_default()
                    on:input=move |e| held.update(|h| if let Some(p) = h.get_mut(i) { *of(p) = event_target_value(&e) })
                />
            </label>
        }
    };
    let row = move |i: usize| {
        view! {
            <li class="papers">
                {cell(i, "证照", "text", |p| &mut p.kind)}
                {cell(i, "编号", "text", |p| &mut p.number)}
                {cell(i, "有效期至（空为长期）", "date", |p| &mut p.expires)}
                <button type="button" disabled=busy on:click=move |_| held.update(|h| if i < h.len() { h.remove(i); })>"删除"</button>
            </li>
        }
    };
    let add = move |_| {
        held.update(|h| {
            h.push(StorePermit { kind: "食品经营许可证".to_owned(), number: String::new(), expires: String::new(), holds: false })
        });
    };
    let save = move |_| {
        busy.set(true);
        problem.set(None);
        let body = StorePermits { permits: held.get_untracked(), version };
        spawn_local(async move {
            match browser::put::<StorePermits>(&path.get_value(), &body).await {
                Ok(_) => browser::reload(),
                Err(p) => {
                    problem.set(Some(p));
                    busy.set(false);
                }
            }
        });
    };
    view! {
        <details class="fold">
            <summary>"登记证照"</summary>
            <section class="stock-desk" aria-label="登记证照">
                <ul>{move || (0..many.get()).map(row).collect_view()}</ul>
                <div class="papers">
                    <button type="button" disabled=busy on:click=add>"添加证照"</button>
                    <button type="button" class="primary" disabled=busy on:click=save>"保存"</button>
                </div>
                <Refusal problem=problem />
            </section>
        </details>
    }
}
