//! What was odd about an order's rider: somebody says what was found.

use leptos::{prelude::*, task::spawn_local};
use liandian_types::{OrderId, Problem, StoreId, api::SeeToRider};
use serde::de::IgnoredAny;

use crate::{browser, islands::kit::Refusal};

/// Tells what was found; the page is shown anew afterwards.
#[island]
pub fn RiderDesk(
    /// Whose order.
    store: StoreId,
    /// The order.
    order: OrderId,
) -> impl IntoView {
    let path = StoredValue::new(format!("/api/v1/stores/{store}/orders/{order}/rider"));
    let note = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<Problem>);
    let busy = RwSignal::new(true);
    Effect::new(move |_| busy.set(false));
    let send = move |e: leptos::ev::SubmitEvent| {
        e.prevent_default();
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match browser::post::<IgnoredAny>(&path.get_value(), &SeeToRider { note: note.get_untracked() }).await {
                Ok(_) => browser::reload(),
                Err(p) => {
                    problem.set(Some(p));
                    busy.set(false);
                }
            }
        });
    };
    view! {
        <form on:submit=send>
            <label>
                "查实的情况"
                <input
                    required
                    autocomplete="off"
                    maxlength="100"
                    placeholder="如：商品已送回，已办退货入库"
                    disabled=busy
                    prop:value=note
                    on:input=move |e| note.set(event_target_value(&e))
                />
            </label>
            <button class="big" type="submit" disabled=busy>"已处理"</button>
            <Refusal problem=problem />
        </form>
    }
}
