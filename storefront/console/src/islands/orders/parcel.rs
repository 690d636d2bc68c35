//! A parcel from an HQ warehouse: its label, its carrier and number, and what is done when it is lost.

use leptos::{html, prelude::*, task::spawn_local};
use liandian_types::{
    Carrier, Code, OrderId, Problem, StoreId,
    api::{ParcelView, Recipient, ShipParcel},
};
use serde::de::IgnoredAny;

use crate::{browser, islands::kit::Refusal};

/// Ships a parcel, or puts its number right; the page is shown anew afterwards.
#[island]
pub fn ParcelDesk(
    /// Whose warehouse.
    store: StoreId,
    /// The order.
    order: OrderId,
    /// As it was shipped, once it was.
    parcel: Option<ParcelView>,
    /// May this person give it up for lost?
    lose: bool,
) -> impl IntoView {
    let path = StoredValue::new(format!("/api/v1/stores/{store}/orders/{order}/parcel"));
    let shipped = parcel.is_some();
    let carrier = RwSignal::new(parcel.as_ref().map_or(Carrier::Sf, |p| p.carrier));
    let number = RwSignal::new(parcel.as_ref().map(|p| p.number.clone()).unwrap_or_default());
    let label = RwSignal::new(None::<Recipient>);
    let problem = RwSignal::new(None::<Problem>);
    let field = NodeRef::<html::Input>::new();
    let busy = RwSignal::new(true);
    Effect::new(move |_| busy.set(false));
    let refused = move |p: Problem| {
        problem.set(Some(p));
        busy.set(false);
    };
    let show_label = move |_| {
        problem.set(None);
        spawn_local(async move {
            match browser::get::<Recipient>(&path.get_value()).await {
                Ok(r) => {
                    label.set(Some(r));
                    // Next the carrier's number is scanned.
                    if let Some(f) = field.get_untracked() {
                        let _ = f.focus();
                    }
                }
                Err(p) => refused(p),
            }
        });
    };
    let ship_it = move |fresh: bool| {
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let ask = ShipParcel { carrier: carrier.get_untracked(), number: number.get_untracked(), fresh };
            match browser::post::<IgnoredAny>(&path.get_value(), &ask).await {
                Ok(_) => browser::reload(),
                Err(p) => refused(p),
            }
        });
    };
    let ship = move |e: leptos::ev::SubmitEvent| {
        e.prevent_default();
        ship_it(false);
    };
    let asks_for_fresh = move || problem.with(|p| p.as_ref().is_some_and(|p| p.code == Code::AskFirst));
    let give_up = move |_| {
        if !window().confirm_with_message("确定包裹已经丢失？订单将全额退款。").unwrap_or(false) {
            return;
        }
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match browser::post_text(&format!("{}/lost", path.get_value()), None).await {
                Ok(_) => browser::reload(),
                Err(p) => refused(p),
            }
        });
    };
    view! {
        <section class="panel parcel">
            <h2>{if shipped { "快递" } else { "打包发货" }}</h2>
            {(!shipped).then(|| view! {
                <p hidden=move || label.get().is_some()><button type="button" class="big" disabled=busy on:click=show_label>"查看面单"</button></p>
                {move || label.get().map(|r| view! {
                    <address class="label"><b>{r.name}" "<span class="num">{r.phone}</span></b><span>{r.address}</span></address>
                })}
            })}
            <form on:submit=ship>
                <label>
                    "快递公司"
                    <select
                        disabled=busy
                        on:change=move |e| if let Ok(c) = event_target_value(&e).parse() { carrier.set(c) }
                    >
                        {Carrier::ALL.iter().map(|c| view! { <option value=c.as_str() selected=*c == carrier.get_untracked()>{c.title()}</option> }).collect_view()}
                    </select>
                </label>
                <label>
                    "快递单号"
                    <input
                        node_ref=field
                        required
                        autocomplete="off"
                        autocapitalize="characters"
                        maxlength="40"
                        placeholder="扫面单条码，或输入"
                        disabled=busy
                        prop:value=number
                        on:input=move |e| number.set(event_target_value(&e))
                    />
                </label>
                <button class="primary big" type="submit" disabled=busy>{if shipped { "改单号" } else { "登记发货" }}</button>
            </form>
            {(shipped && lose).then(|| view! { <p><button type="button" disabled=busy on:click=give_up>"包裹丢失，全额退款"</button></p> })}
            <Refusal problem=problem />
            <p hidden=move || !asks_for_fresh()>
                <button type="button" class="primary big" disabled=busy on:click=move |_| ship_it(true)>"已核对，均未过期，发货"</button>
            </p>
        </section>
    }
}
